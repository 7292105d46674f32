//! Choices: radio buttons for a few, the browser's own list for more, boxes for several, a switch for yes and no.

use leptos::prelude::*;
use serde_json::Value;

use super::Input;
use crate::app::app;
use crate::module::{Pick, plain};
use crate::text;

/// Few enough, or asked for.
pub fn as_radio(options: &[Pick], wanted: Option<&str>) -> bool {
    match wanted {
        Some("radio") => true,
        Some("select") => false,
        _ => options.len() <= 3,
    }
}

fn title(input: Input, option: &Pick) -> String {
    let path = input.path.get_value();
    input.form.module.with_value(|it| it.option_title(&path, option, app().lang.get()))
}

pub fn one(input: Input, options: Vec<Pick>, wanted: Option<&str>) -> AnyView {
    if as_radio(&options, wanted) && !input.compact {
        return radio(input, options);
    }
    let now = move || plain(&input.value.get());
    let items = options
        .into_iter()
        .map(move |it| {
            let value = it.value.clone();
            let chosen = {
                let value = value.clone();
                move || now() == value
            };
            view! { <option value=value prop:selected=chosen>{move || title(input, &it)}</option> }
        })
        .collect_view();
    view! {
        <select class="input" id=input.id.get_value() aria-label=input.aria_label() aria-invalid=input.aria_invalid()
            aria-describedby=input.aria_describedby() aria-required=input.aria_required() disabled=move || input.readonly.get()
            on:change=move |event| {
                let value = event_target_value(&event);
                input.set.run(if value.is_empty() { Value::Null } else { Value::String(value) });
            }
            on:blur=move |_| input.leave()>
            <option value="" prop:selected=move || now().is_empty()>{text::CHOOSE.get()}</option>
            {items}
        </select>
    }
    .into_any()
}

fn radio(input: Input, options: Vec<Pick>) -> AnyView {
    let name = input.id.get_value();
    let now = move || plain(&input.value.get());
    let items = options.into_iter().enumerate().map(|(index, it)| {
        let value = it.value.clone();
        let chosen = { let value = value.clone(); move || now() == value };
        // The first button takes the focus when a fault leads here.
        let id = if index == 0 { name.clone() } else { format!("{name}-{index}") };
        view! {
            <label class="option">
                <input type="radio" id=id name=name.clone() value=value.clone() prop:checked=chosen disabled=move || input.readonly.get()
                    aria-describedby=input.aria_describedby()
                    on:change=move |_| input.set.run(Value::String(value.clone())) on:blur=move |_| input.leave()/>
                {move || title(input, &it)}
            </label>
        }
    }).collect_view();
    view! { <div class="options">{items}</div> }.into_any()
}

pub fn many(input: Input, options: Vec<Pick>) -> AnyView {
    let name = input.id.get_value();
    let now = move || input.value.get().as_array().cloned().unwrap_or_default();
    let order: Vec<String> = options.iter().map(|it| it.value.clone()).collect();
    let order = StoredValue::new(order);
    let items = options.into_iter().enumerate().map(|(index, it)| {
        let value = it.value.clone();
        let chosen = { let value = value.clone(); move || now().iter().any(|it| plain(it) == value) };
        let id = if index == 0 { name.clone() } else { format!("{name}-{index}") };
        view! {
            <label class="option">
                <input type="checkbox" id=id prop:checked=chosen disabled=move || input.readonly.get()
                    on:change=move |event| {
                        let mut list: Vec<String> = input.value.get_untracked().as_array().into_iter().flatten().map(plain).collect();
                        list.retain(|it| *it != value);
                        if event_target_checked(&event) {
                            list.push(value.clone());
                        }
                        order.with_value(|order| list.sort_by_key(|it| order.iter().position(|other| other == it)));
                        input.set.run(Value::from(list));
                    }
                    on:blur=move |_| input.leave()/>
                {move || title(input, &it)}
            </label>
        }
    }).collect_view();
    view! { <div class="options">{items}</div> }.into_any()
}

pub fn switch(input: Input) -> AnyView {
    let now = move || input.value.get() == Value::Bool(true);
    view! {
        <span class="switch">
            <input type="checkbox" role="switch" id=input.id.get_value() prop:checked=now disabled=move || input.readonly.get()
                aria-label=input.aria_label() aria-invalid=input.aria_invalid() aria-describedby=input.aria_describedby()
                on:change=move |event| input.set.run(Value::Bool(event_target_checked(&event))) on:blur=move |_| input.leave()/>
            <span aria-hidden="true">{move || if now() { text::YES.read() } else { text::NO.read() }}</span>
        </span>
    }
    .into_any()
}
