//! Random documents through XML, and random damage to XML. The seed is printed when something is wrong; `TEST_SEED` repeats
//! it, `TEST_DOCUMENTS` tries more.

use super::*;
use crate::interchange::ours::forget_kept;
use crate::interchange::{Collaboration, Definitions, MessageFlow, Participant};
use crate::model::flow::{
    AdHocOrdering, Assignment, Behavior, Binding, DataAssociation, Element, ElementKind, ErrorDef, EventDefinition,
    Flow, Lane, Loop, Named, Outcome, Performer, UserTask,
};
use crate::model::layout::{Bounds, Diagram, Edge, Layout, Point, Shape};

const DOCUMENTS: u64 = 60;

/// SplitMix64 (Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (it ^ (it >> 31)) % sides
    }

    fn coin(&mut self) -> bool {
        self.roll(2) == 0
    }

    fn maybe<T>(&mut self, some: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.coin() { Some(some(self)) } else { None }
    }

    fn many<T>(&mut self, most: u64, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.roll(most + 1)).map(|_| one(self)).collect()
    }

    /// Text with everything XML finds difficult.
    fn text(&mut self) -> String {
        const PARTS: [&str; 16] =
            ["a", "Müller", " ", "\n", "\t", "<", ">", "&amp;", "\"", "'", "]]>", "中文", "😀", "${x}", "tns:x", "--"];
        (0..self.roll(5)).map(|_| PARTS[self.roll(16) as usize]).collect()
    }

    fn id(&mut self) -> String {
        format!("n{}", self.roll(40))
    }

    fn number(&mut self) -> f64 {
        let whole = self.roll(4000) as f64 - 500.0;
        if self.coin() { whole } else { ((whole + self.roll(1_000_000) as f64 / 1e6) * 1e6).round() / 1e6 }
    }

    fn bounds(&mut self) -> Bounds {
        Bounds { x: self.number(), y: self.number(), width: self.number(), height: self.number() }
    }

    fn assignment(&mut self) -> Assignment {
        Assignment { target: self.text(), expr: self.text() }
    }

    fn definition(&mut self, depth: u64) -> EventDefinition {
        match self.roll(if depth > 0 { 11 } else { 10 }) {
            0 => EventDefinition::Timer {
                time_date: self.maybe(Self::text),
                time_duration: self.maybe(Self::text),
                time_cycle: None,
            },
            1 => EventDefinition::Message {
                message_ref: self.id(),
                correlation: self.maybe(Self::text),
                payload: self.maybe(Self::text),
            },
            2 => EventDefinition::Signal { signal_ref: self.id(), payload: self.maybe(Self::text) },
            3 => EventDefinition::Error { error_ref: self.maybe(Self::id) },
            4 => EventDefinition::Escalation { escalation_ref: self.maybe(Self::id) },
            5 => EventDefinition::Conditional { condition: self.text() },
            6 => EventDefinition::Compensate {
                activity_ref: self.maybe(|it| it.id().into()),
                wait_for_completion: self.coin(),
            },
            7 => EventDefinition::Cancel {},
            8 => EventDefinition::Link { name: self.text() },
            9 => EventDefinition::Terminate {},
            _ => EventDefinition::Multiple {
                parallel: self.coin(),
                event_definitions: self.many(3, |it| it.definition(0)),
            },
        }
    }

    fn repetition(&mut self) -> Loop {
        if self.coin() {
            return Loop::StandardLoop {
                test_before: self.coin(),
                loop_condition: self.maybe(Self::text),
                loop_maximum: self.maybe(Self::text),
            };
        }
        Loop::MultiInstance {
            is_sequential: self.coin(),
            loop_cardinality: self.maybe(Self::text),
            collection: self.maybe(|it| if it.coin() { it.id() } else { it.text() }),
            item: self.maybe(Self::text),
            output_item: self.maybe(Self::text),
            output_collection: self.maybe(Self::id),
            completion_condition: self.maybe(Self::text),
            behavior: [Behavior::All, Behavior::None, Behavior::One, Behavior::Complex][self.roll(4) as usize],
            none_behavior_event: self.maybe(|it| it.definition(0)),
            one_behavior_event: None,
            complex_behaviors: Vec::new(),
        }
    }

    fn kind(&mut self, depth: u64) -> ElementKind {
        let event = |it: &mut Self| it.maybe(|it| it.definition(1));
        match self.roll(if depth > 0 { 28 } else { 25 }) {
            0..5 => ElementKind::SequenceFlow {
                source_ref: self.id().into(),
                target_ref: self.id().into(),
                condition_expression: self.maybe(Self::text),
            },
            5 => ElementKind::StartEvent { event_definition: event(self), is_interrupting: self.coin() },
            6 => ElementKind::EndEvent { event_definition: event(self) },
            7 => ElementKind::IntermediateCatchEvent { event_definition: self.definition(1) },
            8 => ElementKind::IntermediateThrowEvent { event_definition: event(self) },
            9 => ElementKind::BoundaryEvent {
                attached_to_ref: self.id().into(),
                cancel_activity: self.coin(),
                event_definition: self.definition(1),
            },
            10 => ElementKind::UserTask(Box::new(UserTask {
                performer: Performer {
                    roles: self.many(2, |it| it.text().into()),
                    customer: self.coin(),
                    ..Performer::default()
                },
                outcomes: self.many(2, |it| Outcome { id: it.id(), title: it.text(), ..Outcome::default() }),
                due: self.maybe(Self::text),
                ..UserTask::default()
            })),
            11 => ElementKind::Task {},
            12 => ElementKind::ScriptTask { script: self.maybe(|it| it.text().into()), source: self.maybe(Self::text) },
            13 => ElementKind::SendTask {
                message_ref: self.maybe(Self::id),
                correlation: None,
                payload: self.maybe(Self::text),
            },
            14 => ElementKind::ReceiveTask {
                message_ref: self.maybe(Self::id),
                instantiate: self.coin(),
                correlation: self.maybe(Self::text),
            },
            15 => ElementKind::BusinessRuleTask {
                table: self.text().into(),
                inputs: self.many(2, Self::assignment),
                output: self.text(),
            },
            16 => ElementKind::CallActivity {
                called_element: self.id().into(),
                binding: if self.coin() { Binding::Version(self.text()) } else { Binding::Deployment },
                inputs: self.many(2, Self::assignment),
                outputs: Vec::new(),
            },
            17 => ElementKind::ExclusiveGateway {},
            18 => ElementKind::EventBasedGateway { instantiate: self.coin(), parallel: self.coin() },
            19 => ElementKind::ComplexGateway { activation_condition: self.maybe(Self::text) },
            20 => ElementKind::DataObject { is_collection: self.coin() },
            21 => ElementKind::DataObjectReference { data_object_ref: self.maybe(Self::id) },
            22 => ElementKind::TextAnnotation { text: self.text() },
            23 => ElementKind::Association {
                source_ref: self.id().into(),
                target_ref: self.id().into(),
                association_direction: self.maybe(Self::text),
            },
            24 => ElementKind::Group { category_value_ref: self.maybe(Self::id) },
            25 => ElementKind::SubProcess { triggered_by_event: self.coin(), flow_elements: self.elements(depth - 1) },
            26 => ElementKind::Transaction { flow_elements: self.elements(depth - 1) },
            _ => ElementKind::AdHocSubProcess {
                ordering: if self.coin() { AdHocOrdering::Sequential } else { AdHocOrdering::Parallel },
                completion_condition: self.maybe(Self::text),
                cancel_remaining_instances: self.coin(),
                flow_elements: self.elements(depth - 1),
            },
        }
    }

    /// Elements in the order XML wants: artifacts last.
    fn elements(&mut self, depth: u64) -> Vec<Element> {
        let mut all = self.many(8, |it| {
            let mut element = Element::new(it.id(), it.kind(depth));
            element.name = it.text();
            element.documentation = it.text();
            element.stage = it.maybe(Self::text);
            element.assign = it.many(1, Self::assignment);
            element.default = it.maybe(|it| it.id().into());
            element.start_quantity = it.roll(3) as u32;
            element.is_for_compensation = it.coin();
            if element.kind.is_activity() {
                element.loop_characteristics = it.maybe(|it| Box::new(it.repetition()));
            }
            element.data_input_associations = it.many(1, |it| DataAssociation {
                id: it.maybe(Self::id),
                source_ref: it.many(2, Self::id),
                target_ref: it.maybe(Self::id),
                transformation: it.maybe(Self::text),
                assignment: it.many(2, Self::assignment),
                ..DataAssociation::default()
            });
            element
        });
        all.sort_by_key(|it| {
            matches!(
                it.kind,
                ElementKind::TextAnnotation { .. } | ElementKind::Association { .. } | ElementKind::Group { .. }
            )
        });
        all
    }

    fn flow(&mut self, number: usize) -> Flow {
        let key = if self.coin() { format!("key{number}") } else { format!("P{number}") };
        Flow {
            format: 1,
            id: format!("P{number}"),
            key: key.into(),
            name: self.text(),
            documentation: self.text(),
            module: self.maybe(|it| it.text().into()),
            messages: self.many(2, |it| Named { id: it.id(), name: it.text() }),
            errors: self.many(1, |it| ErrorDef { id: it.id(), name: it.text(), error_code: it.text() }),
            lanes: {
                let count = self.roll(4);
                (0..count)
                    .map(|at| Lane {
                        id: format!("lane{number}-{at}"),
                        name: self.text(),
                        role: self.maybe(|it| it.text().into()),
                        // Outer before inner, as they are read.
                        parent: (at > 0 && self.coin()).then(|| format!("lane{number}-{}", at - 1)),
                        flow_node_refs: self.many(3, |it| it.id().into()),
                        ..Lane::default()
                    })
                    .collect()
            },
            flow_elements: self.elements(2),
            ..Flow::default()
        }
    }

    fn document(&mut self) -> Document {
        let count = self.roll(3) as usize + 1;
        let shape = |it: &mut Self| {
            let Bounds { x, y, width, height } = it.bounds();
            Shape {
                element: it.id().into(),
                x,
                y,
                width,
                height,
                is_expanded: it.maybe(Self::coin),
                label: it.maybe(Self::bounds),
                ..Shape::default()
            }
        };
        let edge = |it: &mut Self| Edge {
            element: it.id().into(),
            waypoints: it.many(4, |it| Point { x: it.number(), y: it.number() }),
            label: it.maybe(Self::bounds),
            ..Edge::default()
        };
        Document {
            format: 1,
            flows: (0..count).map(|number| self.flow(number)).collect(),
            collaborations: self.many(1, |it| Collaboration {
                id: "C".to_owned(),
                name: it.text(),
                participants: it.many(3, |it| Participant {
                    id: it.id(),
                    name: it.text(),
                    process: it.maybe(|it| format!("key{}", it.roll(3)).into()),
                    ..Participant::default()
                }),
                message_flows: it.many(3, |it| MessageFlow {
                    id: it.id(),
                    name: it.text(),
                    source_ref: it.id(),
                    target_ref: it.id(),
                    message_ref: it.maybe(Self::id),
                    ..MessageFlow::default()
                }),
                ..Collaboration::default()
            }),
            layout: Layout {
                format: 1,
                diagrams: self.many(2, |it| Diagram {
                    id: it.text(),
                    name: it.text(),
                    element: it.maybe(|it| it.id().into()),
                    shapes: it.many(4, shape),
                    edges: it.many(4, edge),
                    ..Diagram::default()
                }),
            },
            ..Document::default()
        }
    }
}

