//! What a word of a file means, as something that can be compared: the same service, field, key or local, wherever it
//! is named.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use analysis::binder::binder;
use analysis::db::{Item, ItemKind, Module};
use analysis::elaborate::{Meaning, Meant, meaning};
use analysis::parse::parsed;
use analysis::problem::Place;
use analysis::resolve::{Target, bases, brought, declaration, items_named, resolve};
use analysis::schema::schema;
use analysis::ty::Ty;
use analysis::variant::variant;
use analysis::workspace::Workspace;
use kube::types::TypeId;
use syntax::{Node, NodeKind as K};

/// What has a name, whoever names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Symbol {
    /// What a file declares at its top: the lowest file of a stack that does.
    Item(Item),
    Module(Module),
    /// A field that a schema or a case declares: the topmost schema that does.
    Field(Place),
    Case(Item, u16),
    /// A key that a program writes: of this item, at this path.
    Key(Item, Vec<Arc<str>>),
    Local(Place),
    Kube(TypeId),
    KubeField(TypeId, Arc<str>),
    /// A function of the library.
    Function(Item),
}

/// A word of a file.
#[derive(Clone, Debug)]
pub struct Word {
    pub item: Item,
    pub node: u32,
    pub text: Arc<str>,
    pub meaning: Meaning,
}

/// The name or key at an offset of a file, or just before it.
pub fn word(workspace: &Workspace, file: &str, offset: usize) -> Option<Word> {
    let db = workspace.db();
    let (item, at) = workspace.item_at(file, offset)?;
    let parsed = parsed(db, item);
    let tree = parsed.tree();
    let is_word = |node: &Node<'_>| {
        matches!(node.kind(), K::Name | K::Str)
            && (node.range().start..=node.range().end).contains(&at)
    };
    let node =
        tree.nodes().filter(is_word).min_by_key(|node| (node.range().end == at, node.size()))?;
    Some(Word { item, node: node.id(), text: text_of(node), meaning: meaning(db, item, None) })
}

/// What a name or a string says.
pub(crate) fn text_of(node: Node<'_>) -> Arc<str> {
    match node.kind() {
        K::Str => Arc::from(&*syntax::literal::string_value(node.text())),
        _ => Arc::from(node.text()),
    }
}

/// What a word means.
pub fn symbol(workspace: &Workspace, word: &Word) -> Option<Symbol> {
    let parsed = parsed(workspace.db(), word.item);
    let node = parsed.tree().node(word.node)?;
    symbol_of(workspace, &Written::default(), word.item, &word.meaning, node)
}

/// The same of a name in an item of which is known what its names mean.
pub(crate) fn symbol_of(
    workspace: &Workspace,
    written: &Written,
    item: Item,
    meaning: &Meaning,
    node: Node<'_>,
) -> Option<Symbol> {
    if let Some(declared) = declared(workspace, item, node) {
        return Some(declared);
    }
    let above = node.parent()?;
    match above.kind() {
        K::TypeRef => {
            // A pattern names a case of what is matched.
            return match meaning.names.get(&node.id()) {
                Some(Meant::Case(item, index)) => Some(Symbol::Case(*item, *index)),
                _ => of_type(workspace, item, above, node),
            };
        }
        K::Use | K::UseName | K::ModulePath | K::Alias => return of_use(workspace, item, node),
        _ => {}
    }
    let meant = meaning.names.get(&node.id());
    if let Some(Meant::Local(_)) = meant {
        return Some(Symbol::Local(Place { item, node: binder(node, node.text())?.id() }));
    }
    if above.kind() == K::Path
        && above.children().next() == Some(node)
        && let Some(entry) = above.parent()
        && entry == node.tree().entry()
    {
        return Some(of_item(workspace, item));
    }
    match meant? {
        Meant::Item(item) => Some(of_item(workspace, *item)),
        Meant::Module(module) => Some(Symbol::Module(*module)),
        Meant::Kube(ty) => Some(Symbol::Kube(*ty)),
        Meant::Case(item, index) => Some(Symbol::Case(*item, *index)),
        Meant::Functions(items) => items.first().map(|item| Symbol::Function(*item)),
        Meant::Field { place: Some(place), name, .. } => {
            Some(Symbol::Field(topmost(workspace, *place, name)))
        }
        Meant::Field { of, name, place: None, at, .. } => match analysis::fits::base(of) {
            Ty::Kube(ty) => Some(Symbol::KubeField(*ty, name.clone())),
            _ => {
                let (item, path) = at.clone().or_else(|| bound_at(workspace, item, node))?;
                Some(key(workspace, written, item, path))
            }
        },
        Meant::Local(_) => None,
    }
}

