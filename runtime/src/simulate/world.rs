//! The small world of a run: instances of the file's flows, messages on their way, and the clock.
//!
//! `flow-unknown-process` (error): the process that is to run is not in the file. Fix: name one that is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::begin::{Start, StartCondition, StartTimer, starts_by_itself};
use super::prepare::Prepared;
use super::trace::{self, TraceLine};
use super::{IncidentLine, Key, Options, Outcome, Status, Waiting};
use crate::alert::Alert;
use crate::engine::instance::{Instance, Place, State};
use crate::engine::waiting::{Awaited, BegunBy, awaited};
use crate::engine::{self, Context, Directory, Effect, Fact, Input, Plan, Refusal, Step};
use crate::id::{FlowKey, InstanceId, NodeId, RecordId, UserId};
use crate::limits;
use crate::model::catalog::Catalog;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};
use crate::model::pack::{CalendarDef, Manifest, Pack};

/// Why a happening was not accepted.
pub(super) type Refused = IncidentLine;

pub(super) struct Running {
    pub plan: Rc<Plan>,
    pub instance: Instance,
    /// A terminate end event of the process itself was reached.
    pub terminated: bool,
}

/// A message that nobody waits for yet.
struct Letter {
    name: String,
    /// None, or empty: for whoever waits for the name.
    key: Option<String>,
    payload: Map<String, Value>,
}

/// A signal that was thrown while processes begin.
struct Early {
    name: String,
    payload: Map<String, Value>,
    /// How many instances there were.
    begun: usize,
}

impl Running {
    /// Nothing is active inside what the token stands in.
    fn stands_idle(&self, token: u64) -> bool {
        let inside = |scope: &u64| self.instance.scopes.get(scope).is_some_and(|it| it.token == token);
        !self.instance.tokens.values().any(|it| it.scope.as_ref().is_some_and(inside))
    }

    pub(super) fn waits_for(&self, wanted: &Awaited) -> bool {
        self.instance.state == State::Running
            && awaited(&self.plan, &self.instance, &RecordId::default()).contains(wanted)
    }
}

pub(super) struct World {
    /// As written, for telling what an element is.
    written: BTreeMap<NodeId, Element>,
    pub(super) prepared: Prepared,
    pub(super) plans: BTreeMap<FlowKey, Rc<Plan>>,
    /// In the order they began.
    pub(super) instances: Vec<Running>,
    letters: Vec<Letter>,
    pub(super) now: Timestamp,
    pub(super) variables: Map<String, Value>,
    /// Start events that wait for their time, or for a condition.
    pub(super) start_timers: Vec<StartTimer>,
    pub(super) start_conditions: Vec<StartCondition>,
    /// Activities of ad-hoc subprocesses that were begun by themselves, by instance and scope.
    pub(super) chosen: BTreeSet<(InstanceId, u64, NodeId)>,
    /// Several processes run: the trace says which.
    several: bool,
    pub(super) trace: Vec<TraceLine>,
    refusals: Vec<IncidentLine>,
    /// Start events that wait for what cannot be read.
    never: Vec<IncidentLine>,
    pub(super) spent: usize,
    data: Map<String, Value>,
    keys: BTreeMap<String, Key>,
    /// By instance and key: what the first message of the conversation had.
    conversations: BTreeMap<(InstanceId, String), String>,
    people: Directory,
    /// Until all processes have begun: what those that have did signal.
    early: Option<Vec<Early>>,
}

impl engine::World for World {
    fn people(&self) -> &Directory {
        &self.people
    }

    fn referenced(&self, _record: &RecordId) -> Option<&Map<String, Value>> {
        None
    }
}

/// A file says no time zone: what has none is meant as the virtual clock is, which goes by UTC.
pub(super) fn catalog() -> Catalog {
    let words = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
    let hours = [["09:00", "12:00"], ["13:00", "18:00"]].map(|it| it.map(str::to_owned)).to_vec();
    let days = words(&["mon", "tue", "wed", "thu", "fri"]);
    let calendar = CalendarDef { timezone: "UTC".to_owned(), days, hours, holidays: Vec::new(), makeup: Vec::new() };
    let manifest = Manifest { calendar: Some(calendar), ..Manifest::default() };
    Catalog::new([Pack { manifest, ..Pack::default() }])
}

