//! Beside what is selected: what can be done with it. Of one element: append, connect, change, open, delete; of several:
//! bring into line, lay out, copy, delete.

use edit::colour::Colour;
use edit::edit::Side;
use edit::geometry::Rect;
use edit::kind::{Family, Kind, Trigger};
use edit::pools;
use edit::tool::{self, Tool};
use edit::tree::Line;
use edit::{Edit, FlowEdit};
use leptos::{ev, prelude::*};

use super::chooser::Choosing;
use super::hand::add;
use super::lift::Lift;
use super::palette::picture;
use super::{Canvas, keys, motion, words};
use crate::studio::words as general;
use crate::text::Text;
use crate::ui::icon::icon;

/// What a node is followed by most often.
fn followers(kind: Option<Kind>) -> Vec<Kind> {
    match kind {
        None => vec![Kind::UserTask, Kind::Exclusive],
        Some(Kind::EventBased) => {
            vec![
                Kind::Catch(Trigger::Message),
                Kind::Catch(Trigger::Timer),
                Kind::Catch(Trigger::Signal),
                Kind::ReceiveTask,
            ]
        }
        Some(Kind::Boundary(Trigger::Compensate)) => vec![Kind::ServiceTask, Kind::UserTask, Kind::Note],
        Some(_) => {
            vec![Kind::UserTask, Kind::Exclusive, Kind::Catch(Trigger::Timer), Kind::End(Trigger::None), Kind::Note]
        }
    }
}

/// The buttons.
#[component]
pub fn Pad(canvas: Canvas) -> impl IntoView {
    let idle = move || {
        let quiet = canvas.tool.with(|it| matches!(it, Tool::Idle | Tool::Pressed { .. } | Tool::Armed(_)));
        let watching =
            canvas.showing.with(Option::is_some) || canvas.preview.with(Option::is_some) || canvas.coming.get();
        quiet && !watching && canvas.choosing.with(Option::is_none) && canvas.naming.with(Option::is_none)
    };
    let one = Memo::new(move |_| {
        let id = canvas.selected()?;
        let found = canvas.scene.with(|it| {
            // A name that stands outside is not covered either.
            let whole = |rect: Rect| tool::label(it, &id).map_or(rect, |name| rect.union(&name));
            let node = it.node(&id).map(|it| (whole(it.rect), Some(it.kind)));
            node.or_else(|| Some((Rect::around(edit::geometry::midway(&it.edge(&id)?.line), 10.0, 10.0), None)))
        });
        found.filter(|_| idle()).map(|(rect, kind)| (id, rect, kind))
    });
    let several = Memo::new(move |_| {
        let selection = canvas.selection();
        let many = selection.len() > 1 && idle();
        let rect = many.then(|| {
            canvas
                .scene
                .with(|it| selection.iter().filter_map(|id| it.node(id)).map(|it| it.rect).reduce(|a, b| a.union(&b)))
        });
        rect.flatten()
    });
    // With shift more is selected: what the pad covers can be pressed.
    let shift = RwSignal::new(false);
    let hear = move |event: ev::KeyboardEvent| {
        // Let go of, the key itself may still count as held.
        let held = event.shift_key() && !(event.type_() == "keyup" && event.key() == "Shift");
        if shift.get_untracked() != held {
            shift.set(held);
        }
    };
    let (down, up) = (window_event_listener(ev::keydown, hear), window_event_listener(ev::keyup, hear));
    on_cleanup(move || {
        down.remove();
        up.remove();
    });
    move || match several.get() {
        Some(rect) => Some(many(canvas, rect, shift).into_any()),
        None => one.get().map(|(id, rect, kind)| single(canvas, &id, rect, kind, shift).into_any()),
    }
}

/// What a pad needs of the board: its place there follows what is seen.
fn frame(canvas: Canvas, rect: Rect, items: usize, shift: RwSignal<bool>, content: impl IntoView) -> AnyView {
    on_cleanup(move || {
        canvas.foreseen.try_set(None);
        // Who works by keyboard goes on at the board when the button goes that had the focus.
        if document().active_element().is_some_and(|it| it.closest(".pad").is_ok_and(|it| it.is_some())) {
            canvas.take_keys();
        }
    });
    let at = Memo::new(move |_| place(canvas, rect, items));
    view! {
        <div class="pad" class:away=shift role="toolbar" style:left=move || format!("{:.0}px", at.get().0) style:top=move || format!("{:.0}px", at.get().1)
            on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>{content}</div>
    }
    .into_any()
}

