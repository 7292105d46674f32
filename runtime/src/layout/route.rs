//! The way of every line over the lattice: the cheapest by length, bends and crossings (Dijkstra over points and directions).
//! Full cells are never entered, so no line runs through a shape; parts that run through the middle of an empty cell have it to
//! themselves; in gaps there is room for all. In a scope with so many lines that this would take long, the last of them take the
//! next way through the gaps.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::grid::{Grid, Spot, Track};

/// Which way a line is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Right,
    Down,
    Left,
    Up,
}

pub const SIDES: [Side; 4] = [Side::Right, Side::Down, Side::Left, Side::Up];

impl Side {
    pub fn is_flat(self) -> bool {
        matches!(self, Side::Right | Side::Left)
    }
}

/// Where a line begins or ends.
#[derive(Clone, Debug)]
pub enum End {
    /// In a cell. Leaving it to (arriving from) a side costs so much; `None`: not there.
    Cell { spot: Spot, sides: [Option<u32>; 4] },
    /// Anywhere on these rows of the lattice, between two columns of it, over the top or the bottom.
    Rows { rows: Vec<usize>, from: usize, to: usize },
    /// Out of the scope, over its upper border or, if nothing hangs there, over its lower one.
    Outside { below: bool },
}

/// A line to find a way for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub from: End,
    pub to: End,
    /// The part of the lattice it may use: first and last column, first and last row.
    pub within: (usize, usize, usize, usize),
}

/// Costs, in tenths of a step.
const STEP: u32 = 10;
const BEND: u32 = 40;
const CROSS: u32 = 25;
/// A gap is a little worse than the middle of cells: straight lines stay straight.
const GAP: u32 = 3;
/// Borders of pools that are not the line's own are gone around.
const BORDER: u32 = 60;

/// Finds ways one after the other; each knows those before it.
pub struct Router<'a> {
    grid: &'a Grid,
    width: usize,
    height: usize,
    /// Per point: lines that run through it flat, and upright.
    flat: Vec<u16>,
    upright: Vec<u16>,
    cost: Vec<u32>,
    from: Vec<u32>,
    touched: Vec<usize>,
    /// Cells that other lines run through may be used too.
    crowded: bool,
    /// Points that may still be looked at.
    left: usize,
}

const NEVER: u32 = u32::MAX;

impl<'a> Router<'a> {
    /// `most`: points looked at for all lines together.
    pub fn new(grid: &'a Grid, most: usize) -> Self {
        let (width, height) = grid.lattice();
        let points = width * height;
        Self {
            grid,
            width,
            height,
            flat: vec![0; points],
            upright: vec![0; points],
            cost: vec![NEVER; points * 4],
            from: vec![NEVER; points * 4],
            touched: Vec::new(),
            crowded: false,
            left: most,
        }
    }

    /// The points a line runs over, its ends included; empty: there is no way. One that finds every cell taken runs beside
    /// other lines.
    pub fn way(&mut self, wish: &Wish) -> Vec<Spot> {
        if self.left == 0
            && let Some(way) = self.direct(wish)
        {
            return way;
        }
        self.crowded = false;
        let way = self.cheapest(wish);
        if !way.is_empty() {
            return way;
        }
        self.crowded = true;
        self.cheapest(wish)
    }

    fn cheapest(&mut self, wish: &Wish) -> Vec<Spot> {
        for state in self.touched.drain(..) {
            self.cost[state] = NEVER;
            self.from[state] = NEVER;
        }
        let mut heap: BinaryHeap<Reverse<(u32, usize)>> = BinaryHeap::new();
        for (at, side, cost) in self.starts(&wish.from, wish) {
            self.reach(self.index(at) * 4 + side as usize, cost, NEVER, &mut heap);
        }
        let mut best: Option<(u32, usize, Option<Spot>)> = None;
        while let Some(Reverse((cost, state))) = heap.pop() {
            if cost > self.cost[state] {
                continue;
            }
            self.left = self.left.saturating_sub(1);
            if best.is_some_and(|(least, _, _)| least <= cost) {
                break;
            }
            let (point, side) = (state / 4, SIDES[state % 4]);
            let at = (point % self.width, point / self.width);
            if let Some((extra, last)) = self.arrives(at, side, &wish.to)
                && best.is_none_or(|(least, _, _)| cost + extra < least)
            {
                best = Some((cost + extra, state, last));
            }
            for turn in SIDES {
                if turn.is_flat() == side.is_flat() && turn != side {
                    continue;
                }
                let Some(step) = self.step(at, side, turn, wish) else { continue };
                let Some(next) = self.beside(at, turn) else { continue };
                self.reach(self.index(next) * 4 + turn as usize, cost + step, state as u32, &mut heap);
            }
        }
        let Some((_, mut state, last)) = best else { return Vec::new() };
        let mut way: Vec<Spot> = last.into_iter().collect();
        loop {
            let point = state / 4;
            way.push((point % self.width, point / self.width));
            match self.from[state] {
                NEVER => break,
                before => state = before as usize,
            }
        }
        if let End::Cell { spot, .. } = &wish.from {
            way.push(*spot);
        }
        way.reverse();
        self.mark(&way);
        way
    }

