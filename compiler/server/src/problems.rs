//! What is wrong, as the client is told: sent whenever it changes, or given when it asks.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use analysis::diagnostic::Diagnostic;
use analysis::problem::Severity;
use analysis::workspace::joined;
use gen_lsp_types as lsp;
use serde_json::{Value, json};

use crate::lines::Lines;
use crate::project::Project;
use crate::server::Server;
use crate::snapshot::{SCHEME, address};
use crate::uri::uri_of;

/// The addresses and lines of files that problems speak of, each found once: ten thousand may speak of one.
type Texts = BTreeMap<String, (String, Lines)>;

/// Fewer programs than this are looked at without a word.
const MANY: usize = 50;

impl Server {
    /// Sends what is wrong with files of a project, where that is not what was sent before.
    pub(crate) fn publish(&mut self, root: &str, files: &[Arc<str>]) {
        if self.client.pulls {
            return;
        }
        for file in files {
            let path = joined(root, file);
            let found = self.problems_of(&path);
            self.send_problems(path, found);
        }
    }

    /// Takes back what was sent of files that are in no project any more.
    pub(crate) fn withdraw(&mut self) {
        let gone: Vec<String> =
            self.published.keys().filter(|path| self.found(path).is_empty()).cloned().collect();
        for path in gone {
            self.send_problems(path, Vec::new());
        }
    }

    fn send_problems(&mut self, path: String, found: Vec<lsp::Diagnostic>) {
        let before = self.published.get(&path);
        if before.is_some_and(|before| *before == found) || (before.is_none() && found.is_empty()) {
            return;
        }
        let document = self.documents.get(&path);
        self.notify::<lsp::PublishDiagnosticsNotification>(lsp::PublishDiagnosticsParams {
            uri: document.map_or_else(|| uri_of(&path), |document| document.uri.clone()).into(),
            version: document.map(|document| document.version),
            diagnostics: found.clone(),
        });
        match found.is_empty() {
            true => self.published.remove(&path),
            false => self.published.insert(path, found),
        };
    }

    /// What is wrong with a file in any program of any project, each once.
    pub(crate) fn found(&self, path: &str) -> Vec<Diagnostic> {
        let mut homes = self.homes(path).filter(|home| home.has(home.shown(path)));
        let first = homes.next().map(|home| home.found(home.shown(path)));
        let mut all = first.unwrap_or_default();
        let key = |found: &Diagnostic| {
            let at = found.span.as_ref().map(|span| span.range.start);
            (at, found.code.clone(), found.message.clone())
        };
        for home in homes {
            let known: BTreeSet<_> = all.iter().map(key).collect();
            let further = home.found(home.shown(path)).into_iter();
            all.extend(further.filter(|found| !known.contains(&key(found))));
        }
        all
    }

    /// What is wrong with a file, as the protocol says it.
    pub(crate) fn problems_of(&self, path: &str) -> Vec<lsp::Diagnostic> {
        let Some(project) = self.homes(path).find(|home| home.has(home.shown(path))) else {
            return Vec::new();
        };
        let mut texts = Texts::new();
        let found = self.found(path);
        let file = project.shown(path);
        found.iter().map(|found| self.problem(project, found, file, &mut texts)).collect()
    }

    fn problem(
        &self,
        project: &Project,
        found: &Diagnostic,
        file: &str,
        texts: &mut Texts,
    ) -> lsp::Diagnostic {
        let at = found.span.as_ref().map_or(0..0, |span| span.range.clone());
        let range = self.location(project, file, &at, texts).range;
        let mut message = found.message.clone();
        if !found.label.is_empty() {
            message.push_str(": ");
            message.push_str(&found.label);
        }
        for note in &found.notes {
            message.push('\n');
            message.push_str(note);
        }
        if let Some(help) = &found.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        let related: Vec<lsp::DiagnosticRelatedInformation> = found
            .related
            .iter()
            .map(|(span, message)| lsp::DiagnosticRelatedInformation {
                location: self.location(project, &span.file, &span.range, texts),
                message: message.clone(),
            })
            .collect();
        let unused = found.code == "E0273";
        lsp::Diagnostic {
            range,
            severity: Some(match found.severity {
                Severity::Error => lsp::DiagnosticSeverity::Error,
                Severity::Warning => lsp::DiagnosticSeverity::Warning,
                Severity::Note => lsp::DiagnosticSeverity::Information,
            }),
            code: Some(lsp::Code::String(found.code.clone())),
            code_description: self.disk.page(&found.code).map(|_| lsp::CodeDescription {
                href: format!("{SCHEME}:/page/{}.md", found.code).into(),
            }),
            source: Some("depc".to_owned()),
            message: lsp::Message::String(message),
            tags: unused.then(|| vec![lsp::DiagnosticTag::Unnecessary]),
            related_information: (!related.is_empty()).then_some(related),
            data: None,
        }
    }

