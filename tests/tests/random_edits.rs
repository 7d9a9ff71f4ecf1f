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
    let fine: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = halves
            .map(|seeds| scope.spawn(move || seeds.iter().map(|seed| run(*seed)).sum::<usize>()))
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("warm equals cold")).sum()
    });
    // A test of programs that are all broken, or none, would say little.
    assert!(
        (edits / 10..edits * 9 / 10).contains(&fine),
        "{fine} of {edits} programs had no errors"
    );
}

/// Edits one program; says how often it had no errors.
fn run(seed: u64) -> usize {
    let mut random = Random::new(seed);
    let mut program = Program::new(&mut random);
    let mut session = Session::default();
    let mut fine = 0;
    for _ in 0..EDITS {
        for (path, text) in program.files() {
            session.write(path, &text);
        }
        let path = if random.below(2) == 0 { "app.dep" } else { "prod.dep" };
        let outcome = session.build(path);
        fine += usize::from(outcome.diagnostics.iter().all(|diagnostic| !diagnostic.is_error()));
        program.edit(&mut random);
    }
    fine
}
