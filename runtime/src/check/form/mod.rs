//! Rules on forms: whether the schema is one, whether what a rule asks for can ever happen, whether formulas can be computed (`form-compute-cycle`), and whether people read it in their language.

mod rule_cases;
mod wording;

pub use wording::addresses;

use crate::alert::Alert;
use crate::form::of_schema;
use crate::id::ModuleKey;
use crate::model::catalog::Catalog;
use crate::model::module::Module;
use crate::model::pack::Pack;

/// Looks at a module of a pack.
pub fn check(catalog: &Catalog, pack: &Pack, key: &ModuleKey, module: &Module) -> Vec<Alert> {
    // A schema that is not there is told by the loader.
    let mut found = if module.schema.is_null() { Vec::new() } else { of_schema(key, &module.schema) };
    rule_cases::rule(&mut found, catalog, key, module);
    found.extend(crate::form::order::circle(&module.rules.computed, &format!("modules/{key}/rules.json")));
    wording::rule(&mut found, pack, key, module);
    found
}

#[cfg(test)]
mod tests;
