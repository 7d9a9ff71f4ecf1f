//! From the text of a rule to its tree. Macros become nodes of their own.

use std::sync::Arc;

use super::lex::{Kind, Token, tokens};

/// A rule, as far as it can be read.
pub type Program = Result<Expr, Unread>;

/// Why a rule cannot be read, and where, in bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub message: String,
    pub at: u32,
}

/// A constant of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Constant(Constant),
    Name(Box<str>),
    /// `a.b`, `a.?b`
    Field {
        of: Box<Expr>,
        name: Box<str>,
        optional: bool,
    },
    /// `a[b]`, `a[?b]`
    Index {
        of: Box<Expr>,
        index: Box<Expr>,
        optional: bool,
    },
    /// `has(a.b)`
    Has {
        of: Box<Expr>,
        name: Box<str>,
    },
    /// `f(x)`, `a.f(x)`
    Call {
        on: Option<Box<Expr>>,
        name: Box<str>,
        arguments: Vec<Expr>,
    },
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    If(Box<(Expr, Expr, Expr)>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Operator, Box<(Expr, Expr)>),
    /// Elements; `?e` is left out where it is none.
    List(Vec<(Expr, bool)>),
    Map(Vec<(Expr, Expr, bool)>),
    /// `Object.spec{replicas: 3}`: a value of a type that has a name, by its fields.
    Message {
        name: Box<str>,
        fields: Vec<(Box<str>, Expr, bool)>,
    },
    Macro(Box<Macro>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Plus,
    Minus,
    Times,
    Divided,
    Modulo,
}

/// A loop over the elements of a list or the keys of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Macro {
    pub kind: MacroKind,
    pub of: Expr,
    /// One name for the element or key, or two for index or key and the value.
    pub names: Vec<Box<str>>,
    /// Which elements count, where the macro says so apart from what it makes of them.
    pub filter: Option<Expr>,
    pub body: Expr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MacroKind {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    /// `transformMap`
    ToMap,
    /// `transformMapEntry`
    ToEntries,
    /// `optMap`
    Optional,
    /// `optFlatMap`
    OptionalFlat,
}

/// How long a rule may be, in bytes, and how deep it may nest.
const LENGTH: usize = 100_000;
const DEPTH: u32 = 100;

