//! The objects of a program, each with where its leaves come from.

use bumpalo::Bump;
use kube::secrets::hidden;
use kube::tree::{NodeId, Ref, Step, Tree, Value as Node};
use rustc_hash::FxHashMap;

use crate::cross::is_shared;
use crate::db::{Item, Program};
use crate::diagnostic::Diagnostic;
use crate::eval::trace::Reader;
use crate::eval::value::{Kind, Origin, Rec, Slot};
use crate::eval::{Eval, named_in_stack};
use crate::explain::chain::Source;
use crate::explain::find::{self, Found};
use crate::explain::{Explained, answered, chain, is_literal, listed};
use crate::parallel;
use crate::path::{Segment, segments};
use crate::problem::Place;
use crate::problems::units_of;
use crate::render::{all_objects, emit, emits};
use crate::show::nearest;
use crate::workspace::{Loaded, Workspace};

/// How many places of the user's files are named for a leaf that the library computed from them.
const PLACES: usize = 4;

/// An object of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    pub kind: String,
    pub namespace: String,
    pub name: String,
    /// Where the user made it.
    pub made: Place,
    /// The item that emits it, and which of its objects it is.
    unit: Item,
    number: usize,
}

/// An object as text, with where its leaves come from.
#[derive(Debug, Default)]
pub struct Sourced {
    pub yaml: String,
    /// In the order of the lines.
    pub leaves: Vec<Leaf>,
}

/// A leaf of an object.
#[derive(Debug)]
pub struct Leaf {
    /// The offset in the YAML at which its value begins.
    pub offset: usize,
    /// Where its value is written.
    pub place: Option<Place>,
    /// The user's places that it was computed from, where it is the library that wrote it.
    pub from: Vec<Place>,
}

impl Known {
    /// `Deployment/app`.
    pub fn shown(&self) -> String {
        kube::facts::shown(&self.kind, &self.name)
    }
}

/// All objects that a program emits, in the order of the source.
///
/// # Errors
/// Where finding them takes more than a program may (E0505).
pub fn objects(workspace: &Workspace, loaded: &Loaded) -> Result<Vec<Known>, Box<Diagnostic>> {
    let Some(program) = loaded.program else { return Ok(Vec::new()) };
    answered(workspace, program, |program| all(workspace, program))
}

fn all(workspace: &Workspace, program: Program) -> Vec<Known> {
    let db = workspace.db();
    let units: Vec<Item> =
        units_of(db, program.root(db)).iter().copied().filter(|unit| emits(db, *unit)).collect();
    let known = parallel::in_order(db, &units, |db, units| {
        let mut known = Vec::new();
        for unit in units {
            let arena = Bump::new();
            let eval = Eval::new(db, &arena, program, *unit).counted().deriving();
            let mut tree = Tree::default();
            for (number, object) in made(&eval, &mut tree).into_iter().enumerate() {
                let text = |path: &[&str]| {
                    let node = tree.node(object.node).and_then(|node| node.at(path));
                    node.and_then(|node| node.as_str()).unwrap_or_default().to_owned()
                };
                known.push(Known {
                    kind: text(&["kind"]),
                    namespace: text(&["metadata", "namespace"]),
                    name: text(&["metadata", "name"]),
                    made: object.made,
                    unit: *unit,
                    number,
                });
            }
        }
        known
    });
    known.into_iter().flatten().collect()
}

/// An object with a place for each leaf.
///
/// # Errors
/// Where there is no such object (E0715), or several (E0717), or finding out takes too much (E0505).
pub fn sourced(
    workspace: &Workspace,
    loaded: &Loaded,
    object: &str,
) -> Result<(Known, Sourced), Box<Diagnostic>> {
    let known = named(workspace, loaded, object)?;
    let Some(program) = loaded.program else { return Ok((known, Sourced::default())) };
    let sourced = answered(workspace, program, |program| {
        parallel::on_deep_stack(|| with_places(workspace, program, &known))
    })?;
    Ok((known, sourced))
}

