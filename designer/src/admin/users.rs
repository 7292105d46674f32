//! People: who they are, what they may do, whether they are there.

use ::api::admin::{SaveUser, UserInfo};
use ::api::problem::FieldFault;
use ::api::record::Choice;
use gloo_net::http::Method;
use leptos::{html, prelude::*, task::spawn_local};

use crate::app::{Tone, app};
use crate::text::{self, Text};
use crate::ui::dialog::Titled;
use crate::ui::fetch::{Fetch, draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show};

pub fn users() -> AnyView {
    let list = fetch::<Vec<UserInfo>>(|| Some("/api/admin/users".to_owned()));
    let editing = RwSignal::new(None::<UserInfo>);
    let wanted = RwSignal::new(String::new());
    let row = move |it: UserInfo| {
        let person = it.clone();
        view! {
            <tr>
                <td><button type="button" class="link row" on:click=move |_| editing.set(Some(person.clone()))>
                    <span class="avatar" aria-hidden="true">{show::initial(&it.name)}</span><span class="row-link">{it.name.clone()}</span></button></td>
                <td data-title=text::USER_NAME.get()>{it.login}</td>
                <td data-title=text::ROLES.get()><span class="row wrap">{it.roles.into_iter().map(|it| view! { <span class="badge">{it}</span> }).collect_view()}</span></td>
                <td data-title=text::DEPARTMENT.get()>{it.department_name.or(it.department)}</td>
                <td class="end" data-title=text::OPEN_TASKS.get()>{it.open_tasks.to_string()}</td>
                <td data-title=text::STATE.get()>{if it.disabled {
                    view! { <span class="badge danger">{text::DISABLED.get()}</span> }.into_any()
                } else if it.on_duty {
                    view! { <span class="badge success">{text::ON_DUTY.get()}</span> }.into_any()
                } else {
                    view! { <span class="badge">{text::OFF_DUTY.get()}</span> }.into_any()
                }}</td>
            </tr>
        }
    };
    view! {
        <div class="toolbar">
            <div class="search-box">{icon("search")}<input class="input" type="search" placeholder=text::SEARCH.get() aria-label=text::SEARCH.get()
                on:input=move |event| wanted.set(event_target_value(&event).to_lowercase())/></div>
            <span class="grow"></span>
            <button type="button" class="button primary" on:click=move |_| editing.set(Some(UserInfo { on_duty: true, ..UserInfo::default() }))>{icon("plus")}{text::ADD_PERSON.get()}</button>
        </div>
        {draw(list, move |list| {
            let rows = move || {
                let wanted = wanted.get();
                list.iter().filter(|it| wanted.is_empty() || format!("{} {}", it.name, it.login).to_lowercase().contains(&wanted)).cloned().map(row).collect_view()
            };
            view! {
                <div class="table-wrap"><table class="table">
                    <thead><tr><th scope="col">{text::NAME.get()}</th><th scope="col">{text::USER_NAME.get()}</th><th scope="col">{text::ROLES.get()}</th>
                        <th scope="col">{text::DEPARTMENT.get()}</th><th scope="col" class="end">{text::OPEN_TASKS.get()}</th><th scope="col">{text::STATE.get()}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any()
        })}
        <Person editing=editing list=list/>
    }
    .into_any()
}

#[component]
fn Person(editing: RwSignal<Option<UserInfo>>, list: Fetch<Vec<UserInfo>>) -> impl IntoView {
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
            {move || editing.get().map(|it| form(it, editing, list))}
        </Titled>
    }
}

