//! `depc inputs`: what a program lets its callers set.

use analysis::inputs::{Input, inputs};
use analysis::problem::Place;
use analysis::workspace::Workspace;
use serde::Serialize;

use crate::arguments::{Inputs, Listing};
use crate::{FAILED, Io, print, programs};

/// An input as other tools read it. Default and value are in the notation of the language.
#[derive(Serialize)]
struct Listed<'i> {
    name: &'i str,
    #[serde(rename = "type")]
    ty: &'i str,
    required: bool,
    default: Option<&'i str>,
    value: Option<&'i str>,
    doc: &'i str,
    declared: Option<At>,
    set: Option<At>,
}

#[derive(Serialize)]
struct At {
    file: String,
    line: usize,
    column: usize,
}

pub fn run(arguments: &Inputs, io: &mut Io<'_>) -> u8 {
    let Some(disk) =
        programs::open_with(io, std::slice::from_ref(&arguments.file), &arguments.given.paths())
    else {
        return FAILED;
    };
    let loaded = programs::loaded(io, &disk, &arguments.file, &arguments.given.options());
    let (workspace, loaded) = match loaded {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let inputs = inputs(&workspace, &loaded);
    let text = match arguments.output {
        Listing::Text => text(&workspace, &inputs),
        Listing::Json => json(&workspace, &inputs),
    };
    print(io, text.as_bytes())
}

fn text(workspace: &Workspace, inputs: &[Input]) -> String {
    let mut text = String::new();
    for (at, input) in inputs.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        let default = match (&input.default, input.required) {
            (Some(default), _) => format!(" = {default}"),
            (None, true) => "  (required)".to_owned(),
            (None, false) => String::new(),
        };
        text.push_str(&format!("{}: {}{default}\n", input.name, input.ty));
        for line in input.doc.lines() {
            text.push_str(format!("    {line}").trim_end());
            text.push('\n');
        }
        if let (Some(set), Some(value)) = (input.set, &input.value) {
            text.push_str(&format!("    set to {value} at {}\n", programs::place(workspace, set)));
        }
    }
    text
}

fn json(workspace: &Workspace, inputs: &[Input]) -> String {
    let place = |place: Place| {
        let span = workspace.span(place)?;
        let file = span.file.to_string();
        Some(At { file, line: span.start.line, column: span.start.column })
    };
    let inputs: Vec<Listed<'_>> = inputs
        .iter()
        .map(|input| Listed {
            name: &input.name,
            ty: &input.ty,
            required: input.required,
            default: input.default.as_deref(),
            value: input.value.as_deref(),
            doc: &input.doc,
            declared: place(input.place),
            set: input.set.and_then(place),
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&inputs).unwrap_or_default();
    text.push('\n');
    text
}
