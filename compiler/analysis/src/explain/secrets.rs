//! What `explain` and `inputs` do not show: values of a sensitive type, and what Secrets hold.

use kube::tree::{NodeId, Ref, Tree, Value};

use crate::eval::Eval;
use crate::eval::value::{Declared, Kind, Rec, Slot};
use crate::ty::Ty;

/// What stands in the place of a secret.
pub(crate) const HIDDEN: &str = "(sensitive)";

/// The fields of a Secret that hold what is secret.
const FIELDS: [&str; 2] = ["data", "stringData"];

/// Whether values of a type are secrets.
pub(crate) fn is_sensitive(ty: &Ty) -> bool {
    match ty {
        Ty::Sensitive(_) => true,
        Ty::Optional(inner) => is_sensitive(inner),
        _ => false,
    }
}

/// Whether the value of a slot is a secret.
pub(super) fn holds_one<'a>(eval: &Eval<'a>, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> bool {
    if let Some(Declared::Ty(ty)) = eval.declared(rec, slot)
        && is_sensitive(ty)
    {
        return true;
    }
    let is_secret =
        |rec: &Rec<'_>| matches!(rec.kind, Kind::Kube(ty) if ty.last_name() == "Secret");
    let within =
        rec.owner.get().is_some_and(|(owner, name)| is_secret(owner) && FIELDS.contains(&name));
    within || (is_secret(rec) && FIELDS.contains(&slot.name))
}

/// A copy of an object, without what it holds in secret if it is a Secret.
pub(super) fn copied(object: Ref<'_>, to: &mut Tree) -> Option<NodeId> {
    let kind = object.at(&["kind"]).and_then(|kind| kind.as_str());
    let before = to.roots().len();
    copy(object, to, if kind == Some("Secret") { Some(0) } else { None });
    to.roots().nth(before).map(|root| root.id())
}

/// `secret` is how deep in a Secret the node lies.
fn copy(node: Ref<'_>, to: &mut Tree, secret: Option<usize>) {
    let deeper = secret.map(|depth| depth + 1);
    match node.value() {
        Value::Map => {
            to.begin_map(node.origin());
            for (key, inner) in node.entries() {
                let plain = secret == Some(0) && !FIELDS.contains(&key);
                to.key(key);
                copy(inner, to, if plain { None } else { deeper });
            }
            to.end(false);
        }
        Value::List => {
            to.begin_list(node.origin());
            node.items().for_each(|inner| copy(inner, to, deeper));
            to.end(false);
        }
        _ if secret.is_some() => {
            to.str(HIDDEN, node.origin());
        }
        _ => {
            to.copy(node);
        }
    }
}
