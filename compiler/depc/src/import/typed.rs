//! An object as it is written in the language, by the types of its kind: `web = k8s.Deployment { … }`.

use kube::tree::{Ref, Value};
use kube::types::{self, FieldType, KindInfo, ListKind, TypeId, key_default};

/// What the language has no words for: this object cannot be written by its types.
#[derive(Debug, PartialEq, Eq)]
pub struct Unwritable;

type Written = Result<(), Unwritable>;

/// What a server says of each object itself, in its metadata, beside its `status`. Nobody can set it, and who reads
/// objects of a cluster gets it with them.
pub const OF_SERVER: [&str; 6] =
    ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];

/// The object as a value, for this minor. What is null is left out, unless that means something. Of an object of a
/// custom kind its type is given, and the name of the module that defines it.
pub fn value(
    object: Ref<'_>,
    minor: u8,
    custom: Option<(TypeId, &str)>,
) -> Result<String, Unwritable> {
    let text = |name| object.get(name).and_then(Ref::as_str).unwrap_or_default();
    let (info, name) = match custom {
        Some((ty, module)) => {
            let info = ty.kind().ok_or(Unwritable)?.info();
            (info, format!("{module}.{}.{}", info.version, info.kind))
        }
        None => {
            let kind = types::kind_of(text("apiVersion"), text("kind")).ok_or(Unwritable)?;
            let info = kind.info();
            (info, name(&info, types::newest_at(info.kind, minor) == Some(kind)))
        }
    };
    let mut writer = Writer { minor, text: name, depth: 0 };
    writer.text.push_str(" {\n");
    writer.fields(object, info.ty, &["apiVersion", "kind", "status"])?;
    writer.text.push('}');
    Ok(writer.text)
}

/// How the language calls a kind; the newest stable version of each needs no version.
fn name(info: &KindInfo, newest: bool) -> String {
    let group = match info.group {
        "" => "core",
        group => group.split('.').next().unwrap_or(group),
    };
    match newest {
        true => format!("k8s.{}", info.kind),
        false => format!("k8s.{group}.{}.{}", info.version, info.kind),
    }
}

