//! `depc build`: prints the objects of programs, or writes them to a folder.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use analysis::build::{Format, Objects, TooLarge, built};
use analysis::changed::changed;
use analysis::diagnostic::Diagnostic;
use analysis::limits::OUTPUT_BYTES;
use analysis::problem::Severity;
use analysis::show::nearest;

use crate::arguments::Build;
use crate::disk::{self, Disk};
use crate::folder::{self, Refused};
use crate::programs::{Checking, Program};
use crate::{FAILED, FINE, Io, WRONG, printed, programs, say, source_map};

/// What is printed, where `-o` names no folder.
const FORMATS: [&str; 2] = ["yaml", "json"];

pub fn run(arguments: &Build, io: &mut Io<'_>) -> u8 {
    if arguments.output.is_empty() {
        say(io, "error: `-o` names nothing: `yaml`, `json` or a folder\n");
        return FAILED;
    }
    let Some(disk) = programs::open_with(io, &arguments.files, &arguments.given.paths()) else {
        return FAILED;
    };
    // As for files, `-` is the standard stream.
    let output = match arguments.output.as_str() {
        "-" => "yaml",
        output => output,
    };
    let is_name = !matches!(output, "yaml" | "json") && !output.contains(['/', '\\']);
    if let Some(near) = nearest(output, FORMATS).filter(|_| is_name && !disk.path(output).exists())
    {
        let message = format!("`-o {output}`: did you mean `{near}`?");
        say(io, &format!("error: {message} A folder of that name is written `./{output}`\n"));
        return FAILED;
    }
    let files = &arguments.files;
    let format = if output == "json" { Format::Json } else { Format::Yaml };
    let to = match output {
        "yaml" | "json" => None,
        folder => Some(disk.path(folder)),
    };
    let folders = folders(&disk, files);
    let mut objects = Vec::new();
    let mut mapped = Vec::new();
    let checking = Checking {
        options: arguments.given.options(),
        deny_warnings: arguments.deny.warnings(),
        format: arguments.format,
        is_artefact: false,
    };
    let build = |program: Program<'_, '_>| {
        let mut built = built(program.workspace, program.loaded, format);
        if let (Some(to), Ok(made)) = (&to, &built.objects)
            && !built.diagnostics.iter().any(Diagnostic::is_error)
        {
            let within = folders.get(objects.len()).map(String::as_str).unwrap_or_default();
            let before = folder::before(to, &named(within, made));
            built.diagnostics.extend(changed(program.workspace, program.loaded, &before));
        }
        let is_empty = built.objects.as_ref().is_ok_and(|objects| objects.texts().next().is_none());
        if is_empty && !built.diagnostics.iter().any(Diagnostic::is_error) {
            let message = format!("{} makes no objects", program.path);
            let help = "they come of schemas that emit them, such as Service and k8s.Deployment";
            let note = Diagnostic::error(709, None, message).help(help);
            built.diagnostics.push(Diagnostic { severity: Severity::Note, ..note });
        }
        objects.push(built.objects);
        if arguments.source_map.is_some() && !built.diagnostics.iter().any(Diagnostic::is_error) {
            mapped.extend(analysis::source_map::source_map(program.workspace, program.loaded));
        }
        built.diagnostics
    };
    let code = programs::checked(io, &disk, files, &checking, build);
    if code != FINE {
        return code;
    }
    let Ok(built) = objects.into_iter().collect::<Result<Vec<Objects>, TooLarge>>() else {
        let message = format!("the output is larger than {} MiB", OUTPUT_BYTES >> 20);
        programs::refused(io, &Diagnostic::error(505, None, message));
        return WRONG;
    };
    if let Some(path) = &arguments.source_map {
        let (shown, path) = (Path::new(path), disk.path(path));
        if let Err(error) = disk::replace(&path, &source_map::json(&mapped)) {
            return programs::unwritable(io, shown.display(), &error);
        }
    }
    match output {
        "yaml" => stream(io, |to| yaml(&built, to)),
        "json" => stream(io, |to| json(&built, to)),
        folder => write(io, &disk.path(folder), Path::new(folder), &folders, &built),
    }
}

/// Writes the artefact piece by piece, because a copy of all of it would be as large as it is.
fn stream(io: &mut Io<'_>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> u8 {
    let mut to = BufWriter::with_capacity(1 << 16, &mut *io.stdout);
    let written = write(&mut to).and_then(|()| to.flush());
    drop(to);
    printed(io, written)
}

