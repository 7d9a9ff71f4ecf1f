//! Names that stand twice where they may once: fields of a schema or a case, parameters of a function, and what a layer
//! sets.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use syntax::{Node, NodeKind};

use super::Elaborator;
use super::path::{Bound, Segment, bound, segments};
use crate::code::SetOp;
use crate::ty::{Literal, Ty};
use crate::types::{key_str, key_text};

impl Elaborator<'_> {
    /// Reports fields that the body of a schema or a case declares again. What is also set twice is told of that.
    pub(super) fn fields_declared_once(&mut self, body: Node<'_>) {
        let fields = body.children_of(NodeKind::Binding).filter_map(|binding| {
            let path = binding.child(NodeKind::Path)?;
            binding.child(NodeKind::Annotation)?;
            let mut keys = path.children().filter(|key| key.kind() != NodeKind::Question);
            let key = keys.next().filter(|_| keys.next().is_none())?;
            Some((key, binding.child(NodeKind::Set).is_some()))
        });
        self.declared_once(fields);
    }

    /// Reports names that are declared again, each with whether it has a value.
    pub(super) fn declared_once<'t>(&mut self, names: impl IntoIterator<Item = (Node<'t>, bool)>) {
        let mut seen = BTreeMap::new();
        for (name, is_set) in names {
            let Some((first, first_set)) = seen.insert(key_text(name), (name, is_set)) else {
                continue;
            };
            if is_set && first_set {
                continue;
            }
            let problem = self
                .problem(108, name, format!("`{}` is declared twice", name.text()))
                .related(self.place(first), "first declared here")
                .help("rename one of them");
            self.report(problem);
        }
    }

    /// Keys that the layer which a body writes sets twice, or sets and puts blocks on, also under conditions. What stands
    /// under two of them is told here if one never holds without the other, and else once both are seen to hold.
    pub(super) fn bound_twice(&mut self, body: Node<'_>) {
        // Of most bodies no two entries begin with one name.
        let mut names = Vec::new();
        first_names(body, &mut names);
        names.sort_unstable();
        if names.windows(2).all(|two| two.first() != two.last()) {
            return;
        }
        let (conditions, nodes) = (FxHashMap::default(), Vec::new());
        let mut layer = Layer { body: body.id(), conditions, nodes, named: true };
        let mut parts = Vec::new();
        layer.collect(body, body.id(), ALWAYS, &mut parts);
        self.parts_bound_twice(&mut layer, parts);
    }

    /// The same of what a layer binds in one record.
    fn parts_bound_twice<'t>(&mut self, layer: &mut Layer<'t>, parts: Vec<Part<'t>>) {
        let mut by_name: BTreeMap<Cow<'t, str>, Vec<Part<'t>>> = BTreeMap::new();
        for part in parts {
            let Some(segment) = part.segment() else { continue };
            if segment.node.kind() != NodeKind::Computed {
                by_name.entry(key_str(segment.node)).or_default().push(part);
            }
        }
        for parts in by_name.into_values().filter(|parts| parts.len() > 1) {
            if self.told_twice(layer, &parts) {
                continue;
            }
            let mut within = Vec::new();
            for block in parts.into_iter().filter(Part::is_block) {
                layer.parts_of(block, &mut within);
            }
            self.parts_bound_twice(layer, within);
        }
    }

    /// Reports those of the bindings of one name that cannot stand beside an earlier one, and says whether there are any.
    fn told_twice(&mut self, layer: &Layer<'_>, parts: &[Part<'_>]) -> bool {
        // Under each condition, the first that sets it and the first that puts a block on it; and of all conditions.
        let mut seen: BTreeMap<u32, [Option<usize>; 2]> = BTreeMap::new();
        let mut of_all = [None; 2];
        let mut told = false;
        for (at, part) in parts.iter().enumerate() {
            let sets = part.sets();
            if !sets && !part.is_block() {
                continue;
            }
            let beside: Vec<[Option<usize>; 2]> = match part.when {
                ALWAYS => vec![of_all],
                when => {
                    let known = seen.iter().take(CONDITIONS);
                    let together =
                        known.filter(|(other, _)| self.hold_together(layer, when, **other));
                    together.map(|(_, known)| *known).collect()
                }
            };
            let clashes = |[setting, block]: [Option<usize>; 2]| [setting, block.filter(|_| sets)];
            let earlier = beside.into_iter().flat_map(clashes).flatten().min();
            match earlier.and_then(|earlier| parts.get(earlier)) {
                Some(first) => {
                    told = true;
                    // Within one pair of braces it is told of these.
                    if first.body != part.body || part.body == layer.body {
                        self.tell_twice(first, part);
                    }
                }
                None => {
                    let kind = usize::from(!sets);
                    for known in [seen.entry(part.when).or_default(), &mut of_all] {
                        if let Some(known) = known.get_mut(kind) {
                            known.get_or_insert(at);
                        }
                    }
                }
            }
        }
        told
    }

    /// Whether one of two conditions of a layer never holds without the other, as far as types tell.
    fn hold_together(&mut self, layer: &Layer<'_>, a: u32, b: u32) -> bool {
        if a == b || a == ALWAYS || b == ALWAYS {
            return true;
        }
        let (Some(a), Some(b)) = (layer.all_of(a), layer.all_of(b)) else { return false };
        self.implies(&a, &b) || self.implies(&b, &a)
    }

    fn implies(&mut self, given: &[Node<'_>], asked: &[Node<'_>]) -> bool {
        self.quietly(|this| {
            let scope = this.enter();
            given.iter().for_each(|condition| this.assume(*condition, true));
            let always = Ty::Literal(Literal::Bool(true));
            let holds = asked
                .iter()
                .all(|condition| this.expression(*condition, Some(&Ty::Bool)).1 == always);
            this.leave(scope);
            holds
        })
    }

    fn tell_twice(&mut self, first: &Part<'_>, second: &Part<'_>) {
        let (Some(before), Some(segment)) = (first.segment(), second.segment()) else { return };
        let name = second.name();
        let both = first.sets() && second.sets();
        let message = match both {
            true => format!("`{name}` is set twice here"),
            false => format!("`{name}` is set here, and a block is put on it, in one layer"),
        };
        let help = match (both, first.when == second.when) {
            (true, false) => {
                format!(
                    "conditions change nothing in that: say both in one value, `{name} = if … then … else …`"
                )
            }
            (false, false) => {
                "conditions change nothing in that: put what the block says into the value"
                    .to_owned()
            }
            _ => "keep one of the two".to_owned(),
        };
        let help = match first.when != second.when && first.when != ALWAYS && second.when != ALWAYS
        {
            true => format!(
                "one of the conditions never holds without the other: say both in one value, `{name} = if … then … else …`"
            ),
            false => help,
        };
        let problem = self.problem(401, segment.node, message);
        let before = self.place(before.node);
        self.report(problem.related(before, "bound here first").help(help));
    }
}

