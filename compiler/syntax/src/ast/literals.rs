//! Views of literals: numbers, and strings with interpolation.

use super::{Bool, Expr, Float, Int, Template, Unit, View, views_of};
use crate::literal::{self, NumberFault};
use crate::node::NodeKind;
use crate::tree::Node;

impl Int<'_> {
    /// The value.
    ///
    /// # Errors
    /// As [`literal::int_value`]; a syntax problem is reported there, unless a minus before it makes it fit: see [`Int::negated`].
    pub fn value(self) -> Result<i64, NumberFault> {
        literal::int_value(self.0.text(), false)
    }

    /// The value with a minus before it.
    ///
    /// # Errors
    /// As [`literal::int_value`].
    pub fn negated(self) -> Result<i64, NumberFault> {
        literal::int_value(self.0.text(), true)
    }
}

impl Float<'_> {
    /// The value.
    ///
    /// # Errors
    /// As [`literal::float_value`].
    pub fn value(self) -> Result<f64, NumberFault> {
        literal::float_value(self.0.text())
    }
}

impl<'t> Unit<'t> {
    /// Number and unit, as written.
    pub fn parts(self) -> (&'t str, &'t str) {
        literal::unit_parts(self.0.text())
    }
}

impl Bool<'_> {
    /// The value.
    pub fn value(self) -> bool {
        self.0.text() == "true"
    }
}

/// A part of a string with interpolation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StrPart<'t> {
    /// Text, without quotes, escapes and indentation; never empty.
    Text(String),
    /// `\(e)`; the expression may be missing.
    Expr(Option<Expr<'t>>),
}

impl<'t> Template<'t> {
    /// The parts in order.
    pub fn parts(self) -> Vec<StrPart<'t>> {
        let is_text = |node: &Node| {
            matches!(node.kind(), NodeKind::StrHead | NodeKind::StrMid | NodeKind::StrTail)
        };
        let tokens: Vec<&str> = self.0.children().filter(is_text).map(Node::text).collect();
        let mut values = literal::template_values(&tokens).into_iter();
        let mut parts = Vec::with_capacity(tokens.len() * 2);
        let mut inside = false;
        for child in self.0.children() {
            if is_text(&child) {
                inside = child.kind() != NodeKind::StrTail;
                let value = values.next().unwrap_or_default();
                if !value.is_empty() {
                    parts.push(StrPart::Text(value));
                }
            } else if inside && child.kind() != NodeKind::Junk {
                inside = false;
                parts.push(StrPart::Expr(Expr::cast(child)));
            }
        }
        parts
    }

    /// The expressions in order.
    pub fn exprs(self) -> impl Iterator<Item = Expr<'t>> {
        views_of(self.0)
    }
}
