//! Search-as-you-type for reference fields.

use api::record::Choice;
use runtime::form::FormContext;
use runtime::id::{FieldKey, ModuleKey};
use serde_json::{Map, Value};

use super::labels::label_of;
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::records as rows;
use crate::store::sql::{Dialect, Query, ident, like};
use crate::store::table::Kind;

/// Most choices of one answer.
const CHOICES: u64 = 50;

/// `GET /api/lookup/{module}`; `data` is the form being filled, for reference filters; `field` is `module/field` that asks.
pub async fn lookup(
    app: &App, actor: &Actor, module: &ModuleKey, q: &str, limit: u64, data: Option<&Map<String, Value>>, field: Option<&str>,
) -> Result<Vec<Choice>, Error> {
    let seat = Seat::take(app, actor, module)?;
    let db = app.store.read();
    let mut condition = Query::default();
    seat.readable(&mut condition)?;
    let label = seat.module.table.column(seat.label().as_str()).filter(|it| seat.sees(it.key.as_str()));
    let asked = crate::store::tokens::asked(q);
    if !q.trim().is_empty() {
        condition.push(" AND (");
        match label.filter(|it| it.kind == Kind::Text) {
            Some(column) => {
                let word = if seat.dialect == Dialect::Postgres { " ILIKE " } else { " LIKE " };
                condition.push(&ident(&column.name)).push(word).bind(format!("{}%", like(q.trim()))).push(" ESCAPE '\\'");
            }
            None => {
                condition.push("1 = 0");
            }
        }
        if !asked.is_empty() {
            condition.push(" OR ");
            rows::searched(&mut condition, &seat.module.table, seat.dialect, &asked, &seat.tags());
        }
        condition.push(")");
    }
    let limit = limit.clamp(1, CHOICES);
    // A reference filter is asked in memory, of more than are shown.
    let fetch = if field.is_some() { limit * 4 } else { limit };
    let mut found = rows::find_where(db, &seat.module.table, condition, &format!(" ORDER BY n DESC LIMIT {fetch}")).await?;
    if let Some((asking, key)) = field.and_then(|it| it.split_once('/')) {
        let asking = seat.live.module(&ModuleKey::from(asking))?.clone();
        let key = FieldKey::from(key);
        let (nothing, referenced) = (Map::new(), Default::default());
        let ctx = FormContext { now: app.clock.now(), user: &actor.person, referenced: &referenced, record: None };
        found.retain(|it| {
            let mut candidate = it.data.clone();
            candidate.insert("id".to_owned(), Value::String(it.id.0.clone()));
            asking.form.candidate_fits(&key, &candidate, data.unwrap_or(&nothing), &ctx)
        });
    }
    found.truncate(limit as usize);
    let hint = |data: &Map<String, Value>| match &seat.module.number {
        Some((number, _)) if number != seat.label() && seat.sees(number.as_str()) => label_of(data.get(number.as_str())),
        Some(_) | None => String::new(),
    };
    Ok(found
        .iter()
        .map(|it| {
            let shown = runtime::policy::present(&seat.access, &it.data);
            Choice { id: it.id.0.clone(), label: label_of(shown.get(seat.label().as_str())), hint: hint(&shown) }
        })
        .collect())
}
