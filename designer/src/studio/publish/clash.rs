//! Two people have changed the same: whose word counts, thing by thing.

use std::collections::BTreeMap;

use edit::merge::{Clash, Side};
use leptos::prelude::*;

use super::words;
use crate::studio::desk::Desk;
use crate::studio::together;
use crate::text;
use crate::ui::dialog::Dialog;

/// The dialog; it is there while a merge waits.
pub fn dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    let chosen = RwSignal::new(BTreeMap::<String, Side>::new());
    let clashes = move || desk.meeting.get().map(|it| it.clashes).unwrap_or_default();
    // Mine counts until it is said otherwise; what is new among them, too.
    Effect::new(move |_| {
        for it in clashes() {
            chosen.update(|all| {
                all.entry(it.place.clone()).or_default();
            });
        }
    });
    let all = move |side: Side| chosen.update(|it| it.values_mut().for_each(|it| *it = side));
    let rows = move || clashes().into_iter().map(|it| row(desk, it, chosen)).collect_view();
    view! {
        <Dialog open=open title=words::CLASH_TITLE wide=true>
            <div class="body">
                <p>{move || words::CLASH_WHY.fill(&[&desk.meeting.get().map(|it| it.name).unwrap_or_default()])}</p>
                <div class="row wrap">
                    <button type="button" class="button small" data-act="all-mine" on:click=move |_| all(Side::Mine)>{words::ALL_MINE.get()}</button>
                    <button type="button" class="button small" data-act="all-theirs" on:click=move |_| all(Side::Theirs)>{words::ALL_THEIRS.get()}</button>
                </div>
                <ul class="plain-list">{rows}</ul>
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" data-act="do-merge" on:click=move |_| {
                    open.set(false);
                    together::meet(desk, &chosen.get_untracked());
                }>{words::DO_MERGE.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn row(desk: Desk, it: Clash, chosen: RwSignal<BTreeMap<String, Side>>) -> AnyView {
    let name = named(desk, &it);
    let told = match it.removed {
        Some(Side::Mine) => words::REMOVED_MINE.read().to_owned(),
        Some(Side::Theirs) => words::REMOVED_THEIRS.read().to_owned(),
        None => {
            let all: Vec<String> = it
                .members
                .iter()
                .map(|it| words::property(it).map_or_else(|| it.clone(), |it| it.read().to_owned()))
                .collect();
            all.join(", ")
        }
    };
    let place = StoredValue::new(it.place.clone());
    let option = move |side: Side, label: text::Text, act: &'static str| {
        view! {
            <label class="choice-row"><input type="radio" name=place.get_value() data-side=act
                prop:checked=move || chosen.with(|all| place.with_value(|it| all.get(it).copied().unwrap_or_default()) == side)
                on:change=move |_| chosen.update(|all| { all.insert(place.get_value(), side); })/><span>{label.get()}</span></label>
        }
    };
    view! {
        <li class="version-row" data-clash=it.place.clone()>
            <div class="grow"><p><strong>{name}</strong></p><p class="faint">{told}" · "<code>{it.file.clone()}</code></p></div>
            <div class="row">{option(Side::Mine, words::MINE, "mine")}{option(Side::Theirs, words::THEIRS, "theirs")}</div>
        </li>
    }
    .into_any()
}

/// What people call the thing.
fn named(desk: Desk, it: &Clash) -> String {
    let Some(id) = &it.element else { return it.file.clone() };
    let parts: Vec<&str> = it.file.split('/').collect();
    let name = desk.document.with_untracked(|document| match parts.as_slice() {
        ["flows", flow, _] => {
            let own = edit::tree::find(document.flow(flow)?, id)?.name.clone();
            Some(desk.words(document, &format!("node/{flow}/{id}"), &own))
        }
        _ => None,
    });
    name.filter(|it| !it.trim().is_empty()).unwrap_or_else(|| id.clone())
}
