//! What an edit would draw, before it is done: what is new, or another than it was.

use runtime::model::layout::Point;

use crate::document::Document;
use crate::edit::{Edit, FlowEdit};
use crate::scene::{Label, Node, Scene, scene};

/// Shapes, without their names, and lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foreseen {
    pub nodes: Vec<Node>,
    pub lines: Vec<Vec<Point>>,
}

/// What the drawing of a flow would have after an edit and has not now; none where it is refused.
pub fn foreseen(document: &Document, flow: &str, edit: &FlowEdit, now: &Scene) -> Option<Foreseen> {
    let mut after = document.clone();
    after.apply(&Edit::flow(flow, edit.clone())).ok()?;
    let then = scene(after.flow(flow)?, &after.diagram(flow), now.plane.as_deref(), &|it| it.name.clone());
    let as_it_was = |it: &Node| {
        now.node(&it.id).is_some_and(|was| was.kind == it.kind && was.rect == it.rect && was.marks == it.marks)
    };
    let nodes = then.nodes.into_iter().filter(|it| !as_it_was(it));
    let nodes = nodes.map(|it| Node { label: Label::default(), ..it }).collect();
    let lines = then.edges.into_iter().filter(|it| now.edge(&it.id).is_none()).map(|it| it.line).collect();
    Some(Foreseen { nodes, lines })
}
