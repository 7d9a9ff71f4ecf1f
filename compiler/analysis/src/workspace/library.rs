//! The text of the library that is built into the compiler. A module is cut only once a program uses it.

/// Each module by its dotted name, with its text; the prelude is `std.prelude`.
pub fn library() -> &'static [(&'static str, &'static str)] {
    &[
        ("std.config", include_str!("../../../../stdlib/std/config.dep")),
        ("std.encoding", include_str!("../../../../stdlib/std/encoding.dep")),
        ("std.ip", include_str!("../../../../stdlib/std/ip.dep")),
        ("std.lists", include_str!("../../../../stdlib/std/lists.dep")),
        ("std.maps", include_str!("../../../../stdlib/std/maps.dep")),
        ("std.network", include_str!("../../../../stdlib/std/network.dep")),
        ("std.numbers", include_str!("../../../../stdlib/std/numbers.dep")),
        ("std.prelude", include_str!("../../../../stdlib/std/prelude.dep")),
        ("std.semver", include_str!("../../../../stdlib/std/semver.dep")),
        ("std.storage", include_str!("../../../../stdlib/std/storage.dep")),
        ("std.strings", include_str!("../../../../stdlib/std/strings.dep")),
        ("std.url", include_str!("../../../../stdlib/std/url.dep")),
        ("std.workload", include_str!("../../../../stdlib/std/workload.dep")),
    ]
}

/// The module that every other one sees without naming it.
pub const PRELUDE: &str = "std.prelude";

/// The modules whose functions are in scope everywhere. Of functions with one name, the first whose first parameter
/// takes what is given is meant.
pub const FUNCTIONS: [&str; 4] = ["std.strings", "std.lists", "std.maps", "std.numbers"];
