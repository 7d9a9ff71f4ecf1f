//! One run of one program, as a process of its own, and what it took.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::Result;
use crate::programs::Competitor;

/// What a process took, from before it was started until it was gone.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub wall: Duration,
    /// Processor time of all its threads.
    pub user: Duration,
    pub system: Duration,
    /// Most bytes that were resident at once.
    pub peak: u64,
}

/// Runs a program once, with its output in a file.
pub fn run_once(competitor: &Competitor, output: &Path) -> Result<Run> {
    let failed = |what: String| format!("{}: {what}", competitor.name);
    let output = File::create(output).map_err(|error| failed(error.to_string()))?;
    let mut command = Command::new(&competitor.program);
    command
        .args(competitor.arguments)
        .current_dir(&competitor.folder)
        .stdin(Stdio::null())
        .stdout(output);
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
    let used = child.wait4().map_err(|error| failed(error.to_string()))?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(failed(format!("ended with {}", used.status)));
    }
    let usage = used.rusage;
    Ok(Run { wall, user: usage.utime, system: usage.stime, peak: usage.maxrss })
}

/// The number in the middle; of an even count the upper one of the two.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
