//! Texts without quotes that read like names and operators: `my-registry.io/app`, `linux/amd64`.

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::fits::{base, present};
use crate::problem::Code;
use crate::resolve::resolve;
use crate::show::listed;
use crate::ty::Ty;

impl Elaborator<'_> {
    /// Reports a name that nothing has as a part of a text without quotes, if no name in that text is known; false where it is none. It is told once.
    pub(super) fn bare_text(&mut self, name: Node<'_>, expected: Option<&Ty>) -> bool {
        let Some(whole) = run_around(name) else { return false };
        let place = self.place(whole);
        let told = |code, at| code == Code::E(101) && at == place;
        if self.problems.iter().any(|problem| told(problem.code, problem.place)) {
            return true;
        }
        let mut names = Vec::new();
        heads(whole, &mut names);
        if names.iter().any(|name| self.knows(name)) {
            return false;
        }
        let text = format!("\"{}\"", whole.text());
        let message = format!("nothing here is called `{}`", name.text());
        let problem =
            self.problem(101, whole, message).help(format!("a text stands in quotes: `{text}`"));
        let is_asked = expected.is_some_and(|want| *base(present(want)) == Ty::Str);
        self.report(if is_asked { problem.fix("write quotes", place, text) } else { problem });
        true
    }

    /// Whether a name means something here.
    fn knows(&self, name: &str) -> bool {
        let own = self.own.as_ref().is_some_and(|own| {
            own.keys.iter().any(|key| **key == *name) || self.field_of(&own.ty, name).is_some()
        });
        own || self.locals.iter().any(|(local, _)| **local == *name)
            || resolve(self.db, self.module, name).is_some()
            || self.library_function(name).is_some()
    }
}

/// A name of a host around a name that nothing has: `example.com`.
pub(super) fn host_around<'t>(name: Node<'t>) -> Option<&'t str> {
    const ENDS: [&str; 12] = [
        "com", "org", "net", "io", "dev", "app", "cloud", "local", "internal", "svc", "example",
        "test",
    ];
    let whole = name.parent().filter(|above| above.kind() == NodeKind::Chain)?.text();
    let last = whole.rsplit('.').next().filter(|last| ENDS.contains(last));
    last.filter(|_| whole.len() <= 200).map(|_| whole)
}

/// What the loops of a comprehension around a name call what they run through, where the name is none of that.
pub(super) fn named_by_loops(name: Node<'_>) -> Option<String> {
    let loops = |above: &Node<'_>| above.child(NodeKind::ForClause).is_some();
    let above = name.ancestors();
    let whole = above.iter().find(|above| loops(above))?;
    let names: Vec<String> = whole
        .children_of(NodeKind::ForClause)
        .flat_map(|clause| {
            // The last is what it runs through.
            let parts: Vec<Node<'_>> = clause.children().collect();
            parts.split_last().map_or(Vec::new(), |(_, names)| names.to_vec())
        })
        .map(|named| format!("`{}`", named.text()))
        .collect();
    (!names.is_empty()).then(|| format!("the loop gives values to {}", listed(&names)))
}

/// What stands together around a name: names that are joined by `-`, `/` and `.` without blanks. None where nothing but `.` joins them, because that reads like a field of a record.
fn run_around(name: Node<'_>) -> Option<Node<'_>> {
    let is_of_text = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    let mut whole = None;
    for above in name.ancestors() {
        let joins = matches!(above.kind(), NodeKind::Chain | NodeKind::Binary);
        let text = above.text();
        if !joins || text.len() > 200 || !text.chars().all(is_of_text) {
            break;
        }
        whole = Some(above).filter(|above| above.kind() == NodeKind::Binary).or(whole);
    }
    whole
}

/// The names in an expression that are no members of others.
fn heads<'t>(node: Node<'t>, names: &mut Vec<&'t str>) {
    match node.kind() {
        NodeKind::Name => names.push(node.text()),
        NodeKind::Field | NodeKind::BinaryOp => {}
        _ => node.children().for_each(|child| heads(child, names)),
    }
}
