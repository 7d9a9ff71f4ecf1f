//! `tree-sitter-dep FOLDER` writes the grammar as editors take it: the generated parser, the scanner, and the queries.

use std::path::Path;
use std::process::ExitCode;

/// A file of the folder of the build, by its path there.
macro_rules! built {
    ($($path:literal),*) => {
        [$(($path, include_str!(concat!(env!("OUT_DIR"), "/grammar/", $path)))),*]
    };
}

/// What is generated, and what it is compiled with.
const BUILT: [(&str, &str); 9] = built![
    "grammar.js",
    "tree-sitter.json",
    "src/grammar.json",
    "src/node-types.json",
    "src/parser.c",
    "src/scanner.c",
    "src/tree_sitter/alloc.h",
    "src/tree_sitter/array.h",
    "src/tree_sitter/parser.h"
];

const QUERIES: [(&str, &str); 5] = [
    ("queries/folds.scm", tree_sitter_dep::FOLDS),
    ("queries/highlights.scm", tree_sitter_dep::HIGHLIGHTS),
    ("queries/indents.scm", tree_sitter_dep::INDENTS),
    ("queries/injections.scm", tree_sitter_dep::INJECTIONS),
    ("queries/locals.scm", tree_sitter_dep::LOCALS),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: tree-sitter-dep FOLDER");
        return ExitCode::from(2);
    };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} cannot be written: {error}", Path::new(&folder).display());
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path) -> std::io::Result<()> {
    for (path, text) in BUILT.iter().chain(&QUERIES) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
