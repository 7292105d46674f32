//! Rules on forms: whether what a rule asks for can ever happen, and whether people read it in their language.

mod rule_cases;
mod wording;

pub use wording::addresses;

use crate::alert::Alert;
use crate::id::PackId;
use crate::model::catalog::Catalog;

/// Looks at every module of a pack.
pub fn check(catalog: &Catalog, pack: &PackId) -> Vec<Alert> {
    let Some(pack) = catalog.packs.get(pack) else { return Vec::new() };
    let mut found = Vec::new();
    for (key, module) in &pack.modules {
        rule_cases::rule(&mut found, catalog, key, module);
        wording::rule(&mut found, pack, key, module);
    }
    found
}

#[cfg(test)]
mod tests;
