//! What is to be drawn: a flow and its drawing joined into flat lists, parents before children. Read by the
//! editable canvas and by the read-only diagram alike. Every item can be compared, so that only what changed is drawn again.

use std::collections::BTreeMap;

use runtime::model::flow::{Element, ElementKind, EventDefinition, Flow};
use runtime::model::layout::{Bounds, Diagram, Point};

use crate::geometry::{Rect, midway, point};
use crate::kind::{Family, Kind};
use crate::wrap;

/// Height of one line of a name.
pub const LINE: f64 = 15.0;
/// Font size of names.
pub const FONT: f64 = 12.0;

/// Everything of one diagram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// Around everything, labels included.
    pub bounds: Rect,
}

/// A node to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: String,
    pub kind: Kind,
    pub family: Family,
    pub icon: Icon,
    /// The event throws: its icon is filled.
    pub throws: bool,
    /// A boundary or event-subprocess start that leaves its activity running: dashed.
    pub quiet: bool,
    /// A subprocess shown with its contents.
    pub expanded: bool,
    pub rect: Rect,
    pub name: String,
    pub label: Label,
    /// How deep inside subprocesses.
    pub depth: usize,
}

/// A sequence flow to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub id: String,
    pub source: String,
    pub target: String,
    pub line: Vec<Point>,
    /// The way taken when no condition holds: a slash at its source.
    pub default: bool,
    /// A condition on a flow that leaves an activity: a small diamond at its source.
    pub conditional: bool,
    pub name: String,
    pub label: Label,
}

/// Lines of text, centred around `x`, the first one's baseline at `y`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Label {
    pub lines: Vec<String>,
    pub x: f64,
    pub y: f64,
}

/// What stands inside an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    None,
    Timer,
    Message,
    Signal,
    Error,
    Escalation,
    Conditional,
    Compensate,
    Cancel,
    Link,
    Terminate,
}

/// Joins a flow with one of its diagrams. `name` gives an element's name in the language shown. Elements
/// without a shape are left out: arrange the diagram first.
pub fn scene(flow: &Flow, diagram: &Diagram, name: &dyn Fn(&Element) -> String) -> Scene {
    let shapes: BTreeMap<&str, _> = diagram.shapes.iter().map(|it| (it.element.as_str(), it)).collect();
    let edges: BTreeMap<&str, _> = diagram.edges.iter().map(|it| (it.element.as_str(), it)).collect();
    let mut found = Scene::default();
    let mut walk = Walk { shapes: &shapes, edges: &edges, name, into: &mut found };
    walk.level(&flow.flow_elements, 0);
    // Boundary events are drawn over the activities they sit on.
    found.nodes.sort_by_key(|it| it.family == Family::Boundary);
    found.bounds = bounds(&found);
    found
}

struct Walk<'a> {
    shapes: &'a BTreeMap<&'a str, &'a runtime::model::layout::Shape>,
    edges: &'a BTreeMap<&'a str, &'a runtime::model::layout::Edge>,
    name: &'a dyn Fn(&Element) -> String,
    into: &'a mut Scene,
}

impl Walk<'_> {
    fn level(&mut self, elements: &[Element], depth: usize) {
        let defaults: Vec<&str> = elements
            .iter()
            .filter_map(|it| it.default.as_ref())
            .map(|it| it.as_str())
            .collect();
        for element in elements {
            if let ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } = &element.kind {
                let Some(edge) = self.edges.get(element.id.as_str()) else {
                    continue;
                };
                let gateway = elements
                    .iter()
                    .any(|it| it.id == *source_ref && Kind::of(&it.kind).is_some_and(|it| it.family() == Family::Gateway));
                let name = (self.name)(element);
                self.into.edges.push(Edge {
                    id: element.id.0.clone(),
                    source: source_ref.0.clone(),
                    target: target_ref.0.clone(),
                    line: edge.waypoints.clone(),
                    default: defaults.contains(&element.id.as_str()),
                    conditional: condition_expression.is_some() && !gateway,
                    label: edge_label(&name, &edge.waypoints, edge.label),
                    name,
                });
                continue;
            }
            self.node(element, depth);
        }
    }

    fn node(&mut self, element: &Element, depth: usize) {
        let (Some(kind), Some(shape)) = (Kind::of(&element.kind), self.shapes.get(element.id.as_str())) else {
            return;
        };
        let rect = Rect::from(*shape);
        let name = match &element.kind {
            ElementKind::TextAnnotation { text } => text.clone(),
            _ => (self.name)(element),
        };
        let expanded = kind.family() == Family::Sub && shape.is_expanded.unwrap_or(true);
        let (icon, throws) = icon(&element.kind);
        self.into.nodes.push(Node {
            id: element.id.0.clone(),
            kind,
            family: kind.family(),
            icon,
            throws,
            quiet: matches!(
                element.kind,
                ElementKind::BoundaryEvent { cancel_activity: false, .. } | ElementKind::StartEvent { is_interrupting: false, .. }
            ),
            expanded,
            rect,
            label: node_label(&name, kind.family(), rect, expanded, shape.label),
            name,
            depth,
        });
        if let ElementKind::SubProcess { flow_elements, .. } = &element.kind
            && expanded
        {
            self.level(flow_elements, depth + 1);
        }
    }
}

