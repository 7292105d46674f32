//! Pools that send each other messages, played together: a message waits at its receiver until it is taken (BPMN 2.0.2
//! §9.3, §13.1). Every pool is judged alone too, where each message may come; here it only comes when it was sent.
//!
//! A pool begins when it can: by itself, or by a message. Who waits for messages (a receive task, a message event) goes on with
//! any one of those sent to it. Messages from or to a black box come and go freely; subprocesses are opened ([`opened`]), and where one
//! stays closed around who waits, or around who sends to who waits, nothing is said of the pools. One instance of every pool is played; pools that send each other nothing are not played together.

use super::board::{Board, Parts};
use super::build::{Around, Outcome, Style, build};
use super::counted;
use super::drawing::{Drawing, Region};
use super::net::{Event, Fired, Gate, Kind, Move, NO_END, Net, Node, Place, START, Spot};
use super::run::Player;
use super::{Breaks, Checker, Fault, Process, Verdict, opened};
use crate::id::NodeId;
use crate::limits;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

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
    let inside: Vec<Vec<Element>> = flows.iter().map(|it| opened::opened(&it.flow_elements, messages)).collect();
    let pools: Vec<usize> = inside.iter().enumerate().flat_map(|(at, it)| vec![at; it.len()]).collect();
    let elements: Vec<Element> = inside.into_iter().flatten().collect();
    let drawing = Drawing::of(&elements);
    let mut together = Together { verdict: Verdict::Unknown, faults: Vec::new(), processes };
    let pool_of = |id: &NodeId| {
        let at = drawing.find(id.as_str()).map(|it| it as usize);
        let around = || elements.iter().position(|it| opened::hidden(it, id).is_some());
        at.or_else(around).map(|it| pools[it])
    };
    let groups = groups(flows.len(), messages, pool_of);
    if !groups.is_empty() {
        let inner: Vec<Option<Outcome>> =
            elements.iter().map(|it| (!it.inside().is_empty()).then(|| checker.outcome(it, flows))).collect();
        let all = All { flows, drawing: &drawing, inner: &inner, pools: &pools, messages };
        groups.iter().for_each(|group| all.play(group, &mut together, budget));
    }
    let verdict = |wanted: Verdict| together.processes.iter().any(|it| it.verdict == wanted);
    together.verdict = match (verdict(Verdict::Broken), verdict(Verdict::Unknown)) {
        (true, _) => Verdict::Broken,
        (false, true) => Verdict::Unknown,
        (false, false) => Verdict::Sound,
    };
    together
}

/// Pools that depend on each other, by messages between elements of theirs; the others are judged alone only.
fn groups(count: usize, messages: &[Message], pool: impl Fn(&NodeId) -> Option<usize>) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..count).collect();
    for message in messages {
        if let (Some(source), Some(target)) = (pool(&message.source), pool(&message.target)) {
            let (kept, gone) = (group[source], group[target]);
            group.iter_mut().filter(|it| **it == gone).for_each(|it| *it = kept);
        }
    }
    let of = |wanted: usize| (0..count).filter(|it| group[*it] == wanted).collect::<Vec<_>>();
    (0..count).map(of).filter(|it| it.len() > 1).collect()
}

/// All pools of a document.
struct All<'a> {
    flows: &'a [&'a Flow],
    drawing: &'a Drawing<'a>,
    inner: &'a [Option<Outcome>],
    /// By element: its pool.
    pools: &'a [usize],
    messages: &'a [Message],
}

