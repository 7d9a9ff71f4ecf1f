//! Names that are not in scope, and that the library or the Kubernetes API has: what to write, and the `use` that is
//! missing as a change that can be made.

use salsa::Database;

use crate::db::{ItemKind, Module, Origin};
use crate::problem::{Code, Edit, Fix, Part, Place, Problem};
use crate::resolve::kubernetes;
use crate::show::nearest_of;
use crate::workspace::{declared_functions, declared_types, declaring};

/// The problem of an unknown name, with where the library or the Kubernetes API has that very name; as it was where
/// neither has.
pub fn with_elsewhere(
    db: &dyn Database,
    module: Module,
    name: &str,
    minor: u8,
    problem: Problem,
) -> Problem {
    // Where a type is asked for, a function is of no use.
    let wanted = problem.code != Code::E(103) || name.starts_with(|c: char| c.is_ascii_uppercase());
    if let Some(of) = declaring(name).filter(|_| wanted) {
        let use_line = format!("use {of}.{name}");
        let problem = problem.help(format!("it is in {of}: `{use_line}`"));
        return match insertion(db, module, &use_line) {
            Some(edit) => problem.offer(format!("write `{use_line}`"), true, edit),
            None => problem,
        };
    }
    let is_kind = name.starts_with(|c: char| c.is_ascii_uppercase());
    if is_kind && kubernetes(&[name], minor).is_ok() {
        let (place, part) = (problem.place, Part::Word(name.to_owned()));
        let text = format!("k8s.{name}");
        let edit = Edit { place, part, text: text.clone() };
        return problem.help(format!("write `{text}`")).offer(
            format!("write `{text}`"),
            true,
            edit,
        );
    }
    problem
}

/// The same for a name that is nearly one of the library, or else, in capitals, nearly a kind of Kubernetes.
pub fn with_nearly_elsewhere(
    db: &dyn Database,
    module: Module,
    name: &str,
    problem: Problem,
) -> Problem {
    let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
    let near = match capital {
        true => nearest_of(name, declared_types().iter().copied()),
        // Where a type is asked for, a function is of no use.
        false if problem.code == Code::E(103) => None,
        false => nearest_of(name, declared_functions()),
    };
    let word = |text: &str| Edit {
        place: problem.place,
        part: Part::Word(name.to_owned()),
        text: text.to_owned(),
    };
    if let Some(near) = near
        && let Some(of) = declaring(near.name)
    {
        let near = near.name;
        let use_line = format!("use {of}.{near}");
        let edits = [Some(word(near)), insertion(db, module, &use_line)];
        let fix = Fix {
            title: format!("write `{near}`, and `{use_line}`"),
            safe: false,
            edits: edits.into_iter().flatten().collect(),
        };
        let help = format!("did you mean `{near}`? It is in {of}: `{use_line}`");
        return Problem { fix: Some(fix), ..problem }.help(help);
    }
    if !capital {
        return problem;
    }
    let kinds = kube::types::kinds().map(|kind| kind.info().kind);
    if let Some(near) = nearest_of(name, kinds) {
        let text = format!("k8s.{}", near.name);
        let edit = word(&text);
        return problem.help(format!("did you mean `{text}`?")).offer(
            format!("write `{text}`"),
            false,
            edit,
        );
    }
    problem
}

/// A line put above what a file declares: beside its other `use` lines, and below what it is an overlay on.
fn insertion(db: &dyn Database, module: Module, line: &str) -> Option<Edit> {
    if module.origin(db) != Origin::File {
        return None;
    }
    let below = |kind: ItemKind| !matches!(kind, ItemKind::Overlay);
    let item = module.items(db).iter().copied().find(|item| below(item.kind(db)))?;
    let gap = if item.kind(db) == ItemKind::Use { "\n" } else { "\n\n" };
    let place = Place { item, node: 0 };
    Some(Edit { place, part: Part::Bytes(0..0), text: format!("{line}{gap}") })
}
