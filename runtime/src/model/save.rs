//! A pack back to files, in one canonical form: JSON with two spaces, members in the order of the types (schemas: as
//! written), one newline at the end. Loading what was saved gives the same pack, and saving that the same bytes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::pack::{Pack, Sample};
use super::rules::Rules;
use super::suppressed::Suppressed;

/// The files of a pack by path. Samples are one file per module. Notes (`*.md`) are not part of a pack and not written.
pub fn save(pack: &Pack) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut put = |path: String, value: Value| {
        files.insert(path, canonical(value));
    };
    put("pack.json".to_owned(), json(&pack.manifest));
    for (key, module) in &pack.modules {
        put(format!("modules/{key}/schema.json"), module.schema.clone());
        put(format!("modules/{key}/module.json"), json(&module.definition));
        if module.rules != Rules::default() {
            put(format!("modules/{key}/rules.json"), json(&module.rules));
        }
        for (view, it) in &module.views {
            put(format!("modules/{key}/views/{view}.json"), json(it));
        }
    }
    for (key, it) in &pack.flows {
        put(format!("flows/{key}/flow.json"), json(it));
    }
    for (key, it) in &pack.layouts {
        put(format!("flows/{key}/layout.json"), json(it));
    }
    for (key, it) in &pack.tables {
        put(format!("tables/{key}.json"), json(it));
    }
    for (language, it) in &pack.texts {
        put(format!("i18n/{language}.json"), json(it));
    }
    for (name, it) in &pack.scenarios {
        put(format!("scenarios/{name}.json"), json(it));
    }
    if !pack.suppressed.is_empty() {
        let it = Suppressed { format: super::load::FORMAT, suppressed: pack.suppressed.clone() };
        put("suppressed.json".to_owned(), json(&it));
    }
    let mut samples: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for it in &pack.samples {
        samples.entry(it.module.as_str()).or_default().push(it);
    }
    for (module, list) in samples {
        put(format!("samples/{module}.json"), json(&list));
    }
    for (key, source) in &pack.scripts {
        files.insert(format!("scripts/{key}.rhai"), source.clone().into_bytes());
    }
    files
}

fn json<T: Serialize>(it: &T) -> Value {
    serde_json::to_value(it).unwrap_or(Value::Null)
}

/// One JSON value as the bytes of a file.
pub fn canonical(value: Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&whole(value)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Whole numbers without a point: `100`, not `100.0`.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(it) => match it.as_f64() {
            Some(float) if !it.is_i64() && !it.is_u64() && float.fract() == 0.0 && float.abs() < 9e15 => {
                Value::from(float as i64)
            }
            _ => Value::Number(it),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(whole).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(key, it)| (key, whole(it))).collect::<Map<_, _>>())
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value,
    }
}
