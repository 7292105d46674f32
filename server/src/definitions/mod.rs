//! Definitions: the packs that are live, drafts of them, and publishing.
//!
//! What is live is one [`Live`], swapped as a whole after the commit of a publication. Instances go on with the
//! flow version they began with: its plan is compiled from the stored pack versions.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use api::module::ModuleInfo;
use api::session::MenuItem;
use api::studio::{DraftSaved, PackFiles, PackHead, PackVersion, Publish, Published, SaveDraft};
use runtime::alert::Alert;
use runtime::id::{ModuleKey, PackId};
use runtime::model::catalog::Catalog;

use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::Store;

/// Text files of a pack: path → text.
pub type Files = BTreeMap<String, String>;

/// The definitions in force.
pub struct Definitions {
    live: RwLock<Arc<Live>>,
}

/// One consistent set of definitions.
#[derive(Default)]
pub struct Live {
    pub catalog: Arc<Catalog>,
}

impl Definitions {
    /// Reads what is live from the database.
    pub async fn open(store: &Store) -> Result<Self, Error> {
        let _ = store;
        Ok(Self { live: RwLock::default() })
    }

    /// What is live now. Hold it for one piece of work, so that a publication in between is not half seen.
    pub fn live(&self) -> Arc<Live> {
        self.live.read().unwrap_or_else(|it| it.into_inner()).clone()
    }
}

fn later<T>() -> Result<T, Error> {
    Err(crate::store::fault("this part is being built"))
}

/// `GET /api/modules/{module}`: only what the person may see.
pub fn module_info(app: &App, actor: &Actor, module: &ModuleKey) -> Result<ModuleInfo, Error> {
    let _ = (app, actor, module);
    later()
}

/// Entries of the navigation the person may open.
pub fn menu(app: &App, actor: &Actor) -> Vec<MenuItem> {
    let _ = (app, actor);
    Vec::new()
}

/// Installs or replaces a pack from its files: check, tables, new versions, all in one transaction. Warnings come back.
pub async fn install(app: &Arc<App>, actor: &Actor, files: Files, note: &str) -> Result<Vec<Alert>, Error> {
    let _ = (app, actor, files, note);
    later()
}

/// Installs the packs shipped inside the binary that are not installed yet.
pub async fn install_shipped(app: &Arc<App>) -> Result<Vec<PackId>, Error> {
    let _ = app;
    later()
}

/// `GET /api/studio/packs`
pub async fn packs(app: &App, actor: &Actor) -> Result<Vec<PackHead>, Error> {
    let _ = (app, actor);
    later()
}

/// `GET /api/studio/packs/{pack}`
pub async fn files(app: &App, actor: &Actor, pack: &PackId) -> Result<PackFiles, Error> {
    let _ = (app, actor, pack);
    later()
}

/// `PUT /api/studio/packs/{pack}/draft`
pub async fn save_draft(app: &Arc<App>, actor: &Actor, pack: &PackId, draft: SaveDraft) -> Result<DraftSaved, Error> {
    let _ = (app, actor, pack, draft);
    later()
}

/// `DELETE /api/studio/packs/{pack}/draft`
pub async fn drop_draft(app: &Arc<App>, actor: &Actor, pack: &PackId) -> Result<(), Error> {
    let _ = (app, actor, pack);
    later()
}

/// `POST /api/studio/packs/{pack}/publish`
pub async fn publish(app: &Arc<App>, actor: &Actor, pack: &PackId, ask: Publish, address: &str) -> Result<Published, Error> {
    let _ = (app, actor, pack, ask, address);
    later()
}

/// `GET /api/studio/packs/{pack}/versions`
pub async fn versions(app: &App, actor: &Actor, pack: &PackId) -> Result<Vec<PackVersion>, Error> {
    let _ = (app, actor, pack);
    later()
}
