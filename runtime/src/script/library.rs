//! What expressions and scripts may ask besides their scope: decision tables and trees of dictionaries.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::id::TableKey;
use crate::model::catalog::Catalog;
use crate::table::{Decision, Fault, Grid};

/// Compiled once per catalog and shared by every evaluation.
#[derive(Clone, Debug, Default)]
pub struct Library {
    tables: BTreeMap<TableKey, Grid>,
    /// Dictionary → value → value above it.
    parents: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

impl Library {
    /// From all packs; where two have the same key the first by pack id counts, as in [`Catalog`].
    pub fn new(catalog: &Catalog) -> Self {
        let mut it = Self::default();
        for pack in catalog.packs() {
            for (key, table) in &pack.tables {
                if !it.tables.contains_key(key) {
                    it.tables.insert(key.clone(), Grid::compile(table).0);
                }
            }
            for dictionary in &pack.manifest.dictionaries {
                let key = dictionary.key.as_str();
                if !it.parents.contains_key(key) {
                    let parents = dictionary.items.iter().map(|it| (it.value.clone(), it.parent.clone())).collect();
                    it.parents.insert(key.to_owned(), parents);
                }
            }
        }
        it
    }

    /// What a decision table says: its outputs, or a list of them; none: no rule matches.
    pub fn decide(&self, table: &str, inputs: &Map<String, Value>, day: Date) -> Result<Option<Decision>, Fault> {
        let grid = self.tables.get(table).ok_or_else(|| Fault::NoSuchTable(table.to_owned()))?;
        grid.decide(inputs, day)
    }

    /// The compiled table, for explanations.
    pub fn grid(&self, table: &str) -> Option<&Grid> {
        self.tables.get(table)
    }

    /// True if there is such a dictionary.
    pub fn knows(&self, dictionary: &str) -> bool {
        self.parents.contains_key(dictionary)
    }

    /// True if the dictionary has the value.
    pub fn has(&self, dictionary: &str, value: &str) -> bool {
        self.parents.get(dictionary).is_some_and(|it| it.contains_key(value))
    }

    /// True if `value` is `ancestor` or stands below it. A circle of parents ends the search.
    pub fn covers(&self, dictionary: &str, ancestor: &str, value: &str) -> bool {
        if ancestor == value {
            return true;
        }
        let Some(parents) = self.parents.get(dictionary) else { return false };
        let mut at = value;
        for _ in 0..=parents.len() {
            match parents.get(at).and_then(Option::as_deref) {
                Some(above) if above == ancestor => return true,
                Some(above) => at = above,
                None => return false,
            }
        }
        false
    }
}