    /// From one cell to another through gaps alone, where nothing stands: the corners of the way.
    fn direct(&self, wish: &Wish) -> Option<Vec<Spot>> {
        let (End::Cell { spot: from, sides: leaving }, End::Cell { spot: to, sides: arriving }) =
            (&wish.from, &wish.to)
        else {
            return None;
        };
        let cheapest = |sides: &[Option<u32>; 4], of: Spot| {
            let open = SIDES.into_iter().zip(sides).filter_map(|(side, cost)| Some(((*cost)?, self.beside(of, side)?)));
            open.min_by_key(|it| it.0).map(|it| it.1)
        };
        let (first, last) = (cheapest(leaving, *from)?, cheapest(arriving, *to)?);
        let upright = |it: Spot| it.0.is_multiple_of(2);
        let between = match (upright(first), upright(last)) {
            (true, true) if first.0 == last.0 => Vec::new(),
            (true, true) => vec![(first.0, last.1 - 1), (last.0, last.1 - 1)],
            (true, false) => vec![(first.0, last.1)],
            (false, true) => vec![(last.0, first.1)],
            (false, false) if first.1 == last.1 => Vec::new(),
            (false, false) => vec![(first.0 - 1, first.1), (first.0 - 1, last.1)],
        };
        Some([*from, first].into_iter().chain(between).chain([last, *to]).collect())
    }

    fn index(&self, (x, y): Spot) -> usize {
        y * self.width + x
    }

    fn reach(&mut self, state: usize, cost: u32, from: u32, heap: &mut BinaryHeap<Reverse<(u32, usize)>>) {
        if cost < self.cost[state] {
            if self.cost[state] == NEVER {
                self.touched.push(state);
            }
            self.cost[state] = cost;
            self.from[state] = from;
            heap.push(Reverse((cost, state)));
        }
    }

    fn beside(&self, (x, y): Spot, side: Side) -> Option<Spot> {
        let next = match side {
            Side::Right => (x + 1, y),
            Side::Down => (x, y + 1),
            Side::Left => (x.checked_sub(1)?, y),
            Side::Up => (x, y.checked_sub(1)?),
        };
        (next.0 < self.width && next.1 < self.height).then_some(next)
    }

    /// First points outside of the beginning, with the side they are reached by.
    fn starts(&self, end: &End, wish: &Wish) -> Vec<(Spot, Side, u32)> {
        match end {
            End::Cell { spot, sides } => SIDES
                .into_iter()
                .zip(sides)
                .filter_map(|(side, cost)| {
                    let next = self.beside(*spot, side)?;
                    let cost = (*cost)?;
                    self.may_stand(next, side, wish).then_some((next, side, cost + STEP))
                })
                .collect(),
            End::Rows { rows, from, to } => rows
                .iter()
                .flat_map(|row| (*from..=*to).flat_map(move |x| [((x, *row), Side::Up), ((x, *row), Side::Down)]))
                .map(|(at, side)| (at, side, u32::from(self.upright[self.index(at)]) * 4 * CROSS))
                .collect(),
            End::Outside { below } => (0..self.width)
                .flat_map(|x| [((x, 0), Side::Down, 0), ((x, self.height - 1), Side::Up, 0)])
                .filter(|(at, side, _)| !self.grid.is_full(*at) && (*below || *side == Side::Down))
                .collect(),
        }
    }

    /// Whether a line that is at a point, going to a side, has arrived, or arrives with one more step: what that costs, and the step.
    fn arrives(&self, at: Spot, side: Side, end: &End) -> Option<(u32, Option<Spot>)> {
        match end {
            End::Cell { spot, sides } => {
                let mut found = None;
                for turn in SIDES {
                    if turn.is_flat() == side.is_flat() && turn != side {
                        continue;
                    }
                    if self.beside(at, turn) == Some(*spot) {
                        let opposite = (turn as usize + 2) % 4;
                        let bend = if turn == side { 0 } else { BEND };
                        found = sides[opposite].map(|cost| (cost + bend + STEP, Some(*spot)));
                    }
                }
                found
            }
            End::Rows { rows, from, to } => {
                let next = self.beside(at, side)?;
                (!side.is_flat() && rows.contains(&next.1) && (*from..=*to).contains(&next.0))
                    .then_some((STEP, Some(next)))
            }
            End::Outside { below } => {
                let leaves =
                    (side == Side::Up && at.1 == 0) || (*below && side == Side::Down && at.1 == self.height - 1);
                leaves.then_some((0, None))
            }
        }
    }

