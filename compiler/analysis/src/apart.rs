//! What tells the members of a union apart: their kinds, and of records a field.
//!
//! `{ kind: "disk", size: Quantity } | { kind: "bucket", region: Str }` is told by `kind`, and
//! `{ host: Str } | { socket: Str }` by which of its fields a record has. The elaborator asks this of records that
//! are written, the evaluator of those that are computed or come from a file of data.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use salsa::Database;

use crate::fits::{base, kind_of, members_of};
use crate::problem::Problem;
use crate::schema::schema;
use crate::ty::{RecordTy, Ty};
use crate::variant::variant_of;

/// What the fields of a record must be, so that it can be one of a type.
pub struct Outline {
    pub fields: Vec<OutlineField>,
    /// There may be further fields.
    pub open: bool,
}

pub struct OutlineField {
    pub name: Arc<str>,
    pub ty: Ty,
    /// A record without it is none of the type.
    pub needed: bool,
}

/// What is known of the fields of a record.
pub trait Evidence {
    /// Whether a field is there; `None` where nobody can say.
    fn there(&self, name: &str) -> Option<bool>;
    /// Whether a field that is there may be of a type.
    fn may_be(&mut self, name: &str, ty: &Ty) -> bool;
    /// The fields that are there for sure.
    fn names(&self) -> Vec<Arc<str>>;
}

/// Records that a message names of a row of more.
const NAMED: usize = 10;

/// Which of several types a record is of.
#[derive(Debug, PartialEq, Eq)]
pub enum Choice {
    One(usize),
    /// The field that tells has a value that none of them takes.
    Wrong(Arc<str>),
    /// Nothing tells; where one field could, which.
    Several(Option<Arc<str>>),
}

impl Outline {
    /// Of a record type or a schema; other records are not told apart by their fields.
    pub fn of(db: &dyn Database, ty: &Ty) -> Option<Self> {
        match base(ty) {
            Ty::Record(record) => Some(Self {
                fields: record
                    .fields
                    .iter()
                    .map(|(name, ty)| OutlineField {
                        name: name.clone(),
                        ty: ty.clone(),
                        needed: needed(ty),
                    })
                    .collect(),
                open: record.rest.is_some(),
            }),
            Ty::Schema(item) => {
                let info = schema(db, *item);
                let fields = info.fields.iter().filter(|field| field.ty != Ty::Never);
                Some(Self {
                    fields: fields
                        .map(|field| OutlineField {
                            name: field.name.clone(),
                            ty: field.ty.clone(),
                            needed: !field.optional && !field.has_default,
                        })
                        .collect(),
                    open: info.open,
                })
            }
            _ => None,
        }
    }

    pub fn field(&self, name: &str) -> Option<&OutlineField> {
        self.fields.iter().find(|field| *field.name == *name)
    }
}

/// Which of the types, by their outlines, a record is of.
pub fn choice(outlines: &[Outline], seen: &mut impl Evidence) -> Choice {
    let tags = tags(outlines);
    let mut left: Vec<usize> = (0..outlines.len()).collect();
    for tag in &tags {
        if seen.there(tag) != Some(true) {
            continue;
        }
        left.retain(|at| field_may_be(outlines, *at, tag, seen));
        match left.as_slice() {
            [] => return Choice::Wrong(tag.clone()),
            [only] => return Choice::One(*only),
            _ => {}
        }
    }
    // Fields that tell some of them apart.
    for name in seen.names() {
        if differ_in(left.iter().filter_map(|at| outlines.get(*at)), &name) {
            let rest: Vec<usize> = left
                .iter()
                .copied()
                .filter(|at| field_may_be(outlines, *at, &name, seen))
                .collect();
            // Where none takes it, what is wrong is the value, whichever is meant.
            if !rest.is_empty() {
                left = rest;
            }
        }
    }
    let exact: Vec<usize> = left
        .iter()
        .copied()
        .filter(|at| outlines.get(*at).is_some_and(|outline| mistakes(outline, seen) == 0))
        .collect();
    match (exact.as_slice(), left.as_slice()) {
        ([only], _) | ([], [only]) => return Choice::One(*only),
        ([], _) => {}
        _ => return Choice::Several(tags.into_iter().next()),
    }
    // Something is missing or misspelled: what comes nearest is meant.
    let names = seen.names();
    let shares = |outline: &Outline| names.iter().any(|name| outline.field(name).is_some());
    let mut nearest: Vec<(usize, usize)> = left
        .iter()
        .filter_map(|at| outlines.get(*at).map(|outline| (mistakes(outline, seen), *at)))
        .collect();
    nearest.sort_unstable();
    match nearest.as_slice() {
        [(one, at), (other, _), ..]
            if one < other && tags.is_empty() && outlines.get(*at).is_some_and(shares) =>
        {
            Choice::One(*at)
        }
        _ => Choice::Several(tags.into_iter().next()),
    }
}

/// The fields that every member needs, and of which no value fits two members.
pub fn tags<O: std::borrow::Borrow<Outline>>(outlines: &[O]) -> Vec<Arc<str>> {
    let outlines: Vec<&Outline> = outlines.iter().map(std::borrow::Borrow::borrow).collect();
    let Some((first, rest)) = outlines.split_first() else { return Vec::new() };
    let all_differ = |name: &str| {
        let mut types = Vec::new();
        for outline in &outlines {
            match outline.field(name).filter(|field| field.needed) {
                Some(field) => types.extend(members_of(&field.ty)),
                None => return false,
            }
        }
        if types.iter().all(|ty| matches!(ty, Ty::Literal(_))) {
            let mut seen = FxHashSet::default();
            return types.iter().all(|ty| seen.insert(*ty));
        }
        outlines.iter().enumerate().all(|(at, a)| {
            outlines.iter().skip(at + 1).all(|b| match (a.field(name), b.field(name)) {
                (Some(a), Some(b)) => a.needed && b.needed && !alike(&a.ty, &b.ty),
                _ => false,
            })
        })
    };
    let fields = first.fields.iter().filter(|_| !rest.is_empty());
    fields.filter(|field| all_differ(&field.name)).map(|field| field.name.clone()).collect()
}

