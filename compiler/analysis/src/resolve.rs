//! What a name at the top of a file stands for.
//!
//! This is the firewall between items: it reads the names of a module, and what reads it sees one name only,
//! so that a new item does not check its neighbours again.

use std::sync::Arc;

use kube::types::TypeId;
use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::{Item, ItemKind, Library, Module};
use crate::parse::parsed;
use crate::problem::{Place, Problem};
use crate::show::did_you_mean;

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    Item(Item),
    Module(Module),
    Kube(TypeId),
    /// `k8s`, in scope everywhere.
    Kubernetes,
}

#[salsa::interned(revisions = usize::MAX)]
pub struct Name<'db> {
    #[returns(deref)]
    pub text: String,
}

/// What `name` stands for in `module`: something of its own, of its base where it is an overlay, what a `use`
/// brings, or something of the prelude.
pub fn resolve(db: &dyn Database, module: Module, name: &str) -> Option<Target> {
    resolve_name(db, module, Name::new(db, name))
}

#[salsa::tracked(returns(copy))]
fn resolve_name<'db>(db: &'db dyn Database, module: Module, name: Name<'db>) -> Option<Target> {
    let text = name.text(db);
    if let Some(item) = declaration(db, module, text) {
        return Some(Target::Item(item));
    }
    if let Some((_, target)) = brought(db, module).names.iter().find(|(n, _)| **n == *text) {
        return Some(*target);
    }
    if text == "k8s" {
        return Some(Target::Kubernetes);
    }
    let library = Library::try_get(db)?;
    let prelude = library.prelude(db);
    (prelude != module).then(|| own(db, prelude, text)).flatten().map(Target::Item)
}

/// The item that declares `name` in the module or, for an overlay, in the lowest file of its stack that does.
pub fn declaration(db: &dyn Database, module: Module, name: &str) -> Option<Item> {
    let item = own(db, module, name);
    if item.is_some_and(|item| !matches!(item.kind(db), ItemKind::Binding | ItemKind::Set)) {
        return item;
    }
    bases(db, module)
        .iter()
        .find_map(|base| declaration(db, *base, name).filter(|item| item.kind(db) != ItemKind::Let))
        .or(item)
}

/// The files that this one is an overlay on, in the order written.
#[salsa::tracked(returns(deref))]
pub fn bases(db: &dyn Database, module: Module) -> Vec<Module> {
    let mut bases = Vec::new();
    for item in module.items(db).iter().filter(|item| item.kind(db) == ItemKind::Overlay) {
        let parsed = parsed(db, *item);
        for entry in parsed.tree().root().children() {
            for path in entry.children().filter(|node| node.kind() == NodeKind::Str) {
                if let Some(base) = file(db, module, &syntax::literal::string_value(path.text())) {
                    bases.push(base);
                }
            }
        }
    }
    bases
}

/// All names that are in scope in a module, for suggestions; with repetitions, in no particular order.
pub fn names_in_scope(db: &dyn Database, module: Module) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = Vec::new();
    names.extend(module.names(db).iter().map(|(name, _)| name.clone()));
    for base in bases(db, module) {
        names.extend(base.names(db).iter().map(|(name, _)| name.clone()));
    }
    names.extend(brought(db, module).names.iter().map(|(name, _)| name.clone()));
    if let Some(library) = Library::try_get(db) {
        names.extend(library.prelude(db).names(db).iter().map(|(name, _)| name.clone()));
    }
    names
}

/// What the `use` items of a module bring, and what is wrong with them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Brought {
    pub names: Vec<(Arc<str>, Target)>,
    pub problems: Vec<Problem>,
}

#[salsa::tracked]
pub fn brought(db: &dyn Database, module: Module) -> Brought {
    let mut brought = Brought::default();
    for item in module.items(db).iter().filter(|item| item.kind(db) == ItemKind::Use) {
        let parsed = parsed(db, *item);
        for node in parsed.tree().root().children().filter(|node| node.kind() == NodeKind::Use) {
            bring(db, module, *item, node, &mut brought);
        }
    }
    brought
}

fn bring(db: &dyn Database, module: Module, item: Item, node: Node<'_>, brought: &mut Brought) {
    let place = |node: Node<'_>| Place { item, node: node.id() };
    let alias = alias_of(node);
    if let Some(path) = node.child(NodeKind::Str) {
        // What cannot be read is reported where files are loaded.
        if let Some(used) = file(db, module, &syntax::literal::string_value(path.text())) {
            if let Some(alias) = alias {
                brought.names.push((alias.text().into(), Target::Module(used)));
            }
            for name in use_names(node) {
                bring_one(db, used, item, name, brought);
            }
        }
        return;
    }
    let Some(path) = node.child(NodeKind::ModulePath) else { return };
    let segments: Vec<Node<'_>> = path.children().filter(|n| n.kind() == NodeKind::Name).collect();
    let texts: Vec<&str> = segments.iter().map(|segment| segment.text()).collect();
    let Some((last, parents)) = texts.split_last() else { return };
    if texts.first() == Some(&"k8s") {
        let kinds: Vec<(Node<'_>, Option<Node<'_>>, Vec<&str>)> =
            if node.child(NodeKind::UseNames).is_some() {
                use_names(node)
                    .filter_map(|name| {
                        let text = name.child(NodeKind::Name)?;
                        let mut path = texts.clone();
                        path.push(text.text());
                        Some((text, alias_of(name), path))
                    })
                    .collect()
            } else {
                segments.last().map(|last| (*last, alias, texts.clone())).into_iter().collect()
            };
        for (name, alias, path) in kinds {
            match kubernetes(path.get(1..).unwrap_or_default()) {
                Ok(ty) => {
                    brought.names.push((alias.unwrap_or(name).text().into(), Target::Kube(ty)));
                }
                Err(error) => brought.problems.push(error.at(place(name))),
            }
        }
        return;
    }
    let whole = texts.join(".");
    if let Some(used) = library_module(db, &whole) {
        if node.child(NodeKind::UseNames).is_some() {
            for name in use_names(node) {
                bring_one(db, used, item, name, brought);
            }
        } else {
            let name = alias.map_or(*last, |alias| alias.text());
            brought.names.push((name.into(), Target::Module(used)));
        }
        return;
    }
    let parent = parents.join(".");
    let Some(last_node) = segments.last() else { return };
    match library_module(db, &parent) {
        Some(used) => match own(db, used, last) {
            Some(found) => {
                let name = alias.map_or(*last, |alias| alias.text());
                brought.names.push((name.into(), Target::Item(found)));
            }
            None => brought.problems.push(no_such_item(db, used, last, place(*last_node))),
        },
        None => {
            let modules = Library::try_get(db).map(|library| library.modules(db).clone());
            let known: Vec<&str> = modules
                .iter()
                .flat_map(|modules| modules.iter())
                .map(|(name, _)| &**name)
                .collect();
            // `std.storag.Claim` names an item of a module, `std.storag` a module.
            let item = last.starts_with(|c: char| c.is_ascii_uppercase());
            let named = if item { &parent } else { &whole };
            let mut problem =
                Problem::error(104, place(path), format!("the library has no module `{named}`"));
            problem.help = did_you_mean(named, known.iter().copied())
                .or_else(|| Some(format!("its modules are {}", known.join(", "))));
            brought.problems.push(problem);
        }
    }
}

