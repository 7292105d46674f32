//! A net made ready to be played: every choice of what a move gives is a step of its own, places are bits of words. Made
//! from a whole net or from a shortened one; where a step costs more than one move, its weight says so.

use super::net::{Exit, Gate, Kind, Move, Net, Place};

/// Most ways out of one inclusive split whose combinations are all tried.
pub const CHOICES: usize = 10;
/// Ways out of which every two are tried together, where not all combinations are.
const PAIRS: usize = 64;
/// Most steps of a board.
const STEPS: usize = 40_000;

/// Where a move gives to, with what passes on the way.
#[derive(Clone, Debug)]
pub struct Arc {
    pub to: Place,
    pub when: When,
    /// Moves that pass before the token rests.
    pub weight: u32,
    /// It comes by an event on an activity ([`super::net::Move::by_event`]).
    pub by_event: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    Always,
    Maybe,
    /// Only when none of the others.
    Default,
}

/// A move of the board.
#[derive(Clone, Debug)]
pub struct Piece {
    pub kind: Kind,
    pub take: Vec<Place>,
    pub arcs: Vec<Arc>,
    pub need: bool,
    pub weight: u32,
}

/// One way for a piece to move.
#[derive(Clone, Debug)]
pub struct Step {
    pub piece: u32,
    /// Positions of the arcs it gives by.
    pub arcs: Vec<u32>,
    pub weight: u32,
    /// Gives two tokens to one place.
    pub doubles: bool,
    /// It activates a complex gateway, whose condition does not hold with one token on each way.
    pub asleep: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Words of a state.
    pub words: usize,
    pub start: Place,
    /// Moves that pass before the first state.
    pub weight: u32,
    pub pieces: Vec<Piece>,
    pub steps: Vec<Step>,
    /// `words` words per step.
    pub take: Vec<u64>,
    pub give: Vec<u64>,
    /// Places that must be empty: `words` words per step; nothing where no complex gateway is activated.
    pub hold: Vec<u64>,
    /// Complex gateways that are activated by a condition.
    pub gates: Vec<Gate>,
    /// Places that count tokens that have ended.
    pub sinks: Vec<u64>,
    /// Places that may be marked when a run is over.
    pub left: Vec<u64>,
    /// Places whose tokens never stand still, although no step moves them.
    pub turning: Vec<u64>,
    /// Sinks of end events that can be reached by several ways, per end.
    pub groups: Vec<Vec<u64>>,
    /// Of every inclusive join: its piece, and per way in the places it can be reached from.
    pub joins: Vec<Join>,
    /// The join of a step, if it has one.
    pub join_of: Vec<Option<u32>>,
}

#[derive(Clone, Debug, Default)]
pub struct Join {
    pub incoming: Vec<Place>,
    /// The same as bits.
    pub mask: Vec<u64>,
    /// Per way in: from where it can be reached without passing the gateway.
    pub reach: Vec<Vec<u64>>,
    /// … by sequence flows alone: not over the events on an activity.
    pub flows: Vec<Vec<u64>>,
    /// It is the reset of this gateway.
    pub gate: Option<Gate>,
}

/// Too many combinations to be tried; the piece's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany(pub u32);

/// Which of so many ways are taken together: every set of them; of too many `some`, the ones that differ most. None: too many.
fn combinations(ways: usize, some: bool) -> Option<Vec<Vec<usize>>> {
    if ways <= CHOICES {
        let set = |bits: usize| (0..ways).filter(|it| bits & (1 << it) != 0).collect();
        return Some((0..1 << ways).map(set).collect());
    }
    if !some {
        return None;
    }
    let others = |it: usize| if ways <= PAIRS { it + 1..ways } else { it + 1..ways.min(it + 2) };
    let mut sets = vec![Vec::new()];
    sets.extend((0..ways).map(|it| vec![it]));
    sets.extend((0..ways).flat_map(|it| others(it).map(move |other| vec![it, other])));
    sets.push((0..ways).collect());
    Some(sets)
}

pub fn set(words: &mut [u64], place: Place) {
    words[place as usize / 64] |= 1 << (place % 64);
}

pub fn has(words: &[u64], place: Place) -> bool {
    words[place as usize / 64] & (1 << (place % 64)) != 0
}

/// Places, sinks and pieces of a board to be.
pub struct Parts {
    pub places: usize,
    pub start: Place,
    pub weight: u32,
    /// Sinks with their group, see [`super::net::Spot::Sink`].
    pub sinks: Vec<(Place, u32)>,
    pub left: Vec<Place>,
    /// Places whose tokens go round, although no piece says so.
    pub turning: Vec<Place>,
    pub gates: Vec<Gate>,
    /// Messages on their way.
    pub messages: Vec<Place>,
    pub pieces: Vec<Piece>,
}

