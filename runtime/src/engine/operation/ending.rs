//! Whether tokens that stand somewhere can still all come to an end: every way on is tried, every condition may hold or
//! not, up to a bound. Like the checker's search, but from where an instance stands instead of from the start.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::super::instance::Place;
use super::super::plan::{Kind, Node, Plan};
use super::super::trigger::Throw;
use crate::id::NodeId;
use crate::limits;

/// What is known of the end of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Verdict {
    /// Whatever happens, they can end.
    Fine,
    /// They can end, but some run gets stuck; `stuck`: where.
    Risky { stuck: Vec<NodeId> },
    /// No run ends; `stuck`: where.
    CannotEnd { stuck: Vec<NodeId> },
    /// Too large, or with elements whose tokens cannot be counted beforehand.
    Unknown {},
}

impl Verdict {
    /// The graver of two.
    pub(super) fn and(self, other: Verdict) -> Verdict {
        let grave = |it: &Verdict| match it {
            Verdict::Fine => 0,
            Verdict::Unknown {} => 1,
            Verdict::Risky { .. } => 2,
            Verdict::CannotEnd { .. } => 3,
        };
        if grave(&other) > grave(&self) { other } else { self }
    }
}

/// Most conditional flows of one node whose combinations are all tried; beyond that each alone, and all.
const COMBINED: usize = 6;

type State = Vec<Place>;

/// The tokens of one scope; a subprocess counts as one step.
pub(super) fn ending(plan: &Plan, tokens: Vec<Place>) -> Verdict {
    Search { plan }.run(tokens)
}

struct Search<'a> {
    plan: &'a Plan,
}

/// Something happens that cannot be followed.
struct Beyond;

/// What one step leads to; `End`: the whole scope is over.
enum Way {
    To(Vec<Place>),
    End,
}

