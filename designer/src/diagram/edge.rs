//! A line between nodes: soft corners, arrow head, the marks of a default or conditional flow, its name. Sequence flows are
//! drawn through, associations and lines of data dotted, messages between pools dashed (BPMN 2.0.2 §7.2).

use edit::bridge::REACH;
use edit::geometry::{distance, point};
use edit::scene::Edge;
use edit::tree::Line;
use leptos::prelude::*;
use runtime::model::layout::Point;

/// The drawing of one line; class and events are the surrounding group's.
pub fn edge(it: &Edge) -> AnyView {
    let path = bridged(&it.line, &it.bridges);
    let (class, d) = match it.kind {
        Line::Sequence => ("edge-line", head(&it.line)),
        Line::Association | Line::DataInput | Line::DataOutput => ("edge-line dotted", open_head(&it.line)),
        Line::Message => ("edge-line message", head(&it.line)),
    };
    let tip = match it.kind {
        Line::Sequence => Some("edge-head"),
        Line::Association | Line::DataInput | Line::DataOutput => it.directed.then_some("edge-open"),
        Line::Message => Some("edge-hollow"),
    };
    let tail = (it.kind == Line::Message).then(|| it.line.first().copied()).flatten();
    view! {
        <path class="edge-hit" d=path.clone() />
        <path class=class d=path />
        {tip.map(|class| view! { <path class=class d=d /> })}
        {tail.map(|at| view! { <circle class="edge-hollow" cx=at.x cy=at.y r="4" /> })}
        {it.default.then(|| view! { <path class="edge-mark" d=slash(&it.line) /> })}
        {it.conditional.then(|| view! { <path class="edge-diamond" d=diamond(&it.line) /> })}
        {super::shape::label(&it.label, "edge-name", true)}
    }
    .into_any()
}

/// A line with corners rounded by 5 pixels.
pub fn path(line: &[Point]) -> String {
    bridged(line, &[])
}

/// The same, with arcs where it goes over others.
fn bridged(line: &[Point], bridges: &[Point]) -> String {
    let mut d = String::new();
    let last = line.len().saturating_sub(1);
    for (at, it) in line.iter().enumerate() {
        if at > 0 {
            over(line[at - 1], *it, bridges, &mut d);
        }
        if at == 0 {
            d.push_str(&format!("M{:.1} {:.1}", it.x, it.y));
        } else if at == last {
            d.push_str(&format!("L{:.1} {:.1}", it.x, it.y));
        } else {
            let (before, after) = (line[at - 1], line[at + 1]);
            let radius = 5.0_f64.min(distance(before, *it) / 2.0).min(distance(*it, after) / 2.0);
            let (from, to) = (toward(*it, before, radius), toward(*it, after, radius));
            d.push_str(&format!("L{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}", from.x, from.y, it.x, it.y, to.x, to.y));
        }
    }
    d
}

/// The arcs of one stretch, in its direction.
fn over(from: Point, to: Point, bridges: &[Point], d: &mut String) {
    let (low, high, right) = (from.x.min(to.x), from.x.max(to.x), from.x < to.x);
    let mine = |it: &&Point| (it.y - from.y).abs() < 0.5 && (it.y - to.y).abs() < 0.5 && low < it.x && it.x < high;
    let mut all: Vec<&Point> = bridges.iter().filter(mine).collect();
    all.sort_by(|a, b| if right { a.x.total_cmp(&b.x) } else { b.x.total_cmp(&a.x) });
    let (reach, sweep) = if right { (REACH, 1) } else { (-REACH, 0) };
    for it in all {
        let (begin, end) = (it.x - reach, it.x + reach);
        d.push_str(&format!("L{begin:.1} {:.1}A{REACH} {REACH} 0 0 {sweep} {end:.1} {:.1}", it.y, it.y));
    }
}

fn toward(from: Point, to: Point, by: f64) -> Point {
    let length = distance(from, to);
    if length == 0.0 {
        return from;
    }
    point(from.x + (to.x - from.x) / length * by, from.y + (to.y - from.y) / length * by)
}

fn ends(line: &[Point]) -> Option<(Point, Point)> {
    let end = *line.last()?;
    let before = line.iter().rev().find(|it| distance(**it, end) > 0.5)?;
    Some((*before, end))
}

fn head(line: &[Point]) -> String {
    let Some((before, end)) = ends(line) else {
        return String::new();
    };
    let length = distance(before, end);
    let (dx, dy) = ((end.x - before.x) / length, (end.y - before.y) / length);
    let base = point(end.x - dx * 9.0, end.y - dy * 9.0);
    format!(
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
        end.x,
        end.y,
        base.x - dy * 4.5,
        base.y + dx * 4.5,
        base.x + dy * 4.5,
        base.y - dx * 4.5
    )
}

/// An arrow head of two strokes.
fn open_head(line: &[Point]) -> String {
    let Some((before, end)) = ends(line) else {
        return String::new();
    };
    let length = distance(before, end);
    let (dx, dy) = ((end.x - before.x) / length, (end.y - before.y) / length);
    let base = point(end.x - dx * 8.0, end.y - dy * 8.0);
    let (left, right) = (point(base.x - dy * 4.5, base.y + dx * 4.5), point(base.x + dy * 4.5, base.y - dx * 4.5));
    format!("M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}", left.x, left.y, end.x, end.y, right.x, right.y)
}

fn start(line: &[Point]) -> Option<(Point, f64, f64)> {
    let first = *line.first()?;
    let next = line.iter().find(|it| distance(**it, first) > 0.5)?;
    let length = distance(first, *next);
    Some((first, (next.x - first.x) / length, (next.y - first.y) / length))
}

fn slash(line: &[Point]) -> String {
    let Some((first, dx, dy)) = start(line) else {
        return String::new();
    };
    let at = point(first.x + dx * 12.0, first.y + dy * 12.0);
    let (sx, sy) = (dx * 3.5 - dy * 5.0, dy * 3.5 + dx * 5.0);
    format!("M{:.1} {:.1}L{:.1} {:.1}", at.x - sx, at.y - sy, at.x + sx, at.y + sy)
}

fn diamond(line: &[Point]) -> String {
    let Some((first, dx, dy)) = start(line) else {
        return String::new();
    };
    let (mid, end) = (point(first.x + dx * 7.0, first.y + dy * 7.0), point(first.x + dx * 14.0, first.y + dy * 14.0));
    format!(
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
        first.x,
        first.y,
        mid.x - dy * 4.5,
        mid.y + dx * 4.5,
        end.x,
        end.y,
        mid.x + dy * 4.5,
        mid.y - dx * 4.5
    )
}
