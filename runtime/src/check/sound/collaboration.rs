//! Pools that send each other messages, played together: a message waits at its receiver until it is taken (BPMN 2.0.2
//! §9.3, §13.1). Every pool is judged alone too, where each message may come; here it only comes when it was sent.
//!
//! A pool begins when it can: by itself, or by a message. Messages from or to what is inside a subprocess, a handler or a
//! black box come and go freely. One instance of every pool is played.

use super::board::{Board, Parts};
use super::build::{Around, Outcome, Style, build};
use super::counted;
use super::drawing::{Drawing, Region};
use super::net::{Event, Fired, Kind, Move, NO_END, Net, Node, Place, START, Spot};
use super::run::Player;
use super::{Breaks, Checker, Fault, Process, Properties, Verdict};
use crate::id::NodeId;
use crate::limits;
use crate::model::flow::{Element, ElementKind, Flow};

/// A message flow: from an element of one pool to one of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub source: NodeId,
    pub target: NodeId,
}

/// The verdict on pools together.
#[derive(Clone, Debug, PartialEq)]
pub struct Together {
    pub verdict: Verdict,
    pub properties: Properties,
    pub faults: Vec<Fault>,
    /// Every pool: alone, and with what goes wrong in it because of the others.
    pub processes: Vec<Process>,
}

/// Judges pools alone and together; `budget` bounds the states looked at for each and for all.
pub fn judge_collaboration(flows: &[&Flow], messages: &[Message], budget: usize) -> Together {
    let mut checker = Checker::new(budget);
    let processes = flows.iter().map(|it| checker.judge(it)).collect();
    judge_together(processes, flows, messages, budget)
}

/// The same, where the pools are judged alone already; in the order of the flows.
pub fn judge_together(processes: Vec<Process>, flows: &[&Flow], messages: &[Message], budget: usize) -> Together {
    let mut checker = Checker::new(budget);
    let mut together =
        Together { verdict: Verdict::Unknown, properties: Properties::default(), faults: Vec::new(), processes };
    let elements: Vec<Element> = flows.iter().flat_map(|it| it.flow_elements.iter().cloned()).collect();
    let pools: Vec<usize> = flows.iter().enumerate().flat_map(|(at, it)| vec![at; it.flow_elements.len()]).collect();
    let drawing = Drawing::of(&elements);
    let inner: Vec<Option<Outcome>> =
        elements.iter().map(|it| (!it.inside().is_empty()).then(|| checker.outcome(it, flows))).collect();
    let Some((net, board)) = joined(flows, &drawing, &inner, &pools, messages) else {
        return together;
    };
    let tally = counted::explore(&net, &board, budget);
    let known = |bad: bool| if bad { Some(false) } else { tally.complete.then_some(true) };
    together.properties = Properties {
        safe: known(tally.second.is_some()),
        option_to_complete: known(tally.stuck.is_some() || tally.endless.is_some()),
        proper_completion: known(tally.twice.is_some()),
        no_dead_activities: None,
    };
    let dead: Vec<Node> = net
        .activities
        .iter()
        .copied()
        .filter(|node| !net.moves.iter().zip(&tally.happened).any(|(it, happened)| it.node == *node && *happened))
        .collect();
    if dead.is_empty() {
        together.properties.no_dead_activities = Some(true);
    } else if tally.complete {
        together.properties.no_dead_activities = Some(false);
    }
    let named = super::scope::Named { elements: &elements, drawing: &drawing, net: &net, of: None };
    let player = Player::new(&net);
    let runs: [(&Option<Vec<Fired>>, Breaks); 4] = [
        (&tally.second, Breaks::Unsafe),
        (&tally.stuck, Breaks::Deadlock),
        (&tally.endless, Breaks::Livelock),
        (&tally.twice, Breaks::EndTwice),
    ];
    for (run, what) in runs {
        let Some(played) = run.as_ref().and_then(|run| player.play(run)) else { continue };
        let places = played.marked(&net);
        let at = match what {
            Breaks::Unsafe | Breaks::EndTwice => {
                played.run.last().map(|it| named.id(net.moves[it.fired.mv as usize].node)).into_iter().collect()
            }
            Breaks::Deadlock | Breaks::Livelock | Breaks::Dead | Breaks::NoStart | Breaks::Callee => {
                named.waiting(&places)
            }
        };
        let run = played.run.iter().map(|it| named.step(it)).collect();
        together.faults.push(Fault { what, at, tokens: named.flows(&places), run, scope: None });
    }
    if tally.complete && !dead.is_empty() {
        let at = dead.iter().map(|it| named.id(*it)).collect();
        together.faults.push(Fault { what: Breaks::Dead, at, tokens: Vec::new(), run: Vec::new(), scope: None });
    }
    for fault in &together.faults {
        for (pool, process) in together.processes.iter_mut().enumerate() {
            let here = |id: &NodeId| drawing.find(id.as_str()).is_some_and(|it| pools[it as usize] == pool);
            let at: Vec<NodeId> = fault.at.iter().filter(|it| here(it)).cloned().collect();
            if !at.is_empty() {
                blame(process, Fault { at, ..fault.clone() });
            }
        }
    }
    together.verdict = if together.properties.all().contains(&Some(false)) {
        Verdict::Broken
    } else if together.properties.all().contains(&None)
        || together.processes.iter().any(|it| it.verdict == Verdict::Unknown)
    {
        Verdict::Unknown
    } else {
        Verdict::Sound
    };
    together
}

