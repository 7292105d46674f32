//! Running and ended flows as people see them: on the diagram, with their facts.

use std::sync::Arc;

use api::instance::{InstanceDetail, InstancePage, Watch};
use runtime::id::{FlowKey, IncidentId, InstanceId};

use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;

fn later<T>() -> Result<T, Error> {
    Err(crate::store::fault("this part is being built"))
}

/// Query of `GET /api/instances`.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct InstanceQuery {
    pub flow: Option<String>,
    pub module: Option<String>,
    pub record: Option<String>,
    pub state: Option<String>,
    pub node: Option<String>,
    pub after: Option<String>,
    pub limit: Option<u64>,
}

/// `GET /api/instances`
pub async fn list(app: &App, actor: &Actor, query: &InstanceQuery) -> Result<InstancePage, Error> {
    let _ = (app, actor, query);
    later()
}

/// `GET /api/instances/{id}`
pub async fn detail(app: &App, actor: &Actor, id: &InstanceId) -> Result<InstanceDetail, Error> {
    let _ = (app, actor, id);
    later()
}

/// `GET /api/flows/{flow}/watch`
pub async fn watch(app: &App, actor: &Actor, flow: &FlowKey) -> Result<Watch, Error> {
    let _ = (app, actor, flow);
    later()
}

/// `POST /api/incidents/{id}/retry`
pub async fn retry(app: &Arc<App>, actor: &Actor, id: &IncidentId) -> Result<(), Error> {
    let _ = (app, actor, id);
    later()
}
