//! Cuts the library into its items when the crate is built: a program that calls one function must not pay for the
//! cutting of all of them.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let stdlib = Path::new(&root).join("../../stdlib").canonicalize()?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", stdlib.display());
    let mut modules = Vec::new();
    find(&stdlib, "", &mut modules)?;
    modules.sort();
    let mut out = String::from("&[\n");
    for (name, path) in modules {
        let text = fs::read_to_string(&path)?;
        let cuts = syntax::cut(&text);
        if !cuts.closed {
            return Err(format!("{}: a bracket or a string is open", path.display()).into());
        }
        writeln!(out, "LibraryModule {{ name: {name:?}, text: include_str!({path:?}), items: &[")?;
        for span in cuts.items {
            let header = syntax::header(text.get(span.range()).ok_or("a cut lies outside")?);
            let syntax::Span { start, end } = span;
            let (kind, name) = (header.kind, header.name);
            writeln!(
                out,
                "(Span {{ start: {start}, end: {end} }}, Header {{ kind: ItemKind::{kind:?}, name: {name:?} }}),"
            )?;
        }
        // What the module takes by `use crd` lies beside it, under its name.
        let definitions = path.with_extension("yaml");
        match definitions.is_file() {
            true => writeln!(out, "], definitions: Some(include_str!({definitions:?})) }},")?,
            false => out.push_str("], definitions: None },\n"),
        }
    }
    out.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("library.rs"), out)?;
    Ok(())
}

/// All `.dep` files below a folder, each with the dotted name of its module.
fn find(
    folder: &Path,
    prefix: &str,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.is_dir() {
            find(&path, &format!("{prefix}{stem}."), found)?;
        } else if path.extension().is_some_and(|extension| extension == "dep") {
            found.push((format!("{prefix}{stem}"), path));
        }
    }
    Ok(())
}
