//! What people look after themselves: their password, and when they are away.

use ::api::absence::{AbsenceInfo, SaveAbsence};
use ::api::problem::FieldFault;
use ::api::record::Choice;
use ::api::session::ChangePassword;
use gloo_net::http::Method;
use js_sys::Date;
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use crate::app::{Tone, app};
use crate::text::{self, Text, texts};
use crate::ui::choose::Choose;
use crate::ui::fetch::{Fetch, draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show};

texts! {
    CURRENT = "Password so far", "当前密码";
    FRESH = "New password", "新密码";
    AGAIN = "New password once more", "再次输入新密码";
    CHANGE_PASSWORD = "Change password", "修改密码";
    PASSWORD_CHANGED = "Your password is changed. You were logged out everywhere else.", "密码已修改，其他设备上的登录已失效。";
    NOT_THIS = "This is not your password.", "当前密码不正确。";
    NOT_THE_SAME = "The two are not the same.", "两次输入不一致。";
    AWAY = "Away", "外出与代理";
    AWAY_WHY = "Work is not assigned to somebody who is away. What comes back to them all the same, whoever stands in may do.", "外出期间不再自动分配任务；退回给本人的任务可由代理人处理。";
    NOT_AWAY = "Nobody is away.", "暂无外出安排。";
    SINCE = "From", "开始";
    TILL = "Until", "结束";
    STANDS_IN = "Who stands in", "代理人";
    WHO_IS_AWAY = "Who is away (nobody chosen: you)", "外出人员（不选则为本人）";
    STOOD_IN_BY = "stood in for by {}", "由 {} 代理";
    ADD_ABSENCE = "Add", "添加";
    END_ABSENCE = "Remove", "取消";
    OVERLAP = "Somebody is away at that time already.", "该时间段内已有外出安排。";
    ORDER = "The end comes after the beginning and lies ahead.", "结束时间须晚于开始时间，且不能已过去。";
}

/// `/me`
pub fn account_page() -> AnyView {
    Effect::new(move |_| nav::title(text::MY_ACCOUNT.read()));
    let portal = app().session_now().is_some_and(|it| it.portal);
    view! {
        <div class="page-head"><h1 class="grow">{text::MY_ACCOUNT.get()}</h1></div>
        <div class="page-body account">
            {password()}
            {(!portal).then(away)}
        </div>
    }
    .into_any()
}

/// What stands wrong, by the field it stands wrong at.
type Faults = Vec<(&'static str, Text)>;

/// A field of a form without a schema, with its fault below.
fn line(
    id: &'static str,
    words: Text,
    kind: &'static str,
    node: NodeRef<html::Input>,
    (faults, field): (RwSignal<Faults>, &'static str),
    complete: &'static str,
) -> impl IntoView {
    let fault_id = format!("{id}-fault");
    let fault = move || faults.with(|it| it.iter().find(|it| it.0 == field).map(|it| it.1));
    view! {
        <div>
            <label class="field-label" for=id>{words.get()}</label>
            <input class="input" id=id type=kind node_ref=node autocomplete=complete aria-invalid=move || fault().is_some().then_some("true") aria-describedby=fault_id.clone()
                on:input=move |_| faults.update(|it| it.retain(|it| it.0 != field))/>
            <p class="field-fault" id=fault_id hidden=move || fault().is_none()>{move || fault().map(|it| it.read())}</p>
        </div>
    }
}

fn password() -> impl IntoView {
    let [current, fresh, again] = [(); 3].map(|()| NodeRef::<html::Input>::new());
    let faults = RwSignal::new(Faults::new());
    let fault = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let at = |field: &'static str| (faults, field);
    let value = |node: NodeRef<html::Input>| node.get_untracked().map(|it| it.value()).unwrap_or_default();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let ask = ChangePassword { current: value(current), password: value(fresh) };
        let mut found = Vec::new();
        if ask.current.is_empty() {
            found.push(("current", text::FAULT_REQUIRED));
        }
        if ask.password.chars().count() < 8 {
            found.push(("fresh", text::PASSWORD_TOO_SHORT));
        } else if value(again) != ask.password {
            found.push(("again", NOT_THE_SAME));
        }
        fault.set(None);
        faults.set(found.clone());
        if !found.is_empty() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api::tell(Method::PUT, "/api/password", &ask).await;
            busy.try_set(false);
            match answer {
                Ok(()) => {
                    for node in [current, fresh, again] {
                        if let Some(it) = node.get_untracked() {
                            it.set_value("");
                        }
                    }
                    app().say(Tone::Good, PASSWORD_CHANGED);
                }
                Err(why) if !why.fields.is_empty() => {
                    let place = |it: &FieldFault| match it.pointer.as_str() {
                        "/current" => ("current", NOT_THIS),
                        _ => ("fresh", text::PASSWORD_TOO_SHORT),
                    };
                    faults.try_set(why.fields.iter().map(place).collect());
                }
                Err(why) => drop(fault.try_set(Some(why))),
            }
        });
    };
    view! {
        <form class="card" novalidate on:submit=save>
            <header><h2>{CHANGE_PASSWORD.get()}</h2></header>
            <div class="pad stack">
                {problem::banner(fault, None)}
                // For password managers: whose password this is.
                <input type="text" hidden autocomplete="username" value=app().session_now().map(|it| it.login.clone()).unwrap_or_default()/>
                {line("me-current", CURRENT, "password", current, at("current"), "current-password")}
                {line("me-fresh", FRESH, "password", fresh, at("fresh"), "new-password")}
                {line("me-again", AGAIN, "password", again, at("again"), "new-password")}
                <div><button class="button primary" class:busy=busy>{CHANGE_PASSWORD.get()}</button></div>
            </div>
        </form>
    }
}

