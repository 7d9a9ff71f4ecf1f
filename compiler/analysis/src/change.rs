//! Changes of files that mend problems: what `--fix` does, and what an editor offers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use syntax::{Node, TokenKind};

use crate::db::Origin;
use crate::diagnostic::Span;
use crate::parse::parsed;
use crate::problem::{Edit, Fix, Part};
use crate::workspace::Workspace;

/// A fix as the outside world sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Change {
    pub title: String,
    /// Nothing else can have been meant, so that it may be done without asking.
    pub safe: bool,
    pub edits: Vec<Replaced>,
}

/// A stretch of a file that becomes another text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replaced {
    pub file: Arc<str>,
    /// In bytes of the text that the workspace has of the file.
    pub range: Range<usize>,
    pub text: String,
}

/// The change of files that a fix is; `None` where it is about what is in no file of the user, or where the text is
/// not what the fix is about.
pub fn change(workspace: &Workspace, fix: &Fix) -> Option<Change> {
    let edits: Option<Vec<Replaced>> =
        fix.edits.iter().map(|edit| replaced(workspace, edit)).collect();
    Some(Change { title: fix.title.clone(), safe: fix.safe, edits: edits? })
}

/// A text with edits made, of which none may lie upon another: in any order, given by what they replace.
pub fn applied<'e>(
    text: &str,
    edits: impl IntoIterator<Item = (Range<usize>, &'e str)>,
) -> Option<String> {
    let mut edits: Vec<(Range<usize>, &str)> = edits.into_iter().collect();
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        changed.push_str(text.get(at..range.start)?);
        changed.push_str(new);
        at = range.end;
    }
    changed.push_str(text.get(at..)?);
    Some(changed)
}

/// Of changes that lie upon one another the first; the others may be made when those are.
pub fn apart(changes: Vec<Change>) -> Vec<Change> {
    let mut taken: BTreeMap<Arc<str>, Taken> = BTreeMap::new();
    let mut chosen = Vec::new();
    for change in changes {
        let is_free = |edit: &Replaced| match taken.get(&edit.file) {
            Some(taken) => touched(taken, &edit.range).is_none(),
            None => true,
        };
        if change.edits.iter().all(is_free) {
            for edit in &change.edits {
                take(taken.entry(edit.file.clone()).or_default(), edit.range.clone());
            }
            chosen.push(change);
        }
    }
    chosen
}

/// Stretches of a file that do not touch each other, by their starts.
type Taken = BTreeMap<usize, usize>;

/// The last of the stretches that a range touches.
fn touched(taken: &Taken, range: &Range<usize>) -> Option<Range<usize>> {
    let (start, end) = taken.range(..=range.end).next_back()?;
    (*end >= range.start).then_some(*start..*end)
}

fn take(taken: &mut Taken, mut range: Range<usize>) {
    while let Some(other) = touched(taken, &range) {
        taken.remove(&other.start);
        range = range.start.min(other.start)..range.end.max(other.end);
    }
    taken.insert(range.start, range.end);
}

fn replaced(workspace: &Workspace, edit: &Edit) -> Option<Replaced> {
    let db = workspace.db();
    let item = edit.place.item;
    if item.module(db).origin(db) != Origin::File {
        return None;
    }
    let text = item.text(db);
    let parsed = parsed(db, item);
    let node = parsed.tree().node(edit.place.node)?;
    let mut new = edit.text.clone();
    let range = match &edit.part {
        Part::Whole if new.is_empty() => {
            let range = node.range();
            let rest = text.get(range.end..)?;
            range.start..range.end + (rest.len() - rest.trim_start_matches([' ', '\t']).len())
        }
        Part::Whole => node.range(),
        Part::Bytes(bytes) => bytes.clone(),
        Part::Before => node.range().start..node.range().start,
        Part::Word(word) => {
            let (range, quoted) = word_in(node, word)?;
            if quoted || (is_name(word) && !is_name(&new) && !new.starts_with('"')) {
                new = format!("{new:?}");
            }
            range
        }
    };
    let Span { file, range, .. } = workspace.span_in(item, range)?;
    Some(Replaced { file, range, text: new })
}

/// Where a word stands in a node, and whether it is what a string holds. It must stand there once.
fn word_in(node: Node<'_>, word: &str) -> Option<(Range<usize>, bool)> {
    let tree = node.tree();
    let tokens = tree.tokens();
    let mut found = node.token_range().filter_map(|at| {
        let span = tokens.span(at);
        let range = span.start as usize..span.end as usize;
        let text = tree.text().get(range.clone())?;
        let held =
            tokens.kind(at) == Some(TokenKind::Str) && syntax::literal::string_value(text) == word;
        (text == word || held).then_some((range, held && text != word))
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        (Some(_), Some(_)) => None,
        (None, _) => several_in(node, word).map(|range| (range, false)),
    }
}

/// Where a text of several tokens, such as `std.storage`, stands in a node, if it does so once.
fn several_in(node: Node<'_>, text: &str) -> Option<Range<usize>> {
    let whole = node.text();
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = whole.match_indices(text).filter(|(at, _)| {
        let (before, rest) = (whole.get(..*at), whole.get(at + text.len()..));
        !before.is_some_and(|before| before.ends_with(joins))
            && !rest.is_some_and(|rest| rest.starts_with(joins))
    });
    let (at, _) = found.next()?;
    let start = node.range().start + at;
    (text.contains('.') && found.next().is_none()).then(|| start..start + text.len())
}

/// Whether a text can stand as a name, without quotes.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_made_in_the_order_of_the_text() {
        let edits = [(4..5, "x"), (0..1, ""), (2..2, "y")];
        assert_eq!(applied("a b c", edits).as_deref(), Some(" yb x"));
        assert_eq!(applied("a", [(0..1, "b"), (0..1, "c")]), None);
        assert_eq!(applied("a", [(0..9, "b")]), None);
    }
}
