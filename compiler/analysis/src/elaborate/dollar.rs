//! `${tag}`, `{tag}` or `$tag` in a text, where `tag` is a value in scope: in other languages it is put in, and here it stands as written.
//!
//! Shells, templates and servers read such signs themselves, so that only a text that plainly is none of theirs is asked
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
        if !node.text().bytes().any(|byte| matches!(byte, b'$' | b'{')) {
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
            let Some(put_in) = put_in(text) else { return };
            let Some(first) = put_in.first() else { continue };
            if !put_in.iter().all(|put_in| self.is_a_value(put_in)) {
                return;
            }
            let (written, path) = (first.written, first.path);
            let message = format!("`{written}` stands in this text as it is written");
            let mut mended = String::new();
            let mut rest = text;
            for PutIn { written, path } in &put_in {
                if let Some((before, behind)) = rest.split_once(written) {
                    mended.push_str(&format!("{before}\\({path})"));
                    rest = behind;
                }
            }
            mended.push_str(rest);
            let mut problem = self.problem(582, token, message).severity(Severity::Warning);
            problem.help = Some(format!(
                "a value is put into a text as `\\({path})`; where `{written}` is meant, write the text as `#\"…\"#`"
            ));
            let place = problem.place;
            let edit = Edit { place, part: Part::Whole, text: mended };
            self.report(problem.offer(format!("put in the value of `{path}`"), false, edit));
        }
    }

    /// Whether a path begins with the name of a value here.
    fn is_a_value(&self, put_in: &PutIn<'_>) -> bool {
        let name = put_in.path.split('.').next().unwrap_or_default();
        let local = self.locals.iter().any(|(local, _)| **local == *name);
        // `/users/{name}` and `$name` mean something to servers and shells, too: the name of a field is one by chance.
        let own = || {
            put_in.written.starts_with("${")
                && self.own.as_ref().is_some_and(|own| self.field_of(&own.ty, name).is_some())
        };
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

/// What another language would put into a text.
pub(super) struct PutIn<'t> {
    /// With its signs.
    pub written: &'t str,
    /// A path of names.
    pub path: &'t str,
}

/// What stands in `${…}`, `#{…}`, `%{…}`, `{{…}}` and `{…}` of a text or behind `$`, each a path of names; nothing where one
/// is anything else, or marked as meant.
pub(super) fn put_in(text: &str) -> Option<Vec<PutIn<'_>>> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find(['$', '{']) {
        let start = at + found;
        let rest = text.get(start..)?;
        let before = text.get(..start)?;
        if before.ends_with("\\u") {
            // A character by its number.
            at = start + 1;
            continue;
        }
        let (path, length) = if let Some(inner) = rest.strip_prefix("{{") {
            let inner = inner.split_once("}}")?.0;
            (inner, inner.len() + 4)
        } else if let Some(inner) = rest.strip_prefix("${").or(rest.strip_prefix('{')) {
            let inner = inner.split_once('}')?.0;
            (inner, inner.len() + rest.find('{')? + 2)
        } else {
            let name = rest.strip_prefix('$')?;
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let name = name.split(|c| !is_part(c)).next()?;
            (name, name.len() + 1)
        };
        if before.ends_with(['$', '\\']) || !path.split('.').all(is_name) {
            return None;
        }
        let signed =
            rest.starts_with('{') && !rest.starts_with("{{") && before.ends_with(['#', '%']);
        let written = text.get(start - usize::from(signed)..start + length)?;
        all.push(PutIn { written, path });
        at = start + length;
    }
    Some(all)
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::put_in;

    #[test]
    fn a_character_by_its_number_is_no_value() {
        assert!(put_in(r#""\u{c}""#).is_some_and(|all| all.is_empty()));
        assert_eq!(put_in(r#""\u{c}{c}""#).map_or(0, |all| all.len()), 1);
        assert_eq!(put_in(r#""u{c}""#).map_or(0, |all| all.len()), 1);
    }
}
