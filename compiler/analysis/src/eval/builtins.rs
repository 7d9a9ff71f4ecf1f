//! What the functions compute whose declarations in the library say `= builtin`.
//!
//! The library declares names, types and defaults, and calls are checked against them; so what is here may trust
//! the kinds of its arguments. It is asked for a value once all arguments are known and none of them is an error.

mod members;

mod data;
mod encodings;
mod hashes;
pub(crate) mod ip;
mod lists;
mod maps;
mod network;
mod numbers;
mod parsing;
pub(crate) mod semver;
mod strings;
mod url;

use crate::code::{Builtin, ExprId};
use crate::eval::Eval;
use crate::eval::value::{Element, Env, Hint, LocalState, Source, Spot, Value};
use crate::limits;
use crate::problem::Problem;

/// Computes a call; `None` where something is wrong, which was reported.
type Run = for<'e, 'a> fn(&Call<'e, 'a>) -> Option<Value<'a>>;

/// The functions of the modules of the library, by name. A [`Builtin`] is the place of a group and of a function
/// in it, eight bits each.
const GROUPS: &[(&str, &[(&str, Run)])] = &[
    ("members", members::ALL),
    ("std.encoding", encodings::ALL),
    ("std.ip", ip::ALL),
    ("std.lists", lists::ALL),
    ("std.maps", maps::ALL),
    ("std.network", network::ALL),
    ("std.numbers", numbers::ALL),
    ("std.semver", semver::ALL),
    ("std.strings", data::ALL),
    ("std.strings", hashes::ALL),
    ("std.strings", parsing::ALL),
    ("std.strings", strings::ALL),
    ("std.url", url::ALL),
];

/// As many as any of them has.
const MOST_ARGUMENTS: usize = 4;

/// The function that a module of the library declares.
pub(crate) fn named(module: &str, name: &str) -> Option<Builtin> {
    let mut groups = GROUPS.iter().enumerate().filter(|(_, (known, _))| *known == module);
    groups.find_map(|(group, (_, functions))| {
        let at = functions.iter().position(|(known, _)| *known == name)?;
        Some(Builtin((group << 8 | at) as u16))
    })
}

/// Whether a function asks for what is known last: the graph, or all objects.
pub(crate) fn asks_graph(Builtin(number): Builtin) -> bool {
    GROUPS.get(usize::from(number >> 8)).is_some_and(|(module, _)| *module == "std.network")
}

/// All functions that are computed here, as (module, name).
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let declared = GROUPS.iter().filter(|(module, _)| *module != "members");
    declared.flat_map(|(module, functions)| functions.iter().map(|(name, _)| (*module, *name)))
}

/// A call with the values of its arguments.
struct Call<'e, 'a> {
    eval: &'e Eval<'a>,
    source: &'a Source<'a>,
    expr: ExprId,
    arguments: [Value<'a>; MOST_ARGUMENTS],
    /// The arguments as they are written, for messages.
    written: &'e [ExprId],
    env: &'e Env<'a>,
}

impl<'a> Eval<'a> {
    pub(super) fn builtin(
        &self,
        source: &'a Source<'a>,
        expr: ExprId,
        Builtin(number): Builtin,
        written: &[ExprId],
        env: &Env<'a>,
    ) -> Value<'a> {
        let group = GROUPS.get(usize::from(number >> 8));
        let Some((_, run)) = group.and_then(|(_, all)| all.get(usize::from(number & 0xff))) else {
            return Value::Error;
        };
        let mut arguments = [Value::Absent; MOST_ARGUMENTS];
        for (slot, &argument) in arguments.iter_mut().zip(written) {
            let mut value = self.whnf(self.eval(source, argument, env, Hint::default()));
            if value.is_error() {
                match self.supposed_list(source, expr, written) {
                    Some(list) if written.first() == Some(&argument) => value = list,
                    _ => return value,
                }
            }
            *slot = value;
        }
        let call = Call { eval: self, source, expr, arguments, written, env };
        run(&call).unwrap_or(Value::Error)
    }
}

