//! Cases as tables, and what must never happen.

use serde_json::{Value, json};

use super::*;

fn grid(policy: &str, rules: Value) -> (Grid, Vec<Alert>) {
    let table = json!({
        "format": 1, "id": "t", "key": "t", "title": "T", "hitPolicy": policy,
        "inputs": [
            {"id": "i1", "key": "text", "title": "", "type": "text"}, {"id": "i2", "key": "n", "title": "", "type": "number"},
            {"id": "i3", "key": "b", "title": "", "type": "bool"}, {"id": "i4", "key": "day", "title": "", "type": "date"}
        ],
        "outputs": [{"id": "o", "key": "out", "title": "", "type": "text"}],
        "rules": rules
    });
    Grid::compile(&serde_json::from_value(table).unwrap())
}

fn hit(cells: [&str; 4], input: Value) -> bool {
    let (grid, alerts) = grid("unique", json!([{"id": "r", "when": cells, "then": ["x"]}]));
    assert!(alerts.is_empty(), "{alerts:?}");
    let found = grid.decide(input.as_object().unwrap(), "2026-03-02".parse().unwrap());
    found.unwrap_or_else(|it| panic!("{it}")).is_some()
}

#[test]
fn a_cell_is_a_unary_test() {
    for (cells, input, expected) in [
        (["", "-", "", ""], json!({}), true),
        (["s1", "", "", ""], json!({"text": "s1"}), true),
        (["s1, s2", "", "", ""], json!({"text": "s2"}), true),
        (["\"a, b\"", "", "", ""], json!({"text": "a, b"}), true),
        (["s1", "", "", ""], json!({"text": "s10"}), false),
        (["s1", "", "", ""], json!({}), false),
        (["!= s1", "", "", ""], json!({"text": "s2"}), true),
        (["", "> 1000", "", ""], json!({"n": 1000}), false),
        (["", "> 1000", "", ""], json!({"n": "1000.01"}), true),
        (["", "<= 5", "", ""], json!({"n": 5.0}), true),
        (["", "[1000..10000]", "", ""], json!({"n": 1000}), true),
        (["", "(1000..10000]", "", ""], json!({"n": 1000}), false),
        (["", "(1000..10000]", "", ""], json!({"n": 10000}), true),
        (["", "[1..2), 5, > 9", "", ""], json!({"n": 5}), true),
        (["", "[1..2), 5, > 9", "", ""], json!({"n": 2}), false),
        (["not(s1, s2)", "", "", ""], json!({"text": "s3"}), true),
        (["not(s1, s2)", "", "", ""], json!({"text": "s2"}), false),
        (["not(s1)", "", "", ""], json!({}), false),
        (["not ( s1 )", "", "", ""], json!({"text": "s1"}), false),
        (["", "not(< 5, 7)", "", ""], json!({"n": 6}), true),
        (["", "not(< 5, 7)", "", ""], json!({"n": 7}), false),
        (["", "]1..2[", "", ""], json!({"n": 1}), false),
        (["", "]1..2[", "", ""], json!({"n": 1.5}), true),
        (["", "", "", "2026-03-02, 2026-03-05"], json!({"day": "2026-03-05"}), true),
        (["", "", "true", ""], json!({"b": true}), true),
        (["", "", "true", ""], json!({"b": false}), false),
        (["", "", "", ">= 2026-01-01"], json!({"day": "2026-03-02T09:00:00Z"}), true),
        (["", "", "", "[2026-01-01..2026-02-01]"], json!({"day": "2026-03-02"}), false),
    ] {
        assert_eq!(hit(cells, input.clone()), expected, "{cells:?} {input}");
    }
}

#[test]
fn unique_tells_of_two_hits_and_first_takes_the_first() {
    let rules = json!([
        {"id": "a", "when": ["", "> 1", "", ""], "then": ["a"]},
        {"id": "b", "when": ["", "> 0", "", ""], "then": ["b"]}
    ]);
    let day = "2026-03-02".parse().unwrap();
    let input = json!({"n": 2});
    let input = input.as_object().unwrap();
    assert_eq!(
        grid("unique", rules.clone()).0.decide(input, day),
        Err(Fault::NotUnique { table: "t".into(), rules: vec!["a".into(), "b".into()] })
    );
    assert_eq!(grid("first", rules).0.decide(input, day).unwrap().unwrap().rules, ["a"]);
}

