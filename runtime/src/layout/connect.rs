//! A plain way between two shapes of a drawing that is there, whatever else stands there.

use crate::model::layout::{Point, Shape};

/// How far a line runs out of a shape before it turns back.
const STUB: f64 = 20.0;

fn point(x: f64, y: f64) -> Point {
    Point { x: x.round(), y: y.round() }
}

fn centre(it: &Shape) -> (f64, f64) {
    (it.x + it.width / 2.0, it.y + it.height / 2.0)
}

/// From side to side, with right angles: to what is to the right, below or above, else back underneath both.
pub(super) fn squared(from: &Shape, to: &Shape) -> Vec<Point> {
    let ((ax, ay), (bx, by)) = (centre(from), centre(to));
    let (right, low) = (from.x + from.width, (from.y + from.height).max(to.y + to.height) + STUB);
    let mut way = if to.x >= right + STUB {
        let middle = (right + to.x) / 2.0;
        vec![point(right, ay), point(middle, ay), point(middle, by), point(to.x, by)]
    } else if std::ptr::eq(from, to) {
        vec![point(right, ay), point(right + STUB, ay), point(right + STUB, low), point(ax, low), point(ax, low - STUB)]
    } else if to.y >= from.y + from.height + STUB {
        let middle = (from.y + from.height + to.y) / 2.0;
        vec![point(ax, from.y + from.height), point(ax, middle), point(bx, middle), point(bx, to.y)]
    } else if to.y + to.height + STUB <= from.y {
        let middle = (from.y + to.y + to.height) / 2.0;
        vec![point(ax, from.y), point(ax, middle), point(bx, middle), point(bx, to.y + to.height)]
    } else {
        vec![point(ax, from.y + from.height), point(ax, low), point(bx, low), point(bx, to.y + to.height)]
    };
    if way.first().zip(way.last()).is_some_and(|(a, b)| a.x == b.x || a.y == b.y) && way.len() == 4 {
        let flat = way.iter().all(|it| it.y == way[0].y) || way.iter().all(|it| it.x == way[0].x);
        if flat {
            way.drain(1..3);
        }
    }
    way
}

/// From border to border: straight up or down where one lies over the other, which is how messages reach pools.
pub(super) fn straight(from: &Shape, to: &Shape) -> Vec<Point> {
    let (left, right) = (from.x.max(to.x), (from.x + from.width).min(to.x + to.width));
    let apart = from.y + from.height <= to.y || to.y + to.height <= from.y;
    if apart && left < right {
        let narrow = if from.width <= to.width { centre(from).0 } else { centre(to).0 };
        let x = narrow.clamp(left, right);
        let down = from.y < to.y;
        let (a, b) = if down { (from.y + from.height, to.y) } else { (from.y, to.y + to.height) };
        return vec![point(x, a), point(x, b)];
    }
    let (a, b) = (centre(from), centre(to));
    vec![border(from, a, b), border(to, b, a)]
}

/// Where the line from the middle of a shape to another point leaves it.
fn border(of: &Shape, middle: (f64, f64), other: (f64, f64)) -> Point {
    let (dx, dy) = (other.0 - middle.0, other.1 - middle.1);
    let far = |half: f64, way: f64| if way == 0.0 { f64::INFINITY } else { half / way.abs() };
    let part = far(of.width / 2.0, dx).min(far(of.height / 2.0, dy)).min(1.0);
    point(middle.0 + dx * part, middle.1 + dy * part)
}
