//! What activities have besides their kind: repetition, data in and out, the version of what they call.

use serde::{Deserialize, Serialize};

use super::element::Assignment;
use super::event::EventDefinition;
use super::kept::Kept;

/// BPMN `loopCharacteristics`. All texts are expressions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
// Always behind a box, see `Element::loop_characteristics`.
#[allow(clippy::large_enum_variant)]
pub enum Loop {
    /// BPMN `standardLoopCharacteristics`: while the condition holds (none: until the maximum).
    StandardLoop {
        /// Asked before the first time too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        test_before: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loop_condition: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loop_maximum: Option<String>,
    },
    /// BPMN `multiInstanceLoopCharacteristics`. `loopCardinality` or `collection` says how many.
    MultiInstance {
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_sequential: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loop_cardinality: Option<String>,
        /// Expression giving the list (BPMN `loopDataInputRef`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        collection: Option<String>,
        /// Name under which each instance sees its item (BPMN `inputDataItem`); none: `item`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<String>,
        /// Expression that each instance gives when it ends (BPMN `outputDataItem`) …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output_item: Option<String>,
        /// … into this list of variables, in the order of the instances (BPMN `loopDataOutputRef`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output_collection: Option<String>,
        /// Asked each time an instance ends; true: the others are cancelled. Sees `loopCounter`, `numberOfInstances`,
        /// `numberOfActiveInstances`, `numberOfCompletedInstances`, `numberOfTerminatedInstances` (§10.3.8), also as `nrOf…`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        completion_condition: Option<String>,
        #[serde(default, skip_serializing_if = "Behavior::is_all")]
        behavior: Behavior,
        /// Thrown for every instance that ends (behaviour `none`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        none_behavior_event: Option<EventDefinition>,
        /// Thrown when the first instance ends (behaviour `one`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        one_behavior_event: Option<EventDefinition>,
        /// Thrown where the condition holds (behaviour `complex`).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        complex_behaviors: Vec<ComplexBehavior>,
    },
}

/// BPMN `multiInstanceLoopCharacteristics/@behavior`: which events a multi-instance activity throws to its boundary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Behavior {
    None,
    One,
    #[default]
    All,
    Complex,
}

impl Behavior {
    fn is_all(&self) -> bool {
        *self == Behavior::All
    }
}

/// BPMN `complexBehaviorDefinition`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplexBehavior {
    pub condition: String,
    pub event: EventDefinition,
}

/// BPMN `dataInputAssociation`, `dataOutputAssociation` (§10.4.2). Without a transformation the (one) source is copied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataAssociation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Data objects, references to them, or names of the activity's own data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_ref: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_ref: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transformation: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignment: Vec<Assignment>,
    #[serde(default, skip_serializing_if = "Kept::is_empty")]
    pub kept: Kept,
}

/// Which version of a called flow runs. Ours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Binding {
    /// The one that is live when the call happens.
    #[default]
    Latest,
    /// The one that was live when the caller was published.
    Deployment,
    /// A version by its content hash.
    Version(String),
}

impl Binding {
    pub(crate) fn is_latest(&self) -> bool {
        *self == Binding::Latest
    }
}

/// BPMN `adHocOrdering`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AdHocOrdering {
    #[default]
    Parallel,
    Sequential,
}
