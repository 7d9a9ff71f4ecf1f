//! The library that is built into the compiler, cut into items when the compiler was built. A module becomes part of
//! the query graph only once a program uses it.

use syntax::{Header, ItemKind, Span};

/// One module of the library.
#[derive(Debug)]
pub struct LibraryModule {
    /// The dotted name, such as `std.workload`.
    pub name: &'static str,
    pub text: &'static str,
    /// Where each of its items stands, and how it begins.
    pub items: &'static [(Span, Header<'static>)],
}

/// All modules, by name.
pub fn library() -> &'static [LibraryModule] {
    include!(concat!(env!("OUT_DIR"), "/library.rs"))
}

/// The module that every other one sees without naming it.
pub const PRELUDE: &str = "std.prelude";

/// The modules whose functions are in scope everywhere. Of functions with one name, the first whose first parameter
/// takes what is given is meant.
pub const FUNCTIONS: [&str; 4] = ["std.strings", "std.lists", "std.maps", "std.numbers"];
