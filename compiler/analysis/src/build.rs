//! The objects of a program as text, in the order in which a cluster takes them.
//!
//! This goes past the memos: objects are rendered in chunks on all cores, written, and dropped, because keeping those
//! of ten thousand services would fill the memory.

mod identity;
mod room;

use std::collections::BTreeMap;
use std::ops::Range;

use bumpalo::Bump;
use kube::json::{self, Layout};
use kube::secrets;
use kube::tree::{NodeId, Tree};
use kube::yaml;

use crate::account::{too_much, within};
use crate::allow::useless_among;
use crate::cross::{Report, crossed_among};
use crate::db::{Database, Item, ItemKind, Module, Program};
use crate::derive::{Derivation, derivation};
use crate::diagnostic::Diagnostic;
use crate::eval::Eval;
use crate::eval::derive::Derives;
use crate::limits;
use crate::parallel;
use crate::policies::{concerned, policies_of};
use crate::problem::{Place, Severity};
use crate::problems::{Between, Work, diagnostics, news, prepare, work};
use crate::reached::reached;
use crate::render;
use crate::rules::named_twice;
use crate::told::Found;
use crate::unmade::refused_unmade;
use crate::validate::{UnitReport, validated};
use crate::workspace::{Loaded, Workspace};
use identity::{Identity, identity, rank};
use room::Room;

/// How objects are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Yaml,
    Json,
    /// YAML without what is secret in it, to be kept and compared.
    Snapshot,
}

/// The objects of one program.
#[derive(Debug, Default)]
pub struct Objects {
    chunks: Vec<Vec<u8>>,
    objects: Vec<Object>,
}

/// One object: what it is, and where its text is.
#[derive(Debug)]
struct Object {
    rank: u8,
    /// The number of the unit that makes it.
    unit: usize,
    chunk: usize,
    range: Range<usize>,
    identity: Identity,
}

/// A program that was checked and rendered in one go.
#[derive(Debug)]
pub struct Built {
    /// All that is wrong with it, as [`crate::problems::problems`] finds it.
    pub diagnostics: Vec<Diagnostic>,
    /// What it emits. Only meaningful where it has no errors.
    pub objects: Result<Objects, TooLarge>,
}

/// What a thread makes of its share of a program.
#[derive(Default)]
struct Part {
    found: Vec<Found>,
    /// See [`limits::ENOUGH`].
    weight: usize,
    units: Vec<Unit>,
    bytes: Vec<u8>,
    objects: Vec<(usize, Identity, Range<usize>)>,
}

/// What is kept of a unit for rules across objects.
struct Unit {
    number: usize,
    item: Item,
    /// It is one of the built files.
    own: bool,
    report: UnitReport,
    derived: UnitReport,
    /// The `allow`s that have exempted an object from an `every`.
    used: Vec<Place>,
}

/// Checks a program and renders what it emits. Every unit is evaluated once, and nothing of it is kept but its problems,
/// its facts and the text of its objects.
pub fn built(workspace: &Workspace, loaded: &Loaded, format: Format) -> Built {
    let Some(program) = loaded.program else {
        let diagnostics = diagnostics(workspace, loaded, Vec::new(), Between::default());
        return Built { diagnostics, objects: Ok(Objects::default()) };
    };
    let db = workspace.db();
    let built = within(db, program, |program| {
        let room = Room::default();
        let (parts, cut) = parts(db, program, &loaded.modules, format, &room);
        let mut found = Vec::new();
        let mut units = Vec::new();
        let mut objects = Objects::default();
        for part in parts {
            found.extend(part.found);
            units.extend(part.units);
            objects.add(part.bytes, part.objects);
        }
        if cut {
            return (found, Between { cut, ..Between::default() }, Ok(objects));
        }
        let deriving: Vec<(usize, Item, bool)> = units
            .iter()
            .filter(|unit| unit.report.derives)
            .map(|unit| (unit.number, unit.item, unit.own))
            .collect();
        for mut part in derived_parts(db, program, &deriving, format, &room) {
            found.append(&mut part.found);
            for last in part.units {
                if let Some(unit) = units.iter_mut().find(|unit| unit.number == last.number) {
                    (unit.derived, unit.used) = (last.derived, last.used);
                }
            }
            objects.add(part.bytes, part.objects);
        }
        let reports = units.iter().flat_map(|unit| [&unit.report, &unit.derived]);
        found.extend(refused_unmade(db, program, &loaded.modules, reports));
        let objects = if room.is_full() { Err(TooLarge) } else { Ok(objects.in_order()) };
        (found, between(db, program, &units), objects)
    });
    let Some((found, between, objects)) = built else {
        let diagnostics = too_much(workspace, loaded, program);
        return Built { diagnostics, objects: Ok(Objects::default()) };
    };
    Built { diagnostics: diagnostics(workspace, loaded, found, between), objects }
}

