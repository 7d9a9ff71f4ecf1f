//! Expressions: one match over compact nodes.
//!
//! An error passes through everything and decides nothing, so that it never leads to more reads of other
//! items than there would be without it.

use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};

use crate::code::{Amended, Arm, Ask, Expr, ExprId, Made, Pattern};
use crate::db::Item;
use crate::eval::refine::Asked;
use crate::eval::trace::Read;
use crate::eval::value::{
    Declared, Env, Handle, Hint, Kind, LocalState, Rec, Slot, Source, Thunk, Value,
};
use crate::eval::{Eval, canonical};
use crate::limits;
use crate::problem::Problem;

/// The record whose name `key` is: the one whose fields bare names are. Where that is a map, or where there is none, as in
/// what an `if` gives, it is the record that was made below it, and not one of the blocks in that.
fn named_record<'a>(env: &Env<'a>) -> Option<&'a Rec<'a>> {
    let holds_others = |rec: &Rec<'_>| {
        matches!(rec.kind, Kind::Map(_) | Kind::Keyed(_) | Kind::Record(_) | Kind::Open)
    };
    if env.me.is_some_and(|me| !holds_others(me)) {
        return env.me;
    }
    let is_outer = |rec: &Rec<'a>| {
        matches!(rec.kind, Kind::File) || env.me.is_some_and(|me| std::ptr::eq(me, rec))
    };
    let (mut made, mut outermost) = (None, None);
    let mut at = env.inner;
    for _ in 0..limits::NESTED {
        let Some(rec) = at.filter(|rec| !is_outer(rec)) else { break };
        outermost = Some(rec);
        made = if holds_others(rec) { made } else { Some(rec) };
        at = rec.owner.get().map(|(owner, _)| owner);
    }
    made.or(env.me).or(outermost)
}

