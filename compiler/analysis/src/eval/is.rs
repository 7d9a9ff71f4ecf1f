//! Whether a value is of a type: what `is`, `match` and unions ask.

use crate::eval::Eval;
use crate::eval::refine::is_literal;
use crate::eval::value::{Kind, Rec, RecordIs, Value};
use crate::fits::{base, extends};
use crate::ty::{Literal, Ty};

impl<'a> Eval<'a> {
    /// Whether a value is of a type, as `is` and `match` ask; refinements count.
    pub(super) fn is(&self, value: Value<'a>, ty: &'a Ty) -> bool {
        let value = self.whnf(value);
        match (ty, value) {
            (Ty::Any, Value::Absent) => false,
            (Ty::Any | Ty::Error | Ty::Param(_), _) => true,
            (Ty::Optional(_), Value::Absent) => true,
            (Ty::Optional(inner) | Ty::Sensitive(inner), _) => self.is(value, inner),
            (Ty::Union(members), _) => members.iter().any(|member| self.is(value, member)),
            (Ty::Literal(_), Value::Str(text)) if !self.reads_text(text) => false,
            (Ty::Literal(literal), _) => is_literal(value, literal),
            (Ty::Refined(refined), _) => {
                self.is(value, &refined.base)
                    && refined.refinements.iter().all(|r| self.breaks(value, r).is_none())
            }
            (Ty::List(element), Value::List(elements)) => {
                self.looked_through(elements).iter().all(|e| self.is(e.value, element))
            }
            (Ty::Record(want), Value::Rec(_) | Value::Handle(_)) => self.is_record(value, want),
            _ => self.is_of_kind(value, ty),
        }
    }

    /// Whether a value is of the kind of a type, whatever narrows it.
    pub(super) fn is_of_kind(&self, value: Value<'a>, ty: &Ty) -> bool {
        match (base(ty), value) {
            (Ty::Null, Value::Null)
            | (Ty::Bool, Value::Bool(_))
            | (Ty::Int, Value::Int(_))
            | (Ty::Float, Value::Float(_))
            | (Ty::Str, Value::Str(_))
            | (Ty::Quantity, Value::Quantity(_))
            | (Ty::Duration, Value::Duration(_))
            | (Ty::Percent, Value::Percent(_))
            | (Ty::Range(_), Value::Range(_))
            | (Ty::List(_), Value::List(_))
            | (Ty::Fn(_), Value::Fn(_)) => true,
            (Ty::Literal(Literal::Int(_)), Value::Int(_))
            | (Ty::Literal(Literal::Bool(_)), Value::Bool(_))
            | (Ty::Literal(Literal::Str(_)), Value::Str(_)) => true,
            (Ty::Schema(want), Value::Rec(Rec { kind: Kind::Schema(_, found), .. })) => {
                extends(self.db, *found, *want)
            }
            (Ty::Schema(want), Value::Handle(handle)) => match handle.record.get() {
                Some(RecordIs::Schema(found)) => extends(self.db, found, *want),
                _ => false,
            },
            (Ty::Variant(_) | Ty::Case(..), _) => self.is_variant(value, base(ty)),
            (Ty::Kube(want), Value::Rec(Rec { kind: Kind::Kube(found), .. })) => found == want,
            (Ty::Kube(want), Value::Handle(handle)) => {
                handle.record.get() == Some(RecordIs::Kube(*want))
            }
            (Ty::Object, Value::Rec(rec)) => match rec.kind {
                Kind::Kube(ty) => ty.kind().is_some(),
                kind => matches!(kind, Kind::Object),
            },
            (Ty::Object, Value::Handle(handle)) => match handle.record.get() {
                Some(RecordIs::Kube(ty)) => ty.kind().is_some(),
                record => record == Some(RecordIs::Object),
            },
            (Ty::Map(_) | Ty::Record(_) | Ty::Keyed(_), Value::Rec(rec)) => {
                !matches!(rec.kind, Kind::Schema(..) | Kind::Kube(_) | Kind::Object | Kind::File)
            }
            (Ty::Map(_) | Ty::Record(_) | Ty::Keyed(_), Value::Handle(handle)) => {
                handle.record.get() == Some(RecordIs::Other)
            }
            (Ty::Union(members), _) => members.iter().any(|member| self.is_of_kind(value, member)),
            _ => false,
        }
    }
}
