//! One scope: things in cells, lines between them; from that, pixels.

use std::collections::BTreeMap;

use super::grid::{Grid, Track};
use super::measure::{self, Axis, Need, Run};
use super::route::{End, Router, Side, Wish};
use crate::limits;
use crate::model::layout::{Bounds, Point};

/// A line at a side of a thing: where it goes on to, the line, whether this is its beginning, whether it goes straight on.
type Dock = (i64, usize, bool, bool);

/// What a thing is, as far as lines care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Activity,
    Event,
    Gateway,
    /// Data, notes, groups.
    Beside,
}

/// An event on the lower border of an activity.
#[derive(Clone, Debug)]
pub struct Hanging {
    pub id: String,
    /// From the middle of its host.
    pub dx: f64,
    pub label: Option<(f64, f64)>,
}

/// What stands in a cell.
#[derive(Clone, Debug)]
pub struct Thing {
    pub id: String,
    pub form: Form,
    pub width: f64,
    pub height: f64,
    /// Size of a label outside.
    pub label: Option<(f64, f64)>,
    pub hanging: Vec<Hanging>,
    pub column: usize,
    pub row: usize,
}

/// One end of a line.
#[derive(Clone, Debug)]
pub enum Tip {
    /// At a thing; `port`: exactly there, from its middle, on this side.
    Thing { at: usize, port: Option<(f64, Side)> },
    /// At the border of a pool: rows of the lattice, first and last column.
    Pool { rows: Vec<usize>, from: usize, to: usize },
    /// Beyond the border of the scope; not `below` where events hang on it.
    Outside { below: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKind {
    Sequence,
    Association,
    Message,
}

/// A line to draw.
#[derive(Clone, Debug)]
pub struct Line {
    pub kind: LineKind,
    pub from: Tip,
    pub to: Tip,
    pub label: Option<(f64, f64)>,
    /// The part of the lattice it keeps to.
    pub within: (usize, usize, usize, usize),
}

/// A scope before it has pixels.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub grid: Grid,
    pub things: Vec<Thing>,
    pub lines: Vec<Line>,
}

/// A scope in pixels, its corner at the origin.
#[derive(Debug)]
pub struct Settled {
    pub columns: Axis,
    pub rows: Axis,
    /// Of every thing: where it is, and its label.
    pub places: Vec<(Bounds, Option<Bounds>)>,
    /// Of every line; fewer than two points: there was no way.
    pub ways: Vec<Vec<Point>>,
}

/// What leaving or reaching a thing on its sides costs.
fn sides(thing: &Thing, kind: LineKind, leaving: bool, port: Option<Side>, straight: bool) -> [Option<u32>; 4] {
    // Right, down, left, up.
    let mut costs = match (kind, thing.form, leaving) {
        (LineKind::Sequence, Form::Gateway, true) => [0, 12, 90, 12],
        (LineKind::Sequence, Form::Gateway, false) => [90, 12, 0, 12],
        (LineKind::Sequence, Form::Activity, true) => [0, 55, 110, 50],
        (LineKind::Sequence, Form::Activity, false) => [110, 55, 0, 50],
        (LineKind::Sequence, Form::Event | Form::Beside, true) => [0, 70, 110, 60],
        (LineKind::Sequence, Form::Event | Form::Beside, false) => [110, 70, 0, 60],
        (LineKind::Association | LineKind::Message, ..) => [70, 0, 70, 0],
    }
    .map(Some);
    if !thing.hanging.is_empty() {
        costs[Side::Down as usize] = None;
    }
    if !straight {
        costs[Side::Down as usize] = None;
        costs[Side::Up as usize] = None;
    }
    if let Some(side) = port {
        costs = [None; 4];
        costs[side as usize] = Some(0);
    }
    costs
}

/// Finds ways and pixels for a scope.
pub fn settle(scope: &Scope) -> Settled {
    let ways = find(scope);
    let mut runs: Vec<Run> = Vec::new();
    let mut of_way: Vec<(usize, usize)> = Vec::new();
    for (at, way) in ways.iter().enumerate() {
        let from = runs.len();
        runs.extend(measure::runs(at, way));
        of_way.push((from, runs.len()));
    }
    let nets = nets(scope, &runs, &of_way);
    let tracks = measure::tracks(&scope.grid, &runs, &|it| nets[it]);
    let ports = ports(scope, &runs, &of_way);
    let spots = labels(scope, &ports.used);
    let (columns, rows) = axes(scope, &runs, &of_way, &tracks, &spots);
    let places: Vec<(Bounds, Option<Bounds>)> = scope
        .things
        .iter()
        .zip(&spots)
        .map(|(it, spot)| {
            let (x, y) = (columns.middle(2 * it.column + 1), rows.middle(2 * it.row + 1));
            let bounds = Bounds { x: x - it.width / 2.0, y: y - it.height / 2.0, width: it.width, height: it.height };
            (bounds, it.label.map(|size| spot.bounds(&bounds, size)))
        })
        .collect();
    let drawn = of_way
        .iter()
        .enumerate()
        .map(|(at, (from, to))| {
            let line = &scope.lines[at];
            let runs = &runs[*from..*to];
            let coordinate = |at: usize, run: &Run| -> f64 {
                let axis = if run.flat { &rows } else { &columns };
                if run.line.is_multiple_of(2) {
                    axis.track(run.line, tracks.of[from + at])
                } else {
                    axis.middle(run.line)
                }
            };
            polyline(line, runs, &coordinate, ports.of.get(at).copied().unwrap_or_default(), &places, &rows)
        })
        .collect();
    Settled { columns, rows, places, ways: drawn }
}

/// Ways over the lattice: sequence flows first, short ones before long ones.
fn find(scope: &Scope) -> Vec<Vec<(usize, usize)>> {
    let spot = |tip: &Tip| match tip {
        Tip::Thing { at, .. } => {
            let it = &scope.things[*at];
            Some((it.column as i64, it.row as i64))
        }
        Tip::Pool { .. } | Tip::Outside { .. } => None,
    };
    let mut order: Vec<usize> = (0..scope.lines.len()).collect();
    order.sort_by_key(|at| {
        let line = &scope.lines[*at];
        let far = match (spot(&line.from), spot(&line.to)) {
            (Some(a), Some(b)) => (a.0 - b.0).abs() + (a.1 - b.1).abs() + if b.0 <= a.0 { 1000 } else { 0 },
            _ => 0,
        };
        (line.kind, far)
    });
    let mut router = Router::new(&scope.grid, limits::LAYOUT_POINTS);
    let mut ways = vec![Vec::new(); scope.lines.len()];
    for at in order {
        let line = &scope.lines[at];
        let port = |tip: &Tip| match tip {
            Tip::Thing { port, .. } => *port,
            Tip::Pool { .. } | Tip::Outside { .. } => None,
        };
        // A fixed place at one end is not in the middle: straight down into another thing would miss it.
        let same_column = match (spot(&line.from), spot(&line.to)) {
            (Some(a), Some(b)) => a.0 == b.0 && (port(&line.from).is_some() || port(&line.to).is_some()),
            _ => false,
        };
        let end = |tip: &Tip, leaving: bool| match tip {
            Tip::Thing { at, port } => {
                let it = &scope.things[*at];
                let straight = port.is_some() || !same_column;
                End::Cell {
                    spot: Grid::spot(it.column, it.row),
                    sides: sides(it, line.kind, leaving, port.map(|it| it.1), straight),
                }
            }
            Tip::Pool { rows, from, to } => End::Rows { rows: rows.clone(), from: *from, to: *to },
            Tip::Outside { below } => End::Outside { below: *below },
        };
        ways[at] = router.way(&Wish { from: end(&line.from, true), to: end(&line.to, false), within: line.within });
    }
    ways
}

/// Runs that may lie on each other: those by which lines leave one thing to one side, or arrive there.
fn nets(scope: &Scope, runs: &[Run], of_way: &[(usize, usize)]) -> Vec<Option<usize>> {
    let mut nets = vec![None; runs.len()];
    for (at, (from, to)) in of_way.iter().enumerate() {
        let line = &scope.lines[at];
        if line.kind != LineKind::Sequence || to - from < 3 {
            continue;
        }
        // The second run of a way begins where the first left the thing; only those that leave flat share their beginning.
        let thing = |tip: &Tip| if let Tip::Thing { at, port: None } = tip { Some(*at) } else { None };
        if let (Some(it), true) = (thing(&line.from), runs[*from].flat) {
            nets[from + 1] = Some(2 * it);
        }
        if let (Some(it), true) = (thing(&line.to), runs[to - 1].flat) {
            nets[to - 2].get_or_insert(2 * it + 1);
        }
    }
    nets
}

/// Where lines dock at the upper and lower sides of things.
#[derive(Default)]
struct Ports {
    /// Per line: from the middle of the thing at its beginning, and at its end.
    of: Vec<(f64, f64)>,
    /// Sides of things that lines use.
    used: BTreeMap<usize, [bool; 4]>,
}

fn ports(scope: &Scope, runs: &[Run], of_way: &[(usize, usize)]) -> Ports {
    let mut found = Ports { of: vec![(0.0, 0.0); scope.lines.len()], used: BTreeMap::new() };
    // Thing and side → lines that dock there.
    let mut docks: BTreeMap<(usize, bool), Vec<Dock>> = BTreeMap::new();
    for (at, (from, to)) in of_way.iter().enumerate() {
        let line = &scope.lines[at];
        let ways = &runs[*from..*to];
        let (Some(first), Some(last)) = (ways.first(), ways.last()) else { continue };
        let fixed = |tip: &Tip| if let Tip::Thing { port: Some((dx, _)), .. } = tip { Some(*dx) } else { None };
        let single = ways.len() == 1;
        for (tip, run, beginning) in [(&line.from, first, true), (&line.to, last, false)] {
            let Tip::Thing { at: thing, port } = tip else { continue };
            let outward = if beginning { run.to > run.from } else { run.from > run.to };
            let side = match (run.flat, outward) {
                (true, true) => Side::Right,
                (true, false) => Side::Left,
                (false, true) => Side::Down,
                (false, false) => Side::Up,
            };
            found.used.entry(*thing).or_default()[side as usize] = true;
            let place = if beginning { &mut found.of[at].0 } else { &mut found.of[at].1 };
            if let Some((dx, _)) = port {
                *place = *dx;
            } else if !run.flat {
                let other = if beginning { &line.to } else { &line.from };
                if single && let Some(dx) = fixed(other) {
                    *place = dx;
                    continue;
                }
                let next = if beginning { ways.get(1) } else { ways.len().checked_sub(2).and_then(|it| ways.get(it)) };
                let far = next.map_or(0, |it| {
                    let far = if it.from == run.line { it.to } else { it.from };
                    far as i64 - run.line as i64
                });
                docks.entry((*thing, side == Side::Down)).or_default().push((far, at, beginning, single));
            }
        }
    }
    for ((thing, _), mut lines) in docks {
        let thing = &scope.things[thing];
        if thing.form == Form::Gateway || thing.form == Form::Event || lines.len() == 1 {
            continue;
        }
        lines.sort_unstable();
        // A line straight down keeps the middle; others stand to its left and right.
        let middle = lines.iter().position(|it| it.3).map_or((lines.len() - 1) as f64 / 2.0, |it| it as f64);
        let step = ((thing.width / 2.0 - 10.0) / middle.max(lines.len() as f64 - 1.0 - middle).max(1.0)).min(20.0);
        for (at, (_, line, beginning, single)) in lines.into_iter().enumerate() {
            let dx = if single { 0.0 } else { (at as f64 - middle) * step };
            let place = if beginning { &mut found.of[line].0 } else { &mut found.of[line].1 };
            *place = dx;
        }
    }
    found
}

/// Where the label of a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    Below,
    Above,
    /// Below, right of a line that leaves there.
    Right,
}

