//! What is to be drawn: a flow and its drawing joined into flat lists, parents before children. Read by the
//! editable canvas and by the read-only diagram alike. Every item can be compared, so that only what changed is drawn again.

use std::collections::BTreeSet;

use runtime::gather::{Gather as _, order};
use runtime::model::flow::{Element, ElementKind, Flow, Lane, Loop};
use runtime::model::layout::{Bounds, Diagram, Point};
use runtime::places::{ById, Places};

use crate::colour::{self, Tint};
use crate::geometry::{Rect, distance_to_segment, midway, point};
use crate::kind::{Family, Kind};
use crate::tree::{self, Line, Link};
use crate::{bridge, lanes, pools, wrap};

/// Height of one line of a name.
pub const LINE: f64 = 15.0;
/// Font size of names.
pub const FONT: f64 = 12.0;

/// Everything of one plane of a diagram.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// Around everything, labels included.
    pub bounds: Rect,
    /// The subprocess whose inside this is.
    pub plane: Option<String>,
    /// Places in `nodes` and in `edges`.
    at: Places,
    lines: Places,
}

/// A node to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: String,
    pub kind: Kind,
    pub family: Family,
    /// A boundary or event-subprocess start that leaves its activity running: dashed.
    pub quiet: bool,
    /// A subprocess shown with its contents.
    pub expanded: bool,
    pub marks: Marks,
    pub rect: Rect,
    pub name: String,
    pub label: Label,
    /// How deep inside subprocesses.
    pub depth: usize,
    /// Another pool holds it: it is shown, not edited.
    pub foreign: bool,
    /// The pool of the flow itself.
    pub own: bool,
    /// A pool or lane whose name stands across its top.
    pub standing: bool,
    /// Colours of its own.
    pub tint: Option<Tint>,
}

/// Small signs at the lower border of an activity (BPMN 2.0.2 §10.3), and of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub repeat: Option<Repeat>,
    pub compensation: bool,
    pub ad_hoc: bool,
    /// It can be opened: a folded subprocess.
    pub folded: bool,
    /// Data that is a list.
    pub collection: bool,
    /// A receive task or event gateway that starts the flow.
    pub instantiates: bool,
}

/// How an activity is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    Loop,
    Parallel,
    Sequential,
}

/// A line to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub id: String,
    pub kind: Line,
    pub source: String,
    pub target: String,
    pub line: Vec<Point>,
    /// The way taken when no condition holds: a slash at its source.
    pub default: bool,
    /// A condition on a flow that leaves an activity: a small diamond at its source.
    pub conditional: bool,
    /// An association with an arrow head.
    pub directed: bool,
    /// A colour of its own.
    pub tint: Option<Tint>,
    pub name: String,
    pub label: Label,
    /// Where it is drawn over another line.
    pub bridges: Vec<Point>,
}

/// Lines of text, centred around `x`, the first one's baseline at `y`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Label {
    pub lines: Vec<String>,
    pub x: f64,
    pub y: f64,
    /// Written upwards around this point: the names of lanes.
    pub upright: bool,
}

impl Scene {
    /// Of everything that is drawn.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(|it| it.id.as_str()).chain(self.edges.iter().map(|it| it.id.as_str()))
    }

    pub fn node(&self, id: &str) -> Option<&Node> {
        self.at.find(id, &|at| &self.nodes[at].id).map(|at| &self.nodes[at])
    }

    pub fn edge(&self, id: &str) -> Option<&Edge> {
        self.lines.find(id, &|at| &self.edges[at].id).map(|at| &self.edges[at])
    }

    /// The place nearest below a point where something so large lies over nothing but areas, and not across the border of a
    /// subprocess.
    pub fn free(&self, at: Point, width: f64, height: f64) -> Point {
        let mut rect = Rect::around(at, width, height);
        for _ in 0..200 {
            let across = |it: &Node| it.family == Family::Sub && !it.rect.grown(-15.0).encloses(&rect);
            let blocked = self.nodes.iter().filter(|it| !it.family.area() || across(it));
            let Some(it) = blocked.map(|it| it.rect.grown(15.0)).find(|it| it.overlaps(&rect)) else { break };
            rect.y = it.bottom() + 15.0;
        }
        rect.centre()
    }

    /// Name of a node or line.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.node(id).map(|it| it.name.as_str()).or_else(|| self.edge(id).map(|it| it.name.as_str()))
    }
}

