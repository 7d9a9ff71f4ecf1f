//! The strings of a file that name other files.

use std::ops::Range;

use analysis::parse::parsed;
use analysis::workspace::{Workspace, folder, joined};
use syntax::{Node, NodeKind as K};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// What stands in the quotes.
    pub range: Range<usize>,
    /// The path of the file, seen from where the path of the linking file is seen from.
    pub target: String,
}

/// The links of a file, whether or not the files are there.
pub fn links(workspace: &Workspace, file: &str) -> Vec<Link> {
    let db = workspace.db();
    let mut links = Vec::new();
    for item in workspace.items_of(file) {
        let Some(at) = workspace.item_range(item) else { continue };
        let parsed = parsed(db, item);
        for node in parsed.tree().nodes().filter(|node| names_file(*node)) {
            let value = syntax::literal::string_value(node.text());
            let inside = node.range();
            let quote = node.text().find(&*value).unwrap_or_default();
            let start = at.start + inside.start + quote;
            if value.starts_with('.') || value.contains('/') || value.contains('.') {
                links.push(Link {
                    range: start..start + value.len(),
                    target: joined(folder(file), &value),
                });
            }
        }
    }
    links
}

/// Whether a string names a file by its path.
pub(crate) fn names_file(node: Node<'_>) -> bool {
    node.kind() == K::Str
        && node
            .parent()
            .is_some_and(|above| matches!(above.kind(), K::Use | K::Overlay | K::Import | K::Embed))
}
