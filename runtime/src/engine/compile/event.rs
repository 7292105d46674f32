//! Events of a written flow: what they wait for and what they throw, by the places BPMN allows them in (§10.5.5,
//! Table 10.93).

use super::super::plan::Kind;
use super::super::trigger::{Message, Throw, Trigger, Wait, When};
use super::Compiler;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition};

impl Compiler<'_> {
    /// What starts a flow is the server's business, so there its start events pass; those of event subprocesses wait, and
    /// so do those that several things must start together.
    pub(super) fn start_event(
        &mut self,
        element: &Element,
        within: Option<&Element>,
        definition: Option<&EventDefinition>,
        interrupting: bool,
        at: &str,
    ) -> Option<Kind> {
        let sub = within.filter(|it| matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. }));
        let Some(definition) = definition else { return Some(Kind::Pass) };
        let wait = self.wait(element, definition, at)?;
        if wait.cancel() {
            return self.unsupported(element, at, "startEvent", Some(definition));
        }
        Some(match sub {
            Some(sub) => {
                let error = wait.triggers.iter().any(|it| matches!(it, Trigger::Error(_)));
                Kind::EventStart { sub: sub.id.clone(), interrupting: interrupting || error, wait }
            }
            None if wait.all && wait.triggers.len() > 1 && within.is_none() => Kind::Catch(wait),
            None => Kind::Pass,
        })
    }

    pub(super) fn catch_event(&mut self, element: &Element, definition: &EventDefinition, at: &str) -> Option<Kind> {
        if matches!(definition, EventDefinition::Link { .. }) {
            return Some(Kind::Pass);
        }
        let wait = self.wait(element, definition, at)?;
        let wrong = |it: &Trigger| match it {
            Trigger::Error(_) | Trigger::Escalation(_) | Trigger::Compensation | Trigger::Cancel => true,
            Trigger::Timer(_) | Trigger::Message { .. } | Trigger::Signal(_) | Trigger::Condition(_) => false,
        };
        if wait.triggers.iter().any(wrong) {
            return self.unsupported(element, at, "intermediateCatchEvent", Some(definition));
        }
        Some(Kind::Catch(wait))
    }

    pub(super) fn boundary_event(
        &mut self,
        element: &Element,
        host: &NodeId,
        cancel: bool,
        definition: &EventDefinition,
        at: &str,
    ) -> Option<Kind> {
        let wait = self.wait(element, definition, at)?;
        let always = wait.triggers.iter().any(|it| matches!(it, Trigger::Error(_) | Trigger::Cancel));
        Some(Kind::Boundary { host: host.clone(), interrupting: cancel || always, wait })
    }

    /// `end`: of an end event; what only they may throw is unsupported elsewhere.
    pub(super) fn throwing(
        &mut self,
        element: &Element,
        beside: &[Element],
        definition: Option<&EventDefinition>,
        end: bool,
        at: &str,
    ) -> Option<Kind> {
        let place = if end { "endEvent" } else { "intermediateThrowEvent" };
        let at = format!("{at}/eventDefinition");
        match definition {
            None => Some(Kind::Pass),
            Some(EventDefinition::Link { name }) if !end => {
                let catches = |it: &&Element| matches!(&it.kind, ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { name: it } } if it == name);
                match beside.iter().find(catches) {
                    Some(it) => Some(Kind::Link(it.id.clone())),
                    None => {
                        let says = format!("expected a catching link `{name}` in the same process, found none");
                        self.fault("flow-unknown-node", &at, &element.id, says);
                        None
                    }
                }
            }
            Some(definition) => {
                let mut throws = Vec::new();
                for it in flat(definition) {
                    match self.throw(element, it, end, &at) {
                        Some(it) => throws.push(it),
                        None => return self.unsupported(element, &at, place, Some(it)),
                    }
                }
                // What waits, or ends something, comes last.
                throws.sort_by_key(|it| match it {
                    Throw::Message(_) | Throw::Signal { .. } => 0,
                    Throw::Escalation(_) => 1,
                    Throw::Compensation { .. } => 2,
                    Throw::Error(_) | Throw::Cancel | Throw::Terminate => 3,
                });
                Some(Kind::Throw(throws))
            }
        }
    }

    /// None: cannot be thrown there.
    pub(super) fn throw(
        &mut self,
        element: &Element,
        definition: &EventDefinition,
        end: bool,
        at: &str,
    ) -> Option<Throw> {
        Some(match definition {
            EventDefinition::Message { message_ref, correlation, payload } => {
                let key = correlation.as_ref().and_then(|it| self.expr(element, it, at));
                let payload = payload.as_ref().and_then(|it| self.expr(element, it, at));
                Throw::Message(Message { name: self.message(message_ref), key, payload })
            }
            EventDefinition::Signal { signal_ref, payload } => {
                let payload = payload.as_ref().and_then(|it| self.expr(element, it, at));
                Throw::Signal { name: self.signal(signal_ref), payload }
            }
            EventDefinition::Escalation { escalation_ref } => {
                Throw::Escalation(self.escalation(escalation_ref.as_deref()))
            }
            EventDefinition::Compensate { activity_ref, wait_for_completion } => {
                Throw::Compensation { activity: activity_ref.clone(), wait: *wait_for_completion }
            }
            EventDefinition::Error { error_ref } if end => Throw::Error(self.code(error_ref.as_deref())),
            EventDefinition::Cancel {} if end => Throw::Cancel,
            EventDefinition::Terminate {} if end => Throw::Terminate,
            EventDefinition::Error { .. }
            | EventDefinition::Cancel {}
            | EventDefinition::Terminate {}
            | EventDefinition::Timer { .. }
            | EventDefinition::Conditional { .. }
            | EventDefinition::Link { .. }
            | EventDefinition::Multiple { .. } => return None,
        })
    }

    fn wait(&mut self, element: &Element, definition: &EventDefinition, at: &str) -> Option<Wait> {
        let all = matches!(definition, EventDefinition::Multiple { parallel: true, .. });
        let at = format!("{at}/eventDefinition");
        let mut triggers = Vec::new();
        for it in flat(definition) {
            triggers.push(self.trigger(element, it, &at)?);
        }
        Some(Wait { all, triggers })
    }

    fn trigger(&mut self, element: &Element, definition: &EventDefinition, at: &str) -> Option<Trigger> {
        Some(match definition {
            EventDefinition::Timer { time_date, time_duration, time_cycle } => {
                let given = [(time_date, false), (time_duration, false), (time_cycle, true)];
                let mut given = given.into_iter().filter_map(|(text, cycle)| text.as_ref().map(|it| (it, cycle)));
                let (Some((text, cycle)), None) = (given.next(), given.next()) else {
                    let says = "expected one of timeDate, timeDuration, timeCycle, found none or several";
                    self.fault("flow-timer", at, &element.id, says.to_owned());
                    return None;
                };
                Trigger::Timer(When { cycle, text: self.text(element, text, at)? })
            }
            EventDefinition::Message { message_ref, correlation, .. } => {
                let key = correlation.as_ref().and_then(|it| self.expr(element, it, at));
                Trigger::Message { name: self.message(message_ref), key }
            }
            EventDefinition::Signal { signal_ref, .. } => Trigger::Signal(self.signal(signal_ref)),
            EventDefinition::Error { error_ref: None } => Trigger::Error(None),
            EventDefinition::Error { error_ref } => Trigger::Error(Some(self.code(error_ref.as_deref()))),
            EventDefinition::Escalation { escalation_ref: None } => Trigger::Escalation(None),
            EventDefinition::Escalation { escalation_ref } => {
                Trigger::Escalation(Some(self.escalation(escalation_ref.as_deref())))
            }
            EventDefinition::Conditional { condition } => Trigger::Condition(self.expr(element, condition, at)?),
            EventDefinition::Compensate { .. } => Trigger::Compensation,
            EventDefinition::Cancel {} => Trigger::Cancel,
            EventDefinition::Link { .. } | EventDefinition::Terminate {} | EventDefinition::Multiple { .. } => {
                return self.unsupported(element, at, "catching event", Some(definition));
            }
        })
    }

    fn signal(&self, reference: &str) -> String {
        let named = self.flow.signals.iter().find(|it| it.id == reference);
        named.map_or(reference, |it| it.called()).to_owned()
    }

    fn code(&self, reference: Option<&str>) -> String {
        let id = reference.unwrap_or_default();
        self.flow.errors.iter().find(|it| it.id == id).map_or_else(|| id.to_owned(), |it| it.error_code.clone())
    }

    fn escalation(&self, reference: Option<&str>) -> String {
        let id = reference.unwrap_or_default();
        self.flow
            .escalations
            .iter()
            .find(|it| it.id == id)
            .map_or_else(|| id.to_owned(), |it| it.escalation_code.clone())
    }
}

/// The definitions of a multiple event, one after the other.
fn flat(definition: &EventDefinition) -> Vec<&EventDefinition> {
    if let EventDefinition::Multiple { event_definitions, .. } = definition {
        return event_definitions.iter().flat_map(flat).collect();
    }
    vec![definition]
}
