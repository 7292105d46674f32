//! Where lines cross: the level one is drawn with a small arc over the upright one, so that nobody takes a crossing for a branch.

use runtime::model::layout::Point;

use crate::geometry::point;
use crate::scene::Edge;

/// Half the width of an arc.
pub const REACH: f64 = 5.0;
/// Lines of a drawing that has bridges; in larger ones looking for them would cost more than it tells.
const MOST: usize = 250;
/// How far from a bend or an end a crossing is one.
const CLEAR: f64 = REACH + 4.0;

/// Gives every line its bridges.
pub fn build(edges: &mut [Edge]) {
    if edges.len() > MOST {
        return;
    }
    let upright: Vec<(usize, f64, f64, f64)> = edges
        .iter()
        .enumerate()
        .flat_map(|(at, it)| it.line.windows(2).map(move |pair| (at, pair[0], pair[1])))
        .filter(|(_, a, b)| (a.x - b.x).abs() < 0.5)
        .map(|(at, a, b)| (at, a.x, a.y.min(b.y), a.y.max(b.y)))
        .collect();
    for (at, edge) in edges.iter_mut().enumerate() {
        let mut found: Vec<Point> = Vec::new();
        for pair in edge.line.windows(2).filter(|it| (it[0].y - it[1].y).abs() < 0.5) {
            let (y, low, high) = (pair[0].y, pair[0].x.min(pair[1].x) + CLEAR, pair[0].x.max(pair[1].x) - CLEAR);
            for (other, x, top, bottom) in &upright {
                let crosses = *other != at && low < *x && *x < high && top + CLEAR < y && y < bottom - CLEAR;
                let beside = found.iter().any(|it| it.y == y && (it.x - x).abs() < 2.0 * CLEAR);
                if crosses && !beside {
                    found.push(point(*x, y));
                }
            }
        }
        edge.bridges = found;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Line;

    fn edge(id: &str, line: &[(f64, f64)]) -> Edge {
        Edge {
            id: id.to_owned(),
            kind: Line::Sequence,
            source: String::new(),
            target: String::new(),
            line: line.iter().map(|it| point(it.0, it.1)).collect(),
            default: false,
            conditional: false,
            directed: true,
            tint: None,
            name: String::new(),
            label: crate::scene::Label::default(),
            bridges: Vec::new(),
        }
    }

    #[test]
    fn the_level_line_goes_over_the_upright_one() {
        let mut all = [
            edge("level", &[(0.0, 50.0), (200.0, 50.0), (200.0, 90.0)]),
            edge("upright", &[(100.0, 0.0), (100.0, 100.0)]),
            // It ends on the level one: no crossing.
            edge("joins", &[(150.0, 0.0), (150.0, 50.0)]),
            // At the bend of the other: none either.
            edge("bend", &[(198.0, 0.0), (198.0, 100.0)]),
        ];
        build(&mut all);
        assert_eq!(all[0].bridges, [point(100.0, 50.0)]);
        assert!(all[1..].iter().all(|it| it.bridges.is_empty()));
    }
}
