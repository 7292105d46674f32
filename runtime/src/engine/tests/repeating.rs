//! Loops, multi-instance activities, quantities, activities with data of their own.

use expect_test::expect;

use super::{Play, check};

#[test]
fn a_loop_tests_before_or_after_and_has_a_maximum() {
    let flow = "start s
        s -> a
        script a script=add loop={\"testBefore\":true,\"loopCondition\":\"vars.n < 2\"}
        a -> e
        end e";
    let add = [("add", "#{ vars: #{ n: vars.n + 1 } }")];
    check(
        flow,
        &add,
        &["anna start {\"n\":0}"],
        expect![[r#"
        > anna start {"n":0}
          started by=anna vars={"n":0}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          varsSet vars={"n":1}
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a token=1
          scopeOpened kind={"turn":{"index":1}} node=a scope=4 token=1 vars={"loopCounter":2}
          entered node=a scope=4 token=5 turn=true
          varsSet vars={"n":2}
          left node=a token=5
          scopeClosed scope=4
          turnEnded completed=true index=1 node=a token=1
          left node=a token=1
          entered node=e token=6 via=a-e
          left node=e token=6
          finished
        ! ended vars={"n":2}
    "#]],
    );
    check(
        flow,
        &add,
        &["anna start {\"n\":2}"],
        expect![[r#"
        > anna start {"n":2}
          started by=anna vars={"n":2}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a token=1
          left node=a token=1
          entered node=e token=2 via=a-e
          left node=e token=2
          finished
        ! ended vars={"n":2}
    "#]],
    );
    check(
        &flow.replace("\"testBefore\":true,", ""),
        &add,
        &["anna start {\"n\":2}"],
        expect![[r#"
        > anna start {"n":2}
          started by=anna vars={"n":2}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          varsSet vars={"n":3}
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a token=1
          left node=a token=1
          entered node=e token=4 via=a-e
          left node=e token=4
          finished
        ! ended vars={"n":3}
    "#]],
    );
    check(
        &flow.replace("\"testBefore\":true,\"loopCondition\":\"vars.n < 2\"", "\"loopMaximum\":\"2\""),
        &add,
        &["anna start {\"n\":0}"],
        expect![[r#"
        > anna start {"n":0}
          started by=anna vars={"n":0}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a planned=2 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          varsSet vars={"n":1}
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a token=1
          scopeOpened kind={"turn":{"index":1}} node=a scope=4 token=1 vars={"loopCounter":2}
          entered node=a scope=4 token=5 turn=true
          varsSet vars={"n":2}
          left node=a token=5
          scopeClosed scope=4
          turnEnded completed=true index=1 node=a token=1
          left node=a token=1
          entered node=e token=6 via=a-e
          left node=e token=6
          finished
        ! ended vars={"n":2}
    "#]],
    );
    // Without an end it is stopped.
    let mut play = Play::new(&flow.replace("n < 2", "n >= 0"), &add);
    play.line("anna start {\"n\":0}");
    let said: Vec<&str> = play.instance.incidents.values().map(|it| it.message.as_str()).collect();
    assert_eq!(said, ["expected a node that waits within 1006 nodes, found none: an endless loop"]);
}

#[test]
fn instances_side_by_side_until_the_condition_holds() {
    let flow = "start s
        s -> a
        user a role=svc outcomes=yes,no many={\"loopCardinality\":\"3\",\"outputItem\":\"outcome\",\"outputCollection\":\"votes\",\"completionCondition\":\"nrOfCompletedInstances >= 2\"}
        boundary b on=a after=PT5H
        a -> e
        b -> late
        end e
        task late";
    check(
        flow,
        &[],
        &["anna start", "ben complete a yes", "carl complete a no"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          timerSet at=2026-03-02T06:00:00Z node=b timer=i.2 token=1
          repeatBegan node=a planned=3 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=3 token=1 vars={"loopCounter":1}
          entered node=a scope=3 token=4 turn=true
          scopeOpened kind={"turn":{"index":1}} node=a scope=5 token=1 vars={"loopCounter":2}
          entered node=a scope=5 token=6 turn=true
          scopeOpened kind={"turn":{"index":2}} node=a scope=7 token=1 vars={"loopCounter":3}
          entered node=a scope=7 token=8 turn=true
          taskOpened task={"id":"i.9","roles":["svc"]} token=4
          assigned task=i.9 why=offered to holders of svc
          taskOpened task={"id":"i.10","roles":["svc"]} token=6
          assigned task=i.10 why=offered to holders of svc
          taskOpened task={"id":"i.11","roles":["svc"]} token=8
          assigned task=i.11 why=offered to holders of svc
        ! notify notice=task-given task=i.9 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.10 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.11 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a yes
          taskClaimed by=ben task=i.10
          taskCompleted by=ben node=a outcome=yes task=i.10
          left node=a token=6
          scopeClosed scope=5
          turnEnded completed=true index=1 node=a output=yes token=1
          outcomeGiven outcome=yes token=1
        > carl complete a no
          taskClaimed by=carl task=i.11
          taskCompleted by=carl node=a outcome=no task=i.11
          left node=a token=8
          scopeClosed scope=7
          turnEnded completed=true index=2 node=a output=no token=1
          outcomeGiven outcome=no token=1
          taskCancelled task=i.9 why=no longer needed
          removed token=4 why=no longer needed
          scopeClosed scope=3
          turnEnded index=0 node=a token=1
          varsSet vars={"votes":["yes","no"]}
          timerCancelled timer=i.2
          left node=a token=1
          entered node=e outcome=no token=12 via=a-e
          left node=e token=12
          finished
        ! ended vars={"votes":["yes","no"]}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start", "ben complete a yes", "system timer b"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          timerSet at=2026-03-02T06:00:00Z node=b timer=i.2 token=1
          repeatBegan node=a planned=3 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=3 token=1 vars={"loopCounter":1}
          entered node=a scope=3 token=4 turn=true
          scopeOpened kind={"turn":{"index":1}} node=a scope=5 token=1 vars={"loopCounter":2}
          entered node=a scope=5 token=6 turn=true
          scopeOpened kind={"turn":{"index":2}} node=a scope=7 token=1 vars={"loopCounter":3}
          entered node=a scope=7 token=8 turn=true
          taskOpened task={"id":"i.9","roles":["svc"]} token=4
          assigned task=i.9 why=offered to holders of svc
          taskOpened task={"id":"i.10","roles":["svc"]} token=6
          assigned task=i.10 why=offered to holders of svc
          taskOpened task={"id":"i.11","roles":["svc"]} token=8
          assigned task=i.11 why=offered to holders of svc
        ! notify notice=task-given task=i.9 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.10 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.11 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a yes
          taskClaimed by=ben task=i.10
          taskCompleted by=ben node=a outcome=yes task=i.10
          left node=a token=6
          scopeClosed scope=5
          turnEnded completed=true index=1 node=a output=yes token=1
          outcomeGiven outcome=yes token=1
        > system timer b
          timerFired timer=i.2
          caught name=timer node=b
          taskCancelled task=i.11 why=interrupted by b
          removed token=8 why=interrupted by b
          scopeClosed scope=7
          taskCancelled task=i.9 why=interrupted by b
          removed token=4 why=interrupted by b
          scopeClosed scope=3
          removed token=1 why=interrupted by b
          entered node=b outcome=yes token=12
          left node=b token=12
          entered node=late outcome=yes token=13 via=b-late
          left node=late token=13
          finished
        ! ended
    "#]],
    );
}

#[test]
fn instances_one_after_the_other_over_a_list() {
    let flow = "start s
        s -> a
        user a role=svc many={\"isSequential\":true,\"collection\":\"vars.list\",\"item\":\"it\",\"outputItem\":\"it + loopCounter\",\"outputCollection\":\"found\"}
        a -> e
        end e";
    check(
        flow,
        &[],
        &["anna start {\"list\":[\"x\",\"y\"]}", "ben complete a", "ben complete a"],
        expect![[r#"
        > anna start {"list":["x","y"]}
          started by=anna vars={"list":["x","y"]}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan items=["x","y"] node=a planned=2 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"it":"x","loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          taskOpened task={"id":"i.4","roles":["svc"]} token=3
          assigned task=i.4 why=offered to holders of svc
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.4
          taskCompleted by=ben node=a outcome=done task=i.4
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a output=x1 token=1
          outcomeGiven outcome=done token=1
          scopeOpened kind={"turn":{"index":1}} node=a scope=5 token=1 vars={"it":"y","loopCounter":2}
          entered node=a outcome=done scope=5 token=6 turn=true
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=a outcome=done task=i.7
          left node=a token=6
          scopeClosed scope=5
          turnEnded completed=true index=1 node=a output=y2 token=1
          outcomeGiven outcome=done token=1
          varsSet vars={"found":["x1","y2"]}
          left node=a token=1
          entered node=e outcome=done token=8 via=a-e
          left node=e token=8
          finished
        ! ended vars={"found":["x1","y2"],"list":["x","y"]}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start {\"list\":[]}"],
        expect![[r#"
        > anna start {"list":[]}
          started by=anna vars={"list":[]}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a planned=0 token=1
          varsSet vars={"found":[]}
          left node=a token=1
          entered node=e token=2 via=a-e
          left node=e token=2
          finished
        ! ended vars={"found":[],"list":[]}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start {\"list\":3}", "anna vars {\"list\":[\"x\"]}", "mia retry"],
        expect![[r#"
        > anna start {"list":3}
          started by=anna vars={"list":3}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          incidentRaised incident=i.2 message=expected a list to go through, found 3 node=a phase=work token=1
        > anna vars {"list":["x"]}
          varsSet vars={"list":["x"]}
        > mia retry
          incidentResolved incident=i.2
          repeatBegan items=["x"] node=a planned=1 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=3 token=1 vars={"it":"x","loopCounter":1}
          entered node=a scope=3 token=4 turn=true
          taskOpened task={"id":"i.5","roles":["svc"]} token=4
          assigned task=i.5 why=offered to holders of svc
        ! notify notice=task-given task=i.5 texts=New task: a / 新任务：a to=["ben","carl"]
    "#]],
    );
}

#[test]
fn an_instance_can_be_added_while_others_are_under_way() {
    let flow = "start s
        s -> a
        user a role=svc many={\"collection\":\"vars.list\"}
        a -> e
        end e";
    check(
        flow,
        &[],
        &["anna start {\"list\":[1]}", "mia add a 2", "ben complete a", "ben complete a", "mia add a 3"],
        expect![[r#"
        > anna start {"list":[1]}
          started by=anna vars={"list":[1]}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan items=[1] node=a planned=1 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"item":1,"loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          taskOpened task={"id":"i.4","roles":["svc"]} token=3
          assigned task=i.4 why=offered to holders of svc
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["ben","carl"]
        > mia add a 2
          repeatExtended item=2 node=a token=1
          scopeOpened kind={"turn":{"index":1}} node=a scope=5 token=1 vars={"item":2,"loopCounter":2}
          entered node=a scope=5 token=6 turn=true
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.4
          taskCompleted by=ben node=a outcome=done task=i.4
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a output=done token=1
          outcomeGiven outcome=done token=1
        > ben complete a
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=a outcome=done task=i.7
          left node=a token=6
          scopeClosed scope=5
          turnEnded completed=true index=1 node=a output=done token=1
          outcomeGiven outcome=done token=1
          left node=a token=1
          entered node=e outcome=done token=8 via=a-e
          left node=e token=8
          finished
        ! ended vars={"list":[1]}
        > mia add a 3
          refused: the flow has already ended
    "#]],
    );
}

#[test]
fn turns_throw_the_events_the_behaviour_says() {
    let flow = |behavior: &str| {
        format!(
            "start s
            s -> a
            user a role=svc many={{\"loopCardinality\":\"2\",{behavior}}}
            boundary b on=a signal=one cancelActivity=false
            b -> told
            task told
            a -> e
            end e"
        )
    };
    let each = flow("\"behavior\":\"none\",\"noneBehaviorEvent\":{\"type\":\"signal\",\"signalRef\":\"one\"}");
    check(
        &each,
        &[],
        &["anna start", "ben complete a", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a planned=2 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          scopeOpened kind={"turn":{"index":1}} node=a scope=4 token=1 vars={"loopCounter":2}
          entered node=a scope=4 token=5 turn=true
          taskOpened task={"id":"i.6","roles":["svc"]} token=3
          assigned task=i.6 why=offered to holders of svc
          taskOpened task={"id":"i.7","roles":["svc"]} token=5
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.7 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=a outcome=done task=i.6
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a output=done token=1
          outcomeGiven outcome=done token=1
          thrown after=i.6 name=one node=a what=signal
          caught name=one node=b
          entered node=b outcome=done token=8
          left node=b token=8
          entered node=told outcome=done token=9 via=b-told
          left node=told token=9
        ! throwSignal name=one
        > ben complete a
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=a outcome=done task=i.7
          left node=a token=5
          scopeClosed scope=4
          turnEnded completed=true index=1 node=a output=done token=1
          outcomeGiven outcome=done token=1
          thrown after=i.7 name=one node=a what=signal
          caught name=one node=b
          entered node=b outcome=done token=10
          left node=a token=1
          entered node=e outcome=done token=11 via=a-e
          left node=b token=10
          entered node=told outcome=done token=12 via=b-told
          left node=e token=11
          left node=told token=12
          finished
        ! throwSignal name=one
        ! ended
    "#]],
    );
    let first = flow("\"behavior\":\"one\",\"oneBehaviorEvent\":{\"type\":\"signal\",\"signalRef\":\"one\"}");
    check(
        &first,
        &[],
        &["anna start", "ben complete a", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a planned=2 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          scopeOpened kind={"turn":{"index":1}} node=a scope=4 token=1 vars={"loopCounter":2}
          entered node=a scope=4 token=5 turn=true
          taskOpened task={"id":"i.6","roles":["svc"]} token=3
          assigned task=i.6 why=offered to holders of svc
          taskOpened task={"id":"i.7","roles":["svc"]} token=5
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.7 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=a outcome=done task=i.6
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a output=done token=1
          outcomeGiven outcome=done token=1
          thrown after=i.6 name=one node=a what=signal
          caught name=one node=b
          entered node=b outcome=done token=8
          left node=b token=8
          entered node=told outcome=done token=9 via=b-told
          left node=told token=9
        ! throwSignal name=one
        > ben complete a
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=a outcome=done task=i.7
          left node=a token=5
          scopeClosed scope=4
          turnEnded completed=true index=1 node=a output=done token=1
          outcomeGiven outcome=done token=1
          left node=a token=1
          entered node=e outcome=done token=10 via=a-e
          left node=e token=10
          finished
        ! ended
    "#]],
    );
    let complex = flow(
        "\"behavior\":\"complex\",\"complexBehaviors\":[{\"condition\":\"nrOfCompletedInstances == 2\",\"event\":{\"type\":\"signal\",\"signalRef\":\"one\"}}]",
    );
    check(
        &complex,
        &[],
        &["anna start", "ben complete a", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a planned=2 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"loopCounter":1}
          entered node=a scope=2 token=3 turn=true
          scopeOpened kind={"turn":{"index":1}} node=a scope=4 token=1 vars={"loopCounter":2}
          entered node=a scope=4 token=5 turn=true
          taskOpened task={"id":"i.6","roles":["svc"]} token=3
          assigned task=i.6 why=offered to holders of svc
          taskOpened task={"id":"i.7","roles":["svc"]} token=5
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.7 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=a outcome=done task=i.6
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a output=done token=1
          outcomeGiven outcome=done token=1
        > ben complete a
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=a outcome=done task=i.7
          left node=a token=5
          scopeClosed scope=4
          turnEnded completed=true index=1 node=a output=done token=1
          outcomeGiven outcome=done token=1
          thrown after=i.7 name=one node=a what=signal
          caught name=one node=b
          entered node=b outcome=done token=8
          left node=a token=1
          entered node=e outcome=done token=9 via=a-e
          left node=b token=8
          entered node=told outcome=done token=10 via=b-told
          left node=e token=9
          left node=told token=10
          finished
        ! throwSignal name=one
        ! ended
    "#]],
    );
}

#[test]
fn a_repeated_subprocess_has_variables_for_each_turn() {
    let flow = "start s
        s -> p
        sub p many={\"collection\":\"vars.list\",\"item\":\"it\",\"outputItem\":\"mine\",\"outputCollection\":\"all\"}
          object mine
          start ps
          ps -> a
          script a script=set
          a -> u
          user u role=svc
        end
        p -> e
        end e";
    check(
        flow,
        &[("set", "#{ vars: #{ mine: vars.it * 10 } }")],
        &["anna start {\"list\":[1,2]}", "ben complete u", "ben complete u"],
        expect![[r#"
        > anna start {"list":[1,2]}
          started by=anna vars={"list":[1,2]}
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          repeatBegan items=[1,2] node=p planned=2 token=1
          scopeOpened kind={"turn":{"index":0}} node=p scope=2 token=1 vars={"it":1,"loopCounter":1}
          entered node=p scope=2 token=3 turn=true
          scopeOpened kind={"turn":{"index":1}} node=p scope=4 token=1 vars={"it":2,"loopCounter":2}
          entered node=p scope=4 token=5 turn=true
          scopeOpened node=p parent=2 scope=6 token=3 vars={"mine":null}
          entered node=ps scope=6 token=7
          scopeOpened node=p parent=4 scope=8 token=5 vars={"mine":null}
          entered node=ps scope=8 token=9
          left node=ps token=7
          entered node=a scope=6 token=10 via=ps-a
          left node=ps token=9
          entered node=a scope=8 token=11 via=ps-a
          varsSet scope=6 vars={"mine":10}
          varsSet scope=8 vars={"mine":20}
          left node=a token=10
          entered node=u scope=6 token=12 via=a-u
          left node=a token=11
          entered node=u scope=8 token=13 via=a-u
          taskOpened task={"id":"i.14","roles":["svc"]} token=12
          assigned task=i.14 why=offered to holders of svc
          taskOpened task={"id":"i.15","roles":["svc"]} token=13
          assigned task=i.15 why=offered to holders of svc
        ! notify notice=task-given task=i.14 texts=New task: u / 新任务：u to=["ben","carl"]
        ! notify notice=task-given task=i.15 texts=New task: u / 新任务：u to=["ben","carl"]
        > ben complete u
          taskClaimed by=ben task=i.14
          taskCompleted by=ben node=u outcome=done task=i.14
          left node=u token=12
          varsSet scope=2 vars={"mine":10}
          scopeClosed scope=6
          left node=p token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=p output=10 token=1
        > ben complete u
          taskClaimed by=ben task=i.15
          taskCompleted by=ben node=u outcome=done task=i.15
          left node=u token=13
          varsSet scope=4 vars={"mine":20}
          scopeClosed scope=8
          left node=p token=5
          scopeClosed scope=4
          turnEnded completed=true index=1 node=p output=20 token=1
          varsSet vars={"all":[10,20]}
          left node=p token=1
          entered node=e token=16 via=p-e
          left node=e token=16
          finished
        ! ended vars={"all":[10,20],"list":[1,2]}
    "#]],
    );
}

#[test]
fn quantities_gather_and_multiply_tokens() {
    let flow = "start s
        s -> f
        and f
        f -> a
        f -> b
        f -> c
        task a
        task b
        task c
        a -> d
        b -> d
        c -> d
        user d role=svc startQuantity=2 completionQuantity=2
        d -> e
        task e";
    check(
        flow,
        &[],
        &["anna start", "ben complete d"],
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
          left node=a token=2
          arrived flow=a-d token=5
          left node=b token=3
          arrived flow=b-d token=6
          joined node=d tokens=[5,6]
          entered node=d token=7
          left node=c token=4
          arrived flow=c-d token=8
          taskOpened task={"id":"i.9","roles":["svc"]} token=7
          assigned task=i.9 why=offered to holders of svc
        ! notify notice=task-given task=i.9 texts=New task: d / 新任务：d to=["ben","carl"]
        > ben complete d
          taskClaimed by=ben task=i.9
          taskCompleted by=ben node=d outcome=done task=i.9
          left node=d token=7
          entered node=e outcome=done token=10 via=d-e
          entered node=e outcome=done token=11 via=d-e
          left node=e token=10
          left node=e token=11
          incidentRaised incident=i.12 message=expected 2 tokens, none can come any more node=d phase=work token=8
    "#]],
    );
}

#[test]
fn data_flows_into_an_activity_and_out_of_it() {
    let flow = "start s
        s -> a
        object order
        script a script=price dataInputAssociations=[{\"sourceRef\":[\"order\"],\"targetRef\":\"input\"}] dataOutputAssociations=[{\"targetRef\":\"order\",\"transformation\":\"input.no + '!'\"}]
        a -> e
        end e";
    let flow = flow.replace("'!'", "\\\"!\\\"");
    check(
        &flow,
        &[("price", "#{ vars: #{ price: vars.input.no } }")],
        &["anna start {\"order\":{\"no\":\"A1\"}}"],
        expect![[r#"
        > anna start {"order":{"no":"A1"}}
          started by=anna vars={"order":{"no":"A1"}}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          repeatBegan node=a planned=1 token=1
          scopeOpened kind={"turn":{"index":0}} node=a scope=2 token=1 vars={"input":{"no":"A1"}}
          entered node=a scope=2 token=3 turn=true
          varsSet vars={"price":"A1"}
          varsSet vars={"order":"A1!"}
          left node=a token=3
          scopeClosed scope=2
          turnEnded completed=true index=0 node=a token=1
          left node=a token=1
          entered node=e token=4 via=a-e
          left node=e token=4
          finished
        ! ended vars={"order":"A1!","price":"A1"}
    "#]],
    );
}
