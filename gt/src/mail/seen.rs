//! Names that were seen: those of people and agents whom beads, mail and commits name, in the order in which a directory is told.

use bd::error::Result;
use bd::query::Row;
use bd::store::{STATE_REF, Snapshot, Store};

/// How many commits are looked at for the names of those who made them.
const COMMITS: &str = "--max-count=400";

/// Whom a bead names: owner, assignee, holder, each with its number.
pub fn of_row(row: Row) -> impl Iterator<Item = (u8, String)> {
    let holder = row.claim.and_then(|claim| claim.holder);
    (0..).zip([row.owner, row.assignee, holder]).filter_map(|(place, name)| Some((place, name?)))
}

/// Whom the beads name, by id: the bead, the number of the name, the name.
///
/// # Errors
/// The beads cannot be read.
pub fn of_beads(snapshot: &Snapshot, mut each: impl FnMut(&str, u8, String)) -> Result<()> {
    for row in snapshot.rows()? {
        let id = row.id.clone();
        of_row(row).for_each(|(place, name)| each(&id, place, name));
    }
    Ok(())
}

/// Who wrote the mail and what was said about it.
///
/// # Errors
/// The mail cannot be read.
pub fn of_mail(snapshot: &Snapshot, mut each: impl FnMut(&str)) -> Result<()> {
    snapshot.mail()?.iter().for_each(|stored| each(stored.event.by.as_str()));
    Ok(())
}

/// Who made the commits of the state: git names who wrote each change, those too who never owned a bead. False if git could not say it.
///
/// # Errors
/// The refs cannot be read.
pub fn of_commits(store: &Store, mut each: impl FnMut(&str)) -> Result<bool> {
    let mut said = true;
    for tip in [Some(STATE_REF), store.sources().tracking.as_deref()].into_iter().flatten() {
        if store.git().tip(tip)?.is_some() {
            let format = "--format=%an%n%(trailers:key=Actor,valueonly)";
            let log = store.git().run(&["log", COMMITS, format, tip]);
            said &= log.is_ok();
            log.unwrap_or_default().lines().for_each(&mut each);
        }
    }
    Ok(said)
}
