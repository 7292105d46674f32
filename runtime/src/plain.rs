//! JSON into types, the short way.
//!
//! A derived `Deserialize` can read a struct from a list of its members as well as from an object, and serde_json lets it: code for
//! something no file of ours contains, once for every struct and reader, a tenth of what the browser loads. This reader takes structs
//! from objects only, and it is the only one the browser app has: text becomes a [`Value`] first.
//!
//! What it accepts otherwise, serde_json accepts, and gives the same; what it refuses, it refuses in the same words.

use std::cell::RefCell;
use std::fmt;

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
    T::deserialize(Plain(value, None))
}

/// The same; of what is wrong it is known where.
///
/// # Errors
/// It is not of this type, and the place. Inside of what is tagged or flattened no places are known.
pub fn read_at<T: DeserializeOwned>(value: &Value) -> Result<T, (Place, Error)> {
    let track = Track::default();
    T::deserialize(Plain(value, Some(&track))).map_err(|fault| {
        let mut steps = track.0.take();
        steps.reverse();
        (Place(steps), fault)
    })
}

/// A place in a value, from the outside in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(pub Vec<Step>);

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Of a list, from 0.
    Item(usize),
    /// Of an object; the name of a variant as well, which JSON writes as one.
    Member(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Item(it) => write!(f, "[{it}]")?,
                Step::Member(it) if at == 0 => f.write_str(it)?,
                Step::Member(it) => write!(f, ".{it}")?,
            }
        }
        Ok(())
    }
}

/// The steps to what is wrong, from the inside out: each reader adds its own when it is left with an error.
#[derive(Default)]
struct Track(RefCell<Vec<Step>>);

#[inline(never)]
fn note(track: Option<&Track>, item: usize, member: Option<&str>) {
    if let Some(it) = track {
        it.0.borrow_mut().push(member.map_or(Step::Item(item), |it| Step::Member(it.to_owned())));
    }
}

/// The one place that parses text.
#[inline(never)]
fn value(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text)
}

#[derive(Clone, Copy)]
struct Plain<'a>(&'a Value, Option<&'a Track>);

/// Says that something else was expected, in the words of serde_json.
#[inline(never)]
pub(crate) fn wrong(found: &Value, expected: &dyn serde::de::Expected) -> Error {
    Error::invalid_type(unexpected(found), expected)
}

