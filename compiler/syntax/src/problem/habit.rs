//! What to write for what other languages write: words that begin a line there, arrays, definitions, braces around a file.

use std::ops::Range;

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
        "const" | "var" | "val" | "local" | "set" | "auto" | "mut" => {
            "a local is written `let name = value`, a field `name = value`"
        }
        "int" | "string" | "str" | "bool" | "boolean" | "float" | "number" | "Int" | "Str"
        | "Bool" | "Float" | "String" => "a type stands behind the name: `name: Int = 1`",
        "function" | "func" | "def" | "fun" => "a function is written `fn name(a: T) -> U = e`",
        "class" | "interface" | "struct" | "message" => {
            "a schema is written `schema Name { field: Type }`"
        }
        "match" => "a `match` is a value: `x = match y { \"a\" => 1, _ => 2 }`",
        "required" | "optional" | "readonly" | "public" | "private" | "static" => {
            "a field is needed where it has no default: `name: Str`, `size?: Int`, `port: Int = 80`"
        }
        "with" | "mixins" => "traits are put on before the braces: `Service with A & B { … }`",
        "mixin" => "what is put on several records is written `trait Name for Schema { … }`",
        "expect" | "expects" | "should" => {
            "what must hold is said by `assert c: \"message\"` in a test, and by `check` elsewhere"
        }
        "delete" | "remove" | "del" | "drop" => "what is there below is taken back by `unset path`",
        "patch" | "merge" | "modify" | "update" => {
            "what is there below is changed by its path: `site { … }`, `override site.replicas = 3`"
        }
        "enum" => "a type of several texts is written `type Name = \"a\" | \"b\"`",
        "import" | "from" | "include" | "require" | "using" => USE,
        "variable" | "param" | "argument" => {
            "what is given from outside is declared: `input name: Str = \"default\"`"
        }
        "external" => {
            "what is there already is declared by its value: `name = external Schema { … }`"
        }
        "output" => "what others are to read is a field of the file: `name = value`",
        "resource" | "module" | "data" | "component" => {
            "a service is written `web = Service { … }`, any object of Kubernetes `web = k8s.Deployment { … }`"
        }
        _ => return None,
    })
}

/// How names of another file are brought.
const USE: &str = "names are brought by `use`: `use std.workload.Service`, `use \"./lib.dep\" as lib`; a file that changes another begins with `overlay \"./base.dep\"`";

/// What to write for a binding whose name is followed by another sign, or by its value or type alone.
pub(super) fn of_sign(binding: Node<'_>) -> Option<String> {
    let path = binding.child(NodeKind::Path)?.text();
    let at = binding.child(NodeKind::Missing)?.token_range().start;
    let tokens = binding.tree().tokens();
    let sign = binding.tree().text().get(tokens.span(at).range())?;
    let declares = || {
        let above = binding.ancestors();
        above.iter().any(|above| matches!(above.kind(), NodeKind::Schema | NodeKind::RecordType))
    };
    match (sign, tokens.kind(at)?) {
        _ if let Some(help) = super::elsewhere::must_hold(binding, path, at) => Some(help),
        ("=" | "==" | "=>" | "->" | "<-", _) => {
            Some(format!("a value is given with one `=`: `{path} = …`"))
        }
        ("<", _) if tokens.kind(at + 1) == Some(TokenKind::Minus) => {
            Some(format!("a value is given with `=`: `{path} = …`"))
        }
        ("(", _) => Some(format!(
            "fields stand in braces, `{path} {{ … }}`; what is called is a value: `name = f(x)`"
        )),
        (name, _) if let Some(help) = of_header(binding, path, name, at) => Some(help),
        ("<", _) => Some(format!(
            "fields are added in braces: `{path} {{ … }}`, to a list by `{path} += […]`"
        )),
        (
            ty @ ("string" | "str" | "text" | "int" | "integer" | "number" | "bool" | "boolean"
            | "float"),
            _,
        ) if declares() => {
            Some(format!("a type stands behind `:`: `{path}: {}`", super::elsewhere::type_here(ty)))
        }
        (ty, TokenKind::Pascal) if declares() => {
            Some(format!("a type stands behind `:`: `{path}: {ty}`"))
        }
        (value, TokenKind::Str | TokenKind::Int | TokenKind::Bool | TokenKind::Unit)
            if value.len() <= 40 && !value.contains('\n') =>
        {
            Some(format!("a value is given with `=`: `{path} = {value}`"))
        }
        _ => None,
    }
}

