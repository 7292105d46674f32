//! What comes out: names, prefixes, order, what is ours.

use super::*;
use crate::model::flow::{
    Assignment, Element, ElementKind, EventDefinition, Flow, Lane, NotifyMoment, NotifyRule, Outcome, UserTask,
};
use crate::model::layout::Layout;

#[test]
fn what_is_ours_comes_back() {
    let task = UserTask {
        outcomes: vec![Outcome {
            id: "yes".to_owned(),
            title: "Ja & <nein>".to_owned(),
            requires: vec!["note".into()],
            ..Outcome::default()
        }],
        due: Some("2bd".to_owned()),
        instructions: "line\n\ttwo".to_owned(),
        ..UserTask::default()
    };
    let mut ask = Element::new("ask", ElementKind::UserTask(Box::new(task)));
    ask.stage = Some("asked".to_owned());
    ask.assign = vec![Assignment { target: "data.n".to_owned(), expr: "data.n + 1".to_owned() }];
    ask.notify =
        vec![NotifyRule { on: NotifyMoment::Leave, to: vec!["role:boss".to_owned()], notice: "done".to_owned() }];
    let tell = EventDefinition::Message {
        message_ref: "m".to_owned(),
        correlation: Some("data.id".to_owned()),
        payload: None,
    };
    let flow = Flow {
        format: 1,
        id: "p_order".to_owned(),
        key: "order".into(),
        name: "Order".to_owned(),
        module: Some("order".into()),
        lanes: vec![Lane {
            id: "l".to_owned(),
            name: "Sales".to_owned(),
            role: Some("sales".into()),
            flow_node_refs: vec!["ask".into()],
            ..Lane::default()
        }],
        flow_elements: vec![
            ask,
            Element::new("end", ElementKind::EndEvent { event_definition: Some(tell) }),
            Element::new(
                "f",
                ElementKind::SequenceFlow {
                    source_ref: "ask".into(),
                    target_ref: "end".into(),
                    condition_expression: None,
                },
            ),
            Element::new(
                "again",
                ElementKind::CallActivity {
                    called_element: "order".into(),
                    binding: Default::default(),
                    inputs: Vec::new(),
                    outputs: Vec::new(),
                },
            ),
        ],
        ..Flow::default()
    };
    let document = Document::of_flow(flow, Layout { format: 1, diagrams: Vec::new() });
    let text = twice(&document);
    let again = Document::read_xml(text.as_bytes()).expect("ours");
    assert_eq!(again.flows, document.flows);
    assert!(
        text.contains(r#"calledElement="p_order""#)
            && text.contains("xmlns:flowloom=")
            && text.contains(r#"isExecutable="true""#),
        "{text}"
    );
    assert!(text.contains("<bpmn:outgoing>f</bpmn:outgoing>"), "{text}");
}

#[test]
fn packs_flows_take_along_the_prefixes_they_need() {
    let document = read(r#"<process id="P"><task id="t" camunda:asyncBefore="true"/></process>"#);
    let (flow, layout) = document.into_flow(0).expect("one flow");
    let text = twice(&Document::of_flow(flow, layout));
    assert!(
        text.contains(r#"xmlns:camunda="http://camunda.org/schema/1.0/bpmn""#)
            && text.contains(r#"camunda:asyncBefore="true""#),
        "{text}"
    );
}

#[test]
fn prefixes_stay_as_they_were() {
    const MODEL: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    let cases = [
        (
            format!(
                r#"<semantic:definitions xmlns:semantic="{MODEL}" xmlns="urn:other"><semantic:process id="P"><semantic:task id="t"/><x/></semantic:process></semantic:definitions>"#
            ),
            "<semantic:task",
        ),
        (
            format!(
                r#"<b:definitions xmlns="{MODEL}" xmlns:b="{MODEL}"><b:process id="P"><task id="t"/></b:process></b:definitions>"#
            ),
            "<b:task",
        ),
        // The prefix means something else further in: ours must not be caught by it.
        (
            format!(
                r#"<b:definitions xmlns:b="{MODEL}"><b:process id="P" xmlns:b="urn:x" xmlns:c="{MODEL}"><c:task id="t" b:a="1"/></b:process></b:definitions>"#
            ),
            "task id=\"t\" b:a=\"1\"",
        ),
        (
            format!(
                r#"<definitions xmlns="{MODEL}"><process id="P"><extensionElements><flowloom:a xmlns:flowloom="urn:not-ours"><flowloom:b/></flowloom:a></extensionElements><task id="t"/></process></definitions>"#
            ),
            "<flowloom:b/>",
        ),
    ];
    for (text, expected) in cases {
        // The third opens `process` under another name than it says: read it as the parser must.
        let Ok(document) = Document::read_xml(text.as_bytes()) else { continue };
        let written = twice(&document);
        assert!(written.contains(expected), "{written}");
    }
}

#[test]
fn the_file_keeps_the_last_word_on_how_and_the_model_on_what() {
    let mut document = read(
        r#"<process id="P" isExecutable="false"><documentation textFormat="text/html" id="d"><p xmlns="http://www.w3.org/1999/xhtml">Hi <b>you</b></p></documentation>
        <callActivity id="c" name="a&#10;b" calledElement="tns:Q"/></process>
        <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="P"><bpmndi:BPMNShape bpmnElement="c" id="s"><dc:Bounds x="10.0" y="1.123456789" width="100" height="80.50"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"#,
    );
    let text = twice(&document);
    for part in [
        r#"<p xmlns="http://www.w3.org/1999/xhtml">Hi <b>you</b></p>"#,
        r#"calledElement="tns:Q""#,
        "a&#10;b",
        r#"x="10.0""#,
        r#"y="1.123456789""#,
        r#"height="80.50""#,
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    document.layout.diagrams[0].shapes[0].x = 12.0;
    document.flows[0].documentation = "Bye".to_owned();
    let text = twice(&document);
    assert!(
        text.contains(r#"x="12" y="1.123456789""#)
            && text.contains(r#"<documentation textFormat="text/html" id="d">Bye</documentation>"#),
        "{text}"
    );
}

#[test]
fn what_the_model_dropped_does_not_come_back() {
    let mut document = read(
        r#"<process id="P"><boundaryEvent id="b" attachedToRef="t"><messageEventDefinition id="m1" messageRef="m"/></boundaryEvent><task id="t"/></process>
        <bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNEdge bpmnElement="f"><di:waypoint xsi:type="dc:Point" x="1" y="1"/><di:waypoint xsi:type="dc:Point" x="2" y="2"/></bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"#,
    );
    let ElementKind::BoundaryEvent { event_definition, .. } = &mut document.flows[0].flow_elements[0].kind else {
        panic!()
    };
    *event_definition = EventDefinition::Cancel {};
    document.layout.diagrams[0].edges[0].waypoints.pop();
    let text = twice(&document);
    assert!(!text.contains("messageEventDefinition") && text.contains("cancelEventDefinition"), "{text}");
    assert_eq!(text.matches("di:waypoint").count(), 1, "{text}");
}

#[test]
fn comments_instructions_and_unread_shapes_are_kept() {
    let file = format!(
        "<?xml version=\"1.0\"?><!-- first --><?tool a=1?>{}<!-- last -->",
        file(
            r#"<!-- in --><process id="P"><!-- deep --></process><bpmndi:BPMNDiagram><bpmndi:BPMNPlane>
            <bpmndi:BPMNShape id="odd" bpmnElement="P"><dc:Bounds x="NaN" y="0" width="1" height="1"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"#
        )
    );
    let text = twice(&Document::read_xml(file.as_bytes()).expect("a good file"));
    for part in ["<!-- first -->", "<?tool a=1?>", "<!-- last -->", "<!-- in -->", "<!-- deep -->", r#"x="NaN""#] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

/// Three pools: the flow, another process with something in it, a black box; messages between them, one at the root alone.
const POOLS: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="D" targetNamespace="x">
  <message id="M1" name="Order"/>
  <message id="M2" name="Bill"/>
  <collaboration id="C" name="Trade">
    <participant id="P1" name="Shop" processRef="A"/>
    <participant id="P2" name="Customer" processRef="B"><participantMultiplicity minimum="1" maximum="2"/></participant>
    <participant id="P3" name="Bank"/>
    <messageFlow id="F1" name="orders" sourceRef="ask" targetRef="take" messageRef="M1"/>
    <messageFlow id="F2" sourceRef="P1" targetRef="P3" messageRef="M2"/>
    <textAnnotation id="T"><text>who pays</text></textAnnotation>
  </collaboration>
  <process id="B"><startEvent id="b"/><sendTask id="ask" name="Ask" messageRef="M1"/><sequenceFlow id="s1" sourceRef="b" targetRef="ask"/></process>
  <process id="A" name="Sell"><startEvent id="a"/><receiveTask id="take" messageRef="M1"/><endEvent id="e"/><sequenceFlow id="s2" sourceRef="a" targetRef="take"/><sequenceFlow id="s3" sourceRef="take" targetRef="e"/></process>
</definitions>"#;

#[test]
fn a_flow_keeps_its_pools_and_gives_them_back() {
    let mut file = Document::read_xml(POOLS.as_bytes()).expect("BPMN");
    crate::layout::complete(&mut file);
    let at = file.flows.iter().position(|it| it.id == "A").expect("the shop");
    let (flow, layout) = file.clone().into_flow(at).expect("a flow");
    let kept = flow.collaboration.as_deref().expect("its pools");
    assert_eq!((kept.participants.len(), kept.processes.len(), kept.message_flows.len()), (3, 1, 2));
    assert_eq!(flow.messages.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Order", "Bill"]);
    assert_eq!(kept.foreign("ask").and_then(|it| Some(it.0?.id.as_str())), Some("P2"));
    // As a file of a pack it is the same again.
    let text = serde_json::to_string(&flow).expect("JSON");
    assert_eq!(serde_json::from_str::<crate::model::flow::Flow>(&text).expect("a flow"), flow);
    let back = Document::of_flow(flow, layout);
    assert_eq!(back.collaborations, file.collaborations);
    let of = |document: &Document, id: &str| document.flows.iter().find(|it| it.id == id).cloned();
    assert_eq!(of(&back, "B"), of(&file, "B"));
    let shop = |document: &Document| of(document, "A").map(|it| (it.flow_elements, it.messages, it.lanes));
    assert_eq!(shop(&back), shop(&file));
    assert_eq!(back.layout, file.layout);
    let xml = twice(&back);
    assert!(xml.contains(r#"message id="M2" name="Bill""#), "{xml}");
    assert!(!xml.contains("flowloom:collaboration"), "nothing of it is ours alone:\n{xml}");
}

#[test]
fn a_flow_in_no_pool_brings_none_along() {
    let file = Document::read_xml(POOLS.replace("processRef=\"A\"", "").as_bytes()).expect("BPMN");
    let at = file.flows.iter().position(|it| it.id == "A").expect("the shop");
    assert!(file.into_flow(at).expect("a flow").0.collaboration.is_none());
}

#[test]
fn what_xml_cannot_hold_is_refused_with_its_place() {
    let written = |from: &str, to: &str| {
        let document = read(
            r#"<process id="P"><!--said--><task id="t" name="Task" camunda:a="1"><documentation>Long</documentation></task></process>"#,
        );
        let json = document.write_json();
        assert!(json.contains(from), "{json}");
        let document = Document::read_json(json.replacen(from, to, 1).as_bytes()).expect("JSON holds it");
        document.try_write_xml().map(|_| String::new()).unwrap_or_else(|it| format!("{} {it}", it.code()))
    };
    let refused = |element: &str, place: &str, code: &str| {
        format!("xml-character element `{element}`: expected characters XML allows in {place}, found U+{code}")
    };
    let cases = [
        ("\"Task\"", r#""a\u0000b""#, refused("t", "`name`", "0000")),
        ("\"1\"", r#""\u0001""#, refused("t", "`camunda:a`", "0001")),
        ("\"Long\"", r#""\uFFFE""#, refused("t", "the text of `documentation`", "FFFE")),
        ("said", r#"\u001b"#, refused("P", "a comment", "001B")),
        ("\"t\"", r#""\u0008""#, refused("\\u{8}", "`id`", "0008")),
        ("\"Task\"", r#""a\tb\n\r \u0085 <&>""#, String::new()),
    ];
    for (from, to, expected) in cases {
        assert_eq!(written(from, to), expected, "{to}");
    }
}
