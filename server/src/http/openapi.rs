//! The API's description, OpenAPI 3.1: one part from the table of routes, one from the live definitions, so that a
//! module's record API is described with every field it has today.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::route::{Access, Answer, Route};

/// A module as the document describes it.
pub struct ModulePart {
    pub key: String,
    pub title: String,
    /// `schema.json`, only with fields the caller may see.
    pub schema: Value,
}

/// The whole document for somebody who may see `modules`.
pub fn document(modules: &[ModulePart]) -> Value {
    static FIXED: OnceLock<Value> = OnceLock::new();
    let mut document = FIXED.get_or_init(|| fixed(&super::routes::table())).clone();
    for module in modules {
        add_module(&mut document, module);
    }
    document
}

/// What does not depend on the definitions.
fn fixed(routes: &[Route]) -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    for route in routes {
        for (name, schema) in &route.schemas {
            schemas.entry(name.clone()).or_insert_with(|| serde_json::to_value(schema).unwrap_or_default());
        }
        let operations = paths.entry(route.path).or_default();
        operations.insert(route.method.as_str().to_ascii_lowercase(), operation(route));
    }
    let mut problem = Vec::new();
    problem.push((api::Problem::name().into_owned(), <api::Problem as utoipa::PartialSchema>::schema()));
    api::Problem::schemas(&mut problem);
    for (name, schema) in problem {
        schemas.entry(name).or_insert_with(|| serde_json::to_value(schema).unwrap_or_default());
    }
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Flowloom",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "JSON under /api. Errors are problem details (RFC 9457). A session is a cookie; \
                every request that changes something carries its token in the header `x-csrf`.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": crate::auth::sessions::COOKIE },
                "csrf": { "type": "apiKey", "in": "header", "name": crate::auth::sessions::CSRF_HEADER },
            },
            "responses": {
                "Problem": {
                    "description": "What went wrong, by a stable code in `type`.",
                    "content": { "application/problem+json": { "schema": reference("Problem") } },
                },
            },
        },
    })
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = path_parameters(route.path);
    parameters.extend(route.query.iter().map(|it| serde_json::to_value(it).unwrap_or_default()));
    let mut operation = json!({
        "operationId": operation_id(route.method.as_str(), route.path),
        "summary": route.about,
        "tags": [tag(route.path)],
        "parameters": parameters,
        "responses": { "default": { "$ref": "#/components/responses/Problem" } },
        "security": security(route.access, route.method.as_str()),
    });
    if let Some(name) = &route.takes {
        operation["requestBody"] = body(reference(name));
    }
    let answer = match &route.answers {
        None => json!({ "description": "Done." }),
        Some(Answer::One(name)) => answer(reference(name)),
        Some(Answer::List(name)) => answer(json!({ "type": "array", "items": reference(name) })),
        Some(Answer::Other(media)) => json!({ "description": "", "content": { *media: {} } }),
    };
    operation["responses"][route.status.to_string()] = answer;
    operation
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn body(schema: Value) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

fn answer(schema: Value) -> Value {
    json!({ "description": "", "content": { "application/json": { "schema": schema } } })
}

fn security(access: Access, method: &str) -> Value {
    match access {
        Access::Open => json!([]),
        Access::Person | Access::Staff | Access::Designer | Access::Admin if method == "GET" => {
            json!([{ "session": [] }])
        }
        Access::Person | Access::Staff | Access::Designer | Access::Admin => json!([{ "session": [], "csrf": [] }]),
    }
}

fn path_parameters(path: &str) -> Vec<Value> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect()
}

/// `GET /api/records/{module}/{id}` → `get-records-module-id`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(['/', '{', '}', '.', '_']).filter(|it| !it.is_empty() && *it != "api");
    std::iter::once(method.to_ascii_lowercase()).chain(words.map(str::to_owned)).collect::<Vec<_>>().join("-")
}

fn tag(path: &str) -> &str {
    path.trim_start_matches("/api").split('/').find(|it| !it.is_empty()).unwrap_or("server")
}

