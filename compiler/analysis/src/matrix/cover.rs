//! Which combinations of values are tried: all, or as few as show every two values of two inputs together.
//!
//! A combination is a list of numbers, the number of a value for each input. Both functions give the same list for the
//! same numbers, always.

/// The numbers of the values of all inputs, in their order.
pub type Combination = Vec<usize>;

/// How many combinations there are of so many values each; `None` for more than a number can say.
pub fn count(values: &[usize]) -> Option<usize> {
    values.iter().try_fold(1_usize, |all, values| all.checked_mul(*values))
}

/// All combinations, each of which differs from the one before it in a single value: so what is evaluated for one is
/// mostly there for the next.
pub fn all(values: &[usize]) -> Vec<Combination> {
    let mut combinations = vec![Vec::with_capacity(values.len())];
    for &values in values {
        let mut longer = Vec::with_capacity(combinations.len() * values);
        for (at, combination) in combinations.iter().enumerate() {
            for value in 0..values {
                // Every other time from the end to the beginning.
                let value = if at % 2 == 0 { value } else { values - 1 - value };
                let mut combination = combination.clone();
                combination.push(value);
                longer.push(combination);
            }
        }
        combinations = longer;
    }
    combinations
}

/// Combinations in which any two values of two inputs meet at least once, at most `most`; the first one is `first`. Also
/// how many of the pairs were left out because of that bound.
pub fn pairs(values: &[usize], first: &[usize], most: usize) -> (Vec<Combination>, usize) {
    let mut left = Pairs::new(values);
    let mut combinations = Vec::new();
    let mut next = Some(first.to_vec());
    while let Some(combination) = next.take() {
        left.take(&combination);
        combinations.push(combination);
        if combinations.len() < most {
            next = left.best(values);
        }
    }
    (combinations, left.count)
}

/// The pairs of values that have not met yet.
struct Pairs {
    /// The number of the first value of each input, counted through all inputs.
    starts: Vec<usize>,
    /// How many values there are.
    total: usize,
    /// One bit for each two values, in the order of the first and then the second.
    open: Vec<u64>,
    count: usize,
    /// How many open pairs each value is in.
    of_value: Vec<usize>,
    /// No pair before this one is open.
    from: usize,
}

impl Pairs {
    fn new(values: &[usize]) -> Self {
        let mut starts = Vec::with_capacity(values.len());
        let mut total = 0;
        for values in values {
            starts.push(total);
            total += values;
        }
        let open = vec![0; (total * total).div_ceil(64)];
        let mut pairs =
            Self { starts, total, open, count: 0, of_value: Vec::with_capacity(total), from: 0 };
        for own in values {
            pairs.of_value.extend(std::iter::repeat_n(total - own, *own));
        }
        for (one, &ones) in values.iter().enumerate() {
            for (two, &twos) in values.iter().enumerate().skip(one + 1) {
                for pair in (0..ones).flat_map(|a| (0..twos).map(move |b| (a, b))) {
                    let at = pairs.at((one, pair.0), (two, pair.1));
                    if let Some(word) = pairs.open.get_mut(at / 64) {
                        *word |= 1 << (at % 64);
                        pairs.count += 1;
                    }
                }
            }
        }
        pairs
    }

    /// The number of a pair of (input, value), of which the first input comes first.
    fn at(&self, one: (usize, usize), two: (usize, usize)) -> usize {
        let number = |(input, value): (usize, usize)| {
            self.starts.get(input).copied().unwrap_or_default() + value
        };
        number(one) * self.total + number(two)
    }

    fn is_open(&self, one: (usize, usize), two: (usize, usize)) -> bool {
        let at = if one.0 < two.0 { self.at(one, two) } else { self.at(two, one) };
        self.open.get(at / 64).is_some_and(|word| word & 1 << (at % 64) != 0)
    }

