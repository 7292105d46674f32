//! `flowloom check`: packs, single flows, BPMN models, or folders of all of them. Its JSON document is stable.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use runtime::alert::{Alert, Severity};
use runtime::check::sound::Message;
use runtime::check::{self, Process, Surroundings};
use runtime::limits;
use runtime::model::catalog::Catalog;
use serde::Serialize;

use super::folder::{self, Found, Unreadable};
use super::imports;
use super::model::{self, Kind, Malformed, Model};
use super::{DONE, Format, UNREADABLE, WRONG, print_json, print_text};
use crate::alert_pages;

/// States of a flow the checker looks at in a millisecond, roughly.
const STATES_PER_MS: u64 = 200;

/// `flowloom check …`
#[derive(Args)]
pub struct Options {
    /// Packs, flow.json files, BPMN models (.bpmn, or .json documents), or folders searched for packs, flow.json and .bpmn
    #[arg(required_unless_present = "explain", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Prints the page of an alert's code instead: why it is told, examples, how it is mended
    #[arg(long, value_name = "CODE", conflicts_with = "paths")]
    explain: Option<String>,
    /// Language of that page: en or zh-CN
    #[arg(long, alias = "lang", value_name = "LANGUAGE", default_value = "en", requires = "explain")]
    language: String,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Milliseconds the exact search may take for one flow, roughly
    #[arg(long, value_name = "MS")]
    budget: Option<u64>,
}

/// The document.
#[derive(Serialize)]
struct Document {
    files: Vec<File>,
}

/// What there is to say about one file.
#[derive(Default, Serialize)]
struct File {
    path: String,
    alerts: Vec<Said>,
    processes: Vec<Judged>,
    unsupported: Vec<Unsupported>,
}

#[derive(Serialize)]
struct Said {
    code: String,
    severity: Severity,
    message: String,
    element: Option<String>,
    pointer: String,
    /// Why somebody lives with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<String>,
}

#[derive(Serialize)]
struct Judged {
    id: String,
    verdict: check::Verdict,
    properties: check::sound::Properties,
    counterexample: Vec<Happening>,
}

/// One event of the run that breaks a process.
#[derive(Serialize)]
struct Happening {
    element: String,
    event: String,
}

#[derive(Serialize)]
struct Unsupported {
    element: String,
    kind: String,
}

impl Said {
    fn error(code: &str, message: String, pointer: String) -> Self {
        Self { code: code.to_owned(), severity: Severity::Error, message, element: None, pointer, suppressed: None }
    }
}

impl From<Alert> for Said {
    fn from(it: Alert) -> Self {
        let Alert { code, severity, message, element, pointer, silenced, .. } = it;
        Self { code, severity, message, element, pointer, suppressed: silenced.map(|it| it.reason) }
    }
}

impl File {
    fn new(path: String) -> Self {
        Self { path, ..Self::default() }
    }

    fn judge(&mut self, process: Process) {
        let Process { id, verdict, properties, counterexample, unsupported, .. } = process;
        // A process that stands there twice as it is is one.
        if self.processes.iter().any(|it| it.id == id && it.verdict == verdict && it.properties == properties) {
            return;
        }
        let told = counterexample.into_iter().map(|it| Happening { element: it.element.0, event: it.event });
        self.processes.push(Judged { id, verdict, properties, counterexample: told.collect() });
        let unsupported = unsupported.into_iter().map(|(element, kind)| Unsupported { element: element.0, kind });
        self.unsupported.extend(unsupported);
    }
}

/// What was found under the paths.
#[derive(Default)]
struct Search {
    packs: Vec<Found>,
    flows: Vec<(PathBuf, Result<Model, Malformed>)>,
    unreadable: Vec<Unreadable>,
}

