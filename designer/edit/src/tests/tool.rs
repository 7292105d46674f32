//! The pointer's states.

use std::collections::BTreeSet;

use super::{FLOW, pack};
use crate::Document;
use crate::allowed::Forbidden;
use crate::edit::{Edit, FlowEdit};
use crate::geometry::{Rect, point};
use crate::kind::{Kind, Trigger};
use crate::scene::{Scene, scene};
use crate::tool::{Hit, Outcome, Pointer, Tool, hit, hit_selected};

fn drawn(document: &Document) -> Scene {
    scene(document.flow(FLOW).expect("flow"), &document.diagram(FLOW), None, &|it| it.name.clone())
}

fn run(document: &Document, mut tool: Tool, steps: &[Pointer]) -> (Tool, Vec<Outcome>) {
    let scene = drawn(document);
    let mut outcomes = Vec::new();
    for it in steps {
        let (next, outcome) = tool.next(it, document, FLOW, &scene);
        tool = next;
        outcomes.push(outcome);
    }
    (tool, outcomes)
}

fn middle(document: &Document, id: &str) -> runtime::model::layout::Point {
    drawn(document).nodes.iter().find(|it| it.id == id).expect("drawn").rect.centre()
}

#[test]
fn a_click_selects_and_a_drag_moves_on_the_grid() {
    let document = pack();
    let at = middle(&document, "check");
    let down = Pointer::Down { at, on: hit(&drawn(&document), at, 5.0), shift: false };
    let (tool, outcomes) = run(&document, Tool::Idle, &[down.clone(), Pointer::Up { at }]);
    assert_eq!((tool, outcomes[1].select.clone()), (Tool::Idle, Some(BTreeSet::from(["check".to_owned()]))));
    let to = point(at.x + 33.0, at.y + 204.0);
    let (tool, outcomes) =
        run(&document, Tool::Idle, &[down, Pointer::Move { at: to, zoom: 1.0 }, Pointer::Up { at: to }]);
    assert_eq!(tool, Tool::Idle);
    let [Edit::Flow { edit: FlowEdit::Move { nodes, dx, dy }, .. }] = &outcomes[2].edits[..] else {
        panic!("{outcomes:?}")
    };
    assert_eq!(nodes, &["check".to_owned()]);
    let landed = point(at.x + dx, at.y + dy);
    assert!((landed.x - to.x).abs() <= 6.0 && (landed.y - to.y).abs() <= 6.0, "{landed:?}");
}

#[test]
fn connecting_says_why_not_before_the_drop() {
    let document = pack();
    let from = Tool::Connecting { source: "send".to_owned(), at: point(0.0, 0.0), to: None };
    let at = middle(&document, "start");
    let (tool, _) = run(&document, from.clone(), &[Pointer::Move { at, zoom: 1.0 }]);
    assert_eq!(tool, Tool::Connecting { source: "send".to_owned(), at, to: Some(Err(Forbidden::StartHasNoWayIn)) });
    let at = middle(&document, "check");
    let (tool, outcomes) = run(&document, from, &[Pointer::Move { at, zoom: 1.0 }, Pointer::Up { at }]);
    assert_eq!(tool, Tool::Idle);
    assert_eq!(
        outcomes[1].edits,
        [Edit::flow(FLOW, FlowEdit::Connect { source: "send".to_owned(), target: "check".to_owned() })]
    );
}

#[test]
fn a_new_node_over_an_arrow_is_put_into_it() {
    let document = pack();
    let scene = drawn(&document);
    let line = &scene.edges.iter().find(|it| it.id == "f_2").expect("drawn").line;
    let at = point((line[0].x + line[1].x) / 2.0, (line[0].y + line[1].y) / 2.0);
    let placing = Tool::Placing { kind: Kind::UserTask, at: point(0.0, 0.0), on: None, after: None };
    let (tool, outcomes) = run(&document, placing, &[Pointer::Move { at, zoom: 1.0 }, Pointer::Up { at }]);
    assert_eq!(tool, Tool::Idle);
    assert_eq!(
        outcomes[1].edits,
        [Edit::flow(FLOW, FlowEdit::Add { kind: Kind::UserTask, at, on: Some("f_2".to_owned()), plane: None })]
    );
}

