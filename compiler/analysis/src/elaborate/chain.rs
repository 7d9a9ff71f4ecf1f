//! An operand and what follows it: fields, calls, indices, blocks, traits and casts.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::every::asked_for;
use super::known::KnownKey;
use super::layer::Traits;
use super::library::LibraryFunction;
use super::narrow::path_text;
use super::{Elaborator, Meant};
use crate::code::{Amended, Ask, Expr, ExprId, NO_SLOT, RecordKind};
use crate::eval::builtins;
use crate::fits::{base, optional, present, widened};
use crate::resolve::{Target, declaration, resolve};
use crate::sensitive::{is_sensitive, may_be_data_of_secret, sealed};
use crate::show::type_name;
use crate::ty::Ty;
use crate::types::{Named, key_text};
use crate::variant::case_types;

/// What a chain is so far.
pub(super) enum Head {
    Value(ExprId, Ty),
    /// The name of a schema or of a Kubernetes type, of which a record can be made.
    Type(RecordKind, Ty),
    /// A function of the library, perhaps as a method of a value.
    Library(LibraryFunction),
    /// `insecure`, to be called; only a call is read as one.
    Insecure,
}

impl Elaborator<'_> {
    pub(super) fn chain(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let item_body = std::mem::take(&mut self.item_body);
        if node.kind() == NodeKind::External {
            return self.external(node, expected, item_body);
        }
        let children: Vec<Node<'_>> = node.children().collect();
        self.chain_of(node, &children, expected, item_body)
    }

    /// The type of what stands before the last field of a chain, and the name of that field; without code.
    pub(super) fn type_of_parent(&mut self, node: Node<'_>) -> Option<(Ty, Arc<str>)> {
        let children: Vec<Node<'_>> = node.children().collect();
        let (last, before) = children.split_last().filter(|_| node.kind() == NodeKind::Chain)?;
        let name = match last.kind() {
            NodeKind::Field | NodeKind::OptField => key_text(last.children().next()?),
            NodeKind::Index => {
                key_text(last.children().next().filter(|index| index.kind() == NodeKind::Str)?)
            }
            _ => return None,
        };
        Some((self.type_of_parts(node, before), name))
    }

    pub(super) fn chain_of(
        &mut self,
        node: Node<'_>,
        children: &[Node<'_>],
        expected: Option<&Ty>,
        item_body: bool,
    ) -> (ExprId, Ty) {
        let Some((first, suffixes)) = children.split_first() else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let (mut head, used) = self.head(*first, suffixes, expected, item_body);
        // The text of the path so far, by which conditions know it; gone after the first call or block.
        let mut path = path_text(*first);
        if used > 0 {
            path = None;
        }
        if let Head::Value(_, ty) = &head {
            self.note_type(*first, ty);
        }
        let mut way = self.way(&head);
        for (at, suffix) in suffixes.iter().enumerate().skip(used) {
            let called = suffixes.get(at + 1).is_some_and(|next| next.kind() == NodeKind::Call);
            match suffix.kind() {
                NodeKind::Field | NodeKind::OptField => {
                    path = path
                        .zip(suffix.children().next())
                        .map(|(path, name)| format!("{path}.{}", name.text()));
                }
                NodeKind::Index => {
                    path = path
                        .zip(suffix.children().next().filter(|index| index.kind() == NodeKind::Str))
                        .map(|(path, index)| format!("{path}.{}", index.text()));
                }
                _ => path = None,
            }
            let known = match &head {
                Head::Value(_, ty) if !called => self.known_key(*suffix, ty, &mut way),
                _ => {
                    way = None;
                    KnownKey::Unknown
                }
            };
            let narrowing = path.as_deref().filter(|_| !called);
            head = match known {
                KnownKey::Missing => Head::Value(self.emit(*suffix, Expr::Error), Ty::Error),
                _ => self.suffix(*suffix, head, narrowing, (called, item_body)),
            };
            if known == KnownKey::Perhaps {
                head = self.perhaps(head, narrowing);
            }
            if let Head::Value(_, ty) = &head {
                self.note_type(*suffix, ty);
            }
            if let (Some(path), Head::Value(id, ty)) = (&path, &head) {
                let asked = at + 1 == suffixes.len() && asked_for(node);
                let (id, ty) = self.identity_of_object(*suffix, path, asked, (*id, ty.clone()));
                head = Head::Value(id, ty);
            }
        }
        match head {
            Head::Value(id, ty) => (id, ty),
            Head::Type(_, ty @ Ty::Case(..)) => self.case_value(node, ty),
            Head::Type(_, ty) => {
                let name = type_name(self.db, &ty);
                self.report(
                    self.problem(220, node, format!("`{name}` is a schema, not a value"))
                        .help(format!("make one of it: `{name} {{ … }}`")),
                );
                (self.emit(node, Expr::Error), Ty::Error)
            }
            Head::Library(function) => self.as_value(node, &function, None),
            Head::Insecure => (self.emit(node, Expr::Error), Ty::Error),
        }
    }

    fn external(&mut self, node: Node<'_>, expected: Option<&Ty>, item_body: bool) -> (ExprId, Ty) {
        let Some(inner) = node.children().next() else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        self.item_body = item_body;
        let (id, ty) = self.expression(inner, expected);
        self.item_body = false;
        match self.code.exprs.get_mut(id as usize) {
            Some(Expr::Record(made)) => made.external = true,
            Some(Expr::Error) | None => {}
            Some(_) if ty == Ty::Error => {}
            Some(_) => self.report(
                self.problem(116, node, "`external` stands before a new record only")
                    .help("write `external Claim { … }`"),
            ),
        }
        (id, ty)
    }

    /// The head of a chain, and how many suffixes belong to its name.
    fn head(
        &mut self,
        first: Node<'_>,
        suffixes: &[Node<'_>],
        expected: Option<&Ty>,
        item_body: bool,
    ) -> (Head, usize) {
        if first.kind() != NodeKind::Name {
            self.item_body = item_body && first.kind() == NodeKind::Paren;
            // What follows decides what the head must be, except that a block keeps its type.
            let keeps = suffixes
                .iter()
                .all(|suffix| matches!(suffix.kind(), NodeKind::Amend | NodeKind::With));
            let (id, ty) = self.expression(first, expected.filter(|_| keeps));
            self.item_body = false;
            return (Head::Value(id, ty), 0);
        }
        let name = first.text();
        let alone = suffixes.iter().all(|s| matches!(s.kind(), NodeKind::Amend | NodeKind::With));
        let expected = expected.filter(|_| alone);
        match self.case_named(first, expected) {
            Some(Ty::Case(item, index)) => {
                self.note(first, |_| Meant::Case(item, index));
                return (Head::Type(RecordKind::Case(item, index), Ty::Case(item, index)), 0);
            }
            Some(_) => return (Head::Value(self.emit(first, Expr::Error), Ty::Error), 0),
            None => {}
        }
        if let Some((id, ty)) = self.value_name(first, name) {
            let ty = self.narrowed_type(first, ty);
            return (Head::Value(id, ty), 0);
        }
        match resolve(self.db, self.module, name) {
            Some(Target::Item(item)) => {
                return match self.case_head(item, suffixes.first()) {
                    Some(head) => (head, 1),
                    None => (self.item_head(first, item), 0),
                };
            }
            Some(Target::Broken) => {
                return (Head::Value(self.emit(first, Expr::Error), Ty::Error), 0);
            }
            Some(Target::Kube(ty)) => {
                self.note(first, |_| Meant::Kube(ty));
                return (Head::Type(RecordKind::Kube(ty), Ty::Kube(ty)), 0);
            }
            Some(Target::Module(module)) => {
                self.note(first, |_| Meant::Module(module));
                if let Some(field) = suffixes.first().filter(|s| s.kind() == NodeKind::Field)
                    && let Some(name) = field.children().next()
                {
                    return match declaration(self.db, module, name.text()) {
                        Some(item) => match self.case_head(item, suffixes.get(1)) {
                            Some(head) => (head, 2),
                            None => (self.item_head(name, item), 1),
                        },
                        None => {
                            let problem = crate::resolve::no_such_item(
                                self.db,
                                module,
                                name.text(),
                                self.place(name),
                            );
                            self.report(problem);
                            (Head::Value(self.emit(name, Expr::Error), Ty::Error), 1)
                        }
                    };
                }
            }
            Some(Target::Definitions(module)) => {
                self.note(first, |_| Meant::Module(module));
                return self.defined_head(first, module, suffixes);
            }
            Some(Target::Kubernetes) => {
                let fields: Vec<Node<'_>> = suffixes
                    .iter()
                    .take_while(|suffix| suffix.kind() == NodeKind::Field)
                    .filter_map(|suffix| suffix.children().next())
                    .collect();
                let mut segments = vec![first];
                segments.extend(&fields);
                let head = match self.named(&segments) {
                    Named::Type(Ty::Kube(ty)) => {
                        if let Some(last) = fields.last() {
                            self.note(*last, |_| Meant::Kube(ty));
                        }
                        Head::Type(RecordKind::Kube(ty), Ty::Kube(ty))
                    }
                    Named::Type(Ty::Object) => {
                        self.report(
                            self.problem(
                                116,
                                first,
                                "`k8s.Object` is any kind of object, and none is made of it",
                            )
                            .help("name the kind: `k8s.Deployment { … }`"),
                        );
                        Head::Value(self.emit(first, Expr::Error), Ty::Error)
                    }
                    _ => {
                        let path: Vec<&str> = fields.iter().map(|field| field.text()).collect();
                        if let Err(none) = crate::resolve::kubernetes(&path, self.minor) {
                            let problem = none.at(self.place(*fields.last().unwrap_or(&first)));
                            self.report(problem);
                        }
                        Head::Value(self.emit(first, Expr::Error), Ty::Error)
                    }
                };
                return (head, fields.len());
            }
            None => {
                if name == "insecure"
                    && suffixes.first().is_some_and(|s| s.kind() == NodeKind::Call)
                {
                    return (Head::Insecure, 0);
                }
                if let Some(function) = self.library_function(name) {
                    self.note(first, |_| Meant::Functions(function.items.clone()));
                    return (Head::Library(function), 0);
                }
            }
        }
        let (id, ty) = self.name(first, expected);
        (Head::Value(id, ty), 0)
    }

    fn suffix(
        &mut self,
        node: Node<'_>,
        head: Head,
        path: Option<&str>,
        (called, item_body): (bool, bool),
    ) -> Head {
        match (node.kind(), head) {
            (NodeKind::Field, Head::Value(id, ty)) => {
                self.member(node, (id, ty), false, called, path)
            }
            (NodeKind::OptField, Head::Value(id, ty)) => {
                self.member(node, (id, ty), true, called, path)
            }
            (NodeKind::Index, Head::Value(id, ty)) => self.index(node, id, ty, path),
            (NodeKind::Call, head) => {
                let (id, ty) = self.call(node, head);
                Head::Value(id, ty)
            }
            (NodeKind::Amend, Head::Type(kind, ty)) => {
                let body = node.child(NodeKind::Body);
                self.make(node, kind, ty, Traits::default(), body, item_body)
            }
            (NodeKind::With, Head::Type(kind, ty)) => {
                let traits = self.traits(node, &ty);
                let body = node.child(NodeKind::Body);
                self.make(node, kind, ty, traits, body, item_body)
            }
            (NodeKind::Amend | NodeKind::With, Head::Value(value, ty)) => {
                if !Self::is_record(&ty) {
                    let name = type_name(self.db, &widened(&ty));
                    self.report(self.problem(221, node, format!("{name} takes no block")));
                    return Head::Value(self.emit(node, Expr::Error), Ty::Error);
                }
                if let Ty::Optional(_) = ty {
                    let want = present(&ty).clone();
                    self.mismatch(node, &ty, &want, None);
                }
                let ty = present(&ty).clone();
                let traits = self.traits(node, &ty);
                let body = node.child(NodeKind::Body);
                let body = self.layer_above(&traits, body, &ty, item_body);
                let traits = traits.items;
                Head::Value(
                    self.emit(node, Expr::Amend(Box::new(Amended { value, traits, body }))),
                    ty,
                )
            }
            (NodeKind::Cast, Head::Value(value, found)) => {
                let (id, ty) = self.cast(node, value, &found);
                Head::Value(id, ty)
            }
            (NodeKind::Missing | NodeKind::Junk, head) => head,
            (_, Head::Type(_, ty)) => {
                let name = type_name(self.db, &ty);
                self.report(
                    self.problem(220, node, format!("`{name}` is a schema, and has no value yet"))
                        .help(format!("make one of it: `{name} {{ … }}`")),
                );
                Head::Value(self.emit(node, Expr::Error), Ty::Error)
            }
            (_, Head::Library(function)) => {
                let (id, ty) = self.as_value(node, &function, None);
                Head::Value(id, ty)
            }
            (_, head) => head,
        }
    }

    fn member(
        &mut self,
        node: Node<'_>,
        (value, ty): (ExprId, Ty),
        opt: bool,
        called: bool,
        path: Option<&str>,
    ) -> Head {
        let Some(name) = node.children().next().filter(|name| name.kind() != NodeKind::Missing)
        else {
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        };
        let text = key_text(name);
        if ty == Ty::Error {
            // Nothing is known of the type, so nothing is said of the name; a value tells when it is computed.
            let expr = Expr::Member { value, name: text, slot: NO_SLOT, ask: Ask::of(opt) };
            return Head::Value(self.emit(node, expr), Ty::Error);
        }
        let may_be_absent = matches!(ty, Ty::Optional(_));
        if may_be_absent && !opt {
            self.report(
                self.problem(
                    203,
                    node,
                    format!("this may be absent, and what is absent has no `{text}`"),
                )
                .help(format!(
                    "write `?.{text}`, and with `??` what holds otherwise; or ask `is set` first"
                )),
            );
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        }
        let sensitive = is_sensitive(&ty) || may_be_data_of_secret(&ty, &text);
        let result = |found: Ty| {
            let found = if sensitive { sealed(found) } else { found };
            if opt && may_be_absent { optional(found) } else { found }
        };
        // Where a key could be anything, a name is a key, not a method.
        let open = matches!(base(&ty), Ty::Map(_) | Ty::Keyed(_));
        if called && (!open || self.field_names(&ty).is_empty()) && !self.has_own_field(&ty, &text)
        {
            let items = self.methods(&ty, &text);
            if !items.is_empty() {
                self.note(name, |_| Meant::Functions(items.clone()));
                let receiver = Some((value, ty, opt));
                return Head::Library(LibraryFunction { items, receiver });
            }
        }
        let property = match (base(&ty), &*text) {
            (Ty::Range(element), "start") => Some((**element).clone()),
            (Ty::Range(element), "end") => Some(optional((**element).clone())),
            (Ty::Duration, "seconds") | (Ty::Percent, "percent") => Some(Ty::Int),
            _ => None,
        };
        if let Some(found) = property
            && let Some(builtin) = builtins::named("members", &text)
        {
            let id = self.emit(node, Expr::Builtin { builtin, arguments: Box::new([value]) });
            let mut found = result(found);
            if let Some(path) = path {
                found = self.narrowed_path(path, found);
            }
            return Head::Value(id, found);
        }
        let union = match base(&ty) {
            Ty::Union(members) => Some(members.clone()),
            Ty::Variant(item) => Some(case_types(self.db, *item).into()),
            _ => None,
        };
        let field = match union {
            Some(members) => self.field_of_members(node, &members, &text),
            None => self.field_of(&ty, &text),
        };
        let Some(field) = field else {
            if self.not_in_every_case(name, &ty, &text)
                || self.not_in_every_member(name, &ty, &text)
            {
            } else if Self::is_record(&ty) && !matches!(base(&ty), Ty::Union(_)) {
                let told = self.problems.len();
                self.unknown_field(name, &ty, &text);
                if self.problems.len() > told
                    && let Some(path) = self.key_within(value, &ty, &text)
                    && let Some(problem) = self.problems.last_mut()
                {
                    problem.help = Some(format!("it stands further in: `{path}`"));
                    problem.fix = None;
                }
            } else {
                let shown = type_name(self.db, &widened(&ty));
                let mut problem =
                    self.problem(212, name, format!("{shown} has no member `{text}`"));
                problem.help = self.other_member(&ty, &text);
                if problem.help.is_none() {
                    problem = problem.meant(&text, properties(&ty).iter().copied());
                }
                self.report(problem);
            }
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        };
        if !self.may_read(name, &text, &field) {
            return Head::Value(self.emit(node, Expr::Error), Ty::Error);
        }
        self.note_field(name, &ty, &text, &field, |this| {
            let (item, mut path) = this.way_to(value)?;
            path.push(text.clone());
            Some((item, path))
        });
        // An object of the Kubernetes API that nothing binds reads as an empty one.
        let mut found = match (base(&ty), &field.ty) {
            (Ty::Kube(_), Ty::Optional(inner))
                if matches!(base(inner), Ty::Kube(_) | Ty::Keyed(_) | Ty::Map(_) | Ty::List(_)) =>
            {
                (**inner).clone()
            }
            _ => field.ty,
        };
        found = result(found);
        if let Some(path) = path {
            found = self.narrowed_path(path, found);
        }
        let expr = Expr::Member { value, name: text, slot: field.slot, ask: Ask::of(opt) };
        Head::Value(self.emit(node, expr), found)
    }
}

/// What a value of a type that is no record has beside its methods.
fn properties(ty: &Ty) -> &'static [&'static str] {
    match base(ty) {
        Ty::Range(_) => &["start", "end"],
        Ty::Duration => &["seconds"],
        Ty::Percent => &["percent"],
        _ => &[],
    }
}
