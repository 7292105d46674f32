//! The menu with a search that creates, appends or replaces: everything BPMN has, and only what may be put here.

use edit::geometry::Rect;
use edit::kind::{Family, Group, Kind};
use edit::{Edit, FlowEdit};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::hand::{add, reveal_new};
use super::palette::picture;
use super::{Canvas, marks, words};
use crate::app::{Lang, Tone, app};

/// What the choice will do.
#[derive(Clone, Debug, PartialEq)]
pub enum Choosing {
    /// A new node in the middle of what is seen, or after what is selected.
    Create,
    /// A new node after this one.
    Append(String),
    /// This one becomes another.
    Replace(String),
}

impl Choosing {
    fn node(&self) -> Option<&str> {
        match self {
            Choosing::Create => None,
            Choosing::Append(it) | Choosing::Replace(it) => Some(it),
        }
    }
}

/// What may be chosen, by group.
fn offered(canvas: Canvas, choosing: &Choosing, wanted: &str, lang: Lang) -> Vec<(Group, Vec<Kind>)> {
    let key = canvas.key.get_value();
    let now = match choosing {
        Choosing::Replace(id) => canvas.scene.with_untracked(|it| it.node(id).map(|it| it.kind)),
        Choosing::Create | Choosing::Append(_) => None,
    };
    let others = now.map(Kind::replacements).unwrap_or_default();
    let fits = |kind: Kind| match choosing {
        Choosing::Create => true,
        Choosing::Append(after) => canvas.desk.document.with_untracked(|it| {
            edit::allowed::allowed(it, &Edit::flow(&key, FlowEdit::Append { after: after.clone(), kind, at: None }))
                .is_ok()
        }),
        Choosing::Replace(_) => others.contains(&kind),
    };
    let mut wanted: Vec<String> = wanted.to_lowercase().split_whitespace().map(str::to_owned).collect();
    wanted.truncate(6);
    let text = wanted.join(" ");
    // What is called just so comes before what begins so, and that before what has it inside: "end" is no "Send".
    let rank = |kind: Kind| -> Option<u8> {
        let names = [words::kind(kind).of(Lang::En).to_lowercase(), words::kind(kind).of(lang).to_lowercase()];
        let all = format!("{} {} {}", names.join(" "), words::synonyms(kind), words::events(kind)).to_lowercase();
        let begins = |it: &String| all.split_whitespace().any(|word| word.starts_with(it.as_str()));
        if !wanted.iter().all(|it| all.contains(it.as_str())) {
            None
        } else if names.contains(&text) {
            Some(0)
        } else {
            Some(if wanted.iter().all(begins) { 1 } else { 2 })
        }
    };
    let named = |kind: Kind| rank(kind).is_some();
    // What is common comes first; looking for something, or replacing, shows each kind once.
    let short = wanted.is_empty() && *choosing != Choosing::Create && others.is_empty();
    let mut seen = std::collections::BTreeSet::new();
    let rest: Vec<Kind> =
        others.iter().copied().filter(|it| !Kind::GROUPS.iter().any(|group| group.1.contains(it))).collect();
    let mut groups: Vec<(Group, Vec<Kind>)> = Vec::new();
    for (group, kinds) in Kind::GROUPS {
        if *group == Group::Common && !short {
            continue;
        }
        let mut kinds: Vec<Kind> =
            kinds.iter().copied().filter(|it| fits(*it) && named(*it) && seen.insert(*it)).collect();
        if *group == Group::Starts {
            kinds.extend(rest.iter().copied().filter(|it| named(*it)));
        }
        if !wanted.is_empty() {
            kinds.sort_by_key(|it| rank(*it));
        }
        if !kinds.is_empty() {
            groups.push((*group, kinds));
        }
    }
    if !wanted.is_empty() {
        groups.sort_by_key(|it| it.1.first().and_then(|it| rank(*it)));
    }
    groups
}

/// The menu over the board.
#[component]
pub fn Chooser(canvas: Canvas) -> impl IntoView {
    move || canvas.choosing.get().map(|it| view! { <Menu canvas=canvas choosing=it/> })
}

