//! Where the objects that break rules were written: found by rendering them again, for few break any.

use kube::rules::Violation;
use kube::tree::{Step, Tree};
use rustc_hash::{FxHashMap, FxHashSet};

use super::once::Common;
use super::{One, Report, blamed, comes_from_elsewhere, is_shared, parts_of};
use crate::db::{Item, ItemKind, Program};
use crate::explain::{Asked, Behind, behind};
use crate::problem::Place;
use crate::render::{Part, Rendered, render_part};

/// The objects that have problems, rendered again to find where they were written.
pub(super) struct Places<'d> {
    db: &'d dyn salsa::Database,
    program: Program,
    rendered: FxHashMap<(Item, Part), (Rendered, Tree)>,
    /// By the number of the object and path, of values that came from elsewhere: the user's place that gave it, and
    /// those that handed it on.
    behind: FxHashMap<(usize, Vec<Step>), Behind>,
}

/// Whether what an item holds is what another one is called, or where its namespace stands, which holds for all.
pub(super) fn is_named_by(db: &dyn salsa::Database, unit: Item, place: Place) -> bool {
    let name = place.item.name(db);
    place.item.kind(db) == ItemKind::Binding && name != unit.name(db) && name != "namespace"
}

/// Whether it says that an object is missing, and there is none of that name in another place.
pub(super) fn is_nowhere(violation: &Violation) -> bool {
    violation.missing.is_some() && violation.related.is_empty()
}

impl<'d> Places<'d> {
    pub(super) fn new(db: &'d dyn salsa::Database, program: Program) -> Self {
        Places { db, program, rendered: FxHashMap::default(), behind: FxHashMap::default() }
    }

    /// Finds where values came from, for all violations of a unit in one evaluation.
    pub(super) fn look_behind(&mut self, all: &[One<'_>], found: &[Violation]) {
        let mut wanted: Vec<(Item, Vec<(usize, Asked)>)> = Vec::new();
        let mut at: FxHashMap<Item, usize> = FxHashMap::default();
        let places = found.iter().flat_map(|violation| {
            let related = violation.related.iter().map(|(object, path, _)| (*object, path));
            let own = [&violation.path].into_iter().chain(&violation.instead);
            related.chain(own.map(|path| (violation.object, path)))
        });
        for (object, path) in places {
            let Some(one) = all.get(object).filter(|one| !one.facts.external) else { continue };
            let Some(number) = self.computed(one, path) else { continue };
            let at = *at.entry(one.of.unit).or_insert_with(|| {
                wanted.push((one.of.unit, Vec::new()));
                wanted.len() - 1
            });
            if let Some((_, wanted)) = wanted.get_mut(at) {
                let path = path.clone();
                let asked = Asked { object: number, path, of_key: false, within: None };
                wanted.push((object, asked));
            }
        }
        // What is nowhere is missing because of the item that has its name.
        let lacking = found.iter().filter(|violation| is_nowhere(violation));
        let lacking: FxHashSet<(usize, &Vec<Step>)> =
            lacking.map(|violation| (violation.object, &violation.path)).collect();
        for (unit, wanted) in wanted {
            let (numbers, wanted): (Vec<usize>, Vec<Asked>) = wanted.into_iter().unzip();
            let places = behind(self.db, self.program, unit, &wanted);
            for ((object, asked), mut behind) in numbers.into_iter().zip(wanted).zip(places) {
                // What another item is called is right there; wrong is who speaks of it.
                let db = self.db;
                let of_another = |place: &Place| is_named_by(db, unit, *place);
                let own = |place: &Place| !of_another(place) && !is_shared(db, *place);
                if let Some(at) = behind.places.iter().position(own) {
                    let own = behind.places.remove(at);
                    behind.places.retain(|place| !of_another(place));
                    behind.places.insert(0, own);
                } else if behind.places.iter().all(of_another)
                    && !lacking.contains(&(object, &asked.path))
                {
                    continue;
                }
                if !behind.places.is_empty() {
                    self.behind.insert((object, asked.path), behind);
                }
            }
        }
    }

    /// The number among all objects of its unit of one in which a value comes from elsewhere.
    fn computed(&mut self, one: &One<'_>, path: &[Step]) -> Option<usize> {
        let db = self.db;
        let (rendered, tree) = self.rendered(&one.of);
        let root = tree.node(*rendered.objects.get(one.at)?)?;
        let value = root.find(path)?;
        let place = rendered.place(value.origin())?;
        if !comes_from_elsewhere(db, value, place) {
            return None;
        }
        // What is derived is numbered after what is known.
        let before = match one.of.part {
            Part::Known => 0,
            Part::Derived => {
                let known = Report { part: Part::Known, ..one.of };
                self.rendered(&known).0.objects.len()
            }
        };
        Some(before + one.at)
    }

    pub(super) fn blamed(&self, all: &[One<'_>], object: usize, written: Place) -> Place {
        all.get(object).map_or(written, |one| blamed(self.db, one.of.unit, written))
    }

    pub(super) fn place(&mut self, all: &[One<'_>], object: usize, path: &[Step]) -> Option<Place> {
        let behind =
            self.behind.get(&(object, path.to_vec())).and_then(|behind| behind.places.first());
        if let Some(place) = behind {
            return Some(*place);
        }
        let one = all.get(object)?;
        let db = self.db;
        let (rendered, tree) = self.rendered(&one.of);
        rendered.place_in(db, tree, one.at, path)
    }

    /// Where what breaks a rule was written.
    pub(super) fn written(&mut self, all: &[One<'_>], violation: &Violation) -> Option<Place> {
        let at = violation.object;
        let written = self.place(all, at, &violation.path)?;
        match &violation.instead {
            Some(instead) if self.made(all, at) == Some(written) => self.place(all, at, instead),
            _ => Some(written),
        }
    }

    /// What it is one mistake with.
    pub(super) fn common(&mut self, all: &[One<'_>], violation: &Violation) -> Option<Common> {
        if !violation.common {
            return None;
        }
        let facts = all.get(violation.object)?.facts;
        let of = violation.missing.as_ref().unwrap_or(&facts.identity);
        Some(Common {
            rule: violation.rule,
            message: violation.message.clone(),
            namespace: of.namespace.clone(),
            written: self.written(all, violation)?,
        })
    }

    /// The other places that have a part in a value, with what they are.
    pub(super) fn others(&self, object: usize, path: &[Step]) -> Vec<(Place, &'static str)> {
        let behind = self.behind.get(&(object, path.to_vec()));
        behind
            .map(|behind| parts_of(self.db, behind))
            .unwrap_or_default()
            .into_iter()
            .skip(1)
            .collect()
    }

    /// Where the user made an object.
    pub(super) fn made(&mut self, all: &[One<'_>], object: usize) -> Option<Place> {
        let one = all.get(object)?;
        let (rendered, _) = self.rendered(&one.of);
        rendered.made(one.at)
    }

    fn rendered(&mut self, of: &Report<'_>) -> (&Rendered, &Tree) {
        let found = self.rendered.entry((of.unit, of.part)).or_insert_with(|| {
            let mut tree = Tree::default();
            let rendered = render_part(self.db, self.program, of.unit, of.part, &mut tree);
            (rendered, tree)
        });
        (&found.0, &found.1)
    }
}
