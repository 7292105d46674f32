//! What events wait for or throw (BPMN 2.0.2 §10.5.5).

use serde::{Deserialize, Serialize};

use super::element::{is_true, yes};
use crate::id::NodeId;

/// BPMN event definitions (§10.5.5). Which of them the engine executes, `check` says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