impl All<'_> {
    /// Plays pools together, and adds what is wrong to the verdicts on them.
    fn play(&self, group: &[usize], together: &mut Together, budget: usize) {
        let Some((net, board)) = self.joined(group) else {
            group.iter().for_each(|it| undecided(&mut together.processes[*it]));
            return;
        };
        let tally = counted::explore(&net, &board, budget);
        if !tally.complete || self.is_closed(group) {
            group.iter().for_each(|it| undecided(&mut together.processes[*it]));
        }
        // Messages add no run: that two tokens come together where they never do alone is of a subprocess that is entered twice at
        // the same time, whose insides are two, not one.
        let safe = group.iter().all(|it| together.processes[*it].properties.safe == Some(true));
        if safe && tally.second.is_some() {
            group.iter().for_each(|it| undecided(&mut together.processes[*it]));
            return;
        }
        let named = super::scope::Named { elements: self.drawing.elements, drawing: self.drawing, net: &net, of: None };
        let player = Player::new(&net);
        let runs: [(&Option<Vec<Fired>>, Breaks); 4] = [
            (&tally.second, Breaks::Unsafe),
            (&tally.stuck, Breaks::Deadlock),
            (&tally.endless, Breaks::Livelock),
            (&tally.twice, Breaks::EndTwice),
        ];
        let mut faults = Vec::new();
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
            // The first move only opens the pools.
            let run = played.run.iter().skip(1).map(|it| named.step(it)).collect();
            faults.push(Fault { what, at, tokens: named.flows(&places), run, scope: None });
        }
        let happens = |node: &Node| net.moves.iter().zip(&tally.happened).any(|(it, yes)| *yes && it.node == *node);
        let dead: Vec<NodeId> = net.activities.iter().filter(|it| !happens(it)).map(|it| named.id(*it)).collect();
        if tally.complete && !dead.is_empty() {
            faults.push(Fault { what: Breaks::Dead, at: dead, tokens: Vec::new(), run: Vec::new(), scope: None });
        }
        for fault in &faults {
            for &pool in group {
                let here =
                    |id: &&NodeId| self.drawing.find(id.as_str()).is_some_and(|it| self.pools[it as usize] == pool);
                let at: Vec<NodeId> = fault.at.iter().filter(here).cloned().collect();
                if !at.is_empty() {
                    blame(&mut together.processes[pool], Fault { at, ..fault.clone() });
                }
            }
        }
        together.faults.extend(faults);
    }
}

/// Not every run of the pools together was seen: what messages could spoil is not known. A pool alone, to which they come
/// freely, has every run it has with the others, so that safe and proper completion stand.
fn undecided(process: &mut Process) {
    for it in [&mut process.properties.option_to_complete, &mut process.properties.no_dead_activities] {
        if *it == Some(true) {
            *it = None;
            if process.verdict == Verdict::Sound {
                process.verdict = Verdict::Unknown;
            }
        }
    }
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

impl All<'_> {
    /// True when somebody in a subprocess that stayed closed may wait for a message of these pools, or somebody who waits for one
    /// that is sent in there.
    fn is_closed(&self, group: &[usize]) -> bool {
        let place = |id: &NodeId| self.drawing.find(id.as_str());
        let hidden = |id: &NodeId| {
            let mut here = self.drawing.elements.iter().zip(self.pools).filter(|(_, pool)| group.contains(pool));
            here.find_map(|(it, _)| opened::hidden(it, id))
        };
        self.messages.iter().any(|it| match (place(&it.source), place(&it.target)) {
            (Some(_), Some(_)) => false,
            (None, Some(target)) => awaits(self.drawing, target).is_some() && hidden(&it.source).is_some(),
            (source, None) => {
                let sent = source.is_some() || hidden(&it.source).is_some();
                // An event subprocess does not wait: it may begin.
                let waits = |it: &Element| !matches!(it.kind, ElementKind::StartEvent { .. }) && waits(it).is_some();
                sent && hidden(&it.target).is_some_and(waits)
            }
        })
    }

    /// The nets of some pools in one, with places for messages. None: nothing begins in one of them, or there are too many
    /// combinations.
    fn joined(&self, group: &[usize]) -> Option<(Net, Board)> {
        // Every event on an activity is part of its net here.
        let within: Vec<bool> = self
            .drawing
            .elements
            .iter()
            .map(|it| matches!(it.kind, ElementKind::BoundaryEvent { cancel_activity: false, .. }))
            .collect();
        // Where they come again, it shows in the pool alone.
        let once = vec![false; self.drawing.elements.len()];
        let mut all = Net { places: vec![Spot::Start], ..Net::default() };
        let mut begin = Vec::new();
        for &pool in group {
            let region = Region::of(self.pools.iter().map(|it| *it == pool).collect());
            let codes = &self.flows[pool].errors;
            let around = Around { style: Style::Flow, codes, inner: self.inner, within: &within, again: &once };
            let net = build(self.drawing, &region, &around);
            if net.idle || !net.beyond.is_empty() {
                return None;
            }
            begin.push(append(&mut all, net));
        }
        // No element's move: it neither takes messages nor counts as something that happens.
        all.moves.insert(0, Move::plain(Node::MAX, Event::Opens, vec![START], begin.clone()));
        all.left.extend(begin);
        let mut targets: Vec<Node> =
            self.messages.iter().filter_map(|it| self.drawing.find(it.target.as_str())).collect();
        targets.sort_unstable();
        targets.dedup();
        for target in targets.into_iter().filter(|it| group.contains(&self.pools[*it as usize])) {
            self.deliver(&mut all, target);
        }
        all.moves.retain(|it| !it.take.is_empty());
        let board = Board::of(Parts::of(&all)).ok()?;
        Some((all, board))
    }

    /// Lets an element wait for one of the messages that are sent to it. One that may come from where nobody looks needs not.
    fn deliver(&self, net: &mut Net, target: Node) {
        let Some(all) = awaits(self.drawing, target) else { return };
        let mut waits = Vec::new();
        for (at, message) in self.messages.iter().enumerate() {
            if self.drawing.find(message.target.as_str()) != Some(target) {
                continue;
            }
            let source = self.drawing.find(message.source.as_str());
            match source.filter(|source| net.moves.iter().any(|it| it.node == *source && sends(it))) {
                Some(source) => waits.push((at as u32, source)),
                None if all => {}
                None => return,
            }
        }
        let mut places = Vec::new();
        for (message, source) in waits {
            let place = net.place(Spot::Message(message));
            places.push(place);
            net.left.push(place);
            net.room.push((place, limits::CHECK_MESSAGES));
            net.moves.iter_mut().filter(|it| it.node == source && sends(it)).for_each(|it| it.always.push(place));
        }
        receive(net, self.drawing, target, &places, all);
    }
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
        if let Kind::Activate(gate) | Kind::Reset(gate) = &mut it.kind {
            *gate += all.gates.len() as u32;
        }
        all.moves.push(it);
    }
    all.pools.push((shift, end));
    all.left.extend(net.left.iter().map(|it| it + shift));
    all.gates.extend(net.gates.into_iter().map(|it| Gate {
        ins: it.ins.iter().map(|it| it + shift).collect(),
        taken: it.taken.iter().map(|it| it + shift).collect(),
        armed: it.armed + shift,
        resetting: it.resetting + shift,
        asks: it.asks,
    }));
    all.activities.extend(net.activities);
    all.room.extend(net.room.into_iter().map(|(place, room)| (place + shift, room)));
    START + shift
}