/// What to write for what other languages put before braces: `site Service {`, `Service site {`, `service "site" {`.
fn of_header(binding: Node<'_>, path: &str, next: &str, at: usize) -> Option<String> {
    let tokens = binding.tree().tokens();
    if tokens.kind(at + 1) != Some(TokenKind::LBrace) {
        return None;
    }
    let plain = next.trim_matches('"');
    let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let capital = |text: &str| text.starts_with(|c: char| c.is_ascii_uppercase());
    let (name, schema) = match (capital(path), tokens.kind(at)?) {
        (false, TokenKind::Pascal) => (path, next),
        (true, TokenKind::Name | TokenKind::Str) if is_name(plain) => (plain, path),
        (false, TokenKind::Str) if is_name(plain) => (plain, "Service"),
        _ => return None,
    };
    Some(format!("a record is made with `=`: `{name} = {schema} {{ … }}`"))
}

/// What something was meant to be, which nothing in it is read for.
pub(super) struct Meant {
    pub range: Range<usize>,
    pub message: &'static str,
    pub help: String,
}

/// Whether a binding was meant to be something else, so that it binds nothing.
pub fn is_no_binding(binding: Node<'_>) -> bool {
    of_binding(binding).is_some()
}

/// What to write for an entry or a `match` that was meant to be something else.
pub(super) fn meant(node: Node<'_>) -> Option<Meant> {
    match node.kind() {
        NodeKind::Binding => of_binding(node),
        NodeKind::Every => of_every(node),
        NodeKind::For => of_record_to_run_through(node),
        NodeKind::Chain if let Some(meant) = of_chain(node) => Some(meant),
        _ => of_record_as_head(node),
    }
}

/// What to write for an `every` without its id: nothing else of it can be told.
fn of_every(every: Node<'_>) -> Option<Meant> {
    let id = every.children().next().filter(|id| id.kind() == NodeKind::Missing)?;
    Some(Meant {
        range: every.tree().tokens().span(id.token_range().start.checked_sub(1)?).range(),
        message: "expected a string with the id of the rule after `every`",
        help: "a rule is written `every \"id\" Type as x where e { … }`".to_owned(),
    })
}

/// What to write for a record behind the `in` of a `for`, whose brace is taken for that of the body.
fn of_record_to_run_through(entry: Node<'_>) -> Option<Meant> {
    let clause = entry.children_of(NodeKind::ForClause).last()?;
    let missing = clause.children().last().filter(|last| last.kind() == NodeKind::Missing)?;
    let tokens = clause.tree().tokens();
    let at = missing.token_range().start;
    let before = at.checked_sub(1)?;
    (tokens.kind(before) == Some(TokenKind::In)
        && tokens.kind(at) == Some(TokenKind::LBrace))
    .then(|| Meant {
        range: tokens.span(before).range(),
        message: "expected what to run through after `in`, found `{`",
        help: "the first brace begins the body: a record stands in parentheses, `for k, v in ({ … }) { … }`"
            .to_owned(),
    })
}

