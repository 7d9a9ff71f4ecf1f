//! Which inputs of a program vary in a matrix, and the values that they take.
//!
//! What an overlay or the command line sets is decided, and does not vary.

use std::sync::Arc;

use super::cover;
use crate::code::{EntryKind, Expr, Key, Root, Strength};
use crate::db::{Item, ItemKind, Module, Origin, Program};
use crate::elaborate::{elaborate, signature};
use crate::eval::value::{RecordIs, SEPARATOR};
use crate::eval::{canonical, stack_of};
use crate::explain::explained;
use crate::fits::base;
use crate::reach::{module_names, used_as};
use crate::read::{Data, Path, World, read};
use crate::resolve::Target;
use crate::sensitive::{exposed, is_sensitive};
use crate::ty::{Bound, Literal, Refinement, Ty};
use crate::variant::{Case, variant};

/// Records within each other whose fields vary.
const DEEP: usize = 8;
/// Values of one case of a variant; of more, each value of a field is tried once.
const OF_CASE: usize = 8;

/// An input that varies, or a field of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// As it is set on the command line: `mode`, `env.mode`.
    pub path: Arc<str>,
    pub item: Item,
    /// At least two.
    pub values: Vec<Value>,
    /// The number of its default among them.
    pub default: Option<usize>,
    /// Cases of a variant that cannot be tried: a field of theirs has no default.
    pub untried: Vec<String>,
}

/// A value that an input takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    /// As people read it.
    pub shown: String,
    /// As it stands behind the sign of `--set`; `None` leaves the default alone.
    pub setting: Option<String>,
}

/// The inputs of a program, by whether they vary.
#[derive(Default)]
pub struct Varying {
    /// Those that do, in the order of its files; those of the files that it uses come last.
    pub inputs: Vec<Input>,
    /// The paths of those that would, if they were not sensitive: messages name the values of the others.
    pub sensitive: Vec<String>,
}

/// Which inputs of a program vary.
pub fn varying(
    db: &dyn salsa::Database,
    program: Program,
    command_line: Option<Module>,
) -> Varying {
    let root = program.root(db);
    let mut files: Vec<(String, Vec<Module>)> =
        vec![(String::new(), stack_of(db, program, root.base(db)))];
    let top = command_line.unwrap_or(program.main(db));
    let mut names = module_names(db, top);
    names.sort();
    names.dedup();
    for name in names {
        if let Some(Target::Module(module)) = used_as(db, top, &name) {
            files.push((format!("{name}."), stack_of(db, program, module)));
        }
    }
    let mut varying = Varying::default();
    for (prefix, modules) in files {
        let modules = modules.iter().filter(|module| module.origin(db) == Origin::File);
        for item in modules.flat_map(|module| module.items(db)) {
            if item.kind(db) != ItemKind::Input {
                continue;
            }
            let item = canonical(db, program, *item);
            let path = format!("{prefix}{}", item.name(db));
            if !varying.inputs.iter().any(|input| input.item == item) {
                let ty = &signature(db, item).ty;
                Whole { db, program, item }.vary(path, &[], ty, &mut varying);
            }
        }
    }
    varying
}

/// An input of a program.
struct Whole<'d> {
    db: &'d dyn salsa::Database,
    program: Program,
    item: Item,
}

