//! XR-050 and XR-051: ConfigMaps, Secrets and keys of theirs that pods read and nobody makes.

use super::absent::Absent;
use super::{Program, Violation};
use crate::facts::Detail;

/// How many keys a message lists.
const SHOWN: usize = 20;

/// ConfigMaps that are not there, or have no such key.
pub(super) fn missing_config_maps(program: &Program<'_>, found: &mut Vec<Violation>) {
    missing(program, "XR-050", "ConfigMap", found);
}

/// Secrets that are not there, or have no such key.
pub(super) fn missing_secrets(program: &Program<'_>, found: &mut Vec<Violation>) {
    missing(program, "XR-051", "Secret", found);
}

fn missing(
    program: &Program<'_>,
    rule: &'static str,
    kind: &'static str,
    found: &mut Vec<Violation>,
) {
    let absent = Absent::new(program, rule, kind);
    for (object, facts) in program.objects() {
        let Detail::Workload(workload) = &facts.detail else { continue };
        // A pod starts without what is optional, and what is external was not made here.
        let uses = workload.configs.iter().filter(|config| config.kind == kind && !config.optional);
        for config in uses.filter(|_| !facts.external) {
            match program.find("", kind, &facts.identity, &config.name) {
                None => {
                    let path = workload.config_part(config, false);
                    found.push(absent.named(&config.name, (object, facts), path));
                }
                Some((at, source)) => {
                    let Detail::Config(source) = &source.detail else { continue };
                    let Some(known) = &source.keys else { continue };
                    if config.key.is_empty() || known.binary_search(&config.key).is_ok() {
                        continue;
                    }
                    let message = format!("{kind} {} has no key `{}`", config.name, config.key);
                    let label = match known.as_slice() {
                        [] => "it has no keys".to_owned(),
                        known => {
                            let some: Vec<&str> =
                                known.iter().take(SHOWN).map(String::as_str).collect();
                            let more = if known.len() > SHOWN { ", …" } else { "" };
                            format!("its keys: {}{more}", some.join(", "))
                        }
                    };
                    let path = workload.config_part(config, true);
                    let violation = Violation::error(rule, object, path, message)
                        .meant(&config.key, known.iter().map(String::as_str));
                    found.push(violation.related(at, Vec::new(), label).common());
                }
            }
        }
    }
}
