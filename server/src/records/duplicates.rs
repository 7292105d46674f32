//! Similar records, found at entry: candidates come by the module's keys, a script of the pack scores them. Somebody
//! who may not read a similar record still hears that there is one, but not what is in it.

use std::collections::BTreeMap;

use api::record::Duplicate;
use runtime::id::{ModuleKey, RecordId};
use runtime::limits;
use runtime::model::module::{Access, Action};
use runtime::script::{Scope, Script, jaro_winkler, normalize_name};
use serde_json::{Map, Value};

use super::labels::label_of;
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::records::{self as rows, Stored, bound};
use crate::store::sql::{Query, ident};
use crate::store::table::Kind;
use crate::store::tokens;

/// `POST /api/records/{module}/duplicates`
pub async fn duplicates(
    app: &App,
    actor: &Actor,
    module: &ModuleKey,
    data: &Map<String, Value>,
    id: Option<&RecordId>,
) -> Result<Vec<Duplicate>, Error> {
    let seat = Seat::take(app, actor, module)?;
    if seat.cover(Action::Create).is_nothing() && seat.cover(Action::Update).is_nothing() {
        return Err(Error::NoRights(format!("create {module}")));
    }
    similar(app, &seat, data, id).await
}

/// Refuses to create what is too similar; with `accepted` only from the stop mark on.
pub(super) async fn stopping(app: &App, seat: &Seat, data: &Map<String, Value>, accepted: bool) -> Result<(), Error> {
    let mut found = similar(app, seat, data, None).await?;
    found.retain(|it| it.stop || !accepted);
    if found.is_empty() { Ok(()) } else { Err(Error::Duplicate(found)) }
}

/// Refuses a change that makes a record the same as another one, by the stop mark; what was so before stays so.
pub(super) async fn stopping_change(
    app: &App,
    seat: &Seat,
    id: &RecordId,
    patch: &Map<String, Value>,
) -> Result<(), Error> {
    let Some(rule) = &seat.module.definition.duplicates else { return Ok(()) };
    // What the person may not write is refused as such, and is no way to ask what others are like.
    let writes = |key: &str| seat.access.iter().any(|(it, access)| it.as_str() == key && *access == Access::Write);
    if !rule.keys.iter().any(|it| patch.contains_key(it.as_str()) && writes(it.as_str())) {
        return Ok(());
    }
    let Some(record) = rows::find(app.store.read(), &seat.module.table, id, false).await? else { return Ok(()) };
    // Who may not change it is told that, and nothing of others.
    if !seat.may(Action::Update, &record) {
        return Ok(());
    }
    let mut data = record.data.clone();
    data.extend(patch.iter().filter(|it| writes(it.0)).map(|(key, value)| (key.clone(), value.clone())));
    let mut found = similar(app, seat, &data, Some(id)).await?;
    found.retain(|it| it.stop);
    if !found.is_empty() {
        let before = similar(app, seat, &record.data, Some(id)).await?;
        found.retain(|it| !before.iter().any(|old| old.stop && old.label == it.label && old.id == it.id));
    }
    if found.is_empty() { Ok(()) } else { Err(Error::Duplicate(found)) }
}

async fn similar(
    app: &App,
    seat: &Seat,
    data: &Map<String, Value>,
    id: Option<&RecordId>,
) -> Result<Vec<Duplicate>, Error> {
    let Some(rule) = &seat.module.definition.duplicates else { return Ok(Vec::new()) };
    let key = rule.script.as_str().into();
    let Some(source) = seat.live.catalog.script(&key) else { return Ok(Vec::new()) };
    let script = Script::compile(&key, source).map_err(crate::store::fault)?;
    let mut found: BTreeMap<RecordId, Stored> = BTreeMap::new();
    for key in &rule.keys {
        let (Some(column), Some(value)) = (seat.module.table.column(key.as_str()), data.get(key.as_str())) else {
            continue;
        };
        let text = label_of(Some(value));
        if text.trim().is_empty() || column.kind == Kind::Json {
            continue;
        }
        let mut condition = Query::new("(");
        condition
            .push(&ident(&column.name))
            .push(" = ")
            .bind(bound(column.kind, value))
            .push(column.cast(seat.dialect));
        if column.kind == Kind::Text && column.search && !column.closed {
            // The same beginning of the name without its legal form; the script decides how similar it is.
            let normal = normalize_name(&text);
            let start: String = normal.chars().take(2).collect();
            let asked = tokens::asked(&start);
            if !asked.is_empty() && start.chars().count() == 2 {
                condition.push(" OR ");
                rows::searched(&mut condition, &seat.module.table, seat.dialect, &asked, &[]);
            }
        }
        condition.push(")");
        let candidates = rows::find_where(
            app.store.read(),
            &seat.module.table,
            condition,
            &format!(" ORDER BY n DESC LIMIT {}", limits::DUPLICATE_CANDIDATES * 5),
        )
        .await?;
        let mut near: Vec<Stored> = candidates;
        let normal = normalize_name(&text);
        near.sort_by_key(|it| {
            std::cmp::Reverse(jaro_winkler(&normal, &normalize_name(&label_of(it.data.get(key.as_str())))))
        });
        found.extend(near.into_iter().take(limits::DUPLICATE_CANDIDATES as usize).map(|it| (it.id.clone(), it)));
    }
    let mut duplicates = Vec::new();
    for it in found.values().filter(|it| Some(&it.id) != id) {
        let mut scope = Scope::new(seat.live.catalog.library(), app.clock.now(), seat.module.form.zone());
        scope.set_record("data", data, seat.module.form.shape());
        scope.set_record("candidate", &it.data, seat.module.form.shape());
        scope.set_user(&seat.who.person);
        let score = match script.run(&scope) {
            Ok(Value::Number(it)) => it.as_i64().unwrap_or(0),
            Ok(Value::String(it)) => it.parse().unwrap_or(0),
            Ok(_) => 0,
            Err(error) => {
                tracing::warn!(module = seat.module.key.as_str(), %error, "the script for duplicates failed");
                0
            }
        };
        if score < rule.warn {
            continue;
        }
        let readable = seat.may(Action::Read, it);
        let number =
            seat.module.number.as_ref().map(|(field, _)| label_of(it.data.get(field.as_str()))).unwrap_or_default();
        duplicates.push(Duplicate {
            id: if readable { it.id.0.clone() } else { String::new() },
            label: label_of(it.data.get(seat.label().as_str())),
            number: if readable { number } else { String::new() },
            score: score.min(100),
            stop: score >= rule.stop,
        });
    }
    duplicates.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.label.cmp(&b.label)));
    duplicates.truncate(20);
    Ok(duplicates)
}
