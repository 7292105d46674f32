//! Small files: two pools and what stands around them, broken in one place at a time.

use super::check;
use crate::alert::Alert;
use crate::interchange::Document;

const FILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="D" targetNamespace="x">
  <itemDefinition id="I1" structureRef="order"/>
  <itemDefinition id="I2" structureRef="bill"/>
  <message id="M" name="Order"/>
  <collaboration id="C">
    <participant id="P1" processRef="A"><participantMultiplicity minimum="1" maximum="2"/></participant>
    <participant id="P2" processRef="B"/>
    <participant id="P3"/>
    <messageFlow id="MF" sourceRef="send" targetRef="start" messageRef="M"/>
  </collaboration>
  <process id="A">
    <startEvent id="begin"><outgoing>f1</outgoing></startEvent>
    <sendTask id="send" messageRef="M"><incoming>f1</incoming><outgoing>f2</outgoing>
      <ioSpecification id="io"><dataInput id="in" itemSubjectRef="I1"/><inputSet id="is"><dataInputRefs>in</dataInputRefs></inputSet><outputSet id="os"/></ioSpecification>
      <dataInputAssociation id="da"><sourceRef>thing</sourceRef><targetRef>in</targetRef></dataInputAssociation>
    </sendTask>
    <intermediateThrowEvent id="out"><incoming>f2</incoming><linkEventDefinition id="L1" name="L"><target>L2</target></linkEventDefinition></intermediateThrowEvent>
    <intermediateCatchEvent id="in2"><outgoing>f3</outgoing><linkEventDefinition id="L2" name="L"><source>L1</source></linkEventDefinition></intermediateCatchEvent>
    <callActivity id="call" calledElement="B"><incoming>f3</incoming><outgoing>f4</outgoing></callActivity>
    <endEvent id="end"><incoming>f4</incoming></endEvent>
    <dataObject id="thing" itemSubjectRef="I1"/>
    <sequenceFlow id="f1" sourceRef="begin" targetRef="send"/>
    <sequenceFlow id="f2" sourceRef="send" targetRef="out"/>
    <sequenceFlow id="f3" sourceRef="in2" targetRef="call"/>
    <sequenceFlow id="f4" sourceRef="call" targetRef="end"/>
  </process>
  <process id="B">
    <startEvent id="start"><outgoing>g1</outgoing><messageEventDefinition id="e1" messageRef="M"/></startEvent>
    <startEvent id="plain"><outgoing>g2</outgoing></startEvent>
    <task id="work"><incoming>g1</incoming><incoming>g2</incoming><outgoing>g3</outgoing></task>
    <endEvent id="done"><incoming>g3</incoming></endEvent>
    <sequenceFlow id="g1" sourceRef="start" targetRef="work"/>
    <sequenceFlow id="g2" sourceRef="plain" targetRef="work"/>
    <sequenceFlow id="g3" sourceRef="work" targetRef="done"/>
  </process>
</definitions>
"#;