/// Bytes that an arena has from the beginning: enough for most items.
const ARENA: usize = 128 << 10;

/// Bytes of text that a unit's objects have, about.
const TEXT: usize = 4 << 10;

/// Makes an arena what it was in the beginning, so that what an evaluation takes of it does not depend on the one before.
fn renew(arena: &mut Bump) {
    arena.reset();
    // It keeps its last chunk, which is larger than the first one.
    if arena.allocated_bytes() > ARENA + ARENA / 2 {
        *arena = Bump::with_capacity(ARENA);
    }
}

/// What becomes of all the work on a program.
fn parts(
    db: &Database,
    program: Program,
    modules: &[Module],
    format: Format,
    room: &Room,
) -> (Vec<Part>, bool) {
    let work: Vec<Work> = work(db, program, modules);
    let search = |db: &Database, work: &[Work]| {
        let mut part = Part::default();
        let rendered = work.iter().filter(|work| matches!(work, Work::Unit { own: true, .. }));
        part.bytes.reserve(rendered.count() * TEXT);
        let mut arena = Bump::with_capacity(ARENA);
        let mut tree = Tree::new();
        for work in work {
            let known = part.found.len();
            if let Work::Unit { item, number, own } = *work {
                tree.clear();
                renew(&mut arena);
                let format = own.then_some((format, room));
                part.unit(db, program, (number, item), format, &arena, &mut tree);
            } else {
                part.found.extend(work.problems_of_output(db, program));
            }
            part.weight += work.weight(part.found.get(known..).unwrap_or_default());
        }
        // What was reserved beyond the text of all parts would be a fifth of it.
        part.bytes.shrink_to_fit();
        part
    };
    parallel::in_order_up_to(db, &work, search, |part| part.weight, limits::ENOUGH)
}

/// What is wrong between units.
fn between(db: &Database, program: Program, units: &[Unit]) -> Between {
    // To say where an object was written evaluates it again, which needs a deep stack as well.
    let found = parallel::in_order(db, &[units], |db, units| {
        let units: Vec<&Unit> = units.iter().copied().flatten().collect();
        let reports = units.iter().flat_map(|unit| {
            let of = |part, report| Report { unit: unit.item, own: unit.own, part, report };
            [of(render::Part::Known, &unit.report), of(render::Part::Derived, &unit.derived)]
        });
        let crossed = crossed_among(db, program, reports);
        let of_built = units.iter().filter(|unit| unit.own);
        let of_built =
            of_built.flat_map(|unit| [(&unit.report, &*unit.used), (&unit.derived, &[][..])]);
        let useless = useless_among(db, program, of_built, || &crossed.used);
        let mut problems = crossed.problems;
        problems.extend(useless);
        problems.extend_from_slice(named_twice(db, program));
        Between { problems, untold: crossed.untold, cut: false }
    });
    found.into_iter().next().unwrap_or_default()
}

