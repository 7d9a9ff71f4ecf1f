//! Numbers with and without units, and ranges: read by the type that is expected.

use std::sync::Arc;

use syntax::{Node, NodeKind};

use super::Elaborator;
use crate::code::{Expr, ExprId};
use crate::fits::{base, join};
use crate::problem::{Edit, Part, Problem};
use crate::sensitive::{is_sensitive, sealed};
use crate::show::type_name;
use crate::ty::{Literal, Ty};
use crate::types::ends;

/// Nanoseconds in one of each unit of a duration, as Go's `time.ParseDuration` knows them, and days.
const DURATION_UNITS: &[(&str, i64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

const QUANTITY_UNITS: &[&str] =
    &["n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

impl Elaborator<'_> {
    pub(super) fn number(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        match node.kind() {
            NodeKind::Int => self.integer(node, expected, false),
            NodeKind::Float => self.float(node, expected, false),
            _ => self.unit(node, expected, false),
        }
    }

    /// A number, negative where a `-` stands before it, so that the least integer can be written.
    pub(super) fn negative(
        &mut self,
        node: Node<'_>,
        expected: Option<&Ty>,
    ) -> Option<(ExprId, Ty)> {
        match node.kind() {
            NodeKind::Int => Some(self.integer(node, expected, true)),
            NodeKind::Float => Some(self.float(node, expected, true)),
            NodeKind::Unit => Some(self.unit(node, expected, true)),
            _ => None,
        }
    }

    fn integer(&mut self, node: Node<'_>, expected: Option<&Ty>, negative: bool) -> (ExprId, Ty) {
        // What does not fit is reported with the syntax.
        let Ok(value) = syntax::literal::int_value(node.text(), negative) else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let wanted = |ty: &Ty| expects(expected, ty);
        if !wanted(&Ty::Int) && wanted(&Ty::Float) {
            return (self.emit(node, Expr::Float((value as f64).to_bits())), Ty::Float);
        }
        if !wanted(&Ty::Int) && wanted(&Ty::Quantity) {
            let expr = Expr::Quantity(value.to_string().into());
            return (self.emit(node, expr), Ty::Quantity);
        }
        (self.emit(node, Expr::Int(value)), Ty::Literal(Literal::Int(value)))
    }

    fn float(&mut self, node: Node<'_>, expected: Option<&Ty>, negative: bool) -> (ExprId, Ty) {
        let Ok(value) = syntax::literal::float_value(node.text()) else {
            return (self.emit(node, Expr::Error), Ty::Error);
        };
        let value = if negative { -value } else { value };
        if !expects(expected, &Ty::Float)
            && expects(expected, &Ty::Quantity)
            && let Ok(quantity) = value.to_string().parse::<kube::quantity::Quantity>()
        {
            return (self.emit(node, Expr::Quantity(quantity.to_string().into())), Ty::Quantity);
        }
        (self.emit(node, Expr::Float(value.to_bits())), Ty::Float)
    }

    fn unit(&mut self, node: Node<'_>, expected: Option<&Ty>, negative: bool) -> (ExprId, Ty) {
        let text: String = node.text().chars().filter(|c| *c != '_').collect();
        let sign = if negative { "-" } else { "" };
        let number = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, suffix) = text.split_at(number);
        let duration = duration(&text);
        let mut kinds: Vec<Ty> = Vec::new();
        if QUANTITY_UNITS.contains(&suffix) {
            kinds.push(Ty::Quantity);
        }
        if duration.is_some() {
            kinds.push(Ty::Duration);
        }
        if suffix == "%" {
            kinds.push(Ty::Percent);
        }
        if expected.is_some_and(|ty| *ty != Ty::Any)
            && kinds.iter().any(|kind| expects(expected, kind))
        {
            kinds.retain(|kind| expects(expected, kind));
        }
        let known = match kinds.as_slice() {
            [Ty::Quantity] => {
                let quantity =
                    format!("{sign}{number}{suffix}").parse::<kube::quantity::Quantity>();
                match quantity {
                    Ok(quantity) => {
                        Some((Expr::Quantity(quantity.to_string().into()), Ty::Quantity))
                    }
                    Err(why) => {
                        self.report(self.problem(
                            211,
                            node,
                            format!("`{text}` is no Quantity: {why}"),
                        ));
                        None
                    }
                }
            }
            [Ty::Duration] => duration
                .map(|nanos| (Expr::Duration(if negative { -nanos } else { nanos }), Ty::Duration)),
            [Ty::Percent] => match number.parse::<f64>() {
                Ok(value) => {
                    let value = if negative { -value } else { value };
                    Some((Expr::Percent(value.to_bits()), Ty::Percent))
                }
                Err(_) => None,
            },
            [] => {
                let problem = self.unknown_unit(node, &text, suffix, expected);
                self.report(problem);
                None
            }
            _ => {
                self.report(
                    self.problem(
                        210,
                        node,
                        format!("`{text}` is a Quantity or a Duration: nothing here says which"),
                    )
                    .help("say the type: `name: Quantity = …`"),
                );
                None
            }
        };
        match known {
            Some((expr, ty)) => (self.emit(node, expr), ty),
            None => (self.emit(node, Expr::Error), Ty::Error),
        }
    }

    fn unknown_unit(
        &self,
        node: Node<'_>,
        text: &str,
        suffix: &str,
        expected: Option<&Ty>,
    ) -> Problem {
        let units: Vec<&str> = match expected.map(base) {
            Some(Ty::Quantity) => QUANTITY_UNITS.to_vec(),
            Some(Ty::Duration) => DURATION_UNITS.iter().map(|(unit, _)| *unit).collect(),
            _ => QUANTITY_UNITS
                .iter()
                .copied()
                .chain(DURATION_UNITS.iter().map(|(unit, _)| *unit))
                .collect(),
        };
        let what = match expected.map(base) {
            Some(ty @ (Ty::Quantity | Ty::Duration | Ty::Percent)) => type_name(self.db, ty),
            _ => "number with a unit".to_owned(),
        };
        let problem =
            self.problem(211, node, format!("`{text}` is no {what}: there is no unit `{suffix}`"));
        // `KB` and `Gib` are habits, and near to what Kubernetes knows.
        let near = units.iter().find(|unit| {
            let plain = suffix.trim_end_matches(['b', 'B']);
            unit.eq_ignore_ascii_case(plain)
        });
        match near {
            Some(near) => {
                let whole = format!("{}{near}", text.strip_suffix(suffix).unwrap_or_default());
                let part = Part::Word(text.to_owned());
                let edit = Edit { place: problem.place, part, text: whole.clone() };
                problem.help(format!("did you mean `{near}`?")).offer(
                    format!("write `{whole}`"),
                    true,
                    edit,
                )
            }
            None => problem.help(format!("the units are {}", units.join(", "))),
        }
    }

    pub(super) fn range(&mut self, node: Node<'_>, expected: Option<&Ty>) -> (ExprId, Ty) {
        let (low, high) = ends(node);
        let wanted = match expected.map(base) {
            Some(Ty::Range(element)) => Some((**element).clone()),
            _ => None,
        };
        let mut element = Ty::Never;
        let mut constants = Vec::new();
        let mut sensitive = false;
        let mut end = |this: &mut Self, node: Option<Node<'_>>| {
            let node = node?;
            if let NodeKind::Int = node.kind() {
                constants.extend(syntax::literal::int_value(node.text(), false));
            }
            match &wanted {
                Some(want) => Some(this.checked(node, want, None)),
                None => {
                    let (id, ty) = this.present_value(node, None);
                    sensitive |= is_sensitive(&ty);
                    element = join(this.db, element.clone(), crate::fits::widened(&ty));
                    Some(id)
                }
            }
        };
        let first = end(self, low);
        let last = end(self, high);
        if let (Some(_), Some(_), [low, high]) = (low, high, constants.as_slice())
            && low > high
        {
            self.report(
                self.problem(311, node, format!("{low}..{high} begins above its end"))
                    .help(format!("write `{high}..{low}`")),
            );
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        if first.is_none() {
            self.report(
                self.problem(201, node, "this range has no start")
                    .help("write where it begins: `1..`"),
            );
            return (self.emit(node, Expr::Error), Ty::Error);
        }
        let ty = Ty::Range(Arc::new(wanted.unwrap_or(element)));
        let ty = if sensitive { sealed(ty) } else { ty };
        (self.emit(node, Expr::Range(first, last)), ty)
    }
}

/// Whether the expected type is, or has among its members, the kind.
fn expects(expected: Option<&Ty>, kind: &Ty) -> bool {
    match expected.map(base) {
        Some(Ty::Union(members)) => members.iter().any(|member| expects(Some(member), kind)),
        Some(Ty::Literal(literal)) => crate::fits::kind_of(literal) == *kind,
        Some(ty) => ty == kind,
        None => false,
    }
}

/// `1h30m`, `1.5s` in nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        let (_, nanos) = DURATION_UNITS.iter().find(|(name, _)| *name == unit)?;
        let part = match number.parse::<i64>() {
            Ok(whole) => whole.checked_mul(*nanos)?,
            Err(_) => {
                let value = number.parse::<f64>().ok()? * *nanos as f64;
                (value.abs() < 9.2e18).then_some(value.round() as i64)?
            }
        };
        total = total.checked_add(part)?;
        rest = next;
    }
    Some(total)
}
