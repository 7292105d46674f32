//! Calls of files that declare their data (BPMN 2.0.2 §10.3.6, §10.4.1): what is mapped goes in and comes back, and nothing else.

use serde_json::{Value, json};

use super::{File, Options, run, show};
use crate::interchange::Document;

/// Process `P` calls `Q`; `call` is what stands in the call activity, `called` in front of the called process's elements.
fn shown(call: &str, called: &str, script: &str, variables: &Value) -> String {
    let text = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t">
        <process id="P"><dataObject id="Total"/><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/>
        <callActivity id="c" calledElement="Q">{call}</callActivity>
        <sequenceFlow id="f2" sourceRef="c" targetRef="e"/><endEvent id="e"/></process>
        <process id="Q">{called}<startEvent id="qs"/><sequenceFlow id="q1" sourceRef="qs" targetRef="w"/>
        <scriptTask id="w"><script>{script}</script></scriptTask></process></definitions>"#
    );
    let file = File::of(Document::read_xml(text.as_bytes()).expect("a file"));
    let variables = variables.as_object().expect("a map").clone();
    let shown = show(&run(&file.flows, &[], &Options { auto: true, variables, ..Options::default() }));
    shown
        .split(" | ")
        .enumerate()
        .filter(|(at, it)| *at != 2 && !it.is_empty())
        .map(|(_, it)| it)
        .collect::<Vec<_>>()
        .join(" | ")
}

