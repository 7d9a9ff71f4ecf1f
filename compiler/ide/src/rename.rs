//! Another name for something, wherever it is named.

use std::ops::Range;
use std::sync::Arc;

use analysis::db::{ItemKind, Origin};
use analysis::parse::parsed;
use analysis::problem::Place;
use analysis::resolve::items_named;
use analysis::workspace::Workspace;
use syntax::{NodeKind as K, word_kind};

use crate::navigate::mentions;
use crate::symbol::{Symbol, Word, declarations, symbol, word};

/// A stretch of a file that gets the new name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renamed {
    pub file: Arc<str>,
    pub range: Range<usize>,
    pub text: String,
}

/// What can be renamed at an offset: where it stands, and its name.
///
/// # Errors
/// Why it cannot be.
pub fn renamable(
    workspace: &Workspace,
    file: &str,
    offset: usize,
) -> Result<(Range<usize>, Arc<str>), String> {
    let (word, _) = meant(workspace, file, offset)?;
    let place = Place { item: word.item, node: word.node };
    let span = workspace.span(place).ok_or_else(|| "there is no name here".to_owned())?;
    Ok((span.range, word.text))
}

/// The changes that give what stands at an offset another name.
///
/// # Errors
/// Why it cannot be called that.
pub fn renamed(
    workspace: &Workspace,
    file: &str,
    offset: usize,
    name: &str,
) -> Result<Vec<Renamed>, String> {
    let db = workspace.db();
    let (word, wanted) = meant(workspace, file, offset)?;
    let is_key = matches!(wanted, Symbol::Key(..));
    if !is_key && !is_name(name) {
        return Err(format!(
            "`{name}` is no name: letters, digits and `_`, and no word of the language"
        ));
    }
    if let Symbol::Item(item) = &wanted
        && !items_named(db, item.module(db), name).is_empty()
    {
        return Err(format!("{} has a `{name}` already", item.module(db).path(db)));
    }
    let mut changes = Vec::new();
    for mention in mentions(workspace, &wanted, None) {
        let parsed = parsed(db, mention.item);
        let Some(node) = parsed.tree().node(mention.node) else { continue };
        // What a `use` calls otherwise keeps that name.
        if crate::symbol::text_of(node) != word.text {
            continue;
        }
        let quoted = node.kind() == K::Str || !is_name(name);
        let text = if quoted { format!("{name:?}") } else { name.to_owned() };
        changes.push(Renamed { file: mention.span.file, range: mention.span.range, text });
    }
    Ok(changes)
}

fn meant(workspace: &Workspace, file: &str, offset: usize) -> Result<(Word, Symbol), String> {
    let db = workspace.db();
    let nothing = || "there is nothing here that has a name of its own".to_owned();
    let word = word(workspace, file, offset).ok_or_else(nothing)?;
    let found = symbol(workspace, &word).ok_or_else(nothing)?;
    match &found {
        Symbol::Kube(_) | Symbol::KubeField(..) => {
            return Err(format!("`{}` is a name of Kubernetes", word.text));
        }
        Symbol::Function(_) => return Err(format!("`{}` is of the library", word.text)),
        Symbol::Module(_) => return Err("a file is renamed on disk".to_owned()),
        _ => {}
    }
    let declared = declarations(workspace, &found);
    let own = |place: &Place| {
        place.item.module(db).origin(db) == Origin::File && place.item.kind(db) != ItemKind::Data
    };
    match declared.is_empty() || !declared.iter().all(own) {
        true if declared.is_empty() => Err(nothing()),
        true => Err(format!("`{}` is of the library", word.text)),
        false => Ok((word, found)),
    }
}

/// Whether a text can stand as a name, without quotes.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !word_kind(text).is_keyword()
}
