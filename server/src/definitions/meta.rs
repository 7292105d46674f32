//! Schemas before the meta-schema of JSON Schema 2020-12, at publish: a second opinion by the library others validate
//! with, so that what is published can be used outside too.
//!
//! - `schema-meta` (error): a schema is not one by the meta-schema; mend the keyword it names.

use runtime::alert::{Alert, Severity};
use runtime::limits;
use serde_json::Value;

use super::Files;

/// What the meta-schema has against the schemas of a pack, where `known` does not say it already.
pub(super) fn alerts(files: &Files, known: &[Alert]) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for (path, text) in files.iter().filter(|it| it.0.starts_with("modules/") && it.0.ends_with("/schema.json")) {
        let said = |pointer: &str| {
            known.iter().any(|it| it.severity == Severity::Error && it.file == *path && it.pointer.starts_with(pointer))
        };
        // What is no JSON was found by the loader.
        let Ok(schema) = serde_json::from_str::<Value>(text) else { continue };
        for error in jsonschema::draft202012::meta::validator().iter_errors(&schema).take(limits::META_FINDINGS) {
            let pointer = error.instance_path().to_string();
            if !said(&pointer) {
                alerts.push(
                    Alert::error("schema-meta", format!("expected a schema of JSON Schema 2020-12: {error}"))
                        .at(path.clone(), pointer),
                );
            }
        }
    }
    alerts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_held_against_the_meta_schema() {
        let files = |schema: &str| Files::from([("modules/thing/schema.json".to_owned(), schema.to_owned())]);
        let good = r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"a": {"type": "string", "x-id": "f"}}}"#;
        assert_eq!(alerts(&files(good), &[]), Vec::new());
        for (schema, pointer) in [
            (r#"{"properties": {"a": {"type": "strin"}}}"#, "/properties/a/type"),
            (r#"{"properties": {"a": {"minLength": -1}}}"#, "/properties/a/minLength"),
            (r#"{"required": "a"}"#, "/required"),
        ] {
            let found = alerts(&files(schema), &[]);
            assert!(found.iter().any(|it| it.code == "schema-meta" && it.pointer == pointer), "{schema}: {found:?}");
            let known = vec![Alert::error("schema-keyword", "").at("modules/thing/schema.json", pointer)];
            assert_eq!(alerts(&files(schema), &known), Vec::new(), "it is said once");
        }
    }
}
