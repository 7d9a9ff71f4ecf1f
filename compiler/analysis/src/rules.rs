//! The rules of a program: which `every` holds for which kind of object.
//!
//! What evaluation asks is kept apart by kind, so that a rule which changes is seen by the objects of its kind alone,
//! and one that only checks by no value at all.

use std::collections::BTreeSet;
use std::sync::Arc;

use kube::types::TypeId;

use crate::code::{Root, Rule, RuleOf};
use crate::db::{Item, ItemKind, Origin, Program};
use crate::elaborate::elaborate;
use crate::eval::stack_of;
use crate::fits::extends;
use crate::problem::{Place, Problem, Severity};

/// What is known of a rule without looking into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    pub id: Arc<str>,
    pub of: RuleOf,
    /// It binds something.
    pub changes: bool,
    pub checks: bool,
}

/// The code of a rule; `None` where it is too broken to say what it is for.
pub fn rule(db: &dyn salsa::Database, item: Item) -> Option<&Rule> {
    match &elaborate(db, item).code.root {
        Root::Every(rule) => Some(rule),
        _ => None,
    }
}

#[salsa::tracked]
pub fn head(db: &dyn salsa::Database, item: Item) -> Option<Head> {
    let rule = rule(db, item)?;
    let code = &elaborate(db, item).code;
    let says =
        |body: u32| code.bodies.get(body as usize).is_some_and(|body| !body.entries.is_empty());
    Some(Head {
        id: rule.id.clone(),
        of: rule.of,
        changes: says(rule.layer),
        checks: says(rule.checks),
    })
}

/// The rules of a program: those of the built file and its overlays, and those of the files that they use.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// They may change objects.
    pub own: Vec<Item>,
    /// What they check holds for the program, what they change does not.
    pub used: Vec<Item>,
}

#[salsa::tracked]
pub fn rules(db: &dyn salsa::Database, program: Program) -> Rules {
    let stack = stack_of(db, program, program.root(db).base(db));
    let rules_of = |modules: &[crate::db::Module]| -> Vec<Item> {
        let items = modules.iter().flat_map(|module| module.items(db));
        items.copied().filter(|item| item.kind(db) == ItemKind::Every).collect()
    };
    let mut used: Vec<crate::db::Module> = Vec::new();
    let mut seen: BTreeSet<crate::db::Module> = BTreeSet::new();
    for (module, instance) in program.instances(db).iter() {
        let overlays = instance.overlays(db).iter().copied();
        for module in std::iter::once(*module).chain(overlays) {
            if module.origin(db) == Origin::File && !stack.contains(&module) && seen.insert(module)
            {
                used.push(module);
            }
        }
    }
    Rules { own: rules_of(&stack), used: rules_of(&used) }
}

/// Whether any rule of a program changes objects. Asked before anything else, so that a program without such rules
/// pays no more than this.
#[salsa::tracked(returns(copy))]
pub fn changes(db: &dyn salsa::Database, program: Program) -> bool {
    rules(db, program)
        .own
        .iter()
        .any(|rule| head(db, *rule).as_ref().is_some_and(|head| head.changes))
}

/// The rules that change the objects of a kind, in the order of the files.
#[salsa::tracked(returns(deref))]
pub fn changing(db: &dyn salsa::Database, program: Program, kind: Option<TypeId>) -> Vec<Item> {
    let of_kind = |rule: &&Item| {
        head(db, **rule).as_ref().is_some_and(|head| head.changes && head.of.takes(kind))
    };
    rules(db, program).own.iter().filter(of_kind).copied().collect()
}

/// The rules that check objects of a kind.
pub fn checking(db: &dyn salsa::Database, program: Program, kind: Option<TypeId>) -> Vec<Item> {
    let of_kind = |rule: &&Item| {
        head(db, **rule).as_ref().is_some_and(|head| head.checks && head.of.takes(kind))
    };
    let all = rules(db, program);
    all.own.iter().chain(&all.used).filter(of_kind).copied().collect()
}

/// The rules that check components of a schema.
pub fn checking_component(db: &dyn salsa::Database, program: Program, schema: Item) -> Vec<Item> {
    let of_schema = |rule: &&Item| match head(db, **rule) {
        Some(Head { of: RuleOf::Component(of), checks: true, .. }) => extends(db, schema, *of),
        _ => false,
    };
    let all = rules(db, program);
    all.own.iter().chain(&all.used).filter(of_schema).copied().collect()
}

/// Whether there are mistakes in how a rule of a program is written.
pub fn any_broken(db: &dyn salsa::Database, program: Program) -> bool {
    let all = rules(db, program);
    let broken = |rule: &Item| {
        let problems = &elaborate(db, *rule).problems;
        problems.iter().any(|problem| problem.severity == Severity::Error)
    };
    all.own.iter().chain(&all.used).any(broken)
}

/// Whether any rule of a program checks anything.
#[salsa::tracked(returns(copy))]
pub fn checks(db: &dyn salsa::Database, program: Program) -> bool {
    let all = rules(db, program);
    let mut all = all.own.iter().chain(&all.used);
    all.any(|rule| head(db, *rule).as_ref().is_some_and(|head| head.checks))
}

/// Ids that two rules have.
#[salsa::tracked(returns(deref))]
pub fn named_twice(db: &dyn salsa::Database, program: Program) -> Vec<Problem> {
    let all = rules(db, program);
    let mut seen: Vec<(Arc<str>, Item)> = Vec::new();
    let mut problems = Vec::new();
    // The id is the first child of the rule, which is the first below the root.
    let place = |item: Item| Place { item, node: 2 };
    for &item in all.own.iter().chain(&all.used) {
        let Some(head) = head(db, item) else { continue };
        match seen.iter().find(|(id, _)| *id == head.id) {
            Some((id, first)) => problems.push(
                Problem::error(414, place(item), format!("two rules have the id {id:?}"))
                    .related(place(*first), "the other one")
                    .help("rename one of them: `allow` and messages speak of a rule by its id"),
            ),
            None => seen.push((head.id.clone(), item)),
        }
    }
    problems
}

impl RuleOf {
    pub fn takes(self, kind: Option<TypeId>) -> bool {
        match self {
            RuleOf::Kind(of) => Some(of) == kind,
            RuleOf::Object => true,
            RuleOf::Component(_) => false,
        }
    }
}
