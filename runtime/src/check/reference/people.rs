//! `flow-no-performer` (error): a user task names nobody: no role, department, person or script, and its lane has no role.
//! `flow-nobody` (warning): the roles of a task are held by nobody today; with a fallback role that somebody holds it is silent.

use super::Look;
use crate::alert::Alert;
use crate::id::FlowKey;
use crate::model::flow::{Element, ElementKind, Flow};

pub fn rule(found: &mut Vec<Alert>, look: &Look, key: &FlowKey, flow: &Flow) {
    walk(found, look, flow, &format!("flows/{key}/flow.json"), "/flowElements", &flow.flow_elements);
}

fn walk(found: &mut Vec<Alert>, look: &Look, flow: &Flow, file: &str, pointer: &str, elements: &[Element]) {
    for (nth, it) in elements.iter().enumerate() {
        let pointer = format!("{pointer}/{nth}");
        match &it.kind {
            ElementKind::SubProcess { flow_elements, .. }
            | ElementKind::Transaction { flow_elements }
            | ElementKind::AdHocSubProcess { flow_elements, .. } => {
                walk(found, look, flow, file, &format!("{pointer}/flowElements"), flow_elements);
            }
            ElementKind::UserTask(task) => {
                let lane = flow.lanes.iter().find(|lane| lane.flow_node_refs.contains(&it.id)).and_then(|it| it.role.clone());
                let who = &task.performer;
                let named = !who.roles.is_empty()
                    || who.department.is_some()
                    || who.user.is_some()
                    || who.script.is_some()
                    || who.field.is_some()
                    || who.same_as.is_some();
                if !named && lane.is_none() {
                    let says = format!("expected somebody to do `{}`, found no role, department, person or script", super::super::flow::called(it));
                    found.push(Alert::error("flow-no-performer", says).at(file, format!("{pointer}/performer")).on(it.id.as_str()).arg("element", super::super::flow::called(it)));
                }
                let Some(holders) = look.holders else { continue };
                let roles: Vec<_> = who.roles.iter().chain(&lane).collect();
                let held = |role: &crate::id::RoleKey| role.as_str() == "*" || holders.get(role).copied().unwrap_or(0) > 0;
                if !roles.is_empty() && !roles.iter().any(|it| held(it)) && !who.fallback.as_ref().is_some_and(held) {
                    let names: Vec<&str> = roles.iter().map(|it| it.as_str()).collect();
                    let says = format!("expected somebody to hold {} for `{}`, found nobody", names.join(" or "), super::super::flow::called(it));
                    found.push(Alert::warning("flow-nobody", says).at(file, format!("{pointer}/performer/roles")).on(it.id.as_str()).arg("element", super::super::flow::called(it)));
                }
            }
            _other => {}
        }
    }
}
