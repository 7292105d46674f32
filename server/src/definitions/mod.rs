//! Definitions: the packs that are live, drafts of them, and publishing.
//!
//! What is live is one [`Live`], swapped as a whole after the commit of a publication. Instances go on with the
//! flow version they began with: its plan is compiled from the pack versions stored with it.

mod convert;
mod impact;
mod live;
mod meta;
mod planned;
mod publish;
mod recheck;
mod shown;
mod studio;
mod terms;
#[cfg(test)]
mod tests;
mod versions;

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use runtime::engine::Plan;
use runtime::id::{FlowKey, ModuleKey, PackId};
use runtime::model::layout::Layout;
use runtime::model::pack::Texts;
use serde_json::Value;

use crate::error::Error;
use crate::store::sql::Sql;
use crate::store::{Store, definitions as rows, fault};

pub use convert::{convert, shipped_files};
pub use impact::impact;
pub use live::{Live, Module};
pub(crate) use planned::publish_due;
pub use planned::{forget, plan};
pub use publish::{install, install_shipped};
pub use recheck::{recheck, recheck_later};
pub use shown::{flow_texts, menu, module_info, titles};
pub use studio::{drop_draft, files, here, packs, publish, save_draft};
pub use terms::terms;
pub(crate) use terms::{customers, portal_roles};
pub(crate) use versions::flows_in;
pub use versions::{restore, version_files, versions};

/// Text files of a pack: path → text.
pub type Files = rows::Files;

/// The definitions in force.
pub struct Definitions {
    live: RwLock<Arc<Live>>,
    /// Flow versions made ready, by version; those of old instances too.
    plans: RwLock<BTreeMap<String, Arc<Pinned>>>,
    /// One publication at a time.
    publishing: tokio::sync::Mutex<()>,
}

/// A flow version ready to run and to show.
#[derive(Debug)]
pub struct Pinned {
    pub version: String,
    pub flow: FlowKey,
    pub plan: Plan,
    pub layout: Layout,
    /// Texts of the flow by language and address.
    pub texts: BTreeMap<String, Texts>,
    /// Its expressions look at records that the record refers to.
    pub reads_refs: bool,
    /// Schemas of its module, and of those its expressions look at, as they were then.
    pub shapes: BTreeMap<ModuleKey, Value>,
}

impl Definitions {
    /// Reads what is live from the database.
    pub async fn open(store: &Store) -> Result<Self, Error> {
        let live = Live::load(store.read()).await?;
        Ok(Self {
            live: RwLock::new(Arc::new(live)),
            plans: RwLock::default(),
            publishing: tokio::sync::Mutex::default(),
        })
    }

    /// What is live now. Hold it for one piece of work, so that a publication in between is not half seen.
    pub fn live(&self) -> Arc<Live> {
        self.live.read().unwrap_or_else(|it| it.into_inner()).clone()
    }

    fn set(&self, live: Arc<Live>) {
        *self.live.write().unwrap_or_else(|it| it.into_inner()) = live;
    }

    /// Takes over what another node has published. True if there was something.
    pub async fn refresh(&self, db: &impl Sql) -> Result<bool, Error> {
        if rows::live(db).await? == self.live().packs {
            return Ok(false);
        }
        let fresh = Live::load(db).await?;
        self.set(Arc::new(fresh));
        Ok(true)
    }

    /// A flow version, ready to run.
    pub async fn pinned(&self, db: &impl Sql, version: &str) -> Result<Arc<Pinned>, Error> {
        if let Some(found) = self.plans.read().unwrap_or_else(|it| it.into_inner()).get(version) {
            return Ok(found.clone());
        }
        let (flow, packs) =
            rows::flow(db, version).await?.ok_or_else(|| fault(format!("no flow version {version}")))?;
        let live = self.live();
        let catalog =
            if packs == live.packs { live.catalog.clone() } else { Arc::new(live::catalog(db, &packs).await?) };
        let pinned = Arc::new(prepare(&catalog, &flow, version)?);
        self.plans.write().unwrap_or_else(|it| it.into_inner()).insert(version.to_owned(), pinned.clone());
        Ok(pinned)
    }
}

