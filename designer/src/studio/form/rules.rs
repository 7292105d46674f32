//! The rules of a field: when it is required, shown, read-only, how it is computed; and the checks it takes part in.

use edit::edit::RuleSlot;
use edit::{Edit, FormEdit};
use leptos::prelude::*;
use runtime::alert::Severity;
use runtime::model::rules::{CheckRule, ComputeMode, Rules, When};

use super::condition::{condition, names};
use super::{Sheet, words as own};
use crate::studio::expression::expression;
use crate::studio::input::{check, choice, line, named};
use crate::studio::words;
use crate::ui::icon::icon;

fn read<T: Default>(sheet: Sheet, read: impl FnOnce(&Rules) -> T) -> T {
    sheet.desk.document.with(|it| it.rules(&sheet.module.get_value()).map(|it| read(it)).unwrap_or_default())
}

fn of(list: &[When], key: &str) -> String {
    list.iter().find(|it| it.field.as_str() == key).map(|it| it.when.clone()).unwrap_or_default()
}

/// A labelled condition; no `label`, since it has many inputs.
pub fn titled(label: crate::text::Text, input: AnyView) -> AnyView {
    view! { <div class="prop" role="group" aria-label=label.get()><span>{label.get()}</span>{input}</div> }.into_any()
}

/// Conditions and formula.
pub fn rules(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    let set = move |slot: RuleSlot, expr: String| {
        sheet.edit(FormEdit::Rule { field: key.get_value(), slot, expr: Some(expr) });
    };
    let formula = move || {
        read(sheet, |it| {
            it.computed.iter().find(|it| it.field.as_str() == key.get_value()).map(|it| (it.mode, it.expr.clone()))
        })
    };
    let there = Memo::new(move |_| formula().is_some());
    let mode = move || formula().map_or(ComputeMode::Always, |it| it.0);
    let modes = || {
        vec![
            ("always".to_owned(), words::MODE_ALWAYS.read().to_owned()),
            ("untilEdited".to_owned(), words::MODE_UNTIL_EDITED.read().to_owned()),
            ("onCreate".to_owned(), words::MODE_ON_CREATE.read().to_owned()),
        ]
    };
    view! {
        {titled(words::RULE_REQUIRED, condition(sheet, move || read(sheet, |it| of(&it.required, &key.get_value())), move |it| set(RuleSlot::RequiredWhen, it)))}
        {titled(words::RULE_VISIBLE, condition(sheet, move || read(sheet, |it| of(&it.visible, &key.get_value())), move |it| set(RuleSlot::VisibleWhen, it)))}
        {titled(words::RULE_READONLY, condition(sheet, move || read(sheet, |it| of(&it.readonly, &key.get_value())), move |it| set(RuleSlot::ReadonlyWhen, it)))}
        {expression(Some(words::RULE_COMPUTED), move || formula().map(|it| it.1).unwrap_or_default(), move || names(sheet), Some(sheet.tried()), move |it| set(RuleSlot::Computed(untrack(mode)), it))}
        {move || there.get().then(|| named(own::COMPUTED_WHEN, choice(
            move || match mode() {
                ComputeMode::Always => "always",
                ComputeMode::UntilEdited => "untilEdited",
                ComputeMode::OnCreate => "onCreate",
            }.to_owned(),
            modes,
            move |it| {
                let mode = match it.as_str() {
                    "untilEdited" => ComputeMode::UntilEdited,
                    "onCreate" => ComputeMode::OnCreate,
                    _ => ComputeMode::Always,
                };
                if let Some((_, expr)) = untrack(formula) {
                    set(RuleSlot::Computed(mode), expr);
                }
            },
        )))}
    }
    .into_any()
}

/// Checks that name the field.
pub fn checks(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    // Made anew when one comes or goes; otherwise only values change.
    let ids = Memo::new(move |_| {
        read(sheet, |it| {
            let mine = it.checks.iter().filter(|it| it.fields.iter().any(|it| it.as_str() == key.get_value()));
            mine.map(|it| it.id.clone()).collect::<Vec<_>>()
        })
    });
    view! {
        {move || ids.get().into_iter().map(|id| one(sheet, id)).collect_view()}
        <button type="button" class="button small" on:click=move |_| {
            let field = key.get_value();
            let expr = format!("filled(data.{field})");
            let message = untrack(|| sheet.label(&field));
            sheet.edit(FormEdit::AddCheck { field: Some(field), expr, message });
        }>{icon("plus")}{words::ADD_CHECK.get()}</button>
    }
    .into_any()
}

/// One rule over several fields, with its message in both languages.
fn one(sheet: Sheet, id: String) -> AnyView {
    let id = StoredValue::new(id);
    let rule = move || read(sheet, |it| it.checks.iter().find(|it| it.id == id.get_value()).cloned());
    let change = move |act: &dyn Fn(&mut CheckRule)| {
        if let Some(mut it) = untrack(rule) {
            act(&mut it);
            sheet.edit(FormEdit::Check(Box::new(it)));
        }
    };
    let language = sheet.desk.document.with_untracked(|it| it.language());
    let messages = ["zh-CN", "en"]
        .into_iter()
        .map(|tag| {
            let mine = tag == language;
            let address = format!("check/{}/{}", sheet.module.get_value(), id.get_value());
            let at = address.clone();
            let value = move || {
                if mine {
                    rule().map(|it| it.message).unwrap_or_default()
                } else {
                    sheet.desk.document.with(|it| it.texts(tag).get(&at).cloned().unwrap_or_default())
                }
            };
            let commit = move |text: String| {
                if mine {
                    change(&|it| it.message.clone_from(&text));
                } else {
                    sheet.desk.edit(Edit::Text { language: tag.to_owned(), address: address.clone(), text });
                }
            };
            let name = if tag == "en" { "English" } else { "简体中文" };
            view! { <label class="prop" lang=tag><span>{move || own::MESSAGE_IN.fill(&[name])}</span>{line(value, false, commit)}</label> }
        })
        .collect_view();
    view! {
        <div class="prop-item">
            {titled(words::CHECK_EXPR, condition(sheet, move || rule().map(|it| it.expr).unwrap_or_default(), move |expr| {
                if !expr.trim().is_empty() {
                    change(&|it| it.expr.clone_from(&expr));
                }
            }))}
            {messages}
            {check(own::ONLY_WARNS, move || rule().is_some_and(|it| it.severity == Severity::Warning), move |on| {
                change(&|it| it.severity = if on { Severity::Warning } else { Severity::Error });
            })}
            <button type="button" class="button plain small" on:click=move |_| {
                sheet.edit(FormEdit::RemoveCheck { id: id.get_value() });
            }>{icon("trash")}{words::DELETE.get()}</button>
        </div>
    }
    .into_any()
}
