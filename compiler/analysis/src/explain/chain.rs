//! The layers of a slot, why one of them won, and the same of everything that its value was computed from.

use kube::secrets::HIDDEN;
use rustc_hash::FxHashSet;
use syntax::{Node, NodeKind as K};

use crate::code::Strength;
use crate::db::{Item, ItemKind};
use crate::eval::Eval;
use crate::eval::member::segments as names;
use crate::eval::notation::Extent;
use crate::eval::trace::{Read, Reader};
use crate::eval::value::{Binding, Element, Rec, Slot, SlotState, Spot, Value, What};
use crate::explain::find::{self, Found};
use crate::explain::{Explained, Given, Role};
use crate::mask::{Shown, masked};
use crate::parse::parsed;
use crate::path::Segment;
use crate::problem::Place;
use crate::resolve::bases;
use crate::rules::rule;

/// How many values are told of a chain, and how many steps it is followed. More would be read by nobody.
const TOLD: usize = 64;
const STEPS: usize = 16;
/// Records around a value that are looked at.
const DEEP: usize = 64;
/// Characters of the text of a binding.
const LINE: usize = 96;

/// What made what a path leads to.
pub(super) fn explained<'a>(eval: &Eval<'a>, found: &Found<'a>) -> Explained {
    let mut chain = Chain { eval, told: FxHashSet::default(), hidden: false };
    match found {
        Found::Slot(rec, slot) => chain.slot(rec, slot, 0),
        Found::Element(rec, slot, element) => chain.element(rec, slot, *element),
        Found::Gone(rec, slot) => {
            Explained { from: vec![chain.slot(rec, slot, 0)], ..Explained::default() }
        }
        Found::Unbound => Explained::default(),
    }
}

/// What a value was computed from.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Slot(&'a Rec<'a>, &'a Slot<'a>),
    /// The name under which a record is bound.
    Key(&'a Rec<'a>),
}

/// What the value of a slot was computed from, without the records that were only passed on the way to what is in them.
pub(super) fn sources<'a>(
    eval: &Eval<'a>,
    rec: &'a Rec<'a>,
    slot: &'a Slot<'a>,
) -> Vec<Source<'a>> {
    let Some(trace) = &eval.trace else { return Vec::new() };
    let mut reads = trace.reads(Reader::of(slot));
    let top = slot.bindings.get();
    let mut bound = false;
    if let Some((owner, _)) = keyed_in(eval, rec, slot) {
        reads = trace.reads(Reader::of(owner));
    } else if reads.is_empty() && top.is_some_and(binds_locals) {
        // What a `for` binds is known with the keys of the record, or of one around it.
        let mut around = around(rec).map(|rec| trace.reads(rec));
        reads = around.find(|reads| !reads.is_empty()).unwrap_or_default();
        bound = true;
    }
    let mut keys: Vec<&Rec<'_>> = Vec::new();
    let mut found: Vec<(&Rec<'_>, &Slot<'_>)> = Vec::new();
    let mut known = FxHashSet::from_iter([Reader::of(slot)]);
    for read in reads {
        if let Read::Key(rec) = read
            && known.insert(Reader::of(rec))
        {
            keys.push(rec);
        }
        if let Some((rec, read)) = read_slot(eval, read)
            && known.insert(Reader::of(read))
        {
            found.push((rec, read));
        }
    }
    let around: FxHashSet<Reader> = found.iter().flat_map(|(rec, _)| around(rec)).collect();
    found.retain(|(_, slot)| match slot.state.get() {
        SlotState::Done(Value::Rec(outer)) => !around.contains(&Reader::of(outer)),
        _ => true,
    });
    // Of all that the keys were computed from, what gave this one: by its name, or by its value.
    let text =
        |rec: &'a Rec<'a>, slot: &'a Slot<'a>| eval.scalar_text(eval.whnf(eval.force(rec, slot)));
    let gave = match keyed_in(eval, rec, slot) {
        Some((_, key)) => Some(key.name.to_owned()),
        None if bound => text(rec, slot).map(|text| text.to_string()),
        None => None,
    };
    if let Some(gave) = gave {
        let gives = |(rec, slot): &(&'a Rec<'a>, &'a Slot<'a>)| {
            *slot.name == *gave || text(rec, slot).is_some_and(|text| *text == *gave)
        };
        if found.iter().any(gives) {
            found.retain(gives);
        }
    }
    let slots = found.into_iter().map(|(rec, slot)| Source::Slot(rec, slot));
    slots.chain(keys.into_iter().map(Source::Key)).collect()
}

