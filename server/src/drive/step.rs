//! Stepping: inputs in, effects carried out in the same transaction, until none remain.

use std::collections::{BTreeMap, VecDeque};

use runtime::engine::input::Parent;
use runtime::engine::instance::State;
use runtime::engine::operation::mapping;
use runtime::engine::waiting::awaited;
use runtime::engine::{Context, Effect, Input, Instance, Refusal, may_complete, step};
use runtime::expr::Scope;
use runtime::form::Writer;
use runtime::id::{FlowKey, InstanceId, NodeId, TaskId, UserId};
use runtime::limits;
use runtime::model::flow::Binding;
use runtime::model::module::TriggerEvent;
use runtime::script::watched;
use serde_json::{Map, Value};

use super::carried::{Seen, given, told};
use super::{Notice, Prepared, Running, Work};
use crate::actor::SYSTEM;
use crate::error::Error;
use crate::store::instances::{self, Job, Stored};
use crate::store::sql::fresh;

pub(super) struct Next {
    pub instance: InstanceId,
    pub input: Input,
    pub by: UserId,
    /// It follows from another step: being refused is no fault of the person.
    pub follows: bool,
}

impl Work<'_> {
    /// Starts the flows that the module's triggers name.
    pub(crate) async fn trigger(&mut self, on: TriggerEvent) -> Result<(), Error> {
        let module = self.module.clone();
        for (trigger, when) in module.triggers.iter().filter(|it| it.0.on == on) {
            if trigger.when.is_some() {
                let Some(expr) = when else { continue };
                let mut scope = Scope::new(self.live.catalog.library(), self.now, module.form.zone());
                scope.set_record("data", &self.record.data, module.form.shape());
                scope.set_user(&self.actor.person);
                match watched(self.budget.clone(), || expr.holds(&scope)) {
                    Ok(true) => {}
                    Ok(false) => continue,
                    Err(error) if error.spent => {
                        let what =
                            format!("the condition of the trigger `{}` of `{}`: {error}", trigger.id, module.key);
                        return Err(Error::Refused(Refusal::Limit { what }));
                    }
                    Err(error) => {
                        tracing::warn!(module = module.key.as_str(), trigger = trigger.id, %error, "a trigger's condition cannot run");
                        continue;
                    }
                }
            }
            if on == TriggerEvent::Updated && self.runs(&trigger.flow).await? {
                continue;
            }
            self.start(&trigger.flow, Map::new()).await?;
        }
        Ok(())
    }

    /// True if the flow runs for this record already.
    pub(crate) async fn runs(&self, flow: &FlowKey) -> Result<bool, Error> {
        let mut condition = crate::store::Query::new("state IN ('running', 'suspended') AND record = ");
        condition.bind(self.record.id.as_str()).push(" AND flow = ").bind(flow.as_str());
        Ok(!instances::heads(self.tx, condition, " LIMIT 1").await?.is_empty())
    }

    /// Starts a flow for this record.
    pub(crate) async fn start(&mut self, flow: &FlowKey, vars: Map<String, Value>) -> Result<InstanceId, Error> {
        let id = InstanceId(fresh("ins"));
        self.create(id.clone(), flow, &Binding::Latest, None).await?;
        let by = self.actor.id().clone();
        self.run(Next {
            instance: id.clone(),
            input: Input::Start { at: None, vars, parent: None },
            by,
            follows: false,
        })
        .await?;
        Ok(id)
    }

    /// Gives an input of the acting person to an instance.
    pub(crate) async fn input(&mut self, instance: &InstanceId, input: Input) -> Result<(), Error> {
        let by = self.actor.id().clone();
        self.run(Next { instance: instance.clone(), input, by, follows: false }).await
    }

    /// Takes an instance to another version of its flow. `given` says which element is which, where that is not plain.
    pub(crate) async fn migrate(
        &mut self,
        id: &InstanceId,
        version: &str,
        given: &BTreeMap<NodeId, NodeId>,
    ) -> Result<(), Error> {
        self.load(id).await?;
        let pinned = self.app.definitions.pinned(self.tx, version).await?;
        let Some(running) = self.flows.get_mut(id).filter(|it| it.stored.flow == pinned.flow) else {
            return Err(Error::NotFound("flow version".to_owned()));
        };
        if running.stored.version == version {
            return Ok(());
        }
        let nodes = mapping(running.pinned.plan.flow(), pinned.plan.flow(), given);
        running.stored.version = version.to_owned();
        running.pinned = pinned;
        // Rows there were, before those of what begins there now.
        crate::store::moves::rename(self.tx, id, &nodes).await?;
        self.input(id, Input::Migrate { version: version.to_owned(), nodes }).await
    }

    /// Cancels everything that still runs for this record.
    pub(crate) async fn cancel_all(&mut self, reason: &str) -> Result<(), Error> {
        let mut condition =
            crate::store::Query::new("state IN ('running', 'suspended') AND parent IS NULL AND record = ");
        condition.bind(self.record.id.as_str());
        for it in instances::heads(self.tx, condition, " ORDER BY id").await? {
            self.input(&it.id, Input::Cancel { reason: reason.to_owned() }).await?;
        }
        Ok(())
    }

    /// Makes an instance that has not started yet, of the version the binding says; `caller`: the version that calls it.
    pub(super) async fn create(
        &mut self,
        id: InstanceId,
        flow: &FlowKey,
        binding: &Binding,
        caller: Option<(&Parent, &str)>,
    ) -> Result<(), Error> {
        let parent = caller.map(|it| it.0);
        let version = match (binding, caller) {
            (Binding::Latest, _) | (Binding::Deployment, None) => self.live.flows.get(flow).cloned(),
            (Binding::Deployment, Some((_, caller))) => self.app.definitions.beside(self.tx, caller, flow).await?,
            (Binding::Version(it), _) => {
                let known = crate::store::definitions::flow(self.tx, it).await?;
                known.filter(|it| it.0 == *flow).map(|_| it.clone())
            }
        };
        let version = version.ok_or_else(|| Error::NotFound(format!("flow `{flow}`")))?;
        let pinned = self.app.definitions.pinned(self.tx, &version).await?;
        let body = Instance { id: id.clone(), ..Instance::default() };
        let stored = Stored {
            id: id.clone(),
            flow: flow.clone(),
            version,
            module: self.module.key.clone(),
            record: self.record.id.clone(),
            state: "running".to_owned(),
            started_by: self.actor.id().clone(),
            started_at: self.at.clone(),
            parent: parent.map(|it| it.instance.clone()),
            body: body.clone(),
            ..Stored::default()
        };
        self.flows
            .insert(id, Running { stored, new: true, before: body, awaited: Vec::new(), pinned, facts: Vec::new() });
        Ok(())
    }

    async fn load(&mut self, id: &InstanceId) -> Result<(), Error> {
        if self.flows.contains_key(id) {
            return Ok(());
        }
        let stored = instances::find(self.tx, id, true).await?.ok_or_else(|| Error::NotFound("instance".to_owned()))?;
        self.hold(stored).await
    }

    /// Takes in an instance as it is stored; nobody else may step it from here on.
    pub(super) async fn hold(&mut self, stored: Stored) -> Result<(), Error> {
        let pinned = self.app.definitions.pinned(self.tx, &stored.version).await?;
        let before = stored.body.clone();
        let awaited = awaited(&pinned.plan, &before, &stored.record);
        let running = Running { stored, new: false, before, awaited, pinned, facts: Vec::new() };
        self.flows.insert(running.stored.id.clone(), running);
        Ok(())
    }

    pub(super) async fn run(&mut self, first: Next) -> Result<(), Error> {
        let mut queue = VecDeque::from([first]);
        while let Some(next) = queue.pop_front() {
            self.steps += 1;
            if self.steps > limits::STEP_ROUNDS {
                return Err(Error::Refused(Refusal::Limit {
                    what: format!("{} steps in one transaction", limits::STEP_ROUNDS),
                }));
            }
            self.load(&next.instance).await?;
            match self.one(&next).await {
                Ok(effects) => {
                    for effect in effects {
                        self.carry_out(&next, effect, &mut queue).await?;
                    }
                }
                Err(Error::Refused(refusal)) if next.follows => {
                    tracing::debug!(instance = next.instance.as_str(), %refusal, "a following step was not needed");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn one(&mut self, next: &Next) -> Result<Vec<Effect>, Error> {
        let Some(pinned) = self.flows.get(&next.instance).map(|it| it.pinned.clone()) else {
            return Err(Error::NotFound("instance".to_owned()));
        };
        let data = std::mem::take(&mut self.record.data);
        let referred = self.refer(&data, pinned.reads_refs).await;
        self.record.data = data;
        referred?;
        let carried = self.carried(&pinned);
        let seen = self.seen(carried.as_deref()).await?;
        let input = given(carried.as_deref(), next.input.clone());
        let Some(running) = self.flows.get(&next.instance) else {
            return Err(Error::NotFound("instance".to_owned()));
        };
        let world = Prepared::of(self, &seen);
        let context = Context {
            now: self.now,
            actor: next.by.clone(),
            record: self.record.id.clone(),
            owner: self.record.owner.clone(),
            data: if carried.is_some() { &seen.data } else { &self.record.data },
            world: &world,
        };
        // A script that is cut short becomes an incident, or whatever else the flow does with a fault.
        let done = watched(self.budget.clone(), || step(&pinned.plan, &running.stored.body, input, &context))
            .map_err(|it| told(carried.as_deref(), it))?;
        let vars = serde_json::to_vec(&done.instance.vars)?.len();
        if vars > limits::INSTANCE_VARS_BYTES {
            return Err(Error::Refused(Refusal::Limit {
                what: format!("variables of {} bytes", limits::INSTANCE_VARS_BYTES),
            }));
        }
        let Some(running) = self.flows.get_mut(&next.instance) else {
            return Err(Error::NotFound("instance".to_owned()));
        };
        running.stored.body = done.instance;
        let notes = super::explain::notes(&pinned, &done.facts, &next.by);
        running.facts.push((next.by.clone(), done.facts));
        for (by, kind, info) in notes {
            self.note(&by, kind, info);
        }
        Ok(done.effects)
    }

    async fn carry_out(&mut self, from: &Next, effect: Effect, queue: &mut VecDeque<Next>) -> Result<(), Error> {
        match effect {
            Effect::SetFields { fields } => {
                let pinned = self.pinned(&from.instance)?;
                let fields = self.carry(&pinned, fields)?;
                self.accept(&fields, None, &Default::default(), Writer::Flow).await?;
            }
            Effect::CallPlugin { job, plugin, function, input } => {
                self.jobs.push(Job { id: job, instance: from.instance.clone(), plugin, function, input, tries: 0 });
            }
            Effect::Notify { to, texts, task, .. } => {
                let open = self
                    .flows
                    .get(&from.instance)
                    .zip(task.as_ref())
                    .and_then(|(it, task)| it.stored.body.tasks.get(task));
                let doers =
                    open.map(|it| it.candidates.iter().chain(&it.assignee).cloned().collect()).unwrap_or_default();
                self.notices.push(Notice { to, texts, task, doers });
            }
            Effect::StartChild { child, flow, binding, vars, parent, .. } => {
                if self.depth(&from.instance) >= limits::CALL_ACTIVITY_DEPTH {
                    return Err(Error::Refused(Refusal::Limit {
                        what: format!("{} flows inside each other", limits::CALL_ACTIVITY_DEPTH),
                    }));
                }
                let caller = self.flows.get(&from.instance).map(|it| it.stored.version.clone()).unwrap_or_default();
                self.create(child.clone(), &flow, &binding, Some((&parent, &caller))).await?;
                let input = Input::Start { at: None, vars, parent: Some(parent) };
                queue.push_front(Next { instance: child, input, by: from.by.clone(), follows: false });
            }
            Effect::ThrowMessage { name, key, payload } => {
                let letter = self.letter(crate::store::post::Kind::Message, name, key, payload, None);
                self.letters.push(letter);
            }
            Effect::ThrowSignal { name, payload } => self.broadcast(&from.instance, name, payload).await?,
            Effect::Escalate { code, message } => {
                let parent = self.flows.get(&from.instance).and_then(|it| it.stored.body.parent.clone());
                if let Some(parent) = parent {
                    let input = Input::ChildEscalated { child: from.instance.clone(), code, message };
                    queue.push_back(Next { instance: parent.instance, input, by: from.by.clone(), follows: true });
                }
            }
            Effect::CancelChild { child } => {
                let input = Input::Cancel { reason: "the calling flow does not need it any more".to_owned() };
                queue.push_back(Next { instance: child, input, by: UserId::from(SYSTEM), follows: true });
            }
            Effect::Ended { vars, cancelled, error } => {
                let parent = self.flows.get(&from.instance).and_then(|it| it.stored.body.parent.clone());
                if let Some(parent) = parent {
                    let input = Input::ChildEnded { child: from.instance.clone(), vars, cancelled, error };
                    queue.push_back(Next { instance: parent.instance, input, by: from.by.clone(), follows: true });
                }
            }
        }
        Ok(())
    }

    /// How many flows called each other up to this one, as far as this work knows them.
    fn depth(&self, id: &InstanceId) -> usize {
        let mut depth = 0;
        let mut next = Some(id);
        while let Some(running) = next.and_then(|it| self.flows.get(it)) {
            depth += 1;
            next = running.stored.parent.as_ref();
            if depth > limits::CALL_ACTIVITY_DEPTH {
                break;
            }
        }
        depth
    }
}

/// A state as it is stored and sent.
pub(super) fn word(state: State) -> &'static str {
    match state {
        State::New | State::Running => "running",
        State::Suspended => "suspended",
        State::Finished => "finished",
        State::Cancelled => "cancelled",
    }
}

impl Work<'_> {
    /// The flow version an instance runs on, once it was loaded.
    pub(crate) fn pinned(&self, id: &InstanceId) -> Result<std::sync::Arc<crate::definitions::Pinned>, Error> {
        self.flows.get(id).map(|it| it.pinned.clone()).ok_or_else(|| Error::NotFound("instance".to_owned()))
    }

    /// Refuses whoever may not do a task, as the engine would.
    pub(crate) async fn must_be_able(&mut self, id: &InstanceId, task: &TaskId) -> Result<(), Error> {
        self.load(id).await?;
        let data = Map::new();
        let seen = Seen::default();
        let world = Prepared::of(self, &seen);
        let Some(running) = self.flows.get(id) else { return Err(Error::NotFound("instance".to_owned())) };
        let context = Context {
            now: self.now,
            actor: self.actor.id().clone(),
            record: self.record.id.clone(),
            owner: self.record.owner.clone(),
            data: &data,
            world: &world,
        };
        Ok(may_complete(&running.pinned.plan, &running.stored.body, task, &context)?)
    }
}
