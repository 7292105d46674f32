//! Call activity (BPMN 2.0.2 §10.3.6): starts another flow and waits for its end. The called flow gets only the
//! inputs, the caller takes only the outputs (`result` in their expressions is the called flow's variables).

use serde_json::{Map, Value, json};

use super::super::evaluate::Expr;
use super::super::fact::Fact;
use super::super::input::Parent;
use super::super::instance::Phase;
use super::super::plan::{Kind, Node};
use super::super::run::{Run, Stuck, Work};
use super::super::{Effect, Refusal};
use crate::id::{FlowKey, InstanceId};
use crate::limits;

impl Run<'_> {
    pub(super) fn start_child(&mut self, token: u64, node: &Node, flow: &FlowKey, inputs: &[(String, Expr)]) -> Result<(), Stuck> {
        let depth = self.instance.parent.as_ref().map_or(0, |it| it.depth).saturating_add(1);
        if depth as usize > limits::CALL_ACTIVITY_DEPTH {
            return Err(format!("expected at most {} flows called one inside the other, found more", limits::CALL_ACTIVITY_DEPTH));
        }
        let names = self.names(self.outcome(token).as_deref());
        let mut vars = Map::new();
        // Plain BPMN says nothing of what goes in: everything.
        if inputs.is_empty() && self.plan.flow.module.is_none() {
            vars = self.instance.vars.clone();
        }
        for (key, expr) in inputs {
            vars.insert(key.clone(), expr.eval(&names)?);
        }
        let child = InstanceId(self.fresh());
        let catches = self.caught_at(token);
        self.emit(Fact::ChildStarted { child: child.clone(), token, node: node.id.clone() });
        let parent = Parent { instance: self.instance.id.clone(), node: node.id.clone(), catches, depth };
        self.effects.push(Effect::StartChild { child, flow: flow.clone(), node: node.id.clone(), vars, parent });
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
            if !self.throw(Some(token), &code, about) {
                self.stuck(token, node, format!("the called flow ended with the error `{code}`, nobody catches it"), Phase::Work);
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

    fn take_outputs(&mut self, token: u64, node: &Node, vars: Map<String, Value>) -> Result<(), Stuck> {
        let Kind::Child { outputs, .. } = &node.kind else { return Ok(()) };
        if outputs.is_empty() && self.plan.flow.module.is_none() {
            return self.set_vars(vars);
        }
        let mut names = self.names(self.outcome(token).as_deref());
        names.set("result", &Value::Object(vars));
        let (data, vars) = self.evaluate_assignments(outputs, &mut names)?;
        self.set_vars(vars)?;
        self.set_fields(data);
        Ok(())
    }
}
