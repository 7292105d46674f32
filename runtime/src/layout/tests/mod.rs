//! Geometry of drawings: checked on flows of all kinds, random ones, and the outside corpus without its diagrams.

use std::collections::{BTreeMap, BTreeSet};

use super::label::{crosses, overlap};
use super::*;
use crate::model::layout::{Bounds, Layout, Shape};

mod geometry;
mod missing;
mod pictures;
mod random;

/// What is wrong with a drawing of a document.
fn faults(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for diagram in &document.layout.diagrams {
        geometry::check(document, diagram, &mut found);
    }
    found
}

#[test]
fn a_diagram_that_shows_nothing_is_filled() {
    let drawn = |diagrams: &str| {
        let text = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="D" targetNamespace="x"><collaboration id="C"><participant id="p1" processRef="P"/><participant id="p2" processRef="Q"/></collaboration><process id="P"><task id="t"/></process><process id="Q"><subProcess id="s"><task id="u"/></subProcess></process>{diagrams}</definitions>"#
        );
        let mut document = Document::read_xml(text.as_bytes()).expect("a model");
        complete(&mut document);
        let shown = |it: &Diagram| {
            let shapes: BTreeSet<&str> = it.shapes.iter().map(|it| it.element.as_str()).collect();
            let shapes: Vec<&str> = shapes.into_iter().collect();
            format!("{} {}: {}", it.id, it.element.as_ref().map_or("", |it| it.as_str()), shapes.join(" "))
        };
        document.layout.diagrams.iter().map(shown).collect::<Vec<_>>()
    };
    let diagram = |id: &str, of: &str, inside: &str| {
        format!(
            r#"<bpmndi:BPMNDiagram id="{id}"><bpmndi:BPMNPlane {of}>{inside}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"#
        )
    };
    let shape = |of: &str| {
        format!(
            r#"<bpmndi:BPMNShape bpmnElement="{of}"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>"#
        )
    };
    let all = "p1 p2 s t u";
    assert_eq!(drawn(""), [format!("diagram C: {all}")]);
    assert_eq!(drawn(&diagram("d", r#"bpmnElement="C""#, "")), [format!("d C: {all}")]);
    assert_eq!(drawn(&diagram("d", r#"bpmnElement="P""#, "")), [format!("d C: {all}")]);
    assert_eq!(drawn(&diagram("d", "", "")), [format!("d C: {all}")]);
    // The plane of a subprocess is its own, and so is what cannot be read.
    assert_eq!(drawn(&diagram("d", r#"bpmnElement="s""#, "")), ["d s: ".to_owned(), format!("diagram C: {all}")]);
    let unread = r#"<bpmndi:BPMNShape bpmnElement="t"/>"#;
    let kept = drawn(&diagram("d", r#"bpmnElement="C""#, unread));
    assert_eq!(kept[0], "d C: ");
    // One process is drawn, the other has an empty plane.
    let both = diagram("d", r#"bpmnElement="P""#, &shape("t")) + diagram("e", r#"bpmnElement="Q""#, "").as_str();
    assert_eq!(drawn(&both), ["d P: t", "e Q: s u"]);
}
