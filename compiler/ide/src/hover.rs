//! What is said of a word: its type, its documentation, and the value that it has in each program.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use analysis::db::{Item, ItemKind, Program};
use analysis::elaborate::{Meant, signature};
use analysis::explain::{Explained, Role, explained};
use analysis::fits::{base, present};
use analysis::mask::masked;
use analysis::parse::parsed;
use analysis::problem::Place;
use analysis::show::type_name;
use analysis::ty::Ty;
use analysis::variant::variant;
use analysis::workspace::{Loaded, Workspace};

use crate::symbol::{Symbol, Word, bound_at, declarations, symbol, word};

/// Of how many programs the value is told.
const PROGRAMS: usize = 8;

/// What is said of a word, as Markdown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hover {
    /// The word, in its file.
    pub range: Range<usize>,
    pub markdown: String,
}

/// What is said of the word at an offset, in these programs.
pub fn hover(
    workspace: &Workspace,
    programs: &[(String, Arc<Loaded>)],
    file: &str,
    offset: usize,
) -> Option<Hover> {
    let word = word(workspace, file, offset)?;
    let found = symbol(workspace, &word)?;
    let span = workspace.span(Place { item: word.item, node: word.node })?;
    let mut markdown = format!("```dep\n{}\n```\n", headline(workspace, &word, &found));
    for text in docs(workspace, &word, &found) {
        let _ = write!(markdown, "\n{}\n", text.trim());
    }
    if let Some((item, path)) = way(workspace, &word, &found) {
        let values = values(workspace, programs, item, &path);
        if !values.is_empty() {
            let _ = write!(markdown, "\n{}", values.concat());
        }
    }
    Some(Hover { range: span.range, markdown })
}

/// The name with its type, as it would be declared.
fn headline(workspace: &Workspace, word: &Word, found: &Symbol) -> String {
    let db = workspace.db();
    let typed = |name: &str, ty: &Ty| format!("{name}: {}", type_name(db, ty));
    match found {
        Symbol::Item(item) | Symbol::Function(item) => {
            let name = item.name(db);
            match item.kind(db) {
                ItemKind::Input => format!("input {}", typed(name, &signature(db, *item).ty)),
                ItemKind::Let => format!("let {}", typed(name, &signature(db, *item).ty)),
                ItemKind::Binding => typed(name, &signature(db, *item).ty),
                _ => head(workspace, *item),
            }
        }
        Symbol::Case(item, index) => {
            let info = variant(db, *item);
            let case = info.cases.get(usize::from(*index)).map_or("", |case| &*case.name);
            format!("variant {}.{case}", info.name)
        }
        Symbol::Module(module) => format!("use {:?}", module.path(db)),
        Symbol::Kube(ty) => ty.name().to_owned(),
        _ => match word.meaning.names.get(&word.node) {
            Some(Meant::Field { of, name, ty, .. }) => {
                let owner = match base(present(of)) {
                    Ty::Record(_) | Ty::Map(_) | Ty::Keyed(_) | Ty::Any | Ty::Error => {
                        String::new()
                    }
                    of => format!("{}.", type_name(db, of)),
                };
                format!("{owner}{}", typed(name, ty))
            }
            Some(Meant::Local(ty)) => typed(&word.text, ty),
            _ => match word.meaning.types.get(&word.node) {
                Some(ty) => typed(&word.text, ty),
                None => word.text.to_string(),
            },
        },
    }
}

/// The first line of a declaration, without what opens its body.
fn head(workspace: &Workspace, item: Item) -> String {
    let parsed = parsed(workspace.db(), item);
    let entry = parsed.tree().entry();
    let masked = masked(workspace.db(), item);
    let shown = masked.as_ref().and_then(|shown| shown.get(entry.range()));
    let text = shown.unwrap_or(entry.text());
    let end = text.find('\n').unwrap_or(text.len());
    let line = text.get(..end).unwrap_or_default().trim_end_matches([' ', '{']);
    line.trim_end_matches(" = builtin").to_owned()
}

