//! What stands around the drawing and over it. It travels beside the drawing, which is seen before it
//! (`crate::later`); the rest of the canvas names nothing in here.

use leptos::prelude::*;
use runtime::alert::Alert;

use super::chooser::Chooser;
use super::find::Find;
use super::gesture::Gesture;
use super::naming::Naming;
use super::outline::Outline;
use super::pad::Pad;
use super::palette::Palette;
use super::properties::Properties;
use super::{Canvas, clipboard, files, hand, mend};
use crate::later;

/// What is selected, in words.
pub fn properties(canvas: Canvas) -> AnyView {
    view! { <Properties canvas=canvas/> }.into_any()
}

/// The flow as a list.
pub fn outline(canvas: Canvas) -> AnyView {
    view! { <Outline canvas=canvas/> }.into_any()
}

/// What can be added.
pub fn palette(canvas: Canvas) -> AnyView {
    view! { <Palette canvas=canvas/> }.into_any()
}

/// What can be done with what is selected, and its name while it is written.
pub fn beside(canvas: Canvas) -> AnyView {
    view! {
        {move || canvas.naming.get().map(|id| view! { <Naming canvas=canvas id=id/> })}
        <Pad canvas=canvas/>
    }
    .into_any()
}

/// What hands see on the drawing.
pub fn drawn(canvas: Canvas) -> AnyView {
    hand::drawn(canvas)
}

/// Does what was done to the board.
pub fn act(canvas: Canvas, gesture: Gesture) {
    hand::act(canvas, gesture);
}

/// Puts what is selected into the clipboard of an event.
pub fn copied(canvas: Canvas, event: &web_sys::Event) -> bool {
    clipboard::copied(canvas, event)
}

/// Whether every run of the flow can end.
pub fn verdict(canvas: Canvas) -> AnyView {
    (move || mend::verdict(canvas)).into_any()
}

/// What can be done about an alert.
pub fn alert_actions(canvas: Canvas, alert: &Alert) -> AnyView {
    mend::actions(canvas, alert)
}

/// The menu of files.
pub fn files(canvas: Canvas) -> AnyView {
    view! { <files::Menu canvas=canvas/> }.into_any()
}

/// The search, the menu of elements, the run that is played, the fix that is looked at.
pub fn over(canvas: Canvas) -> AnyView {
    let shown = Memo::new(move |_| canvas.showing.with(Option::is_some));
    view! {
        <Find canvas=canvas/>
        <Chooser canvas=canvas/>
        {move || shown.get().then(|| later::player(canvas))}
        <mend::Preview canvas=canvas/>
    }
    .into_any()
}
