//! Files nobody should send: a clear error or a document, never a panic, never more than the limits allow.

use super::*;
use crate::limits;

#[test]
fn malformed_files_say_where() {
    let head = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">"#;
    let cases = [
        ("", "line 1, column 1: expected an element, found none"),
        ("<a/>", "expected `definitions` of BPMN 2.0 (http://www.omg.org/spec/BPMN/20100524/MODEL), found `a`"),
        (
            "<definitions/>",
            "expected `definitions` of BPMN 2.0 (http://www.omg.org/spec/BPMN/20100524/MODEL), found `definitions`",
        ),
        ("<x:definitions/>", "expected a declared prefix, found `x`"),
        (&format!("{head}\n <process></definitions>"), "line 2, column 11"),
        (&format!("{head}<process id='P'>"), "expected the end of `process`, found the end of the file"),
        (&format!("{head}<a:b/></definitions>"), "expected a declared prefix, found `a`"),
        (&format!("{head}<task a='1' a='2'/></definitions>"), "duplicated attribute"),
        (&format!("{head}<task a='1'b='2'/></definitions>"), "expected white space between attributes"),
        (&format!("{head}<task a='<'/></definitions>"), "expected `&lt;`"),
        (&format!("{head}<task a='&nbsp;'/></definitions>"), "found `&nbsp;`"),
        (&format!("{head}&nbsp;</definitions>"), "found `&nbsp;`"),
        (&format!("{head}&#0;</definitions>"), "found `&#0;`"),
        (&format!("{head}\u{1}</definitions>"), "control character"),
        (&format!("{head}</definitions><b/>"), "expected one root element, found another"),
        (&format!("{head}</definitions>text"), "expected no text outside"),
        (&format!("{head}<1/></definitions>"), "expected a name, found `1`"),
        (&format!("{head}<!-- a -- b --></definitions>"), "--"),
        (&format!(" <?xml version='1.0'?>{head}</definitions>"), "at the very start"),
        (&format!("{head}<t xmlns:a=''/></definitions>"), "expected a namespace"),
    ];
    for (text, expected) in cases {
        let error = Document::read_xml(text.as_bytes()).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}\n  expected {expected}\n  found {error}");
    }
}

