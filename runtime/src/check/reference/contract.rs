//! What flows promise each other.
//!
//! `flow-call-no-start` (error): the called flow begins only with a message, timer or signal (BPMN 2.0.2 §10.5.2: a called process
//! needs a none start event). `flow-call-unused-input` (info): the called flow never reads a value it is given.
//! `flow-call-unknown-output` (warning): a value is taken from the called flow that it never sets.
//! `flow-call-itself` (warning): a flow calls itself, directly or through others, with nothing on the way that could end the circle.
//! `flow-table-input` (error): a decision table is asked without one of its inputs, or with one it does not have.
//! `flow-table-output` (warning): something reads an output that the table does not have.
//! Fix: a plain start event in the called flow; the names it reads and sets; the inputs and outputs of the table.

use std::collections::BTreeSet;

use super::{Look, unknown};
use crate::alert::{Alert, Severity};
use crate::check::flow::{called, definitions, places};
use crate::expr::{Expr, Path};
use crate::id::FlowKey;
use crate::model::flow::{Assignment, Element, ElementKind, Flow};
use crate::script::{Script, Statements};

pub fn rule(found: &mut Vec<Alert>, look: &Look, key: &FlowKey, flow: &Flow) {
    let file = format!("flows/{key}/flow.json");
    for (pointer, it) in places(flow) {
        let say = |found: &mut Vec<Alert>, alert: Alert, below: &str| {
            found.push(alert.at(&file, format!("{pointer}{below}")).on(it.id.as_str()).arg("element", called(it)));
        };
        match &it.kind {
            ElementKind::CallActivity { called_element, inputs, outputs, .. } => {
                let Some(callee) = look.catalog.flow(called_element) else { continue };
                if !begins_plainly(callee) {
                    let says = format!(
                        "expected the called flow `{called_element}` to have a start event without a trigger, found none"
                    );
                    say(
                        found,
                        Alert::error("flow-call-no-start", says).arg("name", called_element.as_str()),
                        "/calledElement",
                    );
                }
                if calls_itself(look, called_element, key) {
                    let says = format!(
                        "expected `{called_element}` not to lead back to this flow, found that it calls it again"
                    );
                    say(
                        found,
                        Alert::warning("flow-call-itself", says).arg("name", called_element.as_str()),
                        "/calledElement",
                    );
                }
                let (reads, reads_all) = variables_read(look, callee);
                for (nth, input) in
                    inputs.iter().enumerate().filter(|(_, it)| !reads_all && !reads.contains(it.target.as_str()))
                {
                    let says = format!("expected the called flow to read `{}`, found nothing that does", input.target);
                    say(
                        found,
                        Alert::new("flow-call-unused-input", Severity::Info, says).arg("name", input.target.as_str()),
                        &format!("/inputs/{nth}/target"),
                    );
                }
                let (sets, sets_any) = variables_set(look, callee, inputs);
                for (nth, output) in outputs.iter().enumerate() {
                    let taken = Expr::parse(&output.expr).map(|it| it.reads()).unwrap_or_default();
                    for path in taken.iter().filter(|it| it.root() == "result") {
                        if let Some(name) = path.field().filter(|it| !sets_any && !sets.contains(*it)) {
                            let mut alert = unknown(
                                "flow-call-unknown-output",
                                "variable of the called flow",
                                name,
                                sets.iter().cloned(),
                            );
                            alert.severity = Severity::Warning;
                            say(found, alert, &format!("/outputs/{nth}/expr"));
                        }
                    }
                }
            }
            ElementKind::BusinessRuleTask { table, inputs, .. } => {
                let Some(table) = look.catalog.table(table) else { continue };
                for (nth, input) in inputs.iter().enumerate() {
                    if !table.inputs.iter().any(|it| it.key == input.target) {
                        say(
                            found,
                            unknown(
                                "flow-table-input",
                                "input of the table",
                                &input.target,
                                table.inputs.iter().map(|it| it.key.clone()),
                            ),
                            &format!("/inputs/{nth}/target"),
                        );
                    }
                }
                for missing in table.inputs.iter().filter(|it| !inputs.iter().any(|given| given.target == it.key)) {
                    let says = format!(
                        "expected a value for the input `{}` of the table `{}`, found none",
                        missing.key, table.key
                    );
                    say(found, Alert::error("flow-table-input", says).arg("name", missing.key.as_str()), "/inputs");
                }
            }
            _other => {}
        }
    }
    outputs_read(found, look, flow, &file);
}

