//! The kinds of nodes a person chooses from, and what each looks like: [`Kind`] is flat where the model nests
//! (a timer boundary event is one thing to a person).

use runtime::model::flow::{Binding, ElementKind, EventDefinition, UserTask};

/// What a person picks in the palette or the replace menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Start,
    StartTimer,
    StartMessage,
    End,
    EndError,
    EndTerminate,
    CatchTimer,
    CatchMessage,
    Throw,
    UserTask,
    ServiceTask,
    ScriptTask,
    SendTask,
    ReceiveTask,
    RuleTask,
    Task,
    CallActivity,
    SubProcess,
    EventSubProcess,
    Exclusive,
    Inclusive,
    Parallel,
    EventBased,
    BoundaryTimer,
    BoundaryError,
    BoundaryMessage,
    Note,
    /// Kept and drawn, not offered: an event definition or gateway the palette does not have.
    Other(Family),
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
    Note,
}

impl Kind {
    /// In the order of the palette.
    pub const PALETTE: &[Kind] = &[
        Kind::Start, Kind::StartTimer, Kind::StartMessage, Kind::UserTask, Kind::ServiceTask, Kind::ScriptTask, Kind::RuleTask,
        Kind::SendTask, Kind::ReceiveTask, Kind::CallActivity, Kind::SubProcess, Kind::Exclusive, Kind::Inclusive,
        Kind::Parallel, Kind::EventBased, Kind::CatchTimer, Kind::CatchMessage, Kind::Throw, Kind::BoundaryTimer,
        Kind::BoundaryMessage, Kind::BoundaryError, Kind::End, Kind::EndError, Kind::EndTerminate, Kind::Note,
    ];

    /// What an element is; `None` for a sequence flow and what is not drawn.
    pub fn of(kind: &ElementKind) -> Option<Kind> {
        use EventDefinition as Def;
        Some(match kind {
            ElementKind::SequenceFlow { .. } => return None,
            ElementKind::StartEvent { event_definition, .. } => match event_definition {
                None => Kind::Start,
                Some(Def::Timer { .. }) => Kind::StartTimer,
                Some(Def::Message { .. }) => Kind::StartMessage,
                Some(_) => Kind::Other(Family::Start),
            },
            ElementKind::EndEvent { event_definition } => match event_definition {
                None => Kind::End,
                Some(Def::Error { .. }) => Kind::EndError,
                Some(Def::Terminate {}) => Kind::EndTerminate,
                Some(_) => Kind::Other(Family::End),
            },
            ElementKind::IntermediateCatchEvent { event_definition } => match event_definition {
                Def::Timer { .. } => Kind::CatchTimer,
                Def::Message { .. } => Kind::CatchMessage,
                Def::Signal { .. } | Def::Error { .. } | Def::Escalation { .. } | Def::Conditional { .. }
                | Def::Compensate { .. } | Def::Cancel {} | Def::Link { .. } | Def::Terminate {} | Def::Multiple { .. } => Kind::Other(Family::Intermediate),
            },
            ElementKind::IntermediateThrowEvent { event_definition } => match event_definition {
                None => Kind::Throw,
                Some(_) => Kind::Other(Family::Intermediate),
            },
            ElementKind::BoundaryEvent { event_definition, .. } => match event_definition {
                Def::Timer { .. } => Kind::BoundaryTimer,
                Def::Error { .. } => Kind::BoundaryError,
                Def::Message { .. } => Kind::BoundaryMessage,
                Def::Signal { .. } | Def::Escalation { .. } | Def::Conditional { .. } | Def::Compensate { .. }
                | Def::Cancel {} | Def::Link { .. } | Def::Terminate {} | Def::Multiple { .. } => Kind::Other(Family::Boundary),
            },
            ElementKind::UserTask(_) => Kind::UserTask,
            ElementKind::Task {} => Kind::Task,
            ElementKind::ServiceTask { .. } => Kind::ServiceTask,
            ElementKind::ScriptTask { .. } => Kind::ScriptTask,
            ElementKind::SendTask { .. } => Kind::SendTask,
            ElementKind::ReceiveTask { .. } => Kind::ReceiveTask,
            ElementKind::BusinessRuleTask { .. } => Kind::RuleTask,
            ElementKind::CallActivity { .. } => Kind::CallActivity,
            ElementKind::SubProcess { triggered_by_event: false, .. } => Kind::SubProcess,
            ElementKind::SubProcess { triggered_by_event: true, .. } => Kind::EventSubProcess,
            ElementKind::ExclusiveGateway {} => Kind::Exclusive,
            ElementKind::InclusiveGateway {} => Kind::Inclusive,
            ElementKind::ParallelGateway {} => Kind::Parallel,
            ElementKind::EventBasedGateway { .. } => Kind::EventBased,
            ElementKind::ManualTask {} => Kind::Other(Family::Activity),
            ElementKind::Transaction { .. } | ElementKind::AdHocSubProcess { .. } => Kind::Other(Family::Sub),
            ElementKind::ComplexGateway { .. } => Kind::Other(Family::Gateway),
            ElementKind::TextAnnotation { .. } => Kind::Note,
            // Not drawn yet; kept.
            ElementKind::Association { .. }
            | ElementKind::Group { .. }
            | ElementKind::DataObject { .. }
            | ElementKind::DataObjectReference { .. }
            | ElementKind::DataStoreReference { .. } => return None,
        })
    }

