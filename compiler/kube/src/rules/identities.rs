//! XR-001: two objects that a server takes for one.

use super::{Program, Violation, keys};

/// Objects that are made twice. What is external may be declared wherever it is used.
pub(super) fn doubles(program: &Program<'_>, found: &mut Vec<Violation>) {
    for group in program.doubles() {
        let mut made = group
            .into_iter()
            .filter(|(_, facts)| !facts.external && !facts.identity.name.is_empty());
        let Some((first, facts)) = made.next() else { continue };
        let id = &facts.identity;
        let place =
            if id.namespace.is_empty() { String::new() } else { format!("{}/", id.namespace) };
        for (object, _) in made {
            let name = keys(&["metadata", "name"]);
            let message = format!("two objects are {} {place}{}", id.kind, id.name);
            found.push(
                Violation::error("XR-001", object, name.clone(), message)
                    .related(first, name, "the other one")
                    .help("give one of them another name or namespace"),
            );
        }
    }
}
