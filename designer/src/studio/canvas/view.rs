//! The drawing itself: one `<g>` that is moved and scaled, the pointer, what the tool shows.

use std::time::Duration;

use edit::FlowEdit;
use edit::geometry::{Rect, point};
use edit::kind::Family;
use edit::scene::Node;
use edit::snap::Guide;
use edit::tool::{self, Pointer, Tool};
use leptos::{ev, html, prelude::*};
use runtime::alert::Severity;
use runtime::model::layout::Point;
use wasm_bindgen::JsCast;

use super::pad::Pad;
use super::{Canvas, keys};
use crate::diagram::{edge, shape};
use crate::studio::words;
use crate::ui::icon::icon;

/// The board: drawing, context pad, inline names, zoom buttons.
#[component]
pub fn Board(canvas: Canvas) -> impl IntoView {
    // Fitted when it is first laid out.
    Effect::new(move |_| {
        if canvas.board.get().is_some() {
            request_animation_frame(move || canvas.fit());
            set_timeout(
                move || {
                    if canvas.moved.try_get_untracked() == Some(false) {
                        canvas.fit();
                    }
                },
                Duration::from_millis(120),
            );
        }
    });
    let resized = window_event_listener(ev::resize, move |_| {
        if !canvas.moved.get_untracked() {
            canvas.fit();
        }
    });
    on_cleanup(move || resized.remove());
    let place = move |event: &web_sys::MouseEvent| -> Option<Point> {
        let rect = canvas.board.get_untracked()?.get_bounding_client_rect();
        let eye = canvas.eye.get_untracked();
        Some(point((f64::from(event.client_x()) - rect.x() - eye.x) / eye.zoom, (f64::from(event.client_y()) - rect.y() - eye.y) / eye.zoom))
    };
    let down = move |event: ev::PointerEvent| {
        if event.button() > 1 || canvas.naming.get_untracked().is_some() {
            return;
        }
        let Some(at) = place(&event) else { return };
        if let Some(board) = canvas.board.get_untracked() {
            let _ = board.focus();
            let _ = board.set_pointer_capture(event.pointer_id());
        }
        if event.button() == 1 {
            event.prevent_default();
            return step(canvas, &Pointer::DownPan { at });
        }
        let slack = 6.0 / canvas.eye.get_untracked().zoom;
        let on = canvas.scene.with_untracked(|it| tool::hit(it, at, slack));
        step(canvas, &Pointer::Down { at, on, shift: event.shift_key() });
    };
    let moved = move |event: ev::PointerEvent| {
        if canvas.tool.with_untracked(|it| *it == Tool::Idle) {
            return;
        }
        if let Some(at) = place(&event) {
            step(canvas, &Pointer::Move { at, zoom: canvas.eye.get_untracked().zoom });
        }
    };
    let up = move |event: ev::PointerEvent| {
        if let Some(at) = place(&event) {
            step(canvas, &Pointer::Up { at });
        }
    };
    let wheel = move |event: ev::WheelEvent| {
        event.prevent_default();
        canvas.moved.set(true);
        if event.ctrl_key() || event.meta_key() {
            let Some(board) = canvas.board.get_untracked() else { return };
            let rect = board.get_bounding_client_rect();
            let around = (f64::from(event.client_x()) - rect.x(), f64::from(event.client_y()) - rect.y());
            canvas.zoom((-event.delta_y() * 0.002).exp(), Some(around));
        } else {
            let (mut dx, mut dy) = (event.delta_x(), event.delta_y());
            if event.shift_key() && dx == 0.0 {
                (dx, dy) = (dy, 0.0);
            }
            canvas.eye.update(|it| {
                it.x -= dx;
                it.y -= dy;
            });
        }
    };
    let double = move |event: ev::MouseEvent| {
        let Some(at) = place(&event) else { return };
        let hit = canvas.scene.with_untracked(|it| tool::hit(it, at, 6.0));
        if let tool::Hit::Node(id) | tool::Hit::Flow(id) = hit {
            canvas.naming.set(Some(id));
        }
    };
    let transform = move || {
        let it = canvas.eye.get();
        format!("translate({:.1} {:.1}) scale({:.4})", it.x, it.y, it.zoom)
    };
    let title = move || {
        let name = canvas.flow(|it| it.name.clone()).unwrap_or_default();
        words::CANVAS.fill(&[&name])
    };
    let cursor = move || {
        canvas.tool.with(|it| match it {
            Tool::Panning { .. } => "board panning",
            Tool::Connecting { to: Some(Err(_)), .. } | Tool::Reconnecting { to: Some(Err(_)), .. } | Tool::Placing { on: Some(Err(_)), .. } => "board refused",
            Tool::Connecting { .. } | Tool::Reconnecting { .. } | Tool::Placing { .. } => "board aiming",
            Tool::Moving { .. } => "board moving",
            Tool::Idle | Tool::Pressed { .. } | Tool::Bending { .. } | Tool::Lasso { .. } => "board",
        })
    };
    let edges = move || canvas.scene.with(|it| it.edges.iter().map(|it| it.id.clone()).collect::<Vec<_>>());
    let areas = move || nodes(canvas, true);
    let others = move || nodes(canvas, false);
    view! {
        <div class=cursor tabindex="0" role="application" aria-label=title node_ref=canvas.board
            on:pointerdown=down on:pointermove=moved on:pointerup=up on:pointercancel=move |_| step(canvas, &Pointer::Cancel)
            on:wheel=wheel on:dblclick=double on:keydown=move |event| keys::down(canvas, &event)>
            <svg class="diagram studio-svg" aria-hidden="true">
                <g transform=transform>
                    <For each=areas key=|it| it.clone() children=move |id| node(canvas, id)/>
                    <For each=edges key=|it| it.clone() children=move |id| flow(canvas, id)/>
                    <For each=others key=|it| it.clone() children=move |id| node(canvas, id)/>
                    {move || ghost(canvas)}
                </g>
            </svg>
            <p class="unseen" aria-live="polite">{move || canvas.selected().map(|it| spoken(canvas, &it))}</p>
            {move || canvas.naming.get().map(|id| view! { <Naming canvas=canvas id=id/> })}
            <Pad canvas=canvas/>
            <div class="zoom-bar" on:pointerdown=|event| event.stop_propagation()>
                <button type="button" class="button plain icon-only small" aria-label=words::ZOOM_OUT.get() title=words::ZOOM_OUT.get() on:click=move |_| canvas.zoom(0.8, None)>{icon("minus")}</button>
                <span class="zoom-now">{move || format!("{:.0} %", canvas.eye.get().zoom * 100.0)}</span>
                <button type="button" class="button plain icon-only small" aria-label=words::ZOOM_IN.get() title=words::ZOOM_IN.get() on:click=move |_| canvas.zoom(1.25, None)>{icon("plus")}</button>
                <button type="button" class="button plain icon-only small" aria-label=words::FIT.get() title=words::FIT.get() on:click=move |_| { canvas.moved.set(false); canvas.fit(); }>{icon("fit")}</button>
            </div>
        </div>
    }
}

