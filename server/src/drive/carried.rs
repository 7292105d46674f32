//! What a running flow sees of its record. The flow goes on with the version it began with, the record has the form of
//! today: keys and types are carried between the two by the fields' stable ids, both ways, here and nowhere else.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::problem::FieldFault;
use runtime::engine::{Input, Refusal};
use runtime::form::translate::Translation;
use runtime::id::{FieldKey, ModuleKey, RecordId};
use runtime::model::module::Module as Shape;
use serde_json::{Map, Value};

use super::{Prepared, Work};
use crate::definitions::{Live, Pinned};
use crate::error::Error;
use crate::store::records::{bound, loaded};
use crate::store::sql::{Dialect, Query, Sql, ident};
use crate::store::table::{Column, Kind, Table, Target};

/// Values of columns that the form has lost.
type Lost = Vec<(Column, Value)>;

/// Between the form a flow was drawn with and the form of today.
#[derive(Debug)]
pub(crate) struct Carried {
    /// From today's keys to the flow's.
    back: Translation,
    /// From the flow's keys to today's.
    forth: Translation,
    /// Records it refers to, by module: from today's keys to the flow's.
    others: BTreeMap<ModuleKey, Translation>,
    /// Fields of the flow that the form has lost, where their values still are.
    kept: Vec<Column>,
    /// The module's table, quoted.
    table: String,
}

/// A record as a flow sees it, if not as it is today.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub data: Map<String, Value>,
    /// Fields whose value does not fit the type the flow knows, with why.
    pub unreadable: BTreeMap<FieldKey, String>,
    /// Records it refers to; none: as they are.
    pub referenced: Option<BTreeMap<RecordId, Map<String, Value>>>,
}

impl Carried {
    /// Nothing where the flow knows everything as it is today.
    pub(crate) fn between(pinned: &Pinned, live: &Live, dialect: Dialect) -> Option<Self> {
        let key = pinned.plan.flow().module.as_ref()?;
        let (was, now) = (pinned.shapes.get(key)?, live.modules.get(key)?);
        let schema = |key: &ModuleKey| live.catalog.module(key).map(|it| &it.schema);
        let today = schema(key)?;
        let others: BTreeMap<ModuleKey, Translation> = pinned
            .shapes
            .iter()
            .filter_map(|(key, was)| Some((key.clone(), Translation::between(schema(key)?, was))))
            .filter(|it| !it.1.is_nothing())
            .collect();
        let (back, forth) = (Translation::between(today, was), Translation::between(was, today));
        if back.is_nothing() && forth.is_nothing() && others.is_empty() {
            return None;
        }
        let old = Table::of(&Shape { schema: was.clone(), ..Shape::default() }, dialect, &now.stored);
        let taken = |it: &Column| now.table.columns.iter().any(|column| column.name == it.name);
        let kept = old
            .columns
            .into_iter()
            .filter(|it| back.new_fields().contains(&it.key) && now.stored.contains_key(&it.name) && !taken(it))
            .collect();
        Some(Self { back, forth, others, kept, table: now.table.quoted() })
    }

    /// What is still stored of fields that the form has lost, by the flow's keys.
    pub(crate) async fn kept(&self, db: &impl Sql, record: &RecordId) -> Result<Map<String, Value>, Error> {
        let mut found = Map::new();
        if self.kept.is_empty() {
            return Ok(found);
        }
        let columns: Vec<String> = self.kept.iter().map(|it| it.read(db.dialect())).collect();
        let mut query = Query::new(format!("SELECT {} FROM {} WHERE id = ", columns.join(", "), self.table));
        query.bind(record.as_str());
        if let Some(row) = db.row(query).await? {
            for (at, column) in self.kept.iter().enumerate() {
                let value = loaded(column.kind, &row, at)?;
                if !value.is_null() {
                    found.insert(column.key.0.clone(), value);
                }
            }
        }
        Ok(found)
    }

    /// A record of today as the flow knows it.
    pub(crate) fn see(&self, data: &Map<String, Value>, kept: &Map<String, Value>) -> Seen {
        let it = self.back.translate(data);
        let mut seen = it.data;
        // What is new to the flow is no harm to it, as long as it has nothing else of that name.
        for (key, value) in it.gone.iter().filter(|it| self.forth.key(it.0).is_none()) {
            seen.entry(key.clone()).or_insert_with(|| value.clone());
        }
        for column in &self.kept {
            match kept.get(column.key.as_str()) {
                Some(value) => seen.insert(column.key.0.clone(), value.clone()),
                None => seen.remove(column.key.as_str()),
            };
        }
        let why = |key: &FieldKey, value: &Value| {
            let now = self.forth.key(key.as_str()).unwrap_or(key);
            format!(
                "`data.{key}` cannot be read: since this flow version, the field has become `{now}` of another type, and \
                 {value} does not fit the type it had. Correct the value, or move the instance to the newest version"
            )
        };
        let unreadable = it.unfit.iter().map(|(key, value)| (key.clone(), why(key, value))).collect();
        Seen { data: seen, unreadable, referenced: None }
    }

    /// What a flow is given by a person, under the names it knows.
    fn given(&self, input: Input) -> Input {
        match input {
            Input::Complete { task, outcome, data, comment } => {
                let data = self.see(&data, &Map::new()).data;
                Input::Complete { task, outcome, data, comment }
            }
            other => other,
        }
    }

