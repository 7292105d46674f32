//! A second, simple token game, straight from the elements of a scope: no net, no shortening, every state kept, tokens
//! counted. Slow and obviously right; what it says the checker must say. [`super::nested`] plays scopes in scopes with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// Most tokens on one place, beyond what it has room for.
const MOST: u8 = 4;

/// What the game saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saw {
    /// Every reachable state was seen.
    pub whole: bool,
    /// Fewest moves to two tokens on one flow.
    pub second: Option<usize>,
    pub stuck: Option<usize>,
    /// Fewest moves to where the end is out of reach.
    pub endless: Option<usize>,
    /// Flows with tokens where a run stands still, and where the end is out of reach, after so few moves.
    pub still: BTreeSet<Vec<String>>,
    pub lost: BTreeSet<Vec<String>>,
    pub twice: Option<usize>,
    pub dead: BTreeSet<String>,
    pub ends: Ends,
}

impl Saw {
    /// Safe, option to complete, proper completion, no dead activities.
    pub fn properties(&self) -> [bool; 4] {
        let ends = self.stuck.is_none() && self.endless.is_none();
        [self.second.is_none(), ends, self.twice.is_none(), self.dead.is_empty()]
    }
}

/// How a scope can end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ends {
    pub normal: bool,
    pub errors: BTreeSet<String>,
    pub cancels: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    Normal,
    Error(String),
    Cancel,
}

/// Tokens by place, ends reached by end event (two is many), how the scope was left, and the ways complex gateways that
/// wait for reset have been given tokens by, by node.
pub type State = (Vec<u8>, Vec<u8>, Option<Exit>, BTreeMap<usize, BTreeSet<usize>>);

/// Where a token can be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// A sequence flow, a link, or before a node that begins by itself; with a condition or not.
    Way { from: Option<usize>, to: Option<usize>, conditional: bool },
    /// In an activity with events beside it, or that takes several tokens.
    Inside(usize),
    /// In a transaction that was cancelled, and nothing leads on.
    Cancelled(usize),
    /// An event beside an activity, on its way out.
    Fired(usize),
}

/// The part of a scope that is played.
pub struct Part<'a> {
    pub elements: &'a [Element],
    /// By element: it belongs to the part.
    pub members: &'a [bool],
    /// Events it begins with; none: it begins as scopes do.
    pub entries: &'a [usize],
    /// Its activities begin in any order (ad-hoc).
    pub chosen: bool,
    /// By element: how its inside ends.
    pub inner: &'a [Option<Ends>],
    /// What an error reference stands for.
    pub code: &'a dyn Fn(Option<&str>) -> String,
}

/// Which ways a node gives tokens to, where its conditions are known to hold or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    /// Not known: every choice is a move.
    Open,
    /// Exactly these.
    Ways(Vec<usize>),
    /// None holds: the token stays.
    Stuck,
}

/// By node, what is decided there.
pub type Decide<'a> = &'a dyn Fn(usize) -> Decided;

pub struct Game<'a> {
    part: &'a Part<'a>,
    nodes: Vec<&'a Element>,
    /// By node: it belongs to the part.
    member: Vec<bool>,
    inner: Vec<Option<&'a Ends>>,
    places: Vec<Place>,
    /// Of every place: the sequence flow it is.
    flows: Vec<Option<&'a NodeId>>,
    /// Tokens a place has room for.
    room: Vec<u8>,
    /// Ways into and out of every node, and the events on it: those that interrupt, those beside it.
    ins: Vec<Vec<usize>>,
    outs: Vec<Vec<usize>>,
    interrupting: Vec<Vec<usize>>,
    beside: Vec<Vec<usize>>,
    /// From which places a way is reached without passing the node it leads to.
    before: BTreeMap<usize, BTreeSet<usize>>,
    /// … by sequence flows alone: not over the events on an activity.
    by_flows: BTreeMap<usize, BTreeSet<usize>>,
}

/// Plays every run of a flow without subprocesses, up to `most` states.
pub fn play(flow: &Flow, most: usize) -> Saw {
    let size = flow.flow_elements.len();
    let part = Part {
        elements: &flow.flow_elements,
        members: &vec![true; size],
        entries: &[],
        chosen: false,
        inner: &vec![None; size],
        code: &|it| it.unwrap_or_default().to_owned(),
    };
    play_part(&part, most)
}