impl Spot {
    fn bounds(self, of: &Bounds, (width, height): (f64, f64)) -> Bounds {
        let middle = of.x + of.width / 2.0;
        let (x, y) = match self {
            Spot::Below => (middle - width / 2.0, of.y + of.height + 4.0),
            Spot::Above => (middle - width / 2.0, of.y - height - 4.0),
            Spot::Right => (middle + 6.0, of.y + of.height + 2.0),
        };
        Bounds { x, y, width, height }
    }
}

fn labels(scope: &Scope, used: &BTreeMap<usize, [bool; 4]>) -> Vec<Spot> {
    (0..scope.things.len())
        .map(|at| {
            let used = used.get(&at).copied().unwrap_or_default();
            match (used[Side::Down as usize], used[Side::Up as usize]) {
                (false, _) => Spot::Below,
                (true, false) => Spot::Above,
                (true, true) => Spot::Right,
            }
        })
        .collect()
}

/// Sizes of columns and rows: of what stands in them, with labels, and room for the labels of lines.
fn axes(
    scope: &Scope,
    runs: &[Run],
    of_way: &[(usize, usize)],
    tracks: &measure::Tracks,
    spots: &[Spot],
) -> (Axis, Axis) {
    let grid = &scope.grid;
    let mut wide = vec![Need::default(); grid.columns.len()];
    let mut high = vec![Need::default(); grid.rows.len()];
    for (it, spot) in scope.things.iter().zip(spots) {
        let column = &mut wide[it.column];
        column.before = column.before.max(it.width / 2.0);
        column.behind = column.behind.max(it.width / 2.0);
        let row = &mut high[it.row];
        let (mut above, mut below) = (it.height / 2.0, it.height / 2.0);
        if let Some((width, height)) = it.label {
            let (left, right) = if *spot == Spot::Right { (0.0, width + 8.0) } else { (width / 2.0, width / 2.0) };
            column.before = column.before.max(left);
            column.behind = column.behind.max(right);
            match spot {
                Spot::Above => above += height + 6.0,
                Spot::Below | Spot::Right => below += height + 6.0,
            }
        }
        for hanging in &it.hanging {
            below = below.max(it.height / 2.0 + 20.0 + hanging.label.map_or(0.0, |it| it.1));
        }
        row.before = row.before.max(above);
        row.behind = row.behind.max(below);
    }
    for (at, row) in grid.rows.iter().enumerate() {
        if *row == Track::Cells {
            high[at].before = high[at].before.max(30.0);
            high[at].behind = high[at].behind.max(30.0);
        }
    }
    // The label of a line stands over its first stretch, if it leaves to the side and no other label does, else over its last.
    let mut room: BTreeMap<usize, Need> = BTreeMap::new();
    let mut leaving: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, (from, to)) in of_way.iter().enumerate() {
        let line = &scope.lines[at];
        let (Some(size), Some(first), Some(last)) =
            (line.label, runs.get(*from), to.checked_sub(1).and_then(|it| runs.get(it)))
        else {
            continue;
        };
        let source = if let Tip::Thing { at, port: None } = line.from { Some(at) } else { None };
        let alone = source.is_some_and(|it| {
            let count = leaving.entry(it).or_default();
            *count += 1;
            *count == 1
        });
        if first.flat && first.to > first.from && alone {
            let need = room.entry(first.from + 1).or_default();
            need.before = need.before.max(size.0 - 10.0);
        } else if last.flat && last.to > last.from {
            let need = room.entry(last.to - 1).or_default();
            need.behind = need.behind.max(size.0 - 10.0);
        }
    }
    (measure::columns(grid, tracks, &wide, &room), measure::rows(grid, tracks, &high))
}

