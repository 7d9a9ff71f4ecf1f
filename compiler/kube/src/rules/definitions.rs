//! XR-004: objects of custom kinds, in versions that their definitions do not serve.

use super::{Program, Violation, keys};
use crate::facts::{Definition, Detail};

/// Objects of a kind that the program defines, in a version in which servers take none.
pub(super) fn unserved(program: &Program<'_>, found: &mut Vec<Violation>) {
    let definitions: Vec<(usize, &Definition)> = program
        .objects()
        .filter_map(|(at, facts)| match &facts.detail {
            Detail::Definition(definition) if !definition.versions.is_empty() => {
                Some((at, &**definition))
            }
            _ => None,
        })
        .collect();
    if definitions.is_empty() {
        return;
    }
    for (object, facts) in program.objects().filter(|(_, facts)| !facts.external) {
        let (id, version) = (&facts.identity, &facts.version);
        let of = definitions
            .iter()
            .find(|(_, own)| (&own.group, &own.kind) == (&id.group, &id.kind))
            .filter(|_| !version.is_empty());
        let Some((at, definition)) = of else { continue };
        let own = definition.versions.iter().find(|(name, _)| name == version);
        let served: Vec<&str> = definition
            .versions
            .iter()
            .filter(|(_, served)| *served)
            .map(|(name, _)| name.as_str())
            .collect();
        let message = match own {
            Some((_, true)) => continue,
            Some(_) => format!("{} {version} is defined, and servers take none of it", id.kind),
            None => format!("the definition of {} has no version {version}", id.kind),
        };
        let label = match served.is_empty() {
            true => "none of its versions is served".to_owned(),
            false => format!("its served versions: {}", served.join(", ")),
        };
        found.push(
            Violation::error("XR-004", object, keys(&["apiVersion"]), message)
                .related(*at, keys(&["spec", "versions"]), label)
                .help("write the object in a version that is served, or set `served` of this one"),
        );
    }
}
