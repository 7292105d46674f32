//! How the kinds of elements are read ([`super::super::pick`]).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::super::pick::{self, Kind, Members, need};
use super::activity::{AdHocOrdering, Binding};
use super::element::{Assignment, Element, ElementKind};
use super::event::EventDefinition;
use super::work::PluginCall;
use crate::id::{FlowKey, NodeId, ScriptKey, TableKey};

/// The members of all kinds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    #[serde(default, deserialize_with = "pick::given")]
    source_ref: Option<NodeId>,
    #[serde(default, deserialize_with = "pick::given")]
    target_ref: Option<NodeId>,
    #[serde(default)]
    condition_expression: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    event_definition: Option<EventDefinition>,
    #[serde(default, deserialize_with = "pick::given")]
    is_interrupting: Option<bool>,
    #[serde(default, deserialize_with = "pick::given")]
    attached_to_ref: Option<NodeId>,
    #[serde(default, deserialize_with = "pick::given")]
    cancel_activity: Option<bool>,
    #[serde(default)]
    call: Option<PluginCall>,
    #[serde(default)]
    script: Option<ScriptKey>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    message_ref: Option<String>,
    #[serde(default)]
    correlation: Option<String>,
    #[serde(default)]
    payload: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    instantiate: Option<bool>,
    #[serde(default, deserialize_with = "pick::given")]
    table: Option<TableKey>,
    #[serde(default, deserialize_with = "pick::given")]
    inputs: Option<Vec<Assignment>>,
    #[serde(default, deserialize_with = "pick::given")]
    output: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    called_element: Option<FlowKey>,
    #[serde(default, deserialize_with = "pick::given")]
    binding: Option<Binding>,
    #[serde(default, deserialize_with = "pick::given")]
    outputs: Option<Vec<Assignment>>,
    #[serde(default, deserialize_with = "pick::given")]
    triggered_by_event: Option<bool>,
    #[serde(default, deserialize_with = "pick::given")]
    flow_elements: Option<Vec<Element>>,
    #[serde(default, deserialize_with = "pick::given")]
    ordering: Option<AdHocOrdering>,
    #[serde(default)]
    completion_condition: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    cancel_remaining_instances: Option<bool>,
    #[serde(default, deserialize_with = "pick::given")]
    parallel: Option<bool>,
    #[serde(default)]
    activation_condition: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    is_collection: Option<bool>,
    #[serde(default)]
    data_object_ref: Option<String>,
    #[serde(default)]
    data_store_ref: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    text: Option<String>,
    #[serde(default)]
    association_direction: Option<String>,
    #[serde(default)]
    category_value_ref: Option<String>,
}

