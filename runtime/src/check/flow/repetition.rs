//! `flow-repetition` (error; in files that are not to be run a warning where nothing or too much is given): a repeated activity does not say how often or over
//! what, or says it twice; a number that is none; a behaviour without the event it throws; something repeated that is no activity (BPMN
//! 2.0.2 §10.3.8, Tables 10.27 to 10.31). `flow-endless-repetition` (warning): a loop with neither a
//! condition nor a maximum is done once; one whose condition always holds is never over (of what does not wait `flow-busy-loop` says it).
//! `flow-quantity` (error): fewer than one token at the start or the end of an activity, no whole number of them, or a number of them at
//! something else (Table 10.3).
//! Fix: give the number, the list or the condition; choose the event.

use super::{Graph, called};
use crate::alert::Alert;
use crate::check::condition::always;
use crate::model::flow::{Behavior, Element, EventDefinition, Loop};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    for it in graph.nodes() {
        if it.start_quantity == 0 || it.completion_quantity == 0 {
            let says = format!("expected one token or more at the start and the end of `{}`, found none", called(it));
            found.push(graph.on(Alert::error("flow-quantity", says), it));
        }
        let name = called(it);
        for (key, quantity) in [("startQuantity", it.start_quantity), ("completionQuantity", it.completion_quantity)] {
            let written = it.kept.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.trim());
            // What cannot be read counts as one, as if nothing were written.
            if let Some(text) = written.filter(|text| quantity == 1 && text.parse::<u32>().is_err()) {
                let says = format!("expected a whole number from 1 as {key} of `{name}`, found `{text}`");
                found.push(graph.on(Alert::error("flow-quantity", says), it));
            }
        }
        if !it.kind.is_activity() && (it.start_quantity, it.completion_quantity) != (1, 1) {
            let says = format!("expected a number of tokens at activities only, found one at `{name}`");
            found.push(graph.on(Alert::error("flow-quantity", says), it));
        }
        let Some(repeats) = &it.loop_characteristics else { continue };
        if !it.kind.is_activity() {
            say(found, graph, it, format!("expected a repetition of activities only, found one of `{name}`"));
            continue;
        }
        match repeats.as_ref() {
            Loop::StandardLoop { loop_condition, loop_maximum, .. } => {
                let (condition, most) = (given(loop_condition), given(loop_maximum));
                if condition.is_none() && most.is_none() {
                    let says = format!("expected a condition or a maximum for the loop of `{name}`, found neither");
                    found.push(graph.on(Alert::warning("flow-endless-repetition", says), it));
                }
                if most.is_none() && condition.is_some_and(always) && super::waits(it) {
                    let says =
                        format!("expected the condition of the loop of `{name}` to fail in some case, found none");
                    found.push(graph.on(Alert::warning("flow-endless-repetition", says), it));
                }
                if let Some(text) = most.filter(|it| is_no_count(it, 1)) {
                    say(
                        found,
                        graph,
                        it,
                        format!(
                            "expected a whole number from 1 as the maximum of the loop of `{name}`, found `{text}`"
                        ),
                    );
                }
            }
            Loop::MultiInstance {
                loop_cardinality,
                collection,
                output_item,
                output_collection,
                behavior,
                none_behavior_event,
                one_behavior_event,
                complex_behaviors,
                ..
            } => {
                let (count, list) = (given(loop_cardinality), given(collection));
                if count.is_none() && list.is_none() {
                    let says = format!("expected a number or a list for the instances of `{name}`, found neither");
                    found.push(graph.on(Alert::new("flow-repetition", graph.left_open(), says), it));
                }
                if count.is_some() && list.is_some() {
                    let says = format!("expected either a number or a list for the instances of `{name}`, found both");
                    found.push(graph.on(Alert::new("flow-repetition", graph.left_open(), says), it));
                }
                if let Some(text) = count.filter(|it| is_no_count(it, 0)) {
                    say(
                        found,
                        graph,
                        it,
                        format!("expected a whole number for the instances of `{name}`, found `{text}`"),
                    );
                }
                if given(output_item).is_some() && given(output_collection).is_none() {
                    say(
                        found,
                        graph,
                        it,
                        format!("expected a list that takes what the instances of `{name}` give, found none"),
                    );
                }
                let events: Vec<&EventDefinition> = match behavior {
                    Behavior::None => none_behavior_event.iter().collect(),
                    Behavior::One => one_behavior_event.iter().collect(),
                    Behavior::All => continue,
                    Behavior::Complex => complex_behaviors.iter().map(|it| &it.event).collect(),
                };
                if events.is_empty() {
                    say(
                        found,
                        graph,
                        it,
                        format!("expected the event that the instances of `{name}` throw, found none"),
                    );
                }
                let thrown = |it: &&EventDefinition| {
                    matches!(
                        it,
                        EventDefinition::Message { .. }
                            | EventDefinition::Signal { .. }
                            | EventDefinition::Escalation { .. }
                            | EventDefinition::Error { .. }
                            | EventDefinition::Compensate { .. }
                            | EventDefinition::Multiple { .. }
                    )
                };
                if !events.iter().all(thrown) {
                    say(
                        found,
                        graph,
                        it,
                        format!("expected an event that can be thrown for the instances of `{name}`, found another"),
                    );
                }
                if complex_behaviors.iter().any(|it| it.condition.trim().is_empty()) && *behavior == Behavior::Complex {
                    say(
                        found,
                        graph,
                        it,
                        format!(
                            "expected a condition for every event that the instances of `{name}` throw, found one without"
                        ),
                    );
                }
            }
        }
    }
}

fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|it| !it.is_empty())
}

/// True for a literal that is no whole number from `least`; other expressions are judged where they run.
fn is_no_count(text: &str, least: i64) -> bool {
    let bare = text.trim_start_matches("${").trim_end_matches('}').trim();
    let literal = bare.parse::<f64>().is_ok()
        || bare.starts_with('"')
        || bare.starts_with('\'')
        || bare == "true"
        || bare == "false";
    literal && !bare.parse::<i64>().is_ok_and(|it| it >= least)
}

fn say(found: &mut Vec<Alert>, graph: &Graph, it: &Element, says: String) {
    found.push(graph.on(Alert::error("flow-repetition", says), it));
}
