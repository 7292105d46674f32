//! Boundary events (BPMN 2.0.2 §10.5.4, §13.5.3). An interrupting one takes the activity away with all that hangs on
//! it; another one sets a second token on its way and the activity goes on. They begin to wait when the activity is
//! entered, once for all turns of a repeated one.

use super::super::fact::Fact;
use super::super::plan::{Kind, Node};
use super::super::run::{Run, Stuck};
use crate::id::NodeId;

impl<'a> Run<'a> {
    pub(in super::super) fn arm_boundary(&mut self, token: u64, node: &'a Node) -> Result<(), Stuck> {
        let scope = self.scope_of(token);
        for event in &node.boundary {
            if let Some(event) = self.plan.node(event) {
                self.arm(Some(token), event, scope)?;
            }
        }
        Ok(())
    }

    /// A boundary event has happened. `name`: of what came.
    pub(in super::super) fn boundary_fires(&mut self, token: u64, event: &Node, name: &str) {
        let Kind::Boundary { interrupting, .. } = event.kind else { return };
        if interrupting {
            return self.interrupt(token, &event.id, name);
        }
        let Some(it) = self.instance.tokens.get(&token).cloned() else { return };
        self.emit(Fact::Caught { node: event.id.clone(), name: name.to_owned() });
        self.enter(&event.id, None, it.scope, it.outcome);
    }

    pub(in super::super) fn interrupt(&mut self, token: u64, event: &NodeId, name: &str) {
        let Some(it) = self.instance.tokens.get(&token).cloned() else { return };
        self.emit(Fact::Caught { node: event.clone(), name: name.to_owned() });
        self.remove(token, &format!("interrupted by {event}"));
        self.enter(event, None, it.scope, it.outcome);
    }
}
