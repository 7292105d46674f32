//! Setting a property of an element: which element has which, and how it is written.

use runtime::model::flow::{Element, ElementKind, Flow, Named};

use crate::edit::Property;
use crate::tree;

/// The kind of element has this property.
pub fn fits(kind: &ElementKind, property: &Property) -> bool {
    let sequence = matches!(kind, ElementKind::SequenceFlow { .. });
    let note = matches!(kind, ElementKind::TextAnnotation { .. });
    match property {
        Property::Documentation(_) => true,
        Property::Stage(_) | Property::Notify(_) | Property::Assign(_) => !sequence && !note,
        Property::UserTask(_) => matches!(kind, ElementKind::UserTask(_)),
        Property::Condition(_) | Property::Default(_) => sequence,
        Property::Event(_) => matches!(
            kind,
            ElementKind::StartEvent { event_definition: Some(_), .. }
                | ElementKind::EndEvent { event_definition: Some(_) }
                | ElementKind::IntermediateCatchEvent { .. }
                | ElementKind::IntermediateThrowEvent { event_definition: Some(_) }
                | ElementKind::BoundaryEvent { .. }
        ),
        Property::Interrupting(_) => matches!(kind, ElementKind::BoundaryEvent { .. } | ElementKind::StartEvent { .. }),
        Property::Script(_) => matches!(kind, ElementKind::ScriptTask { .. }),
        Property::Call(_) => matches!(kind, ElementKind::ServiceTask { .. }),
        Property::Table { .. } => matches!(kind, ElementKind::BusinessRuleTask { .. }),
        Property::Called { .. } => matches!(kind, ElementKind::CallActivity { .. }),
        Property::Message(_) => {
            use runtime::model::flow::EventDefinition::Message;
            matches!(
                kind,
                ElementKind::ReceiveTask { .. }
                    | ElementKind::StartEvent { event_definition: Some(Message { .. }), .. }
                    | ElementKind::IntermediateCatchEvent { event_definition: Message { .. } }
                    | ElementKind::BoundaryEvent { event_definition: Message { .. }, .. }
            )
        }
        Property::Note(_) => note,
    }
}

/// Writes it. What does not fit is left alone; [`fits`] was asked before.
pub fn set(flow: &mut Flow, id: &str, property: &Property) {
    if let Property::Default(on) = property {
        return set_default(flow, id, *on);
    }
    let message = match property {
        Property::Message(name) => Some(message_named(flow, name)),
        _ => None,
    };
    if let Some(element) = tree::find_mut(&mut flow.flow_elements, id) {
        write(element, property, message);
    }
}

/// Id of the message with this name; made when there is none.
pub fn message_named(flow: &mut Flow, name: &str) -> String {
    if let Some(it) = flow.messages.iter().find(|it| it.name == name) {
        return it.id.clone();
    }
    let id = (1..).map(|it| format!("message_{it}")).find(|id| flow.messages.iter().all(|it| it.id != *id)).unwrap_or_default();
    flow.messages.push(Named { id: id.clone(), name: name.to_owned() });
    id
}

fn write(element: &mut Element, property: &Property, message: Option<String>) {
    match (property, &mut element.kind) {
        (Property::Documentation(it), _) => element.documentation.clone_from(it),
        (Property::Stage(it), _) => element.stage.clone_from(it),
        (Property::Notify(it), _) => element.notify.clone_from(it),
        (Property::Assign(it), _) => element.assign.clone_from(it),
        (Property::UserTask(it), ElementKind::UserTask(task)) => task.clone_from(it),
        (Property::Condition(it), ElementKind::SequenceFlow { condition_expression, .. }) => {
            condition_expression.clone_from(it);
        }
        (
            Property::Event(it),
            ElementKind::StartEvent { event_definition, .. }
            | ElementKind::EndEvent { event_definition }
            | ElementKind::IntermediateThrowEvent { event_definition },
        ) => *event_definition = Some(it.clone()),
        (
            Property::Event(it),
            ElementKind::IntermediateCatchEvent { event_definition } | ElementKind::BoundaryEvent { event_definition, .. },
        ) => *event_definition = it.clone(),
        (Property::Interrupting(it), ElementKind::BoundaryEvent { cancel_activity, .. }) => *cancel_activity = *it,
        (Property::Interrupting(it), ElementKind::StartEvent { is_interrupting, .. }) => *is_interrupting = *it,
        (Property::Script(it), ElementKind::ScriptTask { script, .. }) => script.clone_from(it),
        (Property::Call(it), ElementKind::ServiceTask { call }) => call.clone_from(it),
        (Property::Table { table, inputs, output }, ElementKind::BusinessRuleTask { .. }) => {
            element.kind = ElementKind::BusinessRuleTask { table: table.clone(), inputs: inputs.clone(), output: output.clone() };
        }
        (Property::Called { flow, inputs, outputs }, ElementKind::CallActivity { called_element, inputs: into, outputs: out, .. }) => {
            called_element.clone_from(flow);
            into.clone_from(inputs);
            out.clone_from(outputs);
        }
        (Property::Message(_), ElementKind::ReceiveTask { message_ref, .. }) => *message_ref = message,
        (Property::Message(_), kind) => set_message(kind, message.unwrap_or_default()),
        (Property::Note(it), ElementKind::TextAnnotation { text }) => text.clone_from(it),
        _ => (),
    }
}

fn set_message(kind: &mut ElementKind, id: String) {
    use runtime::model::flow::EventDefinition::Message;
    match kind {
        ElementKind::StartEvent { event_definition: Some(Message { message_ref, .. }), .. }
        | ElementKind::IntermediateCatchEvent { event_definition: Message { message_ref, .. } }
        | ElementKind::BoundaryEvent { event_definition: Message { message_ref, .. }, .. } => *message_ref = id,
        _ => (),
    }
}

/// The default way is an attribute of the gateway it leaves; its own condition would never be asked.
fn set_default(flow: &mut Flow, id: &str, on: bool) {
    let Some(source) = tree::ends(flow, id).map(|it| it.0.to_owned()) else {
        return;
    };
    if let Some(element) = tree::find_mut(&mut flow.flow_elements, &source)
        && matches!(element.kind, ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {})
    {
        if on {
            element.default = Some(id.into());
        } else if element.default.as_ref().is_some_and(|it| it.as_str() == id) {
            element.default = None;
        }
    } else {
        return;
    }
    if on
        && let Some(Element { kind: ElementKind::SequenceFlow { condition_expression, .. }, .. }) =
            tree::find_mut(&mut flow.flow_elements, id)
    {
        *condition_expression = None;
    }
}
