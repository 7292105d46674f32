//! Saving a form: new records, changes, and everything a save may run into.

use std::sync::Arc;

use ::api::Problem;
use ::api::problem::Conflict;
use ::api::record::{Change, Create, Duplicate, Record};
use gloo_net::http::Method;
use leptos::{ev, prelude::*, task::spawn_local};
use serde_json::{Map, Value, json};

use super::conflict::ConflictDialog;
use super::draft::{self, DraftBanner};
use super::draw::Fields;
use super::faults::{Summary, show_faults};
use super::state::Form;
use crate::app::{Tone, app};
use crate::module::{self, Module, Slot};
use crate::ui::fetch::{skeleton, when_reached};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, text};

/// The screen at `/records/{module}/new`. Values of the address begin the form: `?customer=…`.
pub fn create_page(key: String) -> AnyView {
    let steady = {
        let key = key.clone();
        module::steady(move || key.clone())
    };
    let page = move || match steady.slot.get() {
        Slot::Loading => view! { <div class="page-body">{skeleton()}</div> }.into_any(),
        Slot::Failed(why) => {
            let key = key.clone();
            problem::screen(&why, Some(Callback::new(move |()| module::retry(&key))))
        }
        Slot::Ready(module) if !module.may("create") => {
            problem::screen(&Problem { kind: "no-rights".into(), ..Problem::default() }, None)
        }
        Slot::Ready(module) => view! { <NewRecord module=module busy=steady.busy/> }.into_any(),
    };
    view! { {steady.banner()}{page} }.into_any()
}

#[component]
fn NewRecord(module: Arc<Module>, busy: RwSignal<bool>) -> impl IntoView {
    let key = module.info.key.clone();
    let title = {
        let module = module.clone();
        move || text::NEW_OF.fill(&[&module.title(app().lang.get())])
    };
    Effect::new({
        let title = title.clone();
        move |_| nav::title(&title())
    });
    let portal = app().session_now().is_some_and(|it| it.portal);
    let form = Form::open(
        module.clone(),
        module.form(if portal { &["portal", "create", "edit"] } else { &["create", "edit"] }),
        None,
        Default::default(),
        false,
    );
    for (name, value) in app().place.get_untracked().query {
        if module.field(&name).is_some() {
            form.set(&name, Value::String(value));
        }
    }
    Effect::new(move |_| busy.set(!form.patch.with(Map::is_empty)));
    let back = if portal { "/portal".to_owned() } else { format!("/records/{key}") };
    let saved = Callback::new(move |record: Record| {
        let app = app();
        app.say(Tone::Good, text::SAVED);
        nav::leave_for(&format!("/records/{}/{}", record.module, record.id));
    });
    view! {
        <div class="page-head">
            <a class="button plain small icon-only" href=back.clone() aria-label=text::BACK.get()>{icon("left")}</a>
            <h1 class="grow">{title}</h1>
        </div>
        <div class="page-body narrow">
            <Saving form=form target=Target::New saved=saved cancel=Callback::new(move |()| nav::go(&back))/>
        </div>
    }
}

/// What a form is saved to.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    New,
    /// Id and the version the person saw.
    Record(String, RwSignal<i64>),
}

