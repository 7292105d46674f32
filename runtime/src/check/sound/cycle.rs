//! Which moves of a net can come round to themselves: strongly connected components (Tarjan 1972), without recursion.

use super::net::{Net, Place};

/// By move: true when a way leads from it back to it, or to one that does the same with a token that came another way.
pub fn moves(net: &Net) -> Vec<bool> {
    let mut same: Vec<Place> = (0..net.places.len() as Place).collect();
    for group in &net.alike {
        group.iter().for_each(|it| same[*it as usize] = group[0]);
    }
    let mut consumers: Vec<Vec<u32>> = vec![Vec::new(); net.places.len()];
    for (at, it) in net.moves.iter().enumerate() {
        for place in &it.take {
            consumers[same[*place as usize] as usize].push(at as u32);
        }
    }
    let next = |at: u32| -> Vec<u32> {
        let it = &net.moves[at as usize];
        let gives = it.always.iter().chain(&it.maybe).chain(&it.default);
        gives.flat_map(|place| consumers[same[*place as usize] as usize].iter().copied()).collect()
    };
    components(net.moves.len(), next)
}

/// By node: true when it is part of a cycle.
pub(in crate::check) fn components(size: usize, next: impl Fn(u32) -> Vec<u32>) -> Vec<bool> {
    const NEW: u32 = u32::MAX;
    let mut cyclic = vec![false; size];
    let (mut order, mut low) = (vec![NEW; size], vec![0u32; size]);
    let (mut stack, mut on_stack) = (Vec::new(), vec![false; size]);
    let mut count = 0;
    for root in 0..size as u32 {
        if order[root as usize] != NEW {
            continue;
        }
        let mut open: Vec<(u32, Vec<u32>, usize)> = Vec::new();
        let mut enter = Some(root);
        loop {
            if let Some(at) = enter.take() {
                (order[at as usize], low[at as usize]) = (count, count);
                count += 1;
                stack.push(at);
                on_stack[at as usize] = true;
                open.push((at, next(at), 0));
            }
            let Some((at, ways, seen)) = open.last_mut() else { break };
            let at = *at;
            if let Some(&to) = ways.get(*seen) {
                *seen += 1;
                if to == at {
                    cyclic[at as usize] = true;
                }
                if order[to as usize] == NEW {
                    enter = Some(to);
                } else if on_stack[to as usize] {
                    low[at as usize] = low[at as usize].min(order[to as usize]);
                }
                continue;
            }
            open.pop();
            if let Some((before, ..)) = open.last() {
                low[*before as usize] = low[*before as usize].min(low[at as usize]);
            }
            if low[at as usize] == order[at as usize] {
                let from = stack.iter().rposition(|it| *it == at).unwrap_or_default();
                let several = stack.len() - from > 1;
                for it in stack.drain(from..) {
                    on_stack[it as usize] = false;
                    cyclic[it as usize] |= several;
                }
            }
        }
    }
    cyclic
}
