//! Records: list, open, change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Query of `GET /api/records/{module}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ListQuery {
    /// Words searched in searchable fields; number too.
    pub q: Option<String>,
    /// JSON of [`Filter`].
    pub filter: Option<String>,
    /// `field` or `-field`; default: newest first.
    pub sort: Option<String>,
    /// [`RecordPage::next`] or [`RecordPage::prev`] of the page before.
    pub after: Option<String>,
    /// At most 500; default 50.
    pub limit: Option<u64>,
    /// Comma separated; only these are read. Default: the list view's.
    pub columns: Option<String>,
    /// Ask for the exact number of records.
    pub count: bool,
}

/// Query of `GET /api/export/{module}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct ExportQuery {
    /// Words searched in searchable fields; number too.
    pub q: Option<String>,
    /// JSON of [`Filter`].
    pub filter: Option<String>,
    /// `field` or `-field`; default: newest first.
    pub sort: Option<String>,
    /// Comma separated, in this order. Default: the list view's.
    pub columns: Option<String>,
}

/// Conditions on fields. A field is a key of the schema or `id`, `number`, `owner`, `department`, `created_at`, `updated_at`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(no_recursion)]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    /// `op`: `eq`, `ne`, `in`, `below` (of a dictionary's tree: this value or one under it), `lt`, `le`, `gt`, `ge`, `contains`, `starts`, `blank`, `filled`.
    /// For dates the value may be `today`, `-7d`, `+30d`; for people `me`.
    Field {
        field: String,
        op: String,
        #[serde(default)]
        value: Value,
    },
}

/// `GET /api/records/{module}`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordPage {
    pub rows: Vec<Row>,
    /// Cursor of the next page; none: this is the last.
    pub next: Option<String>,
    pub prev: Option<String>,
    pub total: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Row {
    pub id: String,
    pub version: i64,
    /// The columns asked for.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// What references are called, by their id (records, people, departments).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// `GET /api/records/{module}/{id}`; `POST /api/records/{module}` with [`Create`] (201); `PATCH …/{id}` with [`Change`]; `DELETE …/{id}` (204).
/// Who has written one that they may not read answers for nothing more: `id` and `module` alone, `version` is 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Record {
    pub id: String,
    pub module: String,
    pub version: i64,
    /// The label of the record.
    pub label: String,
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    pub labels: BTreeMap<String, String>,
    pub owner: Option<String>,
    pub department: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    /// What the person may do with this one: `update`, `delete`.
    pub actions: Vec<String>,
    /// Flows of this record, newest first.
    pub instances: Vec<crate::instance::InstanceHead>,
    /// Open tasks of this record; `mine` says which the person may do.
    pub tasks: Vec<crate::task::TaskHead>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Create {
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// Save although similar records exist (below the stop mark).
    #[serde(default)]
    pub accept_duplicates: bool,
    /// Records that point at this one and are saved together with it.
    #[serde(default)]
    pub linked: Vec<SaveLinked>,
    /// Sent by the browser so that a repeated request makes one record. Any text, at most 64 characters.
    #[serde(default)]
    pub once: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The version the person saw. If others changed the same fields since: 409 with `conflicts`.
    pub version: i64,
    /// Only changed fields; `null` clears.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// Records that point at this one and are saved together with it.
    #[serde(default)]
    pub linked: Vec<SaveLinked>,
}

/// A record that points at the one being saved: in the same transaction it is made, or changed. Its faults come back
/// below `/linked/<place>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveLinked {
    pub module: String,
    /// Its reference to the record being saved; set by the server.
    pub field: String,
    /// None: a new one.
    #[serde(default)]
    pub id: Option<String>,
    /// The version the person saw; 0 for a new one.
    #[serde(default)]
    pub version: i64,
    /// Only changed fields; `null` clears.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
}

