//! What a build of the benchmark's workload runs, counted. Times are too noisy for a test; what takes them is not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};

use analysis::build::{Format, built};
use analysis::db::Log;
use analysis::workspace::{FUNCTIONS, Memory, Workspace, library};

/// What of a cold build of six services reads texts, names and types.
const SIX: [(&str, usize); 8] = [
    ("alias_of", 8),
    ("elaborate", 14),
    ("named", 60),
    ("recursion", 14),
    ("resolve_name", 12),
    ("schema", 1),
    ("shape", 11),
    ("written", 14),
];

/// How many queries it may run in all: one that is asked for each item more than today is past it.
const ALL: usize = 170;

/// How often each query runs when so many services are built for the first time, and the modules of the library that
/// are read for it.
fn cold(services: usize) -> (BTreeMap<String, usize>, Vec<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    let generator = Command::new(env!("CARGO_BIN_EXE_gen"))
        .arg(services.to_string())
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(generator.success());
    let mut memory = Memory::default();
    for name in ["lib.dep", "services.dep", "prod.dep"] {
        memory.write(name, fs::read_to_string(folder.path().join(name)).unwrap());
    }
    let log: Log = Arc::new(Mutex::new(Vec::new()));
    let mut workspace = Workspace::with_log(log.clone());
    let loaded = workspace.load(&memory, "prod.dep", &[]);
    let built = built(&workspace, &loaded, Format::Yaml);
    assert!(built.diagnostics.is_empty(), "{:?}", built.diagnostics);
    let mut counts = BTreeMap::new();
    for line in log.lock().unwrap().drain(..) {
        let name = line.split('(').next().unwrap_or_default().to_owned();
        *counts.entry(name).or_default() += 1;
    }
    let read = library().iter().map(|module| module.name);
    let read = read.filter(|name| workspace.source_of(name).is_some());
    (counts, read.collect())
}

#[test]
fn of_the_library_only_what_is_in_scope_everywhere_is_read() {
    let mut everywhere: Vec<&str> = FUNCTIONS.to_vec();
    everywhere.push("std.prelude");
    everywhere.sort();
    assert_eq!(cold(6).1, everywhere);
}

#[test]
fn six_services_run_so_many_queries() {
    let counts = cold(6).0;
    for (name, count) in SIX {
        assert_eq!(counts.get(name), Some(&count), "{name}: {counts:?}");
    }
    assert!(counts.values().sum::<usize>() <= ALL, "{counts:?}");
}

#[test]
fn each_further_service_runs_as_much_as_the_one_before() {
    // What services have in turn, such as their team, begins anew after thirty.
    let [few, more, many] = [30, 60, 90].map(|services| cold(services).0);
    for (name, count) in &many {
        let (few, more) =
            (few.get(name).copied().unwrap_or(0), more.get(name).copied().unwrap_or(0));
        assert_eq!(more - few, count - more, "{name}: {few}, {more}, {count}");
    }
}
