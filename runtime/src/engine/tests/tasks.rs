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
    check(flow, &[], &lines, expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          fieldsSet fields={"stage":"open"}
          taskOpened token=1 task={"id":"i.2","roles":["svc"],"dueAt":"2026-03-02T10:00:00Z"}
          assigned task=i.2 why=offered to holders of svc
          timerSet timer=i.3 token=1 node=a at=2026-03-02T08:24:00Z reminder=80
          timerSet timer=i.4 token=1 node=a at=2026-03-02T10:00:00Z reminder=100
        ! setFields fields={"stage":"open"}
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: Handle it / 新任务：Handle it
        > anna claim a
          refused: you may not do this task
        > ben claim a
          taskClaimed task=i.2 by=ben
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
          taskClaimed task=i.2 by=carl
          fieldsSet fields={"handler":"carl"}
          fieldsSet fields={"plan":"call"}
          taskCompleted task=i.2 node=a by=carl outcome=ok
          timerCancelled timer=i.3
          timerCancelled timer=i.4
          left token=1 node=a
          entered token=5 node=e via=a-e outcome=ok
          fieldsSet fields={"stage":"closed"}
          left token=5 node=e
          finished
        ! setFields fields={"handler":"carl","plan":"call","stage":"closed"}
        ! ended
    "#]]);
}

