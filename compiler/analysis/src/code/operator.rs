//! What is computed of two values.

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl BinaryOp {
    /// Whether it makes a value of two, and does not compare them.
    pub fn computes(self) -> bool {
        use BinaryOp as B;
        matches!(self, B::Add | B::Subtract | B::Multiply | B::Divide | B::Remainder)
    }
}