impl Whole<'_> {
    /// The input, or a field of it, as one that varies; of a record each field varies by itself. Nothing where it has
    /// one value, or too many to try.
    fn vary(&self, path: String, names: &[&str], ty: &Ty, varying: &mut Varying) {
        let Self { db, program, item } = *self;
        if names.len() > DEEP {
            return;
        }
        if let Ty::Record(record) = base(ty)
            && !is_sensitive(ty)
        {
            for (name, ty) in &record.fields {
                let names: Vec<&str> = names.iter().copied().chain([&**name]).collect();
                self.vary(format!("{path}.{}", key(name)), &names, ty, varying);
            }
            return;
        }
        // A field that nobody binds has no layers.
        let decided = match explained(db, program, item, names) {
            Some(chain) => {
                chain.layers.iter().any(|layer| layer.active && layer.strength > Strength::Default)
            }
            None => names.is_empty(),
        };
        if decided {
            return;
        }
        let mut values = Values { db, quoted: false, untried: Vec::new() };
        let Some(texts) = values.texts(&exposed(ty)) else { return };
        let untried = values.untried;
        if is_sensitive(ty) {
            varying.sensitive.push(path);
            return;
        }
        let value = |text: String| Value { shown: text.clone(), setting: Some(text) };
        let mut values: Vec<Value> = texts.into_iter().map(value).collect();
        let optional = matches!(ty, Ty::Optional(_));
        let unset = || "unset".to_owned();
        // What may be absent is so where nobody says more.
        let default = self.default(names).or_else(|| optional.then(|| Some(unset())));
        if optional && default != Some(Some(unset())) {
            values.push(value(unset()));
        }
        let default = default.map(|shown| {
            let known = values.iter().position(|value| Some(&value.shown) == shown.as_ref());
            known.unwrap_or_else(|| {
                let shown = shown.unwrap_or_else(|| "its default".to_owned());
                values.push(Value { shown, setting: None });
                values.len() - 1
            })
        });
        if values.len() > 1 {
            let path = path.into();
            varying.inputs.push(Input { path, item, values, default, untried });
        }
    }

    /// The default of an input, or of a field of it, as it would be set, where there is one; `None` within where it is
    /// computed from other values.
    fn default(&self, names: &[&str]) -> Option<Option<String>> {
        let Self { db, program, item } = *self;
        let code = &elaborate(db, item).code;
        let Root::Binding { body, .. } = code.root else { return None };
        code.bodies.get(body as usize)?.entries.first()?;
        let computed = code.exprs.iter().any(|expr| {
            matches!(
                expr,
                Expr::Global(_) | Expr::Call { .. } | Expr::Function(_) | Expr::Member { .. }
            )
        });
        if computed {
            return Some(None);
        }
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let path = Path::new(db, names.join(&SEPARATOR.to_string()));
        let data = &read(db, program, World::default(), item, path, 1).data;
        Some(match *data {
            Data::Absent => Some("unset".to_owned()),
            Data::Null => Some("null".to_owned()),
            Data::Bool(value) => Some(value.to_string()),
            Data::Int(value) => Some(value.to_string()),
            Data::Str(ref text) | Data::Quantity(ref text) => Some(text.to_string()),
            // A case with fields may have been given others than its own defaults.
            Data::Record(RecordIs::Case(item, number)) => {
                let case = variant(db, item).cases.get(usize::from(number))?;
                case.info.fields.is_empty().then(|| case.name.to_string())
            }
            _ => None,
        })
    }
}

/// The values of types.
struct Values<'d> {
    db: &'d dyn salsa::Database,
    /// They stand within others, where a text is in quotes; alone behind `--set` it is not.
    quoted: bool,
    /// What cannot be tried, and why.
    untried: Vec<String>,
}

impl Values<'_> {
    /// The values of a type as they are written: all of them, or the ends of a range. `None` where there are too many to
    /// name.
    fn texts(&mut self, ty: &Ty) -> Option<Vec<String>> {
        match ty {
            Ty::Bool => Some(vec!["false".to_owned(), "true".to_owned()]),
            Ty::Null => Some(vec!["null".to_owned()]),
            Ty::Literal(Literal::Str(text)) if self.quoted => Some(vec![format!("{text:?}")]),
            Ty::Literal(literal) => Some(vec![text(literal)]),
            Ty::Optional(ty) => self.texts(ty),
            Ty::Union(members) => {
                let mut all = Vec::new();
                for member in members.iter() {
                    for text in self.texts(member)? {
                        if !all.contains(&text) {
                            all.push(text);
                        }
                    }
                }
                Some(all)
            }
            Ty::Variant(item) => {
                let cases = &variant(self.db, *item).cases;
                let all = cases.iter().enumerate().map(|(at, case)| self.of_case(*item, at, case));
                Some(all.flatten().collect())
            }
            Ty::Case(item, number) => {
                let case = variant(self.db, *item).cases.get(usize::from(*number))?;
                Some(self.of_case(*item, usize::from(*number), case))
            }
            Ty::Refined(refined) => match &refined.base {
                Ty::Int | Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent => {
                    ends(&refined.refinements)
                }
                base if refined.refinements.is_empty() => self.texts(base),
                _ => None,
            },
            _ => None,
        }
    }

    /// The values of a case: with its fields at their defaults, and at each of their values. Of few it is every
    /// combination, of many each value once, with the other fields at the first of theirs.
    fn of_case(&mut self, item: Item, number: usize, case: &Case) -> Vec<String> {
        let outer = std::mem::replace(&mut self.quoted, true);
        let mut fields: Vec<(&str, Vec<Option<String>>)> = Vec::new();
        let mut needs = None;
        for field in &case.info.fields {
            let texts = self.texts(&field.ty);
            let needed = !field.optional && !field.has_default;
            match texts {
                None if needed => needs = needs.or(Some(&field.name)),
                None => {}
                Some(texts) => {
                    let mut values: Vec<Option<String>> = texts.into_iter().map(Some).collect();
                    let default = default_of(self.db, item, number, &field.name);
                    if let Some(at) = values.iter().position(|v| *v == default && v.is_some()) {
                        // First comes what it is where nobody sets it.
                        values.remove(at);
                        values.insert(0, None);
                    } else if !needed {
                        values.insert(0, None);
                    }
                    fields.push((&field.name, values));
                }
            }
        }
        self.quoted = outer;
        if let Some(name) = needs {
            self.untried.push(format!("{}, which needs `{name}`", case.name));
            return Vec::new();
        }
        let counts: Vec<usize> = fields.iter().map(|(_, values)| values.len()).collect();
        let combinations = match cover::count(&counts) {
            Some(count) if count <= OF_CASE => cover::all(&counts),
            _ => {
                let why = format!("{}, with every two values of its fields", case.name);
                self.untried.push(why);
                each_once(&counts)
            }
        };
        let written = |combination: cover::Combination| {
            let set = fields.iter().zip(combination).filter_map(|((name, values), at)| {
                Some(format!("{} = {}", key(name), values.get(at)?.as_ref()?))
            });
            let set: Vec<String> = set.collect();
            match set.is_empty() {
                true => case.name.to_string(),
                false => format!("{} {{ {} }}", case.name, set.join(", ")),
            }
        };
        combinations.into_iter().map(written).collect()
    }
}

