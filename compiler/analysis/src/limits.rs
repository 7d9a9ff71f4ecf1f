//! How large things may be, and what they may cost, in one place, so that no input can exhaust stack, memory or patience.
//!
//! Each number is far above what people write; past it is a clear error at the source. What a limit protects from is said
//! beside it. `tests/limits.rs` holds each of them, at the number and one past it. How deep one item may nest is a limit of
//! the parser, `syntax::limits`, and how much a file of data may hold one of its reader, `kube::limits`.

/// Bytes of one file. Longer ones are refused before they are read whole.
pub const FILE_BYTES: usize = syntax::limits::FILE_BYTES;

/// Bytes of all files of one program together, data too, the library not counted.
pub const PROGRAM_BYTES: usize = 4 * FILE_BYTES;

/// Top-level items of one file.
pub const FILE_ITEMS: usize = 30_000;

/// Files of one program, the library not counted.
pub const FILES: usize = 10_000;

/// Overlays that stand on each other. A provenance counts layers in eight bits, and a program is layered by
/// schemas and traits too.
pub const OVERLAYS: usize = 64;

/// Definitions that each take their type from the next.
pub const DEFINITIONS: u32 = 1_000;

/// Definitions within each other past which one that leads back to another counts as a row that is too long.
pub(crate) const TURNING_DEFINITIONS: usize = 128;

/// Items that are looked at to find out whether the type of one depends on itself. A larger ring is told as a row that
/// is too long, or by the values in it.
pub const CIRCLE: usize = 1_000;

/// Schemas that each extend the next.
pub const ANCESTORS: usize = 64;

/// Cases of a variant. Who asks for one by its name looks through them.
pub const CASES: usize = 1_000;

/// Names and literals of one type, with those of the types that it names. Who looks through a type looks at each.
pub const TYPE_PARTS: u32 = 2_000;

/// Names and kinds in the type of a record that nothing declares, with those of the records in it: a few lines that each
/// name the one before twice make a type that nobody can look through.
pub const RECORD_PARTS: u32 = 50_000;

/// Items that are looked at to find out whether something that another is made of cannot be read, so that what is missing
/// there may stand in it. Past as many it is told.
pub(crate) const MADE_OF: usize = 100;

/// Kinds of values that are told apart in a list without a declared type, or on the sides of a condition. Of more nothing is
/// known: each that comes in is compared with all of them.
pub(crate) const JOINED: usize = 256;

/// Names of `let`, parameters and loops that are in scope at one place. Who names one looks through them, and each is kept
/// where a value waits.
pub const LOCALS: usize = 1_000;

/// Bytes of a type in a message; what is longer is cut off.
pub const SHOWN_TYPE: usize = 4_000;

/// Words of a line that cannot be read, each of which may have been meant as a name.
pub(crate) const UNREAD_WORDS: usize = 4;

/// Bytes of a line that is looked through for names which were meant otherwise.
pub(crate) const LINE: usize = 400;

/// Problems of one item as it is written.
pub const WRITTEN_PROBLEMS: usize = 1_000;

/// Names of an item among which what was meant by others is looked for, each counted as often as it is looked at.
pub const NAMES_SOUGHT: usize = 100_000;

/// Fields of a schema, its parents' included.
pub const FIELDS: usize = 2_000;

/// Bytes of stack of every thread that analyses: room for [`CHAIN`] reads within each other, which take up to 8 KiB
/// besides what they are counted for, for as many times [`READ_BYTES`], and for [`STACK`] above and below them.
pub const STACK_BYTES: usize = (256 << 20) * if cfg!(debug_assertions) { 4 } else { 1 };

/// Bytes of stack that one evaluation may take.
pub(crate) const STACK: usize = (32 << 20) * if cfg!(debug_assertions) { 6 } else { 1 };

/// Bytes of all that one program prints, which are kept until all of it is known to be right.
pub const OUTPUT_BYTES: usize = 64 << 20;

/// Bytes of the objects of one item, as they are judged and written. What is shared in the language is not so in them.
pub const OBJECT_BYTES: usize = 32 << 20;

