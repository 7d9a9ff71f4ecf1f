//! Objects in YAML and JSON that no program made: what is wrong with each of them, and with all together, at places in
//! their texts.
//!
//! The rules are the same as for the objects of programs. What differs is that nothing is known of a cluster but what
//! the texts hold, so that what is missing there ([`Finding::absence`]) may be somewhere else.

mod kinds;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::crd::Definition;
use crate::data::{self, Data};
use crate::facts::{Facts, Identity, facts, facts_for};
use crate::lints::{Strictness, lints};
use crate::near::nearest;
use crate::rules::{Level, violations};
use crate::server::{FieldError, Refusal, misshapen, refusals};
use crate::tree::{self, Ref, Step, Tree};

use kinds::{Kinds, Known};

/// The objects of several texts.
#[derive(Debug, Default)]
pub struct Manifests {
    tree: Tree,
    objects: Vec<Object>,
    /// A text could not be read as a whole, so that nothing can be said to be missing.
    partial: bool,
    /// Kinds that are defined elsewhere.
    given: Vec<Definition>,
}

/// A kind of which nothing is known, so that its objects are held against nothing but what holds for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKind {
    /// As objects name it.
    pub api_version: String,
    pub kind: String,
    /// The number of its first object.
    pub first: usize,
    /// How many objects are of it.
    pub count: usize,
}

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object {
    /// The number of its text, as the caller counts.
    pub text: usize,
    /// Its node there.
    pub root: data::NodeId,
    /// Whether it is there already: others may refer to it, and nothing is said of it.
    pub external: bool,
    node: tree::NodeId,
}

/// A document, or an element of a `List`, that is no object of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stranger {
    pub root: data::NodeId,
    /// Why it is none.
    pub message: String,
}

/// What is wrong with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    pub level: Level,
    /// Whether it says that something is not there, which may be somewhere else.
    pub absence: bool,
    /// What is not there, where it can be named.
    pub missing: Option<Identity>,
    /// The number of the object.
    pub object: usize,
    /// Where in the object; what it names may be missing.
    pub path: Vec<Step>,
    /// The name at the end of the path is wrong, and not what it stands for.
    pub of_key: bool,
    pub message: String,
    /// What to do, as an imperative sentence.
    pub help: Option<String>,
    /// Other places that have to do with it: object, path, and why.
    pub related: Vec<(usize, Vec<Step>, String)>,
}

impl Manifests {
    /// Adds the objects of a text, also those of each `List`. Returns what is none.
    pub fn add(&mut self, text: usize, data: &Data, external: bool) -> Vec<Stranger> {
        self.partial |= !data.problems.is_empty();
        let mut strangers = Vec::new();
        for root in &data.documents {
            self.document((text, external), data, (*root, None), &mut strangers);
        }
        strangers
    }

    /// Says that there is more that cannot be read.
    pub fn lacks(&mut self) {
        self.partial = true;
    }

