//! What is drawn where: elements become things in scopes, pools and lanes rows of one grid, subprocesses scopes of their own.

use crate::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use super::grid::{Grid, Track};
use super::place::place;
use super::route::Side;
use super::scope::{Form, Hanging, Line, LineKind, Scope, Settled, Thing, Tip, settle};
use super::world::{Link, World};
use super::{label, text};
use crate::interchange::Collaboration;
use crate::model::flow::{Element, ElementKind, Flow, Lane};
use crate::model::layout::{Bounds, Diagram, Edge, Point, Shape};

/// The part of the grid a line may use.
type Within = (usize, usize, usize, usize);

/// Room in a subprocess around what is inside it; its name stands at the top.
const PADDING: (f64, f64, f64) = (6.0, 26.0, 6.0);
/// Width of the stripe with the name of a pool or lane.
const HEADER: u32 = 30;
/// Height of a pool that shows nothing inside.
const BAND: u32 = 70;

/// A drawn scope, its corner at the origin.
#[derive(Default)]
struct Drawn {
    width: f64,
    height: f64,
    shapes: Vec<Shape>,
    edges: Vec<(usize, Vec<Point>)>,
    /// Ways out of the scope, by link and whether its beginning is inside: from the element to the border.
    escapes: BTreeMap<(usize, bool), Vec<Point>>,
}

/// Draws flows and the pools around them.
pub fn draw(flows: &[Flow], collaborations: &[Collaboration], id: &str) -> Diagram {
    let mut world = World::default();
    for flow in flows {
        world.gather(&flow.flow_elements, None);
    }
    for it in collaborations {
        world.gather(&it.artifacts, None);
        for it in &it.message_flows {
            let (source, target) = (it.source_ref.as_str(), it.target_ref.as_str());
            world.links.push(Link { id: &it.id, kind: LineKind::Message, name: &it.name, source, target });
        }
    }
    world.share();
    let mut drawn = world.top(flows, collaborations);
    let labels = label::of_edges(
        &drawn.shapes,
        &world.containers(),
        &drawn.edges.iter().map(|(at, way)| (world.links[*at].name, way.as_slice())).collect::<Vec<_>>(),
    );
    let edges = drawn.edges.drain(..).zip(labels).map(|((at, waypoints), label)| Edge {
        element: world.links[at].id.into(),
        waypoints,
        label,
        ..Edge::default()
    });
    let element = match collaborations {
        [first, ..] => Some(first.id.as_str().into()),
        [] => flows.first().map(|it| it.id.as_str().into()),
    };
    Diagram { id: id.to_owned(), element, edges: edges.collect(), shapes: drawn.shapes, ..Diagram::default() }
}

/// A stripe of the drawing: a process, in a pool or not, or a pool that shows nothing.
struct Region<'a> {
    pool: Option<(&'a str, &'a str)>,
    flow: Option<&'a Flow>,
    elements: Vec<&'a Element>,
    lanes: Vec<Leaf<'a>>,
    depth: u32,
    /// Rows of the grid: its borders, if it has any.
    top: usize,
    bottom: usize,
}

/// A lane with nothing but nodes inside, and the lanes around it, outermost first.
struct Leaf<'a> {
    lane: &'a Lane,
    around: Vec<&'a Lane>,
    /// The border above, and below.
    top: usize,
    bottom: usize,
}

/// A row before it is in the grid: its lane, and the thing in each column.
#[derive(Clone, Default)]
struct Row {
    lane: usize,
    cells: BTreeMap<usize, usize>,
    beside: bool,
}

