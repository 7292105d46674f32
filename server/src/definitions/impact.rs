//! What a draft would do to running instances, before it is published: the engine's verdict over each, by flow, with
//! what somebody could map where an element has no counterpart.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::publish::{AskImpact, FlowImpact, Impact, InstanceFate, Mappings, Unmapped};
use runtime::engine::Plan;
use runtime::engine::operation::{Fate, fate, mapping, suggest};
use runtime::id::{FlowKey, ModuleKey, NodeId, PackId};
use runtime::limits;
use runtime::model::catalog::Catalog;

use super::live::{self, Live};
use super::publish::{joined, live_files, may_publish};
use super::shown::titles;
use super::{Files, Pinned, version_of};
use crate::actor::Actor;
use crate::app::App;
use crate::drive;
use crate::error::Error;
use crate::instances::{labels, may_operate};
use crate::store::definitions as rows;
use crate::store::instances::{self as instance_rows, Stored};
use crate::store::sql::{Query, Sql};
use crate::tasks::readable_records;

/// What a set of files would make of a pack's flows.
pub(super) struct Fresh {
    pub catalog: Catalog,
    /// Flows whose version would be another: key → version.
    pub changed: BTreeMap<FlowKey, String>,
    /// Flows that would be gone.
    pub gone: Vec<FlowKey>,
}

impl Fresh {
    pub fn of(live: &Live, pack: &PackId, files: &Files) -> Result<Self, Error> {
        let (loaded, alerts) = live::pack(files);
        if loaded.manifest.id != *pack {
            return Err(Error::NotPublishable(alerts));
        }
        let others = live.catalog.packs().filter(|it| it.manifest.id != *pack).cloned();
        let catalog = Catalog::new(others.chain([loaded]));
        let mut changed = BTreeMap::new();
        for (own, key, _) in catalog.flows() {
            let version = version_of(&catalog, &own.manifest.id, key)?;
            if live.flows.get(key) != Some(&version) {
                changed.insert(key.clone(), version);
            }
        }
        let gone = live.flows.keys().filter(|it| catalog.flow(it).is_none()).cloned().collect();
        Ok(Self { catalog, changed, gone })
    }
}

/// Running instances of a flow that are not on this version, as a condition.
pub(super) fn elsewhere(flow: &FlowKey, version: &str) -> Query {
    let mut condition = Query::new("state IN ('running', 'suspended') AND flow = ");
    condition.bind(flow.as_str()).push(" AND version <> ").bind(version);
    condition
}

/// How many that are.
pub(super) async fn count_elsewhere(db: &impl Sql, flow: &FlowKey, version: &str) -> Result<u64, Error> {
    let condition = elsewhere(flow, version);
    let mut query = Query { text: "SELECT COUNT(*) FROM instances WHERE ".to_owned(), values: condition.values };
    query.push(&condition.text);
    Ok(db.row(query).await?.map(|it| it.get::<i64>(0)).transpose()?.unwrap_or(0) as u64)
}

/// What people have said about one flow.
pub(super) fn given(mappings: &Mappings, flow: &FlowKey) -> BTreeMap<NodeId, NodeId> {
    let own = mappings.get(flow.as_str());
    own.into_iter().flatten().map(|(old, new)| (NodeId(old.clone()), NodeId(new.clone()))).collect()
}

/// The word of a fate. Only `move` goes by itself.
fn word(it: &Fate) -> &'static str {
    match it {
        Fate::Stay {} => "stay",
        Fate::Move { risky } if risky.is_empty() => "move",
        Fate::Move { .. } => "risky",
        Fate::NeedsMapping { .. } => "needsMapping",
        Fate::WouldBreak { .. } => "wouldBreak",
    }
}

/// `POST /api/studio/packs/{pack}/impact`
pub async fn impact(app: &App, actor: &Actor, pack: &PackId, ask: AskImpact) -> Result<Impact, Error> {
    may_publish(actor)?;
    let live = app.definitions.live();
    let files = live_files(&live, pack)?;
    let draft = rows::draft(app.store.read(), pack).await?;
    if draft.as_ref().map_or(0, |it| it.revision) != ask.revision {
        return Err(Error::Stale("the draft was changed by somebody else".to_owned()));
    }
    let draft = draft.map(|it| it.files).unwrap_or_default();
    let fresh = Fresh::of(&live, pack, &joined(&files, &draft))?;
    let mut flows = Vec::new();
    for (flow, version) in &fresh.changed {
        if let Some(it) = of_flow(app, actor, &live, &fresh, flow, version, &given(&ask.mappings, flow)).await? {
            flows.push(it);
        }
    }
    for flow in &fresh.gone {
        let running = count_elsewhere(app.store.read(), flow, "").await?;
        if running > 0 {
            flows.push(FlowImpact {
                titles: titles(&live.catalog, &format!("flow/{flow}"), flow.as_str(), None),
                flow: flow.0.clone(),
                removed: true,
                running,
                looked_at: running,
                fates: BTreeMap::from([("stay".to_owned(), running)]),
                ..FlowImpact::default()
            });
        }
    }
    Ok(Impact { flows })
}