/// What to write for a word that binds nothing where something else of the language, or of another, is meant by it.
fn of_binding(binding: Node<'_>) -> Option<Meant> {
    let first = || binding.tree().tokens().span(binding.token_range().start).range();
    match binding.child(NodeKind::Path)?.text() {
        "import" => of_import(binding).map(|help| {
            let message = "`import` reads a file of data, and brings no names";
            Meant { range: binding.range(), message, help }
        }),
        "let" | "const" => binding.child(NodeKind::Body).map(|_| Meant {
            range: first(),
            message: "expected a name, found `{`",
            help: "names are given one by one: `let a = record.a`".to_owned(),
        }),
        word @ ("check" | "warn" | "note" | "assert") => of_condition(binding).map(|colon| Meant {
            range: colon,
            message: "expected a condition before the `:`",
            help: format!("a condition stands first: `{word} condition: \"message\"`"),
        }),
        name if let Some(schema) = super::signs::schema_of_trait(binding) => Some(Meant {
            range: first(),
            message: "expected `trait` before the name",
            help: format!("a trait is written `trait {name} for {schema} {{ … }}`"),
        }),
        "test" => is_test_without_title(binding).then(|| Meant {
            range: first(),
            message: "expected a string that says what is tested after `test`",
            help: "a test is written `test \"title\" { … }`".to_owned(),
        }),
        _ => of_list(binding),
    }
}

/// What to write for traits in parentheses, `with (A & B)`, and for a function in braces, `xs.map { x => x + 1 }`.
fn of_chain(chain: Node<'_>) -> Option<Meant> {
    let tokens = chain.tree().tokens();
    let mut before: Option<Node<'_>> = None;
    for part in chain.children() {
        let Some(last) = before.replace(part) else { continue };
        let lacks = || last.child(NodeKind::Missing).is_some();
        if last.kind() == NodeKind::With && part.kind() == NodeKind::Index && lacks() {
            let inner = part.text().strip_prefix('[')?.strip_suffix(']')?.trim();
            let inner =
                if inner.len() <= 40 { inner.replace(',', " &") } else { "A & B".to_owned() };
            return Some(Meant {
                range: part.range(),
                message: "traits stand behind `with` without brackets",
                help: format!("write `with {inner}`"),
            });
        }
        if last.kind() == NodeKind::With && part.kind() == NodeKind::Call && lacks() {
            let inner = part.text().strip_prefix('(')?.strip_suffix(')')?.trim();
            let inner = if inner.len() <= 40 { inner } else { "A & B" };
            return Some(Meant {
                range: part.range(),
                message: "traits stand behind `with` without parentheses",
                help: format!("write `with {inner}`"),
            });
        }
        if last.kind() != NodeKind::Field || part.kind() != NodeKind::Amend {
            continue;
        }
        let Some(body) = part.child(NodeKind::Body) else { continue };
        let mut entries = body.children();
        let first = entries.next().filter(|first| first.kind() == NodeKind::Binding);
        let junk = entries.next().filter(|junk| junk.kind() == NodeKind::Junk);
        let (Some(first), Some(junk)) = (first, junk) else { continue };
        let arrow = matches!(junk.first_token(), Some(TokenKind::FatArrow | TokenKind::ThinArrow));
        if first.child(NodeKind::Missing).is_some() && (arrow || first.text() == "it") {
            let inner = body.text().trim_start_matches('{').trim_end_matches('}').trim();
            let lambda = match arrow {
                true if inner.len() <= 40 => inner.replacen("->", "=>", 1),
                false if inner.len() <= 40 => format!("it => {inner}"),
                _ => "x => e".to_owned(),
            };
            let name = last.children().next()?;
            return Some(Meant {
                range: tokens.span(name.token_range().start).range(),
                message: "a function is called with parentheses",
                help: format!("write `{}({lambda})`", name.text()),
            });
        }
    }
    None
}

