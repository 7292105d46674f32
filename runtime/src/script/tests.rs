//! Cases as tables, and what must never happen.

use serde_json::{Value, json};

use super::{Scope, Script};
use crate::model::catalog::Catalog;

fn run(source: &str) -> Result<Value, super::ScriptError> {
    let mut scope =
        Scope::new(Catalog::default().library(), "2026-03-02T01:00:00Z".parse().unwrap(), &jiff::tz::TimeZone::UTC);
    scope.set("data", json!({"n": 3, "list": [1, 2, 3]}));
    Script::compile(&"demo".into(), source)?.run(&scope)
}

#[test]
fn scripts_have_statements_loops_and_functions() {
    for (source, expected) in [
        ("let total = 0; for it in data.list { total += it; } total", json!(6)),
        ("fn double(x) { x * 2 } #{ data: #{ n: double(data.n) } }", json!({"data": {"n": 6}})),
        ("let it = data.n; if it > 2 { return \"big\"; } \"small\"", json!("big")),
        ("let found = []; for x in data.list { if x % 2 == 1 { found.push(x); } } found", json!([1, 3])),
        (
            "let best = (); for x in data.list { if best == () { best = #{n: x}; continue; } if x < best.n { best = #{n: x}; } } best.n",
            json!(1),
        ),
        ("switch data.n { 1 => \"a\", 3 => \"c\", _ => \"z\" }", json!("c")),
        ("let x = if blank(data.missing) { () } else { 1 }; x", json!(null)),
        ("data.list.filter(|x| x > 1).len()", json!(2)),
        ("let d = #{}; d.a = 1; d[\"b\"] = today; d", json!({"a": 1, "b": "2026-03-02"})),
        ("data.n = 9; data.n", json!(9)),
        ("let t = 0; let i = 0; while i < 5 { i += 1; t += i; } t", json!(15)),
        ("let s = [3, 1, 2]; s.sort(); s", json!([1, 2, 3])),
        ("data.list.contains(2)", json!(true)),
        ("let x = \"a\"; x += 1; x", json!("a1")),
    ] {
        assert_eq!(run(source).unwrap_or_else(|it| panic!("{source}: {it}")), expected, "{source}");
    }
}

#[test]
fn a_script_that_does_not_end_is_stopped() {
    for source in [
        "loop {}",
        "fn f(x) { f(x + 1) } f(0)",
        "let s = \"aaaaaaaaaa\"; loop { s += s; }",
        "let a = [1]; loop { a += a; }",
        "let a = []; loop { a = [a, a]; }",
        "let m = #{}; let i = 0; loop { m[`k${i}`] = i; i += 1; }",
        "let s = \"a\"; s.pad(100000000, \"b\"); s",
        "let a = []; a.pad(100000000, 1); a",
        "for x in 0..10000000000 {}",
        "eval(\"1\")",
        "import \"x\";",
        "print(\"x\"); 1",
        "throw \"no\";",
    ] {
        assert!(run(source).is_err(), "{source}");
    }
}

#[test]
fn a_full_record_and_all_people_fit() {
    let mut scope =
        Scope::new(Catalog::default().library(), "2026-03-02T01:00:00Z".parse().unwrap(), &jiff::tz::TimeZone::UTC);
    let row =
        json!({"a": 1, "b": "x", "c": 2, "d": 3, "e": 4, "f": 5, "g": 6, "h": 7, "i": 8, "j": 9, "k": 10, "l": 11});
    scope.set("data", json!({"content": "客".repeat(200_000), "rows": vec![row; crate::limits::SUBTABLE_ROWS]}));
    let person = crate::engine::Person { roles: vec!["svc".into()], regions: vec!["r".into()], ..Default::default() };
    scope.set("people", Value::Array((0..2_000).map(|_| super::user_value(&person)).collect()));
    for (source, expected) in [
        ("data.content.len() + data.rows.len() + people.len()", json!(203_000)),
        ("data.rows.filter(|it| it.a == 1).len()", json!(1_000)),
        (
            "let list = []; for it in people { if it.roles.contains(\"svc\") { list.push(#{ id: it.id, why: \"because it has the role and covers the region\" }); } } list.len()",
            json!(2_000),
        ),
    ] {
        let done = Script::compile(&"demo".into(), source).unwrap().run(&scope);
        assert_eq!(done.unwrap_or_else(|it| panic!("{source}: {it}")), expected, "{source}");
    }
    let expr = crate::expr::Expr::parse("sum(data.rows, \"a\") + data.rows.len() + len(data.content)").unwrap();
    assert_eq!(expr.eval(&scope).unwrap(), json!(202_000));
}