/// The tree of a rule.
pub fn program(text: &str) -> Program {
    if text.len() > LENGTH {
        return Err(Unread { message: format!("it is longer than {LENGTH} bytes"), at: 0 });
    }
    let tokens = tokens(text).map_err(|message| Unread { message, at: 0 })?;
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let expr = parser.expr()?;
    match parser.kind() {
        Kind::End => Ok(expr),
        _ => Err(parser.unread("did not expect this")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
}

type Parsed<T> = Result<T, Unread>;

impl Parser {
    fn kind(&self) -> &Kind {
        self.tokens.get(self.at).map_or(&Kind::End, |token| &token.kind)
    }

    fn unread(&self, message: &str) -> Unread {
        let shown = match self.kind() {
            Kind::End => "the end".to_owned(),
            Kind::Sign(sign) => format!("`{sign}`"),
            Kind::Name(name) => format!("`{name}`"),
            Kind::Str(text) => format!("{text:?}"),
            _ => "a number".to_owned(),
        };
        let at = self.tokens.get(self.at).map_or(0, |token| token.at);
        Unread { message: format!("{message}: {shown}"), at }
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.kind(), Kind::Sign(own) if *own == sign)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        match self.eat(sign) {
            true => Ok(()),
            false => Err(self.unread(&format!("expected `{sign}`"))),
        }
    }

    /// Whatever nests does so through here.
    fn expr(&mut self) -> Parsed<Expr> {
        if self.depth >= DEPTH {
            return Err(self.unread("it nests too deep"));
        }
        self.depth += 1;
        let expr = self.conditional();
        self.depth -= 1;
        expr
    }

    fn conditional(&mut self) -> Parsed<Expr> {
        let condition = self.or()?;
        if !self.eat("?") {
            return Ok(condition);
        }
        let then = self.expr()?;
        self.expect(":")?;
        let other = self.expr()?;
        Ok(Expr::If(Box::new((condition, then, other))))
    }

    fn or(&mut self) -> Parsed<Expr> {
        let mut all = vec![self.and()?];
        while self.eat("||") {
            all.push(self.and()?);
        }
        Ok(balanced(all, &|a, b| Expr::Or(Box::new(a), Box::new(b))))
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut all = vec![self.relation()?];
        while self.eat("&&") {
            all.push(self.relation()?);
        }
        Ok(balanced(all, &|a, b| Expr::And(Box::new(a), Box::new(b))))
    }

    fn relation(&mut self) -> Parsed<Expr> {
        self.binary(
            |parser| parser.sum(),
            &[
                ("==", Operator::Equal),
                ("!=", Operator::Unequal),
                ("<=", Operator::LessOrEqual),
                (">=", Operator::GreaterOrEqual),
                ("<", Operator::Less),
                (">", Operator::Greater),
                ("in", Operator::In),
            ],
        )
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let signs = [("+", Operator::Plus), ("-", Operator::Minus)];
        self.binary(|parser| parser.product(), &signs)
    }

    fn product(&mut self) -> Parsed<Expr> {
        let signs = [("*", Operator::Times), ("/", Operator::Divided), ("%", Operator::Modulo)];
        self.binary(|parser| parser.unary(), &signs)
    }

    fn binary(
        &mut self,
        operand: fn(&mut Parser) -> Parsed<Expr>,
        signs: &[(&str, Operator)],
    ) -> Parsed<Expr> {
        let mut left = operand(self)?;
        let mut count = 0;
        loop {
            let sign = signs.iter().find(|(sign, _)| match self.kind() {
                Kind::Sign(own) => own == sign,
                Kind::Name(name) => name == sign,
                _ => false,
            });
            let Some((_, operator)) = sign else { return Ok(left) };
            count += 1;
            if count > DEPTH {
                return Err(self.unread("it nests too deep"));
            }
            self.at += 1;
            let right = operand(self)?;
            left = Expr::Binary(*operator, Box::new((left, right)));
        }
    }

    fn unary(&mut self) -> Parsed<Expr> {
        let sign = if self.is("!") { "!" } else { "-" };
        let mut count = 0;
        while self.eat(sign) {
            count += 1;
        }
        if count == 1 && sign == "-" {
            let negative = match self.kind() {
                Kind::Int(value) => Some(Constant::Int(-value)),
                Kind::IntMin => Some(Constant::Int(i64::MIN)),
                Kind::Double(value) => Some(Constant::Double(-value)),
                _ => None,
            };
            if let Some(constant) = negative {
                self.at += 1;
                return self.members(Expr::Constant(constant));
            }
        }
        let operand = self.primary()?;
        let operand = self.members(operand)?;
        Ok(match (sign, count % 2) {
            (_, 0) => operand,
            ("!", _) => Expr::Not(Box::new(operand)),
            _ => Expr::Negative(Box::new(operand)),
        })
    }

    fn members(&mut self, mut of: Expr) -> Parsed<Expr> {
        let mut count = 0;
        loop {
            count += 1;
            if count > DEPTH {
                return Err(self.unread("it nests too deep"));
            }
            if self.eat(".") {
                let optional = self.eat("?");
                let name: Box<str> = match self.kind() {
                    Kind::Name(name) => name.as_str().into(),
                    _ => return Err(self.unread("expected the name of a field")),
                };
                self.at += 1;
                of = match !optional && self.eat("(") {
                    true => {
                        let arguments = self.arguments()?;
                        self.method(of, name, arguments)?
                    }
                    false => Expr::Field { of: Box::new(of), name, optional },
                };
            } else if self.eat("[") {
                let optional = self.eat("?");
                let index = self.expr()?;
                self.expect("]")?;
                of = Expr::Index { of: Box::new(of), index: Box::new(index), optional };
            } else if let Some(name) = name_of_type(&of).filter(|_| self.is("{")) {
                of = Expr::Message { name: name.into(), fields: self.fields()? };
            } else {
                return Ok(of);
            }
        }
    }

    fn fields(&mut self) -> Parsed<Vec<(Box<str>, Expr, bool)>> {
        self.expect("{")?;
        let mut all = Vec::new();
        while !self.eat("}") {
            let optional = self.eat("?");
            let name: Box<str> = match self.kind() {
                Kind::Name(name) => name.as_str().into(),
                _ => return Err(self.unread("expected the name of a field")),
            };
            self.at += 1;
            self.expect(":")?;
            all.push((name, self.expr()?, optional));
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(all)
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut all = Vec::new();
        while !self.eat(")") {
            all.push(self.expr()?);
            if !self.eat(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(all)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        if self.eat("(") {
            let expr = self.expr()?;
            self.expect(")")?;
            return Ok(expr);
        }
        if self.eat("[") {
            let mut all = Vec::new();
            while !self.eat("]") {
                let optional = self.eat("?");
                all.push((self.expr()?, optional));
                if !self.eat(",") {
                    self.expect("]")?;
                    break;
                }
            }
            return Ok(Expr::List(all));
        }
        if self.eat("{") {
            let mut all = Vec::new();
            while !self.eat("}") {
                let optional = self.eat("?");
                let key = self.expr()?;
                self.expect(":")?;
                all.push((key, self.expr()?, optional));
                if !self.eat(",") {
                    self.expect("}")?;
                    break;
                }
            }
            return Ok(Expr::Map(all));
        }
        // A name from the root.
        self.eat(".");
        let expr = match self.kind().clone() {
            Kind::Int(value) => Expr::Constant(Constant::Int(value)),
            Kind::Uint(value) => Expr::Constant(Constant::Uint(value)),
            Kind::Double(value) => Expr::Constant(Constant::Double(value)),
            Kind::Str(text) => Expr::Constant(Constant::Str(text.into())),
            Kind::Bytes(bytes) => Expr::Constant(Constant::Bytes(bytes.into())),
            Kind::Name(name) => match name.as_str() {
                "true" => Expr::Constant(Constant::Bool(true)),
                "false" => Expr::Constant(Constant::Bool(false)),
                "null" => Expr::Constant(Constant::Null),
                "in" => return Err(self.unread("did not expect this")),
                _ => {
                    self.at += 1;
                    if !self.eat("(") {
                        return Ok(Expr::Name(name.into()));
                    }
                    let arguments = self.arguments()?;
                    return self.function(&name, arguments);
                }
            },
            _ => return Err(self.unread("expected a value")),
        };
        self.at += 1;
        Ok(expr)
    }

    fn function(&mut self, name: &str, mut arguments: Vec<Expr>) -> Parsed<Expr> {
        if name == "has" {
            return match (arguments.pop(), arguments.is_empty()) {
                (Some(Expr::Field { of, name, optional: false }), true) => {
                    Ok(Expr::Has { of, name })
                }
                _ => Err(self.unread("`has` asks for one field, as in has(self.name)")),
            };
        }
        Ok(Expr::Call { on: None, name: name.into(), arguments })
    }

    fn method(&mut self, of: Expr, name: Box<str>, mut arguments: Vec<Expr>) -> Parsed<Expr> {
        let Some((kind, has_filter)) = macro_of(&name, arguments.len()) else {
            return Ok(Expr::Call { on: Some(Box::new(of)), name, arguments });
        };
        let Some(body) = arguments.pop() else { return Err(self.unread("expected a condition")) };
        let filter = if has_filter { arguments.pop() } else { None };
        let mut names = Vec::new();
        for argument in arguments {
            match argument {
                Expr::Name(name) => names.push(name),
                _ => return Err(self.unread(&format!("`{name}` takes names before its condition"))),
            }
        }
        Ok(Expr::Macro(Box::new(Macro { kind, of, names, filter, body })))
    }
}

/// The macro of a name with so many arguments, and whether the last but one of them is a condition.
fn macro_of(name: &str, count: usize) -> Option<(MacroKind, bool)> {
    Some(match (name, count) {
        ("all", 2 | 3) => (MacroKind::All, false),
        ("exists", 2 | 3) => (MacroKind::Exists, false),
        ("exists_one", 2) | ("existsOne", 2 | 3) => (MacroKind::ExistsOne, false),
        ("map", 2) => (MacroKind::Map, false),
        ("map", 3) => (MacroKind::Map, true),
        ("filter", 2) => (MacroKind::Filter, false),
        ("transformList", 3) => (MacroKind::Map, false),
        ("transformList", 4) => (MacroKind::Map, true),
        ("transformMap", 3) => (MacroKind::ToMap, false),
        ("transformMap", 4) => (MacroKind::ToMap, true),
        ("transformMapEntry", 3) => (MacroKind::ToEntries, false),
        ("transformMapEntry", 4) => (MacroKind::ToEntries, true),
        ("optMap", 2) => (MacroKind::Optional, false),
        ("optFlatMap", 2) => (MacroKind::OptionalFlat, false),
        _ => return None,
    })
}

/// What may be the name of a type: `Object.spec`.
fn name_of_type(of: &Expr) -> Option<String> {
    match of {
        Expr::Name(name) => Some(name.to_string()),
        Expr::Field { of, name, optional: false } => Some(format!("{}.{name}", name_of_type(of)?)),
        _ => None,
    }
}

/// A row of operands as a tree of little depth.
fn balanced(mut all: Vec<Expr>, join: &impl Fn(Expr, Expr) -> Expr) -> Expr {
    if all.len() > 2 {
        let right = all.split_off(all.len() / 2);
        return join(balanced(all, join), balanced(right, join));
    }
    let last = all.pop();
    match (all.pop(), last) {
        (Some(first), Some(last)) => join(first, last),
        (None, Some(only)) | (Some(only), None) => only,
        (None, None) => Expr::Constant(Constant::Null),
    }
}