fn seeds() -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    match number("TEST_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TEST_DOCUMENTS").unwrap_or(DOCUMENTS),
    }
}

/// What a document says: without how the file wrote it.
fn said(document: &Document) -> serde_json::Value {
    let mut value = serde_json::to_value(Document { definitions: Definitions::default(), ..document.clone() })
        .expect("it serialises");
    forget_kept(&mut value);
    value
}

#[test]
fn documents_come_back_the_same() {
    for seed in seeds() {
        let document = Dice(seed).document();
        let text = document.write_xml();
        let again =
            Document::read_xml(text.as_bytes()).unwrap_or_else(|error| panic!("TEST_SEED={seed}: {error}\n{text}"));
        assert_eq!(said(&again), said(&document), "TEST_SEED={seed}\n{text}");
        assert_eq!(again.write_xml(), text, "TEST_SEED={seed}");
        assert_eq!(Document::read_json(document.write_json().as_bytes()).as_ref(), Ok(&document), "TEST_SEED={seed}");
    }
}

#[test]
fn damaged_files_are_read_or_refused() {
    const PIECES: [&str; 16] = [
        "<",
        ">",
        "/>",
        "\"",
        "&",
        "&lt;",
        "xmlns=\"\"",
        " xmlns:bpmn=\"u\"",
        "<!--",
        "]]>",
        "<![CDATA[",
        "<?a ?>",
        "id=\"n1\"",
        "<bpmn:task/>",
        "</bpmn:process>",
        "<bpmn:extensionElements>",
    ];
    for seed in seeds() {
        let mut dice = Dice(seed ^ 0xdead);
        let text = dice.document().write_xml();
        for _ in 0..20 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..=dice.roll(3) {
                let at = dice.roll(bytes.len() as u64) as usize;
                let end = (at + dice.roll(30) as usize).min(bytes.len());
                match dice.roll(4) {
                    0 => drop(bytes.drain(at..end)),
                    1 => bytes.truncate(end.max(1)),
                    2 => {
                        let piece = PIECES[dice.roll(16) as usize];
                        drop(bytes.splice(at..at, piece.bytes()));
                    }
                    _ => {
                        let copy: Vec<u8> = bytes[at..end].to_vec();
                        let to = dice.roll(bytes.len() as u64) as usize;
                        drop(bytes.splice(to..to, copy));
                    }
                }
            }
            let Ok(document) = Document::read_xml(&bytes) else { continue };
            let first = document.write_xml();
            let again = Document::read_xml(first.as_bytes()).unwrap_or_else(|error| {
                panic!("TEST_SEED={seed}: {error}\n{}\n{first}", String::from_utf8_lossy(&bytes))
            });
            assert_eq!(again.write_xml(), first, "TEST_SEED={seed}\n{}", String::from_utf8_lossy(&bytes));
        }
    }
}
