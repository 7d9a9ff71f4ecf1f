//! Whether an item uses what a name stands for: a field, a parameter or the variable of a loop may have the same name.

use std::collections::BTreeMap;

use salsa::Database;
use syntax::{Node, NodeKind as K, Tree};

use crate::binder::binder;
use crate::code::{Expr, RecordKind};
use crate::db::{Item, ItemKind};
use crate::elaborate::{Meaning, Meant, elaborate, meaning};
use crate::parse::parsed;
use crate::resolve::{Target, brought, resolve};

/// Whether the code of an item names something as a value or as what a record is of; of a file, anything in it. It does not
/// say so of types, which are not kept by their names.
pub fn speaks_of(db: &dyn Database, item: Item, target: Target) -> bool {
    let is_named = |of: &Item| match target {
        Target::Item(item) => item == *of,
        Target::Module(module) => of.module(db) == module,
        _ => false,
    };
    elaborate(db, item).code.exprs.iter().any(|expr| match expr {
        Expr::Global(of) | Expr::Function(of) => is_named(of),
        Expr::Record(record) => {
            record.traits.iter().any(is_named)
                || match &record.kind {
                    RecordKind::Schema(of) | RecordKind::Case(of, _) => is_named(of),
                    RecordKind::Kube(of) => target == Target::Kube(*of),
                    _ => false,
                }
        }
        _ => false,
    })
}

/// What the words of one item mean; it is kept while the same is asked about.
#[derive(Default)]
pub struct Words(Option<(Item, Meaning)>);

impl Words {
    /// Whether a word of an item stands for something.
    pub fn mean(&mut self, db: &dyn Database, item: Item, target: Target, name: &str) -> bool {
        if matches!(item.kind(db), ItemKind::Set | ItemKind::Junk) {
            return true;
        }
        let parsed = parsed(db, item);
        let mut words = parsed.tree().nodes().filter(|node| is_word(node, name));
        words.any(|word| self.means(db, item, target, word))
    }

    fn means(&mut self, db: &dyn Database, item: Item, target: Target, word: Node<'_>) -> bool {
        let Some(above) = word.parent() else { return true };
        let is_first = above.children().next() == Some(word);
        match above.kind() {
            // A file brings what another declares, or all of it.
            K::Use | K::UseName | K::ModulePath | K::Alias if item.kind(db) == ItemKind::Use => {
                let mut brought = brought(db, item.module(db)).names.iter();
                return brought.any(|used| used.place.item == item && used.target == target);
            }
            // Types know of no names but those of the file.
            K::TypeRef
                if !is_first || resolve(db, item.module(db), word.text()) != Some(target) =>
            {
                return false;
            }
            // A case that an arm is for stands alone.
            K::TypeRef => {
                let asks = |around: &Node<'_>| matches!(around.kind(), K::Pattern | K::Is);
                let is_case = |this: &mut Self| {
                    let meant = this.meaning(db, item).names.get(&word.id());
                    matches!(meant, Some(Meant::Case(..)))
                };
                return !word.ancestors().iter().any(asks) || !is_case(self);
            }
            _ => {}
        }
        match self.meaning(db, item).names.get(&word.id()) {
            Some(Meant::Item(of)) => target == Target::Item(*of),
            Some(Meant::Module(of)) => {
                matches!(target, Target::Module(module) | Target::Definitions(module) if module == *of)
            }
            Some(Meant::Kube(ty)) => target == Target::Kube(*ty),
            Some(Meant::Functions(all)) => all.iter().any(|of| target == Target::Item(*of)),
            Some(Meant::Case(..) | Meant::Field { .. } | Meant::Local(_)) => false,
            // What an overlay binds may be in a file that its base uses.
            None if above.kind() == K::Path => {
                is_first
                    && matches!(target, Target::Module(_))
                    && above.parent() == Some(parsed(db, item).tree().entry())
            }
            None => !is_of_a_field(word) && !declares(word),
        }
    }

    fn meaning(&mut self, db: &dyn Database, item: Item) -> &Meaning {
        if self.0.as_ref().is_none_or(|(known, _)| *known != item) {
            self.0 = None;
        }
        &self.0.get_or_insert_with(|| (item, meaning(db, item, None))).1
    }
}

/// Of so many words with the name of a local it is asked which local they stand for; most stand for the only one.
const ASKED: usize = 64;

/// The names that an item binds by `let` for itself, and does not read.
pub fn unused_locals(tree: Tree<'_>) -> Vec<Node<'_>> {
    let top = tree.entry().id();
    let lets = tree.nodes().filter(|node| node.kind() == K::Let && node.id() != top);
    let lets: Vec<Node<'_>> = lets.collect();
    if lets.is_empty() {
        return Vec::new();
    }
    // By name: where it is read, and how many bind it.
    let mut words: BTreeMap<&str, (Vec<Node<'_>>, usize)> = BTreeMap::new();
    for word in tree.nodes().filter(|node| node.kind() == K::Name) {
        let of = words.entry(word.text()).or_default();
        match declares(word) {
            true => of.1 += 1,
            false if is_of_a_field(word) || word.parent().is_some_and(is_path) => {}
            false => of.0.push(word),
        }
    }
    let is_read = |of: Node<'_>, name: Node<'_>| {
        let (Some(around), Some((read, bound))) = (of.parent(), words.get(name.text())) else {
            return true;
        };
        let scope = of.range().end..around.range().end;
        let mut read = read.iter().filter(|word| scope.contains(&word.range().start)).take(ASKED);
        match bound {
            1 => read.next().is_some(),
            _ => read.any(|word| binder(*word, name.text()) == Some(name)),
        }
    };
    let named = lets.into_iter().filter_map(|of| Some((of, of.child(K::Name)?)));
    named
        .filter(|(of, name)| !name.text().starts_with('_') && !is_read(*of, *name))
        .map(|(_, name)| name)
        .collect()
}

fn is_word(node: &Node<'_>, name: &str) -> bool {
    node.kind() == K::Name && node.text() == name
}

fn is_path(node: Node<'_>) -> bool {
    node.kind() == K::Path
}

/// Whether it is the name of a field, behind a dot or in a type.
fn is_of_a_field(word: Node<'_>) -> bool {
    let of = word.parent().map(|above| above.kind());
    matches!(of, Some(K::Field | K::OptField | K::Lead | K::By | K::TypeField))
}

/// Whether a name is declared where it stands.
fn declares(word: Node<'_>) -> bool {
    let Some(above) = word.parent() else { return false };
    let is_last = above.children().last() == Some(word);
    match above.kind() {
        K::Let | K::Param | K::Fn | K::Alias | K::Pattern | K::Case => true,
        K::Input | K::Schema | K::Variant | K::Trait | K::TypeAlias => true,
        // The last is what is gone through, or what is given.
        K::ForClause | K::Lambda => !is_last,
        _ => false,
    }
}
