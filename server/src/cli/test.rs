//! `flowloom test`: plays the scenarios of packs in memory, with the real plugins.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use plugin::Host;
use runtime::alert::Severity;
use runtime::scenario::{self, PluginCalls, PluginFailure, ScenarioReport};
use serde::Serialize;
use serde_json::Value;

use super::folder::{self, Found};
use super::{DONE, Format, WRONG, print_json};
use crate::plugins;

/// `flowloom test …`
#[derive(Args)]
pub struct Options {
    /// Pack folders
    #[arg(required = true, value_name = "PACK")]
    packs: Vec<PathBuf>,
    /// Only scenarios whose file name contains this
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// Language of what did not go as expected: en or zh-CN
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: String,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Document {
    packs: Vec<Played>,
    passed: usize,
    failed: usize,
    milliseconds: u128,
}

#[derive(Serialize)]
struct Played {
    pack: String,
    path: String,
    scenarios: Vec<One>,
}

#[derive(Serialize)]
struct One {
    file: String,
    #[serde(flatten)]
    report: ScenarioReport,
}

pub fn run(options: &Options) -> anyhow::Result<u8> {
    let packs: Vec<Found> = options.packs.iter().map(|it| folder::read_pack(it)).collect::<Result<_, _>>()?;
    let broken: Vec<_> = packs.iter().flat_map(|it| &it.alerts).filter(|it| it.severity == Severity::Error).collect();
    if !broken.is_empty() {
        for it in &broken {
            eprintln!("{} {}: {}", it.file, it.pointer, it.message);
        }
        anyhow::bail!("the packs have errors; see `flowloom check`");
    }
    let catalog = folder::catalog(&packs);
    let began = Instant::now();
    let mut calls = Calls::default();
    let mut document = Document { packs: Vec::new(), passed: 0, failed: 0, milliseconds: 0 };
    for found in &packs {
        let mut scenarios = Vec::new();
        for (name, scenario) in &found.pack.scenarios {
            if options.only.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
                continue;
            }
            let report = scenario::run(&catalog, scenario, &mut calls);
            document.passed += usize::from(report.passed);
            document.failed += usize::from(!report.passed);
            scenarios.push(One { file: format!("scenarios/{name}.json"), report });
        }
        let (pack, path) = (found.pack.manifest.id.0.clone(), found.path.display().to_string());
        document.packs.push(Played { pack, path, scenarios });
    }
    document.milliseconds = began.elapsed().as_millis();
    match options.format {
        Format::Json => print_json(&document)?,
        Format::Text => print(&document, &options.language),
    }
    Ok(if document.failed == 0 { DONE } else { WRONG })
}

fn print(document: &Document, language: &str) {
    for played in &document.packs {
        for One { file, report } in &played.scenarios {
            say!("{} {}/{file}: {}", if report.passed { "ok    " } else { "FAILED" }, played.pack, report.name);
            if report.passed {
                continue;
            }
            for step in report.steps.iter().filter(|it| !it.passed) {
                say!("    step {} {}", step.index + 1, step.note);
                for failure in &step.failures {
                    say!("      {}", failure.text(language));
                }
            }
            say!("    what happened:");
            for line in &report.trace {
                say!("      {line}");
            }
        }
    }
    say!("{} passed, {} failed, {} ms", document.passed, document.failed, document.milliseconds);
}

/// The shipped plugins, started at the first call.
#[derive(Default)]
struct Calls {
    host: Option<Arc<Host>>,
}

impl PluginCalls for Calls {
    fn call(&mut self, plugin: &str, function: &str, input: &Value) -> Result<Value, PluginFailure> {
        let failure = |error: &dyn std::fmt::Display| PluginFailure { code: None, error: error.to_string() };
        let host = match &self.host {
            Some(host) => host.clone(),
            None => {
                let host = plugins::open(&cache()).map_err(|it| failure(&it))?;
                self.host.insert(host).clone()
            }
        };
        host.call(plugin, function, input, &BTreeMap::new()).map_err(|it| failure(&it))
    }
}

/// Where compiled plugins are kept between runs: a folder of this person alone, since what lies there is run.
fn cache() -> PathBuf {
    let own = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|it| PathBuf::from(it).join(".cache")));
    match own {
        Some(folder) => folder.join("flowloom/plugins"),
        None => std::env::temp_dir().join(format!("flowloom-plugins-{}", crate::auth::first::fresh_password())),
    }
}