/// Joins a flow with one of its diagrams. `plane`: a subprocess whose inside is shown; none: the flow itself. `name` gives an
/// element's name in the language shown. Elements without a shape are left out: arrange the diagram first.
pub fn scene(flow: &Flow, diagram: &Diagram, plane: Option<&str>, name: &dyn Fn(&Element) -> String) -> Scene {
    let shapes = ById::new(&diagram.shapes, |it| it.element.as_str());
    let edges = ById::new(&diagram.edges, |it| it.element.as_str());
    let mut found = Scene { plane: plane.map(str::to_owned), ..Scene::default() };
    let mut walk = Walk { flow, shapes, edges, name, foreign: false, into: &mut found };
    if plane.is_none() {
        walk.pools();
        walk.lanes(&flow.lanes);
    }
    walk.level(tree::level(flow, plane).unwrap_or_default(), 0);
    if plane.is_none() {
        walk.beside();
    }
    // Areas lie below what stands on them, boundary events over the activities they sit on.
    let height = |it: &Node| match it.family {
        Family::Pool => 0,
        Family::Lane => 1,
        Family::Sub | Family::Group => 2,
        Family::Boundary => 4,
        Family::Start
        | Family::Intermediate
        | Family::End
        | Family::Activity
        | Family::Gateway
        | Family::Data
        | Family::Note => 3,
    };
    if !found.nodes.is_sorted_by_key(height) {
        order(&mut found.nodes, |a, b| height(a).cmp(&height(b)));
    }
    bridge::build(&mut found.edges);
    found.bounds = bounds(&found);
    found.at = Places::new(found.nodes.len(), &|at| &found.nodes[at].id);
    found.lines = Places::new(found.edges.len(), &|at| &found.edges[at].id);
    found
}

struct Walk<'a> {
    flow: &'a Flow,
    shapes: ById<'a, runtime::model::layout::Shape>,
    edges: ById<'a, runtime::model::layout::Edge>,
    name: &'a dyn Fn(&Element) -> String,
    /// What is walked through belongs to another pool.
    foreign: bool,
    into: &'a mut Scene,
}

impl<'a> Walk<'a> {
    /// Lanes, outer ones first.
    fn lanes(&mut self, lanes: &'a [Lane]) {
        let mut sorted: Vec<(usize, &Lane)> = lanes.iter().map(|it| (lane_depth(lanes, it), it)).collect();
        order(&mut sorted, |a, b| a.0.cmp(&b.0));
        for (depth, it) in sorted {
            self.band(&it.id, &it.name, Kind::Lane, true, depth);
        }
    }

    /// Pools with what other pools than the flow's own hold.
    fn pools(&mut self) {
        let Some(around) = self.flow.collaboration.as_deref() else { return };
        for it in &around.participants {
            self.band(&it.id, &it.name, Kind::Pool, pools::is_open(self.flow, it), 0);
        }
        self.foreign = true;
        for it in &around.processes {
            self.lanes(&it.lanes);
            self.level(&it.flow_elements, 0);
        }
        self.foreign = false;
    }

