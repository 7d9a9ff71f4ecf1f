//! Which names stand beside a name, so that none of them can have been meant by it: what is bound already in the same braces, and what other arms take.
//! A name below which both bind something can have been meant: `containers["a"]` may stand beside `containers["b"]`.

use crate::literal::string_value;
use crate::node::NodeKind;
use crate::tree::Node;

/// How many entries are looked at. Who binds more in one body is told a mistake without regard to them.
const ENTRIES: usize = 400;

/// The names that are taken beside a name that stands in the path of a binding or in the pattern of an arm; of any other, none.
pub fn taken_beside(name: Node<'_>) -> Vec<String> {
    let mut taken = Taken { name, goes_on: goes_on(name), names: Vec::new(), looked_at: 0 };
    for node in name.ancestors() {
        match node.kind() {
            NodeKind::Path => {
                taken.by_bindings(node);
                break;
            }
            NodeKind::Pattern => {
                taken.by_arms(node);
                break;
            }
            NodeKind::Body | NodeKind::Set | NodeKind::Computed => break,
            _ => {}
        }
    }
    taken.names
}

struct Taken<'t> {
    name: Node<'t>,
    /// Whether something is bound below it.
    goes_on: bool,
    names: Vec<String>,
    looked_at: usize,
}

impl<'t> Taken<'t> {
    fn by_arms(&mut self, pattern: Node<'t>) {
        let arms = pattern.parent().and_then(Node::parent);
        for arm in arms.into_iter().flat_map(|all| all.children_of(NodeKind::Arm)).take(ENTRIES) {
            let other = arm.child(NodeKind::Pattern).filter(|other| *other != pattern);
            if let Some(first) = other.and_then(|other| other.children().next()) {
                self.names.push(string_value(first.text()).into_owned());
            }
        }
    }

    fn by_bindings(&mut self, path: Node<'t>) {
        let before = keys(path).take_while(|key| *key != self.name);
        let Some(mut above) = before.map(key_name).collect::<Option<Vec<_>>>() else { return };
        let Some(mut entry) = path.parent() else { return };
        // Out of the blocks in which it stands, to the braces of the record itself.
        let record = loop {
            let Some(body) = entry.parent() else { return };
            let Some(around) = body.parent().filter(|_| body.kind() == NodeKind::Body) else {
                return self.by_entry(entry, &above);
            };
            match around.kind() {
                NodeKind::When | NodeKind::For => entry = around,
                NodeKind::Binding | NodeKind::Layered => {
                    let of = if around.kind() == NodeKind::Layered {
                        around.parent()
                    } else {
                        Some(around)
                    };
                    let outer = of.and_then(|of| Some((of, of.child(NodeKind::Path)?)));
                    let Some((binding, outer)) = outer else { return };
                    let Some(mut outer) = keys(outer).map(key_name).collect::<Option<Vec<_>>>()
                    else {
                        break body;
                    };
                    outer.append(&mut above);
                    above = outer;
                    entry = binding;
                }
                _ => break body,
            }
        };
        self.by_body(record, &above);
    }

    fn by_body(&mut self, body: Node<'t>, above: &[String]) {
        for entry in body.children() {
            if self.looked_at > ENTRIES {
                break;
            }
            self.by_entry(entry, above);
        }
    }

    /// The names that an entry binds below a path.
    fn by_entry(&mut self, entry: Node<'t>, above: &[String]) {
        self.looked_at += 1;
        if self.looked_at > ENTRIES {
            return;
        }
        let body = entry.child(NodeKind::Layered).unwrap_or(entry).child(NodeKind::Body);
        if matches!(entry.kind(), NodeKind::When | NodeKind::For) {
            return body.into_iter().for_each(|body| self.by_body(body, above));
        }
        let mut left = above;
        for key in entry.child(NodeKind::Path).into_iter().flat_map(keys) {
            let Some((first, rest)) = left.split_first() else {
                if key != self.name && !(self.goes_on && goes_on(key)) {
                    self.names.extend(key_name(key));
                }
                return;
            };
            if key_name(key).as_deref() != Some(first) {
                return;
            }
            left = rest;
        }
        body.into_iter().for_each(|body| self.by_body(body, left));
    }
}

/// Whether a binding binds something below this key of its path.
fn goes_on(key: Node<'_>) -> bool {
    let Some(path) = key.parent() else { return false };
    let entry = path.parent().filter(|entry| entry.child(NodeKind::Body).is_some());
    entry.is_some() || keys(path).skip_while(|other| *other != key).nth(1).is_some()
}

/// The keys of a path.
fn keys<'t>(path: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    path.children().filter(|key| !matches!(key.kind(), NodeKind::Question | NodeKind::Junk))
}

/// What a key is called, if that is written.
fn key_name(key: Node<'_>) -> Option<String> {
    match key.kind() {
        NodeKind::Name => Some(key.text().to_owned()),
        NodeKind::Str => Some(string_value(key.text()).into_owned()),
        NodeKind::Computed => {
            let only = key.child(NodeKind::Str)?;
            Some(string_value(only.text()).into_owned())
        }
        _ => None,
    }
}
