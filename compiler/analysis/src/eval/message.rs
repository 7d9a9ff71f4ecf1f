//! Values, types and places in the words of messages.

use kube::secrets::HIDDEN;

use crate::code::Root;
use crate::cross::is_shared;
use crate::db::{Item, ItemKind};
use crate::elaborate::signature;
use crate::eval::value::{Declared, KeyedBy, Kind, MapOf, Rec, RecordIs, SEPARATOR, Spot, Value};
use crate::eval::{Eval, alone};
use crate::limits;
use crate::problem::Problem;
use crate::resolve::declaration;
use crate::schema::SchemaInfo;
use crate::sensitive::hidden_key;
use crate::show::type_name;
use crate::types::kube_type;

/// Characters of a string that are printed.
const BRIEF: usize = 60;

impl<'a> Eval<'a> {
    /// The path of a field of a record from its item on: `app.ports.http`.
    pub fn path(&self, rec: &'a Rec<'a>, name: &str) -> String {
        let mut names = vec![name];
        let mut at = rec;
        // Owners are made before what they hold, but a record may be bound below itself.
        for _ in 0..64 {
            // The case is part of the path that binds a field of it.
            if let Kind::Schema(SchemaInfo { case: Some(case), .. }, _) = at.kind {
                names.push(&case.name);
            }
            match at.owner.get() {
                Some((owner, name)) => {
                    names.push(name);
                    at = owner;
                }
                None => break,
            }
        }
        names.reverse();
        let hidden = names.split_first().and_then(|(item, path)| {
            let item = declaration(self.db, at.made.source.item.module(self.db), item)?;
            self.hidden_key(item, path)
        });
        let shown = |(number, name): (usize, &&str)| match hidden {
            Some(hidden) if number > hidden => HIDDEN.to_owned(),
            _ => segment(name),
        };
        names.iter().enumerate().map(shown).collect::<Vec<String>>().join(".")
    }

    /// Which name on a path into an item is a key that must not be shown, and each behind it.
    pub(super) fn hidden_key(&self, item: Item, path: &[&str]) -> Option<usize> {
        hidden_key(self.db, &signature(self.db, item).ty, path.iter().copied())
    }

    /// How a record is called: by its path, or by its kind.
    pub(crate) fn record_name(&self, rec: &'a Rec<'a>) -> String {
        match rec.owner.get() {
            Some((owner, name)) => format!("`{}`", self.path(owner, name)),
            None => match rec.kind {
                Kind::Schema(info, _) => format!("this {}", info.name),
                Kind::Kube(ty) => format!("this {}", ty.last_name()),
                _ => "this record".to_owned(),
            },
        }
    }

