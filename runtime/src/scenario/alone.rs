//! What saving asks of the other records of a module: no value twice that must be unique, no duplicate.
//! The server asks its database the same; there, candidates for duplicates are first fetched by the keys.

use serde_json::{Map, Value};

use super::world::{Refused, World};
use crate::id::{ModuleKey, RecordId, ScriptKey};
use crate::model::module::Duplicates;
use crate::script::{Scope, Script};
use crate::value;

impl World<'_> {
    /// Refuses a record that shares a unique value with another, or that is another's duplicate.
    pub fn stands_alone(&self, module: &ModuleKey, id: Option<&RecordId>, data: &Map<String, Value>, accept_duplicates: bool) -> Result<(), Refused> {
        let Some(definition) = self.compiled.catalog.module(module) else { return Ok(()) };
        for (field, property) in definition.schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if property.pointer("/x-index/unique") != Some(&Value::Bool(true)) {
                continue;
            }
            let Some(mine) = data.get(field).filter(|it| !value::blank(it)) else { continue };
            if self.others(module, id).any(|it| it.get(field).is_some_and(|it| value::same(it, mine))) {
                return Err(Refused::new("invalid", format!("/{field}: {mine} is taken")));
            }
        }
        match &definition.definition.duplicates {
            Some(rule) if id.is_none() => self.no_duplicate(module, rule, data, accept_duplicates),
            Some(_) | None => Ok(()),
        }
    }

    fn others<'a>(&'a self, module: &'a ModuleKey, id: Option<&'a RecordId>) -> impl Iterator<Item = &'a Map<String, Value>> {
        self.records.iter().filter(move |(key, it)| it.module == *module && id != Some(*key)).map(|(_, it)| &it.data)
    }

    fn no_duplicate(&self, module: &ModuleKey, rule: &Duplicates, data: &Map<String, Value>, accept: bool) -> Result<(), Refused> {
        let wrong = |it: String| Refused::new("invalid", format!("duplicates: {it}"));
        let key = ScriptKey::from(rule.script.as_str());
        let source = self.compiled.catalog.script(&key).ok_or_else(|| wrong(format!("there is no script `{key}`")))?;
        let script = Script::compile(&key, source).map_err(|it| wrong(it.to_string()))?;
        let form = self.compiled.form(module);
        let mut scope = Scope::new(self.compiled.catalog.library(), self.now, form.zone());
        scope.set_record("data", data, form.shape());
        for candidate in self.others(module, None) {
            scope.set_record("candidate", candidate, form.shape());
            let score = script.run(&scope).map_err(|it| wrong(it.to_string()))?;
            let score = value::decimal_of(&score).unwrap_or_default();
            if score >= rule.stop.into() || (score >= rule.warn.into() && !accept) {
                return Err(Refused::new("duplicate", format!("another record is the same with {score} of 100")));
            }
        }
        Ok(())
    }
}
