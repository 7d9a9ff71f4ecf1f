//! What should have stood where something is missing, and what to do about what should not stand there.

use std::ops::Range;

use super::{elsewhere, habit, word};
use crate::node::NodeKind;
use crate::token::TokenKind;
use crate::tree::Node;

/// What is meant where brackets stand behind a name.
const LIST: &str = "a list is a value: `name = [a, b]`; keys and values stand in braces";

/// A pair of brackets.
pub(super) struct Brackets {
    pub(super) opening: &'static str,
    pub(super) closing: &'static str,
}

/// The brackets of which the closing one is what a [`NodeKind::Missing`] stands for, if it does: it is the last child then, and the first token of the bracketed part is there.
pub(super) fn closing(missing: Node<'_>, parent: Node<'_>) -> Option<Brackets> {
    use NodeKind as N;
    // It is asked of each missing child, so the others are not looked at unless it is the last.
    if missing.id() + missing.size() != parent.id() + parent.size() {
        return None;
    }
    // With fewer children than that, it is the content that is missing.
    let least = match parent.kind() {
        N::Body
        | N::Cases
        | N::Call
        | N::List
        | N::Params
        | N::UseNames
        | N::RecordType
        | N::TypeParams => 0,
        N::Paren | N::Index | N::Computed | N::ParenType | N::ListType | N::TypeArgs => 1,
        N::Comprehension | N::MapType => 2,
        N::Match
            if parent.tree().tokens().kind(opening_index(parent)) == Some(TokenKind::LBrace) =>
        {
            1
        }
        _ => return None,
    };
    let position = parent
        .children()
        .filter(|child| child.kind() != N::Junk)
        .position(|child| child == missing)?;
    if position < least {
        return None;
    }
    Some(match parent.tree().tokens().kind(opening_index(parent)) {
        Some(TokenKind::LBracket) => Brackets { opening: "[", closing: "]" },
        Some(TokenKind::LParen) => Brackets { opening: "(", closing: ")" },
        Some(TokenKind::LBrace) => Brackets { opening: "{", closing: "}" },
        _ => return None,
    })
}

/// The index of the token that opens the brackets of a node.
fn opening_index(node: Node<'_>) -> usize {
    let start = node.token_range().start;
    match node.kind() {
        // `.{` of a `use`.
        NodeKind::UseNames => start + 1,
        NodeKind::Match => {
            node.children().next().map_or(start, |subject| subject.token_range().end)
        }
        _ => start,
    }
}

/// Where the bracket stands that opens a node.
pub(super) fn opening_of(node: Node<'_>) -> Range<usize> {
    node.tree().tokens().span(opening_index(node)).range()
}

/// How files are named.
const FILE: &str = "a file stands in quotes: `overlay \"./base.dep\"`, `use \"./lib/base.dep\" as base`, `import \"./data.yaml\"`";

/// How a choice between two values is written.
pub(super) const CONDITION: &str = "a condition is written `if c then a else b`";

