//! Views of expressions.

use super::{
    Body, Chain, Clause, Key, Let, Name, Spread, Str, TypeExpr, View, choice, key_of, slot, view,
    views, views_of,
};
use crate::node::NodeKind;
use crate::tree::Node;

choice! {
    /// An expression.
    Expr {
        /// `x`
        Name(Name),
        /// `a.b(c) { … }`
        Chain(Chain),
        /// `"a"`
        Str(Str),
        /// `"a\(b)"`
        Template(Template),
        /// `1`
        Int(Int),
        /// `1.5`
        Float(Float),
        /// `200Mi`
        Unit(Unit),
        /// `true`
        Bool(Bool),
        /// `{ … }`
        Record(Body),
        /// `[ … ]`
        List(List),
        /// `[e for x in xs]`
        Comprehension(Comprehension),
        /// `(e)`
        Paren(Paren),
        /// `a + b`
        Binary(Binary),
        /// `-a`, `not a`
        Unary(Unary),
        /// `a..b`
        Range(Range),
        /// `a is T`
        Is(Is),
        /// `if c then a else b`
        If(If),
        /// `match e { … }`
        Match(Match),
        /// `x => e`
        Lambda(Lambda),
        /// `let x = a in e`
        LetIn(LetIn),
        /// `.x`
        Lead(Lead),
        /// `external T { … }`
        External(External),
        /// `import "f"`
        Import(Import),
        /// `embed "f"`
        Embed(Embed),
        /// `prev`
        Prev(Prev),
        /// `unset`
        Unset(Unset),
    }
}

views! {
    /// A whole number.
    Int = Int,
    /// A number with a fraction or an exponent.
    Float = Float,
    /// A number with a unit.
    Unit = Unit,
    /// `true` or `false`.
    Bool = Bool,
    /// A string with interpolation.
    Template = Template,
    /// `[a, b]`
    List = List,
    /// `[e for x in xs if c]`
    Comprehension = Comprehension,
    /// `(e)`
    Paren = Paren,
    /// Operators of one precedence with their operands, from the left.
    Binary = Binary,
    /// `-e`, `not e`
    Unary = Unary,
    /// `a..b`
    Range = Range,
    /// `e is T`
    Is = Is,
    /// `if c then a else b`
    If = If,
    /// `match e { … }`
    Match = Match,
    /// `p => e` in a match.
    Arm = Arm,
    /// What an arm matches.
    Pattern = Pattern,
    /// `x => e`
    Lambda = Lambda,
    /// `let x = a in e`
    LetIn = LetIn,
    /// `.x`
    Lead = Lead,
    /// `external T { … }`
    External = External,
    /// `import "f"`
    Import = Import,
    /// `embed "f"`
    Embed = Embed,
    /// `prev`
    Prev = Prev,
    /// `unset`
    Unset = Unset,
}

/// An element of a list, or an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element<'t> {
    /// `e`
    Expr(Expr<'t>),
    /// `...e`
    Spread(Spread<'t>),
}

impl<'t> View<'t> for Element<'t> {
    fn cast(node: Node<'t>) -> Option<Self> {
        match node.kind() {
            NodeKind::Spread => Some(Element::Spread(Spread(node))),
            _ => Expr::cast(node).map(Element::Expr),
        }
    }

    fn node(self) -> Node<'t> {
        match self {
            Element::Expr(expr) => expr.node(),
            Element::Spread(spread) => spread.0,
        }
    }
}

impl<'t> List<'t> {
    /// The elements in order.
    pub fn elements(self) -> impl Iterator<Item = Element<'t>> {
        views_of(self.0)
    }
}

impl<'t> Comprehension<'t> {
    /// What each element becomes.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// The clauses, of which the first is a `for`.
    pub fn clauses(self) -> impl Iterator<Item = Clause<'t>> {
        views_of(self.0)
    }
}

impl<'t> Paren<'t> {
    /// What stands in the parentheses.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }
}

/// An operator between two operands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `??`
    Coalesce,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl BinaryOp {
    /// The operator that a token's text is.
    pub fn of(text: &str) -> Option<BinaryOp> {
        Some(match text {
            "or" => BinaryOp::Or,
            "and" => BinaryOp::And,
            "==" => BinaryOp::Equal,
            "!=" => BinaryOp::NotEqual,
            "<" => BinaryOp::Less,
            "<=" => BinaryOp::LessEqual,
            ">" => BinaryOp::Greater,
            ">=" => BinaryOp::GreaterEqual,
            "??" => BinaryOp::Coalesce,
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            "%" => BinaryOp::Remainder,
            _ => return None,
        })
    }
}

impl<'t> Binary<'t> {
    /// The first operand.
    pub fn first(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// The operators with the operand behind each, in order; the node is the operator's.
    pub fn rest(self) -> impl Iterator<Item = (BinaryOp, Node<'t>, Option<Expr<'t>>)> {
        let mut children = self.0.children().skip(1);
        std::iter::from_fn(move || {
            let operator = children.find(|child| child.kind() == NodeKind::BinaryOp)?;
            let operand = children.next().and_then(Expr::cast);
            Some((BinaryOp::of(operator.text())?, operator, operand))
        })
    }
}

/// An operator before an operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrefixOp {
    /// `-`
    Negate,
    /// `not`
    Not,
}

