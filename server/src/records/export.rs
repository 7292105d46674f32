//! Lists as CSV (RFC 4180), in the words of the person: titles of fields, options and references. The same seam as the
//! list, and the right to export besides.

use std::sync::Arc;

use api::record::{ExportQuery, ListQuery, Row};
use axum::body::Bytes;
use futures::{FutureExt, Stream};
use runtime::form::{Field, FieldKind};
use runtime::id::ModuleKey;
use runtime::limits::{EXPORT_ROWS, PAGE_ROWS};
use runtime::model::module::Action;
use serde_json::{Map, Value};

use super::list::Listing;
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::audit;

/// `GET /api/export/{module}`: what the person may read and export. Asking is in the audit log.
pub async fn export(
    app: Arc<App>,
    actor: &Actor,
    module: &ModuleKey,
    query: ExportQuery,
    address: &str,
) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + use<>, Error> {
    let seat = Seat::take(&app, actor, module)?;
    let cover = seat.cover(Action::Export);
    if cover.is_nothing() {
        return Err(Error::NoRights(format!("export {module}")));
    }
    let ask = ListQuery {
        q: query.q,
        filter: query.filter,
        sort: query.sort,
        columns: query.columns,
        ..ListQuery::default()
    };
    note(&app, actor, module, &ask, address).await?;
    let mut listing = Listing::of(&app, actor, seat, &ask)?;
    if let Some(it) = &mut listing {
        it.condition.push(" AND ");
        it.seat.covered(&mut it.condition, &cover);
    }
    let actor = actor.clone();
    Ok(async_stream::try_stream! {
        if let Some(listing) = listing {
            let language = actor.person.language.as_str();
            // Spreadsheets take the text for UTF-8 only with this mark.
            let titles: Vec<String> = listing.wanted.iter().map(|it| title(&listing.seat, &it.key, language)).collect();
            yield Bytes::from(format!("\u{feff}{}", line(&titles)));
            let mut after: Option<String> = None;
            let mut left = EXPORT_ROWS;
            while left > 0 {
                let page = listing.page(&app, &actor, after.as_deref(), PAGE_ROWS.min(left)).await?;
                left -= (page.rows.len() as u64).min(left);
                let mut text = String::new();
                for row in &page.rows {
                    let cells: Vec<String> = listing.wanted.iter().map(|it| cell(&listing.seat, &it.key, row, language)).collect();
                    text.push_str(&line(&cells));
                }
                yield Bytes::from(text);
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
    })
}

async fn note(app: &Arc<App>, actor: &Actor, module: &ModuleKey, ask: &ListQuery, address: &str) -> Result<(), Error> {
    let mut info = Map::new();
    info.insert("module".to_owned(), Value::from(module.0.clone()));
    for (key, value) in [("q", &ask.q), ("filter", &ask.filter)] {
        if let Some(value) = value {
            info.insert(key.to_owned(), Value::from(value.chars().take(1_000).collect::<String>()));
        }
    }
    let unit = Arc::new((app.clock.stamp(), actor.person.clone(), address.to_owned(), info));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move { audit::add(tx, &unit.0, Some((&unit.1.id, &unit.1.name)), &unit.2, "export", &unit.3).await }
                .boxed()
        })
        .await
}

/// Columns every module has, in English and Chinese.
const SYSTEM: [(&str, &str, &str); 6] = [
    ("owner", "Owner", "负责人"),
    ("department", "Department", "部门"),
    ("created_at", "Created at", "创建时间"),
    ("created_by", "Created by", "创建人"),
    ("updated_at", "Changed at", "修改时间"),
    ("updated_by", "Changed by", "修改人"),
];

fn title(seat: &Seat, key: &str, language: &str) -> String {
    let Some(field) = field(seat, key) else {
        let known = SYSTEM.iter().find(|it| it.0 == key);
        return known.map_or(key, |it| if language == "en" { it.1 } else { it.2 }).to_owned();
    };
    let address = format!("field/{}/{}", seat.module.key, field.key);
    seat.live.catalog.text(language, &address, &field.title).to_owned()
}

fn field<'a>(seat: &'a Seat, key: &str) -> Option<&'a Field> {
    match &seat.module.number {
        Some((number, _)) if key == "number" && seat.module.form.field(key).is_none() => {
            seat.module.form.field(number.as_str())
        }
        Some(_) | None => seat.module.form.field(key),
    }
}

/// A value in the words of a language.
fn cell(seat: &Seat, key: &str, row: &Row, language: &str) -> String {
    let Some(value) = row.data.get(key) else { return String::new() };
    let kind = field(seat, key).map(|it| &it.kind);
    let moment = matches!(kind, Some(FieldKind::DateTime)) || matches!(key, "created_at" | "updated_at");
    let one = |value: &Value| -> String {
        let text = match value {
            Value::Null => return String::new(),
            Value::Bool(yes) => {
                let (yes_word, no_word) = if language == "en" { ("yes", "no") } else { ("是", "否") };
                return if *yes { yes_word } else { no_word }.to_owned();
            }
            // As the house's clocks show it; a spreadsheet takes this form for a moment.
            Value::String(it) if moment => {
                return match it.parse::<jiff::Timestamp>() {
                    Ok(at) => at.to_zoned(seat.module.form.zone().clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
                    Err(_) => it.clone(),
                };
            }
            Value::String(it) => it.clone(),
            other @ (Value::Number(_) | Value::Array(_) | Value::Object(_)) => other.to_string(),
        };
        match kind {
            Some(FieldKind::Choice { options } | FieldKind::MultiChoice { options }) => {
                let fallback =
                    options.iter().find(|it| it.value == *value).map_or(text.as_str(), |it| it.title.as_str());
                seat.live
                    .catalog
                    .text(language, &format!("option/{}/{key}/{text}", seat.module.key), fallback)
                    .to_owned()
            }
            Some(FieldKind::Dictionary { dictionary, .. }) => {
                let known =
                    seat.live.catalog.dictionary(dictionary).and_then(|it| it.items.iter().find(|it| it.value == text));
                let fallback = known.map_or(text.as_str(), |it| it.title.as_str());
                seat.live.catalog.text(language, &format!("dict/{dictionary}/{text}"), fallback).to_owned()
            }
            Some(_) | None => row.labels.get(&text).cloned().unwrap_or(text),
        }
    };
    match value {
        Value::Array(items) if items.iter().all(|it| !it.is_array() && !it.is_object()) => {
            items.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        other => one(other),
    }
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|it| quoted(it)).collect();
    cells.join(",") + "\r\n"
}

fn quoted(text: &str) -> String {
    // A spreadsheet would run it as a formula. A number does no harm, nor a telephone number of digits and blanks.
    let telephone = |it: &str| it.chars().all(|it| it.is_ascii_digit() || it == ' ');
    let harmless = text.parse::<f64>().is_ok() || text.strip_prefix('+').is_some_and(telephone);
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !harmless;
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula_runs() {
        for (text, expected) in [
            ("plain", "plain"),
            ("变压器, \"A\"", "\"变压器, \"\"A\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("@x", "'@x"),
            ("-cmd", "'-cmd"),
            ("-2+3", "'-2+3"),
            ("+86-139", "'+86-139"),
            ("-12.50", "-12.50"),
            ("+86 139 1234", "+86 139 1234"),
            ("", ""),
        ] {
            assert_eq!(quoted(text), expected, "{text}");
        }
        assert_eq!(line(&["a".to_owned(), "b".to_owned()]), "a,b\r\n");
    }
}
