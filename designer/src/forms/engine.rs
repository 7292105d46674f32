//! Asks the rule engine what it makes of a form, a moment after every change. Until it has loaded, or where it cannot,
//! the form goes by its schema and the server judges.

use std::collections::BTreeMap;
use std::time::Duration;

use ::api::record::Record;
use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::state::{Form, State};
use crate::app::app;
use crate::module::Kind;
use crate::{api, nav, rules};

#[derive(Serialize)]
struct Question {
    module: String,
    old: Option<Map<String, Value>>,
    patch: Map<String, Value>,
    view: Option<String>,
    access: BTreeMap<String, String>,
    user: Value,
    now: String,
    record: Option<String>,
    referenced: BTreeMap<String, Map<String, Value>>,
}

/// Keeps [`Form::state`] in step with what is typed.
pub fn follow(form: Form) {
    let loaded = RwSignal::new(false);
    let referenced = RwSignal::new(BTreeMap::<String, Map<String, Value>>::new());
    let info = form.module.with_value(|it| it.info.clone());
    let slot = format!("form/{}", info.key);
    spawn_local(async move {
        let answer = rules::keep(&slot, "form.load", &json!({ "module": info })).await;
        if answer.is_ok() {
            loaded.try_set(true);
        }
    });
    look_at(form, referenced);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let turn = StoredValue::new(0u64);
    Effect::new(move |first: Option<()>| {
        form.patch.track();
        form.old.track();
        referenced.track();
        if !loaded.get() {
            return;
        }
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        form.pending.set(true);
        let ask = move || {
            spawn_local(async move {
                let Some(question) = question(form, referenced) else { return };
                let answer = rules::call::<_, State>("form.state", &question).await;
                if turn.try_get_value() != Some(mine) {
                    return;
                }
                if let Ok(state) = answer {
                    form.state.try_set(Some(state));
                }
                form.pending.try_set(false);
            });
        };
        if let Some(old) = waiting.get_value() {
            old.clear();
        }
        let pause = if first.is_none() { 0 } else { 40 };
        waiting.set_value(set_timeout_with_handle(ask, Duration::from_millis(pause)).ok());
    });
}

fn question(form: Form, referenced: RwSignal<BTreeMap<String, Map<String, Value>>>) -> Option<Question> {
    let module = form.module.try_get_value()?;
    let (key, _) = form.view.try_get_value()?;
    let mut access = module.info.access.clone();
    if form.step {
        for field in form.shown_fields() {
            access.insert(field, "write".to_owned());
        }
    }
    let session = app().session_now()?;
    let user = json!({ "id": session.user, "name": session.name, "roles": session.roles, "department": session.department, "customer": session.customer });
    let view = Some(key).filter(|it| module.views.contains_key(it));
    Some(Question {
        module: module.info.key.clone(),
        old: form.old.get_untracked(),
        patch: form.patch.get_untracked(),
        view,
        access,
        user,
        now: String::from(js_sys::Date::new_0().to_iso_string()),
        record: form.id.get_value(),
        referenced: referenced.get_untracked(),
    })
}

/// Reads the records that rules look at (`refs.customer.region`), as far as the person may read them.
fn look_at(form: Form, referenced: RwSignal<BTreeMap<String, Map<String, Value>>>) {
    let rules = form
        .module
        .with_value(|it| format!("{}{}", it.info.rules, serde_json::to_string(&it.info.views).unwrap_or_default()));
    let fields: Vec<(String, String, bool)> = form.module.with_value(|it| {
        let single = it.fields.iter().filter_map(|it| match &it.kind {
            Kind::Reference { module, many: false } if module != "*" && crate::shell::may_visit(module) => {
                let tree = it.schema.pointer("/x-ref/tree").and_then(Value::as_bool) == Some(true);
                Some((it.key.clone(), module.clone(), tree))
            }
            _ => None,
        });
        single.filter(|(key, _, tree)| *tree || rules.contains(&format!("refs.{key}"))).collect()
    });
    for (key, module, tree) in fields {
        let id = {
            let key = key.clone();
            Memo::new(move |_| form.value(&key).as_str().map(str::to_owned).unwrap_or_default())
        };
        Effect::new(move |_| {
            let (key, module, mut at) = (key.clone(), module.clone(), id.get());
            spawn_local(async move {
                // In a tree also what stands above it, level by level, until the top or until there is no right to look.
                for _ in 0..if tree { runtime::limits::TREE_LEVELS } else { 1 } {
                    if at.is_empty() {
                        return;
                    }
                    let known = referenced.try_with_untracked(|it| it.get(&at).cloned());
                    let data = match known {
                        None => return,
                        Some(Some(data)) => data,
                        Some(None) => {
                            let path = format!("/api/records/{}/{}", nav::encode(&module), nav::encode(&at));
                            let Ok(record) = api::get::<Record>(&path).await else { return };
                            referenced.try_update(|it| it.insert(at.clone(), record.data.clone()));
                            record.data
                        }
                    };
                    at = data.get(&key).and_then(Value::as_str).unwrap_or_default().to_owned();
                }
            });
        });
    }
}
