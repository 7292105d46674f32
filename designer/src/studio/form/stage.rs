//! The form being designed: sections of fields on 12 columns, on pages where the form has some. Fields are chosen by click or
//! Tab, several with Ctrl or Shift; moved by dragging or Alt+arrows, made wider and narrower by `[` and `]`, renamed by F2,
//! doubled by Ctrl+D, copied and pasted. What is typed looks for a type of field.

use edit::FormEdit;
use edit::edit::Spot;
use edit::field::FieldKind;
use edit::tree;
use leptos::{ev, html, prelude::*};
use runtime::alert::Severity;
use runtime::model::view::{FormView, Item, Page, Section};
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::carry::{self, Carry};
use super::{Load, Sheet, clipboard, pages, side, words as own};
use crate::app::{Tone, app};
use crate::studio::words;
use crate::ui::icon::icon;

/// The sheet.
#[component]
pub fn Stage(sheet: Sheet) -> impl IntoView {
    // Drawn anew when something it shows has changed; choosing a field changes only classes.
    let shown = Memo::new(move |_| {
        let lang = app().lang.get();
        let module = sheet.module.get_value();
        let read = sheet.desk.document.with(|it| (it.schema(&module).cloned(), it.texts(lang.tag())));
        (sheet.form(), read, lang)
    });
    carry::scroll_at_edges(sheet);
    view! {
        <div class="form-stage">
            {carry::shown(sheet)}
            <div class="form-sheet">
                {move || {
                    let (form, ..) = shown.get();
                    untrack(|| sections(sheet, form))
                }}
                <div class="sheet-tools">
                    <button type="button" class="button" on:click=move |_| add_section(sheet)>{icon("plus")}{words::ADD_SECTION.get()}</button>
                    {pages::divide(sheet)}
                </div>
            </div>
        </div>
    }
}

/// The sections, those of a page under its title.
fn sections(sheet: Sheet, form: FormView) -> AnyView {
    let Some(pages) = form.pages.clone() else {
        return form.sections.into_iter().enumerate().map(|(at, it)| section(sheet, at, it)).collect_view().into_any();
    };
    let last = pages.list.len() == 1;
    let page = |(at, page): (usize, &Page)| {
        let on = form.sections.iter().enumerate().filter(|it| form.page_of(it.1) == Some(page));
        let inside = on.map(|(at, it)| section(sheet, at, it.clone())).collect_view();
        view! { {pages::head(sheet, at, page, last)}{inside} }
    };
    pages.list.iter().enumerate().map(page).collect_view().into_any()
}

/// A section below the selected one, on the same page.
pub fn add_section(sheet: Sheet) {
    let view = sheet.view.get_untracked();
    let (at, page) = untrack(|| {
        let form = sheet.form();
        let spot = sheet.next_spot();
        let chosen = sheet.selected().is_some().then(|| form.sections.get(spot.section)).flatten();
        match chosen {
            Some(it) => (spot.section + 1, it.page.clone()),
            None => (form.sections.len(), form.sections.last().and_then(|it| it.page.clone())),
        }
    });
    let title = words::NEW_SECTION.now().to_owned();
    sheet.edit_then(FormEdit::AddSection { view: view.clone(), title, at }, move || {
        if let Some(mut it) = untrack(|| sheet.form().sections.get(at).cloned())
            && page.is_some()
        {
            it.page = page;
            sheet.edit(FormEdit::Section { view, section: at, to: Box::new(it) });
        }
        sheet.select(&format!("section:{at}"));
    });
}

