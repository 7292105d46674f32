//! Pools around the flow and beside it, and messages between them: each edit done, undone, done again.

use std::collections::BTreeSet;

use runtime::model::flow::Participant;

use super::{FLOW, check, element, flow, pack, selected};
use crate::allowed::{self, Forbidden};
use crate::document::Document;
use crate::edit::{Edit, FlowEdit, Property};
use crate::geometry::{Rect, point};
use crate::kind::{Kind, Trigger};
use crate::scene::scene;
use crate::tool::{Hit, Pointer, Tool, hit};
use crate::tree::{self, Line};
use crate::{clip, pools};

fn edit(it: FlowEdit) -> Edit {
    Edit::flow(FLOW, it)
}

fn add(document: &mut Document, y: f64) -> String {
    check(document, &edit(FlowEdit::Add { kind: Kind::Pool, at: point(300.0, y), on: None, plane: None }));
    selected(document)
}

/// The flow in its pool, with somebody below it.
fn trade() -> (Document, String, String) {
    let mut it = pack();
    let own = add(&mut it, 0.0);
    let other = add(&mut it, 2_000.0);
    check(&mut it, &edit(FlowEdit::Rename { id: other.clone(), name: "Customer".to_owned() }));
    (it, own, other)
}

fn rect(document: &Document, id: &str) -> Rect {
    document
        .diagram(FLOW)
        .shapes
        .iter()
        .find(|it| it.element.as_str() == id)
        .map(Rect::from)
        .unwrap_or_else(|| panic!("no {id}"))
}

fn message(document: &mut Document, source: &str, target: &str) -> String {
    check(document, &edit(FlowEdit::Connect { source: source.to_owned(), target: target.to_owned() }));
    let link = tree::messages(flow(document)).find(|it| it.source == source && it.target == target).expect("a message");
    link.id.to_owned()
}

fn way(document: &Document, id: &str) -> Vec<runtime::model::layout::Point> {
    document.diagram(FLOW).edges.iter().find(|it| it.element.as_str() == id).expect("drawn").waypoints.clone()
}

#[test]
fn the_first_pool_wraps_the_flow_and_the_next_stands_beside_it() {
    let (it, own, other) = trade();
    assert!(pools::is_own(flow(&it), &own) && !pools::is_own(flow(&it), &other));
    let names: Vec<&str> =
        flow(&it).collaboration.iter().flat_map(|it| &it.participants).map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Approve", "Customer"]);
    let (inner, beside) = (rect(&it, &own), rect(&it, &other));
    for id in ["start", "check", "late", "end"] {
        assert!(inner.encloses(&rect(&it, id)), "{id}");
    }
    assert!(beside.y > inner.bottom() && beside.x == inner.x && beside.width == inner.width);
}

#[test]
fn what_a_line_is_follows_from_its_ends() {
    let (mut it, own, other) = trade();
    let id = message(&mut it, "remind", &other);
    assert_eq!(tree::link(flow(&it), &id).map(|it| it.line), Some(Line::Message));
    // Straight across, on the border of both.
    let line = way(&it, &id);
    assert!(line.len() >= 2 && (line.last().expect("an end").y - rect(&it, &other).y).abs() < 1.0, "{line:?}");
    message(&mut it, &other, "check");
    let may = |source: &str, target: &str| {
        allowed::allowed(&it, &edit(FlowEdit::Connect { source: source.to_owned(), target: target.to_owned() }))
    };
    assert_eq!(may("remind", &other), Err(Forbidden::AlreadyConnected));
    assert_eq!(may("remind", &own), Err(Forbidden::SamePool));
    assert_eq!(may("ok", &other), Err(Forbidden::MessageNeedsEvent));
    assert_eq!(may("end", &other), Err(Forbidden::MessageNeedsEvent));
    assert_eq!(may(&other, "start"), Err(Forbidden::MessageNeedsEvent));
    assert_eq!(may(&own, &other), Ok(()));
    assert_eq!(may("remind", "send"), Ok(()), "inside the pool it is a sequence flow");
}

