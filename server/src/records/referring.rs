//! What refers to a record: it is not deleted while something does.

use runtime::id::{ModuleKey, RecordId};
use runtime::limits;

use super::seat::Seat;
use crate::definitions::Module;
use crate::error::Error;
use crate::store::sql::{Query, Sql, ident, like};
use crate::store::table::{Kind, Target};

/// How many records of `other` refer to one, lines of tables within them too. `seat`: only those its person may read.
pub(crate) async fn referring(
    db: &impl Sql,
    other: &Module,
    module: &ModuleKey,
    id: &RecordId,
    seat: Option<&Seat>,
) -> Result<u64, Error> {
    let mut query = Query::new(format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM {} WHERE deleted_at IS NULL AND ",
        other.table.quoted()
    ));
    if let Some(seat) = seat {
        seat.readable(&mut query)?;
        query.push(" AND ");
    }
    query.push("id <> ").bind(id.as_str()).push(" AND (1 = 0");
    refers(&mut query, other, module, id);
    query.push(&format!(") LIMIT {}) AS found", limits::REFERRING_COUNTED));
    let count: i64 = db.row(query).await?.map(|it| it.get(0)).transpose()?.unwrap_or_default();
    Ok(count.unsigned_abs())
}

/// Adds: or that a record of `other` names the record.
fn refers(query: &mut Query, other: &Module, module: &ModuleKey, id: &RecordId) {
    for column in &other.table.columns {
        let name = ident(&column.name);
        let refers = match &column.target {
            Target::Module(key) => key == module,
            Target::AnyModule => true,
            _ => false,
        };
        match column.kind {
            // Several are a list; the lines of a table are objects. An id stands for nothing else.
            Kind::Json => {
                query.push(&format!(" OR CAST({name} AS TEXT) LIKE "));
                query.bind(format!("%{}%", like(&format!("\"{id}\"")))).push(" ESCAPE '\\'");
            }
            _ if refers => {
                query.push(&format!(" OR {name} = ")).bind(id.as_str());
            }
            _ => {}
        }
    }
}
