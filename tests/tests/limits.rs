//! Deep chains and large rings of reads, at their limits and past them: an error, not a crash. The longest only with
//! `DEPC_HEAVY=1`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::executed::Session;

const SCHEMA: &str = "schema Node {\n  a: Int = 1\n}\n";

/// `length` items of which each reads the next; the last reads `last`.
fn chain(length: usize, last: &str) -> String {
    let mut text = SCHEMA.to_owned();
    for n in 0..length {
        let next = if n + 1 < length { format!("n{}.a", n + 1) } else { last.to_owned() };
        text.push_str(&format!("n{n} = Node {{ a = {next} }}\n"));
    }
    text
}

/// The codes of what is wrong, each once; an edit elsewhere changes none.
fn codes(text: &str) -> Vec<String> {
    let mut session = Session::default();
    session.write("app.dep", text);
    let outcome = session.build("app.dep");
    let mut codes: Vec<String> =
        outcome.diagnostics.iter().map(|diagnostic| diagnostic.code.clone()).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn chains_of_reads() {
    assert_eq!(codes(&chain(400, "1")), Vec::<String>::new());
    // What only follows from a mistake at the end is no ring, however long the way.
    assert_eq!(codes(&chain(400, "1 / 0")), ["E0310"]);
    assert_eq!(
        codes(&format!(
            "{}n400 = Node {{ a = n401.a + 1 }}\nn401 = Node {{ a = n400.a }}\n",
            chain(400, "n400.a")
        )),
        ["E0501"]
    );
    // Longer ones take their time without optimisation.
    if tests::heavy() {
        assert_eq!(codes(&chain(9_000, "1")), Vec::<String>::new());
        assert_eq!(codes(&chain(11_000, "1")), ["E0502"]);
    }
}

#[test]
fn rings_of_reads() {
    assert_eq!(codes(&chain(5, "n0.a")), ["E0501"]);
    assert_eq!(codes(&chain(300, "n0.a")), ["E0503"]);
    if tests::heavy() {
        assert_eq!(codes(&chain(256, "n0.a")), ["E0501"]);
        assert_eq!(codes(&chain(3000, "n0.a")), ["E0503"]);
    }
}

#[test]
fn a_ring_is_reported_whole_and_once() {
    let mut session = Session::default();
    session.write("app.dep", &format!("{}after = Node {{ a = n0.a }}\n", chain(3, "n0.a")));
    let outcome = session.build("app.dep");
    assert_eq!(outcome.diagnostics.len(), 1, "{}", session.rendered(&outcome.diagnostics));
    let message = &outcome.diagnostics[0].message;
    assert!(
        message.contains("n0.a") && message.contains("n1.a") && message.contains("n2.a"),
        "{message}"
    );
}

#[test]
fn expressions_of_very_many_parts() {
    let many = 100_000;
    let chains = [
        format!("a: Int = {}1\n", "1 + ".repeat(many)),
        format!("a: Int = {}1\n", "-".repeat(many)),
        format!("a: Bool = {}true\n", "not ".repeat(many)),
        format!("b: Str = \"b\"\na: Str = b{}\n", ".c".repeat(many)),
    ];
    for text in chains {
        assert_eq!(codes(&text), ["E0504"]);
    }
}
