//! Complex gateway (BPMN 2.0.2 §10.6.5, §13.4.5). Waiting for start it is activated as soon as its activation condition holds:
//! it takes one token from every flow that has one and splits like an inclusive gateway. Then it waits for reset: until every
//! flow it has not taken a token from has one or can get none any more (the inclusive gateway's rule); those tokens are
//! taken too. Conditions on its flows see `waitingForStart`; a flow without a condition belongs to the activation (the
//! standard recommends one or the other, not both). Without an activation condition it joins like an inclusive gateway.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::evaluate::{Expr, Names};
use super::super::fact::Fact;
use super::super::instance::{Phase, Place};
use super::super::plan::{Kind, Node};
use super::super::run::Run;
use super::{Choice, NodeId, Plan, Stuck, inclusive};

/// Tokens that wait before a gateway in a scope, oldest first, by flow.
type Waiting = BTreeMap<NodeId, Vec<u64>>;

/// `reset`: of the token that the reset made.
pub(super) fn choose(plan: &Plan, node: &Node, names: &Names, reset: bool) -> Result<Choice, Stuck> {
    if !reset {
        return inclusive::choose(plan, node, node.default.as_ref(), names);
    }
    let mut choice = Choice { explain: true, ..Choice::default() };
    for flow in &node.outgoing {
        if plan.paths.get(flow).is_some_and(|it| it.condition.is_some()) {
            let yes = super::holds(plan, flow, names)?;
            choice.because.push((flow.clone(), yes));
            if yes {
                choice.taken.push(flow.clone());
            }
        }
    }
    Ok(choice)
}

impl<'a> Run<'a> {
    /// Lets one complex gateway go on, if one can. True: it did.
    pub(in super::super) fn join_complex(&mut self) -> bool {
        for (gateway, scope) in self.complex_at_work() {
            let Some(node) = self.plan.node(&gateway) else { continue };
            let Kind::Complex(condition) = &node.kind else { continue };
            let waiting = self.waiting_before(node, scope);
            let gate = self.instance.gates.iter().find(|it| it.node == gateway && it.scope == scope).cloned();
            let full: BTreeSet<NodeId> = waiting.keys().cloned().collect();
            let moved = match (gate, condition) {
                (Some(gate), _) => {
                    let full = full.into_iter().chain(gate.taken.iter().cloned()).collect();
                    self.nothing_more_comes(node, scope, &full) && {
                        self.reset(node, scope, &gate.taken, &waiting);
                        true
                    }
                }
                (None, Some(condition)) => {
                    self.activates(node, scope, condition, &waiting) && {
                        self.activate(node, scope, &waiting);
                        true
                    }
                }
                (None, None) => {
                    !full.is_empty() && self.nothing_more_comes(node, scope, &full) && {
                        let tokens = waiting.values().filter_map(|it| it.first().copied()).collect();
                        self.join(&node.id, scope, tokens);
                        true
                    }
                }
            };
            if moved {
                return true;
            }
        }
        false
    }

    /// Complex gateways with several incoming flows that have tokens before them, or wait for reset.
    fn complex_at_work(&self) -> BTreeSet<(NodeId, Option<u64>)> {
        let before = self.instance.tokens.values().filter_map(|it| {
            let Place::Flow(flow) = &it.at else { return None };
            let target = &self.plan.paths.get(flow)?.target;
            matches!(self.plan.node(target)?.kind, Kind::Complex(_)).then(|| (target.clone(), it.scope))
        });
        before.chain(self.instance.gates.iter().map(|it| (it.node.clone(), it.scope))).collect()
    }

    fn waiting_before(&self, node: &Node, scope: Option<u64>) -> Waiting {
        let mut found = Waiting::new();
        for (id, token) in &self.instance.tokens {
            if let Place::Flow(flow) = &token.at
                && token.scope == scope
                && node.incoming.contains(flow)
            {
                found.entry(flow.clone()).or_default().push(*id);
            }
        }
        found
    }

    fn nothing_more_comes(&self, node: &Node, scope: Option<u64>, full: &BTreeSet<NodeId>) -> bool {
        let others = self.instance.tokens.values().filter(|it| it.scope == scope).map(|it| match &it.at {
            Place::Node(it) | Place::Flow(it) => it,
        });
        let others = others.filter(|it| !node.incoming.contains(it));
        self.plan.reach.enabled(&node.id, full, others)
    }

    /// Whether the activation condition holds. It sees the tokens on each flow as `activationCount.<flow>`, on all of them as
    /// `activationCount`.
    fn activates(&mut self, node: &'a Node, scope: Option<u64>, condition: &Expr, waiting: &Waiting) -> bool {
        let Some(first) = waiting.values().flatten().min().copied() else { return false };
        let outcome = self.outcome(first);
        let mut names = self.names_in(scope, outcome.as_deref());
        let count = |flow: &NodeId| waiting.get(flow).map_or(0, Vec::len);
        let counts: Map<String, Value> =
            node.incoming.iter().map(|it| (it.0.clone(), Value::from(count(it)))).collect();
        let all = Value::from(waiting.values().map(Vec::len).sum::<usize>());
        let count = if condition.reads_whole("activationCount") { all } else { Value::Object(counts) };
        names.set("activationCount", count);
        names.set("waitingForStart", Value::Bool(true));
        match condition.holds(&names) {
            Ok(it) => it,
            Err(says) => {
                let said = self
                    .instance
                    .incidents
                    .values()
                    .any(|it| waiting.values().flatten().any(|token| *token == it.token));
                if !said {
                    self.stuck(first, node, format!("activation condition: {says}"), Phase::Work);
                }
                false
            }
        }
    }

    fn activate(&mut self, node: &'a Node, scope: Option<u64>, waiting: &Waiting) {
        let taken: Vec<NodeId> = waiting.keys().cloned().collect();
        let tokens = waiting.values().filter_map(|it| it.first().copied()).collect();
        let first = self.join(&node.id, scope, tokens);
        self.emit(Fact::GateTurned { node: node.id.clone(), scope, taken, first });
    }

    fn reset(&mut self, node: &'a Node, scope: Option<u64>, taken: &[NodeId], waiting: &Waiting) {
        let late = waiting.iter().filter(|(flow, _)| !taken.contains(flow));
        let tokens: Vec<u64> = late.filter_map(|(_, it)| it.first().copied()).collect();
        self.emit(Fact::GateTurned { node: node.id.clone(), scope, taken: Vec::new(), first: 0 });
        let conditional = |it: &NodeId| self.plan.paths.get(it).is_some_and(|it| it.condition.is_some());
        if node.outgoing.iter().any(conditional) {
            self.join(&node.id, scope, tokens);
        } else if !tokens.is_empty() {
            tokens.iter().for_each(|it| self.resolve(*it));
            self.emit(Fact::Joined { node: node.id.clone(), tokens });
        }
    }

    /// Whether the token was made by a reset: it is not the one of the activation.
    pub(in super::super) fn of_reset(&self, token: u64, node: &Node) -> bool {
        let Kind::Complex(Some(_)) = node.kind else { return false };
        let scope = self.scope_of(token);
        let gate = self.instance.gates.iter().find(|it| it.node == node.id && it.scope == scope);
        node.incoming.len() > 1 && gate.is_none_or(|it| it.first != token)
    }

    /// What the flows out of a complex gateway see besides.
    pub(in super::super) fn gate_names(&self, token: u64, node: &Node, names: &mut Names) {
        if matches!(node.kind, Kind::Complex(_)) {
            names.set("waitingForStart", Value::Bool(!self.of_reset(token, node)));
        }
    }
}
