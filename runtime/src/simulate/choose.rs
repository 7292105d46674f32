//! Ad-hoc subprocesses during a run in which everything is done by itself: each activity that people could begin is begun once,
//! in the order of the file; then the subprocess is done, unless a condition says when.

use std::collections::BTreeSet;

use super::world::{Refused, World};
use crate::engine::Input;
use crate::engine::instance::{Scope, ScopeKind, State};
use crate::id::{InstanceId, NodeId};
use crate::model::flow::{Element, ElementKind};

impl World {
    /// Begins the next activity, or ends the subprocess. False: there is nothing to choose.
    pub(super) fn choose(&mut self, kept: &BTreeSet<&str>) -> Result<bool, Refused> {
        for (instance, scope, node) in self.open_ad_hoc() {
            let Some(ElementKind::AdHocSubProcess { completion_condition, flow_elements, .. }) =
                self.element(&node).map(|it| it.kind.clone())
            else {
                continue;
            };
            let led_to: BTreeSet<&NodeId> = flow_elements.iter().filter_map(target).collect();
            let offered = |it: &&Element| it.kind.is_activity() && !led_to.contains(&it.id) && !compensates(it);
            for it in flow_elements.iter().filter(offered) {
                let key = (instance.clone(), scope, it.id.clone());
                if kept.contains(it.id.as_str()) || self.chosen.contains(&key) {
                    continue;
                }
                // In a sequential one the turn of this one comes when nothing else is active.
                if self.give(&instance, Input::StartActivity { node: it.id.clone() }).is_ok() {
                    self.chosen.insert(key);
                    return Ok(true);
                }
            }
            let empty = !self.has_tokens(&instance, scope);
            let left = flow_elements.iter().filter(offered).any(|it| kept.contains(it.id.as_str()));
            if empty && !left && completion_condition.is_none() && !kept.contains(node.as_str()) {
                self.give(&instance, Input::FinishAdHoc { node })?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ad-hoc subprocesses in which something may still begin.
    fn open_ad_hoc(&self) -> Vec<(InstanceId, u64, NodeId)> {
        let open = |it: &Scope| {
            let ad_hoc =
                self.element(&it.node).is_some_and(|it| matches!(it.kind, ElementKind::AdHocSubProcess { .. }));
            ad_hoc && it.kind == ScopeKind::Inside && !it.fulfilled
        };
        let running = self.instances.iter().filter(|it| it.instance.state == State::Running);
        let all = running.flat_map(|running| {
            let scopes = running.instance.scopes.iter().filter(|(_, it)| open(it));
            scopes.map(|(id, it)| (running.instance.id.clone(), *id, it.node.clone()))
        });
        all.collect()
    }

    fn has_tokens(&self, instance: &InstanceId, scope: u64) -> bool {
        let found = self.instances.iter().find(|it| it.instance.id == *instance);
        found.is_some_and(|it| it.instance.tokens.values().any(|it| it.scope == Some(scope)))
    }
}

fn target(it: &Element) -> Option<&NodeId> {
    match &it.kind {
        ElementKind::SequenceFlow { target_ref, .. } => Some(target_ref),
        _ => None,
    }
}

fn compensates(it: &Element) -> bool {
    it.is_for_compensation
}
