//! Variables of containers that come from several places: from the Services of the namespace (XR-015), and from several
//! ConfigMaps and Secrets (XR-057).

use std::collections::BTreeMap;

use super::ties::service_behind;
use super::{Program, Violation, keys};
use crate::facts::{ConfigAt, ConfigUse, Container, Detail, Facts, Workload};
use crate::tree::Step;

/// How many names a message lists.
const SHOWN: usize = 4;

/// Variables that may stay unset, and then have the value that servers make of a Service: `tcp://10.0.0.7:80`.
pub(super) fn shadowed(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts, workload) in workloads(program).filter(|(_, _, pods)| pods.service_links) {
        for container in &workload.containers {
            for entry in container.env.iter().filter(|env| env.optional) {
                let Some((at, service)) = behind(program, facts, &entry.name) else { continue };
                let path =
                    [&container.at.steps()[..], &keys(&["env"]), &[Step::Index(entry.index)]];
                let message = format!(
                    "where nothing sets `{}`, it is what servers make of Service/{service}",
                    entry.name
                );
                found.push(
                    Violation::error("XR-015", object, workload.path(&path.concat()), message)
                        .warning()
                        .related(at, keys(&["metadata", "name"]), "the Service")
                        .help("set `enableServiceLinks` of the pod to false, or name the variable otherwise"),
                );
            }
        }
    }
}

/// The Service of which servers make a variable: `DB_PORT` of `db`.
fn behind(program: &Program<'_>, facts: &Facts, variable: &str) -> Option<(usize, String)> {
    let name = service_behind(variable)?;
    let (at, service) = program.find("", "Service", &facts.identity, &name)?;
    match &service.detail {
        Detail::Service(own) if !own.headless && !own.external_name => Some((at, name)),
        _ => None,
    }
}

/// Keys that two of the ConfigMaps and Secrets have which a container takes whole; the later one wins.
pub(super) fn overridden(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts, workload) in workloads(program) {
        let whole = |config: &&ConfigUse| matches!(config.at, ConfigAt::EnvFrom(..));
        if workload.configs.iter().filter(whole).nth(1).is_none() {
            continue;
        }
        for container in &workload.containers {
            of_container(program, object, facts, (workload, container), found);
        }
    }
}

fn of_container(
    program: &Program<'_>,
    object: usize,
    facts: &Facts,
    (workload, container): (&Workload, &Container),
    found: &mut Vec<Violation>,
) {
    let own = workload
        .configs
        .iter()
        .filter(|config| matches!(config.at, ConfigAt::EnvFrom(at, _) if at == container.at));
    let mut first: BTreeMap<String, &ConfigUse> = BTreeMap::new();
    for config in own {
        let Some((_, source)) = program.find("", config.kind, &facts.identity, &config.name) else {
            continue;
        };
        let Detail::Config(source) = &source.detail else { continue };
        let mut twice: Vec<(String, &ConfigUse)> = Vec::new();
        for key in source.keys.iter().flatten() {
            let name = format!("{}{key}", config.prefix);
            // What the container sets itself is meant.
            if container.env.iter().any(|entry| entry.name == name) {
                continue;
            }
            match first.get(&name) {
                Some(other) => twice.push((name, other)),
                None => drop(first.insert(name, config)),
            }
        }
        let Some((name, other)) = twice.first() else { continue };
        let some: Vec<&str> = twice.iter().take(SHOWN).map(|(name, _)| name.as_str()).collect();
        let more = if twice.len() > SHOWN { ", …" } else { "" };
        let message = format!(
            "{} {} gives `{}`{more}, and so does {} {}; this one wins",
            config.kind,
            config.name,
            some.join("`, `"),
            other.kind,
            other.name
        );
        let mut violation =
            Violation::error("XR-057", object, workload.config_path(config.at), message)
                .warning()
                .common()
                .related(object, workload.config_path(other.at), "the other one")
                .help(
                    "give the variables of one of them a `prefix`, or set in `env` which is meant",
                );
        for source in [other, config] {
            let key = name.strip_prefix(&source.prefix).unwrap_or(name);
            let at = program.find("", source.kind, &facts.identity, &source.name);
            if let Some((at, _)) = at {
                violation = violation.related(at, keys(&["data", key]), "given here");
            }
        }
        found.push(violation);
    }
}

fn workloads<'f>(program: &Program<'f>) -> impl Iterator<Item = (usize, &'f Facts, &'f Workload)> {
    program.objects().filter_map(|(object, facts)| match &facts.detail {
        Detail::Workload(workload) if !facts.external => Some((object, facts, &**workload)),
        _ => None,
    })
}
