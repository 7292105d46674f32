//! Cases: how it is said, and what comes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::expr::{Expr, Scope};
use crate::script::Library;

fn scope() -> Scope {
    let zone = crate::time::zone("UTC").expect("a zone");
    let mut scope = Scope::new(Arc::new(Library::default()), "2026-01-02T12:00:00Z".parse().expect("a moment"), &zone);
    let vars = json!({
        "n": 3, "m": 2.5, "name": "abc", "yes": true, "no": false, "nothing": null, "list": [10, 20, 30], "kinds": ["a", "b"],
        "order": { "id": 7, "case": 4, "lines": [{ "price": 5 }, { "price": 6 }] }, "due": "2026-01-05", "at": "2026-01-02T13:00:00+02:00",
        "Order Total": 12, "order-id": "x-1", "case": "new", "order": { "id": 7, "case": 4 }
    });
    for (name, value) in vars.as_object().expect("a map") {
        scope.set(name, value.clone());
    }
    scope.set("vars", vars);
    scope
}

fn known() -> BTreeMap<String, String> {
    ["Order Total", "order-id"].map(|it| (it.to_owned(), it.to_owned())).into()
}

#[track_caller]
fn comes(source: &str) -> Result<Value, String> {
    let said = super::said(source, &known()).map_err(|it| it.to_string())?;
    let expr = Expr::parse(&said).unwrap_or_else(|it| panic!("{source} → {said}: {it}"));
    expr.eval(&scope()).map_err(|it| it.to_string())
}

#[test]
fn feel_gives_what_feel_says() {
    for (source, expected) in [
        ("1 + 2 * 3", json!(7)),
        ("-n + .5", json!(-2.5)),
        ("list[1]", json!(10)),
        ("list[-1]", json!(30)),
        ("list[4]", json!(null)),
        ("list[n]", json!(30)),
        ("n[1]", json!(3)),
        ("n in [1..3]", json!(true)),
        ("n in [1..3)", json!(false)),
        ("n in ]1..3[", json!(false)),
        ("n in ((1)..(3)]", json!(true)),
        ("n in ((1..3), [3..4])", json!(true)),
        ("n in (]1..2], (3..4], 5)", json!(false)),
        ("n in (1..3] and yes", json!(true)),
        ("n in [1..3[ or no", json!(false)),
        ("n in (1, 2, 3)", json!(true)),
        ("n in (1, 2)", json!(false)),
        ("n in (> 5, < 2)", json!(false)),
        ("n in (> 5, [2..4])", json!(true)),
        ("n in [1, 2, 3]", json!(true)),
        ("name in (\"abc\", \"d\")", json!(true)),
        ("n in list", json!(false)),
        ("20 in list", json!(true)),
        ("n between 1 and 3 and yes", json!(true)),
        ("not(n > 3)", json!(true)),
        ("not(nothing > 3)", json!(false)),
        ("nothing > 3", json!(false)),
        ("nothing = null", json!(true)),
        ("not(nothing)", json!(false)),
        ("not(yes)", json!(false)),
        ("not(no)", json!(true)),
        ("not(n in [1..3])", json!(false)),
        ("not(n in (1, 2))", json!(true)),
        ("not(yes and no)", json!(true)),
        ("yes and (no or yes)", json!(true)),
        ("no or yes and no", json!(false)),
        ("nothing or yes", json!(true)),
        ("if n > 2 then \"many\" else \"few\"", json!("many")),
        ("if nothing then 1 else 2", json!(2)),
        ("if n > 2 and yes then n = 3 else false", json!(true)),
        ("n = 3", json!(true)),
        ("n != 3", json!(false)),
        ("date(\"2026-01-05\") > date(\"2026-01-04\")", json!(true)),
        ("date(due) = date(\"2026-01-05\")", json!(true)),
        ("due >= date(\"2026-01-05\")", json!(true)),
        ("date(\"2026-01-30\") + duration(\"P2D\") = date(\"2026-02-01\")", json!(true)),
        ("date and time(at) < now()", json!(true)),
        ("date and time(\"2026-01-02T13:00:00+02:00\") = date and time(\"2026-01-02T11:00:00Z\")", json!(true)),
        ("now() + duration(\"PT1H\") > date and time(\"2026-01-02T12:30:00\")", json!(true)),
        ("@\"2026-01-05\" < today()", json!(false)),
        ("duration(\"PT36H\") > duration(\"P1D\")", json!(true)),
        ("duration(\"PT24H\") = duration(\"P1D\")", json!(true)),
        ("Order Total > 10", json!(true)),
        ("order-id = \"x-1\"", json!(true)),
        ("case = \"new\"", json!(true)),
        ("order.case + order.id", json!(11)),
        ("order.none = null", json!(true)),
        ("\"a\" + \"b\"", json!("ab")),
        ("\"a\" + 1", json!(null)),
        ("n - 1", json!(2)),
        ("count(list) + sum(list)", json!(63)),
        ("max(1, n, 2)", json!(3)),
        ("modulo(-1, 3)", json!(2)),
        ("string length(name) = 3", json!(true)),
        ("contains(name, \"b\")", json!(true)),
        ("not(starts with(name, \"b\"))", json!(true)),
        ("upper case(name)", json!("ABC")),
        ("list contains(kinds, \"a\")", json!(true)),
        ("is defined(absent)", json!(false)),
        ("is defined(n)", json!(true)),
        ("{a: 1, \"b c\": [2]}", json!({ "a": 1, "b c": [2] })),
        ("yes // and no", json!(true)),
        ("/* why */ yes", json!(true)),
        ("yes = true", json!(true)),
        ("(n > 2) = true", json!(true)),
        ("true = not(no)", json!(true)),
        ("not(n = 3) = not(yes)", json!(true)),
        ("(if yes then n > 5 else yes) = false", json!(true)),
        ("contains(name, \"b\") = (n in (1, 3) or no)", json!(true)),
        ("not(no or n in [4..5] or not(yes))", json!(true)),
        ("not(n in (< 2, [4..5]))", json!(true)),
        ("[n > 1, not(yes)][2]", json!(false)),
        ("n in (1, null, \"a\")", json!(false)),
        ("nothing in (1, null)", json!(true)),
        ("due in [date(\"2026-01-01\")..date(\"2026-01-31\")]", json!(true)),
    ] {
        let found = comes(source);
        let same = found.as_ref().is_ok_and(|it| crate::value::same(it, &expected));
        assert!(same, "{source}: expected {expected}, found {found:?}; said {:?}", super::said(source, &known()));
    }
}

