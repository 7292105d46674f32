//! Every edit done, undone, done again; random edits with the invariants swept after each.

mod around;
mod behaviour;
mod checked;
mod flow;
mod form;
mod form_more;
mod pools;
mod random;
mod tool;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use runtime::model::flow::{Element, ElementKind, Flow};
use serde_json::json;

use crate::document::Document;
use crate::edit::Edit;
use crate::kind::Kind;
use crate::tree;

pub const FLOW: &str = "approve";
pub const MODULE: &str = "offer";

/// A small pack: start → check → ok? → (yes) send → end, (no) check; the activity `check` has a timer on it.
pub fn pack() -> Document {
    let flow = json!({
        "format": 1, "id": "p_1", "key": "approve", "name": "Approve", "module": "offer",
        "flowElements": [
            { "id": "start", "type": "startEvent" },
            { "id": "check", "type": "userTask", "name": "Check", "performer": {"roles": ["boss"]}, "outcomes": [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}] },
            { "id": "late", "type": "boundaryEvent", "attachedToRef": "check", "cancelActivity": false, "eventDefinition": {"type": "timer", "timeDuration": "2bd"} },
            { "id": "remind", "type": "sendTask" },
            { "id": "ok", "type": "exclusiveGateway", "name": "OK?", "default": "f_no" },
            { "id": "send", "type": "userTask", "name": "Send", "returnTo": ["check"], "performer": {"notSameAs": ["check"]} },
            { "id": "end", "type": "endEvent" },
            { "id": "reminded", "type": "endEvent" },
            { "id": "f_1", "type": "sequenceFlow", "sourceRef": "start", "targetRef": "check" },
            { "id": "f_2", "type": "sequenceFlow", "sourceRef": "check", "targetRef": "ok" },
            { "id": "f_yes", "type": "sequenceFlow", "sourceRef": "ok", "targetRef": "send", "conditionExpression": "outcome == \"yes\"" },
            { "id": "f_no", "type": "sequenceFlow", "sourceRef": "ok", "targetRef": "check" },
            { "id": "f_3", "type": "sequenceFlow", "sourceRef": "send", "targetRef": "end" },
            { "id": "f_4", "type": "sequenceFlow", "sourceRef": "late", "targetRef": "remind" },
            { "id": "f_5", "type": "sequenceFlow", "sourceRef": "remind", "targetRef": "reminded" }
        ]
    });
    let schema = json!({
        "type": "object", "required": ["name"],
        "properties": {
            "name": {"title": "Name", "type": "string", "x-id": "f_01"},
            "state": {"title": "State", "type": "string", "oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}], "readOnly": true, "x-id": "f_02"},
            "amount": {"title": "Amount", "type": "string", "format": "x-decimal", "x-id": "f_03"},
            "lines": {"title": "Lines", "type": "array", "items": {"type": "object", "required": ["what"], "properties": {"what": {"title": "What", "type": "string"}}}, "x-id": "f_04"}
        }
    });
    let rules = json!({
        "format": 1,
        "required": [{"id": "r_amount", "field": "amount", "when": "data.state == \"b\""}],
        "checks": [{"id": "c_1", "expr": "data.amount >= 0", "message": "Not below zero", "fields": ["amount"]}]
    });
    let create = json!({
        "format": 1, "id": "v_1", "key": "create", "title": "Create", "content": {"kind": "form", "sections": [
            {"id": "s_1", "title": "One", "fields": [{"field": "name", "span": 12}, {"field": "amount", "span": 6}]},
            {"id": "s_2", "title": "Two", "fields": [{"field": "state"}]}
        ]}
    });
    let list = json!({ "format": 1, "id": "v_2", "key": "list", "title": "List", "content": {"kind": "list", "columns": [{"field": "name"}, {"field": "amount"}], "sort": ["-amount"]} });
    let module =
        json!({ "format": 1, "id": "m_1", "key": "offer", "title": "Offer", "label": "name", "stage": "state" });
    let files: BTreeMap<String, String> = [
        ("flows/approve/flow.json", flow),
        ("modules/offer/schema.json", schema),
        ("modules/offer/rules.json", rules),
        ("modules/offer/module.json", module),
        ("modules/offer/views/create.json", create),
        ("modules/offer/views/list.json", list),
        ("i18n/en.json", json!({})),
    ]
    .into_iter()
    .map(|(path, value)| (path.to_owned(), crate::text::json(&value)))
    .collect();
    Document::open("sales", &files, &BTreeMap::new(), 7)
}

