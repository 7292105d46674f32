//! A second, simple token game, straight from the elements of a flow: no net, no shortening, every state kept, tokens
//! counted. Slow and obviously right; what it says the checker must say.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// Most tokens on one flow.
const MOST: u8 = 4;

/// What the game saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saw {
    /// Every reachable state was seen.
    pub whole: bool,
    /// Fewest moves to two tokens on one flow.
    pub second: Option<usize>,
    pub stuck: Option<usize>,
    pub endless: bool,
    pub twice: Option<usize>,
    pub dead: BTreeSet<String>,
}

impl Saw {
    /// Safe, option to complete, proper completion, no dead activities.
    pub fn properties(&self) -> [bool; 4] {
        [self.second.is_none(), self.stuck.is_none() && !self.endless, self.twice.is_none(), self.dead.is_empty()]
    }
}

/// Tokens by flow, ends reached by end event (two is many), whether the run is over, and the ways complex gateways that
/// wait for reset have been given tokens by, by node.
type State = (Vec<u8>, Vec<u8>, bool, BTreeMap<usize, BTreeSet<usize>>);

struct Game<'a> {
    nodes: Vec<&'a Element>,
    flows: Vec<(usize, usize, bool)>,
    /// Flows into and out of every node, and the interrupting events on it.
    ins: Vec<Vec<usize>>,
    outs: Vec<Vec<usize>>,
    events: Vec<Vec<usize>>,
    /// From which flows a flow is reached without passing the node it leads to.
    before: BTreeMap<usize, BTreeSet<usize>>,
}

/// Plays every run of a flow without subprocesses, up to `most` states.
pub fn play(flow: &Flow, most: usize) -> Saw {
    let game = Game::of(flow);
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
    let nothing: State = (vec![0; game.flows.len()], vec![0; game.nodes.len()], false, BTreeMap::new());
    for at in 0..game.nodes.len() {
        if matches!(game.nodes[at].kind, ElementKind::StartEvent { .. }) {
            for give in game.leave(at) {
                let state = game.after(&nothing, &[], &give);
                note(&mut saw, &nothing, &state, 1);
                visit(state, 1, &mut depth, &mut level);
            }
        }
    }
    let mut moves = 1;
    while !level.is_empty() {
        let mut later = Vec::new();
        for state in level {
            if depth.len() > most || state.0.iter().any(|it| *it > MOST) {
                saw.whole = false;
                continue;
            }
            for (node, to) in game.moves(&state) {
                happened.insert(node);
                note(&mut saw, &state, &to, moves + 1);
                next.entry(state.clone()).or_default().push(to.clone());
                visit(to, moves + 1, &mut depth, &mut later);
            }
        }
        level = later;
        moves += 1;
    }
    let over = |it: &State| it.2 || (it.3.is_empty() && it.0.iter().all(|it| *it == 0));
    let stuck: Vec<&State> = depth.keys().filter(|it| !over(it) && !next.contains_key(*it)).collect();
    if saw.whole {
        saw.stuck = stuck.iter().map(|it| depth[*it]).min();
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
        saw.endless = depth.keys().any(|it| !good.contains(it));
    }
    let dead = game.nodes.iter().enumerate().filter(|(at, it)| it.kind.is_activity() && !happened.contains(at));
    saw.dead = dead.map(|(_, it)| it.id.to_string()).collect();
    saw
}

fn note(saw: &mut Saw, from: &State, to: &State, moves: usize) {
    if to.0.iter().any(|it| *it > 1) && saw.second.is_none() {
        saw.second = Some(moves);
    }
    if from.1 != to.1 && to.1.iter().zip(&from.1).any(|(to, from)| *to > 1 && *from == 1) && saw.twice.is_none() {
        saw.twice = Some(moves);
    }
}

