//! What the pointer does on the board: it presses, drags and lifts, and the tool ([`edit::tool`]) says what comes of it. Also
//! where new elements go.

use edit::FlowEdit;
use edit::geometry::{Rect, distance, point};
use edit::kind::Family;
use edit::tool::{self, Corner, Pointer, Tool};
use leptos::{ev, prelude::*};
use runtime::model::layout::Point;

use super::gesture::Gesture;
use super::{Canvas, clipboard, ghost, keys, motion, player, touch};

/// Does what was done to the board.
pub fn act(canvas: Canvas, gesture: Gesture) {
    match gesture {
        Gesture::Press(event, at) => press(canvas, &event, at),
        Gesture::Drag(event, at) => drag(canvas, &event, at),
        Gesture::Lift(event, at) => {
            if canvas.fingers.lifted(&event) {
                return;
            }
            // What was drawn out of the pad has taken the keyboard with it.
            let placing = canvas.tool.with_untracked(|it| matches!(it, Tool::Placing { .. }));
            if let Some(at) = at {
                step(canvas, &Pointer::Up { at });
            }
            if placing {
                canvas.take_keys();
            }
        }
        Gesture::Gone(event) => {
            canvas.fingers.lifted(&event);
            step(canvas, &Pointer::Cancel);
        }
        Gesture::Menu(at) => touch::menu(canvas, at),
        Gesture::Name(at) => name(canvas, at),
        Gesture::Key(event) => keys::down(canvas, &event),
        Gesture::Paste(text) => clipboard::paste(canvas, &text),
        Gesture::Arrange(ids) => motion::arrange(canvas, ids),
        Gesture::Delete => keys::delete(canvas),
    }
}

fn press(canvas: Canvas, event: &ev::PointerEvent, at: Point) {
    if canvas.fingers.pressed(canvas, event, at) {
        return;
    }
    canvas.take_keys();
    if let Some(board) = canvas.board.get_untracked() {
        let _ = board.set_pointer_capture(event.pointer_id());
    }
    if event.button() == 1 {
        return step(canvas, &Pointer::DownPan { at });
    }
    let slack = 6.0 / canvas.eye.get_untracked().zoom;
    let selection = canvas.desk.document.with_untracked(|it| it.selection.clone());
    let on = canvas.scene.with_untracked(|it| tool::hit_selected(it, &selection, at, slack));
    canvas.choosing.set(None);
    let more = event.shift_key() || event.ctrl_key() || event.meta_key();
    step(canvas, &Pointer::Down { at, on, shift: more });
}

fn drag(canvas: Canvas, event: &ev::PointerEvent, at: Option<Point>) {
    if canvas.fingers.moved(canvas, event) || canvas.tool.with_untracked(|it| matches!(it, Tool::Idle | Tool::Armed(_)))
    {
        return;
    }
    if let Some(at) = at {
        scroll(canvas, event);
        step(canvas, &Pointer::Move { at, zoom: canvas.eye.get_untracked().zoom });
    }
}

/// What lies there gets a name, written where it stands.
fn name(canvas: Canvas, at: Point) {
    match canvas.scene.with_untracked(|it| tool::hit(it, at, 6.0)) {
        tool::Hit::Node(id) | tool::Hit::Flow(id) | tool::Hit::Label(id) => {
            if !canvas.scene.with_untracked(|it| it.node(&id).is_some_and(|it| it.foreign)) {
                canvas.naming.set(Some(id));
            }
        }
        tool::Hit::Nothing | tool::Hit::Corner(..) | tool::Hit::Border(_) => (),
    }
}

/// What a hand sees on the drawing: tokens of a run, corners to drag, what the tool shows.
pub fn drawn(canvas: Canvas) -> AnyView {
    view! { {move || player::tokens(canvas)}{move || corners(canvas)}{move || ghost::ghost(canvas)} }.into_any()
}

/// Near the edge of the board the picture moves along while something is dragged, for as long as the pointer rests there.
pub fn scroll(canvas: Canvas, event: &web_sys::MouseEvent) {
    let Some(board) = canvas.board.get_untracked().filter(|_| event.buttons() == 1) else { return };
    let at = on_board(&board, event);
    let still = canvas.edge.with_value(Option::is_none);
    canvas.edge.set_value(Some(at));
    if still {
        request_animation_frame(move || scroll_on(canvas));
    }
}

fn on_board(board: &web_sys::Element, event: &web_sys::MouseEvent) -> (f64, f64) {
    let rect = board.get_bounding_client_rect();
    (f64::from(event.client_x()) - rect.x(), f64::from(event.client_y()) - rect.y())
}

