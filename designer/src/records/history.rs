//! What happened to a record: who, when, from what to what.

use std::sync::Arc;

use ::api::happening::Happening;
use ::api::record::HistoryEntry;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::words::{self, happened};
use crate::app::{Lang, app};
use crate::module::{Module, plain};
use crate::ui::icon::icon;
use crate::{show, text};

/// A timeline, newest first.
pub fn timeline(module: StoredValue<Arc<Module>>, entries: Vec<HistoryEntry>) -> AnyView {
    if entries.is_empty() {
        return view! { <p class="muted">{text::NO_HISTORY.get()}</p> }.into_any();
    }
    view! { <ol class="timeline">{entries.into_iter().map(|it| entry(module, it)).collect_view()}</ol> }.into_any()
}

/// One entry of a timeline.
pub fn entry(module: StoredValue<Arc<Module>>, it: HistoryEntry) -> AnyView {
    let what = it.info.get("what").map(plain).unwrap_or_default();
    let (symbol, words) = happened(Happening::of(&it.kind, &what));
    let channel = match it.channel.as_str() {
        "api" => Some(text::CHANNEL_API),
        "import" => Some(text::CHANNEL_IMPORT),
        "flow" if it.kind == "changed" => Some(text::CHANNEL_FLOW),
        "script" => Some(text::CHANNEL_SCRIPT),
        "system" if it.kind == "changed" && it.by_name != "system" => Some(words::AUTOMATIC),
        _ => None,
    };
    let name = it.by_name.clone();
    let by = move || if name.is_empty() || name == "system" { text::SYSTEM.read().to_owned() } else { name.clone() };
    let info = it.info.clone();
    let people = {
        let labels = it.labels.clone();
        let named = move |value: &Value| {
            match value {
                Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>(),
                one => Some(plain(one)).filter(|it| !it.is_empty()).into_iter().collect(),
            }
            .into_iter()
            .map(|it| labels.get(&it).cloned().unwrap_or(it))
            .collect::<Vec<_>>()
        };
        move |info: &Map<String, Value>, key: &str| info.get(key).map(&named).unwrap_or_default()
    };
    let behalf = people(&info, "behalf").join(", ");
    let step = {
        let (info, kind) = (info.clone(), it.kind.clone());
        move || {
            let lang = app().lang.get();
            let titled = |titles: &str, key: &str| {
                let own = || info.get(key).map(plain).filter(|it| !it.is_empty());
                info.get(titles).and_then(|it| it.get(lang.tag())).map(plain).or_else(own)
            };
            let name = if kind == "flow" {
                titled("flowTitles", "flow")
            } else {
                titled("titles", "node").or_else(|| titled("text", "text"))
            };
            let to = || {
                Some([people(&info, "people"), people(&info, "to")].concat().join(if lang == Lang::Zh {
                    "、"
                } else {
                    ", "
                }))
                .filter(|it| !it.is_empty())
            };
            let outcome = titled("outcomeTitles", "outcome")
                .or_else(|| info.get("toTitles").and_then(|_| titled("toTitles", "to")))
                .or_else(to);
            match (name, outcome) {
                (Some(name), Some(outcome)) => format!("{name} → {outcome}"),
                (Some(one), None) | (None, Some(one)) => one,
                (None, None) => String::new(),
            }
        }
    };
    let comment = info.get("comment").or_else(|| info.get("reason")).map(plain).filter(|it| !it.is_empty());
    let labels = StoredValue::new(it.labels.clone());
    let created = it.kind == "created";
    let changes = it.changes.into_iter().filter(|it| !created || !it.to.is_null()).map(move |change| {
        let field = change.field.clone();
        let title = { let field = field.clone(); move || module.with_value(|it| it.field_title(&field, app().lang.get())) };
        let words = move |value: &Value| {
            let lang = app().lang.get();
            let words = module.with_value(|module| match module.field(&field) {
                Some(it) => labels.with_value(|labels| show::words(module, &field, it, value, labels, lang)),
                None => plain(value),
            });
            if words.is_empty() { text::EMPTY_VALUE.of(lang).to_owned() } else { words }
        };
        let from = { let (words, value) = (words.clone(), change.from); move || words(&value) };
        let to = { let value = change.to; move || words(&value) };
        view! {
            <li><span class="muted">{title}</span>" "
                {(!created).then(|| view! { <s class="faint">{from}</s><span class="faint" aria-hidden="true">" → "</span> })}
                <span class="prose">{to}</span></li>
        }
    }).collect::<Vec<_>>();
    let any = !changes.is_empty();
    let many = changes.len() > 6;
    view! {
        <li class="event">
            <span class="event-sign">{icon(symbol)}</span>
            <div class="grow">
                <p><span class="strong">{by}</span>" "{(!behalf.is_empty()).then(|| view! { <span class="muted">{move || words::ON_BEHALF.fill(&[&behalf])}</span>" " })}
                    {words.get()}" "<span>{step}</span>
                    {channel.map(|it| view! { " "<span class="badge">{it.get()}</span> })}
                    <span class="faint nowrap">" · "{show::ago(it.at)}</span></p>
                {comment.map(|it| view! { <blockquote class="prose">{it}</blockquote> })}
                {any.then(|| if many {
                    view! { <details><summary class="muted">{text::DETAILS.get()}</summary><ul class="changes">{changes}</ul></details> }.into_any()
                } else {
                    view! { <ul class="changes">{changes}</ul> }.into_any()
                })}
            </div>
        </li>
    }
    .into_any()
}