fn away() -> impl IntoView {
    let list = fetch::<Vec<AbsenceInfo>>(|| Some("/api/absences".to_owned()));
    let me = app().session_now().map(|it| it.user.clone()).unwrap_or_default();
    let line = move |it: AbsenceInfo| {
        let lang = app().lang.get();
        let times = format!("{} – {}", show::moment(&it.from, lang), show::moment(&it.until, lang));
        let name = (it.person != me).then(|| it.person_name.clone());
        let label = format!("{}: {times}", END_ABSENCE.read());
        let id = it.id;
        view! {
            <li class="row wrap">
                {name.map(|it| view! { <span class="strong">{it}</span> })}<span class="num">{times}</span>
                {it.substitute_name.map(|it| view! { <span class="muted">{STOOD_IN_BY.fill(&[&it])}</span> })}
                <span class="grow"></span>
                {it.removable.then(|| view! { <button type="button" class="button small" aria-label=label on:click=move |_| remove(id.clone(), list)>{END_ABSENCE.get()}</button> })}
            </li>
        }
    };
    view! {
        <section class="card">
            <header><h2>{AWAY.get()}</h2></header>
            <div class="pad stack">
                <p class="muted">{AWAY_WHY.get()}</p>
                {draw(list, move |all| {
                    if all.is_empty() {
                        return view! { <p class="faint">{NOT_AWAY.get()}</p> }.into_any();
                    }
                    view! { <ul class="absences">{all.into_iter().map(line.clone()).collect_view()}</ul> }.into_any()
                })}
                {add(list)}
            </div>
        </section>
    }
}

fn remove(id: String, list: Fetch<Vec<AbsenceInfo>>) {
    spawn_local(async move {
        match api::delete(&format!("/api/absences/{}", nav::encode(&id))).await {
            Ok(()) => list.reload(),
            Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
        }
    });
}

/// A moment of the person's clock as RFC 3339; empty where there is none.
fn moment(node: NodeRef<html::Input>) -> String {
    let local = node.get_untracked().map(|it| it.value()).unwrap_or_default();
    let date = Date::new(&JsValue::from_str(&local));
    if local.is_empty() || date.get_time().is_nan() { String::new() } else { String::from(date.to_iso_string()) }
}

fn add(list: Fetch<Vec<AbsenceInfo>>) -> impl IntoView {
    let [from, until] = [(); 2].map(|()| NodeRef::<html::Input>::new());
    let [who, substitute] = [(); 2].map(|()| RwSignal::new(Vec::<Choice>::new()));
    let faults = RwSignal::new(Faults::new());
    let fault = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let at = |field: &'static str| (faults, field);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let first = |it: RwSignal<Vec<Choice>>| it.with_untracked(|it| it.first().map(|it| it.id.clone()));
        let ask =
            SaveAbsence { person: first(who), from: moment(from), until: moment(until), substitute: first(substitute) };
        let blank = [("from", &ask.from), ("until", &ask.until)];
        let found: Vec<_> =
            blank.into_iter().filter(|it| it.1.is_empty()).map(|it| (it.0, text::FAULT_REQUIRED)).collect();
        fault.set(None);
        faults.set(found.clone());
        if !found.is_empty() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api::post::<_, AbsenceInfo>("/api/absences", &ask).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    for node in [from, until] {
                        if let Some(it) = node.get_untracked() {
                            it.set_value("");
                        }
                    }
                    who.try_set(Vec::new());
                    substitute.try_set(Vec::new());
                    list.reload();
                    app().say(Tone::Good, text::SAVED);
                }
                Err(why) if why.fields.iter().any(|it| it.pointer == "/until") => {
                    faults.try_set(vec![("until", ORDER)]);
                }
                Err(why) if why.fields.iter().any(|it| it.code == "overlap") => {
                    faults.try_set(vec![("from", OVERLAP)]);
                }
                Err(why) => drop(fault.try_set(Some(why))),
            }
        });
    };
    let admin = app().session_now().is_some_and(|it| it.admin);
    view! {
        <form class="stack" novalidate on:submit=save>
            {problem::banner(fault, None)}
            <div class="pair">
                {line("away-from", SINCE, "datetime-local", from, at("from"), "off")}
                {line("away-until", TILL, "datetime-local", until, at("until"), "off")}
            </div>
            {admin.then(|| view! { <Choose words=WHO_IS_AWAY path="/api/people?" chosen=who asked=true/> })}
            <Choose words=STANDS_IN path="/api/people?" chosen=substitute asked=true/>
            <div><button class="button primary" class:busy=busy>{icon("plus")}{ADD_ABSENCE.get()}</button></div>
        </form>
    }
}
