//! Programs, what they emit, and what is wrong with them once they are evaluated.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod evaluated;

use evaluated::{Program, program};

#[test]
fn the_example_emits_its_objects() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/backend");
    let text = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let program = Program::of(&[("app.dep", &text("app.dep"))], "app.dep", &[]);
    assert_eq!(program.errors(), "");
    println!("{}", program.yaml());
    assert_eq!(program.kinds().len(), 17, "{}", program.yaml());
}
