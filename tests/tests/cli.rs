//! The consultant's journey: check, test, make, install and export a pack on the command line.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

fn flowloom(args: &[&str]) -> Result<Output> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("tests/ stands in the workspace")?;
    Command::new(tests::server::binary()?).args(args).current_dir(root).output().context("flowloom")
}

fn text(out: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

#[test]
fn the_shipped_packs_are_clean() -> Result<()> {
    for pack in ["templates/core-crm", "templates/service"] {
        let out = flowloom(&["check", pack, "--format", "json"])?;
        ensure!(out.status.code() == Some(0), "{pack}: {}", text(&out));
        let document: Value = serde_json::from_slice(&out.stdout)?;
        for file in document["files"].as_array().context("files")? {
            for process in file["processes"].as_array().context("processes")? {
                ensure!(process["verdict"] == "sound", "{process}");
            }
        }
    }
    Ok(())
}

#[test]
fn the_scenarios_pass_in_well_under_a_second() -> Result<()> {
    let before = Instant::now();
    let out = flowloom(&["test", "templates/service", "--format", "json"])?;
    println!("{} ms with the process's start", before.elapsed().as_millis());
    ensure!(out.status.code() == Some(0), "{}", text(&out));
    ensure!(out.stdout.len() > 100, "it says what it ran: {}", text(&out));
    Ok(())
}

#[test]
fn a_new_pack_is_good_and_a_broken_one_is_not() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let into = dir.path().to_str().context("a path")?;
    let out = flowloom(&["pack", "new", "visits", "--into", into])?;
    ensure!(out.status.success(), "{}", text(&out));
    let pack = dir.path().join("visits");
    let path = pack.to_str().context("a path")?;
    let out = flowloom(&["check", path])?;
    ensure!(out.status.code() == Some(0), "a new pack is clean: {}", text(&out));
    let out = flowloom(&["test", path])?;
    ensure!(out.status.code() == Some(0), "its scenario passes: {}", text(&out));
    // What does not go as expected is said in the language asked for.
    let scenarios: Vec<_> = std::fs::read_dir(pack.join("scenarios"))?.collect::<Result<_, _>>()?;
    let file = scenarios.first().context("a scenario")?.path();
    let shipped = std::fs::read_to_string(&file)?;
    let mut scenario: serde_json::Value = serde_json::from_str(&shipped)?;
    let steps = scenario["steps"].as_array_mut().context("steps")?;
    steps.first_mut().context("a step")?["expect"] = serde_json::json!({ "refused": "limit" });
    std::fs::write(&file, scenario.to_string())?;
    for (language, says) in
        [("en", "expected a refusal `limit`, came acceptance"), ("zh-CN", "期望被拒绝（超出上限），实际被接受")]
    {
        let out = flowloom(&["test", path, "--language", language])?;
        ensure!(out.status.code() == Some(1), "{}", text(&out));
        ensure!(String::from_utf8_lossy(&out.stdout).contains(says), "{language}: {}", text(&out));
    }
    std::fs::write(&file, shipped)?;
    let file = pack.join("pack.json");
    let manifest = std::fs::read_to_string(&file)?;
    std::fs::write(&file, manifest.replacen("\"version\"", "\"verzion\"", 1))?;
    let out = flowloom(&["check", path, "--format", "json"])?;
    ensure!(out.status.code() == Some(1), "an unknown key is an error: {}", text(&out));
    std::fs::write(&file, manifest.replacen("0.1.0", "one", 1))?;
    let out = flowloom(&["check", path, "--format", "json"])?;
    ensure!(String::from_utf8_lossy(&out.stdout).contains("found `one`"), "no version: {}", text(&out));
    std::fs::remove_file(&file)?;
    let out = flowloom(&["check", path, "--format", "json"])?;
    ensure!(String::from_utf8_lossy(&out.stdout).contains("pack-missing-file"), "no pack.json: {}", text(&out));
    let out = flowloom(&["check", "/nonexistent/pack"])?;
    ensure!(out.status.code() == Some(2), "what cannot be read is said so: {}", text(&out));
    Ok(())
}

#[test]
fn a_pack_is_installed_and_comes_out_as_it_went_in() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let data = dir.path().join("data");
    let (data, out_dir) = (data.to_str().context("a path")?, dir.path().join("out"));
    for pack in ["templates/core-crm", "templates/service"] {
        let out = flowloom(&["pack", "install", pack, "--data", data])?;
        ensure!(out.status.success(), "{pack}: {}", text(&out));
    }
    let out = flowloom(&["pack", "export", "service", out_dir.to_str().context("a path")?, "--data", data])?;
    ensure!(out.status.success(), "{}", text(&out));
    let out = flowloom(&["pack", "diff", "templates/service", out_dir.to_str().context("a path")?])?;
    ensure!(out.status.code() == Some(0), "the same files: {}", text(&out));
    Ok(())
}

