//! [`Plan::compile`]: from a written flow to one that can run. Finds only what keeps a flow from running; what is
//! merely unwise is for `check`. Returns every fault at once.
//!
//! - `flow-too-large` (error): the flow has more elements than `limits::FLOW_ELEMENTS`; cut it with call activities.
//! - `flow-unsupported-element` (error): the element cannot run: BPMN does not allow this event in this place; the message names it. Use another, or leave the flow a drawing.

mod activity;
mod connect;
mod event;
mod interface;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evaluate::{Expr, Inline, Tools};
use super::notice::Notices;
use super::plan::{AdHoc, Assign, Call, Child, Kind, Node, Notify, Path, Plan, Program, Target, User};
use super::reach::Reach;
use super::record;
use super::starts;
use super::trigger::{Message, Text, Throw, Trigger, Wait};
use crate::alert::Alert;
use crate::id::{FieldKey, NodeId, ScriptKey};
use crate::limits;
use crate::model::catalog::Catalog;
use crate::model::flow::{AdHocOrdering, Assignment, Element, ElementKind, EventDefinition, Flow, UserTask};

impl Plan {
    /// The only way from a written flow to a running one. Alerts say why it cannot run.
    pub fn compile(catalog: &Catalog, flow: &Flow) -> Result<Plan, Vec<Alert>> {
        let tools = Tools::new(catalog, flow);
        let mut it = Compiler {
            catalog,
            flow,
            tools: &tools,
            file: format!("flows/{}/flow.json", flow.key),
            alerts: Vec::new(),
            nodes: BTreeMap::new(),
            paths: BTreeMap::new(),
            data_objects: BTreeMap::new(),
        };
        if flow.all().len() > limits::FLOW_ELEMENTS {
            let says = format!("expected at most {} elements, found {}", limits::FLOW_ELEMENTS, flow.all().len());
            return Err(vec![Alert::error("flow-too-large", says).at(it.file, "")]);
        }
        let mut seen = BTreeSet::new();
        it.nodes(&flow.flow_elements, None, "/flowElements", &mut seen);
        it.connect(&flow.flow_elements, "/flowElements");
        it.attach();
        it.handlers();
        it.shortcuts();
        let Compiler { mut nodes, paths, alerts, data_objects, .. } = it;
        if !alerts.is_empty() {
            return Err(alerts);
        }
        for (id, role) in flow.lane_roles() {
            if let Some(node) = nodes.get_mut(id) {
                node.lane = Some(role.clone());
            }
        }
        let starts = starts::of(flow, &nodes);
        let opposed = super::task::rights::opposed(&nodes, &paths);
        let event_starts = starts::of_events(flow, &nodes);
        let conditional = nodes.values().any(|it| it.kind.wait().is_some_and(Wait::conditional));
        let reach = Reach::of(flow);
        let stage = flow.module.as_ref().and_then(|it| catalog.module(it)).and_then(|it| it.definition.stage.clone());
        let of_record = flow.module.as_ref().and_then(|it| catalog.module(it));
        let refs = of_record.map(record::references).unwrap_or_default();
        let barred = of_record.map(|it| it.definition.barred.clone()).unwrap_or_default();
        let notices = Notices::new(catalog, flow);
        Ok(Plan {
            flow: Arc::new(flow.clone()),
            nodes,
            paths,
            starts,
            event_starts,
            data_objects,
            data_names: data_names(flow),
            conditional,
            stage,
            refs,
            barred,
            computing: flow.module.as_ref().and_then(|it| record::computing(catalog, it)),
            reach,
            opposed,
            notices: Arc::new(notices),
            tools: Arc::new(tools),
        })
    }
}

/// Files write data objects by their ids and their names. What is no word is put into words before ([`crate::foreign::Names`]).
fn data_names(flow: &Flow) -> Vec<(String, String)> {
    if flow.module.is_some() {
        return Vec::new();
    }
    let of_object = flow.all().into_iter().filter_map(|it| match &it.kind {
        ElementKind::DataObject { .. } => Some((it, &it.id.0)),
        ElementKind::DataObjectReference { data_object_ref: Some(object) } => Some((it, object)),
        _other => None,
    });
    let names =
        of_object.flat_map(|(it, object)| [(it.name.clone(), object.clone()), (it.id.0.clone(), object.clone())]);
    let is_word = |it: &str| {
        it.starts_with(|it: char| it.is_alphabetic() || it == '_')
            && it.chars().all(|it| it.is_alphanumeric() || it == '_')
    };
    names.filter(|(name, _)| is_word(name)).collect()
}

