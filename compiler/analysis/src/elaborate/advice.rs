//! What to do about a value of the wrong kind: most often it is written in the notation of another one.

use std::sync::Arc;

use kube::types::{Field, TypeId};
use syntax::{Node, NodeKind};

use super::literal::{United, unit_meant};
use super::{Elaborator, habit};
use crate::db::{Item, target};
use crate::fits::{Fit, base, fits, members_of, of_kind_of, optional, present};
use crate::schema::schema;
use crate::show::listed;
use crate::ty::{Literal, Ty, TypeParam};
use crate::types::kube_type;
use crate::variant::variant;
use crate::workspace::SET;

/// How many fields a message lists.
pub(super) const FEW: usize = 12;
/// The same of a component, whose fields are all that can be said of it.
pub(super) const MANY: usize = 48;

/// What to do about a value.
pub(super) struct Advice {
    pub help: String,
    /// What could stand in the place of a literal.
    pub instead: Option<String>,
}

impl From<String> for Advice {
    fn from(help: String) -> Self {
        Self { help, instead: None }
    }
}

impl Elaborator<'_> {
    /// How a value of type `found` would be written where `want` is asked for, if that can be told.
    pub(super) fn advice(&self, found: &Ty, want: &Ty) -> Option<Advice> {
        let in_other_words = || self.advice_on(found, want).map(Advice::from);
        if self.module.path(self.db) == SET {
            // The command line has no quotes to leave out or to write.
            return in_other_words();
        }
        self.instead(found, want)
            .or_else(in_other_words)
            .or_else(|| self.advice_on_cases(found, base(want)).map(Advice::from))
    }

    /// A literal that only needs other quotes.
    fn instead(&self, found: &Ty, want: &Ty) -> Option<Advice> {
        let may_be = |literal| fits(self.db, &Ty::Literal(literal), want) != Fit::No;
        if bounded(want).is_some() {
            return None;
        }
        match found {
            Ty::List(element) if **element == Ty::Never => {
                let braced = matches!(base(want), Ty::Keyed(_) | Ty::Map(_));
                braced.then(|| Advice {
                    help: "an empty one is written `{}`, because its elements have keys".to_owned(),
                    instead: Some("{}".to_owned()),
                })
            }
            Ty::Literal(Literal::Str(text)) => {
                let number = text.starts_with(|c: char| c.is_ascii_digit());
                match united(text, base(want)).filter(|_| number) {
                    Some(United::One(united)) => {
                        let help = format!("write it without quotes: `{united}`");
                        return Some(Advice { help, instead: Some(united) });
                    }
                    Some(United::Either(help)) => return Some(Advice { help, instead: None }),
                    None => {}
                }
                let plain = match base(want) {
                    Ty::Range(_) => number && text.contains(".."),
                    Ty::Percent => number && text.ends_with('%'),
                    Ty::Variant(item) => variant(self.db, *item).case(text).is_some(),
                    _ => {
                        let int = text.parse().map(Literal::Int);
                        int.or(text.parse().map(Literal::Bool)).is_ok_and(may_be)
                    }
                };
                let help = format!("write it without quotes: `{text}`");
                plain.then(|| Advice { help, instead: Some(text.to_string()) })
            }
            Ty::Literal(literal @ (Literal::Int(_) | Literal::Bool(_))) => {
                let text = super::mismatch::literal_text(literal);
                let quoted = Literal::Str(text.as_str().into());
                // Where another number could stand, a text is meant only if it is one of those that are listed.
                let is_other = *of_kind_of(found, want) != *want
                    && !members_of(base(want)).contains(&Ty::Literal(quoted.clone()));
                (!is_other && may_be(quoted)).then(|| Advice {
                    help: format!("a text stands in quotes: `\"{text}\"`"),
                    instead: Some(format!("\"{text}\"")),
                })
            }
            _ => None,
        }
    }

    /// A text that is nearly one of those that a type admits, as it would be spelled: in lower case, with `-` between its
    /// words, with a `/` at its beginning or without, without blanks around it.
    pub(super) fn spelled(&self, text: &str, want: &Ty) -> Option<String> {
        let lower = text.to_lowercase();
        let dashed: String =
            lower.chars().map(|c| if matches!(c, '_' | ' ') { '-' } else { c }).collect();
        let others = [
            text.trim().to_owned(),
            format!("/{text}"),
            text.trim_start_matches('/').to_owned(),
            lower,
            dashed,
        ];
        let admitted = |text: &String| {
            let literal = Ty::Literal(Literal::Str(text.as_str().into()));
            !text.is_empty() && fits(self.db, &literal, want) == Fit::Yes
        };
        let short = text.len() <= 100 && !text.is_empty();
        others.into_iter().filter(|other| short && other != text).find(admitted)
    }

    fn advice_on(&self, found: &Ty, want: &Ty) -> Option<String> {
        let may_be = |ty: &Ty| fits(self.db, ty, want) != Fit::No;
        if let Some(param) = bounded(want) {
            return Some(format!("`{}` stands for {}", param.name(), param.meaning()));
        }
        match (found, base(want)) {
            // It is of the kind, and outside its range.
            (found, kind) if found == kind => None,
            (Ty::Literal(Literal::Str(text)), Ty::Schema(item))
                if let Some(field) = self.only_field_for(found, *item)
                    && text.len() <= 40
                    && !text.contains("://") =>
            {
                let text = super::mismatch::literal_text(&Literal::Str(text.clone()));
                Some(format!("fields stand in braces: `{{ {field} = {text} }}`"))
            }
            (Ty::Literal(Literal::Str(text)), kind)
                if let Some(declared) = self.declared_elsewhere(text, kind) =>
            {
                Some(declared)
            }
            (Ty::Literal(literal), Ty::Kube(ty))
                if let Some((field, text)) = self.field_meant(literal, *ty) =>
            {
                // What may be a password is not repeated.
                let short = text.len() <= 40 && !text.contains("://");
                let text = if short { &*text } else { "…" };
                Some(format!("fields stand in braces: `{{ {field} = {text} }}`"))
            }
            (Ty::Literal(Literal::Str(_)), kind) => match kind {
                Ty::Range(_) => Some("a range has two ends: `2..10`".to_owned()),
                kind => notation_of(kind)
                    .or_else(|| arguments(found, kind))
                    .or_else(|| self.in_brackets(found, kind, &may_be)),
            },
            (Ty::Literal(literal @ (Literal::Int(_) | Literal::Bool(_))), kind) => {
                let text = super::mismatch::literal_text(literal);
                match (kind, literal) {
                    (Ty::Range(_), Literal::Int(_)) => {
                        Some(format!("a range has two ends: `{text}..{text}`"))
                    }
                    (Ty::Duration, Literal::Int(_)) => {
                        Some(format!("a number and a unit stand here: `{text}s`, `{text}m`"))
                    }
                    (kind, Literal::Int(_)) if notation_of(kind).is_some() => notation_of(kind),
                    (Ty::Str, Literal::Int(_)) if is_named(want, "PortName") => {
                        Some("the name of a port stands here: `\"http\"`, where `ports { http = 8080 }` is said".to_owned())
                    }
                    _ => self.in_brackets(found, kind, &may_be),
                }
            }
            (Ty::Str, Ty::Quantity) => Some(
                "a text is read by `.parseQuantity()`, with what holds where it is none: `… ?? 1Gi`"
                    .to_owned(),
            ),
            (Ty::Str, Ty::Duration) => Some(
                "a text is read by `.parseDuration()`, with what holds where it is none: `… ?? 30s`"
                    .to_owned(),
            ),
            (Ty::Float | Ty::Duration | Ty::Percent, kind) if notation_of(kind).is_some() => {
                notation_of(kind)
            }
            (Ty::Duration, Ty::Int) => {
                Some("a number stands here: of a Duration, `.seconds` gives one".to_owned())
            }
            (Ty::List(_), Ty::Keyed(keyed)) => {
                let keys = keyed.keys.join("/");
                let shown = match keyed.keys.len() {
                    1 => keys.clone(),
                    _ => format!("{keys:?}"),
                };
                Some(format!(
                    "elements are given by their {keys}, in braces: `{{ {shown} {{ … }} }}`"
                ))
            }
            (Ty::List(_) | Ty::Record(_) | Ty::Map(_), Ty::Range(_)) => {
                Some("a range has two ends: `2..10`".to_owned())
            }
            (Ty::Float, kind) if *kind == Ty::Str => {
                Some("a text stands in quotes, also one that reads as a number".to_owned())
            }
            (Ty::Str, Ty::Map(_)) | (Ty::List(_), Ty::Map(_)) => {
                Some("keys and values stand in braces: `{ key = value }`".to_owned())
            }
            (Ty::Map(_) | Ty::Record(_), Ty::List(_)) => {
                Some("elements stand in brackets: `[a, b]`".to_owned())
            }
            (Ty::Schema(_), _) if self.divides_into(found, want) => {
                Some("name a folder in it: `… / \"folder\"`".to_owned())
            }
            (Ty::Schema(item), kind) if !matches!(kind, Ty::List(_)) => {
                let fields = schema(self.db, *item).fields.iter();
                let asks_for_schema = matches!(kind, Ty::Schema(_));
                let fitting = fields.filter(|field| {
                    let ty =
                        if field.optional { optional(field.ty.clone()) } else { field.ty.clone() };
                    !field.emit
                        && (field.export || !asks_for_schema)
                        && fits(self.db, &ty, want) != Fit::No
                });
                let fitting: Vec<_> = fitting.collect();
                let handles = fitting.iter().any(|field| field.export);
                let names: Vec<String> = fitting
                    .iter()
                    .filter(|field| field.export || !handles)
                    .map(|field| format!("`.{}`", field.name))
                    .collect();
                if names.is_empty() {
                    return self.handle_within(*item, want);
                }
                (1..=FEW)
                    .contains(&names.len())
                    .then(|| format!("of its fields, {} would fit", listed(&names)))
            }
            _ => None,
        }
    }

    /// One element where a list is asked for, or a plain value where a record is.
    fn in_brackets(&self, found: &Ty, want: &Ty, fits: &dyn Fn(&Ty) -> bool) -> Option<String> {
        match want {
            Ty::List(_) if fits(&Ty::List(Arc::new(found.clone()))) => {
                let one = match found {
                    // What may be a password is not repeated.
                    Ty::Literal(literal) => Some(super::mismatch::literal_text(literal))
                        .filter(|text| text.len() <= 40 && !text.contains("://")),
                    _ => None,
                };
                let one = one.unwrap_or_else(|| "a".to_owned());
                Some(format!("elements stand in brackets, also a single one: `[{one}]`"))
            }
            Ty::Schema(item) => {
                let mut fields: Vec<_> =
                    schema(self.db, *item).fields.iter().filter(|field| !field.emit).collect();
                fields.sort_by_key(|field| field.optional || field.has_default);
                let shown: Vec<String> =
                    fields.iter().take(2).map(|field| format!("{} = …", field.name)).collect();
                Some(format!("fields stand in braces: `{{ {} }}`", shown.join(", ")))
            }
            Ty::Kube(_) | Ty::Map(_) | Ty::Keyed(_) => {
                Some("fields stand in braces: `{ name = value }`".to_owned())
            }
            _ => None,
        }
    }

    /// The field of a schema that takes a value, if there is one only.
    fn only_field_for(&self, found: &Ty, item: Item) -> Option<&str> {
        let mut fields = schema(self.db, item)
            .fields
            .iter()
            .filter(|field| !field.emit && fits(self.db, found, present(&field.ty)) == Fit::Yes);
        let first = fields.next()?;
        fields.next().is_none().then_some(&*first.name)
    }

    /// The field of a record of Kubernetes that takes a value, and how it is given to that, if there is one only: its name aside, or of several the one that it needs.
    fn field_meant(&self, found: &Literal, ty: TypeId) -> Option<(&'static str, String)> {
        let written = super::mismatch::literal_text(found);
        let quoted = Literal::Str(written.as_str().into());
        [found, &quoted].into_iter().find_map(|literal| {
            let text = super::mismatch::literal_text(literal);
            let literal = Ty::Literal(literal.clone());
            let takes =
                |field: &Field| fits(self.db, &literal, present(&kube_type(field.ty))) != Fit::No;
            let fields: Vec<Field> = ty.fields_at(target(self.db)).filter(takes).collect();
            let others: Vec<&Field> = fields.iter().filter(|field| field.name != "name").collect();
            let required: Vec<&Field> = fields.iter().filter(|field| field.required).collect();
            let only =
                |fields: &[&Field]| fields.first().filter(|_| fields.len() == 1).map(|f| f.name);
            Some((only(&others).or_else(|| only(&required))?, text))
        })
    }

    /// How what somebody else makes is declared and named, where it is named by a text.
    fn declared_elsewhere(&self, text: &str, want: &Ty) -> Option<String> {
        let (want, open, close) = match want {
            Ty::List(element) => (base(element), "[", "]"),
            want => (want, "", ""),
        };
        let mut members = match want {
            Ty::Union(members) => members.iter(),
            want => std::slice::from_ref(want).iter(),
        };
        let item = members.find_map(|member| match base(member) {
            Ty::Schema(item) if schema(self.db, *item).fields.iter().any(|field| field.emit) => {
                Some(*item)
            }
            _ => None,
        })?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let plain = !text.is_empty() && text.len() <= 40 && text.chars().all(is_name);
        let name = if plain { text } else { "settings" };
        let (word, schema) = (kube::rules::variable(name), item.name(self.db));
        Some(format!(
            "what is there already is declared, `{word} = external {schema} {{ name = \"{name}\" }}`, and stands by its name: `{open}{word}{close}`"
        ))
    }

    /// A handle of a component that is one of several: `endpoints.http` of a service.
    fn handle_within(&self, item: Item, want: &Ty) -> Option<String> {
        let mut handles = schema(self.db, item).fields.iter().filter(|field| field.export);
        let holds = |ty: &Ty| match base(ty) {
            Ty::Map(map) => fits(self.db, present(&map.1), want) != Fit::No,
            _ => false,
        };
        let handle = handles.find(|field| holds(&field.ty))?;
        Some(format!("one of its {0} stands here: `….{0}.NAME`", handle.name))
    }

    /// Whether `found / "…"` is of the type that is asked for.
    fn divides_into(&self, found: &Ty, want: &Ty) -> bool {
        let Some(field) = self.field_of(found, "/") else { return false };
        matches!(base(&field.ty), Ty::Fn(function) if fits(self.db, &function.result, want) != Fit::No)
    }

    /// The names of fields, without those that hold the objects of a component; and those.
    pub(super) fn plain_fields<'n>(
        &self,
        ty: &Ty,
        names: &[&'n str],
    ) -> (Vec<&'n str>, Vec<&'n str>) {
        let info = match base(ty) {
            Ty::Schema(item) => Some(schema(self.db, *item)),
            _ => None,
        };
        let emits = |name: &&str| {
            let field = info.and_then(|info| info.field(name));
            field.is_some_and(|field| field.emit)
        };
        // What is read by a sign, such as `claim / "folder"`, has no name.
        let named = |name: &&str| name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        names.iter().copied().filter(named).partition(|name| !emits(name))
    }
}

