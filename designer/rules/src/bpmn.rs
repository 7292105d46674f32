//! BPMN XML: `flow.import` reads it, `flow.export` writes it.

use runtime::interchange::Document;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Fault;
use crate::answer::{read, unknown, value};

/// Answers one question by name.
pub fn answer(call: &str, args: &str) -> Result<Box<RawValue>, Fault> {
    match call {
        "flow.import" => import(&read(args)?),
        "flow.export" => export(read(args)?),
        other => Err(unknown(other)),
    }
}

#[derive(Deserialize)]
struct Import {
    xml: String,
    /// The process that is taken; none: the first with anything in it.
    #[serde(default)]
    process: Option<String>,
}

/// A process of a BPMN file with its drawing, and what is kept but not executed.
#[derive(Serialize)]
struct Imported {
    flow: Flow,
    layout: Layout,
    unsupported: Vec<(String, String)>,
    /// Id and name of every process with something in it.
    processes: Vec<(String, String)>,
    /// Names of those that neither became the flow nor stand in a pool beside it.
    left_out: Vec<String>,
}

/// Reads a BPMN file; one without a drawing is given one.
fn import(it: &Import) -> Result<Box<RawValue>, Fault> {
    let wanted = it.process.as_deref();
    let refused = |message: String| Fault { code: "malformed", message };
    let mut document = Document::read_xml(it.xml.as_bytes()).map_err(|it| refused(it.to_string()))?;
    runtime::layout::complete(&mut document);
    let unsupported = document.unsupported();
    let pools = document.collaborations.iter().flat_map(|it| &it.participants);
    let pools: Vec<(String, String)> =
        pools.filter_map(|it| Some((it.process.as_ref()?.0.clone(), it.name.clone()))).collect();
    let full = |it: &&Flow| !it.global_task && !it.flow_elements.is_empty();
    let processes: Vec<(String, String)> = document
        .flows
        .iter()
        .filter(full)
        .map(|it| {
            // A process is called as its pool where it has no name of its own.
            let pool = pools.iter().find(|pool| pool.0 == it.key.0).map_or("", |it| it.1.as_str());
            let name = [it.name.as_str(), pool, it.id.as_str()].into_iter().find(|it| !it.trim().is_empty());
            (it.id.clone(), name.unwrap_or_default().to_owned())
        })
        .collect();
    let at = document.flows.iter().position(|it| full(&it) && wanted.is_none_or(|id| it.id == id));
    let at = at.ok_or_else(|| refused("expected a process with elements, found none".to_owned()))?;
    let (flow, layout) = document.into_flow(at).ok_or_else(|| refused("expected a process".to_owned()))?;
    let kept = |id: &str| flow.id == id || flow.collaboration.iter().flat_map(|it| &it.processes).any(|it| it.id == id);
    let left_out = processes.iter().filter(|it| !kept(&it.0)).map(|it| it.1.clone()).collect();
    value(&Imported { flow, layout, unsupported, processes, left_out })
}

#[derive(Deserialize)]
struct Export {
    flow: Flow,
    layout: Layout,
}

/// The flow as a BPMN 2.0 file; refused where it holds a character XML cannot.
fn export(it: Export) -> Result<Box<RawValue>, Fault> {
    let xml = Document::of_flow(it.flow, it.layout).try_write_xml();
    value(&xml.map_err(|it| Fault { code: "malformed", message: it.to_string() })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_refused() {
        let ask = |name: &str| {
            let flow = serde_json::json!({ "format": 1, "id": "p", "key": "p", "name": name, "flowElements": [] });
            answer(
                "flow.export",
                &serde_json::json!({ "flow": flow, "layout": { "format": 1, "diagrams": [] } }).to_string(),
            )
        };
        assert!(ask("Fine, with a\ttab").expect("a file").get().contains("Fine"));
        let refused = ask("Bell \u{7}").expect_err("XML has no bell");
        assert_eq!(refused.code, "malformed");
        assert!(refused.message.contains("U+0007"), "{}", refused.message);
    }
}