/// Plays every run of a part of a scope.
pub fn play_part(part: &Part, most: usize) -> Saw {
    let game = Game::of(part);
    let mut saw = Saw { whole: true, ..Saw::default() };
    let mut depth: BTreeMap<State, usize> = BTreeMap::new();
    let mut next: BTreeMap<State, Vec<State>> = BTreeMap::new();
    let mut happened: BTreeSet<usize> = BTreeSet::new();
    let mut level: Vec<State> = Vec::new();
    let visit = |state: State, at: usize, depth: &mut BTreeMap<State, usize>, level: &mut Vec<State>| {
        depth.entry(state.clone()).or_insert_with(|| {
            level.push(state);
            at
        });
    };
    let nothing = game.nothing();
    for give in game.begin() {
        let state = game.after(&nothing, &[], &give);
        game.note(&mut saw, &nothing, &state, 1);
        visit(state, 1, &mut depth, &mut level);
    }
    let mut moves = 1;
    while !level.is_empty() {
        let mut later = Vec::new();
        for state in level {
            if depth.len() > most || state.0.iter().zip(&game.room).any(|(it, room)| *it >= MOST + room) {
                saw.whole = false;
                continue;
            }
            for (node, to) in game.moves(&state) {
                happened.insert(node);
                game.note(&mut saw, &state, &to, moves + 1);
                next.entry(state.clone()).or_default().push(to.clone());
                visit(to, moves + 1, &mut depth, &mut later);
            }
        }
        level = later;
        moves += 1;
    }
    let ended = |it: &State| it.2.is_none() && Game::is_over(it);
    let over = Game::is_over;
    for state in depth.keys() {
        saw.ends.normal |= ended(state) || state.2 == Some(Exit::Normal);
        saw.ends.cancels |= state.2 == Some(Exit::Cancel);
        if let Some(Exit::Error(code)) = &state.2 {
            saw.ends.errors.insert(code.clone());
        }
    }
    let stuck: Vec<&State> = depth.keys().filter(|it| !over(it) && !next.contains_key(*it)).collect();
    if saw.whole {
        saw.stuck = stuck.iter().map(|it| depth[*it]).min();
        saw.still = stuck.iter().filter(|it| saw.stuck == Some(depth[**it])).map(|it| game.marked(it)).collect();
        // Backwards from where the runs end, again and again, until nothing is added.
        let mut good: BTreeSet<&State> = depth.keys().filter(|it| over(it)).chain(stuck).collect();
        loop {
            let more: Vec<&State> = next
                .iter()
                .filter(|(from, tos)| !good.contains(from) && tos.iter().any(|it| good.contains(it)))
                .map(|(from, _)| from)
                .collect();
            if more.is_empty() {
                break;
            }
            good.extend(more);
        }
        let lost: Vec<_> = depth.iter().filter(|(it, _)| !good.contains(it)).collect();
        saw.endless = lost.iter().map(|(_, at)| **at).min();
        let first = lost.iter().filter(|(_, at)| saw.endless == Some(**at));
        saw.lost = first.map(|(it, _)| game.marked(it)).collect();
    }
    let member = |it: &usize| game.is_member(*it);
    let dead = (0..game.nodes.len()).filter(member).filter(|at| game.works(*at) && !happened.contains(at));
    saw.dead = dead.map(|at| game.nodes[at].id.to_string()).collect();
    saw
}

/// An event on an activity that does not interrupt it, and is no timer that goes off once.
fn comes_again(it: &Element) -> bool {
    let timer = |it: &EventDefinition| matches!(it, EventDefinition::Timer { time_cycle: None, .. });
    matches!(&it.kind, ElementKind::BoundaryEvent { cancel_activity: false, event_definition, .. } if !timer(event_definition))
}

