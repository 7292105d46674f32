//! What people do with tasks, on both databases.

use api::absence::SaveAbsence;
use api::task::{AddSigner, Cc, Comment, Delegate, Reason, TaskQuery};
use runtime::engine::Refusal;
use runtime::id::{ModuleKey, TaskId};
use serde_json::{Value, json};

use super::*;
use crate::store::sql::{Query, Sql};
use crate::testing::on_both;
use crate::walk::World;
use crate::{absences, records, tasks};

fn reason(text: &str) -> Reason {
    Reason { reason: text.to_owned() }
}

fn comment() -> Comment {
    Comment { comment: "请尽快".to_owned() }
}

async fn inbox(world: &World, login: &str, name: &str) -> Vec<(String, Option<String>)> {
    let query = TaskQuery { inbox: Some(name.to_owned()), ..TaskQuery::default() };
    let page = tasks::list(&world.app, &world.actor(login), &query).await.unwrap();
    page.rows.into_iter().map(|it| (it.node, it.behalf)).collect()
}

async fn due(world: &World, task: &TaskId) -> Option<String> {
    let mut query = Query::new("SELECT due_at FROM tasks WHERE id = ");
    query.bind(task.as_str());
    world.app.store.read().row(query).await.unwrap().unwrap().get(0).unwrap()
}

