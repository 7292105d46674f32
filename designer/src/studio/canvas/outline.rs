//! The flow as a list: every node with where it leads, for screen readers and for finding.

use leptos::prelude::*;

use super::Canvas;
use super::view::spoken;
use crate::studio::words;

/// The list.
#[component]
pub fn Outline(canvas: Canvas) -> impl IntoView {
    let nodes = move || {
        let mut nodes: Vec<(String, usize, f64, f64)> =
            canvas.scene.with(|it| it.nodes.iter().map(|it| (it.id.clone(), it.depth, it.rect.x, it.rect.y)).collect());
        runtime::gather::order(&mut nodes, |a, b| a.2.total_cmp(&b.2).then(a.3.total_cmp(&b.3)));
        nodes
    };
    view! {
        <h2 class="side-title">{words::OUTLINE.get()}</h2>
        <ul class="outline">
            {move || nodes().into_iter().map(|(id, depth, ..)| {
                let id = StoredValue::new(id);
                let deeper = depth > 0;
                let chosen = move || canvas.desk.document.with(|it| it.selection.contains(&id.get_value()));
                view! {
                    <li>
                        <button type="button" class="outline-item" class:deeper=deeper aria-current=move || chosen().then_some("true")
                            on:click=move |_| {
                                canvas.select_one(&id.get_value());
                                canvas.show(&id.get_value());
                            }>{move || spoken(canvas, &id.get_value())}</button>
                    </li>
                }
            }).collect_view()}
        </ul>
    }
}
