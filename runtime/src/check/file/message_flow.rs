//! `flow-message-flow` (error): a message flow joins what it may not (BPMN 2.0.2 §7.6.2, Table 7.4; §9.3): two things of one pool, a
//! gateway, a note; it leaves a start or catching event, enters an end or throwing event; or such an event says nothing of a message.
//! Fix: let it run between pools, activities and message events, from who sends to who receives.

use super::{Look, Place};
use crate::alert::Alert;
use crate::check::flow::{called, definitions};
use crate::interchange::MessageFlow;
use crate::model::flow::{ElementKind, EventDefinition};

/// What a message flow ends at.
enum End<'a> {
    Pool(&'a str),
    Node(&'a Place<'a>),
    Nothing,
}

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for (at, collaboration) in look.document.collaborations.iter().enumerate() {
        for (nth, it) in collaboration.message_flows.iter().enumerate() {
            for says in wrong(look, it) {
                let name = if it.name.is_empty() { &it.id } else { &it.name };
                found.push(
                    Alert::error("flow-message-flow", says)
                        .at(look.file, format!("/collaborations/{at}/messageFlows/{nth}"))
                        .on(it.id.as_str())
                        .arg("element", name.as_str()),
                );
            }
        }
    }
}

fn end<'a>(look: &'a Look, id: &str) -> End<'a> {
    let id = look.local(id);
    let pools = look.document.collaborations.iter().flat_map(|it| &it.participants);
    match (pools.into_iter().find(|it| it.id == id), look.elements.get(id)) {
        (Some(it), _) => End::Pool(it.id.as_str()),
        (None, Some(it)) => End::Node(it),
        (None, None) => End::Nothing,
    }
}

/// The pool an end is in; none: not known.
fn pool<'a>(look: &'a Look, end: &End<'a>) -> Option<&'a str> {
    match end {
        End::Pool(id) => Some(id),
        End::Node(place) => {
            let pools = look.document.collaborations.iter().flat_map(|it| &it.participants);
            let named = pools
                .into_iter()
                .find(|it| it.process.as_ref().is_some_and(|it| *it == place.flow.key || it.as_str() == place.flow.id));
            Some(named.map_or(place.flow.id.as_str(), |it| it.id.as_str()))
        }
        End::Nothing => None,
    }
}

fn wrong(look: &Look, it: &MessageFlow) -> Vec<String> {
    let (source, target) = (end(look, &it.source_ref), end(look, &it.target_ref));
    let mut says = Vec::new();
    if let (Some(a), Some(b)) = (pool(look, &source), pool(look, &target))
        && a == b
    {
        says.push(format!("expected a message flow between two pools, found both ends in `{a}`"));
    }
    for (end, is_source) in [(&source, true), (&target, false)] {
        match end {
            End::Pool(_) => {}
            End::Nothing => {
                let id = if is_source { &it.source_ref } else { &it.target_ref };
                // Nodes of conversations and choreographies are kept, not read; those of other files are not here.
                let other = mentioned(look, id) || look.imports() && look.local(id).contains(':');
                if !other {
                    says.push(format!("expected a pool, an activity or an event of this file, found `{id}`"));
                }
            }
            End::Node(place) => says.extend(refused(place, is_source)),
        }
    }
    says
}

fn mentioned(look: &Look, id: &str) -> bool {
    let mut deep = Vec::new();
    super::below(&look.document.definitions.children, &mut deep);
    look.document.flows.iter().for_each(|it| super::below(&it.kept.children, &mut deep));
    look.document.collaborations.iter().for_each(|it| super::below(&it.kept.children, &mut deep));
    deep.iter().any(|it| super::attribute(it, "id") == Some(look.local(id)))
}

fn refused(place: &Place, is_source: bool) -> Option<String> {
    let it = place.element;
    let by_message = definitions(it).iter().any(|it| matches!(it, EventDefinition::Message { .. }));
    let name = called(it);
    match &it.kind {
        kind if kind.is_activity() => None,
        ElementKind::StartEvent { .. }
        | ElementKind::IntermediateCatchEvent { .. }
        | ElementKind::BoundaryEvent { .. } => match (is_source, by_message) {
            (true, _) => Some(format!(
                "expected a message flow to leave something that sends, found the catching event `{name}`"
            )),
            (false, false) => Some(format!(
                "expected `{name}` to wait for a message, since a message flow leads to it; found that it does not"
            )),
            (false, true) => None,
        },
        ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. } => match (is_source, by_message) {
            (false, _) => Some(format!(
                "expected a message flow to lead to something that receives, found the throwing event `{name}`"
            )),
            (true, false) => Some(format!(
                "expected `{name}` to send a message, since a message flow leaves it; found that it does not"
            )),
            (true, true) => None,
        },
        _gateway_or_note => {
            Some(format!("expected a message flow between pools, activities and events, found `{name}`"))
        }
    }
}
