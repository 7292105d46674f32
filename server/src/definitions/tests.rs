//! What publishing does to running instances, publishing at a time, and going back; on both databases.

use std::collections::BTreeMap;

use api::publish::{AskImpact, Impact, Mappings, Plan, Restore, Running};
use api::studio::{Publish, SaveDraft};
use jiff::SignedDuration;
use runtime::id::{PackId, RecordId};
use serde_json::{Value, json};

use super::*;
use crate::actor::Actor;
use crate::testing::on_both;
use crate::walk::World;

const FLOW: &str = "flows/complaint/flow.json";

fn pack() -> PackId {
    PackId::from("service")
}

/// Every string that is exactly this, in whatever place but the name of a form, under another name.
fn renamed(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(it) if it == from => *it = to.to_owned(),
        Value::Array(all) => all.iter_mut().for_each(|it| renamed(it, from, to)),
        Value::Object(all) => {
            all.iter_mut().filter(|it| it.0 != "form").for_each(|it| renamed(it.1, from, to));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Drafts the flow of complaints with a change; the draft's revision.
async fn draft(world: &World, change: impl FnOnce(&mut Value)) -> i64 {
    let admin = world.actor("admin");
    let files = files(&world.app, &admin, &pack()).await.unwrap();
    let mut flow: Value = serde_json::from_str(files.files.get(FLOW).unwrap()).unwrap();
    change(&mut flow);
    let changed = BTreeMap::from([(FLOW.to_owned(), Some(flow.to_string()))]);
    let ask = SaveDraft { base: files.hash, revision: files.draft_revision, files: changed, ..SaveDraft::default() };
    save_draft(&world.app, &admin, &pack(), ask).await.unwrap().revision
}

/// The first step under another id and name.
fn other_step(flow: &mut Value) {
    renamed(flow, "accept", "receive");
    for it in flow["flowElements"].as_array_mut().unwrap() {
        if it["id"] == "receive" {
            it["name"] = json!("登记审查");
        }
    }
}

/// A second complaint; of no customer, since there is one of that name already.
async fn another(world: &World) -> RecordId {
    let data = json!({
        "contact": "王丽", "phone": "13900001102", "channel": "phone", "category": "quality", "severity": "s2",
        "facts": "异响。", "demand": "更换。", "region": "320506",
    });
    RecordId(world.make("agent", "complaint", data).await.unwrap().id)
}

fn told(it: &Impact) -> Vec<(&str, u64)> {
    it.flows.iter().flat_map(|it| it.fates.iter().map(|(fate, count)| (fate.as_str(), *count))).collect()
}

async fn version(world: &World, record: &RecordId) -> (bool, Vec<String>) {
    let head = world.instance(record).await;
    (head.current, head.at)
}

fn designer(world: &World) -> Actor {
    // Designs, and may not run the flows of complaints.
    let mut it = world.actor("wu");
    it.person.roles.push(crate::actor::DESIGNER.into());
    it
}

on_both! {
    async fn running_instances_are_told_mapped_and_moved(home: Home) {
        let world = World::open(&home, true).await;
        let (first, second) = (another(&world).await, world.complaint().await);
        world.to_agreement(&second).await;
        let (admin, app) = (world.actor("admin"), world.app.clone());
        let revision = draft(&world, other_step).await;
        let found = impact(&app, &admin, &pack(), AskImpact { revision, ..AskImpact::default() }).await.unwrap();
        assert_eq!(told(&found), [("move", 1), ("needsMapping", 1)], "{found:?}");
        let flow = &found.flows[0];
        assert_eq!((flow.running, flow.looked_at, flow.may_move, flow.instances.len()), (2, 2, true, 2));
        assert_eq!(flow.unmapped.len(), 1);
        assert_eq!((flow.unmapped[0].id.as_str(), flow.unmapped[0].count), ("accept", 1));
        assert_eq!(flow.unmapped[0].suggested.first().map(String::as_str), Some("receive"), "{:?}", flow.unmapped);
        let mappings = Mappings::from([("complaint".to_owned(), BTreeMap::from([("accept".to_owned(), "receive".to_owned())]))]);
        let ask = AskImpact { revision, mappings: mappings.clone() };
        assert_eq!(told(&impact(&app, &admin, &pack(), ask).await.unwrap()), [("move", 2)]);
        let bad = Mappings::from([("complaint".to_owned(), BTreeMap::from([("accept".to_owned(), "end".to_owned())]))]);
        let ask = AskImpact { revision, mappings: bad };
        assert_eq!(told(&impact(&app, &admin, &pack(), ask).await.unwrap()), [("move", 1), ("wouldBreak", 1)]);
        let stale = impact(&app, &admin, &pack(), AskImpact { revision: revision + 1, ..AskImpact::default() }).await;
        assert!(matches!(stale, Err(Error::Stale(_))), "{stale:?}");
        assert!(matches!(impact(&app, &world.actor("chen"), &pack(), AskImpact::default()).await, Err(Error::NoRights(_))));
        // Who only designs sees how many there are, none of the records, and may not move them.
        let seen = impact(&app, &designer(&world), &pack(), AskImpact { revision, ..AskImpact::default() }).await.unwrap();
        assert_eq!((seen.flows[0].running, seen.flows[0].instances.len(), seen.flows[0].may_move), (2, 0, false));
        let ask = Publish { revision, running: Running::Move, mappings, ..Publish::default() };
        let refused = publish(&app, &designer(&world), &pack(), ask.clone(), "").await;
        assert!(matches!(refused, Err(Error::NoRights(_))), "{refused:?}");
        publish(&app, &admin, &pack(), ask, "").await.unwrap();
        assert!(!version(&world, &first).await.0, "not yet");
        world.settle().await;
        assert_eq!(version(&world, &first).await, (true, vec!["receive".to_owned()]));
        assert_eq!(version(&world, &second).await, (true, vec!["agree".to_owned()]));
        assert_eq!(world.rows("moves").await, 0);
        world.does("agent", &first, "receive", "forward", json!({})).await;
        assert_eq!(world.open_at(&first).await.len(), 1, "it goes on there");
    }

    async fn those_that_cannot_go_stay(home: Home) {
        let world = World::open(&home, true).await;
        let (first, second) = (another(&world).await, world.complaint().await);
        world.to_agreement(&second).await;
        let revision = draft(&world, other_step).await;
        let ask = Publish { revision, running: Running::Move, ..Publish::default() };
        publish(&world.app, &world.actor("admin"), &pack(), ask, "").await.unwrap();
        world.settle().await;
        assert!(!version(&world, &first).await.0, "nobody has said where it goes on");
        assert!(version(&world, &second).await.0);
        world.does("agent", &first, "accept", "forward", json!({})).await;
        let listed = versions(&world.app, &world.actor("admin"), &pack()).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!((listed[0].live, listed[0].shipped, listed[0].running.get("complaint")), (true, false, Some(&1)));
        assert_eq!((listed[1].live, listed[1].shipped, listed[1].running.get("complaint")), (false, true, Some(&1)));
    }

    async fn a_plan_is_carried_out_when_it_is_due(home: Home) {
        let world = World::open(&home, true).await;
        let (admin, app) = (world.actor("admin"), world.app.clone());
        let revision = draft(&world, |it| it["name"] = json!("客户投诉（新）")).await;
        let at = |hours: i64| crate::clock::stamp(home.clock.now().checked_add(SignedDuration::from_hours(hours)).unwrap());
        let ask = Plan { revision, at: at(2), note: "夜间".to_owned(), ..Plan::default() };
        assert!(matches!(plan(&app, &world.actor("chen"), &pack(), ask.clone(), "").await, Err(Error::NoRights(_))));
        let past = plan(&app, &admin, &pack(), Plan { at: at(-1), ..ask.clone() }, "").await;
        assert!(matches!(past, Err(Error::Malformed { .. })), "{past:?}");
        plan(&app, &admin, &pack(), ask.clone(), "").await.unwrap();
        forget(&app, &admin, &pack(), "").await.unwrap();
        assert!(matches!(forget(&app, &admin, &pack(), "").await, Err(Error::NotFound(_))));
        plan(&app, &admin, &pack(), ask, "").await.unwrap();
        assert_eq!(files(&app, &admin, &pack()).await.unwrap().planned.unwrap().note, "夜间");
        // Somebody goes on drawing meanwhile: that is not published, and not lost.
        let now = files(&app, &admin, &pack()).await.unwrap();
        let mut drafted = now.draft.clone();
        drafted.insert("notes.md".to_owned(), Some("später".to_owned()));
        let ask = SaveDraft { base: now.hash.clone(), revision: now.draft_revision, files: drafted, ..SaveDraft::default() };
        save_draft(&app, &admin, &pack(), ask).await.unwrap();
        world.settle().await;
        assert_eq!(files(&app, &admin, &pack()).await.unwrap().hash, now.hash, "not before its time");
        home.clock.advance(SignedDuration::from_hours(3));
        world.settle().await;
        let after = files(&app, &admin, &pack()).await.unwrap();
        assert!(after.hash != now.hash && after.planned.is_none());
        assert!(after.files.get(FLOW).unwrap().contains("客户投诉（新）"));
        assert_eq!(after.draft.keys().collect::<Vec<_>>(), ["notes.md"]);
        assert_eq!(versions(&app, &admin, &pack()).await.unwrap()[0].note, "夜间");
        // The draft goes on on top of what is live now.
        let ask = Publish { revision: after.draft_revision, ..Publish::default() };
        publish(&app, &admin, &pack(), ask, "").await.unwrap();
    }

    async fn a_plan_that_came_too_late_says_so(home: Home) {
        let world = World::open(&home, true).await;
        let (admin, app) = (world.actor("admin"), world.app.clone());
        let revision = draft(&world, |it| it["name"] = json!("一")).await;
        let at = crate::clock::stamp(home.clock.now().checked_add(SignedDuration::from_hours(2)).unwrap());
        plan(&app, &admin, &pack(), Plan { revision, at: at.clone(), ..Plan::default() }, "").await.unwrap();
        // The pack is installed anew from outside.
        let mut own = files(&app, &admin, &pack()).await.unwrap().files;
        own.insert("notes.md".to_owned(), "x".to_owned());
        install(&app, &admin, own, "").await.unwrap();
        home.clock.advance(SignedDuration::from_hours(3));
        world.settle().await;
        let planned = files(&app, &admin, &pack()).await.unwrap().planned.unwrap();
        assert_eq!(planned.failed.as_deref(), Some("conflict"));
        world.settle().await;
        forget(&app, &admin, &pack(), "").await.unwrap();
    }

    async fn what_was_installed_by_hand_outlasts_a_start(home: Home) {
        let world = World::open(&home, true).await;
        let (admin, app) = (world.actor("admin"), world.app.clone());
        let mut own = files(&app, &admin, &pack()).await.unwrap().files;
        let flow = own.get_mut("flows/complaint/flow.json").unwrap();
        *flow = flow.replacen("\"name\": \"", "\"name\": \"本公司", 1);
        install(&app, &admin, own, "our own").await.unwrap();
        let before = files(&app, &admin, &pack()).await.unwrap();
        assert!(install_shipped(&app).await.unwrap().is_empty());
        assert_eq!(files(&app, &admin, &pack()).await.unwrap().hash, before.hash);
        // What this binary ships, installed by hand, is followed by what it ships next.
        let shipped = shipped_files(&app, &admin, &pack()).unwrap();
        install(&app, &admin, shipped.files, "").await.unwrap();
        assert_eq!(files(&app, &admin, &pack()).await.unwrap().files, shipped_files(&app, &admin, &pack()).unwrap().files);
    }

    async fn a_version_comes_back_as_a_draft(home: Home) {
        let world = World::open(&home, true).await;
        let (admin, app) = (world.actor("admin"), world.app.clone());
        let shipped = files(&app, &admin, &pack()).await.unwrap();
        let revision = draft(&world, |it| it["name"] = json!("一")).await;
        publish(&app, &admin, &pack(), Publish { revision, ..Publish::default() }, "").await.unwrap();
        let old = version_files(&app, &admin, &pack(), &shipped.hash).await.unwrap();
        assert_eq!(old.files, shipped.files);
        assert!(matches!(version_files(&app, &admin, &pack(), "none").await, Err(Error::NotFound(_))));
        assert!(matches!(version_files(&app, &world.actor("chen"), &pack(), &shipped.hash).await, Err(Error::NoRights(_))));
        let revision = files(&app, &admin, &pack()).await.unwrap().draft_revision;
        let saved = restore(&app, &admin, &pack(), &shipped.hash, Restore { revision }).await.unwrap();
        let again = restore(&app, &admin, &pack(), &shipped.hash, Restore { revision }).await;
        assert!(matches!(again, Err(Error::Stale(_))), "{again:?}");
        publish(&app, &admin, &pack(), Publish { revision: saved.revision, ..Publish::default() }, "").await.unwrap();
        let now = files(&app, &admin, &pack()).await.unwrap();
        assert_eq!((now.hash, now.files), (shipped.hash, shipped.files));
    }
}
