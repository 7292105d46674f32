//! Saving a complaint: validate, number, start the flow up to its first task, commit durably. Beside it a bare insert of one
//! row with the same durability, on the same disk, in turns.

use std::time::{Duration, Instant};

use anyhow::Result;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Sea, DatabaseConnection, Statement, TransactionTrait};
use serde_json::{Value, json};
use tests::server::{Database, Server};

use super::wire::{Seat, Wire};

/// A complaint as an agent enters it.
pub fn complaint() -> Value {
    json!({ "data": { "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality",
        "facts": "设备到货第二天无法启动，现场检查电源模块无输出。", "demand": "请更换一台新的设备", "severity": "s2", "region": "320506" } })
}

/// SQLite as the server opens it: WAL, every commit flushed.
async fn sqlite(path: &std::path::Path) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
    options.max_connections(1).sqlx_logging(false);
    let db = Sea::connect(options).await?;
    db.execute_unprepared("PRAGMA journal_mode = WAL").await?;
    db.execute_unprepared("PRAGMA synchronous = FULL").await?;
    db.execute_unprepared("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT NOT NULL)").await?;
    Ok(db)
}

async fn insert(db: &DatabaseConnection, body: &str) -> Result<()> {
    let backend = db.get_database_backend();
    let tx = db.begin().await?;
    tx.execute_raw(Statement::from_sql_and_values(backend, "INSERT INTO bare (body) VALUES (?)", [body.into()]))
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Writes as much as the bare insert does to a file and has the disk flush it: what no database can be faster than.
fn flush(file: &std::fs::File, body: &str) -> Result<()> {
    use std::os::unix::fs::FileExt;
    let mut page = body.as_bytes().to_vec();
    page.resize(8 << 10, b' ');
    file.write_all_at(&page, 0)?;
    file.sync_data()?;
    Ok(())
}

pub async fn measure() -> Result<()> {
    let mut server = Server::demo(Database::Sqlite)?;
    let agent = Seat::take(&server.url(), "agent").await?;
    let mut wire = Wire::open(&agent).await?;
    let dir = tempfile::tempdir()?;
    let bare = sqlite(&dir.path().join("bare.db")).await?;
    let body = complaint().to_string();
    let plain = std::fs::File::options().write(true).create(true).truncate(false).open(dir.path().join("plain"))?;
    let (mut saves, mut inserts, mut flushes, mut requests) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..12 {
        for _ in 0..25 {
            let before = Instant::now();
            flush(&plain, &body)?;
            let flush_time = before.elapsed();
            let before = Instant::now();
            insert(&bare, &body).await?;
            let bare_time = before.elapsed();
            let before = Instant::now();
            wire.get("/health/live").await?;
            let request_time = before.elapsed();
            let before = Instant::now();
            save(&mut wire, &body).await?;
            // The first rounds warm caches and connections.
            if round > 1 {
                saves.push(before.elapsed());
                inserts.push(bare_time);
                flushes.push(flush_time);
                requests.push(request_time);
            }
        }
    }
    let half = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    let (save, bare, flush, request) = (half(&mut saves), half(&mut inserts), half(&mut flushes), half(&mut requests));
    super::row(
        "saving a complaint over HTTP, p50, one client",
        format!("{save:.2} ms"),
        format!("{bare:.2} ms bare insert"),
        save / bare,
        "≤ 1.50",
    );
    println!(
        "  of it {request:.2} ms a request that does nothing; a flush of the disk alone takes {flush:.2} ms, the slowest of ten {:.2} ms",
        flushes[flushes.len() * 9 / 10].as_secs_f64() * 1e3
    );
    let together = at_once(&server).await?;
    let (few, many) = crowd(&mut server, &body).await?;
    super::row(
        &format!("saving a complaint where {CROWD} customers log in, p50"),
        format!("{many:.2} ms"),
        format!("{few:.2} ms with the demo's people"),
        many / few,
        "≤ 1.30",
    );
    drop(server);
    // The same work with a commit of its own for every request.
    let alone = Server::start(Database::Sqlite, &["--demo", "--commit-batch", "1"])?;
    let single = at_once(&alone).await?;
    super::row(
        "creating complaints, 8 connections",
        format!("{:.0} /s", together.per_second),
        format!("{:.0} /s one commit each", single.per_second),
        together.per_second / single.per_second,
        "≥ 3.00",
    );
    println!(
        "  p99 {:.1} ms together, {:.1} ms one commit each ({} and {} requests); the load itself kept {:.2} processors busy",
        together.p99.as_secs_f64() * 1e3,
        single.p99.as_secs_f64() * 1e3,
        together.count,
        single.count,
        together.cores
    );
    Ok(())
}

/// People who log in for a customer, beside those of the demo.
const CROWD: usize = 20_000;

/// Milliseconds that a save takes with the demo's people, and with a crowd of customers besides; each right after a start.
async fn crowd(server: &mut Server, body: &str) -> Result<(f64, f64)> {
    let mut met = Vec::new();
    for crowd in [0, CROWD] {
        server.kill();
        let db = Sea::connect(format!("sqlite://{}?mode=rw", server.database_file().display())).await?;
        let made = format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {crowd}) \
             INSERT INTO users SELECT 'usr_crowd' || i, 'crowd' || i, name, password, roles, department, manager, regions, skills, capacity, \
             on_duty, customer, language, theme, disabled, last_assigned, created_at FROM users, n WHERE login = 'portal' AND {crowd} > 0"
        );
        db.execute_unprepared(&made).await?;
        db.close().await?;
        server.up()?;
        let mut wire = Wire::open(&Seat::take(&server.url(), "agent").await?).await?;
        let mut times = Vec::new();
        for round in 0..250 {
            let before = Instant::now();
            save(&mut wire, body).await?;
            if round >= 50 {
                times.push(before.elapsed());
            }
        }
        times.sort_unstable();
        met.push(times[times.len() / 2].as_secs_f64() * 1e3);
    }
    Ok((met[0], met[1]))
}

async fn save(wire: &mut Wire, body: &str) -> Result<()> {
    let (status, answer) = wire.post("/api/records/complaint", body.as_bytes()).await?;
    anyhow::ensure!(status == 201, "{status} {}", String::from_utf8_lossy(answer));
    Ok(())
}

/// Eight connections that do nothing but save.
async fn at_once(server: &Server) -> Result<super::load::Met> {
    let wires = Seat::take(&server.url(), "agent").await?.wires(8).await?;
    let body = complaint().to_string();
    super::load::run(8, Duration::from_secs(6), move |worker| {
        let (wires, body) = (wires.clone(), body.clone());
        async move { save(&mut *wires[worker].lock().await, &body).await }
    })
    .await
}
