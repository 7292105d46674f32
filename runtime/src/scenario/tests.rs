//! The shipped packs' scenarios, and how a failing one reads.

use std::path::{Path, PathBuf};

use expect_test::expect;

use serde_json::Map;

use super::*;
use crate::model::load;
use crate::model::pack::Pack;

/// A pack of `templates/`.
fn pack(name: &str) -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates").join(name);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut open: Vec<PathBuf> = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for it in std::fs::read_dir(folder).unwrap() {
            let path = it.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    load::load(&files).0
}

fn shipped() -> Catalog {
    Catalog::new([pack("core-crm"), pack("service")])
}

fn sentences(failures: &[super::Failure]) -> Vec<String> {
    failures.iter().map(ToString::to_string).collect()
}

#[test]
fn every_shipped_scenario_passes() {
    let catalog = shipped();
    let mut failed = String::new();
    for id in ["core-crm", "service"] {
        for (name, report) in run_all(&catalog, &id.into(), &mut NoPlugins) {
            if let Some(step) = report.steps.iter().find(|it| !it.passed) {
                let trace = report.trace.join("\n");
                failed.push_str(&format!(
                    "{id}/{name}, step {} {}: {}\n{trace}\n\n",
                    step.index,
                    step.note,
                    sentences(&step.failures).join("; ")
                ));
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn a_failing_step_says_what_was_expected_and_what_came() {
    let catalog = shipped();
    let scenario = serde_json::from_value(serde_json::json!({
        "format": 1, "title": "t", "start": "2026-03-02T09:00:00+08:00",
        "actors": [{ "user": "agent", "roles": ["agent"] }],
        "records": [{ "name": "acme", "module": "customer", "data": { "name": "ACME", "kind": "org", "type": "end_user", "region": "320506" } }],
        "steps": [{
            "as": "agent",
            "do": { "create": { "module": "complaint", "name": "c", "data": {
                "customer": "@acme", "contact": "Li", "channel": "phone", "category": "quality", "severity": "s2", "facts": "noise", "demand": "repair"
            } } },
            "expect": {
                "fields": { "state": "done", "severity": "s2" },
                "tasks": [{ "node": "accept", "assignee": "bob", "candidates": ["anna"], "due": "2026-03-02T10:00:00+08:00" }],
                "notices": [{ "notice": "task_given", "to": "bob" }],
                "instance": "finished"
            }
        }]
    }));
    let report = run(&catalog, &scenario.unwrap(), &mut NoPlugins);
    expect![[r#"
        expected the notice `task_given` to bob, came `complaint_accepted to `, `task-given to agent`
        expected `state` = "done", came "accepted"
        expected `accept` to be assigned to bob, came agent
        expected `accept` to be for `anna`, came `agent`
        expected `accept` to be due 2026-03-02T10:00:00+08:00, came 2026-03-02T11:00:00+08:00
        expected the instance to be finished, came running"#]]
    .assert_eq(&sentences(&report.steps[0].failures).join("\n"));
}

/// A pack of one module and two flows: `main` calls `inner`.
fn small() -> Catalog {
    let mut main = crate::engine::tests::flow("start s
        s -> c
        call c calledElement=inner inputs=[{\"target\":\"n\",\"expr\":\"data.n\"}] outputs=[{\"target\":\"data.answer\",\"expr\":\"result.answer\"}]
        boundary bad on=c error=E1
        c -> r
        bad -> x
        receive r message=paid
        user x role=clerk
        r -> e
        end e");
    let mut inner = crate::engine::tests::flow(
        "start s
        s -> call
        service call call={\"plugin\":\"p\",\"function\":\"f\",\"input\":\"#{ n: vars.n }\",\"output\":\"answer\"}
        call -> w
        catch w after=PT2H
        w -> e
        end e",
    );
    main.key = "main".into();
    inner.key = "inner".into();
    let everybody = serde_json::json!({
        "format": 1, "id": "m", "key": "thing", "title": "Thing", "label": "n",
        "rights": [{ "role": "*", "actions": ["create", "read", "update"], "scope": "all" }],
        "triggers": [{ "id": "t", "on": "created", "flow": "main", "when": "data.n > 0" }]
    });
    let schema = serde_json::json!({ "type": "object", "properties": { "n": { "type": "integer" }, "answer": { "type": "integer" } } });
    let definition = serde_json::from_value(everybody).unwrap();
    let module = crate::model::module::Module { definition, schema, ..Default::default() };
    let mut pack = Pack::default();
    pack.manifest.id = "small".into();
    pack.flows = [("main".into(), main), ("inner".into(), inner)].into();
    pack.modules.insert("thing".into(), module);
    Catalog::new([pack])
}

fn play_small(steps: serde_json::Value) -> Vec<String> {
    let scenario = serde_json::json!({
        "format": 1, "title": "t", "start": "2026-03-02T09:00:00+08:00",
        "actors": [{ "user": "clerk", "roles": ["clerk"] }], "steps": steps
    });
    let report = run(&small(), &serde_json::from_value(scenario).unwrap(), &mut NoPlugins);
    report.steps.iter().flat_map(|it| sentences(&it.failures)).collect()
}

#[test]
fn called_flows_timers_messages_and_answers_play_together() {
    let failures = play_small(serde_json::json!([
        { "do": { "answer": { "plugin": "p", "function": "f", "output": 42 } } },
        { "as": "clerk", "do": { "create": { "module": "thing", "name": "a", "data": { "n": 1 } } }, "expect": { "instance": "running", "tasks": [] } },
        { "as": "clerk", "do": { "message": { "record": "a", "name": "paid" } }, "expect": { "refused": "nothing-waits" } },
        { "do": { "advance": { "by": "PT3H" } }, "expect": { "record": "a", "fields": { "answer": 42 }, "instance": "running" } },
        { "as": "clerk", "do": { "message": { "record": "a", "name": "paid" } }, "expect": { "instance": "finished" } },
        { "as": "clerk", "do": { "create": { "module": "thing", "name": "b", "data": { "n": 0 } } }, "expect": { "instance": "none" } }
    ]));
    assert_eq!(failures, Vec::<String>::new());
}

#[test]
fn an_error_of_a_plugin_leaves_the_called_flow_when_the_caller_catches_it() {
    let failures = play_small(serde_json::json!([
        { "do": { "answer": { "plugin": "p", "function": "f", "error": "E1: no stock" } } },
        { "as": "clerk", "do": { "create": { "module": "thing", "name": "a", "data": { "n": 1 } } }, "expect": { "tasks": [{ "node": "x" }] } },
        { "do": { "answer": { "plugin": "p", "function": "f", "error": "E2: broken" } } },
        { "as": "clerk", "do": { "create": { "module": "thing", "name": "b", "data": { "n": 1 } } }, "expect": { "tasks": [], "instance": "incident" } }
    ]));
    assert_eq!(failures, Vec::<String>::new());
}

#[test]
fn what_was_tried_becomes_a_scenario_that_passes() {
    let catalog = shipped();
    let base = &catalog.packs[&PackId::from("service")].scenarios["happy-path"];
    let happen = |steps: serde_json::Value| serde_json::from_value::<Vec<crate::simulate::Happening>>(steps).unwrap();
    let done = |node: &str, outcome: &str| serde_json::json!({ "complete": node, "outcome": outcome });
    let script = happen(serde_json::json!([
        // The simulation waits for what the platform does by itself.
        { "complete": "acknowledge" },
        done("accept", "forward"),
        { "complete": "route" },
        done("forward", "forward"),
        { "complete": "score" },
        done("agree", "agreed"),
    ]));
    let data = Map::from_iter([("facts".to_owned(), serde_json::json!("另一件事"))]);
    let found = record(&catalog, base, &"complaint".into(), "试运行", &data, &script);
    assert_eq!(found.stopped, None, "{:#?}", found.scenario.steps);
    let report = run(&catalog, &found.scenario, &mut NoPlugins);
    assert!(report.passed, "{report:#?}");
    let ends = found.scenario.steps.last().and_then(|it| it.expect.clone()).unwrap();
    assert_eq!(ends.instance.as_deref(), Some("running"));
    assert_eq!(ends.tasks.unwrap().iter().map(|it| it.node.as_str()).collect::<Vec<_>>(), ["carry_out"]);
    let text = serde_json::to_string(&found.scenario).unwrap();
    assert!(text.contains("另一件事") && text.contains("\"answer\""), "{text}");
    // Where it goes another way than it was tried, that is said, and what came before is kept.
    let script = happen(serde_json::json!([done("accept", "forward"), done("close", "close")]));
    let found = record(&catalog, base, &"complaint".into(), "t", &Map::new(), &script);
    assert!(found.stopped.as_deref().is_some_and(|it| it.contains("`close` is not open, but forward")), "{found:?}");
    assert_eq!(found.scenario.steps.len(), 2);
    let script = happen(serde_json::json!([{ "signal": "x" }]));
    assert!(record(&catalog, base, &"complaint".into(), "t", &Map::new(), &script).stopped.is_some());
}

#[test]
fn who_did_it_is_kept_and_who_may_not_is_told() {
    let catalog = shipped();
    let base = &catalog.packs[&PackId::from("service")].scenarios["happy-path"];
    let tried = |accept: &str, forward: &str| {
        let script = serde_json::json!([
            { "complete": "acknowledge" },
            { "complete": "accept", "outcome": "forward", "by": accept },
            { "complete": "route" },
            { "complete": "forward", "outcome": "forward", "by": forward }
        ]);
        let script = serde_json::from_value::<Vec<crate::simulate::Happening>>(script).unwrap();
        record(&catalog, base, &"complaint".into(), "t", &Map::new(), &script)
    };
    let found = tried("agent", "clerk");
    assert_eq!((found.stopped.clone(), found.refused.clone()), (None, None), "{found:#?}");
    let who: Vec<&str> = found.scenario.steps.iter().filter_map(|it| it.who.as_deref()).collect();
    assert!(who.ends_with(&["agent", "clerk"]), "{who:?}");
    for (by, why) in [("manager", "a manager does not forward"), ("chen", "nor does who works elsewhere")] {
        let refused = tried("agent", by).refused.expect(why);
        assert_eq!((refused.happening, refused.code.as_str()), (3, "not-a-candidate"));
    }
}
