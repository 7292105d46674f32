//! Moving tokens, taking instances to other versions, replaying.

use std::collections::BTreeMap;

use expect_test::expect;
use serde_json::Map;

use super::bench::{catalog, flow};
use super::{Play, check};
use crate::engine::operation::{Fate, Verdict, fate, mapping, may_move, suggest};
use crate::engine::{Fact, Input, Plan, replay};
use crate::id::NodeId;

const PARALLEL: &str = "start s
    s -> first
    user first role=svc
    first -> fork
    and fork
    fork -> a
    fork -> b
    user a role=svc
    user b role=svc
    a -> join
    b -> join
    and join
    join -> last
    user last role=svc";

fn verdict(text: &str, lines: &[&str], from: &str, to: &str) -> String {
    let mut play = Play::new(text, &[]);
    lines.iter().for_each(|it| play.line(it));
    match may_move(&play.plan, &play.instance, &from.into(), &to.into()) {
        Ok(Verdict::Fine) => "fine".to_owned(),
        Ok(Verdict::Unknown {}) => "unknown".to_owned(),
        Ok(Verdict::Risky { stuck }) => {
            format!("risky {}", stuck.iter().map(NodeId::as_str).collect::<Vec<_>>().join(","))
        }
        Ok(Verdict::CannotEnd { stuck }) => {
            format!("cannot end {}", stuck.iter().map(NodeId::as_str).collect::<Vec<_>>().join(","))
        }
        Err(it) => it.to_string(),
    }
}

#[test]
fn asked_before_anything_moves() {
    let both = ["anna start", "ben complete first"];
    for (lines, from, to, expected) in [
        (&both[..1], "first", "last", "fine"),
        (&both[..1], "first", "fork", "fine"),
        (&both[..1], "first", "a", "cannot end a-join"),
        (&both[..1], "first", "join", "fine"),
        (&both, "a", "last", "cannot end b-join"),
        (&both, "a", "first", "cannot end b-join"),
        (&both, "a", "a-join", "fine"),
        (&both, "a", "b", "cannot end b-join"),
        (&both, "last", "a", "there is no token at `last`"),
        (&both, "a", "nowhere", "this flow has no element `nowhere`"),
    ] {
        assert_eq!(verdict(PARALLEL, lines, from, to), expected, "{from} to {to} after {lines:?}");
    }
    // A choice that leads before a parallel join: some runs get stuck.
    let choice = "start s\n s -> x\n user x role=svc\n x -> g\n xor g default=g-e\n g -> j : outcome == \"yes\"\n g -> e\n end e\n s -> y\n user y role=svc\n y -> j\n and j";
    assert_eq!(verdict(choice, &["anna start"], "x", "g"), "risky y-j");
}

const INSIDE: &str = "start s
    s -> x
    user x role=svc
    x -> sub
    sub sub
    start t
    t -> y
    user y role=svc
    y -> z
    user z role=svc
    end
    boundary late on=sub after=PT2H
    late -> w
    sub -> w
    user w role=svc";

#[test]
fn into_a_subprocess_and_out_of_it() {
    let lines = [
        "anna start",
        "mia move x z",
        "mia move x z 'by hand'",
        "ben complete z",
        "mia move w y 'once more'",
        "mia move y x 'from the start'",
    ];
    check(
        INSIDE,
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=x token=1 via=s-x
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: x / 新任务：x to=["ben","carl"]
        > mia move x z
          refused: this outcome needs a comment
        > mia move x z 'by hand'
          taskCancelled task=i.2 why=moved to z
          removed token=1 why=moved to z
          moved by=mia from=x reason=by hand to=z
          entered node=sub token=3
          timerSet at=2026-03-02T03:00:00Z node=late timer=i.4 token=3
          scopeOpened node=sub scope=5 token=3
          entered node=z scope=5 token=6
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: z / 新任务：z to=["ben","carl"]
        > ben complete z
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=z outcome=done task=i.7
          left node=z token=6
          scopeClosed scope=5
          timerCancelled timer=i.4
          left node=sub token=3
          entered node=w token=8 via=sub-w
          taskOpened task={"id":"i.9","roles":["svc"]} token=8
          assigned task=i.9 why=offered to holders of svc
        ! notify notice=task-given task=i.9 texts=New task: w / 新任务：w to=["ben","carl"]
        > mia move w y 'once more'
          taskCancelled task=i.9 why=moved to y
          removed token=8 why=moved to y
          moved by=mia from=w reason=once more to=y
          entered node=sub token=10
          timerSet at=2026-03-02T03:00:00Z node=late timer=i.11 token=10
          scopeOpened node=sub scope=12 token=10
          entered node=y scope=12 token=13
          taskOpened task={"id":"i.14","roles":["svc"]} token=13
          assigned task=i.14 why=offered to holders of svc
        ! notify notice=task-given task=i.14 texts=New task: y / 新任务：y to=["ben","carl"]
        > mia move y x 'from the start'
          timerCancelled timer=i.11
          taskCancelled task=i.14 why=moved to x
          removed token=13 why=moved to x
          scopeClosed scope=12
          removed token=10 why=moved to x
          moved by=mia from=y reason=from the start to=x
          entered node=x token=15
          taskOpened task={"id":"i.16","roles":["svc"]} token=15
          assigned task=i.16 why=offered to holders of svc
        ! notify notice=task-given task=i.16 texts=New task: x / 新任务：x to=["ben","carl"]
    "#]],
    );
}

