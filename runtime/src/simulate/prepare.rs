//! Makes flows ready to run without a record, people and plugins: work of any kind becomes a job that waits for the
//! outside, and message flows between pools become names of messages.

use std::collections::{BTreeMap, BTreeSet};

use super::{Happening, MessageFlow, Options};
use crate::foreign;
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

pub(super) fn prepare(flows: &[Flow], message_flows: &[MessageFlow], options: &Options) -> Prepared {
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
    let mut given = Given::default();
    for it in message_flows {
        given.carry(&mut made, it, &mut senders, &mut sent_here);
    }
    let sets = options.script.iter().filter_map(Happening::sets).flat_map(|it| it.keys());
    let names = foreign::Names::of(flows, options.variables.keys().chain(sets).map(String::as_str));
    for flow in &mut made {
        // Records, people and plugins are not here.
        flow.module = None;
        each(&mut flow.flow_elements, &mut |it| {
            foreign::of_zeebe(it, &names);
            work(it, &keys, &ids);
            foreign::element(it, &names);
        });
    }
    Prepared { flows: made, senders, sent_here }
}

/// Work becomes a job for the outside.
fn work(it: &mut Element, keys: &BTreeSet<FlowKey>, ids: &BTreeMap<String, FlowKey>) {
    it.notify.clear();
    it.stage = None;
    let foreign =
        matches!(&it.kind, ElementKind::ScriptTask { source: Some(source), .. } if foreign::script(it, source));
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
        ElementKind::ScriptTask { script, source: None } => script.is_some(),
        ElementKind::ScriptTask { source: Some(_), .. } => foreign,
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

/// Which messages of events message flows have been given to: (element, place among its messages).
#[derive(Default)]
struct Given(BTreeSet<(String, usize)>);

impl Given {
    /// Both ends of a message flow speak of the same message: by the target's own name, the source's, the flow's message, else the
    /// message flow's id. Of an event with several messages each message flow has one.
    fn carry(
        &mut self,
        flows: &mut [Flow],
        it: &MessageFlow,
        senders: &mut BTreeMap<(FlowKey, NodeId), Vec<String>>,
        sent_here: &mut BTreeSet<String>,
    ) {
        let (of_target, of_source) = (messages_at(flows, &it.target, catches), messages_at(flows, &it.source, throws));
        let names = |of: &[Option<String>]| of.iter().flatten().cloned().collect::<Vec<_>>();
        let flow_own: Vec<String> = it.message.iter().cloned().collect();
        let target = self.place(&it.target, &of_target, &[flow_own.clone(), names(&of_source)].concat());
        let source = self.place(&it.source, &of_source, &[flow_own, names(&of_target)].concat());
        let own = |of: &[Option<String>], at: Option<usize>| of.get(at?).cloned().flatten();
        let name = own(&of_target, target)
            .or_else(|| own(&of_source, source))
            .or_else(|| it.message.clone())
            .unwrap_or_else(|| format!("message of {}", it.id));
        // One message of a thrower goes to one receiver: whoever else gets it, gets it when the thrower is left.
        let taken = source.is_some_and(|at| self.0.contains(&(it.source.clone(), at)));
        let throws_it = source.filter(|_| !taken);
        for (id, at) in [(&it.target, target), (&it.source, throws_it)] {
            let Some(at) = at else { continue };
            self.0.insert((id.clone(), at));
            sent_here.insert(name.clone());
            for flow in flows.iter_mut() {
                let mut named = false;
                each(&mut flow.flow_elements, &mut |element| {
                    if element.id.as_str() == id {
                        call(&mut element.kind, at, &name);
                        named = true;
                    }
                });
                if named && !flow.messages.iter().any(|it| it.id == name) {
                    flow.messages.push(Named { id: name.clone(), name: name.clone() });
                }
            }
        }
        if throws_it.is_none()
            && let Some(flow) = flows.iter().find(|flow| flow.all().iter().any(|own| own.id.as_str() == it.source))
        {
            sent_here.insert(name.clone());
            senders.entry((flow.key.clone(), NodeId::from(it.source.as_str()))).or_default().push(name);
        }
    }

    /// Which of an element's messages a flow has: the one it names, else the first no other has, else the first.
    fn place(&self, id: &str, own: &[Option<String>], wanted: &[String]) -> Option<usize> {
        let free = |at: &usize| !self.0.contains(&(id.to_owned(), *at));
        let named = wanted.iter().find_map(|wanted| own.iter().position(|it| it.as_ref() == Some(wanted)));
        named.or_else(|| (0..own.len()).find(free)).or(if own.is_empty() { None } else { Some(0) })
    }
}

/// The messages an element sends or waits for, with their names where they have one.
fn messages_at(flows: &[Flow], id: &str, wanted: fn(&ElementKind) -> bool) -> Vec<Option<String>> {
    let found = flows.iter().find_map(|flow| {
        let element = flow.all().into_iter().find(|it| it.id.as_str() == id && wanted(&it.kind))?;
        Some((flow, element.kind.clone()))
    });
    let Some((flow, mut kind)) = found else { return Vec::new() };
    let mut names = Vec::new();
    each_message(&mut kind, &mut |it| {
        let known = it
            .as_ref()
            .filter(|it| !it.is_empty())
            .map(|id| flow.messages.iter().find(|it| it.id == *id).map_or(id.as_str(), |it| it.called()).to_owned());
        names.push(known);
    });
    names
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

/// Gives a message of an element that sends or waits its name.
fn call(it: &mut ElementKind, at: usize, name: &str) {
    let mut place = 0;
    each_message(it, &mut |it| {
        if place == at {
            *it = Some(name.to_owned());
        }
        place += 1;
    });
}

/// The messages an element sends or waits for, in order.
fn each_message(it: &mut ElementKind, work: &mut impl FnMut(&mut Option<String>)) {
    match it {
        ElementKind::SendTask { message_ref, .. } | ElementKind::ReceiveTask { message_ref, .. } => work(message_ref),
        ElementKind::StartEvent { event_definition: Some(it), .. }
        | ElementKind::EndEvent { event_definition: Some(it) }
        | ElementKind::IntermediateThrowEvent { event_definition: Some(it) }
        | ElementKind::IntermediateCatchEvent { event_definition: it }
        | ElementKind::BoundaryEvent { event_definition: it, .. } => each_definition(it, work),
        _ => {}
    }
}

fn each_definition(it: &mut EventDefinition, work: &mut impl FnMut(&mut Option<String>)) {
    match it {
        EventDefinition::Message { message_ref, .. } => {
            let mut name = Some(std::mem::take(message_ref));
            work(&mut name);
            *message_ref = name.unwrap_or_default();
        }
        EventDefinition::Multiple { event_definitions, .. } => {
            event_definitions.iter_mut().for_each(|it| each_definition(it, work));
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
