//! What to write for signs and words between values that other languages have: `++`, `elif`, `1...5`, `Int & >= 1`.

use super::Mend;
use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::{Node, Tree};

/// How texts are put together.
const TEXTS: &str = "texts are joined by interpolation: `\"web:\\(tag)\"`";

/// How texts are compared with a form.
pub(super) const FORM: &str =
    "whether a text is of some form is asked by `text.matches(\"[a-z]+\")`";

/// How a function without a name is written.
const LAMBDA: &str = "a function without a name is written `x => e`, `(x, y) => e`, and its parameters have no types";

/// The name of a type right behind a bracket, by the name that it has here: `[]string`.
fn type_behind(tree: Tree<'_>, bracket: usize) -> Option<&str> {
    let (closes, of) = (tree.tokens().span(bracket), tree.tokens().span(bracket + 1));
    let name = tree.text().get(of.range()).filter(|_| closes.end == of.start)?;
    name.starts_with(|c: char| c.is_alphabetic()).then(|| type_here(name))
}

/// The name of a type of another language, as it is here.
pub(super) fn type_here(name: &str) -> &str {
    match name {
        "string" | "str" | "text" => "Str",
        "int" | "integer" | "number" | "int32" | "int64" => "Int",
        "bool" | "boolean" => "Bool",
        "float" | "float64" | "double" => "Float",
        name => name,
    }
}

/// What to write for a comparison that stands alone: `replicas > 0`.
pub(super) fn must_hold(binding: Node<'_>, path: &str, sign: usize) -> Option<String> {
    let tokens = binding.tree().tokens();
    let rest = binding.tree().text().get(tokens.span(sign).start as usize..)?;
    let text = rest.get(..tokens.span(sign).range().len())?;
    let tested = binding.ancestors().iter().any(|above| above.kind() == NodeKind::Test);
    let counts = tokens.kind(sign + 1) == Some(TokenKind::Int);
    let compares = matches!(text, ">" | ">=" | "<=" | "!=") || text == "<" && counts;
    // Elsewhere `==` may be a slip for `=`.
    let compares = compares || text == "==" && tested;
    let rest = rest.split([',', '}', '\n']).next()?;
    let rest = rest.split(" //").next().map(str::trim_end)?;
    let rest = if rest.len() <= 40 { rest.to_owned() } else { format!("{text} …") };
    compares.then(|| match tested {
        true => format!("what must hold is said by `assert {path} {rest}`"),
        false => format!("what must hold is said by `check {path} {rest}: \"message\"`"),
    })
}

/// What to write where something is missing between two tokens that mean something together elsewhere.
pub(super) fn of_missing(tree: Tree<'_>, at: usize) -> Option<String> {
    let word = |index: usize| tree.text().get(tree.tokens().span(index).range());
    let (before, next) = (at.checked_sub(1).and_then(word)?, word(at).unwrap_or_default());
    let first = at == 1 || matches!(tree.tokens().kind(at - 2), Some(TokenKind::Newline));
    Some(match (before, next) {
        ("[", "]") if at < 2 || tree.tokens().kind(at - 2) != Some(TokenKind::Name) => {
            let of = type_behind(tree, at).unwrap_or("T");
            format!("a list of `{of}` is written `[{of}]`")
        }
        ("+", "+") => format!("lists are joined in brackets, `[...a, ...b]`; {TEXTS}"),
        ("+", _) if at > 1 && word(at - 2) == Some("+") => {
            "nothing is changed where it stands: a new value has a name of its own".to_owned()
        }
        ("*", "*") => "there is no sign for powers: write the product, `2 * 2 * 2`".to_owned(),
        ("-", "-") if first => "comments begin with `//`".to_owned(),
        ("is", "not") => {
            "write `x is unset` for `x is not set`, and `not (x is T)` else".to_owned()
        }
        (".", "*") => {
            "names are brought one by one: `use std.workload.{Service, Singleton}`".to_owned()
        }
        ("&" | ":", ">=" | "<=" | ">" | "<") => bounds(tree, at)?,
        ("|", "*") => "a default stands behind `=`: `name: Str = \"a\"`".to_owned(),
        ("|", "|") => "types are joined by one `|`: `\"a\" | \"b\"`".to_owned(),
        (".", digits) if digits.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("a number begins with a digit: `0.{digits}`")
        }
        ("=", _) if is_path(tree, at) => {
            format!("a text stands in quotes: `\"{}\"`", run_from(tree, at))
        }
        (_, "matches" | "like") => FORM.to_owned(),
        ("=", "+") => "a number stands without `+`".to_owned(),
        _ => return None,
    })
}

