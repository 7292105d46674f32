//! The keyboard on the canvas. Arrows walk along the flows, Shift+arrows move what is selected, Ctrl+arrows the picture, letters act.

use std::collections::BTreeSet;

use edit::FlowEdit;
use edit::kind::{Family, Kind};
use edit::tool::{self, Corner, Mode, Pointer, Tool};
use leptos::prelude::*;

use super::Canvas;
use super::chooser::Choosing;
use super::hand::{add, step};
use super::tools::arm;
use crate::app::{Tone, app};
use crate::studio::words;

/// A key was pressed on the board.
pub fn down(canvas: Canvas, event: &web_sys::KeyboardEvent) {
    if event.is_composing() {
        return;
    }
    let command = event.ctrl_key() || event.meta_key();
    let key = event.key();
    let taken = match (command, key.as_str()) {
        (true, "z") if event.shift_key() => done(|| canvas.desk.redo()),
        (true, "Z") => done(|| canvas.desk.redo()),
        (true, "z") => done(|| canvas.desk.undo()),
        (true, "y") => done(|| canvas.desk.redo()),
        (true, "a") => done(|| {
            canvas.select(
                canvas
                    .scene
                    .with_untracked(|it| it.nodes.iter().filter(|it| !it.foreign).map(|it| it.id.clone()).collect()),
            )
        }),
        (true, "d") => done(|| {
            canvas.edit(FlowEdit::Duplicate { ids: canvas.selection().into_iter().collect() });
        }),
        (true, "f") => done(|| canvas.finding.set(true)),
        (true, "0") => done(|| canvas.fit()),
        (true, "+" | "=") => done(|| canvas.zoom(1.25, None)),
        (true, "-") => done(|| canvas.zoom(0.8, None)),
        (true, "ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown") => {
            done(|| look_along(canvas, &key, if event.shift_key() { 240.0 } else { 60.0 }))
        }
        (true, _) => false,
        (false, "Escape") => done(|| {
            if canvas.tool.get_untracked() != Tool::Idle {
                step(canvas, &Pointer::Cancel);
            } else if !canvas.selection().is_empty() {
                canvas.select(BTreeSet::new());
            } else {
                let plane = canvas.plane.get_untracked();
                let outer = plane.and_then(|it| {
                    canvas.flow(|flow| edit::tree::around(flow, &it).first().map(|it| (*it).to_owned())).flatten()
                });
                canvas.enter(outer);
            }
        }),
        (false, "Delete" | "Backspace") => done(|| delete(canvas)),
        (false, "F2" | "e") => canvas.selected().map(|it| canvas.naming.set(Some(it))).is_some(),
        (false, "a") => {
            done(|| canvas.choosing.set(Some(canvas.selected().map_or(Choosing::Create, Choosing::Append))))
        }
        (false, "n") => done(|| canvas.choosing.set(Some(Choosing::Create))),
        (false, "r") => {
            let band =
                |id: &str| canvas.scene.with_untracked(|it| it.node(id).is_some_and(|it| it.family == Family::Lane));
            let of = canvas.selected().filter(|it| !band(it));
            of.map(|it| canvas.choosing.set(Some(Choosing::Replace(it)))).is_some()
        }
        (false, "t") => canvas.selected().is_some() && done(|| add(canvas, Kind::UserTask)),
        (false, "g") => canvas.selected().is_some() && done(|| add(canvas, Kind::Exclusive)),
        (false, "c") => match canvas.selected() {
            Some(it) => done(|| connect(canvas, it)),
            None => done(|| arm(canvas, Mode::Connect)),
        },
        (false, "b") => match canvas.selected() {
            Some(it) => done(|| canvas.toggle_break(&it)),
            None => false,
        },
        (false, "h") => done(|| arm(canvas, Mode::Hand)),
        (false, "l") => done(|| arm(canvas, Mode::Lasso)),
        (false, "s") => done(|| arm(canvas, Mode::Space)),
        (false, "Enter") => match canvas.tool.get_untracked() {
            Tool::Connecting { source, .. } => {
                canvas.selected().filter(|it| *it != source).map(|it| finish(canvas, source, it)).is_some()
            }
            _ => focus_properties(),
        },
        (false, "ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown") if event.shift_key() && event.alt_key() => {
            done(|| nudge_name(canvas, &key))
        }
        (false, "ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown") if event.shift_key() => {
            done(|| nudge(canvas, &key))
        }
        (false, "ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown") => done(|| walk(canvas, &key, event.alt_key())),
        (false, "Home") => done(|| first(canvas)),
        (false, "]" | "[" | "}" | "{") => resize(canvas, &key),
        (false, _) => false,
    };
    if taken {
        event.prevent_default();
        event.stop_propagation();
    }
}

fn done(act: impl FnOnce()) -> bool {
    act();
    true
}

/// Deletes what is selected; undoing is offered by the bar and Ctrl+Z.
pub fn delete(canvas: Canvas) {
    let ids: Vec<String> = canvas.selection().into_iter().collect();
    let what = ids.first().map(|it| canvas.name(it)).unwrap_or_default();
    let count = ids.len();
    if count > 0 && canvas.edit(FlowEdit::Delete { ids }) {
        let what = if count == 1 { what } else { count.to_string() };
        app().toast(Tone::Info, words::DELETED.fill_now(&[&what]));
    }
}

