//! The language reference, the error pages and the README are tests of themselves.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::Path;

fn run_all(folder: &str) {
    let mut wrong = String::new();
    let mut count = 0;
    for path in tests::files(&tests::root().join(folder), &[".md"]) {
        if path.ends_with("README.md") {
            continue;
        }
        count += 1;
        wrong.push_str(&run(&path));
    }
    assert!(count > 0, "there are no pages in {folder}");
    assert!(wrong.is_empty(), "{wrong}\nUPDATE=1 rewrites the blocks of output");
}

fn run(path: &Path) -> String {
    let shown = path.strip_prefix(tests::root()).unwrap().display().to_string();
    let result = std::panic::catch_unwind(|| tests::page::run(path));
    let Ok((wrong, text)) = result else { return format!("{shown}: a panic, see above\n") };
    if tests::update() && text != std::fs::read_to_string(path).unwrap() {
        std::fs::write(path, text).unwrap();
    }
    wrong.iter().map(|wrong| format!("{shown}: {wrong}\n")).collect()
}

#[test]
fn the_language_is_as_its_reference_says() {
    run_all("tests/language");
}

#[test]
fn errors_are_as_their_pages_say() {
    run_all("tests/errors");
}

#[test]
fn every_error_page_has_an_entry_in_the_table() {
    let folder = tests::root().join("tests/errors");
    let table = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for path in tests::files(&folder, &[".md"]) {
        let code = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            code == "README" || table.contains(&code),
            "{code} is not in tests/errors/README.md"
        );
    }
}

#[test]
fn every_error_page_shows_a_mistake_and_its_fix() {
    let mut without = Vec::new();
    for path in tests::files(&tests::root().join("tests/errors"), &[".md"]) {
        let code = path.file_stem().unwrap().to_string_lossy().into_owned();
        let page = std::fs::read_to_string(&path).unwrap();
        let Some((mistake, rest)) = page.split_once("\n## The fix\n") else {
            if code != "README" {
                without.push(code);
            }
            continue;
        };
        let fix = rest.split("\n## Why\n").next().unwrap();
        let marks = ["// error: ", "// warning: ", "// note: ", "# error: ", "```console"];
        let shows = marks.iter().any(|mark| mistake.contains(mark));
        if !shows || !(fix.contains("```dep") || fix.contains("```console")) {
            without.push(code);
        }
    }
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn every_code_that_is_reported_has_a_page() {
    let folder = tests::root().join("tests/errors");
    let codes = reported_codes();
    assert!(codes.len() > 80, "only {} codes were found in the sources", codes.len());
    let without: Vec<&String> =
        codes.iter().filter(|code| !folder.join(format!("{code}.md")).exists()).collect();
    assert!(without.is_empty(), "no page in tests/errors: {without:?}");
}

/// The codes in the sources of the compiler: ids in quotes, and in the crates that make problems of numbers every
/// number that could be one.
fn reported_codes() -> BTreeSet<String> {
    // Limits and tests of ranges; no code ends in two zeros.
    const OTHERS: [&str; 2] = ["128", "256"];
    let mut codes = BTreeSet::new();
    for path in tests::files(&tests::root().join("compiler"), &[".rs"]) {
        let shown = path.strip_prefix(tests::root()).unwrap().display().to_string();
        if !shown.contains("/src/") || shown.ends_with("tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for line in text.lines() {
            let code = line.split("//").next().unwrap_or_default();
            let quoted = code.split('"').skip(1).step_by(2);
            codes.extend(quoted.filter(|id| is_id(id)).map(str::to_owned));
            if shown.starts_with("compiler/analysis") || shown.starts_with("compiler/depc") {
                let bare: Vec<&str> = code.split('"').step_by(2).collect();
                let words = bare.iter().flat_map(|bare| {
                    bare.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.')
                });
                let numbers = words.filter(|word| {
                    word.len() == 3
                        && word.bytes().all(|byte| byte.is_ascii_digit())
                        && ("101".."920").contains(word)
                        && !word.ends_with("00")
                        && !OTHERS.contains(word)
                });
                codes.extend(numbers.map(|number| format!("E0{number}")));
            }
        }
    }
    codes
}

/// Whether a string in the sources is a code as it is printed.
fn is_id(text: &str) -> bool {
    let digits =
        |rest: &str, count| rest.len() == count && rest.bytes().all(|b| b.is_ascii_digit());
    text.strip_prefix("E0").is_some_and(|rest| digits(rest, 3))
        || text.strip_prefix("XR-").is_some_and(|rest| digits(rest, 3))
        || text.strip_prefix("L-").is_some_and(|rest| digits(rest, 3))
        || text.strip_prefix("K-").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        })
}

#[test]
fn the_console_blocks_of_the_readme_print_what_they_say() {
    let path = tests::root().join("README.md");
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.lines().count() < 200, "the README has 200 lines or more");
    let folder = readme_folder(&page);
    let mut texts = Vec::new();
    let mut wrong = String::new();
    for part in tests::markdown::parts(&page) {
        let tests::markdown::Part::Block(block) = part else { continue };
        if block.language != "console" {
            continue;
        }
        let text = tests::command::console(
            &folder.path(),
            &block.text,
            &["depc", "cargo run --release -q -p depc --"],
        );
        let text = shortened(&block.text, text);
        if text != block.text {
            wrong.push_str(&format!("line {} should read\n{text}", block.line));
            texts.push((block.line, text));
        }
    }
    if tests::update() {
        std::fs::write(&path, tests::markdown::rewritten(&page, &texts)).unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The examples, and the files that the README shows.
fn readme_folder(page: &str) -> tests::command::Folder {
    let folder = tests::command::Folder::new(&[]);
    let examples = tests::root().join("examples");
    for path in tests::files(&examples, &[".dep"]) {
        let relative = Path::new("examples").join(path.strip_prefix(&examples).unwrap());
        folder.write(relative.to_str().unwrap(), std::fs::read(&path).unwrap());
    }
    for part in tests::markdown::parts(page) {
        if let tests::markdown::Part::Block(block) = part
            && block.language == "dep"
            && !block.title.is_empty()
        {
            folder.write(&block.title, &block.text);
        }
    }
    folder
}

/// A block may end in `…`: then it shows the beginning of what is printed.
fn shortened(written: &str, printed: String) -> String {
    if !written.ends_with("…\n") {
        return printed;
    }
    let lines = written.lines().count() - 1;
    let kept: String = printed.split_inclusive('\n').take(lines).collect();
    format!("{kept}…\n")
}
