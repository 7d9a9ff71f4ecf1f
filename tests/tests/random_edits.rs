//! After each of many random edits of random programs, a workspace that saw all of them says what a fresh one says.
//!
//! Some hundred edits by default, a hundred thousand with `DEPC_HEAVY=1`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::Random;
use tests::executed::Session;
use tests::programs::Program;

/// Edits of one program, after which another begins, so that memory stays bounded.
const EDITS: usize = 100;

#[test]
fn warm_equals_cold_after_random_edits() {
    let wanted = std::env::var("DEPC_EDITS").ok().and_then(|edits| edits.parse().ok());
    let edits = wanted.unwrap_or(if tests::heavy() { 100_000 } else { 400 });
    let seeds: Vec<u64> = (0..(edits / EDITS) as u64).collect();
    let halves = seeds.chunks(seeds.len().div_ceil(2));
    let counts: Vec<Counts> = std::thread::scope(|scope| {
        let threads: Vec<_> = halves
            .map(|seeds| scope.spawn(|| seeds.iter().map(|seed| run(*seed)).collect::<Vec<_>>()))
            .collect();
        let counts =
            threads.into_iter().flat_map(|thread| thread.join().expect("warm equals cold"));
        counts.collect()
    });
    let fine: usize = counts.iter().map(|counts| counts.fine).sum();
    let cycles: usize = counts.iter().map(|counts| counts.cycles).sum();
    // A test of programs that are all broken, or none, would say little.
    assert!(
        (edits / 10..edits * 9 / 10).contains(&fine),
        "{fine} of {edits} programs had no errors"
    );
    assert!(cycles > 0, "none of {edits} programs had values that depend on themselves");
}

/// Of how many states of a program something was found.
#[derive(Default)]
struct Counts {
    /// No errors.
    fine: usize,
    /// Values that depend on themselves.
    cycles: usize,
}

/// Edits one program.
fn run(seed: u64) -> Counts {
    let mut random = Random::new(seed);
    let mut program = Program::new(&mut random);
    let mut session = Session::default();
    let mut counts = Counts::default();
    for _ in 0..EDITS {
        for (path, text) in program.files() {
            session.write(path, &text);
        }
        let path = if random.below(2) == 0 { "app.dep" } else { "prod.dep" };
        let outcome = session.build(path);
        let found = &outcome.diagnostics;
        counts.fine += usize::from(found.iter().all(|diagnostic| !diagnostic.is_error()));
        counts.cycles += usize::from(found.iter().any(|diagnostic| diagnostic.code == "E0501"));
        program.edit(&mut random);
    }
    counts
}
