//! Timers, messages, boundary events, errors.

use expect_test::expect;

use super::check;

#[test]
fn interrupting_boundary_timer_takes_the_task_away() {
    let flow = "start s
        s -> a
        user a role=svc
        boundary b on=a after=PT2H
        a -> e
        b -> late
        end e
        task late";
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
          timerSet at=2026-03-02T03:00:00Z node=b timer=i.2 token=1
          taskOpened task={"id":"i.3","roles":["svc"]} token=1
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given task=i.3 texts=New task: a / 新任务：a to=["ben","carl"]
        > system timer b
          timerFired timer=i.2
          caught name=timer node=b
          taskCancelled task=i.3 why=interrupted by b
          removed token=1 why=interrupted by b
          entered node=b token=4
          left node=b token=4
          entered node=late token=5 via=b-late
          left node=late token=5
          finished
        ! ended
        > ben complete a
          refused: the flow has already ended
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          timerSet at=2026-03-02T03:00:00Z node=b timer=i.2 token=1
          taskOpened task={"id":"i.3","roles":["svc"]} token=1
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given task=i.3 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.3
          taskCompleted by=ben node=a outcome=done task=i.3
          timerCancelled timer=i.2
          left node=a token=1
          entered node=e outcome=done token=4 via=a-e
          left node=e token=4
          finished
        ! ended
    "#]],
    );
}

