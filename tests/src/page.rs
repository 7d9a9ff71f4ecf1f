//! A page of the reference or of the errors, executed. `tests/language/README.md` says how pages are written.

use std::collections::BTreeSet;
use std::path::Path;

use analysis::diagnostic::Diagnostic;
use analysis::problem::Severity;

use crate::command::{Folder, console};
use crate::executed::{Outcome, Session};
use crate::markdown::{Block, Part, parts, rewritten};

/// Runs a page; says what is wrong with it, and gives the page as it should read.
pub fn run(path: &Path) -> (Vec<String>, String) {
    let page = std::fs::read_to_string(path).unwrap();
    let mut runner = Runner::default();
    let all = parts(&page);
    for (at, part) in all.iter().enumerate() {
        match part {
            Part::Heading(level, _) if *level <= 2 => runner.fresh = true,
            Part::Heading(..) => {}
            Part::Block(block) => runner.block(block, next_block(&all, at)),
        }
    }
    let text = rewritten(&page, &runner.texts);
    (runner.wrong, text)
}

/// The block that follows in the same section.
fn next_block(parts: &[Part], at: usize) -> Option<&Block> {
    match parts.get(at + 1)? {
        Part::Heading(level, _) if *level <= 2 => None,
        Part::Heading(..) => next_block(parts, at + 1),
        Part::Block(block) => Some(block),
    }
}

#[derive(Default)]
struct Runner {
    /// A section begins: the next `dep` block begins a program.
    fresh: bool,
    session: Session,
    written: BTreeSet<String>,
    /// Files that are no text.
    bytes: Vec<(String, Vec<u8>)>,
    outcome: Option<Outcome>,
    executed: String,
    wrong: Vec<String>,
    /// What blocks should read, by the line of their fence.
    texts: Vec<(usize, String)>,
}

impl Runner {
    fn block(&mut self, block: &Block, next: Option<&Block>) {
        match block.language.as_str() {
            // A file that is no text, by its bytes.
            "hex" => {
                self.begin();
                let bytes = block.text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16));
                let bytes: Result<Vec<u8>, _> = bytes.collect();
                self.bytes.push((block.title.clone(), bytes.expect("bytes in base 16")));
            }
            // A file of more lines than a page has: of those with `{n}` in them there are so many.
            "repeated" => {
                self.begin();
                let (path, count) = block.title.rsplit_once(' ').expect("a path and a number");
                let count: usize = count.parse().expect("a number");
                let mut text = String::new();
                for line in block.text.split_inclusive('\n') {
                    let times = if line.contains("{n}") { count } else { 1 };
                    for n in 0..times {
                        let line = line.replace("{n + 1}", &(n + 1).to_string());
                        text.push_str(&line.replace("{n}", &n.to_string()));
                    }
                }
                self.session.write(path, &text);
            }
            // A file of another kind: `dep.toml`, values, data.
            language if language != "dep" && !block.title.is_empty() => {
                self.begin();
                self.session.write(&block.title, &block.text);
            }
            "dep" => {
                let path = if block.title.is_empty() { "main.dep" } else { &block.title };
                self.begin();
                check_syntax(block, &mut self.wrong);
                self.session.write(path, &block.text);
                self.written.insert(path.to_owned());
                let more_files = next.is_some_and(|next| {
                    let path = if next.title.is_empty() { "main.dep" } else { &next.title };
                    next.language == "dep" && !self.written.contains(path)
                });
                if !more_files {
                    self.check(block, path);
                }
            }
            "yaml" => {
                let yaml = self.outcome.as_ref().map_or("", |outcome| &outcome.yaml).to_owned();
                self.expect(block, yaml);
            }
            "error" => {
                let diagnostics =
                    self.outcome.as_ref().map_or(Vec::new(), |outcome| outcome.diagnostics.clone());
                let rendered = self.session.rendered(&diagnostics);
                // No line of a page ends with a blank, and marks of a terminal do.
                let lines = rendered.trim_end().lines();
                self.expect(block, lines.map(|line| format!("{}\n", line.trim_end())).collect());
            }
            "executed" => {
                let executed = self.executed.clone();
                self.expect(block, executed);
            }
            "console" => {
                let folder = Folder::new(&self.session.files().collect::<Vec<_>>());
                self.bytes.iter().for_each(|(path, bytes)| folder.write(path, bytes));
                let text = console(&folder.path(), &block.text, &["depc"]);
                self.expect(block, text);
            }
            _ => {}
        }
    }

    /// Begins a program with the first block of a section.
    fn begin(&mut self) {
        if std::mem::take(&mut self.fresh) {
            self.session = Session::default();
            self.written.clear();
            self.bytes.clear();
        }
    }

    fn expect(&mut self, block: &Block, text: String) {
        if block.text != text {
            self.wrong.push(format!(
                "line {}: this {} block should read\n{text}",
                block.line, block.language
            ));
            self.texts.push((block.line, text));
        }
    }

    fn check(&mut self, block: &Block, path: &str) {
        self.session.executed();
        let diagnostics = self.session.diagnostics(path);
        self.executed = self.session.executed_text();
        let outcome = self.session.build(path);
        assert_eq!(diagnostics, outcome.diagnostics);
        check_yaml(block, &outcome.yaml, &mut self.wrong);
        let marks: Vec<Mark> =
            self.session.files().flat_map(|(path, text)| marks(path, text)).collect();
        let mut matched = vec![false; marks.len()];
        for diagnostic in &outcome.diagnostics {
            let mut expected = false;
            for (mark, matched) in marks.iter().zip(&mut matched) {
                if mark.fits(diagnostic) {
                    expected = true;
                    *matched = true;
                }
            }
            if !expected && diagnostic.severity == Severity::Error {
                let rendered = self.session.rendered(std::slice::from_ref(diagnostic));
                self.wrong.push(format!(
                    "line {}: an error that is not expected\n{rendered}",
                    block.line
                ));
            }
        }
        for (mark, _) in marks.iter().zip(matched).filter(|(_, matched)| !matched) {
            self.wrong.push(format!("line {}: there is no such error: {mark:?}", block.line));
        }
        self.outcome = Some(outcome);
    }
}