/// `GET /api/records/{module}/{id}/history`: newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HistoryEntry {
    pub at: String,
    pub by: String,
    pub by_name: String,
    /// `form`, `api`, `import`, `flow`, `script`, `system`.
    pub channel: String,
    /// `created`, `changed`, `deleted`, `task` (with `text`), `flow` (with `text`).
    pub kind: String,
    pub changes: Vec<FieldChange>,
    /// For tasks: node name and outcome; comment.
    #[schema(value_type = Object)]
    pub info: Map<String, Value>,
    pub labels: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldChange {
    pub field: String,
    pub from: Value,
    pub to: Value,
}

/// `GET /api/lookup/{module}?q=&limit=&data=` (`data`: JSON of the form, for reference filters); `GET /api/people?q=&role=`; `GET /api/departments?q=`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Choice {
    pub id: String,
    pub label: String,
    /// Number, phone, department: what tells two of the same name apart.
    pub hint: String,
}

/// `GET /api/find`: a record whose label or number fits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Found {
    pub module: String,
    pub id: String,
    pub label: String,
    /// Its number, if the module has one and its label is another.
    pub hint: String,
}

/// `POST /api/records/{module}/duplicates`: answers a list of [`Duplicate`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindDuplicates {
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// The record being changed, which is no duplicate of itself.
    #[serde(default)]
    pub id: Option<String>,
}

/// A record similar to the one being entered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Duplicate {
    pub id: String,
    pub label: String,
    pub number: String,
    pub score: i64,
    /// True: saving is refused.
    pub stop: bool,
}

/// Query of `GET /api/calendars/{module}/{view}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct CalendarQuery {
    /// The first day: `2026-03-02`.
    pub from: String,
    /// The day after the last; at most 62 days later.
    pub until: String,
    /// JSON of [`Filter`].
    pub filter: Option<String>,
    /// Words searched in searchable fields.
    pub q: Option<String>,
}

/// Records on some days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Calendar {
    /// The earliest first.
    pub rows: Vec<CalendarRow>,
    /// There are more than are sent.
    pub more: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CalendarRow {
    pub row: Row,
    /// The person may put it on another day: by `PATCH /api/records/{module}/{id}`.
    pub may_move: bool,
}

/// Query of `GET /api/trees/{module}/{view}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
pub struct TreeQuery {
    /// What stands under this record; none: what stands at the top.
    pub parent: Option<String>,
    /// Words searched in searchable fields: whatever is found, wherever it stands.
    pub q: Option<String>,
    /// [`TreePage::next`] of the page before.
    pub after: Option<String>,
    /// At most 500; default 100.
    pub limit: Option<u64>,
}

/// Records of one level of a tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TreePage {
    pub rows: Vec<TreeRow>,
    /// Give it as `after` for the rest of the level.
    pub next: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TreeRow {
    pub row: Row,
    /// How many records stand right under it, of those the person may read.
    pub children: u64,
}

/// `GET /api/boards/{module}/{view}?filter=&q=`
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Board {
    pub columns: Vec<BoardColumn>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoardColumn {
    /// Value of the group field.
    pub value: String,
    pub total: u64,
    pub sum: Option<String>,
    /// The first 50 cards.
    pub rows: Vec<Row>,
}

/// `POST /api/boards/{module}/{view}/move`: answers [`MoveAnswer`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub id: String,
    pub version: i64,
    pub to: String,
}

/// Where the group is the stage, a drop is a flow action: the browser opens that task's form with the outcome
/// chosen and completes it through `POST /api/tasks/{id}/complete`. Otherwise the field was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "answer", rename_all = "camelCase")]
pub enum MoveAnswer {
    Moved {
        version: i64,
    },
    /// Complete this task with one of these outcomes to get there.
    Complete {
        task: String,
        outcomes: Vec<String>,
    },
    /// It cannot go there from here; `reason` is a code: `not-a-step`, `not-yours`, `no-task`; `allowed` are stages that can be reached.
    Refused {
        reason: String,
        allowed: Vec<String>,
    },
}
