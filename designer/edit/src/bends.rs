//! Lines that are bent by hand: a stretch or a bend follows the pointer, or goes a little further by key.

use runtime::model::layout::Point;

use crate::geometry::{distance, distance_to_segment, point};
use crate::snap;

/// What of an arrow is dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grip {
    /// The stretch behind this point; it stays straight.
    Stretch(usize),
    /// The bend at this point; both stretches follow.
    Bend(usize),
}

/// What of a line is held at a point of it: a bend beside it, else the stretch it lies on.
pub(crate) fn grip(line: &[Point], at: Point) -> Grip {
    /// How near to a bend holds it.
    const NEAR: f64 = 7.0;
    let inner = 1..line.len().saturating_sub(1);
    if let Some(bend) = inner.into_iter().find(|it| distance(line[*it], at) <= NEAR) {
        return Grip::Bend(bend);
    }
    let stretch = line
        .windows(2)
        .enumerate()
        .min_by(|a, b| distance_to_segment(at, a.1[0], a.1[1]).total_cmp(&distance_to_segment(at, b.1[0], b.1[1])));
    Grip::Stretch(stretch.map_or(0, |it| it.0))
}

/// The line with what is held of it dragged so far.
pub(crate) fn pulled(line: &[Point], grip: Grip, from: Point, at: Point) -> Vec<Point> {
    match grip {
        Grip::Stretch(it) => bend(line, it, from, at),
        // The later one first: what it adds lies behind the earlier one.
        Grip::Bend(it) => bend(&bend(line, it, from, at), it - 1, from, at),
    }
}

/// A line with its longest stretch across this direction moved along it; none where every stretch runs along it.
pub fn nudged(line: &[Point], dx: f64, dy: f64) -> Option<Vec<Point>> {
    let across = |pair: &[Point]| {
        if dx == 0.0 { (pair[0].y - pair[1].y).abs() < 0.5 } else { (pair[0].x - pair[1].x).abs() < 0.5 }
    };
    let stretch = line
        .windows(2)
        .enumerate()
        .filter(|it| across(it.1))
        .max_by(|a, b| distance(a.1[0], a.1[1]).total_cmp(&distance(b.1[0], b.1[1])))?;
    let from = stretch.1[0];
    Some(bend(line, stretch.0, from, point(from.x + dx, from.y + dy)))
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
        let leave = if flat {
            point(pair[0].x + 20.0 * (pair[1].x - pair[0].x).signum(), pair[0].y)
        } else {
            point(pair[0].x, pair[0].y + 20.0 * (pair[1].y - pair[0].y).signum())
        };
        bent.push(leave);
        bent.push(moved(leave));
    } else {
        bent.push(moved(pair[0]));
    }
    if stretch + 2 == line.len() {
        let arrive = if flat {
            point(pair[1].x - 20.0 * (pair[1].x - pair[0].x).signum(), pair[1].y)
        } else {
            point(pair[1].x, pair[1].y - 20.0 * (pair[1].y - pair[0].y).signum())
        };
        bent.push(moved(arrive));
        bent.push(arrive);
        bent.push(pair[1]);
    } else {
        bent.push(moved(pair[1]));
        bent.extend_from_slice(&line[stretch + 2..]);
    }
    bent
}
