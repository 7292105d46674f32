//! The whole walk of a complaint through the server, on both databases: from filing to closing, with all that can come in
//! between. No HTTP: the functions its routes call.

use std::sync::Arc;
use std::time::Duration;

use api::record::{Create, Record};
use api::task::{Complete, Return, TaskHead, TaskQuery};
use jiff::SignedDuration;
use plugin::{Host, Limits, Manifest};
use runtime::engine::Refusal;
use runtime::id::{IncidentId, InstanceId, ModuleKey, RecordId, TaskId};
use serde_json::{Map, Value, json};

use crate::actor::{Actor, Channel};
use crate::app::App;
use crate::error::Error;
use crate::instances::InstanceQuery;
use crate::store::sql::{Query, Sql};
use crate::testing::{Home, on_both};
use crate::{definitions, demo, instances, jobs, records, tasks};

const LIMITS: Limits = Limits {
    fuel: 5_000_000,
    deadline: Duration::from_secs(10),
    memory: 4 << 20,
    table: 1_000,
    input: 100_000,
    output: 100_000,
    log: 1_000,
    calls: 2,
    component: 100_000,
};

/// A plugin `scoring` that always answers the same, or breaks.
fn load(host: &Host, works: bool) {
    guest(host, if works { "(i32.const 16)" } else { "unreachable" });
}

/// The plugin `scoring`, doing this before it answers.
fn guest(host: &Host, body: &str) {
    let data = r#"{\"scores\":[],\"points\":1}"#;
    let length = data.replace('\\', "").len();
    let text = format!(
        r#"(component
          (core module $main
            (memory (export "memory") 1)
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 32768))
            (data (i32.const 64) "{data}")
            (func (export "call") (param i32 i32 i32 i32) (result i32)
              (i32.store (i32.const 20) (i32.const 64))
              (i32.store (i32.const 24) (i32.const {length}))
              {body}))
          (core instance $i (instantiate $main))
          (alias core export $i "memory" (core memory $memory))
          (alias core export $i "realloc" (core func $realloc))
          (alias core export $i "call" (core func $call))
          (func (export "call") (param "function" string) (param "input" string)
            (result (result string (error string)))
            (canon lift (core func $call) (memory $memory) (realloc $realloc) string-encoding=utf8)))"#
    );
    let title = json!({"en": "Test", "zh-CN": "测试"});
    let manifest = json!({
        "format": 1, "id": "scoring", "version": "1.0.0", "title": title,
        "functions": [{"name": "score", "title": title, "input": {"type": "object"}, "output": {"type": "object"}}],
        "capabilities": {},
    });
    host.load(Manifest::parse(&manifest.to_string()).unwrap(), &wat::parse_str(&text).unwrap()).unwrap();
}

pub(crate) struct World {
    pub app: Arc<App>,
    _cache: tempfile::TempDir,
}

impl World {
    pub async fn open(home: &Home, works: bool) -> Self {
        let cache = tempfile::tempdir().unwrap();
        let host = Host::new(cache.path(), LIMITS).unwrap();
        load(&host, works);
        let app = App::open(home.options.clone(), home.clock.clone(), Arc::new(host)).await.unwrap();
        definitions::install_shipped(&app).await.unwrap();
        demo::install_people(&app).await.unwrap();
        Self { app, _cache: cache }
    }

    pub fn actor(&self, login: &str) -> Actor {
        let state = self.app.people.state();
        let user = state.users.values().find(|it| it.login == login).unwrap();
        Actor::new(self.app.people.person(&user.id).unwrap(), Channel::Form)
    }

    pub async fn make(&self, login: &str, module: &str, data: Value) -> Result<Record, Error> {
        let ask = Create { data: data.as_object().unwrap().clone(), ..Create::default() };
        records::create(&self.app, &self.actor(login), &ModuleKey::from(module), ask).await
    }

    pub async fn complaint(&self) -> RecordId {
        let customer = self
            .make(
                "rep",
                "customer",
                json!({"name": "苏州澄湖精密机械有限公司", "kind": "org", "type": "end_user", "region": "320506"}),
            )
            .await
            .unwrap();
        let complaint = json!({
            "customer": customer.id, "contact": "许文静", "phone": "13900001101", "channel": "phone", "category": "quality",
            "severity": "s2", "facts": "导轨滑块异响，产线停机。", "demand": "更换滑块。",
        });
        RecordId(self.make("agent", "complaint", complaint).await.unwrap().id)
    }

    /// Timers, calls.
    pub async fn settle(&self) {
        while jobs::once(&self.app, "test").await.unwrap() {}
    }

