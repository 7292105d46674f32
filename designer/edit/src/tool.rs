//! What the pointer is doing on the canvas: a state machine. [`Tool::next`] takes what the pointer did and gives
//! the next state and the edits that follow; the page draws the state and applies the edits.

use std::collections::BTreeSet;

use runtime::model::layout::Point;

use crate::allowed::{self, Forbidden};
use crate::bends::{Grip, grip, pulled};
use crate::document::Document;
use crate::edit::{Edit, FlowEdit};
use crate::geometry::{Rect, distance, distance_to_segment, point};
use crate::kind::{Family, Kind};
use crate::pools::{self, End};
use crate::scene::{self, Scene};
use crate::snap::{self, Guide};

/// How far the pointer goes before a press becomes a drag, in screen pixels.
pub const SLOP: f64 = 4.0;

/// What the pointer did. Points are on the canvas, unzoomed.
#[derive(Clone, Debug, PartialEq)]
pub enum Pointer {
    /// On a node, an arrow or nothing; with shift or not.
    Down {
        at: Point,
        on: Hit,
        shift: bool,
    },
    /// With the middle button, or with space held: pans.
    DownPan {
        at: Point,
    },
    Move {
        at: Point,
        zoom: f64,
    },
    Up {
        at: Point,
    },
    Cancel,
}

/// What lies under a point.
#[derive(Clone, Debug, PartialEq)]
pub enum Hit {
    Nothing,
    Node(String),
    Flow(String),
    /// A corner of a node that is selected.
    Corner(String, Corner),
    /// A name that stands outside its node, or at a line.
    Label(String),
    /// The right border of the name of the one that is selected.
    Border(String),
}

/// A corner that is dragged to make a node larger or smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corner {
    pub right: bool,
    pub bottom: bool,
}

impl Corner {
    pub const ALL: [Corner; 4] = [
        Corner { right: false, bottom: false },
        Corner { right: true, bottom: false },
        Corner { right: true, bottom: true },
        Corner { right: false, bottom: true },
    ];

    /// Where it is.
    pub fn of(self, rect: &Rect) -> Point {
        point(if self.right { rect.right() } else { rect.x }, if self.bottom { rect.bottom() } else { rect.y })
    }
}

/// What the next press does, when it is not selecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Drags the picture, until it is put away.
    Hand,
    Lasso,
    /// Makes or takes room.
    Space,
    Connect,
}

/// The state.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tool {
    #[default]
    Idle,
    /// Down, not yet moved.
    Pressed {
        at: Point,
        on: Hit,
        shift: bool,
    },
    /// Waits for a press.
    Armed(Mode),
    /// Nodes follow the pointer. `by` is where they would land; `into`: the flow a lone one would be put into; `onto`: the activity
    /// a lone event would sit on, or none that it would leave.
    Moving {
        nodes: BTreeSet<String>,
        from: Point,
        by: (f64, f64),
        guides: Vec<Guide>,
        into: Option<String>,
        onto: Option<Option<String>>,
    },
    /// A corner of a node follows the pointer, and those of all that are selected with it; `to`: the sizes they would get.
    Resizing {
        id: String,
        corner: Corner,
        to: Vec<(String, Rect)>,
    },
    /// A name follows the pointer; `wide`: its right border alone does.
    Labelling {
        id: String,
        from: Point,
        by: (f64, f64),
        wide: bool,
    },
    /// Room is made from here on; `flat` says in which direction, once it is known.
    Spacing {
        from: Point,
        at: Point,
        flat: Option<bool>,
    },
    /// From a node to wherever the pointer is; `to`: the node it would connect with, or why not.
    Connecting {
        source: String,
        at: Point,
        to: Option<Result<String, Forbidden>>,
    },
    /// An end of an arrow follows the pointer.
    Reconnecting {
        id: String,
        start: bool,
        at: Point,
        to: Option<Result<String, Forbidden>>,
    },
    /// A stretch or a bend of an arrow follows the pointer.
    Bending {
        id: String,
        grip: Grip,
        from: Point,
        line: Vec<Point>,
    },
    Lasso {
        from: Point,
        at: Point,
    },
    /// A new node follows the pointer; `on`: where it would be put; `after`: what will lead to it.
    Placing {
        kind: Kind,
        at: Point,
        on: Option<Result<String, Forbidden>>,
        after: Option<String>,
    },
    /// `hand`: the hand goes on holding the picture afterwards.
    Panning {
        from: Point,
        by: (f64, f64),
        hand: bool,
    },
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

