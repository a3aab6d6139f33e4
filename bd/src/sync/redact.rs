//! Taking text away (STATE 4): a redaction is an event that names events; everything that enforces it leaves stubs.

use super::absorb::{Manner, absorb};
use crate::error::{Error, ErrorKind, Result};
use crate::git::Git;
use crate::model::{BeadId, Event, EventId, Kind, MAIL_BEAD};
use crate::store::{STATE_REF, Store, list_rides};
use std::collections::BTreeMap;

/// What a redaction did, and where the text still is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redacted {
    /// The redacting events, one for each bead.
    pub events: Vec<(BeadId, EventId)>,
    /// The events whose text is gone.
    pub ids: Vec<EventId>,
    /// Places that the text has not left, for people.
    pub remains: Vec<String>,
    /// What to do about them, for people; no commands to run blindly.
    pub steps: Vec<String>,
}

/// Redacts events: writes the redaction, then takes the text out of this clone's state ref and journal.
///
/// # Errors
/// An id that names no event here (exit 2), a redaction among them, a damaged store.
pub fn redact(store: &Store, ids: &[EventId], reason: Option<&str>) -> Result<Redacted> {
    if ids.is_empty() {
        return Err(Error::usage("no event was named").hint("`bd history ID` shows the events of a bead with their ids"));
    }
    let events = store.write(|tx| {
        let mut by_bead: BTreeMap<BeadId, Vec<EventId>> = BTreeMap::new();
        let mut found: BTreeMap<EventId, Vec<BeadId>> = BTreeMap::new();
        for bead in tx.snapshot().ids()? {
            for stored in tx.snapshot().events(&bead)?.iter().filter(|s| ids.contains(&s.event.id)) {
                if stored.event.kind == Kind::REDACT {
                    return Err(Error::usage(format!("`{}` is itself a redaction; it has no text to take away", stored.event.id)));
                }
                found.entry(stored.event.id).or_default().push(bead.clone());
            }
        }
        let mail = BeadId::new(MAIL_BEAD)?;
        if ids.iter().any(|id| !found.contains_key(id)) {
            // Messages are in a stream of their own, which no bead is folded from.
            for stored in tx.snapshot().mail()?.iter().filter(|s| ids.contains(&s.event.id)) {
                if stored.event.kind == Kind::REDACT {
                    return Err(Error::usage(format!("`{}` is itself a redaction; it has no text to take away", stored.event.id)));
                }
                found.entry(stored.event.id).or_default().push(mail.clone());
            }
        }
        for id in ids {
            let beads = found.get(id).ok_or_else(|| {
                Error::usage(format!("no event `{id}` is known here"))
                    .hint("`bd history ID` shows the events of a bead with their ids")
            })?;
            for bead in beads {
                let list = by_bead.entry(bead.clone()).or_default();
                if !list.contains(id) {
                    list.push(*id);
                }
            }
        }
        let mut out = Vec::new();
        for (bead, ids) in by_bead {
            let mut event: Event = tx.event(&bead, Kind::REDACT)?;
            event.ids = ids;
            event.text = reason.map(str::to_owned);
            let of_mail = bead == mail;
            out.push((bead, event.id));
            if of_mail { tx.push_mail(event) } else { tx.push(event) }
        }
        Ok(out)
    })?;
    let taken = take_out(store);
    // What is remembered of the mail to find it faster is made anew, without the text.
    let remembered = store.snapshot().and_then(|s| s.mail().map(drop));
    taken.and(remembered).map_err(|e| Error {
        // The event is durable and enforced from here on, whatever the disk says now.
        message: format!("the redaction holds and nobody sees the text, but it is still in this clone's files: {}", e.message),
        ..e.hint("`bd sync` takes it out, as soon as it can write")
    })?;
    let mut out = Redacted { events, ids: ids.to_vec(), ..Redacted::default() };
    purge_steps(store, &mut out)?;
    Ok(out)
}

