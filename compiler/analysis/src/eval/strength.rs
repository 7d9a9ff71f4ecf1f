//! Whether the layers of a slot may bind it as they do: `override`, `final`, twice in one layer, siblings.
//!
//! This is judged by the text of the layers, bottom first, and never changes a value that others read; so it is done
//! when an item is validated and costs a reader nothing.

use crate::code::{Body, EntryKind, SetOp, Strength};
use crate::db::{Item, ItemKind, Origin};
use crate::elaborate::elaborate;
use crate::eval::Eval;
use crate::eval::finals::FinalLeaf;
use crate::eval::force::strength;
use crate::eval::mend::{
    add_override, cannot_be_unset, drop_override, leave_out, sets_plain_record, without_entry,
};
use crate::eval::value::{Binding, Kind, Layer, Rec, Slot, SlotState, Source, Value, What};
use crate::limits::WRITTEN_PROBLEMS;
use crate::problem::{Code, Place, Problem};

/// What the layers so far have done to a slot.
#[derive(Default)]
struct Below<'a> {
    /// The last binding that set it, or set something under it.
    set: Option<&'a Binding<'a>>,
    last: Option<&'a Binding<'a>>,
    fixed: Option<&'a Binding<'a>>,
    /// What is below is not known in full, so nothing is said of what it lacks.
    lost: bool,
    /// A leaf under the slot that is final, and the layer that made it so.
    leaf: Option<(FinalLeaf<'a>, u32)>,
    /// Of traits that are siblings, which those are, and what is below all of them: none is above another.
    siblings: u32,
    under: Under<'a>,
}

/// What is below a binding.
#[derive(Clone, Copy, Default)]
struct Under<'a> {
    set: Option<&'a Binding<'a>>,
    last: Option<&'a Binding<'a>>,
    fixed: Option<&'a Binding<'a>>,
}

impl<'a> Below<'a> {
    /// What is below a binding, where siblings are not below each other.
    fn under(&mut self, binding: &'a Binding<'a>) -> Under<'a> {
        let now = Under { set: self.set, last: self.last, fixed: self.fixed };
        let Layer { siblings, source, .. } = binding.layer;
        if *siblings == 0 || source.rule {
            return now;
        }
        if self.siblings != *siblings {
            self.siblings = *siblings;
            self.under = now;
        }
        self.under
    }
}

/// Of so many names of a record it is asked whether one was meant by another: who writes more has a program write them.
const NAMES: usize = 1_000;

impl<'a> Eval<'a> {
    pub(crate) fn check_strengths(&self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) {
        let Some(top) = slot.bindings.get() else { return };
        if !rec.given.is_empty() {
            self.check_left_out(rec, slot, top);
        }
        if top.below.get().is_none() && !matters_alone(top) {
            return;
        }
        let mut bindings = Vec::new();
        let mut at = Some(top);
        while let Some(binding) = at {
            bindings.push(binding);
            at = binding.below.get();
        }
        self.check_defaults(rec, slot, &bindings);
        self.check_traits(rec, slot, &bindings);
        self.skipped_twice(rec, slot, &bindings);
        let lost = self.lacks_keys(rec);
        let mut below = Below { lost, ..Below::default() };
        for binding in bindings.into_iter().rev() {
            if !binding.layer.source.poisoned.is_empty() {
                self.told_with_layers(slot, binding);
            }
            self.check_binding(rec, slot, binding, &mut below);
            // Nothing is above the topmost one, and most are that.
            if !std::ptr::eq(binding, top) {
                let found = self.final_leaf(binding).map(|leaf| (leaf, binding.layer.id));
                if found.is_some() || replaces(binding) {
                    below.leaf = found;
                }
            }
        }
    }

    /// How strongly a layer binds a slot.
    pub(crate) fn strength_of(&self, binding: &'a Binding<'a>) -> Strength {
        strength(binding)
    }

    /// Whether the conditions of a binding hold.
    pub(crate) fn applies(&self, binding: &'a Binding<'a>) -> bool {
        binding.when.is_none_or(|when| self.holds(when) == Some(true))
    }