/// The slot that was read.
pub(super) fn read_slot<'a>(
    eval: &Eval<'a>,
    read: Read<'a>,
) -> Option<(&'a Rec<'a>, &'a Slot<'a>)> {
    match read {
        Read::Slot(rec, slot) => Some((rec, slot)),
        Read::Other(item, path) => {
            let path: Vec<Segment> = names(path).map(Segment::named).collect();
            match find::in_item(eval, item, &path) {
                Ok(Found::Slot(rec, slot) | Found::Element(rec, slot, _)) => Some((rec, slot)),
                _ => None,
            }
        }
        Read::Key(_) | Read::Through(_) => None,
    }
}

/// Whether there are locals around a binding besides the object that a rule is for.
fn binds_locals(binding: &Binding<'_>) -> bool {
    binding.env.depth > u32::from(binding.layer.source.rule)
}

/// The keyed list, and the slot in it, by whose key a field of its element has its value.
pub(super) fn keyed_in<'a>(
    eval: &Eval<'a>,
    rec: &'a Rec<'a>,
    slot: &'a Slot<'a>,
) -> Option<(&'a Rec<'a>, &'a Slot<'a>)> {
    let What::Given(_) = slot.bindings.get()?.what else { return None };
    let (owner, key) = rec.owner.get()?;
    Some((owner, eval.slot(owner, key)?))
}

/// A record, and those that it lies in.
fn around<'a>(rec: &'a Rec<'a>) -> impl Iterator<Item = Reader> {
    let outer = |rec: &&'a Rec<'a>| rec.owner.get().map(|(owner, _)| owner);
    std::iter::successors(Some(rec), outer).take(DEEP).map(Reader::of)
}

struct Chain<'e, 'a> {
    eval: &'e Eval<'a>,
    /// The slots that were told already, by address.
    told: FxHashSet<Reader>,
    /// What is being told holds a secret, and so may all that it was computed from.
    hidden: bool,
}

