//! An instance as it was at any time: its facts, folded up to there.

use super::fact::Fact;
use super::instance::Instance;
use crate::id::InstanceId;

/// The instance after its first `at` facts; all of them, if there are fewer.
pub fn replay<'a>(id: &InstanceId, facts: impl IntoIterator<Item = &'a Fact>, at: usize) -> Instance {
    let mut instance = Instance { id: id.clone(), ..Instance::default() };
    for fact in facts.into_iter().take(at) {
        instance.apply(fact);
    }
    instance
}
