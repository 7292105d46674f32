//! Elements of flows in XML and back: nodes, sequence flows, data, artifacts.

use super::names::Names;
use super::{Error, activity, event, kept, order, ours, xml};
use crate::model::flow::{AdHocOrdering, Binding, Element, ElementKind, UserTask, XmlElement, XmlNode};

/// Reads a flow element or artifact; `None`: BPMN has a word for it that the model has not (choreographies, foreign ones).
///
/// # Errors
/// An extension of ours that cannot be read.
pub fn read(from: &XmlElement, names: &Names) -> Result<Option<Element>, Error> {
    if kind(from, names).is_none() {
        return Ok(None);
    }
    let mut own = XmlElement { name: from.name.clone(), attributes: from.attributes.clone(), children: Vec::new() };
    let mut inside = Vec::new();
    let holds = holds_elements(&from.name);
    for node in &from.children {
        match node {
            XmlNode::Element(it) if holds => match read(it, names)? {
                Some(it) => inside.push(it),
                None => own.children.push(node.clone()),
            },
            _ => own.children.push(node.clone()),
        }
    }
    let extension = ours::take(&mut own, ours::ELEMENT);
    let Some(mut element) = plain(&own, names) else { return Ok(None) };
    element.kept = kept::rest(&own, &write_plain(&element, names));
    if let Some(it) = extension {
        let id = element.id.0.clone();
        element = ours::lay(element, &it, &id)?;
    }
    if let Some(it) = element.kind.inside_mut() {
        *it = inside;
    } else if !inside.is_empty() {
        let detail = "it makes something else of a subprocess".to_owned();
        return Err(Error::Extension { element: element.id.0, detail });
    }
    Ok(Some(element))
}

/// Writes an element with everything it has: what is BPMN's, what was kept, what is ours, and the elements inside it.
pub fn write(of: &Element, names: &Names) -> XmlElement {
    let mut shallow = of.clone();
    let inside = shallow.kind.inside_mut().map(std::mem::take).unwrap_or_default();
    let mut out = kept::join(write_plain(&shallow, names), &shallow.kept);
    let mut base = plain(&out, names);
    if base.as_ref().is_some_and(|it| it.loop_characteristics != shallow.loop_characteristics) {
        shallow.kept = activity::without_references(&shallow.kept);
        out = kept::join(write_plain(&shallow, names), &shallow.kept);
        base = plain(&out, names);
    }
    if let Some(base) = base {
        ours::extend(&mut out, ours::ELEMENT, &shallow, &base);
    }
    if !inside.is_empty() {
        inside.iter().for_each(|it| xml::push(&mut out, write(it, names)));
        order::arrange(&mut out);
    }
    out
}

fn holds_elements(name: &str) -> bool {
    matches!(name, "subProcess" | "transaction" | "adHocSubProcess")
}

/// What BPMN's own words say, without what is inside a subprocess and without what is kept.
fn plain(from: &XmlElement, names: &Names) -> Option<Element> {
    let attribute = |name: &str| xml::attribute(from, name);
    let quantity = |name: &str| attribute(name).and_then(|it| it.trim().parse().ok()).unwrap_or(1);
    let mut found = Element::new(attribute("id").unwrap_or_default(), kind(from, names)?);
    found.name = attribute("name").unwrap_or_default().to_owned();
    found.documentation = xml::child(from, "documentation").map(xml::text).unwrap_or_default();
    found.default = attribute("default").map(|it| names.reference(it).into());
    found.is_for_compensation = attribute("isForCompensation").and_then(kept::flag).unwrap_or(false);
    found.start_quantity = quantity("startQuantity");
    found.completion_quantity = quantity("completionQuantity");
    if found.kind.is_activity() {
        found.loop_characteristics = activity::read_loop(from, names).map(Box::new);
    }
    let associations = |name: &str| {
        xml::elements(from).filter(|it| it.name == name).map(|it| activity::read_association(it, names)).collect()
    };
    found.data_input_associations = associations("dataInputAssociation");
    found.data_output_associations = associations("dataOutputAssociation");
    Some(found)
}

