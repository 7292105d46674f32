//! A record has another name: those that refer to it become findable by it, some at a time, so that a customer of ten
//! thousand orders does not hold up the work of others.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use serde_json::{Map, Value};

use crate::app::App;
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

async fn step(app: &App, tx: &Tx) -> Result<bool, Error> {
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
    }
    let to = found.last().filter(|_| found.len() == AT_ONCE).map(|it| it.n);
    renames::done(tx, rename.n, to).await?;
    Ok(true)
}
