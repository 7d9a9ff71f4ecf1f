//! How large things may be, in one place, so that no input can exhaust stack, memory or patience.
//!
//! Each number is far above what people write. Tests hold the numbers; what a limit protects from is said beside it.
//! How deep one item may nest is a limit of the parser, `syntax::limits`; what one evaluation may cost stands with
//! the evaluator.

/// Bytes of one file. Longer ones are refused before they are read whole.
pub const FILE_BYTES: usize = syntax::limits::FILE_BYTES;

/// Top-level items of one file.
pub const FILE_ITEMS: usize = 30_000;

/// Files of one program, the library not counted.
pub const FILES: usize = 10_000;

/// Overlays that stand on each other. A provenance counts layers in eight bits, and a program is layered by
/// schemas and traits too.
pub const OVERLAYS: usize = 64;

/// Definitions that each take their type from the next.
pub const DEFINITIONS: u32 = 1_000;

/// Items that are looked at to find out whether the type of one depends on itself. A larger ring is told as a row that
/// is too long, or by the values in it.
pub const CIRCLE: usize = 1_000;

/// Schemas that each extend the next.
pub const ANCESTORS: usize = 64;

/// Cases of a variant. Who asks for one by its name looks through them.
pub const CASES: usize = 1_000;

/// Names and literals of one type, with those of the types that it names. Who looks through a type looks at each.
pub const TYPE_PARTS: u32 = 2_000;

/// Bytes of a type in a message; what is longer is cut off.
pub const SHOWN_TYPE: usize = 4_000;

/// Problems of one item as it is written.
pub const WRITTEN_PROBLEMS: usize = 1_000;

/// Fields of a schema, its parents' included.
pub const FIELDS: usize = 2_000;

/// Bytes of stack of every thread that analyses. A chain of reads costs up to 12 KiB a level.
pub const STACK_BYTES: usize = 256 << 20;

/// Bytes of all that one program prints.
pub const OUTPUT_BYTES: usize = 1 << 30;

/// Problems of one program that are told; the rest are counted.
pub const PROBLEMS: usize = 10_000;

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
