//! Regular expressions. Matching takes linear time: there is neither look-around nor a reference back to a group.
//!
//! Patterns are compiled once for the life of the process: three of them cost as much as a tenth of a small build.

use std::sync::{Arc, LazyLock, RwLock};

use regex_lite::{Regex, RegexBuilder};
use rustc_hash::FxHashMap;

/// Bytes that a compiled pattern may take.
const COMPILED_BYTES: usize = 128 << 10;
/// Compiled patterns that are kept. Only a program that computes patterns has so many.
const KEPT: usize = 1_000;

type Compiled = RwLock<FxHashMap<String, Option<Arc<Regex>>>>;

/// Does the whole of `text` match? `None` for a pattern that is no regular expression (reported where it is
/// written).
pub fn matches_whole(pattern: &str, text: &str) -> Option<bool> {
    static WHOLE: LazyLock<Compiled> = LazyLock::new(RwLock::default);
    let regex = compiled(&WHOLE, pattern, || format!(r"\A(?:{pattern})\z"))?;
    Some(regex.is_match(text))
}

/// The pattern as it is looked for within a text; `None` where it is no regular expression.
pub fn searching(pattern: &str) -> Option<Arc<Regex>> {
    static WITHIN: LazyLock<Compiled> = LazyLock::new(RwLock::default);
    compiled(&WITHIN, pattern, || pattern.to_owned())
}

fn compiled(known: &Compiled, pattern: &str, written: impl Fn() -> String) -> Option<Arc<Regex>> {
    if let Some(regex) = known.read().ok().and_then(|known| known.get(pattern).cloned()) {
        return regex;
    }
    let regex = RegexBuilder::new(&written()).size_limit(COMPILED_BYTES).build().ok().map(Arc::new);
    if let Ok(mut known) = known.write() {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(pattern.to_owned(), regex.clone());
    }
    regex
}