pub fn run(options: &Options) -> anyhow::Result<u8> {
    if let Some(code) = &options.explain {
        return explain(code, options);
    }
    let budget = options.budget.map_or(limits::CHECK_STATES, |ms| {
        usize::try_from(ms.saturating_mul(STATES_PER_MS)).unwrap_or(usize::MAX).clamp(1, limits::CHECK_STATES)
    });
    let mut search = Search::default();
    options.paths.iter().for_each(|it| search.named(it));
    let catalog = folder::catalog(&search.packs);

    let mut files = Vec::new();
    for found in search.packs {
        files.extend(check_pack(&catalog, found, budget));
    }
    files.extend(search.flows.into_iter().map(|(path, found)| check_model(&path, found, budget)));
    for it in &search.unreadable {
        let said = Said::error("unreadable", it.reason.clone(), String::new());
        files.push(File { alerts: vec![said], ..File::new(it.path.clone()) });
    }
    let wrong = files.iter().flat_map(|it| &it.alerts).any(|it| it.severity == Severity::Error);
    match options.format {
        Format::Json => print_json(&Document { files })?,
        Format::Text => print_text(&told(&files))?,
    }
    Ok(match (search.unreadable.is_empty(), wrong) {
        (false, _) => UNREADABLE,
        (true, true) => WRONG,
        (true, false) => DONE,
    })
}

/// Prints the page of a code.
fn explain(code: &str, options: &Options) -> anyhow::Result<u8> {
    match (alert_pages::page(code, &options.language), options.format) {
        (Some(text), Format::Text) => print_text(&format!("{}\n", text.trim_end()))?,
        (Some(text), Format::Json) => print_json(&serde_json::json!({ "code": code, "text": text }))?,
        (None, _) => {
            let near = alert_pages::near(code);
            let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
            anyhow::bail!("expected the code of an alert, found `{code}`{hint}");
        }
    }
    Ok(DONE)
}

impl Search {
    /// A path the person named: it must be something we can check.
    fn named(&mut self, path: &Path) {
        let strange = |reason: &str| Unreadable { path: path.display().to_string(), reason: reason.to_owned() };
        if path.is_dir() {
            let before = self.count();
            self.folder(path);
            if self.count() == before {
                self.unreadable.push(strange("expected a pack, a flow.json or a .bpmn in it, found none"));
            }
        } else if path.is_file() && model::kind(path).is_none() {
            self.unreadable.push(strange("expected a folder, a .json or a .bpmn file"));
        } else {
            self.file(path);
        }
    }

    fn folder(&mut self, path: &Path) {
        if folder::is_pack(path) || folder::was_pack(path) {
            match folder::read_files(path) {
                Ok(found) => self.packs.push(found),
                Err(it) => self.unreadable.push(it),
            }
            return;
        }
        match folder::entries(path) {
            Ok(entries) => {
                for it in entries {
                    if it.is_dir() && !it.is_symlink() {
                        self.folder(&it);
                    } else if it.file_name().is_some_and(|it| it == "flow.json")
                        || it.extension().is_some_and(|it| it == "bpmn")
                    {
                        self.file(&it);
                    }
                }
            }
            Err(it) => self.unreadable.push(it),
        }
    }

    /// A model: it must be readable, and what is no BPMN at all is not. JSON that says something wrong is told as alerts.
    fn file(&mut self, path: &Path) {
        let bytes = match model::bytes(path) {
            Ok(it) => it,
            Err(it) => return self.unreadable.push(it),
        };
        let is_json = model::kind(path) == Some(Kind::Json);
        if let Some(fault) = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).err().filter(|_| is_json) {
            return self
                .unreadable
                .push(Unreadable { path: path.display().to_string(), reason: format!("no JSON: {fault}") });
        }
        match (model::parse(path, &bytes, false), model::kind(path)) {
            (Err(it), Some(Kind::Bpmn)) => {
                self.unreadable.push(Unreadable { path: path.display().to_string(), reason: it.detail });
            }
            (found, _) => self.flows.push((path.to_owned(), found)),
        }
    }

    fn count(&self) -> usize {
        self.packs.len() + self.flows.len() + self.unreadable.len()
    }
}

fn check_pack(catalog: &Catalog, found: Found, budget: usize) -> Vec<File> {
    let around = Surroundings { budget: Some(budget), ..Surroundings::default() };
    let report = check::pack(catalog, &found.pack.manifest.id, &around);
    let root = found.path.display().to_string();
    let root = root.trim_end_matches('/');
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    files.insert("pack.json".to_owned(), File::new(format!("{root}/pack.json")));
    let place = |name: &str| if name.is_empty() { root.to_owned() } else { format!("{root}/{name}") };
    for alert in found.alerts.into_iter().chain(report.alerts) {
        let name = alert.file.clone();
        files.entry(name).or_insert_with_key(|name| File::new(place(name))).alerts.push(alert.into());
    }
    for (key, process) in report.processes {
        let name = format!("flows/{key}/flow.json");
        files.entry(name).or_insert_with_key(|name| File::new(place(name))).judge(process);
    }
    files.into_values().collect()
}

