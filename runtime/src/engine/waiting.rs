//! What an instance waits for from outside, and what starts a flow: so that whoever carries messages and signals knows
//! where to bring them without asking every instance.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::evaluate::{Expr, Names};
use super::event::catch::{Catcher, as_key, catchers};
use super::instance::{Instance, Note};
use super::plan::{Kind, Plan};
use super::trigger::{Text, Trigger, Wait};
use crate::id::{NodeId, RecordId};
use crate::model::flow::{ElementKind, EventDefinition};

/// Something that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awaited {
    /// A message with this name and key.
    Message {
        name: String,
        key: String,
    },
    Signal {
        name: String,
    },
    /// A condition: every change of the record has to be told.
    Condition,
}

/// What starts a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Beginning {
    /// Where it starts: [`super::Input::Start::at`].
    pub node: NodeId,
    pub by: BegunBy,
    /// The instance waits there for what has started it: it is given to it after the start, as an input.
    pub waits: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BegunBy {
    Message {
        name: String,
    },
    Signal {
        name: String,
    },
    /// As in [`EventDefinition::Timer`]; `cycle`: again and again.
    Timer {
        text: String,
        cycle: bool,
    },
    /// A condition over the record.
    Condition {
        text: String,
    },
}

/// The moments at which a timer starts a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    pub first: Timestamp,
    /// ISO 8601 duration, of a cycle.
    pub every: Option<String>,
    /// How often after the first time; none: for ever.
    pub left: Option<u32>,
}

