//! Sending and acknowledging: events of the stream `mail`, in the caller's mutation.

use super::address::identity;
use super::directory::{Directory, Recipient};
use super::draft::Draft;
use super::mailbox::Mailbox;
use super::model::{MAIL, MAIL_ACK, Message};
use super::text::{MAX_BODY, MAX_SUBJECT, clean, cut, one_line, without_secrets};
use bd::error::{Error, Result};
use bd::model::{BeadId, EventId, Kind, MAIL_BEAD, Value};
use bd::store::Tx;
use std::collections::BTreeSet;

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message.
    pub id: EventId,
    /// Whom the addresses stood for.
    pub to: Vec<Recipient>,
    /// The same of the copies.
    pub cc: Vec<Recipient>,
    /// The message was there already, by its key: nothing was sent again.
    pub again: bool,
    /// How many lines were left out because they look like secrets.
    pub left_out: usize,
}

/// Sends a draft with the caller's mutation. What looks like a secret is left out line by line: a message that the
/// workflow composes from what tests print must not fail for it.
///
/// # Errors
/// No address, or one that is nobody's (exit 2).
pub fn send(tx: &mut Tx<'_>, directory: &Directory, draft: &Draft) -> Result<Sent> {
    let resolve = |addresses: &[String]| -> Result<Vec<Recipient>> {
        let mut out: Vec<Recipient> = Vec::new();
        for address in addresses {
            let found = match directory.resolve(address) {
                Err(_) if draft.any_name && !identity(address).is_empty() => {
                    let members = BTreeSet::from([identity(address)]);
                    Recipient { address: directory.shown(address), members, for_team: false }
                }
                other => other?,
            };
            if !out.iter().any(|r| r.address == found.address) {
                out.push(found);
            }
        }
        Ok(out)
    };
    let (to, cc) = (resolve(&draft.to)?, resolve(&draft.cc)?);
    if to.is_empty() {
        return Err(Error::usage("a message needs an address").hint("`gt mail directory` shows who can be written to"));
    }
    if let Some(key) = &draft.key {
        let stored =
            tx.pushed_mail().iter().find(|e| e.extra.get("key").and_then(Value::as_str).as_deref() == Some(key)).map(|e| e.id);
        let there = match stored {
            Some(id) => Some(id),
            None => Mailbox::load(tx.snapshot())?.by_key(key).map(|m| m.id),
        };
        if let Some(id) = there {
            return Ok(Sent { id, to, cc, again: true, left_out: 0 });
        }
    }
    let (subject, in_subject) = without_secrets(&one_line(&draft.subject));
    let (body, in_body) = without_secrets(clean(&draft.body).trim_end());
    let mut event = tx.event(&BeadId::new(MAIL_BEAD)?, Kind::new(MAIL))?;
    let members: BTreeSet<&String> = to.iter().chain(&cc).flat_map(|r| &r.members).collect();
    let addresses = |all: &[Recipient]| Value::of(&all.iter().map(|r| r.address.as_str()).collect::<Vec<_>>());
    let mut key = |name: &str, value: Value| event.extra.set(name, value);
    key("to", addresses(&to));
    if !cc.is_empty() {
        key("cc", addresses(&cc));
    }
    key("for", Value::of(&members));
    key("subject", Value::text(&cut(&subject, MAX_SUBJECT)));
    key("type", Value::text(draft.kind.as_str()));
    key("priority", Value::text(draft.priority.as_str()));
    if let Some(from) = draft.from.as_deref().map(one_line).filter(|f| !f.is_empty()) {
        key("from", Value::text(&cut(&from, 200)));
    }
    if let Some(thread) = draft.thread {
        key("thread", Value::text(&thread.to_string()));
    }
    if let Some(answered) = draft.reply_to {
        key("reply_to", Value::text(&answered.to_string()));
    }
    if draft.pinned {
        key("pinned", Value::of(&true));
    }
    if !draft.artifacts.is_empty() {
        key("artifacts", Value::of(&draft.artifacts));
    }
    if let Some(about) = &draft.about {
        key("about", Value::text(about));
    }
    if let Some(text) = &draft.key {
        key("key", Value::text(text));
    }
    event.text = Some(bounded(body)).filter(|b| !b.is_empty());
    let id = event.id;
    tx.push_mail(event);
    Ok(Sent { id, to, cc, again: false, left_out: in_subject + in_body })
}

/// A body within its limit; what is cut is said in it.
fn bounded(body: String) -> String {
    if body.len() <= MAX_BODY {
        return body;
    }
    let end = (0..=MAX_BODY - 40).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
    format!("{}\n[the rest was cut]", &body[..end])
}

/// Acknowledges a message for the acting actor; `false` if he has done so before.
///
/// # Errors
/// As [`Tx::event`].
pub fn ack(tx: &mut Tx<'_>, message: &Message) -> Result<bool> {
    let me = identity(tx.actor().as_str());
    if message.acks.iter().any(|a| identity(&a.by) == me) {
        return Ok(false);
    }
    let mut event = tx.event(&BeadId::new(MAIL_BEAD)?, Kind::new(MAIL_ACK))?;
    event.extra.set("mail", Value::text(&message.id.to_string()));
    tx.push_mail(event);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_cut_at_a_character_and_says_so() {
        assert_eq!(bounded("x".into()), "x");
        let long = bounded("ü".repeat(MAX_BODY));
        assert!(long.len() <= MAX_BODY && long.ends_with("[the rest was cut]"));
    }
}
