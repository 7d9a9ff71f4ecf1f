//! Which of the values that users wrote are to blame where a condition of a schema does not hold.

use crate::code::{Expr, ExprId};
use crate::eval::Eval;
use crate::eval::value::{Binding, Env, Rec, Slot, SlotState, Source, Spot, Value};
use crate::limits;

/// The values that users wrote because of which a condition does not hold.
#[derive(Default)]
pub(super) struct Blamed<'a> {
    /// In the order in which the condition names them.
    pub values: Vec<Written<'a>>,
    /// Something that is not there could make it hold, too.
    missing: bool,
}

/// A field that a user set.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    rec: &'a Rec<'a>,
    pub slot: &'a Slot<'a>,
    /// The one that won.
    pub binding: &'a Binding<'a>,
    /// How many overlays the file it is written in lies on.
    height: usize,
}

impl<'a> Blamed<'a> {
    /// The value that alone is to blame.
    pub fn alone(&self) -> Option<Written<'a>> {
        match self.values.as_slice() {
            [only] if !self.missing => Some(*only),
            _ => None,
        }
    }

    /// The value that is to blame, of several the one that was laid on the others: they were there already. Within one
    /// layer it is the one that the condition names first, which is what it is about. Of several records nobody can tell
    /// in which of them it lies, unless one alone is in the last overlay.
    pub fn topmost(&self) -> Option<Written<'a>> {
        let (first, others) = self.values.split_first().filter(|_| !self.missing)?;
        if !others.is_empty() && self.values.iter().any(|written| written.is_record()) {
            let last = self.values.iter().map(|written| written.height).max();
            let mut last = self.values.iter().filter(|written| Some(written.height) == last);
            return last.next().filter(|_| last.next().is_none()).copied();
        }
        let above = |top: Written<'a>, other: &Written<'a>| {
            if other.lies_on(top) { *other } else { top }
        };
        Some(others.iter().fold(*first, above))
    }
}

impl<'a> Written<'a> {
    /// Where the value stands.
    pub fn spot(self) -> Spot<'a> {
        self.binding.value_spot()
    }

    fn is_record(self) -> bool {
        matches!(self.slot.state.get(), SlotState::Done(Value::Rec(_) | Value::Handle(_)))
    }

    fn lies_on(self, other: Self) -> bool {
        // Layers are counted by record.
        let layers = std::ptr::eq(self.rec, other.rec);
        self.height > other.height
            || (layers && self.height == other.height && self.binding.order > other.binding.order)
    }
}

impl<'a> Eval<'a> {
    /// The fields of users because of which a condition does not hold: those that it names in the parts that decided,
    /// one further in, `ready.port`, in the place of what it is in.
    pub(super) fn blamed(&self, source: &'a Source<'a>, expr: ExprId, env: &Env<'a>) -> Blamed<'a> {
        let mut values: Vec<Written<'a>> = Vec::new();
        let mut missing = false;
        // What is only asked whether it is there is to blame where nothing else is.
        for asked in [false, true] {
            if values.is_empty() {
                self.blame(source, expr, env, asked, &mut |written| match written {
                    Some(written) => {
                        let place = written.spot().place();
                        if !values.iter().any(|known| known.spot().place() == place) {
                            values.push(written);
                        }
                    }
                    None => missing = true,
                });
            }
        }
        Blamed { values, missing }
    }

    fn blame(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        env: &Env<'a>,
        asked: bool,
        found: &mut dyn FnMut(Option<Written<'a>>),
    ) {
        let Some(node) = source.code.exprs.get(expr as usize) else { return };
        match node {
            Expr::And(left, right) => match self.truth(source, *left, env) {
                Some(true) => self.blame(source, *right, env, asked, found),
                _ => self.blame(source, *left, env, asked, found),
            },
            // What is not there may be what is to be added, and no other value is to blame then.
            Expr::IsSet { value, .. } if !asked => {
                if self.quiet(source, *value, env).is_absent() {
                    match source.code.exprs.get(*value as usize) {
                        // An end that a range lacks is to be added to it.
                        Some(Expr::Builtin { arguments, .. })
                            if arguments.first().is_some_and(|of| {
                                matches!(self.quiet(source, *of, env), Value::Range(..))
                            }) =>
                        {
                            self.blame(source, *value, env, asked, found);
                        }
                        _ => found(None),
                    }
                }
            }
            Expr::SelfField { name, .. } => {
                if let Some(written) = env.me.and_then(|me| self.written_by_user(me, name)) {
                    found(Some(written));
                }
            }
            Expr::Member { value, name, .. } => {
                // Of a record, the field itself is to blame; of a range or a text, all of it.
                match self.quiet(source, *value, env) {
                    Value::Rec(rec) => match self.written_by_user(rec, name) {
                        None => {}
                        inner => found(inner),
                    },
                    Value::Handle(_) => {}
                    _ => self.blame(source, *value, env, asked, found),
                }
            }
            Expr::Call { arguments, .. } => {
                // Of a key that a map does not have, the key is wrong.
                let missing = self.missing_key(source, arguments, env).is_some();
                for part in arguments.iter().skip(usize::from(missing)) {
                    self.blame(source, *part, env, asked, found);
                }
            }
            _ => self.parts(source, expr, &mut |part| self.blame(source, part, env, asked, found)),
        }
    }

    /// Of a record, the one value in it that the same item wrote, if there is no more than one.
    pub(super) fn innermost(&self, written: Written<'a>) -> Written<'a> {
        let mut written = written;
        for _ in 0..limits::NESTED {
            let SlotState::Done(Value::Rec(rec)) = written.slot.state.get() else { break };
            let item = written.binding.layer.source.item;
            let names = self.slots(rec).iter().map(|slot| slot.name);
            let inner = names.filter_map(|name| self.written_by_user(rec, name));
            let mut inner = inner.filter(|inner| inner.binding.layer.source.item == item);
            match (inner.next(), inner.next()) {
                (Some(one), None) => written = one,
                _ => break,
            }
        }
        written
    }

    /// On how many files of the program the one lies in which something is written; what the command line says lies on all.
    pub(super) fn height_of(&self, source: &Source<'a>) -> usize {
        if source.command_line {
            return usize::MAX;
        }
        let overlays = self.program.root(self.db).overlays(self.db);
        let module = source.item.module(self.db);
        let below = overlays.iter().position(|overlay| *overlay == module);
        below.map_or(0, |below| below + 1)
    }

    /// A field, if what it has is what a user wrote.
    fn written_by_user(&self, rec: &'a Rec<'a>, name: &str) -> Option<Written<'a>> {
        let slot = self.slot(rec, name)?;
        let binding = slot.bindings.get()?;
        let source = binding.layer.source;
        if source.library || source.schema {
            return None;
        }
        Some(Written { rec, slot, binding, height: self.height_of(source) })
    }
}
