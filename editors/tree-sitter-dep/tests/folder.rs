//! The folder that the command writes is one that editors take: its parser compiles as they compile it, from nothing
//! but what is in the folder.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::{Command, Output};

fn written(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tree-sitter-dep")).arg(folder).output().unwrap()
}

#[test]
fn the_parser_is_compiled_from_the_folder_alone() {
    let folder = tempfile::tempdir().unwrap();
    let grammar = folder.path().join("grammars/dep");
    // A second time it is written over.
    for _ in 0..2 {
        let output = written(&grammar);
        assert!(output.status.success(), "{output:?}");
    }
    let compiled = Command::new("cc")
        .args(["-O0", "-fPIC", "-shared", "-I", "src", "-o", "dep.so"])
        .args(["src/parser.c", "src/scanner.c"])
        .current_dir(&grammar)
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    assert!(std::fs::metadata(grammar.join("dep.so")).unwrap().len() > 100_000);
    // What has a description of the grammar's nodes and queries reads these.
    for (file, holds) in [
        ("src/grammar.json", "\"name\": \"dep\""),
        ("src/node-types.json", "\"type\": \"binding\""),
        ("queries/highlights.scm", "@keyword"),
        ("tree-sitter.json", "\"source.dep\""),
    ] {
        assert!(std::fs::read_to_string(grammar.join(file)).unwrap().contains(holds), "{file}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let output = written(&file);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("file cannot be written"));
}

/// What a build makes is not kept: only what people write is in the repository.
#[test]
fn nothing_generated_is_beside_the_scanner() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = tests::files(&sources, &[""]);
    assert_eq!(files, [sources.join("scanner.c")]);
}
