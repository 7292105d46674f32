//! What a plan knows of its flow's record: which fields point at other records, and which change computed ones.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::context::Person;
use super::run::Run;
use crate::form::{Change, Form, FormContext, Writer};
use crate::id::{FieldKey, ModuleKey};
use crate::model::catalog::Catalog;
use crate::model::module::Module;
use crate::model::rules::ComputeMode;

/// Fields that hold one record's id.
pub(super) fn references(module: &Module) -> Vec<FieldKey> {
    let Some(properties) = module.schema.get("properties").and_then(|it| it.as_object()) else { return Vec::new() };
    let single = |it: &serde_json::Value| it.pointer("/x-ref/module").is_some() && it.get("items").is_none();
    properties.iter().filter(|(_, it)| single(it)).map(|(key, _)| FieldKey(key.clone())).collect()
}

/// The form, if changing a field changes a computed one; with the fields that do.
pub(super) fn computing(catalog: &Catalog, module: &ModuleKey) -> Option<(Arc<Form>, BTreeSet<FieldKey>)> {
    catalog.module(module)?;
    let form = Form::compile(catalog, module).0;
    let lasting = |it: &ComputeMode| *it != ComputeMode::OnCreate;
    let computed =
        |key: &FieldKey| form.field(key.as_str()).is_some_and(|it| it.computed.as_ref().is_some_and(lasting));
    let affects = form.dependencies().affects.clone();
    let causes: BTreeSet<FieldKey> =
        affects.into_iter().filter(|(_, it)| it.iter().any(computed)).map(|(key, _)| key).collect();
    if causes.is_empty() { None } else { Some((Arc::new(form), causes)) }
}

impl Run<'_> {
    /// Computed fields follow at once, so that conditions of the same step see them; the server computes them again
    /// when it stores the record.
    pub(super) fn recompute(&mut self, fields: &Map<String, Value>) {
        let Some((form, causes)) = &self.plan.computing else { return };
        if !fields.keys().any(|it| causes.contains(it.as_str())) {
            return;
        }
        let mut all = self.data.clone();
        all.extend(fields.clone());
        let wanted = form.looks_at(&all).into_iter();
        let world = self.context.world;
        let referenced = wanted.filter_map(|(_, id)| world.referenced(&id).map(|it| (id, it.clone()))).collect();
        let nobody = Person { id: self.context.actor.clone(), ..Person::default() };
        let user = world.people().get(&self.context.actor).unwrap_or(&nobody);
        let ctx =
            FormContext { now: self.context.now, user, record: Some(&self.context.record), referenced: &referenced };
        let access = BTreeMap::new();
        let change =
            Change { old: Some(&self.data), patch: fields, view: None, access: &access, by: Writer::Flow, ctx };
        let mut after = form.state(&change).data;
        for field in form.fields.iter().filter(|it| it.computed.is_some() && !fields.contains_key(it.key.as_str())) {
            match after.remove(field.key.as_str()) {
                Some(it) => self.data.insert(field.key.0.clone(), it),
                None => self.data.remove(field.key.as_str()),
            };
        }
    }

    /// Records that the record points at, by field; as far as the context has them.
    pub(super) fn refs(&self) -> Map<String, Value> {
        let mut found = Map::new();
        for field in &self.plan.refs {
            let record = self.data.get(field.as_str()).and_then(Value::as_str);
            let data = record.and_then(|it| self.context.world.referenced(&it.into()));
            if let Some(data) = data {
                found.insert(field.0.clone(), Value::Object(data.clone()));
            }
        }
        found
    }
}