/// What was meant by a word that names nothing, by the type of value that is asked for.
pub(super) struct Word {
    pub help: String,
    pub instead: Option<String>,
    /// Nothing else can have been meant.
    pub certain: bool,
}

impl Elaborator<'_> {
    /// What to write for a bare word: `true` for `yes`, the text in quotes, a number.
    pub(super) fn word_meant(&self, word: &str, expected: Option<&Ty>) -> Option<Word> {
        let want = crate::fits::present(expected?);
        let may_be = |literal| fits(self.db, &Ty::Literal(literal), want) != Fit::No;
        let truth = match word.to_lowercase().as_str() {
            "yes" | "on" => Some(true),
            "no" | "off" => Some(false),
            _ => None,
        };
        if let Some(value) = truth.filter(|value| may_be(Literal::Bool(*value))) {
            let help = format!("write `{value}`");
            return Some(Word { help, instead: Some(value.to_string()), certain: true });
        }
        if may_be(Literal::Str(word.into())) {
            let is_word =
                |ty: &Ty| matches!(ty, Ty::Literal(Literal::Str(text)) if **text == *word);
            let listed = match base(want) {
                Ty::Union(members) => members.iter().any(is_word),
                want => is_word(want),
            };
            let text = format!("\"{word}\"");
            let help = format!("a text stands in quotes: `{text}`");
            return Some(Word { help, instead: Some(text), certain: listed });
        }
        let help = match base(want) {
            Ty::Int | Ty::Literal(Literal::Int(_)) if word == "root" => {
                "a number stands here; that of root is `0`".to_owned()
            }
            Ty::Int | Ty::Literal(Literal::Int(_)) => {
                "a number stands here, such as `80`".to_owned()
            }
            Ty::Float => "a number stands here, such as `0.5`".to_owned(),
            Ty::Range(_) => "a range stands here: `2..10`".to_owned(),
            Ty::List(element) if matches!(base(element), Ty::Str) => {
                format!("elements stand in brackets, texts in quotes: `[\"{word}\"]`")
            }
            Ty::Union(members) if members.iter().all(|ty| matches!(ty, Ty::Literal(_))) => {
                let texts = members.iter().take(FEW).map(|ty| crate::show::type_name(self.db, ty));
                format!("one of {} stands here", texts.collect::<Vec<_>>().join(", "))
            }
            kind => notation_of(kind)?,
        };
        Some(Word { help, instead: None, certain: false })
    }
}

