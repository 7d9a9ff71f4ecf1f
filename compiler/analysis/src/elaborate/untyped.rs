//! Values of which nothing says the type where one is asked for: records in a `let`, empty lists.

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::db::ItemKind;
use crate::fits::{base, widened};
use crate::parse::parsed;
use crate::resolve::{Target, resolve};
use crate::show::type_name;
use crate::ty::Ty;

impl Elaborator<'_> {
    /// What to do about a record that is made without a type and given where a schema is asked for.
    pub(super) fn record_without_type(
        &self,
        node: Node<'_>,
        found: &Ty,
        want: &Ty,
    ) -> Option<String> {
        if !matches!(found, Ty::Record(_)) {
            return None;
        }
        let name = match base(want) {
            Ty::Kube(_) => format!("k8s.{}", type_name(self.db, want)),
            Ty::Schema(_) => type_name(self.db, want),
            _ => return None,
        };
        match node.kind() {
            NodeKind::Name if self.is_plain_record(node.text()) => {
                Some(format!("say its type where it is made: `let {}: {name} = …`", node.text()))
            }
            // A member of another record, or a local.
            NodeKind::Name | NodeKind::Chain => {
                let value = node.text();
                let short = value.len() <= 40 && !value.contains('\n');
                let value = if short { value } else { "…" };
                Some(format!("its fields are put in by `{{ ...{value} }}`"))
            }
            _ => None,
        }
    }

    /// Whether a name is that of a `let` of this file which gives a record in braces alone.
    fn is_plain_record(&self, name: &str) -> bool {
        let is_local = self.locals.iter().any(|(local, _)| **local == *name);
        let Some(Target::Item(item)) = resolve(self.db, self.module, name) else { return false };
        if is_local || item.kind(self.db) != ItemKind::Let || item.module(self.db) != self.module {
            return false;
        }
        let parsed = parsed(self.db, item);
        let entry = parsed.tree().entry();
        let value = entry.child(NodeKind::Set).and_then(|set| set.children().next());
        entry.child(NodeKind::Annotation).is_none()
            && value.is_some_and(|value| value.kind() == NodeKind::Body)
    }

    /// What to do where nothing fits because of an empty list beside it, of which nothing says what its elements are: `xs.fold([], …)`.
    pub(super) fn empty_without_type(&self, node: Node<'_>, found: &Ty) -> Option<String> {
        let above = node.ancestors();
        let is_empty =
            |node: &Node<'_>| node.kind() == NodeKind::List && node.children().next().is_none();
        let beside = |call: &Node<'_>| {
            call.kind() == NodeKind::Call && call.children().any(|argument| is_empty(&argument))
        };
        above.iter().find(|call| beside(call))?;
        let element = type_name(self.db, &widened(found));
        let element = if *found == Ty::Error { "T" } else { &*element };
        Some(format!("say what the empty list is one of: `[] as [{element}]`"))
    }
}
