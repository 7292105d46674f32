//! More of what one edit means for what is around it, as other modelers do it: pools and lanes when room is made, lines of what is
//! folded, handlers that are copied, what an event keeps when it becomes another.

use runtime::model::flow::ElementKind;

use super::{FLOW, check, element, flow, pack, selected};
use crate::Document;
use crate::allowed::{self, Forbidden};
use crate::clip::{self, Clip};
use crate::edit::{Edit, FlowEdit, Property};
use crate::geometry::{Rect, point};
use crate::kind::{Kind, Trigger};
use crate::scene::scene;
use crate::tool::{Pointer, Tool};
use crate::tree::{self, Line};

fn edit(it: FlowEdit) -> Edit {
    Edit::flow(FLOW, it)
}

fn rect(document: &Document, id: &str) -> Rect {
    document.diagram(FLOW).shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from).expect("drawn")
}

fn add(document: &mut Document, kind: Kind, at: (f64, f64), on: Option<&str>) -> String {
    let at = point(at.0, at.1);
    check(document, &edit(FlowEdit::Add { kind, at, on: on.map(str::to_owned), plane: None }));
    selected(document)
}

fn append(document: &mut Document, after: &str, kind: Kind) -> String {
    check(document, &edit(FlowEdit::Append { after: after.to_owned(), kind, at: None }));
    selected(document)
}

fn connect(document: &mut Document, source: &str, target: &str) -> String {
    check(document, &edit(FlowEdit::Connect { source: source.to_owned(), target: target.to_owned() }));
    selected(document)
}

/// Both ends of a line lie on the borders of what it connects.
fn docked(document: &Document, id: &str, source: &str, target: &str) {
    let diagram = document.diagram(FLOW);
    let line = &diagram.edges.iter().find(|it| it.element.as_str() == id).expect("drawn").waypoints;
    for (end, of) in [(line[0], source), (line[line.len() - 1], target)] {
        let rect = rect(document, of);
        assert!(rect.grown(1.5).contains(end) && !rect.grown(-1.5).contains(end), "{id} at {of}: {end:?} {rect:?}");
    }
}

#[test]
fn room_from_top_to_bottom_goes_through_pools_and_lanes() {
    let mut it = pack();
    let own = add(&mut it, Kind::Pool, (0.0, 0.0), None);
    let other = add(&mut it, Kind::Pool, (400.0, 4_000.0), None);
    check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
    let lanes: Vec<String> = flow(&it).lanes.iter().map(|it| it.id.clone()).collect();
    let message = connect(&mut it, "send", &other);
    let step = rect(&it, "send");
    let at = point(step.x, step.bottom() + 5.0);
    let through: Vec<&String> =
        lanes.iter().filter(|id| rect(&it, id).y < at.y && rect(&it, id).bottom() > at.y).collect();
    assert_eq!(through.len(), 1);
    let (pool, beside, lane) = (rect(&it, &own), rect(&it, &other), rect(&it, through[0]));
    for by in [80.0, -40.0] {
        let before = (rect(&it, &own).height, rect(&it, &other).y, rect(&it, through[0]).height);
        check(&mut it, &edit(FlowEdit::Space { at, by, flat: false, plane: None }));
        let now = (rect(&it, &own).height, rect(&it, &other).y, rect(&it, through[0]).height);
        assert_eq!((now.0 - before.0, now.1 - before.1, now.2 - before.2), (by, by, by));
        assert_eq!(rect(&it, "send"), step, "what stands above stays");
        docked(&it, &message, "send", &other);
        let all: Vec<Rect> = lanes.iter().map(|id| rect(&it, id)).collect();
        let pool = rect(&it, &own);
        assert_eq!(all.iter().map(|it| it.y).reduce(f64::min), Some(pool.y));
        assert_eq!(all.iter().map(|it| it.bottom()).reduce(f64::max), Some(pool.bottom()), "lanes fill their pool");
    }
    assert_eq!((rect(&it, &own).y, rect(&it, &other).x, rect(&it, through[0]).y), (pool.y, beside.x, lane.y));
    // And from left to right both grow.
    let (wide, band) = (rect(&it, &own).width, rect(&it, &other).width);
    check(&mut it, &edit(FlowEdit::Space { at: point(step.x - 10.0, 0.0), by: 60.0, flat: true, plane: None }));
    assert_eq!((rect(&it, &own).width, rect(&it, &other).width), (wide + 60.0, band + 60.0));
    docked(&it, &message, "send", &other);
}

