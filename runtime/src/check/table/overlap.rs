//! `table-overlap` (error): two rules match the same input where only one may (hit policy unique), or where both must say
//! the same and do not (any). It fails at run time: narrow one of the two, or choose the hit policy first or priority.

use super::Look;
use crate::alert::Alert;
use crate::model::table::HitPolicy;

/// Overlaps told of one table; the others follow from mending these.
const TOLD: usize = 20;

pub fn rule(found: &mut Vec<Alert>, look: &mut Look) {
    let policy = look.space.hit_policy;
    if !matches!(policy, HitPolicy::Unique | HitPolicy::Any) {
        return;
    }
    let mut told = 0;
    for (at, second) in look.space.rules.iter().enumerate() {
        for first in &look.space.rules[..at] {
            match look.steps.checked_sub(1) {
                Some(it) => look.steps = it,
                None => {
                    look.unknown = true;
                    return;
                }
            }
            if policy == HitPolicy::Any && first.then == second.then {
                continue;
            }
            let both = |(a, b): (&Vec<bool>, &Vec<bool>)| a.iter().zip(b).position(|(a, b)| *a && *b);
            let place: Option<Vec<usize>> = first.holds.iter().zip(&second.holds).map(both).collect();
            let Some(place) = place else { continue };
            let example = look.example(&place);
            let says = match policy {
                HitPolicy::Any => format!(
                    "expected rules that match together to say the same, found `{}` and `{}` that do not for {example}",
                    first.id, second.id
                ),
                _unique => format!(
                    "expected at most one rule for an input, found `{}` and `{}` for {example}",
                    first.id, second.id
                ),
            };
            let alert = Alert::error("table-overlap", says)
                .at(look.file.clone(), look.pointer(&second.id))
                .on(second.id.clone());
            found.push(alert.arg("first", first.id.clone()).arg("second", second.id.clone()).arg("example", example));
            told += 1;
            if told >= TOLD {
                return;
            }
        }
    }
}