/// Judges every flow of a model.
fn check_model(path: &Path, found: Result<Model, Malformed>, budget: usize) -> File {
    let mut file = File::new(path.display().to_string());
    let Model { document, single } = match found {
        Ok(it) => it,
        Err(Malformed { pointer, detail }) => {
            file.alerts.push(Said::error("malformed", detail, pointer));
            return file;
        }
    };
    // In XML a pointer would lead into JSON nobody sees: there it is the path of the element.
    let paths = match model::kind(path) {
        Some(Kind::Bpmn) => check::file::xml_places(&document),
        Some(Kind::Json) | None => BTreeMap::new(),
    };
    let in_xml = |element: Option<&String>| {
        element.and_then(|it| paths.get(it)).map_or_else(|| "/definitions".to_owned(), String::clone)
    };
    let place = |at: usize, said: &Said| match (single, model::kind(path)) {
        (true, _) => said.pointer.clone(),
        (false, Some(Kind::Json)) => format!("/flows/{at}{}", said.pointer),
        (false, Some(Kind::Bpmn) | None) => in_xml(said.element.as_ref()),
    };
    let sent = document.collaborations.iter().flat_map(|it| &it.message_flows);
    let messages: Vec<Message> = sent
        .map(|it| Message { source: it.source_ref.as_str().into(), target: it.target_ref.as_str().into() })
        .collect();
    for (at, (mut alerts, process)) in check::flows_together(&document.flows, &messages, budget).into_iter().enumerate()
    {
        // A flow of a pack is there to be run.
        if single {
            check::flow::for_running(&mut alerts);
        }
        for alert in alerts {
            let said = Said::from(alert);
            file.alerts.push(Said { pointer: place(at, &said), ..said });
        }
        file.judge(process);
    }
    // A flow of a pack has its drawing elsewhere and no pools around it.
    if !single {
        for alert in check::file::check(&document, "").into_iter().chain(imports::missing(path, &document)) {
            let said = Said::from(alert);
            let is_json = model::kind(path) == Some(Kind::Json);
            let pointer = if is_json { said.pointer.clone() } else { in_xml(said.element.as_ref()) };
            file.alerts.push(Said { pointer, ..said });
        }
    }
    file.unsupported.extend(document.unsupported().into_iter().map(|(element, kind)| Unsupported { element, kind }));
    file
}

fn told(files: &[File]) -> String {
    let mut out = String::new();
    let (mut errors, mut warnings) = (0, 0);
    for file in files {
        for it in &file.alerts {
            let word = match it.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "info",
            };
            errors += usize::from(it.severity == Severity::Error);
            warnings += usize::from(it.severity == Severity::Warning);
            // The path of an element of XML ends with its id, which is shorter.
            let at = match (it.pointer.as_str(), &it.element) {
                (pointer, Some(element)) if pointer.is_empty() || pointer.starts_with("/definitions") => {
                    format!(" {element}")
                }
                ("" | "/definitions", None) => String::new(),
                (pointer, _) => format!(" {pointer}"),
            };
            let _ = writeln!(out, "{}{at}: {word}[{}]: {}", file.path, it.code, it.message);
        }
        for it in &file.processes {
            let verdict = match it.verdict {
                check::Verdict::Sound => "sound",
                check::Verdict::Broken => "broken",
                check::Verdict::Unknown => "unknown",
            };
            let _ = writeln!(out, "{}: {}: {verdict}", file.path, it.id);
            for step in &it.counterexample {
                let _ = writeln!(out, "    {} {}", step.element, step.event);
            }
        }
        for it in &file.unsupported {
            let _ = writeln!(out, "{}: {} ({}) is not part of the verdict", file.path, it.element, it.kind);
        }
    }
    let _ = writeln!(out, "{errors} errors, {warnings} warnings");
    out
}