impl Search<'_> {
    fn run(&self, mut start: State) -> Verdict {
        start.sort();
        let mut index: BTreeMap<State, usize> = BTreeMap::from([(start.clone(), 0)]);
        let mut states: Vec<State> = vec![start];
        let mut before: Vec<Vec<usize>> = vec![Vec::new()];
        let mut open = VecDeque::from([0]);
        let mut dead: Option<usize> = None;
        while let Some(at) = open.pop_front() {
            let Some(state) = states.get(at).cloned() else { continue };
            if state.is_empty() {
                continue;
            }
            let Ok(next) = self.next(&state) else { return Verdict::Unknown {} };
            if next.is_empty() {
                dead.get_or_insert(at);
            }
            for mut it in next {
                it.sort();
                if it.len() > limits::MOVE_TOKENS {
                    return Verdict::Unknown {};
                }
                let to = match index.get(&it) {
                    Some(to) => *to,
                    None => {
                        let to = states.len();
                        if to >= limits::MOVE_STATES {
                            return Verdict::Unknown {};
                        }
                        index.insert(it.clone(), to);
                        states.push(it);
                        before.push(Vec::new());
                        open.push_back(to);
                        to
                    }
                };
                if let Some(list) = before.get_mut(to) {
                    list.push(at);
                }
            }
        }
        // From the end backwards: what can reach it.
        let mut can: BTreeSet<usize> = BTreeSet::new();
        let mut open: Vec<usize> = index.get(&State::new()).copied().into_iter().collect();
        while let Some(at) = open.pop() {
            if can.insert(at) {
                open.extend(before.get(at).into_iter().flatten());
            }
        }
        let Some(stuck) = dead.or_else(|| (0..states.len()).find(|it| !can.contains(it))) else { return Verdict::Fine };
        let places = states.get(stuck).into_iter().flatten().map(|it| match it {
            Place::Node(id) | Place::Flow(id) => id.clone(),
        });
        let mut places: Vec<NodeId> = places.collect();
        places.dedup();
        if can.contains(&0) { Verdict::Risky { stuck: places } } else { Verdict::CannotEnd { stuck: places } }
    }

    fn next(&self, state: &State) -> Result<Vec<State>, Beyond> {
        let mut found = Vec::new();
        for (at, place) in state.iter().enumerate() {
            let Place::Node(id) = place else { continue };
            let Some(node) = self.plan.node(id) else { return Err(Beyond) };
            let mut rest = state.clone();
            rest.remove(at);
            let ways = self.ways(node)?;
            let single = ways.len() == 1;
            for way in ways {
                found.push(match way {
                    Way::To(places) => rest.iter().cloned().chain(places).collect(),
                    Way::End => State::new(),
                });
            }
            if single {
                // It will happen anyway, and nothing else can prevent it: no need to try the others first.
                return Ok(vec![found.pop().unwrap_or_default()]);
            }
        }
        let waiting: BTreeSet<&NodeId> = state
            .iter()
            .filter_map(|it| if let Place::Flow(flow) = it { Some(&self.plan.paths.get(flow)?.target) } else { None })
            .collect();
        for join in waiting {
            found.extend(self.join(state, join)?);
        }
        Ok(found)
    }

    /// What a joining gateway does with the tokens before it, if it can do anything.
    fn join(&self, state: &State, join: &NodeId) -> Result<Option<State>, Beyond> {
        let Some(node) = self.plan.node(join) else { return Err(Beyond) };
        let has = |flow: &NodeId| state.iter().any(|it| matches!(it, Place::Flow(it) if it == flow));
        let full: Vec<&NodeId> = node.incoming.iter().filter(|it| has(it)).collect();
        let enabled = match &node.kind {
            Kind::Parallel => full.len() == node.incoming.len(),
            Kind::Inclusive => {
                let others = state.iter().map(|it| match it {
                    Place::Node(id) | Place::Flow(id) => id,
                });
                let others = others.filter(|it| !node.incoming.contains(it));
                self.plan.reach.enabled(join, &full.iter().map(|it| (*it).clone()).collect(), others)
            }
            // Start quantities and complex gateways count tokens in ways of their own.
            _counting => return Err(Beyond),
        };
        if !enabled {
            return Ok(None);
        }
        let mut after = state.clone();
        for flow in full {
            if let Some(at) = after.iter().position(|it| matches!(it, Place::Flow(it) if it == flow)) {
                after.remove(at);
            }
        }
        after.push(Place::Node(join.clone()));
        Ok(Some(after))
    }

    /// What can happen to a token in a node.
    fn ways(&self, node: &Node) -> Result<Vec<Way>, Beyond> {
        if node.quantity.1 != 1 {
            return Err(Beyond);
        }
        let mut found = Vec::new();
        for event in node.boundary.iter().filter_map(|it| self.plan.node(it)).filter(|it| it.kind.interrupts()) {
            found.push(Way::To(vec![Place::Node(event.id.clone())]));
        }
        let alone = |flows: &[NodeId]| flows.iter().map(|it| self.taken(std::slice::from_ref(it))).collect::<Vec<_>>();
        match &node.kind {
            Kind::Link(target) => found.push(Way::To(vec![Place::Node(target.clone())])),
            Kind::Throw(throws)
                if throws.iter().any(|it| matches!(it, Throw::Terminate | Throw::Error(_) | Throw::Cancel)) =>
            {
                found.push(Way::End)
            }
            Kind::Exclusive | Kind::EventBased { parallel: false } => found.extend(alone(&node.outgoing)),
            Kind::Parallel | Kind::EventBased { parallel: true } => found.push(self.taken(&node.outgoing)),
            Kind::Complex(_) => return Err(Beyond),
            Kind::Inclusive => found.extend(self.some(&[], &node.outgoing)),
            Kind::Pass
            | Kind::Throw(_)
            | Kind::User(_)
            | Kind::Service(_)
            | Kind::Script(_)
            | Kind::Rule { .. }
            | Kind::Child(_)
            | Kind::Sub { .. }
            | Kind::Transaction
            | Kind::AdHoc(_)
            | Kind::Catch(_)
            | Kind::Boundary { .. }
            | Kind::EventStart { .. } => {
                let conditional = |it: &&NodeId| {
                    self.plan.paths.get(*it).is_some_and(|it| it.condition.is_some())
                        || node.default.as_ref() == Some(it)
                };
                let (may, will): (Vec<&NodeId>, Vec<&NodeId>) = node.outgoing.iter().partition(conditional);
                let own = |it: Vec<&NodeId>| it.into_iter().cloned().collect::<Vec<_>>();
                found.extend(self.some(&own(will), &own(may)));
            }
        }
        Ok(found)
    }

    /// Every way to take all of `will` and some of `may`; at least one flow, where there is any.
    fn some(&self, will: &[NodeId], may: &[NodeId]) -> Vec<Way> {
        if may.is_empty() {
            return vec![self.taken(will)];
        }
        let sets: Vec<Vec<NodeId>> = if may.len() <= COMBINED {
            let pick = |bits: usize| {
                may.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0).map(|(_, it)| it.clone()).collect()
            };
            (0..1_usize << may.len()).map(pick).collect()
        } else {
            may.iter().map(|it| vec![it.clone()]).chain([may.to_vec()]).collect()
        };
        let sets = sets.into_iter().filter(|it| !it.is_empty() || !will.is_empty());
        sets.map(|it| self.taken(&will.iter().cloned().chain(it).collect::<Vec<_>>())).collect()
    }

    fn taken(&self, flows: &[NodeId]) -> Way {
        Way::To(flows.iter().filter_map(|it| super::place::behind(self.plan, it)).collect())
    }
}