/// Rewrites the tip of the state ref and the journal without the texts that are redacted.
fn take_out(store: &Store) -> Result<()> {
    let lock = store.lock()?;
    if !store.commit_pending(&lock)? {
        return Err(Error::new(ErrorKind::Environment, store.why_uncommitted()));
    }
    let (union, _) = absorb(store, &lock, None, Manner::default())?;
    store.redact_journal(&lock, &union.redactions)?;
    Ok(())
}

/// Says where the text still is. History is the user's: it is named, never rewritten.
fn purge_steps(store: &Store, out: &mut Redacted) -> Result<()> {
    let git = store.git();
    out.remains.push(format!("older commits of `{STATE_REF}` in this clone"));
    out.steps.push("This clone: make a fresh clone and remove this one, or let git drop what its own refs no longer need after the old state commits are gone".to_owned());
    let sources = store.sources();
    if let Some(remote) =
        sources.remote.as_ref().filter(|_| sources.tracking.as_deref().is_some_and(|t| git.tip(t).is_ok_and(|t| t.is_some())))
    {
        out.remains.push(format!(
            "the branch `{}` of `{remote}` until this clone has synced, and its older commits after that",
            sources.branch
        ));
        out.steps.push(format!(
            "`bd sync` takes the text out of the tip of `{}`; every other clone enforces it with its next sync",
            sources.branch
        ));
        out.steps.push(format!("The forge: start the branch `{}` anew from its tip without history, and ask the forge to drop what is unreachable; clones that have everything bring nothing back", sources.branch));
    }
    for name in aside_with(store, &out.ids) {
        out.remains.push(format!("`{name}` among what `bd doctor --fix` has set aside in this clone"));
        out.steps
            .push(format!("Delete {}, once nobody wants to take it back", store.dir().join("quarantine").join(&name).display()));
    }
    for name in rides_with(store, git, &out.ids)? {
        out.remains.push(format!("the ride `.beads/events/{name}` on the default branch, and its history"));
        out.steps.push("`bd pack --rides` on the default branch takes the text out of the tip; for its history, the tools for removing files from a repository's history apply".to_owned());
    }
    out.steps.push("If it was a secret: change it. It was readable for whoever had read access".to_owned());
    out.steps.dedup();
    Ok(())
}

/// The files in quarantine with one of these events, or with a part of it: what is damaged is no line to be parsed.
fn aside_with(store: &Store, ids: &[EventId]) -> Vec<String> {
    let texts: Vec<String> = ids.iter().map(|id| format!("\"id\":\"{id}\"")).collect();
    let has = |name: &String| {
        let bytes = std::fs::read(store.dir().join("quarantine").join(name)).unwrap_or_default();
        texts.iter().any(|text| memchr::memmem::find(&bytes, text.as_bytes()).is_some())
    };
    store.quarantine_names().into_iter().filter(has).collect()
}

fn rides_with(store: &Store, git: &dyn Git, ids: &[EventId]) -> Result<Vec<String>> {
    let Some(tip) = store.sources().default_branch.as_deref().map(|n| git.tip(n)).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let files = list_rides(git, tip)?;
    let oids: Vec<_> = files.iter().map(|f| f.oid).collect();
    let texts: Vec<[u8; EventId::LEN]> = ids.iter().map(|id| id.text()).collect();
    let mut hit = Vec::new();
    git.read_blobs(&oids, &mut |oid, bytes| {
        for line in crate::store::pack::lines(bytes) {
            let event = std::str::from_utf8(line).ok().and_then(|l| Event::parse(l).ok());
            if texts.iter().any(|t| memchr::memmem::find(line, t).is_some())
                && event.is_some_and(|e| ids.contains(&e.id) && !e.is_stub())
            {
                hit.extend(files.iter().filter(|f| f.oid == oid).map(|f| f.name.to_string()));
                break;
            }
        }
        Ok(())
    })?;
    Ok(hit)
}