/// One flow; none: nothing of it runs.
async fn of_flow(
    app: &App,
    actor: &Actor,
    live: &Live,
    fresh: &Fresh,
    key: &FlowKey,
    version: &str,
    given: &BTreeMap<NodeId, NodeId>,
) -> Result<Option<FlowImpact>, Error> {
    let db = app.store.read();
    let running = count_elsewhere(db, key, version).await?;
    let Some(flow) = fresh.catalog.flow(key).filter(|_| running > 0) else { return Ok(None) };
    let plan = Plan::compile(&fresh.catalog, flow).map_err(Error::NotPublishable)?;
    let tail = format!(" ORDER BY id LIMIT {}", limits::IMPACT_LOOKED_AT);
    let heads = instance_rows::heads(db, elsewhere(key, version), &tail).await?;
    let readable = readable(app, actor, elsewhere(key, version), &tail).await?;
    let mut versions: BTreeMap<String, (Arc<Pinned>, BTreeMap<NodeId, NodeId>)> = BTreeMap::new();
    let mut fates: BTreeMap<String, u64> = BTreeMap::new();
    let mut unmapped: BTreeMap<NodeId, (u64, String)> = BTreeMap::new();
    let mut told: Vec<(Stored, Fate)> = Vec::new();
    let looked_at = heads.len() as u64;
    for head in heads {
        let Some(stored) = instance_rows::find(db, &head.id, false).await? else { continue };
        if !versions.contains_key(&stored.version) {
            let old = app.definitions.pinned(db, &stored.version).await?;
            let known = mapping(old.plan.flow(), flow, given);
            versions.insert(stored.version.clone(), (old, known));
        }
        let Some((_, known)) = versions.get(&stored.version) else { continue };
        let what = fate(&plan, &stored.body, known);
        *fates.entry(word(&what).to_owned()).or_default() += 1;
        if let Fate::NeedsMapping { nodes } = &what {
            for node in nodes {
                unmapped.entry(node.clone()).or_insert_with(|| (0, stored.version.clone())).0 += 1;
            }
        }
        if told.len() < limits::IMPACT_TOLD && readable.contains(stored.id.as_str()) {
            told.push((stored, what));
        }
    }
    let suggested = |id: &NodeId, version: &String| {
        let (old, known) = versions.get(version)?;
        Some(suggest(old.plan.flow(), flow, known, id).into_iter().map(|it| it.0).collect::<Vec<_>>())
    };
    let unmapped = unmapped
        .iter()
        .map(|(id, (count, version))| Unmapped {
            id: id.0.clone(),
            titles: versions.get(version).map(|it| name(&it.0, id)).unwrap_or_default(),
            count: *count,
            suggested: suggested(id, version).unwrap_or_default(),
        })
        .collect();
    let shown: Vec<Stored> = told.iter().map(|it| it.0.clone()).collect();
    let labels = labels(app, actor, &shown).await?;
    let instances = told
        .into_iter()
        .map(|(it, what)| InstanceFate {
            at: versions
                .get(&it.version)
                .map(|old| it.at.iter().map(|at| name(&old.0, &NodeId(at.clone()))).collect())
                .unwrap_or_default(),
            record_label: labels.get(it.record.as_str()).cloned().unwrap_or_default(),
            instance: it.id.0,
            module: it.module.0,
            record: it.record.0,
            started_at: it.started_at,
            fate: word(&what).to_owned(),
            why: match what {
                Fate::WouldBreak { why } => why,
                Fate::Stay {} | Fate::Move { .. } | Fate::NeedsMapping { .. } => Vec::new(),
            },
        })
        .collect();
    Ok(Some(FlowImpact {
        titles: titles(&fresh.catalog, &format!("flow/{key}"), &flow.name, fresh.catalog.flow_pack(key)),
        flow: key.0.clone(),
        removed: false,
        running,
        looked_at,
        fates,
        unmapped,
        instances,
        may_move: may_move(app, actor, live, flow.module.as_ref()),
    }))
}

/// The name of an element of a version, in every language; its id where it has none.
fn name(old: &Pinned, id: &NodeId) -> BTreeMap<String, String> {
    let flow = old.plan.flow();
    let own = flow.all().into_iter().find(|it| it.id == *id).map(|it| it.name.as_str()).filter(|it| !it.is_empty());
    drive::titles(old, &format!("node/{}/{id}", flow.key), own.unwrap_or(id.as_str()))
}

/// Whether the person may run a flow of this module.
pub(super) fn may_move(app: &App, actor: &Actor, live: &Live, module: Option<&ModuleKey>) -> bool {
    module.is_some_and(|it| live.modules.contains_key(it) && may_operate(app, actor, it).is_ok())
}

/// Ids of instances whose records the person may read.
async fn readable(app: &App, actor: &Actor, mut condition: Query, tail: &str) -> Result<BTreeSet<String>, Error> {
    condition.push(" AND ");
    readable_records(app, actor, &mut condition)?;
    let mut query = Query { text: "SELECT id FROM instances WHERE ".to_owned(), values: condition.values };
    query.push(&condition.text).push(tail);
    app.store.read().rows(query).await?.iter().map(|row| row.get(0)).collect()
}