impl World {
    pub fn new(flows: &[Flow], prepared: Prepared, options: &Options) -> Result<Self, Vec<Alert>> {
        let mut catalog = catalog();
        // Calls look at what the called flow declares.
        let known = prepared.flows.iter().map(|it| (it.key.clone(), it.clone()));
        catalog.packs.values_mut().for_each(|it| it.flows.extend(known.clone()));
        let mut plans = BTreeMap::new();
        let mut alerts = Vec::new();
        for flow in &prepared.flows {
            match Plan::compile(&catalog, flow) {
                Ok(plan) => {
                    plans.insert(flow.key.clone(), Rc::new(plan));
                }
                Err(found) => alerts.extend(found),
            }
        }
        if !alerts.is_empty() {
            return Err(alerts);
        }
        if let Some(wanted) = &options.process
            && !flows.iter().any(|it| it.id == *wanted || it.key.as_str() == wanted)
        {
            let known: Vec<&str> = flows.iter().map(|it| it.id.as_str()).collect();
            let says = format!("expected a process of the file, found `{wanted}`; it has {}", known.join(", "));
            return Err(vec![Alert::error("flow-unknown-process", says)]);
        }
        let written = flows.iter().flat_map(Flow::all).map(|it| (it.id.clone(), it.clone())).collect();
        Ok(Self {
            written,
            several: prepared.flows.len() > 1,
            prepared,
            plans,
            instances: Vec::new(),
            letters: Vec::new(),
            now: options.now,
            variables: options.variables.clone(),
            start_timers: Vec::new(),
            start_conditions: Vec::new(),
            chosen: BTreeSet::new(),
            trace: Vec::new(),
            refusals: Vec::new(),
            never: Vec::new(),
            spent: 0,
            data: options.data.clone(),
            keys: options.keys.clone(),
            conversations: BTreeMap::new(),
            people: Directory::default(),
            early: None,
        })
    }

    /// Begins, and lets everything happen.
    pub fn play(&mut self, options: &Options) {
        let done = self.open(options).and_then(|()| {
            for (at, it) in options.script.iter().enumerate() {
                if options.auto {
                    self.settle(&options.script[at..], false)?;
                }
                self.fire_due()?;
                self.happen(it)?;
            }
            self.fire_due()?;
            if options.auto { self.settle(&[], true) } else { Ok(()) }
        });
        if let Err(it) = done {
            self.refusals.push(it);
        }
    }

    /// Starts what starts by itself.
    fn open(&mut self, options: &Options) -> Result<(), Refused> {
        let flows: Vec<Flow> = self.prepared.flows.iter().filter(|it| !it.global_task).cloned().collect();
        let called = |key: &FlowKey| {
            let calls = |it: &Element| matches!(&it.kind, ElementKind::CallActivity { called_element, .. } if called_element == key);
            flows.iter().any(|flow| flow.key != *key && flow.all().into_iter().any(calls))
        };
        if let Some(wanted) = &options.process {
            let Some(flow) =
                self.prepared.flows.iter().find(|it| it.id == *wanted || it.key.as_str() == wanted).cloned()
            else {
                return Ok(());
            };
            return if self.triggered(&flow, options) {
                Ok(())
            } else {
                self.start(&flow.key, None, self.variables.clone())
            };
        }
        let plain: Vec<&Flow> = flows.iter().filter(|it| starts_by_itself(it) && !called(&it.key)).collect();
        if plain.is_empty() {
            // The script starts one, or else the first that waits for nothing another process of the file sends.
            let candidates: Vec<&Flow> = flows.iter().filter(|it| !called(&it.key)).collect();
            let triggered: Vec<bool> = candidates.iter().map(|it| self.triggered(it, options)).collect();
            if triggered.contains(&true) {
                return Ok(());
            }
            let sent_here = |it: &Flow| {
                let wanted =
                    |by: &BegunBy| matches!(by, BegunBy::Message { name } if self.prepared.sent_here.contains(name));
                self.begun_by(wanted).iter().any(|start| start.flow == it.key)
            };
            let first = candidates.iter().find(|it| !sent_here(it)).or(candidates.first()).copied().or(flows.first());
            let Some(key) = first.map(|it| it.key.clone()) else { return Ok(()) };
            return self.start(&key, None, self.variables.clone());
        }
        // Others that time or a condition begins.
        for flow in flows.iter().filter(|it| !called(&it.key)) {
            self.triggered(flow, options);
        }
        // All begin at once: what one of them signals while it begins reaches those too that are run after it.
        self.early = Some(Vec::new());
        let mut begun = Vec::new();
        for flow in plain {
            begun.push(self.instances.len());
            self.start(&flow.key, None, self.variables.clone())?;
        }
        for Early { name, payload, begun: before } in self.early.take().unwrap_or_default() {
            let wanted = Awaited::Signal { name: name.clone() };
            let later = begun.iter().filter(|at| **at >= before).filter_map(|at| self.instances.get(*at));
            let waits = later.filter(|it| it.waits_for(&wanted)).map(|it| it.instance.id.clone());
            let inputs = waits.map(|it| (it, Input::Signal { name: name.clone(), payload: payload.clone() }));
            self.run(inputs.collect())?;
        }
        Ok(())
    }

