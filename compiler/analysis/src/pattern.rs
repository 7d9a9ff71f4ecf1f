//! Regular expressions. Matching takes linear time: there is neither look-around nor a reference back to a group.
//!
//! Patterns are compiled once for the life of the process: three of them cost as much as a tenth of a small build.

use std::sync::{Arc, LazyLock, RwLock};

pub use regex_lite::Regex;
use regex_lite::RegexBuilder;
use rustc_hash::FxHashMap;

use crate::limits::{PATTERN_BYTES, PATTERNS};

/// A pattern that was compiled.
pub struct Pattern {
    pub regex: Regex,
    /// States that it has, about: with each of them a letter of a text may be compared.
    states: usize,
}

impl Pattern {
    /// How long it may take to look through so many bytes, in steps of an evaluation.
    pub fn effort(&self, bytes: usize) -> u64 {
        bytes.saturating_mul(self.states) as u64 / COMPARED
    }
}

/// States with which a letter is compared in the time of a step.
const COMPARED: u64 = 8;

type Compiled = RwLock<FxHashMap<String, Result<Arc<Pattern>, Arc<str>>>>;

/// Those that match the whole of a text.
static WHOLE: LazyLock<Compiled> = LazyLock::new(RwLock::default);

/// The pattern as it matches the whole of a text; `None` where it is no regular expression (reported where it is written).
pub fn whole(pattern: &str) -> Option<Arc<Pattern>> {
    compiled(&WHOLE, pattern, || format!(r"\A(?:{pattern})\z")).ok()
}

/// The pattern as it is looked for within a text; `None` where it is no regular expression.
pub fn searching(pattern: &str) -> Option<Arc<Pattern>> {
    static WITHIN: LazyLock<Compiled> = LazyLock::new(RwLock::default);
    compiled(&WITHIN, pattern, || pattern.to_owned()).ok()
}

/// Why a text is no regular expression, in words; `None` where it is one.
pub fn why_none(pattern: &str) -> Option<String> {
    // To find out that one is too large takes longest, and was done.
    let known = WHOLE.read().ok().and_then(|known| known.get(pattern)?.as_ref().err().cloned());
    let error = match known.filter(|error| error.contains("size limit")) {
        Some(error) => error.to_string(),
        None => RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build().err()?.to_string(),
    };
    let linear = "so that matching takes linear time";
    Some(match error.as_str() {
        "look-around is not supported" => format!("there is no look-around, {linear}"),
        "backreferences are not supported" => format!("there are no back-references, {linear}"),
        _ => error,
    })
}

fn compiled(
    known: &Compiled,
    pattern: &str,
    written: impl Fn() -> String,
) -> Result<Arc<Pattern>, Arc<str>> {
    if let Some(found) = known.read().ok().and_then(|known| known.get(pattern).cloned()) {
        return found;
    }
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build();
    // What closes a group that it does not open would close the one that is put around it.
    let regex = match may_close_more(pattern) {
        true => build(pattern).and_then(|_| build(&written())),
        false => build(&written()),
    };
    let found = match regex {
        Ok(regex) => Ok(Arc::new(Pattern { regex, states: states(pattern) })),
        Err(error) => Err(error.to_string().into()),
    };
    if let Ok(mut known) = known.write() {
        if known.len() >= PATTERNS {
            known.clear();
        }
        known.insert(pattern.to_owned(), found.clone());
    }
    found
}

/// Whether a pattern may close a group that it does not open. Few do, and to compile each of all others twice takes long.
fn may_close_more(pattern: &str) -> bool {
    let mut open = 0_usize;
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '[' => {
                letters.next_if_eq(&'^');
                letters.next_if_eq(&']');
                while let Some(inner) = letters.next().filter(|inner| *inner != ']') {
                    if inner == '\\' {
                        letters.next();
                    }
                }
            }
            '(' => open += 1,
            ')' if open == 0 => return true,
            ')' => open -= 1,
            // It may begin a comment, in which nothing counts.
            '#' => return true,
            _ => {}
        }
    }
    false
}

/// The states of a pattern, with what it repeats written out.
fn states(pattern: &str) -> usize {
    // Of each group that is open: what it has so far, and its last part, which may be repeated.
    let mut open: Vec<(usize, usize)> = vec![(0, 0)];
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        let mut add = |part: usize| {
            if let Some((all, last)) = open.last_mut() {
                *all = all.saturating_add(*last);
                *last = part;
            }
        };
        match letter {
            '\\' => {
                letters.next();
                add(1);
            }
            '[' => {
                while let Some(inner) = letters.next().filter(|inner| *inner != ']') {
                    if inner == '\\' {
                        letters.next();
                    }
                }
                add(1);
            }
            '(' => open.push((0, 0)),
            ')' => {
                let (all, last) = open.pop().unwrap_or_default();
                if open.is_empty() {
                    open.push((0, 0));
                }
                if let Some((before, part)) = open.last_mut() {
                    *before = before.saturating_add(*part);
                    *part = all.saturating_add(last);
                }
            }
            '{' => {
                let counts: String = letters.by_ref().take_while(|inner| *inner != '}').collect();
                let most = counts.split(',').filter_map(|count| count.parse().ok()).max();
                if let Some((_, last)) = open.last_mut() {
                    *last = last.saturating_mul(most.unwrap_or(1));
                }
            }
            '*' | '+' | '?' | '|' | '^' | '$' => {}
            _ => add(1),
        }
    }
    open.into_iter().fold(1, |sum, (all, last)| sum.saturating_add(all).saturating_add(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_pattern() {
        let admitted = |letters: usize| whole(&format!("a{{{letters}}}")).is_some();
        let (mut most, mut past) = (1, 1_000_000);
        while past - most > 1 {
            let middle = (most + past) / 2;
            match admitted(middle) {
                true => most = middle,
                false => past = middle,
            }
        }
        assert!(admitted(most) && !admitted(most + 1));
        // A letter takes fewer bytes than that.
        let builds = |bytes: usize| {
            let pattern = format!(r"\A(?:a{{{most}}})\z");
            RegexBuilder::new(&pattern).size_limit(bytes).build().is_ok()
        };
        assert!(builds(PATTERN_BYTES) && !builds(PATTERN_BYTES - 128));
    }

    #[test]
    fn what_is_around_a_pattern_is_not_closed_by_it() {
        for pattern in
            ["a)(b", "[(]a)(b", "[])]a)(b", r"[\](]a)(b", r"\(a)(b", "(?x)a#(\n)(b", ")("]
        {
            assert!(whole(pattern).is_none() && why_none(pattern).is_some(), "{pattern}");
        }
        for pattern in ["(a)(b)", "[)]", r"\)", "[])(]", "((a)|[^]()])", "a#"] {
            assert!(whole(pattern).is_some() && why_none(pattern).is_none(), "{pattern}");
        }
    }

    #[test]
    fn what_is_repeated_counts_as_often() {
        assert_eq!(states("abc"), 4);
        assert_eq!(states(r"[a-z\]]\d."), 4);
        assert_eq!(states("(ab){3}c{2,5}"), 12);
        assert_eq!(states("((a?){40}(a){40})*"), 81);
        assert_eq!(states("a{99999999999}{99999999999}"), usize::MAX);
        assert_eq!(states("))((("), 1);
    }
}
