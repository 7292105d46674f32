//! Every rule with tables that break it and some that do not, and the exact search against trying everything.

use serde_json::{Map, Value, json};

use super::one;
use crate::table::Grid;

/// `inputs`: `name:type` or `name:type=a|b`; a rule: cells, `>`, output.
fn table(policy: &str, inputs: &str, rules: &[&str]) -> Value {
    let input = |text: &str| {
        let (key, kind) = text.split_once(':').unwrap();
        let (kind, values) =
            kind.split_once('=').map_or((kind, Vec::new()), |(kind, it)| (kind, it.split('|').collect()));
        json!({"id": key, "key": key, "title": "", "type": kind, "values": values})
    };
    let rule = |(at, text): (usize, &&str)| {
        let (when, then) = text.rsplit_once(" > ").unwrap();
        let cells: Vec<&str> = when.split(';').map(str::trim).collect();
        json!({"id": format!("r{at}"), "when": cells, "then": [then.trim()]})
    };
    let rules: Vec<Value> = rules.iter().enumerate().map(rule).collect();
    let outputs = json!([{"id": "o", "key": "out", "title": "", "type": "text", "values": if policy.contains("rder") || policy == "priority" { vec!["high", "mid", "low"] } else { vec![] }}]);
    json!({"format": 1, "id": "t", "key": "t", "title": "", "hitPolicy": policy, "inputs": inputs.split(' ').map(input).collect::<Vec<_>>(), "outputs": outputs, "rules": rules})
}

fn says(table: Value) -> Vec<String> {
    one(&serde_json::from_value(table).unwrap())
        .into_iter()
        .map(|it| {
            format!("{} {} {}", it.code, it.pointer, it.args.get("example").and_then(Value::as_str).unwrap_or_default())
                .trim()
                .to_owned()
        })
        .collect()
}