    /// A new instance of a flow.
    pub fn start(&mut self, flow: &FlowKey, at: Option<NodeId>, vars: Map<String, Value>) -> Result<(), Refused> {
        let id = InstanceId(format!("{}#{}", flow, self.instances.len() + 1));
        self.add(flow, id.clone())?;
        self.give(&id, Input::Start { at, vars, parent: None })
    }

    pub(super) fn add(&mut self, flow: &FlowKey, id: InstanceId) -> Result<(), Refused> {
        let Some(plan) = self.plans.get(flow) else {
            return Err(Refused {
                element: None,
                message: format!("expected a process `{flow}` in the file, found none"),
            });
        };
        if self.instances.len() >= limits::SIMULATE_INSTANCES {
            let message = format!("expected at most {} instances in one run, found more", limits::SIMULATE_INSTANCES);
            return Err(Refused { element: None, message });
        }
        self.instances.push(Running {
            plan: Rc::clone(plan),
            instance: Instance { id, ..Instance::default() },
            terminated: false,
        });
        Ok(())
    }

    /// One input, and all that follows from it in other instances.
    pub fn give(&mut self, id: &InstanceId, input: Input) -> Result<(), Refused> {
        self.run(VecDeque::from([(id.clone(), input)]))
    }

    /// Inputs in order, then messages that now find somebody, until nothing is left.
    pub(super) fn run(&mut self, mut open: VecDeque<(InstanceId, Input)>) -> Result<(), Refused> {
        let mut follows = false;
        loop {
            let Some((id, input)) = open.pop_front() else {
                self.post(&mut open)?;
                if open.is_empty() {
                    return Ok(());
                }
                continue;
            };
            self.spend()?;
            let Some(at) = self.instances.iter().position(|it| it.instance.id == id) else { continue };
            match self.step(at, input) {
                Ok(step) => self.commit(at, step, &mut open)?,
                // Something earlier that followed from the same happening has taken it already.
                Err(Refusal::NothingWaits | Refusal::AlreadyEnded) if follows => {}
                Err(it) => return Err(Refused { element: None, message: it.to_string() }),
            }
            follows = true;
        }
    }

    fn spend(&mut self) -> Result<(), Refused> {
        self.spent += 1;
        if self.spent > limits::SIMULATE_INPUTS {
            return Err(Refused {
                element: None,
                message: format!("expected the run to end within {} inputs, found more", limits::SIMULATE_INPUTS),
            });
        }
        Ok(())
    }

