//! `expression-parse` (error): an expression or script cannot be read; says where.
//! `expression-unknown-name` (error): it reads a name that does not exist there (`datta.x`); says which do.
//! `expression-unknown-field` (error): it reads a field the module does not have: renamed, deleted or mistyped.
//! `expression-unknown-function` (error): it calls a function that does not exist; says which are alike.
//! `expression-unknown-table` (error): it asks a decision table that is nowhere.
//! `script-parse` (error): a script of the pack cannot be read.

use std::collections::BTreeSet;

use serde_json::Value;

use super::condition::{self, Kinds};
use super::reference::{SYSTEM_FIELDS, unknown};
use crate::alert::Alert;
use crate::expr::{Call, Expr, Path, Template};
use crate::id::{FlowKey, ModuleKey, NodeId};
use crate::model::catalog::Catalog;
use crate::model::flow::{Assignment, Element, ElementKind, EventDefinition, Flow, Loop};
use crate::model::module::Module;
use crate::model::pack::Pack;
use crate::model::view::ViewContent;
use crate::script::{self, Script, Statements};

/// Names every expression sees.
const EVERYWHERE: &[&str] = &["data", "user", "now", "today"];
const IN_FORM: &[&str] = &["old", "refs", "row", "index", "parent", "task", "params", "reference"];
const IN_FILTER: &[&str] = &["candidate", "old", "row", "index"];
const IN_FLOW: &[&str] = crate::engine::NAMES;
struct At<'a> {
    found: Vec<Alert>,
    catalog: &'a Catalog,
    module: Option<&'a ModuleKey>,
    kinds: Kinds<'a>,
    /// Names of variables that a flow without a record sees bare.
    bare: bool,
    /// Names that are known inside what is looked at: data objects, what a turn tells.
    own: Vec<String>,
    file: String,
    element: Option<String>,
}

impl At<'_> {
    fn say(&mut self, alert: Alert, pointer: &str) {
        let mut alert = alert.at(&self.file, pointer);
        if let Some(element) = &self.element {
            alert = alert.on(element).arg("element", element.as_str());
        }
        self.found.push(alert);
    }

    /// Looks at something that sees more names.
    fn seeing(&mut self, names: impl IntoIterator<Item = String>, look: impl FnOnce(&mut Self)) {
        let before = self.own.len();
        self.own.extend(names);
        look(self);
        self.own.truncate(before);
    }

    fn expr(&mut self, source: &str, names: &[&str], pointer: &str) {
        self.parsed(source, names, pointer, false);
    }

    /// An expression that must give true or false.
    fn condition(&mut self, source: &str, names: &[&str], pointer: &str) {
        self.parsed(source, names, pointer, true);
    }

    fn parsed(&mut self, source: &str, names: &[&str], pointer: &str, is_condition: bool) {
        match Expr::parse(source) {
            Err(fault) => {
                let says = format!("expected an expression, found `{source}`: {fault}");
                self.say(Alert::error("expression-parse", says).arg("detail", fault.to_string()), pointer);
            }
            Ok(it) => {
                self.looked_up(&it.reads(), &it.calls(), names, pointer);
                let mut found = Vec::new();
                condition::fit(&mut found, &self.kinds, &it.tree(), is_condition);
                found.dedup();
                found.into_iter().for_each(|it| self.say(it, pointer));
            }
        }
    }

    /// A text that is an expression when it begins with `=`.
    fn maybe(&mut self, text: &str, names: &[&str], pointer: &str) {
        if let Some(source) = text.strip_prefix('=') {
            self.expr(source, names, pointer);
        }
    }

    fn looked_up(&mut self, reads: &[Path], calls: &[Call], names: &[&str], pointer: &str) {
        for path in reads {
            let root = path.root();
            if self.bare && !EVERYWHERE.contains(&root) && !names.contains(&root) {
                continue; // A variable by its name.
            }
            if self.own.iter().any(|it| it == root) {
                continue;
            }
            if !EVERYWHERE.contains(&root) && !names.contains(&root) {
                let own = self.own.iter().filter(|it| !it.is_empty()).cloned();
                let known = EVERYWHERE.iter().chain(names).map(|it| (*it).to_owned()).chain(own);
                let alert = unknown("expression-unknown-name", "name known here", root, known);
                self.say(alert, pointer);
                continue;
            }
            if !matches!(root, "data" | "old") {
                continue;
            }
            let (Some(field), Some(module)) = (path.field(), self.module.and_then(|it| self.catalog.module(it))) else {
                continue;
            };
            let properties = module.schema.get("properties").and_then(Value::as_object);
            if SYSTEM_FIELDS.contains(&field) || properties.is_none_or(|it| it.contains_key(field)) {
                continue;
            }
            let known: Vec<String> = properties.into_iter().flatten().map(|(key, _)| key.clone()).collect();
            self.say(unknown("expression-unknown-field", "field", field, known.into_iter()), pointer);
        }
        let strange =
            calls.iter().filter(|it| it.name.starts_with(|it: char| it.is_alphabetic()) && !script::known(&it.name));
        for call in strange {
            self.say(no_function(&call.name), pointer);
        }
        for call in calls.iter().filter(|it| it.name == "table") {
            if let Some(Some(Value::String(key))) = call.args.first()
                && self.catalog.table(&key.as_str().into()).is_none()
            {
                let known: Vec<String> =
                    self.catalog.packs().flat_map(|it| it.tables.keys()).map(ToString::to_string).collect();
                self.say(unknown("expression-unknown-table", "decision table", key, known.into_iter()), pointer);
            }
        }
    }
}