fn section(sheet: Sheet, at: usize, it: Section) -> impl IntoView + use<> {
    let name = format!("section:{at}");
    let chosen = {
        let name = name.clone();
        move || sheet.is_chosen(&name)
    };
    let address = format!("section/{}/{}/{}", sheet.module.get_value(), sheet.view.get_untracked(), it.id);
    let title = sheet.desk.document.with(|document| sheet.desk.words(document, &address, &it.title));
    let rename = move |event: ev::Event| {
        let title = event_target_value(&event);
        let own = FormEdit::RenameSection { view: sheet.view.get_untracked(), section: at, title: title.clone() };
        sheet.name(own, &address, &title);
    };
    let (empty, count) = (it.fields.is_empty(), it.fields.len());
    let aimed = move || {
        sheet.dragging.with(|it| it.as_ref().is_some_and(|it| it.to == Some(Spot { section: at, index: count })))
    };
    let fields = it
        .fields
        .into_iter()
        .enumerate()
        .map(|(index, item)| card(sheet, Spot { section: at, index }, item))
        .collect_view();
    let several = move || sheet.form().sections.len() > 1;
    view! {
        <section class="form-section" class:selected=chosen data-section=at.to_string()>
            <header>
                <input class="input" type="text" aria-label=words::SECTION_TITLE.get() prop:value=title on:change=rename on:focus=move |_| sheet.select(&name)/>
                {(at > 0).then(|| view! {
                    <button type="button" class="button plain icon-only small" aria-label=words::MOVE_UP.get() title=words::MOVE_UP.get() on:click=move |_| {
                        sheet.edit(FormEdit::MoveSection { view: sheet.view.get_untracked(), section: at, to: at - 1 });
                    }>{icon("up")}</button>
                })}
                {move || (at + 1 < sheet.form().sections.len()).then(|| view! {
                    <button type="button" class="button plain icon-only small" aria-label=words::MOVE_DOWN.get() title=words::MOVE_DOWN.get() on:click=move |_| {
                        sheet.edit(FormEdit::MoveSection { view: sheet.view.get_untracked(), section: at, to: at + 1 });
                    }>{icon("down")}</button>
                })}
                {move || several().then(|| view! {
                    <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() title=words::DELETE.get() on:click=move |_| {
                        sheet.edit(FormEdit::RemoveSection { view: sheet.view.get_untracked(), section: at });
                    }>{icon("trash")}</button>
                })}
            </header>
            {it.visible.clone().map(|it| view! { <p class="section-note">{icon("eye")}<code>{it}</code></p> })}
            <div class="form-grid" class:aimed=aimed>
                {fields}
                {empty.then(|| view! { <p class="form-empty">{words::EMPTY_SECTION.get()}</p> })}
            </div>
            {it.linked.clone().map(|it| {
                let title = sheet.modules().into_iter().find(|other| other.0 == it.module.0).map_or_else(|| it.module.0.clone(), |it| it.1);
                let fields = sheet.fields_of(it.module.as_str());
                let names = it.fields.iter().map(|it| fields.iter().find(|other| other.0 == it.field.0).map_or_else(|| it.field.0.clone(), |it| it.1.clone())).collect::<Vec<_>>().join(" · ");
                view! { <p class="section-note">{icon("link")}<strong>{title}</strong><span>{names}</span></p> }
            })}
        </section>
    }
}

fn card(sheet: Sheet, spot: Spot, item: Item) -> impl IntoView {
    let key = StoredValue::new(item.field.0.clone());
    let schema = sheet.field(item.field.as_str());
    let kind = schema.as_ref().map_or(FieldKind::Text, FieldKind::of);
    let required = item.required
        || sheet.desk.document.with(|it| {
            it.schema(&sheet.module.get_value()).is_some_and(|it| tree::required(it).contains(&item.field.as_str()))
        });
    let chosen = Memo::new(move |_| sheet.is_chosen(&key.get_value()));
    let label = sheet.label(item.field.as_str());
    let alert = Memo::new(move |_| {
        let prefix = format!("modules/{}/", sheet.module.get_value());
        sheet.desk.alerts.with(|it| {
            let mine = |it: &&runtime::alert::Alert| {
                it.file.starts_with(&prefix)
                    && (it.element.as_deref() == Some(key.get_value().as_str())
                        || it.pointer.starts_with(&format!("/properties/{}", key.get_value())))
            };
            it.iter().filter(mine).map(|it| it.severity).min()
        })
    });
    let class = move || {
        let aimed = sheet.dragging.with(|it| it.as_ref().is_some_and(|it| it.to == Some(spot)));
        let mut class = format!("field-card span-{}", item.span.clamp(1, 12));
        if chosen.get() {
            class.push_str(" selected");
        }
        if aimed {
            class.push_str(" drop-before");
        }
        class
    };
    let hand = Carry::of(sheet, Load::Move(key.get_value()));
    let down = move |event: ev::PointerEvent| {
        if sheet.naming.get_untracked().is_none() {
            hand.down(&event);
        }
    };
    let up = move |event: ev::PointerEvent| {
        if !hand.holds() || hand.up() {
            return;
        }
        let key = key.get_value();
        if event.ctrl_key() || event.meta_key() || sheet.several.get_untracked() {
            sheet.toggle(&key);
        } else if event.shift_key() {
            sheet.extend(&key);
        } else {
            sheet.select(&key);
        }
    };
    // A card that gets the focus by the pointer is selected by it too, and then perhaps beside others.
    let focused = move |_| {
        if !hand.holds() && !untrack(|| sheet.is_chosen(&key.get_value())) {
            sheet.select(&key.get_value());
        }
    };
    let tall = matches!(kind, FieldKind::Long | FieldKind::Rich | FieldKind::Rows);
    let inside = sample(sheet, item.field.as_str(), schema.as_ref(), &kind);
    let symbol = side::symbol(&kind);
    // Heard behind the label; what the box shows is a picture of it.
    let spoken = format!(", {}", words::field(&kind).read());
    let mark = move || {
        alert.get().map(|it: Severity| view! { <span class=format!("alert-mark {}", crate::studio::alerts::tone(it))>{icon("alert")}</span> })
    };
    view! {
        <div class=class tabindex="0" role="button" aria-pressed=move || chosen.get().to_string() data-key=key.get_value()
            data-section=spot.section.to_string() data-index=spot.index.to_string()
            data-carry="" on:focus=focused on:pointerdown=down on:pointermove=move |event| hand.moved(&event) on:pointerup=up
            on:pointercancel=move |_| hand.cancel() on:contextmenu=move |event| if hand.holds() { event.prevent_default() }
            on:dblclick=move |_| sheet.naming.set(Some(key.get_value()))>
            {move || if sheet.naming.get() == Some(key.get_value()) {
                view! { <LabelInput sheet=sheet field=key.get_value()/> }.into_any()
            } else {
                view! { <div class="field-label"><span class="card-grip" aria-hidden="true" title=own::CARRY.get()>{icon("grip")}</span><span class="words">{label.clone()}</span><span class="unseen">{spoken.clone()}</span>{required.then(|| view! { <span class="star" aria-hidden="true">"*"</span> })}{mark}</div> }.into_any()
            }}
            <div class="field-box" class:tall=tall aria-hidden="true">{icon(symbol)}<span>{inside}</span></div>
        </div>
    }
}

