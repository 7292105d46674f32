//! `flow-pool` (error): two pools of one collaboration share a process, or the number of participants a pool stands for is impossible: a
//! minimum below zero, a maximum below one or below the minimum (BPMN 2.0.2 §9.2, Table 9.4).
//! Fix: a process of its own per pool; a sensible number.

use std::collections::BTreeMap;

use super::{Look, attribute, children};
use crate::alert::Alert;

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    for (at, collaboration) in look.document.collaborations.iter().enumerate() {
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        for (nth, it) in collaboration.participants.iter().enumerate() {
            let mut say = |says: String| {
                let name = if it.name.is_empty() { &it.id } else { &it.name };
                found.push(
                    Alert::error("flow-pool", says)
                        .at(look.file, format!("/collaborations/{at}/participants/{nth}"))
                        .on(it.id.as_str())
                        .arg("element", name.as_str()),
                );
            };
            if let Some(process) = &it.process
                && let Some(other) = taken.insert(process.as_str(), it.id.as_str())
            {
                say(format!("expected a process of its own in the pool `{}`, found that of `{other}`", it.id));
            }
            for (_, number) in children(&it.kept.children).filter(|(_, it)| it.name == "participantMultiplicity") {
                // The standard's defaults (Table 9.4).
                let value = |name: &str, default: i64| {
                    attribute(number, name).map_or(Some(default), |it| it.trim().parse::<i64>().ok())
                };
                match (value("minimum", 0), value("maximum", 1)) {
                    (Some(least), Some(most)) => {
                        let given = attribute(number, "maximum").is_some();
                        if least < 0 {
                            say(format!(
                                "expected a minimum of zero or more participants in `{}`, found {least}",
                                it.id
                            ));
                        }
                        if most < 1 || given && most < least || !given && least > 1 {
                            say(format!(
                                "expected a maximum of one or more and not below the minimum in `{}`, found {most}",
                                it.id
                            ));
                        }
                    }
                    _unreadable => {
                        say(format!("expected whole numbers of participants in `{}`, found something else", it.id))
                    }
                }
            }
        }
    }
}
