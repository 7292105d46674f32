//! The packs installed together. Keys are looked up across packs; where two packs have the same key the pack
//! that comes first by id wins (`check` reports it).

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::flow::Flow;
use super::layout::Layout;
use super::module::Module;
use super::pack::{CalendarDef, Dictionary, Notice, Pack, Role};
use super::table::Table;
use crate::id::{DictKey, FlowKey, ModuleKey, PackId, RoleKey, ScriptKey, TableKey};
use crate::script::Library;

/// The packs installed together. Cheap to look things up in, dear to make: make one per publication and share it.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub packs: BTreeMap<PackId, Pack>,
    library: OnceLock<Arc<Library>>,
}

impl Catalog {
    /// The packs by their ids; a later pack replaces one of the same id.
    pub fn new(packs: impl IntoIterator<Item = Pack>) -> Self {
        let packs = packs.into_iter().map(|it| (it.manifest.id.clone(), it)).collect();
        Self { packs, library: OnceLock::new() }
    }

    /// Decision tables and dictionaries compiled for expressions and scripts. Made once, at the first call:
    /// who changes `packs` afterwards makes a new catalog.
    pub fn library(&self) -> Arc<Library> {
        self.library.get_or_init(|| Arc::new(Library::new(self))).clone()
    }

    /// The packs in order of their ids.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs.values()
    }

    /// Every module with its pack.
    pub fn modules(&self) -> impl Iterator<Item = (&Pack, &ModuleKey, &Module)> {
        self.packs.values().flat_map(|pack| pack.modules.iter().map(move |(key, it)| (pack, key, it)))
    }

    /// Every flow with its pack.
    pub fn flows(&self) -> impl Iterator<Item = (&Pack, &FlowKey, &Flow)> {
        self.packs.values().flat_map(|pack| pack.flows.iter().map(move |(key, it)| (pack, key, it)))
    }

    pub fn module(&self, key: &ModuleKey) -> Option<&Module> {
        self.packs.values().find_map(|it| it.modules.get(key))
    }

    /// The pack a module belongs to.
    pub fn module_pack(&self, key: &ModuleKey) -> Option<&Pack> {
        self.packs.values().find(|it| it.modules.contains_key(key))
    }

    pub fn flow(&self, key: &FlowKey) -> Option<&Flow> {
        self.packs.values().find_map(|it| it.flows.get(key))
    }

    /// The pack a flow belongs to.
    pub fn flow_pack(&self, key: &FlowKey) -> Option<&Pack> {
        self.packs.values().find(|it| it.flows.contains_key(key))
    }

    pub fn layout(&self, key: &FlowKey) -> Option<&Layout> {
        self.packs.values().find_map(|it| it.layouts.get(key))
    }

    pub fn table(&self, key: &TableKey) -> Option<&Table> {
        self.packs.values().find_map(|it| it.tables.get(key))
    }

    /// The source of a script.
    pub fn script(&self, key: &ScriptKey) -> Option<&str> {
        self.packs.values().find_map(|it| it.scripts.get(key)).map(String::as_str)
    }

    pub fn dictionary(&self, key: &DictKey) -> Option<&Dictionary> {
        self.packs.values().flat_map(|it| &it.manifest.dictionaries).find(|it| it.key == *key)
    }

    pub fn role(&self, key: &RoleKey) -> Option<&Role> {
        self.packs.values().flat_map(|it| &it.manifest.roles).find(|it| it.key == *key)
    }

    pub fn notice(&self, id: &str) -> Option<&Notice> {
        self.packs.values().flat_map(|it| &it.manifest.notices).find(|it| it.id == id)
    }

    /// The first calendar a pack gives.
    pub fn calendar(&self) -> Option<&CalendarDef> {
        self.packs.values().find_map(|it| it.manifest.calendar.as_ref())
    }

    /// The text of an address (see [`super::pack::Texts`]) in a language; `fallback` is the title in the definition.
    pub fn text<'a>(&'a self, language: &str, address: &str, fallback: &'a str) -> &'a str {
        self.packs.values().find_map(|it| it.texts.get(language)?.get(address)).map_or(fallback, String::as_str)
    }

    /// True if `value` is `ancestor` or stands below it in the dictionary's tree.
    pub fn covers(&self, dictionary: &DictKey, ancestor: &str, value: &str) -> bool {
        self.library().covers(dictionary.as_str(), ancestor, value)
    }
}