    /// Says what kinds there are besides those that the objects themselves define.
    pub fn define(&mut self, kinds: impl IntoIterator<Item = Definition>) {
        self.given.extend(kinds);
    }

    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// An object as a tree.
    pub fn object(&self, object: usize) -> Option<Ref<'_>> {
        self.tree.node(self.objects.get(object)?.node)
    }

    fn document(
        &mut self,
        text: (usize, bool),
        data: &Data,
        (root, of_list): (data::NodeId, Option<(&str, &str)>),
        strangers: &mut Vec<Stranger>,
    ) {
        // What is broken in it was told when it was read.
        let Some(document) = data.node(root).filter(|_| !is_broken(data, root)) else { return };
        let data::Value::Map(entries) = &document.value else {
            strangers
                .push(Stranger { root, message: "this is no object: it is no map".to_owned() });
            return;
        };
        let value = |name: &str| {
            let entry = entries.iter().find(|entry| key(data, entry.key) == name)?;
            data.node(entry.value).map(|node| &node.value)
        };
        let word = |name: &str| match value(name) {
            Some(data::Value::Str(word)) if !word.is_empty() => Some(&**word),
            _ => None,
        };
        let said = (word("apiVersion"), word("kind"));
        let (version, kind) = match (said, of_list) {
            ((None, None), Some((version, kind))) => (Some(version), Some(kind)),
            (said, _) => said,
        };
        if let (Some(version), Some(kind), Some(data::Value::List(items))) =
            (version, kind, value("items"))
            && let Some(of) = kind.strip_suffix("List")
        {
            // Elements of a list of one kind need not say what they are.
            let is_typed = crate::types::kind_of(version, of).is_some();
            if is_typed || version == "v1" {
                for item in items {
                    let item = (*item, is_typed.then_some((version, of)));
                    self.document(text, data, item, strangers);
                }
                return;
            }
        }
        let built_in = |version, kind| crate::types::kind_of(version, kind).is_some();
        let message = match (version, kind) {
            (None, _) => "this is no object of Kubernetes: it has no `apiVersion`".to_owned(),
            (_, None) => "this is no object of Kubernetes: it has no `kind`".to_owned(),
            // Files of tools look like objects, and have no names.
            (Some(version), Some(kind))
                if value("metadata").is_none() && !built_in(version, kind) =>
            {
                format!("this {kind} is no object of a cluster: it has no `metadata`")
            }
            _ => {
                let from = self.tree.roots().len();
                match (said, version, kind) {
                    ((None, None), Some(version), Some(kind)) => {
                        self.tree.begin_map(root);
                        self.tree.key("apiVersion").str(version, root);
                        self.tree.key("kind").str(kind, root);
                        for entry in entries {
                            self.tree.key(key(data, entry.key));
                            planted(data, entry.value, &mut self.tree);
                        }
                        self.tree.end(false);
                    }
                    _ => planted(data, root, &mut self.tree),
                }
                let node = self.tree.roots().nth(from).map(Ref::id);
                let (text, external) = text;
                self.objects.extend(node.map(|node| Object { text, root, external, node }));
                return;
            }
        };
        strangers.push(Stranger { root, message });
    }

    /// The kinds that are not built in: those that objects define, and what is given besides.
    fn kinds(&self) -> Kinds {
        let mut kinds = Kinds::default();
        for object in &self.objects {
            if let Some(root) = self.tree.node(object.node) {
                kinds.add_object(root);
            }
        }
        kinds.add(self.given.iter().cloned());
        kinds
    }

    /// The definition of the kind of an object, where it is not built in.
    pub fn kind(&self, object: usize) -> Option<crate::types::TypeId> {
        match self.kinds().of(self.object(object)?) {
            Known::Version(one) => Some(one.ty),
            _ => None,
        }
    }

    /// The kinds of which nothing is known, in the order of their first objects.
    pub fn unknown_kinds(&self) -> Vec<UnknownKind> {
        let kinds = self.kinds();
        let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut found: Vec<UnknownKind> = Vec::new();
        for (number, object) in self.objects.iter().enumerate().filter(|(_, one)| !one.external) {
            let Some(root) = self.tree.node(object.node) else { continue };
            let Known::Nothing = kinds.of(root) else { continue };
            let text = |name| root.get(name).and_then(Ref::as_str).unwrap_or_default();
            let (api_version, kind) = (text("apiVersion"), text("kind"));
            let at = *places.entry((api_version, kind)).or_insert_with(|| {
                found.push(UnknownKind {
                    api_version: api_version.to_owned(),
                    kind: kind.to_owned(),
                    first: number,
                    count: 0,
                });
                found.len() - 1
            });
            if let Some(one) = found.get_mut(at) {
                one.count += 1;
            }
        }
        found
    }

    /// What the lints say of the objects, in their order.
    pub fn hints(&self, minor: u8, strictness: &Strictness) -> Vec<Finding> {
        let own = self.objects.iter().enumerate().filter(|(_, object)| !object.external);
        let mut found = Vec::new();
        for (number, object) in own {
            let Some(root) = self.tree.node(object.node) else { continue };
            let hints = lints(root, minor, strictness);
            if hints.is_empty() {
                continue;
            }
            let form = misshapen(root, minor);
            let hints = hints.into_iter().filter(|one| !follows(one, &form));
            found.extend(hints.map(|one| of_object(number, one)));
        }
        found
    }

    /// All that is wrong with the objects, and between them, for servers of this minor, in their order.
    pub fn findings(&self, minor: u8, strictness: &Strictness) -> Vec<Finding> {
        let kinds = self.kinds();
        let mut found: Vec<Finding> = Vec::new();
        let mut all = Vec::new();
        for (number, object) in self.objects.iter().enumerate() {
            let Some(root) = self.tree.node(object.node) else { continue };
            if object.external {
                all.push(Facts { external: true, ..facts(root) });
                continue;
            }
            let form = misshapen(root, minor);
            // Of what has another type than it should, facts would say too little.
            let is_unsure = |one: &Refusal| {
                one.error == FieldError::TypeInvalid || one.rule == "K-unknown-kind"
            };
            all.push(if form.iter().any(is_unsure) {
                Facts::hidden()
            } else {
                facts_for(root, strictness)
            });
            let mut custom = kinds.refusals(root, minor);
            let unknown = custom.iter().filter(|one| one.rule == "K-unknown-field");
            let unknown: Vec<Refusal> = unknown.cloned().collect();
            custom.retain(|one| !follows(one, &unknown));
            let refused = refusals(root, minor).into_iter().filter(|one| !follows(one, &form));
            let refused: Vec<Refusal> = refused.collect();
            for one in form.into_iter().chain(refused).chain(custom) {
                let same = |other: &Finding| {
                    (other.object, other.rule, &other.path) == (number, one.rule, &one.path)
                };
                if !found.iter().rev().take_while(|other| other.object == number).any(same) {
                    found.push(of_object(number, one));
                }
            }
        }
        if self.partial {
            all.push(Facts::hidden());
        }
        let all: Vec<&Facts> = all.iter().collect();
        let is_external = |at: usize| self.objects.get(at).is_some_and(|object| object.external);
        let violations =
            violations(&all, strictness).into_iter().filter(|found| !is_external(found.object));
        found.extend(violations.map(|violation| Finding {
            rule: violation.rule,
            level: violation.level,
            absence: violation.absence,
            missing: violation.missing,
            object: violation.object,
            path: violation.path,
            of_key: false,
            message: violation.message,
            help: violation.help,
            related: violation.related,
        }));
        found
    }
}

