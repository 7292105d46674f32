//! The bar of a designer: where we are, undo and redo, how far the draft is saved, publishing.

use leptos::prelude::*;
use runtime::alert::publishable;

use super::Reload;
use super::desk::{Desk, Saved};
use super::{together, words};
use crate::app::app;
use crate::ui::icon::icon;
use crate::{later, show};

/// The bar; `tools` are the page's own buttons.
#[component]
pub fn Bar(desk: Desk, #[prop(into)] title: Signal<String>, children: Children) -> impl IntoView {
    let publishing = RwSignal::new(false);
    let listing = RwSignal::new(false);
    let choosing = desk.choosing;
    let playing = RwSignal::new(false);
    let Reload(reload) = expect_context::<Reload>();
    let step = move |back: bool| {
        desk.document.with(|it| {
            let name = if back { it.history.undoable() } else { it.history.redoable() };
            name.map(|it| words::step(it).read().to_owned())
        })
    };
    let hint = move |back: bool| {
        let (plain, named) = if back { (words::UNDO, words::UNDO_OF) } else { (words::REDO, words::REDO_OF) };
        step(back).map_or_else(|| plain.read().to_owned(), |it| named.fill(&[&it]))
    };
    let saved = move || {
        match desk.saved.get() {
            Saved::Clean => words::SAVE_CLEAN,
            Saved::Dirty | Saved::Conflict => words::SAVE_DIRTY,
            Saved::Saving => words::SAVE_SAVING,
            Saved::Done => words::SAVE_SAVED,
            Saved::Failed => words::SAVE_FAILED,
        }
        .read()
    };
    let errors = Memo::new(move |_| desk.alerts.with(|it| !publishable(it)));
    view! {
        <header class="studio-bar">
            <a class="button plain icon-only" href="/studio" aria-label=words::GO_BACK.get() title=words::GO_BACK.get()>{icon("left")}</a>
            <h1 class="studio-title">{title}</h1>
            <span class="faint studio-saved" role="status">{saved}</span>
            {together::present(desk)}
            <span class="grow"></span>
            {children()}
            <span class="studio-sep"></span>
            <button type="button" class="button plain icon-only" aria-label=move || hint(true) title=move || hint(true)
                disabled=move || step(true).is_none() on:click=move |_| desk.undo()>{icon("return")}</button>
            <button type="button" class="button plain icon-only flip" aria-label=move || hint(false) title=move || hint(false)
                disabled=move || step(false).is_none() on:click=move |_| desk.redo()>{icon("return")}</button>
            {move || desk.planned.get().map(|it| {
                let at = show::moment(&it.at, app().lang.get());
                let tone = if it.failed.is_some() { "danger" } else { "info" };
                view! { <button type="button" class=format!("badge verdict {tone}") data-act="planned" title=words::PLANNED.get() on:click=move |_| publishing.set(true)>{icon("clock")}<span class="wide-only">{at}</span></button> }
            })}
            <button type="button" class="button plain icon-only" data-act="scenarios" aria-label=words::SCENARIOS.get() title=words::SCENARIOS.get()
                on:click=move |_| playing.set(true)>{icon("flag")}</button>
            <button type="button" class="button plain icon-only" data-act="versions" aria-label=words::VERSIONS.get() title=words::VERSIONS.get()
                on:click=move |_| listing.set(true)>{icon("history")}</button>
            <button type="button" class="button primary" data-act="publish" on:click=move |_| publishing.set(true)>
                {move || errors.get().then(|| icon("alert"))}{words::PUBLISH.get()}
            </button>
        </header>
        {move || desk.meeting.get().map(|it| view! {
            <div class="banner warning" role="alert" data-meeting="">
                {icon("alert")}<span class="grow">{words::SAVE_CONFLICT.fill(&[&it.name])}</span>
                <button type="button" class="button small" data-act="choose" on:click=move |_| choosing.set(true)>{words::CHOOSE.get()}</button>
            </div>
        })}
        {once(choosing, move || later::clash_dialog(desk, choosing))}
        {once(publishing, move || later::publish_dialog(desk, publishing, reload))}
        {once(playing, move || later::scenarios_dialog(desk, playing))}
        {once(listing, move || later::versions_dialog(desk, listing, reload))}
    }
}

/// What is loaded when it is first opened, and stays from then on.
pub fn once(open: RwSignal<bool>, content: impl Fn() -> AnyView + Send + 'static) -> impl IntoView {
    let ever = Memo::new(move |before: Option<&bool>| open.get() || before.copied().unwrap_or_default());
    move || ever.get().then(&content)
}
