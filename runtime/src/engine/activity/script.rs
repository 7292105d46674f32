//! Script task (BPMN 2.0.2 §10.3.3): runs a script, which returns `#{ data: #{…}, vars: #{…} }` or nothing, or the
//! statements written at the task, which change the variables themselves.

use serde_json::{Map, Value};

use super::super::plan::Program;
use super::super::run::{Changes, Run, Stuck, Work};

impl Run<'_> {
    pub(super) fn run_script(&mut self, token: u64, program: Option<&Program>) -> Result<(), Stuck> {
        let scope = self.scope_of(token);
        match program {
            Some(Program::File(script)) => {
                let answer = self.plan.tools.run(script, &self.script_names(token))?;
                let (data, vars) = changes(answer).map_err(|says| format!("script `{script}`: {says}"))?;
                self.set_vars(scope, vars)?;
                self.set_fields(data);
            }
            Some(Program::Inline(statements)) => {
                let vars = statements.run(&self.script_names(token), &self.visible(scope))?;
                self.set_vars(scope, vars)?;
            }
            None => {}
        }
        self.queue(Work::Leave { token });
        Ok(())
    }

    /// The outcome a token carries.
    pub(in super::super) fn outcome(&self, token: u64) -> Option<String> {
        self.instance.tokens.get(&token).and_then(|it| it.outcome.clone())
    }
}

/// Reads what a script returned.
fn changes(answer: Value) -> Result<Changes, Stuck> {
    let mut answer = match answer {
        Value::Null => return Ok((Map::new(), Map::new())),
        Value::Object(it) => it,
        other => return Err(format!("expected a map with `data` and `vars`, found {other}")),
    };
    let mut part = |key: &str| match answer.remove(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(it)) => Ok(it),
        Some(other) => Err(format!("expected a map as `{key}`, found {other}")),
    };
    let found = (part("data")?, part("vars")?);
    match answer.keys().next() {
        Some(key) => Err(format!("expected only `data` and `vars`, found `{key}`")),
        None => Ok(found),
    }
}
