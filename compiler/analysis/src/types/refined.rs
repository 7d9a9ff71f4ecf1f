//! Conditions that narrow types.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use crate::fits::base;
use crate::interval;
use crate::pattern::{whole, why_none};
use crate::refinement::FORMATS;
use crate::show::type_name;
use crate::ty::{Bound, RefinedTy, Refinement, Ty};
use crate::types::TypeReader;

impl TypeReader<'_> {
    pub(super) fn intersection(&mut self, node: Node<'_>) -> Ty {
        let mut children = node.children();
        let Some(first) = children.next() else { return Ty::Error };
        let mut ty = self.read(first);
        let mut refinements = Vec::new();
        if matches!(ty, Ty::Optional(_)) {
            return self.narrowed_absence(node, first);
        }
        for child in children {
            if child.kind() == NodeKind::RecordType && lists_keys(child) && holds_keys(&ty) {
                let mut way = Vec::new();
                keys_that_are_there(child, &mut way, &mut refinements);
                continue;
            }
            match self.refinement(child) {
                Some(refinement) => refinements.push(refinement),
                None => {
                    let more = self.read(child);
                    if matches!(more, Ty::Optional(_)) {
                        return self.narrowed_absence(node, child);
                    }
                    ty = self.both(child, ty, more);
                }
            }
        }
        for refinement in &refinements {
            let fits = match refinement {
                Refinement::Between(..) => matches!(
                    base(&ty),
                    Ty::Int | Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent | Ty::Error
                ),
                Refinement::Len(..) => {
                    matches!(
                        base(&ty),
                        Ty::Str | Ty::List(_) | Ty::Map(_) | Ty::Keyed(_) | Ty::Error
                    )
                }
                Refinement::Unique => matches!(base(&ty), Ty::List(_) | Ty::Error),
                Refinement::Has(_) => true,
                Refinement::Bytes(..) | Refinement::Regex(_) | Refinement::Format(_) => {
                    matches!(base(&ty), Ty::Str | Ty::Error)
                }
            };
            if !fits {
                let text = crate::show::refinement_name(refinement);
                let name = type_name(self.db, &ty);
                self.error(201, node, format!("`{text}` does not narrow {name}"));
                return Ty::Error;
            }
        }
        self.some(node, ty, refinements)
    }

    /// A part of what is joined by `&` may be absent, where only the whole can be.
    fn narrowed_absence(&mut self, node: Node<'_>, part: Node<'_>) -> Ty {
        fn bare<'t>(part: Node<'t>) -> Option<&'t str> {
            match part.kind() {
                NodeKind::OptionalType => part.children().next().map(Node::text),
                _ => Some(part.text()),
            }
        }
        let parts: Vec<&str> = node.children().filter_map(bare).collect();
        let whole = format!("({})?", parts.join(" & "));
        let place = self.place(node);
        let message =
            format!("`{}` may be absent, and what is absent is not narrowed", part.text());
        let problem = self.error(201, part, message);
        *problem = match part.kind() {
            NodeKind::OptionalType => problem
                .clone()
                .help(format!("write `{whole}`: one `?` behind all that narrows the type"))
                .fix(format!("write `{whole}`"), place, whole),
            _ => problem
                .clone()
                .help("narrow the type without its `?`, and write `?` behind all that narrows it"),
        };
        Ty::Error
    }

    /// The type narrowed by conditions that some value satisfies.
    fn some(&mut self, node: Node<'_>, ty: Ty, refinements: Vec<Refinement>) -> Ty {
        let refined = self.refined(ty, refinements);
        if let Ty::Refined(all) = &refined
            && interval::nothing(&all.refinements)
        {
            let conditions: Vec<String> =
                all.refinements.iter().map(crate::show::refinement_name).collect();
            let conditions = conditions.join(" and ");
            self.error(272, node, format!("no value is in {conditions}")).help = Some(
                "a range begins at its smaller end, and ranges that are joined by `&` overlap"
                    .to_owned(),
            );
            return Ty::Error;
        }
        refined
    }

    /// What is of both types: where one narrows the other, that one.
    pub(super) fn both(&mut self, node: Node<'_>, a: Ty, b: Ty) -> Ty {
        if let (Ty::Refined(a), Ty::Refined(b)) = (&a, &b)
            && a.base == b.base
        {
            let all = a.refinements.iter().chain(b.refinements.iter()).cloned().collect();
            return self.some(node, a.base.clone(), all);
        }
        if crate::fits::fits(self.db, &a, &b) != crate::fits::Fit::No {
            return a;
        }
        if crate::fits::fits(self.db, &b, &a) != crate::fits::Fit::No {
            return b;
        }
        let (a_name, b_name) = (type_name(self.db, &a), type_name(self.db, &b));
        self.error(201, node, format!("nothing is both {a_name} and {b_name}"));
        Ty::Error
    }

    pub(super) fn refined(&self, ty: Ty, refinements: Vec<Refinement>) -> Ty {
        if refinements.is_empty() || ty == Ty::Error {
            return ty;
        }
        let (base, mut all) = match &ty {
            Ty::Refined(inner) => (inner.base.clone(), inner.refinements.to_vec()),
            _ => (ty, Vec::new()),
        };
        all.extend(refinements);
        Ty::Refined(Arc::new(RefinedTy { name: None, base, refinements: all.into() }))
    }

    /// The condition that the node writes, or nothing where it writes a type.
    pub(super) fn refinement(&mut self, node: Node<'_>) -> Option<Refinement> {
        match node.kind() {
            NodeKind::Range => Some(self.between(node)),
            NodeKind::Regex => {
                let text = node.text();
                let inner = text.strip_prefix('/').unwrap_or(text);
                let pattern = inner.strip_suffix('/').unwrap_or(inner).replace("\\/", "/");
                if whole(&pattern).is_none() {
                    let why = why_none(&pattern).map(|why| format!(": {why}")).unwrap_or_default();
                    self.error(117, node, format!("{text} is no regular expression{why}")).help =
                        Some(
                            "a character that has a meaning of its own stands behind a `\\`"
                                .to_owned(),
                        );
                    return Some(Refinement::Len(None, None));
                }
                Some(Refinement::Regex(pattern.into()))
            }
            NodeKind::TypeCall => {
                let names: Vec<&str> = node
                    .children()
                    .filter(|name| name.kind() == NodeKind::Name)
                    .map(|name| name.text())
                    .collect();
                let argument = node.child(NodeKind::TypeParams)?.children().next()?;
                let (low, high) = self.counts(argument);
                match names.as_slice() {
                    ["len"] => Some(Refinement::Len(low, high)),
                    ["bytes"] => Some(Refinement::Bytes(low, high)),
                    _ => {
                        let name = names.join(".");
                        let problem =
                            self.error(103, node, format!("no refinement is called `{name}`"));
                        *problem = problem.clone().meant(&name, ["len", "bytes"]);
                        Some(Refinement::Len(None, None))
                    }
                }
            }
            NodeKind::TypeRef => {
                let names: Vec<Node<'_>> =
                    node.children().filter(|name| name.kind() == NodeKind::Name).collect();
                match names.as_slice() {
                    [only] if only.text() == "unique" => Some(Refinement::Unique),
                    [first, name] if first.text() == "format" => {
                        if !FORMATS.contains(&name.text()) {
                            let text = name.text();
                            let problem =
                                self.error(103, *name, format!("no format is called `{text}`"));
                            *problem = problem.clone().meant(text, FORMATS.iter().copied());
                            let all = || format!("the formats are {}", FORMATS.join(", "));
                            problem.help.get_or_insert_with(all);
                            return Some(Refinement::Len(None, None));
                        }
                        Some(Refinement::Format(name.text().into()))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn between(&self, node: Node<'_>) -> Refinement {
        let (low, high) = ends(node);
        Refinement::Between(low.and_then(|n| self.bound(n)), high.and_then(|n| self.bound(n)))
    }

    pub(super) fn counts(&self, node: Node<'_>) -> (Option<u64>, Option<u64>) {
        let count = |node: Option<Node<'_>>| match node.and_then(|node| self.bound(node)) {
            Some(Bound::Int(value)) => u64::try_from(value).ok(),
            _ => None,
        };
        if node.kind() == NodeKind::Range {
            let (low, high) = ends(node);
            (count(low), count(high))
        } else {
            (count(Some(node)), count(Some(node)))
        }
    }

    pub(super) fn bound(&self, node: Node<'_>) -> Option<Bound> {
        match node.kind() {
            NodeKind::Int => syntax::literal::int_value(node.text(), false).ok().map(Bound::Int),
            NodeKind::Float | NodeKind::Unit => Some(Bound::Text(node.text().into())),
            NodeKind::Negative => match self.bound(node.children().next()?)? {
                Bound::Int(value) => Some(Bound::Int(value.checked_neg()?)),
                Bound::Text(text) => Some(Bound::Text(format!("-{text}").into())),
            },
            _ => None,
        }
    }
}

/// Whether a record type lists keys that are there, without types: `{ ports { http } }`.
fn lists_keys(node: Node<'_>) -> bool {
    let mut fields = node.children().filter(|field| field.kind() == NodeKind::TypeField);
    fields.all(|field| {
        field.child(NodeKind::Annotation).is_none()
            && field.child(NodeKind::Question).is_none()
            && field.child(NodeKind::RecordType).is_none_or(lists_keys)
    })
}

/// Whether values of a type can have maps in them, or are maps.
fn holds_keys(ty: &Ty) -> bool {
    matches!(
        base(ty),
        Ty::Schema(_) | Ty::Case(..) | Ty::Kube(_) | Ty::Map(_) | Ty::Keyed(_) | Ty::Record(_)
    )
}

fn keys_that_are_there(node: Node<'_>, way: &mut Vec<Arc<str>>, out: &mut Vec<Refinement>) {
    for field in node.children().filter(|field| field.kind() == NodeKind::TypeField) {
        let Some(name) = field.children().next() else { continue };
        way.push(super::key_text(name));
        match field.child(NodeKind::RecordType) {
            Some(inner) => keys_that_are_there(inner, way, out),
            None => out.push(Refinement::Has(way.as_slice().into())),
        }
        way.pop();
    }
}

/// The ends of a range, in the order written.
pub fn ends<'t>(node: Node<'t>) -> (Option<Node<'t>>, Option<Node<'t>>) {
    let mut low = None;
    let mut high = None;
    let mut after = false;
    for child in node.children() {
        match child.kind() {
            NodeKind::Dots => after = true,
            NodeKind::Missing => {}
            _ if after => high = Some(child),
            _ => low = Some(child),
        }
    }
    (low, high)
}
