//! `views/<key>.json`: how records of a module are shown: forms, lists, boards. Any number per module.

use serde::{Deserialize, Serialize};

use crate::id::{FieldKey, ModuleKey, ViewKey};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    pub format: u32,
    /// Stable id, never changes.
    pub id: String,
    pub key: ViewKey,
    pub title: String,
    pub content: ViewContent,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ViewContent {
    Form(FormView),
    List(ListView),
    Kanban(KanbanView),
}

/// A form: sections of fields on a grid of 12 columns. A field that no section names is not on the form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormView {
    /// What the sections are divided into; none: everything stands on one page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Pages>,
    pub sections: Vec<Section>,
}

/// The pages of a form. Dividing it changes nothing about what is saved or asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    pub turn: Turn,
    pub list: Vec<Page>,
}

/// How a person gets from page to page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// Any of them at any time.
    #[default]
    Tabs,
    /// One after the other, each when the one before is right.
    Steps,
}

/// One page; it is there as long as one of its sections is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub id: String,
    /// In the pack's language; others under `page/<module>/<view>/<id>`.
    pub title: String,
}

impl FormView {
    /// The page a section stands on. One that names none, or none there is, stands on the first.
    pub fn page_of(&self, section: &Section) -> Option<&Page> {
        let pages = &self.pages.as_ref()?.list;
        pages.iter().find(|it| section.page.as_deref() == Some(it.id.as_str())).or_else(|| pages.first())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub id: String,
    /// Id of the page it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Shown when the expression holds; none: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub collapsed: bool,
    pub fields: Vec<Item>,
    /// Below its own fields those of another record, which is saved together with this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Linked>,
}

/// The record of `module` that refers to this one in `field`, and of those that do is the chosen one
/// ([`super::module::Chosen`]). None is there yet: one is made when something is entered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Linked {
    pub module: ModuleKey,
    /// The reference to this record.
    pub field: FieldKey,
    /// The yes / no field by which one of several is chosen.
    pub chosen: FieldKey,
    pub fields: Vec<Item>,
}

/// A field on a form. It may only be stricter than the schema and the rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub field: FieldKey,
    /// Columns of 12. On a narrow screen every field takes the whole width.
    #[serde(default = "six")]
    pub span: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub readonly: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widget: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
}

fn six() -> u8 {
    6
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListView {
    /// Columns in order. Besides fields: `number`, `owner`, `department`, `created_at`, `updated_at`.
    pub columns: Vec<Column>,
    /// `field` ascending, `-field` descending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<String>,
    /// Fields offered as filters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<FieldKey>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub field: FieldKey,
    /// Pixels; none: by type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
}

/// A board: one column per value of `group`. When `group` is the module's stage, a drop is a flow action.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KanbanView {
    pub group: FieldKey,
    /// Fields shown on a card, the first is its heading.
    pub card: Vec<FieldKey>,
    /// A number or money field summed per column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<FieldKey>,
}
