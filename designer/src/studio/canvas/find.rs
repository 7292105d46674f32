//! Finding elements by name, type or id; what is found is selected and shown.

use leptos::{ev, html, prelude::*};
use runtime::model::flow::Element;
use serde_json::Value;

use super::{Canvas, words};
use crate::app::app;

/// Hits shown at most.
const MOST: usize = 12;

/// What of an element's properties has these words in it.
fn within(it: &Element, wanted: &str) -> Option<String> {
    fn texts(it: &Value, wanted: &str) -> Option<String> {
        match it {
            Value::String(it) => it.to_lowercase().contains(wanted).then(|| it.chars().take(40).collect()),
            Value::Array(list) => list.iter().find_map(|it| texts(it, wanted)),
            Value::Object(members) => members.values().find_map(|it| texts(it, wanted)),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }
    // What lies inside a subprocess is found by itself.
    let mut own = serde_json::to_value(it).ok()?;
    own.as_object_mut()?.remove("flowElements");
    texts(&own, wanted)
}

/// The search over the board.
#[component]
pub fn Find(canvas: Canvas) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(it) = input.get() {
            let _ = it.focus();
            it.select();
        }
    });
    let found = Memo::new(move |_| {
        let wanted = wanted.get().trim().to_lowercase();
        if wanted.is_empty() || !canvas.finding.get() {
            return Vec::new();
        }
        let lang = app().lang.get();
        let texts = canvas.desk.document.with(|it| it.texts(lang.tag()));
        let key = canvas.key.get_value();
        canvas
            .flow(|flow| {
                flow.all()
                    .into_iter()
                    .filter_map(|it| {
                        let kind = edit::kind::Kind::of(&it.kind)?;
                        let name = texts.get(&format!("node/{key}/{}", it.id)).unwrap_or(&it.name).clone();
                        let name = match &it.kind {
                            runtime::model::flow::ElementKind::TextAnnotation { text } => text.clone(),
                            _ => name,
                        };
                        let kind = words::kind(kind).of(lang);
                        let all = format!("{name}\n{kind}\n{}\n{}", it.id, it.documentation).to_lowercase();
                        // What it is called before what stands in its properties: who does it, conditions, texts.
                        let found = all.contains(&wanted).then_some(None);
                        let found = found.or_else(|| within(it, &wanted).map(Some))?;
                        Some((it.id.0.clone(), name, kind, found))
                    })
                    .collect::<Vec<_>>()
            })
            .map(|mut all| {
                all.sort_by_key(|it| it.3.is_some());
                all.truncate(MOST);
                all
            })
            .unwrap_or_default()
    });
    let go = move |index: usize| {
        if let Some((id, ..)) = found.with_untracked(|it| it.get(index).cloned()) {
            at.set(index);
            canvas.select_one(&id);
            canvas.show(&id);
        }
    };
    let close = move || {
        canvas.finding.set(false);
        canvas.take_keys();
    };
    let keys = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        if event.is_composing() {
            return;
        }
        let count = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "Escape" => close(),
            "Enter" => {
                event.prevent_default();
                go(at.get_untracked());
                close();
            }
            "ArrowDown" if count > 0 => {
                event.prevent_default();
                go((at.get_untracked() + 1) % count);
            }
            "ArrowUp" if count > 0 => {
                event.prevent_default();
                go((at.get_untracked() + count - 1) % count);
            }
            _ => (),
        }
    };
    move || {
        canvas.finding.get().then(|| {
            view! {
                <div class="board-find" role="search" on:pointerdown=|event| event.stop_propagation() on:keydown=keys>
                    <input class="input small" type="search" node_ref=input aria-label=words::FIND.get() placeholder=words::FIND_WHAT.get()
                        prop:value=move || wanted.get()
                        on:input=move |event| {
                            wanted.set(event_target_value(&event));
                            at.set(0);
                            go(0);
                        }/>
                    <ul class="found">
                        {move || {
                            let hits = found.get();
                            if hits.is_empty() && !wanted.get().trim().is_empty() {
                                return view! { <li class="faint">{words::FOUND_NONE.get()}</li> }.into_any();
                            }
                            hits.into_iter().enumerate().map(|(index, (_, name, kind, found))| view! {
                                <li><button type="button" class="menu-item" class:chosen=move || at.get() == index on:click=move |_| go(index)>
                                    <span class="grow">{if name.is_empty() { kind.to_owned() } else { name }}</span><small class="faint">{found.unwrap_or_else(|| kind.to_owned())}</small>
                                </button></li>
                            }).collect_view().into_any()
                        }}
                    </ul>
                </div>
            }
        })
    }
}
