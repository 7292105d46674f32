//! Names of lines: beside the line, clear of shapes, of other names and, where it can be, of other lines.

use crate::gather::Gather as _;
use std::collections::{BTreeMap, BTreeSet};

use super::text;
use crate::model::layout::{Bounds, Point, Shape};

/// Between a line and its name.
const CLEAR: f64 = 3.0;

/// Where the names of lines stand, in their order. Labels of shapes are in the way, and shapes but `containers`.
pub fn of_edges(shapes: &[Shape], containers: &BTreeSet<&str>, edges: &[(&str, &[Point])]) -> Vec<Option<Bounds>> {
    // A pool with nothing inside is a shape like any other.
    let corners =
        Near::of(shapes.iter().enumerate().map(|(at, it)| (Bounds { x: it.x, y: it.y, width: 0.0, height: 0.0 }, at)));
    let holds = |it: &Shape| {
        corners.any(&Bounds { x: it.x, y: it.y, width: it.width, height: it.height }, |other| {
            let other = &shapes[*other];
            other.element != it.element
                && other.x >= it.x
                && other.y >= it.y
                && other.x < it.x + it.width
                && other.y < it.y + it.height
        })
    };
    let frames: BTreeSet<&str> = shapes
        .iter()
        .filter(|it| (it.is_horizontal.is_some() && holds(it)) || containers.contains(it.element.as_str()))
        .map(|it| it.element.as_str())
        .gather();
    let frame = |it: &Shape| frames.contains(it.element.as_str());
    let mut taken: Vec<Bounds> = shapes
        .iter()
        .filter(|it| !frame(it))
        .map(|it| Bounds { x: it.x, y: it.y, width: it.width, height: it.height })
        .collect();
    taken.extend(shapes.iter().filter_map(|it| it.label));
    // The names of pools, lanes and subprocesses stand in stripes of their own.
    taken.extend(shapes.iter().filter(|it| frame(it)).map(|it| match it.is_horizontal {
        Some(_) => Bounds { x: it.x, y: it.y, width: 30.0, height: it.height },
        None => Bounds { x: it.x, y: it.y, width: it.width, height: 22.0 },
    }));
    // A name stands inside of a frame or outside, not on its border.
    let borders: Vec<Bounds> = shapes
        .iter()
        .filter(|it| frame(it))
        .map(|it| Bounds { x: it.x, y: it.y, width: it.width, height: it.height })
        .collect();
    let mut taken = Near::of(taken.into_iter().map(|it| (it, it)));
    let borders = Near::of(borders.into_iter().map(|it| (it, it)));
    let stretches = edges
        .iter()
        .enumerate()
        .flat_map(|(at, (_, way))| way.windows(2).map(move |pair| (between(pair[0], pair[1]), (at, pair[0], pair[1]))));
    let stretches = Near::of(stretches);
    let mut found = Vec::with_capacity(edges.len());
    for (at, (name, way)) in edges.iter().enumerate() {
        let spot = text::label(name).filter(|_| way.len() > 1).map(|size| {
            let free = |it: &Bounds| {
                !taken.any(it, |other| overlap(it, other)) && !borders.any(it, |other| straddles(it, other))
            };
            let crossed = |it: &Bounds| stretches.any(it, |(other, a, b)| *other != at && crosses(it, *a, *b));
            let wished = candidates(way, size);
            let clear = wished
                .iter()
                .find(|it| free(it) && !crossed(it) && !way.windows(2).any(|pair| crosses(it, pair[0], pair[1])));
            clear.or_else(|| wished.iter().find(|it| free(it))).copied().unwrap_or_else(|| around(way, size, free))
        });
        if let Some(it) = spot {
            taken.add(it, it);
        }
        found.push(spot);
    }
    found
}

