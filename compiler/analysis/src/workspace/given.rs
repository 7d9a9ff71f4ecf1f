//! What the command line puts on a program: `-f values.yaml`, then `--set`, then `--set-file`, each above those before.
//!
//! All become settings, `path=value`, of which the value is read by the type of the field. A file of values is cut into
//! one for each of its scalars and lists, which know where they stand in it.

use std::ops::Range;
use std::sync::Arc;

use kube::data::{Data, NodeId, Value, json, yaml};

use crate::diagnostic::{Diagnostic, span};
use crate::limits;
use crate::path;
use crate::workspace::text::{Unreadable, text_of_plain};
use crate::workspace::{Files, Options};

/// What `--set` is called where the path of a file would stand.
pub const SET: &str = "--set";
/// The same of `--set-file`.
pub const SET_FILE: &str = "--set-file";

/// What would make another sign of the `=` before it: `==`, `=>`, `=+`.
pub const GLUED: [char; 3] = ['=', '>', '+'];
/// What keeps them apart.
pub const APART: char = ' ';

/// Settings that are shown in one text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    pub path: Arc<str>,
    /// What messages show.
    pub text: String,
    pub settings: Vec<Setting>,
}

/// `path=value`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Setting {
    /// The first name of the path.
    pub name: String,
    /// As the elaborator reads it.
    pub text: String,
    /// Where parts of `text` stand in what is shown, in order; what is between two belongs to the first.
    pub pieces: Vec<Piece>,
}

/// Where a part of a setting begins, and the stretch of the shown text that it is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    pub start: usize,
    pub shown: Range<usize>,
    /// The two read alike, byte by byte.
    pub same: bool,
}

impl Setting {
    /// The stretch of the shown text that a stretch of the setting's own is made of.
    pub fn shown(&self, range: Range<usize>) -> Range<usize> {
        let at = self.pieces.partition_point(|piece| piece.start <= range.start);
        let Some(piece) = self.pieces.get(at.saturating_sub(1)) else { return 0..0 };
        if !piece.same {
            return piece.shown.clone();
        }
        let start = (piece.shown.start + range.start - piece.start).min(piece.shown.end);
        start..(start + range.len()).min(piece.shown.end)
    }

    /// A setting whose path stands in a command line, from `start` on of what is shown.
    fn of_path(path: &str, start: usize) -> Self {
        let mut setting = Self::default();
        for (at, segment) in path::segments(path).into_iter().enumerate() {
            if at == 0 {
                setting.name = segment.name.clone();
            } else {
                setting.text.push('.');
            }
            let shown = start + segment.at.start..start + segment.at.end;
            let number = segment.bracket && segment.name.parse::<usize>().is_ok();
            // A number may be meant as that of an element, which no layer knows. What stands in brackets is meant as it is.
            match number || (is_name(&segment.name) && !segment.bracket) {
                true => setting.push(&segment.name, shown),
                false => setting.push(&quoted(&segment.name), shown),
            }
            let written = path.get(segment.at);
            if let Some(piece) = setting.pieces.last_mut() {
                piece.same = written == setting.text.get(piece.start..);
            }
        }
        setting.text.push('=');
        setting
    }

    fn push(&mut self, text: &str, shown: Range<usize>) {
        self.pieces.push(Piece { start: self.text.len(), shown, same: false });
        self.text.push_str(text);
    }
}

/// What the options of a program give, lowest first, and what is wrong with the files that they name.
pub fn given(files: &dyn Files, options: &Options) -> (Vec<Given>, Vec<Diagnostic>) {
    let mut given = Vec::new();
    let mut problems = Vec::new();
    let unreadable = |error: Unreadable| Diagnostic::error(error.code, None, error.message);
    for path in &options.values {
        match text_of_plain(files, path, path) {
            Ok(text) => given.push(values(path, text, &mut problems)),
            Err(error) => problems.push(unreadable(error)),
        }
    }
    if options.varied || !options.settings.is_empty() {
        given.push(settings(&options.settings));
    }
    if !options.files.is_empty() {
        let mut all = Given { path: SET_FILE.into(), text: String::new(), settings: Vec::new() };
        for setting in &options.files {
            let (path, file) = path::setting(setting).unwrap_or((setting, ""));
            let start = all.text.len();
            all.text.push_str(setting);
            all.text.push('\n');
            match text_of_plain(files, file, file) {
                Ok(text) => all.settings.push(of_file(path, file, &text, start)),
                Err(error) => problems.push(unreadable(error)),
            }
        }
        given.push(all);
    }
    (given, problems)
}

/// The stretches of a shown text of some length of which no setting is made.
pub(super) fn unread(settings: &[Setting], length: usize) -> Vec<Range<usize>> {
    let pieces = settings.iter().flat_map(|setting| &setting.pieces);
    let mut read: Vec<Range<usize>> = pieces.map(|piece| piece.shown.clone()).collect();
    read.sort_unstable_by_key(|range| (range.start, range.end));
    let mut unread = Vec::new();
    let mut at = 0;
    for range in read {
        if at < range.start {
            unread.push(at..range.start);
        }
        at = at.max(range.end);
    }
    unread.push(at..length);
    unread
}