/// What lies under a point of a scene: boundary events over nodes over lines over areas.
pub fn hit(scene: &Scene, at: Point, slack: f64) -> Hit {
    let inner = scene
        .nodes
        .iter()
        .rev()
        .find(|it| !(it.family.area() && it.expanded) && it.family != Family::Group && it.rect.contains(at));
    if let Some(it) = inner {
        return Hit::Node(it.id.clone());
    }
    let near = scene
        .edges
        .iter()
        .rev()
        .find(|it| it.line.windows(2).any(|pair| distance_to_segment(at, pair[0], pair[1]) <= slack));
    if let Some(it) = near {
        return Hit::Flow(it.id.clone());
    }
    let named = |it: &&crate::scene::Node| {
        !it.label.lines.is_empty() && scene::label_rect(&it.label, Some(it.family)).contains(at)
    };
    if let Some(it) = scene.nodes.iter().filter(|it| it.family.outside_label()).find(named) {
        return Hit::Label(it.id.clone());
    }
    let called =
        |it: &&crate::scene::Edge| !it.label.lines.is_empty() && scene::label_rect(&it.label, None).contains(at);
    if let Some(it) = scene.edges.iter().rev().find(called) {
        return Hit::Label(it.id.clone());
    }
    // A group is held by its border, a lane by its name, so that what lies inside can be caught with the lasso.
    let held = |it: &&crate::scene::Node| match it.family {
        Family::Group => it.rect.grown(slack).contains(at) && !it.rect.grown(-slack.max(6.0)).contains(at),
        Family::Lane | Family::Pool if it.expanded && it.standing => {
            it.rect.contains(at) && at.y <= it.rect.y + crate::lanes::HEADER
        }
        Family::Lane | Family::Pool if it.expanded => it.rect.contains(at) && at.x <= it.rect.x + crate::lanes::HEADER,
        _ => it.rect.contains(at),
    };
    match scene.nodes.iter().rev().find(held) {
        Some(it) => Hit::Node(it.id.clone()),
        None => Hit::Nothing,
    }
}

/// The same with what of the one that is selected can be held over everything: corners of a node, ends of a line, names.
pub fn hit_selected(scene: &Scene, selection: &BTreeSet<String>, at: Point, slack: f64) -> Hit {
    let held = sized(scene, selection).into_iter().find_map(|it| {
        let near = |corner: &Corner| distance(corner.of(&it.rect), at) <= slack + 2.0;
        Some(Hit::Corner(it.id.clone(), Corner::ALL.into_iter().find(near)?))
    });
    if let Some(held) = held {
        return held;
    }
    // An end lies on the border of what the line leads to, and is held all the same.
    if selection.len() == 1
        && let Some(it) = selection.first().and_then(|it| scene.edge(it))
        && [it.line.first(), it.line.last()].into_iter().flatten().any(|end| distance(*end, at) <= slack + 2.0)
    {
        return Hit::Flow(it.id.clone());
    }
    if selection.len() == 1
        && let Some(id) = selection.first()
        && label_border(scene, id).is_some_and(|border| distance(border, at) <= slack + 2.0)
    {
        return Hit::Border(id.clone());
    }
    hit(scene, at, slack)
}

/// The box of the name of a node or a line, where it can be put elsewhere.
pub fn label(scene: &Scene, id: &str) -> Option<Rect> {
    let own = |it: &crate::scene::Node| it.family.outside_label() && !it.foreign;
    let found = match scene.node(id) {
        Some(it) => own(it).then_some((&it.label, Some(it.family))),
        None => scene.edge(id).map(|it| (&it.label, None)),
    };
    found.filter(|it| !it.0.lines.is_empty()).map(|(label, family)| scene::label_rect(label, family))
}

