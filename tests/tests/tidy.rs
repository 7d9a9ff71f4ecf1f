//! What every file of the repository keeps to.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The longest that a source file may be.
const LINES: usize = 500;

fn sources() -> Vec<PathBuf> {
    let root = tests::root();
    let mut all = tests::files(&root.join("compiler"), &[".rs"]);
    all.extend(tests::files(&root.join("tests"), &[".rs"]));
    all
}

fn shown(path: &std::path::Path) -> String {
    path.strip_prefix(tests::root()).unwrap().display().to_string()
}

#[test]
fn source_files_are_short_and_say_what_they_are_for() {
    let mut wrong = String::new();
    for path in sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        if !text.starts_with("//!") {
            wrong.push_str(&format!("{} does not begin with what it is for\n", shown(&path)));
        }
        let lines = text.lines().count();
        if lines > LINES {
            wrong.push_str(&format!("{} has {lines} lines; split it\n", shown(&path)));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn nothing_is_left_to_do_in_silence_and_no_path_is_of_one_machine() {
    let root = tests::root();
    let mut wrong = String::new();
    // Written in parts, so that this file does not hold them.
    let words = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["XX", "X:"],
        ["/ho", "me/"],
        ["/ro", "ot/"],
        ["/wo", "rk/"],
        ["uns", "afe {"],
    ];
    for path in tests::files(&root, &[".rs", ".dep", ".md", ".toml", ".pest", ".py", "gen"]) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for word in words.iter().map(|parts| parts.concat()) {
                // What stands there calls the one function of a generated parser.
                let binds =
                    word.ends_with('{') && path.components().any(|c| c.as_os_str() == "bindings");
                if line.contains(&word) && !binds {
                    wrong.push_str(&format!("{}:{}: {word}\n", shown(&path), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_library_documents_every_field() {
    let mut wrong = String::new();
    let mut schemas: BTreeMap<(String, String), Fields> = BTreeMap::new();
    for path in tests::files(&tests::root().join("stdlib"), &[".dep"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for span in syntax::cut(&text).items {
            let item = &text[span.range()];
            let header = syntax::header(item);
            let is_public = !matches!(
                header.kind,
                syntax::ItemKind::Use
                    | syntax::ItemKind::Let
                    | syntax::ItemKind::Check
                    | syntax::ItemKind::Other
            );
            if is_public && !item.starts_with("///") {
                wrong.push_str(&format!("{}: {} is not documented\n", shown(&path), header.name));
            }
            let indent = match header.kind {
                syntax::ItemKind::Schema => "  ",
                syntax::ItemKind::Variant => "    ",
                _ => continue,
            };
            let fields =
                fields(item, indent).map(|(name, documented)| (name.to_owned(), documented));
            let schema = Fields { of: fields.collect(), parent: parent(item) };
            schemas.insert((header.name.to_string(), shown(&path)), schema);
        }
    }
    for ((name, path), schema) in &schemas {
        let bare = schema.of.iter().filter(|(_, documented)| !documented);
        for (field, _) in bare.filter(|(field, _)| !has_words(&schemas, schema, field)) {
            wrong.push_str(&format!("{path}: {name}.{field} is not documented\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a schema or the cases of a variant declare: each field, and whether words stand above it.
struct Fields {
    of: Vec<(String, bool)>,
    parent: Option<String>,
}

/// Whether a parent of a schema says what a field is, which the schema then only narrows.
fn has_words(schemas: &BTreeMap<(String, String), Fields>, schema: &Fields, field: &str) -> bool {
    let is_parent = |name: &str| schema.parent.as_deref() == Some(name);
    schemas.iter().filter(|((name, _), _)| is_parent(name)).any(|(_, parent)| {
        parent.of.iter().any(|(name, documented)| name == field && *documented)
            || has_words(schemas, parent, field)
    })
}

/// The name of the schema that another one extends.
fn parent(schema: &str) -> Option<String> {
    let head = schema.lines().find(|line| line.contains("schema "))?;
    let parent = head.split_once(" extends ")?.1.trim_end_matches([' ', '{', '}']);
    parent.rsplit('.').next().map(str::to_owned)
}

/// The fields that stand in a schema, laid out by the formatter, so far to the right.
fn fields<'s>(schema: &'s str, indent: &'s str) -> impl Iterator<Item = (&'s str, bool)> {
    let lines = schema.lines().zip(schema.lines().skip(1));
    lines.filter_map(move |(above, line)| {
        let name = declared(line.strip_prefix(indent)?)?;
        Some((name, above.trim_start().starts_with("///")))
    })
}

/// The field that a line declares: `port` of `export port: Port = 8080`.
fn declared(line: &str) -> Option<&str> {
    let (name, _) = line.split_once(": ")?;
    let words = ["export ", "emit ", "derive ", "open "];
    let name = words.iter().fold(name, |name, word| name.strip_prefix(word).unwrap_or(name));
    let name = name.trim_end_matches('?');
    name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(name)
}

#[test]
fn texts_end_with_one_line_break_and_lines_with_no_blank() {
    let mut wrong = String::new();
    for path in tests::files(&tests::root(), &[".rs", ".dep", ".md", ".toml", ".pest"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
            wrong.push_str(&format!("{} does not end with one line break\n", shown(&path)));
        }
        for (number, line) in text.lines().enumerate() {
            if line.ends_with(' ') || line.ends_with('\r') {
                wrong.push_str(&format!("{}:{} ends with a blank\n", shown(&path), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