/// The YAML of an object that is known, with where its leaves come from.
pub fn places(workspace: &Workspace, loaded: &Loaded, known: &Known) -> Sourced {
    let Some(program) = loaded.program else { return Sourced::default() };
    parallel::on_deep_stack(|| with_places(workspace, program, known))
}

/// The object that is meant by `deployment/app`, or `deployment/shop/app` in one of several namespaces.
pub(super) fn named(
    workspace: &Workspace,
    loaded: &Loaded,
    text: &str,
) -> Result<Known, Box<Diagnostic>> {
    let known = objects(workspace, loaded)?;
    let (kind, rest) = text.split_once('/').unwrap_or((text, ""));
    let (namespace, name) = match rest.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, rest),
    };
    let meant = |object: &&Known| {
        object.name == name
            && namespace.is_none_or(|namespace| object.namespace == namespace)
            && is_kind(kind, &object.kind)
    };
    let mut found = known.iter().filter(meant);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.clone()),
        (None, _) => {
            let message = format!("the program emits no `{text}`");
            let mut diagnostic = Diagnostic::error(715, None, message);
            let names: Vec<String> = known.iter().map(Known::shown).collect();
            let of_kind = known.iter().filter(|object| is_kind(kind, &object.kind));
            let near = nearest(name, of_kind.map(|object| object.name.as_str()))
                .map(|near| format!("{kind}/{near}"))
                .or_else(|| nearest(text, names.iter().map(String::as_str)).map(str::to_owned));
            diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
            if diagnostic.help.is_none() {
                let shown = listed(names.iter().map(String::as_str));
                diagnostic.notes.extend(shown.map(|shown| shown.replacen("it has", "it emits", 1)));
            }
            Err(Box::new(diagnostic))
        }
        (Some(one), Some(_)) => {
            let message = format!("the program emits several `{}`", one.shown());
            let also: Vec<String> = known
                .iter()
                .filter(meant)
                .map(|object| format!("{}/{}/{}", object.kind, object.namespace, object.name))
                .collect();
            let mut diagnostic = Diagnostic::error(717, None, message);
            diagnostic.help = Some(format!("say which one: {}", also.join(", ")));
            Err(Box::new(diagnostic))
        }
    }
}

/// What made the value at a path of an object.
pub(super) fn field(
    workspace: &Workspace,
    program: Program,
    object: &Known,
    path: &str,
) -> Result<Explained, Box<Diagnostic>> {
    let db = workspace.db();
    let arena = Bump::new();
    let eval = Eval::traced(db, &arena, program, object.unit).counted().deriving();
    let mut tree = Tree::default();
    let Some(emitted) = made(&eval, &mut tree).into_iter().nth(object.number) else {
        return Ok(Explained::default());
    };
    let shown = object.shown();
    let segments = segments(path);
    let found = match file_namespace(&eval, emitted.rec, &segments) {
        Some((file, slot)) => Found::Slot(file, slot),
        None => find::in_record(&eval, emitted.rec, &segments)
            .map_err(|nowhere| Box::new(nowhere.diagnostic(&shown)))?,
    };
    let mut explained = chain::explained(&eval, &found);
    if let Found::Unbound = found {
        // What every object has, whether or not anyone says it.
        let names: Vec<&str> = segments.iter().map(|segment| segment.name.as_str()).collect();
        let node = tree.node(emitted.node).and_then(|node| node.at(&names));
        explained.value = node.and_then(|node| node.as_str()).unwrap_or_default().to_owned();
    }
    explained.path = format!("{shown} {}", path.trim());
    Ok(explained)
}

/// What says the namespace of an object that says none itself: `namespace = "…"` at the top of its file.
pub(super) fn file_namespace<'a>(
    eval: &Eval<'a>,
    object: &'a Rec<'a>,
    path: &[Segment],
) -> Option<(&'a Rec<'a>, &'a Slot<'a>)> {
    let names: Vec<&str> = path.iter().map(|segment| segment.name.as_str()).collect();
    let Kind::Kube(ty) = object.kind else { return None };
    if names != ["metadata", "namespace"] || !ty.kind()?.info().namespaced {
        return None;
    }
    let own = find::in_record(eval, object, path).ok()?;
    match own {
        Found::Slot(rec, slot) if !eval.force(rec, slot).is_absent() => None,
        _ => Some(
            eval.item_slot(named_in_stack(eval.db, eval.program, eval.unit, "namespace")?, false),
        ),
    }
}

