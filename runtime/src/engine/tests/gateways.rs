//! Gateways and the choice of flows.

use expect_test::expect;

use super::{Play, check};

#[test]
fn exclusive_takes_the_first_that_holds_else_the_default() {
    let flow = "start s
        s -> g
        xor g default=g-c
        g -> a : vars.n > 10
        g -> b : vars.n > 5
        g -> c
        task a
        task b
        task c";
    check(
        flow,
        &[],
        &["anna start {\"n\":7}"],
        expect![[r#"
        > anna start {"n":7}
          started by=anna vars={"n":7}
          entered node=s token=0
          left node=s token=0
          entered node=g token=1 via=s-g
          decided because=[["g-a",false],["g-b",true]] node=g taken=["g-b"]
          left node=g token=1
          entered node=b token=2 via=g-b
          left node=b token=2
          finished
        ! ended vars={"n":7}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start {\"n\":1}"],
        expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered node=s token=0
          left node=s token=0
          entered node=g token=1 via=s-g
          decided because=[["g-a",false],["g-b",false]] node=g taken=["g-c"]
          left node=g token=1
          entered node=c token=2 via=g-c
          left node=c token=2
          finished
        ! ended vars={"n":1}
    "#]],
    );
}

#[test]
fn no_flow_to_take_is_an_incident_that_can_be_retried() {
    let flow = "start s
        s -> a
        user a role=svc outcomes=yes,no
        a -> g
        xor g
        g -> b : data.ready == true
        g -> c : vars.missing.deep > 3
        task b
        task c";
    check(
        flow,
        &[],
        &["anna start", "ben complete a yes", "mia retry"],
        expect![[r#"
            > anna start
              started by=anna
              entered node=s token=0
              left node=s token=0
              entered node=a token=1 via=s-a
              taskOpened task={"id":"i.2","roles":["svc"]} token=1
              assigned task=i.2 why=offered to holders of svc
            ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
            > ben complete a yes
              taskClaimed by=ben task=i.2
              taskCompleted by=ben node=a outcome=yes task=i.2
              left node=a token=1
              entered node=g outcome=yes token=3 via=a-g
              incidentRaised incident=i.4 message=expected a condition that holds or a default flow, found neither node=g phase=leave token=3
            > mia retry
              incidentResolved incident=i.4
              incidentRaised incident=i.5 message=expected a condition that holds or a default flow, found neither node=g phase=leave token=3
        "#]],
    );
}

#[test]
fn parallel_joins_one_token_of_every_flow() {
    let flow = "start s
        s -> fork
        and fork
        fork -> a
        fork -> b
        user a role=svc
        user b role=svc
        a -> join
        b -> join
        and join
        join -> e
        end e";
    check(
        flow,
        &[],
        &["anna start", "ben complete b", "carl complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=fork token=1 via=s-fork
          left node=fork token=1
          entered node=a token=2 via=fork-a
          entered node=b token=3 via=fork-b
          taskOpened task={"id":"i.4","roles":["svc"]} token=2
          assigned task=i.4 why=offered to holders of svc
          taskOpened task={"id":"i.5","roles":["svc"]} token=3
          assigned task=i.5 why=offered to holders of svc
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.5 texts=New task: b / 新任务：b to=["ben","carl"]
        > ben complete b
          taskClaimed by=ben task=i.5
          taskCompleted by=ben node=b outcome=done task=i.5
          left node=b token=3
          arrived flow=b-join outcome=done token=6
        > carl complete a
          taskClaimed by=carl task=i.4
          taskCompleted by=carl node=a outcome=done task=i.4
          left node=a token=2
          arrived flow=a-join outcome=done token=7
          joined node=join tokens=[7,6]
          entered node=join outcome=done token=8
          left node=join token=8
          entered node=e outcome=done token=9 via=join-e
          left node=e token=9
          finished
        ! ended
    "#]],
    );
}

#[test]
fn inclusive_join_waits_for_what_can_still_come_and_no_longer() {
    let flow = "start s
        s -> fork
        or fork default=fork-c
        fork -> a : vars.a
        fork -> b : vars.b
        fork -> c
        user a role=svc
        user b role=svc outcomes=go,stop
        task c
        a -> join
        b -> choice
        xor choice
        choice -> join : outcome == \"go\"
        choice -> dead : outcome == \"stop\"
        end dead
        c -> join
        or join
        join -> e
        end e";
    let lines = ["anna start {\"a\":true,\"b\":true}", "ben complete a", "ben complete b stop"];
    check(
        flow,
        &[],
        &lines,
        expect![[r#"
        > anna start {"a":true,"b":true}
          started by=anna vars={"a":true,"b":true}
          entered node=s token=0
          left node=s token=0
          entered node=fork token=1 via=s-fork
          decided because=[["fork-a",true],["fork-b",true]] node=fork taken=["fork-a","fork-b"]
          left node=fork token=1
          entered node=a token=2 via=fork-a
          entered node=b token=3 via=fork-b
          taskOpened task={"id":"i.4","roles":["svc"]} token=2
          assigned task=i.4 why=offered to holders of svc
          taskOpened task={"id":"i.5","roles":["svc"]} token=3
          assigned task=i.5 why=offered to holders of svc
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.5 texts=New task: b / 新任务：b to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.4
          taskCompleted by=ben node=a outcome=done task=i.4
          left node=a token=2
          arrived flow=a-join outcome=done token=6
        > ben complete b stop
          taskClaimed by=ben task=i.5
          taskCompleted by=ben node=b outcome=stop task=i.5
          left node=b token=3
          entered node=choice outcome=stop token=7 via=b-choice
          decided because=[["choice-join",false],["choice-dead",true]] node=choice taken=["choice-dead"]
          left node=choice token=7
          entered node=dead outcome=stop token=8 via=choice-dead
          left node=dead token=8
          joined node=join tokens=[6]
          entered node=join outcome=done token=9
          left node=join token=9
          entered node=e outcome=done token=10 via=join-e
          left node=e token=10
          finished
        ! ended vars={"a":true,"b":true}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start {\"a\":false,\"b\":false}"],
        expect![[r#"
        > anna start {"a":false,"b":false}
          started by=anna vars={"a":false,"b":false}
          entered node=s token=0
          left node=s token=0
          entered node=fork token=1 via=s-fork
          decided because=[["fork-a",false],["fork-b",false]] node=fork taken=["fork-c"]
          left node=fork token=1
          entered node=c token=2 via=fork-c
          left node=c token=2
          arrived flow=c-join token=3
          joined node=join tokens=[3]
          entered node=join token=4
          left node=join token=4
          entered node=e token=5 via=join-e
          left node=e token=5
          finished
        ! ended vars={"a":false,"b":false}
    "#]],
    );
}

#[test]
fn inclusive_join_waits_for_the_activity_an_event_came_from() {
    let flow = "start s
        s -> a
        user a role=svc
        boundary b on=a after=PT1H cancelActivity=false
        b -> told
        task told
        told -> join
        a -> join
        or join
        join -> e
        end e";
    check(
        flow,
        &[],
        &["anna start", "system timer b", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          timerSet at=2026-03-02T02:00:00Z node=b timer=i.2 token=1
          taskOpened task={"id":"i.3","roles":["svc"]} token=1
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given task=i.3 texts=New task: a / 新任务：a to=["ben","carl"]
        > system timer b
          timerFired timer=i.2
          caught name=timer node=b
          entered node=b token=4
          left node=b token=4
          entered node=told token=5 via=b-told
          left node=told token=5
          arrived flow=told-join token=6
        > ben complete a
          taskClaimed by=ben task=i.3
          taskCompleted by=ben node=a outcome=done task=i.3
          left node=a token=1
          arrived flow=a-join outcome=done token=7
          joined node=join tokens=[7,6]
          entered node=join outcome=done token=8
          left node=join token=8
          entered node=e outcome=done token=9 via=join-e
          left node=e token=9
          finished
        ! ended
    "#]],
    );
}

#[test]
fn event_gateway_takes_the_first_event_and_forgets_the_others() {
    let flow = "start s
        s -> g
        event g
        g -> late
        g -> came
        catch late after=PT1H
        catch came message=answer
        late -> x
        came -> y
        task x
        task y";
    check(
        flow,
        &[],
        &["anna start", "anna message answer {\"ok\":true}"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=g token=1 via=s-g
          timerSet at=2026-03-02T02:00:00Z node=late timer=i.2 token=1
        > anna message answer {"ok":true}
          varsSet vars={"ok":true}
          caught name=answer node=came
          timerCancelled timer=i.2
          decided node=g taken=["g-came"]
          left node=g token=1
          entered node=came token=3 via=g-came
          left node=came token=3
          entered node=y token=4 via=came-y
          left node=y token=4
          finished
        ! ended vars={"ok":true}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start", "system timer late", "anna message answer"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=g token=1 via=s-g
          timerSet at=2026-03-02T02:00:00Z node=late timer=i.2 token=1
        > system timer late
          timerFired timer=i.2
          caught name=timer node=late
          decided node=g taken=["g-late"]
          left node=g token=1
          entered node=late token=3 via=g-late
          left node=late token=3
          entered node=x token=4 via=late-x
          left node=x token=4
          finished
        ! ended
        > anna message answer
          refused: the flow has already ended
    "#]],
    );
}

#[test]
fn flows_out_of_an_activity_split_and_a_flow_without_end_event_ends() {
    let flow = "start s
        s -> a
        task a
        a -> b
        a -> c : vars.c
        task b
        task c";
    check(
        flow,
        &[],
        &["anna start {\"c\":true}"],
        expect![[r#"
        > anna start {"c":true}
          started by=anna vars={"c":true}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          decided because=[["a-c",true]] node=a taken=["a-b","a-c"]
          left node=a token=1
          entered node=b token=2 via=a-b
          entered node=c token=3 via=a-c
          left node=b token=2
          left node=c token=3
          finished
        ! ended vars={"c":true}
    "#]],
    );
}

#[test]
fn join_that_waits_in_vain_says_so() {
    let flow = "start s
        s -> g
        xor g
        g -> a : vars.a
        g -> b : vars.a != true
        task a
        task b
        a -> join
        b -> join
        and join
        join -> e
        end e";
    check(
        flow,
        &[],
        &["anna start {\"a\":true}", "mia retry", "mia cancel"],
        expect![[r#"
        > anna start {"a":true}
          started by=anna vars={"a":true}
          entered node=s token=0
          left node=s token=0
          entered node=g token=1 via=s-g
          decided because=[["g-a",true]] node=g taken=["g-a"]
          left node=g token=1
          entered node=a token=2 via=g-a
          left node=a token=2
          arrived flow=a-join token=3
          incidentRaised incident=i.4 message=expected a token on `b-join`, none can come any more node=join phase=work token=3
        > mia retry
          incidentResolved incident=i.4
          incidentRaised incident=i.5 message=expected a token on `b-join`, none can come any more node=join phase=work token=3
        > mia cancel
          incidentResolved incident=i.5
          removed token=3 why=cancelled
          cancelled by=mia
        ! ended cancelled=true vars={"a":true}
    "#]],
    );
}

#[test]
fn an_instance_has_a_thousand_tokens_and_no_more() {
    let split = |width: usize| {
        let ways: String = (0..width).map(|it| format!("f -> u{it}\n user u{it} role=svc\n")).collect();
        format!("start s\n s -> f\n and f\n {ways} u0 -> v\n user v role=svc")
    };
    let turns = |count: usize| format!("start s\n s -> a\n user a role=svc many={{\"loopCardinality\":\"{count}\"}}");
    for (flow, open, stuck) in
        [(split(1_000), 1_000, 0), (split(1_001), 0, 1), (turns(999), 999, 0), (turns(1_000), 999, 1)]
    {
        let mut play = Play::new(&flow, &[]);
        play.line("anna start");
        assert_eq!((play.instance.tasks.len(), play.instance.incidents.len()), (open, stuck), "{}", &flow[..80]);
    }
    // What only goes on takes no more room than it had.
    let mut play = Play::new(&split(1_000), &[]);
    play.line("anna start");
    play.line("ben complete u0");
    assert!(play.instance.incidents.is_empty() && play.instance.tasks.len() == 1_000, "{}", play.trace);
}
