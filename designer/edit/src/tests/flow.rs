//! Edits of a flow.

use runtime::model::flow::{ElementKind, EventDefinition, Outcome, UserTask};

use super::{FLOW, check, element, ends, flow, pack, selected};
use crate::allowed::{self, Forbidden};
use crate::edit::{Edit, FlowEdit, Property};
use crate::geometry::{Rect, point};
use crate::kind::{Kind, Trigger};
use crate::{Document, tree};

fn edit(it: FlowEdit) -> Edit {
    Edit::flow(FLOW, it)
}

fn no(document: &Document, it: FlowEdit, why: Forbidden) {
    assert_eq!(allowed::allowed(document, &edit(it.clone())), Err(why), "{it:?}");
}

fn rect(document: &Document, id: &str) -> Rect {
    document.diagram(FLOW).shapes.iter().find(|it| it.element.as_str() == id).map(Rect::from).expect("drawn")
}

#[test]
fn adding_puts_a_node_where_it_was_dropped() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Add { kind: Kind::UserTask, at: point(500.0, 700.0), on: None, plane: None }));
    let id = selected(&it);
    assert_eq!(rect(&it, &id).centre(), point(500.0, 700.0));
}

#[test]
fn a_node_dropped_on_an_arrow_is_put_into_it() {
    let mut it = pack();
    let (left, right) = (rect(&it, "check"), rect(&it, "ok"));
    let between = point((left.right() + right.x) / 2.0, left.centre().y);
    check(
        &mut it,
        &edit(FlowEdit::Add { kind: Kind::ScriptTask, at: between, on: Some("f_2".to_owned()), plane: None }),
    );
    let id = selected(&it);
    assert_eq!(ends(&it, "f_2"), ("check", id.as_str()));
    assert_eq!(tree::flows_between(flow(&it), &id, "ok").len(), 1);
    // What follows has made room.
    let [check, new, ok] = ["check", id.as_str(), "ok"].map(|id| rect(&it, id));
    assert!(check.right() < new.x && new.right() < ok.x, "{check:?} {new:?} {ok:?}");
    no(
        &it,
        FlowEdit::Add { kind: Kind::End(Trigger::None), at: point(0.0, 0.0), on: Some("f_2".to_owned()), plane: None },
        Forbidden::EndHasNoWayOut,
    );
    no(
        &it,
        FlowEdit::Add {
            kind: Kind::Start(Trigger::None),
            at: point(0.0, 0.0),
            on: Some("f_2".to_owned()),
            plane: None,
        },
        Forbidden::StartHasNoWayIn,
    );
}

#[test]
fn boundary_events_sit_on_activities_only() {
    let mut it = pack();
    check(
        &mut it,
        &edit(FlowEdit::Add {
            kind: Kind::Boundary(Trigger::Timer),
            at: point(0.0, 0.0),
            on: Some("send".to_owned()),
            plane: None,
        }),
    );
    no(
        &it,
        FlowEdit::Add { kind: Kind::Boundary(Trigger::Timer), at: point(0.0, 0.0), on: None, plane: None },
        Forbidden::NeedsActivity,
    );
    no(
        &it,
        FlowEdit::Add {
            kind: Kind::Boundary(Trigger::Timer),
            at: point(0.0, 0.0),
            on: Some("ok".to_owned()),
            plane: None,
        },
        Forbidden::NeedsActivity,
    );
}

#[test]
fn appending_connects_and_keeps_clear_of_others() {
    let mut it = pack();
    for kind in [
        Kind::UserTask,
        Kind::End(Trigger::None),
        Kind::Parallel,
        Kind::Note,
        Kind::Boundary(Trigger::Error),
        Kind::SubProcess,
    ] {
        check(&mut it, &edit(FlowEdit::Append { after: "check".to_owned(), kind, at: None }));
    }
    let places: Vec<Rect> =
        it.diagram(FLOW).shapes.iter().filter(|it| it.element.as_str().starts_with("task")).map(Rect::from).collect();
    assert_eq!(places.len(), 1);
    assert!(!places[0].overlaps(&rect(&it, "ok")));
    no(&it, FlowEdit::Append { after: "end".to_owned(), kind: Kind::UserTask, at: None }, Forbidden::EndHasNoWayOut);
}

