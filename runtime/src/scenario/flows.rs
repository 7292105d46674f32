//! Gives inputs to instances and carries out what they ask for, as the server does it in one transaction.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::PluginFailure;
use super::world::{Record, Refused, Running, Sent, World};
use crate::engine::{self, Context, Directory, Effect, Fact, Input, Instance, Step};
use crate::form::Writer;
use crate::id::{FlowKey, InstanceId, RecordId, TimerId, UserId};

/// Inputs one deed may lead to.
const INPUTS: usize = 10_000;

/// What the engine sees of the world.
struct Seen<'a> {
    people: &'a Directory,
    records: &'a BTreeMap<RecordId, Record>,
}

impl engine::World for Seen<'_> {
    fn people(&self) -> &Directory {
        self.people
    }

    fn referenced(&self, record: &RecordId) -> Option<&Map<String, Value>> {
        self.records.get(record).map(|it| &it.data)
    }
}

pub(super) fn system() -> UserId {
    UserId::from("system")
}

impl World<'_> {
    /// Starts a flow on a record.
    pub fn begin(&mut self, flow: &FlowKey, record: &RecordId, actor: &UserId) -> Result<(), Refused> {
        let id = InstanceId(format!("ins-{}", self.instances.len() + 1));
        self.add(flow, record, id.clone())?;
        self.give(&id, actor, Input::Start { at: None, vars: Map::new(), parent: None })
    }

    pub fn add(&mut self, flow: &FlowKey, record: &RecordId, id: InstanceId) -> Result<(), Refused> {
        let plan = self.compiled.plan(flow).map_err(|it| Refused::new("flow", it))?;
        self.instances.push(Running { plan, record: record.clone(), instance: Instance { id, ..Instance::default() } });
        Ok(())
    }

    /// What an input would lead to. Nothing changes.
    pub fn try_on(&self, id: &InstanceId, actor: &UserId, input: Input) -> Result<Step, Refused> {
        let missing = || Refused::new("no-such-instance", format!("there is no instance {id}"));
        let it = self.instances.iter().find(|it| it.instance.id == *id).ok_or_else(missing)?;
        let record = self.records.get(&it.record).ok_or_else(missing)?;
        let world = Seen { people: &self.people, records: &self.records };
        let (record_id, owner) = (it.record.clone(), record.owner.clone());
        let context = Context {
            now: self.now,
            actor: actor.clone(),
            record: record_id,
            owner,
            data: &record.data,
            world: &world,
        };
        engine::step(&Rc::clone(&it.plan), &it.instance, input, &context).map_err(|it| {
            let code = serde_json::to_value(&it).ok().and_then(|it| it.get("code")?.as_str().map(str::to_owned));
            let fields = match &it {
                engine::Refusal::FieldsNeeded { fields } => fields.clone(),
                _other => Vec::new(),
            };
            Refused { code: code.unwrap_or_default(), message: it.to_string(), fields }
        })
    }

    /// One input, and all that follows from it in other instances.
    pub fn give(&mut self, id: &InstanceId, actor: &UserId, input: Input) -> Result<(), Refused> {
        let mut open = VecDeque::from([(id.clone(), actor.clone(), input)]);
        let mut first = Some(id.clone());
        for _ in 0..INPUTS {
            let Some((id, actor, input)) = open.pop_front() else { return Ok(()) };
            let follows = first.as_ref() != Some(&id);
            first = None;
            match self.try_on(&id, &actor, input) {
                Ok(step) => self.commit(&id, &actor, step, &mut open)?,
                // Something earlier that followed from the same deed has taken it already.
                Err(it) if follows && ["nothing-waits", "already-ended"].contains(&it.code.as_str()) => {}
                Err(it) => return Err(it),
            }
        }
        Err(Refused::new("limit", "flows call each other without end"))
    }

    fn commit(
        &mut self,
        id: &InstanceId,
        actor: &UserId,
        step: Step,
        open: &mut VecDeque<(InstanceId, UserId, Input)>,
    ) -> Result<(), Refused> {
        let Some(at) = self.instances.iter().position(|it| it.instance.id == *id) else { return Ok(()) };
        let record = self.instances[at].record.clone();
        for effect in &step.effects {
            let Effect::SetFields { fields } = effect else { continue };
            let Some(it) = self.records.get(&record) else { continue };
            let after = self.accept(&it.module, Some(&record), Some(&it.data), fields, Writer::Flow, actor, None)?;
            let before = self.records.get_mut(&record).map(|it| std::mem::replace(&mut it.data, after));
            self.choose(&record, before.as_ref(), Writer::Flow)?;
        }
        for fact in &step.facts {
            self.note(format!("  {}", line(fact)));
            self.count_work(at, fact);
        }
        let parent = step.instance.parent.clone();
        self.instances[at].instance = step.instance;
        for effect in step.effects {
            match effect {
                Effect::SetFields { .. } => {}
                Effect::CallPlugin { .. } => self.jobs.push_back((id.clone(), effect)),
                Effect::Notify { notice, to, texts, .. } => {
                    let title =
                        texts.iter().find(|it| it.language == "en").map(|it| it.title.clone()).unwrap_or_default();
                    let people: Vec<&str> = to.iter().map(UserId::as_str).collect();
                    self.note(format!("  ! told {}: {notice} \"{title}\"", people.join(", ")));
                    self.notices.push(Sent { notice, to });
                }
                Effect::StartChild { child, flow, vars, parent, .. } => {
                    self.add(&flow, &record, child.clone())?;
                    open.push_back((child, actor.clone(), Input::Start { at: None, vars, parent: Some(parent) }));
                }
                Effect::ThrowMessage { name, key, payload } => self.post(&record, name, key, payload, open)?,
                Effect::ThrowSignal { name, payload } => self.broadcast(id, &record, &name, &payload, open)?,
                Effect::Escalate { code, message } => {
                    if let Some(parent) = &parent {
                        let input = Input::ChildEscalated { child: id.clone(), code, message };
                        open.push_back((parent.instance.clone(), system(), input));
                    }
                }
                Effect::CancelChild { child } => {
                    open.push_back((child, system(), Input::Cancel { reason: "no longer wanted".to_owned() }));
                }
                Effect::Ended { vars, cancelled, error } => {
                    let waits = |parent: &InstanceId| {
                        self.instances
                            .iter()
                            .any(|it| it.instance.id == *parent && it.instance.children.contains_key(id))
                    };
                    if let Some(parent) = parent.as_ref().filter(|it| waits(&it.instance)) {
                        let input = Input::ChildEnded { child: id.clone(), vars, cancelled, error };
                        open.push_back((parent.instance.clone(), system(), input));
                    }
                }
            }
        }
        self.hand_out(id, open);
        Ok(())
    }

    /// Keeps people's open work.
    fn count_work(&mut self, at: usize, fact: &Fact) {
        let before =
            |task: &crate::id::TaskId| self.instances[at].instance.tasks.get(task).and_then(|it| it.assignee.clone());
        let (gives, takes) = match fact {
            Fact::Assigned { to, .. } => (to.clone(), None),
            Fact::TaskClaimed { by, .. } => (Some(by.clone()), None),
            Fact::TaskHandedOver { to, from, .. } => (Some(to.clone()), from.clone()),
            Fact::TaskCompleted { task, by, .. } => (None, before(task).or_else(|| Some(by.clone()))),
            Fact::TaskDelegated { task, to, .. } | Fact::TaskResolved { task, to, .. } => {
                (Some(to.clone()), before(task))
            }
            Fact::TaskSkipped { task: Some(task), .. } => (None, before(task)),
            Fact::TaskReleased { task }
            | Fact::TaskReturned { task, .. }
            | Fact::TaskWithdrawn { task, .. }
            | Fact::Signed { task, .. }
            | Fact::TaskCancelled { task, .. } => (None, before(task)),
            _ => (None, None),
        };
        let now = self.now.to_string();
        let record = self.records.get(&self.instances[at].record);
        let points =
            record.map_or(1, |it| engine::weight(self.compiled.catalog, &it.data, self.calendar.today(self.now)));
        if let Some(it) = takes {
            self.people.load(&it, -points, None);
        }
        if let Some(it) = gives {
            self.people.load(&it, points, Some(&now));
        }
    }

    /// Calls of plugins: answered by the scenario, else by the real plugin.
    pub fn work_off_jobs(&mut self) -> Result<(), Refused> {
        for _ in 0..INPUTS {
            let Some((instance, effect)) = self.jobs.pop_front() else { return Ok(()) };
            let Effect::CallPlugin { job, plugin, function, input } = effect else { continue };
            let waits = |it: &Running| it.instance.id == instance && it.instance.jobs.contains_key(&job);
            if !self.instances.iter().any(waits) {
                continue;
            }
            let given = self.answers.get_mut(&(plugin.clone(), function.clone())).and_then(VecDeque::pop_front);
            let answer = match given {
                Some(it) => it.map_err(failure),
                None => self.plugins.call(&plugin, &function, &input),
            };
            let input = match answer {
                Ok(output) => {
                    self.note(format!("  ! {plugin}/{function} answers {output}"));
                    Input::JobDone { job, output, outcome: None }
                }
                Err(PluginFailure { code, error }) => {
                    self.note(format!("  ! {plugin}/{function} fails: {error}"));
                    Input::JobFailed { job, code, error }
                }
            };
            self.give(&instance, &system(), input)?;
        }
        Err(Refused::new("limit", "plugins are called without end"))
    }

    /// Fires all timers up to a moment, in order.
    pub fn fire_until(&mut self, target: Timestamp) -> Result<(), Refused> {
        for _ in 0..INPUTS {
            let Some((at, instance, timer)) = self.next_timer().filter(|(at, ..)| *at <= target) else { return Ok(()) };
            self.now = self.now.max(at);
            self.note(format!("  ⏱ {at}"));
            match self.give(&instance, &system(), Input::TimerFired { timer: timer.clone() }) {
                Ok(()) => self.work_off_jobs()?,
                Err(it) if it.code == "suspended" => {
                    self.refused_timers.insert(timer);
                }
                Err(it) => return Err(it),
            }
        }
        Err(Refused::new("limit", "timers fire without end"))
    }

    fn next_timer(&self) -> Option<(Timestamp, InstanceId, TimerId)> {
        let timers = self
            .instances
            .iter()
            .flat_map(|it| it.instance.timers.iter().map(|(id, timer)| (&it.instance.id, id, timer)));
        let waiting = timers.filter(|(_, id, _)| !self.refused_timers.contains(*id));
        let dated = waiting
            .filter_map(|(instance, id, it)| Some((it.at.parse::<Timestamp>().ok()?, instance.clone(), id.clone())));
        dated.min_by(|a, b| a.0.cmp(&b.0))
    }
}

/// `CODE: message` carries an error code for a boundary event.
fn failure(text: String) -> PluginFailure {
    let code = text.split_once(':').map(|(code, _)| code);
    let is_code =
        |it: &&str| !it.is_empty() && it.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
    PluginFailure { code: code.filter(is_code).map(str::to_owned), error: text }
}

/// A fact on one line, without what is empty.
fn line(fact: &Fact) -> String {
    let value = serde_json::to_value(fact).unwrap_or_default();
    let mut text = value.get("fact").and_then(Value::as_str).unwrap_or_default().to_owned();
    // In order of the names: whether a map keeps its own order depends on what else is built.
    let parts: BTreeMap<&String, &Value> = value.as_object().into_iter().flatten().collect();
    for (key, it) in parts.into_iter().filter(|(key, _)| *key != "fact") {
        let empty = match it {
            Value::Null | Value::Bool(false) => true,
            Value::String(it) => it.is_empty(),
            Value::Array(it) => it.is_empty(),
            Value::Object(it) => it.is_empty(),
            Value::Bool(true) | Value::Number(_) => false,
        };
        if !empty {
            text.push_str(&format!(" {key}={}", it.as_str().map_or_else(|| it.to_string(), str::to_owned)));
        }
    }
    text
}
