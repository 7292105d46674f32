//! The scratch of one step: a copy of the instance that only facts change, a copy of the record that later
//! conditions see, and the queue of work. No recursion: a long chain of automatic nodes is a long queue.

use std::cell::RefCell;
use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::context::Context;
use super::effect::Effect;
use super::evaluate::Names;
use super::fact::Fact;
use super::instance::{Instance, Phase, Place, Sent, State, Token};
use super::plan::{Kind, Node, Plan};
use super::{Refusal, Step};
use crate::id::{IncidentId, NodeId, TaskId, UserId};
use crate::limits;

/// Why a token cannot go on. Becomes an incident at it.
pub(super) type Stuck = String;

/// New values of fields, and of variables.
pub(super) type Changes = (Map<String, Value>, Map<String, Value>);

/// What expressions see in a scope, after an outcome.
pub(super) struct Kept {
    pub scope: Option<u64>,
    pub outcome: Option<String>,
    pub names: Names,
}

pub(super) struct Run<'a> {
    pub plan: &'a Plan,
    pub context: &'a Context<'a>,
    pub instance: Instance,
    pub facts: Vec<Fact>,
    pub effects: Vec<Effect>,
    /// The record as the flow has left it so far.
    pub data: Map<String, Value>,
    /// What of it the flow has changed; one effect at the end.
    pub fields: Map<String, Value>,
    /// Whether conditions have to be asked again.
    pub dirty: bool,
    /// Who sends the work on in this step; tasks that open remember it.
    pub sent: Option<Sent>,
    /// What expressions in a scope saw after an outcome, the last time it was gathered; see [`Run::names_in`].
    pub(super) kept: RefCell<Option<Kept>>,
    queue: VecDeque<Work>,
    passed: usize,
}

/// What is still to do with a token.
pub(super) enum Work {
    /// It has just arrived. `returned`: somebody sent the work back to here.
    Begin { token: u64, returned: Option<(UserId, String)> },
    /// Its node's work again, after an incident.
    Again { token: u64 },
    /// Its node's work is done.
    Leave { token: u64 },
}

impl<'a> Run<'a> {
    pub fn new(plan: &'a Plan, instance: &Instance, context: &'a Context<'a>) -> Self {
        Self {
            plan,
            context,
            instance: instance.clone(),
            facts: Vec::new(),
            effects: Vec::new(),
            data: context.data.clone(),
            fields: Map::new(),
            dirty: false,
            sent: None,
            kept: RefCell::default(),
            queue: VecDeque::new(),
            passed: 0,
        }
    }

    /// Works until everything waits, then hands over the outcome.
    pub fn finish(mut self) -> Step {
        self.settle();
        self.settle_clocks();
        if !self.fields.is_empty() {
            let fields = std::mem::take(&mut self.fields);
            self.effects.insert(0, Effect::SetFields { fields });
        }
        Step { facts: self.facts, effects: self.effects, instance: self.instance }
    }

    /// The only way to change the instance.
    pub fn emit(&mut self, fact: Fact) {
        // What opens, tells and times changes nothing that expressions see; whatever else does is not gone into.
        let unseen = matches!(
            fact,
            Fact::TaskOpened { .. } | Fact::Assigned { .. } | Fact::TimerSet { .. } | Fact::TimerCancelled { .. }
        );
        if !unseen && self.kept.get_mut().is_some() {
            self.kept.take();
        }
        self.instance.apply(&fact);
        self.facts.push(fact);
    }

    pub fn queue(&mut self, work: Work) {
        self.queue.push_back(work);
    }

    fn settle(&mut self) {
        loop {
            if let Some(work) = self.queue.pop_front() {
                self.passed += 1;
                self.work(work);
                self.ask_conditions();
                continue;
            }
            self.ask_conditions();
            if !self.queue.is_empty() {
                continue;
            }
            if self.instance.state != State::Running
                || !(self.join_inclusive() || self.join_complex() || self.close_scope())
            {
                break;
            }
        }
        if self.instance.state == State::Running {
            if self.instance.tokens.is_empty() { self.end(None) } else { self.say_stuck() }
        }
    }

