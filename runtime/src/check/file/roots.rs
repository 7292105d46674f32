//! What a file names at its root and does not hold there. `flow-unknown-root` (error): an operation or what it takes, gives and fails
//! with, a resource, an item definition, a category value, a partner or a pool's interface that is nowhere (BPMN 2.0.2 §8.4, §9.2, §10.3.1). `flow-unknown-process` (error): a pool
//! of a process that is nowhere (Table 9.2). `flow-unknown-flow` (warning in files): a call of something that is nowhere (§10.3.6); an
//! engine may know it from elsewhere. `flow-operation` (error): an operation that takes no message (Table 8.66), or a task whose message is
//! not the one its operation takes. Files that import others may find it there.
//! Fix: name what is there, or take the reference away.

use std::collections::{BTreeMap, BTreeSet};

use super::{Look, attribute, bare, below, children, kept, text};
use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, Kept, XmlElement};

/// What a reference of the name leads to.
const LEADS: &[(&str, &[&str])] = &[
    ("operationRef", &["operation"]),
    ("resourceRef", &["resource"]),
    ("resourceParameterRef", &["resourceParameter"]),
    ("itemSubjectRef", &["itemDefinition"]),
    ("itemRef", &["itemDefinition"]),
    ("categoryValueRef", &["categoryValue"]),
    ("interfaceRef", &["interface"]),
    ("supportedInterfaceRef", &["interface"]),
    ("inMessageRef", &["message"]),
    ("outMessageRef", &["message"]),
    ("errorRef", &["error"]),
    ("partnerEntityRef", &["partnerEntity"]),
    ("partnerRoleRef", &["partnerRole"]),
    ("correlationPropertyRef", &["correlationProperty"]),
    ("endPointRef", &["endPoint"]),
];

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let mut deep = Vec::new();
    below(&look.document.definitions.children, &mut deep);
    operations(found, look, &deep);
    if look.imports() {
        return;
    }
    pools(found, look);
    calls(found, look);
    let known: BTreeSet<(&str, &str)> =
        deep.iter().filter_map(|it| Some((it.name.as_str(), attribute(it, "id")?))).collect();
    let participants: BTreeSet<&str> =
        look.document.collaborations.iter().flat_map(|it| &it.participants).map(|it| it.id.as_str()).collect();
    let missing = |name: &str, id: &str| {
        let id = look.local(id);
        if id.is_empty() {
            return false;
        }
        if name == "participantRef" {
            return !participants.contains(id);
        }
        let leads = LEADS.iter().find(|it| it.0 == name);
        leads.is_some_and(|(_, kinds)| !kinds.iter().any(|kind| known.contains(&(kind, id))))
    };
    // At the root itself.
    for (at, root) in look.roots() {
        // A choreography speaks of participants of its own.
        let speaks = matches!(
            root.name.as_str(),
            "partnerRole" | "partnerEntity" | "message" | "interface" | "correlationProperty"
        );
        for (name, id) in speaks.then(|| references(root)).into_iter().flatten() {
            if missing(&name, &id) {
                found.push(
                    Alert::error(
                        "flow-unknown-root",
                        format!("expected `{name}` to lead to something of the file, found `{id}`"),
                    )
                    .at(look.file, format!("/definitions/children/{at}"))
                    .on(attribute(root, "id").unwrap_or_default())
                    .arg("name", id),
                );
            }
        }
    }
    let said = |name: &str, id: &str| {
        let says = format!("expected `{name}` to lead to something of the file, found `{id}`");
        Alert::error("flow-unknown-root", says).arg("name", id)
    };
    let lost = |all: Vec<(String, String)>| {
        all.into_iter().filter(|(name, id)| name != "participantRef" && missing(name, id)).collect::<Vec<_>>()
    };
    for place in look.elements.values() {
        for (name, id) in lost(of_element(place.element)) {
            found.push(look.on(said(&name, &id), place));
        }
    }
    for (at, flow) in look.document.flows.iter().enumerate() {
        for (name, id) in lost(of_kept(&flow.kept)) {
            found.push(said(&name, &id).at(look.file, format!("/flows/{at}")).on(flow.id.as_str()));
        }
    }
    for (at, collaboration) in look.document.collaborations.iter().enumerate() {
        for (nth, it) in collaboration.participants.iter().enumerate() {
            for (name, id) in lost(of_kept(&it.kept)) {
                let pointer = format!("/collaborations/{at}/participants/{nth}");
                found.push(said(&name, &id).at(look.file, pointer).on(it.id.as_str()));
            }
        }
        for (nth, it) in collaboration.artifacts.iter().enumerate() {
            for (name, id) in lost(of_element(it)) {
                let pointer = format!("/collaborations/{at}/artifacts/{nth}");
                found.push(said(&name, &id).at(look.file, pointer).on(it.id.as_str()));
            }
        }
    }
}