/// Where such a name is held to make it wider or narrower.
pub fn label_border(scene: &Scene, id: &str) -> Option<Point> {
    label(scene, id).map(|it| point(it.right() + 3.0, it.centre().y))
}

/// The box a name gets that was dragged so far.
pub fn labelled(rect: Rect, (dx, dy): (f64, f64), wide: bool) -> Rect {
    if wide { widened(rect, dx) } else { rect.moved(dx.round(), dy.round()) }
}

/// The box a name gets whose right border was dragged: its middle stays below or above what it names.
fn widened(rect: Rect, by: f64) -> Rect {
    let half = (rect.width / 2.0 + by).clamp(30.0, 150.0).round();
    Rect { x: rect.centre().x - half, width: half * 2.0, ..rect }
}

/// It has corners to be dragged.
pub fn resizable(it: &crate::scene::Node) -> bool {
    let shown = it.foreign || it.family == Family::Pool && it.expanded && !it.own;
    !shown && !it.marks.folded && (it.family.hosts() || it.family.area() || it.family == Family::Note)
}

/// What of the selection has corners to be dragged. Of several, no lanes and pools, which give each other room; and none where
/// there are so many that one could not be held without another.
pub fn sized<'a>(scene: &'a Scene, selection: &BTreeSet<String>) -> Vec<&'a scene::Node> {
    const MOST: usize = 40;
    if selection.len() > MOST {
        return Vec::new();
    }
    let nodes = selection.iter().filter_map(|it| scene.node(it)).filter(|it| resizable(it));
    nodes.filter(|it| selection.len() == 1 || !matches!(it.family, Family::Lane | Family::Pool)).collect()
}

/// The sizes of what is selected when such a corner of each goes so far.
pub fn larger(
    scene: &Scene,
    selection: &BTreeSet<String>,
    corner: Corner,
    (dx, dy): (f64, f64),
) -> Vec<(String, Rect)> {
    let moved = |at: Point| point(at.x + dx, at.y + dy);
    let all = sized(scene, selection).into_iter();
    all.map(|it| (it.id.clone(), resized(it, corner, moved(corner.of(&it.rect))))).collect()
}