#[test]
fn a_message_says_what_its_event_says_and_goes_when_it_may_no_longer_be() {
    let (mut it, _, other) = trade();
    check(&mut it, &edit(FlowEdit::Replace { id: "end".to_owned(), kind: Kind::End(Trigger::Message) }));
    let id = message(&mut it, "end", &other);
    let said =
        |it: &Document| flow(it).collaboration.as_ref().and_then(|it| it.message_flows.last()?.message_ref.clone());
    assert_eq!(said(&it), pools::message_of(element(&it, "end")));
    check(&mut it, &edit(FlowEdit::Message { id: id.clone(), name: "Offer".to_owned() }));
    let named = said(&it).and_then(|id| flow(&it).messages.iter().find(|it| it.id == id).map(|it| it.name.clone()));
    assert_eq!(named.as_deref(), Some("Offer"));
    check(&mut it, &edit(FlowEdit::Rename { id: id.clone(), name: "sends it".to_owned() }));
    check(&mut it, &edit(FlowEdit::Replace { id: "end".to_owned(), kind: Kind::End(Trigger::None) }));
    assert!(tree::link(flow(&it), &id).is_none());
    let again = message(&mut it, "remind", &other);
    check(&mut it, &edit(FlowEdit::Delete { ids: vec!["remind".to_owned()] }));
    assert!(tree::link(flow(&it), &again).is_none());
}

#[test]
fn a_pool_moves_with_what_is_in_it_and_messages_are_led_anew() {
    let (mut it, own, other) = trade();
    let id = message(&mut it, "remind", &other);
    let (before, start) = (way(&it, "f_1"), rect(&it, "start"));
    check(&mut it, &edit(FlowEdit::Move { nodes: vec![own.clone(), "start".to_owned()], dx: 50.0, dy: 0.0 }));
    assert_eq!(rect(&it, "start"), start.moved(50.0, 0.0), "what is in it moves once");
    assert_eq!(way(&it, "f_1")[0].x, before[0].x + 50.0);
    check(&mut it, &edit(FlowEdit::Move { nodes: vec![other.clone()], dx: 0.0, dy: 90.0 }));
    assert!((way(&it, &id).last().expect("an end").y - rect(&it, &other).y).abs() < 1.0);
    // A node that is moved out makes the pool larger, and the other gives way.
    let before = rect(&it, &own);
    check(&mut it, &edit(FlowEdit::Move { nodes: vec!["end".to_owned()], dx: 0.0, dy: 400.0 }));
    assert!(rect(&it, &own).bottom() > before.bottom());
    assert!(rect(&it, &other).y >= rect(&it, &own).bottom());
}

#[test]
fn lanes_fill_the_pool_and_follow_its_size() {
    let (mut it, own, _) = trade();
    check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
    let lanes: Vec<Rect> = flow(&it).lanes.iter().map(|lane| rect(&it, &lane.id)).collect();
    let pool = rect(&it, &own);
    assert_eq!((lanes[0].x, lanes[0].right(), lanes[1].bottom()), (pool.x + 30.0, pool.right(), pool.bottom()));
    let to = Rect { width: pool.width + 100.0, height: pool.height + 60.0, ..pool };
    check(&mut it, &edit(FlowEdit::Resize { to: vec![(own.clone(), to)] }));
    let lanes: Vec<Rect> = flow(&it).lanes.iter().map(|lane| rect(&it, &lane.id)).collect();
    assert_eq!((lanes[0].right(), lanes[1].bottom()), (to.right(), to.bottom()));
    assert_eq!(rect(&it, &own), to);
}

