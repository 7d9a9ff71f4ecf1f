//! XR-053: `$(NAME)` in arguments, variables and paths that stays as it is written.

use super::{Program, Violation};
use crate::facts::{ConfigAt, ContainerAt, Detail, Facts, Workload};

/// Names that neither the container's `env` above the place explains, nor what it takes from ConfigMaps and Secrets.
pub(super) fn unexplained(program: &Program<'_>, found: &mut Vec<Violation>) {
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let Detail::Workload(workload) = &facts.detail else { continue };
        for used in &workload.variables {
            if may_come(program, facts, workload, used.container, &used.name) {
                continue;
            }
            let name = &used.name;
            let why = if used.later { "is set further down" } else { "is set nowhere" };
            let message = format!("`$({name})` stays as it is: `{name}` {why} in this container");
            let path = workload.path(&[&used.container.steps()[..], &used.path].concat());
            let help = if used.later {
                format!("set `{name}` above what uses it")
            } else {
                format!("set `{name}` in `env`; write `$$({name})` where the text itself is meant")
            };
            found.push(Violation::error("XR-053", object, path, message).warning().help(help));
        }
    }
}

/// Whether something that a container takes whole has a variable of this name, or is not known well enough.
fn may_come(
    program: &Program<'_>,
    facts: &Facts,
    workload: &Workload,
    container: ContainerAt,
    name: &str,
) -> bool {
    let taken = workload
        .configs
        .iter()
        .filter(|config| matches!(config.at, ConfigAt::EnvFrom(of, _) if of == container));
    taken.into_iter().any(|config| {
        let Some(key) = name.strip_prefix(config.prefix.as_str()) else { return false };
        match program.find("", config.kind, &facts.identity, &config.name) {
            Some((_, source)) => match &source.detail {
                Detail::Config(source) => source.keys.as_ref().is_none_or(|known| {
                    known.binary_search_by(|own| own.as_str().cmp(key)).is_ok()
                }),
                _ => true,
            },
            None => true,
        }
    })
}
