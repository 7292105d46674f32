//! Search-as-you-type for reference fields.

use api::record::{Choice, Found};
use runtime::form::FormContext;
use runtime::id::{FieldKey, ModuleKey};
use runtime::limits;
use runtime::model::module::Action;
use serde_json::{Map, Value};

use super::labels::label_of;
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::records::{self as rows, Stored};
use crate::store::sql::{Dialect, Query, ident, like};
use crate::store::table::Kind;

/// `GET /api/lookup/{module}`; `data` is the form being filled, for reference filters; `field` is `module/field` that asks.
pub async fn lookup(
    app: &App,
    actor: &Actor,
    module: &ModuleKey,
    q: &str,
    limit: u64,
    data: Option<&Map<String, Value>>,
    field: Option<&str>,
) -> Result<Vec<Choice>, Error> {
    let seat = Seat::take(app, actor, module)?;
    let db = app.store.read();
    let ways = ways(&seat, q)?;
    let limit = limit.clamp(1, limits::LOOKUP_CHOICES) as usize;
    let asking = match field.and_then(|it| it.split_once('/')) {
        Some((module, key)) => Some((seat.live.module(&ModuleKey::from(module))?.clone(), FieldKey::from(key))),
        None => None,
    };
    let (nothing, referenced) = (Map::new(), Default::default());
    let ctx = FormContext { now: app.clock.now(), user: &actor.person, referenced: &referenced, record: None };
    let filter = asking.as_ref().and_then(|(module, key)| module.form.candidates(key, data.unwrap_or(&nothing), &ctx));
    let mut found: Vec<Stored> = Vec::new();
    for condition in ways {
        let mut before: Option<i64> = None;
        // A reference's filter is an expression and asked in memory: of as many as it takes, within reason.
        for _ in 0..limits::LOOKUP_ROUNDS {
            let mut query = condition.clone();
            if let Some(n) = before {
                query.push(" AND n < ").bind(n);
            }
            let fetch = if filter.is_some() { limits::LOOKUP_FETCHED } else { limit };
            let batch =
                rows::find_where(db, &seat.module.table, query, &format!(" ORDER BY n DESC LIMIT {fetch}")).await?;
            let last = batch.len() < fetch;
            before = batch.last().map(|it| it.n);
            let fits = |it: &Stored| filter.as_ref().is_none_or(|filter| filter.fits(it.id.as_str(), &it.data));
            found.extend(batch.into_iter().filter(fits));
            if last || found.len() >= limit {
                break;
            }
        }
        if found.len() >= limit {
            break;
        }
    }
    // Of those that mention it, first whose own name does.
    let asked = q.trim().to_lowercase();
    let label = |it: &Stored| label_of(it.data.get(seat.label().as_str())).to_lowercase();
    if !asked.is_empty() && seat.sees(seat.label().as_str()) {
        found.sort_by_cached_key(|it| !label(it).contains(&asked));
    }
    found.truncate(limit);
    let hint = |data: &Map<String, Value>| match &seat.module.number {
        Some((number, _)) if number != seat.label() && seat.sees(number.as_str()) => {
            label_of(data.get(number.as_str()))
        }
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

/// The ways a record is found by what was typed, the nearest first, each without those before it: it is called so, its name begins
/// so, or the words stand somewhere in it. Else the one that was meant would stand below newer ones that only
/// mention it.
fn ways(seat: &Seat, q: &str) -> Result<Vec<Query>, Error> {
    let mut all = Query::default();
    seat.readable(&mut all)?;
    let q = q.trim();
    if q.is_empty() {
        return Ok(vec![all]);
    }
    let mut ways = Vec::new();
    let label = seat.module.table.column(seat.label().as_str()).filter(|it| seat.sees(it.key.as_str()));
    let label = label.filter(|it| it.kind == Kind::Text).map(|it| ident(&it.name));
    let like_word = if seat.dialect == Dialect::Postgres { " ILIKE " } else { " LIKE " };
    let named = |query: &mut Query, pattern: &str| {
        query.push(label.as_deref().unwrap_or_default()).push(like_word).bind(pattern).push(" ESCAPE '\\'");
    };
    let (exact, begun) = (like(q), format!("{}%", like(q)));
    if label.is_some() {
        let mut called = all.clone();
        called.push(" AND ");
        named(&mut called, &exact);
        let mut begins = all.clone();
        begins.push(" AND ");
        named(&mut begins, &begun);
        begins.push(" AND NOT ");
        named(&mut begins, &exact);
        ways.extend([called, begins]);
    }
    let asked = crate::store::tokens::asked(q);
    if !asked.is_empty() {
        let mut mentions = all;
        mentions.push(" AND ");
        rows::searched(&mut mentions, &seat.module.table, seat.dialect, &asked, &seat.tags());
        if let Some(label) = &label {
            mentions.push(&format!(" AND ({label} IS NULL OR NOT "));
            named(&mut mentions, &begun);
            mentions.push(")");
        }
        ways.push(mentions);
    }
    Ok(ways)
}

/// `GET /api/find`: what the person may read of every module, by its label, number or words.
pub async fn find(app: &App, actor: &Actor, q: &str) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    if q.trim().is_empty() {
        return Ok(found);
    }
    for module in app.definitions.live().modules.keys() {
        let seat = Seat::take(app, actor, module)?;
        if seat.cover(Action::Read).is_nothing() {
            continue;
        }
        let choices = lookup(app, actor, module, q, limits::FOUND_OF_EACH, None, None).await?;
        let record = |it: Choice| Found { module: module.0.clone(), id: it.id, label: it.label, hint: it.hint };
        found.extend(choices.into_iter().map(record));
    }
    Ok(found)
}
