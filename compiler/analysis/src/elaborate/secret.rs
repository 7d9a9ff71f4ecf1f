//! Sensitive values: what is computed from them is sensitive, and they flow nowhere where they would be shown.

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::expression::is_constant;
use crate::code::{Clause, Expr, ExprId};
use crate::db::{Item, ItemKind};
use crate::edges::is_component;
use crate::eval::builtins;
use crate::fits::{Fit, fits, present};
use crate::leaks::shape_of_secret;
use crate::parse::parsed;
use crate::problem::{Place, Severity};
use crate::resolve::{Target, resolve};
use crate::schema::schema;
use crate::sensitive::{exposed, holds_sensitive, is_sensitive, sealed};
use crate::show::type_name;
use crate::ty::{Literal, Ty};
use crate::types::entry;

/// Which constants in an expression are a part of something sensitive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Concealed {
    Nothing,
    /// Those of which nothing says the type: they stand where something sensitive is asked for among other things.
    Untyped,
    All,
}

impl Concealed {
    /// The same of an expression in it, of which a type is expected.
    pub fn within(self, expected: Option<&Ty>) -> Self {
        match expected {
            Some(ty) if is_sensitive(ty) => Self::All,
            Some(ty) if holds_sensitive(ty) && self != Self::All => Self::Untyped,
            Some(ty) if self == Self::Untyped && *ty != Ty::Any => Self::Nothing,
            _ => self,
        }
    }
}

