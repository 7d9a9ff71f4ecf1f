//! The paths that users write for `depc explain`: `spec.template.spec.containers[app].image`, as the API server
//! writes them and as messages do.

/// A name on the way, as far as the text tells what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Segment {
    pub name: String,
    /// It stood in brackets without quotes, so it may be the number of an element as well as a key.
    pub bracket: bool,
}

/// The names of a path: `a.b`, `a["b.c"]`, `a[b]`, `a.b\.c`. A dot in front and blanks around it mean nothing. What is
/// not closed ends with the text.
pub(super) fn segments(text: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut name = String::new();
    let mut chars = text.trim().chars().peekable();
    let mut push = |name: &mut String, bracket| {
        if !name.is_empty() || bracket {
            segments.push(Segment { name: std::mem::take(name), bracket });
        }
    };
    while let Some(c) = chars.next() {
        match c {
            '.' => push(&mut name, false),
            '\\' => name.extend(chars.next()),
            '"' if name.is_empty() => {
                name = quoted(&mut chars, '"');
                push(&mut name, false);
            }
            '[' => {
                push(&mut name, false);
                match chars.peek().copied() {
                    Some(quote @ ('"' | '\'')) => {
                        chars.next();
                        name = quoted(&mut chars, quote);
                        chars.next_if_eq(&']');
                        push(&mut name, false);
                    }
                    _ => {
                        name.extend(chars.by_ref().take_while(|c| *c != ']'));
                        push(&mut name, true);
                    }
                }
            }
            c => name.push(c),
        }
    }
    push(&mut name, false);
    segments
}

/// A path as a user would write it: names with dots between them, and what is no name in brackets.
pub(super) fn shown<'s>(names: impl IntoIterator<Item = (&'s str, bool)>) -> String {
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

/// Makes a path one name longer.
pub(crate) fn push_name(path: &mut String, name: &str) {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if plain && !name.is_empty() {
        path.push_str(if path.is_empty() { "" } else { "." });
        path.push_str(name);
    } else {
        path.push_str(&format!("[{name:?}]"));
    }
}

/// What stands before the closing quote.
fn quoted(chars: &mut impl Iterator<Item = char>, quote: char) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.extend(chars.next()),
            c if c == quote => break,
            c => text.push(c),
        }
    }
    text
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
        assert_eq!(names(" . "), of(&[]));
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
