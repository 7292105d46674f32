//! Ordered collections, filled without a sort.
//!
//! `collect` into a `BTreeMap` or `BTreeSet` sorts first, and the standard library's sort comes once for each type:
//! 4 KB of code each time in the browser, for collections of a dozen members. Inserting one by one needs the code
//! that is there anyway.

use std::cmp::Ordering;

/// Any iterator that fills an ordered collection.
pub trait Gather: Iterator + Sized {
    /// As `collect`, by inserting one after the other; of equal keys the last counts, as there.
    fn gather<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}

/// Sorts as `sort_by` does (what is equal keeps its order), with one sort for all types.
pub fn order<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = ordered(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut from: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|at| from[at].take()));
}

/// The numbers below `count` in the order of what they stand for.
fn ordered(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| compare(*a, *b));
    order
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn gathers_what_collect_collects() {
        let pairs = [("b", 1), ("a", 2), ("b", 3)];
        let map: BTreeMap<&str, i32> = pairs.into_iter().gather();
        assert_eq!(map, pairs.into_iter().collect());
        let set: BTreeSet<i32> = [3, 1, 3, 2].into_iter().gather();
        assert_eq!(set.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn orders_as_a_stable_sort_does() {
        let mut ours = vec![(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        let mut theirs = ours.clone();
        order(&mut ours, |a, b| a.0.cmp(&b.0));
        theirs.sort_by_key(|it| it.0);
        assert_eq!(ours, theirs);
        order(&mut Vec::<u8>::new(), |a, b| a.cmp(b));
    }
}
