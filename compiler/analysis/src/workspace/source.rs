//! One file: its text, how it is cut into items, and which item inputs hold them.
//!
//! Where an item starts is kept here and nowhere else, so that moving text sets no input. On an edit only the items
//! between the first and the last one touched are compared at all.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use salsa::{Durability, Setter};
use syntax::{Cuts, Header};

use crate::db::{Database, Item, ItemKind, Module, Origin, Text};
use crate::diagnostic::Lines;
use crate::workspace::difference::{difference, untouched};
use crate::workspace::given::{self, Given, Setting};
use crate::workspace::identity::{Identity, identity};
use crate::workspace::inputs::{set_text, take_over};
use crate::workspace::library::LibraryModule;

/// A file, the command line or a module of the library, cut into items.
#[derive(Clone, Debug)]
pub struct Source {
    pub module: Module,
    /// The path as the user would write it.
    pub path: Arc<str>,
    /// That of the library is part of the binary.
    text: Cow<'static, str>,
    cuts: Cuts,
    items: Vec<Entry>,
    /// The index in `items` of each.
    index: FxHashMap<Item, usize>,
    /// Inputs whose items are gone. An input cannot be deleted, so the next new item takes one over.
    retired: Vec<(Identity, Item)>,
    /// Asked for where something is shown only.
    lines: OnceLock<Lines>,
    /// Of what the command line gives; the first item is none of them.
    settings: Vec<Setting>,
}

#[derive(Clone, Debug)]
struct Entry {
    identity: Identity,
    item: Item,
}

impl Source {
    /// Cuts a file for the first time.
    pub fn new(
        db: &mut Database,
        path: Arc<str>,
        origin: Origin,
        text: String,
        cuts: Cuts,
    ) -> Self {
        let module = Module::builder(
            path.clone(),
            origin,
            [].into(),
            <_>::default(),
            <_>::default(),
            <_>::default(),
        )
        .durability(durability(origin))
        .new(db);
        Self::with_cuts(db, module, path, text, cuts)
    }

    /// What the command line gives: an item for each setting, on top of `base`.
    pub fn given(db: &mut Database, base: Module, given: Given) -> Self {
        let path = given.path.clone();
        let files: Arc<Vec<(Arc<str>, Module)>> = Arc::new(vec![(Arc::from(BASE), base)]);
        let origin = Origin::CommandLine;
        let module = Module::builder(
            path.clone(),
            origin,
            Arc::from([]),
            Arc::default(),
            files,
            Arc::default(),
        )
        .durability(durability(origin))
        .new(db);
        let mut source = Self::empty(module, path);
        let names_base = Text::from(&*format!("overlay \"{BASE}\""));
        let overlay = Item::builder(ItemKind::Overlay, Arc::from(""), names_base, module)
            .durability(durability(origin))
            .new(db);
        source.push(Identity::default(), overlay, 0..0);
        source.set_given(db, given);
        source
    }

    /// One item in the scope of a module that is not one of its items.
    pub fn asked(db: &mut Database, module: Module, text: &str) -> (Self, Item) {
        let identity = identity(text);
        let mut source = Self::empty(module, Arc::from(EXPRESSION));
        source.text = Cow::Owned(text.to_owned());
        let item = source.new_item(db, &identity, text);
        item.set_kind(db).to(ItemKind::Asked);
        source.push(identity, item, 0..text.len());
        source.index.insert(item, 0);
        (source, item)
    }