    fn commit(&mut self, at: usize, step: Step, open: &mut VecDeque<(InstanceId, Input)>) -> Result<(), Refused> {
        let id = self.instances[at].instance.id.clone();
        let Step { facts, effects, instance } = step;
        let parent = instance.parent.clone();
        let mut told = std::mem::replace(&mut self.instances[at].instance, instance);
        let mut gone: Vec<InstanceId> = Vec::new();
        let flow = self.instances[at].plan.flow().key.clone();
        let mut letters = Vec::new();
        for fact in &facts {
            let repeats = |it: &NodeId| self.written.get(it).is_some_and(repeats);
            for (element, event) in trace::read(fact, &told, repeats) {
                let process = self.several.then(|| self.instances[at].plan.flow().id.clone());
                if self.trace.len() < limits::SIMULATE_TRACE {
                    self.trace.push(TraceLine { at: trace::moment(self.now), element, event, process });
                }
            }
            if let Fact::Left { node, .. } = fact
                && let Some(names) = self.prepared.senders.get(&(flow.clone(), node.clone()))
            {
                letters.extend(names.iter().map(|name| Letter {
                    name: name.clone(),
                    key: None,
                    payload: told.vars.clone(),
                }));
            }
            if let Fact::Entered { node, scope: None, .. } = fact
                && matches!(self.written.get(node).map(|it| &it.kind), Some(ElementKind::EndEvent { event_definition: Some(it) }) if terminates(it))
            {
                self.instances[at].terminated = true;
            }
            told.apply(fact);
            // What is taken away with the call is told where the call is.
            if let Fact::ChildEnded { child } = fact
                && effects.iter().any(|it| matches!(it, Effect::CancelChild { child: it } if it == child))
                && self.take_away(child, open)?
            {
                gone.push(child.clone());
            }
        }
        self.letters.extend(letters);
        for effect in effects {
            match effect {
                Effect::SetFields { .. } | Effect::Notify { .. } | Effect::CallPlugin { .. } => {}
                Effect::StartChild { child, flow, vars, parent, .. } => {
                    self.add(&flow, child.clone())?;
                    open.push_back((child, Input::Start { at: None, vars, parent: Some(parent) }));
                }
                // Plain BPMN says nothing of what goes with a message: everything.
                Effect::ThrowMessage { name, key, payload } => {
                    let payload = if payload.is_empty() { told.vars.clone() } else { payload };
                    self.letters.push(Letter { name, key: Some(key), payload });
                }
                Effect::ThrowSignal { name, payload } => {
                    let begun = self.instances.len();
                    self.signal(&id, &name, &payload, open)?;
                    if let Some(early) = &mut self.early {
                        early.push(Early { name, payload, begun });
                    }
                }
                Effect::Escalate { code, message } => {
                    if let Some(parent) = &parent {
                        open.push_back((
                            parent.instance.clone(),
                            Input::ChildEscalated { child: id.clone(), code, message },
                        ));
                    }
                }
                Effect::CancelChild { child } if gone.contains(&child) => {}
                Effect::CancelChild { child } => {
                    open.push_back((child, Input::Cancel { reason: "no longer wanted".to_owned() }))
                }
                Effect::Ended { vars, cancelled, error } => {
                    let waits = |parent: &InstanceId| {
                        self.instances
                            .iter()
                            .any(|it| it.instance.id == *parent && it.instance.children.contains_key(&id))
                    };
                    if let Some(parent) = parent.as_ref().filter(|it| waits(&it.instance)) {
                        let input = Input::ChildEnded { child: id.clone(), vars, cancelled, error };
                        open.push_back((parent.instance.clone(), input));
                    }
                }
            }
        }
        Ok(())
    }

    /// Cancels a called flow at once; false where it has not begun yet.
    fn take_away(&mut self, id: &InstanceId, open: &mut VecDeque<(InstanceId, Input)>) -> Result<bool, Refused> {
        let Some(at) = self.instances.iter().position(|it| it.instance.id == *id) else { return Ok(false) };
        self.spend()?;
        match self.step(at, Input::Cancel { reason: "no longer wanted".to_owned() }) {
            Ok(step) => self.commit(at, step, open).map(|()| true),
            Err(_not_running) => Ok(false),
        }
    }

    fn step(&self, at: usize, input: Input) -> Result<Step, Refusal> {
        let it = &self.instances[at];
        let (actor, record) = (UserId::from("outside"), RecordId::default());
        let context = Context { now: self.now, actor, record, owner: None, data: &self.data, world: self };
        engine::step(&it.plan, &it.instance, input, &context)
    }

    /// A signal one instance throws: to all others that wait, and to every flow it starts.
    fn signal(
        &mut self,
        from: &InstanceId,
        name: &str,
        payload: &Map<String, Value>,
        open: &mut VecDeque<(InstanceId, Input)>,
    ) -> Result<(), Refused> {
        let wanted = Awaited::Signal { name: name.to_owned() };
        let input = || Input::Signal { name: name.to_owned(), payload: payload.clone() };
        let others = self.instances.iter().filter(|it| it.instance.id != *from && it.waits_for(&wanted));
        open.extend(others.map(|it| (it.instance.id.clone(), input())));
        for start in self.begun_by_signal(name) {
            open.extend(self.begin(&start, payload, Some(input()))?);
        }
        Ok(())
    }

