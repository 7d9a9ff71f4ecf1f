//! What a name at the top of a file stands for.
//!
//! This is the firewall between items: it reads the names of a module, and what reads it sees one name only,
//! so that a new item does not check its neighbours again.

use std::sync::Arc;

use kube::types::{KindId, TypeId};
use rustc_hash::FxHashMap;
use salsa::Database;
use syntax::{Node, NodeKind};

use crate::db::{Item, ItemKind, Library, Module, target};
use crate::named::own;
use crate::parse::parsed;
use crate::problem::{Place, Problem, Severity};
use crate::reach::is_elsewhere;
use crate::show::did_you_mean;

pub use crate::below::{all_bases, bases};
pub use crate::named::items_named;

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    Item(Item),
    Module(Module),
    Kube(TypeId),
    /// What `use crd "…" as` names: the kinds that its file, or the files of its folder, define.
    Definitions(Module),
    /// `k8s`, in scope everywhere.
    Kubernetes,
    /// What a `use` that is wrong would have brought; reported there, and not again.
    Broken,
}

#[salsa::interned(revisions = usize::MAX)]
pub struct Name<'db> {
    #[returns(deref)]
    pub text: String,
}

/// What `name` stands for in `module`: something of its own, of its base where it is an overlay, what a `use`
/// brings to either, or something of the prelude.
pub fn resolve(db: &dyn Database, module: Module, name: &str) -> Option<Target> {
    resolve_name(db, module, Name::new(db, name))
}

#[salsa::tracked(returns(copy))]
fn resolve_name<'db>(db: &'db dyn Database, module: Module, name: Name<'db>) -> Option<Target> {
    let text = name.text(db);
    if let Some(item) = declaration(db, module, text) {
        return Some(Target::Item(item));
    }
    if let Some(used) = brought_into(db, module, text) {
        return Some(used);
    }
    if text == "k8s" {
        return Some(Target::Kubernetes);
    }
    let library = Library::try_get(db)?;
    let prelude = library.prelude(db);
    (prelude != module).then(|| own(db, prelude, text)).flatten().map(Target::Item)
}

/// What a `use` of the module or, for an overlay, of the lowest file of its stack that has one brings as `name`.
fn brought_into(db: &dyn Database, module: Module, name: &str) -> Option<Target> {
    let brings = |module: &Module| brought(db, *module).named(name).map(|used| used.target);
    brings(&module).or_else(|| all_bases(db, module).iter().find_map(brings))
}

/// The functions of the library that are called `name` and in scope everywhere, where nothing else has that name.
/// They differ in the kind of their first parameter.
pub fn library_functions(db: &dyn Database, name: &str) -> Vec<Item> {
    let Some(library) = Library::try_get(db) else { return Vec::new() };
    let functions = library.functions(db).iter();
    functions.filter_map(|module| items_named(db, *module, name).first().copied()).collect()
}

/// The item that declares `name` in the module or, for an overlay, in the lowest file of its stack that does.
pub fn declaration(db: &dyn Database, module: Module, name: &str) -> Option<Item> {
    if let Some(below) = declared_below(db, module, name) {
        return Some(below);
    }
    let item = own(db, module, name)?;
    let declares = !matches!(item.kind(db), ItemKind::Binding | ItemKind::Set);
    (declares || !is_elsewhere(db, item)).then_some(item)
}

/// The item that declares `name` in the files below an overlay. A `let` is its file's own.
pub fn declared_below(db: &dyn Database, module: Module, name: &str) -> Option<Item> {
    // Most files lie on no other.
    if bases(db, module).is_empty() { None } else { below(db, module, Name::new(db, name)) }
}

/// Kept for each name, because each file of a row asks the one below it, and each of several that lie on one asks it again.
#[salsa::tracked(returns(copy))]
fn below<'db>(db: &'db dyn Database, module: Module, name: Name<'db>) -> Option<Item> {
    let name = name.text(db);
    let mut below = bases(db, module).iter().filter_map(|base| declaration(db, *base, name));
    below.find(|item| item.kind(db) != ItemKind::Let)
}

