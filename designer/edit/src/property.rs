//! Setting a property of an element: which element has which, and how it is written.

use runtime::model::flow::{Element, ElementKind, ErrorDef, EscalationDef, EventDefinition, Flow, Named};

use crate::edit::Property;
use crate::tree;

/// What it is on may go on when it happens: errors, compensation and cancelling always interrupt (BPMN 2.0.2 Table 10.93).
pub fn may_go_on(kind: &ElementKind) -> bool {
    let interrupts = |it: &EventDefinition| {
        matches!(it, EventDefinition::Error { .. } | EventDefinition::Compensate { .. } | EventDefinition::Cancel {})
    };
    match event(kind) {
        Some(EventDefinition::Multiple { event_definitions, .. }) => !event_definitions.iter().any(interrupts),
        Some(it) => !interrupts(it),
        None => true,
    }
}

/// The kind of element has this property.
pub fn fits(kind: &ElementKind, property: &Property) -> bool {
    let sequence = matches!(kind, ElementKind::SequenceFlow { .. });
    let note = matches!(kind, ElementKind::TextAnnotation { .. });
    match property {
        Property::Documentation(_) => true,
        Property::Stage(_) | Property::Notify(_) | Property::Assign(_) => kind.is_node() && !sequence && !note,
        Property::UserTask(_) => matches!(kind, ElementKind::UserTask(_)),
        Property::Condition(_) | Property::Default(_) => sequence,
        Property::Event(_) => event(kind).is_some(),
        Property::Interrupting(on) => {
            matches!(kind, ElementKind::BoundaryEvent { .. } | ElementKind::StartEvent { .. })
                && (*on || may_go_on(kind))
        }
        Property::Script(_) => matches!(kind, ElementKind::ScriptTask { .. }),
        Property::Call(_) => matches!(kind, ElementKind::ServiceTask { .. }),
        Property::Table { .. } => matches!(kind, ElementKind::BusinessRuleTask { .. }),
        Property::Called { .. } => matches!(kind, ElementKind::CallActivity { .. }),
        Property::Refer { .. } => match kind {
            ElementKind::ReceiveTask { .. } | ElementKind::SendTask { .. } => true,
            other => event(other).is_some_and(|it| {
                matches!(
                    it,
                    EventDefinition::Message { .. }
                        | EventDefinition::Signal { .. }
                        | EventDefinition::Error { .. }
                        | EventDefinition::Escalation { .. }
                )
            }),
        },
        Property::Loop(_) | Property::ForCompensation(_) => kind.is_activity(),
        Property::Role(_) => false,
        Property::Note(_) => note,
    }
}

/// What an event waits for or throws.
pub fn event(kind: &ElementKind) -> Option<&EventDefinition> {
    match kind {
        ElementKind::StartEvent { event_definition, .. }
        | ElementKind::EndEvent { event_definition }
        | ElementKind::IntermediateThrowEvent { event_definition } => event_definition.as_ref(),
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => Some(event_definition),
        _ => None,
    }
}

fn event_mut(kind: &mut ElementKind) -> Option<&mut EventDefinition> {
    match kind {
        ElementKind::StartEvent { event_definition, .. }
        | ElementKind::EndEvent { event_definition }
        | ElementKind::IntermediateThrowEvent { event_definition } => event_definition.as_mut(),
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => Some(event_definition),
        _ => None,
    }
}

/// Writes it. What does not fit is left alone; [`fits`] was asked before.
pub fn set(flow: &mut Flow, id: &str, property: &Property) {
    match property {
        Property::Default(on) => return set_default(flow, id, *on),
        Property::Refer { name, code } => return refer(flow, id, name, code),
        Property::Role(role) => {
            if let Some(lane) = flow.lanes.iter_mut().find(|it| it.id == id) {
                lane.role.clone_from(role);
            }
            return;
        }
        _ => (),
    }
    if let Some(element) = tree::find_mut(&mut flow.flow_elements, id) {
        write(element, property);
    }
}

/// Lets an event or task name a message, signal, error or escalation; made when there is none of that name.
fn refer(flow: &mut Flow, id: &str, name: &str, code: &str) {
    let Some(kind) = tree::find(flow, id).map(|it| it.kind.clone()) else { return };
    let none = name.trim().is_empty();
    let made = match (&kind, event(&kind)) {
        (ElementKind::ReceiveTask { .. } | ElementKind::SendTask { .. }, _)
        | (_, Some(EventDefinition::Message { .. })) => {
            if none {
                String::new()
            } else {
                message_named(flow, name)
            }
        }
        (_, Some(EventDefinition::Signal { .. })) => signal_named(flow, name),
        (_, Some(EventDefinition::Error { .. })) if !none => error_named(flow, name, code),
        (_, Some(EventDefinition::Escalation { .. })) if !none => escalation_named(flow, name, code),
        _ => String::new(),
    };
    let some = (!made.is_empty()).then(|| made.clone());
    let Some(element) = tree::find_mut(&mut flow.flow_elements, id) else { return };
    match &mut element.kind {
        ElementKind::ReceiveTask { message_ref, .. } | ElementKind::SendTask { message_ref, .. } => *message_ref = some,
        kind => match event_mut(kind) {
            Some(EventDefinition::Message { message_ref, .. }) => *message_ref = made,
            Some(EventDefinition::Signal { signal_ref, .. }) => *signal_ref = made,
            Some(EventDefinition::Error { error_ref }) => *error_ref = some,
            Some(EventDefinition::Escalation { escalation_ref }) => *escalation_ref = some,
            _ => (),
        },
    }
}

