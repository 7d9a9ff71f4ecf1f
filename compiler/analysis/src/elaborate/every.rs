//! `every "id" T as x where e { … }`: a rule over objects, checked where it is written, whether or not there is an
//! object that it is for.
//!
//! What a rule binds and what it checks become two bodies, because they see different things: its condition and
//! what it binds are computed from objects as they are without any rule, its checks from objects as they become.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{BodyId, Entry, EntryKind, Expr, ExprId, Root, Rule, RuleOf};
use crate::db::ItemKind;
use crate::fits::base;
use crate::problem::{Place, Problem};
use crate::schema::schema;
use crate::show::type_name;
use crate::ty::{RecordTy, Ty};

/// What objects of all kinds have.
const COMMON: &str = "meta.v1.ObjectMeta";

impl Elaborator<'_> {
    /// Whether a rule calls its object so.
    pub(super) fn is_object_of_rule(&self, name: &str) -> bool {
        let first = self.locals.first();
        self.kind == ItemKind::Every && first.is_some_and(|(object, _)| **object == *name)
    }

    /// Whether a field of the object of a rule is called so, and the object has no name by which to read it.
    pub(super) fn is_of_nameless_object(&self, name: &str) -> bool {
        let object = self.locals.first().filter(|(object, _)| object.is_empty());
        self.kind == ItemKind::Every
            && object.is_some_and(|(_, ty)| self.field_of(ty, name).is_some())
    }

    pub(super) fn every_item(&mut self, node: Node<'_>) {
        let Some(written) = node.child(NodeKind::Str) else { return };
        let id: Arc<str> = syntax::literal::string_value(written.text()).into();
        if id.trim().is_empty() {
            self.report(
                self.problem(416, written, "this rule has no id")
                    .help("name it by what it wants: `every \"memory-limit\" …`"),
            );
        }
        let Some(kind) = node.children().nth(1).filter(|kind| kind.kind() != NodeKind::Missing)
        else {
            return;
        };
        let ruled = self.ruled(kind);
        let (names_only, ty) = match &ruled {
            Some((_, ty)) => (self.names_only, ty.clone()),
            None => (true, Ty::Error),
        };
        let outer = std::mem::replace(&mut self.names_only, names_only);
        let alias = node.child(NodeKind::Alias).and_then(|alias| alias.child(NodeKind::Name));
        let scope = self.enter();
        // Without a name of its own the object cannot be spoken of, but it is there all the same.
        let name = alias.map_or("", |alias| alias.text());
        self.push_local(name.into(), ty.clone());
        let condition = node.child(NodeKind::Where).and_then(|head| head.children().next());
        let condition_id = condition.map(|condition| self.checked(condition, &Ty::Bool, None));
        if let Some(condition) = condition {
            self.assume(condition, true);
        }
        let mut entries = Vec::new();
        if let Some(body) = node.child(NodeKind::Body) {
            self.entries_of(body, &ty, false, &mut entries);
        }
        self.leave(scope);
        self.names_only = outer;
        let Some((of, _)) = ruled else { return };
        let (layer, checks) = self.parted(entries);
        if layer.is_empty() && checks.is_empty() && self.problems.is_empty() {
            self.report(
                self.problem(
                    419,
                    written,
                    format!("the rule {id:?} neither changes nor checks anything"),
                )
                .help("bind what its objects are to have, or `check` what must hold of them"),
            );
        }
        if let (RuleOf::Component(_), Some(first)) =
            (of, layer.iter().find(|entry| !entry.is_let()))
        {
            let place = Place { item: self.item, node: first.node };
            let problem = Problem::error(421, place, "a rule over components only checks them");
            self.report(problem.help(
                "bind this in the objects that they emit, `every \"…\" k8s.Deployment`, or in a trait of the components",
            ));
        }
        let (layer, checks) = (self.body_of(false, layer), self.body_of(false, checks));
        self.code.root = Root::Every(Rule { id, of, condition: condition_id, layer, checks });
    }

    /// What a rule is for, and the type of its objects.
    fn ruled(&mut self, node: Node<'_>) -> Option<(RuleOf, Ty)> {
        if is_any_object(node) {
            let metadata = kube::types::named(COMMON).map_or(Ty::Any, Ty::Kube);
            let fields = [("apiVersion", Ty::Str), ("kind", Ty::Str), ("metadata", metadata)];
            let fields = fields.map(|(name, ty)| (Arc::from(name), ty)).into();
            return Some((RuleOf::Object, Ty::Record(Arc::new(RecordTy::new(fields, None)))));
        }
        let ty = self.read_type(node);
        match base(&ty) {
            Ty::Kube(kube) if kube.kind().is_some() => Some((RuleOf::Kind(*kube), ty)),
            Ty::Schema(item) if schema(self.db, *item).fields.iter().any(|field| field.emit) => {
                Some((RuleOf::Component(*item), ty))
            }
            Ty::Error => None,
            other => {
                let name = type_name(self.db, other);
                let help = match other {
                    Ty::Kube(_) => {
                        "it is a part of objects: name the kind of object that has it, such as `k8s.Deployment`"
                    }
                    _ => {
                        "name a kind of object, such as `k8s.Deployment`, `k8s.Object` for all kinds, or a schema that emits some"
                    }
                };
                self.report(
                    self.problem(
                        415,
                        node,
                        format!("rules are for objects and components, and {name} is neither"),
                    )
                    .help(help),
                );
                None
            }
        }
    }

    /// The entries of a rule that bind something, and those that check something. Names that are given by `let`
    /// are in both.
    fn parted(&mut self, entries: Vec<Entry>) -> (Vec<Entry>, Vec<Entry>) {
        let (mut layer, mut checks) = (Vec::new(), Vec::new());
        for entry in entries {
            let node = entry.node;
            match entry.kind {
                EntryKind::Let { .. } => {
                    layer.push(entry.clone());
                    checks.push(entry);
                }
                EntryKind::Check { .. } => checks.push(entry),
                EntryKind::When { condition, body } => {
                    let (inner, checked) = self.parted_body(body);
                    layer.extend(
                        inner.map(|body| Entry { node, kind: EntryKind::When { condition, body } }),
                    );
                    checks.extend(
                        checked
                            .map(|body| Entry { node, kind: EntryKind::When { condition, body } }),
                    );
                }
                EntryKind::For { two, source, condition, body } => {
                    let (inner, checked) = self.parted_body(body);
                    let again = |body| EntryKind::For { two, source, condition, body };
                    layer.extend(inner.map(|body| Entry { node, kind: again(body) }));
                    checks.extend(checked.map(|body| Entry { node, kind: again(body) }));
                }
                _ => layer.push(entry),
            }
        }
        for part in [&mut layer, &mut checks] {
            if part.iter().all(Entry::is_let) {
                part.clear();
            }
        }
        (layer, checks)
    }

    fn parted_body(&mut self, body: BodyId) -> (Option<BodyId>, Option<BodyId>) {
        let entries =
            self.code.bodies.get_mut(body as usize).map(|body| std::mem::take(&mut body.entries));
        let (layer, checks) = self.parted(entries.unwrap_or_default());
        let mut part =
            |entries: Vec<Entry>| (!entries.is_empty()).then(|| self.body_of(false, entries));
        (part(layer), part(checks))
    }

    /// Whether an `allow` stands where it can exempt something, and says why; reported where it does not.
    pub(super) fn may_allow(&mut self, node: Node<'_>, ty: &Ty, reason: &str) -> bool {
        let exempts = match base(ty) {
            Ty::Schema(_) | Ty::Any | Ty::Error => self.kind != ItemKind::Every,
            Ty::Kube(kube) => kube.kind().is_some() && self.kind != ItemKind::Every,
            _ => false,
        };
        if !exempts {
            self.report(
                self.problem(116, node, "`allow` exempts nothing here")
                    .help("put it into the braces of the component or object that it is to exempt"),
            );
            return false;
        }
        let message = node.child(NodeKind::Message).filter(|_| reason.trim().is_empty());
        if let Some(text) = message.and_then(|message| message.child(NodeKind::Str)) {
            self.report(
                self.problem(416, text, "this `allow` gives no reason")
                    .help("say why this is an exception: whoever reads it later needs to know"),
            );
        }
        true
    }

    /// Whether a check stands where it is run; in a rule that is in its own braces, because what is inside of others
    /// is a layer, which sees objects as they are without any rule.
    pub(super) fn may_check(&mut self, node: Node<'_>) -> bool {
        use NodeKind as N;
        if self.kind != ItemKind::Every {
            return true;
        }
        let around = node.ancestors();
        let mut around = around.iter().map(|node| node.kind()).filter(|kind| *kind != N::Body);
        if around.find(|kind| !matches!(kind, N::When | N::For)) == Some(N::Every) {
            return true;
        }
        self.report(
            self.problem(116, node, "a check of a rule stands in the braces of the rule itself")
                .help("move it there, and name the object by what stands behind `as`"),
        );
        false
    }

    /// Whether a node stands in the braces of a rule itself, and not in a record that the rule gives as a value:
    /// there, the fields of the innermost record are those of the object that is being changed.
    pub(super) fn in_braces_of_a_rule(&self, node: Node<'_>) -> bool {
        use NodeKind as N;
        if self.kind != ItemKind::Every {
            return false;
        }
        let above = node.ancestors();
        !above.iter().zip(above.iter().skip(1)).any(|(inner, outer)| {
            let block =
                matches!(outer.kind(), N::Every | N::Binding | N::Layered | N::When | N::For);
            inner.kind() == N::Body && !block
        })
    }

    /// What tells an object from others is a text whether or not it is written: the namespace of what is in none is
    /// empty. `asked` where it is not computed with, but asked whether it is there.
    pub(super) fn identity_of_object(
        &mut self,
        node: Node<'_>,
        path: &str,
        asked: bool,
        (id, ty): (ExprId, Ty),
    ) -> (ExprId, Ty) {
        let of_object = || {
            let (object, field) = path.split_once('.')?;
            let mut called =
                self.locals.iter().enumerate().filter(|(_, (name, _))| **name == *object);
            let outermost = matches!((called.next(), called.next()), (Some((0, _)), None));
            Some(
                outermost
                    && matches!(
                        field,
                        "metadata.name" | "metadata.namespace" | "kind" | "apiVersion"
                    ),
            )
        };
        if self.kind != ItemKind::Every
            || asked
            || !matches!(ty, Ty::Optional(_))
            || of_object() != Some(true)
        {
            return (id, ty);
        }
        let empty = self.emit(node, Expr::Str(Arc::from("")));
        (self.emit(node, Expr::Coalesce(id, empty)), Ty::Str)
    }
}

/// Whether what stands around an expression asks whether it is there.
pub(super) fn asked_for(node: Node<'_>) -> bool {
    node.parent().is_some_and(|above| match above.kind() {
        NodeKind::Is => true,
        NodeKind::Binary => {
            above.children_of(NodeKind::BinaryOp).any(|operator| operator.text() == "??")
        }
        _ => false,
    })
}

/// `k8s.Object`.
fn is_any_object(node: Node<'_>) -> bool {
    let names: Vec<&str> = node.children_of(NodeKind::Name).map(|name| name.text()).collect();
    node.kind() == NodeKind::TypeRef && names == ["k8s", "Object"]
}