impl<'a> Eval<'a> {
    /// The value of an expression. `hint` says which field a record that it makes is for.
    pub(crate) fn eval(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
        hint: Hint<'a>,
    ) -> Value<'a> {
        let Some(node) = source.code.exprs.get(expr as usize) else { return Value::Error };
        if !source.poisoned.is_empty()
            && source.poisoned.binary_search(&source.spot(expr).node).is_ok()
        {
            return Value::Error;
        }
        let sub = |expr: ExprId| self.eval(source, expr, env, Hint::default());
        match node {
            Expr::Error => self.lacking(),
            Expr::Null => Value::Null,
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Int(value) => Value::Int(*value),
            Expr::Float(bits) => Value::Float(f64::from_bits(*bits)),
            Expr::Str(text) => Value::Str(text),
            Expr::Quantity(text) => Value::Quantity(text),
            Expr::Duration(nanoseconds) => Value::Duration(*nanoseconds),
            Expr::Percent(bits) => Value::Percent(f64::from_bits(*bits)),
            Expr::Absent => Value::Absent,
            Expr::Range(start, end) => {
                let side =
                    |expr: &Option<ExprId>| expr.map_or(Value::Absent, |e| self.whnf(sub(e)));
                self.range(source, expr, side(start), side(end))
            }
            Expr::Interpolation(parts) => self.interpolation(source, parts, env),
            Expr::List(entries) => self.list(source, entries, env),
            Expr::ListComprehension { clauses, value } => {
                let mut list = ArenaVec::new_in(self.arena);
                let whole = self.comprehension(source, clauses, *value, env, &mut list);
                let is_taken =
                    || !list.is_empty() && self.supposed_truth(source, expr) == Some(true);
                if whole || is_taken() { Value::List(list.into_bump_slice()) } else { Value::Error }
            }
            Expr::Record(new) => {
                let Made { kind, traits, body, external } = &**new;
                let kind = self.written_kind(source, kind);
                let below = self.layers_of_kind(kind, env.bare);
                let layers = self.layers_above(below, traits, body.map(|body| (source, body)), env);
                let at = source.spot(expr);
                Value::Rec(self.record_with(kind, layers, at, hint, *external, &[]))
            }
            Expr::Amend(amended) => {
                let Amended { value, traits, body } = &**amended;
                match self.localized(self.eval(source, *value, env, hint)) {
                    Value::Rec(base) => {
                        let base = self.before_rules(base);
                        let body = body.map(|body| (source, body));
                        let layers = self.layers_above(base.layers, traits, body, env);
                        let hint = Hint {
                            key: hint.key.or(base.key.get()),
                            owner: hint.owner.or(base.owner.get()),
                        };
                        let (kind, at, external) = (base.kind, source.spot(expr), base.external);
                        Value::Rec(self.record_with(kind, layers, at, hint, external, &[]))
                    }
                    Value::Error => Value::Error,
                    Value::Absent => self.report(Problem::error(
                        407,
                        source.spot(*value).place(),
                        "this is absent here, so there is nothing to put a layer on",
                    )),
                    other => {
                        let found = self.described(other);
                        let place = source.spot(*value).place();
                        self.report(Problem::error(221, place, format!("{found} takes no block")))
                    }
                }
            }
            Expr::Local(level) => match env.local(*level) {
                Some(local) => self.local(local),
                None => Value::Error,
            },
            Expr::SelfField { name, slot } => match env.me {
                Some(me) => self.field(source, expr, me, name, *slot),
                None => Value::Error,
            },
            Expr::InnerField { name, slot } => match env.inner {
                Some(inner) => self.field(source, expr, inner, name, *slot),
                None => Value::Error,
            },
            Expr::Global(item) => self.global(*item, env.bare),
            Expr::Function(item) => self.function(*item, env.bare),
            Expr::KeyName => {
                let named = named_record(env);
                match named.and_then(|named| Some((named, named.key.get()?))) {
                    Some((named, key)) => {
                        self.reads(|| Read::Key(named));
                        Value::Str(key)
                    }
                    None => self.without_key(source.spot(expr), named),
                }
            }
            Expr::Prev => match env.prev {
                Some(prev) => {
                    let hint =
                        Hint { key: Some(prev.slot.name), owner: Some((prev.rec, prev.slot.name)) };
                    let found = self.value_from(prev.rec, prev.slot, prev.below, hint);
                    if found.bound {
                        found.value
                    } else {
                        let path = self.path(prev.rec, prev.slot.name);
                        self.report(Problem::error(
                            410,
                            source.spot(expr).place(),
                            format!("nothing below gives `{path}` a value"),
                        ))
                    }
                }
                None => self.report(Problem::error(
                    410,
                    source.spot(expr).place(),
                    "`prev` has a meaning only in the value of a field",
                )),
            },
            Expr::Member { value, name, slot, ask } => {
                let value = self.before(source, *value, *ask != Ask::There, env);
                self.member(source, expr, value, name, *slot, *ask)
            }
            Expr::Index { value, index, ask } => {
                let value = self.before(source, *value, *ask != Ask::There, env);
                let index = sub(*index);
                self.index(source, expr, value, index, *ask)
            }
            Expr::Call { function, arguments } => {
                let function = sub(*function);
                self.call_written(source, expr, function, arguments, env, hint)
            }
            Expr::Builtin { builtin, arguments } => {
                self.builtin(source, expr, *builtin, arguments, env)
            }
            Expr::Lambda(function) => self.closure(source, function, *env),
            Expr::Not(value) => match self.truth(source, *value, env) {
                Some(value) => Value::Bool(!value),
                None => Value::Error,
            },
            Expr::Negate(value) => self.negated(source, *value, sub(*value)),
            Expr::Binary { op, left, right } => {
                // A loop takes as long as what is computed in it.
                if !self.spend(1, source, expr) {
                    return Value::Error;
                }
                let left = self.whnf(sub(*left));
                if left.is_error() {
                    return left;
                }
                let right = self.whnf(sub(*right));
                self.binary(source, expr, *op, left, right)
            }
            Expr::And(left, right) => match self.truth(source, *left, env) {
                Some(true) => self.truth(source, *right, env).map_or(Value::Error, Value::Bool),
                Some(false) => Value::Bool(false),
                None => Value::Error,
            },
            Expr::Or(left, right) => match self.truth(source, *left, env) {
                Some(false) => self.truth(source, *right, env).map_or(Value::Error, Value::Bool),
                Some(true) => Value::Bool(true),
                None => Value::Error,
            },
            Expr::Coalesce(value, otherwise) => {
                let value = self.whnf(self.perhaps(source, *value, env, hint));
                match self.takes_other(source, expr, value) {
                    true => self.eval(source, *otherwise, env, hint),
                    false => value,
                }
            }
            Expr::If { condition, then, otherwise } => match self.truth(source, *condition, env) {
                Some(true) => self.eval(source, *then, env, hint),
                Some(false) => match otherwise {
                    Some(otherwise) => self.eval(source, *otherwise, env, hint),
                    None => Value::Absent,
                },
                None => Value::Error,
            },
            Expr::Let { value, body } => {
                let env = self.bind_local(env, self.delayed(source, *value, env));
                self.eval(source, *body, &env, hint)
            }
            Expr::IsSet { value, set } => {
                match self.whnf(self.perhaps(source, *value, env, Hint::default())) {
                    Value::Error => Value::Error,
                    value => Value::Bool(value.is_absent() != *set),
                }
            }
            Expr::Is { value, ty } => match self.whnf(sub(*value)) {
                Value::Error => Value::Error,
                value => match source.code.types.get(*ty as usize) {
                    Some(ty) => Value::Bool(self.is(value, ty)),
                    None => Value::Error,
                },
            },
            Expr::Match { value, arms } => {
                let value = self.whnf(sub(*value));
                if !self.spend(1 + arms.len() as u64 / 8, source, expr) {
                    return Value::Error;
                }
                if let Some(arm) = self.arm_of(source, expr, value, arms) {
                    let env = self.bind_local(env, LocalState::Done(value));
                    return self.eval(source, arm.value, &env, hint);
                }
                if value.is_error() {
                    return value;
                }
                let found = self.described(value);
                self.report(Problem::error(
                    216,
                    source.spot(expr).place(),
                    format!("no arm matches {found}"),
                ))
            }
            Expr::Sealed(value) => {
                let _seal = self.seal();
                self.eval(source, *value, env, hint)
            }
            Expr::Check { value, ty } => {
                let found = self.eval(source, *value, env, hint);
                let Some(ty) = source.code.types.get(*ty as usize) else { return Value::Error };
                if let Some((rec, name)) = hint.owner
                    && let Some(slot) = self.slot(rec, name)
                    && let Some(Declared::Ty(declared)) = self.declared(rec, slot)
                    && crate::fits::present(declared) == crate::fits::present(ty)
                {
                    // The field asks the same, and knows where it was declared.
                    return found;
                }
                let field = hint.owner.and_then(|(rec, name)| {
                    let slot: &'a Slot<'a> = self.slot(rec, name)?;
                    Some((rec, slot, slot.bindings.get()))
                });
                let spot = source.spot(*value);
                let asked = Asked { written: Some(spot), ..Asked::of(spot, field) };
                self.fit(found, Declared::Ty(ty), &asked)
            }
            Expr::Cast { value, ty } => match source.code.types.get(*ty as usize) {
                Some(ty) => self.cast(source, expr, (*value, ty), env, hint),
                None => Value::Error,
            },
            Expr::Data { item, documents } => self.data(*item, *documents, env.bare, hint),
        }
    }

    /// The first arm that fits the value that an expression matches.
    pub(super) fn arm_of<'r>(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        value: Value<'a>,
        arms: &'r [Arm],
    ) -> Option<&'r Arm> {
        if value.is_error() {
            return arms.get(self.way(source, expr, arms.len())?);
        }
        arms.iter().find(|arm| match arm.pattern {
            Pattern::Any => true,
            Pattern::Unset => value.is_absent(),
            Pattern::Is(ty) => {
                source.code.types.get(ty as usize).is_some_and(|ty| self.is(value, ty))
            }
        })
    }

    /// A value for later. One that is written out is there at once, unless somebody asks where.
    pub(super) fn delayed(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
    ) -> LocalState<'a> {
        let written = source.code.exprs.get(expr as usize).is_some_and(Expr::is_written_out);
        match written && self.trace.is_none() {
            true => LocalState::Done(self.eval(source, expr, env, Hint::default())),
            false => LocalState::Thunk(self.arena.alloc(Thunk { source, expr, env: *env })),
        }
    }

    /// A condition; `None` where it is an error.
    pub(crate) fn truth(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
    ) -> Option<bool> {
        if !self.spend(1, source, expr) {
            return None;
        }
        match self.whnf(self.eval(source, expr, env, Hint::default())) {
            Value::Bool(value) => Some(value),
            Value::Error => self.supposed_truth(source, expr),
            other => {
                self.expect_bool(source, expr, other);
                None
            }
        }
    }

    pub(super) fn expect_bool(&self, source: &'a Source<'a>, expr: ExprId, found: Value<'a>) {
        let message = match self.whnf(found) {
            Value::Error | Value::Bool(_) => return,
            Value::Absent => {
                self.report(Problem::error(
                    203,
                    source.spot(expr).place(),
                    "this is absent here, and Bool is asked for",
                ));
                return;
            }
            found => format!("expected Bool, found {}", self.described(found)),
        };
        self.report(Problem::error(201, source.spot(expr).place(), message));
    }

    /// An item's value: of the one being evaluated here, of others a handle that nothing has read yet.
    fn global(&self, item: Item, bare: bool) -> Value<'a> {
        let [ruled, without] = &self.handles;
        let handles = if bare { without } else { ruled };
        let own = || {
            let (rec, slot) = self.item_slot(self.unit, bare);
            self.force(rec, slot)
        };
        if let Some(&known) = handles.borrow().get(&item) {
            return match known {
                Value::Absent => own(),
                handle => handle,
            };
        }
        let canonical = canonical(self.db, self.program, item);
        if canonical == self.unit {
            // `Absent` marks the item's own name; its value is in a slot.
            handles.borrow_mut().insert(item, Value::Absent);
            return own();
        }
        let handle = Value::Handle(self.arena.alloc(Handle::new(canonical, "", bare)));
        handles.borrow_mut().insert(item, handle);
        handle
    }

    fn interpolation(&self, source: &'a Source<'a>, parts: &[ExprId], env: &Env<'a>) -> Value<'a> {
        let mut text = ArenaString::new_in(self.arena);
        for &part in parts {
            let value = self.whnf(self.eval(source, part, env, Hint::default()));
            match value {
                Value::Str(part) => text.push_str(part),
                Value::Error => return Value::Error,
                Value::Absent => {
                    return self.report(
                        Problem::error(
                            203,
                            source.spot(part).place(),
                            "this is absent here, and what is absent has no text",
                        )
                        .help("give another value for that case: `\\(x ?? \"none\")`"),
                    );
                }
                value => match self.scalar_text(value) {
                    Some(part) => text.push_str(&part),
                    None => {
                        let found = self.described(value);
                        return self.report(Problem::error(
                            208,
                            source.spot(part).place(),
                            format!("{found} cannot stand in a string"),
                        ));
                    }
                },
            }
            if text.len() > limits::STRING_BYTES {
                return self.report(Problem::error(
                    505,
                    source.spot(part).place(),
                    format!("this string is longer than {} bytes", limits::STRING_BYTES),
                ));
            }
        }
        if let Some(&part) = parts.first()
            && !self.spend(text.len() as u64 / 16, source, part)
        {
            return Value::Error;
        }
        Value::Str(text.into_bump_str())
    }

    /// A field of a record by its name, as a bare name or `.x` reads it.
    fn field(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        rec: &'a Rec<'a>,
        name: &'a str,
        slot: u16,
    ) -> Value<'a> {
        self.member(source, expr, Value::Rec(rec), name, slot, Ask::There)
    }
}
