//! `flow-too-wide` (warning): a node splits into more branches than one instance may have tokens (`limits.rs`); the engine stops there with an
//! incident. Fix: make it a parallel repetition of one step, or split the work over several flows.

use super::{Graph, called, has_condition};
use crate::alert::Alert;
use crate::limits;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for seat in &graph.seats {
        let it = seat.it;
        let one = matches!(it.kind, ElementKind::ExclusiveGateway {} | ElementKind::EventBasedGateway { .. });
        let all = matches!(it.kind, ElementKind::ParallelGateway {});
        let taken = seat.out.iter().filter(|flow| all || !has_condition(flow)).count();
        // What conditions say no checker knows; an inclusive split that takes them all is rare.
        let count = taken.saturating_mul(it.completion_quantity as usize);
        if !one && count > limits::INSTANCE_TOKENS {
            let says = format!(
                "expected at most {} branches behind `{}`, which is as many tokens as one instance may have, found {count}",
                limits::INSTANCE_TOKENS,
                called(it)
            );
            found.push(graph.on(Alert::warning("flow-too-wide", says), it));
        }
    }
}
