//! What is final below a binding: whoever replaces or removes a record replaces the final leaves in it too.
//!
//! As all strengths, this is judged by the text of what is below.

use crate::code::{Body, EntryKind, Expr, ExprId, Key, Root, Strength};
use crate::db::Item;
use crate::eval::Eval;
use crate::eval::force::strength;
use crate::eval::value::{Binding, Source, Spot, What};

/// A leaf that a layer made final, below the slot that it is looked for in.
pub(super) struct FinalLeaf<'a> {
    pub spot: Spot<'a>,
    /// The names from the slot to the leaf.
    pub names: Vec<&'a str>,
}

/// Traits can only name each other so deeply before they are a ring, which is reported elsewhere.
const NESTED: u32 = 64;

impl<'a> Eval<'a> {
    /// The first leaf that a binding makes final somewhere under its slot.
    pub(super) fn final_leaf(&self, binding: &'a Binding<'a>) -> Option<FinalLeaf<'a>> {
        let What::Entry(entry) = binding.what else { return None };
        let source = binding.layer.source;
        let mut names = Vec::new();
        let spot = match &entry.kind {
            EntryKind::Block { traits, body, .. } => self
                .final_in_traits(traits, &mut names, 0)
                .or_else(|| self.final_in_body(source, *body, strength(binding), &mut names, 0)),
            EntryKind::Set { value, .. } => self.final_in_value(source, *value, &mut names, 0),
            _ => None,
        }?;
        names.reverse();
        Some(FinalLeaf { spot, names })
    }

    /// Names are pushed from the leaf upwards, on the way back.
    fn final_in_body(
        &self,
        source: &'a Source<'a>,
        body: u32,
        prefix: Strength,
        names: &mut Vec<&'a str>,
        depth: u32,
    ) -> Option<Spot<'a>> {
        let body: &'a Body = source.code.bodies.get(body as usize)?;
        if depth > NESTED {
            return None;
        }
        let with = |own: Strength| if own == Strength::Set { prefix } else { own };
        let named = |key: &'a Key, names: &mut Vec<&'a str>| match key {
            Key::Static { name, .. } => names.push(name),
            Key::Computed(_) => names.push("[…]"),
        };
        body.entries.iter().find_map(|entry| match &entry.kind {
            EntryKind::Set { key, strength, value, .. } => {
                let spot = if with(*strength) == Strength::Final {
                    Some(Spot { source, node: entry.node })
                } else {
                    self.final_in_value(source, *value, names, depth + 1)
                }?;
                named(key, names);
                Some(spot)
            }
            EntryKind::Block { key, strength, traits, body, .. } => {
                let spot = self.final_in_traits(traits, names, depth + 1).or_else(|| {
                    self.final_in_body(source, *body, with(*strength), names, depth + 1)
                })?;
                named(key, names);
                Some(spot)
            }
            EntryKind::Case { name, strength, body, .. } => {
                let spot = self.final_in_body(source, *body, with(*strength), names, depth + 1)?;
                names.push(name);
                Some(spot)
            }
            EntryKind::When { body, .. } | EntryKind::For { body, .. } => {
                self.final_in_body(source, *body, prefix, names, depth + 1)
            }
            _ => None,
        })
    }

    fn final_in_value(
        &self,
        source: &'a Source<'a>,
        value: ExprId,
        names: &mut Vec<&'a str>,
        depth: u32,
    ) -> Option<Spot<'a>> {
        if depth > NESTED {
            return None;
        }
        let (traits, body) = match source.code.exprs.get(value as usize)? {
            Expr::Record(made) => (&made.traits, made.body),
            Expr::Amend(amended) => {
                if let Some(spot) = self.final_in_value(source, amended.value, names, depth + 1) {
                    return Some(spot);
                }
                (&amended.traits, amended.body)
            }
            Expr::Check { value, .. } | Expr::Sealed(value) => {
                return self.final_in_value(source, *value, names, depth + 1);
            }
            _ => return None,
        };
        self.final_in_traits(traits, names, depth + 1)
            .or_else(|| self.final_in_body(source, body?, Strength::Set, names, depth + 1))
    }

    fn final_in_traits(
        &self,
        traits: &[Item],
        names: &mut Vec<&'a str>,
        depth: u32,
    ) -> Option<Spot<'a>> {
        if depth > NESTED {
            return None;
        }
        traits.iter().find_map(|&item| {
            let source = self.source(item);
            let Root::Trait { body, .. } = source.code.root else { return None };
            self.final_in_body(source, body, Strength::Set, names, depth + 1)
        })
    }
}