/// The range that is meant by comparisons which begin at a token: `1..3` for `>= 1 & <= 3`.
fn bounds(tree: Tree<'_>, at: usize) -> Option<String> {
    let tokens = tree.tokens();
    let word = |index: usize| tree.text().get(tokens.span(index).range()).unwrap_or_default();
    let (mut low, mut high) = (String::new(), String::new());
    let mut index = at;
    while tokens.kind(index) == Some(TokenKind::Compare) {
        let number: Option<i64> = word(index + 1).parse().ok();
        let bound = match (word(index), number) {
            (">", Some(number)) => number.checked_add(1)?.to_string(),
            ("<", Some(number)) => number.checked_sub(1)?.to_string(),
            (">=" | "<=", _) => word(index + 1).to_owned(),
            _ => return None,
        };
        match word(index).starts_with('>') {
            true => low = bound,
            false => high = bound,
        }
        index += if word(index + 2) == "&" { 3 } else { 2 };
    }
    Some(match low.is_empty() {
        true => format!("bounds are written as a range, which says where it begins: `0..{high}`"),
        false => format!("bounds are written as a range: `{low}..{high}`"),
    })
}

/// What to write for tokens that fit nowhere, by what stands before them.
pub(super) fn of_junk(junk: Node<'_>, parent: Option<NodeKind>) -> Option<String> {
    let tree = junk.tree();
    let tokens = tree.tokens();
    let at = junk.token_range().start;
    let first = tree.text().get(tokens.span(at).range())?;
    let before = at.checked_sub(1)?;
    let touches = tokens.span(before).end == tokens.span(at).start;
    let before_word = tree.text().get(tokens.span(before).range())?;
    let of_use = tree.root().first_token() == Some(TokenKind::Use);
    let text = tokens.kind(before) == Some(TokenKind::Str);
    let word = |at: usize| tree.text().get(tokens.span(at).range());
    if before_word == "]" && touches && before > 2 && word(before - 3) == Some("map") {
        let key = type_here(word(before - 1)?);
        return Some(format!("a map is written `{{{key}: {}}}`", type_here(first)));
    }
    let named = matches!(tokens.kind(before), Some(TokenKind::Name | TokenKind::Pascal));
    let value = matches!(
        tokens.kind(at),
        Some(TokenKind::Str | TokenKind::StrHead | TokenKind::Int | TokenKind::Float)
    );
    let line = tree.text().get(..junk.range().start)?.rsplit('\n').next()?.trim_start();
    Some(match first {
        _ if line.starts_with("-- ") || line.is_empty() && junk.text().starts_with("-- ") => "comments begin with `//`".to_owned(),
        _ if parent == Some(NodeKind::List) && is_path(tree, at) => {
            format!("a text stands in quotes: `\"{}\"`", run_from(tree, at))
        }
        _ if let Some(help) = [at, at + 1].into_iter().find_map(|at| of_regex(tree, at)) => help,
        "matches" | "like" => FORM.to_owned(),
        _ if of_use && matches!(first, "/" | ":") => {
            "the parts of a module's name are joined by dots: `use std.workload.Service`".to_owned()
        }
        _ if before_word == "when" => {
            "what is there on a condition is given with it: `web = if c then Service { … }`".to_owned()
        }
        "," if line_before(tree, at).contains(" with ") => {
            "traits are joined by `&`: `Service with A & B { … }`".to_owned()
        }
        "&" | "extends" if tokens.kind(before) == Some(TokenKind::Pascal) => {
            "traits are put on by `with`: `Service with A & B { … }`".to_owned()
        }
        _ if text && value && parent != Some(NodeKind::List) => TEXTS.to_owned(),
        _ if before_word == "enum" => {
            "a type of several texts is written `type Name = \"a\" | \"b\"`".to_owned()
        }
        "?" if before > 0
            && tokens.kind(before - 1) == Some(TokenKind::Input)
            && tokens.kind(at + 1) == Some(TokenKind::Colon) =>
        {
            format!("what need not be given has a `?` behind its type: `input {before_word}: T?`")
        }
        ":" if parent == Some(NodeKind::Paren)
            && named
            && before > 0
            && tokens.kind(before - 1) == Some(TokenKind::LParen) =>
        {
            LAMBDA.to_owned()
        }
        ":" if parent == Some(NodeKind::Paren) => "put `)` before `:`, if it is to end there".to_owned(),
        _ if tokens.kind(at) == Some(TokenKind::Pascal)
            && (matches!(before_word, "extern" | "existing" | "ref")
                || is_slip(before_word, "external")) =>
        {
            format!("what is there already is declared by `external {first} {{ … }}`")
        }
        ":" if before > 0 && named && tokens.kind(before - 1) == Some(TokenKind::Assign) && !touches_next(tree, at) => {
            LAMBDA.to_owned()
        }
        ":" if before_word == "]" => "a map is written `{Str: T}`, a list `[T]`".to_owned(),
        "=>" | "->" if before_word == ")" && follows_type(junk) => {
            "a function type is written `fn(A, B) -> C`".to_owned()
        }
        "=>" if before_word == ")" => LAMBDA.to_owned(),
        "=" if before_word == ".." => "a range has both its ends: `2..6` is up to 6".to_owned(),
        "extends" if tokens.kind(at + 1) == Some(TokenKind::Str) => {
            "a file lies on another by its first item: `overlay \"./base.dep\"`".to_owned()
        }
        "then" => super::expect::CONDITION.to_owned(),
        "with" | "extends" if parent == Some(NodeKind::Body) && line.is_empty() => {
            "traits are put on before the braces: `Service with A & B { … }`".to_owned()
        }
        _ if before_word == ")" && ["function", "func", "fun", "lambda"].iter().any(|word| {
            line.contains(&format!("= {word}("))
        }) => {
            LAMBDA.to_owned()
        }
        "where" => {
            "what is left out is said by `if`: `[f(x) for x in xs if c]`".to_owned()
        }
        "," if parent == Some(NodeKind::Paren) => {
            "one expression stands here; the elements of a list stand in brackets: `[a, b]`".to_owned()
        }
        "," if matches!(tokens.kind(before), Some(TokenKind::Int))
            && tokens.kind(at + 1) == Some(TokenKind::Int)
            && tokens.span(at).end == tokens.span(at + 1).start
            && touches =>
        {
            "the digits of a number are grouped by `_`: `1_000`".to_owned()
        }
        ".." if parent == Some(NodeKind::Body) => {
            "the fields of another record are added by `...record`".to_owned()
        }
        "to" | "until" => "a range is written with two dots: `2..10`".to_owned(),
        "elif" | "elsif" | "elseif" | "elsif:" => {
            "a further condition is written `else if c then b`".to_owned()
        }
        "AND" | "And" => "write `and`".to_owned(),
        "OR" | "Or" => "write `or`".to_owned(),
        "xor" | "XOR" => "write `!=`: of two conditions, one holds and not the other".to_owned(),
        "in" | "not" => "whether a list has a value is asked by `xs.contains(x)`".to_owned(),
        "&" | "|" if junk.text().starts_with("&&") || junk.text().starts_with("||") => return None,
        "|" if parent == Some(NodeKind::List) => return None,
        "&" if text => TEXTS.to_owned(),
        "&" if tokens.kind(at + 1) == Some(TokenKind::LBrace) => {
            "a layer is put on by its braces alone: `base { … }`".to_owned()
        }
        "&" => "conditions are joined by `and`; `&` joins types".to_owned(),
        "|" if text => TEXTS.to_owned(),
        "|" => "conditions are joined by `or`, and a function is called: `f(x)`, `x.f()`; `|` joins types"
            .to_owned(),
        "?" if junk.text().starts_with("?:") => {
            "what holds where a value is absent stands behind `??`: `a ?? b`".to_owned()
        }
        ">=" | "<=" | ">" | "<" if follows_type(junk) => {
            format!("{}, behind `&`", bounds(tree, at)?)
        }
        "=" | ":" if parent == Some(NodeKind::Call) => NAMED.to_owned(),
        _ if !touches
            && junk.token_range().len() == 1
            && matches!(tokens.kind(before), Some(TokenKind::Int | TokenKind::Float))
            && matches!(tokens.kind(at), Some(TokenKind::Name | TokenKind::Pascal)) =>
        {
            match unit(first) {
                Some(unit) => format!("a number and its unit stand together: `{before_word}{unit}`"),
                None => format!(
                    "a number and its unit stand together: `{before_word}Mi`, `{before_word}s`"
                ),
            }
        }
        _ if named && touches && value && matches!(before_word, "r" | "R") => {
            "a text in which `\\` is a sign like others is written `#\"…\"#`".to_owned()
        }
        _ if named && touches && value && before_word.len() == 1 => {
            format!("{TEXTS}, and no letter stands before them")
        }
        _ if parent == Some(NodeKind::List)
            && tokens.kind(at + 1) == Some(TokenKind::Name)
            && strsim::osa_distance(first, "for") == 1 =>
        {
            "did you mean `for`?".to_owned()
        }
        _ if value && let Some(word) = ["import", "embed"].iter().find(|word| is_slip(before_word, word)) => {
            format!("did you mean `{word}`?")
        }
        _ if named && value && parent != Some(NodeKind::List) => {
            format!("a function is called with parentheses: `{before_word}({first})`")
        }
        _ if named
            && junk.token_range().len() == 1
            && before > 0
            && tokens.kind(before - 1) == Some(TokenKind::Assign)
            && tokens.kind(at) == Some(TokenKind::Name) =>
        {
            format!("a function is called with parentheses: `{before_word}({first})`")
        }
        _ => return None,
    })
}

