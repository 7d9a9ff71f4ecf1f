//! What the elaborator makes of an item, and the evaluator runs: compact nodes in which names are resolved,
//! literals are read by their types, and every field of a known schema is a number.
//!
//! Code holds no positions, only the tree node that each of its nodes was written as, so an edit that moves
//! text or changes a comment leaves it equal and re-evaluates nothing.

mod ask;
mod named;
mod operator;
mod record;

use std::sync::Arc;

use kube::types::TypeId;

use crate::db::{Item, Module};
use crate::problem::Problem;
use crate::ty::Ty;

pub use ask::Ask;
pub use named::Named;
pub use operator::BinaryOp;
pub use record::{Amended, Made, RecordKind};

/// An index into [`Code::exprs`].
pub type ExprId = u32;
/// An index into [`Code::bodies`].
pub type BodyId = u32;
/// An index into [`Code::types`].
pub type TyId = u32;

/// One elaborated item.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Code {
    pub exprs: Vec<Expr>,
    /// The tree node of each of `exprs`.
    pub nodes: Vec<u32>,
    pub bodies: Vec<Body>,
    pub types: Vec<Ty>,
    /// What the item as a whole is.
    pub root: Root,
}

impl Code {
    /// The same without memory to grow in: it is kept for as long as the item is.
    pub fn shrunk(mut self) -> Self {
        self.exprs.shrink_to_fit();
        self.nodes.shrink_to_fit();
        for body in &mut self.bodies {
            body.entries.shrink_to_fit();
            body.named = Named::of(&body.entries);
        }
        self.bodies.shrink_to_fit();
        self.types.shrink_to_fit();
        self
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Root {
    /// Nothing to evaluate (`use`, `type`, …), or too broken to.
    #[default]
    None,
    /// `let`, `input`, `type`d and plain fields of a file: one entry that binds the item's name in the
    /// record that the file is. `bodies[BODY]` holds exactly the entries (one) of this item.
    Binding {
        body: BodyId,
        declared: Option<TyId>,
    },
    /// What an overlay binds in files that are used, instead of in its own base.
    Reached(Vec<Reached>),
    Fn(Function),
    Schema(Schema),
    /// The bodies of the cases of a variant, by their numbers.
    Variant(Vec<Option<BodyId>>),
    Trait {
        of: Ty,
        body: BodyId,
    },
    /// A `check`, `warn` or `note` of the file.
    Check(BodyId),
    /// A `test`: its statements, with the `let`s, conditions and loops around them.
    Test(BodyId),
    Every(Rule),
    /// A file that is imported or embedded.
    Data {
        value: ExprId,
        /// The list of its documents, however many there are.
        documents: ExprId,
    },
}

/// The entries that bind one name in a file that is used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    /// The file that declares the name.
    pub module: Module,
    pub name: Arc<str>,
    pub body: BodyId,
}

/// `every "id" T as x where e { … }`. The object is the outermost local.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub id: Arc<str>,
    pub of: RuleOf,
    pub condition: Option<ExprId>,
    /// The layer that it puts on each object; empty where it only checks.
    pub layer: BodyId,
    /// Its `check`, `warn` and `note`, under what they stand in; empty where it only changes.
    pub checks: BodyId,
}

/// What a rule is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RuleOf {
    Kind(TypeId),
    /// `k8s.Object`: objects of all kinds.
    Object,
    /// Components of a schema, or of one that extends it; such a rule only checks.
    Component(Item),
}

/// `fn name(params) = body`, and lambdas.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    pub params: Vec<Param>,
    pub result: TyId,
    pub body: ExprId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    pub name: Arc<str>,
    pub ty: TyId,
    /// What it is where a call leaves it out; the parameters before it are in scope.
    pub default: Option<ExprId>,
}

/// A schema's own part; what it inherits is in its parents'.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schema {
    pub name: Arc<str>,
    pub parent: Option<Item>,
    /// More fields than declared may be set.
    pub open: bool,
    /// The schema's layer of defaults, its checks and `let`s. Strength in it is `Default` throughout.
    pub body: BodyId,
}

