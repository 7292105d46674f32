//! Errors (BPMN 2.0.2 §10.5.6): an error goes outward from the activity where it happened until a boundary event
//! catches it; on one activity the exact code goes before the catch-all. It leaves a called flow only when the
//! caller catches it there or further out; else it stays where it is, as an incident.

use serde_json::{Map, Value};

use super::super::instance::State;
use super::super::plan::{Kind, Node, Trigger};
use super::super::run::Run;
use crate::id::NodeId;

impl Run<'_> {
    /// Throws at a token's activity and outward; none: at the flow itself. `about` becomes `vars.error`. False: nobody catches it.
    pub(in super::super) fn throw(&mut self, from: Option<u64>, code: &str, about: Value) -> bool {
        let about = Map::from_iter([("error".to_owned(), about)]);
        let mut at = from;
        while let Some(token) = at {
            let catcher = self.node_of(token).and_then(|it| self.catcher(it, code));
            if let Some(event) = catcher {
                // Variables that are full must not hide the error.
                let _ = self.set_vars(about);
                self.interrupt(token, &event, code);
                return true;
            }
            at = self.around(token);
        }
        let caught_outside = self.instance.parent.as_ref().is_some_and(|it| it.catches.iter().any(|it| it == code || it == "*"));
        if caught_outside {
            self.clear_scope(None, "error");
            if self.instance.state == State::Running {
                self.end(Some(code.to_owned()));
            }
        }
        caught_outside
    }

    /// Codes caught at a token's activity or further out; `*`: all.
    pub(in super::super) fn caught_at(&self, token: u64) -> Vec<String> {
        let mut found = self.instance.parent.as_ref().map(|it| it.catches.clone()).unwrap_or_default();
        let mut at = Some(token);
        while let Some(token) = at {
            for event in self.node_of(token).map(|it| it.boundary.as_slice()).unwrap_or_default() {
                if let Some(Kind::Boundary { trigger: Trigger::Error(code), .. }) = self.plan.node(event).map(|it| &it.kind) {
                    found.push(code.clone().unwrap_or_else(|| "*".to_owned()));
                }
            }
            at = self.around(token);
        }
        found.sort();
        found.dedup();
        found
    }

    fn around(&self, token: u64) -> Option<u64> {
        let scope = self.instance.tokens.get(&token)?.scope?;
        self.instance.scopes.get(&scope).map(|it| it.token)
    }

    fn catcher(&self, node: &Node, code: &str) -> Option<NodeId> {
        let mut catch_all = None;
        for event in &node.boundary {
            if let Some(Kind::Boundary { trigger: Trigger::Error(caught), .. }) = self.plan.node(event).map(|it| &it.kind) {
                match caught {
                    Some(it) if it == code => return Some(event.clone()),
                    Some(_) => {}
                    None => catch_all = catch_all.or(Some(event.clone())),
                }
            }
        }
        catch_all
    }
}