/// The points of a line in pixels.
fn polyline(
    line: &Line,
    runs: &[Run],
    coordinate: &dyn Fn(usize, &Run) -> f64,
    ports: (f64, f64),
    places: &[(Bounds, Option<Bounds>)],
    rows: &Axis,
) -> Vec<Point> {
    let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return Vec::new() };
    let single = runs.len() == 1;
    let mut values: Vec<f64> = runs.iter().enumerate().map(|(at, run)| coordinate(at, run)).collect();
    // What docks above or below does so at its port.
    if let (Tip::Thing { .. }, false) = (&line.from, first.flat) {
        values[0] += ports.0;
    }
    if let (Tip::Thing { .. }, false, false) = (&line.to, last.flat, single)
        && let Some(it) = values.last_mut()
    {
        *it += ports.1;
    }
    if let (true, false, Tip::Pool { .. } | Tip::Outside { .. }, Tip::Thing { .. }) =
        (single, first.flat, &line.from, &line.to)
    {
        values[0] += ports.1;
    }
    let end = |tip: &Tip, run: &Run, value: f64, beginning: bool| -> Point {
        let outward = if beginning { run.to > run.from } else { run.from > run.to };
        match tip {
            Tip::Thing { at, .. } => {
                let (it, _) = &places[*at];
                match (run.flat, outward) {
                    (true, true) => Point { x: it.x + it.width, y: value },
                    (true, false) => Point { x: it.x, y: value },
                    (false, true) => Point { x: value, y: it.y + it.height },
                    (false, false) => Point { x: value, y: it.y },
                }
            }
            Tip::Pool { .. } => {
                let row = if beginning { run.from } else { run.to };
                // A band is reached at the side the line comes from, a border at itself.
                let next = rows.start(row + 1);
                Point { x: value, y: if outward { next } else { rows.start(row) } }
            }
            Tip::Outside { .. } => {
                let up = if beginning { run.from == 0 } else { run.to == 0 };
                Point { x: value, y: if up { 0.0 } else { rows.size } }
            }
        }
    };
    if let (true, false, Tip::Thing { .. }, Tip::Thing { .. }) = (single, first.flat, &line.from, &line.to)
        && (ports.0 - ports.1).abs() > 0.01
    {
        // Two fixed places, one over the other and not in line: a bend in the gap beside the beginning.
        let gap = if first.to > first.from { first.from + 1 } else { first.from - 1 };
        let y = rows.start(gap) + 8.0;
        let (from, to) = (values[0], values[0] - ports.0 + ports.1);
        let bend = [Point { x: from, y }, Point { x: to, y }];
        return vec![end(&line.from, first, from, true), bend[0], bend[1], end(&line.to, last, to, false)];
    }
    let mut points = vec![end(&line.from, first, values[0], true)];
    for (pair, value) in runs.windows(2).zip(values.windows(2)) {
        points.push(if pair[0].flat { Point { x: value[1], y: value[0] } } else { Point { x: value[0], y: value[1] } });
    }
    points.push(end(&line.to, last, values[values.len() - 1], false));
    points
}
