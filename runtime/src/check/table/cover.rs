//! Whether boxes cover a space: the axes one after the other, on each the pieces that the same boxes cover together.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::space::Space;

/// It was not decided within the steps.
pub struct TooMuch;

/// A place within `within` (by axis: which pieces) that none of the rules `by` covers; none: they cover it all.
pub fn uncovered(
    space: &Space,
    within: &[Vec<bool>],
    by: &[usize],
    steps: &mut usize,
) -> Result<Option<Vec<usize>>, TooMuch> {
    let mut it = Search { space, within, steps, covered: BTreeSet::new() };
    it.go(0, by.to_vec())
}

struct Search<'a> {
    space: &'a Space,
    within: &'a [Vec<bool>],
    steps: &'a mut usize,
    /// Axis and rules, seen to cover all that is left.
    covered: BTreeSet<(usize, Vec<usize>)>,
}

impl Search<'_> {
    fn go(&mut self, axis: usize, rules: Vec<usize>) -> Result<Option<Vec<usize>>, TooMuch> {
        let cost = rules.len().max(1);
        *self.steps = self.steps.checked_sub(cost).ok_or(TooMuch)?;
        let Some(within) = self.within.get(axis) else {
            return Ok(if rules.is_empty() { Some(Vec::new()) } else { None });
        };
        let first = |within: &Vec<bool>| within.iter().position(|it| *it);
        if rules.is_empty() {
            // Nothing covers what is left: any of it is an example, if there is any.
            return Ok(self.within[axis..].iter().map(first).collect());
        }
        if self.covered.contains(&(axis, rules.clone())) {
            return Ok(None);
        }
        let mut groups: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for piece in (0..within.len()).filter(|it| within[*it]) {
            let holds = |rule: &usize| {
                self.space.rules[*rule].holds.get(axis).and_then(|it| it.get(piece)).copied().unwrap_or(false)
            };
            groups.entry(rules.iter().copied().filter(holds).collect()).or_insert(piece);
        }
        for (rules, piece) in groups {
            if let Some(mut rest) = self.go(axis + 1, rules)? {
                rest.insert(0, piece);
                return Ok(Some(rest));
            }
        }
        self.covered.insert((axis, rules));
        Ok(None)
    }
}
