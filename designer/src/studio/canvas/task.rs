//! The properties of a user task: who does it, with which form, with which outcomes, until when.

use edit::edit::Property;
use leptos::prelude::*;
use runtime::model::flow::{CommentRule, ElementKind, Outcome, OutcomeStyle, UserTask};
use runtime::model::view::ViewContent;

use super::Canvas;
use super::properties::{Subject, scripts};
use crate::studio::input::{area, choice, group, line, row, some};
use crate::studio::words;
use crate::ui::icon::icon;

fn task(subject: Subject) -> UserTask {
    subject.read(|it| match &it.kind {
        ElementKind::UserTask(task) => task.as_ref().clone(),
        _ => UserTask::default(),
    })
}

/// Changes the task as it is now.
fn change(subject: Subject, act: impl FnOnce(&mut UserTask)) {
    let mut it = untrack(|| task(subject));
    act(&mut it);
    subject.set(Property::UserTask(Box::new(it)));
}

/// The groups.
pub fn panel(subject: Subject) -> AnyView {
    view! {
        {group(words::WHO, true, who(subject))}
        {row(words::FORM_VIEW, choice(
            move || task(subject).form.map(|it| it.0).unwrap_or_default(),
            move || views(subject),
            move |it| change(subject, |task| task.form = some(&it).map(Into::into)),
        ))}
        {group(words::OUTCOMES, true, outcomes(subject))}
        {row(words::DUE, view! {
            {line(move || task(subject).due.unwrap_or_default(), true, move |it| change(subject, |task| task.due = some(&it)))}
            <span class="faint">{words::DUE_HELP.get()}</span>
        }.into_any())}
        {row(words::INSTRUCTIONS, area(move || task(subject).instructions, false, move |it| change(subject, |task| task.instructions = it)))}
    }
    .into_any()
}

/// Form views of the flow's module.
fn views(subject: Subject) -> Vec<(String, String)> {
    let canvas = subject.canvas;
    let mut offered = vec![(String::new(), words::NO_FORM.read().to_owned())];
    offered.extend(canvas.desk.document.with(|it| {
        let Some(module) = it.flow(&canvas.key.get_value()).and_then(|it| it.module.clone()) else {
            return Vec::new();
        };
        it.views(module.as_str())
            .filter(|(_, view)| matches!(view.content, ViewContent::Form(_)))
            .map(|(key, view)| (key.to_owned(), canvas.desk.words(it, &format!("view/{module}/{key}"), &view.title)))
            .collect()
    }));
    offered
}

/// Roles of this pack and of those it requires, and roles somebody holds.
pub fn roles(canvas: Canvas) -> Vec<(String, String)> {
    let desk = canvas.desk;
    let mut found: Vec<(String, String)> = desk.document.with(|it| {
        let Some(manifest) = it.manifest() else {
            return Vec::new();
        };
        manifest.roles.iter().map(|role| (role.key.0.clone(), desk.words(it, &format!("role/{}", role.key), &role.title))).collect()
    });
    desk.source.with_value(|it| {
        for files in it.required.values() {
            let manifest = files.get("pack.json").and_then(|it| serde_json::from_str::<runtime::model::pack::Manifest>(it).ok());
            found.extend(manifest.into_iter().flat_map(|it| it.roles).map(|it| (it.key.0, it.title)));
        }
        found.extend(it.role_holders.keys().map(|it| (it.clone(), it.clone())));
    });
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|it| seen.insert(it.0.clone()));
    found
}

fn who(subject: Subject) -> AnyView {
    let holders = move |key: &str| subject.canvas.desk.source.with_value(|it| it.role_holders.get(key).copied());
    let role_list = move || {
        let chosen = task(subject).performer.roles;
        let all = roles(subject.canvas);
        let title = |key: &str| all.iter().find(|it| it.0 == key).map_or_else(|| key.to_owned(), |it| it.1.clone());
        let chips = chosen
            .iter()
            .map(|key| {
                let (key, words) = (key.clone(), title(key.as_str()));
                let people = holders(key.as_str()).map(|it| words::ROLES_HOLDERS.fill(&[&it.to_string()]));
                let remove = key.clone();
                view! {
                    <span class="chip">{words}{people.map(|it| view! { <small>{it}</small> })}
                        <button type="button" aria-label=words::DELETE.get() on:click=move |_| change(subject, |task| task.performer.roles.retain(|it| *it != remove))>{icon("x")}</button>
                    </span>
                }
            })
            .collect_view();
        let offered: Vec<(String, String)> = all.iter().filter(|it| !chosen.iter().any(|key| key.as_str() == it.0)).cloned().collect();
        view! {
            <div class="chips">{chips}</div>
            {choice(String::new, move || {
                let mut list = vec![(String::new(), format!("+ {}", words::ROLES.read()))];
                list.extend(offered.clone());
                list
            }, move |it| if !it.is_empty() { change(subject, |task| task.performer.roles.push(it.into())) })}
        }
    };
    let performer = move || task(subject).performer;
    let roles_or_none = move || {
        let mut offered = vec![(String::new(), words::NONE.read().to_owned())];
        offered.extend(roles(subject.canvas));
        offered
    };
    let fields = move || {
        let canvas = subject.canvas;
        let mut offered = vec![(String::new(), words::NONE.read().to_owned())];
        offered.extend(canvas.desk.document.with(|it| {
            let module = it.flow(&canvas.key.get_value())?.module.clone()?;
            let properties = it.schema(module.as_str())?.get("properties")?.as_object()?;
            Some(
                properties
                    .iter()
                    .filter(|(_, it)| it.pointer("/x-ref/directory").and_then(|it| it.as_str()) == Some("user"))
                    .map(|(key, it)| (key.clone(), it.get("title").and_then(|it| it.as_str()).unwrap_or(key).to_owned()))
                    .collect::<Vec<_>>(),
            )
        }).unwrap_or_default());
        offered
    };
    view! {
        <div class="prop"><span>{words::ROLES.get()}</span>{role_list}</div>
        {row(words::DEPARTMENT, line(move || performer().department.unwrap_or_default(), true, move |it| change(subject, |task| task.performer.department = some(&it))))}
        {row(words::BY_FIELD, choice(move || performer().field.map(|it| it.0).unwrap_or_default(), fields, move |it| change(subject, |task| task.performer.field = some(&it).map(Into::into))))}
        {row(words::BY_SCRIPT, choice(move || performer().script.map(|it| it.0).unwrap_or_default(), move || scripts(subject.canvas), move |it| change(subject, |task| task.performer.script = some(&it).map(Into::into))))}
        {row(words::FALLBACK, choice(move || performer().fallback.map(|it| it.0).unwrap_or_default(), roles_or_none, move |it| change(subject, |task| task.performer.fallback = some(&it).map(Into::into))))}
    }
    .into_any()
}