/// Does, undoes and does again; each state is what it should be and sound.
pub fn check(document: &mut Document, edit: &Edit) {
    let before = document.clone();
    document.apply(edit).unwrap_or_else(|why| panic!("{edit:?} is forbidden: {why:?}"));
    sound(document);
    assert!(!document.same(&before), "{edit:?} changes nothing");
    let after = document.clone();
    document.undo().expect("a step");
    assert!(document.same(&before), "{edit:?} is not undone");
    assert_eq!(document.files(), before.files());
    document.redo().expect("a step");
    assert!(document.same(&after), "{edit:?} is not done again");
}

/// The flow of the pack.
pub fn flow(document: &Document) -> &Flow {
    document.flow(FLOW).expect("the flow")
}

/// An element by id.
pub fn element<'a>(document: &'a Document, id: &str) -> &'a Element {
    tree::find(flow(document), id).unwrap_or_else(|| panic!("no {id}"))
}

/// Source and target of a sequence flow.
pub fn ends<'a>(document: &'a Document, id: &str) -> (&'a str, &'a str) {
    tree::ends(flow(document), id).unwrap_or_else(|| panic!("no {id}"))
}

/// The one element that is selected.
pub fn selected(document: &Document) -> String {
    assert_eq!(document.selection.len(), 1, "{:?}", document.selection);
    document.selection.iter().next().cloned().expect("one")
}

/// What must hold after every edit.
pub fn sound(document: &Document) {
    let flow = flow(document);
    let all = flow.all();
    let ids: BTreeSet<&str> = all.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids.len(), all.len(), "an id twice");
    for it in &all {
        let parent = tree::parent(flow, it.id.as_str());
        match &it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
                for end in [source_ref, target_ref] {
                    let there = ids.contains(end.as_str()) && tree::parent(flow, end.as_str()) == parent;
                    assert!(there, "{} dangles at {end}", it.id);
                }
            }
            ElementKind::BoundaryEvent { attached_to_ref, .. } => {
                let host = tree::find(flow, attached_to_ref.as_str()).and_then(|it| Kind::of(&it.kind));
                assert!(host.is_some_and(|it| it.family().hosts()), "{} sits on nothing", it.id);
            }
            ElementKind::Association { source_ref, target_ref, .. } => {
                assert!(ids.contains(source_ref.as_str()) && ids.contains(target_ref.as_str()), "{} dangles", it.id);
            }
            ElementKind::DataObjectReference { data_object_ref: Some(object) } => {
                assert!(ids.contains(object.as_str()), "{} refers to nothing", it.id);
            }
            ElementKind::UserTask(task) => {
                assert!(task.return_to.iter().all(|it| ids.contains(it.as_str())), "{} returns to nothing", it.id);
            }
            _ => (),
        }
    }
    let around: BTreeSet<String> = flow.collaboration.iter().flat_map(|it| it.ids()).map(|it| it.0).collect();
    for it in tree::links(flow) {
        let there = |id: &str| ids.contains(id) || it.line == tree::Line::Message && around.contains(id);
        assert!(there(it.source) && there(it.target), "{it:?} dangles");
    }
    for it in tree::messages(flow) {
        let ends = crate::pools::end(flow, it.source).zip(crate::pools::end(flow, it.target));
        let (from, to) = ends.unwrap_or_else(|| panic!("{it:?} dangles"));
        assert_eq!(crate::pools::may_send(flow, from, to), Ok(()), "{it:?}");
    }
    for pool in flow.collaboration.iter().flat_map(|it| &it.participants) {
        assert_eq!(crate::pools::is_own(flow, &pool.id), pool.process.as_ref() == Some(&flow.key));
    }
    let lanes: BTreeSet<&str> = flow.lanes.iter().map(|it| it.id.as_str()).collect();
    for lane in &flow.lanes {
        assert!(lane.flow_node_refs.iter().all(|it| ids.contains(it.as_str())), "{} holds nothing", lane.id);
        assert!(lane.parent.as_ref().is_none_or(|it| lanes.contains(it.as_str())), "{} is in nothing", lane.id);
    }
    if let Some(layout) = document.layout(FLOW) {
        let diagram = &layout.diagrams[0];
        let shapes: BTreeSet<&str> = diagram.shapes.iter().map(|it| it.element.as_str()).collect();
        assert_eq!(shapes.len(), diagram.shapes.len(), "a shape twice");
        // What lies inside folded subprocesses of a file may be drawn on planes of its own; these tests make none.
        for it in &all {
            let node = Kind::of(&it.kind).is_some();
            assert_eq!(shapes.contains(it.id.as_str()), node, "shape of {}", it.id);
        }
        for it in tree::links(flow) {
            assert!(diagram.edges.iter().any(|edge| edge.element.as_str() == it.id), "{it:?} is not drawn");
        }
        for it in flow.collaboration.iter().flat_map(|it| &it.participants) {
            assert!(shapes.contains(it.id.as_str()), "the pool {} is not drawn", it.id);
            if crate::pools::is_own(flow, &it.id) {
                let rect = |id: &str| {
                    diagram.shapes.iter().find(|it| it.element.as_str() == id).map(crate::geometry::Rect::from)
                };
                let (pool, hidden) = (rect(&it.id).expect("drawn"), crate::planes::planes(flow, &diagram.shapes));
                for it in all.iter().filter(|it| it.kind.is_node() && !hidden.contains_key(it.id.as_str())) {
                    if let Some(inner) = rect(it.id.as_str()) {
                        assert!(pool.grown(1.0).encloses(&inner), "{} stands outside its pool", it.id);
                    }
                }
            }
        }
        let others: BTreeSet<String> = flow
            .collaboration
            .iter()
            .flat_map(|it| &it.participants)
            .flat_map(|it| crate::pools::carried(flow, &it.id))
            .collect();
        let edges: BTreeSet<&str> = diagram.edges.iter().map(|it| it.element.as_str()).collect();
        assert_eq!(edges.len(), diagram.edges.len(), "an arrow twice");
        for it in &diagram.edges {
            assert!(
                tree::link(flow, it.element.as_str()).is_some() || others.contains(&it.element.0),
                "an arrow of nothing: {}",
                it.element
            );
            assert!(it.waypoints.len() >= 2, "{} has no way", it.element);
            assert!(it.waypoints.iter().all(|it| it.x.is_finite() && it.y.is_finite()));
        }
        for it in &all {
            if let ElementKind::BoundaryEvent { attached_to_ref, .. } = &it.kind {
                let rect = |id: &str| {
                    diagram.shapes.iter().find(|it| it.element.as_str() == id).map(crate::geometry::Rect::from)
                };
                let (event, host) =
                    (rect(it.id.as_str()).expect("drawn"), rect(attached_to_ref.as_str()).expect("drawn"));
                assert!(host.grown(20.0).contains(event.centre()), "{} is not on its activity", it.id);
            }
        }
    }
    // The saved text says what the document says.
    for (path, text) in document.files() {
        let Some(text) = text.filter(|_| path.ends_with(".json")) else { continue };
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|why| panic!("{path}: {why}"));
    }
}

