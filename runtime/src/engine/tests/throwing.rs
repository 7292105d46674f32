//! Throwing events: messages, signals, escalations, links, several at once; sending tasks.

use expect_test::expect;

use super::{Play, check};

#[test]
fn messages_go_out_with_name_key_and_content() {
    let flow = "start s
        s -> t
        throw t event={\"type\":\"message\",\"messageRef\":\"order\",\"correlation\":\"vars.no\",\"payload\":\"#{amount: vars.amount}\"}
        t -> d
        send d messageRef=told
        d -> e
        end e message=bye";
    check(
        flow,
        &[],
        &["anna start {\"no\":7,\"amount\":3}"],
        expect![[r#"
        > anna start {"no":7,"amount":3}
          started by=anna vars={"amount":3,"no":7}
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          thrown name=order node=t what=message
          left node=t token=1
          entered node=d token=2 via=t-d
          thrown name=told node=d what=message
          left node=d token=2
          entered node=e token=3 via=d-e
          thrown name=bye node=e what=message
          left node=e token=3
          finished
        ! throwMessage key=7 name=order payload={"amount":3}
        ! throwMessage key=r1 name=told
        ! throwMessage key=r1 name=bye
        ! ended vars={"amount":3,"no":7}
    "#]],
    );
    // A key that is no text keeps the event where it is; nothing has been sent.
    check(
        flow,
        &[],
        &["anna start {\"no\":[]}", "anna vars {\"no\":\"A1\"}", "mia retry"],
        expect![[r#"
        > anna start {"no":[]}
          started by=anna vars={"no":[]}
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          incidentRaised incident=i.2 message=expected a text or a number as the key of a message, found [] node=t phase=work token=1
        > anna vars {"no":"A1"}
          varsSet vars={"no":"A1"}
        > mia retry
          incidentResolved incident=i.2
          thrown name=order node=t what=message
          left node=t token=1
          entered node=d token=3 via=t-d
          thrown name=told node=d what=message
          left node=d token=3
          entered node=e token=4 via=d-e
          thrown name=bye node=e what=message
          left node=e token=4
          finished
        ! throwMessage key=A1 name=order payload={"amount":null}
        ! throwMessage key=r1 name=told
        ! throwMessage key=r1 name=bye
        ! ended vars={"no":"A1"}
    "#]],
    );
}

#[test]
fn signal_reaches_what_waits_here_and_goes_out() {
    let flow = "start s
        s -> f
        and f
        f -> a
        f -> b
        user a role=svc
        boundary x on=a signal=alarm cancelActivity=false
        x -> told
        task told
        catch b signal=alarm
        user c role=svc
        f -> c
        c -> t
        throw t signal=alarm
        t -> e
        end e";
    check(
        flow,
        &[],
        &["anna start", "ben complete c"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=f token=1 via=s-f
          left node=f token=1
          entered node=a token=2 via=f-a
          entered node=b token=3 via=f-b
          entered node=c token=4 via=f-c
          taskOpened task={"id":"i.5","roles":["svc"]} token=2
          assigned task=i.5 why=offered to holders of svc
          taskOpened task={"id":"i.6","roles":["svc"]} token=4
          assigned task=i.6 why=offered to holders of svc
        ! notify notice=task-given task=i.5 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.6 texts=New task: c / 新任务：c to=["ben","carl"]
        > ben complete c
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=c outcome=done task=i.6
          left node=c token=4
          entered node=t outcome=done token=7 via=c-t
          thrown after=i.6 name=alarm node=t what=signal
          caught name=alarm node=x
          entered node=x token=8
          caught name=alarm node=b
          left node=b token=3
          left node=t token=7
          entered node=e outcome=done token=9 via=t-e
          left node=x token=8
          entered node=told token=10 via=x-told
          left node=e token=9
          left node=told token=10
        ! throwSignal name=alarm
    "#]],
    );
}

#[test]
fn escalation_goes_outward_to_the_first_who_catches_its_code() {
    let flow = "start s
        s -> p
        sub p
          start ps
          ps -> q
          sub q
            start qs
            qs -> t
            throw t escalation=X1
            t -> qe
            end qe escalation=X2
          end
          boundary qb on=q escalation=X2
          qb -> after
          task after
        end
        boundary pb on=p escalation=* cancelActivity=false
        pb -> told
        task told";
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
          entered node=q scope=2 token=4 via=ps-q
          scopeOpened node=q parent=2 scope=5 token=4
          entered node=qs scope=5 token=6
          left node=qs token=6
          entered node=t scope=5 token=7 via=qs-t
          thrown name=X1 node=t what=escalation
          varsSet vars={"escalation":{"code":"X1","message":""}}
          caught name=X1 node=pb
          entered node=pb token=8
          left node=t token=7
          entered node=qe scope=5 token=9 via=t-qe
          left node=pb token=8
          entered node=told token=10 via=pb-told
          thrown name=X2 node=qe what=escalation
          left node=qe token=9
          varsSet vars={"escalation":{"code":"X2","message":""}}
          caught name=X2 node=qb
          scopeClosed scope=5
          removed token=4 why=interrupted by qb
          entered node=qb scope=2 token=11
          left node=told token=10
          left node=qb token=11
          entered node=after scope=2 token=12 via=qb-after
          left node=after token=12
          scopeClosed scope=2
          left node=p token=1
          finished
        ! ended vars={"escalation":{"code":"X2","message":""}}
    "#]],
    );
}

#[test]
fn escalation_nobody_catches_changes_nothing_and_is_told_the_caller() {
    let flow = "start s
        s -> t
        throw t escalation=X1
        t -> e
        end e";
    check(
        flow,
        &[],
        &["anna start"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          thrown name=X1 node=t what=escalation
          left node=t token=1
          entered node=e token=2 via=t-e
          left node=e token=2
          finished
        ! ended
    "#]],
    );
    check(
        flow,
        &[],
        &["anna called"],
        expect![[r#"
        > anna called
          started by=anna parent={"depth":1,"instance":"up","node":"call"}
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          thrown name=X1 node=t what=escalation
          left node=t token=1
          entered node=e token=2 via=t-e
          left node=e token=2
          finished
        ! escalate code=X1
        ! ended
    "#]],
    );
    let caller = "start s
        s -> c
        call c calledElement=other
        boundary b on=c escalation=X1 cancelActivity=false
        b -> told
        task told";
    check(
        caller,
        &[],
        &["anna start", "system escalated X2", "system escalated X1"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          childStarted child=i.2 node=c token=1
        ! startChild child=i.2 flow=other node=c parent={"depth":1,"escalations":{"X1":false},"instance":"i","node":"c"}
        > system escalated X2
        > system escalated X1
          varsSet vars={"escalation":{"code":"X1","message":""}}
          caught name=X1 node=b
          entered node=b token=3
          left node=b token=3
          entered node=told token=4 via=b-told
          left node=told token=4
    "#]],
    );
}

/// `?X1`: caught without ending the call, `!*`: every other code ends it.
#[test]
fn a_called_flow_stops_where_it_threw_what_ends_the_call() {
    let flow = "start s
        s -> t
        throw t escalation=X1
        t -> e
        end e escalation=X2";
    check(
        flow,
        &[],
        &["anna called ?X1 !*"],
        expect![[r#"
        > anna called ?X1 !*
          started by=anna parent={"depth":1,"escalations":{"*":true,"X1":false},"instance":"up","node":"call"}
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          thrown name=X1 node=t what=escalation
          left node=t token=1
          entered node=e token=2 via=t-e
          thrown name=X2 node=e what=escalation
          left node=e token=2
          cancelled by=anna reason=the escalation `X2` has ended the call
        ! escalate code=X1
        ! escalate code=X2
        ! ended cancelled=true
    "#]],
    );
    check(
        flow,
        &[],
        &["anna called !X1"],
        expect![[r#"
        > anna called !X1
          started by=anna parent={"depth":1,"escalations":{"X1":true},"instance":"up","node":"call"}
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          thrown name=X1 node=t what=escalation
          removed token=1 why=cancelled
          cancelled by=anna reason=the escalation `X1` has ended the call
        ! escalate code=X1
        ! ended cancelled=true
    "#]],
    );
}

#[test]
fn link_goes_on_at_the_catching_link_of_its_name() {
    let flow = "start s
        s -> go
        throw go link=there
        catch here link=there
        here -> u
        user u role=svc
        catch unused link=elsewhere";
    check(
        flow,
        &[],
        &["anna start"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=go token=1 via=s-go
          left node=go token=1
          entered node=here token=2
          left node=here token=2
          entered node=u token=3 via=here-u
          taskOpened task={"id":"i.4","roles":["svc"]} token=3
          assigned task=i.4 why=offered to holders of svc
        ! notify notice=task-given task=i.4 texts=New task: u / 新任务：u to=["ben","carl"]
    "#]],
    );
}

#[test]
fn a_multiple_event_throws_all() {
    let flow = "start s
        s -> t
        throw t event={\"type\":\"multiple\",\"eventDefinitions\":[{\"type\":\"escalation\",\"escalationRef\":\"X1\"},{\"type\":\"message\",\"messageRef\":\"m\"},{\"type\":\"signal\",\"signalRef\":\"g\"}]}
        t -> e
        end e event={\"type\":\"multiple\",\"eventDefinitions\":[{\"type\":\"terminate\"},{\"type\":\"signal\",\"signalRef\":\"h\"}]}";
    check(
        flow,
        &[],
        &["anna start"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          thrown name=m node=t what=message
          thrown name=g node=t what=signal
          thrown name=X1 node=t what=escalation
          left node=t token=1
          entered node=e token=2 via=t-e
          thrown name=h node=e what=signal
          left node=e token=2
          finished
        ! throwMessage key=r1 name=m
        ! throwSignal name=g
        ! throwSignal name=h
        ! ended
    "#]],
    );
}

#[test]
fn an_error_or_escalation_can_be_raised_at_an_activity_from_outside() {
    let flow = "start s
        s -> a
        user a role=svc
        boundary x on=a error=E1
        boundary y on=a escalation=X1 cancelActivity=false
        x -> fixed
        task fixed
        y -> told
        task told";
    check(
        flow,
        &[],
        &["anna start", "system escalate a X1", "system error a E2", "system error a E1", "system error b E1"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > system escalate a X1
          varsSet vars={"escalation":{"code":"X1","message":""}}
          caught name=X1 node=y
          entered node=y token=3
          left node=y token=3
          entered node=told token=4 via=y-told
          left node=told token=4
        > system error a E2
          incidentRaised incident=i.5 message=the error `E2` was raised, nobody catches it: raised node=a phase=work token=1
        > system error a E1
          varsSet vars={"error":{"code":"E1","message":"raised"}}
          caught name=E1 node=x
          taskCancelled task=i.2 why=interrupted by x
          incidentResolved incident=i.5
          removed token=1 why=interrupted by x
          entered node=x token=6
          left node=x token=6
          entered node=fixed token=7 via=x-fixed
          left node=fixed token=7
          finished
        ! ended vars={"error":{"code":"E1","message":"raised"},"escalation":{"code":"X1","message":""}}
        > system error b E1
          refused: the flow has already ended
    "#]],
    );
}

#[test]
fn an_event_subprocess_does_not_catch_what_it_throws() {
    let flow = "start s
        s -> t
        throw t escalation=X1
        t -> e
        end e
        eventsub x
          start xs escalation=X1 isInterrupting=false
          xs -> xt
          end xt escalation=X1
        end";
    check(
        flow,
        &[],
        &["anna called"],
        expect![[r#"
        > anna called
          started by=anna parent={"depth":1,"instance":"up","node":"call"}
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          thrown name=X1 node=t what=escalation
          varsSet vars={"escalation":{"code":"X1","message":""}}
          caught name=X1 node=xs
          entered node=x token=2
          scopeOpened node=x scope=3 token=2
          entered node=xs scope=3 token=4
          left node=t token=1
          entered node=e token=5 via=t-e
          left node=xs token=4
          entered node=xt scope=3 token=6 via=xs-xt
          thrown name=X1 node=xt what=escalation
          left node=e token=5
          left node=xt token=6
          scopeClosed scope=3
          left node=x token=2
          finished
        ! escalate code=X1
        ! ended vars={"escalation":{"code":"X1","message":""}}
    "#]],
    );
}

#[test]
fn a_signal_that_starts_what_throws_it_is_stopped() {
    let flow = "start s
        s -> t
        throw t signal=again
        t -> u
        user u role=svc
        eventsub x
          start xs signal=again isInterrupting=false
          xs -> xt
          end xt signal=again
        end";
    let mut play = Play::new(flow, &[]);
    play.line("anna start");
    assert!(play.instance.tokens.len() <= crate::limits::INSTANCE_TOKENS);
    let said = |text: &str| play.instance.incidents.values().any(|it| it.message.contains(text));
    assert!(said("endless loop") || said("tokens"), "it says why it stopped");
}
