//! The sheet on which several people sign one step: who, in which order, who has signed what; and what the signatures
//! come to. Pure bookkeeping; the rule stands in the flow ([`crate::model::flow::Countersign`]).

use serde::{Deserialize, Serialize};

use super::super::instance::OpenTask;
use crate::id::{NodeId, RoleKey, TaskId, UserId};
use crate::model::flow::{Countersign, Outcome, OutcomeStyle};

/// Who signs the step of one token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sheet {
    pub node: NodeId,
    pub signers: Vec<Signer>,
    /// What every signer's task is like: deadline, priority.
    pub like: OpenTask,
}

/// One line of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Signer {
    pub id: u32,
    /// None: one of `roles` or `candidates`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<UserId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleKey>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<UserId>,
    /// Lines that must be signed before this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<u32>,
    /// The task it waits with, once its turn has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
    /// Who added it; none: the flow, or the person the task was for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_by: Option<UserId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    pub by: UserId,
    /// Whom they stood in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behalf: Option<UserId>,
    pub outcome: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// RFC 3339 UTC.
    pub at: String,
}

/// Where an added signer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Placing {
    Before,
    After,
    Parallel,
}

impl Sheet {
    pub fn signer(&self, id: u32) -> Option<&Signer> {
        self.signers.iter().find(|it| it.id == id)
    }

    /// Whose step it is: who signed last of those it was for from the beginning. Somebody who was added has looked at it, and
    /// does not get it again; only where nobody else has signed.
    pub(in super::super) fn done_by(&self) -> Option<&Signature> {
        let signed = self.signers.iter().filter_map(|it| Some((it.added_by.is_none(), it.signed.as_ref()?)));
        signed.max_by(|(own, a), (other, b)| (own, &a.at).cmp(&(other, &b.at))).map(|(_, it)| it)
    }

    pub(in super::super) fn signer_mut(&mut self, id: u32) -> Option<&mut Signer> {
        self.signers.iter_mut().find(|it| it.id == id)
    }

    /// Lines that have to be signed before this one, and are not yet.
    pub fn waits_for(&self, id: u32) -> Vec<&Signer> {
        let after = self.signer(id).map(|it| it.after.as_slice()).unwrap_or_default();
        self.signers.iter().filter(|it| after.contains(&it.id) && it.signed.is_none()).collect()
    }

    /// Lines whose turn has come and that have no task yet.
    pub(super) fn due(&self) -> Vec<u32> {
        let waiting = self.signers.iter().filter(|it| it.signed.is_none() && it.task.is_none());
        waiting.filter(|it| self.waits_for(it.id).is_empty()).map(|it| it.id).collect()
    }

    /// The id the next signer gets.
    pub(super) fn next_id(&self) -> u32 {
        self.signers.iter().map(|it| it.id).max().map_or(0, |it| it.saturating_add(1))
    }

    /// Adds a line beside another. Before: the other waits for it. After: it waits for the other, and what waited for the
    /// other waits for it too. Parallel: it stands where the other stands.
    pub(in super::super) fn add(&mut self, mut signer: Signer, beside: u32, place: Placing) {
        let id = signer.id;
        let of_beside = self.signer(beside).map(|it| it.after.clone()).unwrap_or_default();
        match place {
            Placing::Before => {
                signer.after = of_beside;
                if let Some(it) = self.signer_mut(beside) {
                    it.after.push(id);
                }
            }
            Placing::After | Placing::Parallel => {
                for it in self.signers.iter_mut().filter(|it| it.after.contains(&beside)) {
                    it.after.push(id);
                }
                signer.after = if place == Placing::After { vec![beside] } else { of_beside };
            }
        }
        self.signers.push(signer);
    }

    /// Takes a line away; what waited for it waits for what it waited for.
    pub(in super::super) fn remove(&mut self, id: u32) {
        let Some(at) = self.signers.iter().position(|it| it.id == id) else { return };
        let gone = self.signers.remove(at);
        for it in &mut self.signers {
            if it.after.contains(&id) {
                it.after.retain(|it| *it != id);
                let further: Vec<u32> = gone.after.iter().copied().filter(|other| !it.after.contains(other)).collect();
                it.after.extend(further);
            }
        }
    }

    /// What the signatures come to, and why; none: not decided yet. `vetoes` tells who may end it alone.
    pub(super) fn verdict(
        &self,
        rule: &Countersign,
        outcomes: &[Outcome],
        vetoes: impl Fn(&UserId) -> bool,
    ) -> Option<(String, String)> {
        let agree = agreeing(rule, outcomes);
        let agrees = |it: &Signature| agree.is_empty() || agree.contains(&it.outcome.as_str());
        let signed: Vec<&Signature> = self.signers.iter().filter_map(|it| it.signed.as_ref()).collect();
        let (fors, againsts): (Vec<&Signature>, Vec<&Signature>) = signed.iter().copied().partition(|it| agrees(it));
        if let Some(it) = againsts.iter().find(|it| vetoes(&it.by) || it.behalf.as_ref().is_some_and(&vetoes)) {
            return Some((it.outcome.clone(), format!("{} has a veto", it.by)));
        }
        let all = self.signers.len();
        let (needed, open) = (rule.rule.needed(all), all - signed.len());
        if fors.len() >= needed {
            // Whom a signer has put behind themselves is asked, even where the rule would be content.
            let bound = |it: &Signer| {
                let agreed = |id: &u32| self.signer(*id).and_then(|it| it.signed.as_ref()).is_some_and(agrees);
                it.signed.is_none() && it.added_by.is_some() && !it.after.is_empty() && it.after.iter().all(agreed)
            };
            if self.signers.iter().any(bound) {
                return None;
            }
            return Some((most(&fors, outcomes), format!("{} of {all} agreed, {needed} needed", fors.len())));
        }
        let why = || format!("{} of {all} did not agree, {needed} needed to agree", againsts.len());
        (fors.len() + open < needed).then(|| (most(&againsts, outcomes), why()))
    }
}