    /// The instance is over.
    pub fn end(&mut self, error: Option<String>) {
        self.disarm(None);
        self.emit(Fact::Finished { error: error.clone() });
        let vars = self.instance.vars.clone();
        self.effects.push(Effect::Ended { vars, cancelled: false, error });
    }

    /// Takes everything away; the caller, if any, is told.
    pub fn cancel(&mut self, reason: String) {
        self.clear_scope(None, "cancelled");
        self.emit(Fact::Cancelled { by: self.context.actor.clone(), reason });
        let vars = self.instance.vars.clone();
        self.effects.push(Effect::Ended { vars, cancelled: true, error: None });
    }

    fn work(&mut self, work: Work) {
        let (token, phase) = match &work {
            Work::Begin { token, .. } | Work::Again { token } => (*token, Phase::Work),
            Work::Leave { token } => (*token, Phase::Leave),
        };
        let Some(node) = self.node_of(token) else { return };
        // Each is counted when it begins and when it is left.
        let most = limits::STEP_NODES.saturating_add(2 * self.plan.size());
        let outcome = if self.passed > most {
            Err(format!("expected a node that waits within {most} nodes, found none: an endless loop"))
        } else {
            match work {
                Work::Begin { returned, .. } => {
                    self.set_stage(node);
                    self.begin(token, node, returned)
                }
                Work::Again { .. } => self.begin(token, node, None),
                Work::Leave { .. } => self.leave(token, node),
            }
        };
        if let Err(message) = outcome {
            self.stuck(token, node, message, phase);
        }
    }

    /// Raises an incident at a token.
    pub fn stuck(&mut self, token: u64, node: &Node, message: Stuck, phase: Phase) {
        let incident = IncidentId(self.fresh());
        let message: String = message.chars().take(2_000).collect();
        self.emit(Fact::IncidentRaised { incident, token, node: node.id.clone(), message, phase });
    }

    fn begin(&mut self, token: u64, node: &'a Node, returned: Option<(UserId, String)>) -> Result<(), Stuck> {
        let turn = self.turn_at(token, node).is_some();
        if !turn {
            self.arm_boundary(token, node)?;
            if let Some(repeat) = &node.repeat {
                self.repeat(token, node, repeat)?;
                self.notify_rules(token, node, crate::model::flow::NotifyMoment::Enter);
                return Ok(());
            }
        }
        self.behave(token, node, returned)?;
        if !turn {
            self.notify_rules(token, node, crate::model::flow::NotifyMoment::Enter);
        }
        Ok(())
    }

    pub fn set_stage(&mut self, node: &Node) {
        if let (Some(stage), Some(field)) = (&node.stage, &self.plan.stage) {
            self.set_fields(Map::from_iter([(field.0.clone(), Value::String(stage.clone()))]));
        }
    }

    /// Puts a new token into a node.
    pub fn enter(&mut self, node: &NodeId, via: Option<&NodeId>, scope: Option<u64>, outcome: Option<String>) -> u64 {
        let token = self.place(node, via, scope, outcome);
        self.queue(Work::Begin { token, returned: None });
        token
    }

    /// The same without beginning its work.
    pub fn place(&mut self, node: &NodeId, via: Option<&NodeId>, scope: Option<u64>, outcome: Option<String>) -> u64 {
        let token = self.instance.next;
        self.emit(Fact::Entered { token, node: node.clone(), via: via.cloned(), scope, outcome, turn: false });
        token
    }

    /// Takes a sequence flow: into its target, or into the flow itself when a join waits behind it.
    pub fn take(&mut self, flow: &NodeId, scope: Option<u64>, outcome: Option<String>) {
        let Some(path) = self.plan.paths.get(flow) else { return };
        if path.waits {
            let token = self.instance.next;
            self.emit(Fact::Arrived { token, flow: flow.clone(), scope, outcome });
            self.join_parallel(&path.target, scope);
            self.join_quantity(&path.target, scope);
        } else {
            self.enter(&path.target, Some(flow), scope, outcome);
        }
    }

