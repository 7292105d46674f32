//! The command palette (Ctrl/Cmd-K): go anywhere, create, change language and theme.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use crate::app::{Command, Lang, app, pick_pair};
use crate::ui::icon::icon;
use crate::{nav, session, shell, text};

/// One thing the palette can do.
#[derive(Clone)]
struct Entry {
    words: String,
    group: &'static str,
    symbol: String,
    act: Callback<()>,
}

fn entries() -> Vec<Entry> {
    let app = app();
    let lang = app.lang.get();
    let Some(session) = app.session() else { return Vec::new() };
    let own = |it: Command| Entry {
        words: it.words.of(lang).to_owned(),
        group: text::STUDIO.of(lang),
        symbol: it.symbol.to_owned(),
        act: it.act,
    };
    let mut all: Vec<Entry> = app.commands.get().into_iter().map(|it| own(it.1)).collect();
    let mut go = |words: String, group: &'static str, symbol: &str, href: String| {
        all.push(Entry { words, group, symbol: symbol.to_owned(), act: Callback::new(move |()| nav::go(&href)) });
    };
    for place in shell::places(&session) {
        go(place.words.of(lang).to_owned(), text::GO_TO.of(lang), place.symbol, place.href.to_owned());
    }
    for item in shell::modules(&session.menu) {
        let title = pick_pair(&item.titles, lang);
        let module = item.module.clone().unwrap_or_default();
        let symbol = item.icon.clone().unwrap_or_else(|| module.clone());
        go(title.clone(), text::GO_TO.of(lang), &symbol, format!("/records/{module}"));
        go(
            text::NEW_OF.of(lang).replace("{}", &title),
            text::CREATE.of(lang),
            "plus",
            format!("/records/{module}/new"),
        );
    }
    let mut act = |words: String, symbol: &str, act: Callback<()>| {
        all.push(Entry { words, group: text::SETTINGS.of(lang), symbol: symbol.to_owned(), act });
    };
    act("English".into(), "globe", Callback::new(|()| session::set_language(Lang::En)));
    act("简体中文".into(), "globe", Callback::new(|()| session::set_language(Lang::Zh)));
    for (theme, symbol, words) in [
        ("light", "sun", text::THEME_LIGHT),
        ("dark", "moon", text::THEME_DARK),
        ("system", "monitor", text::THEME_SYSTEM),
    ] {
        let words = format!("{}: {}", text::THEME.of(lang), words.of(lang));
        act(words, symbol, Callback::new(move |()| session::set_theme(theme)));
    }
    act(text::LOG_OUT.of(lang).into(), "log-out", Callback::new(|()| session::log_out()));
    all
}

/// Letters of `wanted` in their order, anywhere in `words`; fewer gaps are better.
fn score(words: &str, wanted: &str) -> Option<usize> {
    let words = words.to_lowercase();
    let wanted = wanted.to_lowercase();
    if let Some(at) = words.find(wanted.trim()) {
        return Some(at);
    }
    let mut chars = words.char_indices();
    let mut last = 0;
    for letter in wanted.chars().filter(|it| !it.is_whitespace()) {
        last = chars.by_ref().find(|(_, it)| *it == letter)?.0;
    }
    Some(100 + last)
}

/// The palette; made when first opened.
#[component]
pub fn Palette() -> impl IntoView {
    let open = app().palette;
    let node = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let wanted = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let handle = window_event_listener(ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key())
            && event.key().eq_ignore_ascii_case("k")
            && app().session_now().is_some()
        {
            event.prevent_default();
            open.update(|it| *it = !*it);
        }
    });
    on_cleanup(move || handle.remove());
    Effect::new(move |_| {
        let (Some(node), open) = (node.get(), open.get()) else { return };
        if open && !node.open() {
            wanted.set(String::new());
            at.set(0);
            let _ = node.show_modal();
            if let Some(input) = input.get_untracked() {
                input.set_value("");
                let _ = input.focus();
            }
        } else if !open && node.open() {
            node.close();
        }
    });
    let found = Memo::new_with_compare(
        move |_| {
            if !open.get() {
                return Vec::new();
            }
            let wanted = wanted.get();
            let mut found: Vec<(usize, Entry)> =
                entries().into_iter().filter_map(|it| Some((score(&it.words, &wanted)?, it))).collect();
            if !wanted.is_empty() {
                found.sort_by_key(|(score, _)| *score);
            }
            found.into_iter().map(|(_, it)| it).take(40).collect::<Vec<_>>()
        },
        |_, _| true,
    );
    let run = move |index: usize| {
        if let Some(entry) = found.with_untracked(|it| it.get(index).cloned()) {
            open.set(false);
            entry.act.run(());
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let count = found.with_untracked(Vec::len);
        let step = |by: i32| {
            event.prevent_default();
            if count > 0 {
                at.update(|it| *it = (*it as i32 + by).rem_euclid(count as i32) as usize);
                show_current();
            }
        };
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "Enter" => {
                event.prevent_default();
                run(at.get_untracked());
            }
            _ => {}
        }
    };
    view! {
        <dialog class="palette" node_ref=node aria-label=text::SEARCH_COMMANDS.get()
            on:close=move |_| open.set(false)
            on:click=move |event| {
                let own = node.get_untracked().is_some_and(|it| event.target().is_some_and(|target| target == ****it));
                if own {
                    open.set(false);
                }
            }>
            <div class="palette-input">
                {icon("search")}
                <input node_ref=input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
                    autocomplete="off" spellcheck="false" placeholder=text::SEARCH_COMMANDS.get() aria-label=text::SEARCH_COMMANDS.get()
                    aria-activedescendant=move || format!("palette-{}", at.get())
                    on:input=move |event| {
                        wanted.set(event_target_value(&event));
                        at.set(0);
                    }
                    on:keydown=keys/>
                <kbd>"Esc"</kbd>
            </div>
            <div class="palette-list" id="palette-list" role="listbox" aria-label=text::SEARCH_COMMANDS.get()>
                {move || {
                    let found = found.get();
                    if found.is_empty() {
                        return view! { <p class="menu-title">{text::NO_RESULTS.get()}</p> }.into_any();
                    }
                    found.into_iter().enumerate().map(|(index, it)| view! {
                        <div class="menu-item" role="option" id=format!("palette-{index}") aria-selected=move || (at.get() == index).to_string()
                            on:click=move |_| run(index) on:pointermove=move |_| if at.get_untracked() != index { at.set(index) }>
                            {icon(&it.symbol)}<span class="clip">{it.words}</span><span class="group">{it.group}</span>
                        </div>
                    }).collect_view().into_any()
                }}
            </div>
        </dialog>
    }
}

fn show_current() {
    request_animation_frame(|| {
        let current = document().query_selector(".palette-list [aria-selected=true]").ok().flatten();
        if let Some(it) = current.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            it.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}
