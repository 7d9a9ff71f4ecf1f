//! The rules between crates, as tests: who may depend on whom, and who may touch what.

#![allow(clippy::unwrap_used, clippy::expect_used)]

/// What each crate may depend on, of ours and of others. Arrows point down only.
const ALLOWED: [(&str, &[&str]); 6] = [
    ("syntax", &["memchr", "pest", "pest_derive", "strsim"]),
    ("kube", &["miniz_oxide", "regex-lite", "saphyr-parser", "strsim"]),
    (
        "analysis",
        &[
            "base64",
            "bumpalo",
            "kube",
            "regex-lite",
            "rustc-hash",
            "salsa",
            "semver",
            "sha2",
            "stacker",
            "syntax",
            "toml",
        ],
    ),
    ("ide", &["analysis", "kube", "similar", "syntax"]),
    (
        "server",
        &[
            "analysis",
            "crossbeam-channel",
            "gen-lsp-types",
            "ide",
            "lsp-server",
            "memchr",
            "serde",
            "serde_json",
        ],
    ),
    (
        "depc",
        &[
            "analysis",
            "clap",
            "clap_complete",
            "codespan-reporting",
            "kube",
            "serde",
            "serde_json",
            "server",
            "similar",
            "syntax",
        ],
    ),
];

/// The names under `[dependencies]` of a crate.
fn dependencies(name: &str) -> Vec<String> {
    let path = tests::root().join("compiler").join(name).join("Cargo.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let mut section = "";
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section == "[dependencies]" && !line.trim().is_empty() && !line.starts_with('#') {
            found.push(line.split(['.', ' ', '=']).next().unwrap().to_owned());
        }
    }
    found
}

/// The source files of a crate, with their lines: (path, line number, line). Comments and what follows
/// `#[cfg(test)]` are left out.
fn lines(name: &str) -> Vec<(String, usize, String)> {
    let folder = tests::root().join("compiler").join(name).join("src");
    let mut all = Vec::new();
    for path in tests::files(&folder, &[".rs"]) {
        if path.ends_with("tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(tests::root()).unwrap().display().to_string();
        for (number, line) in text.lines().enumerate() {
            if line.trim() == "#[cfg(test)]"
                && text.lines().nth(number + 1).is_some_and(|next| next.ends_with('{'))
            {
                break;
            }
            let code = line.split("//").next().unwrap_or_default();
            all.push((shown.clone(), number + 1, code.to_owned()));
        }
    }
    all
}

#[test]
fn crates_depend_downwards_only() {
    for (name, allowed) in ALLOWED {
        for dependency in dependencies(name) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not depend on {dependency}"
            );
        }
    }
    let folders: Vec<String> = std::fs::read_dir(tests::root().join("compiler"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    for folder in folders {
        assert!(
            ALLOWED.iter().any(|(name, _)| *name == folder),
            "compiler/{folder} has no rule in this test"
        );
    }
}

#[test]
fn only_the_command_touches_disk_environment_and_terminal() {
    for name in ["syntax", "kube", "analysis", "ide", "server"] {
        for (path, number, line) in lines(name) {
            for word in [
                "std::fs",
                "std::env",
                "std::process",
                "std::net",
                "io::stdin",
                "io::stdout",
                "io::stderr",
                "SystemTime",
                "Instant::now",
                "println!",
                "eprintln!",
                "dbg!",
            ] {
                assert!(!line.contains(word), "{path}:{number}: {word}");
            }
        }
    }
}

#[test]
fn only_analysis_names_salsa() {
    for name in ["syntax", "kube", "ide", "server", "depc"] {
        for (path, number, line) in lines(name) {
            assert!(!line.contains("salsa"), "{path}:{number} names salsa");
        }
    }
}

#[test]
fn only_the_server_speaks_the_protocol() {
    for name in ["syntax", "kube", "analysis", "ide", "depc"] {
        for (path, number, line) in lines(name) {
            assert!(
                !line.contains("lsp_types") && !line.contains("lsp_server"),
                "{path}:{number} names the protocol"
            );
        }
    }
}

#[test]
fn nothing_goes_through_a_hash_map_in_its_order() {
    let goes_through = [
        ".iter()",
        ".keys()",
        ".values()",
        ".into_iter()",
        ".drain(",
        ".retain(",
        ".into_keys()",
        ".into_values()",
    ];
    for name in ["syntax", "kube", "analysis", "depc"] {
        let lines = lines(name);
        for (path, _, declared) in &lines {
            // `places: Option<FxHashMap<…>>`, `let seen: HashSet<…>`, `let mut seen = HashSet::new()`
            let Some((before, _)) =
                declared.split_once("HashMap").or_else(|| declared.split_once("HashSet"))
            else {
                continue;
            };
            let Some((before, _)) = before.split_once([':', '=']) else { continue };
            // A field is reached through a value, a variable is not.
            let is_field = !declared.contains("let ");
            let Some(variable) = before.split_whitespace().last() else { continue };
            for (_, number, line) in lines.iter().filter(|(other, ..)| other == path) {
                for access in ["", ".borrow()", ".borrow_mut()"] {
                    for way in goes_through {
                        let used = format!("{variable}{access}{way}");
                        let at = line.find(&used);
                        let before = at.and_then(|at| line.get(..at)?.chars().next_back());
                        let whole = at.is_some()
                            && before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
                            && is_field == (before == Some('.'));
                        assert!(
                            !whole,
                            "{path}:{number}: `{variable}` is a hash map, and has no order"
                        );
                    }
                }
                for way in [format!("in &{variable} {{"), format!("in &self.{variable} {{")] {
                    assert!(
                        !line.contains(&way),
                        "{path}:{number}: `{variable}` is a hash map, and has no order"
                    );
                }
            }
        }
    }
}

#[test]
fn the_built_in_library_is_all_of_it() {
    let built_in: Vec<&str> =
        analysis::workspace::library().iter().map(|module| module.name).collect();
    let folder = tests::root().join("stdlib");
    let mut there: Vec<String> = tests::files(&folder, &[".dep"])
        .iter()
        .map(|path| {
            path.strip_prefix(&folder)
                .unwrap()
                .with_extension("")
                .display()
                .to_string()
                .replace('/', ".")
        })
        .collect();
    // A folder comes before the file of its name, and the other way round by the names of modules.
    there.sort();
    assert_eq!(built_in, there, "compiler/analysis/src/workspace/library.rs lists the modules");
}
