//! By what an item is the same item after an edit: its kind and the whole path or name that it binds. What has none
//! (`check`, `overlay`) is told apart by its text, so that inserting one does not shift the rest.

use std::sync::Arc;

use crate::db::ItemKind;
use crate::path::{self, Segment};

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Identity {
    /// `None` for what the workspace makes itself.
    pub kind: Option<syntax::ItemKind>,
    /// The whole path as written, or the text.
    path: Arc<str>,
    /// The name under which the module knows the item; empty where it has none.
    pub name: Arc<str>,
}

impl Identity {
    /// What the query graph calls the kind.
    pub fn item_kind(&self) -> ItemKind {
        use syntax::ItemKind as K;
        match self.kind {
            Some(K::Use) => ItemKind::Use,
            Some(K::Overlay) => ItemKind::Overlay,
            Some(K::Input) => ItemKind::Input,
            Some(K::Let) => ItemKind::Let,
            Some(K::Fn) => ItemKind::Fn,
            Some(K::Type) => ItemKind::Type,
            Some(K::Schema) => ItemKind::Schema,
            Some(K::Variant) => ItemKind::Variant,
            Some(K::Trait) => ItemKind::Trait,
            Some(K::Test) => ItemKind::Test,
            Some(K::Every) => ItemKind::Every,
            Some(K::Check) => ItemKind::Check,
            Some(K::Allow) => ItemKind::Allow,
            // `unset app.x` is a layer on `app` as any binding is.
            Some(K::Binding | K::Removal) => ItemKind::Binding,
            Some(K::When | K::For | K::Spread | K::Other) | None => ItemKind::Junk,
        }
    }

    /// The identity of an item that begins so.
    pub fn of_header(header: syntax::Header<'_>, text: &str) -> Self {
        use syntax::ItemKind as K;
        let named = match header.kind {
            K::Binding | K::Removal => first_segment(header.name),
            K::Input | K::Let | K::Fn | K::Type | K::Schema | K::Variant | K::Trait => header.name,
            // These are known by a string that lives in no one's scope.
            _ => "",
        };
        let path: Arc<str> = Arc::from(if header.name.is_empty() { text } else { header.name });
        let name = if *named == *path { path.clone() } else { Arc::from(named) };
        Self { kind: Some(header.kind), path, name }
    }

    /// The identity of `--set PATH=VALUE`: its path.
    pub fn of_setting(setting: &str) -> Self {
        let path = path::setting(setting).map_or(setting, |(path, _)| path);
        let name = path::segments(path).into_iter().next().unwrap_or_else(|| Segment::named(""));
        Self { kind: None, path: path.into(), name: name.name.into() }
    }

    /// Whether the item may name other files, so that a change of it is one of the program.
    pub fn names_files(&self) -> bool {
        matches!(self.kind, Some(syntax::ItemKind::Use | syntax::ItemKind::Overlay))
    }
}

/// The identity of an item, from the first words of its text.
pub fn identity(text: &str) -> Identity {
    Identity::of_header(syntax::header(text), text)
}

/// `app` of `app.scale`, of `app?.scale` and of `"app".scale`.
fn first_segment(path: &str) -> &str {
    if let Some(quoted) = path.strip_prefix('"') {
        return quoted.split('"').next().unwrap_or_default();
    }
    path.split(['.', '?', '[', ' ']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_are_told_apart_by_their_whole_path() {
        let a = identity("override app.scale = 2..4");
        let b = identity("app.image = \"x\"");
        assert_eq!((&*a.name, &*b.name), ("app", "app"));
        assert_ne!(a, b);
        assert_eq!(a, identity("app.scale = 3..4"));
    }

    #[test]
    fn what_has_no_name_is_told_apart_by_its_text() {
        assert_ne!(identity("check a > 1"), identity("check a > 2"));
        assert_eq!(&*identity("check a > 1").name, "");
        assert_eq!(&*identity("use std.workload.Service").name, "");
    }

    #[test]
    fn a_setting_is_told_apart_by_its_path_and_named_by_the_first_segment() {
        let name = |setting| Identity::of_setting(setting).name;
        assert_eq!(&*name("app.scale=2..4"), "app");
        assert_eq!(&*name("tag=v1"), "tag");
        assert_eq!(&*name("=v1"), "");
        assert_eq!(Identity::of_setting("a.b=1"), Identity::of_setting("a.b=2"));
        assert_ne!(Identity::of_setting("a.b=1"), Identity::of_setting("a.c=1"));
    }
}
