/**
 * The grammar of Dep for editors: highlighting, folds and indents while one types.
 *
 * It follows `compiler/syntax/src/grammar.pest`, and a test holds the two to the same answers. Layout is the scanner's
 * (`src/scanner.c`): brackets, and the line breaks that separate.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const PREC = {
  open: -1,
  or: 1,
  and: 2,
  not: 3,
  compare: 4,
  coalesce: 5,
  range: 6,
  add: 7,
  multiply: 8,
  prefix: 9,
  suffix: 10,
};

const TYPE = { union: 1, optional: 2, refined: 3, name: 4 };

/** Keywords that begin an entry, and are keys where a sign of a binding follows. */
const ENTRY_WORDS = [
  "use", "overlay", "input", "let", "fn", "type", "schema", "open", "variant", "trait", "for", "test", "fails", "assert",
  "snapshot", "every", "check", "warn", "note", "allow", "unset", "when", "default", "override", "final", "derive",
  "emit", "export",
];

/** What stands in brackets after their opening one: parts on lines of their own, or each with a comma behind it. */
const separated = ($, part) => seq(repeat($._newline), repeat(seq(part, $._separator)), optional(part));

/** Values in brackets: before each comma stands one. */
const listed = (part, separator) =>
  optional(seq(part, repeat(seq(separator, part)), optional(separator)));

/**
 * An expression, or one in the head of `when`, `for`, `match` and `where`, where a brace begins the body. Both have the
 * same nodes: those of heads are other rules under the same names.
 */
const expression = ($, head) => {
  const own = (name) => (head ? alias($[`_head_${name}`], $[name]) : $[name]);
  const all = [
    $._name,
    $.integer, $.float, $.unit, $.percent, $.boolean, $.string,
    $.list, $.comprehension, $.parenthesized, $.match, $.import, $.embed, $.prev, $.unset, $.member_of_this,
    ...["binary", "unary", "is", "range", "field", "call", "index", "with", "cast", "lambda", "if", "let_in", "external"].map(own),
  ];
  return choice(...all, ...(head ? [] : [alias($.body, $.record), $.amend]));
};

/** The rules that end with an expression, for both kinds of expressions. */
const openRules = (head) => {
  const name = (rule) => (head ? `_head_${rule}` : rule);
  const inner = ($) => (head ? $._head : $._expression);
  const binary = ($, precedence, operator) =>
    prec.left(precedence, seq(field("left", inner($)), field("operator", operator), field("right", inner($))));
  return {
    [name("binary")]: ($) =>
      choice(
        binary($, PREC.or, "or"),
        binary($, PREC.and, "and"),
        binary($, PREC.compare, choice("==", "!=", "<", "<=", ">", ">=")),
        binary($, PREC.coalesce, "??"),
        binary($, PREC.add, choice("+", "-")),
        binary($, PREC.multiply, choice("*", "/", "%")),
      ),
    [name("unary")]: ($) =>
      choice(
        prec(PREC.not, seq(field("operator", "not"), field("operand", inner($)))),
        prec(PREC.prefix, seq(field("operator", "-"), field("operand", inner($)))),
      ),
    [name("is")]: ($) =>
      prec.left(PREC.compare, seq(field("value", inner($)), "is", field("type", choice(alias("set", $.set), $.unset, $._type)))),
    [name("range")]: ($) =>
      prec.left(PREC.range, choice(
        seq(field("start", inner($)), "..", field("end", inner($))),
        seq(field("start", inner($)), ".."),
        seq("..", field("end", inner($))),
      )),
    [name("field")]: ($) =>
      prec.left(PREC.suffix, seq(
        field("value", inner($)),
        choice($._dot, $._lead_dot, "?."),
        field("name", choice($._name, $.string)),
      )),
    [name("call")]: ($) => prec.left(PREC.suffix, seq(field("function", inner($)), field("arguments", $.arguments))),
    [name("index")]: ($) =>
      prec.left(PREC.suffix, seq(field("value", inner($)), "[", repeat($._newline), field("key", $._expression), "]")),
    [name("with")]: ($) => {
      const traits = seq(field("value", inner($)), "with", $._traits);
      return prec.right(PREC.suffix, head ? traits : seq(traits, optional(field("body", $.body))));
    },
    [name("cast")]: ($) => prec.left(PREC.suffix, seq(field("value", inner($)), "as", field("type", $._type))),
    [name("lambda")]: ($) =>
      prec.right(PREC.open, seq(
        field("parameters", choice(alias($.lambda_parameter, $.lambda_parameters), $.lambda_parameters)),
        "=>",
        field("body", inner($)),
      )),
    [name("if")]: ($) =>
      prec.right(PREC.open, seq(
        "if", field("condition", inner($)),
        "then", field("then", inner($)),
        optional(seq("else", field("else", inner($)))),
      )),
    [name("let_in")]: ($) =>
      prec.right(PREC.open, seq(
        "let", field("name", $._name), optional($.annotation),
        "=", field("value", inner($)),
        "in", field("body", inner($)),
      )),
    [name("external")]: ($) => prec.right(PREC.prefix, seq("external", inner($))),
  };
};

