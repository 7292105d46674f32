//! Inputs of the properties panels. A text is committed when the field is left or Enter is pressed, so that one visit
//! is one step of the history.

use std::sync::Arc;

use leptos::{ev, prelude::*};

use crate::text::Text;

/// A label with its input below.
pub fn row(label: Text, input: AnyView) -> AnyView {
    view! { <label class="prop"><span>{label.get()}</span>{input}</label> }.into_any()
}

/// An input whose label is only heard: for those that explain themselves by where they stand.
pub fn named(label: Text, input: AnyView) -> AnyView {
    view! { <label class="named"><span class="unseen">{label.get()}</span>{input}</label> }.into_any()
}

/// One line of text. `mono`: an expression or a key.
pub fn line(
    value: impl Fn() -> String + Send + Sync + 'static,
    mono: bool,
    commit: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let value = Memo::new(move |_| value());
    let change = move |event: ev::Event| {
        let now = event_target_value(&event);
        if now != value.get_untracked() {
            commit(now);
        }
    };
    view! {
        <input class="input" class:mono=mono type="text" spellcheck=if mono { "false" } else { "true" } prop:value=move || value.get() on:change=change/>
    }
    .into_any()
}

/// Several lines of text.
pub fn area(
    value: impl Fn() -> String + Send + Sync + 'static,
    mono: bool,
    commit: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let value = Memo::new(move |_| value());
    let change = move |event: ev::Event| {
        let now = event_target_value(&event);
        if now != value.get_untracked() {
            commit(now);
        }
    };
    view! { <textarea class="input" class:mono=mono rows="2" prop:value=move || value.get() on:change=change></textarea> }.into_any()
}

/// A choice; `(value, words)`. A value that is not offered is shown as it is.
pub fn choice(
    value: impl Fn() -> String + Send + Sync + 'static,
    offered: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
    commit: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let value = Memo::new(move |_| value());
    let options = move || {
        let now = value.get();
        let mut offered = offered();
        if !offered.iter().any(|it| it.0 == now) {
            offered.push((now.clone(), now.clone()));
        }
        offered
            .into_iter()
            .map(|(it, words)| {
                let chosen = it == now;
                view! { <option value=it selected=chosen>{words}</option> }
            })
            .collect_view()
    };
    let change = move |event: ev::Event| {
        commit(event_target_value(&event));
        // What only adds, or was refused, shows again what holds.
        let select: web_sys::HtmlSelectElement = event_target(&event);
        if let Some(now) = value.try_get_untracked() {
            select.set_value(&now);
        }
    };
    view! { <select class="input" prop:value=move || value.get() on:change=change>{options}</select> }.into_any()
}

/// A truth value.
pub fn check(
    label: Text,
    value: impl Fn() -> bool + Send + Sync + 'static,
    commit: impl Fn(bool) + Send + Sync + 'static,
) -> AnyView {
    view! {
        <label class="prop-check">
            <input type="checkbox" prop:checked=value on:change=move |event| commit(event_target_checked(&event))/>
            <span>{label.get()}</span>
        </label>
    }
    .into_any()
}

/// A group of properties that folds.
pub fn group(head: Text, open: bool, content: AnyView) -> AnyView {
    view! { <details class="prop-group" open=open><summary>{head.get()}</summary><div class="prop-inside">{content}</div></details> }.into_any()
}

/// A row for each of a list. A row stays as long as the thing it is about, whatever changes in it or elsewhere: what is being
/// typed is not overwritten, and who leaves one field arrives at the next. `key`: what a thing keeps; `row` gets the thing with
/// its place, as they are now.
pub fn rows<T: Clone + PartialEq + Send + Sync + 'static>(
    list: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: fn(usize, &T) -> String,
    row: impl Fn(Memo<(usize, T)>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let list = Memo::new(move |_| list());
    let keys = Memo::new(move |_| {
        let mut keys = Vec::<String>::new();
        list.with(|it| {
            for (at, it) in it.iter().enumerate() {
                let own = key(at, it);
                // Two that are called the same are still two.
                let own = if keys.contains(&own) { format!("{own} {at}") } else { own };
                keys.push(own);
            }
        });
        keys
    });
    let row = Arc::new(row);
    let child = move |own: String| {
        let now = move || {
            let at = keys.with(|it| it.iter().position(|it| *it == own))?;
            list.with(|it| Some((at, it.get(at)?.clone())))
        };
        let Some(first) = untrack(&now) else { return ().into_any() };
        row(Memo::new(move |before: Option<&(usize, T)>| {
            now().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        }))
    };
    view! { <For each=move || keys.get() key=Clone::clone children=child/> }.into_any()
}

/// The key of things that have nothing of their own to be known by.
pub fn place<T>(at: usize, _: &T) -> String {
    at.to_string()
}

/// `None` for a text without content.
pub fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