/// `--set`: what is shown is what was typed.
pub(super) fn settings(options: &[String]) -> Given {
    let mut given = Given { path: SET.into(), text: String::new(), settings: Vec::new() };
    for option in options {
        let start = given.text.len();
        given.text.push_str(option);
        let end = given.text.len();
        given.text.push('\n');
        let (path, value) = path::setting(option).unwrap_or((option, ""));
        let mut setting = Setting::of_path(path, start);
        if value.starts_with(GLUED) {
            setting.text.push(APART);
        }
        setting.push(value, end - value.len()..end);
        if let Some(piece) = setting.pieces.last_mut() {
            piece.same = true;
        }
        given.settings.push(setting);
    }
    given
}

/// `--set-file PATH=FILE`, which is shown from `start` on.
fn of_file(path: &str, file: &str, text: &str, start: usize) -> Setting {
    let mut setting = Setting::of_path(path, start);
    let value = start + path.len() + 1;
    setting.push(&quoted(text), value..value + file.len());
    setting
}

/// `-f values.yaml`.
fn values(path: &str, text: String, problems: &mut Vec<Diagnostic>) -> Given {
    let data = if path.ends_with(".json") { json(&text) } else { yaml(&text) };
    let mut reader =
        Reader { path, text: &text, data: &data, settings: Vec::new(), is_full: false, problems };
    for problem in &data.problems {
        reader.report(problem.node, problem.message.clone(), problem.help.clone());
    }
    match data.documents.as_slice() {
        [] => {}
        [root] => match data.node(*root).map(|node| &node.value) {
            Some(Value::Map(_)) => reader.map(*root, &mut Vec::new()),
            Some(Value::Broken) | None => {}
            Some(_) => {
                let help = "write the names of fields, each with its value: `tag: v2`";
                reader.report(*root, "a file of values is a map".to_owned(), Some(help.to_owned()));
            }
        },
        [_, second, ..] => {
            reader.report(*second, "a file of values is one document".to_owned(), None);
        }
    }
    let settings = reader.settings;
    Given { path: path.into(), settings, text }
}

struct Reader<'r, 'p> {
    path: &'r str,
    text: &'r str,
    data: &'r Data,
    settings: Vec<Setting>,
    /// There are more than may be.
    is_full: bool,
    problems: &'p mut Vec<Diagnostic>,
}

impl<'r> Reader<'r, '_> {
    /// The settings of a map whose fields lie below the keys of `path`.
    fn map(&mut self, id: NodeId, path: &mut Vec<NodeId>) {
        let Some(Value::Map(entries)) = self.value(id) else { return };
        for entry in entries {
            path.push(entry.key);
            match self.value(entry.value) {
                Some(Value::Map(inner)) if !inner.is_empty() => self.map(entry.value, path),
                Some(Value::Broken) | None => {}
                Some(Value::Null) => {
                    let help =
                        "leave the key out; what a layer removes is said in an overlay: `unset x`";
                    self.report(
                        entry.value,
                        "null is no value to set".to_owned(),
                        Some(help.to_owned()),
                    );
                }
                Some(_) if self.settings.len() >= limits::SETTINGS => {
                    if !self.is_full {
                        let most = limits::SETTINGS;
                        let message = format!("a file of values sets at most {most} fields");
                        let help = "data is read by `import`, whole and without being set";
                        self.report(entry.value, message, Some(help.to_owned()));
                    }
                    self.is_full = true;
                }
                Some(_) => self.setting(path, entry.value),
            }
            path.pop();
        }
    }

    fn setting(&mut self, path: &[NodeId], value: NodeId) {
        let mut setting = Setting::default();
        for (at, key) in path.iter().enumerate() {
            let name = self.string(*key);
            if at == 0 {
                setting.name = name.to_owned();
            } else {
                setting.text.push('.');
            }
            setting.push(&written_key(name), self.range(*key));
        }
        setting.text.push('=');
        let scalar = self.written(value);
        match self.value(value) {
            // A text that is written as the type of a field wants it: `500m`, `2..10`.
            Some(Value::Str(text)) if is_bare(text) => setting.push(text, self.range(value)),
            Some(Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
                setting.push(scalar, self.range(value));
            }
            _ => self.expression(value, &mut setting),
        }
        self.settings.push(setting);
    }

    /// A value as `.dep` writes it.
    fn expression(&self, id: NodeId, to: &mut Setting) {
        let range = self.range(id);
        match self.value(id) {
            Some(Value::Str(text)) => to.push(&quoted(text), range),
            Some(Value::Bool(value)) => to.push(&value.to_string(), range),
            Some(Value::Int(value)) => to.push(&value.to_string(), range),
            Some(Value::Float(_)) => to.push(self.written(id), range),
            Some(Value::List(elements)) => {
                to.push("[", range);
                for (at, element) in elements.iter().enumerate() {
                    to.text.push_str(if at > 0 { ", " } else { "" });
                    self.expression(*element, to);
                }
                to.text.push(']');
            }
            Some(Value::Map(entries)) => {
                to.push("{", range);
                for (at, entry) in entries.iter().enumerate() {
                    to.text.push_str(if at > 0 { ", " } else { " " });
                    to.push(&written_key(self.string(entry.key)), self.range(entry.key));
                    to.text.push_str(" = ");
                    self.expression(entry.value, to);
                }
                to.text.push_str(if entries.is_empty() { "}" } else { " }" });
            }
            Some(Value::Null | Value::Broken) | None => to.push("null", range),
        }
    }

    fn value(&self, id: NodeId) -> Option<&'r Value> {
        let data: &'r Data = self.data;
        data.node(id).map(|node| &node.value)
    }

    fn string(&self, id: NodeId) -> &'r str {
        match self.value(id) {
            Some(Value::Str(text)) => text,
            _ => "",
        }
    }

    fn range(&self, id: NodeId) -> Range<usize> {
        self.data.node(id).map_or(0..0, |node| node.start as usize..node.end as usize)
    }

    fn written(&self, id: NodeId) -> &'r str {
        self.text.get(self.range(id)).unwrap_or_default()
    }

    fn report(&mut self, id: NodeId, message: String, help: Option<String>) {
        let at = span(self.path.into(), self.text, self.range(id));
        let mut problem = Diagnostic::error(708, Some(at), message);
        problem.help = help;
        self.problems.push(problem);
    }
}

