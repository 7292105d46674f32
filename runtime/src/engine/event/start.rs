//! Start (BPMN 2.0.2 §10.5.2): at the first none start event, or where the input says. What starts it (a timer, a
//! message, a person, a trigger) is the server's business.

use serde_json::{Map, Value};

use super::super::Refusal;
use super::super::fact::Fact;
use super::super::input::Parent;
use super::super::instance::State;
use super::super::run::Run;
use crate::id::NodeId;
use crate::limits;

impl Run<'_> {
    pub(in super::super) fn start(
        &mut self,
        at: Option<NodeId>,
        vars: Map<String, Value>,
        parent: Option<Parent>,
    ) -> Result<(), Refusal> {
        match self.instance.state {
            State::New => {}
            State::Running | State::Suspended => return Err(Refusal::AlreadyStarted),
            State::Finished | State::Cancelled => return Err(Refusal::AlreadyEnded),
        }
        let nodes = match at {
            Some(it) if self.plan.node(&it).is_some_and(|it| it.parent.is_none()) => vec![it],
            Some(node) => return Err(Refusal::NoSuchNode { node }),
            None => self.plan.starts.get(&None).cloned().unwrap_or_default(),
        };
        if serde_json::to_vec(&vars).map_or(usize::MAX, |it| it.len()) > limits::INSTANCE_VARS_BYTES {
            return Err(Refusal::Limit { what: "variables".to_owned() });
        }
        self.emit(Fact::Started { by: self.context.actor.clone(), vars, parent });
        for node in nodes {
            self.enter(&node, None, None, None);
        }
        self.watch(None).map_err(|says| Refusal::CannotStart { says })
    }
}
