//! Search-as-you-type choosers (ARIA combobox): references, people, departments, dictionaries and trees.

use ::api::record::Choice;
use leptos::{ev, html, prelude::*, task::spawn_local};
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::Input;
use super::text_input::composing;
use crate::app::{app, store, stored};
use crate::module::{Module, plain};
use crate::ui::icon::icon;
use crate::{api, nav, text};

/// How many choices are shown at once.
const SHOWN: usize = 60;

/// Where choices come from.
#[derive(Clone)]
enum Source {
    /// Searched at the server; the address ends with `?`. Recent choices are remembered under the name.
    Server { path: String, recent: String },
    /// Items of a dictionary: choice, depth in its tree.
    Local(Vec<(Choice, usize)>),
}

/// A reference to records of a module, or of any with `*`.
pub fn reference(input: Input, module: &str, many: bool) -> AnyView {
    let source =
        Source::Server { path: format!("/api/lookup/{}?", nav::encode(module)), recent: format!("recent/{module}") };
    let link = (module != "*").then(|| module.to_owned());
    combo(input, source, many, link)
}

/// People or departments.
pub fn directory(input: Input, path: &str, many: bool) -> AnyView {
    combo(input, Source::Server { path: path.to_owned(), recent: format!("recent{path}") }, many, None)
}

/// Values of a dictionary. Those of a tree are shown below each other and found by the names above them.
pub fn dictionary(input: Input, key: &str, many: bool) -> AnyView {
    let key = key.to_owned();
    let lang = app().lang;
    (move || {
        let items = input.form.module.with_value(|it| tree(it, &key, lang.get()));
        let flat = items.iter().all(|(_, depth)| *depth == 0);
        if !many && flat && items.len() <= 15 {
            let options = items.into_iter().map(|(it, _)| (it.id, it.label)).collect();
            return select(input, options);
        }
        input
            .form
            .labels
            .update_untracked(|labels| labels.extend(items.iter().map(|(it, _)| (it.id.clone(), it.label.clone()))));
        combo(input, Source::Local(items), many, None)
    })
    .into_any()
}

fn select(input: Input, options: Vec<(String, String)>) -> AnyView {
    let now = move || plain(&input.value.get());
    let items = options
        .into_iter()
        .map(|(value, title)| {
            let chosen = {
                let value = value.clone();
                move || now() == value
            };
            view! { <option value=value prop:selected=chosen>{title}</option> }
        })
        .collect_view();
    view! {
        <select class="input" id=input.id.get_value() aria-label=input.aria_label() aria-invalid=input.aria_invalid()
            aria-describedby=input.aria_describedby() aria-required=input.aria_required()
            on:change=move |event| {
                let value = event_target_value(&event);
                input.set.run(if value.is_empty() { Value::Null } else { Value::String(value) });
            }
            on:blur=move |_| input.leave()>
            <option value="" prop:selected=move || now().is_empty()>{text::CHOOSE.get()}</option>
            {items}
        </select>
    }
    .into_any()
}

/// The items of a dictionary, each below its parent.
fn tree(module: &Module, key: &str, lang: crate::app::Lang) -> Vec<(Choice, usize)> {
    let Some(dictionary) = module.dictionaries.get(key) else { return Vec::new() };
    let title = |value: &str| module.dictionary_title(key, value, lang);
    let mut out = Vec::new();
    let mut stack: Vec<(&str, usize, String)> = Vec::new();
    let children = |of: Option<String>| dictionary.items.iter().filter(move |it| it.parent == of).rev();
    stack.extend(children(None).map(|it| (it.value.as_str(), 0, String::new())));
    while let Some((value, depth, above)) = stack.pop() {
        // A parent named by mistake inside its own branch ends the walk.
        if out.len() > dictionary.items.len() {
            break;
        }
        let label = title(value);
        let path = if above.is_empty() { label.clone() } else { format!("{above} / {label}") };
        out.push((Choice { id: value.to_owned(), label, hint: above }, depth));
        stack.extend(children(Some(value.to_owned())).map(|it| (it.value.as_str(), depth + 1, path.clone())));
    }
    out
}

fn recent(name: &str) -> Vec<Choice> {
    stored(name).and_then(|it| runtime::plain::parse(&it).ok()).unwrap_or_default()
}

fn remember(name: &str, choice: &Choice) {
    let mut list = recent(name);
    list.retain(|it| it.id != choice.id);
    list.insert(0, choice.clone());
    list.truncate(5);
    store(name, serde_json::to_string(&list).ok().as_deref());
}