/// What the `use` items of a module bring, and what is wrong with them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Brought {
    pub names: Vec<Use>,
    /// Where each of them is, by its name.
    places: FxHashMap<Arc<str>, usize>,
    /// The files that are used without a name for any of it: their paths as they are written, and where.
    pub nameless: Vec<(Arc<str>, Place)>,
    pub problems: Vec<Problem>,
}

/// A name that a `use` item brings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    pub name: Arc<str>,
    pub target: Target,
    /// Where it is written.
    pub place: Place,
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
    if node.child(NodeKind::Crd).is_some() {
        return crate::crd::bring(db, module, item, node, brought);
    }
    if let Some(path) = node.child(NodeKind::Str) {
        // What cannot be read is reported where files are loaded.
        let used = file(db, module, &syntax::literal::string_value(path.text()));
        if let Some(alias) = alias {
            brought.name(
                db,
                alias.text(),
                used.map_or(Target::Broken, Target::Module),
                place(alias),
            );
        }
        for name in use_names(node) {
            bring_one(db, used, item, name, brought);
        }
        if alias.is_none() && node.child(NodeKind::UseNames).is_none() {
            brought.nameless.push((path.text().into(), place(path)));
        }
        return;
    }
    let Some(path) = node.child(NodeKind::ModulePath) else { return };
    let segments: Vec<Node<'_>> = path.children_of(NodeKind::Name).collect();
    let texts: Vec<&str> = segments.iter().map(|segment| segment.text()).collect();
    let (Some((last, parents)), Some(last_node)) = (texts.split_last(), segments.last()) else {
        return;
    };
    let name = alias.unwrap_or(*last_node);
    if let Some(from) = node.child(NodeKind::From) {
        // What of it cannot be read is reported where files are loaded.
        let package = from.child(NodeKind::Str).map(|package| package.text()).unwrap_or_default();
        let package = syntax::literal::string_value(package);
        let whole = file(db, module, &package_key(&package, &texts));
        if node.child(NodeKind::UseNames).is_some() {
            for name in use_names(node) {
                bring_one(db, whole, item, name, brought);
            }
            return;
        }
        let target = match (whole, file(db, module, &package_key(&package, parents))) {
            (Some(used), _) => Target::Module(used),
            (None, Some(used)) => match declaration(db, used, last) {
                Some(found) => Target::Item(found),
                None => {
                    brought.misnamed(db, no_such_item(db, used, last, place(*last_node)), alias);
                    Target::Broken
                }
            },
            (None, None) => Target::Broken,
        };
        brought.name(db, name.text(), target, place(name));
        return;
    }
    if texts.first() == Some(&"k8s") {
        let mut one = |written: Node<'_>, name: Node<'_>, path: &[&str]| {
            let target = match kubernetes(path.get(1..).unwrap_or_default(), target(db)) {
                Ok(ty) => Target::Kube(ty),
                Err(error) => {
                    brought.problems.push(error.at(place(written)));
                    Target::Broken
                }
            };
            brought.name(db, name.text(), target, place(name));
        };
        if node.child(NodeKind::UseNames).is_none() {
            one(*last_node, name, &texts);
        }
        for listed in use_names(node) {
            let Some(written) = listed.child(NodeKind::Name) else { continue };
            let path: Vec<&str> = texts.iter().copied().chain([written.text()]).collect();
            one(written, alias_of(listed).unwrap_or(written), &path);
        }
        return;
    }
    let whole = texts.join(".");
    if let Some(used) = library_module(db, &whole) {
        if node.child(NodeKind::UseNames).is_none() {
            brought.name(db, name.text(), Target::Module(used), place(name));
        }
        for name in use_names(node) {
            bring_one(db, Some(used), item, name, brought);
        }
        return;
    }
    let parent = parents.join(".");
    let target = match library_module(db, &parent) {
        Some(used) => own(db, used, last).map(Target::Item).unwrap_or_else(|| {
            brought.misnamed(db, no_such_item(db, used, last, place(*last_node)), alias);
            Target::Broken
        }),
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
            let message = format!("the library has no module `{named}`");
            let mut problem =
                Problem::error(104, place(path), message).meant(named, known.iter().copied());
            problem.help = problem.help.or_else(|| {
                let of = crate::workspace::declaring(last)?;
                Some(format!("`{last}` is in {of}: `use {of}.{last}`"))
            });
            problem.help.get_or_insert_with(|| {
                let plain = known.iter().filter(|name| name.matches('.').count() == 1);
                let names: Vec<&str> = plain.copied().collect();
                format!("its modules are {}", names.join(", "))
            });
            brought.problems.push(problem);
            Target::Broken
        }
    };
    brought.name(db, name.text(), target, place(name));
    for listed in use_names(node) {
        bring_one(db, None, item, listed, brought);
    }
}