#[test]
fn rules() {
    let cases: &[(&str, &str, &[&str], &[&str])] = &[
        ("unique", "n:number", &["<= 10 > a", "> 10 > b"], &[]),
        ("unique", "n:number", &["< 10 > a", "> 10 > b"], &["table-gap /rules n = 10"]),
        ("unique", "n:number", &["<= 10 > a", ">= 10 > b"], &["table-overlap /rules/1 n = 10"]),
        ("unique", "n:number", &["[0..10] > a", "[11..20] > b", "not([0..10], [11..20]) > c"], &[]),
        ("unique", "n:number", &["[0..10] > a", "[11..20] > b", "< 0, > 20 > c"], &["table-gap /rules n = 10.5"]),
        ("unique", "b:bool", &["true > a"], &["table-gap /rules b = false"]),
        (
            "unique",
            "b:bool n:number",
            &["true; - > a", "false; > 0 > b", "-; <= 0 > c"],
            &["table-overlap /rules/2 b = true, n = -1"],
        ),
        ("unique", "d:date", &["<= 2026-01-31 > a", ">= 2026-02-01 > b"], &[]),
        ("unique", "d:date", &["<= 2026-01-30 > a", ">= 2026-02-01 > b"], &["table-gap /rules d = 2026-01-31"]),
        ("unique", "s:text=a|b|c", &["a > x", "b, c > y"], &[]),
        ("unique", "s:text=a|b|c", &["a > x", "b > y"], &["table-gap /rules s = c"]),
        ("unique", "s:text=a|b", &["a > x", "c > y", "b > y"], &["table-unknown-value /rules/1/when/0"]),
        ("unique", "s:text", &["a > x", "not(a) > y"], &[]),
        ("unique", "s:text", &["a > x", "b > y"], &["table-gap /rules s = …"]),
        ("first", "n:number", &["> 5 > a", "- > b"], &[]),
        ("first", "n:number", &["- > a", "> 5 > b"], &["table-unreachable-rule /rules/1"]),
        ("first", "n:number b:bool", &["> 5; true > a", "> 5; false > b", "> 6; - > c", "- ; - > d"], &[]),
        (
            "first",
            "n:number b:bool",
            &["> 5; - > a", "> 6; true > c", "-; - > d"],
            &["table-unreachable-rule /rules/1"],
        ),
        ("first", "n:number", &["(5..5) > a", "- > b"], &["table-unreachable-rule /rules/0"]),
        ("any", "n:number", &["> 5 > a", "> 3 > a", "<= 3 > b"], &[]),
        ("any", "n:number", &["> 5 > a", "> 3 > b", "<= 3 > b"], &["table-overlap /rules/1 n = 6"]),
        ("priority", "n:number", &["> 5 > high", "- > low"], &[]),
        ("priority", "n:number", &["> 5 > low", "- > high"], &["table-unreachable-rule /rules/0"]),
        ("priority", "n:number", &["- > odd"], &["table-unknown-value /rules/0/then/0"]),
        ("collect", "n:number", &["> 5 > a", "> 3 > b"], &[]),
        ("ruleOrder", "n:number", &["> 5 > high", "> 3 > low"], &[]),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(policy, inputs, rules, expected)| {
            let found = says(table(policy, inputs, rules));
            (found != *expected)
                .then(|| format!("{policy} {inputs} {rules:?}\n  expected {expected:?}\n  found    {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_of_different_times_do_not_overlap() {
    let mut it = table("unique", "n:number", &["- > a", "- > b"]);
    it["rules"][0]["validTo"] = json!("2026-03-31");
    it["rules"][1]["validFrom"] = json!("2026-04-01");
    assert_eq!(says(it.clone()), Vec::<String>::new());
    it["rules"][1]["validFrom"] = json!("2026-03-31");
    assert_eq!(says(it.clone()), ["table-overlap /rules/1 n = …, day = 2026-03-31"]);
    it["rules"][1]["validFrom"] = json!("2026-04-05");
    assert_eq!(says(it), ["table-gap /rules n = …, day = 2026-04-01"]);
}

#[test]
fn a_default_leaves_no_gap_and_keys_are_told() {
    let mut it = table("unique", "n:number", &["> 5 > a"]);
    it["outputs"][0]["default"] = json!("none");
    assert_eq!(says(it.clone()), Vec::<String>::new());
    it["outputs"][0]["default"] = json!(3);
    it["inputs"] = json!([it["inputs"][0], it["inputs"][0]]);
    it["aggregation"] = json!("sum");
    assert_eq!(
        says(it),
        [
            "table-value /outputs/0/default",
            "table-aggregation /aggregation",
            "table-cells /rules/0/when",
            "table-duplicate-key /inputs/1"
        ]
    );
}

#[test]
fn a_table_too_large_is_not_judged_wrongly() {
    // Twelve inputs whose rules share nothing: every combination is its own piece.
    let inputs: Vec<String> = (0..12).map(|it| format!("n{it}:number")).collect();
    let rule = |at: usize| {
        (0..12)
            .map(|it| if it == at % 12 { format!("[{at}..{}]", at + 50) } else { format!("< {}", 1000 + at) })
            .collect::<Vec<_>>()
            .join("; ")
            + " > a"
    };
    let rules: Vec<String> = (0..60).map(rule).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let mut it = table("first", &inputs.join(" "), &rules);
    it["outputs"][0]["default"] = Value::Null;
    let found = says(it);
    assert!(found.iter().all(|it| it.starts_with("table-gap") || it == "table-unproved"), "{found:?}");
}

/// Random small tables: what the checks say is what trying every input says.
#[test]
fn exact_against_trying_everything() {
    let mut seed = 7_u64;
    let mut roll = |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    let texts = ["-", "a", "b", "a, b", "not(a)", "not(a, b)"];
    for round in 0..400 {
        let mut cell = |kind: u64| match kind {
            0 => {
                let (low, high) = (roll(4), roll(4));
                match roll(6) {
                    0 => "-".to_owned(),
                    1 => format!("< {low}"),
                    2 => format!(">= {low}"),
                    3 => format!("[{low}..{high})"),
                    4 => format!("not({low}, > {high})"),
                    _ => format!("{low}, {high}"),
                }
            }
            1 => ["-", "true", "false"][roll(3) as usize].to_owned(),
            _ => texts[roll(6) as usize].to_owned(),
        };
        let mut rules = Vec::new();
        for at in 0..4 {
            rules.push(format!("{}; {}; {} > {}", cell(0), cell(1), cell(2), ["high", "mid", "low"][at % 3]));
        }
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        for policy in ["unique", "first", "priority", "any"] {
            let definition = table(policy, "n:number b:bool s:text=a|b|c", &rules);
            let found = says(definition.clone());
            let (grid, alerts) = Grid::compile(&serde_json::from_value(definition).unwrap());
            assert!(alerts.is_empty(), "{alerts:?}");
            let (mut gap, mut clash) = (false, false);
            let mut counted = std::collections::BTreeSet::new();
            for n in -1..10 {
                for b in [Some(true), Some(false), None] {
                    for s in ["a", "b", "c", ""] {
                        for half in [json!(n as f64 / 2.0), Value::Null] {
                            let inputs = json!({"n": half, "b": b, "s": s});
                            let blank = half.is_null() || b.is_none() || s.is_empty();
                            match grid.decide(inputs.as_object().unwrap_or(&Map::new()), "2026-03-02".parse().unwrap())
                            {
                                Ok(None) => gap |= !blank,
                                Ok(Some(it)) => counted.extend(it.rules),
                                Err(_) => clash = true,
                            }
                        }
                    }
                }
            }
            let said = |code: &str| found.iter().any(|it| it.starts_with(code));
            let what = format!("round {round} {policy} {rules:?} {found:?}");
            assert_eq!(said("table-gap"), gap, "gap: {what}");
            assert_eq!(said("table-overlap"), clash, "overlap: {what}");
            if matches!(policy, "first" | "priority") {
                let unreachable: Vec<bool> =
                    (0..4).map(|at| found.contains(&format!("table-unreachable-rule /rules/{at}"))).collect();
                let never: Vec<bool> = (0..4).map(|at| !counted.contains(&format!("r{at}"))).collect();
                assert_eq!(unreachable, never, "unreachable: {what}");
            }
        }
    }
}
