//! The grammar for editors says of every text of the repository what the compiler's parser says: whether it has
//! mistakes in its syntax, and which items it has.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use syntax::{ItemKind, Parsed};
use tree_sitter::{Node, Parser, Tree};

/// A text of the repository, and where it stands.
struct Fixture {
    at: String,
    text: String,
}

/// Every `.dep` file, and every block of Dep in a page.
fn fixtures() -> Vec<Fixture> {
    let root = tests::root();
    let mut all = Vec::new();
    for path in tests::files(&root, &[".dep"]) {
        let at = path.strip_prefix(&root).unwrap().display().to_string();
        all.push(Fixture { at, text: std::fs::read_to_string(&path).unwrap() });
    }
    for path in tests::files(&root, &[".md"]) {
        let page = std::fs::read_to_string(&path).unwrap();
        for part in tests::markdown::parts(&page) {
            let tests::markdown::Part::Block(block) = part else { continue };
            if block.language == "dep" {
                let at = format!("{}:{}", path.strip_prefix(&root).unwrap().display(), block.line);
                all.push(Fixture { at, text: block.text });
            }
        }
    }
    all
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_dep::LANGUAGE.into()).unwrap();
    parser
}

/// What the compiler says of the syntax of a text.
#[derive(PartialEq, Eq, Debug)]
enum Said {
    Nothing,
    /// Only what a grammar without meaning cannot say: how large a number is, that comparisons do not chain, where a
    /// declaration may stand, that a text nests too deep.
    Judgement,
    Mistakes(Vec<String>),
}

fn said(text: &str) -> Said {
    let judgements = [
        syntax::problem::NUMBER,
        syntax::problem::CHAINED,
        syntax::problem::MISPLACED,
        syntax::problem::TOO_DEEP,
    ];
    let mut any = false;
    let mut mistakes = Vec::new();
    for item in syntax::cut(text).items {
        let parsed = Parsed::new(&text[item.range()]);
        for problem in syntax::problems(parsed.tree()) {
            any = true;
            if !judgements.contains(&problem.code) {
                mistakes.push(format!("{} {}", problem.code, problem.message));
            }
        }
    }
    match (any, mistakes.is_empty()) {
        (false, _) => Said::Nothing,
        (true, true) => Said::Judgement,
        (true, false) => Said::Mistakes(mistakes),
    }
}