fn of_item(workspace: &Workspace, item: Item) -> Symbol {
    let db = workspace.db();
    match item.kind(db) {
        ItemKind::Binding | ItemKind::Input | ItemKind::Set => {
            Symbol::Item(declaration(db, item.module(db), item.name(db)).unwrap_or(item))
        }
        _ => Symbol::Item(item),
    }
}

/// What a name declares where it stands.
fn declared(workspace: &Workspace, item: Item, node: Node<'_>) -> Option<Symbol> {
    let db = workspace.db();
    let above = node.parent()?;
    let is_entry = node.tree().entry() == above;
    match above.kind() {
        K::Input | K::Let | K::Fn | K::TypeAlias | K::Schema | K::Variant | K::Trait
            if is_entry && above.child(K::Name) == Some(node) =>
        {
            Some(of_item(workspace, item))
        }
        K::Case if above.child(K::Name) == Some(node) => {
            let index = variant(db, item).case(node.text())?;
            Some(Symbol::Case(item, index))
        }
        K::Let | K::Fn | K::Param | K::ForClause | K::Lambda | K::Pattern => {
            let binds = above.children_of(K::Name).any(|name| name == node);
            let is_source = above.kind() == K::ForClause && above.children().last() == Some(node);
            let is_body = above.kind() == K::Lambda && above.children().last() == Some(node);
            (binds && !is_source && !is_body)
                .then_some(Symbol::Local(Place { item, node: node.id() }))
        }
        K::Alias if above.parent().is_some_and(|above| above.kind() == K::Every) => {
            Some(Symbol::Local(Place { item, node: node.id() }))
        }
        _ => None,
    }
}

/// What a name in a type means.
fn of_type(workspace: &Workspace, item: Item, path: Node<'_>, node: Node<'_>) -> Option<Symbol> {
    let db = workspace.db();
    let module = item.module(db);
    let names: Vec<Node<'_>> = path.children_of(K::Name).collect();
    let first = names.first()?;
    let target = resolve(db, module, first.text())?;
    if *first == node {
        return of_target(workspace, target);
    }
    let place = names.iter().position(|name| *name == node)?;
    in_target(workspace, target, names.get(1..=place)?)
}

