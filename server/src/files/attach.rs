//! Files in records: which a record holds, which it may hold, and what they are called.

use std::collections::{BTreeMap, BTreeSet};

use api::problem::FieldFault;
use jiff::SignedDuration;
use runtime::form::{Field, FieldKind};
use runtime::id::{RecordId, UserId};
use serde_json::{Map, Value};

use crate::clock::stamp;
use crate::error::Error;
use crate::store::Tx;
use crate::store::sql::Sql;
use crate::store::uploads::{self as rows, Upload};

/// What was taken out of its record is removed after this time: whoever did it by mistake can put it back.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A file in a field: where, and by which rule.
struct Held<'a> {
    pointer: String,
    field: &'a Field,
}

/// Ids of files in these fields of a record.
pub(super) fn ids<'a>(fields: impl IntoIterator<Item = &'a Field>, data: &Map<String, Value>) -> BTreeSet<String> {
    held(fields, data).into_keys().collect()
}

fn held<'a>(fields: impl IntoIterator<Item = &'a Field>, data: &Map<String, Value>) -> BTreeMap<String, Held<'a>> {
    let mut into = BTreeMap::new();
    fields.into_iter().for_each(|it| collect(it, data, "", &mut into));
    into
}

fn collect<'a>(field: &'a Field, data: &Map<String, Value>, above: &str, into: &mut BTreeMap<String, Held<'a>>) {
    let pointer = || format!("{above}/{}", field.key);
    match (&field.kind, data.get(field.key.as_str())) {
        (FieldKind::File, Some(Value::String(id))) => {
            into.insert(id.clone(), Held { pointer: pointer(), field });
        }
        (FieldKind::Files, Some(Value::Array(items))) => {
            for id in items.iter().filter_map(Value::as_str) {
                into.insert(id.to_owned(), Held { pointer: pointer(), field });
            }
        }
        (FieldKind::Rows { columns }, Some(Value::Array(rows))) => {
            let pointer = pointer();
            for (index, row) in rows.iter().enumerate() {
                let Value::Object(row) = row else { continue };
                columns.iter().for_each(|it| collect(it, row, &format!("{pointer}/{index}"), into));
            }
        }
        (_kind, _value) => {}
    }
}

/// Puts the files of a changed record into it, and frees those that are no longer in it. A file is its uploader's to give,
/// once; nobody gets at another record's file by writing its id down.
pub(crate) async fn attach(
    tx: &Tx,
    by: &UserId,
    record: &RecordId,
    fields: &[Field],
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    now: jiff::Timestamp,
) -> Result<(), Error> {
    let (was, is) = (ids(fields, before), held(fields, after));
    let new: BTreeSet<String> = is.keys().filter(|it| !was.contains(*it)).cloned().collect();
    let gone: BTreeSet<String> = was.iter().filter(|it| !is.contains_key(*it)).cloned().collect();
    let found: BTreeMap<String, Upload> =
        rows::find(tx, &new).await?.into_iter().map(|it| (it.id.clone(), it)).collect();
    let mut faults = Vec::new();
    for (id, held) in is.iter().filter(|it| new.contains(it.0)) {
        let mine = |it: &&Upload| match &it.record {
            Some(of) => of == record,
            None => it.person == *by,
        };
        let (code, message) = match found.get(id).filter(mine) {
            None => ("no-such-file", "there is no such file, or it is somebody else's".to_owned()),
            Some(it) => match held.field.files.takes(&it.name, &it.media, it.size as u64) {
                Ok(()) => continue,
                Err(fault) => (fault.code(), format!("`{}` is not taken here", it.name)),
            },
        };
        let name = found.get(id).filter(mine).map(|it| it.name.clone()).unwrap_or_default();
        let args = Map::from_iter([
            ("name".to_owned(), Value::from(name)),
            ("limit".to_owned(), Value::from(held.field.files.most_bytes())),
        ]);
        faults.push(FieldFault { pointer: held.pointer.clone(), code: code.to_owned(), message, args });
    }
    if !faults.is_empty() {
        return Err(Error::InvalidFields(faults));
    }
    rows::attach(tx, &new, record, None).await?;
    let free_at = stamp(now.checked_add(KEPT).unwrap_or(jiff::Timestamp::MAX));
    rows::attach(tx, &gone, record, Some(&free_at)).await
}

/// What the files in these fields of some records are called, by id.
pub(crate) async fn labels<'a>(
    db: &impl Sql,
    fields: impl Iterator<Item = &'a Field> + Clone,
    records: &[&Map<String, Value>],
) -> Result<BTreeMap<String, String>, Error> {
    let mut wanted = BTreeSet::new();
    for data in records {
        wanted.append(&mut ids(fields.clone(), data));
    }
    Ok(rows::find(db, &wanted).await?.into_iter().map(|it| (it.id.clone(), label(&it))).collect())
}

/// `铭牌.png (97 KB)`
pub(super) fn label(it: &Upload) -> String {
    let size = it.size as f64;
    let (size, unit) = match it.size {
        0..1024 => return format!("{} ({} B)", it.name, it.size),
        1024..1_048_576 => (size / 1024.0, "KB"),
        _large => (size / 1_048_576.0, "MB"),
    };
    if size < 10.0 { format!("{} ({size:.1} {unit})", it.name) } else { format!("{} ({size:.0} {unit})", it.name) }
}
