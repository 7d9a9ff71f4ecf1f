//! What stands in braces: bindings, blocks, conditions, loops, checks; and the bindings of a file.

use std::cell::OnceCell;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::path::{Bound, bound, segments};
use crate::code::{Clause, Entry, EntryKind, Expr, ExprId, Key, SetOp, Strength};
use crate::db::ItemKind;
use crate::fits::{base, present};
use crate::problem::{Code, Severity};
use crate::sensitive::{is_sensitive, reaches_sensitive};
use crate::ty::{Literal, Ty};
use crate::types::key_text;

impl Elaborator<'_> {
    /// The entries of the body of a schema or a trait.
    pub(super) fn entries(&mut self, body: Node<'_>, ty: &Ty, out: &mut Vec<Entry>) {
        self.entries_of(body, ty, true, out);
    }

    /// The entries of a body that is a layer on records of type `ty`. In an item's `own` body, a field is no
    /// candidate for the expression that binds it.
    pub(super) fn entries_of(&mut self, body: Node<'_>, ty: &Ty, own: bool, out: &mut Vec<Entry>) {
        self.part_of_layer(body, ty, own, out);
        self.bound_twice(body);
    }

    /// The same of a body whose entries are a part of another one's layer.
    fn part_of_layer(&mut self, body: Node<'_>, ty: &Ty, own: bool, out: &mut Vec<Entry>) {
        self.note_body(body, ty);
        let first_entry = out.len();
        let declares = self.declares;
        for node in body.children() {
            self.declares = declares && node.kind() == NodeKind::Binding;
            if own {
                let first = node.child(NodeKind::Path).and_then(|path| path.children().next());
                self.binding = first.map(key_text);
            }
            self.entry(node, ty, own, out);
        }
        self.declares = declares;
        found_again(out, first_entry);
    }

    pub(super) fn entry(&mut self, node: Node<'_>, ty: &Ty, own: bool, out: &mut Vec<Entry>) {
        if self.kind == ItemKind::Test && self.statement(node, out) {
            return;
        }
        let kind = match node.kind() {
            NodeKind::Binding | NodeKind::Removal => {
                self.binding_entry(node, ty, out);
                return;
            }
            NodeKind::When => {
                let mut children = node.children();
                let Some(condition) = children.next() else { return };
                let id = self.open_condition(condition);
                let scope = self.enter();
                self.assume(condition, true);
                let mut entries = Vec::new();
                if let Some(body) = node.child(NodeKind::Body) {
                    self.part_of_layer(body, ty, own, &mut entries);
                }
                self.leave(scope);
                EntryKind::When { condition: id, body: self.body_of(false, entries) }
            }
            NodeKind::For => {
                let scope = self.enter();
                let clauses = self.open_clauses(node, node.children());
                let mut entries = Vec::new();
                if let Some(body) = node.child(NodeKind::Body) {
                    self.entries_of(body, ty, own, &mut entries);
                }
                self.leave(scope);
                self.wrap(node, clauses, entries, out);
                return;
            }
            NodeKind::Spread => {
                let Some(value) = node.children().next() else { return };
                if value.kind() == NodeKind::Body {
                    // As a value of type `ty` it would bring all defaults of that type.
                    self.part_of_layer(value, ty, own, out);
                    return;
                }
                let value = self.spread(value, ty);
                EntryKind::Spread { value }
            }
            NodeKind::Let => {
                let Some(name) = node.child(NodeKind::Name) else { return };
                let (value, ty) = self.let_value(node);
                self.declare(name, ty);
                self.local_from(name);
                EntryKind::Let { value }
            }
            NodeKind::Fn => {
                let Some(name) = node.child(NodeKind::Name) else { return };
                let Some((value, ty)) = self.local_function(node) else { return };
                self.declare(name, ty);
                EntryKind::Let { value }
            }
            NodeKind::Check => {
                let severity = match node.child(NodeKind::Severity).map(|word| word.text()) {
                    Some("warn") => Severity::Warning,
                    Some("note") => Severity::Note,
                    _ => Severity::Error,
                };
                let Some(condition) = node.children().nth(1) else { return };
                if !self.may_check(node) {
                    return;
                }
                let outer = self.enter_check();
                let told = self.problems.len();
                let (id, known) = self.condition(condition);
                // `check false` is meant so, and what only warns never withholds the output.
                let meant = condition.kind() == NodeKind::Bool || severity != Severity::Error;
                let never = known == Ty::Literal(Literal::Bool(false)) && !meant;
                let is_read = self.problems.len() == told;
                if never && is_read && self.never_holds(condition) {
                    self.report(self.problem(271, condition, "this can never hold").help(
                        "its parts exclude each other, or the types of what they compare do",
                    ));
                }
                let scope = self.enter();
                // The message speaks of the case in which the condition does not hold.
                self.assume(condition, false);
                let message =
                    node.child(NodeKind::Message).and_then(|message| message.children().next());
                let message = message.map(|message| self.checked(message, &Ty::Str, None));
                self.leave(scope);
                self.sees = outer;
                EntryKind::Check { severity, condition: id, message }
            }
            NodeKind::Allow => {
                let id = node
                    .child(NodeKind::Str)
                    .map(|text| syntax::literal::string_value(text.text()).into_owned())
                    .unwrap_or_default();
                let reason = node
                    .child(NodeKind::Message)
                    .and_then(|message| message.child(NodeKind::Str))
                    .map(|text| syntax::literal::string_value(text.text()).into_owned())
                    .unwrap_or_default();
                if !self.may_allow(node, ty, &reason) {
                    return;
                }
                EntryKind::Allow { id: id.into(), reason: reason.into() }
            }
            NodeKind::Missing | NodeKind::Junk | NodeKind::TooDeep => return,
            _ => {
                let word = node.text().split_whitespace().next().unwrap_or_default();
                self.report(
                    self.problem(116, node, format!("`{word}` cannot stand inside of braces"))
                        .help("move it to the top of the file"),
                );
                return;
            }
        };
        out.push(Entry { node: node.id(), kind });
    }

    fn spread(&mut self, value: Node<'_>, ty: &Ty) -> ExprId {
        // What is spread into a record with declared fields may have any of them.
        let want = match base(ty) {
            Ty::Map(_) | Ty::Keyed(_) => base(ty).clone(),
            Ty::Kube(_) | Ty::Schema(_) => present(ty).clone(),
            _ => Ty::Any,
        };
        let (id, found) = self.expression(value, Some(&want));
        if is_sensitive(&found) {
            self.must_be_open(value, &found, "what is sensitive as a whole cannot be spread");
            return self.emit(value, Expr::Error);
        }
        let one_of_several = match base(&found) {
            Ty::Union(members) => members.iter().all(Self::is_record),
            _ => false,
        };
        if !(Self::is_record(&found) || one_of_several) || matches!(found, Ty::Optional(_)) {
            let want = if want == Ty::Any { present(&found).clone() } else { want };
            if matches!(found, Ty::Optional(_)) {
                self.mismatch(value, &found, present(&found), None);
            } else {
                self.mismatch(value, &found, &want, None);
            }
            return self.emit(value, Expr::Error);
        }
        if matches!(want, Ty::Map(_) | Ty::Keyed(_))
            && crate::fits::fits(self.db, &found, &want) == crate::fits::Fit::No
        {
            self.mismatch(value, &found, &want, None);
        }
        id
    }

    /// Entries inside of `for` and `if` clauses.
    fn wrap(
        &mut self,
        node: Node<'_>,
        clauses: Vec<Clause>,
        entries: Vec<Entry>,
        out: &mut Vec<Entry>,
    ) {
        let mut entries = entries;
        for clause in clauses.into_iter().rev() {
            let body = self.body_of(false, std::mem::take(&mut entries));
            let kind = match clause {
                Clause::For { two, source } => {
                    EntryKind::For { two, source, condition: None, body }
                }
                Clause::If(condition) => EntryKind::When { condition, body },
            };
            entries.push(Entry { node: node.id(), kind });
        }
        out.append(&mut entries);
    }

    fn binding_entry(&mut self, node: Node<'_>, ty: &Ty, out: &mut Vec<Entry>) {
        let Some(path) = node.child(NodeKind::Path) else { return };
        let segments = segments(path);
        // A path names a field that is declared elsewhere.
        self.declares &= segments.len() == 1;
        let mut bound = bound(node);
        let mut unsaid = false;
        let annotation = node.child(NodeKind::Annotation);
        let written = annotation.and_then(|annotation| annotation.children().next());
        if let (Some(annotation), Some(written), Bound::Nothing) = (annotation, written, &bound)
            && !self.declares
        {
            // What the field would take may be sensitive.
            let field = segments.first().and_then(|first| {
                let field = self.field_of(ty, &key_text(first.node))?;
                Some(field.ty)
            });
            let shown = !field.is_some_and(|field| reaches_sensitive(self.db, &field));
            if !shown {
                self.hide(written);
            }
            self.type_for_value(path, annotation, written, shown);
            bound = Bound::Value(SetOp::Replace, written);
            unsaid = true;
        } else if let Some(written) = written {
            // It is the declaration itself, which only says more about errors here, or has a value besides.
            let declared = self.read_type(written);
            let marked = segments.first().is_some_and(|first| first.optional);
            if self.declares && marked && matches!(declared, Ty::Optional(_)) {
                self.report(
                    self.problem(116, written, "`?` stands twice")
                        .help("write `name?: T` or `name: T?`"),
                );
            }
        }
        self.misplaced_words(node, ty);
        // What is within the value of a field declares none.
        self.declares = false;
        let scope = self.enter();
        let clauses = self.open_clauses(
            node,
            node.children()
                .filter(|n| matches!(n.kind(), NodeKind::ForClause | NodeKind::IfClause)),
        );
        let strength = self.strength(node);
        let told = self.problems.len();
        let entry = self.bind(&segments, ty, &bound, strength);
        if unsaid {
            // Of what is meant as a value and written as a type, nothing says the type.
            let late = self.problems.split_off(told);
            self.problems.extend(late.into_iter().filter(|late| late.code != Code::E(210)));
        }
        self.leave(scope);
        if clauses.is_empty() {
            out.extend(entry);
        } else {
            self.wrap(node, clauses, entry.into_iter().collect(), out);
        }
    }

    /// Reports `name: "app"` where `name = "app"` is meant.
    pub(super) fn type_for_value(
        &mut self,
        path: Node<'_>,
        annotation: Node<'_>,
        written: Node<'_>,
        shown: bool,
    ) {
        let name = path.text();
        let text = written.text();
        let short = if text.contains('\n') || !shown { "…" } else { text };
        let problem =
            self.problem(116, annotation, format!("`{name}` is given a type here, and no value"));
        if written.kind() == NodeKind::Missing {
            // What is missing is told with the syntax.
            return;
        }
        if matches!(name, "check" | "warn" | "note") {
            // What is said where it does not hold, and not what must.
            self.report(
                problem.help(format!("a condition stands first: `{name} condition: {short}`")),
            );
            return;
        }
        if written.kind() == NodeKind::Negative && annotation.text().contains('\n') {
            // A list as YAML writes it. That `- name: x` is no number is told with the syntax.
            let element = written.children().next().filter(|node| node.kind() != NodeKind::Missing);
            let Some(element) = element.map(|element| element.text()) else { return };
            let element = if shown { element } else { "…" };
            self.report(problem.help(format!(
                "the elements of a list stand in brackets: `{name} = [{element}, …]`"
            )));
            return;
        }
        let word = shown
            && super::variant::is_plain_name(written)
            && !self.locals.iter().any(|(local, _)| **local == *text)
            && crate::resolve::resolve(self.db, self.module, text).is_none();
        if let Some(value) = value_of_type(written).filter(|_| shown)
            && written.kind() == NodeKind::RecordType
        {
            let help = format!("fields stand in braces, and values behind `=`: `{name} {value}`");
            let place = self.place(annotation);
            self.report(problem.help(help).fix("write `=`", place, format!(" {value}")));
            return;
        }
        let names_type =
            super::variant::is_plain_name(written) && text.starts_with(char::is_uppercase);
        let short = if names_type {
            "…".to_owned()
        } else if word {
            format!("\"{text}\"")
        } else {
            short.to_owned()
        };
        let problem = problem.help(format!("a value is given with `=`: `{name} = {short}`"));
        self.report(match is_constant_type(written) {
            true if shown => problem.fix("write `=`", self.place(annotation), format!(" = {text}")),
            _ => problem,
        });
    }

    /// Words before and types behind a name that say nothing where they stand.
    pub(super) fn misplaced_words(&mut self, node: Node<'_>, ty: &Ty) {
        let kind = self.kind;
        // They stand before all else.
        let words = node.children().take_while(|child| child.kind() == NodeKind::Modifier);
        let strengths = words.clone().map(|word| (word, word.text()));
        let strengths = strengths.filter(|(_, m)| ["default", "override", "final"].contains(m));
        if let [(_, first), (second, word), ..] = strengths.collect::<Vec<_>>().as_slice() {
            let why =
                format!("`{word}` says nothing behind `{first}`: what is bound has one strength");
            self.report(self.problem(116, *second, why).help("leave one of them out"));
        }
        let object = OnceCell::new();
        for modifier in words {
            let word = modifier.text();
            let why = match (word, kind) {
                ("override" | "final", ItemKind::Schema | ItemKind::Variant) => {
                    "whatever a declaration binds is a default, which any layer may set"
                }
                ("derive", ItemKind::Schema | ItemKind::Variant) => {
                    self.misplaced_derive(node, modifier, ty);
                    continue;
                }
                ("emit" | "export", ItemKind::Schema | ItemKind::Variant) => continue,
                ("emit", ItemKind::Binding)
                    if let Some(object) = object.get_or_init(|| self.nameless_object(node)) =>
                {
                    let message = "what a file makes is emitted, and has a name";
                    let help = format!("give it one: `name = {object} {{ … }}`");
                    self.report(self.problem(116, modifier, message).help(help));
                    continue;
                }
                ("emit" | "export" | "derive", _) => {
                    "it is part of the declaration of a field, in a schema"
                }
                _ => continue,
            };
            self.report(self.problem(116, modifier, format!("`{word}` says nothing here: {why}")));
        }
        let declares = self.declares || matches!(base(ty), Ty::Record(_) | Ty::Any | Ty::Error);
        if let Some(annotation) = node.child(NodeKind::Annotation)
            && !declares
            // Without a value it is reported as a type in place of one.
            && !matches!(bound(node), Bound::Nothing)
        {
            self.typed_again(node, annotation, ty);
        }
    }

    pub(super) fn strength(&self, node: Node<'_>) -> Strength {
        if self.declares_fields() || self.kind == ItemKind::Input {
            return Strength::Default;
        }
        let mut strength = Strength::Set;
        for modifier in node.children().filter(|child| child.kind() == NodeKind::Modifier) {
            let own = match modifier.text() {
                "default" => Strength::Default,
                "override" => Strength::Override,
                "final" => Strength::Final,
                _ => continue,
            };
            // Of two, which is told, the weaker has no further consequence.
            strength = if strength == Strength::Set { own } else { strength.min(own) };
        }
        strength
    }

    /// Whether the item is one whose own body declares fields: a schema, or a variant with its cases.
    pub(super) fn declares_fields(&self) -> bool {
        matches!(self.kind, ItemKind::Schema | ItemKind::Variant)
    }
}

