//! The form as people fill it, with the rules at work: on a desktop or a phone, as the holder of a role, at a step of a flow,
//! with test data. Made anew from the document after every edit; what was typed into it stays.

use runtime::gather::Gather as _;
use std::collections::BTreeMap;
use std::sync::Arc;

use ::api::module::ModuleInfo;
use leptos::prelude::*;
use runtime::model::flow::ElementKind;
use runtime::model::module::Access;
use runtime::model::pack::Manifest;
use runtime::model::view::{FormView, ViewContent};
use serde_json::{Map, Value};

use super::{Sheet, words as own};
use crate::app::{Tone, app};
use crate::forms::draw::Fields;
use crate::forms::faults;
use crate::forms::state::Form;
use crate::module::Module;
use crate::studio::desk::texts_of;
use crate::studio::input::choice;
use crate::studio::words;
use crate::studio::writing::amiss;

/// How the form is looked at.
#[derive(Clone, Debug, Default, PartialEq)]
struct Look {
    phone: bool,
    /// Key of a role; empty: somebody who may do everything.
    role: String,
    /// `flow/element`; empty: no step.
    step: String,
}

/// The form.
#[component]
pub fn Preview(sheet: Sheet) -> impl IntoView {
    let look = RwSignal::new(Look::default());
    // What was typed outlives the form it was typed into.
    let typed = StoredValue::new(Map::<String, Value>::new());
    let form = StoredValue::new(None::<Form>);
    let fresh = RwSignal::new(0u32);
    let made = Memo::new(move |_| {
        let it = look.get();
        fresh.track();
        let (view, step) = at_step(sheet, &it.step).map_or((sheet.view.get(), false), |it| (it, true));
        (info(sheet, &it.role), view, step)
    });
    let keep = move || {
        if let Some(patch) = form.get_value().and_then(|it: Form| it.patch.try_get_untracked()) {
            typed.set_value(patch);
        }
    };
    let body = move || {
        keep();
        let (info, key, step) = made.get();
        let module = Arc::new(Module::new(info));
        let Some(ViewContent::Form(view)) = module.views.get(&key).map(|it| it.content.clone()) else {
            return ().into_any();
        };
        let view: FormView = view;
        let opened = Form::open(module, (key, view), None, BTreeMap::new(), step);
        opened.retype(typed.get_value());
        form.set_value(Some(opened));
        view! { <Fields form=opened/><Verdict form=opened/> }.into_any()
    };
    view! {
        <div class="form-stage">
            <div class="preview-tools">
                <div class="segmented" role="group" aria-label=words::PREVIEW.get()>
                    <button type="button" aria-pressed=move || (!look.get().phone).to_string() on:click=move |_| look.update(|it| it.phone = false)>{own::DESKTOP.get()}</button>
                    <button type="button" aria-pressed=move || look.get().phone.to_string() on:click=move |_| look.update(|it| it.phone = true)>{own::PHONE.get()}</button>
                </div>
                <label class="preview-choice"><span>{own::AS_ROLE.get()}</span>{choice(move || look.get().role, move || roles(sheet), move |it| look.update(|look| look.role = it))}</label>
                <label class="preview-choice"><span>{own::AT_STEP.get()}</span>{choice(move || look.get().step, move || steps(sheet), move |it| look.update(|look| look.step = it))}</label>
                <div class="segmented" role="group" aria-label=crate::text::LANGUAGE.get()>
                    <button type="button" lang="zh-CN" aria-pressed=move || (app().lang.get() == crate::app::Lang::Zh).to_string() on:click=move |_| app().lang.set(crate::app::Lang::Zh)>"中文"</button>
                    <button type="button" lang="en" aria-pressed=move || (app().lang.get() == crate::app::Lang::En).to_string() on:click=move |_| app().lang.set(crate::app::Lang::En)>"English"</button>
                </div>
            </div>
            <div class="form-sheet" class:phone=move || look.get().phone>
                <p class="faint preview-note">{words::TRY_IT.get()}</p>
                <div class="card"><div class="inside preview-form">{body}</div></div>
                <TestData form=form typed=typed fresh=fresh/>
            </div>
        </div>
    }
}

