//! Which member of a union a record is that is computed, or comes from a file of data, and cases of variants in data.

use std::sync::Arc;

use crate::apart::{Choice, Evidence, Outline, choice, tags, undecided};
use crate::code::{Entry, EntryKind, Key};
use crate::eval::Eval;
use crate::eval::cast::has_field;
use crate::eval::refine::Asked;
use crate::eval::value::{Declared, Hint, Kind, Rec, Spot, Value};
use crate::fits::{Fit, base, fits};
use crate::problem::Problem;
use crate::show::{did_you_mean, values};
use crate::ty::{RecordTy, Ty};
use crate::variant::variant;

/// What a record shows of its fields: only those are forced by which it could be told.
struct Computed<'e, 'a> {
    eval: &'e Eval<'a>,
    rec: &'a Rec<'a>,
    data: bool,
}

impl Evidence for Computed<'_, '_> {
    fn there(&self, name: &str) -> Option<bool> {
        let Some(slot) = self.eval.slot(self.rec, name) else { return Some(false) };
        if slot.bindings.get().is_none() {
            return Some(false);
        }
        // Null in data is most often absence.
        Some(!(self.data && matches!(self.eval.force(self.rec, slot), Value::Null | Value::Absent)))
    }

    fn may_be(&mut self, name: &str, ty: &Ty) -> bool {
        let Some(slot) = self.eval.slot(self.rec, name) else { return true };
        let value = self.eval.whnf(self.eval.force(self.rec, slot));
        value.is_error() || self.eval.may_be(value, ty, self.data)
    }

    fn names(&self) -> Vec<Arc<str>> {
        let slots = self.eval.slots(self.rec).iter();
        slots
            .map(|slot| slot.name)
            .filter(|name| self.there(name) == Some(true))
            .map(Arc::from)
            .collect()
    }
}

impl<'a> Eval<'a> {
    /// A record as the member of a union that it is; `None` where its kind tells.
    pub(super) fn fit_member(
        &self,
        value: Value<'a>,
        members: &'a [Ty],
        asked: &Asked<'a>,
    ) -> Option<Value<'a>> {
        let data = asked.is_data();
        let mut candidates: Vec<(&'a Ty, Outline)> = Vec::new();
        for member in members {
            let counts = matches!(base(member), Ty::Record(_))
                || data && matches!(base(member), Ty::Schema(_));
            if counts && let Some(outline) = Outline::of(self.db, member) {
                candidates.push((member, outline));
            }
        }
        if candidates.len() < 2 {
            return None;
        }
        let Value::Rec(rec) = self.localized(value) else { return None };
        match rec.kind {
            Kind::Record(found) => {
                let same = |ty: &Ty| matches!(base(ty), Ty::Record(want) if **want == *found);
                if let Some((member, _)) = candidates.iter().find(|(ty, _)| same(ty)) {
                    let kind = self.kind_of(Declared::Ty(member))?;
                    if rec.layers.len() > 1 && self.layers_another(rec, kind, &tags_of(&candidates))
                    {
                        return Some(Value::Error);
                    }
                    return Some(self.fit(value, Declared::Ty(member), asked));
                }
            }
            Kind::Open | Kind::Map(_) => {}
            _ => return None,
        }
        let (types, outlines): (Vec<&'a Ty>, Vec<Outline>) = candidates.into_iter().unzip();
        let chosen = choice(&outlines, &mut Computed { eval: self, rec, data: rec_is_data(rec) });
        Some(match chosen {
            Choice::One(at) => {
                let member = types.get(at)?;
                if let (Kind::Record(_), Some(kind)) =
                    (rec.kind, self.kind_of(Declared::Ty(member)))
                {
                    self.check_fields(rec, kind, asked);
                }
                self.fit(value, Declared::Ty(member), asked)
            }
            Choice::Wrong(tag) => self.no_such_member(rec, &tag, &outlines, asked),
            Choice::Several(tag) => {
                let spot = if rec.made.source.data { rec.made } else { asked.spot };
                let problem = Problem::error(257, spot.place(), "");
                let shown = |ty: &Ty| self.type_text(ty);
                let sign = if spot.source.data { ": " } else { " = " };
                let mut problem = undecided(problem, (tag.as_deref(), sign), &outlines, shown);
                if spot.source.data
                    && let Some(cast) = self.cast_of(Some(rec), asked)
                {
                    problem = problem.related(cast.place(), "read as a type here");
                }
                self.report(problem)
            }
        })
    }

    /// The field that tells the members of a union apart has a value that none of them takes.
    fn no_such_member(
        &self,
        rec: &'a Rec<'a>,
        tag: &str,
        outlines: &[Outline],
        asked: &Asked<'a>,
    ) -> Value<'a> {
        let Some(slot) = self.slot(rec, tag) else { return Value::Error };
        let value = self.whnf(self.force(rec, slot));
        let fields = outlines.iter().filter_map(|outline| outline.field(tag));
        let allowed: Vec<String> = fields.map(|field| self.type_text(&field.ty)).collect();
        let spot = self.binding_spot(rec, slot);
        let asked = Asked { spot, field: Some((rec, slot, slot.bindings.get())), ..*asked };
        let written = match value {
            Value::Str(_) if !self.is_sealed() && !asked.sensitive => Some(self.printed(value)),
            _ => None,
        };
        let near = written
            .as_ref()
            .and_then(|text| did_you_mean(text, allowed.iter().map(|text| &**text)));
        let help = near.or_else(|| self.quoted_in_data(value, Declared::Ty(&Ty::Str), &asked));
        self.misfit_with(
            value,
            &asked,
            304,
            |printed| format!("{printed} is not one of {}", values(&allowed, written.as_deref())),
            help,
        )
    }

