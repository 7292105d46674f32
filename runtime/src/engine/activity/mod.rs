//! What a node does when a token has arrived: one file per activity of BPMN 2.0.2 §10.3. A node that is done at once
//! queues its leaving; one that waits returns, and an input brings it on.

mod call;
mod rule;
mod script;
mod service;
mod user_task;

use super::plan::{End, Kind, Node, Trigger};
use super::run::{Run, Stuck, Work};
use crate::id::UserId;

impl<'a> Run<'a> {
    pub(super) fn behave(&mut self, token: u64, node: &'a Node, returned: Option<(UserId, String)>) -> Result<(), Stuck> {
        match &node.kind {
            Kind::Pass | Kind::Boundary { .. } | Kind::Exclusive { .. } | Kind::Inclusive { .. } | Kind::Parallel => {
                self.queue(Work::Leave { token });
            }
            Kind::End(End::Plain) => self.queue(Work::Leave { token }),
            Kind::End(End::Terminate) => self.terminate(token, node),
            Kind::End(End::Error(code)) => self.error_end(token, node, code)?,
            Kind::User(user) => self.open_task(token, node, user, returned)?,
            Kind::Service(call) => self.call_plugin(token, node, call.as_deref())?,
            Kind::Script(program) => self.run_script(token, program.as_deref())?,
            Kind::Rule { table, inputs, output } => self.decide(token, table, inputs, output)?,
            Kind::Child { flow, inputs, .. } => self.start_child(token, node, flow, inputs)?,
            Kind::Sub => self.open_scope(token, node)?,
            Kind::Catch(Trigger::Timer(when)) => self.set_timer(token, node, when)?,
            Kind::Catch(Trigger::Message(_) | Trigger::Signal(_) | Trigger::Error(_)) => {}
            Kind::EventBased => self.wait_for_first(token, node)?,
        }
        Ok(())
    }
}
