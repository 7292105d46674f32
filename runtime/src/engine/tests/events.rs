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
    check(flow, &[], &["anna start", "system timer b", "ben complete a"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          timerSet timer=i.2 token=1 node=b at=2026-03-02T03:00:00Z
          taskOpened token=1 task={"id":"i.3","roles":["svc"]}
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.3 texts=New task: a / 新任务：a
        > system timer b
          timerFired timer=i.2
          caught node=b name=timer
          taskCancelled task=i.3 why=interrupted by b
          removed token=1 why=interrupted by b
          entered token=4 node=b
          left token=4 node=b
          entered token=5 node=late via=b-late
          left token=5 node=late
          finished
        ! ended
        > ben complete a
          refused: the flow has already ended
    "#]]);
    check(flow, &[], &["anna start", "ben complete a"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          timerSet timer=i.2 token=1 node=b at=2026-03-02T03:00:00Z
          taskOpened token=1 task={"id":"i.3","roles":["svc"]}
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.3 texts=New task: a / 新任务：a
        > ben complete a
          taskClaimed task=i.3 by=ben
          taskCompleted task=i.3 node=a by=ben outcome=done
          timerCancelled timer=i.2
          left token=1 node=a
          entered token=4 node=e via=a-e outcome=done
          left token=4 node=e
          finished
        ! ended
    "#]]);
}

#[test]
fn cycle_fires_beside_the_task_and_catches_up_once() {
    let flow = "start s
        s -> a
        user a role=svc
        boundary b on=a cycle=R3/PT1H cancelActivity=false
        b -> told
        task told";
    check(flow, &[], &["anna start", "system timer b", "system timer b", "system timer b", "ben complete a"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          timerSet timer=i.2 token=1 node=b at=2026-03-02T02:00:00Z every=PT1H left=2
          taskOpened token=1 task={"id":"i.3","roles":["svc"]}
          assigned task=i.3 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.3 texts=New task: a / 新任务：a
        > system timer b
          timerFired timer=i.2
          timerSet timer=i.4 token=1 node=b at=2026-03-02T03:00:00Z every=PT1H left=1
          caught node=b name=timer
          entered token=5 node=b
          left token=5 node=b
          entered token=6 node=told via=b-told
          left token=6 node=told
        > system timer b
          timerFired timer=i.4
          timerSet timer=i.7 token=1 node=b at=2026-03-02T04:00:00Z every=PT1H left=0
          caught node=b name=timer
          entered token=8 node=b
          left token=8 node=b
          entered token=9 node=told via=b-told
          left token=9 node=told
        > system timer b
          timerFired timer=i.7
          caught node=b name=timer
          entered token=10 node=b
          left token=10 node=b
          entered token=11 node=told via=b-told
          left token=11 node=told
        > ben complete a
          taskClaimed task=i.3 by=ben
          taskCompleted task=i.3 node=a by=ben outcome=done
          left token=1 node=a
          finished
        ! ended
    "#]]);
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
    check(flow, &[], &["anna start {\"n\":1}", "system job fails E1"], expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=p via=s-p
          scopeOpened scope=2 token=1 node=p
          entered token=3 node=ps scope=2
          left token=3 node=ps
          entered token=4 node=call via=ps-call scope=2
          jobAsked job=i.5 token=4 node=call
        ! callPlugin job=i.5 plugin=x function=f input={"a":1}
        > system job fails E1
          jobDone job=i.5
          varsSet vars={"error":{"code":"E1","message":"broken"}}
          caught node=one name=E1
          removed token=4 why=interrupted by one
          entered token=6 node=one scope=2
          left token=6 node=one
          entered token=7 node=pe via=one-pe scope=2
          left token=7 node=pe
          scopeClosed scope=2
          left token=1 node=p
          entered token=8 node=e via=p-e
          left token=8 node=e
          finished
        ! ended vars={"n":1,"error":{"code":"E1","message":"broken"}}
    "#]]);
    check(flow, &[], &["anna start {\"n\":1}", "system job fails E2"], expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=p via=s-p
          scopeOpened scope=2 token=1 node=p
          entered token=3 node=ps scope=2
          left token=3 node=ps
          entered token=4 node=call via=ps-call scope=2
          jobAsked job=i.5 token=4 node=call
        ! callPlugin job=i.5 plugin=x function=f input={"a":1}
        > system job fails E2
          jobDone job=i.5
          varsSet vars={"error":{"code":"E2","message":"broken"}}
          caught node=all name=E2
          removed token=4 why=interrupted by all
          scopeClosed scope=2
          removed token=1 why=interrupted by all
          entered token=6 node=all
          left token=6 node=all
          entered token=7 node=x via=all-x
          left token=7 node=x
          finished
        ! ended vars={"n":1,"error":{"code":"E2","message":"broken"}}
    "#]]);
    check(flow, &[], &["anna start {\"n\":1}", "system job fails", "mia retry", "system job {\"score\":3}"], expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=p via=s-p
          scopeOpened scope=2 token=1 node=p
          entered token=3 node=ps scope=2
          left token=3 node=ps
          entered token=4 node=call via=ps-call scope=2
          jobAsked job=i.5 token=4 node=call
        ! callPlugin job=i.5 plugin=x function=f input={"a":1}
        > system job fails
          jobDone job=i.5
          incidentRaised incident=i.6 token=4 node=call message=broken phase=work
        > mia retry
          incidentResolved incident=i.6
          jobAsked job=i.7 token=4 node=call
        ! callPlugin job=i.7 plugin=x function=f input={"a":1}
        > system job {"score":3}
          jobDone job=i.7
          varsSet vars={"answer":{"score":3}}
          left token=4 node=call
          scopeClosed scope=2
          left token=1 node=p
          entered token=8 node=e via=p-e
          left token=8 node=e
          finished
        ! ended vars={"n":1,"answer":{"score":3}}
    "#]]);
}

#[test]
fn error_end_that_nobody_catches_is_an_incident() {
    let flow = "start s
        s -> e
        end e error=E1";
    check(flow, &[], &["anna start", "mia cancel wrong"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=e via=s-e
          incidentRaised incident=i.2 token=1 node=e message=expected somebody to catch the error `E1`, found nobody phase=work
        > mia cancel wrong
          incidentResolved incident=i.2
          removed token=1 why=cancelled
          cancelled by=mia reason=wrong
        ! ended cancelled=true
    "#]]);
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
    check(flow, &[], &["anna start", "anna message other", "anna message stop {\"why\":\"late\"}"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=r via=s-r
        > anna message other
          refused: nothing waits for this
        > anna message stop {"why":"late"}
          varsSet vars={"why":"late"}
          caught node=stop name=stop
          removed token=1 why=interrupted by stop
          entered token=2 node=stop
          left token=2 node=stop
          entered token=3 node=x via=stop-x
          left token=3 node=x
          finished
        ! ended vars={"why":"late"}
    "#]]);
    check(flow, &[], &["anna start", "anna message paid"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=r via=s-r
        > anna message paid
          caught node=r name=paid
          left token=1 node=r
          entered token=2 node=e via=r-e
          left token=2 node=e
          finished
        ! ended
    "#]]);
}

#[test]
fn suspended_takes_nothing_but_resume_and_cancel() {
    let flow = "start s
        s -> c
        catch c after=PT1H";
    check(flow, &[], &["anna start", "mia suspend audit", "system timer c", "mia resume", "system timer c"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=c via=s-c
          timerSet timer=i.2 token=1 node=c at=2026-03-02T02:00:00Z
        > mia suspend audit
          suspended by=mia reason=audit
        > system timer c
          refused: the flow is suspended
        > mia resume
          resumed by=mia
        > system timer c
          timerFired timer=i.2
          left token=1 node=c
          finished
        ! ended
    "#]]);
}
