//! One element of a flow: a node, a sequence flow, or something drawn beside them.

use serde::{Deserialize, Serialize};

use super::activity::{AdHocOrdering, Binding, DataAssociation, Loop};
use super::event::EventDefinition;
use super::kept::Kept;
use super::work::{NotifyRule, PluginCall, UserTask};
use crate::id::{FlowKey, NodeId, ScriptKey, TableKey};

/// BPMN `flowElement`: a node or a sequence flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    /// The flow taken when no condition of the others holds: of exclusive, inclusive and complex gateways and of activities (§8.3.13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<NodeId>,
    /// Repetition of an activity (§10.3.8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loop_characteristics: Option<Box<Loop>>,
    /// An activity that only compensation starts (§10.6).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_for_compensation: bool,
    /// Tokens that must arrive before the activity begins (§10.3, Table 10.3).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub start_quantity: u32,
    /// Tokens it gives to each outgoing flow when it ends.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub completion_quantity: u32,
    /// From data objects into the activity, before it begins (§10.4.2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_input_associations: Vec<DataAssociation>,
    /// From the activity into data objects, when it ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_output_associations: Vec<DataAssociation>,
    /// What BPMN XML said that has no word here.
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
    #[serde(flatten)]
    pub kind: ElementKind,
}

/// What an element is: BPMN's names under `type`. Read by [`super::reader`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(Deserialize), serde(remote = "Self"))]
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
    /// A task without a kind (BPMN `task`): passes through at once.
    Task {},
    /// BPMN `manualTask`: done outside the system; passes through at once.
    ManualTask {},
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
        /// Statements written at the task itself (BPMN `script`), over the variables by name; what they change is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    SendTask {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_ref: Option<String>,
        /// Expression giving the message's key; none: the record's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        correlation: Option<String>,
        /// Expression giving the message's content, a map.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    ReceiveTask {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_ref: Option<String>,
        /// The message starts the flow (§13.3.3).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        instantiate: bool,
        /// As of [`EventDefinition::Message`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        correlation: Option<String>,
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
        #[serde(default, skip_serializing_if = "Binding::is_latest")]
        binding: Binding,
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
    /// BPMN `transaction` (§10.3.5, §13.3.5): a subprocess that can be cancelled as a whole.
    Transaction {
        flow_elements: Vec<Element>,
    },
    /// BPMN `adHocSubProcess` (§10.3.5): its activities happen in any order, chosen by people.
    AdHocSubProcess {
        #[serde(default)]
        ordering: AdHocOrdering,
        /// Expression; asked each time an activity inside ends. None: over when nothing inside is active and somebody says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        completion_condition: Option<String>,
        #[serde(default = "yes", skip_serializing_if = "is_true")]
        cancel_remaining_instances: bool,
        flow_elements: Vec<Element>,
    },
    ExclusiveGateway {},
    InclusiveGateway {},
    ParallelGateway {},
    EventBasedGateway {
        /// Its first event starts the flow (§10.6.6).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        instantiate: bool,
        /// BPMN `eventGatewayType="Parallel"`: all its events must happen. Only where it instantiates.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        parallel: bool,
    },
    /// §10.6.5, §13.4.5.
    ComplexGateway {
        /// Sees `activationCount.<incoming flow>` and `waitingForStart`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        activation_condition: Option<String>,
    },
    /// BPMN `dataObject`: a value that lives as long as its scope.
    DataObject {
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_collection: bool,
    },
    DataObjectReference {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data_object_ref: Option<String>,
    },
    DataStoreReference {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data_store_ref: Option<String>,
    },
    TextAnnotation {
        text: String,
    },
    /// BPMN `association`; from a compensation boundary event to its handler it has a meaning, elsewhere it is drawn.
    Association {
        source_ref: NodeId,
        target_ref: NodeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        association_direction: Option<String>,
    },
    /// BPMN `group`: drawn only.
    Group {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category_value_ref: Option<String>,
    },
}

/// In tests serde's own reader, for comparison, goes by the type's name; so does what writes.
#[cfg(test)]
impl Serialize for ElementKind {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        ElementKind::serialize(self, to)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// `data.<field>` or `vars.<name>`; an input's key for tables and called flows.
    pub target: String,
    pub expr: String,
}

impl Element {
    /// A bare element.
    pub fn new(id: impl Into<NodeId>, kind: ElementKind) -> Self {
        Self {
            id: id.into(),
            name: String::new(),
            documentation: String::new(),
            stage: None,
            assign: Vec::new(),
            notify: Vec::new(),
            default: None,
            loop_characteristics: None,
            is_for_compensation: false,
            start_quantity: 1,
            completion_quantity: 1,
            data_input_associations: Vec::new(),
            data_output_associations: Vec::new(),
            kept: Kept::default(),
            kind,
        }
    }

    /// The elements of a subprocess of any kind; empty for everything else.
    pub fn inside(&self) -> &[Element] {
        self.kind.inside()
    }
}

impl ElementKind {
    /// The elements of a subprocess of any kind; empty for everything else.
    pub fn inside(&self) -> &[Element] {
        match self {
            ElementKind::SubProcess { flow_elements, .. }
            | ElementKind::Transaction { flow_elements }
            | ElementKind::AdHocSubProcess { flow_elements, .. } => flow_elements,
            _ => &[],
        }
    }

    /// The same, to be changed; `None` for everything else.
    pub fn inside_mut(&mut self) -> Option<&mut Vec<Element>> {
        match self {
            ElementKind::SubProcess { flow_elements, .. }
            | ElementKind::Transaction { flow_elements }
            | ElementKind::AdHocSubProcess { flow_elements, .. } => Some(flow_elements),
            _ => None,
        }
    }

    /// BPMN `flowNode`: what a token can stand in.
    pub fn is_node(&self) -> bool {
        !matches!(self, ElementKind::SequenceFlow { .. }) && !self.is_artifact()
    }

    /// Drawn, never passed by a token: artifacts (§7.2) and data (§10.4).
    pub fn is_artifact(&self) -> bool {
        matches!(
            self,
            ElementKind::TextAnnotation { .. }
                | ElementKind::Association { .. }
                | ElementKind::Group { .. }
                | ElementKind::DataObject { .. }
                | ElementKind::DataObjectReference { .. }
                | ElementKind::DataStoreReference { .. }
        )
    }

    /// BPMN `activity` (§10.3).
    pub fn is_activity(&self) -> bool {
        matches!(
            self,
            ElementKind::UserTask(_)
                | ElementKind::Task {}
                | ElementKind::ManualTask {}
                | ElementKind::ServiceTask { .. }
                | ElementKind::ScriptTask { .. }
                | ElementKind::SendTask { .. }
                | ElementKind::ReceiveTask { .. }
                | ElementKind::BusinessRuleTask { .. }
                | ElementKind::CallActivity { .. }
                | ElementKind::SubProcess { .. }
                | ElementKind::Transaction { .. }
                | ElementKind::AdHocSubProcess { .. }
        )
    }
}

pub(super) fn one() -> u32 {
    1
}

pub(super) fn is_one(it: &u32) -> bool {
    *it == 1
}

/// For the reader [`super::super::pick`] is compared with.
#[cfg(test)]
pub(super) fn yes() -> bool {
    true
}

pub(super) fn is_true(it: &bool) -> bool {
    *it
}