/// A file as other tools write it: a decision, a script, a deadline at a task.
const ORDER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
  <process id="Order" isExecutable="true">
    <startEvent id="Start"/>
    <sequenceFlow id="f1" sourceRef="Start" targetRef="Price"/>
    <userTask id="Price" name="Price it"/>
    <boundaryEvent id="Late" attachedToRef="Price"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
    <sequenceFlow id="f2" sourceRef="Late" targetRef="Missed"/>
    <endEvent id="Missed"/>
    <sequenceFlow id="f3" sourceRef="Price" targetRef="Large"/>
    <exclusiveGateway id="Large" name="Large?" default="f5"/>
    <sequenceFlow id="f4" sourceRef="Large" targetRef="Rebate"><conditionExpression>amount &gt; 100</conditionExpression></sequenceFlow>
    <sequenceFlow id="f5" sourceRef="Large" targetRef="End"/>
    <scriptTask id="Rebate"><script>total = amount - 10</script></scriptTask>
    <sequenceFlow id="f6" sourceRef="Rebate" targetRef="End"/>
    <endEvent id="End"/>
  </process>
</definitions>
"#;

#[test]
fn a_bpmn_file_is_checked_converted_and_run() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name).to_str().map(str::to_owned).context("a path");
    std::fs::write(at("order.bpmn")?, ORDER)?;
    let out = flowloom(&["check", &at("order.bpmn")?, "--format", "json"])?;
    let document: Value = serde_json::from_slice(&out.stdout)?;
    ensure!(document["files"][0]["processes"][0]["verdict"] == "sound", "{document}");

    for (from, to) in
        [("order.bpmn", "one.json"), ("one.json", "one.bpmn"), ("one.bpmn", "two.json"), ("two.json", "two.bpmn")]
    {
        let out = flowloom(&["convert", &at(from)?, &at(to)?])?;
        ensure!(out.status.success(), "{from} to {to}: {}", text(&out));
    }
    ensure!(
        std::fs::read(at("one.bpmn")?)? == std::fs::read(at("two.bpmn")?)?,
        "the second round trip gives the same bytes"
    );

    let run = |args: &[&str]| -> Result<Value> {
        let file = at("one.bpmn")?;
        let mut all = vec!["simulate", file.as_str(), "--format", "json"];
        all.extend(args);
        let out = flowloom(&all)?;
        serde_json::from_slice(&out.stdout).with_context(|| text(&out))
    };
    let outcome = run(&[])?;
    ensure!(outcome["status"] == "waiting" && outcome["waiting"][0]["element"] == "Price", "{outcome}");
    let outcome = run(&["--auto", "--variables", r#"{"amount": 150}"#])?;
    ensure!(outcome["status"] == "completed" && outcome["variables"]["total"] == 140, "{outcome}");
    std::fs::write(at("late.json")?, r#"[{"advance": "PT1H"}, {"advance": "P1D"}]"#)?;
    let outcome = run(&["--script", &at("late.json")?])?;
    let cancelled = outcome["trace"]
        .as_array()
        .context("trace")?
        .iter()
        .any(|it| it["element"] == "Price" && it["event"] == "cancelled");
    ensure!(outcome["status"] == "completed" && cancelled, "{outcome}");
    std::fs::write(at("wrong.json")?, r#"[{"advance": "PT1H"}, {"complete": "Price", "outcom": "ok"}]"#)?;
    let out = flowloom(&["simulate", &at("one.bpmn")?, "--script", &at("wrong.json")?])?;
    ensure!(out.status.code() == Some(2) && text(&out).contains("/1/outcom"), "{}", text(&out));
    Ok(())
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_reported() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().to_str().context("a path")?;
    std::fs::write(dir.path().join("good.bpmn"), ORDER)?;
    std::fs::write(dir.path().join("torn.bpmn"), &ORDER[..600])?;
    let out = flowloom(&["check", path, "--format", "json"])?;
    ensure!(out.status.code() == Some(2), "{}", text(&out));
    let document: Value = serde_json::from_slice(&out.stdout)?;
    ensure!(
        document["files"].as_array().is_some_and(|it| it.iter().any(|it| it["processes"][0]["verdict"] == "sound")),
        "{document}"
    );
    let torn = dir.path().join("torn.bpmn");
    let torn = torn.to_str().context("a path")?;
    let out = flowloom(&["simulate", torn])?;
    ensure!(out.status.code() == Some(2) && text(&out).contains("torn.bpmn"), "{}", text(&out));
    let out = flowloom(&["convert", torn, &format!("{path}/x.json")])?;
    ensure!(out.status.code() == Some(1), "{}", text(&out));
    Ok(())
}

/// Who reads may have had enough, and a folder may hold what is no file: neither stops it.
#[test]
fn a_closed_pipe_and_a_pipe_in_a_folder_are_taken_calmly() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let head = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><process id=\"P\">";
    let tasks: String = (0..3_000).map(|at| format!("<task id=\"t{at}\"/>")).collect();
    std::fs::write(dir.path().join("many.bpmn"), format!("{head}{tasks}</process></definitions>"))?;
    let made = Command::new("mkfifo").arg(dir.path().join("pipe.bpmn")).status();
    let path = dir.path().to_str().context("a path")?;
    let read = flowloom(&["check", path, "--format", "json"])?;
    let piped = made.is_ok_and(|it| it.success());
    ensure!(read.status.code() == Some(if piped { 2 } else { 1 }), "{}", text(&read));
    for format in ["text", "json"] {
        let mut child = Command::new(tests::server::binary()?)
            .args(["check", path, "--format", format])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()?;
        drop(child.stdout.take());
        let out = child.wait_with_output()?;
        ensure!(out.status.code() == read.status.code(), "{format}: {:?} {}", out.status, text(&out));
        ensure!(out.stderr.is_empty(), "{format}: {}", text(&out));
    }
    Ok(())
}