/// Where the pad stands, inside the board: right of the box; where it would cover another there, below, above or left of it.
fn place(canvas: Canvas, rect: Rect, items: usize) -> (f64, f64) {
    const GAP: f64 = 12.0;
    let eye = canvas.eye.get();
    let (width, height) = canvas.size().unwrap_or((800.0, 600.0));
    let seen = |it: &Rect| {
        Rect::new(it.x * eye.zoom + eye.x, it.y * eye.zoom + eye.y, it.width * eye.zoom, it.height * eye.zoom)
    };
    let (rows, own) = (items.div_ceil(COLUMNS) as f64, seen(&rect));
    let (wide, high) = (COLUMNS as f64 * 34.0 + 10.0, rows * 34.0 + 10.0);
    let inside =
        |x: f64, y: f64| (x.clamp(4.0, (width - wide - 4.0).max(4.0)), y.clamp(4.0, (height - high - 4.0).max(4.0)));
    let around = [
        inside(own.right() + GAP, own.y - 4.0),
        // Clear of a name that stands below.
        inside(own.x, own.bottom() + GAP + 28.0 * eye.zoom),
        inside(own.x, own.y - GAP - high),
        inside(own.x - GAP - wide, own.y - 4.0),
    ];
    let covered = |at: &(f64, f64)| -> f64 {
        let pad = Rect::new(at.0, at.1, wide, high);
        let over = |it: Rect| {
            let (x, y) =
                (it.right().min(pad.right()) - it.x.max(pad.x), it.bottom().min(pad.bottom()) - it.y.max(pad.y));
            x.max(0.0) * y.max(0.0)
        };
        let others = canvas
            .scene
            .with(|it| it.nodes.iter().filter(|it| !it.family.area()).map(|it| over(seen(&it.rect))).sum::<f64>());
        others + over(own)
    };
    around.into_iter().min_by(|a, b| covered(a).total_cmp(&covered(b))).unwrap_or(around[0])
}

/// Buttons side by side.
const COLUMNS: usize = 3;

fn item(name: &'static str, text: Text, symbol: &'static str, act: impl Fn() + Send + Sync + 'static) -> AnyView {
    view! {
        <button type="button" class="pad-item" data-act=name aria-label=text.get() title=text.get() on:click=move |_| act()>{icon(symbol)}</button>
    }
    .into_any()
}

