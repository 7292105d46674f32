//! Messages and signals (BPMN 2.0.2 §10.5.5). A message is taken by one catcher: the token that has waited longest. A
//! signal is taken by all. What comes is merged into the variables. Nothing waits: refused, the server may keep it.

use serde_json::{Map, Value};

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::instance::Phase;
use super::super::plan::{Kind, Node, Trigger};
use super::super::run::{Run, Work};

/// Where something is waited for: the token and the catching event.
type Catcher<'a> = (u64, &'a Node);

impl<'a> Run<'a> {
    pub(in super::super) fn message(&mut self, name: &str, payload: Map<String, Value>) -> Result<(), Refusal> {
        let wanted = |it: &Trigger| matches!(it, Trigger::Message(it) if it == name);
        let first = self.catchers(wanted).into_iter().next().ok_or(Refusal::NothingWaits)?;
        self.caught(first, name, payload);
        Ok(())
    }

    pub(in super::super) fn signal(&mut self, name: &str, payload: Map<String, Value>) -> Result<(), Refusal> {
        let wanted = |it: &Trigger| matches!(it, Trigger::Signal(it) if it == name);
        let all = self.catchers(wanted);
        if all.is_empty() {
            return Err(Refusal::NothingWaits);
        }
        for it in all {
            self.caught(it, name, payload.clone());
        }
        Ok(())
    }

    /// Who waits for it, oldest token first: the node itself, then events behind a gateway, then boundary events.
    fn catchers(&self, wanted: impl Fn(&Trigger) -> bool) -> Vec<Catcher<'a>> {
        let mut found = Vec::new();
        for token in self.instance.tokens.keys() {
            let Some(node) = self.node_of(*token) else { continue };
            match &node.kind {
                Kind::Catch(it) if wanted(it) => found.push((*token, node)),
                Kind::EventBased => {
                    let behind = self.alternatives(node).into_iter().map(|(_, it)| it);
                    found.extend(behind.filter(|it| matches!(&it.kind, Kind::Catch(it) if wanted(it))).take(1).map(|it| (*token, it)));
                }
                Kind::Catch(_)
                | Kind::Pass
                | Kind::End(_)
                | Kind::User(_)
                | Kind::Service(_)
                | Kind::Script(_)
                | Kind::Rule { .. }
                | Kind::Child { .. }
                | Kind::Sub
                | Kind::Boundary { .. }
                | Kind::Exclusive { .. }
                | Kind::Inclusive { .. }
                | Kind::Parallel => {}
            }
            for event in node.boundary.iter().filter_map(|it| self.plan.node(it)) {
                if matches!(&event.kind, Kind::Boundary { trigger, .. } if wanted(trigger)) {
                    found.push((*token, event));
                }
            }
        }
        found
    }

    fn caught(&mut self, (token, event): Catcher<'a>, name: &str, payload: Map<String, Value>) {
        // An earlier catcher of the same signal may have taken this token away.
        let Some(node) = self.node_of(token) else { return };
        if let Err(says) = self.set_vars(payload) {
            return self.stuck(token, node, says, Phase::Work);
        }
        if let Kind::Boundary { .. } = event.kind {
            return self.boundary_fires(token, event, name);
        }
        self.emit(Fact::Caught { node: event.id.clone(), name: name.to_owned() });
        if event.id == node.id {
            self.queue(Work::Leave { token });
        } else {
            self.first_came(token, node, event);
        }
    }
}