/// The objects that a unit makes, with what it knows of the outside left out.
pub(super) fn made<'a>(eval: &Eval<'a>, tree: &mut Tree) -> Vec<Emitted<'a>> {
    let objects = all_objects(eval);
    let written = emit(eval, &objects, tree);
    let emitted = objects.iter().zip(written);
    let sourced =
        emitted.map(|(object, at)| Emitted { node: at.node, rec: object.object, made: at.made });
    sourced.collect()
}

/// An object that was written to a tree.
pub(super) struct Emitted<'a> {
    node: NodeId,
    /// What it was made of.
    pub rec: &'a Rec<'a>,
    /// Where the user made it.
    pub made: Place,
}

/// Whether a word means a kind, as users of Kubernetes write it: in any case, in the plural, or short.
fn is_kind(word: &str, kind: &str) -> bool {
    let word = word.split('.').next().unwrap_or(word);
    let plural = kube::types::newest(kind).map(|kind| kind.info().plural);
    word.eq_ignore_ascii_case(kind)
        || plural.is_some_and(|plural| word.eq_ignore_ascii_case(plural))
        || SHORT.iter().any(|(short, long)| word.eq_ignore_ascii_case(short) && *long == kind)
}

/// The short names that the API server gives to its kinds, as `kubectl api-resources` lists them.
const SHORT: [(&str, &str); 24] = [
    ("cm", "ConfigMap"),
    ("cj", "CronJob"),
    ("crd", "CustomResourceDefinition"),
    ("deploy", "Deployment"),
    ("ds", "DaemonSet"),
    ("ep", "Endpoints"),
    ("hpa", "HorizontalPodAutoscaler"),
    ("ing", "Ingress"),
    ("limits", "LimitRange"),
    ("netpol", "NetworkPolicy"),
    ("no", "Node"),
    ("ns", "Namespace"),
    ("pc", "PriorityClass"),
    ("pdb", "PodDisruptionBudget"),
    ("po", "Pod"),
    ("pv", "PersistentVolume"),
    ("pvc", "PersistentVolumeClaim"),
    ("quota", "ResourceQuota"),
    ("rc", "ReplicationController"),
    ("rs", "ReplicaSet"),
    ("sa", "ServiceAccount"),
    ("sc", "StorageClass"),
    ("sts", "StatefulSet"),
    ("svc", "Service"),
];

fn with_places(workspace: &Workspace, program: Program, object: &Known) -> Sourced {
    let db = workspace.db();
    let arena = Bump::new();
    let eval = Eval::traced(db, &arena, program, object.unit).counted().deriving();
    let mut tree = Tree::default();
    let Some(emitted) = made(&eval, &mut tree).into_iter().nth(object.number) else {
        return Sourced::default();
    };
    let mut shown = Tree::default();
    let copy = tree.node(emitted.node).and_then(|object| hidden(object, &mut shown));
    let Some(root) = copy.and_then(|copy| shown.node(copy)) else { return Sourced::default() };
    let mut yaml = Vec::new();
    let mut offsets = Vec::new();
    kube::yaml::document_with(root, &mut yaml, &mut |node, offset| offsets.push((node, offset)));
    let mut paths = FxHashMap::default();
    leaves(root, &mut Vec::new(), &mut paths);
    let mut origins =
        Origins { eval: &eval, known: FxHashMap::default(), made: emitted.made, through: false };
    let leaves = offsets.into_iter().map(|(node, offset)| {
        let written = shown.node(node).and_then(|node| eval.spot_of(Origin(node.origin())));
        let path = paths.remove(&node).unwrap_or_default();
        let mut place = written;
        let mut from = Vec::new();
        if let Some((file, slot)) = file_namespace(&eval, emitted.rec, &path) {
            eval.force(file, slot);
            place = slot.origin.get();
        } else if let Ok(Found::Slot(rec, slot) | Found::Element(rec, slot, _)) =
            find::in_record(&eval, emitted.rec, &path)
        {
            let keyed = chain::keyed_in(&eval, rec, slot);
            place = keyed.map(|(owner, key)| eval.key_spot(owner, key)).or(place);
            if place.is_none_or(|spot| spot.source.library) {
                from = origins.of(rec, slot);
            }
        }
        let place = place.map(|spot| spot.place());
        Leaf { offset, from: from.into_iter().filter(|from| Some(*from) != place).collect(), place }
    });
    let leaves = leaves.collect();
    Sourced { yaml: String::from_utf8_lossy(&yaml).into_owned(), leaves }
}

