//! What is said of names behind `with` that are those of no trait.

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::db::{Item, ItemKind};
use crate::follows::MADE_AS_TRAIT;
use crate::parse::parsed;
use crate::problems::name_place;
use crate::resolve::Target;
use crate::show::type_name;
use crate::ty::Ty;
use crate::types::Named;

impl Elaborator<'_> {
    /// Reports that a name behind `with`, on a record of type `ty`, is that of something else than a trait.
    pub(super) fn no_trait(&mut self, written: Node<'_>, named: &Named, ty: &Ty) {
        let item = match named {
            Named::Type(Ty::Schema(item)) | Named::Other(Target::Item(item)) => Some(*item),
            _ => None,
        };
        if item.is_some_and(|item| self.cannot_be_read(item)) {
            return;
        }
        let name = written.text();
        let mut problem = self.problem(220, written, format!("`{name}` is no trait"));
        if let Some(item) = item.filter(|_| written.children().count() == 1) {
            match item.kind(self.db) {
                ItemKind::Schema => {
                    problem.help = Some(format!(
                        "it is a schema: make the record of it, `{name} {{ … }}`, or declare it as a layer, `trait {name} for Schema {{ … }}`"
                    ));
                }
                ItemKind::Binding | ItemKind::Let => {
                    let schema = self.made_of(item).unwrap_or_else(|| type_name(self.db, ty));
                    let help = format!(
                        "what is put on records is declared by `trait {name} for {schema} {{ … }}`"
                    );
                    let place = name_place(self.db, item);
                    problem = problem.related(place, MADE_AS_TRAIT).help(help);
                }
                _ => {}
            }
        }
        self.report(problem);
    }

    /// Whether something in an item is a mistake of syntax.
    fn cannot_be_read(&self, item: Item) -> bool {
        !syntax::problem::problems(parsed(self.db, item).tree()).is_empty()
    }

    /// The name in front of the braces of which an item is made.
    fn made_of(&self, item: Item) -> Option<String> {
        let parsed = parsed(self.db, item);
        let value = parsed.tree().entry().child(NodeKind::Set)?.children().next()?;
        let head = value.children().next().filter(|_| value.kind() == NodeKind::Chain)?;
        let named = head.text().starts_with(|c: char| c.is_ascii_uppercase());
        named.then(|| head.text().to_owned())
    }
}
