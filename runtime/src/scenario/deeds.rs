//! What the steps of a scenario do, through the same forms, rights and engine as at the server.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::world::{Record, Refused, World};
use crate::engine::{Input, OpenTask};
use crate::expr::Expr;
use crate::form::Writer;
use crate::id::{InstanceId, ModuleKey, RecordId, UserId};
use crate::model::flow::ElementKind;
use crate::model::module::{Action, TriggerEvent};
use crate::model::scenario::{Deed, ScenarioStep};
use crate::model::view::View;
use crate::policy::{self, RecordFacts};
use crate::script::Scope;
use crate::time::Span;

impl World<'_> {
    /// Does one step; what it sets going goes on until everything waits.
    pub fn perform(&mut self, step: &ScenarioStep) -> Result<(), Refused> {
        self.notices.clear();
        self.read = None;
        let actor = UserId::from(step.who.as_deref().unwrap_or("system"));
        let deed = serde_json::to_string(&step.deed).unwrap_or_default();
        self.note(format!("> {actor} {deed}"));
        let outcome = self.deed(&actor, &step.deed).and_then(|()| self.work_off_jobs());
        if let Err(it) = &outcome {
            self.note(format!("  refused: {}: {}", it.code, it.message));
        }
        outcome
    }

    fn deed(&mut self, actor: &UserId, deed: &Deed) -> Result<(), Refused> {
        match deed {
            Deed::Create { module, name, data, accept_duplicates } => {
                self.create(actor, module, name, data, *accept_duplicates)
            }
            Deed::Update { record, data } => self.update(actor, record, data),
            Deed::Read { record } => self.read(actor, record),
            Deed::Claim { record, node } => {
                let (instance, task) = self.open(record, node)?;
                self.give(&instance, actor, Input::Claim { task: task.id })
            }
            Deed::Release { record, node } => {
                let (instance, task) = self.open(record, node)?;
                self.give(&instance, actor, Input::Release { task: task.id })
            }
            Deed::Complete { record, node, outcome, data, comment } => {
                let (instance, task) = self.open(record, node)?;
                let data = self.resolve(data);
                let input = |data| Input::Complete {
                    task: task.id.clone(),
                    outcome: outcome.clone(),
                    data,
                    comment: comment.clone(),
                };
                // First whether the flow takes it at all, then whether the form does; both before anything changes.
                self.try_on(&instance, actor, input(data.clone()))?;
                let id = self.record(record)?;
                let Some(it) = self.records.get(&id) else { return Ok(()) };
                let view = self.view_of(&instance, &task, &it.module);
                let after =
                    self.accept(&it.module, Some(&id), Some(&it.data), &data, Writer::Person, actor, view.as_ref())?;
                let changed = changes(&it.data, &after);
                self.give(&instance, actor, input(changed))
            }
            Deed::Return { record, node, to, reason } => {
                let (instance, task) = self.open(record, node)?;
                self.give(
                    &instance,
                    actor,
                    Input::Return { task: task.id, to: to.as_str().into(), reason: reason.clone() },
                )
            }
            Deed::HandOver { record, node, to } => {
                let (instance, task) = self.open(record, node)?;
                self.give(
                    &instance,
                    actor,
                    Input::HandOver { task: task.id, to: to.as_str().into(), reason: String::new() },
                )
            }
            Deed::Advance { by } => self.advance(by),
            Deed::Message { record, name, payload } => {
                let id = self.record(record)?;
                let input = Input::Message { name: name.clone(), payload: self.resolve(payload), key: None };
                let waiting: Vec<InstanceId> =
                    self.instances.iter().filter(|it| it.record == id).map(|it| it.instance.id.clone()).collect();
                let taker = waiting.into_iter().find(|it| self.try_on(it, actor, input.clone()).is_ok());
                match taker {
                    Some(it) => self.give(&it, actor, input),
                    None => Err(Refused::new("nothing-waits", format!("nothing waits for the message `{name}`"))),
                }
            }
            Deed::Answer { plugin, function, output, error } => {
                let answer = match error {
                    Some(it) => Err(it.clone()),
                    None => Ok(self.resolve_value(output.as_ref().unwrap_or(&Value::Null))),
                };
                self.answers.entry((plugin.clone(), function.clone())).or_default().push_back(answer);
                Ok(())
            }
        }
    }

    fn create(
        &mut self,
        actor: &UserId,
        module: &ModuleKey,
        name: &str,
        data: &Map<String, Value>,
        accept_duplicates: bool,
    ) -> Result<(), Refused> {
        let department = self.people.get(actor).and_then(|it| it.department.clone());
        let data = self.resolve(data);
        let cover = policy::may(self.compiled.catalog, &self.actor(actor), module, Action::Create);
        if cover.is_nothing() {
            return Err(not_allowed("create", module));
        }
        let mut accepted = self.accept(module, None, None, &data, Writer::Person, actor, None)?;
        let facts = RecordFacts { owner: Some(actor), department: department.as_ref(), data: &accepted };
        if !cover.holds(&facts) {
            return Err(not_allowed("create", module));
        }
        self.stands_alone(module, None, &accepted, accept_duplicates)?;
        if let Some((rule, period)) = self.numbering(module).map_err(|it| Refused::new("invalid", it))? {
            let last = self.counters.entry((module.clone(), period)).or_insert(0);
            *last += 1;
            let form = self.compiled.form(module);
            if let Some((field, _)) = form.number() {
                accepted.insert(field.0.clone(), Value::String(rule.render(*last, self.now, form.zone())));
            }
        }
        let mut id = RecordId(format!("rec-{name}"));
        while self.records.contains_key(&id) {
            id.0.push('+');
        }
        self.names.insert(name.to_owned(), id.clone());
        let record = Record {
            n: self.records.len(),
            module: module.clone(),
            owner: Some(actor.clone()),
            department,
            data: accepted,
        };
        self.records.insert(id.clone(), record);
        self.choose(&id, None, Writer::Person)?;
        self.trigger(actor, &id, TriggerEvent::Created)
    }

    fn update(&mut self, actor: &UserId, name: &str, data: &Map<String, Value>) -> Result<(), Refused> {
        let id = self.record(name)?;
        let data = self.resolve(data);
        let Some(it) = self.records.get(&id) else { return Ok(()) };
        self.must(actor, it, Action::Update, "update")?;
        let after = self.accept(&it.module, Some(&id), Some(&it.data), &data, Writer::Person, actor, None)?;
        self.stands_alone(&it.module, Some(&id), &after, false)?;
        let before = self.records.get_mut(&id).map(|it| std::mem::replace(&mut it.data, after));
        let chosen = self.choose(&id, before.as_ref(), Writer::Person);
        if let (Err(_), Some(before), Some(it)) = (&chosen, before, self.records.get_mut(&id)) {
            it.data = before;
        }
        chosen?;
        self.trigger(actor, &id, TriggerEvent::Updated)
    }

    fn read(&mut self, actor: &UserId, name: &str) -> Result<(), Refused> {
        let id = self.record(name)?;
        let Some(it) = self.records.get(&id) else { return Ok(()) };
        self.must(actor, it, Action::Read, "read")?;
        let access = policy::fields(self.compiled.catalog, &self.actor(actor), &it.module);
        self.read = Some(policy::present(&access, &it.data));
        Ok(())
    }

    fn must(&self, actor: &UserId, it: &Record, action: Action, verb: &str) -> Result<(), Refused> {
        let facts = RecordFacts { owner: it.owner.as_ref(), department: it.department.as_ref(), data: &it.data };
        let cover = policy::may(self.compiled.catalog, &self.actor(actor), &it.module, action);
        if cover.holds(&facts) { Ok(()) } else { Err(not_allowed(verb, &it.module)) }
    }

    /// Starts the flows that follow from what happened to a record.
    fn trigger(&mut self, actor: &UserId, id: &RecordId, event: TriggerEvent) -> Result<(), Refused> {
        let Some(it) = self.records.get(id) else { return Ok(()) };
        let Some(module) = self.compiled.catalog.module(&it.module) else { return Ok(()) };
        for trigger in module.definition.triggers.iter().filter(|it| it.on == event) {
            if let Some(when) = &trigger.when {
                let form = self.compiled.form(&module.definition.key);
                let mut scope = Scope::new(self.compiled.catalog.library(), self.now, form.zone());
                if let Some(it) = self.records.get(id) {
                    scope.set_record("data", &it.data, form.shape());
                }
                if let Some(person) = self.people.get(actor) {
                    scope.set_user(person);
                }
                let holds = Expr::parse(when)
                    .map_err(|it| it.to_string())
                    .and_then(|it| it.holds(&scope).map_err(|it| it.to_string()));
                if !holds.map_err(|says| Refused::new("invalid", format!("trigger `{}`: {says}", trigger.id)))? {
                    continue;
                }
            }
            let runs =
                self.instances.iter().any(|it| it.record == *id && it.plan.flow().key == trigger.flow && it.runs());
            if event == TriggerEvent::Created || !runs {
                self.begin(&trigger.flow, id, actor)?;
            }
        }
        Ok(())
    }

    /// The open task at a node of the record's flows.
    fn open(&self, record: &str, node: &str) -> Result<(InstanceId, OpenTask), Refused> {
        let id = self.record(record)?;
        for it in self.instances.iter().rev().filter(|it| it.record == id) {
            if let Some(task) = it.instance.tasks.values().find(|it| it.node.as_str() == node) {
                return Ok((it.instance.id.clone(), task.clone()));
            }
        }
        Err(Refused::new("no-such-task", format!("there is no open task at `{node}`")))
    }

    /// The form of a task.
    fn view_of(&self, instance: &InstanceId, task: &OpenTask, module: &ModuleKey) -> Option<View> {
        let plan = &self.instances.iter().find(|it| it.instance.id == *instance)?.plan;
        let element = plan.flow().all().into_iter().find(|it| it.id == task.node)?;
        let ElementKind::UserTask(user) = &element.kind else { return None };
        self.compiled.catalog.module(module)?.views.get(user.form.as_ref()?).cloned()
    }

    /// Moves the clock; timers on the way fire in order.
    fn advance(&mut self, by: &str) -> Result<(), Refused> {
        let target = match (by.parse::<Timestamp>(), by.parse::<Span>()) {
            (Ok(at), _) => at,
            (_, Ok(span)) => {
                self.calendar.add(self.now, &span).map_err(|it| Refused::new("invalid", it.to_string()))?
            }
            (Err(_), Err(it)) => return Err(Refused::new("invalid", it.to_string())),
        };
        if target < self.now {
            return Err(Refused::new("invalid", format!("expected a moment after {}, found {target}", self.now)));
        }
        self.fire_until(target)?;
        self.now = target;
        Ok(())
    }
}

/// What is different afterwards; what is gone is null.
fn changes(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    for (key, value) in after {
        if before.get(key) != Some(value) {
            found.insert(key.clone(), value.clone());
        }
    }
    for key in before.keys().filter(|it| !after.contains_key(*it)) {
        found.insert(key.clone(), Value::Null);
    }
    found.into_iter().collect()
}

fn not_allowed(verb: &str, module: &ModuleKey) -> Refused {
    Refused::new("not-allowed", format!("you may not {verb} this `{module}`"))
}
