//! A field on its way to a place of the form. A mouse carries as soon as it moves, a finger once it has rested on what it takes
//! (before that it scrolls) or at once by the grip. Near the edges the form scrolls below what is carried.

use std::time::Duration;

use edit::edit::Spot;
use leptos::{ev, prelude::*};

use super::{Drag, Load, Sheet};
use crate::studio::words;
use crate::ui::icon::icon;

/// How long a finger rests before it takes.
const REST: Duration = Duration::from_millis(350);
/// Pixels a pointer may tremble.
const TREMBLE: i32 = 6;
/// Pixels from the edge where the form begins to scroll, and how far it scrolls each time.
const EDGE: f64 = 56.0;
const STEP: i32 = 9;

/// A pointer that is down.
#[derive(Clone, Copy)]
struct Held {
    x: i32,
    y: i32,
    /// A finger that has to rest first.
    waits: bool,
    lifted: bool,
}

/// What takes the pointer of one thing that can be carried.
#[derive(Clone, Copy)]
pub struct Carry {
    sheet: Sheet,
    load: StoredValue<Load>,
    held: StoredValue<Option<Held>>,
    resting: StoredValue<Option<TimeoutHandle>>,
}

impl Carry {
    pub fn of(sheet: Sheet, load: Load) -> Self {
        Carry { sheet, load: StoredValue::new(load), held: StoredValue::new(None), resting: StoredValue::new(None) }
    }

    /// The pointer is down on it.
    pub fn holds(self) -> bool {
        self.held.try_get_value().flatten().is_some()
    }

    pub fn down(self, event: &ev::PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let target: web_sys::Element = event_target(event);
        let by_grip = target.closest(".card-grip").ok().flatten().is_some();
        let waits = event.pointer_type() == "touch" && !by_grip;
        let (x, y) = (event.client_x(), event.client_y());
        self.held.set_value(Some(Held { x, y, waits, lifted: false }));
        if waits {
            let rested = move || {
                self.resting.try_set_value(None);
                if let Some(Some(it)) = self.held.try_get_value() {
                    self.held.set_value(Some(Held { lifted: true, ..it }));
                    self.sheet.carry(self.load.get_value(), it.x, it.y);
                }
            };
            self.resting.set_value(set_timeout_with_handle(rested, REST).ok());
        }
    }

    pub fn moved(self, event: &ev::PointerEvent) {
        let Some(Some(held)) = self.held.try_get_value() else { return };
        let (x, y) = (event.client_x(), event.client_y());
        if !held.lifted {
            if (x - held.x).abs() + (y - held.y).abs() < TREMBLE {
                return;
            }
            if held.waits {
                // It scrolls.
                return self.cancel();
            }
            let target: web_sys::Element = event_target(event);
            let _ = target.closest("[data-carry]").ok().flatten().map(|it| it.set_pointer_capture(event.pointer_id()));
            self.held.set_value(Some(Held { lifted: true, ..held }));
        }
        self.sheet.carry(self.load.get_value(), x, y);
    }

    /// The pointer is lifted. True: something was carried, and lies where it was dropped.
    pub fn up(self) -> bool {
        let lifted = self.let_go();
        let drag = self.sheet.dragging.get_untracked();
        self.sheet.dragging.set(None);
        if let (true, Some(Drag { what, to: Some(to), .. })) = (lifted, drag) {
            self.sheet.put(what, to);
        }
        lifted
    }

    /// It stays where it was.
    pub fn cancel(self) {
        self.let_go();
        self.sheet.dragging.set(None);
    }

    fn let_go(self) -> bool {
        if let Some(Some(it)) = self.resting.try_update_value(Option::take) {
            it.clear();
        }
        self.held.try_update_value(Option::take).flatten().is_some_and(|it| it.lifted)
    }
}

/// Where something dropped at a point of the screen would go.
pub fn landing(x: i32, y: i32) -> Option<Spot> {
    let under = document().element_from_point(x as f32, y as f32)?;
    let number = |it: &web_sys::Element, name: &str| it.get_attribute(name).and_then(|it| it.parse().ok());
    if let Some(card) = under.closest(".field-card").ok().flatten() {
        let rect = card.get_bounding_client_rect();
        let (section, index): (usize, usize) = (number(&card, "data-section")?, number(&card, "data-index")?);
        // Cards stand beside and below each other: behind is what lies beyond the diagonal.
        let across = (f64::from(x) - rect.x()) / rect.width().max(1.0);
        let along = (f64::from(y) - rect.y()) / rect.height().max(1.0);
        return Some(Spot { section, index: index + usize::from(across + along > 1.0) });
    }
    let section = under.closest(".form-section").ok().flatten()?;
    let count = section.query_selector_all(".field-card").ok()?.length() as usize;
    Some(Spot { section: number(&section, "data-section")?, index: count })
}

/// While something is carried near the upper or lower edge, the form scrolls.
pub fn scroll_at_edges(sheet: Sheet) {
    let carried = Memo::new(move |_| sheet.dragging.with(Option::is_some));
    let tick = move || {
        let (Some(Some(drag)), Ok(Some(stage))) =
            (sheet.dragging.try_get_untracked(), document().query_selector(".form-stage"))
        else {
            return;
        };
        let (rect, (x, y)) = (stage.get_bounding_client_rect(), drag.at);
        let by = if f64::from(y) < rect.top() + EDGE {
            -STEP
        } else if f64::from(y) > rect.bottom() - EDGE {
            STEP
        } else {
            return;
        };
        let before = stage.scroll_top();
        stage.set_scroll_top(before + by);
        if stage.scroll_top() != before {
            sheet.carry(drag.what, x, y);
        }
    };
    Effect::new(move |_| {
        if carried.get()
            && let Ok(handle) = set_interval_with_handle(tick, Duration::from_millis(16))
        {
            on_cleanup(move || handle.clear());
        }
    });
}

/// What is carried, beside the pointer.
pub fn shown(sheet: Sheet) -> impl IntoView {
    move || {
        sheet.dragging.get().map(|Drag { what, at: (x, y), .. }| {
            let words = untrack(|| match what {
                Load::New(kind) => words::field(&kind).read().to_owned(),
                Load::Place(key) => sheet.label(&key),
                Load::Move(key) => match sheet.chosen_fields() {
                    all if all.len() > 1 && all.contains(&key) => super::words::CHOSEN.fill(&[&all.len().to_string()]),
                    _ => sheet.label(&key),
                },
            });
            view! { <div class="carried" aria-hidden="true" style:left=format!("{x}px") style:top=format!("{y}px")>{icon("grip")}<span>{words}</span></div> }
        })
    }
}