impl<'a> Chain<'_, 'a> {
    fn slot(&mut self, rec: &'a Rec<'a>, slot: &'a Slot<'a>, depth: usize) -> Explained {
        let outer = self.hidden;
        self.hidden |= self.eval.is_hidden(rec, slot);
        let explained = self.told(rec, slot, depth);
        self.hidden = outer;
        explained
    }

    fn told(&mut self, rec: &'a Rec<'a>, slot: &'a Slot<'a>, depth: usize) -> Explained {
        let eval = self.eval;
        let value = eval.force(rec, slot);
        let mut explained = Explained {
            path: eval.path(rec, slot.name),
            value: match value {
                Value::Absent => String::new(),
                value => self.shown(value),
            },
            failed: value.is_error(),
            declared: slot.field.map(|field| field.place),
            ..Explained::default()
        };
        if !self.told.insert(Reader::of(slot)) || depth > STEPS || self.told.len() > TOLD {
            explained.cut = true;
            return explained;
        }
        explained.layers = self.layers(slot);
        if let Some((owner, key)) = keyed_in(eval, rec, slot)
            && let Some(given) = explained.layers.first_mut()
        {
            given.place = eval.key_spot(owner, key).place();
            given.text = format!("the key {:?}", key.name);
        }
        explained.why = why(&explained.layers);
        for source in sources(eval, rec, slot) {
            explained.from.push(match source {
                Source::Slot(rec, slot) => self.slot(rec, slot, depth + 1),
                Source::Key(rec) => self.key(rec),
            });
        }
        if explained.from.is_empty() {
            explained.from.extend(self.written_elsewhere(rec, slot, &explained));
        }
        explained
    }

    /// What a local stands for in the value of a slot, where that is no value with a name: an element that is gone
    /// through, an argument.
    fn written_elsewhere(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        of: &Explained,
    ) -> Option<Explained> {
        let top = slot.bindings.get().filter(|top| binds_locals(top))?;
        let way = self.eval.way_of_slot(rec, slot);
        let last = *way.spots.last().filter(|_| !way.computed)?;
        if of.layers.iter().any(|layer| layer.place == last.place()) {
            return None;
        }
        Some(Explained {
            path: self.unless_hidden(text(self.eval, top.value_spot())),
            value: of.value.clone(),
            layers: vec![Given {
                place: last.place(),
                strength: Strength::Set,
                role: self.role_of(last),
                text: self.unless_hidden(text(self.eval, last)),
                active: true,
                won: true,
            }],
            ..Explained::default()
        })
    }

    /// A value in the notation of the language, unless it is a secret.
    fn shown(&self, value: Value<'a>) -> String {
        if self.hidden { HIDDEN.to_owned() } else { self.eval.notation(value, Extent::Brief) }
    }

    /// What is written, without what is set to it where that is a secret.
    fn unless_hidden(&self, text: String) -> String {
        match (self.hidden, text.split_once('=')) {
            (false, _) => text,
            (true, Some((name, _))) => format!("{name}= {HIDDEN}"),
            (true, None) => HIDDEN.to_owned(),
        }
    }

    /// The name under which a record is bound.
    fn key(&self, rec: &'a Rec<'a>) -> Explained {
        let eval = self.eval;
        let key = rec.key.get().unwrap_or_default();
        let spot = match rec
            .owner
            .get()
            .and_then(|(owner, name)| Some((owner, eval.slot(owner, name)?)))
        {
            Some((owner, slot)) => eval.key_spot(owner, slot),
            None => eval.user_spot(rec),
        };
        Explained {
            path: "key".to_owned(),
            value: eval.notation(Value::Str(key), Extent::Brief),
            layers: vec![Given {
                place: spot.place(),
                strength: Strength::Set,
                role: Role::Key,
                text: entry(eval, spot),
                active: true,
                won: true,
            }],
            ..Explained::default()
        }
    }

    /// An element: where it is written, and then its list.
    fn element(&mut self, rec: &'a Rec<'a>, slot: &'a Slot<'a>, element: Element<'a>) -> Explained {
        let eval = self.eval;
        self.hidden |= eval.is_hidden(rec, slot);
        let layer = eval.spot_of(element.origin).map(|spot| Given {
            place: spot.place(),
            strength: Strength::Set,
            role: self.role_of(spot),
            text: self.unless_hidden(text(eval, spot)),
            active: true,
            won: true,
        });
        let value = eval.whnf(element.value);
        Explained {
            path: eval.path(rec, slot.name),
            value: self.shown(value),
            failed: value.is_error(),
            layers: layer.into_iter().collect(),
            from: vec![self.slot(rec, slot, 0)],
            ..Explained::default()
        }
    }

    fn layers(&self, slot: &'a Slot<'a>) -> Vec<Given> {
        let winner = slot.origin.get().map(|spot| spot.place());
        let mut layers = Vec::new();
        let mut at = slot.bindings.get();
        while let Some(binding) = at {
            at = binding.below.get();
            let place = binding.value_spot().place();
            layers.push(Given {
                place,
                strength: self.eval.strength_of(binding),
                role: self.role(binding),
                text: self.unless_hidden(entry(self.eval, binding.spot())),
                active: self.eval.applies(binding),
                won: winner == Some(place) && !layers.iter().any(|layer: &Given| layer.won),
            });
        }
        layers
    }

    fn role(&self, binding: &'a Binding<'a>) -> Role {
        match binding.what {
            What::Given(_) => Role::Key,
            What::Slot { .. } => Role::Spread,
            What::Element(_, spot) if !spot.source.data => Role::Link,
            What::Element(..) => Role::Data,
            What::Entry(_) => self.role_of(binding.spot()),
        }
    }

    fn role_of(&self, spot: Spot<'a>) -> Role {
        let db = self.eval.db;
        let item = spot.source.item;
        let name = || item.name(db).to_owned();
        match item.kind(db) {
            ItemKind::Schema => Role::Schema(name()),
            ItemKind::Trait => Role::Trait(name()),
            ItemKind::Fn => Role::Function(name()),
            ItemKind::Every => {
                Role::Rule(rule(db, item).map_or_else(String::new, |rule| rule.id.to_string()))
            }
            ItemKind::Input => Role::Input,
            ItemKind::Data | ItemKind::Text | ItemKind::Definitions => Role::Data,
            _ if spot.source.command_line => Role::CommandLine,
            _ if !bases(db, item.module(db)).is_empty() => Role::Overlay,
            _ => Role::Body,
        }
    }
}