/// The entries of a pair of braces, in the order written. Dotted paths are nested blocks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Body {
    /// The body of an item, a schema or a trait: [`Expr::SelfField`] in it, and in the blocks within it, is a
    /// field of the very record that this body is a layer of. In any other body it is what it is outside.
    pub own: bool,
    /// Not all of what it lies on is known: a trait under it, or under a body around it, is none. What no other layer
    /// binds may have been bound there.
    pub partial: bool,
    pub entries: Vec<Entry>,
    /// Which of them binds which name, where there are many and all names are written out.
    pub named: Option<Named>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The tree node of the path or keyword, for messages about the entry itself.
    pub node: u32,
    pub kind: EntryKind,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// `key = value`, `key += value`, `key =+ value`.
    Set {
        key: Key,
        op: SetOp,
        strength: Strength,
        value: ExprId,
    },
    /// `key { … }`: a layer on what the record has so far. `optional` for `key? { … }`. `traits` are those of
    /// `key with A & B { … }`: layers under the block.
    Block {
        key: Key,
        strength: Strength,
        optional: bool,
        traits: Vec<Item>,
        body: BodyId,
    },
    /// `separate { … }` in a block on a variant: the entries of `body` belong to this body if the record is
    /// that case. `optional` for `separate? { … }`.
    Case {
        case: u16,
        name: Arc<str>,
        strength: Strength,
        optional: bool,
        body: BodyId,
    },
    /// `unset key`.
    Unset {
        key: Key,
    },
    /// What stands here cannot be made an entry of, which is told; this key is the one that it was most likely meant to
    /// bind. Its value is an error, so that nobody misses it too.
    Lost {
        key: Key,
    },
    /// `when condition { … }`: the entries of `body` belong to this body under a condition.
    When {
        condition: ExprId,
        body: BodyId,
    },
    /// `for a, b in source if condition { … }`: the entries of `body`, once an element. Binds one or two
    /// locals (two: key and value of a map or record, or index and element of a list).
    For {
        two: bool,
        source: ExprId,
        condition: Option<ExprId>,
        body: BodyId,
    },
    /// `...value`: its entries, in this layer.
    Spread {
        value: ExprId,
    },
    /// Binds one local for the entries that follow, in this body and those nested in it.
    Let {
        value: ExprId,
    },
    Check {
        severity: crate::problem::Severity,
        condition: ExprId,
        message: Option<ExprId>,
    },
    /// `allow "id": "reason"`.
    Allow {
        id: Arc<str>,
        reason: Arc<str>,
    },
    /// What a `test` says, and the paths that it speaks of and that `assert`s above it know; boxed, because no other body
    /// has any.
    Statement(Box<(Statement, Vec<Arc<str>>)>),
}

/// What stands in a `test`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Statement {
    /// `assert condition: message`. Of `known`, paths, it says that they are there, or what they are: where it does not
    /// hold, nothing is asked that speaks of them.
    Assert { condition: ExprId, message: Option<ExprId>, known: Vec<Arc<str>> },
    /// `fails value because "text"`. `known` is what is wrong with it as it is written, which is the failure that is
    /// asked for and no mistake of the file.
    Fails { value: ExprId, because: Option<ExprId>, known: Vec<Problem> },
    /// `snapshot "name" = value`; without a value, all that the program emits.
    Snapshot { name: Arc<str>, value: Option<ExprId> },
}

impl Entry {
    /// Whether it binds no key, and only says what the names and keys beside it mean.
    pub fn is_let(&self) -> bool {
        matches!(self.kind, EntryKind::Let { .. })
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    /// A name or string that is written out. `slot` is the index among the declared fields of the schema that
    /// the body is for (parents' fields first), `NO_SLOT` where the record is of another kind.
    Static {
        name: Arc<str>,
        slot: u16,
    },
    Computed(ExprId),
}

pub const NO_SLOT: u16 = u16::MAX;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SetOp {
    Replace,
    Append,
    Prepend,
}

/// See "Layers" in the language document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Strength {
    Default,
    Set,
    Override,
    Final,
}

