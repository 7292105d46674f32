//! People: the list of everybody.

use ::api::admin::{Term, Terms, UserInfo};
use leptos::prelude::*;

use super::person::Person;
use crate::app::{app, pick};
use crate::show;
use crate::text;
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;

/// The name of a value; the value itself where no pack names it.
pub(super) fn named(terms: &[Term], value: &str) -> String {
    terms.iter().find(|it| it.value == value).map_or_else(|| value.to_owned(), |it| pick(&it.titles, app().lang.get()))
}

pub fn users() -> AnyView {
    let list = fetch::<Vec<UserInfo>>(|| Some("/api/admin/users".to_owned()));
    let terms = fetch::<Terms>(|| Some("/api/admin/terms".to_owned()));
    let role = move |value: String| {
        move || terms.value.with(|it| named(it.as_ref().map(|it| it.roles.as_slice()).unwrap_or_default(), &value))
    };
    let editing = RwSignal::new(None::<UserInfo>);
    let wanted = RwSignal::new(String::new());
    let row = move |it: UserInfo| {
        let person = it.clone();
        view! {
            <tr>
                <td><button type="button" class="link row" on:click=move |_| editing.set(Some(person.clone()))>
                    <span class="avatar" aria-hidden="true" data-initial=show::initial(&it.name)></span><span class="row-link">{it.name.clone()}</span></button></td>
                <td data-title=text::USER_NAME.get()>{it.login}</td>
                <td data-title=text::ROLES.get()><span class="row wrap">{it.roles.into_iter().map(|it| view! { <span class="badge">{role(it)}</span> }).collect_view()}</span></td>
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
            let found = Memo::new(move |_| {
                let wanted = wanted.get();
                let hit = |it: &&UserInfo| wanted.is_empty() || format!("{} {} {}", it.name, it.login, it.department_name.as_deref().unwrap_or_default()).to_lowercase().contains(&wanted);
                list.iter().filter(hit).cloned().collect::<Vec<_>>()
            });
            view! {
                <div hidden=move || !found.with(Vec::is_empty)>{problem::empty("search", text::EMPTY_FILTERED, text::EMPTY_FILTERED_WHY, ().into_any())}</div>
                <div class="table-wrap" hidden=move || found.with(Vec::is_empty)><table class="table">
                    <thead><tr><th scope="col">{text::NAME.get()}</th><th scope="col">{text::USER_NAME.get()}</th><th scope="col">{text::ROLES.get()}</th>
                        <th scope="col">{text::DEPARTMENT.get()}</th><th scope="col" class="end">{text::OPEN_TASKS.get()}</th><th scope="col">{text::STATE.get()}</th></tr></thead>
                    <tbody on:click=crate::ui::row::follow>{move || found.get().into_iter().map(row).collect_view()}</tbody>
                </table></div>
            }.into_any()
        })}
        <Person editing=editing list=list terms=terms/>
    }
    .into_any()
}
