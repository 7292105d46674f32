//! One person in a dialog: name, log-in, roles, where they stand in the house, what they can do.

use ::api::admin::{SaveUser, Term, Terms, UserInfo};
use ::api::problem::FieldFault;
use ::api::record::Choice;
use gloo_net::http::Method;
use leptos::{html, prelude::*, task::spawn_local};

use super::users::named;
use crate::app::{Tone, app};
use crate::text::{self, Text};
use crate::ui::choose::Choose;
use crate::ui::dialog::Titled;
use crate::ui::fetch::{Fetch, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav};

#[component]
pub fn Person(editing: RwSignal<Option<UserInfo>>, list: Fetch<Vec<UserInfo>>, terms: Fetch<Terms>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(editing.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && editing.with_untracked(Option::is_some) {
            editing.set(None);
        }
    });
    let title = Signal::derive(move || match editing.get() {
        Some(it) if !it.id.is_empty() => it.name,
        Some(_) | None => text::ADD_PERSON.read().to_owned(),
    });
    view! {
        <Titled open=open title=title>
            {move || editing.get().map(|it| form(it, editing, list, terms))}
        </Titled>
    }
}

/// What stands wrong at a field, in the person's language.
fn fault_words(fault: &FieldFault) -> String {
    match (fault.pointer.as_str(), fault.code.as_str()) {
        ("/roles" | "/customer", "last-admin") => text::LAST_ADMIN.read().to_owned(),
        ("/roles", "portal") => text::PORTAL_ROLES.read().to_owned(),
        (_, "required") => text::FAULT_REQUIRED.read().to_owned(),
        ("/password", "minLength") => text::PASSWORD_TOO_SHORT.read().to_owned(),
        (_, "unique") => text::FAULT_UNIQUE.read().to_owned(),
        (_, "unknown") => text::FAULT_CHOICE.read().to_owned(),
        _ => fault.message.clone(),
    }
}

