//! Fields that are derived: what becomes of them before all else is known, and what they may ask for then.
//!
//! A derivation is evaluated twice. The first time, with its unit, the graph is not known: whatever asks for it gets an
//! error that nobody hears, and only says that there is something to derive. So a unit whose derived fields are absent
//! without asking is done. The second time is an evaluation of its own, which asks [`crate::links`].

use std::cell::Cell;

use crate::edges::{at, component};
use crate::eval::Eval;
use crate::eval::value::{Handle, Rec, SEPARATOR, Slot, SlotState, Spot, Value};
use crate::links::{Links, links};
use crate::problem::{Place, Problem};
use crate::read::{Found, Path, World, read};

/// What an evaluation does with fields that are derived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Derives {
    /// They are absent: not all that they are computed from is known.
    No,
    /// They are computed as far as that goes without asking for what is not known.
    Trying,
    /// Somebody has asked while they were tried.
    Asked,
    /// They are computed.
    Yes,
}

impl<'a> Eval<'a> {
    /// An evaluation of the item as it is in a world.
    pub fn in_world(self, world: World) -> Self {
        let derives = if world.derived { Derives::Yes } else { Derives::No };
        Self { bare: world.bare, derives: Cell::new(derives), ..self }
    }

    /// An evaluation in which the fields that are derived are known, as all else is by then.
    pub(crate) fn deriving(self) -> Self {
        Self { derives: Cell::new(Derives::Yes), ..self }
    }

    pub(super) fn derives(&self) -> bool {
        self.derives.get() != Derives::No
    }

    /// Sets what becomes of fields that are derived, from here on; gives what became of them before.
    pub(crate) fn derive(&self, derives: Derives) -> Derives {
        self.derives.replace(derives)
    }

    /// Whether what is derived was tried, and has asked for what is known last.
    pub(crate) fn has_asked(&self) -> bool {
        self.derives.get() == Derives::Asked
    }

    /// Whether a slot is of a field that is derived, and not known yet.
    pub(crate) fn is_later(&self, slot: &Slot<'a>) -> bool {
        matches!(slot.state.get(), SlotState::Later) && !self.derives()
    }

    /// Reports the read of a derived field by what no type could tell, such as one that only names the field.
    pub(super) fn too_early(&self, slot: &'a Slot<'a>, spot: Spot<'a>) -> Value<'a> {
        let mut problem = not_yet_known(spot.place(), slot.name);
        if let Some(field) = slot.field {
            problem = problem.related(field.place, "declared here as derived");
        }
        self.report(problem)
    }

    /// What lies in a derived field of another item; `None` where that is not to be known yet.
    pub(super) fn derived_of(&self, handle: &'a Handle<'a>) -> Option<&'a Found> {
        match self.derives.get() {
            Derives::Yes => {
                handle.derived.set(true);
                let path = Path::new(self.db, handle.path);
                let world = World { bare: handle.bare, derived: true };
                Some(read(self.db, self.program, world, handle.item, path, self.waiting()))
            }
            Derives::No => {
                if let Some(spot) = self.reader() {
                    let name = handle.path.rsplit(SEPARATOR).next();
                    let name = name.unwrap_or_default();
                    self.report(not_yet_known(spot.place(), name));
                }
                None
            }
            Derives::Trying | Derives::Asked => {
                self.derives.set(Derives::Asked);
                None
            }
        }
    }

    /// Whether what is known last may be asked for; that it was asked for is noted.
    pub(super) fn knows_all(&self) -> bool {
        if self.derives.get() == Derives::Trying {
            self.derives.set(Derives::Asked);
        }
        self.derives.get() == Derives::Yes
    }

    /// The other ends of the edges of the component that a record is, or lies in; `None` where they are not known.
    pub(super) fn links(&self, of: &'a Rec<'a>) -> Option<&'a Links> {
        if !self.knows_all() {
            return None;
        }
        let mut around = Some(of);
        for _ in 0..crate::limits::NESTED {
            match around {
                Some(rec) if component(rec).is_some() => break,
                Some(rec) => around = rec.owner.get().map(|(owner, _)| owner),
                None => break,
            }
        }
        // What a test makes lies in no item, and nobody knows it; what it changes is where that was.
        let Some(at) = at(around.unwrap_or(of)) else { return Some(&NO_LINKS) };
        links(self.db, self.program, at.item, Path::new(self.db, &*at.path)).as_ref()
    }
}

static NO_LINKS: Links = Links { dependents: Vec::new(), dependencies: Vec::new() };

/// That a derived field is read by what is computed before it.
pub(crate) fn not_yet_known(place: Place, name: &str) -> Problem {
    Problem::error(422, place, format!("`{name}` is derived, and cannot be read here"))
        .note("it is computed once everything else is; what read it could change what it is computed from")
        .help("read it in another `derive`, in a `check` of an `every`, or in a test")
}