/// What a kind of node requires in a slot, as "expected …" goes on, and what to do.
pub(super) fn required(parent: Node<'_>, slot: usize) -> (&'static str, Option<String>) {
    use NodeKind as N;
    let help = |text: &str| Some(text.to_owned());
    match (parent.kind(), slot) {
        (N::Set, _)
            if parent
                .tree()
                .text()
                .get(parent.range().end..)
                .is_some_and(|rest| rest.trim_start().starts_with("<<")) =>
        {
            ("a value", help(super::LINES))
        }
        (N::Set | N::Append | N::Prepend, _) => ("a value", None),
        (N::Annotation, _) if follows(parent, TokenKind::Assign) => {
            ("a type", help("a value is given with `=` alone"))
        }
        (N::Annotation, _)
            if [TokenKind::External, TokenKind::If, TokenKind::Match, TokenKind::Import]
                .into_iter()
                .any(|kind| follows(parent, kind)) =>
        {
            ("a type", help("a value is given with `=`: `name = …`"))
        }
        (N::Annotation | N::Returns | N::Cast | N::Is, _) => ("a type", None),
        (N::UnionType | N::Refined | N::ListType | N::OptionalType | N::ParenType, _) => {
            ("a type", None)
        }
        (N::TypeArgs, 0) => ("a type", habit::of_array(parent)),
        (N::TypeArgs, _) => ("a type", None),
        (N::MapType, 0) => ("a type or a field", None),
        (N::MapType, _) if follows(parent, TokenKind::Assign) => (
            "`:` and a type",
            help("behind `:` stands a type; a value is given with `=`: `name = Schema { … }`"),
        ),
        (N::MapType, _) => (
            "`:` and a type",
            help("a map type is written `{Key: Value}`, a record type `{ field: Type }`"),
        ),
        (N::FnType, _) => ("`->` and a type", help("a function type is written `fn(A, B) -> C`")),
        (N::Input | N::Let | N::Fn | N::TypeAlias | N::Schema | N::Variant | N::Trait, 0) => {
            ("a name", None)
        }
        (N::Let, _) => ("`=` and a value", help("a local is written `let name = value`")),
        (N::Fn, 1) => {
            ("parameters in parentheses", help("a function is written `fn name(a: T) -> U = e`"))
        }
        (N::Fn, _) => ("`=` and a value", help("a function is written `fn name(a: T) -> U = e`")),
        (N::TypeAlias, _) => ("`=` and a type", help("a type is written `type Name = T`")),
        (N::Schema, _) if follows(parent, TokenKind::Assign) || is_braced_behind_colon(parent) => {
            ("`{` with the fields", help("a schema is written `schema Name { field: Type }`"))
        }
        (N::Schema, _) if follows(parent, TokenKind::Comma) => (
            "`{` with the fields",
            help(
                "a schema extends one other: `schema B extends A { … }`; what is put on several is a trait, `trait T for A { … }`",
            ),
        ),
        (N::Schema, _) => ("`{` with the fields", habit::of_parent(parent)),
        (N::Variant, _) => (
            "`{` with the cases",
            help("a variant is written `variant Name { A, B { field: Type } }`"),
        ),
        (N::Trait, 1) if follows(parent, TokenKind::LParen) => (
            "`for` and the schema that it layers",
            help(
                "a trait has no parameters; what differs is made by a function: `fn name(a: T) -> U = Service { … }`",
            ),
        ),
        (N::Trait, 1) => (
            "`for` and the schema that it layers",
            help("a trait is written `trait Name for Schema { … }`"),
        ),
        (N::Trait, _) => {
            ("`{` with the layer", help("a trait is written `trait Name for Schema { … }`"))
        }
        (N::Extends | N::Target | N::Layered | N::With, _) => ("a name of a schema or trait", None),
        (N::Test, 0) => ("a string that says what is tested", None),
        (N::Snapshot, _) => (
            "a string with the name of the snapshot",
            help("write `snapshot \"name\"`, or `snapshot \"name\" = e`"),
        ),
        (N::Every, 0) => (
            "a string with the id of the rule",
            help("a rule is written `every \"id\" Type as x where e { … }`"),
        ),
        (N::Every, 1) => ("the type of object that the rule is for", None),
        (N::Allow, 0) => ("a string with the id of a rule", None),
        (N::Allow, _) => {
            ("`:` and the reason", help("an exemption is written `allow \"id\": \"reason\"`"))
        }
        (N::Check, 2) => {
            ("`:` and a message", help("a check is written `check condition: \"message\"`"))
        }
        (N::When, 0) => ("a condition", None),
        (N::When, _) if follows(parent, TokenKind::Assign) => {
            ("`{`", help("two values are compared with `==`"))
        }
        (N::When, _) if follows(parent, TokenKind::Colon) => {
            ("`{`", help("what is there on a condition stands in braces: `when c { … }`"))
        }
        (N::For, _) if follows(parent, TokenKind::Colon) => {
            ("`{`", help("what is made in a loop stands in braces: `for k, v in m { … }`"))
        }
        (N::Test | N::Every | N::When | N::For, _) => ("`{`", None),
        (N::Use, _) => ("a module, or a file in quotes", help(FILE)),
        (N::ModulePath, _)
            if follows(parent, TokenKind::Dot) || follows(parent, TokenKind::LeadDot) =>
        {
            ("a name", help("a file stands in quotes: `use \"./lib/base.dep\" as base`"))
        }
        (N::From, _) => ("a package or file in quotes", None),
        (N::Embed, _) if follows(parent, TokenKind::LParen) => {
            ("a file in quotes", help("it stands without parentheses: `embed \"./file.txt\"`"))
        }
        (N::Import, _) if follows(parent, TokenKind::LParen) => {
            ("a file in quotes", help("it stands without parentheses: `import \"./data.yaml\"`"))
        }
        (N::Overlay | N::Import | N::Embed, _) => ("a file in quotes", help(FILE)),
        (N::ModulePath | N::UseName | N::Alias | N::By | N::TypeRef, _) => ("a name", None),
        (N::Removal, _) => ("what to remove", help("write `unset path`")),
        (N::Path | N::Field | N::OptField | N::Lead, _) => ("a name", None),
        (N::Binding, _)
            if follows(parent, TokenKind::Minus) || follows(parent, TokenKind::Times) =>
        {
            (
                "`=`, `{` or `:`",
                help("a key with other characters than letters, digits and `_` stands in quotes"),
            )
        }
        (N::Binding, _)
            if parent.child(N::Path).is_some_and(|path| {
                path.children().count() == 1 && path.child(N::Str).is_some()
            }) =>
        {
            ("`=`, `{` or `:`", help("a value stands behind a name: `name = \"…\"`, on one line"))
        }
        (N::Binding, _) if let Some(habit) = habit::of_word(parent) => {
            ("`=`, `{` or `:`", help(habit))
        }
        (N::Binding, _) if let Some(word) = word::word_meant(parent) => {
            ("`=`, `{` or `:`", Some(format!("did you mean `{word}`?")))
        }
        (N::Binding, _) if let Some(habit) = habit::of_sign(parent) => {
            ("`=`, `{` or `:`", Some(habit))
        }
        (N::Binding, _) => (
            "`=`, `{` or `:`",
            help("a binding is written `name = value`, a block `name { … }`, a field `name: Type`"),
        ),
        (N::ForClause, 0) => ("a name", None),
        (N::ForClause, 1) if parent.children().count() > 2 => ("a name", None),
        (N::ForClause, _) => (
            "`in` and what to run through",
            help("a loop is written `for x in xs` or `for key, value in map`"),
        ),
        (N::Then, 1) => ("`then` and a value", help(CONDITION)),
        (N::Arm, 1) => ("`=>` and a value", help("an arm is written `pattern => value`")),
        (N::Match, _) => ("`{` with the arms", None),
        (N::LetIn, _) => {
            ("`in` and a value", help("a local in an expression is written `let x = a in b`"))
        }
        (N::Index | N::Computed, _) => ("a key", help(LIST)),
        (N::Template, _) => ("an expression in the interpolation", None),
        (N::Negative, _) => ("a number", None),
        (N::Range, _) => ("the end of the range", None),
        (N::External, _) => ("a schema", help("write `external Schema { … }`")),
        (N::Check | N::Assert | N::Fails | N::Where | N::IfClause, _) => ("a condition", None),
        (N::Root, _) if parent.first_token() == Some(TokenKind::LBrace) => {
            ("an item", help(habit::BRACES_AROUND))
        }
        _ => ("an expression", None),
    }
}

