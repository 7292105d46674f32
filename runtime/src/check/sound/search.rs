//! Plays every run of a board, within a budget, cheapest first: the first fault found is a shortest run to it. It stops at
//! the first second token on a place: what lies behind is [`super::counted`]'s.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::board::Board;
use super::net::Exit;
use super::states::{States, reaching};
use crate::limits;

/// Steps of a board, in order.
pub type Path = Vec<u32>;

/// What the search saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Every reachable state was visited.
    pub complete: bool,
    /// To a second token on a place; its weight.
    pub second: Option<(Path, u32)>,
    /// The second token came to a sink: an end that was reached twice.
    pub second_in_sink: bool,
    /// To tokens that nothing can move.
    pub stuck: Option<Path>,
    /// To where it goes on for ever, the end out of reach.
    pub endless: Option<Path>,
    /// To an end that is reached twice.
    pub twice: Option<(Path, u32)>,
    /// By step: it happened.
    pub happened: Vec<bool>,
    /// How the scope can end.
    pub normal: bool,
    pub exits: BTreeSet<Exit>,
    pub states: usize,
}

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// States.
    pub states: usize,
    /// Weight of runs; longer ones are left out.
    pub weight: u32,
}

struct Search<'a> {
    board: &'a Board,
    states: States<u64>,
    /// How a state is reached most cheaply: the state before and the step, and the weight.
    from: Vec<(u32, u32, u32)>,
    edges: Vec<(u32, u32)>,
    seen: Seen,
}

/// Explores within the bounds.
pub fn explore(board: &Board, bounds: Bounds) -> Seen {
    let mut it = Search {
        board,
        states: States::new(board.words),
        from: Vec::new(),
        edges: Vec::new(),
        seen: Seen { complete: true, happened: vec![false; board.steps.len()], ..Seen::default() },
    };
    it.run(bounds);
    it.seen.states = it.states.len();
    it.seen
}

impl Search<'_> {
    fn run(&mut self, bounds: Bounds) {
        let words = self.board.words;
        let mut first = vec![0; words];
        super::board::set(&mut first, self.board.start);
        self.states.add(&first, 1);
        self.from.push((u32::MAX, 0, self.board.weight));
        let mut open = BinaryHeap::from([Reverse((self.board.weight, 0u32))]);
        let mut closed = vec![false];
        let (mut state, mut next, mut take) = (vec![0; words], vec![0; words], vec![0; words]);
        let (mut finals, mut stuck) = (Vec::new(), Vec::new());
        let work = limits::CHECK_WORK / (self.board.steps.len().max(1) * words);
        let most = bounds.states.min(limits::CHECK_WORDS / words).min(work.max(1));
        while let Some(Reverse((weight, at))) = open.pop() {
            if std::mem::replace(&mut closed[at as usize], true) {
                continue;
            }
            if self.seen.second.as_ref().is_some_and(|it| it.1 <= weight) {
                break;
            }
            state.copy_from_slice(self.states.get(at));
            if self.over(&state) {
                self.seen.normal = true;
                finals.push(at);
            }
            let mut moved = false;
            for step in 0..self.board.steps.len() {
                if !self.board.can(step, &state, &mut take) {
                    continue;
                }
                moved = true;
                self.seen.happened[step] = true;
                let cost = weight + self.board.steps[step].weight;
                if let Some(exit) = self.board.exit(step as u32) {
                    self.seen.normal |= exit == Exit::Normal;
                    self.seen.exits.insert(exit);
                    finals.push(at);
                    continue;
                }
                if cost > bounds.weight {
                    self.seen.complete = false;
                    continue;
                }
                if !self.play(step, &state, &take, &mut next, at, cost) {
                    continue;
                }
                match self.states.add(&next, most) {
                    None => self.seen.complete = false,
                    Some((to, new)) => {
                        if new {
                            self.from.push((at, step as u32, cost));
                            closed.push(false);
                        }
                        if new || (!closed[to as usize] && cost < self.from[to as usize].2) {
                            self.from[to as usize] = (at, step as u32, cost);
                            open.push(Reverse((cost, to)));
                        }
                        if self.edges.len() < limits::CHECK_EDGES {
                            self.edges.push((at, to));
                        } else {
                            self.seen.complete = false;
                        }
                    }
                }
            }
            // What goes round for ever does not stand still: nothing ends there.
            let turns = state.iter().zip(&self.board.turning).any(|(state, turning)| state & turning != 0);
            if !moved && !turns && finals.last() != Some(&at) {
                if stuck.is_empty() {
                    self.seen.stuck = Some(self.path(at));
                }
                stuck.push(at);
            }
        }
        if self.seen.second.is_some() {
            self.seen.complete = false;
        }
        if self.seen.complete {
            self.endless(finals.into_iter().chain(stuck).collect());
        }
    }

    /// All tokens have ended.
    fn over(&self, state: &[u64]) -> bool {
        let counted = self.board.sinks.iter().zip(&self.board.left).map(|(sinks, left)| sinks | left);
        state.iter().zip(counted).all(|(state, counted)| state & !counted == 0)
    }

    /// The state after a step, into `next`; false: it brings a second token.
    fn play(&mut self, step: usize, state: &[u64], take: &[u64], next: &mut [u64], at: u32, cost: u32) -> bool {
        let words = self.board.words;
        let give = &self.board.give[step * words..(step + 1) * words];
        let (mut second, mut outside) = (self.board.steps[step].doubles, self.board.steps[step].doubles);
        for word in 0..words {
            let rest = state[word] & !take[word];
            second |= rest & give[word] != 0;
            outside |= rest & give[word] & !self.board.sinks[word] != 0;
            next[word] = rest | give[word];
        }
        if second {
            if self.seen.second.as_ref().is_none_or(|it| cost < it.1) {
                self.seen.second = Some((self.path_and(at, step), cost));
                self.seen.second_in_sink = !outside;
            }
            return false;
        }
        let ends = |state: &[u64], group: &[u64]| -> u32 {
            state.iter().zip(group).map(|(state, group)| (state & group).count_ones()).sum()
        };
        let twice = self.board.groups.iter().any(|it| ends(next, it) > 1 && ends(next, it) > ends(state, it));
        if twice && self.seen.twice.as_ref().is_none_or(|it| cost < it.1) {
            self.seen.twice = Some((self.path_and(at, step), cost));
        }
        true
    }

    /// Finds the cheapest state from which neither an end nor a standstill can be reached.
    fn endless(&mut self, goals: Vec<u32>) {
        let reaching = reaching(self.states.len(), &self.edges, goals);
        // Where nothing ends from the first state on, the run that shows it has at least begun.
        let begun = u32::from(self.board.weight == 0);
        let lost = (begun..self.states.len() as u32).filter(|it| !reaching[*it as usize]);
        self.seen.endless = lost.min_by_key(|it| self.from[*it as usize].2).map(|it| self.path(it));
    }

    fn path(&self, mut at: u32) -> Path {
        let mut path = Vec::new();
        while self.from[at as usize].0 != u32::MAX {
            let (before, step, _) = self.from[at as usize];
            path.push(step);
            at = before;
        }
        path.reverse();
        path
    }

    fn path_and(&self, at: u32, step: usize) -> Path {
        let mut path = self.path(at);
        path.push(step as u32);
        path
    }
}
