//! The selected field or section: what it is called in both languages, its flags, options, limits and rules.

use edit::field::FieldKind;
use edit::{Edit, FormEdit, tree};
use leptos::prelude::*;
use runtime::model::view::Item;
use serde_json::Value;

use super::condition::condition;
use super::rules::titled;
use super::section::{chosen, section};
use super::special::{default, member, special};
use super::used::Plan;
use super::{Sheet, clipboard, rules, stage, words as own};
use crate::app::Lang;
use crate::studio::alerts::tone;
use crate::studio::desk::plain;
use crate::studio::input::{area, check, choice, group, line, named, row, rows, some};
use crate::studio::say::sentence;
use crate::studio::words;
use crate::ui::icon::icon;

/// The panel.
#[component]
pub fn Properties(sheet: Sheet) -> impl IntoView {
    // Drawn anew for another field, and when the field becomes another type; otherwise only values change.
    let which = Memo::new(move |_| {
        let fields = sheet.chosen_fields();
        if fields.len() > 1 {
            return Some((fields, None));
        }
        let selected = sheet.selected()?;
        let word = sheet.field(&selected).map(|it| FieldKind::of(&it));
        Some((vec![selected], word))
    });
    move || {
        let which =
            which.get().map(
                |(mut keys, kind)| if keys.len() > 1 { Err(keys) } else { Ok((keys.pop().unwrap_or_default(), kind)) },
            );
        let which = match which {
            Some(Err(fields)) => return several(sheet, fields),
            Some(Ok(it)) => Some(it),
            None => None,
        };
        crate::app::app().lang.track();
        match which {
        Some((key, Some(kind))) => untrack(|| field(sheet, key, kind)),
        Some((key, None)) if key.starts_with("section:") => {
            key.trim_start_matches("section:").parse().map_or_else(|_| ().into_any(), |at| section(sheet, at))
        }
        _ => view! { <h2 class="side-title">{words::PROPERTIES.get()}</h2><p class="faint">{words::NOTHING_CHOSEN.get()}</p> }.into_any(),
    }
    }
}

