//! `--set PATH=VALUE`: a binding whose text comes from the command line, where nothing may be passed over.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::advice::notation_of;
use super::variant::expected_variants;
use crate::code::{Expr, ExprId};
use crate::fits::{Fit, base, fits, present};
use crate::path::{self, Segment};
use crate::problem::{Code, Place, Problem};
use crate::resolve::resolve;
use crate::sensitive::reaches_sensitive;
use crate::show::type_name;
use crate::ty::{Literal, Ty};
use crate::workspace::{APART, GLUED, SET, SET_FILE};

impl Elaborator<'_> {
    /// On the command line there are two mistakes: a path that leads nowhere, and a wrong value.
    pub(super) fn of_command_line(&self, mut problem: Problem) -> Problem {
        let text = self.item.text(self.db);
        let (path, _) = path::setting(text).unwrap_or((text, ""));
        let leads_nowhere = matches!(problem.code, Code::E(102 | 113 | 221 | 224 | 406 | 409));
        problem.code = Code::E(if leads_nowhere { 704 } else { 705 });
        let by = self.module.path(self.db);
        let hidden = format!("{path}=…");
        let setting = match leads_nowhere || by != SET {
            true => path,
            false if self.hidden.is_empty() => text,
            false => &hidden,
        };
        problem.message = match by {
            SET | SET_FILE => format!("{by} {setting}: {}", problem.message),
            _ => format!("{setting}: {}", problem.message),
        };
        problem.fix = None;
        problem
    }

    /// Whether what stands before the sign is a path and nothing else; reports it where it is not.
    pub(super) fn is_setting(&mut self, node: Node<'_>) -> bool {
        let path = node.child(NodeKind::Path);
        let written = path.map(|path| path.range()).unwrap_or_default();
        let sign = node.child(NodeKind::Set).map(|set| set.range().start);
        let text = self.item.text(self.db);
        let whole = node.kind() == NodeKind::Binding
            && node.child(NodeKind::Modifier).is_none()
            && node.child(NodeKind::Annotation).is_none()
            && written.start == 0
            && sign.and_then(|sign| text.get(written.end..sign)).is_some_and(|gap| gap.is_empty())
            && path.is_some_and(|path| {
                path.children().all(|part| matches!(part.kind(), NodeKind::Name | NodeKind::Str))
            });
        if !whole {
            let (path, _) = path::setting(text).unwrap_or((text, ""));
            let number = path::segments(path).into_iter().find(|s| s.name.parse::<usize>().is_ok());
            let problem =
                self.problem(406, node, "what stands before `=` is no path of the program");
            self.report(problem.help(match number {
                Some(Segment { name, .. }) => format!(
                    "elements have no numbers: a list is set as a whole, an element of a keyed list by its key, \
                     `containers[app]`; where {name} is a key, it stands in quotes: `[\"{name}\"]`"
                ),
                None => "write the names that lead to the field, with dots between them: `app.scale=2..4`".to_owned(),
            }));
        }
        whole
    }

    /// The text after the sign, as a value of type `want`: as it stands where that is a text, else as `.dep`.
    pub(super) fn setting(
        &mut self,
        value: Node<'_>,
        want: &Ty,
        declared: Option<Place>,
    ) -> ExprId {
        let text = value_of_setting(self.item.text(self.db));
        if reaches_sensitive(self.db, want) {
            self.hide(value);
        }
        let union = matches!(base(want), Ty::Union(_));
        let other = match value.kind() {
            NodeKind::Int => syntax::literal::int_value(value.text(), false).is_ok(),
            kind => matches!(kind, NodeKind::Bool | NodeKind::Str),
        };
        // Lists and maps of a file are written as such, and its texts have quotes of ours around them.
        let of_file = self.module.path(self.db) != SET;
        if of_file && value.text().starts_with(['[', '{']) {
            return self.value(value, want, declared);
        }
        if of_file && value.kind() == NodeKind::Str {
            if !takes_text(want) {
                return self.value(value, want, declared);
            }
            let text: Arc<str> = syntax::literal::string_value(value.text()).into_owned().into();
            let found = Ty::Literal(Literal::Str(text.clone()));
            if fits(self.db, &found, want) == Fit::No {
                self.mismatch(value, &found, want, declared);
            }
            return self.emit(value, Expr::Str(text));
        }
        if takes_text(want) && !(union && other && value.text().len() == text.trim().len()) {
            // The command line has no quotes of its own.
            let text: Arc<str> = text.into();
            let found = Ty::Literal(Literal::Str(text.clone()));
            if fits(self.db, &found, want) == Fit::No {
                self.mismatch(value, &found, want, declared);
            }
            return self.emit(value, Expr::Str(text));
        }
        let broken = !syntax::problem::problems(value.tree()).is_empty();
        let listed = matches!(base(want), Ty::List(_)) && self.is_name_of_nothing(value);
        let word = (is_word(value) || listed)
            && value.text() != "null"
            && expected_variants(want).is_empty();
        if broken || word || value.text().len() != text.trim().len() {
            if *base(want) == Ty::Error {
                return self.emit(value, Expr::Error);
            }
            let shown = type_name(self.db, present(want));
            let found = match text.trim() {
                "" => "nothing".to_owned(),
                _ if !self.hidden.is_empty() => "something else".to_owned(),
                _ => format!("`{text}`"),
            };
            let mut problem = self.problem(201, value, format!("expected {shown}, found {found}"));
            problem.help = match base(want) {
                Ty::List(element) if takes_text(element) => Some(
                    "a list stands in brackets, its texts in quotes: `[\"a\", \"b\"]`".to_owned(),
                ),
                Ty::List(_) => Some("a list stands in brackets: `[1, 2]`".to_owned()),
                kind => notation_of(kind),
            };
            self.report(problem);
            return self.emit(value, Expr::Error);
        }
        self.value(value, want, declared)
    }
}

impl Elaborator<'_> {
    /// Whether a value begins with a name that names nothing, as `example.com` does.
    fn is_name_of_nothing(&self, value: Node<'_>) -> bool {
        let first = value.children().next().filter(|_| value.kind() == NodeKind::Chain);
        first.is_some_and(|name| {
            name.kind() == NodeKind::Name && resolve(self.db, self.module, name.text()).is_none()
        })
    }
}

/// What was typed behind the sign, be it `.dep` or not.
fn value_of_setting(setting: &str) -> &str {
    let value = path::setting(setting).map_or("", |(_, value)| value);
    value.strip_prefix(APART).filter(|rest| rest.starts_with(GLUED)).unwrap_or(value)
}

/// Whether what stands in the place of a value is meant as a text: `v`, `-v`, `a-b`.
fn is_word(value: Node<'_>) -> bool {
    match value.kind() {
        NodeKind::Name => true,
        NodeKind::Unary | NodeKind::Binary => value.children().any(is_word),
        _ => false,
    }
}

/// Whether a text without quotes can be meant.
fn takes_text(ty: &Ty) -> bool {
    match base(ty) {
        Ty::Str | Ty::Literal(Literal::Str(_)) => true,
        Ty::Union(members) => members.iter().any(takes_text),
        _ => false,
    }
}
