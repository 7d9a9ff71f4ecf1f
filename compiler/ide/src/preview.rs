//! The YAML that a program renders, and the way between its lines and the source.

use std::ops::Range;

use analysis::build::{Format, built};
use analysis::diagnostic::{Diagnostic, Span};
use analysis::explain::{Known, Sourced, objects, places};
use analysis::workspace::{Loaded, Workspace};

/// What stands between two objects.
const SEPARATOR: &str = "---\n";

/// What a program renders, as `depc build` prints it. Where it has errors, comments that say so.
pub fn preview(workspace: &Workspace, loaded: &Loaded, program: &str) -> String {
    let built = built(workspace, loaded, Format::Yaml);
    let errors = errors(&built.diagnostics, "#");
    if !errors.is_empty() {
        return format!("# {program} renders nothing while it has errors:\n{}", errors.concat());
    }
    match built.objects {
        Ok(objects) => {
            let texts = objects.texts().map(String::from_utf8_lossy);
            let texts: Vec<String> = texts.map(|text| text.into_owned()).collect();
            texts.join(SEPARATOR)
        }
        Err(_) => format!("# {program} renders more than is shown\n"),
    }
}

/// What withholds a document, as comments of it.
pub(crate) fn errors(found: &[Diagnostic], comment: &str) -> Vec<String> {
    let errors = found.iter().filter(|found| found.is_error());
    let line = |found: &Diagnostic| {
        let at = found.span.as_ref();
        let at = at.map(|at| format!("{}:{}:{}: ", at.file, at.start.line, at.start.column));
        let message = found.message.lines().next().unwrap_or_default();
        format!("{comment} {}{} {message}\n", at.unwrap_or_default(), found.code)
    };
    errors.map(line).collect()
}

/// Where the value of the line at an offset of a preview is written: first what a user wrote.
pub fn source_of(
    workspace: &Workspace,
    loaded: &Loaded,
    program: &str,
    offset: usize,
) -> Vec<Span> {
    let text = preview(workspace, loaded, program);
    let Some((start, object)) = parts(&text)
        .find(|(start, object)| (*start..start + object.len() + SEPARATOR.len()).contains(&offset))
    else {
        return Vec::new();
    };
    let Some((known, sourced)) = rendering(workspace, loaded, object) else { return Vec::new() };
    let end = line_end(object, offset - start);
    let leaf = sourced.leaves.iter().rev().find(|leaf| leaf.offset <= end);
    let mut found = Vec::new();
    if let Some(leaf) = leaf {
        found.extend(leaf.from.iter().filter_map(|place| workspace.span(*place)));
        found.extend(leaf.place.and_then(|place| workspace.span(place)));
    }
    if found.is_empty() {
        found.extend(workspace.span(known.made));
    }
    found
}

/// What in the preview of a program is written at an offset of a file: the first value that is, else the first object
/// of the item there.
pub fn rendered_at(
    workspace: &Workspace,
    loaded: &Loaded,
    program: &str,
    file: &str,
    offset: usize,
) -> Option<Range<usize>> {
    let text = preview(workspace, loaded, program);
    let lines = workspace.text(file)?;
    let line = |at: usize| lines.get(..at).unwrap_or_default().matches('\n').count();
    let wanted = line(offset);
    let here = |span: &Span| &*span.file == file && line(span.range.start) == wanted;
    let mut fallback = None;
    for (start, object) in parts(&text) {
        let Some((known, sourced)) = rendering(workspace, loaded, object) else { continue };
        for leaf in &sourced.leaves {
            let mut places = leaf.from.iter().copied().chain(leaf.place);
            if places.any(|place| workspace.span(place).as_ref().is_some_and(here)) {
                return Some(
                    start + line_start(object, leaf.offset)..start + line_end(object, leaf.offset),
                );
            }
        }
        let item = workspace.item_at(file, offset).map(|(item, _)| item);
        if fallback.is_none() && item == Some(known.made.item) {
            fallback = Some(start..start + line_end(object, 0));
        }
    }
    fallback
}

/// The objects of a preview, each with where it begins.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let between = "\n---\n";
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let length = rest.find(between).map_or(rest.len(), |end| end + 1);
        at = start + length + if length < rest.len() { SEPARATOR.len() } else { 0 };
        Some((start, rest.get(..length)?))
    })
}

/// The object of which this is the text.
fn rendering(workspace: &Workspace, loaded: &Loaded, text: &str) -> Option<(Known, Sourced)> {
    // Its name and kind are asked first, because finding places evaluates it once more.
    let named = |known: &Known| {
        text.contains(&format!("kind: {}\n", known.kind)) && text.contains(known.name.as_str())
    };
    objects(workspace, loaded).unwrap_or_default().into_iter().filter(named).find_map(|known| {
        let sourced = places(workspace, loaded, &known);
        (sourced.yaml.trim_end() == text.trim_end()).then_some((known, sourced))
    })
}

fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |end| at + end)
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or_default().rfind('\n').map_or(0, |start| start + 1)
}
