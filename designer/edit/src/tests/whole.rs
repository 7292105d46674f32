//! The whole of BPMN on the canvas: every kind, lanes, data, folded subprocesses, copies, room, order.

use std::collections::BTreeSet;

use runtime::model::flow::ElementKind;

use super::{FLOW, check, element, flow, pack, selected};
use crate::allowed::{self, Forbidden};
use crate::clip::{self, Clip};
use crate::edit::{Edit, FlowEdit, Property, Side};
use crate::geometry::{Rect, point};
use crate::kind::{Family, Kind, Trigger};
use crate::scene::scene;
use crate::tree::{self, Line};
use crate::{Document, planes};

fn edit(it: FlowEdit) -> Edit {
    Edit::flow(FLOW, it)
}

fn rect(document: &Document, id: &str) -> Rect {
    document.diagram(FLOW).shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from).expect("drawn")
}

fn add(document: &mut Document, kind: Kind, x: f64, y: f64, on: Option<&str>) -> String {
    check(document, &edit(FlowEdit::Add { kind, at: point(x, y), on: on.map(str::to_owned), plane: None }));
    selected(document)
}

fn connect(document: &mut Document, source: &str, target: &str) -> String {
    check(document, &edit(FlowEdit::Connect { source: source.to_owned(), target: target.to_owned() }));
    selected(document)
}

#[test]
fn every_kind_can_be_put_on_the_canvas_and_is_drawn() {
    let mut it = pack();
    for kind in Kind::all().into_iter().filter(|it| !matches!(it, Kind::Lane | Kind::Pool)) {
        let on = (kind.family() == Family::Boundary).then_some("send");
        let id = add(&mut it, kind, 300.0, 900.0, on);
        let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
        assert_eq!(drawn.node(&id).map(|it| it.kind), Some(kind));
        check(&mut it, &edit(FlowEdit::Delete { ids: vec![id] }));
        assert!(it.undo().is_some() && it.undo().is_some());
    }
}

#[test]
fn every_kind_can_become_what_is_offered() {
    let kinds: Vec<Kind> = Kind::all();
    for kind in kinds.into_iter().filter(|it| !matches!(it, Kind::Lane | Kind::Pool)) {
        let mut it = pack();
        let on = (kind.family() == Family::Boundary).then_some("send");
        let id = add(&mut it, kind, 300.0, 900.0, on);
        for other in kind.replacements() {
            check(&mut it, &edit(FlowEdit::Replace { id: id.clone(), kind: other }));
            assert_eq!(Kind::of(&element(&it, &id).kind), Some(other));
            assert!(it.undo().is_some());
        }
    }
}

#[test]
fn lines_are_what_fits_between_their_ends() {
    let mut it = pack();
    let data = add(&mut it, Kind::DataObject, 300.0, 900.0, None);
    let store = add(&mut it, Kind::DataStore, 500.0, 900.0, None);
    let note = add(&mut it, Kind::Note, 700.0, 900.0, None);
    for (source, target, line) in [
        (data.as_str(), "check", Line::DataInput),
        ("check", store.as_str(), Line::DataOutput),
        (note.as_str(), "check", Line::Association),
        ("send", "check", Line::Sequence),
    ] {
        let id = connect(&mut it, source, target);
        assert_eq!(tree::link(flow(&it), &id).map(|it| it.line), Some(line), "{source} → {target}");
    }
    let input =
        tree::links(flow(&it)).iter().find(|it| it.line == Line::DataInput).map(|it| it.id.to_owned()).expect("there");
    check(&mut it, &edit(FlowEdit::Reconnect { id: input.clone(), source: None, target: Some("send".to_owned()) }));
    assert_eq!(element(&it, "send").data_input_associations.len(), 1);
    let wish = FlowEdit::Reconnect { id: input, source: None, target: Some(store) };
    assert_eq!(allowed::allowed(&it, &edit(wish)), Err(Forbidden::DataNeedsActivity));
    // With the data its value and its lines go.
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![data] }));
    assert!(element(&it, "send").data_input_associations.is_empty());
    assert!(!flow(&it).all().iter().any(|it| matches!(it.kind, ElementKind::DataObject { .. })));
}

#[test]
fn with_a_data_object_go_the_places_where_it_is_drawn() {
    let mut it = pack();
    let drawn = add(&mut it, Kind::DataObject, 300.0, 900.0, None);
    let ElementKind::DataObjectReference { data_object_ref: Some(object) } = element(&it, &drawn).kind.clone() else {
        panic!("a data object is drawn as a reference to it");
    };
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![object] }));
    assert!(tree::find(flow(&it), &drawn).is_none());
}

