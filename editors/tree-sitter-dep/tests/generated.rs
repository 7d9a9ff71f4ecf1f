//! `src/parser.c` is what the grammar generates. `UPDATE=1` writes it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::path::Path;

/// The version of tables that the oldest of the editors reads: Neovim 0.7 and later.
const ABI: usize = 14;

#[test]
fn the_parser_is_what_the_grammar_generates() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let node = std::process::Command::new("node").arg("--version").output();
    if !node.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "Node.js cannot be had: that the parser is what the grammar generates is not tested"
        );
        return;
    }
    // The description of the grammar stands beside it, for the version that is written into the parser.
    let folder = tempfile::tempdir().unwrap();
    for file in ["grammar.js", "tree-sitter.json"] {
        std::fs::copy(here.join(file), folder.path().join(file)).unwrap();
    }
    tree_sitter_generate::generate_parser_in_directory(
        folder.path(),
        None::<&Path>,
        None::<&Path>,
        ABI,
        None,
        Some("node"),
        true,
        tree_sitter_generate::OptLevel::default(),
    )
    .unwrap();
    for file in ["parser.c", "tree_sitter/alloc.h", "tree_sitter/parser.h"] {
        let generated = std::fs::read_to_string(folder.path().join("src").join(file)).unwrap();
        let path = here.join("src").join(file);
        if tests::update() {
            std::fs::write(path, generated).unwrap();
        } else {
            let written = std::fs::read_to_string(path).unwrap();
            assert!(written == generated, "src/{file} is out of date: UPDATE=1 writes it");
        }
    }
}