/// Whether a schema lacks its braces because a `:` stands before them.
fn is_braced_behind_colon(schema: Node<'_>) -> bool {
    let at = schema.child(NodeKind::Missing).map(|missing| missing.token_range().start);
    follows(schema, TokenKind::Colon)
        && at.and_then(|at| schema.tree().tokens().kind(at + 1)) == Some(TokenKind::LBrace)
}

/// Whether such a token stands where a node lacks something.
fn follows(node: Node<'_>, kind: TokenKind) -> bool {
    let missing = node.child(NodeKind::Missing).map(|missing| missing.token_range().start);
    missing.and_then(|at| node.tree().tokens().kind(at)) == Some(kind)
}

/// Message and help for characters that are no token, by what they stand in.
pub(super) fn foreign(
    text: &str,
    rest: &str,
    within: Option<NodeKind>,
) -> (String, Option<String>) {
    if matches!(text, "}" | "]" | ")") {
        return (
            format!("this `{text}` closes nothing"),
            Some("remove it, or open it before".to_owned()),
        );
    }
    if is_bare(text) {
        return bare(text);
    }
    let help = match text.chars().next() {
        Some(';') if within == Some(NodeKind::Root) => {
            Some("an item ends with its line; the next begins on a line of its own")
        }
        Some(';') if matches!(within, Some(NodeKind::List | NodeKind::Call)) => {
            Some("elements are separated by a comma")
        }
        Some(';') => Some("entries are separated by a line break or a comma"),
        Some('\'') if rest.starts_with("''") => Some(super::LINES),
        Some('\'') => Some("strings stand in double quotes"),
        Some('@') => Some(
            "nothing is marked so: what is to be known of a declaration stands above it in its doc comment, `/// …`",
        ),
        Some('~') if rest.trim_start().starts_with(['/', '"', '#']) => Some(elsewhere::FORM),
        Some('~') => Some("texts are joined by interpolation: `\"web:\\(tag)\"`"),
        Some('^') => Some("there is no sign for powers: write the product, `2 * 2 * 2`"),
        Some('!') if rest.starts_with("--") => Some("comments begin with `//`"),
        Some('!') if rest.starts_with([':', ' ', '\n', ',', '}']) || rest.is_empty() => {
            Some("a field is needed where it has no default: `name: Str`")
        }
        Some('!') => Some("the negation is `not`"),
        Some('#') if habit::is_definition(rest) => {
            Some("a schema is written `schema Name { field: Type }`; comments begin with `//`")
        }
        Some('#') if rest.starts_with(|c: char| c.is_ascii_uppercase()) => {
            Some("a schema is named as it is, `Service { … }`; comments begin with `//`")
        }
        Some('#') => Some("comments begin with `//`"),
        Some('\\') if rest.starts_with(['\n', '\r']) => {
            Some("a line goes on where the next one begins with an operator")
        }
        Some('\\') if rest.starts_with(char::is_alphabetic) => {
            Some("a function without a name is written `x => e`")
        }
        Some('\\') => Some("a key that is computed stands in brackets: `[name] = …`"),
        Some('`') => {
            let help = "strings stand in double quotes, and what is computed in `\\(…)`: `\"web:\\(tag)\"`";
            return ("a backtick is not part of the language".to_owned(), Some(help.to_owned()));
        }
        Some('$') if rest.starts_with('"') => Some(
            "what is computed stands in `\\(…)`: `\"web:\\(tag)\"`, and no sign before the quotes",
        ),
        Some('$') => Some(
            "a name stands as it is, and in a string as `\\(name)`; what is given from outside is declared: `input name: Str`",
        ),
        Some('“' | '”' | '„' | '‘' | '’') => Some("strings stand in plain double quotes"),
        Some('\0') => Some(
            "this is a byte of a file that is no text, or a text in UTF-16: save it as UTF-8, without this byte",
        ),
        Some(first) if first.is_alphabetic() => {
            Some("names have the letters a to z, digits and `_`; any other key stands in quotes")
        }
        _ => None,
    };
    let shown: String = text.chars().take(20).collect();
    let shown: String = shown
        .chars()
        .map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() })
        .collect();
    (format!("`{shown}` is not part of the language"), help.map(str::to_owned))
}

