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

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|it| *it == 0)
    }

    /// True when something is in it now that was not before.
    pub fn unite(&mut self, other: &Self) -> bool {
        let mut new = 0;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            new |= b & !*a;
            *a |= b;
        }
        new != 0
    }

    pub fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
    }

    /// Takes away what is in the other.
    pub fn subtract(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= !b);
    }

    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| Ones(*word).map(move |it| at * 64 + it))
    }

    /// Makes a square of sets symmetric: where `a` has `b`, `b` gets `a`. The rows that got something are told.
    pub fn mirror(rows: &mut [Self], mut grown: impl FnMut(usize)) {
        let words = rows.len().div_ceil(64);
        let mut changed = vec![false; rows.len()];
        for down in 0..words {
            for across in 0..words {
                let mut block = [0u64; 64];
                for (nth, row) in rows.iter().skip(down * 64).take(64).enumerate() {
                    block[nth] = row.0[across];
                }
                if block.iter().all(|it| *it == 0) {
                    continue;
                }
                turn(&mut block);
                for (nth, row) in rows.iter_mut().skip(across * 64).take(64).enumerate() {
                    changed[across * 64 + nth] |= block[nth] & !row.0[down] != 0;
                    row.0[down] |= block[nth];
                }
            }
        }
        changed.iter().enumerate().filter(|(_, it)| **it).for_each(|(at, _)| grown(at));
    }
}

/// Transposes 64 × 64 bits, halves at a time (Warren, Hacker's Delight §7-3).
fn turn(block: &mut [u64; 64]) {
    let (mut half, mut mask) = (32, 0x0000_0000_FFFF_FFFFu64);
    while half != 0 {
        let mut at = 0;
        while at < 64 {
            let moved = ((block[at] >> half) ^ block[at + half]) & mask;
            block[at] ^= moved << half;
            block[at + half] ^= moved;
            at = (at + half + 1) & !half;
        }
        half >>= 1;
        mask ^= mask << half;
    }
}

/// The places of the ones of a word.
struct Ones(u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let at = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (at < 64).then_some(at as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_becomes_symmetric() {
        let size = 150;
        let mut rows = vec![Bits::none(size); size];
        let mut state = 7u64;
        for _ in 0..400 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            rows[(state >> 33) as usize % size].add((state >> 13) as usize % size);
        }
        let before = rows.clone();
        let mut grown = Vec::new();
        Bits::mirror(&mut rows, |it| grown.push(it));
        for a in 0..size {
            for b in 0..size {
                assert_eq!(rows[a].has(b), before[a].has(b) || before[b].has(a), "{a} {b}");
            }
            assert_eq!(grown.contains(&a), rows[a] != before[a], "{a}");
            assert_eq!(rows[a].iter().collect::<Vec<_>>(), (0..size).filter(|it| rows[a].has(*it)).collect::<Vec<_>>());
        }
    }
}
