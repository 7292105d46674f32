//! Runs flows. [`step()`] decides, [`Instance::apply`] folds: the only way to change an instance is a [`Fact`],
//! so folding the stored facts gives the stored instance.

pub mod context;
pub mod effect;
pub mod fact;
pub mod input;
pub mod instance;
pub mod plan;
pub mod refusal;

pub use context::{Context, Person, World};
pub use effect::Effect;
pub use fact::Fact;
pub use input::Input;
pub use instance::{Instance, OpenTask};
pub use plan::Plan;
pub use refusal::Refusal;

/// What one input led to. The caller stores facts, the new instance and effects in one transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub facts: Vec<Fact>,
    pub effects: Vec<Effect>,
    /// The instance after the facts.
    pub instance: Instance,
}

/// Decides what an input leads to. Pure: no clock, no chance, no I/O.
pub fn step(plan: &Plan, instance: &Instance, input: Input, context: &Context) -> Result<Step, Refusal> {
    let _ = (plan, instance, input, context.now);
    Err(Refusal::NothingWaits)
}

impl Instance {
    /// Folds one fact in. Total, and evaluates nothing: old logs replay for ever.
    pub fn apply(&mut self, fact: &Fact) {
        let _ = fact;
    }
}
