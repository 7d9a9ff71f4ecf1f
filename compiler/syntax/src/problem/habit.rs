//! What to write for what other languages write: words that begin a line there, arrays, definitions, braces around a file.

use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::Node;

/// For a file that begins with a brace.
pub(super) const BRACES_AROUND: &str = "a file is a row of items without braces around them: `name = value`; data is read from its own file: `import \"values.json\"`";

/// What to write for a line that begins with a word that begins one elsewhere, and is no binding.
pub(super) fn of_word(binding: Node<'_>) -> Option<&'static str> {
    let path = binding.child(NodeKind::Path)?.text();
    Some(match path {
        "if" => "fields that are there on a condition stand in `when c { … }`",
        "switch" | "case" => {
            "of several cases one is chosen by a value: `x = match y { \"a\" => 1, _ => 2 }`"
        }
        "foreach" | "while" | "loop" => {
            "fields that are made of others stand in `for key, value in map { … }`"
        }
        "const" | "var" | "val" | "local" => {
            "a local is written `let name = value`, a field `name = value`"
        }
        "function" | "func" | "def" | "fun" => "a function is written `fn name(a: T) -> U = e`",
        "class" | "interface" | "struct" | "message" => {
            "a schema is written `schema Name { field: Type }`"
        }
        "enum" => "a type of several texts is written `type Name = \"a\" | \"b\"`",
        "import" | "from" | "include" | "require" | "using" => USE,
        "variable" | "param" | "argument" => {
            "what is given from outside is declared: `input name: Str = \"default\"`"
        }
        "output" => "what others are to read is a field of the file: `name = value`",
        "resource" | "module" | "data" | "component" => {
            "a service is written `web = Service { … }`, any object of Kubernetes `web = k8s.Deployment { … }`"
        }
        _ => return None,
    })
}

/// How names of another file are brought.
const USE: &str =
    "names are brought by `use`: `use std.workload.Service`, `use \"./lib.dep\" as lib`";

/// What to write for `import { a } from "…"`, if a binding is that.
pub(super) fn of_import(binding: Node<'_>) -> Option<String> {
    let path = binding.child(NodeKind::Path)?;
    let body = binding.child(NodeKind::Body).filter(|_| path.text() == "import")?;
    let line = body.tree().text().get(body.range().end..)?.lines().next()?;
    let from = line.trim_start().strip_prefix("from")?.trim().trim_matches(['"', '\'', ';']);
    let names: Vec<&str> = body
        .text()
        .trim_matches(['{', '}'])
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let names = names.join(", ");
    Some(match from.strip_prefix("std/") {
        Some(module) => format!("write `use std.{}.{{{names}}}`", module.replace('/', ".")),
        None => format!(
            "names are brought by `use`: `use std.workload.{{{names}}}`, `use \"./lib.dep\" as lib`"
        ),
    })
}

/// What to write for what adds fields to a record, where it stands in the file itself: items are known by their names,
/// so that nothing is to be evaluated to find them.
pub(super) fn of_loose_entry(kind: NodeKind) -> Option<String> {
    let help = match kind {
        NodeKind::When => {
            "what is there on a condition is given with it: `web = if c then Service { … }`"
        }
        NodeKind::For => {
            "give what is made a name: `services = { [n] = Service { … } for n in names }`"
        }
        NodeKind::Spread => "give it a name: `name = { ...m }`",
        _ => return None,
    };
    Some(help.to_owned())
}

/// What to write for `T[]`.
pub(super) fn of_array(arguments: Node<'_>) -> Option<String> {
    let of = arguments.parent()?;
    let whole = of.text();
    let name = whole.get(..arguments.range().start.checked_sub(of.range().start)?)?.trim();
    Some(format!("a list of `{name}` is written `[{name}]`"))
}

/// Whether a sign that fits nowhere begins `<T>` behind the name of a type.
pub(super) fn is_generic(junk: Node<'_>) -> bool {
    let tokens = junk.tree().tokens();
    let before = junk.token_range().start.checked_sub(1).and_then(|at| tokens.kind(at));
    junk.text().starts_with('<') && matches!(before, Some(TokenKind::Name | TokenKind::Pascal))
}

/// Whether `#` begins the name of a definition, as in CUE, and no comment.
pub(super) fn is_definition(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default();
    let name = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    name.len() < line.len() && name.trim_start().starts_with([':', '{'])
}
