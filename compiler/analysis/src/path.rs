//! The paths that users write outside of `.dep` files, for `depc explain` and `--set` alike:
//! `spec.template.spec.containers[app].image`, as the API server writes them and as messages do.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use kube::tree::Step;

/// A name on the way, as far as the text tells what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    pub name: String,
    /// It stood in brackets without quotes, so it may be the number of an element as well as a key.
    pub bracket: bool,
    /// Where it stands in the text, with its quotes or backslashes and without brackets.
    pub at: Range<usize>,
}

impl Segment {
    /// A name that stands in no text.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), bracket: false, at: 0..0 }
    }

    /// The number of an element.
    pub fn numbered(number: usize) -> Self {
        Self { name: number.to_string(), bracket: true, at: 0..0 }
    }
}

/// The names of a path: `a.b`, `a["b.c"]`, `a[b]`, `a.b\.c`. A dot in front and blanks around it mean nothing. What is
/// not closed ends with the text.
pub fn segments(text: &str) -> Vec<Segment> {
    Reader::of(text).path(false).0
}

/// The path and the value of `PATH=VALUE`. The sign is the first that is no part of a key: `labels["a=b"]=c`. `None`
/// where there is no sign, or what stands before it does not end.
pub fn setting(text: &str) -> Option<(&str, &str)> {
    let sign = Reader::of(text).path(true).1?;
    Some((text.get(..sign)?, text.get(sign + 1..)?))
}

/// Whether a name is missing in a path: between two dots, or behind the last. A dot in front means nothing.
pub fn has_gap(text: &str) -> bool {
    let mut reader = Reader::of(text);
    let mut dot = false;
    while let Some((at, c)) = reader.chars.next() {
        match c {
            '.' if dot => return true,
            '.' => reader.end(at),
            '"' if reader.start.is_none() => reader.quoted(at, '"'),
            '[' => reader.bracket(),
            c if c.is_whitespace() => continue,
            c => {
                reader.start.get_or_insert(at);
                if c == '\\' {
                    reader.chars.next();
                }
            }
        }
        dot = c == '.';
    }
    dot
}

/// A path as a user would write it: names with dots between them, and what is no name in brackets.
pub(crate) fn shown<'s>(names: impl IntoIterator<Item = (&'s str, bool)>) -> String {
    let mut path = String::new();
    for (name, bracket) in names {
        if bracket {
            path.push_str(&format!("[{name}]"));
        } else {
            push_name(&mut path, name);
        }
    }
    path
}

/// A path as the API server writes it: `spec.containers[0].image`.
pub fn text(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(name) => push_name(&mut text, name),
            Step::Index(at) => text.push_str(&format!("[{at}]")),
        }
    }
    text
}

/// Makes a path one name longer.
pub fn push_name(path: &mut String, name: &str) {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if plain && !name.is_empty() {
        path.push_str(if path.is_empty() { "" } else { "." });
        path.push_str(name);
    } else {
        path.push_str(&format!("[{name:?}]"));
    }
}

struct Reader<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
    segments: Vec<Segment>,
    /// What has been read of the next name, and where it begins.
    name: String,
    start: Option<usize>,
}

impl<'t> Reader<'t> {
    fn of(text: &'t str) -> Self {
        let chars = text.char_indices().peekable();
        Self { text, chars, segments: Vec::new(), name: String::new(), start: None }
    }

    /// The names up to the end, or up to a sign, and where that is.
    fn path(mut self, to_sign: bool) -> (Vec<Segment>, Option<usize>) {
        let mut sign = None;
        while let Some((at, c)) = self.chars.next() {
            match c {
                '=' if to_sign => {
                    sign = Some(at);
                    break;
                }
                '.' => self.end(at),
                '"' if self.start.is_none() => self.quoted(at, '"'),
                '[' => {
                    self.end(at);
                    self.bracket();
                }
                // Blanks around names are none of them.
                c if c.is_whitespace() && self.start.is_none() => {}
                c => {
                    self.start.get_or_insert(at);
                    let escaped = if c == '\\' { self.chars.next() } else { Some((at, c)) };
                    self.name.extend(escaped.map(|(_, c)| c));
                }
            }
        }
        self.end(sign.unwrap_or(self.text.len()));
        (self.segments, sign)
    }

    /// The name that has been read, if any, is whole.
    fn end(&mut self, at: usize) {
        if let Some(start) = self.start.take() {
            let name = std::mem::take(&mut self.name);
            let blanks = name.len() - name.trim_end().len();
            let end = at.saturating_sub(blanks).max(start);
            let name = name.trim_end().to_owned();
            self.segments.push(Segment { name, bracket: false, at: start..end });
        }
    }

