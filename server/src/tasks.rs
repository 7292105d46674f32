//! The inbox: tasks as people see them, and what they do with them. Every deed goes through [`crate::drive`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::task::{Complete, HandOver, Return, TaskDetail, TaskHead, TaskPage, TaskQuery};
use futures::FutureExt;
use runtime::engine::clock::Pause;
use runtime::engine::{Fact, Input, Instance, Refusal, stands_in_for};
use runtime::form::Writer;
use runtime::id::{FieldKey, ModuleKey, NodeId, RecordId, TaskId, UserId};
use runtime::limits::{COMMENT_CHARS, PAGE_ROWS};
use runtime::model::flow::{ElementKind, UserTask};
use runtime::model::module::{Access, Action};
use runtime::model::view::{View, ViewContent};
use runtime::policy::{self, RecordFacts};
use serde_json::{Map, Value, json};

use crate::actor::Actor;
use crate::app::App;
use crate::cursor;
use crate::definitions::{Live, Pinned};
use crate::drive::{Work, node_titles};
use crate::error::Error;
use crate::records::seat::Seat;
use crate::records::{self, label_of};
use crate::store::About;
use crate::store::records::Stored;
use crate::store::sql::{Dialect, Query, Sql, is_unique_violation, like};
use crate::store::tasks::{self as rows, Task};
use crate::store::{instances, records as record_rows};

/// The person, and everybody they stand in for now.
pub(crate) fn selves(app: &App, actor: &Actor) -> Vec<UserId> {
    let away = stands_in_for(&app.people.state().directory, actor.id(), app.clock.now());
    std::iter::once(actor.id().clone()).chain(away).collect()
}

/// Everything a person is a candidate as: themselves, their roles, and those of the people they stand in for.
fn candidacies(app: &App, actor: &Actor) -> Vec<String> {
    let state = app.people.state();
    let mut found = BTreeSet::new();
    for it in selves(app, actor) {
        found.insert(format!("u:{it}"));
        let known = if it == *actor.id() { Some(&actor.person) } else { state.directory.get(&it) };
        for role in known.iter().flat_map(|it| &it.roles) {
            found.insert(rows::by_role(role, None));
            found.extend(known.iter().flat_map(|it| &it.department_path).map(|it| rows::by_role(role, Some(it))));
        }
    }
    found.into_iter().collect()
}

/// `GET /api/tasks`
pub async fn list(app: &App, actor: &Actor, query: &TaskQuery) -> Result<TaskPage, Error> {
    let db = app.store.read();
    let inbox = query.inbox.as_deref().unwrap_or("mine");
    let mut condition = in_box(app, actor, inbox)?;
    for (column, value) in [("flow", &query.flow), ("node", &query.node)] {
        if let Some(value) = value {
            condition.push(&format!(" AND {column} = ")).bind(value.as_str());
        }
    }
    if query.overdue {
        condition.push(" AND due_at < ").bind(app.clock.stamp());
    }
    if let Some(q) = query.q.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
        let word = if app.store.dialect() == Dialect::Postgres { " ILIKE " } else { " LIKE " };
        condition.push(" AND subject").push(word).bind(format!("%{}%", like(q))).push(" ESCAPE '\\'");
    }
    let order = match (inbox, query.sort.as_deref().unwrap_or("due")) {
        ("done", _) => Order::Ended,
        (_, "due") => Order::Due,
        (_, "-opened") => Order::Opened,
        (_, "priority") => Order::Priority,
        (_, other) => return Err(Error::malformed(format!("expected due, -opened or priority, found `{other}`"))),
    };
    let limit = crate::page::rows(query.limit, 50, PAGE_ROWS)?;
    if let Some(text) = &query.after {
        order.after(&mut condition, text)?;
    }
    let mut found = rows::find_where(db, condition, &format!(" ORDER BY {} LIMIT {}", order.by(), limit + 1)).await?;
    let more = found.len() as u64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|it| order.place(it));
    let mut counts = BTreeMap::new();
    for name in ["mine", "group", "started"] {
        counts.insert(name.to_owned(), count(app, in_box(app, actor, name)?).await?);
    }
    Ok(TaskPage { rows: heads(app, actor, found).await?, next, counts })
}

/// In which order an inbox is shown. A page begins behind a place in that order, so that tasks which come and go
/// meanwhile neither hide nor repeat others.
#[derive(Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
enum Order {
    Due,
    Opened,
    Priority,
    Ended,
}

