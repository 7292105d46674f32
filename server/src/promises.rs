//! What the server promises whatever is asked of it, on both databases: numbers without gaps, nothing made twice,
//! nothing lost between two savers, rights on every path, old instances on their version, timers that fire once.

use std::collections::BTreeSet;
use std::sync::Arc;

use api::admin::SaveUser;
use api::record::{Change, Create, ListQuery, Record};
use api::studio::{Publish, SaveDraft};
use api::task::{Complete, TaskQuery};
use jiff::SignedDuration;
use runtime::id::{ModuleKey, PackId, RecordId, TaskId};
use serde_json::{Map, Value, json};

use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::sql::{Query, Sql};
use crate::testing::{actor, on_both};
use crate::{definitions, instances, jobs, people, records, store, tasks};

fn complaint() -> ModuleKey {
    ModuleKey::from("complaint")
}

fn data(contact: &str) -> Map<String, Value> {
    let data = json!({"contact": contact, "phone": "13800001111", "channel": "phone", "category": "quality", "facts": "变压器漏油", "demand": "更换", "severity": "s2", "region": "320506"});
    data.as_object().unwrap().clone()
}

async fn file(app: &Arc<App>, who: &Actor, contact: &str) -> Record {
    records::create(app, who, &complaint(), Create { data: data(contact), ..Create::default() }).await.unwrap()
}