    /// A name in quotes, of which the opening one has been read.
    fn quoted(&mut self, start: usize, quote: char) {
        let mut name = String::new();
        while let Some((_, c)) = self.chars.next() {
            match c {
                '\\' => name.extend(self.chars.next().map(|(_, c)| c)),
                c if c == quote => break,
                c => name.push(c),
            }
        }
        let end = self.here();
        self.segments.push(Segment { name, bracket: false, at: start..end });
    }

    /// What stands in brackets, of which the opening one has been read.
    fn bracket(&mut self) {
        if let Some((start, quote)) = self.chars.next_if(|(_, c)| matches!(c, '"' | '\'')) {
            self.quoted(start, quote);
            self.chars.next_if(|(_, c)| *c == ']');
            return;
        }
        let start = self.here();
        let rest = self.text.get(start..).unwrap_or_default();
        let end = start + rest.find(']').unwrap_or(rest.len());
        while self.chars.next_if(|(at, _)| *at <= end).is_some() {}
        let name = self.text.get(start..end).unwrap_or_default().to_owned();
        self.segments.push(Segment { name, bracket: true, at: start..end });
    }

    /// The offset of what is read next.
    fn here(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, bool)> {
        segments(text).into_iter().map(|segment| (segment.name, segment.bracket)).collect()
    }

    #[test]
    fn every_notation_of_a_path_is_understood() {
        let of = |names: &[(&str, bool)]| -> Vec<(String, bool)> {
            names.iter().map(|(name, bracket)| ((*name).to_owned(), *bracket)).collect()
        };
        assert_eq!(
            names("spec.containers[app].image"),
            of(&[("spec", false), ("containers", false), ("app", true), ("image", false)])
        );
        assert_eq!(
            names(".ports[53/UDP].port"),
            of(&[("ports", false), ("53/UDP", true), ("port", false)])
        );
        let labels = of(&[("labels", false), ("a.b/c", false)]);
        for text in ["labels[\"a.b/c\"]", "labels.\"a.b/c\"", "labels['a.b/c']", r"labels.a\.b/c"] {
            assert_eq!(names(text), labels, "{text}");
        }
        assert_eq!(names("a[0"), of(&[("a", false), ("0", true)]));
        assert_eq!(names("a[]"), of(&[("a", false), ("", true)]));
        assert_eq!(names(" a b . c "), of(&[("a b", false), ("c", false)]));
        assert_eq!(names(" . "), of(&[]));
    }

    #[test]
    fn a_name_that_is_missing_is_seen() {
        for text in ["a..b", "a. .b", "..a", "a.", "a[b]..c", "a.\"b\".", "."] {
            assert!(has_gap(text), "{text}");
        }
        for text in ["a.b", ".a", "a[b].c", "a[\"b..c\"].d", r"a\..b", "a.\"b..c\"", ""] {
            assert!(!has_gap(text), "{text}");
        }
    }

    #[test]
    fn a_name_knows_where_it_stands() {
        for (text, at) in [
            ("app.scale", vec!["app", "scale"]),
            (" a[b].\"c.d\" ", vec!["a", "b", "\"c.d\""]),
            (r"ü.a\.b['c']", vec!["ü", r"a\.b", "'c'"]),
        ] {
            let found: Vec<&str> = segments(text).iter().map(|s| &text[s.at.clone()]).collect();
            assert_eq!(found, at, "{text}");
        }
    }

    #[test]
    fn the_sign_of_a_setting_is_no_part_of_a_key() {
        assert_eq!(setting("a.b=c=d"), Some(("a.b", "c=d")));
        assert_eq!(setting("labels[\"a=b\"]=c"), Some(("labels[\"a=b\"]", "c")));
        assert_eq!(setting("labels[a=b]="), Some(("labels[a=b]", "")));
        assert_eq!(setting("labels.'a=b'"), Some(("labels.'a", "b'")));
        assert_eq!(setting("labels[\"a=b"), None);
        assert_eq!(setting("a.b"), None);
    }

    #[test]
    fn a_path_that_is_shown_can_be_typed_again() {
        for text in ["a.b[0].c", "labels[\"a.b/c\"].x", "containers[app]", "[\"a b\"]"] {
            let segments = segments(text);
            let names = segments.iter().map(|segment| (segment.name.as_str(), segment.bracket));
            assert_eq!(shown(names), text);
        }
    }
}
