//! What a module is, for the browser and for programs.

use api::module::ModuleInfo;
use axum::Json as Answer;
use axum::extract::State;
use runtime::id::ModuleKey;
use serde_json::Value;

use super::Site;
use super::extract::Path;
use super::openapi::{self, ModulePart};
use crate::auth::caller::Me;
use crate::definitions;
use crate::error::{Error, Result};

/// `GET /api/modules/{module}`
pub async fn show(State(site): State<Site>, me: Me, Path(module): Path<String>) -> Result<Answer<ModuleInfo>> {
    definitions::module_info(&site.app, &me.actor, &ModuleKey(module)).map(Answer)
}

/// `GET /api/openapi.json`: the routes, and the modules this person may see.
pub async fn openapi(State(site): State<Site>, me: Me) -> Result<Answer<Value>> {
    let live = site.app.definitions.live();
    let mut parts = Vec::new();
    for (_, key, module) in live.catalog.modules() {
        match definitions::module_info(&site.app, &me.actor, key) {
            Ok(info) if info.actions.is_empty() => (),
            Ok(info) => {
                let title = live.catalog.text(me.language(), &format!("module/{key}"), &module.definition.title);
                parts.push(ModulePart { key: key.0.clone(), title: title.to_owned(), schema: info.schema });
            }
            Err(Error::NoRights(_) | Error::NotFound(_)) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(Answer(openapi::document(&parts)))
}