/// Takes out what is lost where the body binds it besides, so that it can not have been meant.
fn found_again(entries: &mut Vec<Entry>, from: usize) {
    let is_lost = |entry: &Entry| matches!(entry.kind, EntryKind::Lost { .. });
    let body = entries.get(from..).unwrap_or_default();
    if !body.iter().any(is_lost) {
        return;
    }
    let bound = body.iter().filter(|entry| !is_lost(entry));
    let bound: Vec<Key> = bound.filter_map(|entry| key_of(entry).cloned()).collect();
    let mut at = 0;
    entries.retain(|entry| {
        at += 1;
        at <= from || !is_lost(entry) || !key_of(entry).is_some_and(|key| bound.contains(key))
    });
}

/// The key that an entry binds, if it binds one.
fn key_of(entry: &Entry) -> Option<&Key> {
    match &entry.kind {
        EntryKind::Set { key, .. }
        | EntryKind::Block { key, .. }
        | EntryKind::Unset { key }
        | EntryKind::Lost { key } => Some(key),
        _ => None,
    }
}

/// The value that was meant by a type in place of one, as in `{ http: 80 }`.
fn value_of_type(node: Node<'_>) -> Option<String> {
    if node.kind() != NodeKind::RecordType {
        return is_constant_type(node).then(|| node.text().to_owned());
    }
    let field = |field: Node<'_>| {
        let name = field.children().next()?.text();
        if let Some(inner) = field.child(NodeKind::RecordType) {
            return Some(format!("{name} {}", value_of_type(inner)?));
        }
        let written = field.child(NodeKind::Annotation)?.children().next()?;
        let sets = if written.kind() == NodeKind::RecordType { " " } else { " = " };
        Some(format!("{name}{sets}{}", value_of_type(written)?))
    };
    let fields: Option<Vec<String>> = node.children().map(field).collect();
    Some(format!("{{ {} }}", fields?.join(", ")))
}

/// Whether what stands in the place of a type is a constant, which is no use as a type without a value.
fn is_constant_type(node: Node<'_>) -> bool {
    use NodeKind as N;
    matches!(node.kind(), N::Int | N::Float | N::Unit | N::Str | N::Bool | N::Negative)
}