    fn location(
        &self,
        project: &Project,
        file: &str,
        range: &Range<usize>,
        texts: &mut Texts,
    ) -> lsp::Location {
        let text = project.workspace.text(file).unwrap_or_default();
        if !texts.contains_key(file) {
            let uri = match self.documents.get(&project.path(file)) {
                Some(document) => document.uri.clone(),
                None => address(&project.workspace, &project.root, file),
            };
            texts.insert(file.to_owned(), (uri, Lines::of(text)));
        }
        let known = texts.get(file);
        let range = known.map(|(_, lines)| lines.range(text, range, self.client.encoding));
        let uri = known.map(|(uri, _)| uri.clone()).unwrap_or_default();
        lsp::Location { uri: uri.into(), range: range.unwrap_or_default() }
    }

    /// What is wrong with one document, or nothing where that is not known yet.
    pub(crate) fn pulled(&mut self, uri: &str, before: Option<&str>) -> Option<Value> {
        let path = self.path(uri)?;
        let mut homes = self.homes(&path).peekable();
        homes.peek()?;
        if !homes.all(|home| home.is_settled(home.shown(&path))) {
            return None;
        }
        let items = self.problems_of(&path);
        let id = result_id(&items);
        Some(match before == Some(&*id) {
            true => json!({ "kind": "unchanged", "resultId": id }),
            false => json!({ "kind": "full", "resultId": id, "items": items }),
        })
    }

    /// What is wrong with all files, or nothing where that is not known yet.
    pub(crate) fn pulled_all(&self, before: &[lsp::PreviousResultId]) -> Option<Value> {
        if self.projects.values().any(|project| project.progress().0 > 0) {
            return None;
        }
        let mut reports = Vec::new();
        let mut told = BTreeSet::new();
        for project in self.projects.values() {
            for file in project.troubled() {
                let path = project.path(file);
                let open = self.documents.get(&path);
                let uri = open.map_or_else(|| uri_of(&path), |open| open.uri.clone());
                if told.contains(&uri) {
                    continue;
                }
                let items = self.problems_of(&path);
                let id = result_id(&items);
                let known = before.iter().find(|known| known.uri.as_ref() == uri);
                let version = open.map(|open| open.version);
                reports.push(match known.is_some_and(|known| known.value == id) {
                    true => json!({ "kind": "unchanged", "resultId": id, "uri": uri, "version": version }),
                    false => json!({
                        "kind": "full", "resultId": id, "uri": uri, "version": version, "items": items,
                    }),
                });
                told.insert(uri);
            }
        }
        // What was wrong and is not any more is said too.
        let empty = result_id(&[]);
        for known in before.iter().filter(|known| !told.contains(known.uri.as_ref())) {
            reports.push(match known.value == empty {
                true => json!({ "kind": "unchanged", "resultId": empty, "uri": known.uri, "version": null }),
                false => json!({
                    "kind": "full", "resultId": empty, "uri": known.uri, "version": null, "items": [],
                }),
            });
        }
        Some(json!({ "items": reports }))
    }

    /// Shows how far the search for problems is, where there is much to search.
    pub(crate) fn report_progress(&mut self, busy: bool) {
        if !self.client.shows_progress {
            return;
        }
        let progress = self.projects.values().map(Project::progress);
        let (left, all) = progress.fold((0, 0), |(left, all), (l, a)| (left + l, all + a));
        let value = match (self.progress, busy) {
            (None, true) if left > MANY => {
                let token = i32::try_from(self.revision % 1_000_000).unwrap_or_default();
                self.progress = Some(token);
                self.ask::<lsp::WorkDoneProgressCreateRequest>(lsp::WorkDoneProgressCreateParams {
                    token: lsp::ProgressToken::Int(token),
                });
                json!({ "kind": "begin", "title": "depc: checking programs", "percentage": 0 })
            }
            (Some(_), true) if left % MANY == 0 => {
                let done = all.saturating_sub(left);
                json!({
                    "kind": "report", "message": format!("{done}/{all}"),
                    "percentage": done * 100 / all.max(1),
                })
            }
            (Some(_), false) => json!({ "kind": "end" }),
            _ => return,
        };
        let Some(token) = self.progress else { return };
        if !busy {
            self.progress = None;
        }
        let token = lsp::ProgressToken::Int(token);
        self.notify::<lsp::ProgressNotification>(lsp::ProgressParams { token, value });
    }
}

/// What tells one answer from another: the same problems have the same one.
fn result_id(items: &[lsp::Diagnostic]) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(items).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