    /// Messages, and artifacts beside the pools.
    fn beside(&mut self) {
        let Some(around) = self.flow.collaboration.as_deref() else { return };
        self.foreign = true;
        self.level(&around.artifacts, 0);
        self.foreign = false;
        for it in &around.message_flows {
            // Its ends may lie inside a folded subprocess.
            let seen = [&it.source_ref, &it.target_ref].iter().all(|id| self.into.nodes.iter().any(|it| it.id == **id));
            let Some(edge) = self.edges.get(it.id.as_str()).filter(|_| seen) else { continue };
            let message = it.message_ref.as_ref().and_then(|id| self.flow.messages.iter().find(|it| it.id == *id));
            let said = if it.name.is_empty() { message.map_or("", |it| it.name.as_str()) } else { it.name.as_str() };
            self.into.edges.push(Edge {
                id: it.id.clone(),
                kind: Line::Message,
                source: it.source_ref.clone(),
                target: it.target_ref.clone(),
                line: edge.waypoints.clone(),
                default: false,
                conditional: false,
                directed: true,
                tint: colour::tint(&edge.kept),
                label: edge_label(said, &edge.waypoints, edge.label),
                name: it.name.clone(),
                bridges: Vec::new(),
            });
        }
    }

    /// A pool or lane: its name in a stripe at its left, or across its top; of a pool that shows nothing in its middle.
    fn band(&mut self, id: &str, name: &str, kind: Kind, open: bool, depth: usize) {
        let Some(shape) = self.shapes.get(id) else { return };
        let rect = Rect::from(shape);
        let standing = shape.is_horizontal == Some(false);
        let label = if !open {
            let long = if standing { rect.height } else { rect.width };
            let lines = wrap::wrap(name, FONT, long - 16.0, 2);
            let up = (lines.len().max(1) as f64 - 1.0) * LINE / 2.0;
            let (x, y) = (rect.centre().x, rect.centre().y);
            if standing {
                Label { lines, x: x + FONT / 3.0 - up, y, upright: true }
            } else {
                Label { lines, x, y: y + FONT / 3.0 - up, upright: false }
            }
        } else if standing {
            Label {
                lines: wrap::wrap(name, FONT, rect.width - 12.0, 1),
                x: rect.centre().x,
                y: rect.y + lanes::HEADER / 2.0 + FONT / 3.0,
                upright: false,
            }
        } else {
            let lines = wrap::wrap(name, FONT, rect.height - 12.0, 2);
            let x = rect.x + lanes::HEADER / 2.0 + FONT / 3.0 - (lines.len().max(1) as f64 - 1.0) * LINE / 2.0;
            Label { lines, x, y: rect.centre().y, upright: true }
        };
        self.into.nodes.push(Node {
            id: id.to_owned(),
            kind,
            family: kind.family(),
            quiet: false,
            expanded: open,
            marks: Marks::default(),
            rect,
            name: name.to_owned(),
            label,
            depth,
            foreign: self.foreign,
            own: pools::is_own(self.flow, id),
            standing,
            tint: colour::tint(&shape.kept),
        });
    }

    fn level(&mut self, elements: &'a [Element], depth: usize) {
        let defaults: BTreeSet<&str> =
            elements.iter().filter_map(|it| it.default.as_ref()).map(|it| it.as_str()).gather();
        let gateways: BTreeSet<&str> = elements
            .iter()
            .filter(|it| Kind::of(&it.kind).is_some_and(|it| it.family() == Family::Gateway))
            .map(|it| it.id.as_str())
            .gather();
        let mut links: Vec<Link> = Vec::new();
        for element in elements {
            links.clear();
            tree::links_of(element, &mut links);
            for link in &links {
                let Some(edge) = self.edges.get(link.id) else {
                    continue;
                };
                let own = link.id == element.id.as_str();
                let name = if own { (self.name)(element) } else { String::new() };
                let (conditional, directed) = match &element.kind {
                    ElementKind::SequenceFlow { condition_expression, .. } => {
                        (condition_expression.is_some() && !gateways.contains(link.source), true)
                    }
                    ElementKind::Association { association_direction, .. } => {
                        (false, association_direction.as_deref().is_some_and(|it| it != "None"))
                    }
                    _ => (false, true),
                };
                self.into.edges.push(Edge {
                    id: link.id.to_owned(),
                    kind: link.line,
                    source: link.source.to_owned(),
                    target: link.target.to_owned(),
                    line: edge.waypoints.clone(),
                    default: own && defaults.contains(link.id),
                    conditional,
                    directed,
                    tint: colour::tint(&edge.kept),
                    label: edge_label(&name, &edge.waypoints, edge.label),
                    name,
                    bridges: Vec::new(),
                });
            }
            self.node(element, depth);
        }
    }

