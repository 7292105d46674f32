//! A module, wrong in one place at a time.

use serde_json::{Value, json};

use super::check;
use crate::model::catalog::Catalog;
use crate::model::module::Module;
use crate::model::pack::Pack;

/// Codes and places of what is found.
fn codes(rules: Value, view: Value, texts: Value) -> Vec<String> {
    let manifest = json!({ "format": 1, "id": "shop", "version": "1.0.0", "title": "Shop", "language": "en" });
    let mut pack = Pack { manifest: serde_json::from_value(manifest).expect("a manifest"), ..Pack::default() };
    let schema = json!({ "type": "object", "properties": {
        "state": { "title": "State", "type": "string", "oneOf": [{"const": "new", "title": "New"}, {"const": "done", "title": "Done"}] },
        "amount": { "title": "Amount", "type": "integer" }, "note": { "title": "Note", "type": "string" } } });
    let mut module = Module { schema, rules: serde_json::from_value(rules).expect("rules"), ..Module::default() };
    let view = json!({ "format": 1, "id": "v", "key": "create", "title": "New", "content": view });
    module.views.insert("create".into(), serde_json::from_value(view).expect("a view"));
    pack.modules.insert("order".into(), module);
    pack.texts.insert("zh-CN".into(), serde_json::from_value(texts).expect("texts"));
    let catalog = Catalog::new([pack]);
    let (pack, key, module) = catalog.modules().next().expect("the module");
    check(&catalog, pack, key, module).iter().map(|it| format!("{} {}{}", it.code, it.file, it.pointer)).collect()
}

/// The same of a schema alone, without files.
fn of_schema(schema: Value) -> Vec<String> {
    let manifest = json!({ "format": 1, "id": "shop", "version": "1.0.0", "title": "Shop", "language": "en" });
    let mut pack = Pack { manifest: serde_json::from_value(manifest).expect("a manifest"), ..Pack::default() };
    pack.modules.insert("order".into(), Module { schema, ..Module::default() });
    let catalog = Catalog::new([pack]);
    let (pack, key, module) = catalog.modules().next().expect("the module");
    check(&catalog, pack, key, module).iter().map(|it| format!("{} {}", it.code, it.pointer)).collect()
}

#[test]
fn a_schema_is_json_schema() {
    let of = |field: Value| json!({ "type": "object", "properties": { "note": field } });
    for (schema, wanted) in [
        (of(json!({ "title": "Note", "type": "string", "maxLength": 9, "x-index": true })), vec![]),
        (of(json!({ "type": "strin" })), vec!["schema-keyword /properties/note/type"]),
        (of(json!({ "type": "string", "pattern": "(" })), vec!["schema-keyword /properties/note/pattern"]),
        (of(json!({ "$ref": "#/$defs/gone" })), vec!["schema-reference /properties/note/$ref"]),
        (json!({ "type": "object", "requird": ["note"] }), vec!["schema-unknown-keyword /requird"]),
        (
            of(json!({ "type": "string", "x-ref": { "module": "other", "tree": true } })),
            vec!["form-tree-elsewhere /properties/note/x-ref/tree"],
        ),
        (of(json!({ "type": "string", "x-number": "#TS{yyyyMMdd}-{000}" })), vec![]),
        (
            of(json!({ "type": "string", "x-number": "TS{yyy}-{00" })),
            vec!["form-number-rule /properties/note/x-number"],
        ),
        (Value::Null, vec![]),
    ] {
        assert_eq!(of_schema(schema.clone()), wanted, "{schema}");
    }
}

fn plain() -> Value {
    json!({ "kind": "form", "sections": [] })
}

#[test]
fn rules_that_never_or_always_hold() {
    let when = |list: &str, when: &str| json!({ list: [{ "id": "r", "field": "note", "when": when }] });
    for (rules, wanted) in [
        (when("visible", "data.state == \"new\""), vec![]),
        (
            when("visible", "data.state == \"new\" && data.state == \"done\""),
            vec!["form-rule-never modules/order/rules.json/visible/0/when"],
        ),
        (
            when("required", "data.amount > 10 && data.amount < 5"),
            vec!["form-rule-never modules/order/rules.json/required/0/when"],
        ),
        (
            when("readonly", "data.amount > 10 || data.amount <= 10 || blank(data.amount)"),
            vec!["form-rule-always modules/order/rules.json/readonly/0/when"],
        ),
    ] {
        assert_eq!(codes(rules.clone(), plain(), json!({})), wanted, "{rules}");
    }
}

#[test]
fn formulas_do_not_read_each_other_in_a_circle() {
    let rules = |of: &[(&str, &str)]| {
        let all = of.iter().map(|(field, expr)| json!({ "id": field, "field": field, "mode": "always", "expr": expr }));
        json!({ "computed": all.collect::<Vec<_>>() })
    };
    let wanted = ["form-compute-cycle modules/order/rules.json/computed/0"];
    for (formulas, circle) in [
        (vec![("amount", "1"), ("note", "data.amount + 1")], false),
        (vec![("amount", "data.note + 1"), ("note", "data.amount + 1")], true),
        (vec![("amount", "data.amount + 1")], true),
        // What cannot be read is told where it stands.
        (vec![("amount", "data.note +"), ("note", "data.amount + 1")], false),
    ] {
        assert_eq!(codes(rules(&formulas), plain(), json!({})), wanted[..usize::from(circle)], "{formulas:?}");
    }
}

#[test]
fn what_is_required_is_shown_in_some_case() {
    let rules = |shown: &str| json!({ "required": [{ "id": "q", "field": "note", "when": "data.amount > 10" }], "visible": [{ "id": "v", "field": "note", "when": shown }] });
    assert_eq!(codes(rules("data.amount > 5"), plain(), json!({})), Vec::<String>::new());
    assert_eq!(
        codes(rules("data.amount < 5"), plain(), json!({})),
        ["form-required-hidden modules/order/rules.json/required/0/when"]
    );
    let view = json!({ "kind": "form", "sections": [{ "id": "s", "visible": "data.state == \"new\"", "fields": [{ "field": "note", "required": true }] }] });
    let rules = json!({ "visible": [{ "id": "v", "field": "note", "when": "data.state == \"done\"" }] });
    assert_eq!(
        codes(rules, view, json!({})),
        ["form-required-hidden modules/order/views/create.json/content/sections/0/fields/0"]
    );
}

#[test]
fn what_is_not_translated_is_told_once_per_language() {
    let texts = json!({ "module/order": "订单", "field/order/state": "状态", "option/order/state/new": "新", "option/order/state/done": "完成",
        "field/order/amount": "数量", "field/order/note": "备注", "view/order/create": "新建" });
    assert_eq!(codes(json!({}), plain(), texts.clone()), Vec::<String>::new());
    let mut fewer = texts;
    fewer.as_object_mut().expect("texts").remove("option/order/state/new");
    assert_eq!(codes(json!({}), plain(), fewer), ["form-untranslated modules/order/schema.json"]);
}
