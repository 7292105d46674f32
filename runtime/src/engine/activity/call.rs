//! Call activity (BPMN 2.0.2 §10.3.6): starts another flow and waits for its end. The called flow gets only the
//! inputs, the caller takes only the outputs (`result` in their expressions is the called flow's variables). A file that declares
//! the data of the call (`ioSpecification`) says both by data associations; one that declares nothing, everything goes.

use serde_json::{Map, Value, json};

use super::super::fact::Fact;
use super::super::input::Parent;
use super::super::instance::{Phase, Sent};
use super::super::plan::{Child, Interface, Kind, Node};
use super::super::run::{Run, Stuck, Work};
use super::super::{Effect, Refusal};
use crate::id::InstanceId;
use crate::limits;

impl Run<'_> {
    pub(super) fn start_child(&mut self, token: u64, node: &Node, called: &Child) -> Result<(), Stuck> {
        let depth = self.instance.parent.as_ref().map_or(0, |it| it.depth).saturating_add(1);
        if depth as usize > limits::CALL_ACTIVITY_DEPTH {
            return Err(format!(
                "expected at most {} flows called one inside the other, found more",
                limits::CALL_ACTIVITY_DEPTH
            ));
        }
        let names = self.names(token);
        let mut vars = Map::new();
        if let Some(it) = &called.interface {
            vars = self.given(token, it);
        } else if called.inputs.is_empty() && self.plan.flow.module.is_none() {
            // Plain BPMN says nothing of what goes in: everything.
            vars = self.visible(self.scope_of(token));
        }
        for (key, expr) in &called.inputs {
            vars.insert(key.clone(), expr.eval(&names)?);
        }
        let child = InstanceId(self.fresh());
        let (catches, escalations) = (self.caught_at(token), self.escalations_at(token));
        let after = self.sent.as_ref().and_then(Sent::after).cloned();
        self.emit(Fact::ChildStarted { child: child.clone(), token, node: node.id.clone(), after });
        let parent = Parent { instance: self.instance.id.clone(), node: node.id.clone(), catches, escalations, depth };
        let (flow, binding) = (called.flow.clone(), called.binding.clone());
        self.effects.push(Effect::StartChild { child, flow, binding, node: node.id.clone(), vars, parent });
        Ok(())
    }

    pub(in super::super) fn child_ended(
        &mut self,
        child: &InstanceId,
        vars: Map<String, Value>,
        cancelled: bool,
        error: Option<String>,
    ) -> Result<(), Refusal> {
        let token = *self.instance.children.get(child).ok_or(Refusal::NothingWaits)?;
        self.emit(Fact::ChildEnded { child: child.clone() });
        let Some(node) = self.node_of(token) else { return Ok(()) };
        if let Some(code) = error {
            let about = json!({ "code": code, "message": "" });
            if !self.throw(token, &code, about) {
                self.stuck(
                    token,
                    node,
                    format!("the called flow ended with the error `{code}`, nobody catches it"),
                    Phase::Work,
                );
            }
        } else if cancelled {
            self.stuck(token, node, "the called flow was cancelled".to_owned(), Phase::Work);
        } else if let Err(says) = self.take_outputs(token, node, vars) {
            self.stuck(token, node, says, Phase::Work);
        } else {
            self.queue(Work::Leave { token });
        }
        Ok(())
    }

    /// The called flow has thrown an escalation that it does not catch: it goes on outward from the call activity.
    pub(in super::super) fn child_escalated(
        &mut self,
        child: &InstanceId,
        code: &str,
        message: &str,
    ) -> Result<(), Refusal> {
        let token = *self.instance.children.get(child).ok_or(Refusal::NothingWaits)?;
        self.escalate(token, code, message);
        Ok(())
    }

    /// The data inputs that associations, or the list of a repetition, have filled.
    fn given(&self, token: u64, interface: &Interface) -> Map<String, Value> {
        let Some(own) = self.scope_of(token).and_then(|it| self.instance.scopes.get(&it)) else { return Map::new() };
        let filled = |(name, theirs): &(String, String)| Some((theirs.clone(), own.vars.get(name)?.clone()));
        interface.inputs.iter().filter_map(filled).collect()
    }

    fn take_outputs(&mut self, token: u64, node: &Node, vars: Map<String, Value>) -> Result<(), Stuck> {
        let Kind::Child(called) = &node.kind else { return Ok(()) };
        if let Some(it) = &called.interface {
            let taken = it.outputs.iter().filter_map(|(own, theirs)| Some((own.clone(), vars.get(theirs)?.clone())));
            self.set_own(self.scope_of(token), taken.collect())?;
        } else if called.outputs.is_empty() && self.plan.flow.module.is_none() {
            return self.set_vars(self.scope_of(token), vars);
        }
        let mut names = self.names(token);
        names.set("result", Value::Object(vars));
        let (data, vars) = self.evaluate_assignments(token, &called.outputs, &mut names)?;
        self.set_vars(self.scope_of(token), vars)?;
        self.set_fields(data);
        Ok(())
    }
}
