//! Sending work back.

use expect_test::expect;

use super::check;

const PARALLEL: &str = "start s
    s -> first
    user first role=svc
    first -> fork
    and fork
    fork -> a
    fork -> other
    user a role=svc
    a -> b
    user b role=svc
    user other role=svc
    b -> join
    other -> join
    and join
    join -> last
    user last role=svc";

#[test]
fn back_inside_a_branch_leaves_the_other_branch_alone() {
    let lines = ["anna start", "ben complete first", "ben complete a", "carl return b a 'not clear'", "ben complete a"];
    check(PARALLEL, &[], &lines, expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=first via=s-first
          taskOpened token=1 task={"id":"i.2","roles":["svc"]}
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: first / 新任务：first
        > ben complete first
          taskClaimed task=i.2 by=ben
          taskCompleted task=i.2 node=first by=ben outcome=done
          left token=1 node=first
          entered token=3 node=fork via=first-fork outcome=done
          left token=3 node=fork
          entered token=4 node=a via=fork-a outcome=done
          entered token=5 node=other via=fork-other outcome=done
          taskOpened token=4 task={"id":"i.6","roles":["svc"]}
          assigned task=i.6 why=offered to holders of svc
          taskOpened token=5 task={"id":"i.7","roles":["svc"]}
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.6 texts=New task: a / 新任务：a
        ! notify notice=task-given to=["ben","carl"] task=i.7 texts=New task: other / 新任务：other
        > ben complete a
          taskClaimed task=i.6 by=ben
          taskCompleted task=i.6 node=a by=ben outcome=done
          left token=4 node=a
          entered token=8 node=b via=a-b outcome=done
          taskOpened token=8 task={"id":"i.9","roles":["svc"]}
          assigned task=i.9 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.9 texts=New task: b / 新任务：b
        > carl return b a 'not clear'
          taskClaimed task=i.9 by=carl
          taskReturned task=i.9 node=b by=carl to=a reason=not clear
          removed token=8 why=sent back to a
          entered token=10 node=a
          taskOpened token=10 task={"id":"i.11","assignee":"ben","roles":["svc"],"returned":["carl","not clear"]}
          assigned task=i.11 to=ben why=had it before it was sent back
        ! notify notice=task-returned to=["ben"] task=i.11 texts=Sent back: a / 被退回：a
        > ben complete a
          taskCompleted task=i.11 node=a by=ben outcome=done
          left token=10 node=a
          entered token=12 node=b via=a-b outcome=done
          taskOpened token=12 task={"id":"i.13","roles":["svc"]}
          assigned task=i.13 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.13 texts=New task: b / 新任务：b
    "#]]);
}

#[test]
fn back_before_the_fork_takes_the_other_branch_away() {
    let lines = ["anna start", "ben complete first", "ben complete a", "carl complete other", "carl return b first again"];
    check(PARALLEL, &[], &lines, expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=first via=s-first
          taskOpened token=1 task={"id":"i.2","roles":["svc"]}
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.2 texts=New task: first / 新任务：first
        > ben complete first
          taskClaimed task=i.2 by=ben
          taskCompleted task=i.2 node=first by=ben outcome=done
          left token=1 node=first
          entered token=3 node=fork via=first-fork outcome=done
          left token=3 node=fork
          entered token=4 node=a via=fork-a outcome=done
          entered token=5 node=other via=fork-other outcome=done
          taskOpened token=4 task={"id":"i.6","roles":["svc"]}
          assigned task=i.6 why=offered to holders of svc
          taskOpened token=5 task={"id":"i.7","roles":["svc"]}
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.6 texts=New task: a / 新任务：a
        ! notify notice=task-given to=["ben","carl"] task=i.7 texts=New task: other / 新任务：other
        > ben complete a
          taskClaimed task=i.6 by=ben
          taskCompleted task=i.6 node=a by=ben outcome=done
          left token=4 node=a
          entered token=8 node=b via=a-b outcome=done
          taskOpened token=8 task={"id":"i.9","roles":["svc"]}
          assigned task=i.9 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.9 texts=New task: b / 新任务：b
        > carl complete other
          taskClaimed task=i.7 by=carl
          taskCompleted task=i.7 node=other by=carl outcome=done
          left token=5 node=other
          arrived token=10 flow=other-join outcome=done
        > carl return b first again
          taskClaimed task=i.9 by=carl
          taskReturned task=i.9 node=b by=carl to=first reason=again
          removed token=8 why=sent back to first
          removed token=10 why=sent back to first
          entered token=11 node=first
          taskOpened token=11 task={"id":"i.12","assignee":"ben","roles":["svc"],"returned":["carl","again"]}
          assigned task=i.12 to=ben why=had it before it was sent back
        ! notify notice=task-returned to=["ben"] task=i.12 texts=Sent back: first / 被退回：first
    "#]]);
}

#[test]
fn back_out_of_a_subprocess_and_what_is_refused() {
    let flow = "start s
        s -> a
        user a role=svc
        a -> p
        sub p
          start ps
          ps -> b
          user b role=svc returnTo=[\"a\"]
        end
        p -> c
        user c role=svc";
    let lines = ["anna start", "ben complete a", "ben return b c x", "ben return b a wrong"];
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
          entered token=3 node=p via=a-p outcome=done
          scopeOpened scope=4 token=3 node=p
          entered token=5 node=ps scope=4 outcome=done
          left token=5 node=ps
          entered token=6 node=b via=ps-b scope=4 outcome=done
          taskOpened token=6 task={"id":"i.7","roles":["svc"]}
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.7 texts=New task: b / 新任务：b
        > ben return b c x
          refused: the work cannot be returned to `c`
        > ben return b a wrong
          taskClaimed task=i.7 by=ben
          taskReturned task=i.7 node=b by=ben to=a reason=wrong
          removed token=6 why=sent back to a
          scopeClosed scope=4
          removed token=3 why=sent back to a
          entered token=8 node=a
          taskOpened token=8 task={"id":"i.9","assignee":"ben","roles":["svc"],"returned":["ben","wrong"]}
          assigned task=i.9 to=ben why=had it before it was sent back
        ! notify notice=task-returned to=["ben"] task=i.9 texts=Sent back: a / 被退回：a
    "#]]);
}
