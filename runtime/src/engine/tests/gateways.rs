//! Gateways and the choice of flows.

use expect_test::expect;

use super::check;

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
    check(flow, &[], &["anna start {\"n\":7}"], expect![[r#"
        > anna start {"n":7}
          started by=anna vars={"n":7}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=g via=s-g
          decided node=g taken=["g-b"] because=[["g-a",false],["g-b",true]]
          left token=1 node=g
          entered token=2 node=b via=g-b
          left token=2 node=b
          finished
        ! ended vars={"n":7}
    "#]]);
    check(flow, &[], &["anna start {\"n\":1}"], expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=g via=s-g
          decided node=g taken=["g-c"] because=[["g-a",false],["g-b",false]]
          left token=1 node=g
          entered token=2 node=c via=g-c
          left token=2 node=c
          finished
        ! ended vars={"n":1}
    "#]]);
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
              entered token=0 node=s
              left token=0 node=s
              entered token=1 node=a via=s-a
              taskOpened token=1 task={"id":"i.2","roles":["svc"]}
              assigned task=i.2 why=offered to holders of svc
            ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: a / 新任务：a
            > ben complete a yes
              taskClaimed task=i.2 by=ben
              taskCompleted task=i.2 node=a by=ben outcome=yes
              left token=1 node=a
              entered token=3 node=g via=a-g outcome=yes
              incidentRaised incident=i.4 token=3 node=g message=expected a condition that holds or a default flow, found neither phase=leave
            > mia retry
              incidentResolved incident=i.4
              incidentRaised incident=i.5 token=3 node=g message=expected a condition that holds or a default flow, found neither phase=leave
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
    check(flow, &[], &["anna start", "ben complete b", "carl complete a"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=fork via=s-fork
          left token=1 node=fork
          entered token=2 node=a via=fork-a
          entered token=3 node=b via=fork-b
          taskOpened token=2 task={"id":"i.4","roles":["svc"]}
          assigned task=i.4 why=offered to holders of svc
          taskOpened token=3 task={"id":"i.5","roles":["svc"]}
          assigned task=i.5 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.4 texts=New task: a / 新任务：a
        ! notify notice=task-given to=["ben","carl"] task=i.5 texts=New task: b / 新任务：b
        > ben complete b
          taskClaimed task=i.5 by=ben
          taskCompleted task=i.5 node=b by=ben outcome=done
          left token=3 node=b
          arrived token=6 flow=b-join outcome=done
        > carl complete a
          taskClaimed task=i.4 by=carl
          taskCompleted task=i.4 node=a by=carl outcome=done
          left token=2 node=a
          arrived token=7 flow=a-join outcome=done
          joined node=join tokens=[7,6]
          entered token=8 node=join outcome=done
          left token=8 node=join
          entered token=9 node=e via=join-e outcome=done
          left token=9 node=e
          finished
        ! ended
    "#]]);
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
    check(flow, &[], &lines, expect![[r#"
        > anna start {"a":true,"b":true}
          started by=anna vars={"a":true,"b":true}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=fork via=s-fork
          decided node=fork taken=["fork-a","fork-b"] because=[["fork-a",true],["fork-b",true]]
          left token=1 node=fork
          entered token=2 node=a via=fork-a
          entered token=3 node=b via=fork-b
          taskOpened token=2 task={"id":"i.4","roles":["svc"]}
          assigned task=i.4 why=offered to holders of svc
          taskOpened token=3 task={"id":"i.5","roles":["svc"]}
          assigned task=i.5 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.4 texts=New task: a / 新任务：a
        ! notify notice=task-given to=["ben","carl"] task=i.5 texts=New task: b / 新任务：b
        > ben complete a
          taskClaimed task=i.4 by=ben
          taskCompleted task=i.4 node=a by=ben outcome=done
          left token=2 node=a
          arrived token=6 flow=a-join outcome=done
        > ben complete b stop
          taskClaimed task=i.5 by=ben
          taskCompleted task=i.5 node=b by=ben outcome=stop
          left token=3 node=b
          entered token=7 node=choice via=b-choice outcome=stop
          decided node=choice taken=["choice-dead"] because=[["choice-join",false],["choice-dead",true]]
          left token=7 node=choice
          entered token=8 node=dead via=choice-dead outcome=stop
          left token=8 node=dead
          joined node=join tokens=[6]
          entered token=9 node=join outcome=done
          left token=9 node=join
          entered token=10 node=e via=join-e outcome=done
          left token=10 node=e
          finished
        ! ended vars={"a":true,"b":true}
    "#]]);
    check(flow, &[], &["anna start {\"a\":false,\"b\":false}"], expect![[r#"
        > anna start {"a":false,"b":false}
          started by=anna vars={"a":false,"b":false}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=fork via=s-fork
          decided node=fork taken=["fork-c"] because=[["fork-a",false],["fork-b",false]]
          left token=1 node=fork
          entered token=2 node=c via=fork-c
          left token=2 node=c
          arrived token=3 flow=c-join
          joined node=join tokens=[3]
          entered token=4 node=join
          left token=4 node=join
          entered token=5 node=e via=join-e
          left token=5 node=e
          finished
        ! ended vars={"a":false,"b":false}
    "#]]);
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
    check(flow, &[], &["anna start", "anna message answer {\"ok\":true}"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=g via=s-g
          timerSet timer=i.2 token=1 node=late at=2026-03-02T02:00:00Z
        > anna message answer {"ok":true}
          varsSet vars={"ok":true}
          caught node=came name=answer
          timerCancelled timer=i.2
          decided node=g taken=["g-came"]
          left token=1 node=g
          entered token=3 node=came via=g-came
          left token=3 node=came
          entered token=4 node=y via=came-y
          left token=4 node=y
          finished
        ! ended vars={"ok":true}
    "#]]);
    check(flow, &[], &["anna start", "system timer late", "anna message answer"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=g via=s-g
          timerSet timer=i.2 token=1 node=late at=2026-03-02T02:00:00Z
        > system timer late
          timerFired timer=i.2
          caught node=late name=timer
          decided node=g taken=["g-late"]
          left token=1 node=g
          entered token=3 node=late via=g-late
          left token=3 node=late
          entered token=4 node=x via=late-x
          left token=4 node=x
          finished
        ! ended
        > anna message answer
          refused: the flow has already ended
    "#]]);
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
    check(flow, &[], &["anna start {\"c\":true}"], expect![[r#"
        > anna start {"c":true}
          started by=anna vars={"c":true}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          decided node=a taken=["a-b","a-c"] because=[["a-c",true]]
          left token=1 node=a
          entered token=2 node=b via=a-b
          entered token=3 node=c via=a-c
          left token=2 node=b
          left token=3 node=c
          finished
        ! ended vars={"c":true}
    "#]]);
}