/// Whether what is no token is a text without quotes.
pub(super) fn is_bare(text: &str) -> bool {
    text.len() > 1 && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

fn bare(text: &str) -> (String, Option<String>) {
    let shown = super::quoted(text);
    let help = match shown.trim_matches('`') == text {
        true => format!("a text stands in quotes: `\"{text}\"`"),
        false => "a text stands in quotes: `\"…\"`".to_owned(),
    };
    (format!("{shown} stands without quotes"), Some(help))
}

/// The path of a `use` in which two dots stand for one: `use std..storage.Claim`.
fn path_meant(junk: Node<'_>) -> Option<String> {
    let rest =
        junk.text().strip_prefix("..").filter(|rest| rest.starts_with(char::is_alphabetic))?;
    let before = junk.tree().text().get(..junk.range().start)?.strip_prefix("use ")?;
    let path = format!("{}.{rest}", before.trim());
    (path.len() <= 80 && !path.contains(char::is_whitespace)).then_some(path)
}

/// What to do about tokens that fit nowhere.
pub(super) fn unexpected(junk: Node<'_>, parent: Option<Node<'_>>) -> Option<String> {
    use NodeKind as N;
    let first = junk.first_token();
    let parent = parent.map(Node::kind);
    if let Some(range) = range_meant(junk) {
        return Some(format!("a range is written with two dots: `{range}`"));
    }
    if parent == Some(N::Root)
        && let Some(path) = path_meant(junk)
    {
        return Some(format!("between two names stands one dot: `{path}`"));
    }
    if let Some(help) = elsewhere::of_junk(junk, parent) {
        return Some(help);
    }
    if let Some(help) = of_another_notation(junk.text()) {
        return Some(help);
    }
    if first == Some(TokenKind::Compare) && habit::is_generic(junk) {
        return Some("a list of `T` is written `[T]`, a map `{Str: T}`".to_owned());
    }
    if let Some(help) = habit::of_junk(junk, parent) {
        return Some(help);
    }
    if let Some(help) = habit::of_carriage_return(junk) {
        return Some(help);
    }
    let help = match (parent, first) {
        (Some(N::Root), Some(TokenKind::Comma)) => {
            "an item ends with its line, without a comma; the next begins on a line of its own"
        }
        (Some(N::Root | N::Body), Some(TokenKind::LParen)) => {
            "a call is a value; a binding needs `name = ` before it"
        }
        (Some(N::Index | N::Computed), Some(TokenKind::Assign)) => LIST,
        (Some(N::Match), Some(TokenKind::Else)) => "what is left is taken by `_`: `_ => value`",
        (_, Some(TokenKind::Else)) => "a `when` has no other side: write `when not …`",
        (_, Some(TokenKind::If)) => "a condition is written `if c then a else b`",
        (Some(N::Root), _) if junk.tree().text().starts_with("apiVersion:") => {
            "this reads like YAML: an object is written `app = k8s.Deployment { metadata { name = \"app\" } }`"
        }
        (Some(N::Root), _) => "an item ends with its line; the next begins on a line of its own",
        (Some(N::MapType), _) => "values stand behind `=`: `name { key = value }`",
        (Some(N::ListType), Some(TokenKind::Comma)) if junk.text().starts_with(", \"") => {
            "one of several texts is written `\"a\" | \"b\"`; a list is a value, and given with `=`: `name = [a, b]`"
        }
        (Some(N::ListType), Some(TokenKind::Comma)) => {
            "a list is a value, and given with `=`: `name = [a, b]`"
        }
        (Some(N::List), Some(TokenKind::Assign)) => {
            "elements have no names; a record stands in braces"
        }
        (Some(N::List | N::Call | N::Params | N::TypeParams | N::UseNames), _) => {
            "elements are separated by a comma"
        }
        (Some(N::Cases), Some(TokenKind::Colon)) => {
            "what a case holds stands in braces: `name { value: Type }`"
        }
        (Some(N::Body | N::Cases | N::RecordType | N::Match), _) => {
            "entries are separated by a line break or a comma"
        }
        (Some(N::Paren | N::Index | N::Computed | N::Template), _) => "one expression stands here",
        _ => return None,
    };
    Some(help.to_owned())
}

/// `2..10` for `2:10` and `2...10`.
fn range_meant(junk: Node<'_>) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let before = junk.tree().text().get(..junk.range().start)?;
    let low = before.rsplit(|c: char| !c.is_alphanumeric()).next()?;
    let high = junk.text().strip_prefix(':').or(junk.text().strip_prefix("..."))?;
    let high = high.split_whitespace().next()?;
    let ascends = low.len() < high.len() || low.len() == high.len() && low <= high;
    (is_number(low) && is_number(high) && ascends).then(|| format!("{low}..{high}"))
}

/// What to write for what reads like YAML or like a template of Helm.
fn of_another_notation(junk: &str) -> Option<String> {
    let help = if junk.strip_prefix(':').is_some_and(|rest| !rest.starts_with(char::is_whitespace))
    {
        let number =
            junk.get(1..2).is_some_and(|sign| sign.starts_with(|c: char| c.is_ascii_digit()));
        match number && !junk.contains('.') {
            true => "one value stands here; a text with `:` in it stands in quotes".to_owned(),
            false => "a text with `:` in it stands in quotes: `\"nginx:1.25\"`".to_owned(),
        }
    } else if let Some(entry) = junk.strip_prefix("- ")
        && let Some((key, value)) = entry.split_once([':', '='])
        && key.trim() == "name"
    {
        let name = value.lines().next().unwrap_or_default().trim().trim_matches('"');
        format!(
            "an entry of a keyed list is written by its key: `{name} = \"…\"`, `{name} {{ … }}`"
        )
    } else if let Some(element) = junk.strip_prefix("- ") {
        let element = element.lines().next().unwrap_or_default().trim();
        format!("the elements of a list stand in brackets: `name = [{element}, …]`")
    } else if junk.starts_with("&&") {
        "write `and`".to_owned()
    } else if junk.starts_with("||") {
        "write `or`".to_owned()
    } else if junk.starts_with('?') && junk.contains(':') {
        "a condition is written `if c then a else b`".to_owned()
    } else if junk.starts_with("=>") {
        "a key is given its value with `=`; `=>` stands in lambdas and in the arms of `match`"
            .to_owned()
    } else if junk.trim_start_matches(['{', ' ']).starts_with(".Values") {
        "what is given from outside is declared, and read by its name: `input name: Str`".to_owned()
    } else {
        return None;
    };
    Some(help)
}