/// `vars.<output>.<column>` where a decision table alone sets the variable.
fn outputs_read(found: &mut Vec<Alert>, look: &Look, flow: &Flow, file: &str) {
    for (pointer, it) in places(flow) {
        let ElementKind::SequenceFlow { condition_expression: Some(source), .. } = &it.kind else { continue };
        for path in Expr::parse(source).map(|it| it.reads()).unwrap_or_default() {
            let [root, variable, column, ..] = path.0.as_slice() else { continue };
            if root != "vars" {
                continue;
            }
            let all = flow.all();
            let tables: Vec<_> = all
                .iter()
                .filter_map(|it| match &it.kind {
                    ElementKind::BusinessRuleTask { table, output, .. } if output == variable => {
                        look.catalog.table(table)
                    }
                    _other => None,
                })
                .collect();
            let set_otherwise = all.iter().any(|it| {
                it.assign.iter().any(|it| it.target.strip_prefix("vars.") == Some(variable.as_str()))
                    || matches!(&it.kind, ElementKind::ServiceTask { call: Some(call) } if call.output == *variable)
            });
            if !tables.is_empty()
                && !set_otherwise
                && !tables.iter().any(|it| it.outputs.iter().any(|it| it.key == *column))
            {
                let known = tables.iter().flat_map(|it| &it.outputs).map(|it| it.key.clone());
                let mut alert = unknown("flow-table-output", "output of the table", column, known);
                alert.severity = Severity::Warning;
                found.push(
                    alert
                        .at(file, format!("{pointer}/conditionExpression"))
                        .on(it.id.as_str())
                        .arg("element", called(it)),
                );
            }
        }
    }
}

fn begins_plainly(flow: &Flow) -> bool {
    let mut starts =
        flow.flow_elements.iter().filter(|it| matches!(it.kind, ElementKind::StartEvent { .. })).peekable();
    flow.global_task || starts.peek().is_none() || starts.any(|it| definitions(it).is_empty())
}

fn calls_itself(look: &Look, from: &FlowKey, to: &FlowKey) -> bool {
    let mut seen: BTreeSet<&FlowKey> = BTreeSet::new();
    let mut work = vec![from];
    while let Some(key) = work.pop() {
        if key == to {
            return true;
        }
        let Some(flow) = look.catalog.flow(key).filter(|_| seen.insert(key)) else { continue };
        // A decision on the way can end the circle; only what always calls again is a mistake.
        let decides = flow.all().iter().any(|it| {
            matches!(
                it.kind,
                ElementKind::ExclusiveGateway {}
                    | ElementKind::InclusiveGateway {}
                    | ElementKind::EventBasedGateway { .. }
                    | ElementKind::ComplexGateway { .. }
                    | ElementKind::BoundaryEvent { .. }
            )
        });
        if !decides {
            work.extend(flow.all().into_iter().filter_map(|it| {
                if let ElementKind::CallActivity { called_element, .. } = &it.kind {
                    Some(called_element)
                } else {
                    None
                }
            }));
        }
    }
    false
}

