//! Between two drawings of one flow: where everything is on its way from one to the other, for laying it out before one's eyes.

use runtime::model::layout::Point;

use crate::geometry::{Rect, distance, point};
use crate::scene::{Label, Scene};

/// Points a line is cut into where its two ways differ in their bends.
const CUTS: usize = 24;

/// `to`, with what `from` has as well on its way there: at 0 where it was, at 1 where it will be.
pub fn between(from: &Scene, to: &Scene, at: f64) -> Scene {
    let mut found = to.clone();
    let mix = |a: f64, b: f64| a + (b - a) * at;
    let rect =
        |a: Rect, b: Rect| Rect::new(mix(a.x, b.x), mix(a.y, b.y), mix(a.width, b.width), mix(a.height, b.height));
    let label = |a: &Label, b: &mut Label| (b.x, b.y) = (mix(a.x, b.x), mix(a.y, b.y));
    for it in &mut found.nodes {
        if let Some(was) = from.node(&it.id) {
            it.rect = rect(was.rect, it.rect);
            label(&was.label, &mut it.label);
        }
    }
    for it in &mut found.edges {
        if let Some(was) = from.edge(&it.id) {
            let (a, b) = (&was.line, &it.line);
            let (a, b) = if a.len() == b.len() { (a.clone(), b.clone()) } else { (cut(a), cut(b)) };
            it.line = a.iter().zip(&b).map(|(a, b)| point(mix(a.x, b.x), mix(a.y, b.y))).collect();
            label(&was.label, &mut it.label);
            if at < 1.0 {
                it.bridges.clear();
            }
        }
    }
    found
}

/// Slow at its end: how far a movement has come, of how much of its time has gone by.
pub fn eased(time: f64) -> f64 {
    1.0 - (1.0 - time.clamp(0.0, 1.0)).powi(3)
}

/// A line as points at even distances.
fn cut(line: &[Point]) -> Vec<Point> {
    let whole: f64 = line.windows(2).map(|it| distance(it[0], it[1])).sum();
    let along = |mut left: f64| {
        for pair in line.windows(2) {
            let length = distance(pair[0], pair[1]);
            if left <= length && length > 0.0 {
                let part = left / length;
                return point(pair[0].x + (pair[1].x - pair[0].x) * part, pair[0].y + (pair[1].y - pair[0].y) * part);
            }
            left -= length;
        }
        line.last().copied().unwrap_or_default()
    };
    (0..CUTS).map(|it| along(whole * it as f64 / (CUTS as f64 - 1.0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, FlowEdit};
    use crate::scene::scene;
    use crate::tests::{FLOW, flow, pack};

    #[test]
    fn a_drawing_goes_over_into_another() {
        let mut it = pack();
        let drawn = |it: &crate::Document| scene(flow(it), &it.diagram(FLOW), None, &|it| it.name.clone());
        it.apply(&Edit::flow(FLOW, FlowEdit::Move { nodes: vec!["send".to_owned()], dx: 80.0, dy: 300.0 }))
            .expect("allowed");
        let from = drawn(&it);
        it.apply(&Edit::flow(FLOW, FlowEdit::Arrange { ids: Vec::new() })).expect("allowed");
        let to = drawn(&it);
        let (begins, half, ends) = (between(&from, &to, 0.0), between(&from, &to, 0.5), between(&from, &to, 1.0));
        for it in &to.nodes {
            let (a, b) = (from.node(&it.id).expect("there").rect, it.rect);
            assert_eq!(
                (begins.node(&it.id).map(|it| it.rect), ends.node(&it.id).map(|it| it.rect)),
                (Some(a), Some(b))
            );
            assert_eq!(half.node(&it.id).map(|it| it.rect.x), Some(f64::midpoint(a.x, b.x)));
        }
        for it in &to.edges {
            let (a, b) = (&from.edge(&it.id).expect("there").line, &it.line);
            let near = |a: Point, b: Point| distance(a, b) < 0.01;
            for (line, of) in [(begins.edge(&it.id).expect("there"), a), (ends.edge(&it.id).expect("there"), b)] {
                assert!(
                    near(line.line[0], of[0]) && near(line.line[line.line.len() - 1], of[of.len() - 1]),
                    "{}",
                    it.id
                );
            }
        }
        assert_eq!((eased(-1.0), eased(0.0), eased(1.0), eased(2.0)), (0.0, 0.0, 1.0, 1.0));
    }
}