    fn node(&mut self, element: &'a Element, depth: usize) {
        let (Some(kind), Some(shape)) = (Kind::of(&element.kind), self.shapes.get(element.id.as_str())) else {
            return;
        };
        let rect = Rect::from(shape);
        let name = match &element.kind {
            ElementKind::TextAnnotation { text } => text.clone(),
            _ => (self.name)(element),
        };
        let expanded = kind.family() == Family::Sub && shape.is_expanded.unwrap_or(true);
        let quiet = matches!(
            element.kind,
            ElementKind::BoundaryEvent { cancel_activity: false, .. }
                | ElementKind::StartEvent { is_interrupting: false, .. }
        );
        let marks = Marks {
            collection: self.collection(element),
            folded: kind.family() == Family::Sub && !expanded,
            ..marks(element)
        };
        self.into.nodes.push(Node {
            id: element.id.0.clone(),
            kind,
            family: kind.family(),
            quiet,
            expanded,
            marks,
            rect,
            label: node_label(&name, kind.family(), rect, expanded, marks, shape.label),
            name,
            depth,
            foreign: self.foreign,
            own: false,
            standing: false,
            tint: colour::tint(&shape.kept),
        });
        if expanded {
            self.level(element.inside(), depth + 1);
        }
    }

    fn collection(&self, element: &Element) -> bool {
        let ElementKind::DataObjectReference { data_object_ref: Some(object) } = &element.kind else {
            return false;
        };
        tree::find(self.flow, object)
            .is_some_and(|it| matches!(it.kind, ElementKind::DataObject { is_collection: true }))
    }
}

fn lane_depth(lanes: &[Lane], lane: &Lane) -> usize {
    let mut depth = 0;
    let mut at = lane.parent.as_ref();
    while let Some(it) = at.and_then(|id| lanes.iter().find(|it| it.id == *id)) {
        depth += 1;
        if depth > lanes.len() {
            break;
        }
        at = it.parent.as_ref();
    }
    depth
}

fn marks(element: &Element) -> Marks {
    Marks {
        repeat: element.loop_characteristics.as_deref().map(|it| match it {
            Loop::StandardLoop { .. } => Repeat::Loop,
            Loop::MultiInstance { is_sequential: true, .. } => Repeat::Sequential,
            Loop::MultiInstance { is_sequential: false, .. } => Repeat::Parallel,
        }),
        compensation: element.is_for_compensation,
        ad_hoc: matches!(element.kind, ElementKind::AdHocSubProcess { .. }),
        folded: false,
        collection: false,
        instantiates: matches!(
            element.kind,
            ElementKind::ReceiveTask { instantiate: true, .. }
                | ElementKind::EventBasedGateway { instantiate: true, .. }
        ),
    }
}

