//! `depc diff`: what differs between two sets of objects, leaf by leaf, where each was written, and what follows from
//! it. For people, for reviews, and for other programs.

mod markdown;
mod text;

use std::collections::BTreeMap;
use std::ops::Range;

use analysis::build::{Format, built};
use analysis::diagnostic::{Diagnostic, Lines, Span};
use analysis::limits::OUTPUT_BYTES;
use analysis::source_map::{Mapped, Part, behind, source_map};
use analysis::workspace::{Loaded, Workspace};
use kube::data;
use kube::diff::{Change, Difference, Leaf, Name, Side, differences};
use kube::json::{self, Layout};
use kube::manifests::place;
use kube::secrets::HIDDEN;
use kube::tree::{Ref, Step};
use serde::Serialize;

use crate::arguments::{Diff, DiffFormat, ReportFormat};
use crate::disk::Disk;
use crate::report::shown;
use crate::validate::{Text, Validated};
use crate::{FAILED, FINE, Io, WRONG, print, programs, say};

pub fn run(arguments: &Diff, io: &mut Io<'_>) -> u8 {
    let paths = [arguments.old.clone(), arguments.new.clone()];
    let Some(disk) = programs::open(io, &paths) else { return FAILED };
    let Some(old) = Objects::of(io, &disk, &arguments.old, arguments) else { return FAILED };
    let Some(new) = Objects::of(io, &disk, &arguments.new, arguments) else { return FAILED };
    let (before, after) = (old.roots(), new.roots());
    let differences = differences(&before, &after);
    let told: Vec<Told> = differences.iter().map(|one| told(one, &old, &new)).collect();
    let text = match arguments.format {
        DiffFormat::Text => text::text(&told, io.color),
        DiffFormat::Markdown => markdown::markdown(&told),
        DiffFormat::Json => {
            let all = All { version: 1, objects: &told };
            let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
            text.push('\n');
            text
        }
    };
    match print(io, text.as_bytes()) {
        FINE if told.is_empty() => FINE,
        FINE => WRONG,
        failed => failed,
    }
}

/// What `--format json` prints.
#[derive(Serialize)]
struct All<'d> {
    version: u32,
    objects: &'d [Told],
}

/// An object that differs, ready to be shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    change: Sort,
    #[serde(skip_serializing_if = "String::is_empty")]
    group: String,
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    name: String,
    /// Where it was made, as `file:line:column`; of an object that is gone, where that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consequence: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    leaves: Vec<ToldLeaf>,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Added,
    Removed,
    Changed,
}

#[derive(Serialize)]
struct ToldLeaf {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<ToldSide>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<ToldSide>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consequence: Option<String>,
}

#[derive(Serialize)]
struct ToldSide {
    value: serde_json::Value,
    /// The value as YAML, without a line break at the end; a text of several lines as it is.
    #[serde(skip)]
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

/// The objects of one side, with what is needed to say where something in them was written.
struct Objects {
    validated: Validated,
    program: Option<Program>,
}

/// Where objects come from that are no files.
struct Program {
    workspace: Workspace,
    loaded: Loaded,
    mapped: Vec<Mapped>,
    /// By version, kind, namespace and name.
    numbers: BTreeMap<[String; 4], usize>,
}

impl Objects {
    fn of(io: &mut Io<'_>, disk: &Disk, path: &str, arguments: &Diff) -> Option<Self> {
        if path.ends_with(".dep") {
            return Self::of_program(io, disk, path, arguments);
        }
        let files = programs::data_files(io, disk, &[path.to_owned()])?;
        let mut validated = Validated::default();
        for file in &files {
            validated.add(disk, file, path == file, false);
        }
        let is_wrong = validated.unreadable || validated.found.iter().any(Diagnostic::is_error);
        if is_wrong {
            validated.told(io, ReportFormat::Text, &files, false);
            return None;
        }
        Some(Self { validated, program: None })
    }

