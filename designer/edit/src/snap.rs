//! Where things land when they are moved: on the middle or the edge of others nearby, else on the grid.

use runtime::model::layout::Point;

use crate::geometry::{Rect, point};

/// Side of a grid square.
pub const GRID: f64 = 10.0;
/// How near something must be to pull.
const PULL: f64 = 6.0;

/// A line shown while something is held to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Guide {
    /// At this x, from y to y.
    Steep(f64, f64, f64),
    /// At this y, from x to x.
    Flat(f64, f64, f64),
}

/// The nearest corner of the grid.
pub fn to_grid(at: Point) -> Point {
    point((at.x / GRID).round() * GRID, (at.y / GRID).round() * GRID)
}

/// How far a box should really be moved, and the lines it is held by.
pub fn snap(rect: &Rect, dx: f64, dy: f64, others: &[Rect]) -> (f64, f64, Vec<Guide>) {
    let moved = rect.moved(dx, dy);
    let mut guides = Vec::new();
    let x = pull(&moved, others, |it| [it.centre().x, it.x, it.right()]);
    let y = pull(&moved, others, |it| [it.centre().y, it.y, it.bottom()]);
    let centre = rect.centre();
    let to = to_grid(point(centre.x + dx, centre.y + dy));
    let dx = match x {
        Some((by, at, other)) => {
            guides.push(Guide::Steep(at, other.y.min(moved.y), other.bottom().max(moved.bottom())));
            dx + by
        }
        None => to.x - centre.x,
    };
    let dy = match y {
        Some((by, at, other)) => {
            guides.push(Guide::Flat(at, other.x.min(moved.x), other.right().max(moved.right())));
            dy + by
        }
        None => to.y - centre.y,
    };
    (dx, dy, guides)
}

/// The least distance between the same lines of two boxes, when it is small: middle with middle, edge with edge.
fn pull(moved: &Rect, others: &[Rect], lines: impl Fn(&Rect) -> [f64; 3]) -> Option<(f64, f64, Rect)> {
    let mine = lines(moved);
    let mut best: Option<(f64, f64, Rect)> = None;
    for other in others {
        for (mine, theirs) in mine.iter().zip(lines(other)) {
            let by = theirs - mine;
            if by.abs() <= PULL && best.as_ref().is_none_or(|it| by.abs() < it.0.abs() - 0.01) {
                best = Some((by, theirs, *other));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middles_hold_and_the_grid_is_the_rest() {
        let other = Rect::new(200.0, 103.0, 100.0, 80.0);
        let (dx, dy, guides) = snap(&Rect::new(0.0, 0.0, 50.0, 50.0), 7.0, 116.0, &[other]);
        assert_eq!((dx, dy), (5.0, 118.0));
        assert_eq!(guides, [Guide::Flat(143.0, 7.0, 300.0)]);
    }
}
