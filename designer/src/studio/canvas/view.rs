//! The drawing itself: one `<g>` that is moved and scaled. What the pointer and the keyboard do with it comes after it
//! ([`super::hand`]); looking at it takes no more than this.

use std::time::Duration;

use edit::geometry::point;
use edit::tool::{Mode, Tool};
use leptos::{ev, prelude::*};
use runtime::model::layout::Point;

use super::gesture::Gesture;
use super::minimap::Minimap;
use super::parts::{Drawn, Parts};
use super::tools::Tools;
use super::{Canvas, clipboard, words};
use crate::diagram::{edge, shape};
use crate::later;
use crate::studio::{say, words as general};
use crate::ui::icon::icon;
use crate::ui::resize;

/// The board: drawing, context pad, inline names, zoom buttons.
#[component]
pub fn Board(canvas: Canvas) -> impl IntoView {
    // As it was left, else fitted when it is first laid out.
    Effect::new(move |_| {
        if canvas.board.get().is_some() {
            if canvas.look_again() {
                return;
            }
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
        canvas.measure();
        if !canvas.moved.get_untracked() {
            canvas.fit();
        }
    });
    // Loaded anew, or shut: nothing else is said of that.
    let hidden = window_event_listener_untyped("pagehide", move |_| canvas.remember());
    on_cleanup(move || {
        resized.remove();
        hidden.remove();
        canvas.remember();
    });
    // A panel beside it that opens or goes makes it another size too.
    let sized = resize::Watch::new(move || canvas.measure());
    Effect::new(move |_| {
        if let Some(board) = canvas.board.get() {
            sized.with_value(|it| it.on(&board));
        }
    });
    clipboard::listen(canvas);
    let place = move |event: &web_sys::MouseEvent| -> Option<Point> {
        let rect = canvas.board.get_untracked()?.get_bounding_client_rect();
        let eye = canvas.eye.get_untracked();
        Some(point(
            (f64::from(event.client_x()) - rect.x() - eye.x) / eye.zoom,
            (f64::from(event.client_y()) - rect.y() - eye.y) / eye.zoom,
        ))
    };
    let act = move |gesture: Gesture| later::hand(canvas, gesture);
    let press = move |event: ev::PointerEvent| {
        if event.button() > 1 || canvas.naming.get_untracked().is_some() {
            return;
        }
        if event.button() == 1 {
            event.prevent_default();
        }
        if let Some(at) = place(&event) {
            act(Gesture::Press(event, at));
        }
    };
    let drag = move |event: ev::PointerEvent| {
        let at = place(&event);
        canvas.pointer.set_value(at);
        let idle = canvas.tool.with_untracked(|it| matches!(it, Tool::Idle | Tool::Armed(_)));
        if idle && canvas.fingers.none() {
            return;
        }
        act(Gesture::Drag(event, at));
    };
    let lift = move |event: ev::PointerEvent| {
        let at = place(&event);
        act(Gesture::Lift(event, at));
    };
    let gone = move |event: ev::PointerEvent| act(Gesture::Gone(event));
    let context = move |event: ev::MouseEvent| {
        event.prevent_default();
        if let Some(at) = place(&event) {
            act(Gesture::Menu(at));
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
        if let Some(at) = place(&event) {
            act(Gesture::Name(at));
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        // What waits can no longer keep the browser from what it does with the key.
        if !later::at_hand() && Gesture::keeps(&event) {
            event.prevent_default();
        }
        act(Gesture::Key(event));
    };
    let transform = move || {
        let it = canvas.eye.get();
        format!("translate({:.1} {:.1}) scale({:.4})", it.x, it.y, it.zoom)
    };
    let title = move || {
        let name = canvas.flow(|it| it.name.clone()).unwrap_or_default();
        general::CANVAS.fill(&[&name])
    };
    let cursor = move || {
        canvas.tool.with(|it| match it {
            Tool::Panning { .. } => "board panning",
            Tool::Armed(Mode::Hand) => "board hand",
            Tool::Armed(Mode::Lasso | Mode::Space | Mode::Connect) | Tool::Spacing { .. } => "board aiming",
            Tool::Connecting { to: Some(Err(_)), .. }
            | Tool::Reconnecting { to: Some(Err(_)), .. }
            | Tool::Placing { on: Some(Err(_)), .. } => "board refused",
            Tool::Connecting { .. } | Tool::Reconnecting { .. } | Tool::Placing { .. } => "board aiming",
            Tool::Moving { .. } | Tool::Labelling { .. } => "board moving",
            Tool::Resizing { corner, .. } if corner.right == corner.bottom => "board resizing",
            Tool::Resizing { .. } => "board resizing-back",
            Tool::Idle | Tool::Pressed { .. } | Tool::Bending { .. } | Tool::Lasso { .. } => "board",
        })
    };
    let edges = move || canvas.scene.with(|it| it.edges.iter().map(|it| it.id.clone()).collect::<Vec<_>>());
    let parts = Parts::follow(canvas);
    let areas = move || nodes(canvas, true);
    let others = move || nodes(canvas, false);
    view! {
        <div class=cursor tabindex="0" role="application" aria-label=title node_ref=canvas.board
            on:pointerdown=press on:pointermove=drag on:pointerup=lift on:pointercancel=gone on:contextmenu=context
            on:wheel=wheel on:dblclick=double on:keydown=key>
            <svg class="diagram studio-svg" aria-hidden="true">
                <g transform=transform>
                    <For each=areas key=|it| it.clone() children=move |id| node(parts, id)/>
                    <For each=edges key=|it| it.clone() children=move |id| flow(parts, id)/>
                    <For each=others key=|it| it.clone() children=move |id| node(parts, id)/>
                    {later::on_drawing(canvas)}
                </g>
            </svg>
            <p class="unseen" aria-live="polite">{move || match canvas.selection().len() {
                0 => None,
                1 => canvas.selected().map(|it| spoken(canvas, &it)),
                many => Some(general::SEVERAL.fill(&[&many.to_string()])),
            }}</p>
            {later::beside_selected(canvas)}
            <Tools canvas=canvas/>
            <Minimap canvas=canvas/>
            {later::over_canvas(canvas)}
            {move || canvas.plane.get().map(|it| crumbs(canvas, &it))}
            <div class="zoom-bar" on:pointerdown=|event| event.stop_propagation()>
                <button type="button" class="button plain icon-only small" aria-label=general::ZOOM_OUT.get() title=general::ZOOM_OUT.get() on:click=move |_| canvas.zoom(0.8, None)>{icon("minus")}</button>
                <span class="zoom-now">{move || format!("{:.0} %", canvas.eye.get().zoom * 100.0)}</span>
                <button type="button" class="button plain icon-only small" aria-label=general::ZOOM_IN.get() title=general::ZOOM_IN.get() on:click=move |_| canvas.zoom(1.25, None)>{icon("plus")}</button>
                <button type="button" class="button plain icon-only small" aria-label=general::FIT.get() title=general::FIT.get() on:click=move |_| { canvas.moved.set(false); canvas.fit(); }>{icon("fit")}</button>
            </div>
        </div>
    }
}

/// The way from the flow to the folded subprocess whose inside is shown.
fn crumbs(canvas: Canvas, plane: &str) -> impl IntoView + use<> {
    let ways: Vec<String> =
        canvas.flow(|it| edit::tree::around(it, plane).into_iter().map(str::to_owned).collect()).unwrap_or_default();
    let key = canvas.key.get_value();
    let whole = canvas
        .desk
        .document
        .with(|it| it.flow(&key).map(|flow| canvas.desk.words(it, &format!("flow/{key}"), &flow.name)));
    let mut steps: Vec<(Option<String>, String)> = vec![(None, whole.unwrap_or_default())];
    // None of them is on the drawing that is seen.
    let file = format!("flows/{key}/flow.json");
    let name = |id: &str| say::thing(canvas.desk, &file, id).unwrap_or_else(|| id.to_owned());
    steps.extend(ways.into_iter().rev().map(|it| (Some(it.clone()), name(&it))));
    let here = name(plane);
    let links = steps
        .into_iter()
        .map(|(to, name)| {
            view! {
                <li><button type="button" class="crumb" on:click=move |_| {
                    canvas.enter(to.clone());
                    canvas.take_keys();
                }>{name}</button>{icon("right")}</li>
            }
        })
        .collect_view();
    view! {
        <nav class="crumbs" aria-label=words::WHERE.get() on:pointerdown=|event| event.stop_propagation()>
            <ol>{links}<li aria-current="location">{here}</li></ol>
        </nav>
    }
}

/// What a screen reader hears of a selected element.
pub fn spoken(canvas: Canvas, id: &str) -> String {
    let (kind, next) = canvas.scene.with(|it| {
        let kind = it.node(id).map(|it| words::kind(it.kind)).or_else(|| it.edge(id).map(|it| words::line(it.kind)));
        (kind, it.edges.iter().filter(|it| it.source == id).map(|it| it.target.clone()).collect::<Vec<_>>())
    });
    let next: Vec<String> = next.iter().map(|it| canvas.name(it)).collect();
    let mut said = canvas.name(id);
    if let Some(kind) = kind {
        said = format!("{said}, {}", kind.read());
    }
    if !next.is_empty() {
        said = format!("{said}, {}", general::LEADS_TO.fill(&[&next.join(", ")]));
    }
    said
}

fn nodes(canvas: Canvas, areas: bool) -> Vec<String> {
    canvas.scene.with(|it| it.nodes.iter().filter(|it| it.family.area() == areas).map(|it| it.id.clone()).collect())
}

fn node(parts: Parts, id: String) -> impl IntoView {
    let Drawn { node: it, look, .. } = parts.of(&id);
    let class = move || {
        let mut class = String::from("node");
        if it.with(|it| it.as_ref().is_some_and(|it| it.tint.is_some())) {
            class.push_str(" tinted");
        }
        look.with(|it| {
            for (on, name) in [(it.selected, " selected"), (it.aimed, " aimed")] {
                if on {
                    class.push_str(name);
                }
            }
            class.push_str(it.state);
        });
        class
    };
    let halt = move || {
        look.with(|it| it.halted).then_some(())?;
        let rect = it.get()?.rect;
        Some(view! { <circle class="break-dot" cx=rect.x + 2.0 cy=rect.y + 2.0 r="7"/> })
    };
    let dot = move || {
        let (severity, rect) = (look.with(|it| it.alert)?, it.get()?.rect);
        let (cx, cy) = (rect.right() - 2.0, rect.y + 2.0);
        let class = format!("alert-dot {}", crate::studio::alerts::tone(severity));
        Some(
            view! { <g class=class><circle cx=cx cy=cy r="8"/><path d=format!("M{cx} {:.1}v4.5m0 2.5v.01", cy - 3.5)/></g> },
        )
    };
    let outline = move || {
        let rect = look.with(|it| it.selected).then(|| it.get()).flatten()?.rect.grown(4.0);
        Some(view! { <rect class="chosen" x=rect.x y=rect.y width=rect.width height=rect.height rx="10"/> })
    };
    let ground = move || it.with(|it| it.as_ref()?.tint.as_ref()?.ground.clone());
    let line = move || it.with(|it| it.as_ref()?.tint.as_ref()?.line.clone());
    view! { <g class=class style:--ground=ground style:--line=line data-node=id>{move || it.get().map(|it| shape::shape(&it))}{outline}{dot}{halt}</g> }
}

fn flow(parts: Parts, id: String) -> impl IntoView {
    let Drawn { edge: it, look, .. } = parts.of(&id);
    let class = move || {
        let mut class = String::from("flow");
        if it.with(|it| it.as_ref().is_some_and(|it| it.tint.is_some())) {
            class.push_str(" tinted");
        }
        look.with(|it| {
            for (on, name) in [(it.selected, " selected"), (it.aimed, " aimed")] {
                if on {
                    class.push_str(name);
                }
            }
            class.push_str(it.state);
            if let Some(it) = it.alert {
                class.push_str(" alert-");
                class.push_str(crate::studio::alerts::tone(it));
            }
        });
        class
    };
    let line = move || it.with(|it| it.as_ref()?.tint.as_ref()?.line.clone());
    view! { <g class=class style:--line=line data-flow=id>{move || it.get().map(|it| edge::edge(&it))}</g> }
}