impl<'a> World<'a> {
    /// The things of one level; boundary events hang on their hosts, subprocesses are drawn.
    fn things(&self, elements: &[&'a Element]) -> (Vec<Thing>, Vec<Option<Drawn>>, BTreeMap<&'a str, usize>) {
        let (mut things, mut inner, mut index): (Vec<Thing>, Vec<Option<Drawn>>, BTreeMap<&str, usize>) =
            Default::default();
        let activities: BTreeSet<&str> =
            elements.iter().filter(|it| it.kind.is_activity()).map(|it| it.id.as_str()).gather();
        for it in elements {
            let hangs = matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if activities.contains(attached_to_ref.as_str()));
            if hangs || index.contains_key(it.id.as_str()) {
                continue;
            }
            let Some((form, width, height)) = size(it) else { continue };
            let mut thing = Thing {
                id: it.id.0.clone(),
                form,
                width,
                height,
                label: if form == Form::Activity || matches!(it.kind, ElementKind::TextAnnotation { .. }) {
                    None
                } else {
                    text::label(&it.name)
                },
                hanging: Vec::new(),
                column: 0,
                row: 0,
            };
            let inside = (!it.inside().is_empty()).then(|| self.subprocess(it)).filter(|it| !it.shapes.is_empty());
            if let Some(it) = &inside {
                thing.width = it.width.max(140.0);
                thing.height = it.height.max(80.0);
            }
            index.insert(it.id.as_str(), things.len());
            things.push(thing);
            inner.push(inside);
        }
        for it in elements {
            if let ElementKind::BoundaryEvent { attached_to_ref, .. } = &it.kind
                && let Some(host) = index.get(attached_to_ref.as_str()).copied()
                && !index.contains_key(it.id.as_str())
            {
                things[host].hanging.push(Hanging { id: it.id.0.clone(), dx: 0.0, label: text::label(&it.name) });
            }
        }
        for thing in &mut things {
            // From the right: each has its label at its right, below its host.
            let room: Vec<f64> =
                thing.hanging.iter().map(|it| 46.0_f64.max(it.label.map_or(0.0, |it| it.0 + 34.0))).collect();
            thing.width = thing.width.max(room.iter().sum::<f64>() + 20.0);
            let mut x = thing.width / 2.0 - 8.0;
            for (hanging, room) in thing.hanging.iter_mut().zip(room).rev() {
                x -= room;
                hanging.dx = x + 18.0;
            }
        }
        (things, inner, index)
    }

    fn subprocess(&self, of: &'a Element) -> Drawn {
        let elements: Vec<&Element> = of.inside().iter().collect();
        let (mut things, inner, index) = self.things(&elements);
        if things.is_empty() {
            return Drawn::default();
        }
        let scope = Some(of.id.as_str());
        let rows = self.rows(&mut things, &index, scope, &vec![0; elements.len()], 1);
        let mut grid = Grid::default();
        let columns = things.iter().map(|it| it.column + 1).max().unwrap_or(0);
        grid.columns = vec![Track::Cells; columns];
        for row in rows {
            for (column, thing) in row.cells {
                grid.cells.insert((column, grid.rows.len()), thing);
                things[thing].row = grid.rows.len();
            }
            grid.rows.push(Track::Cells);
        }
        let (width, height) = grid.lattice();
        let whole = (0, width - 1, 0, height - 1);
        let (lines, links) = self.lines(&things, &inner, &index, scope, &|_, _, _| whole, &|_| None);
        let scope = Scope { grid, things, lines };
        let settled = settle(&scope);
        let mut drawn = assemble(&scope, settled, inner, &links);
        let (side, top, bottom) = PADDING;
        drawn.shift(side, top);
        drawn.width += 2.0 * side;
        drawn.height += top + bottom;
        for ((_, _), way) in &mut drawn.escapes {
            // On to the border of the subprocess itself.
            if let Some(last) = way.last_mut() {
                last.y = if last.y <= top + 0.5 { 0.0 } else { drawn.height };
            }
        }
        drawn
    }

