//! Values of fields: JSON, kept byte for byte.

use serde_json::value::RawValue;
use std::fmt;

/// One JSON value in the bytes in which it was written. Equality is that of the JSON, not of the bytes.
///
/// Numbers beyond 2^53 and the order of keys inside objects survive, because nothing re-serialises them (users.md T4).
#[derive(Clone)]
pub struct Value(Box<RawValue>);

impl Value {
    /// Wraps JSON text; `None` if it is not one JSON value. White space outside of strings is dropped (an event is one
    /// line) and needless escapes are written out; numbers and the order of keys stay to the letter.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str::<Box<RawValue>>(text.trim()).ok().map(|raw| Self(raw).compact())
    }

    /// The value in the form that [`Value::from_json`] gives it.
    #[must_use]
    pub fn compact(self) -> Self {
        match super::json::compact(self.json()) {
            std::borrow::Cow::Borrowed(_) => self,
            std::borrow::Cow::Owned(text) => RawValue::from_string(text).map_or(self, Self),
        }
    }

    /// A JSON string.
    pub fn text(text: &str) -> Self {
        Self::of(&text)
    }

    /// JSON `null`: the field is cleared.
    pub fn null() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// The JSON of anything that serialises. What cannot be JSON (a map with odd keys) becomes `null`.
    pub fn of<T: serde::Serialize + ?Sized>(value: &T) -> Self {
        serde_json::value::to_raw_value(value).map_or_else(|_| Self::null(), Self)
    }

    /// The bytes.
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// True for `null`.
    pub fn is_null(&self) -> bool {
        self.json() == "null"
    }

    /// The text of a JSON string.
    pub fn as_str(&self) -> Option<std::borrow::Cow<'_, str>> {
        serde_json::from_str::<CowStr<'_>>(self.json()).ok().map(|c| c.0)
    }

    /// The number, where it is a whole one in range.
    pub fn as_i64(&self) -> Option<i64> {
        serde_json::from_str(self.json()).ok()
    }

    /// `true`/`false`, and upstream's dump form `1`/`0`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.json() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// Decodes into a type.
    pub fn decode<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.json()).ok()
    }

    /// The value as a tree.
    pub fn to_tree(&self) -> serde_json::Value {
        serde_json::from_str(self.json()).unwrap_or(serde_json::Value::Null)
    }

    /// Text for people: strings bare, everything else as JSON.
    pub fn to_plain(&self) -> String {
        self.as_str().map_or_else(|| self.json().to_owned(), std::borrow::Cow::into_owned)
    }
}

#[derive(serde::Deserialize)]
struct CowStr<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json() || super::json::same(self.json(), other.json())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}

impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(s)
    }
}

impl<'de> serde::Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self(Box::<RawValue>::deserialize(d)?))
    }
}

/// Names and values in the order in which they were written; a name stands once (the last one wins on read).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<(Box<str>, Value)>);

impl Fields {
    /// No field.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field, in its old place if it has one.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(n, _)| &**n == name) {
            Some(slot) => slot.1 = value,
            None => self.0.push((name.into(), value)),
        }
    }

    /// Builder form of [`Fields::set`].
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.set(name, value);
        self
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| &**n == name).map(|(_, v)| v)
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(n, _)| &**n == name)?;
        Some(self.0.remove(at).1)
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(n, v)| (&**n, v))
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl serde::Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_map(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of fields")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    fields.set(&name, value);
                }
                Ok(fields)
            }
        }
        d.deserialize_map(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_and_equality_is_by_meaning() {
        let v = Value::from_json(r#"{"b": 9007199254740993, "a":"\ud83d\ude00"}"#).unwrap();
        assert!(v.json().contains("9007199254740993"));
        assert_eq!(v, Value::from_json(r#"{"a":"😀","b":9007199254740993}"#).unwrap());
        assert_ne!(Value::from_json("9007199254740993123"), Value::from_json("9007199254740993124"));
        assert_eq!(Value::from_json("\"\\u003c\""), Some(Value::text("<")));
        assert!(Value::from_json("{").is_none() && Value::from_json("1 2").is_none());
    }

    #[test]
    fn order_stays_and_a_name_stands_once() {
        let mut f = Fields::new().with("z", Value::of(&1)).with("a", Value::of(&2));
        f.set("z", Value::of(&3));
        assert_eq!(serde_json::to_string(&f).unwrap(), r#"{"z":3,"a":2}"#);
        assert_eq!(serde_json::from_str::<Fields>(r#"{"z":3,"a":2}"#).unwrap(), f);
    }
}
