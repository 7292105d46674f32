//! Separation of duty: can the people there are do the steps as the flow wants, given who must not do both? Decided exactly by
//! search over the steps that are tight; a step with more people than steps it excludes can always be done by somebody left.
//!
//! `flow-duty-conflict` (warning): no assignment of people to steps keeps the duties apart. The alert names the smallest set of steps that
//! cannot be done together. Fix: give the role to more people, or let go of one exclusion.
//! `flow-duty-fragile` (info): the duties can be kept apart only as long as one person stays.
//! `flow-one-person` (info): only one person can do a task.

use std::collections::{BTreeMap, BTreeSet};

use crate::alert::{Alert, Severity};
use crate::check::data::Data;
use crate::check::flow::called;
use crate::engine::Person;
use crate::id::{FlowKey, NodeId, RoleKey};
use crate::limits;
use crate::model::flow::{Element, ElementKind, Flow, UserTask};

/// A user task with who could do it.
struct Step<'a> {
    element: &'a Element,
    task: &'a UserTask,
    /// Indices of people; none: not known, or anybody.
    able: Option<BTreeSet<usize>>,
}

/// Steps, each with its people, and which exclude each other.
#[derive(Clone, Default)]
struct Puzzle {
    able: BTreeMap<usize, BTreeSet<usize>>,
    apart: BTreeMap<usize, BTreeSet<usize>>,
}

pub(in crate::check) fn rule(found: &mut Vec<Alert>, key: &FlowKey, flow: &Flow, data: &Data, people: &[Person]) {
    let file = format!("flows/{key}/flow.json");
    let steps = steps(flow, people);
    let say = |found: &mut Vec<Alert>, step: &Step, alert: Alert| {
        let pointer = data.pointer(&step.element.id).unwrap_or_default();
        found.push(
            alert
                .at(&file, format!("{pointer}/performer"))
                .on(step.element.id.as_str())
                .arg("element", called(step.element)),
        );
    };
    for step in &steps {
        if let Some(able) = step.able.as_ref().filter(|it| it.len() == 1) {
            let who = able.first().map_or("", |it| people[*it].name.as_str());
            let says = format!("expected several people for `{}`, found only {who}", called(step.element));
            say(found, step, Alert::new("flow-one-person", Severity::Info, says).arg("person", who));
        }
    }
    let puzzle = puzzle(&steps, data);
    match puzzle.solved() {
        None => {}
        Some(false) => {
            let core = puzzle.core();
            let names: Vec<String> = core.iter().map(|it| format!("`{}`", called(steps[*it].element))).collect();
            let able: BTreeSet<usize> = core.iter().flat_map(|it| puzzle.able[it].iter().copied()).collect();
            let who: Vec<&str> = able.iter().map(|it| people[*it].name.as_str()).collect();
            let who = if who.is_empty() { "nobody".to_owned() } else { who.join(", ") };
            if let Some(last) = core.iter().max() {
                let says =
                    format!("expected people for {} who keep the duties apart, found only {who}", names.join(" and "));
                say(
                    found,
                    &steps[*last],
                    Alert::warning("flow-duty-conflict", says).arg("steps", names.join(", ")).arg("people", who),
                );
            }
        }
        Some(true) => {
            let tight: BTreeSet<usize> = puzzle
                .able
                .iter()
                .filter(|(step, able)| able.len() <= puzzle.apart[step].len() + 1)
                .flat_map(|(_, able)| able.iter().copied())
                .collect();
            for gone in tight.into_iter().take(limits::CHECK_DUTY_PEOPLE) {
                let mut without = puzzle.clone();
                without.able.values_mut().for_each(|it| {
                    it.remove(&gone);
                });
                if without.solved() == Some(false) {
                    let core = without.core();
                    // A step that only one person can do is told by itself.
                    let Some(last) = core.iter().max().filter(|_| core.len() > 1) else { continue };
                    let names: Vec<String> =
                        core.iter().map(|it| format!("`{}`", called(steps[*it].element))).collect();
                    let says = format!(
                        "expected the duties of {} to be kept apart without {}, found nobody else",
                        names.join(" and "),
                        people[gone].name
                    );
                    say(
                        found,
                        &steps[*last],
                        Alert::new("flow-duty-fragile", Severity::Info, says)
                            .arg("person", people[gone].name.as_str())
                            .arg("steps", names.join(", ")),
                    );
                }
            }
        }
    }
}

