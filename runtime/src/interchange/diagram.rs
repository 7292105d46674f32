//! Diagrams in XML and back (BPMN 2.0.2 §12). Shapes and edges whose geometry cannot be read are kept as they are.

use super::names::Names;
use super::{kept, order, xml};
use crate::model::flow::{Kept, XmlElement, XmlNode};
use crate::model::layout::{Bounds, Diagram, Edge, Point, Shape, drawable};

/// Reads a diagram.
pub fn read(from: &XmlElement, names: &Names) -> Diagram {
    let mut own = XmlElement { name: from.name.clone(), attributes: from.attributes.clone(), children: Vec::new() };
    let (mut shapes, mut edges) = (Vec::new(), Vec::new());
    let mut planes = 0;
    for node in &from.children {
        let XmlNode::Element(it) = node else {
            own.children.push(node.clone());
            continue;
        };
        if it.name != "BPMNPlane" || planes > 0 {
            own.children.push(node.clone());
            continue;
        }
        planes += 1;
        let mut plane = XmlElement { name: it.name.clone(), attributes: it.attributes.clone(), children: Vec::new() };
        for node in &it.children {
            match node {
                XmlNode::Element(it) if it.name == "BPMNShape" => match shape(it, names) {
                    Some(it) => shapes.push(it),
                    None => plane.children.push(node.clone()),
                },
                XmlNode::Element(it) if it.name == "BPMNEdge" => match edge(it, names) {
                    Some(it) => edges.push(it),
                    None => plane.children.push(node.clone()),
                },
                XmlNode::Element(_) | XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => {
                    plane.children.push(node.clone());
                }
            }
        }
        own.children.push(XmlNode::Element(plane));
    }
    let plane = xml::child(&own, "BPMNPlane");
    let text = |name: &str| xml::attribute(from, name).unwrap_or_default().to_owned();
    let mut diagram = Diagram {
        id: text("id"),
        name: text("name"),
        element: plane.and_then(|it| reference(it, names)),
        ..Diagram::default()
    };
    diagram.kept = kept::rest(&own, &write_plain(&diagram));
    (diagram.shapes, diagram.edges) = (shapes, edges);
    diagram
}

/// Writes a diagram.
pub fn write(of: &Diagram) -> XmlElement {
    let mut out = kept::join(write_plain(of), &of.kept);
    for node in &mut out.children {
        if let XmlNode::Element(plane) = node
            && plane.name == "BPMNPlane"
        {
            let shapes = of.shapes.iter().map(|it| kept::join(write_shape(it), &it.kept));
            let edges = of.edges.iter().map(|it| kept::join(write_edge(it), &it.kept));
            plane.children.extend(shapes.chain(edges).map(XmlNode::Element));
            order::arrange(plane);
            break;
        }
    }
    out
}

fn reference(from: &XmlElement, names: &Names) -> Option<crate::id::NodeId> {
    xml::attribute(from, "bpmnElement").map(|it| names.reference(it)).filter(|it| !it.is_empty()).map(Into::into)
}

fn write_plain(of: &Diagram) -> XmlElement {
    let mut out = xml::element("BPMNDiagram");
    let mut plane = xml::element("BPMNPlane");
    for (to, key, value) in [
        (&mut out, "id", of.id.as_str()),
        (&mut plane, "bpmnElement", of.element.as_ref().map_or("", |it| it.as_str())),
    ] {
        if !value.is_empty() {
            xml::set(to, key, value);
        }
    }
    if !of.name.is_empty() {
        xml::set(&mut out, "name", &of.name);
    }
    xml::push(&mut out, plane);
    out
}

fn shape(from: &XmlElement, names: &Names) -> Option<Shape> {
    let bounds = bounds(xml::child(from, "Bounds")?)?;
    let flag = |name: &str| xml::attribute(from, name).and_then(kept::flag);
    let mut found = Shape {
        element: reference(from, names)?,
        x: bounds.x,
        y: bounds.y,
        width: bounds.width,
        height: bounds.height,
        is_expanded: flag("isExpanded"),
        is_horizontal: flag("isHorizontal"),
        label: label(from),
        kept: Kept::default(),
    };
    found.kept = kept::rest(from, &write_shape(&found));
    Some(found)
}

fn edge(from: &XmlElement, names: &Names) -> Option<Edge> {
    let mut found = Edge { element: reference(from, names)?, label: label(from), ..Edge::default() };
    for it in xml::elements(from).filter(|it| it.name == "waypoint") {
        found.waypoints.push(Point { x: number(it, "x")?, y: number(it, "y")? });
    }
    found.kept = kept::rest(from, &write_edge(&found));
    Some(found)
}

fn label(of: &XmlElement) -> Option<Bounds> {
    bounds(xml::child(xml::child(of, "BPMNLabel")?, "Bounds")?)
}

fn bounds(from: &XmlElement) -> Option<Bounds> {
    Some(Bounds {
        x: number(from, "x")?,
        y: number(from, "y")?,
        width: number(from, "width")?,
        height: number(from, "height")?,
    })
}

/// A coordinate. The file's own digits are kept.
fn number(from: &XmlElement, name: &str) -> Option<f64> {
    drawable(xml::attribute(from, name)?.trim().parse().ok()?)
}

fn write_shape(of: &Shape) -> XmlElement {
    let mut out = xml::element("BPMNShape");
    xml::set(&mut out, "bpmnElement", of.element.as_str());
    for (key, value) in [("isHorizontal", of.is_horizontal), ("isExpanded", of.is_expanded)] {
        if let Some(value) = value {
            xml::set(&mut out, key, if value { "true" } else { "false" });
        }
    }
    xml::push(&mut out, write_bounds(&Bounds { x: of.x, y: of.y, width: of.width, height: of.height }));
    write_label(&mut out, of.label.as_ref());
    out
}

fn write_edge(of: &Edge) -> XmlElement {
    let mut out = xml::element("BPMNEdge");
    xml::set(&mut out, "bpmnElement", of.element.as_str());
    for it in &of.waypoints {
        let mut point = xml::element("waypoint");
        xml::set(&mut point, "x", digits(it.x));
        xml::set(&mut point, "y", digits(it.y));
        xml::push(&mut out, point);
    }
    write_label(&mut out, of.label.as_ref());
    out
}

fn write_label(into: &mut XmlElement, label: Option<&Bounds>) {
    if let Some(it) = label {
        let mut out = xml::element("BPMNLabel");
        xml::push(&mut out, write_bounds(it));
        xml::push(into, out);
    }
}

fn write_bounds(of: &Bounds) -> XmlElement {
    let mut out = xml::element("Bounds");
    for (key, value) in [("x", of.x), ("y", of.y), ("width", of.width), ("height", of.height)] {
        xml::set(&mut out, key, digits(value));
    }
    out
}

fn digits(value: f64) -> String {
    // JSON cannot say more; a drawing made in memory could.
    if value.is_finite() { if value == 0.0 { "0".to_owned() } else { value.to_string() } } else { "0".to_owned() }
}
