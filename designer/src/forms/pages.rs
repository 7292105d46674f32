//! A form of several pages: tabs that are opened at will, or steps one after the other. All pages are there all the time,
//! only one is shown: what was typed on another stays, and its faults are counted at its name.

use leptos::{ev, prelude::*};
use runtime::model::view::{FormView, Page, Section, Turn};
use wasm_bindgen::JsCast;

use super::draw::section;
use super::state::Form;
use crate::app::app;
use crate::text::texts;
use crate::ui::icon::icon;

texts! {
    PAGES = "Pages of the form", "表单页面";
    BACK = "Back", "上一步";
    NEXT = "Next", "下一步";
    STEP = "Step {} of {}", "第 {} 步，共 {} 步";
    FAULTS = "{} to correct", "{} 处需修改";
}

/// A page with what stands on it.
#[derive(Clone, PartialEq)]
struct Sheet {
    page: Page,
    sections: Vec<Section>,
}

/// The pages, one of them shown.
pub fn paged(form: Form, key: String, view: FormView) -> AnyView {
    let pages = view.pages.clone().unwrap_or_default();
    let sheets: Vec<Sheet> = pages
        .list
        .iter()
        .map(|page| {
            let on = |it: &&Section| view.page_of(it).is_some_and(|it| it.id == page.id);
            Sheet { page: page.clone(), sections: view.sections.iter().filter(on).cloned().collect() }
        })
        .filter(|it| !it.sections.is_empty())
        .collect();
    let all = StoredValue::new(sheets.clone());
    // A page is there as long as one of its sections is.
    let there = Memo::new(move |_| {
        let shown = |it: &Section| {
            form.state.with(|state| state.as_ref().and_then(|state| state.sections.get(&it.id).copied()))
        };
        all.with_value(|all| {
            all.iter()
                .filter(|it| it.sections.iter().any(|it| shown(it).unwrap_or(true)))
                .map(|it| it.page.clone())
                .collect::<Vec<_>>()
        })
    });
    let current = Memo::new(move |_| {
        let (there, wanted) = (there.get(), form.page.get());
        there
            .iter()
            .find(|it| wanted.as_ref() == Some(&it.id))
            .or_else(|| there.first())
            .map(|it| it.id.clone())
            .unwrap_or_default()
    });
    let title = {
        let key = key.clone();
        move |it: &Page| form.module.with_value(|module| module.page_title(&key, &it.id, &it.title, app().lang.get()))
    };
    let faults = move |page: &str| {
        if !form.tried.get() && form.faults.with(Vec::is_empty) {
            return 0;
        }
        let fields: Vec<String> = all.with_value(|all| {
            let sections = all.iter().filter(|it| it.page.id == page).flat_map(|it| &it.sections);
            sections.flat_map(|it| &it.fields).map(|it| it.field.0.clone()).collect()
        });
        fields.iter().map(|it| form.faults_at(it).len()).sum::<usize>()
    };
    let head = match pages.turn {
        Turn::Tabs => tabs(form, there, current, title, faults),
        Turn::Steps => steps(form, there, current, title, faults),
    };
    let bodies = sheets
        .into_iter()
        .map(|it| {
            let (id, key) = (it.page.id.clone(), key.clone());
            let hidden = {
                let id = id.clone();
                move || current.with(|it| *it != id)
            };
            let role = (pages.turn == Turn::Tabs).then_some("tabpanel");
            let sections = it.sections.into_iter().map(|it| section(form, key.clone(), it)).collect_view();
            view! { <div class="form-page" id=form.input_id(&format!("page-{id}")) role=role hidden=hidden data-page=id>{sections}</div> }
        })
        .collect_view();
    let foot = (pages.turn == Turn::Steps).then(|| foot(form, there, current));
    view! { {head}<div class="form-pages">{bodies}</div>{foot} }.into_any()
}

fn mark(count: usize) -> Option<AnyView> {
    (count > 0).then(|| {
        let words = FAULTS.fill(&[&count.to_string()]);
        let title = words.clone();
        view! { <span class="badge danger" title=title>{count}<span class="sr">{words}</span></span> }.into_any()
    })
}

