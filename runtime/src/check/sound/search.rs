//! Plays every run of a net, within a budget, breadth first: the first fault found is a shortest run to it.
//! States are kept whole (never only their hash), so no two are ever taken for one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::net::{Move, Net, Place};

/// What the search saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// True: every reachable state was visited.
    pub complete: bool,
    /// First run that puts a second token on a place.
    pub unsafe_run: Option<Run>,
    /// First run into a state with tokens where nothing can happen.
    pub stuck: Option<Run>,
    /// First run into a state from which no end can be reached, although something can happen for ever.
    pub livelock: Option<Run>,
    /// First run in which one end event is reached twice.
    pub ends_twice: Option<Run>,
    /// Index of nodes that happened in some run.
    pub happened: BTreeSet<usize>,
    pub states: usize,
}

/// A run: indexes of moves in order. The last is the one that shows the fault, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub start: usize,
    pub moves: Vec<usize>,
}

/// Tokens per place (a bit each) and end events reached (a bit each).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    tokens: Vec<u64>,
    ended: Vec<u64>,
}

impl State {
    fn has(&self, place: Place) -> bool {
        self.tokens[place / 64] & (1 << (place % 64)) != 0
    }
    fn set(&mut self, place: Place) {
        self.tokens[place / 64] |= 1 << (place % 64);
    }
    fn clear(&mut self, place: Place) {
        self.tokens[place / 64] &= !(1 << (place % 64));
    }
    fn empty(&self) -> bool {
        self.tokens.iter().all(|it| *it == 0)
    }
}

enum Outcome {
    To(State),
    /// A second token on a place.
    Unsafe,
    /// An end event for the second time.
    Twice(State),
}

/// Explores at most `budget` states.
pub fn explore(net: &Net, budget: usize) -> Seen {
    let mut seen = Seen::default();
    let mut index: BTreeMap<State, usize> = BTreeMap::new();
    let mut states: Vec<State> = Vec::new();
    // How a state was first reached: the state before and the move, or the start.
    let mut from: Vec<Result<(usize, usize), usize>> = Vec::new();
    let mut edges: Vec<Vec<usize>> = Vec::new();
    let mut work = VecDeque::new();
    let words = net.places.len().div_ceil(64).max(1);
    let end_words = net.ends.len().div_ceil(64).max(1);
    for (start, places) in net.initial.iter().enumerate() {
        let mut state = State { tokens: vec![0; words], ended: vec![0; end_words] };
        for &place in places {
            state.set(place);
        }
        if !index.contains_key(&state) {
            index.insert(state.clone(), states.len());
            work.push_back(states.len());
            states.push(state);
            from.push(Err(start));
            edges.push(Vec::new());
        }
    }
    let run_to = |from: &[Result<(usize, usize), usize>], mut at: usize, last: Option<usize>| {
        let mut moves: Vec<usize> = last.into_iter().collect();
        loop {
            match from[at] {
                Ok((before, with)) => {
                    moves.push(with);
                    at = before;
                }
                Err(start) => {
                    moves.reverse();
                    return Run { start, moves };
                }
            }
        }
    };
    let mut final_states: Vec<usize> = Vec::new();
    seen.complete = true;
    while let Some(at) = work.pop_front() {
        let state = states[at].clone();
        if state.empty() {
            final_states.push(at);
            continue;
        }
        let mut moved = false;
        for (with, it) in net.moves.iter().enumerate() {
            let Some(outcome) = play(net, &state, it) else { continue };
            moved = true;
            seen.happened.insert(with);
            let next = match outcome {
                Outcome::Unsafe => {
                    if seen.unsafe_run.is_none() {
                        seen.unsafe_run = Some(run_to(&from, at, Some(with)));
                    }
                    // A second token breaks the flow for certain; what would come after is not looked at.
                    continue;
                }
                Outcome::Twice(next) => {
                    if seen.ends_twice.is_none() {
                        seen.ends_twice = Some(run_to(&from, at, Some(with)));
                    }
                    next
                }
                Outcome::To(next) => next,
            };
            let to = match index.get(&next) {
                Some(to) => *to,
                None => {
                    if states.len() >= budget {
                        seen.complete = false;
                        continue;
                    }
                    let to = states.len();
                    index.insert(next.clone(), to);
                    states.push(next);
                    from.push(Ok((at, with)));
                    edges.push(Vec::new());
                    work.push_back(to);
                    to
                }
            };
            edges[at].push(to);
        }
        if !moved && seen.stuck.is_none() {
            seen.stuck = Some(run_to(&from, at, None));
        }
    }
    seen.states = states.len();
    if seen.complete && seen.unsafe_run.is_none() && seen.stuck.is_none() {
        seen.livelock = hopeless(&edges, &final_states).map(|at| run_to(&from, at, None));
    }
    seen
}

/// The first state (in breadth-first order) from which no final state can be reached.
fn hopeless(edges: &[Vec<usize>], finals: &[usize]) -> Option<usize> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (from, tos) in edges.iter().enumerate() {
        for &to in tos {
            back[to].push(from);
        }
    }
    let mut hope = vec![false; edges.len()];
    let mut work: Vec<usize> = finals.to_vec();
    for &it in finals {
        hope[it] = true;
    }
    while let Some(at) = work.pop() {
        for &before in &back[at] {
            if !hope[before] {
                hope[before] = true;
                work.push(before);
            }
        }
    }
    hope.iter().position(|it| !it)
}

fn play(net: &Net, state: &State, it: &Move) -> Option<Outcome> {
    let take: Vec<Place> = match it.inclusive {
        None if it.take.is_empty() => return None,
        None => it.take.clone(),
        Some(join) => {
            let join = &net.joins[join];
            let marked: Vec<usize> = (0..join.incoming.len()).filter(|at| state.has(join.incoming[*at])).collect();
            if marked.is_empty() {
                return None;
            }
            // A token that could still come to an unmarked flow, but to no marked one, is waited for.
            let waits = (0..net.places.len()).any(|place| {
                state.has(place)
                    && !join.incoming.contains(&place)
                    && (0..join.incoming.len()).any(|at| !marked.contains(&at) && join.reach[at].contains(&place))
                    && !marked.iter().any(|at| join.reach[*at].contains(&place))
            });
            if waits {
                return None;
            }
            marked.iter().map(|at| join.incoming[*at]).collect()
        }
    };
    if !take.iter().all(|place| state.has(*place)) {
        return None;
    }
    let mut next = state.clone();
    for &place in &take {
        next.clear(place);
    }
    if it.clears {
        next.tokens.iter_mut().for_each(|it| *it = 0);
    }
    for &place in &it.give {
        if next.has(place) {
            return Some(Outcome::Unsafe);
        }
        next.set(place);
    }
    if let Some(end) = it.end {
        let bit = 1u64 << (end % 64);
        if next.ended[end / 64] & bit != 0 {
            return Some(Outcome::Twice(next));
        }
        next.ended[end / 64] |= bit;
    }
    Some(Outcome::To(next))
}
