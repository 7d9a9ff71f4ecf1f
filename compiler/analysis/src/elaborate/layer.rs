//! Layers on records: bodies, and the traits under them.

use syntax::{Node, NodeKind};

use super::chain::Head;
use super::mismatch::doc_at;
use super::{Elaborator, Own, habit};
use crate::code::{BodyId, Entry, Expr, Made, RecordKind};
use crate::db::Item;
use crate::fits::{Fit, base, extends, fits, present};
use crate::problem::{Edit, Part, Place};
use crate::schema::lacks_parent;
use crate::show::type_name;
use crate::ty::Ty;
use crate::types::{Named, key_text};

/// The traits that a `with` names.
#[derive(Default)]
pub(super) struct Traits {
    pub items: Vec<Item>,
    /// One of the names is that of no trait which fits; nobody knows what it would bind.
    pub unknown: bool,
}

impl Elaborator<'_> {
    /// Reports a type where a field is given its value, which has one already.
    pub(super) fn typed_again(&mut self, node: Node<'_>, annotation: Node<'_>, ty: &Ty) {
        let path = node.child(NodeKind::Path).filter(|path| path.children().count() == 1);
        if path.is_some_and(|path| self.field_of(ty, path.text()).is_none()) {
            // That there is no such field is told.
            return;
        }
        let name = type_name(self.db, present(ty));
        let message = format!("the fields of {name} have their types already");
        let mut problem = self.problem(116, annotation, message);
        problem.help = Some(match (path, node.child(NodeKind::Set)) {
            (Some(path), Some(set)) if set.text().len() <= 40 => {
                format!("leave the type out: `{} {}`", path.text(), set.text())
            }
            _ => "leave the type out; a child schema may narrow it".to_owned(),
        });
        let edit = Edit { place: problem.place, part: Part::Whole, text: String::new() };
        problem = problem.offer("leave the type out", false, edit);
        self.report(problem);
    }

    pub(super) fn make(
        &mut self,
        node: Node<'_>,
        kind: RecordKind,
        ty: Ty,
        traits: Traits,
        body: Option<Node<'_>>,
        item_body: bool,
    ) -> Head {
        let body = self.layer_above(&traits, body, &ty, item_body);
        let made = Made { kind, traits: traits.items, body, external: false };
        Head::Value(self.emit(node, Expr::Record(Box::new(made))), ty)
    }

    /// The layer that a body puts on a new record, above traits; nothing where there is none, and where only heads are
    /// read.
    pub(super) fn layer_above(
        &mut self,
        traits: &Traits,
        body: Option<Node<'_>>,
        ty: &Ty,
        own: bool,
    ) -> Option<BodyId> {
        if self.heads_only {
            return None;
        }
        let outer = std::mem::replace(&mut self.partial, traits.unknown);
        let layer = match body {
            Some(body) => Some(self.layer(body, ty, own)),
            None => traits.unknown.then(|| self.body_of(own, Vec::new())),
        };
        self.partial = outer;
        layer
    }

    /// The same on what the layers below have made, of which there may be more that is not known.
    pub(super) fn block_above(
        &mut self,
        traits: &Traits,
        body: Node<'_>,
        ty: &Ty,
        own: bool,
    ) -> BodyId {
        let outer = self.partial;
        self.partial |= traits.unknown;
        let layer = self.layer(body, ty, own);
        self.partial = outer;
        layer
    }

    /// A body as a layer on records of type `ty`. The body of an item brings the record's fields into scope.
    pub(super) fn layer(&mut self, body: Node<'_>, ty: &Ty, own: bool) -> BodyId {
        let outer = (self.own.clone(), self.inner.clone(), self.binding.clone());
        if own {
            let keys = super::record::written_keys(body);
            let named = self.own_shape.take().unwrap_or_else(|| ty.clone());
            self.own = Some(Own::new(named, keys));
            self.binding = None;
        }
        self.inner = Some(ty.clone());
        let scope = self.enter();
        let mut entries: Vec<Entry> = Vec::new();
        self.entries_of(body, ty, own, &mut entries);
        self.leave(scope);
        (self.own, self.inner, self.binding) = outer;
        self.body_of(own, entries)
    }

    /// Reports a block on what is no record.
    pub(super) fn no_block(&mut self, node: Node<'_>, ty: &Ty, declared: Option<Place>) {
        let (written, name) = (key_text(node), type_name(self.db, present(ty)));
        let message = format!("`{written}` is {name} and takes no block");
        let meant = habit::variable(&written, node);
        let help = meant.unwrap_or_else(|| match base(present(ty)) {
            Ty::Range(_) => {
                let (low, high) = two_numbers(node).unwrap_or(("2", "10"));
                format!("give it a value: `{written} = {low}..{high}`")
            }
            _ => format!("give it a value: `{written} = …`"),
        });
        let mut problem = self.problem(221, node, message).help(help);
        if let Some(place) = declared {
            problem.notes.extend(doc_at(self.db, place));
            problem = problem.related(place, format!("declared here as {name}"));
        }
        self.report(problem);
    }

    /// `+=` on what is no list.
    pub(super) fn no_list(&mut self, node: Node<'_>, ty: &Ty, declared: Option<Place>) {
        let (written, name) = (key_text(node), type_name(self.db, present(ty)));
        let message = format!("only a list can be added to, and `{written}` is {name}");
        let help = match base(ty) {
            Ty::Str => "texts are joined by interpolation: `\"\\(prev)-a\"`, where a layer below gives `prev`".to_owned(),
            ty if self.takes_blocks(ty) => format!("put a block on it: `{written} {{ … }}`"),
            Ty::Int | Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent => {
                format!("`prev` is its value below: `{written} = prev + …`")
            }
            _ => format!("give it a value: `{written} = …`"),
        };
        let mut problem = self.problem(201, node, message).help(help);
        if let Some(place) = declared {
            problem = problem.related(place, format!("declared here as {name}"));
        }
        self.report(problem);
    }

    /// The traits that a `with` names, each of which must be for this kind of record.
    pub(super) fn traits(&mut self, node: Node<'_>, ty: &Ty) -> Traits {
        let mut traits = Traits::default();
        for written in node.children().filter(|child| child.kind() == NodeKind::TypeRef) {
            let segments: Vec<Node<'_>> =
                written.children().filter(|name| name.kind() == NodeKind::Name).collect();
            match self.named(&segments) {
                Named::Trait(item) => {
                    let target = trait_target(self.db, item);
                    let suits = match (base(ty), base(target)) {
                        (Ty::Schema(schema), Ty::Schema(target)) => {
                            extends(self.db, *schema, *target)
                        }
                        (ty, target) => fits(self.db, ty, target) == Fit::Yes,
                    };
                    // What both of them are, for which the trait could be.
                    let common = match (base(ty), base(target)) {
                        (Ty::Schema(schema), Ty::Schema(target)) => {
                            let above = |item| &crate::schema::schema(self.db, item).ancestors;
                            above(*schema)
                                .iter()
                                .rev()
                                .find(|item| above(*target).contains(item))
                                .copied()
                        }
                        _ => None,
                    };
                    let unknown =
                        matches!(base(ty), Ty::Schema(schema) if lacks_parent(self.db, *schema));
                    if suits {
                        // What a trait sets whose schema is wrong is not known.
                        traits.unknown |= *target == Ty::Error;
                        traits.items.push(item);
                    } else if unknown {
                        // It may extend what the trait is for.
                        traits.unknown = true;
                    } else {
                        traits.unknown = true;
                        let (name, target) = (item.name(self.db), type_name(self.db, target));
                        let ty = type_name(self.db, ty);
                        let mut problem = self.problem(
                            214,
                            written,
                            format!("`{name}` is for {target}, and cannot be put on {ty}"),
                        );
                        problem.help = common.map(|common| {
                            let common = common.name(self.db);
                            format!("both extend {common}: `trait {name} for {common}`, if it sets nothing else")
                        });
                        self.report(problem);
                    }
                }
                Named::Unknown => {
                    traits.unknown = true;
                    self.read_type(written);
                }
                named => {
                    traits.unknown = true;
                    self.no_trait(written, &named, ty);
                }
            }
        }
        traits
    }
}

/// The two numbers in the block behind a name, if there are two: the least and the most of a range.
fn two_numbers<'t>(name: Node<'t>) -> Option<(&'t str, &'t str)> {
    let above = name.ancestors();
    let binding = above.iter().find(|above| above.kind() == NodeKind::Binding)?;
    let entries = binding.child(NodeKind::Body)?.children();
    let values = entries.filter_map(|entry| entry.child(NodeKind::Set)?.child(NodeKind::Int));
    match values.map(Node::text).collect::<Vec<_>>().as_slice() {
        [low, high] => Some((low, high)),
        _ => None,
    }
}

/// The type that a trait is for.
#[salsa::tracked]
pub fn trait_target(db: &dyn salsa::Database, item: Item) -> Ty {
    let parsed = crate::parse::parsed(db, item);
    let target = crate::types::entry(&parsed)
        .and_then(|node| node.child(NodeKind::Target))
        .and_then(|target| target.child(NodeKind::TypeRef));
    target.map_or(Ty::Error, |target| crate::types::TypeReader::new(db, item).read(target))
}
