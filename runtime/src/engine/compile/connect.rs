//! How nodes hang together: sequence flows, boundary events, compensation handlers.

use super::super::plan::{Kind, Node, Path};
use super::Compiler;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind};

impl Compiler<'_> {
    /// Sequence flows: their ends must be nodes of the same scope.
    pub(super) fn connect(&mut self, elements: &[Element], place: &str) {
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
                            let says = format!(
                                "expected `{source_ref}` and `{target_ref}` in the same process, found a border between them"
                            );
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
                    self.paths.insert(element.id.clone(), Path { target: target_ref.clone(), waits: false, condition });
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

    /// What is known of each way before anybody goes it.
    pub(super) fn shortcuts(&mut self) {
        for path in self.paths.values_mut() {
            path.waits = self.nodes.get(&path.target).is_some_and(Node::joins);
        }
        for node in self.nodes.values_mut() {
            let chooses = node.outgoing.iter().any(|it| self.paths.get(it).is_some_and(|it| it.condition.is_some()));
            node.plain = matches!(node.kind, Kind::Pass | Kind::Throw(_))
                && !chooses
                && node.default.is_none()
                && node.repeat.is_none()
                && node.assign.is_empty()
                && node.outputs.is_empty()
                && node.turn_outputs.is_empty();
        }
    }

    /// Boundary events to their activities.
    pub(super) fn attach(&mut self) {
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

    /// Compensation handlers: the activity an association leads to from a compensation boundary event (§10.6.1).
    pub(super) fn handlers(&mut self) {
        let mut found: Vec<(NodeId, NodeId)> = Vec::new();
        for it in self.flow.all() {
            let ElementKind::Association { source_ref, target_ref, .. } = &it.kind else { continue };
            for (event, handler) in [(source_ref, target_ref), (target_ref, source_ref)] {
                if let Some(Kind::Boundary { host, wait, .. }) = self.nodes.get(event).map(|it| &it.kind)
                    && wait.compensation()
                    && self.nodes.contains_key(handler)
                {
                    found.push((host.clone(), handler.clone()));
                }
            }
        }
        for (host, handler) in found {
            if let Some(it) = self.nodes.get_mut(&handler) {
                it.compensates = true;
            }
            if let Some(it) = self.nodes.get_mut(&host) {
                it.handler = Some(handler);
            }
        }
    }
}
