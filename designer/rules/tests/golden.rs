//! Questions and answers over the shipped packs. The same questions are asked of the wasm build by `tests/`; both
//! builds must answer with the same bytes.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

fn ask(call: &str, args: Value) -> Value {
    let answer = rules::ask(&json!({ "id": 1, "call": call, "args": args }).to_string());
    serde_json::from_str(&answer).expect("JSON")
}

fn files(root: &Path, folder: &Path, into: &mut BTreeMap<String, String>) {
    for it in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = it.path();
        if path.is_dir() {
            files(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            into.insert(path.strip_prefix(root).expect("inside").display().to_string(), text);
        }
    }
}

fn pack(name: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates").join(name);
    let mut found = BTreeMap::new();
    files(&root, &root, &mut found);
    found
}

#[test]
fn nonsense_gets_an_answer() {
    for it in [
        "",
        "null",
        "{",
        "[]",
        "{\"id\":1}",
        "{\"id\":1,\"call\":\"nothing\"}",
        "{\"id\":1,\"call\":\"form.state\",\"args\":{}}",
    ] {
        let answer: Value = serde_json::from_str(&rules::ask(it)).expect("JSON");
        assert!(answer["error"]["code"].is_string(), "{it}: {answer}");
    }
    let deep = format!("{{\"id\":1,\"call\":\"form.state\",\"args\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(rules::ask(&deep).contains("error"));
}

#[test]
fn a_pack_is_checked_with_its_draft() {
    let files = pack("service");
    let required = json!({ "core-crm": pack("core-crm") });
    ask("pack.load", json!({ "id": "service", "files": files, "required": required }));
    let answer = ask("check.pack", json!({ "id": "service", "draft": {} }));
    assert!(answer["ok"]["processes"]["complaint"].is_object(), "{answer}");
    let count = |answer: &Value| answer["ok"]["alerts"][0]["put"].as_array().map_or(0, Vec::len);
    let before = count(&answer);
    let flow =
        files["flows/complaint/flow.json"].replacen("\"targetRef\": \"accept\"", "\"targetRef\": \"nowhere\"", 1);
    let answer = ask("check.pack", json!({ "id": "service", "draft": {"flows/complaint/flow.json": flow} }));
    assert!(count(&answer) > before, "{answer}");
}

#[test]
fn a_form_says_what_it_looks_like() {
    let files = pack("service");
    let read = |path: &str| serde_json::from_str::<Value>(&files[path]).expect("JSON");
    let info = json!({
        "key": "suggestion", "pack": "service", "version": "1",
        "definition": read("modules/suggestion/module.json"),
        "schema": read("modules/suggestion/schema.json"),
        "rules": read("modules/suggestion/rules.json"),
        "views": {"create": read("modules/suggestion/views/create.json")},
    });
    assert!(ask("form.load", json!({ "module": info }))["ok"].is_array());
    let asked = json!({ "module": "suggestion", "patch": {}, "view": "create", "user": {"id": "u1"}, "now": "2026-03-02T01:00:00Z" });
    let state = ask("form.state", asked.clone());
    assert_eq!(state["ok"]["fields"]["content"]["required"], true, "{state}");
    let verdict = ask("form.accept", asked);
    assert!(verdict["ok"].is_object(), "{verdict}");
}

/// What is told of each keystroke, put together, is what the whole question answers.
#[test]
fn keystrokes_add_up_to_the_whole_answer() {
    let files = pack("core-crm");
    let read = |path: &str| serde_json::from_str::<Value>(&files[path]).expect("JSON");
    let info = json!({
        "key": "customer", "pack": "core-crm", "version": "1",
        "definition": read("modules/customer/module.json"),
        "schema": read("modules/customer/schema.json"),
        "rules": read("modules/customer/rules.json"),
        "views": {},
    });
    assert!(ask("form.load", json!({ "module": info }))["ok"].is_array());
    let asked = |patch: &Value| json!({ "module": "customer", "patch": patch, "user": {"id": "u1"}, "now": "2026-03-02T01:00:00Z" });
    let mut patch = json!({});
    let mut state = ask("form.begin", json!({ "form": 7, "ask": asked(&patch) }))["ok"].take();
    assert_eq!(state, ask("form.state", asked(&patch))["ok"]);
    let strokes = [
        ("name", json!("华")),
        ("kind", json!("org")),
        ("name", json!("华东")),
        ("kind", json!("person")),
        ("type", json!("end_user")),
        ("founded_on", json!("2001-02-30")),
        ("founded_on", json!("2001-02-28")),
        ("employees", json!(12.5)),
        ("kind", Value::Null),
        ("own_products", json!([{ "name": "" }])),
        ("name", Value::Null),
        ("unknown", json!(1)),
    ];
    let (mut told, mut whole) = (0, 0);
    for (at, (key, value)) in strokes.into_iter().enumerate() {
        let fields = patch.as_object_mut().expect("a map");
        let gone = value.is_null() && fields.contains_key(key);
        let question = if gone {
            fields.remove(key);
            json!({ "form": 7, "step": at + 1, "now": "2026-03-02T01:00:00Z", "untyped": [key] })
        } else {
            fields.insert(key.to_owned(), value.clone());
            json!({ "form": 7, "step": at + 1, "now": "2026-03-02T01:00:00Z", "typed": { key: value } })
        };
        let answer = ask("form.type", question);
        let differs = answer["ok"].as_object().unwrap_or_else(|| panic!("{answer}"));
        for part in ["data", "fields", "sections"] {
            let more = differs.get(part).and_then(Value::as_object).cloned().unwrap_or_default();
            state[part].as_object_mut().expect("a map").extend(more);
        }
        for key in differs.get("gone").and_then(Value::as_array).into_iter().flatten() {
            state["data"].as_object_mut().expect("a map").remove(key.as_str().expect("a key"));
        }
        for part in ["faults", "warnings"] {
            if let Some(all) = differs.get(part) {
                state[part] = all.clone();
            }
        }
        let mut expected = ask("form.state", asked(&patch))["ok"].take();
        (told, whole) = (told + answer["ok"].to_string().len(), whole + expected.to_string().len());
        expected["problems"] = state["problems"].clone();
        assert_eq!(state, expected, "after {key}");
    }
    assert!(told * 4 < whole, "{told} bytes of {whole}");
    // Who is not in step begins anew; who is not known as well.
    for (form, step) in [(7, 99), (7, 13), (8, 1)] {
        let answer = ask("form.type", json!({ "form": form, "step": step, "now": "2026-03-02T01:00:00Z" }));
        assert_eq!(answer["error"]["code"], "out-of-step", "{answer}");
    }
    ask("form.begin", json!({ "form": 9, "ask": asked(&patch) }));
    ask("form.end", json!({ "form": 9 }));
    let answer = ask("form.type", json!({ "form": 9, "step": 1, "now": "2026-03-02T01:00:00Z" }));
    assert_eq!(answer["error"]["code"], "out-of-step", "{answer}");
}

#[test]
fn an_expression_is_judged_alone() {
    assert_eq!(ask("expr.check", json!({ "source": "data.amount > 5" }))["ok"]["ok"], true);
    assert_eq!(ask("expr.check", json!({ "source": "let x = 1" }))["ok"]["ok"], false);
    // With a record it says what it gives; texts that are decimals are numbers there.
    let schema = json!({ "properties": { "amount": { "type": "string", "format": "x-decimal" } } });
    let with = json!({ "data": { "amount": "7.50" }, "schema": schema, "now": "2026-03-01T08:00:00Z" });
    for (source, value, stops) in [
        ("data.amount > 5", json!(true), false),
        ("data.amount * 2", json!(15), false),
        ("data.nothing", json!(null), false),
        ("outcome == \"yes\"", json!(false), false),
        ("nobody + 1", json!(null), true),
    ] {
        let said = ask("expr.check", json!({ "source": source, "with": with }))["ok"].clone();
        assert_eq!(
            (&said["ok"], &said["tried"], &said["value"]),
            (&json!(true), &json!(true), &value),
            "{source}: {said}"
        );
        assert_eq!(said["stopped"] != "", stops, "{source}: {said}");
    }
}

#[test]
fn scenarios_are_played_on_the_draft_and_made_of_what_was_tried() {
    let files = pack("service");
    let required = json!({ "core-crm": pack("core-crm") });
    ask("pack.load", json!({ "id": "scenarios", "files": files, "required": required }));
    let answer = ask("scenario.run", json!({ "id": "scenarios", "name": "happy-path" }));
    assert_eq!(answer["ok"]["passed"], true, "{answer}");
    let flow = files["flows/complaint/flow.json"].replace("\"id\": \"agreed\"", "\"id\": \"settled\"");
    let draft = json!({ "flows/complaint/flow.json": flow });
    let answer = ask("scenario.run", json!({ "id": "scenarios", "name": "happy-path", "draft": draft }));
    assert_eq!(answer["ok"]["passed"], false, "{answer}");
    let script = json!([{ "complete": "accept", "outcome": "forward" }]);
    let made = ask(
        "scenario.record",
        json!({ "id": "scenarios", "flow": "complaint", "base": "happy-path", "title": "t", "script": script }),
    );
    assert!(made["ok"]["stopped"].is_null(), "{made}");
    let answer = ask("scenario.run", json!({ "id": "scenarios", "scenario": made["ok"]["scenario"] }));
    assert_eq!(answer["ok"]["passed"], true, "{answer}");
    for (call, args) in [
        ("scenario.run", json!({ "id": "scenarios", "name": "none" })),
        ("scenario.run", json!({ "id": "none", "name": "happy-path" })),
    ] {
        assert!(ask(call, args)["error"]["code"].is_string());
    }
}
