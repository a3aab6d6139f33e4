//! This clone's own settings: `<common dir>/beads/gt/config.toml`, which only its user can read.

use crate::local;
use bd::error::{Error, Result};
use bd::store::Store;
use toml_edit::{DocumentMut, Item, Table, Value};

/// The file's name below the clone's folder of `gt`.
pub const PATH: &str = "config.toml";

/// The settings.
#[derive(Clone, Debug, Default)]
pub struct Local {
    doc: DocumentMut,
}

impl Local {
    /// Reads them; none where there is no file.
    ///
    /// # Errors
    /// The file cannot be read or does not parse (exit 2).
    pub fn load(store: &Store) -> Result<Self> {
        Ok(Self { doc: local::read(store, PATH)?.map_or(Ok(DocumentMut::new()), |text| parse(store, &text))? })
    }

    /// The value of a key as text.
    pub fn get(&self, key: &str) -> Option<String> {
        let item = key.split('.').try_fold(self.doc.as_item(), |item, part| item.get(part))?;
        text(item)
    }

    /// True where a flag is set.
    pub fn is_on(&self, key: &str) -> bool {
        self.get(key).as_deref() == Some("true")
    }

    /// Writes or removes one; comments and order stay.
    pub(super) fn set(store: &Store, key: &str, value: Option<Value>) -> Result<()> {
        local::update(store, PATH, |old| {
            let mut doc = old.map_or(Ok(DocumentMut::new()), |text| parse(store, text))?;
            put(&mut doc, key, value, PATH)?;
            Ok((Some(doc.to_string()), ()))
        })
    }
}

fn parse(store: &Store, text: &str) -> Result<DocumentMut> {
    let path = local::folder(store).join(PATH);
    text.parse().map_err(|e: toml_edit::TomlError| Error::usage(format!("{}: {}", path.display(), e.to_string().trim())))
}

/// A value as text: names with commas between them.
pub(super) fn text(item: &Item) -> Option<String> {
    if let Some(array) = item.as_array() {
        let one = |v: &Value| v.as_str().map_or_else(|| v.to_string().trim().to_owned(), str::to_owned);
        return Some(array.iter().map(one).collect::<Vec<_>>().join(","));
    }
    item.as_str().map(str::to_owned).or_else(|| item.as_value().map(|v| v.to_string().trim().to_owned()))
}

/// Sets or removes a key in a document; tables are made where they are missing.
pub(super) fn put(doc: &mut DocumentMut, key: &str, value: Option<Value>, file: &str) -> Result<()> {
    let (tables, last) = key.rsplit_once('.').unwrap_or(("", key));
    let mut at: &mut Table = doc.as_table_mut();
    for name in tables.split('.').filter(|t| !t.is_empty()) {
        if value.is_none() && at.get(name).is_none() {
            return Ok(());
        }
        let implicit = || {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        };
        at = at.entry(name).or_insert_with(implicit).as_table_mut().ok_or_else(|| {
            Error::usage(format!("{file}: `{name}` is not a table in a form that can be edited here"))
                .hint("Write it as a section of its own, and try again")
        })?;
    }
    match value {
        Some(mut value) => {
            // What stands beside the old value, a comment too, stays.
            if let Some(old) = at.get(last).and_then(Item::as_value) {
                *value.decor_mut() = old.decor().clone();
            }
            at.insert(last, Item::Value(value));
        }
        None => {
            at.remove(last);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_stay_and_what_is_no_table_is_said() {
        let mut doc: DocumentMut = "# top\n[teams] # who\ngateway = [\"ann\"] # old\n".parse().unwrap();
        put(&mut doc, "teams.gateway", Some(Value::from("x")), "f").unwrap();
        put(&mut doc, "notifications.email.enabled", Some(true.into()), "f").unwrap();
        let text = doc.to_string();
        assert_eq!(text, "# top\n[teams] # who\ngateway = \"x\" # old\n\n[notifications.email]\nenabled = true\n");
        put(&mut doc, "teams.gateway", None, "f").unwrap();
        put(&mut doc, "groups.none", None, "f").unwrap();
        assert!(!doc.to_string().contains("gateway") && !doc.to_string().contains("groups"));
        let mut odd: DocumentMut = "teams = 3\n".parse().unwrap();
        assert!(put(&mut odd, "teams.a", Some(true.into()), "f").is_err());
    }
}
