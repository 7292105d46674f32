//! Flows that talk to each other, on both databases.

use runtime::form::Writer;
use runtime::model::module::Access;
use serde_json::{Map, Value, json};

use super::*;
use crate::definitions;
use crate::store::instances as instance_rows;
use crate::testing::on_both;
use crate::walk::World;

/// A flow of one line: each step leads to the next.
fn flow(key: &str, steps: Vec<Value>) -> (String, String) {
    let mut elements = steps.clone();
    for pair in steps.windows(2) {
        let (from, to) = (pair[0]["id"].as_str().unwrap(), pair[1]["id"].as_str().unwrap());
        elements
            .push(json!({"id": format!("{from}-{to}"), "type": "sequenceFlow", "sourceRef": from, "targetRef": to}));
    }
    let names = |list: &[&str]| list.iter().map(|it| json!({"id": it, "name": it})).collect::<Vec<_>>();
    let flow = json!({
        "format": 1, "id": key, "key": key, "name": key, "module": "complaint",
        "messages": names(&["question", "answer", "later"]), "signals": names(&["all"]), "flowElements": elements,
    });
    (format!("flows/{key}/flow.json"), flow.to_string())
}

fn message(id: &str, kind: &str, name: &str, payload: Option<&str>) -> Value {
    let mut definition = json!({"type": "message", "messageRef": name});
    if let Some(payload) = payload {
        definition["payload"] = json!(payload);
    }
    json!({"id": id, "name": id, "type": kind, "eventDefinition": definition})
}

fn signal(id: &str, kind: &str) -> Value {
    json!({"id": id, "name": id, "type": kind, "eventDefinition": {"type": "signal", "signalRef": "all"}})
}

fn plain(id: &str, kind: &str) -> Value {
    json!({"id": id, "name": id, "type": kind})
}

/// The pack of the test, installed.
async fn talks(world: &World) {
    let pack = json!({
        "format": 1, "id": "talks", "version": "1.0.0", "title": "Talks", "language": "en",
        "requires": [{"pack": "service", "version": "^1.0"}],
    });
    let condition = json!({"id": "when", "name": "when", "type": "intermediateCatchEvent", "eventDefinition": {"type": "conditional", "condition": "data.severity == \"s1\""}});
    let files = [
        ("pack.json".to_owned(), pack.to_string()),
        flow(
            "asks",
            vec![
                plain("s", "startEvent"),
                message("ask", "intermediateThrowEvent", "question", Some("#{ n: 7 }")),
                message("hear", "intermediateCatchEvent", "answer", None),
                signal("wait", "intermediateCatchEvent"),
                plain("e", "endEvent"),
            ],
        ),
        flow(
            "answers",
            vec![
                message("s", "startEvent", "question", None),
                message("say", "intermediateThrowEvent", "answer", Some("#{ m: vars.n + 1 }")),
                plain("e", "endEvent"),
            ],
        ),
        flow("calls", vec![plain("s", "startEvent"), signal("call", "intermediateThrowEvent"), plain("e", "endEvent")]),
        flow(
            "tells",
            vec![
                plain("s", "startEvent"),
                message("tell", "intermediateThrowEvent", "later", None),
                plain("e", "endEvent"),
            ],
        ),
        flow(
            "listens",
            vec![
                plain("s", "startEvent"),
                message("listen", "intermediateCatchEvent", "later", None),
                plain("e", "endEvent"),
            ],
        ),
        flow("watches", vec![plain("s", "startEvent"), condition, plain("e", "endEvent")]),
    ];
    let alerts =
        definitions::install(&world.app, &world.actor("admin"), files.into_iter().collect(), "test").await.unwrap();
    assert!(world.app.definitions.live().flows.contains_key("asks"), "installed: {alerts:?}");
}

async fn start(world: &World, key: &str, record: &RecordId) {
    let unit = Arc::new((world.app.clone(), FlowKey::from(key), record.clone()));
    let done = world.app.store.write(move |tx| {
        let unit = unit.clone();
        async move {
            let (app, flow, record) = unit.as_ref();
            let actor = Actor::system();
            let mut work = Work::open(app, tx, &actor, &"complaint".into(), record).await?;
            work.start(flow, Map::new()).await?;
            work.finish().await.map(|_| ())
        }
        .boxed()
    });
    done.await.unwrap();
}