#[test]
fn reminders_at_80_and_100_per_cent_of_working_time() {
    let flow = "start s
        s -> a
        user a performer={\"user\":\"\\\"ben\\\"\"} due=8bh";
    check(flow, &[], &["anna start", "system timer a", "system timer a"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          taskOpened token=1 task={"id":"i.2","assignee":"ben","candidates":["ben"],"dueAt":"2026-03-02T10:00:00Z"}
          assigned task=i.2 to=ben why=named by the flow
          timerSet timer=i.3 token=1 node=a at=2026-03-02T08:24:00Z reminder=80
          timerSet timer=i.4 token=1 node=a at=2026-03-02T10:00:00Z reminder=100
        ! notify notice=task-given to=["ben"] task=i.2 texts=New task: a / 新任务：a
        > system timer a
          timerFired timer=i.3
        ! notify notice=task-reminder to=["ben"] task=i.2 texts=Due soon: a / 即将到期：a
        > system timer a
          timerFired timer=i.4
        ! notify notice=task-escalation to=["mia"] task=i.2 texts=Overdue: a / 已超时：a
    "#]]);
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
    let lines = ["anna start", "ben complete a", "ben complete b", "carl complete b", "ben complete c", "mia retry", "mia complete d"];
    check(flow, &[], &lines, expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          taskOpened token=1 task={"id":"i.2","roles":["svc"]}
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: a / 新任务：a
        > ben complete a
          taskClaimed task=i.2 by=ben
          taskCompleted task=i.2 node=a by=ben outcome=done
          left token=1 node=a
          entered token=3 node=b via=a-b outcome=done
          taskOpened token=3 task={"id":"i.4","candidates":["carl"]}
          assigned task=i.4 why=offered to holders of svc, not ben
        ! notify notice=task-given to=["carl"] task=i.4 texts=New task: b / 新任务：b
        > ben complete b
          refused: you may not do this task
        > carl complete b
          taskClaimed task=i.4 by=carl
          taskCompleted task=i.4 node=b by=carl outcome=done
          left token=3 node=b
          entered token=5 node=c via=b-c outcome=done
          taskOpened token=5 task={"id":"i.6","assignee":"ben","roles":["svc"]}
          assigned task=i.6 to=ben why=did step `a` before
        ! notify notice=task-given to=["ben"] task=i.6 texts=New task: c / 新任务：c
        > ben complete c
          taskCompleted task=i.6 node=c by=ben outcome=done
          left token=5 node=c
          entered token=7 node=d via=c-d outcome=done
          taskOpened token=7 task={"id":"i.8","candidates":["mia"]}
          assigned task=i.8 why=nobody is able (holders of svc, people of department `north`, not ben); offered to holders of mgr
          incidentRaised incident=i.9 token=7 node=d message=expected somebody able to do this (holders of svc, people of department `north`, not ben), found nobody phase=work
        ! notify notice=task-given to=["mia"] task=i.8 texts=New task: d / 新任务：d
        > mia retry
          taskCancelled task=i.8 why=tried again
          incidentResolved incident=i.9
          taskOpened token=7 task={"id":"i.10","candidates":["mia"]}
          assigned task=i.10 why=nobody is able (holders of svc, people of department `north`, not ben); offered to holders of mgr
          incidentRaised incident=i.11 token=7 node=d message=expected somebody able to do this (holders of svc, people of department `north`, not ben), found nobody phase=work
        ! notify notice=task-given to=["mia"] task=i.10 texts=New task: d / 新任务：d
        > mia complete d
          taskClaimed task=i.10 by=mia
          taskCompleted task=i.10 node=d by=mia outcome=done
          incidentResolved incident=i.11
          left token=7 node=d
          finished
        ! ended
    "#]]);
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
    check(flow, &scripts, &["anna start", "ben complete a done {\"amount\":\"20\"}", "mia retry"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          taskOpened token=1 task={"id":"i.2","roles":["svc"]}
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: a / 新任务：a
        > ben complete a done {"amount":"20"}
          taskClaimed task=i.2 by=ben
          fieldsSet fields={"amount":"20"}
          taskCompleted task=i.2 node=a by=ben outcome=done
          left token=1 node=a
          entered token=3 node=b via=a-b outcome=done
          incidentRaised incident=i.4 token=3 node=b message=pick, line 1: too much phase=work
        ! setFields fields={"amount":"20"}
        > mia retry
          incidentResolved incident=i.4
          incidentRaised incident=i.5 token=3 node=b message=pick, line 1: too much phase=work
    "#]]);
    check(flow, &scripts, &["anna start", "ben complete a done {\"amount\":\"5\"}"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          taskOpened token=1 task={"id":"i.2","roles":["svc"]}
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: a / 新任务：a
        > ben complete a done {"amount":"5"}
          taskClaimed task=i.2 by=ben
          fieldsSet fields={"amount":"5"}
          taskCompleted task=i.2 node=a by=ben outcome=done
          left token=1 node=a
          entered token=3 node=b via=a-b outcome=done
          taskOpened token=3 task={"id":"i.4","assignee":"carl","candidates":["ben","carl"]}
          assigned task=i.4 to=carl why=least work ranking=[{"points":null,"user":"carl"}]
        ! setFields fields={"amount":"5"}
        ! notify notice=task-given to=["carl"] task=i.4 texts=New task: b / 新任务：b
    "#]]);
    check(flow, &scripts, &["anna start", "ben complete a done {\"amount\":\"1\"}"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          taskOpened token=1 task={"id":"i.2","roles":["svc"]}
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: a / 新任务：a
        > ben complete a done {"amount":"1"}
          taskClaimed task=i.2 by=ben
          fieldsSet fields={"amount":"1"}
          taskCompleted task=i.2 node=a by=ben outcome=done
          left token=1 node=a
          entered token=3 node=b via=a-b outcome=done
          taskOpened token=3 task={"id":"i.4","roles":["mgr"]}
          assigned task=i.4 why=script `pick` chose nobody: all busy; offered to holders of mgr
        ! setFields fields={"amount":"1"}
        ! notify notice=task-given to=["mia"] task=i.4 texts=New task: b / 新任务：b
    "#]]);
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
    let scripts = [("count", "#{ data: #{ count: (if data.count == () { 0 } else { data.count }) + 1 }, vars: #{ seen: 41 } }")];
    check(flow, &scripts, &["anna start"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=t via=s-t
          varsSet vars={"seen":41}
          fieldsSet fields={"count":1}
          left token=1 node=t
          entered token=2 node=g via=t-g
          decided node=g taken=["g-t"] because=[["g-t",true]]
          left token=2 node=g
          entered token=3 node=t via=g-t
          varsSet vars={"seen":41}
          fieldsSet fields={"count":2}
          left token=3 node=t
          entered token=4 node=g via=t-g
          decided node=g taken=["g-t"] because=[["g-t",true]]
          left token=4 node=g
          entered token=5 node=t via=g-t
          varsSet vars={"seen":41}
          fieldsSet fields={"count":3}
          left token=5 node=t
          entered token=6 node=g via=t-g
          decided node=g taken=["g-e"] because=[["g-t",false],["g-e",true]]
          left token=6 node=g
          entered token=7 node=e via=g-e
          fieldsSet fields={"closed":42}
          left token=7 node=e
          finished
        ! setFields fields={"count":3,"closed":42}
        ! ended vars={"seen":41}
    "#]]);
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
    check(flow, &[], &["anna start", "system child {\"level\":2}"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=c via=s-c
          childStarted child=i.2 token=1 node=c
        ! startChild child=i.2 flow=other node=c vars={"amount":null} parent={"instance":"i","node":"c","catches":["E1"],"depth":1}
        > system child {"level":2}
          childEnded child=i.2
          varsSet vars={"level":2}
          left token=1 node=c
          entered token=3 node=e via=c-e
          left token=3 node=e
          finished
        ! ended vars={"level":2}
    "#]]);
    check(flow, &[], &["anna start", "system child error:E1"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=c via=s-c
          childStarted child=i.2 token=1 node=c
        ! startChild child=i.2 flow=other node=c vars={"amount":null} parent={"instance":"i","node":"c","catches":["E1"],"depth":1}
        > system child error:E1
          childEnded child=i.2
          varsSet vars={"error":{"code":"E1","message":""}}
          caught node=b name=E1
          removed token=1 why=interrupted by b
          entered token=3 node=b
          left token=3 node=b
          entered token=4 node=x via=b-x
          left token=4 node=x
          finished
        ! ended vars={"error":{"code":"E1","message":""}}
    "#]]);
    check(flow, &[], &["anna start", "system child cancelled", "mia retry", "mia cancel"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=c via=s-c
          childStarted child=i.2 token=1 node=c
        ! startChild child=i.2 flow=other node=c vars={"amount":null} parent={"instance":"i","node":"c","catches":["E1"],"depth":1}
        > system child cancelled
          childEnded child=i.2
          incidentRaised incident=i.3 token=1 node=c message=the called flow was cancelled phase=work
        > mia retry
          incidentResolved incident=i.3
          childStarted child=i.4 token=1 node=c
        ! startChild child=i.4 flow=other node=c vars={"amount":null} parent={"instance":"i","node":"c","catches":["E1"],"depth":1}
        > mia cancel
          childEnded child=i.4
          removed token=1 why=cancelled
          cancelled by=mia
        ! cancelChild child=i.4
        ! ended cancelled=true
    "#]]);
}

#[test]
fn hand_over_by_assignee_or_manager() {
    let flow = "start s
        s -> a
        user a role=svc";
    check(flow, &[], &["anna start", "ben claim a", "carl give a carl", "mia give a carl", "ben complete a", "carl complete a"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=a via=s-a
          taskOpened token=1 task={"id":"i.2","roles":["svc"]}
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: a / 新任务：a
        > ben claim a
          taskClaimed task=i.2 by=ben
        > carl give a carl
          refused: the task is claimed by ben
        > mia give a carl
          taskHandedOver task=i.2 from=ben to=carl
        ! notify notice=task-given to=["carl"] task=i.2 texts=New task: a / 新任务：a
        > ben complete a
          refused: the task is claimed by carl
        > carl complete a
          taskCompleted task=i.2 node=a by=carl outcome=done
          left token=1 node=a
          finished
        ! ended
    "#]]);
}