/// What is opened and not touched is not saved; what is touched differs where it was touched.
#[test]
fn the_shipped_packs_keep_their_text() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates");
    for pack in std::fs::read_dir(root).expect("templates").flatten().filter(|it| it.path().join("pack.json").exists())
    {
        let mut files = BTreeMap::new();
        read(&pack.path(), &pack.path(), &mut files);
        let mut document = Document::open("pack", &files, &BTreeMap::new(), 1);
        assert!(document.files().is_empty());
        for (path, text) in &files {
            if let Some(content) = crate::document::Address::of(path).filter(|_| path.ends_with(".json")) {
                assert!(document.content(&content).is_some(), "{path} cannot be edited");
                let content = document.content(&content).expect("there");
                let again: serde_json::Value =
                    serde_json::from_str(&content.text(Some((text, content)))).expect("JSON");
                assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).expect("JSON"), "{path}");
            }
        }
        let modules: Vec<String> = document.modules().map(|it| it.0.to_owned()).collect();
        for module in modules {
            let keys: Vec<String> = document.schema(&module).expect("schema")["properties"]
                .as_object()
                .expect("fields")
                .keys()
                .cloned()
                .collect();
            let edit = crate::FormEdit::Retitle { field: keys[0].clone(), title: "X".to_owned() };
            document.apply(&Edit::form(&module, edit)).expect("allowed");
            let path = format!("modules/{module}/schema.json");
            let (now, then) = (document.text(&path).expect("there"), &files[&path]);
            let changed: Vec<&str> = now.lines().filter(|it| !then.lines().any(|other| other == *it)).collect();
            assert!(changed.len() <= 2, "{path}: {} lines changed\n{}", changed.len(), changed.join("\n"));
        }
    }
}

fn read(root: &std::path::Path, folder: &std::path::Path, into: &mut BTreeMap<String, String>) {
    for it in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = it.path();
        if path.is_dir() {
            read(root, &path, into);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            into.insert(path.strip_prefix(root).expect("inside").display().to_string(), text);
        }
    }
}