pub(super) fn segment(step: Step) -> Segment {
    match step {
        Step::Key(name) => Segment::named(name),
        Step::Index(at) => Segment::numbered(at),
    }
}

/// The path of each leaf below a node.
fn leaves(node: Ref<'_>, way: &mut Vec<Segment>, paths: &mut FxHashMap<NodeId, Vec<Segment>>) {
    let mut inner = |step: Step, node| {
        way.push(segment(step));
        leaves(node, way, paths);
        way.pop();
    };
    match node.value() {
        Node::Map if !node.is_hollow() => {
            node.entries().for_each(|(key, node)| inner(Step::Key(key.to_owned()), node));
        }
        Node::List if !node.is_hollow() => {
            node.items().enumerate().for_each(|(at, node)| inner(Step::Index(at), node));
        }
        _ => {
            paths.insert(node.id(), way.clone());
        }
    }
}

/// The user's places behind what the library computes.
pub(super) struct Origins<'e, 'a> {
    eval: &'e Eval<'a>,
    known: FxHashMap<Reader, Vec<Place>>,
    /// Where the object was made, which is said of it as a whole.
    made: Place,
    /// Whether what a schema, a trait or a function of the user's computes is looked through too.
    through: bool,
}

impl<'e, 'a> Origins<'e, 'a> {
    /// Those behind all of a user's code that is for several: what a schema, a trait or a function computes is looked
    /// through as the library is.
    pub fn through(eval: &'e Eval<'a>, made: Place) -> Self {
        Origins { eval, known: FxHashMap::default(), made, through: true }
    }

    pub fn of(&mut self, rec: &'a Rec<'a>, slot: &'a Slot<'a>) -> Vec<Place> {
        if let Some(known) = self.known.get(&Reader::of(slot)) {
            return known.clone();
        }
        // Who reads itself adds nothing.
        self.known.insert(Reader::of(slot), Vec::new());
        let mut places: Vec<Place> = Vec::new();
        // What another item holds was read elsewhere, and not yet computed here.
        self.eval.force(rec, slot);
        let spot = slot.origin.get();
        let own = spot.filter(|spot| {
            // Behind what is written out there is nothing else.
            let shared = |place| is_shared(self.eval.db, place) && !is_literal(self.eval.db, place);
            !(spot.source.library || self.through && shared(spot.place()))
        });
        match own {
            Some(spot) if chain::keyed_in(self.eval, rec, slot).is_none() => {
                places.push(spot.place());
            }
            _ => {
                let mut more = |place: Place| {
                    if !places.contains(&place) && places.len() < PLACES {
                        places.push(place);
                    }
                };
                if let Some((owner, key)) = chain::keyed_in(self.eval, rec, slot) {
                    let key = self.eval.key_spot(owner, key);
                    if !key.source.library {
                        more(key.place());
                    }
                }
                for source in chain::sources(self.eval, rec, slot) {
                    match source {
                        Source::Slot(rec, slot) => {
                            self.of(rec, slot).into_iter().for_each(&mut more)
                        }
                        Source::Key(rec) => more(self.eval.user_spot(rec).place()),
                    }
                }
                // What a function of the library made for a value of the user's.
                let user = self.eval.user_spot(rec);
                let by_library = spot.is_none_or(|spot| spot.source.library);
                if places.is_empty()
                    && by_library
                    && !user.source.library
                    && user.place() != self.made
                {
                    places.push(user.place());
                }
            }
        }
        self.known.insert(Reader::of(slot), places.clone());
        places
    }
}