#[test]
fn lanes_reach_to_the_borders_of_a_pool_that_has_grown() {
    for turned in [false, true] {
        let (mut it, own, _) = trade();
        check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
        if turned {
            check(&mut it, &edit(FlowEdit::Turn));
        }
        let before = rect(&it, &own);
        for (id, dx, dy) in [("end", 900.0, 0.0), ("remind", 0.0, 900.0), ("start", -300.0, -300.0)] {
            check(&mut it, &edit(FlowEdit::Move { nodes: vec![id.to_owned()], dx, dy }));
            let pool = rect(&it, &own);
            let lanes =
                flow(&it).lanes.iter().map(|lane| rect(&it, &lane.id)).reduce(|a, b| a.union(&b)).expect("lanes");
            let inside = if turned {
                Rect { y: pool.y + 30.0, height: pool.height - 30.0, ..pool }
            } else {
                Rect { x: pool.x + 30.0, width: pool.width - 30.0, ..pool }
            };
            assert_eq!(lanes, inside, "{id}, turned: {turned}");
            let held = flow(&it).lanes.iter().any(|it| it.flow_node_refs.iter().any(|it| it.as_str() == id));
            assert!(held, "{id} stands in a lane");
        }
        assert_ne!(rect(&it, &own), before);
    }
}

#[test]
fn the_flows_own_pool_goes_last_and_leaves_the_flow() {
    let (mut it, own, other) = trade();
    let count = flow(&it).all().len();
    message(&mut it, "remind", &other);
    let delete = |ids: &[&String]| edit(FlowEdit::Delete { ids: ids.iter().map(|it| (*it).clone()).collect() });
    assert_eq!(allowed::allowed(&it, &delete(&[&own])), Err(Forbidden::OwnPoolLast));
    let mut both = it.clone();
    check(&mut both, &delete(&[&own, &other]));
    assert!(flow(&both).collaboration.is_none() && flow(&both).all().len() == count);
    check(&mut it, &delete(&[&other]));
    assert_eq!(tree::messages(flow(&it)).count(), 0);
    check(&mut it, &delete(&[&own]));
    assert!(flow(&it).collaboration.is_none() && flow(&it).all().len() == count);
}

#[test]
fn pools_and_their_messages_are_copied() {
    let (mut it, _, other) = trade();
    message(&mut it, "remind", &other);
    let copied = clip::copy(&it, FLOW, &["remind".to_owned(), other.clone()].into()).expect("something");
    let copied = clip::Clip::read(&copied.text()).expect("a clip");
    check(&mut it, &edit(FlowEdit::Paste { clip: Box::new(copied.clone()), at: point(400.0, 3_000.0), plane: None }));
    assert_eq!(flow(&it).collaboration.as_ref().map(|it| it.participants.len()), Some(3));
    assert_eq!(tree::messages(flow(&it)).count(), 2);
    // Where there are no pools yet the flow gets its own.
    let mut bare = pack();
    check(&mut bare, &edit(FlowEdit::Paste { clip: Box::new(copied), at: point(400.0, 3_000.0), plane: None }));
    assert_eq!(flow(&bare).collaboration.as_ref().map(|it| it.participants.len()), Some(2));
    assert!(pools::own(flow(&bare)).is_some());
}

#[test]
fn a_pool_may_stand_for_another_flow_of_the_pack() {
    let (mut it, own, other) = trade();
    check(&mut it, &edit(FlowEdit::Pool { id: other.clone(), flow: Some("deliver".into()) }));
    let stands = |it: &Document| pools::pool(flow(it), &other).and_then(|it| it.process.clone());
    assert_eq!(stands(&it), Some("deliver".into()));
    let wish = |id: &String, to: &str| edit(FlowEdit::Pool { id: id.clone(), flow: Some(to.into()) });
    assert_eq!(allowed::allowed(&it, &wish(&own, "deliver")), Err(Forbidden::WrongType));
    assert_eq!(allowed::allowed(&it, &wish(&other, FLOW)), Err(Forbidden::WrongType));
}