#[test]
fn cycle_fires_beside_the_task_and_catches_up_once() {
    let flow = "start s
        s -> a
        user a role=svc
        boundary b on=a cycle=R3/PT1H cancelActivity=false
        b -> told
        task told";
    check(
        flow,
        &[],
        &["anna start", "system timer b", "system timer b", "system timer b", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          timerSet at=2026-03-02T02:00:00Z every=PT1H left=2 node=b timer=i.2 token=1
          taskOpened task={"id":"i.3","roles":["svc"]} token=1
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given task=i.3 texts=New task: a / 新任务：a to=["ben","carl"]
        > system timer b
          timerFired timer=i.2
          timerSet at=2026-03-02T03:00:00Z every=PT1H left=1 node=b timer=i.4 token=1
          caught name=timer node=b
          entered node=b token=5
          left node=b token=5
          entered node=told token=6 via=b-told
          left node=told token=6
        > system timer b
          timerFired timer=i.4
          timerSet at=2026-03-02T04:00:00Z every=PT1H left=0 node=b timer=i.7 token=1
          caught name=timer node=b
          entered node=b token=8
          left node=b token=8
          entered node=told token=9 via=b-told
          left node=told token=9
        > system timer b
          timerFired timer=i.7
          caught name=timer node=b
          entered node=b token=10
          left node=b token=10
          entered node=told token=11 via=b-told
          left node=told token=11
        > ben complete a
          taskClaimed by=ben task=i.3
          taskCompleted by=ben node=a outcome=done task=i.3
          left node=a token=1
          finished
        ! ended
    "#]],
    );
}

#[test]
fn error_is_caught_by_code_then_by_catch_all_then_outward() {
    let flow = "start s
        s -> p
        sub p
          start ps
          ps -> call
          service call call={\"plugin\":\"x\",\"function\":\"f\",\"input\":\"#{a: vars.n}\",\"output\":\"answer\"}
          boundary one on=call error=E1
          one -> pe
          end pe
        end
        boundary all on=p error=*
        p -> e
        all -> x
        end e
        task x";
    check(
        flow,
        &[],
        &["anna start {\"n\":1}", "system job fails E1"],
        expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
          entered node=ps scope=2 token=3
          left node=ps token=3
          entered node=call scope=2 token=4 via=ps-call
          jobAsked job=i.5 node=call sent={"by":"anna"} token=4
        ! callPlugin function=f input={"a":1} job=i.5 plugin=x
        > system job fails E1
          jobDone job=i.5
          varsSet vars={"error":{"code":"E1","message":"broken"}}
          caught name=E1 node=one
          removed token=4 why=interrupted by one
          entered node=one scope=2 token=6
          left node=one token=6
          entered node=pe scope=2 token=7 via=one-pe
          left node=pe token=7
          scopeClosed scope=2
          left node=p token=1
          entered node=e token=8 via=p-e
          left node=e token=8
          finished
        ! ended vars={"error":{"code":"E1","message":"broken"},"n":1}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start {\"n\":1}", "system job fails E2"],
        expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
          entered node=ps scope=2 token=3
          left node=ps token=3
          entered node=call scope=2 token=4 via=ps-call
          jobAsked job=i.5 node=call sent={"by":"anna"} token=4
        ! callPlugin function=f input={"a":1} job=i.5 plugin=x
        > system job fails E2
          jobDone job=i.5
          varsSet vars={"error":{"code":"E2","message":"broken"}}
          caught name=E2 node=all
          removed token=4 why=interrupted by all
          scopeClosed scope=2
          removed token=1 why=interrupted by all
          entered node=all token=6
          left node=all token=6
          entered node=x token=7 via=all-x
          left node=x token=7
          finished
        ! ended vars={"error":{"code":"E2","message":"broken"},"n":1}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start {\"n\":1}", "system job fails", "mia retry", "system job {\"score\":3}"],
        expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
          entered node=ps scope=2 token=3
          left node=ps token=3
          entered node=call scope=2 token=4 via=ps-call
          jobAsked job=i.5 node=call sent={"by":"anna"} token=4
        ! callPlugin function=f input={"a":1} job=i.5 plugin=x
        > system job fails
          jobDone job=i.5
          incidentRaised incident=i.6 message=broken node=call phase=work token=4
        > mia retry
          incidentResolved incident=i.6
          jobAsked job=i.7 node=call token=4
        ! callPlugin function=f input={"a":1} job=i.7 plugin=x
        > system job {"score":3}
          jobDone job=i.7
          varsSet vars={"answer":{"score":3}}
          left node=call token=4
          scopeClosed scope=2
          left node=p token=1
          entered node=e token=8 via=p-e
          left node=e token=8
          finished
        ! ended vars={"answer":{"score":3},"n":1}
    "#]],
    );
}

#[test]
fn error_end_that_nobody_catches_is_an_incident() {
    let flow = "start s
        s -> e
        end e error=E1";
    check(
        flow,
        &[],
        &["anna start", "mia cancel wrong"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=e token=1 via=s-e
          incidentRaised incident=i.2 message=expected somebody to catch the error `E1`, found nobody node=e phase=work token=1
        > mia cancel wrong
          incidentResolved incident=i.2
          removed token=1 why=cancelled
          cancelled by=mia reason=wrong
        ! ended cancelled=true
    "#]],
    );
}

#[test]
fn message_boundary_and_receive_task() {
    let flow = "start s
        s -> r
        receive r message=paid
        boundary stop on=r message=stop
        r -> e
        stop -> x
        end e
        task x";
    check(
        flow,
        &[],
        &["anna start", "anna message other", "anna message stop {\"why\":\"late\"}"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=r token=1 via=s-r
        > anna message other
          refused: nothing waits for this
        > anna message stop {"why":"late"}
          varsSet vars={"why":"late"}
          caught name=stop node=stop
          removed token=1 why=interrupted by stop
          entered node=stop token=2
          left node=stop token=2
          entered node=x token=3 via=stop-x
          left node=x token=3
          finished
        ! ended vars={"why":"late"}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start", "anna message paid"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=r token=1 via=s-r
        > anna message paid
          caught name=paid node=r
          left node=r token=1
          entered node=e token=2 via=r-e
          left node=e token=2
          finished
        ! ended
    "#]],
    );
}

#[test]
fn suspended_takes_nothing_but_resume_and_cancel() {
    let flow = "start s
        s -> c
        catch c after=PT1H";
    check(
        flow,
        &[],
        &["anna start", "mia suspend audit", "system timer c", "mia resume", "system timer c"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          timerSet at=2026-03-02T02:00:00Z node=c timer=i.2 token=1
        > mia suspend audit
          suspended at=2026-03-02T01:00:00Z by=mia reason=audit
          timerHeld timer=i.2
        > system timer c
          refused: the flow is suspended
        > mia resume
          resumed at=2026-03-02T02:00:00Z by=mia
          timerSet at=2026-03-02T03:00:00Z node=c timer=i.2 token=1
        > system timer c
          timerFired timer=i.2
          caught name=timer node=c
          left node=c token=1
          finished
        ! ended
    "#]],
    );
}