/// A complaint of another customer.
async fn another(world: &World) -> RecordId {
    let customer = json!({"name": "无锡惠山泵业有限公司", "kind": "org", "type": "end_user", "region": "320506"});
    let customer = world.make("rep", "customer", customer).await.unwrap();
    let complaint = json!({
        "customer": customer.id, "contact": "周立", "phone": "13900001202", "channel": "phone", "category": "quality",
        "severity": "s3", "facts": "水泵密封圈渗漏。", "demand": "更换密封圈。",
    });
    RecordId(world.make("agent", "complaint", complaint).await.unwrap().id)
}

/// State, places and variables of the instances of a flow.
async fn stands(world: &World, key: &str) -> Vec<(String, Vec<String>, Value)> {
    let mut condition = Query::new("flow = ");
    condition.bind(key);
    let mut found = Vec::new();
    for head in instance_rows::heads(world.app.store.read(), condition, " ORDER BY id").await.unwrap() {
        let it = instance_rows::find(world.app.store.read(), &head.id, false).await.unwrap().unwrap();
        found.push((it.state, it.at, Value::Object(it.body.vars)));
    }
    found
}

fn at(state: &str, node: &[&str], vars: Value) -> (String, Vec<String>, Value) {
    (state.to_owned(), node.iter().map(|it| (*it).to_owned()).collect(), vars)
}

on_both! {
    async fn a_message_starts_a_flow_and_its_answer_comes_back(home: Home) {
        let world = World::open(&home, true).await;
        talks(&world).await;
        let record = world.complaint().await;
        let other = another(&world).await;
        start(&world, "asks", &record).await;
        world.settle().await;
        assert_eq!(stands(&world, "answers").await, [at("finished", &[], json!({"n": 7}))]);
        assert_eq!(stands(&world, "asks").await, [at("running", &["wait"], json!({"m": 8}))]);
        // A signal is for all who wait, whatever their record.
        start(&world, "asks", &other).await;
        world.settle().await;
        start(&world, "calls", &record).await;
        world.settle().await;
        assert_eq!(stands(&world, "asks").await, [at("finished", &[], json!({"m": 8})), at("finished", &[], json!({"m": 8}))]);
        assert_eq!(rows::count(world.app.store.read()).await.unwrap(), 0);
    }

    async fn a_message_is_kept_until_somebody_waits_or_it_expires(home: Home) {
        let world = World::open(&home, true).await;
        talks(&world).await;
        let (record, other) = (world.complaint().await, another(&world).await);
        start(&world, "tells", &record).await;
        world.settle().await;
        assert_eq!(rows::count(world.app.store.read()).await.unwrap(), 1);
        // Its key is another record.
        start(&world, "listens", &other).await;
        world.settle().await;
        assert_eq!(stands(&world, "listens").await, [at("running", &["listen"], json!({}))]);
        start(&world, "listens", &record).await;
        world.settle().await;
        assert_eq!(stands(&world, "listens").await, [at("running", &["listen"], json!({})), at("finished", &[], json!({}))]);
        assert_eq!(rows::count(world.app.store.read()).await.unwrap(), 0);
        start(&world, "tells", &record).await;
        world.settle().await;
        home.clock.advance(SignedDuration::from_hours(8 * 24));
        world.settle().await;
        assert_eq!(rows::count(world.app.store.read()).await.unwrap(), 0, "it has expired");
    }

    async fn a_condition_is_asked_when_somebody_changes_the_record(home: Home) {
        let world = World::open(&home, true).await;
        talks(&world).await;
        let record = world.complaint().await;
        start(&world, "watches", &record).await;
        assert_eq!(stands(&world, "watches").await, [at("running", &["when"], json!({}))]);
        let unit = Arc::new((world.app.clone(), record));
        let done = world.app.store.write(move |tx| {
            let unit = unit.clone();
            async move {
                let (app, record) = unit.as_ref();
                let actor = Actor::system();
                let mut work = Work::open(app, tx, &actor, &"complaint".into(), record).await?;
                let patch = Map::from_iter([("severity".to_owned(), json!("s1"))]);
                let access: BTreeMap<runtime::id::FieldKey, Access> = BTreeMap::new();
                work.accept(&patch, None, &access, Writer::Flow).await?;
                work.finish().await.map(|_| ())
            }
            .boxed()
        });
        done.await.unwrap();
        assert_eq!(stands(&world, "watches").await, [at("finished", &[], json!({}))]);
    }
}