/// Whether what a rule says only follows from something that is not of the form of its kind.
fn follows(one: &Refusal, form: &[Refusal]) -> bool {
    form.iter().any(|wrong| {
        let Some((last, above)) = wrong.path.split_last() else { return false };
        match wrong.rule {
            "K-unknown-kind" => true,
            // What is missing may be what is written wrongly.
            "K-unknown-field" => {
                let rest = one.path.strip_prefix(above);
                let is_absence = one.error == FieldError::Required || one.level != Level::Error;
                match (rest, last) {
                    (Some([]), _) => one.error == FieldError::Required,
                    (Some([Step::Key(field), ..]), Step::Key(last)) if is_absence => {
                        nearest(last, [field.as_str()]).is_some()
                    }
                    _ => false,
                }
            }
            _ => wrong.error == FieldError::TypeInvalid && one.path.starts_with(&wrong.path),
        }
    })
}

fn of_object(object: usize, refusal: Refusal) -> Finding {
    Finding {
        rule: refusal.rule,
        level: refusal.level,
        absence: false,
        missing: None,
        object,
        path: refusal.path,
        of_key: refusal.of_key,
        message: refusal.message,
        help: refusal.help,
        related: refusal.related.into_iter().map(|(path, why)| (object, path, why)).collect(),
    }
}

