//! The input of an expression: offers the names that mean something at this place while one is typed, says at once when it cannot
//! be read, and what it gives with a demo record ([`tried`](super::tried)). What it means is judged by the checker, like everywhere.

use std::time::Duration;

use leptos::{ev, html, prelude::*, task::spawn_local};
use serde_json::json;

use super::input::row;
use super::tried::{self, Parsed, Tried};
use crate::rules;
use crate::text::{Text, texts};

texts! {
    OFFERED = "Names", "可用名称";
}

/// What can be written at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// As it is written: `data.amount`, `outcome == "yes"`.
    pub text: String,
    /// What people call it.
    pub title: String,
}

/// Names shown at once.
const MOST: usize = 8;

/// The part of a name that stands before the caret, and where it begins.
fn begun(text: &str, caret: usize) -> (usize, &str) {
    let before = text.get(..caret).unwrap_or(text);
    let part = |it: char| it.is_alphanumeric() || it == '_' || it == '.';
    let from = before.char_indices().rev().take_while(|(_, it)| part(*it)).last().map_or(before.len(), |it| it.0);
    (from, &before[from..])
}

/// Behind this a name can come: nothing, an operator or an opening bracket. Behind what is finished names would only lie over
/// what it gives.
fn waits(before: &str) -> bool {
    before.trim_end().chars().next_back().is_none_or(|it| "+-*/%<>=!&|^(,[{?:;".contains(it))
}

/// Bytes before the caret; the browser counts in UTF-16.
pub fn bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, it) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(it.len_utf16());
    }
    text.len()
}

/// The input, below its label if it has one. It is committed when it is left, so that one visit is one step of the history.
/// `tried`: whose records say what it gives.
pub fn expression(
    label: Option<Text>,
    value: impl Fn() -> String + Send + Sync + 'static,
    names: impl Fn() -> Vec<Name> + Send + Sync + 'static,
    tried: Option<Tried>,
    commit: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let value = Memo::new(move |_| value());
    let input = NodeRef::<html::Textarea>::new();
    let names = StoredValue::new(names);
    let commit = StoredValue::new(commit);
    let offered = RwSignal::new(Vec::<Name>::new());
    let at = RwSignal::new(0usize);
    // Of what is written; none: nothing is, or nobody has been here.
    let parsed = RwSignal::new(None::<Parsed>);
    let fault = Memo::new(move |_| parsed.with(|it| it.as_ref().is_some_and(|it| !it.ok)));
    let with = RwSignal::new(0usize);
    let turn = StoredValue::new(0u64);
    let read = move || {
        let it = input.get_untracked()?;
        let text = it.value();
        let caret = bytes(&text, it.selection_start().ok().flatten().unwrap_or_default());
        Some((it, text, caret))
    };
    let check = move || {
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        set_timeout(
            move || {
                if turn.try_get_value() != Some(mine) {
                    return;
                }
                let Some((_, text, _)) = read() else { return };
                if text.trim().is_empty() {
                    parsed.set(None);
                    return;
                }
                let with = tried.and_then(|it| it.with(with.get_untracked()));
                spawn_local(async move {
                    if let Ok(it) =
                        rules::call::<_, Parsed>("expr.check", &json!({ "source": text, "with": with })).await
                    {
                        parsed.try_set(Some(it));
                    }
                });
            },
            Duration::from_millis(250),
        );
    };
    // With another record it is tried again.
    Effect::new(move |before: Option<usize>| {
        let now = with.get();
        if before.is_some_and(|it| it != now) {
            check();
        }
        now
    });
    let look = move || {
        let Some((_, text, caret)) = read() else { return };
        let (from, part) = begun(&text, caret);
        let part = part.to_lowercase();
        let waits = waits(&text[..from]);
        let all = names.with_value(|names| untrack(names));
        let fits = |it: &&Name| match part.is_empty() {
            true => waits,
            false => it.text.to_lowercase().contains(&part) || it.title.to_lowercase().contains(&part),
        };
        let done = |it: &&Name| it.text.to_lowercase() != part;
        offered.set(all.iter().filter(fits).filter(done).take(MOST).cloned().collect());
        at.set(0);
        check();
    };
    let take = move |name: &Name| {
        let Some((it, text, caret)) = read() else { return };
        let (from, _) = begun(&text, caret);
        let now = format!("{}{}{}", &text[..from], name.text, &text[caret..]);
        it.set_value(&now);
        let place = now[..from + name.text.len()].encode_utf16().count() as u32;
        let _ = it.set_selection_range(place, place);
        let _ = it.focus();
        offered.set(Vec::new());
        check();
    };
    let keys = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        let count = offered.with_untracked(Vec::len);
        if event.is_composing() || count == 0 {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => {
                event.prevent_default();
                at.update(|it| *it = (*it + 1) % count);
            }
            "ArrowUp" => {
                event.prevent_default();
                at.update(|it| *it = (*it + count - 1) % count);
            }
            "Enter" | "Tab" => {
                event.prevent_default();
                if let Some(it) = offered.with_untracked(|it| it.get(at.get_untracked()).cloned()) {
                    take(&it);
                }
            }
            "Escape" => offered.set(Vec::new()),
            _ => (),
        }
    };
    // A value is told where there is a record to try it with.
    let there = Memo::new(move |_| {
        let valued = |it: &Parsed| it.ok && it.is_tried();
        parsed.with(|it| it.as_ref().is_some_and(valued))
    });
    let change = move |_| {
        offered.set(Vec::new());
        let Some((_, text, _)) = read() else { return };
        if text != value.get_untracked() {
            commit.with_value(|commit| commit(text));
        }
    };
    let line = move || {
        let tried = tried.filter(|_| there.get())?;
        Some(tried::line(tried, with, parsed))
    };
    let input = view! {
        <span class="expression">
            <textarea class="input mono" rows="2" spellcheck="false" autocomplete="off" node_ref=input prop:value=move || value.get()
                aria-autocomplete="list" aria-invalid=move || fault.get().to_string()
                on:input=move |_| look() on:focus=move |_| look() on:keydown=keys on:blur=change></textarea>
            {move || {
                let names = offered.get();
                (!names.is_empty()).then(|| view! {
                    <ul class="completions" role="listbox" aria-label=OFFERED.get()>
                        {names.into_iter().enumerate().map(|(index, it)| {
                            let (text, title) = (it.text.clone(), it.title.clone());
                            view! {
                                <li role="option" aria-selected=move || (at.get() == index).to_string()
                                    on:pointerdown=move |event| { event.prevent_default(); take(&it); }>
                                    <code>{text}</code><small>{title}</small>
                                </li>
                            }
                        }).collect_view()}
                    </ul>
                })
            }}
            {move || fault.get().then(|| view! { <span class="prop-fault" role="alert">{move || parsed.with(|it| it.as_ref().map(tried::misread))}</span> })}
        </span>
    }
    .into_any();
    // Not within its label: that would be called by what it gives.
    match label {
        Some(label) => view! { {row(label, input)}{line} }.into_any(),
        None => view! { {input}{line} }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_before_the_caret_is_what_is_completed() {
        assert_eq!(begun("data.am > 3", 7), (0, "data.am"));
        assert_eq!(begun("a == data.", 10), (5, "data."));
        assert_eq!(begun("", 0), (0, ""));
        assert_eq!(bytes("客a", 1), 3);
    }
}
