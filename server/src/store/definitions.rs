//! Packs, their versions and drafts, and flow versions as rows. Files are kept once by content.

use std::collections::BTreeMap;

use runtime::id::{FlowKey, ModuleKey, PackId};

use super::sql::{Query, Sql};
use crate::error::Error;

/// Text files of a pack: path → text.
pub type Files = BTreeMap<String, String>;

/// Path → hash of its content.
type Index = BTreeMap<String, String>;

fn hash(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text.as_bytes()).iter().map(|it| format!("{it:02x}")).collect()
}

/// The live packs: id and hash of the version.
pub async fn live(db: &impl Sql) -> Result<BTreeMap<PackId, String>, Error> {
    let rows = db.rows(Query::new("SELECT id, hash FROM packs ORDER BY id")).await?;
    rows.iter().map(|row| Ok((PackId(row.get(0)?), row.get(1)?))).collect()
}

/// Hash of the version that was shipped last, for packs installed from a shipment.
pub async fn shipped(db: &impl Sql) -> Result<BTreeMap<PackId, String>, Error> {
    let rows = db.rows(Query::new("SELECT id, shipped FROM packs ORDER BY id")).await?;
    rows.iter().map(|row| Ok((PackId(row.get(0)?), row.get(1)?))).collect()
}

/// The files of a pack version.
pub async fn files(db: &impl Sql, pack: &PackId, version: &str) -> Result<Files, Error> {
    let mut query = Query::new("SELECT files FROM pack_versions WHERE pack = ");
    query.bind(pack.as_str()).push(" AND hash = ").bind(version).push(" ORDER BY n DESC LIMIT 1");
    let row = db.row(query).await?.ok_or_else(|| super::fault(format!("no version {version} of pack {pack}")))?;
    let index: Index = row.json(0)?;
    let mut bodies = BTreeMap::new();
    let hashes: Vec<&String> = index.values().collect();
    for part in hashes.chunks(500) {
        let mut query = Query::new("SELECT hash, body FROM files WHERE hash IN ");
        query.bind_list(part.iter().map(|it| it.as_str()));
        for row in db.rows(query).await? {
            bodies.insert(row.get::<String>(0)?, row.get::<String>(1)?);
        }
    }
    index
        .into_iter()
        .map(|(path, hash)| {
            let body = bodies
                .get(&hash)
                .cloned()
                .ok_or_else(|| super::fault(format!("file {path} of pack {pack} is missing")))?;
            Ok((path, body))
        })
        .collect()
}

/// A version to store.
#[derive(Clone, Debug, Default)]
pub struct NewVersion {
    pub pack: PackId,
    pub hash: String,
    /// Semantic version of the manifest.
    pub version: String,
    pub files: Files,
    pub at: String,
    pub by: String,
    pub note: String,
    /// It came with the platform or from a pack file, not from the studio.
    pub shipped: bool,
}

/// Stores a version and makes it the live one.
pub async fn publish(db: &impl Sql, it: &NewVersion) -> Result<(), Error> {
    let index: Index = it.files.iter().map(|(path, text)| (path.clone(), hash(text))).collect();
    let bodies: BTreeMap<&String, &String> =
        index.iter().filter_map(|(path, hash)| Some((hash, it.files.get(path)?))).collect();
    let bodies: Vec<(&String, &String)> = bodies.into_iter().collect();
    for part in bodies.chunks(200) {
        let mut query = Query::new("INSERT INTO files (hash, body) VALUES ");
        for (place, (hash, body)) in part.iter().enumerate() {
            query.push(if place == 0 { "" } else { ", " }).bind_list([hash.as_str(), body.as_str()]);
        }
        query.push(" ON CONFLICT (hash) DO NOTHING");
        db.exec(query).await?;
    }
    let mut query =
        Query::new("INSERT INTO pack_versions (pack, hash, version, files, at, person, note, shipped) VALUES (");
    query
        .bind(it.pack.as_str())
        .push(", ")
        .bind(it.hash.as_str())
        .push(", ")
        .bind(it.version.as_str())
        .push(", ")
        .bind(serde_json::to_string(&index)?);
    query
        .push(", ")
        .bind(it.at.as_str())
        .push(", ")
        .bind(it.by.as_str())
        .push(", ")
        .bind(it.note.as_str())
        .push(", ")
        .bind(it.shipped)
        .push(")");
    db.exec(query).await?;
    let mut query = Query::new("INSERT INTO packs (id, hash, shipped) VALUES (");
    query.bind(it.pack.as_str()).push(", ").bind(it.hash.as_str()).push(", ").bind(if it.shipped {
        it.hash.as_str()
    } else {
        ""
    });
    query.push(") ON CONFLICT (id) DO UPDATE SET hash = excluded.hash");
    if it.shipped {
        query.push(", shipped = excluded.shipped");
    }
    db.exec(query).await?;
    Ok(())
}

/// A stored version, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    pub hash: String,
    pub version: String,
    pub at: String,
    pub by: String,
    pub note: String,
    pub shipped: bool,
    /// Flows it has.
    pub flows: Vec<FlowKey>,
}