/// What its authors, or those of Kubernetes, say of it.
fn docs(workspace: &Workspace, word: &Word, found: &Symbol) -> Vec<String> {
    let mut docs = Vec::new();
    for place in declarations(workspace, found) {
        docs.extend(doc(workspace, place));
    }
    let kube = match found {
        Symbol::Kube(ty) => kube::docs::of_type(*ty),
        Symbol::KubeField(ty, name) => kube::docs::of_field(*ty, name),
        _ => None,
    };
    docs.extend(kube.map(str::to_owned));
    // A field that nobody documents is what its type is.
    if docs.is_empty()
        && let Some(Meant::Field { ty, .. }) = word.meaning.names.get(&word.node)
        && let Ty::Kube(ty) = base(present(ty))
    {
        docs.extend(kube::docs::of_type(*ty).map(str::to_owned));
    }
    docs
}

/// The doc comment of the declaration in which a name stands.
pub(crate) fn doc(workspace: &Workspace, place: Place) -> Option<String> {
    let parsed = parsed(workspace.db(), place.item);
    let node = parsed.tree().node(place.node)?;
    let mut around = std::iter::once(node).chain(node.ancestors()).take(3);
    around.find_map(|node| Some(node.doc()).filter(|doc| !doc.trim().is_empty()))
}

/// The item and the path whose value a word is.
fn way(workspace: &Workspace, word: &Word, found: &Symbol) -> Option<(Item, Vec<Arc<str>>)> {
    let parsed = parsed(workspace.db(), word.item);
    let node = parsed.tree().node(word.node)?;
    let read = match word.meaning.names.get(&word.node) {
        Some(Meant::Field { at, .. }) => at.clone(),
        _ => None,
    };
    match found {
        Symbol::Item(item) => {
            let kind = item.kind(workspace.db());
            let has_value = matches!(kind, ItemKind::Binding | ItemKind::Input | ItemKind::Let);
            has_value.then(|| (*item, Vec::new()))
        }
        Symbol::Field(_) | Symbol::Key(..) | Symbol::KubeField(..) => {
            let way = read.or_else(|| bound_at(workspace, word.item, node))?;
            let db = workspace.db();
            let item = analysis::resolve::declaration(db, way.0.module(db), way.0.name(db));
            Some((item.unwrap_or(way.0), way.1))
        }
        _ => None,
    }
}

/// The value in each program, and where it comes from; one line where all programs agree.
fn values(
    workspace: &Workspace,
    programs: &[(String, Arc<Loaded>)],
    item: Item,
    path: &[Arc<str>],
) -> Vec<String> {
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, loaded) in programs.iter().take(PROGRAMS) {
        let Some(value) = loaded.program.and_then(|program| value(workspace, program, item, path))
        else {
            continue;
        };
        match told.iter_mut().find(|(known, _)| *known == value) {
            Some((_, names)) => names.push(name),
            None => told.push((value, vec![name])),
        }
    }
    let alone = told.len() == 1;
    let line = |(value, names): (String, Vec<&str>)| match alone {
        true => format!("= {value}\n"),
        false => format!("- {}: {value}\n", names.join(", ")),
    };
    told.into_iter().map(line).collect()
}

fn value(workspace: &Workspace, program: Program, item: Item, path: &[Arc<str>]) -> Option<String> {
    let path: Vec<&str> = path.iter().map(|name| &**name).collect();
    let found = explained(workspace.db(), program, item, &path)?;
    if found.value.is_empty() {
        return None;
    }
    let mut text = format!("`{}`", found.value.replace('`', "'"));
    if let Some(winner) = found.layers.iter().find(|layer| layer.won)
        && let Some(span) = workspace.span(winner.place)
    {
        let role = match &winner.role {
            Role::Schema(name) => format!(", which schema {name} says"),
            Role::Trait(name) => format!(", which trait {name} says"),
            Role::Rule(name) => format!(", which rule {name:?} says"),
            Role::Overlay => ", an overlay".to_owned(),
            _ => String::new(),
        };
        let _ = write!(text, " from {}:{}{role}", span.file, span.start.line);
    }
    Some(text)
}

/// What made the value of one field in the first program, for hints.
pub(crate) fn value_in(
    workspace: &Workspace,
    programs: &[(String, Arc<Loaded>)],
    item: Item,
    path: &[Arc<str>],
) -> Option<Explained> {
    let (_, loaded) = programs.first()?;
    let path: Vec<&str> = path.iter().map(|name| &**name).collect();
    explained(workspace.db(), loaded.program?, item, &path)
}