/// What an element refers to and the model has no word for, and the value of a group.
fn of_element(it: &Element) -> Vec<(String, String)> {
    let mut found = of_kept(&it.kept);
    if let ElementKind::Group { category_value_ref: Some(id) } = &it.kind {
        found.push(("categoryValueRef".to_owned(), id.clone()));
    }
    found
}

fn of_kept(it: &Kept) -> Vec<(String, String)> {
    let mut found = it.attributes.clone();
    for (_, child) in children(&it.children) {
        if child.name.ends_with("Ref") {
            found.push((child.name.clone(), text(child)));
        }
        found.extend(references(child));
    }
    found
}

/// Everything an element of the file refers to: attributes, and elements that hold a name, however deep. What another tool added is its
/// own affair.
fn references(it: &XmlElement) -> Vec<(String, String)> {
    if it.name.contains(':') || it.name == "extensionElements" {
        return Vec::new();
    }
    let mut found = it.attributes.clone();
    for (_, child) in children(&it.children) {
        if child.name.ends_with("Ref") {
            found.push((child.name.clone(), text(child)));
        }
        found.extend(references(child));
    }
    found
}

fn pools(found: &mut Vec<Alert>, look: &Look) {
    let flows: BTreeSet<&str> = look
        .document
        .flows
        .iter()
        .flat_map(|it| [it.id.as_str(), it.key.as_str()])
        .filter(|it| !it.is_empty())
        .collect();
    for (at, collaboration) in look.document.collaborations.iter().enumerate() {
        for (nth, it) in collaboration.participants.iter().enumerate() {
            let Some(process) = it
                .process
                .as_ref()
                .map(|it| it.as_str())
                .filter(|it| !it.trim().is_empty() && !flows.contains(look.local(it)))
            else {
                continue;
            };
            found.push(
                Alert::error(
                    "flow-unknown-process",
                    format!("expected a process of the file in the pool `{}`, found `{process}`", it.id),
                )
                .at(look.file, format!("/collaborations/{at}/participants/{nth}"))
                .on(it.id.as_str())
                .arg("name", process),
            );
        }
    }
}

fn calls(found: &mut Vec<Alert>, look: &Look) {
    let mut known: BTreeSet<&str> =
        look.document.flows.iter().flat_map(|it| [it.id.as_str(), it.key.as_str()]).collect();
    known
        .extend(look.roots().filter(|(_, it)| it.name.starts_with("global")).filter_map(|(_, it)| attribute(it, "id")));
    for place in look.elements.values() {
        let ElementKind::CallActivity { called_element, .. } = &place.element.kind else { continue };
        let called = look.local(called_element.as_str());
        // An expression of another tool is its own affair.
        if called.trim().is_empty() || called_element.as_str().contains(['{', '=']) || known.contains(called) {
            continue;
        }
        let says = format!("expected a process or global task of the file, found `{called_element}`");
        found.push(look.on(Alert::warning("flow-unknown-flow", says), place).arg("name", called_element.as_str()));
    }
}

fn operations(found: &mut Vec<Alert>, look: &Look, deep: &[&XmlElement]) {
    let mut takes: BTreeMap<&str, String> = BTreeMap::new();
    for (at, root) in look.roots().filter(|(_, it)| it.name == "interface") {
        for (_, it) in children(&root.children).filter(|(_, it)| it.name == "operation") {
            let id = attribute(it, "id").unwrap_or_default();
            match children(&it.children).find(|(_, it)| it.name == "inMessageRef").map(|(_, it)| text(it)) {
                Some(message) if !message.is_empty() => {
                    takes.insert(id, bare(&message).to_owned());
                }
                _none => found.push(
                    Alert::error(
                        "flow-operation",
                        format!("expected the operation `{id}` to take a message, found none"),
                    )
                    .at(look.file, format!("/definitions/children/{at}"))
                    .on(id)
                    .arg("name", id),
                ),
            }
        }
    }
    if deep.is_empty() || takes.is_empty() {
        return;
    }
    for place in look.elements.values() {
        let (ElementKind::SendTask { message_ref: Some(message), .. }
        | ElementKind::ReceiveTask { message_ref: Some(message), .. }) = &place.element.kind
        else {
            continue;
        };
        let operation = kept(&place.element.kept, "operationRef").map(bare);
        if let Some(taken) = operation.and_then(|it| takes.get(it)).filter(|it| *it != bare(message)) {
            let says = format!(
                "expected `{}` to speak of the message `{taken}` of its operation, found `{message}`",
                place.element.id
            );
            found.push(look.on(Alert::error("flow-operation", says), place).arg("name", message.as_str()));
        }
    }
}
