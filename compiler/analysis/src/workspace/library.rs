//! The library that is built into the compiler, cut into items when the compiler was built. A module becomes part of
//! the query graph only once a program uses it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use syntax::{Header, ItemKind, Span};

/// One module of the library.
#[derive(Debug)]
pub struct LibraryModule {
    /// The dotted name, such as `std.workload`.
    pub name: &'static str,
    pub text: &'static str,
    /// Where each of its items stands, and how it begins.
    pub items: &'static [(Span, Header<'static>)],
    /// The file beside it that has its name and holds definitions: what `use crd "./NAME.yaml"` in it reads.
    pub definitions: Option<&'static str>,
}

impl LibraryModule {
    /// The last part of its name, as its files are called.
    pub fn stem(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }
}

/// All modules, by name.
pub fn library() -> &'static [LibraryModule] {
    include!(concat!(env!("OUT_DIR"), "/library.rs"))
}

/// The first module that declares a name.
pub fn declaring(name: &str) -> Option<&'static str> {
    declared().get(name).copied()
}

/// The schemas, traits, types and variants of the library, in the order of the alphabet.
pub fn declared_types() -> &'static [&'static str] {
    static TYPES: OnceLock<Vec<&'static str>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let capital = |name: &&&str| name.starts_with(|c: char| c.is_ascii_uppercase());
        declared().keys().filter(capital).copied().collect()
    })
}

/// The functions of the library, in the order of the alphabet.
pub fn declared_functions() -> impl Iterator<Item = &'static str> {
    let small = |name: &&str| name.starts_with(|c: char| c.is_ascii_lowercase());
    declared().keys().copied().filter(small)
}

/// The module of each name. The texts are asked: most modules are never read by a program.
fn declared() -> &'static BTreeMap<&'static str, &'static str> {
    static DECLARED: OnceLock<BTreeMap<&'static str, &'static str>> = OnceLock::new();
    DECLARED.get_or_init(|| {
        let words = ["schema ", "trait ", "type ", "fn ", "variant "];
        let mut declared = BTreeMap::new();
        for module in library() {
            for line in module.text.lines() {
                let rest = words.iter().find_map(|word| line.strip_prefix(word));
                let ends = |c: char| !c.is_alphanumeric() && c != '_';
                if let Some(name) = rest.and_then(|rest| rest.split(ends).next()) {
                    declared.entry(name).or_insert(module.name);
                }
            }
        }
        declared
    })
}

/// The module that every other one sees without naming it.
pub const PRELUDE: &str = "std.prelude";

/// The modules whose functions are in scope everywhere. Of functions with one name, the first whose first parameter
/// takes what is given is meant.
pub const FUNCTIONS: [&str; 4] = ["std.strings", "std.lists", "std.maps", "std.numbers"];
