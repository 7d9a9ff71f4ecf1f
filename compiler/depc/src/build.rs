//! `depc build`: prints the objects of programs, or writes them to a folder.

use std::collections::BTreeSet;
use std::path::Path;

use analysis::build::{Format, Objects, objects};
use analysis::diagnostic::Diagnostic;
use analysis::limits::OUTPUT_BYTES;

use crate::arguments::Build;
use crate::folder::{self, Refused};
use crate::report::rendered;
use crate::{FAILED, FINE, Io, WRONG, print, programs, say};

pub fn run(arguments: &Build, io: &mut Io<'_>) -> u8 {
    let Some(disk) = programs::open(io, &arguments.files) else { return FAILED };
    let files = &arguments.files;
    let checked =
        programs::checked(io, &disk, files, &arguments.settings, arguments.deny.warnings());
    if checked.code != FINE {
        return checked.code;
    }
    let format = if arguments.output == "json" { Format::Json } else { Format::Yaml };
    let mut built = Vec::new();
    for program in checked.loaded.iter().filter_map(|loaded| loaded.program) {
        match objects(&checked.workspace, program, format) {
            Ok(objects) => built.push(objects),
            Err(_) => {
                let message = format!("the output is larger than {} MiB", OUTPUT_BYTES >> 20);
                refuse(io, &Diagnostic::error(505, None, message));
                return WRONG;
            }
        }
    }
    match arguments.output.as_str() {
        "yaml" => print(io, &yaml(&built)),
        "json" => print(io, &json(&built)),
        _ => write(io, &disk.path(&arguments.output), files, &built),
    }
}

/// One stream of all documents.
fn yaml(programs: &[Objects]) -> Vec<u8> {
    let mut text = Vec::new();
    for object in programs.iter().flat_map(Objects::texts) {
        if !text.is_empty() {
            text.extend_from_slice(b"---\n");
        }
        text.extend_from_slice(object);
    }
    text
}

/// One list of all objects. A line break never stands inside of a JSON string, so what is laid out can be moved right.
fn json(programs: &[Objects]) -> Vec<u8> {
    let mut text = vec![b'['];
    for object in programs.iter().flat_map(Objects::texts) {
        text.extend_from_slice(if text.len() > 1 { b",\n  " } else { b"\n  " });
        for (count, line) in object.split(|byte| *byte == b'\n').enumerate() {
            if count > 0 {
                text.extend_from_slice(b"\n  ");
            }
            text.extend_from_slice(line);
        }
    }
    text.extend_from_slice(if text.len() > 1 { b"\n]\n" } else { b"]\n" });
    text
}

fn write(io: &mut Io<'_>, to: &Path, files: &[String], programs: &[Objects]) -> u8 {
    if to.exists() && !to.is_dir() {
        say(io, &format!("error: {} is not a folder\n", to.display()));
        return FAILED;
    }
    // Several programs get a folder each, named after their files.
    let stems: Vec<String> = match files {
        [_] => vec![String::new()],
        _ => files.iter().map(|file| stem(file)).collect(),
    };
    if stems.iter().collect::<BTreeSet<_>>().len() < stems.len() {
        say(
            io,
            "error: these programs would write to one folder; build them one by one, with a folder each\n",
        );
        return FAILED;
    }
    for (stem, objects) in stems.iter().zip(programs) {
        let files: Vec<(String, Vec<u8>)> = objects
            .files()
            .into_iter()
            .map(|(name, text)| (format!("{name}.yaml"), text.to_vec()))
            .collect();
        match folder::write(&to.join(stem), &files) {
            Ok(()) => {}
            Err(Refused::NotOurs(path)) => {
                let message = format!("{} was not written by depc", path.display());
                let help = "nothing was written: move the file away, or build into another folder";
                refuse(io, &Diagnostic::error(707, None, message).help(help));
                return WRONG;
            }
            Err(Refused::Io(path, error)) => {
                say(io, &format!("error: {} cannot be written: {error}\n", path.display()));
                return FAILED;
            }
        }
    }
    FINE
}

/// `app` of `examples/app.dep`.
fn stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    let name = if name == "-" { "stdin" } else { name };
    name.strip_suffix(".dep").unwrap_or(name).to_owned()
}

fn refuse(io: &mut Io<'_>, diagnostic: &Diagnostic) {
    let text = rendered(&|_| None, std::iter::once(diagnostic), io.color);
    say(io, &String::from_utf8_lossy(&text));
}
