//! The verdict on one item: everything of it evaluated, checked and emitted, then dropped.
//!
//! What stays is the list of problems and the facts by which rules across objects see the item; both are
//! small and compared, so that an edit which changes neither re-runs nothing above.

use bumpalo::Bump;
use kube::facts::Facts;
use kube::tree::{NodeId, Tree};

use rustc_hash::FxHashSet;

use crate::chain::too_long;
use crate::code::{EntryKind, Root, Strength};
use crate::db::{Item, ItemKind, Program};
use crate::derive::has_to_derive;
use crate::eval::Eval;
use crate::eval::derive::Derives;
use crate::eval::rules::Allowed;
use crate::eval::value::{
    CheckAt, Declared, Env, FailedRead, Kind, Layer, MapOf, Rec, Slot, Value,
};
use crate::likened::check_likened;
use crate::limits;
use crate::problem::{Code, Place, Problem, Severity};
use crate::problems::written;
use crate::reached::{Object, Reached, facts_of, reached};
use crate::read::walk;
use crate::refused::{Judged, report_refused};
use crate::renamed::check_renamed;
use crate::render::{Written, emit};
use crate::rings::{Leaf, report_ring, ring_through};

/// What is known of an item once it was evaluated.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UnitReport {
    pub problems: Vec<Problem>,
    /// Of each object that it emits, and then of each that it declares as external, as
    /// [`crate::render::render_part`] numbers them. What has a mistake is hidden; what is external may lack anything.
    pub facts: Vec<Facts>,
    /// By the number of the object: a rule from which it is exempt.
    pub allowed: Vec<(usize, Allowed)>,
    /// The `allow`s that have made a note of what a lint said.
    pub used: Vec<Place>,
    /// The schemas, traits, functions and rules of the user's files that take part in it.
    pub shared: Vec<Item>,
    /// It has something to derive, which [`crate::derive::derived`] looks at.
    pub derives: bool,
}

