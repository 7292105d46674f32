//! The order of the schema: where a child stands among its siblings (BPMN 2.0.2, the XSDs of §15).

use crate::model::flow::{XmlElement, XmlNode};

/// The place of a child. What the schema does not know there comes last, in its own order.
pub fn rank(parent: &str, child: &str) -> usize {
    let last = usize::MAX;
    match child {
        "documentation" | "extension" => return 0,
        "extensionElements" => return 1,
        _ => (),
    }
    let own = own(parent);
    let Some(at) = own.iter().position(|it| *it == group(parent, child)) else { return last };
    at + 2
}

/// The name under which the schema lists a child: of a substitution group its head.
fn group<'a>(parent: &str, child: &'a str) -> &'a str {
    match parent {
        "definitions" => match child {
            "import" | "BPMNDiagram" | "relationship" => child,
            _ if child.contains(':') => child,
            _ => "rootElement",
        },
        _ => match child {
            "textAnnotation" | "association" | "group" => "artifact",
            "performer" | "humanPerformer" | "potentialOwner" => "resourceRole",
            "standardLoopCharacteristics" | "multiInstanceLoopCharacteristics" => "loopCharacteristics",
            "conversation" | "callConversation" | "subConversation" => "conversationNode",
            "formalExpression" => "expression",
            "BPMNShape" | "BPMNEdge" => "DiagramElement",
            _ if child.ends_with("EventDefinition") => "eventDefinition",
            _ if is_flow_element(child) => "flowElement",
            _ => child,
        },
    }
}

/// Names of the substitution group `flowElement`.
pub fn is_flow_element(name: &str) -> bool {
    matches!(
        name,
        "sequenceFlow"
            | "startEvent"
            | "endEvent"
            | "intermediateCatchEvent"
            | "intermediateThrowEvent"
            | "implicitThrowEvent"
            | "boundaryEvent"
            | "event"
            | "task"
            | "userTask"
            | "manualTask"
            | "serviceTask"
            | "scriptTask"
            | "sendTask"
            | "receiveTask"
            | "businessRuleTask"
            | "callActivity"
            | "subProcess"
            | "transaction"
            | "adHocSubProcess"
            | "exclusiveGateway"
            | "inclusiveGateway"
            | "parallelGateway"
            | "eventBasedGateway"
            | "complexGateway"
            | "dataObject"
            | "dataObjectReference"
            | "dataStoreReference"
            | "choreographyTask"
            | "subChoreography"
            | "callChoreography"
    )
}

/// Activities that hold others.
const SUB_PROCESS: &[&str] = &[
    "auditing",
    "monitoring",
    "categoryValueRef",
    "incoming",
    "outgoing",
    "ioSpecification",
    "property",
    "dataInputAssociation",
    "dataOutputAssociation",
    "resourceRole",
    "loopCharacteristics",
    "laneSet",
    "flowElement",
    "artifact",
    "completionCondition",
];
/// Every other flow element: the names of tasks, events and gateways do not contradict each other.
const FLOW_ELEMENT: &[&str] = &[
    "auditing",
    "monitoring",
    "categoryValueRef",
    "incoming",
    "outgoing",
    "ioSpecification",
    "property",
    "dataInput",
    "dataOutput",
    "dataInputAssociation",
    "dataOutputAssociation",
    "inputSet",
    "outputSet",
    "eventDefinition",
    "eventDefinitionRef",
    "resourceRole",
    "loopCharacteristics",
    "rendering",
    "script",
    "activationCondition",
    "conditionExpression",
    "dataState",
];
const PROCESS: &[&str] = &[
    "supportedInterfaceRef",
    "ioSpecification",
    "ioBinding",
    "auditing",
    "monitoring",
    "property",
    "laneSet",
    "flowElement",
    "artifact",
    "resourceRole",
    "correlationSubscription",
    "supports",
];
const GLOBAL_TASK: &[&str] =
    &["supportedInterfaceRef", "ioSpecification", "ioBinding", "resourceRole", "rendering", "script"];
const COLLABORATION: &[&str] = &[
    "participant",
    "messageFlow",
    "artifact",
    "conversationNode",
    "conversationAssociation",
    "participantAssociation",
    "messageFlowAssociation",
    "correlationKey",
    "choreographyRef",
    "conversationLink",
    "flowElement",
];

/// The children a parent may have, in order, after documentation and extension elements.
fn own(parent: &str) -> &'static [&'static str] {
    match parent {
        "definitions" => &["import", "rootElement", "BPMNDiagram", "relationship"],
        "process" => PROCESS,
        "globalTask" | "globalUserTask" | "globalManualTask" | "globalScriptTask" | "globalBusinessRuleTask" => {
            GLOBAL_TASK
        }
        "collaboration" => COLLABORATION,
        "participant" => &["interfaceRef", "endPointRef", "participantMultiplicity"],
        "laneSet" | "childLaneSet" => &["lane"],
        "lane" => &["partitionElement", "flowNodeRef", "childLaneSet"],
        "subProcess" | "transaction" | "adHocSubProcess" => SUB_PROCESS,
        "dataInputAssociation" | "dataOutputAssociation" => &["sourceRef", "targetRef", "transformation", "assignment"],
        "assignment" => &["from", "to"],
        "multiInstanceLoopCharacteristics" => &[
            "loopCardinality",
            "loopDataInputRef",
            "loopDataOutputRef",
            "inputDataItem",
            "outputDataItem",
            "complexBehaviorDefinition",
            "completionCondition",
        ],
        "standardLoopCharacteristics" => &["loopCondition"],
        "complexBehaviorDefinition" => &["condition", "event"],
        "event" => &["dataInput", "dataInputAssociation", "inputSet", "eventDefinition", "eventDefinitionRef"],
        "messageEventDefinition" => &["operationRef"],
        "timerEventDefinition" => &["timeDate", "timeDuration", "timeCycle"],
        "conditionalEventDefinition" => &["condition"],
        "linkEventDefinition" => &["source", "target"],
        "textAnnotation" => &["text"],
        "BPMNDiagram" => &["BPMNPlane", "BPMNLabelStyle"],
        "BPMNPlane" => &["DiagramElement"],
        "BPMNShape" | "BPMNLabel" => &["Bounds", "BPMNLabel"],
        "BPMNEdge" => &["waypoint", "BPMNLabel"],
        _ if is_flow_element(parent) => FLOW_ELEMENT,
        _ => &[],
    }
}

/// Brings the children of an element into the schema's order.
pub fn arrange(element: &mut XmlElement) {
    let XmlElement { name, children, .. } = element;
    children.sort_by_cached_key(|node| match node {
        XmlNode::Element(it) => rank(name, &it.name).saturating_add(1),
        XmlNode::Comment { .. } | XmlNode::Instruction { .. } => 0,
        XmlNode::Text(_) => usize::MAX,
    });
}
