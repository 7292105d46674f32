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
    assert_eq!(grid("first", rules).0.decide(input, day).unwrap().unwrap().rule, "a");
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
        assert_eq!(found.outputs["out"], expected);
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