/// The versions of a pack, newest first.
pub async fn versions(db: &impl Sql, pack: &PackId) -> Result<Vec<Version>, Error> {
    let mut query =
        Query::new("SELECT hash, version, at, person, note, shipped, files FROM pack_versions WHERE pack = ");
    query.bind(pack.as_str()).push(" ORDER BY n DESC LIMIT 200");
    db.rows(query)
        .await?
        .iter()
        .map(|row| {
            let files: Index = row.json(6)?;
            Ok(Version {
                hash: row.get(0)?,
                version: row.get(1)?,
                at: row.get(2)?,
                by: row.get(3)?,
                note: row.get(4)?,
                shipped: row.get(5)?,
                flows: crate::definitions::flows_in(files.keys()),
            })
        })
        .collect()
}

/// The files of a version, or that there is none.
pub async fn version_files(db: &impl Sql, pack: &PackId, version: &str) -> Result<Option<Files>, Error> {
    let mut query = Query::new("SELECT 1 FROM pack_versions WHERE pack = ");
    query.bind(pack.as_str()).push(" AND hash = ").bind(version).push(" LIMIT 1");
    if db.row(query).await?.is_none() {
        return Ok(None);
    }
    files(db, pack, version).await.map(Some)
}

/// Running instances of one flow version.
#[derive(Clone, Debug, PartialEq)]
pub struct RunningOn {
    pub flow: FlowKey,
    pub count: u64,
    /// The pack versions the flow version was published among.
    pub packs: BTreeMap<PackId, String>,
}

/// What runs, by flow version.
pub async fn running(db: &impl Sql) -> Result<Vec<RunningOn>, Error> {
    let query = Query::new(
        "SELECT v.flow, c.many, v.packs FROM flow_versions v JOIN (SELECT version, COUNT(*) AS many FROM instances WHERE state IN ('running', 'suspended') GROUP BY version) c ON c.version = v.version",
    );
    db.rows(query)
        .await?
        .iter()
        .map(|row| Ok(RunningOn { flow: FlowKey(row.get(0)?), count: row.get::<i64>(1)? as u64, packs: row.json(2)? }))
        .collect()
}

/// A draft: changed files on top of a live version; none: removed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    pub base: String,
    pub revision: i64,
    pub files: BTreeMap<String, Option<String>>,
    pub by: String,
    pub at: String,
}

/// The draft of a pack, if there is one.
pub async fn draft(db: &impl Sql, pack: &PackId) -> Result<Option<Draft>, Error> {
    let mut query = Query::new("SELECT base, revision, files, person, at FROM drafts WHERE pack = ");
    query.bind(pack.as_str()).push(db.dialect().for_update());
    db.row(query)
        .await?
        .map(|row| {
            Ok(Draft {
                base: row.get(0)?,
                revision: row.get(1)?,
                files: row.json(2)?,
                by: row.get(3)?,
                at: row.get(4)?,
            })
        })
        .transpose()
}

/// Packs that have a draft.
pub async fn drafted(db: &impl Sql) -> Result<Vec<String>, Error> {
    db.rows(Query::new("SELECT pack FROM drafts")).await?.iter().map(|row| row.get(0)).collect()
}

/// Writes the draft of a pack.
pub async fn save_draft(db: &impl Sql, pack: &PackId, it: &Draft) -> Result<(), Error> {
    let mut query = Query::new("INSERT INTO drafts (pack, base, revision, files, person, at) VALUES (");
    query
        .bind(pack.as_str())
        .push(", ")
        .bind(it.base.as_str())
        .push(", ")
        .bind(it.revision)
        .push(", ")
        .bind(serde_json::to_string(&it.files)?);
    query.push(", ").bind(it.by.as_str()).push(", ").bind(it.at.as_str());
    query.push(") ON CONFLICT (pack) DO UPDATE SET base = excluded.base, revision = excluded.revision, files = excluded.files, person = excluded.person, at = excluded.at");
    db.exec(query).await?;
    Ok(())
}

/// Drops the draft of a pack.
pub async fn drop_draft(db: &impl Sql, pack: &PackId) -> Result<(), Error> {
    let mut query = Query::new("DELETE FROM drafts WHERE pack = ");
    query.bind(pack.as_str());
    db.exec(query).await?;
    Ok(())
}

/// Stores a flow version, unless it is known: which packs its plan is made from.
pub async fn add_flow(
    db: &impl Sql,
    version: &str,
    flow: &FlowKey,
    module: Option<&ModuleKey>,
    packs: &BTreeMap<PackId, String>,
    at: &str,
) -> Result<(), Error> {
    let mut query = Query::new("INSERT INTO flow_versions (version, flow, module, packs, at) VALUES (");
    query.bind(version).push(", ").bind(flow.as_str()).push(", ").bind(module.map(ModuleKey::as_str));
    query.push(", ").bind(serde_json::to_string(packs)?).push(", ").bind(at).push(") ON CONFLICT (version) DO NOTHING");
    db.exec(query).await?;
    Ok(())
}

/// Which flow a version is of, and the pack versions it was published among.
pub async fn flow(db: &impl Sql, version: &str) -> Result<Option<(FlowKey, BTreeMap<PackId, String>)>, Error> {
    let mut query = Query::new("SELECT flow, packs FROM flow_versions WHERE version = ");
    query.bind(version);
    db.row(query).await?.map(|row| Ok((FlowKey(row.get(0)?), row.json(1)?))).transpose()
}
