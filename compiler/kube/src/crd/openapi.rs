//! Kinds as a cluster describes them: documents of `/openapi/v3`, one for each version of a group.
//!
//! A document holds schemas by name, which refer to each other, and the addresses of its resources, which say of
//! each kind where its objects lie. Of a custom kind it holds what the definition says; of one that another server
//! adds to the cluster, what that server says.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::Schema;
use super::{Definition, kind_of};
use crate::tree::{Ref, Tree, Value};
use crate::types::custom::Kind;

const SCHEMAS: [&str; 2] = ["components", "schemas"];

/// How a kind is named in documents.
const NAMES: &str = "x-kubernetes-group-version-kind";

/// How many nodes all schemas of a document may have once they are written out, and how deep they may refer to each
/// other. What is beyond takes anything.
const NODES: usize = 300_000;
const DEPTH: usize = 40;

/// Whether this is a document of `/openapi/v3`.
pub fn is_document(root: Ref<'_>) -> bool {
    root.get("openapi").and_then(Ref::as_str).is_some_and(|version| version.starts_with("3."))
        && root.at(&SCHEMAS).is_some_and(Ref::is_map)
}

/// Whether this is the list of all documents of a cluster, which holds no schemas.
pub fn is_index(root: Ref<'_>) -> bool {
    let mut paths = root.get("paths").into_iter().flat_map(Ref::entries).peekable();
    paths.peek().is_some() && paths.all(|(_, path)| path.get("serverRelativeURL").is_some())
}

/// The kinds of a document that are not built in.
pub fn kinds(root: Ref<'_>) -> Vec<Definition> {
    let resources = resources(root);
    let mut found = Vec::new();
    let mut left = NODES;
    for (_, schema) in root.at(&SCHEMAS).into_iter().flat_map(Ref::entries) {
        let [name] = names(schema).collect::<Vec<_>>()[..] else { continue };
        let Some(resource) = resources.get(&name) else { continue };
        let (group, version, kind) = name;
        if crate::types::kind(group, version, kind).is_some() {
            continue;
        }
        let mut writer = Writer { root, tree: Tree::new(), most: left, within: Vec::new() };
        writer.schema(schema, true);
        left = left.saturating_sub(writer.tree.len());
        let Some(whole) = writer.tree.roots().next() else { continue };
        let known = Kind {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            plural: resource.plural.into(),
            namespaced: resource.namespaced,
        };
        let ty = kind_of(Schema::of(whole), known, resource.has_status);
        found.extend(ty.map(|ty| Definition {
            ty,
            served: true,
            deprecated: None,
            node: schema.origin(),
        }));
    }
    found
}

/// Group, version and kind.
type Name<'t> = (&'t str, &'t str, &'t str);

struct Resource<'t> {
    plural: &'t str,
    namespaced: bool,
    has_status: bool,
}

fn names<'t>(node: Ref<'t>) -> impl Iterator<Item = Name<'t>> {
    let all = node.get(NAMES);
    // Of a schema it is a list, and of a request one name.
    let one = all.filter(|all| all.is_map());
    all.into_iter().flat_map(Ref::items).chain(one).map(|name| {
        let part = |part| name.get(part).and_then(Ref::as_str).unwrap_or_default();
        (part("group"), part("version"), part("kind"))
    })
}

/// What the addresses say: those to which objects can be sent.
fn resources(root: Ref<'_>) -> BTreeMap<Name<'_>, Resource<'_>> {
    let paths = || root.get("paths").into_iter().flat_map(Ref::entries);
    let all: BTreeSet<&str> = paths().map(|(path, _)| path).collect();
    let has_status = |path: &str| all.contains(format!("{path}/{{name}}/status").as_str());
    let mut found = BTreeMap::new();
    for (path, methods) in paths() {
        let Some(name) = methods.get("post").and_then(|post| names(post).next()) else { continue };
        // `/apis/GROUP/VERSION/…`, and `/api/v1/…` for the group without a name.
        let rest: Vec<&str> = path.split('/').skip(if name.0.is_empty() { 3 } else { 4 }).collect();
        let (plural, namespaced) = match rest.as_slice() {
            ["namespaces", "{namespace}", plural] => (*plural, true),
            [plural] => (*plural, false),
            _ => continue,
        };
        found.insert(name, Resource { plural, namespaced, has_status: has_status(path) });
    }
    found
}

/// Writes a schema with what it refers to in its place.
struct Writer<'t> {
    root: Ref<'t>,
    tree: Tree,
    /// How many nodes it may have.
    most: usize,
    /// The names of the schemas that are being written.
    within: Vec<&'t str>,
}

impl<'t> Writer<'t> {
    /// `own` says that the node is a schema, and not the properties of one or a constant in it.
    fn schema(&mut self, node: Ref<'t>, own: bool) {
        if self.tree.len() > self.most || self.within.len() > DEPTH {
            return self.open(node, None);
        }
        if own && let Some(name) = referred(node) {
            let text = node.get("description").and_then(Ref::as_str);
            let target = self.root.at(&SCHEMAS).and_then(|all| all.get(name));
            // Every object's own fields are known, and what holds itself is not followed.
            let is_known = name.ends_with(".apis.meta.v1.ObjectMeta");
            match target {
                Some(target) if !is_known && !self.within.contains(&name) => {
                    self.within.push(name);
                    self.entries(target, text);
                    self.within.pop();
                }
                _ => self.open(node, if is_known { Some("object") } else { None }),
            }
            return;
        }
        match node.value() {
            Value::Map if own => self.entries(node, None),
            Value::Map => {
                self.tree.begin_map(node.origin());
                for (name, inner) in node.entries() {
                    self.tree.key(name);
                    self.schema(inner, true);
                }
                self.tree.end(false);
            }
            Value::List => {
                self.tree.begin_list(node.origin());
                node.items().for_each(|item| self.schema(item, true));
                self.tree.end(false);
            }
            _ => drop(self.tree.copy(node)),
        }
    }

    /// The parts of a schema; `text` is said of it where it is used.
    fn entries(&mut self, node: Ref<'t>, text: Option<&str>) {
        self.tree.begin_map(node.origin());
        for (name, inner) in node.entries() {
            if name == "description" && text.is_some() {
                continue;
            }
            self.tree.key(name);
            match name {
                "properties" => self.schema(inner, false),
                "items" | "additionalProperties" | "not" => self.schema(inner, true),
                "allOf" | "anyOf" | "oneOf" => self.schema(inner, true),
                _ => drop(self.tree.copy(inner)),
            }
        }
        if let Some(text) = text {
            self.tree.key("description").str(text, node.origin());
        }
        self.tree.end(false);
    }

    /// A schema that takes anything, or any map.
    fn open(&mut self, node: Ref<'t>, ty: Option<&str>) {
        self.tree.begin_map(node.origin());
        self.tree.key("x-kubernetes-preserve-unknown-fields").bool(true, node.origin());
        if let Some(ty) = ty {
            self.tree.key("type").str(ty, node.origin());
        }
        self.tree.end(false);
    }
}

/// The name of the schema that a node stands for: `{$ref: …}`, or `{allOf: [{$ref: …}], …}` where more is said.
fn referred<'t>(node: Ref<'t>) -> Option<&'t str> {
    let direct = |node: Ref<'t>| node.get("$ref").and_then(Ref::as_str);
    let only = || {
        let mut all = node.get("allOf")?.items();
        let first = all.next().filter(|_| node.get("properties").is_none())?;
        all.next().is_none().then_some(first)
    };
    let path = direct(node).or_else(|| only().and_then(direct))?;
    path.strip_prefix("#/components/schemas/")
}
