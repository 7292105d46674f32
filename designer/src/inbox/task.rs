//! One task: what it is about, its form, its outcomes, and everything else that can be done with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::api::Problem;
use ::api::live::Live;
use ::api::problem::Conflict;
use ::api::task::{Complete, TaskDetail};
use leptos::{ev, html, prelude::*, task::spawn_local};
use runtime::model::flow::{CommentRule, Outcome, OutcomeStyle, UserTask};

use super::due;
use crate::app::{Tone, app, pick};
use crate::forms::conflict::ConflictDialog;
use crate::forms::draft::{self, DraftBanner};
use crate::forms::draw::Fields;
use crate::forms::faults::{Summary, show_faults};
use crate::forms::state::Form;
use crate::module::{self, Module, Slot, plain};
use crate::records::{self, typing};
use crate::ui::fetch::{Fetch, fetch, skeleton, when_reached};
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::ui::problem;
use crate::{api, later, nav, show, text};

type Texts = BTreeMap<String, BTreeMap<String, String>>;

/// The title of an outcome in the language of the page.
pub fn outcome_title(texts: &Texts, flow: &str, node: &str, outcome: &Outcome) -> String {
    let address = format!("outcome/{flow}/{node}/{}", outcome.id);
    let lang = app().lang.get();
    let own = || if outcome.title.is_empty() { text::DONE.of(lang).to_owned() } else { outcome.title.clone() };
    texts.get(lang.tag()).and_then(|it| it.get(&address)).cloned().unwrap_or_else(own)
}

/// The buttons of a step; a step without any has one.
pub fn outcomes(step: &UserTask) -> Vec<Outcome> {
    if step.outcomes.is_empty() {
        return vec![Outcome { id: "done".into(), style: OutcomeStyle::Primary, ..Outcome::default() }];
    }
    step.outcomes.clone()
}

/// An open task, for what is done with it besides completing it.
#[derive(Clone, Copy)]
pub struct At {
    pub id: StoredValue<String>,
    pub detail: Fetch<TaskDetail>,
    /// The deed whose dialog is open.
    pub asked: RwSignal<Option<String>>,
    /// It is still there, but different.
    pub changed: Callback<()>,
    /// It is nobody's here any more.
    pub gone: Callback<String>,
}

/// The pane of one task. `gone`: it is nobody's any more; `changed`: it is still there, but different.
#[component]
pub fn TaskPane(id: String, gone: Callback<String>, changed: Callback<()>) -> impl IntoView {
    let path = format!("/api/tasks/{}", nav::encode(&id));
    let detail = fetch::<TaskDetail>(move || Some(path.clone()));
    let ready = Memo::new(move |_| detail.value.with(|it| it.as_ref().map(|it| it.task.module.clone())));
    let steady = module::steady(move || ready.get().unwrap_or_default());
    // A comment counts as typed, and is in no form: the task stays as it was opened.
    steady.busy.set(true);
    // What was typed outlasts a task that cannot be read again just now; one that is nobody's here any more is gone.
    let lost =
        Memo::new(move |_| detail.fault.get().filter(|it| matches!(it.status, 403 | 404) || ready.get().is_none()));
    let stale = Memo::new(move |_| detail.fault.get().filter(|_| lost.get().is_none()));
    let again = Callback::new(move |()| detail.reload());
    let news = follow(detail);
    let pane = move || {
        news.anew.track();
        if let Some(why) = lost.get() {
            return problem::screen(&why, Some(again));
        }
        if ready.get().is_none() {
            return view! { <div class="pad">{skeleton()}</div> }.into_any();
        }
        match steady.slot.get() {
            Slot::Loading => view! { <div class="pad">{skeleton()}</div> }.into_any(),
            Slot::Failed(why) => {
                let key = ready.get_untracked().unwrap_or_default();
                problem::screen(&why, Some(Callback::new(move |()| module::retry(&key))))
            }
            Slot::Ready(module) => match detail.value.get_untracked() {
                Some(first) => {
                    news.shown.set_value(first.record.version);
                    view! { <Pane detail=detail first=first module=module gone=gone changed=changed/> }.into_any()
                }
                None => ().into_any(),
            },
        }
    };
    view! { {problem::banner(stale, Some(again))}{steady.banner()}{move || news.banner()}{pane} }
}

/// What others do meanwhile with the record or the task of an open pane.
#[derive(Clone, Copy)]
struct News {
    /// Version of the record the pane was drawn with.
    shown: StoredValue<i64>,
    /// What to say: nothing yet; somebody's name; that the task is nobody's any more.
    said: RwSignal<Option<Result<String, ()>>>,
    /// Counts up to draw the pane anew.
    anew: RwSignal<u32>,
}

