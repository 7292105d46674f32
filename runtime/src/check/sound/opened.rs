//! Subprocesses opened for the game of pools: who waits for a message inside one waits as who stands outside does. A subprocess
//! that begins at one plain start and is over at one plain end is the same as its inside (§13.3.4): its flows lead to the start, and
//! the end leads on. Others stay closed, and what messages do inside them is not seen.

use std::collections::BTreeSet;

use super::collaboration::Message;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition};

/// Opens what messages lead into or out of, and can be opened.
pub fn opened(elements: &[Element], messages: &[Message]) -> Vec<Element> {
    let talks: BTreeSet<&str> = messages.iter().flat_map(|it| [it.source.as_str(), it.target.as_str()]).collect();
    open(elements.to_vec(), &talks)
}

/// An element inside one that stayed closed.
pub fn hidden<'e>(around: &'e Element, id: &NodeId) -> Option<&'e Element> {
    around.inside().iter().find_map(|it| if it.id == *id { Some(it) } else { hidden(it, id) })
}

fn open(elements: Vec<Element>, talks: &BTreeSet<&str>) -> Vec<Element> {
    let watched: BTreeSet<NodeId> = elements
        .iter()
        .filter_map(|it| match &it.kind {
            ElementKind::BoundaryEvent { attached_to_ref, .. } => Some(attached_to_ref.clone()),
            _ => None,
        })
        .collect();
    let mut all = Vec::with_capacity(elements.len());
    // Of every subprocess that is opened: where it begins and where it ends.
    let mut doors: Vec<(NodeId, NodeId, NodeId)> = Vec::new();
    for mut it in elements {
        if let Some(inside) = it.kind.inside_mut() {
            *inside = open(std::mem::take(inside), talks);
        }
        let speaks = it.inside().iter().any(|it| talks.contains(it.id.as_str()));
        let may = speaks && !watched.contains(&it.id);
        match may.then(|| doors_of(&it)).flatten() {
            Some((first, last)) => {
                let default = it.default.take();
                let inside = it.kind.inside_mut().map(std::mem::take).unwrap_or_default();
                all.extend(inside.into_iter().map(|element| passed(element, &first, &last, default.as_ref())));
                doors.push((it.id, first, last));
            }
            None => all.push(it),
        }
    }
    for it in &mut all {
        let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &mut it.kind else { continue };
        for (of, first, last) in &doors {
            if *source_ref == *of {
                source_ref.clone_from(last);
            }
            if *target_ref == *of {
                target_ref.clone_from(first);
            }
        }
    }
    all
}

/// The start and the end of a subprocess that can be opened.
fn doors_of(it: &Element) -> Option<(NodeId, NodeId)> {
    let ElementKind::SubProcess { triggered_by_event: false, flow_elements } = &it.kind else { return None };
    let once = it.loop_characteristics.is_none()
        && !it.is_for_compensation
        && (it.start_quantity, it.completion_quantity) == (1, 1);
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let ends = |it: &Element| match &it.kind {
        ElementKind::SequenceFlow { source_ref, target_ref, .. } => Some((source_ref.clone(), target_ref.clone())),
        _ => None,
    };
    let (sources, targets): (BTreeSet<NodeId>, BTreeSet<NodeId>) = flow_elements.iter().filter_map(ends).unzip();
    let leads = |id: &NodeId, into: bool| if into { targets.contains(id) } else { sources.contains(id) };
    for it in flow_elements.iter().filter(|it| it.kind.is_node() && !it.is_for_compensation) {
        match &it.kind {
            ElementKind::SubProcess { triggered_by_event: true, .. } => return None,
            ElementKind::StartEvent { event_definition: None, .. } => first.push(it.id.clone()),
            ElementKind::EndEvent { event_definition: None | Some(EventDefinition::Message { .. }) } => {
                last.push(it.id.clone());
            }
            ElementKind::StartEvent { .. } | ElementKind::EndEvent { .. } => return None,
            ElementKind::BoundaryEvent { cancel_activity, .. } if *cancel_activity && leads(&it.id, false) => {}
            // Another token would begin or end there; links go by names, which others may have too.
            ElementKind::BoundaryEvent { .. }
            | ElementKind::IntermediateThrowEvent { event_definition: Some(EventDefinition::Link { .. }) }
            | ElementKind::IntermediateCatchEvent { event_definition: EventDefinition::Link { .. } } => return None,
            _ if leads(&it.id, true) && leads(&it.id, false) => {}
            _ => return None,
        }
    }
    match (&first[..], &last[..]) {
        ([first], [last]) if once && !leads(first, true) && !leads(last, false) => Some((first.clone(), last.clone())),
        _ => None,
    }
}

/// An element of an opened subprocess: its start and its end are passed.
fn passed(mut it: Element, first: &NodeId, last: &NodeId, default: Option<&NodeId>) -> Element {
    let event_definition = match &mut it.kind {
        ElementKind::EndEvent { event_definition } if it.id == *last => event_definition.take(),
        _ if it.id == *first => None,
        _ => return it,
    };
    it.kind = ElementKind::IntermediateThrowEvent { event_definition };
    if it.id == *last {
        it.default = default.cloned();
    }
    it
}
