//! All limits: the page of the reference is written from here, and each is tried with as much as it allows and with one
//! more, here or where it is counted.

mod programs;

use std::collections::BTreeSet;

use analysis::limits as analysis_limits;
use analysis::matrix::matrix;
use analysis::problems::problems;
use analysis::workspace::{Memory, Options, Workspace};

use Held::{Number, Other, Unit};
use programs::{
    ancestors, bytes, calls, data, elements, items, nested, one, overlays, rows, together, tokens,
    union, used,
};

/// What may be how large.
struct Limit {
    /// The constant, with its crate.
    name: &'static str,
    /// What is counted.
    what: &'static str,
    most: u64,
    /// The number counts bytes, and is read in these.
    unit: &'static str,
    /// The error past it.
    past: &'static str,
    held: Held,
}

/// How a limit is tried.
enum Held {
    /// A program that has so much of it, and whether that takes its time without optimisation.
    Number(fn(usize) -> Files, bool),
    /// What is no error, or is written otherwise than in a program: the test that holds it.
    Other(&'static str),
    /// What no text has an exact number of: the file of `analysis` in which it is counted, and its test.
    Unit(&'static str, &'static str),
}

/// Files by their paths, of which `app.dep` is checked.
type Files = Vec<(String, String)>;

fn limits() -> Vec<Limit> {
    use analysis_limits as a;
    let all = |number: usize| number as u64;
    vec![
        limit(
            "analysis::FILE_BYTES",
            "bytes of a file",
            all(a::FILE_BYTES),
            "E0703",
            Number(bytes, false),
        )
        .mib(),
        limit(
            "analysis::FILE_ITEMS",
            "items of a file",
            all(a::FILE_ITEMS),
            "E0703",
            Number(items, true),
        ),
        limit(
            "analysis::PROGRAM_BYTES",
            "bytes of all files of a program",
            all(a::PROGRAM_BYTES),
            "E0505",
            Number(together, true),
        )
        .mib(),
        limit("analysis::FILES", "files of a program", all(a::FILES), "E0505", Number(used, true)),
        limit(
            "analysis::OVERLAYS",
            "overlays on each other",
            all(a::OVERLAYS),
            "E0505",
            Number(overlays, false),
        ),
        limit(
            "syntax::DEPTH",
            "brackets, conditionals and functions in each other",
            all(syntax::limits::DEPTH),
            "E0007",
            Number(|n| one(format!("x = {}1{}\n", "[".repeat(n), "]".repeat(n))), false),
        ),
        limit(
            "syntax::TOKENS",
            "words and signs of an item",
            all(syntax::limits::TOKENS),
            "E0505",
            Number(tokens, true),
        ),
        limit(
            "analysis::PARTS",
            "parts of one expression, such as operands in a row",
            all(a::PARTS),
            "E0504",
            Number(|n| one(format!("x = {}true\n", "not ".repeat(n - 1))), false),
        ),
        limit(
            "analysis::DEFINITIONS",
            "definitions that each take their type from the next",
            a::DEFINITIONS.into(),
            "E0502",
            Number(
                |n| one(rows(n, |n| format!("n{n} = n{}", n + 1)) + &format!("n{n} = 1\n")),
                false,
            ),
        ),
        limit(
            "analysis::ANCESTORS",
            "schemas that each extend the next",
            all(a::ANCESTORS),
            "E0504",
            Number(ancestors, false),
        ),
        limit(
            "analysis::FIELDS",
            "fields of a schema",
            all(a::FIELDS),
            "E0505",
            Number(
                |n| one(format!("schema S {{\n{}}}\n", rows(n, |n| format!("a{n}: Int = 1")))),
                false,
            ),
        ),
        limit(
            "analysis::CASES",
            "cases of a variant",
            all(a::CASES),
            "E0505",
            Number(|n| one(format!("variant V {{\n{}}}\n", rows(n, |n| format!("c{n}")))), false),
        ),
        limit(
            "analysis::TYPE_PARTS",
            "names and literals in a type",
            a::TYPE_PARTS.into(),
            "E0505",
            Number(union, false),
        ),
        limit(
            "analysis::RECORD_PARTS",
            "names and kinds in the type of a record that nothing declares",
            a::RECORD_PARTS.into(),
            "E0505",
            Number(|n| one(format!("x = {{\n{}}}\n", rows(n - 1, |n| format!("a{n} = 1")))), false),
        ),
        limit(
            "analysis::LOCALS",
            "names of `let`, parameters and loops in scope",
            all(a::LOCALS),
            "E0505",
            Number(|n| one(format!("x = {{\n{}}}\n", rows(n, |n| format!("let a{n} = 1")))), false),
        ),
        limit(
            "analysis::STEPS",
            "steps for one item",
            a::STEPS,
            "E0505",
            Unit("eval/effort.rs", "steps_of_an_item"),
        ),
        limit(
            "analysis::UNITS",
            "steps for a program",
            a::UNITS * a::UNIT,
            "E0505",
            Unit("account.rs", "units_of_a_program"),
        ),
        limit(
            "analysis::MATRIX",
            "steps for a matrix",
            a::MATRIX * a::UNIT,
            "E0583",
            Unit("matrix.rs", "units_of_all_combinations"),
        ),
        limit(
            "analysis::ARENA",
            "bytes of values for one item",
            all(a::ARENA),
            "E0505",
            Unit("eval/effort.rs", "bytes_of_an_item"),
        )
        .mib(),
        limit(
            "analysis::ELEMENTS",
            "elements of a list",
            all(a::ELEMENTS),
            "E0505",
            Number(elements, false),
        ),
        limit(
            "analysis::STRING_BYTES",
            "bytes of a string",
            all(a::STRING_BYTES),
            "E0505",
            Number(|n| one(format!("x = len(\"x\".repeat({n}))\n")), false),
        )
        .mib(),
        limit(
            "analysis::PATTERN_BYTES",
            "bytes of a regular expression, compiled",
            all(a::PATTERN_BYTES),
            "E0117",
            Unit("pattern.rs", "bytes_of_a_pattern"),
        ),
        limit(
            "analysis::NESTED",
            "records and lists in each other",
            a::NESTED.into(),
            "E0504",
            Number(nested, false),
        ),
        limit(
            "analysis::CALLS",
            "calls of one function in each other",
            a::CALLS.into(),
            "E0507",
            Number(calls, false),
        ),
        limit(
            "analysis::CHAIN",
            "values that wait for each other in a row; one more for each 4 KiB that one takes besides the first",
            a::CHAIN.into(),
            "E0502",
            Number(|n| one(super::chain(n, "1")), true),
        ),
        limit(
            "analysis::RING",
            "values that depend on each other in a ring",
            all(a::RING),
            "E0503",
            Number(|n| one(super::chain(n, "n0.a")), true),
        ),
        limit(
            "kube::VALUES",
            "values in a file of data",
            all(kube::limits::VALUES),
            "E0505",
            Number(|n| data(values(n)), true),
        ),
        limit(
            "kube::DEPTH",
            "maps and lists in each other, in a file of data",
            all(kube::limits::DEPTH),
            "E0504",
            Number(|n| data(format!("{}1{}", "[".repeat(n), "]".repeat(n))), false),
        ),
        limit(
            "kube::PAIRS",
            "pairs of objects that rules compare, such as selectors and pods",
            all(kube::limits::PAIRS),
            "E0505",
            Unit("../../kube/src/rules/program.rs", "pairs_that_are_compared"),
        ),
        limit(
            "analysis::SETTINGS",
            "fields that a file of values sets",
            all(a::SETTINGS),
            "E0708",
            Other("settings_and_patterns_without_end"),
        ),
        limit(
            "analysis::OBJECT_BYTES",
            "bytes of the objects of one item",
            all(a::OBJECT_BYTES),
            "E0505",
            Unit("render.rs", "bytes_of_objects"),
        )
        .mib(),
        limit(
            "analysis::OUTPUT_BYTES",
            "bytes of the objects that a program prints",
            all(a::OUTPUT_BYTES),
            "E0505",
            Unit("build/room.rs", "bytes_that_are_kept"),
        )
        .mib(),
        limit(
            "analysis::PROBLEMS",
            "problems that are told",
            all(a::PROBLEMS),
            "counted",
            Other("problems_that_are_told"),
        ),
        limit(
            "analysis::COMBINATIONS",
            "combinations of inputs in a matrix",
            all(a::COMBINATIONS),
            "chosen",
            Other("combinations_that_are_tried"),
        ),
    ]
}

fn limit(
    name: &'static str,
    what: &'static str,
    most: u64,
    past: &'static str,
    held: Held,
) -> Limit {
    Limit { name, what, most, unit: "", past, held }
}

impl Limit {
    fn mib(self) -> Self {
        Self { unit: " MiB", ..self }
    }