/// Stands for no due time; later than every moment.
const NEVER: &str = "9999";

impl Order {
    fn by(self) -> &'static str {
        match self {
            Self::Due => "COALESCE(due_at, '9999'), id",
            Self::Opened => "opened_at DESC, id DESC",
            Self::Priority => "-priority, COALESCE(due_at, '9999'), id",
            Self::Ended => "COALESCE(ended_at, '') DESC, id DESC",
        }
    }

    fn place(self, task: &Task) -> String {
        let at = match self {
            Self::Due | Self::Priority => task.due_at.as_deref().unwrap_or(NEVER),
            Self::Opened => &task.opened_at,
            Self::Ended => task.ended_at.as_deref().unwrap_or_default(),
        };
        cursor::write(&(self, task.priority, at, &task.id))
    }

    /// Adds the condition that a task comes behind a place.
    fn after(self, condition: &mut Query, text: &str) -> Result<(), Error> {
        let (order, priority, at, id): (Self, i64, String, TaskId) = cursor::read(text)?;
        if order != self {
            return Err(cursor::foreign());
        }
        match self {
            Self::Due => condition.push(" AND (COALESCE(due_at, '9999'), id) > ("),
            Self::Opened => condition.push(" AND (opened_at, id) < ("),
            Self::Priority => {
                condition.push(" AND (-priority, COALESCE(due_at, '9999'), id) > (").bind(-priority).push(", ")
            }
            Self::Ended => condition.push(" AND (COALESCE(ended_at, ''), id) < ("),
        };
        condition.bind(at).push(", ").bind(id.as_str()).push(")");
        Ok(())
    }
}

fn in_box(app: &App, actor: &Actor, inbox: &str) -> Result<Query, Error> {
    let mut condition = Query::default();
    match inbox {
        "mine" => {
            condition.push("state = 'open' AND assignee IN ").bind_list(selves(app, actor).iter().map(UserId::as_str));
        }
        "group" => {
            condition.push("state = 'open' AND assignee IS NULL AND id IN (SELECT task FROM candidates WHERE who IN ");
            condition.bind_list(candidacies(app, actor)).push(")");
        }
        "sent" => {
            condition.push("state = 'open' AND sent_by = ").bind(actor.id().as_str());
        }
        "started" => {
            condition.push("state = 'open' AND started_by = ").bind(actor.id().as_str());
        }
        "done" => {
            condition.push("state IN ('done', 'returned') AND ended_by = ").bind(actor.id().as_str());
        }
        "all" if actor.outside() => return Err(Error::NoRights("see everybody's tasks".to_owned())),
        "all" => {
            condition.push("state = 'open' AND ");
            readable_records(app, actor, &mut condition)?;
        }
        other => {
            return Err(Error::malformed(format!("expected mine, group, started, sent, done or all, found `{other}`")));
        }
    }
    unbarred(app, actor, &mut condition)?;
    Ok(condition)
}

/// Adds the condition that the row's record does not name the person as having nothing to do with it.
fn unbarred(app: &App, actor: &Actor, condition: &mut Query) -> Result<(), Error> {
    let live = app.definitions.live();
    let barring = |it: &&crate::definitions::Module| !it.definition.barred.is_empty();
    for module in live.modules.values().map(|it| it.as_ref()).filter(barring) {
        let seat = Seat::take(app, actor, &module.key)?;
        let cover = policy::unbarred(&live.catalog, &seat.who, &module.key);
        if cover == policy::Cover::All {
            continue;
        }
        // Asked by the record's key, task by task: nobody reads through all records of a module to count an inbox.
        condition.push(" AND (module <> ").bind(module.key.as_str());
        condition
            .push(&format!(" OR EXISTS (SELECT 1 FROM {} r WHERE r.id = tasks.record AND ", module.table.quoted()));
        seat.covered(condition, &cover);
        condition.push("))");
    }
    Ok(())
}

