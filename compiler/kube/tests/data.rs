//! Data from outside: what it holds, where, and that nothing hostile gets through.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use kube::data::{Data, Fault, NodeId, Value, json, yaml};
use kube::limits;

/// A value as serde knows it.
fn plain(data: &Data, id: NodeId) -> serde_json::Value {
    use serde_json::Value as J;
    match &data.node(id).unwrap().value {
        Value::Broken => J::String("BROKEN".into()),
        Value::Null => J::Null,
        Value::Bool(value) => J::Bool(*value),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Str(text) => J::String(text.to_string()),
        Value::List(items) => items.iter().map(|item| plain(data, *item)).collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|entry| {
                let Value::Str(key) = &data.node(entry.key).unwrap().value else { panic!() };
                (key.to_string(), plain(data, entry.value))
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

fn documents(data: &Data) -> serde_json::Value {
    assert_eq!(data.problems, []);
    data.documents.iter().map(|id| plain(data, *id)).collect()
}

/// Each problem as its fault, the text that it marks, and its message.
fn problems(text: &str, data: &Data) -> Vec<(Fault, String, String)> {
    let found = data.problems.iter().map(|problem| {
        let node = data.node(problem.node).unwrap();
        let marked = text[node.start as usize..node.end as usize].to_owned();
        (problem.fault, marked, problem.message.clone())
    });
    found.collect()
}

fn only_problem(text: &str, data: &Data) -> (Fault, String, String) {
    let found = problems(text, data);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn several_documents_are_read_and_empty_ones_are_nothing() {
    let text = "# only a comment\n---\n---\na: 1\n---\n# nothing\n---\n- b\n...\n";
    assert_eq!(documents(&yaml(text)), serde_json::json!([{ "a": 1 }, ["b"]]));
    assert_eq!(documents(&yaml("")), serde_json::json!([]));
    assert_eq!(documents(&yaml("null")), serde_json::json!([]));
}

#[test]
fn values_stand_where_they_are_written() {
    let text = "ä: &x 1\nb: [é, \"q\", {c: 2}]\nd: |\n  text\ne:\n  - k: v\n    l: w\n";
    let data = yaml(text);
    let marked = |value: &Value| -> Vec<&str> {
        let found = data.nodes.iter().filter(|node| node.value == *value);
        found.map(|node| &text[node.start as usize..node.end as usize]).collect()
    };
    assert_eq!(marked(&Value::Int(1)), ["&x 1"]);
    assert_eq!(marked(&Value::Str("é".into())), ["é"]);
    assert_eq!(marked(&Value::Str("q".into())), ["\"q\""]);
    assert_eq!(marked(&Value::Str("text\n".into())), ["text"]);
    let maps = data.nodes.iter().filter(|node| matches!(node.value, Value::Map(_)));
    let maps: Vec<&str> = maps.map(|n| &text[n.start as usize..n.end as usize]).collect();
    assert_eq!(maps, ["ä", "{c: 2}", "k"]);
    let lists = data.nodes.iter().filter(|node| matches!(node.value, Value::List(_)));
    let lists: Vec<&str> = lists.map(|n| &text[n.start as usize..n.end as usize]).collect();
    assert_eq!(lists, ["[é, \"q\", {c: 2}]", "-"]);
}

#[test]
fn aliases_and_merge_keys_are_plain_values() {
    let text = "base: &base { a: 1, b: 2 }\nmore: &more { b: 3, c: 4 }\n\
                one: { <<: *base, b: 9 }\ntwo: { <<: [*base, *more] }\nlist: [*base, *base]\n\"<<\": text\n";
    let found = documents(&yaml(text));
    assert_eq!(found[0]["one"], serde_json::json!({ "a": 1, "b": 9 }));
    assert_eq!(found[0]["two"], serde_json::json!({ "a": 1, "b": 2, "c": 4 }));
    assert_eq!(found[0]["list"], serde_json::json!([{ "a": 1, "b": 2 }, { "a": 1, "b": 2 }]));
    assert_eq!(found[0]["<<"], "text");
    let (fault, marked, _) = only_problem("a: { <<: 3 }", &yaml("a: { <<: 3 }"));
    assert_eq!((fault, &*marked), (Fault::Syntax, "3"));
}

#[test]
fn what_is_no_json_is_a_problem_where_it_stands() {
    for (text, fault, marked, message) in [
        ("a: 1\nb: 2\na: 3\n", Fault::Twice, "a", "`a` stands twice in this map"),
        (
            "on: 1\n",
            Fault::Doubtful,
            "on",
            "kubectl and Helm take `on` for true, and others for a text",
        ),
        (
            "012: 1\n",
            Fault::Doubtful,
            "012",
            "kubectl and Helm take `012` for 10, and others for a text",
        ),
        ("? [a]\n: b\n", Fault::Syntax, "[", "a key is a text, and not a map or a list"),
        (
            "a: 99999999999999999999\n",
            Fault::Overflow,
            "99999999999999999999",
            "64 bits do not hold it: 99999999999999999999",
        ),
        ("a: .inf\n", Fault::Syntax, ".inf", "JSON has no such number: .inf"),
        ("a: !Ref x\n", Fault::Syntax, "!Ref x", "the tag `!Ref` says nothing here"),
        ("a: &a [*a]\n", Fault::Syntax, "*", "this alias names no complete value of this document"),
        (
            "a: &b 1\n---\na: *b\n",
            Fault::Syntax,
            "*",
            "this alias names no complete value of this document",
        ),
        ("a: *b\n", Fault::Syntax, "*", "nothing above is named so"),
        ("a: b: c\n", Fault::Syntax, ":", "a key cannot stand here"),
        ("a:\n\t- b\n", Fault::Syntax, "-", "a tab cannot indent a line of YAML"),
        ("a: x\n# c\nb 3\n\n", Fault::Syntax, "b 3", "a `:` is missing in this line"),
    ] {
        let found = only_problem(text, &yaml(text));
        assert_eq!(found, (fault, marked.to_owned(), message.to_owned()), "{text:?}");
    }
    assert_eq!(
        documents(&yaml("8080: a\ntrue: b\n")),
        serde_json::json!([{ "8080": "a", "true": "b" }])
    );
    assert_eq!(
        documents(&yaml("a: !!str 12\nb: ! 12\nc: !!int '3'\n")),
        serde_json::json!([{ "a": "12", "b": "12", "c": 3 }])
    );
}

#[test]
fn json_is_read_strictly() {
    let text =
        r#" { "a": [1, -2.5e3, "x\n\u00e9\ud83d\ude00\/"], "b": { }, "c": null, "d": true } "#;
    assert_eq!(
        documents(&json(text)),
        serde_json::json!([serde_json::from_str::<serde_json::Value>(text).unwrap()])
    );
    for (text, marked, message) in [
        ("{\"a\": 1,}", ",", "JSON has no comma before a closing bracket"),
        ("{a: 1}", "a", "expected a key in double quotes"),
        ("[1 2]", "2", "expected `,` or `]`"),
        ("[yes]", "y", "`yes` is nothing in JSON: texts stand in double quotes"),
        ("[01]", "0", "`01` is no number of JSON"),
        ("[1.]", "1", "`1.` is no number of JSON"),
        ("[\"a\nb\"]", "\n", "a text of JSON ends on its line: write `\\n` for a break"),
        ("[\"a", "\"", "this text is never closed"),
        ("[\"\\x\"]", "\\", "this is no escape of JSON"),
        ("[\"\\ud800\"]", "\\", "this is no escape of JSON"),
        ("1 2", "2", "expected the end of the file: JSON holds one value"),
        ("", "", "expected a value, and here the file ends"),
        ("// x\n1", "/", "JSON has no comments"),
    ] {
        let found = only_problem(text, &json(text));
        assert_eq!(found, (Fault::Syntax, marked.to_owned(), message.to_owned()), "{text:?}");
        assert!(json(text).documents.is_empty());
    }
    let twice = "{\"a\": 1, \"a\": 2}";
    assert_eq!(only_problem(twice, &json(twice)).0, Fault::Twice);
}

#[test]
fn nothing_hostile_takes_long() {
    let laughs: String = (0..30)
        .map(|i| match i {
            0 => "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned(),
            i => format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", ")),
        })
        .collect();
    let chain: String = std::iter::once("a0: &a0 [x]\n".to_owned())
        .chain((1..5000).map(|i| format!("a{i}: &a{i} [*a{}]\n", i - 1)))
        .collect();
    let merges: String = std::iter::once("m0: &m0 { k0: 1 }\n".to_owned())
        .chain((1..3000).map(|i| format!("m{i}: &m{i} {{ <<: *m{}, k{i}: 1 }}\n", i - 1)))
        .collect();
    let blocks: String = (0..3000).map(|i| " ".repeat(i) + "a:\n").collect();
    for (name, text, fault) in [
        ("laughs", laughs, Fault::Size),
        ("chain", chain, Fault::Depth),
        ("merges", merges, Fault::Size),
        ("flow", "[".repeat(200_000), Fault::Depth),
        ("lists", "- ".repeat(200_000), Fault::Depth),
        ("keys", "? ".repeat(200_000), Fault::Syntax),
        ("blocks", blocks, Fault::Depth),
        ("many", "- 1\n".repeat(limits::VALUES + 1), Fault::Size),
    ] {
        let data = yaml(&text);
        assert!(data.documents.is_empty(), "{name}");
        assert_eq!(
            data.problems.last().unwrap().fault,
            fault,
            "{name}: {:?}",
            data.problems.last()
        );
    }
    for (text, fault) in [
        ("[".repeat(1_000_000), Fault::Depth),
        ("{\"a\":".repeat(1_000_000), Fault::Depth),
        (format!("[{}1]", "1,".repeat(limits::VALUES)), Fault::Size),
    ] {
        assert_eq!(json(&text).problems.last().unwrap().fault, fault);
    }
    let twice = "a: 1\n".repeat(10_000);
    assert_eq!(yaml(&twice).problems.len(), limits::PROBLEMS);
}

/// Where `kubectl` is on the machine, it takes every scalar for what we take it for.
#[test]
fn scalars_are_what_kubectl_takes_them_for() {
    let scalars = [
        "y",
        "n",
        "Y",
        "yes",
        "No",
        "on",
        "OFF",
        "tRUE",
        "TRUE",
        "~",
        "Null",
        "nULL",
        "012",
        "-012",
        "08",
        "0o14",
        "0o8",
        "0b11",
        "-0b11",
        "0x1F",
        "0x",
        "1_000",
        "1__0",
        "_1",
        "1_0.5",
        "+12",
        "-0",
        "1e3",
        "1.5e3",
        ".5",
        "-.5",
        "+.5",
        "5.",
        "1e400",
        "100e",
        "12:34:56",
        "2001-01-01",
        "2001-12-14t21:59:43.10-05:00",
        "=",
        "0.10",
        "1.10",
        ".",
        "-.",
        "1.2.3",
        "!!str 12",
        "!!int \"12\"",
        "!!float 3",
        "'no'",
        "\"012\"",
        "9223372036854775807",
        "-9223372036854775808",
    ];
    let mut text =
        "apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: x }\nvalues:\n".to_owned();
    for scalar in scalars {
        text.push_str(&format!("- {scalar}\n"));
    }
    let ours = documents(&yaml(&text))[0]["values"].clone();
    let file = std::env::temp_dir().join(format!("depc-data-{}.yaml", std::process::id()));
    std::fs::write(&file, &text).unwrap();
    let run = std::process::Command::new("kubectl")
        .args(["label", "--local", "-o", "json", "-f"])
        .arg(&file)
        .arg("a=b")
        .output();
    std::fs::remove_file(&file).unwrap();
    let Ok(output) = run else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for ((scalar, ours), theirs) in
        scalars.iter().zip(ours.as_array().unwrap()).zip(theirs["values"].as_array().unwrap())
    {
        let same = match (ours.as_f64(), theirs.as_f64()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => ours == theirs,
        };
        assert!(same, "{scalar}: ours {ours}, kubectl {theirs}");
    }
}
