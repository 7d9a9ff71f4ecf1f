//! What trees look like, what mistakes are reported, and what literals mean, by small examples.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use syntax::ast::{
    self, Element, Entry, Expr, IsWhat, Key, Modifier, Operation, StrPart, Suffix, TypeExpr, View,
};
use syntax::literal::{self, NumberFault};
use syntax::{NodeKind, Parsed, TokenKind};

/// A tree in one line: kinds with their children in parentheses, leaves by their text.
fn brief(node: syntax::Node<'_>) -> String {
    let children: Vec<String> = node.children().map(brief).collect();
    match node.kind() {
        NodeKind::Missing => "∅".to_owned(),
        NodeKind::Root => children.join(" "),
        _ if children.is_empty() && node.token_range().len() <= 1 => node.text().to_owned(),
        kind => format!("{kind:?}({})", children.join(" ")),
    }
}

#[track_caller]
fn value_is(text: &str, expected: &str) {
    let parsed = Parsed::new(format!("x = {text}"));
    let set = parsed.tree().entry().child(NodeKind::Set).expect("a value");
    let found: Vec<String> = set.children().map(brief).collect();
    assert_eq!(found.join(" "), expected, "{text}");
    assert!(syntax::problems(parsed.tree()).is_empty(), "{:?}", syntax::problems(parsed.tree()));
}

#[track_caller]
fn type_is(text: &str, expected: &str) {
    let parsed = Parsed::new(format!("type X = {text}"));
    let found: Vec<String> = parsed.tree().entry().children().skip(1).map(brief).collect();
    assert_eq!(found.join(" "), expected, "{text}");
    assert!(syntax::problems(parsed.tree()).is_empty(), "{:?}", syntax::problems(parsed.tree()));
}

#[test]
fn precedence() {
    value_is("1 + 2 * 3 - 4", "Binary(1 + Binary(2 * 3) - 4)");
    value_is("not a and b or c == d", "Binary(Binary(Unary(not a) and b) or Binary(c == d))");
    value_is("not a == b", "Unary(not Binary(a == b))");
    value_is("a == not b", "Binary(a == Unary(not b))");
    value_is("- -a * b", "Binary(Unary(- - a) * b)");
    value_is("a ?? b ?? c == d", "Binary(Binary(a ?? b ?? c) == d)");
    value_is("a + 1..b - 1", "Range(Binary(a + 1) .. Binary(b - 1))");
    value_is("1..", "Range(1 ..)");
    value_is("..5", "Range(.. 5)");
    value_is("-1..-2", "Range(Unary(- 1) .. Unary(- 2))");
    value_is("a is set and b is T or c", "Binary(Binary(Is(a set) and Is(b TypeRef(T))) or c)");
    value_is("x => y => x + y", "Lambda(x Lambda(y Binary(x + y)))");
    value_is("(a, b) => a", "Lambda(a b a)");
    value_is("(a)", "Paren(a)");
    value_is("a as Int? ?? 3", "Binary(Chain(a Cast(OptionalType(TypeRef(Int)))) ?? 3)");
    value_is("if a then b else if c then d else e", "If(Then(a b) Then(c d) Else(e))");
    value_is("let a = 1 in let b = a in b", "LetIn(Let(a Set(1)) Let(b Set(a)) b)");
}

#[test]
fn suffixes() {
    value_is("a.b?.c(d)[e].\"f\"", "Chain(a Field(b) OptField(c) Call(d) Index(e) Field(\"f\"))");
    value_is(
        "S with A & b.C { x = 1 }",
        "Chain(S With(TypeRef(A) TypeRef(b C) Body(Binding(Path(x) Set(1)))))",
    );
    value_is("external S { a = 1 }", "External(Chain(S Amend(Body(Binding(Path(a) Set(1))))))");
    value_is("import \"f\" as [T]", "Chain(Import(\"f\") Cast(ListType(TypeRef(T))))");
    value_is("f(.a, ...b)", "Chain(f Call(Lead(a) Spread(b)))");
    value_is("a.default.if", "Chain(a Field(default) Field(if))");
}