fn kind(from: &XmlElement, names: &Names) -> Option<ElementKind> {
    let attribute = |name: &str| xml::attribute(from, name);
    let flag = |name: &str, otherwise: bool| attribute(name).and_then(kept::flag).unwrap_or(otherwise);
    let reference = |name: &str| attribute(name).map(|it| names.reference(it)).filter(|it| !it.is_empty());
    let end = |name: &str| reference(name).unwrap_or_default().into();
    let inside =
        |name: &str| xml::child(from, name).map(|it| xml::text(it).trim().to_owned()).filter(|it| !it.is_empty());
    let waits = || event::of_event(from, names);
    let found = match from.name.as_str() {
        "sequenceFlow" => ElementKind::SequenceFlow {
            source_ref: end("sourceRef"),
            target_ref: end("targetRef"),
            condition_expression: inside("conditionExpression"),
        },
        "startEvent" => {
            ElementKind::StartEvent { event_definition: waits(), is_interrupting: flag("isInterrupting", true) }
        }
        "endEvent" => ElementKind::EndEvent { event_definition: waits() },
        "intermediateCatchEvent" => {
            ElementKind::IntermediateCatchEvent { event_definition: waits().unwrap_or_else(event::nothing) }
        }
        "intermediateThrowEvent" => ElementKind::IntermediateThrowEvent { event_definition: waits() },
        "boundaryEvent" => ElementKind::BoundaryEvent {
            attached_to_ref: end("attachedToRef"),
            cancel_activity: flag("cancelActivity", true),
            event_definition: waits().unwrap_or_else(event::nothing),
        },
        "userTask" => ElementKind::UserTask(Box::<UserTask>::default()),
        "task" => ElementKind::Task {},
        "manualTask" => ElementKind::ManualTask {},
        "serviceTask" => ElementKind::ServiceTask { call: None },
        "scriptTask" => ElementKind::ScriptTask {
            script: None,
            source: xml::child(from, "script").map(xml::text).filter(|it| !it.is_empty()),
        },
        "sendTask" => ElementKind::SendTask { message_ref: reference("messageRef"), correlation: None, payload: None },
        "receiveTask" => ElementKind::ReceiveTask {
            message_ref: reference("messageRef"),
            instantiate: flag("instantiate", false),
            correlation: None,
        },
        "businessRuleTask" => {
            ElementKind::BusinessRuleTask { table: "".into(), inputs: Vec::new(), output: String::new() }
        }
        "callActivity" => ElementKind::CallActivity {
            called_element: names.key_of(&reference("calledElement").unwrap_or_default()),
            binding: Binding::default(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        },
        "subProcess" => {
            ElementKind::SubProcess { triggered_by_event: flag("triggeredByEvent", false), flow_elements: Vec::new() }
        }
        "transaction" => ElementKind::Transaction { flow_elements: Vec::new() },
        "adHocSubProcess" => ElementKind::AdHocSubProcess {
            ordering: match attribute("ordering") {
                Some("Sequential") => AdHocOrdering::Sequential,
                _ => AdHocOrdering::Parallel,
            },
            completion_condition: inside("completionCondition"),
            cancel_remaining_instances: flag("cancelRemainingInstances", true),
            flow_elements: Vec::new(),
        },
        "exclusiveGateway" => ElementKind::ExclusiveGateway {},
        "inclusiveGateway" => ElementKind::InclusiveGateway {},
        "parallelGateway" => ElementKind::ParallelGateway {},
        "eventBasedGateway" => ElementKind::EventBasedGateway {
            instantiate: flag("instantiate", false),
            parallel: attribute("eventGatewayType") == Some("Parallel"),
        },
        "complexGateway" => ElementKind::ComplexGateway { activation_condition: inside("activationCondition") },
        "dataObject" => ElementKind::DataObject { is_collection: flag("isCollection", false) },
        "dataObjectReference" => ElementKind::DataObjectReference { data_object_ref: reference("dataObjectRef") },
        "dataStoreReference" => ElementKind::DataStoreReference { data_store_ref: reference("dataStoreRef") },
        "textAnnotation" => {
            ElementKind::TextAnnotation { text: xml::child(from, "text").map(xml::text).unwrap_or_default() }
        }
        "association" => ElementKind::Association {
            source_ref: end("sourceRef"),
            target_ref: end("targetRef"),
            association_direction: attribute("associationDirection").map(str::to_owned),
        },
        "group" => ElementKind::Group { category_value_ref: reference("categoryValueRef") },
        _ => return None,
    };
    Some(found)
}

/// An element as BPMN's own words say it.
fn write_plain(of: &Element, names: &Names) -> XmlElement {
    let mut out = xml::element(tag(&of.kind));
    let set = |out: &mut XmlElement, name: &str, value: &str| {
        if !value.is_empty() {
            xml::set(out, name, value);
        }
    };
    let flag = |out: &mut XmlElement, name: &str, value: bool, otherwise: bool| {
        if value != otherwise {
            xml::set(out, name, if value { "true" } else { "false" });
        }
    };
    let text = |out: &mut XmlElement, name: &str, text: &str| {
        if !text.is_empty() {
            xml::push(out, xml::text_element(name, text));
        }
    };
    set(&mut out, "id", of.id.as_str());
    set(&mut out, "name", &of.name);
    set(&mut out, "default", of.default.as_ref().map_or("", |it| it.as_str()));
    flag(&mut out, "isForCompensation", of.is_for_compensation, false);
    if of.start_quantity != 1 {
        xml::set(&mut out, "startQuantity", of.start_quantity.to_string());
    }
    if of.completion_quantity != 1 {
        xml::set(&mut out, "completionQuantity", of.completion_quantity.to_string());
    }
    text(&mut out, "documentation", &of.documentation);
    if of.kind.is_node() {
        let (incoming, outgoing) = names.wires(of.id.as_str());
        incoming.iter().for_each(|it| xml::push(&mut out, xml::text_element("incoming", it)));
        outgoing.iter().for_each(|it| xml::push(&mut out, xml::text_element("outgoing", it)));
    }
    for (name, all) in
        [("dataInputAssociation", &of.data_input_associations), ("dataOutputAssociation", &of.data_output_associations)]
    {
        all.iter().for_each(|it| xml::push(&mut out, activity::write_association(name, it, names)));
    }
    if let Some(it) = &of.loop_characteristics {
        xml::push(&mut out, activity::write_loop(it, &of.kept, names));
    }
    match &of.kind {
        ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } => {
            set(&mut out, "sourceRef", source_ref.as_str());
            set(&mut out, "targetRef", target_ref.as_str());
            text(&mut out, "conditionExpression", condition_expression.as_deref().unwrap_or_default());
        }
        ElementKind::StartEvent { event_definition, is_interrupting } => {
            flag(&mut out, "isInterrupting", *is_interrupting, true);
            event::write(&mut out, event_definition.as_ref(), &of.kept, names);
        }
        ElementKind::EndEvent { event_definition } | ElementKind::IntermediateThrowEvent { event_definition } => {
            event::write(&mut out, event_definition.as_ref(), &of.kept, names);
        }
        ElementKind::IntermediateCatchEvent { event_definition } => {
            event::write(&mut out, Some(event_definition), &of.kept, names);
        }
        ElementKind::BoundaryEvent { attached_to_ref, cancel_activity, event_definition } => {
            set(&mut out, "attachedToRef", attached_to_ref.as_str());
            flag(&mut out, "cancelActivity", *cancel_activity, true);
            event::write(&mut out, Some(event_definition), &of.kept, names);
        }
        ElementKind::ScriptTask { script: _, source } => {
            text(&mut out, "script", source.as_deref().unwrap_or_default())
        }
        ElementKind::SendTask { message_ref, .. } => {
            set(&mut out, "messageRef", message_ref.as_deref().unwrap_or_default())
        }
        ElementKind::ReceiveTask { message_ref, instantiate, .. } => {
            set(&mut out, "messageRef", message_ref.as_deref().unwrap_or_default());
            flag(&mut out, "instantiate", *instantiate, false);
        }
        ElementKind::CallActivity { called_element, .. } => set(&mut out, "calledElement", names.id_of(called_element)),
        ElementKind::SubProcess { triggered_by_event, flow_elements: _ } => {
            flag(&mut out, "triggeredByEvent", *triggered_by_event, false);
        }
        ElementKind::AdHocSubProcess {
            ordering,
            completion_condition,
            cancel_remaining_instances,
            flow_elements: _,
        } => {
            match ordering {
                AdHocOrdering::Parallel => (),
                AdHocOrdering::Sequential => xml::set(&mut out, "ordering", "Sequential"),
            }
            flag(&mut out, "cancelRemainingInstances", *cancel_remaining_instances, true);
            text(&mut out, "completionCondition", completion_condition.as_deref().unwrap_or_default());
        }
        ElementKind::EventBasedGateway { instantiate, parallel } => {
            flag(&mut out, "instantiate", *instantiate, false);
            if *parallel {
                xml::set(&mut out, "eventGatewayType", "Parallel");
            }
        }
        ElementKind::ComplexGateway { activation_condition } => {
            text(&mut out, "activationCondition", activation_condition.as_deref().unwrap_or_default());
        }
        ElementKind::DataObject { is_collection } => flag(&mut out, "isCollection", *is_collection, false),
        ElementKind::DataObjectReference { data_object_ref } => {
            set(&mut out, "dataObjectRef", data_object_ref.as_deref().unwrap_or_default());
        }
        ElementKind::DataStoreReference { data_store_ref } => {
            set(&mut out, "dataStoreRef", data_store_ref.as_deref().unwrap_or_default());
        }
        ElementKind::TextAnnotation { text: note } => text(&mut out, "text", note),
        ElementKind::Association { source_ref, target_ref, association_direction } => {
            set(&mut out, "sourceRef", source_ref.as_str());
            set(&mut out, "targetRef", target_ref.as_str());
            set(&mut out, "associationDirection", association_direction.as_deref().unwrap_or_default());
        }
        ElementKind::Group { category_value_ref } => {
            set(&mut out, "categoryValueRef", category_value_ref.as_deref().unwrap_or_default());
        }
        ElementKind::UserTask(_)
        | ElementKind::Task {}
        | ElementKind::ManualTask {}
        | ElementKind::ServiceTask { .. }
        | ElementKind::BusinessRuleTask { .. }
        | ElementKind::Transaction { .. }
        | ElementKind::ExclusiveGateway {}
        | ElementKind::InclusiveGateway {}
        | ElementKind::ParallelGateway {} => (),
    }
    out
}