const KINDS: &[Kind<Known, ElementKind>; 29] = &[
    Kind {
        name: "sequenceFlow",
        members: &["sourceRef", "targetRef", "conditionExpression"],
        make: |it| {
            Ok(ElementKind::SequenceFlow {
                source_ref: need(&mut it.source_ref, "sourceRef")?,
                target_ref: need(&mut it.target_ref, "targetRef")?,
                condition_expression: it.condition_expression.take(),
            })
        },
    },
    Kind {
        name: "startEvent",
        members: &["eventDefinition", "isInterrupting"],
        make: |it| {
            Ok(ElementKind::StartEvent {
                event_definition: it.event_definition.take(),
                is_interrupting: it.is_interrupting.unwrap_or(true),
            })
        },
    },
    Kind {
        name: "endEvent",
        members: &["eventDefinition"],
        make: |it| Ok(ElementKind::EndEvent { event_definition: it.event_definition.take() }),
    },
    Kind {
        name: "intermediateCatchEvent",
        members: &["eventDefinition"],
        make: |it| {
            Ok(ElementKind::IntermediateCatchEvent {
                event_definition: need(&mut it.event_definition, "eventDefinition")?,
            })
        },
    },
    Kind {
        name: "intermediateThrowEvent",
        members: &["eventDefinition"],
        make: |it| Ok(ElementKind::IntermediateThrowEvent { event_definition: it.event_definition.take() }),
    },
    Kind {
        name: "boundaryEvent",
        members: &["attachedToRef", "cancelActivity", "eventDefinition"],
        make: |it| {
            Ok(ElementKind::BoundaryEvent {
                attached_to_ref: need(&mut it.attached_to_ref, "attachedToRef")?,
                cancel_activity: it.cancel_activity.unwrap_or(true),
                event_definition: need(&mut it.event_definition, "eventDefinition")?,
            })
        },
    },
    Kind { name: "userTask", members: &[], make: |_| Ok(ElementKind::UserTask(Box::default())) },
    Kind { name: "task", members: &[], make: |_| Ok(ElementKind::Task {}) },
    Kind { name: "manualTask", members: &[], make: |_| Ok(ElementKind::ManualTask {}) },
    Kind { name: "serviceTask", members: &["call"], make: |it| Ok(ElementKind::ServiceTask { call: it.call.take() }) },
    Kind {
        name: "scriptTask",
        members: &["script", "source"],
        make: |it| Ok(ElementKind::ScriptTask { script: it.script.take(), source: it.source.take() }),
    },
    Kind {
        name: "sendTask",
        members: &["messageRef", "correlation", "payload"],
        make: |it| {
            Ok(ElementKind::SendTask {
                message_ref: it.message_ref.take(),
                correlation: it.correlation.take(),
                payload: it.payload.take(),
            })
        },
    },
    Kind {
        name: "receiveTask",
        members: &["messageRef", "instantiate", "correlation"],
        make: |it| {
            Ok(ElementKind::ReceiveTask {
                message_ref: it.message_ref.take(),
                instantiate: it.instantiate.take().unwrap_or_default(),
                correlation: it.correlation.take(),
            })
        },
    },
    Kind {
        name: "businessRuleTask",
        members: &["table", "inputs", "output"],
        make: |it| {
            Ok(ElementKind::BusinessRuleTask {
                table: need(&mut it.table, "table")?,
                inputs: need(&mut it.inputs, "inputs")?,
                output: need(&mut it.output, "output")?,
            })
        },
    },
    Kind {
        name: "callActivity",
        members: &["calledElement", "binding", "inputs", "outputs"],
        make: |it| {
            Ok(ElementKind::CallActivity {
                called_element: need(&mut it.called_element, "calledElement")?,
                binding: it.binding.take().unwrap_or_default(),
                inputs: it.inputs.take().unwrap_or_default(),
                outputs: it.outputs.take().unwrap_or_default(),
            })
        },
    },
    Kind {
        name: "subProcess",
        members: &["triggeredByEvent", "flowElements"],
        make: |it| {
            Ok(ElementKind::SubProcess {
                triggered_by_event: it.triggered_by_event.take().unwrap_or_default(),
                flow_elements: need(&mut it.flow_elements, "flowElements")?,
            })
        },
    },
    Kind {
        name: "transaction",
        members: &["flowElements"],
        make: |it| Ok(ElementKind::Transaction { flow_elements: need(&mut it.flow_elements, "flowElements")? }),
    },
    Kind {
        name: "adHocSubProcess",
        members: &["ordering", "completionCondition", "cancelRemainingInstances", "flowElements"],
        make: |it| {
            Ok(ElementKind::AdHocSubProcess {
                ordering: it.ordering.take().unwrap_or_default(),
                completion_condition: it.completion_condition.take(),
                cancel_remaining_instances: it.cancel_remaining_instances.unwrap_or(true),
                flow_elements: need(&mut it.flow_elements, "flowElements")?,
            })
        },
    },
    Kind { name: "exclusiveGateway", members: &[], make: |_| Ok(ElementKind::ExclusiveGateway {}) },
    Kind { name: "inclusiveGateway", members: &[], make: |_| Ok(ElementKind::InclusiveGateway {}) },
    Kind { name: "parallelGateway", members: &[], make: |_| Ok(ElementKind::ParallelGateway {}) },
    Kind {
        name: "eventBasedGateway",
        members: &["instantiate", "parallel"],
        make: |it| {
            Ok(ElementKind::EventBasedGateway {
                instantiate: it.instantiate.take().unwrap_or_default(),
                parallel: it.parallel.take().unwrap_or_default(),
            })
        },
    },
    Kind {
        name: "complexGateway",
        members: &["activationCondition"],
        make: |it| Ok(ElementKind::ComplexGateway { activation_condition: it.activation_condition.take() }),
    },
    Kind {
        name: "dataObject",
        members: &["isCollection"],
        make: |it| Ok(ElementKind::DataObject { is_collection: it.is_collection.take().unwrap_or_default() }),
    },
    Kind {
        name: "dataObjectReference",
        members: &["dataObjectRef"],
        make: |it| Ok(ElementKind::DataObjectReference { data_object_ref: it.data_object_ref.take() }),
    },
    Kind {
        name: "dataStoreReference",
        members: &["dataStoreRef"],
        make: |it| Ok(ElementKind::DataStoreReference { data_store_ref: it.data_store_ref.take() }),
    },
    Kind {
        name: "textAnnotation",
        members: &["text"],
        make: |it| Ok(ElementKind::TextAnnotation { text: need(&mut it.text, "text")? }),
    },
    Kind {
        name: "association",
        members: &["sourceRef", "targetRef", "associationDirection"],
        make: |it| {
            Ok(ElementKind::Association {
                source_ref: need(&mut it.source_ref, "sourceRef")?,
                target_ref: need(&mut it.target_ref, "targetRef")?,
                association_direction: it.association_direction.take(),
            })
        },
    },
    Kind {
        name: "group",
        members: &["categoryValueRef"],
        make: |it| Ok(ElementKind::Group { category_value_ref: it.category_value_ref.take() }),
    },
];

const NAMES: &[&str] = &pick::names(KINDS);

impl<'de> Deserialize<'de> for ElementKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(Members::read(from, "internally tagged enum ElementKind")?).map_err(D::Error::custom)
    }
}

#[inline(never)]
fn read(mut members: Members) -> Result<ElementKind, pick::Error> {
    let kind = members.kind("type")?;
    // Its members are a type of their own.
    if kind == "userTask" {
        return Ok(ElementKind::UserTask(members.whole()?));
    }
    // Null is none where there need not be one.
    if matches!(kind.as_str(), "startEvent" | "endEvent" | "intermediateThrowEvent") {
        members.drop_null("eventDefinition");
    }
    members.make(&kind, KINDS, NAMES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_serde_does() {
        let members: std::collections::BTreeSet<&str> = KINDS.iter().flat_map(|it| it.members).copied().collect();
        let members: Vec<&str> = members.into_iter().collect();
        pick::compare::all("type", NAMES, &members, serde_json::from_value, ElementKind::deserialize);
    }
}