    /// Makes this what the command line gives. One whose path was set before changes its value only; of two for
    /// one path, each is what it was in its turn.
    pub fn set_given(&mut self, db: &mut Database, given: Given) {
        let mut known: BTreeMap<Identity, VecDeque<Item>> = BTreeMap::new();
        let overlay = self.items.first().cloned();
        for entry in self.items.drain(..).skip(1) {
            known.entry(entry.identity).or_default().push_back(entry.item);
        }
        for (identity, item) in self.retired.drain(..) {
            known.entry(identity).or_default().push_back(item);
        }
        self.items.extend(overlay);
        self.cuts.items.truncate(1);
        for setting in &given.settings {
            let end = setting.text.len();
            let start = setting.shown(0..0).start;
            let range = start..setting.shown(end..end).end.max(start);
            let name: Arc<str> = setting.name.as_str().into();
            let mut identity = Identity::of_setting(&setting.text);
            identity.name = name;
            let item = known.get_mut(&identity).and_then(VecDeque::pop_front);
            let item = match item {
                Some(item) => {
                    set_text(db, item, &setting.text);
                    item
                }
                None => Item::builder(
                    ItemKind::Set,
                    identity.name.clone(),
                    Text::from(&*setting.text),
                    self.module,
                )
                .durability(Durability::MEDIUM)
                .new(db),
            };
            self.push(identity, item, range);
        }
        // Each is kept for the path that it was of: there are as few as there are paths.
        self.retired = known
            .into_iter()
            .flat_map(|(identity, items)| {
                items.into_iter().map(move |item| (identity.clone(), item))
            })
            .collect();
        self.set_whole(given.text);
        self.settings = given.settings;
        self.set_items(db, Durability::MEDIUM);
    }

    /// A file that is imported or embedded: all of it is one item.
    pub fn of_data(db: &mut Database, path: Arc<str>, kind: ItemKind, text: String) -> Self {
        let origin = Origin::Data;
        let module = Module::builder(
            path.clone(),
            origin,
            Arc::from([]),
            Arc::default(),
            Arc::default(),
            Arc::default(),
        )
        .durability(durability(origin))
        .new(db);
        let item = Item::builder(kind, Arc::from(""), Text::from(&*text), module)
            .durability(durability(origin))
            .module_durability(Durability::HIGH)
            .new(db);
        let mut source = Self::empty(module, path);
        source.push(Identity::default(), item, 0..text.len());
        source.text = Cow::Owned(text);
        source.set_items(db, durability(origin));
        source
    }

    /// A module of all that some files define, which has no text of its own.
    pub fn of_folder(db: &mut Database, path: Arc<str>, items: Vec<Item>) -> Module {
        let none = (Arc::default(), Arc::default(), Arc::default());
        Module::builder(path, Origin::Data, Arc::from(items), none.0, none.1, none.2)
            .durability(durability(Origin::Data))
            .new(db)
    }

    /// Makes these the files of such a module.
    pub fn set_folder(db: &mut Database, module: Module, items: Vec<Item>) {
        if module.items(db) != items {
            module.set_items(db).with_durability(durability(Origin::Data)).to(Arc::from(items));
        }
    }

    fn empty(module: Module, path: Arc<str>) -> Self {
        Self {
            module,
            path,
            text: Cow::default(),
            cuts: Cuts::default(),
            items: Vec::new(),
            index: FxHashMap::default(),
            retired: Vec::new(),
            lines: OnceLock::new(),
            settings: Vec::new(),
        }
    }

    fn with_cuts(
        db: &mut Database,
        module: Module,
        path: Arc<str>,
        text: String,
        cuts: Cuts,
    ) -> Self {
        let items = cuts.items.iter().map(|span| {
            let text = text.get(span.range()).unwrap_or_default();
            (text, syntax::header(text))
        });
        let mut source = Self::with_items(db, module, path, items, Text::from);
        source.text = Cow::Owned(text);
        source.cuts = cuts;
        source
    }

    /// A file of these items, whose text and cuts are still to be set.
    fn with_items<'t>(
        db: &mut Database,
        module: Module,
        path: Arc<str>,
        items: impl Iterator<Item = (&'t str, Header<'t>)>,
        kept: impl Fn(&'t str) -> Text,
    ) -> Self {
        let durability = durability(module.origin(db));
        let mut source = Self::empty(module, path);
        source.items = items
            .map(|(text, header)| {
                let identity = Identity::of_header(header, text);
                let item =
                    Item::builder(identity.item_kind(), identity.name.clone(), kept(text), module)
                        .durability(durability)
                        .module_durability(Durability::HIGH)
                        .new(db);
                Entry { identity, item }
            })
            .collect();
        source.set_items(db, durability);
        source
    }

