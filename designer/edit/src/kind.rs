//! The kinds of nodes a person chooses from, and what each looks like: [`Kind`] is flat where the model nests
//! (a timer boundary event is one thing to a person).

use runtime::model::flow::{AdHocOrdering, Binding, ElementKind, EventDefinition};

/// What an event waits for or throws (BPMN 2.0.2 §10.5.5), as the sign inside it tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trigger {
    None,
    Timer,
    Message,
    Signal,
    Error,
    Escalation,
    Conditional,
    Compensate,
    Cancel,
    Link,
    Terminate,
    Multiple,
    ParallelMultiple,
}

impl Trigger {
    fn of(definition: &EventDefinition) -> Trigger {
        match definition {
            EventDefinition::Timer { .. } => Trigger::Timer,
            EventDefinition::Message { .. } => Trigger::Message,
            EventDefinition::Signal { .. } => Trigger::Signal,
            EventDefinition::Error { .. } => Trigger::Error,
            EventDefinition::Escalation { .. } => Trigger::Escalation,
            EventDefinition::Conditional { .. } => Trigger::Conditional,
            EventDefinition::Compensate { .. } => Trigger::Compensate,
            EventDefinition::Cancel {} => Trigger::Cancel,
            EventDefinition::Link { .. } => Trigger::Link,
            EventDefinition::Terminate {} => Trigger::Terminate,
            EventDefinition::Multiple { parallel: false, .. } => Trigger::Multiple,
            EventDefinition::Multiple { parallel: true, .. } => Trigger::ParallelMultiple,
        }
    }

    fn of_optional(definition: Option<&EventDefinition>) -> Trigger {
        definition.map_or(Trigger::None, Trigger::of)
    }

    /// A fresh definition; `catches` rather than throws.
    fn make(self, roots: &Roots, catches: bool) -> Option<EventDefinition> {
        use EventDefinition as Def;
        let timer = || Def::Timer { time_date: None, time_duration: Some("PT1H".to_owned()), time_cycle: None };
        let message = || Def::Message { message_ref: roots.message.clone(), correlation: None, payload: None };
        let signal = || Def::Signal { signal_ref: roots.signal.clone(), payload: None };
        let both = |parallel| Def::Multiple {
            parallel,
            event_definitions: vec![message(), if catches { timer() } else { signal() }],
        };
        Some(match self {
            Trigger::None => return None,
            Trigger::Timer => timer(),
            Trigger::Message => message(),
            Trigger::Signal => signal(),
            Trigger::Error => Def::Error { error_ref: None },
            Trigger::Escalation => Def::Escalation { escalation_ref: None },
            Trigger::Conditional => Def::Conditional { condition: "false".to_owned() },
            Trigger::Compensate => Def::Compensate { activity_ref: None, wait_for_completion: true },
            Trigger::Cancel => Def::Cancel {},
            Trigger::Link => Def::Link { name: "A".to_owned() },
            Trigger::Terminate => Def::Terminate {},
            Trigger::Multiple => both(false),
            Trigger::ParallelMultiple => both(true),
        })
    }

    fn needs_message(self) -> bool {
        matches!(self, Trigger::Message | Trigger::Multiple | Trigger::ParallelMultiple)
    }

    fn needs_signal(self) -> bool {
        matches!(self, Trigger::Signal | Trigger::Multiple | Trigger::ParallelMultiple)
    }
}

/// Ids of definitions of the flow that a fresh event may name.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    pub message: String,
    pub signal: String,
}

/// What a person picks in the palette or the replace menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Start(Trigger),
    Catch(Trigger),
    Throw(Trigger),
    Boundary(Trigger),
    End(Trigger),
    UserTask,
    ManualTask,
    ServiceTask,
    ScriptTask,
    RuleTask,
    SendTask,
    ReceiveTask,
    Task,
    CallActivity,
    SubProcess,
    EventSubProcess,
    Transaction,
    AdHoc,
    Exclusive,
    Parallel,
    Inclusive,
    EventBased,
    Complex,
    DataObject,
    DataStore,
    Group,
    Lane,
    Pool,
    Note,
}

/// What a node is drawn as and connected like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Start,
    Intermediate,
    End,
    Boundary,
    Activity,
    Sub,
    Gateway,
    Data,
    Group,
    Lane,
    Pool,
    Note,
}

