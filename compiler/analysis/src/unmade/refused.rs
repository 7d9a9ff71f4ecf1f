//! What types do not admit, and what a server would refuse, of what schemas, traits, functions, rules and `let`s write out,
//! where nothing is made of them.
//!
//! Of those that something is made of, the objects tell.

use bumpalo::Bump;
use kube::server::{Refusal, is_alone, refusals, refused_anywhere};
use kube::tree::{Ref, Step, Tree};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::code::{Expr, RecordKind};
use crate::db::{Database, Item, ItemKind, Module, Origin, Program};
use crate::elaborate::elaborate;
use crate::eval::Eval;
use crate::eval::supposed::{Supposed, is_of_unknown_key};
use crate::explain::{behind_in, is_literal};
use crate::limits;
use crate::parallel;
use crate::parse::parsed;
use crate::path::text;
use crate::problem::{Code, Place, Problem};
use crate::problems::written;
use crate::reached::objects_and_parts;
use crate::refused::{self, asked, judges_value, said};
use crate::render::emit;
use crate::rules::head;
use crate::told::Found;
use crate::validate::{UnitReport, force_all};
use crate::written::is_constant;

/// What is wrong with what is written out in those declarations of these files that take part in none of the units.
pub(crate) fn refused_unmade<'u>(
    db: &Database,
    program: Program,
    modules: &[Module],
    units: impl Iterator<Item = &'u UnitReport>,
) -> Vec<Found> {
    let files = || modules.iter().filter(|module| module.origin(db) == Origin::File);
    let items = || files().flat_map(|module| module.items(db)).copied();
    let unread = unread(db, items);
    let declares = |item: &Item| match item.kind(db) {
        ItemKind::Schema | ItemKind::Variant | ItemKind::Trait | ItemKind::Fn => true,
        ItemKind::Every => head(db, *item).as_ref().is_some_and(|head| head.changes),
        ItemKind::Let => unread.get(item.name(db)) == Some(item),
        _ => false,
    };
    let mut declared: Vec<Item> = items().filter(declares).collect();
    if declared.is_empty() {
        return Vec::new();
    }
    let used: FxHashSet<Item> = units.flat_map(|unit| unit.shared.iter().copied()).collect();
    declared.retain(|item| !used.contains(item));
    declared.truncate(limits::UNUSED);
    let found = parallel::in_order(db, &declared, |db, items| {
        let of_all = items.iter().flat_map(|item| refused_anyway(db, program, *item));
        of_all.cloned().map(Found::from).collect::<Vec<_>>()
    });
    let mut told: FxHashSet<(Code, Place)> = FxHashSet::default();
    let mut first = |found: &Found| told.insert((found.problem.code, found.problem.place));
    found.into_iter().flatten().filter(|found| first(found)).collect()
}

/// The `let`s that make objects, by their names, which no text of another item holds.
fn unread<I: Iterator<Item = Item>>(db: &Database, items: impl Fn() -> I) -> FxHashMap<&str, Item> {
    let making = items().filter(|item| item.kind(db) == ItemKind::Let && makes(db, *item));
    let mut unread: FxHashMap<&str, Item> = making.map(|item| (item.name(db), item)).collect();
    for item in items() {
        // Most programs have none, or few that are soon seen to be read.
        if unread.is_empty() {
            break;
        }
        for word in item.text(db).split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            if unread.get(word).is_some_and(|of| *of != item) {
                unread.remove(word);
            }
        }
    }
    unread
}

/// Whether an item writes out an object, or a component, that is not external.
fn makes(db: &Database, item: Item) -> bool {
    let makes = |expr: &Expr| match expr {
        Expr::Record(made) => {
            !made.external && matches!(made.kind, RecordKind::Kube(_) | RecordKind::Schema(_))
        }
        Expr::Amend(_) => true,
        _ => false,
    };
    elaborate(db, item).code.exprs.iter().any(makes)
}

