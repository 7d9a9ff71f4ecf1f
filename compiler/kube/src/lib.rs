//! What Kubernetes knows: API types by version, manifests, rules, YAML.
//!
//! This crate knows nothing of `.dep` files. Whoever makes objects builds them in a [`tree::Tree`];
//! validators, rules across objects and writers read them there.

pub mod removed;
pub mod types;

pub mod crd;

pub mod docs;

pub mod quantity;

pub mod names;

pub mod near;

pub mod tree;

pub mod data;

mod order;

mod number;

pub mod secrets;

pub mod yaml;

pub mod json;

pub mod encode;

pub mod facts;

pub mod rules;

pub mod server;

pub mod limits;
pub mod lints;

pub mod changes;

pub mod manifests;

pub mod diff;