/// That something stands under no condition.
const ALWAYS: u32 = 0;

/// Conditions under which one name is bound and of which each further one is compared with those before it.
const CONDITIONS: usize = 16;

/// What a body binds, with the conditions and the braces in it.
struct Layer<'t> {
    body: u32,
    /// Conditions, by those around them, the body in which they stand, and their text.
    conditions: FxHashMap<(u32, u32, &'t str), u32>,
    /// Each of them, with the number of the one around it, if it stands in this layer's own braces.
    nodes: Vec<(u32, Option<Node<'t>>)>,
    /// Names mean the same in all that was seen so far, so that conditions with one text are one.
    named: bool,
}

/// What a binding binds, from one name of its path on.
struct Part<'t> {
    path: Rc<Vec<Segment<'t>>>,
    at: usize,
    bound: Rc<Bound<'t>>,
    when: u32,
    /// The braces in which it is written.
    body: u32,
}

impl<'t> Part<'t> {
    fn segment(&self) -> Option<&Segment<'t>> {
        self.path.get(self.at)
    }

    fn is_last(&self) -> bool {
        self.at + 1 == self.path.len()
    }

    fn sets(&self) -> bool {
        self.is_last() && matches!(*self.bound, Bound::Value(SetOp::Replace, _))
    }

    fn is_block(&self) -> bool {
        !self.is_last() || matches!(*self.bound, Bound::Block(..))
    }

    /// The path that is written, as far as it is followed.
    fn name(&self) -> String {
        let names = self.path.iter().take(self.at + 1).map(|segment| key_str(segment.node));
        names.collect::<Vec<_>>().join(".")
    }
}

