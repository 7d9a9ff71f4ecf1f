//! How the files of a program lie on each other.

use std::collections::{BTreeMap, BTreeSet};

/// The overlay strings between files: for each file, those it names, in the order written.
pub type Edges<M> = BTreeMap<M, Vec<M>>;

/// The files that lie on themselves, or between two that do. None of their strings can be followed.
pub fn in_a_circle<M: Ord + Copy>(edges: &Edges<M>) -> BTreeSet<M> {
    // What stands on nothing, or only on what was removed, is in no circle; then the same upwards.
    let mut left: BTreeSet<M> = edges.keys().copied().collect();
    let mut reversed: Edges<M> = BTreeMap::new();
    for (from, to) in edges {
        for to in to {
            reversed.entry(*to).or_default().push(*from);
        }
    }
    for graph in [(edges, &reversed), (&reversed, edges)] {
        let (forward, backward) = graph;
        let targets = |of: &M, left: &BTreeSet<M>| {
            forward.get(of).map_or(0, |to| to.iter().filter(|to| left.contains(to)).count())
        };
        let mut open: BTreeMap<M, usize> =
            left.iter().map(|file| (*file, targets(file, &left))).collect();
        let mut ready: Vec<M> =
            open.iter().filter(|(_, count)| **count == 0).map(|(file, _)| *file).collect();
        while let Some(file) = ready.pop() {
            left.remove(&file);
            for above in backward.get(&file).into_iter().flatten() {
                if let Some(count) = open.get_mut(above) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        ready.push(*above);
                    }
                }
            }
        }
    }
    left
}

/// All files that `top` stands on and itself, the lowest first, each once. The edges have no circle.
pub fn stack<M: Ord + Copy>(edges: &Edges<M>, top: M) -> Vec<M> {
    let mut stack = Vec::new();
    let mut seen = BTreeSet::from([top]);
    // A file waits here until all below it are in the stack.
    let mut waiting = vec![(top, 0)];
    while let Some((file, next)) = waiting.pop() {
        let below = edges.get(&file).and_then(|below| below.get(next));
        match below {
            Some(below) => {
                waiting.push((file, next + 1));
                if seen.insert(*below) {
                    waiting.push((*below, 0));
                }
            }
            None => stack.push(file),
        }
    }
    stack
}

/// The files of a program as stacks: each bottom with all overlays on it, however many of its readers name them.
#[derive(Debug)]
pub struct Stacks<M> {
    /// In the order in which their bottoms were added.
    pub stacks: Vec<(M, Vec<M>)>,
    places: BTreeMap<M, usize>,
}

impl<M> Default for Stacks<M> {
    fn default() -> Self {
        Self { stacks: Vec::new(), places: BTreeMap::new() }
    }
}

impl<M: Ord + Copy> Stacks<M> {
    /// Puts the overlays of a stack, which begins with its bottom, on those that its bottom has so far.
    pub fn add(&mut self, stack: &[M]) {
        let Some((bottom, overlays)) = stack.split_first() else { return };
        let at = *self.places.entry(*bottom).or_insert_with(|| {
            self.stacks.push((*bottom, Vec::new()));
            self.stacks.len() - 1
        });
        let Some((_, known)) = self.stacks.get_mut(at) else { return };
        for overlay in overlays {
            if !known.contains(overlay) {
                known.push(*overlay);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(of: &[(u8, &[u8])]) -> Edges<u8> {
        of.iter().map(|(from, to)| (*from, to.to_vec())).collect()
    }

    #[test]
    fn siblings_of_one_base_stand_in_the_order_written() {
        let edges = edges(&[(1, &[]), (2, &[1]), (3, &[1]), (4, &[2, 3])]);
        assert_eq!(stack(&edges, 4), [1, 2, 3, 4]);
        assert!(in_a_circle(&edges).is_empty());
    }

    #[test]
    fn what_is_used_through_several_overlays_has_them_all_on_it() {
        let mut stacks = Stacks::default();
        for stack in [&[1, 2][..], &[5], &[1, 3, 2], &[1, 4]] {
            stacks.add(stack);
        }
        assert_eq!(stacks.stacks, [(1, vec![2, 3, 4]), (5, vec![])]);
    }

    #[test]
    fn only_those_in_a_circle_are_found() {
        let edges = edges(&[(1, &[2]), (2, &[3]), (3, &[2, 4]), (4, &[]), (5, &[5])]);
        assert_eq!(in_a_circle(&edges).into_iter().collect::<Vec<_>>(), [2, 3, 5]);
    }

    #[test]
    fn many_diamonds_take_no_longer_than_their_number() {
        let edges: Edges<u32> =
            (0..9_000).map(|n| (n, if n == 0 { vec![] } else { vec![n - 1, n - 1] })).collect();
        assert_eq!(stack(&edges, 8_999).len(), 9_000);
        assert!(in_a_circle(&edges).is_empty());
    }
}