/// Whether a word is a slip of the hand for another.
fn is_slip(word: &str, meant: &str) -> bool {
    word.len() <= meant.len() + 2 && strsim::osa_distance(word, meant) == 1
}

/// The unit that is meant by a word behind a number.
fn unit(word: &str) -> Option<&'static str> {
    const UNITS: [&str; 13] =
        ["m", "s", "h", "ms", "k", "Ki", "M", "Mi", "G", "Gi", "T", "Ti", "d"];
    Some(match word {
        "second" | "seconds" | "sec" | "secs" => "s",
        "minute" | "minutes" | "min" | "mins" => "m",
        "hour" | "hours" => "h",
        "MB" => "M",
        "GB" => "G",
        "MiB" => "Mi",
        "GiB" => "Gi",
        word => UNITS.into_iter().find(|unit| *unit == word)?,
    })
}

/// Whether no blank stands behind a token.
fn touches_next(tree: Tree<'_>, at: usize) -> bool {
    tree.tokens().span(at).end == tree.tokens().span(at + 1).start
}

/// What to write for a regular expression where a value stands.
fn of_regex(tree: Tree<'_>, at: usize) -> Option<String> {
    tree.tokens().kind(at).filter(|kind| *kind == TokenKind::Regex)?;
    let text = tree.text().get(tree.tokens().span(at).range())?;
    let inner = text.strip_prefix('/')?.strip_suffix('/').filter(|inner| inner.len() <= 40)?;
    let sign = if inner.contains(['\\', '"']) { "#" } else { "" };
    Some(format!(
        "a regular expression is a text where it is a value: `text.matches({sign}\"{inner}\"{sign})`"
    ))
}