    pub fn family(self) -> Family {
        match self {
            Kind::Start | Kind::StartTimer | Kind::StartMessage => Family::Start,
            Kind::End | Kind::EndError | Kind::EndTerminate => Family::End,
            Kind::CatchTimer | Kind::CatchMessage | Kind::Throw => Family::Intermediate,
            Kind::BoundaryTimer | Kind::BoundaryError | Kind::BoundaryMessage => Family::Boundary,
            Kind::UserTask | Kind::ServiceTask | Kind::ScriptTask | Kind::SendTask | Kind::ReceiveTask | Kind::RuleTask
            | Kind::Task | Kind::CallActivity => Family::Activity,
            Kind::SubProcess | Kind::EventSubProcess => Family::Sub,
            Kind::Exclusive | Kind::Inclusive | Kind::Parallel | Kind::EventBased => Family::Gateway,
            Kind::Note => Family::Note,
            Kind::Other(family) => family,
        }
    }

    /// Width and height of a new one.
    pub fn size(self) -> (f64, f64) {
        match self.family() {
            Family::Start | Family::Intermediate | Family::End | Family::Boundary => (36.0, 36.0),
            Family::Activity => (120.0, 80.0),
            Family::Sub => (360.0, 200.0),
            Family::Gateway => (50.0, 50.0),
            Family::Note => (140.0, 50.0),
        }
    }