#[test]
fn what_could_not_end_is_refused_and_what_might_not_needs_a_word() {
    let mut play = Play::new(PARALLEL, &[]);
    ["anna start", "ben complete first", "mia move a last 'hurry'", "mia force a last 'hurry'"]
        .iter()
        .for_each(|it| play.line(it));
    assert_eq!(
        play.trace
            .matches(
                "refused: it cannot be moved to `last`: the flow could not end any more; it would get stuck at b-join"
            )
            .count(),
        2,
        "{}",
        play.trace
    );
    let choice = "start s\n s -> x\n user x role=svc\n x -> g\n xor g default=g-e\n g -> j : outcome == \"yes\"\n g -> e\n end e\n s -> y\n user y role=svc\n y -> j\n and j";
    let mut play = Play::new(choice, &[]);
    ["anna start", "mia move x g 'on'"].iter().for_each(|it| play.line(it));
    assert!(play.trace.contains("some runs would get stuck at y-j"), "{}", play.trace);
    play.line("mia force x g 'on'");
    assert!(play.trace.contains("moved by=mia from=x reason=on to=g"), "{}", play.trace);
}

/// What an instance of `old` after the lines would do with `new`.
fn moves(old: &str, new: &str, lines: &[&str], given: &[(&str, &str)]) -> Fate {
    let mut play = Play::new(old, &[]);
    lines.iter().for_each(|it| play.line(it));
    let given: BTreeMap<NodeId, NodeId> = given.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
    let map = mapping(&flow(old), &flow(new), &given);
    let plan = Plan::compile(&catalog(&[]), &flow(new)).unwrap();
    fate(&plan, &play.instance, &map)
}

#[test]
fn what_each_instance_would_do() {
    let old = "start s\n s -> a\n user a name=Check role=svc\n a -> b\n user b role=svc";
    let run = ["anna start"];
    let fine = Fate::Move { risky: vec![] };
    assert_eq!(
        moves(old, "start s\n s -> a\n user a role=mgr\n a -> c\n user c role=svc", &run, &[]),
        fine,
        "the same id"
    );
    assert_eq!(
        moves(old, "start s\n s -> a2\n user a2 name=Check role=mgr", &run, &[]),
        fine,
        "the same kind and name"
    );
    assert_eq!(
        moves(old, "start s\n s -> c\n user c role=mgr", &run, &[]),
        Fate::NeedsMapping { nodes: vec!["a".into()] }
    );
    assert_eq!(moves(old, "start s\n s -> c\n user c role=mgr", &run, &[("a", "c")]), fine, "as told");
    let two = "start s\n s -> x\n user x name=Check role=mgr\n x -> y\n user y name=Check role=mgr";
    assert_eq!(moves(old, two, &run, &[]), Fate::NeedsMapping { nodes: vec!["a".into()] }, "two of that name");
    assert_eq!(
        moves(old, "start s\n s -> a\n task a", &["anna start"], &[("a", "a")]),
        Fate::WouldBreak { why: vec!["`a` is something else there: what is under way could not go on".into()] }
    );
    let nested = "start s\n s -> p\n sub p\n start t\n t -> a\n user a role=svc\n end";
    assert_eq!(
        moves(old, nested, &run, &[]),
        Fate::WouldBreak { why: vec!["`a` stands in another subprocess".into()] }
    );
    let stuck = "start s\n s -> f\n and f\n f -> a\n f -> z\n user a role=svc\n task z\n a -> j\n z -> j\n and j";
    let why = vec!["the flow could not end any more; it would get stuck at a-j".into()];
    assert_eq!(moves(old, stuck, &run, &[]), Fate::WouldBreak { why });
    assert_eq!(moves(old, old, &["anna start", "ben complete a", "ben complete b"], &[]), Fate::Stay {});
}

