//! What nothing is made of: records that read like objects of Kubernetes and are none, and components of a `let` that others refer to.
//!
//! As [`crate::unused`] it looks at texts when nothing else is wrong, and is no query.

mod refused;

use std::collections::BTreeMap;

use salsa::Database;
use syntax::{Node, NodeKind, TokenKind};

use crate::db::{Item, ItemKind, Module, Origin, target};
use crate::elaborate::signature;
use crate::fits::base;
use crate::parse::{parsed, tokens_of};
use crate::problem::{Place, Problem, Severity};
use crate::schema::{SchemaInfo, schema};
use crate::ty::Ty;

pub(crate) use refused::refused_unmade;

/// A warning for each field of a file that holds a plain record with an `apiVersion` and a `kind`, and for each `let` whose handles are read and whose objects nobody makes.
pub fn unmade(db: &dyn Database, modules: &[Module]) -> Vec<Problem> {
    let files = modules.iter().filter(|module| module.origin(db) == Origin::File);
    let of_file = |module: &Module| {
        let items = module.items(db).iter().copied();
        let records = items.filter(|item| {
            item.kind(db) == ItemKind::Binding && item.text(db).contains("apiVersion")
        });
        let mut found: Vec<Problem> = records.filter_map(|item| warning(db, item)).collect();
        found.extend(of_lets(db, *module));
        found
    };
    files.flat_map(of_file).collect()
}

/// A component that a `let` makes.
struct Component<'db> {
    item: Item,
    info: &'db SchemaInfo,
    /// The first place that reads a handle of it.
    read: Option<Place>,
}

/// Of each component that a `let` makes: the first place that reads a handle of it, if the file does nothing else with it. Then it is not emitted under another name,
/// and no base of anything.
fn of_lets(db: &dyn Database, module: Module) -> Vec<Problem> {
    let items = module.items(db);
    let lets = items.iter().copied().filter(|item| item.kind(db) == ItemKind::Let);
    let made = lets.filter_map(|item| {
        let info = component(db, item)?;
        Some((item.name(db), Component { item, info, read: None }))
    });
    let mut made: BTreeMap<&str, Component<'_>> = made.collect();
    for other in items.iter().copied() {
        // Most files have none, or few that are soon seen to be the base of something.
        if made.is_empty() {
            return Vec::new();
        }
        let text = other.text(db);
        if made.len() <= FEW && !made.keys().any(|name| text.contains(name)) {
            continue;
        }
        let tokens = tokens_of(db, other);
        let word = |at: usize| text.get(tokens.span(at).range()).unwrap_or_default();
        for at in 0..tokens.len() {
            let Some(of) = made.get_mut(word(at)).filter(|of| of.item != other) else { continue };
            let handle = (tokens.kind(at + 1) == Some(TokenKind::Dot)).then(|| word(at + 2));
            match handle {
                _ if tokens.kind(at) == Some(TokenKind::Str) => {}
                Some(field) if of.info.field(field).is_some_and(|field| field.export) => {
                    let node =
                        || parsed(db, other).tree().node_at(tokens.span(at).start as usize).id();
                    of.read.get_or_insert_with(|| Place { item: other, node: node() });
                }
                Some("name" | "namespace") => {}
                _ => {
                    made.remove(word(at));
                }
            }
        }
    }
    made.into_values().filter_map(|of| read_and_unmade(db, of)).collect()
}

/// Of so few names it is asked of a text whether it holds one, before its tokens are read.
const FEW: usize = 8;

/// The schema of the component that an item makes of it and of nothing else, if it is one that makes objects.
fn component(db: &dyn Database, item: Item) -> Option<&SchemaInfo> {
    let parsed = parsed(db, item);
    let value = parsed.tree().entry().child(NodeKind::Set)?.children().next()?;
    let makes = |part: Node<'_>| matches!(part.kind(), NodeKind::Amend | NodeKind::With);
    let is_named =
        value.children().next().is_some_and(|name| name.first_token() == Some(TokenKind::Pascal));
    if value.kind() != NodeKind::Chain || !is_named || !value.children().skip(1).all(makes) {
        return None;
    }
    let Ty::Schema(of) = base(&signature(db, item).ty) else { return None };
    let info = schema(db, *of);
    info.fields.iter().any(|field| field.emit).then_some(info)
}

fn read_and_unmade(db: &dyn Database, of: Component<'_>) -> Option<Problem> {
    let Component { item, read, .. } = of;
    let parsed = parsed(db, item);
    let entry = parsed.tree().entry();
    let schema = entry.child(NodeKind::Set)?.children().next()?.children().next()?.text();
    let name = item.name(db);
    let message = format!("this refers to `{name}`, and nothing makes its objects");
    let made = Place { item, node: entry.child(NodeKind::Name)?.id() };
    let problem = Problem::error(584, read?, message).severity(Severity::Warning);
    Some(problem.related(made, "a `let` makes no objects").help(format!(
        "leave `let` out, or, where they are made elsewhere, write `{name} = external {schema} {{ … }}`"
    )))
}

fn warning(db: &dyn Database, item: Item) -> Option<Problem> {
    let parsed = parsed(db, item);
    let binding = parsed.tree().entry();
    let path = binding.child(NodeKind::Path)?;
    let record = binding.child(NodeKind::Set)?.child(NodeKind::Body)?;
    let (_, kind) = (text_of(record, "apiVersion")?, text_of(record, "kind")?);
    if !matches!(base(&signature(db, item).ty), Ty::Record(_)) {
        return None;
    }
    let known = kube::types::newest_at(&kind, target(db)).is_some();
    let schema = if known { format!("k8s.{kind}") } else { kind.clone() };
    let name = path.text();
    let message =
        format!("`{name}` reads like a {kind}, and is a plain record: nothing is made of it");
    let problem = Problem::error(581, Place { item, node: path.id() }, message);
    let problem = problem.severity(Severity::Warning);
    Some(match known {
        true => problem.help(format!("write `{name} = {schema} {{ … }}`, without `apiVersion` and `kind`")),
        false => problem.help(format!(
            "bring {kind} by its definition, `use crd \"./definitions.yaml\" as …`, and write `{name} = ….{kind} {{ … }}`"
        )),
    })
}

/// The constant text that a record gives to a field.
fn text_of(record: Node<'_>, name: &str) -> Option<String> {
    let mut bindings = record.children_of(NodeKind::Binding);
    let binding = bindings
        .find(|binding| binding.child(NodeKind::Path).is_some_and(|path| path.text() == name))?;
    let value = binding.child(NodeKind::Set)?.child(NodeKind::Str)?;
    Some(syntax::literal::string_value(value.text()).into_owned())
}
