//! A flow that can run: indexed, its expressions parsed. It owns all it needs, so an instance can go on with
//! the plan it began with after the catalog has changed. [`compile`](super::compile) makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::evaluate::{Expr, Inline, Tools};
use super::notice::Notices;
use super::reach::Reach;
use super::trigger::{Text, Throw, Wait};
use crate::form::Form;
use crate::id::{FieldKey, FlowKey, NodeId, RoleKey, ScriptKey, TableKey};
use crate::model::flow::{Binding, Flow, NotifyMoment, UserTask};

/// Invariant: every node and flow that is named inside exists, every expression is parsed. Only
/// [`Plan::compile`] makes one, so look-ups by the engine's own ids need no error path.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) flow: Arc<Flow>,
    pub(super) nodes: BTreeMap<NodeId, Node>,
    pub(super) paths: BTreeMap<NodeId, Path>,
    /// Where the flow (none) and each subprocess begin.
    pub(super) starts: BTreeMap<Option<NodeId>, Vec<NodeId>>,
    /// Start events of event subprocesses, by the subprocess (none: the flow) they watch over.
    pub(super) event_starts: BTreeMap<Option<NodeId>, Vec<NodeId>>,
    /// Data objects by scope; they live as long as it.
    pub(super) data_objects: BTreeMap<Option<NodeId>, Vec<String>>,
    /// Names of data objects that expressions may have for them, each with the object's id.
    pub(super) data_names: Vec<(String, String)>,
    /// Whether anything waits for a condition.
    pub(super) conditional: bool,
    pub(super) stage: Option<FieldKey>,
    /// Fields that hold one record's id.
    pub(super) refs: Vec<FieldKey>,
    /// Fields that name people who do nothing with the record.
    pub(super) barred: Vec<FieldKey>,
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
    /// The flow taken when no other condition holds.
    pub default: Option<NodeId>,
    pub repeat: Option<Repetition>,
    /// What compensates it.
    pub handler: Option<NodeId>,
    /// Only compensation starts it.
    pub compensates: bool,
    /// It is left by all of its flows, and nothing is asked or computed on the way out.
    pub plain: bool,
    /// Tokens it takes to begin, and gives to each flow.
    pub quantity: (u32, u32),
    pub inputs: Vec<Association>,
    pub outputs: Vec<Association>,
    /// Those of its outputs that every turn gives by itself.
    pub turn_outputs: Vec<Association>,
    /// Data outputs it declares that associations carry out: they are its own, blank when it begins.
    pub own_outputs: Vec<String>,
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
    /// Tokens wait in it until several are there; see [`Plan::joins`].
    pub waits: bool,
    pub condition: Option<Expr>,
}

/// What a node does.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Nothing: start events, `task`, `manualTask`, plain events, a catching link.
    Pass,
    /// Throws, one after the other, then goes on.
    Throw(Vec<Throw>),
    /// A throwing link: goes on at the catching one.
    Link(NodeId),
    User(Box<User>),
    Service(Option<Box<Call>>),
    Script(Option<Box<Program>>),
    Rule {
        table: TableKey,
        inputs: Vec<(String, Expr)>,
        output: String,
    },
    Child(Box<Child>),
    /// A subprocess; `event`: one that an event starts.
    Sub {
        event: bool,
    },
    Transaction,
    AdHoc(Box<AdHoc>),
    /// Waits for something: catch events and receive tasks.
    Catch(Wait),
    Boundary {
        host: NodeId,
        interrupting: bool,
        wait: Wait,
    },
    /// The start event of the event subprocess `sub`.
    EventStart {
        sub: NodeId,
        interrupting: bool,
        wait: Wait,
    },
    Exclusive,
    Inclusive,
    Parallel,
    /// `parallel`: all its events must happen (only where it starts the flow).
    EventBased {
        parallel: bool,
    },
    Complex(Option<Expr>),
}

/// A call activity.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub flow: FlowKey,
    pub binding: Binding,
    pub inputs: Vec<(String, Expr)>,
    pub outputs: Vec<Assign>,
    pub interface: Option<Interface>,
}

/// The data inputs and outputs a call activity declares: by name here, and in the called flow.
#[derive(Clone, Debug)]
pub(super) struct Interface {
    pub inputs: Vec<(String, String)>,
    pub outputs: Vec<(String, String)>,
}