/// What a screen reader hears of a selected element.
pub fn spoken(canvas: Canvas, id: &str) -> String {
    let kind = canvas.scene.with(|it| it.nodes.iter().find(|it| it.id == id).map(|it| it.kind));
    let next: Vec<String> = canvas.scene.with(|it| it.edges.iter().filter(|it| it.source == id).map(|it| it.target.clone()).collect());
    let next: Vec<String> = next.iter().map(|it| canvas.name(it)).collect();
    let kind = kind.map_or(words::SEQUENCE_FLOW, words::kind).read();
    let mut said = format!("{}, {kind}", canvas.name(id));
    if !next.is_empty() {
        said = format!("{said}, {}", words::LEADS_TO.fill(&[&next.join(", ")]));
    }
    said
}

fn nodes(canvas: Canvas, areas: bool) -> Vec<String> {
    canvas.scene.with(|it| it.nodes.iter().filter(|it| (it.family == Family::Sub) == areas).map(|it| it.id.clone()).collect())
}

/// Moves the tool on and does what follows.
pub fn step(canvas: Canvas, pointer: &Pointer) {
    let tool = canvas.tool.get_untracked();
    let key = canvas.key.get_value();
    let (next, outcome) = canvas.desk.document.with_untracked(|document| canvas.scene.with_untracked(|scene| tool.next(pointer, document, &key, scene)));
    canvas.tool.set(next);
    if let Some((dx, dy)) = outcome.pan {
        canvas.moved.set(true);
        canvas.eye.update(|it| {
            it.x += dx * it.zoom;
            it.y += dy * it.zoom;
        });
    }
    if let Some(selection) = outcome.select
        && canvas.desk.document.with_untracked(|it| it.selection != selection)
    {
        canvas.select(selection);
    }
    if let Some(why) = outcome.refused {
        canvas.desk.refuse(why);
    }
    for it in outcome.edits {
        canvas.desk.edit(it);
    }
}

fn gravest(canvas: Canvas, id: &str) -> Option<Severity> {
    let file = format!("flows/{}/flow.json", canvas.key.get_value());
    canvas.desk.alerts.with(|it| it.iter().filter(|it| it.file == file && it.element.as_deref() == Some(id)).map(|it| it.severity).min())
}

