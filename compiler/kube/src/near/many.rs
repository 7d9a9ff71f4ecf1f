//! Names among which one that was mistyped is looked for again and again: those that can be near are found by what is
//! left of them without the letters in which they may differ.

use std::sync::Arc;

use super::{CANDIDATES, LOOKED_AT};

/// Bytes of a name that is looked for among many.
const LONGEST: usize = 64;

/// What is remembered of all names together. Those that come behind are found by nobody.
const REMEMBERED: usize = 1 << 20;

/// Names, in an order of which the first are looked at letter by letter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    names: Vec<Arc<str>>,
    /// What is left of each name beyond the first ones, as a number, sorted, with the place of the name.
    left: Vec<(u32, u32)>,
}

impl Names {
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<Arc<str>> = names.into_iter().map(Arc::from).collect();
        let mut left = Vec::new();
        for (place, name) in (0..).zip(&names).skip(CANDIDATES) {
            left.extend(remains(name).into_iter().map(|remains| (remains, place)));
            if left.len() > REMEMBERED {
                break;
            }
        }
        left.sort_unstable();
        Self { names, left }
    }

    /// The names that a search for what was meant by `name` looks at: all that differ from it in one place, and the
    /// first ones.
    pub fn near(&self, name: &str) -> Vec<&str> {
        let mut places: Vec<u32> = Vec::new();
        if !self.left.is_empty() {
            for remains in remains(name) {
                let start = self.left.partition_point(|(other, _)| *other < remains);
                let same = self.left.iter().skip(start).take_while(|(other, _)| *other == remains);
                places.extend(same.map(|(_, place)| *place).take(LOOKED_AT));
            }
            places.sort_unstable();
            places.dedup();
        }
        let places = places.iter().filter_map(|place| self.names.get(*place as usize));
        self.names.iter().take(CANDIDATES).chain(places).map(|name| &**name).collect()
    }
}

/// What is left of a name without up to two letters side by side, wherever these are. Of two names that differ in no more
/// than that, something that is left is the same.
fn remains(name: &str) -> Vec<u32> {
    let letters = name.to_ascii_lowercase().into_bytes();
    if letters.len() > LONGEST {
        return Vec::new();
    }
    let with = |number: u32, letter: &u8| {
        (number ^ u32::from(*letter)).wrapping_mul(0x0100_0193).rotate_left(5)
    };
    let mut before = vec![1];
    let mut behind = vec![2];
    for (first, last) in letters.iter().zip(letters.iter().rev()) {
        before.push(with(before.last().copied().unwrap_or(1), first));
        behind.push(with(behind.last().copied().unwrap_or(2), last));
    }
    behind.reverse();
    let without = |letters: usize| {
        let pairs = before.iter().zip(behind.iter().skip(letters));
        pairs.map(|(before, behind)| before.wrapping_mul(0x9e37_79b1) ^ behind)
    };
    (0..=2).flat_map(without).collect()
}

#[cfg(test)]
mod tests {
    use super::super::nearest;
    use super::*;

    #[test]
    fn what_differs_in_one_place_is_found_among_many() {
        let all: Vec<String> = (0..20_000).map(|n| format!("service{n}")).collect();
        let names = Names::new(all.iter().map(String::as_str));
        for (typed, meant) in [
            ("servce19999", "service19999"),
            ("Service19998", "service19998"),
            ("sevrice17777", "service17777"),
            ("serviice15555", "service15555"),
            ("service_12345", "service12345"),
            ("xservice12345", "service12345"),
        ] {
            let near = names.near(typed);
            assert_eq!(nearest(typed, near.iter().copied()), Some(meant), "{typed}");
            assert!(near.len() < 600, "{typed}: {}", near.len());
        }
        assert_eq!(nearest("other", names.near("other")), None);
        // What is too long is looked for among the first ones.
        let long = "a".repeat(1_000);
        assert_eq!(names.near(&long).len(), CANDIDATES);
    }

    #[test]
    fn of_few_names_all_are_looked_at() {
        let names = Names::new(["web", "api"]);
        assert_eq!(names.near("wbe"), ["web", "api"]);
    }
}