/// What stands inside an event, and whether it throws.
pub fn icon(kind: &ElementKind) -> (Icon, bool) {
    let (definition, throws) = match kind {
        ElementKind::StartEvent { event_definition, .. } => (event_definition.as_ref(), false),
        ElementKind::EndEvent { event_definition } | ElementKind::IntermediateThrowEvent { event_definition } => {
            (event_definition.as_ref(), true)
        }
        ElementKind::IntermediateCatchEvent { event_definition } | ElementKind::BoundaryEvent { event_definition, .. } => {
            (Some(event_definition), false)
        }
        _ => (None, false),
    };
    let icon = definition.map_or(Icon::None, |it| match it {
        EventDefinition::Timer { .. } => Icon::Timer,
        EventDefinition::Message { .. } => Icon::Message,
        EventDefinition::Signal { .. } => Icon::Signal,
        EventDefinition::Error { .. } => Icon::Error,
        EventDefinition::Escalation { .. } => Icon::Escalation,
        EventDefinition::Conditional { .. } => Icon::Conditional,
        EventDefinition::Compensate { .. } => Icon::Compensate,
        EventDefinition::Cancel {} => Icon::Cancel,
        EventDefinition::Link { .. } => Icon::Link,
        EventDefinition::Terminate {} => Icon::Terminate,
        EventDefinition::Multiple { .. } => Icon::None,
    });
    (icon, throws)
}

fn node_label(name: &str, family: Family, rect: Rect, expanded: bool, given: Option<Bounds>) -> Label {
    let centre = rect.centre();
    if family.outside_label() {
        let lines = wrap::wrap(name, FONT, given.map_or(96.0, |it| it.width.max(60.0)), 4);
        return match given {
            Some(it) => Label { lines, x: it.x + it.width / 2.0, y: it.y + FONT },
            None => Label { lines, x: centre.x, y: rect.bottom() + FONT + 5.0 },
        };
    }
    if family == Family::Note {
        return Label { lines: wrap::wrap(name, FONT, rect.width - 16.0, 8), x: rect.x + 10.0, y: rect.y + FONT + 4.0 };
    }
    if family == Family::Sub && expanded {
        return Label { lines: wrap::wrap(name, FONT, rect.width - 24.0, 1), x: rect.x + 12.0, y: rect.y + FONT + 8.0 };
    }
    let most = ((rect.height - 28.0) / LINE).floor().clamp(1.0, 4.0) as usize;
    let lines = wrap::wrap(name, FONT, rect.width - 16.0, most);
    let height = LINE * lines.len() as f64;
    // Names stand a little below the middle, clear of the icon in the corner.
    Label { x: centre.x, y: centre.y - height / 2.0 + FONT + 3.0, lines }
}

fn edge_label(name: &str, line: &[Point], given: Option<Bounds>) -> Label {
    if let Some(it) = given {
        let lines = wrap::wrap(name, FONT, it.width.max(40.0), 3);
        return Label { lines, x: it.x + it.width / 2.0, y: it.y + FONT };
    }
    let lines = wrap::wrap(name, FONT, 110.0, 3);
    let (Some(first), Some(second)) = (line.first(), line.get(1)) else {
        return Label::default();
    };
    let widest = lines.iter().map(|it| wrap::width(it, FONT)).fold(0.0, f64::max);
    let flat = (first.y - second.y).abs() < 1.0;
    let length = (first.x - second.x).abs().max((first.y - second.y).abs());
    // Beside the first stretch when it has room, else at the middle of the whole.
    let at = if length >= 30.0 { midway(&line[..2]) } else { midway(line) };
    let above = LINE * (lines.len() as f64 - 1.0);
    if flat { Label { x: at.x, y: at.y - 6.0 - above, lines } } else { Label { x: at.x + widest / 2.0 + 6.0, y: at.y + 4.0 - above / 2.0, lines } }
}

/// The box of a label, for hits and overlap.
pub fn label_rect(label: &Label, family: Option<Family>) -> Rect {
    let widest = label.lines.iter().map(|it| wrap::width(it, FONT)).fold(0.0, f64::max);
    let left = match family {
        Some(Family::Note | Family::Sub) => label.x,
        _ => label.x - widest / 2.0,
    };
    Rect::new(left, label.y - FONT, widest, LINE * label.lines.len() as f64)
}

fn bounds(scene: &Scene) -> Rect {
    let nodes = scene.nodes.iter().map(|it| it.rect);
    let labels = scene.nodes.iter().filter(|it| !it.label.lines.is_empty()).map(|it| label_rect(&it.label, Some(it.family)));
    let bends = scene.edges.iter().flat_map(|it| &it.line).map(|it| Rect::around(*it, 1.0, 1.0));
    let names = scene.edges.iter().filter(|it| !it.label.lines.is_empty()).map(|it| label_rect(&it.label, None));
    nodes.chain(labels).chain(bends).chain(names).reduce(|a, b| a.union(&b)).unwrap_or(Rect::around(point(0.0, 0.0), 400.0, 200.0))
}