const FILE: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x">
  <message id="M" name="Order"/>
  <collaboration id="C"><participant id="P1" name="Shop" processRef="A"/><participant id="P2" name="Customer" processRef="B"/><participant id="P3" name="Bank"/>
    <messageFlow id="F1" sourceRef="ask" targetRef="take" messageRef="M"/><messageFlow id="F2" sourceRef="P1" targetRef="P3"/></collaboration>
  <process id="A" name="Sell"><startEvent id="a"/><receiveTask id="take" messageRef="M"/><endEvent id="e"/><sequenceFlow id="s2" sourceRef="a" targetRef="take"/><sequenceFlow id="s3" sourceRef="take" targetRef="e"/></process>
  <process id="B"><laneSet id="L"><lane id="l1" name="Buyer"><flowNodeRef>b</flowNodeRef><flowNodeRef>ask</flowNodeRef></lane></laneSet><startEvent id="b"/><sendTask id="ask" messageRef="M"/><sequenceFlow id="s1" sourceRef="b" targetRef="ask"/></process>
</definitions>"#;

/// The flow of a file with three pools.
fn imported() -> Document {
    let mut file = runtime::interchange::Document::read_xml(FILE.as_bytes()).expect("BPMN");
    runtime::layout::complete(&mut file);
    let (flow, layout) = file.into_flow(0).expect("a process");
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Import { flow: Box::new(flow), layout: Box::new(layout) }));
    it
}

#[test]
fn a_file_with_several_pools_keeps_them_and_gives_them_back() {
    let it = imported();
    assert_eq!(pools::own(flow(&it)).map(|it| it.id.as_str()), Some("P1"));
    let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
    for id in ["P1", "P2", "P3", "l1", "ask", "take"] {
        assert!(drawn.node(id).is_some(), "{id} is drawn");
    }
    assert_eq!(
        drawn.nodes.iter().filter(|it| it.foreign).map(|it| it.id.as_str()).collect::<BTreeSet<_>>(),
        ["ask", "b", "l1"].into()
    );
    assert!(["s1", "s2", "F1", "F2"].iter().all(|id| drawn.edge(id).is_some()));
    let layout = it.layout(FLOW).expect("drawn").as_ref().clone();
    let xml = runtime::interchange::Document::of_flow(flow(&it).clone(), layout).write_xml();
    let again = runtime::interchange::Document::read_xml(xml.as_bytes()).expect("BPMN");
    assert_eq!((again.flows.len(), again.collaborations.len()), (2, 1));
    let around = &again.collaborations[0];
    assert_eq!((around.participants.len(), around.message_flows.len()), (3, 2));
    assert!(
        around
            .participants
            .iter()
            .any(|it: &Participant| it.id == "P1" && it.process.as_ref().is_some_and(|it| it.as_str() == FLOW))
    );
}

#[test]
fn laid_out_anew_pools_stay_around_and_beside_the_flow() {
    let (mut it, own, other) = trade();
    message(&mut it, "remind", &other);
    check(&mut it, &edit(FlowEdit::Arrange { ids: Vec::new() }));
    let (pool, beside) = (rect(&it, &own), rect(&it, &other));
    assert!(pool.encloses(&rect(&it, "check")) && !pool.overlaps(&beside) && beside.width > 300.0);
}

