//! The server: takes a message, gives messages.
//!
//! One thread writes: it takes messages in order, changes the workspaces, and hands questions to other threads, with a
//! copy of what they are about. A change makes those give up that compute something on an older state, and they are
//! asked again. Nothing here reads or writes a stream, so that tests drive it as an editor does.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use analysis::db::Log;
use analysis::diagnostic::Diagnostic;
use analysis::problems::problems;
use analysis::workspace::{Stopper, joined, lies_in};
use crossbeam_channel::{Receiver, Sender, unbounded};
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::Value;

use crate::capabilities::capabilities;
use crate::client::Client;
use crate::document::Document;
use crate::files::{Disk, View};
use crate::pool::{Ended, Pool, ended, reason};
use crate::project::Project;
use crate::requests::{self, Answer, Further};

/// Where a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Nothing was agreed on yet.
    New,
    Running,
    /// Only `exit` is to come.
    Shutdown,
    /// `exit` came. `orderly` says that `shutdown` came before it.
    Exited {
        orderly: bool,
    },
}

/// What another thread came to.
pub(crate) enum Outcome {
    Answer { run: u64, ended: Ended<Answer> },
    Checked { root: String, path: String, revision: u64, ended: Ended<Vec<Diagnostic>> },
}

/// A request that another thread answers.
struct Running {
    id: RequestId,
    stoppers: Vec<Stopper>,
    is_taken_back: bool,
}

pub struct Server {
    pub(crate) disk: Box<dyn Disk>,
    pub(crate) client: Client,
    pub(crate) stage: Stage,
    pub(crate) folders: Vec<String>,
    /// By root.
    pub(crate) projects: BTreeMap<String, Project>,
    /// What is open, by canonical path.
    pub(crate) documents: BTreeMap<String, Document>,
    /// What was asked and is not answered.
    pub(crate) asked: BTreeMap<RequestId, Request>,
    /// Those of them that wait until all is known that they are about.
    pub(crate) waiting: BTreeSet<RequestId>,
    /// The diagnostics that the client has, by canonical path, where there are any.
    pub(crate) published: BTreeMap<String, Vec<lsp::Diagnostic>>,
    /// Semantic tokens that the client has, by canonical path.
    pub(crate) tokens: requests::Tokens,
    /// What is made of programs, as far as it was shown: of which program, by address. The client is told when it may
    /// be another.
    pub(crate) shown: BTreeMap<String, String>,
    /// What else is answered, by method.
    pub(crate) further: BTreeMap<String, Further>,
    /// Where the workspaces write which queries run.
    pub(crate) queries: Option<Log>,
    /// What other threads are answering, by number: a client may give an id again as soon as it has its answer.
    running: BTreeMap<u64, Running>,
    runs: u64,
    /// A program is being looked at.
    checking: bool,
    /// How many times something changed.
    pub(crate) revision: u64,
    pub(crate) progress: Option<i32>,
    next_id: i32,
    pool: Pool,
    ends: Sender<Outcome>,
    outcomes: Receiver<Outcome>,
    pub(crate) out: Sender<Message>,
}

impl Server {
    /// A server, and what it says.
    pub fn new(disk: Box<dyn Disk>) -> (Self, Receiver<Message>) {
        let (ends, outcomes) = unbounded();
        let (out, said) = unbounded();
        let server = Self {
            disk,
            client: Client::default(),
            stage: Stage::New,
            folders: Vec::new(),
            projects: BTreeMap::new(),
            documents: BTreeMap::new(),
            asked: BTreeMap::new(),
            waiting: BTreeSet::new(),
            published: BTreeMap::new(),
            tokens: requests::Tokens::default(),
            shown: BTreeMap::new(),
            further: BTreeMap::new(),
            queries: None,
            running: BTreeMap::new(),
            runs: 0,
            checking: false,
            revision: 0,
            progress: None,
            next_id: 0,
            pool: Pool::default(),
            ends,
            outcomes,
            out,
        };
        (server, said)
    }

    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Has the workspaces that are made from now on write which queries run.
    pub fn log_queries(&mut self, log: Log) {
        self.queries = Some(log);
    }

    /// Answers requests of another method, on the thread and with the care of all others.
    pub fn answer_with(&mut self, method: &str, run: Further) {
        self.further.insert(method.to_owned(), run);
    }