#[test]
fn connections_obey_the_law() {
    let mut it = pack();
    let connect =
        |source: &str, target: &str| FlowEdit::Connect { source: source.to_owned(), target: target.to_owned() };
    check(&mut it, &edit(connect("send", "check")));
    no(&it, connect("send", "check"), Forbidden::AlreadyConnected);
    no(&it, connect("send", "send"), Forbidden::ToItself);
    no(&it, connect("send", "start"), Forbidden::StartHasNoWayIn);
    no(&it, connect("end", "send"), Forbidden::EndHasNoWayOut);
    no(&it, connect("send", "late"), Forbidden::BoundaryHasNoWayIn);
    no(&it, connect("send", "nowhere"), Forbidden::NotFound);
    check(&mut it, &edit(FlowEdit::Append { after: "ok".to_owned(), kind: Kind::EventBased, at: None }));
    let gateway = selected(&it);
    no(&it, connect(&gateway, "send"), Forbidden::NeedsEvent);
}

#[test]
fn a_way_led_elsewhere_is_no_default_any_more() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Reconnect { id: "f_no".to_owned(), source: Some("send".to_owned()), target: None }));
    assert_eq!(ends(&it, "f_no"), ("send", "check"));
    assert_eq!((&element(&it, "ok").kind, &element(&it, "ok").default), (&ElementKind::ExclusiveGateway {}, &None));
}

#[test]
fn moving_takes_boundary_events_along_and_keeps_arrows_docked() {
    let mut it = pack();
    let (was, event) = (rect(&it, "check"), rect(&it, "late"));
    check(&mut it, &edit(FlowEdit::Move { nodes: vec!["check".to_owned()], dx: 40.0, dy: 60.0 }));
    assert_eq!(rect(&it, "check"), was.moved(40.0, 60.0));
    assert_eq!(rect(&it, "late"), event.moved(40.0, 60.0));
    let diagram = it.diagram(FLOW);
    for (id, source, target) in tree::flows(flow(&it)) {
        let line = &diagram.edges.iter().find(|it| it.element.as_str() == id).expect("drawn").waypoints;
        assert!(rect(&it, source).grown(1.0).contains(line[0]), "{id} leaves {source}: {line:?}");
        assert!(rect(&it, target).grown(1.0).contains(line[line.len() - 1]), "{id} reaches {target}: {line:?}");
    }
}

#[test]
fn deleting_heals_a_single_gap() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Delete { ids: vec!["send".to_owned()] }));
    assert_eq!(ends(&it, "f_yes"), ("ok", "end"));
    assert!(tree::find(flow(&it), "f_3").is_none());
}

#[test]
fn deleting_a_task_takes_its_events_and_references_along() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Delete { ids: vec!["check".to_owned()] }));
    assert!(tree::find(flow(&it), "late").is_none());
    let ElementKind::UserTask(send) = &element(&it, "send").kind else { panic!("a task") };
    assert!(send.return_to.is_empty() && send.performer.not_same_as.is_empty());
    assert_eq!((&element(&it, "ok").kind, &element(&it, "ok").default), (&ElementKind::ExclusiveGateway {}, &None));
}

#[test]
fn replacing_keeps_name_arrows_and_what_both_have() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::Inclusive }));
    assert_eq!(
        (&element(&it, "ok").kind, element(&it, "ok").default.as_ref().map(|it| it.as_str())),
        (&ElementKind::InclusiveGateway {}, Some("f_no"))
    );
    assert_eq!(element(&it, "ok").name, "OK?");
    check(&mut it, &edit(FlowEdit::Replace { id: "late".to_owned(), kind: Kind::Boundary(Trigger::Message) }));
    assert!(matches!(&element(&it, "late").kind, ElementKind::BoundaryEvent { cancel_activity: false, .. }));
    no(&it, FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::UserTask }, Forbidden::CannotBecome);
}

