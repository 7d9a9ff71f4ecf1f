//! Conditions that narrow types.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use crate::bounds::{self, bound};
use crate::db::{Origin, target};
use crate::fits::{Fit, base, fits};
use crate::interval;
use crate::pattern::{whole, why_none};
use crate::refinement::{FORMATS, literal_fits};
use crate::show::type_name;
use crate::texts;
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
        if let Some(left) = self.constants_left(node, &ty, &refinements) {
            return left;
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
        if !self.ends_of(node, &ty) {
            return Ty::Error;
        }
        self.some(node, ty, refinements)
    }

    /// Of constants those that satisfy all conditions; nothing where the type is no choice of constants, or where only
    /// a value shows it.
    fn constants_left(
        &mut self,
        node: Node<'_>,
        ty: &Ty,
        refinements: &[Refinement],
    ) -> Option<Ty> {
        let members = match ty {
            Ty::Union(members) => members,
            ty => std::slice::from_ref(ty),
        };
        let mut left = Vec::new();
        for member in members {
            let Ty::Literal(literal) = member else { return None };
            if literal_fits(literal, refinements, target(self.db))? {
                left.push(member.clone());
            }
        }
        Some(match left.as_slice() {
            [] => {
                let conditions: Vec<String> =
                    refinements.iter().map(crate::show::refinement_name).collect();
                let name = type_name(self.db, ty);
                let message = format!("no value of {name} is in {}", conditions.join(" and "));
                self.error(272, node, message);
                Ty::Error
            }
            [only] => only.clone(),
            _ => Ty::Union(left.into()),
        })
    }

    /// Whether the ends of the ranges that narrow a type are of its kind; reports those that are not.
    fn ends_of(&mut self, node: Node<'_>, ty: &Ty) -> bool {
        if matches!(base(ty), Ty::Error) {
            // What is wrong with the type is told.
            return true;
        }
        let ranges = node.children().filter(|part| part.kind() == NodeKind::Range);
        let ends = ranges.flat_map(|range| <[_; 2]>::from(ends(range))).flatten();
        let is_end =
            |end: &Node<'_>| bound(*end).is_some_and(|end| bounds::order(ty, &end, &end).is_some());
        let numbers = [NodeKind::Int, NodeKind::Float, NodeKind::Unit, NodeKind::Negative];
        let wrong: Vec<Node<'_>> =
            ends.filter(|end| numbers.contains(&end.kind()) && !is_end(end)).collect();
        let name = type_name(self.db, base(ty));
        for end in &wrong {
            let message = format!("`{}` is no end of a range of {name}", end.text());
            self.error(201, *end, message).help =
                Some(format!("such a range is written like `{}`", bounds::example(ty)));
        }
        wrong.is_empty()
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
            && let Some(text) = self.none(&all.base, &all.refinements)
        {
            let conditions: Vec<String> =
                all.refinements.iter().map(crate::show::refinement_name).collect();
            let conditions = conditions.join(" and ");
            self.error(272, node, format!("no value is in {conditions}")).help = Some(match text {
                true => "no text satisfies all of them at once".to_owned(),
                false => {
                    "a range begins at its smaller end, and ranges that are joined by `&` overlap"
                        .to_owned()
                }
            });
            return Ty::Error;
        }
        refined
    }

    /// Whether no value satisfies all conditions, and then whether that is said of texts. The library's own types have values.
    fn none(&self, base: &Ty, all: &[Refinement]) -> Option<bool> {
        if interval::nothing(all) || bounds::nothing(base, all) {
            return Some(false);
        }
        let of_user = *base == Ty::Str && self.item.module(self.db).origin(self.db) == Origin::File;
        (of_user && texts::nothing(all, interval::lengths(all, false))).then_some(true)
    }

    /// What is of both types: where one narrows the other, that one.
    pub(super) fn both(&mut self, node: Node<'_>, a: Ty, b: Ty) -> Ty {
        if let (Ty::Refined(a), Ty::Refined(b)) = (&a, &b)
            && a.base == b.base
        {
            let all = a.refinements.iter().chain(b.refinements.iter()).cloned().collect();
            return self.some(node, a.base.clone(), all);
        }
        match self.narrower(&a, &b) {
            Some(ty) if ty != Ty::Never => return ty,
            Some(_) => {}
            // How they are to be told apart is known only of a value.
            None => match fits(self.db, &a, &b) {
                Fit::No => return b,
                _ => return a,
            },
        }
        let (a_name, b_name) = (type_name(self.db, &a), type_name(self.db, &b));
        self.error(201, node, format!("nothing is both {a_name} and {b_name}"));
        Ty::Error
    }

    /// What is of both types, [`Ty::Never`] where nothing is; nothing where that cannot be said.
    fn narrower(&self, a: &Ty, b: &Ty) -> Option<Ty> {
        if let (Ty::Refined(a), Ty::Refined(b)) = (a, b)
            && a.base == b.base
        {
            let all: Vec<Refinement> =
                a.refinements.iter().chain(b.refinements.iter()).cloned().collect();
            let none = self.none(&a.base, &all).is_some();
            return Some(if none { Ty::Never } else { self.refined(a.base.clone(), all) });
        }
        match (fits(self.db, a, b), fits(self.db, b, a)) {
            (Fit::Yes, _) => return Some(a.clone()),
            (_, Fit::Yes) => return Some(b.clone()),
            (Fit::No, Fit::No) if !matches!((a, b), (Ty::Union(_), _) | (_, Ty::Union(_))) => {
                return Some(Ty::Never);
            }
            _ => {}
        }
        let members = |ty: &Ty| match ty {
            Ty::Union(members) => members.to_vec(),
            ty => vec![ty.clone()],
        };
        let (of_a, of_b) = (members(a), members(b));
        if of_a.len() == 1 && of_b.len() == 1 {
            return None;
        }
        let mut both: Vec<Ty> = Vec::new();
        for a in &of_a {
            for b in &of_b {
                let ty = self.narrower(a, b)?;
                if ty != Ty::Never && !both.contains(&ty) {
                    both.push(ty);
                }
            }
        }
        Some(match both.as_slice() {
            [] => Ty::Never,
            [only] => only.clone(),
            _ => Ty::Union(both.into()),
        })
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
                        let (place, whole) = (self.place(node), narrowed(&name, argument));
                        let problem =
                            self.error(103, node, format!("no refinement is called `{name}`"));
                        *problem = match whole {
                            Some(whole) => problem
                                .clone()
                                .help(format!("a type is narrowed by `&`: `{whole}`"))
                                .fix(format!("write `{whole}`"), place, whole),
                            None if name.eq_ignore_ascii_case("enum") => problem
                                .clone()
                                .help("a type of several texts is written `\"a\" | \"b\"`"),
                            None => problem.clone().meant(&name, ["len", "bytes"]),
                        };
                        Some(Refinement::Len(None, None))
                    }
                }
            }
            // With brackets, it is told as a type that takes none.
            NodeKind::TypeRef if node.child(NodeKind::TypeArgs).is_none() => {
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
        Refinement::Between(low.and_then(bound), high.and_then(bound))
    }

    pub(super) fn counts(&self, node: Node<'_>) -> (Option<u64>, Option<u64>) {
        let count = |node: Option<Node<'_>>| match node.and_then(bound) {
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
}

/// `Int & 1..3`, for `Int(1..3)` and `Int[1..3]`.
pub(super) fn narrowed(name: &str, argument: Node<'_>) -> Option<String> {
    let is_type = name.starts_with(|c: char| c.is_ascii_uppercase());
    let range = argument.kind() == NodeKind::Range && ends(argument).0.is_some();
    (is_type && range).then(|| format!("{name} & {}", argument.text()))
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