#[test]
fn lines_of_what_is_folded_meet_it_where_it_is() {
    let mut it = pack();
    let sub = append(&mut it, "send", Kind::SubProcess);
    let line = tree::flows(flow(&it)).iter().find(|it| it.2 == sub).map(|it| it.0.to_owned()).expect("a way");
    for _ in 0..2 {
        check(&mut it, &edit(FlowEdit::Fold { id: sub.clone() }));
        docked(&it, &line, "send", &sub);
    }
}

#[test]
fn a_handler_that_is_copied_with_its_event_is_the_handler_of_the_copy() {
    let mut it = pack();
    let compensate = Kind::Boundary(Trigger::Compensate);
    check(&mut it, &edit(FlowEdit::Append { after: "send".to_owned(), kind: compensate, at: None }));
    let event = selected(&it);
    let handler = append(&mut it, &event, Kind::ServiceTask);
    let copied = clip::copy(&it, FLOW, &["send".to_owned(), event.clone(), handler.clone()].into()).expect("something");
    let copied = Clip::read(&copied.text()).expect("a clip");
    check(&mut it, &edit(FlowEdit::Paste { clip: Box::new(copied), at: point(400.0, 2_000.0), plane: None }));
    let all = flow(&it).all();
    let handlers: Vec<&str> = all.iter().filter(|it| it.is_for_compensation).map(|it| it.id.as_str()).collect();
    assert_eq!(handlers.len(), 2, "{handlers:?}");
    for one in handlers {
        let to = tree::links(flow(&it)).iter().filter(|it| it.line == Line::Association && it.target == one).count();
        assert_eq!(to, 1, "{one} is led to by its own event");
    }
}

#[test]
fn an_event_that_becomes_another_goes_on_not_interrupting() {
    let mut it = pack();
    for trigger in [Trigger::Message, Trigger::Signal, Trigger::Escalation, Trigger::Timer] {
        check(&mut it, &edit(FlowEdit::Replace { id: "late".to_owned(), kind: Kind::Boundary(trigger) }));
        assert!(matches!(element(&it, "late").kind, ElementKind::BoundaryEvent { cancel_activity: false, .. }));
    }
    // What cannot but interrupt does, and the law says so.
    check(&mut it, &edit(FlowEdit::Replace { id: "late".to_owned(), kind: Kind::Boundary(Trigger::Error) }));
    let set = FlowEdit::Set { id: "late".to_owned(), property: Property::Interrupting(false) };
    assert!(matches!(element(&it, "late").kind, ElementKind::BoundaryEvent { cancel_activity: true, .. }));
    assert_eq!(allowed::allowed(&it, &edit(set)), Err(Forbidden::WrongType));
}

#[test]
fn over_a_lane_a_line_leads_to_its_pool() {
    let mut it = pack();
    let own = add(&mut it, Kind::Pool, (0.0, 0.0), None);
    let other = add(&mut it, Kind::Pool, (400.0, 4_000.0), None);
    check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
    let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
    // In a lane, beside every step.
    let pool = rect(&it, &own);
    let at = point(pool.right() - 6.0, pool.bottom() - 6.0);
    let from = Tool::Connecting { source: other.clone(), at: point(0.0, 0.0), to: None };
    let (tool, _) = from.next(&Pointer::Move { at, zoom: 1.0 }, &it, FLOW, &drawn);
    let Tool::Connecting { to: Some(Ok(to)), .. } = tool else { panic!("{tool:?}") };
    assert_eq!(to, own);
}

#[test]
fn a_name_that_is_free_again_is_given_again() {
    let mut it = pack();
    let first = add(&mut it, Kind::UserTask, (0.0, 900.0), None);
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![first.clone()] }));
    assert!(tree::find(flow(&it), &first).is_none());
    // Undone it is there under its own, and nothing else has taken that meanwhile.
    assert!(it.undo().is_some());
    let second = add(&mut it, Kind::UserTask, (0.0, 1_200.0), None);
    assert_ne!(first, second);
    let ids: Vec<&str> = flow(&it).all().iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<std::collections::BTreeSet<_>>().len());
}

#[test]
fn what_is_put_in_order_or_moved_takes_its_names_along() {
    let mut it = pack();
    let label =
        |it: &Document| it.diagram(FLOW).shapes.iter().find(|it| it.element.as_str() == "ok").and_then(|it| it.label);
    let at = runtime::model::layout::Bounds { x: 10.0, y: 20.0, width: 60.0, height: 20.0 };
    check(&mut it, &edit(FlowEdit::Label { id: "ok".to_owned(), to: Some(at) }));
    check(&mut it, &edit(FlowEdit::Move { nodes: vec!["ok".to_owned()], dx: 30.0, dy: -50.0 }));
    assert_eq!(label(&it).map(|it| (it.x, it.y)), Some((40.0, -30.0)));
}
