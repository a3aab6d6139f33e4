//! Reading and editing `.beads/config.toml`. Comments and order stay; what is in force is what the default branch has.

use crate::config::{CONFIG_PATH, Config, KEYS};
use crate::error::{Error, Result};
use crate::store::Store;
use toml_edit::{DocumentMut, Item, Table, value};

/// The value in force, as text; `None` if it is not set.
///
/// # Errors
/// A key that means nothing (exit 2).
pub fn get(store: &Store, key: &str) -> Result<Option<String>> {
    check_key(key)?;
    let Some(text) = store.config().text() else { return Ok(None) };
    let doc = parse(text)?;
    let mut item: Option<&Item> = Some(doc.as_item());
    for part in key.split('.') {
        item = item.and_then(|i| i.get(part));
    }
    Ok(item.map(|item| match item.as_str() {
        Some(text) => text.to_owned(),
        None => item.to_string().trim().to_owned(),
    }))
}

/// Writes (`Some`) or removes (`None`) a setting in the working tree's file; `true` if it is in force at once (no branch
/// has the file yet).
///
/// # Errors
/// A key that means nothing, a value that does not fit (nothing is written), a bare repository.
pub fn set(store: &Store, key: &str, new: Option<&str>) -> Result<bool> {
    check_key(key)?;
    let Some(dir) = store.git().paths().tree_dir() else {
        return Err(Error::usage("a bare repository has no working tree to write the file in"));
    };
    let path = dir.join("config.toml");
    let old = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => "version = 1\n".to_owned(),
        Err(e) => return Err(Error::io(&path, &e)),
    };
    let mut doc = parse(&old)?;
    let (table, last) = match key.split_once('.') {
        Some((table, last)) => (Some(table), last),
        None => (None, key),
    };
    let holder: &mut Table = match table {
        None => doc.as_table_mut(),
        Some(name) => doc
            .entry(name)
            .or_insert_with(toml_edit::table)
            .as_table_mut()
            .ok_or_else(|| Error::usage(format!("{CONFIG_PATH}: `{name}` is not a table")))?,
    };
    match new {
        Some(text) => {
            let item = match key {
                "version" => value(text.parse::<i64>().map_err(|_| Error::usage("version is a number"))?),
                "types.custom" | "sync.publish_to" | "ready.exclude_types" => {
                    let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
                    value(parts.collect::<toml_edit::Array>())
                }
                _ => value(text),
            };
            holder.insert(last, item);
        }
        None => {
            holder.remove(last);
        }
    }
    let text = doc.to_string();
    // What would not be read back is not written.
    Config::parse(Some(text.clone()), Some("working tree".into()), store.config().prefix(), store.env())?;
    std::fs::create_dir_all(&dir).map_err(|e| Error::io(&dir, &e))?;
    super::files::write(&path, text.as_bytes())?;
    Ok(store.config().origin.as_deref().is_none_or(|o| o == "working tree"))
}

/// Checks the working tree's file; the keys in it that mean nothing.
///
/// # Errors
/// It does not parse, or a value does not fit.
pub fn validate(store: &Store) -> Result<Vec<String>> {
    let text = match store.git().paths().tree_dir().map(|d| std::fs::read_to_string(d.join("config.toml"))) {
        Some(Ok(text)) => Some(text),
        _ => store.config().text().map(str::to_owned),
    };
    Ok(Config::parse(text, Some("working tree".into()), store.config().prefix(), store.env())?.unknown)
}

fn parse(text: &str) -> Result<DocumentMut> {
    text.parse().map_err(|e: toml_edit::TomlError| Error::usage(format!("{CONFIG_PATH}: {}", e.to_string().trim())))
}

fn check_key(key: &str) -> Result<()> {
    let status = key.strip_prefix("status.").is_some_and(|name| !name.is_empty() && !name.contains('.'));
    if status || KEYS.iter().any(|(k, _)| *k == key) {
        return Ok(());
    }
    let near = crate::query::nearest(key, KEYS.iter().map(|(k, _)| *k), 1);
    let error = Error::usage(format!("there is no setting `{}`", key.escape_debug()));
    Err(match near.first() {
        Some(near) => error.hint(format!("Did you mean `{near}`?")),
        None => error.hint("`bd config list` shows the settings that there are"),
    })
}
