//! Writing the name of an element where it stands.

use edit::geometry::{Rect, point};
use edit::kind::Family;
use leptos::{ev, html, prelude::*};

use super::Canvas;
use crate::studio::words as general;

/// The name of an element, written where it stands. Enter keeps it, Escape does not.
#[component]
pub fn Naming(canvas: Canvas, id: String) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    let id = StoredValue::new(id);
    let (rect, name) = canvas.scene.with_untracked(|it| {
        let id = id.get_value();
        let found = it.node(&id).map(|it| {
            let rect = match it.family {
                Family::Lane | Family::Pool if it.expanded && !it.standing => {
                    Rect::around(point(it.rect.x + 70.0, it.rect.centre().y), 130.0, 40.0)
                }
                family if family.outside_label() => {
                    Rect::around(point(it.rect.centre().x, it.rect.bottom() + 22.0), 130.0, 40.0)
                }
                Family::Sub | Family::Group if !it.marks.folded => {
                    Rect::new(it.rect.x + 8.0, it.rect.y + 4.0, 180.0, 36.0)
                }
                _ => it.rect,
            };
            (rect, it.name.clone())
        });
        found
            .or_else(|| {
                it.edge(&id).map(|it| {
                    (
                        Rect::around(
                            point(it.label.x.max(it.line[0].x), it.label.y.max(it.line[0].y - 20.0)),
                            130.0,
                            36.0,
                        ),
                        it.name.clone(),
                    )
                })
            })
            .unwrap_or_default()
    });
    Effect::new(move |_| {
        if let Some(it) = node.get() {
            let _ = it.focus();
            it.select();
        }
    });
    let finish = move |keep: bool| {
        let (Some(id), Some(it)) = (id.try_get_value(), node.try_get_untracked().flatten()) else { return };
        let text = it.value().replace('\n', " ");
        if canvas.naming.get_untracked().as_deref() != Some(id.as_str()) {
            return;
        }
        canvas.naming.set(None);
        let before = canvas.scene.with_untracked(|it| it.name(&id).map(str::to_owned));
        if keep && before.as_deref() != Some(text.trim()) {
            canvas.rename(&id, text.trim());
        }
        canvas.take_keys();
    };
    let keys = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Enter" if !event.shift_key() => {
                event.prevent_default();
                finish(true);
            }
            "Escape" => finish(false),
            _ => (),
        }
    };
    let px = move |of: fn(&Rect, f64) -> f64, origin: fn(&super::Eye) -> f64| {
        move || {
            let eye = canvas.eye.get();
            format!("{:.0}px", of(&rect, eye.zoom) + origin(&eye))
        }
    };
    let left = px(|it, zoom| it.x * zoom, |it| it.x);
    let top = px(|it, zoom| it.y * zoom, |it| it.y);
    let width = px(|it, zoom| (it.width * zoom).max(110.0), |_| 0.0);
    let height = px(|it, zoom| (it.height * zoom).max(36.0), |_| 0.0);
    view! {
        <textarea class="naming" node_ref=node aria-label=general::NAME.get() prop:value=name
            style:left=left style:top=top style:width=width style:height=height
            on:keydown=keys on:blur=move |_| finish(true) on:pointerdown=|event| event.stop_propagation()></textarea>
    }
}