    /// Rows of a level: nodes by layers and lanes, then what stands beside them in rows of its own. Sets the columns of things.
    fn rows(
        &self,
        things: &mut [Thing],
        index: &BTreeMap<&'a str, usize>,
        scope: Option<&str>,
        lane: &[usize],
        lanes: usize,
    ) -> Vec<Row> {
        let at = |id: &'a str| self.stands_for(id, scope).and_then(|it| index.get(it)).copied();
        let nodes: Vec<usize> = (0..things.len()).filter(|it| things[*it].form != Form::Beside).collect();
        let number: BTreeMap<usize, usize> = nodes.iter().enumerate().map(|(at, it)| (*it, at)).gather();
        // Flows of boundary events last: they go below. A compensation handler stands behind what it undoes.
        let mut edges: Vec<(bool, usize, usize)> = self
            .links_of(scope)
            .map(|it| it.1)
            .filter(|it| {
                it.kind == LineKind::Sequence
                    || (it.kind == LineKind::Association && self.hosts.contains_key(it.source))
            })
            .filter_map(|it| {
                Some((self.hosts.contains_key(it.source), *number.get(&at(it.source)?)?, *number.get(&at(it.target)?)?))
            })
            .collect();
        crate::gather::order(&mut edges, |a, b| a.0.cmp(&b.0));
        let edges: Vec<(usize, usize)> = edges.into_iter().map(|it| (it.1, it.2)).collect();
        let lane: Vec<usize> =
            nodes.iter().map(|it| lane.get(*it).copied().unwrap_or(0).min(lanes.saturating_sub(1))).collect();
        let placed = place(nodes.len(), &edges, &lane, lanes);
        let mut rows: Vec<Row> = Vec::new();
        let mut first = Vec::new();
        for (at, count) in placed.rows.iter().enumerate() {
            first.push(rows.len());
            rows.extend(vec![Row { lane: at, ..Row::default() }; (*count).max(1)]);
        }
        for (node, thing) in nodes.iter().enumerate() {
            things[*thing].column = placed.column[node];
            rows[first[lane[node]] + placed.row[node]].cells.insert(placed.column[node], *thing);
        }
        let besides: Vec<usize> = (0..things.len()).filter(|it| things[*it].form == Form::Beside).collect();
        let mut neighbours: BTreeMap<usize, usize> = BTreeMap::new();
        for it in self.links_of(scope).map(|it| it.1).filter(|it| it.kind == LineKind::Association) {
            if let (Some(a), Some(b)) = (at(it.source), at(it.target)) {
                neighbours.entry(a).or_insert(b);
                neighbours.entry(b).or_insert(a);
            }
        }
        for thing in besides {
            beside(thing, neighbours.get(&thing).copied(), things, &mut rows);
        }
        rows
    }

