//! Points and boxes of the drawing, in pixels of the unzoomed canvas. Pure.

use runtime::model::layout::{Bounds, Point, Shape};

/// A box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl From<&Shape> for Rect {
    fn from(it: &Shape) -> Self {
        Self { x: it.x, y: it.y, width: it.width, height: it.height }
    }
}

impl From<Bounds> for Rect {
    fn from(it: Bounds) -> Self {
        Self { x: it.x, y: it.y, width: it.width, height: it.height }
    }
}

impl From<Rect> for Bounds {
    fn from(it: Rect) -> Self {
        Self { x: it.x, y: it.y, width: it.width, height: it.height }
    }
}

impl Rect {
    pub fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    /// The box between two corners, whichever they are.
    pub fn spanning(a: Point, b: Point) -> Self {
        Self { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
    }

    /// A box of this size around a point.
    pub fn around(at: Point, width: f64, height: f64) -> Self {
        Self { x: at.x - width / 2.0, y: at.y - height / 2.0, width, height }
    }

    pub fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub fn contains(&self, at: Point) -> bool {
        at.x >= self.x && at.x <= self.right() && at.y >= self.y && at.y <= self.bottom()
    }

    /// The other box lies inside this one.
    pub fn encloses(&self, other: &Rect) -> bool {
        other.x >= self.x && other.y >= self.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub fn grown(&self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }

    pub fn moved(&self, dx: f64, dy: f64) -> Self {
        Self { x: self.x + dx, y: self.y + dy, ..*self }
    }

    pub fn union(&self, other: &Rect) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self { x, y, width: self.right().max(other.right()) - x, height: self.bottom().max(other.bottom()) - y }
    }

    /// A horizontal or vertical segment passes through the inside of the box.
    pub fn crossed_by(&self, a: Point, b: Point) -> bool {
        Rect::spanning(a, b).grown(0.01).overlaps(&self.grown(-0.5))
    }
}

/// Makes a point.
pub fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// Distance of two points.
pub fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// Distance of a point from the segment between two others.
pub fn distance_to_segment(at: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    if length == 0.0 {
        return distance(at, a);
    }
    let along = (((at.x - a.x) * dx + (at.y - a.y) * dy) / length).clamp(0.0, 1.0);
    distance(at, point(a.x + along * dx, a.y + along * dy))
}

/// Where a line stands after half of its length: place of a label, of an insert.
pub fn midway(line: &[Point]) -> Point {
    let total: f64 = line.windows(2).map(|it| distance(it[0], it[1])).sum();
    let mut left = total / 2.0;
    for pair in line.windows(2) {
        let length = distance(pair[0], pair[1]);
        if left <= length && length > 0.0 {
            let share = left / length;
            return point(pair[0].x + (pair[1].x - pair[0].x) * share, pair[0].y + (pair[1].y - pair[0].y) * share);
        }
        left -= length;
    }
    line.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midway_follows_the_bends() {
        let line = [point(0.0, 0.0), point(10.0, 0.0), point(10.0, 30.0)];
        assert_eq!(midway(&line), point(10.0, 10.0));
        assert_eq!(midway(&[]), point(0.0, 0.0));
    }

    #[test]
    fn a_segment_along_the_border_does_not_cross() {
        let it = Rect::new(0.0, 0.0, 100.0, 80.0);
        assert!(it.crossed_by(point(-10.0, 40.0), point(200.0, 40.0)));
        assert!(!it.crossed_by(point(-10.0, 0.0), point(200.0, 0.0)));
        assert!(!it.crossed_by(point(100.0, -50.0), point(100.0, 200.0)));
    }
}
