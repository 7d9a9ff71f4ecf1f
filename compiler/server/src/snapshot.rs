//! What an answer is computed from: a copy of the state at the time of the question.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use analysis::db::Origin;
use analysis::drawing::Style;
use analysis::workspace::{Loaded, Workspace, joined};
use gen_lsp_types as lsp;

use crate::lines::{Encoding, Lines};
use crate::uri::{encoded, uri_of};

/// The scheme of documents that are on no disk: modules of the library, pages of errors, what is made of programs.
pub const SCHEME: &str = "depc";

pub struct Snapshot {
    /// The programs that hold the file: its own first.
    pub programs: Vec<(String, Arc<Loaded>)>,
    /// The client takes snippets.
    pub snippets: bool,
    /// The file that is asked about, as seen from the root.
    pub file: String,
    pub root: String,
    pub encoding: Encoding,
    /// The address and the version of what is open, by canonical path.
    pub open: Arc<BTreeMap<String, (String, i32)>>,
    /// Where lines start, of the files that were asked for.
    pub lines: RefCell<BTreeMap<String, Arc<Lines>>>,
    /// The last field: a change waits until it is gone.
    pub workspace: Workspace,
}

/// The address of a file that is not open.
pub fn address(workspace: &Workspace, root: &str, file: &str) -> String {
    let source = workspace.source_of(file);
    match source.is_some_and(|of| of.module.origin(workspace.db()) == Origin::Library) {
        true => format!("{SCHEME}:/library/{}.dep", encoded(file)),
        false => uri_of(&joined(root, file)),
    }
}

/// The address of what is made of a program.
pub fn made_uri(made: Made, root: &str, program: &str) -> String {
    let (kind, ending) = made.names();
    format!("{SCHEME}:/{kind}{}.{ending}", encoded(&joined(root, program)))
}

/// What a document shows that is made of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Made {
    /// The YAML that it renders.
    Rendered,
    /// Which of its components uses which.
    Graph(Style),
}

impl Made {
    pub const ALL: [Self; 4] = [
        Self::Rendered,
        Self::Graph(Style::Text),
        Self::Graph(Style::Dot),
        Self::Graph(Style::Mermaid),
    ];

    /// How such addresses begin and end.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Rendered => ("preview", "yaml"),
            Self::Graph(Style::Text) => ("graph", "txt"),
            Self::Graph(Style::Dot) => ("graph", "dot"),
            Self::Graph(Style::Mermaid) => ("graph", "mmd"),
        }
    }
}

impl Snapshot {
    /// The program that the file is.
    pub fn own(&self) -> Option<&Loaded> {
        let own = self.programs.iter().find(|(path, _)| *path == self.file);
        own.map(|(_, loaded)| &**loaded)
    }

    pub fn text(&self) -> &str {
        self.workspace.text(&self.file).unwrap_or_default()
    }

    pub fn offset(&self, position: lsp::Position) -> usize {
        self.lines(&self.file).offset(self.text(), position, self.encoding)
    }

    pub fn bytes(&self, range: &lsp::Range) -> Range<usize> {
        self.lines(&self.file).bytes(self.text(), range, self.encoding)
    }

    fn lines(&self, file: &str) -> Arc<Lines> {
        if let Some(lines) = self.lines.borrow().get(file) {
            return lines.clone();
        }
        let lines = Arc::new(Lines::of(self.workspace.text(file).unwrap_or_default()));
        self.lines.borrow_mut().insert(file.to_owned(), lines.clone());
        lines
    }

    /// The address of a file.
    pub fn uri(&self, file: &str) -> lsp::Uri {
        let open = self.open.get(&joined(&self.root, file));
        let uri = open.map(|(uri, _)| uri.clone());
        lsp::Uri(uri.unwrap_or_else(|| address(&self.workspace, &self.root, file)))
    }

    pub fn version(&self, file: &str) -> Option<i32> {
        self.open.get(&joined(&self.root, file)).map(|(_, version)| *version)
    }

    pub fn range(&self, file: &str, range: &Range<usize>) -> lsp::Range {
        self.ranges(file)(range)
    }

    /// Where stretches of a file are, for many of one: which file it is, is found once.
    pub fn ranges(&self, file: &str) -> impl Fn(&Range<usize>) -> lsp::Range {
        let text = self.workspace.text(file).unwrap_or_default();
        let (lines, encoding) = (self.lines(file), self.encoding);
        move |range| lines.range(text, range, encoding)
    }

    pub fn location(&self, file: &str, range: &Range<usize>) -> lsp::Location {
        lsp::Location { uri: self.uri(file), range: self.range(file, range) }
    }
}