fn bring_one(db: &dyn Database, used: Module, item: Item, node: Node<'_>, brought: &mut Brought) {
    let Some(name) = node.child(NodeKind::Name) else { return };
    match declaration(db, used, name.text()) {
        Some(found) => {
            let alias = alias_of(node).unwrap_or(name);
            brought.names.push((alias.text().into(), Target::Item(found)));
        }
        None => {
            let place = Place { item, node: name.id() };
            brought.problems.push(no_such_item(db, used, name.text(), place));
        }
    }
}

/// The error for a name that a module does not have.
pub fn no_such_item(db: &dyn Database, module: Module, name: &str, place: Place) -> Problem {
    let mut problem = Problem::error(105, place, format!("{} has no `{name}`", module.path(db)));
    problem.help = did_you_mean(name, module.names(db).iter().map(|(name, _)| &**name));
    problem
}

fn alias_of(node: Node<'_>) -> Option<Node<'_>> {
    node.child(NodeKind::Alias)?.child(NodeKind::Name)
}

fn use_names<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    node.child(NodeKind::UseNames)
        .into_iter()
        .flat_map(|names| names.children())
        .filter(|name| name.kind() == NodeKind::UseName)
}

fn own(db: &dyn Database, module: Module, name: &str) -> Option<Item> {
    let names = module.names(db);
    let at = names.binary_search_by(|(n, _)| (**n).cmp(name)).ok()?;
    names.get(at)?.1.first().copied()
}

fn file(db: &dyn Database, module: Module, path: &str) -> Option<Module> {
    module.files(db).iter().find(|(p, _)| **p == *path).map(|(_, module)| *module)
}

fn library_module(db: &dyn Database, path: &str) -> Option<Module> {
    let library = Library::try_get(db)?;
    library.modules(db).iter().find(|(name, _)| **name == *path).map(|(_, module)| *module)
}

/// Why a path after `k8s.` names nothing.
pub struct NoKind {
    code: u16,
    message: String,
    help: Option<String>,
}

impl NoKind {
    pub fn at(self, place: Place) -> Problem {
        let mut problem = Problem::error(self.code, place, self.message);
        problem.help = self.help;
        problem
    }
}

/// The groups whose types are found without naming group and version, in the order in which they are asked.
const USUAL: &[&str] = &[
    "core.v1",
    "meta.v1",
    "apps.v1",
    "batch.v1",
    "networking.v1",
    "autoscaling.v2",
    "policy.v1",
    "rbac.v1",
];

/// `Deployment`, `apps.v1.Deployment`, `core.v1.Container`: the type of the Kubernetes API that the path after
/// `k8s.` names. Groups are written by their first part: `networking.v1.Ingress`.
pub fn kubernetes(path: &[&str]) -> Result<TypeId, NoKind> {
    let found = match path {
        [kind] => kube::types::newest(kind).map(|kind| kind.info().ty).or_else(|| {
            USUAL.iter().find_map(|group| kube::types::named(&format!("{group}.{kind}")))
        }),
        [group, version, kind] => kube::types::definition(&format!("{group}/{version}"), kind),
        _ => None,
    };
    let name = path.last().copied().unwrap_or_default();
    let Some(ty) = found else {
        let kinds: Vec<&str> = kube::types::kinds().map(|kind| kind.info().kind).collect();
        return Err(NoKind {
            code: 111,
            message: format!("Kubernetes has nothing called `{}`", path.join(".")),
            help: did_you_mean(name, kinds.iter().copied()),
        });
    };
    if (ty.since()..ty.until()).contains(&kube::types::TARGET) {
        return Ok(ty);
    }
    let target = kube::types::TARGET;
    let message = if ty.until() <= target {
        format!("`{}` was removed in Kubernetes 1.{}", path.join("."), ty.until())
    } else {
        format!(
            "`{}` exists from Kubernetes 1.{}, and this is for 1.{target}",
            path.join("."),
            ty.since()
        )
    };
    let newest = kube::types::newest(name).map(|kind| kind.info().api_version());
    Err(NoKind {
        code: 112,
        message,
        help: newest.map(|version| format!("use the one of {version}: `k8s.{name}`")),
    })
}
