//! Inclusive gateway (BPMN 2.0.2 §10.6.3, §13.4.3). Split: every flow whose condition holds; none: the default; else
//! stuck. The same choice is made out of activities and events, where flows without condition are always taken.
//! Join: see [`super::super::reach`]; asked when nothing else can move, so that no token on its way is overtaken.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fact::Fact;
use super::super::instance::Place;
use super::super::plan::Kind;
use super::super::run::Run;
use super::{Choice, Names, Node, NodeId, Plan, Stuck, holds};

pub(super) fn choose(plan: &Plan, node: &Node, default: Option<&NodeId>, names: &Names) -> Result<Choice, Stuck> {
    let mut choice = Choice::default();
    for flow in node.outgoing.iter().filter(|it| Some(*it) != default) {
        let conditional = plan.paths.get(flow).is_some_and(|it| it.condition.is_some());
        choice.explain |= conditional;
        let yes = holds(plan, flow, names)?;
        if conditional || matches!(node.kind, Kind::Inclusive | Kind::Complex(_)) {
            choice.because.push((flow.clone(), yes));
        }
        if yes {
            choice.taken.push(flow.clone());
        }
    }
    if choice.taken.is_empty() {
        match default.filter(|it| node.outgoing.contains(it)) {
            Some(it) => choice.taken.push(it.clone()),
            None if node.outgoing.is_empty() => {}
            None => return Err("expected a condition that holds or a default flow, found neither".to_owned()),
        }
    }
    Ok(choice)
}

impl Run<'_> {
    /// Lets one inclusive gateway go on, if one is enabled. True: it did.
    pub(in super::super) fn join_inclusive(&mut self) -> bool {
        // (gateway, scope) → flow → the token that came first.
        let mut waiting: BTreeMap<(NodeId, Option<u64>), BTreeMap<NodeId, u64>> = BTreeMap::new();
        for (id, token) in &self.instance.tokens {
            if let Place::Flow(flow) = &token.at
                && let Some(path) = self.plan.paths.get(flow)
                && self.plan.node(&path.target).is_some_and(|it| matches!(it.kind, Kind::Inclusive))
            {
                let at = waiting.entry((path.target.clone(), token.scope)).or_default();
                at.entry(flow.clone()).or_insert(*id);
            }
        }
        for ((gateway, scope), tokens) in waiting {
            let full: BTreeSet<NodeId> = tokens.keys().cloned().collect();
            let others = self.instance.tokens.values().filter(|it| it.scope == scope).map(|it| match &it.at {
                Place::Node(it) | Place::Flow(it) => it,
            });
            let incoming = self.plan.node(&gateway).map(|it| it.incoming.as_slice()).unwrap_or_default();
            let others = others.filter(|it| !incoming.contains(it));
            if self.plan.reach.enabled(&gateway, &full, others) {
                self.join(&gateway, scope, tokens.into_values().collect());
                return true;
            }
        }
        false
    }

    /// Makes one token of several and answers it. It keeps the outcome that came last.
    pub(super) fn join(&mut self, gateway: &NodeId, scope: Option<u64>, tokens: Vec<u64>) -> u64 {
        let last = tokens.iter().max().and_then(|it| self.instance.tokens.get(it));
        let outcome = last.and_then(|it| it.outcome.clone());
        for token in &tokens {
            self.resolve(*token);
        }
        self.emit(Fact::Joined { node: gateway.clone(), tokens });
        self.enter(gateway, None, scope, outcome)
    }
}