/// The first place that the grammar could not read.
fn first_mistake(node: Node<'_>) -> Option<Node<'_>> {
    if node.is_error() || node.is_missing() {
        return Some(node);
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| child.has_error()).find_map(first_mistake)
}

/// What is wrong with a fixture, if anything.
fn disagreement(fixture: &Fixture, tree: &Tree) -> Option<String> {
    let root = tree.root_node();
    let first = first_mistake(root).map(|node| node.start_position());
    match (said(&fixture.text), first) {
        (Said::Nothing, Some(place)) => {
            let line = fixture.text.lines().nth(place.row).unwrap_or_default();
            Some(format!("is read with a mistake in line {}: {line}", place.row + 1))
        }
        (Said::Mistakes(mistakes), None) => {
            Some(format!("is read without a mistake: {}", mistakes.join("; ")))
        }
        (Said::Nothing, None) => {
            let (ours, theirs) = (compiled_items(&fixture.text), read_items(&fixture.text, root));
            let at = (0..).find(|at| ours.get(*at) != theirs.get(*at) || *at >= ours.len());
            let at = at.unwrap_or_default();
            (ours != theirs)
                .then(|| format!("has {:?}, and {:?} is read", ours.get(at), theirs.get(at)))
        }
        _ => None,
    }
}

/// Kind, name and place of an item: from its first token to its last.
type Item = (ItemKind, String, std::ops::Range<usize>);

fn compiled_items(text: &str) -> Vec<Item> {
    let mut items = Vec::new();
    for span in syntax::cut(text).items {
        let item = &text[span.range()];
        let header = syntax::header(item);
        let first = syntax::lex(item).span(0).start as usize;
        let start = span.start as usize + first;
        items.push((header.kind, header.name.to_owned(), start..span.end as usize));
    }
    items
}

fn read_items(text: &str, root: Node<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut cursor = root.walk();
    for node in root.named_children(&mut cursor).filter(|node| !node.is_extra()) {
        let of = |field: &str| {
            let child = node.child_by_field_name(field);
            child.map_or(String::new(), |child| text[child.byte_range()].to_owned())
        };
        let (kind, name) = match node.kind() {
            "use" => {
                let name = text[node.start_byte() + 3..node.end_byte()].trim_start().to_owned();
                (ItemKind::Use, name)
            }
            "overlay" => (ItemKind::Overlay, String::new()),
            "input" => (ItemKind::Input, of("name")),
            "let" => (ItemKind::Let, of("name")),
            "function" => (ItemKind::Fn, of("name")),
            "type_alias" => (ItemKind::Type, of("name")),
            "schema" => (ItemKind::Schema, of("name")),
            "variant" => (ItemKind::Variant, of("name")),
            "trait" => (ItemKind::Trait, of("name")),
            "test" => (ItemKind::Test, of("name")),
            "every" => (ItemKind::Every, of("name")),
            "check" => (ItemKind::Check, String::new()),
            "allow" => (ItemKind::Allow, of("rule")),
            // `x? { … }` binds x, if there is one.
            "binding" => (ItemKind::Binding, of("path").trim_end_matches('?').to_owned()),
            "removal" => (ItemKind::Removal, of("path")),
            _ => (ItemKind::Other, String::new()),
        };
        items.push((kind, name, node.byte_range()));
    }
    items
}

#[test]
fn every_text_of_the_repository_is_read_alike() {
    let mut parser = parser();
    let (mut wrong, mut good, mut bad) = (Vec::new(), 0, 0);
    for fixture in fixtures() {
        let tree = parser.parse(&fixture.text, None).unwrap();
        match said(&fixture.text) {
            Said::Nothing => good += 1,
            _ => bad += 1,
        }
        if let Some(disagreement) = disagreement(&fixture, &tree) {
            wrong.push(format!("{} {disagreement}", fixture.at));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), good + bad, wrong.join("\n"));
    assert!(good > 500 && bad > 50, "there are {good} good texts and {bad} bad ones");
}

#[test]
fn a_text_that_is_edited_is_read_as_if_it_were_new() {
    let mut parser = parser();
    let mut random = tests::Random::new(7);
    for fixture in fixtures().iter().filter(|fixture| fixture.text.is_ascii()) {
        let mut tree = parser.parse(&fixture.text, None).unwrap();
        // A key pressed, and taken back.
        let at = random.below(fixture.text.len());
        let key = *random.pick(&["{", "}", "\"", "\n", "[", ")", " ", "a", "\\("]);
        let mut edited = fixture.text.clone();
        edited.insert_str(at, key);
        let place = |text: &str, at: usize| {
            let before = &text[..at];
            let line = before.rfind('\n').map_or(0, |line| line + 1);
            tree_sitter::Point::new(before.matches('\n').count(), at - line)
        };
        let (from, to) = (place(&edited, at), place(&edited, at + key.len()));
        tree.edit(&tree_sitter::InputEdit {
            start_byte: at,
            old_end_byte: at,
            new_end_byte: at + key.len(),
            start_position: from,
            old_end_position: from,
            new_end_position: to,
        });
        tree = parser.parse(&edited, Some(&tree)).unwrap();
        tree.edit(&tree_sitter::InputEdit {
            start_byte: at,
            old_end_byte: at + key.len(),
            new_end_byte: at,
            start_position: from,
            old_end_position: to,
            new_end_position: from,
        });
        tree = parser.parse(&fixture.text, Some(&tree)).unwrap();
        if said(&fixture.text) == Said::Nothing {
            let disagreement = disagreement(fixture, &tree);
            assert!(disagreement.is_none(), "{} {}", fixture.at, disagreement.unwrap_or_default());
        }
    }
}

/// How strongly the operators of types bind shows in the trees alone.
#[test]
fn operators_of_types_bind_alike() {
    let mut parser = parser();
    for (text, expected) in [
        (
            "Int & 1..2?",
            "(optional_type (refined_type (type_name (type_identifier)) (range_type (integer) (integer))))",
        ),
        (
            "A | B & C?",
            "(union_type (type_name (type_identifier)) (optional_type (refined_type (type_name (type_identifier)) (type_name (type_identifier)))))",
        ),
        (
            "A? & B",
            "(refined_type (optional_type (type_name (type_identifier))) (type_name (type_identifier)))",
        ),
    ] {
        let tree = parser.parse(format!("type T = {text}"), None).unwrap();
        let item = tree.root_node().named_child(0).unwrap();
        let ty = item.child_by_field_name("type").unwrap();
        assert_eq!(ty.to_sexp(), expected, "{text}");
    }
}
