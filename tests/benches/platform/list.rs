//! A list page of 100 000 complaints: two filters, one sort, 50 rows, the rights of a department's handler. Beside it a
//! hand-written axum handler with the same query on the same file and indexes.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::routing::get;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Sea, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tests::client::Person;
use tests::server::{Database, Server};

const ROWS: u32 = 100_000;
const COLUMNS: &[&str] = &["code", "contact", "category", "severity", "state"];

pub async fn measure() -> Result<()> {
    let mut server = Server::demo(Database::Sqlite)?;
    let chen = Person::login(&server.url(), "chen").await?;
    let me = chen.session.user.clone();
    server.kill();
    let path = server.database_file();
    let mut options = ConnectOptions::new(format!("sqlite://{}", path.display()));
    options.max_connections(8).sqlx_logging(false);
    let db = Sea::connect(options).await?;
    fill(&db).await?;
    let baseline = by_hand(db, me).await?;
    server.up()?;
    let chen = Arc::new(Person::login(&server.url(), "chen").await?);
    let filter = json!({ "all": [{ "field": { "field": "severity", "op": "eq", "value": "s2" } }, { "field": { "field": "category", "op": "eq", "value": "quality" } }] });
    let filter: String = filter.to_string().bytes().map(|it| format!("%{it:02X}")).collect();
    let ours = Arc::new(format!(
        "/api/records/complaint?filter={filter}&sort=-created_at&limit=50&columns={}",
        COLUMNS.join(",")
    ));
    let page = chen.get(&ours).await?;
    anyhow::ensure!(page.body["rows"].as_array().map(Vec::len) == Some(50), "expected 50 rows, came {}", page.body);
    let http = reqwest::Client::new();
    let same: Value = http.get(&baseline).send().await?.json().await?;
    anyhow::ensure!(same["rows"].as_array().map(Vec::len) == Some(50), "the baseline answers {same}");
    let time = Duration::from_secs(6);
    let hand = super::load::run(8, time, move |_| {
        let (http, url) = (http.clone(), baseline.clone());
        async move {
            let _: bytes::Bytes = http.get(&url).send().await?.error_for_status()?.bytes().await?;
            Ok(())
        }
    })
    .await?;
    let list = super::load::run(8, time, move |_| {
        let (chen, ours) = (chen.clone(), ours.clone());
        async move {
            let page = chen.raw(&ours).await?;
            anyhow::ensure!(page == 200, "{page}");
            Ok(())
        }
    })
    .await?;
    super::row(
        "a list page of 100 000, 8 connections",
        format!("{:.0} /s", list.per_second),
        format!("{:.0} /s by hand", hand.per_second),
        list.per_second / hand.per_second,
        "≥ 0.50",
    );
    let p99 = list.p99.as_secs_f64() * 1e3;
    super::row("  its p99", format!("{p99:.1} ms"), "20 ms".to_owned(), p99 / 20.0, "≤ 1.00");
    Ok(())
}

/// Copies one complaint many times over, with other numbers, severities, categories, departments and times.
async fn fill(db: &DatabaseConnection) -> Result<()> {
    let backend = db.get_database_backend();
    let columns: Vec<String> = db
        .query_all_raw(Statement::from_string(backend, "SELECT name FROM pragma_table_info('m_complaint')"))
        .await?
        .iter()
        .map(|it| it.try_get_by_index::<String>(0))
        .collect::<Result<_, _>>()?;
    let list: Vec<&String> = columns.iter().filter(|it| *it != "n").collect();
    let values: Vec<String> = list
        .iter()
        .map(|it| match it.as_str() {
            "id" => "'rec_bench' || k".to_owned(),
            "code" => "'BENCH-' || k".to_owned(),
            "severity" => "'s' || (1 + k % 4)".to_owned(),
            "category" => "CASE k % 3 WHEN 0 THEN 'quality' WHEN 1 THEN 'delivery' ELSE 'fee' END".to_owned(),
            "open_to" => "CASE k % 5 WHEN 0 THEN 'quality' WHEN 1 THEN 'logistics' ELSE 'service' END".to_owned(),
            "handler" => "NULL".to_owned(),
            "created_at" => "strftime('%Y-%m-%dT%H:%M:%S.000Z', 1700000000 + k * 601, 'unixepoch')".to_owned(),
            other => format!("c.\"{other}\""),
        })
        .collect();
    let names: Vec<String> = list.iter().map(|it| format!("\"{it}\"")).collect();
    let sql = format!(
        "WITH RECURSIVE counter (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM counter WHERE k < {ROWS}) \
         INSERT INTO m_complaint ({}) SELECT {} FROM counter, (SELECT * FROM m_complaint ORDER BY n LIMIT 1) c",
        names.join(", "),
        values.join(", ")
    );
    db.execute_unprepared(&sql).await.context("fill m_complaint")?;
    db.execute_unprepared("ANALYZE").await?;
    Ok(())
}

/// What a good engineer writes for this one page: one query, rows straight into JSON.
async fn by_hand(db: DatabaseConnection, me: String) -> Result<String> {
    let sql = format!(
        "SELECT id, version, {} FROM m_complaint WHERE deleted_at IS NULL AND severity = ? AND category = ? AND (open_to = ? OR handler = ?) ORDER BY created_at DESC, n DESC LIMIT 50",
        COLUMNS.join(", ")
    );
    let app = axum::Router::new().route(
        "/list",
        get(move || {
            let (db, sql, me) = (db.clone(), sql.clone(), me.clone());
            async move {
                let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, ["s2".into(), "quality".into(), "quality".into(), me.into()]);
                let found = db.query_all_raw(statement).await.map_err(|it| it.to_string())?;
                let rows: Vec<Value> = found
                    .iter()
                    .map(|row| {
                        let mut data = serde_json::Map::new();
                        for (at, name) in COLUMNS.iter().enumerate() {
                            let value: Option<String> = row.try_get_by_index(at + 2)?;
                            data.insert((*name).to_owned(), value.map_or(Value::Null, Value::String));
                        }
                        Ok(json!({ "id": row.try_get_by_index::<String>(0)?, "version": row.try_get_by_index::<i64>(1)?, "data": data }))
                    })
                    .collect::<Result<_, sea_orm::DbErr>>()
                    .map_err(|it| it.to_string())?;
                Ok::<_, String>(axum::Json(json!({ "rows": rows })))
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(format!("http://{address}/list"))
}
