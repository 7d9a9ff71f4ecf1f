//! What could be written at a place.
//!
//! The place is found in the tree of the text as it is, however broken: a name that is begun, nothing behind a dot or a
//! sign of equality, or an empty line between braces.

mod offers;
mod place;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use analysis::db::{Item, ItemKind, Library, Module, target};
use analysis::elaborate::{Meaning, Meant, meaning, signature};
use analysis::fits::present;
use analysis::parse::parsed;
use analysis::resolve::{Target, bases, resolve};
use analysis::show::type_name;
use analysis::ty::Ty;
use analysis::variant::variant;
use analysis::workspace::Workspace;
use syntax::{Node, NodeKind as K};

use crate::hover::doc;
use crate::outline::matches;
use crate::symbol::bound_at;
use offers::declares;
use place::{is_open, matched, place};

/// Something that could be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    pub label: String,
    pub kind: CompletionKind,
    /// Its type, or where it comes from.
    pub detail: String,
    pub documentation: Option<String>,
    /// What is written in place of what stands there.
    pub insert: String,
    /// Less comes first.
    pub rank: u8,
    /// Further changes that make the name known: where, and what is put there.
    pub adds: Option<(usize, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompletionKind {
    Field,
    Key,
    Value,
    Record,
    Function,
    Schema,
    Trait,
    Type,
    Variant,
    Case,
    Constant,
    Module,
    Keyword,
    File,
}

/// What could be written at an offset, and what of the text it takes the place of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Completions {
    pub range: Range<usize>,
    pub all: Vec<Completion>,
    /// There are more, which come when more of the name is written.
    pub is_cut: bool,
}

/// How many names of a program are offered at once: nobody reads more, and each is looked up.
const NAMES: usize = 200;

/// The words that begin an item.
const ITEMS: [&str; 16] = [
    "use", "overlay", "input", "let", "fn", "type", "schema", "variant", "trait", "test", "every",
    "check", "warn", "override", "default", "final",
];

/// What could be written at an offset of a file.
pub fn completions(workspace: &Workspace, file: &str, offset: usize) -> Completions {
    let Some(text) = workspace.text(file) else { return Completions::default() };
    let before = text.get(..offset).unwrap_or_default();
    if is_in_comment(before) {
        return Completions::default();
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let start = before.rfind(|c| !is_part(c)).map_or(0, |at| {
        at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    });
    let begun = before.get(start..).unwrap_or_default();
    let mut finder =
        Finder { workspace, file, offset, start, begun, all: Vec::new(), is_cut: false };
    let range = finder.find(text);
    let is_cut = finder.is_cut;
    let mut all = finder.all;
    all.sort_by(|one, other| (one.rank, &one.label).cmp(&(other.rank, &other.label)));
    // What is there under two names for it, a key and the field that it is, is one with all that is known of both.
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut merged: Vec<Completion> = Vec::new();
    for completion in all {
        match known.get(&completion.label).and_then(|at| merged.get_mut(*at)) {
            Some(first) => {
                if first.detail.is_empty() {
                    first.detail = completion.detail;
                }
                first.documentation = first.documentation.take().or(completion.documentation);
            }
            None => {
                known.insert(completion.label.clone(), merged.len());
                merged.push(completion);
            }
        }
    }
    Completions { range, all: merged, is_cut }
}

fn is_in_comment(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.trim_start().starts_with("//")
}

struct Finder<'w> {
    workspace: &'w Workspace,
    file: &'w str,
    offset: usize,
    /// Where the word begins that ends at the offset.
    start: usize,
    /// What is written of it.
    begun: &'w str,
    all: Vec<Completion>,
    is_cut: bool,
}