/// A form with its buttons, keys, faults, duplicates, conflicts and draft.
#[component]
pub fn Saving(form: Form, target: Target, saved: Callback<Record>, cancel: Callback<()>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Problem>);
    when_reached(fault, Callback::new(move |()| fault.set(None)));
    let conflicts = RwSignal::new(Vec::<Conflict>::new());
    // The version the conflicts were found against. It counts only once the person has decided: given up, the next save asks again.
    let newer = StoredValue::new(None::<i64>);
    let duplicates = RwSignal::new(Vec::<Duplicate>::new());
    let module = form.module.with_value(|it| it.info.key.clone());
    let once = StoredValue::new(once());
    let draft_key = match &target {
        Target::New => format!("{module}/new"),
        Target::Record(id, _) => format!("{module}/{id}"),
    };
    form.draft.set_value(Some(draft_key.clone()));
    let fresh = target == Target::New;
    let kept = StoredValue::new(format!("draft/{draft_key}"));
    let target = StoredValue::new(target);
    if fresh {
        look_for_duplicates(form, duplicates);
    }
    let save = move |accept: bool| {
        if busy.get_untracked() || !form.is_whole() {
            return;
        }
        fault.set(None);
        busy.set(true);
        let module = form.module.with_value(|it| it.info.key.clone());
        spawn_local(async move {
            form.settled().await;
            form.tried.set(true);
            let below: Vec<_> = form.below.get_value().into_iter().filter_map(|it| Some((it.ask()?, it))).collect();
            for (_, it) in &below {
                it.form.settled().await;
            }
            let own = !untrack(move || form.own_faults()).is_empty();
            let wrong = below.iter().find(|(_, it)| !it.faults().is_empty()).map(|(_, it)| it.form);
            if own || wrong.is_some() {
                busy.set(false);
                below.iter().for_each(|(_, it)| it.form.tried.set(true));
                show_faults(if own { form } else { wrong.unwrap_or(form) });
                return;
            }
            let (linked, forms): (Vec<_>, Vec<_>) = below.into_iter().map(|(ask, it)| (ask, it.form)).unzip();
            let data = form.patch.get_untracked();
            let answer = match target.get_value() {
                Target::New => {
                    let create = Create {
                        data: without_blank(data),
                        accept_duplicates: accept,
                        linked,
                        once: Some(once.get_value()),
                    };
                    api::post::<_, Record>(&format!("/api/records/{}", nav::encode(&module)), &create).await
                }
                Target::Record(id, version) => {
                    let change = Change { version: version.get_untracked(), data, linked };
                    let path = format!("/api/records/{}/{}", nav::encode(&module), nav::encode(&id));
                    api::send::<_, Record>(Method::PATCH, &path, &change).await
                }
            };
            busy.set(false);
            match answer {
                Ok(record) => {
                    draft::forget(&kept.get_value());
                    for it in forms {
                        it.reset(it.old.get_untracked(), Default::default());
                    }
                    form.reset(Some(record.data.clone()), record.labels.clone());
                    saved.run(record);
                }
                Err(why) => refused(form, &forms, why, fault, conflicts, newer, target),
            }
        });
    };
    let keys = move |event: ev::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let control = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "s" | "S" if control => {
                event.prevent_default();
                save(false);
            }
            "Enter" if control => {
                event.prevent_default();
                save(false);
            }
            "Escape" if !event.default_prevented() => cancel.run(()),
            _ => {}
        }
    };
    view! {
        <form class="form" novalidate on:keydown=keys on:submit=move |event| {
            event.prevent_default();
            save(false);
        }>
            <DraftBanner form=form key=draft_key/>
            <Summary form=form/>
            <Duplicates form=form list=duplicates/>
            <Fields form=form/>
            <div class="form-foot">
                // Beside what was pressed: the top of a long form is not seen from there.
                {problem::banner(fault, None)}
                {move || {
                    let stop = duplicates.with(|it| it.iter().any(|it| it.stop));
                    let warned = duplicates.with(|it| !it.is_empty());
                    let words = if warned && !stop { text::SAVE_ANYWAY } else { text::SAVE };
                    view! {
                        <button type="button" class="button primary" class:busy=busy on:click=move |_| save(warned && !stop)
                            title="Ctrl+S">{words.get()}</button>
                    }
                }}
                <button type="button" class="button" on:click=move |_| cancel.run(())>{text::CANCEL.get()}</button>
            </div>
        </form>
        <ConflictDialog form=form conflicts=conflicts decided=Callback::new(move |()| {
            if let (Target::Record(_, version), Some(now)) = (target.get_value(), newer.get_value()) {
                version.set(now);
            }
            save(false);
        })/>
    }
}

/// A text that makes a repeated request the same request.
fn once() -> String {
    let random = (js_sys::Math::random() * 1e16) as u64;
    format!("{:x}-{random:x}", js_sys::Date::now() as u64)
}

fn without_blank(data: Map<String, Value>) -> Map<String, Value> {
    data.into_iter().filter(|(_, it)| !it.is_null()).collect()
}

