//! Runs of a net: played again move by move, and made short by leaving out what their end does not depend on.

use super::board::{Board, Parts};
use super::net::{Fired, Kind, Net, Place, START, Spot};

/// A move of a run with the tokens it took and gave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Done {
    pub fired: Fired,
    pub took: Vec<Place>,
    pub gave: Vec<Place>,
}

/// A run played to its end.
#[derive(Clone, Debug, Default)]
pub struct Played {
    pub run: Vec<Done>,
    /// Tokens at the end, by place.
    pub tokens: Vec<u8>,
}

/// Plays runs of a net by its rules.
pub struct Player<'a> {
    pub net: &'a Net,
    /// Where the net has inclusive joins: what their rule asks for.
    joins: Option<Board>,
    /// The rule cannot be asked: too many combinations.
    blind: bool,
}

impl<'a> Player<'a> {
    pub fn new(net: &'a Net) -> Self {
        let joins = net.has_joins().then(|| Board::some(Parts::of(net)));
        let blind = matches!(joins, Some(Err(_)));
        Self { net, joins: joins.and_then(Result::ok), blind }
    }

    /// Plays a run. A move whose token came by another, like way into its node takes it there. None: it cannot be played.
    pub fn play(&self, run: &[Fired]) -> Option<Played> {
        let mut played = Played { run: Vec::with_capacity(run.len()), tokens: vec![0; self.net.places.len()] };
        played.tokens[START as usize] = 1;
        for fired in run {
            let it = &self.net.moves[fired.mv as usize];
            if is_join(it.kind) && !self.enabled(fired.mv, &played.tokens) {
                return None;
            }
            if let Kind::Activate(gate) = it.kind
                && !self.net.gates[gate as usize].activates(&it.take, &played.tokens)
            {
                return None;
            }
            played.go(self.net, fired)?;
        }
        Some(played)
    }

    fn enabled(&self, mv: u32, tokens: &[u8]) -> bool {
        let Some(board) = &self.joins else { return !self.blind };
        let mut state = vec![0; board.words];
        for (place, _) in tokens.iter().enumerate().filter(|(_, it)| **it > 0) {
            super::board::set(&mut state, place as Place);
        }
        let mut take = vec![0; board.words];
        let step = board.steps.iter().position(|it| it.piece == mv);
        step.is_some_and(|step| board.can(step, &state, &mut take))
    }
}

impl Played {
    fn go(&mut self, net: &Net, fired: &Fired) -> Option<()> {
        let wanted = &net.moves[fired.mv as usize];
        let marked = |take: &[Place]| take.iter().all(|it| self.tokens[*it as usize] > 0);
        let mv = if is_join(wanted.kind) || marked(&wanted.take) {
            fired.mv
        } else {
            let alike = |it: &super::net::Move| {
                (it.node, it.event, it.kind) == (wanted.node, wanted.event, wanted.kind)
                    && (&it.maybe, it.default) == (&wanted.maybe, wanted.default)
                    && ends(net, &it.always) == ends(net, &wanted.always)
                    && marked(&it.take)
            };
            net.moves.iter().position(alike)? as u32
        };
        let it = &net.moves[mv as usize];
        let fired = Fired { mv, chosen: fired.chosen.clone() };
        let took: Vec<Place> = match it.kind {
            Kind::Never => return None,
            Kind::Plain | Kind::Activate(_) => it.take.clone(),
            Kind::Empties(_) => {
                let others = net.emptied(it.kind).filter(|place| !it.take.contains(place));
                let others: Vec<Place> = others.filter(|place| self.tokens[*place as usize] > 0).collect();
                it.take.iter().copied().chain(others).collect()
            }
            Kind::Join => it.take.iter().copied().filter(|it| self.tokens[*it as usize] > 0).collect(),
            Kind::Reset(gate) => net.gates[gate as usize].takes(|it| self.tokens[it as usize] > 0),
            Kind::Leaves(_) => (0..self.tokens.len() as Place)
                .filter(|it| self.tokens[*it as usize] > 0 && !net.is_sink(*it))
                .collect(),
        };
        if took.is_empty() {
            return None;
        }
        for place in &took {
            let tokens = &mut self.tokens[*place as usize];
            *tokens = if matches!(it.kind, Kind::Leaves(_) | Kind::Empties(_)) { 0 } else { tokens.checked_sub(1)? };
        }
        let gave: Vec<Place> = fired.gives(net).collect();
        for place in &gave {
            self.tokens[*place as usize] = self.tokens[*place as usize].saturating_add(1);
        }
        self.run.push(Done { fired, took, gave });
        Some(())
    }

