//! User tasks, scripts, calls.

use expect_test::expect;

use super::check;

#[test]
fn claim_complete_and_what_is_refused() {
    let flow = "start s
        s -> a
        user a name='Handle it' stage=open performer={\"roles\":[\"svc\"],\"field\":\"handler\"} due=8bh outcomes=[{\"id\":\"ok\",\"title\":\"OK\",\"requires\":[\"plan\"]},{\"id\":\"no\",\"title\":\"No\",\"comment\":\"required\"}]
        a -> e
        end e stage=closed";
    let lines = [
        "anna start",
        "anna claim a",
        "ben claim a",
        "carl complete a ok",
        "ben complete a maybe",
        "ben complete a no",
        "ben complete a ok",
        "ben release a",
        "carl complete a ok {\"plan\":\"call\"}",
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
          fieldsSet fields={"stage":"open"}
          taskOpened task={"dueAt":"2026-03-02T10:00:00Z","id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
          timerSet at=2026-03-02T08:24:00Z node=a reminder=80 timer=i.3 token=1
          timerSet at=2026-03-02T10:00:00Z node=a reminder=100 timer=i.4 token=1
        ! setFields fields={"stage":"open"}
        ! notify notice=task-given task=i.2 texts=New task: Handle it / 新任务：Handle it to=["ben","carl"]
        > anna claim a
          refused: you may not do this task
        > ben claim a
          taskClaimed by=ben task=i.2
          fieldsSet fields={"handler":"ben"}
        ! setFields fields={"handler":"ben"}
        > carl complete a ok
          refused: the task is claimed by ben
        > ben complete a maybe
          refused: the task has no outcome `maybe`; it has ["ok", "no"]
        > ben complete a no
          refused: this outcome needs a comment
        > ben complete a ok
          refused: this outcome needs the fields ["plan"]
        > ben release a
          taskReleased task=i.2
          fieldsSet fields={"handler":null}
        ! setFields fields={"handler":null}
        > carl complete a ok {"plan":"call"}
          taskClaimed by=carl task=i.2
          fieldsSet fields={"handler":"carl"}
          fieldsSet fields={"plan":"call"}
          taskCompleted by=carl node=a outcome=ok task=i.2
          timerCancelled timer=i.3
          timerCancelled timer=i.4
          left node=a token=1
          entered node=e outcome=ok token=5 via=a-e
          fieldsSet fields={"stage":"closed"}
          left node=e token=5
          finished
        ! setFields fields={"handler":"carl","plan":"call","stage":"closed"}
        ! ended
    "#]],
    );
}

#[test]
fn reminders_at_80_and_100_per_cent_of_working_time() {
    let flow = "start s
        s -> a
        user a performer={\"user\":\"\\\"ben\\\"\"} due=8bh";
    check(
        flow,
        &[],
        &["anna start", "system timer a", "system timer a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"assignee":"ben","candidates":["ben"],"dueAt":"2026-03-02T10:00:00Z","id":"i.2"} token=1
          assigned task=i.2 to=ben why=named by the flow
          timerSet at=2026-03-02T08:24:00Z node=a reminder=80 timer=i.3 token=1
          timerSet at=2026-03-02T10:00:00Z node=a reminder=100 timer=i.4 token=1
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben"]
        > system timer a
          timerFired timer=i.3
        ! notify notice=task-reminder task=i.2 texts=Due soon: a / 即将到期：a to=["ben"]
        > system timer a
          timerFired timer=i.4
        ! notify notice=task-escalation task=i.2 texts=Overdue: a / 已超时：a to=["mia"]
    "#]],
    );
}

#[test]
fn separation_of_duty_same_person_department_and_nobody() {
    let flow = "start s
        s -> a
        user a role=svc
        a -> b
        user b performer={\"roles\":[\"svc\"],\"notSameAs\":[\"a\"]}
        b -> c
        user c performer={\"roles\":[\"svc\"],\"sameAs\":\"a\"}
        c -> d
        user d performer={\"roles\":[\"svc\"],\"department\":\"\\\"north\\\"\",\"notSameAs\":[\"a\"],\"fallback\":\"mgr\"}";
    let lines = [
        "anna start",
        "ben complete a",
        "ben complete b",
        "carl complete b",
        "ben complete c",
        "mia retry",
        "mia complete d",
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
        > ben complete a
          taskClaimed by=ben task=i.2
          taskCompleted by=ben node=a outcome=done task=i.2
          left node=a token=1
          entered node=b outcome=done token=3 via=a-b
          taskOpened task={"candidates":["carl"],"id":"i.4"} token=3
          assigned task=i.4 why=offered to holders of svc, not ben
        ! notify notice=task-given task=i.4 texts=New task: b / 新任务：b to=["carl"]
        > ben complete b
          refused: you may not do this task
        > carl complete b
          taskClaimed by=carl task=i.4
          taskCompleted by=carl node=b outcome=done task=i.4
          left node=b token=3
          entered node=c outcome=done token=5 via=b-c
          taskOpened task={"assignee":"ben","id":"i.6","roles":["svc"]} token=5
          assigned task=i.6 to=ben why=did step `a` before
        ! notify notice=task-given task=i.6 texts=New task: c / 新任务：c to=["ben"]
        > ben complete c
          taskCompleted by=ben node=c outcome=done task=i.6
          left node=c token=5
          entered node=d outcome=done token=7 via=c-d
          taskOpened task={"candidates":["mia"],"id":"i.8"} token=7
          assigned task=i.8 why=nobody is able (holders of svc, people of department `north`, not ben); offered to holders of mgr
          incidentRaised incident=i.9 message=expected somebody able to do this (holders of svc, people of department `north`, not ben), found nobody node=d phase=work token=7
        ! notify notice=task-given task=i.8 texts=New task: d / 新任务：d to=["mia"]
        > mia retry
          taskCancelled task=i.8 why=tried again
          incidentResolved incident=i.9
          taskOpened task={"candidates":["mia"],"id":"i.10"} token=7
          assigned task=i.10 why=nobody is able (holders of svc, people of department `north`, not ben); offered to holders of mgr
          incidentRaised incident=i.11 message=expected somebody able to do this (holders of svc, people of department `north`, not ben), found nobody node=d phase=work token=7
        ! notify notice=task-given task=i.10 texts=New task: d / 新任务：d to=["mia"]
        > mia complete d
          taskClaimed by=mia task=i.10
          taskCompleted by=mia node=d outcome=done task=i.10
          incidentResolved incident=i.11
          left node=d token=7
          finished
        ! ended
    "#]],
    );
}

#[test]
fn script_chooses_and_its_error_is_an_incident_behind_the_completed_task() {
    let flow = "start s
        s -> a
        user a role=svc
        a -> b
        user b performer={\"roles\":[\"svc\"],\"script\":\"pick\",\"fallback\":\"mgr\"}";
    let pick = "if data.amount > 10.5 { throw \"too much\" }
        if data.amount == 1 { return #{ user: (), why: \"all busy\" }; }
        let best = candidates[1];
        #{ user: best.id, why: \"least work\", ranking: [#{ user: best.id, points: best.open_points }] }";
    let scripts = [("pick", pick)];
    check(
        flow,
        &scripts,
        &["anna start", "ben complete a done {\"amount\":\"20\"}", "mia retry"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a done {"amount":"20"}
          taskClaimed by=ben task=i.2
          fieldsSet fields={"amount":"20"}
          taskCompleted by=ben node=a outcome=done task=i.2
          left node=a token=1
          entered node=b outcome=done token=3 via=a-b
          incidentRaised incident=i.4 message=pick, line 1: too much node=b phase=work token=3
        ! setFields fields={"amount":"20"}
        > mia retry
          incidentResolved incident=i.4
          incidentRaised incident=i.5 message=pick, line 1: too much node=b phase=work token=3
    "#]],
    );
    check(
        flow,
        &scripts,
        &["anna start", "ben complete a done {\"amount\":\"5\"}"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a done {"amount":"5"}
          taskClaimed by=ben task=i.2
          fieldsSet fields={"amount":"5"}
          taskCompleted by=ben node=a outcome=done task=i.2
          left node=a token=1
          entered node=b outcome=done token=3 via=a-b
          taskOpened task={"assignee":"carl","candidates":["ben","carl"],"id":"i.4"} token=3
          assigned ranking=[{"points":null,"user":"carl"}] task=i.4 to=carl why=least work
        ! setFields fields={"amount":"5"}
        ! notify notice=task-given task=i.4 texts=New task: b / 新任务：b to=["carl"]
    "#]],
    );
    check(
        flow,
        &scripts,
        &["anna start", "ben complete a done {\"amount\":\"1\"}"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben complete a done {"amount":"1"}
          taskClaimed by=ben task=i.2
          fieldsSet fields={"amount":"1"}
          taskCompleted by=ben node=a outcome=done task=i.2
          left node=a token=1
          entered node=b outcome=done token=3 via=a-b
          taskOpened task={"id":"i.4","roles":["mgr"]} token=3
          assigned task=i.4 why=script `pick` chose nobody: all busy; offered to holders of mgr
        ! setFields fields={"amount":"1"}
        ! notify notice=task-given task=i.4 texts=New task: b / 新任务：b to=["mia"]
    "#]],
    );
}

#[test]
fn script_task_sets_fields_that_later_conditions_see() {
    let flow = "start s
        s -> t
        scriptTask t script=count
        t -> g
        xor g
        g -> t : data.count < 3
        g -> e : data.count >= 3
        end e assign=[{\"target\":\"data.closed\",\"expr\":\"vars.seen + 1\"}]";
    let scripts =
        [("count", "#{ data: #{ count: (if data.count == () { 0 } else { data.count }) + 1 }, vars: #{ seen: 41 } }")];
    check(
        flow,
        &scripts,
        &["anna start"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=t token=1 via=s-t
          varsSet vars={"seen":41}
          fieldsSet fields={"count":1}
          left node=t token=1
          entered node=g token=2 via=t-g
          decided because=[["g-t",true]] node=g taken=["g-t"]
          left node=g token=2
          entered node=t token=3 via=g-t
          varsSet vars={"seen":41}
          fieldsSet fields={"count":2}
          left node=t token=3
          entered node=g token=4 via=t-g
          decided because=[["g-t",true]] node=g taken=["g-t"]
          left node=g token=4
          entered node=t token=5 via=g-t
          varsSet vars={"seen":41}
          fieldsSet fields={"count":3}
          left node=t token=5
          entered node=g token=6 via=t-g
          decided because=[["g-t",false],["g-e",true]] node=g taken=["g-e"]
          left node=g token=6
          entered node=e token=7 via=g-e
          fieldsSet fields={"closed":42}
          left node=e token=7
          finished
        ! setFields fields={"closed":42,"count":3}
        ! ended vars={"seen":41}
    "#]],
    );
}

#[test]
fn endless_loop_is_stopped() {
    let mut play = super::Play::new("start s\n s -> a\n task a\n a -> b\n task b\n b -> a", &[]);
    play.line("anna start");
    assert_eq!(play.instance.incidents.len(), 1);
    assert_eq!(play.instance.tokens.len(), 1);
}

#[test]
fn called_flow_gets_inputs_and_gives_outputs() {
    let flow = "start s
        s -> c
        call c calledElement=other inputs=[{\"target\":\"amount\",\"expr\":\"data.amount\"}] outputs=[{\"target\":\"vars.level\",\"expr\":\"result.level\"}]
        boundary b on=c error=E1
        c -> e
        b -> x
        end e
        task x";
    check(
        flow,
        &[],
        &["anna start", "system child {\"level\":2}"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          childStarted child=i.2 node=c token=1
        ! startChild child=i.2 flow=other node=c parent={"catches":["E1"],"depth":1,"instance":"i","node":"c"} vars={"amount":null}
        > system child {"level":2}
          childEnded child=i.2
          varsSet vars={"level":2}
          left node=c token=1
          entered node=e token=3 via=c-e
          left node=e token=3
          finished
        ! ended vars={"level":2}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start", "system child error:E1"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          childStarted child=i.2 node=c token=1
        ! startChild child=i.2 flow=other node=c parent={"catches":["E1"],"depth":1,"instance":"i","node":"c"} vars={"amount":null}
        > system child error:E1
          childEnded child=i.2
          varsSet vars={"error":{"code":"E1","message":""}}
          caught name=E1 node=b
          removed token=1 why=interrupted by b
          entered node=b token=3
          left node=b token=3
          entered node=x token=4 via=b-x
          left node=x token=4
          finished
        ! ended vars={"error":{"code":"E1","message":""}}
    "#]],
    );
    check(
        flow,
        &[],
        &["anna start", "system child cancelled", "mia retry", "mia cancel"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=c token=1 via=s-c
          childStarted child=i.2 node=c token=1
        ! startChild child=i.2 flow=other node=c parent={"catches":["E1"],"depth":1,"instance":"i","node":"c"} vars={"amount":null}
        > system child cancelled
          childEnded child=i.2
          incidentRaised incident=i.3 message=the called flow was cancelled node=c phase=work token=1
        > mia retry
          incidentResolved incident=i.3
          childStarted child=i.4 node=c token=1
        ! startChild child=i.4 flow=other node=c parent={"catches":["E1"],"depth":1,"instance":"i","node":"c"} vars={"amount":null}
        > mia cancel
          childEnded child=i.4
          removed token=1 why=cancelled
          cancelled by=mia
        ! cancelChild child=i.4
        ! ended cancelled=true
    "#]],
    );
}

#[test]
fn hand_over_by_assignee_or_manager() {
    let flow = "start s
        s -> a
        user a role=svc";
    check(
        flow,
        &[],
        &["anna start", "ben claim a", "carl give a carl", "mia give a carl", "ben complete a", "carl complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > ben claim a
          taskClaimed by=ben task=i.2
        > carl give a carl
          refused: the task is claimed by ben
        > mia give a carl
          taskHandedOver from=ben task=i.2 to=carl
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["carl"]
        > ben complete a
          refused: the task is claimed by carl
        > carl complete a
          taskCompleted by=carl node=a outcome=done task=i.2
          left node=a token=1
          finished
        ! ended
    "#]],
    );
}

#[test]
fn computed_fields_follow_within_the_step() {
    let flow = "start s assign=[{\"target\":\"data.amount\",\"expr\":\"7.5\"}]
        s -> g
        xor g default=g-b
        g -> a : data.double == 15
        g -> b
        task a
        task b";
    check(
        flow,
        &[],
        &["anna start"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          fieldsSet fields={"amount":7.5}
          left node=s token=0
          entered node=g token=1 via=s-g
          decided because=[["g-a",true]] node=g taken=["g-a"]
          left node=g token=1
          entered node=a token=2 via=g-a
          left node=a token=2
          finished
        ! setFields fields={"amount":7.5}
        ! ended
    "#]],
    );
}
