//! Complex gateways, ad-hoc subprocesses, default flows of activities, ways to start.

use expect_test::expect;

use super::check;

#[test]
fn a_complex_gateway_is_activated_once_and_then_reset() {
    let flow = "start s
        s -> f
        and f
        f -> a
        f -> b
        f -> c
        user a role=svc
        user b role=svc
        user c role=svc
        a -> g
        b -> g
        c -> g
        complex g activationCondition='activationCount[\"a-g\"] + activationCount[\"b-g\"] + activationCount[\"c-g\"] >= 2'
        g -> e
        end e";
    check(
        flow,
        &[],
        &["anna start", "ben complete a", "ben complete b", "ben complete c"],
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
          taskOpened task={"id":"i.6","roles":["svc"]} token=3
          assigned task=i.6 why=offered to holders of svc
          taskOpened task={"id":"i.7","roles":["svc"]} token=4
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.5 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.6 texts=New task: b / 新任务：b to=["ben","carl"]
        ! notify notice=task-given task=i.7 texts=New task: c / 新任务：c to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.5
          taskCompleted by=ben node=a outcome=done task=i.5
          left node=a token=2
          arrived flow=a-g outcome=done token=8
        > ben complete b
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=b outcome=done task=i.6
          left node=b token=3
          arrived flow=b-g outcome=done token=9
          joined node=g tokens=[8,9]
          entered node=g outcome=done token=10
          gateTurned first=10 node=g taken=["a-g","b-g"]
          left node=g token=10
          entered node=e outcome=done token=11 via=g-e
          left node=e token=11
        > ben complete c
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=c outcome=done task=i.7
          left node=c token=4
          arrived flow=c-g outcome=done token=12
          gateTurned first=0 node=g
          joined node=g tokens=[12]
          finished
        ! ended
    "#]],
    );
    let both = flow.replace(
        "g -> e\n        end e",
        "g -> on : waitingForStart\n g -> late : !waitingForStart\n task on\n task late",
    );
    check(
        &both,
        &[],
        &["anna start", "ben complete b", "ben complete a", "ben complete c"],
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
          taskOpened task={"id":"i.6","roles":["svc"]} token=3
          assigned task=i.6 why=offered to holders of svc
          taskOpened task={"id":"i.7","roles":["svc"]} token=4
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.5 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.6 texts=New task: b / 新任务：b to=["ben","carl"]
        ! notify notice=task-given task=i.7 texts=New task: c / 新任务：c to=["ben","carl"]
        > ben complete b
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=b outcome=done task=i.6
          left node=b token=3
          arrived flow=b-g outcome=done token=8
        > ben complete a
          taskClaimed by=ben task=i.5
          taskCompleted by=ben node=a outcome=done task=i.5
          left node=a token=2
          arrived flow=a-g outcome=done token=9
          joined node=g tokens=[9,8]
          entered node=g outcome=done token=10
          gateTurned first=10 node=g taken=["a-g","b-g"]
          decided because=[["g-on",true],["g-late",false]] node=g taken=["g-on"]
          left node=g token=10
          entered node=on outcome=done token=11 via=g-on
          left node=on token=11
        > ben complete c
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=c outcome=done task=i.7
          left node=c token=4
          arrived flow=c-g outcome=done token=12
          gateTurned first=0 node=g
          joined node=g tokens=[12]
          entered node=g outcome=done token=13
          decided because=[["g-on",false],["g-late",true]] node=g taken=["g-late"]
          left node=g token=13
          entered node=late outcome=done token=14 via=g-late
          left node=late token=14
          finished
        ! ended
    "#]],
    );
}