    pub async fn open_at(&self, record: &RecordId) -> Vec<(String, Option<String>)> {
        let heads = tasks::of_record(&self.app, &self.actor("admin"), record).await.unwrap();
        let login =
            |id: &String| self.app.people.state().users.values().find(|it| it.id.0 == *id).unwrap().login.clone();
        heads.iter().map(|it| (it.node.clone(), it.assignee.as_ref().map(login))).collect()
    }

    pub async fn task(&self, record: &RecordId, node: &str) -> TaskId {
        let heads: Vec<TaskHead> = tasks::of_record(&self.app, &self.actor("admin"), record).await.unwrap();
        let found = heads.iter().find(|it| it.node == node);
        TaskId(found.unwrap_or_else(|| panic!("expected an open task `{node}`, found {heads:?}")).id.clone())
    }

    pub async fn complete(&self, login: &str, task: &TaskId, outcome: &str, data: Value) -> Result<(), Error> {
        let detail = tasks::detail(&self.app, &self.actor(login), task).await?;
        let ask = Complete {
            outcome: outcome.to_owned(),
            data: data.as_object().unwrap().clone(),
            version: detail.record.version,
            comment: "说明".to_owned(),
        };
        tasks::complete(&self.app, &self.actor(login), task, ask).await.map(|_| ())
    }

    pub async fn does(&self, login: &str, record: &RecordId, node: &str, outcome: &str, data: Value) {
        let task = self.task(record, node).await;
        self.complete(login, &task, outcome, data)
            .await
            .unwrap_or_else(|error| panic!("{login} {node}: {}", error.for_log()));
        self.settle().await;
    }

    pub async fn data(&self, record: &RecordId) -> Map<String, Value> {
        records::read(&self.app, &self.actor("admin"), &ModuleKey::from("complaint"), record).await.unwrap().data
    }

    pub async fn instance(&self, record: &RecordId) -> api::instance::InstanceHead {
        let query = InstanceQuery { record: Some(record.0.clone()), ..InstanceQuery::default() };
        instances::list(&self.app, &self.actor("admin"), &query).await.unwrap().rows.pop().unwrap()
    }

    /// Up to the first offer.
    pub async fn to_agreement(&self, record: &RecordId) {
        self.does("agent", record, "accept", "forward", json!({})).await;
        self.does("clerk", record, "forward", "forward", json!({})).await;
    }

    pub async fn to_answer(&self, record: &RecordId) {
        self.does("chen", record, "agree", "agreed", json!({"plan": "更换滑块", "agreed_how": "call"})).await;
        self.does("chen", record, "carry_out", "done", json!({"correction": "已更换"})).await;
    }

    pub async fn rows(&self, table: &str) -> i64 {
        self.app
            .store
            .read()
            .row(Query::new(format!("SELECT COUNT(*) FROM {table}")))
            .await
            .unwrap()
            .unwrap()
            .get(0)
            .unwrap()
    }
}

fn state(data: &Map<String, Value>) -> &str {
    data.get("state").and_then(Value::as_str).unwrap_or_default()
}

