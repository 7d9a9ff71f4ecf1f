//! What the client tells the server: documents that open, change and close, files and folders that come and go.

use gen_lsp_types as lsp;
use lsp_server::{Notification, RequestId};
use serde::de::DeserializeOwned;

use analysis::limits::FILE_BYTES;
use analysis::workspace::lies_in;

use crate::document::Document;
use crate::server::{Server, Stage};
use crate::uri::path_of;

impl Server {
    /// Takes note of bytes that are no message.
    pub fn malformed(&mut self, reason: &str) {
        let reason: String = reason.chars().take(400).collect();
        self.log(lsp::MessageType::Warning, format!("not understood: {reason}"));
    }

    pub(crate) fn notification(&mut self, notification: Notification) {
        use lsp::LspNotificationMethod as M;
        let Notification { method, params } = notification;
        let method = M::from(method.as_str());
        match (self.stage, method) {
            (stage, M::Exit) => {
                self.stage = Stage::Exited { orderly: stage == Stage::Shutdown };
            }
            (Stage::Running, M::Initialized) => self.initialized(),
            (Stage::Running, M::CancelRequest) => {
                if let Some(params) = self.read::<lsp::CancelParams>(params) {
                    let id = match params.id {
                        lsp::Id::Int(id) => RequestId::from(id),
                        lsp::Id::String(id) => RequestId::from(id),
                    };
                    self.cancel(&id);
                }
            }
            (Stage::Running, M::TextDocumentDidOpen) => {
                if let Some(params) = self.read(params) {
                    self.opened(params);
                }
            }
            (Stage::Running, M::TextDocumentDidChange) => {
                if let Some(params) = self.read(params) {
                    self.edited(params);
                }
            }
            (Stage::Running, M::TextDocumentDidClose) => {
                if let Some(params) = self.read(params) {
                    self.closed(&params);
                }
            }
            (Stage::Running, M::WorkspaceDidChangeWatchedFiles) => {
                if let Some(params) = self.read(params) {
                    self.watched(params);
                }
            }
            (Stage::Running, M::WorkspaceDidChangeWorkspaceFolders) => {
                if let Some(params) = self.read(params) {
                    self.moved(params);
                }
            }
            _ => {}
        }
    }

    fn read<P: DeserializeOwned>(&self, params: serde_json::Value) -> Option<P> {
        match serde_json::from_value(params) {
            Ok(params) => Some(params),
            Err(error) => {
                self.log(lsp::MessageType::Warning, format!("not understood: {error}"));
                None
            }
        }
    }

    fn initialized(&mut self) {
        if self.client.watches {
            // All files, because what is embedded may be called anything.
            let watchers = vec![lsp::FileSystemWatcher {
                glob_pattern: lsp::GlobPattern::Pattern("**/*".to_owned()),
                kind: None,
            }];
            let options = lsp::DidChangeWatchedFilesRegistrationOptions { watchers };
            self.ask::<lsp::RegistrationRequest>(lsp::RegistrationParams {
                registrations: vec![lsp::Registration {
                    id: "files".to_owned(),
                    method: "workspace/didChangeWatchedFiles".to_owned(),
                    register_options: serde_json::to_value(options).ok(),
                }],
            });
        }
        for folder in self.folders.clone() {
            self.scan(&folder);
        }
    }

    /// Makes programs of all files of a folder.
    fn scan(&mut self, folder: &str) {
        for path in self.disk.dep_files(folder) {
            let path = self.disk.canonical(&path).unwrap_or(path);
            self.with(&path, |project, _, shown| project.add(shown));
        }
    }

    fn opened(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let lsp::TextDocumentItem { uri, version, text, .. } = params.text_document;
        let Some(path) = self.path(uri.as_ref()) else { return };
        self.documents.insert(path.clone(), Document::new(uri.0, version, text));
        self.revision += 1;
        // A file that is not saved yet may be one that others miss.
        if !self.disk.exists(&path) {
            self.with_all(&path, |project, _, _| project.appear());
        }
    }

    fn edited(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let document = params.text_document;
        let Some(path) = self.path(document.text_document_identifier.uri.as_ref()) else { return };
        let encoding = self.client.encoding;
        match self.documents.get_mut(&path) {
            Some(open) => open.change(document.version, params.content_changes, encoding),
            None => self.malformed("a change of a document that is not open"),
        }
    }

    fn closed(&mut self, params: &lsp::DidCloseTextDocumentParams) {
        let Some(path) = self.path(params.text_document.uri.as_ref()) else { return };
        if self.documents.remove(&path).is_some() {
            self.tokens.forget(&path);
            self.on_disk(&path);
        }
    }

    fn watched(&mut self, params: lsp::DidChangeWatchedFilesParams) {
        for event in params.changes {
            let Some(path) = self.path(event.uri.as_ref()) else { continue };
            // What is open is what the client says it is.
            if !self.documents.contains_key(&path) && !path.contains("/.") {
                self.on_disk(&path);
            }
        }
        if self.client.pulls_again {
            self.ask::<lsp::DiagnosticRefreshRequest>(());
        }
    }

    /// Makes a file what it is on disk.
    fn on_disk(&mut self, path: &str) {
        self.revision += 1;
        let bytes = self.disk.read(path, FILE_BYTES).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let is_there = self.disk.exists(path);
        let of_project = matches!(path.rsplit('/').next(), Some("dep.toml" | "dep.lock"));
        if of_project {
            // Roots may be others now, so that all is read anew.
            return self.restart();
        }
        let is_program = path.ends_with(".dep") && is_there;
        let gone = self.with(path, |project, _, shown| match is_program {
            true => {
                project.add(shown);
                Vec::new()
            }
            false => project.remove(shown),
        });
        self.with_all(path, |project, files, shown| match &text {
            Some(text) => project.edit(files, shown, text),
            None => project.vanish(files, shown),
        });
        let root = self.root_of(path);
        self.publish(&root, &gone);
    }

    /// Forgets all projects, and finds them again.
    fn restart(&mut self) {
        self.projects.clear();
        self.documents.values_mut().for_each(|document| document.changed = true);
        for folder in self.folders.clone() {
            self.scan(&folder);
        }
        self.withdraw();
    }

    fn moved(&mut self, params: lsp::DidChangeWorkspaceFoldersParams) {
        let path = |folder: &lsp::WorkspaceFolder| {
            let path = path_of(folder.uri.as_ref())?.trim_end_matches('/').to_owned();
            Some(self.disk.canonical(&path).unwrap_or(path))
        };
        let removed: Vec<String> = params.event.removed.iter().filter_map(path).collect();
        let added: Vec<String> = params.event.added.iter().filter_map(path).collect();
        self.revision += 1;
        self.folders.retain(|folder| !removed.contains(folder));
        let gone = |root: &String| {
            let within = |folders: &[String]| folders.iter().any(|folder| lies_in(root, folder));
            within(&removed) && !within(&self.folders)
        };
        self.projects.retain(|root, _| !gone(root));
        self.documents.values_mut().for_each(|document| document.changed = true);
        for folder in added {
            self.scan(&folder);
            self.folders.push(folder);
        }
        self.withdraw();
    }
}
