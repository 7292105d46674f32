//! Rules on what a pack names elsewhere: roles, forms, fields, scripts, tables, notices, flows. A dangling name is an alert
//! while somebody draws, never an error while somebody works.

mod contract;
mod correspondence;
mod duty;
mod flow_names;
mod module_names;
mod people;
mod script_names;
mod view_names;
mod wording;

use std::collections::BTreeMap;

use crate::alert::Alert;
use crate::id::{FlowKey, ModuleKey, RoleKey};
use crate::model::catalog::Catalog;
use crate::model::flow::Flow;
use crate::model::module::Module;
use crate::model::pack::Pack;

pub use correspondence::{Said, said};
pub(super) use duty::rule as duties;

/// How many people hold a role, where that is known (the server and the studio know it; the command line does not).
pub type Holders = BTreeMap<RoleKey, u64>;

/// What the rules look at.
pub struct Look<'a> {
    pub catalog: &'a Catalog,
    pub pack: &'a Pack,
    pub holders: Option<&'a Holders>,
    /// Manifests of plugins by id; `None`: not known here.
    pub plugins: Option<&'a BTreeMap<String, serde_json::Value>>,
}

/// Looks at every name of a module.
pub fn of_module(look: &Look, key: &ModuleKey, module: &Module) -> Vec<Alert> {
    let mut found = Vec::new();
    module_names::rule(&mut found, look, key, module);
    view_names::rule(&mut found, look, key, module);
    found
}

/// Looks at every name of a flow. `said`: what all flows say to each other ([`said`]).
pub fn of_flow(look: &Look, said: &Said, key: &FlowKey, flow: &Flow) -> Vec<Alert> {
    let mut found = Vec::new();
    flow_names::rule(&mut found, look, key, flow);
    people::rule(&mut found, look, key, flow);
    contract::rule(&mut found, look, key, flow);
    correspondence::rule(&mut found, said, key, flow);
    script_names::rule(&mut found, look, key, flow);
    wording::rule(&mut found, look, key, flow);
    found
}

impl Look<'_> {
    /// True when the module has the field (system columns count).
    pub fn has_field(&self, module: &ModuleKey, field: &str) -> bool {
        if SYSTEM_FIELDS.contains(&field) {
            return true;
        }
        self.catalog
            .module(module)
            .is_some_and(|it| it.schema.pointer("/properties").is_some_and(|it| it.get(field).is_some()))
    }

    /// True when some installed pack declares the role; `*` is everybody.
    pub fn has_role(&self, role: &RoleKey) -> bool {
        role.as_str() == "*" || self.catalog.role(role).is_some()
    }
}

/// Columns every record has.
pub const SYSTEM_FIELDS: &[&str] = &[
    "id",
    "number",
    "owner",
    "department",
    "stage",
    "version",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
];

/// A sentence for a name that is not there, with the nearest that is.
pub fn unknown(code: &str, what: &str, name: &str, known: impl Iterator<Item = String>) -> Alert {
    let near = known.map(|it| (distance(name, &it), it)).filter(|(far, _)| *far <= 2.max(name.len() / 4)).min();
    let hint = near.map_or(String::new(), |(_, it)| format!("; did you mean `{it}`?"));
    Alert::error(code, format!("expected a {what}, found the unknown name `{name}`{hint}")).arg("name", name)
}

/// Levenshtein distance, for "did you mean". Names are short.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
