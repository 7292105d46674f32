//! Cases as tables, and what must never happen.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Expr, Scope, Template};
use crate::model::catalog::Catalog;
use crate::model::pack::Pack;
use crate::script::Library;
use crate::value::Shape;

fn library() -> Arc<Library> {
    let table = json!({
        "format": 1, "id": "t", "key": "due", "title": "Due", "hitPolicy": "unique",
        "inputs": [{"id": "i", "key": "severity", "title": "S", "type": "text"}, {"id": "j", "key": "amount", "title": "A", "type": "number"}],
        "outputs": [{"id": "o", "key": "time", "title": "T", "type": "text"}, {"id": "p", "key": "rate", "title": "R", "type": "number"}],
        "rules": [
            {"id": "r1", "when": ["s1", "-"], "then": ["8bh", "0.15"]},
            {"id": "r2", "when": ["s2, s3", "[0..100)"], "then": ["16bh", 2]},
            {"id": "r3", "when": ["s2, s3", ">= 100"], "then": ["24bh", 3], "validTo": "2026-03-01"}
        ]
    });
    let region = json!({"id": "d", "key": "region", "title": "R", "items": [
        {"value": "cn", "title": "CN"}, {"value": "js", "title": "JS", "parent": "cn"}, {"value": "sz", "title": "SZ", "parent": "js"},
        {"value": "x", "title": "X", "parent": "y"}, {"value": "y", "title": "Y", "parent": "x"}
    ]});
    let mut pack = Pack { tables: [("due".into(), serde_json::from_value(table).unwrap())].into(), ..Pack::default() };
    pack.manifest.dictionaries.push(serde_json::from_value(region).unwrap());
    Catalog::new([pack]).library()
}

fn scope() -> Scope {
    let zone = crate::time::zone("Asia/Shanghai").unwrap();
    let mut scope = Scope::new(library(), "2026-03-02T17:00:00Z".parse().unwrap(), &zone);
    let data = json!({
        "name": "华东", "amount": "1000.50", "count": 3, "empty": "", "city": {"name": "苏州"}, "tags": ["a", "b"], "born": "1990-03-04",
        "rows": [{"qty": 2, "price": "1.10", "kind": "x"}, {"qty": 3, "price": "0.10"}, {"kind": "x"}], "ok": true, "金额": "5"
    });
    let decimal = |key: &str| (key.to_owned(), Shape::Decimal);
    let rows = Shape::Rows(Box::new(Shape::Object([decimal("price")].into())));
    let shape = Shape::Object([decimal("amount"), decimal("金额"), ("rows".to_owned(), rows)].into());
    scope.set_record("data", data.as_object().unwrap(), &shape);
    scope
}

#[track_caller]
fn gives(source: &str, expected: Value) {
    let expr = Expr::parse(source).unwrap_or_else(|it| panic!("{source}: {it}"));
    let found = expr.eval(&scope()).unwrap_or_else(|it| panic!("{it}"));
    assert!(crate::value::same(&found, &expected), "{source}: expected {expected}, found {found}");
}

#[test]
fn a_path_gives_what_the_interpreter_gives() {
    for path in [
        "data.name",
        "data.amount",
        "data.city",
        "data.city.name",
        "data.rows",
        "data.tags",
        "data.ok",
        "data.empty",
        "data.none",
        "data.city.none",
        "data.none.name",
        "data.name.none",
        "today.none",
        "nobody.name",
        " data.count ",
    ] {
        // In parentheses it is no path.
        let [fast, slow] = [path.to_owned(), format!("({path})")].map(|it| {
            let expr = Expr::parse(&it).unwrap();
            (expr.eval(&scope()).map_err(|it| it.message), expr.text(&scope()).map_err(|it| it.message))
        });
        assert_eq!(fast, slow, "{path}");
    }
}

#[test]
fn arithmetic_is_exact() {
    gives("0.1 + 0.2", json!(0.3));
    gives("0.1 + 0.2 == 0.3", json!(true));
    gives("7 / 2", json!(3.5));
    gives("6 / 2", json!(3));
    gives("data.amount * 2", json!(2001));
    gives("data.amount / 3 * 3 > 1000", json!(true));
    gives("round(15.665, 2)", json!(15.67));
    gives("round(-2.5)", json!(-3));
    gives("round_bank(15.665, 2)", json!(15.66));
    gives("round(10 / 3, 2)", json!(3.33));
    gives("floor(2.9) + ceiling(2.1) + abs(-3)", json!(8));
    gives("max(1, 2.5)", json!(2.5));
    gives("min(data.missing, 2)", json!(2));
    gives("7 % 4", json!(3));
    gives("1.0 == 1", json!(true));
    gives("data.amount > 1000", json!(true));
    gives("data.amount >= 1000.5 && data.count < 3.5", json!(true));
    gives("number(\"12.50\") + 1", json!(13.5));
    gives("number(\"abc\")", json!(null));
    gives("data.金额 + 1", json!(6));
}