#[test]
fn compensation_is_led_to_its_handler_by_an_association() {
    let mut it = pack();
    let event = add(&mut it, Kind::Boundary(Trigger::Compensate), 0.0, 0.0, Some("send"));
    check(&mut it, &edit(FlowEdit::Append { after: event.clone(), kind: Kind::ServiceTask, at: None }));
    let handler = selected(&it);
    assert!(element(&it, &handler).is_for_compensation);
    let wish = edit(FlowEdit::Connect { source: handler, target: "check".to_owned() });
    assert_eq!(allowed::allowed(&it, &wish), Err(Forbidden::CompensationHasNoFlow));
}

#[test]
fn a_folded_subprocess_hides_what_is_inside_and_shows_it_on_its_own_plane() {
    let mut it = pack();
    let sub = add(&mut it, Kind::SubProcess, 400.0, 900.0, None);
    let first = add(&mut it, Kind::UserTask, 350.0, 900.0, Some(&sub));
    check(&mut it, &edit(FlowEdit::Append { after: first.clone(), kind: Kind::End(Trigger::None), at: None }));
    check(&mut it, &edit(FlowEdit::Fold { id: sub.clone() }));
    let drawn = |it: &Document, plane: Option<&str>| scene(flow(it), &it.diagram(FLOW), plane, &|it| it.name.clone());
    assert!(drawn(&it, None).node(&first).is_none());
    assert!(drawn(&it, None).node(&sub).is_some_and(|it| it.marks.folded));
    let inside = drawn(&it, Some(&sub));
    assert_eq!((inside.nodes.len(), inside.edges.len()), (2, 1));
    // What is added on the plane is inside, wherever it lands.
    check(
        &mut it,
        &edit(FlowEdit::Add { kind: Kind::ScriptTask, at: point(-500.0, -500.0), on: None, plane: Some(sub.clone()) }),
    );
    let added = selected(&it);
    assert_eq!(tree::parent(flow(&it), &added), Some(sub.as_str()));
    let diagram = it.diagram(FLOW);
    assert_eq!(planes::planes(flow(&it), &diagram.shapes).get(added.as_str()), Some(&sub.as_str()));
    check(&mut it, &edit(FlowEdit::Fold { id: sub.clone() }));
    assert!(rect(&it, &sub).encloses(&rect(&it, &added)) && rect(&it, &sub).encloses(&rect(&it, &first)));
}

#[test]
fn lanes_come_as_two_and_take_the_nodes_that_stand_in_them() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::AddLane { beside: None, above: false }));
    assert_eq!(flow(&it).lanes.len(), 2);
    let (upper, lower) = (flow(&it).lanes[0].id.clone(), flow(&it).lanes[1].id.clone());
    assert!(flow(&it).lanes[0].flow_node_refs.len() > 6 && flow(&it).lanes[1].flow_node_refs.is_empty());
    let down = rect(&it, &lower).centre().y - rect(&it, "send").centre().y;
    check(&mut it, &edit(FlowEdit::Move { nodes: vec!["send".to_owned()], dx: 0.0, dy: down }));
    assert_eq!(flow(&it).lanes[1].flow_node_refs, ["send".into()]);
    check(&mut it, &edit(FlowEdit::Set { id: lower.clone(), property: Property::Role(Some("boss".into())) }));
    check(&mut it, &edit(FlowEdit::Rename { id: lower.clone(), name: "Sales".to_owned() }));
    let was = rect(&it, &lower);
    let taller = Rect { height: rect(&it, &upper).height + 50.0, ..rect(&it, &upper) };
    check(&mut it, &edit(FlowEdit::Resize { to: vec![(upper.clone(), taller)] }));
    assert_eq!(rect(&it, &lower), Rect { y: was.y + 50.0, height: was.height - 50.0, ..was });
    check(&mut it, &edit(FlowEdit::AddLane { beside: Some(upper.clone()), above: false }));
    assert_eq!(flow(&it).lanes.len(), 3);
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![lower] }));
    assert!(flow(&it).lanes.iter().any(|it| it.flow_node_refs.contains(&"send".into())));
}

