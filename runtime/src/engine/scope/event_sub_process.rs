//! Event subprocesses (BPMN 2.0.2 §10.3.5, §13.5.4). Their start events watch over the scope they stand in, as long as it
//! is open. An interrupting one takes everything else in the scope away, and the scope ends with it; another one runs
//! beside, each time once more, and the scope waits for it.

use super::super::event::catch::Catcher;
use super::super::fact::Fact;
use super::super::instance::Phase;
use super::super::plan::{Kind, Node};
use super::super::run::Run;
use crate::id::NodeId;
use crate::model::flow::NotifyMoment;

impl<'a> Run<'a> {
    pub(in super::super) fn start_event_sub(&mut self, at: Catcher<'a>, sub: &NodeId, interrupting: bool, name: &str) {
        self.emit(Fact::Caught { node: at.event.id.clone(), name: name.to_owned() });
        if interrupting {
            self.clear_scope(at.scope, &format!("interrupted by {sub}"));
        }
        self.begin_event_sub(at.event, at.scope);
    }

    /// Begins the event subprocess of a start event in a scope.
    pub(in super::super) fn begin_event_sub(&mut self, start: &'a Node, scope: Option<u64>) {
        let Kind::EventStart { sub, .. } = &start.kind else { return };
        let Some(node) = self.plan.node(sub) else { return };
        let token = self.place(sub, None, scope, None);
        self.set_stage(node);
        if let Err(says) = self.open_scope_at(token, node, std::slice::from_ref(&start.id)) {
            self.stuck(token, node, says, Phase::Work);
        }
        self.notify_rules(token, node, NotifyMoment::Enter);
    }
}
