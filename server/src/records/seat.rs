//! From where a person looks at a module: what the policy gives them, as conditions of queries and as access to fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use runtime::id::{FieldKey, ModuleKey};
use runtime::model::module::{Access, Action};
use runtime::policy::{self, Condition, Cover, RecordFacts};

use crate::actor::Actor;
use crate::app::App;
use crate::definitions::{Live, Module};
use crate::error::Error;
use crate::store::records::Stored;
use crate::store::sql::{Dialect, Query, ident};
use crate::store::table::{Column, Kind};
use crate::store::tokens;

/// A person before a module.
pub(crate) struct Seat {
    pub live: Arc<Live>,
    pub module: Arc<Module>,
    pub who: policy::Actor,
    pub access: BTreeMap<FieldKey, Access>,
    pub dialect: Dialect,
}

impl Seat {
    /// Takes place; an unknown module is not found.
    pub fn take(app: &App, actor: &Actor, module: &ModuleKey) -> Result<Self, Error> {
        let live = app.definitions.live();
        let module = live.module(module)?.clone();
        let who = app.rights_of(actor);
        let access = policy::fields(&live.catalog, &who, &module.key);
        Ok(Self { live, module, who, access, dialect: app.store.dialect() })
    }

    /// The same person before another module; none: there is no such module.
    pub fn beside(&self, module: &ModuleKey) -> Option<Self> {
        let module = self.live.modules.get(module)?.clone();
        let access = policy::fields(&self.live.catalog, &self.who, &module.key);
        Some(Self { live: self.live.clone(), module, who: self.who.clone(), access, dialect: self.dialect })
    }

    /// On which records the person may do something.
    pub fn cover(&self, action: Action) -> Cover {
        policy::may(&self.live.catalog, &self.who, &self.module.key, action)
    }

    /// True if the person may do something with this record.
    pub fn may(&self, action: Action, record: &Stored) -> bool {
        self.cover(action).holds(&facts(record))
    }

    /// Adds the condition that the person may read the record; an error if that is none at all.
    pub fn readable(&self, query: &mut Query) -> Result<(), Error> {
        let cover = self.cover(Action::Read);
        if cover.is_nothing() {
            return Err(Error::NoRights(format!("read {}", self.module.key)));
        }
        self.covered(query, &cover);
        Ok(())
    }

    /// Adds a cover as a condition.
    pub fn covered(&self, query: &mut Query, cover: &Cover) {
        match cover {
            Cover::All => {
                query.push("1 = 1");
            }
            Cover::Nothing => {
                query.push("1 = 0");
            }
            Cover::AnyOf(conditions) => {
                query.push("(");
                for (index, it) in conditions.iter().enumerate() {
                    query.push(if index == 0 { "" } else { " OR " });
                    self.condition(query, it);
                }
                query.push(")");
            }
            Cover::Except(cover, conditions) => {
                query.push("(");
                self.covered(query, cover);
                for it in conditions {
                    // What is blank names nobody.
                    query.push(" AND NOT COALESCE(");
                    self.condition(query, it);
                    query.push(", FALSE)");
                }
                query.push(")");
            }
        }
    }

    fn condition(&self, query: &mut Query, condition: &Condition) {
        match condition {
            Condition::OwnerIs(user) => {
                query.push("owner = ").bind(user.as_str());
            }
            Condition::DepartmentIn(departments) => {
                query.push("department IN ").bind_list(departments.iter().map(|it| it.as_str()));
            }
            Condition::FieldIs(field, value) => match self.module.table.column(field.as_str()) {
                Some(column) if column.kind == Kind::Json => holds_item(query, column, self.dialect, value),
                Some(column) => {
                    query.push(&ident(&column.name)).push(" = ").bind(value.as_str());
                }
                None => {
                    query.push("1 = 0");
                }
            },
        }
    }

    /// A column the person may ask about: not one that is masked or hidden for them.
    pub fn open_column(&self, key: &str) -> Result<&Column, Error> {
        let column = self
            .module
            .table
            .column(key)
            .ok_or_else(|| Error::malformed(format!("expected a field of `{}`, found `{key}`", self.module.key)))?;
        if self.sees(key) { Ok(column) } else { Err(Error::NoRights(format!("ask about `{key}`"))) }
    }

    /// True if the person sees the field's value as it is.
    pub fn sees(&self, key: &str) -> bool {
        self.access.get(key).is_some_and(|it| *it >= Access::Read)
    }

    /// Tags of the closed fields whose words the person may search.
    pub fn tags(&self) -> Vec<String> {
        let open = |it: &&Column| it.closed && (it.search || it.number || it.refers()) && self.sees(it.key.as_str());
        self.module.table.columns.iter().filter(open).map(|it| tokens::tag(it.key.as_str())).collect()
    }

    /// Adds the condition that the record has all words of `q`, if `q` has any. False: it asks for what cannot be found.
    pub fn searched(&self, query: &mut Query, q: &str) -> bool {
        let asked = tokens::asked(q);
        if asked.is_empty() {
            return q.trim().is_empty();
        }
        query.push(" AND ");
        crate::store::records::searched(query, &self.module.table, self.dialect, &asked, &self.tags());
        true
    }

    /// The field that names a record.
    pub fn label(&self) -> &FieldKey {
        &self.module.definition.label
    }
}

/// What rights look at.
pub(crate) fn facts(record: &Stored) -> RecordFacts<'_> {
    RecordFacts { owner: record.owner.as_ref(), department: record.department.as_ref(), data: &record.data }
}

/// Adds the condition that a list has this item.
pub(crate) fn holds_item(query: &mut Query, column: &Column, dialect: Dialect, value: &str) {
    let name = ident(&column.name);
    match dialect {
        Dialect::Sqlite => {
            query
                .push(&format!("EXISTS (SELECT 1 FROM json_each({name}) AS item WHERE item.value = "))
                .bind(value)
                .push(")");
        }
        Dialect::Postgres => {
            query.push(&format!("jsonb_exists({name}, ")).bind(value).push(")");
        }
    }
}
