//! What an expression or script sees. Names of the platform: `data`, `old`, `user`, `now`, `today`, `refs`
//! (records that `data` refers to, by field: `refs.customer.vip_level`), in a sub-table `row` and `index`, in flows
//! `vars`, `outcome`, `result`, `people`, `candidates`, for reference filters and duplicates `candidate`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rhai::Dynamic;
use serde_json::{Map, Value};

use super::needs::Part;
use super::{Library, Needs};
use crate::engine::{Directory, Person};
use crate::value::{self, Shape};

/// Variables and surroundings of an evaluation. Cloning is cheap enough for one per rule.
#[derive(Clone, Debug)]
pub struct Scope {
    variables: BTreeMap<Arc<str>, Variable>,
    pub(super) library: Arc<Library>,
    pub(super) today: Date,
}

/// What a name stands for.
#[derive(Clone, Debug)]
enum Variable {
    /// Becomes rhai's when it is read: most of what could be read is not.
    Json(Arc<Value>),
    Record(Record),
    /// Becomes a list when it is read: few scripts look at everybody.
    People(Directory, Timestamp),
    Ready(Dynamic),
}

/// A record of which each member becomes rhai's when it is read.
#[derive(Clone, Debug)]
struct Record {
    data: Arc<Value>,
    /// Which of its texts are decimals.
    shape: Arc<Shape>,
    /// Members that are otherwise by now; blank: not there.
    instead: BTreeMap<String, Dynamic>,
}

impl Record {
    fn member(&self, key: &str) -> Option<Dynamic> {
        match self.instead.get(key) {
            Some(it) => Some(it.clone()).filter(|it| !it.is_unit()),
            None => Some(value::to_dynamic(self.data.as_object()?.get(key)?, self.shape.member(key))),
        }
    }

    /// What stands at the end of a path, if it is not blank.
    fn at(&self, path: &[String]) -> Option<Dynamic> {
        let (first, rest) = path.split_first()?;
        if let Some(it) = self.instead.get(first.as_str()) {
            return below(it.clone(), rest);
        }
        let (mut at, mut shape) = (&*self.data, &*self.shape);
        for key in path {
            at = at.as_object()?.get(key.as_str())?;
            shape = shape.member(key);
        }
        Some(value::to_dynamic(at, shape)).filter(|it| !it.is_unit())
    }

    fn whole(&self) -> Dynamic {
        let made = value::to_dynamic(&self.data, &self.shape);
        let Some(mut all) = made.try_cast::<rhai::Map>() else { return Dynamic::from_map(rhai::Map::new()) };
        for (key, it) in &self.instead {
            if it.is_unit() {
                all.remove(key.as_str())
            } else {
                all.insert(key.into(), it.clone())
            };
        }
        Dynamic::from_map(all)
    }
}

impl Variable {
    fn whole(&self) -> Dynamic {
        match self {
            Self::Json(it) => value::to_dynamic(it, &Shape::Any),
            Self::Record(it) => it.whole(),
            Self::People(it, now) => {
                value::to_dynamic(&Value::Array(it.values().map(|it| candidate_value(it, *now)).collect()), &Shape::Any)
            }
            Self::Ready(it) => it.clone(),
        }
    }

    /// A map with these members, as far as it is one and has them.
    fn members(&self, wanted: &BTreeSet<String>) -> Dynamic {
        match self {
            Self::Json(it) => match &**it {
                Value::Object(all) => {
                    let found = wanted.iter().filter_map(|key| Some((key, all.get(key.as_str())?)));
                    Dynamic::from_map(found.map(|(key, it)| (key.into(), value::to_dynamic(it, &Shape::Any))).collect())
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => self.whole(),
            },
            Self::People(..) => self.whole(),
            Self::Record(it) => {
                let found = wanted.iter().filter_map(|key| Some((key.into(), it.member(key)?)));
                Dynamic::from_map(found.collect())
            }
            Self::Ready(it) => match it.as_map_ref() {
                Ok(all) => {
                    let found = wanted.iter().filter_map(|key| Some((key, all.get(key.as_str())?)));
                    Dynamic::from_map(found.map(|(key, it)| (key.into(), it.clone())).collect())
                }
                Err(_) => self.whole(),
            },
        }
    }
}

impl Scope {
    /// With `now` (RFC 3339, UTC, whole seconds) and `today` (the day in `zone`) set.
    pub fn new(library: Arc<Library>, now: Timestamp, zone: &TimeZone) -> Self {
        let today = now.to_zoned(zone.clone()).date();
        let mut it = Self { variables: BTreeMap::new(), library, today };
        it.put("now", Variable::Ready(moment(now).into()));
        it.put("today", Variable::Ready(today.to_string().into()));
        it
    }

    fn put(&mut self, name: &str, it: Variable) {
        match self.variables.get_mut(name) {
            Some(has) => *has = it,
            None => {
                self.variables.insert(name.into(), it);
            }
        }
    }

    /// Sets a variable. Texts stay texts.
    pub fn set(&mut self, name: &str, value: Value) {
        self.share(name, Arc::new(value));
    }

