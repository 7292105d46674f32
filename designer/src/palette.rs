//! The command palette (Ctrl/Cmd-K): go anywhere, find a record, create, change language and theme.

use ::api::record::Found;
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use crate::app::{Command, Lang, app, pick_pair};
use crate::ui::icon::icon;
use crate::{api, nav, session, shell, text};

/// How long nothing is typed before records are looked for.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// One thing the palette can do.
#[derive(Clone)]
struct Entry {
    words: String,
    group: String,
    symbol: String,
    act: Callback<()>,
}

fn entries() -> Vec<Entry> {
    let app = app();
    let lang = app.lang.get();
    let Some(session) = app.session() else { return Vec::new() };
    let own = |it: Command| Entry {
        words: it.words.of(lang).to_owned(),
        group: text::STUDIO.of(lang).to_owned(),
        symbol: it.symbol.to_owned(),
        act: it.act,
    };
    let mut all: Vec<Entry> = app.commands.get().into_iter().map(|it| own(it.1)).collect();
    let mut go = |words: String, group: &'static str, symbol: &str, href: String| {
        all.push(Entry {
            words,
            group: group.to_owned(),
            symbol: symbol.to_owned(),
            act: Callback::new(move |()| nav::go(&href)),
        });
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
        all.push(Entry { words, group: text::SETTINGS.of(lang).to_owned(), symbol: symbol.to_owned(), act });
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

/// A record that was found, under the name of its module.
fn record(it: Found) -> Entry {
    let lang = app().lang.get_untracked();
    let menu = app().session_now().map(|it| shell::modules(&it.menu)).unwrap_or_default();
    let module = menu.into_iter().find(|item| item.module.as_ref() == Some(&it.module));
    let href = format!("/records/{}/{}", nav::encode(&it.module), nav::encode(&it.id));
    Entry {
        words: if it.hint.is_empty() { it.label } else { format!("{} · {}", it.hint, it.label) },
        group: module.as_ref().map(|it| pick_pair(&it.titles, lang)).unwrap_or_default(),
        symbol: module.and_then(|it| it.icon).unwrap_or(it.module),
        act: Callback::new(move |()| nav::go(&href)),
    }
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
pub fn palette() -> AnyView {
    let open = app().palette;
    let node = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let wanted = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let records = RwSignal::new(Vec::<Entry>::new());
    Effect::new(move |waiting: Option<Option<TimeoutHandle>>| {
        if let Some(waiting) = waiting.flatten() {
            waiting.clear();
        }
        let asked = wanted.get().trim().to_owned();
        // A letter of ours says little; one of Chinese may be a name.
        if !open.get() || asked.len() < 2 {
            records.set(Vec::new());
            return None;
        }
        let ask = move || {
            spawn_local(async move {
                // Records are found beside commands: without them the palette does all else.
                let found = api::get::<Vec<Found>>(&format!("/api/find?q={}", nav::encode(&asked))).await;
                if wanted.try_with_untracked(|it| it.trim() == asked) == Some(true) {
                    records.try_set(found.unwrap_or_default().into_iter().map(record).collect());
                }
            });
        };
        set_timeout_with_handle(ask, PAUSE).ok()
    });
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
            found.into_iter().map(|(_, it)| it).take(40).chain(records.get()).collect::<Vec<_>>()
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
    .into_any()
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
