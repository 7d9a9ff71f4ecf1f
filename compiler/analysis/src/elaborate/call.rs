//! Calls: of functions, lambdas, and what the language itself brings.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use super::chain::Head;
use crate::code::{Builtin, Expr, ExprId};
use crate::fits::{Fit, base, fits, join, optional, present, widened};
use crate::show::type_name;
use crate::ty::{FnTy, Ty};

/// The functions of the language by name, and how many arguments they take: fewest and most.
pub(super) const BUILTINS: &[(&str, Builtin, usize, usize)] = &[
    ("kebab", Builtin::Kebab, 1, 1),
    ("str", Builtin::Str, 1, 1),
    ("len", Builtin::Len, 1, 1),
    ("join", Builtin::Join, 2, 2),
    ("lower", Builtin::Lower, 1, 1),
    ("upper", Builtin::Upper, 1, 1),
    ("keys", Builtin::Keys, 1, 1),
    ("values", Builtin::Values, 1, 1),
    ("first", Builtin::First, 1, 1),
    ("distinct", Builtin::Distinct, 1, 1),
    ("flatten", Builtin::Flatten, 1, 1),
    ("matches", Builtin::Matches, 2, 2),
    ("min", Builtin::Min, 1, 2),
    ("max", Builtin::Max, 1, 2),
    ("sum", Builtin::Sum, 1, 1),
];

/// The methods by name. Each is a function whose first argument is the value before the dot.
pub(super) const METHODS: &[(&str, Builtin)] = &[
    ("all", Builtin::All),
    ("any", Builtin::Any),
    ("contains", Builtin::Contains),
    ("endsWith", Builtin::EndsWith),
    ("filter", Builtin::Filter),
    ("join", Builtin::Join),
    ("len", Builtin::Len),
    ("lower", Builtin::Lower),
    ("map", Builtin::Map),
    ("replace", Builtin::Replace),
    ("sort", Builtin::Sort),
    ("split", Builtin::Split),
    ("startsWith", Builtin::StartsWith),
    ("sum", Builtin::Sum),
    ("trim", Builtin::Trim),
    ("upper", Builtin::Upper),
];

/// The function of the language that is called `name`.
pub(super) fn function(name: &str) -> Option<Builtin> {
    BUILTINS.iter().find(|(builtin, ..)| *builtin == name).map(|(_, builtin, ..)| *builtin)
}

/// The method `name` of values of type `ty`.
pub(super) fn method(ty: &Ty, name: &str) -> Option<Builtin> {
    let builtin =
        METHODS.iter().find(|(method, _)| *method == name).map(|(_, builtin)| *builtin)?;
    let text = matches!(base(&widened(ty)), Ty::Str);
    let list = matches!(base(ty), Ty::List(_));
    let entries = matches!(base(ty), Ty::Map(_) | Ty::Keyed(_));
    let suits = match builtin {
        Builtin::All | Builtin::Any => list || entries,
        Builtin::Filter | Builtin::Map | Builtin::Join | Builtin::Sort | Builtin::Sum => list,
        Builtin::Len => text || list || entries,
        Builtin::Contains => text || list,
        _ => text,
    };
    suits.then_some(builtin)
}