/// Where in its text something is to be mended: the scalar that a path leads to; of a map or list, and of a field that
/// is not known, its name. What is missing is marked at the name of the innermost that is there.
pub fn place(data: &Data, root: data::NodeId, path: &[Step], names: bool) -> Range<usize> {
    let mut at = root;
    let mut name = None;
    let mut missing = false;
    for step in path {
        let next = match (data.node(at).map(|node| &node.value), step) {
            (Some(data::Value::Map(entries)), Step::Key(step)) => {
                let entry = entries.iter().find(|entry| key(data, entry.key) == step);
                entry.map(|entry| (Some(entry.key), entry.value))
            }
            (Some(data::Value::List(items)), Step::Index(index)) => {
                items.get(*index).map(|item| (None, *item))
            }
            _ => None,
        };
        let Some((own, value)) = next else {
            missing = true;
            break;
        };
        (name, at) = (own, value);
    }
    let marked = match data.node(at).map(|node| &node.value) {
        Some(data::Value::Map(entries)) => {
            name.or(entries.first().map(|entry| entry.key)).unwrap_or(at)
        }
        Some(data::Value::List(_)) => name.unwrap_or(at),
        _ if missing || names => name.unwrap_or(at),
        _ => at,
    };
    data.node(marked).map_or(0..0, |node| node.start as usize..node.end as usize)
}

/// Where the values of a Secret stand, which nobody is to be shown; of a list of objects, of each that is one.
pub fn secret_places(data: &Data, root: data::NodeId) -> Vec<Range<usize>> {
    let entries = |id: data::NodeId| match data.node(id).map(|node| &node.value) {
        Some(data::Value::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    let kind = entries(root).iter().find(|entry| key(data, entry.key) == "kind");
    let kind = kind.map_or("", |entry| key(data, entry.value));
    let of = |names: &'static [&str]| {
        entries(root).iter().filter(|entry| names.contains(&key(data, entry.key)))
    };
    match kind {
        "Secret" => {
            let values = of(&["data", "stringData"]).flat_map(|map| entries(map.value));
            let values = values.filter_map(|entry| data.node(entry.value));
            values.map(|node| node.start as usize..node.end as usize).collect()
        }
        "List" | "SecretList" => {
            let items = of(&["items"]).filter_map(|entry| data.node(entry.value));
            let items = items.filter_map(|node| match &node.value {
                data::Value::List(items) => Some(items),
                _ => None,
            });
            items.flatten().flat_map(|item| secret_places(data, *item)).collect()
        }
        _ => Vec::new(),
    }
}

/// Adds a copy of a value to a tree, with the numbers of its nodes as origins. A value that cannot be read is null.
pub fn planted(data: &Data, id: data::NodeId, tree: &mut Tree) {
    match data.node(id).map(|node| &node.value) {
        Some(data::Value::Bool(value)) => drop(tree.bool(*value, id)),
        Some(data::Value::Int(value)) => drop(tree.int(*value, id)),
        Some(data::Value::Float(value)) => drop(tree.float(*value, id)),
        Some(data::Value::Str(value)) => drop(tree.str(value, id)),
        Some(data::Value::List(items)) => {
            tree.begin_list(id);
            items.iter().for_each(|item| planted(data, *item, tree));
            tree.end(false);
        }
        Some(data::Value::Map(entries)) => {
            tree.begin_map(id);
            for entry in entries {
                tree.key(key(data, entry.key));
                planted(data, entry.value, tree);
            }
            tree.end(false);
        }
        Some(data::Value::Null | data::Value::Broken) | None => drop(tree.null(id)),
    }
}

fn is_broken(data: &Data, id: data::NodeId) -> bool {
    match data.node(id).map(|node| &node.value) {
        Some(data::Value::Broken) | None => true,
        Some(data::Value::List(items)) => items.iter().any(|item| is_broken(data, *item)),
        Some(data::Value::Map(entries)) => entries.iter().any(|entry| is_broken(data, entry.value)),
        _ => false,
    }
}

fn key(data: &Data, id: data::NodeId) -> &str {
    match data.node(id).map(|node| &node.value) {
        Some(data::Value::Str(text)) => text,
        _ => "",
    }
}
