//! The selected field or section: what it is called in both languages, its flags, options, limits and rules.

use edit::field::FieldKind;
use edit::{Edit, FormEdit, tree};
use leptos::prelude::*;
use runtime::model::view::Item;
use serde_json::Value;

use super::{Sheet, rules, stage};
use crate::studio::alerts::tone;
use crate::studio::desk::plain;
use crate::studio::input::{area, check, choice, group, line, row, some};
use crate::studio::say::sentence;
use crate::studio::words;
use crate::ui::icon::icon;

/// The panel.
#[component]
pub fn Properties(sheet: Sheet) -> impl IntoView {
    // Drawn anew for another field, and when the field becomes another type; otherwise only values change.
    let which = Memo::new(move |_| {
        let selected = sheet.selected()?;
        let word = sheet.field(&selected).map(|it| FieldKind::of(&it));
        Some((selected, word))
    });
    move || {
        match which.get() {
        Some((key, Some(kind))) => field(sheet, key, kind),
        Some((key, None)) if key.starts_with("section:") => {
            key.trim_start_matches("section:").parse().map_or_else(|_| ().into_any(), |at| section(sheet, at))
        }
        _ => view! { <h2 class="side-title">{words::PROPERTIES.get()}</h2><p class="faint">{words::NOTHING_CHOSEN.get()}</p> }.into_any(),
    }
    }
}

fn section(sheet: Sheet, at: usize) -> AnyView {
    let visible = move || sheet.form().sections.get(at).and_then(|it| it.visible.clone()).unwrap_or_default();
    view! {
        <h2 class="side-title">{words::SECTION.get()}</h2>
        {row(words::SECTION_VISIBLE, area(visible, true, move |it| {
            sheet.edit(FormEdit::SectionVisible { view: sheet.view.get_untracked(), section: at, expr: some(&it) });
        }))}
    }
    .into_any()
}