impl Elaborator<'_> {
    pub(super) fn call(&mut self, node: Node<'_>, head: Head) -> (ExprId, Ty) {
        let arguments: Vec<Node<'_>> = node
            .children()
            .filter(|child| !matches!(child.kind(), NodeKind::Missing | NodeKind::Junk))
            .collect();
        if let Some(spread) = arguments.iter().find(|argument| argument.kind() == NodeKind::Spread)
        {
            self.report(self.problem(206, *spread, "arguments cannot be spread"));
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        match head {
            Head::Builtin(builtin) => {
                let (_, _, fewest, most) = BUILTINS
                    .iter()
                    .find(|(_, known, ..)| *known == builtin)
                    .copied()
                    .unwrap_or(("", builtin, 0, usize::MAX));
                if arguments.len() < fewest || arguments.len() > most {
                    self.wrong_count(node, fewest, most, arguments.len());
                    return (self.emit(node, Expr::Error), Ty::Error);
                }
                self.builtin(node, builtin, None, &arguments)
            }
            Head::Method(builtin, value, ty) => {
                self.builtin(node, builtin, Some((value, ty)), &arguments)
            }
            Head::Value(function, ty) => match base(&ty).clone() {
                Ty::Fn(ty) => self.call_function(node, function, &ty, &arguments),
                Ty::Error => {
                    let arguments = arguments
                        .iter()
                        .map(|argument| self.expression(*argument, None).0)
                        .collect();
                    (self.emit(node, Expr::Call { function, arguments }), Ty::Error)
                }
                _ => {
                    let name = type_name(self.db, &widened(&ty));
                    self.report(self.problem(205, node, format!("{name} cannot be called")));
                    (self.emit(node, Expr::Error), Ty::Error)
                }
            },
            Head::Type(_, ty) => {
                let name = type_name(self.db, &ty);
                self.report(
                    self.problem(205, node, format!("`{name}` is a schema, and cannot be called"))
                        .help(format!("make one of it with braces: `{name} {{ … }}`")),
                );
                (self.emit(node, Expr::Error), Ty::Error)
            }
        }
    }

    fn call_function(
        &mut self,
        node: Node<'_>,
        function: ExprId,
        ty: &Arc<FnTy>,
        arguments: &[Node<'_>],
    ) -> (ExprId, Ty) {
        if arguments.len() < ty.required || arguments.len() > ty.params.len() {
            self.wrong_count(node, ty.required, ty.params.len(), arguments.len());
            return (self.emit(node, Expr::Error), ty.result.clone());
        }
        let mut ids = Vec::new();
        for (argument, (_, want)) in arguments.iter().zip(&ty.params) {
            ids.push(self.checked(*argument, want, None));
        }
        (self.emit(node, Expr::Call { function, arguments: ids }), ty.result.clone())
    }

    fn wrong_count(&mut self, node: Node<'_>, fewest: usize, most: usize, found: usize) {
        let takes = match (fewest, most) {
            (1, 1) => "1 argument".to_owned(),
            (a, b) if a == b => format!("{a} arguments"),
            (a, b) => format!("{a} to {b} arguments"),
        };
        let called: Vec<Node<'_>> = node
            .parent()
            .map(|chain| chain.children().take_while(|part| *part != node).collect())
            .unwrap_or_default();
        let what = match called.as_slice() {
            [name] if name.kind() == NodeKind::Name => format!("`{}`", name.text()),
            _ => "this".to_owned(),
        };
        self.report(self.problem(206, node, format!("{what} takes {takes}, found {found}")));
    }

    fn builtin(
        &mut self,
        node: Node<'_>,
        builtin: Builtin,
        receiver: Option<(ExprId, Ty)>,
        arguments: &[Node<'_>],
    ) -> (ExprId, Ty) {
        let mut ids = Vec::new();
        let mut types = Vec::new();
        let mut nodes = Vec::new();
        if let Some((id, ty)) = receiver {
            ids.push(id);
            types.push(ty);
            nodes.push(node);
        }
        let given = ids.len() + arguments.len();
        let wants = |count: usize| given == count;
        let expected_count = match builtin {
            Builtin::Replace => Some(3),
            Builtin::All
            | Builtin::Any
            | Builtin::Map
            | Builtin::Filter
            | Builtin::Contains
            | Builtin::StartsWith
            | Builtin::EndsWith
            | Builtin::Split
            | Builtin::Join
            | Builtin::Matches => Some(2),
            Builtin::Min | Builtin::Max => None,
            _ => Some(1),
        };
        if let Some(count) = expected_count
            && !wants(count)
        {
            let hidden = given - arguments.len();
            self.wrong_count(node, count - hidden, count - hidden, arguments.len());
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        for argument in arguments {
            let first = types.first().cloned();
            let want = self.argument_type(builtin, ids.len(), first.as_ref());
            let (id, ty) = self.expression(*argument, want.as_ref());
            if let Some(want) = &want
                && fits(self.db, &ty, want) == Fit::No
            {
                self.mismatch(*argument, &ty, want, None);
                return (self.emit(node, Expr::Error), Ty::Error);
            }
            ids.push(id);
            types.push(ty);
            nodes.push(*argument);
        }
        let result = self.result_type(builtin, &types, &nodes);
        (self.emit(node, Expr::Builtin { builtin, arguments: ids }), result)
    }

    /// What the argument at a position must be, where one type says it.
    fn argument_type(&self, builtin: Builtin, at: usize, first: Option<&Ty>) -> Option<Ty> {
        let function = |result: Ty| {
            let element = elements(first?)?;
            Some(Ty::Fn(Arc::new(FnTy {
                params: vec![(Arc::from(""), element)],
                required: 1,
                result,
            })))
        };
        match (builtin, at) {
            (Builtin::All | Builtin::Any | Builtin::Filter, 1) => function(Ty::Bool),
            (Builtin::Map, 1) => function(Ty::Any),
            (
                Builtin::Kebab
                | Builtin::Lower
                | Builtin::Upper
                | Builtin::Trim
                | Builtin::Matches
                | Builtin::StartsWith
                | Builtin::EndsWith
                | Builtin::Replace
                | Builtin::Split,
                _,
            )
            | (Builtin::Join, 1) => Some(Ty::Str),
            (Builtin::Contains, 1) => match first.map(|ty| base(ty).clone()) {
                Some(Ty::List(element)) => Some(widened(&element)),
                _ => Some(Ty::Str),
            },
            _ => None,
        }
    }

    fn result_type(&mut self, builtin: Builtin, types: &[Ty], nodes: &[Node<'_>]) -> Ty {
        let first = types.first().cloned().unwrap_or(Ty::Error);
        let Some(node) = nodes.first().copied() else { return Ty::Error };
        if let Ty::Optional(_) = first {
            let want = present(&first).clone();
            self.mismatch(node, &first, &want, None);
            return Ty::Error;
        }
        let wrong = |this: &mut Self, what: &str| {
            if first != Ty::Error && first != Ty::Any {
                let name = type_name(this.db, &widened(&first));
                this.report(this.problem(201, node, format!("expected {what}, found {name}")));
            }
            Ty::Error
        };
        match builtin {
            Builtin::Kebab | Builtin::Lower | Builtin::Upper | Builtin::Trim | Builtin::Replace => {
                Ty::Str
            }
            Builtin::Str => {
                self.in_a_string(node, &first);
                Ty::Str
            }
            Builtin::Len => match base(&widened(&first)) {
                Ty::Str
                | Ty::List(_)
                | Ty::Map(_)
                | Ty::Keyed(_)
                | Ty::Record(_)
                | Ty::Error
                | Ty::Any => Ty::Int,
                _ => wrong(self, "a Str, a list or a map"),
            },
            Builtin::Join => match elements(&first) {
                Some(element) => {
                    self.in_a_string(node, &element);
                    Ty::Str
                }
                None => wrong(self, "a list of Str"),
            },
            Builtin::Keys => match base(&first) {
                Ty::Map(map) => Ty::List(Arc::new(map.0.clone())),
                Ty::Keyed(_) | Ty::Record(_) | Ty::Any => Ty::List(Arc::new(Ty::Str)),
                _ => wrong(self, "a map"),
            },
            Builtin::Values => match base(&first) {
                Ty::Map(map) => Ty::List(Arc::new(map.1.clone())),
                Ty::Keyed(keyed) => Ty::List(Arc::new(keyed.element.clone())),
                Ty::Record(record) => {
                    let all = record
                        .fields
                        .iter()
                        .fold(Ty::Never, |all, (_, ty)| join(self.db, all, ty.clone()));
                    Ty::List(Arc::new(all))
                }
                Ty::Any => Ty::List(Arc::new(Ty::Any)),
                _ => wrong(self, "a map"),
            },
            Builtin::All
            | Builtin::Any
            | Builtin::Contains
            | Builtin::StartsWith
            | Builtin::EndsWith
            | Builtin::Matches => Ty::Bool,
            Builtin::Map => match types.get(1) {
                Some(Ty::Fn(function)) => Ty::List(Arc::new(function.result.clone())),
                _ => Ty::Error,
            },
            Builtin::Filter | Builtin::Sort | Builtin::Distinct => match base(&first) {
                Ty::List(_) => present(&first).clone(),
                _ => wrong(self, "a list"),
            },
            Builtin::First => match base(&first) {
                Ty::List(element) => optional((**element).clone()),
                _ => wrong(self, "a list"),
            },
            Builtin::Flatten => match base(&first) {
                Ty::List(inner) if matches!(base(inner), Ty::List(_)) => (**inner).clone(),
                _ => wrong(self, "a list of lists"),
            },
            Builtin::Split => Ty::List(Arc::new(Ty::Str)),
            Builtin::Min | Builtin::Max | Builtin::Sum => {
                let element = if types.len() == 2 {
                    types.iter().fold(Ty::Never, |all, ty| join(self.db, all, widened(ty)))
                } else {
                    match base(&first) {
                        Ty::List(element) => widened(element),
                        _ => return wrong(self, "a list"),
                    }
                };
                match base(&element) {
                    Ty::Int | Ty::Float | Ty::Quantity | Ty::Duration | Ty::Percent | Ty::Error => {
                        if builtin == Builtin::Sum || types.len() == 2 {
                            element
                        } else {
                            optional(element)
                        }
                    }
                    _ => wrong(self, "numbers"),
                }
            }
            Builtin::Start | Builtin::End | Builtin::Seconds | Builtin::PercentOf => Ty::Error,
        }
    }
}

/// The type of the elements of a list, or of the values of a map.
fn elements(ty: &Ty) -> Option<Ty> {
    match base(ty) {
        Ty::List(element) => Some((**element).clone()),
        Ty::Map(map) => Some(map.1.clone()),
        Ty::Keyed(keyed) => Some(keyed.element.clone()),
        Ty::Error | Ty::Any => Some(Ty::Any),
        _ => None,
    }
}