impl<'a> Game<'a> {
    fn of(flow: &'a Flow) -> Self {
        let nodes: Vec<&Element> = flow.flow_elements.iter().filter(|it| it.kind.is_node()).collect();
        let at = |id: &crate::id::NodeId| nodes.iter().position(|it| it.id == *id).expect("a node");
        let mut flows = Vec::new();
        for it in &flow.flow_elements {
            if let ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } = &it.kind {
                flows.push((at(source_ref), at(target_ref), condition_expression.is_some()));
            }
        }
        let on = |host: &Element| -> Vec<usize> {
            let is = |it: &Element| matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if *attached_to_ref == host.id);
            (0..nodes.len()).filter(|it| is(nodes[*it])).collect()
        };
        let by = |way: fn(&(usize, usize, bool)) -> usize| -> Vec<Vec<usize>> {
            (0..nodes.len()).map(|node| (0..flows.len()).filter(|it| way(&flows[*it]) == node).collect()).collect()
        };
        let events = nodes.iter().map(|it| on(it)).collect();
        let (ins, outs) = (by(|it| it.1), by(|it| it.0));
        let mut game = Self { nodes, flows, ins, outs, events, before: BTreeMap::new() };
        for flow in 0..game.flows.len() {
            let found = game.reach(flow);
            game.before.insert(flow, found);
        }
        game
    }

    fn reach(&self, flow: usize) -> BTreeSet<usize> {
        let target = self.flows[flow].1;
        let mut found = BTreeSet::from([flow]);
        loop {
            let more: Vec<usize> = (0..self.flows.len())
                .filter(|it| !found.contains(it) && self.flows[*it].1 != target)
                .filter(|it| {
                    let node = self.flows[*it].1;
                    let mut from: Vec<usize> = self.events[node].clone();
                    from.push(node);
                    found.iter().any(|flow| from.contains(&self.flows[*flow].0))
                })
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// What leaving a node that is no gateway may give.
    fn leave(&self, node: usize) -> Vec<Vec<usize>> {
        let (maybe, always): (Vec<usize>, Vec<usize>) =
            self.outs[node].iter().copied().partition(|it: &usize| self.flows[*it].2);
        let mut gives = subsets(&maybe);
        gives.retain(|it| !always.is_empty() || maybe.is_empty() || !it.is_empty());
        gives.iter_mut().for_each(|it| it.extend(&always));
        gives
    }

    fn after(&self, state: &State, take: &[usize], give: &[usize]) -> State {
        let mut to = state.clone();
        take.iter().for_each(|it| to.0[*it] -= 1);
        give.iter().for_each(|it| to.0[*it] += 1);
        to
    }

    fn moves(&self, state: &State) -> Vec<(usize, State)> {
        let mut moves = Vec::new();
        if state.2 {
            return moves;
        }
        for at in 0..self.nodes.len() {
            let (ins, outs) = (&self.ins[at], &self.outs[at]);
            let marked: Vec<usize> = ins.iter().copied().filter(|it| state.0[*it] > 0).collect();
            match &self.nodes[at].kind {
                ElementKind::ParallelGateway {} => {
                    if !ins.is_empty() && marked.len() == ins.len() {
                        moves.push((at, self.after(state, ins, outs)));
                    }
                }
                ElementKind::InclusiveGateway {} => {
                    if !marked.is_empty() && (ins.len() == 1 || self.enabled(state, ins, &marked)) {
                        let gives = subsets(outs).into_iter().filter(|it| !it.is_empty() || outs.is_empty());
                        moves.extend(gives.map(|give| (at, self.after(state, &marked, &give))));
                    }
                }
                ElementKind::ComplexGateway { activation_condition: Some(condition) } if ins.len() > 1 => {
                    self.complex(state, at, condition, &marked, &mut moves);
                }
                ElementKind::ComplexGateway { .. } => {
                    if !marked.is_empty() {
                        let gives = subsets(outs).into_iter().filter(|it| !it.is_empty() || outs.is_empty());
                        moves.extend(gives.map(|give| (at, self.after(state, &marked, &give))));
                    }
                }
                ElementKind::ExclusiveGateway {} | ElementKind::EventBasedGateway { .. } => {
                    for take in marked {
                        moves.extend(outs.iter().map(|out| (at, self.after(state, &[take], &[*out]))));
                        if outs.is_empty() {
                            moves.push((at, self.after(state, &[take], &[])));
                        }
                    }
                }
                ElementKind::EndEvent { event_definition } => {
                    for take in marked {
                        let mut to = self.after(state, &[take], &[]);
                        if matches!(event_definition, Some(EventDefinition::Terminate {})) {
                            to = (vec![0; self.flows.len()], state.1.clone(), true, BTreeMap::new());
                        } else {
                            to.1[at] = (to.1[at] + 1).min(2);
                        }
                        moves.push((at, to));
                    }
                }
                ElementKind::StartEvent { .. } | ElementKind::BoundaryEvent { .. } => {}
                _ => {
                    for take in marked {
                        for give in self.leave(at) {
                            moves.push((at, self.after(state, &[take], &give)));
                        }
                        for event in &self.events[at] {
                            for give in self.leave(*event) {
                                moves.push((*event, self.after(state, &[take], &give)));
                            }
                        }
                    }
                }
            }
        }
        moves
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
        (0..self.flows.len()).filter(|it| state.0[*it] > 0 && !ins.contains(it)).all(|token| {
            let reaches = |flow: &usize| self.before[flow].contains(&token);
            !ins.iter().filter(|it| !marked.contains(it)).any(reaches) || marked.iter().any(reaches)
        })
    }
}

fn subsets(of: &[usize]) -> Vec<Vec<usize>> {
    let chosen = |bits: u32| of.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, it)| *it).collect();
    (0..1u32 << of.len()).map(chosen).collect()
}
