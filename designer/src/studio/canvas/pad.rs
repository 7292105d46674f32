//! Beside the one selected element: what can be done with it.

use edit::kind::{Family, Kind};
use edit::tool::Tool;
use edit::{Edit, FlowEdit};
use leptos::prelude::*;

use super::palette::picture;
use super::view::add;
use super::{Canvas, keys};
use crate::studio::words;
use crate::ui::icon::icon;

/// The buttons.
#[component]
pub fn Pad(canvas: Canvas) -> impl IntoView {
    let node = Memo::new(move |_| {
        let id = canvas.selected()?;
        let idle = canvas.tool.with(|it| matches!(it, Tool::Idle | Tool::Pressed { .. }));
        let found = canvas.scene.with(|it| {
            let node = it.nodes.iter().find(|it| it.id == id).map(|it| (it.rect, Some(it.kind)));
            node.or_else(|| {
                let at = edit::geometry::midway(&it.edges.iter().find(|it| it.id == id)?.line);
                Some((edit::geometry::Rect::around(at, 10.0, 10.0), None))
            })
        });
        found.filter(|_| idle).map(|(rect, kind)| (id, rect, kind))
    });
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        node.track();
        open.set(false);
    });
    move || {
        let (id, rect, kind) = node.get()?;
        let left = move || {
            let eye = canvas.eye.get();
            format!("{:.0}px", rect.right() * eye.zoom + eye.x + 12.0)
        };
        let top = move || {
            let eye = canvas.eye.get();
            format!("{:.0}px", rect.y * eye.zoom + eye.y - 4.0)
        };
        let follow: Vec<Kind> = match kind {
            None => vec![Kind::UserTask, Kind::Exclusive],
            Some(Kind::EventBased) => vec![Kind::CatchTimer, Kind::CatchMessage, Kind::ReceiveTask],
            Some(_) => vec![Kind::UserTask, Kind::Exclusive, Kind::CatchTimer, Kind::End],
        };
        let key = canvas.key.get_value();
        let follow = follow
            .into_iter()
            .filter(|it| kind.is_none() || canvas.desk.may(&Edit::flow(&key, FlowEdit::Append { after: id.clone(), kind: *it })))
            .filter(|it| kind.is_some() || it.family() != Family::End)
            .map(|it| {
                let label = move || words::APPEND.fill(&[words::kind(it).read()]);
                view! { <button type="button" class="pad-item" data-append=format!("{it:?}") aria-label=label title=label on:click=move |_| add(canvas, it)>{picture(it)}</button> }
            })
            .collect_view();
        let connects = kind.is_some_and(|it| !matches!(it.family(), Family::End | Family::Note) && it != Kind::EventSubProcess);
        let source = StoredValue::new(id.clone());
        let others: Vec<Kind> = kind.map(Kind::replacements).unwrap_or_default();
        let menu = (!others.is_empty()).then(|| view! {
            <button type="button" class="pad-item" aria-label=words::REPLACE.get() title=words::REPLACE.get() aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|it| *it = !*it)>{icon("refresh")}</button>
        });
        let list = move || open.get().then(|| {
            let others = others.clone();
            view! {
                <div class="pop-panel pad-menu">
                    {others.into_iter().map(|it| view! {
                        <button type="button" class="menu-item" on:click=move |_| {
                            canvas.edit(FlowEdit::Replace { id: source.get_value(), kind: it });
                        }>{picture(it)}{words::kind(it).get()}</button>
                    }).collect_view()}
                </div>
            }
        });
        Some(view! {
            <div class="pad" role="toolbar" style:left=left style:top=top on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
                {follow}
                {connects.then(|| view! {
                    <button type="button" class="pad-item" data-act="connect" aria-label=words::CONNECT.get() title=words::CONNECT.get()
                        on:pointerdown=move |_| keys::connect(canvas, source.get_value())
                        on:keydown=move |event| if matches!(event.key().as_str(), "Enter" | " ") {
                            event.prevent_default();
                            keys::connect(canvas, source.get_value());
                            if let Some(board) = canvas.board.get_untracked() {
                                let _ = board.focus();
                            }
                        }>{icon("flow")}</button>
                })}
                {menu}
                <button type="button" class="pad-item" aria-label=words::RENAME.get() title=words::RENAME.get()
                    on:click=move |_| canvas.naming.set(Some(source.get_value()))>{icon("pencil")}</button>
                <button type="button" class="pad-item" data-act="delete" aria-label=words::DELETE.get() title=words::DELETE.get()
                    on:click=move |_| keys::delete(canvas)>{icon("trash")}</button>
                {list}
            </div>
        })
    }
}
