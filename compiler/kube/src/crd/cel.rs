//! CEL, the language of validation rules, as API servers evaluate it.
//!
//! Evaluating counts steps and bytes, and ends where there were too many: no rule can make a build hang. What a
//! rule asks for and is not known here ends it too, and is told; it is never taken for true.

mod access;
mod admission;
mod check;
mod convert;
mod cost;
mod eval;
mod extension;
mod lex;
mod names;
mod network;
mod operators;
mod parse;
mod signatures;
mod strings;
mod time;
mod ty;
mod value;

pub use admission::{are_patches, is_object, of_variable};
pub use check::{given, gives, misfit};
pub use cost::{ALL, RULE, cost, repeats};
pub use eval::{BUDGET, Run, Scope, Stop};
pub use names::names_old;
pub use parse::{Program, program};
pub use ty::Ty;
pub use value::{Semver, Value};