#[test]
fn a_copy_travels_as_text_into_another_flow() {
    let mut it = pack();
    let ids: BTreeSet<String> = ["check", "ok", "late"].map(str::to_owned).into();
    let text = clip::copy(&it, FLOW, &ids).expect("something").text();
    let read = Clip::read(&text).expect("ours");
    assert!(Clip::read("{\"format\": \"other\"}").is_none() && Clip::read("no JSON").is_none());
    let (before, lines) = (flow(&it).all().len(), tree::links(flow(&it)).len());
    check(&mut it, &edit(FlowEdit::Paste { clip: Box::new(read), at: point(500.0, 1200.0), plane: None }));
    // Two nodes, the event on one of them, the two flows between them: with new ids.
    assert_eq!(flow(&it).all().len(), before + 5);
    assert_eq!(tree::links(flow(&it)).len(), lines + 2);
    assert_eq!(it.selection.len(), 2);
}

#[test]
fn a_copied_subprocess_brings_its_inside_and_its_definitions() {
    let mut it = pack();
    let sub = add(&mut it, Kind::SubProcess, 400.0, 900.0, None);
    add(&mut it, Kind::Catch(Trigger::Message), 350.0, 900.0, Some(&sub));
    check(&mut it, &edit(FlowEdit::Duplicate { ids: vec![sub.clone()] }));
    let copy = selected(&it);
    assert_ne!(copy, sub);
    assert_eq!(element(&it, &copy).inside().len(), 1);
    assert_eq!(flow(&it).messages.len(), 1, "the same message is named");
}

#[test]
fn things_are_brought_into_line_and_kept_at_even_distances() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Move { nodes: vec!["send".to_owned()], dx: 13.0, dy: 47.0 }));
    let nodes: Vec<String> = ["check", "ok", "send"].map(str::to_owned).into();
    check(&mut it, &edit(FlowEdit::Align { nodes: nodes.clone(), side: Side::Middle }));
    let middles: Vec<f64> = nodes.iter().map(|id| rect(&it, id).centre().y.round()).collect();
    assert!(middles.iter().all(|it| (it - middles[0]).abs() <= 1.0), "{middles:?}");
    check(&mut it, &edit(FlowEdit::Distribute { nodes, flat: true }));
    let gaps = [rect(&it, "ok").x - rect(&it, "check").right(), rect(&it, "send").x - rect(&it, "ok").right()];
    assert!((gaps[0] - gaps[1]).abs() <= 1.0, "{gaps:?}");
}

#[test]
fn room_is_made_and_taken_back() {
    let mut it = pack();
    let (start, send) = (rect(&it, "start"), rect(&it, "send"));
    let at = point(rect(&it, "ok").x - 5.0, 0.0);
    check(&mut it, &edit(FlowEdit::Space { at, by: 100.0, flat: true, plane: None }));
    assert_eq!((rect(&it, "start"), rect(&it, "send")), (start, send.moved(100.0, 0.0)));
    check(&mut it, &edit(FlowEdit::Space { at, by: -100.0, flat: true, plane: None }));
    assert_eq!(rect(&it, "send"), send);
}

#[test]
fn a_lone_node_moved_onto_a_flow_is_put_into_it() {
    let mut it = pack();
    let id = add(&mut it, Kind::ScriptTask, 300.0, 900.0, None);
    check(&mut it, &edit(FlowEdit::Insert { id: id.clone(), on: "f_2".to_owned(), dx: 0.0, dy: -700.0 }));
    assert_eq!(super::ends(&it, "f_2"), ("check", id.as_str()));
    let wish = edit(FlowEdit::Insert { id, on: "f_1".to_owned(), dx: 0.0, dy: 0.0 });
    assert_eq!(allowed::allowed(&it, &wish), Err(Forbidden::AlreadyConnected));
}

#[test]
fn an_element_may_say_anything_of_itself_but_not_become_another() {
    let mut it = pack();
    let mut send = element(&it, "send").clone();
    send.completion_quantity = 2;
    check(&mut it, &edit(FlowEdit::Write { element: Box::new(send.clone()) }));
    send.kind = ElementKind::Task {};
    assert_eq!(allowed::allowed(&it, &edit(FlowEdit::Write { element: Box::new(send) })), Err(Forbidden::WrongType));
}

