//! Models on disk: BPMN XML (`.bpmn`), a document of ours (`.json`), a flow of a pack (`flow.json`, with the `layout.json` beside it).

use std::path::Path;

use runtime::interchange::Document;
use runtime::limits;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::folder::{self, Unreadable};
use crate::error::Error;
use crate::http::extract;

/// What a file is, by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bpmn,
    Json,
}

/// Why the content of a file is no model.
pub struct Malformed {
    /// JSON pointer; empty: the whole file.
    pub pointer: String,
    pub detail: String,
}

/// A model that was read, and whether it was a single flow of a pack.
pub struct Model {
    pub document: Document,
    pub single: bool,
}

/// The kind of a file; `None`: it is no model.
pub fn kind(path: &Path) -> Option<Kind> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "bpmn" | "bpmn2" | "xml" => Some(Kind::Bpmn),
        "json" => Some(Kind::Json),
        _ => None,
    }
}

/// The bytes of a model, within its limit.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Unreadable> {
    // Opening a pipe would wait for somebody to write.
    if std::fs::metadata(path).is_ok_and(|it| !it.is_file()) {
        return Err(Unreadable { path: path.display().to_string(), reason: "expected a file".to_owned() });
    }
    match kind(path) {
        Some(Kind::Bpmn) => folder::read_up_to(path, limits::XML_BYTES),
        Some(Kind::Json) | None => folder::read_up_to(path, limits::DOCUMENT_BYTES),
    }
}

/// Reads a model. `layout`: a flow's drawing is read from the file beside it.
pub fn parse(path: &Path, bytes: &[u8], layout: bool) -> Result<Model, Malformed> {
    let malformed = |detail: String| Malformed { pointer: String::new(), detail };
    if kind(path) == Some(Kind::Bpmn) {
        let document = Document::read_xml(bytes).map_err(|it| malformed(it.to_string()))?;
        return Ok(Model { document, single: false });
    }
    /// Enough of a file to tell a document from a flow.
    #[derive(Deserialize)]
    struct Sniff {
        flows: Option<IgnoredAny>,
    }
    if serde_json::from_slice::<Sniff>(bytes).is_ok_and(|it| it.flows.is_some()) {
        let document = Document::read_json(bytes).map_err(|it| match it {
            runtime::interchange::Error::Json { pointer, detail } => Malformed { pointer, detail },
            other => malformed(other.to_string()),
        })?;
        return Ok(Model { document, single: false });
    }
    let wrong = |it: Error| match it {
        Error::Malformed { pointer, detail } => Malformed { pointer, detail },
        other => malformed(other.to_string()),
    };
    let flow = extract::parse::<Flow>(bytes).map_err(wrong)?;
    let mut drawing = Layout { format: flow.format, diagrams: Vec::new() };
    if layout
        && path.file_name().is_some_and(|it| it == "flow.json")
        && let Ok(bytes) = folder::read_file(&path.with_file_name("layout.json"))
    {
        drawing = extract::parse::<Layout>(&bytes).map_err(wrong)?;
    }
    Ok(Model { document: Document::of_flow(flow, drawing), single: true })
}
