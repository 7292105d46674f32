//! Everybody who can log in. A company has a few hundred people and may have tens of thousands of customers who log in too, and each
//! step that assigns work changes one of them: so a copy shares all that is the same (a persistent tree, `rpds`), and who holds a role,
//! belongs to a customer or is away is found without going through all.

use std::collections::BTreeMap;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use super::context::Person;
use crate::id::{RecordId, RoleKey, UserId};

/// People by id. Copying it takes the same time however many they are.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    all: RedBlackTreeMapSync<UserId, Person>,
    index: Arc<Index>,
}

/// What no step changes; everybody in the order of their ids.
#[derive(Debug, Default)]
struct Index {
    holders: BTreeMap<RoleKey, Vec<UserId>>,
    customers: BTreeMap<RecordId, Vec<UserId>>,
    /// Who was, is or will be away.
    absent: Vec<UserId>,
}

impl Directory {
    pub fn get(&self, id: &UserId) -> Option<&Person> {
        self.all.get(id)
    }

    pub fn contains_key(&self, id: &UserId) -> bool {
        self.all.contains_key(id)
    }

    /// Everybody, in the order of their ids.
    pub fn values(&self) -> impl Iterator<Item = &Person> {
        self.all.values()
    }

    /// Who holds a role, in the order of their ids.
    pub fn holders(&self, role: &RoleKey) -> impl Iterator<Item = &Person> {
        self.of(self.index.holders.get(role))
    }

    /// Who logs in for a customer.
    pub fn of_customer(&self, customer: &RecordId) -> impl Iterator<Item = &Person> {
        self.of(self.index.customers.get(customer))
    }

    /// Who was, is or will be away ([`Person::absences`]).
    pub fn absent(&self) -> impl Iterator<Item = &Person> {
        self.of(Some(&self.index.absent))
    }

    fn of<'a>(&'a self, ids: Option<&'a Vec<UserId>>) -> impl Iterator<Item = &'a Person> {
        ids.into_iter().flatten().filter_map(|it| self.all.get(it))
    }

    /// Somebody gets points of work, or gives some away. `assigned_at`: when they were assigned it, RFC 3339 UTC.
    pub fn load(&mut self, person: &UserId, points: i64, assigned_at: Option<&str>) {
        let Some(mut it) = self.all.get(person).cloned() else { return };
        it.open_points = it.open_points.saturating_add(points).max(0);
        if let Some(at) = assigned_at {
            it.last_assigned = Some(at.to_owned());
        }
        self.all.insert_mut(person.clone(), it);
    }
}

impl FromIterator<Person> for Directory {
    fn from_iter<I: IntoIterator<Item = Person>>(people: I) -> Self {
        let mut all = RedBlackTreeMapSync::new_sync();
        for it in people {
            all.insert_mut(it.id.clone(), it);
        }
        let mut index = Index::default();
        for it in all.values() {
            for role in &it.roles {
                let holders = index.holders.entry(role.clone()).or_default();
                // A role may stand twice in a list that somebody wrote.
                if holders.last() != Some(&it.id) {
                    holders.push(it.id.clone());
                }
            }
            if let Some(customer) = &it.customer {
                index.customers.entry(customer.clone()).or_default().push(it.id.clone());
            }
            if !it.absences.is_empty() {
                index.absent.push(it.id.clone());
            }
        }
        Self { all, index: Arc::new(index) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::Absence;
    use super::*;

    fn ids<'a>(people: impl Iterator<Item = &'a Person>) -> String {
        people.map(|it| it.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn people_are_found_by_what_they_are() {
        let person = |id: &str, roles: &[&str], customer: Option<&str>| Person {
            id: id.into(),
            roles: roles.iter().map(|it| RoleKey::from(*it)).collect(),
            customer: customer.map(RecordId::from),
            ..Person::default()
        };
        let mut away = person("b", &["clerk", "clerk"], None);
        away.absences.push(Absence::default());
        let all = [
            person("d", &["buyer"], Some("c1")),
            away,
            person("a", &["clerk", "boss"], None),
            person("c", &[], Some("c2")),
        ];
        let people: Directory = all.into_iter().collect();
        assert_eq!(ids(people.values()), "a b c d");
        for (role, holders) in [("clerk", "a b"), ("boss", "a"), ("buyer", "d"), ("none", "")] {
            assert_eq!(ids(people.holders(&role.into())), holders, "{role}");
        }
        assert_eq!(ids(people.of_customer(&"c1".into())), "d");
        assert_eq!(ids(people.absent()), "b");
    }

    #[test]
    fn a_copy_is_not_changed_by_what_is_done_to_the_other() {
        let person =
            |id: &str| Person { id: id.into(), open_points: 3, roles: vec!["clerk".into()], ..Person::default() };
        let before: Directory = ["a", "b"].map(person).into_iter().collect();
        let mut after = before.clone();
        after.load(&"a".into(), 4, Some("2026-01-05T08:00:00Z"));
        after.load(&"b".into(), -9, None);
        after.load(&"nobody".into(), 1, None);
        let points = |it: &Directory| it.holders(&"clerk".into()).map(|it| it.open_points).collect::<Vec<_>>();
        assert_eq!((points(&before), points(&after)), (vec![3, 3], vec![7, 0]));
        let last = |id: &str| after.get(&id.into()).and_then(|it| it.last_assigned.clone());
        assert_eq!((last("a").as_deref(), last("b")), (Some("2026-01-05T08:00:00Z"), None));
    }
}