    fn check_binding(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        binding: &'a Binding<'a>,
        below: &mut Below<'a>,
    ) {
        let What::Entry(entry) = binding.what else {
            if let What::Given(_) = binding.what {
                self.check_given(rec, slot, binding, below.last);
            }
            if let What::Slot { .. } | What::Element(..) = binding.what {
                self.check_spread(rec, slot, binding, below);
                if strength(binding) > Strength::Default {
                    below.set = Some(binding);
                }
            }
            below.last = Some(binding);
            return;
        };
        let place = binding.spot().place();
        let free = binding.layer.source.command_line;
        let path = || self.path(rec, slot.name);
        let under = below.under(binding);
        if let Some(fixed) = under.fixed
            && fixed.layer.id != binding.layer.id
        {
            let message = match why_final(self.db, fixed.spot().place()) {
                Some(doc) => format!("`{}` is final: {doc}", path()),
                None => format!("`{}` is final", path()),
            };
            let module = fixed.layer.source.item.module(self.db);
            let help = match module.origin(self.db) {
                Origin::Library => "leave it as it is, or take away the trait that says so",
                _ => "leave it as it is; if it must differ, take `final` away below",
            };
            self.report(
                Problem::error(404, place, message)
                    .related(fixed.spot().place(), "made final here")
                    .help(help),
            );
            // What the layer above would make of it is no news.
            slot.state.set(SlotState::Done(Value::Error));
            return;
        }
        if let Some((leaf, layer)) = &below.leaf
            && replaces(binding)
            && *layer != binding.layer.id
        {
            let name = format!("{}.{}", path(), leaf.names.join("."));
            let message = match why_final(self.db, leaf.spot.place()) {
                Some(doc) => format!("`{name}` is final: {doc}"),
                None => format!("`{name}` is final"),
            };
            self.report(
                Problem::error(404, place, message)
                    .label(match entry.kind {
                        EntryKind::Unset { .. } => format!("removes all of `{}`", path()),
                        _ => format!("binds all of `{}` anew", path()),
                    })
                    .related(leaf.spot.place(), "made final here")
                    .help(format!(
                        "a layer adds to it by braces alone, `{} {{ … }}`, which leaves what is final as it is",
                        written_path(self.db, place)
                    )),
            );
            // What the new value lacks is no news.
            slot.state.set(SlotState::Done(Value::Error));
            return;
        }
        match &entry.kind {
            EntryKind::Set { op: SetOp::Replace, .. } => {
                let strength = strength(binding);
                // What may not set what is below leaves that as it is.
                let mut refused = false;
                if let Some(last) = below.last
                    && last.layer.id == binding.layer.id
                    && self.together(last, binding)
                    && self.is_news(rec, last, binding)
                {
                    self.bound_twice(rec, slot, last, binding);
                } else if let Some(set) = under.set {
                    // What overlays override lies below both of them.
                    let files = sets(set) && self.sibling_files(set.layer, binding.layer);
                    let rules = binding.layer.source.rule
                        && set.layer.siblings != 0
                        && set.layer.siblings == binding.layer.siblings;
                    if rules {
                        self.rules_disagree(rec, slot, set, binding, strength);
                    } else if files {
                        self.check_siblings(rec, slot, set, binding, strength);
                    } else if strength != Strength::Override
                        && !free
                        && set.layer.id != binding.layer.id
                        && !self.is_of_later(set, binding)
                        && !self.are_of_another(&[set, binding])
                    {
                        refused = true;
                        if let Some(again) = self.trait_again(set, binding) {
                            self.report(again);
                            below.last = Some(binding);
                            return;
                        }
                        let name = path();
                        let mut problem =
                            Problem::error(402, place, format!("`{name}` is set below"))
                                .label("sets it again")
                                .related(set.spot().place(), "set here");
                        for sibling in self.siblings_below(set) {
                            problem = problem.related(sibling.spot().place(), "and here");
                        }
                        let written = written_path(self.db, place);
                        let help = match sets_plain_record(self.db, place) {
                            true => format!(
                                "a layer adds to it by braces alone, `{written} {{ … }}`; all of it is replaced by `override {written} = …`"
                            ),
                            false if strength == Strength::Default => format!(
                                "what is set is no default any more: leave this out, or write `override {written} = …`"
                            ),
                            false => format!(
                                "write `override {written} = …` if that is meant, or make it a `default` below"
                            ),
                        };
                        self.report(problem.help(help).offer(
                            "write `override`",
                            false,
                            add_override(self.db, place),
                        ));
                    }
                } else if strength == Strength::Override
                    && !free
                    && !below.lost
                    && !self.is_set_under_condition(rec, slot)
                {
                    let problem =
                        Problem::error(403, place, format!("nothing below sets `{}`", path()));
                    let (safe, help) = leave_out(binding.layer.source.item.kind(self.db));
                    self.report(match under.last {
                        Some(last) => problem
                            .related(
                                last.spot().place(),
                                "this is a default, which any layer may set",
                            )
                            .help(help)
                            .offer("leave out `override`", safe, drop_override(self.db, place)),
                        None => {
                            let others = self.slots(rec).iter().filter(|other| !std::ptr::eq(*other, slot));
                            let problem = problem
                                .meant(slot.name, others.map(|other| other.name).take(NAMES));
                            match problem.help {
                                Some(_) => problem,
                                None => problem
                                    .help("leave out `override`, or look whether it was renamed below")
                                    .offer("leave out `override`", false, drop_override(self.db, place)),
                            }
                        }
                    });
                }
                if strength > Strength::Default {
                    below.set = Some(binding);
                } else if !refused
                    && below.set.is_some_and(|set| !self.are_siblings(set.layer, binding.layer))
                {
                    below.set = None;
                }
                if strength == Strength::Final {
                    below.fixed = Some(binding);
                }
            }
            EntryKind::Set { .. }
                if strength(binding) > Strength::Default || !binding.layer.source.schema =>
            {
                below.set = Some(binding);
            }
            EntryKind::Set { .. } => {}
            EntryKind::Block { strength: own, body, .. } => {
                if let Some(last) = below.last
                    && last.layer.id == binding.layer.id
                    && self.together(last, binding)
                    && sets(last)
                {
                    self.report(
                        Problem::error(
                            401,
                            place,
                            format!("`{}` is set and has a block in one layer", path()),
                        )
                        .related(last.spot().place(), "set here")
                        .help("put what the block says into the value"),
                    );
                }
                let source = binding.layer.source;
                let prefix = if *own == Strength::Set { binding.layer.prefix } else { *own };
                if let Some(body) = source.code.bodies.get(*body as usize)
                    && sets_anything(source, body, prefix)
                {
                    below.set = Some(binding);
                }
            }
            EntryKind::Unset { .. } => {
                if below.lost || self.are_of_another(&[binding]) {
                    // It may have been bound, or is told where it is.
                } else if under.last.is_none() {
                    let message = format!("nothing below binds `{}`", path());
                    let others = self.slots(rec).iter().map(|slot| slot.name);
                    let problem = Problem::error(408, place, message).meant(slot.name, others);
                    self.report(match problem.help {
                        Some(_) => problem,
                        None => without_entry(self.db, problem.help("leave it out")),
                    });
                } else if !self.may_be_absent(rec, slot) && matches!(rec.kind, Kind::Schema(..)) {
                    self.report(cannot_be_unset(self.db, place, &path()));
                }
                *below = Below { siblings: below.siblings, under: below.under, ..Below::default() };
            }
            EntryKind::Lost { .. } => below.lost = true,
            _ => {}
        }
        below.last = Some(binding);
    }