/// Whether `/healthz` or `*.example.com` begins at a token.
fn is_path(tree: Tree<'_>, at: usize) -> bool {
    match tree.tokens().kind(at) {
        Some(TokenKind::Regex) => true,
        Some(TokenKind::Times) => run_from(tree, at).len() > 1,
        _ => false,
    }
}

/// What stands together from a token on, up to a blank or what ends a value.
fn run_from(tree: Tree<'_>, at: usize) -> &str {
    let start = tree.tokens().span(at).start as usize;
    let run = tree.text().get(start..).unwrap_or_default();
    run.split([' ', ',', '\n', '\r', '}', ']', ')', '"']).next().unwrap_or_default()
}

/// What stands before a token on its line.
fn line_before(tree: Tree<'_>, at: usize) -> &str {
    let before = tree.text().get(..tree.tokens().span(at).start as usize).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default()
}

/// For arguments with names.
pub(super) const NAMED: &str =
    "arguments stand in the order of the parameters, without names: `f(1, 2)`";

/// Whether the entry right before tokens ends with its type.
fn follows_type(junk: Node<'_>) -> bool {
    let before = junk.parent().and_then(|parent| {
        parent.children().take_while(|node| node.range().start < junk.range().start).last()
    });
    before.is_some_and(|node| {
        node.children().last().is_some_and(|last| last.kind() == NodeKind::Annotation)
    })
}

/// The same as changes, where nothing else can have been meant.
pub(super) fn mend(junk: Node<'_>, parent: Option<NodeKind>) -> Option<Mend> {
    let tree = junk.tree();
    let tokens = tree.tokens();
    let at = junk.token_range().start;
    let range = tokens.span(at).range();
    let put = |title, text: &str| {
        Some(Mend { title, safe: true, range: range.clone(), text: text.to_owned() })
    };
    match tree.text().get(range.clone())? {
        "elif" | "elsif" | "elseif" => put("write `else if`", "else if"),
        "AND" | "And" => put("write `and`", "and"),
        "OR" | "Or" => put("write `or`", "or"),
        "," if parent == Some(NodeKind::Root) && junk.token_range().len() == 1 => {
            put("leave it out", "")
        }
        "/" | ":" if tree.root().first_token() == Some(TokenKind::Use) => Some(Mend {
            title: "write dots",
            safe: true,
            range: junk.range(),
            text: junk.text().replace("::", ".").replace('/', "."),
        }),
        _ => None,
    }
}
