//! What one edit means for what is around it: the behaviours people know from other modelers, each done, undone, done again.

use runtime::model::flow::{ElementKind, EventDefinition};

use super::{FLOW, check, element, ends, flow, pack, selected};
use crate::Document;
use crate::allowed::{self, Forbidden};
use crate::edit::{Edit, FlowEdit, Property};
use crate::geometry::{Rect, midway, point};
use crate::kind::{Kind, Trigger};
use crate::scene::scene;
use crate::tool::{Hit, Pointer, Tool};
use crate::tree;

fn edit(it: FlowEdit) -> Edit {
    Edit::flow(FLOW, it)
}

fn rect(document: &Document, id: &str) -> Rect {
    document.diagram(FLOW).shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from).expect("drawn")
}

fn append(document: &mut Document, after: &str, kind: Kind) -> String {
    check(document, &edit(FlowEdit::Append { after: after.to_owned(), kind, at: None }));
    selected(document)
}

fn add(document: &mut Document, kind: Kind, on: Option<&str>) -> String {
    let diagram = document.diagram(FLOW);
    let line = |id: &str| diagram.edges.iter().find(|it| it.element.as_str() == id).map(|it| midway(&it.waypoints));
    let at = on.map_or(point(200.0, 1_500.0), |it| line(it).unwrap_or_else(|| rect(document, it).centre()));
    check(document, &edit(FlowEdit::Add { kind, at, on: on.map(str::to_owned), plane: None }));
    selected(document)
}

fn kind(document: &Document, id: &str) -> Option<Kind> {
    Kind::of(&element(document, id).kind)
}

/// Drags a node so that its middle comes to a point; the edit that follows is done.
fn drag(document: &mut Document, id: &str, to: runtime::model::layout::Point) {
    let drawn = scene(flow(document), &document.diagram(FLOW), None, &|it| it.name.clone());
    let at = rect(document, id).centre();
    let mut tool = Tool::Idle;
    let mut edits = Vec::new();
    for pointer in [
        Pointer::Down { at, on: Hit::Node(id.to_owned()), shift: false },
        Pointer::Move { at: to, zoom: 1.0 },
        Pointer::Up { at: to },
    ] {
        let (next, outcome) = tool.next(&pointer, document, FLOW, &drawn);
        (tool, edits) = (next, outcome.edits);
    }
    assert_eq!(edits.len(), 1, "{edits:?}");
    check(document, &edits[0]);
}

#[test]
fn an_event_dragged_onto_a_border_sits_there_and_dragged_off_it_waits_by_itself() {
    let mut it = pack();
    let event = add(&mut it, Kind::Catch(Trigger::Timer), Some("f_3"));
    let send = rect(&it, "send");
    drag(&mut it, &event, point(send.x + 30.0, send.bottom() + 4.0));
    assert_eq!(
        (kind(&it, &event), tree::host(flow(&it), &event)),
        (Some(Kind::Boundary(Trigger::Timer)), Some("send"))
    );
    assert_eq!(
        tree::flows(flow(&it)).iter().filter(|it| it.2 == event).count(),
        0,
        "it is entered through its activity"
    );
    assert_eq!(tree::flows(flow(&it)).iter().filter(|it| it.1 == event).count(), 1, "its way on stays");
    assert!((rect(&it, &event).centre().y - send.bottom()).abs() < 1.0);
    // To another activity, and off it.
    let check_box = rect(&it, "check");
    drag(&mut it, &event, point(check_box.x + 20.0, check_box.y - 3.0));
    assert_eq!(tree::host(flow(&it), &event), Some("check"));
    drag(&mut it, &event, point(check_box.x + 20.0, check_box.y - 300.0));
    assert_eq!(kind(&it, &event), Some(Kind::Catch(Trigger::Timer)));
}

#[test]
fn an_event_near_its_own_activity_slides_along_it_and_what_cannot_wait_stays() {
    let mut it = pack();
    let check_box = rect(&it, "check");
    drag(&mut it, "late", point(check_box.x + 10.0, check_box.bottom() + 20.0));
    assert_eq!((tree::host(flow(&it), "late"), rect(&it, "late").centre().y), (Some("check"), check_box.bottom()));
    let quiet = matches!(element(&it, "late").kind, ElementKind::BoundaryEvent { cancel_activity: false, .. });
    assert!(quiet, "what it is stays");
    check(&mut it, &edit(FlowEdit::Replace { id: "late".to_owned(), kind: Kind::Boundary(Trigger::Error) }));
    let off = edit(FlowEdit::Attach { id: "late".to_owned(), host: None, at: point(0.0, 900.0) });
    assert_eq!(allowed::allowed(&it, &off), Err(Forbidden::CannotBecome));
    let onto = edit(FlowEdit::Attach { id: "late".to_owned(), host: Some("ok".to_owned()), at: point(0.0, 0.0) });
    assert_eq!(allowed::allowed(&it, &onto), Err(Forbidden::NeedsActivity));
}