fn node(canvas: Canvas, id: String) -> impl IntoView {
    let id = StoredValue::new(id);
    let it = Memo::new(move |_| canvas.scene.with(|it| it.nodes.iter().find(|it| it.id == id.get_value()).cloned()));
    let selected = Memo::new(move |_| canvas.desk.document.with(|it| it.selection.contains(&id.get_value())));
    let alert = Memo::new(move |_| gravest(canvas, &id.get_value()));
    let aimed = Memo::new(move |_| {
        canvas.tool.with(|it| match it {
            Tool::Connecting { to: Some(it), .. } | Tool::Reconnecting { to: Some(it), .. } | Tool::Placing { on: Some(it), .. } => {
                it.as_ref().ok() == Some(&id.get_value())
            }
            _ => false,
        })
    });
    let class = move || {
        let mut class = String::from("node");
        for (on, name) in [(selected.get(), " selected"), (aimed.get(), " aimed")] {
            if on {
                class.push_str(name);
            }
        }
        class
    };
    let dot = move || {
        let (rect, severity) = (it.get()?.rect, alert.get()?);
        let (cx, cy) = (rect.right() - 2.0, rect.y + 2.0);
        let class = format!("alert-dot {}", crate::studio::alerts::tone(severity));
        Some(view! { <g class=class><circle cx=cx cy=cy r="8"/><path d=format!("M{cx} {:.1}v4.5m0 2.5v.01", cy - 3.5)/></g> })
    };
    let outline = move || {
        let rect = it.get().filter(|_| selected.get())?.rect.grown(4.0);
        Some(view! { <rect class="chosen" x=rect.x y=rect.y width=rect.width height=rect.height rx="10"/> })
    };
    view! { <g class=class data-node=id.get_value()>{move || it.get().map(|it| shape::shape(&it))}{outline}{dot}</g> }
}

fn flow(canvas: Canvas, id: String) -> impl IntoView {
    let id = StoredValue::new(id);
    let it = Memo::new(move |_| canvas.scene.with(|it| it.edges.iter().find(|it| it.id == id.get_value()).cloned()));
    let selected = Memo::new(move |_| canvas.desk.document.with(|it| it.selection.contains(&id.get_value())));
    let alert = Memo::new(move |_| gravest(canvas, &id.get_value()));
    let aimed = Memo::new(move |_| canvas.tool.with(|it| matches!(it, Tool::Placing { on: Some(Ok(on)), .. } if *on == id.get_value())));
    let class = move || {
        let mut class = String::from("flow");
        if selected.get() {
            class.push_str(" selected");
        }
        if aimed.get() {
            class.push_str(" aimed");
        }
        if let Some(it) = alert.get() {
            class.push_str(" alert-");
            class.push_str(crate::studio::alerts::tone(it));
        }
        class
    };
    view! { <g class=class data-flow=id.get_value()>{move || it.get().map(|it| edge::edge(&it))}</g> }
}