/// What a field's box shows while it is designed.
fn sample(sheet: Sheet, key: &str, schema: Option<&Value>, kind: &FieldKind) -> String {
    let Some(schema) = schema else {
        return String::new();
    };
    if let Some(options) = tree::options(schema) {
        let module = sheet.module.get_value();
        let title = |it: &Value| {
            let (value, own) = (it.get("const")?.as_str()?, it.get("title")?.as_str()?);
            Some(
                sheet
                    .desk
                    .document
                    .with(|document| sheet.desk.words(document, &format!("option/{module}/{key}/{value}"), own)),
            )
        };
        return options.iter().filter_map(title).collect::<Vec<_>>().join(" · ");
    }
    if let Some(columns) = tree::columns(schema) {
        return columns
            .iter()
            .map(|(key, it)| it.get("title").and_then(Value::as_str).unwrap_or(key))
            .collect::<Vec<_>>()
            .join(" | ");
    }
    words::field(kind).read().to_owned()
}

/// The label, written where it stands.
#[component]
fn LabelInput(sheet: Sheet, field: String) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let before = StoredValue::new(untrack(|| sheet.label(&field)));
    let field = StoredValue::new(field);
    Effect::new(move |_| {
        if let Some(it) = node.get() {
            // Selected as a whole: what is typed takes its place.
            if let Some(before) = before.try_get_value() {
                it.set_value(&before);
            }
            let _ = it.focus();
            it.select();
        }
    });
    let finish = move |keep: bool| {
        // A field that is taken away loses the focus once more: then there is nothing left to finish.
        let (Some(before), Some(field), Some(it)) =
            (before.try_get_value(), field.try_get_value(), node.try_get_untracked().flatten())
        else {
            return;
        };
        if sheet.naming.get_untracked().as_deref() != Some(field.as_str()) {
            return;
        }
        let text = it.value();
        sheet.naming.set(None);
        if keep && !text.trim().is_empty() && text.trim() != before {
            sheet.relabel(&field, text.trim());
        }
        focus_card(&field);
    };
    view! {
        <input class="input label-input" type="text" node_ref=node aria-label=words::LABEL.get() prop:value=before.get_value()
            on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation() on:blur=move |_| finish(true)
            on:keydown=move |event| {
                event.stop_propagation();
                if event.is_composing() {
                    return;
                }
                match event.key().as_str() {
                    "Enter" => finish(true),
                    "Escape" => finish(false),
                    _ => (),
                }
            }/>
    }
}