/// What to write for a `match` behind which a record is, with what follows it: its brace is taken for that of the arms.
fn of_record_as_head(node: Node<'_>) -> Option<Meant> {
    let first = match node.kind() {
        NodeKind::Chain => node.children().next()?,
        _ => node,
    };
    let head = first.children().next().filter(|_| first.kind() == NodeKind::Match)?;
    let tokens = node.tree().tokens();
    let brace = tokens.kind(head.token_range().start) == Some(TokenKind::LBrace);
    (brace && head.kind() == NodeKind::Missing).then(|| Meant {
        range: tokens.span(first.token_range().start).range(),
        message: "expected a value after `match`, found `{`",
        help:
            "the first brace begins the arms: a record stands in parentheses, `match ({ … }) { … }`"
                .to_owned(),
    })
}

/// Where the `:` of `check: n < 3` stands, if a binding is that: a type is not followed by an operator.
fn of_condition(binding: Node<'_>) -> Option<Range<usize>> {
    let annotation = binding.child(NodeKind::Annotation)?;
    let tokens = binding.tree().tokens();
    let operator = matches!(
        tokens.kind(binding.token_range().end)?,
        TokenKind::Compare
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Times
            | TokenKind::Is
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Dot
            | TokenKind::LParen
    );
    operator.then(|| tokens.span(annotation.token_range().start).range())
}

/// What to write for `import { a } from "…"`, if a binding of that name is that.
fn of_import(binding: Node<'_>) -> Option<String> {
    let body = binding.child(NodeKind::Body)?;
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
        NodeKind::Assert => "what must hold of a program is said by `check c: \"message\"`",
        _ => return None,
    };
    Some(help.to_owned())
}

/// What to write for tokens that fit nowhere, by what stands before them.
pub(super) fn of_junk(junk: Node<'_>, parent: Option<NodeKind>) -> Option<String> {
    let tokens = junk.tree().tokens();
    let at = junk.token_range().start;
    let before = at.checked_sub(1);
    let word = before.and_then(|before| junk.tree().text().get(tokens.span(before).range()));
    if matches!(word, Some("switch" | "case")) {
        return Some(
            "of several cases one is chosen by a value: `match mode { a => 1, _ => 2 }`".to_owned(),
        );
    }
    if matches!(word, Some("lambda")) || junk.text().starts_with("->") {
        return Some("a function without a name is written `x => e`, `(x, y) => e`".to_owned());
    }
    if word == Some("new") {
        return Some("a record is made with its braces alone: `web = Service { … }`".to_owned());
    }
    if parent == Some(NodeKind::List) && (junk.text().contains("<-") || starts_with_for(junk)) {
        return Some("a list is made of another by `[f(x) for x in xs if c]`".to_owned());
    }
    if junk.text().starts_with("default ") {
        return Some("a default stands behind `=`: `port: Int = 80`".to_owned());
    }
    if is_compared(junk) {
        return Some("two values are compared with `==`".to_owned());
    }
    let begins = before.and_then(|before| tokens.kind(before)).is_some_and(|kind| {
        matches!(kind, TokenKind::LBrace | TokenKind::Comma | TokenKind::Newline)
    });
    let value = tokens.kind(at).is_some_and(|kind| {
        matches!(kind, TokenKind::Int | TokenKind::Float | TokenKind::Unit | TokenKind::Bool)
    });
    (begins && value && parent == Some(NodeKind::Body)).then(|| {
        let shown = junk.tree().text().get(tokens.span(at).range()).unwrap_or_default();
        let text = junk.tree().text().get(tokens.span(at + 2).range()).unwrap_or_default();
        let name = text.trim_matches('"');
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        match tokens.kind(at + 1) {
            Some(TokenKind::Assign | TokenKind::Colon)
                if tokens.kind(at) == Some(TokenKind::Int) && text.starts_with('"') && plain =>
            {
                return format!("the name stands before the value: `{name} = {shown}`");
            }
            Some(TokenKind::Assign | TokenKind::LBrace | TokenKind::Colon) => {
                return format!("a key that is no name stands in quotes: `\"{shown}\"`");
            }
            _ => {}
        }
        format!("an entry has a name: `name = {shown}`; a list stands in brackets: `[{shown}]`")
    })
}

