//! Drawings with holes: what is there stays, what is not comes.

use super::*;
use crate::model::layout::{Edge, Point};

const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x">
<collaboration id="C"><participant id="p1" processRef="P"/><participant id="p2" processRef="Q"/><participant id="p3"/>
<messageFlow id="m1" sourceRef="a" targetRef="p3"/><messageFlow id="m2" sourceRef="q" targetRef="a"/></collaboration>
<process id="P"><startEvent id="s"/><task id="a"/><boundaryEvent id="b" attachedToRef="a"><timerEventDefinition/></boundaryEvent><subProcess id="u"><task id="i"/><task id="j"/><sequenceFlow id="f4" sourceRef="i" targetRef="j"/></subProcess><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="u"/><sequenceFlow id="f3" sourceRef="u" targetRef="e"/><sequenceFlow id="f5" sourceRef="b" targetRef="e"/>
<textAnnotation id="n"><text>note</text></textAnnotation><association id="as" sourceRef="a" targetRef="n"/></process>
<process id="Q"><task id="q"/></process></definitions>"#;

fn model() -> Document {
    let mut document = Document::read_xml(MODEL.as_bytes()).expect("a model");
    complete(&mut document);
    document
}

/// Takes out of the drawing what is not to be kept, draws what is missing, and sees that the rest has not moved.
fn completed(document: &mut Document, keep: impl Fn(&str) -> bool) {
    for it in &mut document.layout.diagrams {
        it.shapes.retain(|it| keep(it.element.as_str()));
        it.edges.retain(|it| keep(it.element.as_str()));
    }
    let before = document.layout.clone();
    complete(document);
    for (before, after) in before.diagrams.iter().zip(&document.layout.diagrams) {
        assert!(before.shapes.iter().all(|it| after.shapes.contains(it)));
        assert!(before.edges.iter().all(|it| after.edges.contains(it)));
    }
    let once = document.layout.clone();
    complete(document);
    assert_eq!(once, document.layout, "there is nothing to be done twice");
}

/// What is drawn, in order.
fn shown(document: &Document) -> BTreeSet<&str> {
    let diagrams = &document.layout.diagrams;
    let shapes = diagrams.iter().flat_map(|it| &it.shapes).map(|it| it.element.as_str());
    shapes.chain(diagrams.iter().flat_map(|it| &it.edges).map(|it| it.element.as_str())).collect()
}

#[test]
fn what_is_missing_is_drawn_and_what_is_there_stays() {
    let whole = model();
    let all: BTreeSet<String> = shown(&whole).into_iter().map(str::to_owned).collect();
    assert_eq!(all.len(), 3 + 9 + 5 + 1 + 2, "pools, shapes, flows, associations, messages: {all:?}");
    for missing in &all {
        let mut document = model();
        completed(&mut document, |id| id != missing);
        assert_eq!(shown(&document).len(), all.len(), "{missing}");
        // What is left of the second process without its only task is nothing; it is drawn as one that was never drawn.
        assert_eq!(document.layout.diagrams.len(), if missing == "q" { 2 } else { 1 }, "{missing}");
    }
    // All lines; all shapes but two; a pool with what is in it.
    for kept in [
        &["p1", "p2", "p3", "s", "a", "b", "u", "i", "j", "e", "n", "q"] as &[&str],
        &["p1", "s", "u", "i"],
        &["p1", "p3", "s", "a", "b", "u", "i", "j", "e", "n", "f1", "f2", "f3", "f4", "f5", "as", "m1"],
    ] {
        let mut document = model();
        completed(&mut document, |id| kept.contains(&id));
        assert_eq!(shown(&document).len(), all.len(), "{kept:?}");
    }
}

#[test]
fn a_shape_stands_where_its_lines_lead_and_a_pool_around_what_it_holds() {
    let at = |document: &Document, id: &str| {
        let it =
            document.layout.diagrams[0].shapes.iter().find(|it| it.element.as_str() == id).expect("a shape").clone();
        (it.x, it.y, it.width, it.height)
    };
    let whole = model();
    for id in ["a", "e", "j"] {
        let mut document = model();
        completed(&mut document, |it| it != id);
        assert_eq!(at(&document, id), at(&whole, id));
    }
    let mut document = model();
    completed(&mut document, |it| it != "p1");
    let (x, y, width, height) = at(&document, "p1");
    for id in ["s", "a", "u", "e"] {
        let inner = at(&document, id);
        assert!(x < inner.0 && y < inner.1 && x + width > inner.0 + inner.2 && y + height > inner.1 + inner.3, "{id}");
    }
}

#[test]
fn what_a_closed_subprocess_holds_is_not_drawn() {
    let mut document = model();
    for it in &mut document.layout.diagrams[0].shapes {
        if it.element.as_str() == "u" {
            it.is_expanded = Some(false);
        }
    }
    completed(&mut document, |id| !["i", "j", "f4", "a"].contains(&id));
    let shown = shown(&document);
    assert!(shown.contains("a") && !shown.contains("i") && !shown.contains("f4"), "{shown:?}");
}

