//! Regular expressions of schemas and rules. Servers read them as Go does; what is matched takes linear time.

use regex_lite::{Regex, RegexBuilder};

/// A regular expression, or why it cannot be used.
pub type Pattern = Result<Regex, String>;

/// How large a compiled expression may be, in bytes.
const SIZE: usize = 1 << 20;

/// The expression, where it means here what it means to a server.
pub fn pattern(text: &str) -> Pattern {
    if text.contains("\\p") || text.contains("\\P") {
        return Err("it names a class of Unicode".to_owned());
    }
    RegexBuilder::new(text).size_limit(SIZE).build().map_err(|error| error.to_string())
}

/// Why no server can read an expression; nothing where it is only not known here.
pub fn unreadable(text: &str) -> Option<String> {
    /// What Go reads and is not read here.
    const ITS_OWN: [&str; 6] = ["\\p", "\\P", "\\Q", "\\C", "\\a", "[[:"];
    let why = pattern(text).err()?;
    (!ITS_OWN.iter().any(|sign| text.contains(sign)) && !why.contains("size")).then_some(why)
}
