//! For tests: a store on either database. The same body runs on both; PostgreSQL only where
//! `FLOWLOOM_TEST_POSTGRES` holds the address of a server on which schemas may be made.

use std::sync::Arc;

use futures::FutureExt;
use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::clock::Clock;
use crate::live::Bus;
use crate::store::{Options, Store};

/// Where a test's database lives; it goes when this goes.
pub struct Home {
    pub options: Options,
    pub clock: Clock,
    folder: tempfile::TempDir,
}

impl Home {
    /// A new SQLite file.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::file(&folder.path().join("test.db"));
        Self { options, clock: Clock::default(), folder }
    }

    /// A new schema on the PostgreSQL server of the tests, if there is one.
    pub async fn postgres() -> Option<Self> {
        let Ok(url) = std::env::var("FLOWLOOM_TEST_POSTGRES") else {
            eprintln!("skipped: FLOWLOOM_TEST_POSTGRES is not set");
            return None;
        };
        let schema = crate::store::sql::fresh("test");
        let conn = sea_orm::Database::connect(&url).await.unwrap();
        conn.execute_unprepared(&format!("CREATE SCHEMA {schema}")).await.unwrap();
        conn.close().await.unwrap();
        let options = Options { schema: Some(schema), connections: 8, ..Options::new(url) };
        Some(Self { options, clock: Clock::default(), folder: tempfile::tempdir().unwrap() })
    }

    /// Opens the whole platform with the shipped packs and the demo people, but none of the samples.
    pub async fn app(&self) -> Arc<App> {
        let plugins = crate::plugins::open(&self.folder.path().join("plugins")).unwrap();
        let app = App::open(self.options.clone(), self.clock.clone(), plugins).boxed().await.unwrap();
        crate::definitions::install_shipped(&app).boxed().await.unwrap();
        crate::demo::install_people(&app).boxed().await.unwrap();
        app
    }

    /// Opens the store; a second time it is the same database.
    pub async fn open(&self) -> Store {
        Store::open(self.options.clone(), &self.clock, Bus::default()).boxed().await.unwrap()
    }
}

/// Runs the same test body on both databases.
macro_rules! on_both {
    ($(async fn $name:ident($home:ident: Home) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($home: crate::testing::Home) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(crate::testing::Home::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(home) = crate::testing::Home::postgres().await {
                    body(home).await;
                }
            }
        }
    )*};
}
pub(crate) use on_both;

/// A demo user, as they act.
pub fn actor(app: &App, login: &str) -> crate::actor::Actor {
    let state = app.people.state();
    let user = state.users.values().find(|it| it.login == login).unwrap();
    let person = app.people.person(&user.id).unwrap();
    crate::actor::Actor::new(person, crate::actor::Channel::Api)
}
