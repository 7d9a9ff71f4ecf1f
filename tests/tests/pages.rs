//! The language reference, the error pages and the README are tests of themselves.

#![allow(clippy::unwrap_used, clippy::expect_used)]

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
