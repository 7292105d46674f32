//! Conditional events (BPMN 2.0.2 §10.5.5): happen when their condition becomes true. It is asked when the event begins to
//! wait and after every change of the record or of variables; one that does not interrupt has to be false in between
//! before it can happen again.

use serde_json::Map;

use super::super::fact::Fact;
use super::super::instance::{Note, State};
use super::super::run::Run;
use super::super::trigger::Trigger;
use super::catch::{Catcher, catchers};

impl<'a> Run<'a> {
    /// Asks all conditions that are waited for, if anything has changed since they were asked last.
    pub(in super::super) fn ask_conditions(&mut self) {
        if !self.plan.conditional || !std::mem::take(&mut self.dirty) || self.instance.state != State::Running {
            return;
        }
        let wanted = |it: &Trigger| matches!(it, Trigger::Condition(_));
        for at in catchers(self.plan, &self.instance, &wanted) {
            let parts = at.event.kind.wait().map_or(0, |it| it.triggers.len());
            for part in 0..parts {
                self.ask(Catcher { part, ..at });
            }
        }
    }

    fn ask(&mut self, at: Catcher<'a>) {
        let Some(Trigger::Condition(condition)) = at.trigger() else { return };
        if at.scope.is_some_and(|it| !self.instance.scopes.contains_key(&it))
            || at.owner.is_some_and(|it| self.node_of(it).is_none())
        {
            return;
        }
        let outcome = at.owner.and_then(|it| self.outcome(it));
        let holds = match condition.holds(&self.names_in(at.scope, outcome.as_deref())) {
            Ok(it) => it,
            Err(says) => return self.complain(at, format!("condition of `{}`: {says}", at.event.id)),
        };
        let held = at.notes(&self.instance).any(|it| *it == Note::Held);
        let (token, node, part, note) = (at.owner, at.event.id.clone(), at.part as u32, Note::Held);
        if holds && !held {
            self.emit(Fact::Noted { token, node, part, note });
            self.occurs(at, "condition", Map::new());
        } else if held && !holds {
            self.emit(Fact::Forgotten { token, node, part, note });
        }
    }
}