/// Declared data: names of inputs and of outputs, ids are `<prefix>_<name>`.
fn declared(prefix: &str, inputs: &str, outputs: &str) -> String {
    let (mut data, mut refs) = (String::new(), [String::new(), String::new()]);
    for (at, (kind, names)) in [("Input", inputs), ("Output", outputs)].into_iter().enumerate() {
        for name in names.split_whitespace() {
            data.push_str(&format!(r#"<data{kind} id="{prefix}_{name}" name="{name}"/>"#));
            refs[at].push_str(&format!("<data{kind}Refs>{prefix}_{name}</data{kind}Refs>"));
        }
    }
    let [into, out] = refs;
    format!("<ioSpecification>{data}<inputSet>{into}</inputSet><outputSet>{out}</outputSet></ioSpecification>")
}

fn into(source: &str, target: &str) -> String {
    format!(
        "<dataInputAssociation><sourceRef>{source}</sourceRef><targetRef>c_{target}</targetRef></dataInputAssociation>"
    )
}

fn out(source: &str, target: &str) -> String {
    format!(
        "<dataOutputAssociation><sourceRef>c_{source}</sourceRef><targetRef>{target}</targetRef></dataOutputAssociation>"
    )
}

const WAY: &str = "Completed +s -s +c +qs -qs +w -w -c +e -e";

#[test]
fn only_what_is_mapped_comes_back() {
    let known = json!({ "amount": 2, "kept": 1 });
    let mapped = format!("{}{}{}", declared("c", "n", "r"), into("amount", "n"), out("r", "Total"));
    let inside = "r = n * 2; kept = 9; more = 8";
    for (what, call, called, script, variables) in [
        (
            "as declared on both sides",
            &mapped,
            &declared("q", "n", "r"),
            inside,
            json!({ "amount": 2, "kept": 1, "Total": 4 }),
        ),
        (
            "the called flow declares nothing",
            &mapped,
            &String::new(),
            inside,
            json!({ "amount": 2, "kept": 1, "Total": 4 }),
        ),
        (
            "by their order where the names differ",
            &mapped,
            &declared("q", "x", "y"),
            "y = x * 3; r = 7",
            json!({ "amount": 2, "kept": 1, "Total": 6 }),
        ),
        (
            "into data objects",
            &mapped,
            &r#"<dataObject id="o1" name="n"/><dataObject id="o2" name="r"/>"#.to_owned(),
            "o2 = o1 * 4",
            json!({ "amount": 2, "kept": 1, "Total": 8 }),
        ),
        (
            "nothing is carried out",
            &format!("{}{}", declared("c", "n", "r"), into("amount", "n")),
            &String::new(),
            inside,
            known.clone(),
        ),
        (
            "nothing is declared",
            &String::new(),
            &String::new(),
            "r = amount",
            json!({ "amount": 2, "kept": 1, "r": 2 }),
        ),
        (
            "only outputs",
            &format!("{}{}", declared("c", "", "r"), out("r", "Total")),
            &String::new(),
            "r = 5; more = 1",
            json!({ "amount": 2, "kept": 1, "Total": 5 }),
        ),
    ] {
        let came = shown(call, called, script, &known);
        let (way, found) = came.split_once(" | ").expect("variables");
        assert_eq!((way, serde_json::from_str::<Value>(found).expect("variables")), (WAY, variables), "{what}");
    }
}

#[test]
fn only_what_is_mapped_goes_in() {
    let call = format!("{}{}", declared("c", "n", ""), into("amount", "n"));
    let came = shown(&call, "", "x = kept", &json!({ "amount": 2, "kept": 1 }));
    assert!(came.starts_with("Incident +s -s +c +qs -qs +w !w"), "{came}");
    assert!(came.contains("kept"), "{came}");
}

#[test]
fn every_turn_gives_its_own() {
    let many = |more: &str| {
        format!(
            r#"{}{}{}<multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>list</loopDataInputRef>{more}
            <inputDataItem id="item" name="i"/><outputDataItem id="part" name="p"/></multiInstanceLoopCharacteristics>"#,
            declared("c", "n", "r"),
            into("item", "n"),
            out("r", if more.is_empty() { "Total" } else { "part" })
        )
    };
    let way = "Completed +s -s +c +qs -qs +w -w -c +c +qs -qs +w -w -c +e -e";
    let listed = many("<loopDataOutputRef>Results</loopDataOutputRef>");
    for (call, variables) in
        [(listed, json!({ "list": [1, 2], "Results": [10, 20] })), (many(""), json!({ "list": [1, 2], "Total": 20 }))]
    {
        let came = shown(&call, &declared("q", "n", "r"), "r = n * 10; more = 1", &json!({ "list": [1, 2] }));
        assert_eq!(came, format!("{way} | {variables}"));
    }
}

/// The call has a scope of its own for its data; events on it are where they were.
#[test]
fn events_on_a_call_that_declares_its_data() {
    let text = |definition: &str, interrupts: bool, end: &str| {
        format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:t"><error id="E" errorCode="bad"/><escalation id="X" escalationCode="slow"/>
            <process id="P"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/>
            <callActivity id="c" calledElement="Q">{}{}{}</callActivity>
            <boundaryEvent id="b" attachedToRef="c" cancelActivity="{interrupts}">{definition}</boundaryEvent>
            <sequenceFlow id="f2" sourceRef="c" targetRef="e"/><endEvent id="e"/><sequenceFlow id="f3" sourceRef="b" targetRef="be"/><endEvent id="be"/></process>
            <process id="Q"><startEvent id="qs"/><sequenceFlow id="q1" sourceRef="qs" targetRef="w"/>
            <userTask id="w"/><sequenceFlow id="q2" sourceRef="w" targetRef="qe"/><endEvent id="qe">{end}</endEvent></process></definitions>"#,
            declared("c", "n", "r"),
            into("amount", "n"),
            out("r", "total")
        )
    };
    let play = |text: &str, script: Value| {
        let file = File::of(Document::read_xml(text.as_bytes()).expect("a file"));
        let variables = json!({ "amount": 2 }).as_object().expect("a map").clone();
        let script = serde_json::from_value(script).expect("happenings");
        let shown = show(&run(&file.flows, &[], &Options { variables, script, ..Options::default() }));
        shown.split(" | ").next().unwrap_or_default().to_owned()
    };
    let done = json!([{ "complete": "w", "set": { "r": 1 } }]);
    for (definition, interrupts, end, script, way) in [
        (
            r#"<errorEventDefinition errorRef="E"/>"#,
            true,
            r#"<errorEventDefinition errorRef="E"/>"#,
            done.clone(),
            "Completed +s -s +c +qs -qs +w -w +qe -qe ×c +b -b +be -be",
        ),
        (
            r#"<escalationEventDefinition escalationRef="X"/>"#,
            false,
            r#"<escalationEventDefinition escalationRef="X"/>"#,
            done.clone(),
            "Completed +s -s +c +qs -qs +w -w +qe -qe +b -b +be -be -c +e -e",
        ),
        (
            "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
            true,
            "",
            json!([{ "advance": "PT1H" }]),
            "Completed +s -s +c +qs -qs +w ×w ×c +b -b +be -be",
        ),
    ] {
        assert_eq!(play(&text(definition, interrupts, end), script), way, "{definition}");
    }
}