    fn push(&mut self, identity: Identity, item: Item, range: Range<usize>) {
        self.items.push(Entry { identity, item });
        self.cuts.items.push(syntax::Span { start: range.start as u32, end: range.end as u32 });
    }

    /// Gives a module of the library, known by name until now, its items.
    pub fn of_library(db: &mut Database, module: Module, of: &LibraryModule) -> Self {
        let path: Arc<str> = Arc::from(module.path(db));
        let items = of
            .items
            .iter()
            .map(|(span, header)| (of.text.get(span.range()).unwrap_or_default(), *header));
        let mut source = Self::with_items(db, module, path, items, Text::Library);
        let spans = of.items.iter().map(|(span, _)| *span).collect();
        source.cuts = Cuts { items: spans, closed: true };
        source.text = Cow::Borrowed(of.text);
        source
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where its lines start.
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    fn set_whole(&mut self, text: String) {
        self.lines = OnceLock::new();
        self.text = Cow::Owned(text);
    }

    /// The items in the order of the file.
    pub fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.items.iter().map(|entry| entry.item)
    }

    /// Where an item of this file stands in it.
    pub fn range(&self, item: Item) -> Option<Range<usize>> {
        let at = *self.index.get(&item)?;
        self.cuts.items.get(at).map(|span| span.range())
    }

    /// The last item that begins at or before an offset, and where it stands.
    pub fn at(&self, offset: usize) -> Option<(Item, Range<usize>)> {
        let next = self.cuts.items.partition_point(|span| span.start as usize <= offset);
        let at = next.checked_sub(1)?;
        Some((self.items.get(at)?.item, self.cuts.items.get(at)?.range()))
    }

    /// A stretch of an item's text as one of the file's.
    pub fn shown(&self, item: Item, range: Range<usize>) -> Option<Range<usize>> {
        let at = *self.index.get(&item)?;
        if let Some(setting) = at.checked_sub(1).and_then(|at| self.settings.get(at)) {
            return Some(setting.shown(range));
        }
        let whole = self.range(item)?;
        let start = (whole.start + range.start).min(whole.end);
        Some(start..(whole.start + range.end).clamp(start, whole.end))
    }

    /// The stretches of a file of values of which no setting was made, because they cannot be read.
    pub fn unread(&self) -> Vec<Range<usize>> {
        given::unread(&self.settings, self.text.len())
    }

    /// Makes this the text of the file, and sets what changed by that. Says whether the set of items changed, or an
    /// item that names other files.
    pub fn edit(&mut self, db: &mut Database, text: String) -> bool {
        if text == self.text {
            return false;
        }
        if self.module.origin(db) == Origin::Data
            && let Some(item) = self.items.first().map(|entry| entry.item)
        {
            set_text(db, item, &text);
            self.cuts.items = vec![syntax::Span { start: 0, end: text.len() as u32 }];
            self.set_whole(text);
            return false;
        }
        let (edit, inserted) = difference(&self.text, &text);
        let cuts = syntax::recut(&self.cuts, &text, edit.clone(), inserted);
        let (before, after) = untouched(&self.cuts, &cuts, &edit, inserted);
        let old_end = self.items.len() - after;
        let new_end = cuts.items.len() - after;
        let texts = cuts
            .items
            .get(before..new_end)
            .unwrap_or_default()
            .iter()
            .map(|span| text.get(span.range()).unwrap_or_default());
        let pieces: Vec<(Identity, &str)> = texts.map(|text| (identity(text), text)).collect();
        let old: Vec<Entry> = self.items.get(before..old_end).unwrap_or_default().to_vec();
        let (entries, structural) = self.matched(db, old, pieces);
        self.items.splice(before..old_end, entries);
        self.set_whole(text);
        self.cuts = cuts;
        if structural {
            let durability = durability(self.module.origin(db));
            self.set_items(db, durability);
        }
        structural
    }