    /// Where the user can mend something about a record: where it was made, or the nearest record around it
    /// that the library did not make.
    pub(crate) fn user_spot(&self, rec: &'a Rec<'a>) -> Spot<'a> {
        let mut at = rec;
        for _ in 0..64 {
            // The topmost layer that the user wrote, else where the record was made.
            if !at.made.source.library && !matches!(at.kind, Kind::File) {
                return at.made;
            }
            match at.owner.get() {
                Some((owner, name)) => {
                    if let Some(binding) = self.slot_of(owner, name).and_then(|s| s.bindings.get())
                        && !binding.layer.source.library
                    {
                        return binding.value_spot();
                    }
                    at = owner;
                }
                None => break,
            }
        }
        if !at.made.source.library {
            return at.made;
        }
        // An expression that is asked from outside owns nothing, and stands for all that is made in it.
        let asked = self.unit.kind(self.db) == ItemKind::Asked;
        let made = || match asked {
            true => Spot { source: self.source(self.unit), node: 0 },
            false => rec.made,
        };
        self.forced_by().unwrap_or_else(made)
    }

    /// Notes where a function was called for an element of a list, which knows of no owner that would tell.
    pub(super) fn called_for(&self, value: Value<'a>, spot: Spot<'a>) {
        if let Value::Rec(rec) = value
            && rec.made.source.item != spot.source.item
            && rec.owner.get().is_none()
            && matches!(rec.made.source.code.root, Root::Fn(_))
        {
            self.calls.borrow_mut().insert(rec, spot);
        }
    }

    /// Where who uses a schema, trait or function can mend something about a record that this made for them: the
    /// innermost place around it that is in none; where there is none, [`Eval::user_spot`].
    pub(crate) fn outer_spot(&self, rec: &'a Rec<'a>) -> Spot<'a> {
        let outer = |spot: Spot<'a>| {
            let source = spot.source;
            (!source.library && !source.data && !is_shared(self.db, spot.place())).then_some(spot)
        };
        let mut at = rec;
        for _ in 0..64 {
            if let Some(spot) = outer(at.made).filter(|_| !matches!(at.kind, Kind::File)) {
                return spot;
            }
            let call = self.calls.borrow().get(&std::ptr::from_ref(at)).copied();
            if let Some(spot) = call.and_then(outer) {
                return spot;
            }
            let Some((owner, name)) = at.owner.get() else { break };
            let binding = self.slot_of(owner, name).and_then(|slot| slot.bindings.get());
            if let Some(spot) = binding.and_then(|binding| outer(binding.value_spot())) {
                return spot;
            }
            at = owner;
        }
        let forcing = self.forcing.borrow();
        let bindings = forcing.iter().rev().filter_map(|(_, slot)| slot.bindings.get());
        let spot = bindings.map(|binding| binding.value_spot()).find_map(outer);
        spot.unwrap_or_else(|| self.user_spot(rec))
    }

    /// Where a key is written under which a record stands.
    pub(crate) fn key_spot(&self, rec: &'a Rec<'a>, slot: &'a super::value::Slot<'a>) -> Spot<'a> {
        // Layers above only say more of what the lowest one made.
        let mut lowest = None;
        let mut at = slot.bindings.get();
        while let Some(binding) = at {
            lowest = Some(binding.spot());
            at = binding.below.get();
        }
        lowest.unwrap_or_else(|| self.user_spot(rec))
    }

    /// Reports a mistake where it is, or, in what the library computes, at the user's value or item behind it.
    pub(super) fn blamed_on_user(
        &self,
        code: u16,
        spot: Spot<'a>,
        value: Option<Spot<'a>>,
        message: String,
    ) -> Value<'a> {
        if !spot.source.library {
            return self.report(Problem::error(code, spot.place(), message));
        }
        let forcing = self.forcing.borrow().last().map(|(rec, _)| *rec);
        let user = value
            .filter(|spot| !spot.source.library)
            .or_else(|| forcing.map(|rec| self.user_spot(rec)).filter(|spot| !spot.source.library))
            .or_else(|| self.forced_by());
        self.report(match user {
            Some(user) => {
                Problem::error(code, user.place(), message).related(spot.place(), "computed here")
            }
            None => Problem::error(code, spot.place(), message),
        })
    }

    /// The innermost binding on the way here that the user wrote.
    pub(super) fn forced_by(&self) -> Option<Spot<'a>> {
        self.forcing
            .borrow()
            .iter()
            .rev()
            .filter_map(|(_, slot)| slot.bindings.get())
            .map(|binding| binding.value_spot())
            .find(|spot| !spot.source.library && !spot.source.data)
    }

    pub(super) fn slot_of(
        &self,
        rec: &'a Rec<'a>,
        name: &str,
    ) -> Option<&'a super::value::Slot<'a>> {
        // Only what is open already: a message must not evaluate anything.
        match rec.slots.get() {
            Some(_) => self.slot(rec, name),
            None => alone::made(rec).find(|slot| slot.name == name),
        }
    }

    /// A value, briefly: strings quoted, long ones cut.
    pub fn printed(&self, value: Value<'a>) -> String {
        let mut text = String::new();
        self.print(value, &mut text);
        text
    }

    fn print(&self, value: Value<'a>, out: &mut String) {
        match value {
            _ if self.is_sealed() => out.push_str(HIDDEN),
            Value::Error => out.push_str("an error"),
            Value::Absent => out.push_str("absent"),
            Value::Null => out.push_str("null"),
            Value::Str(text) => out.push_str(&quoted(text)),
            Value::Range((start, end)) => {
                for (at, side) in [*start, *end].into_iter().enumerate() {
                    out.push_str(if at > 0 { ".." } else { "" });
                    if !side.is_absent() {
                        self.print(side, out);
                    }
                }
            }
            Value::List(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "" });
                    // Of lists in each other a few elements each would be many.
                    if at == 6 || out.len() > limits::MESSAGE {
                        out.push('…');
                        break;
                    }
                    self.print(element.value, out);
                }
                out.push(']');
            }
            Value::Rec(_) | Value::Fn(_) | Value::Handle(_) => out.push_str(&self.described(value)),
            scalar => out.push_str(&self.scalar_text(scalar).unwrap_or_default()),
        }
    }

    /// The kind of a value, with the value where it is short: `Str "a"`.
    pub(crate) fn described(&self, value: Value<'a>) -> String {
        let of = |kind: &str| match self.is_sealed() {
            true => kind.to_owned(),
            false => format!("{kind} {}", self.printed(value)),
        };
        match value {
            Value::Error => "an error".to_owned(),
            Value::Absent => "nothing".to_owned(),
            Value::Null => "null".to_owned(),
            Value::Bool(_) => of("Bool"),
            Value::Int(_) => of("Int"),
            Value::Float(_) => of("Float"),
            Value::Str(_) => of("Str"),
            Value::Quantity(_) => of("Quantity"),
            Value::Duration(_) => of("Duration"),
            Value::Percent(_) => of("Percent"),
            Value::Range(_) => of("range"),
            Value::List(_) => "a list".to_owned(),
            Value::Fn(_) => "a function".to_owned(),
            Value::Handle(handle) => match handle.record.get() {
                Some(RecordIs::Schema(item)) => item.name(self.db).to_owned(),
                Some(RecordIs::Case(item, index)) => {
                    crate::show::type_name(self.db, &crate::ty::Ty::Case(item, index))
                }
                Some(RecordIs::Kube(ty)) => ty.last_name().to_owned(),
                _ => "a record".to_owned(),
            },
            Value::Rec(rec) => match rec.kind {
                Kind::Schema(info, _) => info.name.to_string(),
                Kind::Kube(ty) => ty.last_name().to_owned(),
                Kind::Object => "a custom resource".to_owned(),
                Kind::Map(_) => "a map".to_owned(),
                Kind::Keyed(_) => "a keyed list".to_owned(),
                Kind::Record(_) | Kind::Open | Kind::File => "a record".to_owned(),
            },
        }
    }

    /// A declared type as users write it.
    pub(super) fn type_text<'t>(&self, declared: impl Into<TypeText<'t>>) -> String {
        match declared.into() {
            TypeText::Ty(ty) => type_name(self.db, ty),
            TypeText::Kube(ty) => type_name(self.db, &kube_type(ty)),
        }
    }
}

