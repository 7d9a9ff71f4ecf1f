//! A kind of a file of definitions as the head of a record: `certs.Certificate { … }`.

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::chain::Head;
use crate::code::{Expr, RecordKind};
use crate::crd::{discouraged, kind};
use crate::db::Module;
use crate::ty::Ty;

impl Elaborator<'_> {
    /// What the fields behind the name of the module name, and how many of them do.
    pub(super) fn defined_head(
        &mut self,
        first: Node<'_>,
        module: Module,
        suffixes: &[Node<'_>],
    ) -> (Head, usize) {
        let fields = suffixes.iter().take_while(|suffix| suffix.kind() == NodeKind::Field);
        let fields: Vec<Node<'_>> = fields.filter_map(|one| one.children().next()).collect();
        let path: Vec<&str> = fields.iter().map(|field| field.text()).collect();
        let place = self.place(*fields.last().unwrap_or(&first));
        let head = match kind(self.db, module, &path) {
            Ok((ty, deprecated)) => {
                if let Some(why) = deprecated {
                    self.report(discouraged(place, ty, &why));
                }
                Head::Type(RecordKind::Kube(ty), Ty::Kube(ty))
            }
            Err(none) => {
                self.report(none.at(place));
                Head::Value(self.emit(first, Expr::Error), Ty::Error)
            }
        };
        (head, fields.len())
    }
}
