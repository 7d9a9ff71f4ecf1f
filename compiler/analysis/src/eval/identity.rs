//! What is known of an object although nothing binds it: its kind, and the namespace that its file gives to what is
//! made in it.

use kube::types::TypeId;

use crate::db::Item;
use crate::eval::value::{Kind, Rec, Value};
use crate::eval::{Eval, named_in_stack};
use crate::limits;
use crate::read::{Data, Path, World, read};

impl<'a> Eval<'a> {
    /// What a field of an object is where nothing binds it; `None` where nothing is known either.
    pub(super) fn known_of_object(
        &self,
        rec: &'a Rec<'a>,
        ty: TypeId,
        name: &str,
    ) -> Option<Value<'a>> {
        match name {
            "kind" => ty.kind().map(|kind| Value::Str(kind.info().kind)),
            "apiVersion" => {
                let version = ty.kind()?.info().api_version();
                Some(Value::Str(self.arena.alloc_str(&version)))
            }
            "namespace" if ty.last_name() == "ObjectMeta" => {
                let namespaced = match rec.owner.get()?.0.kind {
                    Kind::Kube(owner) => owner.kind()?.info().namespaced,
                    Kind::Schema(..) => true,
                    _ => false,
                };
                let found =
                    namespaced.then(|| self.namespace_of_file(self.file_of(rec), rec.is_bare()));
                found.flatten().map(Value::Str)
            }
            _ => None,
        }
    }

    /// `namespace = "…"` at the top of the file of an item.
    pub(crate) fn namespace_of_file(&self, item: Item, bare: bool) -> Option<&'a str> {
        let item = named_in_stack(self.db, self.program, item, "namespace")?;
        let world = World { bare, derived: false };
        match &read(self.db, self.program, world, item, Path::new(self.db, ""), 1).data {
            Data::Str(text) => Some(&**text),
            _ => None,
        }
    }

    /// An item of the file that holds a record.
    fn file_of(&self, rec: &'a Rec<'a>) -> Item {
        let mut at = rec;
        for _ in 0..limits::NESTED {
            match (at.kind, at.owner.get()) {
                (Kind::File, _) => return at.made.source.item,
                (_, Some((owner, _))) => at = owner,
                (_, None) => break,
            }
        }
        self.unit
    }
}
