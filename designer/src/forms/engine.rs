//! Asks the rule engine what it makes of a form, after every change. Until it has loaded, or where it cannot,
//! the form goes by its schema and the server judges.

use std::collections::BTreeMap;

use ::api::record::Record;
use leptos::{prelude::*, task::spawn_local};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::state::Form;
use crate::app::app;
use crate::module::Kind;
use crate::{api, nav, rules};

/// The whole question, when a form begins or something else than input has changed.
#[derive(Serialize)]
struct Begin {
    form: u32,
    ask: Ask,
}

#[derive(Serialize)]
struct Ask {
    module: String,
    old: Option<Map<String, Value>>,
    patch: Map<String, Value>,
    view: Option<String>,
    access: BTreeMap<String, String>,
    user: Value,
    now: String,
    record: Option<String>,
    referenced: Referenced,
}

/// What was typed since the last question.
#[derive(Serialize)]
struct Typed {
    form: u32,
    step: u64,
    now: String,
    typed: Map<String, Value>,
    untyped: Vec<String>,
}

#[derive(Serialize)]
struct End {
    form: u32,
}

type Referenced = BTreeMap<String, Map<String, Value>>;

/// What the engine knows of a form.
#[derive(Clone)]
struct Known {
    patch: Map<String, Value>,
    step: u64,
}

/// The talk about one form.
#[derive(Clone, Copy)]
struct Talk {
    form: Form,
    referenced: RwSignal<Referenced>,
    /// Counts what has to be asked about.
    turn: StoredValue<u64>,
    asking: StoredValue<bool>,
    /// None: it has to be told everything.
    known: StoredValue<Option<Known>>,
}

/// Keeps [`Form::state`] in step with what is typed.
pub fn follow(form: Form) {
    let loaded = RwSignal::new(false);
    let info = form.module.with_value(|it| it.info.clone());
    let slot = format!("form/{}", info.key);
    spawn_local(async move {
        let answer = rules::keep(&slot, "form.load", &json!({ "module": info })).await;
        if answer.is_ok() {
            loaded.try_set(true);
        }
    });
    let talk = Talk {
        form,
        referenced: RwSignal::new(BTreeMap::new()),
        turn: StoredValue::new(0),
        asking: StoredValue::new(false),
        known: StoredValue::new(None),
    };
    look_at(form, talk.referenced);
    Effect::new(move |_| {
        form.old.track();
        talk.referenced.track();
        talk.known.set_value(None);
    });
    Effect::new(move |_| {
        form.patch.track();
        form.old.track();
        talk.referenced.track();
        if !loaded.get() {
            return;
        }
        talk.turn.update_value(|it| *it += 1);
        form.pending.set(true);
        if !talk.asking.get_value() {
            talk.asking.set_value(true);
            spawn_local(talk.ask());
        }
    });
    let number = form.number;
    on_cleanup(move || {
        if loaded.try_get_untracked() == Some(true) {
            spawn_local(async move {
                let _: Result<IgnoredAny, _> = rules::call("form.end", &End { form: number }).await;
            });
        }
    });
}

impl Talk {
    /// One question at a time, without a pause: who types fast is not behind, since what changes meanwhile is asked about as
    /// soon as the answer is there.
    async fn ask(self) {
        loop {
            let Some(mine) = self.turn.try_get_value() else { return };
            self.tell().await;
            match self.turn.try_get_value() {
                None => return,
                Some(now) if now != mine => continue,
                Some(_same) => {}
            }
            self.asking.try_set_value(false);
            self.form.pending.try_set(false);
            return;
        }
    }

    /// Tells the engine what it does not know yet, and takes what it says.
    async fn tell(self) -> Option<()> {
        let form = self.form;
        let patch = form.patch.try_get_untracked()?;
        let now = String::from(js_sys::Date::new_0().to_iso_string());
        if let Some(known) = self.known.try_get_value()? {
            let typed = patch.iter().filter(|(key, it)| known.patch.get(*key) != Some(it));
            let question = Typed {
                form: form.number,
                step: known.step + 1,
                now: now.clone(),
                typed: typed.map(|(key, it)| (key.clone(), it.clone())).collect(),
                untyped: known.patch.keys().filter(|it| !patch.contains_key(*it)).cloned().collect(),
            };
            self.known.try_set_value(Some(Known { patch: patch.clone(), step: question.step }));
            match rules::call("form.type", &question).await {
                Ok(answer) => {
                    form.tell_more(answer);
                    return Some(());
                }
                // It does not know the form (any more).
                Err(rules::Failure::Refused(..)) => {}
                Err(_) => {
                    self.known.try_set_value(None);
                    return None;
                }
            }
        }
        let question = Begin { form: form.number, ask: self.question(patch.clone(), now)? };
        self.known.try_set_value(Some(Known { patch, step: 0 }));
        match rules::call("form.begin", &question).await {
            Ok(answer) => form.tell(answer),
            Err(_) => {
                self.known.try_set_value(None);
            }
        }
        Some(())
    }

    fn question(self, patch: Map<String, Value>, now: String) -> Option<Ask> {
        let form = self.form;
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
        Some(Ask {
            module: module.info.key.clone(),
            old: form.old.try_get_untracked()?,
            patch,
            view,
            access,
            user,
            now,
            record: form.id.try_get_value()?,
            referenced: self.referenced.try_get_untracked()?,
        })
    }
}

/// Reads the records that rules look at (`refs.customer.region`), as far as the person may read them.
fn look_at(form: Form, referenced: RwSignal<Referenced>) {
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
