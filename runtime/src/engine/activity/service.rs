//! Service task (BPMN 2.0.2 §10.3.3): asks the server to call a plugin and waits for the answer. Without a call it
//! passes through. The server tries again by itself; a failure that stays is an error to catch, or an incident.

use serde_json::{Map, Value, json};

use super::super::fact::Fact;
use super::super::instance::Phase;
use super::super::plan::{Call, Kind, Node};
use super::super::run::{Run, Stuck, Work};
use super::super::{Effect, Refusal};
use crate::id::JobId;

impl Run<'_> {
    pub(super) fn call_plugin(&mut self, token: u64, node: &Node, call: Option<&Call>) -> Result<(), Stuck> {
        let Some(call) = call else {
            self.queue(Work::Leave { token });
            return Ok(());
        };
        let input = match (&call.input, &call.input_script) {
            (Some(expr), _) => expr.eval(&self.script_names(token))?,
            (None, Some(script)) => self.plan.tools.run(script, &self.script_names(token))?,
            (None, None) => Value::Object(Map::new()),
        };
        let job = JobId(self.fresh());
        self.emit(Fact::JobAsked { job: job.clone(), token, node: node.id.clone(), sent: self.sent.clone() });
        let (plugin, function) = (call.plugin.clone(), call.function.clone());
        self.effects.push(Effect::CallPlugin { job, plugin, function, input });
        Ok(())
    }

    pub(in super::super) fn job_done(
        &mut self,
        job: &JobId,
        output: Value,
        outcome: Option<String>,
    ) -> Result<(), Refusal> {
        let token = *self.instance.jobs.get(job).ok_or(Refusal::NothingWaits)?;
        // A plugin reaches nothing outside, so that who sent the work here may still take it back.
        self.sent = self.instance.sent.get(job).cloned();
        self.emit(Fact::JobDone { job: job.clone(), outcome });
        let Some(node) = self.node_of(token) else { return Ok(()) };
        self.resolve(token);
        if let Kind::Service(Some(call)) = &node.kind
            && let Err(says) = self.set_vars(self.scope_of(token), answered(&call.output, output))
        {
            self.stuck(token, node, says, Phase::Work);
            return Ok(());
        }
        self.queue(Work::Leave { token });
        Ok(())
    }

    pub(in super::super) fn job_failed(
        &mut self,
        job: &JobId,
        code: Option<String>,
        error: String,
    ) -> Result<(), Refusal> {
        let token = *self.instance.jobs.get(job).ok_or(Refusal::NothingWaits)?;
        self.sent = self.instance.sent.get(job).cloned();
        self.emit(Fact::JobDone { job: job.clone(), outcome: None });
        let Some(node) = self.node_of(token) else { return Ok(()) };
        let caught = match &code {
            Some(code) => {
                let about = json!({ "code": code, "message": error });
                self.throw(token, code, about)
            }
            None => false,
        };
        if !caught {
            let code = code.map(|it| format!("{it}: ")).unwrap_or_default();
            self.stuck(token, node, format!("{code}{error}"), Phase::Work);
        }
        Ok(())
    }
}

/// What an answer sets. Without a variable to go into, its members are variables.
fn answered(variable: &str, output: Value) -> Map<String, Value> {
    match output {
        Value::Object(members) if variable.is_empty() => members,
        _ if variable.is_empty() => Map::new(),
        output => Map::from_iter([(variable.to_owned(), output)]),
    }
}
