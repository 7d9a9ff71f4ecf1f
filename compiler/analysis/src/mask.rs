//! Source text without the constants in it that are sensitive: what messages and explanations show of it.
//!
//! All that is hidden is as wide as anything else that is: its length would help to guess it.

use std::borrow::Cow;
use std::ops::Range;

use kube::manifests::secret_places;
use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::{Item, ItemKind, Module};
use crate::elaborate::{elaborate, signature};
use crate::parse::parsed;
use crate::path;
use crate::problem::Place;
use crate::resolve::all_bases;
use crate::sensitive::reaches_sensitive;
use crate::workspace::SET;

/// The stretches of an item's text that are sensitive.
pub fn hidden(db: &dyn Database, item: Item) -> Vec<Range<usize>> {
    if item.kind(db) == ItemKind::Data {
        let secrets = secrets_in(db, item).iter();
        return secrets.map(|(start, end)| *start as usize..*end as usize).collect();
    }
    let hidden = &elaborate(db, item).hidden;
    if hidden.is_empty() {
        return Vec::new();
    }
    let text = item.text(db);
    if item.kind(db) == ItemKind::Set
        && item.module(db).path(db) == SET
        && let Some((_, value)) = path::setting(text)
    {
        // What was typed need not be a value, of which a tree could hold all.
        return std::iter::once(text.len() - value.len()..text.len()).collect();
    }
    let parsed = parsed(db, item);
    if !syntax::problem::problems(parsed.tree()).is_empty() {
        // What cannot be read beside something sensitive may be a part of it.
        return (0..)
            .map_while(|id| parsed.tree().node(id))
            .filter(|node| is_text(node.kind()) || hidden.binary_search(&node.id()).is_ok())
            .map(within)
            .collect();
    }
    hidden.iter().filter_map(|&node| parsed.tree().node(node)).map(within).collect()
}

/// Whether something that is said repeats one of the stretches of a text that are hidden.
pub fn repeats(said: &str, text: &str, hidden: &[Range<usize>]) -> bool {
    hidden.iter().any(|range| {
        let text = text.get(range.clone()).map(|text| text.trim_matches(['"', '\'', '`']));
        text.is_some_and(|text| !text.is_empty() && said.contains(text))
    })
}

/// Whether what stands at a place of a file of data is sensitive.
pub fn hides(db: &dyn Database, place: Place) -> bool {
    let at = crate::data::range(db, place);
    place.item.kind(db) == ItemKind::Data
        && secrets_in(db, place.item)
            .iter()
            .any(|(start, end)| *start as usize <= at.start && at.end <= *end as usize)
}

/// Where Secrets in a file of data hold something.
#[salsa::tracked(returns(deref))]
fn secrets_in(db: &dyn Database, item: Item) -> Vec<(u32, u32)> {
    let data = crate::data::read(db, item);
    let places = data.documents.iter().flat_map(|root| secret_places(&data, *root));
    places.map(|range| (range.start as u32, range.end as u32)).collect()
}

/// Whether values of the files that a module lies on can be sensitive.
pub fn holds_secrets(db: &dyn Database, module: Module) -> bool {
    let is_value =
        |item: &&Item| matches!(item.kind(db), ItemKind::Input | ItemKind::Binding | ItemKind::Let);
    all_bases(db, module).iter().any(|base| {
        let mut values = base.items(db).iter().filter(is_value);
        values.any(|item| reaches_sensitive(db, &signature(db, *item).ty))
    })
}

/// Whether a node is a text, or what no node could be made of.
fn is_text(kind: NodeKind) -> bool {
    use NodeKind as K;
    matches!(kind, K::Str | K::StrHead | K::StrMid | K::StrTail | K::Junk)
}

/// Where a constant says something: a text between its quotes, and up to what is filled in.
fn within(node: Node<'_>) -> Range<usize> {
    use NodeKind as K;
    let (text, range) = (node.text(), node.range());
    let opening = match node.kind() {
        K::Str | K::StrHead => quotes(text.bytes()),
        K::StrMid | K::StrTail => 1,
        _ => 0,
    };
    let rest = text.get(opening..).unwrap_or_default();
    let closing = match node.kind() {
        K::StrHead | K::StrMid if rest.ends_with("\\(") => 2,
        K::Str | K::StrTail => quotes(rest.bytes().rev()),
        _ => 0,
    };
    range.start + opening..range.end.saturating_sub(closing).max(range.start + opening)
}