#[test]
fn an_event_dropped_on_a_border_sits_there() {
    let document = pack();
    let rect = drawn(&document).node("send").expect("drawn").rect;
    let dropped = |kind: Kind, at| {
        let placing = Tool::Placing { kind, at: point(0.0, 0.0), on: None, after: None };
        run(&document, placing, &[Pointer::Move { at, zoom: 1.0 }, Pointer::Up { at }]).1[1].edits.clone()
    };
    let seat =
        |kind: Kind, at| [Edit::flow(FLOW, FlowEdit::Add { kind, at, on: Some("send".to_owned()), plane: None })];
    let (timer, below) = (Kind::Catch(Trigger::Timer), point(rect.x + 30.0, rect.bottom() + 6.0));
    assert_eq!(dropped(timer, below), seat(Kind::Boundary(Trigger::Timer), below));
    let corner = point(rect.x + 2.0, rect.y + 3.0);
    assert_eq!(dropped(timer, corner), seat(Kind::Boundary(Trigger::Timer), corner));
    // What throws sits nowhere, and further off it stands by itself.
    let throw = Kind::Throw(Trigger::Message);
    let [Edit::Flow { edit: FlowEdit::Add { kind, on: None, .. }, .. }] = &dropped(throw, below)[..] else {
        panic!("a throw event stands by itself")
    };
    assert_eq!(*kind, throw);
    let off = point(rect.x + 30.0, rect.bottom() + 300.0);
    let [Edit::Flow { edit: FlowEdit::Add { kind, on: None, .. }, .. }] = &dropped(timer, off)[..] else {
        panic!("it stands by itself")
    };
    assert_eq!(*kind, timer);
}

#[test]
fn a_bend_is_dragged_with_both_its_stretches() {
    let document = pack();
    let line: Vec<_> = [(0.0, 0.0), (100.0, 0.0), (100.0, 200.0), (300.0, 200.0)].map(|it| point(it.0, it.1)).into();
    let mut scene = drawn(&document);
    let edge = scene.edges.iter_mut().find(|it| it.id == "f_2").expect("drawn");
    edge.line = line;
    let drag = |from, to| {
        let down = Pointer::Down { at: from, on: Hit::Flow("f_2".to_owned()), shift: false };
        let mut tool = Tool::Idle;
        for it in [down, Pointer::Move { at: to, zoom: 1.0 }] {
            tool = tool.next(&it, &document, FLOW, &scene).0;
        }
        let Tool::Bending { line, .. } = tool else { panic!("{tool:?}") };
        line.iter().map(|it| (it.x, it.y)).collect::<Vec<_>>()
    };
    // A bend goes where the pointer goes, a stretch only across itself.
    let bent = drag(point(102.0, 198.0), point(152.0, 248.0));
    assert_eq!(bent, [(0.0, 0.0), (150.0, 0.0), (150.0, 250.0), (280.0, 250.0), (280.0, 200.0), (300.0, 200.0)]);
    let moved = drag(point(100.0, 100.0), point(150.0, 140.0));
    assert_eq!(moved, [(0.0, 0.0), (150.0, 0.0), (150.0, 200.0), (300.0, 200.0)]);
}

#[test]
fn shift_over_nothing_catches_and_escape_gives_up() {
    let document = pack();
    let whole = drawn(&document).bounds;
    let (from, at) = (point(whole.x - 50.0, whole.y - 50.0), point(whole.right() + 50.0, whole.bottom() + 50.0));
    let down = Pointer::Down { at: from, on: Hit::Nothing, shift: true };
    let lasso = [down.clone(), Pointer::Move { at, zoom: 1.0 }, Pointer::Up { at }];
    let (_, outcomes) = run(&document, Tool::Idle, &lasso);
    assert_eq!(outcomes[2].select.as_ref().map(BTreeSet::len), Some(8));
    let (tool, outcomes) = run(&document, Tool::Idle, &[down, Pointer::Move { at, zoom: 1.0 }, Pointer::Cancel]);
    assert_eq!((tool, outcomes[2].clone()), (Tool::Idle, Outcome::default()));
}

#[test]
fn a_finger_connects_without_having_moved_there() {
    let document = pack();
    let from = drawn(&document).node("send").expect("drawn").rect.centre();
    let begun = Tool::Connecting { source: "send".to_owned(), at: from, to: None };
    // The finger is lifted from the button far below, then comes down on another step.
    let (far, at) = (point(from.x, from.y + 900.0), middle(&document, "check"));
    let down = Pointer::Down { at, on: hit(&drawn(&document), at, 5.0), shift: false };
    let (tool, outcomes) = run(&document, begun.clone(), &[Pointer::Up { at: far }, down, Pointer::Up { at }]);
    assert_eq!(tool, Tool::Idle);
    let wanted = FlowEdit::Connect { source: "send".to_owned(), target: "check".to_owned() };
    assert_eq!(outcomes[2].edits, [Edit::flow(FLOW, wanted)]);
    // Beside everything it is given up; where nothing may lead it is said why not.
    let beside = Pointer::Down { at: far, on: Hit::Nothing, shift: false };
    let (tool, outcomes) = run(&document, begun.clone(), &[beside, Pointer::Up { at: far }]);
    assert_eq!((tool, outcomes[1].edits.len()), (Tool::Idle, 0));
    let at = middle(&document, "start");
    let down = Pointer::Down { at, on: Hit::Node("start".to_owned()), shift: false };
    let (_, outcomes) = run(&document, begun, &[down, Pointer::Up { at }]);
    assert_eq!(outcomes[1].refused, Some(Forbidden::StartHasNoWayIn));
}