/// The selected node is connected with the next one chosen: click it, or walk there and press Enter.
pub fn connect(canvas: Canvas, source: String) {
    let at = canvas.scene.with_untracked(|it| it.node(&source).map(|it| it.rect.centre()));
    if let Some(at) = at {
        canvas.tool.set(Tool::Connecting { source, at, to: None });
    }
}

fn finish(canvas: Canvas, source: String, target: String) {
    canvas.tool.set(Tool::Idle);
    canvas.edit(FlowEdit::Connect { source, target });
}

/// Where an arrow points, so far.
fn along(key: &str, far: f64) -> (f64, f64) {
    match key {
        "ArrowRight" => (far, 0.0),
        "ArrowLeft" => (-far, 0.0),
        "ArrowUp" => (0.0, -far),
        _ => (0.0, far),
    }
}

/// Looks further there; the drawing goes the other way.
fn look_along(canvas: Canvas, key: &str, far: f64) {
    let (dx, dy) = along(key, far);
    canvas.moved.set(true);
    canvas.eye.update(|it| {
        it.x -= dx;
        it.y -= dy;
    });
}

/// The name of what is selected goes elsewhere.
fn nudge_name(canvas: Canvas, key: &str) {
    let by = along(key, 10.0);
    let Some(id) = canvas.selected() else { return };
    let label = canvas.scene.with_untracked(|it| tool::label(it, &id));
    if let Some(rect) = label {
        canvas.edit(FlowEdit::Label { id, to: Some(tool::labelled(rect, by, false).into()) });
    }
}

/// What is selected goes a little further; of a line a stretch of it does.
fn nudge(canvas: Canvas, key: &str) {
    let (dx, dy) = along(key, 10.0);
    let line = canvas.selected().and_then(|id| {
        let bent = canvas.scene.with_untracked(|it| edit::bends::nudged(&it.edge(&id)?.line, dx, dy))?;
        Some((id, bent))
    });
    if let Some((id, line)) = line {
        canvas.edit(FlowEdit::Bend { id, line });
        return;
    }
    let nodes: Vec<String> =
        canvas.selection().into_iter().filter(|id| canvas.scene.with_untracked(|it| it.node(id).is_some())).collect();
    if !nodes.is_empty() {
        canvas.edit(FlowEdit::Move { nodes, dx, dy });
    }
}

/// What is selected becomes wider or narrower, with Shift higher or lower.
fn resize(canvas: Canvas, key: &str) -> bool {
    let by = match key {
        "]" => (10.0, 0.0),
        "[" => (-10.0, 0.0),
        "}" => (0.0, 10.0),
        _ => (0.0, -10.0),
    };
    let corner = Corner { right: true, bottom: true };
    let to = canvas.scene.with_untracked(|it| tool::larger(it, &canvas.selection(), corner, by));
    !to.is_empty() && canvas.edit(FlowEdit::Resize { to })
}

fn first(canvas: Canvas) {
    let id = canvas
        .scene
        .with_untracked(|it| it.nodes.iter().min_by(|a, b| a.rect.x.total_cmp(&b.rect.x)).map(|it| it.id.clone()));
    if let Some(id) = id {
        canvas.select_one(&id);
        canvas.show(&id);
    }
}

/// Right and left follow the flows, up and down go to what stands there. `more`: what is selected stays so, too.
fn walk(canvas: Canvas, key: &str, more: bool) {
    let selection = canvas.selection();
    let last = canvas.walked.get_value().filter(|it| selection.len() > 1 && selection.contains(it));
    let Some(here) = last.or_else(|| canvas.selected()) else {
        return first(canvas);
    };
    let next = canvas.scene.with_untracked(|it| {
        if let Some(edge) = it.edge(&here) {
            return Some(if key == "ArrowLeft" { edge.source.clone() } else { edge.target.clone() });
        }
        let from = it.node(&here)?.rect.centre();
        let along = match key {
            "ArrowRight" => it.edges.iter().find(|it| it.source == here).map(|it| it.target.clone()),
            "ArrowLeft" => it.edges.iter().find(|it| it.target == here).map(|it| it.source.clone()),
            _ => None,
        };
        along.or_else(|| {
            let ahead = |dx: f64, dy: f64| match key {
                "ArrowRight" => (dx, dy),
                "ArrowLeft" => (-dx, dy),
                "ArrowUp" => (-dy, dx),
                _ => (dy, dx),
            };
            it.nodes
                .iter()
                .filter(|it| it.id != here && !it.family.area())
                .filter_map(|it| {
                    let to = it.rect.centre();
                    let (far, aside) = ahead(to.x - from.x, to.y - from.y);
                    (far > 5.0).then(|| (far + aside.abs() * 2.0, it.id.clone()))
                })
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .map(|it| it.1)
        })
    });
    if let Some(id) = next {
        if more {
            let mut selection = selection;
            selection.insert(id.clone());
            canvas.select(selection);
        } else {
            canvas.select_one(&id);
        }
        canvas.show(&id);
        canvas.walked.set_value(Some(id));
    }
}

fn focus_properties() -> bool {
    use wasm_bindgen::JsCast;
    let Ok(Some(it)) = document().query_selector(".studio-right :is(input, textarea, select)") else {
        return false;
    };
    it.dyn_into::<web_sys::HtmlElement>().is_ok_and(|it| it.focus().is_ok())
}