struct Compiler<'a> {
    catalog: &'a Catalog,
    flow: &'a Flow,
    tools: &'a Tools,
    file: String,
    alerts: Vec<Alert>,
    nodes: BTreeMap<NodeId, Node>,
    paths: BTreeMap<NodeId, Path>,
    data_objects: BTreeMap<Option<NodeId>, Vec<String>>,
}

impl Compiler<'_> {
    fn nodes(&mut self, elements: &[Element], within: Option<&Element>, place: &str, seen: &mut BTreeSet<NodeId>) {
        let parent = within.map(|it| &it.id);
        for (index, element) in elements.iter().enumerate() {
            let at = format!("{place}/{index}");
            if !seen.insert(element.id.clone()) {
                self.fault(
                    "flow-duplicate-id",
                    &at,
                    &element.id,
                    format!("expected one element `{}`, found two", element.id),
                );
                continue;
            }
            if let ElementKind::DataObject { .. } = element.kind {
                self.data_objects.entry(parent.cloned()).or_default().push(element.id.0.clone());
            }
            if let Some(kind) = self.kind(element, within, elements, &at) {
                let repeat = self.repetition(element, &kind, &at);
                let own_outputs = self.own_outputs(element);
                let inputs = self.associations(
                    element,
                    &element.data_input_associations,
                    &[],
                    &format!("{at}/dataInputAssociations"),
                );
                let outputs = self.associations(
                    element,
                    &element.data_output_associations,
                    &own_outputs,
                    &format!("{at}/dataOutputAssociations"),
                );
                let (turn_outputs, outputs) =
                    outputs.into_iter().partition(|it| activity::is_of_turn(it, &kind, repeat.as_ref()));
                let assign = self.assignments(element, &element.assign, &format!("{at}/assign"));
                let notify = element.notify.iter();
                let notify =
                    notify.map(|it| Notify { on: it.on, to: it.to.clone(), notice: it.notice.clone() }).collect();
                let node = Node {
                    id: element.id.clone(),
                    name: element.name.clone(),
                    stage: element.stage.clone(),
                    parent: parent.cloned(),
                    incoming: Vec::new(),
                    outgoing: Vec::new(),
                    boundary: Vec::new(),
                    default: element.default.clone(),
                    repeat,
                    handler: None,
                    compensates: element.is_for_compensation,
                    plain: false,
                    quantity: (element.start_quantity.max(1), element.completion_quantity.max(1)),
                    inputs,
                    outputs,
                    turn_outputs,
                    own_outputs,
                    assign,
                    notify,
                    lane: None,
                    kind,
                };
                self.nodes.insert(element.id.clone(), node);
            }
            if !element.inside().is_empty() {
                self.nodes(element.inside(), Some(element), &format!("{at}/flowElements"), seen);
            }
        }
    }

    /// None: not a node, or one that cannot run (then an alert says so). `within`: the subprocess it stands in, `beside`:
    /// the elements there.
    fn kind(&mut self, element: &Element, within: Option<&Element>, beside: &[Element], at: &str) -> Option<Kind> {
        Some(match &element.kind {
            ElementKind::SequenceFlow { .. }
            | ElementKind::TextAnnotation { .. }
            | ElementKind::Association { .. }
            | ElementKind::Group { .. }
            | ElementKind::DataObject { .. }
            | ElementKind::DataObjectReference { .. }
            | ElementKind::DataStoreReference { .. } => return None,
            ElementKind::Task {} | ElementKind::ManualTask {} => Kind::Pass,
            ElementKind::StartEvent { event_definition, is_interrupting } => {
                return self.start_event(element, within, event_definition.as_ref(), *is_interrupting, at);
            }
            ElementKind::EndEvent { event_definition } => {
                return self.throwing(element, beside, event_definition.as_ref(), true, at);
            }
            ElementKind::IntermediateThrowEvent { event_definition } => {
                return self.throwing(element, beside, event_definition.as_ref(), false, at);
            }
            ElementKind::IntermediateCatchEvent { event_definition } => {
                return self.catch_event(element, event_definition, at);
            }
            ElementKind::BoundaryEvent { attached_to_ref, cancel_activity, event_definition } => {
                return self.boundary_event(element, attached_to_ref, *cancel_activity, event_definition, at);
            }
            ElementKind::SendTask { message_ref: None, .. } => Kind::Pass,
            ElementKind::SendTask { message_ref: Some(message), correlation, payload } => {
                let key = correlation.as_ref().and_then(|it| self.expr(element, it, &format!("{at}/correlation")));
                let payload = payload.as_ref().and_then(|it| self.expr(element, it, &format!("{at}/payload")));
                Kind::Throw(vec![Throw::Message(Message { name: self.message(message), key, payload })])
            }
            ElementKind::UserTask(task) => Kind::User(Box::new(self.user(element, task, at))),
            ElementKind::ServiceTask { call } => Kind::Service(call.as_ref().map(|it| {
                if let Some(script) = &it.input_script {
                    self.script(element, script, &format!("{at}/call/input_script"));
                }
                Box::new(Call {
                    plugin: it.plugin.clone(),
                    function: it.function.clone(),
                    input: it.input.as_ref().and_then(|it| self.expr(element, it, &format!("{at}/call/input"))),
                    input_script: it.input_script.clone(),
                    output: it.output.clone(),
                })
            })),
            ElementKind::ScriptTask { script: Some(script), .. } => {
                self.script(element, script, &format!("{at}/script"));
                Kind::Script(Some(Box::new(Program::File(script.clone()))))
            }
            ElementKind::ScriptTask { script: None, source: Some(source) } => match Inline::parse(source) {
                Ok(it) => Kind::Script(Some(Box::new(Program::Inline(it)))),
                Err(says) => {
                    self.fault(
                        "flow-script",
                        &format!("{at}/source"),
                        &element.id,
                        format!("expected statements, found a fault in {says}"),
                    );
                    return None;
                }
            },
            ElementKind::ScriptTask { script: None, source: None } => Kind::Script(None),
            ElementKind::ReceiveTask { message_ref, correlation, .. } => {
                let name = message_ref.as_ref().map_or_else(|| element.name.clone(), |it| self.message(it));
                let key = correlation.as_ref().and_then(|it| self.expr(element, it, &format!("{at}/correlation")));
                Kind::Catch(Wait { all: false, triggers: vec![Trigger::Message { name, key }] })
            }
            ElementKind::BusinessRuleTask { table, inputs, output } => {
                let inputs = self.inputs(element, inputs, &format!("{at}/inputs"));
                Kind::Rule { table: table.clone(), inputs, output: output.clone() }
            }
            ElementKind::CallActivity { called_element, inputs, outputs, binding } => {
                let inputs = self.inputs(element, inputs, &format!("{at}/inputs"));
                let outputs = self.assignments(element, outputs, &format!("{at}/outputs"));
                let (flow, binding) = (called_element.clone(), binding.clone());
                let interface = self.interface(element, &flow);
                Kind::Child(Box::new(Child { flow, binding, inputs, outputs, interface }))
            }
            ElementKind::SubProcess { triggered_by_event, .. } => Kind::Sub { event: *triggered_by_event },
            ElementKind::Transaction { .. } => Kind::Transaction,
            ElementKind::AdHocSubProcess { ordering, completion_condition, cancel_remaining_instances, .. } => {
                let condition = completion_condition.as_ref();
                Kind::AdHoc(Box::new(AdHoc {
                    sequential: *ordering == AdHocOrdering::Sequential,
                    condition: condition.and_then(|it| self.expr(element, it, &format!("{at}/completionCondition"))),
                    cancel_remaining: *cancel_remaining_instances,
                }))
            }
            ElementKind::ExclusiveGateway {} => Kind::Exclusive,
            ElementKind::InclusiveGateway {} => Kind::Inclusive,
            ElementKind::ParallelGateway {} => Kind::Parallel,
            ElementKind::EventBasedGateway { parallel, instantiate } => {
                Kind::EventBased { parallel: *parallel && *instantiate }
            }
            ElementKind::ComplexGateway { activation_condition } => {
                let condition = activation_condition.as_ref();
                Kind::Complex(condition.and_then(|it| self.expr(element, it, &format!("{at}/activationCondition"))))
            }
        })
    }

    fn user(&mut self, element: &Element, task: &UserTask, at: &str) -> User {
        if let Some(script) = &task.performer.script {
            self.script(element, script, &format!("{at}/performer/script"));
        }
        let department = task.performer.department.as_ref();
        let user = task.performer.user.as_ref();
        User {
            department: department.and_then(|it| self.expr(element, it, &format!("{at}/performer/department"))),
            user: user.and_then(|it| self.expr(element, it, &format!("{at}/performer/user"))),
            due: task.due.as_ref().and_then(|it| self.text(element, it, &format!("{at}/due"))),
            priority: task.priority.as_ref().and_then(|it| self.text(element, it, &format!("{at}/priority"))),
            skip_when: task
                .skip
                .as_ref()
                .and_then(|it| it.when.as_ref())
                .and_then(|it| self.expr(element, it, &format!("{at}/skip/when"))),
            task: task.clone(),
        }
    }

    fn assignments(&mut self, element: &Element, list: &[Assignment], at: &str) -> Vec<Assign> {
        let mut found = Vec::new();
        for (index, it) in list.iter().enumerate() {
            let at = format!("{at}/{index}");
            let target = match it.target.split_once('.') {
                Some(("data", field)) => Target::Field(FieldKey::from(field)),
                Some(("vars", name)) => Target::Var(name.to_owned()),
                Some(_) | None => {
                    let says = format!("expected `data.<field>` or `vars.<name>`, found `{}`", it.target);
                    self.fault("flow-assign-target", &at, &element.id, says);
                    continue;
                }
            };
            if let Some(expr) = self.expr(element, &it.expr, &at) {
                found.push(Assign { target, expr });
            }
        }
        found
    }

    /// `vars.` before an input's key may be written or not.
    fn inputs(&mut self, element: &Element, list: &[Assignment], at: &str) -> Vec<(String, Expr)> {
        let mut found = Vec::new();
        for (index, it) in list.iter().enumerate() {
            if let Some(expr) = self.expr(element, &it.expr, &format!("{at}/{index}")) {
                found.push((it.target.strip_prefix("vars.").unwrap_or(&it.target).to_owned(), expr));
            }
        }
        found
    }

    fn text(&mut self, element: &Element, text: &str, at: &str) -> Option<Text> {
        match text.strip_prefix('=') {
            Some(expr) => self.expr(element, expr, at).map(Text::Expr),
            None => Some(Text::Literal(text.to_owned())),
        }
    }

    fn expr(&mut self, element: &Element, text: &str, at: &str) -> Option<Expr> {
        match Expr::parse(text) {
            Ok(it) => Some(it),
            Err(says) => {
                self.fault(
                    "flow-expression",
                    at,
                    &element.id,
                    format!("expected an expression, found `{text}`: {says}"),
                );
                None
            }
        }
    }

    fn script(&mut self, element: &Element, key: &ScriptKey, at: &str) {
        if let Err(says) = self.tools.check_script(key) {
            self.fault("flow-script", at, &element.id, says);
        }
    }

    fn message(&self, reference: &str) -> String {
        let named = self.flow.messages.iter().find(|it| it.id == reference);
        named.map_or(reference, |it| it.called()).to_owned()
    }

    fn unsupported<T>(
        &mut self,
        element: &Element,
        at: &str,
        what: &str,
        event: Option<&EventDefinition>,
    ) -> Option<T> {
        let event = event.and_then(|it| serde_json::to_value(it).ok());
        let event = event.as_ref().and_then(|it| it.get("type")).and_then(|it| it.as_str()).unwrap_or_default();
        let what = if event.is_empty() { what.to_owned() } else { format!("{what} ({event})") };
        let says = format!("expected an element that can stand here, found {what} `{}`", element.id);
        let alert = Alert::error("flow-unsupported-element", says).at(self.file.clone(), at).on(element.id.0.clone());
        self.alerts.push(alert.arg("what", what));
        None
    }

    fn fault(&mut self, code: &str, at: &str, element: &NodeId, says: String) {
        self.alerts.push(Alert::error(code, says).at(self.file.clone(), at).on(element.0.clone()));
    }
}