/// One of the names in `use m.{A, B}`; nothing is known of it where the module is not there.
fn bring_one(
    db: &dyn Database,
    used: Option<Module>,
    item: Item,
    node: Node<'_>,
    brought: &mut Brought,
) {
    let Some(name) = node.child(NodeKind::Name) else { return };
    let place = |node: Node<'_>| Place { item, node: node.id() };
    let found = used.and_then(|used| declaration(db, used, name.text()));
    if let (Some(used), None) = (used, found) {
        brought.misnamed(db, no_such_item(db, used, name.text(), place(name)), alias_of(node));
    }
    let alias = alias_of(node).unwrap_or(name);
    brought.name(db, alias.text(), found.map_or(Target::Broken, Target::Item), place(alias));
}

impl Brought {
    /// What is brought as this name.
    pub fn named(&self, name: &str) -> Option<&Use> {
        self.names.get(*self.places.get(name)?)
    }

    /// Reports a name that its module does not have. What was meant is in scope as well: who reads it makes no mistake.
    fn misnamed(&mut self, db: &dyn Database, problem: Problem, alias: Option<Node<'_>>) {
        let meant = problem.fix.as_ref().and_then(|fix| fix.edits.first());
        if let (Some(meant), None) = (meant, alias) {
            self.name(db, &meant.text, Target::Broken, problem.place);
        }
        self.problems.push(problem);
    }

    /// Brings a name into scope, once.
    pub(crate) fn name(&mut self, db: &dyn Database, name: &str, target: Target, place: Place) {
        match self.named(name) {
            // What one of them was meant to bring is not known.
            Some(before) if [before.target, target].contains(&Target::Broken) => {}
            Some(before) if before.place == place => {}
            Some(before) if before.target == target => {
                let problem = Problem::error(114, place, format!("`{name}` is brought twice"))
                    .severity(Severity::Warning)
                    .related(before.place, "brought here first")
                    .help("leave one of them out");
                self.problems.push(problem);
            }
            Some(before) => {
                let from = describe(db, before.target);
                let problem =
                    Problem::error(114, place, format!("`{name}` comes from {from} already"))
                        .related(before.place, "brought here first")
                        .help(format!("give one of them another name: `… as Other{name}`"));
                self.problems.push(problem);
            }
            None => {
                let name: Arc<str> = name.into();
                self.places.insert(name.clone(), self.names.len());
                self.names.push(Use { name, target, place });
            }
        }
    }
}

fn describe(db: &dyn Database, target: Target) -> String {
    match target {
        Target::Item(item) => item.module(db).path(db).to_owned(),
        Target::Module(module) => module.path(db).to_owned(),
        Target::Kube(ty) if ty.is_custom() => "a definition".to_owned(),
        Target::Kube(ty) => format!("k8s.{}", ty.name()),
        Target::Definitions(module) => module.path(db).to_owned(),
        Target::Kubernetes | Target::Broken => "another `use`".to_owned(),
    }
}

/// The error for a name that a module does not have.
pub fn no_such_item(db: &dyn Database, module: Module, name: &str, place: Place) -> Problem {
    Problem::error(105, place, format!("{} has no `{name}`", module.path(db)))
        .meant(name, module.names(db).iter().map(|(name, _)| &**name))
}

/// By what the files of a module know a module of a package.
pub fn package_key(package: &str, segments: &[impl AsRef<str>]) -> Arc<str> {
    let segments: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    format!("{} from {package}", segments.join(".")).into()
}