impl Finder<'_> {
    fn find(&mut self, text: &str) -> Range<usize> {
        let db = self.workspace.db();
        let range = self.start..self.offset;
        let Some((item, _)) = self.workspace.item_at(self.file, self.start) else {
            self.items();
            return range;
        };
        let Some(whole) = self.workspace.item_range(item) else { return range };
        let at = self.start - whole.start;
        let parsed = parsed(db, item);
        let tree = parsed.tree();
        // The string around the offset is a key, a value of few, or a path.
        if let Some(string) = tree.nodes().find(|node| {
            node.kind() == K::Str
                && node.range().start < self.offset - whole.start
                && self.offset - whole.start < node.range().end.max(node.range().start + 2)
        }) {
            return self.string(item, string, whole.start);
        }
        if item.kind(db) == ItemKind::Use {
            self.uses(item, tree.entry());
            return range;
        }
        let behind = self.start >= whole.end && tree.nodes().all(|node| !is_open(node));
        let first_on_line = text.get(..self.start).is_some_and(|before| {
            before.rsplit('\n').next().unwrap_or_default().chars().all(char::is_whitespace)
                && before.ends_with(['\n', ' ', '\t']) | before.is_empty()
        });
        if (behind && first_on_line) || (at == 0 && self.start == whole.start) {
            self.items();
            return range;
        }
        if let Some(subject) = matched(tree.root(), at) {
            let meaning = meaning(db, item, Some(subject.id()));
            if let Some(ty) = meaning.types.get(&subject.id()) {
                self.constants(ty, false);
            }
            self.push("unset", CompletionKind::Keyword, String::new(), 6);
            return range;
        }
        let node = place(tree.root(), at, self.offset - whole.start);
        self.at(item, node, text.get(..self.start).unwrap_or_default());
        range
    }

    fn push(
        &mut self,
        label: &str,
        kind: CompletionKind,
        detail: String,
        rank: u8,
    ) -> &mut Completion {
        self.all.push(Completion {
            label: label.to_owned(),
            kind,
            detail,
            documentation: None,
            insert: label.to_owned(),
            rank,
            adds: None,
        });
        let last = self.all.len() - 1;
        &mut self.all[last]
    }

    /// What begins an item: its words, and in an overlay the names of its base.
    fn items(&mut self) {
        let db = self.workspace.db();
        for word in ITEMS {
            self.push(word, CompletionKind::Keyword, String::new(), 5);
        }
        let Some(source) = self.workspace.source_of(self.file) else { return };
        let mut count = 0;
        for item in bases(db, source.module).iter().flat_map(|base| base.items(db)) {
            let is_meant = matches!(item.kind(db), ItemKind::Binding | ItemKind::Input)
                && matches(item.name(db), self.begun);
            if is_meant && count < NAMES {
                let detail = type_name(db, &signature(db, *item).ty);
                self.push(item.name(db), CompletionKind::Record, detail, 1);
            }
            count += usize::from(is_meant);
        }
        self.is_cut |= count > NAMES;
    }

    /// What a `use` could bring.
    fn uses(&mut self, item: Item, entry: Node<'_>) {
        let db = self.workspace.db();
        let Some(library) = Library::try_get(db) else { return };
        let line = entry.text();
        let until =
            self.start.saturating_sub(self.workspace.item_range(item).map_or(0, |r| r.start));
        let written = line.get(..until.min(line.len())).unwrap_or_default();
        let path = written.trim_start_matches("use").trim_start();
        let path = path.trim_end_matches(|c: char| c != '.').trim_end_matches('.');
        let module = path.split(".{").next().unwrap_or_default();
        // Its text says what a module of the library declares, whether or not a program reads it yet.
        for of in analysis::workspace::library().iter().filter(|of| of.name == module) {
            for (_, header) in of.items {
                if let Some(kind) = declares(header.kind) {
                    self.push(header.name, kind, of.name.to_owned(), 1);
                }
            }
        }
        let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
        for (name, _) in library.modules(db).iter() {
            if let Some(rest) = name.strip_prefix(&prefix) {
                let next = rest.split('.').next().unwrap_or_default();
                self.push(next, CompletionKind::Module, name.to_string(), 2);
            }
        }
        if path.is_empty() {
            self.push("k8s", CompletionKind::Module, "the types of Kubernetes".to_owned(), 2);
        } else if path.starts_with("k8s") {
            self.kinds();
        }
    }

    fn kinds(&mut self) {
        let minor = target(self.workspace.db());
        for kind in kube::types::kinds() {
            let info = kind.info();
            if info.exists_in(minor) {
                self.push(info.kind, CompletionKind::Type, info.api_version(), 2);
            }
        }
    }

    /// What could stand in the quotes of a string.
    fn string(&mut self, item: Item, string: Node<'_>, start: usize) -> Range<usize> {
        let inside = start + string.range().start + 1..start + string.range().end;
        let closed = string.text().len() > 1 && string.text().ends_with('"');
        let range = inside.start..if closed { inside.end - 1 } else { self.offset };
        if crate::links::names_file(string) {
            let own = analysis::workspace::folder(self.file);
            for module in self.workspace.modules() {
                let path = module.path(self.workspace.db());
                if path != self.file {
                    let shown = relative(own, path);
                    self.push(&shown, CompletionKind::File, String::new(), 1);
                }
            }
            return range;
        }
        let meaning = meaning(self.workspace.db(), item, Some(string.id()));
        let wanted = meaning.wanted.get(&string.id()).cloned();
        if let Some(wanted) = wanted {
            self.constants(&wanted, true);
        }
        self.ports(item, &meaning, string);
        // A key in quotes, behind a dot.
        if let Some(path) = string.parent().filter(|above| above.kind() == K::Path)
            && let Some(before) = path.children().take_while(|part| *part != string).last()
            && let Some((of, path)) = bound_at(self.workspace, item, before)
        {
            self.keys(item, of, &path, false);
            for key in &mut self.all {
                key.insert = key.label.clone();
            }
        }
        range
    }

    fn at(&mut self, item: Item, node: Node<'_>, before: &str) {
        let db = self.workspace.db();
        let meaning = meaning(db, item, Some(node.id()));
        let above = node.parent();
        let dot = before.trim_end().ends_with('.') && !before.trim_end().ends_with("..");
        if dot && let Some(field) = above.filter(|n| matches!(n.kind(), K::Field | K::OptField)) {
            return self.members(item, &meaning, field);
        }
        if let Some(lead) = above.filter(|n| n.kind() == K::Lead) {
            let inner = innermost(&meaning, lead).cloned();
            return inner.iter().for_each(|ty| self.fields(ty, &BTreeSet::new(), false));
        }
        match above.map(|above| above.kind()) {
            Some(K::TypeRef) => return self.types(item, above),
            Some(K::Path) => return self.path(item, &meaning, node, dot),
            _ => {}
        }
        if node.kind() == K::Body {
            return self.body(&meaning, node);
        }
        if node.kind() == K::Missing
            && above.is_some_and(|n| {
                matches!(n.kind(), K::Annotation | K::Extends | K::Target | K::With | K::Layered)
            })
        {
            return self.types(item, above);
        }
        match &meaning.scene {
            Some(scene) => self.expression(item, scene),
            None => self.names(item),
        }
    }

    /// What is behind a dot.
    fn members(&mut self, item: Item, meaning: &Meaning, field: Node<'_>) {
        let db = self.workspace.db();
        let Some(chain) = field.parent() else { return };
        let Some(owner) = chain.children().take_while(|part| *part != field).last() else { return };
        if let Some(ty) = meaning.types.get(&owner.id()) {
            let ty = ty.clone();
            if let Some((of, path)) = way(meaning, owner) {
                self.keys(item, of, &path, false);
            }
            self.fields(&ty, &BTreeSet::new(), false);
            return self.methods(&ty);
        }
        // Not a value, so a module or a variant.
        match resolve(db, item.module(db), owner.text()) {
            Some(Target::Module(module)) => self.module(module),
            Some(Target::Item(item)) if item.kind(db) == ItemKind::Variant => self.cases(item),
            Some(Target::Kubernetes) => self.kinds(),
            _ => {}
        }
    }

    fn module(&mut self, module: Module) {
        let db = self.workspace.db();
        for item in module.items(db) {
            self.named_item(*item, item.name(db), 1);
        }
    }

    fn cases(&mut self, item: Item) {
        for case in &variant(self.workspace.db(), item).cases {
            let documentation = doc(self.workspace, case.place);
            let detail = item.name(self.workspace.db()).to_owned();
            self.push(&case.name, CompletionKind::Case, detail, 0).documentation = documentation;
        }
    }

    /// The functions of the library that a value is the first argument of.
    fn methods(&mut self, ty: &Ty) {
        let db = self.workspace.db();
        let Some(library) = Library::try_get(db) else { return };
        let items = library.functions(db).iter().flat_map(|module| module.items(db).iter());
        for item in items.copied().filter(|item| item.kind(db) == ItemKind::Fn) {
            if let Ty::Fn(function) = &signature(db, item).ty
                && let Some((_, first)) = function.params.first()
                && !matches!(first, Ty::Param(analysis::ty::TypeParam::T))
                && analysis::fits::fits(db, present(ty), first) == analysis::fits::Fit::Yes
            {
                let detail = type_name(db, &signature(db, item).ty);
                let documentation = self.doc_of(item);
                let function = self.push(item.name(db), CompletionKind::Function, detail, 4);
                function.documentation = documentation;
            }
        }
    }

    /// The segment of a path that binds something.
    fn path(&mut self, item: Item, meaning: &Meaning, node: Node<'_>, dot: bool) {
        let Some(path) = node.parent() else { return };
        let Some(entry) = path.parent() else { return };
        if dot {
            // What the segment before it leads to.
            let segment = path.children().take_while(|part| part.id() < node.id()).last();
            let found = segment.and_then(|segment| self.field_type(item, meaning, segment));
            if let Some((of, path)) = segment.and_then(|at| bound_at(self.workspace, item, at)) {
                self.keys(item, of, &path, true);
            }
            if let Some(ty) = found {
                self.fields(&ty, &BTreeSet::new(), true);
            }
            return;
        }
        if entry == entry.tree().entry() {
            return self.items();
        }
        if let Some(body) = entry.ancestors().into_iter().find(|above| above.kind() == K::Body) {
            self.body(meaning, body);
        }
    }

    fn field_type(&self, item: Item, meaning: &Meaning, segment: Node<'_>) -> Option<Ty> {
        match meaning.names.get(&segment.id()) {
            Some(Meant::Field { ty, .. }) => Some(ty.clone()),
            Some(Meant::Case(item, index)) => Some(Ty::Case(*item, *index)),
            _ => {
                let db = self.workspace.db();
                let name = segment.text();
                let declared = analysis::resolve::declaration(db, item.module(db), name)?;
                Some(signature(db, declared).ty.clone())
            }
        }
    }

    /// What could be bound in braces.
    fn body(&mut self, meaning: &Meaning, body: Node<'_>) {
        let Some(ty) = meaning.bodies.get(&body.id()).cloned() else { return };
        // What is bound already is not bound again.
        let bound: BTreeSet<String> = body
            .children_of(K::Binding)
            .filter(|entry| !(entry.range().start..=entry.range().end).contains(&self.in_item()))
            .filter_map(|entry| Some(entry.child(K::Path)?.children().next()?.text().to_owned()))
            .collect();
        self.fields(&ty, &bound, true);
        for word in ["let", "when", "for", "override", "default", "final", "check", "unset"] {
            self.push(word, CompletionKind::Keyword, String::new(), 6);
        }
    }

    /// Where the word begins, in the text of its item.
    fn in_item(&self) -> usize {
        let item = self.workspace.item_at(self.file, self.start).map(|(item, _)| item);
        let start = item.and_then(|item| self.workspace.item_range(item)).map_or(0, |r| r.start);
        self.start.saturating_sub(start)
    }
}

/// The item that a part of a chain is read from, and the path to it from there.
fn way(meaning: &Meaning, part: Node<'_>) -> Option<(Item, Vec<Arc<str>>)> {
    let name = match part.kind() {
        K::Name => part,
        _ => part.children().next()?,
    };
    match meaning.names.get(&name.id())? {
        Meant::Item(item) => Some((*item, Vec::new())),
        Meant::Field { at, .. } => at.clone(),
        _ => None,
    }
}

/// The type of the record around a node.
fn innermost<'m>(meaning: &'m Meaning, node: Node<'_>) -> Option<&'m Ty> {
    node.ancestors().into_iter().find_map(|above| meaning.bodies.get(&above.id()))
}

/// A path as it is written in a file of a folder.
fn relative(folder: &str, path: &str) -> String {
    let mut own: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let mut parts: Vec<&str> = path.split('/').collect();
    while let (Some(first), Some(next)) = (own.first(), parts.first())
        && first == next
        && parts.len() > 1
    {
        own.remove(0);
        parts.remove(0);
    }
    let up = "../".repeat(own.len());
    if up.is_empty() {
        format!("./{}", parts.join("/"))
    } else {
        format!("{up}{}", parts.join("/"))
    }
}