#[test]
fn layout_joins_and_separates() {
    value_is("a\n  + b\n  .c", "Binary(a + Chain(b Field(c)))");
    value_is(
        "[\n  a\n  -1\n  .b\n  + c\n  ..5\n]",
        "List(a Unary(- 1) Binary(Lead(b) + c) Range(.. 5))",
    );
    value_is("f(\n  a\n  - b,\n  c\n)", "Chain(f Call(Binary(a - b) c))");
    value_is("[x\n  for x in xs\n  if x]", "Comprehension(x ForClause(x xs) IfClause(x))");
    value_is(
        "{\n  a = b\n  as = c\n  with { }\n}",
        "Body(Binding(Path(a) Set(b)) Binding(Path(as) Set(c)) Binding(Path(with) Body()))",
    );
    // Brackets at the start of a line never go on with what stands above: where nothing can begin with them, that is told, and they are read as they were meant.
    let text = "a = f\n(b)\n[c] = 2\n+ 3\nd = S\n{ }";
    let cuts = syntax::cut(text);
    assert_eq!(cuts.items.len(), 3, "{cuts:?}");
    let told = |item: &syntax::Span| {
        let parsed = Parsed::new(&text[item.range()]);
        syntax::problems(parsed.tree()).len()
    };
    assert_eq!(cuts.items.iter().map(told).collect::<Vec<_>>(), [1, 0, 1]);
    value_is(
        "{ [k] = v\n  for k, v in m\n  if v }",
        "Body(Binding(Path(Computed(k)) Set(v) ForClause(k v m) IfClause(v)))",
    );
    value_is(
        "{ [k] = v\n  for k in m { a = k } }",
        "Body(Binding(Path(Computed(k)) Set(v)) For(ForClause(k m) Body(Binding(Path(a) Set(k)))))",
    );
}

#[test]
fn types() {
    type_is("Int & 1.. | \"a\"", "UnionType(Refined(TypeRef(Int) Range(1 ..)) \"a\")");
    type_is(
        "Str & len(1..63) & /[a/]+\\//",
        "Refined(TypeRef(Str) TypeCall(len TypeParams(Range(1 .. 63))) /[a/]+\\//)",
    );
    type_is("[A by b, c]?", "OptionalType(ListType(TypeRef(A) By(b c)))");
    type_is("Int & 1..2?", "OptionalType(Refined(TypeRef(Int) Range(1 .. 2)))");
    type_is(
        "Int? & 1..2 | A? | B & C?",
        "UnionType(Refined(OptionalType(TypeRef(Int)) Range(1 .. 2)) OptionalType(TypeRef(A)) OptionalType(Refined(TypeRef(B) TypeRef(C))))",
    );
    type_is("{Str: Int?}", "MapType(TypeRef(Str) OptionalType(TypeRef(Int)))");
    type_is("{ a: Int, b? }", "RecordType(TypeField(a Annotation(TypeRef(Int))) TypeField(b ?))");
    type_is(
        "S & { ports { http } }",
        "Refined(TypeRef(S) RecordType(TypeField(ports RecordType(TypeField(http)))))",
    );
    type_is(
        "fn(A, B) -> C | D",
        "FnType(TypeParams(TypeRef(A) TypeRef(B)) UnionType(TypeRef(C) TypeRef(D)))",
    );
    type_is("Sensitive[Str]", "TypeRef(Sensitive TypeArgs(TypeRef(Str)))");
    type_is("-5 | -4..4", "UnionType(Negative(5) Range(Negative(4) .. 4))");
}

