//! Pools and lanes that stand (`isHorizontal="false"`): the flow runs down in them instead of to the right. Everything about
//! lanes and pools is written for those that lie; for those that stand the drawing is mirrored at its diagonal first and back
//! afterwards, which loses nothing.

use runtime::gather::Gather as _;
use std::collections::BTreeMap;

use runtime::model::layout::Bounds;

use crate::geometry::{Rect, point};
use crate::kind::Family;
use crate::work::Work;
use crate::{place, planes, pools, route, tree};

/// Boxes are wider than high: side by side they need so much more room than one below the other.
const WIDER: f64 = 1.25;

/// The pool of the flow, or its lanes, stand.
pub fn stands(work: &Work) -> bool {
    let own = pools::own(&work.flow).map(|it| it.id.as_str());
    let first = own.or_else(|| work.flow.lanes.first().map(|it| it.id.as_str()));
    let shape = first.and_then(|id| work.diagram.shapes.iter().find(|it| it.element.as_str() == id));
    shape.is_some_and(|it| it.is_horizontal == Some(false))
}

/// Does something to pools and lanes as if they lay.
pub fn lying<T>(work: &mut Work, act: impl FnOnce(&mut Work) -> T) -> T {
    if !stands(work) {
        return act(work);
    }
    mirror(work);
    let done = act(work);
    mirror(work);
    done
}

/// A box at the other side of the diagonal.
pub fn mirrored(it: Rect) -> Rect {
    Rect { x: it.y, y: it.x, width: it.height, height: it.width }
}

fn mirror(work: &mut Work) {
    let label = |it: &mut Option<Bounds>| {
        if let Some(it) = it {
            std::mem::swap(&mut it.x, &mut it.y);
            std::mem::swap(&mut it.width, &mut it.height);
        }
    };
    for it in &mut work.diagram.shapes {
        std::mem::swap(&mut it.x, &mut it.y);
        std::mem::swap(&mut it.width, &mut it.height);
        it.is_horizontal = it.is_horizontal.map(|it| !it);
        label(&mut it.label);
    }
    for it in &mut work.diagram.edges {
        it.waypoints.iter_mut().for_each(|it| *it = point(it.y, it.x));
        label(&mut it.label);
    }
    work.stood.values_mut().for_each(|it| *it = mirrored(*it));
}

/// Lets pools and lanes stand that lay, and lie that stood, with everything in them.
pub fn turn(work: &mut Work) {
    let up = !stands(work);
    let across = |x: f64, y: f64| if up { point(y * WIDER, x) } else { point(y, x / WIDER) };
    let hidden: Vec<String> =
        planes::planes(&work.flow, &work.diagram.shapes).keys().map(|it| (*it).to_owned()).collect();
    let bands: Vec<String> = work
        .diagram
        .shapes
        .iter()
        .filter(|it| {
            it.is_horizontal.is_some() || matches!(work.family(it.element.as_str()), Family::Lane | Family::Pool)
        })
        .map(|it| it.element.0.clone())
        .collect();
    let areas: Vec<String> = work
        .diagram
        .shapes
        .iter()
        .map(|it| it.element.0.clone())
        .filter(|id| {
            let family = work.family(id);
            bands.contains(id) || family == Family::Group || family == Family::Sub && work.expanded(id)
        })
        .collect();
    for it in &mut work.diagram.shapes {
        let id = &it.element.0;
        if hidden.contains(id) {
            continue;
        }
        let was = Rect::from(&*it);
        let to = if areas.contains(id) {
            let (a, b) = (across(was.x, was.y), across(was.right(), was.bottom()));
            Rect::new(a.x, a.y, b.x - a.x, b.y - a.y)
        } else {
            Rect::around(across(was.centre().x, was.centre().y), was.width, was.height)
        };
        (it.x, it.y, it.width, it.height) = (to.x.round(), to.y.round(), to.width.round(), to.height.round());
        it.label = None;
        if bands.contains(id) {
            it.is_horizontal = Some(!up);
        }
    }
    // What sits on a border sits on it again: its host keeps its form.
    let hosts: Vec<(String, Rect)> = work
        .diagram
        .shapes
        .iter()
        .filter(|it| !hidden.contains(&it.element.0))
        .filter_map(|it| Some((it.element.0.clone(), work.rect(&work.attached(it.element.as_str())?)?)))
        .collect();
    for (id, host) in hosts {
        let Some(at) = work.rect(&id).map(|it| it.centre()) else { continue };
        let to = place::on_border(&host, at);
        work.shift(&id, (to.x - at.x).round(), (to.y - at.y).round());
    }
    let own: Vec<String> = tree::links(&work.flow)
        .iter()
        .filter(|it| !hidden.iter().any(|id| id == it.source))
        .map(|it| it.id.to_owned())
        .collect();
    // Lines of other pools are none of the flow's: they are mirrored and cut where their boxes begin now.
    let rects: BTreeMap<String, Rect> =
        work.diagram.shapes.iter().map(|it| (it.element.0.clone(), Rect::from(it))).gather();
    let mut foreign: BTreeMap<String, (Rect, Rect)> = BTreeMap::new();
    for it in work.flow.collaboration.iter().flat_map(|it| &it.processes) {
        for link in tree::links(it) {
            if let (Some(from), Some(to)) = (rects.get(link.source), rects.get(link.target)) {
                foreign.insert(link.id.to_owned(), (*from, *to));
            }
        }
    }
    let mut inside: Vec<String> = Vec::new();
    for it in &mut work.diagram.edges {
        let id = &it.element.0;
        if own.contains(id) {
            inside.push(id.clone());
        } else if let Some((from, to)) = foreign.get(id) {
            let way: Vec<_> = it.waypoints.iter().map(|it| across(it.x, it.y)).collect();
            let way = route::crop(&way, from, to);
            it.waypoints = way.iter().map(|it| point(it.x.round(), it.y.round())).collect();
            it.label = None;
        }
    }
    work.reroute.extend(inside);
    work.stood = rects;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrored_twice_is_what_it_was() {
        let it = Rect::new(1.0, 2.0, 3.0, 4.0);
        assert_eq!(mirrored(it), Rect::new(2.0, 1.0, 4.0, 3.0));
        assert_eq!(mirrored(mirrored(it)), it);
    }
}