    /// The lines of a scope, and the link each one is of with the ends that are outside of it.
    fn lines(
        &self,
        things: &[Thing],
        inner: &[Option<Drawn>],
        index: &BTreeMap<&'a str, usize>,
        scope: Option<&str>,
        within: &dyn Fn(LineKind, &Tip, &Tip) -> Within,
        pool: &dyn Fn(&str) -> Option<Tip>,
    ) -> (Vec<Line>, Vec<(usize, Option<bool>)>) {
        let (mut lines, mut links) = (Vec::new(), Vec::new());
        // Events on the border of the scope hang below it.
        let below = scope.is_none_or(|id| !self.hosts.values().any(|it| *it == id));
        for (number, link) in self.links_of(scope) {
            let tip = |id: &'a str, beginning: bool| -> Option<Tip> {
                let Some(at) = self.stands_for(id, scope).and_then(|it| index.get(it)).copied() else {
                    return pool(id);
                };
                if things[at].id == id {
                    return Some(Tip::Thing { at, port: None });
                }
                if let Some(it) = things[at].hanging.iter().find(|it| it.id == id) {
                    return Some(Tip::Thing { at, port: Some((it.dx, Side::Down)) });
                }
                let drawn = inner[at].as_ref()?;
                let end = drawn.escapes.get(&(number, beginning))?.last()?;
                let side = if end.y <= 0.5 { Side::Up } else { Side::Down };
                Some(Tip::Thing { at, port: Some((end.x - things[at].width / 2.0, side)) })
            };
            let here = |id: &'a str| self.stands_for(id, scope);
            let (from, to, ends) = match (tip(link.source, true), tip(link.target, false)) {
                (Some(from), Some(to)) => {
                    // Inside of one thing there is nothing to draw here, unless it is a way back to itself.
                    let same = here(link.source).is_some() && here(link.source) == here(link.target);
                    if same && link.source != link.target && !self.hosts.contains_key(link.source) {
                        continue;
                    }
                    (from, to, None)
                }
                (Some(from), None)
                    if scope.is_some() && self.within.contains_key(link.target)
                        || self.is_pool(link.target, scope) && here(link.source).is_some() =>
                {
                    (from, Tip::Outside { below }, Some(true))
                }
                (None, Some(to))
                    if scope.is_some() && self.within.contains_key(link.source)
                        || self.is_pool(link.source, scope) && here(link.target).is_some() =>
                {
                    (Tip::Outside { below }, to, Some(false))
                }
                _ => continue,
            };
            let within = within(link.kind, &from, &to);
            lines.push(Line { kind: link.kind, from, to, label: text::label(link.name), within });
            links.push((number, ends));
        }
        (lines, links)
    }

    /// Whether a line to that id leaves a subprocess: it ends at a pool.
    fn is_pool(&self, id: &str, scope: Option<&str>) -> bool {
        scope.is_some() && !self.within.contains_key(id)
    }

    fn top(&self, flows: &'a [Flow], collaborations: &'a [Collaboration]) -> Drawn {
        let mut regions = regions(flows, collaborations);
        let bordered = regions.iter().any(|it| it.pool.is_some() || !it.lanes.is_empty());
        let elements: Vec<&Element> = regions.iter().flat_map(|it| it.elements.iter().copied()).collect();
        let (mut things, inner, index) = self.things(&elements);
        let mut grid = Grid::default();
        let left = usize::from(bordered);
        for region in &mut regions {
            let own: Vec<&str> =
                region.elements.iter().map(|it| it.id.as_str()).filter(|it| index.contains_key(it)).collect();
            let has_border = region.pool.is_some() || !region.lanes.is_empty();
            region.top = grid.rows.len();
            if region.flow.is_none() && region.pool.is_some() {
                grid.rows.push(Track::Band(BAND));
                region.bottom = region.top;
                continue;
            }
            if has_border {
                grid.rows.push(Track::Border(0));
            } else if !grid.rows.is_empty() {
                grid.rows.push(Track::Border(20));
            }
            // A part of the things by themselves: numbered anew.
            let mut part: Vec<Thing> = own.iter().map(|it| things[index[it]].clone()).collect();
            let part_index: BTreeMap<&str, usize> = own.iter().enumerate().map(|(at, it)| (*it, at)).gather();
            let lane = lanes_of(&own, &region.lanes);
            let rows = self.rows(&mut part, &part_index, None, &lane, region.lanes.len().max(1));
            let mut last = 0;
            for row in rows {
                if row.lane != last {
                    for lane in region.lanes.get_mut(last..).into_iter().flatten().take(1) {
                        lane.bottom = grid.rows.len();
                    }
                    if let Some(lane) = region.lanes.get_mut(row.lane) {
                        lane.top = grid.rows.len();
                    }
                    grid.rows.push(Track::Border(0));
                    last = row.lane;
                } else if grid.rows.len() == region.top + 1
                    && let Some(lane) = region.lanes.first_mut()
                {
                    lane.top = region.top;
                }
                for (column, at) in row.cells {
                    let thing = index[own[at]];
                    things[thing].column = column + left;
                    things[thing].row = grid.rows.len();
                    grid.cells.insert((column + left, grid.rows.len()), thing);
                }
                grid.rows.push(Track::Cells);
            }
            region.bottom = grid.rows.len();
            if has_border {
                grid.rows.push(Track::Border(0));
                if let Some(lane) = region.lanes.last_mut() {
                    lane.bottom = region.bottom;
                }
            }
        }
        let columns = things.iter().map(|it| it.column + 1).max().unwrap_or(left + 1).max(left + 1);
        if bordered {
            let header = regions.iter().map(|it| HEADER * (it.depth + u32::from(it.pool.is_some()))).max().unwrap_or(0);
            grid.columns.push(Track::Border(header));
        }
        grid.columns.resize(columns, Track::Cells);
        if bordered {
            grid.columns.push(Track::Border(0));
        }
        let (width, height) = grid.lattice();
        let whole = (0, width - 1, 0, height - 1);
        let inside = if bordered { (2, width - 3) } else { (0, width - 1) };
        let pool = |id: &str| {
            let region = regions.iter().find(|it| it.pool.is_some_and(|it| it.0 == id))?;
            let mut rows = vec![2 * region.top + 1, 2 * region.bottom + 1];
            rows.dedup();
            Some(Tip::Pool { rows, from: inside.0, to: inside.1 })
        };
        let row_of = |tip: &Tip| if let Tip::Thing { at, .. } = tip { Some(things[*at].row) } else { None };
        let within = |kind: LineKind, from: &Tip, to: &Tip| {
            let region = |row: usize| regions.iter().find(|it| (it.top..=it.bottom).contains(&row));
            match (row_of(from).and_then(region), row_of(to).and_then(region)) {
                // In one pool: not over its borders.
                (Some(a), Some(b))
                    if kind != LineKind::Message && a.top == b.top && (a.pool.is_some() || !a.lanes.is_empty()) =>
                {
                    (inside.0, inside.1, 2 * a.top + 2, 2 * a.bottom)
                }
                _ => whole,
            }
        };
        let (lines, links) = self.lines(&things, &inner, &index, None, &within, &pool);
        let scope = Scope { grid, things, lines };
        let settled = settle(&scope);
        let mut shapes = Vec::new();
        if bordered {
            let right = settled.columns.start(2 * scope.grid.columns.len() - 1);
            for region in &regions {
                frame(region, &settled, settled.columns.start(1), right, &mut shapes);
            }
        }
        let mut drawn = assemble(&scope, settled, inner, &links);
        shapes.append(&mut drawn.shapes);
        drawn.shapes = shapes;
        drawn.shift(60.0, 60.0);
        drawn
    }
}