fn codes(text: &str) -> Vec<String> {
    let document = Document::read_xml(text.as_bytes()).expect("a file");
    let json: serde_json::Value = serde_json::from_str(&document.write_json()).expect("JSON");
    let found = check(&document, "a.bpmn");
    for it in &found {
        assert!(json.pointer(&it.pointer).is_some(), "{} leads nowhere", it.pointer);
    }
    let mut codes: Vec<String> = found
        .into_iter()
        .filter(|it| it.code != "flow-no-drawing")
        .map(|it| format!("{}@{}", it.code, it.element.unwrap_or_default()))
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn one_fault_at_a_time() {
    assert_eq!(codes(FILE), Vec::<String>::new(), "the good file");
    let cases: &[(&str, &str, &[&str])] = &[
        (r#"id="M" name="Order""#, r#"id="M" name="""#, &["flow-global@M"]),
        (r#"<message id="M""#, r#"<signal id="S" name="s"/><message id="M""#, &["flow-global@S"]),
        (r#"<message id="M""#, r#"<message id="N" name="Order"/><message id="M""#, &["flow-global@M", "flow-global@N"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="send" targetRef="call""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="P1" targetRef="call""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="send" targetRef="plain""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="start" targetRef="send""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="end" targetRef="P3""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="send" targetRef="done""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="send" targetRef="nowhere""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="thing" targetRef="P2""#, &["flow-message-flow@MF"]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="P3" targetRef="work""#, &[]),
        (r#"minimum="1" maximum="2""#, r#"minimum="-1""#, &["flow-pool@P1"]),
        (r#"minimum="1" maximum="2""#, r#"minimum="3" maximum="2""#, &["flow-pool@P1"]),
        (r#"minimum="1" maximum="2""#, r#"maximum="0""#, &["flow-pool@P1"]),
        (r#"processRef="B""#, r#"processRef="A""#, &["flow-pool@P2"]),
        ("<dataInputRefs>in</dataInputRefs>", "", &["flow-data-sets@send"]),
        (r#"id="thing" itemSubjectRef="I1""#, r#"id="thing" itemSubjectRef="I2""#, &["flow-data-type@send"]),
        ("<sourceRef>thing</sourceRef>", "<sourceRef>nothing</sourceRef>", &["flow-data-association@send"]),
        ("<target>L2</target>", "<target>L9</target>", &["flow-link@out"]),
        ("<source>L1</source>", "", &["flow-link@in2", "flow-link@out"]),
        ("<incoming>g1</incoming>", "<incoming>g3</incoming>", &["flow-wiring@work"]),
        (
            r#"<startEvent id="plain"><outgoing>g2</outgoing></startEvent>"#,
            r#"<startEvent id="plain"><outgoing>g2</outgoing><messageEventDefinition id="e2" messageRef="M"/></startEvent>"#,
            &["flow-call-no-start@call"],
        ),
        (r#"id="e1" messageRef="M""#, r#"id="e1" messageRef="N""#, &["flow-unknown-event@start"]),
        ("<incoming>g1</incoming>", "", &["flow-wiring@work"]),
        (r#"processRef="B""#, r#"processRef="Z""#, &["flow-unknown-process@P2"]),
        (r#"calledElement="B""#, r#"calledElement="Z""#, &["flow-unknown-flow@call"]),
        // A prefix nobody declares, one of another namespace, one of this file's own.
        (r#"calledElement="B""#, r#"calledElement="n:B""#, &["flow-unknown-flow@call"]),
        (r#"calledElement="B""#, r#"calledElement="n:B" xmlns:n="other""#, &["flow-unknown-flow@call"]),
        (r#"calledElement="B""#, r#"calledElement="n:B" xmlns:n="x""#, &[]),
        (r#"processRef="B""#, r#"processRef="n:B""#, &["flow-unknown-process@P2"]),
        (r#"id="e1" messageRef="M""#, r#"id="e1" messageRef="n:M""#, &["flow-unknown-event@start"]),
        (r#"id="e1" messageRef="M""#, r#"id="e1" xmlns:n="x" messageRef="n:M""#, &[]),
        (r#"id="thing" itemSubjectRef="I1""#, r#"id="thing" itemSubjectRef="n:I1""#, &["flow-unknown-root@thing"]),
        (r#"id="thing" itemSubjectRef="I1""#, r#"id="thing" xmlns:n="x" itemSubjectRef="n:I1""#, &[]),
        (r#"sourceRef="send" targetRef="start""#, r#"sourceRef="send" targetRef="n:start""#, &["flow-message-flow@MF"]),
        (
            r#"<itemDefinition id="I2""#,
            r#"<import namespace="y" location="y.bpmn" importType="http://www.omg.org/spec/BPMN/20100524/MODEL"/><itemDefinition id="I2""#,
            &[],
        ),
        (r#"id="thing" itemSubjectRef="I1""#, r#"id="thing" itemSubjectRef="I9""#, &["flow-unknown-root@thing"]),
        (
            r#"id="thing" itemSubjectRef="I1""#,
            r#"id="thing" isCollection="true" itemSubjectRef="I1""#,
            &["flow-collection@thing"],
        ),
        (
            r#"id="in" itemSubjectRef="I1""#,
            r#"id="in" isCollection="true" itemSubjectRef="I1""#,
            &["flow-collection@send"],
        ),
        (
            r#"<task id="work">"#,
            r#"<task id="work"><resourceRole id="r"><resourceRef>gone</resourceRef></resourceRole>"#,
            &["flow-unknown-root@work"],
        ),
        (
            r#"<message id="M""#,
            r#"<partnerRole id="R"><participantRef>gone</participantRef></partnerRole><message id="M""#,
            &["flow-unknown-root@R"],
        ),
        (
            r#"<message id="M""#,
            r#"<partnerRole id="R"><participantRef>P1</participantRef></partnerRole><message id="M""#,
            &[],
        ),
        (
            r#"<message id="M""#,
            r#"<interface id="if" name="i"><operation id="op" name="o"/></interface><message id="M""#,
            &["flow-operation@op"],
        ),
        (
            r#"<sendTask id="send" messageRef="M">"#,
            r#"<sendTask id="send" messageRef="M" operationRef="gone">"#,
            &["flow-unknown-root@send"],
        ),
        (
            r#"<dataObject id="thing""#,
            r#"<dataStoreReference id="shelf" dataStoreRef="gone"/><dataObject id="thing""#,
            &["flow-unknown-data@shelf"],
        ),
        (
            r#"<dataObject id="thing""#,
            r#"<textAnnotation id="note"><text>n</text></textAnnotation><association id="as" sourceRef="note" targetRef="gone"/><dataObject id="thing""#,
            &["flow-unknown-node@as"],
        ),
        (
            r#"<dataObject id="thing""#,
            r#"<textAnnotation id="note"><text>n</text></textAnnotation><association id="as" sourceRef="note" targetRef="P1"/><dataObject id="thing""#,
            &[],
        ),
        // What the process, a pool, an operation, a group and a message flow name.
        (
            r#"<process id="A">"#,
            r#"<process id="A"><property id="p" itemSubjectRef="gone"/>"#,
            &["flow-unknown-root@A"],
        ),
        (r#"processRef="A">"#, r#"processRef="A"><interfaceRef>gone</interfaceRef>"#, &["flow-unknown-root@P1"]),
        (
            r#"<message id="M""#,
            r#"<interface id="if" name="i"><operation id="op" name="o"><inMessageRef>gone</inMessageRef></operation></interface><message id="M""#,
            &["flow-unknown-root@if"],
        ),
        (
            r#"<message id="M""#,
            r#"<interface id="if" name="i"><operation id="op" name="o"><inMessageRef>M</inMessageRef></operation></interface><message id="M""#,
            &[],
        ),
        (
            r#"<dataObject id="thing""#,
            r#"<group id="gr" categoryValueRef="gone"/><dataObject id="thing""#,
            &["flow-unknown-root@gr"],
        ),
        (
            r#"<participant id="P3"/>"#,
            r#"<participant id="P3"/><group id="gr" categoryValueRef="gone"/>"#,
            &["flow-unknown-root@gr"],
        ),
        (r#"targetRef="start" messageRef="M""#, r#"targetRef="start" messageRef="N""#, &["flow-unknown-event@MF"]),
        // An event definition that is shared, or is not there.
        (
            r#"<outgoing>g2</outgoing></startEvent>"#,
            r#"<outgoing>g2</outgoing><eventDefinitionRef>gone</eventDefinitionRef></startEvent>"#,
            &["flow-unknown-event@plain"],
        ),
        // Lists of multi-instance activities.
        (
            r#"<task id="work">"#,
            r#"<task id="work"><multiInstanceLoopCharacteristics><loopDataInputRef>gone</loopDataInputRef></multiInstanceLoopCharacteristics>"#,
            &["flow-unknown-data@work"],
        ),
        (
            r#"<task id="work">"#,
            r#"<task id="work"><multiInstanceLoopCharacteristics><loopDataInputRef>thing</loopDataInputRef><loopDataOutputRef>gone</loopDataOutputRef><inputDataItem id="one"/></multiInstanceLoopCharacteristics>"#,
            &["flow-unknown-data@work"],
        ),
        (
            r#"<task id="work">"#,
            r#"<task id="work"><multiInstanceLoopCharacteristics><loopDataInputRef>x:thing</loopDataInputRef></multiInstanceLoopCharacteristics>"#,
            &["flow-unknown-data@work"],
        ),
        (
            r#"<task id="work">"#,
            r#"<task id="work"><multiInstanceLoopCharacteristics xmlns:o="o" o:collection="list"/>"#,
            &[],
        ),
        // Sets of data.
        (
            "<dataInputRefs>in</dataInputRefs>",
            "<dataInputRefs>in</dataInputRefs><dataInputRefs>ghost</dataInputRefs>",
            &["flow-data-sets@send"],
        ),
        (
            "<dataInputRefs>in</dataInputRefs>",
            "<dataInputRefs>in</dataInputRefs><optionalInputRefs>in</optionalInputRefs><outputSetRefs>os</outputSetRefs>",
            &[],
        ),
        (r#"<outputSet id="os"/>"#, "", &["flow-data-sets@send"]),
        // An input leads into its activity; a reference is of the item of its object.
        ("<targetRef>in</targetRef>", "<targetRef>thing</targetRef>", &["flow-data-association@send"]),
        (
            r#"<dataObject id="thing""#,
            r#"<dataObjectReference id="seen" dataObjectRef="thing" itemSubjectRef="I2"/><dataObject id="thing""#,
            &["flow-data-type@seen"],
        ),
        (
            r#"<dataObject id="thing""#,
            r#"<dataObjectReference id="seen" dataObjectRef="thing" itemSubjectRef="I1"/><dataObject id="thing""#,
            &[],
        ),
        (
            r#"<task id="work">"#,
            r#"<task id="work"><standardLoopCharacteristics loopMaximum="2"/><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"#,
            &["flow-repetition@work"],
        ),
        // Values the schema does not allow.
        (r#"<process id="A">"#, r#"<process id="A" isExecutable="yes">"#, &["flow-bad-value@A"]),
        (r#"<process id="A">"#, r#"<process id="A" isClosed="False" processType="None">"#, &[]),
        (r#"<process id="A">"#, r#"<process id="A" processType="public">"#, &["flow-bad-value@A"]),
        (
            r#"<task id="work">"#,
            r#"<eventBasedGateway id="g" gatewayDirection="Foo" instantiate="maybe"/><task id="work">"#,
            &["flow-bad-value@g"],
        ),
        (
            r#"<task id="work">"#,
            r#"<task id="work"><extensionElements><o:x xmlns:o="o" isExecutable="yes" behavior="odd"/></extensionElements>"#,
            &[],
        ),
        (
            r#"<task id="work">"#,
            r#"<choreographyTask id="ct" name="c" initiatingParticipantRef="P1"><participantRef>P1</participantRef><participantRef>P2</participantRef></choreographyTask><task id="work">"#,
            &["flow-choreography@ct"],
        ),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(from, to, expected)| {
            assert!(FILE.contains(from), "{from}");
            let came = codes(&FILE.replacen(from, to, 1));
            (came != *expected).then(|| format!("{to}\n  expected {expected:?}\n  came     {came:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_an_executable_process_must_have() {
    let file = |process: &str, inside: &str| {
        format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x"><error id="coded" errorCode="E1"/><error id="plain" name="p"/><escalation id="up" name="u"/><process id="A" {process}>{inside}</process></definitions>"#
        )
    };
    let executable = r#"isExecutable="true""#;
    let end = |inside: &str| format!(r#"<endEvent id="t">{inside}</endEvent>"#);
    let cases: &[(&str, String, &[&str])] = &[
        (executable, String::new(), &[]),
        (r#"processType="Public" isExecutable="true""#, String::new(), &["flow-executable@A"]),
        (r#"processType="Public""#, String::new(), &[]),
        (executable, end(r#"<errorEventDefinition id="x" errorRef="plain"/>"#), &["flow-executable@t"]),
        (executable, end(r#"<errorEventDefinition id="x" errorRef="coded"/>"#), &[]),
        ("", end(r#"<errorEventDefinition id="x" errorRef="plain"/>"#), &[]),
        (executable, end(r#"<escalationEventDefinition id="x" escalationRef="up"/>"#), &["flow-executable@t"]),
        (executable, r#"<adHocSubProcess id="t"/>"#.to_owned(), &["flow-executable@t"]),
        ("", r#"<adHocSubProcess id="t"/>"#.to_owned(), &[]),
        (
            executable,
            r#"<task id="a"/><task id="b"/><sequenceFlow id="t" sourceRef="a" targetRef="b" isImmediate="false"/>"#
                .to_owned(),
            &["flow-executable@t"],
        ),
        ("", r#"<scriptTask id="t"><script>x = 1</script></scriptTask>"#.to_owned(), &["flow-script-format@t"]),
        ("", r#"<scriptTask id="t" scriptFormat="rhai"><script>x = 1</script></scriptTask>"#.to_owned(), &[]),
    ];
    for (process, inside, expected) in cases {
        let found: Vec<String> =
            codes(&file(process, inside)).into_iter().filter(|it| !it.starts_with("flow-global")).collect();
        assert_eq!(found, *expected, "{process} {inside}");
    }
}

#[test]
fn a_list_may_be_a_variable_where_no_data_is_declared() {
    let said = |data: &str| {
        let text = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x"><process id="A">{data}<task id="t"><multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef><inputDataItem id="i" name="person"/></multiInstanceLoopCharacteristics></task></process></definitions>"#
        );
        codes(&text)
    };
    assert_eq!(said(""), Vec::<String>::new());
    assert_eq!(said(r#"<property id="people"/>"#), Vec::<String>::new());
    assert_eq!(said(r#"<property id="p" name="people"/>"#), Vec::<String>::new());
    assert_eq!(said(r#"<property id="other"/>"#), ["flow-unknown-data@t"]);
}

#[test]
fn what_another_namespace_has_is_unknown_unless_it_is_imported() {
    let said = |import: &str| {
        let import = format!("{import}<itemDefinition id=\"I2\"");
        let file = FILE.replacen("<itemDefinition id=\"I2\"", &import, 1);
        codes(
            &file
                .replace(r#"targetNamespace="x""#, r#"targetNamespace="x" xmlns:n="y""#)
                .replace(r#"calledElement="B""#, r#"calledElement="n:B""#)
                .replace(r#"targetRef="start" messageRef"#, r#"targetRef="n:start" messageRef"#),
        )
    };
    assert_eq!(said(""), ["flow-message-flow@MF", "flow-unknown-flow@call"]);
    let import =
        r#"<import namespace="y" location="y.bpmn" importType="http://www.omg.org/spec/BPMN/20100524/MODEL"/>"#;
    assert_eq!(said(import), Vec::<String>::new());
}

#[test]
fn a_global_script_says_its_language_in_another_attribute() {
    let said = |attribute: &str| {
        let text = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x"><globalScriptTask id="t" {attribute}><script>x = 1</script></globalScriptTask></definitions>"#
        );
        codes(&text)
    };
    assert_eq!(said(r#"scriptLanguage="rhai""#), Vec::<String>::new());
    assert_eq!(said(""), ["flow-script-format@t"]);
    assert_eq!(said(r#"scriptLanguage=" ""#), ["flow-script-format@t"]);
}

#[test]
fn an_id_comes_once_in_a_file() {
    let process = |id: &str, inside: &str| format!(r#"<process id="{id}">{inside}</process>"#);
    let cases: &[(String, &[&str])] = &[
        // In two processes.
        (
            process("A", r#"<task id="t" name="One"/>"#) + &*process("B", r#"<task id="t"/>"#),
            &["`t` at the task `One` in `A` and at the task in `B`"],
        ),
        // At the root and in a process; two at the root.
        (
            r#"<error id="t" errorCode="1"/>"#.to_owned() + &*process("A", r#"<task id="t"/>"#),
            &["`t` at the error and at the task in `A`"],
        ),
        (
            r#"<message id="M" name="a"/><message id="M" name="b"/>"#.to_owned(),
            &["`M` at the message `a` and at the message `b`"],
        ),
        // Below an element; the process, the file, a pool.
        (
            process("A", r#"<task id="s"/><task id="t"><documentation id="s">x</documentation></task>"#),
            &["`s` at the task in `A` and at the documentation in `t`"],
        ),
        (
            process("A", r#"<task id="A"/><task id="D"/>"#),
            &["`D` at the definitions and at the task in `A`", "`A` at the process and at the task in `A`"],
        ),
        (
            r#"<collaboration id="C"><participant id="t" processRef="A"/></collaboration>"#.to_owned()
                + &*process("A", r#"<task id="t"/>"#),
            &["`t` at the participant in `C` and at the task in `A`"],
        ),
        // The drawing, two processes in one file; three times is told once.
        (
            process("A", r#"<task id="t"/>"#)
                + r#"<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="d" bpmnElement="A"><bpmndi:BPMNShape id="t" bpmnElement="t"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"#,
            &[
                "`t` at the task in `A` and at the BPMNShape in `d`",
                "`d` at the BPMNDiagram and at the BPMNPlane in `d`",
            ],
        ),
        (
            process("A", "") + &*process("A", "") + &*process("A", ""),
            &["`A` at the process and at the process and 1 more"],
        ),
        // What the process says of itself is not said again; what another tool adds has other ids.
        (process("A", r#"<task id="t"/><task id="t"/>"#), &[]),
        (
            process(
                "A",
                r#"<task id="t"><extensionElements><o:field xmlns:o="o" id="t"/><field xmlns="p" id="t"/></extensionElements></task>"#,
            ),
            &[],
        ),
        (r#"<globalTask id="t"/>"#.to_owned() + &*process("A", ""), &[]),
    ];
    for (inside, expected) in cases {
        let text = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="D" targetNamespace="x">{inside}</definitions>"#
        );
        let found = check(&Document::read_xml(text.as_bytes()).expect("a file"), "a.bpmn");
        let said: Vec<String> = found
            .into_iter()
            .filter(|it| it.code == "flow-duplicate-id")
            .map(|it| it.message.replace("expected every id once in the file, found ", ""))
            .collect();
        assert_eq!(said, *expected, "{inside}");
    }
}

#[test]
fn drawings() {
    let drawn = |shapes: &str| {
        let diagram = format!(
            r#"<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="A">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"#
        );
        let text = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="D" targetNamespace="x"><process id="A"><startEvent id="s"/><task id="t"/><boundaryEvent id="b" attachedToRef="t"><timerEventDefinition id="x"/></boundaryEvent></process>{diagram}</definitions>"#
        );
        let mut codes: Vec<String> = check(&Document::read_xml(text.as_bytes()).expect("a file"), "a.bpmn")
            .into_iter()
            .map(|it| format!("{}@{}", it.code, it.element.unwrap_or_default()))
            .collect();
        codes.sort();
        codes
    };
    let shape = |id: &str, x: u32, width: u32, height: u32| {
        format!(
            r#"<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}"><dc:Bounds x="{x}" y="0" width="{width}" height="{height}"/></bpmndi:BPMNShape>"#
        )
    };
    assert_eq!(
        drawn(&[shape("s", 0, 36, 36), shape("t", 100, 100, 80), shape("b", 180, 36, 36)].concat()),
        Vec::<String>::new()
    );
    assert_eq!(drawn(&[shape("s", 0, 36, 36), shape("t", 100, 100, 80)].concat()), ["flow-no-drawing@b"]);
    assert_eq!(
        drawn(&[shape("s", 80, 36, 36), shape("t", 100, 100, 80), shape("b", 180, 36, 36)].concat()),
        ["flow-overlap@s", "flow-overlap@t"]
    );
    assert_eq!(
        drawn(&[shape("s", 0, 36, 36), shape("t", 100, 120, 80), shape("b", 180, 36, 36)].concat()),
        ["flow-odd-size@t"]
    );
}

#[test]
fn messages_of_a_flow_of_a_pack_are_told_as_those_of_a_file() {
    let at = |file: &str| {
        let document = Document::read_xml(file.as_bytes()).expect("BPMN");
        let at = document.flows.iter().position(|it| it.id == "B").expect("a flow");
        document.into_flow(at).expect("a flow").0
    };
    assert_eq!(super::pools(&at(FILE), "flow.json"), []);
    let found = super::pools(
        &at(&FILE.replace("targetRef=\"start\" messageRef", "targetRef=\"plain\" messageRef")),
        "flow.json",
    );
    let told: Vec<_> = found.iter().map(|it| (it.code.as_str(), it.pointer.as_str(), it.element.as_deref())).collect();
    assert_eq!(told, [("flow-message-flow", "/collaboration/messageFlows/0", Some("MF"))]);
}

/// What the checks of one file say together: of its processes and of the file. `code@element`, with its severity; names and drawings
/// are left out.
fn together(body: &str) -> Vec<String> {
    let mut told: Vec<String> = told(body)
        .into_iter()
        .map(|it| format!("{:?} {}@{}", it.severity, it.code, it.element.unwrap_or_default()).replace(" flow-", " "))
        .collect();
    told.sort();
    told
}

fn told(body: &str) -> Vec<Alert> {
    let text = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x">{body}</definitions>"#
    );
    let document = Document::read_xml(text.as_bytes()).expect("a file");
    let alone = crate::check::flows_together(&document.flows, &[], crate::limits::CHECK_STATES);
    let all = alone.into_iter().flat_map(|it| it.0).chain(check(&document, ""));
    all.filter(|it| !matches!(it.code.as_str(), "flow-no-name" | "flow-no-drawing" | "flow-script-format")).collect()
}

/// Sequence flows: `a>b c>d`; `a>b?x` with a condition.
fn ways(text: &str) -> String {
    let way = |it: &str| {
        let (ends, condition) = it.split_once('?').unwrap_or((it, ""));
        let (from, to) = ends.split_once('>').expect("a>b");
        let condition = if condition.is_empty() {
            String::new()
        } else {
            format!("<conditionExpression>{condition}</conditionExpression>")
        };
        format!(r#"<sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}">{condition}</sequenceFlow>"#)
    };
    text.split_whitespace().map(way).collect()
}

fn process(attributes: &str, nodes: &str, flows: &str) -> String {
    let (head, flows) = (format!("<process {attributes}>{nodes}"), ways(flows));
    format!("{head}{flows}</process>")
}

#[test]
fn one_cause_is_told_once() {
    let run = r#"id="A" isExecutable="true""#;
    let event = |definition: &str| {
        process(
            run,
            &format!(
                r#"<startEvent id="s"/><intermediateCatchEvent id="c">{definition}</intermediateCatchEvent><endEvent id="e"/>"#
            ),
            "s>c c>e",
        )
    };
    let timer = |time: &str| event(&format!(r#"<timerEventDefinition id="d">{time}</timerEventDefinition>"#));
    let cycle = |text: &str| timer(&format!("<timeCycle>{text}</timeCycle>"));
    let twice = process(run, r#"<startEvent id="s"/><userTask id="t"/><endEvent id="e"/>"#, "s>t t>e").repeat(2);
    let call =
        process(run, r#"<startEvent id="s"/><callActivity id="c" calledElement="B"/><endEvent id="e"/>"#, "s>c c>e");
    let stuck = process(
        r#"id="B""#,
        r#"<startEvent id="bs"/><exclusiveGateway id="x" default="x_t2"/><userTask id="t1"/><userTask id="t2"/><parallelGateway id="p"/><endEvent id="be"/>"#,
        "bs>x x>t1?a x>t2 t1>p t2>p p>be",
    );
    let many = |inside: &str| {
        let task = format!(
            r#"<startEvent id="s"/><userTask id="t"><multiInstanceLoopCharacteristics>{inside}</multiInstanceLoopCharacteristics></userTask><endEvent id="e"/>"#
        );
        process(run, &task, "s>t t>e")
    };
    let wide = |count: usize| {
        let tasks: String = (0..count).map(|it| format!(r#"<userTask id="t{it}"/>"#)).collect();
        let ways: Vec<String> = (0..count).map(|it| format!("p>t{it} t{it}>j")).collect();
        let nodes = format!(
            r#"<startEvent id="s"/><parallelGateway id="p"/>{tasks}<parallelGateway id="j"/><endEvent id="e"/>"#
        );
        process(run, &nodes, &format!("s>p {} j>e", ways.join(" ")))
    };
    let decision = |a: &str, b: &str| {
        let nodes = r#"<startEvent id="s"/><exclusiveGateway id="x"/><endEvent id="e1"/><endEvent id="e2"/>"#;
        process(run, nodes, &format!("s>x x>e1?{a} x>e2?{b}"))
    };
    let zeebe = |inside: &str| {
        let nodes = format!(
            r#"<startEvent id="s"/><callActivity id="c"><extensionElements xmlns:z="urn:z">{inside}</extensionElements></callActivity><endEvent id="e"/>"#
        );
        format!("{}{stuck}", process(run, &nodes, "s>c c>e"))
    };
    let fails = |on: &str| {
        let nodes = format!(r#"<startEvent id="s"/><callActivity id="c" calledElement="B"/><endEvent id="e"/>{on}"#);
        let callee = r#"<startEvent id="bs"/><endEvent id="be"><errorEventDefinition errorRef="E1"/></endEvent>"#;
        let (caller, callee) = (process(run, &nodes, "s>c c>e"), process(r#"id="B""#, callee, "bs>be"));
        format!(r#"<error id="E1" errorCode="x"/><error id="E2" errorCode="y"/>{caller}{callee}"#)
    };
    let border = |error: &str| {
        let flow = r#"<endEvent id="e2"/><sequenceFlow id="b_e2" sourceRef="b" targetRef="e2"/>"#;
        format!(r#"<boundaryEvent id="b" attachedToRef="c"><errorEventDefinition{error}/></boundaryEvent>{flow}"#)
    };
    for (body, expected) in [
        (timer(""), &["Error timer@c"] as &[&str]),
        (fails(&border("")), &["Warning global@E2"]),
        (fails(&border(r#" errorRef="E1""#)), &["Warning global@E2"]),
        (fails(&border(r#" errorRef="E2""#)), &["Info uncaught-error@be"]),
        (fails(""), &["Info uncaught-error@be", "Warning global@E2"]),
        (zeebe(r#"<z:calledElement processId="B"/>"#), &["Error callee-broken@c", "Error deadlock@p"]),
        (zeebe(r#"<z:calledElement processId="elsewhere"/>"#), &["Error deadlock@p"]),
        (zeebe(""), &["Error deadlock@p", "Warning no-callee@c"]),
        (
            event(r#"<conditionalEventDefinition id="d"><condition/></conditionalEventDefinition>"#),
            &["Error conditional-event@c"],
        ),
        (many(""), &["Error repetition@t"]),
        (many("<loopCardinality>3</loopCardinality>"), &[]),
        (many("<loopCardinality>1000</loopCardinality>"), &["Warning too-wide@t"]),
        (many("<loopCardinality>${999}</loopCardinality>"), &[]),
        (wide(1_001), &["Warning too-wide@p"]),
        (wide(1_000), &[]),
        (cycle("R3/PT1H"), &[]),
        (cycle("0 0 9-17 * * MON-FRI"), &["Warning timer@c"]),
        (cycle("0 9 * * 1-5"), &["Warning timer@c"]),
        (cycle("@daily"), &["Warning timer@c"]),
        (cycle("R/PT0S"), &["Error timer@c"]),
        (cycle("R3/2026-01-01T00:00:00Z/PT0H"), &["Error timer@c"]),
        (cycle("every day"), &["Error timer@c"]),
        (twice, &["Error duplicate-id@A"]),
        (format!("{call}{stuck}"), &["Error callee-broken@c", "Error deadlock@p"]),
        (decision("n&gt;10", "n&lt;=10"), &[]),
        (decision("n&gt;10", "n&lt;10"), &["Warning condition-gap@x"]),
        (decision("n&gt;10", "n&gt;5&amp;&amp;n&lt;3"), &["Warning condition-gap@x", "Warning condition-never@x_e2"]),
        (decision("${approved}", "${!approved}"), &[]),
        ("<process id=\"A\"/>".to_owned(), &["Warning no-end@A", "Warning no-start@A"]),
    ] {
        assert_eq!(together(&body), expected, "{}", body.chars().take(2_000).collect::<String>());
    }
}

#[test]
fn what_each_turn_has_is_data_of_the_activity() {
    let end = |source: &str, target: &str| format!("<sourceRef>{source}</sourceRef><targetRef>{target}</targetRef>");
    let body = |item: &str| {
        let nodes = format!(
            r#"<startEvent id="s"/><task id="t"><ioSpecification><dataInput id="i" name="one"/><dataOutput id="o" name="result"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet></ioSpecification>
            <dataInputAssociation>{}</dataInputAssociation><dataOutputAssociation>{}</dataOutputAssociation>
            <multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality><inputDataItem id="item" name="p"/><outputDataItem id="part" name="q"/></multiInstanceLoopCharacteristics></task><endEvent id="e"/>"#,
            end(item, "i"),
            end("o", "part")
        );
        process(r#"id="A""#, &nodes, "s>t t>e")
    };
    let told = |item: &str| together(&body(item)).into_iter().filter(|it| it.contains("data-association")).count();
    assert_eq!((told("item"), told("other")), (0, 1));
}

#[test]
fn a_calendar_is_told_with_the_cycle_to_write() {
    for (calendar, says) in [
        ("0 0 9 * * MON", "write `R/2026-01-05T09:00:00/P7D`, with the first day that is meant"),
        (
            "0 0 9 * * MON-FRI",
            "no one cycle says it: write several timers, or one that comes oftener, and ask behind it",
        ),
    ] {
        let nodes = format!(
            r#"<startEvent id="s"><timerEventDefinition id="d"><timeCycle>{calendar}</timeCycle></timerEventDefinition></startEvent><endEvent id="e"/>"#
        );
        let body = process(r#"id="A" isExecutable="true""#, &nodes, "s>e");
        let told: Vec<String> = told(&body).into_iter().map(|it| it.message).collect();
        assert!(told.iter().any(|it| it.ends_with(says)), "{calendar}: {told:?}");
    }
}

#[test]
fn loops_that_never_wait_are_told() {
    let run = r#"id="A" isExecutable="true""#;
    let script = |id: &str, inside: &str| {
        format!(r#"<scriptTask id="{id}" scriptFormat="rhai">{inside}<script>n = 1</script></scriptTask>"#)
    };
    let round = |what: &str, id: &str| {
        let nodes = format!(
            r#"<startEvent id="s"/><exclusiveGateway id="x"/>{what}<exclusiveGateway id="y" default="y_x"/><endEvent id="e"/>"#
        );
        process(run, &nodes, &format!("s>x x>{id} {id}>y y>x y>e?done"))
    };
    let call = round(r#"<callActivity id="c" calledElement="B"/>"#, "c");
    let called = |task: &str| {
        let nodes = format!(r#"<startEvent id="bs"/>{task}<endEvent id="be"/>"#);
        process(r#"id="B" isExecutable="true""#, &nodes, "bs>b b>be")
    };
    let itself = process(
        r#"id="B" isExecutable="true""#,
        r#"<startEvent id="bs"/><callActivity id="b" calledElement="C"/><endEvent id="be"/>"#,
        "bs>b b>be",
    );
    let deep = |task: &str| called(task).replace(r#"id="B""#, r#"id="C""#).replace("be", "ce").replace("bs", "cs");
    let repeated = |condition: &str, most: &str| {
        format!(
            r#"<standardLoopCharacteristics{most}><loopCondition>{condition}</loopCondition></standardLoopCharacteristics>"#
        )
    };
    let once = |task: String| process(run, &format!(r#"<startEvent id="s"/>{task}<endEvent id="e"/>"#), "s>t t>e");
    let user = |inside: &str| format!(r#"<userTask id="t">{inside}</userTask>"#);
    let beside = |condition: &str, interrupts: bool| {
        let nodes = format!(
            r#"<startEvent id="s"/><userTask id="t"/><boundaryEvent id="b" attachedToRef="t" cancelActivity="{interrupts}"><conditionalEventDefinition><condition>{condition}</condition></conditionalEventDefinition></boundaryEvent><exclusiveGateway id="x"/><endEvent id="e"/>"#
        );
        process(run, &nodes, "s>x x>t t>e b>x")
    };
    let again = |interrupts: bool, signal: &str, waits: &str| {
        let nodes = format!(
            r#"<startEvent id="s"/><userTask id="t"/><boundaryEvent id="b" attachedToRef="t" cancelActivity="{interrupts}"><signalEventDefinition signalRef="S1"/></boundaryEvent>
            {waits}<endEvent id="g"><signalEventDefinition signalRef="{signal}"/></endEvent><endEvent id="e"/>"#
        );
        let ways = if waits.is_empty() { "s>t t>e b>g" } else { "s>t t>e b>w w>g" };
        format!(r#"<signal id="S1" name="one"/><signal id="S2" name="two"/>{}"#, process(run, &nodes, ways))
    };
    let busy = |body: &str| -> Vec<String> {
        together(body).into_iter().filter(|it| it.contains("busy") || it.contains("endless")).collect()
    };
    for (body, expected) in [
        (format!("{call}{}", called(&script("b", ""))), &["Error busy-loop@x"] as &[&str]),
        (format!("{call}{}", called(r#"<serviceTask id="b"/>"#)), &["Info busy-loop@x"]),
        (format!("{call}{}", called(r#"<userTask id="b"/>"#)), &[]),
        (format!("{call}{itself}{}", deep(&script("b", ""))), &["Error busy-loop@x"]),
        (format!("{call}{itself}{}", deep(r#"<userTask id="b"/>"#)), &[]),
        (call.clone(), &[]),
        (once(script("t", &repeated("true", ""))), &["Error busy-loop@t"]),
        (once(script("t", &repeated("${true}", ""))), &["Error busy-loop@t"]),
        (once(script("t", &repeated("true", r#" loopMaximum="3""#))), &[]),
        (once(script("t", &repeated("n &lt; 3", ""))), &[]),
        (once(user(&repeated("= true", ""))), &["Warning endless-repetition@t"]),
        (once(user(&repeated("n &lt; 3", ""))), &[]),
        (beside("true", true), &["Error busy-loop@t"]),
        (beside("= 1 = 1", true), &["Error busy-loop@t"]),
        (beside("true", false), &[]),
        (beside("n &gt; 1", true), &[]),
        // The event catches the signal that is thrown behind it.
        (again(false, "S1", ""), &["Error busy-loop@b"]),
        (again(false, "S2", ""), &[]),
        (again(true, "S1", ""), &[]),
        (again(false, "S1", r#"<userTask id="w"/>"#), &[]),
    ] {
        assert_eq!(busy(&body), expected, "{body}");
    }
}

#[test]
fn what_is_not_proved_says_why() {
    let complex: String = (0..13).map(|it| format!("o>t{it}?c{it} t{it}>g")).collect::<Vec<_>>().join(" ");
    let tasks: String = (0..13).map(|it| format!(r#"<userTask id="t{it}"/>"#)).collect();
    let nodes = format!(
        r#"<startEvent id="s"/><inclusiveGateway id="o"/>{tasks}<complexGateway id="g"><activationCondition>data.n &gt; 1</activationCondition></complexGateway><endEvent id="e"/>"#
    );
    let body = process(r#"id="A""#, &nodes, &format!("s>o {complex} g>e"));
    let found = together(&body);
    assert!(found.iter().any(|it| it.contains("unproved@o") || it.contains("unproved@g")), "{found:?}");
}