/// Could a value be of both types, so that nothing tells which is meant?
pub fn alike(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Optional(a), b) | (b, Ty::Optional(a)) => alike(a, b),
        (Ty::Union(members), other) | (other, Ty::Union(members)) => {
            members.iter().any(|member| alike(member, other))
        }
        (Ty::Literal(a), Ty::Literal(b)) => a == b,
        (Ty::Literal(literal), ty) | (ty, Ty::Literal(literal)) => {
            matches!(base(ty), Ty::Any | Ty::Error) || kind_of(literal) == *base(ty)
        }
        _ => match (base(a), base(b)) {
            (Ty::List(_) | Ty::Keyed(_), Ty::List(_) | Ty::Keyed(_)) => true,
            (Ty::Record(a), Ty::Record(b)) => !told_apart(a, b),
            (Ty::Map(_) | Ty::Record(_), Ty::Map(_) | Ty::Record(_)) => true,
            (Ty::Any | Ty::Error, _) | (_, Ty::Any | Ty::Error) => true,
            (Ty::Object, Ty::Object | Ty::Kube(_)) | (Ty::Kube(_), Ty::Object) => true,
            (Ty::Case(a, one), Ty::Case(b, other)) => a == b && one == other,
            (a, b) if variant_of(a).is_some() => variant_of(a) == variant_of(b),
            (a, b) => a == b,
        },
    }
}

/// Whether no record is of both types: one needs a field that the other does not have, or has of another kind.
fn told_apart(a: &RecordTy, b: &RecordTy) -> bool {
    let lacks = |one: &RecordTy, other: &RecordTy| {
        let mut fields = one.fields.iter().filter(|(_, ty)| needed(ty));
        other.rest.is_none() && fields.any(|(name, _)| field(other, name).is_none())
    };
    let mut shared = a.fields.iter().filter_map(|(name, ty)| Some((ty, field(b, name)?)));
    lacks(a, b) || lacks(b, a) || shared.any(|(a, b)| needed(a) && needed(b) && !alike(a, b))
}

fn field<'t>(record: &'t RecordTy, name: &str) -> Option<&'t Ty> {
    record.field(name)
}

fn needed(ty: &Ty) -> bool {
    !matches!(ty, Ty::Optional(_) | Ty::Never)
}

/// Whether a field tells some of those apart that have it.
fn differ_in<'o>(outlines: impl Iterator<Item = &'o Outline>, name: &str) -> bool {
    let mut seen = FxHashSet::default();
    let fields = outlines.filter_map(|outline| outline.field(name));
    let kinds: Vec<&Ty> = fields.map(|field| &field.ty).filter(|ty| seen.insert(*ty)).collect();
    kinds.iter().enumerate().any(|(at, a)| kinds.iter().skip(at + 1).any(|b| !alike(a, b)))
}

fn field_may_be(outlines: &[Outline], at: usize, name: &str, seen: &mut impl Evidence) -> bool {
    match outlines.get(at).and_then(|outline| outline.field(name)) {
        Some(field) => seen.may_be(name, &field.ty),
        None => true,
    }
}

/// The fields of a record that a type does not have, and those of the type that it lacks.
fn mistakes(outline: &Outline, seen: &impl Evidence) -> usize {
    let unknown = seen.names().iter().filter(|name| outline.field(name).is_none()).count();
    let missing = outline
        .fields
        .iter()
        .filter(|field| field.needed && seen.there(&field.name) == Some(false))
        .count();
    missing + if outline.open { 0 } else { unknown }
}

/// Says of a record that nothing tells which member of a union it is; `tag` and `sign` are what tells and how a value
/// is given to it, and `shown` writes a type as users do.
pub fn undecided(
    mut problem: Problem,
    (tag, sign): (Option<&str>, &str),
    outlines: &[Outline],
    shown: impl Fn(&Ty) -> String,
) -> Problem {
    problem.message = format!("nothing says which of {} records this is", outlines.len());
    problem.help = match tag {
        Some(tag) => {
            let fields = outlines.iter().filter_map(|outline| outline.field(tag));
            let values = fields.map(|field| format!("`{tag}{sign}{}`", shown(&field.ty)));
            Some(format!("`{tag}` tells: write {}", joined(values.collect(), "or")))
        }
        None => {
            let needs = |outline: &Outline| {
                let needed = outline.fields.iter().filter(|field| field.needed);
                let names: Vec<String> = needed.map(|field| format!("`{}`", field.name)).collect();
                if names.is_empty() { "nothing".to_owned() } else { joined(names, "and") }
            };
            let telling: Vec<String> = outlines.iter().map(needs).collect();
            let tells = telling.iter().any(|needs| Some(needs) != telling.first());
            tells.then(|| {
                let telling = joined(telling, "or");
                format!("they are told apart by the fields that they need: {telling}")
            })
        }
    };
    problem
}

/// `a`, `a or b`, `a, b or c`. Of very many, nobody reads all.
pub fn joined(mut texts: Vec<String>, word: &str) -> String {
    if texts.len() > NAMED + 2 {
        let more = texts.len() - NAMED;
        texts.truncate(NAMED);
        texts.push(format!("{more} more"));
    }
    match texts.pop() {
        Some(last) if texts.is_empty() => last,
        Some(last) => format!("{} {word} {last}", texts.join(", ")),
        None => String::new(),
    }
}
