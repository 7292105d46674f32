//! What the checker says: the bar at the bottom of a designer counts it, by severity, and unfolds the list of it ([`super::alert_rows`]).

use leptos::prelude::*;
use runtime::alert::{Alert, Severity};

use super::desk::Desk;
use super::words;
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
