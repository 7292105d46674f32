//! Filters: what a person asks for, as a condition. Only fields the person sees can be asked about.

use api::record::Filter;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use runtime::form::FieldKind;
use runtime::{limits, script};
use rust_decimal::Decimal;
use sea_orm::Value as Bound;
use serde_json::Value;

use super::seat::{Seat, holds_item};
use crate::clock::stamp;
use crate::error::Error;
use crate::store::sql::{Dialect, Query, array, ident, like};
use crate::store::table::{Column, Kind};

/// What a filter needs to know.
pub(super) struct Asking<'a> {
    pub seat: &'a Seat,
    pub now: Timestamp,
    pub me: &'a str,
    left: usize,
}

impl<'a> Asking<'a> {
    pub fn new(seat: &'a Seat, now: Timestamp, me: &'a str) -> Self {
        Self { seat, now, me, left: limits::FILTER_CONDITIONS }
    }

    /// Adds a filter given as JSON.
    pub fn json(&mut self, query: &mut Query, text: &str) -> Result<(), Error> {
        let filter: Filter = serde_json::from_str(text).map_err(|it| Error::malformed(format!("filter: {it}")))?;
        query.push(" AND ");
        self.filter(query, &filter, 0)
    }

    /// Adds a filter.
    pub fn filter(&mut self, query: &mut Query, filter: &Filter, depth: usize) -> Result<(), Error> {
        if depth > limits::FILTER_DEPTH || self.left == 0 {
            return Err(Error::malformed(format!(
                "a filter may have {} conditions, nested {} deep",
                limits::FILTER_CONDITIONS,
                limits::FILTER_DEPTH
            )));
        }
        self.left -= 1;
        match filter {
            Filter::All(parts) => self.joined(query, parts, " AND ", "1 = 1", depth),
            Filter::Any(parts) => self.joined(query, parts, " OR ", "1 = 0", depth),
            Filter::Field { field, op, value } => self.field(query, field, op, value),
        }
    }

    fn joined(
        &mut self,
        query: &mut Query,
        parts: &[Filter],
        word: &str,
        none: &str,
        depth: usize,
    ) -> Result<(), Error> {
        query.push("(");
        for (index, it) in parts.iter().enumerate() {
            query.push(if index == 0 { "" } else { word });
            self.filter(query, it, depth + 1)?;
        }
        query.push(if parts.is_empty() { none } else { "" }).push(")");
        Ok(())
    }

