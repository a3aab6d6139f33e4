//! How an imported record was built, where that does not follow from the state: the order of its arrays, empty arrays,
//! entries that are no labels, edges or comments, and fields that the import cleared because the record lacked them.

use crate::fold::Bead;
use crate::model::{Edge, Value};

/// The key `shape` of an event of kind `import`.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Shape {
    /// Fields that the import set and that the record does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// The labels in their order, or what stood in their place.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub labels: Option<Value>,
    /// The edges in their order as `"<type>\t<target>"`, or what stood in their place.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Value>,
    /// The comments in their order, by event id, or what stood in their place.
    #[serde(default, deserialize_with = "some", skip_serializing_if = "Option::is_none")]
    pub comments: Option<Value>,
}

/// A `null` that stands there is a value.
fn some<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Value>, D::Error> {
    serde::Deserialize::deserialize(d).map(Some)
}

/// The name of an edge in [`Shape::dependencies`]. A type holds no control character, so the two parts stay apart.
pub(super) fn edge_name(edge: &Edge) -> String {
    format!("{}\t{}", edge.kind.as_str(), edge.to)
}

/// One place in an array.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    /// Where a live item stands, by its name.
    Item(String),
    /// An entry that is none of ours, as it came.
    Raw(Value),
}

impl Shape {
    /// The shape of the newest import of a bead.
    pub fn of(bead: &Bead) -> Self {
        bead.shape.as_ref().and_then(Value::decode).unwrap_or_default()
    }

    /// True if the state alone says how to write the record.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The shape as the value of the event's key.
    pub fn value(&self) -> Value {
        Value::of(self)
    }

    /// True if the record of the import lacked a field that the import wrote.
    pub fn lacks(&self, key: &str) -> bool {
        self.absent.iter().any(|k| k == key)
    }
}

/// The places of an array; strings name items, `{"raw":…}` holds foreign entries. `None` for what is no array.
pub(super) fn places(shape: &Value) -> Option<Vec<Place>> {
    #[derive(serde::Deserialize)]
    struct Raw {
        raw: Value,
    }
    let entries: Vec<Value> = shape.decode()?;
    let place = |v: Value| match (v.as_str(), v.decode::<Raw>()) {
        (Some(name), _) => Place::Item(name.into_owned()),
        (None, Some(Raw { raw })) => Place::Raw(raw),
        (None, None) => Place::Raw(v),
    };
    Some(entries.into_iter().map(place).collect())
}

/// The inverse of [`places`].
pub(super) fn from_places(places: &[Place]) -> Value {
    #[derive(serde::Serialize)]
    struct Raw<'a> {
        raw: &'a Value,
    }
    let entries: Vec<Value> = places
        .iter()
        .map(|place| match place {
            Place::Item(name) => Value::text(name),
            Place::Raw(raw) => Value::of(&Raw { raw }),
        })
        .collect();
    Value::of(&entries)
}

/// Writes live items (name and value, in their own order) as the array that an import had: known ones in their old
/// places, new ones after them. `None` = the key is left out.
pub(super) fn arrange(shape: Option<&Value>, items: Vec<(String, Value)>, as_imported: bool) -> Option<Value> {
    let Some(shape) = shape.filter(|_| as_imported) else {
        let all: Vec<Value> = items.into_iter().map(|(_, v)| v).collect();
        return (!all.is_empty()).then(|| Value::of(&all));
    };
    let Some(places) = places(shape) else {
        // `null`, `""` or a text where an array should be: it stays until there is something to write.
        let all: Vec<Value> = items.into_iter().map(|(_, v)| v).collect();
        return Some(if all.is_empty() { shape.clone() } else { Value::of(&all) });
    };
    let mut out: Vec<&Value> = Vec::with_capacity(items.len());
    let mut placed = vec![false; items.len()];
    for place in &places {
        match place {
            Place::Raw(raw) => out.push(raw),
            Place::Item(name) => {
                if let Some(at) = items.iter().position(|(n, _)| n == name) {
                    placed[at] = true;
                    out.push(&items[at].1);
                }
            }
        }
    }
    out.extend(items.iter().zip(&placed).filter(|(_, placed)| !**placed).map(|((_, v), _)| v));
    // An array that lost its last item goes; one that was empty from the start stays as it was.
    (!out.is_empty() || places.is_empty()).then(|| Value::of(&out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(names: &[&str]) -> Vec<(String, Value)> {
        names.iter().map(|n| ((*n).to_owned(), Value::text(n))).collect()
    }

    fn json(value: Option<Value>) -> String {
        value.map_or_else(|| "-".to_owned(), |v| v.json().to_owned())
    }

    #[test]
    fn known_items_keep_their_places_and_new_ones_follow() {
        let shape = from_places(&[Place::Item("z".into()), Place::Raw(Value::of(&5)), Place::Item("a".into())]);
        assert_eq!(json(arrange(Some(&shape), items(&["a", "m", "z"]), true)), r#"["z",5,"a","m"]"#);
        assert_eq!(json(arrange(Some(&shape), items(&["a", "m", "z"]), false)), r#"["a","m","z"]"#);
        assert_eq!(json(arrange(Some(&shape), items(&["a"]), true)), r#"[5,"a"]"#);
        assert_eq!(json(arrange(None, items(&[]), true)), "-");
    }

    #[test]
    fn an_empty_array_or_a_null_stays_until_something_is_written() {
        for empty in ["[]", "null", "\"\""] {
            let shape = Value::from_json(empty).unwrap();
            assert_eq!(json(arrange(Some(&shape), items(&[]), true)), empty);
            assert_eq!(json(arrange(Some(&shape), items(&["a"]), true)), r#"["a"]"#);
            assert_eq!(json(arrange(Some(&shape), items(&[]), false)), "-");
        }
        // An array that was full and is empty now is left out.
        assert_eq!(json(arrange(Some(&Value::of(&["a"])), items(&[]), true)), "-");
    }
}
