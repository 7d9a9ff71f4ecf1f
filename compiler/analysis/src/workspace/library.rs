//! The text of the library that is built into the compiler. A module is cut only once a program uses it.

/// Each module by its dotted name, with its text; the prelude is `std.prelude`.
pub fn library() -> &'static [(&'static str, &'static str)] {
    &[
        ("std.config", include_str!("../../../../stdlib/std/config.dep")),
        ("std.network", include_str!("../../../../stdlib/std/network.dep")),
        ("std.prelude", include_str!("../../../../stdlib/std/prelude.dep")),
        ("std.storage", include_str!("../../../../stdlib/std/storage.dep")),
        ("std.workload", include_str!("../../../../stdlib/std/workload.dep")),
    ]
}

/// The module that every other one sees without naming it.
pub const PRELUDE: &str = "std.prelude";