/// Whether the picture would move there.
pub fn at_edge(canvas: Canvas, event: &web_sys::MouseEvent) -> bool {
    let board = canvas.board.get_untracked();
    board.is_some_and(|it| pull(canvas, on_board(&it, event)) != (0.0, 0.0))
}

/// How far the picture moves with each frame while something is held at this point of the board.
fn pull(canvas: Canvas, at: (f64, f64)) -> (f64, f64) {
    let (width, height) = canvas.size().unwrap_or_default();
    let pull = |at: f64, size: f64| {
        if at < 24.0 {
            8.0
        } else if at > size - 24.0 {
            -8.0
        } else {
            0.0
        }
    };
    (pull(at.0, width), pull(at.1, height))
}

/// Moves the picture with every frame until nothing is dragged there any more.
fn scroll_on(canvas: Canvas) {
    // The canvas may have been left meanwhile.
    let Some(Some(at)) = canvas.edge.try_get_value() else { return };
    let dragging = canvas.tool.with_untracked(|it| match it {
        Tool::Moving { .. }
        | Tool::Connecting { .. }
        | Tool::Reconnecting { .. }
        | Tool::Bending { .. }
        | Tool::Lasso { .. }
        | Tool::Placing { .. }
        | Tool::Resizing { .. } => true,
        Tool::Idle
        | Tool::Armed(_)
        | Tool::Pressed { .. }
        | Tool::Labelling { .. }
        | Tool::Spacing { .. }
        | Tool::Panning { .. } => false,
    });
    let (dx, dy) = pull(canvas, at);
    if !dragging || (dx == 0.0 && dy == 0.0) {
        return canvas.edge.set_value(None);
    }
    canvas.moved.set(true);
    canvas.eye.update(|it| {
        it.x += dx;
        it.y += dy;
    });
    let eye = canvas.eye.get_untracked();
    step(canvas, &Pointer::Move { at: point((at.0 - eye.x) / eye.zoom, (at.1 - eye.y) / eye.zoom), zoom: eye.zoom });
    request_animation_frame(move || scroll_on(canvas));
}

/// The corners of what is selected, to be dragged.
fn corners(canvas: Canvas) -> Option<AnyView> {
    let zoom = canvas.eye.with(|it| it.zoom);
    let selection = canvas.selection();
    let rects: Vec<Rect> = canvas.scene.with(|it| tool::sized(it, &selection).iter().map(|it| it.rect).collect());
    if rects.is_empty() {
        let id = canvas.selected()?;
        let line = canvas.scene.with(|it| it.edge(&id).map(|it| it.line.clone()));
        return Some(view! { {line.map(|it| grips(&it, zoom))}{border(canvas, &id, zoom)} }.into_any());
    }
    let size = 8.0 / zoom;
    let boxes = rects.into_iter().flat_map(|rect| {
        Corner::ALL.into_iter().map(move |corner| {
            let at = corner.of(&rect);
            let class = if corner.right == corner.bottom { "corner" } else { "corner back" };
            view! { <rect class=class x=at.x - size / 2.0 y=at.y - size / 2.0 width=size height=size/> }
        })
    });
    Some(boxes.collect_view().into_any())
}

/// Where a name that stands outside is made wider.
fn border(canvas: Canvas, id: &str, zoom: f64) -> Option<AnyView> {
    let at = canvas.scene.with(|it| tool::label_border(it, id))?;
    let (wide, high) = (6.0 / zoom, 12.0 / zoom);
    let (x, y) = (at.x - wide / 2.0, at.y - high / 2.0);
    Some(
        view! { <rect class="corner grip steep" data-grip="name" x=x y=y width=wide height=high rx=wide / 3.0/> }
            .into_any(),
    )
}

/// What of the one selected line can be dragged: its ends, its bends, its stretches.
fn grips(line: &[Point], zoom: f64) -> AnyView {
    let size = 8.0 / zoom;
    let last = line.len().saturating_sub(1);
    let ends = line.iter().enumerate().map(|(at, it)| {
        if at == 0 || at == last {
            view! { <circle class="corner grip" cx=it.x cy=it.y r=size / 2.0/> }.into_any()
        } else {
            view! { <rect class="corner grip" data-grip="bend" x=it.x - size / 2.0 y=it.y - size / 2.0 width=size height=size/> }.into_any()
        }
    });
    // Short ones have no room for a grip of their own.
    let stretches = line.windows(2).filter(|it| distance(it[0], it[1]) * zoom > 40.0).map(|it| {
        let (x, y) = (f64::midpoint(it[0].x, it[1].x), f64::midpoint(it[0].y, it[1].y));
        let flat = (it[0].y - it[1].y).abs() < 0.5;
        let (wide, high) = if flat { (size * 1.5, size * 0.75) } else { (size * 0.75, size * 1.5) };
        let class = if flat { "corner grip flat" } else { "corner grip steep" };
        view! { <rect class=class data-grip="stretch" x=x - wide / 2.0 y=y - high / 2.0 width=wide height=high rx=size / 3.0/> }
    });
    view! { {ends.collect_view()}{stretches.collect_view()} }.into_any()
}

