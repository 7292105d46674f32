//! One input per kind of field. An input shows a value, says what it became, and when the person left it.

mod choice;
mod combo;
pub mod files;
mod group;
mod number;
mod rows;
pub mod signature;
mod tags;
mod text_input;
mod when;

use leptos::prelude::*;
use serde_json::Value;

use super::state::Form;
use crate::module::{Field, Kind};

/// What an input needs to know; cheap to copy.
#[derive(Clone, Copy)]
pub struct Input {
    pub form: Form,
    /// Id of the element that takes the focus.
    pub id: StoredValue<String>,
    /// `field` or `rows.column`.
    pub path: StoredValue<String>,
    pub value: Signal<Value>,
    pub set: Callback<Value>,
    pub left: Callback<()>,
    pub invalid: Signal<bool>,
    pub readonly: Signal<bool>,
    pub required: Signal<bool>,
    pub label: Signal<String>,
    /// Ids of help and fault.
    pub describe: Signal<String>,
    /// In a cell of a sub-table: no label of its own.
    pub compact: bool,
}

impl Input {
    /// The person left the input. An input that is taken away while it has the focus is left too: its form may be gone.
    pub fn leave(self) {
        let _ = self.left.try_run(());
    }

    /// `aria-label` where no label stands beside the input.
    pub fn aria_label(self) -> impl Fn() -> Option<String> + Copy {
        move || self.compact.then(|| self.label.get())
    }

    pub fn aria_invalid(self) -> impl Fn() -> &'static str + Copy {
        move || if self.invalid.get() { "true" } else { "false" }
    }

    pub fn aria_describedby(self) -> impl Fn() -> Option<String> + Copy {
        move || Some(self.describe.get()).filter(|it| !it.is_empty())
    }

    pub fn aria_required(self) -> impl Fn() -> Option<&'static str> + Copy {
        move || self.required.get().then_some("true")
    }
}

/// Several elements together make the input, so that it is named as a group.
pub fn is_group(field: &Field, wanted: Option<&str>) -> bool {
    match &field.kind {
        Kind::Choice(options) => choice::as_radio(options, wanted.or(field.widget.as_deref())),
        Kind::Choices(_) | Kind::Rows(_) | Kind::Group(_) | Kind::File { .. } | Kind::Score { .. } => true,
        _ => false,
    }
}

/// The input of a field.
pub fn widget(input: Input, field: &Field, wanted: Option<&str>) -> AnyView {
    let wanted = wanted.or(field.widget.as_deref());
    match &field.kind {
        Kind::Text if wanted == Some("textarea") => text_input::long(input, field),
        Kind::Text | Kind::Phone | Kind::Email | Kind::Url | Kind::Role => text_input::line(input, field),
        Kind::Long => text_input::long(input, field),
        Kind::Words => tags::tags(input, field),
        Kind::Int => number::number(input, number::Digits::Whole, None),
        Kind::Decimal => number::number(input, number::Digits::of(&field.schema), None),
        Kind::Money { currency } => number::number(input, number::Digits::of(&field.schema), Some(currency.clone())),
        Kind::Score { most } => number::score(input, *most),
        Kind::Date => when::date(input),
        Kind::DateTime => when::moment(input),
        Kind::Time => when::time(input),
        Kind::Bool => choice::switch(input),
        Kind::Choice(options) => choice::one(input, options.clone(), wanted),
        Kind::Choices(options) => choice::many(input, options.clone()),
        Kind::Dictionary { key, many } => combo::dictionary(input, key, *many),
        Kind::Reference { module, many } => combo::reference(input, module, *many),
        Kind::User { many } => combo::directory(input, "/api/people?", *many),
        Kind::Department { many } => combo::directory(input, "/api/departments?", *many),
        Kind::Group(parts) => group::group(input, parts.clone()),
        Kind::Rows(columns) => rows::rows(input, columns.clone()),
        Kind::File { many: false } if wanted == Some("signature") => crate::later::signature(input),
        Kind::File { many } => crate::later::files(input, field, *many),
        Kind::Json => text_input::json(input),
    }
}