/// Several fields at once.
fn several(sheet: Sheet, fields: Vec<String>) -> AnyView {
    let fields = StoredValue::new(fields);
    let count = fields.with_value(Vec::len).to_string();
    let each = move |make: &dyn Fn(String) -> FormEdit| {
        sheet.edit(FormEdit::All(fields.get_value().into_iter().map(make).collect()));
    };
    let all_required = move || {
        sheet.desk.document.with(|it| {
            let required = it.schema(&sheet.module.get_value()).map(|it| it.as_ref().clone()).unwrap_or_default();
            fields.with_value(|fields| fields.iter().all(|it| tree::required(&required).contains(&it.as_str())))
        })
    };
    let widths = [1u8, 2, 3, 4]
        .into_iter()
        .map(|many| {
            view! { <button type="button" on:click=move |_| {
                let view = sheet.view.get_untracked();
                each(&|field| FormEdit::Span { view: view.clone(), field, span: 12 / many });
            } aria-label=move || own::PER_ROW.fill(&[&many.to_string()])>{many}</button> }
        })
        .collect_view();
    let deletable = move || {
        let all = fields.get_value().into_iter().map(|field| FormEdit::DeleteField { field }).collect();
        sheet.desk.may(&Edit::form(&sheet.module.get_value(), FormEdit::All(all)))
    };
    view! {
        <h2 class="side-title">{own::CHOSEN.fill(&[&count])}</h2>
        {check(words::REQUIRED, all_required, move |on| each(&|field| FormEdit::Require { field, on }))}
        {check(words::SEARCHABLE, || false, move |on| each(&|field| FormEdit::Search { field, on }))}
        {check(words::LISTED, || false, move |on| each(&|field| FormEdit::List { field, on }))}
        <div class="prop"><span>{own::WIDTHS.get()}</span><div class="segmented" role="group" aria-label=own::WIDTHS.get()>{widths}</div></div>
        <div class="prop-buttons">
            <button type="button" class="button small" on:click=move |_| clipboard::duplicate(sheet)>{icon("copy")}{own::DUPLICATE.get()}</button>
            <button type="button" class="button small" on:click=move |_| stage::take_off(sheet)>{own::TAKE_OFF_ALL.get()}</button>
            <button type="button" class="button small danger" disabled=move || !deletable() on:click=move |_| each(&|field| FormEdit::DeleteField { field })>{own::DELETE_ALL.get()}</button>
        </div>
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
            sheet.edit(FormEdit::Item { view: sheet.view.get_untracked(), item: Box::new(it) });
        }
    };
    let readonly_system = schema().get("readOnly").is_some();
    let span = move || item().map_or(6, |it| it.span);
    let placed = Memo::new(move |_| item().is_some());
    let limits = limits(sheet, key, &kind);
    let options = kind.options().then(|| group(words::OPTIONS, true, options(sheet, key)));
    let columns = (kind == FieldKind::Rows).then(|| group(words::COLUMNS, true, columns(sheet, key)));
    let refers = special(sheet, key, &kind);
    let defaults = default(sheet, key, &kind);
    let can_be_unique = !matches!(
        kind,
        FieldKind::Rows | FieldKind::Bool | FieldKind::Address | FieldKind::Geo | FieldKind::Tags | FieldKind::Choices
    ) && plain(untrack(schema).get("type")) != "array";
    let unique = move || schema().pointer("/x-index/unique") == Some(&Value::Bool(true));
    let kind_word = StoredValue::new(kind.word().to_owned());
    let kinds =
        || FieldKind::palette().iter().map(|it| (it.word().to_owned(), words::field(it).read().to_owned())).collect();
    let helps = ["zh-CN", "en"]
        .into_iter()
        .map(|tag| {
            let mine = tag == language;
            let address = format!("help/{module}/{}", key.get_value());
            let at = address.clone();
            let value = move || if mine { plain(schema().get("description")) } else { sheet.desk.document.with(|it| it.texts(tag).get(&at).cloned().unwrap_or_default()) };
            let commit = move |text: String| {
                if mine {
                    sheet.edit(FormEdit::Help { field: key.get_value(), help: text });
                } else {
                    sheet.desk.edit(Edit::Text { language: tag.to_owned(), address: address.clone(), text });
                }
            };
            let name = if tag == "en" { "English" } else { "简体中文" };
            view! { <label class="prop" lang=tag><span>{move || own::HELP_IN.fill(&[name])}</span>{area(value, false, commit)}</label> }
        })
        .collect_view();
    view! {
        <h2 class="side-title">{title.get()}</h2>
        <ul class="alert-lines">{alerts}</ul>
        {labels}
        {row(own::TYPE, choice(move || kind_word.get_value(), kinds, move |word| {
            if let Some(kind) = FieldKind::palette().into_iter().find(|it| it.word() == word) {
                sheet.plan.set(Some(Plan::Retype(key.get_value(), sheet.completed(kind))));
            }
        }))}
        {helps}
        {refers}
        {(!readonly_system).then(|| check(words::REQUIRED, required, move |on| {
            sheet.edit(FormEdit::Require { field: key.get_value(), on });
        }))}
        {defaults}
        {check(words::SEARCHABLE, searched, move |on| {
            sheet.edit(FormEdit::Search { field: key.get_value(), on });
        })}
        {can_be_unique.then(|| check(own::UNIQUE, unique, move |on| {
            member(sheet, key, "x-index", "unique", on.then_some(Value::Bool(true)));
        }))}
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
            {group(own::SHOWN_ON_VIEW, false, view! {
                {titled(own::SHOWN_ON_VIEW, condition(sheet, move || item().and_then(|it| it.visible).unwrap_or_default(), move |expr| on_view(&|it| it.visible = some(&expr))))}
                {row(own::HELP_ON_VIEW, area(move || item().map(|it| it.help).unwrap_or_default(), false, move |help| on_view(&|it| it.help.clone_from(&help))))}
                {row(own::WIDGET, choice(move || item().and_then(|it| it.widget).unwrap_or_default(), || vec![
                    (String::new(), own::WIDGET_USUAL.read().to_owned()),
                    ("radio".to_owned(), own::WIDGET_RADIO.read().to_owned()),
                    ("textarea".to_owned(), own::WIDGET_TEXTAREA.read().to_owned()),
                ], move |to| on_view(&|it| it.widget = some(&to))))}
            }.into_any())}
        })}
        {group(words::RULES, true, rules::rules(sheet, key))}
        {group(words::CHECKS, false, rules::checks(sheet, key))}
        {limits.map(|it| group(words::LIMITS, false, it))}
        {(kind == FieldKind::Bool).then(|| group(own::CHOSEN_GROUP, false, chosen(sheet, key)))}
        {row(own::SENSITIVE, choice(move || plain(schema().get("x-sensitive")), || vec![
            (String::new(), own::SENSITIVE_NONE.read().to_owned()),
            ("mask".to_owned(), own::SENSITIVE_MASK.read().to_owned()),
            ("hide".to_owned(), own::SENSITIVE_HIDE.read().to_owned()),
        ], move |to| {
            sheet.edit(FormEdit::Word { field: key.get_value(), word: "x-sensitive".to_owned(), value: some(&to).map(Value::from) });
        }))}
        {row(own::TIER, choice(move || plain(schema().pointer("/x-display/tier")), || vec![
            (String::new(), own::TIER_SECONDARY.read().to_owned()),
            ("primary".to_owned(), own::TIER_PRIMARY.read().to_owned()),
            ("extended".to_owned(), own::TIER_EXTENDED.read().to_owned()),
        ], move |to| member(sheet, key, "x-display", "tier", some(&to).map(Value::from))))}
        <div class="prop"><span>{words::KEY.get()}</span>
            <div class="prop-row"><code class="grow clip">{key.get_value()}</code>
                <button type="button" class="button small" on:click=move |_| sheet.plan.set(Some(Plan::Rename(key.get_value())))>{own::RENAME_KEY.get()}</button>
                <button type="button" class="button small" on:click=move |_| sheet.plan.set(Some(Plan::Look(key.get_value())))>{own::USED_BY.get()}</button>
            </div>
        </div>
        <div class="prop-buttons">
            <button type="button" class="button small" on:click=move |_| clipboard::duplicate(sheet)>{icon("copy")}{own::DUPLICATE.get()}</button>
            {move || placed.get().then(|| view! { <button type="button" class="button small" on:click=move |_| stage::take_off(sheet)>{words::TAKE_OFF.get()}</button> })}
            <button type="button" class="button small danger" disabled=move || !sheet.desk.may(&Edit::form(&sheet.module.get_value(), FormEdit::DeleteField { field: key.get_value() }))
                on:click=move |_| sheet.plan.set(Some(Plan::Delete(key.get_value())))>{words::DELETE_FIELD.get()}</button>
        </div>
    }
    .into_any()
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

