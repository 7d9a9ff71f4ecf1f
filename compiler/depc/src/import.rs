//! `depc import`: objects in YAML and JSON as a program that builds the same objects.
//!
//! Each object is written in the first of three forms that gives it back: as a component of the library, by the types
//! of its kind, or as what its own file holds. Which one does is not derived but tried: the program is built, and what
//! it builds is compared with what was read.

mod components;
mod program;
mod same;
mod typed;

use std::ops::Range;

use analysis::diagnostic::Diagnostic;
use analysis::problem::Severity;
use kube::data::{Data, Value};
use kube::manifests::place;
use kube::rules::Level;
use kube::tree::Step;

use crate::arguments::Import;
use crate::disk::replace;
use crate::validate::{Validated, target};
use crate::{FAILED, FINE, Io, WRONG, print, programs, say};

use program::Imported;
use same::Differences;

pub fn run(arguments: &Import, io: &mut Io<'_>) -> u8 {
    let all = [&arguments.paths[..], &arguments.crd].concat();
    let Some(disk) = programs::open(io, &all) else { return FAILED };
    let Some(files) = programs::data_files(io, &disk, &arguments.paths) else { return FAILED };
    let Some(definitions) = programs::data_files(io, &disk, &arguments.crd) else { return FAILED };
    let to = arguments.output.as_ref().map(|output| disk.path(output));
    if let Some(to) = to.as_ref().filter(|to| to.exists()) {
        say(io, &format!("error: {} is there already\n", to.display()));
        return FAILED;
    }
    let (minor, strictness) = target(&disk, &files);
    let minor = arguments.kubernetes.unwrap_or(minor);
    let mut read = Validated::default();
    for file in &files {
        read.add(&disk, file, arguments.paths.contains(file), false);
    }
    read.define_all(&disk, &arguments.crd, &definitions, minor);
    let (findings, mut across): (Vec<_>, Vec<_>) = read
        .manifests
        .findings(minor, &strictness)
        .into_iter()
        .filter(|one| !is_of_server(&one.path))
        .partition(|one| one.rule.starts_with("K-"));
    across.extend(read.manifests.hints(minor, &strictness));
    // A program whose objects no server takes builds nothing.
    if findings.iter().any(|one| one.level == Level::Error)
        || read.found.iter().any(Diagnostic::is_error)
    {
        read.say(findings);
        return read.told(io, arguments.format, &files, false).max(WRONG);
    }
    let folder = to.as_ref().and_then(|to| Some(to.parent()?.to_owned()));
    let folder = folder.unwrap_or_else(|| io.folder.clone());
    let imported = Imported::of(&read, &across, (&io.folder, &folder), minor);
    for (object, message) in &imported.lost {
        read.found.extend(said(&read, *object, 730, Severity::Error, message.clone(), &[]));
    }
    for (object, Differences { other, .. }) in &imported.otherwise {
        let message = match other.len() {
            0 => continue,
            1 => "one value is written otherwise, and means the same".to_owned(),
            count => format!("{count} values are written otherwise, and mean the same"),
        };
        read.found.extend(said(&read, *object, 731, Severity::Note, message, other));
    }
    let all = || imported.otherwise.iter().map(|(_, differences)| differences);
    let implied = all().flat_map(|differences| &differences.implied).collect();
    read.found.extend(left_out(implied, "that say what is meant without them"));
    let of_server = all().flat_map(|differences| &differences.of_server).collect();
    read.found.extend(left_out(of_server, "that a server says itself"));
    // Those of definitions stay where they are.
    let objects = read.texts.iter().take(files.len());
    let comments: Vec<(usize, usize)> =
        objects.map(|text| comments(&text.text, &text.data)).enumerate().collect();
    for (text, count) in comments.into_iter().filter(|(_, count)| *count > 0) {
        let Some(text) = read.texts.get(text) else { continue };
        let lines = if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
        let message = format!("the comments of {} are not kept: {lines}", text.shown);
        let note = Diagnostic::error(731, None, message);
        read.found.push(Diagnostic { severity: Severity::Note, ..note });
    }
    let told = read.told(io, arguments.format, &files, false);
    if told != FINE {
        return told;
    }
    match to {
        None => print(io, imported.text.as_bytes()),
        Some(to) => match replace(&to, imported.text.as_bytes()) {
            Ok(()) => FINE,
            Err(error) => programs::unwritable(io, to.display(), &error),
        },
    }
}