#[test]
fn entities_are_never_expanded() {
    let bomb = format!(r#"<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>{}"#, file("<process id='&b;'/>"));
    let outside =
        format!(r#"<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{}"#, file("<process id='P' name='&x;'/>"));
    for text in [bomb, outside] {
        assert!(matches!(Document::read_xml(text.as_bytes()), Err(Error::Entities { .. })), "{text}");
    }
    let plain = format!("<!DOCTYPE definitions>{}", file("<process id='P'/>"));
    assert!(Document::read_xml(plain.as_bytes()).is_ok());
}

#[test]
fn limits_are_kept() {
    let deep = |levels: usize| file(&format!("{}{}", "<subProcess>".repeat(levels), "</subProcess>".repeat(levels)));
    let attributes: String = (0..=limits::XML_ATTRIBUTES).map(|it| format!(" a{it}='1'")).collect();
    let spaces: String = (0..200).map(|it| format!(" xmlns:a{it}='u'")).collect();
    let cases = [
        deep(100_000),
        file(&format!("<task{attributes}/>")),
        file(&format!("<process{spaces}><task{spaces}/></process>")),
        file(&format!("<task a='{}'/>", "x".repeat(limits::XML_VALUE + 1))),
        file(&format!("<task {}='1'/>", "x".repeat(limits::XML_NAME + 1))),
        file(&"<a/>".repeat(limits::XML_NODES)),
    ];
    for text in cases {
        let error = Document::read_xml(text.as_bytes()).expect_err("beyond a limit");
        assert!(matches!(error, Error::Limit { .. }), "{error}");
    }
    assert!(matches!(Document::read_xml(&vec![b' '; limits::XML_BYTES + 1]), Err(Error::TooLarge { .. })));
}

#[test]
fn the_deepest_file_survives_json() {
    let levels = limits::XML_DEPTH - 3;
    let text =
        file(&format!("<process id='P'>{}{}</process>", "<subProcess>".repeat(levels), "</subProcess>".repeat(levels)));
    let foreign = file(&format!(
        "<process id='P'><extensionElements>{}{}</extensionElements></process>",
        "<camunda:a>".repeat(levels),
        "</camunda:a>".repeat(levels)
    ));
    for text in [text, foreign] {
        let document = Document::read_xml(text.as_bytes()).expect("within the limits");
        assert_eq!(Document::read_json(document.write_json().as_bytes()).as_ref(), Ok(&document));
        twice(&document);
    }
}

#[test]
fn odd_files_are_read_all_the_same() {
    for inside in [
        // Ids twice, references to nothing, ends that are missing.
        r#"<process id="P"><task id="a"/><task id="a"/><sequenceFlow id="a" sourceRef="a"/></process><process id="P"/>"#,
        r#"<process id="P"><boundaryEvent id="b" attachedToRef="nowhere"/><lane/><laneSet><lane/><lane id="x"/><lane id="x"/></laneSet></process>"#,
        r#"<collaboration><participant processRef="none"/><messageFlow/></collaboration><collaboration/>"#,
        r#"<process id="P">stray <task id="t">text</task> here</process>"#,
        r#"<process id="P"><task id="t" startQuantity="many" isForCompensation="perhaps" default=""/></process>"#,
        r#"<process id="P"><task id="t"><incoming>f</incoming><incoming>ghost</incoming><outgoing/></task><sequenceFlow id="f" sourceRef="x" targetRef="t"/></process>"#,
        r#"<process id="P"><startEvent id="s" parallelMultiple="true"><timerEventDefinition><timeDate/><timeCycle>R</timeCycle></timerEventDefinition></startEvent></process>"#,
        r#"<process id="P" xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmn="urn:mine"><task id="t" bpmn:x="1"/></process>"#,
        r#"<bpmndi:BPMNDiagram><bpmndi:BPMNPlane/><bpmndi:BPMNPlane><bpmndi:BPMNShape/></bpmndi:BPMNPlane><dc:Font/></bpmndi:BPMNDiagram><dc:Bounds/>"#,
        r#"<definitions><process id="P"/></definitions>"#,
    ] {
        twice(&read(inside));
    }
}

#[test]
fn broken_extensions_of_ours_are_refused() {
    let cases = [
        r#"<flowloom:element><flowloom:outcomes flowloom:is="number">x</flowloom:outcomes></flowloom:element>"#,
        r#"<flowloom:element type="parallelGateway"/>"#,
        r#"<flowloom:element nonsense="1"/>"#,
        r#"<flowloom:element><flowloom:name flowloom:is="klingon"/></flowloom:element>"#,
    ];
    for extension in cases {
        let text = file(&format!(
            r#"<process id="P" xmlns:flowloom="urn:flowloom:bpmn:1"><userTask id="ask"><extensionElements>{extension}</extensionElements></userTask></process>"#
        ));
        let found = Document::read_xml(text.as_bytes());
        assert!(
            matches!(&found, Err(Error::Extension { element, .. }) if element == "ask")
                || extension.contains("parallelGateway"),
            "{extension}: {found:?}"
        );
    }
}

/// What the JSON keeps for XML is written as it stands: a name that is none would be another document, or no document.
#[test]
fn what_is_kept_has_names_that_can_be_written() {
    let with = |kept: serde_json::Value| {
        let flow =
            serde_json::json!({ "format": 1, "id": "P", "key": "p", "name": "P", "flowElements": [], "kept": kept });
        serde_json::from_value::<crate::model::flow::Flow>(flow).map(|_| ()).map_err(|it| it.to_string())
    };
    let long = "x".repeat(crate::limits::XML_NAME + 1);
    let names = [
        "isExec]le",
        "",
        "a b",
        "a=\"1\" b",
        "x><script",
        "1a",
        "a:b:c",
        "a:",
        "::a",
        "flowloom::a:b",
        "flowloom::",
        long.as_str(),
    ];
    for name in names {
        for kept in [
            serde_json::json!({ "attributes": { name: "true" } }),
            serde_json::json!({ "children": [{ "name": name }] }),
        ] {
            let said = with(kept.clone()).expect_err("refused");
            // Of a child that is none of the kinds there are, serde says only that.
            let named = said.contains("expected an XML name") || said.contains("untagged enum XmlNode");
            assert!(named, "{kept}: {said}");
        }
    }
    for name in ["a", "camunda:field", ":own", "flowloom::mark", "xmlns:b", "名称", "_a.b-c"] {
        let kept = serde_json::json!({ "attributes": { name: "1" }, "children": [{ "name": name }] });
        assert_eq!(with(kept), Ok(()), "{name}");
    }
}

#[test]
fn json_without_an_id_names_the_place() {
    let task = r#"{ "type": "task", "id": " " }"#;
    let flow = |elements: &str| {
        format!(
            r#"{{ "format": 1, "layout": {{ "format": 1, "diagrams": [] }},
                "flows": [{{ "format": 1, "id": "P", "key": "p", "name": "P", "flowElements": [{elements}] }}] }}"#
        )
    };
    let inside =
        format!(r#"{{ "type": "subProcess", "id": "s", "flowElements": [{{ "type": "task", "id": "t" }}, {task}] }}"#);
    for (elements, place) in [
        (task, "flows[0].flowElements[0].id: expected an id"),
        (inside.as_str(), "flows[0].flowElements[0].flowElements[1].id: expected an id"),
    ] {
        assert_eq!(Document::read_json(flow(elements).as_bytes()).unwrap_err().to_string(), place);
    }
    assert!(Document::read_json(flow(r#"{ "type": "task", "id": "t" }"#).as_bytes()).is_ok());
}
