//! `flow-executable` (error): a process says it is executable and leaves out what such a process must have, or has what it must not
//! (BPMN 2.0.2): a public process is not (Table 10.3); a sequence flow is not `isImmediate="false"` (Table 8.60); an error that ends it has a
//! code (Table 10.99), and so has an escalation (Table 10.98); an ad-hoc subprocess holds an activity (§10.3.5). That a timer says when (Table
//! 10.101), a condition is written down (Table 10.97) and a multi-instance activity says how often (Table 10.30) is told by `flow-timer`,
//! `flow-conditional-event` and `flow-repetition`, which are errors then.
//! `flow-script-format` (warning): a script does not say its language (Tables 10.12 and 10.24).
//! Fix: add what is missing, or say `isExecutable="false"`: the drawing is then documentation.

use super::{Look, Place, attribute, kept};
use crate::alert::Alert;
use crate::check::flow::definitions;
use crate::model::flow::{ElementKind, EventDefinition};

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for (at, flow) in look.document.flows.iter().enumerate() {
        let public = kept(&flow.kept, "processType").is_some_and(|it| it.eq_ignore_ascii_case("public"));
        if public && executable(flow) {
            found.push(
                Alert::error(
                    "flow-executable",
                    format!("expected the public process `{}` not to be executable, found that it is", flow.id),
                )
                .at(look.file, format!("/flows/{at}"))
                .on(flow.id.as_str()),
            );
        }
    }
    for place in look.elements.values() {
        if let ElementKind::ScriptTask { source: Some(source), .. } = &place.element.kind
            && !source.trim().is_empty()
            && kept(&place.element.kept, language(place)).is_none_or(|it| it.trim().is_empty())
        {
            let says = format!("expected the script of `{}` to say its language, found none", place.element.id);
            found.push(look.on(Alert::warning("flow-script-format", says), place));
        }
        if executable(place.flow)
            && let Some(says) = lacks(look, place)
        {
            found.push(look.on(Alert::error("flow-executable", format!("expected {says}")), place));
        }
    }
}

/// The attribute that says a script's language: global tasks have another.
fn language(place: &Place) -> &'static str {
    if place.flow.global_task { "scriptLanguage" } else { "scriptFormat" }
}

/// Whether a process of a file says that it is to be run.
pub fn executable(flow: &crate::model::flow::Flow) -> bool {
    kept(&flow.kept, "isExecutable").is_some_and(|it| matches!(it.trim(), "true" | "1"))
}

/// What is missing or too much on an element of an executable process; none: nothing.
fn lacks(look: &Look, place: &Place) -> Option<String> {
    let it = place.element;
    match &it.kind {
        ElementKind::SequenceFlow { .. } => {
            let immediate = kept(&it.kept, "isImmediate").map(str::trim);
            return matches!(immediate, Some("false" | "0")).then(|| {
                format!("`{}` to be immediate in an executable process, found `isImmediate=\"false\"`", it.id)
            });
        }
        ElementKind::AdHocSubProcess { flow_elements, .. } if !flow_elements.iter().any(|it| it.kind.is_activity()) => {
            return Some(format!("an activity in the ad-hoc subprocess `{}`, found none", it.id));
        }
        _other => {}
    }
    let ends = matches!(it.kind, ElementKind::EndEvent { .. });
    definitions(it).iter().find_map(|definition| match definition {
        EventDefinition::Error { error_ref } if ends => codeless(look, "error", error_ref.as_deref(), &it.id.0),
        EventDefinition::Escalation { escalation_ref } if ends => {
            codeless(look, "escalation", escalation_ref.as_deref(), &it.id.0)
        }
        EventDefinition::Timer { .. }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Signal { .. }
        | EventDefinition::Message { .. }
        | EventDefinition::Error { .. }
        | EventDefinition::Escalation { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {}
        | EventDefinition::Multiple { .. } => None,
    })
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// An end that throws something without a code; what is named and nowhere is told by [`super::references`].
fn codeless(look: &Look, kind: &str, reference: Option<&str>, id: &str) -> Option<String> {
    let thrown = reference.filter(|it| !blank(it)).map(super::bare);
    let code = match thrown {
        None => None,
        Some(name) => {
            let (_, root) = look.roots().find(|(_, it)| it.name == kind && attribute(it, "id") == Some(name))?;
            attribute(root, &format!("{kind}Code")).filter(|it| !blank(it))
        }
    };
    code.is_none().then(|| format!("the {kind} that `{id}` throws to have a code, found none"))
}