    /// What it costs to go on to a side; `None`: it is not possible.
    fn step(&self, at: Spot, side: Side, turn: Side, wish: &Wish) -> Option<u32> {
        let next = self.beside(at, turn)?;
        if !self.may_stand(next, turn, wish) {
            return None;
        }
        let (odd_x, odd_y) = (at.0 % 2 == 1, at.1 % 2 == 1);
        // Turning in a border, or where another line has the cell.
        let taken = || !self.crowded && odd_x && odd_y && self.flat[self.index(at)] + self.upright[self.index(at)] > 0;
        if turn != side && (self.is_border(at) || taken()) {
            return None;
        }
        // Nothing runs along a border.
        if turn.is_flat() && matches!(self.grid.row(at.1), Some(Track::Border(_) | Track::Band(_))) {
            return None;
        }
        if !turn.is_flat() && matches!(self.grid.column(at.0), Some(Track::Border(_))) {
            return None;
        }
        let mut cost = STEP;
        if turn != side {
            cost += BEND;
        }
        let along_gap = if turn.is_flat() { !odd_y } else { !odd_x };
        if along_gap {
            cost += GAP;
        }
        let across = if turn.is_flat() { &self.upright } else { &self.flat };
        if across[self.index(next)] > 0 {
            cost += CROSS;
        }
        if self.is_border(next) {
            cost += BORDER;
        }
        Some(cost)
    }

    fn is_border(&self, (x, y): Spot) -> bool {
        matches!(self.grid.row(y), Some(Track::Border(_))) || matches!(self.grid.column(x), Some(Track::Border(_)))
    }

    /// Whether a line may be at a point, coming there to a side.
    fn may_stand(&self, (x, y): Spot, side: Side, wish: &Wish) -> bool {
        let (left, right, top, bottom) = wish.within;
        if x < left || x > right || y < top || y > bottom || self.grid.is_full((x, y)) {
            return false;
        }
        // A closed pool reaches from the first column to the last; outside of them there is a way around it.
        if matches!(self.grid.row(y), Some(Track::Band(_))) && x > 0 && x + 1 < self.width {
            return false;
        }
        // The middle of an empty cell belongs to one line each way.
        let middle = x % 2 == 1 && y % 2 == 1;
        let used = if side.is_flat() { &self.flat } else { &self.upright };
        self.crowded || !(middle && used[y * self.width + x] > 0)
    }

    fn mark(&mut self, way: &[Spot]) {
        for pair in way.windows(2) {
            let flat = pair[0].1 == pair[1].1;
            for at in pair {
                let index = self.index(*at);
                let used = if flat { &mut self.flat } else { &mut self.upright };
                used[index] = used[index].saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_way_runs_through_no_cell() {
        let (columns, rows) = (vec![Track::Cells; 3], vec![Track::Cells; 3]);
        let all: Vec<(usize, usize)> = (0..9).map(|it| (it % 3, it / 3)).collect();
        let grid = Grid { columns, rows, cells: all.iter().enumerate().map(|(at, cell)| (*cell, at)).collect() };
        let mut router = Router::new(&grid, 0);
        let only = |side: usize| -> [Option<u32>; 4] { std::array::from_fn(|it| (it == side).then_some(1)) };
        for (from, to) in all.iter().flat_map(|from| all.iter().map(move |to| (*from, *to))).filter(|(a, b)| a != b) {
            for (out, into) in (0..16).map(|it| (it / 4, it % 4)) {
                let end = |(x, y): (usize, usize), side| End::Cell { spot: Grid::spot(x, y), sides: only(side) };
                let way = router.way(&Wish { from: end(from, out), to: end(to, into), within: (0, 6, 0, 6) });
                let text = format!("{from:?} {out} {to:?} {into}: {way:?}");
                assert_eq!(
                    (way[0], way[way.len() - 1]),
                    (Grid::spot(from.0, from.1), Grid::spot(to.0, to.1)),
                    "{text}"
                );
                assert!(way.windows(2).all(|it| it[0].0 == it[1].0 || it[0].1 == it[1].1), "{text}");
                for pair in way[1..way.len() - 1].windows(2) {
                    let (low, high) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
                    let passed =
                        (low.0..=high.0).flat_map(|x| (low.1.min(high.1)..=low.1.max(high.1)).map(move |y| (x, y)));
                    assert!(passed.into_iter().all(|it| !grid.is_full(it)), "{text}");
                }
            }
        }
    }
}