#[test]
fn blank_goes_through() {
    gives("data.missing * 2 + 1", json!(null));
    gives("1 - data.missing", json!(null));
    gives("-data.missing", json!(null));
    gives("data.missing / 0", json!(null));
    gives("data.missing.deeper.still", json!(null));
    gives("data.missing > 5", json!(false));
    gives("data.missing == ()", json!(true));
    gives("data.missing != \"a\"", json!(true));
    gives("blank(data.empty) && blank(data.missing) && !blank(data.count)", json!(true));
    gives("filled(data.tags)", json!(true));
    gives("coalesce(data.missing, data.empty, 7)", json!(7));
    gives("data.missing ?? 4", json!(4));
    gives("data.name + data.missing", json!("华东"));
    gives("len(data.missing) + data.missing.len()", json!(0));
    gives("contains(data.missing, \"x\")", json!(false));
    gives("sum(data.missing, \"x\")", json!(0));
    gives("days_between(data.missing, today)", json!(null));
    gives("add_days(data.missing, 3)", json!(null));
    gives("between(data.missing, 1, 2)", json!(false));
    gives("!data.missing", json!(true));
}

#[test]
fn the_library_does_what_it_says() {
    gives("between(data.amount, 1000, 2000.5)", json!(true));
    gives("between(today, \"2026-03-01\", \"2026-03-31\")", json!(true));
    gives("one_of(data.count, [1, 3.0])", json!(true));
    gives("one_of(data.name, [\"华东\", \"华南\"])", json!(true));
    gives("data.name in [\"华东\"]", json!(true));
    gives("choose(data.ok, 1, 2)", json!(1));
    gives("sum(data.rows, \"qty\")", json!(5));
    gives("sum(data.rows, \"price\")", json!(1.2));
    gives("avg(data.rows, \"qty\")", json!(2.5));
    gives("count(data.rows) * 100 + count(data.rows, \"qty\") * 10 + count(data.rows, \"kind\", \"x\")", json!(322));
    gives("max(data.rows, \"qty\")", json!(3));
    gives("today", json!("2026-03-03"));
    gives("today()", json!("2026-03-03"));
    gives("now", json!("2026-03-02T17:00:00Z"));
    gives("days_between(\"2026-03-01\", today)", json!(2));
    gives("add_days(today, -3)", json!("2026-02-28"));
    gives("add_months(\"2026-01-31\", 1)", json!("2026-02-28"));
    gives("add_years(\"2024-02-29\", 1)", json!("2025-02-28"));
    gives("years_between(data.born, today)", json!(35));
    gives("years_between(data.born, add_days(today, 1))", json!(36));
    gives("months_between(\"2026-01-31\", \"2026-02-28\")", json!(1));
    gives("year(today) * 10000 + month(today) * 100 + day(today)", json!(20260303));
    gives("weekday(today)", json!(2));
    gives("hours_between(now, add_hours(now, 36))", json!(36));
    gives("date(now)", json!("2026-03-02"));
    gives("today > \"2026-03-02\"", json!(true));
    gives("len(data.name)", json!(2));
    gives("data.name.len()", json!(2));
    gives("data.name.contains(\"东\") && starts_with(data.name, \"华\") && data.name.ends_with(\"东\")", json!(true));
    gives("trim(\"  a \") + to_upper(\"b\") + replace(\"xyx\", \"x\", \"-\")", json!("aB-y-"));
    gives("sub_string(\"abcdef\", 1, 2)", json!("bc"));
    gives("text(1.50) + \"|\" + text(()) + \"|\" + text(3)", json!("1.50||3"));
    gives("`${data.name}: ${data.count}`", json!("华东: 3"));
    gives("jaro_winkler(normalize_name(\"苏州澄湖有限公司\"), normalize_name(\"苏州澄湖 Co., Ltd.\"))", json!(1));
    gives("domain(\"https://www.Example.com/a\") + domain(\"a@b.cn\")", json!("example.comb.cn"));
    gives("digits(\"+86 138-1\")", json!("861381"));
    gives("#{a: 1, b: [data.count]}", json!({"a": 1, "b": [3]}));
}

