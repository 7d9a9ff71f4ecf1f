//! What nothing is made of: records that read like objects of Kubernetes and are none, and components of a `let` that others refer to.
//!
//! As [`crate::unused`] it looks at texts when nothing else is wrong, and is no query.

use salsa::Database;
use syntax::{Node, NodeKind, TokenKind};

use crate::db::{Item, ItemKind, Module, Origin, target};
use crate::elaborate::signature;
use crate::fits::base;
use crate::parse::{parsed, tokens_of};
use crate::problem::{Place, Problem, Severity};
use crate::schema::schema;
use crate::ty::Ty;

/// A warning for each field of a file that holds a plain record with an `apiVersion` and a `kind`, and for each `let` whose handles are read and whose objects nobody makes.
pub fn unmade(db: &dyn Database, modules: &[Module]) -> Vec<Problem> {
    let files = modules.iter().filter(|module| module.origin(db) == Origin::File);
    let items = files.flat_map(|module| module.items(db).iter().copied());
    items
        .filter_map(|item| match item.kind(db) {
            ItemKind::Binding if item.text(db).contains("apiVersion") => warning(db, item),
            ItemKind::Let => of_let(db, item),
            _ => None,
        })
        .collect()
}

/// Of a component that a `let` makes: the first place that reads a handle of it, if the file does nothing else with it. Then it is not emitted under another name,
/// and no base of anything.
fn of_let(db: &dyn Database, item: Item) -> Option<Problem> {
    let parsed = parsed(db, item);
    let value = parsed.tree().entry().child(NodeKind::Set)?.children().next()?;
    let makes = |part: Node<'_>| matches!(part.kind(), NodeKind::Amend | NodeKind::With);
    let named =
        value.children().next().filter(|name| name.first_token() == Some(TokenKind::Pascal));
    if value.kind() != NodeKind::Chain || named.is_none() || !value.children().skip(1).all(makes) {
        return None;
    }
    let signature = signature(db, item);
    let Ty::Schema(of) = base(&signature.ty) else { return None };
    let info = schema(db, *of);
    if !info.fields.iter().any(|field| field.emit) {
        return None;
    }
    let name = item.name(db);
    let mut read: Option<Place> = None;
    for other in item.module(db).items(db).iter().copied().filter(|other| *other != item) {
        let text = other.text(db);
        if !text.contains(name) {
            continue;
        }
        let tokens = tokens_of(db, other);
        let word = |at: usize| text.get(tokens.span(at).range()).unwrap_or_default();
        for at in (0..tokens.len()).filter(|at| word(*at) == name) {
            if tokens.kind(at) == Some(TokenKind::Str) {
                continue;
            }
            if tokens.kind(at + 1) != Some(TokenKind::Dot) {
                return None;
            }
            match info.field(word(at + 2)) {
                Some(field) if field.export => {
                    let tree = crate::parse::parsed(db, other);
                    let node = tree.tree().node_at(tokens.span(at).start as usize).id();
                    read.get_or_insert(Place { item: other, node });
                }
                _ if matches!(word(at + 2), "name" | "namespace") => {}
                _ => return None,
            }
        }
    }
    let schema = named?.text();
    let message = format!("this refers to `{name}`, and nothing makes its objects");
    let made = Place { item, node: parsed.tree().entry().child(NodeKind::Name)?.id() };
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