impl<'t> Unary<'t> {
    /// The operators as written; the last is applied first.
    pub fn operators(self) -> impl Iterator<Item = PrefixOp> {
        self.0
            .children_of(NodeKind::PrefixOp)
            .map(|node| if node.text() == "-" { PrefixOp::Negate } else { PrefixOp::Not })
    }

    /// The operand.
    pub fn operand(self) -> Option<Expr<'t>> {
        view(self.0)
    }
}

impl<'t> Range<'t> {
    /// What stands before the `..`.
    pub fn start(self) -> Option<Expr<'t>> {
        self.0.children().take_while(|child| child.kind() != NodeKind::Dots).find_map(Expr::cast)
    }

    /// What stands behind the `..`.
    pub fn end(self) -> Option<Expr<'t>> {
        self.0.children().skip_while(|child| child.kind() != NodeKind::Dots).find_map(Expr::cast)
    }
}

/// What an `is` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IsWhat<'t> {
    /// `is set`
    Set,
    /// `is unset`
    Unset,
    /// `is T`
    Type(TypeExpr<'t>),
}

impl<'t> Is<'t> {
    /// What is asked about.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// What is asked.
    pub fn what(self) -> Option<IsWhat<'t>> {
        let node = self.0.children().nth(1)?;
        match node.kind() {
            NodeKind::IsSet => Some(IsWhat::Set),
            NodeKind::Unset => Some(IsWhat::Unset),
            _ => TypeExpr::cast(node).map(IsWhat::Type),
        }
    }
}

impl<'t> If<'t> {
    /// Conditions with their values, in order.
    pub fn arms(self) -> impl Iterator<Item = (Option<Expr<'t>>, Option<Expr<'t>>)> {
        self.0.children_of(NodeKind::Then).map(|arm| (slot(arm, 0), slot(arm, 1)))
    }

    /// Whether there is an `else`.
    pub fn has_otherwise(self) -> bool {
        self.0.child(NodeKind::Else).is_some()
    }

    /// The value behind the last `else`.
    pub fn otherwise(self) -> Option<Expr<'t>> {
        self.0.child(NodeKind::Else).and_then(|node| slot(node, 0))
    }
}

impl<'t> Match<'t> {
    /// What is matched.
    pub fn subject(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }

    /// The arms in order.
    pub fn arms(self) -> impl Iterator<Item = Arm<'t>> {
        views_of(self.0)
    }
}

impl<'t> Arm<'t> {
    /// The pattern.
    pub fn pattern(self) -> Option<Pattern<'t>> {
        slot(self.0, 0)
    }

    /// The value.
    pub fn value(self) -> Option<Expr<'t>> {
        slot(self.0, 1)
    }
}

impl<'t> Pattern<'t> {
    /// Whether it is `unset`.
    pub fn is_unset(self) -> bool {
        self.0.child(NodeKind::Unset).is_some()
    }

    /// Whether it is `_`, which matches everything.
    pub fn is_wildcard(self) -> bool {
        self.0
            .children()
            .next()
            .is_some_and(|node| node.kind() == NodeKind::TypeRef && node.text() == "_")
    }

    /// The case, type or literals. A case of a variant is a [`TypeRef`] too.
    pub fn ty(self) -> Option<TypeExpr<'t>> {
        slot(self.0, 0)
    }

    /// The name that it binds.
    pub fn binder(self) -> Option<Name<'t>> {
        slot(self.0, 1)
    }
}

impl<'t> Lambda<'t> {
    /// The parameters.
    pub fn params(self) -> impl Iterator<Item = Name<'t>> {
        let parts = self.0.children().filter(|child| child.kind() != NodeKind::Junk).count();
        self.0
            .children()
            .filter(|child| child.kind() != NodeKind::Junk)
            .take(parts.saturating_sub(1))
            .filter_map(Name::cast)
    }

    /// The value.
    pub fn value(self) -> Option<Expr<'t>> {
        self.0.children().filter(|child| child.kind() != NodeKind::Junk).last().and_then(Expr::cast)
    }
}

impl<'t> LetIn<'t> {
    /// The locals in order; each sees those before it.
    pub fn locals(self) -> impl Iterator<Item = Let<'t>> {
        views_of(self.0)
    }

    /// The value.
    pub fn value(self) -> Option<Expr<'t>> {
        view(self.0)
    }
}

impl<'t> Lead<'t> {
    /// The field.
    pub fn key(self) -> Option<Key<'t>> {
        key_of(self.0)
    }
}

impl<'t> External<'t> {
    /// What is external: a name, or a chain that begins with it.
    pub fn expr(self) -> Option<Expr<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> Import<'t> {
    /// The file.
    pub fn file(self) -> Option<Str<'t>> {
        slot(self.0, 0)
    }
}

impl<'t> Embed<'t> {
    /// The file.
    pub fn file(self) -> Option<Str<'t>> {
        slot(self.0, 0)
    }
}
