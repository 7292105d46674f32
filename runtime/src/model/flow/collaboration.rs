//! A collaboration (BPMN 2.0.2 §9): the pools a flow works with, and the messages between them. A file has it beside its
//! processes; a flow of a pack keeps the one it takes part in.

use serde::{Deserialize, Serialize};

use super::element::Element;
use super::{Flow, Kept};
use crate::id::{FlowKey, NodeId};

/// BPMN `collaboration`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Collaboration {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub participants: Vec<Participant>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub message_flows: Vec<MessageFlow>,
    /// Annotations, associations and groups drawn beside the pools.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<Element>,
    /// What other pools hold, where a flow of a pack keeps its collaboration: shown and exported, never run. In a document they
    /// stand among its flows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<Flow>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

/// BPMN `participant`: a pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The flow inside; none: a black box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<FlowKey>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

/// BPMN `messageFlow`, between pools or what is in them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageFlow {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub source_ref: String,
    pub target_ref: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

impl Collaboration {
    /// The pool of a flow.
    pub fn pool_of(&self, flow: &FlowKey) -> Option<&Participant> {
        self.participants.iter().find(|it| it.process.as_ref() == Some(flow))
    }

    /// What a pool holds, where it is kept here.
    pub fn inside(&self, pool: &Participant) -> Option<&Flow> {
        self.processes.iter().find(|it| pool.process.as_ref() == Some(&it.key))
    }

    /// Something another pool holds, or an artifact beside the pools: the pool and the element.
    pub fn foreign(&self, id: &str) -> Option<(Option<&Participant>, &Element)> {
        let held = self.processes.iter().find_map(|it| {
            let found = it.all().into_iter().find(|it| it.id.as_str() == id)?;
            Some((self.pool_of(&it.key), found))
        });
        held.or_else(|| self.artifacts.iter().find(|it| it.id.as_str() == id).map(|it| (None, it)))
    }

    /// Ids of everything here but the pools' own flow: pools, messages, what other pools hold.
    pub fn ids(&self) -> Vec<NodeId> {
        let mut found: Vec<NodeId> = vec![self.id.as_str().into()];
        found.extend(self.participants.iter().map(|it| it.id.as_str().into()));
        found.extend(self.message_flows.iter().map(|it| it.id.as_str().into()));
        found.extend(self.artifacts.iter().map(|it| it.id.clone()));
        for it in &self.processes {
            found.extend(it.all().into_iter().map(|it| it.id.clone()));
            found.extend(it.lanes.iter().map(|it| it.id.as_str().into()));
        }
        found
    }
}