    /// Closes all pairs of a combination.
    fn take(&mut self, combination: &[usize]) {
        for (one, &a) in combination.iter().enumerate() {
            for (two, &b) in combination.iter().enumerate().skip(one + 1) {
                let at = self.at((one, a), (two, b));
                if self.is_open((one, a), (two, b))
                    && let Some(word) = self.open.get_mut(at / 64)
                {
                    *word &= !(1 << (at % 64));
                    self.count -= 1;
                    for value in [at / self.total, at % self.total] {
                        if let Some(left) = self.of_value.get_mut(value) {
                            *left -= 1;
                        }
                    }
                }
            }
        }
    }

    /// A combination of the first open pair with what closes the most others.
    fn best(&mut self, values: &[usize]) -> Option<Combination> {
        let word = (self.from..self.open.len())
            .find(|word| self.open.get(*word).is_some_and(|bits| *bits != 0))?;
        self.from = word;
        let bit = self.open.get(word)?.trailing_zeros() as usize;
        let at = word * 64 + bit;
        let input_of = |value: usize| {
            let input = self.starts.partition_point(|start| *start <= value).saturating_sub(1);
            (input, value - self.starts.get(input).copied().unwrap_or_default())
        };
        let mut chosen = vec![input_of(at / self.total), input_of(at % self.total)];
        for (input, &values) in values.iter().enumerate() {
            if chosen.iter().any(|(other, _)| *other == input) {
                continue;
            }
            let gain = |value: &usize| {
                chosen.iter().filter(|other| self.is_open((input, *value), **other)).count()
            };
            let start = self.starts.get(input).copied().unwrap_or_default();
            let left = |value: &usize| self.of_value.get(start + value).copied();
            // Of several that are as good the one with most to do, and of these the first.
            let best = (0..values).max_by_key(|v| (gain(v), left(v), values - v))?;
            chosen.push((input, best));
        }
        chosen.sort_unstable();
        Some(chosen.into_iter().map(|(_, value)| value).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_differ_by_one_value_from_the_one_before() {
        let combinations = all(&[2, 3, 2]);
        assert_eq!(combinations.len(), 12);
        let mut sorted = combinations.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 12);
        for two in combinations.windows(2) {
            assert_eq!(two[0].iter().zip(&two[1]).filter(|(a, b)| a != b).count(), 1);
        }
        assert_eq!(all(&[]), [Vec::<usize>::new()]);
    }

    fn all_pairs_meet(values: &[usize], combinations: &[Combination]) -> bool {
        let meet = |one: (usize, usize), two: (usize, usize)| {
            combinations.iter().any(|row| row[one.0] == one.1 && row[two.0] == two.1)
        };
        (0..values.len()).all(|one| {
            (one + 1..values.len()).all(|two| {
                (0..values[one]).all(|a| (0..values[two]).all(|b| meet((one, a), (two, b))))
            })
        })
    }

    #[test]
    fn any_two_values_meet() {
        for values in
            [vec![2; 20], vec![3; 13], vec![5, 4, 3, 2, 2, 2, 7], vec![2, 2], vec![40, 30]]
        {
            let first = vec![1; values.len()];
            let (combinations, left) = pairs(&values, &first, 10_000);
            assert_eq!(left, 0);
            assert_eq!(combinations[0], first);
            assert!(all_pairs_meet(&values, &combinations), "{values:?}");
        }
    }

    #[test]
    fn few_are_enough() {
        assert!(pairs(&[2; 20], &[0; 20], 1_000).0.len() <= 12);
        assert!(pairs(&[3; 13], &[0; 13], 1_000).0.len() <= 22);
        // As few as there can be.
        assert_eq!(pairs(&[40, 30], &[0, 0], 10_000).0.len(), 1_200);
    }

    #[test]
    fn what_the_bound_leaves_out_is_counted() {
        let (combinations, left) = pairs(&[10, 10], &[0, 0], 30);
        assert_eq!((combinations.len(), left), (30, 70));
    }
}