/// The box around a stretch of a way.
fn between(a: Point, b: Point) -> Bounds {
    Bounds { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
}

/// Height of a stripe of the drawing, in pixels.
const STRIPE: f64 = 256.0;
/// What is in more stripes than that is looked at for all of them.
const TALL: i64 = 64;

/// Things by the stripes of the drawing they are in: who asks for what is near a box looks at few of them.
struct Near<T> {
    stripes: BTreeMap<i64, Vec<(Bounds, T)>>,
    tall: Vec<(Bounds, T)>,
}

impl<T: Copy> Near<T> {
    fn of(things: impl Iterator<Item = (Bounds, T)>) -> Self {
        let mut near = Self { stripes: BTreeMap::new(), tall: Vec::new() };
        things.for_each(|(at, it)| near.add(at, it));
        near
    }

    fn add(&mut self, at: Bounds, it: T) {
        let (first, last) = stripes(&at);
        if last.saturating_sub(first) > TALL {
            self.tall.push((at, it));
        } else {
            (first..=last).for_each(|stripe| self.stripes.entry(stripe).or_default().push((at, it)));
        }
    }

    /// Whether this is so of something that touches the box.
    fn any(&self, at: &Bounds, is_so: impl Fn(&T) -> bool) -> bool {
        let (first, last) = stripes(at);
        let touches = |it: &Bounds| {
            it.x <= at.x + at.width && at.x <= it.x + it.width && it.y <= at.y + at.height && at.y <= it.y + it.height
        };
        let here = self.stripes.range(first..=last).flat_map(|it| it.1);
        here.chain(&self.tall).any(|(bounds, it)| touches(bounds) && is_so(it))
    }
}

/// The first and the last stripe a box is in.
fn stripes(at: &Bounds) -> (i64, i64) {
    let of = |y: f64| (y / STRIPE).floor() as i64;
    (of(at.y), of(at.y + at.height.max(0.0)).max(of(at.y)))
}

/// Places beside the way: over and under its flat parts, right and left of its upright ones, from its beginning on.
fn candidates(way: &[Point], (width, height): (f64, f64)) -> Vec<Bounds> {
    let mut found = Vec::new();
    for pair in way.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (a.x - b.x).abs() + (a.y - b.y).abs();
        let flat = (a.y - b.y).abs() < 0.5;
        let needed = if flat { width } else { height };
        if length < needed.min(30.0) {
            continue;
        }
        for part in [0.0, 0.5, 1.0] {
            let room = (length - needed).max(0.0);
            let along = 4.0_f64.min(room) + (room - 8.0).max(0.0) * part;
            let (low_x, low_y) = (a.x.min(b.x), a.y.min(b.y));
            if flat {
                let x = if a.x <= b.x { low_x + along } else { low_x + room - along };
                found.push(Bounds { x, y: a.y - height - CLEAR, width, height });
                found.push(Bounds { x, y: a.y + CLEAR, width, height });
            } else {
                let y = if a.y <= b.y { low_y + along } else { low_y + room - along };
                found.push(Bounds { x: a.x + CLEAR + 1.0, y, width, height });
                found.push(Bounds { x: a.x - width - CLEAR - 1.0, y, width, height });
            }
        }
    }
    found
}

/// The nearest free place around the middle of a way.
fn around(way: &[Point], (width, height): (f64, f64), free: impl Fn(&Bounds) -> bool) -> Bounds {
    let middle = way[way.len() / 2];
    let at = |ring: i32, step: i32| {
        let (dx, dy) = match step % 4 {
            0 => (step / 4 - ring, -ring),
            1 => (ring, step / 4 - ring),
            2 => (ring - step / 4, ring),
            _ => (-ring, ring - step / 4),
        };
        Bounds { x: middle.x + f64::from(dx) * 14.0, y: middle.y + f64::from(dy) * 10.0, width, height }
    };
    (0..60)
        .flat_map(|ring| (0..(8 * ring).max(1)).map(move |step| at(ring, step)))
        .find(free)
        .unwrap_or_else(|| at(0, 0))
}

pub fn overlap(a: &Bounds, b: &Bounds) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/// Whether a box lies on the border of a frame.
fn straddles(it: &Bounds, frame: &Bounds) -> bool {
    let inside = it.x >= frame.x
        && it.y >= frame.y
        && it.x + it.width <= frame.x + frame.width
        && it.y + it.height <= frame.y + frame.height;
    overlap(it, frame) && !inside
}

/// Whether a flat or upright stretch runs through a box.
pub fn crosses(of: &Bounds, a: Point, b: Point) -> bool {
    let (low, high) = (Point { x: a.x.min(b.x), y: a.y.min(b.y) }, Point { x: a.x.max(b.x), y: a.y.max(b.y) });
    low.x < of.x + of.width && high.x > of.x && low.y < of.y + of.height && high.y > of.y
}