/// What the tool shows: ghosts, rubber bands, guides.
fn ghost(canvas: Canvas) -> Option<AnyView> {
    let line = |a: Point, b: Point, class: &'static str| view! { <path class=class d=format!("M{:.1} {:.1}L{:.1} {:.1}", a.x, a.y, b.x, b.y)/> }.into_any();
    let rect_of = |id: &str| canvas.scene.with_untracked(|it| it.nodes.iter().find(|it| it.id == id).map(|it| it.rect));
    canvas.tool.with(|tool| match tool {
        Tool::Idle | Tool::Pressed { .. } | Tool::Panning { .. } => None,
        Tool::Moving { nodes, by: (dx, dy), guides, .. } => {
            let shapes: Vec<Node> = canvas.scene.with_untracked(|it| it.nodes.iter().filter(|it| nodes.contains(&it.id)).cloned().collect());
            let shapes = shapes
                .into_iter()
                .map(|it| {
                    let rect = it.rect.moved(*dx, *dy);
                    let round = if it.family.outside_label() { rect.width.min(rect.height) / 2.0 } else { 8.0 };
                    view! { <rect class="ghost" x=rect.x y=rect.y width=rect.width height=rect.height rx=round/> }
                })
                .collect_view();
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
        Tool::Connecting { source, at, to } => {
            let from = rect_of(source)?.centre();
            Some(line(from, *at, if matches!(to, Some(Err(_))) { "rubber refused" } else { "rubber" }))
        }
        Tool::Reconnecting { id, start, at, to } => {
            let other = canvas.scene.with_untracked(|it| {
                let line = &it.edges.iter().find(|it| it.id == *id)?.line;
                if *start { line.last().copied() } else { line.first().copied() }
            })?;
            Some(line(other, *at, if matches!(to, Some(Err(_))) { "rubber refused" } else { "rubber" }))
        }
        Tool::Bending { line, .. } => Some(view! { <path class="rubber" d=edge::path(line)/> }.into_any()),
        Tool::Lasso { from, at } => {
            let it = Rect::spanning(*from, *at);
            Some(view! { <rect class="lasso" x=it.x y=it.y width=it.width height=it.height/> }.into_any())
        }
        Tool::Placing { kind, at, .. } => {
            let (width, height) = kind.size();
            let it = Rect::around(*at, width, height);
            let round = if kind.family().outside_label() { width / 2.0 } else { 8.0 };
            Some(view! { <rect class="ghost" x=it.x y=it.y width=it.width height=it.height rx=round/> }.into_any())
        }
    })
}

/// The name of an element, written where it stands. Enter keeps it, Escape does not.
#[component]
fn Naming(canvas: Canvas, id: String) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    let id = StoredValue::new(id);
    let (rect, name) = canvas.scene.with_untracked(|it| {
        let id = id.get_value();
        let found = it.nodes.iter().find(|it| it.id == id).map(|it| {
            let rect = if it.family.outside_label() { Rect::around(point(it.rect.centre().x, it.rect.bottom() + 22.0), 130.0, 40.0) } else { it.rect };
            (rect, it.name.clone())
        });
        found
            .or_else(|| it.edges.iter().find(|it| it.id == id).map(|it| (Rect::around(point(it.label.x.max(it.line[0].x), it.label.y.max(it.line[0].y - 20.0)), 130.0, 36.0), it.name.clone())))
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
        let before = canvas.scene.with_untracked(|it| {
            it.nodes.iter().find(|it| it.id == id).map(|it| it.name.clone()).or_else(|| it.edges.iter().find(|it| it.id == id).map(|it| it.name.clone()))
        });
        if keep && before.as_deref() != Some(text.trim()) {
            canvas.rename(&id, text.trim());
        }
        if let Some(board) = canvas.board.get_untracked() {
            let _ = board.focus();
        }
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
        <textarea class="naming" node_ref=node aria-label=words::NAME.get() prop:value=name
            style:left=left style:top=top style:width=width style:height=height
            on:keydown=keys on:blur=move |_| finish(true) on:pointerdown=|event| event.stop_propagation()></textarea>
    }
}

/// Starts placing a new node: from the palette, by pointer.
pub fn place(canvas: Canvas, kind: edit::kind::Kind) {
    canvas.tool.set(Tool::Placing { kind, at: point(-10_000.0, -10_000.0), on: None });
}

/// Adds a node after the selected one, or in the middle of what is seen: by click or key.
pub fn add(canvas: Canvas, kind: edit::kind::Kind) {
    if let Some(after) = canvas.selected() {
        let key = canvas.key.get_value();
        let append = FlowEdit::Append { after: after.clone(), kind };
        if canvas.desk.document.with_untracked(|it| edit::allowed::allowed(it, &edit::Edit::flow(&key, append.clone())).is_ok()) {
            canvas.edit(append);
            return reveal(canvas);
        }
        let insert = FlowEdit::Add { kind, at: middle_of(canvas, &after), on: Some(after) };
        if canvas.desk.document.with_untracked(|it| edit::allowed::allowed(it, &edit::Edit::flow(&key, insert.clone())).is_ok()) {
            canvas.edit(insert);
            return reveal(canvas);
        }
    }
    let (width, height) = canvas.size().unwrap_or((800.0, 600.0));
    let eye = canvas.eye.get_untracked();
    let at = edit::snap::to_grid(point((width / 2.0 - eye.x) / eye.zoom, (height / 2.0 - eye.y) / eye.zoom));
    canvas.edit(FlowEdit::Add { kind, at, on: None });
    reveal(canvas);
}

fn middle_of(canvas: Canvas, id: &str) -> Point {
    canvas.scene.with_untracked(|it| {
        let edge = it.edges.iter().find(|it| it.id == id).map(|it| edit::geometry::midway(&it.line));
        edge.or_else(|| it.nodes.iter().find(|it| it.id == id).map(|it| it.rect.centre())).unwrap_or_default()
    })
}

/// Shows the new node and lets its name be written.
fn reveal(canvas: Canvas) {
    request_animation_frame(move || {
        if let Some(id) = canvas.selected() {
            canvas.show(&id);
        }
        if let Some(board) = canvas.board.get_untracked() {
            let _ = board.unchecked_ref::<web_sys::HtmlElement>().focus();
        }
    });
}
