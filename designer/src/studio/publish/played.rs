//! The scenarios of the pack, played on the draft while somebody looks at what publishing it would do: those it breaks are named.
//! They forbid nothing.

use leptos::{prelude::*, task::spawn_local};
use serde::Deserialize;
use serde_json::{Value, json};

use super::words;
use crate::rules;
use crate::studio::desk::Desk;
use crate::ui::icon::icon;

/// What became of them.
#[derive(Clone, Default, PartialEq)]
struct Played {
    passed: usize,
    /// Titles of those that pass on the live version and fail on the draft.
    broken: Vec<String>,
    /// Of those that fail on both.
    failing: Vec<String>,
    /// That the engine gave no answer for.
    unknown: usize,
}

/// Of the engine's report; the rest is told where scenarios are played one by one.
#[derive(Deserialize)]
struct Report {
    passed: bool,
}

/// The section of the dialog; they are played each time it is opened.
pub fn section(desk: Desk, open: RwSignal<bool>) -> AnyView {
    let found = RwSignal::new(None::<Played>);
    let turn = StoredValue::new(0u64);
    Effect::new(move |_| {
        turn.update_value(|it| *it += 1);
        found.set(None);
        if open.get() {
            let mine = turn.get_value();
            let still = move || turn.try_get_value() == Some(mine);
            spawn_local(async move {
                if let Some(it) = play(desk, still).await {
                    found.try_set(Some(it));
                }
            });
        }
    });
    let content = move || match found.get() {
        None => view! { <p class="faint" role="status">{words::PLAYING.get()}</p> }.into_any(),
        Some(it) if it.broken.is_empty() && it.failing.is_empty() => {
            let says = match it {
                Played { unknown: 0, passed: 0, .. } => words::NO_SCENARIOS.read().to_owned(),
                Played { unknown: 0, passed, .. } => words::ALL_PASS.fill(&[&passed.to_string()]),
                Played { unknown, .. } => words::NOT_PLAYED.fill(&[&unknown.to_string()]),
            };
            view! { <p class="faint" data-played="passed">{says}</p> }.into_any()
        }
        Some(it) => {
            let list = |titles: Vec<String>, says: crate::text::Text| {
                (!titles.is_empty()).then(|| {
                    let rows = titles.into_iter().map(|it| view! { <li>{it}</li> }).collect_view();
                    view! { <p>{says.get()}</p><ul>{rows}</ul> }
                })
            };
            view! {
                <div class="banner warning" role="alert" data-played="failed">{icon("flag")}
                    <div class="grow">{list(it.broken, words::BREAKS)}{list(it.failing, words::FAILS_BOTH)}</div></div>
            }
            .into_any()
        }
    };
    view! { <section class="publish-part"><h3>{crate::studio::words::SCENARIOS.get()}</h3>{content}</section> }
        .into_any()
}

/// Plays all of them, as long as somebody waits for it.
async fn play(desk: Desk, still: impl Fn() -> bool) -> Option<Played> {
    let (pack, draft, all) = desk.document.try_with_untracked(|it| {
        let titled = |name: &str| {
            let text = it.text(&format!("scenarios/{name}.json")).unwrap_or_default();
            let title =
                runtime::plain::parse::<Value>(&text).ok().and_then(|it| it["title"].as_str().map(str::to_owned));
            let own = title.unwrap_or_else(|| name.to_owned());
            (name.to_owned(), desk.words_now(it, &format!("scenario/{name}"), &own))
        };
        (it.pack.clone(), json!(it.files()), it.scenario_names().map(titled).collect::<Vec<_>>())
    })?;
    let passes = async |draft: &Value, name: &str| {
        let ask = json!({ "id": pack, "draft": draft, "name": name });
        rules::call::<_, Report>("scenario.run", &ask).await.ok().map(|it| it.passed)
    };
    let mut played = Played::default();
    for (name, title) in all {
        if !still() {
            return None;
        }
        match passes(&draft, &name).await {
            None => played.unknown += 1,
            Some(true) => played.passed += 1,
            Some(false) if passes(&json!({}), &name).await == Some(false) => played.failing.push(title),
            Some(false) => played.broken.push(title),
        }
    }
    Some(played)
}
