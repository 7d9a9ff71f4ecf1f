//! How large a type may be, with all that its names stand for: a few definitions that each name the one before twice
//! would make a type that nobody can look through.

use syntax::Node;

use super::TypeReader;
use crate::limits;
use crate::ty::Ty;

impl TypeReader<'_> {
    /// The type that the node writes; `Ty::Error` where it is broken.
    pub fn read(&mut self, node: Node<'_>) -> Ty {
        if self.within == 0 {
            (self.parts, self.too_large) = (0, false);
        }
        self.parts = self.parts.saturating_add(1);
        if self.parts > limits::TYPE_PARTS {
            if !std::mem::replace(&mut self.too_large, true) {
                let message = format!("this type has more than {} parts", limits::TYPE_PARTS);
                self.error(505, node, message);
            }
            return Ty::Error;
        }
        self.within += 1;
        let ty = self.read_written(node);
        self.within -= 1;
        ty
    }
}
