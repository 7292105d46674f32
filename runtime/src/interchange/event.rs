//! Event definitions (BPMN 2.0.2 §10.5.5) in XML and back.

use super::names::Names;
use super::xml;
use crate::model::flow::{EventDefinition, Kept, XmlElement, XmlNode};

/// An event definition; `None`: the element is none.
pub fn definition(from: &XmlElement, names: &Names) -> Option<EventDefinition> {
    let reference = |name: &str| xml::attribute(from, name).map(|it| names.reference(it)).filter(|it| !it.is_empty());
    let inside = |name: &str| xml::child(from, name).map(|it| xml::text(it).trim().to_owned());
    let found = match from.name.as_str() {
        "timerEventDefinition" => EventDefinition::Timer {
            time_date: inside("timeDate"),
            time_duration: inside("timeDuration"),
            time_cycle: inside("timeCycle"),
        },
        "messageEventDefinition" => EventDefinition::Message {
            message_ref: reference("messageRef").unwrap_or_default(),
            correlation: None,
            payload: None,
        },
        "signalEventDefinition" => {
            EventDefinition::Signal { signal_ref: reference("signalRef").unwrap_or_default(), payload: None }
        }
        "errorEventDefinition" => EventDefinition::Error { error_ref: reference("errorRef") },
        "escalationEventDefinition" => EventDefinition::Escalation { escalation_ref: reference("escalationRef") },
        "conditionalEventDefinition" => {
            EventDefinition::Conditional { condition: inside("condition").unwrap_or_default() }
        }
        "compensateEventDefinition" => EventDefinition::Compensate {
            activity_ref: reference("activityRef").map(Into::into),
            wait_for_completion: xml::attribute(from, "waitForCompletion").and_then(super::kept::flag).unwrap_or(true),
        },
        "cancelEventDefinition" => EventDefinition::Cancel {},
        "linkEventDefinition" => {
            EventDefinition::Link { name: xml::attribute(from, "name").unwrap_or_default().to_owned() }
        }
        "terminateEventDefinition" => EventDefinition::Terminate {},
        _ => return None,
    };
    Some(found)
}

/// What an event waits for or throws: its own definitions, then those at the root it refers to. `None`: nothing.
pub fn of_event(event: &XmlElement, names: &Names) -> Option<EventDefinition> {
    let mut found: Vec<EventDefinition> = xml::elements(event).filter_map(|it| definition(it, names)).collect();
    found.extend(referred(xml::elements(event), names).into_iter().cloned());
    let parallel = xml::attribute(event, "parallelMultiple").and_then(super::kept::flag).unwrap_or(false);
    match found.len() {
        0 if !parallel => None,
        1 if !parallel => found.pop(),
        _ => Some(EventDefinition::Multiple { parallel, event_definitions: found }),
    }
}

/// A catching event that says nothing to wait for.
pub fn nothing() -> EventDefinition {
    EventDefinition::Multiple { parallel: false, event_definitions: Vec::new() }
}

fn referred<'a, 'b>(children: impl Iterator<Item = &'b XmlElement>, names: &'a Names) -> Vec<&'a EventDefinition> {
    children.filter(|it| it.name == "eventDefinitionRef").filter_map(|it| names.definition(&xml::text(it))).collect()
}

/// Writes what an event waits for into it. Definitions it only refers to stay references (they are kept).
pub fn write(into: &mut XmlElement, event: Option<&EventDefinition>, kept: &Kept, names: &Names) {
    let Some(event) = event else { return };
    let mut all: Vec<&EventDefinition> = match event {
        EventDefinition::Multiple { parallel, event_definitions } => {
            if *parallel {
                xml::set(into, "parallelMultiple", "true");
            }
            event_definitions.iter().collect()
        }
        EventDefinition::Timer { .. }
        | EventDefinition::Message { .. }
        | EventDefinition::Signal { .. }
        | EventDefinition::Error { .. }
        | EventDefinition::Escalation { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => vec![event],
    };
    let kept = kept.children.iter().filter_map(|it| match it {
        XmlNode::Element(it) => Some(it),
        XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
    });
    let referred = referred(kept, names);
    if all.ends_with(&referred) {
        all.truncate(all.len() - referred.len());
    }
    all.into_iter().filter_map(element).for_each(|it| xml::push(into, it));
}

/// One definition as an element; several cannot be one.
pub fn element(of: &EventDefinition) -> Option<XmlElement> {
    let attribute = |name: &str, key: &str, value: Option<&str>| {
        let mut out = xml::element(name);
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            xml::set(&mut out, key, value);
        }
        out
    };
    let out = match of {
        EventDefinition::Timer { time_date, time_duration, time_cycle } => {
            let mut out = xml::element("timerEventDefinition");
            for (name, text) in [("timeDate", time_date), ("timeDuration", time_duration), ("timeCycle", time_cycle)] {
                if let Some(text) = text {
                    xml::push(&mut out, xml::text_element(name, text));
                }
            }
            out
        }
        EventDefinition::Message { message_ref, .. } => {
            attribute("messageEventDefinition", "messageRef", Some(message_ref))
        }
        EventDefinition::Signal { signal_ref, .. } => attribute("signalEventDefinition", "signalRef", Some(signal_ref)),
        EventDefinition::Error { error_ref } => attribute("errorEventDefinition", "errorRef", error_ref.as_deref()),
        EventDefinition::Escalation { escalation_ref } => {
            attribute("escalationEventDefinition", "escalationRef", escalation_ref.as_deref())
        }
        EventDefinition::Conditional { condition } => {
            let mut out = xml::element("conditionalEventDefinition");
            if !condition.is_empty() {
                xml::push(&mut out, xml::text_element("condition", condition));
            }
            out
        }
        EventDefinition::Compensate { activity_ref, wait_for_completion } => {
            let mut out =
                attribute("compensateEventDefinition", "activityRef", activity_ref.as_ref().map(|it| it.as_str()));
            if !wait_for_completion {
                xml::set(&mut out, "waitForCompletion", "false");
            }
            out
        }
        EventDefinition::Cancel {} => xml::element("cancelEventDefinition"),
        EventDefinition::Link { name } => attribute("linkEventDefinition", "name", Some(name)),
        EventDefinition::Terminate {} => xml::element("terminateEventDefinition"),
        EventDefinition::Multiple { .. } => return None,
    };
    Some(out)
}
