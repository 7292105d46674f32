//! What each part of BPMN becomes.

use super::*;
use crate::model::flow::{Behavior, ElementKind, EventDefinition, Loop};

#[test]
fn event_definitions() {
    let timer = |date: Option<&str>, duration: Option<&str>, cycle: Option<&str>| EventDefinition::Timer {
        time_date: date.map(str::to_owned),
        time_duration: duration.map(str::to_owned),
        time_cycle: cycle.map(str::to_owned),
    };
    let cases = [
        (
            "<timerEventDefinition><timeDuration> PT1H </timeDuration></timerEventDefinition>",
            timer(None, Some("PT1H"), None),
        ),
        (
            "<timerEventDefinition><timeDate>2026-01-01T00:00:00Z</timeDate></timerEventDefinition>",
            timer(Some("2026-01-01T00:00:00Z"), None, None),
        ),
        ("<timerEventDefinition/>", timer(None, None, None)),
        (
            r#"<messageEventDefinition messageRef="tns:m"/>"#,
            EventDefinition::Message { message_ref: "m".to_owned(), correlation: None, payload: None },
        ),
        (
            r#"<signalEventDefinition signalRef="s"/>"#,
            EventDefinition::Signal { signal_ref: "s".to_owned(), payload: None },
        ),
        (r#"<errorEventDefinition errorRef="e"/>"#, EventDefinition::Error { error_ref: Some("e".to_owned()) }),
        ("<escalationEventDefinition/>", EventDefinition::Escalation { escalation_ref: None }),
        (
            "<conditionalEventDefinition><condition>a &gt; 1</condition></conditionalEventDefinition>",
            EventDefinition::Conditional { condition: "a > 1".to_owned() },
        ),
        (
            r#"<compensateEventDefinition activityRef="t" waitForCompletion="0"/>"#,
            EventDefinition::Compensate { activity_ref: Some("t".into()), wait_for_completion: false },
        ),
        ("<cancelEventDefinition/>", EventDefinition::Cancel {}),
        (r#"<linkEventDefinition name="L"/>"#, EventDefinition::Link { name: "L".to_owned() }),
        ("", EventDefinition::Multiple { parallel: false, event_definitions: Vec::new() }),
        (
            "<terminateEventDefinition/><cancelEventDefinition/>",
            EventDefinition::Multiple {
                parallel: false,
                event_definitions: vec![EventDefinition::Terminate {}, EventDefinition::Cancel {}],
            },
        ),
    ];
    for (inside, expected) in cases {
        let found = element(&format!(r#"<intermediateCatchEvent id="c">{inside}</intermediateCatchEvent>"#), "c");
        let ElementKind::IntermediateCatchEvent { event_definition } = found.kind else { panic!("{inside}") };
        assert_eq!(event_definition, expected, "{inside}");
    }
}

#[test]
fn sets_of_lanes_stay_apart() {
    let set = |id: &str| format!(r#"<laneSet><lane id="{id}"><flowNodeRef>t</flowNodeRef></lane></laneSet>"#);
    let one = read(&format!(r#"<process id="P">{}<task id="t"/></process>"#, set("a")));
    assert!(one.flows[0].kept.children.is_empty());
    let two = read(&format!(r#"<process id="P">{}{}<task id="t"/></process>"#, set("a"), set("b")));
    assert_eq!(twice(&two).matches("</laneSet>").count(), 2);
    let found: Vec<String> = crate::check::flow::check(&two.flows[0], "").into_iter().map(|it| it.code).collect();
    assert!(!found.contains(&"flow-lane".to_owned()), "{found:?}");
}

#[test]
fn prefixes_mean_what_they_are_declared_for() {
    let called = |outside: &str, inside: &str| {
        let document = read(&format!(
            r#"{outside}<process id="P" xmlns:p="urn:t"><callActivity id="c" {inside}/></process><process id="Q"/>"#
        ));
        let ElementKind::CallActivity { called_element, .. } = document.flows[0].flow_elements[0].kind.clone() else {
            panic!()
        };
        let text = twice(&document);
        assert!(text.contains(inside.split(' ').next().unwrap_or_default()), "{text}");
        assert!(!text.contains("flowloom"), "{text}");
        called_element.0
    };
    // At the root, around it, at the element itself.
    assert_eq!(called("", r#"calledElement="tns:Q""#), "Q");
    assert_eq!(called("", r#"calledElement="p:Q""#), "Q");
    assert_eq!(called("", r#"calledElement="own:Q" xmlns:own="urn:t""#), "Q");
    // Another namespace, and none.
    assert_eq!(called("", r#"calledElement="camunda:Q""#), "camunda:Q");
    assert_eq!(called("", r#"calledElement="own:Q" xmlns:own="urn:other""#), "own:Q");
    assert_eq!(called("", r#"calledElement="none:Q""#), "none:Q");
    // What another tool declares for itself is not heard elsewhere.
    let field =
        r#"<itemDefinition id="I"><extensionElements><q:x xmlns:q="urn:t"/></extensionElements></itemDefinition>"#;
    assert_eq!(called(field, r#"calledElement="q:Q""#), "q:Q");
    let document = read(
        r#"<error id="E" errorCode="1"/><collaboration id="C" xmlns:z="urn:t"><participant id="pp" processRef="z:P"/></collaboration>
        <process id="P"><endEvent id="e"><errorEventDefinition errorRef="z:E"/></endEvent></process>"#,
    );
    assert_eq!(document.collaborations[0].participants[0].process.as_ref().map(|it| it.as_str()), Some("P"));
    assert_eq!(document.flows[0].errors.len(), 1);
    twice(&document);
}

#[test]
fn shared_event_definitions_are_found_and_stay_shared() {
    let document = read(
        r#"<signalEventDefinition id="D" signalRef="S"/><signal id="S" name="go"/>
        <process id="P"><startEvent id="s"><eventDefinitionRef>tns:D</eventDefinitionRef></startEvent></process>"#,
    );
    let flow = &document.flows[0];
    let ElementKind::StartEvent { event_definition, .. } = &flow.flow_elements[0].kind else { panic!() };
    assert_eq!(event_definition, &Some(EventDefinition::Signal { signal_ref: "S".to_owned(), payload: None }));
    assert_eq!(flow.signals[0].name, "go");
    let text = twice(&document);
    assert_eq!(text.matches("signalEventDefinition").count(), 1, "{text}");
    assert!(text.contains("<eventDefinitionRef>tns:D</eventDefinitionRef>"));
}

#[test]
fn gateways_activities_and_their_flags() {
    let found = element(r#"<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>"#, "g");
    assert_eq!(found.kind, ElementKind::EventBasedGateway { instantiate: true, parallel: true });
    let found = element(
        r#"<complexGateway id="g" default="f"><activationCondition>n >= 2</activationCondition></complexGateway>"#,
        "g",
    );
    assert_eq!(found.default, Some("f".into()));
    assert_eq!(found.kind, ElementKind::ComplexGateway { activation_condition: Some("n >= 2".to_owned()) });
    let found = element(r#"<task id="t" isForCompensation="true" startQuantity="2" completionQuantity="3"/>"#, "t");
    assert!(found.is_for_compensation);
    assert_eq!((found.start_quantity, found.completion_quantity), (2, 3));
    let found =
        element(r#"<scriptTask id="t" scriptFormat="rhai"><script><![CDATA[x = 1 < 2;]]></script></scriptTask>"#, "t");
    assert_eq!(found.kind, ElementKind::ScriptTask { script: None, source: Some("x = 1 < 2;".to_owned()) });
    let found = element(r#"<receiveTask id="t" messageRef="m" instantiate="true"/>"#, "t");
    assert_eq!(
        found.kind,
        ElementKind::ReceiveTask { message_ref: Some("m".to_owned()), instantiate: true, correlation: None }
    );
    let found = element(
        r#"<sequenceFlow id="f" sourceRef="a" targetRef="b"><conditionExpression xsi:type="tFormalExpression">
        a == 1 </conditionExpression></sequenceFlow>"#,
        "f",
    );
    let ElementKind::SequenceFlow { condition_expression, .. } = found.kind else { panic!() };
    assert_eq!(condition_expression.as_deref(), Some("a == 1"));
}

#[test]
fn subprocesses_of_all_kinds() {
    let text = r#"<transaction id="tx"><task id="a"/></transaction><subProcess id="es" triggeredByEvent="true"><startEvent id="s" isInterrupting="false"/></subProcess>
        <adHocSubProcess id="ah" ordering="Sequential" cancelRemainingInstances="false"><task id="b"/><completionCondition>done</completionCondition></adHocSubProcess>"#;
    assert!(matches!(element(text, "tx").kind, ElementKind::Transaction { flow_elements } if flow_elements.len() == 1));
    assert!(matches!(element(text, "es").kind, ElementKind::SubProcess { triggered_by_event: true, .. }));
    assert!(matches!(element(text, "s").kind, ElementKind::StartEvent { is_interrupting: false, .. }));
    let ElementKind::AdHocSubProcess { completion_condition, cancel_remaining_instances, .. } =
        element(text, "ah").kind
    else {
        panic!()
    };
    assert_eq!((completion_condition.as_deref(), cancel_remaining_instances), (Some("done"), false));
}

#[test]
fn repetition() {
    let of = |inside: &str| {
        *element(&format!(r#"<task id="t">{inside}</task>"#), "t").loop_characteristics.expect("it repeats")
    };
    assert_eq!(
        of(
            r#"<standardLoopCharacteristics testBefore="true" loopMaximum="3"><loopCondition>go</loopCondition></standardLoopCharacteristics>"#
        ),
        Loop::StandardLoop {
            test_before: true,
            loop_condition: Some("go".to_owned()),
            loop_maximum: Some("3".to_owned())
        }
    );
    let data = r#"<ioSpecification><dataInput id="_1-2" name="orders"/><inputSet><dataInputRefs>_1-2</dataInputRefs></inputSet><outputSet/></ioSpecification>"#;
    let cases = [
        (format!(r#"{data}<multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>_1-2</loopDataInputRef><inputDataItem id="i" name="order"/></multiInstanceLoopCharacteristics>"#), true),
        (r#"<multiInstanceLoopCharacteristics camunda:collection="${orders}" camunda:elementVariable="order" isSequential="true"/>"#.to_owned(), false),
        (r#"<multiInstanceLoopCharacteristics isSequential="true"><extensionElements><camunda:loopCharacteristics inputCollection="= orders" inputElement="order"/></extensionElements></multiInstanceLoopCharacteristics>"#.to_owned(), false),
    ];
    for (inside, standard) in cases {
        let Loop::MultiInstance { is_sequential, collection, item, behavior, .. } = of(&inside) else { panic!() };
        assert_eq!(
            (is_sequential, collection.as_deref(), item.as_deref(), behavior),
            (true, Some("orders"), Some("order"), Behavior::All)
        );
        let text = twice(&read(&format!(r#"<process id="P"><task id="t">{inside}</task></process>"#)));
        assert_eq!(text.contains("loopDataInputRef"), standard, "{text}");
        assert_eq!(text.contains("<loopDataInputRef>_1-2</loopDataInputRef>"), standard, "{text}");
        assert!(!text.contains("flowloom"), "{text}");
    }
}

#[test]
fn a_collection_that_changed_is_written_as_it_is_now() {
    let mut document = read(
        r#"<process id="P"><task id="t"><ioSpecification><dataInput id="d" name="orders"/><inputSet/><outputSet/></ioSpecification>
        <multiInstanceLoopCharacteristics><loopDataInputRef>d</loopDataInputRef></multiInstanceLoopCharacteristics></task></process>"#,
    );
    let task = &mut document.flows[0].flow_elements[0];
    let Some(Loop::MultiInstance { collection, .. }) = task.loop_characteristics.as_deref_mut() else { panic!() };
    *collection = Some("parcels".to_owned());
    let again = Document::read_xml(twice(&document).as_bytes()).expect("ours");
    let Some(Loop::MultiInstance { collection, .. }) = again.flows[0].flow_elements[0].loop_characteristics.as_deref()
    else {
        panic!()
    };
    assert_eq!(collection.as_deref(), Some("parcels"));
}

#[test]
fn pools_lanes_and_global_tasks() {
    let document = read(
        r#"<collaboration id="C"><participant id="A" name="Us" processRef="tns:P"/><participant id="B" name="Them"/>
        <messageFlow id="mf" sourceRef="t" targetRef="B" messageRef="m"/><textAnnotation id="n"><text>hi</text></textAnnotation></collaboration>
        <message id="m" name="order"/><globalUserTask id="G" name="Ask"><documentation>how</documentation></globalUserTask>
        <process id="P"><laneSet id="L"><lane id="outer"><childLaneSet id="in"><lane id="inner"><flowNodeRef>t</flowNodeRef></lane></childLaneSet></lane></laneSet>
        <sendTask id="t" messageRef="m"/><callActivity id="c" calledElement="tns:G"/></process>"#,
    );
    let pools = &document.collaborations[0];
    assert_eq!(pools.participants[0].process.as_ref().map(|it| it.as_str()), Some("P"));
    assert_eq!(pools.participants[1].process, None);
    assert_eq!((pools.message_flows[0].source_ref.as_str(), pools.artifacts.len()), ("t", 1));
    let (global, flow) = (&document.flows[0], &document.flows[1]);
    assert!(global.global_task && matches!(global.flow_elements[0].kind, ElementKind::UserTask(_)));
    assert_eq!((global.name.as_str(), global.documentation.as_str()), ("Ask", "how"));
    let lanes: Vec<_> =
        flow.lanes.iter().map(|it| (it.id.as_str(), it.parent.as_deref(), it.flow_node_refs.len())).collect();
    assert_eq!(lanes, [("outer", None, 0), ("inner", Some("outer"), 1)]);
    assert_eq!(flow.messages[0].name, "order");
    twice(&document);
}

#[test]
fn what_is_not_executed_is_said() {
    let document = read(
        r#"<choreography id="CH"/><process id="P"><task id="t"><extensionElements><camunda:inputOutput/></extensionElements></task>
        <choreographyTask id="x"/></process>"#,
    );
    let said = document.unsupported();
    let expected = [("CH", "choreography"), ("x", "choreographyTask"), ("t", "camunda:inputOutput")];
    assert_eq!(said, expected.map(|(element, kind)| (element.to_owned(), kind.to_owned())));
}

#[test]
fn elements_without_ids_get_some() {
    let document = read(
        r#"<process><task id="sequenceFlow_1"/><sequenceFlow sourceRef="sequenceFlow_1" targetRef="b"/><task id="b"/></process>"#,
    );
    assert_eq!(document.flows[0].id, "process_1");
    assert_eq!(document.flows[0].flow_elements[1].id.as_str(), "sequenceFlow_2");
    twice(&document);
}
