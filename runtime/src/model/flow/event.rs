//! What events wait for or throw (BPMN 2.0.2 §10.5.5).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::super::pick::{self, Kind, Members, need};
use super::element::is_true;
#[cfg(test)]
use super::element::yes;
use crate::id::NodeId;

/// BPMN event definitions (§10.5.5). Which of them the engine executes, `check` says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(Deserialize), serde(remote = "Self"))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum EventDefinition {
    /// Exactly one of the three. Durations: ISO 8601 (`PT4H`), business hours (`8bh`), business days (`3bd`);
    /// a text that starts with `=` is an expression.
    Timer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_date: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_duration: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_cycle: Option<String>,
    },
    Message {
        message_ref: String,
        /// Expression; a message with the same key is meant for this instance. None: the record's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        correlation: Option<String>,
        /// Expression giving the content, a map; of throwing events.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    Signal {
        signal_ref: String,
        /// As of a message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    Error {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error_ref: Option<String>,
    },
    Escalation {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalation_ref: Option<String>,
    },
    Conditional {
        condition: String,
    },
    Compensate {
        /// The activity to compensate; none: all of the scope that ended, last first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        activity_ref: Option<NodeId>,
        #[serde(default = "yes", skip_serializing_if = "is_true")]
        wait_for_completion: bool,
    },
    Cancel {},
    Link {
        name: String,
    },
    Terminate {},
    /// Several definitions at one event (§10.5.5): any of them happens, or with `parallel` (BPMN `parallelMultiple`) all of them;
    /// a throwing event throws all.
    Multiple {
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        parallel: bool,
        event_definitions: Vec<EventDefinition>,
    },
}

/// The members of all kinds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    #[serde(default)]
    time_date: Option<String>,
    #[serde(default)]
    time_duration: Option<String>,
    #[serde(default)]
    time_cycle: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    message_ref: Option<String>,
    #[serde(default)]
    correlation: Option<String>,
    #[serde(default)]
    payload: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    signal_ref: Option<String>,
    #[serde(default)]
    error_ref: Option<String>,
    #[serde(default)]
    escalation_ref: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    condition: Option<String>,
    #[serde(default)]
    activity_ref: Option<NodeId>,
    #[serde(default, deserialize_with = "pick::given")]
    wait_for_completion: Option<bool>,
    #[serde(default, deserialize_with = "pick::given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    parallel: Option<bool>,
    #[serde(default, deserialize_with = "pick::given")]
    event_definitions: Option<Vec<EventDefinition>>,
}

const KINDS: &[Kind<Known, EventDefinition>; 11] = &[
    Kind {
        name: "timer",
        members: &["timeDate", "timeDuration", "timeCycle"],
        make: |it| {
            Ok(EventDefinition::Timer {
                time_date: it.time_date.take(),
                time_duration: it.time_duration.take(),
                time_cycle: it.time_cycle.take(),
            })
        },
    },
    Kind {
        name: "message",
        members: &["messageRef", "correlation", "payload"],
        make: |it| {
            Ok(EventDefinition::Message {
                message_ref: need(&mut it.message_ref, "messageRef")?,
                correlation: it.correlation.take(),
                payload: it.payload.take(),
            })
        },
    },
    Kind {
        name: "signal",
        members: &["signalRef", "payload"],
        make: |it| {
            Ok(EventDefinition::Signal {
                signal_ref: need(&mut it.signal_ref, "signalRef")?,
                payload: it.payload.take(),
            })
        },
    },
    Kind {
        name: "error",
        members: &["errorRef"],
        make: |it| Ok(EventDefinition::Error { error_ref: it.error_ref.take() }),
    },
    Kind {
        name: "escalation",
        members: &["escalationRef"],
        make: |it| Ok(EventDefinition::Escalation { escalation_ref: it.escalation_ref.take() }),
    },
    Kind {
        name: "conditional",
        members: &["condition"],
        make: |it| Ok(EventDefinition::Conditional { condition: need(&mut it.condition, "condition")? }),
    },
    Kind {
        name: "compensate",
        members: &["activityRef", "waitForCompletion"],
        make: |it| {
            Ok(EventDefinition::Compensate {
                activity_ref: it.activity_ref.take(),
                wait_for_completion: it.wait_for_completion.unwrap_or(true),
            })
        },
    },
    Kind { name: "cancel", members: &[], make: |_| Ok(EventDefinition::Cancel {}) },
    Kind {
        name: "link",
        members: &["name"],
        make: |it| Ok(EventDefinition::Link { name: need(&mut it.name, "name")? }),
    },
    Kind { name: "terminate", members: &[], make: |_| Ok(EventDefinition::Terminate {}) },
    Kind {
        name: "multiple",
        members: &["parallel", "eventDefinitions"],
        make: |it| {
            Ok(EventDefinition::Multiple {
                parallel: it.parallel.take().unwrap_or_default(),
                event_definitions: need(&mut it.event_definitions, "eventDefinitions")?,
            })
        },
    },
];

const NAMES: &[&str] = &pick::names(KINDS);

impl<'de> Deserialize<'de> for EventDefinition {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(Members::read(from, "internally tagged enum EventDefinition")?).map_err(D::Error::custom)
    }
}

#[inline(never)]
fn read(mut members: Members) -> Result<EventDefinition, pick::Error> {
    let kind = members.kind("type")?;
    members.make(&kind, KINDS, NAMES)
}

/// In tests serde's own reader, for comparison, goes by the type's name; so does what writes.
#[cfg(test)]
impl Serialize for EventDefinition {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        EventDefinition::serialize(self, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_serde_does() {
        let members: std::collections::BTreeSet<&str> = KINDS.iter().flat_map(|it| it.members).copied().collect();
        let members: Vec<&str> = members.into_iter().collect();
        pick::compare::all("type", NAMES, &members, serde_json::from_value, EventDefinition::deserialize);
    }
}