    fn field(&mut self, query: &mut Query, key: &str, op: &str, value: &Value) -> Result<(), Error> {
        let target = self.target(key)?;
        let bad = |why: &str| Error::Malformed { pointer: format!("/filter/{key}"), detail: why.to_owned() };
        match op {
            "blank" => {
                query.push(&target.plain).push(" IS NULL");
            }
            "filled" => {
                query.push(&target.plain).push(" IS NOT NULL");
            }
            "in" => {
                let Value::Array(items) = value else { return Err(bad("expected a list")) };
                if items.len() > limits::FILTER_VALUES {
                    return Err(bad("too many values"));
                }
                if target.kind == Kind::Json {
                    query.push("(");
                    for (index, it) in items.iter().enumerate() {
                        query.push(if index == 0 { "" } else { " OR " });
                        self.compare(query, &target, "contains", it, &bad)?;
                    }
                    query.push(if items.is_empty() { "1 = 0)" } else { ")" });
                } else {
                    query.push(&target.compared).push(" IN (");
                    for (index, it) in items.iter().enumerate() {
                        query.push(if index == 0 { "" } else { ", " });
                        let bound =
                            self.bound(&target, it).ok_or_else(|| bad("expected values of the field's type"))?;
                        query.bind(bound).push(target.cast);
                    }
                    query.push(if items.is_empty() { "NULL)" } else { ")" });
                }
            }
            "below" => {
                let asked = match value {
                    Value::Array(items) => items.as_slice(),
                    one => std::slice::from_ref(one),
                };
                let above: Option<Vec<&str>> = asked.iter().map(Value::as_str).collect();
                let above = above.ok_or_else(|| bad("expected a value of the dictionary, or a list of them"))?;
                if above.len() > limits::FILTER_VALUES {
                    return Err(bad("too many values"));
                }
                let within = self.within(key, &above).ok_or_else(|| bad("expected a field of a dictionary"))?;
                query.push("(");
                if target.kind == Kind::Json {
                    for (index, it) in within.iter().enumerate() {
                        query.push(if index == 0 { "" } else { " OR " });
                        self.compare(query, &target, "contains", &Value::from(*it), &bad)?;
                    }
                    query.push(if within.is_empty() { "1 = 0" } else { "" });
                } else {
                    // One value, however many stand below: a statement takes a limited number.
                    query.push(&target.compared);
                    match self.seat.dialect {
                        Dialect::Sqlite => {
                            let list = serde_json::to_string(&within)?;
                            query.push(" IN (SELECT value FROM json_each(").bind(list).push("))")
                        }
                        Dialect::Postgres => query.push(" = ANY(CAST(").bind(array(within)).push(" AS text[]))"),
                    };
                }
                query.push(")");
            }
            "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "contains" | "starts" => {
                if op == "ne" {
                    query.push("(").push(&target.plain).push(" IS NULL OR NOT ");
                    self.compare(query, &target, "eq", value, &bad)?;
                    query.push(")");
                } else {
                    self.compare(query, &target, op, value, &bad)?;
                }
            }
            other => {
                return Err(bad(&format!(
                    "expected eq, ne, in, below, lt, le, gt, ge, contains, starts, blank or filled, found `{other}`"
                )));
            }
        }
        Ok(())
    }

    /// The values of a dictionary's field that are among `above` or stand below one of them.
    fn within(&self, key: &str, above: &[&str]) -> Option<Vec<&'a str>> {
        let FieldKind::Dictionary { dictionary, .. } = &self.seat.module.form.field(key)?.kind else { return None };
        let library = self.seat.live.catalog.library();
        let items = &self.seat.live.catalog.dictionary(dictionary)?.items;
        let within = |it: &&str| above.iter().any(|above| library.covers(dictionary.as_str(), above, it));
        Some(items.iter().map(|it| it.value.as_str()).filter(within).collect())
    }

    fn compare(
        &self,
        query: &mut Query,
        target: &Asked,
        op: &str,
        value: &Value,
        bad: &impl Fn(&str) -> Error,
    ) -> Result<(), Error> {
        if target.kind == Kind::Json {
            let (Some(text), Some(column)) = (value.as_str(), &target.column) else {
                return Err(bad("expected a text"));
            };
            let text = if text == "me" { self.me } else { text };
            holds_item(query, column, self.seat.dialect, text);
            return Ok(());
        }
        if matches!(op, "contains" | "starts") {
            let Some(text) = value.as_str().filter(|_| target.kind == Kind::Text) else {
                return Err(bad("expected a text field and a text"));
            };
            let pattern = if op == "contains" { format!("%{}%", like(text)) } else { format!("{}%", like(text)) };
            let word = if self.seat.dialect == Dialect::Postgres { " ILIKE " } else { " LIKE " };
            query.push(&target.plain).push(word).bind(pattern).push(" ESCAPE '\\'");
            return Ok(());
        }
        if let Some(day) = self.day(target, value) {
            return self.on_day(query, target, op, day, bad);
        }
        let sign = match op {
            "eq" => " = ",
            "lt" => " < ",
            "le" => " <= ",
            "gt" => " > ",
            _ge => " >= ",
        };
        let bound = self.bound(target, value).ok_or_else(|| bad("expected a value of the field's type"))?;
        query.push(&target.compared).push(sign).bind(bound).push(target.cast);
        Ok(())
    }

    /// A day given for a field of days or moments.
    fn day(&self, target: &Asked, value: &Value) -> Option<Date> {
        if target.time == Time::None {
            return None;
        }
        let text = value.as_str()?;
        let today = self.now.to_zoned(self.zone().clone()).date();
        if text == "today" {
            return Some(today);
        }
        if let Some(count) = text.strip_suffix('d').and_then(|it| it.parse::<i32>().ok()) {
            return today.checked_add(count.clamp(-36_500, 36_500).days()).ok();
        }
        text.parse::<Date>().ok().filter(|_| text.len() == 10)
    }

    fn on_day(
        &self,
        query: &mut Query,
        target: &Asked,
        op: &str,
        day: Date,
        bad: &impl Fn(&str) -> Error,
    ) -> Result<(), Error> {
        if target.time == Time::Day {
            let sign = match op {
                "eq" => " = ",
                "lt" => " < ",
                "le" => " <= ",
                "gt" => " > ",
                _ge => " >= ",
            };
            query.push(&target.compared).push(sign).bind(day.to_string());
            return Ok(());
        }
        let start =
            |day: Date| day.to_zoned(self.zone().clone()).map(|it| it.timestamp()).map_err(|_| bad("expected a day"));
        let tomorrow = day.checked_add(1.days()).map_err(|_| bad("expected a day"))?;
        let (from, to) = (stamp(start(day)?), stamp(start(tomorrow)?));
        match op {
            "eq" => query
                .push("(")
                .push(&target.compared)
                .push(" >= ")
                .bind(from)
                .push(" AND ")
                .push(&target.compared)
                .push(" < ")
                .bind(to)
                .push(")"),
            "lt" => query.push(&target.compared).push(" < ").bind(from),
            "le" => query.push(&target.compared).push(" < ").bind(to),
            "gt" => query.push(&target.compared).push(" >= ").bind(to),
            _ge => query.push(&target.compared).push(" >= ").bind(from),
        };
        Ok(())
    }

    fn zone(&self) -> &TimeZone {
        self.seat.module.form.zone()
    }

    /// A moment; without an offset it is meant in the catalog's zone.
    fn moment(&self, text: &str) -> Option<Timestamp> {
        text.parse::<Timestamp>().ok().or_else(|| {
            let local = text.parse::<DateTime>().ok()?;
            local.to_zoned(self.zone().clone()).ok().map(|it| it.timestamp())
        })
    }

    fn bound(&self, target: &Asked, value: &Value) -> Option<Bound> {
        match (target.kind, value) {
            (Kind::Text, Value::String(it)) if it == "me" && target.person => Some(self.me.into()),
            // Compared as they are stored: in UTC, fields to the second and what the server notes to the millisecond.
            (Kind::Text, Value::String(it)) if target.time == Time::Moment => {
                let at = self.moment(it)?;
                Some(if target.column.is_some() { script::moment(at) } else { stamp(at) }.into())
            }
            (Kind::Text, Value::String(it)) if target.time == Time::Day => {
                it.parse::<Date>().ok().map(|it| it.to_string().into())
            }
            (Kind::Text, Value::String(it)) => Some(it.as_str().into()),
            (Kind::Integer, Value::Number(it)) => it.as_i64().map(Bound::from),
            (Kind::Integer, Value::String(it)) => it.parse::<i64>().ok().map(Bound::from),
            (Kind::Bool, Value::Bool(it)) => Some((*it).into()),
            (Kind::Decimal | Kind::Number, it) => {
                let text = it.as_str().map_or_else(|| it.to_string(), str::to_owned);
                let number: Decimal = text.parse().ok()?;
                match self.seat.dialect {
                    Dialect::Sqlite => f64::try_from(number).ok().map(Bound::from),
                    Dialect::Postgres => Some(number.to_string().into()),
                }
            }
            (Kind::Text | Kind::Integer | Kind::Bool | Kind::Json, _) => None,
        }
    }

    fn target(&self, key: &str) -> Result<Asked, Error> {
        if self.seat.module.table.column(key).is_some() {
            let column = self.seat.open_column(key)?.clone();
            let kind = self.seat.module.form.field(key).map(|it| &it.kind);
            let time = match kind {
                Some(FieldKind::Date) => Time::Day,
                Some(FieldKind::DateTime) => Time::Moment,
                Some(_) | None => Time::None,
            };
            return Ok(Asked {
                plain: ident(&column.name),
                compared: column.compared(self.seat.dialect),
                cast: column.cast(self.seat.dialect),
                kind: column.kind,
                person: matches!(kind, Some(FieldKind::User { .. } | FieldKind::Users { .. })),
                time,
                column: Some(column),
            });
        }
        let system = |name: &str, person: bool, time: Time| Asked {
            plain: ident(name),
            compared: ident(name),
            cast: "",
            kind: Kind::Text,
            person,
            time,
            column: None,
        };
        match key {
            "id" => Ok(system("id", false, Time::None)),
            "owner" | "created_by" | "updated_by" => Ok(system(key, true, Time::None)),
            "department" => Ok(system("department", false, Time::None)),
            "created_at" | "updated_at" => Ok(system(key, false, Time::Moment)),
            "number" => match &self.seat.module.number {
                Some((field, _)) => self.target(field.as_str()),
                None => Err(Error::malformed(format!("`{}` has no number", self.seat.module.key))),
            },
            other => Err(Error::malformed(format!("expected a field of `{}`, found `{other}`", self.seat.module.key))),
        }
    }
}

/// What a condition compares.
struct Asked {
    plain: String,
    compared: String,
    cast: &'static str,
    kind: Kind,
    person: bool,
    time: Time,
    column: Option<Column>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    None,
    Day,
    Moment,
}