module.exports = grammar({
  name: "dep",

  externals: ($) => [
    $._newline,
    "{", "}", "[", "]", "(", ")",
    $._line_interpolation,
    $._block_interpolation,
    $._percent_sign,
    // Named nowhere: it is valid only while the parser looks for a way on after a mistake.
    $._recovering,
  ],

  extras: ($) => [/\s/, $.comment, $.doc_comment, $.file_doc],

  word: ($) => $.identifier,

  supertypes: ($) => [$._expression, $._type, $._item],

  inline: ($) => [$._separator, $._bound, $._number, $._name],

  conflicts: ($) => [
    // `(a)` and `(a) => b`.
    [$.lambda_parameters, $._expression],
  ],

  rules: {
    source_file: ($) => seq(repeat($._newline), repeat(seq($._item, repeat1($._newline))), optional($._item)),

    // ---- comments ----
    comment: () => token(choice(/\/\/([^\/!\n][^\n]*)?/, /\/\/\/\/[^\n]*/)),
    doc_comment: () => token(/\/\/\/([^\/\n][^\n]*)?/),
    file_doc: () => token(/\/\/![^\n]*/),

    // ---- items of a file, and entries of bodies ----
    _item: ($) => choice(
      $.use, $.overlay, $.input, $.type_alias, $.schema, $.variant, $.trait, $.test, $.every,
      $.let, $.function, $.check, $.allow, $.removal, $.binding,
    ),
    _entry: ($) => choice(
      $.let, $.function, $.check, $.allow, $.removal, $.binding,
      $.when, $.for, $.spread, $.fails, $.assert, $.snapshot,
    ),

    body: ($) => seq("{", separated($, $._entry), "}"),
    _separator: ($) => choice(repeat1($._newline), seq(repeat($._newline), ",", repeat($._newline))),
    _comma: ($) => seq(",", repeat($._newline)),

    use: ($) => seq("use", choice(
      seq(choice(field("file", $._fixed), field("crd", seq("crd", $._fixed))), optional($.alias)),
      seq(field("module", $.module_path), optional($.from), optional($.alias)),
    )),
    module_path: ($) => seq(
      choice($._name, alias("crd", $.identifier)),
      repeat(seq($._any_dot, $._name)),
      optional(seq($._any_dot, $.use_names)),
    ),
    use_names: ($) => seq("{", separated($, $.use_name), "}"),
    use_name: ($) => seq(field("name", $._name), optional($.alias)),
    alias: ($) => seq("as", field("name", $._name)),
    from: ($) => seq("from", $._fixed),
    overlay: ($) => seq("overlay", $._fixed, repeat(seq($._comma, $._fixed))),
    input: ($) => seq("input", field("name", $._name), optional($.annotation), optional($._set)),
    let: ($) => seq("let", field("name", $._name), optional($.annotation), $._set),
    function: ($) => seq(
      "fn", field("name", $._name), field("parameters", $.parameters),
      optional(seq("->", field("returns", $._type))), $._set,
    ),
    parameters: ($) => seq("(", listed($.parameter, ","), ")"),
    parameter: ($) => seq(field("name", $._name), optional("?"), optional($.annotation), optional($._set)),
    type_alias: ($) => seq("type", field("name", $._name), "=", field("type", $._type)),
    schema: ($) => seq(optional("open"), "schema", field("name", $._name), optional($.extends), field("body", $.body)),
    extends: ($) => seq("extends", $.type_name),
    variant: ($) => seq("variant", field("name", $._name), field("cases", $.cases)),
    cases: ($) => seq("{", separated($, $.case), "}"),
    case: ($) => seq(field("name", $._name), optional(field("body", $.body))),
    trait: ($) => seq("trait", field("name", $._name), "for", field("target", $.type_name), field("body", $.body)),
    test: ($) => seq("test", field("name", $._fixed), field("body", $.body)),
    every: ($) => seq(
      "every", field("name", $._fixed), field("type", $._type), optional($.alias),
      optional(seq("where", field("condition", $._head))), field("body", $.body),
    ),
    check: ($) => seq(field("severity", choice("check", "warn", "note")), field("condition", $._expression), $._message),
    _message: ($) => seq(":", field("message", $._expression)),
    allow: ($) => seq("allow", field("rule", $._fixed), $._message),
    removal: ($) => seq("unset", field("path", $.path)),
    when: ($) => seq("when", field("condition", $._head), field("body", $.body)),
    for: ($) => seq(
      alias($._for_head, $.for_clause),
      repeat(choice(alias($._for_head, $.for_clause), alias($._if_head, $.if_clause))),
      field("body", $.body),
    ),
    _for_head: ($) => seq("for", $._loop_names, "in", $._head),
    _if_head: ($) => seq("if", $._head),
    _loop_names: ($) => seq(field("name", $._name), optional(seq($._comma, field("name", $._name)))),
    spread: ($) => seq("...", $._expression),
    fails: ($) => seq("fails", $._expression, optional(seq("because", $._expression))),
    assert: ($) => seq("assert", $._expression, optional($._message)),
    snapshot: ($) => seq("snapshot", $._fixed, optional($._set)),

    // ---- bindings ----
    binding: ($) => seq(
      repeat($.modifier),
      field("path", $.path),
      choice(
        $._set,
        field("body", $.body),
        seq($.annotation, optional($._set)),
        seq("+=", field("append", $._expression)),
        seq("=+", field("prepend", $._expression)),
        seq("with", $._traits, field("body", $.body)),
      ),
      optional(seq($.for_clause, repeat(choice($.for_clause, $.if_clause)))),
    ),
    modifier: () => choice("default", "override", "final", "derive", "emit", "export"),
    path: ($) => prec.left(choice(
      seq(choice($._key, $.computed_key), repeat(choice($._step, $.computed_key))),
      seq($._keyword_name, optional(seq($._step, repeat(choice($._step, $.computed_key))))),
    )),
    _step: ($) => choice(seq($._any_dot, $._key), seq("?.", $._key), "?"),
    _key: ($) => choice($._name, $.string),
    computed_key: ($) => seq("[", repeat($._newline), $._expression, "]"),
    // A keyword that a sign of a binding follows is a key; before a bracket it is the keyword.
    _keyword_name: ($) => prec(2, alias(choice(...ENTRY_WORDS), $.identifier)),
    annotation: ($) => seq(":", $._type),
    _set: ($) => seq("=", field("value", $._expression)),
    _traits: ($) => prec.left(seq($.type_name, repeat(seq("&", $.type_name)))),
    for_clause: ($) => seq("for", $._loop_names, "in", $._expression),
    if_clause: ($) => seq("if", $._expression),

    // ---- expressions ----
    _expression: ($) => expression($, false),
    _head: ($) => expression($, true),
    ...openRules(false),
    ...openRules(true),

    amend: ($) => prec.left(PREC.suffix, seq(field("value", $._expression), field("body", $.body))),
    arguments: ($) => seq("(", listed(choice($._expression, $.spread), ","), ")"),
    lambda_parameter: ($) => $._name,
    lambda_parameters: ($) => seq("(", optional(seq($._name, repeat(seq(",", $._name)))), ")"),
    member_of_this: ($) => seq(choice($._dot, $._lead_dot), field("name", choice($._name, $.string))),
    parenthesized: ($) => seq("(", $._expression, ")"),
    list: ($) => seq(
      "[", repeat($._newline), listed(choice($._expression, $.spread), $._between), "]"),
    _between: ($) => choice(
      seq(repeat1($._newline), optional(seq(",", repeat($._newline)))), seq(",", repeat($._newline))),
    comprehension: ($) => seq(
      "[", repeat($._newline), choice($._expression, $.spread), optional($._between),
      $.for_clause, repeat(seq(repeat($._newline), choice($.for_clause, $.if_clause))), "]",
    ),
    match: ($) => seq("match", field("value", $._head), "{", separated($, $.arm), "}"),
    arm: ($) => seq(field("pattern", $.pattern), "=>", field("value", $._expression)),
    pattern: ($) => seq(choice($.unset, $._type), optional(field("name", $._name))),
    import: ($) => seq("import", $._fixed),
    embed: ($) => seq("embed", $._fixed),
    prev: () => "prev",
    unset: () => "unset",

    // ---- types ----
    _type: ($) => choice(
      $.union_type, $.refined_type, $.optional_type, $.function_type, $.range_type, $.type_name, $.list_type, $.record_type,
      $.map_type, $.parenthesized_type, $.negative, $.integer, $.float, $.unit, $.percent, $.boolean, $.regex,
      alias($.fixed_string, $.string),
    ),
    union_type: ($) => prec.left(TYPE.union, seq($._type, "|", $._type)),
    refined_type: ($) => prec.left(TYPE.refined, seq($._type, "&", $._type)),
    optional_type: ($) => prec.left(TYPE.optional, seq($._type, "?")),
    type_name: ($) => prec.left(TYPE.name, seq(
      $._name, repeat(seq($._any_dot, $._name)), optional(choice($.type_arguments, $.type_parameters)),
    )),
    type_arguments: ($) => seq("[", repeat($._newline), $._type, repeat(seq($._comma, $._type)), "]"),
    type_parameters: ($) => seq("(", listed($._type, ","), ")"),
    function_type: ($) => prec.right(seq("fn", $.type_parameters, "->", $._type)),
    range_type: ($) => prec.right(PREC.range, choice(seq($._bound, "..", optional($._bound)), seq("..", $._bound))),
    _bound: ($) => choice($._number, $.negative),
    _number: ($) => choice($.integer, $.float, $.unit, $.percent),
    negative: ($) => seq("-", $._number),
    list_type: ($) => seq("[", repeat($._newline), $._type, optional($.by), "]"),
    by: ($) => seq("by", $._name, repeat(seq($._comma, $._name))),
    // A first name in PascalCase before a colon is the type of keys, any other is a field.
    record_type: ($) => seq(
      "{", repeat($._newline),
      optional(choice(
        alias($.first_field, $.type_field),
        seq(
          alias($.first_field, $.type_field), $._separator,
          repeat(seq($.type_field, $._separator)), optional($.type_field),
        ),
      )),
      "}",
    ),
    first_field: ($) => prec(TYPE.name + 1, choice(
      seq(field("name", $.identifier), optional("?"), optional(choice($.annotation, $.record_type))),
      seq(field("name", $.type_identifier), optional(choice(seq("?", optional($.annotation)), $.record_type))),
      seq(field("name", alias($.fixed_string, $.string)), choice($.annotation, $.record_type, seq("?", optional($.annotation)))),
    )),
    type_field: ($) => seq(
      field("name", choice($._name, alias($.fixed_string, $.string))),
      optional("?"),
      optional(choice($.annotation, $.record_type)),
    ),
    map_type: ($) => seq("{", repeat($._newline), field("key", $._type), ":", field("value", $._type), "}"),
    parenthesized_type: ($) => seq("(", $._type, ")"),

    // ---- tokens ----
    _name: ($) => choice($.identifier, $.type_identifier),
    identifier: () => /[a-z_][A-Za-z0-9_]*|[A-Z][A-Z0-9_]+/,
    // A capital first and, unless it is one letter, some small letter.
    type_identifier: () => /[A-Z]|[A-Z][A-Z0-9_]*[a-z][A-Za-z0-9_]*/,
    boolean: () => choice("true", "false"),
    integer: () => token(choice(/0|[1-9]([0-9_]*[0-9])?/, prec(1, /0x[0-9A-Fa-f_]+|0o[0-7_]+|0b[01_]+/))),
    float: () => token(choice(
      /[0-9][0-9_]*\.[0-9][0-9_]*([eE][+-]?[0-9][0-9_]*)?/,
      /[0-9][0-9_]*[eE][+-]?[0-9][0-9_]*/,
    )),
    // An `e` with digits behind it is an exponent.
    unit: () => token(/[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9][0-9_]*)?([A-DF-Za-df-z][A-Za-z0-9_]*|[eE]([A-Za-z_][A-Za-z0-9_]*)?)/),
    percent: ($) => seq(choice($.integer, $.float), $._percent_sign),
    regex: () => token(/\/([^\/\\\[\n]|\\[^\n]|\[([^\]\\\n]|\\[^\n])*\])+\//),

    _dot: () => token.immediate("."),
    _lead_dot: () => token(prec(-1, ".")),
    _any_dot: ($) => choice($._dot, $._lead_dot),

    // A text that is read before anything is computed.
    _fixed: ($) => alias($.fixed_string, $.string),
    fixed_string: ($) => choice(
      seq('"', repeat(choice(alias($._line_text, $.text), $.escape)), $._line_end),
      seq('"""', repeat(choice(alias($._block_text, $.text), $.escape)), $._block_end),
      $.raw_text,
    ),
    string: ($) => choice(
      seq('"', repeat(choice(alias($._line_text, $.text), $.escape, alias($.line_interpolation, $.interpolation))), $._line_end),
      seq('"""', repeat(choice(alias($._block_text, $.text), $.escape, alias($.block_interpolation, $.interpolation))), $._block_end),
      $.raw_text,
    ),
    line_interpolation: ($) => seq($._line_interpolation, $._expression, ")"),
    block_interpolation: ($) => seq($._block_interpolation, $._expression, ")"),
    _line_text: () => token.immediate(prec(1, /[^"\\\n]+/)),
    _line_end: () => token.immediate('"'),
    _block_text: () => choice(token.immediate(prec(1, /[^"\\]+/)), token.immediate('"'), token.immediate('""')),
    _block_end: () => token.immediate('"""'),
    escape: () => token.immediate(prec(1, /\\([ntr"\\]|u\{[0-9A-Fa-f]{1,6}\})/)),
    raw_text: () => token(choice(
      /#"([^"\n]|"+[^"#\n])*"+#/,
      /#"""([^"]|"[^"]|""[^"]|"""+[^"#])*"""+#/,
    )),
  },
});
