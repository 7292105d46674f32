//! The platform's own tables, as numbered steps. A released step is never edited; a change is a new step. Tables of
//! modules (`m_<module>`) are not here: publishing a form makes them.

use futures::FutureExt;

use super::Store;
use super::sql::{Dialect, Query, Sql};
use super::tx::Tx;
use crate::clock::Clock;
use crate::error::Error;

/// The statements of a step.
enum Statements {
    /// The same for both databases, but for `{serial}`.
    Both(&'static str),
    Each {
        sqlite: &'static str,
        postgres: &'static str,
    },
}

impl Statements {
    fn of(&self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Both(text), _) => text,
            (Self::Each { sqlite, .. }, Dialect::Sqlite) => sqlite,
            (Self::Each { postgres, .. }, Dialect::Postgres) => postgres,
        }
    }
}

/// Steps in order: number, name, statements.
const STEPS: &[(i64, &str, Statements)] = &[
    (1, "beginning", Statements::Both(BEGINNING)),
    (2, "attempts to log in", Statements::Both(ATTEMPTS)),
    (3, "absences, copies, what was sent on", Statements::Both(WORK)),
    (4, "alerts that were told", Statements::Both(TOLD)),
    (5, "lists kept under a name", Statements::Both(SAVED_VIEWS)),
    (6, "renamed records", Statements::Both(RENAMES)),
    (7, "post between flows", Statements::Both(POST)),
    (8, "comments and attached files", Statements::Both(TALK)),
    (9, "planned publications, instances on their way to a new version", Statements::Both(PUBLISHING)),
    (10, "fewer trees to write to", Statements::Each { sqlite: TREES_SQLITE, postgres: TREES_POSTGRES }),
    (11, "what fields were called", Statements::Both(FORMER)),
    (12, "only open tasks are looked for", Statements::Both(OPEN_TASKS)),
    (13, "what a repeated request asked", Statements::Both(ASKED)),
];

const BEGINNING: &str = r#"
CREATE TABLE departments (id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, name_en TEXT NOT NULL, parent TEXT REFERENCES departments (id));
CREATE TABLE users (id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL, roles TEXT NOT NULL,
  department TEXT REFERENCES departments (id), manager TEXT REFERENCES users (id), regions TEXT NOT NULL, skills TEXT NOT NULL,
  capacity BIGINT NOT NULL, on_duty BOOLEAN NOT NULL, customer TEXT, language TEXT NOT NULL, theme TEXT NOT NULL,
  disabled BOOLEAN NOT NULL, last_assigned TEXT, created_at TEXT NOT NULL);
CREATE TABLE sessions (id TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES users (id), csrf TEXT NOT NULL, created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL, expires_at TEXT NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL);
CREATE INDEX sessions_person ON sessions (person);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE TABLE preferences (person TEXT NOT NULL REFERENCES users (id), key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (person, key));
CREATE TABLE audit (n {serial}, at TEXT NOT NULL, person TEXT, person_name TEXT, address TEXT NOT NULL, kind TEXT NOT NULL, info TEXT NOT NULL);
CREATE INDEX audit_kind ON audit (kind, n);
CREATE INDEX audit_person ON audit (person, n);

