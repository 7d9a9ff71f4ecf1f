//! The kinds of nodes. This is the contract between the parser and everyone who reads trees: each kind lists its children in order.
//!
//! Notation: `X?` may be left out, `X*` and `X+` repeat, `A | B` is one of them. *entry*, *expr* and *type* stand for any kind of the section of that name. Where something required
//! is not there, a [`NodeKind::Missing`] stands in its place, so positions are stable; a [`NodeKind::Junk`] holds tokens that fit nowhere, and may stand after any child.
//! A *leaf* has no children, and its text is one token (its first token, for a keyword that stands for a value).
//! Punctuation and keywords that carry no choice have no node; those that do are leaves.

/// The kind of one node of a tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum NodeKind {
    // ---- the whole ----
    /// The whole item. Children: *entry* | Missing (of an empty text), Junk?.
    Root,

    // ---- recovery ----
    /// Leaf, empty: something required is not there. Its range is empty, at the end of the token before it.
    Missing,
    /// Leaf: tokens that fit nowhere, up to the next separator or closing bracket.
    Junk,
    /// Leaf: the rest of an item that nests too deep. Stands last under Root; nothing before it that is Missing is a mistake of its own.
    TooDeep,

    // ---- entries: items of a file, and what stands in braces ----
    /// `use std.workload.{A, B}`, `use k8s.apps.v1.Deployment as D`, `use "./x.dep" as x`, `use q from "@a/b"`, `use crd "c.yaml"`.
    /// Children: Crd?, ModulePath | Str | Missing, UseNames?, From?, Alias?.
    Use,
    /// `overlay "./a.dep", "./b.dep"`. Children: (Str | Missing)+.
    Overlay,
    /// `input name: T = e`. Children: Name, Annotation?, Set?.
    Input,
    /// `let name: T = e`. Children: Name, Annotation?, Set | Missing.
    Let,
    /// `fn name(a: T) -> U = e`. Children: Name, Params | Missing, Returns?, Set | Missing.
    Fn,
    /// `type Name = T`. Children: Name, *type*.
    TypeAlias,
    /// `open schema Name extends Other { … }`. Children: Open?, Name, Extends?, Body | Missing.
    Schema,
    /// `variant Name { a, b { … } }`. Children: Name, Cases | Missing.
    Variant,
    /// `trait Name for Type { … }`. Children: Name, Target | Missing, Body | Missing.
    Trait,
    /// `test "name" { … }`. Children: Str | Missing, Body | Missing.
    Test,
    /// `every "id" T as x where e { … }`. Children: Str | Missing, *type*, Alias?, Where?, Body | Missing.
    Every,
    /// `check e: "message"`; also `warn` and `note`. Children: Severity, *expr*, Message | Missing.
    Check,
    /// `allow "id": "reason"`. Children: Str | Missing, Message | Missing.
    Allow,
    /// Any binding, block or field declaration: `x = e`, `a.b["k"] { … }`, `override x += [e]`, `emit x?: T = e`, `[k] = v for k, v in m`.
    /// Children: Modifier*, Path, Annotation?, (Set | Append | Prepend | Body | Layered)?, (ForClause | IfClause)*.
    /// Where neither an Annotation nor what binds stands there, a Missing does.
    Binding,
    /// `unset a.b`. Children: Path | Missing.
    Removal,
    /// `when e { … }`. Children: *expr*, Body | Missing.
    When,
    /// `for k, v in e if c { … }`. Children: ForClause, (ForClause | IfClause)*, Body | Missing.
    For,
    /// `...e`, in a body, a list or a call. Children: *expr*.
    Spread,
    /// `fails e because "text"`. Children: *expr*, Because?.
    Fails,
    /// `assert e`, `assert e: "message"`. Children: *expr*, Message?.
    Assert,
    /// `snapshot "name"`, `snapshot "name" = e`. Children: Str | Missing, Set?.
    Snapshot,

    // ---- parts of entries ----
    /// Leaf: the word `crd`.
    Crd,
    /// `std.workload`. Children: Name | Missing, …: one or more.
    ModulePath,
    /// `.{A, B as C}`. Children: (UseName | Junk)*.
    UseNames,
    /// Children: Name, Alias?.
    UseName,
    /// `as x`. Children: Name | Missing.
    Alias,
    /// `from "@a/b"`. Children: Str | Missing.
    From,
    /// `: T`. Children: *type*.
    Annotation,
    /// `= e`. Children: *expr*.
    Set,
    /// `+= e`. Children: *expr*.
    Append,
    /// `=+ e`. Children: *expr*.
    Prepend,
    /// `with A & B { … }` in a binding. Children: (TypeRef | Missing)+, Body | Missing.
    Layered,
    /// `(a: T, b?: U = e)`. Children: (Param | Junk)*.
    Params,
    /// Children: Name, Question?, Annotation?, Set?.
    Param,
    /// `-> T`. Children: *type*.
    Returns,
    /// Leaf: the word `open`.
    Open,
    /// `extends T`. Children: TypeRef | Missing.
    Extends,
    /// `for T`, of a trait. Children: TypeRef | Missing.
    Target,
    /// `{ a, b { … } }`. Children: (Case | Junk)*, Missing? (the closing brace).
    Cases,
    /// Children: Name, Body?.
    Case,
    /// `where e`. Children: *expr*.
    Where,
    /// Leaf: `check`, `warn` or `note`.
    Severity,
    /// `: e`. Children: *expr*.
    Message,
    /// `because e`. Children: *expr*.
    Because,
    /// Leaf: `default`, `override`, `final`, `derive`, `emit` or `export`.
    Modifier,
    /// `a.b?."c"[k]`. Children: (Name | Str | Computed | Missing) Question?, repeated. A Question belongs to the segment before it.
    Path,
    /// `[e]` in a path. Children: *expr*.
    Computed,
    /// Leaf: `?`, or the `?.` after an optional segment.
    Question,
    /// `for k, v in e`. Children: Name | Missing, Name?, *expr*. With one name it is the element, or the value.
    ForClause,
    /// `if e`, after a ForClause. Children: *expr*.
    IfClause,

    // ---- shared leaves ----
    /// Leaf: a name, where it is declared, part of a path, or an *expr* of its own.
    Name,
    /// Leaf, *expr* and *type*: a whole number.
    Int,
    /// Leaf, *expr* and *type*: a number with a fraction or an exponent.
    Float,
    /// Leaf, *expr* and *type*: a number with a unit.
    Unit,
    /// Leaf, *expr* and *type*: `true` or `false`.
    Bool,
    /// Leaf, *expr*, *type*, and key: a string without interpolation, in any of the three notations.
    Str,

    // ---- expressions ----
    /// A record: `{ … }` as an *expr*, and the braces of every declaration and block. Children: (*entry* | Junk)*, Missing? (the closing brace).
    Body,
    /// `"a\(e)b"`. Children: StrHead, *expr*, (StrMid, *expr*)*, StrTail | Missing.
    Template,
    /// Leaf: the first text of a Template, quotes and `\(` included.
    StrHead,
    /// Leaf: a text between interpolations, `)` and `\(` included.
    StrMid,
    /// Leaf: the last text, `)` and quotes included.
    StrTail,
    /// Leaf: `prev`.
    Prev,
    /// Leaf: `unset`, as a value, a pattern, or after `is`.
    Unset,
    /// `.x`, a field of the innermost record. Children: Name | Str | Missing.
    Lead,
    /// `[a, ...b, c]`. Children: (*expr* | Spread | Junk)*, Missing? (the closing bracket).
    List,
    /// `[e for x in xs if c]`. Children: *expr*, ForClause, (ForClause | IfClause)*, Missing? (the closing bracket).
    Comprehension,
    /// `(e)`. Children: *expr*, Missing? (the closing bracket).
    Paren,
    /// `x => e`, `(a, b) => e`. Children: Name*, *expr*.
    Lambda,
    /// `if c then a else if d then b else f`. Children: Then+, Else?.
    If,
    /// One `if c then a`. Children: *expr*, *expr*.
    Then,
    /// `else e`. Children: *expr*.
    Else,
    /// `match e { p => a, q => b }`. Children: *expr*, (Arm | Junk)*, Missing? (a brace).
    Match,
    /// `p => e`. Children: Pattern, *expr*.
    Arm,
    /// `separate s`, `"a" | "b"`, `unset`, `_`. Children: Unset | *type*, Name? (what it binds).
    Pattern,
    /// `let a = e in let b = f in g`. Children: Let+, *expr*.
    LetIn,
    /// `external T { … }`. Children: *expr* (a Name, Chain, or Missing).
    External,
    /// `import "f"`. Children: Str | Missing.
    Import,
    /// `embed "f"`. Children: Str | Missing.
    Embed,
    /// An operand with what follows it: `a.b?.c(d)[e] { … } with T as U`. Children: *expr* (the head), then one or more of Field, OptField, Index, Call, Amend, With, Cast,
    /// each of which applies to all before it. A suffix's id stands for the value up to it.
    Chain,
    /// `.x`, `."x"`. Children: Name | Str | Missing.
    Field,
    /// `?.x`. Children: Name | Str | Missing.
    OptField,
    /// `[e]`. Children: *expr*, Missing? (the closing bracket).
    Index,
    /// `(a, ...b)`. Children: (*expr* | Spread | Junk)*, Missing? (the closing bracket).
    Call,
    /// `{ … }` after an operand on the same line. Children: Body.
    Amend,
    /// `with A & B { … }`. Children: (TypeRef | Missing)+, Body?.
    With,
    /// `as T`. Children: *type*.
    Cast,
    /// `-e`, `not not e`. Children: PrefixOp+, *expr*. Applied from the last operator to the first.
    Unary,
    /// Leaf: `-` or `not`, before its operand.
    PrefixOp,
    /// A chain of operators of one precedence, from the left: `a + b - c`. Children: *expr*, (BinaryOp, *expr*)+.
    Binary,
    /// Leaf: `or`, `and`, `==`, `!=`, `<`, `<=`, `>`, `>=`, `??`, `+`, `-`, `*`, `/`, `%`.
    BinaryOp,
    /// `a..b`, `a..`, `..b`; of values, and as a *type* of literals. Children: *expr*?, Dots, *expr*? (in a type: Int, Float, Unit or Negative).
    Range,
    /// Leaf: `..`.
    Dots,
    /// `e is T`, `e is set`, `e is unset`. Children: *expr*, IsSet | Unset | *type*.
    Is,
    /// Leaf: `set`, after `is`.
    IsSet,

    // ---- types; also Int, Float, Unit, Bool, Str, Range and Missing ----
    /// `k8s.apps.v1.Deployment`, `Sensitive[T]`, `unique`, `format.url`. Children: (Name | Missing)+, TypeArgs?.
    TypeRef,
    /// `[T, U]` after a name. Children: *type*+, Missing? (the closing bracket).
    TypeArgs,
    /// `len(1..63)`, `bytes(32..)`. Children: Name+, TypeParams.
    TypeCall,
    /// `(A, B)` of a TypeCall or FnType. Children: (*type* | Junk)*, Missing? (the closing bracket).
    TypeParams,
    /// `[T]`, `[T by a, b]`. Children: *type*, By?, Missing? (the closing bracket).
    ListType,
    /// `by a, b`. Children: (Name | Missing)+.
    By,
    /// `{K: V}`. Children: *type*, *type*, Missing? (the closing brace).
    MapType,
    /// `{ a: Int, b?: Str, ports { http } }`. Children: (TypeField | Junk)*, Missing? (the closing brace).
    RecordType,
    /// Children: Name | Str, Question?, (Annotation | RecordType)?.
    TypeField,
    /// `A | B`. Children: *type*, two or more.
    UnionType,
    /// `A & B`. Children: *type*, two or more; binds tighter than `|`.
    Refined,
    /// `T?`. Children: *type*.
    OptionalType,
    /// `fn(A, B) -> C`. Children: TypeParams | Missing, *type*.
    FnType,
    /// `(T)`. Children: *type*, Missing? (the closing bracket).
    ParenType,
    /// `-5`, as a type or a bound. Children: Int, Float or Unit, or Missing.
    Negative,
    /// Leaf: `/…/`.
    Regex,
}
