//! Where something is declared, where it is named, and what its type is declared as.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use analysis::db::{Item, ItemKind, Module, Origin};
use analysis::diagnostic::Span;
use analysis::elaborate::{Meaning, Meant, meaning};
use analysis::fits::{base, present};
use analysis::parse::parsed;
use analysis::problem::Place;
use analysis::resolve::{Target, brought};
use analysis::schema::schema;
use analysis::ty::Ty;
use analysis::workspace::Workspace;
use syntax::{Node, NodeKind as K};

use crate::symbol::{
    Symbol, Written, declarations, layers, name_place, symbol, symbol_of, text_of, word,
};

/// A place where something is named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mention {
    pub span: Span,
    pub item: Item,
    pub node: u32,
    /// It is bound or declared there.
    pub writes: bool,
}

/// Where the word at an offset is declared. Of a string that names a file, that file.
pub fn definition(workspace: &Workspace, file: &str, offset: usize) -> Vec<Span> {
    if let Some(link) =
        crate::links(workspace, file).into_iter().find(|link| link.range.contains(&offset))
        && let Some(source) = workspace.source_of(&link.target)
    {
        return span(workspace, source.module).into_iter().collect();
    }
    let Some(found) = word(workspace, file, offset).and_then(|word| symbol(workspace, &word))
    else {
        return Vec::new();
    };
    match &found {
        Symbol::Module(module) => span(workspace, *module).into_iter().collect(),
        _ => declarations(workspace, &found)
            .into_iter()
            .filter_map(|place| name_span(workspace, place))
            .collect(),
    }
}

fn span(workspace: &Workspace, module: Module) -> Option<Span> {
    let source = workspace.source(module)?;
    Some(analysis::diagnostic::span(source.path.clone(), source.text(), 0..0))
}

/// A place as a stretch of a file, of a path only its first segment.
pub(crate) fn name_span(workspace: &Workspace, place: Place) -> Option<Span> {
    let parsed = parsed(workspace.db(), place.item);
    let node = parsed.tree().node(place.node)?;
    let node = match node.kind() {
        K::Path => node.children().next()?,
        _ => node,
    };
    workspace.span(Place { item: place.item, node: node.id() })
}

/// Where the type of what stands at an offset is declared.
pub fn type_definition(workspace: &Workspace, file: &str, offset: usize) -> Vec<Span> {
    let db = workspace.db();
    let Some(word) = word(workspace, file, offset) else { return Vec::new() };
    let ty = match (word.meaning.names.get(&word.node), symbol(workspace, &word)) {
        (Some(Meant::Field { ty, .. } | Meant::Local(ty)), _) => Some(ty.clone()),
        (_, Some(Symbol::Item(item))) => Some(analysis::elaborate::signature(db, item).ty.clone()),
        _ => word.meaning.types.get(&word.node).cloned(),
    };
    let item = ty.and_then(|ty| declaring(&ty));
    item.and_then(|item| name_span(workspace, name_place(workspace, item))).into_iter().collect()
}

/// The item that declares a type; of a function, that of what it gives.
fn declaring(ty: &Ty) -> Option<Item> {
    match base(present(ty)) {
        Ty::Fn(function) => declaring(&function.result),
        Ty::Schema(item) | Ty::Variant(item) | Ty::Case(item, _) => Some(*item),
        Ty::List(inner) | Ty::Sensitive(inner) => declaring(inner),
        Ty::Keyed(keyed) => declaring(&keyed.element),
        Ty::Map(map) => declaring(&map.1),
        _ => None,
    }
}

/// The schemas that extend the one at an offset, the traits for it, and the items made of it; of a service, the
/// overlays that change it.
pub fn implementations(workspace: &Workspace, file: &str, offset: usize) -> Vec<Span> {
    let db = workspace.db();
    let found = word(workspace, file, offset).and_then(|word| symbol(workspace, &word));
    let Some(Symbol::Item(wanted)) = found else { return Vec::new() };
    let mut places = Vec::new();
    if matches!(wanted.kind(db), ItemKind::Binding | ItemKind::Input) {
        places = layers(workspace, wanted);
        places.retain(|layer| *layer != wanted);
    } else {
        for item in
            workspace.modules().into_iter().flat_map(|module| module.items(db).iter().copied())
        {
            let implements = match item.kind(db) {
                ItemKind::Schema => item != wanted && schema(db, item).ancestors.contains(&wanted),
                ItemKind::Trait => of_schema(analysis::elaborate::trait_target(db, item), wanted),
                ItemKind::Binding => {
                    of_schema(&analysis::elaborate::signature(db, item).ty, wanted)
                }
                _ => false,
            };
            if implements {
                places.push(item);
            }
        }
    }
    places
        .into_iter()
        .filter_map(|item| name_span(workspace, name_place(workspace, item)))
        .collect()
}

fn of_schema(ty: &Ty, wanted: Item) -> bool {
    matches!(base(present(ty)), Ty::Schema(item) if *item == wanted)
}

