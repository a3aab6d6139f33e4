//! `bd claim --push`: fetch, claim and publish as one compare-and-swap; exclusive over plain git (STATE 7).

use super::choice::{Choice, choice};
use super::flow::{Options, sync};
use super::report::Report;
use crate::error::{Error, ErrorKind, Result};
use crate::model::BeadId;
use crate::store::{Store, Tx};

/// Fetches, lets `make` claim a bead on what was fetched, and publishes. Returns only when the remote has the claim.
///
/// `make` may choose none (`None`). `give_back` releases the claim where it could not be published: whoever gets an error does not hold the bead.
///
/// # Errors
/// Publishing is off, or the remote refuses or is out of reach (exit 8); somebody's claim was published first, the
/// winner is named (exit 6); what `make` returns.
pub fn claim_and_push<T>(
    store: &Store,
    make: impl FnOnce(&mut Tx<'_>) -> Result<Option<T>>,
    bead: impl Fn(&T) -> &BeadId,
    give_back: impl FnOnce(&mut Tx<'_>, &BeadId) -> Result<()>,
) -> Result<(Option<T>, Report)> {
    if let Choice::Off(why) = choice(store) {
        let said = format!("nothing was claimed: a claim can only be pushed where this clone publishes, and {}", why.as_str());
        return Err(Error::new(ErrorKind::Remote, said)
            .hint("`git config beads.share true` publishes from this clone; a claim without --push holds in this clone"));
    }
    let fetched = sync(store, Options { push: false, ..Options::default() })?;
    let Some(done) = store.write(make)? else { return Ok((None, fetched)) };
    match sync(store, Options::default()) {
        Ok(report) => match report.lost.iter().find(|l| l.bead == *bead(&done)) {
            None => Ok((Some(done), report)),
            Some(lost) => Err(lost_error(std::slice::from_ref(lost))),
        },
        Err(error) => {
            let given_back = store.write(|tx| give_back(tx, bead(&done)));
            let hint = match given_back {
                Ok(()) => "The claim was given back in this clone: nobody holds the bead because of it",
                Err(_) => {
                    "The claim stands in this clone only, and could not be given back; `bd sync` publishes it or says who won"
                }
            };
            Err(error.hint(hint))
        }
    }
}

/// The error of a sync in which claims were lost (exit 6).
pub fn lost_error(lost: &[super::LostClaim]) -> Error {
    let each = lost.iter().map(|l| {
        let place = if l.winner == l.ours { " in another clone" } else { "" };
        format!("{} holds `{}`{place}", l.winner, l.bead)
    });
    let each: Vec<String> = each.collect();
    Error::new(ErrorKind::Conflict, format!("somebody's claim was published first: {}", each.join(", ")))
        .hint("The claim of this clone was released; `bd ready` shows what is free")
}
