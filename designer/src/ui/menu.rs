//! A button that opens a panel below it: menus, choosers. Closes on Escape, on a click elsewhere and
//! when focus leaves; arrow keys walk through its items.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The button's look is `button`; `panel` is made when it opens. `side`: further classes of the panel (`right`, `up`, `pad`).
#[component]
pub fn Pop(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] class: String,
    #[prop(optional, into)] side: String,
    #[prop(optional)] open: Option<RwSignal<bool>>,
    button: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(false));
    let root = NodeRef::<html::Div>::new();
    let opener = NodeRef::<html::Button>::new();
    let inside = move |target: Option<web_sys::EventTarget>| {
        let node = target.and_then(|it| it.dyn_into::<web_sys::Node>().ok());
        root.get_untracked().is_some_and(|root| root.contains(node.as_ref()))
    };
    let handle = window_event_listener(ev::pointerdown, move |event| {
        if open.get_untracked() && !inside(event.target()) {
            open.set(false);
        }
    });
    on_cleanup(move || handle.remove());
    let items = move || -> Vec<HtmlElement> {
        let Some(root) = root.get_untracked() else { return Vec::new() };
        let Ok(list) = root.query_selector_all(".pop-panel :is(.menu-item, input, select, button)") else {
            return Vec::new();
        };
        (0..list.length()).filter_map(|index| list.item(index)?.dyn_into().ok()).collect()
    };
    let walk = move |step: i32| {
        let items = items();
        let active = document().active_element();
        let here = items.iter().position(|it| Some(it.as_ref()) == active.as_ref());
        let count = items.len() as i32;
        if count == 0 {
            return;
        }
        let next = here.map_or(if step > 0 { 0 } else { count - 1 }, |it| (it as i32 + step).rem_euclid(count));
        let _ = items[next as usize].focus();
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.is_composing() || !open.get_untracked() {
            return;
        }
        match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                open.set(false);
                if let Some(it) = opener.get_untracked() {
                    let _ = it.focus();
                }
            }
            "ArrowDown" => {
                event.prevent_default();
                walk(1);
            }
            "ArrowUp" => {
                event.prevent_default();
                walk(-1);
            }
            _ => {}
        }
    };
    view! {
        <div class="pop" node_ref=root on:keydown=keys
            on:focusout=move |event| {
                if event.related_target().is_some() && open.try_get_untracked() == Some(true) && !inside(event.related_target()) {
                    open.set(false);
                }
            }>
            <button type="button" class=class node_ref=opener aria-haspopup="true" aria-expanded=move || open.get().to_string()
                aria-label=label title=label on:click=move |_| open.update(|it| *it = !*it)>{button.run()}</button>
            {move || open.get().then(|| view! { <div class=format!("pop-panel {side}")>{children()}</div> })}
        </div>
    }
}
