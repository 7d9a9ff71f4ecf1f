//! Records that read like objects of Kubernetes and are none, so that nothing would be made of them.
//!
//! As [`crate::unused`] it looks at texts when nothing else is wrong, and is no query.

use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::{Item, ItemKind, Module, Origin, target};
use crate::elaborate::signature;
use crate::fits::base;
use crate::parse::parsed;
use crate::problem::{Place, Problem, Severity};
use crate::ty::Ty;

/// A warning for each field of a file that holds a plain record with an `apiVersion` and a `kind`.
pub fn unmade(db: &dyn Database, modules: &[Module]) -> Vec<Problem> {
    let files = modules.iter().filter(|module| module.origin(db) == Origin::File);
    let items = files.flat_map(|module| module.items(db).iter().copied());
    items
        .filter(|item| item.kind(db) == ItemKind::Binding && item.text(db).contains("apiVersion"))
        .filter_map(|item| warning(db, item))
        .collect()
}

fn warning(db: &dyn Database, item: Item) -> Option<Problem> {
    let parsed = parsed(db, item);
    let binding = parsed.tree().entry();
    let path = binding.child(NodeKind::Path)?;
    let record = binding.child(NodeKind::Set)?.child(NodeKind::Body)?;
    let (_, kind) = (text_of(record, "apiVersion")?, text_of(record, "kind")?);
    if !matches!(base(&signature(db, item).ty), Ty::Record(_)) {
        return None;
    }
    let known = kube::types::newest_at(&kind, target(db)).is_some();
    let schema = if known { format!("k8s.{kind}") } else { kind.clone() };
    let name = path.text();
    let message =
        format!("`{name}` reads like a {kind}, and is a plain record: nothing is made of it");
    let problem = Problem::error(581, Place { item, node: path.id() }, message);
    let problem = problem.severity(Severity::Warning);
    Some(match known {
        true => problem.help(format!("write `{name} = {schema} {{ … }}`, without `apiVersion` and `kind`")),
        false => problem.help(format!(
            "bring {kind} by its definition, `use crd \"./definitions.yaml\" as …`, and write `{name} = ….{kind} {{ … }}`"
        )),
    })
}

/// The constant text that a record gives to a field.
fn text_of(record: Node<'_>, name: &str) -> Option<String> {
    let mut bindings = record.children_of(NodeKind::Binding);
    let binding = bindings
        .find(|binding| binding.child(NodeKind::Path).is_some_and(|path| path.text() == name))?;
    let value = binding.child(NodeKind::Set)?.child(NodeKind::Str)?;
    Some(syntax::literal::string_value(value.text()).into_owned())
}
