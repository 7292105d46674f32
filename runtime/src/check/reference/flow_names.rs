//! `flow-unknown-module`, `flow-unknown-role`, `flow-unknown-form`, `flow-unknown-field`, `flow-unknown-script`, `flow-unknown-table`,
//! `flow-unknown-notice`, `flow-unknown-flow`, `flow-unknown-plugin`, `flow-unknown-step`, `flow-unknown-event`, `flow-unknown-outcome` (errors): an element names
//! something that is not there.
//! `flow-unknown-stage` (error): the stage an element sets is no value of the module's stage field.
//! `flow-unknown-recipient` (error): a notice goes to nobody known: `performer`, `starter`, `owner`, `manager`, `customer`, `role:…`, `field:…`.
//! `flow-bad-target` (error): an assignment sets neither `data.<field>` nor `vars.<name>`.
//! `flow-empty-task` (error): a script, service or send task has nothing to do: give it a script, a plugin function, somebody to tell.
//! `flow-duplicate-outcome` (error): two buttons of a task share an id.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Look, module_names::roles, unknown};
use crate::alert::Alert;
use crate::id::{FlowKey, ModuleKey, NodeId};
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow, UserTask};
use crate::model::view::ViewContent;

struct At<'a, 'b> {
    found: &'a mut Vec<Alert>,
    look: &'a Look<'b>,
    flow: &'a Flow,
    file: String,
    pointer: String,
    element: String,
}

impl At<'_, '_> {
    fn say(&mut self, alert: Alert, below: &str) {
        let alert = alert
            .at(&self.file, format!("{}{below}", self.pointer))
            .on(&self.element)
            .arg("element", self.element.as_str());
        self.found.push(alert);
    }

    fn role(&mut self, role: &str, below: &str) {
        if !self.look.has_role(&role.into()) {
            self.say(unknown("flow-unknown-role", "role", role, roles(self.look)), below);
        }
    }

    fn script(&mut self, script: &str, below: &str) {
        if self.look.catalog.script(&script.into()).is_none() {
            let known: Vec<String> =
                self.look.catalog.packs().flat_map(|it| it.scripts.keys()).map(ToString::to_string).collect();
            self.say(unknown("flow-unknown-script", "script", script, known.into_iter()), below);
        }
    }

    fn outcome(&mut self, task: &UserTask, outcome: &str, below: &str) {
        let known: Vec<String> = if task.outcomes.is_empty() {
            vec![crate::engine::DONE.to_owned()]
        } else {
            task.outcomes.iter().map(|it| it.id.clone()).collect()
        };
        if !known.iter().any(|it| it == outcome) {
            self.say(unknown("flow-unknown-outcome", "outcome of the task", outcome, known.into_iter()), below);
        }
    }

    fn notice(&mut self, notice: &str, below: &str) {
        if self.look.catalog.notice(notice).is_none() {
            let known: Vec<String> =
                self.look.catalog.packs().flat_map(|it| &it.manifest.notices).map(|it| it.id.clone()).collect();
            self.say(unknown("flow-unknown-notice", "notice", notice, known.into_iter()), below);
        }
    }

    fn field(&mut self, field: &str, below: &str) {
        let Some(module) = &self.flow.module else { return };
        if self.look.catalog.module(module).is_some() && !self.look.has_field(module, field) {
            let known: Vec<String> = self.fields(module);
            self.say(unknown("flow-unknown-field", "field", field, known.into_iter()), below);
        }
    }

    fn fields(&self, module: &ModuleKey) -> Vec<String> {
        let properties =
            self.look.catalog.module(module).and_then(|it| it.schema.get("properties")).and_then(Value::as_object);
        properties.map(|it| it.keys().cloned().collect()).unwrap_or_default()
    }

    fn recipients(&mut self, to: &[String], below: &str) {
        for (at, name) in to.iter().enumerate() {
            let below = format!("{below}/to/{at}");
            if let Some(role) = name.strip_prefix("role:") {
                self.role(role, &below);
            } else if let Some(field) = name.strip_prefix("field:") {
                self.field(field, &below);
            } else if !["performer", "starter", "owner", "manager", "customer"].contains(&name.as_str()) {
                let known = ["performer", "starter", "owner", "manager", "customer"].into_iter().map(str::to_owned);
                self.say(unknown("flow-unknown-recipient", "recipient", name, known), &below);
            }
        }
    }
}

