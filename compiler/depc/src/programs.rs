//! From the paths of a command line to programs whose problems are known.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::atomic::Ordering;

use analysis::diagnostic::Diagnostic;
use analysis::limits::FILE_BYTES;
use analysis::problem::{Place, Severity};
use analysis::problems::problems_of_given;
use analysis::unread::Unread;
use analysis::workspace::{EXPRESSION, Files, Loaded, Options, ReadError, Workspace};

use crate::arguments::ReportFormat;
use crate::disk::{self, Disk, STDIN};
use crate::raw::as_on_disk;
use crate::report::{Report, rendered, shown};
use crate::{FAILED, FINE, Io, WRONG, print, say};

/// Opens the disk for paths of the command line; reads standard input if one of them is `-`, and pipes.
pub fn open(io: &mut Io<'_>, paths: &[String]) -> Option<Disk> {
    open_with(io, paths, &[])
}

/// As [`open`], for what else the command line gives by files.
pub fn open_with(io: &mut Io<'_>, paths: &[String], given: &[String]) -> Option<Disk> {
    let mut stdin = None;
    if paths.iter().any(String::is_empty) {
        say(io, "error: a path is empty: `\"\"` names no file\n");
        return None;
    }
    if paths.iter().filter(|path| *path == "-").count() > 1 {
        say(io, "error: `-` stands twice: standard input is read once\n");
        return None;
    }
    if paths.iter().any(|path| path == "-") {
        let read = disk::read_at_most(&mut *io.stdin, 0, FILE_BYTES);
        let read = read.map_err(|error| ReadError::Other(error.to_string()));
        stdin = Some(read.and_then(|bytes| bytes.ok_or(ReadError::TooLarge)));
    }
    let mut disk = Disk::new(io.folder.clone(), stdin);
    disk.read_streams(paths.iter().filter(|path| *path != "-").chain(given), FILE_BYTES);
    Some(disk)
}

/// The files that paths of the command line mean.
pub struct Listed {
    pub files: Vec<String>,
    /// [`FAILED`] where some of what is named has none, or cannot be read, which was said.
    pub code: u8,
}

/// The files that paths mean: themselves, and all in a folder. Says what is wrong with the rest.
pub fn listed_files(io: &mut Io<'_>, disk: &Disk, paths: &[String]) -> Listed {
    listed(io, disk, paths, ".dep", Disk::dep_files)
}

/// As [`listed_files`], for what needs them all.
pub fn files(io: &mut Io<'_>, disk: &Disk, paths: &[String]) -> Option<Vec<String>> {
    listed_files(io, disk, paths).all()
}

/// As [`files`], of YAML and JSON.
pub fn data_files(io: &mut Io<'_>, disk: &Disk, paths: &[String]) -> Option<Vec<String>> {
    listed(io, disk, paths, "YAML or JSON", Disk::data_files).all()
}

impl Listed {
    fn all(self) -> Option<Vec<String>> {
        (self.code == FINE).then_some(self.files)
    }
}

fn listed(
    io: &mut Io<'_>,
    disk: &Disk,
    paths: &[String],
    kind: &str,
    within: fn(&Disk, &str) -> std::io::Result<Vec<String>>,
) -> Listed {
    let mut files = Vec::new();
    let mut code = FINE;
    for path in paths {
        if path == "-" || !disk.is_folder(path) {
            files.push(path.clone());
            continue;
        }
        match within(disk, path) {
            Ok(found) if found.is_empty() => {
                let message = format!("there is no {kind} file in {path}");
                refused(io, &Diagnostic::error(710, None, message));
                code = FAILED;
            }
            Ok(found) => files.extend(found),
            Err(error) => {
                let message = format!("{path} cannot be read: {error}");
                refused(io, &Diagnostic::error(701, None, message));
                code = FAILED;
            }
        }
    }
    Listed { files, code }
}

/// A program that was loaded, in the course of a run.
pub struct Program<'p, 'i> {
    pub io: &'p mut Io<'i>,
    pub workspace: &'p mut Workspace,
    pub loaded: &'p Loaded,
    pub path: &'p str,
}

/// How programs are looked at, and what is found in them told.
pub struct Checking {
    pub options: Options,
    pub deny_warnings: bool,
    pub format: ReportFormat,
    /// The report is what was asked for, so that it goes to standard output where programs read it.
    pub is_artefact: bool,
}