fn tabs(
    form: Form,
    there: Memo<Vec<Page>>,
    current: Memo<String>,
    title: impl Fn(&Page) -> String + Clone + Send + Sync + 'static,
    faults: impl Fn(&str) -> usize + Copy + Send + Sync + 'static,
) -> AnyView {
    let keys = move |event: ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        event.prevent_default();
        let list = there.get_untracked();
        let here = current.with_untracked(|it| list.iter().position(|page| page.id == *it)).unwrap_or_default();
        let next = (here as i32 + step).rem_euclid(list.len().max(1) as i32) as usize;
        if let Some(it) = list.get(next) {
            form.page.set(Some(it.id.clone()));
            focus(&form.input_id(&format!("tab-{}", it.id)));
        }
    };
    view! {
        <div class="form-tabs" role="tablist" aria-label=PAGES.get() on:keydown=keys>
            {move || there.get().into_iter().map(|it| {
                let words = title(&it);
                let (id, page, own) = (it.id.clone(), it.id.clone(), it.id.clone());
                let chosen = move || current.with(|it| *it == id);
                let chosen_too = chosen.clone();
                let (tab, body) = (form.input_id(&format!("tab-{own}")), form.input_id(&format!("page-{own}")));
                view! {
                    <button type="button" role="tab" id=tab aria-controls=body
                        aria-selected=move || chosen().to_string() tabindex=move || if chosen_too() { "0" } else { "-1" }
                        on:click=move |_| form.page.set(Some(page.clone()))>{words}{move || mark(faults(&own))}</button>
                }
            }).collect_view()}
        </div>
    }
    .into_any()
}

fn steps(
    form: Form,
    there: Memo<Vec<Page>>,
    current: Memo<String>,
    title: impl Fn(&Page) -> String + Clone + Send + Sync + 'static,
    faults: impl Fn(&str) -> usize + Copy + Send + Sync + 'static,
) -> AnyView {
    view! {
        <ol class="form-steps" aria-label=PAGES.get()>
            {move || {
                let list = there.get();
                let here = current.with(|it| list.iter().position(|page| page.id == *it)).unwrap_or_default();
                list.into_iter().enumerate().map(|(at, it)| {
                    let (words, id, page) = (title(&it), it.id.clone(), it.id.clone());
                    // Back is always possible, forward only by the button below.
                    view! {
                        <li class:done={at < here} aria-current=(at == here).then_some("step")>
                            <button type="button" disabled={at > here} on:click=move |_| form.page.set(Some(page.clone()))>
                                <span class="step-number">{if at < here { icon("check").into_any() } else { (at + 1).into_any() }}</span>
                                <span>{words}</span>{move || mark(faults(&id))}
                            </button>
                        </li>
                    }
                }).collect_view()
            }}
        </ol>
    }
    .into_any()
}

fn foot(form: Form, there: Memo<Vec<Page>>, current: Memo<String>) -> AnyView {
    let here =
        move || there.with(|list| current.with(|it| list.iter().position(|page| page.id == *it))).unwrap_or_default();
    let count = move || there.with(Vec::len);
    let turn = move |to: usize| {
        if let Some(it) = there.with_untracked(|it| it.get(to).cloned()) {
            form.page.set(Some(it.id.clone()));
            let id = form.input_id(&format!("page-{}", it.id));
            request_animation_frame(move || {
                let first = document().query_selector(&format!("#{id} :is(input, select, textarea):not([disabled])"));
                if let Some(it) = first.ok().flatten().and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
                    let _ = it.focus();
                }
            });
        }
    };
    let next = move |_: ev::MouseEvent| {
        let page = current.get_untracked();
        let fields: Vec<String> = form.view.with_value(|(_, view)| {
            let on = view.sections.iter().filter(|it| view.page_of(it).is_some_and(|it| it.id == page));
            on.flat_map(|it| &it.fields).map(|it| it.field.0.clone()).collect()
        });
        leptos::task::spawn_local(async move {
            form.settled().await;
            fields.iter().for_each(|it| form.touch(it));
            let wrong = untrack(|| fields.iter().find(|it| !form.faults_at(it).is_empty()).cloned());
            match wrong {
                Some(field) => focus(&form.input_id(&field)),
                None => turn(untrack(here) + 1),
            }
        });
    };
    view! {
        <div class="form-turn">
            <span class="faint" role="status">{move || STEP.fill(&[&(here() + 1).to_string(), &count().to_string()])}</span>
            <span class="grow"></span>
            <button type="button" class="button" disabled=move || here() == 0 on:click=move |_| turn(untrack(here).saturating_sub(1))>{icon("left")}{BACK.get()}</button>
            <button type="button" class="button" hidden={move || here() + 1 >= count()} on:click=next>{NEXT.get()}{icon("right")}</button>
        </div>
    }
    .into_any()
}

fn focus(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || crate::shell::focus(&id));
}
