//! The benchmark: `depc build` against what users would pick instead, on the same workload, in one run.
//!
//! `tests/bench/run [N…]` builds and calls it. Whole processes are run in turn, round by round, and ratios are taken within
//! a round, so that a machine that is busy for a while slows all of them down alike. The time of each phase of `depc`
//! comes from a process of its own, `bench phases FILE`, which takes one phase after the other on one thread.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command, and the terminal is where its results belong"
)]

mod measure;
mod phases;
mod programs;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use measure::{Run, median, run_once};
use programs::{Competitor, competitors};

/// The numbers of services that are measured where none are named.
const SIZES: [usize; 4] = [6, 100, 1000, 10_000];

/// Up to so many services a run is so short that what ran before it makes a difference.
const SHORT: usize = 100;

/// A program that takes longer than this is run once and has no ratio taken from later rounds.
const PATIENCE: Duration = Duration::from_secs(30);

/// What goes wrong ends the whole run: half a comparison is none.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.first().map(String::as_str) {
        Some("phases") => match arguments.get(1) {
            Some(file) => phases::print(file),
            None => Err("usage: bench phases FILE".to_owned()),
        },
        _ => sizes(&arguments).and_then(|sizes| compare(&sizes)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn sizes(arguments: &[String]) -> Result<Vec<usize>> {
    if arguments.is_empty() {
        return Ok(SIZES.to_vec());
    }
    let number = |text: &String| text.parse().map_err(|_| "usage: tests/bench/run [N…]".to_owned());
    arguments.iter().map(number).collect()
}

/// Measures each size and prints its table.
fn compare(sizes: &[usize]) -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for &size in sizes {
        let folder = folder.path().join(size.to_string());
        let competitors = competitors(size, &folder)?;
        println!("N = {size}: {} rounds", rounds(size));
        table(&measured(&competitors, &folder, rounds(size), size <= SHORT)?);
        if let Some(depc) = competitors.first() {
            let verdict = programs::verified(size, &folder.join(depc.name))?;
            println!("output of depc: {verdict}");
            phases_of(&depc.folder.join("prod.dep"))?;
        }
        println!();
    }
    Ok(())
}

/// How often each program is run: more often where a run is short and noise is large beside it.
fn rounds(size: usize) -> usize {
    match size {
        0..=50 => 41,
        51..=500 => 21,
        501..=5000 => 9,
        _ => 5,
    }
}

/// All runs of a program; the first one, which fills the caches of the system, is left out.
struct Measured<'c> {
    competitor: &'c Competitor,
    runs: Vec<Run>,
    /// It took so long that its first run is all there is.
    slow: bool,
}

fn measured<'c>(
    competitors: &'c [Competitor],
    folder: &Path,
    rounds: usize,
    short: bool,
) -> Result<Vec<Measured<'c>>> {
    let mut all = Vec::new();
    for competitor in competitors {
        let run = run_once(competitor, &folder.join(competitor.name))?;
        let slow = run.wall > PATIENCE;
        let runs = if slow { vec![run] } else { Vec::new() };
        all.push(Measured { competitor, runs, slow });
    }
    for _ in 0..rounds {
        for measured in all.iter_mut().filter(|measured| !measured.slow) {
            let output = folder.join(measured.competitor.name);
            if short {
                // Whoever came after a large program would start with cold caches, so each comes after itself.
                run_once(measured.competitor, &output)?;
            }
            measured.runs.push(run_once(measured.competitor, &output)?);
        }
    }
    Ok(all)
}

/// Medians of each program, and of the ratios of its runs to those of `depc` beside them.
fn table(measured: &[Measured<'_>]) {
    println!(
        "{:<10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>14}",
        "", "wall ms", "fastest", "user ms", "system ms", "peak MiB", "times of depc"
    );
    let Some(depc) = measured.first() else { return };
    for one in measured {
        let column = |of: fn(&Run) -> f64| median(one.runs.iter().map(of));
        let fastest = one.runs.iter().map(|run| run.wall).min().unwrap_or_default();
        let pairs = one.runs.iter().zip(&depc.runs);
        let ratio =
            median(pairs.map(|(one, depc)| one.wall.as_secs_f64() / depc.wall.as_secs_f64()));
        println!(
            "{:<10} {:>10.2} {:>10.2} {:>10.2} {:>10.2} {:>10.1} {:>14.2}{}",
            one.competitor.name,
            column(|run| milliseconds(run.wall)),
            milliseconds(fastest),
            column(|run| milliseconds(run.user)),
            column(|run| milliseconds(run.system)),
            column(|run| run.peak as f64 / 1_048_576.0),
            ratio,
            if one.slow { "  (one run)" } else { "" }
        );
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Prints the phases of a build, timed in a fresh process.
fn phases_of(file: &Path) -> Result<()> {
    let this: PathBuf = std::env::current_exe().map_err(|error| error.to_string())?;
    let status = Command::new(this)
        .arg("phases")
        .arg(file)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("the phases ended with {status}")) }
}
