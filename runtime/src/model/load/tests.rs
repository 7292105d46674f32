//! Cases as tables, and what must never happen.

// Tests read the shipped packs.
#![allow(clippy::disallowed_methods)]

use std::path::{Path, PathBuf};

use expect_test::{Expect, expect};

use super::*;
use crate::model::save::save;

fn files(list: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    list.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

const PACK: &str = r#"{"format": 1, "id": "p", "version": "1.0.0", "title": "P", "language": "en"}"#;

fn check(list: &[(&str, &str)], expected: Expect) {
    let mut all = files(list);
    all.entry("pack.json".into()).or_insert_with(|| PACK.as_bytes().to_vec());
    let (_, alerts) = load(&all);
    let text: Vec<String> =
        alerts.iter().map(|it| format!("{} {}#{}: {}\n", it.code, it.file, it.pointer, it.message)).collect();
    expected.assert_eq(&text.concat());
}

#[test]
fn every_fault_of_a_file_is_reported_at_once() {
    check(
        &[(
            "pack.json",
            r#"{"format": 1, "id": "p", "version": 3, "title": "P", "language": "en", "colour": "red", "roles": [{"id": "r", "key": "k", "title": "T", "x": 1}, {"id": "r"}, {"id": "s"}, {"id": "t", "key": "t", "title": 4}], "title": "again"}"#,
        )],
        expect![[r#"
            pack-duplicate-key pack.json#/title: this member is given twice; the first counts
            pack-wrong-type pack.json#/version: invalid type: integer `3`, expected a string
            pack-unknown-key pack.json#/colour: unknown field `colour`, expected one of `format`, `id`, `version`, `title`, `description`, `language`, `platform`, `requires`, `roles`, `menu`, `dictionaries`, `calendar`, `notices`
            pack-unknown-key pack.json#/roles/0/x: unknown field `x`, expected one of `id`, `key`, `title`
            pack-missing-key pack.json#/roles/1: missing field `key`
            pack-missing-key pack.json#/roles/2: missing field `key`
            pack-wrong-type pack.json#/roles/3/title: invalid type: integer `4`, expected a string
        "#]],
    );
}

#[test]
fn faults_inside_flow_elements_have_their_place() {
    let flow = r#"{"format": 1, "id": "f", "key": "f", "name": "F", "flowElements": [
        {"id": "a", "type": "startEvent"},
        {"id": "b", "type": "userTask", "due": 3, "performer": {"roles": ["x"], "rolls": 1}},
        {"id": "c", "type": "sequenceFlow", "sourceRef": "a", "targetRef": "b", "colour": 1},
        {"id": "s", "type": "subProcess", "flowElements": [{"id": "d", "type": "exclusiveGateway", "default": 4}, {"type": "task"}]},
        {"id": "e", "type": "teaBreak"},
        {"id": "t", "type": "boundaryEvent", "attachedToRef": "b", "eventDefinition": {"type": "timer", "timeDuration": 4}}
    ]}"#;
    check(
        &[("flows/f/flow.json", flow)],
        expect![[r#"
            pack-wrong-type flows/f/flow.json#/flowElements/1/due: invalid type: integer `3`, expected a string
            pack-unknown-key flows/f/flow.json#/flowElements/1/performer/rolls: unknown field `rolls`, expected one of `roles`, `department`, `user`, `managerOf`, `skills`, `field`, `script`, `customer`, `sameAs`, `notSameAs`, `fallback`, `choose`
            pack-unknown-key flows/f/flow.json#/flowElements/2/colour: unknown field `colour`, expected one of `sourceRef`, `targetRef`, `conditionExpression`
            pack-wrong-type flows/f/flow.json#/flowElements/3/flowElements/0/default: invalid type: integer `4`, expected a string
            pack-missing-key flows/f/flow.json#/flowElements/3/flowElements/1: missing field `id`
            pack-wrong-type flows/f/flow.json#/flowElements/4: unknown variant `teaBreak`, expected one of `sequenceFlow`, `startEvent`, `endEvent`, `intermediateCatchEvent`, `intermediateThrowEvent`, `boundaryEvent`, `userTask`, `task`, `manualTask`, `serviceTask`, `scriptTask`, `sendTask`, `receiveTask`, `businessRuleTask`, `callActivity`, `subProcess`, `transaction`, `adHocSubProcess`, `exclusiveGateway`, `inclusiveGateway`, `parallelGateway`, `eventBasedGateway`, `complexGateway`, `dataObject`, `dataObjectReference`, `dataStoreReference`, `textAnnotation`, `association`, `group`
            pack-wrong-type flows/f/flow.json#/flowElements/5/eventDefinition: invalid type: integer `4`, expected a string
        "#]],
    );
}

#[test]
fn what_is_no_pack_file_is_said() {
    check(
        &[
            (
                "modules/a/views/v.json",
                r#"{"format": 2, "id": "v", "key": "w", "title": "V", "content": {"kind": "form", "sections": [{"id": "s", "fields": [{"field": "x", "spam": 6}]}]}}"#,
            ),
            (
                "modules/a/views/w.json",
                r#"{"format": 1, "id": "v", "key": "w", "title": "V", "content": {"kind": "pie"}}"#,
            ),
            ("tables/t.json", "{\"format\": 1,"),
            ("notes.txt", ""),
            ("README.md", ""),
        ],
        expect![[r#"
            pack-format modules/a/views/v.json#/format: expected format 1, found 2; a newer version of the platform may read it
            pack-unknown-key modules/a/views/v.json#/content/sections/0/fields/0/spam: unknown field `spam`, expected one of `field`, `span`, `visible`, `readonly`, `required`, `widget`, `help`
            pack-key-mismatch modules/a/views/v.json#/key: expected `v`, as the file is called; found `w`
            pack-wrong-type modules/a/views/w.json#/content/kind: expected `form`, `list`, `kanban`, `calendar`, `tree` or `detail`
            pack-unknown-file notes.txt#: this file is not part of the pack format
            pack-json tables/t.json#: not JSON: EOF while parsing a value at line 1 column 13
            pack-missing-file modules/a/schema.json#: expected a file `modules/a/schema.json`
            pack-missing-file modules/a/module.json#: expected a file `modules/a/module.json`
        "#]],
    );
}

#[test]
fn bytes_that_are_no_text_and_endless_nesting_are_refused() {
    let mut all = files(&[("pack.json", PACK)]);
    all.insert("scripts/x.rhai".into(), vec![0xff, 0xfe]);
    all.insert("i18n/en.json".into(), format!("{}{}", "[".repeat(100), "]".repeat(100)).into_bytes());
    all.insert("i18n/zh-CN.json".into(), "[".repeat(100_000).into_bytes());
    all.insert("i18n/xx.json".into(), vec![b' '; limits::FILE_BYTES + 1]);
    let codes: Vec<String> = load(&all).1.into_iter().map(|it| it.code).collect();
    assert_eq!(codes, ["pack-too-deep", "pack-too-large", "pack-json", "pack-not-text"]);
}

fn folder(path: &Path, base: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(path).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            folder(&path, base, into);
        } else {
            let name = path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
            into.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn shipped_packs_load_and_are_canonical_once_saved() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    for entry in std::fs::read_dir(templates).unwrap() {
        let path = entry.unwrap().path();
        if !path.join("pack.json").exists() {
            continue;
        }
        let mut all = BTreeMap::new();
        folder(&path, &path, &mut all);
        let (pack, alerts) = load(&all);
        assert!(alerts.is_empty(), "{}: {alerts:#?}", path.display());
        let saved = save(&pack);
        let (again, alerts) = load(&saved);
        assert!(alerts.is_empty(), "{alerts:#?}");
        assert_eq!(save(&again), saved);
        for (path, bytes) in &all {
            if path.ends_with(".json") && !path.starts_with("samples/") {
                let given: Value = serde_json::from_slice(bytes).unwrap();
                let kept: Value = serde_json::from_slice(&saved[path]).unwrap();
                assert!(superset(&given, &kept), "{path} lost something");
            }
        }
    }
}

/// Everything given is kept, apart from members that hold their default.
fn superset(given: &Value, kept: &Value) -> bool {
    match (given, kept) {
        (Value::Object(a), Value::Object(b)) => a.iter().all(|(key, it)| match b.get(key) {
            Some(kept) => superset(it, kept),
            None => matches!(it, Value::Null | Value::Bool(_)) || crate::value::blank(it) || *it == 0,
        }),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| superset(a, b)),
        _ => crate::value::same(given, kept),
    }
}
