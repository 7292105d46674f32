//! What can be added: by click (after the selected node, or into the middle), by dragging onto the canvas, by key.

use edit::geometry::{Rect, point};
use edit::kind::{Family, Group, Kind};
use edit::scene::{Label, Marks, Node};
use leptos::prelude::*;
use runtime::model::layout::Point;

use super::hand::add;
use super::lift::Lift;
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
    let lift = Lift::of(canvas, kind, None);
    let click = move |_| {
        if !lift.was_lifted() {
            add(canvas, kind);
        }
    };
    view! {
        <button type="button" class="palette-item" data-kind=format!("{kind:?}")
            on:pointerdown=move |event| lift.down(&event) on:pointermove=move |event| lift.moved(&event) on:pointerup=move |event| lift.up(&event)
            on:pointercancel=move |_| lift.cancel() on:touchmove=move |event| if lift.carries() { event.prevent_default() }
            on:contextmenu=move |event| if lift.holds() { event.prevent_default() } on:click=click>
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
