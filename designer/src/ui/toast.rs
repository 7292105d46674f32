//! Short messages at the edge of the screen, read out politely.

use leptos::prelude::*;

use crate::app::{Tone, app};
use crate::text;
use crate::ui::icon::icon;

/// Where toasts appear.
#[component]
pub fn Toasts() -> impl IntoView {
    let toasts = app().toasts;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.get() key=|it| it.id let:toast>
                <div class="toast" class:danger=toast.tone == Tone::Bad class:info=toast.tone == Tone::Info>
                    {icon(match toast.tone { Tone::Good => "check", Tone::Bad => "alert", Tone::Info => "info" })}
                    <div class="grow">
                        {match toast.link.clone() {
                            Some(link) => view! { <a href=link>{toast.words.clone()}</a> }.into_any(),
                            None => toast.words.clone().into_any(),
                        }}
                    </div>
                    <button type="button" class="button plain small icon-only" aria-label=text::CLOSE.get()
                        on:click=move |_| toasts.update(|it| it.retain(|other| other.id != toast.id))>{icon("x")}</button>
                </div>
            </For>
        </div>
    }
}
