//! Cases as tables, and what must never happen.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use runtime::id::{FieldKey, ModuleKey, RecordId, TaskId, UserId};
use runtime::model::module::{Definition, Module};
use serde_json::json;

use super::records::{self, Stored};
use super::sql::{Dialect, Query, Sql};
use super::together::{Deed, Foreseen, Shape};
use super::{About, Foresight, Store, Tx, ddl, fault, tokens};
use crate::error::Error;
use crate::live::Change;
use crate::testing::on_both;

async fn put(store: &Store, key: &'static str, fail: bool) -> Result<(), Error> {
    store
        .write(move |tx| {
            async move {
                let mut query = Query::new("INSERT INTO files (hash, body) VALUES (");
                query.bind(key).push(", ").bind("x").push(")");
                tx.exec(query).await?;
                tx.tell(Change::Inbox { users: vec![UserId::from(key)] });
                if fail { Err(fault("no")) } else { Ok(()) }
            }
            .boxed()
        })
        .await
}

async fn keys(store: &Store) -> Vec<String> {
    let rows = store.read().rows(Query::new("SELECT hash FROM files ORDER BY hash")).await.unwrap();
    rows.iter().map(|it| it.get(0).unwrap()).collect()
}

/// Units that need nothing that is stored.
struct Nothing;

impl Foresight for Nothing {
    fn foresee<'t>(&'t self, _tx: &'t Tx, _tasks: &'t [TaskId]) -> BoxFuture<'t, Result<Vec<Foreseen>, Error>> {
        async { Ok(Vec::new()) }.boxed()
    }
}

fn about(kind: &str, counter: Option<[String; 3]>) -> About {
    About { task: None, counter, kind: kind.to_owned(), foresight: std::sync::Arc::new(Nothing) }
}