#[test]
fn tables_and_trees_can_be_asked() {
    gives("table(\"due\", #{severity: \"s1\"}).time", json!("8bh"));
    gives("table(\"due\", #{severity: \"s1\"}).rate * 100", json!(15));
    gives("table(\"due\", #{severity: \"s3\", amount: 99.99}).time", json!("16bh"));
    gives("table(\"due\", #{severity: \"s3\", amount: data.amount})", json!(null));
    gives("table(\"due\", #{severity: \"s9\"}).time", json!(null));
    gives(
        "covers(\"region\", \"cn\", \"sz\") && covers(\"region\", \"sz\", \"sz\") && !covers(\"region\", \"sz\", \"cn\")",
        json!(true),
    );
    gives("covers(\"region\", [\"x\", \"js\"], \"sz\")", json!(true));
    gives("covers(\"region\", \"cn\", \"x\") || covers(\"region\", \"cn\", data.missing)", json!(false));
}

#[test]
fn nothing_but_an_expression_is_one() {
    for source in [
        "",
        "  ",
        "let a = 1",
        "data.a = 1",
        "1; 2",
        "loop {}",
        "while true {}",
        "for x in [1] {}",
        "eval(\"1\")",
        "import \"x\" as y",
        "1 +",
        "data.",
        "fn f() {}",
        "Fn(\"f\")",
        "print(1)",
        "if true { let a = 1; a } else { 2 }",
    ] {
        assert!(Expr::parse(source).is_err(), "{source}");
    }
    let fault = Expr::parse("data.a +\n  * 2").unwrap_err();
    assert_eq!((fault.line, fault.column), (2, 3));
}

#[test]
fn what_goes_wrong_is_said_and_bounded() {
    for source in [
        "1 / 0",
        "data.name * 2",
        "table(\"nope\", #{})",
        "table(\"due\", #{colour: 1})",
        "table(\"due\", #{amount: \"x\"})",
        "days_between(\"x\", today)",
        "nope(1)",
        "data.rows[99]",
        "9223372036854775807 + 1",
        "round(1.5, 99)",
        "sum(data.tags)",
        "unknown.x",
    ] {
        assert!(Expr::parse(source).unwrap().eval(&scope()).is_err(), "{source}");
    }
    let deep = format!("{}1{}", "(".repeat(200), ")".repeat(200));
    assert!(Expr::parse(&deep).is_err());
    assert!(Expr::parse(&format!("1{}", " + 1".repeat(100))).is_err());
    let long = format!("[{}1]", "1,".repeat(30_000));
    assert!(Expr::parse(&long).map(|it| it.eval(&scope())).is_ok_and(|it| it.is_err()) || Expr::parse(&long).is_err());
}

#[test]
fn what_it_reads_and_calls_is_known() {
    for (source, reads) in [
        ("data.a + data.b.c", vec!["data.a", "data.b.c"]),
        ("data[\"a\"].b", vec!["data.a.b"]),
        ("data.rows[index].x", vec!["data.rows", "index"]),
        ("data.rows[row.at].x + data.map[row.key]", vec!["data.map", "data.rows", "row.at", "row.key"]),
        ("data.rows.filter(|it| it.qty > 1).len()", vec!["data.rows", "it.qty"]),
        ("data.name.contains(user.name)", vec!["data.name", "user.name"]),
        (
            "sum(data.rows, \"x\") > vars.limit && today < data.due",
            vec!["data.due", "data.rows", "today", "vars.limit"],
        ),
        ("`${data.a} ${row.b}`", vec!["data.a", "row.b"]),
        ("#{x: data.a}.x", vec!["data.a"]),
        ("one_of(data.a, [data.b, 1]) || !(old.c)", vec!["data.a", "data.b", "old.c"]),
        ("table(\"due\", #{severity: data.s}).time", vec!["data.s"]),
        ("data", vec!["data"]),
        ("data?.a ?? refs.customer.region", vec!["data.a", "refs.customer.region"]),
    ] {
        let found: Vec<String> = Expr::parse(source).unwrap().reads().iter().map(ToString::to_string).collect();
        assert_eq!(found, reads, "{source}");
    }
    let calls = Expr::parse("table(\"due\", #{a: 1}).x + data.a.len()").unwrap().calls();
    assert!(calls.iter().any(|it| it.name == "table" && it.args[0] == Some(json!("due"))), "{calls:?}");
    assert!(calls.iter().any(|it| it.name == "len"));
}

#[test]
fn templates_put_values_into_texts() {
    let it = Template::parse("投诉 ${data.name}（${#{a: \"}\"}.a}）: ${data.amount} $5 ${data.missing}").unwrap();
    assert_eq!(it.render(&scope()).unwrap(), "投诉 华东（}）: 1000.50 $5 ");
    assert!(Template::parse("${").is_err());
    assert!(Template::parse("${data.a +}").is_err());
}
