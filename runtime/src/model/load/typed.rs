//! JSON into a type, all faults at once: what does not fit is reported, taken out, and the rest read again.
//!
//! - `pack-unknown-key` (error): the format has no such member here; most often a slip of the pen.
//! - `pack-missing-key` (error): a member that must be there is not.
//! - `pack-wrong-type` (error): a value has another type than the format says.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::alert::Alert;
use crate::model::flow::{Element, ElementKind, UserTask};
use crate::plain::{self, Place, Step};
use crate::schema::escape;

/// The members of [`Element`] that every kind has.
const HEAD: &[&str] = &[
    "id",
    "name",
    "documentation",
    "stage",
    "assign",
    "notify",
    "default",
    "loopCharacteristics",
    "isForCompensation",
    "startQuantity",
    "completionQuantity",
    "dataInputAssociations",
    "dataOutputAssociations",
    "kept",
];

/// Most faults of one file that are reported.
const FAULTS: usize = 100;

/// Reads a type. None: what is left does not make one. Pointers begin with `base`.
pub(super) fn read<T: DeserializeOwned>(mut value: Value, base: &str, alerts: &mut Vec<Alert>) -> Option<T> {
    let mut last = None;
    let mut taken: Vec<Vec<String>> = Vec::new();
    let mut gaps = Gaps::default();
    for _ in 0..FAULTS {
        let (place, fault) = match plain::read_at::<T>(&value) {
            Ok(it) => return Some(it),
            Err(fault) => fault,
        };
        let message = fault.to_string();
        let mut place = keys(place);
        if let Some(key) = unknown(&message)
            && place.last().is_none_or(|it| it != key)
        {
            let mut deeper = place.clone();
            deeper.push(key.to_owned());
            if value.pointer(&pointer(&deeper)).is_some() {
                place = deeper;
            }
        }
        // The same place again after it was taken out means that it cannot be missing: its owner goes.
        if last.as_ref() == Some(&place) || value.pointer(&pointer(&place)).is_none() {
            place.pop();
        }
        // That a member is missing which was just taken out is no news.
        let news = missing(&message).is_none_or(|key| {
            let mut there = place.clone();
            there.push(key.to_owned());
            !taken.contains(&there)
        });
        if news {
            alerts.push(alert(&message, format!("{base}{}", pointer(&gaps.written(&value, &place)))));
        }
        taken.push(place.clone());
        let written = gaps.written(&value, &place);
        let in_list =
            place.split_last().is_some_and(|(_, above)| value.pointer(&pointer(above)).is_some_and(Value::is_array));
        if place.is_empty() || !take(&mut value, &place) {
            return None;
        }
        // The next item has moved up: it is at this place now, and it is news.
        last = if in_list { None } else { Some(place) };
        if in_list {
            gaps.0.push(written);
        }
    }
    None
}

/// Items taken out of lists, by where they were written: what is behind them has moved up since.
#[derive(Default)]
struct Gaps(Vec<Vec<String>>);

impl Gaps {
    /// Where a place was written.
    fn written(&self, value: &Value, place: &[String]) -> Vec<String> {
        let (mut now, mut written) = (Some(value), Vec::new());
        for key in place {
            let mut original = key.clone();
            if let (Some(Value::Array(_)), Ok(mut at)) = (now, key.parse::<usize>()) {
                let mut before: Vec<usize> = self
                    .0
                    .iter()
                    .filter_map(|gap| {
                        let (last, above) = gap.split_last()?;
                        (above == written.as_slice()).then(|| last.parse().ok())?
                    })
                    .collect();
                before.sort_unstable();
                for gap in before {
                    if gap <= at {
                        at += 1;
                    }
                }
                original = at.to_string();
            }
            now = now.and_then(|it| match it {
                Value::Array(items) => items.get(key.parse::<usize>().ok()?),
                other => other.get(key),
            });
            written.push(original);
        }
        written
    }
}

fn alert(message: &str, pointer: String) -> Alert {
    let code = if message.starts_with("unknown field") {
        "pack-unknown-key"
    } else if message.starts_with("missing field") {
        "pack-missing-key"
    } else {
        "pack-wrong-type"
    };
    Alert::error(code, message).at("", pointer)
}

fn missing(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.split('`').next()
}

fn unknown(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.split('`').next()
}