    /// A fresh element of this kind attached (for boundary events) to `host`. `message` and `error` are ids of
    /// definitions that exist. `None` for what cannot be made.
    pub fn make(self, host: Option<&str>, message: &str, error: Option<&str>) -> Option<ElementKind> {
        use EventDefinition as Def;
        let timer = || Def::Timer { time_date: None, time_duration: Some("PT1H".to_owned()), time_cycle: None };
        let cycle = || Def::Timer { time_date: None, time_duration: None, time_cycle: Some("R/P1D".to_owned()) };
        let message = || Def::Message { message_ref: message.to_owned(), correlation: None, payload: None };
        let error = || Def::Error { error_ref: error.map(str::to_owned) };
        let boundary = |event_definition| {
            host.map(|it| ElementKind::BoundaryEvent { attached_to_ref: it.into(), cancel_activity: true, event_definition })
        };
        Some(match self {
            Kind::Start => ElementKind::StartEvent { event_definition: None, is_interrupting: true },
            Kind::StartTimer => ElementKind::StartEvent { event_definition: Some(cycle()), is_interrupting: true },
            Kind::StartMessage => ElementKind::StartEvent { event_definition: Some(message()), is_interrupting: true },
            Kind::End => ElementKind::EndEvent { event_definition: None },
            Kind::EndError => ElementKind::EndEvent { event_definition: Some(error()) },
            Kind::EndTerminate => ElementKind::EndEvent { event_definition: Some(Def::Terminate {}) },
            Kind::CatchTimer => ElementKind::IntermediateCatchEvent { event_definition: timer() },
            Kind::CatchMessage => ElementKind::IntermediateCatchEvent { event_definition: message() },
            Kind::Throw => ElementKind::IntermediateThrowEvent { event_definition: None },
            Kind::BoundaryTimer => return boundary(timer()),
            Kind::BoundaryError => return boundary(error()),
            Kind::BoundaryMessage => return boundary(message()),
            Kind::UserTask => ElementKind::UserTask(Box::new(UserTask::default())),
            Kind::ServiceTask => ElementKind::ServiceTask { call: None },
            Kind::ScriptTask => ElementKind::ScriptTask { script: None, source: None },
            Kind::SendTask => ElementKind::SendTask { message_ref: None, correlation: None, payload: None },
            Kind::ReceiveTask => ElementKind::ReceiveTask { message_ref: None, instantiate: false, correlation: None },
            Kind::RuleTask => ElementKind::BusinessRuleTask { table: "".into(), inputs: Vec::new(), output: "decision".to_owned() },
            Kind::Task => ElementKind::Task {},
            Kind::CallActivity => ElementKind::CallActivity { called_element: "".into(), binding: Binding::Latest, inputs: Vec::new(), outputs: Vec::new() },
            Kind::SubProcess => ElementKind::SubProcess { triggered_by_event: false, flow_elements: Vec::new() },
            Kind::EventSubProcess => ElementKind::SubProcess { triggered_by_event: true, flow_elements: Vec::new() },
            Kind::Exclusive => ElementKind::ExclusiveGateway {},
            Kind::Inclusive => ElementKind::InclusiveGateway {},
            Kind::Parallel => ElementKind::ParallelGateway {},
            Kind::EventBased => ElementKind::EventBasedGateway { instantiate: false, parallel: false },
            Kind::Note => ElementKind::TextAnnotation { text: String::new() },
            Kind::Other(_) => return None,
        })
    }

    /// What this kind can be turned into, itself left out. What both have stays.
    pub fn replacements(self) -> Vec<Kind> {
        let all: &[Kind] = match self.family() {
            Family::Start => &[Kind::Start, Kind::StartTimer, Kind::StartMessage],
            Family::End => &[Kind::End, Kind::EndError, Kind::EndTerminate],
            Family::Intermediate => &[Kind::CatchTimer, Kind::CatchMessage, Kind::Throw],
            Family::Boundary => &[Kind::BoundaryTimer, Kind::BoundaryMessage, Kind::BoundaryError],
            Family::Activity => &[
                Kind::UserTask, Kind::ServiceTask, Kind::ScriptTask, Kind::RuleTask, Kind::SendTask, Kind::ReceiveTask,
                Kind::CallActivity, Kind::Task,
            ],
            Family::Gateway => &[Kind::Exclusive, Kind::Inclusive, Kind::Parallel, Kind::EventBased],
            Family::Sub => &[Kind::SubProcess, Kind::EventSubProcess],
            Family::Note => &[],
        };
        all.iter().copied().filter(|it| *it != self).collect()
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
            Family::Note => "note",
        }
    }
}

impl Family {
    /// The name stands outside the shape.
    pub fn outside_label(self) -> bool {
        matches!(self, Family::Start | Family::Intermediate | Family::End | Family::Boundary | Family::Gateway)
    }

    /// Boundary events can sit on it.
    pub fn hosts(self) -> bool {
        matches!(self, Family::Activity | Family::Sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_offered_can_be_made_and_is_recognised() {
        for kind in Kind::PALETTE {
            let made = kind.make(Some("host"), "m", None).expect("offered");
            assert_eq!(Kind::of(&made), Some(*kind));
            for other in kind.replacements() {
                assert_eq!(other.family(), kind.family());
            }
        }
        assert!(Kind::BoundaryTimer.make(None, "m", None).is_none());
    }
}
