//! What is said where a value cannot stand.

use syntax::{Node, NodeKind};

use super::expression::is_constant;
use super::file::NAMESPACE;
use super::narrow::path_text;
use super::secret::Concealed;
use super::{Elaborator, habit};
use crate::bounds;
use crate::declares::{Asker, asker, declared_below, written};
use crate::fits::{Fit, base, fits, kind_of, of_kind_of, present, widened};
use crate::interval::{Interval, disjoint, lengths_apart};
use crate::problem::Problem;
use crate::problem::{Code, Place};
use crate::problems::name_place;
use crate::refinement::{broken, complaint, secret_complaint};
use crate::sensitive::{exposed, holds_sensitive, reaches_sensitive};
use crate::show::{refinement_name, type_name, values};
use crate::ty::{Literal, Ty};

impl Elaborator<'_> {
    /// The problem of a value whose type has none in common with the one that is asked for.
    fn apart(&self, node: Node<'_>, found: &Ty, want: &Ty) -> Problem {
        if let Some((found, want)) = lengths_apart(found, want) {
            let message = format!("this has a length in {found}, and never one in {want}");
            return self.problem(303, node, message);
        }
        let admitted = Interval::of(present(found)).unwrap_or(Interval::ALL);
        let all = Interval::of(want).unwrap_or(Interval::ALL);
        let asked = match want {
            Ty::Refined(refined) => refined.name.as_ref(),
            _ => None,
        };
        let asked = asked.map_or(String::new(), |name| format!("{name}, "));
        self.problem(301, node, format!("this is in {admitted}, and never in {asked}{all}"))
    }

    /// Reports that a value of type `found` cannot stand where `want` is asked for, at the innermost
    /// expression that is to blame.
    pub(super) fn mismatch(
        &mut self,
        node: Node<'_>,
        found: &Ty,
        want: &Ty,
        declared: Option<Place>,
    ) {
        let plain = exposed(found);
        let flows = match holds_sensitive(found) {
            true => plain == Ty::Any || fits(self.db, &plain, want) != Fit::No,
            false => *present(want) == Ty::Any && reaches_sensitive(self.db, found),
        };
        if flows && !holds_sensitive(want) {
            self.flow(node, found, want, declared);
            return;
        }
        let want_name = type_name(self.db, present(want));
        let hidden = holds_sensitive(want) || self.concealed == Concealed::All;
        if hidden {
            // Of what does not fit as a whole, nothing says which part was to be what.
            self.hide_constants(&[node]);
        }
        // Of a union, the members of its kind say what is wrong with a value.
        let meant = of_kind_of(found, want);
        let is_part = matches!(base(want), Ty::Union(_)) && *meant != *want;
        let shape = exposed(present(&meant));
        let literal_text = |literal: &Literal| match hidden {
            true => kube::secrets::HIDDEN.to_owned(),
            false => literal_text(literal),
        };
        let left = self.left_by(node, &meant);
        let mut problem = match (found, &shape) {
            (_, Ty::Never) => {
                let mut problem = self.problem(217, node, "no value is allowed here");
                problem.help = self.empty_without_type(node, found);
                problem
            }
            (Ty::Optional(_), _)
                if node.kind() == NodeKind::Unset && !matches!(want, Ty::Optional(_)) =>
            {
                self.problem(203, node, format!("`unset` is no value, and {want_name} is asked for"))
                    .help("give it a value; where there need not be one, it is declared with `?`: `name?: T`")
            }
            (Ty::Optional(_), _) if !matches!(want, Ty::Optional(_)) => {
                let message = format!("this may be absent, and {want_name} is asked for");
                let mut problem = self.problem(203, node, message).help(otherwise(node));
                problem.notes.extend(self.not_each_is_a_key(node));
                problem
            }
            (Ty::Any, want) => {
                self.without_a_type(node, Some(want), &format!("{want_name} is asked for"))
            }
            (Ty::Null, _) => self
                .problem(223, node, format!("null is not a value of {want_name}"))
                .help("leave the field out, or write `unset`"),
            (Ty::Literal(literal), Ty::Refined(refined))
                if fits(self.db, found, &refined.base) != Fit::No =>
            {
                match broken(literal, &refined.refinements, self.minor) {
                    Some(refinement) => {
                        let (code, what) = match hidden {
                            true => secret_complaint(refinement),
                            false => complaint(literal, refinement, self.minor),
                        };
                        let value = literal_text(literal);
                        match &refined.name {
                            Some(name) => {
                                self.problem(code, node, format!("{value} is no {name}: it {what}"))
                            }
                            None => self.problem(code, node, format!("{value} {what}")),
                        }
                    }
                    None => self.problem(201, node, format!("this is no {want_name}")),
                }
            }
            (_, Ty::Refined(refined)) if left.is_some() => {
                let range = left.as_ref().map(|(_, range)| refinement_name(range));
                let range = range.unwrap_or_default();
                let value = match &left {
                    Some((number, _)) if !hidden && !is_constant(node) => number.to_string(),
                    _ if hidden => kube::secrets::HIDDEN.to_owned(),
                    _ => node.text().to_owned(),
                };
                let message = match &refined.name {
                    Some(name) => format!("{value} is no {name}: it is not in {range}"),
                    None => format!("{value} is not in {range}"),
                };
                let mut problem = self.problem(301, node, message);
                if !hidden && *base(&refined.base) == Ty::Quantity {
                    problem.help = bounds::unit_meant(node.text());
                }
                problem
            }
            (Ty::Literal(literal), want) if one_of(want, literal).is_some() => {
                let allowed = one_of(want, literal).unwrap_or_default();
                let texts: Vec<String> =
                    allowed.iter().map(|literal| self::literal_text(literal)).collect();
                let problem = self.problem(
                    304,
                    node,
                    match texts.as_slice() {
                        [only] => {
                            let written = literal_text(literal);
                            let kind = match is_part {
                                true => type_name(self.db, &kind_of(literal)),
                                false => "value".to_owned(),
                            };
                            format!("{written} is not {only}, the only {kind} here")
                        }
                        texts => {
                            let written = literal_text(literal);
                            let allowed = values(texts, (!hidden).then_some(&written));
                            format!("{written} is not one of {allowed}")
                        }
                    },
                );
                match hidden {
                    true => problem,
                    false => {
                        problem.meant(&literal_text(literal), texts.iter().map(|text| &**text))
                    }
                }
            }
            (found, want) if disjoint(found, want) => self.apart(node, found, want),
            _ => {
                // Of several constants some may fit: the kind that they have in common would say nothing.
                let constants = matches!((found, &shape), (Ty::Union(_), Ty::Union(_)));
                let kind = if constants && !hidden { found.clone() } else { widened(found) };
                let found = type_name(self.db, &kind);
                self.problem(201, node, format!("expected {want_name}, found {found}"))
            }
        };
        if !hidden && let Some(range) = range_meant(node, base(want)) {
            problem = problem.help(format!("a range is written with two dots: `{range}`")).fix(
                format!("write `{range}`"),
                self.place(node),
                range,
            );
        }
        if !hidden
            && *base(want) == Ty::Int
            && let Some((name, seconds)) = seconds_meant(node)
        {
            problem = problem.help(format!("`{name}` counts seconds: `{seconds}`")).fix(
                format!("write `{seconds}`"),
                self.place(node),
                seconds,
            );
        }
        if !hidden
            && *base(want) == Ty::Percent
            && let Some(percent) = habit::percent(node)
        {
            problem = problem.help(format!("a share is written in percent: `{percent}`")).fix(
                format!("write `{percent}`"),
                self.place(node),
                percent,
            );
        }
        if problem.help.is_none()
            && !hidden
            && problem.code != Code::E(201)
            && let Ty::Literal(Literal::Str(text)) = found
        {
            problem.help = habit::interpolated(text);
        }
        if problem.help.is_none()
            && !hidden
            && let (Ty::Literal(Literal::Str(text)), Code::E(302)) = (found, problem.code)
            && let Some(spelled) = self.spelled(text, want)
        {
            problem.help = Some(format!("`\"{spelled}\"` would be one"));
        }
        if problem.help.is_none()
            && !hidden
            && match base(present(want)) {
                Ty::Map(_) | Ty::Keyed(_) => node.kind() == NodeKind::List,
                Ty::Range(_) => node.kind() == NodeKind::Body,
                _ => false,
            }
        {
            // What is written in it as elsewhere follows from what it is.
            let within = |problem: &Problem| {
                problem.place.item == self.item
                    && problem.code == Code::E(116)
                    && (node.id()..node.id() + node.size()).contains(&problem.place.node)
            };
            let inside: Vec<bool> = self.problems.iter().map(within).collect();
            let mut inside = inside.into_iter();
            self.problems.retain(|_| !inside.next().unwrap_or_default());
            let keys = match base(present(want)) {
                Ty::Keyed(keyed) => &*keyed.keys,
                _ => &[],
            };
            problem.help = habit::by_key(node, keys);
        }
        if problem.help.is_none()
            && !hidden
            && let Some(advice) = self.advice(found, present(want))
        {
            problem = problem.help(advice.help);
            if let Some(text) = advice.instead
                && matches!(
                    node.kind(),
                    NodeKind::Str | NodeKind::Int | NodeKind::Bool | NodeKind::List
                )
            {
                problem = problem.fix(format!("write `{text}`"), self.place(node), text);
            }
        }
        if problem.help.is_none()
            && !hidden
            && problem.code == Code::E(201)
            && let Some(help) = self.record_without_type(node, found, present(want))
        {
            problem.help = Some(help);
        }
        if problem.help.is_none() && declared.is_none() && self.is_namespace_itself(node) {
            problem.help = Some(NAMESPACE.to_owned());
        }
        if let Some(place) = declared {
            if matches!(problem.code, Code::E(201 | 301 | 304)) {
                let doc = super::doc_at(self.db, place).or_else(|| self.doc_of_schema(want));
                problem.notes.extend(doc);
            }
            problem = problem.related(place, format!("declared here as {want_name}"));
        } else if let Some((place, message)) = self.declared_around(node) {
            if is_part && problem.code != Code::E(201) && !message.contains('|') {
                // A union that has a name there.
                problem.notes.push(format!("{want_name} is asked for"));
            }
            problem = problem.related(place, message);
        }
        self.report(problem);
    }

    /// What a schema of the program's own is, in its author's words.
    fn doc_of_schema(&self, ty: &Ty) -> Option<String> {
        let Ty::Schema(item) = base(present(ty)) else { return None };
        super::doc_at(self.db, name_place(self.db, *item))
    }

    /// Where the type is declared that asks for the value at a node which no field asks for by itself.
    fn declared_around(&self, node: Node<'_>) -> Option<(Place, String)> {
        match asker(node)? {
            Asker::Type(ty) => Some(written(self.item, ty)),
            // Whoever reads a call knows what is called.
            Asker::Parameter(..) => None,
            Asker::Entry(entry) => {
                let ancestors = entry.ancestors();
                match ancestors.as_slice() {
                    [root] if root.kind() == NodeKind::Root && is_single(entry) => {
                        declared_below(self.db, self.item)
                    }
                    _ => self.held_around(node),
                }
            }
        }
    }
}

