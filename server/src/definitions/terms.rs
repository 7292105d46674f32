//! What people are described with: the roles, regions and skills of the installed packs, by name.

use std::collections::BTreeSet;

use api::admin::{Term, Terms};
use runtime::id::{ModuleKey, RoleKey};
use runtime::model::catalog::Catalog;
use runtime::model::module::Scope;

use super::live::Live;
use super::shown::titles;
use crate::store::table::Target;

/// The tree a person's regions are of.
const REGION: &str = "region";
/// The dictionary a person's skills are of.
const SKILL: &str = "skill";

/// All of them. Packs may share a role; it is named once.
pub fn terms(live: &Live) -> Terms {
    let catalog = &live.catalog;
    let mut roles: Vec<Term> = Vec::new();
    for role in catalog.packs().flat_map(|it| &it.manifest.roles) {
        if !roles.iter().any(|it| it.value == role.key.as_str()) {
            let titles = titles(catalog, &format!("role/{}", role.key), &role.title, None);
            roles.push(Term { value: role.key.0.clone(), titles, parent: None });
        }
    }
    Terms {
        roles,
        regions: dictionary(catalog, REGION),
        skills: dictionary(catalog, SKILL),
        customers: customers(live).map(|it| it.0),
    }
}

/// The module whose records are customers: what a field refers to by which a portal user's records are known.
pub(crate) fn customers(live: &Live) -> Option<ModuleKey> {
    live.modules.values().find_map(|module| {
        module.definition.rights.iter().find_map(|right| {
            let Scope::FieldIsMyCustomer(field) = &right.scope else { return None };
            match &module.table.column(field.as_str())?.target {
                Target::Module(key) => Some(key.clone()),
                _ => None,
            }
        })
    })
}

/// Roles of customers' people: those whose rights are for their own customer's records, and for nothing else.
pub(crate) fn portal_roles(live: &Live) -> BTreeSet<RoleKey> {
    let rights = || live.modules.values().flat_map(|it| &it.definition.rights);
    let outside = |it: &Scope| matches!(it, Scope::FieldIsMyCustomer(_));
    let staff: BTreeSet<&RoleKey> = rights().filter(|it| !outside(&it.scope)).map(|it| &it.role).collect();
    rights().filter(|it| outside(&it.scope) && !staff.contains(&it.role)).map(|it| it.role.clone()).collect()
}

fn dictionary(catalog: &Catalog, key: &str) -> Vec<Term> {
    let items = catalog.dictionary(&key.into()).map(|it| it.items.as_slice()).unwrap_or_default();
    items
        .iter()
        .map(|it| Term {
            value: it.value.clone(),
            titles: titles(catalog, &format!("dict/{key}/{}", it.value), &it.title, None),
            parent: it.parent.clone(),
        })
        .collect()
}
