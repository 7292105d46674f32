//! Outside happenings: those of the script, and those that come by themselves.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Happening;
use super::world::{Refused, World};
use crate::engine::Input;
use crate::engine::instance::{Place, State};
use crate::id::{InstanceId, JobId, NodeId, TimerId};
use crate::model::flow::ElementKind;
use crate::time::{Calendar, Span};

impl World {
    /// One happening of the script.
    pub fn happen(&mut self, it: &Happening) -> Result<(), Refused> {
        match it {
            Happening::Complete { task, set, outcome, .. } => self.complete(task, set, outcome.clone()),
            Happening::Message { name, correlation, set } => self.send(name, correlation.as_ref(), set.clone()),
            Happening::Signal { name, set } => self.broadcast(name, set),
            Happening::Advance(text) => self.advance(text),
            Happening::Error { at, code, set } => {
                self.set_all(set)?;
                let (instance, node) = self.stands(at, "fail")?;
                self.give(
                    &instance,
                    Input::RaiseError { node, code: code.clone(), message: "failed from outside".to_owned() },
                )
            }
            Happening::Escalation { at, code, set } => {
                self.set_all(set)?;
                let (instance, node) = self.stands(at, "escalate")?;
                self.give(&instance, Input::RaiseEscalation { node, code: code.clone(), message: String::new() })
            }
            Happening::Cancel(at) => {
                let (instance, node) = self.stands(at, "cancel")?;
                self.give(&instance, Input::CancelActivity { node })
            }
            Happening::Start(at) => {
                let node = NodeId::from(at.as_str());
                let mut refused = nothing(at, "start");
                let running = self
                    .instances
                    .iter()
                    .filter(|it| it.instance.state == State::Running)
                    .map(|it| it.instance.id.clone());
                for id in running.collect::<Vec<_>>() {
                    match self.give(&id, Input::StartActivity { node: node.clone() }) {
                        Ok(()) => return Ok(()),
                        Err(it) => refused = it,
                    }
                }
                Err(refused)
            }
            Happening::Set(set) => self.set_all(set),
        }
    }

    /// Variables change from outside, in every process; conditions look.
    fn set_all(&mut self, set: &Map<String, Value>) -> Result<(), Refused> {
        if set.is_empty() {
            return Ok(());
        }
        let running =
            self.instances.iter().filter(|it| it.instance.state == State::Running).map(|it| it.instance.id.clone());
        for id in running.collect::<Vec<_>>() {
            self.give(&id, Input::DataChanged { vars: set.clone() })?;
        }
        self.variables.extend(set.clone());
        self.look_at_conditions()
    }

    fn stands(&self, at: &str, what: &str) -> Result<(InstanceId, NodeId), Refused> {
        let (instance, _) = self.standing(at).ok_or_else(|| nothing(at, what))?;
        Ok((instance, NodeId::from(at)))
    }

    fn complete(&mut self, task: &str, set: &Map<String, Value>, outcome: Option<String>) -> Result<(), Refused> {
        if let Some((instance, job)) = self.job(task) {
            return self.give(&instance, Input::JobDone { job, output: Value::Object(set.clone()), outcome });
        }
        if let Some(ElementKind::AdHocSubProcess { .. }) = self.element(&NodeId::from(task)).map(|it| &it.kind) {
            let (instance, node) = self.stands(task, "complete")?;
            return self.give(&instance, Input::FinishAdHoc { node });
        }
        let Some((instance, _)) = self.standing(task) else {
            // Nothing stands in an event on a border; its timer can be let fire all the same.
            return match self.timers().into_iter().find(|it| it.node.as_str() == task) {
                Some(it) => self.fire(it),
                None => Err(nothing(task, "complete")),
            };
        };
        let input = match self.element(&NodeId::from(task)).map(|it| &it.kind) {
            Some(ElementKind::ReceiveTask { .. }) => {
                Input::Message { name: self.receives(task), payload: set.clone(), key: None }
            }
            Some(_) | None => match self.timers().into_iter().find(|it| it.node.as_str() == task) {
                Some(it) => return self.fire(it),
                None => return Err(nothing(task, "complete")),
            },
        };
        self.give(&instance, input)
    }

    /// Time goes by; timers fire in order.
    fn advance(&mut self, text: &str) -> Result<(), Refused> {
        let target = match (text.parse::<Timestamp>(), text.parse::<Span>()) {
            (Ok(at), _) => at,
            (Err(_), Ok(span)) => Calendar::of(&super::world::catalog())
                .add(self.now, &span)
                .map_err(|it| Refused { element: None, message: it.to_string() })?,
            (Err(_), Err(_)) => {
                let message = format!("expected an ISO 8601 duration or moment, found `{text}`");
                return Err(Refused { element: None, message });
            }
        };
        if target < self.now {
            let message = format!("expected a moment that is not over, found `{text}`: it is {} now", self.now);
            return Err(Refused { element: None, message });
        }
        while let Some(it) = self.timers().into_iter().next().filter(|it| it.at <= target) {
            self.fire(it)?;
        }
        self.now = self.now.max(target);
        Ok(())
    }

    /// What is due fires, though no time goes by: a moment that was over before it was waited for, no time at all.
    pub(super) fn fire_due(&mut self) -> Result<(), Refused> {
        while let Some(it) = self.timers().into_iter().next().filter(|it| it.at <= self.now) {
            self.fire(it)?;
        }
        Ok(())
    }