fn outcomes(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let edit = move |at: usize, act: &dyn Fn(&mut Outcome)| {
        change(subject, |task| {
            if let Some(it) = task.outcomes.get_mut(at) {
                act(it);
            }
        });
    };
    let styles = || vec![
        ("primary".to_owned(), words::STYLE_PRIMARY.read().to_owned()),
        ("neutral".to_owned(), words::STYLE_NEUTRAL.read().to_owned()),
        ("danger".to_owned(), words::STYLE_DANGER.read().to_owned()),
    ];
    let comments = || vec![
        ("none".to_owned(), words::COMMENT_NONE.read().to_owned()),
        ("optional".to_owned(), words::COMMENT_OPTIONAL.read().to_owned()),
        ("required".to_owned(), words::COMMENT_REQUIRED.read().to_owned()),
    ];
    let item = move |at: usize, it: Outcome| {
        let key = canvas.key.get_value();
        let address = format!("outcome/{key}/{}/{}", subject.id.get_value(), it.id);
        let title = canvas.desk.document.with(|document| canvas.desk.words(document, &address, &it.title));
        let (style, comment) = (it.style, it.comment);
        let rename = move |to: String| {
            let mut task = untrack(|| task(subject));
            if let Some(it) = task.outcomes.get_mut(at) {
                it.title.clone_from(&to);
            }
            let own = edit::Edit::flow(&canvas.key.get_value(), edit::FlowEdit::Set { id: subject.id.get_value(), property: Property::UserTask(Box::new(task)) });
            canvas.desk.rename(own, &address, &to);
        };
        view! {
            <div class="prop-item" class:primary=style == OutcomeStyle::Primary class:danger=style == OutcomeStyle::Danger>
                <div class="prop-row">
                    {line(move || title.clone(), false, rename)}
                    <code class="faint">{it.id.clone()}</code>
                    <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| change(subject, |task| {
                        task.outcomes.remove(at);
                    })>{icon("trash")}</button>
                </div>
                <div class="prop-row">
                    {choice(move || match style {
                        OutcomeStyle::Primary => "primary",
                        OutcomeStyle::Neutral => "neutral",
                        OutcomeStyle::Danger => "danger",
                    }.to_owned(), styles, move |to| edit(at, &|it| it.style = match to.as_str() {
                        "primary" => OutcomeStyle::Primary,
                        "danger" => OutcomeStyle::Danger,
                        _ => OutcomeStyle::Neutral,
                    }))}
                    {choice(move || match comment {
                        CommentRule::None => "none",
                        CommentRule::Optional => "optional",
                        CommentRule::Required => "required",
                    }.to_owned(), comments, move |to| edit(at, &|it| it.comment = match to.as_str() {
                        "none" => CommentRule::None,
                        "required" => CommentRule::Required,
                        _ => CommentRule::Optional,
                    }))}
                </div>
            </div>
        }
    };
    view! {
        {move || task(subject).outcomes.into_iter().enumerate().map(|(at, it)| item(at, it)).collect_view()}
        <button type="button" class="button small" on:click=move |_| change(subject, |task| {
            let title = words::NEW_OUTCOME.now().to_owned();
            let id = (task.outcomes.len() + 1..).map(|it| format!("outcome_{it}")).find(|id| task.outcomes.iter().all(|it| it.id != *id)).unwrap_or_default();
            task.outcomes.push(Outcome { id, title, ..Outcome::default() });
        })>{icon("plus")}{words::ADD_OUTCOME.get()}</button>
    }
    .into_any()
}
