//! Views of entries: items of a file, and what stands in braces.

use super::{
    Body, Expr, Name, Str, TypeExpr, TypeRef, annotation, choice, slot, view, views, views_of,
};
use crate::node::NodeKind;
use crate::tree::Node;

choice! {
    /// What stands in a file or in braces.
    Entry {
        /// `x = e`, `x { … }`, `x: T = e`, …
        Binding(Binding),
        /// `let x = e`
        Let(Let),
        /// `check e: "…"`, `warn`, `note`
        Check(Check),
        /// `when e { … }`
        When(When),
        /// `for k, v in e { … }`
        For(For),
        /// `...e`
        Spread(Spread),
        /// `unset x`
        Removal(Removal),
        /// `use …`
        Use(Use),
        /// `overlay "…"`
        Overlay(Overlay),
        /// `input x: T = e`
        Input(Input),
        /// `fn f(a: T) -> U = e`
        Fn(Fn),
        /// `type T = U`
        Type(TypeAlias),
        /// `schema S { … }`
        Schema(Schema),
        /// `variant V { … }`
        Variant(Variant),
        /// `trait T for S { … }`
        Trait(Trait),
        /// `test "…" { … }`
        Test(Test),
        /// `every "…" T as x where e { … }`
        Every(Every),
        /// `allow "…": "…"`
        Allow(Allow),
        /// `fails e because "…"`
        Fails(Fails),
        /// `assert e`
        Assert(Assert),
        /// `snapshot "name" = e`
        Snapshot(Snapshot),
    }
}

views! {
    /// `use …`
    Use = Use,
    /// One name of `use m.{A, B as C}`.
    UseName = UseName,
    /// `overlay "./a.dep", …`
    Overlay = Overlay,
    /// `input x: T = e`
    Input = Input,
    /// `let x: T = e`, as an entry and in an expression.
    Let = Let,
    /// `fn f(a: T) -> U = e`
    Fn = Fn,
    /// One parameter of a function.
    Param = Param,
    /// `type T = U`
    TypeAlias = TypeAlias,
    /// `schema S extends R { … }`
    Schema = Schema,
    /// `variant V { … }`
    Variant = Variant,
    /// One case of a variant.
    Case = Case,
    /// `trait T for S { … }`
    Trait = Trait,
    /// `test "…" { … }`
    Test = Test,
    /// `every "…" T as x where e { … }`
    Every = Every,
    /// `check e: "…"`, `warn`, `note`
    Check = Check,
    /// `allow "id": "reason"`
    Allow = Allow,
    /// Any binding, block or field declaration.
    Binding = Binding,
    /// `unset x`
    Removal = Removal,
    /// `when e { … }`
    When = When,
    /// `for k, v in e { … }`
    For = For,
    /// `for k, v in e`
    ForClause = ForClause,
    /// `if e` after a `for`
    IfClause = IfClause,
    /// `...e`
    Spread = Spread,
    /// `fails e because "…"`
    Fails = Fails,
    /// `assert e: "…"`
    Assert = Assert,
    /// `snapshot "name" = e`
    Snapshot = Snapshot,
    /// `a.b["k"]`
    Path = Path,
    /// `[e]` in a path, or an interpolated key.
    Computed = Computed,
}

impl<'t> Use<'t> {
    /// Whether it is `use crd "…"`.
    pub fn is_crd(self) -> bool {
        self.0.child(NodeKind::Crd).is_some()
    }

    /// The names of the dotted path: `std`, `workload`. With `from`, the names to bring come before it.
    pub fn path(self) -> impl Iterator<Item = Name<'t>> {
        self.0.child(NodeKind::ModulePath).into_iter().flat_map(views_of)
    }

    /// The file of `use "./x.dep"` and `use crd "./x.yaml"`.
    pub fn file(self) -> Option<Str<'t>> {
        view(self.0)
    }

    /// Whether it has a list in braces, which may be empty.
    pub fn has_names(self) -> bool {
        self.0.child(NodeKind::UseNames).is_some()
    }

    /// The names in braces.
    pub fn names(self) -> impl Iterator<Item = UseName<'t>> {
        self.0.child(NodeKind::UseNames).into_iter().flat_map(views_of)
    }

    /// The package of `from "@a/b"`.
    pub fn from(self) -> Option<Str<'t>> {
        self.0.child(NodeKind::From).and_then(view)
    }

    /// The name behind `as`.
    pub fn alias(self) -> Option<Name<'t>> {
        self.0.child(NodeKind::Alias).and_then(view)
    }
}

impl<'t> UseName<'t> {
    /// The name in the module.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// The name behind `as`.
    pub fn alias(self) -> Option<Name<'t>> {
        self.0.child(NodeKind::Alias).and_then(view)
    }
}

impl<'t> Overlay<'t> {
    /// The files that it layers.
    pub fn files(self) -> impl Iterator<Item = Str<'t>> {
        views_of(self.0)
    }
}

fn set_value(node: Node<'_>) -> Option<Expr<'_>> {
    node.child(NodeKind::Set).and_then(view)
}

impl<'t> Input<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// The type behind `:`.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        annotation(self.0)
    }

    /// The value behind `=`.
    pub fn value(self) -> Option<Expr<'t>> {
        set_value(self.0)
    }
}

impl<'t> Let<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// The type behind `:`.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        annotation(self.0)
    }

    /// The value behind `=`.
    pub fn value(self) -> Option<Expr<'t>> {
        set_value(self.0)
    }
}