#[test]
fn an_event_gateway_alone_leads_to_what_it_waits_for() {
    let mut it = pack();
    let catch = add(&mut it, Kind::Catch(Trigger::Message), Some("f_3"));
    let gateway = append(&mut it, "check", Kind::EventBased);
    check(&mut it, &edit(FlowEdit::Connect { source: gateway.clone(), target: catch.clone() }));
    let into: Vec<&str> = tree::flows(flow(&it)).iter().filter(|it| it.2 == catch).map(|it| it.1).collect();
    assert_eq!(into, [gateway.as_str()]);
    // Taken out of the way, no forbidden way is left in its place.
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![catch] }));
    assert_eq!(tree::flows(flow(&it)).iter().filter(|it| it.1 == gateway).count(), 0);
}

#[test]
fn a_gateway_that_becomes_an_event_gateway_keeps_only_ways_to_events() {
    let mut it = pack();
    append(&mut it, "ok", Kind::Catch(Trigger::Timer));
    check(&mut it, &edit(FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::EventBased }));
    let out: Vec<&str> = tree::flows(flow(&it)).iter().filter(|it| it.1 == "ok").map(|it| it.2).collect();
    assert_eq!(out.len(), 1);
    assert_eq!(kind(&it, out[0]), Some(Kind::Catch(Trigger::Timer)));
    assert!(element(&it, "ok").default.is_none());
}

#[test]
fn conditions_stay_where_something_decides() {
    let mut it = pack();
    let condition = |it: &Document| match &element(it, "f_yes").kind {
        ElementKind::SequenceFlow { condition_expression, .. } => condition_expression.clone(),
        _ => None,
    };
    check(&mut it, &edit(FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::Inclusive }));
    assert!(condition(&it).is_some() && element(&it, "ok").default.is_some());
    let mut other = it.clone();
    check(&mut other, &edit(FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::Parallel }));
    assert!(condition(&other).is_none() && element(&other, "ok").default.is_none());
    check(
        &mut it,
        &edit(FlowEdit::Reconnect { id: "f_yes".to_owned(), source: Some("late".to_owned()), target: None }),
    );
    assert!(condition(&it).is_none());
}

#[test]
fn an_activity_is_a_handler_as_long_as_a_compensation_event_leads_to_it() {
    let mut it = pack();
    check(
        &mut it,
        &edit(FlowEdit::Append { after: "send".to_owned(), kind: Kind::Boundary(Trigger::Compensate), at: None }),
    );
    let event = selected(&it);
    let handler = append(&mut it, &event, Kind::ServiceTask);
    assert!(element(&it, &handler).is_for_compensation);
    let line = tree::links(flow(&it)).iter().find(|it| it.source == event).expect("a line").id.to_owned();
    let mut other = it.clone();
    check(&mut other, &edit(FlowEdit::Delete { ids: vec![line] }));
    assert!(!element(&other, &handler).is_for_compensation);
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![event] }));
    assert!(!element(&it, &handler).is_for_compensation);
    // What becomes one by its marker loses its ways.
    let set = FlowEdit::Set { id: "send".to_owned(), property: Property::ForCompensation(true) };
    check(&mut it, &edit(set));
    assert!(!tree::flows(flow(&it)).iter().any(|it| it.1 == "send" || it.2 == "send"));
}

#[test]
fn a_subprocess_started_by_its_event_has_no_ways() {
    let mut it = pack();
    let sub = append(&mut it, "send", Kind::SubProcess);
    assert!(tree::flows(flow(&it)).iter().any(|it| it.2 == sub));
    check(&mut it, &edit(FlowEdit::Replace { id: sub.clone(), kind: Kind::EventSubProcess }));
    assert!(!tree::flows(flow(&it)).iter().any(|it| it.2 == sub || it.1 == sub));
}