impl Definitions {
    /// The version a called flow had when the calling version was published; none: there was no such flow.
    pub async fn beside(&self, db: &impl Sql, caller: &str, flow: &FlowKey) -> Result<Option<String>, Error> {
        let (_, packs) = rows::flow(db, caller).await?.ok_or_else(|| fault(format!("no flow version {caller}")))?;
        let live = self.live();
        if packs == live.packs {
            return Ok(live.flows.get(flow).cloned());
        }
        let catalog = live::catalog(db, &packs).await?;
        let Some(pack) = catalog.flow_pack(flow).map(|it| it.manifest.id.clone()) else { return Ok(None) };
        version_of(&catalog, &pack, flow).map(Some)
    }
}

fn prepare(catalog: &runtime::model::catalog::Catalog, key: &FlowKey, version: &str) -> Result<Pinned, Error> {
    let flow = catalog.flow(key).ok_or_else(|| fault(format!("flow {key} is not in its own packs")))?;
    let plan = Plan::compile(catalog, flow).map_err(|alerts| {
        let why: Vec<String> = alerts.into_iter().map(|it| it.message).collect();
        fault(format!("flow {key} cannot run: {}", why.join("; ")))
    })?;
    // Scripts are few and short: looking for the word costs nothing and is never wrong to the unsafe side.
    let scripts = catalog.flow_pack(key).into_iter().flat_map(|it| it.scripts.values()).any(|it| it.contains("refs"));
    let text = serde_json::to_string(flow)?;
    let reads_refs = scripts
        || text.contains("refs")
        || catalog.flow_pack(key).is_some_and(|it| {
            it.manifest.notices.iter().any(|it| it.body.contains("refs") || it.title.contains("refs"))
        });
    Ok(Pinned {
        shapes: shapes(catalog, flow.module.as_ref(), reads_refs),
        version: version.to_owned(),
        flow: key.clone(),
        layout: catalog.layout(key).cloned().unwrap_or_default(),
        texts: flow_texts(catalog, key),
        reads_refs,
        plan,
    })
}

/// The schemas of a module and, if wanted, of those it refers to.
fn shapes(
    catalog: &runtime::model::catalog::Catalog,
    module: Option<&ModuleKey>,
    others: bool,
) -> BTreeMap<ModuleKey, Value> {
    let mut found = BTreeMap::new();
    let Some((key, own)) = module.and_then(|key| Some((key, catalog.module(key)?))) else { return found };
    let fields = own.schema.get("properties").and_then(Value::as_object).filter(|_| others);
    let targets = fields.into_iter().flat_map(|it| it.values()).filter_map(|it| it.pointer("/x-ref/module")?.as_str());
    for target in targets.map(ModuleKey::from) {
        if let Some(it) = catalog.module(&target) {
            found.insert(target, it.schema.clone());
        }
    }
    found.insert(key.clone(), own.schema.clone());
    found
}

/// The version of a flow: a hash of all its plan is made from, so that a changed script or table is a new version too.
fn version_of(catalog: &runtime::model::catalog::Catalog, pack: &PackId, key: &FlowKey) -> Result<String, Error> {
    use sha2::Digest;
    let (Some(pack), Some(flow)) = (catalog.packs.get(pack), catalog.flow(key)) else {
        return Err(fault(format!("no flow {key}")));
    };
    let module = flow.module.as_ref().and_then(|it| catalog.module(it));
    let texts: Vec<(&String, &String, &String)> = pack
        .texts
        .iter()
        .flat_map(|(language, texts)| texts.iter().map(move |(address, text)| (language, address, text)))
        .filter(|it| {
            it.1.starts_with("notice/")
                || it.1.starts_with(&format!("node/{key}/"))
                || it.1.starts_with(&format!("outcome/{key}/"))
        })
        .collect();
    let parts = (
        flow,
        catalog.layout(key),
        &pack.scripts,
        pack.tables.values().collect::<Vec<_>>(),
        (&pack.manifest.notices, &pack.manifest.dictionaries, catalog.calendar()),
        texts,
        module.map(|it| (&it.definition.stage, &it.definition.label)),
    );
    let bytes = serde_json::to_vec(&parts)?;
    Ok(sha2::Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect())
}
