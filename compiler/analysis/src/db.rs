//! The inputs of the query graph and the database that holds them.
//!
//! Items are inputs: the workspace cuts a file into items and sets only those whose text changed, so that
//! every query below sees an item's own text and no file position.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use kube::lints::Strictness;

use crate::account::Account;

/// What the first words of a top-level item say that it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ItemKind {
    Use,
    Overlay,
    Input,
    Let,
    Fn,
    Type,
    Schema,
    Variant,
    Trait,
    Test,
    Every,
    /// `check`, `warn` and `note` in the body of a file.
    Check,
    Allow,
    /// A field of the file: `app = …`, `app { … }`, `override app.scale = …`, `canary: Service = …`.
    Binding,
    /// `--set PATH=VALUE`: the text is the path, `=`, and the value as it was typed.
    Set,
    /// An expression that is asked of a file from outside of it: a `let` to which no name leads.
    Asked,
    /// All of a file that is imported, as data.
    Data,
    /// All of a file that is embedded, as a text.
    Text,
    /// All of a file of definitions of kinds.
    Definitions,
    /// Text that begins no item.
    Junk,
}

/// A top-level item of a file. `name` is the first segment of the path that it binds or the name that it
/// declares, and empty where it has none.
#[salsa::input(debug)]
#[derive(PartialOrd, Ord)]
pub struct Item {
    #[returns(copy)]
    pub kind: ItemKind,
    #[returns(deref)]
    pub name: Arc<str>,
    #[returns(ref)]
    #[get(shared_text)]
    pub text: Text,
    /// The module it stands in. Never changes.
    #[returns(copy)]
    pub module: Module,
}

impl Item {
    /// Its text, from its doc comment to its last token.
    pub fn text(self, db: &dyn salsa::Database) -> &str {
        self.shared_text(db)
    }
}

/// The text of an item, which is copied by no one who keeps it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Text {
    /// Of the library: a part of the binary.
    Library(&'static str),
    Shared(Arc<str>),
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Text::Library(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::Shared(text.into())
    }
}

/// Where a module comes from, which decides what it may do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// The library that is built into the compiler; it is not layered and has no problems to report.
    Library,
    File,
    /// The last, anonymous overlay that `--set` makes.
    CommandLine,
    /// A file that is imported or embedded, or holds definitions of kinds: one item, which holds no `.dep` text. A
    /// folder of definitions has an item for each of its files.
    Data,
}

/// A file, or the command line. Set only where the list of items, or a name, changed.
#[salsa::input(debug)]
#[derive(PartialOrd, Ord)]
pub struct Module {
    /// `std.workload` for the library; the path as the user would write it for a file.
    #[returns(deref)]
    pub path: Arc<str>,
    #[returns(copy)]
    pub origin: Origin,
    /// All items in the order of the file.
    #[returns(deref)]
    pub items: Arc<[Item]>,
    /// The items that declare or bind a name, by name (sorted), each in the order of the file. A change of an
    /// item's text alone leaves it as it is.
    #[returns(ref)]
    pub names: Arc<Vec<(Arc<str>, Vec<Item>)>>,
    /// What the strings of `use` and `overlay` items stand for, as the loader found it.
    #[returns(ref)]
    pub files: Arc<Vec<(Arc<str>, Module)>>,
    /// What the strings of `import` and `embed` stand for: items that are [`ItemKind::Data`] and [`ItemKind::Text`].
    #[returns(ref)]
    pub data: Arc<Vec<(Arc<str>, Item)>>,
}

/// A module as the programs of a build see it: itself, and the overlays that can reach it, lowest first.
#[salsa::input(debug)]
pub struct Instance {
    #[returns(copy)]
    pub base: Module,
    #[returns(deref)]
    pub overlays: Arc<[Module]>,
}

/// The instance through which a program sees each of its modules.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Instances {
    /// In an order that the paths of the modules give.
    listed: Vec<(Module, Instance)>,
    /// By module: a file of many is asked for as often as one of few.
    of: BTreeMap<Module, Instance>,
}

impl Instances {
    /// Of a module that is there twice, the first counts.
    pub fn new(listed: Vec<(Module, Instance)>) -> Self {
        let of = listed.iter().rev().copied().collect();
        Self { listed, of }
    }

    pub fn of(&self, module: Module) -> Option<Instance> {
        self.of.get(&module).copied()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, (Module, Instance)> {
        self.listed.iter()
    }
}

/// One program: a built file with everything that it stands on.
#[salsa::input(debug)]
pub struct Program {
    /// The file named on the command line.
    #[returns(copy)]
    pub main: Module,
    /// The bottom of the stack of overlays as an instance; what the program emits is what it holds.
    #[returns(copy)]
    pub root: Instance,
    /// The instance through which this program sees each of its modules; sorted by module path.
    #[returns(ref)]
    pub instances: Arc<Instances>,
    /// What its evaluations took. Never changes, as far as queries can tell.
    #[returns(ref)]
    pub account: Arc<Account>,
}

/// Modules that every other one sees without naming them, and the library by its dotted names.
#[salsa::input(debug, singleton)]
pub struct Library {
    #[returns(copy)]
    pub prelude: Module,
    /// The modules whose functions are in scope everywhere, by their names and as methods.
    #[returns(ref)]
    pub functions: Arc<Vec<Module>>,
    #[returns(ref)]
    pub modules: Arc<Vec<(Arc<str>, Module)>>,
}

/// The Kubernetes version that everything is for. A workspace speaks of one at a time.
#[salsa::input(debug, singleton)]
pub struct Target {
    /// The second number of the version: 36 for 1.36.
    #[returns(copy)]
    pub minor: u8,
    /// How strict the lints are.
    #[returns(ref)]
    pub strictness: Strictness,
}

/// How strict the lints are for the programs of the project.
pub fn strictness(db: &dyn salsa::Database) -> Strictness {
    Target::try_get(db).map_or_else(Strictness::default, |target| target.strictness(db).clone())
}

/// The second number of the Kubernetes version that programs are for.
pub fn target(db: &dyn salsa::Database) -> u8 {
    Target::try_get(db).map_or(kube::types::TARGET, |target| target.minor(db))
}

/// The queries that ran, in order, as `name(id)`: what the tests of incremental work look at.
pub type Log = Arc<std::sync::Mutex<Vec<String>>>;

#[salsa::db]
#[derive(Clone, Default)]
pub struct Database {
    storage: salsa::Storage<Self>,
}

impl Database {
    /// A database that writes into `log` whenever a query runs, as opposed to a memo being used again.
    pub fn with_log(log: Log) -> Self {
        let storage = salsa::Storage::new(Some(Box::new(move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                let mut log = log.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                log.push(format!("{database_key:?}"));
            }
        })));
        Self { storage }
    }
}

#[salsa::db]
impl salsa::Database for Database {}