/// How values of a kind are written that has a notation of its own.
pub(super) fn notation_of(kind: &Ty) -> Option<String> {
    let example = match kind {
        Ty::Quantity => "a number and a unit stand here: `500m`, `2Gi`",
        Ty::Duration => "a number and a unit stand here: `30s`, `5m`",
        Ty::Percent => "a number and its sign stand here: `80%`",
        Ty::Range(_) => "a range has two ends: `2..10`",
        Ty::Bool => "`true` or `false` stands here",
        _ => return None,
    };
    Some(example.to_owned())
}

/// `512Mi` for `"512mi"`, `5m` for `"5 min"`.
fn united(text: &str, want: &Ty) -> Option<United> {
    match want {
        Ty::Quantity | Ty::Duration => unit_meant(text, want),
        _ => None,
    }
}

/// The words of a command, where each argument is an element.
fn arguments(found: &Ty, want: &Ty) -> Option<String> {
    match (found, want) {
        (Ty::Literal(Literal::Str(text)), Ty::List(element)) if *base(element) == Ty::Str => {
            let list = habit::words(text)?;
            Some(format!("each argument is an element of its own: `{list}`"))
        }
        _ => None,
    }
}

/// Whether a type is one with that name.
fn is_named(ty: &Ty, name: &str) -> bool {
    matches!(ty, Ty::Refined(refined) if refined.name.as_deref() == Some(name))
}