/// The move with which a node sends.
fn sends(it: &Move) -> bool {
    matches!(it.event, Event::Completes | Event::Ends | Event::Throws | Event::Terminates)
}

/// Whether an element waits for messages, and then whether for all of them (a parallel multiple event). None: it takes what
/// comes while it is at work, or nothing: a task that is no receive task does not wait (§10.3.3).
fn awaits(drawing: &Drawing, target: Node) -> Option<bool> {
    waits(&drawing.elements[target as usize])
}

fn waits(it: &Element) -> Option<bool> {
    let definition = match &it.kind {
        ElementKind::ReceiveTask { .. } | ElementKind::StartEvent { event_definition: None, .. } => return Some(false),
        ElementKind::StartEvent { event_definition: Some(it), .. }
        | ElementKind::IntermediateCatchEvent { event_definition: it }
        | ElementKind::BoundaryEvent { event_definition: it, cancel_activity: true, .. } => it,
        _ => return None,
    };
    match definition {
        EventDefinition::Message { .. } => Some(false),
        EventDefinition::Multiple { parallel, event_definitions } => {
            let message = |it: &EventDefinition| matches!(it, EventDefinition::Message { .. });
            let all = event_definitions.iter().all(message);
            // Another of its events may come instead.
            (if *parallel { event_definitions.iter().any(message) } else { all }).then_some(*parallel)
        }
        EventDefinition::Timer { .. }
        | EventDefinition::Signal { .. }
        | EventDefinition::Error { .. }
        | EventDefinition::Escalation { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => None,
    }
}

/// Lets a node take one of these messages when it goes on, or all of them.
fn receive(net: &mut Net, drawing: &Drawing, target: Node, places: &[Place], all: bool) {
    let takes = |it: &Move| {
        it.node == target
            && matches!(it.event, Event::Completes | Event::Starts | Event::Interrupts)
            && matches!(it.kind, Kind::Plain | Kind::Empties(_))
    };
    let Some((first, others)) = places.split_first() else { return };
    let mut entries: Vec<usize> = Vec::new();
    for at in (0..net.moves.len()).filter(|it| takes(&net.moves[*it])) {
        // Behind an event-based gateway the message is what the gateway waits for.
        let before = entries.len();
        entries.extend((0..net.moves.len()).filter(|it| {
            let it = &net.moves[*it];
            let kind = drawing.elements.get(it.node as usize).map(|it| &it.kind);
            matches!(kind, Some(ElementKind::EventBasedGateway { .. }))
                && net.moves[at].take.first().is_some_and(|way| it.always.contains(way))
        }));
        if entries.len() == before {
            entries.push(at);
        }
    }
    entries.sort_unstable();
    entries.dedup();
    for at in entries {
        if all {
            net.moves[at].take.extend(places);
            continue;
        }
        for &place in others {
            let mut other = net.moves[at].clone();
            other.take.push(place);
            net.moves.push(other);
        }
        net.moves[at].take.push(*first);
    }
}
