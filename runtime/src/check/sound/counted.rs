//! Plays a net whose places may hold several tokens: where a second token was found, to say what else holds and fails
//! there; and where several are meant (start and completion quantity, messages). Tokens that have ended are counted up to
//! two. Bounded: what grows beyond [`MOST`] tokens is left undecided.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::board::{Board, When};
use super::net::{Exit, Fired, Kind, NO_END, Net, Place, START, Spot};
use super::states::{States, reaching};
use crate::limits;

/// Most tokens on one place, beyond what it has room for.
const MOST: u8 = 4;

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub complete: bool,
    /// More tokens on a flow than it has room for.
    pub second: Option<Vec<Fired>>,
    pub stuck: Option<Vec<Fired>>,
    pub endless: Option<Vec<Fired>>,
    pub twice: Option<Vec<Fired>>,
    /// By move.
    pub happened: Vec<bool>,
    pub normal: bool,
    pub exits: BTreeSet<Exit>,
}

struct Counting<'a> {
    net: &'a Net,
    board: &'a Board,
    room: Vec<u8>,
    sinks: Vec<Option<u32>>,
    /// Messages whoever waits for them takes once: more of them than there is room for change nothing.
    drops: Vec<bool>,
    from: Vec<(u32, u32)>,
    tally: Tally,
    /// What the conditions of complex gateways said: gateway and tokens on its ways.
    said: BTreeMap<(u32, Vec<u8>), bool>,
}

/// Explores at most `states` states. `board`: of the whole net.
pub fn explore(net: &Net, board: &Board, states: usize) -> Tally {
    let mut room = vec![1; net.places.len()];
    for (place, most) in &net.room {
        room[*place as usize] = room[*place as usize].max(*most);
    }
    let sinks = net.places.iter().map(|it| match it {
        Spot::Sink(end) => Some(*end),
        Spot::Start | Spot::Flow(_) | Spot::Inside(_) | Spot::Message(_) => None,
    });
    let tally = Tally { complete: true, happened: vec![false; net.moves.len()], ..Tally::default() };
    let mut drops: Vec<bool> = net.places.iter().map(|it| matches!(it, Spot::Message(_))).collect();
    if drops.contains(&true) {
        for (it, _) in net.moves.iter().zip(super::cycle::moves(net)).filter(|(_, cyclic)| *cyclic) {
            it.take.iter().for_each(|it| drops[*it as usize] = false);
        }
    }
    let (sinks, said) = (sinks.collect(), BTreeMap::new());
    let mut it = Counting { net, board, room, sinks, drops, from: vec![(u32::MAX, 0)], tally, said };
    it.run(states);
    it.tally
}

