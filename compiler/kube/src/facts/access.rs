//! What rules need to know of who may do what: bindings of roles.

use super::{items, text};
use crate::tree::Ref;

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Binding {
    /// `Role` or `ClusterRole`.
    pub role_kind: String,
    /// The name of the role.
    pub role: String,
    /// The service accounts among its subjects.
    pub accounts: Vec<Account>,
}

/// A service account that a binding names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The position among `subjects`.
    pub subject: usize,
    /// Its namespace; empty where none is named.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

pub(super) fn binding(object: Ref<'_>) -> Binding {
    let subjects = items(object, "subjects").enumerate();
    let accounts = subjects.filter(|(_, subject)| text(*subject, &["kind"]) == "ServiceAccount");
    let account = |(subject, node): (usize, Ref<'_>)| Account {
        subject,
        namespace: text(node, &["namespace"]),
        name: text(node, &["name"]),
    };
    Binding {
        role_kind: text(object, &["roleRef", "kind"]),
        role: text(object, &["roleRef", "name"]),
        accounts: accounts.map(account).collect(),
    }
}