fn combo(input: Input, source: Source, many: bool, link: Option<String>) -> AnyView {
    let node = NodeRef::<html::Input>::new();
    let root = NodeRef::<html::Div>::new();
    let open = RwSignal::new(false);
    let at = RwSignal::new(0usize);
    let found = RwSignal::new(Vec::<(Choice, usize)>::new());
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let turn = StoredValue::new(0u64);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let source = StoredValue::new(source);
    let id = input.id.get_value();
    let list_id = format!("{id}-list");
    let labels = input.form.labels;
    let chosen = move || -> Vec<String> {
        match input.value.get() {
            Value::Array(list) => list.iter().map(plain).collect(),
            Value::Null => Vec::new(),
            one => Some(plain(&one)).filter(|it| !it.is_empty()).into_iter().collect(),
        }
    };
    let name = move |id: &str| labels.with(|it| it.get(id).cloned()).unwrap_or_else(|| id.to_owned());
    let shown = move || if many { String::new() } else { chosen().first().map(|it| name(it)).unwrap_or_default() };

    // What was typed, is none of the choices and was therefore not taken.
    let lost = RwSignal::new(None::<String>);
    let search = move |wanted: String| {
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        match source.get_value() {
            Source::Local(items) => {
                let wanted = wanted.trim().to_lowercase();
                let fits = |it: &Choice| {
                    wanted.is_empty() || format!("{} {}", it.hint, it.label).to_lowercase().contains(&wanted)
                };
                found.set(
                    items
                        .into_iter()
                        .filter(|(it, _)| fits(it))
                        .take(if wanted.is_empty() { 2000 } else { SHOWN })
                        .collect(),
                );
                at.set(0);
            }
            Source::Server { path, recent: name } => {
                if wanted.trim().is_empty() {
                    found.set(recent(&name).into_iter().map(|it| (it, 0)).collect());
                }
                busy.set(true);
                // A filter on candidates may look at the rest of the form.
                let data = serde_json::to_string(&input.form.patch.get_untracked()).unwrap_or_default();
                let more = if path.contains("/lookup/") {
                    let field = input
                        .form
                        .module
                        .with_value(|it| format!("{}/{}", it.info.key, input.path.get_value().replace('.', "/")));
                    let data = if data.len() < 1500 { format!("&data={}", nav::encode(&data)) } else { String::new() };
                    format!("&limit=20&field={}{data}", nav::encode(&field))
                } else {
                    String::new()
                };
                let address = format!("{path}q={}{more}", nav::encode(wanted.trim()));
                spawn_local(async move {
                    let answer = api::get::<Vec<Choice>>(&address).await;
                    if turn.try_get_value() != Some(mine) {
                        return;
                    }
                    busy.set(false);
                    failed.set(answer.is_err());
                    if let Ok(list) = answer {
                        let mut all: Vec<(Choice, usize)> = Vec::new();
                        if wanted.trim().is_empty() {
                            all.extend(recent(&name).into_iter().map(|it| (it, 0)));
                        }
                        for it in list {
                            if !all.iter().any(|(other, _)| other.id == it.id) {
                                all.push((it, 0));
                            }
                        }
                        found.set(all);
                        at.set(0);
                    }
                });
            }
        }
    };
    let show = move || {
        if !open.get_untracked() && !input.readonly.get_untracked() {
            open.set(true);
            search(String::new());
        }
    };
    let close = move || {
        open.set(false);
        if let Some(node) = node.get_untracked() {
            node.set_value(&untrack(shown));
        }
    };
    let take = move |choice: Choice| {
        lost.set(None);
        labels.update(|it| {
            it.insert(choice.id.clone(), choice.label.clone());
        });
        if let Source::Server { recent, .. } = source.get_value() {
            remember(&recent, &choice);
        }
        if many {
            let mut list = untrack(chosen);
            if !list.contains(&choice.id) {
                list.push(choice.id);
            }
            input.set.run(Value::from(list));
        } else {
            input.set.run(Value::String(choice.id));
        }
        close();
    };
    let drop = move |id: String| {
        if many {
            let list: Vec<String> = untrack(chosen).into_iter().filter(|it| *it != id).collect();
            input.set.run(Value::from(list));
        } else {
            input.set.run(Value::Null);
        }
        if let Some(node) = node.get_untracked() {
            node.set_value("");
            let _ = node.focus();
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.is_composing() || event.ctrl_key() || event.meta_key() {
            return;
        }
        let count = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" => {
                event.prevent_default();
                if !open.get_untracked() {
                    show();
                } else if count > 0 {
                    let step = if event.key() == "ArrowDown" { 1 } else { count - 1 };
                    at.update(|it| *it = (*it + step) % count);
                    scroll(root);
                }
            }
            "Enter" if open.get_untracked() => {
                event.prevent_default();
                if let Some((choice, _)) = found.with_untracked(|it| it.get(at.get_untracked()).cloned()) {
                    take(choice);
                }
            }
            "Escape" if open.get_untracked() => {
                event.stop_propagation();
                close();
            }
            "Backspace" if many && node.get_untracked().is_some_and(|it| it.value().is_empty()) => {
                if let Some(last) = untrack(chosen).last().cloned() {
                    drop(last);
                }
            }
            _ => {}
        }
    };
    let type_in = move |wanted: String| {
        lost.set(None);
        open.set(true);
        if let Some(old) = waiting.get_value() {
            old.clear();
        }
        let local = matches!(source.get_value(), Source::Local(_));
        let pause = if local { 0 } else { 180 };
        waiting
            .set_value(set_timeout_with_handle(move || search(wanted), std::time::Duration::from_millis(pause)).ok());
    };
    let option_id = {
        let id = id.clone();
        move |index: usize| format!("{id}-{index}")
    };
    let active = {
        let option_id = option_id.clone();
        move || open.get().then(|| option_id(at.get()))
    };
    let link_to = move || {
        let module = link.clone()?;
        let id = chosen().first().cloned().filter(|_| !many)?;
        Some(view! {
            <a class="button plain small icon-only" href=format!("/records/{module}/{id}") target="_blank" rel="noopener"
                aria-label=text::OPEN_NEW_TAB.get() title=text::OPEN_NEW_TAB.get()>{icon("external")}</a>
        })
    };
    view! {
        <div class="combo" node_ref=root
            on:focusout=move |event| {
                // Taken away while it had the focus.
                if open.try_get_untracked().is_none() {
                    return;
                }
                let to = event.related_target().and_then(|it| it.dyn_into::<web_sys::Node>().ok());
                let inside = root.get_untracked().is_some_and(|it| to.is_some() && it.contains(to.as_ref()));
                if !inside {
                    let typed = node.get_untracked().map(|it| it.value().trim().to_owned()).unwrap_or_default();
                    lost.set(Some(typed).filter(|it| !it.is_empty() && *it != untrack(shown)));
                    if !many && node.get_untracked().is_some_and(|it| it.value().trim().is_empty()) && !input.value.get_untracked().is_null() && open.get_untracked() {
                        input.set.run(Value::Null);
                    }
                    close();
                    input.leave();
                }
            }>
            {move || many.then(|| view! {
                <div class="row wrap">{chosen().into_iter().map(|it| {
                    let words = name(&it);
                    let says = words.clone();
                    view! { <span class="chip"><span class="chip-words">{words}</span>
                        <button type="button" class="chip-x" aria-label=move || text::REMOVE_FILTER.fill(&[&says]) on:click=move |_| drop(it.clone())>{icon("x")}</button></span> }
                }).collect_view()}</div>
            })}
            <div class="combo-box">
                <input class="input" id=id node_ref=node type="text" role="combobox" autocomplete="off" spellcheck="false"
                    aria-expanded=move || open.get().to_string() aria-controls=list_id.clone() aria-autocomplete="list" aria-activedescendant=active
                    aria-label=input.aria_label() aria-invalid=input.aria_invalid() aria-describedby=input.aria_describedby()
                    aria-required=input.aria_required() readonly=move || input.readonly.get() placeholder=text::SEARCH_CHOOSE.get() prop:value=shown
                    on:focus=move |_| if let Some(it) = node.get_untracked() { it.select() }
                    on:click=move |_| show()
                    on:input=move |event| if !composing(&event) { type_in(event_target_value(&event)) }
                    on:compositionend=move |event| type_in(event_target_value(&event))
                    on:keydown=keys/>
                <span class="combo-buttons">
                    {link_to}
                    {move || (!many && !chosen().is_empty() && !input.required.get()).then(|| view! {
                        <button type="button" class="button plain small icon-only" tabindex="-1" aria-label=text::CLEAR.get()
                            on:click=move |_| drop(String::new())>{icon("x")}</button>
                    })}
                </span>
            </div>
            {move || lost.get().map(|it| view! { <p class="field-fault" role="status">{text::NOT_TAKEN.fill(&[&it])}</p> })}
            {move || open.get().then(|| {
                let option_id = option_id.clone();
                view! {
                    <ul class="pop-panel combo-list" role="listbox" id=list_id.clone() aria-label=input.label aria-busy=move || busy.get().to_string()>
                        {move || {
                            let list = found.get();
                            if list.is_empty() {
                                let words = if busy.get() { text::LOADING } else if failed.get() { text::FAILED } else { text::NO_RESULTS };
                                return view! { <li class="menu-title" role="status">{words.get()}</li> }.into_any();
                            }
                            let now = chosen();
                            list.into_iter().enumerate().map(|(index, (choice, depth))| {
                                let mark = now.contains(&choice.id);
                                let (label, hint) = (choice.label.clone(), choice.hint.clone());
                                // Pressing, not clicking: the input keeps the focus.
                                view! {
                                    <li class=format!("menu-item depth-{}", depth.min(4)) role="option" id=option_id(index)
                                        aria-selected=move || (at.get() == index).to_string()
                                        on:pointermove=move |_| if at.get_untracked() != index { at.set(index) }
                                        on:mousedown=move |event| { event.prevent_default(); take(choice.clone()); }>
                                        <span class="clip">{label}</span><span class="hint">{hint}</span>{mark.then(|| icon("check"))}
                                    </li>
                                }
                            }).collect_view().into_any()
                        }}
                    </ul>
                }
            })}
        </div>
    }
    .into_any()
}

fn scroll(root: NodeRef<html::Div>) {
    request_animation_frame(move || {
        let current =
            root.get_untracked().and_then(|it| it.query_selector("[role=option][aria-selected=true]").ok().flatten());
        if let Some(it) = current {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            it.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}
