//! Which steps can be active at the same time: Kovalyov and Esparza's fixpoint, exact for sound free-choice flows. A pair
//! of steps is a bit, and a step's whole row goes along a flow at once: a thousand parallel steps are a million pairs.

use std::collections::{BTreeMap, VecDeque};

use super::bits::Bits;
use super::order::{Order, Role, Way};
use crate::limits;

/// By step, the steps beside it; none: the flow is too large.
pub fn of(order: &Order) -> Option<Vec<Bits>> {
    let count = order.steps.len();
    if count > limits::CHECK_CONCURRENCY_STEPS {
        return None;
    }
    let mut work = Work { order, within: within(order), rows: vec![Bits::none(count); count] };
    work.begin();
    let mut turn: VecDeque<usize> = (0..count).collect();
    let mut waiting = vec![true; count];
    while let Some(at) = turn.pop_front() {
        waiting[at] = false;
        let mut grown = Vec::new();
        if work.grow(at) {
            grown.push(at);
        }
        if turn.is_empty() && grown.is_empty() {
            Bits::mirror(&mut work.rows, |it| grown.push(it));
        }
        for to in grown.into_iter().flat_map(|it| order.steps[it].next.iter().map(|(to, _)| *to)) {
            if !std::mem::replace(&mut waiting[to], true) {
                turn.push_back(to);
            }
        }
    }
    Some(work.rows)
}

/// What lies inside each subprocess (and the root), by the step that enters it.
fn within(order: &Order) -> BTreeMap<usize, Bits> {
    let count = order.steps.len();
    let mut found: BTreeMap<usize, Bits> = BTreeMap::new();
    for (at, step) in order.steps.iter().enumerate() {
        for host in &step.around {
            found.entry(*host).or_insert_with(|| Bits::none(count)).add(at);
        }
    }
    found
}

struct Work<'o, 'a> {
    order: &'o Order<'a>,
    within: BTreeMap<usize, Bits>,
    rows: Vec<Bits>,
}

impl Work<'_, '_> {
    /// Where branches part.
    fn begin(&mut self) {
        for (at, step) in self.order.steps.iter().enumerate() {
            let out: Vec<usize> = step
                .next
                .iter()
                .filter(|(to, way)| {
                    // The end of a scope is no branch of it.
                    matches!(way, Way::After | Way::Inside) && self.order.steps[*to].role != Role::Exit
                })
                .map(|(to, _)| *to)
                .collect();
            if step.splits {
                for (nth, a) in out.iter().enumerate() {
                    for b in out[nth + 1..].iter().filter(|it| *it != a) {
                        self.rows[*a].add(*b);
                    }
                }
            }
            for (to, way) in &step.next {
                if matches!(way, Way::Inside | Way::Beside) && *to != at {
                    self.rows[at].add(*to);
                }
            }
        }
        Bits::mirror(&mut self.rows, |_| {});
    }

    /// What is beside the steps before it is beside this one, where the way leads on: true when that is more than was known.
    fn grow(&mut self, to: usize) -> bool {
        let step = &self.order.steps[to];
        let mut found: Option<Bits> = None;
        for (a, way) in &step.prev {
            if self.rows[*a].is_empty() {
                continue;
            }
            let mut row = self.rows[*a].clone();
            // An inside begins once; an event that interrupts takes its place.
            if matches!(way, Way::Instead | Way::Inside)
                && let Some(inside) = self.within.get(a)
            {
                row.subtract(inside);
            }
            if step.waits {
                for (from, _) in step.prev.iter().filter(|(from, _)| from != a) {
                    row.intersect(&self.rows[*from]);
                    row.remove(*from);
                }
            }
            match &mut found {
                None => found = Some(row),
                Some(it) => {
                    it.unite(&row);
                }
            }
        }
        let Some(mut found) = found else { return false };
        // A scope is left when nothing in it is active any more.
        if step.role == Role::Exit
            && let Some(inside) = self.within.get(&self.order.host(to))
        {
            found.subtract(inside);
        }
        found.remove(to);
        self.rows[to].unite(&found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::draw::draw;
    use crate::check::sound::random;

    /// The same, pair by pair.
    fn naive(order: &Order) -> Vec<Bits> {
        let count = order.steps.len();
        let mut work = Work { order, within: BTreeMap::new(), rows: vec![Bits::none(count); count] };
        work.begin();
        let mut found = work.rows;
        loop {
            let before = found.clone();
            for (a, step) in order.steps.iter().enumerate() {
                for b in before[a].iter() {
                    for (to, way) in &step.next {
                        let inside = order.steps[b].around.contains(&a);
                        let goes = !matches!(way, Way::Instead | Way::Inside) || !inside;
                        let target = &order.steps[*to];
                        let mut others = target.prev.iter().filter(|(from, _)| *from != a);
                        let arrives = !target.waits || others.all(|(from, _)| found[*from].has(b) && *from != b);
                        let ends = target.role == Role::Exit && order.steps[b].around.contains(&order.host(*to));
                        if goes && arrives && !ends && *to != b {
                            found[*to].add(b);
                            found[b].add(*to);
                        }
                    }
                }
            }
            if found == before {
                return found;
            }
        }
    }

    #[test]
    fn rows_say_what_pairs_say() {
        for seed in 0..600 {
            let flow = draw(&random::model(seed));
            let order = Order::new(&flow);
            assert_eq!(of(&order).expect("small"), naive(&order), "seed {seed}");
        }
    }
}
