//! What a unit of work puts into the post, and what its instances wait for.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use runtime::engine::Input;
use runtime::engine::waiting::{Awaited, Beginning, BegunBy, awaited};
use runtime::id::{FlowKey, InstanceId};
use runtime::limits;
use serde_json::{Map, Value};

use super::step::Next;
use super::{RecordState, Running, Work};
use crate::actor::SYSTEM;
use crate::clock::stamp;
use crate::error::Error;
use crate::store::post::{self as rows, Kind, Letter};
use crate::store::sql::fresh;

impl Work<'_> {
    pub(super) fn letter(
        &self,
        kind: Kind,
        name: String,
        key: String,
        payload: Map<String, Value>,
        to: Option<InstanceId>,
    ) -> Letter {
        let kept = SignedDuration::from_secs(limits::MESSAGE_KEPT_SECONDS);
        let expires_at = stamp(self.now.checked_add(kept).unwrap_or(Timestamp::MAX));
        let (module, record) = (self.module.key.clone(), self.record.id.clone());
        Letter { id: fresh("msg"), kind, name, key, payload, to, module, record, expires_at, tries: 0 }
    }

    /// A signal for everybody who waits for it now, and for the flows it starts.
    pub(super) async fn broadcast(
        &mut self,
        from: &InstanceId,
        name: String,
        payload: Map<String, Value>,
    ) -> Result<(), Error> {
        let wanted = Awaited::Signal { name: name.clone() };
        let mut waiting = rows::waiting(self.tx, &wanted, &self.record.id).await?;
        // Those this work has touched: as they are now, not as they are stored.
        for (id, it) in &self.flows {
            waiting.retain(|it| it != id);
            if awaited(&it.pinned.plan, &it.stored.body, &self.record.id).contains(&wanted) {
                waiting.push(id.clone());
            }
        }
        waiting.sort();
        for to in waiting.into_iter().filter(|it| it != from) {
            let letter = self.letter(Kind::Signal, name.clone(), String::new(), payload.clone(), Some(to));
            self.letters.push(letter);
        }
        let letter = self.letter(Kind::Signal, name, String::new(), payload, None);
        self.letters.push(letter);
        Ok(())
    }

    /// Tells instances of this record that wait for a condition what has changed.
    pub(super) async fn tell_conditions(&mut self) -> Result<(), Error> {
        if self.state != RecordState::Stored || self.changed.is_empty() {
            return Ok(());
        }
        let record = self.record.id.clone();
        let stored = rows::waiting(self.tx, &Awaited::Condition, &record).await?;
        for _ in 0..limits::MESSAGE_ROUNDS {
            let before = self.record.data.clone();
            let touched = self
                .flows
                .iter()
                .filter(|(_, it)| awaited(&it.pinned.plan, &it.stored.body, &record).contains(&Awaited::Condition));
            let mut waiting: Vec<InstanceId> =
                touched.map(|(id, _)| id.clone()).chain(stored.iter().cloned()).collect();
            waiting.sort();
            waiting.dedup();
            for instance in waiting {
                let input = Input::DataChanged { vars: Map::new() };
                self.run(Next { instance, input, by: SYSTEM.into(), follows: true }).await?;
            }
            if before == self.record.data {
                break;
            }
        }
        Ok(())
    }

    /// Writes what an instance waits for, as far as it is not what it was. True: a message is there for it.
    pub(super) async fn write_awaited(&self, running: &Running) -> Result<bool, Error> {
        let record = &running.stored.record;
        let before = &running.awaited;
        let after = awaited(&running.pinned.plan, &running.stored.body, record);
        let gone: Vec<&Awaited> = before.iter().filter(|it| !after.contains(it)).collect();
        let new: Vec<&Awaited> = after.iter().filter(|it| !before.contains(it)).collect();
        rows::end(self.tx, &running.stored.id, record, &gone).await?;
        rows::begin(self.tx, &running.stored.id, record, &new, &self.at).await
    }

    /// True: there were some.
    pub(super) async fn write_letters(&mut self) -> Result<bool, Error> {
        let letters = std::mem::take(&mut self.letters);
        if letters.is_empty() {
            return Ok(false);
        }
        if rows::count(self.tx).await? >= limits::MESSAGES_KEPT {
            return Err(Error::Refused(runtime::engine::Refusal::Limit {
                what: format!("{} messages on their way", limits::MESSAGES_KEPT),
            }));
        }
        rows::add(self.tx, &letters, &self.at).await?;
        Ok(true)
    }

    /// Starts a flow at what has happened.
    pub(crate) async fn begin_at(
        &mut self,
        flow: &FlowKey,
        at: &Beginning,
        vars: Map<String, Value>,
        then: Input,
    ) -> Result<(), Error> {
        let id = InstanceId(fresh("ins"));
        self.create(id.clone(), flow, &runtime::model::flow::Binding::Latest, None).await?;
        let by = self.actor.id().clone();
        let input = Input::Start { at: Some(at.node.clone()), vars, parent: None };
        self.run(Next { instance: id.clone(), input, by: by.clone(), follows: false }).await?;
        if at.waits {
            self.run(Next { instance: id, input: then, by, follows: false }).await?;
        }
        Ok(())
    }
}

/// Flows on a module that `by` starts, each with where.
pub(crate) fn begun(
    plans: &BTreeMap<FlowKey, std::sync::Arc<crate::definitions::Pinned>>,
    by: impl Fn(&BegunBy) -> bool,
) -> Vec<(FlowKey, Beginning)> {
    let first = |(key, pinned): (&FlowKey, &std::sync::Arc<crate::definitions::Pinned>)| {
        let found = pinned.plan.beginnings().into_iter().find(|it| by(&it.by))?;
        Some((key.clone(), found))
    };
    plans.iter().filter_map(first).collect()
}