/// What units derive, which is known once all others are.
fn derived_parts(
    db: &Database,
    program: Program,
    deriving: &[(usize, Item, bool)],
    format: Format,
    room: &Room,
) -> Vec<Part> {
    let items: Vec<Item> = deriving.iter().map(|(_, item, _)| *item).collect();
    prepare(db, program, &items);
    parallel::in_order(db, deriving, |db, units| {
        let mut part = Part::default();
        let mut arena = Bump::with_capacity(ARENA);
        let mut tree = Tree::new();
        for &(number, item, own) in units {
            tree.clear();
            renew(&mut arena);
            let format = own.then_some((format, room));
            part.derived(db, program, (number, item), format, &arena, &mut tree);
        }
        part.bytes.shrink_to_fit();
        part
    })
}

impl Part {
    /// Takes the verdict on a unit, and its objects if they are to be written.
    fn unit(
        &mut self,
        db: &Database,
        program: Program,
        (number, item): (usize, Item),
        format: Option<(Format, &Room)>,
        arena: &Bump,
        tree: &mut Tree,
    ) {
        let eval = Eval::new(db, arena, program, item).counted();
        let (mut report, objects, reached) = validated(&eval, item, tree);
        self.found.extend(news(db, &report.problems).cloned().map(Found::from));
        let mut used = Vec::new();
        if !report.derives && concerned(db, program, item) {
            eval.derive(Derives::Yes);
            let of_rules = policies_of(&eval, &reached.objects);
            self.found.extend(of_rules.problems.into_iter().map(Found::from));
            used = of_rules.used;
        }
        // Of its problems only whether there is an error is asked from here on.
        report.problems.retain(|problem| problem.severity == Severity::Error);
        let (own, derived) = (format.is_some(), UnitReport::default());
        let is_sound = report.is_sound();
        self.units.push(Unit { number, item, own, report, derived, used });
        let public = matches!(item.kind(db), ItemKind::Binding | ItemKind::Input | ItemKind::Set);
        // Where there is an error nothing is printed.
        if let Some(format) = format.filter(|_| public && is_sound) {
            self.write(number, objects, format, tree);
        }
    }

    /// Takes what a unit derives, and what rules say of all its objects.
    fn derived(
        &mut self,
        db: &Database,
        program: Program,
        (number, item): (usize, Item),
        format: Option<(Format, &Room)>,
        arena: &Bump,
        tree: &mut Tree,
    ) {
        let eval = Eval::new(db, arena, program, item).counted().deriving();
        let known = reached(&eval, eval.root(), true);
        let Derivation { mut report, objects: last, nodes } = derivation(&eval, &known, tree);
        self.found.extend(news(db, &report.problems).cloned().map(Found::from));
        let mut used = Vec::new();
        if report.is_sound() && concerned(db, program, item) {
            let mut objects = known.objects;
            objects.extend(last);
            let of_rules = policies_of(&eval, &objects);
            self.found.extend(of_rules.problems.into_iter().map(Found::from));
            used = of_rules.used;
        }
        report.problems.retain(|problem| problem.severity == Severity::Error);
        let own = format.is_some();
        let unit = Unit { number, item, own, report: UnitReport::default(), derived: report, used };
        self.units.push(unit);
        if let Some(format) = format {
            self.write(number, nodes, format, tree);
        }
    }

    fn write(
        &mut self,
        unit: usize,
        objects: Vec<NodeId>,
        (format, room): (Format, &Room),
        tree: &Tree,
    ) {
        for object in objects.iter().filter_map(|id| tree.node(*id)) {
            if room.is_full() {
                return;
            }
            let start = self.bytes.len();
            match format {
                Format::Yaml => yaml::document(object, &mut self.bytes),
                Format::Json => json::value(object, Layout::Pretty, &mut self.bytes),
                Format::Snapshot => {
                    let mut shown = Tree::new();
                    secrets::hidden(object, &mut shown);
                    yaml::documents(shown.roots(), &mut self.bytes);
                }
            }
            if !room.take(self.bytes.len() - start) {
                // What is not printed is not kept.
                (self.bytes, self.objects) = Default::default();
                return;
            }
            self.objects.push((unit, identity(object), start..self.bytes.len()));
        }
    }
}

