//! Where things with ids stand in a list, found at once however long the list is.
//!
//! A map of strings compares each of them a dozen times while it is filled, and in the browser that is most of the time a large flow
//! takes to be looked at; here an id is read once and compared when it is asked for. A map of the standard library would draw its seed by
//! chance, which the runtime may not. Ids come from outside: where many of them are made to meet, places are kept in order instead.

/// Ids that may meet at one slot; with more of them somebody chose the ids.
const MEETING: usize = 128;

/// Places in a list by id. The list is not held here: both calls are given the ids by place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// Places from 1, at the slot of their id or the next that is free; 0: free. A power of two of them, at least half of them free.
    slots: Vec<u32>,
    /// Instead of slots: the places in the order of their ids, and of one id in the order of the list.
    sorted: Vec<u32>,
}

impl Places {
    /// Places of `count` things.
    pub fn new<'a>(count: usize, id: &dyn Fn(usize) -> &'a str) -> Self {
        let mut slots = vec![0u32; (count * 2).next_power_of_two()];
        for place in 0..count {
            match slot(&slots, id(place), id) {
                // The first of one id counts.
                Some(at) if slots[at] == 0 => slots[at] = place as u32 + 1,
                Some(_) => {}
                None => return Self::in_order(count, id),
            }
        }
        Places { slots, sorted: Vec::new() }
    }

    fn in_order<'a>(count: usize, id: &dyn Fn(usize) -> &'a str) -> Self {
        let mut sorted: Vec<u32> = (0..count as u32).collect();
        crate::gather::order(&mut sorted, |a, b| id(*a as usize).cmp(id(*b as usize)));
        Places { slots: Vec::new(), sorted }
    }

    /// The first that has this id.
    pub fn find<'a>(&self, wanted: &str, id: &dyn Fn(usize) -> &'a str) -> Option<usize> {
        if !self.sorted.is_empty() {
            let at = self.sorted.partition_point(|it| id(*it as usize) < wanted);
            return self.sorted.get(at).map(|it| *it as usize).filter(|it| id(*it) == wanted);
        }
        let at = slot(&self.slots, wanted, id)?;
        self.slots[at].checked_sub(1).map(|it| it as usize)
    }
}

/// A list whose members are found by their ids; of several with one id the first.
pub struct ById<'a, T> {
    list: &'a [T],
    id: fn(&T) -> &str,
    places: Places,
}

impl<'a, T> ById<'a, T> {
    pub fn new(list: &'a [T], id: fn(&T) -> &str) -> Self {
        ById { list, id, places: Places::new(list.len(), &|at| id(&list[at])) }
    }

    pub fn get(&self, wanted: &str) -> Option<&'a T> {
        self.places.find(wanted, &|at| (self.id)(&self.list[at])).map(|at| &self.list[at])
    }
}

/// The slot at which an id stands, or a free one that it may take; none: too many others stand where it should.
fn slot<'a>(slots: &[u32], wanted: &str, id: &dyn Fn(usize) -> &'a str) -> Option<usize> {
    let (first, mask) = (hash(wanted) as usize, slots.len().checked_sub(1)?);
    let mut near = (0..=MEETING).map(|step| first.wrapping_add(step) & mask);
    near.find(|at| slots[*at].checked_sub(1).is_none_or(|it| id(it as usize) == wanted))
}

/// FNV-1a, 32 bits, with its upper half folded into the lower, which picks the slot.
fn hash(text: &str) -> u32 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees(ids: &[String]) {
        let id = |at: usize| ids[at].as_str();
        let places = Places::new(ids.len(), &id);
        for wanted in ids.iter().map(String::as_str).chain(["", "none", "n", "n1000"]) {
            assert_eq!(places.find(wanted, &id), ids.iter().position(|it| it == wanted), "{wanted} of {}", ids.len());
        }
    }

    #[test]
    fn everything_is_found_where_it_stands_first() {
        for count in [0, 1, 2, 3, 64, 1_000] {
            agrees(&(0..count).map(|it| format!("n{it}")).collect::<Vec<_>>());
            agrees(&(0..count).map(|it| format!("n{}", it % 7)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn ids_that_are_made_to_meet_are_found_all_the_same() {
        let slots = 1_024;
        let meet = |it: &String| hash(it) as usize % slots == 3;
        let ids: Vec<String> = (0..).map(|it| format!("n{it}")).filter(meet).take(slots / 2).collect();
        let id = |at: usize| ids[at].as_str();
        assert!(Places::new(ids.len(), &id).slots.is_empty(), "expected them to be kept in order");
        agrees(&ids);
    }
}
