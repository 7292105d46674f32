//! Tokens before a join that can never go on: one of the flows it waits for can get no token any more, and nothing that still
//! moves can end the scope and take them with it. The checker finds such flows; one that runs all the same says so with an incident
//! instead of waiting silently.

use std::collections::{BTreeMap, BTreeSet};

use super::super::instance::{Phase, Place};
use super::super::plan::Kind;
use super::super::run::Run;
use super::NodeId;

impl Run<'_> {
    /// Raises an incident at every join that waits in vain and has none yet.
    pub(in super::super) fn say_stuck(&mut self) {
        let mut waiting: BTreeMap<(NodeId, Option<u64>), BTreeMap<NodeId, u64>> = BTreeMap::new();
        for (id, token) in &self.instance.tokens {
            if let Place::Flow(flow) = &token.at
                && let Some(path) = self.plan.paths.get(flow)
            {
                let at = waiting.entry((path.target.clone(), token.scope)).or_default();
                at.entry(flow.clone()).or_insert(*id);
            }
        }
        for ((gateway, scope), tokens) in waiting {
            let Some(node) = self.plan.node(&gateway) else { continue };
            let Some(first) = tokens.values().min().copied() else { continue };
            let said = self.instance.incidents.values().any(|it| tokens.values().any(|token| *token == it.token));
            // An inclusive gateway goes on by itself when nothing can come any more, unless two wait for each other.
            // One that has all its tokens, and whose condition does not hold.
            let idle = matches!(node.kind, Kind::Complex(_)) && node.incoming.iter().all(|it| tokens.contains_key(it));
            let mut empty = node.incoming.iter().filter(|it| !tokens.contains_key(*it));
            let missing = if matches!(node.kind, Kind::Parallel) {
                empty.find(|it| !self.can_come(&gateway, it, scope)).filter(|_| !self.can_end(scope))
            } else if idle || node.quantity.0 > 1 {
                node.incoming.iter().find(|_| self.nothing_moves(scope))
            } else {
                empty.find(|_| self.nothing_moves(scope))
            };
            if let (Some(flow), false) = (missing, said) {
                let message = match node.quantity.0 {
                    _any if idle => "expected the condition to activate the gateway, it does not hold, and no token can come any more".to_owned(),
                    0 | 1 => format!("expected a token on `{flow}`, none can come any more"),
                    wanted => format!("expected {wanted} tokens, none can come any more"),
                };
                self.stuck(first, node, message, Phase::Work);
            }
        }
    }

    /// Whether a token that still moves can reach the flow.
    fn can_come(&self, gateway: &NodeId, flow: &NodeId, scope: Option<u64>) -> bool {
        let moving = self.moving();
        self.instance.tokens.iter().filter(|(id, it)| it.scope == scope && moving.contains(*id)).any(|(_, it)| {
            let (Place::Node(place) | Place::Flow(place)) = &it.at;
            self.plan.reach.reaches(gateway, flow, place)
        })
    }

    /// Whether a token that still moves can end the whole scope, what waits in it included.
    fn can_end(&self, scope: Option<u64>) -> bool {
        let moving = self.moving();
        self.instance.tokens.iter().filter(|(id, it)| it.scope == scope && moving.contains(*id)).any(|(_, it)| {
            let (Place::Node(place) | Place::Flow(place)) = &it.at;
            self.plan.reach.can_end_all(place)
        })
    }

    fn nothing_moves(&self, scope: Option<u64>) -> bool {
        let moving = self.moving();
        self.instance.tokens.iter().all(|(id, it)| it.scope != scope || !moving.contains(id))
    }

    /// Tokens in nodes; of subprocesses only those with such a token inside, or where people can begin something.
    fn moving(&self) -> BTreeSet<u64> {
        let in_node = |it: &&u64| self.instance.tokens.get(*it).is_some_and(|it| matches!(it.at, Place::Node(_)));
        let ad_hoc = |it: &NodeId| matches!(self.plan.node(it).map(|it| &it.kind), Some(Kind::AdHoc(_)));
        let closed = self.instance.scopes.values().filter(|it| it.fulfilled || !ad_hoc(&it.node));
        let outside: BTreeSet<u64> = closed.map(|it| it.token).collect();
        let mut found: BTreeSet<u64> =
            self.instance.tokens.keys().filter(in_node).filter(|it| !outside.contains(*it)).copied().collect();
        let mut open: Vec<u64> = found.iter().copied().collect();
        while let Some(token) = open.pop() {
            let scope = self.instance.tokens.get(&token).and_then(|it| it.scope);
            if let Some(scope) = scope.and_then(|it| self.instance.scopes.get(&it))
                && found.insert(scope.token)
            {
                open.push(scope.token);
            }
        }
        found
    }
}
