//! [`Plan::compile`]: from a written flow to one that can run. Finds only what keeps a flow from running; what is
//! merely unwise is for `check`. Returns every fault at once.
//!
//! - `flow-too-large` (error): the flow has more elements than `limits::FLOW_ELEMENTS`; cut it with call activities.
//! - `flow-unsupported-element` (error): BPMN allows the element, this engine does not execute it yet; the message names it. Use another, or leave the flow a drawing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evaluate::{Expr, Inline, Tools};
use super::notice::Notices;
use super::plan::{Assign, Call, End, Kind, Node, Notify, Path, Plan, Program, Target, Text, Trigger, User, When};
use super::reach::Reach;
use super::record;
use super::starts;
use crate::alert::Alert;
use crate::id::{FieldKey, NodeId, ScriptKey};
use crate::limits;
use crate::model::catalog::Catalog;
use crate::model::flow::{Assignment, Element, ElementKind, EventDefinition, Flow, UserTask};

impl Plan {
    /// The only way from a written flow to a running one. Alerts say why it cannot run.
    pub fn compile(catalog: &Catalog, flow: &Flow) -> Result<Plan, Vec<Alert>> {
        let tools = Tools::new(catalog, flow);
        let mut it = Compiler {
            flow,
            tools: &tools,
            file: format!("flows/{}/flow.json", flow.key),
            alerts: Vec::new(),
            nodes: BTreeMap::new(),
            paths: BTreeMap::new(),
        };
        if flow.all().len() > limits::FLOW_ELEMENTS {
            let says = format!("expected at most {} elements, found {}", limits::FLOW_ELEMENTS, flow.all().len());
            return Err(vec![Alert::error("flow-too-large", says).at(it.file, "")]);
        }
        let mut seen = BTreeSet::new();
        it.nodes(&flow.flow_elements, None, "/flowElements", &mut seen);
        it.connect(&flow.flow_elements, "/flowElements");
        it.attach();
        let Compiler { mut nodes, paths, alerts, .. } = it;
        if !alerts.is_empty() {
            return Err(alerts);
        }
        for lane in &flow.lanes {
            for id in &lane.flow_node_refs {
                if let Some(node) = nodes.get_mut(id) {
                    node.lane = lane.role.clone();
                }
            }
        }
        let starts = starts::of(flow, &nodes);
        let opposed = super::task::rights::opposed(&nodes);
        let reach = Reach::of(flow);
        let stage = flow.module.as_ref().and_then(|it| catalog.module(it)).and_then(|it| it.definition.stage.clone());
        let refs = flow.module.as_ref().and_then(|it| catalog.module(it)).map(record::references).unwrap_or_default();
        let notices = Notices::new(catalog, flow);
        Ok(Plan {
            flow: Arc::new(flow.clone()),
            nodes,
            paths,
            starts,
            stage,
            refs,
            computing: flow.module.as_ref().and_then(|it| record::computing(catalog, it)),
            reach,
            opposed,
            notices: Arc::new(notices),
            tools: Arc::new(tools),
        })
    }
}

struct Compiler<'a> {
    flow: &'a Flow,
    tools: &'a Tools,
    file: String,
    alerts: Vec<Alert>,
    nodes: BTreeMap<NodeId, Node>,
    paths: BTreeMap<NodeId, Path>,
}