    /// Finds the input of each new item: one that held the same item, else one that is free, else a new one.
    fn matched(
        &mut self,
        db: &mut Database,
        old: Vec<Entry>,
        pieces: Vec<(Identity, &str)>,
    ) -> (Vec<Entry>, bool) {
        let was: Vec<Item> = old.iter().map(|entry| entry.item).collect();
        let mut free: BTreeMap<Identity, VecDeque<Item>> = BTreeMap::new();
        for (identity, item) in self.retired.drain(..) {
            free.entry(identity).or_default().push_back(item);
        }
        for entry in old.into_iter().rev() {
            // What stood here just now is preferred to what was given up earlier.
            free.entry(entry.identity).or_default().push_front(entry.item);
        }
        let same: Vec<Option<Item>> =
            pieces.iter().map(|(identity, _)| free.get_mut(identity)?.pop_front()).collect();
        let mut rest: VecDeque<(Identity, Item)> = free
            .into_iter()
            .flat_map(|(identity, items)| {
                items.into_iter().map(move |item| (identity.clone(), item))
            })
            .collect();
        let mut structural = false;
        let mut entries = Vec::with_capacity(pieces.len());
        for ((identity, text), same) in pieces.into_iter().zip(same) {
            let item = match same {
                Some(item) => {
                    if item.text(db) != text {
                        structural |=
                            identity.names_files() || names_data(text) || names_data(item.text(db));
                        set_text(db, item, text);
                    }
                    item
                }
                None => {
                    structural = true;
                    match rest.pop_front() {
                        Some((_, item)) => {
                            take_over(db, item, &identity, text);
                            item
                        }
                        None => self.new_item(db, &identity, text),
                    }
                }
            };
            entries.push(Entry { identity, item });
        }
        self.retired = rest.into();
        structural |= entries.iter().map(|entry| entry.item).ne(was);
        (entries, structural)
    }

    fn new_item(&self, db: &mut Database, identity: &Identity, text: &str) -> Item {
        let name = identity.name.clone();
        Item::builder(identity.item_kind(), name, Text::from(text), self.module)
            .durability(durability(self.module.origin(db)))
            .module_durability(Durability::HIGH)
            .new(db)
    }

    fn set_items(&mut self, db: &mut Database, durability: Durability) {
        let items: Vec<Item> = self.items().collect();
        self.index = items.iter().enumerate().map(|(at, item)| (*item, at)).collect();
        let named = self.items.iter().map(|entry| (&entry.identity.name, entry.item));
        let mut named: Vec<_> = named.filter(|(name, _)| !name.is_empty()).collect();
        // Those of one name stay in the order of the file.
        named.sort_by_key(|(name, _)| *name);
        let names: Vec<(Arc<str>, Vec<Item>)> = named
            .chunk_by(|(a, _), (b, _)| a == b)
            .filter_map(|same| {
                let (name, _) = same.first()?;
                Some((Arc::clone(name), same.iter().map(|(_, item)| *item).collect()))
            })
            .collect();
        if self.module.items(db) != items {
            self.module.set_items(db).with_durability(durability).to(items.into());
        }
        if **self.module.names(db) != names {
            self.module.set_names(db).with_durability(durability).to(Arc::new(names));
        }
    }
}

/// What is asked from outside of all files has this for a path.
pub const EXPRESSION: &str = "<expression>";

/// What the command line calls the program that it is an overlay on.
const BASE: &str = "base";

fn durability(origin: Origin) -> Durability {
    match origin {
        Origin::Library => Durability::HIGH,
        Origin::File | Origin::CommandLine | Origin::Data => Durability::MEDIUM,
    }
}

/// Whether an item may `import` or `embed` a file.
pub fn names_data(text: &str) -> bool {
    text.contains("import") || text.contains("embed")
}
