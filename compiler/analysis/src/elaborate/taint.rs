//! What a sensitive argument makes of the result of a function of the library, which knows nothing of such values.

use std::sync::Arc;

use salsa::Database;

use super::library::{DIGESTS, INSPECTING};
use super::params::{is_any_value, is_exposed, is_generic, mentions};
use crate::fits::present;
use crate::sensitive::{exposed, holds_sensitive, reaches_sensitive, sealed};
use crate::ty::{FnTy, Ty};

/// What the arguments of a call of the library make of its result.
#[derive(Default)]
pub(super) struct Taint {
    /// An argument is sensitive as a whole, or decides by what is.
    whole: bool,
    /// Something in an argument is sensitive.
    part: bool,
}

impl Taint {
    /// Whether something that a function was given is sensitive.
    pub fn is_there(&self) -> bool {
        self.whole || self.part
    }

    /// The type of an argument as `function` takes it, which knows nothing of sensitive values.
    pub fn taken(&mut self, db: &dyn Database, found: Ty, param: &Ty, function: &FnTy) -> Ty {
        self.whole |= is_exposed(db, &found, param);
        self.part |= reaches_sensitive(db, &found);
        if *present(param) == Ty::Any && reaches_sensitive(db, &found) {
            // It may look into all of it, the fields of schemas too.
            return Ty::Any;
        }
        let generic = match param {
            Ty::Fn(asked) => {
                // What a function says that is asked for more than for a part of the result decides, too.
                let part = is_part_of_result(&asked.result, function);
                self.whole |= !part && holds_sensitive(&found);
                part
            }
            param => is_generic(param),
        };
        match found {
            found if !generic => exposed(&found),
            Ty::Sensitive(inner) if !is_any_value(param) => (*inner).clone(),
            found => found,
        }
    }

    /// The type of the result of a function. How much there is, and under which keys, can be seen.
    pub fn of_result(&self, function: &str, result: Ty) -> Ty {
        if DIGESTS.contains(&function) {
            return result;
        }
        let inspects = self.part && INSPECTING.contains(&function);
        if self.whole || (inspects && !holds_sensitive(&result)) { sealed(result) } else { result }
    }
}

/// Whether what an argument results in is only handed on: it is of a type that the result of the function has parts of,
/// and that no other argument has a value of.
fn is_part_of_result(ty: &Ty, function: &FnTy) -> bool {
    let Ty::Param(own) = present(ty) else { return false };
    let given = |(_, ty): &(Arc<str>, Ty)| match ty {
        Ty::Fn(function) => function.params.iter().any(|(_, ty)| mentions(ty, *own)),
        ty => mentions(ty, *own),
    };
    mentions(&function.result, *own) && !function.params.iter().any(given)
}