/// An ad-hoc subprocess.
#[derive(Clone, Debug)]
pub(super) struct AdHoc {
    pub sequential: bool,
    pub condition: Option<Expr>,
    pub cancel_remaining: bool,
}

/// How often an activity is done (BPMN 2.0.2 §10.3.8).
#[derive(Clone, Debug)]
pub(super) enum Repetition {
    /// Once, in a scope of its own, because it has data of its own.
    Once,
    Loop(Box<Again>),
    Many(Box<Many>),
}

/// A standard loop.
#[derive(Clone, Debug)]
pub(super) struct Again {
    /// The condition is tested before each turn, not after it.
    pub before: bool,
    pub condition: Option<Expr>,
    pub most: Option<Expr>,
}

/// A multi-instance activity.
#[derive(Clone, Debug)]
pub(super) struct Many {
    pub sequential: bool,
    pub count: Option<Expr>,
    pub collection: Option<Expr>,
    pub item: String,
    pub output: Option<Expr>,
    /// The turn's own data that an association fills and `output` is, no variable of the flow.
    pub own: Option<String>,
    pub into: Option<String>,
    pub done: Option<Expr>,
    /// Thrown when a turn ends, where the condition holds; `first`: only for the first.
    pub events: Vec<TurnEvent>,
}

/// An event that the end of a turn throws.
#[derive(Clone, Debug)]
pub(super) struct TurnEvent {
    pub first: bool,
    pub condition: Option<Expr>,
    pub throws: Vec<Throw>,
}

/// A data association (BPMN 2.0.2 §10.4.2): from a variable or an expression into a variable or a field.
#[derive(Clone, Debug)]
pub(super) struct Association {
    /// It carries out what the activity declares as its own.
    pub own: bool,
    pub from: Source,
    pub to: Target,
}

#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A data object, or another variable; blank if there is none.
    Var(String),
    Expr(Expr),
}

/// What a script task runs.
#[derive(Clone, Debug)]
pub(super) enum Program {
    /// A file of `scripts/`.
    File(ScriptKey),
    /// Statements at the task itself.
    Inline(Inline),
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

    /// How many nodes it has.
    pub(super) fn size(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, id: &NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// What a node is called; none: there is no such node.
    pub fn name(&self, id: &NodeId) -> Option<&str> {
        self.nodes.get(id).map(|it| it.name.as_str())
    }

    /// True where the flow, or a subprocess, begins.
    pub(super) fn is_start(&self, id: &NodeId) -> bool {
        self.starts.values().any(|it| it.contains(id))
    }

    /// True for a node whose tokens wait in its incoming flows until several are there.
    pub(super) fn joins(&self, id: &NodeId) -> bool {
        self.node(id).is_some_and(Node::joins)
    }

    /// Event subprocesses that watch over a scope: their start events.
    pub(super) fn watching(&self, scope: Option<&NodeId>) -> impl Iterator<Item = &Node> {
        let starts = self.event_starts.get(&scope.cloned());
        starts.into_iter().flatten().filter_map(|it| self.nodes.get(it))
    }
}

impl Node {
    /// See [`Plan::joins`].
    pub(super) fn joins(&self) -> bool {
        self.quantity.0 > 1 || (self.incoming.len() > 1 && self.kind.joins())
    }

    /// The boundary event that a cancelled transaction is left by.
    pub(super) fn cancel_event<'p>(&self, plan: &'p Plan) -> Option<&'p Node> {
        self.boundary.iter().filter_map(|it| plan.node(it)).find(|it| it.kind.wait().is_some_and(Wait::cancel))
    }
}

impl Kind {
    /// A gateway that takes several tokens at once.
    fn joins(&self) -> bool {
        matches!(self, Kind::Parallel | Kind::Inclusive | Kind::Complex(_))
    }

    /// What it waits for, if it catches something.
    pub(super) fn wait(&self) -> Option<&Wait> {
        if let Kind::Catch(it) | Kind::Boundary { wait: it, .. } | Kind::EventStart { wait: it, .. } = self {
            Some(it)
        } else {
            None
        }
    }

    /// Whether it takes away what it is attached to, or watches over.
    pub(super) fn interrupts(&self) -> bool {
        matches!(self, Kind::Boundary { interrupting: true, .. } | Kind::EventStart { interrupting: true, .. })
    }

    /// A subprocess of any kind.
    pub(super) fn has_inside(&self) -> bool {
        matches!(self, Kind::Sub { .. } | Kind::Transaction | Kind::AdHoc(_))
    }
}
