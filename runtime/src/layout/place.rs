//! Where things stand: layers from left to right, rows from top to bottom (Sugiyama, Tagawa, Toda 1981): loops are turned,
//! the longest way to a node is its layer, crossings are reduced by medians, rows follow the main way.

use crate::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

/// Sweeps over the layers that try to reduce crossings.
const SWEEPS: usize = 4;

/// Column and row of every node.
#[derive(Debug, Default)]
pub struct Placed {
    pub column: Vec<usize>,
    /// Row within its lane.
    pub row: Vec<usize>,
    /// Rows of every lane.
    pub rows: Vec<usize>,
}

/// A node or a place in a layer that a long edge passes.
#[derive(Clone, Debug)]
struct Item {
    node: Option<usize>,
    lane: usize,
    layer: usize,
    before: Vec<(usize, u32)>,
    after: Vec<(usize, u32)>,
}

/// Places `count` nodes. `edges` are in the order of importance: the first out of a node is its main way. `lane` of every node
/// is below `lanes`.
pub fn place(count: usize, edges: &[(usize, usize)], lane: &[usize], lanes: usize) -> Placed {
    let edges = turned(count, edges);
    let layer = layers(count, &edges);
    let columns = layer.iter().max().map_or(0, |it| it + 1);
    let mut items: Vec<Item> = (0..count)
        .map(|node| Item {
            node: Some(node),
            lane: lane[node],
            layer: layer[node],
            before: Vec::new(),
            after: Vec::new(),
        })
        .collect();
    let mut main: BTreeSet<usize> = BTreeSet::new();
    let mut reached: BTreeSet<usize> = BTreeSet::new();
    for (from, to) in &edges {
        // The main way out of a node that is also the first way into the next is drawn straight if it can be.
        let weight = match (main.insert(*from), reached.insert(*to)) {
            (true, true) => 8,
            (true, false) | (false, true) => 3,
            (false, false) => 1,
        };
        let mut last = *from;
        if lane[*from] == lane[*to] {
            for at in layer[*from] + 1..layer[*to] {
                let dummy = items.len();
                items.push(Item { node: None, lane: lane[*from], layer: at, before: Vec::new(), after: Vec::new() });
                link(&mut items, last, dummy, weight + 1);
                last = dummy;
            }
        }
        let weight = if items[last].lane == lane[*to] { weight } else { 0 };
        link(&mut items, last, *to, weight);
        if items.len() > count + MOST_DUMMIES {
            break;
        }
    }
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); columns];
    for item in walk(&items) {
        order[items[item].layer].push(item);
    }
    for it in &mut order {
        it.sort_by_key(|it| items[*it].lane);
    }
    reduce(&items, &mut order);
    let (row, rows) = rows(&items, &order, lanes);
    Placed { column: layer, row: row[..count].to_vec(), rows }
}

/// Long edges of huge flows are not worth more.
const MOST_DUMMIES: usize = 20_000;

fn link(items: &mut [Item], from: usize, to: usize, weight: u32) {
    items[from].after.push((to, weight));
    items[to].before.push((from, weight));
}

/// The edges without those that close a loop, found depth first in the order of the file. Doubled ones once.
fn turned(count: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut entered = vec![false; count];
    let mut known = BTreeSet::new();
    for (from, to) in edges {
        if from != to && known.insert((*from, *to)) {
            after[*from].push(*to);
            entered[*to] = true;
        }
    }
    /// New, on the way, done.
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        New,
        Open,
        Done,
    }
    let mut seen = vec![Seen::New; count];
    let mut closing = BTreeSet::new();
    let starts = (0..count).filter(|it| !entered[*it]).chain(0..count);
    for start in starts {
        if seen[start] != Seen::New {
            continue;
        }
        seen[start] = Seen::Open;
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.pop() {
            match after[node].get(next) {
                None => seen[node] = Seen::Done,
                Some(to) => {
                    path.push((node, next + 1));
                    match seen[*to] {
                        Seen::New => {
                            seen[*to] = Seen::Open;
                            path.push((*to, 0));
                        }
                        Seen::Open => {
                            closing.insert((node, *to));
                        }
                        Seen::Done => (),
                    }
                }
            }
        }
    }
    let mut known = BTreeSet::new();
    edges.iter().copied().filter(|it| it.0 != it.1 && !closing.contains(it) && known.insert(*it)).collect()
}

