//! A new element on its way to the board: out of the palette, or out of the pad, then led to by what is selected. A mouse takes it
//! as soon as it moves, a finger out of the palette once it has rested on it (before that the palette scrolls).

use std::time::Duration;

use edit::geometry::point;
use edit::kind::Kind;
use edit::tool::{Pointer, Tool};
use leptos::{ev, prelude::*};
use runtime::model::layout::Point;

use super::Canvas;
use super::hand::{at_edge, place, scroll, step};

/// How long a finger rests before it takes.
const REST: Duration = Duration::from_millis(350);
/// Pixels a pointer may tremble.
const TREMBLE: i32 = 6;

/// A pointer that is down.
#[derive(Clone, Copy)]
struct Held {
    x: i32,
    y: i32,
    /// A finger that has to rest first.
    waits: bool,
}

/// What takes the pointer of one thing that can be lifted.
#[derive(Clone, Copy)]
pub struct Lift {
    canvas: Canvas,
    kind: Kind,
    /// What will lead to it.
    after: StoredValue<Option<String>>,
    held: StoredValue<Option<Held>>,
    resting: StoredValue<Option<TimeoutHandle>>,
    lifted: StoredValue<bool>,
    /// It was well inside the board.
    inside: StoredValue<bool>,
}

impl Lift {
    pub fn of(canvas: Canvas, kind: Kind, after: Option<String>) -> Self {
        Lift {
            canvas,
            kind,
            after: StoredValue::new(after),
            held: StoredValue::new(None),
            resting: StoredValue::new(None),
            lifted: StoredValue::new(false),
            inside: StoredValue::new(false),
        }
    }

    /// The pointer is down on it.
    pub fn holds(self) -> bool {
        self.held.try_get_value().flatten().is_some()
    }

    /// It is on its way.
    pub fn carries(self) -> bool {
        self.holds() && self.canvas.tool.with_untracked(|it| matches!(it, Tool::Placing { .. }))
    }

    /// The click that follows belongs to a drag.
    pub fn was_lifted(self) -> bool {
        self.lifted.try_update_value(std::mem::take).unwrap_or_default()
    }

    pub fn down(self, event: &ev::PointerEvent) {
        if event.button() != 0 {
            return;
        }
        // The pad does not scroll.
        let waits = event.pointer_type() == "touch" && self.after.with_value(Option::is_none);
        self.held.set_value(Some(Held { x: event.client_x(), y: event.client_y(), waits }));
        self.lifted.set_value(false);
        if waits {
            let rested = move || {
                self.resting.try_set_value(None);
                if self.holds() {
                    self.begin();
                }
            };
            self.resting.set_value(set_timeout_with_handle(rested, REST).ok());
        } else {
            let target: web_sys::Element = event_target(event);
            let _ = target.closest("button").ok().flatten().map(|it| it.set_pointer_capture(event.pointer_id()));
        }
    }

    fn begin(self) {
        self.lifted.set_value(true);
        self.inside.set_value(false);
        place(self.canvas, self.kind, self.after.get_value());
    }

    /// The pointer moves. A pad goes with what is lifted out of it: from then on the board itself follows the pointer.
    pub fn moved(self, event: &ev::PointerEvent) {
        let Some(Some(held)) = self.held.try_get_value() else { return };
        if self.lifted.get_value() {
            if let Some((at, over)) = self.at(event) {
                // What is taken from the palette comes in over the edge: the picture moves once it was well inside.
                if over && !at_edge(self.canvas, event) {
                    self.inside.set_value(true);
                }
                if over && self.inside.get_value() {
                    scroll(self.canvas, event);
                } else {
                    self.canvas.edge.set_value(None);
                }
                step(self.canvas, &Pointer::Move { at, zoom: 1.0 });
            }
        } else if (event.client_x() - held.x).abs() + (event.client_y() - held.y).abs() >= TREMBLE {
            if held.waits {
                // It scrolls.
                return self.cancel();
            }
            self.begin();
        }
    }

    pub fn up(self, event: &ev::PointerEvent) {
        if !(self.let_go() && self.lifted.get_value()) {
            return;
        }
        match self.at(event) {
            Some((at, true)) => {
                step(self.canvas, &Pointer::Up { at });
                self.canvas.take_keys();
            }
            _ => step(self.canvas, &Pointer::Cancel),
        }
    }

    /// It stays where it was.
    pub fn cancel(self) {
        if self.let_go() && self.lifted.get_value() {
            step(self.canvas, &Pointer::Cancel);
        }
    }

    fn let_go(self) -> bool {
        if let Some(Some(it)) = self.resting.try_update_value(Option::take) {
            it.clear();
        }
        self.held.try_update_value(Option::take).flatten().is_some()
    }

    /// Where the pointer is on the canvas, and whether that is over the board.
    fn at(self, event: &ev::PointerEvent) -> Option<(Point, bool)> {
        let rect = self.canvas.board.get_untracked()?.get_bounding_client_rect();
        let eye = self.canvas.eye.get_untracked();
        let (x, y) = (f64::from(event.client_x()) - rect.x(), f64::from(event.client_y()) - rect.y());
        let over = x > 0.0 && y > 0.0 && x < rect.width() && y < rect.height();
        Some((point((x - eye.x) / eye.zoom, (y - eye.y) / eye.zoom), over))
    }
}
