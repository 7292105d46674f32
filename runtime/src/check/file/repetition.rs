//! `flow-repetition` in a file (error): an activity has two repetitions, of which one counts (BPMN 2.0.2 §10.3, Table 10.3: one
//! `loopCharacteristics`). Fix: leave one of them.

use super::{Look, children};
use crate::alert::Alert;
use crate::check::flow::called;
use crate::model::flow::Loop;

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for place in look.elements.values() {
        let own = match place.element.loop_characteristics.as_deref() {
            None => continue,
            Some(Loop::StandardLoop { .. }) => "standardLoopCharacteristics",
            Some(Loop::MultiInstance { .. }) => "multiInstanceLoopCharacteristics",
        };
        // What is left of the one that counts, and all of another.
        let kept = children(&place.element.kept.children).map(|(_, it)| it.name.as_str());
        let (same, other): (Vec<&str>, Vec<&str>) =
            kept.filter(|it| it.ends_with("LoopCharacteristics") && !it.contains(':')).partition(|it| *it == own);
        if same.len() > 1 || !other.is_empty() {
            let says = format!("expected one repetition of `{}`, found two", called(place.element));
            found.push(look.on(Alert::error("flow-repetition", says), place));
        }
    }
}
