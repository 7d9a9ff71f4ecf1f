//! The corpus of programs, and what must hold for every text whatsoever.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::ops::Range;

use syntax::{Cuts, NodeKind, Parsed, TokenKind, Tree, ast};

/// All programs of `tests/corpus`, by name.
pub fn corpus() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "dep"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).expect("it is UTF-8"),
            )
        })
        .collect();
    files.sort();
    files
}

/// A small generator of numbers that are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: usize) -> usize {
        if limit == 0 { 0 } else { (self.next() % limit as u64) as usize }
    }
}

/// Checks all that must hold for any file, and returns its cuts.
pub fn check_file(text: &str) -> Cuts {
    let cuts = syntax::cut(text);
    let mut last = 0;
    for item in &cuts.items {
        assert!(
            item.start < item.end && item.end as usize <= text.len(),
            "an item is not empty and lies in the file"
        );
        assert!(item.start >= last, "items do not overlap");
        assert_gap(&text[last as usize..item.start as usize]);
        last = item.end;
        check_item(&text[item.range()]);
    }
    assert_gap(&text[last as usize..]);
    cuts
}

/// Checks all that must hold for the text of any item.
pub fn check_item(text: &str) {
    let parsed = Parsed::new(text);
    let tree = parsed.tree();
    assert_eq!(parsed.tokens.kinds.len(), parsed.tokens.len());
    // What is read past is told, so it is not lost.
    let slips: Vec<Range<usize>> =
        parsed.tokens.slips.iter().map(|slip| slip.span.range()).collect();
    let told = syntax::problems(tree);
    for slip in &slips {
        // What makes its line unreadable is told instead.
        let is_of = |problem: &syntax::Problem| {
            let before = text.get(problem.range.start..slip.start);
            let between = before.or(text.get(slip.end..problem.range.start));
            let near = between.is_some_and(|between| !between.contains('\n'));
            near || problem.range.start < slip.end && slip.start <= problem.range.end
        };
        let told = told.iter().any(is_of);
        assert!(told, "nothing is told of {slip:?} in {text:?}");
    }
    let masked = without(text, &slips);
    let mut last = 0;
    for index in 0..parsed.tokens.len() {
        let span = parsed.tokens.span(index);
        assert!(span.start >= last && span.end >= span.start, "tokens ascend");
        assert!(parsed.tokens.kind(index).is_some());
        assert_gap(&masked[last as usize..span.start as usize]);
        last = span.end;
    }
    assert_gap(&masked[last as usize..]);
    check_tree(tree);
    let _ = syntax::header(text);
    for problem in syntax::problems(tree) {
        assert!(
            text.get(problem.range.clone()).is_some(),
            "a problem stands in the text: {problem:?} in {text:?}"
        );
        assert!(tree.node(problem.node).is_some());
    }
}

/// The text with blanks in some places.
fn without(text: &str, places: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for place in places {
        bytes[place.clone()].fill(b' ');
    }
    String::from_utf8(bytes).expect("places begin and end with characters")
}

/// Between tokens stand blanks and comments only, so no byte is lost.
fn assert_gap(gap: &str) {
    for line in gap.split('\n') {
        let line = line.trim_matches(|character: char| {
            character.is_ascii_whitespace() || character == '\u{feff}'
        });
        assert!(line.is_empty() || line.starts_with("//"), "lost text: {line:?}");
    }
}

/// Every node lies in its parent, and every token is reached.
fn check_tree(tree: Tree<'_>) {
    let count = tree.tokens().len();
    let root = tree.root();
    assert_eq!(root.kind(), NodeKind::Root);
    assert_eq!(root.token_range(), 0..count, "the root has all tokens");
    assert_eq!(root.size() as usize, tree.nodes().len());
    for node in tree.nodes() {
        let range = node.token_range();
        let mut at = range.start;
        let mut sizes = 1;
        for child in node.children() {
            let inner = child.token_range();
            assert!(
                inner.start >= at && inner.end <= range.end,
                "{child:?} lies in {node:?} after its neighbour\n{}",
                tree.outline()
            );
            at = inner.end;
            sizes += child.size();
        }
        assert_eq!(sizes, node.size(), "the children of {node:?} fill it");
        let _ = (node.text(), node.doc(), ast::item(tree));
    }
}

/// The kinds and texts of tokens, separators left out: what formatting must keep.
pub fn significant_tokens(text: &str) -> Vec<(TokenKind, String)> {
    let mut tokens = Vec::new();
    for item in syntax::cut(text).items {
        let text = &text[item.range()];
        let lexed = syntax::lex(text);
        for index in 0..lexed.len() {
            let kind = match lexed.kind(index).unwrap() {
                TokenKind::Comma | TokenKind::Newline => continue,
                TokenKind::LeadDot => TokenKind::Dot,
                kind => kind,
            };
            tokens.push((kind, text[lexed.span(index).range()].to_owned()));
        }
    }
    tokens
}

/// The nodes of all items, without positions.
pub fn outlines(text: &str) -> Vec<String> {
    syntax::cut(text)
        .items
        .iter()
        .map(|item| Parsed::new(&text[item.range()]).tree().outline())
        .collect()
}

/// All comments, in order.
pub fn comments(text: &str) -> Vec<String> {
    let mut comments = Vec::new();
    let mut from = 0;
    let mut gap = |gap: &str| {
        comments.extend(
            gap.split('\n')
                .map(|line| line.trim().trim_matches('\u{feff}').to_owned())
                .filter(|line| !line.is_empty()),
        )
    };
    for item in syntax::cut(text).items {
        gap(&text[from..item.start as usize]);
        let inner = &text[item.range()];
        let lexed = syntax::lex(inner);
        let mut at = 0;
        for index in 0..lexed.len() {
            let span: Range<usize> = lexed.span(index).range();
            gap(&inner[at..span.start]);
            at = span.end;
        }
        from = item.end as usize;
    }
    gap(&text[from..]);
    comments
}

/// Checks that formatting a file without mistakes keeps its meaning and comments, and that formatting again changes nothing. Returns whether it had none.
pub fn check_format(text: &str) -> bool {
    let once = syntax::format(text);
    if !once.problems.is_empty() {
        assert_eq!(once.text, text, "a file with mistakes stays as it is");
        return false;
    }
    let clue = || format!("--- before\n{text}\n--- after\n{}", once.text);
    let again = syntax::format(&once.text);
    assert!(again.problems.is_empty(), "{:?}\n{}", again.problems, clue());
    assert_eq!(again.text, once.text, "formatting again changes nothing\n{}", clue());
    assert!(!once.text.contains("\r\n"), "lines end in one way\n{}", clue());
    let text = text.replace("\r\n", "\n");
    assert_eq!(significant_tokens(&text), significant_tokens(&once.text), "{}", clue());
    assert_eq!(outlines(&text), outlines(&once.text), "{}", clue());
    assert_eq!(comments(&text), comments(&once.text), "{}", clue());
    true
}
