//! A new `convoy.toml`: what was said at creation, and where people go on writing.

use toml_edit::{Array, DocumentMut, Item, Table, value};

/// What a new file says.
#[derive(Clone, Debug, Default)]
pub struct Fresh<'a> {
    /// The id.
    pub id: &'a str,
    /// The name.
    pub name: &'a str,
    /// Whose it is.
    pub owner: Option<&'a str>,
    /// The teams.
    pub teams: &'a [String],
    /// When, RFC 3339.
    pub created: &'a str,
}

const HEAD: &str = "# A convoy: molecules and beads that are tracked until they have landed.
# People write this file; gt changes it only where `gt convoy edit` is told to. Progress is counted, never written down.

";

const TAIL: &str = "
# A molecule that is planned. `gt molecule create` pours it.
# [[molecules]]
# id = \"day1-first-thing\"
# name = \"Day 1: the first thing\"
# formula = \"integration-test-full-validation\"
# team = \"gateway\"
#
# [molecules.dependencies]
# requires = []
";

/// The text of a new file.
pub fn text(new: &Fresh<'_>) -> String {
    let mut doc = DocumentMut::new();
    doc["convoy_id"] = value(new.id);
    doc["name"] = value(new.name);
    if let Some(owner) = new.owner {
        doc["owner"] = value(owner);
    }
    doc["created"] = value(new.created);
    doc["status"] = value("planned");
    if !new.teams.is_empty() {
        let mut teams = Table::new();
        teams["involved_teams"] = value(new.teams.iter().collect::<Array>());
        if let Some(owner) = new.owner {
            teams["primary_coordinator"] = value(owner);
        }
        doc["teams"] = Item::Table(teams);
    }
    format!("{HEAD}{doc}{TAIL}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let teams = ["gateway".to_owned(), "hap\"i".to_owned()];
        let new = Fresh {
            id: "x",
            name: "A \"name\"\nof two = lines",
            owner: Some("@ann"),
            teams: &teams,
            created: "2026-01-04T08:00:00Z",
        };
        let file = crate::convoy::parse("f", &text(&new)).unwrap();
        assert_eq!((file.id.as_deref(), file.name.as_deref()), (Some("x"), Some(new.name)));
        assert_eq!((file.owner.as_deref(), file.created.as_deref()), (Some("@ann"), Some("2026-01-04T08:00:00Z")));
        assert_eq!((file.teams.involved.as_slice(), file.teams.coordinator.as_deref()), (teams.as_slice(), Some("@ann")));
        assert!(file.warnings.is_empty() && file.molecules.is_empty() && file.extra.is_empty());
        let bare = crate::convoy::parse("f", &text(&Fresh { owner: None, teams: &[], ..new })).unwrap();
        assert!(bare.owner.is_none() && bare.teams.involved.is_empty());
    }
}
