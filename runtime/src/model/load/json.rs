//! JSON that hides nothing: a member given twice and nesting without end are reported, not swallowed.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::limits;
use crate::schema::escape;

/// What was wrong besides the syntax, as pointers.
#[derive(Default)]
pub(super) struct Oddities {
    pub duplicates: Vec<String>,
    pub too_deep: bool,
}

/// Parses; the first syntax fault ends it.
pub(super) fn parse(text: &str) -> Result<(Value, Oddities), serde_json::Error> {
    let mut oddities = Oddities::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Reader { pointer: String::new(), depth: 0, oddities: &mut oddities }.deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, oddities))
}

struct Reader<'a> {
    pointer: String,
    depth: usize,
    oddities: &'a mut Oddities,
}

impl Reader<'_> {
    fn inner(&mut self, key: &str) -> Reader<'_> {
        Reader { pointer: format!("{}/{}", self.pointer, escape(key)), depth: self.depth + 1, oddities: self.oddities }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_f64<E: de::Error>(self, it: f64) -> Result<Value, E> {
        Number::from_f64(it).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(Value::String(it.to_owned()))
    }

    fn visit_string<E>(self, it: String) -> Result<Value, E> {
        Ok(Value::String(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let mut found = Vec::new();
        if self.depth >= limits::JSON_DEPTH {
            self.oddities.too_deep = true;
            while items.next_element::<de::IgnoredAny>()?.is_some() {}
            return Ok(Value::Array(found));
        }
        while let Some(it) = items.next_element_seed(self.inner(&found.len().to_string()))? {
            found.push(it);
        }
        Ok(Value::Array(found))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut found = Map::new();
        if self.depth >= limits::JSON_DEPTH {
            self.oddities.too_deep = true;
            while members.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
            return Ok(Value::Object(found));
        }
        while let Some(key) = members.next_key::<String>()? {
            let it = members.next_value_seed(self.inner(&key))?;
            if found.contains_key(&key) {
                self.oddities.duplicates.push(format!("{}/{}", self.pointer, escape(&key)));
            } else {
                found.insert(key, it);
            }
        }
        Ok(Value::Object(found))
    }
}