/// A heading of the palette and of the menu that adds anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What most flows are made of.
    Common,
    Tasks,
    Gateways,
    Starts,
    Intermediates,
    Boundaries,
    Ends,
    Subs,
    Data,
}

const STARTS: &[Kind] = &[
    Kind::Start(Trigger::None),
    Kind::Start(Trigger::Timer),
    Kind::Start(Trigger::Message),
    Kind::Start(Trigger::Signal),
    Kind::Start(Trigger::Conditional),
    Kind::Start(Trigger::Multiple),
    Kind::Start(Trigger::ParallelMultiple),
];

/// Further starts of event subprocesses (BPMN 2.0.2, Table 10.86).
const INNER_STARTS: &[Kind] =
    &[Kind::Start(Trigger::Error), Kind::Start(Trigger::Escalation), Kind::Start(Trigger::Compensate)];

const INTERMEDIATES: &[Kind] = &[
    Kind::Catch(Trigger::Timer),
    Kind::Catch(Trigger::Message),
    Kind::Catch(Trigger::Signal),
    Kind::Catch(Trigger::Conditional),
    Kind::Catch(Trigger::Link),
    Kind::Catch(Trigger::Multiple),
    Kind::Catch(Trigger::ParallelMultiple),
    Kind::Throw(Trigger::None),
    Kind::Throw(Trigger::Message),
    Kind::Throw(Trigger::Signal),
    Kind::Throw(Trigger::Escalation),
    Kind::Throw(Trigger::Compensate),
    Kind::Throw(Trigger::Link),
    Kind::Throw(Trigger::Multiple),
];

const BOUNDARIES: &[Kind] = &[
    Kind::Boundary(Trigger::Timer),
    Kind::Boundary(Trigger::Message),
    Kind::Boundary(Trigger::Error),
    Kind::Boundary(Trigger::Escalation),
    Kind::Boundary(Trigger::Signal),
    Kind::Boundary(Trigger::Conditional),
    Kind::Boundary(Trigger::Compensate),
    Kind::Boundary(Trigger::Cancel),
    Kind::Boundary(Trigger::Multiple),
    Kind::Boundary(Trigger::ParallelMultiple),
];

const ENDS: &[Kind] = &[
    Kind::End(Trigger::None),
    Kind::End(Trigger::Terminate),
    Kind::End(Trigger::Message),
    Kind::End(Trigger::Error),
    Kind::End(Trigger::Escalation),
    Kind::End(Trigger::Signal),
    Kind::End(Trigger::Compensate),
    Kind::End(Trigger::Cancel),
    Kind::End(Trigger::Multiple),
];

const TASKS: &[Kind] = &[
    Kind::UserTask,
    Kind::ServiceTask,
    Kind::ScriptTask,
    Kind::RuleTask,
    Kind::SendTask,
    Kind::ReceiveTask,
    Kind::ManualTask,
    Kind::Task,
    Kind::CallActivity,
];

const SUBS: &[Kind] = &[Kind::SubProcess, Kind::EventSubProcess, Kind::Transaction, Kind::AdHoc];

const GATEWAYS: &[Kind] = &[Kind::Exclusive, Kind::Parallel, Kind::Inclusive, Kind::EventBased, Kind::Complex];

impl Kind {
    /// In the order of the palette. What is common comes again under its own heading.
    pub const GROUPS: &[(Group, &[Kind])] = &[
        (
            Group::Common,
            &[
                Kind::Start(Trigger::None),
                Kind::UserTask,
                Kind::Exclusive,
                Kind::Parallel,
                Kind::Boundary(Trigger::Timer),
                Kind::Catch(Trigger::Timer),
                Kind::SendTask,
                Kind::SubProcess,
                Kind::End(Trigger::None),
                Kind::Note,
            ],
        ),
        (Group::Tasks, TASKS),
        (Group::Gateways, GATEWAYS),
        (Group::Starts, STARTS),
        (Group::Intermediates, INTERMEDIATES),
        (Group::Boundaries, BOUNDARIES),
        (Group::Ends, ENDS),
        (Group::Subs, SUBS),
        (Group::Data, &[Kind::Pool, Kind::Lane, Kind::DataObject, Kind::DataStore, Kind::Group, Kind::Note]),
    ];

