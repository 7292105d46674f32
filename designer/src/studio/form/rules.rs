//! The rules of a field: when it is required, shown, read-only, how it is computed; and the checks it takes part in.

use edit::FormEdit;
use edit::edit::RuleSlot;
use leptos::prelude::*;
use runtime::model::rules::{ComputeMode, Rules, When};

use super::Sheet;
use crate::studio::input::{area, choice, line, row};
use crate::studio::words;
use crate::ui::icon::icon;

fn read<T: Default>(sheet: Sheet, read: impl FnOnce(&Rules) -> T) -> T {
    sheet.desk.document.with(|it| it.rules(&sheet.module.get_value()).map(|it| read(it)).unwrap_or_default())
}

fn of(list: &[When], key: &str) -> String {
    list.iter().find(|it| it.field.as_str() == key).map(|it| it.when.clone()).unwrap_or_default()
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
    let mode = move || formula().map_or(ComputeMode::Always, |it| it.0);
    let modes = || {
        vec![
            ("always".to_owned(), words::MODE_ALWAYS.read().to_owned()),
            ("untilEdited".to_owned(), words::MODE_UNTIL_EDITED.read().to_owned()),
            ("onCreate".to_owned(), words::MODE_ON_CREATE.read().to_owned()),
        ]
    };
    view! {
        {row(words::RULE_REQUIRED, area(move || read(sheet, |it| of(&it.required, &key.get_value())), true, move |it| set(RuleSlot::RequiredWhen, it)))}
        {row(words::RULE_VISIBLE, area(move || read(sheet, |it| of(&it.visible, &key.get_value())), true, move |it| set(RuleSlot::VisibleWhen, it)))}
        {row(words::RULE_READONLY, area(move || read(sheet, |it| of(&it.readonly, &key.get_value())), true, move |it| set(RuleSlot::ReadonlyWhen, it)))}
        {row(words::RULE_COMPUTED, area(move || formula().map(|it| it.1).unwrap_or_default(), true, move |it| set(RuleSlot::Computed(untrack(mode)), it)))}
        {move || formula().map(|(_, expr)| {
            choice(
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
                    set(RuleSlot::Computed(mode), expr.clone());
                },
            )
        })}
    }
    .into_any()
}

/// Checks that name the field.
pub fn checks(sheet: Sheet, key: StoredValue<String>) -> AnyView {
    let list = move || {
        read(sheet, |it| {
            it.checks
                .iter()
                .filter(|it| it.fields.iter().any(|it| it.as_str() == key.get_value()))
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    view! {
        {move || list().into_iter().map(|it| {
            let id = StoredValue::new(it.id);
            let (expr, message) = (StoredValue::new(it.expr), StoredValue::new(it.message));
            view! {
                <div class="prop-item">
                    {row(words::CHECK_EXPR, area(move || expr.get_value(), true, move |expr| {
                        sheet.edit(FormEdit::SetCheck { id: id.get_value(), expr, message: message.get_value() });
                    }))}
                    {row(words::CHECK_MESSAGE, line(move || message.get_value(), false, move |message| {
                        sheet.edit(FormEdit::SetCheck { id: id.get_value(), expr: expr.get_value(), message });
                    }))}
                    <button type="button" class="button plain small" on:click=move |_| {
                        sheet.edit(FormEdit::RemoveCheck { id: id.get_value() });
                    }>{icon("trash")}{words::DELETE.get()}</button>
                </div>
            }
        }).collect_view()}
        <button type="button" class="button small" on:click=move |_| {
            let field = key.get_value();
            let expr = format!("!blank(data.{field})");
            let message = untrack(|| sheet.label(&field));
            sheet.edit(FormEdit::AddCheck { field: Some(field), expr, message });
        }>{icon("plus")}{words::ADD_CHECK.get()}</button>
    }
    .into_any()
}