    /// What a flow sets, under today's names; and what belongs into columns that the form has lost.
    fn set(&self, fields: &Map<String, Value>) -> Result<(Map<String, Value>, Lost), Error> {
        let it = self.forth.translate(fields);
        let fault = |(key, value): (&FieldKey, &Value)| FieldFault {
            pointer: format!("/{key}"),
            code: "not-convertible".to_owned(),
            message: format!(
                "the flow sets `{key}` to {value}, which does not fit the type this field has by now; move the instance to \
                 the newest version of its flow"
            ),
            ..FieldFault::default()
        };
        if !it.unfit.is_empty() {
            return Err(Error::InvalidFields(it.unfit.iter().map(fault).collect()));
        }
        let column = |key: &str| self.kept.iter().find(|it| it.key.as_str() == key).cloned();
        let lost = it.gone.iter().filter_map(|(key, value)| Some((column(key)?, value.clone()))).collect();
        Ok((it.data, lost))
    }

    /// A refusal that names fields names those of today.
    fn told(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::FieldsNeeded { fields } => {
                let now = |it: String| self.forth.key(&it).map_or(it, |it| it.0.clone());
                Refusal::FieldsNeeded { fields: fields.into_iter().map(now).collect() }
            }
            other => other,
        }
    }

    /// A step as its definition says it (`UserTask` as JSON), the fields its outcomes need named as they are called today.
    /// One the form has lost cannot be asked for.
    pub(crate) fn step(&self, mut step: Value) -> Value {
        let outcomes = step.get_mut("outcomes").and_then(Value::as_array_mut);
        for needs in outcomes.into_iter().flatten().filter_map(|it| it.get_mut("requires")?.as_array_mut()) {
            *needs = needs.iter().filter_map(|it| self.forth.key(it.as_str()?)).map(|it| it.0.clone().into()).collect();
        }
        step
    }
}

impl Work<'_> {
    pub(super) fn carried(&self, pinned: &Pinned) -> Option<Arc<Carried>> {
        self.live.carried(pinned, self.tx.dialect())
    }

    /// The record as a flow of that version sees it; nothing where it sees it as it is.
    pub(super) async fn seen(&mut self, carried: Option<&Carried>) -> Result<Seen, Error> {
        let Some(carried) = carried else {
            return Ok(Seen::default());
        };
        let mut kept = if self.has_record() { carried.kept(self.tx, &self.record.id).await? } else { Map::new() };
        for column in &carried.kept {
            if let Some((_, value)) = self.lost.get(&column.name) {
                kept.insert(column.key.0.clone(), value.clone());
            }
        }
        let mut seen = carried.see(&self.record.data, &kept);
        if !carried.others.is_empty() {
            let mut referenced = self.referenced.clone();
            for column in self.module.table.columns.iter().filter(|it| it.kind == Kind::Text) {
                let Target::Module(module) = &column.target else { continue };
                let id = self.record.data.get(column.key.as_str()).and_then(Value::as_str);
                if let (Some(id), Some(names)) = (id, carried.others.get(module))
                    && let Some(data) = self.referenced.get(id)
                {
                    referenced.insert(id.into(), names.translate(data).data);
                }
            }
            seen.referenced = Some(referenced);
        }
        Ok(seen)
    }

    /// What a flow changes at its record, from its names to today's.
    pub(super) fn carry(&mut self, pinned: &Pinned, fields: Map<String, Value>) -> Result<Map<String, Value>, Error> {
        let Some(carried) = self.carried(pinned) else { return Ok(fields) };
        let (now, lost) = carried.set(&fields)?;
        self.lost.extend(lost.into_iter().map(|it| (it.0.name.clone(), it)));
        Ok(now)
    }

    /// Writes what flows have set of fields that the form has lost: they go on reading it.
    pub(super) async fn write_lost(&mut self) -> Result<(), Error> {
        let lost = std::mem::take(&mut self.lost);
        if lost.is_empty() || !self.has_record() {
            return Ok(());
        }
        let mut query = Query::new(format!("UPDATE {} SET ", self.module.table.quoted()));
        for (at, (column, value)) in lost.values().enumerate() {
            query.push(if at == 0 { "" } else { ", " }).push(&ident(&column.name)).push(" = ");
            query.bind(bound(column.kind, value)).push(column.cast(self.tx.dialect()));
        }
        query.push(" WHERE id = ").bind(self.record.id.as_str());
        self.tx.later(query).await
    }
}

/// A step's input and what may be asked during it, by the names the flow knows.
pub(super) fn given(carried: Option<&Carried>, input: Input) -> Input {
    match carried {
        Some(it) => it.given(input),
        None => input,
    }
}

/// A refusal, by today's names.
pub(super) fn told(carried: Option<&Carried>, refusal: Refusal) -> Refusal {
    match carried {
        Some(it) => it.told(refusal),
        None => refusal,
    }
}

impl<'a> Prepared<'a> {
    pub(super) fn of(work: &'a Work<'_>, seen: &'a Seen) -> Self {
        Self {
            people: &work.directory,
            referenced: seen.referenced.as_ref().unwrap_or(&work.referenced),
            unreadable: &seen.unreadable,
        }
    }
}

#[cfg(test)]
mod tests;
