//! The forms in which problems are told to other programs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use tests::command::Folder;

const APP: &str = "use std.workload.Service

app = Service {
  image = \"ghcr.io/your-org/app:v1\"
  ports { http = 80800 }
  scael = 2..10
}
warn 1 > 2: \"one, two: 100% <small> & \\\"even\\\"\"
";

fn report(format: &str) -> String {
    let folder = Folder::new(&[("p/a b.dep", APP), ("p/fine.dep", "x: Int = 1\n")]);
    let output = folder.depc(&["check", "p", "--format", format]);
    assert_eq!((output.code, output.stderr.as_str()), (1, ""), "{output:?}");
    output.stdout
}

fn json(format: &str) -> Value {
    serde_json::from_str(&report(format)).unwrap()
}

#[test]
fn concise_is_a_line_for_each_problem() {
    let text = report("concise");
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.starts_with("p/a b.dep:5:18: error[E0301]: "), "{text}");
}

#[test]
fn json_holds_all_that_is_known() {
    let report = json("json");
    assert_eq!(
        (&report["version"], &report["errors"], &report["warnings"]),
        (&1.into(), &2.into(), &1.into())
    );
    let all = report["diagnostics"].as_array().unwrap();
    let field = all.iter().find(|found| found["code"] == "E0102").unwrap();
    assert_eq!(field["place"]["file"], "p/a b.dep");
    assert_eq!(field["place"]["start"]["line"], 6);
    let (start, end) = (&field["place"]["start"]["offset"], &field["place"]["end"]["offset"]);
    let range = start.as_u64().unwrap() as usize..end.as_u64().unwrap() as usize;
    assert_eq!(&APP[range], "scael");
    assert_eq!(field["fix"]["safe"], true);
    let edit = &field["fix"]["edits"][0];
    let range = edit["start"].as_u64().unwrap() as usize..edit["end"].as_u64().unwrap() as usize;
    assert_eq!((&APP[range], edit["text"].as_str().unwrap()), ("scael", "scale"));
}

/// What the schema of SARIF 2.1.0 demands, as far as we write it.
#[test]
fn sarif_is_as_its_schema_demands() {
    let log = json("sarif");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "depc");
    let rules = driver["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "p/a%20b.dep");
        let region = &place["region"];
        for name in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(region[name].as_u64().unwrap() >= 1, "{region}");
        }
        for related in result["relatedLocations"].as_array().into_iter().flatten() {
            assert!(related["id"].is_u64() && related["message"]["text"].is_string());
        }
    }
    let fix = results.iter().find_map(|result| result["fixes"].get(0)).unwrap();
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "scale");
    let region = &replacement["deletedRegion"];
    let start = region["byteOffset"].as_u64().unwrap() as usize;
    assert_eq!(&APP[start..start + region["byteLength"].as_u64().unwrap() as usize], "scael");
}

#[test]
fn github_commands_stand_on_a_line_each_and_are_escaped() {
    let text = report("github");
    assert_eq!(text.lines().count(), 3, "{text}");
    for line in text.lines() {
        let (properties, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (kind, properties) = properties.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&kind));
        assert!(properties.starts_with("file=p/a b.dep,line="), "{line}");
        assert!(!message.is_empty());
    }
    assert!(text.contains("::one, two: 100%25 <small> & \"even\""), "{text}");
}

#[test]
fn gitlab_issues_have_fingerprints_that_move_with_the_problem() {
    let fingerprints = |text: &str| -> Vec<String> {
        let folder = Folder::new(&[("app.dep", text)]);
        let output = folder.depc(&["check", "app.dep", "--format", "gitlab"]);
        let issues: Value = serde_json::from_str(&output.stdout).unwrap();
        for issue in issues.as_array().unwrap() {
            assert!(
                ["info", "minor", "major", "critical", "blocker"]
                    .contains(&issue["severity"].as_str().unwrap())
            );
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
            assert!(issue["description"].is_string() && issue["check_name"].is_string());
        }
        issues
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = fingerprints(APP);
    assert_eq!(before.len(), 3);
    assert_eq!(before, fingerprints(&format!("// A line more.\n\n{APP}")));
    // Two equal mistakes in one file are two issues.
    let twice = fingerprints("a: Str = nope\nc: Str = nope\n");
    assert_eq!(twice.len(), 2);
    assert_ne!(twice[0], twice[1]);
}

/// No parser of XML is needed to see that tags are closed in order and that nothing is left unescaped.
#[test]
fn junit_is_well_formed() {
    let text = report("junit");
    let mut open: Vec<&str> = Vec::new();
    for part in
        text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap().split('<').skip(1)
    {
        let (tag, rest) = part.split_once('>').unwrap();
        assert!(
            !rest.contains('>')
                && !rest
                    .replace("&lt;", "")
                    .replace("&gt;", "")
                    .replace("&amp;", "")
                    .replace("&quot;", "")
                    .contains('&'),
            "{part}"
        );
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{text}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert_eq!(open, Vec::<&str>::new());
    assert!(text.contains("<testsuites tests=\"4\" failures=\"2\" errors=\"0\">"), "{text}");
    assert!(text.contains("<testsuite name=\"p/fine.dep\" tests=\"1\" failures=\"0\""), "{text}");
}

#[test]
fn a_build_tells_its_problems_on_standard_error() {
    let folder = Folder::new(&[("app.dep", APP), ("fine.dep", "x: Int = 1\n")]);
    let output = folder.depc(&["build", "app.dep", "--format", "concise"]);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    assert_eq!(output.stderr.lines().count(), 3, "{output:?}");
    let output = folder.depc(&["check", "fine.dep", "--format", "json"]);
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("\"diagnostics\": []"), "{output:?}");
    // A path that cannot be read is a wrong use of the command, in any form.
    for format in ["text", "concise", "json", "sarif", "github", "gitlab", "junit"] {
        let output = folder.depc(&["check", "no.dep", "--format", format]);
        assert_eq!(output.code, 2, "{format}: {output:?}");
        assert!(
            output.stdout.contains("E0701") || output.stderr.contains("E0701"),
            "{format}: {output:?}"
        );
    }
}
