//! The parameters of what is being called, and which of them is being written.

use std::ops::Range;

use analysis::elaborate::{Called, meaning, signature};
use analysis::parse::parsed;
use analysis::show::type_name;
use analysis::ty::{FnTy, Ty};
use analysis::workspace::Workspace;
use syntax::{Node, NodeKind as K};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// `join(list: [Str], separator: Str) -> Str`.
    pub label: String,
    pub doc: Option<String>,
    /// Where each parameter stands in the label, in bytes.
    pub params: Vec<Range<usize>>,
    /// The parameter that is being written; past the last where there are too many.
    pub active: usize,
}

/// The signatures that the call around an offset may be of.
pub fn signatures(workspace: &Workspace, file: &str, offset: usize) -> Vec<Signature> {
    let db = workspace.db();
    let Some((item, at)) = workspace.item_at(file, offset) else { return Vec::new() };
    let parsed = parsed(db, item);
    let mut calls = parsed.tree().nodes().filter(|node| {
        let range = node.range();
        let open = node.children().last().is_some_and(|last| last.kind() == K::Missing);
        node.kind() == K::Call
            && range.start < at
            && (at < range.end || (open && at <= range.end + 1))
    });
    let Some(call) = calls.next_back() else { return Vec::new() };
    let active = arguments_before(call, at);
    let meaning = meaning(db, item, None);
    let name = called_name(call);
    match meaning.calls.get(&call.id()) {
        Some(Called::Function(ty)) => vec![labelled(workspace, &name, ty, 0, active, None)],
        Some(Called::Library { items, method }) => items
            .iter()
            .filter_map(|item| {
                let Ty::Fn(ty) = &signature(db, *item).ty else { return None };
                let parsed = analysis::parse::parsed(db, *item);
                let doc = Some(parsed.tree().entry().doc()).filter(|doc| !doc.trim().is_empty());
                let skip = usize::from(*method);
                Some(labelled(workspace, item.name(db), ty, skip, active, doc))
            })
            .collect(),
        None => Vec::new(),
    }
}

fn labelled(
    workspace: &Workspace,
    name: &str,
    ty: &FnTy,
    skip: usize,
    active: usize,
    doc: Option<String>,
) -> Signature {
    let db = workspace.db();
    let mut label = format!("{name}(");
    let mut params = Vec::new();
    for (at, (param, of)) in ty.params.iter().enumerate().skip(skip) {
        if at > skip {
            label.push_str(", ");
        }
        let start = label.len();
        if !param.is_empty() {
            label.push_str(param);
            label.push_str(if at < ty.required { ": " } else { "?: " });
        }
        label.push_str(&type_name(db, of));
        params.push(start..label.len());
    }
    label.push_str(") -> ");
    label.push_str(&type_name(db, &ty.result));
    Signature { label, doc, params, active }
}

/// How many arguments end before an offset.
fn arguments_before(call: Node<'_>, at: usize) -> usize {
    let text = call.tree().text();
    let ends = call.children().filter(|node| !matches!(node.kind(), K::Missing | K::Junk));
    let mut count = 0;
    for argument in ends {
        let end = argument.range().end;
        // The comma behind it says that it is ended.
        let comma = text.get(end..at).is_some_and(|between| between.trim_start().starts_with(','));
        if end > at || !comma {
            break;
        }
        count += 1;
    }
    count
}

fn called_name(call: Node<'_>) -> String {
    let before = call.parent().and_then(|chain| chain.children().take_while(|n| *n != call).last());
    before.map_or_else(String::new, |node| match node.kind() {
        K::Field | K::OptField => node.children().next().map_or("", |name| name.text()).to_owned(),
        _ => node.text().to_owned(),
    })
}