#[test]
fn properties_are_set_where_they_exist() {
    let mut it = pack();
    let set = |id: &str, property: Property| FlowEdit::Set { id: id.to_owned(), property };
    let task = UserTask {
        due: Some("2bh".to_owned()),
        outcomes: vec![Outcome { id: "done".to_owned(), title: "Done".to_owned(), ..Outcome::default() }],
        ..UserTask::default()
    };
    check(&mut it, &edit(set("send", Property::UserTask(Box::new(task)))));
    check(&mut it, &edit(set("send", Property::Stage(Some("a".to_owned())))));
    check(&mut it, &edit(set("send", Property::Documentation("Why".to_owned()))));
    check(&mut it, &edit(set("f_yes", Property::Default(true))));
    assert_eq!(
        (&element(&it, "ok").kind, element(&it, "ok").default.as_ref().map(|it| it.as_str())),
        (&ElementKind::ExclusiveGateway {}, Some("f_yes"))
    );
    assert!(matches!(&element(&it, "f_yes").kind, ElementKind::SequenceFlow { condition_expression: None, .. }));
    check(&mut it, &edit(set("f_no", Property::Condition(Some("data.amount > 5".to_owned())))));
    check(&mut it, &edit(set("late", Property::Interrupting(true))));
    let timer = EventDefinition::Timer { time_date: None, time_duration: Some("PT5M".to_owned()), time_cycle: None };
    check(&mut it, &edit(set("late", Property::Event(timer))));
    no(&it, set("ok", Property::Condition(None)), Forbidden::WrongType);
}

#[test]
fn the_rest_is_done_and_undone_too() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Rename { id: "send".to_owned(), name: "Send it".to_owned() }));
    check(&mut it, &edit(FlowEdit::Resize { to: vec![("send".to_owned(), Rect::new(700.0, 90.0, 180.0, 100.0))] }));
    check(
        &mut it,
        &edit(FlowEdit::Bend {
            id: "f_3".to_owned(),
            line: vec![point(0.0, 0.0), point(50.0, 0.0), point(50.0, 80.0)],
        }),
    );
    check(&mut it, &edit(FlowEdit::Duplicate { ids: vec!["check".to_owned(), "ok".to_owned()] }));
    assert_eq!(it.selection.len(), 2);
    check(&mut it, &edit(FlowEdit::Title { name: "Approval".to_owned() }));
    check(&mut it, &edit(FlowEdit::Describe { documentation: "How offers are approved".to_owned() }));
    check(&mut it, &edit(FlowEdit::Arrange { ids: Vec::new() }));
    no(&it, FlowEdit::Move { nodes: Vec::new(), dx: 1.0, dy: 1.0 }, Forbidden::NothingChosen);
}

#[test]
fn a_lone_node_dropped_into_a_subprocess_belongs_to_it() {
    let mut it = pack();
    check(&mut it, &edit(FlowEdit::Add { kind: Kind::SubProcess, at: point(400.0, 900.0), on: None, plane: None }));
    let sub = selected(&it);
    check(
        &mut it,
        &edit(FlowEdit::Add { kind: Kind::UserTask, at: point(400.0, 900.0), on: Some(sub.clone()), plane: None }),
    );
    let inner = selected(&it);
    assert_eq!(tree::parent(flow(&it), &inner), Some(sub.as_str()));
    no(&it, FlowEdit::Connect { source: "send".to_owned(), target: inner.clone() }, Forbidden::AcrossSubProcess);
    check(&mut it, &edit(FlowEdit::Move { nodes: vec![inner.clone()], dx: 600.0, dy: 0.0 }));
    assert_eq!(tree::parent(flow(&it), &inner), None);
    check(&mut it, &edit(FlowEdit::Move { nodes: vec![inner.clone()], dx: -600.0, dy: 0.0 }));
    assert_eq!(tree::parent(flow(&it), &inner), Some(sub.as_str()));
    check(&mut it, &edit(FlowEdit::Delete { ids: vec![sub] }));
    assert!(tree::find(flow(&it), &inner).is_none());
}

#[test]
fn more_than_two_hundred_steps_can_be_taken_back() {
    let mut it = pack();
    let first = it.clone();
    for turn in 0..250 {
        let name = format!("Name {turn}");
        it.apply(&edit(FlowEdit::Rename { id: "send".to_owned(), name })).expect("allowed");
    }
    for _ in 0..250 {
        assert!(it.undo().is_some_and(|it| it.verb == "rename"));
    }
    assert!(it.undo().is_none() && it.same(&first));
    assert!(it.files().is_empty(), "back where it began: nothing to save");
}
