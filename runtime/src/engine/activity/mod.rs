//! What a node does when a token has arrived: one file per activity of BPMN 2.0.2 §10.3. A node that is done at once
//! queues its leaving; one that waits returns, and an input brings it on.

mod call;
mod repeat;
mod rule;
mod script;
mod service;
mod user_task;

use super::plan::{Kind, Node};
use super::run::{Run, Stuck, Work};
use crate::id::UserId;

impl<'a> Run<'a> {
    pub(super) fn behave(
        &mut self,
        token: u64,
        node: &'a Node,
        returned: Option<(UserId, String)>,
    ) -> Result<(), Stuck> {
        match &node.kind {
            Kind::Pass
            | Kind::Link(_)
            | Kind::Boundary { .. }
            | Kind::EventStart { .. }
            | Kind::Exclusive
            | Kind::Inclusive
            | Kind::Parallel
            | Kind::Complex(_)
            | Kind::EventBased { parallel: true } => self.queue(Work::Leave { token }),
            Kind::Throw(throws) => self.throw_all(token, node, throws)?,
            Kind::User(user) => self.open_task(token, node, user, returned)?,
            Kind::Service(call) => self.call_plugin(token, node, call.as_deref())?,
            Kind::Script(program) => self.run_script(token, program.as_deref())?,
            Kind::Rule { table, inputs, output } => self.decide(token, table, inputs, output)?,
            Kind::Child(child) => self.start_child(token, node, child)?,
            Kind::Sub { .. } | Kind::Transaction => self.open_scope(token, node)?,
            Kind::AdHoc(_) => self.open_ad_hoc(token, node)?,
            Kind::Catch(_) => {
                let scope = self.scope_of(token);
                self.arm(Some(token), node, scope)?;
            }
            Kind::EventBased { parallel: false } => self.wait_for_first(token, node)?,
        }
        Ok(())
    }
}
