//! `views/<key>.json`: how records of a module are shown: forms, lists, boards, calendars, trees, and the page of one
//! record. Any number per module.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::pick::{self, Members};
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

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(Deserialize), serde(remote = "Self"))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ViewContent {
    Form(FormView),
    List(ListView),
    Kanban(KanbanView),
    Calendar(CalendarView),
    Tree(TreeView),
    Detail(DetailView),
}

const KINDS: &[&str] = &["form", "list", "kanban", "calendar", "tree", "detail"];

impl<'de> Deserialize<'de> for ViewContent {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(Members::read(from, "internally tagged enum ViewContent")?).map_err(D::Error::custom)
    }
}

#[inline(never)]
fn read(mut members: Members) -> Result<ViewContent, pick::Error> {
    let kind = members.kind("kind")?;
    Ok(match kind.as_str() {
        "form" => ViewContent::Form(members.whole()?),
        "list" => ViewContent::List(members.whole()?),
        "kanban" => ViewContent::Kanban(members.whole()?),
        "calendar" => ViewContent::Calendar(members.whole()?),
        "tree" => ViewContent::Tree(members.whole()?),
        "detail" => ViewContent::Detail(members.whole()?),
        _unknown => return Err(pick::Error::unknown_variant(&kind, KINDS)),
    })
}

impl ViewContent {
    /// The form, if it is one.
    pub fn form(&self) -> Option<&FormView> {
        match self {
            Self::Form(it) => Some(it),
            Self::List(_) | Self::Kanban(_) | Self::Calendar(_) | Self::Tree(_) | Self::Detail(_) => None,
        }
    }
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

/// A calendar: records on the day of a date, or from one to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarView {
    /// A date, or a moment.
    pub start: FieldKey,
    /// The day it ends on; none: the day it begins on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<FieldKey>,
    /// Fields shown on a day, the first is the heading; none: what records are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub card: Vec<FieldKey>,
}

/// A tree: records under the record of the same module they refer to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeView {
    /// The reference to what stands above.
    pub parent: FieldKey,
    /// Fields in order, the first is the heading; none: what records are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// `field` ascending, `-field` descending; none: by what records are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// The page of one record: facts in sections, lists of what refers to it, and its history. The first such view of a module,
/// by key, is its page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailView {
    pub sections: Vec<Section>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    #[serde(default, skip_serializing_if = "TimelinePlace::is_tab")]
    pub timeline: TimelinePlace,
}

/// A list of records of another module that refer to this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Related {
    pub id: String,
    /// In the pack's language, others under `related/<module>/<view>/<id>`; none: what the module is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    pub module: ModuleKey,
    /// The field of that module that refers to this one.
    pub field: FieldKey,
    /// Columns in order; none: the first of that module's list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<FieldKey>,
}

/// Where the history of a record stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimelinePlace {
    /// Under a tab of its own.
    #[default]
    Tab,
    /// Beside the facts; on a narrow screen below them.
    Beside,
    /// Below the facts.
    Below,
}

impl TimelinePlace {
    fn is_tab(&self) -> bool {
        *self == Self::Tab
    }
}

/// In tests serde's own reader, for comparison, goes by the type's name; so does what writes.
#[cfg(test)]
impl Serialize for ViewContent {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        ViewContent::serialize(self, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_serde_does() {
        let members = [
            "sections", "pages", "columns", "sort", "filters", "group", "card", "sum", "start", "end", "parent",
            "related", "timeline",
        ];
        pick::compare::all("kind", KINDS, &members, serde_json::from_value, ViewContent::deserialize);
    }
}