/// Problems of one program that are told; the rest are counted.
pub const PROBLEMS: usize = 10_000;

/// Errors of one program past which no more are looked for. One of what is written weighs as much as [`WRITTEN`] of values,
/// of which many may be one mistake.
pub(crate) const ENOUGH: usize = WRITTEN * PROBLEMS;

/// Errors of values that weigh as much as one of what is written.
pub(crate) const WRITTEN: usize = 10;

/// Problems of one program that are shown on a terminal; the rest are counted.
pub const SHOWN_PROBLEMS: usize = 200;

/// Fields that one file of values sets.
pub const SETTINGS: usize = 10_000;

/// Combinations of inputs that a matrix tries. Where there are more, it tries as many as show any two values together.
pub const COMBINATIONS: usize = 1_000;

/// Combinations that are tried once more with other values, to find the fewest that show a problem.
pub const NARROWED: usize = 300;

/// Inputs that vary in one matrix.
pub const VARYING: usize = 100;

/// Values that one input takes in a matrix.
pub const VALUES: usize = 100;

/// Operands of a chain of operators, or other parts of one expression that are evaluated within each other.
pub const PARTS: usize = 1_000;

/// Values that wait for each other in a row: of other items, and likewise of one. One that takes much counts as one more
/// for each [`READ_BYTES`] besides the first.
pub const CHAIN: u32 = 10_000;

/// Bytes of stack and memory that a value may take for each time that it is counted in a row.
pub(crate) const READ_BYTES: usize = (4 << 10) * if cfg!(debug_assertions) { 8 } else { 1 };

/// The same, of an item whose type was refused because it depends on itself: enough to find any ring of values.
pub const TURNING: u32 = 2 * RING as u32;

/// Expressions evaluated for such an item, whose values may hold themselves without end.
pub const TURNING_STEPS: u64 = 4 * UNIT;

/// Records and lists within each other.
pub const NESTED: u32 = 128;

/// Bytes that the evaluation of one item may take.
pub const ARENA: usize = 64 << 20;

/// Values that depend on each other in a ring.
pub const RING: usize = 256;

/// Expressions evaluated for one item: whole units, because after each of them is asked whether there may be another.
pub const STEPS: u64 = 2_000 * UNIT;

/// Steps that are a unit of what a program takes. What an evaluation takes beyond whole units is free.
pub const UNIT: u64 = 4_096;

/// Bytes that are a unit: they take about as long as [`UNIT`] steps.
pub const UNIT_BYTES: usize = 128 << 10;

/// Units that all evaluations of one program may take together: about a second of one core.
pub const UNITS: u64 = 4_000;

/// Declarations of one program that nothing uses and whose constants are judged as a server would; others are only read.
pub const UNUSED: usize = 500;

/// Expressions evaluated of such a declaration, and bytes that it takes: past them what was found is told, and no more.
pub const UNUSED_STEPS: u64 = 4 * UNIT;
pub const UNUSED_BYTES: usize = 4 << 20;

/// Evaluations of such a declaration, of which each takes what is not known in another way.
pub const SUPPOSED: u32 = 8;

/// Units that all combinations of a matrix may take together. What each of them finds as it was before is not counted.
pub const MATRIX: u64 = 2 * UNITS;

/// Elements of one list or range.
pub const ELEMENTS: usize = 250_000;

/// Calls of one function value within each other.
pub const CALLS: u32 = 100;

/// Problems of one severity that are kept of one evaluation: each is compared with all others.
pub const ITEM_PROBLEMS: usize = 1_000;

/// Bytes of a message; what is longer is cut off.
pub const MESSAGE: usize = 10_000;

/// Bytes of one string.
pub const STRING_BYTES: usize = 4 << 20;

/// Bytes that a regular expression may take once it is compiled. What it repeats counts as often.
pub const PATTERN_BYTES: usize = 128 << 10;

/// Compiled regular expressions that are kept. Only a program that computes them has so many.
pub const PATTERNS: usize = 1_000;
