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
    check(&flow, &[], &["anna start", "ben complete b", "ben complete a"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=p via=s-p
          scopeOpened scope=2 token=1 node=p
          entered token=3 node=ps scope=2
          left token=3 node=ps
          entered token=4 node=fork via=ps-fork scope=2
          left token=4 node=fork
          entered token=5 node=a via=fork-a scope=2
          entered token=6 node=b via=fork-b scope=2
          taskOpened token=5 task={"id":"i.7","roles":["svc"]}
          assigned task=i.7 why=offered to holders of svc
          taskOpened token=6 task={"id":"i.8","roles":["svc"]}
          assigned task=i.8 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.7 texts=New task: a / 新任务：a
        ! notify notice=task-given to=["ben","carl"] task=i.8 texts=New task: b / 新任务：b
        > ben complete b
          taskClaimed task=i.8 by=ben
          taskCompleted task=i.8 node=b by=ben outcome=done
          left token=6 node=b
          entered token=9 node=pt via=b-pt scope=2 outcome=done
          left token=9 node=pt
        > ben complete a
          taskClaimed task=i.7 by=ben
          taskCompleted task=i.7 node=a by=ben outcome=done
          left token=5 node=a
          entered token=10 node=pe via=a-pe scope=2 outcome=done
          left token=10 node=pe
          scopeClosed scope=2
          left token=1 node=p
          entered token=11 node=e via=p-e
          left token=11 node=e
          finished
        ! ended
    "#]]);
}

#[test]
fn terminate_empties_its_own_scope_only() {
    check(NESTED, &[], &["anna start", "ben complete b"], expect![[r#"
        > anna start
          started by=anna
          entered token=0 node=s
          left token=0 node=s
          entered token=1 node=p via=s-p
          scopeOpened scope=2 token=1 node=p
          entered token=3 node=ps scope=2
          left token=3 node=ps
          entered token=4 node=fork via=ps-fork scope=2
          left token=4 node=fork
          entered token=5 node=a via=fork-a scope=2
          entered token=6 node=b via=fork-b scope=2
          taskOpened token=5 task={"id":"i.7","roles":["svc"]}
          assigned task=i.7 why=offered to holders of svc
          taskOpened token=6 task={"id":"i.8","roles":["svc"]}
          assigned task=i.8 why=offered to holders of svc
        ! notify notice=task-given to=["ben","carl"] task=i.7 texts=New task: a / 新任务：a
        ! notify notice=task-given to=["ben","carl"] task=i.8 texts=New task: b / 新任务：b
        > ben complete b
          taskClaimed task=i.8 by=ben
          taskCompleted task=i.8 node=b by=ben outcome=done
          left token=6 node=b
          entered token=9 node=pt via=b-pt scope=2 outcome=done
          left token=9 node=pt
          taskCancelled task=i.7 why=terminated
          removed token=5 why=terminated
          scopeClosed scope=2
          left token=1 node=p
          entered token=10 node=e via=p-e
          left token=10 node=e
          finished
        ! ended
    "#]]);
}

#[test]
fn what_is_not_executed_is_said() {
    let flow = flow("start s
        s -> c
        complex c
        c -> d
        catch d ends=compensate
        sub x triggeredByEvent=true
        end");
    let alerts = Plan::compile(&super::bench::catalog(&[]), &flow).unwrap_err();
    let found: Vec<String> = alerts.iter().map(|it| format!("{} {} {}", it.code, it.pointer, it.message)).collect();
    expect![[r#"
        flow-unsupported-element /flowElements/2 expected an element this version executes, found complexGateway `c`
        flow-unsupported-element /flowElements/4/eventDefinition expected an element this version executes, found event (compensate) `d`
        flow-unsupported-element /flowElements/5 expected an element this version executes, found event subprocess `x`"#]].assert_eq(&found.join("\n"));
}
