//! Departments, on both databases.

use api::admin::{DepartmentInfo, SaveDepartment, SaveUser};

use super::{list, remove, save};
use crate::error::Error;
use crate::testing::on_both;
use crate::walk::World;

fn asked(id: &str, name: &str, parent: &str) -> SaveDepartment {
    SaveDepartment {
        id: Some(id.to_owned()),
        name: Some(name.to_owned()),
        parent: Some(parent.to_owned()),
        ..SaveDepartment::default()
    }
}

/// Pointer and code of the one fault.
fn fault<T: std::fmt::Debug>(answer: Result<T, Error>) -> (String, String) {
    match answer {
        Err(Error::InvalidFields(faults)) => (faults[0].pointer.clone(), faults[0].code.clone()),
        other => panic!("expected a fault, found {other:?}"),
    }
}

fn is(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

on_both! {
    async fn added_renamed_moved_and_removed(home: Home) {
        let world = World::open(&home, true).await;
        let (app, admin) = (&world.app, world.actor("admin"));
        let found = |id: &str| -> Option<DepartmentInfo> { list(app, &admin).unwrap().into_iter().find(|it| it.id == id) };
        assert!(matches!(list(app, &world.actor("manager")), Err(Error::NoRights(_))));
        assert!(matches!(save(app, &world.actor("manager"), None, asked("depot", "仓库", ""), "test").await, Err(Error::NoRights(_))));

        for (ask, at) in [
            (asked("De pot", "仓库", ""), is("/id", "pattern")),
            (asked("", "仓库", ""), is("/id", "pattern")),
            (asked("quality", "仓库", ""), is("/id", "unique")),
            (asked("depot", " ", ""), is("/name", "required")),
            (asked("depot", &"仓".repeat(81), ""), is("/name", "maxLength")),
            (asked("depot", "仓库", "nowhere"), is("/parent", "unknown")),
        ] {
            assert_eq!(fault(save(app, &admin, None, ask, "test").await), at);
        }
        save(app, &admin, None, asked("depot", "仓库", "logistics"), "test").await.unwrap();
        let below = SaveDepartment { parent: Some("depot".to_owned()), ..SaveDepartment::default() };
        assert_eq!(fault(save(app, &admin, Some(&"logistics".into()), below, "test").await), is("/parent", "cycle"));
        let renamed = SaveDepartment { name_en: Some("Depot".to_owned()), parent: Some(String::new()), ..SaveDepartment::default() };
        let renamed = save(app, &admin, Some(&"depot".into()), renamed, "test").await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.name_en.as_str(), renamed.parent), ("仓库", "Depot", None));

        // Whoever belongs to it sees it at once.
        let wu = world.actor("wu").id().clone();
        let joins = SaveUser { department: Some("depot".to_owned()), ..SaveUser::default() };
        crate::people::save(app, &admin, Some(&wu), joins, None, "test").await.unwrap();
        assert_eq!(found("depot").unwrap().people, 1);
        assert_eq!(fault(remove(app, &admin, &"depot".into(), "test").await), is("", "in-use"));
        let leaves = SaveUser { department: Some("logistics".to_owned()), ..SaveUser::default() };
        crate::people::save(app, &admin, Some(&wu), leaves, None, "test").await.unwrap();
        remove(app, &admin, &"depot".into(), "test").await.unwrap();
        assert_eq!(found("depot"), None);
        assert!(matches!(remove(app, &admin, &"depot".into(), "test").await, Err(Error::NotFound(_))));
    }

    async fn what_records_name_stays(home: Home) {
        let world = World::open(&home, true).await;
        let (app, admin) = (&world.app, world.actor("admin"));
        let record = world.complaint().await;
        save(app, &admin, None, asked("lab", "实验室", "company"), "test").await.unwrap();
        world.does("agent", &record, "accept", "forward", serde_json::json!({})).await;
        world.does("clerk", &record, "forward", "forward", serde_json::json!({ "forwarded_to": "lab" })).await;
        assert_eq!(world.data(&record).await["forwarded_to"], "lab");
        assert_eq!(fault(remove(app, &admin, &"lab".into(), "test").await), is("", "in-use"));
    }
}