/// `// error: E0102 "text"` at the end of a line.
#[derive(Debug)]
struct Mark {
    file: String,
    line: usize,
    severity: Severity,
    code: String,
    text: String,
}

impl Mark {
    fn fits(&self, diagnostic: &Diagnostic) -> bool {
        let here = diagnostic
            .span
            .as_ref()
            .is_some_and(|span| *span.file == *self.file && span.start.line == self.line);
        let all = [&diagnostic.message, &diagnostic.label];
        let related = diagnostic.related.iter().map(|(_, message)| message);
        let mut said =
            all.into_iter().chain(&diagnostic.notes).chain(&diagnostic.help).chain(related);
        let text = said.any(|said| said.contains(&self.text));
        here && text && diagnostic.code == self.code && diagnostic.severity == self.severity
    }
}

fn marks(file: &str, text: &str) -> Vec<Mark> {
    let severities = [
        ("# error: ", Severity::Error),
        ("// error: ", Severity::Error),
        ("// warning: ", Severity::Warning),
        ("// note: ", Severity::Note),
    ];
    let mut marks = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (prefix, severity) in severities {
            for mark in line.split(prefix).skip(1) {
                let (code, rest) = mark.trim().split_once(' ').unwrap_or((mark.trim(), ""));
                let text = rest.split("// ").next().unwrap_or_default().trim();
                marks.push(Mark {
                    file: file.to_owned(),
                    line: number + 1,
                    severity,
                    code: code.to_owned(),
                    text: text.trim_matches('"').to_owned(),
                });
            }
        }
    }
    marks
}

/// What holds for every text: its items hold all but blanks and comments, their trees hold their texts, and formatting
/// is done once.
fn check_syntax(block: &Block, wrong: &mut Vec<String>) {
    for span in syntax::cut(&block.text).items {
        let text = &block.text[span.range()];
        let parsed = syntax::Parsed::new(text);
        if parsed.tree().text() != text {
            wrong.push(format!("line {}: the tree of an item lost text", block.line));
        }
    }
    let once = syntax::format(&block.text);
    if once.problems.is_empty() {
        let twice = syntax::format(&once.text);
        if twice.text != once.text {
            wrong.push(format!(
                "line {}: formatting twice changes\n{}\ninto\n{}",
                block.line, once.text, twice.text
            ));
        }
    }
}

/// Another reader must find in the YAML that there are documents, each an object of some kind.
fn check_yaml(block: &Block, yaml: &str, wrong: &mut Vec<String>) {
    use serde::Deserialize;
    for document in serde_yaml::Deserializer::from_str(yaml) {
        match serde_yaml::Value::deserialize(document) {
            Ok(value) if yaml.is_empty() || value.get("kind").is_some() => {}
            Ok(value) => wrong.push(format!("line {}: this is no object: {value:?}", block.line)),
            Err(error) => {
                wrong.push(format!("line {}: the YAML cannot be read: {error}\n{yaml}", block.line))
            }
        }
    }
}
