//! The properties of a user task: who does it, with which form, with which outcomes, until when.

use edit::edit::Property;
use leptos::prelude::*;
use runtime::id::NodeId;
use runtime::model::flow::{Choose, CommentRule, ElementKind, Outcome, OutcomeStyle, Reminder, Skip, UserTask};
use runtime::model::pack::Role;
use runtime::model::view::ViewContent;

use super::Canvas;
use super::properties::{Subject, scripts};
use crate::app::app;
use crate::studio::desk::texts_of;
use crate::studio::expression::expression;
use crate::studio::input::{area, check, choice, group, line, named, place, row, rows, some};
use crate::studio::words;
use crate::text::texts;
use crate::ui::icon::icon;

texts! {
    FORM = "Form", "表单";
    EDITABLE = "can be changed", "可编辑";
    READ_ONLY = "is shown", "只读";
    IN_TIME = "Deadline", "时限";
    PER_CENT = "% of the time", "% 时限时";
    REMINDERS = "Reminders", "提醒";
    REMINDERS_USUAL = "The performer at 80 %, the manager at 100 %.", "到 80% 时提醒办理人，到 100% 时通知其上级。";
    ADD_REMINDER = "Add a reminder", "添加提醒";
    WHEN_LATE = "When it is late", "超时后";
    ADD_LATE = "Something happens then", "添加超时处理";
    PAUSES = "While it is open other deadlines stand still", "办理期间其他时限暂停计时";
    FURTHER = "Rules of conduct", "办理规则";
    RETURN_TO = "Can be returned to", "可退回至";
    CHOOSE = "One of several able people", "多人可办时";
    CHOOSE_OFFER = "claims it", "自行认领";
    CHOOSE_ROUND = "in turn", "轮流分派";
    CHOOSE_LOAD = "with the least work", "分给工作最少的人";
    CHOOSE_CASE = "who did most of this case", "分给经办最多的人";
    SKIP_WHEN = "Passed over when", "满足条件时跳过";
}

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
        {group(FORM, true, form(subject))}
        {group(words::OUTCOMES, true, outcomes(subject))}
        {group(IN_TIME, true, deadline(subject))}
        {row(words::INSTRUCTIONS, area(move || task(subject).instructions, false, move |it| change(subject, |task| task.instructions = it)))}
        {group(FURTHER, false, further(subject))}
    }
    .into_any()
}

/// Which form, and what its fields are at this step: shown, editable, required.
fn form(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let fields = move || {
        let view = task(subject).form?;
        canvas.desk.document.with(|it| {
            let module = it.flow(&canvas.key.get_value())?.module.clone()?;
            let schema = it.schema(module.as_str())?;
            let required = edit::tree::required(schema);
            let ViewContent::Form(form) = &it.view(module.as_str(), view.as_str())?.content else { return None };
            let rows = form.sections.iter().flat_map(|it| &it.fields).map(|place| {
                let key = place.field.as_str();
                let own = edit::tree::field(schema, key)
                    .and_then(|it| it.get("title"))
                    .and_then(|it| it.as_str())
                    .unwrap_or(key);
                let title = canvas.desk.words(it, &format!("field/{module}/{key}"), own);
                StepField {
                    key: key.to_owned(),
                    title,
                    readonly: place.readonly,
                    required: place.required,
                    always: required.contains(&key),
                }
            });
            Some((module.0.clone(), view.0.clone(), rows.collect::<Vec<_>>()))
        })
    };
    let table = move || {
        fields().map(|(module, view, rows)| {
            let pack = canvas.desk.source.with_value(|it| it.id.clone());
            let href = format!("/studio/{}/form/{}", crate::nav::encode(&pack), crate::nav::encode(&module));
            let rows = rows
                .into_iter()
                .map(|it| {
                    let (module, view) = (module.clone(), view.clone());
                    let StepField { key, title, readonly, required, always } = it;
                    let set = StoredValue::new((module, view, key));
                    let put = move |readonly: bool, required: bool| {
                        let (module, view, field) = set.get_value();
                        crate::later::form_edit(canvas.desk, &module, edit::FormEdit::OnView { view, field, readonly, required }, || ());
                    };
                    let name = format!("{title}: {}", if readonly { READ_ONLY.read() } else { EDITABLE.read() });
                    let must = format!("{title}: {}", words::REQUIRED.read());
                    view! {
                        <tr>
                            <th scope="row">{title}</th>
                            <td><button type="button" class="step-flag" aria-label=name.clone() title=name on:click=move |_| put(!readonly, required)>
                                {icon(if readonly { "eye" } else { "pencil" })}</button></td>
                            <td><button type="button" class="step-flag star" class:off=!(required || always) aria-pressed=(required || always).to_string()
                                aria-label=must.clone() title=must disabled=always || readonly on:click=move |_| put(readonly, !required)>"*"</button></td>
                        </tr>
                    }
                })
                .collect_view();
            view! { <table class="step-fields"><tbody>{rows}</tbody></table><a class="faint" href=href>{words::OPEN_FORM.get()}</a> }
        })
    };
    view! {
        {row(words::FORM_VIEW, choice(
            move || task(subject).form.map(|it| it.0).unwrap_or_default(),
            move || views(subject),
            move |it| change(subject, |task| task.form = some(&it).map(Into::into)),
        ))}
        {table}
    }
    .into_any()
}

