//! Types that nothing is called by: what other languages call so, and which names can have been meant.

use syntax::{Node, NodeKind};

use super::{PRIMITIVES, TypeReader, minor_of};
use crate::db::ItemKind;
use crate::in_scope::{names_of_everybody, names_of_files_near};
use crate::nameless::file_without_name;
use crate::offered::{with_elsewhere, with_nearly_elsewhere};
use crate::problem::Problem;
use crate::resolve::{Target, resolve};
use crate::show::nearest;
use crate::workspace::declaring;

/// The names that other languages have for types, with those here.
const ELSEWHERE: [(&str, &[&str]); 7] = [
    ("Int", &["int", "integer", "Integer", "number", "Number", "int32", "int64"]),
    ("Str", &["string", "String", "str", "text", "Text"]),
    ("Bool", &["bool", "boolean", "Boolean"]),
    ("Float", &["float", "double", "Double"]),
    ("[T]", &["List", "list", "Array", "array"]),
    ("{K: V}", &["Map", "map", "Dict", "dict", "object", "Object"]),
    ("T?", &["Optional", "Option"]),
];

/// What a type is called here that other languages call so.
pub(super) fn of_another_language(name: &str) -> Option<String> {
    let (here, _) = ELSEWHERE.iter().find(|(_, names)| names.contains(&name))?;
    Some(format!("write `{here}`"))
}

impl TypeReader<'_> {
    /// The problem of a name that no type has.
    pub(super) fn unknown_type(&self, node: Node<'_>) -> Problem {
        let (db, module, name) = (self.db, self.module(), node.text());
        let around = node.ancestors().into_iter().find(|node| node.kind() != NodeKind::TypeRef);
        let around = around.map(Node::kind);
        if let Some(problem) = file_without_name(db, module, name, self.place(node)) {
            return problem;
        }
        let message = format!("no type, schema or trait is called `{name}`");
        let mut problem = Problem::error(103, self.place(node), message);
        let near = names_of_files_near(db, module, name).into_iter();
        let scope = near.chain(names_of_everybody(db));
        let named = |name: &str| match resolve(db, module, name) {
            Some(Target::Item(item)) => Some(item.kind(db)),
            _ => None,
        };
        let whole = node.parent().filter(|whole| whole.kind() == NodeKind::TypeRef);
        if whole.is_some_and(|whole| whole.children_of(NodeKind::Name).nth(1).is_some()) {
            // Types that stand behind a dot are those of a module.
            problem.message = format!("nothing here is called `{name}`");
            let is_module = |name: &str| {
                use Target::{Definitions, Kubernetes, Module};
                matches!(resolve(db, module, name), Some(Module(_) | Definitions(_) | Kubernetes))
            };
            return problem.meant_that(name, scope, is_module);
        }
        if matches!(around, Some(NodeKind::With | NodeKind::Layered)) {
            problem.message = format!("no trait is called `{name}`");
            let problem =
                problem.meant_that(name, scope, |name| named(name) == Some(ItemKind::Trait));
            return match problem.help {
                Some(_) => problem,
                None if declaring(name).is_some() => {
                    with_elsewhere(db, module, name, minor_of(db), problem)
                }
                None if name.starts_with(|c: char| c.is_ascii_lowercase()) => {
                    problem.help("a layer is put on by its braces alone: `web { env { … } }`")
                }
                None => problem
                    .help(format!("a trait is declared by `trait {name} for Schema {{ … }}`")),
            };
        }
        if around == Some(NodeKind::Extends) {
            problem.message = format!("no schema is called `{name}`");
            let problem = with_elsewhere(db, module, name, minor_of(db), problem);
            return match problem.help {
                Some(_) => problem,
                None => {
                    problem.meant_that(name, scope, |name| named(name) == Some(ItemKind::Schema))
                }
            };
        }
        problem.help = of_another_language(name);
        if around != Some(NodeKind::Is) && crate::elaborate::unknown::is_nothing(name) {
            return problem.help("what may be absent has a `?` behind its type: `Str?`");
        }
        if around == Some(NodeKind::Is) && crate::elaborate::unknown::is_nothing(name) {
            let text = "unset".to_owned();
            return problem
                .help("whether a value is there is asked by `is unset` and `is set`")
                .fix("write `unset`", self.place(node), text);
        }
        if around == Some(NodeKind::Is) && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            problem = problem.meant(&name.to_ascii_lowercase(), ["set", "unset"]);
        }
        if problem.help.is_none() {
            problem = with_elsewhere(db, module, name, minor_of(db), problem);
        }
        if problem.help.is_none() {
            let capital = |name: &&str| name.starts_with(|c: char| c.is_ascii_uppercase());
            let types = PRIMITIVES.iter().map(|(name, _)| *name);
            problem = problem.meant(name, scope.filter(capital).chain(types));
        }
        if problem.help.is_none() {
            let names = ELSEWHERE.iter().flat_map(|(_, names)| names.iter().copied());
            problem.help = nearest(name, names).and_then(of_another_language);
        }
        if problem.help.is_none() {
            problem = with_nearly_elsewhere(db, module, name, problem);
        }
        if problem.help.is_none()
            && around == Some(NodeKind::UnionType)
            && name.starts_with(|c: char| c.is_ascii_lowercase())
        {
            problem.help = Some(format!("a text stands in quotes: `\"{name}\"`"));
        }
        problem.help = problem.help.or_else(|| value_meant(node));
        problem
    }
}

/// What to do where a value seems to be meant: `name: app` in place of `name = app`.
fn value_meant(node: Node<'_>) -> Option<String> {
    let above = node.ancestors();
    if above.iter().any(|node| node.kind() == NodeKind::Arm) {
        return Some(format!("a text stands in quotes: `\"{}\"`", node.text()));
    }
    if above
        .iter()
        .any(|node| matches!(node.kind(), NodeKind::Schema | NodeKind::Variant | NodeKind::Fn))
    {
        return None;
    }
    let at = above.iter().position(|node| node.kind() == NodeKind::Annotation)?;
    let binding = above
        .get(at + 1)
        .filter(|node| node.kind() == NodeKind::Binding && node.child(NodeKind::Set).is_none())?;
    let path = binding.child(NodeKind::Path)?.text();
    let small = node.text().starts_with(|c: char| c.is_ascii_lowercase());
    Some(match small && node.text().len() <= 40 {
        true => format!(
            "a value is given with `=`, and a text in quotes: `{path} = \"{}\"`",
            node.text()
        ),
        false => format!("a value is given with `=`: `{path} = …`"),
    })
}