    /// The same with what others hold too.
    pub fn share(&mut self, name: &str, value: Arc<Value>) {
        self.put(name, Variable::Json(value));
    }

    /// Sets a variable to a record that others hold too; see [`Scope::set_record`].
    pub fn share_record(&mut self, name: &str, data: Arc<Value>, shape: Arc<Shape>) {
        self.put(name, Variable::Record(Record { data, shape, instead: BTreeMap::new() }));
    }

    /// Sets a variable to a record; `shape` (see [`crate::form::Form::shape`]) says which texts are decimals.
    pub fn set_record(&mut self, name: &str, data: &Map<String, Value>, shape: &Shape) {
        self.put(name, Variable::Ready(value::map_to_dynamic(data, shape)));
    }

    /// Replaces one member of a record that is set already.
    pub fn set_member(&mut self, name: &str, key: &str, value: &Value, shape: &Shape) {
        let made = value::to_dynamic(value, shape);
        match self.variables.get_mut(name) {
            Some(Variable::Record(record)) => {
                record.instead.insert(key.to_owned(), made);
            }
            Some(Variable::Ready(record)) => {
                let Ok(mut record) = record.as_map_mut() else { return };
                if made.is_unit() {
                    record.remove(key)
                } else {
                    record.insert(key.into(), made)
                };
            }
            Some(Variable::Json(_) | Variable::People(..)) | None => {}
        }
    }

    /// What stands at the end of a path through maps, if each of its words stands where it is looked for and that is not
    /// blank.
    pub(crate) fn at(&self, path: &[String]) -> Option<Dynamic> {
        let (name, members) = path.split_first()?;
        let (last, between) = members.split_last()?;
        match self.variables.get(name.as_str())? {
            Variable::Json(it) => {
                let found = members.iter().try_fold(&**it, |it, key| it.as_object()?.get(key.as_str()))?;
                if found.is_null() { None } else { Some(value::to_dynamic(found, &Shape::Any)) }
            }
            Variable::Ready(it) if between.is_empty() => {
                let all = it.as_map_ref().ok()?;
                all.get(last.as_str()).filter(|it| !it.is_unit()).cloned()
            }
            Variable::Ready(it) => below(it.as_map_ref().ok()?.get(members[0].as_str())?.clone(), &members[1..]),
            Variable::Record(it) => it.at(members),
            Variable::People(..) => None,
        }
    }

    /// The variables as rhai takes them, as far as they are needed.
    pub(super) fn copy(&self, needs: &Needs) -> rhai::Scope<'static> {
        let mut made = rhai::Scope::new();
        match needs {
            Needs::Everything => {
                for (name, it) in &self.variables {
                    made.push_dynamic(&**name, it.whole());
                }
            }
            Needs::Names(names) => {
                for (name, part) in names {
                    let Some(it) = self.variables.get(name.as_str()) else { continue };
                    let part = match part {
                        Part::Whole => it.whole(),
                        Part::Members(wanted) => it.members(wanted),
                    };
                    made.push_dynamic(name.as_str(), part);
                }
            }
        }
        made
    }

    /// Sets `row` and `index` (from 0) for a row of a sub-table.
    pub fn set_row(&mut self, row: &Map<String, Value>, index: usize, shape: &Shape) {
        self.set_record("row", row, shape);
        self.set("index", Value::from(index));
    }

    /// Takes `row` and `index` away.
    pub fn clear_row(&mut self) {
        self.set("row", Value::Null);
        self.set("index", Value::Null);
    }

    /// Sets `people`, as they are at a moment.
    pub fn set_people(&mut self, people: &Directory, now: Timestamp) {
        self.put("people", Variable::People(people.clone(), now));
    }

    /// Sets `user`.
    pub fn set_user(&mut self, person: &Person) {
        self.share("user", shared(person));
    }
}

/// What stands at the end of a path below a value, if it is not blank.
fn below(mut at: Dynamic, path: &[String]) -> Option<Dynamic> {
    for key in path {
        let next = at.as_map_ref().ok()?.get(key.as_str())?.clone();
        at = next;
    }
    if at.is_unit() { None } else { Some(at) }
}

/// [`user_value`]; of the person who was asked for last it is made once. One save asks for its person a dozen times.
fn shared(person: &Person) -> Arc<Value> {
    thread_local! {
        static LAST: RefCell<Option<(Person, Arc<Value>)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| match last {
        Some((is, made)) if is == person => made.clone(),
        Some(_) | None => {
            let made = Arc::new(user_value(person));
            *last = Some((person.clone(), made.clone()));
            made
        }
    })
}

/// A person as expressions see one: `user.id`, `user.department`, `user.roles`, `user.regions` …
pub fn user_value(person: &Person) -> Value {
    serde_json::to_value(person).unwrap_or(Value::Null)
}

/// The same of somebody who may get work: who is away is not on duty.
pub fn candidate_value(person: &Person, now: Timestamp) -> Value {
    let mut value = user_value(person);
    if person.absence(now).is_some() {
        value["onDuty"] = Value::Bool(false);
    }
    value
}

/// A moment as records and expressions write it: RFC 3339, UTC, whole seconds, so that texts compare as moments.
pub fn moment(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}
