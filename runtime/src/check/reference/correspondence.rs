//! Both ends of what flows say to each other.
//!
//! `flow-message-unheard` (warning): a message is sent and no flow of the installed packs waits for one of that name.
//! `flow-signal-unheard` (info): a signal is given and no flow waits for it.
//! `flow-never-sent` (info): a flow waits for a message that no flow sends; it has to come from outside.
//! Fix: use the same name at both ends.

use std::collections::BTreeSet;

use crate::alert::{Alert, Severity};
use crate::check::flow::{called, definitions, places};
use crate::id::FlowKey;
use crate::model::catalog::Catalog;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// Names said and heard in all flows.
#[derive(Default)]
pub struct Said {
    messages_heard: BTreeSet<String>,
    messages_sent: BTreeSet<String>,
    signals_heard: BTreeSet<String>,
}

fn name_of(flow: &Flow, id: &str, is_message: bool) -> String {
    let list = if is_message { &flow.messages } else { &flow.signals };
    list.iter()
        .find(|it| it.id == id)
        .map(|it| &it.name)
        .filter(|it| !it.is_empty())
        .map_or_else(|| id.to_owned(), Clone::clone)
}

/// Every name an element says or hears: is it a message, is it heard, the name.
fn words(flow: &Flow, it: &Element) -> Vec<(bool, bool, String)> {
    let throws = matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. });
    let mut found: Vec<(bool, bool, String)> = definitions(it)
        .iter()
        .filter_map(|it| match it {
            EventDefinition::Message { message_ref, .. } if !message_ref.is_empty() => {
                Some((true, !throws, name_of(flow, message_ref, true)))
            }
            EventDefinition::Signal { signal_ref, .. } if !signal_ref.is_empty() => {
                Some((false, !throws, name_of(flow, signal_ref, false)))
            }
            _other => None,
        })
        .collect();
    match &it.kind {
        ElementKind::SendTask { message_ref: Some(id), .. } => found.push((true, false, name_of(flow, id, true))),
        ElementKind::ReceiveTask { message_ref: Some(id), .. } => found.push((true, true, name_of(flow, id, true))),
        _other => {}
    }
    found
}

/// What all flows of the catalog say and hear.
pub fn said(catalog: &Catalog) -> Said {
    let mut said = Said::default();
    for (_, _, flow) in catalog.flows() {
        for it in flow.all() {
            for word in words(flow, it) {
                match word {
                    (true, true, name) => said.messages_heard.insert(name),
                    (true, false, name) => said.messages_sent.insert(name),
                    (false, true, name) => said.signals_heard.insert(name),
                    (false, false, _) => false,
                };
            }
        }
    }
    said
}

pub fn rule(found: &mut Vec<Alert>, said: &Said, key: &FlowKey, flow: &Flow) {
    let file = format!("flows/{key}/flow.json");
    for (pointer, it) in places(flow) {
        for word in words(flow, it) {
            let alert = match &word {
                (true, false, name) if !said.messages_heard.contains(name) => Alert::warning(
                    "flow-message-unheard",
                    format!("expected a flow that waits for the message `{name}`, found none"),
                ),
                (true, true, name) if !said.messages_sent.contains(name) => Alert::new(
                    "flow-never-sent",
                    Severity::Info,
                    format!("expected a flow that sends the message `{name}`, found none; it has to come from outside"),
                ),
                (false, false, name) if !said.signals_heard.contains(name) => Alert::new(
                    "flow-signal-unheard",
                    Severity::Info,
                    format!("expected a flow that waits for the signal `{name}`, found none"),
                ),
                _heard => continue,
            };
            found.push(
                alert.at(&file, pointer.as_str()).on(it.id.as_str()).arg("element", called(it)).arg("name", word.2),
            );
        }
    }
}
