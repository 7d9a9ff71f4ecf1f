//! The limits of this crate, in one place, so that no input can exhaust stack or memory.

/// How deep brackets and other constructs that nest (conditionals, lambdas, function types) may stand in each other. The rest of the item becomes one node,
/// [`crate::NodeKind::TooDeep`]. The number is far above what people write (the deepest Kubernetes object has some 30 levels), and small enough for a thread's stack of 2 MiB.
pub const DEPTH: usize = 96;

/// How many tokens one item may have. The rest of it becomes one token, [`crate::TokenKind::Deep`]: what is kept of a token
/// is many times as large as its text.
pub const TOKENS: usize = 1_000_000;

/// How many bytes a file may have. The workspace refuses longer ones with a clear error; offsets are 32 bits.
pub const FILE_BYTES: usize = 16 << 20;

/// How far it is looked ahead to tell what a line means, in bytes.
pub(crate) const LOOKED_AHEAD: usize = 2_000;

/// How far before a sign that no value has a text without quotes may begin, in bytes.
pub(crate) const BARE_TEXT: usize = 400;

/// How much of a line is looked at to tell which bracket was meant where another stands, in bytes.
pub(crate) const LINE: usize = 400;

/// The longest line on which a regular expression that is never closed ends before the line does, in bytes from its `/`.
pub(crate) const REGEX_LINE: usize = 400;

/// Of how many things that were read past in one item it is told. Who reads the first ones mends the rest with them.
pub(crate) const SLIPS: usize = 64;

/// How many brackets of one item that were left open or never opened are supplied where they were meant to stand. Each costs to read the item once more.
pub(crate) const SUPPLIED: usize = 8;

/// How many brackets of a file that close nothing are looked at for where they were meant to be opened, each over so many bytes.
pub(crate) const STRAYS: usize = 16;
pub(crate) const STRAY_BYTES: usize = 64 << 10;

/// The widest indentation by which it is looked for, in bytes.
pub(crate) const INDENT: usize = 1 << 10;

/// How far up it is looked for where a bracket was meant to be opened, in tokens.
pub(crate) const LOOKED_UP: usize = 4_000;
