//! What the tool shows while it works: ghosts, rubber bands, guides.

use edit::geometry::Rect;
use edit::kind::Family;
use edit::scene::Node;
use edit::snap::Guide;
use edit::tool::{self, Tool};
use leptos::prelude::*;
use runtime::model::layout::Point;

use super::Canvas;
use crate::diagram::{edge, shape};

fn round(family: Family, rect: &Rect) -> f64 {
    match family {
        Family::Lane | Family::Pool => 0.0,
        Family::Start | Family::Intermediate | Family::End | Family::Boundary => rect.width.min(rect.height) / 2.0,
        Family::Activity | Family::Sub | Family::Gateway | Family::Data | Family::Group | Family::Note => 8.0,
    }
}

fn boxed(family: Family, rect: Rect) -> impl IntoView {
    view! { <rect class="ghost" x=rect.x y=rect.y width=rect.width height=rect.height rx=round(family, &rect)/> }
}

fn line(a: Point, b: Point, refused: bool) -> AnyView {
    let class = if refused { "rubber refused" } else { "rubber" };
    view! { <path class=class d=format!("M{:.1} {:.1}L{:.1} {:.1}", a.x, a.y, b.x, b.y)/> }.into_any()
}

/// What the button would draw that the pointer or the focus is on.
fn foreseen(canvas: Canvas) -> Option<AnyView> {
    let edit = canvas.foreseen.get()?;
    let found = canvas.desk.document.with_untracked(|document| {
        canvas.scene.with_untracked(|now| edit::foreseen::foreseen(document, &canvas.key.get_value(), &edit, now))
    })?;
    let lines = found.lines.iter().map(|it| view! { <path class="rubber" d=edge::path(it)/> }).collect_view();
    let nodes = found.nodes.iter().map(shape::shape).collect_view();
    Some(view! { <g class="preview foreseen">{lines}{nodes}</g> }.into_any())
}

/// The overlay of the tool's state.
pub fn ghost(canvas: Canvas) -> Option<AnyView> {
    let node = |id: &str| canvas.scene.with_untracked(|it| it.node(id).cloned());
    canvas.tool.with(|tool| match tool {
        Tool::Panning { .. } => None,
        Tool::Idle | Tool::Pressed { .. } | Tool::Armed(_) => foreseen(canvas),
        Tool::Moving { nodes, by: (dx, dy), guides, .. } => {
            let shapes: Vec<Node> = nodes.iter().filter_map(|it| node(it)).collect();
            let shapes = shapes.into_iter().map(|it| boxed(it.family, it.rect.moved(*dx, *dy))).collect_view();
            let guides = guides
                .iter()
                .map(|it| {
                    let d = match it {
                        Guide::Steep(x, from, to) => format!("M{x} {}V{}", from - 20.0, to + 20.0),
                        Guide::Flat(y, from, to) => format!("M{} {y}H{}", from - 20.0, to + 20.0),
                    };
                    view! { <path class="guide" d=d/> }
                })
                .collect_view();
            Some(view! { {shapes}{guides} }.into_any())
        }
        Tool::Resizing { to, .. } => {
            let boxes = to.iter().filter_map(|(id, rect)| Some(boxed(node(id)?.family, *rect)));
            Some(boxes.collect_view().into_any())
        }
        Tool::Labelling { id, by, wide, .. } => {
            let rect = canvas.scene.with_untracked(|it| tool::label(it, id))?;
            Some(boxed(Family::Note, tool::labelled(rect, *by, *wide)).into_any())
        }
        Tool::Spacing { from, at, flat } => {
            let far = 20_000.0;
            let band = match flat {
                Some(true) => Rect::spanning(Point { x: from.x, y: -far }, Point { x: at.x, y: far }),
                Some(false) => Rect::spanning(Point { x: -far, y: from.y }, Point { x: far, y: at.y }),
                None => return Some(line(*from, *at, false)),
            };
            Some(view! { <rect class="lasso" x=band.x y=band.y width=band.width height=band.height/> }.into_any())
        }
        Tool::Connecting { source, at, to } => {
            let from = node(source)?.rect.centre();
            Some(line(from, *at, matches!(to, Some(Err(_)))))
        }
        Tool::Reconnecting { id, start, at, to } => {
            let other = canvas.scene.with_untracked(|it| {
                let line = &it.edge(id)?.line;
                if *start { line.last().copied() } else { line.first().copied() }
            })?;
            Some(line(other, *at, matches!(to, Some(Err(_)))))
        }
        Tool::Bending { line, .. } => Some(view! { <path class="rubber" d=edge::path(line)/> }.into_any()),
        Tool::Lasso { from, at } => {
            let it = Rect::spanning(*from, *at);
            Some(view! { <rect class="lasso" x=it.x y=it.y width=it.width height=it.height/> }.into_any())
        }
        Tool::Placing { kind, at, on, after } => {
            // What would be put there, as it will look; and what will lead to it.
            let it = super::palette::sample(*kind, *at);
            let from =
                after.as_deref().and_then(node).map(|it| line(it.rect.centre(), *at, matches!(on, Some(Err(_)))));
            Some(view! { {from}<g class="preview">{shape::shape(&it)}</g> }.into_any())
        }
    })
}