#[test]
fn an_instance_goes_on_in_the_new_version() {
    let old = "start s
        s -> fork
        and fork
        fork -> a
        fork -> b
        user a name=Check role=svc due=8bh
        user b role=svc
        boundary old on=a after=PT3H
        boundary kept on=a after=PT5H
        old -> e
        kept -> e
        end e
        a -> join
        b -> join
        and join
        join -> last
        user last role=svc";
    let new = "start s
        s -> fork
        and fork
        fork -> a2
        fork -> b
        user a2 name=Check role=mgr
        user b role=svc
        boundary kept on=a2 after=PT9H
        boundary new on=a2 after=PT1H
        kept -> e
        new -> e
        end e
        a2 -> m
        b -> m
        xor m
        m -> last
        user last role=svc";
    let mut play = Play::new(old, &[]);
    ["anna start", "ben complete b", "ben claim a", "2026-03-02T02:00:00Z at"].iter().for_each(|it| play.line(it));
    let map = mapping(&flow(old), &flow(new), &BTreeMap::new());
    play.plan = Plan::compile(&catalog(&[]), &flow(new)).unwrap();
    play.trace.clear();
    // The flow into the join has a counterpart that leads elsewhere; it is told which.
    let map: BTreeMap<NodeId, NodeId> =
        map.into_iter().chain([("b-join".into(), "b-m".into()), ("a-join".into(), "a2-m".into())]).collect();
    let step = play.give("mia", Input::Migrate { version: "v2".into(), nodes: map }).unwrap();
    let told: Vec<String> =
        step.facts.iter().map(|it| serde_json::to_value(it).unwrap()["fact"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        told,
        ["migrated", "timerCancelled", "timerSet", "removed", "entered", "left", "entered", "taskOpened", "assigned"]
    );
    let mut timers: Vec<String> = play.instance.timers.values().map(|it| format!("{} {}", it.node, it.at)).collect();
    timers.sort();
    assert_eq!(
        timers,
        ["a2 2026-03-02T08:24:00Z", "a2 2026-03-02T10:00:00Z", "kept 2026-03-02T06:00:00Z", "new 2026-03-02T03:00:00Z"]
    );
    let task = play.instance.tasks.values().find(|it| it.node.as_str() == "a2").unwrap();
    assert_eq!(
        (task.assignee.as_ref().unwrap().as_str(), task.due_at.as_deref()),
        ("ben", Some("2026-03-02T10:00:00Z")),
        "people and deadline stay"
    );
    assert!(play.instance.done.contains_key("b"));
    ["ben complete a2", "ben complete last", "ben complete last"].iter().for_each(|it| play.line(it));
    assert!(play.trace.ends_with("! ended\n"), "{}", play.trace);
}

#[test]
fn every_prefix_of_the_facts_folds() {
    let mut play = Play::new(INSIDE, &[]);
    let mut facts: Vec<Fact> = Vec::new();
    let mut after = vec![(0, play.instance.clone())];
    let give = |play: &mut Play, facts: &mut Vec<Fact>, who: &str, input: Input| {
        facts.extend(play.give(who, input).unwrap().facts);
        (facts.len(), play.instance.clone())
    };
    after.push(give(&mut play, &mut facts, "anna", Input::Start { at: None, vars: Map::new(), parent: None }));
    after.push(give(
        &mut play,
        &mut facts,
        "mia",
        Input::Move { from: "x".into(), to: "z".into(), reason: "so".into(), anyway: false },
    ));
    after.push(give(&mut play, &mut facts, "mia", Input::Suspend { reason: "so".into() }));
    after.push(give(&mut play, &mut facts, "mia", Input::Resume {}));
    for (at, instance) in after {
        assert_eq!(replay(&"i".into(), &facts, at), instance, "after {at} facts");
    }
    let mut folded = replay(&"i".into(), &facts, 0);
    for (at, fact) in facts.iter().enumerate() {
        assert_eq!(replay(&"i".into(), &facts, at), folded);
        folded.apply(fact);
    }
}

#[test]
fn the_likeliest_is_told_first() {
    let old = "start s\n s -> a\n user a name=Check role=svc\n a -> b\n user b name=Approve role=svc\n b -> e\n end e";
    for (new, id, expected) in [
        // Renamed and given a new id between the same neighbours.
        (
            "start s\n s -> x\n user x name=Examine role=svc\n x -> b\n user b name=Approve role=svc\n b -> e\n end e",
            "a",
            vec!["x"],
        ),
        // Split in two: the one with the like name before the other.
        (
            "start s\n s -> x\n user x name=Look role=svc\n x -> y\n user y name=Checking role=svc\n y -> b\n user b name=Approve role=svc\n b -> e\n end e",
            "a",
            vec!["y", "x"],
        ),
        // Gone: what stands there already is no great guess, an end event none at all.
        ("start s\n s -> b\n user b name=Approve role=svc\n b -> e\n end e", "a", Vec::new()),
        // In another subprocess nothing can be moved to.
        (
            "start s\n s -> p\n sub p\n start t\n t -> x\n user x name=Check role=svc\n end\n p -> b\n user b name=Approve role=svc\n b -> e\n end e",
            "a",
            Vec::new(),
        ),
        ("start s\n s -> e\n end e", "nowhere", Vec::new()),
    ] {
        let (old, new) = (flow(old), flow(new));
        let known = mapping(&old, &new, &BTreeMap::new());
        let found = suggest(&old, &new, &known, &id.into());
        assert_eq!(found.iter().map(NodeId::as_str).collect::<Vec<_>>(), expected);
    }
}
