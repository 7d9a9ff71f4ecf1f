//! `${tag}` in a text, where `tag` is a value in scope: in other languages it is put in, and here it stands as written.
//!
//! Shells, templates and servers read `${…}` themselves, so that only a text that plainly is none of theirs is asked
//! about: one without blanks, in which each name in braces means something here. A raw text says that it is meant.

use syntax::literal::Notation;
use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::db::{ItemKind, Origin};
use crate::problem::{Edit, Part, Severity};
use crate::resolve::{Target, resolve};

impl Elaborator<'_> {
    /// Warns where a text puts in a value as other languages do.
    pub(super) fn shell_habit(&mut self, node: Node<'_>) {
        // Nearly all texts end here.
        if !node.text().contains('$') {
            return;
        }
        let tokens: Vec<Node<'_>> = match node.kind() {
            NodeKind::Str => vec![node],
            _ => node
                .children()
                .filter(|n| {
                    matches!(n.kind(), NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail)
                })
                .collect(),
        };
        let Some(first) = tokens.first() else { return };
        if self.heads_only
            || self.kind == ItemKind::Set
            || self.module.origin(self.db) == Origin::Library
            || Notation::of(first.text()) != Notation::Line
            || tokens.iter().any(|token| token.text().contains([' ', '\t', '\n']))
        {
            return;
        }
        for token in tokens.iter().copied() {
            let text = token.text();
            let Some(paths) = paths(text) else { return };
            let [path, ..] = paths.as_slice() else { continue };
            if !paths.iter().all(|path| self.is_a_value(first_name(path))) {
                return;
            }
            let message = format!("`${{{path}}}` stands in this text as it is written");
            let mended = paths.iter().fold(text.to_owned(), |text, path| {
                text.replace(&format!("${{{path}}}"), &format!("\\({path})"))
            });
            let mut problem = self.problem(582, token, message).severity(Severity::Warning);
            problem.help = Some(format!(
                "a value is put into a text as `\\({path})`; where `${{{path}}}` is meant, write the text as `#\"…\"#`"
            ));
            let place = problem.place;
            let edit = Edit { place, part: Part::Whole, text: mended };
            self.report(problem.offer(format!("put in the value of `{path}`"), false, edit));
        }
    }

    /// Whether a name is that of a value here.
    fn is_a_value(&self, name: &str) -> bool {
        let local = self.locals.iter().any(|(local, _)| **local == *name);
        let own = || self.own.as_ref().is_some_and(|own| self.field_of(&own.ty, name).is_some());
        let of_file = || match resolve(self.db, self.module, name) {
            Some(Target::Item(item)) => {
                let values = [ItemKind::Input, ItemKind::Let, ItemKind::Binding];
                values.contains(&item.kind(self.db))
            }
            _ => false,
        };
        local || own() || of_file()
    }
}

/// What stands in `${…}` of a text, each a path of names; nothing where one is anything else, or marked as meant.
fn paths(text: &str) -> Option<Vec<&str>> {
    let mut paths = Vec::new();
    for (at, _) in text.match_indices("${") {
        let inner = text.get(at + 2..)?.split_once('}')?.0;
        let marked = text.get(..at)?.ends_with(['$', '\\']);
        if marked || !inner.split('.').all(is_name) {
            return None;
        }
        paths.push(inner);
    }
    Some(paths)
}

fn first_name(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
