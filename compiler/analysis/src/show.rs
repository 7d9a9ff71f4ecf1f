//! Types as users write them, and names that look like one that was mistyped.

use std::fmt::Write as _;

use salsa::Database;

use crate::limits;
use crate::ty::{Bound, Literal, Refinement, Ty};

/// The type in the notation of the language.
pub fn type_name(db: &dyn Database, ty: &Ty) -> String {
    let mut out = String::new();
    write_type(db, ty, &mut out);
    out
}

/// A name that looks like one that was mistyped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Near<'c> {
    pub name: &'c str,
    /// No other one is as near.
    pub alone: bool,
}

/// The candidate that `name` was most likely meant to be, if one is near enough: at most a third of its
/// letters differ, or only the case and the separators do.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    nearest_of(name, candidates).map(|near| near.name)
}

/// The same, and whether it is the only one.
pub fn nearest_of<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<Near<'c>> {
    nearest_that(name, candidates, |_| true)
}

/// As [`nearest_of`], among the candidates that fit, which is asked of near ones only.
pub fn nearest_that<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    fits: impl Fn(&str) -> bool,
) -> Option<Near<'c>> {
    let plain =
        |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let wanted = plain(name);
    let mut best: Option<(usize, &str)> = None;
    let mut alone = true;
    let mut compared = 0;
    for candidate in candidates.into_iter().take(limits::LOOKED_AT) {
        // What is there by that very name cannot be meant. Nothing that is so much longer or shorter can be near; a
        // file may have ten thousand names.
        if candidate == name || candidate.len().abs_diff(name.len()) > 8 {
            continue;
        }
        compared += 1;
        if compared > limits::CANDIDATES && !differs_in_one_place(name, candidate) {
            continue;
        }
        let found = plain(candidate);
        let distance = strsim::damerau_levenshtein(&wanted, &found);
        let longest = wanted.chars().count().max(found.chars().count());
        // Of a short word, two letters that differ leave too little.
        let short = wanted.chars().count().min(found.chars().count()) <= 4;
        let most = if short { 1 } else { ((longest + 1) / 3).clamp(1, 4) };
        if distance > most || distance >= longest || !fits(candidate) {
            continue;
        }
        match best {
            Some((least, known)) if distance == least => {
                alone &= known == candidate;
                best = best.min(Some((distance, candidate)));
            }
            Some((least, _)) if distance > least => {}
            _ => {
                alone = true;
                best = Some((distance, candidate));
            }
        }
    }
    best.map(|(_, name)| Near { name, alone })
}

/// Whether no more than two letters side by side tell two names apart: one that is missing, added, or another, or two
/// that changed places.
fn differs_in_one_place(a: &str, b: &str) -> bool {
    let longest = a.len().max(b.len());
    if a.len().abs_diff(b.len()) > 2 {
        return false;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let before = a.iter().zip(b).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    let behind = a.iter().rev().zip(b.iter().rev());
    let after = behind.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    before + after + 2 >= longest
}

/// "did you mean …?", where there is a near candidate.
pub fn did_you_mean<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean `{near}`?"))
}

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