/// Width and height of an element, and what it is; `None`: it is no shape.
/// How large an element is drawn; none: it is a line, or not drawn.
pub(super) fn usual_size(of: &Element) -> Option<(f64, f64)> {
    size(of).map(|(_, width, height)| (width, height))
}

fn size(of: &Element) -> Option<(Form, f64, f64)> {
    let task = || {
        let (width, height) = text::task(&of.name);
        (Form::Activity, width, height)
    };
    Some(match &of.kind {
        ElementKind::SequenceFlow { .. } | ElementKind::Association { .. } | ElementKind::DataObject { .. } => {
            return None;
        }
        ElementKind::StartEvent { .. }
        | ElementKind::EndEvent { .. }
        | ElementKind::IntermediateCatchEvent { .. }
        | ElementKind::IntermediateThrowEvent { .. }
        | ElementKind::BoundaryEvent { .. } => (Form::Event, 36.0, 36.0),
        ElementKind::ExclusiveGateway {}
        | ElementKind::InclusiveGateway {}
        | ElementKind::ParallelGateway {}
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::ComplexGateway { .. } => (Form::Gateway, 50.0, 50.0),
        ElementKind::DataObjectReference { .. } => (Form::Beside, 36.0, 50.0),
        ElementKind::DataStoreReference { .. } => (Form::Beside, 50.0, 50.0),
        ElementKind::TextAnnotation { text } => {
            let (width, height) = text::note(text);
            (Form::Beside, width, height)
        }
        ElementKind::Group { .. } => (Form::Beside, 140.0, 80.0),
        ElementKind::UserTask(_)
        | ElementKind::Task {}
        | ElementKind::ManualTask {}
        | ElementKind::ServiceTask { .. }
        | ElementKind::ScriptTask { .. }
        | ElementKind::SendTask { .. }
        | ElementKind::ReceiveTask { .. }
        | ElementKind::BusinessRuleTask { .. }
        | ElementKind::CallActivity { .. }
        | ElementKind::SubProcess { .. }
        | ElementKind::Transaction { .. }
        | ElementKind::AdHocSubProcess { .. } => task(),
    })
}

/// Puts data or a note into a row of such things beside its neighbour: notes above, data below.
fn beside(thing: usize, neighbour: Option<usize>, things: &mut [Thing], rows: &mut Vec<Row>) {
    let home = neighbour.and_then(|it| rows.iter().position(|row| row.cells.values().any(|at| *at == it)));
    let above = things[thing].height <= 40.0 || things[thing].width > 60.0;
    let (row, column) = match (home, neighbour) {
        (Some(home), Some(neighbour)) => {
            let column = things[neighbour].column;
            let lane = rows[home].lane;
            let near = if above { home.checked_sub(1) } else { Some(home + 1) };
            let free = near.filter(|it| {
                rows.get(*it).is_some_and(|it| it.beside && it.lane == lane && !it.cells.contains_key(&column))
            });
            match free {
                Some(row) => (row, column),
                None => {
                    let row = if above { home } else { home + 1 };
                    rows.insert(row, Row { lane, beside: true, ..Row::default() });
                    (row, column)
                }
            }
        }
        _ => {
            if !rows.last().is_some_and(|it| it.beside) {
                let lane = rows.last().map_or(0, |it| it.lane);
                rows.push(Row { lane, beside: true, ..Row::default() });
            }
            let row = rows.len() - 1;
            (row, rows[row].cells.keys().max().map_or(0, |it| it + 1))
        }
    };
    things[thing].column = column;
    rows[row].cells.insert(column, thing);
}

