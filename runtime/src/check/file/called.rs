//! `flow-call-no-start` in a file (error): a call activity calls a process of the same file that begins only with a trigger (BPMN 2.0.2
//! §10.5.2: the called process needs a none start event). In packs `check/reference/contract.rs` says it.

use super::Look;
use crate::alert::Alert;
use crate::check::flow::definitions;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for place in look.elements.values() {
        let ElementKind::CallActivity { called_element, .. } = &place.element.kind else { continue };
        let Some(callee) =
            look.document.flows.iter().find(|it| it.key == *called_element || it.id == called_element.as_str())
        else {
            continue;
        };
        let mut starts =
            callee.flow_elements.iter().filter(|it| matches!(it.kind, ElementKind::StartEvent { .. })).peekable();
        if starts.peek().is_some() && starts.all(|it| !definitions(it).is_empty()) {
            let says = format!(
                "expected the called process `{called_element}` to have a start event without a trigger, found none"
            );
            found.push(look.on(Alert::error("flow-call-no-start", says), place).arg("name", called_element.as_str()));
        }
    }
}