/// What saving would say.
#[component]
fn Verdict(form: Form) -> impl IntoView {
    let asked = RwSignal::new(false);
    let list = move || {
        let module = form.module.get_value();
        let lang = app().lang.get();
        form.own_faults()
            .into_iter()
            .map(|it| format!("{}: {}", faults::place(&module, &it, lang), faults::words(&module, &it, lang)))
            .collect::<Vec<_>>()
    };
    view! {
        <div class="preview-verdict">
            <button type="button" class="button primary" on:click=move |_| {
                form.tried.set(true);
                asked.set(true);
            }>{own::CHECK_SAVE.get()}</button>
            <div role="status">{move || asked.get().then(|| {
                let found = list();
                if found.is_empty() {
                    view! { <p class="good">{own::WOULD_SAVE.get()}</p> }.into_any()
                } else {
                    let count = found.len().to_string();
                    view! { <p>{own::WOULD_NOT_SAVE.fill(&[&count])}</p><ul>{found.into_iter().map(|it| view! { <li>{it}</li> }).collect_view()}</ul> }.into_any()
                }
            })}</div>
        </div>
    }
}

/// An object of JSON, or what is wrong with the text.
fn read(text: &str) -> Result<Map<String, Value>, String> {
    match edit::written::typed::<Map<String, Value>>(text) {
        Some(it) if it.line == 0 => Err(own::NO_JSON.now().to_owned()),
        Some(it) => Err(amiss::say(&it)),
        None => Ok(runtime::plain::parse(text).unwrap_or_default()),
    }
}

/// What was typed, as JSON to be read, changed and put in.
#[component]
fn TestData(
    form: StoredValue<Option<Form>>,
    typed: StoredValue<Map<String, Value>>,
    fresh: RwSignal<u32>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let show = move |_| {
        let data = form.get_value().map(|it| it.patch.get_untracked()).unwrap_or_default();
        text.set(serde_json::to_string_pretty(&data).unwrap_or_default());
    };
    let take = move |_| match read(&text.get_untracked()) {
        Ok(data) => {
            if let Some(it) = form.get_value() {
                it.retype(data.clone());
            }
            typed.set_value(data);
            fresh.update(|it| *it += 1);
        }
        Err(why) => app().toast(Tone::Bad, why),
    };
    view! {
        <details class="preview-data" on:toggle=show>
            <summary>{own::TEST_DATA.get()}</summary>
            <textarea class="input mono" rows="8" spellcheck="false" aria-label=own::TEST_DATA.get() prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))></textarea>
            <button type="button" class="button small" on:click=take>{own::TAKE_DATA.get()}</button>
        </details>
    }
}

/// Roles of this pack and of those it requires.
fn roles(sheet: Sheet) -> Vec<(String, String)> {
    let mut found = vec![(String::new(), own::EVERYBODY.read().to_owned())];
    let own = sheet.desk.document.with(|it| {
        let roles = it.manifest().map(|it| it.roles.clone()).unwrap_or_default();
        roles
            .into_iter()
            .map(|role| {
                let title = sheet.desk.words(it, &format!("role/{}", role.key), &role.title);
                (role.key.0, title)
            })
            .collect::<Vec<_>>()
    });
    found.extend(own);
    sheet.desk.source.with_value(|it| {
        for files in it.required.values() {
            let manifest = files.get("pack.json").and_then(|it| runtime::plain::parse::<Manifest>(it).ok());
            let texts = texts_of(files, app().lang.get().tag());
            for role in manifest.into_iter().flat_map(|it| it.roles) {
                if !found.iter().any(|it| it.0 == role.key.0) {
                    let title = texts.get(&format!("role/{}", role.key)).cloned().unwrap_or(role.title);
                    found.push((role.key.0, title));
                }
            }
        }
    });
    found
}

/// Steps of the module's flows that have a form.
fn steps(sheet: Sheet) -> Vec<(String, String)> {
    let module = sheet.module.get_value();
    let mut found = vec![(String::new(), own::NO_STEP.read().to_owned())];
    sheet.desk.document.with(|it| {
        for (key, flow) in it.flows().filter(|it| it.1.module.as_ref().is_some_and(|it| it.0 == module)) {
            for element in flow.all() {
                if let ElementKind::UserTask(task) = &element.kind
                    && task.form.is_some()
                {
                    let name = sheet.desk.words(it, &format!("node/{key}/{}", element.id), &element.name);
                    found.push((format!("{key}/{}", element.id), name));
                }
            }
        }
    });
    found
}

