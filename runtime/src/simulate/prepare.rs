//! Makes flows ready to run without a record, people and plugins: work of any kind becomes a job that waits for the
//! outside, and message flows between pools become names of messages.

use std::collections::{BTreeMap, BTreeSet};

use super::{Happening, MessageFlow, foreign};
use crate::id::{FlowKey, NodeId};
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow, Named, PluginCall};

/// The plugin that stands for the outside.
pub(super) const OUTSIDE: &str = "outside";

/// Flows that can run here.
pub(super) struct Prepared {
    pub flows: Vec<Flow>,
    /// Elements that send a message when they are left, though they are no events: with the message's name.
    pub senders: BTreeMap<(FlowKey, NodeId), Vec<String>>,
    /// Messages that come from elements of the file.
    pub sent_here: BTreeSet<String>,
}

pub(super) fn prepare(flows: &[Flow], message_flows: &[MessageFlow], _script: &[Happening]) -> Prepared {
    let mut made: Vec<Flow> = flows.to_vec();
    let keys: BTreeSet<FlowKey> = flows.iter().map(|it| it.key.clone()).collect();
    let ids: BTreeMap<String, FlowKey> = flows.iter().map(|it| (it.id.clone(), it.key.clone())).collect();
    let mut senders: BTreeMap<(FlowKey, NodeId), Vec<String>> = BTreeMap::new();
    let mut sent_here = BTreeSet::new();
    for flow in &made {
        for it in flow.all() {
            if throws(&it.kind)
                && let Some(name) = message_of(flow, it)
            {
                sent_here.insert(name);
            }
        }
    }
    for it in message_flows {
        let name = name_of(&made, it);
        let mut from = None;
        for flow in &mut made {
            let key = flow.key.clone();
            let mut named = None;
            each(&mut flow.flow_elements, &mut |element| {
                if element.id.as_str() == it.source {
                    if throws(&element.kind) {
                        named = Some(name.clone())
                    } else {
                        from = Some((key.clone(), element.id.clone()))
                    }
                    call(&mut element.kind, &name);
                }
                if element.id.as_str() == it.target && catches(&element.kind) {
                    named = Some(name.clone());
                    call(&mut element.kind, &name);
                }
            });
            if let Some(name) = named {
                sent_here.insert(name.clone());
                if !flow.messages.iter().any(|it| it.id == name) {
                    flow.messages.push(Named { id: name.clone(), name });
                }
            }
        }
        if let Some(from) = from {
            sent_here.insert(name.clone());
            senders.entry(from).or_default().push(name);
        }
    }
    for flow in &mut made {
        // Records, people and plugins are not here.
        flow.module = None;
        each(&mut flow.flow_elements, &mut |it| {
            work(it, &keys, &ids);
            foreign::element(it);
        });
    }
    Prepared { flows: made, senders, sent_here }
}

/// Work becomes a job for the outside.
fn work(it: &mut Element, keys: &BTreeSet<FlowKey>, ids: &BTreeMap<String, FlowKey>) {
    it.notify.clear();
    it.stage = None;
    let outside = match &mut it.kind {
        ElementKind::UserTask(_)
        | ElementKind::ManualTask {}
        | ElementKind::ServiceTask { .. }
        | ElementKind::BusinessRuleTask { .. } => true,
        ElementKind::CallActivity { called_element, .. } => {
            if let Some(key) = ids.get(called_element.as_str()) {
                *called_element = key.clone();
            }
            !keys.contains(called_element)
        }
        ElementKind::ScriptTask { script, source } => script.is_some() && source.is_none(),
        _ => false,
    };
    if outside {
        let call = PluginCall {
            plugin: OUTSIDE.to_owned(),
            function: it.id.0.clone(),
            input: None,
            input_script: None,
            output: String::new(),
        };
        it.kind = ElementKind::ServiceTask { call: Some(call) };
    }
}

/// The name a message goes by: the target's own, the source's, the flow's message, else the message flow's id.
fn name_of(flows: &[Flow], it: &MessageFlow) -> String {
    let own = |id: &str, wanted: fn(&ElementKind) -> bool| {
        flows.iter().find_map(|flow| {
            let element = flow.all().into_iter().find(|element| element.id.as_str() == id && wanted(&element.kind))?;
            message_of(flow, element)
        })
    };
    own(&it.target, catches)
        .or_else(|| own(&it.source, throws))
        .or_else(|| it.message.clone())
        .unwrap_or_else(|| format!("message of {}", it.id))
}

/// The message an element names.
fn message_of(flow: &Flow, it: &Element) -> Option<String> {
    let id = match &it.kind {
        ElementKind::SendTask { message_ref, .. } | ElementKind::ReceiveTask { message_ref, .. } => {
            message_ref.as_ref()
        }
        ElementKind::StartEvent { event_definition, .. }
        | ElementKind::EndEvent { event_definition }
        | ElementKind::IntermediateThrowEvent { event_definition } => event_definition.as_ref().and_then(message_ref),
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => message_ref(event_definition),
        _ => None,
    }?;
    if id.is_empty() {
        return None;
    }
    let named = flow.messages.iter().find(|it| it.id == *id);
    Some(named.map_or(id.as_str(), |it| it.called()).to_owned())
}

fn message_ref(it: &EventDefinition) -> Option<&String> {
    match it {
        EventDefinition::Message { message_ref, .. } => Some(message_ref),
        EventDefinition::Multiple { event_definitions, .. } => event_definitions.iter().find_map(message_ref),
        _ => None,
    }
}

/// Sends a message by itself.
fn throws(it: &ElementKind) -> bool {
    match it {
        ElementKind::SendTask { .. } => true,
        ElementKind::EndEvent { event_definition } | ElementKind::IntermediateThrowEvent { event_definition } => {
            event_definition.as_ref().is_some_and(|it| message_ref(it).is_some())
        }
        _ => false,
    }
}

/// Waits for a message.
fn catches(it: &ElementKind) -> bool {
    match it {
        ElementKind::ReceiveTask { .. } => true,
        ElementKind::StartEvent { event_definition, .. } => {
            event_definition.as_ref().is_some_and(|it| message_ref(it).is_some())
        }
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => message_ref(event_definition).is_some(),
        _ => false,
    }
}

/// Gives an element that sends or waits the name of its message.
fn call(it: &mut ElementKind, name: &str) {
    match it {
        ElementKind::SendTask { message_ref, .. } | ElementKind::ReceiveTask { message_ref, .. } => {
            *message_ref = Some(name.to_owned())
        }
        ElementKind::StartEvent { event_definition: Some(it), .. }
        | ElementKind::EndEvent { event_definition: Some(it) }
        | ElementKind::IntermediateThrowEvent { event_definition: Some(it) }
        | ElementKind::IntermediateCatchEvent { event_definition: it }
        | ElementKind::BoundaryEvent { event_definition: it, .. } => name_definition(it, name),
        _ => {}
    }
}

fn name_definition(it: &mut EventDefinition, name: &str) {
    match it {
        EventDefinition::Message { message_ref, .. } => name.clone_into(message_ref),
        EventDefinition::Multiple { event_definitions, .. } => {
            if let Some(it) = event_definitions.iter_mut().find(|it| message_ref(it).is_some()) {
                name_definition(it, name);
            }
        }
        _ => {}
    }
}

/// Every element, those of subprocesses included.
fn each(elements: &mut [Element], work: &mut impl FnMut(&mut Element)) {
    for it in elements {
        work(it);
        if let Some(inside) = it.kind.inside_mut() {
            each(inside, work);
        }
    }
}