fn no_function(name: &str) -> Alert {
    unknown("expression-unknown-function", "function", name, script::functions().map(str::to_owned))
}

/// Looks at the scripts of a pack and the texts of its notices.
pub fn of_pack(pack: &Pack) -> Vec<Alert> {
    let mut found = Vec::new();
    for (key, source) in &pack.scripts {
        let file = format!("scripts/{key}.rhai");
        match Script::compile(key, source) {
            Err(fault) => {
                let says = format!("expected a script, found at line {}: {}", fault.line, fault.message);
                let alert = Alert::error("script-parse", says).at(file, "").arg("line", fault.line as i64);
                found.push(alert.on(key.as_str()));
            }
            Ok(it) => {
                let strange = it.unknown_calls().into_iter().map(|it| no_function(&it));
                found.extend(strange.map(|it| it.at(file.as_str(), "").on(key.as_str())));
            }
        }
    }
    for (nth, notice) in pack.manifest.notices.iter().enumerate() {
        for (text, name) in [(&notice.title, "title"), (&notice.body, "body")] {
            if let Err(fault) = Template::parse(text) {
                let says = format!("expected a text, found in `{text}`: {fault}");
                found.push(
                    Alert::error("expression-parse", says)
                        .at("pack.json", format!("/notices/{nth}/{name}"))
                        .on(&notice.id),
                );
            }
        }
    }
    found
}

/// Looks at every expression of a module: its rules, triggers, filters and forms.
pub fn of_module(catalog: &Catalog, key: &ModuleKey, module: &Module) -> Vec<Alert> {
    let kinds = Kinds::new(catalog, Some(module), None);
    let mut at = At {
        found: Vec::new(),
        catalog,
        module: Some(key),
        kinds,
        bare: false,
        own: Vec::new(),
        file: format!("modules/{key}/rules.json"),
        element: None,
    };
    let rules = &module.rules;
    for (nth, it) in rules.computed.iter().enumerate() {
        at.element = Some(it.field.to_string());
        at.expr(&it.expr, IN_FORM, &format!("/computed/{nth}/expr"));
    }
    for (list, name) in [(&rules.required, "required"), (&rules.readonly, "readonly"), (&rules.visible, "visible")] {
        for (nth, it) in list.iter().enumerate() {
            at.element = Some(it.field.to_string());
            at.condition(&it.when, IN_FORM, &format!("/{name}/{nth}/when"));
        }
    }
    for (nth, it) in rules.checks.iter().enumerate() {
        at.element = it.fields.first().map(ToString::to_string);
        at.condition(&it.expr, IN_FORM, &format!("/checks/{nth}/expr"));
    }
    at.element = None;
    at.file = format!("modules/{key}/module.json");
    for (nth, it) in module.definition.triggers.iter().enumerate() {
        if let Some(when) = &it.when {
            at.condition(when, IN_FORM, &format!("/triggers/{nth}/when"));
        }
    }
    at.file = format!("modules/{key}/schema.json");
    for (name, property) in module.schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if let Some(filter) = property.pointer("/x-ref/filter").and_then(Value::as_str) {
            at.element = Some(name.clone());
            at.condition(filter, IN_FILTER, &format!("/properties/{name}/x-ref/filter"));
        }
    }
    for (view_key, view) in &module.views {
        at.file = format!("modules/{key}/views/{view_key}.json");
        let ViewContent::Form(form) = &view.content else { continue };
        for (nth, section) in form.sections.iter().enumerate() {
            at.element = None;
            if let Some(visible) = &section.visible {
                at.condition(visible, IN_FORM, &format!("/content/sections/{nth}/visible"));
            }
            for (inner, item) in section.fields.iter().enumerate() {
                if let Some(visible) = &item.visible {
                    at.element = Some(item.field.to_string());
                    at.condition(visible, IN_FORM, &format!("/content/sections/{nth}/fields/{inner}/visible"));
                }
            }
        }
    }
    at.found
}

