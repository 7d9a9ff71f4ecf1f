//! YAML, from the events of a parser that knows the syntax: what scalars are, anchors, merge keys, positions.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

use super::scalar::{differs, plain};
use super::syntax::{Place, wording};
use super::{Data, Entry, Fault, NodeId, Value};
use crate::limits;

/// Reads all documents of a text, which has no byte order mark and `\n` for every line break.
pub fn yaml(text: &str) -> Data {
    let mut reader = Reader {
        text,
        data: Data::default(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
        values: 0,
        at: (0, 0),
        ascii: text.is_ascii(),
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let going = match event {
            Ok((event, span)) => reader.event(event, span),
            Err(error) => {
                let at = reader.offset(*error.marker());
                // The parser has a limit of its own for brackets, which it may see first.
                match error.info() {
                    "recursion limit exceeded" => {
                        let node = reader.data.push(Value::Broken, at, at);
                        reader.too_deep(node)
                    }
                    info => reader.syntax(at, info),
                }
            }
        };
        if !going || reader.data.problems.len() >= limits::PROBLEMS {
            // What was read so far is not what the file says.
            reader.data.documents.clear();
            break;
        }
    }
    reader.data
}

struct Reader<'t> {
    text: &'t str,
    data: Data,
    /// The maps and lists around the next event, outermost first.
    open: Vec<Open>,
    /// What each anchor names, by the number that the parser gives it.
    anchors: BTreeMap<usize, (NodeId, Sizes)>,
    /// Values so far, with what aliases repeat.
    values: usize,
    /// A marker's index, and the byte that it stands for.
    at: (usize, usize),
    ascii: bool,
}

/// What a value comes to with all its aliases.
#[derive(Clone, Copy)]
struct Sizes {
    values: usize,
    depth: usize,
}

const LEAF: Sizes = Sizes { values: 1, depth: 0 };

/// A map or a list whose end was not seen yet.
struct Open {
    node: NodeId,
    flow: bool,
    anchor: usize,
    inside: Inside,
    sizes: Sizes,
}

enum Inside {
    List(Vec<NodeId>),
    Map {
        entries: Vec<Entry>,
        /// The key whose value comes next.
        key: Option<Key>,
        /// Where among the entries `<<` stands, and what it names.
        merged: Vec<(usize, NodeId)>,
    },
}

#[derive(Clone, Copy)]
enum Key {
    Named(NodeId),
    Merge,
}

