//! A list of short texts as chips: what is typed becomes one with Enter or a comma, and several at once when pasted.

use leptos::{ev, html, prelude::*};
use serde_json::Value;

use super::Input;
use super::text_input::composing;
use crate::module::{Field, plain};
use crate::text;
use crate::ui::icon::icon;

/// What stands between several.
const BETWEEN: [char; 6] = [',', '，', '、', ';', '；', '\n'];

pub fn tags(input: Input, field: &Field) -> AnyView {
    let longest =
        field.schema.pointer("/items/maxLength").and_then(Value::as_u64).unwrap_or(runtime::limits::TAG_CHARS) as usize;
    let node = NodeRef::<html::Input>::new();
    let list = move || match input.value.get() {
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>(),
        other => Some(plain(&other)).filter(|it| !it.is_empty()).into_iter().collect(),
    };
    let add = move |typed: &str| {
        let mut all = untrack(list);
        for it in typed.split(BETWEEN).map(str::trim).filter(|it| !it.is_empty()) {
            let it: String = it.chars().take(longest).collect();
            if !all.contains(&it) {
                all.push(it);
            }
        }
        input.set.run(Value::from(all));
        if let Some(node) = node.get_untracked() {
            node.set_value("");
        }
    };
    let drop = move |gone: &str| {
        let left: Vec<String> = untrack(list).into_iter().filter(|it| it != gone).collect();
        input.set.run(Value::from(left));
        if let Some(node) = node.get_untracked() {
            let _ = node.focus();
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        let typed = node.get_untracked().map(|it| it.value()).unwrap_or_default();
        match event.key().as_str() {
            _ if event.is_composing() || event.ctrl_key() || event.meta_key() => {}
            "Enter" if !typed.trim().is_empty() => {
                event.prevent_default();
                add(&typed);
            }
            "Backspace" if typed.is_empty() => {
                if let Some(last) = untrack(list).last() {
                    drop(last);
                }
            }
            _ => {}
        }
    };
    let chip = move |it: String| {
        let says = text::REMOVE_OF.fill(&[&it]);
        let own = it.clone();
        view! {
            <span class="chip"><span class="chip-words">{it}</span>
                <button type="button" class="chip-x" aria-label=says hidden=move || input.readonly.get() on:click=move |_| drop(&own)>{icon("x")}</button></span>
        }
    };
    view! {
        <div class="stack tight">
            <div class="row wrap" hidden=move || list().is_empty()>{move || list().into_iter().map(chip).collect_view()}</div>
            <input class="input" id=input.id.get_value() node_ref=node type="text" autocomplete="off" placeholder=text::TAGS_HOW.get()
                aria-label=input.aria_label() aria-invalid=input.aria_invalid() aria-describedby=input.aria_describedby()
                aria-required=input.aria_required() readonly=move || input.readonly.get() on:keydown=keys
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    if !composing(&event) && typed.contains(BETWEEN) {
                        add(&typed);
                    }
                }
                on:blur=move |_| {
                    // What was typed and not ended is meant all the same.
                    if let Some(typed) = node.get_untracked().map(|it| it.value()).filter(|it| !it.trim().is_empty()) {
                        add(&typed);
                    }
                    input.leave();
                }/>
        </div>
    }
    .into_any()
}