    /// Takes a message. A panic answers it with an error, and the server goes on.
    pub fn accept(&mut self, message: Message) {
        let id = match &message {
            Message::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        let taken = catch_unwind(AssertUnwindSafe(|| match message {
            Message::Request(request) => self.request(request),
            Message::Notification(notification) => self.notification(notification),
            // What the server asks of a client needs no answer.
            Message::Response(_) => {}
        }));
        if let Err(panic) = taken {
            self.failed(id, &reason(&*panic));
        }
    }

    /// Makes the workspaces know what the client changed, and looks for problems. Called when no further message waits,
    /// so that many changes are one.
    pub fn idle(&mut self) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.flush();
            self.answer_waiting();
            self.check();
        }));
        if let Err(panic) = done {
            self.checking = false;
            self.failed(None, &reason(&*panic));
        }
    }

    /// What the other threads come to; [`Server::take`] takes it.
    pub(crate) fn outcomes(&self) -> &Receiver<Outcome> {
        &self.outcomes
    }

    /// Takes what another thread came to.
    pub(crate) fn take(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Answer { run, ended } => self.take_answer(run, ended),
            Outcome::Checked { root, path, revision, ended } => {
                self.checking = false;
                self.take_check(&root, &path, revision, ended);
            }
        }
    }

    /// Goes on until all that was asked is answered and all problems are known.
    pub fn settle(&mut self) {
        self.idle();
        while self.checking || self.asked.keys().any(|id| !self.waiting.contains(id)) {
            let Ok(outcome) = self.outcomes.recv() else { break };
            self.take(outcome);
            self.idle();
        }
    }

    fn failed(&mut self, id: Option<RequestId>, reason: &str) {
        let message = format!("depc failed, which is a defect of it: {reason}");
        if let Some(id) = id {
            self.asked.remove(&id);
            self.waiting.remove(&id);
            self.send(Response::new_err(id, ErrorCode::InternalError as i32, message.clone()));
        }
        self.log(lsp::MessageType::Error, message);
    }

    pub(crate) fn log(&self, kind: lsp::MessageType, message: String) {
        let params = lsp::LogMessageParams { kind, message };
        self.notify::<lsp::LogMessageNotification>(params);
    }

    pub(crate) fn send(&self, message: impl Into<Message>) {
        // A client that does not listen any more is about to end the session.
        let _ = self.out.send(message.into());
    }

    pub(crate) fn notify<N: lsp::Notification>(&self, params: N::Params) {
        if let Ok(params) = serde_json::to_value(params) {
            self.send(Notification { method: N::METHOD.as_str().to_owned(), params });
        }
    }

    /// Asks something of the client, whose answer says nothing.
    pub(crate) fn ask<R: lsp::Request>(&mut self, params: R::Params) {
        self.next_id += 1;
        let id = RequestId::from(format!("depc-{}", self.next_id));
        if let Ok(params) = serde_json::to_value(params) {
            self.send(Request { id, method: R::METHOD.as_str().to_owned(), params });
        }
    }

    // ---- requests ----

    fn request(&mut self, request: Request) {
        let refuse = |code: ErrorCode, message: &str| {
            Response::new_err(request.id.clone(), code as i32, message.to_owned())
        };
        match (self.stage, request.method.as_str()) {
            (Stage::New, "initialize") => self.initialize(request),
            (Stage::New, _) => {
                let refused = refuse(ErrorCode::ServerNotInitialized, "initialize comes first");
                self.send(refused);
            }
            (Stage::Running, "initialize") => {
                self.send(refuse(ErrorCode::InvalidRequest, "initialize comes once"));
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::Shutdown;
                self.send(Response::new_ok(request.id, Value::Null));
            }
            (Stage::Running, _) => {
                self.asked.insert(request.id.clone(), request.clone());
                self.ask_again(request);
            }
            _ => self.send(refuse(ErrorCode::InvalidRequest, "the server is shut down")),
        }
    }

    fn initialize(&mut self, request: Request) {
        self.client = Client::of(&request.params);
        let found = std::mem::take(&mut self.client.folders);
        self.folders =
            found.into_iter().map(|path| self.disk.canonical(&path).unwrap_or(path)).collect();
        self.stage = Stage::Running;
        let result = lsp::InitializeResult {
            capabilities: capabilities(&self.client),
            server_info: Some(lsp::ServerInfo {
                name: "depc".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        };
        let result = serde_json::to_value(result).unwrap_or_default();
        self.send(Response::new_ok(request.id, result));
    }

    /// Has a request answered on another thread.
    pub(crate) fn ask_again(&mut self, request: Request) {
        self.flush();
        let id = request.id.clone();
        let of = match requests::of(self, &request) {
            Ok(of) => of,
            Err(refused) => {
                self.asked.remove(&id);
                return self.send(Response { id, response_result: Err(refused) });
            }
        };
        let (run, stoppers) = match of {
            requests::Of::Waits => {
                self.waiting.insert(id);
                return;
            }
            requests::Of::Now(value) => {
                self.asked.remove(&id);
                return self.send(Response::new_ok(id, value));
            }
            requests::Of::Later(run, stoppers) => (run, stoppers),
        };
        self.runs += 1;
        let run_number = self.runs;
        self.running.insert(run_number, Running { id, stoppers, is_taken_back: false });
        let ends = self.ends.clone();
        self.pool.answer(move || {
            let ended = ended(run);
            // Whoever is to take it may be gone.
            let _ = ends.send(Outcome::Answer { run: run_number, ended });
        });
    }

    fn take_answer(&mut self, run: u64, ended: Ended<Answer>) {
        let Some(Running { id, is_taken_back: false, .. }) = self.running.remove(&run) else {
            return;
        };
        match ended {
            Ended::Done(answer) => {
                self.asked.remove(&id);
                if let Some((path, tokens)) = answer.tokens {
                    self.tokens.keep(path, tokens);
                }
                self.send(Response { id, response_result: answer.value });
            }
            Ended::Interrupted => {
                if let Some(request) = self.asked.get(&id).cloned() {
                    self.ask_again(request);
                }
            }
            Ended::Failed(reason) => self.failed(Some(id), &reason),
        }
    }

    fn answer_waiting(&mut self) {
        for id in self.waiting.clone() {
            let Some(request) = self.asked.get(&id).cloned() else {
                self.waiting.remove(&id);
                continue;
            };
            self.waiting.remove(&id);
            self.ask_again(request);
        }
    }

    pub(crate) fn cancel(&mut self, id: &RequestId) {
        // What is of no use to anyone lets what waits behind it come sooner.
        for run in self.running.values_mut().filter(|run| run.id == *id) {
            run.is_taken_back = true;
            run.stoppers.iter().for_each(Stopper::stop);
        }
        if self.asked.remove(id).is_some() {
            self.waiting.remove(id);
            let code = ErrorCode::RequestCanceled as i32;
            self.send(Response::new_err(id.clone(), code, "taken back".to_owned()));
        }
    }

    fn open_in(&self, project: &Project) -> BTreeSet<String> {
        let open = self.documents.keys().filter(|path| lies_in(path, &project.root));
        open.map(|path| project.shown(path).to_owned()).collect()
    }

    /// Looks for the problems of the next program, where none is being looked at.
    fn check(&mut self) {
        if self.checking || self.stage != Stage::Running {
            return;
        }
        // Loading sets inputs, which would make answers give up.
        if self.asked.keys().any(|id| !self.waiting.contains(id)) {
            return;
        }
        let next = self.projects.iter().filter_map(|(root, project)| {
            let (rank, path) = project.next(&self.open_in(project))?;
            Some((rank, root.clone(), path))
        });
        let next = next.min_by_key(|(rank, ..)| *rank);
        self.report_progress(next.is_some());
        let Some((_, root, path)) = next else { return };
        let Some(project) = self.projects.get_mut(&root) else { return };
        let view = View { disk: &*self.disk, open: &self.documents, folder: &root };
        let Some(loaded) = project.load(&view, &path) else { return };
        let workspace = project.workspace.snapshot();
        let (ends, revision) = (self.ends.clone(), self.revision);
        self.checking = true;
        self.pool.check(move || {
            // The copy goes before the outcome is told, so that nobody waits for it then.
            let ended = ended(move || problems(&workspace, &loaded));
            let _ = ends.send(Outcome::Checked { root, path, revision, ended });
        });
    }

    fn take_check(&mut self, root: &str, path: &str, revision: u64, ended: Ended<Vec<Diagnostic>>) {
        let Some(project) = self.projects.get_mut(root) else { return };
        let concerned = match ended {
            Ended::Done(found) if revision == self.revision => project.checked(path, found),
            // What changed since then makes it stale, or it was interrupted: it is looked at again.
            Ended::Done(_) | Ended::Interrupted => return,
            Ended::Failed(reason) => {
                let concerned = project.checked(path, Vec::new());
                self.failed(None, &format!("{path}: {reason}"));
                concerned
            }
        };
        let path = joined(root, path);
        let shown =
            self.shown.iter().filter(|(_, of)| self.client.virtual_documents && **of == path);
        for uri in shown.map(|(uri, _)| uri.clone()).collect::<Vec<_>>() {
            let params = lsp::TextDocumentContentRefreshParams { uri: uri.into() };
            self.ask::<lsp::TextDocumentContentRefreshRequest>(params);
        }
        self.publish(root, &concerned);
    }
}
