//! A subprocess opens a scope; its token waits outside. When no token is left inside, the scope closes and the
//! subprocess is left.

use super::super::fact::Fact;
use super::super::plan::Node;
use super::super::run::{Run, Stuck, Work};

impl Run<'_> {
    pub(in super::super) fn open_scope(&mut self, token: u64, node: &Node) -> Result<(), Stuck> {
        let parent = self.instance.tokens.get(&token).and_then(|it| it.scope);
        let outcome = self.outcome(token);
        let scope = self.instance.next;
        self.emit(Fact::ScopeOpened { scope, token, node: node.id.clone(), parent });
        for start in self.plan.starts.get(&Some(node.id.clone())).cloned().unwrap_or_default() {
            self.enter(&start, None, Some(scope), outcome.clone());
        }
        Ok(())
    }

    /// Closes one scope that has run empty. True: there was one.
    pub(in super::super) fn close_scope(&mut self) -> bool {
        let empty = |scope: u64| self.instance.tokens.values().all(|it| it.scope != Some(scope));
        let Some((scope, token)) = self.instance.scopes.iter().find(|(id, _)| empty(**id)).map(|(id, it)| (*id, it.token)) else {
            return false;
        };
        self.emit(Fact::ScopeClosed { scope });
        self.queue(Work::Leave { token });
        true
    }
}
