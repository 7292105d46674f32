//! Operations on running flows, on both databases.

use api::studio::{Publish, SaveDraft};
use serde_json::json;

use super::*;
use crate::testing::on_both;
use crate::walk::World;
use crate::{definitions, instances};

fn to(from: &str, to: &str, reason: &str) -> MoveToken {
    MoveToken { from: from.to_owned(), to: to.to_owned(), reason: reason.to_owned(), anyway: false }
}

on_both! {
    async fn suspended_moved_and_cancelled(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let id = InstanceId(world.instance(&record).await.id);
        let (manager, chen, wu) = (world.actor("manager"), world.actor("chen"), world.actor("wu"));
        assert!(matches!(suspend(&world.app, &chen, &id, "x".to_owned()).await, Err(Error::NoRights(_))));
        assert!(matches!(suspend(&world.app, &wu, &id, "x".to_owned()).await, Err(Error::NotFound(_))));
        suspend(&world.app, &manager, &id, "复核".to_owned()).await.unwrap();
        assert_eq!((world.instance(&record).await.state.as_str(), world.rows("timers").await), ("suspended", 0));
        let task = world.task(&record, "agree").await;
        assert!(matches!(world.complete("chen", &task, "agreed", json!({"plan": "更换", "agreed_how": "call"})).await, Err(Error::Refused(Refusal::Suspended))));
        resume(&world.app, &manager, &id).await.unwrap();
        assert_eq!(ask_move(&world.app, &manager, &id, to("agree", "carry_out", "")).await.unwrap().verdict, "fine");
        assert!(matches!(move_token(&world.app, &manager, &id, to("agree", "carry_out", "")).await, Err(Error::Refused(Refusal::CommentNeeded))));
        assert!(matches!(move_token(&world.app, &manager, &id, to("agree", "nowhere", "x")).await, Err(Error::Refused(Refusal::NoSuchNode { .. }))));
        assert!(matches!(move_token(&world.app, &chen, &id, to("agree", "carry_out", "x")).await, Err(Error::NoRights(_))));
        move_token(&world.app, &manager, &id, to("agree", "carry_out", "电话已同意")).await.unwrap();
        assert_eq!(world.open_at(&record).await.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["carry_out"]);
        assert!(matches!(cancel(&world.app, &manager, &id, String::new()).await, Err(Error::Refused(Refusal::CommentNeeded))));
        cancel(&world.app, &manager, &id, "重复".to_owned()).await.unwrap();
        assert_eq!((world.instance(&record).await.state.as_str(), world.open_at(&record).await.len()), ("cancelled", 0));
        // Ended by mistake: it begins anew, once.
        assert!(matches!(restart(&world.app, &chen, &id).await, Err(Error::NoRights(_))));
        assert!(matches!(restart(&world.app, &wu, &id).await, Err(Error::NotFound(_))));
        let begin = || {
            let (app, manager, id) = (world.app.clone(), manager.clone(), id.clone());
            tokio::spawn(async move { restart(&app, &manager, &id).await })
        };
        let (one, other) = tokio::join!(begin(), begin());
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let again = one.or(other).unwrap().instance;
        assert_ne!(again, id.0);
        assert!(matches!(restart(&world.app, &manager, &InstanceId(again.clone())).await, Err(Error::Refused(Refusal::AlreadyStarted))));
        assert_eq!(world.open_at(&record).await.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["accept"]);
        assert_eq!(instances::detail(&world.app, &manager, &InstanceId(again)).await.unwrap().head.state, "running");
    }

    async fn taken_to_the_live_version(home: Home) {
        let world = World::open(&home, true).await;
        let record = world.complaint().await;
        world.to_agreement(&record).await;
        let before = world.instance(&record).await;
        let (admin, manager) = (world.actor("admin"), world.actor("manager"));
        let flow = FlowKey::from("complaint");
        assert_eq!(fates(&world.app, &manager, &flow, Migrate::default()).await.unwrap()[0].fate, "stay");
        // A new version: one step is called differently.
        let files = definitions::files(&world.app, &admin, &"service".into()).await.unwrap();
        let path = "flows/complaint/flow.json".to_owned();
        let text = files.files.get(&path).unwrap().replace("\"id\": \"agree\"", "\"id\": \"agree\", \"documentation\": \"新的说明\"");
        let changes = BTreeMap::from([(path, Some(text))]);
        let draft = SaveDraft { base: files.hash, revision: files.draft_revision, files: changes, ..SaveDraft::default() };
        let revision = definitions::save_draft(&world.app, &admin, &"service".into(), draft).await.unwrap().revision;
        definitions::publish(&world.app, &admin, &"service".into(), Publish { revision, ..Publish::default() }, "").await.unwrap();
        let told = fates(&world.app, &manager, &flow, Migrate::default()).await.unwrap();
        assert_eq!((told[0].fate.as_str(), told[0].nodes.len()), ("move", 0), "{told:?}");
        let id = InstanceId(before.id.clone());
        assert!(matches!(migrate(&world.app, &world.actor("chen"), &id, Migrate::default()).await, Err(Error::NoRights(_))));
        migrate(&world.app, &manager, &id, Migrate::default()).await.unwrap();
        let after = instances::detail(&world.app, &manager, &id).await.unwrap();
        assert!(after.head.version != before.version && after.head.current);
        world.to_answer(&record).await;
        assert_eq!(world.open_at(&record).await.len(), 1, "it goes on there");
    }
}