impl<'t> Fn<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// The parameters.
    pub fn params(self) -> impl Iterator<Item = Param<'t>> {
        self.0.child(NodeKind::Params).into_iter().flat_map(views_of)
    }

    /// The type behind `->`.
    pub fn returns(self) -> Option<TypeExpr<'t>> {
        self.0.child(NodeKind::Returns).and_then(view)
    }

    /// The expression behind `=`.
    pub fn value(self) -> Option<Expr<'t>> {
        set_value(self.0)
    }
}

impl<'t> Param<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// Whether it is `name?: T`.
    pub fn is_optional(self) -> bool {
        self.0.child(NodeKind::Question).is_some()
    }

    /// The type behind `:`.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        annotation(self.0)
    }

    /// The default behind `=`.
    pub fn value(self) -> Option<Expr<'t>> {
        set_value(self.0)
    }
}

impl<'t> TypeAlias<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// The type that it names.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 1)
    }
}

impl<'t> Schema<'t> {
    /// Whether it is an `open schema`.
    pub fn is_open(self) -> bool {
        self.0.child(NodeKind::Open).is_some()
    }

    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        view(self.0)
    }

    /// The schema behind `extends`.
    pub fn parent(self) -> Option<TypeRef<'t>> {
        self.0.child(NodeKind::Extends).and_then(view)
    }

    /// Its fields, checks and locals.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> Variant<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// The cases.
    pub fn cases(self) -> impl Iterator<Item = Case<'t>> {
        self.0.child(NodeKind::Cases).into_iter().flat_map(views_of)
    }
}

impl<'t> Case<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// Its fields, where it has a body.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> Trait<'t> {
    /// The name.
    pub fn name(self) -> Option<Name<'t>> {
        slot(self.0, 0)
    }

    /// The schema behind `for`.
    pub fn target(self) -> Option<TypeRef<'t>> {
        self.0.child(NodeKind::Target).and_then(view)
    }

    /// The layer.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> Test<'t> {
    /// What it shows.
    pub fn name(self) -> Option<Str<'t>> {
        slot(self.0, 0)
    }

    /// Its entries.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> Every<'t> {
    /// The id of the rule.
    pub fn id(self) -> Option<Str<'t>> {
        slot(self.0, 0)
    }

    /// The kind of object.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 1)
    }

    /// The name of the object, behind `as`.
    pub fn alias(self) -> Option<Name<'t>> {
        self.0.child(NodeKind::Alias).and_then(view)
    }

    /// The condition behind `where`.
    pub fn condition(self) -> Option<Expr<'t>> {
        self.0.child(NodeKind::Where).and_then(view)
    }

    /// What it changes and checks.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

/// How serious a failed check is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum CheckSeverity {
    /// `check`: an error.
    Check,
    /// `warn`
    Warn,
    /// `note`
    Note,
}

impl<'t> Check<'t> {
    /// `check`, `warn` or `note`.
    pub fn severity(self) -> CheckSeverity {
        match self.0.child(NodeKind::Severity).map(Node::text) {
            Some("warn") => CheckSeverity::Warn,
            Some("note") => CheckSeverity::Note,
            _ => CheckSeverity::Check,
        }
    }

    /// What must hold.
    pub fn condition(self) -> Option<Expr<'t>> {
        slot(self.0, 1)
    }

    /// What is said where it does not.
    pub fn message(self) -> Option<Expr<'t>> {
        message(self.0)
    }
}

fn message(node: Node<'_>) -> Option<Expr<'_>> {
    node.child(NodeKind::Message).and_then(view)
}

impl<'t> Allow<'t> {
    /// The id of the rule or lint.
    pub fn id(self) -> Option<Str<'t>> {
        slot(self.0, 0)
    }

    /// The reason.
    pub fn reason(self) -> Option<Str<'t>> {
        self.0.child(NodeKind::Message).and_then(view)
    }
}

impl<'t> Removal<'t> {
    /// What is removed.
    pub fn path(self) -> Option<Path<'t>> {
        view(self.0)
    }
}

impl<'t> When<'t> {
    /// The condition.
    pub fn condition(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// The entries under it.
    pub fn body(self) -> Option<Body<'t>> {
        slot(self.0, 1)
    }
}

choice! {
    /// A clause of a comprehension.
    Clause {
        /// `for k, v in e`
        For(ForClause),
        /// `if e`
        If(IfClause),
    }
}

impl<'t> For<'t> {
    /// The clauses, of which the first is a `for`.
    pub fn clauses(self) -> impl Iterator<Item = Clause<'t>> {
        views_of(self.0)
    }

    /// The entries for each element.
    pub fn body(self) -> Option<Body<'t>> {
        view(self.0)
    }
}

impl<'t> Spread<'t> {
    /// The record or list.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> Fails<'t> {
    /// What must fail.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// A part of the message it must fail with.
    pub fn because(self) -> Option<Expr<'t>> {
        self.0.child(NodeKind::Because).and_then(view)
    }
}

impl<'t> Assert<'t> {
    /// What must hold.
    pub fn condition(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// What is said where it does not.
    pub fn message(self) -> Option<Expr<'t>> {
        message(self.0)
    }
}

impl<'t> Snapshot<'t> {
    /// The name of the file that it is compared with.
    pub fn name(self) -> Option<Str<'t>> {
        slot(self.0, 0)
    }

    /// What is compared; the whole program where it is left out.
    pub fn value(self) -> Option<Expr<'t>> {
        set_value(self.0)
    }
}