/// What is behind a dot of what a name means.
fn in_target(workspace: &Workspace, target: Target, path: &[Node<'_>]) -> Option<Symbol> {
    let db = workspace.db();
    match (target, path) {
        (Target::Item(item), [case]) => {
            Some(Symbol::Case(item, variant(db, item).case(case.text())?))
        }
        (Target::Module(module), [name]) => {
            Some(of_item(workspace, declaration(db, module, name.text())?))
        }
        (Target::Module(module), [name, case]) => {
            let item = declaration(db, module, name.text())?;
            Some(Symbol::Case(item, variant(db, item).case(case.text())?))
        }
        (Target::Kubernetes, path) => {
            let path: Vec<&str> = path.iter().map(|name| name.text()).collect();
            let ty = analysis::resolve::kubernetes(&path, analysis::db::target(db)).ok()?;
            Some(Symbol::Kube(ty))
        }
        _ => None,
    }
}

fn of_target(workspace: &Workspace, target: Target) -> Option<Symbol> {
    match target {
        Target::Item(item) => Some(of_item(workspace, item)),
        Target::Module(module) | Target::Definitions(module) => Some(Symbol::Module(module)),
        Target::Kube(ty) => Some(Symbol::Kube(ty)),
        Target::Kubernetes | Target::Broken => None,
    }
}

/// What a name in a `use` brings.
fn of_use(workspace: &Workspace, item: Item, node: Node<'_>) -> Option<Symbol> {
    let db = workspace.db();
    let module = item.module(db);
    // What is brought is known by the name that it has here: its alias where it has one.
    let above = node.parent()?;
    let named = match above.kind() {
        K::UseName => above.child(K::Alias).and_then(|alias| alias.child(K::Name)),
        K::ModulePath if above.children().last() == Some(node) => {
            above.parent().and_then(|used| used.child(K::Alias)?.child(K::Name))
        }
        _ => None,
    };
    let name = named.unwrap_or(node).text();
    let used = brought(db, module).named(name)?;
    (used.place.item == item).then(|| of_target(workspace, used.target)).flatten()
}

/// The declaration of a field in the topmost schema that declares it.
fn topmost(workspace: &Workspace, place: Place, name: &str) -> Place {
    let db = workspace.db();
    let above = schema(db, place.item).ancestors.iter();
    let declared = above.filter_map(|item| schema(db, *item).field(name)).map(|field| field.place);
    declared.into_iter().next().unwrap_or(place)
}

/// The item and the path from it that a segment of a binding binds.
pub fn bound_at(
    workspace: &Workspace,
    item: Item,
    node: Node<'_>,
) -> Option<(Item, Vec<Arc<str>>)> {
    let db = workspace.db();
    if !matches!(item.kind(db), ItemKind::Binding | ItemKind::Input | ItemKind::Let) {
        return None;
    }
    let mut reversed: Vec<Arc<str>> = Vec::new();
    let mut at = node;
    loop {
        let above = at.parent()?;
        match above.kind() {
            K::Path => {
                let segments =
                    above.children().filter(|node| matches!(node.kind(), K::Name | K::Str));
                let mut before: Vec<Arc<str>> =
                    segments.take_while(|segment| segment.id() <= at.id()).map(text_of).collect();
                before.reverse();
                reversed.extend(before);
                // What the path is part of is bound by what is around it.
                at = above.parent()?;
                if at == node.tree().entry() {
                    break;
                }
            }
            K::Binding => {
                let path = above.child(K::Path)?;
                at = path
                    .children()
                    .filter(|node| matches!(node.kind(), K::Name | K::Str))
                    .last()?;
            }
            K::Input | K::Let if above == node.tree().entry() => break,
            K::Body
            | K::Set
            | K::Chain
            | K::Amend
            | K::With
            | K::Layered
            | K::When
            | K::External => {
                at = above;
            }
            _ => return None,
        }
    }
    reversed.reverse();
    let mut path = reversed;
    if matches!(item.kind(db), ItemKind::Binding) && !path.is_empty() {
        path.remove(0);
    }
    let declared = declaration(db, item.module(db), item.name(db)).unwrap_or(item);
    Some((declared, path))
}

/// The key that a path of an item leads to: where a program writes it, if it does.
fn key(workspace: &Workspace, written: &Written, item: Item, path: Vec<Arc<str>>) -> Symbol {
    let db = workspace.db();
    let item = declaration(db, item.module(db), item.name(db)).unwrap_or(item);
    let Some(last) = path.last() else { return Symbol::Item(item) };
    let keys = written.of(workspace, item);
    if keys.places.contains_key(&path) {
        return Symbol::Key(item, path);
    }
    // A map that the library computes has the keys of one that the program writes: `endpoints` those of `ports`.
    let meant = keys.called.get(last).filter(|called| called.of_ports || called.count == 1);
    Symbol::Key(item, meant.map_or(path, |called| called.path.clone()))
}

/// The keys that items bind, for who asks of many names which they are.
#[derive(Default)]
pub(crate) struct Written(RefCell<BTreeMap<Item, Rc<Keys>>>);

/// What the layers of one item bind.
#[derive(Default)]
struct Keys {
    /// By path, where it is bound first.
    places: BTreeMap<Vec<Arc<str>>, Place>,
    /// Those within others, by their last name.
    called: BTreeMap<Arc<str>, Called>,
}

/// The keys of one name.
struct Called {
    /// The first one within `ports`, or else the first.
    path: Vec<Arc<str>>,
    of_ports: bool,
    count: usize,
}

impl Written {
    fn of(&self, workspace: &Workspace, item: Item) -> Rc<Keys> {
        let known = self.0.borrow().get(&item).cloned();
        known.unwrap_or_else(|| {
            let keys = Rc::new(Keys::of(workspace, item));
            self.0.borrow_mut().insert(item, keys.clone());
            keys
        })
    }
}

/// The layers of an item: what declares it, and what overlays bind in it.
pub fn layers(workspace: &Workspace, item: Item) -> Vec<Item> {
    let db = workspace.db();
    let name = item.name(db);
    let mut all = vec![item];
    for module in workspace.modules() {
        let is_of_stack = module == item.module(db) || !bases(db, module).is_empty();
        // Of ten thousand that bind one name each is asked, and one declares it.
        if is_of_stack && declaration(db, module, name) == Some(item) {
            let named = items_named(db, module, name).iter().copied();
            all.extend(named.filter(|other| *other != item));
        }
    }
    all
}

impl Keys {
    fn of(workspace: &Workspace, item: Item) -> Self {
        let mut keys = Self::default();
        for layer in layers(workspace, item) {
            let parsed = parsed(workspace.db(), layer);
            let names = parsed.tree().nodes().filter(|n| matches!(n.kind(), K::Name | K::Str));
            for node in names {
                if node.parent().is_some_and(|above| above.kind() == K::Path)
                    && let Some((_, path)) = bound_at(workspace, layer, node)
                {
                    keys.add(path, Place { item: layer, node: node.id() });
                }
            }
        }
        keys
    }

    fn add(&mut self, path: Vec<Arc<str>>, place: Place) {
        if let [.., of, last] = path.as_slice() {
            let of_ports = &**of == "ports";
            let first = || Called { path: path.clone(), of_ports, count: 0 };
            let called = self.called.entry(last.clone()).or_insert_with(first);
            called.count += 1;
            if of_ports && !called.of_ports {
                (called.path, called.of_ports) = (path.clone(), true);
            }
        }
        if !path.is_empty() {
            self.places.entry(path).or_insert(place);
        }
    }
}

/// Where something is declared: its name there.
pub fn declarations(workspace: &Workspace, symbol: &Symbol) -> Vec<Place> {
    let db = workspace.db();
    match symbol {
        Symbol::Item(item) | Symbol::Function(item) => vec![name_place(workspace, *item)],
        Symbol::Field(place) | Symbol::Local(place) => vec![*place],
        Symbol::Case(item, index) => {
            let cases = &variant(db, *item).cases;
            cases.get(usize::from(*index)).map(|case| case.place).into_iter().collect()
        }
        Symbol::Key(item, path) => {
            let place = Keys::of(workspace, *item).places.get(path).copied();
            place.into_iter().collect()
        }
        Symbol::Module(module) => module
            .items(db)
            .first()
            .map(|item| Place { item: *item, node: 0 })
            .into_iter()
            .collect(),
        Symbol::Kube(_) | Symbol::KubeField(..) => Vec::new(),
    }
}

/// The name in the declaration of an item.
pub(crate) fn name_place(workspace: &Workspace, item: Item) -> Place {
    let parsed = parsed(workspace.db(), item);
    let entry = parsed.tree().entry();
    let named = entry.children().find_map(|node| match node.kind() {
        K::Name | K::Str => Some(node),
        K::Path => node.children().next(),
        _ => None,
    });
    Place { item, node: named.unwrap_or(entry).id() }
}
