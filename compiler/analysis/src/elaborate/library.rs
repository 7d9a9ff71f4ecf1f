//! Calls of the library's own functions: which of several is meant, what its type parameters stand for, and what
//! its arguments must be.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::params::{Params, is_generic};
use super::taint::Taint;
use super::{Elaborator, elaborate, signature};
use crate::code::{Expr, ExprId, Root};
use crate::db::{Item, ItemKind, Library, Origin};
use crate::eval::builtins;
use crate::fits::{Fit, base, optional, present, widened};
use crate::interval;
use crate::resolve::library_functions;
use crate::sensitive::{is_sensitive, reaches_sensitive};
use crate::show::{nearest, type_name};
use crate::ty::{FnTy, Ty};

/// What these result in tells of values of any type; others only hand such values on, or to functions.
pub(super) const INSPECTING: [&str; 6] =
    ["contains", "distinct", "indexOf", "json", "without", "yaml"];

/// What these result in discloses nothing of their arguments.
pub(super) const DIGESTS: [&str; 1] = ["checksum"];

/// A function of the library, to be called.
pub(super) struct LibraryFunction {
    /// Those of its name; the first whose first parameter takes the first argument is meant.
    pub items: Vec<Item>,
    /// The value before the dot, which is the first argument, and whether it was reached by `?.`.
    pub receiver: Option<(ExprId, Ty, bool)>,
}

/// An argument that has been walked, or is still to be.
enum Argument<'t> {
    Given(ExprId, Ty),
    Written(Node<'t>),
}

