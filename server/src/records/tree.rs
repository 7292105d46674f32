//! Trees: records under the record they refer to, a level at a time. Who may not read what stands above sees the record at
//! the top: nothing is lost to somebody because of what it hangs on.

use std::collections::BTreeMap;

use api::record::{TreePage, TreeQuery, TreeRow};
use runtime::id::{ModuleKey, ViewKey};
use runtime::limits::{PAGE_ROWS, TREE_ROWS};
use runtime::model::module::Access;
use runtime::model::view::{TreeView, ViewContent};

use super::list::{Cursor, Sort, columns, label, page};
use super::seat::Seat;
use crate::actor::Actor;
use crate::app::App;
use crate::error::Error;
use crate::store::sql::{Query, Sql, ident};
use crate::store::table::{Kind, Target};

fn tree_view<'a>(seat: &'a Seat, view: &str) -> Result<&'a TreeView, Error> {
    let found = seat.live.catalog.module(&seat.module.key).and_then(|it| it.views.get(&ViewKey::from(view)));
    match found.map(|it| &it.content) {
        Some(ViewContent::Tree(it)) => Ok(it),
        Some(
            ViewContent::Form(_)
            | ViewContent::List(_)
            | ViewContent::Kanban(_)
            | ViewContent::Calendar(_)
            | ViewContent::Detail(_),
        )
        | None => Err(Error::NotFound("tree".to_owned())),
    }
}

/// `GET /api/trees/{module}/{view}`: what stands at the top, or under a record; with `q`, whatever is found, wherever it stands.
pub async fn tree(
    app: &App,
    actor: &Actor,
    module: &ModuleKey,
    view: &str,
    query: &TreeQuery,
) -> Result<TreePage, Error> {
    let seat = Seat::take(app, actor, module)?;
    let view = tree_view(&seat, view)?;
    let above = seat.open_column(view.parent.as_str())?.clone();
    if above.kind != Kind::Text || !matches!(&above.target, Target::Module(key) if key == module) {
        return Err(Error::malformed(format!("expected a reference to the same module, found `{}`", view.parent)));
    }
    let above = ident(&above.name);
    let table = seat.module.table.quoted();
    let mut condition = Query::new("deleted_at IS NULL AND ");
    seat.readable(&mut condition)?;
    let q = query.q.as_deref().map(str::trim).filter(|it| !it.is_empty());
    match (q, query.parent.as_deref().filter(|it| !it.is_empty())) {
        (Some(q), _) => {
            if !seat.searched(&mut condition, q) {
                return Ok(TreePage::default());
            }
        }
        (None, Some(parent)) => {
            condition.push(" AND ").push(&above).push(" = ").bind(parent);
        }
        (None, None) => {
            condition.push(&format!(
                " AND ({above} IS NULL OR {above} NOT IN (SELECT id FROM {table} WHERE deleted_at IS NULL AND "
            ));
            seat.readable(&mut condition)?;
            condition.push("))");
        }
    }
    let shown: Vec<&str> = view
        .columns
        .iter()
        .map(|it| it.field.as_str())
        .chain([seat.label().as_str()])
        .filter(|it| seat.access.get(*it).is_none_or(|it| *it > Access::Hidden))
        .collect();
    let wanted = columns(&seat, Some(&shown.join(",")))?;
    let by = view.sort.as_deref().unwrap_or(seat.label().as_str());
    let by = if seat.sees(by.trim_start_matches('-')) { by } else { "-created_at" };
    let sort = Sort::parse(&seat, by)?;
    let cursor = query.after.as_deref().map(|it| Cursor::parse(it, &sort)).transpose()?;
    let db = app.store.read();
    let limit = crate::page::rows(query.limit, TREE_ROWS, PAGE_ROWS)?;
    let mut found = page(db, &seat, &wanted, &condition, &sort, cursor, limit).await?;
    label(app, actor, &seat, &mut found.rows).await?;
    let counts = below(db, &seat, &above, found.rows.iter().map(|it| it.id.as_str())).await?;
    let row = |row: api::record::Row| TreeRow { children: counts.get(&row.id).copied().unwrap_or_default(), row };
    Ok(TreePage { next: found.next, rows: found.rows.into_iter().map(row).collect() })
}

/// How many readable records stand right under each.
async fn below(
    db: &impl Sql,
    seat: &Seat,
    above: &str,
    ids: impl Iterator<Item = &str>,
) -> Result<BTreeMap<String, u64>, Error> {
    let mut query = Query::new(format!(
        "SELECT {above}, COUNT(*) FROM {} WHERE deleted_at IS NULL AND {above} IN ",
        seat.module.table.quoted()
    ));
    query.bind_list(ids).push(" AND ");
    seat.readable(&mut query)?;
    query.push(&format!(" GROUP BY {above}"));
    let rows = db.rows(query).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get::<i64>(1)?.max(0) as u64))).collect()
}
