//! A pack with a large flow, a middling one and a form of 200 fields, and the same for other tools.

use anyhow::Result;
use runtime::interchange::Document;
use runtime::model::flow::{Element, ElementKind, Flow};
use runtime::model::layout::Layout;
use serde_json::{Map, Value, json};

/// Groups of four fields a form has.
const GROUPS: usize = 50;

/// A node of the flow that is drawn somewhere in its middle.
pub fn middle(branches: usize, length: usize) -> String {
    format!("task_{}_{}", branches / 2, length / 2)
}

/// Branches side by side, tasks one after the other in each: two gateways, start and end more than `branches * length` nodes.
pub fn flow(key: &str, branches: usize, length: usize) -> Flow {
    let mut elements = Vec::new();
    let mut node = |id: String, kind: ElementKind| {
        let mut it = Element::new(id.as_str(), kind);
        it.name = id.replace('_', " ");
        elements.push(it);
    };
    node("start".to_owned(), ElementKind::StartEvent { event_definition: None, is_interrupting: true });
    node("split".to_owned(), ElementKind::ParallelGateway {});
    let mut ways = vec![("start".to_owned(), "split".to_owned())];
    for branch in 0..branches {
        let mut last = "split".to_owned();
        for at in 0..length {
            let id = format!("task_{branch}_{at}");
            node(id.clone(), ElementKind::Task {});
            ways.push((last, id.clone()));
            last = id;
        }
        ways.push((last, "join".to_owned()));
    }
    node("join".to_owned(), ElementKind::ParallelGateway {});
    node("end".to_owned(), ElementKind::EndEvent { event_definition: None });
    ways.push(("join".to_owned(), "end".to_owned()));
    for (at, (from, to)) in ways.iter().enumerate() {
        let kind = ElementKind::SequenceFlow {
            source_ref: from.as_str().into(),
            target_ref: to.as_str().into(),
            condition_expression: None,
        };
        elements.push(Element::new(format!("way_{at}"), kind));
    }
    Flow {
        format: 1,
        id: format!("p_{key}"),
        key: key.into(),
        name: format!("The {key} flow"),
        flow_elements: elements,
        ..Flow::default()
    }
}

/// The flow as a BPMN file with its drawing.
pub fn xml(flow: &Flow) -> String {
    Document::of_flow(flow.clone(), drawn(flow)).write_xml()
}

fn drawn(flow: &Flow) -> Layout {
    Layout { format: 1, diagrams: vec![runtime::layout::flow(flow)] }
}

/// The pack as files.
pub fn pack(flows: &[&Flow]) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let write = |path: String, value: &Value| -> Result<()> {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
        Ok(std::fs::write(path, serde_json::to_string_pretty(value)?)?)
    };
    write(
        "pack.json".to_owned(),
        &json!({
            "format": 1, "id": "large", "version": "1.0.0", "title": "Large", "language": "en", "platform": ">=0.1",
            "roles": [{ "id": "r_admin", "key": "admin", "title": "Administrator" }],
            "menu": [{ "id": "menu_sheet", "title": "Sheets", "icon": "list", "module": "sheet" }]
        }),
    )?;
    for flow in flows {
        write(format!("flows/{}/flow.json", flow.key), &serde_json::to_value(flow)?)?;
        write(format!("flows/{}/layout.json", flow.key), &serde_json::to_value(drawn(flow))?)?;
    }
    write(
        "modules/sheet/module.json".to_owned(),
        &json!({
            "format": 1, "id": "m_sheet", "key": "sheet", "title": "Sheet", "icon": "list", "label": "title",
            "rights": [{ "role": "admin", "actions": ["create", "read", "update", "delete"], "scope": "all" }]
        }),
    )?;
    let mut fields = Map::new();
    fields.insert("title".to_owned(), json!({ "title": "Title", "type": "string", "x-id": "f_title" }));
    let (mut computed, mut visible, mut shown) = (Vec::new(), Vec::new(), vec![json!({ "field": "title", "span": 6 })]);
    for at in 0..GROUPS {
        for (name, title, kind) in
            [("a", "Pieces", "number"), ("b", "Price", "number"), ("sum", "Sum", "number"), ("note", "Note", "string")]
        {
            let key = format!("{name}_{at}");
            fields.insert(
                key.clone(),
                json!({ "title": format!("{title} {at}"), "type": kind, "x-id": format!("f_{key}") }),
            );
            if key != "note_49" {
                shown.push(json!({ "field": key, "span": 3 }));
            }
        }
        computed.push(json!({ "id": format!("c_{at}"), "field": format!("sum_{at}"), "mode": "always", "expr": format!("data.a_{at} * data.b_{at}") }));
        visible.push(
            json!({ "id": format!("v_{at}"), "field": format!("note_{at}"), "when": format!("data.a_{at} > 10") }),
        );
    }
    write(
        "modules/sheet/schema.json".to_owned(),
        &json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Sheet", "type": "object", "properties": fields, "required": ["title"] }),
    )?;
    write("modules/sheet/rules.json".to_owned(), &json!({ "format": 1, "computed": computed, "visible": visible }))?;
    for (id, key) in [("v_1", "create"), ("v_2", "edit")] {
        write(
            format!("modules/sheet/views/{key}.json"),
            &json!({ "format": 1, "id": id, "key": key, "title": "Sheet", "content": { "kind": "form", "sections": [{ "id": "main", "title": "All", "fields": shown }] } }),
        )?;
    }
    Ok(folder)
}

/// The same form for form-js: sums shown as text, notes hidden by a condition.
pub fn form_js() -> Value {
    let mut components = Vec::new();
    for at in 0..GROUPS {
        components.extend([
            json!({ "type": "number", "key": format!("a_{at}"), "id": format!("a_{at}"), "label": format!("Pieces {at}") }),
            json!({ "type": "number", "key": format!("b_{at}"), "id": format!("b_{at}"), "label": format!("Price {at}") }),
            json!({ "type": "text", "id": format!("sum_{at}"), "text": format!("=\"Sum: \" + string(a_{at} * b_{at})") }),
            json!({ "type": "textfield", "key": format!("note_{at}"), "id": format!("note_{at}"), "label": format!("Note {at}"), "conditional": { "hide": format!("=a_{at} = null or a_{at} <= 10") } }),
        ]);
    }
    json!({ "type": "default", "schemaVersion": 19, "components": components })
}

/// The same form for react-jsonschema-form, which computes nothing: notes come by `if` and `then`.
pub fn json_schema() -> Value {
    let (mut fields, mut rules) = (Map::new(), Vec::new());
    for at in 0..GROUPS {
        for name in ["a", "b", "sum"] {
            fields.insert(format!("{name}_{at}"), json!({ "title": format!("{name} {at}"), "type": "number" }));
        }
        rules.push(json!({
            "if": { "properties": { format!("a_{at}"): { "type": "number", "exclusiveMinimum": 10 } }, "required": [format!("a_{at}")] },
            "then": { "properties": { format!("note_{at}"): { "title": format!("Note {at}"), "type": "string" } } }
        }));
    }
    json!({ "type": "object", "properties": fields, "allOf": rules })
}