fn node_label(name: &str, family: Family, rect: Rect, expanded: bool, marks: Marks, given: Option<Bounds>) -> Label {
    let centre = rect.centre();
    if family.outside_label() {
        let lines = wrap::wrap(name, FONT, given.map_or(96.0, |it| room(name, it.width.max(60.0), 4)), 4);
        return match given {
            Some(it) => {
                Label { y: first_line(it, lines.len(), it.y < rect.y), x: it.x + it.width / 2.0, lines, upright: false }
            }
            None => Label { lines, x: centre.x, y: rect.bottom() + FONT + 5.0, upright: false },
        };
    }
    if family == Family::Note {
        let lines = wrap::wrap(name, FONT, rect.width - 16.0, ((rect.height / LINE).floor() as usize).clamp(1, 12));
        return Label { lines, x: rect.x + 10.0, y: rect.y + FONT + 4.0, upright: false };
    }
    if family == Family::Group {
        let lines = wrap::wrap(name, FONT, rect.width - 24.0, 1);
        return Label { lines, x: rect.x + 12.0, y: rect.y + FONT + 6.0, upright: false };
    }
    if family == Family::Sub && expanded {
        let lines = wrap::wrap(name, FONT, rect.width - 24.0, 1);
        return Label { lines, x: rect.x + 12.0, y: rect.y + FONT + 8.0, upright: false };
    }
    let marked = marks.repeat.is_some() || marks.compensation || marks.ad_hoc || marks.folded;
    let most = ((rect.height - if marked { 40.0 } else { 28.0 }) / LINE).floor().clamp(1.0, 4.0) as usize;
    let lines = wrap::wrap(name, FONT, rect.width - 16.0, most);
    let height = LINE * lines.len() as f64;
    // Names stand a little below the middle, clear of the sign in the corner; above it where there are marks below.
    let lower = if marked { -2.0 } else { 3.0 };
    Label { x: centre.x, y: centre.y - height / 2.0 + FONT + lower, lines, upright: false }
}

fn edge_label(name: &str, line: &[Point], given: Option<Bounds>) -> Label {
    if name.is_empty() {
        return Label::default();
    }
    if let Some(it) = given {
        let lines = wrap::wrap(name, FONT, room(name, it.width.max(40.0), 3), 3);
        let middle = Rect::from(it).centre();
        let near = line
            .windows(2)
            .min_by(|a, b| distance_to_segment(middle, a[0], a[1]).total_cmp(&distance_to_segment(middle, b[0], b[1])));
        let above = near.is_some_and(|it| middle.y < it[0].y.min(it[1].y));
        return Label { y: first_line(it, lines.len(), above), x: it.x + it.width / 2.0, lines, upright: false };
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
    let (x, y) = if flat { (at.x, at.y - 6.0 - above) } else { (at.x + widest / 2.0 + 6.0, at.y + 4.0 - above / 2.0) };
    Label { x, y, lines, upright: false }
}

/// How wide a label outside a shape is drawn that was given so much room: words stay whole, and so many lines hold it all,
/// within bounds.
fn room(name: &str, given: f64, lines: usize) -> f64 {
    // Lines are seldom full to their ends.
    let needed = wrap::width(name, FONT) * 1.1 / lines as f64;
    given.max(wrap::longest(name, FONT).max(needed).min(140.0))
}

/// Where the first line of a label stands: one above what it names grows upwards, away from it.
fn first_line(given: Bounds, lines: usize, above: bool) -> f64 {
    let over = (LINE * lines as f64 - given.height.max(LINE)).max(0.0);
    given.y + FONT - if above { over } else { 0.0 }
}

/// The box of a label, for hits and overlap.
pub fn label_rect(label: &Label, family: Option<Family>) -> Rect {
    let widest = label.lines.iter().map(|it| wrap::width(it, FONT)).fold(0.0, f64::max);
    let height = LINE * label.lines.len() as f64;
    if label.upright {
        return Rect::around(point(label.x, label.y), height, widest);
    }
    let left = match family {
        Some(Family::Note | Family::Sub | Family::Group) => label.x,
        _ => label.x - widest / 2.0,
    };
    Rect::new(left, label.y - FONT, widest, height)
}

fn bounds(scene: &Scene) -> Rect {
    let nodes = scene.nodes.iter().map(|it| it.rect);
    let labels =
        scene.nodes.iter().filter(|it| !it.label.lines.is_empty()).map(|it| label_rect(&it.label, Some(it.family)));
    let bends = scene.edges.iter().flat_map(|it| &it.line).map(|it| Rect::around(*it, 1.0, 1.0));
    let names = scene.edges.iter().filter(|it| !it.label.lines.is_empty()).map(|it| label_rect(&it.label, None));
    nodes.chain(labels).chain(bends).chain(names).reduce(|a, b| a.union(&b)).unwrap_or(Rect::around(
        point(0.0, 0.0),
        400.0,
        200.0,
    ))
}