/// What something can be connected with: as [`hit`], a pool or lane anywhere.
fn under(scene: &Scene, at: Point, slack: f64) -> Hit {
    match hit(scene, at, slack) {
        Hit::Nothing | Hit::Label(_) | Hit::Border(_) => {
            let band =
                |family: Family| scene.nodes.iter().rev().find(move |it| it.family == family && it.rect.contains(at));
            match band(Family::Pool).or_else(|| band(Family::Lane)) {
                Some(it) => Hit::Node(it.id.clone()),
                None => Hit::Nothing,
            }
        }
        it => it,
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
            (Tool::Idle, Pointer::DownPan { at }) => {
                (Tool::Panning { from: *at, by: (0.0, 0.0), hand: false }, Outcome::default())
            }
            // Armed -> Panning | Lasso | Spacing | Connecting
            (Tool::Armed(mode), Pointer::Down { at, on, .. }) => (armed(mode, *at, on), Outcome::default()),
            (Tool::Armed(Mode::Hand), Pointer::DownPan { at }) => {
                (Tool::Panning { from: *at, by: (0.0, 0.0), hand: true }, Outcome::default())
            }
            // Pressed -> Moving | Bending | Lasso | Panning
            (Tool::Pressed { at: from, on, shift }, Pointer::Move { at, zoom }) => {
                if distance(from, *at) * zoom < SLOP {
                    return (Tool::Pressed { at: from, on, shift }, Outcome::default());
                }
                begin(document, flow, scene, from, *at, &on, shift)
            }
            // Pressed -> Idle: a click
            (Tool::Pressed { on, shift, .. }, Pointer::Up { .. }) => {
                let mut outcome = Outcome::default();
                if !shift {
                    outcome.select = Some(match on {
                        Hit::Nothing => BTreeSet::new(),
                        Hit::Node(id) | Hit::Flow(id) | Hit::Corner(id, _) | Hit::Label(id) | Hit::Border(id) => {
                            BTreeSet::from([id])
                        }
                    });
                }
                (Tool::Idle, outcome)
            }
            (Tool::Moving { nodes, from, .. }, Pointer::Move { at, .. }) => {
                (moving(document, flow, scene, nodes, from, *at), Outcome::default())
            }
            // Moving -> Idle
            (Tool::Moving { nodes, by: (dx, dy), into, onto, .. }, Pointer::Up { .. }) => {
                let mut outcome = Outcome::default();
                let lone = nodes.first().and_then(|it| scene.node(it));
                if let (Some(host), Some(it)) = (onto, lone) {
                    let at = it.rect.moved(dx, dy).centre();
                    return (Tool::Idle, edit(Edit::flow(flow, FlowEdit::Attach { id: it.id.clone(), host, at })));
                }
                match (into, nodes.first()) {
                    (Some(on), Some(id)) => {
                        outcome.edits.push(Edit::flow(flow, FlowEdit::Insert { id: id.clone(), on, dx, dy }));
                    }
                    _ if dx != 0.0 || dy != 0.0 => {
                        outcome
                            .edits
                            .push(Edit::flow(flow, FlowEdit::Move { nodes: nodes.into_iter().collect(), dx, dy }));
                    }
                    _ => (),
                }
                (Tool::Idle, outcome)
            }
            (Tool::Resizing { id, corner, .. }, Pointer::Move { at, .. }) => {
                (resizing(document, scene, id, corner, *at), Outcome::default())
            }
            // Resizing -> Idle
            (Tool::Resizing { to, .. }, Pointer::Up { .. }) => {
                let changed = to.iter().any(|(id, rect)| scene.node(id).is_some_and(|it| it.rect != *rect));
                let outcome =
                    if changed { edit(Edit::flow(flow, FlowEdit::Resize { to })) } else { Outcome::default() };
                (Tool::Idle, outcome)
            }
            (Tool::Labelling { id, from, wide, .. }, Pointer::Move { at, .. }) => {
                (Tool::Labelling { id, from, by: (at.x - from.x, at.y - from.y), wide }, Outcome::default())
            }
            // Labelling -> Idle
            (Tool::Labelling { id, by, wide, .. }, Pointer::Up { .. }) => {
                let to = label(scene, &id).map(|it| labelled(it, by, wide));
                (Tool::Idle, edit(Edit::flow(flow, FlowEdit::Label { id, to: to.map(Into::into) })))
            }
            (Tool::Spacing { from, flat, .. }, Pointer::Move { at, zoom }) => {
                let (dx, dy) = ((at.x - from.x).abs(), (at.y - from.y).abs());
                let flat = flat.or((dx.max(dy) * zoom >= SLOP).then_some(dx >= dy));
                (Tool::Spacing { from, at: *at, flat }, Outcome::default())
            }
            // Spacing -> Idle
            (Tool::Spacing { from, at, flat: Some(flat) }, Pointer::Up { .. }) => {
                let by = snap::to_grid(if flat { point(at.x - from.x, 0.0) } else { point(0.0, at.y - from.y) });
                let by = by.x + by.y;
                let space = FlowEdit::Space { at: from, by, flat, plane: scene.plane.clone() };
                (Tool::Idle, if by == 0.0 { Outcome::default() } else { edit(Edit::flow(flow, space)) })
            }
            (Tool::Spacing { flat: None, .. }, Pointer::Up { .. }) => (Tool::Idle, Outcome::default()),
            (Tool::Connecting { source, .. }, Pointer::Move { at, .. }) => {
                let to = target(document, scene, *at, |target| connected(flow, &source, target));
                (Tool::Connecting { source, at: *at, to }, Outcome::default())
            }
            // Connecting -> Connecting: let go beside its source, or where it began, it waits for a click
            (Tool::Connecting { source, to: None, at: last }, Pointer::Up { at })
                if scene
                    .node(&source)
                    .is_some_and(|it| it.rect.grown(90.0).contains(*at) || last == it.rect.centre()) =>
            {
                (Tool::Connecting { source, to: None, at: last }, Outcome::default())
            }
            // Connecting -> Connecting: a finger comes down without having moved there
            (Tool::Connecting { source, to: None, .. }, Pointer::Down { at, .. }) => {
                let to = target(document, scene, *at, |target| connected(flow, &source, target));
                if to.is_none() {
                    return (Tool::Idle, Outcome::default());
                }
                (Tool::Connecting { source, at: *at, to }, Outcome::default())
            }
            // Connecting -> Idle
            (Tool::Connecting { source, to, .. }, Pointer::Up { .. } | Pointer::Down { .. }) => match to {
                Some(Ok(target)) => (Tool::Idle, edit(connected(flow, &source, &target))),
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
            (Tool::Bending { id, grip, from, .. }, Pointer::Move { at, .. }) => {
                let line = scene.edge(&id).map(|it| pulled(&it.line, grip, from, *at)).unwrap_or_default();
                (Tool::Bending { id, grip, from, line }, Outcome::default())
            }
            // Bending -> Idle
            (Tool::Bending { id, line, .. }, Pointer::Up { .. }) => {
                let outcome = if line.len() > 1 {
                    edit(Edit::flow(flow, FlowEdit::Bend { id, line }))
                } else {
                    Outcome::default()
                };
                (Tool::Idle, outcome)
            }
            (Tool::Lasso { from, .. }, Pointer::Move { at, .. }) => (Tool::Lasso { from, at: *at }, Outcome::default()),
            // Lasso -> Idle
            (Tool::Lasso { from, at }, Pointer::Up { .. }) => {
                let rect = Rect::spanning(from, at);
                let caught = scene
                    .nodes
                    .iter()
                    .filter(|it| !it.foreign && rect.encloses(&it.rect))
                    .map(|it| it.id.clone())
                    .collect();
                (Tool::Idle, Outcome { select: Some(caught), ..Outcome::default() })
            }
            (Tool::Placing { kind, after: Some(after), .. }, Pointer::Move { at, .. }) => {
                let wish = appended(flow, &after, kind, *at);
                let on = allowed::allowed(document, &wish).err().map(Err);
                (Tool::Placing { kind, at: *at, on, after: Some(after) }, Outcome::default())
            }
            (Tool::Placing { kind, after: None, .. }, Pointer::Move { at, .. }) => {
                let on = landing(document, flow, scene, seated(scene, kind, *at), *at);
                (Tool::Placing { kind, at: *at, on, after: None }, Outcome::default())
            }
            // Placing -> Idle
            (Tool::Placing { kind, after: Some(after), .. }, Pointer::Up { at } | Pointer::Down { at, .. }) => {
                (Tool::Idle, edit(appended(flow, &after, kind, *at)))
            }
            (Tool::Placing { kind, after: None, .. }, Pointer::Up { at } | Pointer::Down { at, .. }) => {
                let kind = seated(scene, kind, *at);
                let on = match landing(document, flow, scene, kind, *at) {
                    Some(Err(why)) => return (Tool::Idle, Outcome { refused: Some(why), ..Outcome::default() }),
                    Some(Ok(on)) => Some(on),
                    None => None,
                };
                let at = match &on {
                    Some(_) => *at,
                    None => snap::to_grid(*at),
                };
                (Tool::Idle, edit(Edit::flow(flow, FlowEdit::Add { kind, at, on, plane: scene.plane.clone() })))
            }
            (Tool::Panning { from, by, hand }, Pointer::Move { at, .. }) => {
                // The canvas moves with the pointer, so the pointer stays where it is on it.
                let step = (at.x - from.x, at.y - from.y);
                let by = (by.0 + step.0, by.1 + step.1);
                (Tool::Panning { from, by, hand }, Outcome { pan: Some(step), ..Outcome::default() })
            }
            // Panning -> Idle | Armed
            (Tool::Panning { hand, .. }, Pointer::Up { .. }) => {
                (if hand { Tool::Armed(Mode::Hand) } else { Tool::Idle }, Outcome::default())
            }
            (it, _) => (it, Outcome::default()),
        }
    }
}