fn steps<'a>(flow: &'a Flow, people: &[Person]) -> Vec<Step<'a>> {
    let (mut found, lanes) = (Vec::new(), flow.lane_roles());
    for element in flow.all() {
        let ElementKind::UserTask(task) = &element.kind else { continue };
        let who = &task.performer;
        let mut roles: Vec<RoleKey> = who.roles.clone();
        if roles.is_empty() {
            roles.extend(lanes.get(&element.id).map(|it| (*it).clone()));
        }
        let holders = |roles: &[RoleKey]| -> BTreeSet<usize> {
            let holds = |it: &Person| it.roles.iter().any(|it| roles.contains(it));
            people.iter().enumerate().filter(|(_, it)| holds(it)).map(|(at, _)| at).collect()
        };
        // A customer can always be found; without a role anybody may be meant.
        let able = (!who.customer
            && who.manager_of.is_none()
            && !roles.is_empty()
            && !roles.iter().any(|it| it.as_str() == "*"))
        .then(|| {
            let mut able = holders(&roles);
            if let Some(fallback) = &who.fallback {
                able.extend(holders(std::slice::from_ref(fallback)));
            }
            able
        });
        found.push(Step { element, task, able });
    }
    found
}

fn puzzle(steps: &[Step], data: &Data) -> Puzzle {
    let place: BTreeMap<&NodeId, usize> = steps.iter().enumerate().map(|(at, it)| (&it.element.id, at)).collect();
    let mut puzzle = Puzzle::default();
    for (at, step) in steps.iter().enumerate() {
        for other in
            step.task.performer.not_same_as.iter().filter_map(|it| place.get(it)).copied().filter(|it| *it != at)
        {
            let (Some(a), Some(b)) = (&step.able, &steps[other].able) else { continue };
            // It counts only where both can happen in one run.
            if !data.can_both_happen(&step.element.id, &steps[other].element.id) {
                continue;
            }
            for (one, two, able) in [(at, other, a), (other, at, b)] {
                puzzle.able.entry(one).or_insert_with(|| able.clone());
                puzzle.apart.entry(one).or_default().insert(two);
            }
        }
    }
    // Nobody at all is another rule's.
    puzzle.able.retain(|_, it| !it.is_empty());
    let left: BTreeSet<usize> = puzzle.able.keys().copied().collect();
    puzzle.apart.retain(|it, _| left.contains(it));
    puzzle.apart.values_mut().for_each(|it| it.retain(|it| left.contains(it)));
    puzzle
}

impl Puzzle {
    /// Whether the duties can be kept apart; none: the search was too long.
    fn solved(&self) -> Option<bool> {
        let mut open = self.clone();
        // A step with more people than steps it excludes can be left to the end.
        while let Some(easy) =
            open.able.iter().find(|(step, able)| able.len() > open.apart[step].len()).map(|(it, _)| *it)
        {
            open.take(easy);
        }
        let mut budget = limits::CHECK_DUTY_STEPS;
        open.search(&mut budget)
    }

    fn take(&mut self, step: usize) {
        self.able.remove(&step);
        self.apart.remove(&step);
        self.apart.values_mut().for_each(|it| {
            it.remove(&step);
        });
    }