#[test]
fn what_another_pool_holds_is_shown_and_moves_with_it() {
    let mut it = imported();
    let may = |it: &Document, wish: FlowEdit| allowed::allowed(it, &edit(wish));
    assert_eq!(may(&it, FlowEdit::Rename { id: "ask".to_owned(), name: "x".to_owned() }), Err(Forbidden::OtherPool));
    assert_eq!(may(&it, FlowEdit::Delete { ids: vec!["ask".to_owned()] }), Err(Forbidden::OtherPool));
    assert_eq!(may(&it, FlowEdit::Move { nodes: vec!["ask".to_owned()], dx: 9.0, dy: 0.0 }), Err(Forbidden::OtherPool));
    // Dragged, its pool moves.
    let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
    let at = rect(&it, "ask").centre();
    assert_eq!(hit(&drawn, at, 4.0), Hit::Node("ask".to_owned()));
    let mut tool = Tool::Idle;
    let mut edits = Vec::new();
    for pointer in [
        Pointer::Down { at, on: Hit::Node("ask".to_owned()), shift: false },
        Pointer::Move { at: point(at.x + 40.0, at.y + 400.0), zoom: 1.0 },
        Pointer::Up { at: point(at.x + 40.0, at.y + 400.0) },
    ] {
        let (next, outcome) = tool.next(&pointer, &it, FLOW, &drawn);
        (tool, edits) = (next, outcome.edits);
    }
    let (before, line) = (rect(&it, "ask"), way(&it, "s1"));
    let [Edit::Flow { edit: FlowEdit::Move { nodes, dx, dy }, .. }] = &edits[..] else { panic!("{edits:?}") };
    assert_eq!(nodes, &["P2"]);
    let (dx, dy) = (*dx, *dy);
    check(&mut it, &edits[0].clone());
    assert_eq!(rect(&it, "ask"), before.moved(dx, dy));
    assert_eq!(way(&it, "s1")[0].x, line[0].x + dx);
    check(&mut it, &edit(FlowEdit::Delete { ids: vec!["P2".to_owned()] }));
    let left = flow(&it).collaboration.as_ref().expect("the others");
    assert!(left.processes.is_empty() && left.message_flows.len() == 1);
}

#[test]
fn a_pool_that_is_closed_keeps_its_messages() {
    let mut it = imported();
    let fold = |id: &str| edit(FlowEdit::Fold { id: id.to_owned() });
    for id in ["P1", "P3", "take"] {
        assert_eq!(allowed::allowed(&it, &fold(id)), Err(Forbidden::WrongType), "{id}");
    }
    let was = rect(&it, "P2");
    check(&mut it, &fold("P2"));
    let around = flow(&it).collaboration.as_ref().expect("pools");
    assert!(around.processes.is_empty() && pools::pool(flow(&it), "P2").is_some_and(|it| it.process.is_none()));
    let sent = around.message_flows.iter().find(|it| it.id == "F1").expect("the message");
    assert_eq!((sent.source_ref.as_str(), sent.target_ref.as_str()), ("P2", "take"));
    let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
    assert!(["ask", "b", "l1"].iter().all(|id| drawn.node(id).is_none()) && drawn.edge("s1").is_none());
    let (pool, line) = (rect(&it, "P2"), way(&it, "F1"));
    assert!(pool.height < was.height && pool.width == was.width, "{was:?} {pool:?}");
    let docks =
        |rect: Rect, at: runtime::model::layout::Point| rect.grown(1.5).contains(at) && !rect.grown(-1.5).contains(at);
    assert!(docks(pool, line[0]) && docks(rect(&it, "take"), line[line.len() - 1]), "{line:?} {pool:?}");
}