    /// Delivers one message that now finds somebody: the inputs it makes, in order.
    fn post(&mut self, open: &mut VecDeque<(InstanceId, Input)>) -> Result<(), Refused> {
        for at in 0..self.letters.len() {
            let Letter { name, key, payload } = &self.letters[at];
            let (name, payload) = (name.clone(), payload.clone());
            let key = key.clone().filter(|it| !it.is_empty()).or_else(|| self.key_of(&name, &payload));
            let Some((to, taken)) = self.recipient(&name, key.as_deref()) else { continue };
            self.letters.remove(at);
            let conversation = self.keys.get(&name).map(|it| it.id.clone()).zip(key);
            let inputs = match to {
                Recipient::Waiting(id) => vec![(id, Input::Message { name, payload, key: taken })],
                Recipient::Start(start) => {
                    let then = Input::Message { name, payload: payload.clone(), key: None };
                    self.begin(&start, &payload, Some(then))?
                }
            };
            // The first message says by what the others are known (BPMN 2.0.2 §8.4.2).
            if let (Some((id, _)), Some((of, key))) = (inputs.first(), conversation) {
                self.conversations.entry((id.clone(), of)).or_insert(key);
            }
            open.extend(inputs);
            return Ok(());
        }
        Ok(())
    }

    /// Who takes a message: the instance that has waited longest, else a flow that it starts. With the key it is taken under:
    /// who waits without a key of its own, and is in no conversation yet, takes every message of the name.
    fn recipient(&self, name: &str, key: Option<&str>) -> Option<(Recipient, Option<String>)> {
        let takes = |it: &Running| {
            if it.instance.state != State::Running {
                return None;
            }
            let of = self.keys.get(name).map(|key| (it.instance.id.clone(), key.id.clone()));
            let conversed = of.and_then(|it| self.conversations.get(&it)).map(String::as_str);
            awaited(&it.plan, &it.instance, &RecordId::default()).into_iter().find_map(|it| match it {
                Awaited::Message { name: own, key: of } if own == name => {
                    let held = if of.is_empty() { conversed } else { Some(of.as_str()) };
                    let any = held.is_none() || key.is_none_or(str::is_empty);
                    (any || key == held).then_some(of)
                }
                Awaited::Message { .. } | Awaited::Signal { .. } | Awaited::Condition => None,
            })
        };
        if let Some((it, key)) = self.instances.iter().find_map(|it| Some((it, takes(it)?))) {
            return Some((Recipient::Waiting(it.instance.id.clone()), Some(key)));
        }
        Some((Recipient::Start(self.begun_by_message(name)?), None))
    }

    /// The key a message brings, where the file says how.
    fn key_of(&self, name: &str, payload: &Map<String, Value>) -> Option<String> {
        let expression = self.keys.get(name)?.path.as_ref()?;
        self.plans.values().next()?.key_of(expression, payload, self.now)
    }

    /// A message from outside, with the key the script gives.
    pub fn send(
        &mut self,
        name: &str,
        correlation: Option<&Value>,
        payload: Map<String, Value>,
    ) -> Result<(), Refused> {
        let key = correlation.map(|it| Key::given(self.keys.get(name), it));
        self.letters.push(Letter { name: name.to_owned(), key, payload });
        self.run(VecDeque::new())
    }

    /// A signal reaches everybody who waits, and every flow it starts (BPMN 2.0.2 §10.5.6).
    pub fn broadcast(&mut self, name: &str, payload: &Map<String, Value>) -> Result<(), Refused> {
        let running =
            self.instances.iter().filter(|it| it.instance.state == State::Running).map(|it| it.instance.id.clone());
        let starts = self.begun_by_signal(name);
        for id in running.collect::<Vec<_>>() {
            // Who does not wait for it has nothing against it.
            let _not_waiting = self.give(&id, Input::Signal { name: name.to_owned(), payload: payload.clone() });
        }
        for start in starts {
            let then = Input::Signal { name: name.to_owned(), payload: payload.clone() };
            let inputs = self.begin(&start, payload, Some(then))?;
            self.run(inputs.into())?;
        }
        Ok(())
    }

    /// A start event never begins anything.
    pub(super) fn never(&mut self, node: &NodeId, message: String) {
        self.trace.push(TraceLine {
            at: trace::moment(self.now),
            element: node.clone(),
            event: trace::Event::Failed,
            process: None,
        });
        self.never.push(IncidentLine { element: Some(node.clone()), message });
    }

    /// What an element is, as written.
    pub fn element(&self, id: &NodeId) -> Option<&Element> {
        self.written.get(id)
    }

