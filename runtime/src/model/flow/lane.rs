//! Lanes (BPMN 2.0.2 §10.8), and whose work they make of what stands in them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::kept::Kept;
use super::{Element, Flow};
use crate::id::{NodeId, RoleKey};

/// BPMN `lane`. A node without a performer of its own is done by the role of its lane, see [`Flow::lane_roles`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lane {
    pub id: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleKey>,
    /// The lane this one is part of (BPMN `childLaneSet`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub flow_node_refs: Vec<NodeId>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

impl Flow {
    /// The role of the lane each node stands in. The standard leaves to who draws what a lane means; here the innermost lane
    /// that has a role says it, so a lane without one is done by the role of the lane around it. Where several sets have one,
    /// the first in the file does. What no lane names stands where its subprocess stands.
    pub fn lane_roles(&self) -> BTreeMap<&NodeId, &RoleKey> {
        let mut found: BTreeMap<&NodeId, (usize, &RoleKey)> = BTreeMap::new();
        for lane in &self.lanes {
            let Some(said) = self.role_around(lane) else { continue };
            for node in &lane.flow_node_refs {
                let best = found.entry(node).or_insert(said);
                if said.0 > best.0 {
                    *best = said;
                }
            }
        }
        let mut roles = found.into_iter().map(|(node, (_, role))| (node, role)).collect();
        if !self.lanes.is_empty() {
            let named: BTreeSet<&NodeId> = self.lanes.iter().flat_map(|it| &it.flow_node_refs).collect();
            inherit(&self.flow_elements, None, &named, &mut roles);
        }
        roles
    }

    /// The role of a lane or of the nearest one around it that has one, and how deep the lane that has it stands.
    fn role_around<'a>(&'a self, lane: &'a Lane) -> Option<(usize, &'a RoleKey)> {
        let mut line = vec![lane];
        while let Some(parent) = line.last().and_then(|it| it.parent.as_ref()) {
            let Some(next) = self.lanes.iter().find(|it| it.id == *parent) else { break };
            // A file may say that two lanes stand in each other.
            if line.len() > self.lanes.len() {
                break;
            }
            line.push(next);
        }
        let depth = line.len();
        line.into_iter().enumerate().find_map(|(at, it)| Some((depth.saturating_sub(at), it.role.as_ref()?)))
    }
}

fn inherit<'a>(
    elements: &'a [Element],
    around: Option<&'a RoleKey>,
    named: &BTreeSet<&NodeId>,
    roles: &mut BTreeMap<&'a NodeId, &'a RoleKey>,
) {
    for it in elements {
        if let Some(role) = around.filter(|_| !named.contains(&it.id)) {
            roles.insert(&it.id, role);
        }
        inherit(it.inside(), roles.get(&it.id).copied(), named, roles);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn roles(lanes: Value) -> String {
        let flow: Flow = serde_json::from_value(json!({
            "format": 1, "id": "f", "key": "f", "name": "f", "lanes": lanes,
            "flowElements": [
                { "type": "task", "id": "a" },
                { "type": "subProcess", "id": "s", "flowElements": [{ "type": "task", "id": "b" }, { "type": "task", "id": "c" }] },
            ]
        }))
        .expect("a flow");
        flow.lane_roles().into_iter().map(|(node, role)| format!("{node}={role}")).collect::<Vec<_>>().join(" ")
    }

    fn lane(id: &str, parent: Option<&str>, role: Option<&str>, nodes: &[&str]) -> Value {
        let mut made = json!({ "id": id, "name": id, "flowNodeRefs": nodes });
        for (key, value) in [("parent", parent), ("role", role)] {
            if let Some(it) = value {
                made[key] = json!(it);
            }
        }
        made
    }

    #[test]
    fn the_innermost_lane_with_a_role_says_it() {
        let outer = |role, nodes: &[&str]| lane("o", None, role, nodes);
        let inner = |role, nodes: &[&str]| lane("i", Some("o"), role, nodes);
        for (what, lanes, expected) in [
            ("one lane", json!([outer(Some("x"), &["a"])]), "a=x"),
            ("inner without a role", json!([outer(Some("x"), &[]), inner(None, &["a"])]), "a=x"),
            ("both have one", json!([outer(Some("x"), &["a"]), inner(Some("y"), &["a"])]), "a=y"),
            ("both have one, whatever their order", json!([inner(Some("y"), &["a"]), outer(Some("x"), &["a"])]), "a=y"),
            ("only the inner has one", json!([outer(None, &["a"]), inner(Some("y"), &["a"])]), "a=y"),
            ("neither has one", json!([outer(None, &["a"]), inner(None, &["a"])]), ""),
            (
                "two sets, a role in the second",
                json!([lane("p", None, None, &["a"]), lane("q", None, Some("z"), &["a"])]),
                "a=z",
            ),
            (
                "two sets, two roles",
                json!([lane("p", None, Some("x"), &["a"]), lane("q", None, Some("z"), &["a"])]),
                "a=x",
            ),
            ("in each other", json!([lane("p", Some("q"), None, &["a"]), lane("q", Some("p"), None, &[])]), ""),
            ("inside a subprocess", json!([outer(Some("x"), &["s"])]), "b=x c=x s=x"),
            ("some of it named elsewhere", json!([outer(Some("x"), &["s"]), lane("p", None, None, &["b"])]), "c=x s=x"),
        ] {
            assert_eq!(roles(lanes), expected, "{what}");
        }
    }
}
