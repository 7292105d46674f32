//! Panels of what is no element of the flow: pools, messages between them, what another pool holds, lines of data.

use edit::pools::{self, End};
use edit::tree::{self, Line};
use edit::{FlowEdit, kind::Kind};
use leptos::prelude::*;

use super::{Canvas, words};
use crate::studio::input::{choice, line, row, some};
use crate::studio::words as general;

/// What such a thing is.
#[derive(Clone, PartialEq)]
enum What {
    Pool { own: bool, open: bool },
    Message(String, String),
    Shown(Option<Kind>),
    Data,
}

/// The panel of such a thing; made anew only when it becomes another one.
pub fn panel(canvas: Canvas, id: String) -> AnyView {
    let stored = StoredValue::new(id);
    let what = Memo::new(move |_| {
        let id = stored.get_value();
        canvas.flow(|flow| {
            if let Some(it) = pools::pool(flow, &id) {
                return What::Pool { own: pools::is_own(flow, &id), open: pools::is_open(flow, it) };
            }
            match (tree::link(flow, &id), pools::end(flow, &id)) {
                (Some(it), _) if it.line == Line::Message => What::Message(it.source.to_owned(), it.target.to_owned()),
                (_, Some(End::Foreign(_, it))) => What::Shown(Kind::of(&it.kind)),
                (_, Some(End::Own(_) | End::Pool(_)) | None) => What::Data,
            }
        })
    });
    (move || match what.get() {
        Some(What::Pool { own, open }) => pool(canvas, stored, own, open),
        Some(What::Message(source, target)) => message(canvas, stored, source, target),
        Some(What::Shown(kind)) => {
            let kind = kind.map_or(words::line(Line::Sequence), words::kind);
            view! { <h2 class="side-title">{kind.get()}</h2><p>{move || canvas.name(&stored.get_value())}</p><p class="faint">{words::POOL_SHOWN.get()}</p> }
                .into_any()
        }
        Some(What::Data) => data_line(canvas, stored),
        None => ().into_any(),
    })
    .into_any()
}

fn named(canvas: Canvas, id: StoredValue<String>) -> AnyView {
    let name = move || canvas.scene.with(|it| it.name(&id.get_value()).map(str::to_owned)).unwrap_or_default();
    row(
        general::NAME,
        line(name, false, move |name| {
            canvas.edit(FlowEdit::Rename { id: id.get_value(), name });
        }),
    )
}

fn pool(canvas: Canvas, id: StoredValue<String>, own: bool, open: bool) -> AnyView {
    let stands = move || {
        let of = |flow: &runtime::model::flow::Flow| {
            pools::pool(flow, &id.get_value()).and_then(|it| it.process.as_ref().map(|it| it.0.clone()))
        };
        canvas.flow(of).flatten().unwrap_or_default()
    };
    let flows = move || {
        let mut offered = vec![(String::new(), words::POOL_OUTSIDE.read().to_owned())];
        canvas.desk.document.with(|it| {
            let own = canvas.key.get_value();
            for (key, flow) in it.flows().filter(|it| it.0 != own) {
                offered.push((key.to_owned(), canvas.desk.words(it, &format!("flow/{key}"), &flow.name)));
            }
        });
        offered
    };
    let help = match (own, open) {
        (true, _) => words::POOL_OWN_HELP,
        (false, true) => words::POOL_SHOWN,
        (false, false) => words::POOL_HELP,
    };
    view! {
        <h2 class="side-title">{words::kind(Kind::Pool).get()}</h2>
        {named(canvas, id)}
        {(!open).then(|| row(words::POOL_FLOW, choice(stands, flows, move |to| {
            canvas.edit(FlowEdit::Pool { id: id.get_value(), flow: some(&to).map(Into::into) });
        })))}
        <p class="faint">{help.get()}</p>
    }
    .into_any()
}

fn message(canvas: Canvas, id: StoredValue<String>, source: String, target: String) -> AnyView {
    let said = move || {
        canvas
            .flow(|flow| {
                let around = flow.collaboration.as_deref()?;
                let it = around.message_flows.iter().find(|it| it.id == id.get_value())?.message_ref.clone()?;
                flow.messages.iter().find(|message| message.id == it).map(|it| it.name.clone())
            })
            .flatten()
            .unwrap_or_default()
    };
    view! {
        <h2 class="side-title">{words::line(Line::Message).get()}</h2>
        <p class="faint">{move || words::FROM_TO.fill(&[&canvas.name(&source), &canvas.name(&target)])}</p>
        {named(canvas, id)}
        {row(words::NAME_OF_MESSAGE, line(said, false, move |name| { canvas.edit(FlowEdit::Message { id: id.get_value(), name }); }))}
    }
    .into_any()
}

/// What a line of data leads from and to.
fn data_line(canvas: Canvas, id: StoredValue<String>) -> AnyView {
    let id = id.get_value();
    let link =
        canvas.flow(|it| tree::link(it, &id).map(|it| (it.line, it.source.to_owned(), it.target.to_owned()))).flatten();
    let Some((kind, source, target)) = link else { return ().into_any() };
    view! { <h2 class="side-title">{words::line(kind).get()}</h2><p class="faint">{move || words::FROM_TO.fill(&[&canvas.name(&source), &canvas.name(&target)])}</p> }.into_any()
}
