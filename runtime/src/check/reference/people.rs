//! `flow-no-performer` (error): a user task names nobody: no role, department, person or script, and its lane has no role.
//! `flow-too-few-signers` (warning): more signatures are needed than people hold the roles.
//! `flow-nobody` (warning): the roles of a task are held by nobody today; with a fallback role that somebody holds it is silent.

use std::collections::BTreeMap;

use super::Look;
use crate::alert::Alert;
use crate::id::{FlowKey, NodeId, RoleKey};
use crate::model::flow::{Element, ElementKind, Flow, SignEach, SignRule};

pub fn rule(found: &mut Vec<Alert>, look: &Look, key: &FlowKey, flow: &Flow) {
    let lanes = flow.lane_roles();
    walk(found, look, &lanes, &format!("flows/{key}/flow.json"), "/flowElements", &flow.flow_elements);
}

fn walk(
    found: &mut Vec<Alert>,
    look: &Look,
    lanes: &BTreeMap<&NodeId, &RoleKey>,
    file: &str,
    pointer: &str,
    elements: &[Element],
) {
    for (nth, it) in elements.iter().enumerate() {
        let pointer = format!("{pointer}/{nth}");
        match &it.kind {
            ElementKind::SubProcess { flow_elements, .. }
            | ElementKind::Transaction { flow_elements }
            | ElementKind::AdHocSubProcess { flow_elements, .. } => {
                walk(found, look, lanes, file, &format!("{pointer}/flowElements"), flow_elements);
            }
            ElementKind::UserTask(task) => {
                let lane = lanes.get(&it.id).copied();
                let who = &task.performer;
                let named = !who.roles.is_empty()
                    || who.department.is_some()
                    || who.user.is_some()
                    || who.script.is_some()
                    || who.field.is_some()
                    || who.same_as.is_some()
                    || who.manager_of.is_some()
                    || !who.skills.is_empty()
                    || who.customer;
                if !named && lane.is_none() {
                    let says = format!(
                        "expected somebody to do `{}`, found no role, department, person or script",
                        super::super::flow::called(it)
                    );
                    found.push(
                        Alert::error("flow-no-performer", says)
                            .at(file, format!("{pointer}/performer"))
                            .on(it.id.as_str())
                            .arg("element", super::super::flow::called(it)),
                    );
                }
                let Some(holders) = look.holders else { continue };
                if let Some(sign) = task.countersign.as_ref()
                    && let SignRule::Count(needed) = sign.rule
                    && sign.each == SignEach::Person
                    && !who.roles.iter().any(|it| it.as_str() == "*")
                    && !who.roles.is_empty()
                {
                    // Whoever holds two of the roles is counted twice: never a false alarm.
                    let able: u64 = who.roles.iter().map(|it| holders.get(it).copied().unwrap_or(0)).sum();
                    if able < u64::from(needed) {
                        let says = format!(
                            "expected {needed} people to sign `{}`, found at most {able}",
                            super::super::flow::called(it)
                        );
                        found.push(
                            Alert::warning("flow-too-few-signers", says)
                                .at(file, format!("{pointer}/countersign/rule"))
                                .on(it.id.as_str())
                                .arg("element", super::super::flow::called(it)),
                        );
                    }
                }
                let roles: Vec<_> =
                    if who.roles.is_empty() { lane.into_iter().collect() } else { who.roles.iter().collect() };
                let held =
                    |role: &crate::id::RoleKey| role.as_str() == "*" || holders.get(role).copied().unwrap_or(0) > 0;
                if !roles.is_empty() && !roles.iter().any(|it| held(it)) && !who.fallback.as_ref().is_some_and(held) {
                    let names: Vec<&str> = roles.iter().map(|it| it.as_str()).collect();
                    let says = format!(
                        "expected somebody to hold {} for `{}`, found nobody",
                        names.join(" or "),
                        super::super::flow::called(it)
                    );
                    found.push(
                        Alert::warning("flow-nobody", says)
                            .at(file, format!("{pointer}/performer/roles"))
                            .on(it.id.as_str())
                            .arg("element", super::super::flow::called(it)),
                    );
                }
            }
            _other => {}
        }
    }
}
