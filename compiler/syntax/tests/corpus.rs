//! The programs of the corpus: they have no mistakes, cut and parse without loss, and the formatter keeps them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{check_file, check_format, corpus};
use syntax::{ItemKind, NodeKind, Parsed, TokenKind};

#[test]
fn programs_have_no_mistakes() {
    for (name, text) in corpus() {
        let cuts = check_file(&text);
        assert!(cuts.closed, "{name}");
        for item in cuts.items {
            let parsed = Parsed::new(&text[item.range()]);
            let problems = syntax::problems(parsed.tree());
            assert!(problems.is_empty(), "{name}: {problems:?}\n{}", parsed.tree().outline());
        }
    }
}

#[test]
fn programs_format_without_loss() {
    for (name, text) in corpus() {
        assert!(check_format(&text), "{name}");
        // The same on another system's line ends, behind a mark of byte order.
        assert!(
            check_format(&format!("\u{feff}{}", text.replace('\n', "\r\n"))),
            "{name} with CRLF"
        );
    }
}

#[test]
fn formatted_programs_stay() {
    for (name, text) in corpus() {
        if matches!(name.as_str(), "declarations.dep" | "expressions.dep") {
            assert_eq!(syntax::format(&text).text, text, "{name} is in the canonical layout");
        }
    }
}

/// The lexer is the oracle of the cut: a whole file lexed at once has a separator at depth zero exactly where the cut ends an item.
#[test]
fn cut_agrees_with_lexer() {
    for (name, text) in corpus() {
        let lexed = syntax::lex(&text);
        let mut depth = 0usize;
        let mut starts = Vec::new();
        let mut fresh = true;
        for index in 0..lexed.len() {
            let kind = lexed.kind(index).unwrap();
            if kind == TokenKind::Newline {
                fresh |= depth == 0;
                continue;
            }
            if std::mem::take(&mut fresh) {
                starts.push(lexed.span(index).start);
            }
            match kind {
                TokenKind::LBrace
                | TokenKind::LBracket
                | TokenKind::LParen
                | TokenKind::StrHead => depth += 1,
                TokenKind::RBrace
                | TokenKind::RBracket
                | TokenKind::RParen
                | TokenKind::StrTail => depth -= 1,
                _ => {}
            }
        }
        let cut: Vec<u32> = syntax::cut(&text)
            .items
            .iter()
            .map(|item| item.start + syntax::lex(&text[item.range()]).span(0).start)
            .collect();
        assert_eq!(cut, starts, "{name}");
    }
}

/// A header is read from a few tokens, and says what the tree says.
#[test]
fn headers_agree_with_trees() {
    for (name, text) in corpus() {
        for item in syntax::cut(&text).items {
            let parsed = Parsed::new(&text[item.range()]);
            let entry = parsed.tree().entry();
            let header = syntax::header(&parsed.text);
            let (kind, named) = match entry.kind() {
                NodeKind::Use => (ItemKind::Use, None),
                NodeKind::Overlay => (ItemKind::Overlay, Some(String::new())),
                NodeKind::Input => (
                    ItemKind::Input,
                    entry.child(NodeKind::Name).map(|name| name.text().to_owned()),
                ),
                NodeKind::Let => {
                    (ItemKind::Let, entry.child(NodeKind::Name).map(|name| name.text().to_owned()))
                }
                NodeKind::Fn => {
                    (ItemKind::Fn, entry.child(NodeKind::Name).map(|name| name.text().to_owned()))
                }
                NodeKind::TypeAlias => {
                    (ItemKind::Type, entry.child(NodeKind::Name).map(|name| name.text().to_owned()))
                }
                NodeKind::Schema => (
                    ItemKind::Schema,
                    entry.child(NodeKind::Name).map(|name| name.text().to_owned()),
                ),
                NodeKind::Variant => (
                    ItemKind::Variant,
                    entry.child(NodeKind::Name).map(|name| name.text().to_owned()),
                ),
                NodeKind::Trait => (
                    ItemKind::Trait,
                    entry.child(NodeKind::Name).map(|name| name.text().to_owned()),
                ),
                NodeKind::Test => {
                    (ItemKind::Test, entry.child(NodeKind::Str).map(|name| name.text().to_owned()))
                }
                NodeKind::Every => {
                    (ItemKind::Every, entry.child(NodeKind::Str).map(|name| name.text().to_owned()))
                }
                NodeKind::Allow => {
                    (ItemKind::Allow, entry.child(NodeKind::Str).map(|name| name.text().to_owned()))
                }
                NodeKind::Check => (ItemKind::Check, Some(String::new())),
                NodeKind::Binding => (
                    ItemKind::Binding,
                    entry
                        .child(NodeKind::Path)
                        .map(|path| path.text().trim_end_matches('?').to_owned()),
                ),
                NodeKind::Removal => (
                    ItemKind::Removal,
                    entry.child(NodeKind::Path).map(|path| path.text().to_owned()),
                ),
                NodeKind::When => (ItemKind::When, Some(String::new())),
                NodeKind::For => (ItemKind::For, Some(String::new())),
                NodeKind::Spread => (ItemKind::Spread, Some(String::new())),
                _ => (ItemKind::Other, None),
            };
            assert_eq!(header.kind, kind, "{name}: {}", parsed.text);
            if let Some(named) = named {
                assert_eq!(header.name, named, "{name}: {}", parsed.text);
            }
        }
    }
}

/// A blank line or a comment on top changes no item.
#[test]
fn layout_between_items_is_in_no_item() {
    for (name, text) in corpus() {
        let items = |text: &str| -> Vec<String> {
            syntax::cut(text).items.iter().map(|item| text[item.range()].to_owned()).collect()
        };
        assert_eq!(items(&text), items(&format!("\n\n// on top\n{text}")), "{name}");
    }
}
