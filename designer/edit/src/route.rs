//! Ways of arrows: orthogonal, docked at the middle of a side, around the shapes between where a simple way exists.
//! [`route`] finds a new way, [`repair`] keeps the bends a person made when an end has moved. Pure and deterministic.

use runtime::model::layout::Point;

use crate::geometry::{Rect, distance, point};
use crate::kind::Family;

/// How far an arrow runs straight before it may bend.
const STUB: f64 = 18.0;
/// How far a way keeps from shapes it goes around.
const CLEAR: f64 = 20.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Right,
    Bottom,
    Top,
    Left,
}

const SIDES: [Side; 4] = [Side::Right, Side::Bottom, Side::Top, Side::Left];

/// One end of a way.
#[derive(Clone, Debug)]
pub struct End {
    pub rect: Rect,
    pub family: Family,
    /// Dock points other arrows already use at this shape; a free one is better.
    pub taken: Vec<Point>,
}

fn dock(rect: &Rect, side: Side) -> Point {
    let centre = rect.centre();
    match side {
        Side::Right => point(rect.right(), centre.y),
        Side::Bottom => point(centre.x, rect.bottom()),
        Side::Top => point(centre.x, rect.y),
        Side::Left => point(rect.x, centre.y),
    }
}

fn out(at: Point, side: Side) -> Point {
    match side {
        Side::Right => point(at.x + STUB, at.y),
        Side::Bottom => point(at.x, at.y + STUB),
        Side::Top => point(at.x, at.y - STUB),
        Side::Left => point(at.x - STUB, at.y),
    }
}

/// Flows run left to right: leaving on the right and arriving on the left costs nothing.
fn leaving(side: Side, family: Family) -> f64 {
    match (family, side) {
        (Family::Boundary, Side::Bottom) => 0.0,
        (Family::Boundary, Side::Right | Side::Left) => 40.0,
        (Family::Boundary, Side::Top) => 400.0,
        (_, Side::Right) => 0.0,
        (Family::Gateway, Side::Bottom | Side::Top) => 6.0,
        (_, Side::Bottom | Side::Top) => 30.0,
        (_, Side::Left) => 90.0,
    }
}

fn arriving(side: Side, family: Family) -> f64 {
    match (family, side) {
        (_, Side::Left) => 0.0,
        (Family::Gateway, Side::Bottom | Side::Top) => 6.0,
        (_, Side::Bottom | Side::Top) => 30.0,
        (_, Side::Right) => 90.0,
    }
}