    pub fn outcome(self) -> Outcome {
        let waiting = self.waiting();
        let mut incidents: Vec<IncidentLine> = self
            .instances
            .iter()
            .flat_map(|it| it.instance.incidents.values())
            .map(|it| IncidentLine { element: Some(it.node.clone()), message: it.message.clone() })
            .chain(self.never.iter().cloned())
            .collect();
        let stuck = !incidents.is_empty();
        let refused = !self.refusals.is_empty();
        incidents.extend(self.refusals);
        let roots = || self.instances.iter().filter(|it| it.instance.parent.is_none());
        let over = |it: &Running| !matches!(it.instance.state, State::Running | State::Suspended | State::New);
        let status = if refused {
            Status::Refused
        } else if stuck {
            Status::Incident
        } else if roots().next().is_none() || !roots().all(over) {
            Status::Waiting
        } else if roots().any(|it| it.terminated) {
            Status::Terminated
        } else {
            Status::Completed
        };
        let mut variables = Map::new();
        for it in roots() {
            for (name, value) in &it.instance.vars {
                variables.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Outcome { status, trace: self.trace, variables, waiting, incidents, now: trace::moment(self.now) }
    }

    fn waiting(&self) -> Vec<Waiting> {
        let mut found = Vec::new();
        for it in &self.instances {
            if it.instance.state != State::Running {
                continue;
            }
            for (id, token) in &it.instance.tokens {
                let element = match &token.at {
                    Place::Node(node) => self.written.get(node),
                    // Before a join: the gateway waits.
                    Place::Flow(flow) => match self.written.get(flow).map(|it| &it.kind) {
                        Some(ElementKind::SequenceFlow { target_ref, .. }) => self.written.get(target_ref),
                        _ => None,
                    },
                };
                let Some(element) = element else { continue };
                let waits = Waiting { element: element.id.clone(), kind: kind(&element.kind) };
                // A subprocess, or a call, waits for what is inside, which is told; an ad-hoc one for somebody to begin something;
                // what throws compensation for its handlers.
                let failed = || it.instance.incidents.values().any(|it| it.node == element.id);
                let inside = match &element.kind {
                    ElementKind::AdHocSubProcess { .. } => !it.stands_idle(*id),
                    ElementKind::CallActivity { .. } => {
                        it.instance.children.values().any(|it| it == id) || !it.stands_idle(*id)
                    }
                    ElementKind::IntermediateThrowEvent { .. } | ElementKind::EndEvent { .. } => !failed(),
                    _ => !element.inside().is_empty(),
                };
                if !inside && !found.contains(&waits) {
                    found.push(waits);
                }
            }
        }
        if self.instances.is_empty() {
            for flow in &self.prepared.flows {
                let starts = flow.flow_elements.iter().filter(|it| start_trigger(it).is_some());
                found.extend(starts.map(|it| Waiting { element: it.id.clone(), kind: kind(&it.kind) }));
            }
        }
        found
    }
}

enum Recipient {
    Waiting(InstanceId),
    Start(Start),
}

/// Whether an activity is done several times, each of which is told.
fn repeats(it: &Element) -> bool {
    it.loop_characteristics.is_some()
}

fn start_trigger(it: &Element) -> Option<&EventDefinition> {
    match &it.kind {
        ElementKind::StartEvent { event_definition, .. } => event_definition.as_ref(),
        _ => None,
    }
}

/// A definition, or those it is made of.
fn definitions(it: &EventDefinition) -> impl Iterator<Item = &EventDefinition> {
    let (one, many): (Option<&EventDefinition>, &[EventDefinition]) = match it {
        EventDefinition::Multiple { event_definitions, .. } => (None, event_definitions),
        other => (Some(other), &[]),
    };
    one.into_iter().chain(many)
}

fn terminates(it: &EventDefinition) -> bool {
    definitions(it).any(|it| matches!(it, EventDefinition::Terminate {}))
}

/// BPMN's name of what an element waits for.
fn kind(it: &ElementKind) -> String {
    let definition = match it {
        ElementKind::StartEvent { event_definition, .. } => event_definition.as_ref(),
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => Some(event_definition),
        _ => None,
    };
    let tag = |value: serde_json::Result<Value>| {
        let name = value.ok().and_then(|it| it.get("type").and_then(Value::as_str).map(str::to_owned));
        name.unwrap_or_default()
    };
    match definition {
        Some(it) => tag(serde_json::to_value(it)),
        None => tag(serde_json::to_value(it)),
    }
}