    /// The binding that sets in the same layer what this one sets: neither of the two is what is meant, so there is no
    /// value.
    pub(super) fn first_of_two(
        &self,
        rec: &'a Rec<'a>,
        binding: &'a Binding<'a>,
    ) -> Option<&'a Binding<'a>> {
        let below = binding.below.get()?;
        let twice = below.layer.id == binding.layer.id && sets(below);
        // What a file declares with a default, it may set besides.
        let both = twice && (!matches!(rec.kind, Kind::File) || self.is_news(rec, below, binding));
        (both && self.together(below, binding)).then_some(below)
    }

    /// Whether bindings are layers of one other item, from which this one has them: what is wrong among them is told of
    /// that item.
    fn are_of_another(&self, bindings: &[&'a Binding<'a>]) -> bool {
        let own = self.unit.name(self.db);
        let mut items = bindings.iter().map(|binding| binding.layer.source.item);
        let first = items.next();
        first.is_some_and(|first| {
            let name = first.name(self.db);
            let is_layer =
                |item: Item| matches!(item.kind(self.db), ItemKind::Binding | ItemKind::Set);
            is_layer(first)
                && name != own
                && items.all(|item| is_layer(item) && item.name(self.db) == name)
        })
    }

    /// Whether nobody has said yet that two bindings in one layer bind one leaf.
    pub(super) fn is_news(
        &self,
        rec: &'a Rec<'a>,
        first: &'a Binding<'a>,
        second: &'a Binding<'a>,
    ) -> bool {
        // Items that are no plain bindings and share a name are reported as declared twice.
        let plain = |binding: &'a Binding<'a>| {
            matches!(binding.layer.source.item.kind(self.db), ItemKind::Binding | ItemKind::Set)
        };
        if matches!(rec.kind, Kind::File) && !(plain(first) && plain(second)) {
            return false;
        }
        if !std::ptr::eq(first.layer.source, second.layer.source) {
            return true;
        }
        // Within one pair of braces the elaborator sees it first, or has said enough.
        let place = second.spot().place();
        let problems = &elaborate(self.db, place.item).problems;
        let said = |problem: &Problem| problem.code == Code::E(401) && problem.place == place;
        problems.len() < WRITTEN_PROBLEMS && !problems.iter().any(said)
    }

