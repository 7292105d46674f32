//! A module: one kind of business object. `modules/<key>/{schema,rules,module}.json` and `views/`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{rules::Rules, view::View};
use crate::id::{FieldKey, FlowKey, ModuleKey, RoleKey, ViewKey};

/// One kind of business object, as its files say.
#[derive(Clone, Debug, Default)]
pub struct Module {
    pub definition: Definition,
    /// `schema.json`: JSON Schema 2020-12, an object with `properties`. Words of ours on a property:
    /// - `x-id`: stable id, never changes (`f_01`);
    /// - `x-ref`: `{"module": "customer"}`, `{"module": "*"}` (any), `{"dictionary": "channel"}`, `{"directory": "user"|"department"|"role"}`,
    ///   with optional `"filter"` (expression over `candidate`, `data`, `user`) and `"label"` (field shown); `"tree": true` on one
    ///   to its own module: what is above a record is never below it;
    /// - `x-index`: `{"search": "none|exact|prefix|fulltext", "filter": bool, "sort": bool, "unique": bool}`;
    /// - `x-money`: `{"currency": "CNY"}` on `{"type":"string","format":"x-decimal"}`;
    /// - `x-sensitive`: `"mask"` or `"hide"` for those without the right to see it;
    /// - `x-number`: `"#TS{yyyyMMdd}-{000}"` on the numbered field;
    /// - `x-file`: `{"accept": ["image/*", ".docx"], "maxBytes": 20971520}` on a file or on the items of a list of files;
    /// - `x-display`: `{"widget": "textarea|rating|radio|…", "list": "default|optional|never", "tier": "primary|secondary|extended"}`.
    ///
    /// Labelled choices are `"oneOf": [{"const": "s1", "title": "重大"}, …]`; a field set by the system has `"readOnly": true`;
    /// a sub-table is `{"type":"array","items":{"type":"object","properties":…}}`; formats of ours: `x-decimal`, `x-phone`, `x-file`, `x-rich`.
    pub schema: Value,
    pub rules: Rules,
    pub views: BTreeMap<ViewKey, View>,
}

/// `module.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Definition {
    pub format: u32,
    /// Stable id, never changes.
    pub id: String,
    pub key: ModuleKey,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Field that names a record to people (its label in references).
    pub label: FieldKey,
    /// Field that holds the state; kanban and flows move it. A person never writes it directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<FieldKey>,
    /// Who may do what. Nothing listed: nobody may.
    #[serde(default)]
    pub rights: Vec<Right>,
    /// Exceptions for single fields. Nothing listed: a field follows the record's rights.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub field_rights: Vec<FieldRight>,
    /// Fields that name people who have nothing to do with the record, whatever their roles: they do not see it, and do none of
    /// its tasks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barred: Vec<FieldKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Further indexes, each a list of columns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Vec<String>>,
    /// Lists of other modules' records shown on this record's page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Of which records exactly one is chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<Chosen>,
    /// How duplicates are found at entry; none: not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<Duplicates>,
}

/// What people can do with records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Create,
    Read,
    Update,
    Delete,
    Export,
}

/// Gives the holders of a role some actions on the records in a scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// A role, or `*` for everybody who is logged in.
    pub role: RoleKey,
    pub actions: Vec<Action>,
    pub scope: Scope,
}

/// Which records a right covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// Records the person owns.
    Own,
    /// Records of the person's department.
    Department,
    /// Records of the person's department and all below it.
    DepartmentTree,
    /// Every record.
    All,
    /// Records whose field holds the person's id.
    FieldIsMe(FieldKey),
    /// Records whose field holds the person's department.
    FieldIsMyDepartment(FieldKey),
    /// Records whose field holds the customer a portal user belongs to.
    FieldIsMyCustomer(FieldKey),
}

/// How far a person may see one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// The field is not in anything the person gets.
    Hidden,
    /// Shown as 138****1234; not searchable, not sortable.
    Masked,
    Read,
    /// Written in a step of a flow whose form offers it, read elsewhere.
    Step,
    Write,
}

/// Access of a role to fields. The strongest of a person's roles counts; a field that no entry names follows the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRight {
    pub fields: Vec<FieldKey>,
    pub role: RoleKey,
    pub access: Access,
}

/// Starts a flow when something happens to a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    pub id: String,
    pub on: TriggerEvent,
    pub flow: FlowKey,
    /// Expression over `data`, `user`; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriggerEvent {
    Created,
    Updated,
}

/// The records of `module` whose `field` points at this record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub module: ModuleKey,
    pub field: FieldKey,
}

/// Of the records that refer to the same record in `among`, exactly one has the yes / no field `field` set, wherever
/// there is one for which that field is visible. See [`crate::form::Duty`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    pub id: String,
    pub field: FieldKey,
    pub among: FieldKey,
}

/// Candidates are fetched by `keys` (equal value or same name beginning), then scored 0–100 by the script
/// (scope: `data`, `candidate`); at `warn` the person is warned, at `stop` saving is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duplicates {
    pub script: String,
    pub keys: Vec<FieldKey>,
    pub warn: i64,
    pub stop: i64,
}
