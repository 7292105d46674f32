//! What saving asks of the other records of a module: no value twice that must be unique, no duplicate, and exactly one
//! where one of several is chosen. The server asks its database the same; there, candidates for duplicates are first fetched by the keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::world::{Record, Refused, World};
use crate::engine::Person;
use crate::form::{Duty, Form, FormContext, Writer};
use crate::id::{ModuleKey, RecordId, ScriptKey, UserId};
use crate::model::module::{Chosen, Duplicates};
use crate::script::{Scope, Script};
use crate::value;

impl World<'_> {
    /// Refuses a record that shares a unique value with another, or that is another's duplicate.
    pub fn stands_alone(
        &self,
        module: &ModuleKey,
        id: Option<&RecordId>,
        data: &Map<String, Value>,
        accept_duplicates: bool,
    ) -> Result<(), Refused> {
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

    /// Sees to it that of several exactly one is chosen, after the record was changed; what `before` was, none: it is new.
    pub fn choose(&mut self, id: &RecordId, before: Option<&Map<String, Value>>, by: Writer) -> Result<(), Refused> {
        let Some(module) = self.records.get(id).map(|it| it.module.clone()) else { return Ok(()) };
        let rules = self.compiled.catalog.module(&module).map(|it| it.definition.chosen.clone()).unwrap_or_default();
        for rule in &rules {
            let duties = self.judged(&module, |form, ctx, records| {
                form.duties(rule, before, records.get(id).map(|it| &it.data), ctx)
            });
            for duty in duties {
                match duty {
                    Duty::Relieve { group } => {
                        for other in self.group(&module, id, rule, &group, true) {
                            self.mark(&other, rule, false)?;
                        }
                    }
                    Duty::Fill { group } if self.group(&module, id, rule, &group, true).is_empty() => {
                        self.mark(id, rule, true)?
                    }
                    Duty::Fill { .. } => {}
                    Duty::Succeed { group, stays } => {
                        let others = self.group(&module, id, rule, &group, false);
                        let able = |it: &&RecordId| {
                            self.judged(&module, |form, ctx, records| {
                                records.get(*it).is_some_and(|it| form.could_be(&rule.field, &it.data, ctx))
                            })
                        };
                        match others.iter().find(able).cloned() {
                            Some(next) => self.mark(&next, rule, true)?,
                            None if stays && by == Writer::Flow => self.mark(id, rule, true)?,
                            None if stays => {
                                return Err(Refused::new(
                                    "invalid",
                                    format!("/{}: nobody else could follow", rule.field),
                                ));
                            }
                            None => {}
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The others of a group that are, or are not, chosen; the oldest first.
    fn group(&self, module: &ModuleKey, id: &RecordId, rule: &Chosen, group: &str, chosen: bool) -> Vec<RecordId> {
        let is = |data: &Map<String, Value>| data.get(rule.field.as_str()) == Some(&Value::Bool(true));
        let of = |data: &Map<String, Value>| data.get(rule.among.as_str()).and_then(Value::as_str) == Some(group);
        let found = self
            .records
            .iter()
            .filter(|(key, it)| *key != id && it.module == *module && of(&it.data) && is(&it.data) == chosen);
        let mut found: Vec<(usize, RecordId)> = found.map(|(key, it)| (it.n, key.clone())).collect();
        found.sort();
        found.into_iter().map(|it| it.1).collect()
    }

    fn mark(&mut self, id: &RecordId, rule: &Chosen, chosen: bool) -> Result<(), Refused> {
        let Some(it) = self.records.get(id) else { return Ok(()) };
        let patch = Map::from_iter([(rule.field.0.clone(), Value::Bool(chosen))]);
        let data =
            self.accept(&it.module, Some(id), Some(&it.data), &patch, Writer::Flow, &UserId::from("system"), None)?;
        if let Some(it) = self.records.get_mut(id) {
            it.data = data;
        }
        Ok(())
    }

    fn judged<T>(
        &self,
        module: &ModuleKey,
        ask: impl FnOnce(&Form, &FormContext, &BTreeMap<RecordId, Record>) -> T,
    ) -> T {
        let (user, referenced) = (Person::default(), BTreeMap::new());
        let ctx = FormContext { now: self.now, user: &user, record: None, referenced: &referenced };
        ask(&self.compiled.form(module), &ctx, &self.records)
    }

    fn others<'a>(
        &'a self,
        module: &'a ModuleKey,
        id: Option<&'a RecordId>,
    ) -> impl Iterator<Item = &'a Map<String, Value>> {
        self.records.iter().filter(move |(key, it)| it.module == *module && id != Some(*key)).map(|(_, it)| &it.data)
    }

    fn no_duplicate(
        &self,
        module: &ModuleKey,
        rule: &Duplicates,
        data: &Map<String, Value>,
        accept: bool,
    ) -> Result<(), Refused> {
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
