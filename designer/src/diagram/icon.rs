//! The small signs inside nodes, as path data on a box of their own: 18 × 18 around the origin for events and
//! gateways, 16 × 16 from the origin for tasks, 12 × 12 around the origin for marks.

use edit::kind::{Kind, Trigger};
use edit::scene::Repeat;

/// Sign of an event, centred at the origin.
pub fn event(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::None => "",
        Trigger::Timer => "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0 -18 0M0 -6V0L4 2.5M0 -9v2M0 9v-2M-9 0h2M9 0h-2",
        Trigger::Message => "M-9 -6H9V6H-9ZM-9 -6L0 1L9 -6",
        Trigger::Signal => "M0 -9L8.5 6H-8.5Z",
        Trigger::Error => "M-8 7L-3 -7L3 2L8 -7L3 7L-3 -2Z",
        Trigger::Escalation => "M0 -9L6.5 8L0 1.5L-6.5 8Z",
        Trigger::Conditional => "M-7 -9H7V9H-7ZM-4.5 -5.5H4.5M-4.5 -2H4.5M-4.5 1.5H4.5M-4.5 5H4.5",
        Trigger::Compensate => "M0 -6V6L-9 0ZM9 -6V6L0 0Z",
        Trigger::Cancel => "M-7 -4.5L-4.5 -7L0 -2.5L4.5 -7L7 -4.5L2.5 0L7 4.5L4.5 7L0 2.5L-4.5 7L-7 4.5L-2.5 0Z",
        Trigger::Link => "M-8 -3.5H2V-7.5L9 0L2 7.5V3.5H-8Z",
        Trigger::Terminate => "M-9.5 0a9.5 9.5 0 1 0 19 0a9.5 9.5 0 1 0 -19 0Z",
        Trigger::Multiple => "M0 -9L8.6 -2.8L5.3 7.3H-5.3L-8.6 -2.8Z",
        Trigger::ParallelMultiple => "M-2.5 -9H2.5V-2.5H9V2.5H2.5V9H-2.5V2.5H-9V-2.5H-2.5Z",
    }
}

/// Sign of a gateway, centred at the origin.
pub fn gateway(kind: Kind, instantiates: bool) -> &'static str {
    match kind {
        Kind::Exclusive => "M-7 -8L7 8M7 -8L-7 8",
        Kind::Inclusive => "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0 -18 0",
        Kind::Parallel => "M0 -11V11M-11 0H11",
        Kind::EventBased if instantiates => {
            "M-12 0a12 12 0 1 0 24 0a12 12 0 1 0 -24 0M0 -6L5.7 -1.8L3.5 5H-3.5L-5.7 -1.8Z"
        }
        Kind::EventBased => {
            "M-12 0a12 12 0 1 0 24 0a12 12 0 1 0 -24 0M-9.5 0a9.5 9.5 0 1 0 19 0a9.5 9.5 0 1 0 -19 0M0 -6L5.7 -1.8L3.5 5H-3.5L-5.7 -1.8Z"
        }
        _ => "M0 -10V10M-10 0H10M-7 -7L7 7M7 -7L-7 7",
    }
}

/// Sign in the corner of a task, 16 × 16.
pub fn task(kind: Kind) -> &'static str {
    match kind {
        Kind::UserTask => "M8 1.5a3.2 3.2 0 1 0 .01 0ZM1.5 15c0-4 2.8-6 6.5-6s6.5 2 6.5 6Z",
        Kind::ManualTask => {
            "M1.5 8.5L6.5 3.8Q8 3 8 5H14Q15.3 5 15.3 6T14 7H9.5H14.5Q15.8 7.2 15.6 8.2T14.3 9.2H9.5H14Q15 9.5 14.8 10.4T13.6 11.3H9.3H13Q13.8 11.8 13.5 12.5T12.5 13.2H5Q2.5 13.2 1.5 11.5Z"
        }
        Kind::ServiceTask => {
            "M8 5.2a2.8 2.8 0 1 0 .01 0ZM6.9 1h2.2l.4 1.9 1.5.7 1.7-1 1.5 1.6-1 1.6.6 1.5 1.9.4v2.2l-1.9.4-.6 1.5 1 1.7-1.5 1.5-1.7-1-1.5.6-.4 1.9H6.9l-.4-1.9-1.5-.6-1.7 1-1.5-1.5 1-1.7-.6-1.5L.3 9.9V7.7l1.9-.4.6-1.5-1-1.6 1.5-1.6 1.7 1 1.5-.7Z"
        }
        Kind::ScriptTask => {
            "M3 1.5h9.5c-2.5 3-2.5 4 0 6.5s2.5 4 0 6.5H3c2.5-2.5 2.5-4 0-6.5s-2.5-3.5 0-6.5ZM5 4.5h5M5.5 8h5M6 11.5h5"
        }
        Kind::SendTask | Kind::ReceiveTask => "M1 3H15V13H1ZM1 3L8 9L15 3",
        Kind::RuleTask => "M1 2.5H15V13.5H1ZM1 6H15M1 9.8H15M5.5 6V13.5",
        _ => "",
    }
}

/// Marks at the lower border of an activity, centred at the origin.
pub fn repeat(it: Repeat) -> &'static str {
    match it {
        Repeat::Loop => "M-2.4 5.4A6 6 0 1 1 2.4 5.4M-6.5 5.6H-2.2V1.4",
        Repeat::Parallel => "M-4 -6V6M0 -6V6M4 -6V6",
        Repeat::Sequential => "M-6 -4H6M-6 0H6M-6 4H6",
    }
}

pub const COMPENSATION: &str = "M0 -4.5V4.5L-6 0ZM6 -4.5V4.5L0 0Z";
pub const AD_HOC: &str = "M-6 2Q-5 -3 -2 -2T2 1.5T6 -2.5";
pub const FOLDED: &str = "M-7 -7H7V7H-7ZM0 -4V4M-4 0H4";