fn field(sheet: Sheet, key: String, kind: FieldKind) -> AnyView {
    let title = words::field(&kind);
    let key = StoredValue::new(key);
    let module = sheet.module.get_value();
    let schema = move || sheet.field(&key.get_value()).unwrap_or_default();
    let item = move || {
        let spot = sheet.spot(&key.get_value())?;
        sheet.form().sections.get(spot.section)?.fields.get(spot.index).cloned()
    };
    let language = sheet.desk.document.with_untracked(|it| it.language());
    let labels = ["zh-CN", "en"]
        .into_iter()
        .map(|tag| {
            let own = tag == language;
            let address = format!("field/{module}/{}", key.get_value());
            let at = address.clone();
            let value = move || if own { plain(schema().get("title")) } else { sheet.desk.document.with(|it| it.texts(tag).get(&at).cloned().unwrap_or_default()) };
            let commit = move |text: String| {
                if own {
                    sheet.edit(FormEdit::Retitle { field: key.get_value(), title: text });
                } else {
                    sheet.desk.edit(Edit::Text { language: tag.to_owned(), address: address.clone(), text });
                }
            };
            let name = if tag == "en" { "English" } else { "简体中文" };
            view! { <label class="prop" lang=tag><span>{move || words::LABEL_IN.fill(&[name])}</span>{line(value, false, commit)}</label> }
        })
        .collect_view();
    let alerts = move || {
        let prefix = format!("modules/{}/", sheet.module.get_value());
        let (key, pointer) = (key.get_value(), format!("/properties/{}", key.get_value()));
        sheet.desk.alerts.with(|it| {
            it.iter()
                .filter(|it| it.file.starts_with(&prefix) && (it.element.as_deref() == Some(key.as_str()) || it.pointer.starts_with(&pointer)))
                .map(|it| view! { <li class=format!("alert-line {}", tone(it.severity))>{icon("alert")}<span>{sentence(sheet.desk, it)}</span></li> })
                .collect_view()
        })
    };
    let required = move || {
        sheet.desk.document.with(|it| {
            it.schema(&sheet.module.get_value())
                .is_some_and(|it| tree::required(it).contains(&key.get_value().as_str()))
        })
    };
    let searched =
        move || schema().pointer("/x-index").is_some_and(|it| it.get("filter").is_some() || it.get("search").is_some());
    let listed = move || {
        let module = sheet.module.get_value();
        sheet.desk.document.with(|it| {
            it.views(&module).any(|(_, view)| match &view.content {
                runtime::model::view::ViewContent::List(it) => {
                    it.columns.iter().any(|it| it.field.as_str() == key.get_value())
                }
                _ => false,
            })
        })
    };
    let on_view = move |act: &dyn Fn(&mut Item)| {
        if let Some(mut it) = untrack(item) {
            act(&mut it);
            sheet.edit(FormEdit::OnView {
                view: sheet.view.get_untracked(),
                field: key.get_value(),
                readonly: it.readonly,
                required: it.required,
            });
        }
    };
    let readonly_system = schema().get("readOnly").is_some();
    let span = move || item().map_or(6, |it| it.span);
    let placed = Memo::new(move |_| item().is_some());
    let limits = limits(sheet, key, &kind);
    let options = kind.options().then(|| group(words::OPTIONS, true, options(sheet, key)));
    let columns = (kind == FieldKind::Rows).then(|| group(words::COLUMNS, true, columns(sheet, key)));
    let refers = refers(sheet, key, &kind);
    view! {
        <h2 class="side-title">{title.get()}</h2>
        <ul class="alert-lines">{alerts}</ul>
        {labels}
        {row(words::HELP, area(move || plain(schema().get("description")), false, move |help| {
            sheet.edit(FormEdit::Help { field: key.get_value(), help });
        }))}
        {refers}
        {(!readonly_system).then(|| check(words::REQUIRED, required, move |on| {
            sheet.edit(FormEdit::Require { field: key.get_value(), on });
        }))}
        {check(words::SEARCHABLE, searched, move |on| {
            sheet.edit(FormEdit::Search { field: key.get_value(), on });
        })}
        {check(words::LISTED, listed, move |on| {
            sheet.edit(FormEdit::List { field: key.get_value(), on });
        })}
        {options}
        {columns}
        {move || placed.get().then(|| view! {
            <div class="prop"><span>{move || words::WIDTH.fill(&[&span().to_string()])}</span>
                <div class="prop-row">
                    <button type="button" class="button small icon-only" aria-label=words::NARROWER.get() title=words::NARROWER.get() on:click=move |_| stage::widen(sheet, -1)>{icon("minus")}</button>
                    <button type="button" class="button small icon-only" aria-label=words::WIDER.get() title=words::WIDER.get() on:click=move |_| stage::widen(sheet, 1)>{icon("plus")}</button>
                    <button type="button" class="button small icon-only" aria-label=words::MOVE_UP.get() title=words::MOVE_UP.get() on:click=move |_| stage::shift(sheet, -1)>{icon("up")}</button>
                    <button type="button" class="button small icon-only" aria-label=words::MOVE_DOWN.get() title=words::MOVE_DOWN.get() on:click=move |_| stage::shift(sheet, 1)>{icon("down")}</button>
                </div>
            </div>
            {check(words::REQUIRED_HERE, move || item().is_some_and(|it| it.required), move |on| on_view(&|it| it.required = on))}
            {check(words::READONLY_HERE, move || item().is_some_and(|it| it.readonly), move |on| on_view(&|it| it.readonly = on))}
        })}
        {group(words::RULES, true, rules::rules(sheet, key))}
        {group(words::CHECKS, false, rules::checks(sheet, key))}
        {limits.map(|it| group(words::LIMITS, false, it))}
        <p class="prop faint"><span>{words::KEY.get()}</span><code>{key.get_value()}</code></p>
        <div class="prop-row">
            {move || placed.get().then(|| view! { <button type="button" class="button small" on:click=move |_| stage::take_off(sheet)>{words::TAKE_OFF.get()}</button> })}
            <button type="button" class="button small danger" disabled=move || !sheet.desk.may(&Edit::form(&sheet.module.get_value(), FormEdit::DeleteField { field: key.get_value() }))
                on:click=move |_| {
                    sheet.edit(FormEdit::DeleteField { field: key.get_value() });
                }>{words::DELETE_FIELD.get()}</button>
        </div>
    }
    .into_any()
}

fn refers(sheet: Sheet, key: StoredValue<String>, kind: &FieldKind) -> Option<AnyView> {
    let (label, word, offered) = match kind {
        FieldKind::Dictionary(_) => (words::DICTIONARY, "dictionary", sheet.dictionaries()),
        FieldKind::Reference { .. } => (words::REFERS_TO, "module", sheet.modules()),
        _ => return None,
    };
    let now = move || sheet.field(&key.get_value()).and_then(|it| it.get("x-ref").cloned()).unwrap_or_default();
    let commit = move |to: String| {
        let mut it = untrack(now);
        it[word] = to.into();
        sheet.edit(FormEdit::Word { field: key.get_value(), word: "x-ref".to_owned(), value: Some(it) });
    };
    Some(row(label, choice(move || plain(now().get(word)), move || offered.clone(), commit)))
}

