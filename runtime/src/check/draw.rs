//! For tests: flows written as text. `s>t1>x1>t2>e1; x1>e2` — the first letter of an id says what it is:
//! s start, e end, k terminate end, t user task, m manual task, x exclusive, p parallel, o inclusive, v event gateway, c timer catch,
//! g2… complex, activated by two tokens;
//! `b1@t1` an interrupting and `n1@t1` a non-interrupting boundary timer. `x1?>t2`: the flow has a condition; `x1!>t2`: it is the default.

use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow, UserTask};

/// Makes the flow; panics on a bad drawing, since it is part of a test.
pub fn draw(text: &str) -> Flow {
    let mut elements: Vec<Element> = Vec::new();
    let mut flows: Vec<Element> = Vec::new();
    let mut count = 0;
    for chain in text.split(';').map(str::trim).filter(|it| !it.is_empty()) {
        let mut before: Option<(String, Option<char>)> = None;
        for part in chain.split('>').map(str::trim) {
            let (name, mark) = match part.strip_suffix(['?', '!']) {
                Some(name) => (name, part.chars().last()),
                None => (part, None),
            };
            let (id, host) = name.split_once('@').map_or((name, None), |(id, host)| (id, Some(host)));
            if !elements.iter().any(|it| it.id.as_str() == id) {
                elements.push(node(id, host));
            }
            if let Some((from, mark)) = before {
                count += 1;
                let flow = NodeId(format!("f{count}"));
                if mark == Some('!') {
                    for it in elements.iter_mut().filter(|it| it.id.as_str() == from) {
                        it.default = Some(flow.clone());
                    }
                }
                flows.push(element(
                    flow.as_str(),
                    ElementKind::SequenceFlow {
                        source_ref: from.as_str().into(),
                        target_ref: id.into(),
                        condition_expression: (mark == Some('?')).then(|| "data.n > 1".to_owned()),
                    },
                ));
            }
            before = Some((id.to_owned(), mark));
        }
    }
    elements.extend(flows);
    Flow {
        format: 1,
        id: "P".to_owned(),
        key: "p".into(),
        name: "P".to_owned(),
        flow_elements: elements,
        ..Flow::default()
    }
}

fn element(id: &str, kind: ElementKind) -> Element {
    let name = if matches!(kind, ElementKind::SequenceFlow { .. }) { String::new() } else { id.to_uppercase() };
    Element { name, ..Element::new(id, kind) }
}

fn node(id: &str, host: Option<&str>) -> Element {
    let timer = || EventDefinition::Timer { time_date: None, time_duration: Some("PT1H".to_owned()), time_cycle: None };
    let kind = match id.chars().next() {
        Some('s') => ElementKind::StartEvent { event_definition: None, is_interrupting: true },
        Some('e') => ElementKind::EndEvent { event_definition: None },
        Some('k') => ElementKind::EndEvent { event_definition: Some(EventDefinition::Terminate {}) },
        Some('t') => {
            let mut task = UserTask::default();
            task.performer.roles.push("agent".into());
            ElementKind::UserTask(Box::new(task))
        }
        Some('m') => ElementKind::Task {},
        Some('x') => ElementKind::ExclusiveGateway {},
        Some('p') => ElementKind::ParallelGateway {},
        Some('o') => ElementKind::InclusiveGateway {},
        Some('v') => ElementKind::EventBasedGateway { instantiate: false, parallel: false },
        Some('g') => {
            let needed = id.get(1..2).expect("a complex gateway is written g2");
            ElementKind::ComplexGateway { activation_condition: Some(format!("activationCount >= {needed}")) }
        }
        Some('c') => ElementKind::IntermediateCatchEvent { event_definition: timer() },
        Some(it @ ('b' | 'n')) => ElementKind::BoundaryEvent {
            attached_to_ref: host.expect("a boundary event is written b1@t1").into(),
            cancel_activity: it == 'b',
            event_definition: timer(),
        },
        _ => panic!("what is `{id}`?"),
    };
    element(id, kind)
}
