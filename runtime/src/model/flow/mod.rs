//! `flows/<key>/flow.json`: a process (BPMN 2.0.2 §10) as JSON. Elements and attributes carry their standard
//! names; what is ours (performer, outcomes, due, stage …) stands beside them and becomes an extension
//! element in BPMN XML. The drawing is elsewhere ([`super::layout`]).

use serde::{Deserialize, Serialize};

use crate::id::{FlowKey, ModuleKey};

mod activity;
mod collaboration;
mod element;
mod event;
pub(crate) mod kept;
mod lane;
mod reader;
mod sign;
mod work;

pub use activity::{AdHocOrdering, Behavior, Binding, ComplexBehavior, DataAssociation, Loop};
pub use collaboration::{Collaboration, MessageFlow, Participant};
pub use element::{Assignment, Element, ElementKind};
pub use event::EventDefinition;
pub use kept::{Kept, XmlElement, XmlNode};
pub use lane::Lane;
pub use sign::{Countersign, SignEach, SignRule, Skip};
pub use work::{
    Choose, CommentRule, ManagerOf, NotifyMoment, NotifyRule, Outcome, OutcomeStyle, Performer, PluginCall, Reminder,
    SkillNeed, UserTask,
};

/// BPMN `process`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Flow {
    pub format: u32,
    /// Stable id (BPMN `process/@id`).
    pub id: String,
    pub key: FlowKey,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub documentation: String,
    /// The module whose record the flow works on. Expressions see it as `data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<ModuleKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Named>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Named>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorDef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<EscalationDef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<Lane>,
    /// A global task (BPMN 2.0.2 §10.3.7: `globalTask`, `globalUserTask` …): `flow_elements` is that one task, with
    /// nothing before or behind it. Call activities may call it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub global_task: bool,
    /// While the record's stage is one of these, deadlines stand still. Ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pause_stages: Vec<String>,
    pub flow_elements: Vec<Element>,
    /// The pools it works with and the messages between them: drawn, checked and exported, not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collaboration: Option<Box<Collaboration>>,
    /// What BPMN XML said that has no word here.
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

/// BPMN `message`, `signal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub id: String,
    pub name: String,
}

impl Named {
    /// What it is known by outside: its name, or its id where it has none, so that no two without a name are taken for one.
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

/// BPMN `error`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ErrorDef {
    pub id: String,
    pub name: String,
    pub error_code: String,
}

/// BPMN `escalation` (§10.5.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EscalationDef {
    pub id: String,
    pub name: String,
    pub escalation_code: String,
}

impl Flow {
    /// Every element, those of subprocesses included, in file order.
    pub fn all(&self) -> Vec<&Element> {
        fn walk<'a>(elements: &'a [Element], into: &mut Vec<&'a Element>) {
            for it in elements {
                into.push(it);
                walk(it.inside(), into);
            }
        }
        let mut into = Vec::new();
        walk(&self.flow_elements, &mut into);
        into
    }

    /// Content hash (SHA-256, hex) of the logic; the drawing is not part of it.
    pub fn hash(&self) -> String {
        use sha2::Digest;
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        sha2::Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect()
    }
}
