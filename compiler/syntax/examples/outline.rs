//! Prints the items of a file from standard input with their trees: `cargo run -p depc-syntax --example outline < app.dep`.
#![allow(clippy::print_stdout, clippy::expect_used)]

use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("standard input is UTF-8");
    for item in syntax::cut(&text).items {
        let parsed = syntax::Parsed::new(&text[item.range()]);
        println!(
            "-- {}..{} {:?}\n{}",
            item.start,
            item.end,
            syntax::header(&parsed.text),
            parsed.tree().outline()
        );
        for problem in syntax::problems(parsed.tree()) {
            println!("{problem:?}");
        }
    }
}
