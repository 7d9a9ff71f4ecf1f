//! What is wrong with a program, as data.
//!
//! A problem speaks of places (an item and a node of its tree), never of file positions, so that it stays
//! valid and comparable when text moves. [`crate::diagnostic`] turns places into positions at the edge.

use syntax::Node;

use crate::db::Item;
use crate::show::nearest_that;

/// How much a problem matters. Only errors withhold the output.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// The stable name of a kind of problem; its page is `tests/errors/E0102.md`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Code {
    /// The language's own, printed as `E0102`.
    E(u16),
    /// A rule about Kubernetes objects, such as `XR-001`.
    Rule(&'static str),
}

/// A node of an item's syntax tree; independent of where the item stands in its file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    pub item: Item,
    /// Index of the node in the item's tree (`syntax::Node::id`).
    pub node: u32,
}

/// A second place that explains a problem.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Label {
    pub place: Place,
    pub message: String,
}

/// A change of source that would mend a problem.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fix {
    /// What it does, as an imperative sentence: ``write `scale` ``.
    pub title: String,
    /// Nothing else can have been meant, so that it may be done without asking.
    pub safe: bool,
    pub edits: Vec<Edit>,
}

/// A part of the source that becomes another text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Edit {
    pub place: Place,
    pub part: Part,
    /// Where it is empty, the blanks behind what is removed go too.
    pub text: String,
}

/// What of a node an edit is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// All of it.
    Whole,
    /// The place before it, where something is put.
    Before,
    /// A name or string in it, which must stand there once.
    Word(String),
    /// These bytes of the text of its item.
    Bytes(std::ops::Range<usize>),
}

/// One mistake.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Problem {
    pub code: Code,
    pub severity: Severity,
    /// One sentence without a final stop that names the value and what is wrong with it.
    pub message: String,
    /// Where it is to be mended.
    pub place: Place,
    /// What stands beside the mark at `place`; may be empty.
    pub label: String,
    /// Other places: the declaration, the layers in between, the first of two definitions.
    pub related: Vec<Label>,
    /// Facts that need no place of their own.
    pub notes: Vec<String>,
    /// What to do, as an imperative sentence.
    pub help: Option<String>,
    pub fix: Option<Fix>,
    /// The program says that it is meant, and why: a note that nobody needs to be shown each time.
    pub allowed: bool,
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::E(number) => write!(f, "E{number:04}"),
            Self::Rule(id) => f.write_str(id),
        }
    }
}

impl Problem {
    pub fn error(code: u16, place: Place, message: impl Into<String>) -> Self {
        Self {
            code: Code::E(code),
            severity: Severity::Error,
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            allowed: false,
        }
    }

    /// The program says at this place why it is meant.
    pub fn allowed(mut self, place: Place, reason: &str) -> Self {
        self.severity = Severity::Note;
        self.help = None;
        self.allowed = true;
        self.related(place, format!("allowed here: {reason}"))
    }

    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub fn related(mut self, place: Place, message: impl Into<String>) -> Self {
        self.related.push(Label { place, message: message.into() });
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers to write `text` in the place of a node, which may be done without asking.
    pub fn fix(self, title: impl Into<String>, place: Place, text: impl Into<String>) -> Self {
        self.offer(title, true, Edit { place, part: Part::Whole, text: text.into() })
    }

    /// Offers a change. It is safe if nothing else can have been meant.
    pub fn offer(mut self, title: impl Into<String>, safe: bool, edit: Edit) -> Self {
        self.fix = Some(Fix { title: title.into(), safe, edits: vec![edit] });
        self
    }

    /// Asks whether one of `candidates` was meant by `name`, which stands at the place of the problem, and offers to
    /// write it. It is safe to where only one is near.
    pub fn meant<'c>(self, name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Self {
        self.meant_that(name, candidates, |_| true)
    }

    /// As [`Problem::meant`], among the candidates that fit, which is asked of near ones only.
    pub fn meant_that<'c>(
        mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'c str>,
        fits: impl Fn(&str) -> bool,
    ) -> Self {
        let Some(near) = nearest_that(name, candidates, fits) else { return self };
        self.help = Some(format!("did you mean `{}`?", near.name));
        let (place, part) = (self.place, Part::Word(name.to_owned()));
        let edit = Edit { place, part, text: near.name.to_owned() };
        self.offer(format!("write `{}`", near.name), near.alone, edit)
    }
}

/// As [`Problem::meant`], of a name that stands at a node, without the candidates that are taken beside it: to write one of them would bind or match it twice. Where that is the only near one, it is said.
pub fn meant_beside<'c>(
    problem: Problem,
    node: Node<'_>,
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Problem {
    let taken = syntax::taken_beside(node);
    // The pattern of an arm may be a text in quotes.
    let is_taken = |near: &str| taken.iter().any(|own| own == near.trim_matches('"'));
    let candidates: Vec<&str> = candidates.into_iter().collect();
    // Most names stand beside none, and there can be many candidates.
    let beside = candidates.iter().copied().filter(|_| !taken.is_empty());
    let near = nearest_that(name, beside, |near| is_taken(near));
    let mut problem = problem.meant_that(name, candidates, |near| !is_taken(near));
    if let Some(near) = near {
        problem.help.get_or_insert_with(|| format!("`{}` is there already", near.name));
    }
    problem
}
