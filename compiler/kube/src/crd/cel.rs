//! CEL, the language of validation rules, as API servers evaluate it.
//!
//! Evaluating counts steps and bytes, and ends where there were too many: no rule can make a build hang. What a
//! rule asks for and is not known here ends it too, and is told; it is never taken for true.

mod access;
mod check;
mod convert;
mod cost;
mod eval;
mod extension;
mod lex;
mod network;
mod operators;
mod parse;
mod signatures;
mod strings;
mod time;
mod value;

pub use check::{Ty, given, gives, is_part_of, misfit};
pub use cost::{ALL, RULE, cost, repeats};
pub use eval::{BUDGET, Run, Scope, Stop};
pub use parse::{Program, names_old, program};
pub use value::Value;
