//! The project's settings: `.beads/config.toml`, read from the default branch, written into the working tree.

use super::local::{put, text};
use bd::config::{CONFIG_PATH, Config};
use bd::error::{Error, Result};
use bd::store::Store;
use toml_edit::{DocumentMut, Item, Value};

/// The value in force.
pub(super) fn get(store: &Store, key: &str) -> Result<Option<String>> {
    let Some(doc) = in_force(store)? else { return Ok(None) };
    Ok(key.split('.').try_fold(doc.as_item(), |item, part| item.get(part)).and_then(text))
}

/// The keys below a table.
pub(super) fn below(store: &Store, table: &str) -> Result<Vec<String>> {
    let Some(doc) = in_force(store)? else { return Ok(Vec::new()) };
    let keys = doc.get(table).and_then(Item::as_table_like).map(|t| t.iter().map(|(k, _)| format!("{table}.{k}")).collect());
    Ok(keys.unwrap_or_default())
}

fn in_force(store: &Store) -> Result<Option<DocumentMut>> {
    store.config().text().map(parse).transpose()
}

fn parse(text: &str) -> Result<DocumentMut> {
    text.parse().map_err(|e: toml_edit::TomlError| Error::usage(format!("{CONFIG_PATH}: {}", e.to_string().trim())))
}

/// Writes or removes one in the working tree's file; `true` if that file is the one in force.
pub(super) fn set(store: &Store, key: &str, value: Option<Value>) -> Result<bool> {
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
    put(&mut doc, key, value, CONFIG_PATH)?;
    let new = doc.to_string();
    // What would not be read back is not written.
    Config::parse(Some(new.clone()), Some("working tree".into()), store.config().prefix(), store.env())?;
    crate::molecule::deadline::Workday::parse(&new)?;
    crate::compliance::Settings::parse(&new)?;
    if new != old {
        std::fs::create_dir_all(&dir).map_err(|e| Error::io(&dir, &e))?;
        bd::ops::files::write(&path, new.as_bytes())?;
    }
    Ok(store.config().origin.as_deref().is_none_or(|o| o == "working tree"))
}