/// Moves focus to a field's card once it is drawn.
pub fn focus_card(field: &str) {
    let selector = format!(".field-card[data-key=\"{field}\"]");
    request_animation_frame(move || {
        if let Ok(Some(it)) = document().query_selector(&selector) {
            let _ = it.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
}

/// Keys of the whole designer, and of the selected field.
pub fn shortcuts(sheet: Sheet, event: &web_sys::KeyboardEvent) {
    if event.is_composing() {
        return;
    }
    let target = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let writing = target.as_ref().is_some_and(|it| matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
    // What was drawn anew has lost the focus to the page itself: what is selected is still meant.
    let on_card = target.as_ref().is_some_and(|it| it.class_list().contains("field-card") || it.tag_name() == "BODY");
    let command = event.ctrl_key() || event.meta_key();
    let taken = match (command, event.key().as_str()) {
        _ if writing => false,
        (true, "z" | "Z") if event.shift_key() => act(|| sheet.desk.redo()),
        (true, "z") => act(|| sheet.desk.undo()),
        (true, "y") => act(|| sheet.desk.redo()),
        (true, "d") => act(|| clipboard::duplicate(sheet)),
        (true, "a") => act(|| sheet.choose_all()),
        (false, _) if !on_card => false,
        (false, "F2") => act(|| sheet.naming.set(untrack(|| sheet.selected()))),
        (false, "Delete" | "Backspace") => act(|| take_off(sheet)),
        (false, "[") => act(|| widen(sheet, -1)),
        (false, "]") => act(|| widen(sheet, 1)),
        (false, "ArrowUp" | "ArrowLeft") if event.alt_key() => act(|| shift(sheet, -1)),
        (false, "ArrowDown" | "ArrowRight") if event.alt_key() => act(|| shift(sheet, 1)),
        (false, "ArrowUp" | "ArrowLeft") => act(|| walk(sheet, -1, event.shift_key())),
        (false, "ArrowDown" | "ArrowRight") => act(|| walk(sheet, 1, event.shift_key())),
        (false, "Escape") => act(|| {
            if let Some(it) = untrack(|| sheet.selected()) {
                sheet.select(&it);
            }
        }),
        // What is typed looks for a type of field to add.
        (false, it) if !event.alt_key() && it.chars().count() == 1 && it.chars().all(char::is_alphanumeric) => {
            side::look_for(it);
            true
        }
        _ => false,
    };
    if taken {
        event.prevent_default();
    }
}

fn act(it: impl FnOnce()) -> bool {
    it();
    true
}

/// Takes the selected fields off this form; undo brings them back.
pub fn take_off(sheet: Sheet) {
    let fields = untrack(|| sheet.chosen_fields());
    let labels = untrack(|| fields.iter().map(|it| sheet.label(it)).collect::<Vec<_>>()).join(", ");
    let view = sheet.view.get_untracked();
    let all: Vec<FormEdit> = fields.into_iter().map(|field| FormEdit::TakeOff { view: view.clone(), field }).collect();
    if !all.is_empty() {
        sheet.edit_then(FormEdit::All(all), move || app().toast(Tone::Info, words::TAKEN_OFF.fill_now(&[&labels])));
    }
}

/// Brings a field's card into view.
pub fn reveal(field: &str) {
    let selector = format!(".field-card[data-key=\"{field}\"]");
    request_animation_frame(move || {
        if let Ok(Some(it)) = document().query_selector(&selector) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            it.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// Makes the selected field wider or narrower by a column.
pub fn widen(sheet: Sheet, by: i8) {
    untrack(|| {
        let form = sheet.form();
        let view = sheet.view.get();
        let fields = sheet.chosen_fields();
        let wider = |field: &String| {
            let item = form.sections.iter().flat_map(|it| &it.fields).find(|it| it.field.as_str() == field)?;
            let span = item.span.saturating_add_signed(by).clamp(1, 12);
            Some(FormEdit::Span { view: view.clone(), field: field.clone(), span })
        };
        let all: Vec<FormEdit> = fields.iter().filter_map(wider).collect();
        if !all.is_empty() {
            sheet.edit_then(FormEdit::All(all), move || fields.first().into_iter().for_each(|it| focus_card(it)));
        }
    });
}

/// Moves the selected field by one place; over the border of a section into the next.
pub fn shift(sheet: Sheet, by: i64) {
    untrack(|| {
        let fields = sheet.chosen_fields();
        // Several move around their outer one.
        let outer = if by < 0 { fields.first() } else { fields.last() };
        let Some(field) = outer.cloned() else { return };
        let Some(at) = sheet.spot(&field) else { return };
        let form = sheet.form();
        let to = if by < 0 {
            match (at.index, at.section) {
                (0, 0) => return,
                (0, section) => Spot { section: section - 1, index: form.sections[section - 1].fields.len() },
                (index, section) => Spot { section, index: index - 1 },
            }
        } else if at.index + 1 < form.sections[at.section].fields.len() {
            Spot { section: at.section, index: at.index + 2 }
        } else if at.section + 1 < form.sections.len() {
            Spot { section: at.section + 1, index: 0 }
        } else {
            return;
        };
        sheet.put(Load::Move(field.clone()), to);
        focus_card(&field);
    });
}

fn walk(sheet: Sheet, by: i64, extend: bool) {
    untrack(|| {
        let order = sheet.order();
        let chosen = sheet.chosen_fields();
        let outer = if by < 0 { chosen.first() } else { chosen.last() };
        let here = outer.and_then(|it| order.iter().position(|other| other == it)).unwrap_or(0) as i64;
        if let Some(next) = usize::try_from(here + by).ok().and_then(|it| order.get(it)) {
            if extend {
                sheet.extend(next);
            } else {
                sheet.select(next);
            }
            focus_card(next);
        }
    });
}
