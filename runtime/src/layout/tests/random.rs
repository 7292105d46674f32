//! Random flows, drawn: loops, splits, boundary events, subprocesses, lanes, pools, notes. The seed is printed when something is
//! wrong; `TEST_SEED` repeats it, `TEST_DOCUMENTS` tries more.

use super::*;
use crate::interchange::{Collaboration, MessageFlow, Participant};
use crate::model::flow::{Element, ElementKind, EventDefinition, Lane};

const FLOWS: u64 = 120;

/// SplitMix64 (Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((it ^ (it >> 31)) % sides as u64) as usize
    }

    fn name(&mut self) -> String {
        [
            "",
            "Check",
            "Approve the order of the customer",
            "审批订单",
            "A very long name that goes on and on, for ever and a day",
        ][self.roll(5)]
        .to_owned()
    }

    fn elements(&mut self, prefix: &str, depth: usize) -> Vec<Element> {
        let mut all = Vec::new();
        let count = 1 + self.roll(9);
        let mut ids: Vec<String> = Vec::new();
        for at in 0..count {
            let id = format!("{prefix}n{at}");
            let kind = match self.roll(8) {
                0 => ElementKind::StartEvent { event_definition: None, is_interrupting: true },
                1 => ElementKind::EndEvent { event_definition: None },
                2 | 3 => ElementKind::ExclusiveGateway {},
                4 if depth > 0 => ElementKind::SubProcess {
                    triggered_by_event: false,
                    flow_elements: self.elements(&format!("{id}_"), depth - 1),
                },
                _ => ElementKind::Task {},
            };
            let hosts = kind.is_activity();
            all.push(Element { name: self.name(), ..Element::new(id.as_str(), kind) });
            if hosts {
                for hanging in 0..self.roll(3) {
                    let event = format!("{id}b{hanging}");
                    let kind = ElementKind::BoundaryEvent {
                        attached_to_ref: id.as_str().into(),
                        cancel_activity: true,
                        event_definition: EventDefinition::Cancel {},
                    };
                    all.push(Element { name: self.name(), ..Element::new(event.as_str(), kind) });
                    ids.push(event);
                }
            }
            ids.push(id);
        }
        let pick = |it: &mut Self| ids[it.roll(ids.len())].clone();
        for at in 0..self.roll(14) {
            let (source, mut target) = (pick(self), pick(self));
            // Nothing flows into a boundary event.
            while let Some((host, _)) = target.rsplit_once('b') {
                target = host.to_owned();
            }
            let kind = ElementKind::SequenceFlow {
                source_ref: source.into(),
                target_ref: target.into(),
                condition_expression: None,
            };
            all.push(Element { name: self.name(), ..Element::new(format!("{prefix}f{at}"), kind) });
        }
        for at in 0..self.roll(3) {
            let id = format!("{prefix}d{at}");
            let kind = if self.roll(2) == 0 {
                ElementKind::TextAnnotation { text: self.name() }
            } else {
                ElementKind::DataObjectReference { data_object_ref: None }
            };
            all.push(Element { name: self.name(), ..Element::new(id.as_str(), kind) });
            let kind = ElementKind::Association {
                source_ref: id.into(),
                target_ref: pick(self).into(),
                association_direction: None,
            };
            all.push(Element::new(format!("{prefix}a{at}"), kind));
        }
        all
    }

    fn document(&mut self) -> Document {
        let mut document = Document { format: 1, ..Document::default() };
        let mut tips = Vec::new();
        let mut participants = Vec::new();
        let count = 1 + self.roll(3);
        for at in 0..count {
            let key = format!("p{at}");
            let mut flow = Flow {
                format: 1,
                id: key.clone(),
                key: key.as_str().into(),
                flow_elements: self.elements(&format!("p{at}"), 2),
                ..Flow::default()
            };
            let nodes: Vec<String> =
                flow.all().iter().filter(|it| it.kind.is_node()).map(|it| it.id.0.clone()).collect();
            let lanes = self.roll(4);
            flow.lanes = (0..lanes)
                .map(|lane| Lane {
                    id: format!("{key}lane{lane}"),
                    parent: (lane == 2).then(|| format!("{key}lane1")),
                    flow_node_refs: flow
                        .flow_elements
                        .iter()
                        .enumerate()
                        .filter(|(at, _)| at % lanes == lane)
                        .map(|it| it.1.id.clone())
                        .collect(),
                    ..Lane::default()
                })
                .collect();
            tips.extend(nodes);
            if self.roll(3) > 0 {
                tips.push(format!("pool{at}"));
                participants.push(Participant {
                    id: format!("pool{at}"),
                    name: self.name(),
                    process: Some(key.as_str().into()),
                    ..Participant::default()
                });
            }
            document.flows.push(flow);
        }
        for at in 0..self.roll(2) {
            tips.push(format!("band{at}"));
            participants.push(Participant { id: format!("band{at}"), ..Participant::default() });
        }
        if !participants.is_empty() {
            let message_flows = (0..self.roll(5)).map(|at| MessageFlow {
                id: format!("m{at}"),
                name: self.name(),
                source_ref: tips[self.roll(tips.len())].clone(),
                target_ref: tips[self.roll(tips.len())].clone(),
                ..MessageFlow::default()
            });
            let message_flows = message_flows
                .filter(|it| it.source_ref.get(..2) != it.target_ref.get(..2) || it.source_ref.starts_with("band"))
                .filter(|it| it.source_ref != it.target_ref)
                .collect();
            document.collaborations.push(Collaboration {
                id: "c".to_owned(),
                participants,
                message_flows,
                ..Collaboration::default()
            });
        }
        document
    }
}

pub(super) fn document(seed: u64) -> Document {
    Dice(seed).document()
}

#[test]
fn random_flows_are_drawn_by_the_rules() {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let seeds = number("TEST_SEED").map_or(0..number("TEST_DOCUMENTS").unwrap_or(FLOWS), |it| it..it + 1);
    for seed in seeds {
        let mut document = Dice(seed).document();
        complete(&mut document);
        let wrong = faults(&document);
        assert!(wrong.is_empty(), "TEST_SEED={seed}\n{}\n{}", wrong.join("\n"), document.write_xml());
    }
}
