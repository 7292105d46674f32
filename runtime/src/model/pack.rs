//! `pack.json` and the loaded pack.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{flow::Flow, layout::Layout, module::Module, scenario::Scenario, suppressed::Suppression, table::Table};
use crate::id::{DictKey, FlowKey, ModuleKey, PackId, RoleKey, ScriptKey, TableKey};

/// One folder of `templates/`, loaded. Shape is right; meaning is for `check`.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    pub manifest: Manifest,
    pub modules: BTreeMap<ModuleKey, Module>,
    pub flows: BTreeMap<FlowKey, Flow>,
    /// Drawings by flow. The engine never reads them.
    pub layouts: BTreeMap<FlowKey, Layout>,
    pub tables: BTreeMap<TableKey, Table>,
    /// rhai sources.
    pub scripts: BTreeMap<ScriptKey, String>,
    /// Texts by language tag, then by address; see [`Texts`].
    pub texts: BTreeMap<String, Texts>,
    /// Scenarios by file name without extension.
    pub scenarios: BTreeMap<String, Scenario>,
    /// Alerts somebody lives with.
    pub suppressed: Vec<Suppression>,
    /// Demo records by module: see [`Sample`].
    pub samples: Vec<Sample>,
    /// Content hash (SHA-256, hex) over all files in path order.
    pub hash: String,
}

/// Texts of one language, by the address of the element they belong to:
/// `pack`, `role/<key>`, `menu/<id>`, `dict/<key>`, `dict/<key>/<value>`, `module/<key>`,
/// `field/<module>/<field>` (sub-table columns: `field/<module>/<field>/<column>`), `help/<module>/<field>`,
/// `option/<module>/<field>/<value>`, `view/<module>/<view>`, `section/<module>/<view>/<section id>`, `page/<module>/<view>/<page id>`,
/// `check/<module>/<check id>`, `flow/<key>`, `node/<flow>/<node id>`, `outcome/<flow>/<node id>/<outcome id>`,
/// `notice/<id>/title`, `notice/<id>/body`, `table/<key>`.
/// A missing text falls back to the title in the definition, which is in the pack's own language.
pub type Texts = BTreeMap<String, String>;

/// `pack.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// Format of the pack's files. Today 1.
    pub format: u32,
    pub id: PackId,
    /// Semantic version (semver.org).
    pub version: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Language of the titles inside the definitions: `zh-CN` or `en`.
    pub language: String,
    /// Range of platform versions, `>=0.1`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub platform: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Requirement>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub menu: Vec<MenuEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dictionaries: Vec<Dictionary>,
    /// Working time that business hours (`bh`) and business days (`bd`) are counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarDef>,
    /// Texts sent to people: e-mail, inbox, short message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// Another pack this one refers to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    pub pack: PackId,
    /// semver range: `^1.0`.
    pub version: String,
}

/// A role people hold. The same key in two packs is the same role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub id: String,
    pub key: RoleKey,
    pub title: String,
}

/// One entry of the navigation: a module's list, or a group of entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuEntry {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<ModuleKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<MenuEntry>,
}

/// A list of values the admin maintains. With `parent`s it is a tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dictionary {
    pub id: String,
    pub key: DictKey,
    pub title: String,
    pub items: Vec<DictItem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DictItem {
    /// What is stored in records. Never changes.
    pub value: String,
    pub title: String,
    /// The value of the item above, in a tree dictionary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Further facts, such as a postcode.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}

/// Working time. Days are `mon`…`sun`; times `HH:MM` in `timezone` (IANA).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDef {
    pub timezone: String,
    pub days: Vec<String>,
    /// `[["09:00","12:00"],["13:00","18:00"]]`
    pub hours: Vec<[String; 2]>,
    /// Days off, `YYYY-MM-DD`.
    #[serde(default)]
    pub holidays: Vec<String>,
    /// Weekend days that are worked, `YYYY-MM-DD`.
    #[serde(default)]
    pub makeup: Vec<String>,
}

/// A text template. `${expr}` is replaced by the value of the expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    pub id: String,
    pub title: String,
    pub body: String,
}

/// A demo record. `ref` names it inside the pack so that others can point at it: a value
/// `"@sample:cust-huadong"` in `data` is replaced by that record's id. `"@user:wang"` names a demo user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    pub module: ModuleKey,
    #[serde(rename = "ref")]
    pub name: String,
    pub data: Map<String, Value>,
    /// Login of the owner among the demo users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How many hours before installation it was created.
    #[serde(default)]
    pub hours_ago: u32,
    /// Tasks to complete at once after creation, so that sample records stand at different stages:
    /// `[{"as": "login", "node": "accept", "outcome": "forward", "data": {…}}]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<SampleStep>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleStep {
    #[serde(rename = "as")]
    pub who: String,
    pub node: String,
    pub outcome: String,
    #[serde(default)]
    pub data: Map<String, Value>,
    #[serde(default)]
    pub comment: String,
}