#[test]
fn pools_and_lanes_stand_and_lie_again() {
    let (mut it, own, other) = trade();
    check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
    let lanes = |it: &Document| -> Vec<String> { flow(it).lanes.iter().map(|it| it.id.clone()).collect() };
    let names: Vec<String> = lanes(&it);
    assert_eq!(names.len(), 2);
    let nodes: Vec<String> =
        flow(&it).flow_elements.iter().filter(|it| it.kind.is_node()).map(|it| it.id.0.clone()).collect();
    let lane_of = |it: &Document, node: &str| {
        flow(it).lanes.iter().find(|it| it.flow_node_refs.iter().any(|it| it.as_str() == node)).map(|it| it.id.clone())
    };
    let homes: Vec<_> = nodes.iter().map(|node| lane_of(&it, node)).collect();
    check(&mut it, &edit(FlowEdit::Turn));
    let standing = |it: &Document, id: &str| {
        let diagram = it.diagram(FLOW);
        diagram.shapes.iter().find(|it| it.element.as_str() == id).and_then(|it| it.is_horizontal) == Some(false)
    };
    for id in names.iter().chain([&own, &other]) {
        assert!(standing(&it, id), "{id}");
    }
    let (pool, beside) = (rect(&it, &own), rect(&it, &other));
    assert!(pool.height > pool.width / 2.0 && beside.height > beside.width, "{pool:?} {beside:?}");
    assert!(beside.x >= pool.right(), "what ran below runs beside: {pool:?} {beside:?}");
    let (first, second) = (rect(&it, &names[0]), rect(&it, &names[1]));
    assert!(second.x >= first.right() - 1.0 && (first.y - second.y).abs() < 1.0, "side by side: {first:?} {second:?}");
    assert!(pool.encloses(&first) && pool.encloses(&second));
    for (node, home) in nodes.iter().zip(&homes) {
        assert!(pool.encloses(&rect(&it, node)), "{node} stands in its pool");
        assert_eq!(lane_of(&it, node), *home, "{node} keeps its lane");
    }
    for edge in &it.diagram(FLOW).edges {
        assert!(edge.waypoints.len() > 1, "{}", edge.element);
    }
    // Another lane comes at the right, pushes who stands there away, and goes again.
    check(&mut it, &edit(FlowEdit::AddLane { beside: Some(names[1].clone()), above: false }));
    let third = lanes(&it).into_iter().find(|it| !names.contains(it)).expect("a third");
    let (second, new) = (rect(&it, &names[1]), rect(&it, &third));
    assert!(standing(&it, &third) && (new.x - second.right()).abs() < 1.0 && (new.height - second.height).abs() < 1.0);
    assert!(rect(&it, &other).x >= rect(&it, &own).right(), "it made room");
    // Its border is moved: the neighbour gives.
    let wider = Rect { width: new.width + 40.0, ..new };
    check(&mut it, &edit(FlowEdit::Resize { to: vec![(third.clone(), wider)] }));
    assert!((rect(&it, &third).width - wider.width).abs() < 1.0);
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![third] }));
    // Laid out anew they still stand.
    check(&mut it, &edit(FlowEdit::Arrange { ids: Vec::new() }));
    assert!(standing(&it, &own) && standing(&it, &names[0]));
    for node in &nodes {
        assert!(rect(&it, &own).encloses(&rect(&it, node)), "{node} stands in its pool");
    }
    check(&mut it, &edit(FlowEdit::Turn));
    assert!(!standing(&it, &own) && !standing(&it, &other));
    let (pool, below) = (rect(&it, &own), rect(&it, &other));
    assert!(below.y >= pool.bottom() && pool.width > pool.height / 2.0, "{pool:?} {below:?}");
    for node in &nodes {
        assert!(pool.encloses(&rect(&it, node)), "{node} stands in its pool");
    }
    assert_eq!(allowed::allowed(&pack(), &edit(FlowEdit::Turn)), Err(Forbidden::NotFound), "nothing to turn");
}

#[test]
fn a_lane_that_grows_keeps_its_other_borders() {
    let mut it = super::pack();
    check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
    let lanes = |it: &Document| -> Vec<(String, Rect)> {
        flow(it).lanes.iter().map(|lane| (lane.id.clone(), rect(it, &lane.id))).collect()
    };
    let before = lanes(&it);
    let was = before[0].1;
    let to = Rect { height: was.height + 85.0, ..was };
    check(&mut it, &edit(FlowEdit::Resize { to: vec![(before[0].0.clone(), to)] }));
    let after = lanes(&it);
    assert_eq!(after[0].1, to);
    assert_eq!((after[1].1.x, after[1].1.right()), (was.x, was.right()));
    assert_eq!(after[1].1.y, to.bottom());
}

