//! The terminate end event (BPMN 2.0.2 §10.5.3): empties its scope: of the flow, that ends the flow; of a subprocess, it
//! leaves it normally. The other end events throw, see [`super::throw`], and then only take their token away.

use super::super::fact::Fact;
use super::super::plan::Node;
use super::super::run::Run;

impl Run<'_> {
    pub(in super::super) fn terminate(&mut self, token: u64, node: &Node) {
        let scope = self.instance.tokens.get(&token).and_then(|it| it.scope);
        self.clear(token, "done");
        self.emit(Fact::Left { token, node: node.id.clone() });
        self.clear_scope(scope, "terminated");
    }
}