fn code(record: &Record) -> u64 {
    record.data["code"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap()
}

async fn number_of(app: &App, text: &str) -> i64 {
    app.store.read().row(Query::new(text)).await.unwrap().unwrap().get(0).unwrap()
}

/// Completes the record's open task at `node` as `login`.
async fn done(app: &Arc<App>, login: &str, record: &str, node: &str, outcome: &str, data: Value) -> Result<(), Error> {
    let who = actor(app, login);
    let record = records::read(app, &who, &complaint(), &RecordId::from(record)).await?;
    let task = record
        .tasks
        .iter()
        .find(|it| it.node == node)
        .unwrap_or_else(|| panic!("no task at {node}: {:?}", record.tasks));
    let ask = Complete {
        outcome: outcome.to_owned(),
        data: data.as_object().unwrap().clone(),
        version: record.version,
        comment: String::new(),
    };
    tasks::complete(app, &who, &TaskId::from(task.id.as_str()), ask).await.map(|_| ())
}

on_both! {
    async fn a_hundred_at_once_get_a_hundred_successive_numbers(home: Home) {
        let app = home.app().await;
        let agent = actor(&app, "agent");
        let made = futures::future::join_all((0..100).map(|at| {
            let (app, agent) = (app.clone(), agent.clone());
            async move { file(&app, &agent, &format!("客户 {at}")).await }
        }))
        .await;
        let codes: BTreeSet<u64> = made.iter().map(code).collect();
        assert_eq!(codes, (1..=100).collect());
        // What is refused takes no number.
        let refused = records::create(&app, &agent, &complaint(), Create::default()).await;
        assert!(matches!(refused, Err(Error::InvalidFields(_))), "{refused:?}");
        assert_eq!(code(&file(&app, &agent, "后来者").await), 101);
    }

    async fn a_repeated_request_makes_one_record(home: Home) {
        let app = home.app().await;
        let agent = actor(&app, "agent");
        let ask = Create { data: data("甲"), once: Some("key-1".to_owned()), ..Create::default() };
        let key = complaint();
        let (one, two) = tokio::join!(records::create(&app, &agent, &key, ask.clone()), records::create(&app, &agent, &key, ask.clone()));
        let (one, two) = (one.unwrap().id, two.unwrap().id);
        assert_eq!(one, two);
        // Another request under the same key is not answered with the first one's record as if it had been saved.
        let other = records::create(&app, &agent, &key, Create { data: data("乙"), ..ask }).await;
        assert!(matches!(&other, Err(Error::Repeated(_, id)) if id.as_str() == one), "{other:?}");
        assert_eq!(number_of(&app, "SELECT COUNT(*) FROM m_complaint").await, 1);
    }

    async fn the_second_saver_meets_a_conflict_at_the_field_and_nowhere_else(home: Home) {
        let app = home.app().await;
        let (agent, manager) = (actor(&app, "agent"), actor(&app, "manager"));
        let made = file(&app, &agent, "甲").await;
        let id = RecordId::from(made.id.as_str());
        let change = |key: &str, value: &str| Change { version: made.version, data: Map::from_iter([(key.to_owned(), json!(value))]), ..Change::default() };
        records::change(&app, &agent, &complaint(), &id, change("facts", "先")).await.unwrap();
        let second = records::change(&app, &manager, &complaint(), &id, change("facts", "后")).await;
        let Err(Error::Conflict(conflicts)) = second else { panic!("{second:?}") };
        let it = &conflicts[0];
        assert_eq!((it.field.as_str(), &it.base, &it.yours, &it.theirs, it.by.as_str()), ("facts", &json!("变压器漏油"), &json!("后"), &json!("先"), "林晓"));
        let merged = records::change(&app, &manager, &complaint(), &id, change("demand", "退款")).await.unwrap();
        assert_eq!((&merged.data["facts"], &merged.data["demand"], merged.version), (&json!("先"), &json!("退款"), 3));
    }

    async fn a_decision_rests_on_what_was_read(home: Home) {
        let app = home.app().await;
        let made = file(&app, &actor(&app, "agent"), "甲").await;
        let (agent, manager, id) = (actor(&app, "agent"), actor(&app, "manager"), RecordId::from(made.id.as_str()));
        let task = TaskId::from(made.tasks.iter().find(|it| it.node == "accept").unwrap().id.as_str());
        let change = |version: i64, key: &str, value: &str| Change { version, data: Map::from_iter([(key.to_owned(), json!(value))]), ..Change::default() };
        // What the step's form does not show may change; what it shows is told before the decision counts.
        let unseen = records::change(&app, &manager, &complaint(), &id, change(made.version, "remark", "老客户")).await.unwrap();
        let seen = records::change(&app, &manager, &complaint(), &id, change(unseen.version, "demand", "退款")).await.unwrap();
        let decide = |version: i64| {
            let ask = Complete { outcome: "forward".to_owned(), version, ..Complete::default() };
            let (app, agent, task) = (app.clone(), agent.clone(), task.clone());
            async move { tasks::complete(&app, &agent, &task, ask).await.map(|_| ()) }
        };
        let Err(Error::Conflict(told)) = decide(made.version).await else { panic!("it was decided on what had changed") };
        let told: Vec<_> = told.iter().map(|it| (it.field.as_str(), &it.base, &it.theirs, it.read, it.version)).collect();
        assert_eq!(told, [("demand", &json!("更换"), &json!("退款"), true, seen.version)]);
        decide(seen.version).await.unwrap();
    }

    async fn rights_hold_on_every_path(home: Home) {
        let app = home.app().await;
        let (agent, rep, portal, gm) = (actor(&app, "agent"), actor(&app, "rep"), actor(&app, "portal"), actor(&app, "gm"));
        let made = file(&app, &agent, "甲").await;
        let id = RecordId::from(made.id.as_str());
        let key = complaint();
        let query = ListQuery::default();
        assert!(matches!(records::list(&app, &rep, &key, &query).await, Err(Error::NoRights(_))));
        assert!(matches!(records::lookup(&app, &rep, &key, "TS", 10, None, None).await, Err(Error::NoRights(_))));
        assert!(matches!(records::board(&app, &rep, &key, "kanban", None, None).await, Err(Error::NoRights(_))));
        let number = made.data["code"].as_str().unwrap();
        assert_eq!(records::find(&app, &agent, number).await.unwrap().iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
        for who in [&rep, &portal] {
            assert_eq!(records::find(&app, who, number).await.unwrap(), []);
            assert!(matches!(records::read(&app, who, &key, &id).await, Err(Error::NotFound(_))));
            assert!(matches!(records::history(&app, who, &key, &id).await, Err(Error::NotFound(_))));
            assert!(matches!(records::delete(&app, who, &key, &id, "").await, Err(Error::NotFound(_))));
            let task = TaskId::from(made.tasks[0].id.as_str());
            assert!(matches!(tasks::detail(&app, who, &task).await, Err(Error::NotFound(_))));
            assert!(matches!(tasks::claim(&app, who, &task).await, Err(Error::NotFound(_))));
            assert!(matches!(instances::detail(&app, who, &made.instances[0].id.as_str().into()).await, Err(Error::NotFound(_))));
            assert_eq!(tasks::list(&app, who, &TaskQuery { inbox: Some("all".to_owned()), ..TaskQuery::default() }).await.unwrap().rows.len(), 0);
            assert_eq!(instances::list(&app, who, &Default::default()).await.unwrap().rows.len(), 0);
        }
        // The general manager reads complaints, but phones only masked: not to be filtered, sorted or seen.
        let list = |columns: &str, sort: Option<&str>, filter: Option<&str>| {
            let query = ListQuery { columns: Some(columns.to_owned()), sort: sort.map(str::to_owned), filter: filter.map(str::to_owned), ..ListQuery::default() };
            let (app, gm, key) = (app.clone(), gm.clone(), key.clone());
            async move { records::list(&app, &gm, &key, &query).await }
        };
        let rows = list("code,phone", None, None).await.unwrap().rows;
        assert_eq!(rows.len(), 1);
        assert_ne!(rows[0].data["phone"], json!("13800001111"));
        assert!(matches!(list("code", Some("phone"), None).await, Err(Error::NoRights(_))));
        let filter = r#"{"field": {"field": "phone", "op": "eq", "value": "13800001111"}}"#;
        assert!(matches!(list("code", None, Some(filter)).await, Err(Error::NoRights(_))));
        let history = records::history(&app, &gm, &key, &id).await.unwrap();
        assert!(!serde_json::to_string(&history).unwrap().contains("13800001111"));
        assert!(matches!(list("nonsense", None, None).await, Err(Error::Malformed { .. })));
    }

    async fn a_complaint_goes_its_way_and_old_ones_keep_theirs(home: Home) {
        let app = home.app().await;
        let agent = actor(&app, "agent");
        let made = file(&app, &agent, "甲").await;
        assert!(matches!(done(&app, "manager", &made.id, "accept", "forward", json!({})).await, Err(Error::Refused(_))));
        done(&app, "agent", &made.id, "accept", "forward", json!({"first_answer": "抱歉"})).await.unwrap();

        // A new version of the flow: the node is called differently.
        let (admin, pack) = (actor(&app, "admin"), PackId::from("service"));
        let files = definitions::files(&app, &admin, &pack).await.unwrap();
        let path = "flows/complaint/flow.json".to_owned();
        let mut flow: Value = serde_json::from_str(&files.files[&path]).unwrap();
        for element in flow["flowElements"].as_array_mut().unwrap() {
            if element["id"] == "accept" {
                element["documentation"] = json!("改过的");
            }
        }
        let draft = SaveDraft { base: files.hash, revision: 0, files: [(path.clone(), Some(flow.to_string()))].into(), ..SaveDraft::default() };
        let saved = definitions::save_draft(&app, &admin, &pack, draft.clone()).await.unwrap();
        assert!(matches!(definitions::save_draft(&app, &admin, &pack, draft).await, Err(Error::Stale(_))));
        assert!(matches!(definitions::save_draft(&app, &agent, &pack, SaveDraft::default()).await, Err(Error::NoRights(_))));
        let published = definitions::publish(&app, &admin, &pack, Publish { revision: saved.revision, note: "改名".to_owned(), ..Publish::default() }, "").await.unwrap();
        assert_eq!(published.staying.get("complaint"), Some(&1));

        let manager = actor(&app, "manager");
        let old = records::read(&app, &manager, &complaint(), &RecordId::from(made.id.as_str())).await.unwrap();
        assert!(!old.instances[0].current);
        assert!(file(&app, &agent, "乙").await.instances[0].current);

        // After a restart the old one still goes on, on its own version.
        drop(app);
        let app = home.app().await;
        done(&app, "clerk", &made.id, "forward", "forward", json!({})).await.unwrap();
        let old = records::read(&app, &manager, &complaint(), &RecordId::from(made.id.as_str())).await.unwrap();
        assert!(!old.instances[0].current);

        // A broken flow is refused and changes nothing.
        let files = definitions::files(&app, &admin, &pack).await.unwrap();
        flow["flowElements"].as_array_mut().unwrap().retain(|it| it["id"] != "f_accept");
        let draft = SaveDraft { base: files.hash.clone(), revision: files.draft_revision, files: [(path, Some(flow.to_string()))].into(), ..SaveDraft::default() };
        let saved = definitions::save_draft(&app, &admin, &pack, draft).await.unwrap();
        let refused = definitions::publish(&app, &admin, &pack, Publish { revision: saved.revision, ..Publish::default() }, "").await;
        assert!(matches!(refused, Err(Error::NotPublishable(_))), "{:?}", refused.is_ok());
        assert_eq!(definitions::files(&app, &admin, &pack).await.unwrap().hash, files.hash);
    }

    async fn a_person_of_a_customer_sees_what_is_that_customers(home: Home) {
        let app = home.app().await;
        let (admin, rep, agent) = (actor(&app, "admin"), actor(&app, "rep"), actor(&app, "agent"));
        let customer = json!({"name": "苏州澄湖精密机械有限公司", "kind": "org", "type": "end_user", "region": "320506"});
        let ask = Create { data: customer.as_object().unwrap().clone(), ..Create::default() };
        let customer = records::create(&app, &rep, &ModuleKey::from("customer"), ask).await.unwrap().id;
        let mut theirs = data("许");
        theirs.insert("customer".to_owned(), json!(customer));
        let theirs = records::create(&app, &agent, &complaint(), Create { data: theirs, ..Create::default() }).await.unwrap();
        let other = file(&app, &agent, "甲").await;

        let save = |id: Option<runtime::id::UserId>, ask: SaveUser, hash: Option<&str>| {
            let (app, admin, hash) = (app.clone(), admin.clone(), hash.map(str::to_owned));
            async move { people::save(&app, &admin, id.as_ref(), ask, hash, "test").await }
        };
        let of = |customer: &str| SaveUser { login: Some("xu".to_owned()), name: Some("许".to_owned()), roles: Some(vec!["customer_user".to_owned()]), customer: Some(customer.to_owned()), ..SaveUser::default() };
        let Err(Error::InvalidFields(faults)) = save(None, of("nobody"), Some("hash")).await else { panic!("there is no such customer") };
        assert_eq!(faults[0].pointer, "/customer");
        let made = save(None, of(&customer), Some("hash")).await.unwrap();
        assert_eq!((made.customer.as_deref(), made.customer_name.as_deref()), (Some(customer.as_str()), Some("苏州澄湖精密机械有限公司")));
        let xu = actor(&app, "xu");
        assert!(xu.outside());
        records::read(&app, &xu, &complaint(), &RecordId(theirs.id)).await.unwrap();
        assert!(matches!(records::read(&app, &xu, &complaint(), &RecordId(other.id)).await, Err(Error::NotFound(_))));
        // The portal alone, and nothing besides: no role of the house for them, and no role of theirs for the house.
        for (ask, pointer) in [
            (SaveUser { roles: Some(vec!["customer_user".to_owned(), "svc_mgr".to_owned()]), ..SaveUser::default() }, "/roles"),
            (SaveUser { roles: Some(Vec::new()), ..SaveUser::default() }, "/roles"),
            (SaveUser { customer: Some(String::new()), ..SaveUser::default() }, "/customer"),
        ] {
            let Err(Error::InvalidFields(faults)) = save(Some(xu.id().clone()), ask, None).await else { panic!("{pointer}") };
            assert_eq!(faults[0].pointer, pointer);
        }
        let own = SaveUser { customer: Some(customer), roles: Some(vec!["customer_user".to_owned()]), ..SaveUser::default() };
        let Err(Error::InvalidFields(faults)) = save(Some(admin.id().clone()), own, None).await else { panic!("nobody shuts themselves out") };
        assert!(faults.iter().any(|it| it.code == "last-admin"), "{faults:?}");
        // All that is wrong is told at once; nobody of the house has a superior among a customer's people, nor the other way round.
        let ask = SaveUser { login: Some(" ".to_owned()), roles: Some(vec!["nobody".to_owned()]), manager: Some(xu.id().0.clone()), ..SaveUser::default() };
        let Err(Error::InvalidFields(faults)) = save(None, ask, None).await else { panic!("nothing of it is right") };
        let told: Vec<&str> = faults.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(told, ["/login", "/name", "/roles", "/manager", "/password"]);
        let below = SaveUser { manager: Some(admin.id().0.clone()), ..SaveUser::default() };
        let Err(Error::InvalidFields(faults)) = save(Some(xu.id().clone()), below, None).await else { panic!("not of the same house") };
        assert_eq!(faults[0].pointer, "/manager");
    }

    async fn who_comes_into_a_department_gets_what_waits_there(home: Home) {
        let app = home.app().await;
        let (agent, admin) = (actor(&app, "agent"), actor(&app, "admin"));
        let made = file(&app, &agent, "甲").await;
        done(&app, "agent", &made.id, "accept", "forward", json!({})).await.unwrap();
        let sees = |login: &str| {
            let (app, who) = (app.clone(), actor(&app, login));
            async move {
                let query = TaskQuery { inbox: Some("group".to_owned()), ..TaskQuery::default() };
                tasks::list(&app, &who, &query).await.unwrap().rows.iter().any(|it| it.node == "forward")
            }
        };
        assert!(sees("clerk").await && !sees("wu").await, "the department of service forwards");
        let wu = actor(&app, "wu").id().clone();
        let ask = |department: &str| SaveUser { department: Some(department.to_owned()), ..SaveUser::default() };
        people::save(&app, &admin, Some(&wu), ask("service"), None, "test").await.unwrap();
        assert!(sees("wu").await, "who has come into it since is offered what waits");
        let clerk = actor(&app, "clerk").id().clone();
        people::save(&app, &admin, Some(&clerk), ask("logistics"), None, "test").await.unwrap();
        assert!(!sees("clerk").await, "and who has left it is not");
        done(&app, "wu", &made.id, "forward", "forward", json!({"forwarded_to": "quality"})).await.unwrap();
    }

    async fn what_is_referred_to_stays_and_nothing_becomes_another(home: Home) {
        let app = home.app().await;
        let (admin, rep, agent) = (actor(&app, "admin"), actor(&app, "rep"), actor(&app, "agent"));
        let module = ModuleKey::from("customer");
        let make = |data: Value| {
            let (app, rep, module) = (app.clone(), rep.clone(), module.clone());
            async move { records::create(&app, &rep, &module, Create { data: data.as_object().unwrap().clone(), ..Create::default() }).await.unwrap() }
        };
        let one = make(json!({"name": "苏州澄湖精密机械有限公司", "kind": "org", "type": "end_user", "region": "320506", "tax_no": "91320506MA1ABCDE0X"})).await;
        let other = make(json!({"name": "大连海川轴承厂", "kind": "org", "type": "end_user", "region": "320506"})).await;
        let mut complaint_of = data("许");
        complaint_of.insert("customer".to_owned(), json!(one.id));
        let filed = records::create(&app, &agent, &complaint(), Create { data: complaint_of, ..Create::default() }).await.unwrap();

        let (one, other) = (RecordId(one.id), other);
        let Err(Error::InUse(by)) = records::delete(&app, &admin, &module, &one, "").await else { panic!("a complaint names it") };
        assert_eq!(by, "投诉 1");
        let same = Change { version: other.version, data: Map::from_iter([("tax_no".to_owned(), json!("91320506MA1ABCDE0X"))]), ..Change::default() };
        let other_id = RecordId(other.id.clone());
        let probe = records::change(&app, &rep, &module, &other_id, same).await;
        assert!(matches!(probe, Err(Error::Duplicate(_))), "{probe:?}");
        // Who may not write what is asked about is refused, and does not learn by it that there is such a one.
        let agents = json!({"name": "大连海川轴承二厂", "kind": "org", "type": "end_user", "region": "320506"});
        let ask = Create { data: agents.as_object().unwrap().clone(), accept_duplicates: true, ..Create::default() };
        let agents = records::create(&app, &agent, &module, ask).await.unwrap();
        let change = Change { version: agents.version, data: Map::from_iter([("tax_no".to_owned(), json!("91320506MA1ABCDE0X"))]), ..Change::default() };
        let told = records::change(&app, &agent, &module, &RecordId(agents.id), change).await;
        assert!(!matches!(told, Err(Error::Duplicate(_)) | Ok(_)), "{told:?}");
        let other = other_id;
        records::delete(&app, &admin, &module, &other, "").await.unwrap();
        records::delete(&app, &admin, &complaint(), &RecordId(filed.id), "").await.unwrap();
        records::delete(&app, &admin, &module, &one, "").await.unwrap();
    }

    async fn timers_survive_a_restart_and_fire_once(home: Home) {
        let app = home.app().await;
        let agent = actor(&app, "agent");
        file(&app, &agent, "甲").await;
        let timers = number_of(&app, "SELECT COUNT(*) FROM timers").await;
        assert!(timers > 0);
        let before = number_of(&app, "SELECT COUNT(*) FROM notices").await;
        drop(app);

        let app = home.app().await;
        app.clock.advance(SignedDuration::from_hours(24 * 14));
        // Two loops at once, as on two nodes: every timer is fired by one of them.
        let _ = tokio::join!(jobs::once(&app, "a"), jobs::once(&app, "b"));
        while jobs::once(&app, "a").await.unwrap() {}
        let after = number_of(&app, "SELECT COUNT(*) FROM notices").await;
        assert_eq!(after - before, 2, "the performer at 80 %, the manager at 100 %");
        assert_eq!(number_of(&app, "SELECT COUNT(*) FROM timers").await, 0);
        // Folding the stored facts gives the stored instance.
        let heads = store::instances::heads(app.store.read(), Query::new("1 = 1"), "").await.unwrap();
        for it in heads {
            let stored = store::instances::find(app.store.read(), &it.id, false).await.unwrap().unwrap();
            let mut folded = runtime::engine::Instance { id: it.id.clone(), ..Default::default() };
            for (_, _, fact) in store::instances::facts(app.store.read(), &it.id).await.unwrap() {
                folded.apply(&fact);
            }
            assert_eq!(folded, stored.body);
        }
    }
}