impl Parts {
    /// A whole net, every move a piece.
    pub fn of(net: &Net) -> Self {
        let arc = |it: &Move, to: &Place, when| Arc { to: *to, when, weight: 0, by_event: it.by_event(when) };
        let pieces = net.moves.iter().map(|it| Piece {
            kind: it.kind,
            take: it.take.clone(),
            arcs: it
                .always
                .iter()
                .map(|to| arc(it, to, When::Always))
                .chain(it.maybe.iter().map(|to| arc(it, to, When::Maybe)))
                .chain(it.default.iter().map(|to| arc(it, to, When::Default)))
                .collect(),
            need: it.need,
            weight: 1,
        });
        let sinks = (0..net.places.len() as Place).filter_map(|it| match net.places[it as usize] {
            super::net::Spot::Sink(end) => Some((it, end)),
            super::net::Spot::Start
            | super::net::Spot::Flow(_)
            | super::net::Spot::Inside(_)
            | super::net::Spot::Message(_) => None,
        });
        Self {
            places: net.places.len(),
            start: super::net::START,
            weight: 0,
            sinks: sinks.collect(),
            left: net.left.clone(),
            turning: Vec::new(),
            gates: net.gates.clone(),
            messages: net.messages(),
            pieces: pieces.collect(),
        }
    }
}

impl Board {
    /// With every combination.
    pub fn of(parts: Parts) -> Result<Self, TooMany> {
        Self::with(parts, false)
    }

    /// With some combinations of splits that have too many: a run on such a board is a run, but not every run is on it.
    pub fn some(parts: Parts) -> Result<Self, TooMany> {
        Self::with(parts, true)
    }

    fn with(parts: Parts, some: bool) -> Result<Self, TooMany> {
        let words = parts.places.div_ceil(64).max(1);
        let bits = |places: &[Place]| {
            let mut it = vec![0; words];
            places.iter().for_each(|place| set(&mut it, *place));
            it
        };
        let mut it = Self { words, start: parts.start, weight: parts.weight, ..Self::default() };
        it.left = bits(&parts.left);
        it.turning = bits(&parts.turning);
        it.sinks = bits(&parts.sinks.iter().map(|(place, _)| *place).collect::<Vec<_>>());
        let mut by_end: Vec<(u32, Place)> = parts.sinks.iter().map(|(place, end)| (*end, *place)).collect();
        by_end.retain(|(end, _)| *end != super::net::NO_END);
        by_end.sort_unstable();
        for group in by_end.chunk_by(|a, b| a.0 == b.0).filter(|it| it.len() > 1) {
            it.groups.push(bits(&group.iter().map(|(_, place)| *place).collect::<Vec<_>>()));
        }
        it.gates = parts.gates;
        for (at, piece) in parts.pieces.iter().enumerate() {
            it.steps_of(at as u32, piece, some)?;
        }
        it.pieces = parts.pieces;
        it.reaches(parts.places, &parts.messages);
        Ok(it)
    }

    fn steps_of(&mut self, at: u32, piece: &Piece, some: bool) -> Result<(), TooMany> {
        if piece.kind == Kind::Never {
            return Ok(());
        }
        let of = |when: When| -> Vec<u32> {
            (0..piece.arcs.len() as u32).filter(|it| piece.arcs[*it as usize].when == when).collect()
        };
        let (always, maybe, default) = (of(When::Always), of(When::Maybe), of(When::Default));
        let sets = match combinations(maybe.len(), some) {
            Some(sets) if self.steps.len() + sets.len() <= STEPS => sets,
            Some(_) | None => return Err(TooMany(at)),
        };
        let gate = match piece.kind {
            Kind::Reset(gate) => Some(self.gates[gate as usize].clone()),
            Kind::Plain | Kind::Join | Kind::Activate(_) | Kind::Leaves(_) | Kind::Empties(_) | Kind::Never => None,
        };
        let join = (piece.kind == Kind::Join || gate.is_some()).then(|| {
            let incoming = gate.as_ref().map_or(&piece.take, |it| &it.ins).clone();
            let mut mask = vec![0; self.words];
            incoming.iter().for_each(|it| set(&mut mask, *it));
            self.joins.push(Join { incoming, mask, reach: Vec::new(), flows: Vec::new(), gate });
            (self.joins.len() - 1) as u32
        });
        for set in sets {
            let mut arcs = always.clone();
            if set.is_empty() && piece.need && !maybe.is_empty() {
                if default.is_empty() {
                    continue;
                }
                arcs.extend(&default);
            } else {
                arcs.extend(set.into_iter().map(|it| maybe[it]));
            }
            self.step(at, piece, arcs, join);
        }
        Ok(())
    }

    fn step(&mut self, at: u32, piece: &Piece, arcs: Vec<u32>, join: Option<u32>) {
        let from = self.take.len();
        self.take.resize(from + self.words, 0);
        self.give.resize(from + self.words, 0);
        let mut asleep = false;
        if let Kind::Activate(gate) = piece.kind {
            let gate = &self.gates[gate as usize];
            self.hold.resize(from + self.words, 0);
            gate.others(&piece.take).for_each(|it| set(&mut self.hold[from..], it));
            asleep = !gate.asks.of_one_each(&gate.ins, &piece.take);
        }
        if join.is_none() {
            piece.take.iter().for_each(|it| set(&mut self.take[from..], *it));
        }
        let (mut doubles, mut weight) = (false, piece.weight);
        for it in &arcs {
            let arc = &piece.arcs[*it as usize];
            doubles |= has(&self.give[from..], arc.to);
            set(&mut self.give[from..], arc.to);
            weight += arc.weight;
        }
        self.join_of.push(join);
        self.steps.push(Step { piece: at, arcs, weight, doubles, asleep });
    }