    /// Every kind, each once.
    pub fn all() -> Vec<Kind> {
        let mut all: Vec<Kind> = Self::GROUPS.iter().flat_map(|it| it.1).chain(INNER_STARTS).copied().collect();
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|it| seen.insert(*it));
        all
    }

    /// What an element is; `None` for lines and what is not drawn.
    pub fn of(kind: &ElementKind) -> Option<Kind> {
        Some(match kind {
            // A data object is drawn by the references to it.
            ElementKind::SequenceFlow { .. } | ElementKind::Association { .. } | ElementKind::DataObject { .. } => {
                return None;
            }
            ElementKind::StartEvent { event_definition, .. } => {
                Kind::Start(Trigger::of_optional(event_definition.as_ref()))
            }
            ElementKind::EndEvent { event_definition } => Kind::End(Trigger::of_optional(event_definition.as_ref())),
            ElementKind::IntermediateThrowEvent { event_definition } => {
                Kind::Throw(Trigger::of_optional(event_definition.as_ref()))
            }
            ElementKind::IntermediateCatchEvent { event_definition } => Kind::Catch(Trigger::of(event_definition)),
            ElementKind::BoundaryEvent { event_definition, .. } => Kind::Boundary(Trigger::of(event_definition)),
            ElementKind::UserTask(_) => Kind::UserTask,
            ElementKind::Task {} => Kind::Task,
            ElementKind::ManualTask {} => Kind::ManualTask,
            ElementKind::ServiceTask { .. } => Kind::ServiceTask,
            ElementKind::ScriptTask { .. } => Kind::ScriptTask,
            ElementKind::SendTask { .. } => Kind::SendTask,
            ElementKind::ReceiveTask { .. } => Kind::ReceiveTask,
            ElementKind::BusinessRuleTask { .. } => Kind::RuleTask,
            ElementKind::CallActivity { .. } => Kind::CallActivity,
            ElementKind::SubProcess { triggered_by_event: false, .. } => Kind::SubProcess,
            ElementKind::SubProcess { triggered_by_event: true, .. } => Kind::EventSubProcess,
            ElementKind::Transaction { .. } => Kind::Transaction,
            ElementKind::AdHocSubProcess { .. } => Kind::AdHoc,
            ElementKind::ExclusiveGateway {} => Kind::Exclusive,
            ElementKind::InclusiveGateway {} => Kind::Inclusive,
            ElementKind::ParallelGateway {} => Kind::Parallel,
            ElementKind::EventBasedGateway { .. } => Kind::EventBased,
            ElementKind::ComplexGateway { .. } => Kind::Complex,
            ElementKind::DataObjectReference { .. } => Kind::DataObject,
            ElementKind::DataStoreReference { .. } => Kind::DataStore,
            ElementKind::TextAnnotation { .. } => Kind::Note,
            ElementKind::Group { .. } => Kind::Group,
        })
    }

    pub fn family(self) -> Family {
        match self {
            Kind::Start(_) => Family::Start,
            Kind::Catch(_) | Kind::Throw(_) => Family::Intermediate,
            Kind::Boundary(_) => Family::Boundary,
            Kind::End(_) => Family::End,
            Kind::UserTask
            | Kind::ManualTask
            | Kind::ServiceTask
            | Kind::ScriptTask
            | Kind::RuleTask
            | Kind::SendTask
            | Kind::ReceiveTask
            | Kind::Task
            | Kind::CallActivity => Family::Activity,
            Kind::SubProcess | Kind::EventSubProcess | Kind::Transaction | Kind::AdHoc => Family::Sub,
            Kind::Exclusive | Kind::Inclusive | Kind::Parallel | Kind::EventBased | Kind::Complex => Family::Gateway,
            Kind::DataObject | Kind::DataStore => Family::Data,
            Kind::Group => Family::Group,
            Kind::Lane => Family::Lane,
            Kind::Pool => Family::Pool,
            Kind::Note => Family::Note,
        }
    }

    /// What an event waits for or throws; [`Trigger::None`] for everything else.
    pub fn trigger(self) -> Trigger {
        match self {
            Kind::Start(it) | Kind::Catch(it) | Kind::Throw(it) | Kind::Boundary(it) | Kind::End(it) => it,
            Kind::UserTask
            | Kind::ManualTask
            | Kind::ServiceTask
            | Kind::ScriptTask
            | Kind::RuleTask
            | Kind::SendTask
            | Kind::ReceiveTask
            | Kind::Task
            | Kind::CallActivity
            | Kind::SubProcess
            | Kind::EventSubProcess
            | Kind::Transaction
            | Kind::AdHoc
            | Kind::Exclusive
            | Kind::Parallel
            | Kind::Inclusive
            | Kind::EventBased
            | Kind::Complex
            | Kind::DataObject
            | Kind::DataStore
            | Kind::Group
            | Kind::Lane
            | Kind::Pool
            | Kind::Note => Trigger::None,
        }
    }

    /// The event throws: its sign is filled.
    pub fn throws(self) -> bool {
        matches!(self, Kind::Throw(_) | Kind::End(_))
    }

    /// It may follow an event gateway (§10.6.6).
    pub fn waits(self) -> bool {
        match self {
            Kind::Catch(it) => it != Trigger::Link,
            it => it == Kind::ReceiveTask,
        }
    }

    /// Beside the flow: no token ever stands there.
    pub fn aside(self) -> bool {
        self.family().aside()
    }

    /// It can be chosen somewhere: not every event may wait or throw everything.
    pub fn is_offered(self) -> bool {
        Self::GROUPS.iter().any(|it| it.1.contains(&self)) || INNER_STARTS.contains(&self)
    }

    /// Width and height of a new one.
    pub fn size(self) -> (f64, f64) {
        match self.family() {
            Family::Start | Family::Intermediate | Family::End | Family::Boundary => (36.0, 36.0),
            Family::Activity => (100.0, 80.0),
            Family::Sub => (350.0, 200.0),
            Family::Gateway => (50.0, 50.0),
            Family::Data if self == Kind::DataStore => (50.0, 50.0),
            Family::Data => (36.0, 50.0),
            Family::Group => (300.0, 200.0),
            Family::Lane => (600.0, 150.0),
            Family::Pool => (600.0, crate::pools::BAND),
            Family::Note => (120.0, 50.0),
        }
    }

    /// Which definitions of the flow a fresh one names: a message, a signal.
    pub fn needs(self) -> (bool, bool) {
        (self.trigger().needs_message(), self.trigger().needs_signal())
    }

    /// A fresh element of this kind attached (for boundary events) to `host`. `None` for what is no element: lanes and pools.
    pub fn make(self, host: Option<&str>, roots: &Roots) -> Option<ElementKind> {
        Some(match self {
            Kind::Start(Trigger::Timer) => {
                let cycle = EventDefinition::Timer {
                    time_date: None,
                    time_duration: None,
                    time_cycle: Some("R/P1D".to_owned()),
                };
                ElementKind::StartEvent { event_definition: Some(cycle), is_interrupting: true }
            }
            Kind::Start(it) => {
                ElementKind::StartEvent { event_definition: it.make(roots, true), is_interrupting: true }
            }
            Kind::Catch(it) => ElementKind::IntermediateCatchEvent { event_definition: it.make(roots, true)? },
            Kind::Throw(it) => ElementKind::IntermediateThrowEvent { event_definition: it.make(roots, false) },
            Kind::Boundary(it) => ElementKind::BoundaryEvent {
                attached_to_ref: host?.into(),
                cancel_activity: true,
                event_definition: it.make(roots, true)?,
            },
            Kind::End(it) => ElementKind::EndEvent { event_definition: it.make(roots, false) },
            Kind::UserTask => ElementKind::UserTask(Box::default()),
            Kind::ManualTask => ElementKind::ManualTask {},
            Kind::ServiceTask => ElementKind::ServiceTask { call: None },
            Kind::ScriptTask => ElementKind::ScriptTask { script: None, source: None },
            Kind::SendTask => ElementKind::SendTask { message_ref: None, correlation: None, payload: None },
            Kind::ReceiveTask => ElementKind::ReceiveTask { message_ref: None, instantiate: false, correlation: None },
            Kind::RuleTask => {
                ElementKind::BusinessRuleTask { table: "".into(), inputs: Vec::new(), output: "decision".to_owned() }
            }
            Kind::Task => ElementKind::Task {},
            Kind::CallActivity => ElementKind::CallActivity {
                called_element: "".into(),
                binding: Binding::Latest,
                inputs: Vec::new(),
                outputs: Vec::new(),
            },
            Kind::SubProcess => ElementKind::SubProcess { triggered_by_event: false, flow_elements: Vec::new() },
            Kind::EventSubProcess => ElementKind::SubProcess { triggered_by_event: true, flow_elements: Vec::new() },
            Kind::Transaction => ElementKind::Transaction { flow_elements: Vec::new() },
            Kind::AdHoc => ElementKind::AdHocSubProcess {
                ordering: AdHocOrdering::Parallel,
                completion_condition: None,
                cancel_remaining_instances: true,
                flow_elements: Vec::new(),
            },
            Kind::Exclusive => ElementKind::ExclusiveGateway {},
            Kind::Inclusive => ElementKind::InclusiveGateway {},
            Kind::Parallel => ElementKind::ParallelGateway {},
            Kind::EventBased => ElementKind::EventBasedGateway { instantiate: false, parallel: false },
            Kind::Complex => ElementKind::ComplexGateway { activation_condition: None },
            Kind::DataObject => ElementKind::DataObjectReference { data_object_ref: None },
            Kind::DataStore => ElementKind::DataStoreReference { data_store_ref: None },
            Kind::Note => ElementKind::TextAnnotation { text: String::new() },
            Kind::Group => ElementKind::Group { category_value_ref: None },
            Kind::Lane | Kind::Pool => return None,
        })
    }

    /// What this kind can be turned into, itself left out. What both have stays.
    pub fn replacements(self) -> Vec<Kind> {
        let all: Vec<Kind> = match self.family() {
            Family::Start => STARTS.iter().chain(INNER_STARTS).copied().collect(),
            Family::End => ENDS.to_vec(),
            Family::Intermediate => INTERMEDIATES.to_vec(),
            Family::Boundary => BOUNDARIES.to_vec(),
            // A task and a subprocess can stand for each other.
            Family::Activity => TASKS.iter().chain([&Kind::SubProcess]).copied().collect(),
            Family::Gateway => GATEWAYS.to_vec(),
            // One started by its own event has no ways a task could stand in.
            Family::Sub if self == Kind::EventSubProcess => SUBS.to_vec(),
            Family::Sub => SUBS.iter().chain(TASKS).copied().collect(),
            Family::Data => vec![Kind::DataObject, Kind::DataStore],
            Family::Group | Family::Lane | Family::Pool | Family::Note => Vec::new(),
        };
        all.into_iter().filter(|it| *it != self).collect()
    }

    /// The slug new ids begin with.
    pub fn slug(self) -> &'static str {
        match self.family() {
            Family::Start => "start",
            Family::End => "end",
            Family::Intermediate | Family::Boundary => "event",
            Family::Activity => "task",
            Family::Sub => "sub",
            Family::Gateway => "gateway",
            Family::Data => "data",
            Family::Group => "group",
            Family::Lane => "lane",
            Family::Pool => "pool",
            Family::Note => "note",
        }
    }
}

