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
    check(
        PARALLEL,
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=first token=1 via=s-first
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: first / 新任务：first to=["ben","carl"]
        > ben complete first
          taskClaimed by=ben task=i.2
          taskCompleted by=ben node=first outcome=done task=i.2
          left node=first token=1
          entered node=fork outcome=done token=3 via=first-fork
          left node=fork token=3
          entered node=a outcome=done token=4 via=fork-a
          entered node=other outcome=done token=5 via=fork-other
          taskOpened task={"id":"i.6","roles":["svc"]} token=4
          assigned task=i.6 why=offered to holders of svc
          taskOpened task={"id":"i.7","roles":["svc"]} token=5
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.7 texts=New task: other / 新任务：other to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=a outcome=done task=i.6
          left node=a token=4
          entered node=b outcome=done token=8 via=a-b
          taskOpened task={"id":"i.9","roles":["svc"]} token=8
          assigned task=i.9 why=offered to holders of svc
        ! notify notice=task-given task=i.9 texts=New task: b / 新任务：b to=["ben","carl"]
        > carl return b a 'not clear'
          taskReturned by=carl node=b reason=not clear task=i.9 to=a
          removed token=8 why=sent back to a
          entered node=a token=10
          taskOpened task={"assignee":"ben","id":"i.11","returned":["carl","not clear"],"roles":["svc"]} token=10
          assigned task=i.11 to=ben why=had it before it was sent back
        ! notify notice=task-returned task=i.11 texts=Sent back: a / 被退回：a to=["ben"]
        > ben complete a
          taskCompleted by=ben node=a outcome=done task=i.11
          left node=a token=10
          entered node=b outcome=done token=12 via=a-b
          taskOpened task={"id":"i.13","roles":["svc"]} token=12
          assigned task=i.13 why=offered to holders of svc
        ! notify notice=task-given task=i.13 texts=New task: b / 新任务：b to=["ben","carl"]
    "#]],
    );
}

#[test]
fn back_before_the_fork_takes_the_other_branch_away() {
    let lines =
        ["anna start", "ben complete first", "ben complete a", "carl complete other", "carl return b first again"];
    check(
        PARALLEL,
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=first token=1 via=s-first
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: first / 新任务：first to=["ben","carl"]
        > ben complete first
          taskClaimed by=ben task=i.2
          taskCompleted by=ben node=first outcome=done task=i.2
          left node=first token=1
          entered node=fork outcome=done token=3 via=first-fork
          left node=fork token=3
          entered node=a outcome=done token=4 via=fork-a
          entered node=other outcome=done token=5 via=fork-other
          taskOpened task={"id":"i.6","roles":["svc"]} token=4
          assigned task=i.6 why=offered to holders of svc
          taskOpened task={"id":"i.7","roles":["svc"]} token=5
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.6 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.7 texts=New task: other / 新任务：other to=["ben","carl"]
        > ben complete a
          taskClaimed by=ben task=i.6
          taskCompleted by=ben node=a outcome=done task=i.6
          left node=a token=4
          entered node=b outcome=done token=8 via=a-b
          taskOpened task={"id":"i.9","roles":["svc"]} token=8
          assigned task=i.9 why=offered to holders of svc
        ! notify notice=task-given task=i.9 texts=New task: b / 新任务：b to=["ben","carl"]
        > carl complete other
          taskClaimed by=carl task=i.7
          taskCompleted by=carl node=other outcome=done task=i.7
          left node=other token=5
          arrived flow=other-join outcome=done token=10
        > carl return b first again
          taskReturned by=carl node=b reason=again task=i.9 to=first
          removed token=8 why=sent back to first
          removed token=10 why=sent back to first
          entered node=first token=11
          taskOpened task={"assignee":"ben","id":"i.12","returned":["carl","again"],"roles":["svc"]} token=11
          assigned task=i.12 to=ben why=had it before it was sent back
        ! notify notice=task-returned task=i.12 texts=Sent back: first / 被退回：first to=["ben"]
    "#]],
    );
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
          entered node=p outcome=done token=3 via=a-p
          scopeOpened node=p scope=4 token=3
          entered node=ps outcome=done scope=4 token=5
          left node=ps token=5
          entered node=b outcome=done scope=4 token=6 via=ps-b
          taskOpened task={"id":"i.7","roles":["svc"]} token=6
          assigned task=i.7 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: b / 新任务：b to=["ben","carl"]
        > ben return b c x
          refused: the work cannot be returned to `c`
        > ben return b a wrong
          taskReturned by=ben node=b reason=wrong task=i.7 to=a
          removed token=6 why=sent back to a
          scopeClosed scope=4
          removed token=3 why=sent back to a
          entered node=a token=8
          taskOpened task={"assignee":"ben","id":"i.9","returned":["ben","wrong"],"roles":["svc"]} token=8
          assigned task=i.9 to=ben why=had it before it was sent back
        ! notify notice=task-returned task=i.9 texts=Sent back: a / 被退回：a to=["ben"]
    "#]],
    );
}
