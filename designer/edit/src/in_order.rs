//! Finding things by id that are asked for in about the order in which they lie: a drawing lists its shapes as the flow lists its
//! elements, and a map of a thousand of them would take longer to make than all the questions asked of it.

use runtime::gather::Gather as _;
use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

/// Questions out of order that are answered by going through the list; after those a map is made.
const STRAY: usize = 8;

/// A list, and where the last question led. Of several with one id it may be any.
pub struct InOrder<'a, T> {
    list: &'a [T],
    id: fn(&T) -> &str,
    next: Cell<usize>,
    strays: Cell<usize>,
    map: OnceCell<BTreeMap<&'a str, usize>>,
}

impl<'a, T> InOrder<'a, T> {
    pub fn new(list: &'a [T], id: fn(&T) -> &str) -> Self {
        InOrder { list, id, next: Cell::new(0), strays: Cell::new(0), map: OnceCell::new() }
    }

    /// The one with that id.
    pub fn get(&self, id: &str) -> Option<&'a T> {
        let next = self.next.get();
        if let Some(it) = self.list.get(next).filter(|it| (self.id)(it) == id) {
            self.next.set(next + 1);
            return Some(it);
        }
        self.strays.set(self.strays.get() + 1);
        let at = if self.strays.get() <= STRAY {
            self.list.iter().position(|it| (self.id)(it) == id)?
        } else {
            *self
                .map
                .get_or_init(|| self.list.iter().enumerate().map(|(at, it)| ((self.id)(it), at)).gather())
                .get(id)?
        };
        self.next.set(at + 1);
        self.list.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_found_in_any_order() {
        let list: Vec<String> = (0..40).map(|it| format!("n{it}")).collect();
        let orders: [Vec<usize>; 3] =
            [(0..40).collect(), (0..40).rev().collect(), (0..40).map(|it| it * 7 % 40).collect()];
        for order in orders {
            let found = InOrder::new(&list, |it: &String| it.as_str());
            for at in order {
                assert_eq!(found.get(&format!("n{at}")), Some(&list[at]));
                assert_eq!(found.get("none"), None);
            }
        }
    }
}