impl UnitReport {
    /// Whether the item has no errors.
    pub fn is_sound(&self) -> bool {
        !self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Keeps what rules across objects see of those that were written to the tree.
    pub(crate) fn keep(
        &mut self,
        db: &dyn salsa::Database,
        objects: &[Object<'_>],
        written: &[Written],
        tree: &Tree,
    ) {
        let facts = |(object, at): (&Object<'_>, &Written)| {
            if at.holed && !object.external {
                Some(Facts::hidden())
            } else {
                facts_of(db, object, tree, at.node)
            }
        };
        self.facts = objects.iter().zip(written).filter_map(facts).collect();
        for (at, object) in objects.iter().enumerate() {
            self.allowed.extend(object.allowed.iter().map(|allowed| (at, allowed.clone())));
        }
    }
}

/// Everything that is wrong with the value of an item, or with a `check` of the file.
///
/// To be asked once for each name that a file binds, by any of its items: problems of all layers on it are
/// in one report.
#[salsa::tracked]
pub fn validate(db: &dyn salsa::Database, program: Program, item: Item) -> UnitReport {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted();
    if item.kind(db) == ItemKind::Asked {
        eval.derive(Derives::Yes);
    }
    validated(&eval, item, &mut Tree::default()).0
}

/// What [`validate`] says of an item, past the memos, with the objects that the item emits in the tree: for a build,
/// which writes them and drops everything.
pub(crate) fn validated<'a>(
    eval: &Eval<'a>,
    item: Item,
    tree: &mut Tree,
) -> (UnitReport, Vec<NodeId>, Reached<'a>) {
    let mut report = UnitReport::default();
    let mut objects = Vec::new();
    let mut found = Reached::default();
    let mut emitted = false;
    if item.kind(eval.db) == ItemKind::Check {
        check_item(eval, item);
    } else {
        let (file, slot) = eval.item_slot(eval.unit, false);
        eval.check_strengths(file, slot);
        let value = eval.root();
        force_all(eval, value, 0);
        found = reached(eval, value, true);
        if is_sound(eval) {
            force_ruled(eval, &found.objects);
        }
        let sound = is_sound(eval);
        let all = written_out(eval, &found.objects, tree);
        if sound {
            report.keep(eval.db, &found.objects, &all, tree);
            let made = found.objects.iter().zip(&all).filter(|(object, _)| !object.external);
            objects = made.map(|(_, at)| at.node).collect();
        }
        emitted = sound && !has_mistakes(eval);
        let judged = if emitted { Judged::Whole } else { Judged::beside_mistakes(eval) };
        let own = found.objects.iter().filter(|object| !object.external).count();
        report.used = report_refused(eval, &found.objects, &all, 0..own, tree, judged);
    }
    // A whole object may be lacking where the name of its kind is wrong, which may be that which a `use` brings.
    if (!emitted || eval.lacks.get()) && item.kind(eval.db) != ItemKind::Check {
        report.facts = vec![Facts::hidden()];
    }
    report.shared = eval.shared();
    chains(eval);
    rings(eval);
    report.problems = eval.problems.take();
    if report.is_sound() {
        report.derives = has_to_derive(eval, &found.components);
    } else {
        found = Reached::default();
    }
    (report, objects, found)
}

/// Writes objects to the tree. Where what is written is no good, a field that is missing may only be called otherwise.
fn written_out<'a>(eval: &Eval<'a>, objects: &[Object<'a>], tree: &mut Tree) -> Vec<Written> {
    let told = eval.problems.borrow().len();
    let misnamed = !is_sound(eval) && is_miswritten(eval);
    let written = if eval.is_exhausted() { Vec::new() } else { emit(eval, objects, tree) };
    if misnamed {
        eval.problems.borrow_mut().truncate(told);
    }
    written
}

/// Evaluates in full what rules have made of objects: what a `let` holds under a public name is validated there, and here
/// with the rules that hold for it.
pub(crate) fn force_ruled<'a>(eval: &Eval<'a>, objects: &[Object<'a>]) {
    for object in objects.iter().filter(|object| eval.is_ruled(object.object)) {
        force_record(eval, object.object, 1);
    }
}

pub(crate) fn is_sound(eval: &Eval<'_>) -> bool {
    !eval.problems.borrow().iter().any(|problem| problem.severity == Severity::Error)
}

/// Whether something is wrong with the values, or with the text of an item that gave some of them: a name that is
/// wrong there may have left out what is missed elsewhere.
pub(crate) fn has_mistakes(eval: &Eval<'_>) -> bool {
    !is_sound(eval) || is_miswritten(eval)
}

pub(crate) fn is_miswritten(eval: &Eval<'_>) -> bool {
    let of_text = |item: Item| {
        let mut found = written(eval.db, item).iter();
        found.any(|written| written.problem.severity == Severity::Error)
    };
    of_text(eval.unit) || eval.origins().into_iter().any(of_text)
}

/// A `check`, `warn` or `note` of the file.
fn check_item(eval: &Eval<'_>, item: Item) {
    let source = eval.source(item);
    let Root::Check(body) = source.code.root else { return };
    let Some(body) = source.code.bodies.get(body as usize) else { return };
    let env = Env::default();
    let layer = eval.arena.alloc(Layer {
        source,
        body,
        env,
        prefix: Strength::Set,
        id: 0,
        siblings: 0,
        elements: None,
    });
    for entry in &body.entries {
        if let EntryKind::Check { .. } = entry.kind {
            eval.run_check(None, &CheckAt { layer, entry, env, when: None });
        }
    }
}

/// Forces all that a value holds and checks it on the way.
pub(crate) fn force_all<'a>(eval: &Eval<'a>, value: Value<'a>, depth: u32) {
    match eval.whnf(value) {
        Value::Rec(rec) => force_record(eval, rec, depth + 1),
        Value::List(elements) => {
            for element in eval.looked_through(elements) {
                force_all(eval, element.value, depth + 1);
            }
        }
        _ => {}
    }
}

fn force_record<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>, depth: u32) {
    if rec.validated.replace(true) {
        return;
    }
    if depth > limits::NESTED {
        let message = format!("nested more than {} levels deep", limits::NESTED);
        eval.report(
            Problem::error(504, eval.user_spot(rec).place(), message)
                .help("look for a record that contains another of its kind without end"),
        );
        return;
    }
    let outer = eval.is_ruled(rec).then(|| eval.enter_object(rec));
    for slot in eval.slots(rec).iter() {
        if eval.is_later(slot) {
            continue;
        }
        eval.check_strengths(rec, slot);
        if rec.external && from_schema(slot) {
            // What the outside gives is not known here; only what is asked for is.
            continue;
        }
        check_key(eval, rec, slot);
        check_renamed(eval, rec, slot);
        let value = eval.force(rec, slot);
        force_all(eval, value, depth);
    }
    check_likened(eval, rec);
    eval.check_required(rec);
    eval.run_checks(rec);
    if let Some(outer) = outer {
        eval.leave_object(outer);
    }
}

