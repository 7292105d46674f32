//! Messages and signals between the flows of a scenario, as the server carries them: a message to the instance that waits
//! for its name and key, else to a flow that it starts, else it is kept until somebody waits for it; a signal to all that
//! wait for it now, and to all flows that it starts.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::flows::system;
use super::world::{Refused, Running, World};
use crate::engine::Input;
use crate::engine::waiting::{Awaited, BegunBy, awaited};
use crate::id::{FlowKey, InstanceId, NodeId, RecordId, UserId};

/// A message nobody has waited for yet.
pub(super) struct Kept {
    name: String,
    key: String,
    payload: Map<String, Value>,
}

/// Inputs that follow from a step.
pub(super) type Open = VecDeque<(InstanceId, UserId, Input)>;

impl World<'_> {
    pub fn post(
        &mut self,
        record: &RecordId,
        name: String,
        key: String,
        payload: Map<String, Value>,
        open: &mut Open,
    ) -> Result<(), Refused> {
        let wanted = Awaited::Message { name: name.clone(), key: key.clone() };
        if let Some(it) = self.instances.iter().find(|it| waits(it, &wanted)) {
            let input = Input::Message { name, payload, key: Some(key) };
            open.push_back((it.instance.id.clone(), system(), input));
            return Ok(());
        }
        let started = self.begun(record, |it| matches!(it, BegunBy::Message { name: it } if *it == name));
        match started.into_iter().next() {
            Some((flow, node, waits)) => {
                let input = Input::Message { name, payload: payload.clone(), key: None };
                self.begin_at(&flow, record, node, payload, waits.then_some(input), open)
            }
            None => {
                self.kept.push(Kept { name, key, payload });
                Ok(())
            }
        }
    }

    pub fn broadcast(
        &mut self,
        from: &InstanceId,
        record: &RecordId,
        name: &str,
        payload: &Map<String, Value>,
        open: &mut Open,
    ) -> Result<(), Refused> {
        let wanted = Awaited::Signal { name: name.to_owned() };
        let input = || Input::Signal { name: name.to_owned(), payload: payload.clone() };
        for it in self.instances.iter().filter(|it| it.instance.id != *from && waits(it, &wanted)) {
            open.push_back((it.instance.id.clone(), system(), input()));
        }
        for (flow, node, waits) in self.begun(record, |it| matches!(it, BegunBy::Signal { name: it } if it == name)) {
            self.begin_at(&flow, record, node, payload.clone(), waits.then(&input), open)?;
        }
        Ok(())
    }

    /// Gives kept messages to an instance that has begun to wait for them.
    pub fn hand_out(&mut self, id: &InstanceId, open: &mut Open) {
        let Some(it) = self.instances.iter().find(|it| it.instance.id == *id) else { return };
        if self.kept.is_empty() || !it.runs() {
            return;
        }
        let wanted = awaited(&it.plan, &it.instance, &it.record);
        let meant = |kept: &Kept| wanted.contains(&Awaited::Message { name: kept.name.clone(), key: kept.key.clone() });
        if let Some(at) = self.kept.iter().position(meant) {
            let Kept { name, key, payload } = self.kept.remove(at);
            open.push_back((id.clone(), system(), Input::Message { name, payload, key: Some(key) }));
        }
    }

    /// Flows on the record's module that this starts.
    fn begun(&self, record: &RecordId, by: impl Fn(&BegunBy) -> bool) -> Vec<(FlowKey, NodeId, bool)> {
        let Some(record) = self.records.get(record) else { return Vec::new() };
        let flows = self.compiled.catalog.flows().filter(|(_, _, it)| it.module.as_ref() == Some(&record.module));
        let plans = flows.filter_map(|(_, key, _)| Some((key.clone(), self.compiled.plan(key).ok()?)));
        let first = |(key, plan): (FlowKey, std::rc::Rc<crate::engine::Plan>)| {
            let found = plan.beginnings().into_iter().find(|it| by(&it.by))?;
            Some((key, found.node, found.waits))
        };
        plans.filter_map(first).collect()
    }

    fn begin_at(
        &mut self,
        flow: &FlowKey,
        record: &RecordId,
        node: NodeId,
        vars: Map<String, Value>,
        then: Option<Input>,
        open: &mut Open,
    ) -> Result<(), Refused> {
        let id = InstanceId(format!("ins-{}", self.instances.len() + 1));
        self.add(flow, record, id.clone())?;
        open.push_back((id.clone(), system(), Input::Start { at: Some(node), vars, parent: None }));
        open.extend(then.map(|it| (id, system(), it)));
        Ok(())
    }
}

fn waits(it: &Running, wanted: &Awaited) -> bool {
    it.runs() && awaited(&it.plan, &it.instance, &it.record).contains(wanted)
}