fn edit(it: Edit) -> Outcome {
    Outcome { edits: vec![it], ..Outcome::default() }
}

/// Pressing selects at once, so that what is dragged is what is seen selected.
fn press(document: &Document, on: &Hit, shift: bool) -> Outcome {
    let (Hit::Node(id) | Hit::Flow(id) | Hit::Label(id)) = on else {
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

fn armed(mode: Mode, at: Point, on: &Hit) -> Tool {
    match (mode, on) {
        (Mode::Hand, _) => Tool::Panning { from: at, by: (0.0, 0.0), hand: true },
        (Mode::Lasso, _) => Tool::Lasso { from: at, at },
        (Mode::Space, _) => Tool::Spacing { from: at, at, flat: None },
        (Mode::Connect, Hit::Node(id) | Hit::Corner(id, _)) => Tool::Connecting { source: id.clone(), at, to: None },
        (Mode::Connect, Hit::Nothing | Hit::Flow(_) | Hit::Label(_) | Hit::Border(_)) => Tool::Armed(Mode::Connect),
    }
}

/// The size a node gets when one of its corners is dragged here: on the grid, not below the least.
fn resizing(document: &Document, scene: &Scene, id: String, corner: Corner, at: Point) -> Tool {
    let was = scene.node(&id).map_or(at, |it| corner.of(&it.rect));
    let at = snap::to_grid(at);
    let to = larger(scene, &document.selection, corner, (at.x - was.x, at.y - was.y));
    Tool::Resizing { id, corner, to }
}

fn resized(it: &crate::scene::Node, corner: Corner, at: Point) -> Rect {
    let (least_width, least_height) = match it.family {
        Family::Sub | Family::Group => (100.0, 80.0),
        Family::Lane if it.standing => (60.0, 200.0),
        Family::Pool if it.standing => (40.0, 120.0),
        Family::Lane => (200.0, 60.0),
        Family::Pool => (120.0, 40.0),
        _ => (60.0, 40.0),
    };
    let rect = it.rect;
    let (x, right) = if corner.right {
        (rect.x, at.x.max(rect.x + least_width))
    } else {
        (at.x.min(rect.right() - least_width), rect.right())
    };
    let (y, bottom) = if corner.bottom {
        (rect.y, at.y.max(rect.y + least_height))
    } else {
        (at.y.min(rect.bottom() - least_height), rect.bottom())
    };
    Rect::new(x, y, right - x, bottom - y)
}

fn begin(
    document: &Document,
    flow: &str,
    scene: &Scene,
    from: Point,
    at: Point,
    on: &Hit,
    shift: bool,
) -> (Tool, Outcome) {
    match on {
        Hit::Node(id) => {
            let mut nodes: BTreeSet<String> =
                document.selection.iter().filter(|it| scene.node(it).is_some()).cloned().collect();
            nodes.insert(id.clone());
            // What another pool holds is moved by moving the pool.
            let pool = |id: &str| match document.flow(flow).and_then(|it| pools::end(it, id)) {
                Some(End::Foreign(Some(it), _)) => Some(it.id.clone()),
                Some(End::Foreign(None, _) | End::Own(_) | End::Pool(_)) | None => None,
            };
            let nodes = nodes.into_iter().map(|id| pool(&id).unwrap_or(id)).collect();
            (moving(document, flow, scene, nodes, from, at), Outcome::default())
        }
        Hit::Corner(id, corner) => (resizing(document, scene, id.clone(), *corner, at), Outcome::default()),
        Hit::Label(id) => (
            Tool::Labelling { id: id.clone(), from, by: (at.x - from.x, at.y - from.y), wide: false },
            Outcome::default(),
        ),
        Hit::Border(id) => {
            (Tool::Labelling { id: id.clone(), from, by: (at.x - from.x, 0.0), wide: true }, Outcome::default())
        }
        Hit::Flow(id) => {
            let Some(it) = scene.edge(id) else {
                return (Tool::Idle, Outcome::default());
            };
            let ends = (it.line.first().copied().unwrap_or_default(), it.line.last().copied().unwrap_or_default());
            if distance(from, ends.0) < 14.0 || distance(from, ends.1) < 14.0 {
                let start = distance(from, ends.0) < distance(from, ends.1);
                return (Tool::Reconnecting { id: id.clone(), start, at, to: None }, Outcome::default());
            }
            let grip = grip(&it.line, from);
            (Tool::Bending { id: id.clone(), grip, from, line: pulled(&it.line, grip, from, at) }, Outcome::default())
        }
        Hit::Nothing if shift => (Tool::Lasso { from, at }, Outcome::default()),
        Hit::Nothing => (
            Tool::Panning { from, by: (at.x - from.x, at.y - from.y), hand: false },
            Outcome { pan: Some((at.x - from.x, at.y - from.y)), ..Outcome::default() },
        ),
    }
}

fn moving(document: &Document, flow: &str, scene: &Scene, nodes: BTreeSet<String>, from: Point, at: Point) -> Tool {
    let mine: Vec<Rect> = nodes.iter().filter_map(|it| scene.node(it)).map(|it| it.rect).collect();
    let Some(whole) = mine.iter().copied().reduce(|a, b| a.union(&b)) else {
        return Tool::Idle;
    };
    let near = whole.moved(at.x - from.x, at.y - from.y).grown(700.0);
    let others: Vec<Rect> = scene
        .nodes
        .iter()
        .filter(|it| {
            it.family != Family::Boundary && !it.family.area() && it.rect.overlaps(&near) && !nodes.contains(&it.id)
        })
        .map(|it| it.rect)
        .collect();
    // One node is held by its middle and its edges, several by the box around them.
    let (dx, dy, guides) = snap::snap(&whole, at.x - from.x, at.y - from.y, &others);
    let into = nodes.first().filter(|_| nodes.len() == 1).and_then(|id| {
        let centre = whole.moved(dx, dy).centre();
        let near = |it: &&crate::scene::Edge| {
            it.line.windows(2).any(|pair| distance_to_segment(centre, pair[0], pair[1]) <= 12.0)
        };
        let on = scene.edges.iter().filter(|it| it.source != *id && it.target != *id).find(near)?.id.clone();
        let wish = Edit::flow(flow, FlowEdit::Insert { id: id.clone(), on: on.clone(), dx, dy });
        allowed::allowed(document, &wish).is_ok().then_some(on)
    });
    let onto = nodes.first().filter(|_| nodes.len() == 1).and_then(|id| {
        let it = scene.node(id).filter(|it| matches!(it.family, Family::Intermediate | Family::Boundary))?;
        landing_on(document, flow, scene, id, it.rect.moved(at.x - from.x, at.y - from.y).centre())
    });
    let (dx, dy, guides) = if onto.is_some() { (at.x - from.x, at.y - from.y, Vec::new()) } else { (dx, dy, guides) };
    let into = into.filter(|_| onto.is_none());
    Tool::Moving { nodes, from, by: (dx, dy), guides, into, onto }
}

/// The activity on whose border an event would sit with its middle here; `Some(None)`: it would leave the one it sits on.
fn landing_on(document: &Document, flow: &str, scene: &Scene, id: &str, at: Point) -> Option<Option<String>> {
    /// How far off is away from it.
    const AWAY: f64 = 45.0;
    let own = document.flow(flow).and_then(|it| crate::tree::host(it, id));
    let may = |host: Option<String>| {
        let wish = Edit::flow(flow, FlowEdit::Attach { id: id.to_owned(), host: host.clone(), at });
        allowed::allowed(document, &wish).is_ok().then_some(host)
    };
    let border = |it: &&crate::scene::Node| it.family.hosts() && it.id != id && on_border(it, at);
    match scene.nodes.iter().rev().find(border) {
        Some(it) if own == Some(it.id.as_str()) => None,
        Some(it) => may(Some(it.id.clone())),
        None => {
            let far = scene.node(own?).is_some_and(|it| !it.rect.grown(AWAY).contains(at));
            if far { may(None) } else { None }
        }
    }
}

fn connected(flow: &str, source: &str, target: &str) -> Edit {
    Edit::flow(flow, FlowEdit::Connect { source: source.to_owned(), target: target.to_owned() })
}

/// A node with its middle where it was let go of; what an activity carries on its border finds its own place there.
fn appended(flow: &str, after: &str, kind: Kind, at: Point) -> Edit {
    Edit::flow(flow, FlowEdit::Append { after: after.to_owned(), kind, at: Some(snap::to_grid(at)) })
}

fn reconnect(flow: &str, id: &str, start: bool, to: &str) -> Edit {
    let (source, target) = if start { (Some(to.to_owned()), None) } else { (None, Some(to.to_owned())) };
    Edit::flow(flow, FlowEdit::Reconnect { id: id.to_owned(), source, target })
}

/// The kind a new node gets where it is dropped: on the border of an activity an event that waits sits on it.
fn seated(scene: &Scene, kind: Kind, at: Point) -> Kind {
    let Kind::Catch(it) = kind else { return kind };
    let seat = Kind::Boundary(it);
    let on = |it: &crate::scene::Node| {
        it.family.hosts() && !it.foreign && it.kind != Kind::EventSubProcess && on_border(it, at)
    };
    if seat.is_offered() && scene.nodes.iter().any(on) { seat } else { kind }
}

/// How near to a border is on it.
fn on_border(it: &crate::scene::Node, at: Point) -> bool {
    const NEAR: f64 = 14.0;
    it.rect.grown(NEAR).contains(at) && !it.rect.grown(-NEAR).contains(at)
}

/// The node under a point and whether the edit with it is allowed.
fn target(
    document: &Document,
    scene: &Scene,
    at: Point,
    edit: impl Fn(&str) -> Edit,
) -> Option<Result<String, Forbidden>> {
    match under(scene, at, 0.0) {
        Hit::Node(id) => Some(allowed::allowed(document, &edit(&id)).map(|()| id)),
        Hit::Nothing | Hit::Flow(_) | Hit::Corner(..) | Hit::Label(_) | Hit::Border(_) => None,
    }
}

/// What a new node would be put on: an arrow, an activity (boundary events), a subprocess; or nothing.
fn landing(document: &Document, flow: &str, scene: &Scene, kind: Kind, at: Point) -> Option<Result<String, Forbidden>> {
    let boundary = kind.family() == Family::Boundary;
    if kind == Kind::Pool {
        // Around the flow or beside it, wherever it is dropped.
        return scene.plane.is_some().then_some(Err(Forbidden::LaneInside));
    }
    if kind == Kind::Lane {
        let lane = scene.nodes.iter().rev().find(|it| it.family == Family::Lane && it.rect.contains(at));
        return lane.map(|it| Ok(it.id.clone()));
    }
    let id = match hit(scene, at, if boundary { 0.0 } else { 12.0 }) {
        Hit::Node(id) => {
            let host = scene.node(&id)?;
            if host.foreign || host.family == Family::Pool {
                return Some(Err(Forbidden::OtherPool)).filter(|_| !host.own);
            }
            if !boundary && (host.family != Family::Sub || host.marks.folded) {
                return None;
            }
            id
        }
        Hit::Flow(id) if !boundary && !kind.aside() && !matches!(kind.family(), Family::Start | Family::End) => {
            // Only sequence flows are divided.
            scene.edge(&id).filter(|it| it.kind == crate::tree::Line::Sequence)?;
            id
        }
        Hit::Flow(_) => return None,
        Hit::Nothing | Hit::Corner(..) | Hit::Label(_) | Hit::Border(_) => {
            if !boundary {
                return None;
            }
            // A little beside the border is still meant for the activity.
            let near = scene.nodes.iter().find(|it| it.family.hosts() && it.rect.grown(20.0).contains(at));
            return Some(near.map(|it| it.id.clone()).ok_or(Forbidden::NeedsActivity));
        }
    };
    let wish = Edit::flow(flow, FlowEdit::Add { kind, at, on: Some(id.clone()), plane: scene.plane.clone() });
    Some(allowed::allowed(document, &wish).map(|()| id))
}