/// Outcomes that agree; none: every one does.
pub fn agreeing<'a>(rule: &'a Countersign, outcomes: &'a [Outcome]) -> Vec<&'a str> {
    if !rule.agree.is_empty() {
        return rule.agree.iter().map(String::as_str).collect();
    }
    let styled = |wanted: &dyn Fn(&Outcome) -> bool| {
        outcomes.iter().filter(|it| wanted(it)).map(|it| it.id.as_str()).collect::<Vec<_>>()
    };
    let primary = styled(&|it| it.style == OutcomeStyle::Primary);
    if !primary.is_empty() {
        return primary;
    }
    let harmless = styled(&|it| it.style != OutcomeStyle::Danger);
    // Where nothing tells them apart the first button is the agreeing one.
    if harmless.len() == outcomes.len() || harmless.is_empty() {
        outcomes.first().map(|it| it.id.as_str()).into_iter().collect()
    } else {
        harmless
    }
}

/// The outcome most gave; of equals the first in the task's list.
fn most(signatures: &[&Signature], outcomes: &[Outcome]) -> String {
    let count = |id: &str| signatures.iter().filter(|it| it.outcome == id).count();
    let mut best = signatures.first().map(|it| it.outcome.clone()).unwrap_or_default();
    for it in outcomes.iter().rev() {
        if count(&it.id) > 0 && count(&it.id) >= count(&best) {
            best.clone_from(&it.id);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::flow::SignRule;

    fn outcomes() -> Vec<Outcome> {
        let outcome = |id: &str, style| Outcome { id: id.to_owned(), style, ..Outcome::default() };
        vec![
            outcome("ok", OutcomeStyle::Primary),
            outcome("no", OutcomeStyle::Danger),
            outcome("ask", OutcomeStyle::Neutral),
        ]
    }

    /// `ok,no,-`: what each has signed.
    fn sheet(text: &str) -> Sheet {
        let signer = |(id, it): (usize, &str)| {
            let by = UserId::from(format!("p{id}").as_str());
            let signed = (it != "-").then(|| Signature {
                by: by.clone(),
                behalf: None,
                outcome: it.to_owned(),
                comment: String::new(),
                at: String::new(),
            });
            Signer { id: id as u32, who: Some(by), signed, ..Signer::default() }
        };
        Sheet { signers: text.split(',').enumerate().map(signer).collect(), ..Sheet::default() }
    }

    #[test]
    fn rules_decide_as_soon_as_they_can() {
        use SignRule::{All, Any, Count, Percent};
        for (rule, signed, expected) in [
            (All, "ok,ok,-", ""),
            (All, "ok,ok,ok", "ok"),
            (All, "ok,no,-", "no"),
            (Any, "no,-,-", ""),
            (Any, "no,ok,-", "ok"),
            (Any, "no,ask,no", "no"),
            (Any, "no,ask,ask", "ask"),
            (Count(2), "ok,no,-", ""),
            (Count(2), "ok,no,ok", "ok"),
            (Count(2), "no,no,-", "no"),
            (Count(9), "ok,ok,ok", "ok"),
            (Percent(60), "ok,ok,-,-,-", ""),
            (Percent(60), "ok,ok,ok,-,-", "ok"),
            (Percent(60), "no,no,ok,ok,-", ""),
            (Percent(60), "no,no,no,-,-", "no"),
            (Percent(1), "ok,-", "ok"),
            (Percent(0), "-,-", ""),
        ] {
            let rule = Countersign { rule, ..Countersign::default() };
            let found = sheet(signed).verdict(&rule, &outcomes(), |_| false).map(|it| it.0).unwrap_or_default();
            assert_eq!(found, expected, "{rule:?} {signed}");
        }
    }

    #[test]
    fn a_veto_ends_it_at_once() {
        let rule = Countersign { rule: SignRule::Any, ..Countersign::default() };
        let found = sheet("-,no,-").verdict(&rule, &outcomes(), |it| it.as_str() == "p1");
        assert_eq!(found.map(|it| it.0).as_deref(), Some("no"));
        assert_eq!(sheet("-,no,-").verdict(&rule, &outcomes(), |it| it.as_str() == "p0"), None);
    }

    #[test]
    fn lines_are_put_before_behind_and_beside_others() {
        let line = |id| Signer { id, added_by: Some("x".into()), ..Signer::default() };
        let mut it = sheet("-,-");
        it.signers[1].after = vec![0];
        it.add(line(2), 0, Placing::Before);
        it.add(line(3), 0, Placing::After);
        it.add(line(4), 3, Placing::Parallel);
        let after = |it: &Sheet, id| it.signer(id).map(|it| it.after.clone()).unwrap_or_default();
        assert_eq!([0, 1, 2, 3, 4].map(|id| after(&it, id)), [vec![2], vec![0, 3, 4], vec![], vec![0], vec![0]]);
        assert_eq!(it.due(), [2]);
        it.remove(0);
        assert_eq!([1, 2, 3, 4].map(|id| after(&it, id)), [vec![3, 4, 2], vec![], vec![2], vec![2]]);
    }

    #[test]
    fn somebody_put_behind_is_asked_though_the_rule_is_content() {
        let mut it = sheet("ok,-");
        it.add(Signer { id: 2, added_by: Some("p0".into()), ..Signer::default() }, 0, Placing::After);
        let rule = Countersign { rule: SignRule::Any, ..Countersign::default() };
        assert_eq!(it.verdict(&rule, &outcomes(), |_| false), None);
    }
}
