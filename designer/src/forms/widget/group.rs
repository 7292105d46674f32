//! Several values that belong together, such as an address: one object, one input per member.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{Input, widget};
use crate::app::app;
use crate::module::Field;

pub fn group(input: Input, parts: Vec<Field>) -> AnyView {
    let items = parts.into_iter().map(|part| {
        let key = part.key.clone();
        let path = format!("{}.{key}", input.path.get_value());
        let id = format!("{}-{key}", input.id.get_value());
        let label = {
            let path = path.clone();
            Signal::derive(move || input.form.module.with_value(|it| it.field_title(&path, app().lang.get())))
        };
        let value = { let key = key.clone(); Signal::derive(move || input.value.get().get(&key).cloned().unwrap_or_default()) };
        let set = Callback::new(move |it: Value| {
            let mut map = input.value.get_untracked().as_object().cloned().unwrap_or_else(Map::new);
            if it.is_null() {
                map.remove(&key);
            } else {
                map.insert(key.clone(), it);
            }
            input.set.run(if map.is_empty() { Value::Null } else { Value::Object(map) });
        });
        let part_input = Input {
            id: StoredValue::new(id.clone()),
            path: StoredValue::new(path),
            value,
            set,
            label,
            invalid: Signal::derive(|| false),
            required: Signal::derive(|| false),
            compact: false,
            ..input
        };
        let span = if part.kind.wide() || part.key == "street" { 12 } else { 6 };
        view! {
            <div class=format!("field span-{span}")><label class="field-label sub" for=id>{label}</label>{widget(part_input, &part, None)}</div>
        }
    }).collect_view();
    view! { <div class="form-grid inner" id=input.id.get_value() tabindex="-1">{items}</div> }.into_any()
}
