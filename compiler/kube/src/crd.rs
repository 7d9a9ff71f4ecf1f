//! Custom kinds: the types and the rules that CustomResourceDefinitions give.
//!
//! Data in, types and refusals out. [`definitions`] reads a file of definitions, says what a server would refuse of
//! them, and makes of each version a type behind the handles of [`crate::types`], so that whoever knows what to do
//! with a built-in kind knows it of a custom one. Schemas are structural, as servers ask for.

mod json;
mod pattern;
mod schema;

mod types;

mod openapi;

mod format;
mod judge;
mod url;
mod value;

mod cel;
mod costs;
mod rules;

use std::rc::Rc;
use std::sync::Arc;

use crate::data::{Data, NodeId, Value};
use crate::manifests::planted;
use crate::rules::Level;
use crate::server::{self, FieldError, Refusal};
use crate::tree::{Ref, Step, Tree};
use crate::types::custom::{self, Kind};
use crate::types::{TARGET, TypeId};

use judge::{Judge, Way};
use schema::Schema;
use value::Val;

pub(crate) use costs::costly;
pub use types::{text_of_field, text_of_type};

/// How objects of a kind are judged.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    schema: Schema,
    /// The server keeps `status` for itself, and drops what is written there.
    has_status: bool,
}

/// A version of a kind that a file defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub ty: TypeId,
    /// Whether a server takes objects of this version.
    pub served: bool,
    /// What is said of its use, where that is discouraged.
    pub deprecated: Option<String>,
    /// Where the file names the version.
    pub node: NodeId,
}

/// What a file defines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Definitions {
    /// In the order of the file; of each kind the version first that stands there first.
    pub kinds: Vec<Definition>,
    pub problems: Vec<Problem>,
}