/// A subprocess on a plane of its own, as modelers draw one that is closed; it shows more than the plane of the process.
#[test]
fn each_plane_gets_what_it_lacks() {
    let shape = |id: &str, x: f64| Shape { element: id.into(), x, width: 100.0, height: 80.0, ..Shape::default() };
    let diagram = |id: &str, of: &str, shapes: Vec<Shape>| Diagram {
        id: id.to_owned(),
        element: Some(of.into()),
        shapes,
        ..Diagram::default()
    };
    let mut document = Document::read_xml(
        br#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x"><process id="P"><task id="a"/><task id="b"/><subProcess id="u"><task id="i"/><task id="j"/><task id="k"/></subProcess></process></definitions>"#,
    )
    .expect("a model");
    let closed = Shape { is_expanded: Some(false), ..shape("u", 200.0) };
    document.layout.diagrams = vec![
        diagram("d", "P", vec![shape("a", 0.0), closed]),
        diagram("e", "u", vec![shape("i", 0.0), shape("j", 200.0)]),
    ];
    complete(&mut document);
    let shown =
        |at: usize| -> Vec<&str> { document.layout.diagrams[at].shapes.iter().map(|it| it.element.as_str()).collect() };
    assert_eq!(shown(0), ["a", "u", "b"]);
    assert_eq!(shown(1), ["i", "j", "k"]);
}

#[test]
fn beside_what_is_drawn_too_far_away_nothing_is_drawn() {
    let mut document = model();
    for it in &mut document.layout.diagrams[0].shapes {
        if it.element.as_str() == "s" {
            it.y = crate::limits::DRAWING_FARTHEST - 50.0;
        }
    }
    completed(&mut document, |id| id != "n" && id != "as");
    assert!(!shown(&document).contains("n"));
    let json = document.write_json();
    assert_eq!(Document::read_json(json.as_bytes()).expect("what is written can be read"), document);
}

/// Lines begin and end at the borders of their shapes, wherever these stand.
#[test]
fn lines_go_from_border_to_border() {
    let edge = |dx: f64, dy: f64| -> Vec<Point> {
        let mut document = model();
        let diagram = &mut document.layout.diagrams[0];
        for it in &mut diagram.shapes {
            if it.element.as_str() == "e" {
                let a = (100.0 + dx, 100.0 + dy);
                (it.x, it.y) = a;
            } else if it.element.as_str() == "u" {
                (it.x, it.y, it.width, it.height) = (100.0, 100.0, 100.0, 80.0);
            }
        }
        completed(&mut document, |id| id != "f3");
        let edges: &Vec<Edge> = &document.layout.diagrams[0].edges;
        edges.iter().find(|it| it.element.as_str() == "f3").expect("a line").waypoints.clone()
    };
    let ends = |it: Vec<Point>| {
        let (a, b) = (it[0], it[it.len() - 1]);
        assert!(it.windows(2).all(|it| it[0].x == it[1].x || it[0].y == it[1].y), "{it:?}");
        ((a.x, a.y), (b.x, b.y))
    };
    assert_eq!(ends(edge(200.0, 22.0)), ((200.0, 140.0), (300.0, 140.0)));
    assert_eq!(edge(200.0, 22.0).len(), 2);
    assert_eq!(ends(edge(200.0, 200.0)), ((200.0, 140.0), (300.0, 318.0)));
    assert_eq!(ends(edge(0.0, 200.0)), ((150.0, 180.0), (118.0, 300.0)));
    assert_eq!(ends(edge(0.0, -90.0)), ((150.0, 100.0), (118.0, 46.0)));
    assert_eq!(ends(edge(-200.0, 22.0)), ((150.0, 180.0), (-82.0, 158.0)));
}

#[test]
fn models_with_holes_are_completed() {
    for seed in 0..100 {
        let mut document = random::document(seed);
        complete(&mut document);
        let nodes: BTreeSet<String> = document
            .flows
            .iter()
            .flat_map(|it| it.all())
            .filter(|it| it.kind.is_node())
            .map(|it| it.id.0.clone())
            .collect();
        let drawn: BTreeSet<String> = shown(&document).into_iter().map(str::to_owned).collect();
        completed(&mut document, |id| !(nodes.contains(id) && (id.len() + seed as usize).is_multiple_of(3)));
        // A subprocess of which nothing was left comes back closed.
        let closed = |id: &str| {
            let shapes = document.layout.diagrams.iter().flat_map(|it| &it.shapes);
            let mut closed = shapes.filter(|it| it.is_expanded == Some(false));
            closed.any(|it| id.starts_with(&format!("{}_", it.element)))
        };
        let shown = shown(&document);
        let lost: Vec<&String> = drawn.iter().filter(|it| !shown.contains(it.as_str()) && !closed(it)).collect();
        assert!(lost.is_empty(), "{seed}: {lost:?}");
    }
}