/// Lanes inside a lane share its borders, whatever is done to either.
#[test]
fn a_lane_is_divided_into_lanes_that_stay_inside() {
    for turned in [false, true] {
        let mut it = super::pack();
        check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
        if turned {
            check(&mut it, &edit(FlowEdit::Turn));
        }
        let [upper, lower] = [0, 1].map(|at| flow(&it).lanes[at].id.clone());
        let role = Property::Role(Some("boss".into()));
        check(&mut it, &edit(FlowEdit::Set { id: upper.clone(), property: role }));
        let nodes = flow(&it).lanes[0].flow_node_refs.len();
        let inner = |it: &Document, of: &str| -> Vec<(String, Rect)> {
            let own = flow(it).lanes.iter().filter(|it| it.parent.as_deref() == Some(of));
            own.map(|lane| (lane.id.clone(), rect(it, &lane.id))).collect()
        };
        let lying = |it: Rect| if turned { crate::standing::mirrored(it) } else { it };
        let fits = |it: &Document, what: &str| {
            let around = lying(rect(it, &upper));
            let parts: Vec<Rect> = inner(it, &upper).into_iter().map(|it| lying(it.1)).collect();
            let (first, last) =
                (parts.iter().map(|it| it.y).reduce(f64::min), parts.iter().map(|it| it.bottom()).reduce(f64::max));
            assert_eq!((first, last), (Some(around.y), Some(around.bottom())), "{what}");
            assert!(
                parts.iter().all(|it| it.x == around.x + 30.0 && it.right() == around.right()),
                "{what}: {parts:?}"
            );
            assert_eq!(lying(rect(it, &lower)).y, around.bottom(), "{what}: the next one begins where it ends");
        };
        check(&mut it, &edit(FlowEdit::DivideLane { id: upper.clone(), parts: 3 }));
        assert_eq!(inner(&it, &upper).len(), 3);
        assert!(flow(&it).lanes[0].flow_node_refs.is_empty(), "what stood in it stands in those");
        let stand: usize = flow(&it).lanes[2..].iter().map(|it| it.flow_node_refs.len()).sum();
        assert_eq!(stand, nodes);
        assert!(flow(&it).lanes[2..].iter().all(|it| it.role == Some("boss".into())), "who did it still does");
        fits(&it, "divided");
        let again = edit(FlowEdit::DivideLane { id: upper.clone(), parts: 2 });
        assert_eq!(allowed::allowed(&it, &again), Err(Forbidden::WrongType), "it has lanes already");
        // More at both ends, of the one inside and of the one around it.
        let [top, .., bottom] = &inner(&it, &upper)[..] else { panic!("three") };
        let (top, bottom) = (top.0.clone(), bottom.0.clone());
        check(&mut it, &edit(FlowEdit::AddLane { beside: Some(top.clone()), above: true }));
        fits(&it, "one above");
        check(&mut it, &edit(FlowEdit::AddLane { beside: Some(bottom.clone()), above: false }));
        fits(&it, "one below");
        let last = inner(&it, &upper).into_iter().max_by(|a, b| lying(a.1).y.total_cmp(&lying(b.1).y)).expect("one");
        for (id, by) in [(last.0, -40.0), (upper.clone(), 30.0), (upper.clone(), -500.0)] {
            let was = lying(rect(&it, &id));
            let to = lying(Rect { height: (was.height + by).max(30.0), ..was });
            check(&mut it, &edit(FlowEdit::Resize { to: vec![(id, to)] }));
            fits(&it, "resized");
        }
        // Without the one around them they stand in its place.
        let was = lying(rect(&it, &upper));
        let parts = inner(&it, &upper);
        check(&mut it, &edit(FlowEdit::Delete { ids: vec![upper.clone()] }));
        for (id, _) in parts {
            let now = lying(rect(&it, &id));
            assert!(now.x == was.x && now.right() == was.right());
        }
    }
}