fn free(slug: &str, used: &dyn Fn(&str) -> bool) -> String {
    (1..).map(|it| format!("{slug}_{it}")).find(|id| !used(id)).unwrap_or_default()
}

/// Id of the message with this name; made when there is none.
pub fn message_named(flow: &mut Flow, name: &str) -> String {
    named(&mut flow.messages, "message", name)
}

/// The same of a signal.
pub fn signal_named(flow: &mut Flow, name: &str) -> String {
    named(&mut flow.signals, "signal", name)
}

fn named(list: &mut Vec<Named>, slug: &str, name: &str) -> String {
    if let Some(it) = list.iter().find(|it| it.name == name) {
        return it.id.clone();
    }
    let id = free(slug, &|id| list.iter().any(|it| it.id == id));
    list.push(Named { id: id.clone(), name: name.to_owned() });
    id
}

/// Id of the error with this name; its code is what is thrown and caught.
pub fn error_named(flow: &mut Flow, name: &str, code: &str) -> String {
    if let Some(it) = flow.errors.iter_mut().find(|it| it.name == name) {
        code.clone_into(&mut it.error_code);
        return it.id.clone();
    }
    let id = free("error", &|id| flow.errors.iter().any(|it| it.id == id));
    flow.errors.push(ErrorDef { id: id.clone(), name: name.to_owned(), error_code: code.to_owned() });
    id
}

/// The same of an escalation.
pub fn escalation_named(flow: &mut Flow, name: &str, code: &str) -> String {
    if let Some(it) = flow.escalations.iter_mut().find(|it| it.name == name) {
        code.clone_into(&mut it.escalation_code);
        return it.id.clone();
    }
    let id = free("escalation", &|id| flow.escalations.iter().any(|it| it.id == id));
    flow.escalations.push(EscalationDef { id: id.clone(), name: name.to_owned(), escalation_code: code.to_owned() });
    id
}

fn write(element: &mut Element, property: &Property) {
    match (property, &mut element.kind) {
        (Property::Documentation(it), _) => element.documentation.clone_from(it),
        (Property::Stage(it), _) => element.stage.clone_from(it),
        (Property::Notify(it), _) => element.notify.clone_from(it),
        (Property::Assign(it), _) => element.assign.clone_from(it),
        (Property::UserTask(it), ElementKind::UserTask(task)) => task.clone_from(it),
        (Property::Condition(it), ElementKind::SequenceFlow { condition_expression, .. }) => {
            condition_expression.clone_from(it);
        }
        (Property::Event(it), kind) => {
            if let Some(definition) = event_mut(kind) {
                definition.clone_from(it);
            }
        }
        (Property::Interrupting(it), ElementKind::BoundaryEvent { cancel_activity, .. }) => *cancel_activity = *it,
        (Property::Interrupting(it), ElementKind::StartEvent { is_interrupting, .. }) => *is_interrupting = *it,
        (Property::Script(it), ElementKind::ScriptTask { script, .. }) => script.clone_from(it),
        (Property::Call(it), ElementKind::ServiceTask { call }) => call.clone_from(it),
        (Property::Table { table, inputs, output }, ElementKind::BusinessRuleTask { .. }) => {
            element.kind =
                ElementKind::BusinessRuleTask { table: table.clone(), inputs: inputs.clone(), output: output.clone() };
        }
        (
            Property::Called { flow, inputs, outputs },
            ElementKind::CallActivity { called_element, inputs: into, outputs: out, .. },
        ) => {
            called_element.clone_from(flow);
            into.clone_from(inputs);
            out.clone_from(outputs);
        }
        (Property::Loop(it), _) => element.loop_characteristics.clone_from(it),
        (Property::ForCompensation(it), _) => element.is_for_compensation = *it,
        (Property::Note(it), ElementKind::TextAnnotation { text }) => text.clone_from(it),
        _ => (),
    }
}

/// It can have a default way (§8.3.13).
pub fn may_default(kind: &ElementKind) -> bool {
    kind.is_activity()
        || matches!(
            kind,
            ElementKind::ExclusiveGateway {} | ElementKind::InclusiveGateway {} | ElementKind::ComplexGateway { .. }
        )
}

/// The default way is an attribute of the gateway it leaves; its own condition would never be asked.
fn set_default(flow: &mut Flow, id: &str, on: bool) {
    let Some(source) = tree::ends(flow, id).map(|it| it.0.to_owned()) else {
        return;
    };
    if let Some(element) = tree::find_mut(&mut flow.flow_elements, &source)
        && may_default(&element.kind)
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
