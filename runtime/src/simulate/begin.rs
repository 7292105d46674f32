//! What begins processes during a run: messages, signals, timers and conditions of their start events, instantiating receive
//! tasks and gateways (BPMN 2.0.2 §10.5.2, §13.3.3).

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::auto::{Due, Fires};
use super::world::{Refused, Running, World};
use super::{Happening, Options};
use crate::engine::Input;
use crate::engine::instance::Place;
use crate::engine::waiting::{Awaited, BegunBy, Rhythm};
use crate::expr::Expr;
use crate::foreign;
use crate::id::{FlowKey, InstanceId, NodeId};
use crate::model::flow::{Element, ElementKind, Flow};

/// Where something begins a process. `waits`: it is handed to the instance after the start, which waits for it.
#[derive(Clone, PartialEq)]
pub(super) struct Start {
    pub flow: FlowKey,
    pub node: NodeId,
    pub waits: bool,
}

/// A start event that waits for its time.
pub(super) struct StartTimer {
    start: Start,
    rhythm: Rhythm,
    /// How often it has fired.
    fired: u32,
}

/// A start event that waits for its condition to become true.
pub(super) struct StartCondition {
    start: Start,
    text: String,
    held: bool,
}

impl World {
    /// Where something begins a process, in the order of the file.
    pub(super) fn begun_by(&self, wanted: impl Fn(&BegunBy) -> bool) -> Vec<Start> {
        let mut found: Vec<Start> = Vec::new();
        for flow in &self.prepared.flows {
            let Some(plan) = self.plans.get(&flow.key) else { continue };
            for it in plan.beginnings().into_iter().filter(|it| wanted(&it.by)) {
                let start = Start { flow: flow.key.clone(), node: it.node, waits: it.waits };
                if !found.contains(&start) {
                    found.push(start);
                }
            }
        }
        found
    }

    /// Where a message begins a process: of several it could begin, the one it has begun least often, so that each pool a sender
    /// speaks to gets its own.
    pub(super) fn begun_by_message(&self, name: &str) -> Option<Start> {
        let wanted = |it: &BegunBy| matches!(it, BegunBy::Message { name: own } if own == name);
        let begun = |it: &Start| self.instances.iter().filter(|of| of.plan.flow().key == it.flow).count();
        self.begun_by(wanted).into_iter().min_by_key(begun)
    }

    /// Every start event that a signal triggers: each begins an instance of its own. Not where an instance that something else
    /// has begun still waits for the signal to have begun altogether.
    pub(super) fn begun_by_signal(&self, name: &str) -> Vec<Start> {
        let signal = Awaited::Signal { name: name.to_owned() };
        let mut found = self.begun_by(|it| matches!(it, BegunBy::Signal { name: own } if own == name));
        found.retain(|start| {
            !start.waits || !self.instances.iter().any(|it| it.begins_at(start) && it.waits_for(&signal))
        });
        found
    }

    /// True when something of the script, or time, will reach a start event of the flow, so that it must not start before. What
    /// begins by time and by conditions is then waited for.
    pub(super) fn triggered(&mut self, flow: &Flow, options: &Options) -> bool {
        if starts_by_itself(flow) {
            return false;
        }
        let Some(plan) = self.plans.get(&flow.key).cloned() else { return false };
        let time_goes_by = options.auto || options.script.iter().any(|it| matches!(it, Happening::Advance(_)));
        let mut found = false;
        for it in plan.beginnings() {
            let start = Start { flow: flow.key.clone(), node: it.node, waits: it.waits };
            match it.by {
                BegunBy::Message { name } => {
                    let sent = |it: &Happening| matches!(it, Happening::Message { name: own, .. } if *own == name);
                    found |= options.script.iter().any(sent);
                }
                BegunBy::Signal { name } => {
                    let sent = |it: &Happening| matches!(it, Happening::Signal { name: own, .. } if *own == name);
                    found |= options.script.iter().any(sent);
                }
                BegunBy::Timer { text, cycle } if time_goes_by => {
                    found = true;
                    match plan.rhythm(&text, cycle, &self.variables, self.now) {
                        Ok(rhythm) => self.start_timers.push(StartTimer { start, rhythm, fired: 0 }),
                        Err(says) => self.never(&start.node, says),
                    }
                }
                BegunBy::Timer { .. } => {}
                BegunBy::Condition { text } if foreign::is_stopped(&text) => {
                    found = true;
                    let written = Expr::parse(&text).map_or(text, |it| it.source().to_owned());
                    let says = format!("expected a condition that is understood here, found `{written}`");
                    self.never(&start.node, says);
                }
                BegunBy::Condition { text } => {
                    if !plan.holds(&text, &self.variables, self.now) {
                        self.start_conditions.push(StartCondition { start, text, held: false });
                        found = true;
                    }
                }
            }
        }
        found
    }

