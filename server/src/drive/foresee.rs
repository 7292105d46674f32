//! What units that come at the same time need of the database, read at once: the tasks they begin with, the records and
//! the instances of these. See [`crate::store::Foresight`].

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use runtime::id::{InstanceId, ModuleKey, TaskId};

use crate::app::App;
use crate::definitions::Live;
use crate::error::Error;
use crate::store::sql::{Dialect, Sql};
use crate::store::tasks::{self, Task};
use crate::store::together::Foreseen;
use crate::store::{Foresight, Tx, records};

impl Foresight for App {
    fn foresee<'t>(&'t self, tx: &'t Tx, asked: &'t [TaskId]) -> BoxFuture<'t, Result<Vec<Foreseen>, Error>> {
        async move {
            let live = self.definitions.live();
            if tx.dialect() == Dialect::Sqlite {
                return one_by_one(tx, &live, asked).await;
            }
            let mut by_module: BTreeMap<ModuleKey, Vec<Task>> = BTreeMap::new();
            for task in tasks::find_all(tx, asked).await? {
                by_module.entry(task.module.clone()).or_default().push(task);
            }
            let mut foreseen = Vec::new();
            for (module, tasks) in by_module {
                let Some(module) = live.modules.get(&module) else { continue };
                let instances: Vec<&InstanceId> = tasks.iter().map(|it| &it.instance).collect();
                let records = tasks.iter().map(|it| &it.record).collect::<Vec<_>>();
                let found = records::find_with_instances(tx, &module.table, &records, &instances).await?;
                let mut found: BTreeMap<InstanceId, _> =
                    found.into_iter().map(|(record, instance)| (instance.id.clone(), (record, instance))).collect();
                // Of two tasks of one instance the second is to see what the first has done.
                foreseen.extend(tasks.into_iter().filter_map(|task| {
                    let (record, instance) = found.remove(&task.instance)?;
                    Some(Foreseen { task, record, instance })
                }));
            }
            Ok(foreseen)
        }
        .boxed()
    }
}

/// On SQLite a question costs little, but one after the other's statements waits for these.
async fn one_by_one(tx: &Tx, live: &Live, asked: &[TaskId]) -> Result<Vec<Foreseen>, Error> {
    let mut foreseen = Vec::new();
    for id in asked {
        let Some((task, Some(instance))) = tasks::with_instance(tx, id).await? else { continue };
        let Some(module) = live.modules.get(&task.module) else { continue };
        if let Some(record) = records::find(tx, &module.table, &task.record, true).await? {
            foreseen.push(Foreseen { task, record, instance });
        }
    }
    Ok(foreseen)
}
