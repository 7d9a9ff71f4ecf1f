//! Puts the pages of the errors into the binary: a table of (code, text), sorted by code.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new("../../tests/errors");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut rows = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "md") && code != "README" {
            rows.push(format!("    ({code:?}, include_str!({:?})),\n", fs::canonicalize(&path)?));
        }
    }
    rows.sort();
    let table = format!("pub const PAGES: &[(&str, &str)] = &[\n{}];\n", rows.concat());
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("pages.rs"), table)
}
