//! Chooses one or several by some letters of their names, where there is no form around: colleagues in a dialog, a customer.

use ::api::record::Choice;
use leptos::prelude::*;

use crate::nav;
use crate::text::{self, Text};
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;

/// How many are offered at once.
const SHOWN: usize = 8;

/// `path`: where choices are asked for, ending with `?`. `asked`: only once letters were typed. `missing`: none was chosen,
/// and one has to be.
#[component]
pub fn Choose(
    words: Text,
    #[prop(into)] path: String,
    chosen: RwSignal<Vec<Choice>>,
    #[prop(optional)] many: bool,
    #[prop(optional)] asked: bool,
    #[prop(optional)] missing: Option<RwSignal<bool>>,
) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let found = fetch::<Vec<Choice>>(move || {
        let wanted = wanted.get();
        (!asked || !wanted.is_empty()).then(|| format!("{path}q={}", nav::encode(&wanted)))
    });
    let put = move |it: Choice, on: bool| {
        if let Some(missing) = missing {
            missing.set(false);
        }
        chosen.update(|all| {
            all.retain(|old| many && old.id != it.id);
            if on {
                all.push(it);
            }
        });
    };
    let line = move |it: Choice| {
        let (own, label, hint) = (it.id.clone(), it.label.clone(), it.hint.clone());
        view! { <label class="option"><input type=if many { "checkbox" } else { "radio" } name="choose"
        prop:checked=move || chosen.with(|all| all.iter().any(|it| it.id == own))
        on:change=move |event| put(it.clone(), event_target_checked(&event))/>{label}<span class="faint">{hint}</span></label> }
    };
    let list = move |list: Vec<Choice>| {
        if list.is_empty() {
            return view! { <p class="faint" role="status">{text::NO_RESULTS.get()}</p> }.into_any();
        }
        list.into_iter().take(SHOWN).map(line).collect_view().into_any()
    };
    // Whoever was chosen may not be among those that are found now.
    let chips = move || {
        chosen.get().into_iter().map(|it| {
            let (label, remove) = (it.label.clone(), text::REMOVE_OF.fill(&[&it.label]));
            view! {
                <span class="chip"><span class="chip-words"><span class="clip">{label}</span></span>
                    <button type="button" class="chip-x" aria-label=remove on:click=move |_| put(it.clone(), false)>{icon("x")}</button></span>
            }
        }).collect_view()
    };
    view! {
        {move || missing.is_some_and(|it| it.get()).then(|| view! { <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{text::CHOOSE_PERSON.get()}</span></div> })}
        <label class="stack tight"><span class="field-label">{words.get()}</span>
            <input class="input" type="search" placeholder=text::SEARCH_CHOOSE.get() on:input=move |event| wanted.set(event_target_value(&event))/></label>
        <div class="row wrap" role="status" hidden=move || chosen.with(Vec::is_empty)>{chips}</div>
        {move || (!asked || !wanted.with(String::is_empty)).then(|| view! {
            <div class="stack tight" role=if many { "group" } else { "radiogroup" } aria-label=words.get()>{draw(found, list)}</div>
        })}
    }
}