/// BPMN's name of a kind.
pub fn tag(kind: &ElementKind) -> &'static str {
    match kind {
        ElementKind::SequenceFlow { .. } => "sequenceFlow",
        ElementKind::StartEvent { .. } => "startEvent",
        ElementKind::EndEvent { .. } => "endEvent",
        ElementKind::IntermediateCatchEvent { .. } => "intermediateCatchEvent",
        ElementKind::IntermediateThrowEvent { .. } => "intermediateThrowEvent",
        ElementKind::BoundaryEvent { .. } => "boundaryEvent",
        ElementKind::UserTask(_) => "userTask",
        ElementKind::Task {} => "task",
        ElementKind::ManualTask {} => "manualTask",
        ElementKind::ServiceTask { .. } => "serviceTask",
        ElementKind::ScriptTask { .. } => "scriptTask",
        ElementKind::SendTask { .. } => "sendTask",
        ElementKind::ReceiveTask { .. } => "receiveTask",
        ElementKind::BusinessRuleTask { .. } => "businessRuleTask",
        ElementKind::CallActivity { .. } => "callActivity",
        ElementKind::SubProcess { .. } => "subProcess",
        ElementKind::Transaction { .. } => "transaction",
        ElementKind::AdHocSubProcess { .. } => "adHocSubProcess",
        ElementKind::ExclusiveGateway {} => "exclusiveGateway",
        ElementKind::InclusiveGateway {} => "inclusiveGateway",
        ElementKind::ParallelGateway {} => "parallelGateway",
        ElementKind::EventBasedGateway { .. } => "eventBasedGateway",
        ElementKind::ComplexGateway { .. } => "complexGateway",
        ElementKind::DataObject { .. } => "dataObject",
        ElementKind::DataObjectReference { .. } => "dataObjectReference",
        ElementKind::DataStoreReference { .. } => "dataStoreReference",
        ElementKind::TextAnnotation { .. } => "textAnnotation",
        ElementKind::Association { .. } => "association",
        ElementKind::Group { .. } => "group",
    }
}
