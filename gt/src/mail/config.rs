//! Who is who, as `.beads/config.toml` of the default branch says.

use bd::config::CONFIG_PATH;
use bd::error::{Error, Result};
use bd::store::Store;
use std::collections::BTreeMap;
use toml_edit::{DocumentMut, Item};

/// The parts of the configuration that mail reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct People {
    /// `[teams]`: members by team.
    pub teams: BTreeMap<String, Vec<String>>,
    /// `[groups]`: addresses by group.
    pub groups: BTreeMap<String, Vec<String>>,
    /// `[channels]`: subscribers by channel.
    pub channels: BTreeMap<String, Vec<String>>,
    /// `users.known`: people who need not have acted yet.
    pub known: Vec<String>,
    /// `users.overseer`: the human on top.
    pub overseer: Option<String>,
    /// The names below `[rigs]`.
    pub rigs: Vec<String>,
}

/// Reads it.
///
/// # Errors
/// A list that is none (exit 2). What does not parse at all is said when the store is opened.
pub(super) fn read(store: &Store) -> Result<People> {
    store.config().text().map_or(Ok(People::default()), parse)
}

fn parse(text: &str) -> Result<People> {
    let doc: DocumentMut =
        text.parse().map_err(|e: toml_edit::TomlError| Error::usage(format!("{CONFIG_PATH}: {}", e.to_string().trim())))?;
    let table = |name: &str| -> Result<BTreeMap<String, Vec<String>>> {
        let Some(item) = doc.get(name) else { return Ok(BTreeMap::new()) };
        let table = item.as_table_like().ok_or_else(|| Error::usage(format!("{CONFIG_PATH}: `{name}` is not a table")))?;
        table.iter().map(|(key, item)| Ok((key.to_owned(), list(item, &format!("{name}.{key}"))?))).collect()
    };
    let user = |key: &str| doc.get("users").and_then(|u| u.get(key));
    Ok(People {
        teams: table("teams")?,
        groups: table("groups")?,
        channels: table("channels")?,
        known: user("known").map_or(Ok(Vec::new()), |item| list(item, "users.known"))?,
        overseer: user("overseer").and_then(Item::as_str).map(str::to_owned),
        rigs: doc
            .get("rigs")
            .and_then(Item::as_table_like)
            .map(|t| t.iter().map(|(k, _)| k.to_owned()).collect())
            .unwrap_or_default(),
    })
}

/// An array of texts; one text with commas is taken for one.
fn list(item: &Item, key: &str) -> Result<Vec<String>> {
    if let Some(text) = item.as_str() {
        return Ok(text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect());
    }
    let wrong =
        || Error::usage(format!("{CONFIG_PATH}: `{key}` is no list of names")).hint(format!("Write {key} = [\"ann\", \"bob\"]"));
    let array = item.as_array().ok_or_else(wrong)?;
    array.iter().map(|v| v.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_both_forms_and_what_is_none_is_said() {
        let people = parse(
            "[teams]\ngateway = [\"ann\", \"bob\"]\nempty = []\n[groups]\nx = \"a, b\"\n[users]\noverseer = \"jgil\"\n[rigs.api]\n",
        );
        let people = people.unwrap();
        assert_eq!(people.teams["gateway"], ["ann", "bob"]);
        assert_eq!(people.groups["x"], ["a", "b"]);
        assert_eq!((people.overseer.as_deref(), people.rigs.as_slice()), (Some("jgil"), &["api".to_owned()][..]));
        assert!(parse("[teams]\ngateway = 3\n").unwrap_err().message.contains("teams.gateway"));
        assert!(parse("teams = 3\n").is_err());
    }
}