/// A text as it is written: a block where it has several lines and reads well so, as deep as the text around it.
pub fn string(text: &str, depth: usize) -> String {
    let is_odd = text.contains("\"\"\"")
        || text.contains('\\')
        || text.starts_with([' ', '\t', '\n'])
        || text.chars().any(|c| c.is_control() && c != '\n');
    if text.lines().count() > 1 && text.ends_with('\n') && !is_odd {
        let indent = "  ".repeat(depth + 1);
        let line = |line: &str| match line {
            "" => "\n".to_owned(),
            line => format!("{indent}{line}\n"),
        };
        let body: String = text.lines().map(line).collect();
        return format!("\"\"\"\n{body}{indent}\"\"\"");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A key as it is written: quotes around what is no plain name.
pub fn key(name: &str) -> String {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    match plain && (!is_keyword(name) || matches!(name, "type" | "from" | "set" | "by")) {
        true => name.to_owned(),
        false => string(name, 0),
    }
}

/// Whether a word may begin something else than a binding.
pub fn is_keyword(name: &str) -> bool {
    syntax::word_kind(name).is_keyword()
}

struct Writer {
    minor: u8,
    text: String,
    depth: usize,
}

impl Writer {
    fn fields(&mut self, record: Ref<'_>, ty: TypeId, but: &[&str]) -> Written {
        for (name, value) in record.entries().filter(|(name, _)| !but.contains(name)) {
            let field = ty.field_at(name, self.minor).filter(|field| field.exists_in(self.minor));
            if value.is_null()
                && !field
                    .is_some_and(|one| matches!(one.ty, FieldType::Nullable(_) | FieldType::Any))
            {
                continue;
            }
            let field = field.ok_or(Unwritable)?;
            self.text.push_str(&key(name));
            self.bound(value, field.ty)?;
            self.text.push('\n');
        }
        Ok(())
    }

    /// A value with the sign before it: a block for what is merged, `=` for the rest.
    fn bound(&mut self, value: Ref<'_>, ty: FieldType) -> Written {
        let is_block = match ty {
            FieldType::Object(_) | FieldType::Map(_) => value.is_map(),
            FieldType::List { list: ListKind::Map(_), elem } => {
                value.is_list() && elem.ty().object().is_some()
            }
            _ => false,
        };
        self.text.push_str(if is_block && !value.is_hollow() { " " } else { " = " });
        self.depth += 1;
        let written = self.value(value, ty);
        self.depth -= 1;
        written
    }

    fn value(&mut self, value: Ref<'_>, ty: FieldType) -> Written {
        match (ty, value.value()) {
            (FieldType::Any, _) => return self.any(value),
            (FieldType::Nullable(_), Value::Null) => self.text.push_str("null"),
            (FieldType::Nullable(elem), _) => return self.value(value, elem.ty()),
            (FieldType::Object(ty), Value::Map) => {
                self.text.push('{');
                self.line(value);
                let of_server: &[&str] = match ty.name() {
                    "meta.v1.ObjectMeta" if self.depth == 1 => &OF_SERVER,
                    _ => &[],
                };
                self.fields(value, ty, of_server)?;
                self.text.push('}');
            }
            (FieldType::Map(elem), Value::Map) => {
                self.text.push('{');
                self.line(value);
                for (name, inner) in value.entries().filter(|(_, inner)| !inner.is_null()) {
                    self.text.push_str(&key(name));
                    self.bound(inner, elem.ty())?;
                    self.text.push('\n');
                }
                self.text.push('}');
            }
            (FieldType::List { elem, list: ListKind::Map(keys) }, Value::List)
                if elem.ty().object().is_some() =>
            {
                self.keyed(value, elem.ty().object().ok_or(Unwritable)?, keys)?;
            }
            (FieldType::List { elem, .. }, Value::List) => {
                self.text.push('[');
                let lines = value.items().any(|item| item.is_map() || item.is_list());
                for item in value.items() {
                    self.text.push_str(if lines { "\n" } else { "" });
                    self.value(item, elem.ty())?;
                    self.text.push_str(if lines { "" } else { ", " });
                }
                let end = self.text.trim_end_matches(", ").len();
                self.text.truncate(end);
                self.text.push_str(if lines { "\n]" } else { "]" });
            }
            (_, Value::Map | Value::List | Value::Null) => return Err(Unwritable),
            _ => self.scalar(value),
        }
        Ok(())
    }

    /// A keyed list: a map from what tells its elements apart.
    fn keyed(&mut self, list: Ref<'_>, ty: TypeId, keys: &[&str]) -> Written {
        let mut seen = Vec::new();
        self.text.push('{');
        self.line(list);
        for item in list.items() {
            let name = element_key(item, ty, keys).ok_or(Unwritable)?;
            if seen.contains(&name) {
                return Err(Unwritable);
            }
            self.text.push_str(&key(&name));
            self.text.push_str(" {\n");
            self.depth += 1;
            self.fields(item, ty, keys)?;
            self.depth -= 1;
            self.text.push_str("}\n");
            seen.push(name);
        }
        self.text.push('}');
        Ok(())
    }

    /// What has no type: as in JSON.
    fn any(&mut self, value: Ref<'_>) -> Written {
        match value.value() {
            Value::Map => {
                self.text.push('{');
                self.line(value);
                for (name, inner) in value.entries() {
                    self.text.push_str(&format!("{} = ", key(name)));
                    self.any(inner)?;
                    self.text.push('\n');
                }
                self.text.push('}');
            }
            Value::List => {
                self.text.push('[');
                self.line(value);
                for item in value.items() {
                    self.any(item)?;
                    self.text.push('\n');
                }
                self.text.push(']');
            }
            _ => self.scalar(value),
        }
        Ok(())
    }

    fn scalar(&mut self, value: Ref<'_>) {
        match value.value() {
            Value::Bool(value) => self.text.push_str(if value { "true" } else { "false" }),
            Value::Int(value) => self.text.push_str(&value.to_string()),
            Value::Float(value) => self.text.push_str(&format!("{value:?}")),
            Value::Str(value) => self.text.push_str(&string(value, self.depth)),
            Value::Null | Value::Map | Value::List => self.text.push_str("null"),
        }
    }

    /// What is empty stands in one line.
    fn line(&mut self, value: Ref<'_>) {
        if !value.is_hollow() {
            self.text.push('\n');
        }
    }
}

/// The key of an element of a keyed list; `None` where it lacks what tells it apart.
fn element_key(item: Ref<'_>, ty: TypeId, keys: &[&str]) -> Option<String> {
    let mut parts = Vec::new();
    for name in keys {
        let text = match item.get(name).map(Ref::value) {
            Some(Value::Str(text)) if !text.is_empty() => Some(text.to_owned()),
            Some(Value::Int(value)) => Some(value.to_string()),
            Some(_) => return None,
            None => None,
        };
        parts.push(text);
    }
    // A last one at its default is left out, be it written or not.
    if let Some(default) = key_default(FieldType::Object(ty), keys.last()?)
        && parts.last()?.as_deref().is_none_or(|given| given == default)
    {
        parts.pop();
    }
    let parts: Option<Vec<String>> = parts.into_iter().collect();
    Some(parts?.join("/"))
}