/// What a type does not admit of the constants that a declaration computes, and what a server would refuse of those that
/// it writes out, whatever is made of it.
#[salsa::tracked(returns(deref))]
pub fn refused_anyway(db: &dyn salsa::Database, program: Program, item: Item) -> Vec<Problem> {
    let mut problems = Vec::new();
    let of_text = written(db, item);
    let places = of_text.iter().map(|written| (None, written.problem.place));
    let mut told: FxHashSet<(Option<Code>, Place)> = places.collect();
    // What no type takes is not told to be refused by a server besides.
    for problem in of_each_way(|supposed, arena| {
        misfits_in(&Eval::new(db, arena, program, item).supposing(supposed), item)
    }) {
        if told.insert((None, problem.place)) {
            problems.push(problem);
        }
    }
    for problem in of_each_way(|supposed, arena| {
        refused_in(&Eval::traced(db, arena, program, item).supposing(supposed), item)
    }) {
        if !told.contains(&(None, problem.place))
            && told.insert((Some(problem.code), problem.place))
        {
            problems.push(problem);
        }
    }
    // What cannot be read may be meant otherwise, to the end of its line.
    let holes: Vec<usize> =
        of_text.iter().filter_map(|written| Some(written.range.as_ref()?.start)).collect();
    if !holes.is_empty() {
        let (text, parsed) = (item.text(db), parsed(db, item));
        problems.retain(|problem: &Problem| {
            let node = parsed.tree().node(problem.place.node);
            let at = node.map_or(0, |node| node.range().start);
            let between = |hole: usize| text.get(hole.min(at)..hole.max(at)).unwrap_or_default();
            holes.iter().all(|hole| between(*hole).contains('\n'))
        });
    }
    problems
}

/// What is found where what is not known is taken in one way, then in another, until all of them were seen.
fn of_each_way(
    find: impl for<'a> Fn(&'a Supposed, &'a Bump) -> (Vec<Problem>, u64),
) -> Vec<Problem> {
    let supposed = Supposed::default();
    let mut problems = Vec::new();
    let mut arena = Bump::new();
    let mut steps = 0;
    loop {
        let (found, taken) = find(&supposed, &arena);
        problems.extend(found);
        steps += taken;
        if steps > limits::UNUSED_STEPS || !supposed.goes_on() {
            return problems;
        }
        arena.reset();
    }
}

/// What types do not admit of the constants that it computes.
fn misfits_in(eval: &Eval<'_>, item: Item) -> (Vec<Problem>, u64) {
    force_all(eval, eval.blank(item, true), 0);
    let module = item.module(eval.db);
    let parsed = parsed(eval.db, item);
    let is_own = |problem: &Problem| {
        let node = parsed.tree().node(problem.place.node);
        matches!(problem.code, Code::E(222 | 301..=306))
            && problem.place.item == item
            && node.is_some_and(|node| is_constant(eval.db, module, node))
    };
    let found = eval.problems.take();
    (found.into_iter().filter(is_own).collect(), eval.steps())
}

fn refused_in(eval: &Eval<'_>, item: Item) -> (Vec<Problem>, u64) {
    let objects = objects_and_parts(eval, eval.blank(item, false));
    let mut tree = Tree::default();
    let written = emit(eval, &objects, &mut tree);
    let mut problems = Vec::new();
    for (object, at) in objects.iter().zip(&written) {
        let Some(root) = tree.node(at.node) else { continue };
        let part = object.ty.filter(|_| object.is_part());
        let found = match part {
            Some(part) => refused_anywhere(root, part, eval.minor, judges_value),
            None => refusals(root, eval.minor),
        };
        // What two places make wrong together may stand under conditions that exclude each other, and one of them be bound
        // anew by a layer above.
        let is_known = |one: &Refusal| {
            let alone = || judges_value(root, one) && is_alone(root, one, eval.minor);
            (part.is_some() || alone()) && !is_of_unknown_key(&one.message)
        };
        for refusal in found.into_iter().filter(is_known).take(limits::ITEM_PROBLEMS) {
            let behind = behind_in(eval, object.object, at.made, &asked(0, &refusal));
            let own = |place: &&Place| is_written_in(eval.db, item, **place);
            let Some(place) = behind.places.first().filter(own) else { continue };
            let kind = match part {
                Some(part) => part.last_name(),
                None => root.at(&["kind"]).and_then(Ref::as_str).unwrap_or("object"),
            };
            problems.push(said(root, &refusal, *place).note(match item.kind(eval.db) {
                ItemKind::Let if part.is_none() => refused::field(root, &refusal.path),
                ItemKind::Let => format!("it is {} of a {kind}", text(&refusal.path)),
                ItemKind::Every => field(kind, &refusal.path, "changed by it"),
                _ => field(kind, &refusal.path, "made of it"),
            }));
        }
    }
    (problems, eval.steps())
}

/// Whether a place is of this item, or of a `let` by which it is made, and writes the value out.
fn is_written_in(db: &dyn salsa::Database, item: Item, place: Place) -> bool {
    (place.item == item || place.item.kind(db) == ItemKind::Let) && is_literal(db, place)
}

/// `spec.replicas of each Deployment`.
fn field(kind: &str, path: &[Step], is: &str) -> String {
    format!("it is {} of each {kind} that is {is}", text(path))
}
