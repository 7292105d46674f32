//! End events (BPMN 2.0.2 §10.5.3). A plain end takes its token away, the scope goes on; an error end throws out of
//! its scope; a terminate end empties its scope: of the flow, that ends the flow; of a subprocess, it leaves it normally.

use serde_json::json;

use super::super::fact::Fact;
use super::super::plan::Node;
use super::super::run::{Run, Stuck};

impl Run<'_> {
    pub(in super::super) fn terminate(&mut self, token: u64, node: &Node) {
        let scope = self.instance.tokens.get(&token).and_then(|it| it.scope);
        self.clear(token, "done");
        self.emit(Fact::Left { token, node: node.id.clone() });
        self.clear_scope(scope, "terminated");
    }

    pub(in super::super) fn error_end(&mut self, token: u64, node: &Node, code: &str) -> Result<(), Stuck> {
        let scope = self.instance.tokens.get(&token).and_then(|it| it.scope);
        let holder = scope.and_then(|it| self.instance.scopes.get(&it)).map(|it| it.token);
        if self.throw(holder, code, json!({ "code": code, "message": node.name })) {
            return Ok(());
        }
        Err(format!("expected somebody to catch the error `{code}`, found nobody"))
    }
}
