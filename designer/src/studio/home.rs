//! `/studio`: every pack with its flows and forms.

use ::api::studio::PackHead;
use leptos::prelude::*;

use super::{create, words};
use crate::app::{app, pick};
use crate::nav;
use crate::text::{Text, texts};
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;

texts! {
    TABLES = "Decision tables", "决策表";
}

/// The screen.
pub fn page() -> AnyView {
    let packs = fetch::<Vec<PackHead>>(|| Some("/api/studio/packs".to_owned()));
    Effect::new(move |_| nav::title(words::STUDIO.read()));
    view! {
        <div class="page-body studio-home">
            <header class="studio-head">
                <h1>{words::STUDIO.get()}</h1>
                <p class="faint">{words::STUDIO_WHY.get()}</p>
            </header>
            {draw(packs, |packs| {
                if packs.is_empty() {
                    return problem::empty("flow", words::NO_PACKS, words::NO_PACKS_WHY, ().into_any());
                }
                packs.into_iter().map(pack).collect_view().into_any()
            })}
        </div>
    }
    .into_any()
}

fn pack(it: PackHead) -> impl IntoView {
    let titles = it.titles.clone();
    let list = |head: Text,
                add: Text,
                symbol: &'static str,
                kind: &'static str,
                entries: Vec<(String, std::collections::BTreeMap<String, String>)>| {
        {
            let new = format!("/studio/{}/new/{kind}", nav::encode(&it.id));
            let links = entries
                .into_iter()
                .map(|(key, titles)| {
                    let href = format!("/studio/{}/{kind}/{}", nav::encode(&it.id), nav::encode(&key));
                    view! { <li><a class="studio-link" href=href>{icon(symbol)}<span>{move || pick(&titles, app().lang.get())}</span></a></li> }
                })
                .collect_view();
            view! { <section><h3>{head.get()}</h3><ul>{links}
                <li><a class="studio-link new" href=new>{icon("plus")}<span>{add.get()}</span></a></li>
            </ul></section> }
        }
    };
    let flows = list(words::FLOWS, create::NEW_FLOW, "flow", "flow", it.flows.clone());
    let forms = list(words::FORMS, create::NEW_FORM, "table", "form", it.modules.clone());
    let tables = list(TABLES, create::NEW_TABLE, "columns", "table", it.tables.clone());
    view! {
        <article class="card studio-pack">
            <header>
                <h2>{move || pick(&titles, app().lang.get())}</h2>
                <span class="faint">{it.version.clone()}</span>
                {it.draft.then(|| view! { <span class="badge accent">{words::DRAFT.get()}</span> })}
            </header>
            <div class="inside studio-lists">{flows}{forms}{tables}</div>
        </article>
    }
}