#[test]
fn who_is_away_is_not_on_duty() {
    let away = json!([{"from": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"}]);
    let absences = serde_json::from_value(away).unwrap();
    let person = crate::engine::Person { id: "ben".into(), on_duty: true, absences, ..Default::default() };
    for (now, expected) in [("2026-03-02T01:00:00Z", false), ("2026-03-03T00:00:00Z", true)] {
        assert_eq!(super::candidate_value(&person, now.parse().unwrap())["onDuty"], json!(expected), "{now}");
    }
}

#[test]
fn a_fault_names_script_and_line() {
    let fault = run("let a = 1;\n\nlet b = a / 0;\n").unwrap_err();
    assert_eq!((fault.script.as_str(), fault.line), ("demo", 3));
    assert!(fault.to_string().contains("division by zero"), "{fault}");
    let fault = run("let a = ;").unwrap_err();
    assert_eq!(fault.line, 1);
    let fault = run("throw \"not today\";").unwrap_err();
    assert!(fault.message.contains("not today"), "{fault}");
}

#[test]
fn no_text_makes_the_reader_panic() {
    use proptest::prelude::*;
    let words = prop::sample::select(vec![
        "data",
        ".",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "#{",
        "a",
        "1",
        "0.5",
        "\"x\"",
        "`",
        "${",
        "+",
        "-",
        "*",
        "/",
        "%",
        "==",
        "&&",
        "||",
        "!",
        "??",
        "?.",
        "in",
        "if",
        "else",
        "let",
        "=",
        ";",
        "for",
        "fn",
        "|",
        ",",
        ":",
        "sum",
        "table",
        "99999999999999999999",
        "客",
        "\n",
        "<<",
        "..",
        "**",
        "round",
        "add_days",
        "today",
        "loop",
        "break",
        "switch",
        "=>",
        "_",
    ]);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        proptest::test_runner::Config { cases: 3_000, failure_persistence: None, ..Default::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let sources = prop::collection::vec(words, 0..14).prop_map(|it| it.join(" "));
    let done = runner.run(&sources, |source| {
        let _ = run(&source);
        if let Ok(it) = crate::expr::Expr::parse(&source) {
            it.reads();
            it.calls();
        }
        let _ = crate::expr::Template::parse(&source);
        let _ = crate::numbering::Rule::parse(&source);
        let _ = source.parse::<crate::time::Span>();
        Ok(())
    });
    assert!(done.is_ok(), "{done:?}");
}

#[test]
fn whoever_has_a_clock_can_stop_an_evaluation() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    /// Lets each of its evaluations be asked so many times.
    struct Asked {
        left: AtomicU32,
        open: AtomicU32,
    }
    impl super::Watch for Asked {
        fn begin(&self) {
            self.open.fetch_add(1, Relaxed);
        }
        fn over(&self) -> bool {
            self.left.fetch_update(Relaxed, Relaxed, |it| Some(it.saturating_sub(1))).is_ok_and(|it| it == 0)
        }
        fn end(&self) {
            self.open.fetch_sub(1, Relaxed);
        }
    }
    let slow = "let a = []; a.pad(20000, 1); let i = 0; while i < 2000 { let b = a; b[0] = i; i += 1; } i";
    let watch = Arc::new(Asked { left: AtomicU32::new(10), open: AtomicU32::new(0) });
    let stopped = super::watched(watch.clone(), || run(slow)).expect_err("stopped");
    assert_eq!(stopped.message, "it takes too long");
    assert_eq!(watch.open.load(Relaxed), 0, "the end was told");
    let patient = Arc::new(Asked { left: AtomicU32::new(u32::MAX), open: AtomicU32::new(0) });
    let inner = super::watched(watch, || super::watched(patient, || run("let i = 0; while i < 5000 { i += 1; } i")));
    assert_eq!(inner, Ok(json!(5000)), "the inner watch counts");
    assert_eq!(run("let i = 0; while i < 5000 { i += 1; } i"), Ok(json!(5000)), "and none outside of it");
}

#[test]
fn nothing_a_script_builds_is_larger_than_it_may_be_on_the_way() {
    for source in [
        // A text grows by the product of two texts.
        "let s = \"a\"; s.pad(1000000, \"a\"); let t = s; s.replace(\"a\", t).len()",
        "let s = \"a\"; s.pad(1000000, \"a\"); let t = s; s.replace('a', t).len()",
        "let s = \"a\"; s.pad(1000000, \"a\"); let t = s; s.replace(\"\", t).len()",
    ] {
        assert!(run(source).is_err(), "{source}");
    }
    for (source, expected) in [
        ("let s = \"a-b-c\"; s.replace(\"-\", \"--\")", json!("a--b--c")),
        ("let s = \"a-b\"; s.replace('-', \"+\")", json!("a+b")),
        ("let s = \"a-b\"; s.replace(\"-\", '+')", json!("a+b")),
        ("let s = \"a-b\"; s.replace('-', '+')", json!("a+b")),
        ("let s = \"ab\"; s.replace(\"\", \".\")", json!(".a.b.")),
    ] {
        assert_eq!(run(source).unwrap_or_else(|it| panic!("{source}: {it}")), expected, "{source}");
    }
}

#[test]
fn deep_values_and_shared_ones_do_no_harm() {
    // The depth that fits between the limits of sizes needs this stack for every 3 000 levels; the server's threads have it.
    let deep = std::thread::Builder::new().stack_size(3 << 20).spawn(|| {
        for source in [
            "let a = []; let i = 0; while i < 3000 { a = [a]; i += 1; } a",
            "let m = #{}; let i = 0; while i < 3000 { m = #{m: m}; i += 1; } m",
            "let a = [1]; let f = |x| a.len() + x; let b = [a, a]; let m = #{a: a}; m.b = a; b.push(a); f.call(1)",
            "let a = [1]; let f = |x| { a += x; a }; a.push(a); a",
        ] {
            let _ = run(source);
        }
    });
    assert!(deep.expect("a thread").join().is_ok());
}
