//! Instances that are stuck, with the reason, and trying again.

use ::api::instance::{IncidentInfo, InstanceDetail, InstanceHead, InstancePage};
use leptos::{prelude::*, task::spawn_local};

use crate::app::{Tone, app, pick};
use crate::text;
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show};

pub fn incidents() -> AnyView {
    let page = fetch::<InstancePage>(|| Some("/api/instances?state=running&limit=500".to_owned()));
    draw(page, move |page: InstancePage| {
        let stuck: Vec<InstanceHead> = page.rows.into_iter().filter(|it| it.incidents > 0).collect();
        if stuck.is_empty() {
            return problem::empty("check", text::NO_INCIDENTS, text::NO_INCIDENTS_WHY, ().into_any());
        }
        view! { <div class="stack">{stuck.into_iter().map(one).collect_view()}</div> }.into_any()
    })
    .into_any()
}

fn one(head: InstanceHead) -> impl IntoView {
    let path = format!("/api/instances/{}", nav::encode(&head.id));
    let detail = fetch::<InstanceDetail>(move || Some(path.clone()));
    let titles = head.titles.clone();
    let row = move |it: IncidentInfo| {
        let id = it.id.clone();
        let retry = move |_| {
            let path = format!("/api/incidents/{}/retry", nav::encode(&id));
            spawn_local(async move {
                match api::poke(&path).await {
                    Ok(()) => {
                        app().say(Tone::Good, text::RETRIED);
                        detail.reload();
                    }
                    Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
                }
            });
        };
        let node = it.node.clone();
        let name = move || {
            detail
                .value
                .with(|detail| {
                    let detail = detail.as_ref()?;
                    detail.texts.get(app().lang.get().tag())?.get(&format!("node/{}/{node}", detail.head.flow)).cloned()
                })
                .unwrap_or_else(|| it.node.clone())
        };
        view! {
            <div class="banner danger">
                {icon("alert")}
                <div class="grow"><p class="strong">{name}" "<span class="faint">{show::ago(it.at)}</span></p><p class="prose">{it.message}</p></div>
                <button type="button" class="button small" on:click=retry>{icon("refresh")}{text::RETRY.get()}</button>
            </div>
        }
    };
    view! {
        <section class="card">
            <header><h2 class="grow"><a href=format!("/records/{}/{}", head.module, head.record)>{head.record_label}</a></h2>
                <span class="muted">{move || pick(&titles, app().lang.get())}</span></header>
            <div class="inside stack">{draw(detail, move |it: InstanceDetail| it.incidents.into_iter().map(row).collect_view().into_any())}</div>
        </section>
    }
}