    /// The number as it is read.
    fn shown(&self) -> String {
        let number = if self.unit.is_empty() { self.most } else { self.most >> 20 };
        let digits = number.to_string();
        let mut shown = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                shown.push(',');
            }
            shown.push(digit);
        }
        shown + self.unit
    }
}

/// So many values in lists of a thousand, of which each is a value too, and the list of them.
fn values(count: usize) -> String {
    let (lists, rest) = ((count - 1) / 1_000, (count - 1) % 1_000);
    let list = format!("[{}1],", "1,".repeat(998));
    format!("[{}{}]", list.repeat(lists), "1,".repeat(rest)).replace(",]", "]")
}

/// The constants that are no limits of what is written: what is told of it, and what limits are made of.
const OTHERS: &[&str] = &[
    "syntax::FILE_BYTES",
    "kube::PROBLEMS",
    "analysis::CIRCLE",
    "analysis::SHOWN_TYPE",
    "analysis::WRITTEN_PROBLEMS",
    "analysis::NAMES_SOUGHT",
    "analysis::STACK_BYTES",
    "analysis::SHOWN_PROBLEMS",
    "analysis::NARROWED",
    "analysis::VARYING",
    "analysis::VALUES",
    "analysis::TURNING",
    "analysis::TURNING_STEPS",
    "analysis::UNUSED",
    "analysis::UNUSED_STEPS",
    "analysis::UNUSED_BYTES",
    "analysis::SUPPOSED",
    "analysis::UNIT",
    "analysis::UNIT_BYTES",
    "analysis::ITEM_PROBLEMS",
    "analysis::MESSAGE",
    "analysis::PATTERNS",
];

