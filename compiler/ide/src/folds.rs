//! What can be folded: brackets, comments, and the `use` items on top of a file.

use std::ops::Range;

use analysis::db::ItemKind;
use analysis::parse::parsed;
use analysis::workspace::Workspace;
use syntax::NodeKind as K;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fold {
    pub range: Range<usize>,
    pub kind: FoldKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FoldKind {
    Code,
    Comment,
    Imports,
}

/// The stretches of a file that can be folded: each has more than one line.
pub fn folds(workspace: &Workspace, file: &str) -> Vec<Fold> {
    let db = workspace.db();
    let Some(text) = workspace.text(file) else { return Vec::new() };
    let long = |range: &Range<usize>| {
        text.get(range.clone()).is_some_and(|part| part.trim_end().contains('\n'))
    };
    let mut folds = Vec::new();
    let mut imports: Option<Range<usize>> = None;
    for item in workspace.items_of(file) {
        let Some(at) = workspace.item_range(item) else { continue };
        if item.kind(db) == ItemKind::Use {
            let start = imports.map_or(at.start, |known| known.start);
            imports = Some(start..at.end);
        }
        let parsed = parsed(db, item);
        for node in parsed.tree().nodes() {
            let folds_up = matches!(
                node.kind(),
                K::Body | K::Cases | K::List | K::Comprehension | K::Match | K::Call | K::UseNames
            ) || (node.kind() == K::Str && node.text().starts_with("\"\"\""));
            let range = at.start + node.range().start..at.start + node.range().end;
            if folds_up && long(&range) {
                folds.push(Fold { range, kind: FoldKind::Code });
            }
        }
    }
    if let Some(range) = imports.filter(long) {
        folds.push(Fold { range, kind: FoldKind::Imports });
    }
    folds.extend(
        comments(text)
            .filter(|range| long(range))
            .map(|range| Fold { range, kind: FoldKind::Comment }),
    );
    folds.sort_by_key(|fold| (fold.range.start, fold.range.end));
    folds
}

/// Runs of lines that hold nothing but a comment.
fn comments(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut run: Option<Range<usize>> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        match line.trim_start().starts_with("//") {
            true => run = Some(run.map_or(start, |run| run.start)..start + line.trim_end().len()),
            false => found.extend(run.take()),
        }
    }
    found.extend(run);
    found.into_iter()
}
