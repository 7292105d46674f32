//! Trying a flow: what can happen next, as buttons. A trial is the list of what happened so far; it is played from the
//! beginning after every choice ([`runtime::simulate`]), so taking a step back is leaving off its last entry.

use runtime::gather::Gather as _;
use std::collections::BTreeSet;

use runtime::model::flow::{Element, ElementKind, EventDefinition, Flow};
use runtime::model::scenario::{Deed, Scenario};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Document, tree};

/// Something that waits, as the simulation tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    pub element: String,
    pub kind: String,
}

/// What one button does.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The element it happens to.
    pub element: String,
    pub what: What,
    /// As the simulation reads it.
    pub happening: Value,
}

/// What happens, for its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A task is done, with the title of its outcome if it has several.
    Done(Option<String>),
    /// Time goes by until its timer fires.
    Time,
    Message(String),
    Signal(String),
    Error(String),
    Escalation(String),
    Cancelled,
}

/// The scenarios whose people and records a trial of a flow can be thought on: first those that make a record of the same form,
/// whose values are the likeliest to fit.
pub fn stages(document: &Document, flow: &str) -> Vec<(String, Scenario)> {
    let module = document.flow(flow).and_then(|it| it.module.clone());
    let makes = |it: &Scenario| {
        it.steps.iter().any(|it| matches!(&it.deed, Deed::Create { module: of, .. } if Some(of) == module.as_ref()))
    };
    let mut all: Vec<(String, Scenario)> = document.scenarios().map(|(name, it)| (name.to_owned(), it)).collect();
    all.sort_by_key(|it| !makes(&it.1));
    all
}

/// Everything that can happen next.
pub fn choices(flow: &Flow, waiting: &[Waiting]) -> Vec<Choice> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for it in waiting {
        if !seen.insert(it.element.clone()) {
            continue;
        }
        let Some(element) = tree::find(flow, &it.element) else {
            continue;
        };
        itself(flow, element, &mut found);
        for event in tree::boundary(flow, &it.element) {
            if let Some(event) = tree::find(flow, &event) {
                beside(flow, &it.element, event, &mut found);
            }
        }
    }
    // Timers, messages and errors that sit on subprocesses around what waits.
    let around: BTreeSet<&str> = waiting.iter().flat_map(|it| tree::around(flow, &it.element)).gather();
    for id in around {
        for event in tree::boundary(flow, id) {
            if let Some(event) = tree::find(flow, &event) {
                beside(flow, id, event, &mut found);
            }
        }
    }
    found
}

fn itself(flow: &Flow, it: &Element, into: &mut Vec<Choice>) {
    let id = it.id.as_str();
    let mut push = |what, happening| into.push(Choice { element: id.to_owned(), what, happening });
    match &it.kind {
        ElementKind::UserTask(task) if !task.outcomes.is_empty() => {
            for outcome in &task.outcomes {
                push(What::Done(Some(outcome.title.clone())), json!({ "complete": id, "outcome": outcome.id }));
            }
        }
        ElementKind::IntermediateCatchEvent { event_definition } => {
            if let Some((what, happening)) = happens(flow, id, id, event_definition) {
                push(what, happening);
            }
        }
        _ => push(What::Done(None), json!({ "complete": id })),
    }
}

/// An event on the border of `host`.
fn beside(flow: &Flow, host: &str, it: &Element, into: &mut Vec<Choice>) {
    let ElementKind::BoundaryEvent { event_definition, .. } = &it.kind else {
        return;
    };
    if let Some((what, happening)) = happens(flow, it.id.as_str(), host, event_definition) {
        into.push(Choice { element: it.id.0.clone(), what, happening });
    }
}

fn happens(flow: &Flow, id: &str, host: &str, it: &EventDefinition) -> Option<(What, Value)> {
    let named = |list: &[runtime::model::flow::Named], id: &str| {
        list.iter().find(|it| it.id == id).map_or_else(|| id.to_owned(), |it| it.name.clone())
    };
    Some(match it {
        EventDefinition::Timer { .. } => (What::Time, json!({ "complete": id })),
        EventDefinition::Message { message_ref, .. } => {
            let name = named(&flow.messages, message_ref);
            (What::Message(name.clone()), json!({ "message": name }))
        }
        EventDefinition::Signal { signal_ref, .. } => {
            let name = named(&flow.signals, signal_ref);
            (What::Signal(name.clone()), json!({ "signal": name }))
        }
        EventDefinition::Error { error_ref } => {
            let code = error_ref
                .as_ref()
                .and_then(|it| flow.errors.iter().find(|error| error.id == *it))
                .map(|it| it.error_code.clone());
            let code = code.unwrap_or_default();
            (What::Error(code.clone()), json!({ "error": { "at": host, "code": code } }))
        }
        EventDefinition::Escalation { escalation_ref } => {
            let found =
                escalation_ref.as_ref().and_then(|it| flow.escalations.iter().find(|escalation| escalation.id == *it));
            let code = found.map(|it| it.escalation_code.clone()).unwrap_or_default();
            (What::Escalation(code.clone()), json!({ "escalation": { "at": host, "code": code } }))
        }
        EventDefinition::Cancel {} => (What::Cancelled, json!({ "cancel": host })),
        // The first of several stands for them; conditions happen by themselves when data changes.
        EventDefinition::Multiple { event_definitions, .. } => {
            return happens(flow, id, host, event_definitions.first()?);
        }
        EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => return None,
    })
}

#[cfg(test)]
mod tests {
    use runtime::simulate::{self, Options, Status};

    use super::*;
    use crate::tests::{flow, pack};

    fn play(flow: &Flow, script: &[Value]) -> simulate::Outcome {
        let script = serde_json::from_value(Value::Array(script.to_vec())).expect("happenings");
        simulate::run(std::slice::from_ref(flow), &[], &Options { script, ..Options::default() })
    }

    fn waiting(outcome: &simulate::Outcome) -> Vec<Waiting> {
        outcome.waiting.iter().map(|it| Waiting { element: it.element.0.clone(), kind: it.kind.clone() }).collect()
    }

    #[test]
    fn a_flow_is_tried_button_by_button_to_its_end() {
        let it = pack();
        let flow = flow(&it);
        let mut script: Vec<Value> = Vec::new();
        // No, then yes, then the task behind it.
        for title in [Some("No"), Some("Yes"), None] {
            let offered = choices(flow, &waiting(&play(flow, &script)));
            let chosen = offered.iter().find(|it| it.what == What::Done(title.map(str::to_owned)));
            script.push(chosen.unwrap_or_else(|| panic!("{title:?} of {offered:?}")).happening.clone());
        }
        assert_eq!(play(flow, &script).status, Status::Completed);
    }

    #[test]
    fn a_timer_on_a_task_can_be_let_fire() {
        let it = pack();
        let flow = flow(&it);
        let offered = choices(flow, &waiting(&play(flow, &[])));
        let late = offered.iter().find(|it| it.element == "late").expect("offered");
        assert_eq!(late.what, What::Time);
        let after = play(flow, std::slice::from_ref(&late.happening));
        assert!(after.trace.iter().any(|it| it.element.as_str() == "reminded"), "{after:?}");
        assert!(waiting(&after).iter().any(|it| it.element == "check"), "the task goes on");
    }
}
