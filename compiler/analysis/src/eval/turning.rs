//! Items that depend on themselves by their types.

use crate::db::Item;
use crate::elaborate::elaborate;
use crate::problem::Code;

/// Whether the type of an item was refused because it depends on itself. Its values may do so too, which is then told
/// instead; or hold themselves without end.
pub(crate) fn is_turning(db: &dyn salsa::Database, item: Item) -> bool {
    elaborate(db, item).problems.iter().any(|problem| problem.code == Code::E(233))
}
