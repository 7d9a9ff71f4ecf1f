//! Which variables a rule speaks of.

use super::parse::Expr;

/// Whether a rule asks for what the object was before. Such rules are not applied when an object is created.
pub fn names_old(expr: &Expr) -> bool {
    let mut waiting: Vec<&Expr> = vec![expr];
    while let Some(expr) = waiting.pop() {
        match expr {
            Expr::Constant(_) => {}
            Expr::Name(name) if **name == *"oldSelf" => return true,
            Expr::Name(_) => {}
            Expr::Field { of, .. } | Expr::Has { of, .. } => waiting.push(of),
            Expr::Index { of, index, .. } => waiting.extend([&**of, &**index]),
            Expr::Call { on, arguments, .. } => {
                waiting.extend(on.as_deref());
                waiting.extend(arguments);
            }
            Expr::And(a, b) | Expr::Or(a, b) => waiting.extend([&**a, &**b]),
            Expr::If(parts) => waiting.extend([&parts.0, &parts.1, &parts.2]),
            Expr::Not(of) | Expr::Negative(of) => waiting.push(of),
            Expr::Binary(_, parts) => waiting.extend([&parts.0, &parts.1]),
            Expr::List(items) => waiting.extend(items.iter().map(|(item, _)| item)),
            Expr::Map(entries) => {
                waiting.extend(entries.iter().flat_map(|(key, value, _)| [key, value]));
            }
            Expr::Message { fields, .. } => {
                waiting.extend(fields.iter().map(|(_, value, _)| value))
            }
            Expr::Macro(of) => {
                waiting.extend([&of.of, &of.body]);
                waiting.extend(&of.filter);
            }
        }
    }
    false
}
