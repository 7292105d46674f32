//! What the checker says: the bar at the bottom of a designer counts it, by severity, and unfolds the list of it ([`super::alert_rows`]).

use leptos::prelude::*;
use runtime::alert::{Alert, Severity};

use super::desk::Desk;
use super::words;
use crate::app::{Tone, app};
use crate::ui::icon::icon;
use crate::{later, text};

/// Look of a severity.
pub fn tone(it: Severity) -> &'static str {
    match it {
        Severity::Error => "danger",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// Goes to the alert behind the one gone to last, or before it; of those of the screen that is open.
pub fn next(desk: Desk, back: bool) {
    let path = window().location().pathname().unwrap_or_default();
    let own = match path.split('/').collect::<Vec<_>>().as_slice() {
        [_, _, _, "flow", key] => format!("flows/{key}/"),
        [_, _, _, "form" | "view", module, ..] => format!("modules/{module}/"),
        _ => String::new(),
    };
    let found = desk.alerts.with_untracked(|all| {
        let all: Vec<&Alert> = all.iter().filter(|it| it.file.starts_with(&own)).collect();
        let last = desk.gone_to.get_value();
        let at =
            all.iter().position(|it| last.as_ref().is_some_and(|(code, at)| *code == it.code && *at == it.pointer));
        let at = match (at, back) {
            (Some(at), false) => at + 1,
            (None, false) => 0,
            (Some(at), true) => at + all.len() - 1,
            (None, true) => all.len().saturating_sub(1),
        };
        all.get(at % all.len().max(1)).map(|it| (*it).clone())
    });
    match found {
        Some(it) => {
            desk.gone_to.set_value(Some((it.code.clone(), it.pointer.clone())));
            desk.jump.set(Some((it.file, it.pointer, it.element)));
        }
        None => app().toast(Tone::Info, words::NO_ALERTS.now()),
    }
}

/// The bar; `open` unfolds the list. `actions`: what else can be done about an alert, beside its row.
#[component]
pub fn AlertList(
    desk: Desk,
    open: RwSignal<bool>,
    #[prop(optional)] actions: Option<Callback<Alert, AnyView>>,
) -> impl IntoView {
    let counts = Memo::new(move |_| desk.counts());
    view! {
        <section class="alert-panel" class:open=move || open.get() aria-label=words::ALERTS.get()>
            <button type="button" class="alert-bar" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|it| *it = !*it)>
                {move || icon(if open.get() { "down" } else { "up" })}
                <strong>{words::ALERTS.get()}</strong>
                <span role="status" class="alert-counts">
                    {move || {
                        let (errors, warnings, hints) = counts.get();
                        let part = |count: usize, words: text::Text, tone: &'static str| (count > 0).then(|| view! { <span class=format!("badge {tone}")>{words.fill(&[&count.to_string()])}</span> });
                        let quiet = desk.silenced.with(Vec::len);
                        let quiet = (quiet > 0).then(|| view! { <span class="faint">{words::SUPPRESSED_COUNT.fill(&[&quiet.to_string()])}</span> });
                        if errors + warnings + hints == 0 {
                            let words = if desk.checking.get() { words::CHECKING } else { words::NO_ALERTS };
                            return view! { <span class="faint">{words.read()}</span>{quiet} }.into_any();
                        }
                        view! { {part(errors, words::ERRORS, "danger")} {part(warnings, words::WARNINGS, "warning")} {part(hints, words::HINTS, "info")} {quiet} }.into_any()
                    }}
                </span>
            </button>
            {move || open.get().then(|| later::alert_rows(desk, actions))}
        </section>
    }
}