/// All places in the files of a workspace that name what the word at an offset names; the declaration too.
pub fn references(workspace: &Workspace, file: &str, offset: usize) -> Vec<Mention> {
    match word(workspace, file, offset).and_then(|word| symbol(workspace, &word)) {
        Some(found) => mentions(workspace, &found, None),
        None => Vec::new(),
    }
}

/// The places of one file that name what the word at an offset names.
pub fn highlights(workspace: &Workspace, file: &str, offset: usize) -> Vec<Mention> {
    match word(workspace, file, offset).and_then(|word| symbol(workspace, &word)) {
        Some(found) => mentions(workspace, &found, Some(file)),
        None => Vec::new(),
    }
}

/// All places that name something, in the order of files and lines.
pub(crate) fn mentions(
    workspace: &Workspace,
    wanted: &Symbol,
    within: Option<&str>,
) -> Vec<Mention> {
    let db = workspace.db();
    let names = names_of(workspace, wanted);
    let written = Written::default();
    let mut found = Vec::new();
    let items: Vec<Item> = match (wanted, within) {
        (Symbol::Local(place), _) => vec![place.item],
        (_, Some(file)) => workspace.items_of(file),
        (_, None) => {
            // A module of the library is looked through only for what it declares.
            let own = declarations(workspace, wanted).into_iter().map(|at| at.item.module(db));
            let own = own.filter(|module| module.origin(db) == Origin::Library).take(1);
            let modules = workspace.modules().into_iter().chain(own);
            modules.flat_map(|module| module.items(db).iter().copied()).collect()
        }
    };
    for item in items {
        let text = item.text(db);
        if !names.iter().any(|name| text.contains(&**name)) {
            continue;
        }
        let parsed = parsed(db, item);
        let candidates: Vec<Node<'_>> = parsed
            .tree()
            .nodes()
            .filter(|node| {
                matches!(node.kind(), K::Name | K::Str) && names.contains(&text_of(*node))
            })
            .collect();
        if candidates.is_empty() {
            continue;
        }
        let meaning = meaning(db, item, None);
        for node in candidates {
            if symbol_of(workspace, &written, item, &meaning, node).as_ref() == Some(wanted)
                && let Some(span) = workspace.span(Place { item, node: node.id() })
            {
                found.push(Mention { span, item, node: node.id(), writes: writes(node, &meaning) });
            }
        }
    }
    found.sort_by(|one, other| {
        (&one.span.file, one.span.range.start).cmp(&(&other.span.file, other.span.range.start))
    });
    found.dedup_by(|one, other| one.span == other.span);
    found
}

fn writes(node: Node<'_>, meaning: &Meaning) -> bool {
    let above = node.parent().map(|above| above.kind());
    !meaning.types.contains_key(&node.id())
        && matches!(
            above,
            Some(
                K::Path
                    | K::Input
                    | K::Let
                    | K::Fn
                    | K::Schema
                    | K::Trait
                    | K::Variant
                    | K::TypeAlias
                    | K::Case
                    | K::Param
            )
        )
}

/// The names by which something is named: its own, and those that a `use` gives it.
fn names_of(workspace: &Workspace, wanted: &Symbol) -> BTreeSet<Arc<str>> {
    let db = workspace.db();
    let mut names: BTreeSet<Arc<str>> = BTreeSet::new();
    let target = match wanted {
        Symbol::Item(item) => {
            names.insert(item.name(db).into());
            Some(Target::Item(*item))
        }
        Symbol::Module(module) => Some(Target::Module(*module)),
        Symbol::Kube(ty) => {
            names.insert(ty.last_name().into());
            Some(Target::Kube(*ty))
        }
        Symbol::Function(item) => {
            names.insert(item.name(db).into());
            None
        }
        Symbol::Key(_, path) => {
            names.extend(path.last().cloned());
            None
        }
        Symbol::KubeField(_, name) => {
            names.insert(name.clone());
            None
        }
        Symbol::Field(place) | Symbol::Local(place) => {
            let parsed = parsed(db, place.item);
            let node = parsed.tree().node(place.node);
            let node = node.map(|node| match node.kind() {
                K::Path => node.children().next().unwrap_or(node),
                _ => node,
            });
            names.extend(node.map(text_of));
            None
        }
        Symbol::Case(item, index) => {
            let cases = &analysis::variant::variant(db, *item).cases;
            names.extend(cases.get(usize::from(*index)).map(|case| case.name.clone()));
            None
        }
    };
    if let Some(target) = target {
        for module in workspace.modules() {
            let used = brought(db, module).names.iter().filter(|used| used.target == target);
            names.extend(used.map(|used| used.name.clone()));
        }
    }
    names
}

/// The stretch of the word at an offset.
pub fn word_range(workspace: &Workspace, file: &str, offset: usize) -> Option<Range<usize>> {
    let word = word(workspace, file, offset)?;
    Some(workspace.span(Place { item: word.item, node: word.node })?.range)
}
