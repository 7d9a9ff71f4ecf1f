//! Strongly connected components of a graph, without recursion: input may be as deep as it likes.

/// The strongly connected components of a graph, given by the numbers of the nodes that follow each node. Each comes
/// after all components that it leads to. (R. E. Tarjan, "Depth-first search and linear graph algorithms", 1972.)
pub fn groups(next: &[Vec<usize>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, Default)]
    struct Seen {
        /// When it was found, from 1; 0 before.
        at: usize,
        /// The earliest one that it leads back to.
        low: usize,
        /// Its group is known.
        done: bool,
    }
    let mut seen = vec![Seen::default(); next.len()];
    let of = |seen: &[Seen], node: usize| seen.get(node).copied().unwrap_or_default();
    let (mut count, mut open, mut groups) = (0, Vec::new(), Vec::new());
    for start in 0..next.len() {
        if of(&seen, start).at > 0 {
            continue;
        }
        let mut way = vec![(start, 0)];
        while let Some((node, edge)) = way.last_mut() {
            let node = *node;
            if *edge == 0 {
                count += 1;
                open.push(node);
                if let Some(new) = seen.get_mut(node) {
                    *new = Seen { at: count, low: count, done: false };
                }
            }
            let to = next.get(node).and_then(|next| next.get(*edge)).copied();
            *edge += 1;
            if let Some(to) = to {
                if to >= next.len() {
                    continue;
                }
                let reached = of(&seen, to);
                if reached.at == 0 {
                    way.push((to, 0));
                } else if !reached.done
                    && let Some(here) = seen.get_mut(node)
                {
                    here.low = here.low.min(reached.at);
                }
                continue;
            }
            way.pop();
            let here = of(&seen, node);
            if let Some(above) = way.last().and_then(|(above, _)| seen.get_mut(*above)) {
                above.low = above.low.min(here.low);
            }
            if here.low == here.at {
                let from = open.iter().rposition(|other| *other == node).unwrap_or_default();
                let group = open.split_off(from);
                for node in &group {
                    if let Some(node) = seen.get_mut(*node) {
                        node.done = true;
                    }
                }
                groups.push(group);
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn rings_come_after_what_they_lead_to() {
        assert_eq!(groups(&[vec![1], vec![2], vec![1, 3], vec![]]), [vec![3], vec![1, 2], vec![0]]);
        assert_eq!(groups(&[vec![0], vec![]]), [vec![0], vec![1]]);
    }

    #[test]
    fn depth_costs_no_stack() {
        // The last leads nowhere.
        let chain: Vec<Vec<usize>> = (1..=1_000_000).map(|next| vec![next]).collect();
        assert_eq!(groups(&chain).len(), 1_000_000);
    }
}