pub(crate) fn alias_of(node: Node<'_>) -> Option<Node<'_>> {
    node.child(NodeKind::Alias)?.child(NodeKind::Name)
}

fn use_names<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    node.child(NodeKind::UseNames)
        .into_iter()
        .flat_map(|names| names.children())
        .filter(|name| name.kind() == NodeKind::UseName)
}

pub(crate) fn file(db: &dyn Database, module: Module, path: &str) -> Option<Module> {
    module.files(db).iter().find(|(p, _)| **p == *path).map(|(_, module)| *module)
}

fn library_module(db: &dyn Database, path: &str) -> Option<Module> {
    let library = Library::try_get(db)?;
    library.modules(db).iter().find(|(name, _)| **name == *path).map(|(_, module)| *module)
}

/// Why a path after `k8s.` names nothing.
pub struct NoKind {
    pub code: u16,
    pub message: String,
    pub help: Option<String>,
}

impl NoKind {
    pub fn new(code: u16, message: String, help: Option<String>) -> Self {
        NoKind { code, message, help }
    }

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
/// `k8s.` names, in a minor version. Groups are written by their first part: `networking.v1.Ingress`.
pub fn kubernetes(path: &[&str], target: u8) -> Result<TypeId, NoKind> {
    let found = match path {
        [kind] => kube::types::newest_at(kind, target)
            .or_else(|| kind_of_other_versions(kind, target))
            .map(|kind| kind.info().ty)
            .or_else(|| {
                USUAL.iter().find_map(|group| kube::types::named(&format!("{group}.{kind}")))
            }),
        [group, version, kind] => kube::types::definition(&format!("{group}/{version}"), kind),
        _ => None,
    };
    let name = path.last().copied().unwrap_or_default();
    if let ([group, version, kind], None) = (path, found)
        && let Some(removed) = kube::removed::removed(group, version, kind)
    {
        return Err(NoKind {
            code: 112,
            message: format!(
                "`{}` was removed in Kubernetes 1.{}",
                path.join("."),
                removed.in_minor
            ),
            help: removed.instead.map(|instead| format!("use the one of {instead}: `k8s.{kind}`")),
        });
    }
    let Some(ty) = found else {
        if let ([kind], Some(minor)) = (path, kube::removed::gone(name)) {
            let message = format!("`{kind}` was removed in Kubernetes 1.{minor}");
            let help = Some("nothing takes its place under this name".to_owned());
            return Err(NoKind { code: 112, message, help });
        }
        let kinds: Vec<&str> = kube::types::kinds().map(|kind| kind.info().kind).collect();
        return Err(NoKind {
            code: 111,
            message: format!("Kubernetes has nothing called `{}`", path.join(".")),
            help: match kube::types::newest_at(name, target).map(|kind| kind.info().api_version()) {
                Some(version) => Some(format!("it is in {version}: `k8s.{name}`")),
                None => did_you_mean(name, kinds.iter().copied()),
            },
        });
    };
    if (ty.since()..ty.until()).contains(&target) {
        return Ok(ty);
    }
    let message = if ty.until() <= target {
        format!("`{}` was removed in Kubernetes 1.{}", path.join("."), ty.until())
    } else {
        format!(
            "`{}` exists from Kubernetes 1.{}, and this is for 1.{target}",
            path.join("."),
            ty.since()
        )
    };
    let newest = kube::types::newest_at(name, target).map(|kind| kind.info().api_version());
    Err(NoKind {
        code: 112,
        message,
        help: match newest {
            Some(version) => Some(format!("use the one of {version}: `k8s.{name}`")),
            None => (ty.since() > target).then(|| choose(ty.since())),
        },
    })
}

/// A kind that the minor version does not have: as the nearest one has it.
fn kind_of_other_versions(name: &str, target: u8) -> Option<KindId> {
    let distance = |kind: &KindId| {
        let info = kind.info();
        if info.since > target { info.since - target } else { target.saturating_sub(info.until) }
    };
    kube::types::kinds().filter(|kind| kind.info().kind == name).min_by_key(distance)
}

/// How to say that a program is for a later version.
pub fn choose(minor: u8) -> String {
    format!(
        "where the cluster has it, say so: `kubernetes = \"1.{minor}\"` in dep.toml, or `--kube-version 1.{minor}`"
    )
}