/// What an instance waits for, each once, in order.
pub fn awaited(plan: &Plan, instance: &Instance, record: &RecordId) -> Vec<Awaited> {
    let wanted = |it: &Trigger| matches!(it, Trigger::Message { .. } | Trigger::Signal(_) | Trigger::Condition(_));
    let mut found = Vec::new();
    for at in catchers(plan, instance, &wanted) {
        let parts = at.event.kind.wait().map_or(0, |it| it.triggers.len());
        for part in 0..parts {
            let at = Catcher { part, ..at };
            match at.trigger() {
                _ if at.notes(instance).any(|it| *it == Note::Happened) || !at.waits(instance) => {}
                Some(Trigger::Message { name, .. }) => {
                    let own =
                        at.notes(instance).find_map(|it| if let Note::Key(it) = it { Some(it.clone()) } else { None });
                    found.push(Awaited::Message { name: name.clone(), key: own.unwrap_or_else(|| record.0.clone()) });
                }
                Some(Trigger::Signal(name)) => found.push(Awaited::Signal { name: name.clone() }),
                Some(Trigger::Condition(_)) => found.push(Awaited::Condition),
                Some(
                    Trigger::Timer(_)
                    | Trigger::Error(_)
                    | Trigger::Escalation(_)
                    | Trigger::Compensation
                    | Trigger::Cancel,
                )
                | None => {}
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

impl Plan {
    /// What starts the flow besides people and other flows: its start events, instantiating receive tasks and the events
    /// behind instantiating gateways (BPMN 2.0.2 §13.3.3, §10.6.6).
    pub fn beginnings(&self) -> Vec<Beginning> {
        let mut found = Vec::new();
        for element in &self.flow.flow_elements {
            let Some(node) = self.node(&element.id) else { continue };
            match &element.kind {
                ElementKind::StartEvent { event_definition: Some(it), .. } => {
                    let waits = matches!(node.kind, Kind::Catch(_));
                    found.extend(self.begun_by(it).into_iter().map(|by| Beginning {
                        node: node.id.clone(),
                        by,
                        waits,
                    }));
                }
                ElementKind::ReceiveTask { instantiate: true, .. } if node.incoming.is_empty() => {
                    found.extend(waited(node.kind.wait()).map(|by| Beginning {
                        node: node.id.clone(),
                        by,
                        waits: true,
                    }));
                }
                ElementKind::EventBasedGateway { instantiate: true, .. } if node.incoming.is_empty() => {
                    let behind = node.outgoing.iter().filter_map(|it| self.node(&self.paths.get(it)?.target));
                    let by = behind.flat_map(|it| waited(it.kind.wait()));
                    found.extend(by.map(|by| Beginning { node: node.id.clone(), by, waits: true }));
                }
                _ => {}
            }
        }
        found
    }

    /// Whether a condition that starts the flow holds over variables; what cannot be asked does not hold.
    pub fn holds(&self, condition: &str, vars: &Map<String, Value>, now: Timestamp) -> bool {
        Expr::parse(condition).is_ok_and(|it| it.holds(&self.names_of(vars, now)).unwrap_or(false))
    }

    /// The key a message brings: an expression over its payload, as text. What cannot be asked is no key.
    pub fn key_of(&self, expression: &str, payload: &Map<String, Value>, now: Timestamp) -> Option<String> {
        let value = Expr::parse(expression).ok()?.eval(&self.names_of(payload, now)).ok()?;
        as_key(&value).ok().filter(|it| !it.is_empty())
    }

    /// When a timer that starts the flow ([`BegunBy::Timer`]) fires, seen from `now`.
    pub fn rhythm(&self, text: &str, cycle: bool, vars: &Map<String, Value>, now: Timestamp) -> Result<Rhythm, String> {
        let text = match text.trim().strip_prefix('=') {
            Some(it) => match Expr::parse(it)?.eval(&self.names_of(vars, now))? {
                Value::String(it) => it,
                other => return Err(format!("expected a time as text, found {other}")),
            },
            None => text.trim().to_owned(),
        };
        if !cycle {
            return Ok(Rhythm { first: self.tools.moment(&text, now)?, every: None, left: Some(0) });
        }
        let (first, every, left, _) = self.tools.cycle(&text, now)?;
        Ok(Rhythm { first, every, left })
    }

    /// The `nth` moment of a rhythm, the first being 0.
    pub fn beat(&self, rhythm: &Rhythm, nth: u32) -> Option<Timestamp> {
        if rhythm.left.is_some_and(|it| nth > it) {
            return None;
        }
        match (nth, &rhythm.every) {
            (0, _) => Some(rhythm.first),
            (_, Some(every)) => self.tools.beat(rhythm.first, every, nth).ok(),
            (_, None) => None,
        }
    }

    fn names_of(&self, vars: &Map<String, Value>, now: Timestamp) -> Names {
        let mut names = self.tools.names(now);
        names.set("vars", Value::Object(vars.clone()));
        names.set_bare(vars);
        names
    }

    fn begun_by(&self, definition: &EventDefinition) -> Vec<BegunBy> {
        let name = |list: &[crate::model::flow::Named], id: &str| {
            list.iter().find(|it| it.id == id).map_or(id, |it| it.called()).to_owned()
        };
        match definition {
            EventDefinition::Message { message_ref, .. } => {
                vec![BegunBy::Message { name: name(&self.flow.messages, message_ref) }]
            }
            EventDefinition::Signal { signal_ref, .. } => {
                vec![BegunBy::Signal { name: name(&self.flow.signals, signal_ref) }]
            }
            EventDefinition::Timer { time_date, time_duration, time_cycle } => {
                let once =
                    time_date.iter().chain(time_duration).map(|it| BegunBy::Timer { text: it.clone(), cycle: false });
                once.chain(time_cycle.iter().map(|it| BegunBy::Timer { text: it.clone(), cycle: true })).collect()
            }
            EventDefinition::Conditional { condition } => vec![BegunBy::Condition { text: condition.clone() }],
            EventDefinition::Multiple { event_definitions, .. } => {
                event_definitions.iter().flat_map(|it| self.begun_by(it)).collect()
            }
            EventDefinition::Error { .. }
            | EventDefinition::Escalation { .. }
            | EventDefinition::Compensate { .. }
            | EventDefinition::Cancel {}
            | EventDefinition::Link { .. }
            | EventDefinition::Terminate {} => Vec::new(),
        }
    }
}

fn waited(wait: Option<&Wait>) -> impl Iterator<Item = BegunBy> {
    wait.into_iter().flat_map(|it| &it.triggers).filter_map(|it| match it {
        Trigger::Message { name, .. } => Some(BegunBy::Message { name: name.clone() }),
        Trigger::Signal(name) => Some(BegunBy::Signal { name: name.clone() }),
        Trigger::Timer(when) => match &when.text {
            Text::Literal(text) => Some(BegunBy::Timer { text: text.clone(), cycle: when.cycle }),
            Text::Expr(_) => None,
        },
        Trigger::Condition(_)
        | Trigger::Error(_)
        | Trigger::Escalation(_)
        | Trigger::Compensation
        | Trigger::Cancel => None,
    })
}