impl Reader<'_> {
    /// Takes an event; false where reading must end.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(&text, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Inside::List(Vec::new()), anchor, tag.as_deref(), span)
            }
            Event::MappingStart(anchor, tag) => {
                let inside = Inside::Map { entries: Vec::new(), key: None, merged: Vec::new() };
                self.begin(inside, anchor, tag.as_deref(), span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            // What a document names is unknown in the next one.
            Event::DocumentStart(_) => {
                self.anchors.clear();
                true
            }
            _ => true,
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> bool {
        let range = self.range(span);
        let is_plain = style == ScalarStyle::Plain;
        let value = match self.tagged(tag, &["str", "int", "float", "bool", "null"]) {
            Err(what) => return self.wrong_tag(range, &what),
            Ok(Some("str")) => Ok(Value::Str(text.into())),
            Ok(Some(name)) => match plain(text) {
                Ok(value) if is_of(&value, name) => Ok(value),
                _ => Err(format!("{text:?} is not what `!!{name}` says that it is")),
            },
            Ok(None) if is_plain && text == "<<" && self.expects_key() => {
                return self.key(Key::Merge);
            }
            Ok(None) if is_plain => plain(text).map_err(|why| format!("{why}: {text}")),
            Ok(None) => Ok(Value::Str(text.into())),
        };
        match value {
            Ok(value) if self.expects_key() => self.written_key(text, value, is_plain, range),
            Ok(value) => self.leaf(value, anchor, range),
            Err(message) => {
                let node = self.data.push(Value::Broken, range.start, range.end);
                let whole = message.starts_with("64 bits");
                let fault = if whole { Fault::Overflow } else { Fault::Syntax };
                let help = whole.then(|| "write it as a text, in quotes".to_owned());
                self.data.problem(fault, node, message).help = help;
                self.count(1, node) && self.add(node, LEAF, anchor)
            }
        }
    }

    fn leaf(&mut self, value: Value, anchor: usize, range: Range<usize>) -> bool {
        // An empty document holds nothing.
        if self.open.is_empty() && value == Value::Null {
            return true;
        }
        let node = self.data.push(value, range.start, range.end);
        self.count(1, node) && self.add(node, LEAF, anchor)
    }

    /// A scalar that is a key: it is a text in JSON, whatever it is in YAML.
    fn written_key(
        &mut self,
        text: &str,
        value: Value,
        is_plain: bool,
        range: Range<usize>,
    ) -> bool {
        let doubt = match value {
            Value::Str(_) => None,
            Value::Null => Some("a key is a text, and not null".to_owned()),
            _ if is_plain => differs(text),
            _ => None,
        };
        let node = self.data.push(Value::Str(text.into()), range.start, range.end);
        if let Some(doubt) = doubt {
            self.data.problem(Fault::Doubtful, node, doubt).help =
                Some(format!("write the key in quotes: {text:?}"));
        }
        self.count(1, node) && self.key(Key::Named(node))
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { inside: Inside::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, next: Key) -> bool {
        if let Some(Open { inside: Inside::Map { key, .. }, sizes, .. }) = self.open.last_mut() {
            *key = Some(next);
            sizes.values += 1;
        }
        true
    }

    fn begin(&mut self, inside: Inside, anchor: usize, tag: Option<&Tag>, span: Span) -> bool {
        let range = self.range(span);
        if self.expects_key() {
            let node = self.data.push(Value::Broken, range.start, range.end);
            let message = "a key is a text, and not a map or a list";
            self.data.problem(Fault::Syntax, node, message);
            return false;
        }
        let known: &[&str] = match inside {
            Inside::List(_) => &["seq"],
            Inside::Map { .. } => &["map"],
        };
        if let Err(what) = self.tagged(tag, known) {
            return self.wrong_tag(range, &what);
        }
        let flow = self.text.get(range.clone()).is_some_and(|text| text.contains(['{', '[']));
        let start = range.start;
        let node = self.data.push(Value::Broken, start, range.end.max(start + 1));
        self.open.push(Open { node, flow, anchor, inside, sizes: LEAF });
        if self.open.len() > limits::DEPTH {
            return self.too_deep(node);
        }
        self.count(1, node)
    }

    fn end(&mut self, span: Span) -> bool {
        let Some(Open { node, flow, anchor, inside, sizes }) = self.open.pop() else {
            return true;
        };
        let end = self.offset(span.end);
        let first = match &inside {
            Inside::Map { entries, .. } => entries.first().map(|entry| entry.key),
            Inside::List(_) => None,
        };
        // Of what stands on several lines, its first key or bracket is marked.
        let first = first.and_then(|key| Some(self.data.node(key)?.end));
        if let Some(known) = self.data.nodes.get_mut(node as usize) {
            let whole = self.text.get(known.start as usize..end).unwrap_or("\n");
            if flow && !whole.contains('\n') {
                known.end = u32::try_from(end).unwrap_or(u32::MAX);
            } else if !flow && let Some(end) = first {
                known.end = end;
            }
        }
        let value = match inside {
            Inside::List(items) => Value::List(items),
            Inside::Map { entries, merged, .. } => {
                let entries = self.data.without_repeated(entries);
                match self.with_merged(entries, &merged) {
                    Some(entries) => Value::Map(entries),
                    None => return false,
                }
            }
        };
        self.data.set(node, value);
        self.add(node, sizes, anchor)
    }

    /// The entries of a map with those of the maps that its `<<` name, as far as it has none of that name.
    fn with_merged(
        &mut self,
        entries: Vec<Entry>,
        merged: &[(usize, NodeId)],
    ) -> Option<Vec<Entry>> {
        let Some(&(at, node)) = merged.first() else { return Some(entries) };
        if let Some(&(_, second)) = merged.get(1) {
            let problem = self.data.problem(Fault::Twice, second, "`<<` stands twice in this map");
            problem.before = Some(node);
            problem.help = Some("merge several maps with a list: `<<: [*a, *b]`".into());
        }
        let maps: Vec<NodeId> = match self.data.node(node).map(|node| &node.value) {
            Some(Value::List(items)) => items.clone(),
            _ => vec![node],
        };
        let mut known: BTreeSet<Box<str>> =
            entries.iter().map(|entry| self.data.text(entry.key).into()).collect();
        let mut added = Vec::new();
        for map in maps {
            let Some(Value::Map(more)) = self.data.node(map).map(|node| &node.value) else {
                let message = "`<<` takes a map, or a list of maps";
                self.data.problem(Fault::Syntax, map, message);
                return None;
            };
            added.extend(more.iter().filter(|e| known.insert(self.data.text(e.key).into())));
        }
        let mut all = entries;
        let at = at.min(all.len());
        all.splice(at..at, added);
        Some(all)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> bool {
        let range = self.range(span);
        let Some(&(target, sizes)) = self.anchors.get(&anchor) else {
            return self.syntax(range.start, "this alias names no complete value of this document");
        };
        if self.expects_key() {
            return match self.data.node(target).map(|node| node.value.clone()) {
                Some(Value::Str(text)) => {
                    let node = self.data.push(Value::Str(text), range.start, range.end);
                    self.count(1, node) && self.key(Key::Named(node))
                }
                _ => self.syntax(range.start, "a key is a text"),
            };
        }
        // What is merged does not lie deeper than the map that it is merged into.
        let merged = matches!(
            self.open.last(),
            Some(Open { inside: Inside::Map { key: Some(Key::Merge), .. }, .. })
        );
        if self.open.len() + sizes.depth > limits::DEPTH + usize::from(merged) {
            let node = self.data.push(Value::Broken, range.start, range.end);
            return self.too_deep(node);
        }
        self.count(sizes.values, target) && self.place(target, sizes)
    }

    /// A value is complete: remembers its anchor and what it comes to, and puts it where it stands.
    fn add(&mut self, node: NodeId, sizes: Sizes, anchor: usize) -> bool {
        if anchor > 0 {
            self.anchors.insert(anchor, (node, sizes));
        }
        self.place(node, sizes)
    }

    fn place(&mut self, node: NodeId, sizes: Sizes) -> bool {
        let Some(open) = self.open.last_mut() else {
            self.data.documents.push(node);
            return true;
        };
        open.sizes.values = open.sizes.values.saturating_add(sizes.values);
        let merged = matches!(open.inside, Inside::Map { key: Some(Key::Merge), .. });
        open.sizes.depth = open.sizes.depth.max(sizes.depth + usize::from(!merged));
        match &mut open.inside {
            Inside::List(items) => items.push(node),
            Inside::Map { entries, key, merged } => match key.take() {
                Some(Key::Named(key)) => entries.push(Entry { key, value: node }),
                Some(Key::Merge) => merged.push((entries.len(), node)),
                None => {}
            },
        }
        true
    }

    /// Counts values; false, with the problem noted, where there are too many.
    fn count(&mut self, more: usize, node: NodeId) -> bool {
        self.values = self.values.saturating_add(more);
        if self.values <= limits::VALUES {
            return true;
        }
        let most = limits::VALUES;
        let message = format!("with all its aliases, this file holds more than {most} values");
        self.data.problem(Fault::Size, node, message);
        false
    }

    /// The name of a tag that YAML itself has; `Err` with how any other is written.
    fn tagged<'k>(&self, tag: Option<&Tag>, known: &[&'k str]) -> Result<Option<&'k str>, String> {
        let Some(tag) = tag else { return Ok(None) };
        if tag.is_yaml_core_schema() {
            let name = known.iter().find(|name| **name == tag.suffix);
            return name.map(|name| Some(*name)).ok_or_else(|| format!("!!{}", tag.suffix));
        }
        // `!` alone says that a scalar is a text.
        if tag.handle.is_empty() && tag.suffix == "!" {
            return Ok(known.first().copied());
        }
        Err(format!("{}{}", tag.handle, tag.suffix))
    }

    fn wrong_tag(&mut self, range: Range<usize>, tag: &str) -> bool {
        let node = self.data.push(Value::Broken, range.start, range.end);
        self.data.problem(Fault::Syntax, node, format!("the tag `{tag}` says nothing here")).help =
            Some("data is plain JSON: leave the tag out".into());
        false
    }

    fn syntax(&mut self, at: usize, info: &str) -> bool {
        let wording = wording(info);
        let here = match wording.map(|wording| wording.place) {
            Some(Place::LineBefore) => self.line_before(at),
            _ => {
                let end = self.text.get(at..).and_then(|rest| rest.chars().next());
                at..at + end.map_or(0, char::len_utf8)
            }
        };
        let node = self.data.push(Value::Broken, here.start, here.end);
        let bracket = self.open.last().filter(|open| open.flow).and_then(|open| {
            let start = self.data.node(open.node)?.start as usize;
            // It is read as far as that, so the line is counted once for a file.
            let line = self.text.get(..start)?.matches('\n').count() + 1;
            Some((self.text.get(start..=start)?, line))
        });
        let message = wording.map_or(info, |wording| wording.message);
        let help = wording.map(|wording| wording.help).filter(|help| !help.is_empty());
        self.data.problem(Fault::Syntax, node, message).help = match bracket {
            Some((bracket, line)) => {
                Some(format!("see that the `{bracket}` of line {line} is closed before this"))
            }
            None => help.map(str::to_owned),
        };
        false
    }

    /// The last line before this place that is neither blank nor a comment, without the blanks around it.
    fn line_before(&self, at: usize) -> Range<usize> {
        let (mut start, mut found) = (0, at..at);
        for line in self.text.get(..at).unwrap_or_default().split_inclusive('\n') {
            let text = line.trim();
            if !text.is_empty() && !text.starts_with('#') {
                let from = start + (line.len() - line.trim_start().len());
                found = from..from + text.len();
            }
            start += line.len();
        }
        found
    }

    fn too_deep(&mut self, node: NodeId) -> bool {
        let message = format!("this nests deeper than {} levels", limits::DEPTH);
        self.data.problem(Fault::Depth, node, message);
        false
    }

    /// The bytes of an event, without blanks at its end.
    fn range(&mut self, span: Span) -> Range<usize> {
        let start = self.offset(span.start);
        let end = self.offset(span.end).max(start);
        let text = self.text.get(start..end).unwrap_or_default();
        start..start + text.trim_end().len()
    }

    /// The byte of a marker. Markers count characters and mostly go forward.
    fn offset(&mut self, marker: Marker) -> usize {
        let wanted = marker.index();
        if self.ascii {
            return wanted.min(self.text.len());
        }
        let (mut index, mut byte) = self.at;
        if wanted >= index {
            let rest = self.text.get(byte..).unwrap_or_default();
            byte += rest.chars().take(wanted - index).map(char::len_utf8).sum::<usize>();
        } else {
            let before = self.text.get(..byte).unwrap_or_default();
            byte -= before.chars().rev().take(index - wanted).map(char::len_utf8).sum::<usize>();
        }
        index = wanted;
        self.at = (index, byte);
        byte
    }
}

/// Whether a value is of the kind that a tag names.
fn is_of(value: &Value, tag: &str) -> bool {
    match tag {
        "int" => matches!(value, Value::Int(_)),
        "float" => matches!(value, Value::Float(_) | Value::Int(_)),
        "bool" => matches!(value, Value::Bool(_)),
        "null" => matches!(value, Value::Null),
        _ => false,
    }
}