pub fn rule(found: &mut Vec<Alert>, look: &Look, key: &FlowKey, flow: &Flow) {
    let file = format!("flows/{key}/flow.json");
    if let Some(module) = &flow.module
        && look.catalog.module(module).is_none()
    {
        let known = look.catalog.modules().map(|(_, key, _)| key.to_string());
        found.push(unknown("flow-unknown-module", "module", module.as_str(), known).at(&file, "/module"));
    }
    for (at, lane) in flow.lanes.iter().enumerate() {
        if let Some(role) = lane.role.as_ref().filter(|it| !look.has_role(it)) {
            found.push(
                unknown("flow-unknown-role", "role", role.as_str(), roles(look)).at(&file, format!("/lanes/{at}/role")),
            );
        }
    }
    elements(found, look, flow, &file, "/flowElements", &flow.flow_elements);
}

fn elements(found: &mut Vec<Alert>, look: &Look, flow: &Flow, file: &str, pointer: &str, list: &[Element]) {
    for (nth, it) in list.iter().enumerate() {
        let pointer = format!("{pointer}/{nth}");
        if !it.inside().is_empty() {
            elements(found, look, flow, file, &format!("{pointer}/flowElements"), it.inside());
        }
        let mut at = At { found, look, flow, file: file.to_owned(), pointer, element: it.id.to_string() };
        element(&mut at, it);
    }
}

fn element(at: &mut At, it: &Element) {
    if let Some(stage) = &it.stage {
        stage_value(at, stage);
    }
    for (nth, assign) in it.assign.iter().enumerate() {
        let below = format!("/assign/{nth}/target");
        match assign.target.split_once('.') {
            Some(("data", field)) => at.field(field, &below),
            Some(("vars", _)) => {}
            _other => {
                let says = format!("expected `data.<field>` or `vars.<name>`, found `{}`", assign.target);
                at.say(Alert::error("flow-bad-target", says), &below);
            }
        }
    }
    for (nth, notify) in it.notify.iter().enumerate() {
        at.notice(&notify.notice, &format!("/notify/{nth}/notice"));
        at.recipients(&notify.to, &format!("/notify/{nth}"));
    }
    match &it.kind {
        ElementKind::UserTask(task) => user_task(at, task),
        ElementKind::ScriptTask { script, source } => match script {
            Some(script) => at.script(script.as_str(), "/script"),
            None if it.assign.is_empty() && source.is_none() => {
                at.say(Alert::error("flow-empty-task", "expected a script or assignments, found neither"), "")
            }
            None => {}
        },
        ElementKind::ServiceTask { call } => match call {
            None => at.say(Alert::error("flow-empty-task", "expected a plugin function to call, found none"), ""),
            Some(call) => {
                if let Some(script) = &call.input_script {
                    at.script(script.as_str(), "/call/inputScript");
                }
                if let Some(plugins) = at.look.plugins {
                    let has = |manifest: &Value| {
                        let functions = manifest.get("functions").and_then(Value::as_array).into_iter().flatten();
                        functions
                            .filter_map(|it| it.get("name").and_then(Value::as_str).or_else(|| it.as_str()))
                            .any(|it| it == call.function)
                    };
                    match plugins.get(&call.plugin) {
                        None => at.say(
                            unknown("flow-unknown-plugin", "plugin", &call.plugin, plugins.keys().cloned()),
                            "/call/plugin",
                        ),
                        Some(manifest) if !has(manifest) => {
                            at.say(
                                unknown(
                                    "flow-unknown-plugin",
                                    "function of the plugin",
                                    &call.function,
                                    std::iter::empty(),
                                ),
                                "/call/function",
                            );
                        }
                        Some(_) => {}
                    }
                }
            }
        },
        ElementKind::BusinessRuleTask { table, .. } => {
            if at.look.catalog.table(table).is_none() {
                let known: Vec<String> =
                    at.look.catalog.packs().flat_map(|it| it.tables.keys()).map(ToString::to_string).collect();
                at.say(unknown("flow-unknown-table", "decision table", table.as_str(), known.into_iter()), "/table");
            }
        }
        ElementKind::CallActivity { called_element, .. } => {
            if at.look.catalog.flow(called_element).is_none() {
                let known: Vec<String> = at.look.catalog.flows().map(|(_, key, _)| key.to_string()).collect();
                at.say(
                    unknown("flow-unknown-flow", "flow", called_element.as_str(), known.into_iter()),
                    "/calledElement",
                );
            }
        }
        ElementKind::StartEvent { event_definition, .. }
        | ElementKind::EndEvent { event_definition }
        | ElementKind::IntermediateThrowEvent { event_definition } => {
            if let Some(definition) = event_definition {
                event(at, definition);
            }
        }
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => event(at, event_definition),
        ElementKind::ReceiveTask { message_ref: Some(message), .. } => named(at, "message", message),
        ElementKind::SendTask { message_ref, .. } => {
            if let Some(message) = message_ref {
                named(at, "message", message);
            } else if it.notify.is_empty() {
                at.say(
                    Alert::error("flow-empty-task", "expected a message, or somebody to be told, found neither"),
                    "/notify",
                );
            }
        }
        ElementKind::ReceiveTask { message_ref: None, .. }
        | ElementKind::Task {}
        | ElementKind::ManualTask {}
        | ElementKind::SequenceFlow { .. }
        | ElementKind::SubProcess { .. }
        | ElementKind::Transaction { .. }
        | ElementKind::AdHocSubProcess { .. }
        | ElementKind::ExclusiveGateway {}
        | ElementKind::InclusiveGateway {}
        | ElementKind::ParallelGateway {}
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::ComplexGateway { .. }
        | ElementKind::TextAnnotation { .. }
        | ElementKind::Association { .. }
        | ElementKind::Group { .. }
        | ElementKind::DataObject { .. }
        | ElementKind::DataObjectReference { .. }
        | ElementKind::DataStoreReference { .. } => {}
    }
}

