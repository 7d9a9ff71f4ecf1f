//! Mutated programs: nothing panics, no byte is lost, formatting is stable, and cutting again after an edit equals cutting anew.
//!
//! 5,000 mutations in a plain run; 200,000 with `DEPC_HEAVY=1`. The slowest is printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod common;

use std::io::Write as _;
use std::time::{Duration, Instant};

use common::{Random, check_file, check_format, corpus};

/// Pieces that break or begin something.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "#\"",
    "\"#",
    "\\(",
    "\\",
    "\n",
    "\n\n",
    "\r\n",
    ",",
    ":",
    "=",
    "+=",
    "=+",
    ".",
    "?.",
    "?",
    "..",
    "...",
    "=>",
    "->",
    "//",
    "///",
    "//!",
    "/",
    "-",
    "not ",
    " and ",
    " is ",
    " as ",
    " with ",
    "let x = ",
    "fn f(",
    "schema S {",
    "if ",
    " then ",
    " else ",
    "for x in ",
    "match ",
    "when ",
    "unset ",
    "use ",
    "type T = ",
    "default ",
    "emit ",
    "check ",
    "external ",
    "1",
    "1..",
    "30s",
    "\u{e9}",
    "\u{1F600}",
    "@",
    ";",
    "\t",
    " ",
    "\0",
    "/*",
    "*/",
    " +\n",
    "\n  (",
    "\n{",
    ":\n      a: b\n",
    "\n  for x in ",
    "/[a",
    "x",
    "x = 1\n",
    "\nx = 1\n",
    "\n}\n",
    "/[",
];

#[test]
fn mutations() {
    let heavy = std::env::var("DEPC_HEAVY").is_ok_and(|value| value == "1");
    let count = if heavy { 200_000 } else { 5_000 };
    let corpus = corpus();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut slowest = (Duration::ZERO, String::new());
    let mut clean = 0;
    for _ in 0..count {
        let (_, base) = &corpus[random.below(corpus.len())];
        // Mostly one part of a program, as most mutations are found in small ones.
        let mut text = if random.below(4) == 0 { base.clone() } else { excerpt(base, &mut random) };
        let old = syntax::cut(&text);
        let (edit, inserted) = mutate(&mut text, &mut random);
        assert_eq!(
            syntax::recut(&old, &text, edit.clone(), inserted),
            syntax::cut(&text),
            "{edit:?} {inserted} {text:?}"
        );
        for _ in 0..random.below(6) {
            mutate(&mut text, &mut random);
        }
        let start = Instant::now();
        check_file(&text);
        clean += usize::from(check_format(&text));
        let elapsed = start.elapsed();
        if elapsed > slowest.0 {
            slowest = (elapsed, text);
        }
    }
    // Past the capture of what tests print: who runs this wants to see it.
    let _ = writeln!(
        std::io::stderr(),
        "{count} mutations, {clean} without mistakes; the slowest took {:?} for {} bytes",
        slowest.0,
        slowest.1.len()
    );
    assert!(clean > count / 100, "some mutations leave a program without mistakes: {clean}");
    assert!(slowest.0 < Duration::from_secs(10), "{}", slowest.1);
}

/// Some items of a program that follow each other.
fn excerpt(text: &str, random: &mut Random) -> String {
    let items = syntax::cut(text).items;
    if items.is_empty() {
        return text.to_owned();
    }
    let first = random.below(items.len());
    let last = (first + random.below(3)).min(items.len() - 1);
    text[items[first].start as usize..items[last].end as usize].to_owned()
}

/// Replaces a part of the text; returns the range that was replaced, and the length of what stands there now.
fn mutate(text: &mut String, random: &mut Random) -> (std::ops::Range<usize>, usize) {
    let boundary = |text: &str, mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let at = boundary(text, random.below(text.len() + 1));
    let token = token_near(text, at, random);
    let (range, replacement) = match random.below(8) {
        0 => (token, String::new()),
        1 => (at..at, PIECES[random.below(PIECES.len())].to_owned()),
        2 => (token, PIECES[random.below(PIECES.len())].to_owned()),
        3 => (token.clone(), text[token].repeat(2)),
        4 => {
            let end = boundary(text, at + 1 + random.below(4));
            (at..end.max(at), String::new())
        }
        5 => {
            let other_at = boundary(text, random.below(text.len() + 1));
            let other = token_near(text, other_at, random);
            (token, text[other].to_owned())
        }
        6 => {
            let end = boundary(text, at + random.below(60));
            (at..end.max(at), String::new())
        }
        _ => {
            let end = boundary(text, at + random.below(60)).max(at);
            let piece = text[at..end].to_owned();
            (at..at, piece)
        }
    };
    let inserted = replacement.len();
    text.replace_range(range.clone(), &replacement);
    (range, inserted)
}

/// The range of a token near an offset, or an empty one.
fn token_near(text: &str, at: usize, random: &mut Random) -> std::ops::Range<usize> {
    let items = syntax::cut(text).items;
    let Some(item) = items.iter().find(|item| item.end as usize >= at) else { return at..at };
    let lexed = syntax::lex(&text[item.range()]);
    if lexed.is_empty() {
        return at..at;
    }
    let span = lexed.span(random.below(lexed.len()));
    item.start as usize + span.start as usize..item.start as usize + span.end as usize
}