/// Locals are numbered by De Bruijn level: 0 is the outermost local of the item (parameters first), and each
/// `let`, `for`, lambda parameter or comprehension variable that is in scope adds one. An environment is the
/// list of the values of the locals in scope, so a lambda or a thunk captures its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// Follows from a problem that was reported.
    Error,
    Null,
    Bool(bool),
    Int(i64),
    /// Bits of an `f64`, so that code can be compared.
    Float(u64),
    Str(Arc<str>),
    /// Canonical text, as `kube::quantity` prints it.
    Quantity(Arc<str>),
    /// Nanoseconds.
    Duration(i64),
    /// Hundredths of a percent… as bits of an `f64` number of percents: `70%` is 70.0.
    Percent(u64),
    /// `unset` as a value.
    Absent,
    /// `a..b`; either end may be open.
    Range(Option<ExprId>, Option<ExprId>),
    /// Text and values in turn.
    Interpolation(Box<[ExprId]>),
    List(Box<[ListEntry]>),
    /// `[value for …]`; `clauses` run left to right, each may bind locals.
    ListComprehension {
        clauses: Box<[Clause]>,
        value: ExprId,
    },
    /// A new record: `Service with A & B { … }`, `{ … }` where a record of a known kind is expected.
    Record(Box<Made>),
    /// `value { … }`, `value with T { … }`: a new record, with a layer on top.
    Amend(Box<Amended>),
    Local(u32),
    /// A field of the item body, schema or trait that encloses the expression.
    SelfField {
        name: Arc<str>,
        slot: u16,
    },
    /// `.x`: a field of the innermost record.
    InnerField {
        name: Arc<str>,
        slot: u16,
    },
    /// A field of the file, an `input` or a `let`: of this module or another.
    Global(Item),
    /// A function declared at the top of a module.
    Function(Item),
    /// `key`.
    KeyName,
    /// `prev`.
    Prev,
    /// `value.name`, `value?.name`.
    Member {
        value: ExprId,
        name: Arc<str>,
        slot: u16,
        ask: Ask,
    },
    /// `value[index]`.
    Index {
        value: ExprId,
        index: ExprId,
        ask: Ask,
    },
    Call {
        function: ExprId,
        arguments: Box<[ExprId]>,
    },
    /// A call of a function whose body is `builtin`, with a value for each of its parameters.
    Builtin {
        builtin: Builtin,
        arguments: Box<[ExprId]>,
    },
    Lambda(Box<Function>),
    Not(ExprId),
    Negate(ExprId),
    Binary {
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
    },
    And(ExprId, ExprId),
    Or(ExprId, ExprId),
    /// `value ?? otherwise`.
    Coalesce(ExprId, ExprId),
    If {
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    },
    /// Binds one local, then is `body`.
    Let {
        value: ExprId,
        body: ExprId,
    },
    /// `value is set` (true) or `value is unset` (false).
    IsSet {
        value: ExprId,
        set: bool,
    },
    /// `value is T`.
    Is {
        value: ExprId,
        ty: TyId,
    },
    /// `match value { … }`: the first arm that fits. The value is bound to one local in every arm.
    Match {
        value: ExprId,
        arms: Box<[Arm]>,
    },
    /// The value is sensitive: no message shows it, nor what is computed on the way.
    Sealed(ExprId),
    /// The value must be of this type, by kind and by refinement; where it was not proved statically.
    Check {
        value: ExprId,
        ty: TyId,
    },
    /// `value as T`: what has no type of its own, read as one.
    Cast {
        value: ExprId,
        ty: TyId,
    },
    /// `import "f"` and `embed "f"`: the value of that item. `documents` where a list is asked for.
    Data {
        item: Item,
        documents: bool,
    },
}

/// Most of what a program takes is expressions: what is large stands apart.
const _: () = assert!(size_of::<Expr>() <= 24);

impl Expr {
    /// Whether its value is known without evaluating anything.
    pub fn is_written_out(&self) -> bool {
        use Expr as E;
        matches!(
            self,
            E::Null | E::Bool(_) | E::Int(_) | E::Float(_) | E::Str(_) | E::Quantity(_) | E::Absent
        ) || matches!(self, E::Duration(_) | E::Percent(_) | E::Lambda(_) | E::Function(_))
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub value: ExprId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    Any,
    Unset,
    Is(TyId),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ListEntry {
    One(ExprId),
    /// `...xs`
    Spread(ExprId),
}

impl ListEntry {
    /// The element, or what is spread.
    pub fn value(self) -> ExprId {
        let (ListEntry::One(value) | ListEntry::Spread(value)) = self;
        value
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Clause {
    /// `for a in source` or `for a, b in source`: binds one or two locals.
    For {
        two: bool,
        source: ExprId,
    },
    If(ExprId),
}

/// A function that the library declares and the evaluator computes: a number in `eval::builtins`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Builtin(pub u16);
