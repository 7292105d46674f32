//! What the pointer is doing on the canvas: a state machine. [`Tool::next`] takes what the pointer did and gives
//! the next state and the edits that follow; the page draws the state and applies the edits.

use std::collections::BTreeSet;

use runtime::model::layout::Point;

use crate::allowed::{self, Forbidden};
use crate::document::Document;
use crate::edit::{Edit, FlowEdit};
use crate::geometry::{Rect, distance, distance_to_segment, point};
use crate::kind::{Family, Kind};
use crate::scene::Scene;
use crate::snap::{self, Guide};

/// How far the pointer goes before a press becomes a drag, in screen pixels.
pub const SLOP: f64 = 4.0;

/// What the pointer did. Points are on the canvas, unzoomed.
#[derive(Clone, Debug, PartialEq)]
pub enum Pointer {
    /// On a node, an arrow or nothing; with shift or not.
    Down { at: Point, on: Hit, shift: bool },
    /// With the middle button, or with space held: pans.
    DownPan { at: Point },
    Move { at: Point, zoom: f64 },
    Up { at: Point },
    Cancel,
}

/// What lies under a point.
#[derive(Clone, Debug, PartialEq)]
pub enum Hit {
    Nothing,
    Node(String),
    Flow(String),
}

/// The state.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tool {
    #[default]
    Idle,
    /// Down, not yet moved.
    Pressed { at: Point, on: Hit, shift: bool },
    /// Nodes follow the pointer. `by` is where they would land.
    Moving { nodes: BTreeSet<String>, from: Point, by: (f64, f64), guides: Vec<Guide> },
    /// From a node to wherever the pointer is; `to`: the node it would connect with, or why not.
    Connecting { source: String, at: Point, to: Option<Result<String, Forbidden>> },
    /// An end of an arrow follows the pointer.
    Reconnecting { id: String, start: bool, at: Point, to: Option<Result<String, Forbidden>> },
    /// A stretch of an arrow follows the pointer.
    Bending { id: String, stretch: usize, from: Point, line: Vec<Point> },
    Lasso { from: Point, at: Point },
    /// A new node follows the pointer; `on`: where it would be put.
    Placing { kind: Kind, at: Point, on: Option<Result<String, Forbidden>> },
    Panning { from: Point, by: (f64, f64) },
}

/// What follows from a pointer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    pub edits: Vec<Edit>,
    /// The new selection, when it changes.
    pub select: Option<BTreeSet<String>>,
    /// Move the picture by this.
    pub pan: Option<(f64, f64)>,
    /// Why a drop was refused.
    pub refused: Option<Forbidden>,
}

/// What lies under a point of a scene: boundary events over nodes over arrows over subprocesses.
pub fn hit(scene: &Scene, at: Point, slack: f64) -> Hit {
    let inner = scene.nodes.iter().rev().find(|it| !(it.family == Family::Sub && it.expanded) && it.rect.contains(at));
    if let Some(it) = inner {
        return Hit::Node(it.id.clone());
    }
    let near = scene.edges.iter().rev().find(|it| it.line.windows(2).any(|pair| distance_to_segment(at, pair[0], pair[1]) <= slack));
    if let Some(it) = near {
        return Hit::Flow(it.id.clone());
    }
    match scene.nodes.iter().rev().find(|it| it.rect.contains(at)) {
        Some(it) => Hit::Node(it.id.clone()),
        None => Hit::Nothing,
    }
}