#[component]
fn Menu(canvas: Canvas, choosing: Choosing) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let input = NodeRef::<html::Input>::new();
    let list = NodeRef::<html::Div>::new();
    let choosing = StoredValue::new(choosing);
    Effect::new(move |_| {
        if let Some(it) = input.get() {
            let _ = it.focus();
        }
    });
    let groups = Memo::new(move |_| {
        let lang = app().lang.get();
        choosing.with_value(|it| offered(canvas, it, &wanted.get(), lang))
    });
    let flat = move || groups.with(|it| it.iter().flat_map(|it| it.1.clone()).collect::<Vec<Kind>>());
    // The focus first: what has it and is taken away would have the browser lay out the page before the edit is drawn.
    let close = move || {
        canvas.take_keys();
        canvas.choosing.set(None);
    };
    let choose = move |kind: Kind| {
        let choosing = choosing.get_value();
        close();
        match choosing {
            Choosing::Create => add(canvas, kind),
            Choosing::Append(after) => {
                if canvas.edit(FlowEdit::Append { after, kind, at: None }) {
                    reveal_new(canvas);
                }
            }
            Choosing::Replace(id) => {
                let held = canvas.flow(|it| it.all().iter().any(|it| it.id.as_str() == id && !it.inside().is_empty()));
                if canvas.edit(FlowEdit::Replace { id: id.clone(), kind })
                    && held == Some(true)
                    && kind.family() == Family::Activity
                {
                    app().toast(Tone::Info, words::INSIDE_GONE.fill_now(&[&canvas.name(&id)]));
                }
            }
        }
    };
    // What the one would draw that is chosen so far, by the pointer or by arrows; what is new comes in the middle of what is seen.
    let foresee = move |kind: Option<Kind>| {
        let edit = kind.and_then(|kind| match choosing.get_value() {
            Choosing::Create => None,
            Choosing::Append(after) => Some(FlowEdit::Append { after, kind, at: None }),
            Choosing::Replace(id) => Some(FlowEdit::Replace { id, kind }),
        });
        canvas.foreseen.try_set(edit);
    };
    on_cleanup(move || {
        canvas.foreseen.try_set(None);
    });
    let step = move |by: i32| {
        let count = untrack(flat).len() as i32;
        if count > 0 {
            at.update(|it| *it = (*it as i32 + by).rem_euclid(count) as usize);
            foresee(untrack(flat).get(at.get_untracked()).copied());
            request_animation_frame(move || {
                let Some(list) = list.try_get_untracked().flatten() else { return };
                if let Ok(Some(it)) = list.query_selector(".menu-item.chosen") {
                    let options = web_sys::ScrollIntoViewOptions::new();
                    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                    it.scroll_into_view_with_scroll_into_view_options(&options);
                }
            });
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "Escape" => close(),
            "Enter" => {
                let on_button =
                    event_target::<web_sys::Element>(&event).dyn_ref::<web_sys::HtmlInputElement>().is_none();
                if on_button {
                    return;
                }
                event.prevent_default();
                if let Some(kind) = untrack(flat).get(at.get_untracked()) {
                    choose(*kind);
                }
            }
            "ArrowDown" => {
                event.prevent_default();
                step(1);
            }
            "ArrowUp" => {
                event.prevent_default();
                step(-1);
            }
            _ => (),
        }
    };
    let place = move || {
        let (width, height) = canvas.size().unwrap_or((800.0, 600.0));
        let eye = canvas.eye.get();
        let node = choosing.with_value(|it| it.node().map(str::to_owned));
        let rect = node.and_then(|id| {
            canvas.scene.with(|it| {
                it.node(&id)
                    .map(|it| it.rect)
                    .or_else(|| Some(Rect::around(edit::geometry::midway(&it.edge(&id)?.line), 1.0, 1.0)))
            })
        });
        // Beside what it is about, which is seen as it would become.
        let (x, y) = match rect {
            Some(it) => {
                let (left, right) = (it.x * eye.zoom + eye.x, it.right() * eye.zoom + eye.x);
                let beside = if right + 302.0 > width && left > 310.0 { left - 302.0 } else { right + 12.0 };
                (beside, it.y * eye.zoom + eye.y)
            }
            None => (60.0, 60.0),
        };
        (
            format!("{:.0}px", x.clamp(8.0, (width - 290.0).max(8.0))),
            format!("{:.0}px", y.clamp(8.0, (height - 400.0).max(8.0))),
        )
    };
    let title = choosing.with_value(|it| match it {
        Choosing::Create => words::CREATE_ANYTHING,
        Choosing::Append(_) => words::APPEND_ANYTHING,
        Choosing::Replace(_) => words::REPLACE_WITH,
    });
    let toggles = choosing.with_value(|it| match it {
        Choosing::Replace(id) => Some(marks::toggles(canvas, id)),
        Choosing::Create | Choosing::Append(_) => None,
    });
    let body = move || {
        let groups = groups.get();
        if groups.is_empty() && toggles_only(canvas, &choosing.get_value()) {
            return ().into_any();
        }
        if groups.is_empty() {
            return view! { <p class="faint">{words::NO_KIND.get()}</p> }.into_any();
        }
        let mut index = 0;
        groups
            .into_iter()
            .map(|(group, kinds)| {
                let items = kinds
                    .into_iter()
                    .map(|kind| {
                        let mine = index;
                        index += 1;
                        view! {
                            <li><button type="button" class="menu-item" class:chosen=move || at.get() == mine data-choose=format!("{kind:?}")
                                on:pointerenter=move |_| foresee(Some(kind)) on:pointerleave=move |_| foresee(None) on:focus=move |_| foresee(Some(kind))
                                on:click=move |_| choose(kind)>{picture(kind)}{words::kind(kind).get()}</button></li>
                        }
                    })
                    .collect_view();
                view! { <li class="chooser-head">{words::group(group).get()}</li>{items} }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="chooser pop-panel" role="dialog" aria-label=title.get() style:left=move || place().0 style:top=move || place().1 node_ref=list on:keydown=keys
            on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation() on:wheel=|event| event.stop_propagation()>
            <input class="input small" type="search" node_ref=input aria-label=title.get() placeholder=words::FIND_KIND.get()
                prop:value=move || wanted.get()
                on:input=move |event| {
                    wanted.set(event_target_value(&event));
                    at.set(0);
                }/>
            {toggles}
            <ul>{body}</ul>
        </div>
    }
}

/// Lines have toggles and no kinds.
fn toggles_only(canvas: Canvas, choosing: &Choosing) -> bool {
    matches!(choosing, Choosing::Replace(id) if canvas.scene.with_untracked(|it| it.node(id).is_none()))
}
