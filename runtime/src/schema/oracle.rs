//! Ours and the crate `jsonschema` must agree on every generated schema and value, and on cases written by hand.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::Schema;

fn agree(schema: &Value, value: &Value) -> Result<(), String> {
    let Ok(theirs) =
        jsonschema::options().should_validate_formats(false).with_draft(jsonschema::Draft::Draft202012).build(schema)
    else {
        return Ok(());
    };
    let (ours, alerts) = Schema::compile(schema);
    if alerts.iter().any(|it| it.code != "schema-unknown-keyword") {
        // What we do not support is an alert; nothing to compare.
        return Ok(());
    }
    let (expected, faults) = (theirs.is_valid(value), ours.validate(value));
    if expected != faults.is_empty() || expected != ours.accepts(value) {
        return Err(format!("schema {schema}\nvalue {value}\njsonschema says {expected}, ours {faults:?}"));
    }
    Ok(())
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("c".to_owned()),
        Just("客户".to_owned()),
        Just("a/b~".to_owned())
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-4_i64..9).prop_map(Value::from),
        prop::sample::select(vec![0.5, 1.0, 1.5, 2.0, 0.1, -0.25]).prop_map(|it| json!(it)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        prop::sample::select(vec!["", "a", "ab", "abc", "客户", "😀", "1"]).prop_map(|it| json!(it)),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((key(), inner), 0..4).prop_map(|it| Value::Object(it.into_iter().collect())),
        ]
    })
}

fn kind() -> impl Strategy<Value = Value> {
    prop::sample::select(vec!["null", "boolean", "integer", "number", "string", "array", "object"])
        .prop_map(|it| json!(it))
}

fn small() -> impl Strategy<Value = Value> {
    (0_u64..4).prop_map(Value::from)
}

fn keys() -> impl Strategy<Value = Value> {
    prop::collection::btree_set(key(), 0..3).prop_map(|it| json!(it))
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({})),
        any::<bool>().prop_map(Value::from),
        kind().prop_map(|it| json!({"type": it})),
        Just(json!({"$ref": "#/$defs/d"}))
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let schemas = prop::collection::vec(inner.clone(), 1..3).prop_map(Value::Array).boxed();
        let one = inner.clone().boxed();
        let by_key =
            prop::collection::vec((key(), inner), 0..3).prop_map(|it| Value::Object(it.into_iter().collect())).boxed();
        let pattern = prop::sample::select(vec!["^a", "b$", "^[a-c]+$", ".", "^.{2}$"]).boxed();
        let word = |word: &'static str, it: BoxedStrategy<Value>| it.prop_map(move |it| (word.to_owned(), it)).boxed();
        let mut words = vec![
            word(
                "type",
                prop_oneof![
                    kind(),
                    prop::collection::btree_set(kind().prop_map(|it| it.as_str().unwrap_or_default().to_owned()), 1..3)
                        .prop_map(|it| json!(it))
                ]
                .boxed(),
            ),
            word("enum", prop::collection::vec(value(), 1..4).prop_map(Value::Array).boxed()),
            word("const", value().boxed()),
            word(
                "multipleOf",
                prop::sample::select(vec![json!(1), json!(2), json!(0.5), json!(0.1), json!(0.25)]).boxed(),
            ),
            word("pattern", pattern.clone().prop_map(|it| json!(it)).boxed()),
            word("uniqueItems", any::<bool>().prop_map(Value::from).boxed()),
            word("required", keys().boxed()),
            word(
                "dependentRequired",
                prop::collection::vec((key(), keys()), 0..2)
                    .prop_map(|it| Value::Object(it.into_iter().collect()))
                    .boxed(),
            ),
            word("patternProperties", (pattern, one.clone()).prop_map(|(pattern, it)| json!({pattern: it})).boxed()),
        ];
        for it in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
            words.push(word(it, number().boxed()));
        }
        for it in [
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minContains",
            "maxContains",
            "minProperties",
            "maxProperties",
        ] {
            words.push(word(it, small().boxed()));
        }
        for it in [
            "items",
            "contains",
            "propertyNames",
            "additionalProperties",
            "not",
            "if",
            "then",
            "else",
            "unevaluatedItems",
            "unevaluatedProperties",
        ] {
            words.push(word(it, one.clone()));
        }
        for it in ["prefixItems", "allOf", "anyOf", "oneOf"] {
            words.push(word(it, schemas.clone()));
        }
        for it in ["properties", "dependentSchemas"] {
            words.push(word(it, by_key.clone()));
        }
        prop::collection::vec(prop::strategy::Union::new(words), 1..5)
            .prop_map(|it| Value::Object(it.into_iter().collect()))
    })
}

#[test]
fn ours_and_the_oracle_agree() {
    let seed: u64 = std::env::var("TEST_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(20_260_302);
    println!("TEST_SEED={seed}");
    let cases = std::env::var("TEST_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(3_000);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let inputs = (schema(), schema(), prop::collection::vec(value(), 6));
    let done = runner.run(&inputs, |(mut schema, definition, values)| {
        if let Value::Object(members) = &mut schema {
            members.insert("$defs".into(), json!({"d": definition}));
        }
        for value in values {
            agree(&schema, &value).map_err(TestCaseError::fail)?;
        }
        Ok(())
    });
    if let Err(fault) = done {
        panic!("TEST_SEED={seed}: {fault}");
    }
}

#[test]
fn cases_by_hand_agree() {
    let values = [
        json!(null),
        json!(0),
        json!(1.0),
        json!(1),
        json!(1e300),
        json!(0.3),
        json!(""),
        json!("ab"),
        json!([]),
        json!([1, 1.0]),
        json!([1, "a", null]),
        json!({}),
        json!({"a": 1}),
        json!({"a": 1, "b": 2}),
        json!({"a": {"a": {}}}),
        json!({"a": "x", "c": []}),
        json!([{"a": 1}, {"a": 1.0}]),
    ];
    for schema in [
        json!({"multipleOf": 0.1}),
        json!({"type": "integer"}),
        json!({"enum": [1, [1, 1], {"a": 1.0}]}),
        json!({"uniqueItems": true}),
        json!({"prefixItems": [{"type": "integer"}], "items": false}),
        json!({"prefixItems": [true], "unevaluatedItems": false}),
        json!({"contains": {"const": 1}, "unevaluatedItems": {"type": "string"}}),
        json!({"contains": {"const": 1}, "minContains": 0, "maxContains": 1}),
        json!({"properties": {"a": true}, "unevaluatedProperties": false}),
        json!({"allOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}),
        json!({"anyOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": true}, "required": ["b"]}], "unevaluatedProperties": false}),
        json!({"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": true}}, "else": {"properties": {"c": true}}, "unevaluatedProperties": false}),
        json!({"not": {"not": {"properties": {"a": true}}}, "unevaluatedProperties": false}),
        json!({"$ref": "#/$defs/x", "unevaluatedProperties": false, "$defs": {"x": {"properties": {"a": true}}}}),
        json!({"properties": {"a": {"$ref": "#"}}, "additionalProperties": false}),
        json!({"$ref": "#here", "$defs": {"x": {"$anchor": "here", "type": "object"}}}),
        json!({"dependentSchemas": {"a": {"required": ["b"]}}, "dependentRequired": {"c": ["a"]}}),
        json!({"patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": {"type": "array"}}),
        json!({"propertyNames": {"maxLength": 0}}),
        json!({"exclusiveMinimum": 0, "maximum": 1}),
    ] {
        for value in &values {
            if let Err(fault) = agree(&schema, value) {
                panic!("{fault}");
            }
        }
    }
}