/// Combinations in which each value is in one, with the first of all others.
fn each_once(counts: &[usize]) -> Vec<cover::Combination> {
    let mut all = vec![vec![0; counts.len()]];
    for (at, count) in counts.iter().enumerate() {
        for value in 1..*count {
            let mut combination = vec![0; counts.len()];
            if let Some(slot) = combination.get_mut(at) {
                *slot = value;
            }
            all.push(combination);
        }
    }
    all
}

/// What a case gives to a field of its own, where that is a constant, as it is written.
fn default_of(db: &dyn salsa::Database, item: Item, case: usize, name: &str) -> Option<String> {
    let code = &elaborate(db, item).code;
    let Root::Variant(bodies) = &code.root else { return None };
    let body = code.bodies.get((*bodies.get(case)?)? as usize)?;
    let value = body.entries.iter().find_map(|entry| match &entry.kind {
        EntryKind::Set { key: Key::Static { name: key, .. }, value, .. } if **key == *name => {
            code.exprs.get(*value as usize)
        }
        _ => None,
    })?;
    match value {
        Expr::Bool(value) => Some(value.to_string()),
        Expr::Int(value) => Some(value.to_string()),
        Expr::Str(text) => Some(format!("{text:?}")),
        Expr::Quantity(text) => Some(text.to_string()),
        _ => None,
    }
}

/// A name as it is written where a field is bound.
fn key(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("{name:?}") }
}

fn text(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => value.to_string(),
        Literal::Int(value) => value.to_string(),
        Literal::Str(text) => text.to_string(),
    }
}

/// The ends of a range, as far as it has some; of several ranges the innermost.
fn ends(refinements: &[Refinement]) -> Option<Vec<String>> {
    let mut ends: (Option<&Bound>, Option<&Bound>) = (None, None);
    for refinement in refinements {
        let Refinement::Between(start, end) = refinement else { continue };
        ends.0 = inner(ends.0, start.as_ref(), i64::max);
        ends.1 = inner(ends.1, end.as_ref(), i64::min);
    }
    let mut texts: Vec<String> = Vec::new();
    for bound in [ends.0, ends.1].into_iter().flatten() {
        let text = match bound {
            Bound::Int(value) => value.to_string(),
            Bound::Text(text) => text.to_string(),
        };
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    (!texts.is_empty()).then_some(texts)
}

/// Of two bounds the narrower; what is no integer is not compared, and the later one, which narrows, is taken.
fn inner<'b>(
    known: Option<&'b Bound>,
    new: Option<&'b Bound>,
    narrower: fn(i64, i64) -> i64,
) -> Option<&'b Bound> {
    match (known, new) {
        (Some(Bound::Int(a)), Some(Bound::Int(b))) if narrower(*a, *b) == *a => known,
        (_, Some(_)) => new,
        (_, None) => known,
    }
}