/// Adds the condition that the row's record (`module`, `record`) may be read by the person.
pub(crate) fn readable_records(app: &App, actor: &Actor, condition: &mut Query) -> Result<(), Error> {
    let live = app.definitions.live();
    condition.push("(1 = 0");
    for key in live.modules.keys() {
        let seat = Seat::take(app, actor, key)?;
        let cover = seat.cover(Action::Read);
        if cover.is_nothing() {
            continue;
        }
        condition.push(" OR (module = ").bind(key.as_str());
        if cover != policy::Cover::All {
            condition.push(&format!(
                " AND record IN (SELECT id FROM {} WHERE deleted_at IS NULL AND ",
                seat.module.table.quoted()
            ));
            seat.covered(condition, &cover);
            condition.push(")");
        }
        condition.push(")");
    }
    condition.push(")");
    Ok(())
}

async fn count(app: &App, condition: Query) -> Result<u64, Error> {
    let mut query = Query { text: "SELECT COUNT(*) FROM tasks WHERE ".to_owned(), values: condition.values };
    query.push(&condition.text);
    Ok(app.store.read().row(query).await?.map(|it| it.get::<i64>(0)).transpose()?.unwrap_or(0) as u64)
}

/// Number of tasks the person could do now: assigned, and those of groups.
pub async fn open_count(app: &App, actor: &Actor) -> Result<u64, Error> {
    Ok(count(app, in_box(app, actor, "mine")?).await? + count(app, in_box(app, actor, "group")?).await?)
}

/// Open tasks of a record.
pub(crate) async fn of_record(app: &App, actor: &Actor, record: &RecordId) -> Result<Vec<TaskHead>, Error> {
    let mut condition = Query::new("state = 'open' AND record = ");
    condition.bind(record.as_str());
    heads(app, actor, rows::find_where(app.store.read(), condition, " ORDER BY opened_at, id").await?).await
}

/// True if the person has, or could claim, an open task of the record.
pub(crate) async fn has_open(app: &App, actor: &Actor, record: &RecordId) -> Result<bool, Error> {
    let mut condition = Query::new("state = 'open' AND record = ");
    condition.bind(record.as_str()).push(" AND (assignee IN ").bind_list(selves(app, actor).iter().map(UserId::as_str));
    condition
        .push(" OR (assignee IS NULL AND id IN (SELECT task FROM candidates WHERE who IN ")
        .bind_list(candidacies(app, actor))
        .push(")))");
    Ok(!rows::find_where(app.store.read(), condition, " LIMIT 1").await?.is_empty())
}

/// Tasks as they are listed: with the label and the stage of their records.
async fn heads(app: &App, actor: &Actor, tasks: Vec<Task>) -> Result<Vec<TaskHead>, Error> {
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    let db = app.store.read();
    let live = app.definitions.live();
    let mut query = Query::new("SELECT task FROM candidates WHERE who IN ");
    query.bind_list(candidacies(app, actor)).push(" AND task IN ").bind_list(tasks.iter().map(|it| it.id.as_str()));
    let mine: BTreeSet<String> = db.rows(query).await?.iter().map(|it| it.get(0)).collect::<Result<_, _>>()?;
    let mut records: BTreeMap<ModuleKey, BTreeSet<RecordId>> = BTreeMap::new();
    for it in &tasks {
        records.entry(it.module.clone()).or_default().insert(it.record.clone());
    }
    let mut data: BTreeMap<RecordId, Map<String, Value>> = BTreeMap::new();
    for (module, ids) in records {
        if let Some(module) = live.modules.get(&module) {
            let found = record_rows::find_all(db, &module.table, &ids.into_iter().collect::<Vec<_>>()).await?;
            data.extend(found.into_iter().map(|it| (it.id, it.data)));
        }
    }
    let mut versions: BTreeMap<String, String> = BTreeMap::new();
    let mut query = Query::new("SELECT id, version FROM instances WHERE id IN ");
    query.bind_list(tasks.iter().map(|it| it.instance.as_str()));
    for row in db.rows(query).await? {
        versions.insert(row.get(0)?, row.get(1)?);
    }
    listed(app, actor, tasks, &Around { mine, data, versions }).await
}

/// Open tasks of a record that was made just now, with what was written beside them.
pub(crate) async fn just_opened(
    app: &App,
    actor: &Actor,
    record: &Stored,
    flows: &[instances::Stored],
    opened: Vec<(Task, BTreeSet<String>)>,
) -> Result<Vec<TaskHead>, Error> {
    let who = candidacies(app, actor);
    let mut around = Around::default();
    let mut tasks = Vec::new();
    for (task, candidates) in opened.into_iter().filter(|it| it.0.state == "open") {
        if who.iter().any(|it| candidates.contains(it)) {
            around.mine.insert(task.id.0.clone());
        }
        tasks.push(task);
    }
    tasks.sort_by(|a, b| (&a.opened_at, &a.id).cmp(&(&b.opened_at, &b.id)));
    around.data.insert(record.id.clone(), record.data.clone());
    around.versions = flows.iter().map(|it| (it.id.0.clone(), it.version.clone())).collect();
    listed(app, actor, tasks, &around).await
}