/// A field of the step's form.
struct StepField {
    key: String,
    title: String,
    readonly: bool,
    /// On this form only.
    required: bool,
    /// Everywhere.
    always: bool,
}

/// Until when, who is reminded, and what happens when it is late.
fn deadline(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let notices = move || {
        canvas.desk.document.with(|it| {
            it.manifest()
                .map(|it| it.notices.iter().map(|it| (it.id.clone(), it.title.clone())).collect::<Vec<_>>())
                .unwrap_or_default()
        })
    };
    let edit = move |at: usize, act: &dyn Fn(&mut Reminder)| {
        change(subject, |task| {
            if let Some(it) = task.reminders.get_mut(at) {
                act(it);
            }
        });
    };
    let item = move |it: Memo<(usize, Reminder)>| {
        let at = move || it.with_untracked(|it| it.0);
        view! {
            <div class="prop-item">
                <div class="prop-row">
                    {named(PER_CENT, line(move || it.with(|it| it.1.at.to_string()), true, move |to| if let Ok(to) = to.trim().parse() { edit(at(), &|it| it.at = to) }))}
                    <span class="faint">{PER_CENT.get()}</span>
                    <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| change(subject, |task| { task.reminders.remove(at()); })>{icon("trash")}</button>
                </div>
                {named(words::NOTIFY_WHOM, line(move || it.with(|it| it.1.to.join(", ")), true, move |to| edit(at(), &|it| it.to = to.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect())))}
                {named(words::NOTIFY, choice(move || it.with(|it| it.1.notice.clone()), notices, move |id| edit(at(), &|it| it.notice.clone_from(&id))))}
            </div>
        }
        .into_any()
    };
    // Timers on the border of the task: what happens when it is late.
    let late = move || {
        canvas
            .flow(|flow| edit::tree::boundary(flow, &subject.id.get_value()))
            .unwrap_or_default()
            .into_iter()
            .filter(|id| {
                canvas.flow(|it| edit::tree::find(it, id).and_then(|it| edit::kind::Kind::of(&it.kind))).flatten()
                    == Some(edit::kind::Kind::Boundary(edit::kind::Trigger::Timer))
            })
            .collect::<Vec<_>>()
    };
    let links = move || {
        late().into_iter().map(|id| {
            let to = id.clone();
            view! { <li><button type="button" class="crumb" on:click=move |_| { canvas.select_one(&to); canvas.show(&to); }>{move || canvas.name(&id)}</button></li> }
        }).collect_view()
    };
    view! {
        {row(words::DUE, view! {
            {line(move || task(subject).due.unwrap_or_default(), true, move |it| change(subject, |task| task.due = some(&it)))}
            <span class="faint">{words::DUE_HELP.get()}</span>
        }.into_any())}
        <div class="prop"><span>{REMINDERS.get()}</span>
            {move || task(subject).reminders.is_empty().then(|| view! { <span class="faint">{REMINDERS_USUAL.get()}</span> })}
            {rows(move || task(subject).reminders, place, item)}
            <button type="button" class="button small" on:click=move |_| change(subject, |task| {
                let notice = untrack(notices).first().map(|it| it.0.clone()).unwrap_or_default();
                task.reminders.push(Reminder { at: 80, to: vec!["performer".to_owned()], notice });
            })>{icon("plus")}{ADD_REMINDER.get()}</button>
        </div>
        <div class="prop"><span>{WHEN_LATE.get()}</span>
            <ul class="plain-list">{links}</ul>
            <button type="button" class="button small" data-act="when-late" on:click=move |_| {
                canvas.edit(edit::FlowEdit::Append { after: subject.id.get_value(), kind: edit::kind::Kind::Boundary(edit::kind::Trigger::Timer), at: None });
            }>{icon("plus")}{ADD_LATE.get()}</button>
        </div>
        {check(PAUSES, move || task(subject).pauses_deadlines, move |on| change(subject, |task| task.pauses_deadlines = on))}
    }
    .into_any()
}

