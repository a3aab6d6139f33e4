//! `convoy-status.toml`: a record for reviewers, written on the default branch only and never read back.

use super::board::Board;
use super::line::Standing;
use super::{Line, place};
use crate::molecule::model::percent;
use bd::error::{Error, Result};
use bd::git::Head;
use bd::store::Store;
use jiff::Timestamp;
use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

const HEAD: &str =
    "# Written by `gt convoy render`; a record for people. Nothing reads it back, so an edit here changes nothing.\n\n";

/// The path from the top of the tree.
pub fn path(id: &str) -> String {
    format!("{}/{id}/convoy-status.toml", place::FOLDER)
}

/// The text, as of `now`.
pub fn text(board: &Board, now: Timestamp) -> String {
    let mut doc = DocumentMut::new();
    let mut convoy = Table::new();
    convoy["id"] = value(&board.facts.id);
    convoy["status"] = value(board.facts.state.as_str());
    convoy["progress_done"] = value(i64::from(board.done));
    convoy["progress_total"] = value(i64::from(board.total));
    convoy["progress_unit"] = value(board.unit.as_str());
    convoy["progress_percent"] = number(board.percent());
    convoy["blocking_issues"] = value(i64::try_from(board.blocking).unwrap_or(i64::MAX));
    convoy["updated"] = value(second(now));
    doc["convoy"] = Item::Table(convoy);
    for (name, lines) in [("molecules", &board.molecules), ("beads", &board.beads)] {
        if lines.is_empty() {
            continue;
        }
        let mut all = Table::new();
        all.set_implicit(true);
        lines.iter().for_each(|l| all[&l.id] = Item::Table(member(l, name == "molecules")));
        doc[name] = Item::Table(all);
    }
    if let Some(next) = &board.next_checkpoint {
        let mut table = Table::new();
        table["molecule"] = value(&next.molecule);
        table["checkpoint"] = value(&next.checkpoint);
        if let Some(at) = next.at {
            table[if next.open { "deadline" } else { "eta" }] = value(second(at));
        }
        doc["next_checkpoint"] = Item::Table(table);
    }
    format!("{HEAD}{doc}")
}

fn member(line: &Line, molecule: bool) -> Table {
    let mut table = Table::new();
    table["state"] = value(state(line, molecule));
    if let Some(rate) = line.pass_rate {
        table["pass_rate"] = number(rate);
    }
    if let Some(step) = &line.step {
        table["current_step"] = value(step);
    }
    table["blocked_by"] = value(line.blocked_by.iter().collect::<Array>());
    table
}

/// A molecule's own states (docs/concepts/molecules.md), whether it was poured or only planned; a bead's standing.
fn state(line: &Line, molecule: bool) -> &'static str {
    match line.standing {
        Standing::Recorded => "completed",
        Standing::Done if molecule => "completed",
        _ if molecule && line.bead.is_none() => "planned",
        standing => standing.as_str(),
    }
}

fn number(share: f64) -> Item {
    Item::Value(percent(share).parse::<f64>().map_or_else(|_| Value::from(0.0), Value::from))
}

fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// True if two texts say the same but for when.
fn same(a: &str, b: &str) -> bool {
    let rest = |t: &str| t.lines().filter(|l| !l.starts_with("updated = ")).map(str::to_owned).collect::<Vec<_>>();
    rest(a) == rest(b)
}

/// True if HEAD is on the default branch, or that is not known to be another one.
///
/// # Errors
/// The repository cannot be read.
pub fn is_home(store: &Store) -> Result<bool> {
    let sources = store.sources();
    let (Head::Branch(name, _) | Head::Unborn(name)) = store.git().head()? else { return Ok(false) };
    let fetched = || {
        sources
            .default_branch
            .as_deref()?
            .strip_prefix("refs/remotes/")?
            .strip_prefix(sources.remote.as_deref()?)?
            .strip_prefix('/')
    };
    Ok(match fetched() {
        Some(branch) => name.strip_prefix("refs/heads/") == Some(branch),
        None => sources.local_default.as_deref() == Some(name.as_str()),
    })
}

/// Writes it into the working tree; false if it says so already. `board.facts.id` must be a name.
///
/// # Errors
/// HEAD is not on the default branch (exit 2); the disk does not take it.
pub fn render(store: &Store, board: &Board, now: Timestamp) -> Result<bool> {
    if !is_home(store)? {
        return Err(Error::usage("convoy-status.toml is written on the default branch only, and HEAD is elsewhere")
            .hint("On a branch the numbers would be in every merge's way; `gt convoy show` prints them anywhere"));
    }
    if !super::name::is_name(&board.facts.id) {
        return Err(Error::usage(format!("the id `{}` cannot name a folder", board.facts.id.escape_debug())));
    }
    let path = path(&board.facts.id);
    let new = text(board, now);
    let full = place::prepare(store, &path)?;
    if std::fs::read_to_string(&full).is_ok_and(|old| same(&old, &new)) {
        return Ok(false);
    }
    bd::ops::files::write(&full, new.as_bytes())?;
    Ok(true)
}
