//! What people do with tasks besides doing them: lending, taking back, standing in, telling, stopping, passing over.

use expect_test::expect;

use super::{Play, check};
use crate::engine::context::Absence;

const TWO: &str = "start s
    s -> a
    user a role=svc outcomes=ok
    a -> b
    user b performer={\"roles\":[\"svc\"],\"notSameAs\":[\"a\"]}";

#[test]
fn lent_it_comes_back_and_only_its_owner_completes_it() {
    let lines = [
        "anna start",
        "ben delegate a ben",
        "ben delegate a nobody",
        "ben delegate a carl",
        "ben complete a ok",
        "carl complete a ok",
        "carl release a",
        "mia resolve a",
        "carl resolve a 'looks fine'",
        "ben resolve a",
        "ben delegate a carl",
        "carl delegate a mia",
        "ben resolve a",
        "ben complete a ok",
    ];
    check(
        TWO,
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben delegate a ben
          refused: `ben` cannot get this task
        > ben delegate a nobody
          refused: `nobody` cannot get this task
        > ben delegate a carl
          taskClaimed by=ben task=i.2
          taskDelegated from=ben task=i.2 to=carl
        ! notify notice=task-delegated task=i.2 texts=Lent to you: a / 委派给您：a to=["carl"]
        > ben complete a ok
          refused: the task is claimed by carl
        > carl complete a ok
          refused: the task is lent by ben; it goes back before it is completed
        > carl release a
          refused: the task is lent by ben; it goes back before it is completed
        > mia resolve a
          refused: the task is claimed by carl
        > carl resolve a 'looks fine'
          taskResolved by=carl comment=looks fine task=i.2 to=ben
        ! notify notice=task-resolved task=i.2 texts=Back with you: a / 已交还：a to=["ben"]
        > ben resolve a
          refused: the task is not lent
        > ben delegate a carl
          taskDelegated from=ben task=i.2 to=carl
        ! notify notice=task-delegated task=i.2 texts=Lent to you: a / 委派给您：a to=["carl"]
        > carl delegate a mia
          taskDelegated from=carl task=i.2 to=mia
        ! notify notice=task-delegated task=i.2 texts=Lent to you: a / 委派给您：a to=["mia"]
        > ben resolve a
          taskResolved by=ben task=i.2 to=ben
        > ben complete a ok
          taskCompleted by=ben node=a outcome=ok task=i.2
          left node=a token=1
          entered node=b outcome=ok token=3 via=a-b
          taskOpened task={"candidates":["carl"],"id":"i.4"} token=3
          assigned task=i.4 why=offered to holders of svc, not ben
        ! notify notice=task-given task=i.4 texts=New task: b / 新任务：b to=["carl"]
    "#]],
    );
}

#[test]
fn what_was_sent_on_is_withdrawn_while_nobody_has_begun() {
    let lines = [
        "anna start",
        "ben complete a ok",
        "anna withdraw b",
        "carl claim b",
        "ben withdraw b",
        "carl release b",
        "ben withdraw b 'too early'",
        "ben complete a ok",
    ];
    check(
        TWO,
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a ok
          taskClaimed by=ben task=i.2
          taskCompleted by=ben node=a outcome=ok task=i.2
          left node=a token=1
          entered node=b outcome=ok token=3 via=a-b
          taskOpened task={"candidates":["carl"],"id":"i.4"} token=3
          assigned task=i.4 why=offered to holders of svc, not ben
        ! notify notice=task-given task=i.4 texts=New task: b / 新任务：b to=["carl"]
        > anna withdraw b
          refused: you have not sent this on
        > carl claim b
          taskClaimed by=carl task=i.4
        > ben withdraw b
          refused: somebody has begun; it cannot be withdrawn any more
        > carl release b
          taskReleased task=i.4
        > ben withdraw b 'too early'
          taskWithdrawn by=ben node=b reason=too early task=i.4 to=a
          removed token=3 why=sent back to a
          entered node=a token=5
          taskOpened task={"assignee":"ben","id":"i.6","returned":["ben","too early"],"roles":["svc"]} token=5
          assigned task=i.6 to=ben why=had it before it was sent back
        ! notify notice=task-withdrawn task=i.4 texts=Withdrawn: b / 已撤回：b to=["carl"]
        ! notify notice=task-returned task=i.6 texts=Sent back: a / 被退回：a to=["ben"]
        > ben complete a ok
          taskCompleted by=ben node=a outcome=ok task=i.6
          left node=a token=5
          entered node=b outcome=ok token=7 via=a-b
          taskOpened task={"candidates":["carl"],"id":"i.8"} token=7
          assigned task=i.8 why=offered to holders of svc, not ben
        ! notify notice=task-given task=i.8 texts=New task: b / 新任务：b to=["carl"]
    "#]],
    );
}

#[test]
fn who_started_the_flow_withdraws_it_while_nobody_has_begun() {
    check(
        TWO,
        &[],
        &["anna start", "ben withdraw a", "anna withdraw a mistake"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben withdraw a
          refused: you have not sent this on
        > anna withdraw a mistake
          taskCancelled task=i.2 why=withdrawn
          removed token=1 why=withdrawn
          cancelled by=anna reason=mistake
        ! notify notice=task-withdrawn task=i.2 texts=Withdrawn: a / 已撤回：a to=["ben","carl"]
        ! ended cancelled=true
    "#]],
    );
    let mut play = Play::new(TWO, &[]);
    for it in ["anna start", "ben claim a", "anna withdraw a mistake"] {
        play.line(it);
    }
    assert!(play.trace.ends_with("refused: somebody has begun; it cannot be withdrawn any more\n"), "{}", play.trace);
}

#[test]
fn of_two_branches_one_that_is_done_keeps_both_from_being_withdrawn() {
    let flow = "start s
        s -> a
        user a role=svc
        a -> f
        and f
        f -> x
        f -> y
        user x role=mgr
        user y role=mgr
        x -> j
        y -> j
        and j";
    let mut play = Play::new(flow, &[]);
    for it in ["anna start", "ben complete a", "mia complete x", "ben withdraw y"] {
        play.line(it);
    }
    assert!(play.trace.ends_with("refused: somebody has begun; it cannot be withdrawn any more\n"), "{}", play.trace);
    let mut play = Play::new(flow, &[]);
    for it in ["anna start", "ben complete a", "ben withdraw y 'not yet'"] {
        play.line(it);
    }
    let open: Vec<&str> = play.instance.tasks.values().map(|it| it.node.as_str()).collect();
    assert_eq!(open, ["a"], "both branches are taken back\n{}", play.trace);
}

/// What lies between two steps: what only computes is done again, what has gone out of the flow is not.
#[test]
fn what_was_sent_on_is_withdrawn_unless_something_went_out() {
    let call = "service m call={\"plugin\":\"p\",\"function\":\"f\",\"output\":\"n\"}";
    let caught = format!("{call}\n boundary e on=m error=E1\n e -> b");
    let withdrawn = "";
    let begun = "refused: somebody has begun; it cannot be withdrawn any more";
    let never = "refused: you have not sent this on";
    let cases: &[(&str, &[&str], &str)] = &[
        ("task m", &[], withdrawn),
        ("script m script=work", &[], withdrawn),
        (call, &["system job 5"], withdrawn),
        (&caught, &["system job fails E1"], withdrawn),
        (
            "sub m\n start ms\n service w call={\"plugin\":\"p\",\"function\":\"f\",\"output\":\"n\"}\n ms -> w\n end",
            &["system job 5"],
            withdrawn,
        ),
        (call, &["system job 5", "carl claim b"], begun),
        // It failed for good, and somebody had it done again.
        (call, &["system job fails", "mia retry", "system job 5"], never),
        ("throw m message=hello", &[], begun),
        ("throw m signal=ping", &[], begun),
        ("send m message=hello", &[], begun),
        ("throw m escalation=X1", &[], withdrawn),
        ("catch m after=PT1H", &["system timer m"], never),
    ];
    for (between, then, expected) in cases {
        let flow = format!("start s\n s -> a\n user a role=svc\n a -> m\n {between}\n m -> b\n user b role=svc");
        let mut play = Play::new(&flow, &[("work", "#{ vars: #{ n: 3 } }")]);
        for it in ["anna start", "ben complete a"].iter().chain(*then) {
            play.line(it);
        }
        assert!(play.instance.sent.is_empty(), "what came back is not remembered\n{}", play.trace);
        let found = last(&mut play, "ben withdraw b 'not yet'");
        assert_eq!(
            found.lines().find(|it| it.contains("refused")).unwrap_or_default(),
            *expected,
            "{between}\n{found}"
        );
        let open: Vec<&str> = play.instance.tasks.values().map(|it| it.node.as_str()).collect();
        assert_eq!(open, [if expected.is_empty() { "a" } else { "b" }], "{between}");
    }
}

#[test]
fn what_is_done_while_a_plugin_works_keeps_it_from_being_withdrawn() {
    let flow = "start s
        s -> a
        user a role=svc
        a -> f
        and f
        f -> x
        f -> m
        user x role=mgr
        service m call={\"plugin\":\"p\",\"function\":\"f\",\"output\":\"n\"}
        m -> y
        user y role=svc
        f -> c
        call c calledElement=other";
    let without_call = flow.split("f -> c").next().unwrap();
    let begun = "refused: somebody has begun; it cannot be withdrawn any more";
    for (flow, lines, open) in [
        // Whoever withdraws calls off what the plugin still works on.
        (without_call, vec!["ben withdraw x 'not yet'"], "a"),
        (without_call, vec!["system job 5", "ben withdraw y 'not yet'"], "a"),
        (without_call, vec!["mia complete x", "system job 5", "ben withdraw y 'not yet'"], "y"),
        (without_call, vec!["system job 5", "mia complete x", "ben withdraw y 'not yet'"], "y"),
        (flow, vec!["system job 5", "ben withdraw y 'not yet'"], "y x"),
    ] {
        let mut play = Play::new(flow, &[]);
        for it in ["anna start", "ben complete a"].iter().chain(&lines) {
            play.line(it);
        }
        let found: Vec<&str> = play.instance.tasks.values().map(|it| it.node.as_str()).collect();
        assert_eq!(found.join(" "), open, "{lines:?}\n{}", play.trace);
        assert_eq!(play.trace.contains(begun), open != "a", "{lines:?}\n{}", play.trace);
        assert!(open != "a" || play.instance.jobs.is_empty(), "{}", play.trace);
    }
}

/// From the 2nd to the 4th of March ben is away, and the one named stands in.
fn away(play: &mut Play, who: &str, substitute: &str) {
    let absence = Absence {
        from: "2026-03-02T00:00:00Z".into(),
        until: "2026-03-04T00:00:00Z".into(),
        substitute: Some(substitute.into()),
    };
    play.people.change(who).absences.push(absence);
}

fn last(play: &mut Play, line: &str) -> String {
    play.trace.clear();
    play.line(line);
    let keep = |it: &&str| it.contains("refused") || it.contains("taskC") || it.contains("notify");
    play.trace.lines().filter(keep).map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_substitute_may_do_what_the_absent_person_may() {
    let flow = "start s
        s -> a
        user a performer={\"user\":\"\\\"ben\\\"\"}
        a -> b
        user b performer={\"user\":\"\\\"ben\\\"\"}";
    let mut play = Play::new(flow, &[]);
    away(&mut play, "ben", "mia");
    assert!(
        last(&mut play, "anna start").contains("to=[\"ben\",\"mia\"]"),
        "who stands in is told too: {}",
        play.trace
    );
    assert_eq!(last(&mut play, "carl complete a"), "refused: the task is claimed by ben");
    assert_eq!(
        last(&mut play, "mia complete a").lines().next(),
        Some("taskCompleted behalf=ben by=mia node=a outcome=done task=i.2")
    );
    play.now = "2026-03-04T00:00:00Z".parse().unwrap();
    assert_eq!(last(&mut play, "mia complete b"), "refused: the task is claimed by ben", "ben is back");
}

#[test]
fn standing_in_goes_on_over_people_who_are_away_themselves() {
    let mut play = Play::new("start s\n s -> a\n user a performer={\"user\":\"\\\"ben\\\"\"}", &[]);
    away(&mut play, "ben", "carl");
    away(&mut play, "carl", "anna");
    away(&mut play, "anna", "ben");
    play.line("anna start");
    assert_eq!(last(&mut play, "mia complete a"), "refused: the task is claimed by ben");
    assert_eq!(last(&mut play, "anna complete a"), "taskCompleted behalf=ben by=anna node=a outcome=done task=i.2");
}

/// Every way to get hold of a task, tried by or for somebody who did the opposed step.
#[test]
fn separation_of_duty_holds_on_every_path() {
    let flow = "start s
        s -> a
        user a role=svc
        a -> b
        user b performer={\"roles\":[\"svc\",\"mgr\"],\"notSameAs\":[\"a\",\"s\"]}";
    let refused = "refused: you did `a`, and the same person must not do both";
    for (line, expected) in [
        ("ben claim b", "refused: you may not do this task"),
        ("ben complete b", "refused: you may not do this task"),
        ("carl give b ben", refused),
        ("carl delegate b ben", refused),
        ("carl beside b ben", refused),
        ("carl before b ben", refused),
        ("carl give b anna", "refused: you did `s`, and the same person must not do both"),
        ("anna claim b", "refused: you may not do this task"),
    ] {
        let mut play = Play::new(flow, &[]);
        play.line("anna start");
        play.line("ben complete a");
        assert_eq!(last(&mut play, line), expected, "{line}");
    }
    // By standing in: neither who did it for somebody who may, nor somebody who may for who did it.
    let mut play = Play::new(flow, &[]);
    away(&mut play, "carl", "ben");
    play.line("anna start");
    play.line("ben complete a");
    assert_eq!(last(&mut play, "ben complete b"), refused);
    let mut play = Play::new(flow, &[]);
    away(&mut play, "ben", "carl");
    play.line("anna start");
    play.line("ben claim a");
    play.line("carl complete a");
    for who in ["ben", "carl"] {
        assert!(
            last(&mut play, &format!("{who} complete b")).starts_with("refused"),
            "done by carl for ben, it is done by both"
        );
    }
    // Both steps open at once: whoever did one is kept from the other, whichever came first.
    let parallel = "start s
        s -> f
        and f
        f -> a
        f -> b
        user a role=svc
        user b performer={\"roles\":[\"svc\"],\"notSameAs\":[\"a\"]}";
    for (first, second) in [("a", "b"), ("b", "a")] {
        let mut play = Play::new(parallel, &[]);
        for line in ["anna start", "ben claim a", "ben claim b", &format!("ben complete {first}")] {
            play.line(line);
        }
        let found = last(&mut play, &format!("ben complete {second}"));
        assert_eq!(found, format!("refused: you did `{first}`, and the same person must not do both"));
    }
}

/// In a loop each round is asked for itself where the one always comes before the other; elsewhere all that was done counts.
#[test]
fn separation_of_duty_is_asked_in_each_round() {
    let round = "start s
        s -> a
        user a role=svc
        a -> b
        user b performer={\"roles\":[\"svc\"],\"notSameAs\":[\"a\"]} outcomes=ok,again
        b -> g
        xor g default=g-e
        g -> a : outcome == \"again\"
        g -> e
        end e";
    let mut play = Play::new(round, &[]);
    for line in ["anna start", "ben complete a", "carl complete b again"] {
        play.line(line);
    }
    assert!(last(&mut play, "carl complete a").contains("taskCompleted by=carl node=a"), "a new round");
    assert_eq!(last(&mut play, "carl complete b ok"), "refused: you may not do this task");
    assert!(last(&mut play, "ben complete b ok").contains("taskCompleted by=ben node=b"), "who made the offer before");
    // `b` is reached without `a` too: it may be the one that was not asked.
    let around = format!("{round}\n s -> b");
    let mut play = Play::new(&around, &[]);
    for line in ["anna start", "carl complete b again"] {
        play.line(line);
    }
    assert_eq!(last(&mut play, "carl complete a"), "refused: you did `b`, and the same person must not do both");
}

#[test]
fn telling_and_urging() {
    let flow = "start s\n s -> a\n user a role=svc";
    let lines = [
        "anna start",
        "anna cc a mia",
        "ben cc a mia,carl",
        "ben cc a nobody",
        "carl urge a",
        "anna urge a",
        "anna urge a",
        "2026-03-02T01:30:00Z at",
        "mia urge a",
        "anna urge a",
    ];
    check(
        flow,
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > anna cc a mia
          refused: you may not do this task
        > ben cc a mia,carl
          taskCopied by=ben task=i.2 to=["mia","carl"]
        ! notify notice=task-copied task=i.2 texts=For your information: a / 抄送：a to=["mia","carl"]
        > ben cc a nobody
          refused: `nobody` cannot get this task
        > carl urge a
          refused: you may not do this task
        > anna urge a
          taskUrged at=2026-03-02T01:00:00Z by=anna task=i.2
        ! notify notice=task-urged task=i.2 texts=Please hurry: a / 催办：a to=["ben","carl"]
        > anna urge a
          refused: it was urged already; again from 2026-03-02T01:30:00Z
        > 2026-03-02T01:30:00Z at
        > mia urge a
          refused: you may not do this task
        > anna urge a
          taskUrged at=2026-03-02T01:30:00Z by=anna task=i.2
        ! notify notice=task-urged task=i.2 texts=Please hurry: a / 催办：a to=["ben","carl"]
    "#]],
    );
}

#[test]
fn passing_over_by_condition_and_by_people() {
    let flow = "start s
        s -> a
        user a role=svc outcomes=ok,no skip={\"outcome\":\"ok\",\"when\":\"data.amount<100\",\"by\":[\"mgr\"]}
        a -> e
        end e assign=[{\"target\":\"vars.by\",\"expr\":\"outcome\"}]";
    let mut play = Play::new(flow, &[]);
    play.data.insert("amount".into(), "50".into());
    play.line("anna start");
    assert!(play.trace.contains("taskSkipped node=a outcome=ok token=1"), "{}", play.trace);
    assert_eq!(play.instance.vars["by"], "ok");
    assert!(play.instance.done.is_empty(), "nobody has done it");
    let mut play = Play::new(flow, &[]);
    play.data.insert("amount".into(), "500".into());
    play.line("anna start");
    assert_eq!(last(&mut play, "ben skip a x"), "refused: you may not do this task");
    assert_eq!(last(&mut play, "mia skip a"), "refused: this outcome needs a comment");
    play.line("mia skip a 'agreed by phone'");
    assert_eq!(play.instance.vars["by"], "ok");
}