/// The view of a step.
fn at_step(sheet: Sheet, step: &str) -> Option<String> {
    let (flow, element) = step.split_once('/')?;
    sheet.desk.document.with(|it| match &edit::tree::find(it.flow(flow)?, element)?.kind {
        ElementKind::UserTask(task) => task.form.as_ref().map(|it| it.0.clone()),
        _ => None,
    })
}

/// The module as the server would give it to the holder of a role.
fn info(sheet: Sheet, role: &str) -> ModuleInfo {
    let module = sheet.module.get_value();
    let value = |it: Result<Value, serde_json::Error>| it.unwrap_or_default();
    let mut info = sheet.desk.document.with(|it| {
        let texts = ["en", "zh-CN"]
            .into_iter()
            .map(|tag| (tag.to_owned(), it.texts(tag).iter().map(|(key, text)| (key.clone(), text.clone())).collect()))
            .collect();
        ModuleInfo {
            key: module.clone(),
            pack: it.pack.clone(),
            version: it.history.count().to_string(),
            definition: it.definition(&module).map(|it| value(serde_json::to_value(it.as_ref()))).unwrap_or_default(),
            schema: it.schema(&module).map(|it| it.as_ref().clone()).unwrap_or_default(),
            rules: it
                .rules(&module)
                .map(|it| value(serde_json::to_value(it.as_ref())))
                .unwrap_or_else(|| serde_json::json!({})),
            views: it
                .views(&module)
                .map(|(key, it)| (key.to_owned(), value(serde_json::to_value(it.as_ref()))))
                .collect(),
            texts,
            dictionaries: it.manifest().map(|it| dictionaries(it)).unwrap_or_default(),
            scripts: BTreeMap::new(),
            tables: it.tables().map(|(key, it)| (key.to_owned(), value(serde_json::to_value(it.as_ref())))).collect(),
            actions: ["create", "read", "update"].map(str::to_owned).to_vec(),
            access: BTreeMap::new(),
        }
    });
    sheet.desk.source.with_value(|it| {
        for files in it.required.values() {
            if let Some(manifest) = files.get("pack.json").and_then(|it| runtime::plain::parse::<Manifest>(it).ok()) {
                info.dictionaries.extend(dictionaries(&manifest));
            }
            for (language, into) in &mut info.texts {
                let theirs = texts_of(files, language).into_iter().filter(|it| it.0.starts_with("dict/"));
                for (address, text) in theirs {
                    into.entry(address).or_insert(text);
                }
            }
        }
    });
    sheet.desk.document.with(|it| {
        for (path, text) in it.words() {
            if let Some(key) = path.strip_prefix("scripts/").and_then(|it| it.strip_suffix(".rhai")) {
                info.scripts.insert(key.to_owned(), text.as_ref().clone());
            }
        }
    });
    let rights = sheet.definition_of(&module).map(|it| it.field_rights).unwrap_or_default();
    let limited = |key: &str| {
        let mine = rights.iter().filter(|it| it.fields.iter().any(|it| it.as_str() == key));
        // The strongest of the role's entries counts; a field that none names follows the record.
        mine.filter(|it| it.role.as_str() == role || it.role.as_str() == "*").map(|it| it.access).max()
    };
    for key in sheet.keys() {
        let access = if role.is_empty() { None } else { limited(&key) };
        let word = match access {
            None | Some(Access::Write) => "write",
            Some(Access::Read | Access::Step) => "read",
            Some(Access::Masked) => "masked",
            Some(Access::Hidden) => continue,
        };
        info.access.insert(key, word.to_owned());
    }
    if !role.is_empty() {
        hide(&mut info);
    }
    info
}

/// What the role may not see is in nothing it gets.
fn hide(info: &mut ModuleInfo) {
    let access = info.access.clone();
    if let Some(properties) = info.schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|key, _| access.contains_key(key));
    }
    if let Some(required) = info.schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|it| it.as_str().is_some_and(|it| access.contains_key(it)));
    }
}

fn dictionaries(manifest: &Manifest) -> BTreeMap<String, Value> {
    manifest.dictionaries.iter().map(|it| (it.key.0.clone(), serde_json::to_value(it).unwrap_or_default())).gather()
}
