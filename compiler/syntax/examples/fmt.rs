//! Formats a file from standard input: `cargo run -p depc-syntax --example fmt < app.dep`.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used)]

use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("standard input is UTF-8");
    let formatted = syntax::format(&text);
    for (item, problem) in &formatted.problems {
        eprintln!(
            "{}: {} {}",
            item.start as usize + problem.range.start,
            problem.code,
            problem.message
        );
    }
    print!("{}", formatted.text);
}
