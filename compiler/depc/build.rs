//! Puts the pages of the errors into the binary: a table of (code, text), sorted by code. And says how it is linked.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    link_in_place();
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

/// A position-independent binary has its thousands of addresses patched whenever it starts, which is a fifteenth of what
/// a small build takes. Linked for one place, it has none. (Without `unsafe` there is little for a random place to hide.)
fn link_in_place() {
    let is = |key: &str, value: &str| env::var(key).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