fn from_schema(slot: &Slot<'_>) -> bool {
    slot.bindings.get().is_none_or(|binding| binding.layer.source.schema)
}

/// The key of a map must be of the type of its keys.
fn check_key<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>, slot: &'a Slot<'a>) {
    if let Kind::Map(MapOf::Ty(key, _)) = rec.kind
        && let Some(binding) = slot.bindings.get()
    {
        eval.fit_key(slot.name, Declared::Ty(key), rec, binding.spot());
    }
}

/// Reports a row of reads that is longer than allowed.
pub(crate) fn chains(eval: &Eval<'_>) {
    if eval.deepest.get() > limits::CHAIN {
        let place = Place { item: eval.unit, node: 0 };
        let message = "too many values in a row need each other".to_owned();
        let note = format!(
            "at most {} may, of which one that takes much to compute counts as several: one for each {} KiB",
            limits::CHAIN,
            limits::READ_BYTES >> 10
        );
        eval.report(too_long(place, message).note(note));
    }
}

/// Finds the rings of values of several items among the reads that gave an error.
///
/// Each ring is seen from all items on it; that whose name comes first reports it.
pub(crate) fn rings(eval: &Eval<'_>) {
    let starts: Vec<(Leaf, Option<Place>)> = eval
        .failed_reads
        .borrow()
        .iter()
        .map(|read| (Leaf::of(read), read.at.map(|spot| spot.place())))
        .collect();
    let mut seen: Vec<Leaf> = Vec::new();
    for (start, at) in starts {
        if seen.contains(&start) {
            continue;
        }
        if eval.is_exhausted() {
            break;
        }
        if let Some(ring) = ring_through(eval, &start) {
            report_ring(eval, &ring, at);
            seen.extend(ring);
        } else {
            needs_what_is_external(eval, &start, at);
        }
        seen.push(start);
    }
    mistakes_without_rules(eval);
}

/// Tells what is wrong with values as they are without any `every`, where a rule reads them so: with all rules, their own
/// items may find nothing wrong with them.
pub(crate) fn mistakes_without_rules(eval: &Eval<'_>) {
    let failed =
        || eval.failed_reads.borrow().iter().filter(|read| read.world.bare).copied().collect();
    let reads: Vec<FailedRead<'_>> = failed();
    let mut waiting: Vec<Leaf> = reads.iter().map(Leaf::of).collect();
    let mut seen = FxHashSet::default();
    let mut in_text = false;
    while let Some(leaf) = waiting.pop() {
        if seen.len() > limits::RING || !seen.insert(leaf.clone()) {
            continue;
        }
        if let Some(ring) = ring_through(eval, &leaf) {
            report_ring(eval, &ring, None);
            seen.extend(ring);
            continue;
        }
        let arena = Bump::new();
        let inner = Eval::new(eval.db, &arena, eval.program, leaf.item).in_world(leaf.world);
        let _ = walk(&inner, &leaf.path);
        eval.charge(&inner);
        in_text |= is_miswritten(&inner);
        for problem in inner.problems.take() {
            eval.report(problem);
        }
        waiting.extend(inner.failed_reads.borrow().iter().map(Leaf::of));
    }
    // What is wrong in the text of a value, such as a name that nothing has, is told there.
    let told = in_text || !is_sound(eval);
    if let Some(at) = reads.first().and_then(|read| read.at).filter(|_| !told) {
        let message = format!("more than {} values depend on each other in a ring", limits::RING);
        eval.report(Problem::error(503, at.place(), message));
    }
}

/// What something external does not say is a mistake of whoever asks for it, directly or not: nobody else
/// computes it.
fn needs_what_is_external(eval: &Eval<'_>, leaf: &Leaf, at: Option<Place>) {
    let arena = Bump::new();
    let inner = Eval::new(eval.db, &arena, eval.program, leaf.item).in_world(leaf.world);
    let _ = walk(&inner, &leaf.path);
    eval.charge(&inner);
    for problem in inner.problems.take() {
        if problem.code == Code::E(506) {
            let said = problem.place;
            let place = at.unwrap_or(said);
            eval.report(Problem { place, ..problem }.related(said, "declared here"));
        }
    }
}