impl<'t> Layer<'t> {
    /// What a body binds.
    fn collect(&mut self, body: Node<'t>, braces: u32, when: u32, parts: &mut Vec<Part<'t>>) {
        for node in body.children() {
            match node.kind() {
                NodeKind::Binding if node.child(NodeKind::ForClause).is_none() => {
                    let Some(path) = node.child(NodeKind::Path) else { continue };
                    let (path, bound) = (Rc::new(segments(path)), Rc::new(bound(node)));
                    parts.push(Part { path, at: 0, bound, when, body: braces });
                }
                NodeKind::When => {
                    let (Some(condition), Some(body)) =
                        (node.children().next(), node.child(NodeKind::Body))
                    else {
                        continue;
                    };
                    let new = u32::try_from(self.conditions.len()).unwrap_or(u32::MAX) + 1;
                    // That of another name is not the same.
                    let place = if self.named { braces } else { node.id() };
                    let outer = when;
                    let known = self.conditions.entry((outer, place, condition.text()));
                    let when = *known.or_insert(new);
                    if when == new {
                        let own = self.named && braces == self.body;
                        self.nodes.push((outer, own.then_some(condition)));
                    }
                    self.collect(body, braces, when, parts);
                }
                NodeKind::Spread => {
                    if let Some(body) = node.child(NodeKind::Body) {
                        self.collect(body, braces, when, parts);
                    }
                }
                NodeKind::Let | NodeKind::Fn => self.named = false,
                _ => {}
            }
        }
    }

    /// A condition with those around it; `None` where names may mean something else than in the layer's own braces.
    fn all_of(&self, when: u32) -> Option<Vec<Node<'t>>> {
        let mut all = Vec::new();
        let mut at = when;
        while let Some(before) = at.checked_sub(1) {
            let (outer, node) = self.nodes.get(before as usize)?;
            all.push((*node)?);
            at = *outer;
        }
        Some(all)
    }

    /// What a part that is a block binds in its record. Of what lies on what may be absent, or on traits, it is found in values.
    fn parts_of(&mut self, block: Part<'t>, parts: &mut Vec<Part<'t>>) {
        if block.segment().is_none_or(|segment| segment.optional) {
            return;
        }
        if !block.is_last() {
            parts.push(Part { at: block.at + 1, ..block });
        } else if let Bound::Block(owner, body) = *block.bound
            && owner.kind() == NodeKind::Body
        {
            self.collect(body, body.id(), block.when, parts);
        }
    }
}

/// The first names of what a body binds, also under conditions.
fn first_names<'t>(body: Node<'t>, names: &mut Vec<Cow<'t, str>>) {
    for node in body.children() {
        match node.kind() {
            NodeKind::Binding => {
                let path = node.child(NodeKind::Path);
                names.extend(path.and_then(|path| path.children().next()).map(key_str));
            }
            NodeKind::When | NodeKind::Spread => {
                if let Some(body) = node.child(NodeKind::Body) {
                    first_names(body, names);
                }
            }
            _ => {}
        }
    }
}
