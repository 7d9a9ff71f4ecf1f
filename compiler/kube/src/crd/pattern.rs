//! Regular expressions of schemas and rules. Servers read them as Go does; what is matched takes linear time.
//!
//! What Go and the engine here write otherwise is translated: a brace that counts nothing is one, and so are signs that
//! only the engine here knows. What Go refuses is refused.

use std::iter::Peekable;
use std::str::Chars;

use regex_lite::{Regex, RegexBuilder};

/// A regular expression, or why it cannot be used.
pub type Pattern = Result<Regex, String>;

/// Why an expression cannot be used.
enum Why {
    /// No server can read it either.
    Refused(String),
    /// It is only not known here.
    Unknown(String),
}

/// How large a compiled expression may be, in bytes.
const SIZE: usize = 1 << 20;

/// How often Go repeats a part at most.
const REPEATS: u32 = 1000;

/// The expression, where it means here what it means to a server.
pub fn pattern(text: &str) -> Pattern {
    built(text).map_err(|why| match why {
        Why::Refused(why) | Why::Unknown(why) => why,
    })
}

/// Why no server can read an expression; nothing where it is only not known here.
pub fn unreadable(text: &str) -> Option<String> {
    match built(text) {
        Err(Why::Refused(why)) => Some(why),
        _ => None,
    }
}

fn built(text: &str) -> Result<Regex, Why> {
    let translated = translated(text)?;
    RegexBuilder::new(&translated).size_limit(SIZE).build().map_err(|error| {
        let why = error.to_string();
        if why.contains("size") { Why::Unknown(why) } else { Why::Refused(why) }
    })
}

fn translated(text: &str) -> Result<String, Why> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    // Whether what stands before is a repetition already.
    let mut repeated = false;
    while let Some(c) = rest.next() {
        let repeats = match c {
            '*' | '+' | '?' => true,
            '{' => match count(rest.clone()) {
                Some((least, most, length)) => {
                    if least > REPEATS || most.is_some_and(|most| most > REPEATS || most < least) {
                        return Err(refused(
                            "it repeats a part more than 1000 times, or less than it must",
                        ));
                    }
                    out.push('{');
                    out.extend(rest.by_ref().take(length));
                    true
                }
                None => {
                    out.push_str("\\{");
                    repeated = false;
                    continue;
                }
            },
            _ => false,
        };
        if repeats {
            if repeated {
                return Err(refused("it repeats a repetition"));
            }
            if c != '{' {
                out.push(c);
            }
            // As few as possible.
            out.extend(rest.next_if_eq(&'?'));
            repeated = true;
            continue;
        }
        repeated = false;
        match c {
            '\\' => escape(&mut rest, &mut out)?,
            '[' => class(&mut rest, &mut out)?,
            '}' => out.push_str("\\}"),
            '(' => {
                out.push('(');
                if rest.next_if_eq(&'?').is_some() {
                    out.push('?');
                    group(&mut rest, &mut out)?;
                }
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

/// The numbers of `{2}`, `{2,}` and `{2,5}`, behind the brace, and how many characters they take.
fn count(mut rest: Peekable<Chars<'_>>) -> Option<(u32, Option<u32>, usize)> {
    let mut length = 1;
    let mut number = |rest: &mut Peekable<Chars<'_>>| {
        let mut digits = String::new();
        while let Some(digit) = rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        length += digits.len();
        // What has more digits is too large in any case.
        if digits.len() > 6 { Some(u32::MAX) } else { digits.parse().ok() }
    };
    let least = number(&mut rest)?;
    let most = match rest.next_if_eq(&',') {
        None => Some(least),
        Some(_) => {
            let most = number(&mut rest);
            length += 1;
            most
        }
    };
    (rest.next() == Some('}')).then_some((least, most, length))
}

fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), Why> {
    let Some(c) = rest.next() else { return Err(refused("it ends with a backslash")) };
    match c {
        'p' | 'P' => return Err(Why::Unknown("it names a class of Unicode".to_owned())),
        'C' => return Err(Why::Unknown("it matches single bytes".to_owned())),
        'a' => out.push_str("\\x07"),
        'Q' => {
            let text: String = rest.by_ref().collect();
            let (plain, after) = text.split_once("\\E").unwrap_or((&text, ""));
            out.push_str(&regex_lite::escape(plain));
            out.push_str(&translated(after)?);
        }
        'u' | 'U' | 'E' | 'Z' | 'h' | 'R' | 'X' | 'K' | 'G' | 'e' => {
            return Err(refused(&format!("it has no meaning for `\\{c}`")));
        }
        '0'..='7' => {
            let mut value = c.to_digit(8).unwrap_or(0);
            let next = rest.next_if(|c| ('0'..='7').contains(c));
            if c != '0' && next.is_none() {
                return Err(refused("it refers back to a group"));
            }
            for digit in next.into_iter().chain(rest.next_if(|c| ('0'..='7').contains(c))) {
                value = value * 8 + digit.to_digit(8).unwrap_or(0);
            }
            out.push_str(&format!("\\x{{{value:x}}}"));
        }
        '8' | '9' => return Err(refused("it refers back to a group")),
        // To the engine here these are the edges of words.
        '<' | '>' => out.push(c),
        c if c.is_ascii_alphanumeric() => out.extend(['\\', c]),
        c if c.is_ascii() => out.push_str(&regex_lite::escape(c.encode_utf8(&mut [0; 4]))),
        c => out.push(c),
    }
    Ok(())
}

/// Characters in brackets.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), Why> {
    out.push('[');
    out.extend(rest.next_if_eq(&'^'));
    let mut is_first = true;
    while let Some(c) = rest.next() {
        match c {
            ']' if !is_first => {
                out.push(']');
                return Ok(());
            }
            ']' => out.push_str("\\]"),
            '[' if rest.peek() == Some(&':') => {
                let name: String = rest.clone().take_while(|c| *c != ']').collect();
                if !name.ends_with(':') || name.len() < 2 {
                    out.push_str("\\[");
                } else {
                    let known = name.trim_matches(':').trim_start_matches('^');
                    if !CLASSES.contains(&known) {
                        return Err(refused(&format!("there is no class `[{name}]`")));
                    }
                    out.push('[');
                    out.extend(rest.by_ref().take(name.chars().count() + 1));
                }
            }
            '[' => out.push_str("\\["),
            '&' | '~' => out.extend(['\\', c]),
            '\\' => escape(rest, out)?,
            c => out.push(c),
        }
        is_first = false;
    }
    Err(refused("a `[` is not closed"))
}