impl Tool {
    /// The next state and what follows.
    pub fn next(self, pointer: &Pointer, document: &Document, flow: &str, scene: &Scene) -> (Tool, Outcome) {
        match (self, pointer) {
            // Any -> Idle
            (_, Pointer::Cancel) => (Tool::Idle, Outcome::default()),
            // Idle -> Pressed
            (Tool::Idle, Pointer::Down { at, on, shift }) => {
                (Tool::Pressed { at: *at, on: on.clone(), shift: *shift }, press(document, on, *shift))
            }
            (Tool::Idle, Pointer::DownPan { at }) => (Tool::Panning { from: *at, by: (0.0, 0.0) }, Outcome::default()),
            // Pressed -> Moving | Bending | Lasso | Panning
            (Tool::Pressed { at: from, on, shift }, Pointer::Move { at, zoom }) => {
                if distance(from, *at) * zoom < SLOP {
                    return (Tool::Pressed { at: from, on, shift }, Outcome::default());
                }
                begin(document, scene, from, *at, &on, shift)
            }
            // Pressed -> Idle: a click
            (Tool::Pressed { on, shift, .. }, Pointer::Up { .. }) => {
                let mut outcome = Outcome::default();
                if !shift {
                    outcome.select = Some(match on {
                        Hit::Nothing => BTreeSet::new(),
                        Hit::Node(id) | Hit::Flow(id) => BTreeSet::from([id]),
                    });
                }
                (Tool::Idle, outcome)
            }
            (Tool::Moving { nodes, from, .. }, Pointer::Move { at, .. }) => (moving(scene, nodes, from, *at), Outcome::default()),
            // Moving -> Idle
            (Tool::Moving { nodes, by: (dx, dy), .. }, Pointer::Up { .. }) => {
                let mut outcome = Outcome::default();
                if dx != 0.0 || dy != 0.0 {
                    outcome.edits.push(Edit::flow(flow, FlowEdit::Move { nodes: nodes.into_iter().collect(), dx, dy }));
                }
                (Tool::Idle, outcome)
            }
            (Tool::Connecting { source, .. }, Pointer::Move { at, .. }) => {
                let to = target(document, scene, *at, |target| {
                    Edit::flow(flow, FlowEdit::Connect { source: source.clone(), target: target.to_owned() })
                });
                (Tool::Connecting { source, at: *at, to }, Outcome::default())
            }
            // Connecting -> Connecting: let go beside its source, it waits for a click
            (Tool::Connecting { source, to: None, at: last }, Pointer::Up { at })
                if scene.nodes.iter().any(|it| it.id == source && it.rect.grown(90.0).contains(*at)) =>
            {
                (Tool::Connecting { source, to: None, at: last }, Outcome::default())
            }
            // Connecting -> Idle
            (Tool::Connecting { source, to, .. }, Pointer::Up { .. } | Pointer::Down { .. }) => match to {
                Some(Ok(target)) => (Tool::Idle, edit(Edit::flow(flow, FlowEdit::Connect { source, target }))),
                Some(Err(why)) => (Tool::Idle, Outcome { refused: Some(why), ..Outcome::default() }),
                None => (Tool::Idle, Outcome::default()),
            },
            (Tool::Reconnecting { id, start, .. }, Pointer::Move { at, .. }) => {
                let to = target(document, scene, *at, |target| reconnect(flow, &id, start, target));
                (Tool::Reconnecting { id, start, at: *at, to }, Outcome::default())
            }
            // Reconnecting -> Idle
            (Tool::Reconnecting { id, start, to, .. }, Pointer::Up { .. }) => match to {
                Some(Ok(target)) => (Tool::Idle, edit(reconnect(flow, &id, start, &target))),
                Some(Err(why)) => (Tool::Idle, Outcome { refused: Some(why), ..Outcome::default() }),
                None => (Tool::Idle, Outcome::default()),
            },
            (Tool::Bending { id, stretch, from, .. }, Pointer::Move { at, .. }) => {
                let line = scene.edges.iter().find(|it| it.id == id).map(|it| bend(&it.line, stretch, from, *at)).unwrap_or_default();
                (Tool::Bending { id, stretch, from, line }, Outcome::default())
            }
            // Bending -> Idle
            (Tool::Bending { id, line, .. }, Pointer::Up { .. }) => {
                let outcome = if line.len() > 1 { edit(Edit::flow(flow, FlowEdit::Bend { id, line })) } else { Outcome::default() };
                (Tool::Idle, outcome)
            }
            (Tool::Lasso { from, .. }, Pointer::Move { at, .. }) => (Tool::Lasso { from, at: *at }, Outcome::default()),
            // Lasso -> Idle
            (Tool::Lasso { from, at }, Pointer::Up { .. }) => {
                let rect = Rect::spanning(from, at);
                let caught = scene.nodes.iter().filter(|it| rect.encloses(&it.rect)).map(|it| it.id.clone()).collect();
                (Tool::Idle, Outcome { select: Some(caught), ..Outcome::default() })
            }
            (Tool::Placing { kind, .. }, Pointer::Move { at, .. }) => {
                let on = landing(document, flow, scene, kind, *at);
                (Tool::Placing { kind, at: *at, on }, Outcome::default())
            }
            // Placing -> Idle
            (Tool::Placing { kind, .. }, Pointer::Up { at } | Pointer::Down { at, .. }) => {
                let on = match landing(document, flow, scene, kind, *at) {
                    Some(Err(why)) => return (Tool::Idle, Outcome { refused: Some(why), ..Outcome::default() }),
                    Some(Ok(on)) => Some(on),
                    None => None,
                };
                let at = match &on {
                    Some(_) => *at,
                    None => snap::to_grid(*at),
                };
                (Tool::Idle, edit(Edit::flow(flow, FlowEdit::Add { kind, at, on })))
            }
            (Tool::Panning { from, by }, Pointer::Move { at, .. }) => {
                // The canvas moves with the pointer, so the pointer stays where it is on it.
                let step = (at.x - from.x, at.y - from.y);
                (Tool::Panning { from, by: (by.0 + step.0, by.1 + step.1) }, Outcome { pan: Some(step), ..Outcome::default() })
            }
            // Panning -> Idle
            (Tool::Panning { .. }, Pointer::Up { .. }) => (Tool::Idle, Outcome::default()),
            (it, _) => (it, Outcome::default()),
        }
    }
}