on_both! {
    async fn a_complaint_is_filed_worked_and_closed(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        let data = world.data(&record).await;
        assert_eq!(state(&data), "accepted");
        assert!(data["code"].as_str().unwrap().starts_with("TS"), "{data:?}");
        let agent = world.actor("agent");
        assert_eq!(tasks::open_count(&world.app, &agent).await.unwrap(), 1);
        world.to_agreement(&record).await;
        assert_eq!(world.open_at(&record).await, [("agree".to_owned(), Some("chen".to_owned()))], "East China and quality: chen");
        assert_eq!(state(&world.data(&record).await), "agreed");
        world.to_answer(&record).await;
        assert_eq!(state(&world.data(&record).await), "customer_ok");
        world.does("agent", &record, "customer_ok", "approved", json!({})).await;
        world.does("manager", &record, "close", "close", json!({"cause": "尺寸超差", "prevention": "加强检验"})).await;
        assert_eq!(state(&world.data(&record).await), "done");
        assert_eq!(world.open_at(&record).await, []);
        home.clock.advance(SignedDuration::from_hours(49));
        world.settle().await;
        world.does("agent", &record, "follow_up", "done", json!({"satisfaction": 5})).await;
        let instance = world.instance(&record).await;
        assert_eq!((instance.state.as_str(), instance.incidents), ("finished", 0));
        assert_eq!(world.rows("timers").await, 0);
        assert_eq!(world.rows("jobs").await, 0);
        assert_eq!(world.rows("candidates").await, 0);
        let chen = world.actor("chen");
        assert_eq!(chen.person.open_points, 0, "nothing is left in anybody's load");
        let done = tasks::list(&world.app, &chen, &TaskQuery { inbox: Some("done".to_owned()), ..TaskQuery::default() }).await.unwrap();
        assert_eq!(done.rows.len(), 2);
        let detail = instances::detail(&world.app, &world.actor("manager"), &InstanceId(instance.id)).await.unwrap();
        assert_eq!(detail.passed.get("agree"), Some(&1));
        assert_eq!(detail.taken.get("f_agree"), Some(&1));
        let history = records::history(&world.app, &world.actor("manager"), &ModuleKey::from("complaint"), &record).await.unwrap();
        assert_eq!(history.iter().filter(|it| it.kind == "task" && it.info.get("outcome").is_some()).count(), 7);
    }

    async fn who_is_refused_negotiates_again_then_the_manager_does(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        world.to_answer(&record).await;
        world.does("agent", &record, "customer_ok", "not_approved", json!({})).await;
        assert_eq!(world.open_at(&record).await, [("agree".to_owned(), Some("chen".to_owned()))], "the same handler again");
        world.to_answer(&record).await;
        world.does("agent", &record, "customer_ok", "not_approved", json!({})).await;
        assert_eq!(world.data(&record).await["refused_times"], json!(2));
        let open = world.open_at(&record).await;
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].0, "take_over");
        world.does("manager", &record, "take_over", "agreed", json!({"plan": "全部更换", "agreed_how": "call"})).await;
        assert_eq!(world.open_at(&record).await.len(), 1);
    }

    async fn work_is_sent_back_with_a_reason(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let chen = world.actor("chen");
        let detail = tasks::detail(&world.app, &chen, &task).await.unwrap();
        assert!(detail.return_to.iter().any(|it| it.0 == "forward"), "{:?}", detail.return_to);
        let ask = Return { to: "forward".to_owned(), reason: "不是质量问题".to_owned() };
        tasks::give_back(&world.app, &chen, &task, ask).await.unwrap();
        assert_eq!(world.open_at(&record).await, [("forward".to_owned(), Some("clerk".to_owned()))]);
        let back = tasks::detail(&world.app, &world.actor("clerk"), &world.task(&record, "forward").await).await.unwrap();
        assert!(back.task.returned.unwrap().contains("不是质量问题"));
    }

    async fn a_timer_fires_once_after_the_server_was_down(home: Home) {
        let record = {
            let world = World::open(&home, true).await;
            let record = world.complaint().await;
            world.to_agreement(&record).await;
            world.to_answer(&record).await;
            world.does("agent", &record, "customer_ok", "approved", json!({})).await;
            world.does("manager", &record, "close", "close", json!({"cause": "尺寸超差", "prevention": "加强检验"})).await;
            record
        };
        home.clock.advance(SignedDuration::from_hours(49));
        let world = World::open(&home, true).await;
        assert_eq!(world.open_at(&record).await, []);
        // Two nodes at once.
        let (a, b) = tokio::join!(jobs::once(&world.app, "a"), jobs::once(&world.app, "b"));
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        world.settle().await;
        assert_eq!(world.open_at(&record).await.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["follow_up"]);
        assert_eq!(world.instance(&record).await.incidents, 0);
    }

    async fn a_plugin_that_breaks_is_an_incident_and_a_retry_resolves_it(home: Home) {
        let world = World::open(&home, false).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        for _ in 0..runtime::limits::JOB_TRIES {
            home.clock.advance(SignedDuration::from_mins(5));
            world.settle().await;
        }
        let head = world.instance(&record).await;
        assert_eq!((head.state.as_str(), head.incidents), ("running", 1));
        assert_eq!(world.open_at(&record).await, []);
        let manager = world.actor("manager");
        let watch = instances::watch(&world.app, &manager, &"complaint".into()).await.unwrap();
        assert_eq!((watch.running, watch.nodes["score"].incidents), (1, 1));
        let detail = instances::detail(&world.app, &manager, &InstanceId(head.id)).await.unwrap();
        let mut incident = IncidentId(detail.incidents[0].id.clone());
        // One that loops and one that takes all the memory it gets are stopped as well, each with its own words.
        for (body, says) in [("(loop $l (br $l)) (i32.const 16)", "fuel"), ("(loop $l (drop (memory.grow (i32.const 16))) (br $l)) (i32.const 16)", "memory")] {
            guest(&world.app.plugins, body);
            instances::retry(&world.app, &manager, &incident).await.unwrap();
            for _ in 0..=runtime::limits::JOB_TRIES {
                home.clock.advance(SignedDuration::from_mins(5));
                world.settle().await;
            }
            let again = instances::detail(&world.app, &manager, &detail.head.id.as_str().into()).await.unwrap();
            assert_eq!(again.incidents.len(), 1, "{says}: {:?}", again.incidents);
            assert_ne!(again.incidents[0].id, incident.0, "{says}");
            eprintln!("{says}: {}", again.incidents[0].message);
            incident = IncidentId(again.incidents[0].id.clone());
        }
        load(&world.app.plugins, true);
        assert!(matches!(instances::retry(&world.app, &world.actor("rep"), &incident).await, Err(Error::NotFound(_) | Error::NoRights(_))));
        instances::retry(&world.app, &manager, &incident).await.unwrap();
        world.settle().await;
        assert_eq!(world.open_at(&record).await, [("agree".to_owned(), Some("chen".to_owned()))]);
        assert_eq!(world.instance(&record).await.incidents, 0);
    }

    async fn a_task_is_one_persons_at_a_time(home: Home) {
        let world = World::open(&home, true).await;
        // Two of the department that forwards.
        let joins = api::admin::SaveUser { department: Some("service".to_owned()), ..Default::default() };
        let chen = world.actor("chen").id().clone();
        crate::people::save(&world.app, &world.actor("admin"), Some(&chen), joins, None, "test").await.unwrap();
        let record = world.complaint().await;
        world.does("agent", &record, "accept", "forward", json!({})).await;
        let task = world.task(&record, "forward").await;
        let (clerk, chen) = (world.actor("clerk"), world.actor("chen"));
        // Each in a task of its own, as requests are: whoever writes holds the thread it is on.
        let claim = |who: Actor| {
            let (app, task) = (world.app.clone(), task.clone());
            tokio::spawn(async move { tasks::claim(&app, &who, &task).await })
        };
        let (a, b) = tokio::join!(claim(clerk), claim(chen));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a.is_ok() ^ b.is_ok(), "one of two gets it: {a:?} {b:?}");
        let (has, other) = if a.is_ok() { ("clerk", "chen") } else { ("chen", "clerk") };
        let refused = world.complete(other, &task, "forward", json!({})).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::ClaimedByOther { .. }) | Error::NotFound(_))), "{refused:?}");
        tasks::release(&world.app, &world.actor(has), &task).await.unwrap();
        tasks::claim(&world.app, &world.actor(other), &task).await.unwrap();
        let faults = world.complete(other, &task, "forward", json!({"forwarded_to": null})).await;
        assert!(matches!(faults, Err(Error::Refused(Refusal::FieldsNeeded { .. }) | Error::InvalidFields(_))), "{faults:?}");
        world.complete(other, &task, "forward", json!({})).await.unwrap();
        let again = world.complete(other, &task, "forward", json!({})).await;
        assert!(matches!(again, Err(Error::NotFound(_) | Error::Refused(_))), "{again:?}");
    }

    async fn another_departments_handler_sees_nothing_of_it(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let task = world.task(&record, "agree").await;
        let wu = world.actor("wu");
        assert!(matches!(records::read(&world.app, &wu, &ModuleKey::from("complaint"), &record).await, Err(Error::NotFound(_))));
        assert!(matches!(tasks::detail(&world.app, &wu, &task).await, Err(Error::NotFound(_))));
        let ask = Complete { outcome: "agreed".to_owned(), version: 1, ..Complete::default() };
        assert!(matches!(tasks::complete(&world.app, &wu, &task, ask).await, Err(Error::NotFound(_) | Error::Refused(_))));
        assert_eq!(tasks::open_count(&world.app, &wu).await.unwrap(), 0);
        let all = TaskQuery { inbox: Some("all".to_owned()), ..TaskQuery::default() };
        assert!(tasks::list(&world.app, &wu, &all).await.unwrap().rows.is_empty());
        assert!(instances::list(&world.app, &wu, &InstanceQuery::default()).await.unwrap().rows.is_empty());
        assert_eq!(tasks::list(&world.app, &world.actor("manager"), &all).await.unwrap().rows.len(), 1);
    }

    async fn the_demo_is_made_once(home: Home) {
        let world = World::open(&home, true).await;
        let begun = std::time::Instant::now();
        assert_eq!(demo::install(&world.app).await.unwrap().len(), 14);
        eprintln!("demo records in {:?}", begun.elapsed());
        let count = world.rows("instances").await;
        assert_eq!(count, 45, "35 complaints and 10 suggestions");
        for it in world.app.store.read().rows(Query::new("SELECT node, message FROM incidents")).await.unwrap() {
            // Departments without service staff: the fallback role has it, and an incident says so.
            let (node, message) = (it.text(0).unwrap(), it.text(1).unwrap());
            assert!(node == "agree" || message.contains("nobody"), "{node}: {message}");
        }
        let stages = world.app.store.read().rows(Query::new("SELECT state, COUNT(*) FROM m_complaint GROUP BY state ORDER BY state")).await.unwrap();
        let stages: Vec<(String, i64)> = stages.iter().map(|it| (it.text(0).unwrap(), it.get(1).unwrap())).collect();
        assert!(stages.len() >= 5, "{stages:?}");
        demo::install(&world.app).await.unwrap();
        assert_eq!(world.rows("instances").await, count);
    }
}
