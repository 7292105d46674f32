//! `flowloom simulate`: a flow in memory, with variables, a virtual clock and outside happenings. Its JSON document is stable.

use std::fmt::{Display, Write};
use std::path::PathBuf;

use clap::Args;
use runtime::interchange::Document;
use runtime::model::flow::Flow;
use runtime::simulate::{self, Event, Outcome, Script, Status};
use serde_json::{Map, Value};

use super::folder::{self, Unreadable};
use super::model::{self, Kind};
use super::{DONE, Format, WRONG, print_json, print_text};

/// `flowloom simulate …`
#[derive(Args)]
pub struct Options {
    /// A .bpmn file, a document as `convert` writes it, or a flow.json
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The process to start, by its id; not given: every process that starts by itself
    #[arg(long, value_name = "ID")]
    process: Option<String>,
    /// Variables to start with, a JSON object
    #[arg(long, value_name = "JSON")]
    variables: Option<String>,
    /// A JSON list of what happens outside, in order: {"complete": "TaskId", "set": {}}, {"message": "Name"}, {"advance": "PT1H"} …
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Tasks complete by themselves, and time jumps to the next timer when nothing else can move
    #[arg(long)]
    auto: bool,
    /// When the run begins (RFC 3339)
    #[arg(long, value_name = "MOMENT")]
    now: Option<jiff::Timestamp>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(options: &Options) -> anyhow::Result<u8> {
    let simulate::File { flows, message_flows, keys } = read(options)?;
    let variables: Map<String, Value> = match &options.variables {
        Some(text) => {
            let wrong = |it: serde_json::Error| unread("--variables", "a JSON object", it);
            serde_json::from_str(text).map_err(wrong)?
        }
        None => Map::new(),
    };
    let Script(script) = match &options.script {
        Some(path) => {
            let bytes = folder::read_file(path)?;
            let wrong = |it| unread(&path.display().to_string(), "a list of happenings", it);
            Script::read(&bytes).map_err(wrong)?
        }
        None => Script::default(),
    };
    let now = options.now.unwrap_or(simulate::START);
    let how = simulate::Options {
        process: options.process.clone(),
        variables,
        keys,
        script,
        auto: options.auto,
        now,
        ..simulate::Options::default()
    };
    let outcome = simulate::run(&flows, &message_flows, &how);
    match options.format {
        Format::Json => print_json(&outcome)?,
        Format::Text => print_text(&told(&outcome))?,
    }
    Ok(match outcome.status {
        Status::Completed | Status::Waiting | Status::Terminated => DONE,
        Status::Incident | Status::Refused => WRONG,
    })
}

/// What was handed in beside the file is not what it should be.
fn unread(path: &str, expected: &str, why: impl Display) -> Unreadable {
    Unreadable { path: path.to_owned(), reason: format!("expected {expected}: {why}") }
}

/// The flows of a file and what goes between its pools.
fn read(options: &Options) -> Result<simulate::File, Unreadable> {
    let bytes = model::bytes(&options.file)?;
    let says = |reason: String| Unreadable { path: options.file.display().to_string(), reason };
    let is_json = model::kind(&options.file) == Some(Kind::Json);
    if is_json && let Ok(flow) = serde_json::from_slice::<Flow>(&bytes) {
        return Ok(simulate::File { flows: vec![flow], ..simulate::File::default() });
    }
    let document = if is_json { Document::read_json(&bytes) } else { Document::read_xml(&bytes) };
    let document = document.map_err(|it| says(it.to_string()))?;
    if document.flows.is_empty() {
        return Err(says("expected a process, found none".to_owned()));
    }
    Ok(simulate::File::of(document))
}

fn told(outcome: &Outcome) -> String {
    let mut out = String::new();
    for it in &outcome.trace {
        let event = match it.event {
            Event::Entered => "entered",
            Event::Completed => "completed",
            Event::Cancelled => "cancelled",
            Event::Compensated => "compensated",
            Event::Failed => "failed",
        };
        let _ = writeln!(out, "{}  {event:<11}  {}", it.at, it.element);
    }
    let status =
        serde_json::to_value(outcome.status).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default();
    let _ = writeln!(out, "{status}: {}", Value::Object(outcome.variables.clone()));
    for it in &outcome.waiting {
        let _ = writeln!(out, "waits: {} ({})", it.element, it.kind);
    }
    for it in &outcome.incidents {
        let _ = writeln!(
            out,
            "incident: {}{}",
            it.element.as_ref().map(|it| format!("{it}: ")).unwrap_or_default(),
            it.message
        );
    }
    out
}