    /// Whether a layer on a record binds what only other members of its union have; says so.
    fn layers_another(&self, rec: &'a Rec<'a>, kind: Kind<'a>, tags: &[Arc<str>]) -> bool {
        let mut found = false;
        for layer in rec.layers.iter().skip(1) {
            for entry in &layer.body.entries {
                let Some(name) = name_of(entry).filter(|name| !has_field(kind, name, self.minor))
                else {
                    continue;
                };
                found = true;
                let (path, field) = match rec.owner.get() {
                    Some((owner, field)) => (format!("`{}`", self.path(owner, field)), field),
                    None => ("this record".to_owned(), "…"),
                };
                let is = tags.iter().find_map(|tag| {
                    let field = field_type(kind, tag)?;
                    Some((tag, self.type_text(field)))
                });
                let message = match &is {
                    Some((tag, value)) => {
                        format!(
                            "`{tag}` of {path} is {value} below, and such a record has no `{name}`"
                        )
                    }
                    None => format!("{path} is another kind of record below, and has no `{name}`"),
                };
                let spot = Spot { source: layer.source, node: entry.node };
                let made = if rec.made.source.library { self.user_spot(rec) } else { rec.made };
                self.report(
                    Problem::error(411, spot.place(), message)
                        .related(made.place(), "it is chosen here")
                        .help(format!("choose another as a whole: `override {field} = {{ … }}`")),
                );
            }
        }
        found
    }

    /// Whether a record has the fields of a type, each of its type.
    pub(super) fn is_record(&self, value: Value<'a>, want: &'a RecordTy) -> bool {
        let Value::Rec(rec) = self.localized(value) else { return false };
        match rec.kind {
            Kind::Record(found) if found == want => return true,
            Kind::Record(found) => {
                let (found, want) =
                    (Ty::Record(Arc::new(found.clone())), Ty::Record(Arc::new(want.clone())));
                match fits(self.db, &found, &want) {
                    Fit::Yes => return true,
                    Fit::No => return false,
                    Fit::Checked => {}
                }
            }
            Kind::Open | Kind::Map(_) | Kind::Keyed(_) => {}
            Kind::Schema(..) | Kind::Kube(_) | Kind::Object | Kind::File => return false,
        }
        let known = |name: &str| want.field(name).is_some();
        if want.rest.is_none() && self.slots(rec).iter().any(|slot| !known(slot.name)) {
            return false;
        }
        want.fields.iter().all(|(name, ty)| match self.slot(rec, name) {
            Some(slot) => self.is(self.force(rec, slot), ty),
            None => matches!(ty, Ty::Optional(_) | Ty::Never),
        })
    }

    /// Whether a value is of a type, or, in data, would be read as one.
    fn may_be(&self, value: Value<'a>, ty: &Ty, data: bool) -> bool {
        match ty {
            Ty::Optional(_) if value.is_absent() => true,
            Ty::Optional(inner) | Ty::Sensitive(inner) => self.may_be(value, inner, data),
            Ty::Union(members) => members.iter().any(|member| self.may_be(value, member, data)),
            Ty::Literal(literal) => super::refine::is_literal(value, literal),
            ty if data => match (base(ty), value) {
                (Ty::Quantity | Ty::Duration | Ty::Range(_), Value::Str(_) | Value::Int(_))
                | (Ty::Percent | Ty::Str, Value::Str(_))
                | (Ty::Int | Ty::Float, Value::Int(_) | Value::Float(_))
                | (Ty::Bool, Value::Bool(_))
                | (Ty::List(_) | Ty::Keyed(_), Value::List(_))
                | (Ty::Variant(_), Value::Str(_) | Value::Rec(_))
                | (Ty::Any | Ty::Error, _) => true,
                (_, Value::Rec(_) | Value::Handle(_)) => {
                    matches!(
                        base(ty),
                        Ty::Schema(_) | Ty::Kube(_) | Ty::Map(_) | Ty::Record(_) | Ty::Object
                    )
                }
                _ => false,
            },
            ty => self.is_of_kind_of(value, ty),
        }
    }

