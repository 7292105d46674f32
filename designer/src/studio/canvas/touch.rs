//! Fingers on the canvas: two of them scale and move the picture, one that rests opens the menu of what lies below it, as
//! the right mouse button does.

use std::collections::BTreeMap;
use std::time::Duration;

use edit::tool::{self, Hit, Pointer};
use leptos::{ev, prelude::*};
use runtime::model::layout::Point;

use super::Canvas;
use super::chooser::Choosing;
use super::hand::step;

/// How long a finger rests before it is a long press.
const LONG: Duration = Duration::from_millis(550);
/// Pixels a finger may tremble.
const TREMBLE: f64 = 9.0;

/// The fingers that are down, where they are on the board.
#[derive(Clone, Copy)]
pub struct Fingers {
    down: StoredValue<BTreeMap<i32, (f64, f64)>>,
    resting: StoredValue<Option<TimeoutHandle>>,
    /// Two were down: until all are lifted none of them draws.
    pinching: StoredValue<bool>,
}

impl Fingers {
    pub fn new() -> Self {
        Fingers {
            down: StoredValue::new(BTreeMap::new()),
            resting: StoredValue::new(None),
            pinching: StoredValue::new(false),
        }
    }

    /// No finger is down.
    pub fn none(self) -> bool {
        self.down.with_value(BTreeMap::is_empty)
    }

    fn stop_resting(self) {
        if let Some(Some(it)) = self.resting.try_update_value(Option::take) {
            it.clear();
        }
    }

    /// A finger comes down. True: it is not one that draws.
    pub fn pressed(self, canvas: Canvas, event: &ev::PointerEvent, at: Point) -> bool {
        let Some(here) = on_board(canvas, event).filter(|_| event.pointer_type() == "touch") else { return false };
        self.down.update_value(|it| {
            it.insert(event.pointer_id(), here);
        });
        self.stop_resting();
        if self.down.with_value(BTreeMap::len) >= 2 {
            self.pinching.set_value(true);
            step(canvas, &Pointer::Cancel);
            return true;
        }
        let rest = move || {
            let one = self.down.try_with_value(BTreeMap::len) == Some(1);
            self.resting.try_set_value(None);
            if one && self.pinching.try_get_value() == Some(false) {
                step(canvas, &Pointer::Cancel);
                menu(canvas, at);
            }
        };
        self.resting.set_value(set_timeout_with_handle(rest, LONG).ok());
        false
    }

    /// A finger moves. True: the picture moved with it.
    pub fn moved(self, canvas: Canvas, event: &ev::PointerEvent) -> bool {
        let (Some(here), id) = (on_board(canvas, event), event.pointer_id()) else { return false };
        let Some(was) = self.down.with_value(|it| it.get(&id).copied()) else { return false };
        let rests = self.resting.with_value(Option::is_some) && !self.pinching.get_value();
        if rests && (here.0 - was.0).hypot(here.1 - was.1) <= TREMBLE {
            // It trembles: what lies below is not dragged yet.
            return true;
        }
        self.stop_resting();
        let before: Vec<(f64, f64)> = self.down.with_value(|it| it.values().copied().collect());
        self.down.update_value(|it| {
            it.insert(id, here);
        });
        let after: Vec<(f64, f64)> = self.down.with_value(|it| it.values().copied().collect());
        if let ([a, b], [c, d]) = (before.as_slice(), after.as_slice()) {
            let far = |a: &(f64, f64), b: &(f64, f64)| (a.0 - b.0).hypot(a.1 - b.1).max(1.0);
            let middle = |a: &(f64, f64), b: &(f64, f64)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
            let (from, to) = (middle(a, b), middle(c, d));
            canvas.zoom(far(c, d) / far(a, b), Some(from));
            canvas.eye.update(|it| {
                it.x += to.0 - from.0;
                it.y += to.1 - from.1;
            });
        }
        self.pinching.get_value()
    }

    /// A finger is lifted. True: it was not one that drew.
    pub fn lifted(self, event: &ev::PointerEvent) -> bool {
        self.stop_resting();
        let known = self.down.try_update_value(|it| it.remove(&event.pointer_id())).flatten().is_some();
        let pinched = known && self.pinching.get_value();
        if self.down.with_value(BTreeMap::is_empty) {
            self.pinching.set_value(false);
        }
        pinched
    }
}

fn on_board(canvas: Canvas, event: &ev::PointerEvent) -> Option<(f64, f64)> {
    let rect = canvas.board.get_untracked()?.get_bounding_client_rect();
    Some((f64::from(event.client_x()) - rect.x(), f64::from(event.client_y()) - rect.y()))
}

/// What can be done with what lies here; of nothing: what can be put here.
pub fn menu(canvas: Canvas, at: Point) {
    canvas.pointer.set_value(Some(at));
    let slack = 8.0 / canvas.eye.get_untracked().zoom;
    match canvas.scene.with_untracked(|it| tool::hit(it, at, slack)) {
        Hit::Node(id) | Hit::Flow(id) | Hit::Label(id) => {
            canvas.select_one(&id);
            canvas.choosing.set(Some(Choosing::Replace(id)));
        }
        Hit::Nothing | Hit::Corner(..) | Hit::Border(_) => canvas.choosing.set(Some(Choosing::Create)),
    }
}
