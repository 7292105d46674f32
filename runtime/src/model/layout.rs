//! `flows/<key>/layout.json`: the drawing of a flow (BPMN diagram interchange), joined by element id. Pixels.

use serde::{Deserialize, Deserializer, Serialize};

use super::flow::Kept;
use crate::id::NodeId;
use crate::limits;

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
    /// What is drawn (BPMNPlane's `bpmnElement`): a collaboration, a process, or a subprocess on a plane of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<NodeId>,
    pub shapes: Vec<Shape>,
    pub edges: Vec<Edge>,
    /// What the file said beyond this; likewise below.
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

/// BPMNShape: the bounds of a node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shape {
    #[serde(deserialize_with = "named")]
    pub element: NodeId,
    #[serde(deserialize_with = "pixels")]
    pub x: f64,
    #[serde(deserialize_with = "pixels")]
    pub y: f64,
    #[serde(deserialize_with = "pixels")]
    pub width: f64,
    #[serde(deserialize_with = "pixels")]
    pub height: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_expanded: Option<bool>,
    /// Of pools and lanes; none: they are horizontal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_horizontal: Option<bool>,
    /// Bounds of a label outside the shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Bounds>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

/// BPMNEdge: the way points of a flow, the ends included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    #[serde(deserialize_with = "named")]
    pub element: NodeId,
    pub waypoints: Vec<Point>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Bounds>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    #[serde(deserialize_with = "pixels")]
    pub x: f64,
    #[serde(deserialize_with = "pixels")]
    pub y: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    #[serde(deserialize_with = "pixels")]
    pub x: f64,
    #[serde(deserialize_with = "pixels")]
    pub y: f64,
    #[serde(deserialize_with = "pixels")]
    pub width: f64,
    #[serde(deserialize_with = "pixels")]
    pub height: f64,
}

/// A place or a length that can be drawn, to a millionth of a pixel: that much survives JSON whatever reads it. None: nobody draws
/// that far away.
pub fn drawable(pixels: f64) -> Option<f64> {
    let it = (pixels * 1e6).round() / 1e6;
    (it.abs() < limits::DRAWING_FARTHEST).then_some(it)
}

fn pixels<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let it = f64::deserialize(from)?;
    if drawable(it).is_some() {
        return Ok(it);
    }
    Err(serde::de::Error::custom(format_args!("expected pixels, less than {} either way", limits::DRAWING_FARTHEST)))
}

fn named<'de, D: Deserializer<'de>>(from: D) -> Result<NodeId, D::Error> {
    let it = NodeId::deserialize(from)?;
    if it.as_str().trim().is_empty() { Err(serde::de::Error::custom("expected the id of an element")) } else { Ok(it) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_somebody_s() {
        let read = |id: &str| crate::plain::parse::<Edge>(&format!(r#"{{ "element": "{id}", "waypoints": [] }}"#));
        assert_eq!(read("f").unwrap().element.as_str(), "f");
        assert_eq!(read(" ").unwrap_err().to_string(), "expected the id of an element");
    }

    #[test]
    fn what_is_too_far_away_to_be_drawn_is_refused() {
        let read = |x: &str| crate::plain::parse::<Point>(&format!(r#"{{ "x": {x}, "y": 2 }}"#));
        assert_eq!(read("-7.5").unwrap(), Point { x: -7.5, y: 2.0 });
        assert_eq!(read("999999999").unwrap().x, 999_999_999.0);
        for far in ["1e9", "-1e9", "999999999.9999999", "1099999999999999999994.0", "1e308"] {
            let why = read(far).unwrap_err().to_string();
            assert!(why.contains("expected pixels, less than 1000000000 either way"), "{far}: {why}");
        }
    }
}
