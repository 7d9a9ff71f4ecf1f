//! Whether there is a text that matches all patterns of a type and is as long as it asks.
//!
//! A pattern becomes an automaton, and what two of them reach together is searched, with the number of characters so far.
//! Whatever a pattern says that is not understood here, and whatever takes long, is taken to match something.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::str::Chars;

use rustc_hash::FxHashSet;

use crate::interval::Interval;
use crate::ty::Refinement;

/// Steps of an automaton.
const STEPS: usize = 400;

/// How much is looked at to find a text.
const LOOKED_AT: usize = 20_000;

/// Patterns of one type that are compared with each other.
const PATTERNS: usize = 4;

/// Groups of a pattern within each other.
const NESTED: usize = 30;

/// Whether no text satisfies all conditions, as far as they are patterns and numbers of characters.
pub fn nothing(refinements: &[Refinement], lengths: Interval) -> bool {
    let patterns = refinements.iter().filter_map(|refinement| match refinement {
        Refinement::Regex(pattern) => Some(&**pattern),
        _ => None,
    });
    let mut patterns: Vec<&str> = patterns.take(PATTERNS).collect();
    match patterns.len() {
        0 => return false,
        1 if lengths == Interval::ALL => return false,
        // Beside what matches anything.
        1 => patterns.push(r"(.|\n)*"),
        _ => {}
    }
    let automata: Vec<Automaton> = patterns.into_iter().filter_map(Automaton::of).collect();
    let mut left = LOOKED_AT;
    automata.iter().enumerate().any(|(at, one)| {
        let mut others = automata.iter().skip(at + 1);
        others.any(|other| meet(one, other, lengths, &mut left) == Some(false))
    })
}

/// Characters from one to another, both included.
type Set = Vec<(u32, u32)>;

enum Step {
    /// Reads a character of these, and goes on there.
    Read(Set, usize),
    Fork(Vec<usize>),
    End,
}

struct Automaton {
    steps: Vec<Step>,
    first: usize,
}

/// A part of a pattern.
enum Part {
    One(Set),
    Row(Vec<Part>),
    Choice(Vec<Part>),
    /// So often at least, and at most.
    Repeated(Box<Part>, usize, Option<usize>),
}