/// Moves the tool on and does what follows.
pub fn step(canvas: Canvas, pointer: &Pointer) {
    let tool = canvas.tool.get_untracked();
    let key = canvas.key.get_value();
    let (next, outcome) = canvas
        .desk
        .document
        .with_untracked(|document| canvas.scene.with_untracked(|scene| tool.next(pointer, document, &key, scene)));
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

/// Starts placing a new node, by pointer: from the palette, or from the pad, with what will lead to it.
pub fn place(canvas: Canvas, kind: edit::kind::Kind, after: Option<String>) {
    canvas.tool.set(Tool::Placing { kind, at: point(-10_000.0, -10_000.0), on: None, after });
}

/// Adds a node after the selected one, or near the middle of what is seen: by click or key.
pub fn add(canvas: Canvas, kind: edit::kind::Kind) {
    if kind == edit::kind::Kind::Pool {
        // Around the flow, or below what is there.
        let at = canvas.scene.with_untracked(|it| point(it.bounds.centre().x, it.bounds.bottom() + 70.0));
        canvas.edit(FlowEdit::Add { kind, at, on: None, plane: canvas.plane.get_untracked() });
        return reveal_new(canvas);
    }
    if let Some(after) = canvas.selected() {
        let key = canvas.key.get_value();
        let append = FlowEdit::Append { after: after.clone(), kind, at: None };
        if canvas
            .desk
            .document
            .with_untracked(|it| edit::allowed::allowed(it, &edit::Edit::flow(&key, append.clone())).is_ok())
        {
            canvas.edit(append);
            return reveal_new(canvas);
        }
        let plane = canvas.plane.get_untracked();
        let insert = FlowEdit::Add { kind, at: middle_of(canvas, &after), on: Some(after), plane };
        if canvas
            .desk
            .document
            .with_untracked(|it| edit::allowed::allowed(it, &edit::Edit::flow(&key, insert.clone())).is_ok())
        {
            canvas.edit(insert);
            return reveal_new(canvas);
        }
    }
    let (width, height) = kind.size();
    let at = edit::snap::to_grid(canvas.scene.with_untracked(|it| it.free(middle(canvas), width, height)));
    canvas.edit(FlowEdit::Add { kind, at, on: None, plane: canvas.plane.get_untracked() });
    reveal_new(canvas);
}

/// The middle of what is seen.
pub fn middle(canvas: Canvas) -> Point {
    let (width, height) = canvas.size().unwrap_or((800.0, 600.0));
    let eye = canvas.eye.get_untracked();
    edit::snap::to_grid(point((width / 2.0 - eye.x) / eye.zoom, (height / 2.0 - eye.y) / eye.zoom))
}

fn middle_of(canvas: Canvas, id: &str) -> Point {
    canvas.scene.with_untracked(|it| {
        let edge = it.edge(id).map(|it| edit::geometry::midway(&it.line));
        edge.or_else(|| it.node(id).map(|it| it.rect.centre())).unwrap_or_default()
    })
}

/// Shows what is selected.
pub fn reveal(canvas: Canvas) {
    request_animation_frame(move || {
        if let Some(id) = canvas.selected() {
            canvas.show(&id);
        }
        canvas.take_keys();
    });
}

/// Shows the new node. What a step is called is the next thing its author writes; with fingers that would bring up the keyboard
/// over the drawing, there it waits until it is asked for.
pub fn reveal_new(canvas: Canvas) {
    canvas.coming.set(true);
    reveal(canvas);
    request_animation_frame(move || {
        canvas.coming.try_set(false);
    });
    let fingers = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|it| it.matches());
    if fingers {
        return;
    }
    request_animation_frame(move || {
        let step = canvas.selected().filter(|id| {
            canvas.scene.with_untracked(|it| {
                let named = |it: &edit::scene::Node| it.name.trim().is_empty();
                it.node(id).is_some_and(|it| matches!(it.family, Family::Activity | Family::Note) && named(it))
            })
        });
        if let Some(id) = step {
            canvas.naming.set(Some(id));
        }
    });
}