fn edit(it: Edit) -> Outcome {
    Outcome { edits: vec![it], ..Outcome::default() }
}

/// Pressing selects at once, so that what is dragged is what is seen selected.
fn press(document: &Document, on: &Hit, shift: bool) -> Outcome {
    let (Hit::Node(id) | Hit::Flow(id)) = on else {
        return Outcome::default();
    };
    let mut selection = document.selection.clone();
    if shift {
        if !selection.remove(id) {
            selection.insert(id.clone());
        }
    } else if !selection.contains(id) {
        selection = BTreeSet::from([id.clone()]);
    }
    Outcome { select: Some(selection), ..Outcome::default() }
}

fn begin(document: &Document, scene: &Scene, from: Point, at: Point, on: &Hit, shift: bool) -> (Tool, Outcome) {
    match on {
        Hit::Node(id) => {
            let mut nodes: BTreeSet<String> =
                document.selection.iter().filter(|it| scene.nodes.iter().any(|node| node.id == **it)).cloned().collect();
            nodes.insert(id.clone());
            (moving(scene, nodes, from, at), Outcome::default())
        }
        Hit::Flow(id) => {
            let Some(it) = scene.edges.iter().find(|it| it.id == *id) else {
                return (Tool::Idle, Outcome::default());
            };
            let ends = (it.line.first().copied().unwrap_or_default(), it.line.last().copied().unwrap_or_default());
            if distance(from, ends.0) < 14.0 || distance(from, ends.1) < 14.0 {
                let start = distance(from, ends.0) < distance(from, ends.1);
                return (Tool::Reconnecting { id: id.clone(), start, at, to: None }, Outcome::default());
            }
            let stretch = it
                .line
                .windows(2)
                .enumerate()
                .min_by(|a, b| distance_to_segment(from, a.1[0], a.1[1]).total_cmp(&distance_to_segment(from, b.1[0], b.1[1])))
                .map_or(0, |it| it.0);
            (Tool::Bending { id: id.clone(), stretch, from, line: bend(&it.line, stretch, from, at) }, Outcome::default())
        }
        Hit::Nothing if shift => (Tool::Lasso { from, at }, Outcome::default()),
        Hit::Nothing => (
            Tool::Panning { from, by: (at.x - from.x, at.y - from.y) },
            Outcome { pan: Some((at.x - from.x, at.y - from.y)), ..Outcome::default() },
        ),
    }
}