fn keys(place: Place) -> Vec<String> {
    let key = |it| match it {
        Step::Item(at) => usize::to_string(&at),
        Step::Member(key) => key,
    };
    place.0.into_iter().map(key).collect()
}

fn pointer(place: &[String]) -> String {
    place.iter().map(|it| format!("/{}", escape(it))).collect()
}

fn take(value: &mut Value, place: &[String]) -> bool {
    let Some((last, above)) = place.split_last() else { return false };
    match value.pointer_mut(&pointer(above)) {
        Some(Value::Object(members)) => members.shift_remove(last).is_some(),
        Some(Value::Array(items)) => {
            let Ok(at) = last.parse::<usize>() else { return false };
            if at < items.len() {
                // Kept in place as null would shift no index, but a null may not fit either.
                items.remove(at);
                return true;
            }
            false
        }
        _ => false,
    }
}

/// The elements of a flow or subprocess, one by one, so that each fault has its place.
pub(super) fn elements(value: Value, base: &str, alerts: &mut Vec<Alert>) -> Vec<Element> {
    let Value::Array(items) = value else {
        alerts.push(Alert::error("pack-wrong-type", "expected a list of elements").at("", base));
        return Vec::new();
    };
    items.into_iter().enumerate().filter_map(|(at, it)| element(it, &format!("{base}/{at}"), alerts)).collect()
}

fn element(value: Value, base: &str, alerts: &mut Vec<Alert>) -> Option<Element> {
    let Value::Object(mut members) = value else {
        alerts.push(Alert::error("pack-wrong-type", "expected an element").at("", base));
        return None;
    };
    let id = members.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let before = alerts.len();
    let mut head = Map::new();
    for key in HEAD {
        if let Some(it) = members.shift_remove(*key) {
            head.insert((*key).to_owned(), it);
        }
    }
    let inner = members.get_mut("flowElements").map(|it| std::mem::replace(it, Value::Array(Vec::new())));
    // Something that needs no members carries the head through the reader.
    head.insert("type".to_owned(), Value::from("parallelGateway"));
    let head: Option<Element> = read(Value::Object(head), base, alerts);
    let mut kind = kind(members, base, alerts);
    if let (Some(flow_elements), Some(inner)) = (kind.as_mut().and_then(ElementKind::inside_mut), inner) {
        *flow_elements = elements(inner, &format!("{base}/flowElements"), alerts);
    }
    for alert in &mut alerts[before..] {
        if alert.element.is_none() && !id.is_empty() {
            alert.element = Some(id.clone());
        }
    }
    Some(Element { kind: kind?, ..head? })
}

/// The members beyond the head. Inside a tagged enum serde knows no places: the culprit is the member without which the
/// fault becomes another one.
fn kind(mut members: Map<String, Value>, base: &str, alerts: &mut Vec<Alert>) -> Option<ElementKind> {
    if members.get("type").is_some_and(|it| it == "userTask") {
        members.shift_remove("type");
        return read::<UserTask>(Value::Object(members), base, alerts).map(|it| ElementKind::UserTask(Box::new(it)));
    }
    let mut taken = Vec::new();
    for _ in 0..FAULTS {
        let message = match ElementKind::deserialize_from(&members) {
            Ok(it) => return Some(it),
            Err(message) => message,
        };
        if let Some(key) = missing(&message) {
            if !taken.iter().any(|it| it == key) {
                alerts.push(alert(&message, base.to_owned()));
            }
            return None;
        }
        let culprit = unknown(&message).map(str::to_owned).filter(|it| members.contains_key(it)).or_else(|| {
            members
                .keys()
                .find(|key| {
                    let mut others = members.clone();
                    others.shift_remove(*key);
                    *key != "type" && ElementKind::deserialize_from(&others).err().as_ref() != Some(&message)
                })
                .cloned()
        });
        match culprit {
            Some(key) => {
                alerts.push(alert(&message, format!("{base}/{}", escape(&key))));
                members.shift_remove(&key);
                taken.push(key);
            }
            None => {
                alerts.push(alert(&message, base.to_owned()));
                return None;
            }
        }
    }
    None
}

trait FromMembers: Sized {
    fn deserialize_from(members: &Map<String, Value>) -> Result<Self, String>;
}

impl FromMembers for ElementKind {
    fn deserialize_from(members: &Map<String, Value>) -> Result<Self, String> {
        plain::read(&Value::Object(members.clone())).map_err(|it| it.to_string())
    }
}