/// The objects have more than [`limits::OUTPUT_BYTES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge;

impl Objects {
    fn add(&mut self, bytes: Vec<u8>, objects: Vec<(usize, Identity, Range<usize>)>) {
        let chunk = self.chunks.len();
        self.objects.extend(objects.into_iter().map(|(unit, identity, range)| Object {
            rank: rank(identity.kind()),
            unit,
            chunk,
            range,
            identity,
        }));
        self.chunks.push(bytes);
    }

    /// The objects in the order in which a cluster takes them.
    fn in_order(mut self) -> Self {
        // The sort is stable: within a rank, objects are in the order of the source, and those that a unit derives last.
        self.objects.sort_by_key(|object| (object.rank, object.unit));
        self
    }

    pub fn len(&self) -> usize {
        self.objects.len()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The text of each object, in order.
    pub fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.objects.iter().map(|object| self.text(object))
    }

    /// A file name without its ending for each object, and its text. Names tell all objects apart, also on systems
    /// that take `A` and `a` for the same: kind and name, with the namespace and the group only where these are not
    /// enough, so that an object that is added renames no others without need.
    pub fn files(&self) -> Vec<(String, &[u8])> {
        let mut names: Vec<String> = self
            .objects
            .iter()
            .map(|object| file_name(&[object.identity.kind(), object.identity.name()]))
            .collect();
        let longer: [fn(&Identity) -> String; 2] = [
            |id| file_name(&[id.kind(), id.namespace(), id.name()]),
            |id| file_name(&[id.group(), id.kind(), id.namespace(), id.name()]),
        ];
        for longer in longer {
            let counts = counts(&names);
            for (name, object) in names.iter_mut().zip(&self.objects) {
                if counts.get(name).is_some_and(|count| *count > 1) {
                    *name = longer(&object.identity);
                }
            }
        }
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for name in &mut names {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                *name = format!("{name}.{count}");
            }
        }
        names.into_iter().zip(self.texts()).collect()
    }

    fn text(&self, object: &Object) -> &[u8] {
        self.chunks
            .get(object.chunk)
            .and_then(|chunk| chunk.get(object.range.clone()))
            .unwrap_or_default()
    }
}

fn counts(names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.clone()).or_default() += 1;
    }
    counts
}

/// The parts in small letters, joined by dashes; what not every file system takes becomes `_`.
fn file_name(parts: &[&str]) -> String {
    let parts: Vec<String> =
        parts.iter().filter(|part| !part.is_empty()).map(|part| part.to_lowercase()).collect();
    let name: String = parts
        .join("-")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' })
        .take(200)
        .collect();
    if name.starts_with('.') { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(identities: &[(&str, &str, &str, &str)]) -> Objects {
        let objects = identities.iter().map(|(group, kind, namespace, name)| Object {
            rank: 0,
            unit: 0,
            chunk: 0,
            range: 0..0,
            identity: Identity::new(kind, name, namespace, group),
        });
        Objects { chunks: vec![Vec::new()], objects: objects.collect() }
    }

    fn names(identities: &[(&str, &str, &str, &str)]) -> Vec<String> {
        objects(identities).files().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn files_are_named_as_shortly_as_tells_them_apart() {
        assert_eq!(
            names(&[
                ("", "Service", "a", "app"),
                ("apps", "Deployment", "a", "app"),
                ("", "Secret", "a", "x"),
                ("", "Secret", "b", "x"),
            ]),
            ["service-app", "deployment-app", "secret-a-x", "secret-b-x"]
        );
        assert_eq!(
            names(&[("", "Service", "", "app"), ("serving.knative.dev", "Service", "", "app")]),
            ["service-app", "serving.knative.dev-service-app"]
        );
        assert_eq!(names(&[("rbac", "Role", "", "system:x/../y")]), ["role-system_x_.._y"]);
    }
}
