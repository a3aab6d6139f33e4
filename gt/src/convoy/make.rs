//! Making convoys: new ones, and those whose file is there already.

use super::bead::{TYPE, WATCH, bead_id, field};
use super::fresh::{Fresh, text};
use super::membership::resolve;
use super::{ConvoyFile, name, place};
use bd::error::{Error, ErrorKind, Result};
use bd::model::{BeadId, DepType, Fields, Value, format_time};
use bd::ops::create::{NewBead, create};
use bd::ops::dep::DepSpec;
use bd::store::{Store, Tx};
use std::path::PathBuf;

/// What a convoy is to be.
#[derive(Clone, Debug, Default)]
pub struct NewConvoy {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// The teams.
    pub teams: Vec<String>,
    /// Beads and molecules to track, as typed.
    pub members: Vec<String>,
    /// Who is told when it lands.
    pub watchers: Vec<String>,
    /// Its file.
    pub file: Wish,
    /// `staged_ready` or `staged_warnings` for one that is to be launched later.
    pub stage: Option<&'static str>,
}

/// What is to happen about a `convoy.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// There is none.
    #[default]
    None,
    /// Write a new one in the usual place.
    Fresh,
    /// Take the one that is there, at this path from the top of the tree.
    Adopt(String),
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The bead.
    pub bead: BeadId,
    /// Its file, from the top of the tree.
    pub file: Option<String>,
    /// False if it was there already, from the same file.
    pub changed: bool,
}

/// What an existing file says a convoy is to be. `id` is what was asked for beside it.
///
/// # Errors
/// The file names no convoy, or another one than was asked for.
pub fn adopted(file: &ConvoyFile, id: Option<&str>) -> Result<NewConvoy> {
    let folder = file.path.strip_prefix(place::FOLDER).and_then(|p| p.strip_prefix('/')?.strip_suffix("/convoy.toml"));
    let said = file.id.as_deref().or(id).or_else(|| folder.filter(|f| name::is_name(f)));
    let said =
        said.ok_or_else(|| Error::usage(format!("{} has no `convoy_id`", file.path)).hint("Write one into it, or say --id"))?;
    if let Some(other) = id.filter(|id| *id != said) {
        return Err(Error::usage(format!("{} is the file of `{said}`, not of `{other}`", file.path)));
    }
    Ok(NewConvoy {
        id: said.to_owned(),
        name: file.name.clone().unwrap_or_else(|| said.to_owned()),
        owner: file.owner.clone(),
        teams: file.teams.involved.clone(),
        file: Wish::Adopt(file.path.clone()),
        ..NewConvoy::default()
    })
}

/// Makes a convoy: its bead, the edges to its members and, where that is wished, its file.
///
/// # Errors
/// A name that may not be stored (exit 2), an unknown member (exit 2), an id that is taken by another file (exit 6), a file
/// that is there already (exit 6).
///
/// `wrote` is the file that was written, so that the caller can take it back where the mutation fails later.
pub fn make(tx: &mut Tx<'_>, new: &NewConvoy, wrote: &mut Option<PathBuf>) -> Result<Made> {
    crate::molecule::names::check("convoy", &new.id)?;
    let mut teams: Vec<String> = Vec::new();
    for team in &new.teams {
        // What a file says about its teams is people's business; what is typed is checked.
        let team = if matches!(new.file, Wish::Adopt(_)) { team.clone() } else { name::team(team)? };
        if !teams.contains(&team) {
            teams.push(team);
        }
    }
    let bead = bead_id(tx.store().config().prefix(), &new.id)?;
    if let Some(made) = there(tx, new, &bead)? {
        return Ok(made);
    }
    let mut deps = Vec::new();
    for member in &new.members {
        deps.push(DepSpec::new(DepType::TRACKS, resolve(tx, member, &new.id)?.as_str()));
    }
    let path = match &new.file {
        Wish::None => None,
        Wish::Fresh => Some(place::usual(&new.id)),
        Wish::Adopt(path) => Some(path.clone()),
    };
    let mut fields = Fields::new().with(field::ID, Value::text(&new.id));
    if !teams.is_empty() {
        let all = Value::of(&teams);
        if all.json().len() > bd::model::MAX_TEXT {
            return Err(Error::usage("the list of teams is too long"));
        }
        fields.set(field::TEAMS, all);
    }
    if let Some(path) = &path {
        fields.set(field::FILE, Value::text(path));
    }
    if let Some(stage) = new.stage {
        fields.set(field::STAGE, Value::text(stage));
    }
    let labels = new.watchers.iter().map(|w| watch_label(w)).collect::<Result<Vec<_>>>()?;
    let request = NewBead {
        title: new.name.clone(),
        issue_type: Some(TYPE.to_owned()),
        owner: new.owner.clone(),
        key: Some(format!("gt convoy {}", new.id)),
        labels,
        deps,
        fields,
        ..NewBead::default()
    };
    let done = create(tx, &request)?;
    if new.file == Wish::Fresh {
        let created = format_time(tx.now());
        let new = Fresh { id: &new.id, name: new.name.trim(), owner: new.owner.as_deref(), teams: &teams, created: &created };
        *wrote = Some(write_new(tx.store(), &place::usual(new.id), &text(&new))?);
    }
    Ok(Made { bead: done.bead.id, file: path, changed: true })
}

/// The convoy of this id, if it is there and the same file is meant.
fn there(tx: &Tx<'_>, new: &NewConvoy, bead: &BeadId) -> Result<Option<Made>> {
    let Some(found) = tx.bead(bead)? else { return Ok(None) };
    if found.is_deleted() {
        return Err(Error::new(ErrorKind::Conflict, format!("the convoy `{}` was deleted", new.id))
            .hint("`bd restore` brings a deleted bead back"));
    }
    let file = found.text(field::FILE).unwrap_or_else(|| place::usual(&new.id));
    match &new.file {
        Wish::Adopt(path) if *path == file => Ok(Some(Made { bead: found.id, file: Some(file), changed: false })),
        _ => Err(Error::new(ErrorKind::Conflict, format!("there is a convoy `{}` already", new.id))
            .hint(format!("`gt convoy show {}` shows it; `gt convoy add` puts members into it", new.id))),
    }
}

fn write_new(store: &Store, path: &str, text: &str) -> Result<PathBuf> {
    let full = place::prepare(store, path)?;
    // A command that was ended before it had promised anything has left its file: it is ours, and written again.
    let ours = || std::fs::read_to_string(&full).is_ok_and(|old| same(&old, text));
    if full.symlink_metadata().is_ok_and(|m| !m.is_file() || !ours()) {
        return Err(Error::new(ErrorKind::Conflict, format!("{path} is there already"))
            .hint(format!("`gt convoy create --config {path}` adopts it")));
    }
    bd::ops::files::write(&full, text.as_bytes())?;
    Ok(full)
}

/// True if two new files say the same, whenever they were made.
fn same(one: &str, other: &str) -> bool {
    let said = |line: &&str| !line.starts_with("created = ");
    one.lines().filter(said).eq(other.lines().filter(said))
}

/// The label that makes an address a watcher.
///
/// # Errors
/// The address could not be written to (exit 2).
pub fn watch_label(address: &str) -> Result<String> {
    let address = address.trim();
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == ',';
    if address.is_empty() || address.len() > 150 || address.contains(odd) || address.starts_with('-') {
        let shown: String = address.chars().take(60).collect();
        return Err(Error::usage(format!("`{}` is no address", shown.escape_debug()))
            .hint("A person is `@mira`, a team `@gateway-team`, an agent `rig/name`"));
    }
    Ok(format!("{WATCH}{address}"))
}