#[test]
fn a_subprocess_that_becomes_a_task_holds_nothing_any_more() {
    let mut it = pack();
    let sub = append(&mut it, "send", Kind::SubProcess);
    let start = add(&mut it, Kind::Start(Trigger::None), Some(&sub));
    let inner = append(&mut it, &start, Kind::UserTask);
    check(&mut it, &edit(FlowEdit::Append { after: sub.clone(), kind: Kind::Boundary(Trigger::Timer), at: None }));
    let event = selected(&it);
    let ways = |it: &Document| tree::flows(flow(it)).iter().filter(|way| way.1 == sub || way.2 == sub).count();
    let before = ways(&it);
    for kind in [Kind::UserTask, Kind::CallActivity] {
        check(&mut it, &edit(FlowEdit::Replace { id: sub.clone(), kind }));
        assert!([&start, &inner].iter().all(|id| tree::find(flow(&it), id).is_none()));
        let drawn = it.diagram(FLOW);
        assert!(drawn.shapes.iter().all(|it| it.element.as_str() != inner), "nothing of it is drawn any more");
        let (now, size) = (rect(&it, &sub), kind.size());
        assert_eq!((now.width, now.height), size);
        assert_eq!((ways(&it), tree::host(flow(&it), &event)), (before, Some(sub.as_str())));
        assert!(it.undo().is_some() && tree::find(flow(&it), &inner).is_some());
    }
}

#[test]
fn cancelling_is_of_transactions_alone() {
    let mut it = pack();
    let sub = append(&mut it, "send", Kind::Transaction);
    let end = add(&mut it, Kind::End(Trigger::Cancel), Some(&sub));
    let mut moved = it.clone();
    check(&mut it, &edit(FlowEdit::Append { after: sub.clone(), kind: Kind::Boundary(Trigger::Cancel), at: None }));
    let event = selected(&it);
    check(&mut it, &edit(FlowEdit::Replace { id: sub.clone(), kind: Kind::SubProcess }));
    assert_eq!(
        (kind(&it, &end), kind(&it, &event)),
        (Some(Kind::End(Trigger::None)), Some(Kind::Boundary(Trigger::Error)))
    );
    // Dragged out of it, its end is an end like others.
    check(&mut moved, &edit(FlowEdit::Move { nodes: vec![end.clone()], dx: 0.0, dy: 2_000.0 }));
    assert_eq!((tree::parent(flow(&moved), &end), kind(&moved, &end)), (None, Some(Kind::End(Trigger::None))));
}

#[test]
fn a_start_dragged_out_of_an_event_subprocess_starts_plainly() {
    let mut it = pack();
    let sub = add(&mut it, Kind::EventSubProcess, None);
    let start = add(&mut it, Kind::Start(Trigger::Error), Some(&sub));
    check(&mut it, &edit(FlowEdit::Move { nodes: vec![start.clone()], dx: 0.0, dy: 2_000.0 }));
    assert_eq!((tree::parent(flow(&it), &start), kind(&it, &start)), (None, Some(Kind::Start(Trigger::None))));
}

#[test]
fn what_is_known_of_an_event_stays_when_it_is_attached_or_freed() {
    let mut it = pack();
    let event = append(&mut it, "check", Kind::Catch(Trigger::Timer));
    let timer = EventDefinition::Timer { time_date: None, time_duration: Some("P3D".to_owned()), time_cycle: None };
    check(&mut it, &edit(FlowEdit::Set { id: event.clone(), property: Property::Event(timer.clone()) }));
    check(&mut it, &edit(FlowEdit::Rename { id: event.clone(), name: "three days".to_owned() }));
    let at = rect(&it, "send").centre();
    check(&mut it, &edit(FlowEdit::Attach { id: event.clone(), host: Some("send".to_owned()), at }));
    assert_eq!(element(&it, &event).name, "three days");
    assert_eq!(crate::property::event(&element(&it, &event).kind), Some(&timer));
}

#[test]
fn a_way_dropped_upon_leads_through_what_was_dropped() {
    let mut it = pack();
    let task = add(&mut it, Kind::UserTask, Some("f_yes"));
    assert_eq!(ends(&it, "f_yes"), ("ok", task.as_str()));
    assert!(matches!(&element(&it, "f_yes").kind, ElementKind::SequenceFlow { condition_expression: Some(_), .. }));
    assert!(tree::flows(flow(&it)).iter().any(|it| it.1 == task && it.2 == "send"));
}
