//! `flows/<key>/layout.json`: the drawing of a flow (BPMN diagram interchange), joined by element id. Pixels.

use serde::{Deserialize, Serialize};

use crate::id::NodeId;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    pub format: u32,
    pub diagrams: Vec<Diagram>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Diagram {
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub shapes: Vec<Shape>,
    pub edges: Vec<Edge>,
}

/// BPMNShape: the bounds of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shape {
    pub element: NodeId,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_expanded: Option<bool>,
    /// Bounds of a label outside the shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Bounds>,
}

/// BPMNEdge: the way points of a flow, the ends included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub element: NodeId,
    pub waypoints: Vec<Point>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Bounds>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}