    /// Places that hold tokens that have not ended.
    pub fn marked(&self, net: &Net) -> Vec<Place> {
        let places = 0..net.places.len() as Place;
        places.filter(|it| self.tokens[*it as usize] > 0 && !net.is_sink(*it) && !net.left.contains(it)).collect()
    }
}

/// It depends on where else tokens are.
fn is_join(kind: Kind) -> bool {
    matches!(kind, Kind::Join | Kind::Reset(_))
}

/// Where moves lead, the numbers of sinks left aside.
fn ends(net: &Net, places: &[Place]) -> Vec<Option<Place>> {
    places.iter().map(|it| (!net.is_sink(*it)).then_some(*it)).collect()
}

/// What a run is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Two tokens on one sequence flow.
    Second,
    /// Two tokens at one end event.
    Twice,
}

/// A token in a run: where it was, what gave it and what took it (positions in the run).
struct Token {
    place: Place,
    given: Option<usize>,
    taken: Option<usize>,
}

/// The part of a run two tokens depend on that come together in it; the smallest there is. None: no two do, or the part
/// cannot be played without the rest.
pub fn shorten(player: &Player, played: &Played, goal: Goal) -> Option<Vec<Fired>> {
    let net = player.net;
    let run = &played.run;
    let words = run.len().div_ceil(64).max(1);
    let mut tokens = vec![Token { place: START, given: None, taken: None }];
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); net.places.len()];
    waiting[START as usize].push(0);
    // Per move: the moves before it that it depends on, itself included.
    let mut past = vec![0u64; words * run.len()];
    for (at, done) in run.iter().enumerate() {
        for place in &done.took {
            let token = waiting[*place as usize].pop()?;
            tokens[token].taken = Some(at);
            if let Some(given) = tokens[token].given {
                for word in 0..words {
                    past[at * words + word] |= past[given * words + word];
                }
            }
        }
        past[at * words + at / 64] |= 1 << (at % 64);
        for place in &done.gave {
            waiting[*place as usize].push(tokens.len());
            tokens.push(Token { place: *place, given: Some(at), taken: None });
        }
    }
    let past = |it: &Token| it.given.map(|at| &past[at * words..(at + 1) * words]);
    let after = |one: &Token, other: &Token| match (one.taken, past(other)) {
        (Some(taken), Some(past)) => past[taken / 64] & (1 << (taken % 64)) != 0,
        (None, _) | (_, None) => false,
    };
    let mut order: Vec<usize> = (0..tokens.len()).filter(|it| counts(net, tokens[*it].place, goal)).collect();
    order.sort_by_key(|it| key(net, tokens[*it].place, goal));
    let mut best: Option<(u32, Vec<u64>)> = None;
    for group in order.chunk_by(|a, b| key(net, tokens[*a].place, goal) == key(net, tokens[*b].place, goal)) {
        for (at, &one) in group.iter().enumerate() {
            for &other in &group[at + 1..] {
                let (one, other) = (&tokens[one], &tokens[other]);
                if goal == Goal::Second && (after(one, other) || after(other, one)) {
                    continue;
                }
                let (Some(a), Some(b)) = (past(one), past(other)) else { continue };
                let both: Vec<u64> = a.iter().zip(b).map(|(a, b)| a | b).collect();
                let size = both.iter().map(|it| it.count_ones()).sum();
                if best.as_ref().is_none_or(|it| size < it.0) {
                    best = Some((size, both));
                }
            }
        }
    }
    let (_, part) = best?;
    let part: Vec<Fired> = run
        .iter()
        .enumerate()
        .filter(|(at, _)| part[at / 64] & (1 << (at % 64)) != 0)
        .map(|(_, it)| it.fired.clone())
        .collect();
    shows(player, &part, goal).then_some(part)
}

