//! JSON into types, the short way.
//!
//! A derived `Deserialize` can read a struct from a list of its members as well as from an object, and serde_json lets it: code for
//! something no file of ours contains, once for every struct and reader, a tenth of what the browser loads. This reader takes structs
//! from objects only, and it is the only one the browser app has: text becomes a [`Value`] first.
//!
//! What it accepts otherwise, serde_json accepts, and gives the same.

use std::fmt::Display;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde_json::{Map, Value};

type Error = serde_json::Error;

/// Reads a text.
///
/// # Errors
/// It is no JSON, or not of this type.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    read(&value(text)?)
}

/// Reads a value.
///
/// # Errors
/// It is not of this type.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    T::deserialize(Plain(value))
}

/// The one place that parses text.
#[inline(never)]
fn value(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text)
}

#[derive(Clone, Copy)]
struct Plain<'a>(&'a Value);

impl Plain<'_> {
    #[inline(never)]
    fn wrong(self, expected: &dyn serde::de::Expected) -> Error {
        let found = match self.0 {
            Value::Null => Unexpected::Unit,
            Value::Bool(it) => Unexpected::Bool(*it),
            Value::Number(it) => it.as_f64().map_or(Unexpected::Other("number"), Unexpected::Float),
            Value::String(it) => Unexpected::Str(it),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        };
        Error::invalid_type(found, expected)
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Number(it) = self.0 else { return Err(self.wrong(&visitor)) };
        match (it.as_u64(), it.as_i64(), it.as_f64()) {
            (Some(it), _, _) => visitor.visit_u64(it),
            (None, Some(it), _) => visitor.visit_i64(it),
            (None, None, Some(it)) => visitor.visit_f64(it),
            (None, None, None) => Err(self.wrong(&visitor)),
        }
    }
}

/// Readers of one kind of value.
macro_rules! only {
    ($($method:ident)*; $by:ident) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$by(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Plain<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(it) => visitor.visit_bool(*it),
            Value::Number(_) => self.number(visitor),
            Value::String(it) => visitor.visit_borrowed_str(it),
            Value::Array(it) => visitor.visit_seq(Items(it.iter())),
            Value::Object(it) => visitor.visit_map(Members::new(it)),
        }
    }

    only! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
    deserialize_f32 deserialize_f64; number }

    only! { deserialize_char deserialize_string deserialize_identifier deserialize_bytes deserialize_byte_buf; deserialize_str }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(it) => visitor.visit_borrowed_str(it),
            _other => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Bool(it) => visitor.visit_bool(*it),
            _other => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_unit() } else { Err(self.wrong(&visitor)) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Array(it) = self.0 else { return Err(self.wrong(&visitor)) };
        let mut items = Items(it.iter());
        let found = visitor.visit_seq(&mut items)?;
        // A tuple takes as many as it has.
        if items.0.len() > 0 { Err(too_many(it.len())) } else { Ok(found) }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Object(it) => visitor.visit_map(Members::new(it)),
            _other => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::String(it) => visitor.visit_enum(Variant(it, None)),
            Value::Object(it) if it.len() == 1 => match it.iter().next() {
                Some((name, inside)) => visitor.visit_enum(Variant(name, Some(inside))),
                None => Err(self.wrong(&visitor)),
            },
            _other => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

#[inline(never)]
fn too_many(len: usize) -> Error {
    Error::custom(format_args!("expected fewer than {len} items"))
}

struct Items<'a>(std::slice::Iter<'a, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|it| seed.deserialize(Plain(it))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Members<'a> {
    left: serde_json::map::Iter<'a>,
    value: Option<&'a Value>,
}