/// A fault the pools have together is one of the pool it shows in, unless that has one of the kind already.
fn blame(process: &mut Process, fault: Fault) {
    let property = match fault.what {
        Breaks::Unsafe => &mut process.properties.safe,
        Breaks::Deadlock | Breaks::Livelock | Breaks::NoStart | Breaks::Callee => {
            &mut process.properties.option_to_complete
        }
        Breaks::EndTwice => &mut process.properties.proper_completion,
        Breaks::Dead => &mut process.properties.no_dead_activities,
    };
    if *property == Some(false) {
        return;
    }
    *property = Some(false);
    process.verdict = Verdict::Broken;
    if process.counterexample.is_empty() {
        process.counterexample = fault.run.clone();
    }
    process.faults.push(fault);
}

/// The nets of all pools in one, with places for messages. None: too many combinations.
fn joined(
    flows: &[&Flow],
    drawing: &Drawing,
    inner: &[Option<Outcome>],
    pools: &[usize],
    messages: &[Message],
) -> Option<(Net, Board)> {
    // Every event on an activity is part of its net here.
    let within: Vec<bool> = drawing
        .elements
        .iter()
        .map(|it| matches!(it.kind, ElementKind::BoundaryEvent { cancel_activity: false, .. }))
        .collect();
    let mut all = Net { places: vec![Spot::Start], ..Net::default() };
    let mut begin = Vec::new();
    for (pool, flow) in flows.iter().enumerate() {
        let region = Region::of(pools.iter().map(|it| *it == pool).collect());
        let around = Around { style: Style::Flow, codes: &flow.errors, inner, within: &within };
        let net = build(drawing, &region, &around);
        if net.idle || !net.beyond.is_empty() {
            return None;
        }
        begin.push(append(&mut all, net));
    }
    all.moves.push(Move::plain(0, Event::Starts, vec![START], begin.clone()));
    all.left = begin;
    for (at, message) in messages.iter().enumerate() {
        let (Some(source), Some(target)) =
            (drawing.find(message.source.as_str()), drawing.find(message.target.as_str()))
        else {
            continue;
        };
        if all.moves.iter().any(|it| it.node == source && sends(it)) {
            let place = all.place(Spot::Message(at as u32));
            if receive(&mut all, drawing, target, place) {
                all.left.push(place);
                all.room.push((place, limits::CHECK_MESSAGES));
                for it in all.moves.iter_mut().filter(|it| it.node == source && sends(it)) {
                    it.always.push(place);
                }
            }
        }
    }
    all.moves.retain(|it| !it.take.is_empty());
    let board = Board::of(Parts::of(&all)).ok()?;
    Some((all, board))
}

/// Adds a net to another, which gives it places and ends of its own; returns where it begins.
fn append(all: &mut Net, net: Net) -> Place {
    let shift = all.places.len() as Place;
    let ends = all.places.iter().filter(|it| matches!(it, Spot::Sink(_))).count() as u32;
    all.places.extend(net.places.iter().map(|it| match it {
        Spot::Sink(end) if *end != NO_END => Spot::Sink(end + ends),
        Spot::Start | Spot::Flow(_) | Spot::Inside(_) | Spot::Sink(_) | Spot::Message(_) => *it,
    }));
    let sink = all.place(Spot::Sink(NO_END));
    let end = all.places.len() as Place;
    for mut it in net.moves {
        let moved = [&mut it.take, &mut it.always, &mut it.maybe];
        moved.into_iter().for_each(|places| places.iter_mut().for_each(|it| *it += shift));
        it.default = it.default.map(|it| it + shift);
        if let Kind::Leaves(_) = it.kind {
            it.kind = Kind::Empties(all.pools.len() as u32);
            it.always.push(sink);
        }
        all.moves.push(it);
    }
    all.pools.push((shift, end));
    all.activities.extend(net.activities);
    all.room.extend(net.room.into_iter().map(|(place, room)| (place + shift, room)));
    START + shift
}

/// The move with which a node sends.
fn sends(it: &Move) -> bool {
    matches!(it.event, Event::Completes | Event::Ends | Event::Throws | Event::Terminates)
}

/// Lets a node wait for a message; false: it takes none.
fn receive(net: &mut Net, drawing: &Drawing, target: Node, place: Place) -> bool {
    let takes = |it: &Move| {
        it.node == target
            && matches!(it.event, Event::Completes | Event::Starts | Event::Interrupts)
            && matches!(it.kind, Kind::Plain | Kind::Empties(_))
    };
    let mut found = false;
    for at in 0..net.moves.len() {
        if !takes(&net.moves[at]) {
            continue;
        }
        found = true;
        // Behind an event-based gateway the message is what the gateway waits for.
        let gateways: Vec<usize> = (0..net.moves.len())
            .filter(|it| {
                let it = &net.moves[*it];
                let kind = &drawing.elements[it.node as usize].kind;
                matches!(kind, ElementKind::EventBasedGateway { .. }) && it.always == net.moves[at].take
            })
            .collect();
        if gateways.is_empty() {
            net.moves[at].take.push(place);
        }
        gateways.iter().for_each(|it| net.moves[*it].take.push(place));
    }
    found
}
