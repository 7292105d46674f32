//! What can be added: by click (after the selected node, or into the middle), by dragging onto the canvas, by key.

use edit::geometry::{Rect, point};
use edit::kind::{Family, Group, Kind};
use edit::scene::{Label, Marks, Node};
use edit::tool::Pointer;
use leptos::{ev, prelude::*};
use runtime::model::layout::Point;

use super::hand::{add, at_edge, place, scroll, step};
use super::{Canvas, words};
use crate::app::{Lang, app};
use crate::diagram::shape;
use crate::studio::words as general;

/// The list.
#[component]
pub fn Palette(canvas: Canvas) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let groups = move || {
        let wanted = wanted.get().trim().to_lowercase();
        let lang = app().lang.get();
        let fits = |it: Kind| {
            let all = format!(
                "{} {} {} {}",
                words::kind(it).of(lang),
                words::kind(it).of(Lang::En),
                words::synonyms(it),
                words::events(it)
            )
            .to_lowercase();
            all.contains(&wanted)
        };
        Kind::GROUPS
            .iter()
            .filter(|it| wanted.is_empty() || it.0 != Group::Common)
            .map(|(group, kinds)| (*group, kinds.iter().copied().filter(|it| fits(*it)).collect::<Vec<Kind>>()))
            .filter(|it| !it.1.is_empty())
            .map(|(group, kinds)| {
                let open = !wanted.is_empty() || group == Group::Common;
                let entries = kinds.into_iter().map(|kind| view! { <li><Entry canvas=canvas kind=kind/></li> }).collect_view();
                view! { <details class="palette-group" open=open><summary>{words::group(group).get()}</summary><ul class="node-list">{entries}</ul></details> }
            })
            .collect_view()
    };
    view! {
        <h2 class="side-title">{general::PALETTE.get()}</h2>
        <input class="input small" type="search" aria-label=general::FIND_TYPE.get() placeholder=general::FIND_TYPE.get()
            prop:value=move || wanted.get() on:input=move |event| wanted.set(event_target_value(&event))/>
        {groups}
    }
}

#[component]
fn Entry(canvas: Canvas, kind: Kind) -> impl IntoView {
    let dragging = StoredValue::new(None::<(i32, i32)>);
    let dragged = StoredValue::new(false);
    let inside = StoredValue::new(false);
    let at = move |event: &ev::PointerEvent| {
        let rect = canvas.board.get_untracked()?.get_bounding_client_rect();
        let eye = canvas.eye.get_untracked();
        let (x, y) = (f64::from(event.client_x()) - rect.x(), f64::from(event.client_y()) - rect.y());
        let over = x > 0.0 && y > 0.0 && x < rect.width() && y < rect.height();
        Some((point((x - eye.x) / eye.zoom, (y - eye.y) / eye.zoom), over))
    };
    let down = move |event: ev::PointerEvent| {
        if event.button() == 0 {
            dragging.set_value(Some((event.client_x(), event.client_y())));
            dragged.set_value(false);
            let target: web_sys::Element = event_target(&event);
            let _ = target.closest("button").ok().flatten().map(|it| it.set_pointer_capture(event.pointer_id()));
        }
    };
    let moved = move |event: ev::PointerEvent| {
        let Some((x, y)) = dragging.get_value() else { return };
        if !dragged.get_value() {
            if (event.client_x() - x).abs() + (event.client_y() - y).abs() < 6 {
                return;
            }
            dragged.set_value(true);
            inside.set_value(false);
            place(canvas, kind);
        }
        if let Some((at, over)) = at(&event) {
            // What is taken from the palette comes in over the edge: the picture moves once it was well inside.
            if over && !at_edge(canvas, &event) {
                inside.set_value(true);
            }
            if over && inside.get_value() {
                scroll(canvas, &event);
            } else {
                canvas.edge.set_value(None);
            }
            step(canvas, &Pointer::Move { at, zoom: 1.0 });
        }
    };
    let up = move |event: ev::PointerEvent| {
        dragging.set_value(None);
        if !dragged.get_value() {
            return;
        }
        match at(&event) {
            Some((at, true)) => {
                step(canvas, &Pointer::Up { at });
                canvas.take_keys();
            }
            _ => step(canvas, &Pointer::Cancel),
        }
    };
    let click = move |_| {
        if !dragged.get_value() {
            add(canvas, kind);
        }
        dragged.set_value(false);
    };
    view! {
        <button type="button" class="palette-item" data-kind=format!("{kind:?}") on:pointerdown=down on:pointermove=moved on:pointerup=up on:pointercancel=move |_| {
            dragging.set_value(None);
            step(canvas, &Pointer::Cancel);
        } on:click=click>
            {picture(kind)}<span>{words::kind(kind).get()}</span>
        </button>
    }
}

/// A node of a kind without a name, its middle at a point: for pictures and previews.
pub fn sample(kind: Kind, at: Point) -> Node {
    let (width, height) = kind.size();
    Node {
        id: String::new(),
        kind,
        family: kind.family(),
        quiet: false,
        expanded: matches!(kind.family(), Family::Sub | Family::Lane),
        marks: Marks { ad_hoc: kind == Kind::AdHoc, ..Marks::default() },
        rect: Rect::around(at, width, height),
        name: String::new(),
        label: Label::default(),
        depth: 0,
        foreign: false,
        own: false,
        standing: false,
        tint: None,
    }
}

/// A small picture of a kind.
pub fn picture(kind: Kind) -> impl IntoView {
    let mut node = sample(kind, point(0.0, 0.0));
    if node.rect.width > 60.0 {
        node.rect = Rect::around(point(0.0, 0.0), 80.0, 56.0);
        node.expanded = matches!(kind, Kind::Lane | Kind::Pool);
        node.marks.folded = matches!(kind, Kind::SubProcess | Kind::EventSubProcess | Kind::Transaction);
    }
    let half = node.rect.width.max(node.rect.height) / 2.0 + 4.0;
    view! { <svg class="diagram palette-picture" aria-hidden="true" viewBox=format!("-{half} -{half} {0} {0}", half * 2.0)>{shape::shape(&node)}</svg> }
}