/// Layer of every node: the longest way to it.
fn layers(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut waits = vec![0_usize; count];
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in edges {
        waits[*to] += 1;
        after[*from].push(*to);
    }
    let mut layer = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|it| waits[*it] == 0).collect();
    while let Some(node) = ready.pop() {
        for to in &after[node] {
            layer[*to] = layer[*to].max(layer[node] + 1);
            waits[*to] -= 1;
            if waits[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    layer
}

/// All items, each way followed before the next begins: what belongs together comes together.
fn walk(items: &[Item]) -> Vec<usize> {
    let mut seen = vec![false; items.len()];
    let mut found = Vec::with_capacity(items.len());
    let starts = (0..items.len()).filter(|it| items[*it].before.is_empty()).chain(0..items.len());
    for start in starts {
        let mut open = vec![start];
        while let Some(item) = open.pop() {
            if !std::mem::replace(&mut seen[item], true) {
                found.push(item);
                open.extend(items[item].after.iter().rev().map(|it| it.0).filter(|it| !seen[*it]));
            }
        }
    }
    found
}

/// Sorts layers by the medians of their neighbours, forth and back, and keeps the best order seen.
fn reduce(items: &[Item], order: &mut Vec<Vec<usize>>) {
    let mut best = order.clone();
    let mut least = crossings(items, &best);
    for sweep in 0..SWEEPS {
        if least == 0 {
            break;
        }
        let mut place = places(items.len(), order);
        let forth = sweep % 2 == 0;
        let count = order.len();
        for step in 0..count {
            let layer = if forth { step } else { count - 1 - step };
            let mut wished: Vec<(usize, f64, usize)> = order[layer]
                .iter()
                .map(|item| {
                    let near = if forth { &items[*item].before } else { &items[*item].after };
                    let mut at: Vec<usize> = near.iter().map(|it| place[it.0]).collect();
                    at.sort_unstable();
                    let median = match at.len() {
                        0 => place[*item] as f64,
                        count => (at[(count - 1) / 2] + at[count / 2]) as f64 / 2.0,
                    };
                    (items[*item].lane, median, *item)
                })
                .collect();
            crate::gather::order(&mut wished, |a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            order[layer] = wished.into_iter().map(|it| it.2).collect();
            for (at, item) in order[layer].iter().enumerate() {
                place[*item] = at;
            }
        }
        let now = crossings(items, order);
        if now < least {
            (least, best) = (now, order.clone());
        }
    }
    *order = best;
}

fn places(count: usize, order: &[Vec<usize>]) -> Vec<usize> {
    let mut place = vec![0; count];
    for layer in order {
        for (at, item) in layer.iter().enumerate() {
            place[*item] = at;
        }
    }
    place
}

/// Pairs of edges between neighbouring layers that cross.
fn crossings(items: &[Item], order: &[Vec<usize>]) -> usize {
    let place = places(items.len(), order);
    let mut count = 0;
    for layer in order {
        let mut ends: Vec<(usize, usize)> =
            layer.iter().flat_map(|item| items[*item].after.iter().map(|to| (place[*item], place[to.0]))).collect();
        ends.sort_unstable();
        // Insertions into a sorted list count inversions; layers are short.
        let mut seen: Vec<usize> = Vec::new();
        for (_, to) in ends {
            let at = seen.partition_point(|it| *it <= to);
            count += seen.len() - at;
            seen.insert(at, to);
        }
    }
    count
}

/// Rows within lanes: every item wants the row of its neighbours; the order of a layer is kept.
fn rows(items: &[Item], order: &[Vec<usize>], lanes: usize) -> (Vec<usize>, Vec<usize>) {
    let mut row: Vec<i64> = vec![0; items.len()];
    for layer in order {
        let mut next: BTreeMap<usize, i64> = BTreeMap::new();
        for item in layer {
            let at = next.entry(items[*item].lane).or_default();
            row[*item] = *at;
            *at += 1;
        }
    }
    for pass in 0..3 {
        let forth = pass % 2 == 0;
        for step in 0..order.len() {
            let layer = if forth { step } else { order.len() - 1 - step };
            let mut from = 0;
            let members = &order[layer];
            while from < members.len() {
                let lane = items[members[from]].lane;
                let end =
                    members[from..].iter().position(|it| items[*it].lane != lane).map_or(members.len(), |it| from + it);
                let group = &members[from..end];
                let wishes: Vec<(f64, f64)> = group
                    .iter()
                    .map(|item| {
                        let it = &items[*item];
                        let near = if forth { &it.before } else { &it.after };
                        let near = near.iter().filter(|(other, weight)| items[*other].lane == lane && *weight > 0);
                        let (sum, weight) = near.fold((0.0, 0.0), |(sum, all), (other, weight)| {
                            (sum + row[*other] as f64 * f64::from(*weight), all + f64::from(*weight))
                        });
                        if weight > 0.0 { (sum / weight, weight) } else { (row[*item] as f64, 0.5) }
                    })
                    .collect();
                for (item, at) in group.iter().zip(fit(&wishes)) {
                    row[*item] = at;
                }
                from = end;
            }
        }
    }
    // Rows that nothing but long edges use, and rows above the first, go.
    let mut counts = Vec::new();
    let mut done = vec![0; items.len()];
    for lane in 0..lanes {
        let used: BTreeSet<i64> =
            items.iter().zip(&row).filter(|(it, _)| it.lane == lane && it.node.is_some()).map(|(_, row)| *row).gather();
        let place: BTreeMap<i64, usize> = used.iter().enumerate().map(|(at, row)| (*row, at)).gather();
        for (at, it) in items.iter().enumerate().filter(|(_, it)| it.lane == lane) {
            if it.node.is_some() {
                done[at] = place[&row[at]];
            }
        }
        counts.push(used.len());
    }
    (done, counts)
}

/// Whole numbers, each larger than the one before, as near to the wishes as their weights ask (isotonic regression by pooling).
fn fit(wishes: &[(f64, f64)]) -> Vec<i64> {
    // Pools of neighbours that stand together: weighted mean, weight, members.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (at, (wish, weight)) in wishes.iter().enumerate() {
        let mut pool = (wish - at as f64, *weight, 1);
        while let Some(last) = pools.last() {
            if last.0 <= pool.0 {
                break;
            }
            let weight = last.1 + pool.1;
            pool = ((last.0 * last.1 + pool.0 * pool.1) / weight, weight, last.2 + pool.2);
            pools.pop();
        }
        pools.push(pool);
    }
    let mut fitted = Vec::with_capacity(wishes.len());
    for (mean, _, members) in pools {
        for _ in 0..members {
            // Ties go up, so that the main way keeps its row and others go below.
            let at = fitted.len() as i64;
            let wanted = (mean - 0.01).round() as i64 + at;
            let least = fitted.last().map_or(i64::MIN, |it: &i64| it + 1);
            fitted.push(wanted.max(least));
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line_and_a_split_comes_back() {
        let edges = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)];
        let placed = place(5, &edges, &[0; 5], 1);
        assert_eq!(placed.column, [0, 1, 2, 2, 3]);
        assert_eq!(placed.rows, [2]);
        assert_eq!(placed.row[0], placed.row[1]);
        assert_eq!(placed.row[1], placed.row[2]);
        assert_ne!(placed.row[2], placed.row[3]);
        assert_eq!(placed.row[4], placed.row[2]);
    }

    #[test]
    fn loops_end() {
        let placed = place(3, &[(0, 1), (1, 2), (2, 0), (1, 1), (2, 1)], &[0; 3], 1);
        assert_eq!(placed.column, [0, 1, 2]);
    }

    #[test]
    fn nobody_stands_on_anybody() {
        // Everything to everything, both ways.
        let edges: Vec<(usize, usize)> = (0..12).flat_map(|a| (0..12).map(move |b| (a, b))).collect();
        let lane: Vec<usize> = (0..12).map(|it| it % 3).collect();
        let placed = place(12, &edges, &lane, 3);
        let cells: BTreeSet<_> = (0..12).map(|it| (placed.column[it], lane[it], placed.row[it])).collect();
        assert_eq!(cells.len(), 12);
    }
}
