//! `table-unreachable-rule` (warning): a rule never matches, or never counts because rules that go before it match
//! whenever it does (first: those above it; priority: those whose outputs are more important). Remove it, or move it up.

use super::Look;
use super::cover::uncovered;
use crate::alert::Alert;
use crate::model::table::HitPolicy;

pub fn rule(found: &mut Vec<Alert>, look: &mut Look) {
    for (at, rule) in look.space.rules.iter().enumerate() {
        let before: Vec<usize> = match look.space.hit_policy {
            HitPolicy::First => (0..at).collect(),
            HitPolicy::Priority => {
                let others = look.space.rules.iter().enumerate();
                others
                    .filter(|(other, it)| *other != at && (&it.rank, *other) < (&rule.rank, at))
                    .map(|(other, _)| other)
                    .collect()
            }
            HitPolicy::Unique | HitPolicy::Any | HitPolicy::Collect | HitPolicy::RuleOrder | HitPolicy::OutputOrder => {
                Vec::new()
            }
        };
        let never = rule.holds.iter().any(|it| !it.contains(&true));
        let says = if never {
            format!("expected the rule `{}` to match some input, found none that it could", rule.id)
        } else {
            match uncovered(&look.space, &rule.holds, &before, &mut look.steps) {
                Ok(Some(_)) => continue,
                Ok(None) => format!(
                    "expected the rule `{}` to count for some input, found that rules before it match whenever it does",
                    rule.id
                ),
                Err(_) => {
                    look.unknown = true;
                    return;
                }
            }
        };
        found.push(
            Alert::warning("table-unreachable-rule", says)
                .at(look.file.clone(), look.pointer(&rule.id))
                .on(rule.id.clone())
                .arg("rule", rule.id.clone()),
        );
    }
}
