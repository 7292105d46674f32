//! Expressions of files, in the language the file says and with the names it has.

use serde_json::{Value, json};

use super::{File, Options, run, script, show};
use crate::interchange::Document;

const HEAD: &str = r#"xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="urn:z" targetNamespace="urn:t""#;

fn shown(language: &str, process: &str, variables: &Value, happenings: Value) -> String {
    let text = format!(r#"<definitions {HEAD} {language}><process id="P">{process}</process></definitions>"#);
    let file = File::of(Document::read_xml(text.as_bytes()).expect("a file"));
    let variables = variables.as_object().expect("a map").clone();
    let options = Options { auto: true, variables, keys: file.keys, script: script(happenings), ..Options::default() };
    let shown = show(&run(&file.flows, &file.message_flows, &options));
    shown.split(" | ").take(2).collect::<Vec<_>>().join(" | ")
}

/// A decision: to `y` if the condition holds, else to `n`.
fn decision(condition: &str, attributes: &str) -> String {
    format!(
        r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="x"/><exclusiveGateway id="x" default="f3"/>
        <sequenceFlow id="f2" sourceRef="x" targetRef="y"><conditionExpression{attributes}>{condition}</conditionExpression></sequenceFlow>
        <sequenceFlow id="f3" sourceRef="x" targetRef="n"/><endEvent id="y"/><endEvent id="n"/>"#
    )
}

#[test]
fn expressions_are_read_in_the_language_of_the_file() {
    let variables = json!({ "list": [5, 6] });
    let feel = r#"expressionLanguage="http://www.omg.org/spec/DMN/20180521/FEEL/""#;
    let own = r#" language="feel""#;
    let rhai = r#" language="rhai""#;
    for (language, attributes, condition, way) in [
        ("", "", "list[1] == 6", "y"),
        ("", own, "list[1] = 5", "y"),
        (feel, "", "list[1] = 5", "y"),
        (feel, rhai, "list[1] == 6", "y"),
        ("", "", "= list[1] = 5", "y"),
        ("", "", "${list[1] == 6}", "y"),
        (feel, "", "list[1] = 6", "n"),
    ] {
        let came = shown(language, &decision(condition, attributes), &variables, json!([]));
        assert_eq!(
            came,
            format!("Completed +s -s +x -x +{way} -{way} | {{\"list\":[5,6]}}"),
            "{language} {attributes} {condition}"
        );
    }
}

#[test]
fn data_objects_are_meant_by_their_names_and_ids() {
    let objects =
        r#"<dataObject id="D-1" name="Sum Total"/><dataObjectReference id="R-1" name="Sum" dataObjectRef="D-1"/>"#;
    let task = r#"<task id="a"><ioSpecification><dataOutput id="o1"/><inputSet/><outputSet><dataOutputRefs>o1</dataOutputRefs></outputSet></ioSpecification>
        <dataOutputAssociation id="da"><sourceRef>o1</sourceRef><targetRef>R-1</targetRef><transformation>= if n in [1..5] then n * 2 else 0</transformation></dataOutputAssociation></task>"#;
    for condition in
        ["Sum Total == 8", "= Sum Total = 8", "${D-1 == 8}", "R-1 == 8", "n &lt; 5 &amp;&amp; Sum Total &gt; 7"]
    {
        let process = format!(
            r#"{objects}{}{task}<sequenceFlow id="f0" sourceRef="a" targetRef="x"/>"#,
            decision(condition, "").replacen(r#"targetRef="x""#, r#"targetRef="a""#, 1)
        );
        let came = shown("", &process, &json!({ "n": 4 }), json!([]));
        assert_eq!(came, r#"Completed +s -s +a -a +x -x +y -y | {"n":4,"D-1":8}"#, "{condition}");
    }
}

#[test]
fn times_and_lists_may_be_feel() {
    let node = |inside: &str| {
        format!(
            r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>{inside}<sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/>"#
        )
    };
    let timer = |time: &str| {
        node(&format!(
            r#"<intermediateCatchEvent id="t"><timerEventDefinition>{time}</timerEventDefinition></intermediateCatchEvent>"#
        ))
    };
    let many = |input: &str, output: &str| {
        node(&format!(
            r#"<task id="t"><multiInstanceLoopCharacteristics isSequential="true"><extensionElements><zeebe:loopCharacteristics inputCollection="{input}" inputElement="i" outputCollection="r" outputElement="{output}"/></extensionElements></multiInstanceLoopCharacteristics></task>"#
        ))
    };
    let at = |process: &str| {
        let text = format!(r#"<definitions {HEAD}><process id="P">{process}</process></definitions>"#);
        let file = File::of(Document::read_xml(text.as_bytes()).expect("a file"));
        let variables = json!({ "n": 3, "wait": "PT5M" }).as_object().expect("a map").clone();
        let outcome = run(&file.flows, &[], &Options { auto: true, variables, ..Options::default() });
        outcome.trace.last().map(|it| it.at.clone()).unwrap_or_default()
    };
    for (time, moment) in [
        ("<timeDuration>= if n &gt; 2 then duration(\"PT2H\") else duration(\"PT1H\")</timeDuration>", "02:00:00"),
        ("<timeDate>= now() + duration(\"PT3H\")</timeDate>", "03:00:00"),
        ("<timeDate>= date and time(\"2026-01-01T05:00:00+01:00\")</timeDate>", "04:00:00"),
        ("<timeDuration>${wait}</timeDuration>", "00:05:00"),
        ("<timeDuration>PT1M</timeDuration>", "00:01:00"),
    ] {
        assert_eq!(at(&timer(time)), format!("2026-01-01T{moment}Z"), "{time}");
    }
    let lists = json!({ "lists": [[1, 2], [3]] });
    let came = shown("", &many("= lists[1]", "= if i &gt; 1 then i else 0"), &lists, json!([]));
    assert_eq!(came, r#"Completed +s -s +t -t +t -t +e -e | {"lists":[[1,2],[3]],"r":[0,2]}"#);
}

#[test]
fn data_objects_are_meant_by_names_that_are_words() {
    let objects = r#"<dataObject id="D1" name="Total"/><dataObjectReference id="R1" name="Sum" dataObjectRef="D1"/>"#;
    let task = r#"<task id="a"><dataOutputAssociation id="da"><targetRef>R1</targetRef><transformation>n * 2</transformation></dataOutputAssociation></task>"#;
    for (condition, fed, variables, way) in [
        ("Total &gt; 5", true, json!({ "n": 4 }), "y"),
        ("${Sum gt 5}", true, json!({ "n": 4 }), "y"),
        ("= R1 = 8", true, json!({ "n": 4 }), "y"),
        // A variable of that name is meant before the object.
        ("Total &gt; 5", true, json!({ "n": 4, "Total": 1 }), "n"),
        // Without a value it is blank.
        ("Total == ()", false, json!({ "n": 4 }), "y"),
        ("D1 == ()", false, json!({ "n": 4 }), "y"),
    ] {
        let before = if fed { task } else { r#"<task id="a"/>"# };
        let process = format!(
            r#"{objects}{}{before}<sequenceFlow id="f0" sourceRef="a" targetRef="x"/>"#,
            decision(condition, "").replacen(r#"targetRef="x""#, r#"targetRef="a""#, 1)
        );
        let came = shown("", &process, &variables, json!([]));
        assert!(
            came.starts_with(&format!("Completed +s -s +a -a +x -x +{way} -{way} | ")),
            "{condition} {variables}: {came}"
        );
    }
}

#[test]
fn what_a_task_declares_as_its_output_is_its_own() {
    let task = |inside: &str, outputs: &str, script: &str| {
        format!(
            r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/><scriptTask id="t"><ioSpecification><dataInput id="i" name="p"/>
            <dataOutput id="o" name="r"/><dataOutput id="l" name="results"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet>
            <outputSet><dataOutputRefs>o</dataOutputRefs><dataOutputRefs>l</dataOutputRefs></outputSet></ioSpecification>{outputs}{inside}<script>{script}</script></scriptTask>
            <sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/>"#
        )
    };
    let out = |source: &str, target: &str| {
        format!(
            "<dataOutputAssociation><sourceRef>{source}</sourceRef><targetRef>{target}</targetRef></dataOutputAssociation>"
        )
    };
    let many = r#"<multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>list</loopDataInputRef><loopDataOutputRef>l</loopDataOutputRef>
        <inputDataItem id="item" name="p"/><outputDataItem id="part" name="q"/></multiInstanceLoopCharacteristics>"#;
    for (what, process, variables) in [
        ("carried out", task("", &out("o", "total"), "r = p * 2"), r#"{"p":3,"list":[1,2],"total":6}"#),
        ("by nothing", task("", "", "r = p * 2"), r#"{"p":3,"list":[1,2],"r":6}"#),
        (
            "of every turn",
            task(many, &format!("{}{}", out("o", "part"), out("l", "all")), "r = p * 10"),
            r#"{"p":3,"list":[1,2],"results":[10,20],"all":[10,20]}"#,
        ),
    ] {
        let came = shown("", &process, &json!({ "p": 3, "list": [1, 2] }), json!([]));
        assert_eq!(came.split(" | ").nth(1), Some(variables), "{what}: {came}");
    }
}

#[test]
fn conditions_that_are_bodies_of_functions_are_read() {
    for (condition, way) in
        [("return n &gt; 3;", "y"), ("return n &lt; 3 || n == 7;", "n"), ("return ok != null;", "n")]
    {
        let came = shown(
            "",
            &decision(condition, r#" language="http://www.java.com/java""#),
            &json!({ "n": 5, "ok": null }),
            json!([]),
        );
        assert!(came.starts_with(&format!("Completed +s -s +x -x +{way} -{way} | ")), "{condition}: {came}");
    }
}