impl Elaborator<'_> {
    /// The code of an expression whose value must not be shown in any message.
    pub(super) fn seal(&mut self, node: Node<'_>, id: ExprId, ty: &Ty) -> ExprId {
        if !holds_sensitive(ty) || matches!(self.code.exprs.get(id as usize), Some(Expr::Sealed(_)))
        {
            return id;
        }
        self.emit(node, Expr::Sealed(id))
    }

    /// The code of an expression that must be of a type, and that type: sensitive where the value is, which decides
    /// for whoever asks.
    pub(super) fn tainted(&mut self, node: Node<'_>, want: &Ty) -> (ExprId, Ty) {
        let found = self.expression(node, Some(want));
        self.tainting(node, found, want)
    }

    /// The same of an expression that was read already.
    pub(super) fn tainting(
        &mut self,
        node: Node<'_>,
        (value, found): (ExprId, Ty),
        want: &Ty,
    ) -> (ExprId, Ty) {
        let mut fit = fits(self.db, &found, want);
        let mut ty = want.clone();
        if fit == Fit::No && holds_sensitive(&found) {
            fit = fits(self.db, &exposed(&found), want);
            ty = sealed(ty);
        }
        match fit {
            Fit::Yes => (value, ty),
            Fit::Checked if !self.has_listed_keys(node, want) => {
                (self.emit(node, Expr::Error), want.clone())
            }
            Fit::Checked => {
                let wrong = self.branches_left(node, want);
                if !wrong.is_empty() {
                    for branch in wrong {
                        self.mismatch(branch, &found, want, None);
                    }
                    return (self.emit(node, Expr::Error), want.clone());
                }
                let id = self.ty(want.clone());
                let check = self.emit(node, Expr::Check { value, ty: id });
                (self.seal(node, check, &ty), ty)
            }
            Fit::No => {
                self.mismatch(node, &found, want, None);
                (self.emit(node, Expr::Error), want.clone())
            }
        }
    }

    /// A condition that decides what there is, which anybody can see.
    pub(super) fn open_condition(&mut self, node: Node<'_>) -> ExprId {
        let (id, ty) = self.condition(node);
        self.never_taken_under(node, &ty);
        self.must_be_open(node, &ty, "a sensitive value cannot decide what there is");
        id
    }

    /// Reports that something sensitive would be seen by its effect.
    pub(super) fn must_be_open(&mut self, node: Node<'_>, ty: &Ty, message: &str) {
        if is_sensitive(ty) {
            let problem = self.problem(230, node, message);
            let problem = self.with_origin(problem, node);
            self.report(
                problem.help("let it decide a value instead, which is then sensitive itself"),
            );
        }
    }

    /// The type of a value among several of which something sensitive picks one. Whether there is a value, and an
    /// object, anybody can see.
    pub(super) fn decided(&mut self, node: Node<'_>, decides: &Ty, ty: Ty) -> Ty {
        let seen = matches!(ty, Ty::Optional(_)) || self.may_be_emitted(&ty);
        if seen {
            self.must_be_open(node, decides, "a sensitive value cannot decide what there is");
            return Ty::Error;
        }
        sealed(ty)
    }

    /// Whether there may be an object in values of the type, or a component, which makes some.
    fn may_be_emitted(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Object => true,
            Ty::Kube(ty) => ty.kind().is_some(),
            Ty::Schema(item) => is_component(schema(self.db, *item)),
            Ty::Optional(inner) | Ty::List(inner) | Ty::Sensitive(inner) => {
                self.may_be_emitted(inner)
            }
            Ty::Map(map) => self.may_be_emitted(&map.1),
            Ty::Keyed(keyed) => self.may_be_emitted(&keyed.element),
            Ty::Record(record) => record
                .fields
                .iter()
                .map(|(_, ty)| ty)
                .chain(&record.rest)
                .any(|ty| self.may_be_emitted(ty)),
            Ty::Union(members) => members.iter().any(|ty| self.may_be_emitted(ty)),
            _ => false,
        }
    }

    /// Clauses that decide what there is, which anybody can see.
    pub(super) fn open_clauses<'t>(
        &mut self,
        node: Node<'_>,
        clauses: impl Iterator<Item = Node<'t>>,
    ) -> Vec<Clause> {
        let (clauses, sensitive) = self.clauses(clauses);
        if sensitive {
            let ty = sealed(Ty::Bool);
            self.must_be_open(node, &ty, "a sensitive value cannot decide what there is");
        }
        clauses
    }

    /// An argument of a function that knows nothing of sensitive values may be one if all that comes back is one too.
    pub(super) fn argument(&mut self, node: Node<'_>, want: &Ty, result: &Ty) -> (ExprId, bool) {
        if holds_sensitive(want) || !is_plain_data(result) {
            return (self.checked(node, want, None), false);
        }
        let (id, ty) = self.tainted(node, want);
        (id, is_sensitive(&ty))
    }

    /// `insecure(x, "reason")`.
    pub(super) fn insecure(&mut self, node: Node<'_>, arguments: &[Node<'_>]) -> (ExprId, Ty) {
        let (Some(&value), None) = (arguments.first(), arguments.get(2)) else {
            let params = [("value".into(), Ty::Any), ("reason".into(), Ty::Str)];
            self.wrong_count(node, &params, 2, arguments.len());
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let (id, ty) = self.expression(value, None);
        let shown = self.shown_on_purpose(node, value, arguments.get(1).copied(), &ty);
        let code = match builtins::named("members", "insecure") {
            Some(builtin) => Expr::Builtin { builtin, arguments: Box::new([id]) },
            None => Expr::Error,
        };
        (self.emit(node, code), shown)
    }

    fn shown_on_purpose(
        &mut self,
        node: Node<'_>,
        value: Node<'_>,
        reason: Option<Node<'_>>,
        ty: &Ty,
    ) -> Ty {
        let text = reason.filter(|reason| reason.kind() == NodeKind::Str);
        let text = text.map(|text| syntax::literal::string_value(text.text()).into_owned());
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            let problem = self.problem(231, reason.unwrap_or(node), "say why in a fixed text");
            self.report(problem.help("write `insecure(…, \"only for the demonstration\")`"));
            return exposed(ty);
        };
        if holds_sensitive(ty) {
            let problem = self
                .problem(231, value, format!("this is shown as plain text: {text}"))
                .severity(Severity::Warning);
            let problem = self.with_origin(problem, value);
            self.report(problem);
        } else if *ty != Ty::Error {
            let name = type_name(self.db, ty);
            self.report(
                self.problem(231, value, format!("this is {name}, and not sensitive"))
                    .severity(Severity::Warning)
                    .help("leave `insecure` out"),
            );
        }
        exposed(ty)
    }

    /// Reports a sensitive value where it would be shown.
    pub(super) fn flow(&mut self, node: Node<'_>, found: &Ty, want: &Ty, declared: Option<Place>) {
        let name = type_name(self.db, present(want));
        let what = if holds_sensitive(found) { "this" } else { "something in this" };
        let message = format!("{what} is sensitive, and would be shown here: {name} is plain");
        let mut problem = self.problem(230, node, message);
        problem = self.with_origin(problem, node);
        if let Some(place) = declared {
            problem = problem.related(place, format!("declared here as {name}"));
        }
        self.report(problem.help(match hashes(node) {
            true => "whoever reads a hash can try out what it may be of: write `checksum(…, salt)`, with a salt that is sensitive too",
            false => "only `data` and `stringData` of a `k8s.Secret` hold it: refer to them, as `secret(…)` does, or declare what takes it as `Sensitive[…]`",
        }));
    }

    /// Reports an argument that everybody may know, where a function relies on a secret.
    pub(super) fn must_be_sensitive(&mut self, node: Node<'_>, found: &Ty, function: Item) {
        if *found == Ty::Error {
            return;
        }
        let name = function.name(self.db);
        let message = format!("`{name}` needs a salt that nobody knows, and this one is plain");
        self.report(self.problem(230, node, message).help(match node.text() {
            "key" => "`key` is the name under which this is bound: call the input something else",
            _ => "declare it as sensitive, `input salt: Sensitive[Str & len(32..)]`, or take a random key that the Secret has anyway",
        }));
    }

    /// The problem with the place at which what is sensitive in an expression is declared so.
    pub(super) fn with_origin(
        &mut self,
        problem: crate::problem::Problem,
        node: Node<'_>,
    ) -> crate::problem::Problem {
        match self.origin_in(node, &mut Vec::new()) {
            Some((place, name)) if place != problem.place => {
                problem.related(place, format!("`{name}` is sensitive"))
            }
            _ => problem,
        }
    }

    /// Where the first sensitive name in an expression is declared. What is bound within the expression is not in scope
    /// here: what it is bound to is found instead.
    fn origin_in<'t>(
        &mut self,
        node: Node<'t>,
        bound: &mut Vec<&'t str>,
    ) -> Option<(Place, String)> {
        let names = matches!(node.kind(), NodeKind::Name | NodeKind::Lead | NodeKind::Chain);
        if names
            && !bound.contains(&head_text(node))
            && let Some(found) = self.origin_of(node)
        {
            return Some(found);
        }
        let outer = bound.len();
        bound.extend(bound_in(node));
        // A name behind a dot is a part of what stands before it.
        let part = |kind| matches!(kind, NodeKind::Field | NodeKind::OptField);
        let found = node
            .children()
            .filter(|child| !part(child.kind()))
            .find_map(|child| self.origin_in(child, bound));
        bound.truncate(outer);
        found
    }

    fn origin_of(&mut self, node: Node<'_>) -> Option<(Place, String)> {
        let (name, owner) = match node.kind() {
            NodeKind::Chain => {
                let parts: Vec<Node<'_>> = node.children().collect();
                let last = parts.last()?;
                if !matches!(last.kind(), NodeKind::Field | NodeKind::OptField) {
                    return None;
                }
                let owner = match parts.as_slice() {
                    [only, _] => Some(self.type_of(*only)),
                    _ => None,
                };
                (last.children().next()?, owner)
            }
            NodeKind::Lead => (node.children().next()?, self.inner.clone()),
            _ => (node, self.own.as_ref().map(|own| own.ty.clone())),
        };
        if !holds_sensitive(&self.type_of(node)) {
            return None;
        }
        let text = crate::types::key_text(name);
        let local = match node.kind() {
            NodeKind::Name => self.locals.iter().rposition(|(local, _)| *local == text),
            _ => None,
        };
        if let Some(at) = local {
            let origin = self.local_origins.iter().find(|(local, _)| *local == at);
            let place = origin.map_or_else(|| self.place(node), |(_, place)| *place);
            return Some((place, text.to_string()));
        }
        let field = owner.and_then(|ty| self.field_of(&ty, &text)?.place);
        let field = field.or_else(|| self.field_in_chain(node, &text));
        if let Some(place) = field {
            return Some((place, text.to_string()));
        }
        // Nothing declares the field of a plain record: its item is where to look.
        let head = head_text(node);
        let item = match resolve(self.db, self.module, head) {
            Some(Target::Item(item))
                if matches!(
                    item.kind(self.db),
                    ItemKind::Input | ItemKind::Let | ItemKind::Binding
                ) =>
            {
                Some(crate::problems::name_place(self.db, item))
            }
            _ => None,
        };
        Some((item.unwrap_or_else(|| self.place(node)), node.text().to_owned()))
    }

    /// The declaration of the last field of a longer path.
    fn field_in_chain(&mut self, node: Node<'_>, field: &str) -> Option<Place> {
        let parts: Vec<Node<'_>> = node.children().collect();
        if node.kind() != NodeKind::Chain || parts.len() < 3 {
            return None;
        }
        // Which schema declares it is known of the type before the last dot; of those around, the first that has it.
        let head = self.type_of(*parts.first()?);
        let mut ty = head;
        for part in parts.iter().skip(1).take(parts.len().saturating_sub(2)) {
            let name = part.children().next()?;
            ty = self.field_of(present(&ty), &crate::types::key_text(name))?.ty;
        }
        match crate::fits::base(&ty) {
            Ty::Schema(item) => schema(self.db, *item).field(field).map(|field| field.place),
            _ => self.field_of(present(&ty), field)?.place,
        }
    }

    /// Remembers where the local of this name, which was just bound, is written, if it is sensitive.
    pub(super) fn local_from(&mut self, name: Node<'_>) {
        if let Some(at) = self.locals.iter().rposition(|(local, _)| **local == *name.text())
            && self.locals.get(at).is_some_and(|(_, ty)| holds_sensitive(ty))
        {
            let place = self.place(name);
            self.local_origins.push((at, place));
        }
    }

    /// Takes note of constants that are sensitive, so that no message shows the line with them.
    pub(super) fn hide(&mut self, node: Node<'_>) {
        match node.kind() {
            NodeKind::Template => {
                let text =
                    |kind| matches!(kind, NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail);
                let texts = node.children().filter(|part| text(part.kind()));
                self.hidden.extend(texts.map(|part| part.id()));
            }
            _ => self.hidden.push(node.id()),
        }
    }

    /// The same for the constants in several expressions.
    pub(super) fn hide_constants(&mut self, nodes: &[Node<'_>]) {
        for node in nodes.iter().copied().filter(|_| !self.heads_only).collect::<Vec<_>>() {
            match is_constant(node) {
                true => self.hide(node),
                false => self.hide_constants(&node.children().collect::<Vec<_>>()),
            }
        }
    }

    /// Of a setting that leads nowhere nobody knows whether it is sensitive: the path may be mistyped.
    pub(super) fn hide_setting(&mut self) {
        let parsed = parsed(self.db, self.item);
        let set = entry(&parsed).and_then(|entry| entry.child(NodeKind::Set));
        match set.and_then(|set| set.children().next()) {
            Some(value) => self.hide(value),
            // What cannot be read as a value is no less sensitive.
            None => self.hidden.push(parsed.tree().entry().id()),
        }
    }

    /// Finds well-known shapes of secrets in a constant that is plain.
    pub(super) fn look_for_secrets(&mut self, node: Node<'_>) {
        match node.kind() {
            NodeKind::Str => self.looks_secret(node, &syntax::literal::string_value(node.text())),
            NodeKind::Template => {
                // What is filled in is looked at where it is written, and is none of the shape of this text.
                let text =
                    |kind| matches!(kind, NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail);
                let texts =
                    node.children().filter(|part| text(part.kind())).map(|part| part.text());
                let texts: Vec<&str> = texts.collect();
                let values = syntax::literal::template_values(&texts);
                self.looks_secret(node, &values.join("${…}"));
            }
            _ => {}
        }
    }

    fn looks_secret(&mut self, node: Node<'_>, text: &str) {
        let Some(what) = shape_of_secret(text) else { return };
        self.hide(node);
        self.report(
            self.problem(232, node, format!("this looks like {what}, and stands in plain text"))
                .severity(Severity::Warning)
                .help("refer to a Secret with `secret(…)`, or take it by an `input` of type `Sensitive[Str]`"),
        );
    }
}