on_both! {
    async fn units_that_share_a_transaction_concern_nobody_else(home: Home) {
        let store = home.open().await;
        // Every fifth has the key of the one before it, every seventh refuses, every third asks the database for something.
        let unit = |at: usize| {
            let (store, key) = (store.clone(), if at % 5 == 4 { at - 1 } else { at });
            async move {
                let done = store.write_shared(about("put", None), move |tx| {
                    async move {
                        if at.is_multiple_of(3) {
                            tx.rows(Query::new("SELECT hash FROM files")).await?;
                        }
                        let mut query = Query::new("INSERT INTO files (hash, body) VALUES (");
                        query.bind(format!("{key:02}")).push(", ").bind(format!("it's {{\"{at}\"}} \\ $1")).push(")");
                        tx.later_rows(query, || Shape::new(Deed::Insert, "files", "hash, body").key("hash")).await?;
                        tx.tell(Change::Inbox { users: vec![UserId(format!("{at:02}"))] });
                        if at % 7 == 6 { Err(fault("no")) } else { Ok(at) }
                    }
                    .boxed()
                });
                done.await
            }
        };
        let mut heard = store.bus().listen();
        let done = futures::future::join_all((0..60).map(unit)).await;
        let mut stand = BTreeSet::new();
        for (at, it) in done.iter().enumerate() {
            let twin = if at % 5 == 4 { Some(at - 1) } else if at % 5 == 3 { Some(at + 1) } else { None };
            let twin = twin.filter(|it| it % 7 != 6);
            match (at % 7 == 6, twin) {
                (true, _) => assert!(it.is_err(), "{at}"),
                (false, None) => assert_eq!(*it.as_ref().unwrap(), at),
                (false, Some(twin)) => assert!(it.is_ok() ^ done[twin].is_ok(), "{at}: one of two"),
            }
            if it.is_ok() {
                stand.insert((format!("{:02}", if at % 5 == 4 { at - 1 } else { at }), format!("it's {{\"{at}\"}} \\ $1")));
            }
        }
        let rows = store.read().rows(Query::new("SELECT hash, body FROM files")).await.unwrap();
        let there: BTreeSet<(String, String)> = rows.iter().map(|it| (it.get(0).unwrap(), it.get(1).unwrap())).collect();
        assert_eq!(there, stand);
        let mut told = BTreeSet::new();
        while let Ok(Ok(Change::Inbox { users })) = tokio::time::timeout(Duration::from_millis(50), heard.recv()).await {
            told.insert(users[0].0.parse::<usize>().unwrap());
        }
        let well: BTreeSet<usize> = done.iter().filter_map(|it| it.as_ref().ok().copied()).collect();
        assert_eq!(told, well, "only what was committed is told");
    }

    async fn units_share_a_transaction_and_number_on_whoever_of_them_refuses(home: Home) {
        let store = home.open().await;
        let counter = ["m".to_owned(), "no".to_owned(), "2026".to_owned()];
        let unit = |at: usize| {
            let (store, counter) = (store.clone(), counter.clone());
            async move {
                let done = store.write_shared(about("number", Some(counter)), move |tx| {
                    async move {
                        let n = records::count_up(tx, &ModuleKey::from("m"), &FieldKey::from("no"), "2026").await?;
                        let mut query = Query::new("INSERT INTO files (hash, body) VALUES (");
                        query.bind(format!("{at}")).push(", ").bind(n.to_string()).push(")");
                        tx.later_rows(query, || Shape::new(Deed::Insert, "files", "hash, body").key("hash")).await?;
                        if at % 3 == 1 { Err(fault("no")) } else { Ok(n) }
                    }
                    .boxed()
                });
                done.await
            }
        };
        // The counter begins with one that is alone.
        assert_eq!(unit(100).await.unwrap_or(1), 1);
        let mut first = keys(&store).await.len() as u64;
        let counted = |text: &'static str| {
            let store = store.clone();
            async move { store.read().row(Query::new(text)).await.unwrap().unwrap().get::<i64>(0).unwrap() as u64 }
        };
        // Who comes alone shares nothing, and on a busy machine each of them may: once of several times they meet.
        for round in 1..=20 {
            let done = futures::future::join_all((0..60).map(|it| unit(round * 300 + it))).await;
            let given: BTreeSet<u64> = done.into_iter().filter_map(Result::ok).collect();
            assert_eq!(given, (first + 1..=first + 40).collect());
            first += 40;
            assert_eq!(counted("SELECT last FROM counters").await, first);
            if store.dialect() == Dialect::Sqlite {
                return;
            }
            let transactions = counted("SELECT COUNT(DISTINCT xmin::text) FROM files").await;
            if transactions < counted("SELECT COUNT(*) FROM files").await {
                return;
            }
        }
        panic!("nothing was shared");
    }

    async fn who_writes_finds_by_keys_and_who_reads_as_it_serves(home: Home) {
        let store = home.open().await;
        if store.dialect() == Dialect::Sqlite {
            return;
        }
        let asked = || Query::new("SELECT setting FROM pg_settings WHERE name = 'enable_seqscan'");
        let reads = store.read().rows(asked()).await.unwrap();
        let writes = store.write(move |tx| async move { tx.rows(asked()).await?[0].text(0) }.boxed()).await.unwrap();
        assert_eq!((reads[0].text(0).unwrap().as_str(), writes.as_str()), ("on", "off"));
    }

    async fn units_that_take_long_are_all_done_in_turn(home: Home) {
        let store = home.open().await;
        let unit = |at: usize| {
            let store = store.clone();
            async move {
                let done = store.write_shared(about("slow", None), move |tx| {
                    async move {
                        // Longer than several of them may share.
                        std::thread::sleep(Duration::from_millis(8));
                        let mut query = Query::new("INSERT INTO files (hash, body) VALUES (");
                        query.bind(format!("{at:02}")).push(", ").bind("x").push(")");
                        tx.later_rows(query, || Shape::new(Deed::Insert, "files", "hash, body").key("hash")).await?;
                        if at.is_multiple_of(4) { Err(fault("no")) } else { Ok(at) }
                    }
                    .boxed()
                });
                done.await.ok()
            }
        };
        let done = futures::future::join_all((0..24).map(unit)).await;
        let well: Vec<usize> = (0..24).filter(|at| at % 4 != 0).collect();
        assert_eq!(done.into_iter().flatten().collect::<Vec<_>>(), well);
        assert_eq!(keys(&store).await, well.iter().map(|at| format!("{at:02}")).collect::<Vec<_>>());
    }

    async fn a_failing_unit_is_rolled_back_alone(home: Home) {
        let store = home.open().await;
        let mut heard = store.bus().listen();
        let (a, b, c, d) = tokio::join!(put(&store, "a", false), put(&store, "b", true), put(&store, "c", false), put(&store, "a", false));
        assert!(a.is_ok() ^ d.is_ok(), "one of two equal keys stands");
        assert!(b.is_err());
        assert!(c.is_ok());
        assert_eq!(keys(&store).await, ["a", "c"]);
        let mut told = BTreeSet::new();
        while let Ok(Ok(Change::Inbox { users })) = tokio::time::timeout(Duration::from_millis(50), heard.recv()).await {
            told.insert(users[0].0.clone());
        }
        assert_eq!(told, BTreeSet::from(["a".to_owned(), "c".to_owned()]), "only what was committed is told");
    }

    async fn writes_that_are_refused_late_concern_nobody_else(home: Home) {
        let store = home.open().await;
        // What a unit leaves to write is sent after it has said that all is well.
        let late = |key: String, to: &'static str, read: bool| {
            let store = store.clone();
            async move {
                let unit = (key, to, read);
                store.write(move |tx| {
                    let (key, to, read) = unit.clone();
                    async move {
                        let mut query = Query::new("INSERT INTO files (hash, body) VALUES (");
                        query.bind(key.as_str()).push(", ").bind(to).push(")");
                        tx.later(query).await?;
                        if read {
                            tx.rows(Query::new("SELECT hash FROM files")).await?;
                        }
                        if to == "refused" { Err(fault("no")) } else { Ok(()) }
                    }
                    .boxed()
                }).await
            }
        };
        let units = (0..60).map(|at| {
            // Every fifth has the key of the one before it, every seventh refuses.
            let key = if at % 5 == 4 { at - 1 } else { at };
            late(format!("{key:02}"), if at % 7 == 6 { "refused" } else { "written" }, at % 3 == 0)
        });
        let done = futures::future::join_all(units).await;
        let mut stand = BTreeSet::new();
        for (at, it) in done.iter().enumerate() {
            let twin = if at % 5 == 4 { Some(at - 1) } else if at % 5 == 3 { Some(at + 1) } else { None };
            let twin_writes = twin.is_some_and(|it| it % 7 != 6);
            match (at % 7 == 6, twin_writes) {
                (true, _) => assert!(it.is_err(), "{at}"),
                (false, false) => assert!(it.is_ok(), "{at}: {it:?}"),
                (false, true) => assert!(it.is_ok() ^ done[twin.unwrap()].is_ok(), "{at}: one of two"),
            }
            if it.is_ok() {
                stand.insert(format!("{:02}", if at % 5 == 4 { at - 1 } else { at }));
            }
        }
        assert_eq!(keys(&store).await, stand.into_iter().collect::<Vec<_>>());
    }

    async fn what_was_asked_goes_on_when_the_server_has_let_go_of_every_connection(home: Home) {
        let store = home.open().await;
        if store.dialect() == crate::store::Dialect::Sqlite {
            return;
        }
        // Several connections of both kinds, so that the next one taken is no fresh one either.
        let pid = || Query::new("SELECT pg_backend_pid(), pg_sleep(0.05)");
        let read = futures::future::join_all((0..4).map(|_| store.read().rows(pid()))).await;
        let wrote = futures::future::join_all((0..4).map(|_| {
            store.write(move |tx| async move { tx.rows(pid()).await?[0].get::<i32>(0) }.boxed())
        }))
        .await;
        let pids: BTreeSet<i32> =
            read.into_iter().map(|it| it.unwrap()[0].get(0).unwrap()).chain(wrote.into_iter().map(|it| it.unwrap())).collect();
        assert!(pids.len() > 2, "{pids:?}");
        let other = home.open().await;
        for pid in pids {
            other.read().rows(Query::new(format!("SELECT pg_terminate_backend({pid})"))).await.unwrap();
        }
        store.read().rows(Query::new("SELECT 1")).await.unwrap();
        put(&store, "after", false).await.unwrap();
        assert_eq!(keys(&store).await, ["after"]);
    }

    async fn a_panic_in_a_unit_leaves_the_store_working(home: Home) {
        let store = home.open().await;
        let panicked: Result<(), Error> = store.write(|_tx| async move { panic!("on purpose") }.boxed()).await;
        assert!(matches!(panicked, Err(Error::Internal(text)) if text.contains("on purpose")));
        put(&store, "after", false).await.unwrap();
        assert_eq!(keys(&store).await, ["after"]);
    }

    async fn what_was_acknowledged_is_there_after_opening_again(home: Home) {
        let store = home.open().await;
        put(&store, "kept", false).await.unwrap();
        drop(store);
        assert_eq!(keys(&home.open().await).await, ["kept"]);
    }

    async fn numbers_are_successive_under_concurrency(home: Home) {
        let store = home.open().await;
        let one = || {
            let store = store.clone();
            async move {
                store.write(|tx| async move { records::count_up(tx, &ModuleKey::from("m"), &FieldKey::from("no"), "2026").await }.boxed()).await
            }
        };
        let got = futures::future::join_all((0..100).map(|_| one())).await;
        let got: BTreeSet<u64> = got.into_iter().map(|it| it.unwrap()).collect();
        assert_eq!(got, (1..=100).collect());
    }

    async fn a_record_comes_back_as_it_was_stored_and_is_found_by_its_words(home: Home) {
        let store = home.open().await;
        let module = Module {
            definition: Definition { key: ModuleKey::from("thing"), ..Definition::default() },
            schema: json!({"type": "object", "properties": {
                "name": {"type": "string", "x-index": {"search": "fulltext", "sort": true}},
                "phone": {"type": "string", "x-sensitive": "mask", "x-index": {"search": "exact"}},
                "amount": {"type": "string", "format": "x-decimal", "x-index": {"sort": true}},
                "weight": {"type": "number"},
                "count": {"type": "integer"},
                "good": {"type": "boolean"},
                "rows": {"type": "array", "items": {"type": "object"}},
                "owner": {"type": "string"},
            }}),
            ..Module::default()
        };
        let made = module.clone();
        let table = store.write(move |tx| { let it = made.clone(); async move { ddl::publish(tx, &it).await }.boxed() }).await.unwrap();
        let record = Stored {
            id: RecordId::from("rec_1"),
            version: 1,
            created_at: "t".to_owned(),
            updated_at: "t".to_owned(),
            data: json!({"name": "华东变压器公司", "phone": "13812345678", "amount": "10.50", "weight": 1.25, "count": 3, "good": true,
                "rows": [{"a": "b"}], "owner": "mine"}).as_object().unwrap().clone(),
            ..Stored::default()
        };
        let unit = (table.clone(), record.clone());
        store.write(move |tx| { let it = unit.clone(); async move { records::insert(tx, &it.0, &it.1, &Default::default()).await }.boxed() }).await.unwrap();
        let found = records::find(store.read(), &table, &record.id, false).await.unwrap().unwrap();
        assert_eq!(found, Stored { n: 1, ..record.clone() });

        // The form grows by a field and changes the type of another: nothing is lost.
        let mut wider = module.clone();
        wider.schema["properties"]["extra"] = json!({"type": "integer", "x-index": {"filter": true}});
        wider.schema["properties"]["count"] = json!({"type": "string"});
        let made = wider.clone();
        let table = store.write(move |tx| { let it = made.clone(); async move { ddl::publish(tx, &it).await }.boxed() }).await.unwrap();
        let found = records::find(store.read(), &table, &record.id, false).await.unwrap().unwrap();
        assert_eq!(found.data.get("count"), None);
        assert_eq!(found.data.get("amount"), Some(&json!("10.50")));

        for (q, tags, hits) in [("变压", vec![], 1), ("压器公", vec![], 1), ("变器", vec![], 0), ("138", vec![], 0), ("138", vec![tokens::tag("phone")], 1)] {
            let mut query = Query::default();
            crate::store::records::searched(&mut query, &table, store.dialect(), &tokens::asked(q), &tags);
            let found = records::find_where(store.read(), &table, query, "").await.unwrap();
            assert_eq!(found.len(), hits, "{q}");
        }
    }

    async fn the_index_that_keeps_a_field_unique_orders_its_list(home: Home) {
        let store = home.open().await;
        if store.dialect() == crate::store::Dialect::Postgres {
            return;
        }
        let module = Module {
            definition: Definition { key: ModuleKey::from("thing"), ..Definition::default() },
            schema: json!({"type": "object", "properties": {
                "code": {"type": "string", "x-index": {"unique": true, "filter": true, "sort": true}},
            }}),
            ..Module::default()
        };
        store.write(move |tx| { let it = module.clone(); async move { ddl::publish(tx, &it).await }.boxed() }).await.unwrap();
        for asked in ["ORDER BY code, n LIMIT 50", "ORDER BY code DESC, n DESC LIMIT 50", "AND code = 'x'", "AND code > 'x' ORDER BY code, n"] {
            let plan = Query::new(format!("EXPLAIN QUERY PLAN SELECT id FROM m_thing WHERE deleted_at IS NULL {asked}"));
            let plan = store.read().rows(plan).await.unwrap();
            let plan: Vec<String> = plan.iter().map(|it| it.get(3).unwrap()).collect();
            assert!(plan.len() == 1 && plan[0].contains("m_thing__code__unique"), "{asked}: {plan:?}");
        }
    }
}
