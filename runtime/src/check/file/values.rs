//! `flow-bad-value` (warning): an attribute has a value the schema does not allow, so that everybody reads its default instead, or refuses
//! the file (BPMN 2.0.2 §15.3): `isExecutable="yes"`, `gatewayDirection="Foo"`. Fix: one of the values it may have.

use super::{Look, children};
use crate::alert::Alert;
use crate::model::flow::XmlElement;

/// Attributes that are true or false, at whatever element.
const TRUTHS: &[&str] = &[
    "cancelActivity",
    "cancelRemainingInstances",
    "instantiate",
    "isClosed",
    "isCollection",
    "isExecutable",
    "isForCompensation",
    "isImmediate",
    "isInterrupting",
    "isSequential",
    "isUnlimited",
    "parallelMultiple",
    "testBefore",
    "triggeredByEvent",
    "waitForCompletion",
];

/// Attributes with a few values, and these.
const WORDS: &[(&str, &[&str])] = &[
    ("associationDirection", &["None", "One", "Both"]),
    ("behavior", &["None", "One", "All", "Complex"]),
    ("eventGatewayType", &["Exclusive", "Parallel"]),
    ("gatewayDirection", &["Unspecified", "Converging", "Diverging", "Mixed"]),
    ("itemKind", &["Information", "Physical"]),
    ("ordering", &["Parallel", "Sequential"]),
    ("processType", &["None", "Public", "Private"]),
];

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    walk(found, look, look.root(), "");
}

/// `id`: of the nearest element around it that has one. What another tool added has values of its own kind.
fn walk(found: &mut Vec<Alert>, look: &Look, it: &XmlElement, id: &str) {
    if it.name.contains(':') || matches!(it.name.as_str(), "extensionElements" | "BPMNDiagram") {
        return;
    }
    let id = super::attribute(it, "id").unwrap_or(id);
    for (name, value) in &it.attributes {
        let Some(expected) = expected(name, value.trim()) else { continue };
        let says = format!("expected {expected} as `{name}` of `{id}`, found `{value}`");
        let pointer = look.elements.get(id).map_or("", |it| it.pointer.as_str());
        found.push(
            Alert::warning("flow-bad-value", says)
                .at(look.file, pointer)
                .on(id)
                .arg("element", id)
                .arg("name", name.as_str()),
        );
    }
    children(&it.children).for_each(|(_, it)| walk(found, look, it, id));
}

/// What an attribute should have said; none: it is fine. Some tools write truth values with capitals, which everybody reads.
fn expected(name: &str, value: &str) -> Option<String> {
    if TRUTHS.contains(&name) {
        let fine =
            value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") || value == "0" || value == "1";
        return (!fine).then(|| "`true` or `false`".to_owned());
    }
    let (_, words) = WORDS.iter().find(|it| it.0 == name)?;
    (!words.contains(&value)).then(|| format!("`{}`", words.join("`, `")))
}
