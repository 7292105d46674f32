//! Subprocesses, terminate, unsupported elements.

use expect_test::expect;

use super::{check, flow};
use crate::engine::Plan;

const NESTED: &str = "start s
    s -> p
    sub p
      start ps
      ps -> fork
      and fork
      fork -> a
      fork -> b
      user a role=svc
      user b role=svc
      a -> pe
      b -> pt
      end pe
      end pt ends=terminate
    end
    p -> e
    end e";

#[test]
fn subprocess_is_left_when_no_token_is_inside() {
    let flow = NESTED.replace(" ends=terminate", "");
    check(
        &flow,
        &[],
        &["anna start", "ben complete b", "ben complete a"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
          entered node=ps scope=2 token=3
          left node=ps token=3
          entered node=fork scope=2 token=4 via=ps-fork
          left node=fork token=4
          entered node=a scope=2 token=5 via=fork-a
          entered node=b scope=2 token=6 via=fork-b
          taskOpened task={"id":"i.7","roles":["svc"]} token=5
          assigned task=i.7 why=offered to holders of svc
          taskOpened task={"id":"i.8","roles":["svc"]} token=6
          assigned task=i.8 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.8 texts=New task: b / 新任务：b to=["ben","carl"]
        > ben complete b
          taskClaimed by=ben task=i.8
          taskCompleted by=ben node=b outcome=done task=i.8
          left node=b token=6
          entered node=pt outcome=done scope=2 token=9 via=b-pt
          left node=pt token=9
        > ben complete a
          taskClaimed by=ben task=i.7
          taskCompleted by=ben node=a outcome=done task=i.7
          left node=a token=5
          entered node=pe outcome=done scope=2 token=10 via=a-pe
          left node=pe token=10
          scopeClosed scope=2
          left node=p token=1
          entered node=e token=11 via=p-e
          left node=e token=11
          finished
        ! ended
    "#]],
    );
}

#[test]
fn terminate_empties_its_own_scope_only() {
    check(
        NESTED,
        &[],
        &["anna start", "ben complete b"],
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=p token=1 via=s-p
          scopeOpened node=p scope=2 token=1
          entered node=ps scope=2 token=3
          left node=ps token=3
          entered node=fork scope=2 token=4 via=ps-fork
          left node=fork token=4
          entered node=a scope=2 token=5 via=fork-a
          entered node=b scope=2 token=6 via=fork-b
          taskOpened task={"id":"i.7","roles":["svc"]} token=5
          assigned task=i.7 why=offered to holders of svc
          taskOpened task={"id":"i.8","roles":["svc"]} token=6
          assigned task=i.8 why=offered to holders of svc
        ! notify notice=task-given task=i.7 texts=New task: a / 新任务：a to=["ben","carl"]
        ! notify notice=task-given task=i.8 texts=New task: b / 新任务：b to=["ben","carl"]
        > ben complete b
          taskClaimed by=ben task=i.8
          taskCompleted by=ben node=b outcome=done task=i.8
          left node=b token=6
          entered node=pt outcome=done scope=2 token=9 via=b-pt
          left node=pt token=9
          taskCancelled task=i.7 why=terminated
          removed token=5 why=terminated
          scopeClosed scope=2
          left node=p token=1
          entered node=e token=10 via=p-e
          left node=e token=10
          finished
        ! ended
    "#]],
    );
}

#[test]
fn what_is_not_executed_is_said() {
    let flow = flow(
        "start s
        s -> c
        complex c
        c -> d
        catch d ends=compensate
        sub x triggeredByEvent=true
        end",
    );
    let alerts = Plan::compile(&super::bench::catalog(&[]), &flow).unwrap_err();
    let found: Vec<String> = alerts.iter().map(|it| format!("{} {} {}", it.code, it.pointer, it.message)).collect();
    expect!["flow-unsupported-element /flowElements/4 expected an element that can stand here, found intermediateCatchEvent (compensate) `d`"].assert_eq(&found.join("\n"));
}