/// Whether an expression is a hash of something.
fn hashes(node: Node<'_>) -> bool {
    let called = |chain: Node<'_>| {
        let fields = chain.children_of(NodeKind::Field);
        let mut names = fields.filter_map(|field| field.children().next());
        head_text(chain) == "sha256" || names.any(|name| name.text() == "sha256")
    };
    node.kind() == NodeKind::Chain && called(node)
}

/// The names that an expression binds for its parts.
fn bound_in<'t>(node: Node<'t>) -> Vec<&'t str> {
    let names = |node: Node<'t>| node.children_of(NodeKind::Name).map(|name| name.text());
    let mut bound: Vec<&str> = Vec::new();
    match node.kind() {
        NodeKind::Lambda => bound.extend(names(node)),
        NodeKind::Comprehension | NodeKind::LetIn => {
            let binders = |kind| matches!(kind, NodeKind::ForClause | NodeKind::Let);
            for child in node.children().filter(|child| binders(child.kind())) {
                // The last part of a clause is what it goes through.
                let last = child.children().last().map(|last| last.id());
                let own = child.children_of(NodeKind::Name).filter(|name| Some(name.id()) != last);
                bound.extend(own.map(|name| name.text()));
            }
        }
        NodeKind::Arm => {
            bound.extend(node.child(NodeKind::Pattern).into_iter().flat_map(names));
        }
        _ => {}
    }
    bound
}

/// The name with which an expression begins.
fn head_text<'t>(node: Node<'t>) -> &'t str {
    match node.kind() {
        NodeKind::Chain | NodeKind::Paren => node.children().next().map_or("", head_text),
        NodeKind::Name => node.text(),
        _ => "",
    }
}

/// Whether all of a value of the type is computed at once, so that nothing of it is evaluated later.
fn is_plain_data(ty: &Ty) -> bool {
    match ty {
        Ty::Optional(inner) | Ty::List(inner) | Ty::Range(inner) | Ty::Sensitive(inner) => {
            is_plain_data(inner)
        }
        Ty::Refined(refined) => is_plain_data(&refined.base),
        Ty::Union(members) => members.iter().all(is_plain_data),
        Ty::Literal(Literal::Bool(_) | Literal::Int(_) | Literal::Str(_)) => true,
        ty => super::expression::is_scalar(ty),
    }
}
