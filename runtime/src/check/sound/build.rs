//! Makes the net of a part of a scope, element by element. Subprocesses and called flows are one move each here: they
//! are judged for themselves, and [`Outcome`] says how they can end.

use super::drawing::{Drawing, Region};
use super::net::{Event, Exit, Kind, Move, NO_END, Net, Node, Place, START, Spot};
use crate::check::condition::apart;
use crate::model::flow::{Element, ElementKind, ErrorDef, EventDefinition};

/// How the inside of an activity can end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub normal: bool,
    /// Codes of errors that end it, caught inside left out; empty text: an error without a code.
    pub errors: Vec<String>,
    /// By a cancel end event.
    pub cancels: bool,
}

/// How a scope begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// At its start events, or where nothing leads to.
    Flow,
    /// Any of its activities, chosen by people (ad-hoc subprocess).
    Chosen,
}

/// What making a net needs to know besides the drawing.
pub struct Around<'a> {
    pub style: Style,
    pub codes: &'a [ErrorDef],
    /// By position: how the inside of an activity can end; none: it has no inside.
    pub inner: &'a [Option<Outcome>],
    /// Non-interrupting events that are part of the net of their activity.
    pub within: &'a [bool],
    /// Those of them that may happen again while the activity is open.
    pub again: &'a [bool],
}

/// Most moves of one node that differ only in the way in and the way out; above, the ways in meet in one place.
const WAYS: usize = 1_024;

/// Most choices of conditions that are moves of their own; above, any of them is taken to be possible.
const CHOICES: usize = 32;

/// What a node gives when it is left.
#[derive(Clone, Default)]
pub(super) struct Leave {
    pub always: Vec<Place>,
    pub maybe: Vec<Place>,
    pub need: bool,
    pub default: Option<Place>,
    /// Pairs of `maybe`, by place, that are never given together.
    pub apart: Vec<(usize, usize)>,
}

impl Leave {
    /// What can be given at once, each of it a move. One, where every choice of `maybe` can be; else every choice without two
    /// that are apart, and the default alone.
    fn ways(self) -> Vec<Self> {
        if self.apart.is_empty() {
            return vec![self];
        }
        let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
        for it in 0..self.maybe.len() {
            let beside = |other: &usize| !self.apart.contains(&(*other, it));
            let more: Vec<Vec<usize>> =
                sets.iter().filter(|set| set.iter().all(beside)).map(|set| [set.as_slice(), &[it]].concat()).collect();
            sets.extend(more);
            if sets.len() > CHOICES {
                return vec![Self { apart: Vec::new(), ..self }];
            }
        }
        let gives = |set: Vec<usize>| {
            let mut always = self.always.clone();
            always.extend(set.iter().map(|it| self.maybe[*it]));
            if set.is_empty() {
                always.extend(self.default);
            }
            (!always.is_empty()).then(|| Self { always, ..Self::default() })
        };
        sets.into_iter().filter_map(gives).collect()
    }
}

pub(super) struct Builder<'a> {
    pub drawing: &'a Drawing<'a>,
    pub around: &'a Around<'a>,
    pub region: &'a Region,
    pub net: Net,
    /// Place of a sequence flow; by position.
    pub(super) flows: Vec<Place>,
    /// Places before a node that begins with the scope or is reached by links; by position.
    before: Vec<Vec<Place>>,
    /// Of every throwing link and each that catches it: the place between them.
    links: Vec<(Node, Place)>,
    /// End events so far.
    ends: u32,
}

/// The net of a region.
pub fn build(drawing: &Drawing, region: &Region, around: &Around) -> Net {
    let size = drawing.elements.len();
    let mut it = Builder {
        drawing,
        around,
        region,
        net: Net { places: Vec::with_capacity(size + 1), moves: Vec::with_capacity(size), ..Net::default() },
        flows: vec![START; size],
        before: vec![Vec::new(); size],
        links: Vec::new(),
        ends: 0,
    };
    it.net.places.push(Spot::Start);
    for (node, flows) in drawing.into.iter().enumerate() {
        for &flow in flows {
            if region.has(node as Node) || region.has(drawing.ends[flow as usize].0) {
                it.flows[flow as usize] = it.net.place(Spot::Flow(flow));
            }
        }
    }
    it.link();
    it.begin();
    for at in 0..size as Node {
        if region.has(at) {
            it.element(at);
        }
    }
    it.arm();
    if !it.net.has_joins() {
        it.net.moves.retain(|it| it.kind != Kind::Never);
    }
    it.net
}