impl<'a> Members<'a> {
    fn new(of: &'a Map<String, Value>) -> Self {
        Self { left: of.iter(), value: None }
    }

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let (key, value) = self.left.next()?;
        self.value = Some(value);
        Some(key)
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next().map(|key| seed.deserialize(Key(key))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Plain(self.value.take().unwrap_or(&Value::Null)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// The name of a member. Maps may have numbers and words of an enum for keys.
struct Key<'a>(&'a str);

/// Keys that are numbers.
macro_rules! numbers {
    ($($method:ident $visit:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse() {
                Ok(it) => visitor.$visit(it),
                Err(_) => Err(Error::invalid_type(Unexpected::Str(self.0), &visitor)),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    numbers! {
        deserialize_u8 visit_u8; deserialize_u16 visit_u16; deserialize_u32 visit_u32; deserialize_u64 visit_u64;
        deserialize_i8 visit_i8; deserialize_i16 visit_i16; deserialize_i32 visit_i32; deserialize_i64 visit_i64;
        deserialize_u128 visit_u128; deserialize_i128 visit_i128; deserialize_f32 visit_f32; deserialize_f64 visit_f64;
        deserialize_bool visit_bool;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant(self.0, None))
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The name of a variant and what it holds.
struct Variant<'a>(&'a str, Option<&'a Value>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Inside<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Inside<'de>), Error> {
        let name: serde::de::value::BorrowedStrDeserializer<'de, Error> =
            serde::de::value::BorrowedStrDeserializer::new(self.0);
        Ok((seed.deserialize(name.into_deserializer())?, Inside(self.1)))
    }
}

struct Inside<'a>(Option<&'a Value>);

#[inline(never)]
fn nothing(expected: impl Display) -> Error {
    Error::custom(format_args!("expected {expected} in the variant"))
}

impl<'de> VariantAccess<'de> for Inside<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.0.is_none_or(Value::is_null).then_some(()).ok_or_else(|| nothing("nothing"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Plain(self.0.ok_or_else(|| nothing("a value"))?))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        Plain(self.0.ok_or_else(|| nothing("a list"))?).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        Plain(self.0.ok_or_else(|| nothing("an object"))?).deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Whole {
        number: i32,
        ratio: f64,
        #[serde(default)]
        text: Option<String>,
        pair: (u8, String),
        list: Vec<Kind>,
        tagged: Vec<Tagged>,
        by_number: BTreeMap<u32, bool>,
        by_word: BTreeMap<Word, u64>,
        any: Value,
        loose: Loose,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Kind {
        Unit,
        Newtype(i64),
        Tuple(u8, u8),
        Struct { inner: Option<Box<Kind>> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "type", rename_all = "camelCase")]
    enum Tagged {
        Plain,
        With { word: Word },
    }

    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Word {
        One,
        Two,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Loose {
        name: String,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }

    fn whole() -> Value {
        json!({
            "number": -3, "ratio": 2, "text": null, "pair": [7, "x"],
            "list": ["unit", { "newtype": -9 }, { "tuple": [1, 2] }, { "struct": { "inner": "unit" } }],
            "tagged": [{ "type": "plain" }, { "type": "with", "word": "two" }],
            "byNumber": { "12": true }, "byWord": { "one": 1 },
            "any": { "a": [1, 2.5, null, "x"] }, "loose": { "name": "n", "more": [1] }
        })
    }

    #[test]
    fn gives_what_serde_json_gives() {
        let text = whole().to_string();
        let ours: Whole = parse(&text).expect("reads");
        assert_eq!(ours, serde_json::from_str(&text).expect("reads"));
    }

    #[test]
    fn refuses_what_serde_json_refuses() {
        let cases: &[(&str, Value)] = &[
            ("/number", json!("3")),
            ("/number", json!(1.5)),
            ("/number", json!(5_000_000_000_i64)),
            ("/text", json!(1)),
            ("/pair", json!([7])),
            ("/pair", json!([7, "x", 1])),
            ("/list/0", json!("other")),
            ("/list/1", json!({ "newtype": 1, "unit": 1 })),
            ("/list/2", json!({ "tuple": [1] })),
            ("/tagged/1", json!({ "type": "with" })),
            ("/tagged/0", json!({ "type": "other" })),
            ("/byNumber", json!({ "x": true })),
            ("/byWord", json!({ "three": 1 })),
            ("/loose", json!({ "more": 1 })),
            ("", json!({})),
            ("", json!([])),
        ];
        for (at, value) in cases {
            let mut wrong = whole();
            *wrong.pointer_mut(at).expect("there") = value.clone();
            assert!(read::<Whole>(&wrong).is_err(), "{at} {value}");
            assert!(serde_json::from_value::<Whole>(wrong).is_err(), "{at} {value}");
        }
        let mut more = whole();
        more["extra"] = json!(1);
        assert!(read::<Whole>(&more).is_err());
        assert!(parse::<Value>("{").is_err());
    }
}