    pub(super) fn fire(&mut self, it: Due) -> Result<(), Refused> {
        self.now = self.now.max(it.at);
        match it.fires {
            Fires::Timer { instance, timer } => self.give(&instance, Input::TimerFired { timer }),
            Fires::Start(at) => self.start_by_timer(at),
        }
    }

    /// Everything that can move moves, until nothing can. What the script still speaks of is left to it.
    pub fn settle(&mut self, script: &[Happening], time: bool) -> Result<(), Refused> {
        let kept: BTreeSet<&str> = script.iter().filter_map(Happening::element).collect();
        loop {
            if let Some((instance, job)) =
                self.jobs().into_iter().find(|(_, _, node)| !kept.contains(node.as_str())).map(|(a, b, _)| (a, b))
            {
                self.give(&instance, Input::JobDone { job, output: Value::Null, outcome: None })?;
            } else if let Some((instance, name)) = self.receiving(&kept) {
                self.give(&instance, Input::Message { name, payload: Map::new(), key: None })?;
            } else if self.choose(&kept)? {
                // Something began, or is over: tasks first again.
            } else if time && let Some(it) = self.timers().into_iter().find(|it| !self.repeats_for_ever(it)) {
                self.fire(it)?;
            } else {
                return Ok(());
            }
        }
    }

    /// Jobs that wait for the outside, oldest token first.
    pub(super) fn jobs(&self) -> Vec<(InstanceId, JobId, NodeId)> {
        let mut found = Vec::new();
        for it in self.instances.iter().filter(|it| it.instance.state == State::Running) {
            let mut jobs: Vec<(u64, &JobId)> = it.instance.jobs.iter().map(|(job, token)| (*token, job)).collect();
            jobs.sort_unstable();
            for (token, job) in jobs {
                if let Some(Place::Node(node)) = it.instance.tokens.get(&token).map(|it| &it.at) {
                    found.push((it.instance.id.clone(), job.clone(), node.clone()));
                }
            }
        }
        found
    }

    fn job(&self, node: &str) -> Option<(InstanceId, JobId)> {
        self.jobs().into_iter().find(|(.., it)| it.as_str() == node).map(|(instance, job, _)| (instance, job))
    }

    /// The oldest token in a node.
    fn standing(&self, node: &str) -> Option<(InstanceId, u64)> {
        self.instances.iter().filter(|it| it.instance.state == State::Running).find_map(|it| {
            let here = |place: &Place| matches!(place, Place::Node(at) if at.as_str() == node);
            let token = it.instance.tokens.iter().find(|(_, it)| here(&it.at)).map(|(id, _)| *id)?;
            Some((it.instance.id.clone(), token))
        })
    }

    /// A receive task that waits for something no element of the file sends.
    fn receiving(&self, kept: &BTreeSet<&str>) -> Option<(InstanceId, String)> {
        let receives =
            |it: &NodeId| matches!(self.element(it).map(|it| &it.kind), Some(ElementKind::ReceiveTask { .. }));
        self.instances.iter().filter(|it| it.instance.state == State::Running).find_map(|it| {
            it.instance.tokens.values().find_map(|token| match &token.at {
                Place::Node(node) if receives(node) && !kept.contains(node.as_str()) => {
                    let name = self.receives(node.as_str());
                    (!self.prepared.sent_here.contains(&name)).then(|| (it.instance.id.clone(), name))
                }
                Place::Node(_) | Place::Flow(_) => None,
            })
        })
    }

    /// The name of the message a receive task waits for.
    fn receives(&self, task: &str) -> String {
        for flow in &self.prepared.flows {
            for it in flow.all() {
                if it.id.as_str() == task
                    && let ElementKind::ReceiveTask { message_ref, .. } = &it.kind
                {
                    let named = |id: &String| {
                        flow.messages.iter().find(|it| it.id == *id).map_or(id.as_str(), |it| it.called()).to_owned()
                    };
                    return message_ref.as_ref().map_or_else(|| it.name.clone(), named);
                }
            }
        }
        String::new()
    }

    /// Timers by the time they fire; of the same time, those set first.
    pub(super) fn timers(&self) -> Vec<Due> {
        let mut found = Vec::new();
        for it in self.instances.iter().filter(|it| it.instance.state == State::Running) {
            for (timer, set) in &it.instance.timers {
                if let Ok(at) = set.at.parse::<Timestamp>() {
                    found.push(Due {
                        at,
                        node: set.node.clone(),
                        fires: Fires::Timer { instance: it.instance.id.clone(), timer: timer.clone() },
                    });
                }
            }
        }
        found.extend(self.start_timers());
        found.sort_by_key(|it| (it.at, it.fires.order()));
        found
    }
}

pub(super) struct Due {
    pub(super) at: Timestamp,
    pub(super) node: NodeId,
    pub(super) fires: Fires,
}

pub(super) enum Fires {
    Timer {
        instance: InstanceId,
        timer: TimerId,
    },
    /// A start event, by its place among those that wait for their time.
    Start(usize),
}

impl Fires {
    /// Of the same time: instances that begin first.
    fn order(&self) -> u64 {
        match self {
            Fires::Timer { timer, .. } => number(timer),
            Fires::Start(_) => 0,
        }
    }
}

/// The engine numbers what it makes.
fn number(it: &TimerId) -> u64 {
    it.as_str().rsplit('.').next().and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn nothing(element: &str, what: &str) -> Refused {
    let message = format!("expected a token in `{element}` to {what}, found none");
    Refused { element: Some(NodeId::from(element)), message }
}