/// What is shown beside tasks.
#[derive(Default)]
struct Around {
    /// Tasks the person could claim.
    mine: BTreeSet<String>,
    /// The records they are about.
    data: BTreeMap<RecordId, Map<String, Value>>,
    /// The flow version of each instance.
    versions: BTreeMap<String, String>,
}

async fn listed(app: &App, actor: &Actor, tasks: Vec<Task>, around: &Around) -> Result<Vec<TaskHead>, Error> {
    let db = app.store.read();
    let live = app.definitions.live();
    let now = app.clock.stamp();
    let selves = selves(app, actor);
    let people = app.people.state();
    let Around { mine, data, versions } = around;
    let mut heads = Vec::new();
    let who = app.rights_of(actor);
    for it in tasks {
        // Whoever a record has come to name as having nothing to do with it does not see its tasks either.
        if let Some(data) = data.get(&it.record)
            && policy::is_barred(&live.catalog, &who, &it.module, &RecordFacts { owner: None, department: None, data })
        {
            continue;
        }
        let titles = match versions.get(it.instance.as_str()) {
            Some(version) => node_titles(app.definitions.pinned(db, version).await?.as_ref(), &it.node),
            None => BTreeMap::new(),
        };
        let open = it.state == "open";
        let candidate = it.assignee.is_none() && mine.contains(it.id.as_str());
        let module = live.modules.get(&it.module);
        let nothing = Map::new();
        let fields = data.get(&it.record).unwrap_or(&nothing);
        let field = |key: Option<&FieldKey>| key.and_then(|key| fields.get(key.as_str()));
        heads.push(TaskHead {
            titles,
            record_label: label_of(field(module.map(|it| &it.definition.label))),
            record_number: label_of(field(module.and_then(|it| it.number.as_ref().map(|it| &it.0)))),
            stage: field(module.and_then(|it| it.definition.stage.as_ref()))
                .and_then(|it| it.as_str().map(str::to_owned)),
            claimable: open && candidate,
            mine: open && (candidate || it.assignee.as_ref().is_some_and(|it| selves.contains(it))),
            behalf: it
                .assignee
                .as_ref()
                .filter(|it| *it != actor.id() && selves.contains(it))
                .map(|it| people.name(it.as_str())),
            assignee_name: it.assignee.as_ref().map(|it| people.name(it.as_str())),
            assignee: it.assignee.map(|it| it.0),
            overdue: open && it.due_at.as_ref().is_some_and(|it| *it < now),
            id: it.id.0,
            flow: it.flow.0,
            node: it.node.0,
            module: it.module.0,
            record: it.record.0,
            opened_at: it.opened_at,
            due_at: it.due_at,
            priority: it.priority,
            returned: it.returned,
            completed_at: it.ended_at,
            outcome: it.outcome,
        });
    }
    Ok(heads)
}

fn user_task<'a>(pinned: &'a Pinned, node: &NodeId) -> Option<&'a UserTask> {
    pinned.plan.flow().all().into_iter().find(|it| it.id == *node).and_then(|it| {
        let ElementKind::UserTask(task) = &it.kind else { return None };
        Some(task.as_ref())
    })
}

/// The view a task is done in, and what the person may write there.
fn step_view<'a>(seat: &'a Seat, task: Option<&UserTask>) -> (Option<&'a View>, BTreeMap<FieldKey, Access>) {
    let module = seat.live.catalog.module(&seat.module.key);
    let view = task.and_then(|it| it.form.as_ref()).and_then(|key| module.and_then(|it| it.views.get(key)));
    match view {
        Some(view) => (Some(view), policy::step_fields(&seat.live.catalog, &seat.who, &seat.module.key, view)),
        // A task without a form asks for an outcome only.
        None => (None, seat.access.iter().map(|(key, it)| (key.clone(), (*it).min(Access::Read))).collect()),
    }
}