/// A new way from one shape to another. `others` are shapes it should go around.
pub fn route(from: &End, to: &End, others: &[Rect]) -> Vec<Point> {
    let mut best: Option<(f64, Vec<Point>)> = None;
    let (mut rows, mut columns) = (Vec::new(), Vec::new());
    let near = from.rect.union(&to.rect).grown(160.0);
    for rect in others.iter().filter(|it| it.overlaps(&near)).chain([&from.rect, &to.rect]) {
        rows.extend([rect.y - CLEAR, rect.bottom() + CLEAR]);
        columns.extend([rect.x - CLEAR, rect.right() + CLEAR]);
    }
    for list in [&mut rows, &mut columns] {
        list.sort_by(f64::total_cmp);
        list.dedup();
    }
    // No way leaves the room that these lines and the ends span, so no shape outside of it is crossed.
    let room = room(&rows, &columns).union(&from.rect.grown(STUB)).union(&to.rect.grown(STUB)).grown(CLEAR);
    let others: Vec<Rect> = others.iter().filter(|it| it.overlaps(&room)).copied().collect();
    for leave in SIDES {
        for arrive in SIDES {
            let (start, end) = (dock(&from.rect, leave), dock(&to.rect, arrive));
            let mut extra = leaving(leave, from.family) + arriving(arrive, to.family);
            extra += if from.taken.iter().any(|it| distance(*it, start) < 2.0) { 25.0 } else { 0.0 };
            extra += if to.taken.iter().any(|it| distance(*it, end) < 2.0) { 8.0 } else { 0.0 };
            if best.as_ref().is_some_and(|(cost, _)| *cost < extra) {
                continue;
            }
            let (a, b) = (out(start, leave), out(end, arrive));
            let mut consider = |middle: &[Point]| {
                let mut way = vec![start, a];
                way.extend_from_slice(middle);
                way.extend([b, end]);
                let way = simple(&way);
                let cheaper = |cost: f64, best: &Option<(f64, Vec<Point>)>| {
                    best.as_ref().is_none_or(|(least, _)| cost < *least - 0.001)
                };
                // What it crosses only makes it dearer, and takes longest to find out.
                let mut cost = extra + cost(&way, &from.rect, &to.rect);
                if cheaper(cost, &best) {
                    cost += 500.0 * crossed(&way, &others) as f64;
                    if cheaper(cost, &best) {
                        best = Some((cost, way));
                    }
                }
            };
            consider(&[]);
            consider(&[point(a.x, b.y)]);
            consider(&[point(b.x, a.y)]);
            let (mx, my) = ((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
            consider(&[point(mx, a.y), point(mx, b.y)]);
            consider(&[point(a.x, my), point(b.x, my)]);
            for y in &rows {
                consider(&[point(a.x, *y), point(b.x, *y)]);
            }
            for x in &columns {
                consider(&[point(*x, a.y), point(*x, b.y)]);
            }
        }
    }
    best.map_or_else(|| vec![from.rect.centre(), to.rect.centre()], |(_, way)| way)
}

/// What lies between the outermost lines.
fn room(rows: &[f64], columns: &[f64]) -> Rect {
    let [top, left] = [rows, columns].map(|it| it.first().copied().unwrap_or_default());
    let [bottom, right] = [rows, columns].map(|it| it.last().copied().unwrap_or_default());
    Rect::new(left, top, right - left, bottom - top)
}

/// How many of `others` a way runs through, counted for each of its stretches.
fn crossed(way: &[Point], others: &[Rect]) -> usize {
    way.windows(2).map(|it| others.iter().filter(|other| other.grown(4.0).crossed_by(it[0], it[1])).count()).sum()
}

/// What a way costs, without what it crosses.
fn cost(way: &[Point], from: &Rect, to: &Rect) -> f64 {
    let mut cost = 0.0;
    for pair in way.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        cost += distance(a, b) * 0.2;
        if (a.x - b.x).abs() > 0.5 && (a.y - b.y).abs() > 0.5 {
            cost += 10_000.0;
        }
        cost += 2_000.0 * [from, to].iter().filter(|it| it.crossed_by(a, b)).count() as f64;
    }
    for it in way.windows(3) {
        cost += 20.0;
        let back = (it[1].x - it[0].x) * (it[2].x - it[1].x) + (it[1].y - it[0].y) * (it[2].y - it[1].y);
        if back < 0.0 {
            cost += 3_000.0;
        }
    }
    cost
}

/// Without points that change nothing: doubled ones and those on a straight stretch.
pub fn simple(way: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for it in way {
        if kept.last().is_some_and(|last| distance(*last, *it) < 0.5) {
            continue;
        }
        while kept.len() >= 2 {
            let (a, b) = (kept[kept.len() - 2], kept[kept.len() - 1]);
            let flat = (a.y - b.y).abs() < 0.5 && (b.y - it.y).abs() < 0.5 && (b.x - a.x) * (it.x - b.x) >= 0.0;
            let steep = (a.x - b.x).abs() < 0.5 && (b.x - it.x).abs() < 0.5 && (b.y - a.y) * (it.y - b.y) >= 0.0;
            if !(flat || steep) {
                break;
            }
            kept.pop();
        }
        kept.push(*it);
    }
    if kept.len() == 1
        && let Some(last) = way.last()
    {
        kept.push(*last);
    }
    kept
}

/// The same way after its ends have moved by `start` and `end`, bends kept; `None` when it no longer makes sense
/// and a new one should be found. `from` and `to` are the shapes where they stand now.
pub fn repair(way: &[Point], start: (f64, f64), end: (f64, f64), from: &Rect, to: &Rect) -> Option<Vec<Point>> {
    if way.len() < 2 {
        return None;
    }
    if (start.0 - end.0).abs() < 0.01 && (start.1 - end.1).abs() < 0.01 {
        return Some(way.iter().map(|it| point(it.x + start.0, it.y + start.1)).collect());
    }
    let mut moved = way.to_vec();
    shift(&mut moved, start);
    moved.reverse();
    shift(&mut moved, end);
    moved.reverse();
    if way.windows(2).any(|it| diagonal(it[0], it[1])) {
        return Some(crop(&moved, from, to));
    }
    let sound = !moved.windows(2).any(|it| diagonal(it[0], it[1]))
        && moved.windows(2).all(|it| distance(it[0], it[1]) > 8.0)
        && !moved.windows(2).any(|it| from.crossed_by(it[0], it[1]) || to.crossed_by(it[0], it[1]))
        && !moved
            .windows(3)
            .any(|it| (it[1].x - it[0].x) * (it[2].x - it[1].x) + (it[1].y - it[0].y) * (it[2].y - it[1].y) < 0.0);
    sound.then(|| simple(&moved))
}

fn diagonal(a: Point, b: Point) -> bool {
    (a.x - b.x).abs() > 0.5 && (a.y - b.y).abs() > 0.5
}

/// Moves the first point; the second follows so that the first stretch keeps its direction.
fn shift(way: &mut [Point], by: (f64, f64)) {
    if way.len() < 2 {
        return;
    }
    let flat = (way[0].y - way[1].y).abs() < 0.5;
    let steep = (way[0].x - way[1].x).abs() < 0.5;
    way[0] = point(way[0].x + by.0, way[0].y + by.1);
    if way.len() > 2 {
        if flat {
            way[1].y = way[0].y;
        } else if steep {
            way[1].x = way[0].x;
        }
    }
}

/// Cuts the ends of a way at the borders of its shapes.
pub fn crop(way: &[Point], from: &Rect, to: &Rect) -> Vec<Point> {
    let mut cut = way.to_vec();
    crop_start(&mut cut, from);
    cut.reverse();
    crop_start(&mut cut, to);
    cut.reverse();
    cut
}

fn crop_start(way: &mut Vec<Point>, rect: &Rect) {
    while way.len() > 2 && rect.grown(-0.5).contains(way[1]) {
        way.remove(0);
    }
    if way.len() < 2 || rect.contains(way[1]) {
        return;
    }
    let (inside, outside) = (rect.centre(), way[1]);
    let anchor = if rect.grown(-0.5).contains(way[0]) { way[0] } else { inside };
    let (dx, dy) = (outside.x - anchor.x, outside.y - anchor.y);
    let mut least: f64 = 1.0;
    if dx.abs() > 0.01 {
        let border = if dx > 0.0 { rect.right() } else { rect.x };
        least = least.min((border - anchor.x) / dx);
    }
    if dy.abs() > 0.01 {
        let border = if dy > 0.0 { rect.bottom() } else { rect.y };
        least = least.min((border - anchor.y) / dy);
    }
    way[0] = point(anchor.x + dx * least.max(0.0), anchor.y + dy * least.max(0.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(x: f64, y: f64) -> End {
        End { rect: Rect::new(x, y, 100.0, 80.0), family: Family::Activity, taken: Vec::new() }
    }

    #[test]
    fn neighbours_in_a_row_get_a_straight_arrow() {
        assert_eq!(route(&end(0.0, 0.0), &end(200.0, 0.0), &[]), [point(100.0, 40.0), point(200.0, 40.0)]);
    }

    #[test]
    fn a_shape_between_is_gone_around() {
        let between = Rect::new(180.0, 0.0, 100.0, 80.0);
        let way = route(&end(0.0, 0.0), &end(400.0, 0.0), &[between]);
        assert!(!way.windows(2).any(|it| between.crossed_by(it[0], it[1])), "{way:?}");
        assert!(way.windows(2).all(|it| !diagonal(it[0], it[1])), "{way:?}");
    }

    #[test]
    fn a_way_back_does_not_run_through_its_own_shapes() {
        let (from, to) = (end(400.0, 0.0), end(0.0, 0.0));
        let way = route(&from, &to, &[]);
        assert!(
            !way.windows(2).any(|it| from.rect.crossed_by(it[0], it[1]) || to.rect.crossed_by(it[0], it[1])),
            "{way:?}"
        );
    }

    #[test]
    fn bends_of_a_person_survive_a_move() {
        let way = [point(100.0, 40.0), point(150.0, 40.0), point(150.0, 240.0), point(300.0, 240.0)];
        let (from, to) = (Rect::new(0.0, 20.0, 100.0, 80.0), Rect::new(300.0, 200.0, 100.0, 80.0));
        let moved = repair(&way, (0.0, 20.0), (0.0, 0.0), &from, &to).expect("still fine");
        assert_eq!(moved, [point(100.0, 60.0), point(150.0, 60.0), point(150.0, 240.0), point(300.0, 240.0)]);
        // Moved past its own bend: a new way is needed.
        let from = Rect::new(200.0, 0.0, 100.0, 80.0);
        assert_eq!(repair(&way, (200.0, 0.0), (0.0, 0.0), &from, &to), None);
    }

    #[test]
    fn diagonals_of_other_tools_are_cut_at_the_border() {
        let (from, to) = (Rect::new(0.0, 0.0, 100.0, 100.0), Rect::new(300.0, 300.0, 100.0, 100.0));
        let way = crop(&[point(50.0, 50.0), point(350.0, 350.0)], &from, &to);
        assert_eq!(way, [point(100.0, 100.0), point(300.0, 300.0)]);
    }
}
