//! The grammar of Dep for programs that use tree-sitter from Rust, and its queries.

use tree_sitter_language::LanguageFn;

// The one function that the generated parser gives to others.
unsafe extern "C" {
    fn tree_sitter_dep() -> *const ();
}

/// The grammar.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_dep) };

/// What is coloured how.
pub const HIGHLIGHTS: &str = include_str!("../../queries/highlights.scm");

/// What names are known where.
pub const LOCALS: &str = include_str!("../../queries/locals.scm");

/// What is text in another language.
pub const INJECTIONS: &str = include_str!("../../queries/injections.scm");

/// What can be folded.
pub const FOLDS: &str = include_str!("../../queries/folds.scm");

/// What is indented, as Neovim reads it.
pub const INDENTS: &str = include_str!("../../queries/indents.scm");
