//! What can be put on the form: fields of the schema that it does not show yet, and new ones of every type. Click or
//! Enter adds behind the selection, dragging puts it where it is dropped.

use edit::field::FieldKind;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::carry::Carry;
use super::{Load, Sheet, outline, stage, words as own};
use crate::app::app;
use crate::studio::words;
use crate::ui::icon::icon;

/// The lists.
#[component]
pub fn Side(sheet: Sheet) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let unplaced = move || {
        let form = sheet.form();
        let shown = |key: &str| form.sections.iter().any(|it| it.fields.iter().any(|it| it.field.as_str() == key));
        sheet.keys().into_iter().filter(|it| !shown(it)).collect::<Vec<_>>()
    };
    let kinds = move || {
        let (wanted, lang) = (wanted.get().trim().to_lowercase(), app().lang.get());
        // What is called just so comes first: "number" is no "whole number".
        let rank = |it: &FieldKind| {
            let name = words::field(it).of(lang).to_lowercase();
            match () {
                () if name == wanted || it.word() == wanted => Some(0),
                () if name.starts_with(&wanted) => Some(1),
                () if name.contains(&wanted) || it.word().contains(&wanted) => Some(2),
                () => None,
            }
        };
        let mut found: Vec<_> =
            FieldKind::palette().into_iter().filter_map(|it| rank(&it).map(|rank| (rank, it))).collect();
        if !wanted.is_empty() {
            found.sort_by_key(|it| it.0);
        }
        found.into_iter().map(|it| it.1).collect::<Vec<_>>()
    };
    view! {
        <div class="side-add">
        <h2 class="side-title">{words::FIELD_TYPES.get()}</h2>
        <input class="input small" type="search" id=FINDER aria-label=own::TYPE_TO_ADD.get() placeholder=own::TYPE_TO_ADD.get()
            prop:value=move || wanted.get() on:input=move |event| wanted.set(event_target_value(&event))
            on:keydown=move |event| {
                if event.is_composing() {
                    return;
                }
                // Enter adds the first that fits, Escape goes back to the sheet.
                match event.key().as_str() {
                    "Enter" => {
                        event.prevent_default();
                        if let Some(kind) = untrack(kinds).into_iter().next() {
                            wanted.set(String::new());
                            sheet.put(Load::New(kind), sheet.next_spot());
                            sheet.panel.set(None);
                        }
                    }
                    "Escape" => {
                        wanted.set(String::new());
                        if let Some(it) = untrack(|| sheet.selected()) {
                            stage::focus_card(&it);
                        }
                    }
                    _ => (),
                }
            }/>
        <ul class="node-list" class:short=move || wanted.with(String::is_empty)>
            {move || kinds().into_iter().map(|kind| {
                let words = words::field(&kind);
                view! { <li><Entry sheet=sheet symbol=symbol(&kind) load=Load::New(kind) label=Signal::derive(move || words.read().to_owned())/></li> }
            }).collect_view()}
        </ul>
        {move || {
            let list = unplaced();
            (!list.is_empty()).then(|| view! {
                <h2 class="side-title">{words::NOT_PLACED.get()}</h2>
                <ul class="node-list">
                    {list.into_iter().map(|key| {
                        let name = key.clone();
                        let kind = sheet.field(&key).map(|it| FieldKind::of(&it)).unwrap_or(FieldKind::Text);
                        view! { <li><Entry sheet=sheet symbol=symbol(&kind) load=Load::Place(key) label=Signal::derive(move || sheet.label(&name))/></li> }
                    }).collect_view()}
                </ul>
            })
        }}
        </div>
        <div class="side-outline">
            <h2 class="side-title">{own::OUTLINE.get()}</h2>
            <outline::Outline sheet=sheet/>
        </div>
    }
}

/// The input that looks for a type.
const FINDER: &str = "form-finder";

/// Begins to look for a type of field.
pub fn look_for(text: &str) {
    let found = document().get_element_by_id(FINDER);
    if let Some(it) = found.and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        let _ = it.focus();
        it.set_value(text);
        if let Ok(event) = web_sys::Event::new("input") {
            let _ = it.dispatch_event(&event);
        }
    }
}

/// The icon of a type.
pub fn symbol(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text | FieldKind::Long | FieldKind::Rich => "pencil",
        FieldKind::Int | FieldKind::Decimal | FieldKind::Percent | FieldKind::Money | FieldKind::Number => "chart",
        FieldKind::Score => "star",
        FieldKind::Date | FieldKind::DateTime | FieldKind::Time => "clock",
        FieldKind::Bool => "check",
        FieldKind::Choice | FieldKind::Choices | FieldKind::Dictionary(_) | FieldKind::Tags => "list",
        FieldKind::Reference { .. } => "link",
        FieldKind::User { many: false } | FieldKind::Role => "user",
        FieldKind::User { many: true } => "users",
        FieldKind::Department { .. } => "building",
        FieldKind::Phone => "headset",
        FieldKind::Email => "inbox",
        FieldKind::Url | FieldKind::Address | FieldKind::Geo => "globe",
        FieldKind::File { .. } | FieldKind::Image => "file",
        FieldKind::Signature => "pencil",
        FieldKind::Rows => "table",
    }
}

#[component]
fn Entry(sheet: Sheet, symbol: &'static str, load: Load, label: Signal<String>) -> impl IntoView {
    let load = StoredValue::new(load);
    let word = load.with_value(|it| match it {
        Load::New(kind) => kind.word().to_owned(),
        Load::Place(key) | Load::Move(key) => key.clone(),
    });
    let hand = Carry::of(sheet, load.get_value());
    let dragged = StoredValue::new(false);
    let click = move |_| {
        if !dragged.get_value() {
            sheet.put(load.get_value(), sheet.next_spot());
        }
        dragged.set_value(false);
        sheet.panel.set(None);
    };
    view! {
        <button type="button" class="palette-item" data-field=word data-carry=""
            on:pointerdown=move |event| {
                dragged.set_value(false);
                hand.down(&event);
            }
            on:pointermove=move |event| hand.moved(&event)
            on:pointerup=move |_| {
                if hand.up() {
                    let _ = dragged.try_set_value(true);
                    sheet.panel.set(None);
                }
            }
            on:pointercancel=move |_| hand.cancel()
            on:contextmenu=move |event| if hand.holds() { event.prevent_default() }
            on:click=click>{icon(symbol)}<span>{label}</span></button>
    }
}
