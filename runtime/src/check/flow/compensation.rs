//! `flow-compensation` (error): a compensation handler that cannot work (BPMN 2.0.2 §10.7): a compensation boundary event with
//! flows out of it, or joined with none or several handlers; a handler in the normal flow, or one that is no compensation
//! activity; an event that compensates an activity which is not there, or which it does not see: it sees those beside it, and from
//! inside an event subprocess those beside that (§10.5.6).
//! `flow-never-compensated` (warning): a compensation activity that no boundary event is joined with never happens; or an event
//! compensates an activity that has no handler.
//! Fix: join boundary event and handler by an association, and mark the handler as one for compensation.

use super::{Graph, called, compensates, definitions};
use crate::alert::Alert;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in &graph.seats {
        let it = seat.it;
        let name = called(it);
        if compensates(it) {
            if !seat.out.is_empty() {
                say(
                    found,
                    graph,
                    it,
                    format!(
                        "expected no flow out of the compensation event `{name}`, found one; an association leads to its handler"
                    ),
                );
            }
            match graph.associated(&it.id).as_slice() {
                [handler] if handler.kind.is_activity() && handler.is_for_compensation => {}
                [handler] => say(
                    found,
                    graph,
                    it,
                    format!("expected an activity for compensation at the event `{name}`, found `{}`", called(handler)),
                ),
                others => say(
                    found,
                    graph,
                    it,
                    format!("expected one handler at the compensation event `{name}`, found {}", others.len()),
                ),
            }
        }
        if it.is_for_compensation {
            if !seat.into.is_empty() || !seat.out.is_empty() {
                say(found, graph, it, format!("expected no flows at the compensation activity `{name}`, found some"));
            }
            // An activity for compensation in an event subprocess or beside it is started by its boundary event only.
            if !graph.associated(&it.id).iter().any(|it| compensates(it)) {
                let says = format!("expected a compensation event joined with `{name}`, found none; it never happens");
                found.push(graph.on(Alert::warning("flow-never-compensated", says), it));
            }
        }
        if matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. }) {
            for definition in definitions(it) {
                if let EventDefinition::Compensate { activity_ref: Some(activity), .. } = definition {
                    thrown(found, graph, it, activity);
                }
            }
        }
    }
}

fn thrown(found: &mut Vec<Alert>, graph: &Graph, it: &Element, activity: &NodeId) {
    let all = graph.flow.all();
    match all.iter().find(|it| it.id == *activity) {
        Some(target) if target.kind.is_activity() && !sees(graph, activity) => {
            let says = format!(
                "expected `{}` to compensate an activity beside it, found `{}` in another subprocess",
                called(it),
                called(target)
            );
            say(found, graph, it, says);
        }
        Some(target) if target.kind.is_activity() => {
            let handled = !target.inside().is_empty()
                || matches!(target.kind, ElementKind::CallActivity { .. })
                || all.iter().any(|it| compensates(it) && matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if attached_to_ref == activity));
            if !handled {
                let says = format!(
                    "expected `{}`, which `{}` compensates, to have a compensation handler, found none",
                    called(target),
                    called(it)
                );
                found.push(graph.on(Alert::warning("flow-never-compensated", says), it));
            }
        }
        Some(_) | None => say(
            found,
            graph,
            it,
            format!("expected `{}` to compensate an activity of this flow, found `{activity}`", called(it)),
        ),
    }
}

/// Whether an activity stands in the scope, or beside an event subprocess the scope is in.
fn sees(graph: &Graph, activity: &NodeId) -> bool {
    let mut scopes: Vec<&[Element]> = vec![graph.elements];
    for (depth, it) in graph.around.iter().enumerate() {
        if matches!(it.kind, ElementKind::SubProcess { triggered_by_event: true, .. }) {
            let beside = depth.checked_sub(1).and_then(|it| graph.around.get(it));
            scopes.push(beside.map_or(graph.flow.flow_elements.as_slice(), |it| it.inside()));
        }
    }
    scopes.into_iter().flatten().any(|it| it.id == *activity)
}

fn say(found: &mut Vec<Alert>, graph: &Graph, it: &Element, says: String) {
    found.push(graph.on(Alert::error("flow-compensation", says), it));
}
