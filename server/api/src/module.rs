//! A module as the browser needs it: forms and lists are made from this.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `GET /api/modules/{module}`. Only fields the person may at least see masked are in `schema`, `rules` and `views`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ModuleInfo {
    pub key: String,
    pub pack: String,
    /// Changes with every publish; sent back with writes so that an old form is noticed.
    pub version: String,
    /// `runtime::model::module::Definition` as JSON.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// JSON Schema with `x-*` words.
    #[schema(value_type = Object)]
    pub schema: Value,
    /// `runtime::model::rules::Rules` as JSON.
    #[schema(value_type = Object)]
    pub rules: Value,
    /// `runtime::model::view::View` as JSON, by key.
    #[schema(value_type = Object)]
    pub views: BTreeMap<String, Value>,
    /// Texts by language, then address (see `runtime::model::pack::Texts`); only this module's and its dictionaries'.
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
    /// Dictionaries the schema refers to, as `runtime::model::pack::Dictionary`.
    #[schema(value_type = Object)]
    pub dictionaries: BTreeMap<String, Value>,
    /// Sources of the scripts the rules use, by key.
    pub scripts: BTreeMap<String, String>,
    /// Decision tables expressions of this module use, as JSON.
    #[schema(value_type = Object)]
    pub tables: BTreeMap<String, Value>,
    /// What the person may do at all: `create`, `read`, `update`, `delete`, `export`.
    pub actions: Vec<String>,
    /// `masked`, `read`, `write` by field. A field not named is not there.
    pub access: BTreeMap<String, String>,
}
