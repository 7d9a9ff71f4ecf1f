//! A trait that a layer puts on what has it already.

use syntax::NodeKind;

use crate::db::{Item, ItemKind};
use crate::eval::value::Binding;
use crate::eval::{Eval, stack};
use crate::parse::parsed;
use crate::problem::{Place, Problem};

impl<'a> Eval<'a> {
    /// What is told of a trait that sets again what it has set, in place of each field that it sets.
    pub(super) fn trait_again(
        &self,
        set: &'a Binding<'a>,
        binding: &'a Binding<'a>,
    ) -> Option<Problem> {
        let layer = binding.layer.source.item;
        if layer.kind(self.db) != ItemKind::Trait || layer != set.layer.source.item {
            return None;
        }
        let name = layer.name(self.db);
        let layers = stack(self.db, self.program, self.unit);
        let mut uses = layers.iter().flat_map(|item| self.puts_on(*item, name));
        let (first, last) = (uses.next()?, uses.last()?);
        let message = format!("`{name}` is on `{}` already", self.unit.name(self.db));
        Some(
            Problem::error(402, last, message)
                .related(first, "put on it here")
                .help("leave it out: what a trait sets, it would set again"),
        )
    }

    /// Where an item names a trait in a `with`.
    fn puts_on(&self, item: Item, name: &str) -> Vec<Place> {
        let parsed = parsed(self.db, item);
        let layers = |kind: NodeKind| matches!(kind, NodeKind::With | NodeKind::Layered);
        let of_layer = parsed.tree().nodes().filter(|node| layers(node.kind()));
        let types = of_layer.flat_map(|with| with.children_of(NodeKind::TypeRef));
        let named = types.filter(|of| of.children_of(NodeKind::Name).any(|own| own.text() == name));
        named.map(|of| Place { item, node: of.id() }).collect()
    }
}