fn words(list: &str) -> Vec<String> {
    list.split([',', '，', '、']).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn form(person: UserInfo, editing: RwSignal<Option<UserInfo>>, list: Fetch<Vec<UserInfo>>) -> AnyView {
    let fresh = person.id.is_empty();
    let [name, login, password, regions, skills] = [(); 5].map(|()| NodeRef::<html::Input>::new());
    let roles = RwSignal::new(person.roles.clone());
    let department = RwSignal::new(person.department.clone().unwrap_or_default());
    let disabled = RwSignal::new(person.disabled);
    let on_duty = RwSignal::new(person.on_duty);
    let fault = RwSignal::new(None::<String>);
    let faults = RwSignal::new(Vec::<FieldFault>::new());
    let busy = RwSignal::new(false);
    let departments = fetch::<Vec<Choice>>(|| Some("/api/departments".to_owned()));
    let known = list.value.with_untracked(|it| {
        let mut all: Vec<String> = it.iter().flatten().flat_map(|it| it.roles.clone()).chain(person.roles.clone()).collect();
        all.sort();
        all.dedup();
        all
    });
    let id = person.id.clone();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let value = |node: NodeRef<html::Input>| node.get_untracked().map(|it| it.value().trim().to_owned()).unwrap_or_default();
        let body = SaveUser {
            login: Some(value(login)).filter(|_| fresh),
            name: Some(value(name)),
            password: Some(value(password)).filter(|it| !it.is_empty()),
            roles: Some(roles.get_untracked()),
            department: Some(department.get_untracked()).filter(|it| !it.is_empty()),
            manager: None,
            disabled: Some(disabled.get_untracked()),
            on_duty: Some(on_duty.get_untracked()),
            regions: Some(words(&value(regions))),
            skills: Some(words(&value(skills))),
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
    let line = move |node: NodeRef<html::Input>, id: &'static str, words: Text, kind: &'static str, value: String, fixed: bool| {
        let pointer = format!("/{}", id.trim_start_matches("person-"));
        let wrong = move || faults.with(|it| it.iter().find(|it| it.pointer == pointer).map(|it| it.message.clone()));
        view! {
            <div>
                <label class="field-label" for=id>{words.get()}</label>
                <input class="input" id=id node_ref=node type=kind value=value readonly=fixed autocomplete=if kind == "password" { "new-password" } else { "off" }/>
                {move || wrong().map(|it| view! { <p class="field-fault">{it}</p> })}
            </div>
        }
    };
    let check = move |signal: RwSignal<bool>, words: Text| view! {
        <label class="option"><input type="checkbox" prop:checked=move || signal.get() on:change=move |event| signal.set(event_target_checked(&event))/>{words.get()}</label>
    };
    view! {
        <form class="dialog-form" on:submit=save>
            <div class="body">
                {move || fault.get().map(|it| view! { <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{it}</span></div> })}
                {line(name, "person-name", text::NAME, "text", person.name.clone(), false)}
                {line(login, "person-login", text::USER_NAME, "text", person.login.clone(), !fresh)}
                {line(password, "person-password", if fresh { text::PASSWORD } else { text::NEW_PASSWORD }, "password", String::new(), false)}
                <div><label class="field-label" for="person-department">{text::DEPARTMENT.get()}</label>
                    <select class="input" id="person-department" on:change=move |event| department.set(event_target_value(&event))>
                        <option value="" prop:selected=move || department.get().is_empty()>{text::CHOOSE.get()}</option>
                        {move || departments.value.get().unwrap_or_default().into_iter().map(|it| {
                            let own = it.id.clone();
                            view! { <option value=it.id prop:selected=move || department.get() == own>{it.label}</option> }
                        }).collect_view()}
                    </select></div>
                <fieldset><legend class="field-label">{text::ROLES.get()}</legend><div class="options">
                    {known.into_iter().map(|role| {
                        let (own, set) = (role.clone(), role.clone());
                        view! { <label class="option"><input type="checkbox" prop:checked=move || roles.with(|it| it.contains(&own)) on:change=move |event| {
                            let on = event_target_checked(&event);
                            roles.update(|it| { it.retain(|it| *it != set); if on { it.push(set.clone()); } });
                        }/>{role}</label> }
                    }).collect_view()}
                </div></fieldset>
                {line(regions, "person-regions", text::REGIONS, "text", person.regions.join(", "), false)}
                {line(skills, "person-skills", text::SKILLS, "text", person.skills.join(", "), false)}
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