#[test]
fn what_is_appended_lands_where_it_is_dropped() {
    let mut document = pack();
    let to = point(middle(&document, "check").x + 13.0, middle(&document, "check").y + 400.0);
    let begun = Tool::Placing { kind: Kind::UserTask, at: point(0.0, 0.0), on: None, after: Some("check".to_owned()) };
    let (tool, outcomes) = run(&document, begun, &[Pointer::Move { at: to, zoom: 1.0 }, Pointer::Up { at: to }]);
    assert_eq!(tool, Tool::Idle);
    super::check(&mut document, &outcomes[1].edits[0]);
    let new = super::selected(&document);
    assert_eq!(middle(&document, &new), crate::snap::to_grid(to));
    let scene = drawn(&document);
    assert!(scene.edges.iter().any(|it| it.source == "check" && it.target == new), "it is led to");
    // An end leads nowhere, and says so while it is held.
    let begun = Tool::Placing { kind: Kind::UserTask, at: to, on: None, after: Some("end".to_owned()) };
    let (tool, _) = run(&document, begun, &[Pointer::Move { at: to, zoom: 1.0 }]);
    assert!(matches!(tool, Tool::Placing { on: Some(Err(Forbidden::EndHasNoWayOut)), .. }), "{tool:?}");
}

#[test]
fn a_name_outside_gets_wider_and_stays_away_from_its_node() {
    let mut document = pack();
    let name = "Whether it is all right with everybody who has to say something about it";
    super::check(&mut document, &Edit::flow(FLOW, FlowEdit::Rename { id: "ok".to_owned(), name: name.to_owned() }));
    let gate = drawn(&document).node("ok").expect("drawn").rect;
    // A box of one line above it: the text grows upwards.
    let given = Rect::new(gate.x, gate.y - 20.0, 60.0, 14.0);
    let to = Some(given.into());
    super::check(&mut document, &Edit::flow(FLOW, FlowEdit::Label { id: "ok".to_owned(), to }));
    let label = |it: &Document| {
        let scene = drawn(it);
        let node = scene.node("ok").expect("drawn").clone();
        (crate::scene::label_rect(&node.label, Some(node.family)), node.label.lines.len())
    };
    let (rect, lines) = label(&document);
    assert!(lines > 1 && rect.bottom() <= gate.y, "{rect:?} over {gate:?}");
    // Held by its right border, as only the one that is selected can be.
    let scene = drawn(&document);
    let border = crate::tool::label_border(&scene, "ok").expect("it has a name");
    let alone = BTreeSet::from(["ok".to_owned()]);
    let on = crate::tool::hit_selected(&scene, &alone, border, 5.0);
    assert_eq!(on, Hit::Border("ok".to_owned()));
    assert_ne!(crate::tool::hit_selected(&scene, &BTreeSet::new(), border, 5.0), on);
    let to = point(border.x + 60.0, border.y + 30.0);
    let steps =
        [Pointer::Down { at: border, on, shift: false }, Pointer::Move { at: to, zoom: 1.0 }, Pointer::Up { at: to }];
    let (_, outcomes) = run(&document, Tool::Idle, &steps);
    super::check(&mut document, &outcomes[2].edits[0]);
    let (wide, fewer) = label(&document);
    assert!(fewer < lines && wide.width > rect.width, "{wide:?} after {rect:?}");
    assert!((wide.centre().x - rect.centre().x).abs() < 2.0, "its middle stays");
}

#[test]
fn a_line_goes_aside_by_key_and_is_drawn_anew() {
    let mut document = pack();
    let line = |it: &Document| drawn(it).edge("f_2").expect("drawn").line.clone();
    let straight = line(&document);
    let bent = crate::bends::nudged(&straight, 0.0, 40.0).expect("it lies");
    assert_eq!(crate::bends::nudged(&straight, 40.0, 0.0), None, "it does not move along itself");
    super::check(&mut document, &Edit::flow(FLOW, FlowEdit::Bend { id: "f_2".to_owned(), line: bent }));
    assert!(line(&document).len() > straight.len());
    super::check(&mut document, &Edit::flow(FLOW, FlowEdit::Bend { id: "f_2".to_owned(), line: Vec::new() }));
    assert_eq!(line(&document), straight);
}