CREATE TABLE files (hash TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE packs (id TEXT PRIMARY KEY, hash TEXT NOT NULL, shipped TEXT NOT NULL);
CREATE TABLE pack_versions (n {serial}, pack TEXT NOT NULL, hash TEXT NOT NULL, version TEXT NOT NULL, files TEXT NOT NULL, at TEXT NOT NULL,
  person TEXT NOT NULL, note TEXT NOT NULL, shipped BOOLEAN NOT NULL);
CREATE INDEX pack_versions_pack ON pack_versions (pack, n);
CREATE TABLE drafts (pack TEXT PRIMARY KEY, base TEXT NOT NULL, revision BIGINT NOT NULL, files TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE flow_versions (version TEXT PRIMARY KEY, flow TEXT NOT NULL, module TEXT, packs TEXT NOT NULL, at TEXT NOT NULL);

CREATE TABLE counters (module TEXT NOT NULL, field TEXT NOT NULL, period TEXT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (module, field, period));
CREATE TABLE once (person TEXT NOT NULL, key TEXT NOT NULL, module TEXT NOT NULL, record TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (person, key));
CREATE INDEX once_at ON once (at);
CREATE TABLE history (n {serial}, module TEXT NOT NULL, record TEXT NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL, channel TEXT NOT NULL,
  kind TEXT NOT NULL, version BIGINT NOT NULL, changes TEXT NOT NULL, info TEXT NOT NULL);
CREATE INDEX history_record ON history (record, n);

CREATE TABLE instances (id TEXT PRIMARY KEY, flow TEXT NOT NULL, version TEXT NOT NULL REFERENCES flow_versions (version), module TEXT NOT NULL,
  record TEXT NOT NULL, state TEXT NOT NULL, started_by TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, parent TEXT, at_nodes TEXT NOT NULL,
  incidents BIGINT NOT NULL, facts BIGINT NOT NULL, body TEXT NOT NULL);
CREATE INDEX instances_record ON instances (record);
CREATE INDEX instances_flow ON instances (flow, state);
CREATE TABLE facts (instance TEXT NOT NULL, seq BIGINT NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (instance, seq));
CREATE TABLE tasks (id TEXT PRIMARY KEY, instance TEXT NOT NULL, flow TEXT NOT NULL, node TEXT NOT NULL, module TEXT NOT NULL, record TEXT NOT NULL,
  state TEXT NOT NULL, assignee TEXT, opened_at TEXT NOT NULL, due_at TEXT, priority BIGINT NOT NULL, points BIGINT NOT NULL, returned TEXT,
  subject TEXT NOT NULL, started_by TEXT NOT NULL, ended_at TEXT, ended_by TEXT, outcome TEXT);
CREATE INDEX tasks_assignee ON tasks (assignee, state, due_at);
CREATE INDEX tasks_record ON tasks (record, state);
CREATE INDEX tasks_instance ON tasks (instance);
CREATE INDEX tasks_ended ON tasks (ended_by, ended_at);
CREATE INDEX tasks_started ON tasks (started_by, state);
CREATE TABLE candidates (task TEXT NOT NULL, who TEXT NOT NULL, PRIMARY KEY (who, task));
CREATE INDEX candidates_task ON candidates (task);
CREATE TABLE timers (id TEXT PRIMARY KEY, instance TEXT NOT NULL, node TEXT NOT NULL, due_at TEXT NOT NULL, tries BIGINT NOT NULL);
CREATE INDEX timers_due ON timers (due_at);
CREATE TABLE jobs (id TEXT PRIMARY KEY, instance TEXT NOT NULL, plugin TEXT NOT NULL, function TEXT NOT NULL, input TEXT NOT NULL,
  tries BIGINT NOT NULL, due_at TEXT NOT NULL, claimed_by TEXT, error TEXT);
CREATE INDEX jobs_due ON jobs (due_at);
CREATE TABLE incidents (id TEXT PRIMARY KEY, instance TEXT NOT NULL, node TEXT NOT NULL, message TEXT NOT NULL, at TEXT NOT NULL, resolved_at TEXT);
CREATE INDEX incidents_instance ON incidents (instance);
CREATE INDEX incidents_open ON incidents (resolved_at, at);
CREATE TABLE notices (n {serial}, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL, at TEXT NOT NULL, texts TEXT NOT NULL, link TEXT NOT NULL, read_at TEXT);
CREATE INDEX notices_person ON notices (person, n);
CREATE INDEX notices_unread ON notices (person, read_at);
"#;

const ATTEMPTS: &str = "
CREATE TABLE attempts (account TEXT NOT NULL, address TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX attempts_account ON attempts (account, at);
CREATE INDEX attempts_address ON attempts (address, at);
";

const WORK: &str = "
ALTER TABLE tasks ADD COLUMN sent_by TEXT;
CREATE INDEX tasks_sent ON tasks (sent_by, state);
CREATE TABLE absences (id TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES users (id), from_at TEXT NOT NULL, until_at TEXT NOT NULL,
  substitute TEXT REFERENCES users (id));
CREATE INDEX absences_person ON absences (person, from_at);
CREATE TABLE copies (record TEXT NOT NULL, person TEXT NOT NULL, task TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (record, person));
";

/// What the checker said of the live packs the last time; the blank mark: that it has looked.
const TOLD: &str = "
CREATE TABLE told_alerts (pack TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (pack, mark));
";

const SAVED_VIEWS: &str = "
CREATE TABLE saved_views (id TEXT PRIMARY KEY, module TEXT NOT NULL, person TEXT NOT NULL REFERENCES users (id), title TEXT NOT NULL,
  query TEXT NOT NULL, roles TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX saved_views_module ON saved_views (module);
";

const RENAMES: &str = "
CREATE TABLE renames (n {serial}, module TEXT NOT NULL, record TEXT NOT NULL, referring TEXT NOT NULL, place BIGINT NOT NULL);
";

const POST: &str = "
CREATE TABLE awaited (instance TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (instance, kind, name, key));
CREATE INDEX awaited_name ON awaited (kind, name, key);
CREATE TABLE post (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, target TEXT, module TEXT NOT NULL,
  record TEXT NOT NULL, due_at TEXT NOT NULL, expires_at TEXT NOT NULL, tries BIGINT NOT NULL);
CREATE INDEX post_due ON post (due_at);
CREATE INDEX post_name ON post (name, key);
";

/// `uploads.free_at`: from then on the file may be removed; none: it is in a record.
const TALK: &str = "
CREATE TABLE comments (id TEXT PRIMARY KEY, module TEXT NOT NULL, record TEXT NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL, body TEXT NOT NULL,
  mentions TEXT NOT NULL, edited_at TEXT, removed_at TEXT);
CREATE INDEX comments_record ON comments (record, id);
CREATE TABLE uploads (id TEXT PRIMARY KEY, name TEXT NOT NULL, size BIGINT NOT NULL, media TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL,
  record TEXT, free_at TEXT);
CREATE INDEX uploads_free ON uploads (free_at);
CREATE INDEX uploads_person ON uploads (person, free_at);
";

/// `planned.failed`: why it could not be done when it was due. `moves`: instances up to `place` are done.
const PUBLISHING: &str = "
CREATE TABLE planned (pack TEXT PRIMARY KEY, due_at TEXT NOT NULL, base TEXT NOT NULL, revision BIGINT NOT NULL, files TEXT NOT NULL,
  person TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL, running TEXT NOT NULL, failed TEXT);
CREATE TABLE moves (n {serial}, flow TEXT NOT NULL, version TEXT NOT NULL, nodes TEXT NOT NULL, person TEXT NOT NULL, place TEXT NOT NULL,
  moved BIGINT NOT NULL, kept BIGINT NOT NULL);
";

/// A commit writes at least one page for every table and index it touches, so what is small and always found by its key
/// is one tree instead of a table with an index, and a row is in an index only where that one is asked for it. Ids count
/// up with time, so they stand for the order in which notices came; those of tasks begin with their instance's.
const TREES_SQLITE: &str = "
DROP INDEX tasks_instance;
DROP INDEX tasks_ended;
CREATE INDEX tasks_ended ON tasks (ended_by, ended_at) WHERE ended_by IS NOT NULL;
ALTER TABLE candidates RENAME TO old_candidates;
DROP INDEX candidates_task;
CREATE TABLE candidates (task TEXT NOT NULL, who TEXT NOT NULL, PRIMARY KEY (who, task)) WITHOUT ROWID;
INSERT INTO candidates (task, who) SELECT task, who FROM old_candidates;
DROP TABLE old_candidates;
CREATE INDEX candidates_task ON candidates (task);
ALTER TABLE timers RENAME TO old_timers;
DROP INDEX timers_due;
CREATE TABLE timers (id TEXT PRIMARY KEY, instance TEXT NOT NULL, node TEXT NOT NULL, due_at TEXT NOT NULL, tries BIGINT NOT NULL) WITHOUT ROWID;
INSERT INTO timers (id, instance, node, due_at, tries) SELECT id, instance, node, due_at, tries FROM old_timers;
DROP TABLE old_timers;
CREATE INDEX timers_due ON timers (due_at);
ALTER TABLE notices RENAME TO old_notices;
DROP INDEX notices_person;
DROP INDEX notices_unread;
CREATE TABLE notices (person TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, texts TEXT NOT NULL, link TEXT NOT NULL, read_at TEXT,
  PRIMARY KEY (person, id)) WITHOUT ROWID;
INSERT INTO notices (person, id, at, texts, link, read_at) SELECT person, id, at, texts, link, read_at FROM old_notices;
DROP TABLE old_notices;
CREATE INDEX notices_unread ON notices (person) WHERE read_at IS NULL;
";

const TREES_POSTGRES: &str = "
DROP INDEX tasks_ended;
CREATE INDEX tasks_ended ON tasks (ended_by, ended_at) WHERE ended_by IS NOT NULL;
ALTER TABLE notices DROP COLUMN n;
ALTER TABLE notices DROP CONSTRAINT notices_id_key;
ALTER TABLE notices ADD PRIMARY KEY (person, id);
DROP INDEX notices_unread;
CREATE INDEX notices_unread ON notices (person) WHERE read_at IS NULL;
";

/// Up to the entry `place` of the history, `key` was that of the field; `owner`: the sub-table of a column.
const FORMER: &str = "
CREATE TABLE former_keys (n {serial}, module TEXT NOT NULL, owner TEXT NOT NULL, key TEXT NOT NULL, field TEXT NOT NULL, place BIGINT NOT NULL);
CREATE INDEX former_keys_module ON former_keys (module, place);
";

/// Inboxes and records ask for open tasks alone, by somebody who is named. A task that ends leaves these indexes instead of
/// moving to another place in each of them, and one that waits for a group is in fewer from the beginning.
const OPEN_TASKS: &str = "
DROP INDEX tasks_assignee;
CREATE INDEX tasks_assignee ON tasks (assignee, due_at) WHERE state = 'open' AND assignee IS NOT NULL;
DROP INDEX tasks_record;
CREATE INDEX tasks_record ON tasks (record) WHERE state = 'open';
DROP INDEX tasks_started;
CREATE INDEX tasks_started ON tasks (started_by) WHERE state = 'open';
DROP INDEX tasks_sent;
CREATE INDEX tasks_sent ON tasks (sent_by) WHERE state = 'open' AND sent_by IS NOT NULL;
";

/// A digest of what was asked under a key; blank for what was asked before this step.
const ASKED: &str = "
ALTER TABLE once ADD COLUMN asked TEXT NOT NULL DEFAULT '';
";

/// Brings the tables up to date. Safe on several nodes at once.
pub(super) async fn migrate(store: &Store, clock: &Clock) -> Result<(), Error> {
    let at = clock.stamp();
    store
        .write(move |tx| {
            let at = at.clone();
            async move { up(tx, &at, i64::MAX).await }.boxed()
        })
        .await
}

/// Takes the steps up to number `last` that were not taken yet.
async fn up(tx: &Tx, at: &str, last: i64) -> Result<(), Error> {
    if tx.dialect() == Dialect::Postgres {
        // One node at a time; the lock ends with the transaction.
        tx.script("SELECT pg_advisory_xact_lock(7065)").await?;
    }
    tx.script(
        "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL)",
    )
    .await?;
    let done = tx.row(Query::new("SELECT MAX(number) FROM migrations")).await?;
    let done = match done {
        Some(row) => row.get::<Option<i64>>(0)?.unwrap_or(0),
        None => 0,
    };
    for (number, name, statements) in STEPS.iter().filter(|it| it.0 > done && it.0 <= last) {
        let serial = match tx.dialect() {
            Dialect::Sqlite => "INTEGER PRIMARY KEY",
            Dialect::Postgres => "BIGSERIAL PRIMARY KEY",
        };
        tx.script(&statements.of(tx.dialect()).replace("{serial}", serial)).await?;
        let mut query = Query::new("INSERT INTO migrations (number, name, at) VALUES (");
        query.bind(*number).push(", ").bind(*name).push(", ").bind(at).push(")");
        tx.exec(query).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{instances, notices};
    use crate::testing::on_both;
    use runtime::id::UserId;

    async fn script(store: &Store, text: String) {
        store
            .write(move |tx| {
                let text = text.clone();
                async move { tx.script(&text).await }.boxed()
            })
            .await
            .unwrap();
    }

    /// An empty database at an earlier step.
    async fn back_to(home: &crate::testing::Home, store: &Store, last: i64) {
        match &home.options.schema {
            Some(schema) => script(store, format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}")).await,
            None => {
                let tables =
                    Query::new("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
                let tables = store.read().rows(tables).await.unwrap();
                let drops = tables.iter().map(|it| format!("DROP TABLE {};", it.get::<String>(0).unwrap()));
                script(store, drops.collect()).await;
            }
        }
        store.write(move |tx| async move { up(tx, "t", last).await }.boxed()).await.unwrap();
    }

    on_both! {
        async fn open_tasks_are_found_by_an_index(home: Home) {
            let store = home.open().await;
            let asked = [
                ("state = 'open' AND assignee IN ($1, $1)", "tasks_assignee"),
                ("state = 'open' AND sent_by = $1", "tasks_sent"),
                ("state = 'open' AND started_by = $1", "tasks_started"),
                ("state = 'open' AND record = $1", "tasks_record"),
            ];
            // So many that an index is worth its while, and that it matters which.
            let many = "WITH RECURSIVE many (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM many WHERE i < 2000)
                INSERT INTO tasks (id, instance, flow, node, module, record, state, assignee, opened_at, priority, points, subject, started_by, sent_by)
                SELECT 'tsk_' || i, 'ins_' || i, 'f', 'n', 'm', 'rec_' || i, 'open', 'usr_a' || i, 't', 50, 0, '', 'usr_b' || i, 'usr_c' || i FROM many; ANALYZE tasks";
            script(&store, many.to_owned()).await;
            let explain = match store.dialect() {
                Dialect::Sqlite => "EXPLAIN QUERY PLAN",
                Dialect::Postgres => "EXPLAIN",
            };
            for (condition, index) in asked {
                let condition = condition.replace("$1", "'usr_a'");
                let query = format!("{explain} SELECT id FROM tasks WHERE {condition}");
                let column = if store.dialect() == Dialect::Sqlite { 3 } else { 0 };
                let plan = store.read().rows(Query::new(query)).await.unwrap();
                let plan: Vec<String> = plan.iter().map(|it| it.get(column).unwrap()).collect();
                assert!(plan.iter().any(|it| it.contains(index)), "{index}: {plan:?}");
            }
        }

        async fn rows_of_a_table_that_is_made_anew_stay(home: Home) {
            let store = home.open().await;
            back_to(&home, &store, 9).await;
            script(
                &store,
                "INSERT INTO candidates (task, who) VALUES ('ins_1.2', 'r:agent'), ('ins_1.2', 'u:usr_a');
                 INSERT INTO timers (id, instance, node, due_at, tries) VALUES ('ins_1.3', 'ins_1', 'wait', '2026-01-01', 2);
                 INSERT INTO notices (id, person, at, texts, link, read_at) VALUES ('ntc_1', 'usr_a', 't', '[]', '/1', NULL),
                   ('ntc_2', 'usr_a', 't', '[]', '/2', 't'), ('ntc_3', 'usr_b', 't', '[]', '/3', NULL)"
                    .to_owned(),
            )
            .await;
            // Twice: a second server finds nothing to do.
            migrate(&store, &home.clock).await.unwrap();
            migrate(&store, &home.clock).await.unwrap();
            let person = UserId::from("usr_a");
            let told = notices::list(store.read(), &person, "en", false, 10).await.unwrap();
            assert_eq!(told.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["ntc_2", "ntc_1"]);
            assert_eq!(notices::unread(store.read(), &person).await.unwrap(), 1);
            assert!(notices::find(store.read(), &person, "ntc_3", "en").await.unwrap().is_none());
            let due = instances::due_timers(store.read(), "2026-02-01", 10).await.unwrap();
            assert_eq!(due, [("ins_1.3".into(), "ins_1".into())]);
            let who = store.read().rows(Query::new("SELECT who FROM candidates WHERE task = 'ins_1.2' ORDER BY who")).await.unwrap();
            assert_eq!(who.iter().map(|it| it.get::<String>(0).unwrap()).collect::<Vec<_>>(), ["r:agent", "u:usr_a"]);
        }
    }
}
