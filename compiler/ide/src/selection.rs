//! What a selection grows to, step by step.

use std::ops::Range;

use analysis::parse::parsed;
use analysis::workspace::Workspace;

/// The stretches around an offset, the innermost first, the file last.
pub fn selection(workspace: &Workspace, file: &str, offset: usize) -> Vec<Range<usize>> {
    let Some(text) = workspace.text(file) else { return Vec::new() };
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut push = |range: Range<usize>| {
        if ranges.last() != Some(&range) && !range.is_empty() {
            ranges.push(range);
        }
    };
    if let Some((item, at)) = workspace.item_at(file, offset)
        && let Some(whole) = workspace.item_range(item)
        && offset <= whole.end
    {
        let parsed = parsed(workspace.db(), item);
        let tree = parsed.tree();
        let node = tree.node_at(at);
        for node in std::iter::once(node).chain(node.ancestors()) {
            let range = node.range();
            if (range.start..=range.end).contains(&at) {
                push(whole.start + range.start..whole.start + range.end);
            }
        }
        push(whole);
    }
    push(0..text.len());
    ranges
}
