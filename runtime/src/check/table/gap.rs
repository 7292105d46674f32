//! `table-gap` (warning): no rule matches some input, and no output has a default; the answer is then blank. Add a rule
//! for the example shown, or a default. Asked of tables that give one answer; blank inputs are not looked at.

use super::Look;
use super::cover::uncovered;
use crate::alert::Alert;

pub fn rule(found: &mut Vec<Alert>, look: &mut Look) {
    if look.space.hit_policy.is_multiple() || look.space.has_default {
        return;
    }
    let within: Vec<Vec<bool>> =
        look.space.axes.iter().map(|it| it.pieces.iter().map(|it| !it.blank).collect()).collect();
    let all: Vec<usize> = (0..look.space.rules.len()).collect();
    match uncovered(&look.space, &within, &all, &mut look.steps) {
        Ok(None) => {}
        Ok(Some(place)) => {
            let example = look.example(&place);
            let says = format!("expected a rule for every input, found none for {example}");
            found.push(Alert::warning("table-gap", says).at(look.file.clone(), "/rules").arg("example", example));
        }
        Err(_) => look.unknown = true,
    }
}
