//! Why a person may do something, or which rights would have to cover the record.

use serde::{Deserialize, Serialize};

use super::{Actor, Cover, RecordFacts, condition, rights};
use crate::id::{ModuleKey, RoleKey};
use crate::model::catalog::Catalog;
use crate::model::module::{Action, Right, Scope};

/// The answer to "why may I, why may I not".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "camelCase")]
pub enum Reason {
    /// The platform itself acts.
    System,
    /// This right of the module covers the record.
    Given { right: Right, index: usize },
    /// The person's roles have the action, but on other records.
    NotThisRecord { scopes: Vec<Scope> },
    /// No role of the person has the action; these have.
    NoRole { needs: Vec<RoleKey> },
    /// There is no such module.
    NoModule,
}

/// Which right gives the action on the record, or what is missing.
pub fn explain(catalog: &Catalog, actor: &Actor, module: &ModuleKey, action: Action, record: &RecordFacts) -> Reason {
    let Some(module) = catalog.module(module) else { return Reason::NoModule };
    if actor.system {
        return Reason::System;
    }
    let mut scopes = Vec::new();
    for (index, right) in module.definition.rights.iter().enumerate() {
        if !right.actions.contains(&action) || !actor.has(&right.role) {
            continue;
        }
        let cover: Cover = condition(&right.scope, actor);
        let barred = action != Action::Create && super::barring(module, actor).iter().any(|it| it.holds(record));
        if cover.holds(record) && !barred {
            return Reason::Given { right: right.clone(), index };
        }
        scopes.push(right.scope.clone());
    }
    if rights(module, actor, action).next().is_some() {
        return Reason::NotThisRecord { scopes };
    }
    let mut needs: Vec<RoleKey> =
        module.definition.rights.iter().filter(|it| it.actions.contains(&action)).map(|it| it.role.clone()).collect();
    needs.sort();
    needs.dedup();
    Reason::NoRole { needs }
}