fn moving(scene: &Scene, nodes: BTreeSet<String>, from: Point, at: Point) -> Tool {
    let mine: Vec<Rect> = scene.nodes.iter().filter(|it| nodes.contains(&it.id)).map(|it| it.rect).collect();
    let Some(whole) = mine.iter().copied().reduce(|a, b| a.union(&b)) else {
        return Tool::Idle;
    };
    let others: Vec<Rect> = scene
        .nodes
        .iter()
        .filter(|it| !nodes.contains(&it.id) && !matches!(it.family, Family::Boundary | Family::Sub) && it.rect.overlaps(&whole.moved(at.x - from.x, at.y - from.y).grown(700.0)))
        .map(|it| it.rect)
        .collect();
    // One node is held by its middle and its edges, several by the box around them.
    let (dx, dy, guides) = snap::snap(&whole, at.x - from.x, at.y - from.y, &others);
    Tool::Moving { nodes, from, by: (dx, dy), guides }
}

fn reconnect(flow: &str, id: &str, start: bool, to: &str) -> Edit {
    let (source, target) = if start { (Some(to.to_owned()), None) } else { (None, Some(to.to_owned())) };
    Edit::flow(flow, FlowEdit::Reconnect { id: id.to_owned(), source, target })
}

/// The node under a point and whether the edit with it is allowed.
fn target(document: &Document, scene: &Scene, at: Point, edit: impl Fn(&str) -> Edit) -> Option<Result<String, Forbidden>> {
    match hit(scene, at, 0.0) {
        Hit::Node(id) => Some(allowed::allowed(document, &edit(&id)).map(|()| id)),
        Hit::Nothing | Hit::Flow(_) => None,
    }
}

/// What a new node would be put on: an arrow, an activity (boundary events), a subprocess; or nothing.
fn landing(document: &Document, flow: &str, scene: &Scene, kind: Kind, at: Point) -> Option<Result<String, Forbidden>> {
    let boundary = kind.family() == Family::Boundary;
    let id = match hit(scene, at, if boundary { 0.0 } else { 12.0 }) {
        Hit::Node(id) => {
            let host = scene.nodes.iter().find(|it| it.id == id)?;
            if !boundary && host.family != Family::Sub {
                return None;
            }
            id
        }
        Hit::Flow(id) if !boundary && !matches!(kind.family(), Family::Start | Family::End | Family::Note) => id,
        Hit::Flow(_) => return None,
        Hit::Nothing => {
            if !boundary {
                return None;
            }
            // A little beside the border is still meant for the activity.
            let near = scene.nodes.iter().find(|it| it.family.hosts() && it.rect.grown(20.0).contains(at));
            return Some(near.map(|it| it.id.clone()).ok_or(Forbidden::NeedsActivity));
        }
    };
    let wish = Edit::flow(flow, FlowEdit::Add { kind, at, on: Some(id.clone()) });
    Some(allowed::allowed(document, &wish).map(|()| id))
}

/// A line with one stretch moved across its direction; at its ends new bends appear.
fn bend(line: &[Point], stretch: usize, from: Point, at: Point) -> Vec<Point> {
    let Some(pair) = line.get(stretch..stretch + 2) else {
        return line.to_vec();
    };
    let to = snap::to_grid(point(pair[0].x + at.x - from.x, pair[0].y + at.y - from.y));
    let flat = (pair[0].y - pair[1].y).abs() < 0.5;
    let moved = |it: Point| if flat { point(it.x, to.y) } else { point(to.x, it.y) };
    let mut bent = line[..stretch].to_vec();
    if stretch == 0 {
        // The dock stays; the line leaves it by a short way.
        bent.push(pair[0]);
        let leave = if flat { point(pair[0].x + 20.0 * (pair[1].x - pair[0].x).signum(), pair[0].y) } else { point(pair[0].x, pair[0].y + 20.0 * (pair[1].y - pair[0].y).signum()) };
        bent.push(leave);
        bent.push(moved(leave));
    } else {
        bent.push(moved(pair[0]));
    }
    if stretch + 2 == line.len() {
        let arrive = if flat { point(pair[1].x - 20.0 * (pair[1].x - pair[0].x).signum(), pair[1].y) } else { point(pair[1].x, pair[1].y - 20.0 * (pair[1].y - pair[0].y).signum()) };
        bent.push(moved(arrive));
        bent.push(arrive);
        bent.push(pair[1]);
    } else {
        bent.push(moved(pair[1]));
        bent.extend_from_slice(&line[stretch + 2..]);
    }
    bent
}
