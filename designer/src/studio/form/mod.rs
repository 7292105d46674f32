//! `/studio/{pack}/form/{module}`: the form designer.

use leptos::prelude::*;

use super::desk::Desk;

/// The screen.
pub fn page(desk: Desk, module: String) -> AnyView {
    let _ = (desk, module);
    ().into_any()
}
