//! What the derived fields of an item come to, once everything else of the program is known.
//!
//! An item is validated without them. What they hold is evaluated apart, and may ask for the graph and for all objects
//! ([`crate::links`]); nothing of these reads what is derived, so nothing goes in a circle. The objects that are derived
//! have facts of their own, which rules across objects see and no derivation does.

use bumpalo::Bump;
use kube::facts::Facts;
use kube::tree::{NodeId, Tree};

use crate::db::{Item, Program};
use crate::eval::Eval;
use crate::eval::derive::Derives;
use crate::reached::{Component, Object, Reached, derived_objects, derived_slots, reached};
use crate::refused::{Judged, report_refused};
use crate::render::emit;
use crate::validate::{
    UnitReport, chains, force_all, force_ruled, has_mistakes, is_sound, rings, validate,
};

/// What is wrong with what an item derives, and what rules across objects see of it. Of an item that has errors, or
/// nothing to derive, nothing, and no memo is kept of that.
pub fn derived(db: &dyn salsa::Database, program: Program, item: Item) -> &UnitReport {
    match validate(db, program, item).derives {
        true => derivation_of(db, program, item),
        false => &NOTHING,
    }
}

/// How many objects an item makes in a program; nothing where it has errors.
pub fn objects_of(db: &dyn salsa::Database, program: Program, item: Item) -> Option<usize> {
    let reports = [validate(db, program, item), derived(db, program, item)];
    let facts = || reports.iter().flat_map(|report| &report.facts);
    let made = facts().filter(|facts| !facts.external).count();
    facts().all(|facts| !facts.hidden).then_some(made)
}

static NOTHING: UnitReport = UnitReport {
    problems: Vec::new(),
    facts: Vec::new(),
    allowed: Vec::new(),
    used: Vec::new(),
    shared: Vec::new(),
    derives: false,
};

#[salsa::tracked]
fn derivation_of(db: &dyn salsa::Database, program: Program, item: Item) -> UnitReport {
    let arena = Bump::new();
    let eval = Eval::new(db, &arena, program, item).counted().deriving();
    let known = reached(&eval, eval.root(), true);
    let mut report = derivation(&eval, &known, &mut Tree::default()).report;
    // What is wrong with what a derivation reads was told with the item itself.
    let told = &validate(db, program, item).problems;
    report.problems.retain(|problem| !told.contains(problem));
    report
}

/// What an item derives.
pub(crate) struct Derivation<'a> {
    pub report: UnitReport,
    pub objects: Vec<Object<'a>>,
    /// The objects in the tree.
    pub nodes: Vec<NodeId>,
}

/// Evaluates the derived fields of the components that an item makes, in an evaluation in which they are known.
pub(crate) fn derivation<'a>(
    eval: &Eval<'a>,
    known: &Reached<'a>,
    tree: &mut Tree,
) -> Derivation<'a> {
    let mut report = UnitReport::default();
    let mut hidden = false;
    for component in known.components.iter().filter(|component| !component.record.external) {
        for slot in derived_slots(eval, component.record) {
            eval.check_strengths(component.record, slot);
            let value = eval.force(component.record, slot);
            hidden |= value.is_error();
            force_all(eval, value, 1);
        }
    }
    let mut objects = Vec::new();
    let mut nodes = Vec::new();
    if is_sound(eval) {
        objects = derived_objects(eval, &known.components);
        force_ruled(eval, &objects);
        let written = emit(eval, &objects, tree);
        report.keep(eval.db, &objects, &written, tree);
        if !has_mistakes(eval) {
            let first = known.objects.iter().filter(|object| !object.external).count();
            let numbers = first..first + objects.len();
            report.used = report_refused(eval, &objects, &written, numbers, tree, Judged::Whole);
        }
        nodes.extend(written.into_iter().map(|written| written.node));
    }
    report.shared = eval.shared();
    chains(eval);
    rings(eval);
    report.problems = eval.problems.take();
    if hidden || !report.is_sound() {
        report.facts = vec![Facts::hidden()];
        report.allowed.clear();
    }
    Derivation { report, objects, nodes }
}

/// Whether there is anything to derive for these components: a derived field that is there, or that asks for what is
/// known last. Where it is so, the evaluation is of no more use for them.
pub(crate) fn has_to_derive<'a>(eval: &Eval<'a>, components: &[Component<'a>]) -> bool {
    let known = eval.problems.borrow().len();
    let failed = eval.failed_reads.borrow().len();
    let outer = eval.derive(Derives::Trying);
    let made = components.iter().map(|component| component.record).filter(|rec| !rec.external);
    let found = made.flat_map(|record| derived_slots(eval, record).map(move |slot| (record, slot)));
    let mut found = found.map(|(record, slot)| eval.whnf(eval.force(record, slot)));
    let derives = found.any(|value| !value.is_absent() || eval.has_asked());
    eval.derive(outer);
    eval.problems.borrow_mut().truncate(known);
    eval.failed_reads.borrow_mut().truncate(failed);
    derives
}
