//! One consistent set of definitions, compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use runtime::expr::Expr;
use runtime::form::Form;
use runtime::id::{FieldKey, FlowKey, ModuleKey, PackId};
use runtime::model::catalog::Catalog;
use runtime::model::module::{Definition, Trigger};
use runtime::model::pack::Pack;
use runtime::numbering::Rule;

use super::{Files, Pinned, version_of};
use crate::drive::Carried;
use crate::error::Error;
use crate::store::sql::{Dialect, Sql};
use crate::store::table::Table;
use crate::store::{ddl, definitions as rows};

/// One consistent set of definitions.
#[derive(Default)]
pub struct Live {
    pub catalog: Arc<Catalog>,
    /// Hash of each pack's live version.
    pub packs: BTreeMap<PackId, String>,
    pub files: BTreeMap<PackId, Arc<Files>>,
    pub modules: BTreeMap<ModuleKey, Arc<Module>>,
    /// The version new instances of each flow get.
    pub flows: BTreeMap<FlowKey, String>,
    /// How flows of each version see records of today; made when first asked for.
    carried: RwLock<BTreeMap<String, Option<Arc<Carried>>>>,
}

/// A module, compiled.
pub struct Module {
    pub key: ModuleKey,
    pub pack: PackId,
    /// Hash of the pack's version.
    pub version: String,
    pub definition: Definition,
    pub form: Form,
    pub table: Table,
    /// Columns the table has, those of fields that are gone too: declared type by name.
    pub stored: BTreeMap<String, String>,
    /// Reference fields whose records the rules look at.
    pub looks_at: BTreeSet<FieldKey>,
    pub number: Option<(FieldKey, Rule)>,
    pub triggers: Vec<(Trigger, Option<Expr>)>,
}

impl Live {
    /// Reads and compiles what the database says is live.
    pub async fn load(db: &impl Sql) -> Result<Self, Error> {
        let packs = rows::live(db).await?;
        let mut files = BTreeMap::new();
        for (pack, hash) in &packs {
            files.insert(pack.clone(), Arc::new(rows::files(db, pack, hash).await?));
        }
        let catalog = Catalog::new(files.values().map(|it| pack(it).0));
        Self::compile(db, catalog, packs, files).await
    }

    /// Compiles a catalog whose modules have their tables already.
    pub async fn compile(
        db: &impl Sql,
        catalog: Catalog,
        packs: BTreeMap<PackId, String>,
        files: BTreeMap<PackId, Arc<Files>>,
    ) -> Result<Self, Error> {
        let mut modules = BTreeMap::new();
        for (pack, key, module) in catalog.modules() {
            let stored = ddl::existing(db, key).await?;
            let table = Table::of(module, db.dialect(), &stored);
            let (form, _) = Form::compile(&catalog, key);
            let number = form.number().and_then(|(field, rule)| Some((field.clone(), Rule::parse(rule).ok()?)));
            let looks_at = form.dependencies().looks_at.clone();
            let version = packs.get(&pack.manifest.id).cloned().unwrap_or_default();
            let definition = module.definition.clone();
            let triggers = definition
                .triggers
                .iter()
                .map(|it| (it.clone(), it.when.as_deref().and_then(|it| Expr::parse(it).ok())))
                .collect();
            modules.insert(
                key.clone(),
                Arc::new(Module {
                    key: key.clone(),
                    pack: pack.manifest.id.clone(),
                    version,
                    definition,
                    form,
                    table,
                    stored,
                    looks_at,
                    number,
                    triggers,
                }),
            );
        }
        let mut flows = BTreeMap::new();
        for (pack, key, _) in catalog.flows() {
            flows.insert(key.clone(), version_of(&catalog, &pack.manifest.id, key)?);
        }
        Ok(Self { catalog: Arc::new(catalog), packs, files, modules, flows, carried: RwLock::default() })
    }

    /// How a flow version sees records of today; none: as they are.
    pub(crate) fn carried(&self, pinned: &Pinned, dialect: Dialect) -> Option<Arc<Carried>> {
        if let Some(known) = self.carried.read().unwrap_or_else(|it| it.into_inner()).get(&pinned.version) {
            return known.clone();
        }
        let made = Carried::between(pinned, self, dialect).map(Arc::new);
        let mut all = self.carried.write().unwrap_or_else(|it| it.into_inner());
        all.insert(pinned.version.clone(), made.clone());
        made
    }

    /// A module, or that there is none.
    pub fn module(&self, key: &ModuleKey) -> Result<&Arc<Module>, Error> {
        self.modules.get(key).ok_or_else(|| Error::NotFound("module".to_owned()))
    }
}

/// Loads a pack from its text files.
pub(super) fn pack(files: &Files) -> (Pack, Vec<runtime::alert::Alert>) {
    let bytes = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    runtime::model::load::load(&bytes)
}

/// The catalog of some pack versions, live or not.
pub(super) async fn catalog(db: &impl Sql, packs: &BTreeMap<PackId, String>) -> Result<Catalog, Error> {
    let mut loaded = Vec::new();
    for (id, hash) in packs {
        loaded.push(pack(&rows::files(db, id, hash).await?).0);
    }
    Ok(Catalog::new(loaded))
}