#[test]
fn a_rule_holds_on_its_days() {
    let (grid, _) = grid(
        "unique",
        json!([
            {"id": "old", "when": ["", "", "", ""], "then": ["old"], "validTo": "2026-03-01"},
            {"id": "new", "when": ["", "", "", ""], "then": ["new"], "validFrom": "2026-03-02"}
        ]),
    );
    for (day, expected) in [("2026-03-01", "old"), ("2026-03-02", "new")] {
        let found = grid.decide(&Map::new(), day.parse().unwrap()).unwrap().unwrap();
        assert_eq!(found.value["out"], expected);
    }
}

#[test]
fn what_is_wrong_has_its_place() {
    let (_, alerts) = grid(
        "first",
        json!([
            {"id": "a", "when": ["", "x", "maybe", "2026-13-01"], "then": [3]},
            {"id": "b", "when": [""], "then": [], "validFrom": "soon"}
        ]),
    );
    let found: Vec<String> = alerts.iter().map(|it| format!("{} {}{}", it.code, it.file, it.pointer)).collect();
    assert_eq!(
        found,
        [
            "table-cell-syntax tables/t.json/rules/0/when/1",
            "table-cell-syntax tables/t.json/rules/0/when/2",
            "table-cell-syntax tables/t.json/rules/0/when/3",
            "table-value tables/t.json/rules/0/then/0",
            "table-cells tables/t.json/rules/1/when",
            "table-cells tables/t.json/rules/1/then",
            "table-day tables/t.json/rules/1/validFrom"
        ]
    );
}

/// By input: which rules, and what the table says.
fn answers(policy: &str, aggregation: Option<&str>, inputs: &[i64]) -> Vec<String> {
    let table = json!({
        "format": 1, "id": "t", "key": "t", "title": "T", "hitPolicy": policy, "aggregation": aggregation,
        "inputs": [{"id": "i", "key": "n", "title": "", "type": "number"}],
        "outputs": [
            {"id": "o", "key": "points", "title": "", "type": "number", "values": [7, 3, 5], "default": if aggregation.is_none() { json!(0) } else { Value::Null }}
        ],
        "rules": [
            {"id": "a", "when": ["> 0"], "then": [5]},
            {"id": "b", "when": ["> 1"], "then": [7]},
            {"id": "c", "when": ["> 2"], "then": ["3"]},
            {"id": "d", "when": ["> 3"], "then": [9]}
        ]
    });
    let mut table = table;
    if aggregation.is_some() {
        table["outputs"][0].as_object_mut().unwrap().remove("default");
    }
    let (grid, alerts) = Grid::compile(&serde_json::from_value(table).unwrap());
    assert!(alerts.is_empty(), "{alerts:?}");
    let say = |n: &i64| match grid.decide(json!({"n": n}).as_object().unwrap(), "2026-03-02".parse().unwrap()) {
        Ok(Some(it)) => format!("{} {}", it.rules.join("+"), it.value),
        Ok(None) => "none".to_owned(),
        Err(it) => it.to_string(),
    };
    inputs.iter().map(say).collect()
}

#[test]
fn every_hit_policy() {
    assert_eq!(answers("first", None, &[0, 2]), [r#" {"points":0}"#, r#"a {"points":5}"#]);
    assert_eq!(
        answers("priority", None, &[0, 1, 2, 3, 4]),
        [r#" {"points":0}"#, r#"a {"points":5}"#, r#"b {"points":7}"#, r#"b {"points":7}"#, r#"b {"points":7}"#]
    );
    assert_eq!(
        answers("any", None, &[1, 2]),
        [
            r#"a {"points":5}"#,
            r#"decision table `t` has the hit policy any, but the rules ["a", "b"] match together and say different things"#
        ]
    );
    assert_eq!(
        answers("ruleOrder", None, &[0, 3]),
        [r#" [{"points":0}]"#, r#"a+b+c [{"points":5},{"points":7},{"points":3}]"#]
    );
    assert_eq!(
        answers("outputOrder", None, &[4]),
        [r#"b+c+a+d [{"points":7},{"points":3},{"points":5},{"points":9}]"#]
    );
    assert_eq!(answers("collect", None, &[2]), [r#"a+b [{"points":5},{"points":7}]"#]);
    assert_eq!(answers("collect", Some("sum"), &[0, 3]), ["none", r#"a+b+c {"points":15}"#]);
    assert_eq!(answers("collect", Some("min"), &[3]), [r#"a+b+c {"points":3}"#]);
    assert_eq!(answers("collect", Some("max"), &[3]), [r#"a+b+c {"points":7}"#]);
    assert_eq!(answers("collect", Some("count"), &[0, 3]), [r#" {"points":0}"#, r#"a+b+c {"points":3}"#]);
}
