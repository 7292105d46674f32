//! What happened, told by element: read off the engine's facts.

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Fact;
use crate::engine::instance::{Instance, Place};
use crate::id::NodeId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// A token arrived in the element.
    Entered,
    /// The token has left it the regular way.
    Completed,
    /// It was interrupted, withdrawn or terminated.
    Cancelled,
    /// Its work was undone by its compensation handler.
    Compensated,
    /// It cannot go on.
    Failed,
}

/// One line of the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceLine {
    /// Virtual time, RFC 3339, UTC.
    pub at: String,
    pub element: NodeId,
    pub event: Event,
    /// The process, where several run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
}

/// What a fact says about an element. `before`: the instance it happened to, as it was; `repeats`: whether an activity is
/// done several times. Of such a one the turns are told, not the token that waits for them: one that was done no time is not
/// told, only what took it away before its first turn.
pub(super) fn read(fact: &Fact, before: &Instance, repeats: impl Fn(&NodeId) -> bool) -> Vec<(NodeId, Event)> {
    let without_turn = |token: &u64| before.repeats.get(token).is_some_and(|it| it.begun == 0);
    let Some((node, event)) = told(fact, before, repeats) else { return Vec::new() };
    let entered = match fact {
        Fact::Removed { token, .. } => without_turn(token),
        _ => false,
    };
    let first = entered.then(|| (node.clone(), Event::Entered));
    first.into_iter().chain([(node, event)]).collect()
}

fn told(fact: &Fact, before: &Instance, repeats: impl Fn(&NodeId) -> bool) -> Option<(NodeId, Event)> {
    let waits_for_turns = |token: &u64| before.repeats.get(token).is_some_and(|it| it.begun > 0);
    match fact {
        Fact::Entered { node, turn, .. } if *turn == repeats(node) => Some((node.clone(), Event::Entered)),
        Fact::Entered { .. } => None,
        Fact::Left { token, node } if !before.repeats.contains_key(token) => Some((node.clone(), Event::Completed)),
        Fact::Left { .. } => None,
        Fact::Removed { token, .. } if waits_for_turns(token) => None,
        Fact::Removed { token, .. } => match &before.tokens.get(token)?.at {
            Place::Node(node) => Some((node.clone(), Event::Cancelled)),
            Place::Flow(_) => None,
        },
        Fact::Compensated { node, .. } => Some((node.clone(), Event::Compensated)),
        Fact::IncidentRaised { node, .. } => Some((node.clone(), Event::Failed)),
        _ => None,
    }
}

/// A moment as the trace writes it.
pub(super) fn moment(at: Timestamp) -> String {
    at.to_string()
}