impl<'a> Call<'_, 'a> {
    fn value(&self, at: usize) -> Value<'a> {
        self.arguments.get(at).copied().unwrap_or(Value::Absent)
    }

    /// A text, and that it is read: that is all that many a function takes.
    fn text(&self, at: usize) -> Option<&'a str> {
        match self.value(at) {
            Value::Str(text) | Value::Quantity(text) => {
                self.reads(text)?;
                Some(text)
            }
            other => self.unexpected("Str", other),
        }
    }

    fn list(&self, at: usize) -> Option<&'a [Element<'a>]> {
        match self.value(at) {
            Value::List(elements) => Some(elements),
            other => self.unexpected("a list", other),
        }
    }

    /// The elements of a list, for who looks at all of them and asks no function what they are.
    fn whole_list(&self, at: usize) -> Option<&'a [Element<'a>]> {
        let elements = self.list(at)?;
        self.spend(elements.len() / 4)?;
        Some(elements)
    }

    fn int(&self, at: usize) -> Option<i64> {
        match self.value(at) {
            Value::Int(value) => Some(value),
            other => self.unexpected("Int", other),
        }
    }

    /// A count that the type of the parameter keeps from being negative.
    fn count(&self, at: usize) -> Option<usize> {
        self.int(at).map(|value| usize::try_from(value).unwrap_or(0))
    }

    /// What a function gives for some values.
    fn ask(&self, function: usize, arguments: &[Value<'a>]) -> Option<Value<'a>> {
        let mut given = [LocalState::Done(Value::Absent); 2];
        for (slot, value) in given.iter_mut().zip(arguments) {
            *slot = LocalState::Done(*value);
        }
        let given = given.get(..arguments.len()).unwrap_or(&given);
        self.ask_with(function, given)
    }

    /// The same with values that need not be known yet.
    fn ask_with(&self, function: usize, given: &[LocalState<'a>]) -> Option<Value<'a>> {
        let function = self.value(function);
        let value = self.eval.call(self.source, self.expr, function, given, Hint::default());
        let value = self.eval.whnf(value);
        (!value.is_error()).then_some(value)
    }

    /// What a condition gives for some value.
    fn holds(&self, function: usize, value: LocalState<'a>) -> Option<bool> {
        match self.ask_with(function, &[value])? {
            Value::Bool(value) => Some(value),
            other => self.unexpected("a function to Bool", other),
        }
    }

    fn same(&self, a: Value<'a>, b: Value<'a>) -> Option<bool> {
        // Lists and records cost more to compare than numbers do.
        self.spend(4)?;
        self.eval.same(a, b)
    }

    /// Counts that a text is read from one end to the other.
    fn reads(&self, text: &str) -> Option<()> {
        self.eval.reads_text(text).then_some(())
    }

    /// Counts work in proportion to `steps`.
    fn spend(&self, steps: usize) -> Option<()> {
        self.eval.spend(steps as u64, self.source, self.expr).then_some(())
    }

    fn spot(&self) -> Spot<'a> {
        self.source.spot(self.expr)
    }

    fn string(&self, text: impl AsRef<str>) -> Option<Value<'a>> {
        let text = text.as_ref();
        self.fits_a_string(text.len())?;
        self.spend(text.len() / 16)?;
        Some(Value::Str(self.eval.arena.alloc_str(text)))
    }

    /// Whether a string of so many bytes may be made; to be asked before one is put together.
    fn fits_a_string(&self, bytes: usize) -> Option<()> {
        if bytes > limits::STRING_BYTES {
            let message = format!("this string is longer than {} bytes", limits::STRING_BYTES);
            return self.fail(505, message);
        }
        Some(())
    }

    fn fits_a_list(&self, elements: usize) -> Option<()> {
        if elements > limits::ELEMENTS {
            let message = format!("the list has more than {} elements", limits::ELEMENTS);
            return self.fail(505, message);
        }
        Some(())
    }

    fn listed(&self, values: impl IntoIterator<Item = Value<'a>>) -> Option<Value<'a>> {
        let origin = self.spot().origin();
        let mut list: Vec<Element<'a>> = Vec::new();
        for value in values {
            self.fits_a_list(list.len() + 1)?;
            list.push(Element { value, origin });
        }
        self.elements(&list)
    }

    fn elements(&self, list: &[Element<'a>]) -> Option<Value<'a>> {
        self.fits_a_list(list.len())?;
        self.spend(list.len() / 16)?;
        Some(Value::List(self.eval.arena.alloc_slice_copy(list)))
    }

    fn number(&self, count: usize) -> Option<Value<'a>> {
        Some(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// There is no result for these arguments, which the message may show: it is not told of sensitive ones.
    fn fail<T>(&self, code: u16, message: impl Into<String>) -> Option<T> {
        let message = match self.eval.is_sealed() {
            true => {
                "there is no result of what is given here, which is sensitive and not shown".into()
            }
            false => message.into(),
        };
        self.eval.blamed_on_user(code, self.spot(), None, message);
        None
    }

    /// Kinds are proved before; this is for what comes from a value that a type says nothing of.
    fn unexpected<T>(&self, want: &str, found: Value<'a>) -> Option<T> {
        let place = self.spot().place();
        let message = match found {
            Value::Error => return None,
            Value::Absent => {
                let message = format!("this is absent here, and {want} is asked for");
                self.eval.report(Problem::error(203, place, message));
                return None;
            }
            found => format!("expected {want}, found {}", self.eval.described(found)),
        };
        self.eval.report(Problem::error(201, place, message));
        None
    }
}