    fn of_program(io: &mut Io<'_>, disk: &Disk, path: &str, arguments: &Diff) -> Option<Self> {
        let loaded = programs::loaded(io, disk, path, &arguments.given.options());
        let (workspace, loaded) = loaded.ok()?;
        let mut built = built(&workspace, &loaded, Format::Yaml);
        built.diagnostics.retain(Diagnostic::is_error);
        if !built.diagnostics.is_empty() {
            let text = shown(&workspace, built.diagnostics.iter(), io.color);
            say(io, &String::from_utf8_lossy(&text));
            return None;
        }
        let Ok(objects) = built.objects else {
            let message = format!("the output is larger than {} MiB", OUTPUT_BYTES >> 20);
            programs::refused(io, &Diagnostic::error(505, None, message));
            return None;
        };
        let mut validated = Validated::default();
        for text in objects.texts() {
            let text = String::from_utf8_lossy(text).into_owned();
            let data = data::yaml(&text);
            validated.manifests.add(validated.texts.len(), &data, false);
            let lines = Lines::of(&text);
            validated.texts.push(Text { shown: path.into(), text, lines, data });
        }
        let mapped = source_map(&workspace, &loaded);
        let key = |one: &Mapped| {
            [&one.api_version, &one.kind, &one.namespace, &one.name].map(String::clone)
        };
        let numbers = mapped.iter().enumerate().map(|(number, one)| (key(one), number)).collect();
        let program = Program { workspace, loaded, mapped, numbers };
        Some(Self { validated, program: Some(program) })
    }

    fn roots(&self) -> Vec<Ref<'_>> {
        let manifests = &self.validated.manifests;
        (0..manifests.objects().len()).filter_map(|number| manifests.object(number)).collect()
    }

    /// Where an object was made, as `file:line:column`.
    fn made(&self, number: usize) -> Option<String> {
        match &self.program {
            Some(program) => program.mapped(self.validated.manifests.object(number)?)?.made.clone(),
            None => self.written(number, &[]),
        }
        .map(|span| shown_place(&span))
    }

    /// Where parts of an object were written, as `file:line:column`.
    fn places(&self, number: usize, parts: &[Part]) -> Vec<Option<String>> {
        let of_program = |program: &Program| {
            let object = program.mapped(self.validated.manifests.object(number)?)?;
            let behind = behind(&program.workspace, &program.loaded, object, parts);
            let here = |part: &Part| {
                let path = analysis::path::text(&part.path);
                let part = object.paths.iter().find(|(other, _)| *other == path);
                part.map(|(_, span)| span.clone()).or_else(|| object.made.clone())
            };
            let places =
                behind.into_iter().zip(parts).map(|(behind, part)| behind.or_else(|| here(part)));
            Some(places.collect())
        };
        let spans: Vec<Option<Span>> = match &self.program {
            Some(program) => of_program(program).unwrap_or_else(|| vec![None; parts.len()]),
            None => parts.iter().map(|part| self.written(number, &part.path)).collect(),
        };
        spans.into_iter().map(|span| span.map(|span| shown_place(&span))).collect()
    }

    /// Where a part of an object of a file stands.
    fn written(&self, number: usize, path: &[Step]) -> Option<Span> {
        let object = self.validated.manifests.objects().get(number)?;
        let text = self.validated.texts.get(object.text)?;
        Some(text.span(place(&text.data, object.root, path, false)))
    }
}

impl Program {
    fn mapped(&self, object: Ref<'_>) -> Option<&Mapped> {
        let text =
            |path: &[&str]| object.at(path).and_then(Ref::as_str).unwrap_or_default().to_owned();
        let key = [
            text(&["apiVersion"]),
            text(&["kind"]),
            text(&["metadata", "namespace"]),
            text(&["metadata", "name"]),
        ];
        self.mapped.get(*self.numbers.get(&key)?)
    }
}

fn shown_place(span: &Span) -> String {
    format!("{}:{}:{}", span.file, span.start.line, span.start.column)
}

fn told(difference: &Difference<'_>, old: &Objects, new: &Objects) -> Told {
    let identity = &difference.identity;
    let is_secret = identity.group.is_empty() && identity.kind == "Secret";
    let (change, place, consequence, leaves) = match &difference.change {
        Change::Added(number) => (Sort::Added, new.made(*number), None, Vec::new()),
        Change::Removed(number, consequence) => {
            (Sort::Removed, old.made(*number), Some(consequence.clone()), Vec::new())
        }
        Change::Changed(before, after, leaves) => {
            let mut was = sides(leaves, |leaf| leaf.old.as_ref(), (old, *before), is_secret);
            let mut is = sides(leaves, |leaf| leaf.new.as_ref(), (new, *after), is_secret);
            let leaf = |leaf: &Leaf<'_>| ToldLeaf {
                path: path_text(&leaf.path),
                old: leaf.old.as_ref().and_then(|_| was.next()),
                new: leaf.new.as_ref().and_then(|_| is.next()),
                consequence: leaf.consequence.clone(),
            };
            (Sort::Changed, new.made(*after), None, leaves.iter().map(leaf).collect())
        }
    };
    Told {
        change,
        group: identity.group.clone(),
        kind: identity.kind.clone(),
        namespace: identity.namespace.clone(),
        name: identity.name.clone(),
        place,
        consequence,
        leaves,
    }
}

