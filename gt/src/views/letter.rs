//! A letter as it is kept.

use super::text::{put_list, take_list, take_opt};
use crate::mail::{Ack, Artifact, MailKind, Message, Priority};
use bd::model::EventId;
use bd::store::Place;
use bd::store::wire::{Broken, Read, Take, put_opt_str, put_str, put_var};

/// A letter.
pub fn put(m: &Message) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    for id in [m.id, m.thread, m.reply_to.unwrap_or(EventId(0))] {
        out.extend_from_slice(&id.0.to_le_bytes());
    }
    let place = |p: Place| Place::ALL.iter().position(|o| *o == p).unwrap_or_default() as u8;
    let kind = MailKind::ALL.iter().position(|k| *k == m.kind).unwrap_or_default() as u8;
    let priority = Priority::ALL.iter().position(|p| *p == m.priority).unwrap_or_default() as u8;
    out.extend([u8::from(m.reply_to.is_some()), u8::from(m.pinned), u8::from(m.redacted), kind, priority, place(m.place)]);
    for text in [&m.from, &m.by, &m.at, &m.subject, &m.body] {
        put_str(&mut out, text);
    }
    put_opt_str(&mut out, m.about.as_deref());
    put_opt_str(&mut out, m.key.as_deref());
    for list in [&m.to, &m.cc, &m.recipients] {
        put_list(&mut out, list);
    }
    put_var(&mut out, m.artifacts.len() as u64);
    for artifact in &m.artifacts {
        put_str(&mut out, &artifact.path);
        put_str(&mut out, &artifact.blob);
    }
    put_var(&mut out, m.acks.len() as u64);
    for ack in &m.acks {
        put_str(&mut out, &ack.by);
        put_str(&mut out, &ack.at);
    }
    out
}

/// Reads what [`put`] wrote.
///
/// # Errors
/// It did not write this.
pub fn take(bytes: &[u8]) -> Read<Message> {
    let mut take = Take::new(bytes);
    let t = &mut take;
    let (id, thread, reply_to) = (EventId(t.u128()?), EventId(t.u128()?), EventId(t.u128()?));
    let reply_to = if t.bool()? { Some(reply_to) } else { None };
    let (pinned, redacted) = (t.bool()?, t.bool()?);
    let kind = *MailKind::ALL.get(usize::from(t.u8()?)).ok_or(Broken)?;
    let priority = *Priority::ALL.get(usize::from(t.u8()?)).ok_or(Broken)?;
    let place = *Place::ALL.get(usize::from(t.u8()?)).ok_or(Broken)?;
    let mut word = || -> Read<String> { Ok(t.str()?.to_owned()) };
    let (from, by, at, subject, body) = (word()?, word()?, word()?, word()?, word()?);
    let (about, key) = (take_opt(t)?, take_opt(t)?);
    let (to, cc, recipients) = (take_list(t)?, take_list(t)?, take_list(t)?);
    let two = |t: &mut Take<'_>| -> Read<(String, String)> { Ok((t.str()?.to_owned(), t.str()?.to_owned())) };
    let artifacts = (0..t.count(2)?).map(|_| two(t).map(|(path, blob)| Artifact { path, blob })).collect::<Read<_>>()?;
    let acks = (0..t.count(2)?).map(|_| two(t).map(|(by, at)| Ack { by, at })).collect::<Read<_>>()?;
    Ok(Message {
        id,
        from,
        by,
        at,
        to,
        cc,
        recipients,
        subject,
        body,
        kind,
        priority,
        thread,
        reply_to,
        pinned,
        artifacts,
        about,
        key,
        acks,
        redacted,
        place,
    })
}
