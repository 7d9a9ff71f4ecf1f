//! Writes the benchmark's workload as `.dep` files: `gen N DIR [--split]`.
//!
//! N services, half of them changed by a production overlay, exactly as the peer languages of the comparison get them, so that times and documents can be compared one by one.
//! It stands alone, without any dependency, so that `tests/bench/gen` can compile it in a second.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

/// The workload's library is a file of its own, so that it can be read, formatted and checked like any other.
const LIBRARY: &str = include_str!("../../bench/lib.dep");

const TEAMS: [&str; 5] = ["payments", "search", "checkout", "identity", "media"];
const MODES: [&str; 3] = ["fast", "safe", "bulk"];

/// Where the services are written.
enum Layout {
    /// All in `services.dep`.
    Together,
    /// One file for each, which `services.dep` brings together.
    Split,
}

/// The service of that number, as the base has it.
struct Service(usize);

/// What production says of the service of that number.
struct Overlay(usize);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (count, folder, layout) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    {
        [count, folder] => (count.parse(), folder, Layout::Together),
        [count, folder, "--split"] | ["--split", count, folder] => {
            (count.parse(), folder, Layout::Split)
        }
        _ => return usage(),
    };
    let Ok(count) = count else { return usage() };
    match write_workload(count, Path::new(folder), &layout) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{folder}: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    complain("usage: gen N DIR [--split]");
    ExitCode::from(2)
}

#[expect(
    clippy::print_stderr,
    reason = "this is a command, and its terminal is where its errors belong"
)]
fn complain(message: &str) {
    eprintln!("{message}");
}

fn write_workload(count: usize, folder: &Path, layout: &Layout) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("lib.dep"), LIBRARY)?;
    match layout {
        Layout::Together => {
            fs::write(folder.join("services.dep"), services(count))?;
            fs::write(folder.join("prod.dep"), production(count, layout))
        }
        Layout::Split => {
            let parts = folder.join("services");
            fs::create_dir_all(&parts)?;
            for number in 0..count {
                fs::write(part_path(&parts, number), part(number))?;
            }
            fs::write(folder.join("services.dep"), parts_together(count))?;
            fs::write(folder.join("prod.dep"), production(count, layout))
        }
    }
}

fn part_path(parts: &Path, number: usize) -> PathBuf {
    parts.join(format!("svc_{number:05}.dep"))
}

fn services(count: usize) -> String {
    let mut text = String::from("//! All services.\nuse \"./lib.dep\" as lib\n");
    for number in 0..count {
        append(&mut text, format_args!("\n{}", Service(number)));
    }
    text
}

fn part(number: usize) -> String {
    format!("//! One service.\nuse \"../lib.dep\" as lib\n\n{}", Service(number))
}

fn parts_together(count: usize) -> String {
    let mut text = String::from("//! All services, each in a file of its own.\n");
    for number in 0..count {
        append(
            &mut text,
            format_args!("use \"./services/svc_{number:05}.dep\" as file_{number:05}\n"),
        );
    }
    text.push('\n');
    for number in 0..count {
        append(&mut text, format_args!("svc_{number:05} = file_{number:05}.svc_{number:05}\n"));
    }
    text
}

/// Every other service has an overlay, the odd ones.
fn production(count: usize, layout: &Layout) -> String {
    let mut text = String::from("//! Production.\noverlay \"./services.dep\"\n");
    for number in (1..count).step_by(2) {
        text.push('\n');
        if matches!(layout, Layout::Split) {
            append(&mut text, format_args!("file_{number:05}."));
        }
        append(&mut text, format_args!("{}", Overlay(number)));
    }
    text
}

/// Writing to a string cannot fail.
fn append(text: &mut String, part: fmt::Arguments<'_>) {
    let _ = text.write_fmt(part);
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let i = self.0;
        let team = TEAMS[i % 5];
        let min = 2 + i % 3;
        writeln!(f, "svc_{i:05} = lib.App {{")?;
        writeln!(f, "  team = \"{team}\"")?;
        writeln!(f, "  image = \"registry.example.com/{team}/svc-{i:05}\"")?;
        writeln!(f, "  default tag = \"1.{}.{}\"", i % 10, i % 7)?;
        writeln!(f, "  http = {}", 8000 + i % 1000)?;
        writeln!(f, "  metrics = {}", 9000 + i % 1000)?;
        writeln!(f, "  default min = {min}")?;
        writeln!(f, "  default max = {}", min + 4 + i % 5)?;
        writeln!(f, "  cpu = {}", 100 + 50 * (i % 4))?;
        writeln!(f, "  mem = {}", 128 * (1 + i % 4))?;
        writeln!(f, "  env {{")?;
        writeln!(f, "    CACHE_TTL = \"{}\"", 30 + i % 60)?;
        writeln!(f, "    DB_HOST = \"db-{}.internal\"", i % 17)?;
        writeln!(f, "    FEATURE_X = \"{}\"", i % 2 == 1)?;
        writeln!(f, "    default LOG_LEVEL = \"info\"")?;
        writeln!(f, "    QUEUE = \"q-{i}\"")?;
        writeln!(f, "    REGION = \"eu-west-1\"")?;
        writeln!(f, "    TIMEOUT_MS = \"{}\"", 500 + i % 1000)?;
        writeln!(f, "    WORKERS = \"{}\"", 1 + i % 8)?;
        writeln!(f, "  }}")?;
        writeln!(f, "  config {{")?;
        writeln!(f, "    banner = \"hello from {i}\"")?;
        writeln!(f, "    mode = \"{}\"", MODES[i % 3])?;
        writeln!(f, "    owner = \"team-{team}@example.com\"")?;
        writeln!(f, "  }}")?;
        writeln!(f, "}}")
    }
}

impl fmt::Display for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let i = self.0;
        writeln!(f, "svc_{i:05} {{")?;
        writeln!(f, "  tag = \"2.{}.{}\"", i % 10, i % 7)?;
        writeln!(f, "  min = {}", 4 + i % 3)?;
        writeln!(f, "  max = {}", 12 + i % 9)?;
        if i % 10 == 9 {
            writeln!(f, "  autoscale = false")?;
        }
        writeln!(f, "  env {{ LOG_LEVEL = \"warn\" }}")?;
        writeln!(f, "}}")
    }
}
