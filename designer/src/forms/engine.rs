//! Asks the rule engine what it makes of a form, after every change. Until it has loaded, or where it cannot,
//! the form goes by its schema and the server judges.

use std::collections::BTreeMap;

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
    let turn = StoredValue::new(0u64);
    let asking = StoredValue::new(false);
    Effect::new(move |_| {
        form.patch.track();
        form.old.track();
        referenced.track();
        if !loaded.get() {
            return;
        }
        turn.update_value(|it| *it += 1);
        form.pending.set(true);
        if !asking.get_value() {
            asking.set_value(true);
            spawn_local(ask(form, referenced, turn, asking));
        }
    });
}

/// One question at a time, without a pause: who types fast is not behind, since what changes meanwhile is asked about as soon
/// as the answer is there.
async fn ask(
    form: Form,
    referenced: RwSignal<BTreeMap<String, Map<String, Value>>>,
    turn: StoredValue<u64>,
    asking: StoredValue<bool>,
) {
    loop {
        let Some(mine) = turn.try_get_value() else { return };
        let answer = match question(form, referenced) {
            Some(question) => rules::call::<_, State>("form.state", &question).await.ok(),
            None => None,
        };
        match turn.try_get_value() {
            None => return,
            Some(now) if now != mine => continue,
            Some(_same) => {}
        }
        asking.try_set_value(false);
        if answer.is_some() {
            form.state.try_set(answer);
        }
        form.pending.try_set(false);
        return;
    }
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