impl<'a> Game<'a> {
    pub fn of(part: &'a Part<'a>) -> Self {
        let all: Vec<usize> = (0..part.elements.len()).filter(|it| part.elements[*it].kind.is_node()).collect();
        let nodes: Vec<&Element> = all.iter().map(|it| &part.elements[*it]).collect();
        let inner = all.iter().map(|it| part.inner[*it].as_ref()).collect();
        let member = all.iter().map(|it| part.members[*it]).collect();
        let none = vec![Vec::new(); nodes.len()];
        let (interrupting, beside) = (none.clone(), none.clone());
        let mut game = Self {
            part,
            nodes,
            member,
            inner,
            places: Vec::new(),
            flows: Vec::new(),
            room: Vec::new(),
            ins: none.clone(),
            outs: none,
            interrupting,
            beside,
            before: BTreeMap::new(),
            by_flows: BTreeMap::new(),
        };
        for (at, element) in all.iter().enumerate() {
            if let ElementKind::BoundaryEvent { attached_to_ref, cancel_activity, event_definition } =
                &game.nodes[at].kind
                && !matches!(event_definition, EventDefinition::Compensate { .. })
                && game.is_member(at)
                && !game.part.entries.contains(element)
                && let Some(host) = game.at(attached_to_ref)
            {
                let list = if *cancel_activity { &mut game.interrupting } else { &mut game.beside };
                list[host].push(at);
            }
        }
        game.draw();
        for way in 0..game.places.len() {
            let found = game.reach(way, true);
            game.before.insert(way, found);
            let found = game.reach(way, false);
            game.by_flows.insert(way, found);
        }
        game
    }

    /// Before anything has begun.
    pub fn nothing(&self) -> State {
        (vec![0; self.places.len()], vec![0; self.nodes.len()], None, BTreeMap::new())
    }

    /// Flows that have tokens, by id.
    fn marked(&self, state: &State) -> Vec<String> {
        let marked = self.flows.iter().zip(&state.0).filter(|(_, it)| **it > 0);
        let mut flows: Vec<String> = marked.filter_map(|(flow, _)| flow.map(ToString::to_string)).collect();
        flows.sort();
        flows
    }

    /// The run has ended.
    pub fn is_over(it: &State) -> bool {
        it.2.is_some() || (it.3.is_empty() && it.0.iter().all(|it| *it == 0))
    }

    pub fn id(&self, node: usize) -> &NodeId {
        &self.nodes[node].id
    }

    fn at(&self, id: &NodeId) -> Option<usize> {
        self.nodes.iter().position(|it| it.id == *id)
    }

    fn is_member(&self, at: usize) -> bool {
        self.member[at]
    }