    /// `...value` beside an entry, or another one, of the same layer.
    fn check_spread(
        &self,
        rec: &'a Rec<'a>,
        slot: &'a Slot<'a>,
        spread: &'a Binding<'a>,
        below: &Below<'a>,
    ) {
        let (What::Slot { rec: from, slot: entry, .. }, Some(last)) = (spread.what, below.last)
        else {
            return;
        };
        if last.layer.id != spread.layer.id {
            return;
        }
        if let What::Slot { rec: other, slot: first, .. } = last.what
            && self.same(self.force(other, first), self.force(from, entry)) != Some(false)
        {
            return;
        }
        self.bound_twice(rec, slot, last, spread);
    }

    /// Whether two entries of one layer may both hold: entries under different conditions may exclude each
    /// other, and then neither is bound twice.
    fn together(&self, first: &'a Binding<'a>, second: &'a Binding<'a>) -> bool {
        match (first.when, second.when) {
            (Some(a), Some(b)) if !std::ptr::eq(a, b) => {
                self.holds(a) == Some(true) && self.holds(b) == Some(true)
            }
            _ => true,
        }
    }
}

/// The path that a binding writes, of which a node is a part.
pub(crate) fn written_path(db: &dyn salsa::Database, place: Place) -> String {
    let parsed = crate::parse::parsed(db, place.item);
    let part = parsed.tree().node(place.node);
    let path = part.and_then(|part| {
        part.ancestors().into_iter().find(|node| node.kind() == syntax::NodeKind::Path)
    });
    path.or(part).map(|node| node.text().to_owned()).unwrap_or_default()
}

/// The doc comment of the declaration or entry of which a node is a part, on one line.
pub(super) fn doc_at(db: &dyn salsa::Database, place: Place) -> Option<String> {
    let parsed = crate::parse::parsed(db, place.item);
    let mut node = parsed.tree().node(place.node);
    // The comment stands before the whole entry.
    for _ in 0..4 {
        let doc = node?.doc();
        if !doc.is_empty() {
            return Some(doc.replace('\n', " "));
        }
        node = node?.parent();
    }
    None
}

/// The doc comment of what makes a leaf final: its own, or that of the block around it whose leaves all are.
fn why_final(db: &dyn salsa::Database, place: Place) -> Option<String> {
    doc_at(db, place).or_else(|| {
        let parsed = crate::parse::parsed(db, place.item);
        let around = parsed.tree().node(place.node)?.ancestors();
        let is_final = |node: &syntax::Node<'_>| node.text().starts_with("final ");
        let block = around.into_iter().find(is_final)?;
        Some(block.doc().replace('\n', " ")).filter(|doc| !doc.is_empty())
    })
}

fn matters_alone(binding: &Binding<'_>) -> bool {
    match binding.what {
        What::Entry(entry) => match &entry.kind {
            EntryKind::Set { .. } => strength(binding) == Strength::Override,
            EntryKind::Unset { .. } => true,
            _ => false,
        },
        _ => false,
    }
}

/// Whether nothing of what is below a binding shows through it.
pub(crate) fn replaces(binding: &Binding<'_>) -> bool {
    match binding.what {
        What::Entry(entry) => matches!(
            entry.kind,
            EntryKind::Set { op: SetOp::Replace, .. } | EntryKind::Unset { .. }
        ),
        _ => false,
    }
}

pub(super) fn sets(binding: &Binding<'_>) -> bool {
    match binding.what {
        What::Entry(entry) => matches!(entry.kind, EntryKind::Set { op: SetOp::Replace, .. }),
        _ => false,
    }
}

/// Whether a block sets any leaf, by its text.
fn sets_anything(source: &Source<'_>, body: &Body, prefix: Strength) -> bool {
    let inner = |id: u32, prefix: Strength| {
        source.code.bodies.get(id as usize).is_some_and(|body| sets_anything(source, body, prefix))
    };
    let with = |own: Strength| if own == Strength::Set { prefix } else { own };
    body.entries.iter().any(|entry| match &entry.kind {
        EntryKind::Set { strength, .. } => with(*strength) > Strength::Default,
        EntryKind::Block { strength, body, .. } | EntryKind::Case { strength, body, .. } => {
            inner(*body, with(*strength))
        }
        EntryKind::When { body, .. } | EntryKind::For { body, .. } => inner(*body, prefix),
        EntryKind::Spread { .. } => prefix > Strength::Default,
        _ => false,
    })
}
