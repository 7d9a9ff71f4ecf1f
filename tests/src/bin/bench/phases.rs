//! The phases of a build, one after the other on one thread.
//!
//! `depc build` spreads them over all cores and takes types, evaluation and validation together, so the sum of the phases
//! is processor time and not what a user waits for. Validation cannot be had without evaluating: its time is what it
//! takes beyond evaluation alone. After it come the rules across objects.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use analysis::db::ItemKind;
use analysis::limits::STACK_BYTES;
use analysis::parse::parsed;
use analysis::problems::{units, units_of, written};
use analysis::render::render;
use analysis::validate::validate;
use analysis::workspace::{Files, ReadError, Workspace};
use kube::tree::Tree;
use kube::yaml;

use crate::{Result, milliseconds};

/// Real files, as the command reads them.
struct Disk;

impl Files for Disk {
    fn read(&self, path: &str, limit: usize) -> std::result::Result<Vec<u8>, ReadError> {
        match fs::read(path) {
            Ok(bytes) if bytes.len() > limit => Err(ReadError::TooLarge),
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(ReadError::Other(error.to_string())),
        }
    }

    fn canonical(&self, path: &str) -> Option<String> {
        fs::canonicalize(Path::new(path)).ok()?.to_str().map(str::to_owned)
    }

    fn list(&self, _: &str) -> std::result::Result<Vec<String>, ReadError> {
        // What is measured uses no folder of definitions.
        Err(ReadError::Missing)
    }
}

/// Builds a file and prints what each phase took.
pub fn print(file: &str) -> Result<()> {
    let phases = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES);
        let thread =
            thread.spawn_scoped(scope, || phases(file)).map_err(|error| error.to_string())?;
        thread.join().map_err(|_| "the build panicked".to_owned())?
    })?;
    let names: Vec<String> = phases.iter().map(|(name, _)| format!("{name:>10}")).collect();
    let times: Vec<String> =
        phases.iter().map(|(_, time)| format!("{:>10.2}", milliseconds(*time))).collect();
    println!("phases, ms {}", names.concat());
    println!("           {}", times.concat());
    Ok(())
}

fn phases(file: &str) -> Result<Vec<(&'static str, Duration)>> {
    let mut phases = Vec::new();
    let mut last = Instant::now();
    let mut done = |name| {
        let now = Instant::now();
        phases.push((name, now - last));
        last = now;
    };

    let mut workspace = Workspace::default();
    let loaded = workspace.load(&Disk, file, &[]);
    let db = workspace.db();
    let program = loaded.program.ok_or_else(|| format!("{file} is no program"))?;
    let items: Vec<_> =
        loaded.modules.iter().flat_map(|module| module.items(db).iter().copied()).collect();
    done("cut");

    for item in &items {
        std::hint::black_box(parsed(db, *item).tree().nodes().len());
    }
    done("parse");

    let mut problems = loaded.problems.len();
    for item in &items {
        problems += written(db, *item).len();
    }
    done("types");

    let mut emitting = units_of(db, program.root(db)).to_vec();
    emitting.retain(|unit| unit.kind(db) == ItemKind::Binding);
    let mut tree = Tree::new();
    for unit in &emitting {
        tree.clear();
        problems += render(db, program, *unit, &mut tree).problems.len();
    }
    done("evaluate");

    for unit in units(db, program) {
        problems += validate(db, program, *unit).problems.len();
    }
    done("validate");

    problems += analysis::cross::crossed(db, program).problems.len();
    done("rules");

    // The objects are made again before the clock starts, since all of them at once would fill the memory.
    let mut bytes = Vec::new();
    let mut writing = Duration::ZERO;
    for unit in &emitting {
        tree.clear();
        let rendered = render(db, program, *unit, &mut tree);
        let start = Instant::now();
        bytes.clear();
        for object in rendered.objects.iter().filter_map(|id| tree.node(*id)) {
            yaml::document(object, &mut bytes);
        }
        std::hint::black_box(&bytes);
        writing += start.elapsed();
    }
    phases.push(("write", writing));

    let of = |name| {
        phases.iter().find(|(phase, _)| *phase == name).map_or(Duration::ZERO, |(_, time)| *time)
    };
    let evaluation = of("evaluate");
    for (_, time) in phases.iter_mut().filter(|(phase, _)| *phase == "validate") {
        *time = time.saturating_sub(evaluation);
    }

    if problems > 0 { Err(format!("{file} has {problems} problems")) } else { Ok(phases) }
}