    /// [`Eval::is_of_kind`] of a type that need not live as long as the evaluation.
    fn is_of_kind_of(&self, value: Value<'a>, ty: &Ty) -> bool {
        match (base(ty), value) {
            (Ty::Any | Ty::Error | Ty::Param(_), _) => true,
            (Ty::Float, Value::Int(_)) | (Ty::Quantity, Value::Int(_) | Value::Str(_)) => true,
            _ => self.is_of_kind(value, ty),
        }
    }

    /// A case of a variant as data writes it: its name, or a map of its name and its fields.
    pub(super) fn case_of_data(
        &self,
        value: Value<'a>,
        want: Declared<'a>,
        asked: &Asked<'a>,
    ) -> Option<Value<'a>> {
        let Declared::Ty(ty) = want else { return None };
        let (item, only) = match base(ty) {
            Ty::Variant(item) => (*item, None),
            Ty::Case(item, index) => (*item, Some(*index)),
            _ => return None,
        };
        let info = variant(self.db, item);
        let shown = |index: u16| only.is_none_or(|only| only == index);
        match value {
            Value::Str(name) => {
                let index = info.case(name).filter(|index| shown(*index))?;
                let kind = self.kind_of_case(item, index)?;
                let layers = self.layers_of_kind(kind, false);
                let hint = asked.field.map_or_else(Hint::default, |(rec, slot, _)| Hint {
                    key: Some(slot.name),
                    owner: Some((rec, slot.name)),
                });
                let rec = self.record_with(kind, layers, asked.spot, hint, false, &[]);
                self.remember_cast(rec, asked);
                Some(Value::Rec(rec))
            }
            Value::Rec(_) | Value::Handle(_) => {
                let Value::Rec(rec) = self.localized(value) else { return None };
                let slots: Vec<_> = self.slots(rec).iter().collect();
                let [slot] = slots.as_slice() else { return None };
                let index = info.case(slot.name).filter(|index| shown(*index))?;
                let kind = self.kind_of_case(item, index)?;
                let spot = self.binding_spot(rec, slot);
                let inner = Asked { spot, ..*asked };
                let case: &'a Ty = self.arena.alloc(Ty::Case(item, index));
                let found = self.localized(self.force(rec, slot));
                if let Value::Rec(fields) = found {
                    // The case is no step of its own on the way to its fields.
                    fields.owner.set(rec.owner.get());
                }
                Some(match found {
                    // `off: {}`, and `off:` of which YAML makes null.
                    Value::Null => self.case_of_data(Value::Str(slot.name), want, &inner)?,
                    value @ Value::Rec(_) => {
                        self.fit_record(value, kind, Declared::Ty(case), &inner)
                    }
                    value => self.wrong_kind(value, Declared::Ty(case), &inner),
                })
            }
            _ => None,
        }
    }
}

impl Eval<'_> {
    /// How data writes a value of a variant, where something else stands there.
    pub(super) fn cases_in_data(&self, value: Value<'_>, want: Declared<'_>) -> Option<String> {
        let Declared::Ty(ty) = want else { return None };
        let Ty::Variant(item) = base(ty) else { return None };
        let info = variant(self.db, *item);
        let names = || info.cases.iter().map(|case| &*case.name);
        if let Value::Str(name) = value
            && !self.is_sealed()
            && let Some(near) = did_you_mean(name, names())
        {
            return Some(near);
        }
        let written: Vec<String> = info
            .cases
            .iter()
            .take(6)
            .map(|case| match case.info.fields.is_empty() {
                true => format!("`{}`", case.name),
                false => format!("`{}: {{ … }}`", case.name),
            })
            .collect();
        Some(format!(
            "in data a case is its name, or a map of its name and its fields: {}",
            written.join(", ")
        ))
    }
}

/// The fields that tell the members of a union apart.
fn tags_of(candidates: &[(&Ty, Outline)]) -> Vec<Arc<str>> {
    let outlines: Vec<&Outline> = candidates.iter().map(|(_, outline)| outline).collect();
    tags(&outlines)
}

fn field_type<'a>(kind: Kind<'a>, name: &str) -> Option<&'a Ty> {
    let Kind::Record(record) = kind else { return None };
    record.field(name)
}

/// The key that an entry binds, where it is written out.
fn name_of(entry: &Entry) -> Option<&str> {
    match &entry.kind {
        EntryKind::Set { key: Key::Static { name, .. }, .. }
        | EntryKind::Block { key: Key::Static { name, .. }, .. } => Some(name),
        _ => None,
    }
}

fn rec_is_data(rec: &Rec<'_>) -> bool {
    rec.layers.iter().any(|layer| layer.source.data)
}
