//! Names that look like one that was mistyped.

mod many;

pub use many::Names;

/// Candidates among which a name that was mistyped is looked for letter by letter; among more, only those are that
/// differ in one place.
const CANDIDATES: usize = 100;

/// Candidates that are looked at at all: of a file those of [`Names::near`], of a record its first fields.
const LOOKED_AT: usize = 2_000;

/// Longer names are not compared letter by letter either.
const WORD: usize = 64;

/// Letters in which a name may differ from the one that was certainly meant.
const SURE: usize = 1;

/// Names of so many letters may differ in one more.
const LONG: usize = 8;

/// A name that looks like one that was mistyped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Near<'c> {
    pub name: &'c str,
    /// No other one is as near, and this one in so much that nothing else can have been meant.
    pub alone: bool,
}

/// The candidate that `name` was most likely meant to be, if one is near enough: at most a third of its
/// letters differ, and no more than three, or only the case and the separators do.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    nearest_of(name, candidates).map(|near| near.name)
}

/// The same, and whether it is the only one.
pub fn nearest_of<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<Near<'c>> {
    nearest_that(name, candidates, |_| true)
}

/// As [`nearest_of`], among the candidates that fit, which is asked of near ones only.
pub fn nearest_that<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    fits: impl Fn(&str) -> bool,
) -> Option<Near<'c>> {
    let plain =
        |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let wanted = plain(name);
    let mut best: Option<(usize, &str)> = None;
    let mut alone = true;
    let mut compared = 0;
    for candidate in candidates.into_iter().take(LOOKED_AT) {
        // What is there by that very name cannot be meant. Nothing that is so much longer or shorter can be near; a
        // file may have ten thousand names.
        if candidate == name || candidate.len().abs_diff(name.len()) > 8 {
            continue;
        }
        compared += 1;
        let many = compared > CANDIDATES || candidate.len() > WORD;
        if many && !differs_in_one_place(name, candidate) {
            continue;
        }
        let found = plain(candidate);
        let (a, b) = apart(&wanted, &found);
        let distance = strsim::osa_distance(a, b);
        let longest = wanted.chars().count().max(found.chars().count());
        // Of a short word, two letters that differ leave too little, and of two letters one does.
        let short = wanted.chars().count().min(found.chars().count()) <= 4;
        let most = match longest {
            0..=2 => 0,
            _ if short => 1,
            _ => ((longest + 1) / 3).clamp(1, 3),
        };
        if distance > most || distance >= longest {
            continue;
        }
        // What is further away than one that fits need not be asked.
        if best.is_some_and(|(least, _)| distance > least) || !fits(candidate) {
            continue;
        }
        match best {
            Some((least, known)) if distance == least => {
                alone &= known == candidate;
                best = best.min(Some((distance, candidate)));
            }
            _ => {
                alone = distance <= SURE || (distance <= 2 && longest >= LONG);
                best = Some((distance, candidate));
            }
        }
    }
    best.map(|(_, name)| Near { name, alone })
}

/// Two names without what they begin and end with alike, which changes no distance.
fn apart<'n>(a: &'n str, b: &'n str) -> (&'n str, &'n str) {
    let alike = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8());
    let start: usize = alike.sum();
    let (a, b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    let alike = a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b);
    let end: usize = alike.map(|(a, _)| a.len_utf8()).sum();
    (a.get(..a.len() - end).unwrap_or_default(), b.get(..b.len() - end).unwrap_or_default())
}

/// Whether no more than two letters side by side tell two names apart: one that is missing, added, or another, or two
/// that changed places.
pub fn differs_in_one_place(a: &str, b: &str) -> bool {
    let longest = a.len().max(b.len());
    if a.len().abs_diff(b.len()) > 2 {
        return false;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let before = a.iter().zip(b).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    let behind = a.iter().rev().zip(b.iter().rev());
    let after = behind.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    before + after + 2 >= longest
}

/// "did you mean …?", where there is a near candidate.
pub fn did_you_mean<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean `{near}`?"))
}