/// Whether a text can be meant for a field that is no text: a quantity, a duration, a range, one of some names.
fn is_bare(text: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphanumeric();
    text.starts_with(starts)
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '%' | '-'))
        && !matches!(text, "true" | "false" | "null")
        && text.parse::<f64>().is_err()
}

/// A text as `.dep` writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A key as `.dep` writes it.
fn written_key(key: &str) -> String {
    if is_name(key) { key.to_owned() } else { quoted(key) }
}

/// Whether `.dep` writes a key without quotes.
fn is_name(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Memory;

    fn of(text: &str) -> (Vec<String>, Vec<String>) {
        let mut files = Memory::default();
        files.write("v.yaml", text);
        let options = Options { values: vec!["v.yaml".to_owned()], ..Options::default() };
        let (given, problems) = given(&files, &options);
        let settings = given.into_iter().flat_map(|given| given.settings);
        (
            settings.map(|setting| setting.text).collect(),
            problems.into_iter().map(|problem| problem.message).collect(),
        )
    }

    #[test]
    fn values_are_cut_into_settings() {
        let (settings, problems) = of(
            "tag: 1.10\napp:\n  scale: 2..4\n  labels: {a/b: \"no\", c: yes}\n  args: [a, 1, \"2\"]\n  text: |\n    x\n    \"y\"\nempty: {}\nport: \"80\"\n",
        );
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(
            settings,
            [
                "tag=1.10",
                "app.scale=2..4",
                "app.labels.\"a/b\"=no",
                "app.labels.c=yes",
                "app.args=[\"a\", 1, \"2\"]",
                "app.text=\"x\\n\\\"y\\\"\\n\"",
                "empty={}",
                "port=\"80\"",
            ]
        );
    }

    #[test]
    fn what_is_no_map_of_values_is_told() {
        assert_eq!(of("- a\n").1, ["a file of values is a map"]);
        assert_eq!(of("a: 1\n---\nb: 1\n").1, ["a file of values is one document"]);
        assert_eq!(of("a: ~\n").1, ["null is no value to set"]);
        assert_eq!(of("").1, Vec::<String>::new());
    }

    #[test]
    fn a_path_of_the_command_line_is_written_as_dep_does() {
        for (typed, read, shown) in [
            ("app.scale=2..4", "app.scale=2..4", ["app", "2..4"]),
            ("containers[web].image=a=b", "containers.\"web\".image=a=b", ["containers", "a=b"]),
            (" labels['a=b'] =c", "labels.\"a=b\"=c", ["labels", "c"]),
            (r"labels.a\.b/c=", "labels.\"a.b/c\"=", ["labels", ""]),
        ] {
            let given = settings(&[typed.to_owned()]);
            let setting = &given.settings[0];
            assert_eq!(setting.text, read);
            assert_eq!(setting.name, shown[0]);
            let at = |text: &str| {
                let start = setting.text.rfind(text).unwrap_or_default();
                &given.text[setting.shown(start..start + text.len())]
            };
            assert_eq!([at(shown[0]), at(shown[1])], shown, "{typed}");
        }
        let given = settings(&["labels['a=b'].c=d".to_owned()]);
        // What is quoted in another way is shown whole.
        assert_eq!(&given.text[given.settings[0].shown(7..9)], "'a=b'");
    }
}