on_both! {
    async fn lent_and_given_back(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let (chen, wu) = (world.actor("chen"), world.actor("wu"));
        assert!(matches!(delegate(&world.app, &wu, &task, Delegate { to: chen.id().0.clone(), ..Delegate::default() }).await, Err(Error::NotFound(_))));
        delegate(&world.app, &chen, &task, Delegate { to: wu.id().0.clone(), reason: "出差".to_owned() }).await.unwrap();
        assert_eq!(inbox(&world, "wu", "mine").await, [("agree".to_owned(), None)]);
        let detail = tasks::detail(&world.app, &wu, &task).await.unwrap();
        assert_eq!(detail.lent_by, Some(world.app.people.state().name(chen.id().as_str())));
        let refused = world.complete("wu", &task, "agreed", json!({"plan": "更换滑块", "agreed_how": "call"})).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Lent { .. }))), "{refused:?}");
        resolve(&world.app, &wu, &task, comment()).await.unwrap();
        assert!(matches!(tasks::detail(&world.app, &wu, &task).await, Err(Error::NotFound(_))), "it is not wu's any more");
        delegate(&world.app, &chen, &task, Delegate { to: wu.id().0.clone(), ..Delegate::default() }).await.unwrap();
        resolve(&world.app, &chen, &task, comment()).await.unwrap();
        world.complete("chen", &task, "agreed", json!({"plan": "更换滑块", "agreed_how": "call"})).await.unwrap();
    }

    async fn withdrawn_while_nobody_has_begun(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.does("agent", &record, "accept", "forward", json!({})).await;
        let task = world.task(&record, "forward").await;
        assert_eq!(inbox(&world, "agent", "sent").await, [("forward".to_owned(), None)]);
        let (agent, clerk) = (world.actor("agent"), world.actor("clerk"));
        assert!(matches!(withdraw(&world.app, &clerk, &task, reason("x")).await, Err(Error::Refused(Refusal::NotSentByYou))));
        tasks::claim(&world.app, &clerk, &task).await.unwrap();
        assert!(matches!(withdraw(&world.app, &agent, &task, reason("写错了")).await, Err(Error::Refused(Refusal::AlreadyBegun))));
        tasks::release(&world.app, &clerk, &task).await.unwrap();
        withdraw(&world.app, &agent, &task, reason("写错了")).await.unwrap();
        assert_eq!(world.open_at(&record).await, [("accept".to_owned(), Some("agent".to_owned()))]);
        let history = records::history(&world.app, &agent, &ModuleKey::from("complaint"), &record).await.unwrap();
        assert!(history.iter().any(|it| it.info.get("what") == Some(&Value::from("withdrawn"))), "{history:?}");
        world.to_agreement(&record).await;
    }

    async fn somebody_signs_first(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let (chen, manager) = (world.actor("chen"), world.actor("manager"));
        let ask = |place: &str| AddSigner { who: manager.id().0.clone(), place: place.to_owned(), reason: "金额较大".to_owned() };
        assert!(matches!(add_signer(&world.app, &chen, &task, ask("nowhere")).await, Err(Error::Malformed { .. })));
        let detail = add_signer(&world.app, &chen, &task, ask("before")).await.unwrap().unwrap();
        assert_eq!(detail.signers.len(), 2);
        let plan = json!({"plan": "更换滑块", "agreed_how": "call"});
        let refused = world.complete("chen", &task, "agreed", plan.clone()).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::WaitsForSigners { .. }))), "{refused:?}");
        let heads = tasks::of_record(&world.app, &manager, &record).await.unwrap();
        let theirs = TaskId(heads.iter().find(|it| it.assignee.as_ref() == Some(&manager.id().0)).unwrap().id.clone());
        world.complete("manager", &theirs, "agreed", plan.clone()).await.unwrap();
        let detail = tasks::detail(&world.app, &chen, &task).await.unwrap();
        let signed: Vec<Option<&str>> = detail.signers.iter().map(|it| it.outcome.as_deref()).collect();
        assert_eq!((signed, detail.signer), (vec![None, Some("agreed")], Some(0)));
        world.complete("chen", &task, "agreed", plan).await.unwrap();
        assert_eq!(world.open_at(&record).await, [("carry_out".to_owned(), Some("chen".to_owned()))], "the flow goes on when both have signed");
        assert_eq!(world.actor("manager").person.open_points, 0);
    }

    async fn a_substitute_works_for_who_is_away(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let (chen, wu) = (world.actor("chen"), world.actor("wu"));
        let now = world.app.clock.now();
        let ask = |person: Option<String>, hours: i64| SaveAbsence {
            person,
            from: now.to_string(),
            until: now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap().to_string(),
            substitute: Some(wu.id().0.clone()),
        };
        assert!(matches!(absences::add(&world.app, &wu, ask(Some(chen.id().0.clone()), 8), "").await, Err(Error::NoRights(_))));
        assert!(matches!(absences::add(&world.app, &chen, ask(None, -1), "").await, Err(Error::InvalidFields(_))));
        let away = absences::add(&world.app, &chen, ask(None, 8), "").await.unwrap();
        let name = world.app.people.state().name(chen.id().as_str());
        assert_eq!(inbox(&world, "wu", "mine").await, [("agree".to_owned(), Some(name))]);
        assert_eq!(absences::list(&world.app, &chen).await.unwrap().len(), 1);
        assert!(matches!(absences::remove(&world.app, &wu, &away.id, "").await, Err(Error::NotFound(_))));
        world.complete("wu", &task, "agreed", json!({"plan": "更换滑块", "agreed_how": "call"})).await.unwrap();
        let history = records::history(&world.app, &world.actor("manager"), &ModuleKey::from("complaint"), &record).await.unwrap();
        let done = history.iter().find(|it| it.info.get("outcome") == Some(&Value::from("agreed"))).unwrap();
        assert_eq!(done.info.get("behalf"), Some(&Value::from(chen.id().0.clone())));
        home.clock.advance(jiff::SignedDuration::from_hours(9));
        assert_eq!(inbox(&world, "wu", "mine").await, [], "chen is back");
        absences::remove(&world.app, &chen, &away.id, "").await.unwrap();
    }

    async fn told_and_urged(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let (chen, wu, agent) = (world.actor("chen"), world.actor("wu"), world.actor("agent"));
        let module = ModuleKey::from("complaint");
        assert!(matches!(records::read(&world.app, &wu, &module, &record).await, Err(Error::NotFound(_))));
        cc(&world.app, &chen, &task, Cc { to: vec![wu.id().0.clone()], comment: "请知悉".to_owned() }).await.unwrap();
        records::read(&world.app, &wu, &module, &record).await.unwrap();
        let refused = world.complete("wu", &task, "agreed", json!({"plan": "更换滑块", "agreed_how": "call"})).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::ClaimedByOther { .. }))), "to know is not to do: {refused:?}");
        assert!(matches!(urge(&world.app, &wu, &task, comment()).await, Err(Error::Refused(Refusal::NotACandidate))));
        let before = world.rows("notices").await;
        urge(&world.app, &agent, &task, comment()).await.unwrap();
        assert_eq!(world.rows("notices").await, before + 1);
        assert!(matches!(urge(&world.app, &agent, &task, comment()).await, Err(Error::Refused(Refusal::UrgedAlready { .. }))));
    }

    async fn the_flow_a_record_began_is_not_withdrawn_from_under_it(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        let (agent, task) = (world.actor("agent"), world.task(&record, "accept").await);
        assert!(!tasks::detail(&world.app, &agent, &task).await.unwrap().deeds.contains(&"withdraw".to_owned()));
        let refused = withdraw(&world.app, &agent, &task, reason("误登")).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotSentByYou))), "{refused:?}");
        assert_eq!(world.open_at(&record).await.len(), 1);
        // Sent back to the beginning, it stands there.
        world.does("agent", &record, "accept", "forward", json!({})).await;
        withdraw(&world.app, &agent, &world.task(&record, "forward").await, reason("缺照片")).await.unwrap();
        assert_eq!(world.data(&record).await["state"], "accepted");
        // What it is about is decided anew with the category.
        assert_eq!(world.data(&record).await["forwarded_to"], "quality");
        let read = records::read(&world.app, &agent, &ModuleKey::from("complaint"), &record).await.unwrap();
        let ask = api::record::Change { version: read.version, data: json!({"category": "fee"}).as_object().unwrap().clone(), ..Default::default() };
        records::change(&world.app, &agent, &ModuleKey::from("complaint"), &record, ask).await.unwrap();
        world.does("agent", &record, "accept", "forward", json!({})).await;
        assert_eq!(world.data(&record).await["forwarded_to"], "finance");
    }

    async fn who_stands_in_lends_and_takes_back_and_is_named(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let (chen, liu, wu) = (world.actor("chen"), world.actor("liu"), world.actor("wu"));
        let now = world.app.clock.now();
        let at = |hours: i64| (now + jiff::SignedDuration::from_hours(hours)).to_string();
        let away = |from: i64, until: i64| SaveAbsence { person: None, from: at(from), until: at(until), substitute: Some(liu.id().0.clone()) };
        absences::add(&world.app, &chen, away(0, 48), "test").await.unwrap();
        let twice = absences::add(&world.app, &chen, away(24, 72), "test").await;
        assert!(matches!(&twice, Err(Error::InvalidFields(faults)) if faults[0].code == "overlap"), "{twice:?}");
        let told = absences::list(&world.app, &liu).await.unwrap();
        assert_eq!(told.iter().map(|it| (it.person.as_str(), it.removable)).collect::<Vec<_>>(), [(chen.id().as_str(), false)], "who stands in knows");
        // Only who may get it is offered.
        let receivers = Receivers::of(&world.app, &liu, &task).await.unwrap();
        let offered = |login: &str| receivers.fits(world.actor(login).id());
        assert!(offered("wu") && !offered("liu") && !offered("chen") && !offered("rep") && !offered("portal"));
        delegate(&world.app, &liu, &task, Delegate { to: wu.id().0.clone(), reason: "请看运输".to_owned() }).await.unwrap();
        resolve(&world.app, &liu, &task, comment()).await.unwrap().unwrap();
        let history = records::history(&world.app, &world.actor("manager"), &ModuleKey::from("complaint"), &record).await.unwrap();
        let lent = history.iter().find(|it| it.info.get("what").is_some_and(|it| it == "delegated")).unwrap_or_else(|| panic!("{history:?}"));
        assert_eq!((lent.by.as_str(), lent.info["behalf"].as_str()), (liu.id().as_str(), Some(chen.id().as_str())));
    }

    async fn what_may_be_done_with_a_task_is_told_with_it(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        let offered = async |login: &str, node: &str| {
            let task = world.task(&record, node).await;
            tasks::detail(&world.app, &world.actor(login), &task).await.unwrap().deeds
        };
        world.does("agent", &record, "accept", "forward", json!({})).await;
        assert_eq!(offered("agent", "forward").await, ["urge", "withdraw"], "they sent it there");
        world.does("clerk", &record, "forward", "forward", json!({})).await;
        let (chen, task) = (world.actor("chen"), world.task(&record, "agree").await);
        assert_eq!(offered("chen", "agree").await, ["handOver", "delegate", "addSigner", "cc", "suspend"]);
        assert_eq!(offered("agent", "agree").await, ["urge"], "the complaint is theirs");
        suspend(&world.app, &chen, &task, reason("等客户回复")).await.unwrap();
        assert_eq!(offered("chen", "agree").await, ["cc", "resume"]);
        assert_eq!(offered("agent", "agree").await, ["urge"]);
    }

    async fn a_stopped_step_has_no_deadline_until_it_goes_on(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let (chen, at_first, timers) = (world.actor("chen"), due(&world, &task).await, world.rows("timers").await);
        assert!(at_first.is_some() && timers > 0);
        let detail = suspend(&world.app, &chen, &task, reason("等客户回复")).await.unwrap().unwrap();
        assert!(detail.suspended && detail.clock_stands);
        assert_eq!((due(&world, &task).await, world.rows("timers").await), (None, 0));
        let refused = world.complete("chen", &task, "agreed", json!({"plan": "更换滑块", "agreed_how": "call"})).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::TaskSuspended))), "{refused:?}");
        home.clock.advance(jiff::SignedDuration::from_hours(24 * 7));
        world.settle().await;
        resume(&world.app, &chen, &task).await.unwrap();
        assert!(due(&world, &task).await > at_first, "the week does not count");
        assert_eq!(world.rows("timers").await, timers);
        world.complete("chen", &task, "agreed", json!({"plan": "更换滑块", "agreed_how": "call"})).await.unwrap();
        assert!(matches!(skip(&world.app, &chen, &world.task(&record, "carry_out").await, reason("x")).await, Err(Error::Refused(Refusal::CannotSkip))));
    }
}