/// What is chosen from: of a field, or of a column (`rows.column`).
fn options(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    let list = move || {
        let schema = sheet.field(&key.get_value()).unwrap_or_default();
        tree::options(&schema)
            .map(|it| it.iter().map(|it| (plain(it.get("const")), plain(it.get("title")))).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let item = move |it: Memo<(usize, (String, String))>| {
        let at = move || it.with(|it| it.0);
        let value = move || it.with_untracked(|it| it.1.0.clone());
        let address = move || {
            format!(
                "option/{}/{}/{}",
                sheet.module.get_value(),
                key.get_value().replace('.', "/"),
                it.with(|it| it.1.0.clone())
            )
        };
        let shown =
            move || sheet.desk.document.with(|document| it.with(|it| sheet.desk.words(document, &address(), &it.1.1)));
        let rename = move |title: String| {
            let own = Edit::form(
                &sheet.module.get_value(),
                FormEdit::RetitleOption { field: key.get_value(), value: value(), title: title.clone() },
            );
            sheet.desk.rename(own, &untrack(address), &title);
        };
        view! {
            <div class="prop-row">
                {named(words::LABEL, line(shown, false, rename))}
                <button type="button" class="button plain icon-only small" aria-label=words::MOVE_UP.get() disabled=move || at() == 0 on:click=move |_| {
                    sheet.edit(FormEdit::MoveOption { field: key.get_value(), value: value(), to: untrack(at).saturating_sub(1) });
                }>{icon("up")}</button>
                <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| {
                    sheet.edit(FormEdit::RemoveOption { field: key.get_value(), value: value() });
                }>{icon("trash")}</button>
            </div>
        }
        .into_any()
    };
    view! {
        {rows(list, |_, it| it.0.clone(), item)}
        <button type="button" class="button small" on:click=move |_| {
            let nth = (untrack(list).len() + 1).to_string();
            let edit = sheet.named(|lang| words::NEW_OPTION.fill_of(lang, &[&nth]), |title| {
                FormEdit::AddOption { field: key.get_value(), title }
            });
            sheet.edit(edit);
        }>{icon("plus")}{words::ADD_OPTION.get()}</button>
    }
    .into_any()
}

/// What the values of a column are chosen from.
fn chosen_from(sheet: Sheet, kind: &FieldKind, set: impl Fn(Value) + Copy + Send + Sync + 'static) -> Option<AnyView> {
    match kind.clone() {
        FieldKind::Dictionary(now) => Some(row(
            words::DICTIONARY,
            choice(
                move || now.clone(),
                move || sheet.dictionaries(),
                move |to| {
                    set(serde_json::json!({ "dictionary": to }));
                },
            ),
        )),
        FieldKind::Reference { module: now, .. } => Some(row(
            words::REFERS_TO,
            choice(
                move || now.clone(),
                move || sheet.modules(),
                move |to| {
                    set(serde_json::json!({ "module": to }));
                },
            ),
        )),
        _other => None,
    }
}

fn columns(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    // Made anew when one comes, goes or moves; otherwise only values change.
    let list = Memo::new(move |_| {
        let schema = sheet.field(&key.get_value()).unwrap_or_default();
        let columns = tree::columns(&schema);
        columns
            .map(|it| it.iter().map(|(key, it)| (key.clone(), FieldKind::of(it))).collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let word = move |column: String, word: &str, value: Option<Value>| {
        sheet.edit(FormEdit::ColumnWord { field: key.get_value(), column, word: word.to_owned(), value });
    };
    let item = move |(at, (column, kind)): (usize, (String, FieldKind))| {
        let column = StoredValue::new(column);
        let module = sheet.module.get_value();
        let address = format!("field/{module}/{}/{}", key.get_value(), column.get_value());
        let own = move || {
            let schema = sheet.field(&key.get_value()).unwrap_or_default();
            tree::columns(&schema)
                .and_then(|it| it.get(&column.get_value()))
                .map(|it| plain(it.get("title")))
                .unwrap_or_default()
        };
        let read = address.clone();
        let title = move || {
            let own = own();
            sheet.desk.document.with(|it| sheet.desk.words(it, &read, &own))
        };
        let rename = move |text: String| {
            let own = Edit::form(
                &sheet.module.get_value(),
                FormEdit::ColumnWord {
                    field: key.get_value(),
                    column: column.get_value(),
                    word: "title".to_owned(),
                    value: Some(text.trim().into()),
                },
            );
            sheet.desk.rename(own, &address, &text);
        };
        let path = move || format!("{}.{}", key.get_value(), column.get_value());
        let required = move || {
            let schema = sheet.field(&key.get_value()).unwrap_or_default();
            schema.get("items").is_some_and(|it| tree::required(it).contains(&column.get_value().as_str()))
        };
        view! {
            <div class="prop-item">
                <div class="prop-row">
                    {named(words::LABEL, line(title, false, rename))}
                    <button type="button" class="button plain icon-only small" aria-label=words::MOVE_UP.get() disabled={at == 0} on:click=move |_| {
                        sheet.edit(FormEdit::MoveColumn { field: key.get_value(), column: column.get_value(), to: at.saturating_sub(1) });
                    }>{icon("up")}</button>
                    <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| {
                        sheet.edit(FormEdit::RemoveColumn { field: key.get_value(), column: column.get_value() });
                    }>{icon("trash")}</button>
                </div>
                <p class="faint column-key">{words::field(&kind).get()}" · "<code>{column.get_value()}</code></p>
                {chosen_from(sheet, &kind, move |to| word(column.get_value(), "x-ref", Some(to)))}
                {kind.options().then(|| options(sheet, StoredValue::new(path())))}
                {matches!(kind, FieldKind::File { .. } | FieldKind::Image).then(|| super::special::files(sheet, StoredValue::new(path()), &kind))}
                <div class="prop-row">
                    <button type="button" class="button small" on:click=move |_| sheet.plan.set(Some(Plan::Rename(path())))>{own::RENAME_KEY.get()}</button>
                    <button type="button" class="button small" on:click=move |_| sheet.plan.set(Some(Plan::Look(path())))>{own::USED_BY.get()}</button>
                </div>
                {check(words::REQUIRED, required, move |on| word(column.get_value(), "required", Some(Value::Bool(on))))}
            </div>
        }
    };
    view! {
        {move || list.get().into_iter().enumerate().map(item).collect_view()}
        {named(words::ADD_COLUMN, choice(String::new, || {
            let mut offered = vec![(String::new(), format!("+ {}", words::ADD_COLUMN.read()))];
            let simple = [
                FieldKind::Text, FieldKind::Long, FieldKind::Int, FieldKind::Decimal, FieldKind::Percent, FieldKind::Money, FieldKind::Date,
                FieldKind::DateTime, FieldKind::Time, FieldKind::Bool, FieldKind::Choice, FieldKind::Choices, FieldKind::Dictionary(String::new()),
                FieldKind::Reference { module: String::new(), many: false }, FieldKind::User { many: false }, FieldKind::Department { many: false },
                FieldKind::Phone, FieldKind::Email, FieldKind::Url, FieldKind::Score, FieldKind::File { many: false }, FieldKind::File { many: true },
            ];
            offered.extend(simple.iter().map(|it| (it.word().to_owned(), words::field(it).read().to_owned())));
            offered
        }, move |word| {
            if let Some(kind) = FieldKind::palette().into_iter().find(|it| it.word() == word) {
                let own = sheet.desk.document.with_untracked(edit::Document::language);
                let title = words::field(&kind).of(Lang::of(&own)).to_owned();
                sheet.edit(FormEdit::AddColumn { field: key.get_value(), kind: sheet.completed(kind), title });
            }
        }))}
    }
    .into_any()
}
