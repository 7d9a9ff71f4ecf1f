//! What is shown between the words: types that are not written, names of parameters, and values that are computed.

use std::ops::Range;
use std::sync::Arc;

use analysis::db::{Item, ItemKind};
use analysis::elaborate::{Called, Meaning, meaning, signature};
use analysis::explain::{Explained, Role, taken};
use analysis::parse::parsed;
use analysis::resolve::declaration;
use analysis::show::type_name;
use analysis::ty::Ty;
use analysis::workspace::{Loaded, Workspace};
use syntax::{Node, NodeKind as K};

use crate::hover::value_in;
use crate::symbol::bound_at;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    pub offset: usize,
    pub label: String,
    pub kind: HintKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HintKind {
    Type,
    Parameter,
    Value,
}

/// How many values are computed for hints at once.
const VALUES: usize = 100;
/// Steps past which no more values are computed for hints.
const STEPS: u64 = analysis::limits::STEPS / 2;
/// How long a hint may be, in characters.
const LENGTH: usize = 40;

/// The hints in a stretch of a file; values are those of the first program.
pub fn hints(
    workspace: &Workspace,
    programs: &[(String, Arc<Loaded>)],
    file: &str,
    within: &Range<usize>,
) -> Vec<Hint> {
    let db = workspace.db();
    let mut hints = Vec::new();
    let mut values = 0;
    let program = programs.first().and_then(|(_, loaded)| loaded.program);
    let steps = || program.map_or(0, |program| taken(db, program));
    let before = steps();
    for item in workspace.items_of(file) {
        let Some(at) = workspace.item_range(item) else { continue };
        if at.end < within.start || within.end < at.start || item.kind(db) == ItemKind::Test {
            continue;
        }
        let meaning = meaning(db, item, None);
        let parsed = parsed(db, item);
        let is_layer = declaration(db, item.module(db), item.name(db)) != Some(item)
            || parsed.tree().nodes().any(|node| node.kind() == K::With);
        for node in parsed.tree().nodes() {
            let end = at.start + node.range().end;
            if !within.contains(&end) {
                continue;
            }
            match node.kind() {
                K::Let if node.child(K::Annotation).is_none() => {
                    hints.extend(of_let(workspace, &meaning, node, at.start));
                }
                K::Call => hints.extend(of_call(workspace, &meaning, node, at.start)),
                K::Binding if values < VALUES && steps() - before <= STEPS => {
                    let Some((value, last)) = bound(node) else { continue };
                    let computes = is_computed(&meaning, value);
                    if !computes && !is_layer {
                        continue;
                    }
                    let Some((of, path)) = bound_at(workspace, item, last) else { continue };
                    values += 1;
                    let Some(found) = value_in(workspace, programs, of, &path) else { continue };
                    let offset = at.start + value.range().end;
                    let mut hint = |label: String| {
                        hints.push(Hint { offset, label, kind: HintKind::Value });
                    };
                    if computes && !found.value.is_empty() {
                        hint(format!("= {}", short(&found.value)));
                    }
                    if let Some(below) = inherited(&found, item).filter(|_| is_layer) {
                        hint(format!("over {}", short(below)));
                    }
                }
                _ => {}
            }
        }
    }
    hints
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(LENGTH).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

/// The type of a local that nobody declares.
fn of_let(workspace: &Workspace, meaning: &Meaning, node: Node<'_>, start: usize) -> Option<Hint> {
    let name = node.child(K::Name)?;
    let value = node.child(K::Set)?.children().next()?;
    let ty = meaning.types.get(&value.id())?;
    // What is written out says its type by itself.
    let obvious = matches!(
        value.kind(),
        K::Str | K::Int | K::Float | K::Bool | K::Unit | K::Body | K::Lambda
    ) || matches!(ty, Ty::Error | Ty::Any)
        || (value.kind() == K::Chain
            && value.children().any(|part| matches!(part.kind(), K::Amend | K::With)));
    let label = format!(": {}", short(&type_name(workspace.db(), ty)));
    (!obvious).then(|| Hint { offset: start + name.range().end, label, kind: HintKind::Type })
}

/// The names of the parameters that constants are given for, where there are several.
fn of_call(workspace: &Workspace, meaning: &Meaning, node: Node<'_>, start: usize) -> Vec<Hint> {
    let db = workspace.db();
    let (ty, skip) = match meaning.calls.get(&node.id()) {
        Some(Called::Function(ty)) => (ty.clone(), 0),
        Some(Called::Library { items, method }) => match items.as_slice() {
            [item] => match &signature(db, *item).ty {
                Ty::Fn(ty) => (ty.clone(), usize::from(*method)),
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        },
        None => return Vec::new(),
    };
    let arguments = node.children().filter(|node| !matches!(node.kind(), K::Missing | K::Junk));
    let params = ty.params.iter().skip(skip);
    if params.len() < 2 {
        return Vec::new();
    }
    let constant = |kind| matches!(kind, K::Str | K::Int | K::Float | K::Bool | K::Unit | K::Unary);
    arguments
        .zip(params)
        .filter(|(argument, (name, _))| constant(argument.kind()) && !name.is_empty())
        .map(|(argument, (name, _))| Hint {
            offset: start + argument.range().start,
            label: format!("{name}:"),
            kind: HintKind::Parameter,
        })
        .collect()
}

/// The value of a binding, and the name that it is bound to.
fn bound<'t>(node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
    let value = node.child(K::Set)?.children().next()?;
    let path = node.child(K::Path)?;
    let last = path.children().filter(|node| matches!(node.kind(), K::Name | K::Str)).last()?;
    Some((value, last))
}

/// What a value that an item binds stands above: what another file of the stack or a trait binds there.
fn inherited(found: &Explained, item: Item) -> Option<&str> {
    let mut layers = found.layers.iter().filter(|layer| layer.active);
    layers.find(|layer| layer.won && layer.place.item == item)?;
    let below = layers.find(|layer| layer.place.item != item)?;
    let of_user = matches!(below.role, Role::Body | Role::Overlay | Role::Trait(_) | Role::Input);
    let text = below.text.split_once(" = ").map_or(&*below.text, |(_, value)| value);
    of_user.then_some(text)
}

/// Whether a value is computed and has a short text.
fn is_computed(meaning: &Meaning, value: Node<'_>) -> bool {
    let scalar = |ty: &Ty| {
        matches!(
            analysis::fits::base(ty),
            Ty::Str
                | Ty::Int
                | Ty::Float
                | Ty::Bool
                | Ty::Quantity
                | Ty::Duration
                | Ty::Percent
                | Ty::Range(_)
        )
    };
    let computes = matches!(
        value.kind(),
        K::Name | K::Template | K::Chain | K::Binary | K::If | K::Match | K::Prev | K::Range
    ) && (value.kind() != K::Range
        || value
            .tree()
            .nodes()
            .any(|n| n.kind() == K::Name && value.range().contains(&n.range().start)));
    let known = meaning.types.get(&value.id()).is_some_and(scalar);
    computes && known
}
