//! A modal dialog on the native `<dialog>`: it traps focus, closes on Escape and gives focus back.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::text::{self, Text};
use crate::ui::icon::icon;

/// What takes the focus when a dialog opens.
const FIRST: &str = ":is(input, select, textarea):not([disabled], [readonly], [type=hidden])";

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
    // Told once more that it is open, as an ended session is by every refused request, it keeps what was typed in it.
    let shown = Memo::new(move |_| open.get());
    Effect::new(move |_| {
        let (Some(node), open) = (node.get(), shown.get()) else { return };
        if open && !node.open() {
            let _ = node.show_modal();
            focus_first(node);
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
            on:close=move |_| match node.get_untracked() {
                // A browser lets nobody forbid a second Escape: what lasts comes back.
                Some(node) if lasting && open.get_untracked() => {
                    let _ = node.show_modal();
                    focus_first(node);
                }
                Some(_) | None if !lasting => open.set(false),
                Some(_) | None => {}
            }>
            {move || shown.get().then(|| view! {
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

/// Its content is drawn a moment later: then the first input takes the focus, else the first button that is not ✕.
fn focus_first(node: web_sys::HtmlDialogElement) {
    request_animation_frame(move || {
        let inside = |css: &str| {
            node.query_selector(css).ok().flatten().and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok())
        };
        let first = inside(FIRST).or_else(|| inside("footer .primary")).or_else(|| inside("footer button"));
        if let Some(first) = first {
            let _ = first.focus();
        }
    });
}
