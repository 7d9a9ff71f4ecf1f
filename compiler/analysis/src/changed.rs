//! What a program makes otherwise than it did before, where a server does not let it be changed.

use std::collections::BTreeMap;

use kube::changes::changes;
use kube::data;
use kube::manifests::planted;
use kube::tree::{Ref, Tree};

use crate::cross::{blamed, severity};
use crate::diagnostic::{Diagnostic, diagnostic};
use crate::parallel::on_deep_stack;
use crate::problem::{Code, Problem};
use crate::problems::units_of;
use crate::render::{emits, render};
use crate::validate::validate;
use crate::workspace::{Loaded, Workspace};

/// Who an object is: group, kind, namespace and name.
type Identity = [String; 4];

/// What is to be said of objects that were made before: `before` are their texts, in YAML.
pub fn changed(workspace: &Workspace, loaded: &Loaded, before: &[String]) -> Vec<Diagnostic> {
    let db = workspace.db();
    let Some(program) = loaded.program.filter(|_| !before.is_empty()) else { return Vec::new() };
    let mut known: BTreeMap<Identity, Tree> = BTreeMap::new();
    for text in before {
        let data = data::yaml(text);
        let Some(document) = data.documents.first() else { continue };
        let mut tree = Tree::default();
        planted(&data, *document, &mut tree);
        let identity = tree.roots().next().map(identity);
        known.extend(identity.map(|identity| (identity, tree)));
    }
    let mut found = Vec::new();
    let units = units_of(db, program.root(db)).iter().copied().filter(|unit| emits(db, *unit));
    for unit in units {
        let mut tree = Tree::default();
        let rendered = on_deep_stack(|| render(db, program, unit, &mut tree));
        let allowed = &validate(db, program, unit).allowed;
        for (number, id) in rendered.objects.iter().enumerate() {
            let Some(object) = tree.node(*id) else { continue };
            let Some(old) = known.get(&identity(object)).and_then(|tree| tree.roots().next())
            else {
                continue;
            };
            for change in changes(old, object) {
                let Some(place) = rendered.place_in(db, &tree, number, &change.path) else {
                    continue;
                };
                let mut problem = Problem::error(0, blamed(db, unit, place), change.message);
                problem.code = Code::Rule(change.rule);
                problem.severity = severity(change.level);
                let mut problem = problem.help(change.help);
                let exempt = allowed
                    .iter()
                    .find(|(object, allowed)| *object == number && *allowed.id == *change.rule);
                if let Some((_, allowed)) = exempt {
                    problem = problem.allowed(allowed.place, &allowed.reason);
                }
                found.push(diagnostic(workspace, &problem));
            }
        }
    }
    found
}

fn identity(object: Ref<'_>) -> Identity {
    let text = |path: &[&str]| object.at(path).and_then(Ref::as_str).unwrap_or_default().to_owned();
    let version = text(&["apiVersion"]);
    let group = version.split_once('/').map_or("", |(group, _)| group);
    [
        group.to_owned(),
        text(&["kind"]),
        text(&["metadata", "namespace"]),
        text(&["metadata", "name"]),
    ]
}