    fn search(&self, budget: &mut usize) -> Option<bool> {
        *budget = budget.checked_sub(1)?;
        // The step with the fewest people first.
        let Some((step, able)) = self.able.iter().min_by_key(|(_, able)| able.len()) else { return Some(true) };
        for person in able {
            let mut next = self.clone();
            for other in &self.apart[step] {
                if let Some(it) = next.able.get_mut(other) {
                    it.remove(person);
                }
            }
            next.take(*step);
            if next.search(budget)? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// The smallest set of steps that cannot be done together: leaving out any one of them would help.
    fn core(&self) -> Vec<usize> {
        let mut core = self.clone();
        for step in self.able.keys() {
            let mut without = core.clone();
            without.take(*step);
            if without.solved() == Some(false) {
                core = without;
            }
        }
        core.able.into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::rule;
    use crate::check::data::Data;
    use crate::check::draw::draw;
    use crate::engine::Person;
    use crate::model::catalog::Catalog;
    use crate::model::flow::Flow;

    /// Codes with the steps they name. People: `ann:a,b` holds the roles a and b.
    fn codes(text: &str, performers: &Value, people: &str) -> Vec<String> {
        let mut flow = serde_json::to_value(draw(text)).expect("a flow is JSON");
        for it in flow["flowElements"].as_array_mut().expect("elements") {
            if let Some(performer) = it["id"].as_str().and_then(|id| performers.get(id)) {
                it["performer"] = performer.clone();
            }
        }
        let flow: Flow = serde_json::from_value(flow).expect("a flow");
        let people: Vec<Person> = people
            .split_whitespace()
            .map(|it| {
                let (name, roles) = it.split_once(':').expect("name:roles");
                Person {
                    id: name.into(),
                    name: name.to_owned(),
                    roles: roles.split(',').map(Into::into).collect(),
                    ..Person::default()
                }
            })
            .collect();
        let catalog = Catalog::default();
        let mut found = Vec::new();
        rule(&mut found, &"p".into(), &flow, &Data::new(&catalog, &"p".into(), &flow), &people);
        let text = |it: &crate::alert::Alert, name: &str| {
            it.args.get(name).and_then(Value::as_str).unwrap_or_default().replace('`', "")
        };
        let mut codes: Vec<String> = found
            .iter()
            .map(|it| format!("{} {}{}", it.code.trim_start_matches("flow-"), text(it, "steps"), text(it, "person")))
            .collect();
        codes.sort();
        codes
    }

    #[test]
    fn duties() {
        let two = json!({ "t1": { "roles": ["a"] }, "t2": { "roles": ["b"], "notSameAs": ["t1"] } });
        let three = json!({ "t1": { "roles": ["a"] }, "t2": { "roles": ["a"], "notSameAs": ["t1"] }, "t3": { "roles": ["a"], "notSameAs": ["t1", "t2"] } });
        let none: [&str; 0] = [];
        assert_eq!(codes("s>t1>t2>e1", &two, "ann:a bob:b"), ["one-person ann", "one-person bob"]);
        assert_eq!(codes("s>t1>t2>e1", &two, "ann:a,b"), ["duty-conflict T1, T2", "one-person ann", "one-person ann"]);
        assert_eq!(codes("s>t1>t2>t3>e1", &three, "ann:a bob:a cid:a dan:a"), none);
        assert_eq!(codes("s>t1>t2>t3>e1", &three, "ann:a bob:a"), ["duty-conflict T1, T2, T3"]);
        let fragile = codes("s>t1>t2>t3>e1", &three, "ann:a bob:a cid:a");
        assert_eq!(fragile, ["duty-fragile T1, T2, T3ann", "duty-fragile T1, T2, T3bob", "duty-fragile T1, T2, T3cid"]);
        // The smallest set leaves the step out that has nothing to do with it.
        let with_more = json!({ "t1": { "roles": ["a"] }, "t2": { "roles": ["a"], "notSameAs": ["t1"] }, "t3": { "roles": ["b"], "notSameAs": ["t2"] } });
        assert_eq!(
            codes("s>t1>t2>t3>e1", &with_more, "ann:a bob:b cid:b"),
            ["duty-conflict T1, T2", "one-person ann", "one-person ann"]
        );
        // Two ways of which only one is gone do not exclude each other.
        assert_eq!(codes("s>x1?>t1>e1; x1!>t2>e2", &two, "ann:a,b"), ["one-person ann", "one-person ann"]);
        // The fallback helps.
        let fallback =
            json!({ "t1": { "roles": ["a"] }, "t2": { "roles": ["a"], "notSameAs": ["t1"], "fallback": "c" } });
        assert_eq!(codes("s>t1>t2>e1", &fallback, "ann:a cid:c"), ["duty-fragile T1, T2cid", "one-person ann"]);
    }

    #[test]
    fn the_search_agrees_with_trying_everything() {
        let seed = std::env::var("TEST_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(7_u64);
        println!("TEST_SEED={seed}");
        let mut state = seed;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..2_000 {
            let (count, persons) = (2 + next(4) as usize, 1 + next(4) as usize);
            let mut puzzle = super::Puzzle::default();
            for step in 0..count {
                puzzle.able.insert(step, (0..persons).filter(|_| next(2) == 0).collect());
                puzzle.apart.insert(step, Default::default());
            }
            for a in 0..count {
                for b in a + 1..count {
                    if next(2) == 0 {
                        puzzle.apart.entry(a).or_default().insert(b);
                        puzzle.apart.entry(b).or_default().insert(a);
                    }
                }
            }
            let all = persons.pow(count as u32);
            let fits = |mut nth: usize| {
                let who: Vec<usize> = (0..count)
                    .map(|_| {
                        let it = nth % persons;
                        nth /= persons;
                        it
                    })
                    .collect();
                (0..count).all(|it| {
                    puzzle.able[&it].contains(&who[it]) && puzzle.apart[&it].iter().all(|other| who[*other] != who[it])
                })
            };
            let expected = (0..all).any(fits);
            assert_eq!(puzzle.solved(), Some(expected), "seed {seed}: {:?} {:?}", puzzle.able, puzzle.apart);
            if !expected {
                let core = puzzle.core();
                assert!(!core.is_empty());
            }
        }
    }
}