    /// An instance begins where a message, a signal or time says, and is handed what it still waits for.
    pub(super) fn begin(
        &mut self,
        start: &Start,
        payload: &Map<String, Value>,
        then: Option<Input>,
    ) -> Result<Vec<(InstanceId, Input)>, Refused> {
        let mut vars = self.variables.clone();
        vars.extend(payload.clone());
        let id = InstanceId(format!("{}#{}", start.flow, self.instances.len() + 1));
        self.add(&start.flow, id.clone())?;
        let input = Input::Start { at: Some(start.node.clone()), vars, parent: None };
        let then = then.filter(|_| start.waits).map(|it| (id.clone(), it));
        Ok([(id, input)].into_iter().chain(then).collect())
    }

    /// Start events whose time is still to come.
    pub(super) fn start_timers(&self) -> Vec<Due> {
        let due = |(at, it): (usize, &StartTimer)| {
            let plan = self.plans.get(&it.start.flow)?;
            let moment: Timestamp = plan.beat(&it.rhythm, it.fired)?;
            Some(Due { at: moment, node: it.start.node.clone(), fires: Fires::Start(at) })
        };
        self.start_timers.iter().enumerate().filter_map(due).collect()
    }

    /// A cycle without end that has begun once: nothing waits for its next moment.
    pub(super) fn repeats_for_ever(&self, it: &Due) -> bool {
        match it.fires {
            Fires::Start(at) => self.start_timers.get(at).is_some_and(|it| it.rhythm.left.is_none() && it.fired > 0),
            Fires::Timer { .. } => false,
        }
    }

    pub(super) fn start_by_timer(&mut self, at: usize) -> Result<(), Refused> {
        let Some(it) = self.start_timers.get_mut(at) else { return Ok(()) };
        it.fired = it.fired.saturating_add(1);
        let start = it.start.clone();
        let inputs = self.begin(&start, &Map::new(), None)?;
        self.run(inputs.into())
    }

    /// Conditions of start events look at the variables.
    pub(super) fn look_at_conditions(&mut self) -> Result<(), Refused> {
        for at in 0..self.start_conditions.len() {
            let it = &self.start_conditions[at];
            let Some(plan) = self.plans.get(&it.start.flow) else { continue };
            let holds = plan.holds(&it.text, &self.variables, self.now);
            let became = holds && !it.held;
            let start = it.start.clone();
            self.start_conditions[at].held = holds;
            if became {
                let inputs = self.begin(&start, &Map::new(), None)?;
                self.run(inputs.into())?;
            }
        }
        Ok(())
    }
}

impl Running {
    /// It stands where it was begun: at the event, or behind the gateway, that waits for more than has come.
    fn begins_at(&self, start: &Start) -> bool {
        if self.plan.flow().key != start.flow {
            return false;
        }
        let gateway = |it: &NodeId| {
            let elements = &self.plan.flow().flow_elements;
            elements.iter().any(|flow| matches!(&flow.kind, ElementKind::SequenceFlow { source_ref, target_ref, .. } if *source_ref == start.node && target_ref == it))
        };
        let here = |it: &Place| matches!(it, Place::Node(at) if *at == start.node || gateway(at));
        self.instance.tokens.values().any(|it| here(&it.at))
    }
}

/// A flow that starts when somebody says so: it has a none start event, or nothing that could trigger it.
pub(super) fn starts_by_itself(flow: &Flow) -> bool {
    let plain = |it: &Element| matches!(it.kind, ElementKind::StartEvent { event_definition: None, .. });
    let triggered = |it: &Element| match &it.kind {
        ElementKind::StartEvent { event_definition, .. } => event_definition.is_some(),
        ElementKind::ReceiveTask { instantiate, .. } | ElementKind::EventBasedGateway { instantiate, .. } => {
            *instantiate
        }
        _ => false,
    };
    flow.flow_elements.iter().any(plain) || !flow.flow_elements.iter().any(triggered)
}