#[test]
fn each_limit_is_tried_with_one_more() {
    let tests = concat!(
        include_str!("../limits.rs"),
        include_str!("../limits_of_problems.rs"),
        include_str!("table.rs")
    );
    let mut wrong = Vec::new();
    for limit in limits() {
        match limit.held {
            Other(test) => assert!(tests.contains(&format!("#[test]\nfn {test}()")), "{test}"),
            Unit(file, test) => {
                let path = tests::root().join("compiler/analysis/src").join(file);
                let counted = std::fs::read_to_string(path).unwrap();
                assert!(counted.contains(&format!("#[test]\n    fn {test}()")), "{file}: {test}");
            }
            Number(_, true) if !tests::heavy() => {}
            Number(files, _) => {
                let most = usize::try_from(limit.most).unwrap();
                let past = limit.past.to_owned();
                let (enough, more) = (codes(files(most)), codes(files(most + 1)));
                if enough.contains(&past) || !more.contains(&past) {
                    wrong.push(format!("{}: {enough:?}, and with one more {more:?}", limit.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_limits_are_in_the_table() {
    let known: BTreeSet<String> = limits().iter().map(|limit| limit.name.to_owned()).collect();
    let known: BTreeSet<String> =
        known.into_iter().chain(OTHERS.iter().map(|name| (*name).to_owned())).collect();
    let mut found = BTreeSet::new();
    for name in ["syntax", "kube", "analysis"] {
        let path = tests::root().join(format!("compiler/{name}/src/limits.rs"));
        for line in std::fs::read_to_string(path).unwrap().lines() {
            if let Some(rest) = line.strip_prefix("pub const ") {
                found.insert(format!("{name}::{}", rest.split(':').next().unwrap()));
            }
        }
    }
    assert_eq!(found, known);
}

#[test]
fn combinations_that_are_tried() {
    let tried = |values: [usize; 3]| {
        let input = |(at, count): (usize, &usize)| {
            let values: Vec<String> = (0..*count).map(|n| n.to_string()).collect();
            format!("input _i{at}: {} = 0\n", values.join(" | "))
        };
        let text: String = values.iter().enumerate().map(input).collect();
        let files = memory(one(text + "x = 1\n"));
        let found = matrix(
            &mut Workspace::default(),
            &files,
            "app.dep",
            &Options::default(),
            &mut |_, _| {},
        );
        (found.tried, found.all)
    };
    assert_eq!(tried([10, 10, 10]), (1_000, Some(1_000)));
    let (tried, all) = tried([7, 11, 13]);
    assert!(all == Some(1_001) && (143..1_000).contains(&tried), "{tried} of {all:?}");
}

#[test]
fn the_reference_lists_the_limits() {
    let path = tests::root().join("tests/language/limits.md");
    let rows: String = limits()
        .into_iter()
        .map(|limit| {
            let past = match limit.past.strip_prefix('E') {
                Some(_) => format!("[{0}](../errors/{0}.md)", limit.past),
                None => limit.past.to_owned(),
            };
            format!("| {} | {} | {past} |\n", limit.what, limit.shown())
        })
        .collect();
    let page = format!("{PAGE}{rows}");
    if tests::update() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "UPDATE=1 writes tests/language/limits.md anew");
}

const PAGE: &str = "# How much is too much

No file may stop the compiler, or take its time or memory without end, whoever wrote it.
Each number is far above what people write, and past it is an error at the place that exceeds it.
This page is written by `tests/tests/limits/table.rs` from the numbers in the files `limits.rs` of the crates `analysis`, `kube` and `syntax`.

| what | at most | past it |
| --- | --- | --- |
";

/// The codes of what is wrong, each once.
fn codes(files: Files) -> Vec<String> {
    let mut workspace = Workspace::default();
    let loaded = workspace.load(&memory(files), "app.dep", &[]);
    let found = problems(&workspace, &loaded);
    let codes: BTreeSet<String> = found.into_iter().map(|found| found.code).collect();
    codes.into_iter().collect()
}

fn memory(files: Files) -> Memory {
    let mut memory = Memory::default();
    for (path, text) in files {
        memory.write(&path, text);
    }
    memory
}
