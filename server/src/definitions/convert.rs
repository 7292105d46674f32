//! What the studio asks before a field gets another type, and for the pack as it was shipped.

use api::studio::{Conversion, Convert, ShippedFiles};
use runtime::form::convert::Conversion as Converter;
use runtime::id::{FieldKey, ModuleKey, PackId};
use runtime::model::module::{Access, Action};
use runtime::policy;
use serde_json::Value;

use super::publish::may_publish;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::shipped;
use crate::store::carry;

/// Values looked at in one go.
const AT_ONCE: usize = 1_000;
/// Examples shown, and how long each may be, in characters.
const EXAMPLES: (usize, usize) = (5, 60);

/// `POST /api/studio/packs/{pack}/convert`
pub async fn convert(app: &App, actor: &Actor, pack: &PackId, ask: &Convert) -> Result<Conversion, Error> {
    may_publish(actor)?;
    let live = app.definitions.live();
    let key = ModuleKey::from(ask.module.as_str());
    let module = live.module(&key)?;
    let source = live.catalog.module(&key).filter(|_| module.pack == *pack);
    let fields = source.and_then(|it| it.schema.get("properties")?.as_object());
    let mine = |(name, it): &(&String, &Value)| {
        it.get("x-id").and_then(Value::as_str) == Some(ask.field.as_str()) || **name == ask.field
    };
    let missing = || Error::NotFound("field".to_owned());
    let (field, _) = fields.into_iter().flatten().find(mine).ok_or_else(missing)?;
    let column = module.table.column(field).ok_or_else(missing)?;
    let converter = Converter::new(&ask.schema).ok_or_else(|| Error::malformed("expected the schema of a field"))?;
    // Who designs a form need not be somebody who may read what is in it.
    let who = app.rights_of(actor);
    let reads = policy::may(&live.catalog, &who, &key, Action::Read).is_whole()
        && policy::fields(&live.catalog, &who, &key)
            .get(&FieldKey::from(field.as_str()))
            .is_some_and(|it| *it >= Access::Read);
    let mut found = Conversion::default();
    let mut after = 0;
    loop {
        let values = carry::values(app.store.read(), &module.table, column, after, AT_ONCE, false).await?;
        let Some((last, _)) = values.last() else { return Ok(found) };
        after = *last;
        for (_, value) in values {
            found.filled += 1;
            if converter.convert(&value).is_some() {
                continue;
            }
            found.lost += 1;
            if reads && found.examples.len() < EXAMPLES.0 {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                found.examples.push(text.chars().take(EXAMPLES.1).collect());
            }
        }
    }
}

/// `GET /api/studio/packs/{pack}/shipped`
pub fn shipped_files(app: &App, actor: &Actor, pack: &PackId) -> Result<ShippedFiles, Error> {
    may_publish(actor)?;
    let live = app.definitions.live();
    if !live.packs.contains_key(pack) {
        return Err(Error::NotFound("pack".to_owned()));
    }
    let found = shipped::pack(pack).ok_or_else(|| Error::NotFound("pack".to_owned()))?;
    let text = |(path, bytes): (String, Vec<u8>)| Some((path, String::from_utf8(bytes).ok()?));
    let files = shipped::files(pack).into_iter().filter_map(text).collect();
    Ok(ShippedFiles { version: found.manifest.version, files })
}
