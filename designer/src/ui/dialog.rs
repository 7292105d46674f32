//! A modal dialog on the native `<dialog>`: it traps focus, closes on Escape and gives focus back.

use leptos::{html, prelude::*};

use crate::text::{self, Text};
use crate::ui::icon::icon;

/// Shown while `open`; its content exists only then. `lasting`: Escape and the close button are not offered.
#[component]
pub fn Dialog(
    #[prop(into)] open: RwSignal<bool>,
    title: Text,
    #[prop(optional)] wide: bool,
    #[prop(optional)] lasting: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let words = Signal::derive(move || title.read().to_owned());
    view! { <Titled open=open title=words wide=wide lasting=lasting children=children/> }
}

/// A [`Dialog`] whose title is not a fixed text.
#[component]
pub fn Titled(
    #[prop(into)] open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] wide: bool,
    #[prop(optional)] lasting: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(node), open) = (node.get(), open.get()) else { return };
        if open && !node.open() {
            let _ = node.show_modal();
        } else if !open && node.open() {
            node.close();
        }
    });
    view! {
        <dialog class="dialog" class:wide=wide node_ref=node aria-label=title
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                if !lasting {
                    open.set(false);
                }
            }
            on:close=move |_| if !lasting { open.set(false) }>
            {move || open.get().then(|| view! {
                <header>
                    <h2>{title}</h2>
                    {(!lasting).then(|| view! {
                        <button type="button" class="button plain small icon-only" aria-label=text::CLOSE.get()
                            on:click=move |_| open.set(false)>{icon("x")}</button>
                    })}
                </header>
                {children()}
            })}
        </dialog>
    }
}
