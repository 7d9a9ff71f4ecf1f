//! `depc validate`: says what is wrong with objects in YAML and JSON, whoever made them.
//!
//! The rules are those for the objects of programs, [`kube::manifests`]. A program says what there is besides its own
//! objects; files do not, so that what they lack is a warning, unless `--external` shows it.

use std::ops::Range;
use std::sync::Arc;

use analysis::data::code_of;
use analysis::diagnostic::{Diagnostic, Lines, Span, sort};
use analysis::mask::Shown;
use analysis::problem::{Code, Severity};
use analysis::refused::field;
use analysis::workspace::Files;
use analysis::workspace::project::project;
use analysis::workspace::text::text_of_plain;
use kube::crd::{Fault, definitions};
use kube::data::{self, Data, NodeId};
use kube::lints::Strictness;
use kube::manifests::{Finding, Manifests, UnknownKind, place, secret_places};
use kube::rules::Level;
use kube::tree::Step;
use kube::types::TARGET;

use crate::arguments::{ReportFormat, Validate};
use crate::disk::{Disk, STDIN};
use crate::programs::{self, denied};
use crate::report::{Report, rendered};
use crate::{FAILED, Io};

pub fn run(arguments: &Validate, io: &mut Io<'_>) -> u8 {
    let all: Vec<String> = [&arguments.paths[..], &arguments.external, &arguments.crd].concat();
    let Some(disk) = programs::open(io, &all) else { return FAILED };
    let Some(files) = programs::data_files(io, &disk, &arguments.paths) else { return FAILED };
    let Some(external) = programs::data_files(io, &disk, &arguments.external) else {
        return FAILED;
    };
    let Some(definitions) = programs::data_files(io, &disk, &arguments.crd) else { return FAILED };
    let (minor, strictness) = target(&disk, &files);
    let minor = arguments.kubernetes.unwrap_or(minor);
    let mut validated = Validated::default();
    for file in &files {
        validated.add(&disk, file, arguments.paths.contains(file), false);
    }
    for file in external.iter().filter(|file| !files.contains(file)) {
        validated.add(&disk, file, arguments.external.contains(file), true);
    }
    validated.define_all(&disk, &arguments.crd, &definitions, minor);
    validated.judge(minor, &strictness);
    let mut report = Report::new(arguments.format);
    if arguments.deny.warnings() {
        denied(&mut validated.found);
    }
    let shown: Vec<(&str, Shown<'_>)> =
        validated.texts.iter().map(|text| (&*text.shown, text.masked())).collect();
    let text =
        |path: &str| shown.iter().find(|(name, _)| *name == path).map(|(_, text)| text.borrowed());
    report.add(validated.found, |told| rendered(&text, told.iter().copied(), io.color));
    programs::told_of(io, report, &files, true, validated.unreadable)
}

/// The version that the project of the first file names, and how strict its lints are.
pub fn target(disk: &Disk, files: &[String]) -> (u8, Strictness) {
    let first = files.first().map(|file| if file == "-" { STDIN } else { file });
    let canonical = first.and_then(|first| disk.canonical(first));
    let of = first.zip(canonical).map(|(first, canonical)| project(disk, first, &canonical));
    let of = of.unwrap_or_default();
    (of.kubernetes.unwrap_or(TARGET), of.strictness)
}

/// A file with what it holds.
pub struct Text {
    /// Its name as the user writes it.
    pub shown: Arc<str>,
    pub text: String,
    pub lines: Lines,
    pub data: Data,
}

/// All files, and what was found in them.
#[derive(Default)]
pub struct Validated {
    pub texts: Vec<Text>,
    pub manifests: Manifests,
    pub found: Vec<Diagnostic>,
    pub unreadable: bool,
}

impl Text {
    pub fn span(&self, range: Range<usize>) -> Span {
        let at = |offset| self.lines.position(&self.text, offset);
        Span { file: self.shown.clone(), start: at(range.start), end: at(range.end), range }
    }

    fn of_node(&self, id: NodeId) -> Span {
        self.span(self.data.node(id).map_or(0..0, |node| node.start as usize..node.end as usize))
    }

    /// With stars in place of what Secrets hold.
    fn masked(&self) -> Shown<'static> {
        let secrets = self.data.documents.iter().flat_map(|root| secret_places(&self.data, *root));
        Shown::without(&self.text, secrets)
    }
}

impl Validated {
    /// Reads a file of objects. `named` says that it was meant by itself, and not only its folder.
    pub fn add(&mut self, disk: &Disk, file: &str, named: bool, external: bool) {
        let Some(text) = self.read(disk, file) else { return self.manifests.lacks() };
        for stranger in self.manifests.add(self.texts.len(), &text.data, external) {
            let span = text.span(place(&text.data, stranger.root, &[], true));
            let mut found = Diagnostic::error(256, Some(span), stranger.message);
            // A folder may hold files of other tools beside its objects.
            if !named {
                found.severity = Severity::Note;
                found.notes.push("it is passed over".to_owned());
            }
            self.found.push(found);
        }
        self.texts.push(text);
    }

    /// Reads the files of definitions that these paths mean.
    pub fn define_all(&mut self, disk: &Disk, paths: &[String], files: &[String], minor: u8) {
        let before = self.found.len();
        let mut is_defined = false;
        for file in files {
            is_defined |= self.define(disk, file, paths.contains(file), minor);
        }
        if !files.is_empty() && !is_defined && self.found.len() == before {
            let message = format!("nothing in {} defines a kind", paths.join(", "));
            self.found.push(Diagnostic::error(280, None, message));
        }
    }