/// Hears of the record; what is typed stays as it is.
fn follow(detail: Fetch<TaskDetail>) -> News {
    let news = News { shown: StoredValue::new(0), said: RwSignal::new(None), anew: RwSignal::new(0) };
    Effect::new(move |_| {
        let Some(Live::Record { id, version, .. }) = app().live.get().1 else { return };
        let known = detail.value.with_untracked(|it| it.as_ref().map(|it| (it.task.id.clone(), it.record.id.clone())));
        let Some((task, record)) = known else { return };
        if record != id || version <= news.shown.get_value() {
            return;
        }
        spawn_local(async move {
            match api::get::<TaskDetail>(&format!("/api/tasks/{}", nav::encode(&task))).await {
                Ok(now) if Some(now.record.version) > news.shown.try_get_value() => {
                    let by = now.history.first().map(|it| it.by_name.clone()).unwrap_or_default();
                    news.said.try_set(Some(Ok(by)));
                    detail.value.try_set(Some(now));
                }
                Err(why) if why.status == 404 => drop(news.said.try_set(Some(Err(())))),
                Ok(_) | Err(_) => {}
            }
        });
    });
    news
}

impl News {
    fn banner(self) -> Option<AnyView> {
        let (words, load) = match self.said.get()? {
            Ok(by) => (text::CHANGED_BY.fill(&[&by]), true),
            Err(()) => (text::TASK_GONE.read().to_owned(), false),
        };
        Some(view! {
            <div class="pad"><div class="banner warning" role="status">{icon("info")}<span class="grow">{words}</span>
                {load.then(|| view! { <button type="button" class="button small" on:click=move |_| {
                    self.said.set(None);
                    self.anew.update(|it| *it += 1);
                }>{text::SHOW_ANEW.get()}</button> })}
            </div></div>
        }.into_any())
    }
}