/// How many bytes the quotes take with which a text begins.
fn quotes(mut text: impl Iterator<Item = u8> + Clone) -> usize {
    let count =
        |text: &mut dyn Iterator<Item = u8>, mark: u8| text.take_while(|b| *b == mark).count();
    let marks = count(&mut text.clone(), b'#');
    if marks > 0 {
        text.nth(marks - 1);
    }
    match count(&mut text, b'"') {
        0 => 0,
        1 | 2 => marks + 1,
        _ => marks + 3,
    }
}

/// What stands in place of each line of something sensitive.
const STARS: &str = "*****";

/// The text of an item as it may be shown; `None` where there is nothing to hide.
pub fn masked(db: &dyn Database, item: Item) -> Option<Shown<'static>> {
    let hidden = hidden(db, item);
    (!hidden.is_empty()).then(|| Shown::without(item.text(db), hidden))
}

/// A text as it may be shown. Its lines are those of the text, so that their numbers are; what follows on something
/// hidden in a line stands elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown<'t> {
    text: Cow<'t, str>,
    masks: Cow<'t, [Mask]>,
}

/// A stretch that is hidden.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Mask {
    source: Range<usize>,
    /// Where its stars stand.
    shown: Range<usize>,
    /// How many characters it has.
    width: usize,
}

impl<'t> Shown<'t> {
    /// A text of which nothing is hidden.
    pub fn whole(text: &'t str) -> Self {
        Self { text: text.into(), masks: Cow::Borrowed(&[]) }
    }

    /// A text with stars in place of some stretches.
    pub fn without(text: &str, hidden: impl IntoIterator<Item = Range<usize>>) -> Shown<'static> {
        let mut shown = String::with_capacity(text.len());
        let mut masks: Vec<Mask> = Vec::new();
        let mut at = 0;
        for source in lines(text, merged(hidden.into_iter().collect())) {
            shown.push_str(text.get(at..source.start).unwrap_or_default());
            let start = shown.len();
            shown.push_str(STARS);
            at = source.end;
            let width = text.get(source.clone()).unwrap_or_default().chars().count();
            masks.push(Mask { source, shown: start..shown.len(), width });
        }
        shown.push_str(text.get(at..).unwrap_or_default());
        Shown { text: shown.into(), masks: masks.into() }
    }

    /// The same text, borrowed.
    pub fn borrowed(&self) -> Shown<'_> {
        Shown { text: Cow::Borrowed(&self.text), masks: Cow::Borrowed(&self.masks) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn into_text(self) -> String {
        self.text.into_owned()
    }

    /// Where a stretch of the source is shown.
    pub fn range(&self, source: Range<usize>) -> Range<usize> {
        let start = match self.masks.iter().rfind(|mask| mask.source.start <= source.start) {
            Some(mask) if source.start < mask.source.end => mask.shown.start,
            // An empty text between its quotes.
            Some(mask) if source.start == mask.source.start => mask.shown.start,
            Some(mask) => mask.shown.end + source.start - mask.source.end,
            None => source.start,
        };
        let end = match self.masks.iter().rfind(|mask| mask.source.start < source.end) {
            Some(mask) => mask.shown.end + source.end.saturating_sub(mask.source.end),
            None => source.end,
        };
        start..end.max(start)
    }

    /// What stands at a stretch of the source, as it may be shown.
    pub fn get(&self, source: Range<usize>) -> Option<&str> {
        self.text.get(self.range(source))
    }

    /// By how many characters something in a line is shown further to the right than it stands in the source. `line` is
    /// where the line begins, and `at` where it is shown.
    pub fn moved(&self, line: usize, at: usize) -> isize {
        let before = |mask: &&Mask| line <= mask.shown.start && mask.shown.end <= at;
        let before = self.masks.iter().filter(before);
        before.map(|mask| STARS.len() as isize - mask.width as isize).sum()
    }
}

/// Stretches in their order, those that overlap or touch as one.
fn merged(mut stretches: Vec<Range<usize>>) -> Vec<Range<usize>> {
    stretches.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in stretches {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Stretches of a text, each as those of its lines that are not empty.
fn lines(text: &str, stretches: Vec<Range<usize>>) -> impl Iterator<Item = Range<usize>> {
    stretches.into_iter().flat_map(move |range| {
        let inner = text.get(range.clone()).unwrap_or_default();
        let mut found = Vec::new();
        let mut start = range.start;
        for line in inner.split_inclusive('\n') {
            let part = line.trim_end_matches(['\n', '\r']);
            // What begins on a line of its own is indented as what is around it.
            let indent = match start == range.start {
                true => 0,
                false => part.len() - part.trim_start().len(),
            };
            if indent < part.len() {
                found.push(start + indent..start + part.len());
            }
            start += line.len();
        }
        if found.is_empty() {
            // That there is nothing is no less sensitive.
            found.push(range.start..range.start);
        }
        found
    })
}
