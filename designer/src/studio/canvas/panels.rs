//! What stands around the drawing and over it. It travels beside the drawing, which is seen before it
//! (`crate::later`); the rest of the canvas names nothing in here.

use leptos::prelude::*;

use super::chooser::Chooser;
use super::find::Find;
use super::outline::Outline;
use super::player::Player;
use super::properties::Properties;
use super::{Canvas, mend, transfer, trial as trials};

/// What is selected, in words.
pub fn properties(canvas: Canvas) -> AnyView {
    view! { <Properties canvas=canvas/> }.into_any()
}

/// The flow is being tried.
pub fn trial(canvas: Canvas) -> AnyView {
    view! { <trials::Panel canvas=canvas/> }.into_any()
}

/// Begins to try the flow, or ends it.
pub fn toggle_trial(canvas: Canvas) {
    trials::toggle(canvas);
}

/// The flow as a list.
pub fn outline(canvas: Canvas) -> AnyView {
    view! { <Outline canvas=canvas/> }.into_any()
}

/// The menu of files.
pub fn files(canvas: Canvas) -> AnyView {
    view! { <transfer::Menu canvas=canvas/> }.into_any()
}

/// The search, the menu of elements, the run that is played, the fix that is looked at.
pub fn over(canvas: Canvas) -> AnyView {
    view! { <Find canvas=canvas/><Chooser canvas=canvas/><Player canvas=canvas/><mend::Preview canvas=canvas/> }
        .into_any()
}