fn counts(net: &Net, place: Place, goal: Goal) -> bool {
    match (net.places[place as usize], goal) {
        (Spot::Flow(_), Goal::Second) => true,
        (Spot::Sink(end), Goal::Twice) => end != super::net::NO_END,
        (Spot::Start | Spot::Flow(_) | Spot::Inside(_) | Spot::Message(_) | Spot::Sink(_), _) => false,
    }
}

fn key(net: &Net, place: Place, goal: Goal) -> u32 {
    match (net.places[place as usize], goal) {
        (Spot::Sink(end), Goal::Twice) => end,
        (Spot::Start | Spot::Flow(_) | Spot::Inside(_) | Spot::Message(_) | Spot::Sink(_), _) => place,
    }
}

/// True when a run can be played and ends with what it is to show.
pub fn shows(player: &Player, run: &[Fired], goal: Goal) -> bool {
    let net = player.net;
    let Some(played) = player.play(run) else { return false };
    let mut by_key: Vec<(u32, u8)> = (0..net.places.len() as Place)
        .filter(|it| counts(net, *it, goal))
        .map(|it| (key(net, it, goal), played.tokens[it as usize]))
        .collect();
    by_key.sort_unstable();
    by_key.chunk_by(|a, b| a.0 == b.0).any(|it| it.iter().map(|it| it.1).sum::<u8>() > 1)
}

/// A run up to where it first shows the goal.
pub fn until(net: &Net, played: &Played, goal: Goal) -> Option<Vec<Fired>> {
    let mut tokens = vec![0u8; net.places.len()];
    tokens[START as usize] = 1;
    for (at, done) in played.run.iter().enumerate() {
        done.took.iter().for_each(|it| tokens[*it as usize] = tokens[*it as usize].saturating_sub(1));
        for place in &done.gave {
            tokens[*place as usize] += 1;
        }
        let all = |of: u32| {
            let places =
                (0..net.places.len() as Place).filter(|it| counts(net, *it, goal) && key(net, *it, goal) == of);
            places.map(|it| tokens[it as usize]).sum::<u8>()
        };
        if done.gave.iter().any(|it| counts(net, *it, goal) && all(key(net, *it, goal)) > 1) {
            return Some(played.run[..=at].iter().map(|it| it.fired.clone()).collect());
        }
    }
    None
}

/// Where two tokens wait inside a node, lets both go on the same way, so that they meet on a flow.
pub fn onto_flow(player: &Player, run: &mut Vec<Fired>) {
    let net = player.net;
    for _ in 0..4 {
        let Some(played) = player.play(run) else { return };
        let inside = (0..net.places.len() as Place)
            .find(|it| played.tokens[*it as usize] > 1 && matches!(net.places[*it as usize], Spot::Inside(_)));
        let Some(place) = inside.filter(|_| !shows(player, run, Goal::Second)) else { return };
        let on = net.moves.iter().position(|it| {
            it.kind == Kind::Plain && it.take == [place] && it.always.iter().any(|it| !net.is_sink(*it))
        });
        let Some(mv) = on else { return };
        let it = &net.moves[mv];
        let chosen = if it.need { it.maybe.iter().take(1).copied().collect() } else { Vec::new() };
        run.extend(vec![Fired { mv: mv as u32, chosen }; 2]);
    }
}
