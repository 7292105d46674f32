//! Two people have changed the same: whose word counts, thing by thing.

use std::collections::BTreeMap;

use edit::document::Address;
use edit::merge::{Clash, Part, Side};
use leptos::prelude::*;
use serde_json::Value;

use super::words;
use crate::studio::desk::Desk;
use crate::studio::diff_lines::{Line, lines};
use crate::studio::{say, together};
use crate::text;
use crate::ui::dialog::Dialog;

/// The dialog; it is there while a merge waits.
pub fn dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    let chosen = RwSignal::new(BTreeMap::<String, Side>::new());
    let clashes = move || desk.meeting.get().map(|it| it.clashes).unwrap_or_default();
    // Mine counts until it is said otherwise; what is new among them, too.
    Effect::new(move |_| {
        for it in clashes() {
            chosen.update(|all| {
                all.entry(it.place.clone()).or_default();
            });
        }
    });
    let all = move |side: Side| chosen.update(|it| it.values_mut().for_each(|it| *it = side));
    let rows = move || clashes().into_iter().map(|it| row(desk, it, chosen)).collect_view();
    view! {
        <Dialog open=open title=words::CLASH_TITLE wide=true>
            <div class="body">
                <p>{move || words::CLASH_WHY.fill(&[&desk.meeting.get().map(|it| it.name).unwrap_or_default()])}</p>
                <div class="row wrap">
                    <button type="button" class="button small" data-act="all-mine" on:click=move |_| all(Side::Mine)>{words::ALL_MINE.get()}</button>
                    <button type="button" class="button small" data-act="all-theirs" on:click=move |_| all(Side::Theirs)>{words::ALL_THEIRS.get()}</button>
                </div>
                {rows}
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" data-act="do-merge" on:click=move |_| {
                    open.set(false);
                    together::meet(desk, &chosen.get_untracked());
                }>{words::DO_MERGE.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn row(desk: Desk, it: Clash, chosen: RwSignal<BTreeMap<String, Side>>) -> AnyView {
    let place = StoredValue::new(it.place.clone());
    let (mine, theirs) = (values(&it, Side::Mine), values(&it, Side::Theirs));
    let option = move |side: Side, label: text::Text, act: &'static str, values: AnyView| {
        view! {
            <label class="conflict-choice"><input type="radio" name=place.get_value() data-side=act
                prop:checked=move || chosen.with(|all| place.with_value(|it| all.get(it).copied().unwrap_or_default()) == side)
                on:change=move |_| chosen.update(|all| { all.insert(place.get_value(), side); })/>
                <span class="grow"><span class="faint">{label.get()}</span>{values}</span></label>
        }
    };
    view! {
        <fieldset class="conflict" data-clash=it.place.clone()>
            <legend><strong>{named(desk, &it)}</strong></legend>
            <p class="faint">{told(desk, &it.file)}</p>
            <div class="conflict-pair">{option(Side::Mine, words::MINE, "mine", mine)}{option(Side::Theirs, words::THEIRS, "theirs", theirs)}</div>
        </fieldset>
    }
    .into_any()
}

/// What one of the two has there.
fn values(it: &Clash, side: Side) -> AnyView {
    if it.removed == Some(side) {
        return view! { <em>{words::GONE_HERE.get()}</em> }.into_any();
    }
    // Several places of a member that is known by one word are told under it.
    let mut rows: Vec<(String, Vec<AnyView>)> = Vec::new();
    for part in &it.parts {
        let (own, other) = match side {
            Side::Mine => (&part.mine, &part.theirs),
            Side::Theirs => (&part.theirs, &part.mine),
        };
        for (label, value) in pairs(&it.file, part, own.as_ref(), other.as_ref()) {
            match rows.iter_mut().find(|it| it.0 == label) {
                Some(it) => it.1.push(value),
                None => rows.push((label, vec![value])),
            }
        }
    }
    rows.into_iter()
        .map(|(label, values)| {
            let label = (!label.is_empty()).then(|| view! { <small class="faint">{label}</small> });
            view! { {label}{values.into_iter().map(|it| view! { <span class="prose">{it}</span> }).collect_view()} }
        })
        .collect_view()
        .into_any()
}

/// The values of a part, each under its word: of a thing as a whole its members that differ.
fn pairs(file: &str, part: &Part, own: Option<&Value>, other: Option<&Value>) -> Vec<(String, AnyView)> {
    match (part.member.as_str(), own) {
        ("", Some(Value::Object(own))) => own
            .iter()
            .filter(|(key, it)| other.and_then(|other| other.get(key.as_str())) != Some(it))
            .filter(|(key, _)| !matches!(key.as_str(), "id" | "x-id"))
            .map(|(key, it)| (word(key), text_of(file, Some(it), None)))
            .collect(),
        (member, _) => vec![(if member.is_empty() { String::new() } else { word(member) }, text_of(file, own, other))],
    }
}