pub(super) enum TypeText<'t> {
    Ty(&'t crate::ty::Ty),
    Kube(kube::types::FieldType),
}

impl<'t> From<&'t crate::ty::Ty> for TypeText<'t> {
    fn from(ty: &'t crate::ty::Ty) -> Self {
        TypeText::Ty(ty)
    }
}

impl<'t> From<Declared<'t>> for TypeText<'t> {
    fn from(declared: Declared<'t>) -> Self {
        match declared {
            Declared::Ty(ty) => TypeText::Ty(ty),
            Declared::Kube(field) => TypeText::Kube(field),
        }
    }
}

impl<'a> MapOf<'a> {
    pub fn value(self) -> Declared<'a> {
        match self {
            MapOf::Ty(_, value) => Declared::Ty(value),
            MapOf::Kube(value) => Declared::Kube(value),
        }
    }
}

impl KeyedBy<'_> {
    /// The key fields as they are named in messages.
    pub fn names(self) -> String {
        self.keys().join(", ")
    }
}

fn segment(name: &str) -> String {
    // An element of a list.
    if let Some((list, at)) = name.split_once(SEPARATOR) {
        return format!("{}[{at}]", segment(list));
    }
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.is_empty();
    if plain { name.to_owned() } else { format!("{name:?}") }
}

pub(super) fn quoted(text: &str) -> String {
    if text.chars().count() <= BRIEF {
        return format!("{text:?}");
    }
    let cut: String = text.chars().take(BRIEF - 1).collect();
    format!("{:?}", cut + "…")
}