fn unexpected(found: &Value) -> Unexpected<'_> {
    match found {
        Value::Null => Unexpected::Unit,
        Value::Bool(it) => Unexpected::Bool(*it),
        Value::Number(it) => match (it.as_u64(), it.as_i64(), it.as_f64()) {
            (Some(it), _, _) => Unexpected::Unsigned(it),
            (None, Some(it), _) => Unexpected::Signed(it),
            (None, None, Some(it)) => Unexpected::Float(it),
            (None, None, None) => Unexpected::Other("number"),
        },
        Value::String(it) => Unexpected::Str(it),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

impl Plain<'_> {
    fn wrong(self, expected: &dyn serde::de::Expected) -> Error {
        wrong(self.0, expected)
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
            Value::Array(it) => visitor.visit_seq(Items::new(it, self.1)),
            Value::Object(it) => visitor.visit_map(Members::new(it, self.1)),
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
        let mut items = Items::new(it, self.1);
        let found = visitor.visit_seq(&mut items)?;
        // A tuple takes as many as it has.
        if items.left.len() > 0 { Err(too_many(it.len())) } else { Ok(found) }
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
            Value::Object(it) => visitor.visit_map(Members::new(it, self.1)),
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
            Value::String(it) => visitor.visit_enum(Variant(it, None, self.1)),
            Value::Object(it) => match it.iter().next() {
                Some((name, inside)) if it.len() == 1 => visitor.visit_enum(Variant(name, Some(inside), self.1)),
                Some(_) | None => Err(no_variant()),
            },
            _other => Err(self.wrong(&"string or map")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

#[inline(never)]
fn too_many(len: usize) -> Error {
    Error::invalid_length(len, &"fewer elements in array")
}

#[inline(never)]
fn no_variant() -> Error {
    Error::invalid_value(Unexpected::Map, &"map with a single key")
}

struct Items<'a> {
    left: std::slice::Iter<'a, Value>,
    all: usize,
    track: Option<&'a Track>,
}

impl<'a> Items<'a> {
    fn new(of: &'a [Value], track: Option<&'a Track>) -> Self {
        Self { left: of.iter(), all: of.len(), track }
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(it) = self.left.next() else { return Ok(None) };
        let found = seed.deserialize(Plain(it, self.track));
        if found.is_err() {
            note(self.track, self.all - self.left.len() - 1, None);
        }
        found.map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

struct Members<'a> {
    left: serde_json::map::Iter<'a>,
    now: Option<(&'a str, &'a Value)>,
    track: Option<&'a Track>,
}

impl<'a> Members<'a> {
    fn new(of: &'a Map<String, Value>, track: Option<&'a Track>) -> Self {
        Self { left: of.iter(), now: None, track }
    }

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let (key, value) = self.left.next()?;
        self.now = Some((key, value));
        Some(key)
    }

    #[inline(never)]
    fn note(&self) {
        if let Some((key, _)) = self.now {
            note(self.track, 0, Some(key));
        }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(key) = self.next() else { return Ok(None) };
        let found = seed.deserialize(Key(key));
        if found.is_err() {
            self.note();
        }
        found.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let value = self.now.map_or(&Value::Null, |it| it.1);
        let found = seed.deserialize(Plain(value, self.track));
        if found.is_err() {
            self.note();
        }
        found
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
        visitor.visit_enum(Variant(self.0, None, None))
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The name of a variant and what it holds.
struct Variant<'a>(&'a str, Option<&'a Value>, Option<&'a Track>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: serde::de::value::BorrowedStrDeserializer<'de, Error> =
            serde::de::value::BorrowedStrDeserializer::new(self.0);
        Ok((seed.deserialize(name.into_deserializer())?, self))
    }
}

impl<'de> Variant<'de> {
    /// What it holds, where it has to hold something.
    #[inline(never)]
    fn inside(&self, expected: &dyn serde::de::Expected) -> Result<Plain<'de>, Error> {
        match self.1 {
            Some(it) => Ok(Plain(it, self.2)),
            None => Err(Error::invalid_type(Unexpected::UnitVariant, expected)),
        }
    }

    fn noted<T>(&self, found: Result<T, Error>) -> Result<T, Error> {
        if found.is_err() {
            note(self.2, 0, Some(self.0));
        }
        found
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.1 {
            Some(it) if !it.is_null() => self.noted(Err(wrong(it, &"unit"))),
            Some(_) | None => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        let inside = self.inside(&"newtype variant")?;
        self.noted(seed.deserialize(inside))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        let inside = self.inside(&"tuple variant")?;
        self.noted(match inside.0 {
            Value::Array(_) => inside.deserialize_seq(visitor),
            other => Err(wrong(other, &"tuple variant")),
        })
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        let inside = self.inside(&"struct variant")?;
        self.noted(match inside.0 {
            Value::Object(_) => inside.deserialize_map(visitor),
            other => Err(wrong(other, &"struct variant")),
        })
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
    fn says_where_it_is_wrong_as_serde_path_to_error_does() {
        let cases: &[(&str, Value, &str)] = &[
            ("/number", json!("3"), "number"),
            ("/pair", json!([7, 7]), "pair[1]"),
            ("/pair", json!([7, "x", 1]), "pair"),
            ("/list/1", json!({ "newtype": "x" }), "list[1].newtype"),
            ("/list/2", json!({ "tuple": [1, -1] }), "list[2].tuple[1]"),
            ("/list/3", json!({ "struct": { "inner": { "newtype": 0.5 } } }), "list[3].struct.inner.newtype"),
            ("/list/0", json!("other"), "list[0]"),
            ("/tagged/1", json!({ "type": "with", "word": "three" }), "tagged[1]"),
            ("/byWord", json!({ "one": 1, "two": "x" }), "byWord.two"),
            ("/loose", json!({ "name": 1 }), "loose.name"),
            ("", json!({}), ""),
        ];
        for (at, value, place) in cases {
            let mut wrong = whole();
            *wrong.pointer_mut(at).expect("there") = value.clone();
            let (found, fault) = read_at::<Whole>(&wrong).expect_err("refused");
            assert_eq!(found.to_string(), *place, "{at} {value}");
            let theirs = serde_path_to_error::deserialize::<_, Whole>(wrong).expect_err("refused");
            assert_eq!(fault.to_string(), theirs.inner().to_string(), "{at} {value}");
            // A key that is no text in Rust has no name there.
            let theirs = theirs.path().to_string().replace('?', "two");
            assert_eq!(if place.is_empty() { "." } else { place }, theirs, "{at} {value}");
        }
        let mut more = whole();
        more["extra"] = json!(1);
        assert_eq!(read_at::<Whole>(&more).expect_err("refused").0.to_string(), "extra");
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
            let ours = read::<Whole>(&wrong).expect_err("refused").to_string();
            // A struct from a list serde_json would take; a key that is no number it finds while it parses it.
            let theirs = serde_json::from_value::<Whole>(wrong).expect_err("refused").to_string();
            if !value.is_array() && *at != "/byNumber" {
                assert_eq!(ours, theirs, "{at} {value}");
            }
        }
        let mut more = whole();
        more["extra"] = json!(1);
        assert!(read::<Whole>(&more).is_err());
        assert!(parse::<Value>("{").is_err());
    }
}
