//! `depc check --fix`: what it changes, what it leaves, and that it never makes anything worse.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use tests::command::Folder;
use tests::markdown::{Part, parts};

#[test]
fn safe_changes_are_made_and_others_only_when_asked_for() {
    let base = "a: Int = 1\nb: { port: Int } = { port = 2 }\n";
    let over = "overlay \"./base.dep\"\n\na = 2\noverride b.port = 3\noverride c = 3\n";
    let folder = Folder::new(&[("base.dep", base), ("over.dep", over)]);
    let output = folder.depc(&["check", "over.dep", "--fix"]);
    assert_eq!(output.code, 1);
    assert_eq!(folder.read("over.dep").unwrap(), over);
    let output = folder.depc(&["check", "over.dep", "--fix", "--unsafe-fixes"]);
    assert!(output.stderr.starts_with("mended 1 problem in 1 file\n"), "{output:?}");
    assert!(folder.read("over.dep").unwrap().contains("\noverride a = 2\n"));
    assert_eq!(folder.read("base.dep").unwrap(), base);
    assert_eq!(folder.depc(&["check", "over.dep", "--unsafe-fixes"]).code, 2);
    assert_eq!(folder.depc(&["check", "-", "--fix"]).code, 2);
}

#[test]
fn a_default_that_is_overridden_loses_the_word_alone() {
    let folder = Folder::new(&[
        ("base.dep", "default a: Int = 1\n"),
        ("over.dep", "overlay \"./base.dep\"\n\n// why\noverride a = 2 // so\n"),
    ]);
    let output = folder.depc(&["check", "over.dep", "--fix"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(folder.read("over.dep").unwrap(), "overlay \"./base.dep\"\n\n// why\na = 2 // so\n");
}

#[test]
fn marks_and_line_breaks_of_other_systems_stay() {
    let folder = Folder::new(&[(
        "a.dep",
        "\u{feff}// \u{e9}\r\na: Int = \"1\"\r\nb: Str = 2\r\nc: Bool = True\n",
    )]);
    let output = folder.depc(&["check", "a.dep", "--fix"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(
        folder.read("a.dep").unwrap(),
        "\u{feff}// \u{e9}\r\na: Int = 1\r\nb: Str = \"2\"\r\nc: Bool = true\n"
    );
}

#[test]
fn what_is_shown_is_not_written() {
    let text = "use std.workload.Service\n\napp = Service {\n  image = \"x:1\"\n  ports { http = 80 }\n  replicsa = 2\n}\n";
    let folder = Folder::new(&[("a.dep", text), ("b.dep", "overlay \"./a.dep\"\n")]);
    // A mistake in a file that two programs stand on is mended once.
    let output = folder.depc(&["check", ".", "--diff"]);
    assert_eq!(output.stdout.matches("+  replicas = 2").count(), 1, "{output:?}");
    assert_eq!((output.code, folder.read("a.dep").unwrap().as_str()), (0, text));
    let both = folder.depc(&["check", ".", "--fix", "--diff"]);
    assert_eq!((both.code, both.stdout), (0, output.stdout));
    assert_eq!(folder.read("a.dep").unwrap(), text);
    let output = folder.depc(&["check", ".", "--fix"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(folder.depc(&["check", ".", "--diff"]).stdout, "");
}

#[test]
fn a_name_that_may_be_one_of_two_is_not_chosen() {
    let text = "axb: Int = 1\naxc: Int = 2\nx: Int = axd\n";
    let folder = Folder::new(&[("a.dep", text)]);
    let output = folder.depc(&["check", "a.dep", "--fix"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert_eq!(folder.read("a.dep").unwrap(), text);
}

/// The programs of the pages of errors: what stands before "The fix", the built file last.
fn pages() -> Vec<(String, Vec<(String, String)>)> {
    let mut pages = Vec::new();
    for path in tests::files(&tests::root().join("tests/errors"), &[".md"]) {
        let page = std::fs::read_to_string(&path).unwrap();
        let mut files: Vec<(String, String)> = Vec::new();
        for part in parts(&page) {
            match part {
                Part::Heading(2, _) => break,
                Part::Block(block) if block.language == "dep" => {
                    let name =
                        if block.title.is_empty() { "main.dep".to_owned() } else { block.title };
                    files.retain(|(known, _)| *known != name);
                    files.push((name, block.text));
                }
                _ => {}
            }
        }
        if !files.is_empty() {
            pages.push((path.display().to_string(), files));
        }
    }
    pages
}

fn folder_of(files: &[(String, String)]) -> Folder {
    let all: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Folder::new(&all)
}

/// An edit of a report: a file, and a stretch of its bytes that becomes a text.
type Edit = (String, std::ops::Range<usize>, String);

fn number(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

/// The safe changes of a report in our own JSON, or in the part of GitLab's that is.
fn of_json(fixes: impl Iterator<Item = Value>) -> Vec<Vec<Edit>> {
    let safe = fixes.filter(|fix| fix["safe"] == true);
    let edit = |edit: &Value| {
        let range = number(&edit["start"])..number(&edit["end"]);
        let text = |name: &str| edit[name].as_str().unwrap().to_owned();
        (text("file"), range, text("text"))
    };
    safe.map(|fix| fix["edits"].as_array().unwrap().iter().map(edit).collect()).collect()
}

/// The same of a report in SARIF.
fn of_sarif(report: &Value) -> Vec<Vec<Edit>> {
    let results = report["runs"][0]["results"].as_array().unwrap().iter();
    let fixes = results.filter_map(|result| result.get("fixes")?.as_array()).flatten();
    let safe = fixes.filter(|fix| fix["properties"]["safe"] == true);
    let edits = |change: &Value| -> Vec<Edit> {
        let file = change["artifactLocation"]["uri"].as_str().unwrap().replace("%20", " ");
        let replacements = change["replacements"].as_array().unwrap().iter();
        let edit = |replacement: &Value| {
            let region = &replacement["deletedRegion"];
            let start = number(&region["byteOffset"]);
            let text = replacement["insertedContent"]["text"].as_str().unwrap().to_owned();
            (file.clone(), start..start + number(&region["byteLength"]), text)
        };
        replacements.map(edit).collect()
    };
    let all = |fix: &Value| -> Vec<Edit> {
        fix["artifactChanges"].as_array().unwrap().iter().flat_map(edits).collect()
    };
    safe.map(all).collect()
}

/// The safe changes that are offered in a format.
fn offered(folder: &Folder, main: &str, format: &str) -> Vec<Vec<Edit>> {
    let report = folder.depc(&["check", main, "--format", format]).stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let fixes = |list: &Value| -> Vec<Value> {
        let found = list.as_array().unwrap().iter().filter_map(|found| found.get("fix"));
        found.filter(|fix| !fix.is_null()).cloned().collect()
    };
    match format {
        "json" => of_json(fixes(&report["diagnostics"]).into_iter()),
        "gitlab" => of_json(fixes(&report).into_iter()),
        _ => of_sarif(&report),
    }
}

/// Makes the first of the changes that lie upon one another; says whether there were any.
fn made(folder: &Folder, changes: Vec<Vec<Edit>>) -> bool {
    let mut chosen: Vec<Edit> = Vec::new();
    for change in changes {
        let apart = |(file, range, _): &Edit| {
            let others = chosen.iter().filter(|(other, ..)| other == file);
            others.clone().all(|(_, o, _)| range.end < o.start || o.end < range.start)
        };
        if change.iter().all(apart) {
            chosen.extend(change);
        }
    }
    chosen.sort_by_key(|(_, range, _)| std::cmp::Reverse((range.start, range.end)));
    for (file, range, new) in &chosen {
        let mut text = folder.read(file).unwrap();
        text.replace_range(range.clone(), new);
        folder.write(file, text);
    }
    !chosen.is_empty()
}

/// Who applies the edits of a report to the bytes of the files gets what `--fix` makes of them, also where the files
/// have a mark and line breaks of another system.
#[test]
fn the_edits_of_a_report_are_those_of_fix() {
    let mut mended = 0;
    for (page, files) in pages() {
        for foreign in [false, true] {
            let text = |text: &str| match foreign {
                true => format!("\u{feff}{}", text.replace('\n', "\r\n")),
                false => text.to_owned(),
            };
            let files: Vec<(String, String)> =
                files.iter().map(|(name, written)| (name.clone(), text(written))).collect();
            let (main, _) = files.last().unwrap();
            let fixed = folder_of(&files);
            if !fixed.depc(&["check", main, "--fix"]).stderr.starts_with("mended") {
                continue;
            }
            mended += 1;
            for format in ["json", "sarif", "gitlab"] {
                let folder = folder_of(&files);
                let mut rounds = 0;
                while made(&folder, offered(&folder, main, format)) {
                    rounds += 1;
                    assert!(rounds < 10, "{page}: {format} offers changes without end");
                }
                for (name, _) in &files {
                    assert_eq!(folder.read(name), fixed.read(name), "{page}: {format}");
                }
            }
        }
    }
    assert!(mended >= 18, "only {mended} programs have something that mends itself");
}

/// Every program in the pages of the errors, mended as far as it goes: there are never more errors than before, and
/// wherever a safe change is offered it does away with one.
#[test]
fn no_change_makes_a_page_worse() {
    let mut mended = 0;
    for (shown, files) in pages() {
        let (main, _) = files.last().unwrap();
        let folder = folder_of(&files);
        let errors = |arguments: &[&str]| {
            let all: Vec<&str> =
                ["check", main, "--format", "concise"].iter().chain(arguments).copied().collect();
            let output = folder.depc(&all);
            output.stdout.lines().filter(|line| line.contains("error[")).count()
        };
        let before = errors(&[]);
        let output = folder.depc(&["check", main, "--fix", "--format", "concise"]);
        let after = errors(&[]);
        if output.stderr.starts_with("mended") {
            mended += 1;
            assert!(
                after < before || before == 0,
                "{shown}: {before} errors before, {after} after:\n{}",
                output.stdout
            );
        } else {
            assert_eq!(after, before, "{shown}");
        }
        folder.depc(&["check", main, "--fix", "--unsafe-fixes"]);
        assert!(errors(&[]) <= before, "{shown}");
    }
    assert!(mended >= 9, "only {mended} pages have something that mends itself");
}