/// Whether a text leads through both, and is as long as that; `None` where it takes long to find out.
fn meet(a: &Automaton, b: &Automaton, lengths: Interval, left: &mut usize) -> Option<bool> {
    let low = usize::try_from(lengths.low.unwrap_or(0)).ok()?;
    let high = lengths.high.map(usize::try_from).transpose().ok()?;
    let most = high.unwrap_or(low);
    let mut seen: FxHashSet<(usize, usize, usize)> = FxHashSet::default();
    let mut waiting = VecDeque::from([(a.first, b.first, 0)]);
    while let Some((at_a, at_b, length)) = waiting.pop_front() {
        for one in a.ahead(at_a, left)? {
            for other in b.ahead(at_b, left)? {
                *left = left.checked_sub(1)?;
                match (a.steps.get(one)?, b.steps.get(other)?) {
                    (Step::End, Step::End) if length >= low => return Some(true),
                    (Step::Read(set, next), Step::Read(other, beside)) => {
                        if high.is_some_and(|high| length >= high) || !shared(set, other) {
                            continue;
                        }
                        // How much longer it is than it must be does not matter.
                        let reached = (*next, *beside, most.min(length + 1));
                        if seen.insert(reached) {
                            waiting.push_back(reached);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    Some(false)
}

fn shared(a: &Set, b: &Set) -> bool {
    a.iter().any(|(low, high)| b.iter().any(|(from, to)| low <= to && from <= high))
}

impl Automaton {
    /// `None` where the pattern is not understood, or is large.
    fn of(pattern: &str) -> Option<Self> {
        let mut letters = pattern.chars().peekable();
        let part = choice(&mut letters, 0)?;
        if letters.next().is_some() {
            return None;
        }
        let mut automaton = Self { steps: vec![Step::End], first: 0 };
        automaton.first = automaton.add(&part, 0)?;
        Some(automaton)
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        self.steps.push(step);
        (self.steps.len() <= STEPS).then(|| self.steps.len() - 1)
    }

    /// Adds a part that `next` follows; gives the step that it begins with.
    fn add(&mut self, part: &Part, next: usize) -> Option<usize> {
        match part {
            Part::One(set) => self.push(Step::Read(set.clone(), next)),
            Part::Row(parts) => {
                parts.iter().rev().try_fold(next, |next, part| self.add(part, next))
            }
            Part::Choice(parts) => {
                let all = parts.iter().map(|part| self.add(part, next));
                let all = all.collect::<Option<Vec<usize>>>()?;
                self.push(Step::Fork(all))
            }
            Part::Repeated(part, least, most) => {
                let mut begin = next;
                match most {
                    Some(most) => {
                        for _ in *least..*most {
                            let once = self.add(part, begin)?;
                            begin = self.push(Step::Fork(vec![once, next]))?;
                        }
                    }
                    None => {
                        begin = self.push(Step::Fork(Vec::new()))?;
                        let once = self.add(part, begin)?;
                        *self.steps.get_mut(begin)? = Step::Fork(vec![once, next]);
                    }
                }
                (0..*least).try_fold(begin, |next, _| self.add(part, next))
            }
        }
    }

    /// The steps that come next without a fork in between.
    fn ahead(&self, at: usize, left: &mut usize) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        let mut seen = vec![at];
        let mut next = 0;
        while let Some(at) = seen.get(next).copied() {
            next += 1;
            *left = left.checked_sub(1)?;
            match self.steps.get(at)? {
                Step::Fork(all) => {
                    for one in all {
                        if !seen.contains(one) {
                            seen.push(*one);
                        }
                    }
                }
                _ => found.push(at),
            }
        }
        Some(found)
    }
}

type Letters<'p> = Peekable<Chars<'p>>;

/// `a|b`, up to the end or the bracket that closes it.
fn choice(letters: &mut Letters<'_>, depth: usize) -> Option<Part> {
    if depth > NESTED {
        return None;
    }
    let mut all = vec![row(letters, depth)?];
    while letters.next_if_eq(&'|').is_some() {
        all.push(row(letters, depth)?);
    }
    Some(if all.len() == 1 { all.pop()? } else { Part::Choice(all) })
}

fn row(letters: &mut Letters<'_>, depth: usize) -> Option<Part> {
    let mut parts = Vec::new();
    // The whole of a text is matched anyhow.
    if depth == 0 {
        letters.next_if_eq(&'^');
    }
    while let Some(letter) = letters.next_if(|letter| !matches!(letter, '|' | ')')) {
        let one = match letter {
            '(' => {
                if letters.next_if_eq(&'?').is_some() && letters.next()? != ':' {
                    return None;
                }
                let inner = choice(letters, depth + 1)?;
                letters.next_if_eq(&')')?;
                inner
            }
            '[' => Part::One(class(letters)?),
            '.' => Part::One(besides(vec![(10, 10)])),
            '\\' => Part::One(escaped(letters.next()?)?),
            '$' if depth == 0 && matches!(letters.peek(), None | Some('|')) => break,
            '^' | '$' | '*' | '+' | '?' | '{' | '}' | ']' => return None,
            letter => Part::One(vec![(u32::from(letter), u32::from(letter))]),
        };
        parts.push(repeated(letters, one)?);
    }
    Some(Part::Row(parts))
}

/// What stands before, with `*`, `+`, `?` or `{2,3}` behind it.
fn repeated(letters: &mut Letters<'_>, part: Part) -> Option<Part> {
    let (least, most) = match letters.peek() {
        Some('*') => (0, None),
        Some('+') => (1, None),
        Some('?') => (0, Some(1)),
        Some('{') => {
            letters.next();
            let mut inner = String::new();
            while let Some(letter) = letters.next_if(|letter| *letter != '}') {
                inner.push(letter);
            }
            match inner.split_once(',') {
                Some((least, "")) => (least.parse().ok()?, None),
                Some((least, most)) => (least.parse().ok()?, Some(most.parse().ok()?)),
                None => (inner.parse().ok()?, Some(inner.parse().ok()?)),
            }
        }
        _ => return Some(part),
    };
    letters.next()?;
    // How much is taken first does not change what is matched; twice repeated is not understood.
    letters.next_if_eq(&'?');
    match letters.peek() {
        Some('*' | '+' | '?' | '{') => None,
        _ => Some(Part::Repeated(Box::new(part), least, most)),
    }
}

/// `[a-z_]`, behind the opening bracket.
fn class(letters: &mut Letters<'_>) -> Option<Set> {
    let not = letters.next_if_eq(&'^').is_some();
    let mut set = Set::new();
    loop {
        let low = match letters.next()? {
            ']' if !set.is_empty() => break,
            '[' | ']' | '&' | '~' => return None,
            '\\' => escaped(letters.next()?)?,
            letter => vec![(u32::from(letter), u32::from(letter))],
        };
        let ends = (low.as_slice(), letters.peek());
        if let ([(low, only)], Some('-')) = ends
            && low == only
        {
            let low = *low;
            letters.next();
            let high = match letters.next()? {
                // A dash at the end is one.
                ']' => {
                    set.extend([(low, low), (u32::from('-'), u32::from('-'))]);
                    break;
                }
                '[' | '-' => return None,
                '\\' => match escaped(letters.next()?)?.as_slice() {
                    [(high, only)] if high == only => *high,
                    _ => return None,
                },
                letter => u32::from(letter),
            };
            set.push((low, high));
        } else {
            set.extend(low);
        }
    }
    Some(if not { besides(set) } else { set })
}

/// What a letter behind `\` stands for.
fn escaped(letter: char) -> Option<Set> {
    let digits = || vec![(u32::from('0'), u32::from('9'))];
    let words = || {
        let mut set = digits();
        set.extend([('A', 'Z'), ('a', 'z'), ('_', '_')].map(|(a, b)| (u32::from(a), u32::from(b))));
        set
    };
    let blanks = || vec![(9, 13), (32, 32)];
    let one = |letter: char| vec![(u32::from(letter), u32::from(letter))];
    Some(match letter {
        'd' => digits(),
        'D' => besides(digits()),
        'w' => words(),
        'W' => besides(words()),
        's' => blanks(),
        'S' => besides(blanks()),
        'n' => one('\n'),
        't' => one('\t'),
        'r' => one('\r'),
        letter if letter.is_ascii_alphanumeric() => return None,
        letter => one(letter),
    })
}

/// All characters but those.
fn besides(mut set: Set) -> Set {
    set.sort_unstable();
    let mut rest = Set::new();
    let mut from = 0;
    for (low, high) in set {
        if from < low {
            rest.push((from, low - 1));
        }
        from = from.max(high.saturating_add(1));
    }
    rest.push((from, u32::from(char::MAX)));
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(patterns: &[&str], lengths: Interval) -> bool {
        let patterns: Vec<Refinement> =
            patterns.iter().map(|pattern| Refinement::Regex((*pattern).into())).collect();
        nothing(&patterns, lengths)
    }

    fn between(low: i64, high: i64) -> Interval {
        Interval { low: Some(low), high: Some(high) }
    }

    #[test]
    fn texts_that_are_and_are_not() {
        assert!(none(&["a+", "b+"], Interval::ALL));
        assert!(!none(&["a*", "b*"], Interval::ALL));
        assert!(none(&["a*", "b*"], between(1, 9)));
        assert!(none(&["[a-z]{3}"], between(5, 9)));
        assert!(none(&[r"^v\d+\.\d+$", "[0-9.]+"], Interval::ALL));
        assert!(none(&["(ab|cd)*"], between(3, 3)));
        assert!(!none(&["(ab|cd)*", "[a-d]+"], between(4, 5)));
        assert!(!none(&[r"\w{60,63}", "[^-]{63}"], Interval::ALL));
        // What is not understood, or takes long, may be.
        assert!(!none(&[r"(?i)a", "b"], Interval::ALL));
        assert!(!none(&["a{100000}", "b"], Interval::ALL));
        assert!(!none(&["(a?){150}(a|b){100}c", "(a?b?){120}d"], Interval::ALL));
    }

    #[test]
    fn nothing_that_matches_is_denied() {
        let parts =
            ["a", "b", "[ab]", "[^a]", ".", "a*", "(ab)+", "(a|bc)?", "b{2}", r"\w", "(c|)"];
        let mut texts = vec![String::new()];
        for length in 0..4 {
            let longer: Vec<String> = texts
                .iter()
                .filter(|text| text.len() == length)
                .flat_map(|text| ["a", "b", "c"].map(|letter| format!("{text}{letter}")))
                .collect();
            texts.extend(longer);
        }
        let rows: Vec<String> =
            parts.iter().flat_map(|a| parts.iter().map(move |b| format!("{a}{b}"))).collect();
        let matched = |row: &str| {
            let pattern = crate::pattern::whole(row)?;
            Some(texts.iter().filter(|text| pattern.regex.is_match(text)).collect::<Vec<_>>())
        };
        let matched: Vec<_> = rows.iter().map(|row| matched(row).unwrap_or_default()).collect();
        for (one, of_one) in rows.iter().zip(&matched) {
            for (other, of_other) in rows.iter().zip(&matched) {
                let both = of_one.iter().any(|text| of_other.contains(text));
                let denied = none(&[one, other], Interval::ALL);
                assert!(!(both && denied), "{one} & {other}");
                // These are so short that what matches is among the texts.
                assert!(both || denied, "{one} & {other} match nothing");
            }
        }
    }
}