/// Named classes of characters.
const CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// What stands behind `(?`: a name, or flags.
fn group(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), Why> {
    match rest.peek() {
        Some('P' | '<') => Ok(()),
        _ => {
            for c in rest.by_ref() {
                match c {
                    'i' | 'm' | 's' | 'U' | '-' => out.push(c),
                    ':' | ')' => {
                        out.push(c);
                        return Ok(());
                    }
                    _ => return Err(refused(&format!("it has no meaning for `(?{c}`"))),
                }
            }
            Err(refused("a `(` is not closed"))
        }
    }
}

fn refused(why: &str) -> Why {
    Why::Refused(why.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{pattern, unreadable};

    #[test]
    fn what_go_reads_is_read_so() {
        for (text, matching, other) in [
            ("^{[a-z]+}$", "{ab}", "ab"),
            ("^a{2}$", "aa", "aaa"),
            ("^a{,2}$", "a{,2}", "a"),
            ("^a{2,}?$", "aaa", "a"),
            ("^x{$", "x{", "x"),
            (r"^\<a\>$", "<a>", "a"),
            (r"^\Qa.b\E+$", "a.bb", "axb"),
            (r"^\101$", "A", "1"),
            ("^[[:alpha:]_]+$", "a_b", "1"),
            ("^[[a]$", "[", "b"),
            ("^[a&&b]$", "&", "c"),
            ("^[]a]$", "]", "b"),
            (r"^[\d.]+$", "1.2", "a"),
            ("^(?i)ab$", "AB", "ac"),
            ("^(?P<x>a)|(?:b)$", "a", "c"),
            (r"^\d+(\.\d+)?$", "1.5", "1."),
        ] {
            let regex = pattern(text).unwrap();
            assert!(regex.is_match(matching) && !regex.is_match(other), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in [
            "a**",
            "a+*",
            "a{2}{3}",
            "a*?*",
            "a{1001}",
            "a{3,2}",
            r"\1",
            r"(a)\1",
            "(?=a)",
            "(?<!a)b",
            "(?x)a",
            r"\u0041",
            "[a",
            "(",
            "[[:letter:]]",
            "*a",
            r"a\",
        ] {
            assert!(unreadable(text).is_some(), "{text}");
        }
        assert!(unreadable(r"^\p{L}+$").is_none() && pattern(r"^\p{L}+$").is_err());
    }
}