#[component]
fn Pane(
    detail: Fetch<TaskDetail>,
    first: TaskDetail,
    module: Arc<Module>,
    gone: Callback<String>,
    changed: Callback<()>,
) -> impl IntoView {
    let id = StoredValue::new(first.task.id.clone());
    let module = StoredValue::new(module);
    let now = Memo::new(move |before: Option<&TaskDetail>| {
        detail.value.get().or_else(|| before.cloned()).unwrap_or_default()
    });
    // A customer answers at once what is theirs to answer; how the house works is not shown to them.
    let portal = app().session_now().is_some_and(|it| it.portal);
    let mine = Memo::new(move |_| now.with(|it| it.task.mine || (portal && it.task.claimable)));
    let tab = RwSignal::new("form");
    let at = At { id, detail, asked: RwSignal::new(None), changed, gone };
    let may = move |deed: &str| now.with(|it| it.deeds.iter().any(|it| it == deed));
    // What has a button of its own is not in the menu.
    let more = Memo::new(move |_| now.with(|it| it.deeds.iter().any(|it| it != "handOver")));
    let menu = RwSignal::new(false);
    // Lent, it goes back before it is completed; stopped, it goes on first; of several signers some come before.
    let workable = Memo::new(move |_| {
        let waits =
            |it: &TaskDetail| it.signers.iter().any(|one| Some(one.id) == it.signer && !one.waits_for.is_empty());
        mine.get() && now.with(|it| it.lent_by.is_none() && !it.suspended && !waits(it))
    });
    let stands = Memo::new(move |_| now.with(|it| it.lent_by.is_some() || it.suspended || !it.signers.is_empty()));
    let act = move |what: &'static str| {
        spawn_local(async move {
            let answer = api::post_maybe::<_, TaskDetail>(
                &format!("/api/tasks/{}/{what}", id.get_value()),
                &serde_json::json!({}),
            )
            .await;
            match answer {
                Ok(Some(it)) => {
                    detail.value.set(Some(it));
                    changed.run(());
                }
                Ok(None) => gone.run(id.get_value()),
                Err(why) => calm(&why, id, detail, changed, gone),
            }
        });
    };
    let handle = window_event_listener(ev::keydown, move |event| {
        if typing() || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "c" | "C" if now.with_untracked(|it| it.task.claimable) => act("claim"),
            "u" | "U" if mine.get_untracked() => act("release"),
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
    let finished = Callback::new(move |answer: Option<TaskDetail>| {
        app().say(Tone::Good, text::TASK_DONE);
        let _ = answer;
        gone.run(id.get_value());
    });
    let title = move || now.with(|it| pick(&it.task.titles, app().lang.get()));
    let instructions = move || {
        now.with(|it| {
            let own = it.step.get("instructions").map(plain).unwrap_or_default();
            let address = format!("instructions/{}/{}", it.task.flow, it.task.node);
            it.texts.get(app().lang.get().tag()).and_then(|it| it.get(&address)).cloned().unwrap_or(own)
        })
    };
    let record_href = format!("/records/{}/{}", first.task.module, first.task.record);
    let instance = first.instance.clone();
    let can_return = first.return_to.len();
    let label = first.record.label.clone();
    let number = Some(first.task.record_number.clone()).filter(|it| *it != label).unwrap_or_default();
    let tabs =
        [("form", text::TASK), ("record", text::RECORD), ("history", text::TIMELINE), ("diagram", text::DIAGRAM)];
    let tabs = tabs.into_iter().filter(|it| !portal || it.0 != "diagram").collect::<Vec<_>>();
    let record_form = Form::open(
        module.get_value(),
        module.with_value(|it| it.form(&["edit", "create"])),
        Some(first.record.data.clone()),
        first.record.labels.clone(),
        false,
    )
    .of(&first.record.id);
    let step_form = first.clone();
    let record_id = first.record.id.clone();
    view! {
        <article class="task">
            <header class="task-head">
                <a class="button plain small icon-only back" href="/inbox" aria-label=text::BACK.get()
                    on:click=move |event| {
                        event.prevent_default();
                        let mut place = app().place.get_untracked();
                        place.path = "/inbox".to_owned();
                        nav::go(&place.href());
                    }>{icon("left")}</a>
                <div class="grow">
                    <h1>{title}</h1>
                    <p class="row wrap muted">
                        <a href=record_href>{label}</a>
                        {(!number.is_empty()).then(|| view! { <span class="num">{number}</span> })}
                        {move || now.with(|it| due(it.task.due_at.clone(), it.task.overdue))}
                        {move || now.with(|it| it.task.assignee_name.clone()).map(|it| view! { <span class="row"><span class="avatar" aria-hidden="true" data-initial=show::initial(&it)></span>{it}</span> })}
                    </p>
                </div>
                <div class="row wrap">
                    {move || (now.with(|it| it.task.claimable) && !portal).then(|| view! {
                        <button type="button" class="button primary" title="C" on:click=move |_| act("claim")>{icon("hand")}{text::CLAIM.get()}</button>
                    })}
                    {move || may("handOver").then(|| view! {
                        <button type="button" class="button" on:click=move |_| later::begin_deed(at, "handOver")>{icon("forward")}{text::HAND_OVER.get()}</button>
                    })}
                    {move || (workable.get() && !portal).then(|| view! {
                        {(can_return > 0).then(|| view! {
                            <button type="button" class="button" on:click=move |_| later::begin_deed(at, "return")>{icon("return")}{text::RETURN.get()}</button>
                        })}
                        {now.with(|it| it.task.assignee.is_some()).then(|| view! {
                            <button type="button" class="button plain" title="U" on:click=move |_| act("release")>{text::RELEASE.get()}</button>
                        })}
                    })}
                    {move || more.get().then(|| view! {
                        <Pop label=Signal::derive(|| text::MORE.read().to_owned()) class="button plain icon-only" side="right" open=menu
                            button=ViewFn::from(|| icon("more"))>{later::deed_items(at, menu)}</Pop>
                    })}
                </div>
            </header>
            {move || (stands.get() && !portal).then(|| later::task_standing(at))}
            {move || now.with(|it| it.task.returned.clone()).map(|it| view! {
                <div class="banner warning">{icon("return")}<div class="grow"><p class="strong">{text::RETURNED.get()}</p><p class="prose">{it}</p></div></div>
            })}
            {move || { let it = instructions(); (!it.is_empty()).then(|| view! { <div class="banner">{icon("info")}<p class="grow prose">{it}</p></div> }) }}
            <div class="tabs" role="tablist">
                {tabs.into_iter().map(|(name, words)| view! {
                    <button type="button" class="tab" role="tab" aria-selected=move || (tab.get() == name).to_string() on:click=move |_| tab.set(name)>{words.get()}</button>
                }).collect_view()}
            </div>
            // The form stays while other tabs are looked at: what was typed must not be lost.
            <div hidden=move || tab.get() != "form">
                {move || {
                    let first = step_form.clone();
                    if workable.get() {
                        let first = detail.value.get_untracked().unwrap_or(first);
                        view! { <CompleteForm detail=first module=module.get_value() wanted=None finished=finished
                            failed=Callback::new(move |why: Problem| calm(&why, id, detail, changed, gone))/> }.into_any()
                    } else {
                        view! {
                            <div class="stack">
                                {now.with(|it| it.task.claimable).then(|| view! { <p class="muted">{text::CLAIM_FIRST.get()}</p> })}
                                {records::read(record_form).into_any()}
                            </div>
                        }.into_any()
                    }
                }}
            </div>
            {move || match tab.get() {
                "record" => records::read(record_form).into_any(),
                "history" => crate::later::talk(module, record_id.clone(), Signal::derive(move || now.with(|it| it.history.clone()))),
                "diagram" => later::instance_panel(instance.clone()),
                _ => ().into_any(),
            }}
        </article>
        {move || at.asked.with(Option::is_some).then(|| later::deed_dialog(at))}
    }
}

/// Somebody else was quicker, or the task is gone: said without alarm, and the pane shows how it is now.
fn calm(
    why: &Problem,
    id: StoredValue<String>,
    detail: Fetch<TaskDetail>,
    changed: Callback<()>,
    gone: Callback<String>,
) {
    let tone = if why.kind.starts_with("refused") || why.status == 404 { Tone::Info } else { Tone::Bad };
    app().toast(tone, if why.status == 404 { text::TASK_GONE.now().to_owned() } else { problem::sentence(why) });
    if why.kind == "not-logged-in" {
        return;
    }
    spawn_local(async move {
        let Some(id) = id.try_get_value() else { return };
        match api::get::<TaskDetail>(&format!("/api/tasks/{}", nav::encode(&id))).await {
            Ok(now) => {
                detail.value.try_set(Some(now));
                changed.run(());
            }
            // It is not even theirs to look at any more: on to the next.
            Err(why) if why.status == 404 => gone.run(id),
            Err(_) => detail.reload(),
        }
    });
}

/// A step's form with its outcomes. `wanted`: only these outcomes are offered (a drop on the board).
#[component]
pub fn CompleteForm(
    detail: TaskDetail,
    module: Arc<Module>,
    wanted: Option<Vec<String>>,
    finished: Callback<Option<TaskDetail>>,
    failed: Callback<Problem>,
) -> impl IntoView {
    let step: UserTask = runtime::plain::read(&detail.step).unwrap_or_default();
    let view = step.form.as_ref().map(|it| it.0.clone());
    let form_view = match &view {
        Some(key) => module.form(&[key.as_str()]),
        None => (String::new(), Default::default()),
    };
    let form = Form::open(module, form_view, Some(detail.record.data.clone()), detail.record.labels.clone(), true)
        .of(&detail.record.id);
    let comment = NodeRef::<html::Textarea>::new();
    let comment_fault = RwSignal::new(false);
    let busy = RwSignal::new(None::<String>);
    let fault = RwSignal::new(None::<Problem>);
    when_reached(fault, Callback::new(move |()| fault.set(None)));
    let conflicts = RwSignal::new(Vec::<Conflict>::new());
    let version = StoredValue::new(detail.record.version);
    // The version the conflicts were found against; it counts once the person has decided.
    let newer = StoredValue::new(None::<i64>);
    let again = StoredValue::new(None::<Outcome>);
    let id = StoredValue::new(detail.task.id.clone());
    let draft_key = format!("task/{}", detail.task.id);
    let kept = StoredValue::new(format!("draft/{draft_key}"));
    let all: Vec<Outcome> =
        outcomes(&step).into_iter().filter(|it| wanted.as_ref().is_none_or(|wanted| wanted.contains(&it.id))).collect();
    let asks_comment = all.iter().any(|it| it.comment != CommentRule::None);
    let submit = Callback::new(move |outcome: Outcome| {
        if busy.get_untracked().is_some() || !form.is_whole() {
            return;
        }
        fault.set(None);
        form.faults.set(Vec::new());
        form.asked.set(outcome.requires.iter().map(|it| it.0.clone()).collect());
        let words = comment.get_untracked().map(|it| it.value()).unwrap_or_default();
        let silent = outcome.comment == CommentRule::Required && words.trim().is_empty();
        comment_fault.set(silent);
        busy.set(Some(outcome.id.clone()));
        again.set_value(Some(outcome.clone()));
        spawn_local(async move {
            form.settled().await;
            if !untrack(move || form.own_faults()).is_empty() {
                busy.set(None);
                show_faults(form);
                return;
            }
            if silent {
                busy.set(None);
                if let Some(it) = comment.get_untracked() {
                    let _ = it.focus();
                }
                return;
            }
            let body = Complete {
                outcome: outcome.id,
                data: form.patch.get_untracked(),
                version: version.get_value(),
                comment: words,
            };
            let answer =
                api::post_maybe::<_, TaskDetail>(&format!("/api/tasks/{}/complete", id.get_value()), &body).await;
            busy.set(None);
            match answer {
                Ok(it) => {
                    draft::forget(&kept.get_value());
                    form.reset(form.old.get_untracked(), BTreeMap::new());
                    finished.run(it);
                }
                Err(why) if !why.fields.is_empty() => {
                    form.faults.set(why.fields);
                    show_faults(form);
                }
                Err(why) if !why.conflicts.is_empty() => {
                    newer.set_value(why.conflicts.first().map(|it| it.version));
                    // What a reference of theirs is called.
                    let answer = api::get::<TaskDetail>(&format!("/api/tasks/{}", id.get_value())).await;
                    if let Ok(now) = answer {
                        form.labels.try_update(|it| it.extend(now.record.labels));
                    }
                    conflicts.set(why.conflicts);
                }
                Err(why) if why.kind.starts_with("refused") || why.status == 404 => failed.run(why),
                Err(why) if why.kind == "not-logged-in" => {}
                Err(why) => fault.set(Some(why)),
            }
        });
    });
    let main = all.iter().find(|it| it.style == OutcomeStyle::Primary).or_else(|| all.first()).cloned();
    let main = StoredValue::new(main);
    let keys = move |event: ev::KeyboardEvent| {
        if !event.is_composing() && (event.ctrl_key() || event.meta_key()) && event.key() == "Enter" {
            event.prevent_default();
            if let Some(outcome) = main.get_value() {
                submit.run(outcome);
            }
        }
    };
    let handle = window_event_listener(ev::keydown, move |event| {
        if !typing()
            && !event.is_composing()
            && (event.ctrl_key() || event.meta_key())
            && event.key() == "Enter"
            && !event.default_prevented()
            && let Some(outcome) = main.get_value()
        {
            submit.run(outcome);
        }
    });
    on_cleanup(move || handle.remove());
    let texts = StoredValue::new(detail.texts.clone());
    let (flow, node) = (StoredValue::new(detail.task.flow.clone()), StoredValue::new(detail.task.node.clone()));
    let buttons = all.into_iter().map(|outcome| {
        let class = match outcome.style {
            OutcomeStyle::Primary => "button primary",
            OutcomeStyle::Neutral => "button",
            OutcomeStyle::Danger => "button danger",
        };
        let (own, shown) = (outcome.id.clone(), outcome.clone());
        let words = move || texts.with_value(|texts| outcome_title(texts, &flow.get_value(), &node.get_value(), &shown));
        view! {
            <button type="button" class=class class:busy=move || busy.get().as_ref() == Some(&own) on:click=move |_| submit.run(outcome.clone())>{words}</button>
        }
    }).collect_view();
    let has_form = view.is_some();
    let comment_id = form.input_id("comment");
    let comment_fault_id = format!("{comment_id}-fault");
    let described = comment_fault_id.clone();
    view! {
        <form class="form" novalidate on:keydown=keys on:submit=move |event| event.prevent_default()>
            {has_form.then(|| view! { <DraftBanner form=form key=draft_key/> })}
            <Summary form=form/>
            {has_form.then(|| view! { <Fields form=form/> })}
            {asks_comment.then(|| view! {
                <div class="form-section">
                    <div class="field span-12">
                        <label class="field-label" for=comment_id.clone()>{text::COMMENT.get()}</label>
                        <textarea class="input" id=comment_id.clone() rows="2" node_ref=comment maxlength="2000" aria-describedby=described
                            aria-invalid=move || comment_fault.get().to_string() on:input=move |_| comment_fault.set(false)></textarea>
                        <p class="field-fault" id=comment_fault_id hidden=move || !comment_fault.get()>{text::COMMENT_REQUIRED.get()}</p>
                    </div>
                </div>
            })}
            <div class="form-foot">{problem::banner(fault, None)}{buttons}</div>
        </form>
        <ConflictDialog form=form conflicts=conflicts decided=Callback::new(move |()| {
            if let Some(now) = newer.get_value() {
                version.set_value(now);
            }
            if let Some(outcome) = again.get_value() {
                submit.run(outcome);
            }
        })/>
    }
}
