//! An expression that is asked of a file from outside of it: `depc eval`.
//!
//! It is a `let` that no name leads to, in the scope of the file; so it is typed, checked and evaluated as if it stood
//! there.

use bumpalo::Bump;
use kube::json::{self, Layout};
use kube::secrets::HIDDEN;
use kube::tree::Tree;
use kube::yaml;

use crate::db::Program;
use crate::diagnostic::{self, Diagnostic, Span};
use crate::elaborate::signature;
use crate::eval::Eval;
use crate::eval::notation::Extent;
use crate::eval::value::{Kind, Rec, Value};
use crate::explain::answered;
use crate::limits;
use crate::parallel::on_deep_stack;
use crate::problems::{news, problems, written};
use crate::sensitive::holds_sensitive;
use crate::validate::validate;
use crate::workspace::{EXPRESSION, Loaded, Workspace};

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// As it would be written in a `.dep` file.
    Dep,
    Json,
    Yaml,
}

/// The value of an expression in the scope of the built file, with a line break at its end; or what is wrong with it,
/// in a file called [`EXPRESSION`].
///
/// # Errors
/// What the expression does wrong; where that is nothing, what the program does wrong that it reads.
pub fn value(
    workspace: &mut Workspace,
    loaded: &Loaded,
    text: &str,
    notation: Notation,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let Some(program) = loaded.program else { return Err(loaded.problems.clone()) };
    if syntax::cut(&format!("let x = {text}")).items.len() != 1 || text.trim().is_empty() {
        let message =
            if text.trim().is_empty() { "nothing to evaluate" } else { "more than one expression" };
        let span = diagnostic::span(EXPRESSION.into(), text, 0..text.len());
        let help = "write one expression, such as `app.scale.end ?? 1`";
        return Err(vec![Diagnostic::error(719, Some(span), message).help(help)]);
    }
    let (item, head) = workspace.ask(program.main(workspace.db()), text);
    let workspace = &*workspace;
    let db = workspace.db();
    let evaluated = |program: Program| {
        let mut found: Vec<Diagnostic> = Vec::new();
        for written in written(db, item) {
            let mut diagnostic = diagnostic::diagnostic(workspace, &written.problem);
            if let Some(range) = written.range.clone() {
                diagnostic.span = workspace.span_in(item, range);
            }
            found.push(diagnostic);
        }
        let report = validate(db, program, item);
        found.extend(
            news(db, &report.problems).map(|problem| diagnostic::diagnostic(workspace, problem)),
        );
        if found.iter().any(Diagnostic::is_error) {
            return Err(found);
        }
        let arena = Bump::new();
        let eval = Eval::new(db, &arena, program, item).counted().deriving();
        let value = eval.root();
        if eval.whnf(value).is_error() {
            return Err(Vec::new());
        }
        if holds_sensitive(&signature(db, item).ty) {
            return Ok(format!("{HIDDEN}\n").into_bytes());
        }
        text_of(&eval, value, notation).ok_or_else(Vec::new)
    };
    let result = answered(workspace, program, |program| on_deep_stack(|| evaluated(program)));
    let result = result.unwrap_or_else(|mut too_much| {
        too_much.span = Some(diagnostic::span(EXPRESSION.into(), text, 0..text.len()));
        Err(vec![*too_much])
    });
    result.map_err(|mut found| {
        if found.is_empty() {
            found = problems(workspace, loaded);
        }
        if found.is_empty() {
            let span = diagnostic::span(EXPRESSION.into(), text, 0..text.len());
            let message = "this reads a file that the program does not read";
            let help = "give it a name in the program: `let data = import \"data.yaml\"`";
            return vec![Diagnostic::error(719, Some(span), message).help(help)];
        }
        for diagnostic in &mut found {
            for span in diagnostic
                .span
                .iter_mut()
                .chain(diagnostic.related.iter_mut().map(|(span, _)| span))
            {
                without_head(span, head.len());
            }
        }
        diagnostic::sort(&mut found, |_| 0);
        found
    })
}

