//! The command: arguments, real files, the terminal.
//!
//! Standard output carries the artefact only, and nothing at all where there was an error; what is to be said goes to
//! standard error. The exit code is 0 where all is well, 1 where something that was read is wrong, and 2 where the
//! command was used wrongly, a path cannot be read, or the compiler itself failed.

mod arguments;
mod build;
mod check;
mod diff;
mod difference;
mod disk;
mod doc;
mod eval;
mod explain;
mod fmt;
mod folder;
mod graph;
mod import;
mod inputs;
mod lock;
mod lsp;
mod mend;
mod pages;
mod programs;
mod raw;
mod report;
mod source_map;
mod test;
mod validate;
mod xml;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use analysis::parallel::on_deep_stack;
use clap::{CommandFactory, Parser};

use arguments::{Arguments, Color, Command};

pub use report::{rendered, shown};

/// All is well; there may be warnings.
pub const FINE: u8 = 0;
/// Something that was read is wrong.
pub const WRONG: u8 = 1;
/// The command was used wrongly, a path cannot be read, or the compiler itself failed.
pub const FAILED: u8 = 2;

/// Whether the process ends with the run, so that nothing needs to be freed.
static ENDS: AtomicBool = AtomicBool::new(false);

/// Bytes that are asked for at the start, and given back untouched.
const KEPT: usize = 1 << 20;

/// What a run talks to.
pub struct Io<'a> {
    /// The folder that relative paths are seen from.
    pub folder: PathBuf,
    pub stdin: &'a mut dyn Read,
    pub stdout: &'a mut dyn Write,
    pub stderr: &'a mut dyn Write,
    /// Whether colours are welcome where the user does not say.
    pub color: bool,
    /// Whether standard error is a terminal, on which a line may be written over.
    pub terminal: bool,
}

/// Runs the command as it was called, with the terminal and the folder that it was called in.
pub fn main() -> ExitCode {
    ENDS.store(true, Ordering::Relaxed);
    // The C library of GNU learns by it to keep as much from then on: what a run gives back it soon asks for again, and
    // each page that comes from the system anew is cleared by it first.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT)));
    static PANIC: Mutex<String> = Mutex::new(String::new());
    std::panic::set_hook(Box::new(|panic| {
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    let stderr = io::stderr();
    let terminal = stderr.is_terminal();
    let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let whole = || {
        let mut io = Io {
            folder: std::env::current_dir().unwrap_or_default(),
            stdin: &mut io::stdin(),
            stdout: &mut io::stdout(),
            stderr: &mut io::stderr(),
            color,
            terminal,
        };
        guarded(
            &mut io,
            |io| run(std::env::args_os(), io),
            || PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        )
    };
    // Exiting from there saves freeing what the system frees anyway.
    on_deep_stack(|| std::process::exit(whole().into()))
}

/// Runs the command. `arguments` begins with the name it was called by.
pub fn run(arguments: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> u8 {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let text = error.render();
            return if error.use_stderr() {
                say(io, &text.to_string());
                FAILED
            } else {
                print(io, text.to_string().as_bytes())
            };
        }
    };
    io.color = match arguments.color {
        Color::Auto => io.color,
        Color::Always => true,
        Color::Never => false,
    };
    match arguments.command {
        Command::Build(arguments) => build::run(&arguments, io),
        Command::Check(arguments) => check::run(&arguments, io),
        Command::Validate(arguments) => validate::run(&arguments, io),
        Command::Import(arguments) => import::run(&arguments, io),
        Command::Test(arguments) => test::run(&arguments, io),
        Command::Fmt(arguments) => fmt::run(&arguments, io),
        Command::Lock(arguments) => lock::run(&arguments, io),
        Command::Explain(arguments) => explain::run(&arguments, io),
        Command::Inputs(arguments) => inputs::run(&arguments, io),
        Command::Graph(arguments) => graph::run(&arguments, io),
        Command::Diff(arguments) => diff::run(&arguments, io),
        Command::Doc(arguments) => doc::run(&arguments, io),
        Command::Eval(arguments) => eval::run(&arguments, io),
        Command::Lsp(_) => lsp::run(io),
        Command::Version => print(io, format!("depc {}\n", env!("CARGO_PKG_VERSION")).as_bytes()),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "depc", &mut text);
            print(io, &text)
        }
    }
}

/// Runs `run`; a panic in it becomes a polite message, with what `reason` says of it.
pub fn guarded(
    io: &mut Io<'_>,
    run: impl FnOnce(&mut Io<'_>) -> u8,
    reason: impl FnOnce() -> String,
) -> u8 {
    match catch_unwind(AssertUnwindSafe(|| run(io))) {
        Ok(code) => code,
        Err(_) => {
            let reason = reason();
            let version = env!("CARGO_PKG_VERSION");
            say(
                io,
                &format!(
                    "depc {version} failed. This is a mistake in depc, not in your files; please report it, with \
                     the files if you can.\n  {}\n",
                    reason.trim().replace('\n', "\n  ")
                ),
            );
            FAILED
        }
    }
}

/// Writes the artefact.
fn print(io: &mut Io<'_>, bytes: &[u8]) -> u8 {
    let written = io.stdout.write_all(bytes).and_then(|()| io.stdout.flush());
    printed(io, written)
}

/// What became of writing the artefact. A reader that has had enough, such as `head`, is no failure.
fn printed(io: &mut Io<'_>, written: io::Result<()>) -> u8 {
    match written {
        Ok(()) => FINE,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => FINE,
        Err(error) => programs::unwritable(io, "standard output", &error),
    }
}

/// Writes to standard error. Where that fails there is no one left to tell.
fn say(io: &mut Io<'_>, text: &str) {
    if text.is_empty() {
        return;
    }
    let _ = io.stderr.write_all(text.as_bytes()).and_then(|()| io.stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_politely() {
        let mut stderr = Vec::new();
        let mut io = Io {
            folder: PathBuf::new(),
            stdin: &mut io::empty(),
            stdout: &mut io::sink(),
            stderr: &mut stderr,
            color: false,
            terminal: false,
        };
        let code = guarded(
            &mut io,
            |_| std::panic::resume_unwind(Box::new(())),
            || "it broke\nhere".to_owned(),
        );
        assert_eq!(code, FAILED);
        let said = String::from_utf8_lossy(&stderr);
        assert!(
            said.contains("mistake in depc") && said.contains("  it broke\n  here\n"),
            "{said}"
        );
    }

    #[test]
    fn the_options_of_a_command_wait_until_it_is_called() {
        let command = Arguments::command();
        let made = command.get_subcommands().filter(|command| command.get_arguments().count() > 0);
        assert_eq!(made.map(clap::Command::get_name).collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