/// The type parameter in what is asked for, if there is one: what it admits is what was broken.
fn bounded(ty: &Ty) -> Option<TypeParam> {
    match ty {
        Ty::Param(param) => Some(*param),
        Ty::List(ty) | Ty::Optional(ty) => bounded(ty),
        _ => None,
    }
}

/// The type that the value of a binding seems to have, for an example.
pub(super) fn type_of_written<'t>(binding: Node<'t>) -> &'t str {
    let value = binding.child(NodeKind::Set).and_then(|set| set.children().next());
    let Some(value) = value else { return "Service" };
    // Of an object that is made elsewhere, what stands behind the word.
    let value = match value.kind() {
        NodeKind::External => value.children().next().unwrap_or(value),
        _ => value,
    };
    match value.kind() {
        NodeKind::Int => "Int",
        NodeKind::Float => "Float",
        NodeKind::Bool => "Bool",
        NodeKind::Str | NodeKind::Template => "Str",
        NodeKind::Unit if value.text().ends_with('%') => "Percent",
        NodeKind::Unit => "Quantity",
        NodeKind::List | NodeKind::Comprehension => "[Str]",
        NodeKind::Chain => {
            let end = value.children().find(|part| part.kind() == NodeKind::Amend);
            let made =
                end.and_then(|body| value.text().get(..body.range().start - value.range().start));
            let name = made.unwrap_or_default().trim();
            match name
                .rsplit('.')
                .next()
                .is_some_and(|last| last.starts_with(|c: char| c.is_ascii_uppercase()))
            {
                true => name,
                false => "Service",
            }
        }
        _ => "Service",
    }
}
