//! `flows/<key>/flow.json`: a process (BPMN 2.0.2 §10) as JSON. Elements and attributes carry their standard
//! names; what is ours (performer, outcomes, due, stage …) stands beside them and becomes an extension
//! element in BPMN XML. The drawing is elsewhere ([`super::layout`]).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{FieldKey, FlowKey, ModuleKey, NodeId, RoleKey, ScriptKey, TableKey, ViewKey};

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
    pub lanes: Vec<Lane>,
    pub flow_elements: Vec<Element>,
}

/// BPMN `message`, `signal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// BPMN `error`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ErrorDef {
    pub id: String,
    pub name: String,
    pub error_code: String,
}

/// BPMN `lane`. A node without a performer of its own is done by the role of its lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lane {
    pub id: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleKey>,
    pub flow_node_refs: Vec<NodeId>,
}

/// BPMN `flowElement`: a node or a sequence flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    pub id: NodeId,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub documentation: String,
    /// Value the record's stage field gets when the node is entered. Ours, for activities and events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Fields and variables set when the node is left: `{"target": "data.refused_times", "expr": "data.refused_times + 1"}`. Ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assign: Vec<Assignment>,
    /// Who is told. Ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<NotifyRule>,
    #[serde(flatten)]
    pub kind: ElementKind,
}

/// What an element is: BPMN's names under `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ElementKind {
    SequenceFlow {
        source_ref: NodeId,
        target_ref: NodeId,
        /// Expression over `data`, `vars`, `outcome`, `user`; none: always taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        condition_expression: Option<String>,
    },
    StartEvent {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_definition: Option<EventDefinition>,
        /// Of an event subprocess's start.
        #[serde(default = "yes", skip_serializing_if = "is_true")]
        is_interrupting: bool,
    },
    EndEvent {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_definition: Option<EventDefinition>,
    },
    IntermediateCatchEvent {
        event_definition: EventDefinition,
    },
    IntermediateThrowEvent {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_definition: Option<EventDefinition>,
    },
    BoundaryEvent {
        attached_to_ref: NodeId,
        #[serde(default = "yes", skip_serializing_if = "is_true")]
        cancel_activity: bool,
        event_definition: EventDefinition,
    },
    UserTask(Box<UserTask>),
    /// A task without a kind (BPMN `task`) or `manualTask`: passes through at once.
    Task {},
    ServiceTask {
        /// The plugin function that does the work.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<PluginCall>,
    },
    ScriptTask {
        /// A file of `scripts/`. It sees `data`, `vars`, `user`, `people`, `now`, and returns a map:
        /// `#{ data: #{…fields to set…}, vars: #{…} }`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        script: Option<ScriptKey>,
    },
    SendTask {},
    ReceiveTask {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_ref: Option<String>,
    },
    BusinessRuleTask {
        table: TableKey,
        /// Expression per input of the table.
        inputs: Vec<Assignment>,
        /// Variable that receives the outputs as a map.
        output: String,
    },
    CallActivity {
        called_element: FlowKey,
        /// Variables given to the called flow.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        inputs: Vec<Assignment>,
        /// Variables taken from it when it ends; expressions see `result`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        outputs: Vec<Assignment>,
    },
    SubProcess {
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        triggered_by_event: bool,
        flow_elements: Vec<Element>,
    },
    ExclusiveGateway {
        /// The flow taken when no condition holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<NodeId>,
    },
    InclusiveGateway {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<NodeId>,
    },
    ParallelGateway {},
    EventBasedGateway {},
    ComplexGateway {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        activation_condition: Option<String>,
    },
    TextAnnotation {
        text: String,
    },
}

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
    },
    Signal { signal_ref: String },
    Error {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error_ref: Option<String>,
    },
    Escalation { escalation_code: String },
    Conditional { condition: String },
    Compensate {},
    Cancel {},
    Link { name: String },
    Terminate {},
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// `data.<field>` or `vars.<name>`; an input's key for tables and called flows.
    pub target: String,
    pub expr: String,
}

/// Who is told, when, with which text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotifyRule {
    #[serde(default)]
    pub on: NotifyMoment,
    /// `performer`, `starter`, `owner`, `manager` (of the performer), `customer` (portal users of the record's customer),
    /// `role:<key>`, `field:<key>` (a user field).
    pub to: Vec<String>,
    /// Id of a notice of the pack.
    pub notice: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NotifyMoment {
    #[default]
    Enter,
    Leave,
}

/// BPMN `userTask` with what a person needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserTask {
    #[serde(default)]
    pub performer: Performer,
    /// The form shown: a view of the flow's module. It decides which fields can be written at this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<ViewKey>,
    /// Buttons. None: one outcome `done`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    /// When it should be done: a duration (see [`EventDefinition::Timer`]) or `=` expression giving one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// In per cent of the time until due. None: 80 % reminds the performer, 100 % tells the performer's manager.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Reminder>,
    /// Steps it can be returned to; none: to any user task this instance has passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub return_to: Vec<NodeId>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// Where this differs from Low/Normal/High it is shown: 0 low, 50 normal, 100 high; or `=` expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
}

/// Who does a task. All that is given must hold; `script` and `expr` choose one person among those.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Performer {
    /// Holders of any of these roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleKey>,
    /// Expression giving a department id or key: only its people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Expression giving a user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Field of the record that holds the user; written when the task is claimed or assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldKey>,
    /// Script that chooses: sees `candidates` (people), `data`, `vars`; returns `#{ user: id | (), why: text, ranking: […] }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<ScriptKey>,
    /// The portal users of the record's customer may do it too, besides everybody the rest of this names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer: bool,
    /// The person who did that step before, if still able ("retain familiar").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<NodeId>,
    /// Not the person who did that step (separation of duty).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_same_as: Vec<NodeId>,
    /// Role that gets the task when nobody else may do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<RoleKey>,
}

/// A button of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Outcome {
    /// Conditions after the task see it as `outcome`.
    pub id: String,
    pub title: String,
    #[serde(default)]
    pub style: OutcomeStyle,
    #[serde(default)]
    pub comment: CommentRule,
    /// Fields that must be filled for this outcome, beyond the form's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<FieldKey>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OutcomeStyle {
    Primary,
    #[default]
    Neutral,
    Danger,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CommentRule {
    None,
    #[default]
    Optional,
    Required,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// Per cent of the time between opening and due.
    pub at: u32,
    pub to: Vec<String>,
    pub notice: String,
}

/// A function of a wasm plugin, called by a job with retries; a failure that stays is an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginCall {
    pub plugin: String,
    pub function: String,
    /// Script or expression giving the input map. Expression sees what a script task sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_script: Option<ScriptKey>,
    /// Variable that receives the answer.
    pub output: String,
}

impl Flow {
    /// Every element, those of subprocesses included, in file order.
    pub fn all(&self) -> Vec<&Element> {
        fn walk<'a>(elements: &'a [Element], into: &mut Vec<&'a Element>) {
            for it in elements {
                into.push(it);
                if let ElementKind::SubProcess { flow_elements, .. } = &it.kind {
                    walk(flow_elements, into);
                }
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

fn yes() -> bool {
    true
}

fn is_true(it: &bool) -> bool {
    *it
}

/// Foreign data kept for interchange; not used by the engine.
pub type Foreign = Map<String, Value>;