/// What a decision rests on: the fields the person sees on the step's form, or of the record where it has none.
fn shown(view: Option<&View>, access: &BTreeMap<FieldKey, Access>) -> Vec<FieldKey> {
    let form = view.and_then(|it| match &it.content {
        ViewContent::Form(form) => Some(form),
        ViewContent::List(_)
        | ViewContent::Kanban(_)
        | ViewContent::Calendar(_)
        | ViewContent::Tree(_)
        | ViewContent::Detail(_) => None,
    });
    let named = |key: &FieldKey| {
        form.is_none_or(|form| form.sections.iter().flat_map(|it| &it.fields).any(|it| it.field == *key))
    };
    access.iter().filter(|it| *it.1 >= Access::Read && named(it.0)).map(|it| it.0.clone()).collect()
}

/// `GET /api/tasks/{id}`: for who may do it, and for who may read the record.
pub async fn detail(app: &App, actor: &Actor, id: &TaskId) -> Result<TaskDetail, Error> {
    let missing = || Error::NotFound("task".to_owned());
    let db = app.store.read();
    let row = rows::find(db, id).await?.filter(|it| it.state == "open").ok_or_else(missing)?;
    let instance = instances::find(db, &row.instance, false).await?.ok_or_else(missing)?;
    let pinned = app.definitions.pinned(db, &instance.version).await?;
    let seat = Seat::take(app, actor, &row.module)?;
    let node = row.node.clone();
    let head = heads(app, actor, vec![row]).await?.pop().ok_or_else(missing)?;
    let record = RecordId(head.record.clone());
    let stored = records::may_read(app, actor, &seat, &record)
        .await
        .map_err(|it| if matches!(it, Error::NotFound(_)) { missing() } else { it })?;
    let task = user_task(&pinned, &node);
    let access = if head.mine { step_view(&seat, task).1 } else { seat.access.clone() };
    let facts = instances::facts(db, &instance.id).await?;
    let assigned = facts.iter().rev().find_map(|(_, _, fact)| {
        let Fact::Assigned { task, to, why, ranking } = fact else { return None };
        (task == id).then(|| json!({"to": to, "why": why, "ranking": ranking}))
    });
    let open = instance.body.tasks.get(id);
    let names = app.people.state();
    let look = crate::deeds::Look { app, actor, pinned: &pinned, instance: &instance.body, record: &stored };
    Ok(TaskDetail {
        lent_by: open.and_then(|it| it.lent.last()).map(|it| names.name(it.as_str())),
        suspended: open.is_some_and(|it| instance.body.stopped.get(&it.token).is_some_and(|it| Pause::open(it))),
        clock_stands: open.is_some_and(|it| it.clock.is_some() && instance.body.stands_still(it.token)),
        signers: open.map(|it| look.signers(it)).unwrap_or_default(),
        signer: open.and_then(|it| it.signer),
        deeds: look.offered(id),
        step: match seat.live.carried(&pinned, db.dialect()) {
            Some(carried) => carried.step(serde_json::to_value(task)?),
            None => serde_json::to_value(task)?,
        },
        texts: pinned.texts.clone(),
        record: records::shown(app, actor, &seat, &stored, &access).await?,
        history: records::entries(app, actor, &seat, &record, &access).await?,
        instance: instance.id.0.clone(),
        return_to: if head.mine && !actor.outside() {
            returns(&pinned, &instance.body, task, &node)
        } else {
            Vec::new()
        },
        assigned: assigned.filter(|_| !actor.outside()),
        task: head,
    })
}

/// Steps the work can go back to: those the task names, or those that were done.
fn returns(
    pinned: &Pinned,
    instance: &Instance,
    task: Option<&UserTask>,
    node: &NodeId,
) -> Vec<(String, BTreeMap<String, String>)> {
    let done = |it: &&NodeId| instance.done.contains_key(*it) && *it != node && user_task(pinned, it).is_some();
    let named = task.map(|it| it.return_to.as_slice()).unwrap_or_default();
    let nodes: Vec<&NodeId> = if named.is_empty() {
        instance.done.keys().filter(done).collect()
    } else {
        named.iter().filter(done).collect()
    };
    // The last one first: that is where most work goes back to. Ids of tasks count up.
    let when = |it: &NodeId| {
        let task = instance.done.get(it).and_then(|it| it.task.as_ref());
        task.and_then(|it| it.as_str().rsplit('.').next()?.parse::<u64>().ok())
    };
    let mut nodes = nodes;
    nodes.sort_by_key(|it| std::cmp::Reverse(when(it)));
    nodes.into_iter().map(|it| (it.0.clone(), node_titles(pinned, it))).collect()
}