/// Makes a place in the item one in the expression.
fn without_head(span: &mut Span, head: usize) {
    if *span.file != *EXPRESSION {
        return;
    }
    for position in [&mut span.start, &mut span.end] {
        if position.line == 1 {
            position.column = position.column.saturating_sub(head).max(1);
        }
    }
    span.range = span.range.start.saturating_sub(head)..span.range.end.saturating_sub(head);
}

/// A value as text; nothing where something is wrong with a part of it, which is told of the item that it comes from.
fn text_of<'a>(eval: &Eval<'a>, value: Value<'a>, notation: Notation) -> Option<Vec<u8>> {
    let mut tree = Tree::new();
    let mut plain = Plain { eval, tree: &mut tree, depth: 0, nodes: 0, failed: false };
    plain.value(value);
    if plain.failed {
        return None;
    }
    if notation == Notation::Dep {
        let mut text = eval.notation(value, Extent::Whole).into_bytes();
        text.push(b'\n');
        return Some(text);
    }
    let mut bytes = Vec::new();
    if let Some(root) = tree.roots().next() {
        match notation {
            Notation::Json => {
                json::value(root, Layout::Pretty, &mut bytes);
                bytes.push(b'\n');
            }
            _ => yaml::document(root, &mut bytes),
        }
    }
    Some(bytes)
}

/// Writes a value as what JSON and YAML know: records as maps, a range as text, functions not at all.
struct Plain<'e, 'a, 't> {
    eval: &'e Eval<'a>,
    tree: &'t mut Tree,
    depth: u32,
    nodes: usize,
    /// A part of it is an error.
    failed: bool,
}

impl<'a> Plain<'_, 'a, '_> {
    fn value(&mut self, value: Value<'a>) {
        let eval = self.eval;
        self.nodes += 1;
        self.failed |= value.is_error();
        // Another name for what a value lies in would go on for ever.
        if self.depth > limits::NESTED || self.nodes > limits::ELEMENTS {
            self.tree.null(0);
            return;
        }
        match eval.localized(value) {
            Value::Bool(value) => drop(self.tree.bool(value, 0)),
            Value::Int(value) => drop(self.tree.int(value, 0)),
            Value::Float(value) => drop(self.tree.float(value, 0)),
            Value::Str(text) => drop(self.tree.str(text, 0)),
            Value::List(elements) => {
                self.tree.begin_list(0);
                for element in elements {
                    self.inner(eval.whnf(element.value));
                }
                self.tree.end(false);
            }
            Value::Rec(rec) => self.record(rec),
            value @ (Value::Range(_)
            | Value::Quantity(_)
            | Value::Duration(_)
            | Value::Percent(_)) => {
                let text = eval.notation(value, Extent::Whole);
                self.tree.str(&text, 0);
            }
            Value::Null | Value::Absent | Value::Error | Value::Fn(_) | Value::Handle(_) => {
                self.tree.null(0);
            }
        }
    }

    fn inner(&mut self, value: Value<'a>) {
        if matches!(value, Value::Absent | Value::Fn(_)) {
            return;
        }
        self.depth += 1;
        self.value(value);
        self.depth -= 1;
    }

    fn record(&mut self, rec: &'a Rec<'a>) {
        let eval = self.eval;
        let keyed = matches!(rec.kind, Kind::Keyed(_));
        if keyed {
            self.tree.begin_list(0)
        } else {
            self.tree.begin_map(0)
        };
        for slot in eval.slots(rec).iter() {
            let value = eval.whnf(eval.force(rec, slot));
            if matches!(value, Value::Absent | Value::Fn(_)) {
                continue;
            }
            if !keyed {
                self.tree.key(slot.name);
            }
            if eval.is_hidden(rec, slot) {
                self.failed |= value.is_error();
                self.tree.str(HIDDEN, 0);
                continue;
            }
            self.inner(value);
        }
        self.tree.end(false);
    }
}
