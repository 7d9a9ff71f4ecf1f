//! Where values come from: what `depc explain` prints.
//!
//! Nothing of this is kept while a program is built. The item is evaluated once more, with a trace of who reads what,
//! and the bindings of the slot in question are listed, then those of the slots that its value was computed from.

mod behind;
mod chain;
mod find;
mod object;

use bumpalo::Bump;

use crate::account::within;
use crate::code::Strength;
use crate::db::{Item, Program};
use crate::diagnostic::Diagnostic;
use crate::eval::Eval;
use crate::limits::{UNIT, UNITS};
use crate::parallel::on_deep_stack;
use crate::path::{self, Segment};
use crate::problem::Place;
use crate::problems::units_of;
use crate::show::nearest;
use crate::workspace::{Loaded, Workspace};

pub(crate) use behind::{Asked, Behind, behind, behind_in, is_literal};

pub use object::{Known, Leaf, Sourced, objects, places, sourced};

/// What a layer is to the value that it binds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// The item itself.
    Body,
    /// The file of this path, which lies on others.
    Overlay,
    CommandLine,
    /// What a schema of this name says of all its instances.
    Schema(String),
    Trait(String),
    /// The `every` of this id.
    Rule(String),
    /// A record that a function of this name makes.
    Function(String),
    /// What an `input` is where nobody sets it.
    Input,
    /// The key under which a record stands.
    Key,
    /// `...record`, in an item, a schema or a trait.
    Spread,
    /// A file of data.
    Data,
    /// A component at the other end of an edge, of which a derivation is told.
    Link,
}

/// How one layer binds a leaf.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// Where its value stands.
    pub place: Place,
    pub strength: Strength,
    pub role: Role,
    /// The binding as it is written, in one line.
    pub text: String,
    /// Its condition holds, or it has none.
    pub active: bool,
    /// The value stands here.
    pub won: bool,
}

/// A leaf with the layers that bind it, topmost first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Explained {
    /// The leaf as a user would name it: `app.scale`.
    pub path: String,
    /// Its value in the notation of the language; empty where there is none.
    pub value: String,
    /// Where the field is declared.
    pub declared: Option<Place>,
    pub layers: Vec<Given>,
    /// Why the value of the layer that won stands above the others; empty where there are no others.
    pub why: String,
    /// The values that this one was computed from, in the order in which they were read.
    pub from: Vec<Explained>,
    /// Its value cannot be computed.
    pub failed: bool,
    /// What it was computed from is said further up, or is more than is told.
    pub cut: bool,
}

/// The layers of the leaf at a path of an item; `None` where the path leads nowhere.
pub fn explained(
    db: &dyn salsa::Database,
    program: Program,
    item: Item,
    path: &[&str],
) -> Option<Explained> {
    let arena = Bump::new();
    let eval = Eval::traced(db, &arena, program, item).counted().deriving();
    let path: Vec<Segment> = path.iter().copied().map(Segment::named).collect();
    let found = find::in_item(&eval, eval.unit, &path).ok()?;
    Some(chain::explained(&eval, &found))
}

/// Steps that all evaluations of a program took so far, without those that count as nothing: the difference between two
/// answers says what lay between.
pub fn taken(db: &dyn salsa::Database, program: Program) -> u64 {
    program.account(db).ever()
}

/// What made the value at a path of the program: `app.scale`.
///
/// # Errors
/// Where the path leads nowhere: what is there, and what was likely meant (E0716); or where finding out takes more than
/// a program may (E0505).
pub fn value(
    workspace: &Workspace,
    loaded: &Loaded,
    path: &str,
) -> Result<Explained, Box<Diagnostic>> {
    let db = workspace.db();
    let segments = path::segments(path);
    let (Some(program), Some((first, rest))) = (loaded.program, segments.split_first()) else {
        return Err(Box::new(nothing("the path is empty".to_owned())));
    };
    let units = units_of(db, program.root(db));
    let names = || units.iter().map(|unit| unit.name(db)).filter(|name| !name.is_empty());
    let Some(unit) = units.iter().find(|unit| unit.name(db) == first.name) else {
        let mut diagnostic = nothing(format!("the program has nothing called `{}`", first.name));
        diagnostic.help =
            nearest(&first.name, names()).map(|near| format!("did you mean `{near}`?"));
        if diagnostic.help.is_none() {
            diagnostic.notes.extend(listed(names()));
        }
        return Err(Box::new(diagnostic));
    };
    let explained = |program: Program| {
        let arena = Bump::new();
        let eval = Eval::traced(db, &arena, program, *unit).counted().deriving();
        let found = find::in_item(&eval, *unit, rest)
            .map_err(|nowhere| Box::new(nowhere.diagnostic(&first.name)))?;
        let names = segments.iter().map(|segment| (segment.name.as_str(), segment.bracket));
        Ok(Explained { path: path::shown(names), ..chain::explained(&eval, &found) })
    };
    answered(workspace, program, |program| on_deep_stack(|| explained(program)))?
}

/// What made the value at a path of an object: of `deployment/app` the leaf `spec.replicas`.
///
/// # Errors
/// Where there is no such object (E0715), or several (E0717), or the path leads nowhere (E0716), or finding out takes too
/// much (E0505).
pub fn field(
    workspace: &Workspace,
    loaded: &Loaded,
    object: &str,
    path: &str,
) -> Result<Explained, Box<Diagnostic>> {
    let object = object::named(workspace, loaded, object)?;
    let Some(program) = loaded.program else { return Ok(Explained::default()) };
    answered(workspace, program, |program| {
        on_deep_stack(|| object::field(workspace, program, &object, path))
    })?
}

/// What a question to a program finds, unless that takes more than a program may.
pub(crate) fn answered<R>(
    workspace: &Workspace,
    program: Program,
    find: impl Fn(Program) -> R,
) -> Result<R, Box<Diagnostic>> {
    within(workspace.db(), program, find).ok_or_else(|| {
        let message = format!("answering this takes more than {} steps", UNITS * UNIT);
        let help = "`depc check` says which item takes most of them";
        Box::new(Diagnostic::error(505, None, message).help(help))
    })
}

/// A path that leads nowhere.
fn nothing(message: String) -> Diagnostic {
    Diagnostic::error(716, None, message)
}

/// The names that there are, unless they are so many that nobody would read them.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    let names: Vec<&str> = names.take(LISTED + 1).collect();
    (!names.is_empty() && names.len() <= LISTED).then(|| format!("it has {}", names.join(", ")))
}

/// How many names are listed.
const LISTED: usize = 24;