fn limits(sheet: Sheet, key: StoredValue<String>, kind: &FieldKind) -> Option<AnyView> {
    let words: &[(crate::text::Text, &'static str)] = match kind {
        FieldKind::Text | FieldKind::Long | FieldKind::Rich | FieldKind::Phone | FieldKind::Email | FieldKind::Url => {
            &[(words::MAX_LENGTH, "maxLength")]
        }
        FieldKind::Int | FieldKind::Score => &[(words::MINIMUM, "minimum"), (words::MAXIMUM, "maximum")],
        _ => return None,
    };
    let rows = words
        .iter()
        .map(|(label, word)| {
            let word = *word;
            row(
                *label,
                line(
                    move || sheet.field(&key.get_value()).map(|it| plain(it.get(word))).unwrap_or_default(),
                    true,
                    move |it| {
                        let value = it.trim().parse::<i64>().ok().map(Value::from);
                        sheet.edit(FormEdit::Word { field: key.get_value(), word: word.to_owned(), value });
                    },
                ),
            )
        })
        .collect_view();
    Some(rows.into_any())
}

fn options(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    let list = move || {
        let schema = sheet.field(&key.get_value()).unwrap_or_default();
        tree::options(&schema)
            .map(|it| it.iter().map(|it| (plain(it.get("const")), plain(it.get("title")))).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let item = move |at: usize, value: String, own: String| {
        let module = sheet.module.get_value();
        let address = format!("option/{module}/{}/{value}", key.get_value());
        let shown = sheet.desk.document.with(|it| sheet.desk.words(it, &address, &own));
        let value = StoredValue::new(value);
        let rename = move |title: String| {
            let own = Edit::form(
                &sheet.module.get_value(),
                FormEdit::RetitleOption { field: key.get_value(), value: value.get_value(), title: title.clone() },
            );
            sheet.desk.rename(own, &address, &title);
        };
        view! {
            <div class="prop-row">
                {line(move || shown.clone(), false, rename)}
                <button type="button" class="button plain icon-only small" aria-label=words::MOVE_UP.get() disabled=at == 0 on:click=move |_| {
                    sheet.edit(FormEdit::MoveOption { field: key.get_value(), value: value.get_value(), to: at.saturating_sub(1) });
                }>{icon("up")}</button>
                <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| {
                    sheet.edit(FormEdit::RemoveOption { field: key.get_value(), value: value.get_value() });
                }>{icon("trash")}</button>
            </div>
        }
    };
    view! {
        {move || list().into_iter().enumerate().map(|(at, (value, own))| item(at, value, own)).collect_view()}
        <button type="button" class="button small" on:click=move |_| {
            let title = words::NEW_OPTION.fill_now(&[&(untrack(list).len() + 1).to_string()]);
            sheet.edit(FormEdit::AddOption { field: key.get_value(), title });
        }>{icon("plus")}{words::ADD_OPTION.get()}</button>
    }
    .into_any()
}

fn columns(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    let list = move || {
        let schema = sheet.field(&key.get_value()).unwrap_or_default();
        tree::columns(&schema)
            .map(|it| {
                it.iter().map(|(key, it)| (key.clone(), plain(it.get("title")), FieldKind::of(it))).collect::<Vec<_>>()
            })
            .unwrap_or_default()
    };
    view! {
        {move || list().into_iter().map(|(column, title, kind)| view! {
            <div class="prop-row"><span class="grow">{title}" "<span class="faint">{words::field(&kind).get()}</span></span>
                <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| {
                    sheet.edit(FormEdit::RemoveColumn { field: key.get_value(), column: column.clone() });
                }>{icon("trash")}</button>
            </div>
        }).collect_view()}
        {choice(String::new, || {
            let mut offered = vec![(String::new(), format!("+ {}", words::ADD_COLUMN.read()))];
            let simple = [FieldKind::Text, FieldKind::Long, FieldKind::Int, FieldKind::Decimal, FieldKind::Money, FieldKind::Date, FieldKind::Bool];
            offered.extend(simple.iter().map(|it| (it.word().to_owned(), words::field(it).read().to_owned())));
            offered
        }, move |word| {
            if let Some(kind) = FieldKind::palette().into_iter().find(|it| it.word() == word) {
                let title = words::field(&kind).now().to_owned();
                sheet.edit(FormEdit::AddColumn { field: key.get_value(), kind, title });
            }
        })}
    }
    .into_any()
}