    /// Out of a node: assignments, choice of flows, notices, tokens. Everything is evaluated before anything changes,
    /// so that a retry repeats all of it or nothing.
    fn leave(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        let Some(Token { scope, outcome, .. }) = self.instance.tokens.get(&token).cloned() else { return Ok(()) };
        if node.plain {
            return self.pass_on(token, node, (scope, outcome));
        }
        if let Some((_, index)) = self.turn_at(token, node) {
            return self.end_turn(token, node, index);
        }
        self.has_room_to_compensate(node)?;
        let conditional = |it: &NodeId| self.plan.paths.get(it).is_some_and(|it| it.condition.is_some());
        // What a repeated activity assigns, its turns have assigned.
        let assign = if node.repeat.is_some() { &[] } else { node.assign.as_slice() };
        // Most nodes have nothing to evaluate, and gathering what an expression sees is most of a step's work.
        let asks = !assign.is_empty() || !node.outputs.is_empty() || node.outgoing.iter().any(conditional);
        let mut names = if asks { self.names(token) } else { self.plan.tools.names(self.context.now) };
        let (mut data, mut vars) = self.evaluate_assignments(token, assign, &mut names)?;
        self.evaluate_associations(token, &node.outputs, &names, (&mut data, &mut vars))?;
        self.gate_names(token, node, &mut names);
        let choice = super::gateway::choose(self.plan, node, &names, self.of_reset(token, node))?;
        self.has_room(choice.taken.len(), node)?;
        self.set_vars(scope, vars)?;
        self.set_fields(data);
        if choice.explain {
            let because = choice.because;
            self.emit(Fact::Decided { node: node.id.clone(), taken: choice.taken.clone(), because });
        }
        self.depart(token, node, &choice.taken, (scope, outcome));
        Ok(())
    }

    /// Leaves a node that asks and computes nothing: most nodes are like this, and what others need costs more than they do.
    fn pass_on(&mut self, token: u64, node: &'a Node, with: (Option<u64>, Option<String>)) -> Result<(), Stuck> {
        self.has_room_to_compensate(node)?;
        self.has_room(node.outgoing.len(), node)?;
        self.depart(token, node, &node.outgoing, with);
        Ok(())
    }

    /// Whether so many flows can be taken out of a node; the token that leaves it makes room for one.
    fn has_room(&self, flows: usize, node: &Node) -> Result<(), Stuck> {
        let made = flows.saturating_mul(node.quantity.1 as usize);
        let (most, more) = (limits::INSTANCE_TOKENS, self.instance.tokens.len().saturating_sub(1).saturating_add(made));
        if more > most {
            return Err(format!(
                "expected at most {most} tokens in one instance (a limit of the engine), found {more} behind `{}`",
                node.id
            ));
        }
        Ok(())
    }

    /// Takes a token out of its node and into flows.
    fn depart(
        &mut self,
        token: u64,
        node: &'a Node,
        taken: &[NodeId],
        (scope, outcome): (Option<u64>, Option<String>),
    ) {
        self.notify_rules(token, node, crate::model::flow::NotifyMoment::Leave);
        if !node.kind.has_inside() && node.repeat.is_none() {
            self.keep_compensable(token, node, None);
        }
        self.clear(token, "done");
        self.emit(Fact::Left { token, node: node.id.clone() });
        if let Kind::Link(target) = &node.kind {
            self.enter(target, None, scope, outcome);
            return;
        }
        for flow in taken {
            for _ in 0..node.quantity.1 {
                self.take(flow, scope, outcome.clone());
            }
        }
        self.ask_ad_hoc(scope);
    }

    /// The node a token stands in.
    pub fn node_of(&self, token: u64) -> Option<&'a Node> {
        match &self.instance.tokens.get(&token)?.at {
            Place::Node(node) => self.plan.node(node),
            Place::Flow(_) => None,
        }
    }

    /// The scope a token is in.
    pub fn scope_of(&self, token: u64) -> Option<u64> {
        self.instance.tokens.get(&token)?.scope
    }

    /// An id nobody else has: the instance's, and its counter. The fact that uses it must be the next one.
    pub fn fresh(&self) -> String {
        format!("{}.{}", self.instance.id, self.instance.next)
    }

    /// The task, if it is open.
    pub fn task(&self, task: &TaskId) -> Result<super::OpenTask, Refusal> {
        self.instance.tasks.get(task).cloned().ok_or_else(|| Refusal::NoSuchTask { task: task.clone() })
    }
}
