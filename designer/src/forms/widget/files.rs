//! Attached files: chosen with a button or dropped, sent at once with their progress, listed with a way to take each out
//! again. The field holds their ids; what they are called is known to the form's labels.

use js_sys::Reflect;
use leptos::{html, prelude::*, task::spawn_local};
use runtime::form::FileRule;
use runtime::form::file_rule::FileFault;
use runtime::limits::FIELD_FILES;
use serde_json::Value;
use wasm_bindgen::JsValue;

use super::Input;
use crate::module::{Field, plain};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::ui::upload::{self, Chosen, Upload};
use crate::{api, nav, text};

/// A file that is not there yet, or could not be taken.
#[derive(Clone)]
struct Going {
    number: u64,
    name: String,
    /// Share that has arrived.
    progress: RwSignal<f64>,
    fault: RwSignal<Option<String>>,
    upload: StoredValue<Option<Upload>, LocalStorage>,
}

pub fn files(input: Input, field: &Field, many: bool) -> AnyView {
    let rule = FileRule::of(&field.schema);
    let most = if many {
        field.schema.get("maxItems").and_then(Value::as_u64).map_or(FIELD_FILES, |it| it as usize).min(FIELD_FILES)
    } else {
        1
    };
    let going = RwSignal::new(Vec::<Going>::new());
    let said = RwSignal::new(String::new());
    let over = RwSignal::new(false);
    let count = StoredValue::new(0u64);
    let picker = NodeRef::<html::Input>::new();
    let form = input.form;
    let ids = move || ids(&input.value.get());
    let now = move || untrack(ids);
    let name = move |id: &str| form.labels.with(|it| it.get(id).cloned()).unwrap_or_else(|| id.to_owned());
    let put = move |ids: Vec<String>| {
        input.set.run(if many { Value::from(ids) } else { ids.into_iter().next().map_or(Value::Null, Value::String) })
    };
    let accept = rule.accept.join(",");
    let rule = StoredValue::new(rule);
    let begin = move |it: Chosen| {
        count.update_value(|it| *it += 1);
        let one = Going {
            number: count.get_value(),
            name: it.name.clone(),
            progress: RwSignal::new(0.0),
            fault: RwSignal::new(None),
            upload: StoredValue::new_local(None),
        };
        let number = one.number;
        let (progress, fault, upload) = (one.progress, one.fault, one.upload);
        let under_way =
            going.with_untracked(|it| it.iter().filter(|it| it.fault.with_untracked(Option::is_none)).count());
        going.update(|it| it.push(one));
        if many && now().len() + under_way >= most {
            fault.set(Some(text::FAULT_MAX_ITEMS.fill_now(&[&most.to_string()])));
            return;
        }
        if let Err(why) = rule.with_value(|rule| rule.takes(&it.name, &it.media, it.size)) {
            fault.set(Some(refusal(why, rule)));
            return;
        }
        form.sending.update(|it| *it += 1);
        let done = Callback::new(move |answer: Result<::api::file::FileInfo, ::api::Problem>| {
            // The form may be gone by now; then nobody counts any more.
            if form.sending.try_update(|it| *it = it.saturating_sub(1)).is_none() {
                return;
            }
            // Given up: it is not on the list any more.
            if !going.with_untracked(|it| it.iter().any(|it| it.number == number)) {
                return;
            }
            match answer {
                Ok(info) => {
                    going.update(|it| it.retain(|it| it.number != number));
                    form.labels.update(|it| {
                        it.insert(info.id.clone(), info.label.clone());
                    });
                    let mut list = if many { now() } else { Vec::new() };
                    list.push(info.id);
                    put(list);
                    said.set(text::FILE_ARRIVED.fill_now(&[&info.name]));
                }
                Err(why) => fault.set(Some(problem::sentence(&why))),
            }
        });
        upload.set_value(upload::send(
            &it,
            Callback::new(move |share| {
                progress.try_set(share);
            }),
            done,
        ));
    };
    let take = move |list: Vec<Chosen>| {
        let list = if many { list } else { list.into_iter().take(1).collect() };
        list.into_iter().for_each(begin);
        input.leave();
    };
    let remove = move |id: String| {
        let left: Vec<String> = now().into_iter().filter(|it| *it != id).collect();
        put(left);
        let stored = form
            .old
            .with_untracked(|it| it.as_ref().is_some_and(|it| it.values().any(|it| self::ids(it).contains(&id))));
        if !stored {
            // It is in no record: nobody else needs it.
            spawn_local(async move {
                let _ = api::delete(&format!("/api/files/{}", nav::encode(&id))).await;
            });
        }
        crate::shell::focus(&input.id.get_value());
    };
    let give_up = move |number: u64| {
        let gone = going.with_untracked(|it| it.iter().find(|it| it.number == number).cloned());
        going.update(|it| it.retain(|it| it.number != number));
        if let Some(upload) = gone.and_then(|it| it.upload.get_value()) {
            upload.abort();
        }
        crate::shell::focus(&input.id.get_value());
    };
    on_cleanup(move || {
        for it in going.try_get_untracked().unwrap_or_default() {
            if let Some(Some(upload)) = it.upload.try_get_value() {
                upload.abort();
            }
        }
    });
    let full = move || !many && !ids().is_empty();
    view! {
        <div class="files" class:over=move || over.get()
            on:dragover=move |event| { event.prevent_default(); if !over.get_untracked() { over.set(true) } }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                let event: &JsValue = event.as_ref();
                take(upload::dropped(event));
            }>
            <ul class="files-list">
                {move || ids().into_iter().map(|id| {
                    let words = name(&id);
                    let says = words.clone();
                    let gone = id.clone();
                    view! {
                        <li class="files-item">{icon("file")}
                            <a class="grow clip" href=format!("/api/files/{id}") download="">{words}</a>
                            <button type="button" class="button plain small icon-only" aria-label=move || text::REMOVE_OF.fill(&[&says])
                                on:click=move |_| remove(gone.clone())>{icon("x")}</button></li>
                    }
                }).collect_view()}
                <For each=move || going.get() key=|it| it.number let:it>
                    {
                        let (number, progress, fault) = (it.number, it.progress, it.fault);
                        let (says, shown) = (it.name.clone(), it.name.clone());
                        let percent = move || format!("{:.0}", progress.get() * 100.0);
                        view! {
                            <li class="files-item" class:bad=move || fault.with(Option::is_some)>{icon("file")}
                                <div class="grow">
                                    <span class="clip">{it.name.clone()}</span>
                                    {move || match fault.get() {
                                        Some(why) => view! { <p class="field-fault" role="alert">{why}</p> }.into_any(),
                                        None => view! { <progress max="100" prop:value=percent aria-label=shown.clone()>{percent}"%"</progress> }.into_any(),
                                    }}
                                </div>
                                <button type="button" class="button plain small icon-only" aria-label=move || text::REMOVE_OF.fill(&[&says])
                                    on:click=move |_| give_up(number)>{icon("x")}</button></li>
                        }
                    }
                </For>
            </ul>
            <div class="files-drop" hidden=full>
                <button type="button" class="button small" id=input.id.get_value() aria-describedby=input.aria_describedby()
                    on:click=move |_| if let Some(it) = picker.get_untracked() { it.click() }>{icon("clip")}{if many { text::CHOOSE_FILES.get() } else { text::CHOOSE_FILE.get() }}</button>
                <span class="faint">{text::DROP_FILES.get()}</span>
            </div>
            <input type="file" class="files-picker" node_ref=picker multiple=many accept=accept tabindex="-1" aria-hidden="true"
                on:change=move |_| if let Some(it) = picker.get_untracked() {
                    let element: &JsValue = it.as_ref();
                    let list = upload::chosen(element);
                    take(list);
                    // The same file can be chosen again after it was removed.
                    let _ = Reflect::set(element, &"value".into(), &"".into());
                }/>
            <p class="sr" aria-live="polite">{said}</p>
        </div>
    }
    .into_any()
}

/// Ids in the value of a field.
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(plain).collect(),
        Value::String(one) if !one.is_empty() => vec![one.clone()],
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn refusal(why: FileFault, rule: StoredValue<FileRule>) -> String {
    match why {
        FileFault::Size => text::FAULT_FILE_SIZE.fill_now(&[&megabytes(rule.with_value(FileRule::most_bytes))]),
        FileFault::Type => text::FAULT_FILE_TYPE.fill_now(&[&rule.with_value(|it| it.accept.join(", "))]),
    }
}

/// Bytes as whole or halved megabytes.
pub fn megabytes(bytes: u64) -> String {
    let it = bytes as f64 / 1_048_576.0;
    if it >= 10.0 || it.fract() == 0.0 { format!("{it:.0} MB") } else { format!("{it:.1} MB") }
}