impl Family {
    /// The name stands outside the shape.
    pub fn outside_label(self) -> bool {
        matches!(
            self,
            Family::Start | Family::Intermediate | Family::End | Family::Boundary | Family::Gateway | Family::Data
        )
    }

    /// Boundary events can sit on it.
    pub fn hosts(self) -> bool {
        matches!(self, Family::Activity | Family::Sub)
    }

    /// Drawn behind what stands on it, and not in the way of anything.
    pub fn area(self) -> bool {
        matches!(self, Family::Sub | Family::Group | Family::Lane | Family::Pool)
    }

    /// Beside the flow: no token ever stands there.
    pub fn aside(self) -> bool {
        matches!(self, Family::Data | Family::Group | Family::Lane | Family::Pool | Family::Note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_offered_can_be_made_and_is_recognised() {
        let roots = Roots { message: "m".to_owned(), signal: "s".to_owned() };
        for kind in Kind::all() {
            match kind.make(Some("host"), &roots) {
                Some(made) => assert_eq!(Kind::of(&made), Some(kind)),
                None => assert!(matches!(kind, Kind::Lane | Kind::Pool)),
            }
            for other in kind.replacements() {
                assert!(other.family() == kind.family() || kind.family().hosts() && other.family().hosts());
            }
        }
        assert!(Kind::Boundary(Trigger::Timer).make(None, &roots).is_none());
        assert!(Kind::all().len() > 60);
    }
}
