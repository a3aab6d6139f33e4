//! Teams and owners that the convoy files of the working tree name.

use bd::store::Store;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, TableLike};

/// What one convoy says about people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crew {
    /// Its teams, those of its molecules among them.
    pub teams: Vec<String>,
    /// Members by team, where the file says so.
    pub members: Vec<(String, Vec<String>)>,
    /// Who gets what is for a team without members: the coordinator, else the owner.
    pub owner: Option<String>,
    /// Everybody who is named.
    pub people: Vec<String>,
}

/// What is read of one file at most: an authored text has no megabytes.
const MOST: u64 = 1 << 20;

/// Reads all of them. One that does not parse is passed over: `gt convoy` says what is wrong with it.
pub(super) fn read(store: &Store) -> Vec<Crew> {
    files(store).iter().filter_map(|path| of_file(path)).collect()
}

/// The same for looks, from what is kept of files that have not changed.
pub(super) fn read_kept(store: &Store, kept: &mut crate::views::Files) -> Vec<Crew> {
    files(store).iter().filter_map(|path| kept.crew(path, || of_file(path))).collect()
}

fn files(store: &Store) -> Vec<PathBuf> {
    let Some(dir) = store.git().paths().tree_dir().map(|d| d.join("convoys")) else { return Vec::new() };
    let mut files: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path().join("convoy.toml")).collect();
    files.sort();
    files
}

fn of_file(path: &Path) -> Option<Crew> {
    std::fs::metadata(path).ok().filter(|m| m.is_file() && m.len() <= MOST)?;
    parse(&std::fs::read_to_string(path).ok()?)
}

fn parse(text: &str) -> Option<Crew> {
    let doc: DocumentMut = text.parse().ok()?;
    let mut out = Crew::default();
    let word = |table: &dyn TableLike, key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
    let names = |item: &Item| -> Vec<String> {
        item.as_array().map(|a| a.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()).unwrap_or_default()
    };
    let top: &dyn TableLike = doc.as_table();
    let mut owner = word(top, "owner");
    if let Some(teams) = doc.get("teams").and_then(Item::as_table_like) {
        for (key, item) in teams.iter() {
            match key {
                "involved_teams" => out.teams.extend(names(item)),
                "primary_coordinator" => owner = item.as_str().map(str::to_owned).or(owner),
                // `[teams.members]`, as the board reads it; a list below `[teams]` itself says the same.
                "members" if item.is_table_like() => {
                    let each = item.as_table_like().into_iter().flat_map(TableLike::iter);
                    out.members.extend(each.filter(|(_, list)| list.is_array()).map(|(team, list)| (team.to_owned(), names(list))));
                }
                _ if item.is_array() => out.members.push((key.to_owned(), names(item))),
                _ => {}
            }
        }
    }
    for molecule in doc.get("molecules").and_then(Item::as_array_of_tables).into_iter().flatten() {
        out.teams.extend(word(molecule, "team"));
        out.people.extend(word(molecule, "owner"));
    }
    out.people.extend(owner.clone());
    out.people.extend(word(top, "owner"));
    out.people.extend(out.members.iter().flat_map(|(_, members)| members.clone()));
    out.owner = owner;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_convoys_teams_are_received_by_its_coordinator() {
        let crew = parse(
            "owner = \"@jgil\"\n[teams]\ninvolved_teams = [\"gateway\", \"audit\"]\nprimary_coordinator = \"@coo\"\naudit = [\"eve\"]\n[teams.members]\ndb = [\"dan\"]\n[[molecules]]\nid = \"d1\"\nteam = \"db\"\nowner = \"@kim\"\n",
        );
        let crew = crew.unwrap();
        assert_eq!(crew.teams, ["gateway", "audit", "db"]);
        assert_eq!(crew.owner.as_deref(), Some("@coo"));
        assert_eq!(crew.members, [("audit".into(), vec!["eve".to_owned()]), ("db".into(), vec!["dan".to_owned()])]);
        assert!(["@coo", "@jgil", "@kim", "eve"].iter().all(|p| crew.people.iter().any(|q| q == p)));
        assert!(parse("owner = ").is_none());
    }
}
