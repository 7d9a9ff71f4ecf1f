//! Variants: their cases as values, as blocks on a value, and as patterns.

use std::collections::BTreeSet;
use std::sync::Arc;

use salsa::Database;
use syntax::{Node, NodeKind};

use super::advice::FEW;
use super::chain::Head;
use super::path::{Bound, Segment};
use super::{Elaborator, Meant};
use crate::code::{Entry, EntryKind, Expr, ExprId, RecordKind, Root, Strength};
use crate::db::{Item, ItemKind, Module};
use crate::fits::{Fit, base, fits, present};
use crate::limits;
use crate::problem::Problem;
use crate::resolve::{Target, all_bases, brought, resolve};
use crate::show::{type_name, values};
use crate::ty::Ty;
use crate::types::key_text;
use crate::unreadable::{is_cut, may_declare};
use crate::variant::{VariantInfo, case, case_types, cases, no_such_case, variant, variant_of};

impl Elaborator<'_> {
    pub(super) fn variant_item(&mut self, node: Node<'_>) {
        let info = variant(self.db, self.item);
        let mut bodies = Vec::new();
        let mut seen: Vec<Node<'_>> = Vec::new();
        for (written, name) in cases(node) {
            if let Some(first) = seen.iter().find(|first| first.text() == name.text()) {
                let problem = self
                    .problem(
                        108,
                        name,
                        format!("`{}` is declared twice in {}", name.text(), info.name),
                    )
                    .related(self.place(*first), "first declared here")
                    .help("rename one of them");
                self.report(problem);
                continue;
            }
            seen.push(name);
            if seen.len() > limits::CASES {
                let message = format!("a variant has at most {} cases", limits::CASES);
                self.report(self.problem(505, name, message).help("a text can be any of many"));
                break;
            }
            let Some(index) = info.case(name.text()) else { continue };
            let body = written.child(NodeKind::Body);
            self.binding = None;
            if let Some(body) = body {
                self.fields_declared_once(body);
            }
            bodies.push(body.map(|body| self.own_body(body, Ty::Case(self.item, index))));
        }
        if seen.is_empty() && node.child(NodeKind::Cases).is_some() {
            let message = format!("{} has no cases, so it has no values", info.name);
            self.report(
                self.problem(228, node, message).help(
                    "name at least one: `variant Placement { off, separate { port: Port } }`",
                ),
            );
        }
        self.can_be_made();
        self.code.root = Root::Variant(bodies);
    }

    /// The case that a bare name is where a variant is expected.
    pub(super) fn case_named(&mut self, name: Node<'_>, expected: Option<&Ty>) -> Option<Ty> {
        let text = name.text();
        if may_be_case(self.db, self.module, text, expected?) {
            // What is wrong with the type is told.
            return Some(Ty::Error);
        }
        let found = expected_variants(expected?)
            .into_iter()
            .find_map(|item| Some((item, variant(self.db, item).case(text)?)));
        let (item, index) = found?;
        // Whoever wrote the name may have meant either, and neither is to win in silence.
        let other = match self.value_name(name, text) {
            Some((_, ty)) => Some(ty),
            None => match resolve(self.db, self.module, text) {
                Some(Target::Item(other))
                    if other != self.item
                        && matches!(
                            other.kind(self.db),
                            ItemKind::Binding | ItemKind::Let | ItemKind::Input
                        ) =>
                {
                    Some(super::signature(self.db, other).ty.clone())
                }
                _ => None,
            },
        };
        if let Some(other) = other
            && other != Ty::Error
            && other != Ty::Any
            && fits(self.db, present(&other), &Ty::Variant(item)) != Fit::No
        {
            let variant = item.name(self.db);
            let message = format!("`{text}` is a case of {variant}, and the name of a value too");
            self.report(
                self.problem(227, name, message)
                    .help(format!("write `{variant}.{text}` for the case, or rename the value")),
            );
        }
        Some(Ty::Case(item, index))
    }

    /// A case without a block as a value: all its fields have their defaults.
    pub(super) fn case_value(&mut self, node: Node<'_>, ty: Ty) -> (ExprId, Ty) {
        let Ty::Case(item, index) = ty else { return (self.emit(node, Expr::Error), Ty::Error) };
        if node.kind() == NodeKind::Name {
            self.note(node, |_| Meant::Case(item, index));
        }
        let kind = RecordKind::Case(item, index);
        (self.emit(node, Expr::made(kind, None)), ty)
    }

    /// Reports a name that nothing here is called, where a variant is expected; false where none is.
    pub(super) fn unknown_case(&mut self, name: Node<'_>, expected: Option<&Ty>) -> bool {
        let Some(expected) = expected else { return false };
        let variants = expected_variants(expected);
        let [item] = variants.as_slice() else { return false };
        if may_declare(self.db, self.module, name.text()) {
            return true;
        }
        self.no_such_case(variant(self.db, *item), name);
        true
    }

    /// Reports a name that is no case of a variant.
    fn no_such_case(&mut self, info: &VariantInfo, name: Node<'_>) {
        // Of a variant of too many cases that is told where it is declared.
        if info.cases.len() < limits::CASES && !self.is_full() {
            let problem = no_such_case(info, name.text(), name, self.place(name));
            self.report_case(info, problem);
        }
    }

    /// Reports that a variant has no such case, unless it may stand in what cannot be read of it.
    fn report_case(&mut self, info: &VariantInfo, problem: Problem) {
        let declared = info.cases.first().map(|case| case.place.item);
        if problem.fix.is_some() || declared.is_none_or(|item| !is_cut(self.db, item)) {
            self.report(problem);
        }
    }

    /// `Placement.separate`: the field behind the name of a variant.
    pub(super) fn case_head(&mut self, item: Item, field: Option<&Node<'_>>) -> Option<Head> {
        let field = field.filter(|field| field.kind() == NodeKind::Field)?;
        if item.kind(self.db) != ItemKind::Variant {
            return None;
        }
        let name = field.children().next().filter(|name| name.kind() != NodeKind::Missing)?;
        let info = variant(self.db, item);
        Some(match info.case(name.text()) {
            Some(index) => {
                self.note(name, |_| Meant::Case(item, index));
                Head::Type(RecordKind::Case(item, index), Ty::Case(item, index))
            }
            None => {
                self.no_such_case(info, name);
                Head::Value(self.emit(name, Expr::Error), Ty::Error)
            }
        })
    }

    /// `separate { … }` in a block on a variant.
    pub(super) fn bind_case(
        &mut self,
        path: &[Segment<'_>],
        item: Item,
        bound: &Bound<'_>,
        strength: Strength,
    ) -> Option<Entry> {
        let (segment, rest) = path.split_first()?;
        let node = segment.node;
        let info = variant(self.db, item);
        if node.kind() == NodeKind::Computed {
            let message = format!("the cases of {} are written out", info.name);
            self.report(self.problem(116, node, message));
            return None;
        }
        let name = key_text(node);
        let Some(index) = info.case(&name) else {
            self.no_case_to_layer(node, item, &name);
            self.names_in(bound);
            return None;
        };
        self.note(node, |_| Meant::Case(item, index));
        let ty = Ty::Case(item, index);
        let body = if rest.is_empty() {
            let Bound::Block(owner, body) = bound else {
                let message = format!("`{name}` is a case of {}, and takes a block", info.name);
                self.report(self.problem(116, node, message).help(format!(
                    "to choose it, set what is of type {}: `… = {name} {{ … }}`",
                    info.name
                )));
                return None;
            };
            if owner.kind() == NodeKind::Layered {
                let message = "traits are put on the value, not on a case of it";
                self.report(self.problem(116, *owner, message));
            }
            self.layer(*body, &ty, false)
        } else {
            let inner = self.inner.replace(ty.clone());
            let entry = self.bind(rest, &ty, bound, strength);
            self.inner = inner;
            self.body_of(false, entry.into_iter().collect())
        };
        let optional = segment.optional;
        let kind = EntryKind::Case { case: index, name, strength, optional, body };
        Some(Entry { node: node.id(), kind })
    }

    /// A name in a block on a variant that is none of its cases; a field of one is what is most often meant.
    fn no_case_to_layer(&mut self, node: Node<'_>, item: Item, name: &str) {
        let info = variant(self.db, item);
        let mut problem = no_such_case(info, name, node, self.place(node));
        if let Some(case) = info.cases.iter().find(|case| case.info.slot(name).is_some()) {
            problem = problem.help(format!(
                "`{name}` is a field of `{case}`: write `{case}.{name}`, or `{case}?.{name}` for \"if it is that one\"",
                case = case.name
            ));
            problem.fix = None;
        }
        self.report(problem);
    }

    /// Reports a field that is read of a variant of which not every case has it.
    pub(super) fn not_in_every_case(&mut self, name: Node<'_>, ty: &Ty, text: &str) -> bool {
        let types = match base(ty) {
            Ty::Variant(item) => case_types(self.db, *item),
            Ty::Union(members) if members.iter().all(|ty| variant_of(ty).is_some()) => {
                members.to_vec()
            }
            _ => return false,
        };
        let having: Vec<&str> = types
            .iter()
            .filter_map(|ty| {
                let Ty::Case(item, index) = ty else { return None };
                let case = case(self.db, *item, *index)?;
                case.info.slot(text).map(|_| &*case.name)
            })
            .collect();
        if !having.is_empty() && self.assumes_unknown() {
            // The condition was to ask for it.
            return true;
        }
        let shown = type_name(self.db, ty);
        let problem = match having.as_slice() {
            [] => self.problem(102, name, format!("{shown} has no field `{text}` in any case")),
            [only, ..] => {
                let cases: Vec<String> = having.iter().map(|case| format!("`{case}`")).collect();
                self.problem(
                    102,
                    name,
                    format!("not every {shown} has `{text}`, only {} does", values(&cases, None)),
                )
                .help(format!("ask first: `if … is {only} then …`, or `match` the cases"))
            }
        };
        self.report(problem);
        true
    }

    /// What to write where a variant, or one case of it, is asked for.
    pub(super) fn advice_on_cases(&self, found: &Ty, want: &Ty) -> Option<String> {
        match (base(found), want) {
            (Ty::Variant(_) | Ty::Union(_), Ty::Case(item, index)) => {
                let case = case(self.db, *item, *index)?;
                Some(format!("ask first whether it is that one: `if … is {} then …`", case.name))
            }
            (_, Ty::Variant(item)) => {
                let cases = variant(self.db, *item).cases.iter().take(FEW);
                let names: Vec<String> = cases
                    .map(|case| match case.info.fields.is_empty() {
                        true => format!("`{}`", case.name),
                        false => format!("`{} {{ … }}`", case.name),
                    })
                    .collect();
                Some(format!("one of its cases stands here: {}", names.join(", ")))
            }
            _ => None,
        }
    }

    /// The type that a pattern asks for, where it names cases of the value that it is held against.
    pub(super) fn pattern_type(&mut self, what: Node<'_>, subject: &Ty) -> Ty {
        match what.kind() {
            NodeKind::TypeRef if what.text() == "null" => Ty::Null,
            NodeKind::TypeRef if is_plain_name(what) => {
                let variants = expected_variants(subject);
                let named = variants.iter().find_map(|item| {
                    Some(Ty::Case(*item, variant(self.db, *item).case(what.text())?))
                });
                match (named, variants.as_slice()) {
                    (Some(case), _) => case,
                    // What begins with a small letter is no type, so it can only be a case that is mistyped.
                    (None, [item])
                        if what.text().starts_with(|c: char| c.is_ascii_lowercase())
                            || self.is_case_in_capitals(*item, what.text()) =>
                    {
                        let (info, name) = (variant(self.db, *item), what.text());
                        if info.cases.len() >= limits::CASES || self.is_full() {
                            return Ty::Error;
                        }
                        let mut problem = no_such_case(info, name, what, self.place(what));
                        if matches!(name, "case" | "when") {
                            problem = problem.help(format!(
                                "an arm begins with its pattern, and no word before it: leave `{name}` out"
                            ));
                        } else if problem.fix.is_none() {
                            problem = problem.note(format!(
                                "what is left is taken by `_`, or by `_ {name}`, which gives it a name"
                            ));
                        }
                        self.report_case(info, problem);
                        Ty::Error
                    }
                    // Of what is not known it may be a case, too.
                    _ if *subject == Ty::Error
                        && what.text().starts_with(|c: char| c.is_ascii_lowercase()) =>
                    {
                        Ty::Error
                    }
                    _ => self.read_type(what),
                }
            }
            NodeKind::UnionType => {
                let members: Vec<Ty> =
                    what.children().map(|member| self.pattern_type(member, subject)).collect();
                match members.contains(&Ty::Error) {
                    true => Ty::Error,
                    false => Ty::Union(members.into()),
                }
            }
            NodeKind::ParenType => match what.children().next() {
                Some(inner) => self.pattern_type(inner, subject),
                None => Ty::Error,
            },
            _ => self.read_type(what),
        }
    }
}