impl Compiler<'_> {
    fn nodes(&mut self, elements: &[Element], parent: Option<&NodeId>, place: &str, seen: &mut BTreeSet<NodeId>) {
        for (index, element) in elements.iter().enumerate() {
            let at = format!("{place}/{index}");
            if !seen.insert(element.id.clone()) {
                self.fault("flow-duplicate-id", &at, &element.id, format!("expected one element `{}`, found two", element.id));
                continue;
            }
            if let Some(kind) = self.kind(element, &at) {
                let assign = self.assignments(element, &element.assign, &format!("{at}/assign"));
                let notify = element.notify.iter();
                let notify = notify
                    .map(|it| Notify { on: it.on, to: it.to.clone(), notice: it.notice.clone() })
                    .collect();
                let node = Node {
                    id: element.id.clone(),
                    name: element.name.clone(),
                    stage: element.stage.clone(),
                    parent: parent.cloned(),
                    incoming: Vec::new(),
                    outgoing: Vec::new(),
                    boundary: Vec::new(),
                    assign,
                    notify,
                    lane: None,
                    kind,
                };
                self.nodes.insert(element.id.clone(), node);
            }
            if !element.inside().is_empty() {
                self.nodes(element.inside(), Some(&element.id), &format!("{at}/flowElements"), seen);
            }
        }
    }

    /// None: not a node, or one that cannot run (then an alert says so).
    fn kind(&mut self, element: &Element, at: &str) -> Option<Kind> {
        Some(match &element.kind {
            ElementKind::SequenceFlow { .. }
            | ElementKind::TextAnnotation { .. }
            | ElementKind::Association { .. }
            | ElementKind::Group { .. }
            | ElementKind::DataObject { .. }
            | ElementKind::DataObjectReference { .. }
            | ElementKind::DataStoreReference { .. } => return None,
            ElementKind::StartEvent { .. } | ElementKind::Task {} | ElementKind::ManualTask {} | ElementKind::SendTask { .. } => Kind::Pass,
            ElementKind::EndEvent { event_definition } => match event_definition {
                None => Kind::End(End::Plain),
                Some(EventDefinition::Terminate {}) => Kind::End(End::Terminate),
                Some(EventDefinition::Error { error_ref }) => Kind::End(End::Error(self.code(error_ref)?)),
                Some(other) => return self.unsupported(element, at, "endEvent", Some(other)),
            },
            ElementKind::IntermediateThrowEvent { event_definition: None } => Kind::Pass,
            ElementKind::IntermediateThrowEvent { event_definition } => {
                return self.unsupported(element, at, "intermediateThrowEvent", event_definition.as_ref());
            }
            ElementKind::IntermediateCatchEvent { event_definition } => match self.trigger(element, event_definition, at) {
                Some(it @ (Trigger::Timer(_) | Trigger::Message(_) | Trigger::Signal(_))) => Kind::Catch(it),
                Some(Trigger::Error(_)) => {
                    return self.unsupported(element, at, "intermediateCatchEvent", Some(event_definition));
                }
                None => return None,
            },
            ElementKind::BoundaryEvent { attached_to_ref, cancel_activity, event_definition } => {
                let trigger = self.trigger(element, event_definition, at)?;
                let interrupting = *cancel_activity || matches!(trigger, Trigger::Error(_));
                Kind::Boundary { host: attached_to_ref.clone(), interrupting, trigger }
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
                    self.fault("flow-script", &format!("{at}/source"), &element.id, format!("expected statements, found a fault in {says}"));
                    return None;
                }
            },
            ElementKind::ScriptTask { script: None, source: None } => Kind::Script(None),
            ElementKind::ReceiveTask { message_ref, .. } => {
                let name = message_ref.as_ref().map_or_else(|| element.name.clone(), |it| self.message(it));
                Kind::Catch(Trigger::Message(name))
            }
            ElementKind::BusinessRuleTask { table, inputs, output } => {
                let inputs = self.inputs(element, inputs, &format!("{at}/inputs"));
                Kind::Rule { table: table.clone(), inputs, output: output.clone() }
            }
            ElementKind::CallActivity { called_element, inputs, outputs, .. } => {
                let inputs = self.inputs(element, inputs, &format!("{at}/inputs"));
                let outputs = self.assignments(element, outputs, &format!("{at}/outputs"));
                Kind::Child { flow: called_element.clone(), inputs, outputs }
            }
            ElementKind::SubProcess { triggered_by_event: false, .. } => Kind::Sub,
            ElementKind::SubProcess { triggered_by_event: true, .. } => {
                return self.unsupported(element, at, "event subprocess", None);
            }
            ElementKind::Transaction { .. } => return self.unsupported(element, at, "transaction", None),
            ElementKind::AdHocSubProcess { .. } => return self.unsupported(element, at, "adHocSubProcess", None),
            ElementKind::ExclusiveGateway {} => Kind::Exclusive { default: element.default.clone() },
            ElementKind::InclusiveGateway {} => Kind::Inclusive { default: element.default.clone() },
            ElementKind::ParallelGateway {} => Kind::Parallel,
            ElementKind::EventBasedGateway { .. } => Kind::EventBased,
            ElementKind::ComplexGateway { .. } => return self.unsupported(element, at, "complexGateway", None),
        })
    }

    fn trigger(&mut self, element: &Element, definition: &EventDefinition, at: &str) -> Option<Trigger> {
        let at = format!("{at}/eventDefinition");
        Some(match definition {
            EventDefinition::Timer { time_date, time_duration, time_cycle } => {
                let given = [(time_date, false), (time_duration, false), (time_cycle, true)];
                let mut given = given.into_iter().filter_map(|(text, cycle)| text.as_ref().map(|it| (it, cycle)));
                let (Some((text, cycle)), None) = (given.next(), given.next()) else {
                    let says = "expected one of timeDate, timeDuration, timeCycle, found none or several";
                    self.fault("flow-timer", &at, &element.id, says.to_owned());
                    return None;
                };
                Trigger::Timer(When { cycle, text: self.text(element, text, &at)? })
            }
            EventDefinition::Message { message_ref, .. } => Trigger::Message(self.message(message_ref)),
            EventDefinition::Signal { signal_ref, .. } => {
                let named = self.flow.signals.iter().find(|it| it.id == *signal_ref);
                Trigger::Signal(named.map_or_else(|| signal_ref.clone(), |it| it.name.clone()))
            }
            EventDefinition::Error { error_ref: None } => Trigger::Error(None),
            EventDefinition::Error { error_ref } => Trigger::Error(Some(self.code(error_ref)?)),
            EventDefinition::Escalation { .. }
            | EventDefinition::Conditional { .. }
            | EventDefinition::Compensate { .. }
            | EventDefinition::Cancel {}
            | EventDefinition::Link { .. }
            | EventDefinition::Terminate {}
            | EventDefinition::Multiple { .. } => {
                return self.unsupported(element, &at, "event", Some(definition));
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
            skip_when: task.skip.as_ref().and_then(|it| it.when.as_ref()).and_then(|it| self.expr(element, it, &format!("{at}/skip/when"))),
            task: task.clone(),
        }
    }

    /// Sequence flows: their ends must be nodes of the same scope.
    fn connect(&mut self, elements: &[Element], place: &str) {
        for (index, element) in elements.iter().enumerate() {
            let at = format!("{place}/{index}");
            match &element.kind {
                ElementKind::SequenceFlow { source_ref, target_ref, condition_expression } => {
                    let scope = |id: &NodeId| self.nodes.get(id).map(|it| it.parent.clone());
                    let unsupported = |id: &NodeId| elements.iter().any(|it| it.id == *id) && scope(id).is_none();
                    match (scope(source_ref), scope(target_ref)) {
                        (Some(a), Some(b)) if a == b => {}
                        // Said already: the node itself cannot run.
                        _ if unsupported(source_ref) || unsupported(target_ref) => continue,
                        (Some(_), Some(_)) => {
                            let says = format!("expected `{source_ref}` and `{target_ref}` in the same process, found a border between them");
                            self.fault("flow-crosses-scope", &at, &element.id, says);
                            continue;
                        }
                        (from, _) => {
                            let missing = if from.is_none() { source_ref } else { target_ref };
                            let says = format!("expected a node of this flow, found `{missing}`");
                            self.fault("flow-unknown-node", &at, &element.id, says);
                            continue;
                        }
                    }
                    let text = condition_expression.as_ref();
                    let condition = text.and_then(|it| self.expr(element, it, &format!("{at}/conditionExpression")));
                    self.paths.insert(element.id.clone(), Path { target: target_ref.clone(), condition });
                    if let Some(it) = self.nodes.get_mut(source_ref) {
                        it.outgoing.push(element.id.clone());
                    }
                    if let Some(it) = self.nodes.get_mut(target_ref) {
                        it.incoming.push(element.id.clone());
                    }
                }
                ElementKind::SubProcess { flow_elements, .. }
                | ElementKind::Transaction { flow_elements }
                | ElementKind::AdHocSubProcess { flow_elements, .. } => {
                    self.connect(flow_elements, &format!("{at}/flowElements"));
                }
                ElementKind::StartEvent { .. }
                | ElementKind::EndEvent { .. }
                | ElementKind::IntermediateCatchEvent { .. }
                | ElementKind::IntermediateThrowEvent { .. }
                | ElementKind::BoundaryEvent { .. }
                | ElementKind::UserTask(_)
                | ElementKind::Task {}
                | ElementKind::ManualTask {}
                | ElementKind::ServiceTask { .. }
                | ElementKind::ScriptTask { .. }
                | ElementKind::SendTask { .. }
                | ElementKind::ReceiveTask { .. }
                | ElementKind::BusinessRuleTask { .. }
                | ElementKind::CallActivity { .. }
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
    }

    /// Boundary events to their activities.
    fn attach(&mut self) {
        let mut attached: Vec<(NodeId, NodeId)> = Vec::new();
        for it in self.nodes.values() {
            if let Kind::Boundary { host, .. } = &it.kind {
                attached.push((it.id.clone(), host.clone()));
            }
        }
        for (event, host) in attached {
            match self.nodes.get_mut(&host) {
                Some(it) => it.boundary.push(event),
                None => {
                    let says = format!("expected an activity of this flow, found `{host}`");
                    self.fault("flow-unknown-node", "", &event, says);
                }
            }
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
                self.fault("flow-expression", at, &element.id, format!("expected an expression, found `{text}`: {says}"));
                None
            }
        }
    }

    fn script(&mut self, element: &Element, key: &ScriptKey, at: &str) {
        if let Err(says) = self.tools.check_script(key) {
            self.fault("flow-script", at, &element.id, says);
        }
    }

    fn code(&self, reference: &Option<String>) -> Option<String> {
        let id = reference.clone().unwrap_or_default();
        Some(self.flow.errors.iter().find(|it| it.id == id).map_or(id, |it| it.error_code.clone()))
    }

    fn message(&self, reference: &str) -> String {
        let named = self.flow.messages.iter().find(|it| it.id == reference);
        named.map_or_else(|| reference.to_owned(), |it| it.name.clone())
    }

    fn unsupported<T>(&mut self, element: &Element, at: &str, what: &str, event: Option<&EventDefinition>) -> Option<T> {
        let event = event.and_then(|it| serde_json::to_value(it).ok());
        let event = event.as_ref().and_then(|it| it.get("type")).and_then(|it| it.as_str()).unwrap_or_default();
        let what = if event.is_empty() { what.to_owned() } else { format!("{what} ({event})") };
        let says = format!("expected an element this version executes, found {what} `{}`", element.id);
        let alert = Alert::error("flow-unsupported-element", says).at(self.file.clone(), at).on(element.id.0.clone());
        self.alerts.push(alert.arg("what", what));
        None
    }

    fn fault(&mut self, code: &str, at: &str, element: &NodeId, says: String) {
        self.alerts.push(Alert::error(code, says).at(self.file.clone(), at).on(element.0.clone()));
    }
}