/// Variables a flow reads anywhere, and whether it may read any.
fn variables_read(look: &Look, flow: &Flow) -> (BTreeSet<String>, bool) {
    let mut found = BTreeSet::new();
    let mut all = false;
    let mut note = |path: &Path| match (path.root(), path.field()) {
        ("vars", Some(name)) => {
            found.insert(name.to_owned());
        }
        ("vars", None) => all = true,
        (root, _) if flow.module.is_none() => {
            found.insert(root.to_owned());
        }
        _other => {}
    };
    // Every text of the flow that can be an expression: what is none does no harm.
    let json = serde_json::to_value(flow).unwrap_or_default();
    let mut texts = Vec::new();
    super::super::usage::texts(&json, &mut texts);
    for text in texts {
        let source = text.strip_prefix('=').unwrap_or(text);
        if let Ok(it) = Expr::parse(source) {
            it.reads().iter().for_each(&mut note);
        }
    }
    for it in flow.all() {
        match &it.kind {
            ElementKind::ScriptTask { script, source } => {
                if let Some(script) = script.as_ref().and_then(|it| Script::compile(it, look.catalog.script(it)?).ok())
                {
                    script.reads().iter().for_each(&mut note);
                }
                if let Some(statements) = source.as_ref().and_then(|it| Statements::parse(it).ok()) {
                    statements.reads().iter().for_each(&mut note);
                    statements.assigns().for_each(|it| note(&Path(vec!["vars".to_owned(), it.to_owned()])));
                }
            }
            ElementKind::UserTask(task) => {
                if let Some(script) =
                    task.performer.script.as_ref().and_then(|it| Script::compile(it, look.catalog.script(it)?).ok())
                {
                    script.reads().iter().for_each(&mut note);
                }
            }
            ElementKind::ServiceTask { call: Some(call) } => {
                if let Some(script) =
                    call.input_script.as_ref().and_then(|it| Script::compile(it, look.catalog.script(it)?).ok())
                {
                    script.reads().iter().for_each(&mut note);
                }
            }
            _other => {}
        }
    }
    (found, all)
}

/// Variables a flow has when it ends, and whether it may have any.
fn variables_set(look: &Look, flow: &Flow, inputs: &[Assignment]) -> (BTreeSet<String>, bool) {
    let mut found: BTreeSet<String> = inputs.iter().map(|it| it.target.clone()).collect();
    let mut any = false;
    let assigned = |list: &[Assignment], found: &mut BTreeSet<String>| {
        found.extend(list.iter().filter_map(|it| it.target.strip_prefix("vars.")).map(str::to_owned));
    };
    for it in flow.all() {
        assigned(&it.assign, &mut found);
        any |= it.loop_characteristics.is_some() || brings(it);
        match &it.kind {
            ElementKind::ScriptTask { script, source } => {
                if let Some(script) = script {
                    match look
                        .catalog
                        .script(script)
                        .and_then(|source| Script::compile(script, source).ok())
                        .map(|it| it.writes())
                    {
                        Some(it) => {
                            any |= it.unknown;
                            found
                                .extend(it.perhaps.iter().filter_map(|it| it.strip_prefix("vars.")).map(str::to_owned));
                        }
                        None => any = true,
                    }
                }
                if let Some(statements) = source.as_ref().and_then(|it| Statements::parse(it).ok()) {
                    found.extend(statements.assigns().map(str::to_owned));
                }
            }
            ElementKind::ServiceTask { call: Some(call) } => {
                found.insert(call.output.clone());
            }
            ElementKind::BusinessRuleTask { output, .. } => {
                found.insert(output.clone());
            }
            ElementKind::CallActivity { outputs, .. } => assigned(outputs, &mut found),
            _other => {}
        }
    }
    (found, any)
}

/// True for what merges something from outside into the variables.
fn brings(it: &Element) -> bool {
    matches!(it.kind, ElementKind::ReceiveTask { .. })
        || !matches!(it.kind, ElementKind::EndEvent { .. } | ElementKind::IntermediateThrowEvent { .. })
            && definitions(it).iter().any(|it| {
                use crate::model::flow::EventDefinition as Event;
                matches!(
                    it,
                    Event::Message { .. } | Event::Signal { .. } | Event::Error { .. } | Event::Escalation { .. }
                )
            })
}