/// The entry in which something stands, in one line.
fn entry(eval: &Eval<'_>, spot: Spot<'_>) -> String {
    let Place { item, node } = spot.place();
    if item.kind(eval.db) == ItemKind::Set {
        // The command line is no `.dep` text, of which a tree could hold all.
        let whole = || item.text(eval.db).to_owned();
        return masked(eval.db, item).map_or_else(whole, Shown::into_text);
    }
    if spot.source.data {
        return line(crate::data::written(eval.db, spot.place()));
    }
    let parsed = parsed(eval.db, item);
    let Some(node) = parsed.tree().node(node) else { return String::new() };
    let is_entry = |node: &Node<'_>| {
        matches!(node.kind(), K::Binding | K::Input | K::Let | K::Removal | K::Spread)
    };
    let around = node.ancestors().into_iter().find(is_entry);
    shown(eval, item, if is_entry(&node) { node } else { around.unwrap_or(node) })
}

/// What stands at a place, in one line.
fn text(eval: &Eval<'_>, spot: Spot<'_>) -> String {
    let Place { item, node } = spot.place();
    if spot.source.data {
        return line(crate::data::written(eval.db, spot.place()));
    }
    let parsed = parsed(eval.db, item);
    parsed.tree().node(node).map(|node| shown(eval, item, node)).unwrap_or_default()
}

/// What a node is in the source, in one line, without what is sensitive.
fn shown(eval: &Eval<'_>, item: Item, node: Node<'_>) -> String {
    let masked = masked(eval.db, item);
    line(masked.as_ref().and_then(|shown| shown.get(node.range())).unwrap_or(node.text()))
}

/// The first line of a text, and `…` where there is more of it.
fn line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let cut: String = first.chars().take(LINE).collect();
    let more = cut.len() < first.len() || lines.next().is_some();
    if more { format!("{} …", cut.trim_end()) } else { cut }
}

/// Why the layer that won stands above the others.
fn why(layers: &[Given]) -> String {
    let Some(at) = layers.iter().position(|layer| layer.won) else { return String::new() };
    let (above, below) = layers.split_at(at);
    let Some((winner, below)) = below.split_first() else { return String::new() };
    if above.iter().any(|layer| layer.active) && winner.strength > Strength::Default {
        return "what is set beats a default".to_owned();
    }
    let Some(next) = below.iter().find(|layer| layer.active) else {
        return match above.is_empty() {
            true => String::new(),
            false => "the condition of what is above does not hold".to_owned(),
        };
    };
    let why = match (&winner.role, &next.role) {
        (Role::CommandLine, _) => "the command line is the last layer",
        (Role::Key, _) => "the key says it",
        (Role::Rule(one), Role::Rule(other)) if one != other => {
            return format!("the rules {one:?} and {other:?} agree");
        }
        (Role::Rule(_), _) => "a rule lies above all layers of the program",
        _ if winner.strength == Strength::Final => "it is final, so no layer above may set it",
        _ if winner.strength == Strength::Override => "it overrides what is set below",
        (Role::Overlay, Role::Overlay) => "this overlay lies above the other",
        (Role::Overlay, _) => "an overlay lies above what it names",
        (Role::Schema(child), Role::Schema(parent)) if child != parent => {
            return format!("what {child} says lies above what {parent} says");
        }
        (Role::Body, Role::Trait(_)) => "the body of an item lies above its traits",
        (Role::Trait(_), Role::Schema(_)) => "a trait lies above the defaults of the schema",
        (Role::Body, Role::Schema(_)) => {
            "the body of an item lies above the defaults of its schema"
        }
        _ if winner.strength > next.strength => "what is set beats a default",
        _ => "it lies above the others",
    };
    why.to_owned()
}
