//! Programs that somebody mistyped: those of the reference, of the error pages and the examples, with some of their tokens
//! left out, doubled, or replaced by others. Each goes the whole way from its text to its output, and none may panic.
//!
//! Some hundred by default, 20,000 with `DEPC_HEAVY=1`; `--nocapture` prints the time that they take.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use analysis::build::{Format, built};
use analysis::diagnostic::Diagnostic;
use analysis::mask::Shown;
use analysis::parallel::on_deep_stack;
use analysis::problems::problems;
use analysis::verdicts::{tests as tests_of, verdicts};
use analysis::workspace::{Memory, Workspace};
use tests::Random;
use tests::markdown::{Part, parts};

/// Longer than any of these programs may take, with what else the machine does.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 10 });

/// A program: its files, of which the last is built.
type Program = Vec<(String, String)>;

#[test]
fn no_program_panics() {
    let count = if tests::heavy() { 20_000 } else { 200 };
    let corpus = corpus();
    assert!(corpus.len() > 100, "{} programs", corpus.len());
    let words = words(&corpus);
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    on_deep_stack(|| {
                        let mut outcome = Outcome::default();
                        loop {
                            let seed = next.fetch_add(1, Ordering::Relaxed);
                            if seed >= count {
                                return outcome;
                            }
                            outcome.add(&mutated(seed as u64, &corpus, &words));
                        }
                    })
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let time = start.elapsed();
    let panics: Vec<String> = outcomes.iter().flat_map(|outcome| outcome.panics.clone()).collect();
    let fine: usize = outcomes.iter().map(|outcome| outcome.fine).sum();
    let (slowest, text) =
        outcomes.into_iter().map(|outcome| outcome.slowest).max().unwrap_or_default();
    // Past the capture of what tests print: who runs this wants to see it.
    let _ = writeln!(
        std::io::stderr(),
        "{count} mutated programs in {time:.1?} on {threads} threads, {fine} of them without errors; the slowest took \
         {slowest:.0?}"
    );
    assert!(panics.is_empty(), "{} panics, such as\n{}", panics.len(), panics[0]);
    assert!(slowest < PATIENCE, "this took {slowest:?}:\n{text}");
    // Programs that are all broken, or all as they were, would say little.
    assert!((count / 50..count * 3 / 4).contains(&fine), "{fine} of {count} had no errors");
}

/// What became of the programs of one thread.
#[derive(Default)]
struct Outcome {
    fine: usize,
    panics: Vec<String>,
    slowest: (Duration, String),
}

impl Outcome {
    fn add(&mut self, program: &Program) {
        let shown = || {
            program.iter().map(|(path, text)| format!("--- {path}\n{text}\n")).collect::<String>()
        };
        let start = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| whole_way(program))) {
            Ok(fine) => self.fine += usize::from(fine),
            Err(_) => self.panics.push(shown()),
        }
        let time = start.elapsed();
        if time > self.slowest.0 {
            self.slowest = (time, shown());
        }
    }
}

/// Says whether a program has no errors, and does all with it that can be done.
fn whole_way(program: &Program) -> bool {
    let mut memory = Memory::default();
    for (path, text) in program {
        memory.write(path, text.as_str());
        syntax::format(text);
    }
    let mut workspace = Workspace::default();
    let loaded = workspace.load(&memory, &program.last().unwrap().0, &[]);
    let found = problems(&workspace, &loaded);
    let shown = |path: &str| workspace.text(path).map(Shown::whole);
    depc::rendered(&shown, found.iter(), false);
    let fine = !found.iter().any(Diagnostic::is_error);
    let built = built(&workspace, &loaded, Format::Yaml);
    let texts: usize = built.objects.map_or(0, |objects| objects.texts().map(<[u8]>::len).sum());
    std::hint::black_box(texts);
    if fine {
        let tests = tests_of(&workspace, &loaded);
        verdicts(&workspace, &loaded, &tests);
    }
    fine
}

/// All programs of the pages, and the examples.
fn corpus() -> Vec<Program> {
    let root = tests::root();
    let mut corpus = Vec::new();
    for folder in ["tests/language", "tests/errors"] {
        for path in tests::files(&root.join(folder), &[".md"]) {
            let mut program = Program::new();
            for part in parts(&std::fs::read_to_string(path).unwrap()) {
                match part {
                    Part::Heading(level, _) if level <= 2 => {
                        corpus.extend(Some(std::mem::take(&mut program)));
                    }
                    Part::Block(block) if block.language == "dep" => {
                        let path = match block.title.as_str() {
                            "" => "main.dep",
                            title => title,
                        };
                        program.retain(|(known, _)| known != path);
                        program.push((path.to_owned(), block.text));
                    }
                    _ => {}
                }
            }
            corpus.push(program);
        }
    }
    for path in tests::files(&root.join("examples"), &[".dep"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        corpus.push(vec![(path.file_name().unwrap().to_str().unwrap().to_owned(), text)]);
    }
    corpus.retain(|program| !program.is_empty());
    corpus
}

/// The text of every token that there is, as often as it occurs, by its kind.
type Words = BTreeMap<u8, Vec<String>>;

fn words(corpus: &[Program]) -> Words {
    let mut words = Words::new();
    for (_, text) in corpus.iter().flatten() {
        for (kind, token) in tokens(text) {
            words.entry(kind).or_default().push(text[token].to_owned());
        }
    }
    words
}

fn tokens(text: &str) -> Vec<(u8, Range<usize>)> {
    let tokens = syntax::lex(text);
    let kinds = tokens.kinds.bytes();
    let all = kinds.enumerate().map(|(at, kind)| (kind, tokens.span(at).range()));
    all.filter(|(_, range)| !range.is_empty()).collect()
}

/// One of the programs, with one to three tokens of one of its files changed.
fn mutated(seed: u64, corpus: &[Program], words: &Words) -> Program {
    let mut random = Random::new(seed);
    // The first numbers of seeds that are close are close.
    random.below(2);
    let mut program = random.pick(corpus).clone();
    let at = random.below(program.len());
    let text = &mut program[at].1;
    for _ in 0..=random.below(3) {
        let tokens = tokens(text);
        if tokens.is_empty() {
            break;
        }
        let (kind, token) = random.pick(&tokens).clone();
        let own = text[random.pick(&tokens).1.clone()].to_owned();
        let like = words.get(&kind).map_or(own.clone(), |words| random.pick(words).clone());
        match random.below(12) {
            0 => text.replace_range(token, ""),
            1 => text.replace_range(token.clone(), &format!("{0} {0}", &text[token])),
            2 => text.replace_range(token, &own),
            3 => text.insert_str(token.start, &format!("{own} ")),
            // From one token to another, in whichever order.
            4 | 5 => {
                let (_, end) = random.pick(&tokens).clone();
                let (start, end) = (token.start.min(end.start), token.end.max(end.end));
                if end - start < 200 {
                    let part = text[start..end].to_owned();
                    text.insert_str(random.pick(&tokens).1.start, &format!("{part}\n"));
                }
            }
            // What can still be read goes the farthest.
            6 | 7 => {
                let alike: Vec<_> = tokens.iter().filter(|(other, _)| *other == kind).collect();
                let other = text[random.pick(&alike).1.clone()].to_owned();
                text.replace_range(token, &other);
            }
            _ => text.replace_range(token, &like),
        }
    }
    program
}
