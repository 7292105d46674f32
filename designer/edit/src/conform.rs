//! What an edit leaves behind that may no longer be so: lines whose ends have become something else, conditions nobody asks,
//! other ways to what an event gateway waits for, handlers nothing calls any more. Parts of [`crate::drag_along`].

use runtime::gather::Gather as _;
use std::collections::BTreeSet;

use runtime::model::flow::{ElementKind, EventDefinition, Flow};

use crate::allowed;
use crate::kind::{Kind, Trigger};
use crate::tree::{self, Line};
use crate::work::Work;

/// Lines of elements that became another kind stay where they still may be.
pub fn forget_lines(work: &mut Work) {
    if work.replaced.is_empty() {
        return;
    }
    let wrong: BTreeSet<String> = tree::links(&work.flow)
        .iter()
        .filter(|it| it.line != Line::Message && work.touched(it) && !allowed::may_stay(&work.flow, it))
        .map(|it| it.id.to_owned())
        .gather();
    drop_lines(work, wrong);
}

/// What an event gateway waits for is reached by it alone (BPMN 2.0.2 §10.6.6).
pub fn part_from_others(work: &mut Work) {
    let flows = tree::flows(&work.flow);
    let waits = |id: &str| tree::find(&work.flow, id).is_some_and(|it| Kind::of(&it.kind) == Some(Kind::EventBased));
    let awaited: Vec<(&str, &str)> =
        flows.iter().filter(|it| work.reroute.contains(it.0) && waits(it.1)).map(|it| (it.1, it.2)).collect();
    let wrong: BTreeSet<String> = flows
        .iter()
        .filter(|it| awaited.iter().any(|(gateway, target)| it.2 == *target && it.1 != *gateway))
        .map(|it| it.0.to_owned())
        .gather();
    drop_lines(work, wrong);
}

/// A way that leaves something that does not decide has no condition and is no default.
pub fn forget_conditions(work: &mut Work) {
    for id in &work.replaced {
        if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, id)
            && !crate::property::may_default(&it.kind)
        {
            it.default = None;
        }
    }
    let undecided: BTreeSet<String> = tree::links(&work.flow)
        .iter()
        .filter(|it| it.line == Line::Sequence && (work.touched(it) || work.reroute.contains(it.id)))
        .filter(|it| !tree::find(&work.flow, it.source).is_some_and(|it| crate::property::may_default(&it.kind)))
        .map(|it| it.id.to_owned())
        .gather();
    if undecided.is_empty() {
        return;
    }
    tree::each(&mut work.flow.flow_elements, &mut |it| {
        if let ElementKind::SequenceFlow { condition_expression, .. } = &mut it.kind
            && undecided.contains(it.id.as_str())
        {
            *condition_expression = None;
        }
    });
}

/// What compensation events lead to.
pub fn handlers(flow: &Flow) -> BTreeSet<String> {
    let compensates = |id: &str| {
        tree::find(flow, id).is_some_and(|it| Kind::of(&it.kind) == Some(Kind::Boundary(Trigger::Compensate)))
    };
    let links = tree::links(flow);
    let lines = links.iter().filter(|it| it.line == Line::Association && compensates(it.source));
    lines.map(|it| it.target.to_owned()).gather()
}

/// An activity no compensation event leads to any more is one like others.
pub fn release_handlers(work: &mut Work) {
    if work.handlers.is_empty() {
        return;
    }
    let now = handlers(&work.flow);
    let free: BTreeSet<String> = work.handlers.difference(&now).cloned().gather();
    tree::each(&mut work.flow.flow_elements, &mut |it| {
        if free.contains(it.id.as_str()) {
            it.is_for_compensation = false;
        }
    });
}

/// What only a transaction can have becomes what any subprocess can have: its cancel ends and the cancel event on it.
pub fn leave_transaction(work: &mut Work, id: &str) {
    if let Some(inside) = tree::level_mut(&mut work.flow, Some(id)) {
        inside.iter_mut().for_each(|it| plain_end(&mut it.kind));
    }
    for event in tree::boundary(&work.flow, id) {
        if let Some(it) = tree::find_mut(&mut work.flow.flow_elements, &event)
            && let ElementKind::BoundaryEvent { event_definition: it @ EventDefinition::Cancel {}, .. } = &mut it.kind
        {
            *it = EventDefinition::Error { error_ref: None };
        }
    }
}

fn plain_end(kind: &mut ElementKind) {
    if let ElementKind::EndEvent { event_definition: it @ Some(EventDefinition::Cancel {}) } = kind {
        *it = None;
    }
}

/// What was moved elsewhere is what it can be there: starts by error, escalation or compensation are those of event subprocesses,
/// cancel ends those of transactions.
pub fn settle(work: &mut Work, id: &str) {
    let around =
        tree::parent(&work.flow, id).and_then(|it| tree::find(&work.flow, it)).and_then(|it| Kind::of(&it.kind));
    let Some(element) = tree::find_mut(&mut work.flow.flow_elements, id) else { return };
    if around != Some(Kind::Transaction) {
        plain_end(&mut element.kind);
    }
    if let ElementKind::StartEvent { event_definition, is_interrupting } = &mut element.kind
        && around != Some(Kind::EventSubProcess)
    {
        *is_interrupting = true;
        let inner = matches!(
            event_definition,
            Some(
                EventDefinition::Error { .. } | EventDefinition::Escalation { .. } | EventDefinition::Compensate { .. }
            )
        );
        if inner {
            *event_definition = None;
        }
    }
}

fn drop_lines(work: &mut Work, wrong: BTreeSet<String>) {
    if wrong.is_empty() {
        return;
    }
    tree::retain(&mut work.flow.flow_elements, &|it| !wrong.contains(it.id.as_str()));
    tree::each(&mut work.flow.flow_elements, &mut |it| {
        it.data_input_associations.retain(|it| !it.id.as_ref().is_some_and(|it| wrong.contains(it)));
        it.data_output_associations.retain(|it| !it.id.as_ref().is_some_and(|it| wrong.contains(it)));
    });
    work.reroute.retain(|it| !wrong.contains(it));
    work.gone.extend(wrong);
}
