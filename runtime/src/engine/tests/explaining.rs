//! Questions about an instance.

use super::Play;
use crate::engine::explain::{passed, position, stages_reachable};
use crate::engine::{Fact, Input};
use serde_json::Map;

const FLOW: &str = "start s
    s -> a
    user a role=svc stage=open outcomes=on,back,out
    a -> g
    xor g default=g-e
    g -> b : outcome == \"on\"
    g -> a : outcome == \"back\"
    g -> e
    task b stage=checked
    b -> c
    user c role=svc stage=working
    end e stage=closed";

fn begun() -> (Play, Vec<Fact>) {
    let mut play = Play::new(FLOW, &[]);
    let step = play.give("anna", Input::Start { at: None, vars: Map::new(), parent: None }).unwrap();
    (play, step.facts)
}

#[test]
fn every_outcome_tells_its_stages() {
    let (play, _) = begun();
    let task = play.instance.tasks.keys().next().unwrap();
    let before = play.instance.clone();
    let found = stages_reachable(&play.plan, &play.instance, task, &play.context("mia"));
    let text: Vec<String> = found.iter().map(|(outcome, stages)| format!("{outcome}: {}", stages.join(", "))).collect();
    assert_eq!(text, ["back: ", "on: checked, working", "out: closed"]);
    assert_eq!(before, play.instance);
}

#[test]
fn position_and_passed_nodes_are_known() {
    let (mut play, mut facts) = begun();
    let task = play.instance.tasks.keys().next().unwrap().clone();
    let input = Input::Complete { task, outcome: "back".into(), data: Map::new(), comment: String::new() };
    facts.extend(play.give("ben", input).unwrap().facts);
    assert_eq!(position(&play.instance), ["a".into()]);
    let counts: Vec<String> = passed(&facts).iter().map(|(id, it)| format!("{id} {it}")).collect();
    assert_eq!(counts, ["a 2", "a-g 1", "g 1", "g-a 1", "s 1", "s-a 1"]);
}

#[test]
fn a_task_has_its_story() {
    let mut play = Play::new("start s\n s -> a\n user a performer={\"roles\":[\"svc\"],\"choose\":\"leastLoad\"}", &[]);
    let mut facts = Vec::new();
    let mut give = |play: &mut Play, who: &str, input: Input| facts.extend(play.give(who, input).unwrap().facts);
    give(&mut play, "anna", Input::Start { at: None, vars: Map::new(), parent: None });
    let task = play.instance.tasks.keys().next().unwrap().clone();
    let reason = || "so".to_owned();
    let complete = |task: &crate::id::TaskId| Input::Complete {
        task: task.clone(),
        outcome: "done".into(),
        data: Map::new(),
        comment: String::new(),
    };
    give(&mut play, "ben", Input::Delegate { task: task.clone(), to: "carl".into(), reason: reason() });
    give(&mut play, "carl", Input::Resolve { task: task.clone(), comment: "seen".into() });
    give(
        &mut play,
        "ben",
        Input::AddSigner {
            task: task.clone(),
            who: "mia".into(),
            place: crate::engine::task::sheet::Placing::Before,
            reason: reason(),
        },
    );
    let other = play.instance.tasks.keys().find(|it| **it != task).unwrap().clone();
    give(&mut play, "mia", complete(&other));
    give(&mut play, "ben", complete(&task));
    let story: Vec<String> = super::super::explain::story(&facts, &task)
        .into_iter()
        .map(|it| {
            format!(
                "{} {} {} {}",
                it.what,
                it.by.map(|it| it.0).unwrap_or_default(),
                it.to.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(","),
                it.text
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    let expected = [
        "offered  ben has the least open work: 0 of 10",
        "delegated ben carl so",
        "resolved carl ben seen",
        "signerAdded ben mia so",
        "signed mia",
        "signed ben",
        "decided   2 of 2 agreed, 2 needed",
    ];
    assert_eq!(story, expected);
}