impl Elaborator<'_> {
    /// Whether a name is that of a case but for its first letter, and of nothing else.
    fn is_case_in_capitals(&self, item: Item, name: &str) -> bool {
        let mut cases = variant(self.db, item).cases.iter();
        cases.any(|case| case.name.eq_ignore_ascii_case(name))
            && crate::resolve::resolve(self.db, self.module, name).is_none()
    }
}

/// Whether a name is that of a case of a variant which a file can name, where nothing is known of what is asked for: that
/// variant was most likely meant.
fn may_be_case(db: &dyn Database, module: Module, name: &str, expected: &Ty) -> bool {
    *base(present(expected)) == Ty::Error && cases_near(db, module).contains(name)
}

/// The cases of all variants of a file, of those it lies on and of those it uses.
#[salsa::tracked(returns(ref))]
fn cases_near(db: &dyn Database, module: Module) -> BTreeSet<Arc<str>> {
    let used = brought(db, module).names.iter().filter_map(|used| match used.target {
        Target::Module(module) => Some(module),
        Target::Item(item) => Some(item.module(db)),
        _ => None,
    });
    let modules: BTreeSet<Module> =
        used.chain(all_bases(db, module).iter().copied()).chain([module]).collect();
    let items = modules.iter().flat_map(|module| module.items(db));
    let variants = items.filter(|item| item.kind(db) == ItemKind::Variant);
    variants
        .flat_map(|item| variant(db, *item).cases.iter().map(|case| case.name.clone()))
        .collect()
}

/// The variants that a type admits.
pub(super) fn expected_variants(ty: &Ty) -> Vec<Item> {
    match base(ty) {
        Ty::Variant(item) | Ty::Case(item, _) => vec![*item],
        Ty::Union(members) => {
            let mut found: Vec<Item> = Vec::new();
            for item in members.iter().flat_map(expected_variants) {
                if !found.contains(&item) {
                    found.push(item);
                }
            }
            found
        }
        _ => Vec::new(),
    }
}

/// A name alone, without dots or arguments.
pub(super) fn is_plain_name(pattern: Node<'_>) -> bool {
    pattern.kind() == NodeKind::TypeRef && pattern.children().count() == 1
}
