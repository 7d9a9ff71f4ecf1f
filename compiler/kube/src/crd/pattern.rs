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
