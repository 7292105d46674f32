//! What an expression or script sees. Names of the platform: `data`, `old`, `user`, `now`, `today`, `refs`
//! (records that `data` refers to, by field: `refs.customer.vip_level`), in a sub-table `row` and `index`, in flows
//! `vars`, `outcome`, `result`, `people`, `candidates`, for reference filters and duplicates `candidate`.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::Library;
use crate::engine::Person;
use crate::value::{self, Shape};

/// Variables and surroundings of an evaluation. Cloning is cheap enough for one per rule.
#[derive(Clone, Debug)]
pub struct Scope {
    pub(super) variables: rhai::Scope<'static>,
    pub(super) library: Arc<Library>,
    pub(super) today: Date,
}

impl Scope {
    /// With `now` (RFC 3339, UTC, whole seconds) and `today` (the day in `zone`) set.
    pub fn new(library: Arc<Library>, now: Timestamp, zone: &TimeZone) -> Self {
        let today = now.to_zoned(zone.clone()).date();
        let mut it = Self { variables: rhai::Scope::new(), library, today };
        it.set("now", &Value::String(moment(now)));
        it.set("today", &Value::String(today.to_string()));
        it
    }

    /// Sets a variable. Texts stay texts.
    pub fn set(&mut self, name: &str, value: &Value) {
        self.variables.set_value(name.to_owned(), value::to_dynamic(value, &Shape::Any));
    }

    /// Sets a variable to a record; `shape` (see [`crate::form::Form::shape`]) says which texts are decimals.
    pub fn set_record(&mut self, name: &str, data: &Map<String, Value>, shape: &Shape) {
        self.variables.set_value(name.to_owned(), value::map_to_dynamic(data, shape));
    }

    /// Replaces one member of a record that is set already.
    pub fn set_member(&mut self, name: &str, key: &str, value: &Value, shape: &Shape) {
        let made = value::to_dynamic(value, shape);
        if let Some(mut record) = self.variables.get_mut(name).and_then(|it| it.as_map_mut().ok()) {
            if made.is_unit() {
                record.remove(key)
            } else {
                record.insert(key.into(), made)
            };
        }
    }

    /// Sets `row` and `index` (from 0) for a row of a sub-table.
    pub fn set_row(&mut self, row: &Map<String, Value>, index: usize, shape: &Shape) {
        self.set_record("row", row, shape);
        self.set("index", &Value::from(index));
    }

    /// Takes `row` and `index` away.
    pub fn clear_row(&mut self) {
        self.set("row", &Value::Null);
        self.set("index", &Value::Null);
    }

    /// Sets `user`.
    pub fn set_user(&mut self, person: &Person) {
        self.set("user", &user_value(person));
    }
}

/// A person as expressions see one: `user.id`, `user.department`, `user.roles`, `user.regions` …
pub fn user_value(person: &Person) -> Value {
    serde_json::to_value(person).unwrap_or(Value::Null)
}

/// A moment as records and expressions write it: RFC 3339, UTC, whole seconds, so that texts compare as moments.
pub fn moment(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}
