//! A record has another name, or another value that others compute with: those that refer to it become findable by the
//! one and take over the other, some at a time, so that a customer of ten thousand orders does not hold up the work of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use runtime::form::Writer;
use runtime::id::{ModuleKey, RecordId};
use runtime::model::module::TriggerEvent;
use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::app::App;
use crate::drive::Work;
use crate::error::Error;
use crate::records::{holds_item, names};
use crate::store::Tx;
use crate::store::records as rows;
use crate::store::renames;
use crate::store::sql::{Query, Sql, ident};
use crate::store::table::{Kind, Target};

/// Records done in one transaction.
const AT_ONCE: usize = 100;

/// Does some of what is left. True if there was something.
pub(super) async fn some(app: &Arc<App>) -> Result<bool, Error> {
    if !renames::any(app.store.read()).await? {
        return Ok(false);
    }
    let unit = app.clone();
    app.store
        .write(move |tx| {
            let app = unit.clone();
            async move { step(&app, tx).await }.boxed()
        })
        .await
}

async fn step(app: &Arc<App>, tx: &Tx) -> Result<bool, Error> {
    let Some(rename) = renames::next(tx).await? else { return Ok(false) };
    let live = app.definitions.live();
    let Some(module) = live.modules.get(&rename.referring) else {
        renames::done(tx, rename.n, None).await?;
        return Ok(true);
    };
    let mut condition = Query::new("n > ");
    condition.bind(rename.after).push(" AND (1 = 0");
    for column in
        module.table.columns.iter().filter(|it| matches!(&it.target, Target::Module(key) if *key == rename.module))
    {
        condition.push(" OR ");
        if column.kind == Kind::Json {
            holds_item(&mut condition, column, tx.dialect(), rename.record.as_str());
        } else {
            condition.push(&ident(&column.name)).push(" = ").bind(rename.record.as_str());
        }
    }
    condition.push(")");
    let found = rows::find_where(tx, &module.table, condition, &format!(" ORDER BY n LIMIT {AT_ONCE}")).await?;
    let data: Vec<&Map<String, Value>> = found.iter().map(|it| &it.data).collect();
    let names = names(&live, tx, module, &data, &BTreeMap::new()).await?;
    for it in &found {
        rows::reindex(tx, &module.table, it, &names).await?;
        compute_again(app, tx, &module.key, &it.id).await?;
    }
    let to = found.last().filter(|_| found.len() == AT_ONCE).map(|it| it.n);
    renames::done(tx, rename.n, to).await?;
    Ok(true)
}

/// Lets the fields of a record that are always computed follow what they are computed from. One that is not right by
/// today's rules stays as it is: whoever saves it next is told.
async fn compute_again(app: &Arc<App>, tx: &Tx, module: &ModuleKey, id: &RecordId) -> Result<(), Error> {
    let actor = Actor::system();
    let mut work = Work::open(app, tx, &actor, module, id).await?;
    match work.accept(&Map::new(), None, &BTreeMap::new(), Writer::Flow).await {
        Ok(_) if work.has_changed() => {
            work.trigger(TriggerEvent::Updated).await?;
            work.finish().await.map(drop)
        }
        Ok(_) => Ok(()),
        Err(error @ (Error::InvalidFields(_) | Error::Refused(_))) => {
            tracing::warn!(module = module.as_str(), record = id.as_str(), %error, "a record could not follow");
            Ok(())
        }
        Err(error) => Err(error),
    }
}