#[test]
fn activities_of_an_ad_hoc_subprocess_begin_when_somebody_says() {
    let flow = "start s
        s -> p
        adhoc p completionCondition='vars.enough == true'
          user a role=svc
          script b script=enough
          user c role=svc
          c -> d
          task d
        end
        p -> e
        end e";
    let scripts = [("enough", "#{ vars: #{ enough: true } }")];
    check(
        flow,
        &scripts,
        &["anna start", "ben begin a", "ben begin c", "ben begin d", "ben complete c", "ben begin b"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
        > ben begin a
          entered node=a scope=2 token=3
          taskOpened task={"id":"i.4","roles":["svc"]} token=3
          assigned task=i.4 why=offered to holders of svc
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben begin c
          entered node=c scope=2 token=5
          taskOpened task={"id":"i.6","roles":["svc"]} token=5
          assigned task=i.6 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: c / 新任务：c to=["ben","carl"]
        > ben begin d
          refused: `d` is not waiting for this now
        > ben complete c
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=c outcome=done task=i.6
          left node=c token=5
          entered node=d outcome=done scope=2 token=7 via=c-d
          left node=d token=7
        > ben begin b
          entered node=b scope=2 token=8
          varsSet vars={"enough":true}
          left node=b token=8
          fulfilled node=p scope=2
          taskCancelled task=i.4 why=no longer needed
          removed token=3 why=no longer needed
          scopeClosed scope=2
          left node=p token=1
          entered node=e token=9 via=p-e
          left node=e token=9
          finished
        ! ended vars={"enough":true}
    "#]],
    );
    let sequential = flow.replace(
        "adhoc p completionCondition='vars.enough == true'",
        "adhoc p ordering=sequential cancelRemainingInstances=false",
    );
    check(
        &sequential,
        &scripts,
        &[
            "anna start",
            "ben begin a",
            "ben begin c",
            "ben complete a",
            "ben begin c",
            "ben finish p",
            "ben begin a",
            "ben complete c",
        ],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
        > ben begin a
          entered node=a scope=2 token=3
          taskOpened task={"id":"i.4","roles":["svc"]} token=3
          assigned task=i.4 why=offered to holders of svc
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben begin c
          refused: `c` is not waiting for this now
        > ben complete a
          taskClaimed by=ben task=i.4
          taskCompleted by=ben node=a outcome=done task=i.4
          left node=a token=3
        > ben begin c
          entered node=c scope=2 token=5
          taskOpened task={"id":"i.6","roles":["svc"]} token=5
          assigned task=i.6 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: c / 新任务：c to=["ben","carl"]
        > ben finish p
          fulfilled node=p scope=2
        > ben begin a
          refused: `a` is not waiting for this now
        > ben complete c
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=c outcome=done task=i.6
          left node=c token=5
          entered node=d outcome=done scope=2 token=7 via=c-d
          left node=d token=7
          scopeClosed scope=2
          left node=p token=1
          entered node=e token=8 via=p-e
          left node=e token=8
          finished
        ! ended
    "#]],
    );
}

#[test]
fn an_activity_takes_its_default_flow_when_no_condition_holds() {
    let flow = "start s
        s -> a
        task a default=a-c
        a -> b : vars.n > 1
        a -> c
        task b
        task c";
    check(
        flow,
        &[],
        &["anna start {\"n\":1}"],
        expect![[r#"
        > anna start {"n":1}
          started by=anna vars={"n":1}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          decided because=[["a-b",false]] node=a taken=["a-c"]
          left node=a token=1
          entered node=c token=2 via=a-c
          left node=c token=2
          finished
        ! ended vars={"n":1}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start {\"n\":2}"],
        expect![[r#"
        > anna start {"n":2}
          started by=anna vars={"n":2}
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          decided because=[["a-b",true]] node=a taken=["a-b"]
          left node=a token=1
          entered node=b token=2 via=a-b
          left node=b token=2
          finished
        ! ended vars={"n":2}
    "#]],
    );
}

#[test]
fn a_flow_starts_at_what_has_happened() {
    let flow = "event g instantiate=true
        g -> m
        g -> n
        catch m message=m
        catch n message=n
        m -> e
        n -> e
        end e";
    check(
        flow,
        &[],
        &["system startat g", "system message n"],
        expect![[r#"
        > system startat g
          started by=system
          entered node=g token=0
        > system message n
          caught name=n node=n
          decided node=g taken=["g-n"]
          left node=g token=0
          entered node=n token=1 via=g-n
          left node=n token=1
          entered node=e token=2 via=n-e
          left node=e token=2
          finished
        ! ended
    "#]],
    );
    // Parallel: both must come.
    let all = flow.replace("instantiate=true", "instantiate=true parallel=true");
    check(
        &all,
        &[],
        &["system startat g", "system message n", "system message m"],
        expect![[r#"
        > system startat g
          started by=system
          entered node=g token=0
          left node=g token=0
          entered node=m token=1 via=g-m
          entered node=n token=2 via=g-n
        > system message n
          caught name=n node=n
          left node=n token=2
          entered node=e token=3 via=n-e
          left node=e token=3
        > system message m
          caught name=m node=m
          left node=m token=1
          entered node=e token=4 via=m-e
          left node=e token=4
          finished
        ! ended
    "#]],
    );
    let receive = "receive r message=m instantiate=true\n r -> u\n user u role=svc";
    check(
        receive,
        &[],
        &["system startat r", "system message m {\"a\":1}"],
        expect![[r#"
        > system startat r
          started by=system
          entered node=r token=0
        > system message m {"a":1}
          varsSet vars={"a":1}
          caught name=m node=r
          left node=r token=0
          entered node=u token=1 via=r-u
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: u / 新任务：u to=["ben","carl"]
    "#]],
    );
}

#[test]
fn a_message_is_for_who_waits_for_its_key() {
    let flow = "start s
        s -> f
        and f
        f -> a
        f -> b
        f -> c
        receive a message=m correlation=vars.x
        receive b message=m correlation=vars.y
        receive c message=m";
    check(
        flow,
        &[],
        &[
            "anna start {\"x\":\"1\",\"y\":\"2\"}",
            "system message m {} 2",
            "system message m {} 3",
            "system message m {} r1",
            "system message m",
        ],
        expect![[r#"
        > anna start {"x":"1","y":"2"}
          started by=anna vars={"x":"1","y":"2"}
          entered node=s token=0
          left node=s token=0
          entered node=f token=1 via=s-f
          left node=f token=1
          entered node=a token=2 via=f-a
          entered node=b token=3 via=f-b
          entered node=c token=4 via=f-c
          noted node=a note={"key":"1"} token=2
          noted node=b note={"key":"2"} token=3
        > system message m {} 2
          caught name=m node=b
          left node=b token=3
        > system message m {} 3
          refused: nothing waits for this
        > system message m {} r1
          caught name=m node=c
          left node=c token=4
        > system message m
          caught name=m node=a
          left node=a token=2
          finished
        ! ended vars={"x":"1","y":"2"}
    "#]],
    );
}