    /// It is an activity tokens come to.
    fn works(&self, at: usize) -> bool {
        let it = self.nodes[at];
        let apart = matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. });
        it.kind.is_activity() && !it.is_for_compensation && !apart
    }

    /// Places for flows, links, what begins by itself, and the insides of activities.
    fn draw(&mut self) {
        let part = self.part;
        for it in part.elements {
            if let ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } = &it.kind
                && let (Some(from), Some(to)) = (self.at(source_ref), self.at(target_ref))
                && (self.is_member(from) || self.is_member(to))
            {
                self.way(Some(from), Some(to), condition_expression.is_some());
                *self.flows.last_mut().expect("a place") = Some(&it.id);
            }
        }
        for from in 0..self.nodes.len() {
            let ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { name }) } =
                &self.nodes[from].kind
            else {
                continue;
            };
            let catches = |it: &&Element| matches!(&it.kind, ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { name: it } } if it == name);
            let to: Vec<usize> = (0..self.nodes.len()).filter(|it| catches(&self.nodes[*it])).collect();
            to.iter().for_each(|to| self.way(Some(from), Some(*to), false));
            if to.is_empty() {
                self.way(Some(from), None, false);
            }
        }
        for at in 0..self.nodes.len() {
            let it = self.nodes[at];
            let (needs, gives) = (it.start_quantity as u8, it.completion_quantity as u8);
            let completes = self.inner[at].is_none_or(|it| it.normal);
            if self.inner[at].is_some_and(|it| it.cancels) {
                self.place(Place::Cancelled(at), 1);
            }
            if (needs, gives) != (1, 1) {
                self.beside[at].clear();
                self.ins[at].iter().for_each(|way| self.room[*way] = self.room[*way].max(needs));
                self.outs[at].iter().for_each(|way| self.room[*way] = self.room[*way].max(gives));
                self.place(Place::Inside(at), needs);
            } else if !self.beside[at].is_empty() || !completes {
                self.place(Place::Inside(at), 1);
                self.beside[at].clone().into_iter().for_each(|it| self.place(Place::Fired(it), 1));
            }
        }
        for root in self.roots() {
            self.way(None, Some(root), false);
        }
    }

    fn place(&mut self, place: Place, room: u8) {
        self.places.push(place);
        self.flows.push(None);
        self.room.push(room);
    }

    fn way(&mut self, from: Option<usize>, to: Option<usize>, conditional: bool) {
        let way = self.places.len();
        self.place(Place::Way { from, to, conditional }, 1);
        if let Some(from) = from {
            self.outs[from].push(way);
        }
        if let Some(to) = to {
            self.ins[to].push(way);
        }
    }

    fn find(&self, place: Place) -> Option<usize> {
        self.places.iter().position(|it| *it == place)
    }

    /// Nodes that begin by themselves: where nothing leads to, in a scope without start events.
    fn roots(&self) -> Vec<usize> {
        let starts = |it: &&Element| matches!(it.kind, ElementKind::StartEvent { .. });
        if !self.part.entries.is_empty() || self.nodes.iter().any(starts) {
            return Vec::new();
        }
        let apart = |it: &Element| {
            let link = EventDefinition::Link { name: String::new() };
            matches!(
                it.kind,
                ElementKind::BoundaryEvent { .. } | ElementKind::SubProcess { triggered_by_event: true, .. }
            ) || matches!(&it.kind, ElementKind::IntermediateCatchEvent { event_definition } if std::mem::discriminant(event_definition) == std::mem::discriminant(&link))
                || it.is_for_compensation
        };
        let root = |it: &usize| self.ins[*it].is_empty() && !apart(self.nodes[*it]) && self.is_member(*it);
        (0..self.nodes.len()).filter(root).collect()
    }

    /// What the first move may give.
    pub fn begin(&self) -> Vec<Vec<usize>> {
        let entries = self.part.entries.iter().filter_map(|it| self.at(&self.part.elements[*it].id));
        let entries: Vec<usize> = entries.collect();
        if !entries.is_empty() {
            return entries.into_iter().flat_map(|it| self.leave(it)).collect();
        }
        let starts = |it: &usize| matches!(self.nodes[*it].kind, ElementKind::StartEvent { .. }) && self.is_member(*it);
        let begun: Vec<usize> = (0..self.nodes.len()).filter(starts).collect();
        if !begun.is_empty() {
            return begun.into_iter().flat_map(|it| self.leave(it)).collect();
        }
        let before = (0..self.places.len())
            .filter(|it| matches!(self.places[*it], Place::Way { from: None, .. }))
            .collect::<Vec<_>>();
        if self.part.chosen { subsets(&before) } else { vec![before] }
    }

    fn reach(&self, way: usize, over_events: bool) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([way]);
        let Place::Way { to: Some(target), .. } = self.places[way] else { return found };
        let mut open = vec![way];
        while let Some(at) = open.pop() {
            for from in self.feeds(at, over_events) {
                let node = match self.places[from] {
                    Place::Way { to, .. } => to,
                    Place::Inside(node) | Place::Fired(node) | Place::Cancelled(node) => Some(node),
                };
                if node != Some(target) && found.insert(from) {
                    open.push(from);
                }
            }
        }
        found
    }

    /// Places from which one move leads to a place.
    fn feeds(&self, place: usize, over_events: bool) -> Vec<usize> {
        let out_of = |node: usize| self.find(Place::Inside(node)).map_or_else(|| self.ins[node].clone(), |it| vec![it]);
        let host = |event: usize, list: &[Vec<usize>]| list.iter().position(|it| it.contains(&event));
        match self.places[place] {
            Place::Inside(node) => self.ins[node].clone(),
            Place::Cancelled(_) => Vec::new(),
            Place::Fired(_) if !over_events => Vec::new(),
            Place::Fired(event) => host(event, &self.beside).map_or_else(Vec::new, |host| {
                self.ins[host].iter().copied().chain(self.find(Place::Inside(host))).collect()
            }),
            Place::Way { from: None, .. } => Vec::new(),
            Place::Way { from: Some(from), .. } => match host(from, &self.interrupting) {
                Some(_) if !over_events => Vec::new(),
                Some(host) => out_of(host),
                None => match self.find(Place::Fired(from)) {
                    Some(it) => vec![it],
                    None => out_of(from),
                },
            },
        }
    }

    /// What leaving a node that is no gateway may give.
    fn leave(&self, node: usize) -> Vec<Vec<usize>> {
        let default = self.default_of(node);
        let conditional = |it: &usize| matches!(self.places[*it], Place::Way { conditional: true, .. });
        let (maybe, always): (Vec<usize>, Vec<usize>) =
            self.outs[node].iter().copied().filter(|it| Some(*it) != default).partition(conditional);
        let mut gives = subsets(&maybe);
        gives.retain(|it| !always.is_empty() || !it.is_empty() || (maybe.is_empty() && default.is_none()));
        gives.iter_mut().for_each(|it| it.extend(&always));
        if always.is_empty() {
            gives.extend(default.map(|it| vec![it]));
        }
        gives
    }

    /// What an inclusive gateway gives.
    fn choose(&self, node: usize) -> Vec<Vec<usize>> {
        if self.outs[node].len() < 2 {
            return vec![self.outs[node].clone()];
        }
        let default = self.default_of(node);
        let maybe: Vec<usize> = self.outs[node].iter().copied().filter(|it| Some(*it) != default).collect();
        let chosen = subsets(&maybe).into_iter().filter(|it| !it.is_empty());
        chosen.chain(default.map(|it| vec![it])).collect()
    }

    fn default_of(&self, node: usize) -> Option<usize> {
        let default = self.nodes[node].default.as_ref()?;
        let drawn = |it: &&Element| matches!(&it.kind, ElementKind::SequenceFlow { source_ref, .. } if *source_ref == self.nodes[node].id);
        let at = self.part.elements.iter().filter(drawn).position(|it| it.id == *default)?;
        self.outs[node].get(at).copied()
    }

    pub fn after(&self, state: &State, take: &[usize], give: &[usize]) -> State {
        let mut to = state.clone();
        take.iter().for_each(|it| to.0[*it] -= 1);
        give.iter().for_each(|it| to.0[*it] += 1);
        to
    }

    pub fn note(&self, saw: &mut Saw, from: &State, to: &State, moves: usize) {
        if to.0.iter().zip(&self.room).any(|(it, room)| it > room) && saw.second.is_none() {
            saw.second = Some(moves);
        }
        if from.1 != to.1 && to.1.iter().zip(&from.1).any(|(to, from)| *to > 1 && *from == 1) && saw.twice.is_none() {
            saw.twice = Some(moves);
        }
    }

    pub fn moves(&self, state: &State) -> Vec<(usize, State)> {
        let mut moves = Vec::new();
        for at in 0..self.nodes.len() {
            self.moves_at(state, at, &|_| Decided::Open, &mut moves);
        }
        moves
    }

    /// The moves of one node, and of the events on it.
    pub fn moves_at(&self, state: &State, at: usize, decide: Decide, moves: &mut Vec<(usize, State)>) {
        if state.2.is_none() && self.is_member(at) {
            let (ins, outs) = (&self.ins[at], &self.outs[at]);
            let marked: Vec<usize> = ins.iter().copied().filter(|it| state.0[*it] > 0).collect();
            match &self.nodes[at].kind {
                ElementKind::ParallelGateway {} => {
                    if !ins.is_empty() && marked.len() == ins.len() {
                        moves.push((at, self.after(state, ins, outs)));
                    }
                }
                ElementKind::ComplexGateway { activation_condition: Some(condition) } if ins.len() > 1 => {
                    self.complex(state, at, condition, &marked, moves);
                }
                ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. } => {
                    if !marked.is_empty() && (ins.len() == 1 || self.enabled(state, ins, &marked)) {
                        let gives = decided(decide(at), || self.choose(at));
                        moves.extend(gives.iter().map(|give| (at, self.after(state, &marked, give))));
                    }
                }
                ElementKind::ExclusiveGateway {} | ElementKind::EventBasedGateway { .. } => {
                    let one = || if outs.is_empty() { vec![vec![]] } else { outs.iter().map(|it| vec![*it]).collect() };
                    let gives: Vec<Vec<usize>> = decided(decide(at), one);
                    for take in marked {
                        moves.extend(gives.iter().map(|give| (at, self.after(state, &[take], give))));
                    }
                }
                ElementKind::EndEvent { event_definition } => {
                    for take in marked {
                        let mut to = self.after(state, &[take], &[]);
                        match self.exit(event_definition.as_ref()) {
                            Some(exit) => to = self.left(state, exit),
                            None => to.1[at] = (to.1[at] + 1).min(2),
                        }
                        moves.push((at, to));
                    }
                }
                ElementKind::StartEvent { .. } | ElementKind::BoundaryEvent { .. } => {}
                ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { .. }) } => {
                    moves.extend(marked.iter().map(|take| (at, self.after(state, &[*take], outs))));
                }
                _ => self.activity(state, at, &marked, decide, moves),
            }
        }
    }

    /// The nodes, by number.
    pub fn nodes(&self) -> impl Iterator<Item = (usize, &'a Element)> + '_ {
        self.nodes.iter().copied().enumerate()
    }

    /// The ways out of a node that are sequence flows, in the order of the file.
    pub fn flows_out(&self, at: usize) -> Vec<(usize, &'a NodeId)> {
        self.outs[at].iter().filter_map(|it| Some((*it, self.flows[*it]?))).collect()
    }

    fn left(&self, state: &State, exit: Exit) -> State {
        (vec![0; self.places.len()], state.1.clone(), Some(exit), BTreeMap::new())
    }

    fn exit(&self, definition: Option<&EventDefinition>) -> Option<Exit> {
        match definition? {
            EventDefinition::Terminate {} => Some(Exit::Normal),
            EventDefinition::Cancel {} => Some(Exit::Cancel),
            EventDefinition::Error { error_ref } => Some(Exit::Error((self.part.code)(error_ref.as_deref()))),
            _ => None,
        }
    }

    /// Activities and events in the way.
    fn activity(&self, state: &State, at: usize, marked: &[usize], decide: Decide, moves: &mut Vec<(usize, State)>) {
        if self.nodes[at].kind.is_activity() && !self.works(at) {
            return;
        }
        let inside = self.find(Place::Inside(at));
        let quantities = (self.nodes[at].start_quantity as usize, self.nodes[at].completion_quantity as usize);
        if let (Some(inside), true) = (inside, quantities != (1, 1)) {
            for take in marked {
                // What begins by itself has waited for nobody.
                let by_itself = matches!(self.places[*take], Place::Way { from: None, .. });
                let comes = if by_itself { quantities.0 } else { 1 };
                // It comes, and nothing has begun yet; where the inside never completes, that is all there is to see.
                let completes = self.inner[at].is_none_or(|it| it.normal);
                let seen = if completes { usize::MAX } else { at };
                moves.push((seen, self.after(state, &[*take], &vec![inside; comes])));
            }
            if state.0[inside] as usize >= quantities.0 {
                self.finish(state, at, &vec![inside; quantities.0], decide, moves);
            }
            return;
        }
        if let Some(inside) = inside {
            // What may come again is set out twice.
            let again = self.beside[at].iter().filter(|it| comes_again(self.nodes[**it]));
            let fired: Vec<usize> =
                self.beside[at].iter().chain(again).filter_map(|it| self.find(Place::Fired(*it))).collect();
            for take in marked {
                for chosen in subsets(&fired) {
                    let give: Vec<usize> = chosen.into_iter().chain([inside]).collect();
                    moves.push((at, self.after(state, &[*take], &give)));
                }
            }
            for event in &self.beside[at] {
                let fired = self.find(Place::Fired(*event)).expect("a place");
                if state.0[fired] > 0 {
                    moves.extend(self.leave(*event).iter().map(|give| (*event, self.after(state, &[fired], give))));
                }
            }
            if state.0[inside] > 0 {
                self.finish(state, at, &[inside], decide, moves);
            }
            return;
        }
        marked.iter().for_each(|take| self.finish(state, at, &[*take], decide, moves));
    }

    /// What an activity gives when it completes.
    fn completed(&self, at: usize) -> Vec<Vec<usize>> {
        match self.nodes[at].completion_quantity as usize {
            1 => self.leave(at),
            gives => vec![self.outs[at].iter().flat_map(|it| vec![*it; gives]).collect()],
        }
    }

    /// However an activity ends.
    fn finish(&self, state: &State, at: usize, take: &[usize], decide: Decide, moves: &mut Vec<(usize, State)>) {
        let usual = Ends { normal: true, ..Ends::default() };
        let ends = self.inner[at].unwrap_or(&usual);
        let event = |it: usize| match &self.nodes[it].kind {
            ElementKind::BoundaryEvent { event_definition, .. } => event_definition,
            _ => panic!("a boundary event"),
        };
        let catches =
            |wanted: &dyn Fn(&EventDefinition) -> bool| self.interrupting[at].iter().any(|it| wanted(event(*it)));
        let cancel_caught = catches(&|it| matches!(it, EventDefinition::Cancel {}));
        // A cancelled transaction nobody listens to is left by no way.
        if let (true, false, Some(stuck)) = (ends.cancels, cancel_caught, self.find(Place::Cancelled(at))) {
            moves.push((at, self.after(state, take, &[stuck])));
        }
        if ends.normal {
            let gives = decided(decide(at), || self.completed(at));
            moves.extend(gives.iter().map(|give| (at, self.after(state, take, give))));
        }
        for code in &ends.errors {
            let caught = catches(
                &|it| matches!(it, EventDefinition::Error { error_ref } if error_ref.is_none() || (self.part.code)(error_ref.as_deref()) == *code),
            );
            if !caught {
                moves.push((at, self.left(state, Exit::Error(code.clone()))));
            }
        }
        self.interrupted(state, at, take, moves);
    }

    fn interrupted(&self, state: &State, at: usize, take: &[usize], moves: &mut Vec<(usize, State)>) {
        for &event in &self.interrupting[at] {
            let ElementKind::BoundaryEvent { event_definition, .. } = &self.nodes[event].kind else { continue };
            let cancel = matches!(event_definition, EventDefinition::Cancel {});
            if cancel && self.inner[at].is_some_and(|it| !it.cancels) {
                continue;
            }
            for give in self.leave(event) {
                moves.push((event, self.after(state, take, &give)));
            }
        }
    }

    /// BPMN 2.0.2 §13.4.5; conditions count tokens, flows out have none.
    fn complex(&self, state: &State, at: usize, condition: &str, marked: &[usize], moves: &mut Vec<(usize, State)>) {
        let (ins, outs) = (&self.ins[at], &self.outs[at]);
        let needed: usize = condition.rsplit(' ').next().and_then(|it| it.parse().ok()).expect("activationCount >= n");
        match state.3.get(&at) {
            None if ins.iter().map(|it| state.0[*it] as usize).sum::<usize>() >= needed => {
                let mut to = self.after(state, marked, outs);
                to.3.insert(at, marked.iter().copied().collect());
                moves.push((at, to));
            }
            None => {}
            Some(given) => {
                let full: Vec<usize> =
                    ins.iter().copied().filter(|it| given.contains(it) || marked.contains(it)).collect();
                if self.enabled(state, ins, &full) {
                    let late: Vec<usize> = marked.iter().copied().filter(|it| !given.contains(it)).collect();
                    let mut to = self.after(state, &late, &[]);
                    to.3.remove(&at);
                    moves.push((at, to));
                }
            }
        }
    }

    /// BPMN 2.0.2 §13.4.3.
    fn enabled(&self, state: &State, ins: &[usize], marked: &[usize]) -> bool {
        (0..self.places.len()).filter(|it| state.0[*it] > 0 && !ins.contains(it)).all(|token| {
            let reaches = |way: &usize| self.before[way].contains(&token);
            let flows_to = |way: &usize| self.by_flows[way].contains(&token);
            !ins.iter().filter(|it| !marked.contains(it)).any(reaches) || marked.iter().any(flows_to)
        })
    }
}

fn decided(it: Decided, open: impl FnOnce() -> Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    match it {
        Decided::Open => open(),
        Decided::Ways(it) => vec![it],
        Decided::Stuck => Vec::new(),
    }
}

pub fn subsets(of: &[usize]) -> Vec<Vec<usize>> {
    let chosen = |bits: u32| of.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, it)| *it).collect();
    (0..1u32 << of.len()).map(chosen).collect()
}
