//! The queries of all editors fit the grammar, and say of an example what they should.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tree_sitter::{Language, Parser, Query, QueryCursor, StreamingIterator};

const EXAMPLE: &str = r#"use std.workload.Service
/// A port.
input port: Port = 80
app = Service with Common {
  ports { http = port }
  env { URL = "http://\(key)\n" }
  config.data {
    "nginx.yaml" = """
      a: 1
      """
  }
  when port is set and port > 1 { final scale = 1..2 }
}
fn url(of: Str) -> Str = of.lower()
type Name = Str & /[a-z]+/
"#;

fn language() -> Language {
    tree_sitter_dep::LANGUAGE.into()
}

/// What a query captures in the example: names of captures and what they hold, on one line.
fn captures(query: &str) -> Vec<(String, String)> {
    let query = Query::new(&language(), query).unwrap();
    let mut parser = Parser::new();
    parser.set_language(&language()).unwrap();
    let tree = parser.parse(EXAMPLE, None).unwrap();
    assert!(!tree.root_node().has_error());
    let mut cursor = QueryCursor::new();
    let mut found = Vec::new();
    let mut all = cursor.captures(&query, tree.root_node(), EXAMPLE.as_bytes());
    while let Some((matched, index)) = all.next() {
        let capture = matched.captures[*index];
        let text = &EXAMPLE[capture.node.byte_range()];
        let name = query.capture_names()[capture.index as usize];
        found.push((name.to_owned(), text.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    found
}

/// What stands there is captured so, and last: later patterns win.
fn is(found: &[(String, String)], text: &str, capture: &str) {
    let last = found.iter().rfind(|(_, of)| of == text);
    assert_eq!(last.map(|(name, _)| name.as_str()), Some(capture), "{text} in {found:#?}");
}

#[test]
fn every_query_fits_the_grammar() {
    let root = tests::root().join("editors");
    let queries = tests::files(&root, &[".scm"]);
    assert!(queries.len() >= 5);
    for path in queries {
        let text = std::fs::read_to_string(&path).unwrap();
        if let Err(wrong) = Query::new(&language(), &text) {
            panic!("{}: {wrong}", path.display());
        }
    }
}

#[test]
fn words_have_their_colours() {
    let found = captures(tree_sitter_dep::HIGHLIGHTS);
    is(&found, "use", "keyword.import");
    is(&found, "/// A port.", "comment.documentation");
    is(&found, "input", "keyword");
    is(&found, "when", "keyword.conditional");
    is(&found, "and", "keyword.operator");
    is(&found, "final", "keyword.modifier");
    is(&found, "ports", "property");
    is(&found, "Service", "type");
    is(&found, "url", "function");
    is(&found, "lower", "function");
    is(&found, "of", "variable");
    is(&found, "\\n", "string.escape");
    is(&found, "/[a-z]+/", "string.regexp");
    is(&found, "80", "number");
    is(&found, "set", "constant.builtin");
}

#[test]
fn what_stands_in_brackets_folds_and_is_indented() {
    let folds = captures(tree_sitter_dep::FOLDS);
    assert!(folds.iter().any(|(_, text)| text.starts_with("{ ports { http = port } env")));
    assert!(folds.iter().any(|(_, text)| text.starts_with("\"\"\" a: 1")));
    let indents = captures(tree_sitter_dep::INDENTS);
    assert!(indents.iter().any(|(name, text)| name == "indent.begin" && text == "{ http = port }"));
    assert!(indents.iter().any(|(name, text)| name == "indent.branch" && text == "}"));
}

#[test]
fn texts_of_other_languages_are_found() {
    let query = Query::new(&language(), tree_sitter_dep::INJECTIONS).unwrap();
    let languages: Vec<_> = (0..query.pattern_count())
        .flat_map(|at| query.property_settings(at))
        .filter(|property| &*property.key == "injection.language")
        .filter_map(|property| property.value.as_deref())
        .collect();
    assert_eq!(languages, ["regex", "yaml", "json", "toml", "bash", "bash"]);
    let found = captures(tree_sitter_dep::INJECTIONS);
    is(&found, "/[a-z]+/", "injection.content");
    is(&found, "a: 1", "injection.content");
}

#[test]
fn names_are_known_where_they_are_declared() {
    let found = captures(tree_sitter_dep::LOCALS);
    for name in ["port", "app", "url", "Name"] {
        assert!(
            found.iter().any(|(capture, text)| capture == "local.definition" && text == name),
            "{name} in {found:#?}"
        );
    }
    assert!(found.iter().any(|(name, text)| name == "local.reference" && text == "of"));
}
