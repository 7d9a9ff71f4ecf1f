//! Types as users write them.

use std::fmt::Write as _;

use salsa::Database;

pub use kube::near::{Near, did_you_mean, differs_in_one_place, nearest, nearest_of, nearest_that};

use crate::limits;
use crate::ty::{Bound, Literal, Refinement, Ty};

/// The type in the notation of the language.
pub fn type_name(db: &dyn Database, ty: &Ty) -> String {
    let mut out = String::new();
    write_type(db, ty, &mut out);
    out
}

/// Values of which one was to be written, in a row. Of very many, nobody reads all: those that begin most like what was
/// written instead come first, where that may be shown.
pub fn values<T: AsRef<str>>(all: &[T], written: Option<&str>) -> String {
    let mut shown: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    if shown.len() <= VALUES + 2 {
        return shown.join(", ");
    }
    let compared = shown.get_mut(..COMPARED.min(all.len())).unwrap_or_default();
    if let Some(written) = written {
        compared.sort_by_cached_key(|value| std::cmp::Reverse(alike(value, written)));
    }
    let more = shown.len() - VALUES;
    shown.truncate(VALUES);
    format!("{} and {more} more", shown.join(", "))
}

/// With how many bytes that are the same, but for their case, two texts begin.
fn alike(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Values that are shown of a row of more.
const VALUES: usize = 10;

/// Values that are compared with what was written.
const COMPARED: usize = 500;

fn write_type(db: &dyn Database, ty: &Ty, out: &mut String) {
    if out.len() > limits::SHOWN_TYPE {
        if !out.ends_with('…') {
            out.push('…');
        }
        return;
    }
    match ty {
        Ty::Error => out.push('…'),
        Ty::Any => out.push_str("Any"),
        Ty::Never => out.push_str("Never"),
        Ty::Null => out.push_str("Null"),
        Ty::Bool => out.push_str("Bool"),
        Ty::Int => out.push_str("Int"),
        Ty::Float => out.push_str("Float"),
        Ty::Str => out.push_str("Str"),
        Ty::Quantity => out.push_str("Quantity"),
        Ty::Duration => out.push_str("Duration"),
        Ty::Percent => out.push_str("Percent"),
        Ty::Range(inner) => wrapped(db, "Range[", inner, "]", out),
        // That of a list without elements.
        Ty::List(inner) if **inner == Ty::Never => out.push_str("[]"),
        Ty::List(inner) => wrapped(db, "[", inner, "]", out),
        Ty::Sensitive(inner) => wrapped(db, "Sensitive[", inner, "]", out),
        Ty::Optional(inner) if matches!(**inner, Ty::Union(_)) => {
            wrapped(db, "(", inner, ")?", out)
        }
        Ty::Optional(inner) => wrapped(db, "", inner, "?", out),
        Ty::Keyed(keyed) => {
            out.push('[');
            write_type(db, &keyed.element, out);
            let _ = write!(out, " by {}]", keyed.keys.join(", "));
        }
        Ty::Map(map) => {
            out.push('{');
            write_type(db, &map.0, out);
            out.push_str(": ");
            write_type(db, &map.1, out);
            out.push('}');
        }
        Ty::Record(record) => {
            out.push_str("{ ");
            for (i, (name, ty)) in record.fields.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                match ty {
                    Ty::Optional(inner) => {
                        let _ = write!(out, "{name}?: ");
                        write_type(db, inner, out);
                    }
                    ty => {
                        let _ = write!(out, "{name}: ");
                        write_type(db, ty, out);
                    }
                }
            }
            out.push_str(" }");
        }
        Ty::Schema(item) | Ty::Variant(item) => out.push_str(item.name(db)),
        Ty::Case(item, index) => {
            out.push_str(item.name(db));
            if let Some(case) = crate::variant::case(db, *item, *index) {
                out.push('.');
                out.push_str(&case.name);
            }
        }
        Ty::Param(param) => out.push_str(param.name()),
        Ty::Object => out.push_str("k8s.Object"),
        Ty::Kube(ty) => out.push_str(ty.last_name()),
        Ty::Literal(Literal::Bool(value)) => {
            let _ = write!(out, "{value}");
        }
        Ty::Literal(Literal::Int(value)) => {
            let _ = write!(out, "{value}");
        }
        Ty::Literal(Literal::Str(value)) => {
            let _ = write!(out, "{value:?}");
        }
        Ty::Union(members) => {
            for (i, member) in members.iter().enumerate() {
                if i > 0 {
                    out.push_str(" | ");
                }
                write_type(db, member, out);
            }
        }
        Ty::Refined(refined) => match &refined.name {
            Some(name) => out.push_str(name),
            None => {
                write_type(db, &refined.base, out);
                for refinement in refined.refinements.iter() {
                    out.push_str(" & ");
                    out.push_str(&refinement_name(refinement));
                }
            }
        },
        Ty::Fn(function) => {
            out.push_str("fn(");
            for (i, (_, ty)) in function.params.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_type(db, ty, out);
            }
            out.push_str(") -> ");
            write_type(db, &function.result, out);
        }
    }
}

fn wrapped(db: &dyn Database, before: &str, inner: &Ty, after: &str, out: &mut String) {
    out.push_str(before);
    write_type(db, inner, out);
    out.push_str(after);
}

/// A refinement in the notation of the language: `1..65535`, `/…/`, `len(1..63)`.
pub fn refinement_name(refinement: &Refinement) -> String {
    fn range<T: ToString>(start: Option<&T>, end: Option<&T>) -> String {
        let text = |bound: Option<&T>| bound.map(T::to_string).unwrap_or_default();
        format!("{}..{}", text(start), text(end))
    }
    match refinement {
        Refinement::Between(start, end) => range(start.as_ref(), end.as_ref()),
        Refinement::Len(start, end) => format!("len({})", range(start.as_ref(), end.as_ref())),
        Refinement::Bytes(start, end) => format!("bytes({})", range(start.as_ref(), end.as_ref())),
        Refinement::Regex(pattern) => format!("/{}/", pattern.replace('/', "\\/")),
        Refinement::Format(name) => format!("format.{name}"),
        Refinement::Unique => "unique".to_owned(),
        Refinement::Has(path) => {
            path.iter().rev().fold(String::new(), |inner, name| match inner.is_empty() {
                true => format!("{{ {name} }}"),
                false => format!("{{ {name} {inner} }}"),
            })
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}
