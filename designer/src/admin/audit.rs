//! The audit log: log-ins and administrative acts, newest first.

use ::api::admin::AuditEntry;
use leptos::{prelude::*, task::spawn_local};

use crate::app::{Tone, app};
use crate::module::plain;
use crate::text::{self, Text};
use crate::ui::fetch::skeleton;
use crate::ui::problem;
use crate::{api, nav, show};

const KINDS: [(&str, Text); 19] = [
    ("login", text::AUDIT_LOGIN),
    ("login-failed", text::AUDIT_LOGIN_FAILED),
    ("logout", text::AUDIT_LOGOUT),
    ("publish", text::AUDIT_PUBLISH),
    ("publish-planned", text::AUDIT_PLANNED),
    ("publish-recalled", text::AUDIT_RECALLED),
    ("publish-failed", text::AUDIT_PLAN_FAILED),
    ("instances-moved", text::AUDIT_MOVED),
    ("install", text::AUDIT_INSTALL),
    ("user-changed", text::AUDIT_USER),
    ("password-changed", text::AUDIT_PASSWORD),
    ("department-changed", text::AUDIT_DEPARTMENT),
    ("department-removed", text::AUDIT_DEPARTMENT_GONE),
    ("export", text::AUDIT_EXPORT),
    ("delete", text::AUDIT_DELETE),
    ("absence-added", text::AUDIT_ABSENCE),
    ("absence-removed", text::AUDIT_ABSENCE_OVER),
    ("demo-samples-made", text::AUDIT_SAMPLES),
    ("unmask", text::AUDIT_UNMASK),
];

pub fn audit() -> AnyView {
    let rows = RwSignal::new(None::<Vec<AuditEntry>>);
    let fault = RwSignal::new(None);
    let kind = RwSignal::new(String::new());
    let ended = RwSignal::new(false);
    let load = move |more: bool| {
        let after = if more {
            rows.with_untracked(|it| it.as_ref().and_then(|it| it.last().map(|it| it.id.clone())))
        } else {
            None
        };
        let mut path = "/api/admin/audit?limit=100".to_owned();
        if let Some(after) = after {
            path.push_str(&format!("&after={}", nav::encode(&after)));
        }
        let wanted = kind.get_untracked();
        if !wanted.is_empty() {
            path.push_str(&format!("&kind={wanted}"));
        }
        spawn_local(async move {
            match api::get::<Vec<AuditEntry>>(&path).await {
                Ok(list) => {
                    ended.set(list.len() < 100);
                    rows.update(|it| match it {
                        Some(all) if more => all.extend(list),
                        _ => *it = Some(list),
                    });
                }
                Err(why) if more => app().toast(Tone::Bad, problem::sentence(&why)),
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    Effect::new(move |_| {
        kind.track();
        load(false);
    });
    let words =
        |kind: &str| KINDS.iter().find(|it| it.0 == kind).map_or_else(|| kind.to_owned(), |it| it.1.read().to_owned());
    let row = move |it: AuditEntry| {
        let (name, code) = (it.user_name.clone().unwrap_or_default(), it.kind.clone());
        let info =
            it.info.iter().map(|(key, value)| format!("{key}: {}", plain(value))).collect::<Vec<_>>().join(" · ");
        let tone = if it.kind == "login-failed" { "warning" } else { "" };
        let exact = it.at.clone();
        view! {
            <tr>
                <td data-title=text::WHEN.get()><span class="nowrap">{move || show::moment(&exact, app().lang.get())}</span></td>
                <td data-title=text::WHAT.get()><span class=format!("badge {tone}")>{move || words(&code)}</span></td>
                <td data-title=text::WHO.get()>{name}</td>
                <td data-title=text::ADDRESS.get()><span class="num">{it.address}</span></td>
                <td data-title=text::DETAILS.get()><span class="muted" title=info.clone()>{info.clone()}</span></td>
            </tr>
        }
    };
    view! {
        <div class="toolbar">
            <select class="input fit" aria-label=text::WHAT.get() on:change=move |event| kind.set(event_target_value(&event))>
                <option value="">{text::EVERYTHING.get()}</option>
                {KINDS.into_iter().map(|(value, words)| view! { <option value=value>{words.get()}</option> }).collect_view()}
            </select>
        </div>
        {move || {
            if let Some(why) = fault.get() {
                return problem::screen(&why, Some(Callback::new(move |()| { fault.set(None); load(false); })));
            }
            match rows.get() {
                None => skeleton().into_any(),
                Some(list) if list.is_empty() => problem::empty("search", text::EMPTY_FILTERED, text::EMPTY_FILTERED_WHY, ().into_any()),
                Some(list) => view! {
                    <div class="table-wrap dense" tabindex="0"><table class="table">
                        <thead><tr><th scope="col">{text::WHEN.get()}</th><th scope="col">{text::WHAT.get()}</th><th scope="col">{text::WHO.get()}</th><th scope="col">{text::ADDRESS.get()}</th><th scope="col">{text::DETAILS.get()}</th></tr></thead>
                        <tbody>{list.into_iter().map(row).collect_view()}</tbody>
                    </table></div>
                    <div class="list-foot"><button type="button" class="button small" hidden=move || ended.get() on:click=move |_| load(true)>{text::MORE_ROWS.get()}</button></div>
                }.into_any(),
            }
        }}
    }
    .into_any()
}