/// What is wrong with a file of definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub fault: Fault,
    pub node: NodeId,
    pub message: String,
    pub help: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing in it is a definition.
    NoDefinition,
    /// A server would refuse the definition, by this rule.
    Refused(&'static str),
    /// A server takes it, and it is not what is meant.
    Doubtful(&'static str),
}

const GROUP: &str = "apiextensions.k8s.io";

/// What a file defines, judged as a server of this minor does. Objects of other kinds that stand in the file, as
/// they do in manifests that install something, are passed over.
pub fn definitions(data: &Data, minor: u8) -> Definitions {
    let mut found = Definitions::default();
    let mut tree = Tree::new();
    let mut others = None;
    for document in objects(data) {
        let text = |name| text_of(data, field(data, document, name));
        let (version, kind) = (text("apiVersion"), text("kind"));
        if kind.is_empty() && field(data, document, "paths").is_some() {
            described(data, document, &mut tree, &mut found);
            continue;
        }
        if kind != "CustomResourceDefinition" {
            others = others.or(Some((document, format!("{version} {kind}"))));
            continue;
        }
        if version != format!("{GROUP}/v1") {
            let node = field(data, document, "apiVersion").unwrap_or(document);
            found.problems.push(Problem {
                fault: Fault::NoDefinition,
                node,
                message: format!(
                    "a definition of `{version}` is read by no server since Kubernetes 1.22"
                ),
                help: Some(format!("write it for {GROUP}/v1, with a schema in each version")),
            });
            continue;
        }
        tree.clear();
        planted(data, document, &mut tree);
        if let Some(root) = tree.roots().next() {
            definition(root, minor, &mut found);
        }
    }
    if found.kinds.is_empty() && found.problems.is_empty() {
        let message = match &others {
            Some((_, what)) if !what.trim().is_empty() => {
                format!("this is {what}, and no CustomResourceDefinition")
            }
            _ => "this is no CustomResourceDefinition".to_owned(),
        };
        let help =
            "`use crd` reads files with definitions of kinds; objects are read with `import`";
        found.problems.push(Problem {
            fault: Fault::NoDefinition,
            node: others.map_or(0, |(node, _)| node),
            message,
            help: Some(help.to_owned()),
        });
    }
    found
}

/// What a server refuses of an object of a custom kind because of its definition; nothing of one that is built in.
/// What holds for all objects, [`server::refusals`] says.
pub fn refusals(object: Ref<'_>, ty: TypeId) -> Vec<Refusal> {
    let Some(record) = ty.custom() else { return Vec::new() };
    let (Some(rules), Some(kind)) = (&record.rules, &record.kind) else { return Vec::new() };
    let mut judge = Judge::default();
    let mut value = Val::of(object, Some(&rules.schema));
    // The server forgets what is written there before it looks.
    if rules.has_status
        && let Val::Map(entries) = &mut value
    {
        Rc::make_mut(entries).remove("status");
    }
    judge.value(&rules.schema, &value, &Way::ROOT);
    if judge.found.iter().all(|one| one.level != Level::Error) {
        judge.doubles(&rules.schema, &value, &Way::ROOT);
    }
    // Rules may take for granted that what they name is there and of its type.
    let blocks = |one: &Refusal| {
        use FieldError::{NotSupported, Required, TooLong, TooMany, TypeInvalid};
        matches!(one.error, NotSupported | Required | TooLong | TooMany | TypeInvalid)
    };
    if !judge.found.iter().any(blocks) {
        self::rules::apply(&mut judge, &rules.schema, &value);
    }
    let mut way = Vec::new();
    embedded(&rules.schema, object, &mut way, &mut judge.found);
    let namespace = object.at(&["metadata", "namespace"]).and_then(Ref::as_str);
    if !kind.namespaced && namespace.is_some_and(|name| !name.is_empty()) {
        let metadata = Way::ROOT.key("metadata");
        let message = format!("a {} is of the whole cluster and lies in no namespace", kind.kind);
        let refusal =
            judge.refuse(&metadata.key("namespace"), "K-namespace", FieldError::Forbidden, message);
        if let Some(refusal) = refusal {
            refusal.stricter = true;
        }
    }
    judge.found
}

/// What is refused of the objects that lie within one.
fn embedded(schema: &Schema, node: Ref<'_>, way: &mut Vec<Step>, found: &mut Vec<Refusal>) {
    if schema.embedded {
        found.extend(server::embedded_refusals(node, way, TARGET));
    }
    if !schema.has_embedded {
        return;
    }
    for (name, entry) in node.entries() {
        if let Some(inner) = schema.of_entry(name) {
            way.push(Step::Key(name.to_owned()));
            embedded(inner, entry, way, found);
            way.pop();
        }
    }
    for (at, item) in node.items().enumerate() {
        if let Some(inner) = &schema.items {
            way.push(Step::Index(at));
            embedded(inner, item, way, found);
            way.pop();
        }
    }
}

/// Whether text is a version as <https://semver.org> writes them.
pub(crate) fn is_semantic_version(text: &str) -> bool {
    cel::Semver::parsed(text, false).is_some()
}

/// Why a rule of a definition cannot be read, and at which byte.
pub(crate) fn unreadable_rule(text: &str) -> Option<(String, usize)> {
    cel::program(text).err().map(|unread| (unread.message, unread.at as usize))
}

/// Why no server can read a `pattern` of a definition.
pub(crate) fn unreadable_pattern(text: &str) -> Option<String> {
    pattern::unreadable(text)
}

/// Why a rule, or the message that one computes, does not fit the schema with which it stands.
pub(crate) fn misfit_rule(
    schema: Ref<'_>,
    is_root: bool,
    text: &str,
    is_message: bool,
    optional_old: bool,
) -> Option<String> {
    let schema = Schema::of(schema);
    let own = cel::Ty::of(&schema, is_root)?;
    let old = match optional_old {
        true => cel::Ty::Optional(own.clone().into()),
        false => own.clone(),
    };
    let expr = cel::program(text).ok()?;
    let wanted = if is_message { cel::Ty::Str } else { cel::Ty::Bool };
    cel::misfit(&expr, &[("self", own), ("oldSelf", old)], &wanted)
}

/// Why an expression about these variables does not fit. `of` are the fields of the variable `variables`, each with the
/// expression that gives it, which may speak of those before it.
pub(crate) fn misfit_expression(
    text: &str,
    names: &[&str],
    of: Option<&[(&str, &str)]>,
    wanted: Wanted,
) -> Option<String> {
    let expr = cel::program(text).ok()?;
    let mut env: Vec<(&str, cel::Ty<'_>)> =
        names.iter().map(|name| (*name, cel::of_variable(name))).collect();
    if let Some(of) = of {
        env.push(("variables", cel::Ty::Fields(Rc::default())));
        for (name, text) in of {
            let known = cel::program(text).ok().and_then(|expr| cel::gives(&expr, &env));
            if let Some((_, cel::Ty::Fields(fields))) = env.last_mut() {
                let ty = known.unwrap_or(cel::Ty::Unknown);
                Rc::make_mut(fields).push(((*name).to_owned(), ty));
            }
        }
    }
    let found = match cel::given(&expr, &env) {
        Ok(found) => found,
        Err(why) => return Some(why),
    };
    let fits = match (wanted, &found) {
        (Wanted::Anything, _) => true,
        (_, cel::Ty::Unknown) => true,
        (Wanted::Bool, cel::Ty::Bool) => true,
        (Wanted::Text | Wanted::TextOrNull, cel::Ty::Str) => true,
        (Wanted::TextOrNull, cel::Ty::Null) => true,
        (Wanted::Object, found) => cel::is_object(found),
        (Wanted::Patches, found) => cel::are_patches(found),
        _ => false,
    };
    let text = text.trim();
    let (asked, written) = match wanted {
        Wanted::Object => ("an Object", "Object{spec: Object.spec{…}}".to_owned()),
        Wanted::Patches => ("a list of JSON patches", "[JSONPatch{op: …}]".to_owned()),
        Wanted::Bool => ("a bool", format!("{text} == true")),
        Wanted::TextOrNull => ("a string or null", format!("{text} + \"\"")),
        Wanted::Text | Wanted::Anything => ("a string", format!("{text} + \"\"")),
    };
    match &found {
        _ if fits => None,
        cel::Ty::Dyn => Some(format!(
            "{asked} is asked for, and of what kind this is nothing says: write `{written}`"
        )),
        found => Some(format!("it gives {}, and {asked} is asked for", found.name())),
    }
}

/// What an expression is to give (`ReturnTypes` of `pkg/admission/plugin` of the API server), which takes no other type for
/// it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Bool,
    Text,
    TextOrNull,
    /// What a server applies.
    Object,
    /// A list of JSON patches.
    Patches,
    Anything,
}

/// The documents of a file, those of lists in their place.
fn objects(data: &Data) -> Vec<NodeId> {
    let mut all = Vec::new();
    for document in &data.documents {
        match field(data, *document, "items").and_then(|items| data.node(items)) {
            Some(items) if text_of(data, field(data, *document, "kind")).ends_with("List") => {
                if let Value::List(items) = &items.value {
                    all.extend(items);
                }
            }
            _ => all.push(*document),
        }
    }
    all
}

fn field(data: &Data, map: NodeId, name: &str) -> Option<NodeId> {
    let Value::Map(entries) = &data.node(map)?.value else { return None };
    let named = |entry: &&crate::data::Entry| text_of(data, Some(entry.key)) == name;
    entries.iter().find(named).map(|entry| entry.value)
}

fn text_of(data: &Data, node: Option<NodeId>) -> &str {
    match node.and_then(|node| data.node(node)).map(|node| &node.value) {
        Some(Value::Str(text)) => text,
        _ => "",
    }
}

/// What a document of `/openapi/v3` describes.
fn described(data: &Data, document: NodeId, tree: &mut Tree, found: &mut Definitions) {
    tree.clear();
    planted(data, document, tree);
    let Some(root) = tree.roots().next() else { return };
    let kinds = if openapi::is_document(root) { openapi::kinds(root) } else { Vec::new() };
    if kinds.is_empty() {
        let (message, help) = match openapi::is_index(root) {
            true => (
                "this lists the documents of a cluster, and describes no kind",
                "ask for one of them: `kubectl get --raw /openapi/v3/apis/GROUP/VERSION`",
            ),
            false => (
                "this describes no kind that is not built in",
                "`use crd` reads definitions of kinds, and documents of /openapi/v3 with custom kinds",
            ),
        };
        found.problems.push(Problem {
            fault: Fault::NoDefinition,
            node: document,
            message: message.to_owned(),
            help: Some(help.to_owned()),
        });
    }
    found.kinds.extend(kinds);
}

/// The kinds that an object defines; none where it is no definition.
pub fn defined_by(root: Ref<'_>) -> Vec<Definition> {
    let text = |path: &[&str]| root.at(path).and_then(Ref::as_str).unwrap_or_default();
    if text(&["kind"]) != "CustomResourceDefinition"
        || text(&["apiVersion"]) != format!("{GROUP}/v1")
    {
        return Vec::new();
    }
    let (group, kind) = (text(&["spec", "group"]), text(&["spec", "names", "kind"]));
    if group.is_empty() || kind.is_empty() {
        return Vec::new();
    }
    let mut kinds = Vec::new();
    for version in root.at(&["spec", "versions"]).into_iter().flat_map(Ref::items) {
        let of = |name: &str| version.get(name);
        let truth = |name: &str| of(name).and_then(Ref::as_bool) == Some(true);
        let Some(name) = of("name").filter(|name| name.as_str().is_some()) else { continue };
        let Some(schema) = version.at(&["schema", "openAPIV3Schema"]) else { continue };
        let ty = kind_of(
            Schema::of(schema),
            Kind {
                group: group.into(),
                version: name.as_str().unwrap_or_default().into(),
                kind: kind.into(),
                plural: text(&["spec", "names", "plural"]).into(),
                namespaced: text(&["spec", "scope"]) != "Cluster",
            },
            version.at(&["subresources", "status"]).is_some(),
        );
        let warning = of("deprecationWarning").and_then(Ref::as_str).map(str::to_owned);
        kinds.extend(ty.map(|ty| Definition {
            ty,
            served: truth("served"),
            deprecated: truth("deprecated").then(|| warning.unwrap_or_default()),
            node: name.origin(),
        }));
    }
    kinds
}

/// The kinds of one definition, and what a server says of it.
fn definition(root: Ref<'_>, minor: u8, found: &mut Definitions) {
    let misshapen = server::misshapen(root, minor);
    let refused = if misshapen.is_empty() { server::refusals(root, minor) } else { misshapen };
    found.problems.extend(refused.iter().map(|one| problem(root, one)));
    found.kinds.extend(defined_by(root));
}

/// The type of a kind with this schema.
fn kind_of(schema: Schema, kind: Kind, has_status: bool) -> Option<TypeId> {
    let mut record = types::record(&schema, &kind.kind);
    types::with_object_fields(&mut record.properties, false);
    record.kind = Some(kind);
    record.rules = Some(Arc::new(Rules { schema, has_status }));
    custom::type_of(record)
}

/// A refusal of a definition, at the nearest node to its path that is there.
fn problem(root: Ref<'_>, refusal: &Refusal) -> Problem {
    let near = (0..=refusal.path.len()).rev().find_map(|length| {
        let path: &[Step] = refusal.path.get(..length)?;
        root.find(path)
    });
    Problem {
        fault: match refusal.level {
            Level::Error => Fault::Refused(refusal.rule),
            _ => Fault::Doubtful(refusal.rule),
        },
        node: near.map_or(0, Ref::origin),
        message: refusal.message.clone(),
        help: refusal.help.clone(),
    }
}
