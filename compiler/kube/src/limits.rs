//! How much a file of data may hold, in one place. Past it is a problem at the place that exceeds it.

/// Values, keys counted too, each as often as aliases repeat it.
pub const VALUES: usize = 1_000_000;

/// Maps and lists within each other.
pub const DEPTH: usize = 100;

/// Problems of one file; reading ends there.
pub const PROBLEMS: usize = 50;

/// Pairs of objects that rules across objects compare, such as a selector and a pod, among objects that are tied to each
/// other. What is found by a label or a name counts alone.
pub const PAIRS: usize = 2_000_000;