fn add_module(document: &mut Value, module: &ModulePart) {
    let key = &module.key;
    let data = format!("{key}.data");
    let place = format!("#/components/schemas/{data}");
    let mut schema = clean(&module.schema, &place);
    if let Some(map) = schema.as_object_mut() {
        map.remove("$schema");
        map.remove("$id");
    }
    let mut part = schema.clone();
    if let Some(map) = part.as_object_mut() {
        // A change names only the fields it changes.
        map.remove("required");
    }
    let record = format!("{key}.record");
    let mut schemas = Map::new();
    schemas.insert(data.clone(), schema);
    schemas.insert(format!("{key}.change"), part);
    schemas.insert(record.clone(), with_data("Record", &data));
    if let Some(all) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        all.extend(schemas);
    }

    let title = &module.title;
    let about = |about: &str, id: &str| {
        json!({
            "operationId": format!("{id}-{key}"), "summary": format!("{title}: {about}"), "tags": [key], "parameters": [],
            "security": [{ "session": [] }], "responses": { "default": { "$ref": "#/components/responses/Problem" } },
        })
    };
    let changing = |mut it: Value| {
        it["security"] = json!([{ "session": [], "csrf": [] }]);
        it
    };
    let mut list = about("list", "list");
    list["parameters"] = document
        .pointer("/paths/~1api~1records~1{module}/get/parameters")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter(|it| it["in"] == "query").cloned().collect())
        .unwrap_or_default();
    list["responses"]["200"] = answer(reference("RecordPage"));
    let mut create = changing(about("create", "create"));
    create["requestBody"] = body(with_data("Create", &data));
    create["responses"]["201"] = answer(reference(&record));
    let id = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
    let mut show = about("open", "open");
    show["parameters"] = id.clone();
    show["responses"]["200"] = answer(reference(&record));
    let mut change = changing(about("change", "change"));
    change["parameters"] = id.clone();
    change["requestBody"] = body(with_data("Change", &format!("{key}.change")));
    change["responses"]["200"] = answer(reference(&record));
    let mut delete = changing(about("delete", "delete"));
    delete["parameters"] = id;
    delete["responses"]["204"] = json!({ "description": "Done." });
    if let Some(paths) = document.pointer_mut("/paths").and_then(Value::as_object_mut) {
        paths.insert(format!("/api/records/{key}"), json!({ "get": list, "post": create }));
        paths.insert(format!("/api/records/{key}/{{id}}"), json!({ "get": show, "patch": change, "delete": delete }));
    }
}

/// The general type with its `data` narrowed to the module's.
fn with_data(general: &str, data: &str) -> Value {
    json!({ "allOf": [reference(general), { "type": "object", "properties": { "data": reference(data) } }] })
}

/// The schema without our own words, its local references moved to where it now stands.
fn clean(schema: &Value, place: &str) -> Value {
    match schema {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(word, _)| !word.starts_with("x-"))
                .map(|(word, value)| match value.as_str() {
                    Some(target) if word == "$ref" && target.starts_with('#') => {
                        (word.clone(), Value::from(format!("{place}{}", &target[1..])))
                    }
                    Some(format) if word == "format" && format.starts_with("x-") => {
                        (word.clone(), Value::from(format.trim_start_matches("x-")))
                    }
                    _ => (word.clone(), clean(value, place)),
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(|it| clean(it, place)).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        document(&[ModulePart {
            key: "complaint".to_owned(),
            title: "Complaint".to_owned(),
            schema: json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "type": "object",
                "properties": {
                    "title": { "type": "string", "x-id": "f_01" },
                    "loss": { "$ref": "#/$defs/money" },
                },
                "required": ["title"],
                "$defs": { "money": { "type": "string", "format": "x-decimal", "x-money": { "currency": "CNY" } } },
            }),
        }])
    }

    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                if let Some(target) = map.get("$ref").and_then(Value::as_str) {
                    found.push(target);
                }
                map.values().for_each(|it| references(it, found));
            }
            Value::Array(items) => items.iter().for_each(|it| references(it, found)),
            _ => (),
        }
    }

    #[test]
    fn every_reference_resolves() {
        let document = sample();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 50);
        for target in found {
            assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target} points at nothing");
        }
    }

    #[test]
    fn every_route_is_described() {
        let document = sample();
        for route in super::super::routes::table() {
            let operation = &document["paths"][route.path][route.method.as_str().to_ascii_lowercase()];
            assert!(operation.is_object(), "{} {} is missing", route.method, route.path);
            assert!(!route.about.is_empty(), "{} {} says nothing about itself", route.method, route.path);
        }
    }

    #[test]
    fn operations_have_ids_of_their_own_and_their_path_parameters() {
        let document = sample();
        let mut ids = std::collections::BTreeSet::new();
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let id = operation["operationId"].as_str().expect("an id");
                assert!(ids.insert(id.to_owned()), "{id} twice");
                assert!(operation["responses"].as_object().expect("responses").len() >= 2, "{method} {path}");
                let named = operation["parameters"].as_array().expect("parameters");
                for part in path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}')) {
                    assert!(named.iter().any(|it| it["name"] == part && it["in"] == "path"), "{method} {path}: {part}");
                }
            }
        }
    }

    #[test]
    fn a_module_is_described_with_its_fields_and_without_our_words() {
        let document = sample();
        let data = &document["components"]["schemas"]["complaint.data"];
        assert_eq!(data["properties"]["title"], json!({ "type": "string" }));
        assert_eq!(data["properties"]["loss"]["$ref"], "#/components/schemas/complaint.data/$defs/money");
        assert!(document["paths"]["/api/records/complaint"]["post"].is_object());
        assert!(!document.to_string().contains("\"x-id\""));
    }
}
