//! Every query: names, types, evaluation, problems. The only crate that names salsa.
//!
//! The graph, from the top: a workspace sets inputs ([`db`]); an item's text becomes a tree ([`parse`]), names
//! find items ([`resolve`]), schemas and signatures become types ([`ty`], [`schema`], [`signature`]); an item
//! is elaborated into code ([`code`], [`elaborate`]), code is evaluated lazily by path, and a unit is
//! validated into problems and facts.

pub mod db;
pub mod problem;

pub mod limits;

pub mod workspace;
mod written;

pub mod change;
pub mod diagnostic;
pub mod mask;
pub mod path;

mod below;
pub mod binder;
mod named;
pub mod parse;
pub mod reach;
pub mod resolve;

mod apart;
mod bounds;
pub mod chain;
pub mod fits;
mod follows;
mod graph;
pub mod interval;
mod leaks;
mod makeable;
mod nameless;
mod offered;
mod pattern;
pub mod refinement;
pub mod schema;
pub mod sensitive;
pub mod show;
mod texts;
pub mod ty;
pub mod types;

pub mod variant;

pub mod code;
pub mod crd;
pub mod data;
mod declares;
pub mod elaborate;
pub mod recursion;

mod account;
mod alias;
pub mod allow;
pub mod components;
pub mod cross;
pub mod derive;
pub mod drawing;
pub mod edges;
pub mod eval;
pub mod explain;
pub mod expression;
pub mod in_scope;
pub mod inputs;
pub mod keys;
mod likened;
pub mod links;
mod misnamed;
mod reached;
pub mod read;
mod readers;
pub mod refused;
mod renamed;
pub mod render;
mod rings;
mod row;
pub mod rules;
pub mod source_map;
mod twice;
mod unmade;
pub mod unread;
mod unreadable;
mod unused;
mod uses;
pub mod validate;

pub mod tested;

pub mod supposed;

pub mod build;
pub mod changed;
pub mod parallel;
pub mod policies;
pub mod problems;
mod told;

pub mod matrix;
pub mod verdicts;
