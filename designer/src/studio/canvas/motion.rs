//! Laying out before one's eyes: everything goes from where it was to where it will be. One step of the history, and no movement
//! for who has asked for none.

use std::sync::Arc;

use edit::FlowEdit;
use edit::blend;
use edit::scene::Scene;
use leptos::prelude::*;

use super::Canvas;

/// How long it takes, in milliseconds.
const LASTS: f64 = 320.0;
/// Nodes of a drawing that moves; larger ones are there at once.
const MOST: usize = 400;

/// A movement that is under way.
#[derive(Clone)]
pub struct Motion {
    from: Arc<Scene>,
    /// How much of its time has gone by, of 1.
    time: f64,
    /// What draws a moment of it; only who begins one names it, which is not the drawing.
    between: fn(&Scene, &Scene, f64) -> Scene,
}

impl Motion {
    /// The drawing at this moment.
    pub fn scene(&self, to: &Scene) -> Scene {
        (self.between)(&self.from, to, self.time)
    }
}

/// The layout anew: of these nodes, or of everything.
pub fn arrange(canvas: Canvas, ids: Vec<String>) {
    crate::later::laid_out(move || arranged(canvas, ids));
}

fn arranged(canvas: Canvas, ids: Vec<String>) {
    let whole = ids.is_empty();
    // The canvas may have been left while the layout was on its way.
    let Some(before) = canvas.scene.try_get_untracked() else { return };
    let moves = !still() && before.nodes.len() <= MOST;
    if moves {
        canvas.motion.set(Some(Motion { from: Arc::new(before), time: 0.0, between }));
    }
    if !canvas.edit(FlowEdit::Arrange { ids }) {
        canvas.motion.set(None);
        return;
    }
    if whole {
        canvas.fit();
    }
    if moves {
        let begun = js_sys::Date::now();
        request_animation_frame(move || go_on(canvas, begun));
    }
}

fn between(from: &Scene, to: &Scene, time: f64) -> Scene {
    blend::between(from, to, blend::eased(time))
}

fn go_on(canvas: Canvas, begun: f64) {
    let time = (js_sys::Date::now() - begun) / LASTS;
    if time >= 1.0 {
        canvas.motion.try_set(None);
        return;
    }
    // None: somebody has ended it, or the page is gone.
    let on = canvas.motion.try_update(|it| it.as_mut().map(|it| it.time = time)).flatten();
    if on.is_some() {
        request_animation_frame(move || go_on(canvas, begun));
    }
}

/// The person has asked for less movement.
fn still() -> bool {
    let asked = web_sys::window().and_then(|it| it.match_media("(prefers-reduced-motion: reduce)").ok().flatten());
    asked.is_some_and(|it| it.matches())
}
