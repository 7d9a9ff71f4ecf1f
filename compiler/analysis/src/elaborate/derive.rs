//! `derive`: who may read a field that is computed from the graph and from what is emitted, and who may ask for these.
//!
//! What is derived is known last. So nothing of what it is computed from may read it: it is read by derivations, by the
//! checks of rules and by tests alone, and the rest is told where it is written, whether or not anything evaluates it.

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::path::segments;
use super::scope::FieldOf;
use crate::code::Key;
use crate::db::{Item, ItemKind};
use crate::eval::derive::not_yet_known;
use crate::fits::base;
use crate::problem::Problem;
use crate::schema::{FieldInfo, schema};
use crate::ty::Ty;
use crate::types::key_text;
use crate::variant::case;

/// What an expression may read of what is known last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Sees {
    Nothing,
    /// Fields that are derived: what a test, a check of a rule or a question from outside may read.
    Derived,
    /// The graph and all objects too: what a derivation may read.
    Graph,
}

impl Sees {
    /// What an item's expressions may read, apart from what it says of derived fields.
    pub fn of(db: &dyn salsa::Database, item: Item) -> Self {
        match item.kind(db) {
            ItemKind::Test | ItemKind::Asked => Sees::Derived,
            _ => Sees::Nothing,
        }
    }
}

impl Elaborator<'_> {
    /// Whether a field may be read here; said where not.
    pub(super) fn may_read(&mut self, node: Node<'_>, name: &str, field: &FieldOf) -> bool {
        if !field.derived || self.sees >= Sees::Derived {
            return true;
        }
        let mut problem = not_yet_known(self.place(node), name);
        if let Some(place) = field.place {
            problem = problem.related(place, "declared here as derived");
        }
        self.report(problem);
        false
    }

    /// Whether the graph or all objects may be asked for here, by this function; said where not.
    pub(super) fn may_ask(&mut self, node: Node<'_>, function: Item) -> bool {
        if self.sees == Sees::Graph {
            return true;
        }
        let name = function.name(self.db);
        // What is called stands before its brackets.
        let called = node
            .parent()
            .and_then(|chain| chain.children().take_while(|part| *part != node).last());
        self.report(
            self.problem(
                423,
                called.unwrap_or(node),
                format!("`{name}` is called in a derivation only"),
            )
            .note("what it gives is known once everything else is")
            .help("declare a field in a schema as `derive name: T = …`, and call it in its value"),
        );
        false
    }

    /// Begins a layer on a field: on one that is derived, it is a part of the derivation. Gives what was seen before.
    pub(super) fn enter_layer_on(&mut self, ty: &Ty, key: &Key) -> Sees {
        let outer = self.sees;
        if self.is_derived(ty, key) {
            self.sees = Sees::Graph;
        }
        outer
    }

    /// Begins a check, which in a rule sees what is derived. Gives what was seen before.
    pub(super) fn enter_check(&mut self) -> Sees {
        let outer = self.sees;
        if self.item.kind(self.db) == ItemKind::Every {
            self.sees = outer.max(Sees::Derived);
        }
        outer
    }

    fn is_derived(&self, ty: &Ty, key: &Key) -> bool {
        let Key::Static { name, slot } = key else { return false };
        let at = usize::from(*slot);
        let field = match base(ty) {
            Ty::Schema(item) => schema(self.db, *item).fields.get(at),
            Ty::Case(item, index) => {
                case(self.db, *item, *index).and_then(|case| case.info.fields.get(at))
            }
            Ty::Union(members) => {
                let fields = members.iter().filter_map(|member| self.field_of(member, name));
                return fields.into_iter().any(|field| field.derived);
            }
            _ => None,
        };
        field.is_some_and(|field| field.derive)
    }

    /// Reports a `derive` that is no part of the declaration of a field, or of one that is a handle too.
    pub(super) fn misplaced_derive(&mut self, node: Node<'_>, word: Node<'_>, ty: &Ty) {
        let path = node.child(NodeKind::Path).map(segments).unwrap_or_default();
        let declares = path.len() == 1 && node.child(NodeKind::Annotation).is_some();
        let inherited = match path.as_slice() {
            [only] => {
                let name = key_text(only.node);
                self.field_of(ty, &name).is_some_and(|field| field.derived)
            }
            _ => false,
        };
        if !declares && !inherited {
            self.report(
                self.problem(
                    116,
                    word,
                    "`derive` says nothing here: it is part of the declaration of a field",
                )
                .help("give the field its type: `derive name: T = …`"),
            );
        }
        let mut modifiers = node.children_of(NodeKind::Modifier);
        if let Some(export) = modifiers.find(|modifier| modifier.text() == "export") {
            self.report(
                self.problem(
                    116,
                    export,
                    "a derived field is no handle: no other component may read it",
                )
                .help("leave `export` out"),
            );
        }
    }

    /// Reports a field of a child schema that is derived although the parent's is not: whoever reads it as the parent's
    /// would read what is not known yet.
    pub(super) fn derived_only_here(&mut self, above: &FieldInfo, field: &FieldInfo) {
        if field.place.item == self.item && field.derive && !above.derive {
            let message =
                format!("`{}` can be read by all above, and cannot be derived here", field.name);
            self.report(
                Problem::error(213, field.place, message)
                    .related(above.place, "declared here")
                    .help("derive it above too, or give it another name"),
            );
        }
    }
}