fn word(member: &str) -> String {
    words::property(member).map_or_else(|| member.to_owned(), |it| it.read().to_owned())
}

/// A value as people read it; of a long text only the lines that differ from the `other`'s.
fn text_of(file: &str, own: Option<&Value>, other: Option<&Value>) -> AnyView {
    match (own, other) {
        (Some(Value::String(own)), Some(Value::String(other))) if own.lines().count() > 4 => lines(own, other)
            .into_iter()
            .filter_map(|it| match it {
                Line::Gone(it) => Some(view! { <mark>{it}"\n"</mark> }.into_any()),
                Line::Back(_) => None,
                Line::Same(it) => Some(view! { {it}"\n" }.into_any()),
                Line::Skipped => Some(view! { "⋯\n" }.into_any()),
            })
            .collect_view()
            .into_any(),
        (Some(it), _) => {
            let mut told = Vec::new();
            tell(it, &mut told);
            // Of a drawing there are but numbers.
            let between = if file.ends_with("/layout.json") { ", " } else { "\n" };
            Some(told.join(between))
                .filter(|it| !it.is_empty())
                .unwrap_or_else(|| text::EMPTY_VALUE.read().to_owned())
                .into_any()
        }
        (None, _) => text::EMPTY_VALUE.read().into_any(),
    }
}

/// A value as lines.
fn tell(it: &Value, into: &mut Vec<String>) {
    match it {
        Value::Null => {}
        Value::Bool(it) => into.push(if *it { text::YES } else { text::NO }.read().to_owned()),
        Value::Number(it) => into.push(it.to_string()),
        Value::String(it) => into.push(it.clone()),
        Value::Array(all) => all.iter().for_each(|it| tell(it, into)),
        Value::Object(all) => {
            for (key, it) in all.iter().filter(|it| it.0 != "id") {
                match it {
                    Value::Array(_) | Value::Object(_) => tell(it, into),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                        let from = into.len();
                        tell(it, into);
                        into[from..].iter_mut().for_each(|it| *it = words::MEMBER.fill(&[&word(key), it]));
                    }
                }
            }
        }
    }
}

/// What people call the thing.
fn named(desk: Desk, it: &Clash) -> String {
    let Some(id) = &it.element else { return told(desk, &it.file) };
    let (file, own) = match it.file.strip_prefix("i18n/").and_then(|_| address(id)) {
        Some((file, own)) => (file, own),
        None => (it.file.clone(), id.clone()),
    };
    // What was removed here is still called as the other calls it.
    let theirs = || it.parts.iter().find_map(|it| it.theirs.as_ref()?.get("name")?.as_str().map(str::to_owned));
    say::thing(desk, &file, &own).or_else(theirs).filter(|it| !it.trim().is_empty()).unwrap_or_else(|| id.clone())
}

/// The file and the thing a text speaks of, by its address.
fn address(text: &str) -> Option<(String, String)> {
    match text.split('/').collect::<Vec<_>>().as_slice() {
        ["node", flow, id] => Some((format!("flows/{flow}/flow.json"), (*id).to_owned())),
        ["field", module, field] => Some((format!("modules/{module}/schema.json"), (*field).to_owned())),
        _ => None,
    }
}

/// What people call a file.
fn told(desk: Desk, path: &str) -> String {
    let name = desk.document.with_untracked(|document| match Address::of(path)? {
        Address::Flow(key) => {
            let own = &document.flow(&key)?.name;
            Some(words::OF_FLOW.fill(&[&desk.words_now(document, &format!("flow/{key}"), own)]))
        }
        Address::Layout(key) => {
            let own = &document.flow(&key)?.name;
            Some(words::OF_DRAWING.fill(&[&desk.words_now(document, &format!("flow/{key}"), own)]))
        }
        Address::Definition(key) | Address::Schema(key) | Address::Rules(key) | Address::View(key, _) => {
            let own = &document.definition(&key)?.title;
            Some(words::FORM.fill(&[&desk.words_now(document, &format!("module/{key}"), own)]))
        }
        Address::Texts(language) => {
            Some(words::OF_TEXTS.fill(&[if language == "en" { "English" } else { "简体中文" }]))
        }
        Address::Manifest | Address::Table(_) | Address::Words(_) | Address::Suppressed => None,
    });
    name.unwrap_or_else(|| path.to_owned())
}