/// What one side has of the leaves that differ, in their order.
fn sides<'s, 't: 's>(
    leaves: &'s [Leaf<'t>],
    side: fn(&'s Leaf<'t>) -> Option<&'s Side<'t>>,
    (objects, number): (&Objects, usize),
    is_secret: bool,
) -> impl Iterator<Item = ToldSide> + use<'s, 't> {
    let part = |leaf: &'s Leaf<'t>| {
        let within = changed_bytes(leaf, side(leaf)?);
        Some(Part { path: side(leaf)?.path.clone(), within })
    };
    let parts: Vec<Part> = leaves.iter().filter_map(part).collect();
    let places = objects.places(number, &parts);
    let sides: Vec<&Side<'t>> = leaves.iter().filter_map(side).collect();
    sides.into_iter().zip(places).map(move |(side, place)| told_side(side, place, is_secret))
}

/// The bytes of a text that differ from the other side's: what gave them is where it was changed.
fn changed_bytes(leaf: &Leaf<'_>, side: &Side<'_>) -> Option<Range<usize>> {
    let text = |side: &Option<Side<'_>>| side.as_ref()?.value.as_str().map(str::to_owned);
    let (old, new) = (text(&leaf.old)?, text(&leaf.new)?);
    let same = |(a, b): &(u8, u8)| a == b;
    let start = old.bytes().zip(new.bytes()).take_while(same).count();
    let shorter = old.len().min(new.len());
    let end =
        old.bytes().rev().zip(new.bytes().rev()).take(shorter - start).take_while(same).count();
    let length = side.value.as_str()?.len();
    // Where bytes were only added, what stands before them on the other side was made longer.
    let range = start..length - end;
    Some(if range.is_empty() { start.saturating_sub(1)..start.max(1) } else { range })
}

fn told_side(side: &Side<'_>, place: Option<String>, is_secret: bool) -> ToldSide {
    let first = side.path.first();
    let hides =
        is_secret && matches!(first, Some(Step::Key(key)) if key == "data" || key == "stringData");
    if hides {
        return ToldSide { value: HIDDEN.into(), text: HIDDEN.to_owned(), place };
    }
    let mut text = Vec::new();
    json::value(side.value, Layout::Compact, &mut text);
    let value = serde_json::from_slice(&text).unwrap_or_default();
    let text = match side.value.as_str() {
        Some(lines) if lines.trim_end().contains('\n') => lines.to_owned(),
        _ => {
            let mut text = Vec::new();
            kube::yaml::data(side.value, &mut text);
            String::from_utf8_lossy(&text).trim_end().to_owned()
        }
    };
    ToldSide { value, text, place }
}

/// A path as messages and `depc explain` write it: `spec.template.spec.containers[app].image`.
fn path_text(path: &[Name]) -> String {
    let mut text = String::new();
    for name in path {
        match name {
            Name::Key(key) => analysis::path::push_name(&mut text, key),
            Name::Element(name) => text.push_str(&format!("[{name}]")),
        }
    }
    text
}

/// `Deployment/web of apps`, with its namespace.
fn named(told: &Told) -> String {
    match &*told.namespace {
        "" => format!("{}/{}", told.kind, told.name),
        namespace => format!("{}/{} in {namespace}", told.kind, told.name),
    }
}

/// How many objects came, changed and went.
fn summary(told: &[Told]) -> String {
    let count = |sort| told.iter().filter(|one| one.change == sort).count();
    let parts = [(Sort::Added, "added"), (Sort::Changed, "changed"), (Sort::Removed, "removed")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(sort, _)| count(*sort) > 0)
        .map(|(sort, word)| format!("{} {word}", count(sort)))
        .collect();
    if parts.is_empty() { "nothing differs".to_owned() } else { parts.join(", ") }
}