/// True for an element that can begin the scope: a start event, or what starts an instance (§13.3.3, §10.6.6).
fn starts(it: &Element) -> bool {
    matches!(
        it.kind,
        ElementKind::StartEvent { .. }
            | ElementKind::ReceiveTask { instantiate: true, .. }
            | ElementKind::EventBasedGateway { instantiate: true, .. }
    )
}

impl<'a> Builder<'a> {
    pub(super) fn element_at(&self, at: Node) -> &'a Element {
        &self.drawing.elements[at as usize]
    }

    pub(super) fn sink(&mut self, end: u32) -> Place {
        self.net.place(Spot::Sink(end))
    }

    fn add(&mut self, node: Node, event: Event, take: Vec<Place>, leave: Leave) {
        self.give(node, event, Kind::Plain, &take, leave);
    }

    pub(super) fn give(&mut self, node: Node, event: Event, kind: Kind, take: &[Place], leave: Leave) {
        for Leave { always, maybe, need, default, apart: _ } in leave.ways() {
            let it = Move::plain(node, event, take.to_vec(), always);
            self.net.moves.push(Move { kind, maybe, need, default, ..it });
        }
    }

    /// Lets the scope begin: each start event is a start of its own; without any, everything begins that nothing leads to.
    fn begin(&mut self) {
        if !self.region.entries.is_empty() {
            for event in self.region.entries.clone() {
                let leave = self.leave(event);
                self.add(event, Event::Fires, vec![START], leave);
            }
            return;
        }
        let roots: Vec<Node> = (0..self.drawing.elements.len() as Node)
            .filter(|it| self.region.has(*it) && self.drawing.is_root(*it))
            .collect();
        let starting = roots.iter().any(|it| starts(self.element_at(*it)));
        if starting && self.around.style == Style::Flow {
            return; // Each of them makes its own move.
        }
        let Some(&first) = roots.first() else {
            self.net.idle = self.drawing.elements.iter().any(|it| it.kind.is_node());
            let sink = self.sink(NO_END);
            let idle = Move::plain(0, Event::Starts, vec![START], vec![sink]);
            if !self.net.idle {
                self.net.moves.push(idle);
            }
            return;
        };
        let places: Vec<Place> = roots.iter().map(|it| self.entry(*it)).collect();
        match self.around.style {
            Style::Flow => self.add(first, Event::Starts, vec![START], Leave { always: places, ..Leave::default() }),
            Style::Chosen => {
                let always = vec![self.sink(NO_END)];
                self.add(first, Event::Starts, vec![START], Leave { always, maybe: places, ..Leave::default() });
            }
        }
    }

    /// The place before a node that is entered without a sequence flow.
    fn entry(&mut self, node: Node) -> Place {
        let place = self.net.place(Spot::Inside(node));
        self.before[node as usize].push(place);
        place
    }

    /// Each pair of links that throws and catches is a way of its own, like a sequence flow.
    fn link(&mut self) {
        for at in 0..self.drawing.elements.len() as Node {
            if let ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { name }) } =
                &self.element_at(at).kind
                && self.region.has(at)
            {
                let catching: Vec<Node> = self.drawing.catching(name).filter(|it| self.region.has(*it)).collect();
                for node in catching {
                    let place = self.entry(node);
                    self.links.push((at, place));
                }
            }
        }
    }

    /// The places a node takes its tokens from.
    pub(super) fn ins(&self, node: Node) -> Vec<Place> {
        let flows = self.drawing.into[node as usize].iter().map(|it| self.flows[*it as usize]);
        flows.chain(self.before[node as usize].iter().copied()).collect()
    }

    pub(super) fn outs(&self, node: Node) -> Vec<Place> {
        self.drawing.out[node as usize].iter().map(|it| self.flows[*it as usize]).collect()
    }

    /// The ways in of a node that takes one token at a time; many ways in times many ways out meet in one place first.
    pub(super) fn ways_in(&mut self, node: Node, ways_out: usize) -> Vec<Place> {
        let ins = self.ins(node);
        if ins.len() > 1 && ins.len().saturating_mul(ways_out) > WAYS {
            let meet = self.net.place(Spot::Inside(node));
            for it in ins {
                self.net.moves.push(Move::plain(node, Event::Joins, vec![it], vec![meet]));
            }
            return vec![meet];
        }
        if ins.len() > 1 && !self.drawing.out[node as usize].is_empty() {
            self.net.alike.push(ins.clone());
        }
        ins
    }

    /// What leaving a node without a gateway gives: all unconditional flows (implicit parallel split), and any of the
    /// conditional ones (implicit inclusive split, §13.3.2) that can hold together; the default flow only when nothing else is taken.
    pub(super) fn leave(&mut self, node: Node) -> Leave {
        let out = &self.drawing.out[node as usize];
        if out.is_empty() {
            return Leave { always: vec![self.sink(NO_END)], ..Leave::default() };
        }
        let default = self.element_at(node).default.as_ref().and_then(|it| self.drawing.find(it.as_str()));
        let mut leave = Leave::default();
        let (mut other, mut asked) = (None, Vec::new());
        for &flow in out {
            let place = self.flows[flow as usize];
            let conditional =
                matches!(&self.element_at(flow).kind, ElementKind::SequenceFlow { condition_expression: Some(_), .. });
            if Some(flow) == default {
                other = Some(place);
            } else if conditional {
                leave.maybe.push(place);
                asked.push(self.element_at(flow));
            } else {
                leave.always.push(place);
            }
        }
        if asked.len() > 1 {
            leave.apart = apart(&asked);
        }
        if leave.always.is_empty() {
            leave.need = true;
            if leave.maybe.is_empty() {
                leave.always.extend(other);
            } else {
                leave.default = other;
            }
        }
        leave
    }

    /// What an inclusive gateway gives: any of its flows, at least one; or the default alone.
    fn choose(&mut self, node: Node) -> Leave {
        let out = &self.drawing.out[node as usize];
        match out.len() {
            0 => Leave { always: vec![self.sink(NO_END)], ..Leave::default() },
            1 => Leave { always: self.outs(node), ..Leave::default() },
            _ => {
                let default = self.element_at(node).default.as_ref().and_then(|it| self.drawing.find(it.as_str()));
                let default = default.filter(|it| out.contains(it)).map(|it| self.flows[it as usize]);
                let maybe = self.outs(node).into_iter().filter(|it| Some(*it) != default).collect();
                Leave { maybe, need: true, default, ..Leave::default() }
            }
        }
    }

    fn element(&mut self, at: Node) {
        let it = self.element_at(at);
        match &it.kind {
            ElementKind::SequenceFlow { .. }
            | ElementKind::TextAnnotation { .. }
            | ElementKind::Association { .. }
            | ElementKind::Group { .. }
            | ElementKind::DataObject { .. }
            | ElementKind::DataObjectReference { .. }
            | ElementKind::DataStoreReference { .. }
            | ElementKind::BoundaryEvent { .. } => {}
            ElementKind::StartEvent { .. } => {
                for take in if self.drawing.into[at as usize].is_empty() { vec![START] } else { self.ins(at) } {
                    let leave = self.leave(at);
                    self.add(at, Event::Starts, vec![take], leave);
                }
            }
            ElementKind::EndEvent { event_definition } => self.end(at, event_definition.as_ref()),
            ElementKind::ExclusiveGateway {} => self.exclusive(at),
            ElementKind::EventBasedGateway { instantiate, parallel } => {
                if *instantiate && self.drawing.into[at as usize].is_empty() && self.around.style == Style::Flow {
                    self.instantiating(at, *parallel);
                } else {
                    self.exclusive(at);
                }
            }
            ElementKind::ParallelGateway {} => {
                let take = self.ins(at);
                if !take.is_empty() {
                    let outs = self.outs(at);
                    let always = if outs.is_empty() { vec![self.sink(NO_END)] } else { outs };
                    self.net.moves.push(Move::plain(at, Event::Joins, take, always));
                }
            }
            ElementKind::InclusiveGateway {} => self.inclusive(at),
            ElementKind::ComplexGateway { activation_condition } => match activation_condition {
                Some(condition) if self.ins(at).len() > 1 => self.complex(at, condition),
                Some(_) | None => self.inclusive(at),
            },
            ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { .. }) } => {
                let mut places: Vec<Place> =
                    self.links.iter().filter(|(it, _)| *it == at).map(|(_, place)| *place).collect();
                if places.is_empty() {
                    // Nobody catches it: the token is stuck behind it.
                    places.push(self.net.place(Spot::Inside(at)));
                }
                for take in self.ins(at) {
                    self.net.moves.push(Move::plain(at, Event::Throws, vec![take], places.clone()));
                }
            }
            ElementKind::UserTask(_)
            | ElementKind::Task {}
            | ElementKind::ManualTask {}
            | ElementKind::ServiceTask { .. }
            | ElementKind::ScriptTask { .. }
            | ElementKind::SendTask { .. }
            | ElementKind::ReceiveTask { .. }
            | ElementKind::BusinessRuleTask { .. }
            | ElementKind::CallActivity { .. }
            | ElementKind::IntermediateCatchEvent { .. }
            | ElementKind::IntermediateThrowEvent { .. }
            | ElementKind::SubProcess { .. }
            | ElementKind::Transaction { .. }
            | ElementKind::AdHocSubProcess { .. } => {
                let apart = it.is_for_compensation
                    || matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. });
                if !apart {
                    self.activity(at);
                }
            }
        }
    }

    fn exclusive(&mut self, at: Node) {
        let outs = self.outs(at);
        for take in self.ways_in(at, outs.len().max(1)) {
            if outs.is_empty() {
                let sink = self.sink(NO_END);
                self.net.moves.push(Move::plain(at, Event::Chooses, vec![take], vec![sink]));
            }
            for &out in &outs {
                self.net.moves.push(Move::plain(at, Event::Chooses, vec![take], vec![out]));
            }
        }
    }

    /// Its first event begins the instance; a parallel one waits for the others too (§10.6.6).
    fn instantiating(&mut self, at: Node, parallel: bool) {
        let outs = self.outs(at);
        if parallel {
            self.net.moves.push(Move::plain(at, Event::Starts, vec![START], outs));
        } else {
            for out in outs {
                self.net.moves.push(Move::plain(at, Event::Starts, vec![START], vec![out]));
            }
        }
    }

    fn inclusive(&mut self, at: Node) {
        let take = self.ins(at);
        let leave = self.choose(at);
        match take.len() {
            0 => {}
            1 => self.add(at, Event::Splits, take, leave),
            _ => {
                self.add(at, Event::Joins, take, leave);
                if let Some(it) = self.net.moves.last_mut() {
                    it.kind = Kind::Join;
                }
            }
        }
    }

    fn end(&mut self, at: Node, definition: Option<&EventDefinition>) {
        let exit = definition.and_then(|it| self.exit(it));
        let end = self.ends;
        self.ends += 1;
        for take in self.ins(at) {
            match exit {
                Some(exit) => {
                    let event = if exit == Exit::Normal { Event::Terminates } else { Event::Throws };
                    self.net
                        .moves
                        .push(Move { kind: Kind::Leaves(exit), ..Move::plain(at, event, vec![take], Vec::new()) });
                }
                None => {
                    let sink = self.sink(end);
                    self.net.moves.push(Move::plain(at, Event::Ends, vec![take], vec![sink]));
                }
            }
        }
    }

    /// How an end event leaves the whole scope; none: it only takes its own token.
    fn exit(&mut self, definition: &EventDefinition) -> Option<Exit> {
        match definition {
            EventDefinition::Terminate {} => Some(Exit::Normal),
            EventDefinition::Cancel {} => Some(Exit::Cancel),
            EventDefinition::Error { error_ref } => {
                let code = self.code(error_ref.as_deref());
                Some(self.throws(code))
            }
            EventDefinition::Multiple { event_definitions, .. } => {
                event_definitions.iter().find_map(|it| self.exit(it))
            }
            EventDefinition::Timer { .. }
            | EventDefinition::Message { .. }
            | EventDefinition::Signal { .. }
            | EventDefinition::Escalation { .. }
            | EventDefinition::Conditional { .. }
            | EventDefinition::Compensate { .. }
            | EventDefinition::Link { .. } => None,
        }
    }

    /// The code an error reference stands for.
    pub(super) fn code(&self, reference: Option<&str>) -> String {
        let reference = reference.unwrap_or_default();
        let known = self.around.codes.iter().find(|it| it.id == reference);
        known.map_or(reference, |it| it.error_code.as_str()).to_owned()
    }

    pub(super) fn throws(&mut self, code: String) -> Exit {
        let at = self.net.errors.iter().position(|it| *it == code).unwrap_or_else(|| {
            self.net.errors.push(code);
            self.net.errors.len() - 1
        });
        Exit::Error(at as u32)
    }
}
