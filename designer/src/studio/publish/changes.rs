//! What differs between two sets of files, in words and on drawings; for publishing and for comparing versions.

use edit::compare::{self, Changes, Drawn, Files, FlowChange, FormChange, How};
use edit::diff::Diff;
use leptos::prelude::*;

use super::words;
use crate::app::app;
use crate::diagram::{Diagram, Mark, Marks};
use crate::studio::words as general;
use crate::text::Text;
use crate::ui::icon::icon;

/// Everything that differs. Follows the language; `old` and `new` do not change.
pub fn changes(old: Files, new: Files) -> AnyView {
    let files = StoredValue::new((old, new));
    let found = Memo::new(move |_| files.with_value(|(old, new)| compare::compare(old, new, app().lang.get().tag())));
    (move || found.with(whole)).into_any()
}

fn whole(found: &Changes) -> AnyView {
    if found.is_empty() {
        return view! { <p class="faint">{words::NO_DIFFERENCE.get()}</p> }.into_any();
    }
    let flows = found.flows.iter().map(flow).collect_view();
    let forms = found.forms.iter().map(form).collect_view();
    let others = (!found.others.is_empty()).then(|| {
        let rows = found
            .others
            .iter()
            .map(|(path, how)| {
                let (label, tone) = verb(*how);
                view! { <div class="change-row"><span class=format!("badge {tone}")>{label.get()}</span><code>{path.clone()}</code></div> }
            })
            .collect_view();
        view! { <section class="change-flow"><h4>{words::OTHER_FILES.get()}</h4>{rows}</section> }
    });
    view! { <div class="changes">{flows}{forms}{others}</div> }.into_any()
}

fn verb(how: How) -> (Text, &'static str) {
    match how {
        How::Added => (general::CHANGE_ADDED, "success"),
        How::Removed => (general::CHANGE_REMOVED, "danger"),
        How::Changed => (general::CHANGE_CHANGED, "warning"),
    }
}

fn row(how: (Text, &'static str), names: Vec<String>) -> Option<AnyView> {
    let (label, tone) = how;
    (!names.is_empty()).then(|| {
        view! { <div class="change-row"><span class=format!("badge {tone}")>{label.get()}</span><span>{names.join(", ")}</span></div> }
            .into_any()
    })
}

/// A name with what of it differs.
fn with_words<'a>(name: &str, of: impl Iterator<Item = &'a String>) -> String {
    let mut told: Vec<String> =
        of.map(|it| words::property(it).map_or_else(|| it.clone(), |it| it.read().to_owned())).collect();
    told.sort();
    told.dedup();
    if told.is_empty() { name.to_owned() } else { words::CHANGED_IN.fill(&[name, &told.join(", ")]) }
}

fn flow(it: &FlowChange) -> AnyView {
    let named = |id: &String| it.names.get(id).unwrap_or(id).clone();
    let state = match it.how {
        How::Added => Some((words::NEW_FLOW, "success")),
        How::Removed => Some((words::GONE_FLOW, "danger")),
        How::Changed => None,
    };
    // The heading of the row says already that it is the flow itself.
    let own: Vec<String> = it
        .diff
        .flow
        .iter()
        .map(|it| words::property(it).map_or_else(|| it.clone(), |it| it.read().to_owned()))
        .collect();
    let changed = it.diff.changed.iter().map(|(id, words)| with_words(&named(id), words.iter())).collect();
    let shown = RwSignal::new(false);
    let both = StoredValue::new((it.old.clone(), it.new.clone(), it.diff.clone()));
    let drawings = move || {
        shown.get().then(|| {
            both.with_value(|(old, new, diff)| {
                let old = old.as_ref().map(|it| drawing(it, diff, words::BEFORE, true));
                let new = new.as_ref().map(|it| drawing(it, diff, words::AFTER, false));
                view! { <div class="change-drawings">{old}{new}</div> }
            })
        })
    };
    view! {
        <section class="change-flow" data-changed=it.key.clone()>
            <div class="change-head">
                <h4>{it.name.clone()}</h4>
                {state.map(|(words, tone)| view! { <span class=format!("badge {tone}")>{words.get()}</span> })}
                <button type="button" class="button plain small" data-act="show-drawing" aria-expanded=move || shown.get().to_string()
                    on:click=move |_| shown.update(|it| *it = !*it)>{icon("flow")}
                    {move || if shown.get() { words::HIDE_DRAWING.read() } else { words::SHOW_DRAWING.read() }}</button>
            </div>
            {row(verb(How::Added), it.diff.added.iter().map(named).collect())}
            {row(verb(How::Removed), it.diff.removed.keys().map(named).collect())}
            {row(verb(How::Changed), changed)}
            {row((general::CHANGE_MOVED, "info"), it.diff.moved.iter().map(named).collect())}
            {row((general::CHANGE_FLOW, "warning"), own)}
            {drawings}
        </section>
    }
    .into_any()
}

/// One of the two drawings, with what differs marked: on the old one what is gone, on the new one what is there instead.
fn drawing(it: &Drawn, diff: &Diff, title: Text, old: bool) -> AnyView {
    let mut marks = Marks::default();
    let mut mark = |id: &String, look: &'static str| {
        marks.nodes.insert(id.clone(), Mark { look, ..Mark::default() });
    };
    if old {
        diff.removed.keys().for_each(|id| mark(id, " diff-removed"));
    } else {
        diff.added.iter().for_each(|id| mark(id, " diff-added"));
    }
    diff.changed.keys().for_each(|id| mark(id, " diff-changed"));
    diff.moved.iter().for_each(|id| mark(id, " diff-moved"));
    let (flow, layout) = (it.0.clone(), it.1.clone().unwrap_or_default());
    let label = Signal::derive(move || title.read().to_owned());
    let texts = Signal::stored(std::collections::BTreeMap::new());
    view! {
        <figure class="change-drawing">
            <figcaption>{title.get()}</figcaption>
            <div class="drawing" tabindex="0" role="group" aria-label=label>
                <Diagram flow=Signal::stored(flow) layout=Signal::stored(layout) marks=Signal::stored(marks) texts=texts label=label/>
            </div>
        </figure>
    }
    .into_any()
}

fn form(it: &FormChange) -> AnyView {
    let state = match it.how {
        Some(How::Added) => Some((words::NEW_FORM, "success")),
        Some(How::Removed) => Some((words::GONE_FORM, "danger")),
        Some(How::Changed) | None => None,
    };
    let mut changed: Vec<String> = it.changed.iter().map(|(label, words)| with_words(label, words.iter())).collect();
    let parts: Vec<String> =
        it.parts.iter().filter_map(|it| words::property(it)).map(|it| it.read().to_owned()).collect();
    changed.extend(parts);
    view! {
        <section class="change-flow" data-changed=it.module.clone()>
            <div class="change-head">
                <h4>{words::FORM.fill(&[&it.name])}</h4>
                {state.map(|(words, tone)| view! { <span class=format!("badge {tone}")>{words.get()}</span> })}
            </div>
            {row(verb(How::Added), it.added.clone())}
            {row(verb(How::Removed), it.removed.clone())}
            {row(verb(How::Changed), changed)}
        </section>
    }
    .into_any()
}