fn single(canvas: Canvas, id: &str, rect: Rect, kind: Option<Kind>, shift: RwSignal<bool>) -> AnyView {
    let key = canvas.key.get_value();
    let source = StoredValue::new(id.to_owned());
    // Only sequence flows lead through what is put on them, and have kinds to choose from.
    let line = canvas.scene.with_untracked(|it| it.edge(id).map(|it| it.kind));
    let foreign = untrack(|| canvas.flow(|it| matches!(pools::end(it, id), Some(pools::End::Foreign(..)))));
    let foreign = foreign.unwrap_or_default();
    let led = line.is_none_or(|it| it == Line::Sequence) && !foreign;
    let follow: Vec<Kind> = followers(kind)
        .into_iter()
        .filter(|_| led)
        .filter(|it| {
            kind.is_none()
                || canvas.desk.may(&Edit::flow(&key, FlowEdit::Append { after: id.to_owned(), kind: *it, at: None }))
        })
        .collect();
    let followed = follow.len();
    let follow = follow
        .into_iter()
        .map(|it| {
            let label = move || general::APPEND.fill(&[words::kind(it).read()]);
            let lift = Lift::of(canvas, it, kind.map(|_| source.get_value()));
            let foresee = move |on: bool| {
                // Its button may lose the focus because it goes.
                let after = source.try_get_value().filter(|_| on && kind.is_some());
                canvas.foreseen.try_set(after.map(|after| FlowEdit::Append { after, kind: it, at: None }));
            };
            view! {
                <button type="button" class="pad-item" data-append=format!("{it:?}") aria-label=label title=label
                    on:pointerenter=move |_| foresee(true) on:pointerleave=move |_| foresee(false) on:focus=move |_| foresee(true) on:blur=move |_| foresee(false)
                    on:pointerdown=move |event| lift.down(&event) on:pointermove=move |event| lift.moved(&event)
                    on:click=move |_| add(canvas, it)>{picture(it)}</button>
            }
        })
        .collect_view();
    let family = kind.map(Kind::family);
    let appends = family
        .is_some_and(|it| !matches!(it, Family::Group | Family::Lane | Family::Pool | Family::Data | Family::Note));
    let connects = family.is_some_and(|it| !matches!(it, Family::Group | Family::Lane));
    let replaces = kind.is_none() && led || kind.is_some_and(|it| !it.replacements().is_empty());
    let sub = family == Some(Family::Sub);
    let breaks = matches!(family, Some(Family::Activity | Family::Sub | Family::Intermediate | Family::Boundary));
    let folded = canvas.scene.with_untracked(|it| it.node(id).is_some_and(|it| it.marks.folded));
    let (appends, replaces, sub, breaks) =
        (appends && !foreign, replaces && !foreign, sub && !foreign, breaks && !foreign);
    let own_pool = canvas.scene.with_untracked(|it| it.node(id).is_some_and(|it| it.own));
    let laned = untrack(|| canvas.flow(|it| !it.lanes.is_empty())).unwrap_or_default();
    let lane = (family == Some(Family::Lane) && !foreign).then(|| lane_items(canvas, id));
    let painting = RwSignal::new(false);
    let closes =
        family == Some(Family::Pool) && canvas.desk.may(&Edit::flow(&key, FlowEdit::Fold { id: id.to_owned() }));
    let turns = !foreign && matches!(family, Some(Family::Lane | Family::Pool));
    let more = [
        appends,
        connects,
        replaces,
        sub,
        sub && folded,
        breaks,
        own_pool && !laned,
        closes,
        turns,
        kind.is_none() && !foreign,
    ];
    let items = followed
        + lane.as_ref().map_or(0, Vec::len)
        + more.into_iter().filter(|it| *it).count()
        + if foreign { 0 } else { 3 };
    let content = view! {
            {follow}
            {appends.then(|| item("append", words::APPEND_ANYTHING, "more", move || canvas.choosing.set(Some(Choosing::Append(source.get_value())))))}
            {connects.then(|| view! {
                <button type="button" class="pad-item" data-act="connect" aria-label=general::CONNECT.get() title=general::CONNECT.get()
                    on:pointerdown=move |event| {
                        // The pad goes with what follows, and could then no longer keep the press from the board.
                        event.stop_propagation();
                        keys::connect(canvas, source.get_value());
                    }
                    on:keydown=move |event| if matches!(event.key().as_str(), "Enter" | " ") {
                        event.prevent_default();
                        keys::connect(canvas, source.get_value());
                        canvas.take_keys();
                    }>{icon("flow")}</button>
            })}
            {replaces.then(|| item("replace", words::REPLACE_WITH, "wrench", move || canvas.choosing.set(Some(Choosing::Replace(source.get_value())))))}
            {sub.then(|| item("fold", if folded { words::UNFOLD } else { words::FOLD }, if folded { "unfold" } else { "fold" }, move || {
                canvas.edit(FlowEdit::Fold { id: source.get_value() });
            }))}
            {(sub && folded).then(|| item("open", words::OPEN_INSIDE, "external", move || {
                canvas.enter(Some(source.get_value()));
                canvas.take_keys();
            }))}
            {breaks.then(|| item("breakpoint", words::BREAKPOINT, "pause", move || canvas.toggle_break(&source.get_value())))}
            {(own_pool && !laned).then(|| item("lanes", words::POOL_LANES, "density", move || {
                canvas.edit(FlowEdit::AddLane { beside: None, above: false });
            }))}
            {lane}
            {closes.then(|| item("fold", words::POOL_CLOSE, "fold", move || {
                canvas.edit(FlowEdit::Fold { id: source.get_value() });
            }))}
            {turns.then(|| item("turn", words::TURN, "turn", move || {
                canvas.edit(FlowEdit::Turn);
            }))}
            {(!foreign).then(|| brush(painting))}
            {(kind.is_none() && !foreign).then(|| item("straighten", words::STRAIGHTEN, "arrange", move || {
                canvas.edit(FlowEdit::Bend { id: source.get_value(), line: Vec::new() });
            }))}
            {(!foreign).then(|| item("rename", general::RENAME, "pencil", move || canvas.naming.set(Some(source.get_value()))))}
            {(!foreign).then(|| item("delete", general::DELETE, "trash", move || keys::delete(canvas)))}
            {move || painting.get().then(|| colours(canvas))}
    };
    frame(canvas, rect, items, shift, content)
}