/// What to do about a value that may be absent.
pub(super) fn otherwise(node: Node<'_>) -> &'static str {
    let mut inner = node;
    while let Some(child) = inner.children().next().filter(|_| inner.kind() == NodeKind::Paren) {
        inner = child;
    }
    match inner.kind() {
        NodeKind::If if inner.child(NodeKind::Else).is_none() => {
            "say what holds otherwise: `if c then a else b`"
        }
        // Only of a path is known afterwards what was asked of it.
        _ if path_text(inner).is_none() => "give another value for that case with `??`",
        _ => "give another value for that case with `??`, or ask `if … is set` first",
    }
}

/// Whether an entry binds a name, and no path.
fn is_single(entry: Node<'_>) -> bool {
    let path = entry.child(NodeKind::Path);
    path.is_none_or(|path| path.children().filter(|n| n.kind() != NodeKind::Question).count() == 1)
}

/// `2..10`, where `2-10` stands in the place of a range.
fn range_meant(node: Node<'_>, want: &Ty) -> Option<String> {
    let children: Vec<Node<'_>> = node.children().collect();
    match (node.kind(), want, children.as_slice()) {
        (NodeKind::Binary, Ty::Range(_), [low, minus, high])
            if minus.text() == "-" && [low, high].iter().all(|end| end.kind() == NodeKind::Int) =>
        {
            Some(format!("{}..{}", low.text(), high.text()))
        }
        _ => None,
    }
}

/// The number of seconds that a duration is, where it stands in the place of one: `periodSeconds = 10s`.
fn seconds_meant(node: Node<'_>) -> Option<(String, String)> {
    let nanos = super::literal::duration_of(node)?;
    let above = node.ancestors();
    let binding = above.iter().find(|above| above.kind() == NodeKind::Binding)?;
    let name = binding.child(NodeKind::Path)?.children().last()?.text();
    let second = 1_000_000_000;
    (name.contains("Seconds") && nanos % second == 0)
        .then(|| (name.to_owned(), (nanos / second).to_string()))
}

/// A constant as it is written.
pub(super) fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Str(text) => format!("{text:?}"),
    }
}

/// The constants that a type consists of, where all are of the kind of `literal`.
pub(super) fn one_of<'t>(ty: &'t Ty, literal: &Literal) -> Option<Vec<&'t Literal>> {
    let members = match ty {
        Ty::Union(members) => &**members,
        ty @ Ty::Literal(_) => std::slice::from_ref(ty),
        _ => return None,
    };
    members
        .iter()
        .map(|member| match member {
            Ty::Literal(allowed)
                if std::mem::discriminant(allowed) == std::mem::discriminant(literal) =>
            {
                Some(allowed)
            }
            _ => None,
        })
        .collect()
}

/// The first line of the doc comment of the declaration at a place: why it is as it is, in its author's words.
pub fn doc_at(db: &dyn salsa::Database, place: crate::problem::Place) -> Option<String> {
    let parsed = crate::parse::parsed(db, place.item);
    let name = parsed.tree().node(place.node)?;
    std::iter::once(name)
        .chain(name.ancestors())
        .map(|node| node.doc())
        .find_map(|doc| doc.lines().next().filter(|line| !line.is_empty()).map(str::to_owned))
}