/// Separation of duty, return, skipping, priority.
fn further(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let tasks = move || -> Vec<(String, String)> {
        let ids = canvas.flow(|it| {
            it.all()
                .iter()
                .filter(|it| matches!(it.kind, ElementKind::UserTask(_)))
                .map(|it| it.id.0.clone())
                .collect::<Vec<_>>()
        });
        let others = ids.unwrap_or_default().into_iter().filter(|it| *it != subject.id.get_value());
        others.map(|it| (it.clone(), canvas.name(&it))).collect()
    };
    let none_and_tasks = move || {
        let mut offered = vec![(String::new(), words::NONE.read().to_owned())];
        offered.extend(tasks());
        offered
    };
    // Several steps as chips with a menu that adds one.
    let several = move |label: crate::text::Text,
                        read: fn(&UserTask) -> Vec<NodeId>,
                        put: fn(&mut UserTask, Vec<NodeId>)| {
        let chips = move || {
            let chosen = read(&task(subject));
            let offered: Vec<(String, String)> =
                tasks().into_iter().filter(|it| !chosen.iter().any(|id| id.as_str() == it.0)).collect();
            let chips = chosen
                .iter()
                .map(|id| {
                    let (name, id) = (canvas.name(id.as_str()), id.clone());
                    view! {
                        <span class="chip">{name}<button type="button" aria-label=words::DELETE.get() on:click=move |_| change(subject, |task| {
                            let mut list = read(task);
                            list.retain(|it| *it != id);
                            put(task, list);
                        })>{icon("x")}</button></span>
                    }
                })
                .collect_view();
            view! {
                <div class="chips">{chips}</div>
                {named(label, choice(String::new, move || {
                    let mut list = vec![(String::new(), "+".to_owned())];
                    list.extend(offered.clone());
                    list
                }, move |it| if !it.is_empty() { change(subject, |task| {
                    let mut list = read(task);
                    list.push(it.into());
                    put(task, list);
                }) }))}
            }
        };
        view! { <div class="prop"><span>{label.get()}</span>{chips}</div> }
    };
    view! {
        {row(words::SAME_AS, choice(move || task(subject).performer.same_as.map(|it| it.0).unwrap_or_default(), none_and_tasks, move |it| change(subject, |task| task.performer.same_as = some(&it).map(Into::into))))}
        {several(words::NOT_SAME, |it| it.performer.not_same_as.clone(), |it, list| it.performer.not_same_as = list)}
        {several(RETURN_TO, |it| it.return_to.clone(), |it, list| it.return_to = list)}
        {row(CHOOSE, choice(move || match task(subject).performer.choose {
            Choose::Offer => "offer",
            Choose::RoundRobin => "roundRobin",
            Choose::LeastLoad => "leastLoad",
            Choose::CaseHandler => "caseHandler",
        }.to_owned(), || [("offer", CHOOSE_OFFER), ("roundRobin", CHOOSE_ROUND), ("leastLoad", CHOOSE_LOAD), ("caseHandler", CHOOSE_CASE)]
            .into_iter().map(|(key, text)| (key.to_owned(), text.read().to_owned())).collect(), move |it| change(subject, |task| task.performer.choose = match it.as_str() {
                "roundRobin" => Choose::RoundRobin,
                "leastLoad" => Choose::LeastLoad,
                "caseHandler" => Choose::CaseHandler,
                _ => Choose::Offer,
            })))}
        {expression(Some(SKIP_WHEN), move || task(subject).skip.and_then(|it| it.when).unwrap_or_default(), move || super::names::names(canvas, &subject.id.get_value()), super::names::tried(canvas), move |it| change(subject, |task| {
            let outcome = task.outcomes.first().map_or_else(|| "done".to_owned(), |it| it.id.clone());
            let skip = task.skip.get_or_insert(Skip { outcome, when: None, by: Vec::new() });
            skip.when = some(&it);
            if skip.when.is_none() && skip.by.is_empty() {
                task.skip = None;
            }
        }))}
        {row(words::PRIORITY, line(move || task(subject).priority.unwrap_or_default(), true, move |it| change(subject, |task| task.priority = some(&it))))}
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
        manifest
            .roles
            .iter()
            .map(|role| (role.key.0.clone(), desk.words(it, &format!("role/{}", role.key), &role.title)))
            .collect()
    });
    desk.source.with_value(|it| {
        for files in it.required.values() {
            let manifest =
                files.get("pack.json").and_then(|it| runtime::plain::parse::<runtime::model::pack::Manifest>(it).ok());
            let texts = texts_of(files, app().lang.get().tag());
            let title = |it: &Role| texts.get(&format!("role/{}", it.key)).cloned().unwrap_or_else(|| it.title.clone());
            found.extend(manifest.into_iter().flat_map(|it| it.roles).map(|it| (it.key.0.clone(), title(&it))));
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
        let offered: Vec<(String, String)> =
            all.iter().filter(|it| !chosen.iter().any(|key| key.as_str() == it.0)).cloned().collect();
        view! {
            <div class="chips">{chips}</div>
            {named(words::ROLES, choice(String::new, move || {
                let mut list = vec![(String::new(), format!("+ {}", words::ROLES.read()))];
                list.extend(offered.clone());
                list
            }, move |it| if !it.is_empty() { change(subject, |task| task.performer.roles.push(it.into())) }))}
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
        offered.extend(
            canvas
                .desk
                .document
                .with(|document| {
                    let module = document.flow(&canvas.key.get_value())?.module.clone()?;
                    let properties = document.schema(module.as_str())?.get("properties")?.as_object()?;
                    Some(
                        properties
                            .iter()
                            .filter(|(_, it)| it.pointer("/x-ref/directory").and_then(|it| it.as_str()) == Some("user"))
                            .map(|(key, it)| {
                                let own = it.get("title").and_then(|it| it.as_str()).unwrap_or(key);
                                (key.clone(), canvas.desk.words(document, &format!("field/{module}/{key}"), own))
                            })
                            .collect::<Vec<_>>(),
                    )
                })
                .unwrap_or_default(),
        );
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
    let styles = || {
        vec![
            ("primary".to_owned(), words::STYLE_PRIMARY.read().to_owned()),
            ("neutral".to_owned(), words::STYLE_NEUTRAL.read().to_owned()),
            ("danger".to_owned(), words::STYLE_DANGER.read().to_owned()),
        ]
    };
    let comments = || {
        vec![
            ("none".to_owned(), words::COMMENT_NONE.read().to_owned()),
            ("optional".to_owned(), words::COMMENT_OPTIONAL.read().to_owned()),
            ("required".to_owned(), words::COMMENT_REQUIRED.read().to_owned()),
        ]
    };
    let item = move |it: Memo<(usize, Outcome)>| {
        let at = move || it.with_untracked(|it| it.0);
        let address = move || {
            format!("outcome/{}/{}/{}", canvas.key.get_value(), subject.id.get_value(), it.with(|it| it.1.id.clone()))
        };
        let title = move || {
            canvas.desk.document.with(|document| it.with(|it| canvas.desk.words(document, &address(), &it.1.title)))
        };
        let style = move || it.with(|it| it.1.style);
        let rename = move |to: String| {
            let mut task = untrack(|| task(subject));
            if let Some(it) = task.outcomes.get_mut(at()) {
                it.title.clone_from(&to);
            }
            let own = edit::Edit::flow(
                &canvas.key.get_value(),
                edit::FlowEdit::Set { id: subject.id.get_value(), property: Property::UserTask(Box::new(task)) },
            );
            canvas.desk.rename(own, &untrack(address), &to);
        };
        view! {
            <div class="prop-item" class:primary=move || style() == OutcomeStyle::Primary class:danger=move || style() == OutcomeStyle::Danger>
                <div class="prop-row">
                    {named(words::NAME, line(title, false, rename))}
                    <code class="faint">{move || it.with(|it| it.1.id.clone())}</code>
                    <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| change(subject, |task| {
                        task.outcomes.remove(at());
                    })>{icon("trash")}</button>
                </div>
                <div class="prop-row">
                    {named(words::OUTCOME_STYLE, choice(move || match style() {
                        OutcomeStyle::Primary => "primary",
                        OutcomeStyle::Neutral => "neutral",
                        OutcomeStyle::Danger => "danger",
                    }.to_owned(), styles, move |to| edit(at(), &|it| it.style = match to.as_str() {
                        "primary" => OutcomeStyle::Primary,
                        "danger" => OutcomeStyle::Danger,
                        _ => OutcomeStyle::Neutral,
                    })))}
                    {named(words::COMMENT, choice(move || match it.with(|it| it.1.comment) {
                        CommentRule::None => "none",
                        CommentRule::Optional => "optional",
                        CommentRule::Required => "required",
                    }.to_owned(), comments, move |to| edit(at(), &|it| it.comment = match to.as_str() {
                        "none" => CommentRule::None,
                        "required" => CommentRule::Required,
                        _ => CommentRule::Optional,
                    })))}
                </div>
            </div>
        }
        .into_any()
    };
    view! {
        {rows(move || task(subject).outcomes, |_, it| it.id.clone(), item)}
        <button type="button" class="button small" on:click=move |_| change(subject, |task| {
            let title = words::NEW_OUTCOME.now().to_owned();
            let id = (task.outcomes.len() + 1..).map(|it| format!("outcome_{it}")).find(|id| task.outcomes.iter().all(|it| it.id != *id)).unwrap_or_default();
            task.outcomes.push(Outcome { id, title, ..Outcome::default() });
        })>{icon("plus")}{words::ADD_OUTCOME.get()}</button>
    }
    .into_any()
}
