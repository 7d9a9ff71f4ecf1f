//! Several values where one stands, `args = "a", "b"`: what is meant depends on the type of what they are given to.

use syntax::problem::{Mend, Problem};
use syntax::{Node, NodeKind};

use crate::elaborate::Meaning;
use crate::fits::base;
use crate::show::values;
use crate::ty::{Literal, Ty};

/// What to do about a row of values that begins with a node, and the change of the text that does it.
pub fn advice(
    meaning: &Meaning,
    first: Node<'_>,
    found: &Problem,
) -> Option<(String, Option<Mend>)> {
    let ty = meaning.wanted.get(&first.id())?;
    let ancestors = first.ancestors();
    let binding = ancestors.get(1)?;
    let name = binding.child(NodeKind::Path).or(binding.child(NodeKind::Name))?.text();
    let row = first.tree().text().get(found.range.clone())?;
    let is_short = row.len() <= 60 && name.len() <= 30 && !row.contains('\n');
    let mend = |title: &'static str, text: String| {
        Some(Mend { title, safe: true, range: found.range.clone(), text })
    };
    Some(match base(ty) {
        Ty::List(_) => {
            let list = format!("[{row}]");
            let shown = if is_short { &list } else { "[…]" };
            let help = format!("several values stand in brackets: `{name} = {shown}`");
            (help, mend("put them in brackets", list))
        }
        Ty::Range(_) if is_short => match row.split(", ").collect::<Vec<_>>().as_slice() {
            [low, high] => {
                let range = format!("{low}..{high}");
                let help = format!("a range is written with two dots: `{name} = {range}`");
                (help, mend("write a range", range))
            }
            _ => ("a range is two values with two dots between them: `2..10`".to_owned(), None),
        },
        Ty::Keyed(_) | Ty::Map(_) => (
            format!("entries stand in braces, each with its key: `{name} {{ a = …, b = … }}`"),
            None,
        ),
        Ty::Record(_) | Ty::Schema(_) | Ty::Kube(_) => {
            (format!("its fields stand in braces: `{name} {{ … }}`"), None)
        }
        Ty::Str if is_short && row.starts_with('"') => {
            let joined = row.replace("\", \"", ", ");
            (
                format!("one text stands here; a list in it is a part of it: `{name} = {joined}`"),
                None,
            )
        }
        Ty::Str => ("one text stands here".to_owned(), None),
        Ty::Bool => ("one of `true` and `false` stands here".to_owned(), None),
        Ty::Int | Ty::Float => ("one number stands here".to_owned(), None),
        Ty::Quantity | Ty::Duration | Ty::Percent => {
            ("one number with its unit stands here".to_owned(), None)
        }
        Ty::Union(members) => (format!("one of {} stands here", literals(members)?), None),
        _ => return None,
    })
}

/// The members of a union, if each is one value.
fn literals(members: &[Ty]) -> Option<String> {
    let text = |ty: &Ty| match ty {
        Ty::Literal(Literal::Str(text)) => Some(format!("{text:?}")),
        Ty::Literal(Literal::Int(number)) => Some(number.to_string()),
        Ty::Literal(Literal::Bool(value)) => Some(value.to_string()),
        _ => None,
    };
    Some(values(&members.iter().map(text).collect::<Option<Vec<_>>>()?, None))
}