fn form(
    person: UserInfo,
    editing: RwSignal<Option<UserInfo>>,
    list: Fetch<Vec<UserInfo>>,
    terms: Fetch<Terms>,
) -> AnyView {
    let fresh = person.id.is_empty();
    let [name, login, password] = [(); 3].map(|()| NodeRef::<html::Input>::new());
    let [roles, regions, skills] = [&person.roles, &person.regions, &person.skills].map(|it| RwSignal::new(it.clone()));
    let department = RwSignal::new(person.department.clone().unwrap_or_default());
    let manager = RwSignal::new(person.manager.clone().unwrap_or_default());
    let disabled = RwSignal::new(person.disabled);
    let on_duty = RwSignal::new(person.on_duty);
    let customer = person.customer.clone().map(|id| {
        let label = person.customer_name.clone().unwrap_or_else(|| id.clone());
        Choice { id, label, hint: String::new() }
    });
    let customer = RwSignal::new(Vec::from_iter(customer));
    let customers = move || terms.value.with(|it| it.as_ref().and_then(|it| it.customers.clone()));
    let fault = RwSignal::new(None::<String>);
    let faults = RwSignal::new(Vec::<FieldFault>::new());
    let busy = RwSignal::new(false);
    let departments = fetch::<Vec<Choice>>(|| Some("/api/departments".to_owned()));
    let own = person.id.clone();
    let colleagues = Signal::derive(move || {
        let others = list.value.get().unwrap_or_default().into_iter().filter(|it| it.id != own && !it.disabled);
        others.map(|it| (it.id, it.name)).collect::<Vec<_>>()
    });
    let id = person.id.clone();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let value = |node: NodeRef<html::Input>| {
            node.get_untracked().map(|it| it.value().trim().to_owned()).unwrap_or_default()
        };
        let body = SaveUser {
            login: Some(value(login)).filter(|_| fresh),
            name: Some(value(name)),
            password: Some(value(password)).filter(|it| !it.is_empty()),
            roles: Some(roles.get_untracked()),
            department: Some(department.get_untracked()),
            manager: Some(manager.get_untracked()),
            disabled: Some(disabled.get_untracked()),
            on_duty: Some(on_duty.get_untracked()),
            regions: Some(regions.get_untracked()),
            skills: Some(skills.get_untracked()),
            customer: Some(customer.with_untracked(|it| it.first().map(|it| it.id.clone()).unwrap_or_default())),
        };
        let path = if fresh { "/api/admin/users".to_owned() } else { format!("/api/admin/users/{}", nav::encode(&id)) };
        busy.set(true);
        spawn_local(async move {
            let method = if fresh { Method::POST } else { Method::PATCH };
            let answer = api::send::<_, UserInfo>(method, &path, &body).await;
            busy.set(false);
            match answer {
                Ok(_) => {
                    editing.set(None);
                    list.reload();
                    app().say(Tone::Good, text::SAVED);
                }
                Err(why) => {
                    fault.set(Some(problem::sentence(&why)));
                    faults.set(why.fields);
                }
            }
        });
    };
    let wrong = move |field: &'static str| {
        move || faults.with(|it| it.iter().find(|it| it.pointer.trim_start_matches('/') == field).map(fault_words))
    };
    let line = move |node: NodeRef<html::Input>,
                     field: &'static str,
                     words: Text,
                     kind: &'static str,
                     value: String,
                     fixed: bool| {
        let id = format!("person-{field}");
        let fault_id = format!("{id}-fault");
        let wrong = wrong(field);
        view! {
            <div>
                <label class="field-label" for=id.clone()>{words.get()}</label>
                <input class="input" id=id node_ref=node type=kind value=value readonly=fixed autocomplete=if kind == "password" { "new-password" } else { "off" }
                    aria-invalid=move || wrong().is_some().then_some("true") aria-describedby=fault_id.clone()/>
                <p class="field-fault" id=fault_id hidden=move || wrong().is_none()>{wrong}</p>
            </div>
        }
    };
    let check = move |signal: RwSignal<bool>, words: Text| {
        view! {
            <label class="option"><input type="checkbox" prop:checked=move || signal.get() on:change=move |event| signal.set(event_target_checked(&event))/>{words.get()}</label>
        }
    };
    let select =
        move |id: &'static str, words: Text, chosen: RwSignal<String>, options: Signal<Vec<(String, String)>>| {
            view! {
                <div><label class="field-label" for=id>{words.get()}</label>
                    <select class="input" id=id on:change=move |event| chosen.set(event_target_value(&event))>
                        <option value="" prop:selected=move || chosen.get().is_empty()>{text::NONE.get()}</option>
                        {move || options.get().into_iter().map(|(value, title)| {
                            let own = value.clone();
                            view! { <option value=value prop:selected=move || chosen.get() == own>{title}</option> }
                        }).collect_view()}
                    </select></div>
            }
        };
    let of = move |part: fn(&Terms) -> &[Term]| {
        Signal::derive(move || terms.value.with(|it| it.as_ref().map(|it| part(it).to_vec())).unwrap_or_default())
    };
    view! {
        <form class="dialog-form" novalidate on:submit=save>
            <div class="body">
                {move || fault.get().map(|it| view! { <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{it}</span></div> })}
                // A list of choices that is empty because it could not be read must not look like one that is.
                {problem::banner(terms.fault, Some(Callback::new(move |()| terms.reload())))}
                {problem::banner(departments.fault, Some(Callback::new(move |()| departments.reload())))}
                {line(name, "name", text::NAME, "text", person.name.clone(), false)}
                <div class="pair">
                    {line(login, "login", text::USER_NAME, "text", person.login.clone(), !fresh)}
                    {line(password, "password", if fresh { text::PASSWORD } else { text::NEW_PASSWORD }, "password", String::new(), false)}
                </div>
                <div class="pair">
                    {select("person-department", text::DEPARTMENT, department, Signal::derive(move || departments.value.get().unwrap_or_default().into_iter().map(|it| (it.id, it.label)).collect()))}
                    {select("person-manager", text::MANAGER, manager, colleagues)}
                </div>
                {checks(text::ROLES, of(|it| &it.roles), roles)}
                {let wrong = wrong("roles"); move || wrong().map(|it| view! { <p class="field-fault">{it}</p> })}
                {move || customers().map(|module| view! { <Choose words=text::OF_CUSTOMER path=format!("/api/lookup/{}?", nav::encode(&module)) chosen=customer asked=true/> })}
                {let wrong = wrong("customer"); move || wrong().map(|it| view! { <p class="field-fault">{it}</p> })}
                {chosen("person-regions", text::REGIONS, of(|it| &it.regions), regions)}
                {checks(text::SKILLS, of(|it| &it.skills), skills)}
                <div class="options">{check(on_duty, text::ON_DUTY)}{check(disabled, text::DISABLED)}</div>
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| editing.set(None)>{text::CANCEL.get()}</button>
                <button class="button primary" class:busy=busy>{text::SAVE.get()}</button>
            </footer>
        </form>
    }
    .into_any()
}

