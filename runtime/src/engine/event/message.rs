//! Messages and signals that come in (BPMN 2.0.2 §10.5.5). A message is taken by one catcher: the token that has waited
//! longest. A signal is taken by all. What comes is merged into the variables. Nothing waits: refused, the server may keep it.

use serde_json::{Map, Value};

use super::super::Refusal;
use super::super::instance::Note;
use super::super::run::Run;
use super::super::trigger::Trigger;
use super::catch::{Catcher, catchers};

impl Run<'_> {
    /// `key`: only for who waits for that key; none: for whoever waits for the name.
    pub(in super::super) fn message(
        &mut self,
        name: &str,
        payload: Map<String, Value>,
        key: Option<&str>,
    ) -> Result<(), Refusal> {
        let wanted = |it: &Trigger| matches!(it, Trigger::Message { name: it, .. } if it == name);
        let meant = |it: &Catcher| it.waits(&self.instance) && key.is_none_or(|key| self.awaits(it, key));
        let first =
            catchers(self.plan, &self.instance, &wanted).into_iter().find(meant).ok_or(Refusal::NothingWaits)?;
        self.occurs(first, name, payload);
        Ok(())
    }

    /// Whether a message with that key is meant for the catcher.
    fn awaits(&self, at: &Catcher, key: &str) -> bool {
        let own = at.notes(&self.instance).find_map(|it| if let Note::Key(it) = it { Some(it.as_str()) } else { None });
        own.unwrap_or(self.context.record.as_str()) == key
    }

    pub(in super::super) fn signal(&mut self, name: &str, payload: Map<String, Value>) -> Result<(), Refusal> {
        if self.broadcast(name, &payload) { Ok(()) } else { Err(Refusal::NothingWaits) }
    }

    /// Gives a signal to everything here that waits for it now. False: nothing does.
    pub(in super::super) fn broadcast(&mut self, name: &str, payload: &Map<String, Value>) -> bool {
        let wanted = |it: &Trigger| matches!(it, Trigger::Signal(it) if it == name);
        let all = catchers(self.plan, &self.instance, &wanted);
        for it in &all {
            self.occurs(*it, name, payload.clone());
        }
        !all.is_empty()
    }
}
