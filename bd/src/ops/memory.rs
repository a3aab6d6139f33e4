//! Memories: what agents were told to remember. The fields of one pseudo-bead, so that they merge as everything does.

use crate::error::{Error, Result};
use crate::fold::Head;
use crate::model::{BeadId, Event, Kind, MEMORY_BEAD, Value};
use crate::store::{Snapshot, Tx};

/// One memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// Its key.
    pub key: String,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub by: String,
    /// When.
    pub at: String,
    /// True if somebody else wrote another text under the same key without having seen this one.
    pub contested: bool,
}

/// The longest key in bytes.
pub const MAX_KEY: usize = 80;

fn memory_bead() -> Result<BeadId> {
    BeadId::new(MEMORY_BEAD).map_err(|e| Error::internal(e.to_string()))
}

/// All memories by key; with `words`, those whose key or text holds all of them, case aside.
pub fn list(snapshot: &Snapshot, words: &[String]) -> Result<Vec<Memory>> {
    let Some(bead) = snapshot.bead(&memory_bead()?)? else { return Ok(Vec::new()) };
    let words: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let mut out = Vec::new();
    for (key, register) in &bead.fields {
        let Head { value, by, at, .. } = register.shown();
        let Some(text) = value.as_str() else { continue };
        let hay = format!("{key}\n{text}").to_lowercase();
        if words.iter().all(|w| hay.contains(w.as_str())) {
            out.push(Memory {
                key: key.to_string(),
                text: text.into_owned(),
                by: by.to_string(),
                at: at.clone(),
                contested: register.in_conflict(),
            });
        }
    }
    Ok(out)
}

/// One memory by its key.
///
/// # Errors
/// There is none (exit 2).
pub fn recall(snapshot: &Snapshot, key: &str) -> Result<Memory> {
    let all = list(snapshot, &[])?;
    if let Some(found) = all.iter().find(|m| m.key == key) {
        return Ok(found.clone());
    }
    let error = Error::usage(format!("there is no memory `{}`", key.escape_debug()));
    let near = crate::query::nearest(key, all.iter().map(|m| m.key.as_str()), 1).into_iter().next();
    Err(match near {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error.hint("`bd memories` lists them"),
    })
}

/// Remembers a text; without a key one is made from its first words. Returns the key and whether it was there before.
///
/// # Errors
/// No text, a text that is too long or holds a secret, a key that cannot be one.
pub fn remember(tx: &mut Tx<'_>, text: &str, key: Option<&str>) -> Result<(String, bool)> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::usage("there is nothing to remember").hint("Give the text, or `-` to read it from standard input"));
    }
    super::change::check_text("memory", text)?;
    let key = match key {
        Some(key) => check_key(key)?,
        None => made_key(text),
    };
    let was_there = set(tx, Kind::REMEMBER, &key, Value::text(text))?;
    Ok((key, was_there))
}

/// Forgets a memory; history keeps the text.
///
/// # Errors
/// There is none with this key (exit 2).
pub fn forget(tx: &mut Tx<'_>, key: &str) -> Result<Memory> {
    let memory = recall(tx.snapshot(), key)?;
    set(tx, Kind::FORGET, key, Value::null())?;
    Ok(memory)
}

fn set(tx: &mut Tx<'_>, kind: Kind, key: &str, value: Value) -> Result<bool> {
    let id = memory_bead()?;
    let bead = tx.bead(&id)?;
    let mut event: Event = tx.event(&id, kind)?.setting(key, value.clone());
    let mut was_there = false;
    if let Some(bead) = bead {
        was_there = bead.get(key).is_some();
        if bead.fields.get(key).is_some_and(|r| !r.in_conflict() && r.shown().value == value) {
            return Ok(was_there);
        }
        event.on = bead.heads([key]);
    }
    tx.push(event);
    Ok(was_there)
}

fn check_key(key: &str) -> Result<String> {
    let fits = !key.is_empty() && key.len() <= MAX_KEY && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if fits {
        return Ok(key.to_owned());
    }
    Err(Error::usage(format!("`{}` cannot be the key of a memory", key.escape_debug()))
        .hint(format!("A key is 1 to {MAX_KEY} letters, digits, `-`, `_` or `.`")))
}

/// The first words, as upstream does it: lower case, joined by `-`.
fn made_key(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let mut key = String::new();
    for word in words.take(8) {
        if key.len() + word.len() + 1 > MAX_KEY {
            break;
        }
        if !key.is_empty() {
            key.push('-');
        }
        key.push_str(word);
    }
    if key.is_empty() { "memory".to_owned() } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(made_key("Always run `cargo test` first!"), "always-run-cargo-test-first");
        assert_eq!(made_key("???"), "memory");
        assert!(made_key(&"x".repeat(300)).len() <= MAX_KEY);
        assert!(check_key("a b").is_err() && check_key("").is_err() && check_key("../x").is_err());
    }
}
