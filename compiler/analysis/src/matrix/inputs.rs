//! Which inputs of a program vary in a matrix, and the values that they take.
//!
//! What an overlay or the command line sets is decided, and does not vary.

use std::sync::Arc;

use crate::code::{Expr, Root, Strength};
use crate::db::{Item, ItemKind, Module, Origin, Program};
use crate::elaborate::{elaborate, signature};
use crate::eval::value::RecordIs;
use crate::eval::{canonical, stack_of};
use crate::explain::explained;
use crate::reach::{module_names, used_as};
use crate::read::{Data, Path, World, read};
use crate::resolve::Target;
use crate::ty::{Bound, Literal, Refinement, Ty};
use crate::variant::variant;

/// An input that varies.
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

/// The inputs of a program that vary, in the order of its files; those of the files that it uses come last.
pub fn varying(
    db: &dyn salsa::Database,
    program: Program,
    command_line: Option<Module>,
) -> Vec<Input> {
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
    let mut inputs: Vec<Input> = Vec::new();
    for (prefix, modules) in files {
        let modules = modules.iter().filter(|module| module.origin(db) == Origin::File);
        for item in modules.flat_map(|module| module.items(db)) {
            if item.kind(db) != ItemKind::Input {
                continue;
            }
            let item = canonical(db, program, *item);
            let path = format!("{prefix}{}", item.name(db));
            if !inputs.iter().any(|input| input.item == item)
                && let Some(input) = input(db, program, item, path)
            {
                inputs.push(input);
            }
        }
    }
    inputs
}

/// An input as one that varies; `None` where it has one value, or too many to try.
fn input(db: &dyn salsa::Database, program: Program, item: Item, path: String) -> Option<Input> {
    let decided = explained(db, program, item, &[])?
        .layers
        .iter()
        .any(|layer| layer.active && layer.strength > Strength::Default);
    if decided {
        return None;
    }
    let mut untried = Vec::new();
    let ty = &signature(db, item).ty;
    let mut values: Vec<Value> = texts(db, ty, &mut untried)?
        .into_iter()
        .map(|text| Value { shown: text.clone(), setting: Some(text) })
        .collect();
    let default = default(db, program, item).map(|shown| {
        let known = values.iter().position(|value| Some(&value.shown) == shown.as_ref());
        known.unwrap_or_else(|| {
            let shown = shown.unwrap_or_else(|| "its default".to_owned());
            values.push(Value { shown, setting: None });
            values.len() - 1
        })
    });
    (values.len() > 1).then(|| Input { path: path.into(), item, values, default, untried })
}

/// The default of an input as it would be set, where there is one; `None` within where it is computed from other values.
fn default(db: &dyn salsa::Database, program: Program, item: Item) -> Option<Option<String>> {
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
    let data = &read(db, program, World::default(), item, Path::new(db, String::new())).data;
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

/// The values of a type as they stand behind `--set`: all of them, or the ends of a range. `None` where there are too
/// many to name.
fn texts(db: &dyn salsa::Database, ty: &Ty, untried: &mut Vec<String>) -> Option<Vec<String>> {
    match ty {
        Ty::Bool => Some(vec!["false".to_owned(), "true".to_owned()]),
        Ty::Null => Some(vec!["null".to_owned()]),
        Ty::Literal(literal) => Some(vec![text(literal)]),
        Ty::Optional(ty) => texts(db, ty, untried),
        Ty::Union(members) => {
            let mut all = Vec::new();
            for member in members.iter() {
                for text in texts(db, member, untried)? {
                    if !all.contains(&text) {
                        all.push(text);
                    }
                }
            }
            Some(all)
        }
        Ty::Variant(item) => {
            let info = variant(db, *item);
            let mut all = Vec::new();
            for case in &info.cases {
                let needs = case.info.fields.iter().find(|f| !f.optional && !f.has_default);
                match needs {
                    None => all.push(case.name.to_string()),
                    Some(field) => {
                        untried.push(format!("{}, which needs `{}`", case.name, field.name));
                    }
                }
            }
            Some(all)
        }
        Ty::Case(item, number) => {
            let case = variant(db, *item).cases.get(usize::from(*number))?;
            Some(vec![case.name.to_string()])
        }
        Ty::Refined(refined) => match &refined.base {
            Ty::Int | Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent => {
                ends(&refined.refinements)
            }
            base if refined.refinements.is_empty() => texts(db, base, untried),
            _ => None,
        },
        _ => None,
    }
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