/// More lanes beside a lane, or inside it.
fn lane_items(canvas: Canvas, id: &str) -> Vec<AnyView> {
    let beside = |above| FlowEdit::AddLane { beside: Some(id.to_owned()), above };
    let divide = |parts| FlowEdit::DivideLane { id: id.to_owned(), parts };
    let all = [
        ("lane-above", words::LANE_ABOVE, beside(true)),
        ("divide-2", words::DIVIDE_2, divide(2)),
        ("divide-3", words::DIVIDE_3, divide(3)),
        ("lane-below", words::LANE_BELOW, beside(false)),
    ];
    let may = all.into_iter().filter(|it| canvas.desk.may(&Edit::flow(&canvas.key.get_value(), it.2.clone())));
    may.map(|(name, text, edit)| {
        item(name, text, name, move || {
            canvas.edit(edit.clone());
        })
    })
    .collect()
}

/// The button that opens the colours.
fn brush(open: RwSignal<bool>) -> AnyView {
    view! {
        <button type="button" class="pad-item" data-act="colour" aria-label=words::COLOUR.get() title=words::COLOUR.get()
            aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|it| *it = !*it)>{icon("palette")}</button>
    }
    .into_any()
}

/// Colours to choose from.
fn colours(canvas: Canvas) -> AnyView {
    let paint = move |colour: Option<Colour>| {
        let ids: Vec<String> = untrack(move || canvas.selection()).into_iter().collect();
        canvas.edit(FlowEdit::Colour { ids, colour });
    };
    let swatches = Colour::ALL
        .into_iter()
        .map(|it| {
            let (ground, line) = it.values();
            view! { <button type="button" class="swatch" style:--ground=ground style:--line=line data-colour=format!("{it:?}") aria-label=words::colour(it).get() title=words::colour(it).get() on:click=move |_| paint(Some(it))></button> }
        })
        .collect_view();
    view! {
        <div class="swatches" role="group" aria-label=words::COLOUR.get()>
            {swatches}
            <button type="button" class="swatch none" data-colour="none" aria-label=words::COLOUR_NONE.get() title=words::COLOUR_NONE.get() on:click=move |_| paint(None)>{icon("x")}</button>
        </div>
    }
    .into_any()
}

fn many(canvas: Canvas, rect: Rect, shift: RwSignal<bool>) -> AnyView {
    let nodes = move || -> Vec<String> {
        let selection = untrack(move || canvas.selection());
        canvas.scene.with_untracked(|it| selection.into_iter().filter(|id| it.node(id).is_some()).collect())
    };
    let painting = RwSignal::new(false);
    let align = move |name: &'static str, text: Text, side: Side| {
        item(name, text, name, move || {
            canvas.edit(FlowEdit::Align { nodes: nodes(), side });
        })
    };
    let even = move |name: &'static str, text: Text, flat: bool| {
        item(name, text, name, move || {
            canvas.edit(FlowEdit::Distribute { nodes: nodes(), flat });
        })
    };
    let content = view! {
            {align("align-left", words::ALIGN_LEFT, Side::Left)}
            {align("align-centre", words::ALIGN_CENTRE, Side::Centre)}
            {align("align-right", words::ALIGN_RIGHT, Side::Right)}
            {align("align-top", words::ALIGN_TOP, Side::Top)}
            {align("align-middle", words::ALIGN_MIDDLE, Side::Middle)}
            {align("align-bottom", words::ALIGN_BOTTOM, Side::Bottom)}
            {even("even-flat", words::DISTRIBUTE_FLAT, true)}
            {even("even-steep", words::DISTRIBUTE_STEEP, false)}
            {item("arrange", words::ARRANGE_SELECTION, "flow", move || {
                motion::arrange(canvas, nodes());
            })}
            {brush(painting)}
            {item("duplicate", general::DUPLICATE, "copy", move || {
                canvas.edit(FlowEdit::Duplicate { ids: nodes() });
            })}
            {item("delete", general::DELETE, "trash", move || keys::delete(canvas))}
            {move || painting.get().then(|| colours(canvas))}
    };
    frame(canvas, rect, 12, shift, content)
}