    /// Whether the file defines a kind.
    fn define(&mut self, disk: &Disk, file: &str, named: bool, minor: u8) -> bool {
        let Some(text) = self.read(disk, file) else { return false };
        let defined = definitions(&text.data, minor);
        for problem in defined.problems {
            let span = text.of_node(problem.node);
            let mut found = Diagnostic::error(280, Some(span), problem.message);
            found.help = problem.help;
            match problem.fault {
                // What cannot be read was told so; a folder may hold other files beside its definitions.
                Fault::NoDefinition if !named || !text.data.problems.is_empty() => continue,
                Fault::NoDefinition => {}
                Fault::Refused(rule) => found.code = Code::Rule(rule).to_string(),
                Fault::Doubtful(rule) => {
                    found.code = Code::Rule(rule).to_string();
                    found.severity = Severity::Warning;
                }
            }
            self.found.push(found);
        }
        let is_defined = !defined.kinds.is_empty();
        self.manifests.define(defined.kinds);
        self.texts.push(text);
        is_defined
    }

    /// Reads a file, and tells what is wrong with it.
    fn read(&mut self, disk: &Disk, file: &str) -> Option<Text> {
        let shown = if file == "-" { STDIN } else { file };
        let text = match text_of_plain(disk, shown, shown) {
            Ok(text) => text,
            Err(error) => {
                self.unreadable = true;
                let found = Diagnostic::error(error.code, None, error.message);
                self.found.push(Diagnostic { help: error.help, ..found });
                return None;
            }
        };
        let data = match shown.ends_with(".json") {
            true => data::json(&text),
            false => data::yaml(&text),
        };
        let lines = Lines::of(&text);
        let text = Text { shown: shown.into(), text, lines, data };
        for problem in &text.data.problems {
            let span = text.of_node(problem.node);
            let mut found =
                Diagnostic::error(code_of(problem.fault), Some(span), problem.message.clone());
            found.help = problem.help.clone();
            let before = problem.before.map(|before| text.of_node(before));
            found.related.extend(before.map(|before| (before, "the first one".to_owned())));
            self.found.push(found);
        }
        Some(text)
    }

    /// Says which kinds nothing at hand defines: their objects are not held against a schema.
    fn say_unknown(&mut self) {
        for unknown in self.manifests.unknown_kinds() {
            let Some(object) = self.manifests.objects().get(unknown.first) else { continue };
            let Some(text) = self.texts.get(object.text) else { continue };
            let path = [Step::Key("kind".to_owned())];
            let span = text.span(place(&text.data, object.root, &path, false));
            let UnknownKind { api_version, kind, count, .. } = &unknown;
            let message = format!(
                "nothing here defines {kind} of {api_version}: of its objects only what holds for all is checked"
            );
            let mut found = Diagnostic::error(0, Some(span), message);
            found.code = Code::Rule("K-not-checked").to_string();
            found.severity = Severity::Note;
            if *count > 1 {
                found.notes.push(format!("there are {count} of them"));
            }
            found.help = Some("give its definition by `--crd`".to_owned());
            self.found.push(found);
        }
    }

    pub fn judge(&mut self, minor: u8, strictness: &Strictness) {
        self.say_unknown();
        let mut found = self.manifests.findings(minor, strictness);
        found.extend(self.manifests.hints(minor, strictness));
        self.say(found);
    }

    /// Makes problems at places of findings, and puts all problems in order.
    pub fn say(&mut self, findings: Vec<Finding>) {
        let found: Vec<Diagnostic> =
            findings.into_iter().filter_map(|finding| self.diagnostic(finding)).collect();
        self.found.extend(found);
        let texts = &self.texts;
        sort(&mut self.found, |file| {
            texts.iter().position(|text| *text.shown == *file).unwrap_or(usize::MAX)
        });
    }

    /// Prints what was found, and gives the exit code.
    pub fn told(
        self,
        io: &mut Io<'_>,
        format: ReportFormat,
        files: &[String],
        artefact: bool,
    ) -> u8 {
        let mut report = Report::new(format);
        let shown: Vec<(&str, Shown<'_>)> =
            self.texts.iter().map(|text| (&*text.shown, text.masked())).collect();
        let text = |path: &str| {
            shown.iter().find(|(name, _)| *name == path).map(|(_, text)| text.borrowed())
        };
        report.add(self.found, |told| rendered(&text, told.iter().copied(), io.color));
        programs::told_of(io, report, files, artefact, self.unreadable)
    }

    fn diagnostic(&self, finding: Finding) -> Option<Diagnostic> {
        let span = |object: usize, path: &[Step], names: bool| {
            let object = self.manifests.objects().get(object)?;
            let text = self.texts.get(object.text)?;
            Some(text.span(place(&text.data, object.root, path, names)))
        };
        let is_absence = finding.absence;
        let severity = match finding.level {
            Level::Error if !is_absence => Severity::Error,
            Level::Note => Severity::Note,
            _ => Severity::Warning,
        };
        let code = match finding.rule.strip_prefix('E').and_then(|number| number.parse().ok()) {
            Some(number) => Code::E(number),
            None => Code::Rule(finding.rule),
        };
        let mut notes = Vec::new();
        if let Some(root) = self.manifests.object(finding.object) {
            notes.push(field(root, &finding.path));
        }
        if is_absence {
            notes
                .push("files that show what is there already are given by `--external`".to_owned());
        }
        let related = finding.related.into_iter();
        Some(Diagnostic {
            severity,
            code: code.to_string(),
            span: Some(span(finding.object, &finding.path, finding.of_key)?),
            related: related
                .filter_map(|(of, path, why)| Some((span(of, &path, false)?, why)))
                .collect(),
            notes,
            help: finding.help.filter(|_| !is_absence),
            // What is a program elsewhere are files here.
            ..Diagnostic::error(0, None, finding.message.replace("this program", "these files"))
        })
    }
}