fn event(at: &mut At, definition: &EventDefinition) {
    match definition {
        EventDefinition::Message { message_ref, .. } => named(at, "message", message_ref),
        EventDefinition::Signal { signal_ref, .. } => named(at, "signal", signal_ref),
        EventDefinition::Error { error_ref: Some(error) } => named(at, "error", error),
        EventDefinition::Escalation { escalation_ref: Some(escalation) } => named(at, "escalation", escalation),
        EventDefinition::Error { error_ref: None }
        | EventDefinition::Timer { .. }
        | EventDefinition::Escalation { escalation_ref: None }
        | EventDefinition::Conditional { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => {}
        EventDefinition::Multiple { event_definitions, .. } => event_definitions.iter().for_each(|it| event(at, it)),
    }
}

fn named(at: &mut At, what: &str, name: &str) {
    let flow = at.flow;
    let known: Vec<String> = match what {
        "message" => flow.messages.iter().map(|it| it.id.clone()).collect(),
        "signal" => flow.signals.iter().map(|it| it.id.clone()).collect(),
        "escalation" => flow.escalations.iter().map(|it| it.id.clone()).collect(),
        _error => flow.errors.iter().map(|it| it.id.clone()).collect(),
    };
    if !known.iter().any(|it| it == name) {
        at.say(
            unknown("flow-unknown-event", &format!("{what} of this flow"), name, known.into_iter()),
            "/eventDefinition",
        );
    }
}

fn user_task(at: &mut At, task: &UserTask) {
    for (nth, role) in task.performer.roles.iter().enumerate() {
        at.role(role.as_str(), &format!("/performer/roles/{nth}"));
    }
    if let Some(role) = &task.performer.fallback {
        at.role(role.as_str(), "/performer/fallback");
    }
    if let Some(script) = &task.performer.script {
        at.script(script.as_str(), "/performer/script");
    }
    if let Some(field) = &task.performer.field {
        at.field(field.as_str(), "/performer/field");
    }
    if let Some(skip) = &task.skip {
        for (nth, role) in skip.by.iter().enumerate() {
            at.role(role.as_str(), &format!("/skip/by/{nth}"));
        }
        at.outcome(task, &skip.outcome, "/skip/outcome");
    }
    if let Some(sign) = &task.countersign {
        for (nth, role) in sign.veto.iter().enumerate() {
            at.role(role.as_str(), &format!("/countersign/veto/{nth}"));
        }
        for (nth, outcome) in sign.agree.iter().enumerate() {
            at.outcome(task, outcome, &format!("/countersign/agree/{nth}"));
        }
    }
    let steps: BTreeSet<String> = at
        .flow
        .all()
        .into_iter()
        .filter(|it| matches!(it.kind, ElementKind::UserTask(_)))
        .map(|it| it.id.to_string())
        .collect();
    let same = task.performer.same_as.iter().map(|it| (it, "/performer/sameAs".to_owned()));
    let not_same =
        task.performer.not_same_as.iter().enumerate().map(|(nth, it)| (it, format!("/performer/notSameAs/{nth}")));
    let manager = task.performer.manager_of.iter().filter(|it| !["starter", "owner"].contains(&it.of.as_str()));
    let manager: Vec<(NodeId, String)> =
        manager.map(|it| (it.of.as_str().into(), "/performer/managerOf/of".to_owned())).collect();
    let back = task.return_to.iter().enumerate().map(|(nth, it)| (it, format!("/returnTo/{nth}")));
    for (step, below) in same.chain(not_same).chain(manager.iter().map(|(it, below)| (it, below.clone()))).chain(back) {
        if !steps.contains(step.as_str()) {
            at.say(
                unknown("flow-unknown-step", "user task of this flow", step.as_str(), steps.iter().cloned()),
                &below,
            );
        }
    }
    if let (Some(form), Some(module)) = (&task.form, &at.flow.module) {
        let forms: Vec<String> = at
            .look
            .catalog
            .module(module)
            .map(|it| {
                it.views
                    .iter()
                    .filter(|(_, view)| matches!(view.content, ViewContent::Form(_)))
                    .map(|(key, _)| key.to_string())
                    .collect()
            })
            .unwrap_or_default();
        if !forms.iter().any(|it| it == form.as_str()) {
            at.say(unknown("flow-unknown-form", "form of the module", form.as_str(), forms.into_iter()), "/form");
        }
    }
    let mut ids = BTreeSet::new();
    for (nth, outcome) in task.outcomes.iter().enumerate() {
        if !ids.insert(&outcome.id) {
            let says = format!("expected every outcome once, found `{}` again", outcome.id);
            at.say(Alert::error("flow-duplicate-outcome", says), &format!("/outcomes/{nth}/id"));
        }
        for (inner, field) in outcome.requires.iter().enumerate() {
            at.field(field.as_str(), &format!("/outcomes/{nth}/requires/{inner}"));
        }
    }
    for (nth, reminder) in task.reminders.iter().enumerate() {
        at.notice(&reminder.notice, &format!("/reminders/{nth}/notice"));
        at.recipients(&reminder.to, &format!("/reminders/{nth}"));
    }
}

/// The stage must be one of the choices of the module's stage field.
fn stage_value(at: &mut At, stage: &str) {
    let Some(module) = at.flow.module.as_ref().and_then(|it| at.look.catalog.module(it)) else { return };
    let Some(field) = &module.definition.stage else {
        at.say(
            Alert::error(
                "flow-unknown-stage",
                format!("expected the module to have a stage field for `{stage}`, found none"),
            ),
            "/stage",
        );
        return;
    };
    let choices: Vec<String> = module
        .schema
        .get("properties")
        .and_then(|it| it.get(field.as_str()))
        .map(|property| {
            let consts =
                property.get("oneOf").and_then(Value::as_array).into_iter().flatten().filter_map(|it| it.get("const"));
            let values = property.get("enum").and_then(Value::as_array).into_iter().flatten();
            consts.chain(values).filter_map(Value::as_str).map(str::to_owned).collect()
        })
        .unwrap_or_default();
    if !choices.is_empty() && !choices.iter().any(|it| it == stage) {
        at.say(unknown("flow-unknown-stage", &format!("value of `{field}`"), stage, choices.into_iter()), "/stage");
    }
}