/// What is said of an object, at its name.
fn said(
    read: &Validated,
    object: usize,
    code: u16,
    severity: Severity,
    message: String,
    notes: &[String],
) -> Option<Diagnostic> {
    /// More would hide what else is said.
    const SHOWN: usize = 5;
    let at = read.manifests.objects().get(object)?;
    let text = read.texts.get(at.text)?;
    let name = ["metadata", "name"].map(|key| Step::Key(key.to_owned()));
    let span = text.span(place(&text.data, at.root, &name, false));
    let mut found = Diagnostic::error(code, Some(span), message);
    found.severity = severity;
    found.notes.extend(notes.iter().take(SHOWN).cloned());
    if notes.len() > SHOWN {
        found.notes.push(format!("and {} more", notes.len() - SHOWN));
    }
    Some(found)
}

/// What is said of fields that the program does not have.
fn left_out(paths: Vec<&String>, why: &str) -> Option<Diagnostic> {
    let first = paths.first()?;
    let note = Diagnostic::error(731, None, format!("{} left out {why}", fields(paths.len())));
    let notes = vec![format!("the first one is `{first}`")];
    Some(Diagnostic { severity: Severity::Note, notes, ..note })
}

/// Whether a path leads to what a server says of an object itself.
fn is_of_server(path: &[Step]) -> bool {
    let mut keys = path.iter().map(|step| match step {
        Step::Key(key) => key.as_str(),
        Step::Index(_) => "",
    });
    match (keys.next(), keys.next()) {
        (Some("status"), _) => true,
        (Some("metadata"), Some(field)) => typed::OF_SERVER.contains(&field),
        _ => false,
    }
}

fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

/// The lines of a text that hold nothing but a comment.
fn comments(text: &str, data: &Data) -> usize {
    // A line of a text that looks like one is none.
    let ranges = data.nodes.iter().filter(|node| matches!(node.value, Value::Str(_)));
    let ranges = ranges.map(|node| node.start as usize..node.end as usize);
    let texts: Vec<Range<usize>> = ranges
        .filter(|range| text.get(range.clone()).is_some_and(|own| own.contains('\n')))
        .collect();
    let is_in_text = |at: usize| texts.iter().any(|range| range.contains(&at));
    let mut offset = 0;
    let mut count = 0;
    for line in text.split_inclusive('\n') {
        let blank = line.len() - line.trim_start().len();
        count += usize::from(line.trim_start().starts_with('#') && !is_in_text(offset + blank));
        offset += line.len();
    }
    count
}

/// A name as the language binds it: `git-server` is `gitServer`.
fn camel(name: &str) -> String {
    let mut out = String::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        let mut chars = part.chars();
        match (out.is_empty(), chars.next()) {
            (true, Some(first)) => out.extend(first.to_lowercase()),
            (false, Some(first)) => out.extend(first.to_uppercase()),
            (_, None) => {}
        }
        out.push_str(chars.as_str());
    }
    // What the library or the language calls so, or nothing can be called.
    let is_taken = typed::is_keyword(&out) || out == "secret";
    if is_taken || !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let (first, rest) = out.split_at_checked(1).unwrap_or_default();
        return format!("the{}{rest}", first.to_uppercase());
    }
    out
}

/// What the library makes of the name that something is bound by.
fn kebab(bound: &str) -> String {
    let mut out = String::new();
    for c in bound.chars() {
        match c.is_ascii_uppercase() {
            true => out.extend(['-', c.to_ascii_lowercase()]),
            false => out.push(if c.is_ascii_alphanumeric() { c } else { '-' }),
        }
    }
    out
}