/// Looks at every expression and script of a flow.
pub fn of_flow(catalog: &Catalog, key: &FlowKey, flow: &Flow) -> Vec<Alert> {
    let kinds = Kinds::new(catalog, flow.module.as_ref().and_then(|it| catalog.module(it)), Some(flow));
    let mut at = At {
        found: Vec::new(),
        catalog,
        module: flow.module.as_ref(),
        kinds,
        bare: flow.module.is_none(),
        own: Vec::new(),
        file: format!("flows/{key}/flow.json"),
        element: None,
    };
    elements(&mut at, &flow.flow_elements, "/flowElements");
    at.found
}

fn elements(at: &mut At, list: &[Element], pointer: &str) {
    let object =
        |it: &&Element| matches!(it.kind, ElementKind::DataObject { .. } | ElementKind::DataObjectReference { .. });
    let objects = list.iter().filter(object).flat_map(|it| [it.id.to_string(), it.name.clone()]);
    let counts: BTreeSet<&NodeId> =
        list.iter().filter(|it| matches!(it.kind, ElementKind::ComplexGateway { .. })).map(|it| &it.id).collect();
    at.seeing(objects, |at| {
        for (nth, it) in list.iter().enumerate() {
            let pointer = format!("{pointer}/{nth}");
            at.element = Some(it.id.to_string());
            at.seeing(told(it, &counts), |at| element(at, it, &pointer));
        }
    });
}

/// What an element's own expressions see besides: what each turn of its repetition tells, and behind or at a complex gateway
/// how that stands.
fn told(it: &Element, counts: &BTreeSet<&NodeId>) -> Vec<String> {
    let at_gateway = match &it.kind {
        ElementKind::SequenceFlow { source_ref, .. } => counts.contains(source_ref),
        ElementKind::ComplexGateway { .. } => true,
        _other => false,
    };
    let item = match it.loop_characteristics.as_deref() {
        Some(Loop::MultiInstance { item, .. }) => item.clone(),
        Some(Loop::StandardLoop { .. }) | None => None,
    };
    let ad_hoc = matches!(it.kind, ElementKind::AdHocSubProcess { .. });
    if it.loop_characteristics.is_none() && !ad_hoc && !at_gateway {
        return Vec::new();
    }
    crate::engine::LOOP_NAMES.iter().map(|it| (*it).to_owned()).chain(item).collect()
}

fn element(at: &mut At, it: &Element, pointer: &str) {
    assignments(at, &it.assign, &format!("{pointer}/assign"));
    if let Some(repeats) = &it.loop_characteristics {
        repetition(at, repeats, &format!("{pointer}/loopCharacteristics"));
    }
    match &it.kind {
        ElementKind::SequenceFlow { condition_expression: Some(condition), .. } => {
            at.condition(condition, IN_FLOW, &format!("{pointer}/conditionExpression"));
        }
        ElementKind::UserTask(task) => {
            let who = [(&task.performer.department, "department"), (&task.performer.user, "user")];
            for (source, name) in who.into_iter().filter_map(|(source, name)| source.as_ref().map(|it| (it, name))) {
                at.expr(source, IN_FLOW, &format!("{pointer}/performer/{name}"));
            }
            if let Some(when) = task.skip.as_ref().and_then(|it| it.when.as_ref()) {
                at.condition(when, IN_FLOW, &format!("{pointer}/skip/when"));
            }
            for (text, name) in [(&task.due, "due"), (&task.priority, "priority")] {
                if let Some(text) = text {
                    at.maybe(text, IN_FLOW, &format!("{pointer}/{name}"));
                }
            }
        }
        ElementKind::ServiceTask { call: Some(call) } => {
            if let Some(input) = &call.input {
                at.expr(input, IN_FLOW, &format!("{pointer}/call/input"));
            }
        }
        ElementKind::BusinessRuleTask { inputs, .. } => assignments(at, inputs, &format!("{pointer}/inputs")),
        ElementKind::CallActivity { inputs, outputs, .. } => {
            assignments(at, inputs, &format!("{pointer}/inputs"));
            assignments(at, outputs, &format!("{pointer}/outputs"));
        }
        ElementKind::SubProcess { flow_elements, .. } | ElementKind::Transaction { flow_elements } => {
            elements(at, flow_elements, &format!("{pointer}/flowElements"))
        }
        ElementKind::AdHocSubProcess { flow_elements, completion_condition, .. } => {
            if let Some(condition) = completion_condition {
                at.condition(condition, IN_FLOW, &format!("{pointer}/completionCondition"));
            }
            elements(at, flow_elements, &format!("{pointer}/flowElements"));
        }
        ElementKind::SendTask { correlation, payload, .. } => {
            for (source, name) in [(correlation, "correlation"), (payload, "payload")] {
                if let Some(source) = source {
                    at.expr(source, IN_FLOW, &format!("{pointer}/{name}"));
                }
            }
        }
        ElementKind::ReceiveTask { correlation: Some(source), .. } => {
            at.expr(source, IN_FLOW, &format!("{pointer}/correlation"))
        }
        ElementKind::ScriptTask { source: Some(source), .. } => match Statements::parse(source) {
            Err(fault) => {
                let says = format!("expected statements, found: {fault}");
                at.say(Alert::error("script-parse", says).arg("detail", fault), &format!("{pointer}/source"));
            }
            Ok(it) => {
                for name in it.unknown_calls() {
                    at.say(no_function(&name), &format!("{pointer}/source"));
                }
            }
        },
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => {
            event(at, event_definition, &format!("{pointer}/eventDefinition"));
        }
        ElementKind::StartEvent { event_definition: Some(event_definition), .. }
        | ElementKind::EndEvent { event_definition: Some(event_definition) }
        | ElementKind::IntermediateThrowEvent { event_definition: Some(event_definition) } => {
            event(at, event_definition, &format!("{pointer}/eventDefinition"));
        }
        ElementKind::ComplexGateway { activation_condition: Some(condition) } => {
            at.condition(condition, IN_FLOW, &format!("{pointer}/activationCondition"));
        }
        ElementKind::SequenceFlow { condition_expression: None, .. }
        | ElementKind::StartEvent { event_definition: None, .. }
        | ElementKind::EndEvent { event_definition: None }
        | ElementKind::IntermediateThrowEvent { event_definition: None }
        | ElementKind::ServiceTask { call: None }
        | ElementKind::ComplexGateway { activation_condition: None }
        | ElementKind::Task {}
        | ElementKind::ManualTask {}
        | ElementKind::ScriptTask { source: None, .. }
        | ElementKind::ReceiveTask { correlation: None, .. }
        | ElementKind::ExclusiveGateway {}
        | ElementKind::InclusiveGateway {}
        | ElementKind::ParallelGateway {}
        | ElementKind::EventBasedGateway { .. }
        | ElementKind::TextAnnotation { .. }
        | ElementKind::Association { .. }
        | ElementKind::Group { .. }
        | ElementKind::DataObject { .. }
        | ElementKind::DataObjectReference { .. }
        | ElementKind::DataStoreReference { .. } => {}
    }
}

