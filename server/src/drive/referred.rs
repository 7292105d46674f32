//! References a person sets: what they name is there, and the person may read it; else an id somebody has got hold of would tell
//! what it is called. What a field named before stays, whatever has become of it.

use std::collections::BTreeSet;

use api::problem::FieldFault;
use runtime::id::{DeptId, ModuleKey, RecordId, UserId};
use runtime::model::module::Action;
use runtime::policy::Cover;
use serde_json::{Map, Value};

use super::Work;
use crate::error::Error;
use crate::records::{Seat, ids, knows};
use crate::store::records as rows;
use crate::store::table::Target;

impl Work<'_> {
    /// Looks after what the person's `patch` made `data` refer to, and the record did not. What rules fill in is their word.
    ///
    /// # Errors
    /// A fault at every field that names what is not there for this person.
    pub(super) async fn referred(&self, patch: &Map<String, Value>, data: &Map<String, Value>) -> Result<(), Error> {
        if self.actor.id().as_str() == crate::actor::SYSTEM {
            return Ok(());
        }
        let mut faults = Vec::new();
        for column in self.module.table.columns.iter().filter(|it| patch.contains_key(it.key.as_str())) {
            let key = column.key.as_str();
            let known: BTreeSet<&str> = self.record.data.get(key).into_iter().flat_map(ids).collect();
            let new: BTreeSet<&str> =
                data.get(key).into_iter().flat_map(ids).filter(|it| !known.contains(it)).collect();
            for id in new {
                if !self.is_there(&column.target, id).await? {
                    faults.push(FieldFault {
                        pointer: format!("/{key}"),
                        code: "reference".to_owned(),
                        message: format!("expected something that is there and that you may see, found `{id}`"),
                        ..FieldFault::default()
                    });
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::InvalidFields(faults)) }
    }

    async fn is_there(&self, target: &Target, id: &str) -> Result<bool, Error> {
        match target {
            Target::User => Ok(self.app.people.state().directory.get(&UserId::from(id)).is_some()),
            Target::Department => Ok(self.app.people.state().departments.contains_key(&DeptId::from(id))),
            Target::Module(module) => self.is_readable(module, &RecordId::from(id)).await,
            Target::AnyModule => match rows::module_of(self.tx, &RecordId::from(id)).await? {
                Some(module) => self.is_readable(&module, &RecordId::from(id)).await,
                None => Ok(false),
            },
            // The schema says which there are.
            Target::None | Target::Dictionary(_) | Target::Role => Ok(true),
        }
    }

    async fn is_readable(&self, module: &ModuleKey, id: &RecordId) -> Result<bool, Error> {
        let Some(target) = self.live.modules.get(module) else { return Ok(false) };
        let seat = Seat::take(self.app, self.actor, module)?;
        let read = self.referenced.get(id).is_some_and(|it| !it.is_empty());
        if read && seat.cover(Action::Read) == Cover::All {
            return Ok(true);
        }
        match rows::find(self.tx, &target.table, id, false).await? {
            Some(found) => knows(self.app, self.actor, &seat, &found).await,
            None => Ok(false),
        }
    }
}
