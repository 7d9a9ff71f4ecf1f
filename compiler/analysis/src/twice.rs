//! What a file declares twice or too late, and what only follows from a name that is bound twice: that it is set again,
//! the kind of one of the two.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use syntax::NodeKind;

use crate::db::{Item, ItemKind, Module};
use crate::elaborate::elaborate;
use crate::parse::parsed;
use crate::problem::{Code, Place, Problem};
use crate::problems::name_place;
use crate::resolve::declared_below;
use crate::told::Found;

/// Takes away that a second binding of a name is of another kind than the first: one of the two will go.
pub(crate) fn without_kinds_of_twice(db: &dyn salsa::Database, found: &mut Vec<Found>) {
    let twice = found.iter().filter(|found| found.problem.code == Code::E(401));
    let values: BTreeSet<(Item, u32)> = twice
        .filter_map(|found| {
            let item = found.problem.place.item;
            let parsed = parsed(db, item);
            let above = parsed.tree().node(found.problem.place.node)?.ancestors();
            let binding = above.iter().find(|node| node.kind() == NodeKind::Binding)?;
            let value = binding.child(NodeKind::Set)?.children().next()?;
            Some((item, value.id()))
        })
        .collect();
    found.retain(|Found { problem, .. }| {
        problem.code != Code::E(201) || !values.contains(&(problem.place.item, problem.place.node))
    });
}

/// Whether a problem is that of a constant which its type does not admit.
pub(crate) fn is_of_constant(problem: &Problem) -> bool {
    matches!(problem.code, Code::E(301..=306))
}

/// Keeps of what is told of a constant, as it is written and as a value, what names most of the places that have to do
/// with it.
pub(crate) fn without_less_of_constants(db: &dyn salsa::Database, found: &mut Vec<Found>) {
    let is_written = |problem: &Problem| {
        let mut written = elaborate(db, problem.place.item).problems.iter();
        written.any(|written| written.place == problem.place && written.code == problem.code)
    };
    let key = |problem: &Problem| (problem.code, problem.place.item, problem.place.node);
    let mut best: BTreeMap<(Code, Item, u32), (usize, usize)> = BTreeMap::new();
    let constants = found.iter().enumerate().filter(|(_, found)| is_of_constant(&found.problem));
    for (at, Found { problem, .. }) in constants.filter(|(_, found)| is_written(&found.problem)) {
        let named = problem.related.len();
        let known = best.entry(key(problem)).or_insert((at, named));
        if named > known.1 {
            *known = (at, named);
        }
    }
    let mut at = 0;
    found.retain(|Found { problem, .. }| {
        at += 1;
        best.get(&key(problem)).is_none_or(|(kept, _)| *kept + 1 == at)
    });
}

/// The nodes of the bindings that bind something a second time in one layer.
pub(crate) fn bound_twice(
    db: &dyn salsa::Database,
    problems: &[Problem],
) -> Vec<(Item, Range<u32>)> {
    let binding = |problem: &Problem| {
        let item = problem.place.item;
        let parsed = parsed(db, item);
        let above = parsed.tree().node(problem.place.node)?.ancestors();
        let binding = above.iter().find(|node| node.kind() == NodeKind::Binding)?;
        Some((item, binding.id()..binding.id() + binding.size()))
    };
    problems.iter().filter(|problem| problem.code == Code::E(401)).filter_map(binding).collect()
}

/// Whether two problems are about one binding: what it binds is not known where it cannot be read as one.
pub(crate) fn is_of_one_binding(db: &dyn salsa::Database, one: &Problem, other: &Problem) -> bool {
    let parsed = parsed(db, one.place.item);
    let binding = |problem: &Problem| {
        let node = parsed.tree().node(problem.place.node)?;
        let mut around = std::iter::once(node).chain(node.ancestors());
        around.find(|node| node.kind() == NodeKind::Binding).map(|node| node.id())
    };
    one.place.item == other.place.item
        && binding(one).is_some_and(|one| Some(one) == binding(other))
}

/// What a file is an overlay on, said below something else: who reads the file would take that for its own.
fn late_overlays(db: &dyn salsa::Database, module: Module) -> Vec<Problem> {
    let is_overlay = |item: &&Item| item.kind(db) == ItemKind::Overlay;
    let late = module.items(db).iter().skip(1).filter(is_overlay);
    late.map(|item| {
        Problem::error(10, Place { item: *item, node: 1 }, "`overlay` is the first item of a file")
            .help("write it above everything else, all files of one base in one `overlay`")
    })
    .collect()
}

/// Names that are declared more than once in a file, or again in an overlay. Two plain bindings of one path are the evaluator's matter, which
/// knows what they bind.
#[salsa::tracked(returns(deref))]
pub fn declared_twice(db: &dyn salsa::Database, module: Module) -> Vec<Problem> {
    let mut problems = late_overlays(db, module);
    for (name, items) in module.names(db).iter() {
        let declares = |item: &Item| !matches!(item.kind(db), ItemKind::Binding | ItemKind::Set);
        let Some(first) = items.iter().copied().find(|item| declares(item)) else { continue };
        if let Some(below) = declared_below(db, module, name) {
            let of = below.module(db).path(db);
            let message = format!("`{name}` is declared in {of}, and no overlay declares it anew");
            let inputs = [first, below].iter().all(|item| item.kind(db) == ItemKind::Input);
            let help = match inputs {
                true => format!("an overlay gives it its value: `{name} = …`"),
                false => "give this one another name".to_owned(),
            };
            let problem = Problem::error(409, name_place(db, first), message);
            problems.push(problem.related(name_place(db, below), "declared here").help(help));
        }
        for item in items.iter().copied().filter(|item| *item != first) {
            // `input` and `let` are set where they are declared; whatever is bound besides has no layer of its own.
            let whole =
                declares(&item) || !matches!(first.kind(db), ItemKind::Input | ItemKind::Let);
            // The later of the two is told, with the place of the earlier.
            let at = |item: Item| items.iter().position(|other| *other == item);
            let (first, item) = if at(item) < at(first) { (item, first) } else { (first, item) };
            if whole {
                problems.push(
                    Problem::error(
                        108,
                        name_place(db, item),
                        format!("`{name}` is declared twice in this file"),
                    )
                    .related(name_place(db, first), "first declared here")
                    .help("rename one of them"),
                );
            }
        }
    }
    problems
}