fn assignments(at: &mut At, list: &[Assignment], pointer: &str) {
    for (nth, it) in list.iter().enumerate() {
        at.expr(&it.expr, IN_FLOW, &format!("{pointer}/{nth}/expr"));
    }
}

fn event(at: &mut At, definition: &EventDefinition, pointer: &str) {
    match definition {
        EventDefinition::Timer { time_date, time_duration, time_cycle } => {
            for (text, name) in [(time_date, "timeDate"), (time_duration, "timeDuration"), (time_cycle, "timeCycle")] {
                if let Some(text) = text {
                    at.maybe(text, IN_FLOW, &format!("{pointer}/{name}"));
                }
            }
        }
        EventDefinition::Message { correlation, payload, .. } => {
            for (source, name) in [(correlation, "correlation"), (payload, "payload")] {
                if let Some(source) = source {
                    at.expr(source, IN_FLOW, &format!("{pointer}/{name}"));
                }
            }
        }
        EventDefinition::Signal { payload: Some(source), .. } => {
            at.expr(source, IN_FLOW, &format!("{pointer}/payload"))
        }
        EventDefinition::Conditional { condition } => at.condition(condition, IN_FLOW, &format!("{pointer}/condition")),
        EventDefinition::Signal { payload: None, .. }
        | EventDefinition::Error { .. }
        | EventDefinition::Escalation { .. }
        | EventDefinition::Compensate { .. }
        | EventDefinition::Cancel {}
        | EventDefinition::Link { .. }
        | EventDefinition::Terminate {} => {}
        EventDefinition::Multiple { event_definitions, .. } => {
            for (nth, it) in event_definitions.iter().enumerate() {
                event(at, it, &format!("{pointer}/eventDefinitions/{nth}"));
            }
        }
    }
}

fn repetition(at: &mut At, repeats: &Loop, pointer: &str) {
    let mut read = |source: &Option<String>, name: &str, is_condition: bool| {
        if let Some(source) = source {
            at.parsed(source, IN_FLOW, &format!("{pointer}/{name}"), is_condition);
        }
    };
    match repeats {
        Loop::StandardLoop { loop_condition, loop_maximum, .. } => {
            read(loop_condition, "loopCondition", true);
            read(loop_maximum, "loopMaximum", false);
        }
        Loop::MultiInstance { loop_cardinality, collection, completion_condition, output_item, .. } => {
            read(loop_cardinality, "loopCardinality", false);
            read(collection, "collection", false);
            read(output_item, "outputItem", false);
            read(completion_condition, "completionCondition", true);
        }
    }
}