impl Counting<'_> {
    fn run(&mut self, most: usize) {
        let width = self.net.places.len();
        let mut states = States::<u8>::new(width);
        let mut first = vec![0; width];
        first[START as usize] = 1;
        states.add(&first, 1);
        // Where tokens go round for ever, and where they never get out of: known before every run was seen.
        let (rounds, trap) = (trap(self.net, true), trap(self.net, false));
        let (mut round, mut caught) = (None, None);
        let mut open = VecDeque::from([0u32]);
        let (mut edges, mut finals, mut stuck) = (Vec::new(), Vec::new(), Vec::new());
        let (mut state, mut next, mut take) = (vec![0; width], vec![0; width], Vec::new());
        let most = most.min(limits::CHECK_WORDS * 8 / width.max(1));
        // Counted as it is done: a state asks every step, and every state behind it is looked for place by place.
        let mut work = 0_usize;
        while let Some(at) = open.pop_front() {
            work = work.saturating_add(4 * self.board.steps.len() + width);
            if work > limits::CHECK_WORK {
                self.tally.complete = false;
                break;
            }
            state.copy_from_slice(states.get(at));
            let over = (0..width).all(|it| state[it] == 0 || self.rests(it as Place));
            if over {
                self.tally.normal = true;
                finals.push(at);
            }
            let within = |places: &[bool]| at != 0 && (0..width).any(|it| state[it] > 0 && places[it]);
            if round.is_none() && within(&rounds) {
                round = Some(at);
            }
            if caught.is_none() && within(&trap) {
                caught = Some(at);
            }
            let mut moved = false;
            for step in 0..self.board.steps.len() {
                if !self.can(step, &state, &mut take) {
                    continue;
                }
                moved = true;
                self.tally.happened[self.board.steps[step].piece as usize] = true;
                if let Some(exit) = self.board.exit(step as u32) {
                    self.tally.normal |= exit == Exit::Normal;
                    self.tally.exits.insert(exit);
                    finals.push(at);
                    continue;
                }
                next.copy_from_slice(&state);
                take.iter().for_each(|it: &Place| next[*it as usize] -= 1);
                let kind = self.board.pieces[self.board.steps[step].piece as usize].kind;
                self.net.emptied(kind).for_each(|it| next[it as usize] = 0);
                if !self.give(step, &mut next, at) {
                    self.tally.complete = false;
                    continue;
                }
                work = work.saturating_add(4 * width);
                match states.add(&next, most) {
                    None => self.tally.complete = false,
                    Some((to, new)) => {
                        if new {
                            self.from.push((at, step as u32));
                            open.push_back(to);
                        }
                        if edges.len() < limits::CHECK_EDGES {
                            edges.push((at, to));
                        } else {
                            self.tally.complete = false;
                        }
                    }
                }
            }
            if !moved && !over {
                if self.tally.stuck.is_none() {
                    self.tally.stuck = Some(self.path(at, None));
                }
                stuck.push(at);
            }
        }
        let lost = if self.tally.complete {
            let reaching = reaching(states.len(), &edges, finals.into_iter().chain(stuck));
            (1..states.len()).find(|it| !reaching[*it]).map(|it| it as u32)
        } else {
            round.or(caught.filter(|_| self.tally.stuck.is_none()))
        };
        self.tally.endless = lost.map(|it| self.path(it, None));
    }

    /// A token there does not keep the run from being over.
    fn rests(&self, place: Place) -> bool {
        self.sinks[place as usize].is_some() || self.net.left.contains(&place)
    }

    fn can(&mut self, step: usize, state: &[u8], take: &mut Vec<Place>) -> bool {
        let piece = &self.board.pieces[self.board.steps[step].piece as usize];
        take.clear();
        match piece.kind {
            Kind::Never => false,
            Kind::Plain | Kind::Activate(_) | Kind::Leaves(_) | Kind::Empties(_) => {
                take.extend(&piece.take);
                let needs = |place: &Place| piece.take.iter().filter(|it| *it == place).count();
                let enough = piece.take.iter().all(|it| state[*it as usize] as usize >= needs(it));
                let Kind::Activate(at) = piece.kind else { return enough };
                let gate = &self.net.gates[at as usize];
                enough && gate.others(&piece.take).all(|it| state[it as usize] == 0) && {
                    let counts: Vec<u8> = gate.ins.iter().map(|it| state[*it as usize]).collect();
                    *self.said.entry((at, counts.clone())).or_insert_with(|| gate.asks.holds(&counts))
                }
            }
            Kind::Join | Kind::Reset(_) => {
                let mut marked = vec![0; self.board.words];
                let places = (0..state.len()).filter(|it| state[*it] > 0);
                places.for_each(|it| super::board::set(&mut marked, it as Place));
                let mut bits = vec![0; self.board.words];
                let can = self.board.can(step, &marked, &mut bits);
                take.extend((0..state.len() as Place).filter(|it| super::board::has(&bits, *it)));
                can
            }
        }
    }

    /// Gives a step's tokens; false: a place would hold too many to go on.
    fn give(&mut self, step: usize, next: &mut [u8], at: u32) -> bool {
        let it = &self.board.steps[step];
        let piece = &self.board.pieces[it.piece as usize];
        let places: Vec<Place> = it.arcs.iter().map(|at| piece.arcs[*at as usize].to).collect();
        let (mut fine, mut second, mut twice) = (true, false, false);
        for place in places {
            let count = &mut next[place as usize];
            if let Some(end) = self.sinks[place as usize] {
                *count = (*count + 1).min(2);
                let others = (0..next.len()).filter(|it| self.sinks[*it] == Some(end)).map(|it| next[it]);
                twice |= end != NO_END && others.sum::<u8>() > 1;
                continue;
            }
            *count = count.saturating_add(1);
            let over = count.saturating_sub(self.room[place as usize]);
            let message = matches!(self.net.places[place as usize], Spot::Message(_));
            second |= over > 0 && !message;
            fine &= if message { over == 0 || self.drops[place as usize] } else { over < MOST };
            if message {
                *count = (*count).min(self.room[place as usize]);
            }
        }
        if second && self.tally.second.is_none() {
            self.tally.second = Some(self.path(at, Some(step as u32)));
        }
        if twice && self.tally.twice.is_none() {
            self.tally.twice = Some(self.path(at, Some(step as u32)));
        }
        fine
    }

    fn path(&self, mut at: u32, last: Option<u32>) -> Vec<Fired> {
        let mut steps: Vec<u32> = last.into_iter().collect();
        while self.from[at as usize].0 != u32::MAX {
            let (before, step) = self.from[at as usize];
            steps.push(step);
            at = before;
        }
        steps.reverse();
        steps.into_iter().map(|it| fired(self.board, it)).collect()
    }
}

/// A step of a whole net's board as a move of the net.
pub fn fired(board: &Board, step: u32) -> Fired {
    let it = &board.steps[step as usize];
    let arcs = &board.pieces[it.piece as usize].arcs;
    let chosen = it.arcs.iter().map(|at| &arcs[*at as usize]).filter(|it| it.when != When::Always).map(|it| it.to);
    Fired { mv: it.piece, chosen: chosen.collect() }
}

/// The greatest set of places that never becomes empty once a token is in it: whatever takes from it gives to it. A token
/// there means that the run cannot end; and, where every place has a way on that needs no other token (`moves`), that it
/// never stands still either.
fn trap(net: &Net, moves: bool) -> Vec<bool> {
    if net.moves.iter().any(|it| matches!(it.kind, Kind::Leaves(_) | Kind::Empties(_) | Kind::Reset(_))) {
        return vec![false; net.places.len()];
    }
    let rests = |place: usize| net.is_sink(place as Place) || net.left.contains(&(place as Place));
    let mut on = vec![!moves; net.places.len()];
    for it in net.moves.iter().filter(|it| it.kind == Kind::Plain) {
        if let [place] = it.take[..] {
            on[place as usize] = true;
        }
    }
    let mut trap: Vec<bool> = (0..net.places.len()).map(|it| on[it] && !rests(it)).collect();
    loop {
        let mut changed = false;
        for it in net.moves.iter().filter(|it| it.kind != Kind::Never) {
            let within = |place: &Place| trap[*place as usize];
            let chosen = it.need && it.maybe.iter().all(within) && it.default.iter().all(within) && it.chooses();
            if !it.always.iter().any(within) && !chosen {
                for place in &it.take {
                    changed |= std::mem::replace(&mut trap[*place as usize], false);
                }
            }
        }
        if !changed {
            return trap;
        }
    }
}