/// Whether a function takes as many arguments, and functions where these are lambdas.
fn could_be_given(function: &FnTy, arguments: &[Argument<'_>]) -> bool {
    let fits = |(argument, (_, param)): (&Argument<'_>, &(Arc<str>, Ty))| match argument {
        Argument::Written(written) => {
            (written.kind() == NodeKind::Lambda) == matches!(base(param), Ty::Fn(_))
        }
        Argument::Given(..) => true,
    };
    (function.required..=function.params.len()).contains(&arguments.len())
        && arguments.iter().zip(&function.params).all(fits)
}

impl Elaborator<'_> {
    /// The functions of the library that a bare name means.
    pub(super) fn library_function(&self, name: &str) -> Option<LibraryFunction> {
        let items = library_functions(self.db, name);
        (!items.is_empty()).then_some(LibraryFunction { items, receiver: None })
    }

    /// Whether an item is a function of the library, which may have type parameters.
    pub(super) fn is_of_library(&self, item: Item) -> bool {
        item.kind(self.db) == ItemKind::Fn
            && item.module(self.db).origin(self.db) == Origin::Library
    }

    /// The functions of the library that take a value of the type as their first argument, by name.
    pub(super) fn methods(&self, ty: &Ty, name: &str) -> Vec<Item> {
        let mut items = library_functions(self.db, name);
        items.retain(|item| match &signature(self.db, *item).ty {
            // What takes anything at all is no more a method of one type than of another.
            Ty::Fn(function) => {
                function.params.first().is_some_and(|(_, first)| {
                    !matches!(first, Ty::Param(_))
                        || matches!(first, Ty::Param(p) if !p.admits(&Ty::Any))
                }) && self.takes(function, ty)
            }
            _ => false,
        });
        items
    }

    /// Whether the type declares a field of the name, which is meant before any method.
    pub(super) fn has_own_field(&self, ty: &Ty, name: &str) -> bool {
        self.field_names(ty).contains(&name)
    }

    /// What to do about a member that the type does not have.
    pub(super) fn other_member(&self, ty: &Ty, name: &str) -> Option<String> {
        if matches!(base(ty), Ty::Union(members) if members.contains(&Ty::Null)) {
            return Some("what is not there is `unset`; `null` is a value".to_owned());
        }
        if let Some(here) = of_another_language(name)
            && !self.methods(ty, here).is_empty()
        {
            return Some(format!("it is called `{here}` here"));
        }
        if matches!(base(ty), Ty::List(_)) && matches!(name, "push" | "append" | "add" | "extend") {
            return Some(
                "nothing is changed where it stands: a longer list is written `[...xs, 4]`, and a layer adds to one with `+=`"
                    .to_owned(),
            );
        }
        if let Some(item) = self.methods(ty, name).first() {
            let alone = matches!(&signature(self.db, *item).ty, Ty::Fn(function) if function.params.len() == 1);
            let arguments = if alone { "" } else { "…" };
            return Some(format!("it is a function, and called: `{name}({arguments})`"));
        }
        let takes: Vec<String> = library_functions(self.db, name)
            .iter()
            .filter_map(|item| match &signature(self.db, *item).ty {
                Ty::Fn(function) => Some(type_name(self.db, &function.params.first()?.1)),
                _ => None,
            })
            .collect();
        if !takes.is_empty() {
            if is_mixed(ty) {
                return Some(format!(
                    "`{name}` is for numbers of one kind: among others with a point, a whole number is written `2.0`"
                ));
            }
            return Some(format!("`{name}` is for {}", takes.join(" and for ")));
        }
        let library = Library::try_get(self.db)?;
        let modules = library.functions(self.db).iter();
        let names =
            modules.flat_map(|module| module.names(self.db).iter().map(|(name, _)| &**name));
        // Only what is near is asked for its type.
        let mut left: Vec<&str> = names.collect();
        while let Some(near) = nearest(name, left.iter().copied()) {
            if !self.methods(ty, near).is_empty() {
                return Some(format!("did you mean `{near}`?"));
            }
            left.retain(|name| *name != near);
        }
        None
    }

    /// Whether the first parameter takes a value of the type, apart from conditions that only a value shows.
    fn takes(&self, function: &FnTy, ty: &Ty) -> bool {
        let Some((_, first)) = function.params.first() else { return false };
        let plain = base(&widened(present(ty))).clone();
        let mut params = Params::default();
        params.infer(self.db, first, &plain);
        params.fits(self.db, &plain, first) != Fit::No
    }

    pub(super) fn library_call(
        &mut self,
        node: Node<'_>,
        function: LibraryFunction,
        arguments: &[Node<'_>],
    ) -> (ExprId, Ty) {
        let LibraryFunction { items, receiver } = function;
        let method = receiver.is_some();
        // `x?.f()` is absent where `x` is: the value is kept for the question and the call.
        let scope = self.enter();
        let mut kept = None;
        let mut all: Vec<Argument<'_>> = Vec::new();
        match receiver {
            Some((value, ty, true)) if matches!(ty, Ty::Optional(_)) => {
                let inner = present(&ty).clone();
                let level = self.push_local("".into(), inner.clone());
                kept = Some((value, level));
                all.push(Argument::Given(self.emit(node, Expr::Local(level)), inner));
            }
            Some((value, ty, _)) => all.push(Argument::Given(value, ty)),
            None => {}
        }
        all.extend(arguments.iter().map(|argument| Argument::Written(*argument)));
        let called = match self.meant(node, &items, &mut all) {
            Some((item, ty)) => {
                // Of which of them nobody can tell, so that nothing can be said of what it results in.
                let unknown = items.len() > 1
                    && matches!(all.first(), Some(Argument::Given(_, ty)) if *ty == Ty::Error);
                let called = self.of_library(node, item, &ty, all, method);
                if unknown { (self.emit(node, Expr::Error), Ty::Error) } else { called }
            }
            None => (self.emit(node, Expr::Error), Ty::Error),
        };
        self.leave(scope);
        let Some((value, level)) = kept else { return called };
        let (then, ty) = called;
        let local = self.emit(node, Expr::Local(level));
        let condition = self.emit(node, Expr::IsSet { value: local, set: true });
        let body = self.emit(node, Expr::If { condition, then, otherwise: None });
        (self.emit(node, Expr::Let { value, body }), optional(ty))
    }

    /// The function that takes the first argument; nothing, with the problem reported, where none does.
    fn meant<'t>(
        &mut self,
        node: Node<'_>,
        items: &[Item],
        all: &mut [Argument<'t>],
    ) -> Option<(Item, Arc<FnTy>)> {
        let typed = |item: &Item| match &signature(self.db, *item).ty {
            Ty::Fn(ty) => Some((*item, ty.clone())),
            _ => None,
        };
        let functions: Vec<(Item, Arc<FnTy>)> = items.iter().filter_map(typed).collect();
        if let [only] = functions.as_slice() {
            return Some(only.clone());
        }
        let Some(first) = all.first_mut() else {
            let (_, ty) = functions.first()?;
            self.wrong_count(node, &ty.params, ty.required, 0);
            return None;
        };
        let (ty, place) = match first {
            Argument::Given(_, ty) => (ty.clone(), node),
            Argument::Written(written) => {
                let place = *written;
                let (id, ty) = self.expression(place, None);
                *first = Argument::Given(id, ty.clone());
                (ty, place)
            }
        };
        if ty == Ty::Error {
            let found = functions.into_iter().find(|(_, function)| could_be_given(function, all));
            if found.is_none() {
                // What else is wrong in them is told all the same.
                for argument in all {
                    if let Argument::Written(written) = argument {
                        self.expression(*written, Some(&Ty::Error));
                    }
                }
            }
            return found;
        }
        let found = functions.iter().find(|(_, function)| self.takes(function, &ty));
        if let Some(found) = found {
            return Some(found.clone());
        }
        let mut wanted: Vec<String> = Vec::new();
        for (_, function) in &functions {
            if let Some((_, first)) = function.params.first() {
                wanted.push(type_name(self.db, first));
            }
        }
        let wanted = wanted.join(" or ");
        if ty == Ty::Any {
            self.report(self.without_a_type(place, None, &format!("{wanted} is asked for")));
            return None;
        }
        let found = type_name(self.db, &widened(&ty));
        self.report(self.problem(201, place, format!("expected {wanted}, found {found}")));
        None
    }

    fn of_library(
        &mut self,
        node: Node<'_>,
        item: Item,
        ty: &FnTy,
        arguments: Vec<Argument<'_>>,
        method: bool,
    ) -> (ExprId, Ty) {
        if arguments.len() < ty.required || arguments.len() > ty.params.len() {
            let hidden = usize::from(method);
            let params = ty.params.get(hidden..).unwrap_or_default();
            let written = arguments.len() - hidden;
            self.wrong_count(node, params, ty.required.saturating_sub(hidden), written);
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let mut params = Params::default();
        let mut taint = Taint::default();
        let mut written = Vec::new();
        let mut wrong = false;
        let mut ids = Vec::new();
        let mut length = None;
        for (argument, (_, param)) in arguments.into_iter().zip(&ty.params) {
            let (place, id, found) = match argument {
                Argument::Given(id, ty) => (node, id, ty),
                Argument::Written(place) => {
                    let expected = params.expected(param);
                    let told = self.problems.len();
                    let (id, found) = self.expression(place, expected.as_ref());
                    let found = match self.is_body_of_lambda(told, place, expected.as_ref()) {
                        true => Ty::Error,
                        false => found,
                    };
                    written.push(place);
                    (place, id, found)
                }
            };
            if is_sensitive(param) && !is_sensitive(&found) {
                self.must_be_sensitive(place, &found, item);
            }
            let hidden = reaches_sensitive(self.db, &found);
            let found = taint.taken(self.db, found, param, ty);
            length = length.or_else(|| interval::length(present(&found)));
            params.infer(self.db, param, present(&found));
            let id = match params.fits(self.db, &found, param) {
                Fit::Yes => id,
                Fit::Checked if !is_generic(param) => {
                    let ty = self.ty(param.clone());
                    let check = self.emit(place, Expr::Check { value: id, ty });
                    if hidden { self.emit(place, Expr::Sealed(check)) } else { check }
                }
                Fit::Checked => id,
                Fit::No => {
                    wrong = true;
                    let want = without_constants(&params.substituted(param));
                    self.mismatch(place, &found, &want, None);
                    self.emit(place, Expr::Error)
                }
            };
            ids.push(id);
        }
        if wrong {
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        if taint.is_there() {
            // What it is compared with, or split by, says something of it.
            self.hide_constants(&written);
        }
        let name = item.name(self.db);
        let known = length.filter(|_| name == "len");
        let result = taint.of_result(name, known.unwrap_or_else(|| params.result(&ty.result)));
        let call = self.called(node, item, ty, &params, ids);
        // What goes wrong in it is told without showing what was given.
        (if taint.is_there() { self.emit(node, Expr::Sealed(call)) } else { call }, result)
    }

    /// The code of a call: of the evaluator where it computes the function, with a value for each parameter.
    fn called(
        &mut self,
        node: Node<'_>,
        item: Item,
        ty: &FnTy,
        params: &Params,
        mut arguments: Vec<ExprId>,
    ) -> ExprId {
        let db = self.db;
        let Some(builtin) = builtins::named(item.module(db).path(db), item.name(db)) else {
            let function = self.emit(node, Expr::Function(item));
            return self.emit(node, Expr::Call { function, arguments: arguments.into() });
        };
        if builtins::asks_graph(builtin) && !self.may_ask(node, item) {
            return self.emit(node, Expr::Error);
        }
        if arguments.len() < ty.params.len() && !self.heads_only {
            let code = &elaborate(db, item).code;
            if let Root::Fn(function) = &code.root {
                let all = function.params.iter().zip(&ty.params);
                for (param, (_, ty)) in all.skip(arguments.len()) {
                    // The defaults of these functions are constants: a test of the library holds it.
                    let default = param.default.and_then(|id| code.exprs.get(id as usize));
                    let default = read_as(default, &params.result(ty));
                    arguments.push(self.emit(node, default));
                }
            }
        }
        self.emit(node, Expr::Builtin { builtin, arguments: arguments.into() })
    }

    /// A function of the library as a value: `names.map(kebab)`.
    pub(super) fn as_value(
        &mut self,
        node: Node<'_>,
        function: &LibraryFunction,
        expected: Option<&Ty>,
    ) -> (ExprId, Ty) {
        if let ([item], None) = (function.items.as_slice(), &function.receiver) {
            let ty = &signature(self.db, *item).ty;
            let path = item.module(self.db).path(self.db);
            let builtin = builtins::named(path, item.name(self.db));
            // Its answer depends on where it is called.
            let asks = builtin.is_some_and(builtins::asks_graph);
            if asks && !self.may_ask(node, *item) {
                return (self.emit(node, Expr::Error), Ty::Error);
            }
            if !is_generic(ty) && !asks {
                return (self.emit(node, Expr::Function(*item)), ty.clone());
            }
        }
        if expected == Some(&Ty::Error) {
            // It may be a case of what is not known.
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let name = function.items.first().map_or("f", |item| item.name(self.db));
        let help = match function.receiver {
            None => format!("write `{name}(…)`, or `x => {name}(x)` where a function is asked for"),
            Some(_) => format!("write `.{name}(…)`"),
        };
        self.report(self.problem(201, node, "this function is to be called").help(help));
        (self.emit(node, Expr::Error), Ty::Error)
    }

    /// The body of a function that the evaluator computes: its parameters, handed on.
    pub(super) fn builtin_body(&mut self, value: Node<'_>, params: usize) -> Option<ExprId> {
        let db = self.db;
        if value.kind() != NodeKind::Name
            || value.text() != "builtin"
            || !self.is_of_library(self.item)
        {
            return None;
        }
        let (path, name) = (self.module.path(db), self.item.name(db));
        let Some(builtin) = builtins::named(path, name) else {
            self.report(self.problem(101, value, format!("nothing computes {path}.{name}")));
            return Some(self.emit(value, Expr::Error));
        };
        let arguments =
            (0..params).map(|level| self.emit(value, Expr::Local(level as u32))).collect();
        Some(self.emit(value, Expr::Builtin { builtin, arguments }))
    }
}

/// A function that is asked for, for messages: it is to take all values of a kind.
fn without_constants(ty: &Ty) -> Ty {
    match ty {
        Ty::Fn(function) => Ty::Fn(Arc::new(FnTy {
            params: function.params.iter().map(|(name, ty)| (name.clone(), widened(ty))).collect(),
            ..(**function).clone()
        })),
        ty => ty.clone(),
    }
}

/// A constant as a number of the type: the `0` from which a sum begins.
fn read_as(constant: Option<&Expr>, ty: &Ty) -> Expr {
    match (constant, base(ty)) {
        (None, _) => Expr::Absent,
        (Some(Expr::Int(value)), Ty::Float) => Expr::Float((*value as f64).to_bits()),
        (Some(Expr::Int(value)), Ty::Percent) => Expr::Percent((*value as f64).to_bits()),
        (Some(Expr::Int(value)), Ty::Quantity) => Expr::Quantity(value.to_string().into()),
        (Some(Expr::Int(value)), Ty::Duration) => Expr::Duration(*value),
        (Some(constant), _) => constant.clone(),
    }
}

/// What a method is called here that other languages call so.
pub(super) fn of_another_language(name: &str) -> Option<&'static str> {
    Some(match name {
        "length" | "size" | "count" => "len",
        "includes" | "has_key" | "containsKey" => "contains",
        "reduce" | "foldl" | "inject" => "fold",
        "some" | "exists" => "any",
        "every" => "all",
        "where" | "select" => "filter",
        "collect" | "forEach" | "each" => "map",
        "toLowerCase" | "toLower" | "lowercase" | "downcase" => "lower",
        "toUpperCase" | "toUpper" | "uppercase" | "upcase" => "upper",
        "strip" => "trim",
        "unique" | "uniq" => "distinct",
        "substring" | "substr" => "slice",
        "splitlines" => "lines",
        "toString" => "str",
        "toInt" | "to_i" | "toInteger" | "asInt" => "parseInt",
        "toFloat" | "toNumber" => "parseFloat",
        "items" => "entries",
        "nth" | "get" => "at",
        "head" => "first",
        "concat" => "join",
        _ => return None,
    })
}

/// Whether a type is of lists in which `Int` and `Float` stand side by side.
fn is_mixed(ty: &Ty) -> bool {
    let Ty::List(element) = base(ty) else { return false };
    let Ty::Union(members) = widened(element) else { return false };
    members.iter().all(|member| matches!(member, Ty::Int | Ty::Float))
}
