//! The form as people fill it, with the rules at work. Made anew from the document after every edit; what was typed
//! into it is forgotten then.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::api::module::ModuleInfo;
use leptos::prelude::*;
use runtime::model::pack::Manifest;
use runtime::model::view::ViewContent;
use serde_json::Value;

use super::Sheet;
use crate::forms::draw::Fields;
use crate::forms::state::Form;
use crate::module::Module;
use crate::studio::words;

/// The form.
#[component]
pub fn Preview(sheet: Sheet) -> impl IntoView {
    let made = Memo::new(move |_| (info(sheet), sheet.view.get()));
    view! {
        <div class="form-stage">
            <div class="form-sheet">
                <p class="faint">{words::TRY_IT.get()}</p>
                <div class="card"><div class="inside">
                    {move || {
                        let (info, key) = made.get();
                        let module = Arc::new(Module::new(info));
                        let view = module.views.get(&key).map(|it| it.content.clone());
                        match view {
                            Some(ViewContent::Form(view)) => {
                                let form = Form::open(module, (key, view), None, BTreeMap::new(), false);
                                view! { <Fields form=form/> }.into_any()
                            }
                            _ => ().into_any(),
                        }
                    }}
                </div></div>
            </div>
        </div>
    }
}

/// The module as the server would give it to somebody who may do everything.
fn info(sheet: Sheet) -> ModuleInfo {
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
            tables: BTreeMap::new(),
            actions: ["create", "read", "update"].map(str::to_owned).to_vec(),
            access: BTreeMap::new(),
        }
    });
    sheet.desk.source.with_value(|it| {
        for files in it.required.values() {
            if let Some(manifest) = files.get("pack.json").and_then(|it| serde_json::from_str::<Manifest>(it).ok()) {
                info.dictionaries.extend(dictionaries(&manifest));
            }
        }
        for (path, text) in &it.files {
            if let Some(key) = path.strip_prefix("tables/").and_then(|it| it.strip_suffix(".json")) {
                info.tables.insert(key.to_owned(), value(serde_json::from_str(text)));
            } else if let Some(key) = path.strip_prefix("scripts/").and_then(|it| it.strip_suffix(".rhai")) {
                info.scripts.insert(key.to_owned(), text.clone());
            }
        }
    });
    let keys = untrack(|| sheet.keys());
    info.access = keys.into_iter().map(|it| (it, "write".to_owned())).collect();
    info
}

fn dictionaries(manifest: &Manifest) -> BTreeMap<String, Value> {
    manifest.dictionaries.iter().map(|it| (it.key.0.clone(), serde_json::to_value(it).unwrap_or_default())).collect()
}