/// Puts what the server found where it belongs.
fn refused(
    form: Form,
    below: &[Form],
    why: Problem,
    fault: RwSignal<Option<Problem>>,
    conflicts: RwSignal<Vec<Conflict>>,
    newer: StoredValue<Option<i64>>,
    target: StoredValue<Target>,
) {
    if !why.fields.is_empty() {
        let (mut own, mut first) = (Vec::new(), None);
        for it in why.fields {
            // `/linked/0/phone` is the field `phone` of the first form below.
            let inner = it
                .pointer
                .strip_prefix("/linked/")
                .and_then(|it| it.split_once('/'))
                .and_then(|(at, rest)| Some((at.parse::<usize>().ok()?, format!("/{rest}"))));
            match inner.and_then(|(at, pointer)| Some((*below.get(at)?, pointer))) {
                Some((form, pointer)) => {
                    first.get_or_insert(form);
                    form.faults.update(|all| all.push(::api::problem::FieldFault { pointer, ..it }));
                }
                None => own.push(it),
            }
        }
        let here = if own.is_empty() { first.unwrap_or(form) } else { form };
        form.faults.set(own);
        show_faults(here);
        return;
    }
    if !why.conflicts.is_empty() {
        if let Target::Record(id, _) = target.get_value() {
            let module = form.module.with_value(|it| it.info.key.clone());
            spawn_local(async move {
                let path = format!("/api/records/{}/{}", nav::encode(&module), nav::encode(&id));
                newer.try_set_value(why.conflicts.first().map(|it| it.version));
                if let Ok(record) = api::get::<Record>(&path).await {
                    form.labels.update(|it| it.extend(record.labels));
                }
                conflicts.set(why.conflicts);
            });
        }
        return;
    }
    if why.kind == "not-logged-in" {
        return;
    }
    if why.kind == "conflict"
        && let Target::Record(id, version) = target.get_value()
    {
        // Nothing of ours was touched, only the version is old: the next save starts from the new one.
        let module = form.module.with_value(|it| it.info.key.clone());
        spawn_local(async move {
            if let Ok(record) =
                api::get::<Record>(&format!("/api/records/{}/{}", nav::encode(&module), nav::encode(&id))).await
            {
                version.set(record.version);
                form.change_old(|old| *old = Some(record.data));
            }
        });
    }
    fault.set(Some(why));
}

/// Asks the server for similar records while a new one is entered.
fn look_for_duplicates(form: Form, found: RwSignal<Vec<Duplicate>>) {
    let Some(rule) = form.module.with_value(|it| it.definition.duplicates.clone()) else { return };
    let keys: Vec<String> = rule.keys.iter().map(|it| it.0.clone()).collect();
    let told = Memo::new(move |_| {
        let values: Map<String, Value> =
            keys.iter().map(|key| (key.clone(), form.value(key))).filter(|(_, it)| !super::state::blank(it)).collect();
        values
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let turn = StoredValue::new(0u64);
    Effect::new(move |_| {
        let values = told.get();
        if let Some(old) = waiting.get_value() {
            old.clear();
        }
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        if values.is_empty() {
            found.set(Vec::new());
            return;
        }
        let ask = move || {
            spawn_local(async move {
                let Some(module) = form.module.try_with_value(|it| it.info.key.clone()) else { return };
                let data = without_blank(form.patch.get_untracked());
                let path = format!("/api/records/{}/duplicates", nav::encode(&module));
                let answer = api::post::<_, Vec<Duplicate>>(&path, &json!({ "data": data, "id": null })).await;
                if turn.try_get_value() == Some(mine) {
                    found.set(answer.unwrap_or_default());
                }
            });
        };
        waiting.set_value(set_timeout_with_handle(ask, std::time::Duration::from_millis(500)).ok());
    });
}

#[component]
fn Duplicates(form: Form, list: RwSignal<Vec<Duplicate>>) -> impl IntoView {
    let module = form.module.with_value(|it| it.info.key.clone());
    view! {
        <div aria-live="polite">
            {move || {
                let all = list.get();
                let stop = all.iter().any(|it| it.stop);
                let module = module.clone();
                (!all.is_empty()).then(|| view! {
                    <div class="banner" class:warning=!stop class:danger=stop>
                        {icon("alert")}
                        <div class="grow">
                            <p class="strong">{if stop { text::DUPLICATE_STOP.read() } else { text::DUPLICATE_WARN.read() }}</p>
                            <ul class="fault-links">{all.into_iter().map(|it| view! {
                                <li><a href=format!("/records/{module}/{}", it.id) target="_blank" rel="noopener">{it.label}</a>
                                    <span class="faint">" "{it.number}" · "{it.score.to_string()}"%"</span></li>
                            }).collect_view()}</ul>
                        </div>
                    </div>
                })
            }}
        </div>
    }
}
