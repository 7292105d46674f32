//! Finding elements, lines, lanes and pools by name, type, id or what stands in their properties; what is found is selected and
//! shown.

use edit::kind::Kind;
use edit::tree::Line;
use leptos::{ev, html, prelude::*};
use runtime::model::flow::{Element, ElementKind};
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
            // What was looked for before is there still, to be typed over.
            it.set_value(&wanted.get_untracked());
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
                // What it is called before what stands in its properties: who does it, conditions, texts.
                let hit =
                    |id: &str, name: String, kind: &'static str, more: &str, inner: &dyn Fn() -> Option<String>| {
                        let all = format!("{name}\n{kind}\n{id}\n{more}").to_lowercase();
                        let found = all.contains(&wanted).then_some(None).or_else(|| inner().map(Some))?;
                        Some((id.to_owned(), name, kind, found))
                    };
                let elements = flow.all().into_iter().filter_map(|it| {
                    let line = matches!(it.kind, ElementKind::SequenceFlow { .. }).then(|| words::line(Line::Sequence));
                    let kind = Kind::of(&it.kind).map(words::kind).or(line)?.of(lang);
                    let name = match &it.kind {
                        ElementKind::TextAnnotation { text } => text.clone(),
                        _ => texts.get(&format!("node/{key}/{}", it.id)).unwrap_or(&it.name).clone(),
                    };
                    hit(it.id.as_str(), name, kind, &it.documentation, &|| within(it, &wanted))
                });
                let lanes = flow.lanes.iter().filter_map(|it| {
                    let role = it.role.as_ref().filter(|it| it.as_str().contains(&wanted));
                    hit(&it.id, it.name.clone(), words::kind(Kind::Lane).of(lang), "", &|| role.map(|it| it.0.clone()))
                });
                let pools = flow
                    .collaboration
                    .iter()
                    .flat_map(|it| &it.participants)
                    .filter_map(|it| hit(&it.id, it.name.clone(), words::kind(Kind::Pool).of(lang), "", &|| None));
                elements.chain(lanes).chain(pools).collect::<Vec<_>>()
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