/// Loads programs and says what is wrong with them, as `problems` finds it.
pub fn checked(
    io: &mut Io<'_>,
    disk: &dyn Files,
    files: &[String],
    checking: &Checking,
    mut problems: impl FnMut(Program<'_, '_>) -> Vec<Diagnostic>,
) -> u8 {
    let mut workspace = Workspace::default();
    let mut report = Report::new(checking.format);
    let mut unreadable = false;
    // What is wrong with a base is wrong with each overlay on it, and is told once.
    let mut told = BTreeSet::new();
    let mut unread = Unread::default();
    for file in files {
        let path = if file == "-" { STDIN } else { file };
        let loaded = workspace.load_with(disk, path, &checking.options);
        unreadable |= loaded.unreadable;
        let program = Program { io, workspace: &mut workspace, loaded: &loaded, path };
        let mut found = problems(program);
        if files.len() > 1 {
            unread.keep(&workspace, &loaded, &mut found);
        }
        if checking.deny_warnings {
            denied(&mut found);
        }
        found.retain(|diagnostic| {
            let at = diagnostic.span.as_ref().map(|span| (span.file.clone(), span.range.start));
            told.insert((at, diagnostic.code.clone(), diagnostic.message.clone()))
        });
        add(&mut report, &workspace, (disk, checking), found, io.color);
    }
    let mut unread = unread.of_all();
    if checking.deny_warnings {
        denied(&mut unread);
    }
    add(&mut report, &workspace, (disk, checking), unread, io.color);
    let code = told_of(io, report, files, checking.is_artefact, unreadable);
    if crate::ENDS.load(Ordering::Relaxed) {
        // The system frees a hundred thousand memos faster than one by one.
        std::mem::forget(workspace);
    }
    code
}

/// Adds to a report what was found in programs of a workspace.
fn add(
    report: &mut Report,
    workspace: &Workspace,
    (disk, checking): (&dyn Files, &Checking),
    mut found: Vec<Diagnostic>,
    color: bool,
) {
    if checking.format != ReportFormat::Text {
        as_on_disk(disk, &mut found);
    }
    report.add(found, |told| shown(workspace, told.iter().copied(), color));
}

/// Prints a report, and gives the exit code. `is_artefact` says that it is what was asked for, so that it goes to
/// standard output where programs read it.
pub fn told_of(
    io: &mut Io<'_>,
    report: Report,
    files: &[String],
    is_artefact: bool,
    unreadable: bool,
) -> u8 {
    let code = match (unreadable, report.has_errors()) {
        (true, _) => FAILED,
        (false, true) => WRONG,
        (false, false) => FINE,
    };
    let on_stdout = is_artefact && report.format() != ReportFormat::Text;
    let text = report.into_text(files);
    match on_stdout {
        true => code.max(print(io, &text)),
        false => {
            say(io, &String::from_utf8_lossy(&text));
            code
        }
    }
}

/// Loads one program to ask things of it, whatever else may be wrong with it. Where it cannot be read, or what the
/// command line gives is wrong, says why and gives the exit code.
pub fn loaded(
    io: &mut Io<'_>,
    disk: &Disk,
    file: &str,
    options: &Options,
) -> Result<(Workspace, Loaded), u8> {
    let mut workspace = Workspace::default();
    let loaded = workspace.load_with(disk, if file == "-" { STDIN } else { file }, options);
    let found = match loaded.program {
        Some(_) => problems_of_given(&workspace, &loaded),
        None => loaded.problems.clone(),
    };
    if loaded.program.is_some() && !found.iter().any(Diagnostic::is_error) {
        return Ok((workspace, loaded));
    }
    let text = shown(&workspace, found.iter(), io.color);
    say(io, &String::from_utf8_lossy(&text));
    Err(if loaded.unreadable { FAILED } else { WRONG })
}

/// Says beside an answer that there are errors in the program, if there are: `build` gives none of it then.
pub fn say_if_wrong(io: &mut Io<'_>, workspace: &Workspace, loaded: &Loaded, file: &str) {
    let problems = analysis::problems::problems_of_output(workspace, loaded);
    let of_program = |one: &&Diagnostic| {
        one.is_error() && one.span.as_ref().is_none_or(|span| *span.file != *EXPRESSION)
    };
    match problems.iter().filter(of_program).count() {
        0 => {}
        1 => say(io, &format!("there is an error in this program: `depc check {file}`\n")),
        errors => {
            say(io, &format!("there are {errors} errors in this program: `depc check {file}`\n"))
        }
    }
}

/// Says why a command cannot do what it was asked to.
pub fn refused(io: &mut Io<'_>, diagnostic: &Diagnostic) {
    let text = rendered(&|_| None, std::iter::once(diagnostic), io.color);
    say(io, &String::from_utf8_lossy(&text));
}

/// Says that something cannot be written, and why; the exit code of that.
pub fn unwritable(io: &mut Io<'_>, what: impl Display, error: &std::io::Error) -> u8 {
    refused(io, &Diagnostic::error(711, None, format!("{what} cannot be written: {error}")));
    FAILED
}

/// Where something is written: `app.dep:12:5`.
pub fn place(workspace: &Workspace, place: Place) -> String {
    match workspace.span(place) {
        Some(span) => format!("{}:{}:{}", span.file, span.start.line, span.start.column),
        None => String::new(),
    }
}

/// Makes errors of warnings, and says why they are.
pub fn denied(diagnostics: &mut [Diagnostic]) {
    for diagnostic in
        diagnostics.iter_mut().filter(|diagnostic| diagnostic.severity == Severity::Warning)
    {
        diagnostic.severity = Severity::Error;
        diagnostic.notes.push("a warning, which --deny warnings makes an error".to_owned());
    }
}