/// The stripes of the drawing, in the order of the pools; processes in no pool follow.
fn regions<'a>(flows: &'a [Flow], collaborations: &'a [Collaboration]) -> Vec<Region<'a>> {
    let mut drawn = vec![false; flows.len()];
    let region = |pool: Option<(&'a str, &'a str)>, flow: Option<&'a Flow>| {
        let lanes = flow.map(leaves).unwrap_or_default();
        let depth = lanes.iter().map(|it| it.around.len() + 1).max().unwrap_or(0);
        Region {
            pool,
            flow,
            elements: flow.map(|it| it.flow_elements.iter().collect()).unwrap_or_default(),
            lanes,
            depth: u32::try_from(depth).unwrap_or(0),
            top: 0,
            bottom: 0,
        }
    };
    let mut found = Vec::new();
    for it in collaborations.iter().flat_map(|it| &it.participants) {
        let flow =
            it.process.as_ref().and_then(|key| (0..flows.len()).find(|at| flows[*at].key == *key && !drawn[*at]));
        let flow = flow.filter(|at| !std::mem::replace(&mut drawn[*at], true)).map(|at| &flows[at]);
        let flow = flow.filter(|it| it.flow_elements.iter().any(|it| size(it).is_some()));
        found.push(region(Some((&it.id, &it.name)), flow));
    }
    found.extend(flows.iter().enumerate().filter(|(at, _)| !drawn[*at]).map(|(_, flow)| region(None, Some(flow))));
    let beside: Vec<&Element> = collaborations.iter().flat_map(|it| &it.artifacts).collect();
    if beside.iter().any(|it| size(it).is_some()) {
        found.push(Region { elements: beside, ..region(None, None) });
    }
    found.retain(|it| it.pool.is_some() || it.elements.iter().any(|it| size(it).is_some()));
    found
}

/// Lanes with no lanes inside, in order.
fn leaves(flow: &Flow) -> Vec<Leaf<'_>> {
    fn walk<'a>(lanes: &'a [Lane], parent: Option<&str>, around: &[&'a Lane], into: &mut Vec<Leaf<'a>>) {
        // Nested lanes deeper than that are a ring.
        if around.len() > 20 {
            return;
        }
        for lane in lanes.iter().filter(|it| it.parent.as_deref() == parent) {
            if lanes.iter().any(|it| it.parent.as_deref() == Some(&lane.id)) {
                let around: Vec<&Lane> = around.iter().copied().chain([lane]).collect();
                walk(lanes, Some(&lane.id), &around, into);
            } else {
                into.push(Leaf { lane, around: around.to_vec(), top: 0, bottom: 0 });
            }
        }
    }
    let mut found = Vec::new();
    walk(&flow.lanes, None, &[], &mut found);
    found
}

/// The lane of every element, by number; an element in none is in the last.
fn lanes_of(elements: &[&str], lanes: &[Leaf<'_>]) -> Vec<usize> {
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, leaf) in lanes.iter().enumerate() {
        for lane in leaf.around.iter().chain([&leaf.lane]) {
            for it in &lane.flow_node_refs {
                if lane.id == leaf.lane.id {
                    of.insert(it.as_str(), at);
                } else {
                    of.entry(it.as_str()).or_insert(at);
                }
            }
        }
    }
    elements.iter().map(|it| of.get(it).copied().unwrap_or(lanes.len().saturating_sub(1))).collect()
}

/// The shapes of a pool and its lanes.
fn frame(region: &Region<'_>, settled: &Settled, left: f64, right: f64, into: &mut Vec<Shape>) {
    if region.pool.is_none() && region.lanes.is_empty() {
        return;
    }
    let (top, bottom) = (settled.rows.start(2 * region.top + 1), settled.rows.start(2 * region.bottom + 2));
    let shape = |id: &str, x: f64, top: f64, bottom: f64| Shape {
        element: id.into(),
        x,
        y: top,
        width: right - x,
        height: bottom - top,
        is_horizontal: Some(true),
        ..Shape::default()
    };
    let mut x = left;
    if let Some((id, _)) = region.pool {
        into.push(shape(id, x, top, bottom));
        x += f64::from(HEADER);
    }
    let mut around: Vec<(&str, usize, f64, f64)> = Vec::new();
    let mut leaves = Vec::new();
    for leaf in &region.lanes {
        let (top, bottom) = (settled.rows.start(2 * leaf.top + 1), settled.rows.start(2 * leaf.bottom + 1));
        for (depth, lane) in leaf.around.iter().enumerate() {
            match around.iter_mut().find(|it| it.0 == lane.id) {
                Some(it) => it.3 = bottom,
                None => around.push((&lane.id, depth, top, bottom)),
            }
        }
        leaves.push(shape(&leaf.lane.id, x + f64::from(HEADER) * leaf.around.len() as f64, top, bottom));
    }
    into.extend(
        around.into_iter().map(|(id, depth, top, bottom)| shape(id, x + f64::from(HEADER) * depth as f64, top, bottom)),
    );
    into.append(&mut leaves);
}

