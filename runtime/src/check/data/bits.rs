//! Sets of small numbers.

/// A set of numbers below a bound that is the same for all sets of one analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

impl Bits {
    pub fn none(bound: usize) -> Self {
        Self(vec![0; bound.div_ceil(64)])
    }

    pub fn all(bound: usize) -> Self {
        Self(vec![u64::MAX; bound.div_ceil(64)])
    }

    /// True when it was not in the set before.
    pub fn add(&mut self, it: usize) -> bool {
        let word = &mut self.0[it / 64];
        let before = *word;
        *word |= 1 << (it % 64);
        *word != before
    }

    pub fn remove(&mut self, it: usize) {
        self.0[it / 64] &= !(1 << (it % 64));
    }

    pub fn has(&self, it: usize) -> bool {
        self.0[it / 64] & (1 << (it % 64)) != 0
    }

    pub fn unite(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    pub fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(at, word)| (0..64).filter(move |it| word & (1 << it) != 0).map(move |it| at * 64 + it))
    }
}
