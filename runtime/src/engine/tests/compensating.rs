//! Compensation and transactions.

use expect_test::expect;

use super::check;

/// Two activities with handlers; the end throws compensation.
const TWO: &str = "start s
    s -> a
    task a
    boundary ab on=a compensate=*
    ab ~> undo_a
    user undo_a isForCompensation=true role=svc
    a -> b
    task b
    boundary bb on=b compensate=*
    bb ~> undo_b
    user undo_b isForCompensation=true role=svc
    b -> t
    throw t compensate=*
    t -> e
    end e";

#[test]
fn the_last_completed_is_compensated_first_and_the_event_waits() {
    check(
        TWO,
        &[],
        &["anna start", "ben complete undo_b", "ben complete undo_a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          compensable entry=2 node=a
          left node=a token=1
          entered node=b token=3 via=a-b
          compensable entry=4 node=b
          left node=b token=3
          entered node=t token=5 via=b-t
          compensationBegan entries=[4,2] node=t then=leave token=5
          scopeOpened kind={"handler":{"entry":4}} node=b scope=6 token=5
          entered node=undo_b scope=6 token=7
          taskOpened task={"id":"i.8","roles":["svc"]} token=7
          assigned task=i.8 why=offered to holders of svc
        ! notify notice=task-given task=i.8 texts=New task: undo_b / 新任务：undo_b to=["ben","carl"]
        > ben complete undo_b
          taskClaimed by=ben task=i.8
          taskCompleted by=ben node=undo_b outcome=done task=i.8
          left node=undo_b token=7
          scopeClosed scope=6
          compensated entry=4 node=b token=5
          scopeOpened kind={"handler":{"entry":2}} node=a scope=9 token=5
          entered node=undo_a scope=9 token=10
          taskOpened task={"id":"i.11","roles":["svc"]} token=10
          assigned task=i.11 why=offered to holders of svc
        ! notify notice=task-given task=i.11 texts=New task: undo_a / 新任务：undo_a to=["ben","carl"]
        > ben complete undo_a
          taskClaimed by=ben task=i.11
          taskCompleted by=ben node=undo_a outcome=done task=i.11
          left node=undo_a token=10
          scopeClosed scope=9
          compensated entry=2 node=a token=5
          compensationEnded token=5
          left node=t token=5
          entered node=e token=12 via=t-e
          left node=e token=12
          finished
        ! ended
    "#]],
    );
}

#[test]
fn one_activity_can_be_meant_and_each_is_compensated_once() {
    let flow = TWO
        .replace("throw t compensate=*", "throw t compensate=a\n t -> u\n throw u compensate=*")
        .replace("    t -> e\n", "    u -> e\n");
    check(
        &flow,
        &[],
        &["anna start", "ben complete undo_a", "ben complete undo_b"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          compensable entry=2 node=a
          left node=a token=1
          entered node=b token=3 via=a-b
          compensable entry=4 node=b
          left node=b token=3
          entered node=t token=5 via=b-t
          compensationBegan entries=[2] node=t then=leave token=5
          scopeOpened kind={"handler":{"entry":2}} node=a scope=6 token=5
          entered node=undo_a scope=6 token=7
          taskOpened task={"id":"i.8","roles":["svc"]} token=7
          assigned task=i.8 why=offered to holders of svc
        ! notify notice=task-given task=i.8 texts=New task: undo_a / 新任务：undo_a to=["ben","carl"]
        > ben complete undo_a
          taskClaimed by=ben task=i.8
          taskCompleted by=ben node=undo_a outcome=done task=i.8
          left node=undo_a token=7
          scopeClosed scope=6
          compensated entry=2 node=a token=5
          compensationEnded token=5
          left node=t token=5
          entered node=u token=9 via=t-u
          compensationBegan entries=[4] node=u then=leave token=9
          scopeOpened kind={"handler":{"entry":4}} node=b scope=10 token=9
          entered node=undo_b scope=10 token=11
          taskOpened task={"id":"i.12","roles":["svc"]} token=11
          assigned task=i.12 why=offered to holders of svc
        ! notify notice=task-given task=i.12 texts=New task: undo_b / 新任务：undo_b to=["ben","carl"]
        > ben complete undo_b
          taskClaimed by=ben task=i.12
          taskCompleted by=ben node=undo_b outcome=done task=i.12
          left node=undo_b token=11
          scopeClosed scope=10
          compensated entry=4 node=b token=9
          compensationEnded token=9
          left node=u token=9
          entered node=e token=13 via=u-e
          left node=e token=13
          finished
        ! ended
    "#]],
    );
}

#[test]
fn not_waited_for_it_goes_on_by_itself() {
    let flow = TWO
        .replace("compensate=*\n    t -> e", "event={\"type\":\"compensate\",\"waitForCompletion\":false}\n    t -> e");
    check(
        &flow,
        &[],
        &["anna start", "ben complete undo_b", "ben complete undo_a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          compensable entry=2 node=a
          left node=a token=1
          entered node=b token=3 via=a-b
          compensable entry=4 node=b
          left node=b token=3
          entered node=t token=5 via=b-t
          entered node=t token=6 turn=true
          compensationBegan entries=[4,2] node=t then=vanish token=6
          scopeOpened kind={"handler":{"entry":4}} node=b scope=7 token=6
          entered node=undo_b scope=7 token=8
          taskOpened task={"id":"i.9","roles":["svc"]} token=8
          assigned task=i.9 why=offered to holders of svc
          left node=t token=5
          entered node=e token=10 via=t-e
          left node=e token=10
        ! notify notice=task-given task=i.9 texts=New task: undo_b / 新任务：undo_b to=["ben","carl"]
        > ben complete undo_b
          taskClaimed by=ben task=i.9
          taskCompleted by=ben node=undo_b outcome=done task=i.9
          left node=undo_b token=8
          scopeClosed scope=7
          compensated entry=4 node=b token=6
          scopeOpened kind={"handler":{"entry":2}} node=a scope=11 token=6
          entered node=undo_a scope=11 token=12
          taskOpened task={"id":"i.13","roles":["svc"]} token=12
          assigned task=i.13 why=offered to holders of svc
        ! notify notice=task-given task=i.13 texts=New task: undo_a / 新任务：undo_a to=["ben","carl"]
        > ben complete undo_a
          taskClaimed by=ben task=i.13
          taskCompleted by=ben node=undo_a outcome=done task=i.13
          left node=undo_a token=12
          scopeClosed scope=11
          compensated entry=2 node=a token=6
          compensationEnded gone=true token=6
          finished
        ! ended
    "#]],
    );
}

#[test]
fn a_subprocess_is_compensated_by_what_was_done_inside_with_its_variables() {
    let flow = "start s
        s -> p
        sub p many={\"isSequential\":true,\"collection\":\"vars.list\",\"item\":\"it\"}
          start ps
          ps -> a
          task a
          boundary ab on=a compensate=*
          ab ~> undo
          script undo isForCompensation=true script=undo
        end
        p -> t
        throw t compensate=p
        t -> e
        end e";
    let undo = "#{ vars: #{ undone: vars.undone + vars.it } }";
    check(
        flow,
        &[("undo", undo)],
        &["anna start {\"list\":[\"x\",\"y\"],\"undone\":\"\"}"],
        expect![[r#"
        > anna start {"list":["x","y"],"undone":""}
          started by=anna vars={"list":["x","y"],"undone":""}
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          repeatBegan items=["x","y"] node=p planned=2 token=1
          scopeOpened kind={"turn":{"index":0}} node=p scope=2 token=1 vars={"it":"x","loopCounter":1}
          entered node=p scope=2 token=3 turn=true
          scopeOpened node=p parent=2 scope=4 token=3
          entered node=ps scope=4 token=5
          left node=ps token=5
          entered node=a scope=4 token=6 via=ps-a
          compensable entry=7 node=a scope=4
          left node=a token=6
          compensable body=4 entry=8 node=p vars={"it":"x","loopCounter":1}
          scopeClosed scope=4
          left node=p token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=p token=1
          scopeOpened kind={"turn":{"index":1}} node=p scope=9 token=1 vars={"it":"y","loopCounter":2}
          entered node=p scope=9 token=10 turn=true
          scopeOpened node=p parent=9 scope=11 token=10
          entered node=ps scope=11 token=12
          left node=ps token=12
          entered node=a scope=11 token=13 via=ps-a
          compensable entry=14 node=a scope=11
          left node=a token=13
          compensable body=11 entry=15 node=p vars={"it":"y","loopCounter":2}
          scopeClosed scope=11
          left node=p token=10
          scopeClosed scope=9
          turnEnded completed=true index=1 node=p token=1
          left node=p token=1
          entered node=t token=16 via=p-t
          compensationBegan entries=[14,7] node=t then=leave token=16
          scopeOpened kind={"handler":{"entry":14}} node=a scope=17 token=16 vars={"it":"y","loopCounter":2}
          entered node=undo scope=17 token=18
          varsSet vars={"undone":"y"}
          left node=undo token=18
          scopeClosed scope=17
          compensated entry=14 node=a token=16
          scopeOpened kind={"handler":{"entry":7}} node=a scope=19 token=16 vars={"it":"x","loopCounter":1}
          entered node=undo scope=19 token=20
          varsSet vars={"undone":"yx"}
          left node=undo token=20
          scopeClosed scope=19
          compensated entry=7 node=a token=16
          compensationEnded token=16
          left node=t token=16
          entered node=e token=21 via=t-e
          left node=e token=21
          finished
        ! ended vars={"list":["x","y"],"undone":"yx"}
    "#]],
    );
}

#[test]
fn an_event_subprocess_compensates_its_subprocess_with_the_snapshot() {
    let flow = "start s
        s -> p
        sub p
          object mine
          start ps
          ps -> a
          script a script=note
          boundary ab on=a compensate=*
          ab ~> undo
          task undo isForCompensation=true
          eventsub x
            start xs compensate=*
            xs -> look
            script look script=look
            look -> xt
            throw xt compensate=*
          end
        end
        p -> t
        throw t compensate=*
        t -> e
        end e";
    let scripts = [("note", "#{ vars: #{ mine: 5 } }"), ("look", "#{ vars: #{ seen: vars.mine } }")];
    check(
        flow,
        &scripts,
        &["anna start"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1 vars={"mine":null}
          entered node=ps scope=2 token=3
          left node=ps token=3
          entered node=a scope=2 token=4 via=ps-a
          varsSet scope=2 vars={"mine":5}
          compensable entry=5 node=a scope=2
          left node=a token=4
          compensable body=2 entry=6 node=p vars={"mine":5}
          scopeClosed scope=2
          left node=p token=1
          entered node=t token=7 via=p-t
          compensationBegan entries=[6] node=t then=leave token=7
          scopeOpened kind={"handler":{"entry":6}} node=p of=2 scope=8 token=7 vars={"mine":5}
          entered node=x scope=8 token=9
          scopeOpened node=x parent=8 scope=10 token=9
          entered node=xs scope=10 token=11
          left node=xs token=11
          entered node=look scope=10 token=12 via=xs-look
          varsSet vars={"seen":5}
          left node=look token=12
          entered node=xt scope=10 token=13 via=look-xt
          compensationBegan entries=[5] node=xt then=leave token=13
          scopeOpened kind={"handler":{"entry":5}} node=a parent=10 scope=14 token=13
          entered node=undo scope=14 token=15
          left node=undo token=15
          scopeClosed scope=14
          compensated entry=5 node=a token=13
          compensationEnded token=13
          left node=xt token=13
          scopeClosed scope=10
          left node=x token=9
          scopeClosed scope=8
          compensated entry=6 node=p token=7
          compensationEnded token=7
          left node=t token=7
          entered node=e token=16 via=t-e
          left node=e token=16
          finished
        ! ended vars={"seen":5}
    "#]],
    );
}

/// A transaction with a completed activity, and one that waits.
const BOOKING: &str = "start s
    s -> x
    transaction x
      start xs
      xs -> a
      task a
      boundary ab on=a compensate=*
      ab ~> undo
      user undo isForCompensation=true role=svc
      a -> u
      user u role=svc outcomes=yes,no,broken
      u -> g
      xor g default=g-ok
      g -> ok
      g -> no : outcome == \"no\"
      g -> broken : outcome == \"broken\"
      end ok
      end no ends=cancel
      end broken error=E1
    end
    boundary c on=x ends=cancel
    boundary h on=x error=E1
    x -> done
    c -> cancelled
    h -> hazard
    task done
    task cancelled
    task hazard";

#[test]
fn a_cancelled_transaction_is_compensated_then_left_by_its_cancel_event() {
    check(
        BOOKING,
        &[],
        &["anna start", "ben complete u no", "ben complete undo"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=x token=1 via=s-x
          scopeOpened node=x scope=2 token=1
          entered node=xs scope=2 token=3
          left node=xs token=3
          entered node=a scope=2 token=4 via=xs-a
          compensable entry=5 node=a scope=2
          left node=a token=4
          entered node=u scope=2 token=6 via=a-u
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: u / 新任务：u to=["ben","carl"]
        > ben complete u no
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=u outcome=no task=i.7
          left node=u token=6
          entered node=g outcome=no scope=2 token=8 via=u-g
          decided because=[["g-no",true]] node=g taken=["g-no"]
          left node=g token=8
          entered node=no outcome=no scope=2 token=9 via=g-no
          left node=no token=9
          compensationBegan entries=[5] node=x then=cancel token=1
          scopeOpened kind={"handler":{"entry":5}} node=a parent=2 scope=10 token=1
          entered node=undo scope=10 token=11
          taskOpened task={"id":"i.12","roles":["svc"]} token=11
          assigned task=i.12 why=offered to holders of svc
        ! notify notice=task-given task=i.12 texts=New task: undo / 新任务：undo to=["ben","carl"]
        > ben complete undo
          taskClaimed by=ben task=i.12
          taskCompleted by=ben node=undo outcome=done task=i.12
          left node=undo token=11
          scopeClosed scope=10
          compensated entry=5 node=a token=1
          compensationEnded token=1
          caught name=cancel node=c
          scopeClosed scope=2
          removed token=1 why=interrupted by c
          entered node=c token=13
          left node=c token=13
          entered node=cancelled token=14 via=c-cancelled
          left node=cancelled token=14
          finished
        ! ended
    "#]],
    );
    check(
        BOOKING,
        &[],
        &["anna start", "ben complete u yes"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=x token=1 via=s-x
          scopeOpened node=x scope=2 token=1
          entered node=xs scope=2 token=3
          left node=xs token=3
          entered node=a scope=2 token=4 via=xs-a
          compensable entry=5 node=a scope=2
          left node=a token=4
          entered node=u scope=2 token=6 via=a-u
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: u / 新任务：u to=["ben","carl"]
        > ben complete u yes
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=u outcome=yes task=i.7
          left node=u token=6
          entered node=g outcome=yes scope=2 token=8 via=u-g
          decided because=[["g-no",false],["g-broken",false]] node=g taken=["g-ok"]
          left node=g token=8
          entered node=ok outcome=yes scope=2 token=9 via=g-ok
          left node=ok token=9
          compensable body=2 entry=10 node=x
          scopeClosed scope=2
          left node=x token=1
          entered node=done token=11 via=x-done
          left node=done token=11
          finished
        ! ended
    "#]],
    );
    // A hazard compensates nothing.
    check(
        BOOKING,
        &[],
        &["anna start", "ben complete u broken"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=x token=1 via=s-x
          scopeOpened node=x scope=2 token=1
          entered node=xs scope=2 token=3
          left node=xs token=3
          entered node=a scope=2 token=4 via=xs-a
          compensable entry=5 node=a scope=2
          left node=a token=4
          entered node=u scope=2 token=6 via=a-u
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: u / 新任务：u to=["ben","carl"]
        > ben complete u broken
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=u outcome=broken task=i.7
          left node=u token=6
          entered node=g outcome=broken scope=2 token=8 via=u-g
          decided because=[["g-no",false],["g-broken",true]] node=g taken=["g-broken"]
          left node=g token=8
          entered node=broken outcome=broken scope=2 token=9 via=g-broken
          thrown name=E1 node=broken what=error
          left node=broken token=9
          varsSet vars={"error":{"code":"E1","message":""}}
          caught name=E1 node=h
          scopeClosed scope=2
          removed token=1 why=interrupted by h
          entered node=h token=10
          left node=h token=10
          entered node=hazard token=11 via=h-hazard
          left node=hazard token=11
          finished
        ! ended vars={"error":{"code":"E1","message":""}}
    "#]],
    );
    // From outside.
    check(
        BOOKING,
        &[],
        &["anna start", "mia calloff x", "mia calloff x", "ben complete undo"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=x token=1 via=s-x
          scopeOpened node=x scope=2 token=1
          entered node=xs scope=2 token=3
          left node=xs token=3
          entered node=a scope=2 token=4 via=xs-a
          compensable entry=5 node=a scope=2
          left node=a token=4
          entered node=u scope=2 token=6 via=a-u
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: u / 新任务：u to=["ben","carl"]
        > mia calloff x
          taskCancelled task=i.7 why=cancelled
          removed token=6 why=cancelled
          compensationBegan entries=[5] node=x then=cancel token=1
          scopeOpened kind={"handler":{"entry":5}} node=a parent=2 scope=8 token=1
          entered node=undo scope=8 token=9
          taskOpened task={"id":"i.10","roles":["svc"]} token=9
          assigned task=i.10 why=offered to holders of svc
        ! notify notice=task-given task=i.10 texts=New task: undo / 新任务：undo to=["ben","carl"]
        > mia calloff x
          refused: `x` is not waiting for this now
        > ben complete undo
          taskClaimed by=ben task=i.10
          taskCompleted by=ben node=undo outcome=done task=i.10
          left node=undo token=9
          scopeClosed scope=8
          compensated entry=5 node=a token=1
          compensationEnded token=1
          caught name=cancel node=c
          scopeClosed scope=2
          removed token=1 why=interrupted by c
          entered node=c token=11
          left node=c token=11
          entered node=cancelled token=12 via=c-cancelled
          left node=cancelled token=12
          finished
        ! ended
    "#]],
    );
}
