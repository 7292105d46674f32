//! What activities have besides their kind: repetition, data in and out, the version of what they call.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::super::pick::{self, Kind, Members};
use super::element::Assignment;
use super::event::EventDefinition;
use super::kept::Kept;

/// BPMN `loopCharacteristics`. All texts are expressions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(Deserialize), serde(remote = "Self"))]
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

/// The members of all kinds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    #[serde(default, deserialize_with = "pick::given")]
    test_before: Option<bool>,
    #[serde(default)]
    loop_condition: Option<String>,
    #[serde(default)]
    loop_maximum: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    is_sequential: Option<bool>,
    #[serde(default)]
    loop_cardinality: Option<String>,
    #[serde(default)]
    collection: Option<String>,
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    output_item: Option<String>,
    #[serde(default)]
    output_collection: Option<String>,
    #[serde(default)]
    completion_condition: Option<String>,
    #[serde(default, deserialize_with = "pick::given")]
    behavior: Option<Behavior>,
    #[serde(default)]
    none_behavior_event: Option<EventDefinition>,
    #[serde(default)]
    one_behavior_event: Option<EventDefinition>,
    #[serde(default, deserialize_with = "pick::given")]
    complex_behaviors: Option<Vec<ComplexBehavior>>,
}

const KINDS: &[Kind<Known, Loop>; 2] = &[
    Kind {
        name: "standardLoop",
        members: &["testBefore", "loopCondition", "loopMaximum"],
        make: |it| {
            Ok(Loop::StandardLoop {
                test_before: it.test_before.take().unwrap_or_default(),
                loop_condition: it.loop_condition.take(),
                loop_maximum: it.loop_maximum.take(),
            })
        },
    },
    Kind {
        name: "multiInstance",
        members: &[
            "isSequential",
            "loopCardinality",
            "collection",
            "item",
            "outputItem",
            "outputCollection",
            "completionCondition",
            "behavior",
            "noneBehaviorEvent",
            "oneBehaviorEvent",
            "complexBehaviors",
        ],
        make: |it| {
            Ok(Loop::MultiInstance {
                is_sequential: it.is_sequential.take().unwrap_or_default(),
                loop_cardinality: it.loop_cardinality.take(),
                collection: it.collection.take(),
                item: it.item.take(),
                output_item: it.output_item.take(),
                output_collection: it.output_collection.take(),
                completion_condition: it.completion_condition.take(),
                behavior: it.behavior.take().unwrap_or_default(),
                none_behavior_event: it.none_behavior_event.take(),
                one_behavior_event: it.one_behavior_event.take(),
                complex_behaviors: it.complex_behaviors.take().unwrap_or_default(),
            })
        },
    },
];

const NAMES: &[&str] = &pick::names(KINDS);

impl<'de> Deserialize<'de> for Loop {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read(Members::read(from, "internally tagged enum Loop")?).map_err(D::Error::custom)
    }
}

#[inline(never)]
fn read(mut members: Members) -> Result<Loop, pick::Error> {
    let kind = members.kind("type")?;
    members.make(&kind, KINDS, NAMES)
}

/// In tests serde's own reader, for comparison, goes by the type's name; so does what writes.
#[cfg(test)]
impl Serialize for Loop {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Loop::serialize(self, to)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_serde_does() {
        let members: std::collections::BTreeSet<&str> = KINDS.iter().flat_map(|it| it.members).copied().collect();
        let members: Vec<&str> = members.into_iter().collect();
        pick::compare::all("type", NAMES, &members, serde_json::from_value, Loop::deserialize);
    }
}