/// Shapes and lines of a settled scope, with those inside its things.
fn assemble(scope: &Scope, settled: Settled, inner: Vec<Option<Drawn>>, links: &[(usize, Option<bool>)]) -> Drawn {
    let mut drawn = Drawn { width: settled.columns.size, height: settled.rows.size, ..Drawn::default() };
    let mut ends: BTreeMap<(usize, bool), Vec<Point>> = BTreeMap::new();
    for ((thing, (at, label)), inside) in scope.things.iter().zip(&settled.places).zip(inner) {
        let is_expanded = inside.is_some().then_some(true);
        drawn.shapes.push(Shape {
            element: thing.id.as_str().into(),
            x: at.x,
            y: at.y,
            width: at.width,
            height: at.height,
            is_expanded,
            label: *label,
            ..Shape::default()
        });
        if let Some(mut inside) = inside {
            inside.shift(at.x, at.y);
            drawn.shapes.append(&mut inside.shapes);
            drawn.edges.append(&mut inside.edges);
            ends.append(&mut inside.escapes);
        }
        for it in &thing.hanging {
            let x = at.x + at.width / 2.0 + it.dx;
            let y = at.y + at.height;
            drawn.shapes.push(Shape {
                element: it.id.as_str().into(),
                x: x - 18.0,
                y: y - 18.0,
                width: 36.0,
                height: 36.0,
                label: it.label.map(|(width, height)| Bounds { x: x + 8.0, y: y + 20.0, width, height }),
                ..Shape::default()
            });
        }
    }
    let hangs = |tip: &Tip| match tip {
        Tip::Thing { at, port: Some((dx, Side::Down)) } => {
            scope.things[*at].hanging.iter().any(|it| (it.dx - dx).abs() < 0.01)
        }
        Tip::Thing { .. } | Tip::Pool { .. } | Tip::Outside { .. } => false,
    };
    for ((mut way, (link, outside)), line) in settled.ways.into_iter().zip(links).zip(&scope.lines) {
        if way.len() < 2 {
            continue;
        }
        // Events on a border: lines begin at the event, not at its host.
        for (tip, at) in [(&line.from, 0), (&line.to, way.len() - 1)] {
            if hangs(tip) {
                way[at].y += 18.0;
            }
        }
        // What comes out of a subprocess begins inside it.
        let mut whole = ends.remove(&(*link, true)).unwrap_or_default();
        whole.append(&mut way);
        let mut last = ends.remove(&(*link, false)).unwrap_or_default();
        last.reverse();
        whole.append(&mut last);
        let whole = simple(whole);
        match outside {
            None => drawn.edges.push((*link, whole)),
            Some(true) => {
                drawn.escapes.insert((*link, true), whole);
            }
            Some(false) => {
                let mut whole = whole;
                whole.reverse();
                drawn.escapes.insert((*link, false), whole);
            }
        }
    }
    drawn
}

/// Without points that change nothing.
fn simple(way: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(way.len());
    let near = |a: f64, b: f64| (a - b).abs() < 0.01;
    for it in way {
        if kept.last().is_some_and(|last| near(last.x, it.x) && near(last.y, it.y)) {
            continue;
        }
        if let [.., a, b] = kept.as_slice()
            && ((near(a.x, b.x) && near(b.x, it.x)) || (near(a.y, b.y) && near(b.y, it.y)))
        {
            kept.pop();
        }
        kept.push(it);
    }
    kept
}

impl Drawn {
    fn shift(&mut self, dx: f64, dy: f64) {
        let point = |it: &mut Point| (it.x, it.y) = (it.x + dx, it.y + dy);
        for it in &mut self.shapes {
            (it.x, it.y) = (it.x + dx, it.y + dy);
            if let Some(label) = &mut it.label {
                (label.x, label.y) = (label.x + dx, label.y + dy);
            }
        }
        self.edges.iter_mut().flat_map(|it| &mut it.1).for_each(point);
        self.escapes.values_mut().flatten().for_each(point);
    }
}
