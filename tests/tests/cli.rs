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
    let file = pack.join("pack.json");
    let manifest = std::fs::read_to_string(&file)?;
    std::fs::write(&file, manifest.replacen("\"version\"", "\"verzion\"", 1))?;
    let out = flowloom(&["check", path, "--format", "json"])?;
    ensure!(out.status.code() == Some(1), "an unknown key is an error: {}", text(&out));
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