#[test]
fn what_an_edit_would_draw_is_seen_before_it() {
    use crate::foreseen::foreseen;
    let document = pack();
    let scene = drawn(&document);
    let append = |after: &str| FlowEdit::Append { after: after.to_owned(), kind: Kind::UserTask, at: None };
    let found = foreseen(&document, FLOW, &append("check"), &scene).expect("it may be");
    assert_eq!((found.nodes.len(), found.lines.len()), (1, 1));
    assert!(scene.nodes.iter().all(|it| !it.rect.overlaps(&found.nodes[0].rect)), "where there is room");
    let replace = FlowEdit::Replace { id: "ok".to_owned(), kind: Kind::Parallel };
    let found = foreseen(&document, FLOW, &replace, &scene).expect("it may be");
    assert_eq!(found.nodes.iter().map(|it| (it.id.as_str(), it.kind)).collect::<Vec<_>>(), [("ok", Kind::Parallel)]);
    assert_eq!(foreseen(&document, FLOW, &append("end"), &scene), None);
}

#[test]
fn the_name_of_a_line_is_put_elsewhere() {
    let mut document = pack();
    super::check(
        &mut document,
        &Edit::flow(FLOW, FlowEdit::Rename { id: "f_3".to_owned(), name: "all right".to_owned() }),
    );
    let rect = |it: &Document| crate::tool::label(&drawn(it), "f_3").expect("it has a name");
    let before = rect(&document);
    let at = before.centre();
    let on = hit(&drawn(&document), at, 2.0);
    assert_eq!(on, Hit::Label("f_3".to_owned()));
    let to = point(at.x + 30.0, at.y - 40.0);
    let steps = [Pointer::Down { at, on, shift: false }, Pointer::Move { at: to, zoom: 1.0 }, Pointer::Up { at: to }];
    let (_, outcomes) = run(&document, Tool::Idle, &steps);
    super::check(&mut document, &outcomes[2].edits[0]);
    let after = rect(&document).centre();
    assert!((after.x - to.x).abs() < 2.0 && (after.y - to.y).abs() < 2.0, "{before:?} to {after:?}");
}

#[test]
fn the_end_of_a_selected_line_is_held_where_it_meets_a_node() {
    let document = pack();
    let scene = drawn(&document);
    let end = scene.edge("f_2").and_then(|it| it.line.last().copied()).expect("drawn");
    assert_eq!(hit(&scene, end, 5.0), Hit::Node("ok".to_owned()));
    let alone = BTreeSet::from(["f_2".to_owned()]);
    let on = crate::tool::hit_selected(&scene, &alone, end, 5.0);
    assert_eq!(on, Hit::Flow("f_2".to_owned()));
    let at = middle(&document, "send");
    let moved = Pointer::Move { at, zoom: 1.0 };
    let steps = [Pointer::Down { at: end, on, shift: false }, moved.clone(), moved, Pointer::Up { at }];
    let (_, outcomes) = run(&document, Tool::Idle, &steps);
    let wanted = FlowEdit::Reconnect { id: "f_2".to_owned(), source: None, target: Some("send".to_owned()) };
    assert_eq!(outcomes[3].edits, [Edit::flow(FLOW, wanted)]);
}

#[test]
fn several_are_made_larger_by_a_corner_of_one() {
    let mut document = pack();
    document.selection = ["check", "send", "start"].map(str::to_owned).into();
    let scene = drawn(&document);
    let rect = |id: &str| scene.node(id).expect("drawn").rect;
    let was = [rect("check"), rect("send")];
    let at = point(was[1].right(), was[1].bottom());
    let on = hit_selected(&scene, &document.selection, at, 5.0);
    assert!(matches!(&on, Hit::Corner(id, _) if id == "send"), "{on:?}");
    let to = point(at.x + 40.0, at.y + 20.0);
    let steps = [Pointer::Down { at, on, shift: false }, Pointer::Move { at: to, zoom: 1.0 }, Pointer::Up { at: to }];
    let (tool, outcomes) = run(&document, Tool::Idle, &steps);
    assert_eq!(tool, Tool::Idle);
    let [Edit::Flow { edit: FlowEdit::Resize { to }, .. }] = &outcomes[2].edits[..] else { panic!("{outcomes:?}") };
    let by = |was: Rect, now: Rect| (now.x - was.x, now.y - was.y, now.width - was.width, now.height - was.height);
    let [a, b] = &to[..] else { panic!("an event keeps its size: {to:?}") };
    assert_eq!((a.0.as_str(), b.0.as_str()), ("check", "send"));
    assert_eq!(by(was[0], a.1), by(was[1], b.1));
    assert!((by(was[0], a.1).2 - 40.0).abs() <= 5.0 && by(was[0], a.1).0 == 0.0, "{to:?}");
}
