//! `test "…" { … }`: what it says must hold, and what it says must fail.
//!
//! A test is checked where it is written like everything else, but for what stands behind `fails`: a mistake in that is
//! what the test asks for.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{Entry, EntryKind, Root, Statement};
use crate::problem::Severity;
use crate::ty::Ty;

impl Elaborator<'_> {
    pub(super) fn test_item(&mut self, node: Node<'_>) {
        let Some(body) = node.child(NodeKind::Body) else { return };
        let mut entries = Vec::new();
        self.entries_of(body, &Ty::Any, false, &mut entries);
        let says = |node: Node<'_>| {
            use NodeKind as K;
            // Where something cannot be read, it may be just what is missed.
            matches!(node.kind(), K::Assert | K::Fails | K::Snapshot | K::Junk | K::Missing)
        };
        let within = body.id()..body.id() + body.size();
        // What is wrong with what stands there is said instead.
        if self.problems.is_empty()
            && !node.tree().nodes().any(|node| within.contains(&node.id()) && says(node))
        {
            let name = node.child(NodeKind::Str).unwrap_or(node);
            self.report(self.problem(904, name, "this test says nothing that could fail").help(
                "write `assert condition`, `fails value because \"…\"` or `snapshot \"name\"`",
            ));
        }
        let body = self.body_of(false, entries);
        self.code.root = Root::Test(body);
    }

    /// An entry of a test that only tests have, or that none has; false for what other bodies have too.
    pub(super) fn statement(&mut self, node: Node<'_>, out: &mut Vec<Entry>) -> bool {
        use NodeKind as K;
        // What `assert`s above say of, as far as it is spoken of here.
        let asserted = self.narrowed.iter().map(|(path, _)| path.as_str());
        let asked: Vec<Arc<str>> =
            asserted.filter(|path| node.text().contains(path)).map(Arc::from).collect();
        let statement = match node.kind() {
            K::Assert => {
                let Some(condition) = node.children().next() else { return true };
                let (id, _) = self.condition(condition);
                let scope = self.enter();
                // The message speaks of the case in which the condition does not hold.
                self.assume(condition, false);
                let message = node.child(K::Message).and_then(|message| message.children().next());
                let message = message.map(|message| self.checked(message, &Ty::Str, None));
                self.leave(scope);
                // What follows is written for the case in which it does.
                let before = self.narrowed.len();
                if asks_what_it_is(condition) {
                    self.assume(condition, true);
                }
                let known = self.narrowed.iter().skip(before);
                let known = known.map(|(path, _)| Arc::from(path.as_str())).collect();
                Statement::Assert { condition: id, message, known }
            }
            K::Fails => {
                let Some(value) = node.children().next() else { return true };
                let before = self.problems.len();
                let id = self.expression(value, None).0;
                let mut known = Vec::new();
                for problem in self.problems.split_off(before) {
                    let list = match problem.severity {
                        Severity::Error => &mut known,
                        _ => &mut self.problems,
                    };
                    list.push(problem);
                }
                let because = node.child(K::Because).and_then(|because| because.children().next());
                let because = because.map(|because| self.checked(because, &Ty::Str, None));
                Statement::Fails { value: id, because, known }
            }
            K::Snapshot => {
                let Some(name) = node.child(K::Str) else { return true };
                let text = syntax::literal::string_value(name.text());
                if !is_file_name(&text) {
                    self.report(
                        self.problem(
                            908,
                            name,
                            format!("{text:?} cannot be the name of a snapshot"),
                        )
                        .help("it names a file: use small letters, digits, `-`, `_` and `.`, and begin with a letter or digit"),
                    );
                }
                let value = node.child(K::Set).and_then(|set| set.children().next());
                let value = value.map(|value| self.expression(value, None).0);
                Statement::Snapshot { name: Arc::from(&*text), value }
            }
            K::Let | K::Fn | K::When | K::For | K::Missing | K::Junk | K::TooDeep => return false,
            _ if !stands_in_test(node) => return false,
            kind => {
                let help = match kind {
                    K::Binding | K::Removal | K::Spread => {
                        "give a value a name with `let`, and change a service with `app { … }`"
                    }
                    _ => "say what must hold with `assert condition`",
                };
                let word = node.text().split_whitespace().next().unwrap_or_default();
                let message = match kind {
                    K::Binding => "a test has no fields".to_owned(),
                    _ => format!("`{word}` cannot stand in a test"),
                };
                self.report(self.problem(116, node, message).help(help));
                return true;
            }
        };
        out.push(Entry {
            node: node.id(),
            kind: EntryKind::Statement(Box::new((statement, asked))),
        });
        true
    }
}

/// Whether a condition asks if something is there, or which kind it is: nobody can go on where it does not hold.
fn asks_what_it_is(condition: Node<'_>) -> bool {
    let within = condition.id()..condition.id() + condition.size();
    condition.tree().nodes().any(|node| within.contains(&node.id()) && node.kind() == NodeKind::Is)
}

/// Whether an entry is the test's own, and not one of a record in it.
fn stands_in_test(node: Node<'_>) -> bool {
    use NodeKind as K;
    let inner = |node: &Node<'_>| matches!(node.kind(), K::Body | K::When | K::For);
    node.ancestors().iter().find(|node| !inner(node)).is_some_and(|node| node.kind() == K::Test)
}

/// Whether a file can be called so on every system.
fn is_file_name(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}