#[test]
fn what_the_checker_offers_mends_the_flow_on_the_canvas() {
    use runtime::check::{Verdict, one_flow};
    let mut it = pack();
    // A parallel fork whose ways meet in an exclusive join ends twice.
    check(&mut it, &edit(FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::Parallel }));
    let before = one_flow(flow(&it), "", 10_000).1;
    assert_eq!(before.verdict, Verdict::Broken);
    let fix = before.fixes.first().expect("a fix").clone();
    check(&mut it, &edit(FlowEdit::Mend { fix: Box::new(fix.clone()) }));
    let after = one_flow(flow(&it), "", 10_000).1;
    assert!(!fix.sound || after.verdict == Verdict::Sound, "{after:?}");
}

#[test]
fn a_file_takes_the_place_of_the_flow_and_can_be_taken_back() {
    let xml = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"><process id="other" name="Other"><startEvent id="a"/><userTask id="b" name="Do"/><endEvent id="c"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="b" targetRef="c"/></process></definitions>"#;
    let mut file = runtime::interchange::Document::read_xml(xml.as_bytes()).expect("BPMN");
    runtime::layout::complete(&mut file);
    let (other, layout) = file.into_flow(0).expect("a process");
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Import { flow: Box::new(other), layout: Box::new(layout) }));
    let now = flow(&it);
    assert_eq!((now.key.as_str(), now.id.as_str(), now.name.as_str(), now.all().len()), (FLOW, "p_1", "Approve", 5));
    assert_eq!(now.module.as_ref().map(|it| it.as_str()), Some("offer"));
}

#[test]
fn a_drawing_is_whole_until_something_has_no_shape_or_no_way() {
    use std::sync::Arc;

    use crate::document::{Address, Content};

    let mut it = pack();
    let diagram = it.diagram(FLOW);
    assert!(crate::arrange::is_whole(flow(&it), &diagram));
    let mut shapeless = diagram.clone();
    shapeless.shapes.retain(|it| it.element.as_str() != "send");
    assert!(!crate::arrange::is_whole(flow(&it), &shapeless));
    let mut wayless = diagram.clone();
    wayless.edges.truncate(wayless.edges.len() - 1);
    assert!(!crate::arrange::is_whole(flow(&it), &wayless));
    // Kept so it is drawn, and what is missing is still put in where it is asked for.
    let mut layout = it.layout(FLOW).map_or_else(Default::default, |it| it.as_ref().clone());
    layout.diagrams = vec![diagram.clone()];
    it.put(Address::Layout(FLOW.to_owned()), Some(Content::Layout(Arc::new(layout.clone()))));
    assert!(it.is_drawn(FLOW));
    layout.diagrams = vec![shapeless];
    it.put(Address::Layout(FLOW.to_owned()), Some(Content::Layout(Arc::new(layout))));
    assert!(!it.is_drawn(FLOW));
    assert!(crate::arrange::is_whole(flow(&it), &it.diagram(FLOW)));
}

#[test]
fn what_is_added_lies_in_a_subprocess_or_beside_it_not_across_its_border() {
    let mut it = pack();
    add(&mut it, Kind::SubProcess, 3000.0, 3000.0, None);
    let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
    let sub = drawn.nodes.iter().find(|it| it.family == Family::Sub && it.rect.x > 2000.0).unwrap().rect;
    let centre = sub.centre();
    for (x, y) in [(sub.x, centre.y), (centre.x, sub.y), (centre.x, sub.bottom()), (centre.x, sub.bottom() - 60.0)] {
        let own = Rect::around(drawn.free(point(x, y), 100.0, 80.0), 100.0, 80.0);
        assert!(sub.encloses(&own) || !sub.overlaps(&own), "{x} {y}: {own:?} in {sub:?}");
    }
}

#[test]
fn what_is_added_at_one_place_again_and_again_lies_over_nothing() {
    let mut it = pack();
    let before = it.diagram(FLOW).shapes.len();
    for _ in 0..5 {
        let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
        let (width, height) = Kind::UserTask.size();
        let at = crate::snap::to_grid(drawn.free(drawn.bounds.centre(), width, height));
        check(&mut it, &edit(FlowEdit::Add { kind: Kind::UserTask, at, on: None, plane: None }));
    }
    let drawn = scene(flow(&it), &it.diagram(FLOW), None, &|it| it.name.clone());
    let new: Vec<_> = it.diagram(FLOW).shapes.split_off(before).into_iter().map(|it| it.element.0).collect();
    assert_eq!(new.len(), 5);
    for id in &new {
        let own = drawn.node(id).unwrap().rect;
        let over = drawn.nodes.iter().find(|it| it.id != *id && !it.family.area() && it.rect.overlaps(&own));
        assert_eq!(over.map(|it| it.id.as_str()), None, "{id}");
    }
}
