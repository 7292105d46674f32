//! Cases as tables, and what must never happen.

use serde_json::{Value, json};

use super::Schema;

fn faults(schema: Value, value: Value) -> Vec<String> {
    let (schema, alerts) = Schema::compile(&schema);
    assert!(alerts.is_empty(), "{alerts:?}");
    schema.validate(&value).into_iter().map(|it| format!("{} {}", it.code, it.pointer)).collect()
}

fn alerts(schema: Value) -> Vec<String> {
    Schema::compile(&schema).1.into_iter().map(|it| format!("{} {}", it.code, it.pointer)).collect()
}

#[test]
fn every_fault_has_its_keyword_and_place() {
    let schema = json!({
        "type": "object",
        "required": ["a", "b/c"],
        "properties": {
            "n": {"type": "integer", "minimum": 1, "multipleOf": 2},
            "price": {"type": "number", "multipleOf": 0.01},
            "name": {"type": "string", "minLength": 2, "pattern": "^[\u{4e00}-\u{9fa5}]+$"},
            "rows": {"type": "array", "maxItems": 2, "items": {"type": "object", "properties": {"x": {"type": "string", "format": "x-decimal"}}, "additionalProperties": false}},
            "kind": {"oneOf": [{"const": "s1", "title": "A"}, {"const": "s2", "title": "B"}]}
        },
        "additionalProperties": false
    });
    let value = json!({"n": 0.5, "price": 0.29, "name": "a", "rows": [{"x": "1.5"}, {"x": "abc", "y": 1}, {}], "kind": "s3", "more": 1});
    let mut found = faults(schema, value);
    found.sort();
    assert_eq!(
        found,
        [
            "additionalProperties /more",
            "additionalProperties /rows/1/y",
            "format /rows/1/x",
            "maxItems /rows",
            "minLength /name",
            "minimum /n",
            "multipleOf /n",
            "oneOf /kind",
            "pattern /name",
            "required /a",
            "required /b~1c",
            "type /n"
        ]
    );
}

#[test]
fn lengths_are_counted_in_code_points() {
    assert!(faults(json!({"maxLength": 2}), json!("客户")).is_empty());
    assert!(faults(json!({"maxLength": 1}), json!("😀")).is_empty());
}

#[test]
fn the_chosen_alternative_says_what_it_lacks() {
    let schema = json!({"oneOf": [
        {"properties": {"kind": {"const": "card"}, "number": {"minLength": 4}}, "required": ["number"]},
        {"properties": {"kind": {"const": "cash"}}, "maxProperties": 1}
    ]});
    assert_eq!(faults(schema.clone(), json!({"kind": "card"})), ["required /number"]);
    assert_eq!(faults(schema, json!({"kind": "cash", "x": 1})), ["maxProperties "]);
}

#[test]
fn a_schema_may_refer_to_itself_but_not_on_the_spot() {
    let tree = json!({"type": "object", "properties": {"children": {"items": {"$ref": "#"}}}, "required": ["name"]});
    assert_eq!(
        faults(tree, json!({"name": "a", "children": [{"name": "b", "children": [{}]}]})),
        ["required /children/0/children/0/name"]
    );
    for endless in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}}),
        json!({"not": {"if": {"$ref": "#"}}}),
    ] {
        assert_eq!(
            alerts(endless.clone()).iter().filter(|it| it.starts_with("schema-endless")).count(),
            1,
            "{endless}"
        );
        let (schema, _) = Schema::compile(&endless);
        schema.validate(&json!({}));
    }
}

#[test]
fn a_schema_that_multiplies_is_stopped() {
    let schema = json!({"anyOf": [{"$ref": "#/$defs/d"}, {"$ref": "#/$defs/e"}], "$defs": {
        "d": {"items": {"$ref": "#"}, "maxItems": 1, "minItems": 1},
        "e": {"items": {"$ref": "#"}, "maxItems": 1, "minItems": 1}
    }});
    let (schema, _) = Schema::compile(&schema);
    let mut value = json!([]);
    for _ in 0..60 {
        value = json!([value]);
    }
    assert!(schema.validate(&value).iter().any(|it| it.code == "too-complex"));
    assert!(!schema.accepts(&value));
}

#[test]
fn patterns_take_linear_time() {
    let text = format!("{}!", "a".repeat(20_000));
    assert_eq!(faults(json!({"pattern": "^(a+)+$"}), json!(text)), ["pattern "]);
    assert_eq!(alerts(json!({"pattern": "(?=a)b"})), ["schema-keyword /pattern"]);
    assert_eq!(alerts(json!({"pattern": "(a{500}){500}"})), ["schema-keyword /pattern"]);
}

#[test]
fn what_is_no_schema_is_said() {
    for (schema, expected) in [
        (json!(3), "schema-keyword "),
        (json!({"type": "text"}), "schema-keyword /type"),
        (json!({"minLength": -1}), "schema-keyword /minLength"),
        (json!({"properties": []}), "schema-keyword /properties"),
        (json!({"items": [{}]}), "schema-keyword /items"),
        (json!({"$ref": "https://example.com/x"}), "schema-reference /$ref"),
        (json!({"$ref": "#/nowhere"}), "schema-reference /$ref"),
        (json!({"requird": ["a"]}), "schema-unknown-keyword /requird"),
        (json!({"$dynamicRef": "#x"}), "schema-unsupported /$dynamicRef"),
    ] {
        assert_eq!(alerts(schema.clone()), [expected], "{schema}");
    }
    assert!(alerts(json!({"x-id": "f_1", "title": "A", "$anchor": "a", "$ref": "#a~", "$defs": {}})).len() == 1);
}

#[test]
fn formats_are_asserted() {
    for (format, good, bad) in [
        ("date", vec!["2026-02-28", "2024-02-29"], vec!["2026-02-29", "2026-2-28", "20260228", "2026-02-28T00:00:00Z"]),
        (
            "date-time",
            vec!["2026-02-28T09:00:00Z", "2026-02-28t09:00:00.5+08:00"],
            vec!["2026-02-28T09:00Z", "2026-02-28 09:00:00Z", "2026-02-28T09:00:00", "2026-02-28T24:00:00Z"],
        ),
        ("time", vec!["09:00", "09:00:00", "09:00:00Z", "09:00:00.5+08:00"], vec!["9:00", "25:00", "09:60", "0900"]),
        (
            "email",
            vec!["a@b.cn", "first.last+tag@sub.example.com"],
            vec!["a", "a@", "@b", "a b@c.cn", "a..b@c.cn", "a@-c.cn"],
        ),
        (
            "uri",
            vec!["https://example.com/a?b=c#d", "mailto:a@b.cn"],
            vec!["example.com", "https://a b", "https://例", "%zz:a", "a:%zz"],
        ),
        (
            "uuid",
            vec!["123e4567-e89b-12d3-a456-426614174000"],
            vec!["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
        ),
        ("x-decimal", vec!["0", "-12.50", "1000000.00"], vec!["", "1,000", "1.", ".5", "01", "1e3", "+1"]),
        (
            "x-phone",
            vec!["13812341234", "+86 138-1234-1234", "021-5550 1801转12", "(021) 55501801", "400-800-8888", "110"],
            vec!["abc", "12", "1381234+1234", "138****1234", "1234567890123456789"],
        ),
    ] {
        for it in good {
            assert!(faults(json!({"format": format}), json!(it)).is_empty(), "{format} {it}");
        }
        for it in bad {
            assert_eq!(faults(json!({"format": format}), json!(it)), ["format "], "{format} {it}");
        }
    }
}
