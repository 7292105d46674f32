//! The whole drawing, small, and what part of it is seen. Drawn anew when the drawing changes, not while something is dragged.

use std::fmt::Write as _;

use edit::geometry::Rect;
use edit::scene::Node;
use leptos::{ev, html, prelude::*};

use super::{Canvas, words};

const SIZE: (f64, f64) = (160.0, 100.0);

/// The overview at the lower left.
#[component]
pub fn Minimap(canvas: Canvas) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let dragging = StoredValue::new(false);
    let whole = Memo::new(move |_| canvas.scene.with(|it| it.bounds.grown(60.0)));
    let seen = move || {
        let it = canvas.eye.get();
        let (width, height) = canvas.size().unwrap_or((800.0, 600.0));
        Rect::new(-it.x / it.zoom, -it.y / it.zoom, width / it.zoom, height / it.zoom)
    };
    let go = move |event: &ev::PointerEvent| {
        let Some(root) = root.get_untracked() else { return };
        let (rect, whole) = (root.get_bounding_client_rect(), whole.get_untracked());
        let scale = (whole.width / rect.width()).max(whole.height / rect.height());
        let (x, y) = (
            f64::from(event.client_x()) - rect.x() - rect.width() / 2.0,
            f64::from(event.client_y()) - rect.y() - rect.height() / 2.0,
        );
        let (x, y) = (whole.centre().x + x * scale, whole.centre().y + y * scale);
        let (width, height) = canvas.size().unwrap_or((800.0, 600.0));
        canvas.moved.set(true);
        canvas.eye.update(|it| {
            it.x = width / 2.0 - x * it.zoom;
            it.y = height / 2.0 - y * it.zoom;
        });
    };
    let path = Memo::new(move |_| canvas.scene.with(|it| outlines(it.nodes.iter().filter(|it| !it.family.area()))));
    let areas = Memo::new(move |_| canvas.scene.with(|it| outlines(it.nodes.iter().filter(|it| it.family.area()))));
    view! {
        <div class="minimap" node_ref=root aria-hidden="true" title=words::MINIMAP.get()
            on:pointerdown=move |event| {
                event.stop_propagation();
                dragging.set_value(true);
                if let Some(it) = root.get_untracked() {
                    let _ = it.set_pointer_capture(event.pointer_id());
                }
                go(&event);
            }
            on:pointermove=move |event| if dragging.get_value() { go(&event) }
            on:pointerup=move |_| dragging.set_value(false) on:dblclick=|event| event.stop_propagation()>
            <svg width=SIZE.0 height=SIZE.1 viewBox=move || {
                let Rect { x, y, width, height } = whole.get();
                format!("{x:.0} {y:.0} {width:.0} {height:.0}")
            }>
                <path class="minimap-areas" d=move || areas.get()/>
                <path class="minimap-nodes" d=move || path.get()/>
                <rect class="minimap-seen" x=move || seen().x y=move || seen().y width=move || seen().width height=move || seen().height/>
            </svg>
        </div>
    }
}

/// One path around all of them. Whole numbers: writing fractions of a thousand boxes takes longer than drawing them.
fn outlines<'a>(nodes: impl Iterator<Item = &'a Node>) -> String {
    let mut path = String::new();
    for it in nodes {
        let [x, y, width, height] = [it.rect.x, it.rect.y, it.rect.width, it.rect.height].map(|it| it.round() as i64);
        // Writing to a string does not fail.
        let _ = write!(path, "M{x} {y}h{width}v{height}h-{width}Z");
    }
    path
}