/// A box to tick per value; a value the person has and no pack names any more is there too.
fn checks(words: Text, terms: Signal<Vec<Term>>, values: RwSignal<Vec<String>>) -> impl IntoView {
    let all = move || {
        let mut all: Vec<(String, String)> =
            terms.with(|terms| terms.iter().map(|it| (it.value.clone(), named(terms, &it.value))).collect());
        let more =
            values.get_untracked().into_iter().filter(|it| !all.iter().any(|known| known.0 == *it)).collect::<Vec<_>>();
        all.extend(more.into_iter().map(|it| (it.clone(), it)));
        all
    };
    let boxes = move || {
        all().into_iter().map(|(value, title)| {
        let own = value.clone();
        view! { <label class="option"><input type="checkbox" prop:checked=move || values.with(|it| it.contains(&own)) on:change=move |event| {
            let on = event_target_checked(&event);
            values.update(|it| {
                it.retain(|it| *it != value);
                if on {
                    it.push(value.clone());
                }
            });
        }/>{title}</label> }
    }).collect_view()
    };
    view! { <fieldset><legend class="field-label">{words.get()}</legend><div class="options">{boxes}</div></fieldset> }
}

/// Chosen values of a long list as chips, with an input that completes names.
fn chosen(id: &'static str, words: Text, terms: Signal<Vec<Term>>, values: RwSignal<Vec<String>>) -> impl IntoView {
    let list = format!("{id}-list");
    let options = list.clone();
    // A name with what stands above it: there is more than one "Chaoyang".
    let full = move |terms: &[Term], value: &str| {
        let mut names = vec![named(terms, value)];
        let mut at = terms.iter().find(|it| it.value == value).and_then(|it| it.parent.clone());
        while let Some(above) = at.filter(|_| names.len() < 6) {
            names.push(named(terms, &above));
            at = terms.iter().find(|it| it.value == above).and_then(|it| it.parent.clone());
        }
        names.reverse();
        names.join(" / ")
    };
    let chips = move || {
        values.get().into_iter().map(|value| {
        let title = terms.with(|terms| named(terms, &value));
        let remove = text::REMOVE_OF.fill(&[&title]);
        view! {
            <span class="chip"><span class="chip-words"><span class="clip">{title}</span></span>
                <button type="button" class="chip-x" aria-label=remove on:click=move |_| values.update(|it| it.retain(|it| *it != value))>{icon("x")}</button></span>
        }
    }).collect_view()
    };
    let add = move |event: leptos::ev::Event| {
        let typed = event_target_value(&event).trim().to_owned();
        let hit = terms.with_untracked(|terms| {
            terms
                .iter()
                .find(|it| untrack(|| full(terms, &it.value) == typed || named(terms, &it.value) == typed))
                .map(|it| it.value.clone())
        });
        if let Some(value) = hit {
            values.update(|it| {
                if !it.contains(&value) {
                    it.push(value)
                }
            });
            if let Some(input) = document().get_element_by_id(id) {
                use wasm_bindgen::JsCast;
                input.unchecked_ref::<web_sys::HtmlInputElement>().set_value("");
            }
        }
    };
    view! {
        <div class="stack tight">
            <label class="field-label" for=id>{words.get()}</label>
            <div class="row wrap" hidden=move || values.with(Vec::is_empty)>{chips}</div>
            <input class="input" id=id list=list autocomplete="off" placeholder=text::SEARCH_CHOOSE.get() on:change=add/>
            <datalist id=options>{move || terms.with(|terms| terms.iter().map(|it| view! { <option value=full(terms, &it.value)></option> }).collect_view())}</datalist>
        </div>
    }
}
