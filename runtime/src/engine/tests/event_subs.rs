//! Event subprocesses and conditional events.

use expect_test::expect;

use super::check;

#[test]
fn interrupting_takes_the_scope_over() {
    let flow = "start s
        s -> p
        sub p
          start ps
          ps -> a
          user a role=svc
          eventsub x
            start xs message=stop
            xs -> b
            user b role=svc
          end
          eventsub y
            start ys after=PT1H
            ys -> c
            task c
          end
        end
        p -> e
        end e";
    check(
        flow,
        &[],
        &["anna start", "anna message stop", "anna message stop", "ben complete b"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
          entered node=ps scope=2 token=3
          timerSet at=2026-03-02T02:00:00Z node=ys timer=i.4 token=1
          left node=ps token=3
          entered node=a scope=2 token=5 via=ps-a
          taskOpened task={"id":"i.6","roles":["svc"]} token=5
          assigned task=i.6 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: a / 新任务：a to=["ben","carl"]
        > anna message stop
          caught name=stop node=xs
          taskCancelled task=i.6 why=interrupted by x
          removed token=5 why=interrupted by x
          timerCancelled timer=i.4
          entered node=x scope=2 token=7
          scopeOpened node=x parent=2 scope=8 token=7
          entered node=xs scope=8 token=9
          left node=xs token=9
          entered node=b scope=8 token=10 via=xs-b
          taskOpened task={"id":"i.11","roles":["svc"]} token=10
          assigned task=i.11 why=offered to holders of svc
        ! notify notice=task-given task=i.11 texts=New task: b / 新任务：b to=["ben","carl"]
        > anna message stop
          refused: nothing waits for this
        > ben complete b
          taskClaimed by=ben task=i.11
          taskCompleted by=ben node=b outcome=done task=i.11
          left node=b token=10
          scopeClosed scope=8
          left node=x token=7
          scopeClosed scope=2
          left node=p token=1
          entered node=e token=12 via=p-e
          left node=e token=12
          finished
        ! ended
    "#]],
    );
}

#[test]
fn one_that_does_not_interrupt_runs_beside_each_time_once_more() {
    let flow = "start s
        s -> a
        user a role=svc
        eventsub x
          start xs signal=ping isInterrupting=false
          xs -> b
          user b role=svc
        end";
    check(
        flow,
        &[],
        &["anna start", "anna signal ping", "anna signal ping", "ben complete a", "ben complete b", "ben complete b"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > anna signal ping
          caught name=ping node=xs
          entered node=x token=3
          scopeOpened node=x scope=4 token=3
          entered node=xs scope=4 token=5
          left node=xs token=5
          entered node=b scope=4 token=6 via=xs-b
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: b / 新任务：b to=["ben","carl"]
        > anna signal ping
          caught name=ping node=xs
          entered node=x token=8
          scopeOpened node=x scope=9 token=8
          entered node=xs scope=9 token=10
          left node=xs token=10
          entered node=b scope=9 token=11 via=xs-b
          taskOpened task={"id":"i.12","roles":["svc"]} token=11
          assigned task=i.12 why=offered to holders of svc
        ! notify notice=task-given task=i.12 texts=New task: b / 新任务：b to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.2
          taskCompleted by=ben node=a outcome=done task=i.2
          left node=a token=1
        > ben complete b
          taskClaimed by=ben task=i.12
          taskCompleted by=ben node=b outcome=done task=i.12
          left node=b token=11
          scopeClosed scope=9
          left node=x token=8
        > ben complete b
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=b outcome=done task=i.7
          left node=b token=6
          scopeClosed scope=4
          left node=x token=3
          finished
        ! ended
    "#]],
    );
}

#[test]
fn errors_are_caught_by_the_scope_before_its_boundary() {
    let flow = "start s
        s -> p
        sub p
          start ps
          ps -> pe
          end pe error=E1
          eventsub x
            start xs error=E1
            xs -> xe
            end xe error=E1
          end
        end
        boundary b on=p error=*
        b -> told
        task told";
    // Inside the event subprocess the same error is not caught by it again, but further out.
    check(
        flow,
        &[],
        &["anna start"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
          entered node=ps scope=2 token=3
          left node=ps token=3
          entered node=pe scope=2 token=4 via=ps-pe
          thrown name=E1 node=pe what=error
          left node=pe token=4
          varsSet vars={"error":{"code":"E1","message":""}}
          caught name=E1 node=xs
          entered node=x scope=2 token=5
          scopeOpened node=x parent=2 scope=6 token=5
          entered node=xs scope=6 token=7
          left node=xs token=7
          entered node=xe scope=6 token=8 via=xs-xe
          thrown name=E1 node=xe what=error
          left node=xe token=8
          varsSet vars={"error":{"code":"E1","message":""}}
          caught name=E1 node=b
          scopeClosed scope=6
          removed token=5 why=interrupted by b
          scopeClosed scope=2
          removed token=1 why=interrupted by b
          entered node=b token=9
          left node=b token=9
          entered node=told token=10 via=b-told
          left node=told token=10
          finished
        ! ended vars={"error":{"code":"E1","message":""}}
    "#]],
    );
}

#[test]
fn a_cycle_of_the_flow_itself_fires_again_and_ends_with_it() {
    let flow = "start s
        s -> a
        user a role=svc
        eventsub x
          start xs cycle=R/PT1H isInterrupting=false
          xs -> b
          task b
        end";
    check(
        flow,
        &[],
        &["anna start", "system timer xs", "system timer xs", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          timerSet at=2026-03-02T02:00:00Z every=PT1H node=xs timer=i.1
          left node=s token=0
          entered node=a token=2 via=s-a
          taskOpened task={"id":"i.3","roles":["svc"]} token=2
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given task=i.3 texts=New task: a / 新任务：a to=["ben","carl"]
        > system timer xs
          timerFired timer=i.1
          timerSet at=2026-03-02T03:00:00Z every=PT1H node=xs timer=i.4
          caught name=timer node=xs
          entered node=x token=5
          scopeOpened node=x scope=6 token=5
          entered node=xs scope=6 token=7
          left node=xs token=7
          entered node=b scope=6 token=8 via=xs-b
          left node=b token=8
          scopeClosed scope=6
          left node=x token=5
        > system timer xs
          timerFired timer=i.4
          timerSet at=2026-03-02T04:00:00Z every=PT1H node=xs timer=i.9
          caught name=timer node=xs
          entered node=x token=10
          scopeOpened node=x scope=11 token=10
          entered node=xs scope=11 token=12
          left node=xs token=12
          entered node=b scope=11 token=13 via=xs-b
          left node=b token=13
          scopeClosed scope=11
          left node=x token=10
        > ben complete a
          taskClaimed by=ben task=i.3
          taskCompleted by=ben node=a outcome=done task=i.3
          left node=a token=2
          timerCancelled timer=i.9
          finished
        ! ended
    "#]],
    );
}

#[test]
fn conditions_happen_when_they_become_true() {
    let flow = "start s
        s -> a
        user a role=svc
        boundary b on=a condition='data.amount > 10' cancelActivity=false
        b -> told
        task told
        eventsub x
          start xs condition='vars.stop == true'
          xs -> y
          user y role=svc
        end";
    check(
        flow,
        &[],
        &[
            "anna start",
            "anna record {\"amount\":\"11\"}",
            "anna record {\"amount\":\"12\"}",
            "anna record {\"amount\":\"1\"}",
            "anna record {\"amount\":\"20\"}",
            "anna vars {\"stop\":true}",
        ],
        expect![[r#"
            > anna start
              started by=anna
              entered node=s token=0
              left node=s token=0
              entered node=a token=1 via=s-a
              taskOpened task={"id":"i.2","roles":["svc"]} token=1
              assigned task=i.2 why=offered to holders of svc
            ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
            > anna record {"amount":"11"}
              noted node=b note=held token=1
              caught name=condition node=b
              entered node=b token=3
              left node=b token=3
              entered node=told token=4 via=b-told
              left node=told token=4
            > anna record {"amount":"12"}
            > anna record {"amount":"1"}
              forgotten node=b note=held token=1
            > anna record {"amount":"20"}
              noted node=b note=held token=1
              caught name=condition node=b
              entered node=b token=5
              left node=b token=5
              entered node=told token=6 via=b-told
              left node=told token=6
            > anna vars {"stop":true}
              varsSet vars={"stop":true}
              noted node=xs note=held
              caught name=condition node=xs
              taskCancelled task=i.2 why=interrupted by x
              removed token=1 why=interrupted by x
              entered node=x token=7
              scopeOpened node=x scope=8 token=7
              entered node=xs scope=8 token=9
              left node=xs token=9
              entered node=y scope=8 token=10 via=xs-y
              taskOpened task={"id":"i.11","roles":["svc"]} token=10
              assigned task=i.11 why=offered to holders of svc
            ! notify notice=task-given task=i.11 texts=New task: y / 新任务：y to=["ben","carl"]
        "#]],
    );
}

#[test]
fn a_condition_that_holds_already_is_not_waited_for() {
    let flow = "start s
        s -> c
        catch c condition='vars.ready == true'
        c -> e
        end e";
    check(
        flow,
        &[],
        &["anna start {\"ready\":true}"],
        expect![[r#"
        > anna start {"ready":true}
          started by=anna vars={"ready":true}
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          noted node=c note=held token=1
          caught name=condition node=c
          left node=c token=1
          entered node=e token=2 via=c-e
          left node=e token=2
          finished
        ! ended vars={"ready":true}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start", "anna vars {\"ready\":false}", "anna vars {\"ready\":true}"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
        > anna vars {"ready":false}
          varsSet vars={"ready":false}
        > anna vars {"ready":true}
          varsSet vars={"ready":true}
          noted node=c note=held token=1
          caught name=condition node=c
          left node=c token=1
          entered node=e token=2 via=c-e
          left node=e token=2
          finished
        ! ended vars={"ready":true}
    "#]],
    );
    // One that cannot be asked says so once.
    check(
        &flow.replace(" == true", ""),
        &[],
        &["anna start {\"ready\":\"x\"}", "anna vars {\"ready\":\"x\"}", "anna vars {\"ready\":true}"],
        expect![[r#"
        > anna start {"ready":"x"}
          started by=anna vars={"ready":"x"}
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          incidentRaised incident=i.2 message=condition of `c`: `vars.ready`: expected true or false, found "x" node=c phase=work token=1
        > anna vars {"ready":"x"}
          varsSet vars={"ready":"x"}
        > anna vars {"ready":true}
          varsSet vars={"ready":true}
          noted node=c note=held token=1
          caught name=condition node=c
          incidentResolved incident=i.2
          left node=c token=1
          entered node=e token=3 via=c-e
          left node=e token=3
          finished
        ! ended vars={"ready":true}
    "#]],
    );
}

#[test]
fn what_a_parallel_multiple_event_waits_for_must_all_happen() {
    let event = "event={\"type\":\"multiple\",\"parallel\":true,\"eventDefinitions\":[{\"type\":\"message\",\"messageRef\":\"m\"},{\"type\":\"timer\",\"timeDuration\":\"PT1H\"},{\"type\":\"signal\",\"signalRef\":\"g\"}]}";
    let flow = format!("start s\n s -> c\n catch c {event}\n c -> e\n end e");
    check(
        &flow,
        &[],
        &["anna start", "anna message m", "anna message m", "system timer c", "anna signal g"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          timerSet at=2026-03-02T02:00:00Z node=c part=1 timer=i.2 token=1
        > anna message m
          noted node=c note=happened token=1
        > anna message m
          refused: nothing waits for this
        > system timer c
          timerFired timer=i.2
          noted node=c note=happened part=1 token=1
        > anna signal g
          noted node=c note=happened part=2 token=1
          forgotten node=c note=happened token=1
          forgotten node=c note=happened part=1 token=1
          forgotten node=c note=happened part=2 token=1
          caught name=g node=c
          left node=c token=1
          entered node=e token=3 via=c-e
          left node=e token=3
          finished
        ! ended
    "#]],
    );
    let any = flow.replace("\"parallel\":true,", "");
    check(
        &any,
        &[],
        &["anna start", "anna signal g"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          timerSet at=2026-03-02T02:00:00Z node=c part=1 timer=i.2 token=1
        > anna signal g
          caught name=g node=c
          timerCancelled timer=i.2
          left node=c token=1
          entered node=e token=3 via=c-e
          left node=e token=3
          finished
        ! ended
    "#]],
    );
}
