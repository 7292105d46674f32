//! `flow-too-wide` (warning): a node splits into more branches than one instance may have tokens (`limits.rs`), splits lie in one another
//! so that together they do, or a node is repeated more often than the engine does; it stops there with an incident. Fix: do the
//! work one by one, or split it over several flows.

use super::{Graph, called, has_condition, tokens};
use crate::alert::Alert;
use crate::limits;
use crate::model::flow::{Element, ElementKind, Loop};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let before = found.len();
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
        if let Some((count, most)) = repeated(it).filter(|(count, most)| count > most) {
            let says = format!(
                "expected at most {most} instances of `{}`, which is what the engine does, found {count}",
                called(it)
            );
            found.push(graph.on(Alert::warning("flow-too-wide", says), it));
        }
    }
    // A node that is too wide by itself makes everything around it too wide.
    if found.len() == before
        && !graph.is_ad_hoc()
        && let Some((count, at)) = tokens::too_many(graph.elements)
    {
        let says = format!(
            "expected at most {} tokens at once, which is as many as one instance may have, found a way to {count} at `{}`: splits lie in one another",
            limits::INSTANCE_TOKENS,
            called(at)
        );
        found.push(graph.on(Alert::warning("flow-too-wide", says), at));
    }
}

/// How often a multi-instance activity is done, where that is a number, and how often it can be.
pub(super) fn repeated(it: &Element) -> Option<(u64, u64)> {
    let Loop::MultiInstance { is_sequential, loop_cardinality: Some(count), .. } =
        it.loop_characteristics.as_deref()?
    else {
        return None;
    };
    let bare = count.trim().trim_start_matches("${").trim_start_matches('=').trim_end_matches('}').trim();
    // The token outside counts too.
    let most = if *is_sequential { u64::from(limits::LOOP_TURNS) } else { limits::INSTANCE_TOKENS as u64 - 1 };
    Some((bare.parse().ok()?, most))
}