/// `POST /api/tasks/{id}/claim`; none: the task is gone.
pub async fn claim(app: &Arc<App>, actor: &Actor, id: &TaskId) -> Result<Option<TaskDetail>, Error> {
    give(app, actor, id, Input::Claim { task: id.clone() }).await
}

/// `POST /api/tasks/{id}/release`
pub async fn release(app: &Arc<App>, actor: &Actor, id: &TaskId) -> Result<Option<TaskDetail>, Error> {
    give(app, actor, id, Input::Release { task: id.clone() }).await
}

/// `POST /api/tasks/{id}/return`
pub async fn give_back(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Return) -> Result<Option<TaskDetail>, Error> {
    let given = give(app, actor, id, Input::Return { task: id.clone(), to: NodeId(ask.to), reason: ask.reason }).await;
    match given {
        Err(Error::Refused(Refusal::CommentNeeded)) => {
            Err(crate::people::invalid("/reason", "required", "expected a reason"))
        }
        other => other,
    }
}

/// `POST /api/tasks/{id}/handover`
pub async fn hand_over(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: HandOver) -> Result<Option<TaskDetail>, Error> {
    give(app, actor, id, Input::HandOver { task: id.clone(), to: UserId(ask.to), reason: ask.reason }).await
}

/// Gives an input about a task the person may know of.
pub(crate) async fn give(
    app: &Arc<App>,
    actor: &Actor,
    id: &TaskId,
    input: Input,
) -> Result<Option<TaskDetail>, Error> {
    act(app, actor, id, input, true).await
}

/// The same about a task the person was found to know of.
pub(crate) async fn deed(
    app: &Arc<App>,
    actor: &Actor,
    task: &Task,
    input: Input,
) -> Result<Option<TaskDetail>, Error> {
    act(app, actor, &task.id, input, false).await
}

/// What somebody says with a deed.
fn words(input: &Input) -> &str {
    match input {
        Input::HandOver { reason, .. }
        | Input::Return { reason, .. }
        | Input::Delegate { reason, .. }
        | Input::Withdraw { reason, .. }
        | Input::AddSigner { reason, .. }
        | Input::RemoveSigner { reason, .. }
        | Input::SuspendTask { reason, .. }
        | Input::Skip { reason, .. } => reason,
        Input::Resolve { comment, .. } | Input::Cc { comment, .. } | Input::Urge { comment, .. } => comment,
        _ => "",
    }
}

/// Refuses a novel.
fn short(words: &str) -> Result<(), Error> {
    if words.chars().count() <= COMMENT_CHARS {
        return Ok(());
    }
    Err(Error::malformed(format!("expected at most {COMMENT_CHARS} characters of comment or reason")))
}

async fn act(app: &Arc<App>, actor: &Actor, id: &TaskId, input: Input, ask: bool) -> Result<Option<TaskDetail>, Error> {
    short(words(&input))?;
    let unit = Arc::new((app.clone(), actor.clone(), id.clone(), input));
    let about = About { task: Some(id.clone()), counter: None, kind: "act".to_owned(), foresight: app.clone() };
    let open = app
        .store
        .write_shared(about, move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, id, input) = unit.as_ref();
                let (mut work, task) = Work::of_task(app, tx, actor, id).await?;
                if ask {
                    known(app, actor, &work).await?;
                }
                if let Input::HandOver { to, .. } | Input::Delegate { to, .. } | Input::AddSigner { who: to, .. } =
                    input
                {
                    may_get(app, &work, to)?;
                }
                work.input(&task.instance, input.clone()).await?;
                Ok(work.finish().await?.has_open(id))
            }
            .boxed()
        })
        .await?;
    after(app, actor, id, open).await
}

/// Whether somebody may be given a task of a record: nobody of whom the module says that they have nothing to do with it.
fn may_get(app: &App, work: &Work<'_>, to: &UserId) -> Result<(), Error> {
    if is_let_in(app, &work.live, &work.module.key, &work.record, to) {
        Ok(())
    } else {
        Err(Error::Refused(Refusal::NoSuchPerson { person: to.0.clone() }))
    }
}

