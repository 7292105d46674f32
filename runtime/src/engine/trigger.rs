//! What events wait for and what they throw (BPMN 2.0.2 §10.5.5), ready to be used.

use super::evaluate::Expr;
use crate::id::NodeId;

/// What a catching event waits for: any of its triggers, or (parallel multiple) all of them.
#[derive(Clone, Debug)]
pub(super) struct Wait {
    pub all: bool,
    pub triggers: Vec<Trigger>,
}

#[derive(Clone, Debug)]
pub(super) enum Trigger {
    Timer(When),
    /// By name; only those with this key. None: the record's id.
    Message {
        name: String,
        key: Option<Expr>,
    },
    Signal(String),
    /// None: every code.
    Error(Option<String>),
    /// None: every code.
    Escalation(Option<String>),
    Condition(Expr),
    Compensation,
    Cancel,
}

/// When a timer fires.
#[derive(Clone, Debug)]
pub(super) struct When {
    pub cycle: bool,
    pub text: Text,
}

/// A literal, or an expression giving one (written with `=`).
#[derive(Clone, Debug)]
pub(super) enum Text {
    Literal(String),
    Expr(Expr),
}

/// What a throwing event throws.
#[derive(Clone, Debug)]
pub(super) enum Throw {
    Message(Message),
    Signal {
        name: String,
        payload: Option<Expr>,
    },
    Error(String),
    Escalation(String),
    /// None: everything of the scope.
    Compensation {
        activity: Option<NodeId>,
        wait: bool,
    },
    Cancel,
    Terminate,
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub name: String,
    /// None: the record's id.
    pub key: Option<Expr>,
    pub payload: Option<Expr>,
}

impl Wait {
    pub(super) fn conditional(&self) -> bool {
        self.triggers.iter().any(|it| matches!(it, Trigger::Condition(_)))
    }

    pub(super) fn compensation(&self) -> bool {
        self.triggers.iter().any(|it| matches!(it, Trigger::Compensation))
    }

    pub(super) fn cancel(&self) -> bool {
        self.triggers.iter().any(|it| matches!(it, Trigger::Cancel))
    }
}
