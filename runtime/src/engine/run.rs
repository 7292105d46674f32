//! The scratch of one step: a copy of the instance that only facts change, a copy of the record that later
//! conditions see, and the queue of work. No recursion: a long chain of automatic nodes is a long queue.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::context::Context;
use super::effect::Effect;
use super::evaluate::{Names, person_value};
use super::fact::Fact;
use super::instance::{Instance, Phase, Place, Sent, State, Token};
use super::plan::{Assign, Node, Plan, Target};
use super::{Refusal, Step};
use crate::id::{FieldKey, IncidentId, InstanceId, JobId, NodeId, TaskId, TimerId, UserId};
use crate::limits;

/// Why a token cannot go on. Becomes an incident at it.
pub(super) type Stuck = String;

/// New values of fields, and of variables.
pub(super) type Changes = (Map<String, Value>, Map<String, Value>);

pub(super) struct Run<'a> {
    pub plan: &'a Plan,
    pub context: &'a Context<'a>,
    pub instance: Instance,
    pub facts: Vec<Fact>,
    pub effects: Vec<Effect>,
    /// The record as the flow has left it so far.
    pub data: Map<String, Value>,
    /// What of it the flow has changed; one effect at the end.
    fields: Map<String, Value>,
    /// Who sends the work on in this step; tasks that open remember it.
    pub sent: Option<Sent>,
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
            sent: None,
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
        self.instance.apply(&fact);
        self.facts.push(fact);
    }

    pub fn queue(&mut self, work: Work) {
        self.queue.push_back(work);
    }

    fn settle(&mut self) {
        loop {
            while let Some(work) = self.queue.pop_front() {
                self.passed += 1;
                self.work(work);
            }
            if self.instance.state != State::Running || !(self.join_inclusive() || self.close_scope()) {
                break;
            }
        }
        if self.instance.state == State::Running {
            if self.instance.tokens.is_empty() { self.end(None) } else { self.say_stuck() }
        }
    }

    /// The instance is over.
    pub fn end(&mut self, error: Option<String>) {
        self.emit(Fact::Finished { error: error.clone() });
        let vars = self.instance.vars.clone();
        self.effects.push(Effect::Ended { vars, cancelled: false, error });
    }

    fn work(&mut self, work: Work) {
        let (token, phase) = match &work {
            Work::Begin { token, .. } | Work::Again { token } => (*token, Phase::Work),
            Work::Leave { token } => (*token, Phase::Leave),
        };
        let Some(node) = self.node_of(token) else { return };
        let outcome = if self.passed > limits::STEP_NODES {
            Err(format!("expected a node that waits within {} nodes, found none: an endless loop", limits::STEP_NODES))
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
        self.arm_boundary(token, node)?;
        self.behave(token, node, returned)?;
        self.notify_rules(token, node, crate::model::flow::NotifyMoment::Enter);
        Ok(())
    }

    pub fn set_stage(&mut self, node: &Node) {
        if let (Some(field), Some(stage)) = (self.plan.stage.clone(), &node.stage) {
            self.set_fields(Map::from_iter([(field.0, Value::String(stage.clone()))]));
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
        self.emit(Fact::Entered { token, node: node.clone(), via: via.cloned(), scope, outcome });
        token
    }

    /// Takes a sequence flow: into its target, or into the flow itself when a join waits behind it.
    pub fn take(&mut self, flow: &NodeId, scope: Option<u64>, outcome: Option<String>) {
        let Some(path) = self.plan.paths.get(flow) else { return };
        if self.plan.joins(&path.target) {
            let token = self.instance.next;
            self.emit(Fact::Arrived { token, flow: flow.clone(), scope, outcome });
            self.join_parallel(&path.target, scope);
        } else {
            self.enter(&path.target, Some(flow), scope, outcome);
        }
    }

    /// Out of a node: assignments, choice of flows, notices, tokens. Everything is evaluated before anything changes,
    /// so that a retry repeats all of it or nothing.
    fn leave(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        let Some(Token { scope, outcome, .. }) = self.instance.tokens.get(&token).cloned() else { return Ok(()) };
        let conditional = |it: &NodeId| self.plan.paths.get(it).is_some_and(|it| it.condition.is_some());
        // Most nodes have nothing to evaluate, and gathering what an expression sees is most of a step's work.
        let asks = !node.assign.is_empty() || node.outgoing.iter().any(conditional);
        let mut names = if asks { self.names(outcome.as_deref()) } else { self.plan.tools.names(self.context.now) };
        let (data, vars) = self.evaluate_assignments(&node.assign, &mut names)?;
        let choice = super::gateway::choose(self.plan, node, &names)?;
        if self.instance.tokens.len() + choice.taken.len() > limits::INSTANCE_TOKENS {
            return Err(format!("expected at most {} tokens, found more", limits::INSTANCE_TOKENS));
        }
        self.set_vars(vars)?;
        self.set_fields(data);
        if choice.explain {
            let because = choice.because;
            self.emit(Fact::Decided { node: node.id.clone(), taken: choice.taken.clone(), because });
        }
        self.notify_rules(token, node, crate::model::flow::NotifyMoment::Leave);
        self.clear(token, "done");
        self.emit(Fact::Left { token, node: node.id.clone() });
        for flow in &choice.taken {
            self.take(flow, scope, outcome.clone());
        }
        Ok(())
    }

    /// Evaluates assignments one after the other, each seeing those before it; changes nothing yet.
    pub fn evaluate_assignments(&self, list: &[Assign], names: &mut Names) -> Result<Changes, Stuck> {
        let (mut data, mut vars) = (Map::new(), Map::new());
        let mut all_data = None;
        for it in list {
            let value = it.expr.eval(names)?;
            match &it.target {
                Target::Field(field) => {
                    let all = all_data.get_or_insert_with(|| self.data.clone());
                    all.insert(field.0.clone(), value.clone());
                    names.set_data(&self.plan.tools, &self.context.record, all);
                    data.insert(field.0.clone(), value);
                }
                Target::Var(name) => {
                    vars.insert(name.clone(), value);
                    let mut all = self.instance.vars.clone();
                    all.extend(vars.clone());
                    if self.plan.flow.module.is_none() {
                        names.set_bare(&vars);
                    }
                    names.set("vars", &Value::Object(all));
                }
            }
        }
        Ok((data, vars))
    }

    /// Changes fields of the record; what is as it was is left out.
    pub fn set_fields(&mut self, fields: Map<String, Value>) {
        let blank = Value::Null;
        let changed = |(key, value): &(String, Value)| self.data.get(key).unwrap_or(&blank) != value;
        let fields: Map<String, Value> = fields.into_iter().filter(changed).collect();
        if fields.is_empty() {
            return;
        }
        self.recompute(&fields);
        self.data.extend(fields.clone());
        self.fields.extend(fields.clone());
        self.emit(Fact::FieldsSet { fields });
    }

    pub fn set_field(&mut self, field: &FieldKey, value: Value) {
        self.set_fields(Map::from_iter([(field.0.clone(), value)]));
    }

    pub fn set_vars(&mut self, vars: Map<String, Value>) -> Result<(), Stuck> {
        if vars.is_empty() {
            return Ok(());
        }
        let mut all = self.instance.vars.clone();
        all.extend(vars.clone());
        let bytes = serde_json::to_vec(&all).map_or(usize::MAX, |it| it.len());
        if bytes > limits::INSTANCE_VARS_BYTES {
            return Err(format!("expected variables of at most {} bytes, found {bytes}", limits::INSTANCE_VARS_BYTES));
        }
        self.emit(Fact::VarsSet { vars });
        Ok(())
    }

    /// What expressions see.
    pub fn names(&self, outcome: Option<&str>) -> Names {
        let mut names = self.plan.tools.names(self.context.now);
        names.set_data(&self.plan.tools, &self.context.record, &self.data);
        names.set("vars", &Value::Object(self.instance.vars.clone()));
        names.set("outcome", &outcome.map_or(Value::Null, Value::from));
        names.set("record", &Value::String(self.context.record.0.clone()));
        names.set("instance", &Value::String(self.instance.id.0.clone()));
        names.set("starter", &Value::String(self.instance.started_by.0.clone()));
        let done = self.instance.done.iter().map(|(node, it)| (node.0.clone(), Value::from(it.outcome.clone())));
        names.set("outcomes", &Value::Object(done.collect()));
        let actor = self.context.world.people().get(&self.context.actor).map(person_value);
        let system = || serde_json::json!({ "id": self.context.actor.0, "name": "", "roles": [] });
        names.set("user", &actor.unwrap_or_else(system));
        names.set("refs", &Value::Object(self.refs()));
        // A flow without a record has nothing but its variables: plain BPMN writes them by their names.
        if self.plan.flow.module.is_none() {
            names.set_bare(&self.instance.vars);
        }
        names
    }

    /// What scripts see besides.
    pub fn script_names(&self, outcome: Option<&str>) -> Names {
        let mut names = self.names(outcome);
        names.set("people", &Value::Array(self.context.world.people().values().map(person_value).collect()));
        names
    }

    /// Takes everything that hangs on a token away: tasks, timers, jobs, called flows, incidents, the inside of a
    /// subprocess. The token itself stays.
    pub fn clear(&mut self, token: u64, why: &str) {
        let hang = |it: &u64| *it == token;
        let tasks = self.instance.tasks.values().filter(|it| hang(&it.token)).map(|it| it.id.clone());
        for task in tasks.collect::<Vec<TaskId>>() {
            self.emit(Fact::TaskCancelled { task, why: why.to_owned() });
        }
        self.close_sheet(token, why, None);
        let timers = self.instance.timers.iter().chain(&self.instance.held).filter(|(_, it)| hang(&it.token)).map(|(id, _)| id.clone());
        for timer in timers.collect::<Vec<TimerId>>() {
            self.emit(Fact::TimerCancelled { timer });
        }
        let jobs = self.instance.jobs.iter().filter(|(_, it)| hang(it)).map(|(id, _)| id.clone());
        for job in jobs.collect::<Vec<JobId>>() {
            self.emit(Fact::JobDone { job, outcome: None });
        }
        let children = self.instance.children.iter().filter(|(_, it)| hang(it)).map(|(id, _)| id.clone());
        for child in children.collect::<Vec<InstanceId>>() {
            self.emit(Fact::ChildEnded { child: child.clone() });
            self.effects.push(Effect::CancelChild { child });
        }
        self.resolve(token);
        let scopes = self.instance.scopes.iter().filter(|(_, it)| hang(&it.token)).map(|(id, _)| *id);
        for scope in scopes.collect::<Vec<u64>>() {
            self.clear_scope(Some(scope), why);
            self.emit(Fact::ScopeClosed { scope });
        }
    }

    /// Removes every token of a scope (none: of the whole instance).
    pub fn clear_scope(&mut self, scope: Option<u64>, why: &str) {
        let inside = self.instance.tokens.iter().filter(|(_, it)| it.scope == scope).map(|(id, _)| *id);
        for token in inside.collect::<Vec<u64>>() {
            self.remove(token, why);
        }
    }

    /// Removes a token with all that hangs on it.
    pub fn remove(&mut self, token: u64, why: &str) {
        self.clear(token, why);
        self.emit(Fact::Removed { token, why: why.to_owned() });
    }

    /// Resolves what is stuck at a token.
    pub fn resolve(&mut self, token: u64) {
        let stuck = self.instance.incidents.iter().filter(|(_, it)| it.token == token).map(|(id, _)| id.clone());
        for incident in stuck.collect::<Vec<IncidentId>>() {
            self.emit(Fact::IncidentResolved { incident });
        }
    }

    /// The node a token stands in.
    pub fn node_of(&self, token: u64) -> Option<&'a Node> {
        match &self.instance.tokens.get(&token)?.at {
            Place::Node(node) => self.plan.node(node),
            Place::Flow(_) => None,
        }
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