/// The same of a record that was read.
pub(crate) fn is_let_in(app: &App, live: &Live, module: &ModuleKey, record: &Stored, to: &UserId) -> bool {
    let people = app.people.state();
    let Some(person) = people.directory.get(to) else { return false };
    // To whom of the customer it may be given is a matter of the step.
    if person.customer.is_some() {
        return true;
    }
    let who = policy::Actor::new(person.clone(), &people.parents);
    let barred = policy::is_barred(&live.catalog, &who, module, &records::seat::facts(record));
    !barred && !policy::may(&live.catalog, &who, module, Action::Read).is_nothing()
}

/// The person's seat before the record of a task, if they may know of the task.
async fn known(app: &App, actor: &Actor, work: &Work<'_>) -> Result<Seat, Error> {
    let seat = Seat::take(app, actor, &work.module.key)?;
    if work.has_record() && records::knows(app, actor, &seat, &work.record).await? {
        Ok(seat)
    } else {
        Err(Error::NotFound("task".to_owned()))
    }
}

/// The task, if the person may know of it.
pub(crate) async fn may_see(app: &App, actor: &Actor, id: &TaskId) -> Result<Task, Error> {
    let missing = || Error::NotFound("task".to_owned());
    let task = rows::find(app.store.read(), id).await?.ok_or_else(missing)?;
    let seat = Seat::take(app, actor, &task.module)?;
    match records::may_read(app, actor, &seat, &task.record).await {
        Ok(_) => Ok(task),
        Err(Error::NotFound(_)) => Err(missing()),
        Err(error) => Err(error),
    }
}

/// What is left of a task after a deed; none: it is done, or the person may not see it any more.
async fn after(app: &App, actor: &Actor, id: &TaskId, open: bool) -> Result<Option<TaskDetail>, Error> {
    if !open {
        return Ok(None);
    }
    match detail(app, actor, id).await {
        Ok(detail) => Ok(Some(detail)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// `POST /api/tasks/{id}/complete`: the form's fields and the outcome, in one transaction.
pub async fn complete(app: &Arc<App>, actor: &Actor, id: &TaskId, ask: Complete) -> Result<Option<TaskDetail>, Error> {
    short(&ask.comment)?;
    let unit = Arc::new((app.clone(), actor.clone(), id.clone(), ask));
    let about = About { task: Some(id.clone()), counter: None, kind: "complete".to_owned(), foresight: app.clone() };
    let done = app
        .store
        .write_shared(about, move |tx| {
            let unit = unit.clone();
            async move {
                let (app, actor, id, ask) = unit.as_ref();
                let (mut work, task) = Work::of_task(app, tx, actor, id).await?;
                let seat = known(app, actor, &work).await?;
                finish_task(app, tx, &mut work, &seat, &task, ask).await?;
                Ok(work.finish().await?.has_open(id))
            }
            .boxed()
        })
        .await;
    match done {
        Ok(open) => after(app, actor, id, open).await,
        Err(error) if is_unique_violation(&error) => {
            let task = rows::find(app.store.read(), id).await?.ok_or_else(|| Error::NotFound("task".to_owned()))?;
            let live = app.definitions.live();
            Err(records::unique(&live.module(&task.module)?.table, error))
        }
        Err(error) => Err(error),
    }
}

/// Fills the task's form and completes it, within a unit of work.
pub(crate) async fn finish_task(
    app: &Arc<App>,
    tx: &crate::store::Tx,
    work: &mut Work<'_>,
    seat: &Seat,
    task: &Task,
    ask: &Complete,
) -> Result<(), Error> {
    // Who may not do it is told so before the form has its say.
    work.must_be_able(&task.instance, &task.id).await?;
    let pinned = work.pinned(&task.instance)?;
    let (view, access) = step_view(seat, user_task(&pinned, &task.node));
    if work.has_record() {
        let shown = shown(view, &access);
        records::conflicts(app, tx, seat, work, ask.version, &ask.data, &shown).await?;
        work.accept(&ask.data, view, &access, Writer::Person).await?;
    }
    let value = |key: &String| (key.clone(), work.record.data.get(key).cloned().unwrap_or(Value::Null));
    let data: Map<String, Value> = ask.data.keys().map(value).collect();
    let input =
        Input::Complete { task: task.id.clone(), outcome: ask.outcome.clone(), data, comment: ask.comment.clone() };
    work.input(&task.instance, input).await
}
