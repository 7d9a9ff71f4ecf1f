//! What the expressions of admission policies and webhooks speak of, and the types by which they say what they change.
//!
//! As `pkg/admission/plugin/cel/compile.go` and `pkg/cel/mutation` of the API server declare them.

use std::rc::Rc;

use super::check::{Checked, Env, ty};
use super::parse::Expr;
use super::ty::{Ty, fits};

/// The object as a server applies it; the type of its field `spec` is `Object.spec`, and so on.
pub(super) const OBJECT: &str = "Object";

/// One operation of a JSON patch (RFC 6902).
pub(super) const PATCH: &str = "JSONPatch";

/// The functions for the paths of such patches, which are known where patches are.
pub(super) const ESCAPES: &str = "jsonpatch";

/// The type of a variable of policies and webhooks.
pub fn of_variable(name: &str) -> Ty<'static> {
    match name {
        "request" => request(),
        "namespaceObject" => namespace(),
        "authorizer" => Ty::Named("Authorizer".into()),
        // Those of what is asked about are not known before there is an object.
        _ => Ty::Dyn,
    }
}

fn record<const N: usize>(fields: [(&str, Ty<'static>); N]) -> Ty<'static> {
    Ty::Fields(Rc::new(fields.map(|(name, ty)| (name.to_owned(), ty)).to_vec()))
}

fn list(of: Ty<'static>) -> Ty<'static> {
    Ty::List(Rc::new(of))
}

fn map(of: Ty<'static>) -> Ty<'static> {
    Ty::Map(Rc::new(Ty::Str), Rc::new(of))
}

fn request() -> Ty<'static> {
    let kind = || record([("group", Ty::Str), ("version", Ty::Str), ("kind", Ty::Str)]);
    let resource = || record([("group", Ty::Str), ("version", Ty::Str), ("resource", Ty::Str)]);
    let user = record([
        ("username", Ty::Str),
        ("uid", Ty::Str),
        ("groups", list(Ty::Str)),
        ("extra", map(list(Ty::Str))),
    ]);
    record([
        ("kind", kind()),
        ("resource", resource()),
        ("subResource", Ty::Str),
        ("requestKind", kind()),
        ("requestResource", resource()),
        ("requestSubResource", Ty::Str),
        ("name", Ty::Str),
        ("namespace", Ty::Str),
        ("operation", Ty::Str),
        ("userInfo", user),
        ("dryRun", Ty::Bool),
        ("options", Ty::Dyn),
    ])
}

fn namespace() -> Ty<'static> {
    let metadata = record([
        ("name", Ty::Str),
        ("generateName", Ty::Str),
        ("namespace", Ty::Str),
        ("labels", map(Ty::Str)),
        ("annotations", map(Ty::Str)),
        ("UID", Ty::Str),
        ("creationTimestamp", Ty::Time),
        ("deletionGracePeriodSeconds", Ty::Int),
        ("deletionTimestamp", Ty::Time),
        ("generation", Ty::Int),
        ("resourceVersion", Ty::Str),
        ("finalizers", list(Ty::Str)),
    ]);
    let condition = record([
        ("status", Ty::Str),
        ("type", Ty::Str),
        ("lastTransitionTime", Ty::Time),
        ("message", Ty::Str),
        ("reason", Ty::Str),
    ]);
    record([
        ("metadata", metadata),
        ("spec", record([("finalizers", list(Ty::Str))])),
        ("status", record([("conditions", list(condition)), ("phase", Ty::Str)])),
    ])
}

/// The type of a value that is written by its fields. Types are known where what they make is asked for.
pub(super) fn message<'s>(
    name: &str,
    fields: &[(Box<str>, Expr, bool)],
    env: &mut Env<'_, 's>,
) -> Checked<'s> {
    let first = name.split('.').next().unwrap_or(name);
    let known = first == OBJECT || name == PATCH;
    if !known || !env.iter().any(|(own, _)| *own == first) {
        return Err(format!("there is no type `{name}` here"));
    }
    for (field, value, optional) in fields {
        let Some(wanted) = field_of(name, field) else {
            return Err(format!(
                "{PATCH} has the fields `op`, `path`, `from` and `value`, and no `{field}`"
            ));
        };
        let given = ty(value, env)?;
        let is_null = matches!(given, Ty::Null) && !matches!(wanted, Ty::Dyn);
        if !optional && (is_null || !fits(&given, &wanted)) {
            return Err(format!("`{field}` is {}, and {} is given", wanted.name(), given.name()));
        }
    }
    Ok(Ty::Named(name.into()))
}

/// The type of a field of such a value.
pub(super) fn field_of<'s>(name: &str, field: &str) -> Option<Ty<'s>> {
    match field {
        _ if name.split('.').next() == Some(OBJECT) => Some(Ty::Dyn),
        "requestResource" if name == "Authorizer" => Some(Ty::Named("ResourceCheck".into())),
        "value" if name == PATCH => Some(Ty::Dyn),
        "op" | "path" | "from" if name == PATCH => Some(Ty::Str),
        _ => None,
    }
}

/// What a type of CEL's own messages stands for.
pub(super) fn well_known<'s>(name: &str) -> Option<Ty<'s>> {
    Some(match name.strip_prefix("google.protobuf.")? {
        "Timestamp" => Ty::Time,
        "Duration" => Ty::Duration,
        "Struct" => Ty::Map(Rc::new(Ty::Str), Rc::new(Ty::Dyn)),
        "ListValue" => Ty::List(Rc::new(Ty::Dyn)),
        "Any" | "Value" => Ty::Dyn,
        "BoolValue" | "BytesValue" | "DoubleValue" | "FloatValue" | "Int32Value" | "Int64Value"
        | "StringValue" | "UInt32Value" | "UInt64Value" => Ty::Unknown,
        _ => return None,
    })
}

/// Whether it is an object as a server applies it.
pub fn is_object(found: &Ty<'_>) -> bool {
    matches!(found, Ty::Named(name) if **name == *OBJECT)
}

/// Whether it is a list of JSON patches.
pub fn are_patches(found: &Ty<'_>) -> bool {
    matches!(found, Ty::List(item) if matches!(&**item, Ty::Named(name) if **name == *PATCH))
}