    /// Fills [`Join::reach`]: backwards from each way in, not through the gateway itself (§13.4.3).
    fn reaches(&mut self, places: usize, messages: &[Place]) {
        if self.joins.is_empty() {
            return;
        }
        let mut into: Vec<Vec<(u32, bool)>> = vec![Vec::new(); places];
        for (at, piece) in self.pieces.iter().enumerate() {
            for arc in &piece.arcs {
                into[arc.to as usize].push((at as u32, arc.by_event));
            }
        }
        // The states of complex gateways are no tokens on their way; nor does a way go by messages: sequence flows count.
        let mut states = vec![0; self.words];
        let states_of_gates = self.gates.iter().flat_map(Gate::states);
        states_of_gates.chain(messages.iter().copied()).for_each(|it| set(&mut states, it));
        let mut gateways: Vec<u32> =
            self.steps.iter().zip(&self.join_of).filter(|(_, it)| it.is_some()).map(|(it, _)| it.piece).collect();
        gateways.dedup();
        for (join, gateway) in gateways.into_iter().enumerate() {
            // Of a complex gateway the activations too.
            let armed = self.joins[join].gate.as_ref().map(|it| it.armed);
            let own =
                |it: u32| it == gateway || armed.is_some_and(|armed| self.pieces[it as usize].take.contains(&armed));
            let before = |target: Place, over_events: bool| {
                let mut seen = vec![0; self.words];
                set(&mut seen, target);
                let mut open = vec![target];
                while let Some(place) = open.pop() {
                    for &(piece, by_event) in &into[place as usize] {
                        if own(piece) || (by_event && !over_events) {
                            continue;
                        }
                        for &from in &self.pieces[piece as usize].take {
                            if !has(&seen, from) && !has(&states, from) {
                                set(&mut seen, from);
                                open.push(from);
                            }
                        }
                    }
                }
                seen
            };
            let incoming = &self.joins[join].incoming;
            let reach = incoming.iter().map(|it| before(*it, true)).collect();
            let flows = incoming.iter().map(|it| before(*it, false)).collect();
            (self.joins[join].reach, self.joins[join].flows) = (reach, flows);
        }
    }

    /// How the piece of a step ends the scope.
    pub fn exit(&self, step: u32) -> Option<Exit> {
        match self.pieces[self.steps[step as usize].piece as usize].kind {
            Kind::Leaves(exit) => Some(exit),
            Kind::Plain | Kind::Join | Kind::Activate(_) | Kind::Reset(_) | Kind::Empties(_) | Kind::Never => None,
        }
    }

    /// What a step takes from a state, into `take`; false: it cannot happen.
    pub fn can(&self, step: usize, state: &[u64], take: &mut [u64]) -> bool {
        let range = step * self.words..(step + 1) * self.words;
        match self.join_of[step] {
            None => {
                take.copy_from_slice(&self.take[range.clone()]);
                let held = self.hold.get(range).is_some_and(|it| it.iter().zip(state).any(|(hold, it)| hold & it != 0));
                !held && !self.steps[step].asleep && take.iter().zip(state).all(|(take, state)| take & state == *take)
            }
            Some(join) => self.join_can(&self.joins[join as usize], state, take),
        }
    }

    /// BPMN 2.0.2 §13.4.3: some way in has a token, and no token elsewhere can reach a way in without one and none with one.
    fn join_can(&self, join: &Join, state: &[u64], take: &mut [u64]) -> bool {
        if let Some(gate) = &join.gate {
            take.fill(0);
            gate.takes(|it| has(state, it)).into_iter().for_each(|it| set(take, it));
            return has(state, gate.resetting) && self.nothing_comes(join, state);
        }
        for ((take, mask), state) in take.iter_mut().zip(&join.mask).zip(state) {
            *take = mask & state;
        }
        if take.iter().all(|it| *it == 0) {
            return false;
        }
        self.nothing_comes(join, state)
    }

    /// No token elsewhere can reach a way in that has none (nor has given one) and none that has: to wait for it, anything that can
    /// bring it there counts; not to wait, sequence flows alone, as the clause says.
    fn nothing_comes(&self, join: &Join, state: &[u64]) -> bool {
        let given = |way: usize| join.gate.as_ref().is_some_and(|it| has(state, it.taken[way]));
        (0..self.words).all(|word| {
            let mut empty = 0;
            let mut full = 0;
            for (way, place) in join.incoming.iter().enumerate() {
                if has(state, *place) || given(way) {
                    full |= join.flows[way][word];
                } else {
                    empty |= join.reach[way][word];
                }
            }
            state[word] & !join.mask[word] & empty & !full == 0
        })
    }
}
