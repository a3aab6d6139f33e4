//! Which values of a field count. Anybody can write any field of a bead: an import does, an undo does, an old client does. What
//! decides over a molecule counts only where one of its own transitions wrote it, so that no such thing approves, attests or
//! loosens anything.

use super::model::field;
use bd::fold::{Bead, Head, Register};
use bd::model::Value;
use serde::de::DeserializeOwned;

/// The kinds of events by which a field is written; `None` = whoever writes it is believed.
fn writers(name: &str) -> Option<&'static [&'static str]> {
    match name {
        field::DEF | field::STEPS | field::RECIPE | field::REQUIRES => Some(&["create", "upgrade"]),
        field::COMPLIANCE => Some(&["advance"]),
        field::VALIDATION => Some(&["validate"]),
        name if name.starts_with(field::ATTEST) => Some(&["attest"]),
        _ => None,
    }
}

/// The heads of a field that count, by id ascending.
pub fn heads<'b>(bead: &'b Bead, name: &str) -> Vec<&'b Head> {
    let all = bead.fields.get(name).map(Register::heads).unwrap_or_default();
    let counts = |h: &&Head| writers(name).is_none_or(|kinds| kinds.contains(&h.kind.as_str()));
    all.iter().filter(counts).collect()
}

/// The value of a field that counts; of several the newest.
pub fn value<'b>(bead: &'b Bead, name: &str) -> Option<&'b Value> {
    heads(bead, name).last().map(|h| &h.value)
}

/// The same, decoded.
pub fn decoded<T: DeserializeOwned>(bead: &Bead, name: &str) -> Option<T> {
    value(bead, name).and_then(Value::decode)
}

/// The value that all heads that count agree on: two clones that poured different formulas under one name have none.
pub fn agreed<T: DeserializeOwned>(bead: &Bead, name: &str) -> Option<T> {
    let heads = heads(bead, name);
    let (first, rest) = heads.split_first()?;
    if rest.iter().all(|h| h.value == first.value) { first.value.decode() } else { None }
}

/// True if the molecule was completed by its own last transition.
pub fn is_completed(bead: &Bead) -> bool {
    let register = bead.fields.get(field::RUN);
    register.map(Register::shown).is_some_and(|h| h.kind.as_str() == "complete" && h.value.as_str().as_deref() == Some("completed"))
}