/// One stream of all documents.
fn yaml(programs: &[Objects], to: &mut dyn Write) -> io::Result<()> {
    for (count, object) in programs.iter().flat_map(Objects::texts).enumerate() {
        if count > 0 {
            to.write_all(b"---\n")?;
        }
        to.write_all(object)?;
    }
    Ok(())
}

/// One list of all objects. A line break never stands inside of a JSON string, so what is laid out can be moved right.
fn json(programs: &[Objects], to: &mut dyn Write) -> io::Result<()> {
    let mut any = false;
    to.write_all(b"[")?;
    for object in programs.iter().flat_map(Objects::texts) {
        to.write_all(if any { b",\n  " } else { b"\n  " })?;
        for (count, line) in object.split(|byte| *byte == b'\n').enumerate() {
            if count > 0 {
                to.write_all(b"\n  ")?;
            }
            to.write_all(line)?;
        }
        any = true;
    }
    to.write_all(if any { b"\n]\n" } else { b"]\n" })
}

/// Writes to a folder, which the command line calls `shown`.
fn write(io: &mut Io<'_>, to: &Path, shown: &Path, folders: &[String], programs: &[Objects]) -> u8 {
    if to.exists() && !to.is_dir() {
        let shown = shown.display();
        say(io, &format!("error: {shown} is a file, and objects are written to a folder\n"));
        return FAILED;
    }
    if folders.iter().collect::<BTreeSet<_>>().len() < folders.len() {
        say(io, "error: one program stands twice, and both would write to one folder\n");
        return FAILED;
    }
    let each = folders.iter().zip(programs);
    let files: Vec<_> = each.flat_map(|(within, objects)| named(within, objects)).collect();
    let named = |path: PathBuf| match path.strip_prefix(to) {
        Ok(below) => shown.join(below),
        Err(_) => path,
    };
    match folder::write(to, &files) {
        Ok(()) => FINE,
        Err(Refused::NotOurs(path)) => {
            let what = if path.is_dir() && !path.is_symlink() { "folder" } else { "file" };
            let message = format!("{} was not written by depc", named(path).display());
            let help =
                format!("nothing was written: move the {what} away, or build into another folder");
            programs::refused(io, &Diagnostic::error(707, None, message).help(help));
            WRONG
        }
        Err(Refused::Io(path, error)) => programs::unwritable(io, named(path).display(), &error),
    }
}

/// The folders of programs in the folder that is written. Several get one each, called as their files are, seen from
/// the folder that all are in: `app` and `jobs/nightly` of `x/app.dep` and `x/jobs/nightly.dep`.
fn folders(disk: &Disk, files: &[String]) -> Vec<String> {
    if let [_] = files {
        return vec![String::new()];
    }
    let paths: Vec<Vec<String>> = files.iter().map(|file| parts(&disk.path(file))).collect();
    let above = |path: &Vec<String>| path.len().saturating_sub(1);
    let is_common = |place: &usize| {
        let mut parts = paths.iter().map(|path| path.get(*place));
        let first = parts.next();
        parts.all(|part| Some(part) == first)
    };
    let least = paths.iter().map(above).min().unwrap_or_default();
    let common = (0..least).take_while(is_common).count();
    let below =
        |path: &Vec<String>| path.iter().skip(common).cloned().collect::<Vec<_>>().join("/");
    paths.iter().map(below).collect()
}

/// The names of a path, without those that lead back, nor what tells the kind of file.
fn parts(path: &Path) -> Vec<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                let name = part.as_os_str().to_string_lossy();
                // What a list of paths could not tell, nor a hidden folder be ours.
                parts.push(name.trim_start_matches('.').replace(['\n', '\r', '\\', ':'], "_"));
            }
        }
    }
    if let Some(last) = parts.last_mut() {
        *last = match last.as_str() {
            "-" => "stdin".to_owned(),
            name => name.strip_suffix(".dep").unwrap_or(name).to_owned(),
        };
    }
    parts
}

/// The files of a program: paths below the folder that is written, and texts.
fn named(within: &str, objects: &Objects) -> Vec<(String, Vec<u8>)> {
    let slash = if within.is_empty() { "" } else { "/" };
    let files = objects.files().into_iter();
    files.map(|(name, text)| (format!("{within}{slash}{name}.yaml"), text.to_vec())).collect()
}
