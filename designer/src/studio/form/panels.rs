//! What stands around the form and over it. It travels beside the form, which is seen before it (`crate::later`); the rest of the
//! designer names nothing in here.

use leptos::prelude::*;

use super::Sheet;
use super::preview::Preview;
use super::properties::Properties;
use super::used::Used;

/// The selected field, section or fields, in words.
pub fn properties(sheet: Sheet) -> AnyView {
    view! { <Properties sheet=sheet/> }.into_any()
}

/// The form as people fill it.
pub fn preview(sheet: Sheet) -> AnyView {
    view! { <Preview sheet=sheet/> }.into_any()
}

/// What is asked before a field gets another key or type, or goes.
pub fn used(sheet: Sheet) -> AnyView {
    view! { <Used sheet=sheet/> }.into_any()
}
