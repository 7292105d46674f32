//! The shipped packs' scenarios, and how a failing one reads.

use std::path::{Path, PathBuf};

use expect_test::expect;

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

#[test]
fn every_shipped_scenario_passes() {
    let catalog = shipped();
    let mut failed = String::new();
    for id in ["core-crm", "service"] {
        for (name, report) in run_all(&catalog, &id.into(), &mut NoPlugins) {
            if let Some(step) = report.steps.iter().find(|it| !it.passed) {
                let trace = report.trace.join("\n");
                failed.push_str(&format!("{id}/{name}, step {} {}: {}\n{trace}\n\n", step.index, step.note, step.failures.join("; ")));
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
        expected the instance to be finished, came running"#]].assert_eq(&report.steps[0].failures.join("\n"));
}