#[test]
fn keywords_are_names_where_no_declaration_can_stand() {
    let text = "x = { type = 1, default: Int = 2, for = 5m, when { a = 1 }, check.a = 1, if? { }, default override = 3, emit = 1, let += [1] }";
    let parsed = Parsed::new(text);
    assert!(syntax::problems(parsed.tree()).is_empty(), "{}", parsed.tree().outline());
    let Some(Entry::Binding(binding)) = ast::item(parsed.tree()) else { panic!() };
    let Operation::Set(Some(Expr::Record(body))) = binding.operation() else { panic!() };
    let keys: Vec<String> = body
        .entries()
        .map(|entry| match entry {
            Entry::Binding(binding) => {
                binding.path().unwrap().segments().next().unwrap().key.text().unwrap().into_owned()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(keys, ["type", "default", "for", "when", "check", "if", "override", "emit", "let"]);
}

#[test]
fn views() {
    let parsed = Parsed::new(
        "/// Doc.\n///  More.\noverride final a?.\"b c\"[k].d: T = f(1, ...x) { y = 1 }",
    );
    let Some(Entry::Binding(binding)) = ast::item(parsed.tree()) else { panic!() };
    assert_eq!(binding.node().doc(), "Doc.\n More.");
    assert!(
        binding.has(Modifier::Override)
            && binding.has(Modifier::Final)
            && !binding.has(Modifier::Default)
    );
    let segments: Vec<_> = binding.path().unwrap().segments().collect();
    assert_eq!(
        segments.iter().map(|segment| segment.optional).collect::<Vec<_>>(),
        [true, false, false, false]
    );
    assert_eq!(segments[1].key.text().unwrap(), "b c");
    assert!(
        matches!(segments[2].key, Key::Computed(computed) if computed.expr().is_some())
            && segments[2].key.text().is_none()
    );
    assert!(matches!(binding.ty(), Some(TypeExpr::Ref(_))));
    let Operation::Set(Some(Expr::Chain(chain))) = binding.operation() else { panic!() };
    let suffixes: Vec<_> = chain.suffixes().collect();
    let [Suffix::Call(call), Suffix::Amend(amend)] = suffixes[..] else { panic!("{suffixes:?}") };
    assert!(matches!(
        call.args().collect::<Vec<_>>()[..],
        [Element::Expr(Expr::Int(_)), Element::Spread(_)]
    ));
    assert_eq!(amend.body().unwrap().entries().count(), 1);
    let node = amend.node();
    assert_eq!(node.parent(), Some(chain.node()));
    assert_eq!(parsed.tree().node(node.id()), Some(node));
    assert_eq!(parsed.tree().node_at(parsed.text.find("f(1").unwrap()).text(), "f");

    let parsed = Parsed::new("for k, v in m if v is unset { ...v }");
    let Some(Entry::For(found)) = ast::item(parsed.tree()) else { panic!() };
    let clauses: Vec<_> = found.clauses().collect();
    let [ast::Clause::For(first), ast::Clause::If(second)] = clauses[..] else {
        panic!("{clauses:?}")
    };
    assert_eq!(first.names().1.map(ast::Name::text), Some("v"));
    assert!(matches!(first.source(), Some(Expr::Name(_))));
    let Some(Expr::Is(is)) = second.condition() else { panic!() };
    assert_eq!(is.what(), Some(IsWhat::Unset));
    assert!(matches!(found.body().unwrap().entries().next(), Some(Entry::Spread(_))));
}

#[test]
fn strings() {
    assert_eq!(literal::string_value(r#""a\n\t\"\\\u{1F600}""#), "a\n\t\"\\\u{1F600}");
    assert_eq!(literal::string_value(r##"#"a "b" \n"#"##), r#"a "b" \n"#);
    assert_eq!(literal::string_value("\"\"\"\n    a\n\n      b\n    \"\"\""), "a\n\n  b\n");
    assert_eq!(literal::string_value("\"\"\"\n    a\n  b\"\"\""), "  a\nb");
    assert_eq!(literal::string_value("\"\"\"\r\n  a\r\n  b\r\n  \"\"\""), "a\nb\n");
    assert_eq!(literal::string_value("\"\"\"a\"\"\""), "a");
    assert_eq!(literal::string_value("\"\""), "");
    assert_eq!(literal::escape_faults(r#""a\qb\u{110000}\(""#).len(), 2);

    let parsed = Parsed::new("x = \"\"\"\n  a \\(b)\n    \\(c)\\n\n  \"\"\"");
    let Some(Entry::Binding(binding)) = ast::item(parsed.tree()) else { panic!() };
    let Operation::Set(Some(Expr::Template(template))) = binding.operation() else { panic!() };
    let parts: Vec<String> = template
        .parts()
        .into_iter()
        .map(|part| match part {
            StrPart::Text(text) => text,
            StrPart::Expr(expr) => expr.unwrap().node().text().to_uppercase(),
        })
        .collect();
    assert_eq!(parts, ["a ", "B", "\n  ", "C", "\n\n"]);
}

#[test]
fn numbers() {
    assert_eq!(literal::int_value("1_000", false), Ok(1000));
    assert_eq!(literal::int_value("0x1f", false), Ok(31));
    assert_eq!(literal::int_value("0o755", true), Ok(-493));
    assert_eq!(literal::int_value("9223372036854775808", true), Ok(i64::MIN));
    assert_eq!(literal::int_value("9223372036854775808", false), Err(NumberFault::TooLarge));
    assert_eq!(literal::int_value("99999999999999999999", true), Err(NumberFault::TooLarge));
    assert_eq!(literal::int_value("0b2", false), Err(NumberFault::Malformed));
    assert_eq!(literal::int_value("007", false), Err(NumberFault::Malformed));
    assert_eq!(literal::float_value("1.5e-3"), Ok(0.0015));
    assert_eq!(literal::float_value("1e999"), Err(NumberFault::TooLarge));
    assert_eq!(literal::unit_parts("200Ti"), ("200", "Ti"));
    assert_eq!(literal::unit_parts("70%"), ("70", "%"));
    assert_eq!(literal::unit_parts("1h30m"), ("1", "h30m"));
    assert_eq!(literal::unit_parts("1E"), ("1", "E"));
}

#[test]
fn one_mistake_is_one_problem() {
    for (text, expected) in [
        ("x =", "E0001 expected a value after `=`"),
        ("x = {\n  a =\n  b = 1\n}", "E0001 expected a value after `=`"),
        ("x = {\n  a =\n    3\n}", "E0001 expected a value after `=`"),
        ("x", "E0001 expected `=`, `{` or `:` after `x`"),
        ("foo(3)", "E0001 expected `=`, `{` or `:` after `foo`, found `(`"),
        ("x = 1 2", "E0002 did not expect `2` here"),
        ("x = f(1, a b)", "E0002 did not expect `b` here"),
        ("x = { a = 1 b = 2 }", "E0002 did not expect `b = 2` here"),
        ("x = { a = [1, 2 }", "E0003 this `[` is never closed"),
        ("x = {\n  a = f(1,\n  b = 2\n}", "E0003 this `(` is never closed"),
        ("x = 'a'", "E0004 `'` is not part of the language"),
        ("x = {\n  env [ a = 3 ]\n}", "E0002 did not expect `= 3` here"),
        ("x = {\n  env [\n    a = 3\n  ]\n}", "E0001 expected a key after `[`"),
        ("x = 1 }", "E0004 this `}` closes nothing"),
        ("x = { a = 1 } }", "E0004 this `}` closes nothing"),
        ("x = S\n  a = 1\n}", "E0001 expected `{` after `S`"),
        ("x = [{ a = 1 ]", "E0003 this `{` is never closed"),
        ("x = \"a", "E0005 this string is never closed"),
        ("x = \"a\\(b", "E0005 this string is never closed"),
        ("x = \"a\\(b\"", "E0005 this string is never closed"),
        ("x = \"\"\"\n  a\n", "E0005 this string is never closed"),
        ("x = \"\\q\"", "E0006 `\\q` is not an escape"),
        ("x = 99999999999999999999", "E0008 `99999999999999999999` does not fit into 64 bits"),
        ("x = a < b < c", "E0009 comparisons do not chain"),
        ("x = a is T + 1", "E0009 comparisons do not chain"),
        ("x { use a.b }", "E0010 `use` stands only at the top of a file"),
        ("x { assert a }", "E0010 `assert` stands only in a `test`"),
        ("overlay \"\\(a)\"", "E0011 this text must be fixed, without interpolation"),
        ("check a", "E0001 expected `:` and a message after `a`"),
        ("type T =", "E0001 expected a type after `=`"),
        ("x = if a then", "E0001 expected a value after `then`"),
        ("x = match a {\n  b => 1\n  c\n}", "E0001 expected `=>` and a value after `c`, found `}`"),
        (
            "schema S extends { }",
            "E0001 expected a name of a schema or trait after `extends`, found `{`",
        ),
        ("fn", "E0001 expected a name after `fn`"),
        ("x = 1 /* a */ + 2", "E0002 `/*` begins no comment"),
        ("/* a\n b = 1 */", "E0002 `/*` begins no comment"),
        ("x = 1 /* a", "E0002 `/*` begins no comment"),
        ("x = \"\\(a /* b */)\"", "E0002 `/*` begins no comment"),
        ("x = 1 +\n  2", "E0001 expected a value after `+`"),
        ("x = {\n  a = b and\n    c\n}", "E0001 expected a value after `and`"),
        ("x = if a then b\nelse\n  c", "E0001 expected a value after `else`"),
        ("x = f\n  (2)", "E0002 did not expect `(` at the beginning of a line"),
        ("x = {\n  a = S\n  { b = 1 }\n}", "E0002 did not expect `{` at the beginning of a line"),
        ("check a\n  : \"b\"", "E0002 did not expect `:` at the beginning of a line"),
        (
            "a:\n  b: c\n  d:\n    - e",
            "E0001 expected a type after `a:`, found lines that are indented",
        ),
        ("x {\n  a:\n  - b\n}", "E0001 expected a type after `a:`, found lines that are indented"),
        (
            "every T d where d.a == 3 { }",
            "E0001 expected a string with the id of the rule after `every`",
        ),
        (
            "x = { for a in { b = 1 } { c = a } }",
            "E0001 expected what to run through after `in`, found `{`",
        ),
        ("schema S { a: [Int, b: Int }", "E0003 this `[` is never closed"),
        ("schema S { a: /[a/ = \"b\", c: Int }", "E0005 this regular expression is never closed"),
        ("type T = Str & /[a", "E0005 this regular expression is never closed"),
    ] {
        let parsed = Parsed::new(text);
        let problems: Vec<String> = syntax::problems(parsed.tree())
            .iter()
            .map(|problem| format!("{} {}", problem.code, problem.message))
            .collect();
        assert_eq!(problems, [expected], "{text:?}\n{}", parsed.tree().outline());
    }
    for fine in
        ["", "// only a comment", "x = -9223372036854775808", "test \"a\" { when b { assert c } }"]
    {
        assert!(syntax::problems(Parsed::new(fine).tree()).is_empty(), "{fine}");
    }
}

#[test]
fn cut_recovers() {
    let names = |text: &str| -> Vec<String> {
        syntax::cut(text)
            .items
            .iter()
            .map(|item| syntax::header(&text[item.range()]).name.to_owned())
            .collect()
    };
    // A body without indentation is a body.
    assert_eq!(names("a = {\nb = 1\n}\nc = 2"), ["a", "c"]);
    // What is never closed ends where the next item begins, and so do later ones.
    assert_eq!(
        names("a = {\n  b = 1\n\n/// Doc.\nc = 2\nd = {\n  e = [\nschema f {\n}"),
        ["a", "c", "d", "f"]
    );
    assert_eq!(names("a = \"\"\"\n  text\nb = 1\nc = 2"), ["a", "b", "c"]);
    assert_eq!(names("a = f(\n  1,\nb = 2"), ["a", "b"]);
    assert_eq!(names("a = \"{\"\nb = 1 // {\nc = /* */ 2"), ["a", "b", "c"]);
    assert_eq!(names("type a = Str & /[{\"]/\nb = 1"), ["a", "b"]);
    assert_eq!(names("a = \"x \\(f({ b = \")}\" }))\"\nc = 1"), ["a", "c"]);
    let text = "// no item\n\n/// Doc.\n// between\na = 1 // after\n\n// no item";
    let cuts = syntax::cut(text);
    assert_eq!(&text[cuts.items[0].range()], "/// Doc.\n// between\na = 1");
    assert_eq!(syntax::file_doc("//! A.\n//!\n//!  B.\n\nx = 1\n//! no"), "A.\n\n B.");
}

#[test]
fn kinds_are_bytes() {
    for kind in TokenKind::ALL {
        assert_eq!(TokenKind::from_byte(*kind as u8), Some(*kind));
        assert!((0x21..0x7f).contains(&(*kind as u8)));
    }
    // The grammar's class of words is that of the kinds.
    for kind in TokenKind::ALL {
        let shape = syntax::parse(&format!("{}=i", char::from(*kind as u8)));
        let tokens = syntax::lex("x = 1");
        let tree = syntax::Tree::new(&shape, &tokens, "x = 1");
        assert_eq!(
            tree.entry().kind() == NodeKind::Binding,
            kind.is_word()
                || matches!(kind, TokenKind::Str | TokenKind::StrHead | TokenKind::LBracket),
            "{kind:?}"
        );
    }
}
