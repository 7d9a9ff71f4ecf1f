//! Bounds on what a program may cost. Past them is a clear error at the source.

/// Values that wait for each other in a row: of other items, and likewise of one.
pub const CHAIN: u32 = 10_000;
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
/// Expressions evaluated for one item.
pub const STEPS: u64 = 8_000_000;
/// Steps that are a unit of what a program takes. What an evaluation takes beyond whole units is free.
pub const UNIT: u64 = 4_096;
/// Bytes that are a unit: they take about as long as [`UNIT`] steps.
pub const UNIT_BYTES: usize = 128 << 10;
/// Units that all evaluations of one program may take together: about a second of one core.
pub const UNITS: u64 = 4_000;
/// Units that all combinations of a matrix may take together. What each of them finds as it was before is not counted.
pub const MATRIX: u64 = 2 * UNITS;
/// Elements of one list or range.
pub const ELEMENTS: usize = 250_000;
/// Calls of one function value within each other.
pub const CALLS: u32 = 100;
/// Problems of one severity that are kept of one evaluation: each is compared with all others.
pub const PROBLEMS: usize = 1_000;
/// Bytes of a message; what is longer is cut off.
pub const MESSAGE: usize = 10_000;
/// Bytes of one string.
pub const BYTES: usize = 4 << 20;