#[test]
fn what_is_not_understood_is_named() {
    for (source, what) in [
        ("some x in list satisfies x > 1", "`some`"),
        ("every x in list satisfies x > 1", "`every`"),
        ("for x in list return x", "`for`"),
        ("list[item > 15]", "a filter"),
        ("n instance of number", "`instance of`"),
        ("date(due) - date(at)", "`-` between a day and a day"),
        ("date(due) > now()", "a day compared with a moment"),
        ("duration(\"P1D\") > 5", "a duration compared with a value"),
        ("[1..3]", "a range"),
        ("matches(name, \"a.*\")", "the function `matches`"),
        ("date(\"tomorrow\")", "`tomorrow`"),
        ("substring(string: name, start position: 1)", "named arguments"),
        ("n >", "an end too early"),
        ("n in (> 1..5)", "`..`"),
        ("n in ]1, 2]", "`,`"),
        ("n # 2", "`#`"),
        ("function(x) x", "`function`"),
    ] {
        let found = super::said(source, &known());
        assert!(found.as_ref().is_err_and(|it| it.what.contains(what)), "{source}: expected {what}, found {found:?}");
    }
    let deep = (0..40).fold("n".to_owned(), |it, _| format!("modulo({it}, 3)"));
    let tests = (0..40).fold("n".to_owned(), |it, _| format!("({it} in [1..3])"));
    let nested = format!("{}1{}", "(".repeat(100), ")".repeat(100));
    let long = vec!["yes"; 2_000].join(" and ");
    for source in [deep, tests, nested, long] {
        assert!(super::said(&source, &known()).is_err(), "{} bytes", source.len());
    }
    // What only the run can tell.
    for source in ["list[yes]", "date and time(name) < now()", "duration(name) < duration(\"P1D\")"] {
        assert!(comes(source).is_err(), "{source}");
    }
}

#[test]
fn what_is_nested_is_read_once() {
    let nested = |around: fn(&str) -> String, times: usize| (0..times).fold("1".to_owned(), |it, _| around(&it));
    let cases = [
        nested(|it| format!("(n in (({it})..5])"), 12),
        nested(|it| format!("n in (({it})..5]"), 13),
        format!("n = {}", nested(|it| format!("if yes then n + {it} else n + 2"), 23)),
        format!("n = {}", nested(|it| format!("if yes then n - n + {it} else n - n + 2"), 23)),
    ];
    for source in cases {
        let begun = std::time::Instant::now();
        let _said = super::said(&source, &known());
        assert!(begun.elapsed().as_millis() < 1_000, "{source}");
    }
}