fn starts_with_for(junk: Node<'_>) -> bool {
    junk.first_token() == Some(TokenKind::For)
}

/// What to do where lines end with a carriage return alone, so that all of them are one.
pub(super) fn of_carriage_return(junk: Node<'_>) -> Option<String> {
    let before = junk.tree().text().get(..junk.range().start)?;
    let gap = before.trim_end().len();
    let alone = before.get(gap..)?.contains('\r') && !before.get(gap..)?.contains('\n');
    alone.then(|| {
        "here a line ends with a carriage return alone, which is no line break: save the file with `\\n` or `\\r\\n` at the end of lines".to_owned()
    })
}

/// Whether tokens are `= value` behind the condition of an `assert` or a `fails`.
pub(super) fn is_compared(junk: Node<'_>) -> bool {
    let before = |junk: Node<'_>| {
        junk.previous()
            .is_some_and(|node| matches!(node.kind(), NodeKind::Assert | NodeKind::Check))
    };
    junk.first_token() == Some(TokenKind::Assign) && before(junk)
}

/// What to write for a parent that is not named by `extends`.
pub(super) fn of_parent(schema: Node<'_>) -> Option<String> {
    let missing = schema.child(NodeKind::Missing)?;
    let at = missing.token_range().start;
    let text = schema.tree().text().get(schema.tree().tokens().span(at).range())?;
    let slip = strsim::osa_distance(text, "extends") <= 2;
    let habit = matches!(text, "inherits" | "from" | "of" | ":" | "<" | "(" | "&" | "is");
    (slip || habit).then(
        || {
            "a schema that has all of another and more is written `schema B extends A { … }`, a layer on it `trait B for A { … }`"
                .to_owned()
        },
    )
}

/// What to write for `args ["--a"]`, if a binding is that: brackets right behind a name are those of a key.
fn of_list(binding: Node<'_>) -> Option<Meant> {
    binding.child(NodeKind::Missing)?;
    let path = binding.child(NodeKind::Path)?;
    let list = path.children().last().filter(|last| last.kind() == NodeKind::Computed)?;
    let names = |junk: Node<'_>| junk.first_token() == Some(TokenKind::Assign);
    if list.child(NodeKind::Missing).is_some() || list.child(NodeKind::Junk).is_some_and(names) {
        return None;
    }
    let name = path.text().get(..list.range().start - path.range().start)?;
    if name.is_empty() || !name.ends_with([' ', '\t']) {
        return None;
    }
    let (name, list) = (name.trim_end(), list);
    let shown = if list.text().len() <= 40 { list.text() } else { "[a, b]" };
    let inner = shown.trim_start_matches('[').trim_end_matches(']').trim();
    let help = match inner.starts_with('{') && inner.ends_with('}') {
        true => format!(
            "entries stand in braces, `{name} {inner}`; a list is a value: `{name} = [a, b]`"
        ),
        false => format!("a list is a value: `{name} = {shown}`"),
    };
    Some(Meant { range: list.range(), message: "expected `=` before a list", help })
}

/// Whether a binding is `test { … }`.
fn is_test_without_title(binding: Node<'_>) -> bool {
    binding.parent().is_some_and(|above| above.kind() == NodeKind::Root)
        && binding.child(NodeKind::Body).is_some_and(|body| {
            body.children().any(|entry| {
                matches!(entry.kind(), NodeKind::Assert | NodeKind::Fails | NodeKind::Snapshot)
            })
        })
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
    let named = |text: &str| text.trim_start().starts_with(|c: char| c.is_alphabetic());
    junk.text().strip_prefix('<').is_some_and(named)
        && matches!(before, Some(TokenKind::Name | TokenKind::Pascal))
}

/// Whether `#` begins the name of a definition, as in CUE, and no comment.
pub(super) fn is_definition(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default();
    let name = line.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    name.len() < line.len() && name.trim_start().starts_with([':', '{'])
}
