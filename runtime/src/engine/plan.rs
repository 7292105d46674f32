//! A flow that can run: indexed, its expressions parsed. It owns all it needs, so an instance can go on with
//! the plan it began with after the catalog has changed. [`compile`](super::compile) makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evaluate::{Expr, Inline, Tools};
use super::notice::Notices;
use super::reach::Reach;
use crate::form::Form;
use crate::id::{FieldKey, FlowKey, NodeId, RoleKey, ScriptKey, TableKey};
use crate::model::flow::{Flow, NotifyMoment, UserTask};

/// Invariant: every node and flow that is named inside exists, every expression is parsed. Only
/// [`Plan::compile`] makes one, so look-ups by the engine's own ids need no error path.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) flow: Arc<Flow>,
    pub(super) nodes: BTreeMap<NodeId, Node>,
    pub(super) paths: BTreeMap<NodeId, Path>,
    /// Where the flow (none) and each subprocess begin.
    pub(super) starts: BTreeMap<Option<NodeId>, Vec<NodeId>>,
    pub(super) stage: Option<FieldKey>,
    /// Fields that hold one record's id.
    pub(super) refs: Vec<FieldKey>,
    /// The form, where changing a field changes a computed one; with the fields that do.
    pub(super) computing: Option<(Arc<Form>, BTreeSet<FieldKey>)>,
    pub(super) reach: Reach,
    /// Steps that must not be done by one person.
    pub(super) opposed: BTreeMap<NodeId, BTreeSet<NodeId>>,
    pub(super) notices: Arc<Notices>,
    pub(super) tools: Arc<Tools>,
}

/// A node with its surroundings.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub id: NodeId,
    pub name: String,
    pub stage: Option<String>,
    /// The subprocess it stands in.
    pub parent: Option<NodeId>,
    pub incoming: Vec<NodeId>,
    pub outgoing: Vec<NodeId>,
    /// Boundary events attached to it.
    pub boundary: Vec<NodeId>,
    pub assign: Vec<Assign>,
    pub notify: Vec<Notify>,
    /// The role of its lane.
    pub lane: Option<RoleKey>,
    pub kind: Kind,
}

/// A sequence flow.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub target: NodeId,
    pub condition: Option<Expr>,
}

/// What a node does.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Nothing: start events, `task`, `manualTask`, `sendTask`, a throw event without definition.
    Pass,
    End(End),
    User(Box<User>),
    Service(Option<Box<Call>>),
    Script(Option<Box<Program>>),
    Rule { table: TableKey, inputs: Vec<(String, Expr)>, output: String },
    Child { flow: FlowKey, inputs: Vec<(String, Expr)>, outputs: Vec<Assign> },
    Sub,
    /// Waits for something: catch events and receive tasks.
    Catch(Trigger),
    Boundary { host: NodeId, interrupting: bool, trigger: Trigger },
    Exclusive { default: Option<NodeId> },
    Inclusive { default: Option<NodeId> },
    Parallel,
    EventBased,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum End {
    Plain,
    Error(String),
    Terminate,
}

/// What a catching event waits for.
#[derive(Clone, Debug)]
pub(super) enum Trigger {
    Timer(When),
    /// By name.
    Message(String),
    Signal(String),
    /// None: every code.
    Error(Option<String>),
}

/// What a script task runs.
#[derive(Clone, Debug)]
pub(super) enum Program {
    /// A file of `scripts/`.
    File(ScriptKey),
    /// Statements at the task itself.
    Inline(Inline),
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

#[derive(Clone, Debug)]
pub(super) struct User {
    pub task: UserTask,
    pub department: Option<Expr>,
    pub user: Option<Expr>,
    pub due: Option<Text>,
    pub priority: Option<Text>,
    pub skip_when: Option<Expr>,
}

#[derive(Clone, Debug)]
pub(super) struct Call {
    pub plugin: String,
    pub function: String,
    pub input: Option<Expr>,
    pub input_script: Option<ScriptKey>,
    pub output: String,
}

#[derive(Clone, Debug)]
pub(super) struct Assign {
    pub target: Target,
    pub expr: Expr,
}

#[derive(Clone, Debug)]
pub(super) enum Target {
    Field(FieldKey),
    Var(String),
}

#[derive(Clone, Debug)]
pub(super) struct Notify {
    pub on: NotifyMoment,
    pub to: Vec<String>,
    pub notice: String,
}

impl Plan {
    /// The flow it was made from.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    pub(super) fn node(&self, id: &NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// True where the flow, or a subprocess, begins.
    pub(super) fn is_start(&self, id: &NodeId) -> bool {
        self.starts.values().any(|it| it.contains(id))
    }

    /// True for a gateway that waits for tokens of several incoming flows.
    pub(super) fn joins(&self, id: &NodeId) -> bool {
        self.node(id).is_some_and(|it| {
            it.incoming.len() > 1
                && match it.kind {
                    Kind::Parallel | Kind::Inclusive { .. } => true,
                    Kind::Pass
                    | Kind::End(_)
                    | Kind::User(_)
                    | Kind::Service(_)
                    | Kind::Script(_)
                    | Kind::Rule { .. }
                    | Kind::Child { .. }
                    | Kind::Sub
                    | Kind::Catch(_)
                    | Kind::Boundary { .. }
                    | Kind::Exclusive { .. }
                    | Kind::EventBased => false,
                }
        })
    }
}
